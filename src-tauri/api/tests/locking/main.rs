//! After locking, the memory of the process holds nothing that opens the store. By itself in its process, since another
//! test's secrets would be found here too.
#![cfg(target_os = "linux")]

mod memory;

use memory::{Memory, Secret};
use serde_json::json;
use yuanba_api::Api;
use yuanba_store::vault::{Price, Strength, scrub_stack};
use yuanba_store::{Store, Surroundings, Unlock};

/// Made of pieces, so that the whole stands nowhere in the program itself.
fn passphrase() -> String {
    ["茶园", "的水管", "又漏了 ", "7pm-XK-42"].concat()
}

fn surroundings() -> Surroundings {
    Surroundings { price: Price::Fixed(Strength::LEAST), ..Surroundings::real() }
}

/// What opens the store, covered as soon as it is seen.
fn secrets(dir: &std::path::Path) -> Vec<Secret> {
    let unlock = Unlock { user: None, passphrase: passphrase() };
    let store = Store::open(dir, unlock, surroundings()).expect("it opens");
    let literal = store.key_literal();
    let digits = &literal[2..66];
    let key = hex(digits);
    let identities = store.secret("age.identities").expect("readable").expect("made with the store");
    let issuer = store.issuer().expect("its own").seed();
    let found = vec![
        Secret::cover("the passphrase", passphrase().as_bytes()),
        Secret::cover("the key", &key),
        Secret::cover("the key in digits", digits.as_bytes()),
        Secret::cover("the laptop's key", &store.replica().seed()),
        Secret::cover("the organisation's key", &issuer),
        Secret::cover("the laptop's age key", &identities),
    ];
    drop(store);
    drop(literal);
    found
}

fn hex(digits: &str) -> Vec<u8> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.as_bytes().chunks(2).filter_map(byte).collect()
}

/// A day at the laptop: everything that secrets pass through.
fn work(api: &Api, dir: &std::path::Path) {
    let call = |command: &str, request| {
        api.call(command, request).unwrap_or_else(|error| panic!("{command}: {error}"))
    };
    call("store.open", json!({ "user": null, "passphrase": passphrase() }));
    call("courtyard.save", json!({ "name": "大坪院坝" }));
    call("draft.put", json!({ "key": "note:new", "body": { "text": "水管" } }));
    call("backup.write", json!({ "out": dir.join("copy.yuanba-backup") }));
    call("bundle.write", json!({ "to": call("store.status", json!({}))["org"]["id"], "out": dir }));
    call("verify.run", json!({}));
}

#[test]
fn after_locking_the_memory_holds_no_key_and_no_passphrase() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = dir.path().join("store");
    let api = Api::with(&store, surroundings());
    let made = api.call(
        "store.create",
        json!({ "level": "village", "name": "青石桥村", "user": "罗永福", "passphrase": passphrase() }),
    );
    made.expect("made");
    api.call("store.lock", json!({})).expect("locked");
    let secrets = secrets(&store);
    scrub_stack();

    let mut memory = Memory::new();
    assert_eq!(memory.holding(&secrets), Vec::<&str>::new(), "after making and locking");

    // While somebody is at work it is there, so that this test can fail.
    work(&api, dir.path());
    let at_work = memory.holding(&secrets);
    for expected in ["the key", "the laptop's key", "the organisation's key"] {
        assert!(at_work.contains(&expected), "{expected} is not found while it must be there: {at_work:?}");
    }
    // And each is found where somebody holds it, then no more.
    let held: Vec<Vec<u8>> = secrets.iter().map(Secret::uncovered).collect();
    assert_eq!(memory.holding(&secrets).len(), secrets.len());
    drop(held);

    api.call("store.lock", json!({})).expect("locked");
    assert_eq!(memory.holding(&secrets), Vec::<&str>::new(), "after a day's work and locking");

    // A wrong passphrase leaves nothing of the right one, and being refused leaves nothing at all.
    for wrong in ["茶园", "x"] {
        api.call("store.open", json!({ "passphrase": wrong })).expect_err("wrong");
    }
    assert_eq!(memory.holding(&secrets), Vec::<&str>::new(), "after wrong passphrases");
}
