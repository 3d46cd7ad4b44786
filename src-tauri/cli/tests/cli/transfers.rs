//! A member moves from one village to another by command line; what else can happen on the way is judged beside the
//! typed commands.

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::sticks::{carry, enrol};

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
        let released =
            self.old.run(&["transfer", "release", &self.member, "--to", NEW, "--reason", "搬家"]).done();
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
    assert_eq!(
        (listed[0]["state"].clone(), listed[0]["steps"].clone()),
        (json!("released"), json!(["cancel"]))
    );
    let refused = three.rename("13900000000").failed(3, "refused");
    assert!(refused.contains("已经转出") && refused.contains(NEW), "{refused}");

    three.up(&three.old);
    let listed = transfers(&three.town);
    assert_eq!(listed[0]["steps"], json!(["hand_over", "cancel"]));
    assert_eq!(
        listed[0]["suggested"],
        three
            .town
            .call("org.list", json!({}))
            .done()
            .as_array()
            .unwrap()
            .iter()
            .find(|org| org["name"] == NEW)
            .unwrap()["id"]
    );
    three.hand_over(&transfer);
    three.down(&three.new);
    let waiting = transfers(&three.new);
    assert_eq!((waiting.len(), waiting[0]["from_name"].clone()), (1, json!(OLD)));
    assert_eq!(waiting[0]["id_number"], "511722********0018");
    let shown = three.new.run(&["transfer", "show", waiting[0]["id"].as_str().unwrap()]).done();
    assert_eq!(shown["fields"]["name"], "王秀英");
    assert!(!shown.to_string().contains(NUMBER) && !shown.to_string().contains("13800000000"));

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
    assert_eq!(
        (listed[0]["state"].clone(), listed[0]["steps"].clone()),
        (json!("accepted"), json!(["confirm"]))
    );
    three.town.run(&["transfer", "confirm", &transfer]).done();
    three.down(&three.old);
    let told = transfers(&three.old);
    assert_eq!(
        (told[0]["state"].clone(), told[0]["accepted_on"].clone()),
        (json!("done"), json!("2026-06-12"))
    );
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
fn out_of_everything_that_we_hold_and_in_from_there() {
    let three = Three::new();
    let words = [
        "transfer",
        "release",
        &three.member,
        "--to",
        "外县河口村党支部",
        "--outside",
        "--letter",
        "川组转2026第7号",
    ];
    let released = three.old.run(&words).done();
    assert_eq!(transfers(&three.old)[0]["state"], "outside");
    assert_eq!(names(&three.old), [""; 0]);
    three.up(&three.old);
    assert_eq!(transfers(&three.town)[0]["state"], "outside");
    assert_eq!(three.town.run(&["transfer", "list"]).done()["waiting"], 0);
    assert_eq!(three.old.run(&["transfer", "cancel", released["id"].as_str().unwrap()]).exit, 0);
    assert_eq!(names(&three.old), ["王秀英"]);

    let words =
        ["transfer", "accept", "--from", "外县河口村党支部", "--name", "李长河", "--letter", "豫组转3号"];
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
fn what_is_late_is_settled_and_persons_are_joined_and_parted_in_words() {
    let town = Desk::of("township", TOWNSHIP);
    let help = |words: &[&str]| {
        let help = town.command(words).output().unwrap();
        String::from_utf8(help.stdout).unwrap()
    };
    let listed = help(&["transfer", "--help"]);
    for word in ["release", "hand-over", "accept", "confirm", "cancel", "list", "show", "late", "settle"] {
        assert!(listed.contains(word), "{word}: {listed}");
    }
    assert_eq!(town.run(&["transfer", "list"]).done()["sentence"], "还没有人转进转出。");
    let nobody = "0".repeat(32);
    assert_eq!(town.run(&["transfer", "late", &nobody]).exit, 2);
    assert_eq!(town.run(&["transfer", "settle", &nobody, &nobody]).exit, 2, "neither taken nor left");
    assert_eq!(town.run(&["transfer", "settle", &nobody, &nobody, "--take", "--leave"]).exit, 2);

    let village = Desk::village();
    let born = json!({ "name": "王秀英", "birth_date": "1985-07-01" });
    let ids: Vec<String> =
        (0..2).map(|_| id(&village.call("member.save", json!({ "fields": born })).done()["id"])).collect();
    assert_eq!(village.run(&["person", "doubles"]).done()["count"], 1);
    village.run(&["person", "join", &ids[0], &ids[1], "--reason", "重复登记"]).done();
    assert_eq!(village.people(), 1);
    assert_eq!(village.run(&["person", "join", &ids[0], &ids[1]]).exit, 3);
    village.run(&["person", "part", &ids[0], &ids[1]]).done();
    assert_eq!(
        (village.people(), village.run(&["person", "doubles"]).done()["count"].clone()),
        (2, json!(0))
    );
    village.sound();
}
