//! A village and its township: enrolment, sticks there and back, and what is wrong with some of them.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::desk::Desk;

/// A folder that stands for a stick.
pub fn stick(desk: &Desk, name: &str) -> String {
    let path = desk.path(name);
    std::fs::create_dir_all(&path).unwrap();
    path
}

pub fn enrol(village: &Desk, township: &Desk) {
    let (request, grant) = (village.path("申请"), village.path("授权"));
    village.run(&["enrol", "request", "--out", &request]).done();
    township.run(&["enrol", "grant", &request, "--out", &grant]).done();
    let accepted = village.run(&["enrol", "accept", &grant]).done();
    assert!(accepted["parent"]["name"].is_string());
}

pub fn pair() -> (Desk, Desk) {
    let (village, township) = (Desk::village(), Desk::of("township", "柳坝镇党委"));
    village.call("member.save", json!({ "fields": { "name": "王秀英" } })).done();
    enrol(&village, &township);
    (village, township)
}

pub fn bundles(folder: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|e| e == "yuanba")).collect()
}

/// Carries everything from one to the other.
pub fn carry(from: &Desk, to: &Desk, addressee: &str, name: &str) -> Value {
    let folder = stick(from, name);
    from.run(&["bundle", "write", "--to", addressee, "--out", &folder]).done();
    assert_eq!(bundles(&folder).len(), 1, "exactly one file");
    to.run(&["bundle", "read", &folder]).json()
}

#[test]
fn a_village_that_began_alone_joins_and_both_sides_agree() {
    let (village, township) = pair();
    let read = carry(&village, &township, "parent", "去");
    assert_eq!(read["files"][0]["status"], "read", "{read}");
    let org = village.run(&["org", "list"]).done();
    let village_name = "石河村党支部";
    assert!(org.to_string().contains("柳坝镇党委"));
    let mine = village.run(&["digest", "--org", village_name]).done();
    assert_eq!(township.run(&["digest", "--org", village_name]).done(), mine);
    assert_eq!(township.run(&["member", "list", "--org", village_name]).done()["count"], 1);

    // The township's edit comes back.
    let id = township.run(&["member", "list"]).done()["members"][0]["id"].clone();
    township.call("member.save", json!({ "id": id, "fields": { "party_group": "第一党小组" } })).done();
    let back = carry(&township, &village, village_name, "回");
    assert_eq!(back["files"][0]["status"], "read", "{back}");
    let card = village.call("member.card", json!({ "id": id })).done();
    assert_eq!(card["member"]["party_group"], "第一党小组");
    let mine = village.run(&["digest", "--org", village_name]).done();
    assert_eq!(township.run(&["digest", "--org", village_name]).done(), mine);
    for desk in [&village, &township] {
        assert_eq!(desk.run(&["verify"]).done()["agrees"], true);
    }
}

#[test]
fn a_stick_that_is_read_twice_brings_nothing_the_second_time() {
    let (village, township) = pair();
    carry(&village, &township, "parent", "去");
    let before = township.digest();
    let again = township.run(&["bundle", "read", &village.path("去")]);
    assert_eq!((again.exit, again.json()["files"][0]["status"].clone()), (0, json!("already")));
    assert_eq!(township.digest(), before);
    let empty = stick(&village, "空的");
    let written = village.run(&["bundle", "write", "--to", "parent", "--out", &empty]).done();
    assert!(written["bytes"].as_u64().unwrap() > 0, "a stick with nothing new is a stick all the same");
}

#[test]
fn a_damaged_file_is_refused_whole_and_the_good_one_beside_it_is_read() {
    let (village, township) = pair();
    let folder = stick(&village, "去");
    village.run(&["bundle", "write", "--to", "parent", "--out", &folder]).done();
    let good = bundles(&folder).remove(0);
    let mut bytes = std::fs::read(&good).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let bad = PathBuf::from(&folder).join("坏的.yuanba");
    std::fs::write(&bad, bytes).unwrap();

    let before = township.digest();
    let alone = township.run(&["bundle", "read", bad.to_str().unwrap()]);
    assert_eq!((alone.exit, alone.json()["files"][0]["status"].clone()), (3, json!("refused")));
    assert!(!alone.json()["files"][0]["code"].as_str().unwrap().is_empty());
    assert_eq!(township.digest(), before);
    let both = township.run(&["bundle", "read", &folder]);
    assert_eq!(both.exit, 1, "some were refused");
    let files = both.json();
    let statuses: Vec<&str> =
        files["files"].as_array().unwrap().iter().map(|file| file["status"].as_str().unwrap()).collect();
    assert!(statuses.contains(&"read") && statuses.contains(&"refused"), "{statuses:?}");
}

#[test]
fn the_cover_of_a_bundle_is_seen_without_a_passphrase_and_shows_no_name() {
    let (village, _) = pair();
    let folder = stick(&village, "去");
    village.run(&["bundle", "write", "--to", "parent", "--out", &folder]).done();
    let file = bundles(&folder).remove(0);
    let cover = village.run_as(None, &["bundle", "inspect", file.to_str().unwrap()], "").done();
    assert_eq!(cover["kind"], "bundle");
    let orgs = village.run(&["org", "list"]).done();
    let own = orgs["organisations"].as_array().unwrap().iter().find(|org| org["level"] == "village").unwrap();
    assert_eq!(cover["from"], own["id"]);
    let bytes = std::fs::read(&file).unwrap();
    let name = "王秀英".as_bytes();
    assert!(!bytes.windows(name.len()).any(|part| part == name));
}

#[test]
fn nobody_writes_to_a_parent_that_is_not_there_or_to_a_stick_that_is_gone() {
    let village = Desk::village();
    let folder = stick(&village, "去");
    assert_eq!(village.run(&["bundle", "write", "--to", "parent", "--out", &folder]).exit, 3);
    let (village, _) = pair();
    let before = village.digest();
    let gone = village.run(&["bundle", "write", "--to", "parent", "--out", &village.path("没插")]);
    assert_eq!(gone.exit, 2);
    assert_eq!(village.digest(), before);
}

#[test]
fn two_edits_that_did_not_see_each_other_wait_for_a_person() {
    let (village, township) = pair();
    carry(&village, &township, "parent", "去");
    let id = township.run(&["member", "list"]).done()["members"][0]["id"].clone();
    for (desk, group) in [(&village, "第一党小组"), (&township, "第二党小组")] {
        desk.call("member.save", json!({ "id": id, "fields": { "party_group": group } })).done();
    }
    carry(&township, &village, "石河村党支部", "回");
    let list = village.run(&["conflicts", "list"]).done();
    assert_eq!(list["count"], 1, "{list}");
    let conflict = &list["conflicts"][0];
    assert_eq!(
        (conflict["field"].as_str(), conflict["record_title"].as_str()),
        (Some("party_group"), Some("王秀英"))
    );
    let sides = conflict["sides"].as_array().unwrap();
    let wanted = sides.iter().find(|side| side["value"] == "第二党小组").unwrap();
    let hand = |group| sides.iter().find(|side| side["value"] == group).unwrap()["org_name"].clone();
    assert_eq!(hand("第一党小组"), "石河村党支部");
    assert_ne!(hand("第二党小组"), "石河村党支部", "whoever wrote it, not whose record it is");
    let id = conflict["id"].as_str().unwrap();
    assert_eq!(village.run(&["conflicts", "resolve", id, "--take", "Z"]).exit, 3);
    village.run(&["conflicts", "resolve", id, "--take", wanted["side"].as_str().unwrap()]).done();
    assert_eq!(village.run(&["conflicts", "list"]).done()["count"], 0);
    carry(&village, &township, "parent", "又去");
    assert_eq!(township.run(&["conflicts", "list"]).done()["count"], 0, "settled once is settled everywhere");
    let card = township
        .call("member.card", json!({ "id": township.run(&["member", "list"]).done()["members"][0]["id"] }));
    assert_eq!(card.done()["member"]["party_group"], "第二党小组");
}

#[test]
fn a_lost_laptop_is_stopped_and_what_it_wrote_before_stays() {
    let (village, township) = pair();
    carry(&village, &township, "parent", "去");
    let laptops = township.run(&["revoke"]).done();
    let laptops = laptops["laptops"].as_array().unwrap().clone();
    let theirs = laptops.iter().find(|laptop| laptop["mine"] == false).unwrap();
    assert_eq!(theirs["org_name"], "石河村党支部");
    let own = laptops.iter().find(|laptop| laptop["mine"] == true).unwrap();
    let id = |laptop: &Value| laptop["id"].as_str().unwrap().to_owned();
    assert_eq!(township.run(&["revoke", &id(own), "--reason", "丢了"]).exit, 3, "not the one in use");
    assert_eq!(township.run(&["revoke", &id(theirs)]).exit, 2, "a reason is asked");
    township.run(&["revoke", &id(theirs), "--reason", "电脑丢了"]).done();

    village.call("member.save", json!({ "fields": { "name": "假的人" } })).done();
    carry(&village, &township, "parent", "又去");
    let list = township.run(&["member", "list"]).done();
    assert_eq!(list["count"], 1, "{list}");
    assert_eq!(list["members"][0]["name"], "王秀英");
    assert_eq!(township.run(&["verify"]).done()["agrees"], true);
}

#[test]
fn an_erasure_takes_the_words_away_on_both_sides_and_the_sums_still_verify() {
    let (village, township) = pair();
    carry(&village, &township, "parent", "去");
    let id = township.run(&["member", "list"]).done()["members"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(village.run(&["redact", &id, "--reason", "本人要求"]).exit, 3, "only who stands above");
    township.run(&["redact", &id, "--reason", "本人要求"]).done();
    carry(&township, &village, "石河村党支部", "回");
    for desk in [&village, &township] {
        let list = desk.run(&["member", "list"]).done().to_string();
        assert!(!list.contains("王秀英"), "{list}");
        assert_eq!(desk.run(&["verify"]).done()["agrees"], true);
    }
    let scope = |desk: &Desk| desk.run(&["digest", "--org", "石河村党支部"]).done();
    assert_eq!(scope(&village), scope(&township));
}

#[test]
fn a_bundle_is_found_wherever_it_lies_on_the_stick() {
    let (village, township) = pair();
    let deep = stick(&village, "盘/资料/2026 年/六月");
    village.run(&["bundle", "write", "--to", "parent", "--out", &deep]).done();
    let read = township.run(&["bundle", "read", &village.path("盘")]).done();
    assert_eq!(read["files"].as_array().unwrap().len(), 1, "{read}");
    assert_eq!(read["files"][0]["status"], "read");
}

#[test]
fn a_laptop_that_joined_with_its_organisation_is_one_laptop() {
    let (village, second) = (Desk::village(), Desk::of("village", "石河二机"));
    let (request, grant) = (second.path("申请"), second.path("授权"));
    second.run(&["enrol", "request", "--out", &request]).done();
    village.run(&["enrol", "grant", &request, "--out", &grant, "--org", "石河村党支部"]).done();
    second.run(&["enrol", "accept", &grant]).done();
    carry(&second, &village, "石河村党支部", "回");
    for desk in [&village, &second] {
        let laptops = desk.run(&["revoke"]).done();
        assert_eq!(laptops["count"], 2, "{laptops}");
        let orgs = desk.run(&["org", "list"]).done();
        let list = orgs["organisations"].as_array().unwrap();
        let own = list.iter().find(|org| org["absorbed_into"].is_null()).unwrap();
        assert_eq!(own["replicas"], 2, "{orgs}");
    }
}

#[test]
fn a_village_lists_nobody_whom_it_cannot_call_by_name() {
    let (village, township) = pair();
    let other = Desk::of("village", "清溪村党支部");
    enrol(&other, &township);
    carry(&township, &village, "石河村党支部", "回");
    let names: Vec<String> = village.run(&["org", "list"]).done()["organisations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|org| org["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let elsewhere = Desk::of("township", "白马镇党委");
    let request = village.path("又申请");
    village.run(&["enrol", "request", "--out", &request]).done();
    let refused = elsewhere.run(&["enrol", "grant", &request, "--out", &village.path("又授权")]);
    assert_eq!(refused.exit, 3);
    assert!(refused.json()["error"]["message"].as_str().unwrap().contains("别的上级"), "{}", refused.stdout);
}
