//! Offices with a laptop each, and sticks between them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};
use yuanba_api::{Api, ApiError, Code};
use yuanba_store::vault::{Price, Strength};
use yuanba_store::{Store, Surroundings, Unlock, WallClock};

pub const OLD: &str = "石河村党支部";
pub const NEW: &str = "云门村党支部";
pub const TOWNSHIP: &str = "柳坝镇党委";
pub const NUMBER: &str = "511722198507010018";
pub const OTHER_NUMBER: &str = "511722198507010026";

/// Everybody's passphrase.
const PASSPHRASE: &str = "柳坝 2026";

/// The morning of 12 June 2026, a second later at every look.
struct Ticking(AtomicI64);

impl WallClock for Ticking {
    fn now_ms(&self) -> i64 {
        self.0.fetch_add(1000, Ordering::SeqCst)
    }
}

const MORNING_MS: i64 = 1_781_226_000_000;

/// A laptop with somebody signed in.
pub struct Seat {
    pub api: Api,
    pub name: String,
    dir: tempfile::TempDir,
    surroundings: Surroundings,
}

impl Seat {
    /// A new store of a level.
    pub fn of(level: &str, name: &str) -> Seat {
        let dir = tempfile::tempdir().expect("a folder");
        let mut surroundings = Surroundings::real();
        surroundings.clock = Arc::new(Ticking(AtomicI64::new(MORNING_MS)));
        surroundings.machine = Some(name.to_owned());
        // A try of a passphrase costs next to nothing here.
        surroundings.price = Price::Fixed(Strength::LEAST);
        let api = Api::with(&dir.path().join("store"), surroundings.clone());
        let seat = Seat { api, name: name.to_owned(), dir, surroundings };
        let user = if level == "village" { "书记" } else { "经办" };
        seat.call(
            "store.create",
            json!({ "level": level, "name": name, "user": user, "passphrase": "柳坝 2026" }),
        );
        seat
    }

    /// A command that works.
    pub fn call(&self, command: &str, request: Value) -> Value {
        self.api.call(command, request).unwrap_or_else(|error| panic!("{}: {command}: {error}", self.name))
    }

    /// A command that is refused, with its sentence.
    pub fn refused(&self, command: &str, request: Value) -> String {
        let error: ApiError = match self.api.call(command, request) {
            Ok(answer) => panic!("{}: {command} was not refused: {answer}", self.name),
            Err(error) => error,
        };
        assert!(matches!(error.code, Code::Refused | Code::NotAllowed | Code::NotFound), "{error:?}");
        format!("{}{}", error.message, error.next_step)
    }

    /// Writes past the commands, as a program of somebody's own could.
    pub fn beside(&self, write: impl FnOnce(&mut Store)) {
        self.call("store.lock", json!({}));
        let unlock = Unlock { user: None, passphrase: PASSPHRASE.to_owned() };
        let dir = self.dir.path().join("store");
        write(&mut Store::open(&dir, unlock, self.surroundings.clone()).expect("a store"));
        self.call("store.open", json!({ "passphrase": PASSPHRASE }));
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Takes another laptop in, plainly or into an organisation.
    pub fn enrol(&self, below: &Seat, into: Option<&str>) {
        let (request, grant) = (below.path("申请"), below.path("授权"));
        below.call("enrol.request", json!({ "out": request }));
        self.call("enrol.grant", json!({ "request": request, "out": grant, "org": into }));
        below.call("enrol.accept", json!({ "file": grant }));
    }

    /// Writes one file for an organisation.
    pub fn write(&self, to: &str) -> PathBuf {
        let folder = tempfile::tempdir_in(self.dir.path()).expect("a stick").keep();
        let written = self.call("bundle.write", json!({ "to": to, "out": folder }));
        PathBuf::from(written["file"].as_str().expect("a file"))
    }

    /// Reads a file; answers with what came of it.
    pub fn read(&self, file: &Path) -> String {
        let read = self.call("bundle.read", json!({ "paths": [file] }));
        text(&read["files"][0]["status"])
    }

    /// Carries everything to another laptop, and the same stick once more.
    pub fn hand(&self, to: &Seat, addressee: &str) {
        let file = self.write(addressee);
        let came = to.read(&file);
        assert!(["read", "already"].contains(&came.as_str()), "{} to {}: {came}", self.name, to.name);
        assert_eq!(to.read(&file), "already");
    }

    pub fn digest(&self, org: &str) -> Value {
        self.call("digest.get", json!({ "org": org }))
    }

    pub fn state(&self) -> Value {
        self.call("digest.get", json!({}))["state_digest"].clone()
    }

    pub fn sound(&self) {
        let verified = self.call("verify.run", json!({}));
        assert_eq!(verified["agrees"], true, "{}: {verified}", self.name);
    }

    /// Writes somebody into the roster.
    pub fn add(&self, fields: Value) -> String {
        text(&self.call("member.save", json!({ "fields": fields }))["id"])
    }

    pub fn change(&self, member: &str, fields: Value) {
        self.call("member.save", json!({ "id": member, "fields": fields }));
    }

    pub fn card(&self, member: &str) -> Value {
        self.call("member.card", json!({ "id": member }))
    }

    /// Who is on the roster.
    pub fn names(&self) -> Vec<String> {
        let found = self.call("roster.query", json!({}));
        let rows = self.call("roster.rows", json!({ "ids": found["ids"] }));
        rows.as_array().unwrap().iter().map(|row| text(&row["name"])).collect()
    }

    pub fn undo(&self) {
        assert!(!self.call("undo.last", json!({})).is_null());
    }

    /// Claims study sessions of one day and reviews them.
    pub fn points(&self, member: &str, event: &str, times: u32) {
        let cells = json!([{ "account": member, "rule": "study-session", "times": times }]);
        let claim = json!({ "group": "members", "date": "2026-06-05", "event": event, "cells": cells });
        self.call("points.claim", claim);
        let claims = self.call("points.claims", json!({ "state": "proposed" }));
        let claims: Vec<Value> = claims.as_array().unwrap().iter().map(|claim| claim["id"].clone()).collect();
        self.call("points.review", json!({ "claims": claims, "approve": true }));
    }

    /// Gives somebody the first post of a category.
    pub fn post(&self, member: &str, category: usize, from: &str) {
        let board = self.call("post.board", json!({}));
        let post = board["categories"][category]["posts"][0]["id"].clone();
        self.call("post.assign", json!({ "member": member, "post": post, "from": from }));
    }

    pub fn transfers(&self) -> Vec<Value> {
        self.call("transfer.list", json!({}))["transfers"].as_array().unwrap().clone()
    }

    /// Does a step of a transfer.
    pub fn step(&self, step: &str, transfer: &str) -> Value {
        self.call(&format!("transfer.{step}"), json!({ "id": transfer }))
    }

    /// Accepts the one that waits.
    pub fn accept(&self) -> String {
        let waiting: Vec<Value> =
            self.transfers().into_iter().filter(|one| one["state"] == "handed_over").collect();
        assert_eq!(waiting.len(), 1, "{waiting:?}");
        text(&self.step("accept", &text(&waiting[0]["id"]))["member"])
    }

    pub fn release(&self, member: &str, to: &str) -> String {
        text(&self.call("transfer.release", json!({ "member": member, "to": to, "reason": "搬家" }))["id"])
    }

    pub fn late(&self, transfer: &str) -> Vec<Value> {
        self.step("late", transfer).as_array().unwrap().clone()
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text: {value}")).to_owned()
}

/// Two villages under one township.
pub struct Three {
    pub old: Seat,
    pub town: Seat,
    pub new: Seat,
}

impl Three {
    pub fn new() -> Three {
        let three = Three {
            old: Seat::of("village", OLD),
            town: Seat::of("township", TOWNSHIP),
            new: Seat::of("village", NEW),
        };
        three.town.enrol(&three.old, None);
        three.town.enrol(&three.new, None);
        three
    }

    /// Somebody of the first village who holds a post and has points, known to the township.
    pub fn with_member() -> (Three, String) {
        let three = Three::new();
        let member = three.old.add(json!({ "name": "王秀英", "id_number": NUMBER, "phones": ["13800000000"],
            "kind": "full", "joined_on": "2008-07-01", "confirmed_on": "2009-07-01" }));
        three.old.post(&member, 0, "2025-03-01");
        three.old.points(&member, "学习", 2);
        three.round();
        (three, member)
    }

    pub fn up(&self, from: &Seat) {
        from.hand(&self.town, "parent");
    }

    pub fn down(&self, to: &Seat) {
        self.town.hand(to, &to.name);
    }

    /// Everybody hands a stick in and takes one home.
    pub fn round(&self) {
        self.up(&self.old);
        self.up(&self.new);
        self.down(&self.old);
        self.down(&self.new);
    }

    /// After everybody has heard everything, all hold the same of each village.
    pub fn even(&self) {
        self.round();
        for village in [&self.old, &self.new] {
            assert_eq!(village.digest(&village.name), self.town.digest(&village.name), "{}", village.name);
        }
        for seat in [&self.old, &self.town, &self.new] {
            seat.sound();
        }
    }
}
