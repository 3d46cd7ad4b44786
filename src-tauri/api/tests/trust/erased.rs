//! A person's lawful request: the words go from every laptop, the trail keeps that it was done.

use serde_json::{Value, json};
use yuanba_api::Code;

use crate::pages::{holds, in_the_clear};
use crate::village::{PASSPHRASE, Village};

const NAME: &str = "蒲大春";
const ID: &str = "511722197501030013";
const PHONE: &str = "13812345678";
/// All words that are erased with the person.
const WORDS: &[&str] = &[NAME, ID, PHONE, "石河村3组128号", "腿脚不便", "春耕时帮过忙"];

struct Below {
    village: Village,
    township: Village,
    person: Value,
    note: Value,
}

fn below() -> Below {
    let village = Village::new();
    let township = Village::of("township", "柳坝镇", "邓长青");
    village.enrol(&township, None);
    let person = village.member(json!({
        "name": NAME, "kind": "full", "id_number": ID, "phones": [PHONE], "address": "石河村3组128号",
    }));
    let other = village.full_member("王秀英");
    let held = village
        .call("post.assign", json!({"member": person, "post": "policy-publicity", "from": "2026-06-01"}));
    village.call(
        "post.end",
        json!({"assignment": held["assignment"], "reason": "身体不好", "on": "2026-06-01"}),
    );
    village.call("post.excuse", json!({"member": person, "reason": "腿脚不便", "decided_on": "2026-06-01"}));
    let cells = json!([{"account": person, "rule": "study-session", "times": 1}]);
    village.call(
        "points.claim",
        json!({"group": "members", "date": "2026-06-05", "event": "春耕时帮过忙", "cells": cells}),
    );
    let claims = village.call("points.claims", json!({"state": "proposed"}));
    village.call("points.review", json!({"claims": [claims[0]["id"]], "approve": true}));
    let entries = village.call("points.entries", json!({}));
    village.call("points.reverse", json!({"key": entries[0]["key"], "reason": "那天没来"}));
    village.call("kin.declare", json!({"member": person, "other": other, "kind": "夫妻"}));
    village.call(
        "draft.put",
        json!({"key": format!("member:{}", person.as_str().unwrap()), "body": {"text": NAME}}),
    );
    let yard =
        village.call("courtyard.save", json!({"id": null, "name": "大水井院坝", "households": 9}))["id"]
            .clone();
    let note = village.call("note.save", json!({
        "courtyard": yard, "date": "2026-06-10", "present": [{"name": NAME, "member": person}], "text": format!("{NAME}说路灯坏了。"), "tags": [],
    }))["note"].clone();
    let saved = village.call("member.save", json!({"id": person, "fields": {"job": "护林员"}}));
    village.undo(&saved);
    village.carry("parent", &township);
    Below { village, township, person, note }
}

/// Everything that a desk shows.
fn shown(desk: &Village) -> String {
    let mut all = String::new();
    for (command, request) in [
        ("member.list", json!({})),
        ("roster.query", json!({})),
        ("post.list", json!({})),
        ("points.claims", json!({"state": "all"})),
        ("points.entries", json!({})),
        ("note.list", json!({})),
        ("undo.recent", json!({"limit": 1000})),
        ("audit.trail", json!({"limit": 500})),
        ("draft.list", json!({})),
        ("transfer.list", json!({"all": true})),
        ("conflict.list", json!({})),
        ("conflict.doubts", json!({})),
    ] {
        all += &desk.call(command, request).to_string();
    }
    all
}

fn bytes(desk: &Village, user: &str) -> Vec<u8> {
    in_the_clear(desk.dir.path(), user, PASSPHRASE)
}

#[test]
fn the_words_of_a_person_go_from_every_laptop_and_every_file_of_it() {
    let Below { village, township, person, note } = below();
    let before = [bytes(&village, "罗永福"), bytes(&township, "邓长青")];
    for (bytes, word) in before.iter().flat_map(|bytes| WORDS.iter().map(move |word| (bytes, word))) {
        assert!(holds(bytes, word), "{word} was there, else this proves nothing");
    }
    // A copy that an upgrade left in the folder holds it too.
    std::fs::copy(village.dir.path().join("yuanba.db"), village.dir.path().join("before-version-9.db"))
        .unwrap();

    let preview = township.call("redact.preview", json!({"id": person}));
    assert_eq!((&preview["name"], &preview["refused"]), (&json!(NAME), &Value::Null));
    let parts: Vec<(&str, u64)> = preview["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (part["label"].as_str().unwrap(), part["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(parts, [("党员", 1), ("岗位", 1), ("免岗", 1), ("积分申报", 1), ("亲属", 1)]);
    assert_eq!((&preview["mentions"][0]["id"], &preview["mentions"][0]["label"]), (&note, &json!("手记")));
    assert_eq!(preview["entries"], 1);

    let mut request = json!({"id": person, "reason": format!("{NAME}要求"), "mentions": [note]});
    assert_eq!(township.refused("redact.person", request.clone()).field.as_deref(), Some("reason"));
    request["reason"] = json!("本人要求");
    let done = township.call("redact.person", request.clone());
    assert_eq!(done["done"]["text"], "照本人的请求，删去了青石桥村一个人的资料");
    township.carry("青石桥村", &village);

    for (desk, user) in [(&village, "罗永福"), (&township, "邓长青")] {
        let (seen, bytes) = (shown(desk), bytes(desk, user));
        for word in WORDS {
            assert!(!seen.contains(word), "{user} still sees {word}: {seen}");
            assert!(!holds(&bytes, word), "{word} is still in a file of {user}");
        }
        assert!(seen.contains("王秀英") && holds(&bytes, "王秀英"), "nobody else is gone");
        assert_eq!(desk.call("verify.run", json!({}))["agrees"], true);
        let trail = desk.call("audit.trail", json!({"kind": "erased"}));
        let who = if user == "邓长青" { "邓长青" } else { "柳坝镇的人" };
        assert_eq!((&trail["lines"][0]["user"], &trail["lines"][0]["kind"]), (&json!(who), &json!("erased")));
        let erasures = desk.call("redact.list", json!({}));
        assert_eq!((&erasures[0]["reason"], &erasures[0]["written_since"]), (&json!("本人要求"), &json!(0)));
        assert!(!erasures.to_string().contains(NAME));
    }
    assert!(!village.dir.path().join("before-version-9.db").exists());
    let recent = township.call("undo.recent", json!({"limit": 10}));
    assert!(
        recent.as_array().unwrap().iter().all(|act| !act["text"].as_str().unwrap().contains("删去")),
        "nobody takes it back"
    );
    let card = township.api.call("member.card", json!({"id": person}));
    assert!(card.is_err() || !card.unwrap().to_string().contains(NAME));
}

#[test]
fn a_backup_says_that_it_still_holds_what_was_erased_and_brings_it_back_only_until_the_next_stick() {
    let Below { village, township, person, note } = below();
    let (before, after) = (village.path("before.yuanba-backup"), village.path("after.yuanba-backup"));
    village.call("backup.write", json!({"out": before}));
    township.call("redact.person", json!({"id": person, "reason": "本人要求", "mentions": [note]}));
    township.carry("青石桥村", &village);
    village.call("backup.write", json!({"out": after}));

    let sentence = "照本人请求删去了的资料";
    let old = village.job("backup.look", json!({"file": before}));
    assert!(
        old["erased_here"].as_u64().unwrap() >= 3 && old["sentences"].to_string().contains(sentence),
        "{old}"
    );
    let new = village.job("backup.look", json!({"file": after}));
    assert!(new["erased_here"] == 0 && !new["sentences"].to_string().contains(sentence), "{new}");

    village.job("backup.replace", json!({"file": before, "user": "罗永福", "passphrase": PASSPHRASE}));
    village.call("store.open", json!({"user": "罗永福", "passphrase": PASSPHRASE}));
    assert!(WORDS.iter().all(|word| holds(&bytes(&village, "罗永福"), word)), "it is an old copy");
    let read = township.carry("青石桥村", &village);
    for word in WORDS {
        assert!(!shown(&village).contains(word), "{word} is back: {read}");
        assert!(!holds(&bytes(&village, "罗永福"), word), "{word} is still in a file: {read}");
    }
}

#[test]
fn what_was_written_by_a_laptop_that_did_not_know_is_named_and_erased_the_second_time() {
    let Below { village, township, person, .. } = below();
    township.call("redact.person", json!({"id": person, "reason": "本人要求"}));
    village.call("member.save", json!({"id": person, "fields": {"job": "护林员"}}));
    village.carry("parent", &township);
    let erasures = township.call("redact.list", json!({}));
    assert_eq!(erasures[0]["written_since"], 1);
    assert!(shown(&township).contains("redact") || erasures[0]["records"].as_u64().unwrap() > 1);
    township.call("redact.person", json!({"id": person, "reason": "本人要求，后来写的"}));
    township.carry("青石桥村", &village);
    assert!(!holds(&bytes(&village, "罗永福"), "护林员"));
}

#[test]
fn who_stands_above_erases_and_nobody_else() {
    let Below { village, township, person, .. } = below();
    let request = json!({"id": person, "reason": "本人要求"});
    assert_eq!(village.refused("redact.person", request.clone()).code, Code::NotAllowed);
    assert_eq!(village.refused("redact.preview", json!({"id": person})).code, Code::NotAllowed);
    let own = township.full_member("镇里的人");
    assert!(township.call("redact.preview", json!({"id": own}))["refused"].is_string());
    assert_eq!(
        township.refused("redact.person", json!({"id": own, "reason": "本人要求"})).code,
        Code::NotAllowed
    );
    assert_eq!(
        township.refused("redact.person", json!({"id": person, "reason": " "})).field.as_deref(),
        Some("reason")
    );
    let other = village.full_member("王五");
    village.carry("parent", &township);
    let wrong = json!({"id": person, "reason": "本人要求", "mentions": [other]});
    assert_eq!(township.refused("redact.person", wrong).field.as_deref(), Some("mentions"));
}

#[test]
fn a_backup_from_before_brings_nothing_back_where_the_erasure_is_known() {
    let Below { village, township, person, note } = below();
    let copy = village.path("备份.yuanba-backup");
    village.call("backup.write", json!({"out": copy}));
    township.call("redact.person", json!({"id": person, "reason": "本人要求", "mentions": [note]}));
    township.carry("青石桥村", &village);
    let again = Village::of("village", "空", "空");
    let back = again.path("搬回来");
    std::fs::create_dir(&back).unwrap();
    let api = yuanba_api::Api::new(std::path::Path::new(&back));
    api.call("backup.restore", json!({"file": copy})).unwrap();
    api.call("store.open", json!({"user": "罗永福", "passphrase": PASSPHRASE})).unwrap();
    let restored = api.call("member.list", json!({})).unwrap().to_string();
    assert!(restored.contains(NAME), "a backup that is older still holds it");
    let stick = township.write("青石桥村");
    api.call("bundle.read", json!({"paths": [stick]})).unwrap();
    let after = api.call("member.list", json!({})).unwrap().to_string();
    assert!(!after.contains(NAME) && after.contains("王秀英"), "{after}");
    api.close();
    let bytes = in_the_clear(std::path::Path::new(&back), "罗永福", PASSPHRASE);
    for word in WORDS {
        assert!(!holds(&bytes, word), "{word}");
    }
}
