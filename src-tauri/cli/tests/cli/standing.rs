//! How things stand with everybody else: in brief, what waits for what, and what does not count and why.

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::hub::{Hub, three};
use crate::sticks::{bundles, carry, pair, stick};

fn glance(desk: &Desk) -> Value {
    desk.call("sync.glance", json!({})).done()
}

#[test]
fn what_is_handed_up_is_told_apart_from_what_has_arrived() {
    let (village, township) = pair();
    let before = glance(&village);
    assert!(before["waiting"].as_u64().unwrap() > 0, "{before}");
    assert_eq!((&before["delivered"], &before["has_hub"]), (&json!(false), &json!(false)));
    carry(&village, &township, "parent", "去");
    assert_eq!(glance(&village), before, "nobody has said yet that it arrived");
    carry(&township, &village, "石河村党支部", "回");
    let after = glance(&village);
    assert_eq!((&after["waiting"], &after["delivered"]), (&json!(0), &json!(true)));
    assert_eq!(glance(&township)["delivered"], false, "there is nobody above it");
}

#[test]
fn a_server_that_holds_everything_is_not_the_office_above() {
    let dir = tempfile::tempdir().unwrap();
    let mut hub = Hub::in_folder(dir.path());
    let [_county, _town, village] = three();
    village.add("王秀英").done();
    village.run(&["sync", "--hub", &hub.url]).done();
    let after = glance(&village);
    assert_eq!((&after["waiting"], &after["delivered"]), (&json!(0), &json!(false)));
    assert_eq!((&after["offline"], after["last_contact"].is_string()), (&json!(false), true));
    hub.kill();
    village.add("李国强").done();
    village.run(&["sync"]).failed(5, "no_connection");
    let cut = glance(&village);
    assert_eq!((&cut["waiting"], &cut["offline"]), (&json!(1), &json!(true)));
    assert_eq!(cut["last_contact"], after["last_contact"]);
    assert_eq!(village.call("sync.state", json!({})).done()["last_try"]["offline"], true);
}

#[test]
fn everybody_whom_a_township_exchanges_with_is_listed_with_what_they_lack() {
    let [_county, town, _village] = three();
    let peers = town.call("sync.state", json!({})).done()["peers"].clone();
    let told: Vec<_> = peers.as_array().unwrap().iter().map(|p| (&p["name"], &p["relation"])).collect();
    let (county, village) = (json!("明水县委组织部"), json!("石河村党支部"));
    assert_eq!(told, [(&county, &json!("above")), (&village, &json!("below"))]);
    assert!(peers.as_array().unwrap().iter().all(|p| p["laptops"] == 1 && p["lacks"].is_u64()), "{peers}");
}

#[test]
fn what_waits_says_whose_it_is_and_which_are_missing() {
    let (village, township) = pair();
    let write = |name: &str| {
        let folder = stick(&village, name);
        village.run(&["bundle", "write", "--to", "parent", "--out", &folder]).done();
        bundles(&folder).remove(0).to_str().unwrap().to_owned()
    };
    let backup = township.path("copy.yuanba-backup");
    township.run(&["backup", &backup]).done();
    let first = write("一");
    township.run(&["bundle", "read", &first]).done();
    carry(&township, &village, "石河村党支部", "回");
    village.add("何玉兰").done();
    let second = write("二");

    // The township's laptop dies, and comes back as it was before.
    let again = Desk::empty();
    again.run(&["restore", &backup]).done();
    let parked = || again.call("sync.state", json!({})).done()["parked"].clone();
    assert_eq!(parked(), json!([]));
    for _ in 0..2 {
        again.run(&["bundle", "read", &second]);
        let waits = parked();
        let up = waits.as_array().unwrap().iter().find(|p| p["missing"].is_object());
        let up = up.unwrap_or_else(|| panic!("{waits}"));
        assert_eq!((&up["org_name"], &up["laptop"]), (&json!("石河村党支部"), &json!("A")));
        let (from, to) = (up["missing"]["from"].as_u64().unwrap(), up["missing"]["to"].as_u64().unwrap());
        assert!(from >= 1 && to >= from, "{waits}");
        assert_eq!(up["pieces"], 1, "twice is once");
    }
    again.run(&["bundle", "read", &first]).done();
    assert_eq!(parked(), json!([]));
}

#[test]
fn what_a_stopped_laptop_wrote_is_listed_with_the_reason_and_no_name_that_does_not_count() {
    let (village, township) = pair();
    let listed = |request: Value| township.call("aside.list", request).done();
    carry(&village, &township, "parent", "去");
    assert_eq!(listed(json!({})), json!({ "total": 0, "changes": [] }));
    let laptops = township.run(&["revoke"]).done();
    let theirs = laptops["laptops"].as_array().unwrap().iter().find(|l| l["mine"] == false).unwrap().clone();
    township.run(&["revoke", theirs["id"].as_str().unwrap(), "--reason", "电脑丢了"]).done();
    for name in ["假的人", "又一个"] {
        village.call("member.save", json!({ "fields": { "name": name } })).done();
    }
    carry(&village, &township, "parent", "又去");
    let all = listed(json!({}));
    assert_eq!(all["total"], 2, "{all}");
    let one = &all["changes"][0];
    assert_eq!((&one["org_name"], &one["laptop"]), (&json!("石河村党支部"), &json!("A")));
    assert_eq!((&one["why"], &one["what"]), (&json!("stopped"), &json!("党员")));
    assert!(one["user"].is_string() && one["at"].as_str().unwrap().starts_with("2026-06-12"), "{one}");
    let second = listed(json!({ "skip": 1, "limit": 1 }));
    assert_eq!((&second["total"], &second["changes"]), (&json!(2), &json!([all["changes"][1]])));
}
