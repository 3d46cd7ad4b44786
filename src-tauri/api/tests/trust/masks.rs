//! No whole number of a person and no number of a house leaves without a purpose: on no screen, in no workbook, in no error.

use std::collections::{BTreeMap, BTreeSet};

use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::{Map, Value, json};
use yuanba_api::{Api, PATH_KEYS};

use crate::village::{PASSPHRASE, Village};

const OTHERS: &str = "da shui jing 7";
const ID: &str = "511722198507010018";
const OTHER_ID: &str = "511722198507010026";
/// A digit is missing: kept as it was typed, beside the record.
const DAMAGED: &str = "51172219850701001";
const PHONE: &str = "13812345678";
const OTHER_PHONE: &str = "13912345670";

/// What may stand nowhere.
const SECRETS: &[&str] = &[
    ID,
    OTHER_ID,
    DAMAGED,
    PHONE,
    OTHER_PHONE,
    "138 1234 5678",
    "128号",
    "129号",
    "66号",
    "199号",
    "３８号",
];

fn leaks(text: &str) -> Vec<&'static str> {
    SECRETS.iter().copied().filter(|secret| text.contains(secret)).collect()
}

fn sign_in(desk: &Village, name: &str, passphrase: &str) {
    desk.call("store.lock", json!({}));
    desk.call("store.open", json!({"user": name, "passphrase": passphrase}));
}

/// A village under its township, full of numbers in every place where somebody may write one.
struct Places {
    village: Village,
    township: Village,
    /// Ids of records of every kind
    ids: Vec<Value>,
}

fn filled() -> Places {
    let village = Village::new();
    let township = Village::of("township", "柳坝镇", "邓长青");
    village.enrol(&township, None);
    let yard = village.call(
        "courtyard.save",
        json!({"id": null, "name": "大水井院坝", "party_group": "第二党小组", "households": 20}),
    )["id"]
        .clone();
    let wang = village.member(json!({
        "name": "王秀英", "sex": "女", "kind": "full", "id_number": ID, "phones": [PHONE],
        "address": "石河村3组128号", "household_place": "青石桥村7组66号", "floating": true,
        "floating_place": "广东省东莞市乌沙路199号", "party_group": "第二党小组", "courtyard": yard,
        "notes": format!("她儿子的电话 {OTHER_PHONE}，也打 138 1234 5678"), "joined_on": "2008-07", "job": format!("小卖部，{PHONE}"),
        "branch": "青石桥支部",
    }));
    let twin = village
        .member(json!({"name": "王秀银", "kind": "full", "id_number": ID, "address": "石河村3组129号"}));
    let damaged = village
        .member(json!({"name": "何玉兰", "kind": "full", "id_number": DAMAGED, "phones": ["1381234567"]}));
    let gone = village.member(json!({
        "name": "单立群", "kind": "full", "id_number": OTHER_ID, "phones": [OTHER_PHONE], "address": "石河村3组128号",
        "notes": format!("问 {PHONE}"),
    }));
    let home = village.call(
        "household.save",
        json!({"id": null, "name": "王秀英", "courtyard": yard, "people": 3, "hardship": false, "phone": OTHER_PHONE}),
    )["id"].clone();
    let note = village.call("note.save", json!({
        "courtyard": yard, "date": "2026-06-10", "present": [{"name": format!("老张 {PHONE}"), "member": null}],
        "text": format!("老张家住石河村，电话 {PHONE}，身份证 {ID}，要办低保。"), "tags": [format!("回 {OTHER_PHONE}")],
    }))["note"].clone();
    let catalogue = village.call("errand.catalogue", json!({}));
    let matter = catalogue[0]["id"].clone();
    let errand = village.call("errand.open", json!({
        "courtyard": yard, "person": format!("老张 {PHONE}"), "matter": matter, "agent": wang,
        "papers": [format!("身份证 {ID}")], "opened_on": "2026-06-01", "promised_on": "2026-06-05", "note": note,
    }))["id"].clone();
    village.call("errand.open", json!({"person": format!("等着的 {PHONE}"), "matter": matter}));
    village.call(
        "errand.finish",
        json!({"id": errand, "on": "2026-06-11", "result": format!("已告知 {PHONE}")}),
    );
    village.call("courtyard.liaison", json!({
        "courtyard": yard, "member": wang, "from": "2026-01-01", "phone": "13700000000", "supervision_phone": "13700000001",
    }));
    let assigned = village
        .call("post.assign", json!({"member": wang, "post": "policy-publicity", "from": "2026-06-01"}));
    village.call("post.end", json!({"assignment": assigned["assignment"], "reason": format!("去了广东，打 {PHONE}"), "on": "2026-06-10"}));
    village.call("post.excuse", json!({"member": damaged, "reason": format!("腿脚不便，问 {OTHER_PHONE}"), "decided_on": "2026-06-01"}));
    village.call(
        "points.claim",
        json!({
            "group": "members", "date": "2026-06-05", "event": format!("修路，{PHONE} 牵头"),
            "cells": [{"account": wang, "rule": "study-session", "times": 1}],
        }),
    );
    let claims = village.call("points.claims", json!({"state": "proposed"}));
    village.call("points.review", json!({"claims": [claims[0]["id"]], "approve": true}));
    village.call(
        "points.claim",
        json!({
            "group": "members", "date": "2026-06-06", "event": format!("又修路，{PHONE}"),
            "cells": [{"account": wang, "rule": "study-session", "times": 1}],
        }),
    );
    village.call("draft.put", json!({"key": "note:new", "body": {"text": "还没写完"}}));
    let voided = village.full_member("作废的人");
    village.call("member.void", json!({"id": voided, "reason": format!("写重了，见 {PHONE}")}));
    let released = village.call("transfer.release", json!({
        "member": gone, "to": "石门镇党委", "outside": true, "reason": format!("随子女，{PHONE}"), "letter": null, "on": "2026-06-11",
    }))["id"].clone();
    assert_eq!(village.carry("parent", &township)["status"], "read");
    for (name, role) in [("周晓雯", "official"), ("店里的人", "shopkeeper"), ("只看的人", "reader")]
    {
        village.call("user.add", json!({"name": name, "role": role, "passphrase": OTHERS}));
    }
    township.call("user.add", json!({"name": "只看的人", "role": "reader", "passphrase": OTHERS}));
    // Both hands write at the same time.
    let save =
        |desk: &Village, fields: Value| desk.call("member.save", json!({"id": wang, "fields": fields}));
    save(
        &village,
        json!({"id_number": OTHER_ID, "address": "石河村3组129号", "notes": format!("村里记 {PHONE}"), "household_place": "青石桥村7组67号"}),
    );
    save(
        &township,
        json!({"id_number": "511722198507010034", "address": "石河村3组130号", "notes": format!("镇里记 {OTHER_PHONE}"), "household_place": "青石桥村7组68号"}),
    );
    village.carry("parent", &township);
    township.carry("青石桥村", &village);
    let ids = vec![wang, twin, damaged, gone, yard, home, note, errand, voided, released];
    Places { village, township, ids }
}

/// What each command needs, from the table as it is shipped.
fn needs() -> BTreeMap<String, String> {
    let table: toml::Table = toml::from_str(include_str!("../../../../assets/roles/rights.toml")).unwrap();
    let table: Value = serde_json::to_value(table).unwrap();
    let tasks =
        table["area"].as_array().unwrap().iter().flat_map(|area| area["task"].as_array().unwrap().clone());
    tasks
        .flat_map(|task| {
            let commands = task["commands"].as_array().unwrap().clone();
            commands.into_iter().map(move |command| {
                (command.as_str().unwrap().to_owned(), task["needs"].as_str().unwrap().to_owned())
            })
        })
        .collect()
}

/// What a key of a request may be asked with.
fn values(key: &str, schema: &Value, places: &Places, out: &str) -> Vec<Value> {
    let searched = || {
        ["王", "5678", "0018", PHONE, ID, "查无此人13812345678", "老张", "石河"]
            .map(|text| json!(text))
            .to_vec()
    };
    match key {
        "id" | "courtyard" | "account" | "member" => places.ids.clone(),
        "ids" => vec![json!(places.ids)],
        "search" | "text" | "name" => searched(),
        "group" => ["members", "households", "hardship"].map(|group| json!(group)).to_vec(),
        "state" => ["proposed", "posted", "open", "all", "done"].map(|state| json!(state)).to_vec(),
        "date" | "from" => vec![json!("2026-06-05"), json!(PHONE)],
        "matter" | "key" | "org" | "to" => vec![json!(PHONE), json!("note:new")],
        "limit" => vec![json!(100)],
        "out" => vec![json!(out)],
        "cells" => vec![json!([{"account": places.ids[0], "rule": "study-session", "times": 2}])],
        _ if schema["type"] == "boolean" => vec![json!(false)],
        _ => Vec::new(),
    }
}

/// Requests of a command: the smallest, and each key with each of its values.
fn requests(schema: &Value, places: &Places, out: &str) -> Vec<Value> {
    let Some(properties) = schema["properties"].as_object() else { return vec![json!({})] };
    let required: BTreeSet<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut least = Map::new();
    for key in &required {
        let first = values(key, &properties[*key], places, out).into_iter().next();
        least.insert((*key).to_owned(), first.unwrap_or_else(|| json!("")));
    }
    let mut requests = vec![Value::Object(least.clone())];
    for (key, property) in properties {
        for value in values(key, property, places, out) {
            let mut request = least.clone();
            request.insert(key.clone(), value);
            requests.push(Value::Object(request));
        }
    }
    requests
}

/// Every text of a workbook.
fn texts_of(path: &str) -> String {
    let mut book: Xlsx<_> = open_workbook(path).expect("a workbook");
    let mut texts = String::new();
    for (name, sheet) in book.worksheets() {
        texts += &name;
        for cell in sheet.cells().map(|(_, _, cell)| cell) {
            if let Data::Empty = cell {
                continue;
            }
            texts += &format!("{cell}\n");
        }
    }
    texts
}

/// Tries everything that the person signed in may read, without a purpose. Answers how many answers and workbooks it saw.
fn walk(desk: &Village, who: &str, places: &Places, found: &mut BTreeSet<String>) -> (usize, usize) {
    let needs = needs();
    let out = desk.path("walk.xlsx");
    let (mut answers, mut books) = (0, 0);
    for command in Api::commands() {
        let reads = ["read", "shop", "signed_in", "anyone"].contains(&needs[command.name].as_str())
            || ["member.edit", "member.check", "transfer.late", "audit.list", "audit.trail"]
                .contains(&command.name);
        let leaves = command.name.starts_with("store.") && command.name != "store.status"
            || [
                "backup.restore",
                "backup.write",
                "user.passphrase",
                "draft.drop",
                "draft.put",
                "settings.set",
            ]
            .contains(&command.name);
        if !reads || leaves {
            continue;
        }
        for request in requests(&command.request, places, &out) {
            let _ = std::fs::remove_file(&out);
            let told = match desk.api.call(command.name, request.clone()) {
                Ok(answer) => {
                    answers += 1;
                    answer.to_string()
                }
                Err(error) => serde_json::to_string(&error).unwrap(),
            };
            for secret in leaks(&told) {
                found.insert(format!(
                    "{who} {} shows {secret}: {request} {}",
                    command.name,
                    around(&told, secret)
                ));
            }
            if std::path::Path::new(&out).exists() && command.name.ends_with(".export") {
                books += 1;
                for secret in leaks(&texts_of(&out)) {
                    found.insert(format!("{who} {} writes {secret}", command.name));
                }
            }
        }
    }
    (answers, books)
}

fn around(text: &str, secret: &str) -> String {
    let at = text.find(secret).unwrap_or(0);
    text[..at].chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect()
}

#[test]
fn nobody_reads_a_whole_number_or_a_house_number_without_a_purpose() {
    let places = filled();
    let mut found = BTreeSet::new();
    for (name, passphrase) in
        [("罗永福", PASSPHRASE), ("周晓雯", OTHERS), ("店里的人", OTHERS), ("只看的人", OTHERS)]
    {
        sign_in(&places.village, name, passphrase);
        let (answers, books) = walk(&places.village, name, &places, &mut found);
        assert!(
            name == "店里的人" || answers > 150 && books > 5,
            "{name}: {answers} answers, {books} workbooks"
        );
    }
    for (name, passphrase) in [("邓长青", PASSPHRASE), ("只看的人", OTHERS)] {
        sign_in(&places.township, name, passphrase);
        walk(&places.township, name, &places, &mut found);
    }
    assert!(found.is_empty(), "{}", found.into_iter().collect::<Vec<_>>().join("\n"));
}

/// The same request with every file in the desk's own folder: what is written by mistake must not lie about afterwards.
fn kept_in(desk: &Village, mut request: Value) -> Value {
    for (key, value) in request.as_object_mut().into_iter().flatten() {
        if let Some(path) =
            value.as_str().filter(|path| PATH_KEYS.contains(&key.as_str()) && !path.starts_with('/'))
        {
            *value = json!(desk.path(path));
        }
    }
    request
}

#[test]
fn a_sentence_about_what_went_wrong_quotes_no_number() {
    let places = filled();
    let desk = &places.village;
    sign_in(desk, "罗永福", PASSPHRASE);
    let mut found = BTreeSet::new();
    let mut refused = 0;
    let spoilt = [ID, PHONE, DAMAGED, "138 1234 5678", "/tmp/没有/13812345678/511722198507010018.xlsx"];
    for command in Api::commands() {
        let leaves = command.name.starts_with("store.") || command.name.starts_with("settings.");
        if leaves
            || [
                "demo.fill",
                "roster.import",
                "points.of",
                "user.add",
                "user.passphrase",
                "backup.replace",
                "help.accept",
            ]
            .contains(&command.name)
        {
            continue;
        }
        let properties = command.request["properties"].as_object().cloned().unwrap_or_default();
        if desk.call("store.status", json!({}))["open"] == false {
            // One before it put a copy in the place of the store, or tried to.
            sign_in(desk, "罗永福", PASSPHRASE);
        }
        for text in spoilt {
            // Every key spoilt, then each one alone beside a good rest.
            let all: Map<String, Value> = properties.keys().map(|key| (key.clone(), json!(text))).collect();
            let mut tried = vec![Value::Object(all), json!({text: text})];
            for request in requests(&command.request, &places, &desk.path("x.xlsx")).into_iter().take(1) {
                for key in properties.keys().filter(|key| *key != "unmasked" && *key != "purpose") {
                    let mut one = request.clone();
                    one[key] = json!(text);
                    tried.push(one);
                }
            }
            for request in tried.into_iter().map(|request| kept_in(desk, request)) {
                if let Err(error) = desk.api.call(command.name, request.clone()) {
                    refused += 1;
                    let told = serde_json::to_string(&error).unwrap();
                    for secret in leaks(&told) {
                        found.insert(format!("{} says {secret}: {told}", command.name));
                    }
                }
            }
        }
    }
    assert!(refused > 300, "{refused}");
    sign_in(desk, "罗永福", PASSPHRASE);
    // What is wrong with a form is said of the field, not of the number.
    let fields = json!({
        "name": "张三", "id_number": "511722198507010019", "phones": ["138123456789", PHONE], "birth_date": "1985-07-02",
        "joined_on": PHONE, "education": ID, "nation": PHONE,
    });
    let problems = desk.call("member.check", json!({"id": null, "fields": fields})).to_string();
    assert!(leaks(&problems).is_empty() && !problems.contains("511722198507010019"), "{problems}");
    assert!(problems.contains("id_checksum") && problems.contains("unknown_value"), "{problems}");
    let unknown = desk.refused("member.save", json!({"id": null, "fields": {"name": "张三", ID: "x"}}));
    assert!(leaks(&serde_json::to_string(&unknown).unwrap()).is_empty(), "{unknown}");
    assert!(found.is_empty(), "{}", found.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_file_that_is_read_in_shows_its_numbers_to_nobody() {
    let village = Village::new();
    village.member(json!({"name": "王秀英", "kind": "full", "id_number": ID, "phones": [PHONE], "address": "石河村3组128号"}));
    let table = village.path("名册.csv");
    let text = format!(
        "序号,姓名,性别,公民身份号码,手机号码,现居住地,备注\n1,王秀英,女,{ID},{OTHER_PHONE},石河村3组129号,找{PHONE}\n\
         2,何玉兰,女,{DAMAGED},138123456789,石河村3组66号,住青石桥村199号\n3,,男,{OTHER_ID},{PHONE},石河村3组66号,\n\
         4,王秀英,男,{OTHER_ID},{PHONE},石河村3组128号,\n"
    );
    std::fs::write(&table, text).unwrap();
    let read = village.job("import.open", json!({"path": table}));
    // 备注 is free text: its house numbers stay, its numbers of people do not.
    let told = read.to_string().replace("住青石桥村199号", "");
    assert!(leaks(&told).is_empty(), "{:?} {read}", leaks(&told));
    let rows = read["rows"].as_array().unwrap();
    let address = rows
        .iter()
        .flat_map(|row| row["changes"].as_array().unwrap())
        .find(|change| change["field"] == "address");
    let address = address.expect("the address differs");
    assert_ne!(address["old"], address["new"], "whoever chooses can tell them apart");
    let mapped = village.call("import.map", json!({"session": read["session"], "columns": []})).to_string();
    assert!(leaks(&mapped.replace("住青石桥村199号", "")).is_empty(), "{mapped}");
    // What is given back to be corrected is whole, and the trail knows it.
    let out = village.path("没读进去.xlsx");
    let given = village.call("import.rejects", json!({"session": read["session"], "out": out}));
    assert!(given["rows"].as_u64().unwrap() > 0);
    let trail = village.call("audit.trail", json!({"kind": "exported"}));
    assert_eq!(
        (&trail["lines"][0]["what"], &trail["lines"][0]["purpose"], &trail["lines"][0]["count"]),
        (&json!("导出没读进去的行"), &json!("退给填表的人改"), &given["rows"])
    );
    let done = village.job("import.commit", json!({"session": read["session"]})).to_string();
    assert!(leaks(&done).is_empty(), "{done}");
}

#[test]
fn what_a_form_showed_covered_is_kept_when_it_is_saved() {
    let village = Village::new();
    let wang = village.member(json!({
        "name": "王秀英", "id_number": ID, "phones": [PHONE], "address": "石河村3组128号", "notes": format!("回{PHONE}的话"),
    }));
    let form = village.call("member.edit", json!({"id": wang}));
    let shown = &form["fields"];
    let mut fields = json!({});
    for key in ["id_number", "phones", "address", "notes"] {
        fields[key] = shown[key].clone();
    }
    assert_eq!(
        (&fields["address"], &fields["notes"]),
        (&json!("石河村*组***号"), &json!("回138****5678的话"))
    );
    fields["notes"] = json!("回138****5678的话，再问一次");
    let saved = village.call("member.save", json!({"id": wang, "fields": fields, "heads": form["heads"]}));
    assert_eq!(
        (&saved["problems"], saved["done"]["text"].as_str().unwrap()),
        (&json!([]), "改了王秀英的备注")
    );
    let whole = village.call("member.unmask", json!({"id": wang, "purpose": "核对"}));
    assert_eq!(
        (&whole["address"], &whole["id_number"], &whole["phones"][0]),
        (&json!("石河村3组128号"), &json!(ID), &json!(PHONE))
    );
    let half = json!({"id": wang, "fields": {"address": "石河村*组***号2楼"}});
    assert_eq!(village.call("member.save", half)["problems"][0]["code"], "value_masked");
    assert_eq!(
        village.call("member.unmask", json!({"id": wang, "purpose": "核对"}))["address"],
        "石河村3组128号"
    );
    // A roster that left the house covered and comes back changes nothing.
    let out = village.path("册.xlsx");
    village.call("roster.export", json!({"out": out}));
    let again = village.call("roster.import", json!({"file": out}));
    assert_eq!(
        (&again["counts"]["unchanged"], &again["counts"]["changed"]),
        (&json!(1), &json!(0)),
        "{again}"
    );
}

#[test]
fn a_note_shows_its_numbers_for_a_purpose_which_is_journaled() {
    let places = filled();
    let village = &places.village;
    sign_in(village, "罗永福", PASSPHRASE);
    let note = &places.ids[6];
    assert_eq!(
        village.refused("note.unmask", json!({"id": note, "purpose": " "})).field.as_deref(),
        Some("purpose")
    );
    let whole = village.call("note.unmask", json!({"id": note, "purpose": "回话"}));
    assert!(whole["text"].as_str().unwrap().contains(PHONE));
    let looks = village.call("audit.list", json!({}));
    assert_eq!((&looks[0]["what"], &looks[0]["purpose"]), (&json!("看手记里的全号"), &json!("回话")));
    let list = village.call("note.list", json!({}));
    let shown = list[0]["text"].as_str().unwrap();
    assert!(shown.contains("138****5678"), "{shown}");
    village.call("note.save", json!({"id": note, "courtyard": places.ids[4], "date": "2026-06-10", "text": format!("{shown}问过了。")}));
    let whole = village.call("note.unmask", json!({"id": note, "purpose": "回话"}));
    let text = whole["text"].as_str().unwrap();
    assert!(text.contains(PHONE) && text.contains(ID) && text.ends_with("问过了。"), "{text}");
}
