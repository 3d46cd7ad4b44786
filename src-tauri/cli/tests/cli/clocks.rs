//! Laptops whose clock is wrong: the work goes on in its right order, the person at it is told, and nobody else suffers.

use serde_json::{Value, json};

use crate::desk::{Answer, Desk, TODAY};
use crate::sticks::stick;

const LONG_AGO: &str = "1970-01-01T08:00:00+08:00";
const FAR_OFF: &str = "2099-03-01T08:00:00+08:00";

fn call(desk: &Desk, now: &str, command: &str, request: Value) -> Answer {
    desk.run_on(now, &["call", command, &request.to_string()])
}

/// A command that works, and what it says beside its answer.
fn done(answer: &Answer) -> (Value, &str) {
    (answer.done(), answer.stderr.trim_end())
}

#[test]
fn what_is_saved_at_1970_or_2099_stands_in_its_order_and_the_person_is_told() {
    let desk = Desk::village();
    let saved =
        call(&desk, TODAY, "member.save", json!({ "fields": { "name": "王秀英", "address": "一组" } }));
    let (saved, said) = done(&saved);
    assert_eq!(said, "", "a right clock says nothing");
    let id = saved["id"].clone();
    for (now, year, address) in [
        (LONG_AGO, "1970", "二组"),
        (FAR_OFF, "2099", "三组"),
        (TODAY, "", "四组"),
        (LONG_AGO, "1970", "五组"),
    ] {
        let request = json!({ "id": id, "fields": { "address": address } });
        let answer = call(&desk, now, "member.save", request);
        let (_, said) = done(&answer);
        if year.is_empty() {
            assert_eq!(said, "", "the odd clocks before have left no trace");
        } else {
            assert!(said.starts_with(&format!("这台电脑的钟是 {year}")), "{said}");
            assert!(said.ends_with('。') && said.lines().count() == 1, "{said}");
        }
        let card = call(&desk, now, "member.card", json!({ "id": id })).done();
        assert_eq!(card["member"]["address"], address, "the last writing shows");
    }
    assert_eq!(desk.run(&["conflicts", "list"]).done()["count"], 0);
    let recent = desk.call("undo.recent", json!({ "limit": 10 })).done();
    let acts = recent.as_array().unwrap();
    assert_eq!(acts.len(), 5, "newest first, in the order in which they were done: {recent}");
    for act in acts {
        assert!(act["at"].as_str().unwrap().starts_with("2026-"), "nothing is dated 1970 or 2099: {act}");
    }
    for (act, address) in [(0, "四组"), (1, "三组")] {
        desk.run_on(FAR_OFF, &["undo", acts[act]["group"].as_str().unwrap()]).done();
        let card = desk.call("member.card", json!({ "id": id })).done();
        assert_eq!(card["member"]["address"], address);
    }
    desk.sound();
}

#[test]
fn deadlines_and_dates_are_counted_from_the_last_day_that_is_sure() {
    let desk = Desk::village();
    desk.add("王秀英").done();
    let doctor = desk.run_on(FAR_OFF, &["doctor"]);
    let findings = doctor.json()["findings"].clone();
    let clock =
        findings.as_array().unwrap().iter().find(|finding| finding["what"] == "clock").unwrap().clone();
    assert_eq!(clock["well"], false);
    assert!(clock["text"].as_str().unwrap().contains("2099"), "{clock}");
    for now in [LONG_AGO, FAR_OFF] {
        let request = json!({ "person": "谢开秀", "matter": "social-card" });
        call(&desk, now, "errand.open", request).done();
    }
    let errands = desk.call("errand.list", json!({ "state": "open" })).done();
    for errand in errands.as_array().unwrap() {
        assert_eq!(errand["opened_on"], "2026-06-12", "{errand}");
    }
    // Somebody who is sure confirms that it is 2027 by now, and from then on it is.
    let later = "2027-12-01T08:00:00+08:00";
    assert!(desk.run_on(later, &["digest"]).stderr.contains("2027"), "more than 400 days");
    let confirmed = desk.run_on(later, &["clock", "confirm"]).done();
    assert_eq!(confirmed["today"], "2027-12-01");
    assert_eq!(desk.run_on(later, &["digest"]).stderr, "");
    assert!(desk.run_on(TODAY, &["digest"]).stderr.contains("2026"), "and now that one is odd");
}

#[test]
fn a_village_that_lives_in_2099_or_1970_shifts_nobody_elses_clock() {
    let township = Desk::of("township", "柳坝镇党委");
    for (now, name) in [(FAR_OFF, "石河村党支部"), (LONG_AGO, "茶园村党支部")] {
        let mut village = Desk::empty();
        village.now = now;
        let made = village.run(&["init", "--level", "village", "--name", name]);
        assert!(made.exit == 0 && made.stderr.contains("这台电脑的钟是"), "{}", made.stderr);
        let (request, grant) = (village.path("申请"), village.path("授权"));
        assert_eq!(village.run(&["enrol", "request", "--out", &request]).exit, 0);
        township.run(&["enrol", "grant", &request, "--out", &grant]).done();
        let folder = stick(&village, "去");
        let save = json!({ "fields": { "name": "王秀英", "address": "一组" } }).to_string();
        let all = village.batch(&[
            &["enrol", "accept", &grant][..],
            &["call", "member.save", &save],
            &["bundle", "write", "--to", "parent", "--out", &folder],
        ]);
        let id = all[1].done()["id"].clone();
        all[2].done();

        // The township has seen what the village wrote, so its word is the later one everywhere. It says nothing of a
        // clock: its own is right.
        let back = stick(&township, name);
        let edit = json!({ "id": id, "fields": { "address": "二组" } }).to_string();
        let card = json!({ "id": id }).to_string();
        let look = [&["call", "member.card", &card][..], &["conflicts", "list"], &["digest", "--org", name]];
        let all = township.batch(&[
            &["bundle", "read", &folder][..],
            &["call", "member.save", &edit],
            &["bundle", "write", "--to", name, "--out", &back],
            look[0],
            look[1],
            look[2],
        ]);
        assert_eq!(all[0].done()["files"][0]["status"], "read");
        let there = village.batch(&[&["bundle", "read", &back][..], look[0], look[1], look[2]]);
        assert_eq!(there[0].done()["files"][0]["status"], "read");
        for side in [&all[3..], &there[1..]] {
            assert_eq!(side[0].done()["member"]["address"], "二组");
            assert_eq!(side[1].done()["count"], 0);
            assert_eq!(side[2].done(), all[5].done(), "equal sets of changes show the same");
        }
    }
    assert_eq!(township.run(&["digest"]).stderr, "");
}
