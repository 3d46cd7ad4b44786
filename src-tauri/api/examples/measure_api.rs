use serde_json::json;
use std::time::Instant;
use yuanba_api::Api;
use yuanba_core::tables::*;
use yuanba_core::{Id, Level};
use yuanba_journal::payload::Ledger;
use yuanba_store::*;
fn main() {
    let dir = tempfile::tempdir().unwrap();
    let level =
        if std::env::args().nth(1).as_deref() == Some("village") { Level::Village } else { Level::County };
    let new = NewStore {
        level,
        name: "县".into(),
        place: None,
        code: None,
        user: "a".into(),
        role: if level == Level::Village { "secretary" } else { "county" }.into(),
        passphrase: "aaaa bbbb 1".into(),
    };
    let (mut store, _) = Store::create(dir.path(), new, Surroundings::real()).unwrap();
    let today = store.today().to_string();
    let n = 39_981;
    let t = Instant::now();
    let mut members: Vec<Id> = vec![];
    for chunk in 0..(n / 2000 + 1) {
        let mut intent = Intent::new("x");
        for i in chunk * 2000..((chunk + 1) * 2000).min(n) {
            let id = store.new_id();
            intent
                .create(&member::TABLE, id)
                .put(member::NAME, format!("王{}", i))
                .put(member::KIND, "full")
                .put(member::BIRTH_DATE, "1980-01-01")
                .put(member::SEX, "male")
                .put(member::SKILLS, "会计")
                .put(member::PARTY_GROUP, "第二党小组")
                .put(member::JOINED_ON, "2001-01-01");
            members.push(id);
        }
        store.commit(intent).unwrap();
    }
    let mut yards = vec![];
    let mut intent = Intent::new("x");
    for i in 0..3000 {
        let id = store.new_id();
        intent.create(&courtyard::TABLE, id).put(courtyard::NAME, format!("坝{i}"));
        yards.push(id);
        let l = store.new_id();
        intent
            .create(&liaison::TABLE, l)
            .put(liaison::COURTYARD, id)
            .put(liaison::MEMBER, members[i])
            .put(liaison::FROM, "2026-01-01");
    }
    store.commit(intent).unwrap();
    for chunk in 0..10 {
        let mut intent = Intent::new("x");
        for i in 0..1000 {
            let k = chunk * 1000 + i;
            let a = store.new_id();
            intent
                .create(&post_assignment::TABLE, a)
                .put(post_assignment::MEMBER, members[k])
                .put(post_assignment::POST, "patrol")
                .put(post_assignment::FROM, "2026-01-01")
                .put(post_assignment::UNTIL, "2027-01-01");
            let nt = store.new_id();
            intent
                .create(&field_note::TABLE, nt)
                .put(field_note::COURTYARD, yards[k % 3000])
                .put(field_note::DATE, today.as_str())
                .put(field_note::TEXT, "摆龙门阵");
            let e = store.new_id();
            intent
                .create(&errand::TABLE, e)
                .put(errand::COURTYARD, yards[k % 3000])
                .put(errand::NUMBER, format!("2026A{k:04}"))
                .put(errand::PERSON, "何")
                .put(errand::MATTER, "social-card")
                .put(errand::OPENED_ON, today.as_str())
                .put(errand::PROMISED_ON, today.as_str())
                .put(errand::STATE, if k % 10 == 0 { "open" } else { "done" });
            let c = store.new_id();
            intent
                .create(&points_claim::TABLE, c)
                .put(points_claim::ACCOUNT, members[k])
                .put(points_claim::RULE, "theme-day")
                .put(points_claim::BOOK, "members 2026")
                .put(points_claim::DATE, today.as_str())
                .put(points_claim::TIMES, 1i64)
                .put(points_claim::GRANTED, 2i64)
                .put(points_claim::STATE, "posted");
            let org = store.org();
            intent.entry(NewEntry {
                ledger: Ledger::Points,
                from: org,
                to: members[k],
                amount: 2,
                key: vec![members[k].into(), "theme-day".into()],
                on: today.clone(),
                rule: "theme-day".into(),
                terms: vec![
                    "members 2026".into(),
                    8i64.into(),
                    2i64.into(),
                    2i64.into(),
                    1i64.into(),
                    c.into(),
                ],
            });
        }
        store.commit(intent).unwrap();
    }
    println!("made in {:?}", t.elapsed());
    drop(store);
    let api = Api::new(dir.path());
    api.call("store.open", json!({"passphrase": "aaaa bbbb 1"})).unwrap();
    let m = members[0].to_string();
    for (c, r) in [
        ("roster.query", json!({"search": ""})),
        ("home.today", json!({})),
        ("post.board", json!({})),
        ("post.list", json!({})),
        ("courtyard.list", json!({})),
        ("courtyard.card", json!({"id": yards[0].to_string()})),
        ("note.list", json!({})),
        ("errand.list", json!({"state": "open"})),
        ("points.grid", json!({"group": "members", "date": today})),
        ("points.claims", json!({"state":"proposed"})),
        ("points.balances", json!({"group":"members"})),
        ("points.entries", json!({"account": m})),
    ] {
        for _ in 0..2 {
            let t = Instant::now();
            let a = api.call(c, r.clone());
            println!(
                "{c} {:?} {}",
                t.elapsed(),
                a.map(|a| a.to_string().len().to_string()).unwrap_or_else(|e| e.message)
            );
        }
    }
    for (c, r) in [
        ("courtyard.save", json!({"name": "新"})),
        ("errand.open", json!({"person": "何", "matter": "social-card"})),
        ("post.assign", json!({"member": m, "post": "mediation", "from": today})),
        (
            "points.claim",
            json!({"group": "members", "date": today, "cells": [{"account": m, "rule": "study-session", "times": 1}]}),
        ),
        ("home.today", json!({})),
    ] {
        let t = Instant::now();
        let a = api.call(c, r.clone());
        println!(
            "{c} {:?} {}",
            t.elapsed(),
            a.map(|a| a.to_string().len().to_string()).unwrap_or_else(|e| e.message)
        );
    }
}
