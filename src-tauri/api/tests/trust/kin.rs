//! Whoever proposes does not approve; nobody decides on their own or on a near relative's.

use serde_json::{Value, json};
use yuanba_api::Code;

use crate::village::{PASSPHRASE, Village, said};

const OTHERS: &str = "da shui jing 7";

fn sign_in(village: &Village, name: &str) {
    let passphrase = if name == "罗永福" { PASSPHRASE } else { OTHERS };
    village.call("store.lock", json!({}));
    village.call("store.open", json!({"user": name, "passphrase": passphrase}));
}

/// A village with the official 周晓雯 and the reader 陈干事 beside the secretary 罗永福.
fn village() -> Village {
    let village = Village::new();
    village.call("user.add", json!({"name": "周晓雯", "role": "official", "passphrase": OTHERS}));
    village
}

/// The official claims so many study sessions for an account.
fn claim(village: &Village, group: &str, account: &Value, rule: &str, day: &str) -> Value {
    let cells = json!([{"account": account, "rule": rule, "times": 1}]);
    village.call("points.claim", json!({"group": group, "date": day, "cells": cells}));
    let waiting = village.call("points.claims", json!({"state": "proposed"}));
    let claims: Vec<Value> = waiting.as_array().unwrap().iter().map(|claim| claim["id"].clone()).collect();
    json!(claims)
}

fn approve(claims: &Value) -> Value {
    json!({"claims": claims, "approve": true})
}

#[test]
fn nobody_approves_what_is_their_own_under_whatever_name_they_sign_in() {
    let village = Village::new();
    village.call("user.add", json!({"name": "村里的小周", "role": "official", "passphrase": OTHERS}));
    let zhou = village.full_member("周晓雯");
    let claims = claim(&village, "members", &zhou, "study-session", "2026-06-05");
    let before = village.call("kin.of", json!({"id": zhou}));
    assert_eq!((&before["user"], &before["users"]), (&Value::Null, &json!(["罗永福", "村里的小周"])));
    let linked = village.call("kin.user", json!({"member": zhou, "user": "村里的小周"}));
    assert_eq!(said(&linked), "写明了使用人村里的小周是名册上的周晓雯");
    assert_eq!(village.call("kin.of", json!({"id": zhou}))["user"], "村里的小周");
    sign_in(&village, "村里的小周");
    let refused = village.refused("points.review", approve(&claims));
    assert_eq!(refused.code, Code::NotAllowed);
    assert!(refused.message.contains("自己的分自己不审"), "{refused}");
    let link = json!({"member": zhou, "user": null});
    assert_eq!(village.refused("kin.user", link).code, Code::NotAllowed, "who governs says who is who");
    sign_in(&village, "罗永福");
    assert_eq!(village.refused("points.review", approve(&claims)).code, Code::NotAllowed, "he proposed it");
}

#[test]
fn somebody_who_is_said_to_be_one_person_is_not_another_of_the_same_name() {
    let village = village();
    let (one, other) = (village.full_member("周晓雯"), village.full_member("周晓雯"));
    village.call("kin.user", json!({"member": one, "user": "周晓雯"}));
    let claims = claim(&village, "members", &other, "study-session", "2026-06-05");
    sign_in(&village, "周晓雯");
    assert_eq!(village.call("points.review", approve(&claims))["posted"], 1);
}

#[test]
fn nobody_approves_a_declared_relatives_points_and_nobody_takes_the_declaration_back_alone() {
    let village = village();
    let (zhou, husband) = (village.full_member("周晓雯"), village.full_member("何建国"));
    let declared = village.call("kin.declare", json!({"member": zhou, "other": husband, "kind": "夫妻"}));
    assert_eq!(said(&declared), "写明了周晓雯和何建国是夫妻");
    let claims = claim(&village, "members", &husband, "study-session", "2026-06-05");
    sign_in(&village, "周晓雯");
    let refused = village.refused("points.review", approve(&claims));
    assert_eq!(refused.code, Code::NotAllowed);
    assert!(refused.message.contains("何建国") && refused.message.contains("亲属"), "{refused}");
    let card = village.call("kin.of", json!({"id": husband}));
    assert_eq!(
        (&card["relatives"][0]["name"], &card["relatives"][0]["kind"]),
        (&json!("周晓雯"), &json!("夫妻"))
    );
    let withdraw = json!({"id": card["relatives"][0]["id"], "reason": "写错了"});
    assert_eq!(village.refused("kin.withdraw", withdraw.clone()).code, Code::NotAllowed);
    let undo = json!({"group": declared["done"]["group"]});
    assert_eq!(village.refused("undo.group", undo).code, Code::NotAllowed);
    sign_in(&village, "罗永福");
    assert_eq!(
        village.refused("kin.withdraw", json!({"id": withdraw["id"], "reason": " "})).code,
        Code::Refused
    );
    village.call("kin.withdraw", withdraw);
    sign_in(&village, "周晓雯");
    assert_eq!(village.call("points.review", approve(&claims))["posted"], 1);
    // Said again, it is the same record.
    village.call("kin.declare", json!({"member": husband, "other": zhou, "kind": "夫妻"}));
    assert_eq!(village.call("kin.of", json!({"id": zhou}))["relatives"].as_array().unwrap().len(), 1);
}

#[test]
fn wrong_relations_are_refused() {
    let village = village();
    let (one, other) = (village.full_member("甲"), village.full_member("乙"));
    let same = json!({"member": one, "other": one, "kind": "夫妻"});
    assert_eq!(village.refused("kin.declare", same).field.as_deref(), Some("other"));
    let unknown = json!({"member": one, "other": other, "kind": "老乡"});
    assert_eq!(village.refused("kin.declare", unknown).field.as_deref(), Some("kind"));
}

#[test]
fn who_lives_together_is_near_without_being_declared_and_so_is_the_households_account() {
    let village = village();
    let zhou = json!({"name": "周晓雯", "kind": "full", "household": "何建国"});
    let (zhou, husband) = (
        village.member(zhou),
        village.member(json!({"name": "何建国", "kind": "full", "household": "何建国"})),
    );
    village.call("household.save", json!({"id": null, "name": "何建国", "people": 3, "hardship": false}));
    let grid = village.call("points.grid", json!({"group": "households", "date": "2026-06-05"}));
    let home = grid["accounts"][0]["id"].clone();
    let card = village.call("kin.of", json!({"id": zhou}));
    assert_eq!(
        (&card["relatives"][0]["kind"], &card["relatives"][0]["id"]),
        (&json!("同一户"), &Value::Null)
    );
    let of_husband = claim(&village, "members", &husband, "study-session", "2026-06-05");
    sign_in(&village, "周晓雯");
    assert!(village.refused("points.review", approve(&of_husband)).message.contains("何建国"));
    village.call("points.review", json!({"claims": of_husband, "approve": false, "reason": "没有来"}));
    sign_in(&village, "罗永福");
    let of_home = claim(&village, "households", &home, "tidy-yard", "2026-06-05");
    sign_in(&village, "周晓雯");
    let refused = village.refused("points.review", approve(&of_home));
    assert!(refused.code == Code::NotAllowed && refused.message.contains("何建国"), "{refused}");
}

#[test]
fn nobody_reverses_what_was_taken_from_themselves_or_a_relative() {
    let village = village();
    let (zhou, sister) = (village.full_member("周晓雯"), village.full_member("周晓云"));
    village.call("kin.declare", json!({"member": zhou, "other": sister, "kind": "兄弟姐妹"}));
    // Proposed by the official, approved by the secretary.
    sign_in(&village, "周晓雯");
    claim(&village, "members", &zhou, "study-session", "2026-06-05");
    let claims = claim(&village, "members", &sister, "study-session", "2026-06-05");
    sign_in(&village, "罗永福");
    let reviewed = village.call("points.review", approve(&claims));
    sign_in(&village, "周晓雯");
    let entries = village.call("points.entries", json!({}));
    for entry in entries.as_array().unwrap() {
        let refused = village.refused("points.reverse", json!({"key": entry["key"], "reason": "不对"}));
        assert_eq!(refused.code, Code::NotAllowed, "{}", entry["name"]);
    }
    let undo = json!({"group": reviewed["done"]["group"]});
    assert_eq!(village.refused("undo.group", undo.clone()).code, Code::NotAllowed);
    sign_in(&village, "罗永福");
    let undone = village.call("undo.group", undo);
    // Taking that back would approve again: it is for the other one.
    sign_in(&village, "周晓雯");
    let redo = json!({"group": undone["done"]["group"]});
    assert_eq!(village.refused("undo.group", redo).code, Code::NotAllowed);
    assert_eq!(village.call("points.entries", json!({})).as_array().unwrap().len(), 0);
}

#[test]
fn a_review_that_was_taken_back_is_not_done_again_by_whoever_proposed() {
    let village = village();
    let member = village.full_member("王秀英");
    sign_in(&village, "周晓雯");
    let claims = claim(&village, "members", &member, "study-session", "2026-06-05");
    sign_in(&village, "罗永福");
    let reviewed = village.call("points.review", approve(&claims));
    let undone = village.call("undo.group", json!({"group": reviewed["done"]["group"]}));
    sign_in(&village, "周晓雯");
    let refused = village.refused("undo.group", json!({"group": undone["done"]["group"]}));
    assert!(refused.code == Code::NotAllowed && refused.message.contains("谁申报谁不审核"), "{refused}");
    sign_in(&village, "罗永福");
    village.call("undo.group", json!({"group": undone["done"]["group"]}));
    assert_eq!(village.call("points.entries", json!({})).as_array().unwrap().len(), 1);
}

#[test]
fn the_last_act_that_is_taken_back_is_ones_own_and_people_are_let_in_and_out_by_who_governs() {
    let village = village();
    sign_in(&village, "周晓雯");
    assert_eq!(village.call("undo.last", json!({})), Value::Null, "the secretary's acts are not hers");
    let recent = village.call("undo.recent", json!({"limit": 50}));
    let people = |act: &Value| act["text"].as_str().is_some_and(|text| text.contains("周晓雯"));
    assert!(
        !recent.as_array().unwrap().iter().any(people),
        "keys do not follow an undo, so none is offered: {recent}"
    );
    village.full_member("王秀英");
    assert_eq!(village.call("undo.last", json!({}))["text"], "撤销了：把王秀英写进了花名册");
}

#[test]
fn two_figures_for_a_relatives_points_are_settled_by_somebody_else() {
    let (one, other) = (village(), Village::of("village", "青石桥村二", "林二"));
    let (zhou, sister) = (one.full_member("周晓雯"), one.full_member("周晓云"));
    one.call("kin.declare", json!({"member": zhou, "other": sister, "kind": "兄弟姐妹"}));
    let office = Village::of("township", "柳坝镇", "经办");
    one.enrol(&office, None);
    one.carry("parent", &office);
    let org = office.call("org.list", json!({}));
    let org = org.as_array().unwrap().iter().find(|org| org["name"] == "青石桥村").unwrap()["id"].clone();
    other.enrol(&office, org.as_str());
    office.carry("青石桥村", &other);
    let both = |village: &Village, hours: u32| {
        let cells = json!([{"account": sister, "rule": "volunteer-hours", "times": hours}]);
        let request = json!({"group": "members", "date": "2026-06-05", "event": "修路", "cells": cells});
        village.call("points.claim", request);
    };
    sign_in(&one, "周晓雯");
    both(&one, 20);
    sign_in(&one, "罗永福");
    let waiting = one.call("points.claims", json!({"state": "proposed"}));
    one.call("points.review", approve(&json!([waiting[0]["id"]])));
    both(&other, 80);
    let waiting = other.call("points.claims", json!({"state": "proposed"}));
    other.call("points.review", approve(&json!([waiting[0]["id"]])));
    other.carry("青石桥村", &one);
    let conflicts = one.call("conflict.list", json!({}));
    let ledger: Vec<&Value> =
        conflicts.as_array().unwrap().iter().filter(|conflict| conflict["kind"] == "ledger").collect();
    assert_eq!(ledger.len(), 1, "{conflicts}");
    let take = json!({"id": ledger[0]["id"], "take": "A"});
    sign_in(&one, "周晓雯");
    assert_eq!(one.refused("conflict.resolve", take.clone()).code, Code::NotAllowed);
    let many = json!({"choices": [take]});
    assert_eq!(one.refused("conflict.resolve_many", many).code, Code::NotAllowed);
    sign_in(&one, "罗永福");
    one.call("conflict.resolve", take);
}

#[test]
fn nobody_takes_in_their_own_membership_while_somebody_else_can() {
    let village = village();
    sign_in(&village, "周晓雯");
    let own =
        json!({"fields": {"name": "周晓雯", "kind": "full"}, "from": "石门镇", "letter": null, "on": null});
    assert_eq!(village.refused("transfer.receive", own.clone()).code, Code::NotAllowed);
    sign_in(&village, "罗永福");
    village.call("transfer.receive", own);
    let alone = Village::new();
    let own =
        json!({"fields": {"name": "罗永福", "kind": "full"}, "from": "石门镇", "letter": null, "on": null});
    alone.call("transfer.receive", own);
}
