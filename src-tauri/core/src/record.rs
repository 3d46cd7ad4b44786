//! How a table of records is described: which fields there are and how two people's writes to one of them meet.

/// How the writes to a field come together (see the journal crate's fold).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// One value. Two different ones that did not see each other are a conflict until a person settles it.
    Register,
    /// Many elements, added and removed one by one; never a conflict (phones, tags, attendance).
    Set,
}

/// A field of a table. The number is frozen with the first laptop; the label is what people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Field {
    /// Number in the journal, unique in its table
    pub number: u16,
    /// Name in commands and exports
    pub name: &'static str,
    /// Chinese label
    pub label: &'static str,
    /// How writes meet
    pub kind: FieldKind,
}

/// A table of records.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Number in the journal
    pub number: u16,
    /// Name in commands
    pub name: &'static str,
    /// Chinese word for one record of it
    pub label: &'static str,
    /// All fields, by number
    pub fields: &'static [Field],
    /// The field that points at the record this one hangs on (a note's courtyard), indexed by the store
    pub parent: Option<Field>,
    /// The field with the date that lists are ordered by, indexed by the store
    pub on: Option<Field>,
    /// The field with the word for where a record stands (asked, posted), indexed by the store
    pub stage: Option<Field>,
}

/// Field 0 of every table: why a record was declared void (作废). Nothing is ever deleted, and this can be taken back.
pub const VOIDED: Field = Field { number: 0, name: "voided", label: "作废", kind: FieldKind::Register };

impl Table {
    /// The field of that number, the common ones included.
    pub fn field(&self, number: u16) -> Option<Field> {
        if number == VOIDED.number {
            return Some(VOIDED);
        }
        self.fields.iter().copied().find(|f| f.number == number)
    }

    /// The field of that name.
    pub fn field_named(&self, name: &str) -> Option<Field> {
        self.fields.iter().copied().find(|f| f.name == name)
    }
}

/// Declares one table as a module: a constant for each field and `TABLE`.
#[macro_export]
macro_rules! table {
    ($(#[$doc:meta])* $module:ident = $number:literal, $label:literal {
        $($const:ident = $field:literal, $name:literal, $flabel:literal $(, $kind:ident)?;)*
    } $(parent $parent:ident)? $(on $on:ident)? $(stage $stage:ident)?) => {
        $(#[$doc])*
        pub mod $module {
            use $crate::record::{Field, FieldKind, Table};
            $(
                #[doc = $flabel]
                pub const $const: Field = Field {
                    number: $field, name: $name, label: $flabel, kind: $crate::table!(@kind $($kind)?),
                };
            )*
            /// The table.
            pub static TABLE: Table = Table {
                number: $number,
                name: stringify!($module),
                label: $label,
                fields: &[$($const),*],
                parent: $crate::table!(@option $($parent)?),
                on: $crate::table!(@option $($on)?),
                stage: $crate::table!(@option $($stage)?),
            };
        }
    };
    (@kind) => { FieldKind::Register };
    (@kind set) => { FieldKind::Set };
    (@option) => { None };
    (@option $field:ident) => { Some($field) };
}
