//! 积分: claimed by one, reviewed by another, posted, reversed, never edited.

use serde_json::{Value, json};
use yuanba_api::Code;

use crate::village::{PASSPHRASE, Village, said};

/// A village with 周晓雯, the official, beside the secretary.
fn village_with_two() -> Village {
    let village = Village::new();
    village.call("user.add", json!({"name": "周晓雯", "role": "official", "passphrase": OFFICIAL}));
    village
}

const OFFICIAL: &str = "da shui jing 7";

fn sign_in(village: &Village, name: &str) {
    let passphrase = if name == "罗永福" { PASSPHRASE } else { OFFICIAL };
    village.call("store.lock", json!({}));
    village.call("store.open", json!({"user": name, "passphrase": passphrase}));
}

fn cells(account: &Value, cells: &[(&str, u32)]) -> Vec<Value> {
    cells.iter().map(|(rule, times)| json!({"account": account, "rule": rule, "times": times})).collect()
}

fn claim(village: &Village, group: &str, date: &str, cells: Vec<Value>) -> Value {
    village.call("points.claim", json!({"group": group, "date": date, "cells": cells}))
}

fn waiting(village: &Village) -> Vec<Value> {
    let claims = village.call("points.claims", json!({"state": "proposed"}));
    claims.as_array().unwrap().iter().map(|claim| claim["id"].clone()).collect()
}

fn approve(village: &Village) -> Value {
    village.call("points.review", json!({"claims": waiting(village), "approve": true}))
}

fn balance(village: &Village, group: &str, name: &str) -> Value {
    let all = village.call("points.balances", json!({"group": group}));
    all.as_array().unwrap().iter().find(|balance| balance["name"] == name).unwrap().clone()
}

#[test]
fn points_are_claimed_by_one_reviewed_by_another_posted_and_reversed_with_a_reason() {
    let village = village_with_two();
    let member = village.full_member("王秀英");
    sign_in(&village, "周晓雯");
    let claimed = claim(
        &village,
        "members",
        "2026-06-05",
        cells(&member, &[("study-session", 1), ("three-meetings", 1)]),
    );
    assert_eq!(said(&claimed), "记积分 1 人，共 5 分");
    let before = balance(&village, "members", "王秀英");
    assert_eq!((&before["balance"], &before["pending"], &before["rank"]), (&json!(0), &json!(5), &json!(1)));
    let own = village.refused("points.review", json!({"claims": waiting(&village), "approve": true}));
    assert_eq!(own.code, Code::NotAllowed);
    assert!(own.message.contains("2 笔是您自己申报的") && own.next_step.contains("另一个人"), "{own}");

    sign_in(&village, "罗永福");
    let reviewed = approve(&village);
    assert_eq!((&reviewed["posted"], &reviewed["points"]), (&json!(2), &json!(5)));
    let posted = balance(&village, "members", "王秀英");
    assert_eq!((&posted["balance"], &posted["pending"], &posted["year"]), (&json!(5), &json!(0), &json!(5)));

    let entries = village.call("points.entries", json!({"account": member}));
    let study = entries.as_array().unwrap().iter().find(|entry| entry["rule_name"] == "集中学习").unwrap();
    assert_eq!((&study["points"], &study["done_by"]), (&json!(2), &json!("罗永福")));
    assert_eq!(
        village.refused("points.reverse", json!({"key": study["key"], "reason": " "})).field.as_deref(),
        Some("reason")
    );
    let reversed = village.call("points.reverse", json!({"key": study["key"], "reason": "那天她没来"}));
    assert_eq!(said(&reversed), "冲销了王秀英的集中学习，记 −2 分");
    assert_eq!(balance(&village, "members", "王秀英")["balance"], 3);
    let entries = village.call("points.entries", json!({"account": member}));
    let states: Vec<&str> =
        entries.as_array().unwrap().iter().map(|entry| entry["state"].as_str().unwrap()).collect();
    assert_eq!(states.iter().filter(|state| **state == "reversed").count(), 1, "the wrong one stays");
    let reversal = entries.as_array().unwrap().iter().find(|entry| entry["state"] == "reversal").unwrap();
    assert_eq!((&reversal["points"], &reversal["reason"]), (&json!(-2), &json!("那天她没来")));
    let twice = village.refused("points.reverse", json!({"key": study["key"], "reason": "再来"}));
    assert_eq!(twice.code, Code::Refused);

    let card = village.call("member.card", json!({"id": member}));
    assert_eq!((&card["standing"]["points"], &card["standing"]["rank"]), (&json!(3), &json!(1)));
    let told: Vec<&str> =
        card["timeline"].as_array().unwrap().iter().map(|e| e["text"].as_str().unwrap()).collect();
    assert!(told.contains(&"冲销集中学习，记 −2 分") && told.contains(&"三会一课，记 3 分"), "{told:?}");

    // What was reversed may be claimed again, and counts again.
    sign_in(&village, "周晓雯");
    claim(&village, "members", "2026-06-05", cells(&member, &[("study-session", 1)]));
    sign_in(&village, "罗永福");
    let again = approve(&village);
    assert_eq!(balance(&village, "members", "王秀英")["balance"], 5);
    village.undo(&again);
    village.undo(&reversed);
    let after = balance(&village, "members", "王秀英");
    assert_eq!((&after["balance"], &after["pending"]), (&json!(5), &json!(2)));
    village.undo(&reviewed);
    assert_eq!(balance(&village, "members", "王秀英")["balance"], 0);
    assert_eq!(waiting(&village).len(), 3, "what was reviewed waits again");
}

#[test]
fn what_was_taken_back_and_entered_again_counts_once_also_after_a_redo() {
    let village = village_with_two();
    let member = village.full_member("王秀英");
    sign_in(&village, "周晓雯");
    claim(&village, "members", "2026-06-05", cells(&member, &[("study-session", 1)]));
    sign_in(&village, "罗永福");
    let first = approve(&village);
    let undone = village.call("undo.group", json!({"group": first["done"]["group"]}));
    assert_eq!(balance(&village, "members", "王秀英")["balance"], 0);
    approve(&village);
    assert_eq!(balance(&village, "members", "王秀英")["balance"], 2);
    village.undo(&undone);
    assert_eq!(balance(&village, "members", "王秀英")["balance"], 2, "it is one entry, written twice");
}

#[test]
fn fifteen_study_sessions_stop_at_twelve_whether_they_are_claimed_together_or_one_by_one() {
    let village = Village::new();
    let (together, one_by_one) = (village.full_member("何玉兰"), village.full_member("杨素芬"));
    let all = cells(&together, &[("study-session", 15), ("study-notes", 4), ("study-essay", 4)]);
    let preview =
        village.call("points.preview", json!({"group": "members", "date": "2026-06-05", "cells": all}));
    assert_eq!((&preview["total"], &preview["capped"]), (&json!(20), &json!(1)));
    assert_eq!(preview["cells"][0]["text"], "到顶，记 12 分");
    claim(&village, "members", "2026-06-05", all);
    for day in 1..=15 {
        let date = format!("2026-05-{day:02}");
        claim(&village, "members", &date, cells(&one_by_one, &[("study-session", 1)]));
    }
    let claims = village.call("points.claims", json!({"state": "proposed"}));
    assert!(claims.as_array().unwrap().iter().all(|claim| claim["mine"] == true));
    approve(&village);
    assert_eq!(balance(&village, "members", "何玉兰")["year"], 20);
    assert_eq!(balance(&village, "members", "杨素芬")["year"], 12);
    let capped = village.call(
        "points.preview",
        json!({"group": "members", "date": "2026-06-12", "cells": cells(&one_by_one, &[("study-session", 1)])}),
    );
    assert_eq!(capped["cells"][0]["text"], "到顶，记 0 分");
    let grid = village.call("points.grid", json!({"group": "members", "date": "2026-06-12"}));
    let row = grid["accounts"].as_array().unwrap().iter().find(|row| row["name"] == "杨素芬").unwrap();
    assert_eq!((&row["used"]["study-session"], &row["year_total"]), (&json!(12), &json!(12)));
    assert_eq!(grid["book"], "党员积分办法 2026 版");
}

#[test]
fn whoever_works_alone_may_review_and_the_claim_says_so() {
    let village = Village::new();
    let member = village.full_member("唐秀珍");
    claim(&village, "members", "2026-06-12", cells(&member, &[("theme-day", 1)]));
    let reviewed = approve(&village);
    assert!(said(&reviewed).contains("自己申报自己审"), "{}", said(&reviewed));
    let claims = village.call("points.claims", json!({"state": "posted"}));
    assert_eq!(claims[0]["reason"], "只有一个人用，自己申报自己审核");
}

#[test]
fn a_cell_is_changed_until_it_is_posted_and_then_only_reversed() {
    let village = Village::new();
    let member = village.full_member("单立群");
    let day = |times| cells(&member, &[("volunteer-hours", times)]);
    claim(&village, "members", "2026-06-12", day(15));
    let changed = claim(&village, "members", "2026-06-12", day(20));
    assert_eq!(
        (waiting(&village).len(), &changed["points"]),
        (1, &json!(5)),
        "20 hours bring 5, not 2 and 5"
    );
    claim(&village, "members", "2026-06-12", day(0));
    assert!(waiting(&village).is_empty(), "nothing is left of a cell that was emptied");
    claim(&village, "members", "2026-06-12", day(80));
    approve(&village);
    assert_eq!(balance(&village, "members", "单立群")["year"], 15);
    let same = claim(&village, "members", "2026-06-12", day(80));
    assert_eq!(
        (&same["claims"], &same["done"]["group"]),
        (&json!(0), &json!("")),
        "sent twice, counted once"
    );
    let other = json!({"group": "members", "date": "2026-06-12", "cells": day(90)});
    assert!(village.refused("points.claim", other).message.contains("先冲销"));
}

#[test]
fn a_refused_claim_moves_nothing_and_says_why() {
    let village = Village::new();
    let member = village.full_member("向玉梅");
    claim(&village, "members", "2026-06-12", cells(&member, &[("theme-day", 2)]));
    let claims = waiting(&village);
    let bare = village.refused("points.review", json!({"claims": claims, "approve": false}));
    assert_eq!(bare.field.as_deref(), Some("reason"));
    let refused =
        village.call("points.review", json!({"claims": claims, "approve": false, "reason": "签到册上没有"}));
    assert_eq!(said(&refused), "退回了 1 笔积分申报");
    assert_eq!(village.call("points.claims", json!({"state": "refused"}))[0]["reason"], "签到册上没有");
    let balance = balance(&village, "members", "向玉梅");
    assert_eq!((&balance["balance"], &balance["pending"]), (&json!(0), &json!(0)));
    let again = json!({"claims": claims, "approve": true});
    assert_eq!(village.refused("points.review", again).code, Code::Refused);
}

#[test]
fn households_have_accounts_of_their_own_and_equal_ones_share_a_rank() {
    let village = Village::new();
    for (name, hardship) in [("何家", false), ("蒲家", false), ("谢家", false), ("冯家", true)] {
        village.call("household.save", json!({"id": null, "name": name, "people": 4, "hardship": hardship}));
    }
    let grid = village.call("points.grid", json!({"group": "households", "date": "2026-06-12"}));
    let accounts: Vec<Value> =
        grid["accounts"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
    assert_eq!(accounts.len(), 3);
    let mut all: Vec<Value> = accounts.iter().flat_map(|id| cells(id, &[("opening", 1)])).collect();
    all.extend(cells(&accounts[0], &[("tidy-yard", 1)]));
    all.extend(cells(&accounts[1], &[("tidy-yard", 1), ("dumping", 1), ("free-haircut", 1)]));
    all.extend(cells(&accounts[2], &[("dog-injury", 1)]));
    let claimed = claim(&village, "households", "2026-06-12", all);
    assert_eq!(said(&claimed), "记积分 3 户，共 170 分");
    approve(&village);
    let balances = village.call("points.balances", json!({"group": "households"}));
    let lines: Vec<(i64, u64, i64)> = balances
        .as_array()
        .unwrap()
        .iter()
        .map(|b| (b["year"].as_i64().unwrap(), b["rank"].as_u64().unwrap(), b["vouchers"].as_i64().unwrap()))
        .collect();
    assert_eq!(lines, [(65, 1, 1), (65, 1, 1), (40, 3, 0)]);
    let out = village.dir.path().join("积分.xlsx");
    assert_eq!(village.call("points.export", json!({"out": out, "group": "households"}))["rows"], 3);
}

#[test]
fn the_rules_of_three_groups_say_their_size_and_their_cap() {
    let village = Village::new();
    let books = village.call("points.rules", json!({}));
    let groups: Vec<&Value> = books.as_array().unwrap().iter().map(|book| &book["group"]).collect();
    assert_eq!(groups, [&json!("members"), &json!("households"), &json!("hardship")]);
    let rule =
        books[0]["rules"].as_array().unwrap().iter().find(|rule| rule["id"] == "study-session").unwrap();
    assert_eq!(
        (&rule["cap_text"], &rule["cap"], &rule["per"]),
        (&json!("每次 2 分，全年最多 12"), &json!(12), &json!("time"))
    );
}
