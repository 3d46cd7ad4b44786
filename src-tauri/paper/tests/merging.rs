//! How a file stands to those already held (IMPORT, "Merging").

use chrono::NaiveDate;
use serde_json::{Value as Json, json};
use yuanba_core::{IdNumber, MemberKind};
use yuanba_paper::Watch;
use yuanba_paper::roster::{
    Doubt, Field, Held, ImportReading, ReadOptions, Status, Value, Values, compare, read,
};

const NUMBER: &str = "511722198507010018";

fn import(csv: &str, held: &[Held]) -> ImportReading {
    let options = ReadOptions { today: NaiveDate::from_ymd_opt(2025, 7, 1).unwrap(), mapping: None };
    compare("名册.csv", read(csv.as_bytes(), &options, &mut Watch::default()).unwrap(), held)
}

fn held(id: &str, name: &str, number: Option<&str>, more: &[(Field, &str)]) -> Held {
    let mut values = Values::default();
    values.set(Field::Name, Value::Text(name.into()));
    values.set(Field::IdNumber, number.map(|n| Value::Id(n.parse::<IdNumber>().unwrap())));
    for (field, text) in more {
        let value = match field {
            Field::Phones => Value::Phones(vec![text.parse().unwrap()]),
            Field::BirthDate | Field::JoinedOn | Field::ConfirmedOn => Value::Date(text.parse().unwrap()),
            Field::Kind => Value::Kind(MemberKind::read(text).unwrap()),
            _ => Value::Text((*text).into()),
        };
        values.set(*field, value);
    }
    Held { id: id.into(), values, has_left: false }
}

fn row(reading: &ImportReading) -> Json {
    serde_json::to_value(&reading.rows[0]).unwrap()
}

#[test]
fn an_empty_cell_says_nothing() {
    let held = [held("a", "张三", Some(NUMBER), &[(Field::Phones, "13800000000"), (Field::Address, "一组")])];
    let reading = import(&format!("姓名,身份证号,电话,家庭住址\n张三,{NUMBER},,\n"), &held);
    assert_eq!(reading.rows[0].status, Status::Unchanged);
    assert_eq!(reading.rows[0].held.as_deref(), Some("a"));
}

#[test]
fn a_less_precise_date_changes_nothing_and_a_more_precise_one_does() {
    let precise = [held("a", "张三", Some(NUMBER), &[(Field::JoinedOn, "2004-07-01")])];
    let csv = format!("姓名,身份证号,入党日期\n张三,{NUMBER},2004.07\n");
    let reading = row(&import(&csv, &precise));
    assert_eq!(reading["status"], "unchanged");
    assert_eq!(reading["kept"], json!({"joined_on": ["2004-07-01", "2004-07"]}));
    let vague = [held("a", "张三", Some(NUMBER), &[(Field::JoinedOn, "2004")])];
    assert_eq!(row(&import(&csv, &vague))["changes"], json!({"joined_on": ["2004", "2004-07"]}));
    let other = [held("a", "张三", Some(NUMBER), &[(Field::JoinedOn, "2004-08-01")])];
    assert_eq!(row(&import(&csv, &other))["changes"], json!({"joined_on": ["2004-08-01", "2004-07"]}));
}

#[test]
fn changes_have_the_names_and_forms_of_values() {
    let held = [held("a", "张三", Some(NUMBER), &[(Field::Kind, "预备党员")])];
    let reading = import(
        &format!("姓名,身份证号,人员类别,转正日期,电话\n张三,{NUMBER},正式,2009-07-01,13800000000\n"),
        &held,
    );
    assert_eq!(
        row(&reading)["changes"],
        json!({"kind": ["probationary", "full"], "confirmed_on": [null, "2009-07-01"], "phones": [[], ["13800000000"]]})
    );
}

#[test]
fn what_only_the_number_says_is_no_change() {
    let held = [held("a", "张三", Some(NUMBER), &[])];
    let reading = import(&format!("姓名,身份证号\n张三,{NUMBER}\n"), &held);
    assert_eq!(reading.rows[0].status, Status::Unchanged);
    assert_eq!(reading.rows[0].values.date(Field::BirthDate).unwrap().to_string(), "1985-07-01");
}

#[test]
fn one_number_and_two_names_is_a_doubt() {
    let reading = import(&format!("姓名,身份证号\n张四,{NUMBER}\n"), &[held("a", "张三", Some(NUMBER), &[])]);
    assert_eq!(reading.rows[0].doubt, Some(Doubt::SameNumberOtherName));
    assert_eq!(reading.rows[0].candidates, ["a"]);
    assert!(reading.not_in_file.is_empty(), "somebody in doubt is not gone");
}

#[test]
fn a_name_and_a_birthday_without_a_number_is_a_doubt_when_the_record_has_one() {
    let held = [held(
        "a",
        "张三",
        Some(NUMBER),
        &[(Field::BirthDate, "1985-07-01"), (Field::Phones, "13800000000")],
    )];
    let reading = import("姓名,出生日期,电话\n张三,1985-07-01,13900000000\n", &held);
    assert_eq!(reading.rows[0].doubt, Some(Doubt::SameName));
    let reading = import("姓名,出生日期\n张三,1985-08\n", &held);
    assert_eq!(reading.rows[0].status, Status::New, "another birthday is another person");
}

#[test]
fn two_held_of_one_name_are_both_candidates() {
    let held = [
        held("a", "张成林", None, &[(Field::BirthDate, "1964-07-01")]),
        held("b", "张成林", None, &[(Field::Phones, "13800000000")]),
    ];
    let reading = import("姓名,性别,电话\n张成林,男,13900000000\n", &held);
    assert_eq!((reading.rows[0].status, reading.rows[0].candidates.len()), (Status::Doubtful, 2));
}

#[test]
fn a_name_and_a_birthday_are_enough_when_nobody_has_a_number() {
    let held = [held("a", "张三", None, &[(Field::BirthDate, "1985-07")])];
    let reading = row(&import("姓名,出生日期,电话\n张三,1985-07-01,13800000000\n", &held));
    assert_eq!(reading["status"], "changed");
    assert_eq!(reading["changes"]["birth_date"], json!(["1985-07", "1985-07-01"]));
}

#[test]
fn one_name_one_birthday_and_two_numbers_is_a_doubt() {
    let held = [held("a", "张三", Some("511722850701003"), &[(Field::BirthDate, "1985-07-01")])];
    let reading = import(&format!("姓名,身份证号\n张三,{NUMBER}\n"), &held);
    assert_eq!(reading.rows[0].doubt, Some(Doubt::SameNameOtherNumber));
}

#[test]
fn somebody_who_has_left_is_not_taken_back_in_silence() {
    let mut left = held("a", "张三", Some(NUMBER), &[]);
    left.has_left = true;
    let reading = import(&format!("姓名,身份证号\n张三,{NUMBER}\n"), &[left]);
    assert_eq!((reading.rows[0].doubt, reading.counts.doubtful), (Some(Doubt::HasLeft), 1));
}

#[test]
fn two_rows_for_one_held_are_both_in_doubt() {
    let held = [held(
        "a",
        "张三",
        Some(NUMBER),
        &[(Field::BirthDate, "1985-07-01"), (Field::JoinedOn, "2008-07-01")],
    )];
    let csv =
        format!("姓名,身份证号,出生日期,入党日期,性别\n张三,{NUMBER},,,\n张三,,1985-07-01,2008-07-01,\n");
    let reading = import(&csv, &held);
    assert!(reading.rows.iter().all(|row| row.status == Status::Doubtful), "{:?}", reading.rows);
}

#[test]
fn a_person_on_two_rows_is_in_doubt_on_both_with_the_rows_named() {
    let reading = import(&format!("姓名,身份证号\n张三,{NUMBER}\n李四,\n张三,{NUMBER}\n"), &[]);
    let problem = &reading.rows[0].problems[0];
    assert!(problem.text.contains("第 2、4 行"), "{}", problem.text);
    assert_eq!((reading.counts.doubtful, reading.counts.new), (2, 1));
}

#[test]
fn the_document_has_the_keys_of_the_contract() {
    let reading = import(&format!("姓名,身份证号,电话\n张三,{NUMBER},\n,511722850701003,13800000000\n"), &[]);
    let json = serde_json::to_value(&reading).unwrap();
    assert_eq!(json["file"], "名册.csv");
    assert_eq!(json["header_rows"], json!([1]));
    assert_eq!(
        json["columns"][1],
        json!({"column": "B", "header": "身份证号", "field": "id_number", "certainty": 1.0})
    );
    assert_eq!(
        json["counts"],
        json!({"new": 1, "changed": 0, "unchanged": 0, "doubtful": 0, "refused": 1, "skipped": 0})
    );
    let keys: Vec<&String> = json["rows"][0]["values"].as_object().unwrap().keys().collect();
    for key in [
        "name",
        "sex",
        "id_number",
        "nation",
        "birth_date",
        "education",
        "kind",
        "joined_on",
        "confirmed_on",
        "phones",
        "address",
        "branch",
        "floating",
        "out_of_contact",
    ] {
        assert!(keys.iter().any(|k| *k == key), "{key}");
    }
    assert_eq!(json["rows"][0]["values"]["phones"], json!([]));
    assert_eq!(json["rows"][1]["status"], "refused");
    assert_eq!(json["rows"][1]["problems"][0]["code"], "name_missing");
}
