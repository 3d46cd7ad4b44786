//! A person's page.

use serde_json::{Value, json};

use crate::village::Village;

fn fact<'a>(card: &'a Value, field: &str) -> &'a Value {
    let groups = card["groups"].as_array().unwrap();
    let facts = groups.iter().flat_map(|group| group["facts"].as_array().unwrap());
    &facts.into_iter().find(|fact| fact["field"] == field).unwrap()["value"]
}

#[test]
fn where_somebody_lives_is_shown_to_the_house_only_for_a_purpose() {
    let village = Village::new();
    let id = village.member(json!({
        "name": "何玉兰", "kind": "full", "address": "石河村3组12号", "household_place": "明水县柳坝镇石河村3组",
        "floating": true, "floating_place": "杭州市文三路8号"
    }));
    let card = village.call("member.card", json!({"id": id}));
    assert_eq!(*fact(&card, "address"), "石河村*组**号");
    assert_eq!(*fact(&card, "household_place"), "明水县柳坝镇石河村*组");
    assert_eq!(*fact(&card, "floating_place"), "杭州市文三路*号");
    let whole = village.call("member.unmask", json!({"id": id, "purpose": "上门送学"}));
    assert_eq!(whole["address"], "石河村3组12号");
    assert_eq!(whole["household_place"], "明水县柳坝镇石河村3组");
    assert_eq!(whole["floating_place"], "杭州市文三路8号");
}

#[test]
fn a_doubt_never_quotes_the_number_that_it_is_about() {
    let village = Village::new();
    let table = village.dir.path().join("名册.csv");
    std::fs::write(&table, "姓名,身份证号,人员类别\n何玉兰,51172219680315002X,正式党员\n").unwrap();
    let found = village.job("import.open", json!({"path": table}));
    village.job("import.commit", json!({"session": found["session"], "choices": {}, "candidates": {}}));
    let id = village.call("roster.query", json!({}))["ids"][0].clone();
    let card = village.call("member.card", json!({"id": id}));
    let doubt = card["doubts"][0]["text"].as_str().unwrap();
    assert!(doubt.contains("最后一位和前面对不上"), "{doubt}");
    assert!(!card.to_string().contains("51172219680315002X"), "{card}");
    let row = village.call("roster.rows", json!({"ids": [id]}))[0].clone();
    assert_eq!(row["marks"][0]["text"], "身份证号存疑");
}
