//! A made-up village with a clock that the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};
use yuanba_api::{Api, ApiError, Channel};
use yuanba_store::vault::{Price, Strength};
use yuanba_store::{Surroundings, WallClock};

/// A clock that stands until it is moved.
struct TestClock(AtomicI64);

impl WallClock for TestClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A village whose secretary is signed in.
pub struct Village {
    pub api: Api,
    pub dir: tempfile::TempDir,
    clock: Arc<TestClock>,
}

/// The secretary's passphrase.
pub const PASSPHRASE: &str = "shi qiao 2026";

impl Village {
    /// A new village on the morning of 12 June 2026.
    pub fn new() -> Village {
        Village::of("village", "青石桥村", "罗永福")
    }

    /// A data folder without a store on the same morning.
    pub fn empty() -> Village {
        let clock = Arc::new(TestClock(AtomicI64::new(0)));
        let dir = tempfile::tempdir().expect("a folder");
        let village = Village::by_channel(dir, clock, Channel::built_in());
        village.on("2026-06-12");
        village
    }

    /// The same folder under another program, which judges updates so; nobody is signed in.
    pub fn restarted(self, channel: Channel) -> Village {
        self.api.close();
        Village::by_channel(self.dir, self.clock, channel)
    }

    fn by_channel(dir: tempfile::TempDir, clock: Arc<TestClock>, channel: Channel) -> Village {
        let mut surroundings = Surroundings::real();
        surroundings.clock = clock.clone();
        surroundings.machine = Some("test".to_owned());
        // A try of a passphrase costs next to nothing here.
        surroundings.price = Price::Fixed(Strength { memory_kib: 8, passes: 1, lanes: 1 });
        Village { api: Api::by_channel(dir.path(), surroundings, channel), dir, clock }
    }

    /// A new store of a level on the same morning, with whoever works there.
    pub fn of(level: &str, name: &str, user: &str) -> Village {
        let village = Village::empty();
        village.call(
            "store.create",
            json!({"level": level, "name": name, "user": user, "passphrase": PASSPHRASE}),
        );
        village
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_string_lossy().into_owned()
    }

    /// Takes its place under an office, or beside another computer of `org`.
    pub fn enrol(&self, office: &Village, org: Option<&str>) {
        let (request, grant) = (self.path("申请"), self.path("授权"));
        self.call("enrol.request", json!({"out": request}));
        office.call("enrol.grant", json!({"request": request, "out": grant, "org": org}));
        self.call("enrol.accept", json!({"file": grant}));
    }

    /// Writes a stick for somebody into a new folder.
    pub fn write(&self, to: &str) -> String {
        let folder =
            self.path(&format!("U盘{}", std::fs::read_dir(self.dir.path()).expect("a folder").count()));
        std::fs::create_dir(&folder).expect("a folder");
        self.call("bundle.write", json!({"to": to, "out": folder}));
        folder
    }

    /// Carries a stick to somebody who reads it.
    pub fn carry(&self, to: &str, reader: &Village) -> Value {
        reader.call("bundle.read", json!({"paths": [self.write(to)]}))["files"][0].clone()
    }

    /// Moves the clock to a minute of a day.
    pub fn at(&self, day: &str, time: &str) {
        let time = chrono::DateTime::parse_from_rfc3339(&format!("{day}T{time}:00+08:00")).expect("a time");
        self.clock.0.store(time.timestamp_millis(), Ordering::SeqCst);
    }

    /// Moves the clock to ten in the morning of a day.
    pub fn on(&self, day: &str) {
        let time = chrono::DateTime::parse_from_rfc3339(&format!("{day}T10:00:00+08:00")).expect("a day");
        self.clock.0.store(time.timestamp_millis(), Ordering::SeqCst);
    }

    /// A command that works.
    pub fn call(&self, command: &str, request: Value) -> Value {
        self.api.call(command, request).unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// The result of long work, waited for.
    pub fn job(&self, command: &str, request: Value) -> Value {
        let job = self.call(command, request)["job"].clone();
        loop {
            let now = self.call("job.status", json!({"job": job}));
            assert!(now["error"].is_null(), "{command}: {now}");
            if now["finished"] == true {
                return now["result"].clone();
            }
            std::thread::yield_now();
        }
    }

    /// What is said when long work was refused.
    pub fn job_refused(&self, command: &str, request: Value) -> String {
        let begun = self.call(command, request);
        let error = self.api.wait(begun["job"].as_str().expect("a job")).expect_err(command);
        format!("{}{}", error.message, error.next_step)
    }

    /// A command that is refused.
    pub fn refused(&self, command: &str, request: Value) -> ApiError {
        match self.api.call(command, request) {
            Ok(answer) => panic!("{command} was not refused: {answer}"),
            Err(error) => error,
        }
    }

    /// Writes a member of the roster.
    pub fn member(&self, fields: Value) -> Value {
        self.call("member.save", json!({"id": null, "fields": fields}))["id"].clone()
    }

    /// A full member of the second group.
    pub fn full_member(&self, name: &str) -> Value {
        self.member(json!({"name": name, "kind": "full", "party_group": "第二党小组"}))
    }

    /// Takes back what a command did.
    pub fn undo(&self, answer: &Value) {
        self.call("undo.group", json!({"group": answer["done"]["group"]}));
    }
}

/// What undo shows for an answer.
pub fn said(answer: &Value) -> &str {
    answer["done"]["text"].as_str().expect("a sentence")
}
