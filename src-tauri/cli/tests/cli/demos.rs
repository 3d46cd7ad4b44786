//! Made-up villages that look like real ones.

use serde_json::{Value, json};

use crate::desk::Desk;

fn people(desk: &Desk) -> Vec<(String, String)> {
    let list = desk.run(&["member", "list"]).done();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut people: Vec<(String, String)> = list["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| (text(&person["name"]), text(&person["id_number"])))
        .collect();
    people.sort();
    people
}

#[test]
fn a_village_is_filled_the_same_for_the_same_seed_and_only_while_it_is_empty() {
    let fill = |seed: &str| {
        let desk = Desk::village();
        let made = desk.run(&["demo", "--members", "40", "--months", "3", "--seed", seed]).done();
        assert_eq!(made["members"], 40);
        assert!(made["notes"].as_u64().unwrap() > 0 && made["claims"].as_u64().unwrap() > 0, "{made}");
        desk
    };
    let (one, same, other) = (fill("7"), fill("7"), fill("8"));
    assert_eq!(people(&one), people(&same));
    assert_ne!(people(&one), people(&other));
    assert_eq!(one.run(&["verify"]).done()["agrees"], true);

    let before = one.digest();
    let again = one.run(&["demo", "--members", "40"]);
    assert_eq!((again.exit, again.json()["error"]["code"].clone()), (2, json!("wrong_usage")));
    assert_eq!(one.digest(), before);
    one.run(&["demo", "--members", "10", "--months", "1", "--add"]).done();
    assert_eq!(people(&one).len(), 50);
    assert_eq!(one.run(&["demo", "--villages", "2", "--add"]).exit, 2, "a village is one village");
}

#[test]
fn what_is_made_up_shows_on_every_page() {
    let desk = Desk::village();
    desk.run(&["demo", "--members", "40", "--months", "4"]).done();
    let list = |command: &str, request: Value| desk.call(command, request).done();
    assert_eq!(list("roster.query", json!({}))["count"], 40);
    assert!(!list("courtyard.list", json!({}))["courtyards"].as_array().unwrap().is_empty());
    assert!(!list("note.list", json!({})).as_array().unwrap().is_empty());
    assert!(!list("errand.list", json!({ "state": "all" })).as_array().unwrap().is_empty());
    assert!(!list("post.list", json!({})).as_array().unwrap().is_empty());
    assert!(!list("points.entries", json!({})).as_array().unwrap().is_empty());
    assert!(!list("points.balances", json!({ "group": "members" })).as_array().unwrap().is_empty());
}

#[test]
fn a_county_has_townships_and_villages_with_streams_of_their_own() {
    let desk = Desk::of("county", "河东县委组织部");
    let made = desk.run(&["demo", "--villages", "4", "--members", "80", "--months", "1"]).done();
    assert_eq!(made["members"], 80);
    let orgs = desk.run(&["org", "list"]).done();
    let orgs = orgs["organisations"].as_array().unwrap();
    let villages: Vec<&Value> = orgs.iter().filter(|org| org["level"] == "village").collect();
    assert_eq!(villages.len(), 4);
    assert!(villages.iter().all(|village| village["parent"].is_string()));
    let mut sum = 0;
    for village in villages {
        let count = |org: &Value| {
            let list = desk.run(&["member", "list", "--org", org["id"].as_str().unwrap()]).done();
            list["count"].as_u64().unwrap()
        };
        assert!(count(village) >= 3, "below three there is no branch");
        sum += count(village);
        let digest = desk.run(&["digest", "--org", village["name"].as_str().unwrap()]).done();
        assert!(digest["ops"].as_u64().unwrap() > 10);
    }
    assert_eq!(sum, 80);
    assert_eq!(desk.run(&["verify"]).done()["agrees"], true);
}

#[test]
fn the_made_up_village_of_the_window_stands_beside_the_own_store() {
    let desk = Desk::village();
    let before = desk.digest();
    let lines = [
        json!(["call", "store.create_demo"]),
        json!(["call", "roster.query", "{}"]),
        json!(["call", "store.leave_demo"]),
        json!(["call", "store.create_demo"]),
    ];
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    let answer = desk.run_as(Some("cabbage and rice"), &["batch", "-"], &lines.join("\n"));
    let answers: Vec<Value> = answer
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["result"].clone())
        .collect();
    assert_eq!(answers[0]["status"]["demo"], true, "{}", answers[0]);
    assert!(answers[1]["count"].as_u64().unwrap() > 20);
    assert_eq!(
        (answers[2]["status"]["demo"].clone(), answers[2]["status"]["exists"].clone()),
        (json!(false), json!(true))
    );
    assert_eq!(answers[3]["status"]["org"]["name"], "演示村党支部");
    assert_eq!(desk.digest(), before);
}
