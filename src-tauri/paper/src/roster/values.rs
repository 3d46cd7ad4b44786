//! The values of one person: of a row that was read, or of somebody already held.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use yuanba_core::sex::Sex;
use yuanba_core::{Education, IdNumber, MemberKind, Nation, PartialDate, Phone};

use super::Field;

/// One value. An absent value is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text, a name among them.
    Text(Box<str>),
    /// Male or female.
    Sex(Sex),
    /// An identity number.
    Id(IdNumber),
    /// A nation.
    Nation(Nation),
    /// A level of schooling.
    Education(Education),
    /// A stage of membership.
    Kind(MemberKind),
    /// A date as precise as it is known.
    Date(PartialDate),
    /// Yes or no.
    Flag(bool),
    /// Telephone numbers, at least one.
    Phones(Vec<Phone>),
    /// A number of months.
    Months(i32),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => text.serialize(serializer),
            Self::Sex(sex) => sex.serialize(serializer),
            Self::Id(id) => id.serialize(serializer),
            Self::Nation(nation) => nation.serialize(serializer),
            Self::Education(education) => education.serialize(serializer),
            Self::Kind(kind) => kind.serialize(serializer),
            Self::Date(date) => date.serialize(serializer),
            Self::Flag(flag) => flag.serialize(serializer),
            Self::Phones(phones) => phones.serialize(serializer),
            Self::Months(months) => months.serialize(serializer),
        }
    }
}

/// The values of one person, by field. Serialised as an object with every key of `CLI.md`: `null` for what is absent, `[]`
/// for no telephones; further fields only when they have a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Values(Vec<(Field, Value)>);

/// The keys that are always there (`CLI.md`).
const KEYS: [Field; 14] = [
    Field::Name,
    Field::Sex,
    Field::IdNumber,
    Field::Nation,
    Field::BirthDate,
    Field::Education,
    Field::Kind,
    Field::JoinedOn,
    Field::ConfirmedOn,
    Field::Phones,
    Field::Address,
    Field::Branch,
    Field::Floating,
    Field::OutOfContact,
];

impl Values {
    /// No values, with room for so many.
    pub fn with_capacity(fields: usize) -> Self {
        Self(Vec::with_capacity(fields))
    }

    /// The value of a field.
    pub fn get(&self, field: Field) -> Option<&Value> {
        self.0.iter().find(|(f, _)| *f == field).map(|(_, value)| value)
    }

    /// Sets the value of a field; `None`, an empty text and an empty list take it away.
    pub fn set(&mut self, field: Field, value: impl Into<Option<Value>>) {
        if self.0.iter().any(|(f, _)| *f == field) {
            self.0.retain(|(f, _)| *f != field);
        }
        let there = |value: &Value| match value {
            Value::Text(text) => !text.is_empty(),
            Value::Phones(phones) => !phones.is_empty(),
            _ => true,
        };
        if let Some(value) = value.into().filter(there) {
            self.0.push((field, value));
        }
    }

    /// The fields with a value.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Value)> {
        self.0.iter().map(|(field, value)| (*field, value))
    }

    /// The name.
    pub fn name(&self) -> Option<&str> {
        self.text(Field::Name)
    }

    /// The text of a field that holds one.
    pub fn text(&self, field: Field) -> Option<&str> {
        match self.get(field)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The identity number.
    pub fn id_number(&self) -> Option<IdNumber> {
        match self.get(Field::IdNumber)? {
            Value::Id(id) => Some(*id),
            _ => None,
        }
    }

    /// The date of a field that holds one.
    pub fn date(&self, field: Field) -> Option<PartialDate> {
        match self.get(field)? {
            Value::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// The sex.
    pub fn sex(&self) -> Option<Sex> {
        match self.get(Field::Sex)? {
            Value::Sex(sex) => Some(*sex),
            _ => None,
        }
    }

    /// The telephone numbers.
    pub fn phones(&self) -> &[Phone] {
        match self.get(Field::Phones) {
            Some(Value::Phones(phones)) => phones,
            _ => &[],
        }
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for key in KEYS {
            match self.get(key) {
                None if key == Field::Phones => map.serialize_entry(key.name(), &[(); 0])?,
                value => map.serialize_entry(key.name(), &value)?,
            }
        }
        for (field, value) in self.iter().filter(|(field, _)| !KEYS.contains(field)) {
            map.serialize_entry(field.name(), value)?;
        }
        map.end()
    }
}
