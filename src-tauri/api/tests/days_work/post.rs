//! 设岗定责.

use serde_json::{Value, json};

use crate::village::{Village, said};

fn post<'a>(board: &'a Value, id: &str) -> &'a Value {
    let categories = board["categories"].as_array().unwrap();
    categories.iter().flat_map(|c| c["posts"].as_array().unwrap()).find(|p| p["id"] == id).unwrap()
}

#[test]
fn a_member_without_a_post_is_suggested_one_with_a_reason_gets_it_and_may_lose_it_again() {
    let village = Village::new();
    let doctor = village.member(json!({
        "name": "邓秀华", "sex": "female", "kind": "full", "birth_date": "1980-03-02", "job": "以前是村医"
    }));
    village.member(json!({"name": "小邓", "kind": "activist"}));
    let before = village.call("post.board", json!({}));
    assert_eq!(before["unplaced"].as_array().unwrap().len(), 1, "an activist holds no post");
    assert_eq!(before["unplaced"][0]["suggestions"][0]["post"], "elder-care");
    assert_eq!(before["unplaced"][0]["suggestions"][0]["reason"], "她懂护理");
    assert!(before["sentence"].as_str().unwrap().starts_with("无职党员 1 人：0 人有岗，还有 1 人没定。"));

    let assigned = village.call(
        "post.assign",
        json!({"member": doctor, "post": "elder-care", "from": "2026-07-01", "decided_on": "2026-06-11", "decided_by": "支委会"}),
    );
    assert_eq!(said(&assigned), "给邓秀华定了「助老帮扶岗」");
    let board = village.call("post.board", json!({}));
    let held = post(&board, "elder-care");
    assert_eq!(held["holders"][0]["name"], "邓秀华");
    assert_eq!(held["holders"][0]["until"], "2027-06-30", "a term of the rules");
    assert_eq!(held["vacant"], post(&before, "elder-care")["vacant"].as_u64().unwrap() - 1);
    assert!(board["unplaced"].as_array().unwrap().is_empty());

    let again = json!({"member": doctor, "post": "elder-care", "from": "2026-07-01"});
    assert_eq!(village.refused("post.assign", again).field.as_deref(), Some("post"));
    let list = village.call("post.list", json!({}));
    assert_eq!((&list[0]["post_name"], &list[0]["org_name"]), (&json!("助老帮扶岗"), &json!("青石桥村")));

    village.undo(&assigned);
    let after = village.call("post.board", json!({}));
    assert_eq!(after, before);
}

#[test]
fn who_is_excused_is_not_unplaced_and_no_longer_excused_when_a_post_is_given() {
    let village = Village::new();
    let old = village.member(json!({"name": "冯长友", "kind": "full", "birth_date": "1955-01-01"}));
    let board = village.call("post.board", json!({}));
    assert_eq!(board["unplaced"][0]["excusable"], "年纪大");
    let excused = village.call("post.excuse", json!({"member": old, "reason": "年纪大"}));
    assert_eq!(said(&excused), "给冯长友免了岗：年纪大");
    let board = village.call("post.board", json!({}));
    assert_eq!(
        (board["unplaced"].as_array().unwrap().len(), &board["excused"][0]["name"]),
        (0, &json!("冯长友"))
    );
    let row = |village: &Village| village.call("roster.rows", json!({"ids": [old]}))[0].clone();
    assert_eq!(
        (&row(&village)["post_text"], &row(&village)["excused_for"]),
        (&Value::Null, &json!("年纪大"))
    );
    assert_eq!(village.call("member.card", json!({"id": old}))["sentence"], "免岗：年纪大。");

    let given =
        village.call("post.assign", json!({"member": old, "post": "mediation", "from": "2026-06-12"}));
    assert!(village.call("post.board", json!({}))["excused"].as_array().unwrap().is_empty());
    let refused = village.refused("post.excuse", json!({"member": old, "reason": "年纪大"}));
    assert!(refused.message.contains("先离任"), "{refused}");

    let ended = village.call(
        "post.end",
        json!({"assignment": given["assignment"], "on": "2026-06-12", "reason": "身体不好"}),
    );
    assert_eq!(said(&ended), "冯长友不再任「矛盾调解岗」");
    let board = village.call("post.board", json!({}));
    assert_eq!(
        (
            board["unplaced"].as_array().unwrap().len(),
            post(&board, "mediation")["holders"].as_array().unwrap().len()
        ),
        (1, 0)
    );
    village.undo(&ended);
    assert_eq!(post(&village.call("post.board", json!({})), "mediation")["holders"][0]["name"], "冯长友");
}

#[test]
fn the_assignments_are_a_workbook_that_opens() {
    let village = Village::new();
    let member = village.full_member("王秀英");
    village.call("post.assign", json!({"member": member, "post": "policy-publicity", "from": "2026-06-12"}));
    let out = village.dir.path().join("岗位.xlsx");
    let written = village.call("post.export", json!({"out": out}));
    assert_eq!(written["rows"], 1);
    assert!(std::fs::read(out).unwrap().starts_with(b"PK"));
}
