//! A member moves from one village to another: by sticks, with the township between them.

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::sticks::{bundles, carry, enrol, stick};

const OLD: &str = "石河村党支部";
const NEW: &str = "云门村党支部";
const TOWNSHIP: &str = "柳坝镇党委";
const NUMBER: &str = "511722198507010018";

/// Two villages under one township, and somebody in the first who holds a post and has points.
struct Three {
    old: Desk,
    town: Desk,
    new: Desk,
    member: String,
    sticks: std::cell::Cell<u32>,
}

impl Three {
    fn new() -> Three {
        let (old, town, new) = (Desk::village(), Desk::of("township", TOWNSHIP), Desk::of("village", NEW));
        enrol(&old, &town);
        enrol(&new, &town);
        let fields = json!({ "name": "王秀英", "id_number": NUMBER, "phones": ["13800000000"], "kind": "full",
            "joined_on": "2008-07-01", "confirmed_on": "2009-07-01", "address": "石河村3组12号" });
        let member = id(&old.call("member.save", json!({ "fields": fields })).done()["id"]);
        let posts = old.call("post.board", json!({})).done();
        let post = posts["categories"][0]["posts"][0]["id"].clone();
        old.call("post.assign", json!({ "member": member, "post": post, "from": "2025-03-01" })).done();
        let three = Three { old, town, new, member, sticks: 0.into() };
        three.points(2);
        three.round();
        three.round();
        three
    }

    /// Claims so many study sessions and reviews them.
    fn points(&self, times: u32) {
        let day = "2026-06-05";
        let cells = json!([{ "account": self.member, "rule": "study-session", "times": times }]);
        let claim = json!({ "group": "members", "date": day, "event": format!("学习{}", self.sticks.get()), "cells": cells });
        self.old.call("points.claim", claim).done();
        let claims = self.old.call("points.claims", json!({ "state": "proposed" })).done();
        let claims: Vec<Value> = claims.as_array().unwrap().iter().map(|claim| claim["id"].clone()).collect();
        self.old.call("points.review", json!({ "claims": claims, "approve": true })).done();
    }

    /// A stick from one to the other, read twice.
    fn carry(&self, from: &Desk, to: &Desk, addressee: &str) {
        self.sticks.set(self.sticks.get() + 1);
        let name = format!("第{}个", self.sticks.get());
        carry(from, to, addressee, &name);
        let again = to.run(&["bundle", "read", &from.path(&name)]);
        assert_eq!(again.exit, 0, "{}", again.stdout);
        assert_eq!(again.json()["files"][0]["status"], "already");
    }

    fn up(&self, from: &Desk) {
        self.carry(from, &self.town, "parent");
    }

    fn down(&self, to: &Desk) {
        let addressee = if std::ptr::eq(to, &self.old) { OLD } else { NEW };
        self.carry(&self.town, to, addressee);
    }

    /// Everybody hands a stick in and takes one home.
    fn round(&self) {
        self.up(&self.old);
        self.up(&self.new);
        self.down(&self.old);
        self.down(&self.new);
    }

    fn even(&self) {
        self.round();
        for (village, name) in [(&self.old, OLD), (&self.new, NEW)] {
            let digest = |desk: &Desk| desk.run(&["digest", "--org", name]).done();
            assert_eq!(digest(village), digest(&self.town), "{name}");
        }
        for desk in [&self.old, &self.town, &self.new] {
            desk.sound();
        }
    }

    fn release(&self) -> String {
        let released = self.old.run(&["transfer", "release", &self.member, "--to", NEW, "--reason", "搬家"]).done();
        id(&released["id"])
    }

    fn hand_over(&self, transfer: &str) {
        self.town.run(&["transfer", "hand-over", transfer]).done();
    }

    /// What the new village has to accept.
    fn accept(&self) -> String {
        let waiting = transfers(&self.new);
        assert_eq!(waiting[0]["state"], "handed_over", "{waiting:?}");
        let accepted = self.new.run(&["transfer", "accept", waiting[0]["id"].as_str().unwrap()]).done();
        id(&accepted["member"])
    }

    fn card(&self, desk: &Desk, member: &str) -> Value {
        desk.call("member.card", json!({ "id": member })).done()
    }

    fn rename(&self, phone: &str) -> crate::desk::Answer {
        let fields = json!({ "phones": [phone], "job": "护林员" });
        self.old.call("member.save", json!({ "id": self.member, "fields": fields }))
    }
}

fn id(value: &Value) -> String {
    value.as_str().expect("an id").to_owned()
}

fn transfers(desk: &Desk) -> Vec<Value> {
    desk.run(&["transfer", "list"]).done()["transfers"].as_array().unwrap().clone()
}

fn names(desk: &Desk) -> Vec<String> {
    let found = desk.call("roster.query", json!({})).done();
    let rows = desk.call("roster.rows", json!({ "ids": found["ids"] })).done();
    rows.as_array().unwrap().iter().map(|row| id(&row["name"])).collect()
}

fn lines(card: &Value) -> String {
    card["timeline"].to_string()
}

#[test]
fn a_member_moves_with_the_dossier_and_the_old_village_keeps_a_record_that_is_only_read() {
    let three = Three::new();
    let transfer = three.release();
    assert_eq!(names(&three.old), [""; 0]);
    let listed = transfers(&three.old);
    assert_eq!((listed[0]["state"].clone(), listed[0]["steps"].clone()), (json!("released"), json!(["cancel"])));
    let refused = three.rename("13900000000").failed(3, "refused");
    assert!(refused.contains("已经转出") && refused.contains(NEW), "{refused}");

    three.up(&three.old);
    let listed = transfers(&three.town);
    assert_eq!(listed[0]["steps"], json!(["hand_over", "cancel"]));
    assert_eq!(listed[0]["suggested"], three.town.call("org.list", json!({})).done().as_array().unwrap().iter()
        .find(|org| org["name"] == NEW).unwrap()["id"]);
    three.hand_over(&transfer);
    three.down(&three.new);
    let waiting = transfers(&three.new);
    assert_eq!((waiting.len(), waiting[0]["from_name"].clone()), (1, json!(OLD)));
    assert_eq!(waiting[0]["id_number"], "511722********0018");
    let shown = three.new.run(&["transfer", "show", waiting[0]["id"].as_str().unwrap()]).done();
    assert_eq!(shown["fields"]["name"], "王秀英");
    assert!(!shown.to_string().contains(NUMBER) && !shown.to_string().contains("13800000000"));
    assert_eq!(names(&three.new), [""; 0], "nobody is taken in unasked");

    let member = three.accept();
    assert_ne!(member, three.member);
    assert_eq!(names(&three.new), ["王秀英"]);
    let card = three.card(&three.new, &member);
    assert_eq!(card["member"]["joined_on"], "2008-07-01");
    assert_eq!(card["member"]["branch"], NEW);
    assert!(lines(&card).contains(&format!("在{OLD}")), "the years before are told: {}", lines(&card));
    assert_eq!(card["standing"]["points"], 4);
    let whole = three.new.call("member.unmask", json!({ "id": member, "purpose": "核对" })).done();
    assert_eq!(whole["id_number"], NUMBER);

    three.up(&three.new);
    let listed = transfers(&three.town);
    assert_eq!((listed[0]["state"].clone(), listed[0]["steps"].clone()), (json!("accepted"), json!(["confirm"])));
    three.town.run(&["transfer", "confirm", &transfer]).done();
    three.down(&three.old);
    let told = transfers(&three.old);
    assert_eq!((told[0]["state"].clone(), told[0]["accepted_on"].clone()), (json!("done"), json!("2026-06-12")));
    let stub = three.card(&three.old, &three.member);
    assert_eq!(stub["read_only"], true);
    assert!(stub["tags"].to_string().contains("已转出"));
    assert!(lines(&stub).contains("积分随人走，记 −4 分"), "{}", lines(&stub));

    // The township sees one person in two dossiers, and the points once.
    let seen = three.card(&three.town, &member);
    assert_eq!(seen["elsewhere"][0]["org_name"], OLD);
    assert_eq!(seen["points_together"], 4);
    assert_eq!(three.town.run(&["person", "doubles"]).done()["count"], 0);
    three.even();
    assert_eq!(transfers(&three.town)[0]["state"], "done");
}

#[test]
fn a_release_is_taken_back_before_it_was_accepted_and_not_after() {
    let three = Three::new();
    let before = three.old.digest()["state_digest"].clone();
    let transfer = three.release();
    three.old.run(&["transfer", "cancel", &transfer]).done();
    assert_eq!(three.old.digest()["state_digest"], before, "post, state and roster are as they were");
    let transfer = three.release();
    three.up(&three.old);
    three.hand_over(&transfer);
    three.down(&three.new);
    three.accept();
    three.up(&three.new);
    three.town.run(&["transfer", "confirm", &transfer]).done();
    three.down(&three.old);
    for words in [&["transfer", "cancel", &transfer][..], &["undo"]] {
        let said = three.old.run(words).failed(3, "refused");
        assert!(said.contains("已经接收了"), "{said}");
    }
    let said = three.town.run(&["transfer", "cancel", &transfer]).failed(3, "refused");
    assert!(said.contains("已经接收了"), "{said}");
    three.even();
}

#[test]
fn what_the_old_village_wrote_before_it_knew_is_set_aside_and_listed_and_taken_over_by_hand() {
    let three = Three::new();
    // The second laptop has not heard of the release.
    let second = Desk::of("village", "二号机");
    let (request, grant) = (second.path("申请"), second.path("授权"));
    second.run(&["enrol", "request", "--out", &request]).done();
    three.town.run(&["enrol", "grant", &request, "--out", &grant, "--org", OLD]).done();
    second.run(&["enrol", "accept", &grant]).done();
    three.carry(&three.town, &second, OLD);

    let transfer = three.release();
    three.up(&three.old);
    three.hand_over(&transfer);
    three.down(&three.new);
    let member = three.accept();
    let dossier = || three.card(&three.new, &member)["member"].clone();
    let accepted = dossier();

    let fields = json!({ "phones": ["13800000000", "13911112222"], "job": "护林员", "education": "60" });
    second.call("member.save", json!({ "id": three.member, "fields": fields })).done();
    let post = second.call("post.board", json!({})).done()["categories"][1]["posts"][0]["id"].clone();
    second.call("post.assign", json!({ "member": three.member, "post": post, "from": "2026-06-01" })).done();
    three.carry(&second, &three.town, "parent");
    three.up(&three.new);

    let listed = transfers(&three.town);
    assert_eq!(listed[0]["state"], "accepted");
    let late = three.town.run(&["transfer", "late", &transfer]).done();
    assert_eq!(late["count"], 4, "{late}");
    assert_eq!(listed[0]["late"], 4);
    let find = |label: &str| {
        let changes = late["changes"].as_array().unwrap();
        changes.iter().find(|change| change["label"] == label).unwrap_or_else(|| panic!("{label}: {late}")).clone()
    };
    assert_eq!(find("工作岗位")["after"], "护林员");
    assert_eq!(find("手机号码")["after"], "139****2222");
    assert_eq!(find("工作岗位")["who"], "书记");
    three.down(&three.new);
    assert_eq!(dossier(), accepted, "nothing is folded into the new dossier by itself");

    let settle = |label: &str, verdict: &str| {
        let change = id(&find(label)["id"]);
        three.town.run(&["transfer", "settle", &transfer, &change, verdict]).done();
    };
    settle("工作岗位", "--take");
    settle("手机号码", "--take");
    settle("学历", "--leave");
    settle("经历", "--take");
    let left = three.town.run(&["transfer", "late", &transfer]).done();
    assert_eq!(left["count"], 0, "{left}");
    // What was decided can be taken back like everything else.
    three.town.run(&["undo"]).done();
    assert_eq!(three.town.run(&["transfer", "late", &transfer]).done()["count"], 1);
    settle("经历", "--take");
    three.town.run(&["transfer", "confirm", &transfer]).done();
    three.down(&three.new);
    let card = three.card(&three.new, &member);
    assert_eq!(card["member"]["job"], "护林员");
    assert_eq!(card["member"]["phones"], json!(["138****0000", "139****2222"]));
    assert_eq!(card["member"]["education"], Value::Null);
    assert!(lines(&card).contains("2026-06-01"), "{}", lines(&card));
    three.even();
    assert_eq!(three.town.run(&["transfer", "late", &transfer]).done()["count"], 0);
}

#[test]
fn a_release_that_was_taken_back_too_late_is_told_to_the_township() {
    let three = Three::new();
    let transfer = three.release();
    three.up(&three.old);
    three.hand_over(&transfer);
    three.down(&three.new);
    // Both are offline now: one accepts, the other takes it back.
    let member = three.accept();
    three.old.run(&["transfer", "cancel", &transfer]).done();
    assert_eq!(names(&three.old), ["王秀英"]);
    three.up(&three.old);
    let listed = transfers(&three.town);
    assert_eq!(listed[0]["state"], "recalled", "{listed:?}");
    three.up(&three.new);
    let listed = transfers(&three.town);
    assert_eq!((listed[0]["state"].clone(), listed[0]["steps"].clone()), (json!("crossed"), json!(["confirm"])));
    three.town.run(&["transfer", "confirm", listed[0]["id"].as_str().unwrap()]).done();
    three.even();
    assert_eq!(names(&three.old), [""; 0]);
    assert_eq!(names(&three.new), ["王秀英"]);
    assert_eq!(transfers(&three.old)[0]["state"], "done");
    assert_eq!(three.card(&three.new, &member)["standing"]["points"], 4);
}

#[test]
fn a_hand_over_is_withdrawn_when_the_old_village_has_thought_better_of_it() {
    let three = Three::new();
    let transfer = three.release();
    three.up(&three.old);
    three.hand_over(&transfer);
    three.down(&three.new);
    three.old.run(&["transfer", "cancel", &transfer]).done();
    three.up(&three.old);
    let listed = transfers(&three.town);
    assert_eq!((listed[0]["state"].clone(), listed[0]["steps"].clone()), (json!("recalled"), json!(["withdraw"])));
    let handed = id(&listed[0]["id"]);
    three.town.run(&["transfer", "cancel", &handed]).done();
    three.down(&three.new);
    assert_eq!(transfers(&three.new).len(), 0);
    assert_eq!(three.new.run(&["transfer", "accept", &handed]).exit, 2);
    three.even();
    assert_eq!(names(&three.old), ["王秀英"]);
    // And goes after all.
    let transfer = three.release();
    three.up(&three.old);
    three.hand_over(&transfer);
    three.down(&three.new);
    three.accept();
    three.even();
    assert_eq!(names(&three.new), ["王秀英"]);
}

#[test]
fn whoever_comes_back_takes_up_the_old_record_again() {
    let three = Three::new();
    let transfer = three.release();
    three.up(&three.old);
    three.hand_over(&transfer);
    three.down(&three.new);
    let away = three.accept();
    three.up(&three.new);
    three.town.run(&["transfer", "confirm", &transfer]).done();
    three.round();

    let back = three.new.run(&["transfer", "release", &away, "--to", OLD]).done();
    three.up(&three.new);
    three.hand_over(&id(&back["id"]));
    three.down(&three.old);
    let waiting: Vec<Value> =
        transfers(&three.old).into_iter().filter(|one| one["state"] == "handed_over").collect();
    let accepted = three.old.run(&["transfer", "accept", waiting[0]["id"].as_str().unwrap()]).done();
    assert_eq!(id(&accepted["member"]), three.member);
    assert_eq!(names(&three.old), ["王秀英"]);
    three.rename("13911112222").done();
    three.up(&three.old);
    three.town.run(&["transfer", "confirm", back["id"].as_str().unwrap()]).done();
    three.even();
    assert_eq!(three.card(&three.old, &three.member)["standing"]["points"], 4);
    assert_eq!(three.old.run(&["conflicts", "list"]).done()["count"], 0);
    for listed in transfers(&three.town) {
        assert_eq!((listed["late"].clone(), listed["state"].clone()), (json!(0), json!("done")), "{listed}");
    }
    let seen = three.card(&three.town, &three.member);
    assert_eq!(seen["points_together"], 4);
}

#[test]
fn out_of_everything_that_we_hold_and_in_from_there() {
    let three = Three::new();
    let words = ["transfer", "release", &three.member, "--to", "外县河口村党支部", "--outside", "--letter", "川组转2026第7号"];
    let released = three.old.run(&words).done();
    assert_eq!(transfers(&three.old)[0]["state"], "outside");
    assert_eq!(names(&three.old), [""; 0]);
    three.up(&three.old);
    assert_eq!(transfers(&three.town)[0]["state"], "outside");
    assert_eq!(three.town.run(&["transfer", "list"]).done()["waiting"], 0);
    assert_eq!(three.old.run(&["transfer", "cancel", released["id"].as_str().unwrap()]).exit, 0);
    assert_eq!(names(&three.old), ["王秀英"]);

    let words = ["transfer", "accept", "--from", "外县河口村党支部", "--name", "李长河", "--letter", "豫组转3号"];
    let arrived = three.new.run(&words).done();
    assert_eq!(names(&three.new), ["李长河"]);
    let card = three.card(&three.new, arrived["member"].as_str().unwrap());
    assert_eq!(card["transfer"]["from_name"], "外县河口村党支部");
    assert_eq!(card["transfer"]["letter"], "豫组转3号");
    three.even();
    assert_eq!(three.new.run(&["transfer", "accept", "--name", "王五"]).exit, 2, "from where is not said");
    assert_eq!(three.new.run(&["transfer", "accept"]).exit, 2);
}

#[test]
fn only_who_stands_above_both_hands_over_and_only_the_new_village_accepts() {
    let three = Three::new();
    let transfer = three.release();
    let said = three.old.run(&["transfer", "hand-over", &transfer, "--to", OLD]).failed(3, "refused");
    assert!(said.contains("本来就是"), "{said}");
    three.up(&three.old);
    assert_eq!(three.town.run(&["transfer", "accept", &transfer]).exit, 3, "nothing was handed over yet");
    assert_eq!(three.town.run(&["transfer", "confirm", &transfer]).exit, 3);
    three.hand_over(&transfer);
    assert_eq!(three.town.run(&["transfer", "hand-over", &transfer]).exit, 3, "once is enough");
    assert_eq!(three.town.run(&["transfer", "accept", &transfer]).exit, 3, "the village does that itself");
    assert_eq!(three.town.run(&["transfer", "hand-over", "0123"]).exit, 2);
    assert_eq!(three.town.run(&["transfer", "confirm", &"0".repeat(32)]).exit, 2);
    three.town.run(&["undo"]).done();
    assert_eq!(transfers(&three.town)[0]["state"], "released", "a hand-over is undone like everything else");
    let nowhere = three.old.run(&["transfer", "release", &three.member, "--to", NEW]);
    assert_eq!(nowhere.exit, 3, "whoever has gone does not go again");
}

#[test]
fn two_villages_of_two_townships_have_their_county_between_them() {
    let (county, east, west) =
        (Desk::of("county", "宣明县委组织部"), Desk::of("township", "东镇党委"), Desk::of("township", "西镇党委"));
    let (old, new) = (Desk::village(), Desk::of("village", NEW));
    let take_in = |above: &Desk, below: &Desk| {
        let (request, grant) = (below.path("申请"), below.path("授权"));
        below.run(&["enrol", "request", "--out", &request]).done();
        above.run(&["enrol", "grant", &request, "--out", &grant]).done();
        below.run(&["enrol", "accept", &grant]).done();
    };
    for (above, below) in [(&county, &east), (&county, &west), (&east, &old), (&west, &new)] {
        take_in(above, below);
    }
    let sticks = std::cell::Cell::new(0);
    let hand = |from: &Desk, to: &Desk, addressee: &str| {
        sticks.set(sticks.get() + 1);
        let read = carry(from, to, addressee, &format!("第{}个", sticks.get()));
        assert_ne!(read["files"][0]["status"], "refused", "{read}");
    };
    let up = || {
        hand(&old, &east, "parent");
        hand(&new, &west, "parent");
        hand(&east, &county, "parent");
        hand(&west, &county, "parent");
    };
    let down = || {
        hand(&county, &east, "东镇党委");
        hand(&county, &west, "西镇党委");
        hand(&east, &old, OLD);
        hand(&west, &new, NEW);
    };
    let fields = json!({ "name": "王秀英", "id_number": NUMBER, "kind": "full" });
    let member = id(&old.call("member.save", json!({ "fields": fields })).done()["id"]);
    up();
    let transfer = id(&old.run(&["transfer", "release", &member, "--to", NEW]).done()["id"]);
    up();
    let said = east.run(&["transfer", "hand-over", &transfer]);
    assert_eq!(said.exit, 3, "the eastern township does not know that village: {}", said.stdout);
    county.run(&["transfer", "hand-over", &transfer]).done();
    down();
    let waiting = transfers(&new);
    let accepted = new.run(&["transfer", "accept", waiting[0]["id"].as_str().unwrap()]).done();
    up();
    county.run(&["transfer", "confirm", &transfer]).done();
    down();
    assert_eq!(transfers(&old)[0]["state"], "done");
    assert_eq!(names(&new), ["王秀英"]);
    let card = county.call("member.card", json!({ "id": accepted["member"] })).done();
    assert_eq!(card["elsewhere"][0]["org_name"], OLD);
    up();
    for (village, township, name) in [(&old, &east, OLD), (&new, &west, NEW)] {
        let digest = |desk: &Desk| desk.run(&["digest", "--org", name]).done();
        assert_eq!(digest(village), digest(township));
        assert_eq!(digest(village), digest(&county));
        village.sound();
    }
    county.sound();
}

#[test]
fn sticks_that_come_in_another_order_bring_the_same() {
    let three = Three::new();
    let first = stick(&three.old, "先写的");
    let transfer = three.release();
    three.old.run(&["bundle", "write", "--to", "parent", "--out", &first]).done();
    three.old.call("member.save", json!({ "fields": { "name": "冯小燕" } })).done();
    let second = stick(&three.old, "后写的");
    three.old.run(&["bundle", "write", "--to", "parent", "--out", &second]).done();
    three.town.run(&["bundle", "read", bundles(&second)[0].to_str().unwrap()]);
    three.town.run(&["bundle", "read", bundles(&first)[0].to_str().unwrap()]);
    three.hand_over(&transfer);

    let handed = stick(&three.town, "转交");
    three.town.run(&["bundle", "write", "--to", NEW, "--out", &handed]).done();
    three.town.run(&["undo"]).done();
    let taken_back = stick(&three.town, "撤了");
    three.town.run(&["bundle", "write", "--to", NEW, "--out", &taken_back]).done();
    // The later stick comes first: nothing is to be accepted; nor after the earlier one.
    for folder in [&taken_back, &handed, &handed] {
        three.new.run(&["bundle", "read", bundles(folder)[0].to_str().unwrap()]);
        assert_eq!(transfers(&three.new).len(), 0, "{folder}");
    }
    three.hand_over(&transfer);
    three.down(&three.new);
    three.accept();
    three.even();
    assert_eq!(names(&three.new), ["王秀英"]);
}
