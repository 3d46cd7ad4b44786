//! A person's values between a spreadsheet's reader and the record.

use yuanba_core::sex::Sex;
use yuanba_core::tables::member;
use yuanba_core::{Education, IdNumber, MemberKind, Nation, Phone, Value as Stored};
use yuanba_paper::roster::{Content, Field, Held, Value, Values};
use yuanba_store::intent::RecordDraft;
use yuanba_store::{Intent, Record};

use crate::people::is_here;

/// The field of the record that a roster's field is kept in: both go by the names of the contract.
pub(crate) fn kept_in(field: Field) -> Option<yuanba_core::Field> {
    member::TABLE.field_named(field.name())
}

/// A value as the record keeps it; telephones are a set and have no single one.
fn stored(value: &Value) -> Stored {
    match value {
        Value::Text(text) => (**text).into(),
        Value::Sex(sex) => sex.name().into(),
        Value::Id(id) => id.as_str().into(),
        Value::Nation(nation) => nation.code().into(),
        Value::Education(education) => education.to_string().into(),
        Value::Kind(kind) => kind.name().into(),
        Value::Date(date) => date.to_string().into(),
        Value::Flag(flag) => (*flag).into(),
        Value::Months(months) => i64::from(*months).into(),
        Value::Phones(_) => Stored::Null,
    }
}

/// The elements of a set.
fn elements(phones: &[Phone]) -> Vec<Stored> {
    phones.iter().map(|phone| phone.as_str().into()).collect()
}

/// Writes a field of a person; nothing empties it.
pub(crate) fn put(draft: &mut RecordDraft, field: Field, value: Option<&Value>) {
    let Some(kept) = kept_in(field) else { return };
    match value {
        Some(Value::Phones(phones)) => draft.put_all(kept, &elements(phones)),
        None if field == Field::Phones => draft.put_all(kept, &[]),
        Some(value) => draft.put(kept, stored(value)),
        None => draft.put(kept, Stored::Null),
    };
}

/// What is held of a person, as the reader compares it.
pub(crate) fn values(record: &Record) -> Values {
    let mut values = Values::default();
    for field in Field::ALL {
        let Some(kept) = kept_in(field) else { continue };
        let text = || record.text(kept);
        let value = match field.content() {
            Content::Name | Content::Text => text().map(|text| Value::Text(text.into())),
            Content::Sex => text().and_then(Sex::read).map(Value::Sex),
            Content::IdNumber => text().and_then(|text| IdNumber::read(text).ok().flatten()).map(Value::Id),
            Content::Nation => text().and_then(Nation::read).map(Value::Nation),
            Content::Education => text().and_then(Education::read).map(Value::Education),
            Content::Kind => text().and_then(MemberKind::read).map(Value::Kind),
            Content::Date => text().and_then(|text| text.parse().ok()).map(Value::Date),
            Content::Flag => record.bool(kept).map(Value::Flag),
            Content::Months => record.int(kept).and_then(|months| months.try_into().ok()).map(Value::Months),
            Content::Phones => {
                let phones = record.texts(kept).into_iter().filter_map(|phone| Phone::read(phone).ok());
                Some(Value::Phones(phones.collect()))
            }
        };
        values.set(field, value);
    }
    values
}

/// Somebody who is held already.
pub(crate) fn held(record: &Record) -> Held {
    Held {
        id: record.id.to_string(),
        values: values(record),
        has_left: !is_here(record.text(member::STATUS)),
    }
}

/// A value as people read it, numbers masked.
pub(crate) fn shown(field: Field, value: Option<&Value>) -> String {
    let number = kept_in(field).map_or(0, |field| field.number);
    let show = |value: &Stored| crate::conflict::shown(member::TABLE.number, number, value);
    match value {
        None => "空着".to_owned(),
        Some(Value::Phones(phones)) => elements(phones).iter().map(show).collect::<Vec<_>>().join("、"),
        Some(value) => show(&stored(value)),
    }
}

/// Begins a new person.
pub(crate) fn create<'a>(
    intent: &'a mut Intent,
    id: yuanba_core::Id,
    values: &Values,
) -> &'a mut RecordDraft {
    let draft = intent.create(&member::TABLE, id);
    for (field, value) in values.iter() {
        put(draft, field, Some(value));
    }
    draft
}
