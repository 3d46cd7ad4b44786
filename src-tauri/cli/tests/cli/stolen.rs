//! The laptop was stolen, as it is rehearsed: the township stops it, another one takes its place, and everything that ever left
//! the village comes back, by stick or from the server; with a backup also what had not left yet. The thief gets nothing.

use std::path::Path;

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::hub::{Hub, three};
use crate::sticks::{carry, enrol, pair, stick};

const VILLAGE: &str = "石河村党支部";

fn scope(desk: &Desk) -> Value {
    desk.run(&["digest", "--org", VILLAGE]).done()
}

fn names(desk: &Desk) -> Vec<String> {
    let people = desk.run(&["member", "list"]).done();
    let mut names: Vec<String> = people["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// The office stops the village's laptop of that letter.
fn stop(office: &Desk, letter: &str) {
    let laptops = office.run(&["revoke"]).done();
    let stolen = laptops["laptops"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["org_name"] == VILLAGE && one["letter"] == letter)
        .unwrap_or_else(|| panic!("{laptops}"));
    office.run(&["revoke", stolen["id"].as_str().unwrap(), "--reason", "电脑被偷了"]).done();
}

/// Another laptop takes its place in the same village.
fn another(office: &Desk) -> Desk {
    let new = Desk::village();
    let (request, grant) = (new.path("申请"), new.path("授权"));
    new.run(&["enrol", "request", "--out", &request]).done();
    office.run(&["enrol", "grant", &request, "--out", &grant, "--org", VILLAGE]).done();
    new.run(&["enrol", "accept", &grant]).done();
    new
}

#[test]
fn by_stick_a_new_laptop_gets_back_all_that_was_ever_handed_in() {
    let (stolen, township) = pair();
    for name in ["李国强", "何玉兰"] {
        stolen.add(name).done();
    }
    carry(&stolen, &township, "parent", "交");
    let handed_in = scope(&township);
    stolen.add("没交的人").done();

    stop(&township, "A");
    let new = another(&township);
    // The grant has brought it along; the next stick finds nothing missing.
    carry(&township, &new, VILLAGE, "补");
    assert_eq!(names(&new), ["何玉兰", "李国强", "王秀英"]);
    assert!(handed_in["ops"].as_u64() < scope(&new)["ops"].as_u64());
    // Life goes on, and both sides agree.
    new.add("谢开秀").done();
    carry(&new, &township, "parent", "又交");
    carry(&township, &new, VILLAGE, "又补");
    assert_eq!(scope(&new), scope(&township));
    new.sound();

    // What the thief writes is kept and does not count, and what is sealed from now on he cannot open.
    stolen.add("假的人").done();
    carry(&stolen, &township, "parent", "贼");
    assert_eq!(names(&township), names(&new));
    new.add("只给自己人看").done();
    carry(&new, &township, "parent", "三交");
    let folder = stick(&township, "给村里");
    township.run(&["bundle", "write", "--to", VILLAGE, "--out", &folder]).done();
    let tried = stolen.run(&["bundle", "read", &folder]);
    assert_eq!(tried.exit, 3, "{}", tried.stdout);
    assert!(!names(&stolen).contains(&"只给自己人看".to_owned()));
}

#[test]
fn from_the_server_a_new_laptop_gets_back_all_that_was_ever_sent() {
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::in_folder(folder.path());
    let [county, town, stolen] = three();
    let sync = |desk: &Desk| desk.run(&["sync", "--hub", &hub.url]);
    for desk in [&county, &town, &stolen, &county] {
        sync(desk).done();
    }
    for name in ["王秀英", "李国强"] {
        stolen.add(name).done();
    }
    sync(&stolen).done();
    sync(&town).done();
    stop(&town, "A");
    let new = another(&town);
    sync(&town).done();
    sync(&new).done();
    assert_eq!(names(&new), ["李国强", "王秀英"]);
    let refused = sync(&stolen);
    assert_ne!(refused.exit, 0, "the thief is neither heard nor told anything: {}", refused.stdout);
    new.add("何玉兰").done();
    sync(&new).done();
    sync(&town).done();
    assert_eq!(scope(&new), scope(&town));
    new.sound();
}

#[test]
fn with_a_backup_also_what_had_not_left_the_village_comes_back() {
    let (stolen, township) = pair();
    stolen.add("李国强").done();
    carry(&stolen, &township, "parent", "交");
    stolen.add("没交的人").done();
    let backup = stolen.path("copy.yuanba-backup");
    stolen.run(&["backup", &backup]).done();
    // After the backup something was handed in, and something was not.
    stolen.add("备份以后交的人").done();
    carry(&stolen, &township, "parent", "又交");
    stolen.add("谁也没有的人").done();

    stop(&township, "A");
    let new = Desk::empty();
    new.run(&["restore", &backup]).done();
    // Until the township has given it its place it is told nothing: who has the stolen one could have made it as well.
    let folder = stick(&township, "太早");
    township.run(&["bundle", "write", "--to", VILLAGE, "--out", &folder]).done();
    assert_eq!(new.run(&["bundle", "read", &folder]).exit, 3);
    enrol(&new, &township);
    carry(&township, &new, VILLAGE, "补");
    new.add("谢开秀").done();
    carry(&new, &township, "parent", "新电脑交");
    carry(&township, &new, VILLAGE, "又补");
    let all = ["备份以后交的人", "李国强", "没交的人", "王秀英", "谢开秀"];
    let mut expected: Vec<String> = all.iter().map(|name| (*name).to_owned()).collect();
    expected.sort();
    assert_eq!(names(&new), expected);
    assert_eq!(scope(&new), scope(&township));
    new.sound();
    assert!(Path::new(&backup).exists());
}

/// The present store is replaced by an older copy of itself: it goes on as another laptop and takes back what was sent.
#[test]
fn a_store_that_went_back_to_an_older_copy_takes_back_from_the_server_what_the_copy_did_not_know() {
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::in_folder(folder.path());
    let [county, town, village] = three();
    let sync = |desk: &Desk| desk.run(&["sync", "--hub", &hub.url]).done();
    for desk in [&county, &town, &village, &county] {
        sync(desk);
    }
    village.add("王秀英").done();
    let copy = village.path("copy.yuanba-backup");
    village.run(&["backup", &copy]).done();
    for name in ["李国强", "何玉兰"] {
        village.add(name).done();
    }
    sync(&village);
    village.add("没送的人").done();
    // Compared with what is open: in a process that has somebody signed in.
    let request = json!({ "file": copy }).to_string();
    let looked = village.batch(&[&["digest"][..], &["call", "backup.look", &request]])[1].done();
    assert_eq!(
        (&looked["newer"], &looked["comes_back"], &looked["lost"]),
        (&json!(3), &json!(2), &json!(1)),
        "{looked}"
    );

    let request = json!({ "file": copy, "passphrase": crate::desk::PASSPHRASE });
    village.call("backup.replace", request).done();
    assert_eq!(names(&village), ["王秀英"]);
    let taken = sync(&village);
    assert_eq!(taken["even"], true, "{taken}");
    village.add("谢开秀").done();
    sync(&village);
    sync(&town);
    assert_eq!(names(&village), ["何玉兰", "李国强", "王秀英", "谢开秀"]);
    assert_eq!(scope(&village), scope(&town));
    village.sound();
    let laptops = town.run(&["revoke"]).done();
    let letters =
        laptops["laptops"].as_array().unwrap().iter().filter(|one| one["org_name"] == VILLAGE).count();
    assert_eq!(letters, 2, "{laptops}");
}
