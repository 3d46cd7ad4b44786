//! What is doubtful about a person, kept with the record: which field, which code, and what was read there.

use yuanba_core::Value;
use yuanba_core::tables::member;
use yuanba_store::Record;

use crate::dto::Problem;

/// The problems kept with a record.
pub(crate) fn of(record: &Record) -> Vec<Problem> {
    let text = |value: Option<&Value>| value.and_then(Value::as_text).unwrap_or_default().to_owned();
    let listed = record.get(member::PROBLEMS).as_list().iter().map(Value::as_list);
    listed
        .filter(|parts| parts.len() >= 2)
        .map(|parts| Problem {
            field: text(parts.first()),
            code: text(parts.get(1)),
            text: text(parts.get(2)),
        })
        .collect()
}

/// The problems as a record keeps them; nothing when there is none.
pub(crate) fn value(problems: &[Problem]) -> Value {
    if problems.is_empty() {
        return Value::Null;
    }
    Value::List(
        problems
            .iter()
            .map(|p| Value::from(vec![p.field.as_str(), p.code.as_str(), p.text.as_str()]))
            .collect(),
    )
}

/// What was read in fields whose value was not good: field and raw text.
pub(crate) fn raw_of(record: &Record) -> Vec<(String, String)> {
    let pairs = record.get(member::RAW).as_list().iter().map(Value::as_list);
    pairs
        .filter_map(|pair| Some((pair.first()?.as_text()?.to_owned(), pair.get(1)?.as_text()?.to_owned())))
        .collect()
}

/// The same as a record keeps it.
pub(crate) fn raw_value(raw: &[(String, String)]) -> Value {
    if raw.is_empty() {
        return Value::Null;
    }
    Value::List(raw.iter().map(|(field, text)| Value::from(vec![field.as_str(), text.as_str()])).collect())
}
