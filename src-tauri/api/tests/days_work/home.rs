//! 今天要办的事.

use serde_json::{Value, json};

use crate::village::Village;

fn titles(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|task| task["title"].as_str().unwrap()).collect()
}

#[test]
fn the_first_page_says_what_is_late_what_is_for_today_and_what_comes() {
    let village = Village::new();
    let liaison = village.full_member("单立群");
    village
        .member(json!({"name": "陈德贵", "sex": "male", "kind": "probationary", "joined_on": "2025-06-28"}));
    let yard =
        village.call("courtyard.save", json!({"id": null, "name": "黄桷树", "households": 18}))["id"].clone();
    let empty = village.call("home.today", json!({}));
    assert_eq!(titles(&empty["today"]), ["黄桷树院坝还没定联络员"]);
    village.call("courtyard.liaison", json!({"courtyard": yard, "member": liaison, "from": "2026-06-12"}));
    village.call(
        "errand.open",
        json!({"courtyard": yard, "person": "何玉兰", "matter": "medical-insurance-claim", "agent": liaison}),
    );
    village.call(
        "post.assign",
        json!({"member": liaison, "post": "patrol", "from": "2026-06-12", "until": "2026-06-26"}),
    );
    village.call(
        "points.claim",
        json!({"group": "members", "date": "2026-06-12",
        "cells": [{"account": liaison, "rule": "theme-day", "times": 1}]}),
    );
    village.call(
        "draft.put",
        json!({"key": format!("note:{}", yard.as_str().unwrap()),
        "body": {"text": "蒲大春说水管接头又漏了，夜里没水，找他 13800000000"}}),
    );

    village.on("2026-06-24");
    village.call("backup.write", json!({"out": village.path("备份")}));
    let home = village.call("home.today", json!({}));
    assert_eq!((&home["date"], &home["weekday"]), (&json!("2026-06-24"), &json!("星期三")));
    assert_eq!(titles(&home["late"]), ["何玉兰家的城乡居民医保报销还没写结果"]);
    let late = &home["late"][0];
    assert_eq!((&late["lateness"], &late["state"]), (&json!("过了 2 天"), &json!("late")));
    assert_eq!(late["detail"], "黄桷树院坝，代办人单立群，答应 6 月 22 日办完");
    assert_eq!(titles(&home["today"]), ["1 笔积分等您审"]);
    assert_eq!(
        titles(&home["soon"]),
        ["单立群的「治安巡逻岗」任期快满了", "陈德贵预备期满一年，等他交转正申请"]
    );
    assert_eq!(home["sentence"], "有 1 件拖了，今天还有 1 件。");
    assert_eq!(home["quiet_courtyards"][0]["name"], "黄桷树院坝");
    assert_eq!(
        (&home["quiet_courtyards"][0]["days"], &home["quiet_courtyards"][0]["liaison"]["name"]),
        (&json!(null), &json!("单立群"))
    );
    assert_eq!(home["drafts"][0]["title"], "手记：黄桷树院坝");
    assert!(
        !home["drafts"][0]["excerpt"].as_str().unwrap().contains("13800000000"),
        "a number is masked here too"
    );
    assert_eq!(home["recent"][0]["text"], "记积分 1 人，共 2 分");
}
