//! A forgotten passphrase and the township: the slot follows what becomes of the township and its key.

use serde_json::{Value, json};

use crate::seats::{Seat, TOWNSHIP, Three, text};

const NEW: &str = "想起来了 2026";

fn ask(seat: &Seat, name: &str) -> String {
    let file = seat.path(name).to_string_lossy().into_owned();
    seat.call("store.lock", json!({}));
    seat.call("help.ask", json!({ "user": null, "out": file }));
    file
}

/// Asks `helper` with a question; the new passphrase opens afterwards.
fn helped(seat: &Seat, helper: &Seat, question: &str) {
    let answer = seat.path("答复").to_string_lossy().into_owned();
    helper.call("help.give", json!({ "file": question, "out": answer, "reason": "当面看过" }));
    let status = seat.call("help.accept", json!({ "file": answer, "passphrase": NEW }))["status"].clone();
    assert_eq!(status["open"], true);
    seat.call("store.lock", json!({}));
    seat.call("store.open", json!({ "passphrase": NEW }));
}

fn reopen(seat: &Seat, passphrase: &str) {
    seat.call("store.lock", json!({}));
    seat.call("store.open", json!({ "passphrase": passphrase }));
}

fn superior(seat: &Seat) -> Value {
    seat.call("help.state", json!({}))["superior"].clone()
}

#[test]
fn a_store_that_was_enrolled_before_there_was_such_a_slot_gets_it_when_it_is_opened() {
    let three = Three::new();
    three.up(&three.old);
    assert_eq!(superior(&three.old), TOWNSHIP);
    let take_away = |store: &mut yuanba_store::Store| {
        store.change_vault(|vault, key| vault.keep_superior(key, None)).expect("written");
        assert!(store.vault().superior().is_none());
    };
    // Opened again by the program afterwards.
    three.old.beside(take_away);
    assert_eq!(superior(&three.old), TOWNSHIP);
    let question = ask(&three.old, "求助");
    helped(&three.old, &three.town, &question);
    three.old.sound();
}

#[test]
fn the_slot_follows_the_townships_key_and_an_older_question_is_answered_all_the_same() {
    let three = Three::new();
    three.round();
    let recipients = |seat: &Seat| {
        let file = std::fs::read_to_string(seat.path("store").join("keys.json")).expect("the keys");
        serde_json::from_str::<Value>(&file).expect("JSON")["superior"]["recipients"].clone()
    };
    let before = recipients(&three.old);
    // Asked before the township changed its key, carried there afterwards.
    let question = ask(&three.new, "求助");
    reopen(&three.new, "柳坝 2026");
    three.town.beside(|store| {
        let org = store.org();
        yuanba_exchange::keys::rotate_org_key(store, org).expect("rotated");
    });
    three.round();
    assert_eq!(recipients(&three.old), before, "until it is opened again");
    reopen(&three.old, "柳坝 2026");
    assert_ne!(recipients(&three.old), before);
    helped(&three.new, &three.town, &question);
    let question = ask(&three.old, "求助");
    helped(&three.old, &three.town, &question);
}

#[test]
fn two_villages_do_not_get_into_each_others_way_and_a_question_is_answered_by_its_township_alone() {
    let three = Three::new();
    three.up(&three.old);
    three.up(&three.new);
    let stranger = Seat::of("township", "石门镇党委");
    let (old, new) = (ask(&three.old, "求助"), ask(&three.new, "求助"));
    for file in [&old, &new] {
        let said = stranger.refused("help.look", json!({ "file": file }));
        assert!(said.contains("不是写给这里的"), "{said}");
    }
    let (one, other) = (three.old.path("答复"), three.new.path("答复"));
    for (file, out) in [(&old, &one), (&new, &other)] {
        three.town.call("help.give", json!({ "file": file, "out": out, "reason": "当面看过" }));
    }
    // The sticks were mixed up.
    for (seat, wrong) in [(&three.old, &other), (&three.new, &one)] {
        let said = seat.refused("help.accept", json!({ "file": wrong, "passphrase": NEW }));
        assert!(said.contains("对不上"), "{said}");
    }
    for (seat, right) in [(&three.old, &one), (&three.new, &other)] {
        seat.call("help.accept", json!({ "file": right, "passphrase": NEW }));
    }
    let looks = three.town.call("audit.list", json!({}));
    let what: Vec<String> = looks.as_array().unwrap().iter().map(|look| text(&look["what"])).collect();
    assert_eq!(what.len(), 2, "{what:?}");
    assert!(what.iter().all(|what| what.ends_with("的书记重设口令")), "{what:?}");
}
