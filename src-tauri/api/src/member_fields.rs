//! A person's fields between the record, the form and what somebody typed.

use chrono::{Months, NaiveDate};
use serde_json::Value as Json;
use yuanba_core::id_number::IdProblem;
use yuanba_core::partial_date::{DateProblem, DateReader, Epoch};
use yuanba_core::person_name::read_name;
use yuanba_core::phone::PhoneProblem;
use yuanba_core::sex::Sex;
use yuanba_core::tables::member;
use yuanba_core::{Education, Field, IdNumber, MemberKind, Nation, PartialDate, Phone, Value};
use yuanba_store::Record;

use crate::member::MemberFields;
use crate::{mask, sentences::Trouble};

/// What somebody typed into a field.
pub(crate) enum Typed {
    /// A register's value; null empties it
    Value(Value),
    /// A set's elements
    Elements(Vec<Value>),
    /// The mask of what is held: nothing changes
    Same,
    /// Nothing that the field can hold, with code and sentence
    Wrong { code: &'static str, text: String, raw: String },
}

/// The fields that a form writes, in its order.
pub(crate) const FIELDS: &[Field] = &[
    member::NAME,
    member::SEX,
    member::ID_NUMBER,
    member::NATION,
    member::BIRTH_DATE,
    member::EDUCATION,
    member::KIND,
    member::BRANCH,
    member::PARTY_GROUP,
    member::PHONES,
    member::ADDRESS,
    member::HOUSEHOLD_PLACE,
    member::JOINED_ON,
    member::CONFIRMED_ON,
    member::PARTY_AGE_CORRECTION,
    member::JOB,
    member::FLOATING,
    member::FLOATING_PLACE,
    member::OUT_OF_CONTACT,
    member::COURTYARD,
    member::HOUSEHOLD,
    member::NOTES,
];

/// Longest text of a field, in characters.
const TEXT_MAX: usize = 2000;
/// Nobody of the roster is younger than this: how a birth year of two digits is read.
const YOUNGEST_YEARS: u32 = 15;

/// The form of a person, numbers masked.
pub(crate) fn masked(record: Option<&Record>) -> MemberFields {
    let Some(record) = record else { return MemberFields::default() };
    let text = |field| record.text(field).map(str::to_owned);
    MemberFields {
        name: text(member::NAME),
        sex: text(member::SEX),
        id_number: record.text(member::ID_NUMBER).map(mask::id_number),
        nation: text(member::NATION),
        birth_date: text(member::BIRTH_DATE),
        education: text(member::EDUCATION),
        kind: text(member::KIND),
        branch: text(member::BRANCH),
        party_group: text(member::PARTY_GROUP),
        phones: record.texts(member::PHONES).into_iter().map(mask::phone).collect(),
        address: record.text(member::ADDRESS).map(mask::address),
        household_place: record.text(member::HOUSEHOLD_PLACE).map(mask::address),
        joined_on: text(member::JOINED_ON),
        confirmed_on: text(member::CONFIRMED_ON),
        party_age_correction_months: record.int(member::PARTY_AGE_CORRECTION).and_then(|n| n.try_into().ok()),
        job: text(member::JOB),
        floating: record.bool(member::FLOATING),
        floating_place: record.text(member::FLOATING_PLACE).map(mask::address),
        out_of_contact: record.bool(member::OUT_OF_CONTACT),
        courtyard: record.id(member::COURTYARD).map(Into::into),
        household: text(member::HOUSEHOLD),
        notes: record.text(member::NOTES).map(|notes| mask::numbers(notes).into_owned()),
    }
}

/// Reads what somebody typed into a field of a person; `held` is the record that the form showed.
pub(crate) fn read(
    field: Field,
    typed: &Json,
    held: Option<&Record>,
    today: NaiveDate,
) -> Result<Typed, Trouble> {
    let malformed = || Trouble::BadRequest;
    if field == member::PHONES {
        return phones(typed, held);
    }
    if typed.is_null() {
        return Ok(Typed::Value(Value::Null));
    }
    if [member::FLOATING, member::OUT_OF_CONTACT].contains(&field) {
        return Ok(Typed::Value(typed.as_bool().ok_or_else(malformed)?.into()));
    }
    if field == member::PARTY_AGE_CORRECTION {
        let months = typed.as_i64().filter(|n| (-1200..=1200).contains(n)).ok_or_else(malformed)?;
        return Ok(Typed::Value(months.into()));
    }
    let text = typed.as_str().ok_or_else(malformed)?.trim();
    if field == member::COURTYARD {
        let id: yuanba_core::Id = text.parse().map_err(|_| malformed())?;
        return Ok(Typed::Value(id.into()));
    }
    if text.is_empty() {
        return Ok(Typed::Value(Value::Null));
    }
    if text.chars().count() > TEXT_MAX {
        let text = format!("{}太长了，最多 {TEXT_MAX} 个字。", field.label);
        return Err(Trouble::BadValue { field: field.name, text });
    }
    Ok(if field == member::ID_NUMBER {
        id_number(text, held)
    } else if [member::BIRTH_DATE, member::JOINED_ON, member::CONFIRMED_ON].contains(&field) {
        date(field, text, today)
    } else if [member::ADDRESS, member::HOUSEHOLD_PLACE, member::FLOATING_PLACE].contains(&field) {
        place(field, text, held)
    } else if field == member::NOTES {
        notes(text, held)
    } else {
        word(field, text)
    })
}

fn wrong(code: &'static str, raw: &str, text: impl Into<String>) -> Typed {
    Typed::Wrong { code, text: text.into(), raw: raw.to_owned() }
}

fn phones(typed: &Json, held: Option<&Record>) -> Result<Typed, Trouble> {
    let list: Vec<&str> = match typed {
        Json::Null => Vec::new(),
        Json::Array(list) => {
            list.iter().map(|one| one.as_str().ok_or(Trouble::BadRequest)).collect::<Result<_, _>>()?
        }
        _ => return Err(Trouble::BadRequest),
    };
    let known: Vec<&str> = held.map(|record| record.texts(member::PHONES)).unwrap_or_default();
    let mut elements = Vec::new();
    for text in list.into_iter().map(str::trim).filter(|text| !text.is_empty()) {
        if let Some(same) = known.iter().find(|known| mask::phone(known) == text) {
            elements.push(Value::from(*same));
            continue;
        }
        match Phone::read_all(text) {
            Ok(phones) => elements.extend(phones.iter().map(|phone| Value::from(phone.as_str()))),
            Err(PhoneProblem::Masked) => {
                return Ok(wrong("value_masked", text, "这个电话遮住了一部分，没有存，原来的留着。"));
            }
            Err(PhoneProblem::Unreadable) => {
                return Ok(wrong("phone_unreadable", text, "这个电话不全，或者多了几位，请再看一遍。"));
            }
        }
    }
    elements.dedup();
    Ok(Typed::Elements(elements))
}

fn id_number(text: &str, held: Option<&Record>) -> Typed {
    let known = held.and_then(|record| record.text(member::ID_NUMBER));
    if known.is_some_and(|known| mask::id_number(known) == text) {
        return Typed::Same;
    }
    match IdNumber::read(text) {
        Ok(read) => Typed::Value(read.map(|id| id.as_str().to_owned()).into()),
        Err(IdProblem::Masked) => wrong("value_masked", text, "号码遮住了一部分，没有存，原来的留着。"),
        Err(IdProblem::Damaged) => {
            wrong("id_damaged", text, "后几位在表格里丢了，要照身份证重抄。手边没有就先存，以后再补。")
        }
        Err(IdProblem::Length) => {
            let count = text.chars().filter(char::is_ascii_alphanumeric).count();
            wrong(
                "id_length",
                text,
                format!("身份证号应当 18 位，这里是 {count} 位。手边没有就先存，以后再补。"),
            )
        }
        Err(IdProblem::Checksum) => {
            wrong("id_checksum", text, "最后一位和前面对不上，多半抄错了一位。手边没有就先存，以后再补。")
        }
        Err(IdProblem::ImpossibleDate) => wrong("id_impossible_date", text, impossible_date(text)),
    }
}

/// 1963 年没有 2 月 29 日，这个号码抄错了。
fn impossible_date(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let part =
        |from: usize, to: usize| digits.get(from..to).map(|part| part.trim_start_matches('0').to_owned());
    match (digits.get(6..10), part(10, 12), part(12, 14)) {
        (Some(year), Some(month), Some(day)) => {
            format!("{year} 年没有 {month} 月 {day} 日，这个号码抄错了。手边没有就先存，以后再补。")
        }
        _ => "号码里的出生日期没有这一天，抄错了。手边没有就先存，以后再补。".to_owned(),
    }
}

/// Where somebody lives; the form shows the numbers of houses masked.
fn place(field: Field, text: &str, held: Option<&Record>) -> Typed {
    let known = held.and_then(|record| record.text(field));
    if known.is_some_and(|known| mask::address(known) == text) {
        return Typed::Same;
    }
    match text.contains(['*', '＊']) {
        true => wrong("value_masked", text, format!("{}遮住了一部分，没有存，原来的留着。", field.label)),
        false => word(field, text),
    }
}

/// Notes, in which numbers of people show masked.
fn notes(text: &str, held: Option<&Record>) -> Typed {
    let known = held.and_then(|record| record.text(member::NOTES)).unwrap_or_default();
    match mask::filled_in(text, known) {
        Some(whole) if whole == known => Typed::Same,
        Some(whole) => word(member::NOTES, &whole),
        None => wrong("value_masked", text, "备注里有号码遮住了一部分，没有存，原来的留着。"),
    }
}

fn date(field: Field, text: &str, today: NaiveDate) -> Typed {
    let latest = match field == member::BIRTH_DATE {
        true => today.checked_sub_months(Months::new(YOUNGEST_YEARS * 12)).unwrap_or(today),
        false => today,
    };
    match (DateReader { latest, epoch: Epoch::default() }).read(text) {
        Ok(Some(read)) if read.earliest() > today => {
            wrong("date_in_future", text, format!("{}还没到，请再看一遍。", field.label))
        }
        Ok(read) => Typed::Value(read.map(|date| date.to_string()).into()),
        Err(DateProblem::Unreadable) => wrong(
            "date_unreadable",
            text,
            format!("{}看不懂，写成 1985-07-01、1985-07 或者 1985 都行。", field.label),
        ),
        Err(DateProblem::Impossible) => {
            wrong("date_impossible", text, format!("{}没有这一天，请再看一遍。", field.label))
        }
    }
}

fn word(field: Field, text: &str) -> Typed {
    let value = if field == member::NAME {
        read_name(text).map(Value::from)
    } else if field == member::SEX {
        Sex::read(text).map(|sex| sex.name().into())
    } else if field == member::NATION {
        Nation::read(text).map(|nation| nation.code().into())
    } else if field == member::EDUCATION {
        Education::read(text).map(|education| education.to_string().into())
    } else if field == member::KIND {
        MemberKind::read(text).map(|kind| kind.name().into())
    } else {
        Some(text.into())
    };
    match value {
        Some(value) => Typed::Value(value),
        None => wrong(
            "unknown_value",
            text,
            format!("{}里没有「{}」这一种，请再选一个。", field.label, mask::text(text)),
        ),
    }
}

/// What does not fit together in a person, by what is held after the writing: field, code, sentence.
pub(crate) fn contradictions(
    get: impl Fn(Field) -> Option<String>,
    joining_age_years: Option<u32>,
) -> Vec<(Field, &'static str, String)> {
    let date = |field| get(field).and_then(|text| text.parse::<PartialDate>().ok());
    let mut found = Vec::new();
    let id = get(member::ID_NUMBER).and_then(|text| IdNumber::read(&text).ok().flatten());
    if let Some(id) = id {
        if let Some(born) = date(member::BIRTH_DATE).filter(|born| !born.agrees_with(&id.birth_date())) {
            let text = format!(
                "身份证号里的生日是 {}，这里写的是 {born}，两个都留着，以档案为准。",
                id.birth_date()
            );
            found.push((member::ID_NUMBER, "id_birth_differs", text));
        }
        let sex = get(member::SEX).and_then(|text| Sex::read(&text));
        if let Some(sex) = sex.filter(|sex| *sex != id.sex()) {
            let text = format!("身份证号里是{}，这里写的是{}，请核对。", id.sex().label(), sex.label());
            found.push((member::ID_NUMBER, "id_sex_differs", text));
        }
    }
    let (joined, confirmed) = (date(member::JOINED_ON), date(member::CONFIRMED_ON));
    if let (Some(joined), Some(confirmed)) = (joined, confirmed)
        && confirmed.is_before(&joined)
    {
        let text = format!("转正 {confirmed} 在入党 {joined} 以前，请核对。");
        found.push((member::CONFIRMED_ON, "dates_out_of_order", text));
    }
    if let (Some(joined), Some(born), Some(years)) = (joined, date(member::BIRTH_DATE), joining_age_years)
        && let Some(grown) = born.plus_months(years * 12)
        && joined.is_before(&grown)
    {
        let text = format!("生日 {born}，入党 {joined}，那时还不满 {years} 岁，请核对。");
        found.push((member::JOINED_ON, "dates_out_of_order", text));
    }
    found
}
