//! Every typed command × role × level is tried for real and refused exactly where the table says so.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use yuanba_api::{Api, Code};

use crate::village::Village;

const PASSPHRASE: &str = "liu ba 2026";

/// The table as it is shipped, read without the program.
struct Table {
    /// Level → role → rights
    roles: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    /// Command, or a case of one → right
    needs: BTreeMap<String, String>,
    /// Level → the first role
    first: BTreeMap<String, String>,
}

impl Table {
    fn read() -> Table {
        let text = include_str!("../../../../assets/roles/rights.toml");
        let table: Value = serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap();
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let list = |value: &Value| value.as_array().unwrap().clone();
        let (mut roles, mut first): (BTreeMap<String, BTreeMap<_, _>>, _) = Default::default();
        for role in list(&table["role"]) {
            for level in list(&role["levels"]) {
                let rights: BTreeSet<String> = list(&role["rights"]).iter().map(word).collect();
                BTreeMap::entry(&mut first, word(&level)).or_insert_with(|| word(&role["id"]));
                roles.entry(word(&level)).or_default().insert(word(&role["id"]), rights);
            }
        }
        let mut needs = BTreeMap::new();
        for area in list(&table["area"]) {
            for task in list(&area["task"]) {
                for command in list(&task["commands"]) {
                    needs.insert(word(&command), word(&task["needs"]));
                }
            }
        }
        Table { roles, needs, first }
    }

    fn allows(&self, level: &str, role: &str, act: &str) -> bool {
        match self.needs[act].as_str() {
            "anyone" | "signed_in" => true,
            right => self.roles[level][role].contains(right),
        }
    }
}

/// The smallest value that a schema takes.
fn least(schema: &Value) -> Value {
    if let Some(options) = schema.get("oneOf").or(schema.get("anyOf")).and_then(Value::as_array) {
        return least(&options[0]);
    }
    if let Some(word) = schema.get("const").or_else(|| schema.get("enum").map(|words| &words[0])) {
        return word.clone();
    }
    if schema["pattern"].as_str().is_some_and(|pattern| pattern.contains("{32}")) {
        return json!("0".repeat(32));
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
    match kind {
        Some("object") => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let keys = required.iter().map(|key| key.as_str().unwrap());
            Value::Object(
                keys.map(|key| (key.to_owned(), least(&schema["properties"][key]))).collect::<Map<_, _>>(),
            )
        }
        Some("array") => json!([]),
        Some("string") => json!(""),
        Some("integer" | "number") => json!(0),
        Some("boolean") => json!(false),
        _ => Value::Null,
    }
}

/// Signs in anew where a command has locked the store or gone to 演示村.
fn as_user(village: &Village, user: &str, passphrase: &str) {
    let status = village.call("store.status", json!({}));
    if status["open"] == true && status["demo"] == false && status["user"]["name"] == user {
        return;
    }
    village.call("store.leave_demo", json!({}));
    village.call("store.lock", json!({}));
    village.call("store.open", json!({"user": user, "passphrase": passphrase}));
}

fn every_command(level: &str) {
    let table = Table::read();
    let commands = Api::commands();
    let office = Village::of(level, "青石桥", "甲");
    // With somebody in it, so that nothing made up is filled in.
    office.member(json!({"name": "王秀英", "kind": "full"}));
    let first = &table.first[level];
    let mut users: Vec<(String, String)> = vec![(first.clone(), "甲".to_owned())];
    for role in table.roles[level].keys().filter(|role| *role != first) {
        let name = format!("用的人{role}");
        office.call("user.add", json!({"name": name, "role": role, "passphrase": PASSPHRASE}));
        users.push((role.clone(), name));
    }
    let mut refusals = 0;
    for (role, user) in &users {
        let passphrase = if role == first { crate::village::PASSPHRASE } else { PASSPHRASE };
        for command in &commands {
            as_user(&office, user, passphrase);
            let request = least(&command.request);
            let answer = office.api.call(command.name, request.clone());
            let refused = answer.as_ref().is_err_and(|error| error.code == Code::NotAllowed);
            // What nobody needs to be signed in for may ask for more of whoever is.
            let open = format!("{}#open", command.name);
            let act = if table.needs.contains_key(&open) { &open } else { command.name };
            let may = table.allows(level, role, act);
            assert_eq!(refused, !may, "{level} {role} {} {request}: {answer:?}", command.name);
            refusals += usize::from(refused);
        }
        // What a command needs beside that when it is asked for more.
        let cases = [
            (
                "roster.export#unmasked",
                json!({"out": office.path("册.xlsx"), "unmasked": true, "purpose": "核对"}),
            ),
            ("member.list#unmasked", json!({"unmasked": true, "purpose": "核对"})),
            ("user.passphrase#other", json!({"name": "谁", "passphrase": "x"})),
        ];
        for (act, request) in cases {
            as_user(&office, user, passphrase);
            let command = act.split('#').next().unwrap();
            let refused =
                office.api.call(command, request).is_err_and(|error| error.code == Code::NotAllowed);
            let may = table.allows(level, role, act) && table.allows(level, role, command);
            assert_eq!(refused, !may, "{level} {role} {act}");
        }
    }
    assert!(refusals > 50, "the table forbids nearly nothing at a {level}: {refusals}");
}

#[test]
fn a_village_refuses_each_command_to_whom_the_table_says() {
    every_command("village");
}

#[test]
fn a_township_refuses_each_command_to_whom_the_table_says() {
    every_command("township");
}

#[test]
fn a_county_refuses_each_command_to_whom_the_table_says() {
    every_command("county");
}

#[test]
fn whoever_keeps_the_shop_sees_what_one_name_has_and_no_list() {
    let village = Village::new();
    village.full_member("王秀英");
    village.full_member("唐秀珍");
    village.call("household.save", json!({"id": null, "name": "王秀英", "people": 3, "hardship": false}));
    village.call("user.add", json!({"name": "店里的人", "role": "shopkeeper", "passphrase": PASSPHRASE}));
    as_user(&village, "店里的人", PASSPHRASE);
    let held = village.call("points.of", json!({"name": " 王秀英 "}));
    let groups: Vec<&Value> = held.as_array().unwrap().iter().map(|one| &one["group"]).collect();
    assert_eq!(groups, ["members", "households"]);
    assert_eq!((&held[0]["balance"], &held[0]["name"]), (&json!(0), &json!("王秀英")));
    assert!(
        village.call("points.of", json!({"name": "王"})).as_array().unwrap().is_empty(),
        "whole names alone"
    );
    assert_eq!(village.refused("points.of", json!({"name": " "})).field.as_deref(), Some("name"));
    assert_eq!(village.refused("points.balances", json!({"group": "members"})).code, Code::NotAllowed);
}

#[test]
fn the_table_that_people_read_says_what_the_program_does() {
    let table = Table::read();
    let village = Village::new();
    let shown = village.call("rights.table", json!({}));
    let roles: Vec<&str> =
        shown["roles"].as_array().unwrap().iter().map(|role| role["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["secretary", "official", "shopkeeper", "reader"]);
    assert!(shown["roles"][0]["mine"] == true && shown["roles"][1]["mine"] == false);
    let lines: BTreeMap<&str, Vec<bool>> = shown["areas"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|area| area["tasks"].as_array().unwrap())
        .map(|task| {
            let may = task["may"].as_array().unwrap().iter().map(|may| may.as_bool().unwrap()).collect();
            (task["does"].as_str().unwrap(), may)
        })
        .collect();
    assert_eq!(lines["申报积分"], [true, true, false, false]);
    assert_eq!(lines["按姓名看一个人、一户有多少分、能兑几档"], [true, true, true, true]);
    assert!(table.needs.len() > lines.len(), "several commands a line");
    let township = village.call("rights.table", json!({"level": "township"}));
    assert_eq!(township["roles"][0]["name"], "组织干事");
    assert_eq!(township["roles"][0]["mine"], false);
}
