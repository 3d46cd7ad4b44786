//! 不一致: two hands that did not see each other, and the person who says which stands.

use serde_json::{Value, json};

use crate::village::{Village, said};

/// A village under its township, both with the same person.
fn pair() -> (Village, Village, Value) {
    let village = Village::new();
    let township = Village::of("township", "柳坝镇", "邓长青");
    village.enrol(&township, None);
    let person = village.member(json!({"name": "蒲大春", "education": "61", "kind": "full"}));
    assert_eq!(village.carry("parent", &township)["status"], "read");
    (village, township, person)
}

fn save(desk: &Village, id: &Value, fields: Value) -> Value {
    desk.call("member.save", json!({"id": id, "fields": fields}))
}

fn list(desk: &Village) -> Vec<Value> {
    desk.call("conflict.list", json!({})).as_array().unwrap().clone()
}

fn side<'a>(conflict: &'a Value, value: &str) -> &'a Value {
    let sides = conflict["sides"].as_array().unwrap();
    sides.iter().find(|side| side["value"] == value).unwrap_or_else(|| panic!("{value}: {conflict}"))
}

fn take(desk: &Village, conflict: &Value, side: &Value) -> Value {
    desk.call("conflict.resolve", json!({"id": conflict["id"], "take": side["key"]}))
}

#[test]
fn two_id_numbers_can_be_told_apart_and_only_a_person_settles_them() {
    let (village, township, person) = pair();
    village.at("2026-06-15", "16:20");
    save(&village, &person, json!({"id_number": "511722197501030013"}));
    township.at("2026-06-16", "09:05");
    save(&township, &person, json!({"id_number": "511722197501040019"}));
    village.carry("parent", &township);

    let all = list(&township);
    let conflict = all.iter().find(|conflict| conflict["field"] == "id_number").expect("the number");
    let values: Vec<&str> =
        conflict["sides"].as_array().unwrap().iter().map(|side| side["value"].as_str().unwrap()).collect();
    assert_eq!(values, ["511722*******40019", "511722*******30013"]);
    assert_eq!((&conflict["by_hand"], &conflict["covered"]), (&json!(true), &json!(true)));
    assert_eq!(conflict["sides"][0]["note"], "校验码对");
    let (mine, theirs) = (&conflict["sides"][0], &conflict["sides"][1]);
    assert_eq!((&mine["mine"], &mine["who"], &mine["shows"]), (&json!(true), &json!("邓长青"), &json!(true)));
    assert_eq!((&theirs["org_name"], &theirs["laptop"]), (&json!("青石桥村"), &json!("A")));
    assert_eq!((&theirs["at"], &theirs["clock_odd"]), (&json!("2026-06-15T16:20:00+08:00"), &json!(false)));

    let whole = json!({"id": conflict["id"], "purpose": " "});
    assert_eq!(township.refused("conflict.unmask", whole).field.as_deref(), Some("purpose"));
    let whole = township.call("conflict.unmask", json!({"id": conflict["id"], "purpose": "定不一致"}));
    assert_eq!(whole[0], json!({"key": mine["key"], "value": "511722197501040019"}));
    let looks = township.call("audit.list", json!({}));
    assert_eq!((&looks[0]["purpose"], &looks[0]["count"]), (&json!("定不一致"), &json!(1)));

    let bulk = json!({"choices": [{"id": conflict["id"], "take": mine["key"]}]});
    let refused = township.refused("conflict.resolve_many", bulk);
    assert!(refused.message.contains("对着身份证"), "{refused}");
    assert_eq!(list(&township).len(), all.len(), "nothing was settled");

    assert_eq!(said(&take(&township, conflict, mine)), "定了蒲大春的公民身份号码：511722*******40019");
    township.carry("青石桥村", &village);
    assert!(list(&village).is_empty(), "settled once is settled everywhere: {:?}", list(&village));
}

/// Both correct a number that was wrong, and one of them mistypes it.
fn typed_wrong() -> (Village, Village, Value) {
    let (village, township, person) = pair();
    save(&village, &person, json!({"id_number": "511722198507010018"}));
    village.carry("parent", &township);
    save(&village, &person, json!({"id_number": "511722197501030013"}));
    save(&township, &person, json!({"id_number": "511722197501300013"}));
    village.carry("parent", &township);
    (village, township, person)
}

#[test]
fn a_number_that_could_not_be_right_stands_there_as_it_was_typed() {
    let (_village, township, person) = typed_wrong();
    let all = list(&township);
    assert_eq!(all.len(), 1, "what the program keeps beside it is not asked about: {all:?}");
    let wrong = side(&all[0], "511722******300013");
    assert_eq!(wrong["note"], "校验码不对，可能写反了两位");
    let right = side(&all[0], "511722******030013");

    take(&township, &all[0], right);
    assert!(list(&township).is_empty());
    let card = township.call("member.card", json!({"id": person}));
    assert_eq!(card["doubts"], json!([]), "its doubt went with it");
    assert_eq!(township.call("verify.run", json!({}))["agrees"], true);
}

#[test]
fn the_doubt_of_a_number_stays_when_the_number_that_cannot_be_right_is_taken() {
    let (_village, township, person) = typed_wrong();
    let all = list(&township);
    take(&township, &all[0], side(&all[0], "511722******300013"));
    assert!(list(&township).is_empty());
    let doubts = township.call("member.card", json!({"id": person}))["doubts"].clone();
    assert_eq!(doubts[0]["field"], "id_number", "{doubts}");
}

#[test]
fn values_are_told_in_words_and_each_choice_is_taken_back_alone() {
    let (village, township, person) = pair();
    save(
        &village,
        &person,
        json!({"education": "31", "joined_on": "2003-12", "address": "二组，大水井院坝"}),
    );
    save(&township, &person, json!({"education": "71", "joined_on": "2004-01-05", "address": "二组"}));
    village.carry("parent", &township);
    let all = list(&township);
    assert_eq!(all.len(), 3, "{all:?}");
    let of = |field: &str| all.iter().find(|conflict| conflict["field"] == field).unwrap();
    side(of("joined_on"), "2003-12");
    side(of("joined_on"), "2004-01-05");
    assert_eq!(of("education")["agree"], 2, "姓名 and 人员类别");
    let done = take(&township, of("education"), side(of("education"), "大学专科"));
    assert_eq!(said(&done), "定了蒲大春的学历：大学专科");
    assert_eq!(list(&township).len(), 2);
    township.undo(&done);
    assert_eq!(list(&township).len(), 3);
}

#[test]
fn the_same_value_from_both_is_nothing_to_settle() {
    let (village, township, person) = pair();
    for desk in [&village, &township] {
        save(desk, &person, json!({"education": "31", "phones": ["13700000208"]}));
    }
    village.carry("parent", &township);
    assert!(list(&township).is_empty(), "{:?}", list(&township));
}

#[test]
fn many_rows_of_one_import_are_settled_together_and_taken_back_together() {
    let (village, township, first) = pair();
    let second = village.full_member("李国强");
    village.carry("parent", &township);
    for (desk, education, group) in [(&village, "31", "第一党小组"), (&township, "71", "第三党小组")]
    {
        for person in [&first, &second] {
            save(desk, person, json!({"education": education, "party_group": group}));
        }
    }
    village.carry("parent", &township);
    let all = list(&township);
    assert_eq!(all.len(), 4);
    let choices: Vec<Value> = all
        .iter()
        .map(|conflict| {
            let theirs =
                conflict["sides"].as_array().unwrap().iter().find(|side| side["mine"] == false).unwrap();
            json!({"id": conflict["id"], "take": theirs["key"]})
        })
        .collect();
    let done = township.call("conflict.resolve_many", json!({"choices": choices}));
    assert_eq!(said(&done), "一起定了 4 处不一致，2 条记录");
    assert!(list(&township).is_empty());
    let card = township.call("member.card", json!({"id": second}));
    assert_eq!(card["member"]["party_group"], "第一党小组");
    township.undo(&done);
    assert_eq!(list(&township).len(), 4);
}

#[test]
fn what_one_import_wrote_is_known_as_one_act() {
    let (village, township, _) = pair();
    let import = |education: &str| {
        let people = [
            ("冯有才", "511722198507010018"),
            ("李国强", "511722197501030013"),
            ("单立群", "511722197501040019"),
        ];
        let rows: String =
            people.iter().map(|(name, number)| format!("{name},{number},{education}\n")).collect();
        let file = village.path("名册.csv");
        std::fs::write(&file, format!("姓名,身份证号,学历\n{rows}")).unwrap();
        village.call("roster.import", json!({"file": file}))
    };
    import("高中");
    village.carry("parent", &township);
    let imported = import("大学专科");
    assert_eq!(imported["counts"]["changed"], 3, "{imported}");
    let people = township.call("member.list", json!({}))["members"].as_array().unwrap().clone();
    for person in people.iter().filter(|person| person["name"] != "蒲大春") {
        save(&township, &person["id"], json!({"education": "71"}));
    }
    village.carry("parent", &township);
    let all = list(&township);
    let acts = |mine: bool| {
        let sides = all.iter().flat_map(|conflict| conflict["sides"].as_array().unwrap());
        let acts: std::collections::BTreeSet<&str> =
            sides.filter(|side| side["mine"] == mine).map(|side| side["act"].as_str().unwrap()).collect();
        acts.len()
    };
    assert_eq!((all.len(), acts(true), acts(false)), (3, 3, 1));
}

#[test]
fn a_choice_names_what_was_seen_also_when_more_has_come() {
    let (village, township, person) = pair();
    save(&village, &person, json!({"education": "31"}));
    save(&township, &person, json!({"education": "71"}));
    village.carry("parent", &township);
    let seen = list(&township)[0].clone();
    let theirs = side(&seen, "大学专科").clone();
    // The village goes on, without having seen the township's: what stood in A and B stands otherwise now.
    village.at("2026-06-13", "09:00");
    save(&village, &person, json!({"education": "21"}));
    village.carry("parent", &township);
    let refused = township.refused("conflict.resolve", json!({"id": seen["id"], "take": theirs["key"]}));
    assert!(refused.message.contains("刚刚变了"), "{refused}");
    assert_eq!(list(&township).len(), 1);
    take(&township, &seen, side(&seen, "初中"));
    assert_eq!(township.call("member.card", json!({"id": person}))["member"]["education"], "71");
}

#[test]
fn a_void_record_that_was_written_to_waits_until_somebody_has_looked() {
    for void in [true, false] {
        let (village, township, person) = pair();
        village.call("member.void", json!({"id": person, "reason": "重复登记"}));
        save(&township, &person, json!({"education": "31"}));
        village.carry("parent", &township);
        let doubts = township.call("conflict.doubts", json!({}));
        assert_eq!(
            (&doubts[0]["kind"], &doubts[0]["title"]),
            (&json!("written_while_void"), &json!("蒲大春"))
        );
        let done = township.call("conflict.settle_void", json!({"record": person, "void": void}));
        assert_eq!(township.call("conflict.doubts", json!({})), json!([]));
        let held = township.call("member.list", json!({}))["count"].clone();
        assert_eq!(held, json!(u8::from(!void)), "{}", said(&done));
        township.undo(&done);
        assert_eq!(township.call("conflict.doubts", json!({})).as_array().unwrap().len(), 1);
    }
}

/// Two computers of one village with the same people.
fn two_computers() -> (Village, Village, Value) {
    let (first, second) = (Village::new(), Village::of("village", "罗永福的电脑", "周晓雯"));
    let person = first.full_member("王秀英");
    second.enrol(&first, Some("青石桥村"));
    first.carry("青石桥村", &second);
    (first, second, person)
}

fn post(desk: &Village, person: &Value, date: &str, rule: &str, times: u32) {
    let cells = json!([{"account": person, "rule": rule, "times": times}]);
    desk.call("points.claim", json!({"group": "members", "date": date, "event": "集中学习", "cells": cells}));
    let claims = desk.call("points.claims", json!({"state": "proposed"}));
    let claims: Vec<Value> = claims.as_array().unwrap().iter().map(|claim| claim["id"].clone()).collect();
    desk.call("points.review", json!({"claims": claims, "approve": true}));
}

#[test]
fn two_amounts_of_one_entry_stand_side_by_side_with_rule_and_reviewer() {
    let (first, second, person) = two_computers();
    post(&first, &person, "2026-06-05", "study-session", 1);
    post(&second, &person, "2026-06-05", "study-session", 2);
    second.carry("青石桥村", &first);
    let all = list(&first);
    assert_eq!(all.len(), 1, "{all:?}");
    let conflict = &all[0];
    assert_eq!((&conflict["kind"], &conflict["record_title"]), (&json!("ledger"), &json!("王秀英的积分")));
    assert_eq!(conflict["about"], "集中学习，2026-06-05");
    assert_eq!(side(conflict, "2 分")["note"], "申报 2 分，认定 2 分，罗永福审的");
    assert_eq!(side(conflict, "4 分")["laptop"], "B");
    assert_eq!(said(&take(&first, conflict, side(conflict, "4 分"))), "定了王秀英的积分的这一笔：4 分");
    assert!(list(&first).is_empty());
}

#[test]
fn a_cap_that_two_computers_exceed_together_is_told_and_nothing_posted_is_touched() {
    let (first, second, person) = two_computers();
    post(&first, &person, "2026-06-05", "study-session", 6);
    post(&second, &person, "2026-06-08", "study-session", 6);
    assert_eq!(first.call("conflict.doubts", json!({})), json!([]));
    second.carry("青石桥村", &first);
    let doubts = first.call("conflict.doubts", json!({}));
    assert_eq!(
        (&doubts[0]["kind"], &doubts[0]["title"]),
        (&json!("over_cap"), &json!("王秀英的集中学习超过上限"))
    );
    assert!(
        doubts[0]["text"].as_str().unwrap().contains("上限 12 分")
            && doubts[0]["text"].as_str().unwrap().contains("24 分")
    );
}

#[test]
fn a_clock_that_could_not_be_right_is_told_beside_what_it_says() {
    let (village, township, person) = pair();
    village.on("1970-01-03");
    save(&village, &person, json!({"education": "31"}));
    township.on("2026-06-13");
    save(&township, &person, json!({"education": "71"}));
    village.carry("parent", &township);
    let all = list(&township);
    let odd = side(&all[0], "大学专科");
    assert_eq!((&odd["clock_odd"], &odd["at"]), (&json!(true), &json!("1970-01-03T10:00:00+08:00")));
    assert_eq!(
        all[0]["sides"].as_array().unwrap().iter().filter(|side| side["clock_odd"] == false).count(),
        1
    );
}
