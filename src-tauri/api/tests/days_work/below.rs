//! A township's morning: sticks one after another, and what is to be done about each village.

use serde_json::{Value, json};

use crate::village::Village;

fn township(villages: &[&Village]) -> Village {
    let township = Village::of("township", "柳坝镇", "邓长青");
    for village in villages {
        village.enrol(&township, None);
    }
    township
}

fn unit(township: &Village, name: &str) -> Value {
    let below = township.call("home.below", json!({}));
    let units = below["units"].as_array().unwrap();
    units.iter().find(|unit| unit["name"] == name).unwrap_or_else(|| panic!("{below}")).clone()
}

fn damage(folder: &str) {
    let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(file, bytes).unwrap();
}

#[test]
fn each_village_says_what_came_today_and_when_it_was_last_heard_of() {
    let (bridge, tea) = (Village::new(), Village::of("village", "茶园村", "单立群"));
    let township = township(&[&bridge, &tea]);
    bridge.full_member("王秀英");
    let before = unit(&township, "青石桥村");
    assert_eq!(
        (&before["state"], &before["days"], &before["unheard"]),
        (&json!("absent"), &json!(null), &json!(true))
    );

    bridge.carry("parent", &township);
    let read = unit(&township, "青石桥村");
    assert_eq!(
        (&read["state"], &read["days"], &read["what"]),
        (&json!("read"), &json!(0), &json!("花名册 1 人"))
    );
    assert!(read["new"].as_u64().unwrap() > 0 && read["at"].is_string(), "{read}");
    assert_eq!(unit(&township, "茶园村")["state"], "absent");

    township.on("2026-06-20");
    let later = unit(&township, "青石桥村");
    assert_eq!(
        (&later["state"], &later["days"], &later["unheard"]),
        (&json!("absent"), &json!(8), &json!(false))
    );
    assert_eq!(
        (&later["at"], &later["new"]),
        (&json!(null), &json!(0)),
        "yesterday's sticks are not today's"
    );
    township.on("2026-06-27");
    assert_eq!(unit(&township, "青石桥村")["unheard"], true);
}

#[test]
fn a_file_that_was_not_taken_in_says_whose_it_is_until_a_good_one_comes() {
    let tea = Village::of("village", "茶园村", "单立群");
    let township = township(&[&tea]);
    tea.full_member("单立群");
    let folder = tea.write("parent");
    damage(&folder);
    township.call("bundle.read", json!({"paths": [folder]}));
    let below = township.call("home.below", json!({}));
    let refused = &below["refused"][0];
    assert_eq!((&refused["org_name"], &refused["outcome"]), (&json!("茶园村"), &json!("refused")));
    assert!(refused["status"].as_str().unwrap().contains("请茶园村再写一个"), "{refused}");
    assert_eq!(below["units"][0]["state"], "refused");
    assert!(below["units"][0]["reason"].as_str().unwrap().contains("坏了一截"));

    tea.carry("parent", &township);
    let below = township.call("home.below", json!({}));
    assert_eq!((&below["refused"], &below["units"][0]["state"]), (&json!([]), &json!("read")));
    assert_eq!(below["today"].as_array().unwrap().len(), 2, "both sticks are in the log");
    let log = township.call("stick.log", json!({"org": below["units"][0]["id"], "limit": 1}));
    assert_eq!((&log[0]["outcome"], &log[0]["what"]), (&json!("read"), &json!("花名册 1 人")));
    assert!(log[0]["written_at"].as_str().unwrap().starts_with("2026-06-12"));
}

#[test]
fn what_a_village_does_not_hold_yet_is_to_be_handed_back_until_it_says_that_it_does() {
    let village = Village::new();
    let township = township(&[&village]);
    let person = village.full_member("王秀英");
    village.carry("parent", &township);
    let even = unit(&township, "青石桥村")["hand_back"].as_u64().unwrap();
    township.call("member.save", json!({"id": person, "fields": {"education": "31"}}));
    assert_eq!(unit(&township, "青石桥村")["hand_back"], even + 1);
    township.carry("青石桥村", &village);
    assert_eq!(
        unit(&township, "青石桥村")["hand_back"],
        even + 1,
        "a stick may be lost: only its word counts"
    );
    village.carry("parent", &township);
    assert_eq!(unit(&township, "青石桥村")["hand_back"], 0);
}

#[test]
fn what_waits_for_the_township_is_named_by_village() {
    let village = Village::new();
    let township = township(&[&village]);
    let person = village.full_member("王秀英");
    village.carry("parent", &township);
    for (desk, education) in [(&village, "31"), (&township, "71")] {
        desk.call("member.save", json!({"id": person, "fields": {"education": education}}));
    }
    let cells = json!([{"account": person, "rule": "study-session", "times": 1}]);
    village.call("points.claim", json!({"group": "members", "date": "2026-06-12", "cells": cells}));
    village.carry("parent", &township);
    let below = township.call("home.below", json!({}));
    let titles: Vec<&str> =
        below["decide"].as_array().unwrap().iter().map(|task| task["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["青石桥村有 1 处写得不一致", "1 笔积分等您审", "花名册里 1 人存疑"]);
    assert_eq!(below["to_decide"], 2);
    let unit = &below["units"][0];
    assert_eq!((&unit["state"], &unit["doubts"], &unit["claims"]), (&json!("doubt"), &json!(1), &json!(1)));
}
