//! Passphrases: wrong ones, forgotten ones, other people's.

use serde_json::{Value, json};

use crate::desk::{Answer, Desk, PASSPHRASE};

const NEW: &str = "a new one, 2026";

/// Runs with a passphrase and a new one in the surroundings.
fn run_with(desk: &Desk, passphrase: &str, new: &str, words: &[&str]) -> Answer {
    let mut command = desk.command(words);
    command.env("YUANBA_PASSPHRASE", passphrase).env("YUANBA_NEW_PASSPHRASE", new);
    crate::desk::ended(command.spawn().expect("the program starts"))
}

fn opens(desk: &Desk, passphrase: &str) -> bool {
    desk.run_as(Some(passphrase), &["digest"], "").exit == 0
}

/// A township and a village that stands under it and has been opened since.
fn township_and_village() -> (Desk, Desk) {
    let (town, village) = (Desk::of("township", "柳坝镇党委"), Desk::village());
    enrol(&town, &village);
    (town, village)
}

fn enrol(town: &Desk, village: &Desk) {
    let (request, grant) = (village.path("申请"), village.path("授权"));
    village.run(&["enrol", "request", "--out", &request]).done();
    town.run(&["enrol", "grant", &request, "--out", &grant]).done();
    village.run(&["enrol", "accept", &grant]).done();
    // What the village has accepted comes to the township by the first stick.
    village.run(&["bundle", "write", "--to", "parent", "--out", &village.path(".")]).done();
    town.run(&["bundle", "read", &village.path(".")]).done();
}

#[test]
fn the_fifth_wrong_passphrase_brings_a_pause_that_a_new_process_keeps_and_that_ends() {
    let mut desk = Desk::village();
    for left in (0..5).rev() {
        let said = desk.run_as(Some("wrong"), &["digest"], "").failed(4, "wrong_passphrase");
        match left {
            0 => assert!(said.contains("要等 1 分钟才能再试"), "{said}"),
            left => assert!(said.contains(&format!("还可以试 {left} 次，然后要等 1 分钟")), "{said}"),
        }
    }
    // Now the right one does not open either.
    let said = desk.run_as(Some(PASSPHRASE), &["digest"], "").failed(4, "wrong_passphrase");
    assert!(said.contains("还要等 60 秒"), "{said}");
    desk.now = "2026-06-12T09:00:59+08:00";
    assert!(!opens(&desk, PASSPHRASE));
    // A clock that went back does not lock anybody out for long.
    desk.now = "2016-06-12T09:00:00+08:00";
    assert!(!opens(&desk, PASSPHRASE));
    desk.now = "2016-06-12T09:01:00+08:00";
    assert!(opens(&desk, PASSPHRASE));
    // And with a right one everything is forgotten.
    let said = desk.run_as(Some("wrong"), &["digest"], "");
    assert!(said.json()["error"]["message"].as_str().unwrap().contains("还可以试 4 次，然后要等 1 分钟"));
}

#[test]
fn ones_own_passphrase_is_changed_by_whoever_knows_the_old_one() {
    let desk = Desk::village();
    let ask = |request: Value| desk.call("user.passphrase", request);
    ask(json!({ "passphrase": NEW })).failed(3, "refused");
    let said = ask(json!({ "old": "not this one", "passphrase": NEW })).failed(4, "wrong_passphrase");
    assert!(said.contains("原来的口令不对，没有换") && said.contains("还可以试 4 次"), "{said}");
    assert!(opens(&desk, PASSPHRASE) && !opens(&desk, NEW));
    run_with(&desk, PASSPHRASE, NEW, &["user", "passphrase"]).done();
    assert!(opens(&desk, NEW) && !opens(&desk, PASSPHRASE));
}

#[test]
fn people_come_and_go_and_somebody_who_governs_always_stays() {
    let desk = Desk::village();
    let people = || -> Vec<(String, String)> {
        let users = desk.run(&["--user", "书记", "user", "list"]).done()["users"].clone();
        let word = |user: &Value, key: &str| user[key].as_str().unwrap().to_owned();
        users.as_array().unwrap().iter().map(|user| (word(user, "name"), word(user, "role"))).collect()
    };
    run_with(&desk, PASSPHRASE, "zhou's own", &["user", "add", "周晓雯", "--role", "official"]).done();
    run_with(&desk, PASSPHRASE, "x", &["--user", "书记", "user", "add", "周晓雯", "--role", "reader"])
        .failed(3, "refused");
    run_with(&desk, PASSPHRASE, "x", &["--user", "书记", "user", "add", "老刘", "--role", "king"])
        .failed(3, "refused");
    assert_eq!(people(), [("书记".into(), "secretary".into()), ("周晓雯".into(), "official".into())]);

    // The official may not touch anybody's place.
    let as_zhou = |words: &[&str]| {
        let words: Vec<&str> = ["--user", "周晓雯"].iter().chain(words).copied().collect();
        run_with(&desk, "zhou's own", "x", &words)
    };
    as_zhou(&["user", "close", "书记"]).failed(3, "not_allowed");
    as_zhou(&["user", "passphrase", "书记"]).failed(3, "not_allowed");
    as_zhou(&["user", "role", "周晓雯", "--role", "secretary"]).failed(3, "not_allowed");

    let said = desk.run(&["--user", "书记", "user", "close", "书记"]).failed(3, "refused");
    assert!(said.contains("自己"), "{said}");
    desk.run(&["--user", "书记", "user", "role", "书记", "--role", "reader"]).failed(3, "refused");
    desk.run(&["--user", "书记", "user", "role", "周晓雯", "--role", "secretary"]).done();
    assert_eq!(people()[1].1, "secretary");
    // Two who govern: the other one may close the first, and then nobody can close the last.
    as_zhou(&["user", "close", "书记"]).done();
    assert!(!opens(&desk, PASSPHRASE));
    as_zhou(&["user", "close", "周晓雯"]).failed(3, "refused");
    let listed = as_zhou(&["user", "list"]).done();
    assert_eq!(listed["count"], 1);
    assert!(listed["users"][0]["governs"] == true && listed["users"][0]["me"] == true);
    assert_eq!(as_zhou(&["verify"]).done()["agrees"], true);
}

#[test]
fn somebody_elses_passphrase_is_set_anew_by_who_governs_and_the_trail_shows_it() {
    let desk = Desk::village();
    run_with(&desk, PASSPHRASE, "zhou's own", &["user", "add", "周晓雯", "--role", "official"]).done();
    run_with(&desk, PASSPHRASE, "given back", &["--user", "书记", "user", "passphrase", "周晓雯"]).done();
    let as_zhou = |passphrase| desk.run_as(Some(passphrase), &["--user", "周晓雯", "digest"], "").exit;
    assert_eq!((as_zhou("zhou's own"), as_zhou("given back")), (4, 0));
    let looks = desk.run(&["--user", "书记", "audit"]).done();
    assert_eq!(looks["looks"][0]["what"], "给周晓雯重设了口令");
}

#[test]
fn a_forgotten_passphrase_is_set_anew_with_the_townships_help_and_nothing_is_lost() {
    let (town, mut village) = township_and_village();
    village.add("王秀英").done();
    let before = village.digest();
    let (question, answer) = (village.path("求助"), village.path("答复"));

    let asked = village.run_as(None, &["user", "ask", "--out", &question], "").done();
    assert_eq!((&asked["user"], &asked["superior"]), (&json!("书记"), &json!("柳坝镇党委")));
    let bytes = std::fs::read(&question).unwrap();
    assert!(bytes.len() < 4096 && !contains(&bytes, "王秀英".as_bytes()));
    let state = village.run_as(None, &["call", "help.state"], "").done();
    assert_eq!((&state["superior"], &state["waiting_for"]), (&json!("柳坝镇党委"), &json!("书记")));

    let who = town.run(&["user", "who", &question]).done();
    assert_eq!((&who["org"]["name"], &who["user"]), (&json!("石河村党支部"), &json!("书记")));
    let helped =
        town.run(&["user", "assist", &question, "--out", &answer, "--reason", "当面看过身份证"]).done();
    assert_eq!(helped["done"]["text"], "帮石河村党支部的书记重设口令");
    let looks = town.run(&["audit"]).done();
    assert_eq!(
        (&looks["looks"][0]["what"], &looks["looks"][0]["purpose"]),
        (&json!("帮石河村党支部的书记重设口令"), &json!("当面看过身份证"))
    );

    // Guessing in between has brought a pause: the answer ends it.
    for _ in 0..5 {
        assert_eq!(village.run_as(Some("was it this?"), &["digest"], "").exit, 4);
    }
    village.now = "2026-06-14T09:00:00+08:00";
    run_with(&village, "", NEW, &["user", "accept", &answer]).done();
    assert!(opens(&village, NEW) && !opens(&village, PASSPHRASE));
    let after = run_with(&village, NEW, "", &["member", "list"]).done();
    assert_eq!(after["members"][0]["name"], "王秀英");
    let looks = run_with(&village, NEW, "", &["audit"]).done();
    assert_eq!(looks["looks"][0]["what"], "柳坝镇党委帮着重设了书记的口令");
    let now = run_with(&village, NEW, "", &["digest"]).done();
    assert_eq!(now["ops"].as_u64(), before["ops"].as_u64().map(|ops| ops + 1), "only the trail has grown");

    // The same answer is good for nothing any more.
    run_with(&village, "", "a thief's", &["user", "accept", &answer]).failed(3, "refused");
    assert!(opens(&village, NEW) && !opens(&village, "a thief's"));
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn help_goes_to_whom_it_was_asked_from_and_comes_back_to_who_asked() {
    let (town, mut village) = township_and_village();
    let other = Desk::of("village", "云门村党支部");
    enrol(&town, &other);
    let stranger = Desk::of("township", "石门镇党委");
    let (question, answer) = (village.path("求助"), village.path("答复"));
    let reason = ["--reason", "当面看过"];
    let assist = |desk: &Desk, question: &str, out: &str| {
        desk.run(&[&["user", "assist", question, "--out", out][..], &reason].concat())
    };

    // A village by itself has nobody to ask.
    let alone = Desk::village();
    let said = alone.run_as(None, &["user", "ask", "--out", &alone.path("求助")], "").failed(3, "refused");
    assert!(said.contains("恢复码"), "{said}");
    assert!(!std::path::Path::new(&alone.path("求助")).exists());

    village.run_as(None, &["user", "ask", "--out", &question], "").done();
    // Another township, the village itself and another village cannot help with it.
    for desk in [&stranger, &village, &other] {
        assist(desk, &question, &desk.path("x")).failed(3, "refused");
        assert!(!std::path::Path::new(&desk.path("x")).exists());
        assert_eq!(desk.run(&["audit"]).done()["count"], 0);
    }
    // Without a reason, nobody helps.
    town.run(&["user", "assist", &question, "--out", &answer, "--reason", " "]).failed(3, "refused");
    assist(&town, &question, &answer).done();

    // The answer opens nothing elsewhere, and a laptop that asked nothing waits for nothing.
    let accept = |desk: &Desk, file: &str| run_with(desk, "", "a thief's", &["user", "accept", file]);
    accept(&other, &answer).failed(3, "refused");
    other.run_as(None, &["user", "ask", "--out", &other.path("求助")], "").done();
    accept(&other, &answer).failed(3, "refused");
    assert!(opens(&other, PASSPHRASE));

    // Files that are cut or turned over are refused, and any file that is none.
    let (whole_question, whole_answer) = (std::fs::read(&question).unwrap(), std::fs::read(&answer).unwrap());
    for (whole, words) in [(&whole_question, "who"), (&whole_answer, "accept")] {
        let at = if words == "who" { &town } else { &village };
        for bad in [
            whole[..whole.len() - 1].to_vec(),
            whole[..whole.len() / 2].to_vec(),
            Vec::new(),
            flipped(whole, whole.len() / 2),
            flipped(whole, whole.len() - 1),
            [whole.as_slice(), b"x"].concat(),
            vec![b'Y'; 100_000],
            b"YUANBA-HELP 2\nx\n\n".to_vec(),
            b"YUANBA-ANSWER 2\nx\n\n".to_vec(),
        ] {
            let file = at.file("bad", bad);
            run_with(at, PASSPHRASE, "a thief's", &["user", words, &file]).failed(3, "refused");
        }
        let missing = at.path("nowhere");
        run_with(at, PASSPHRASE, "a thief's", &["user", words, &missing]).failed(2, "wrong_usage");
    }
    assert!(opens(&village, PASSPHRASE));

    // Who asks again is answered by the answer to the last question only.
    village.run_as(None, &["user", "ask", "--out", &question], "").done();
    accept(&village, &answer).failed(3, "refused");
    assist(&town, &question, &answer).done();
    // After three days it is too late; a clock that went back makes it no earlier.
    village.now = "2026-06-15T09:00:01+08:00";
    accept(&village, &answer).failed(3, "refused");
    village.now = "2026-06-15T08:59:00+08:00";
    run_with(&village, "", NEW, &["user", "accept", &answer]).done();
    assert!(opens(&village, NEW));
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1;
    bytes
}

#[test]
fn a_question_whose_name_was_changed_on_the_way_is_answered_to_nobody() {
    let (town, village) = township_and_village();
    run_with(&village, PASSPHRASE, "zhou's own", &["user", "add", "周晓雯", "--role", "official"]).done();
    let (question, answer) = (village.path("求助"), village.path("答复"));
    // Zhou asks for the secretary's passphrase, and shows the township a question in her own name.
    village.run_as(None, &["user", "ask", "书记", "--out", &question], "").done();
    let mut bytes = std::fs::read(&question).unwrap();
    let end = bytes.len() - 32;
    let at = bytes.windows(6).position(|window| window == "书记".as_bytes()).expect("the name");
    bytes[at..at + 6].copy_from_slice("周雯".as_bytes());
    let digest = blake3_of(&bytes[..end]);
    bytes[end..].copy_from_slice(&digest);
    let forged = village.file("改过的", &bytes);
    assert_eq!(town.run(&["user", "who", &forged]).done()["user"], "周雯");
    town.run(&["user", "assist", &forged, "--out", &answer, "--reason", "看过身份证"]).done();
    run_with(&village, "", "hers now", &["user", "accept", &answer]).failed(3, "refused");
    let secretary = |passphrase| village.run_as(Some(passphrase), &["--user", "书记", "digest"], "").exit;
    assert_eq!((secretary(PASSPHRASE), secretary("hers now")), (0, 4));
}

fn blake3_of(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

#[test]
fn who_leaves_hands_over_by_a_list_and_what_is_open_changes_hands() {
    let desk = Desk::village();
    desk.add("王秀英").done();
    let as_zhou = |words: &[&str]| {
        let words: Vec<&str> = ["--user", "周晓雯"].iter().chain(words).copied().collect();
        run_with(&desk, "zhou's own", "x", &words)
    };
    let as_secretary = |words: &[&str]| {
        let words: Vec<&str> = ["--user", "书记"].iter().chain(words).copied().collect();
        desk.run(&words)
    };
    run_with(&desk, PASSPHRASE, "zhou's own", &["user", "add", "周晓雯", "--role", "official"]).done();
    let matter = as_secretary(&["call", "errand.catalogue"]).done()[0]["id"].as_str().unwrap().to_owned();
    let open = json!({ "person": "何玉兰", "matter": matter }).to_string();
    let of_secretary = as_secretary(&["call", "errand.open", &open]).done();
    let of_zhou = as_zhou(&["call", "errand.open", &open]).done();

    let preview = as_secretary(&["call", "handover.preview"]).done();
    assert_eq!((&preview["theirs"], preview["errands"].as_array().unwrap().len()), (&json!(1), 2));
    assert_eq!(preview["candidates"], json!(["周晓雯"]));
    let count = |label: &str| {
        let items = preview["items"].as_array().unwrap();
        items.iter().find(|item| item["label"] == label).unwrap_or_else(|| panic!("{label}"))["count"].clone()
    };
    assert_eq!(
        (count("党员和发展对象"), count("没办完的代办"), count("记录")),
        (json!(1), json!(2), preview["changes"].clone())
    );

    let list = desk.path("移交清单.xlsx");
    let hand_over = |to: &str, out: &str| {
        as_secretary(&["user", "hand-over", "--to", to, "--witness", "邓长青", "--out", out])
    };
    hand_over("书记", &list).failed(3, "refused");
    hand_over("没有的人", &list).failed(2, "not_found");
    // Nothing is handed over by a list that could not be written.
    hand_over("周晓雯", &desk.path("nowhere/移交清单.xlsx")).failed(3, "refused");
    as_zhou(&["user", "hand-over", "--to", "书记", "--out", &list]).failed(3, "not_allowed");
    assert_eq!(as_secretary(&["user", "list"]).done()["count"], 2);
    assert!(!std::path::Path::new(&list).exists());

    let digest = as_secretary(&["digest"]).done();
    let done = hand_over("周晓雯", &list).done();
    assert_eq!(
        (&done["errands"], &done["role_name"], &done["locked"]),
        (&json!(1), &json!("书记"), &json!(true))
    );
    assert!(std::fs::metadata(&list).unwrap().len() > 1000);
    // Who left does not come in any more; who took over governs, and holds both matters.
    assert_eq!(as_secretary(&["digest"]).exit, 4);
    let users = as_zhou(&["user", "list"]).done();
    assert_eq!((&users["count"], &users["users"][0]["role"]), (&json!(1), &json!("secretary")));
    let errands = as_zhou(&["call", "errand.list", "{\"state\": \"open\"}"]).done();
    for number in [&of_secretary["number"], &of_zhou["number"]] {
        let errand = errands.as_array().unwrap().iter().find(|errand| errand["number"] == *number).unwrap();
        assert_eq!(errand["agent_name"], "周晓雯");
    }
    let past = as_zhou(&["user", "hand-overs"]).done();
    let entry = &past["handovers"][0];
    assert_eq!(
        (&entry["from"], &entry["to"], &entry["witness"]),
        (&json!("书记"), &json!("周晓雯"), &json!("邓长青"))
    );
    assert!(digest["ops_digest"].as_str().unwrap().starts_with(entry["digest"].as_str().unwrap()));
    assert!(entry["listed"].as_array().unwrap().iter().any(|line| line == "党员和发展对象 1 人"));
    assert_eq!(as_zhou(&["verify"]).done()["agrees"], true);
}

#[test]
fn the_price_of_a_passphrase_can_be_measured_without_a_store() {
    let desk = Desk::empty();
    // Cheap here: the figures that count are a release's (`./dev bench passphrase`).
    let mut command = desk.command(&["bench", "passphrase"]);
    let measured =
        crate::desk::ended(command.env("YUANBA_STRENGTH", "least").spawn().expect("it starts")).done();
    assert_eq!(measured["strength"], json!({ "memory_kib": 8, "passes": 1, "lanes": 1 }));
    assert_eq!((&measured["wrong_opened"], &measured["wrong"]["runs"]), (&json!(0), &json!(20)));
    assert_eq!((&measured["right_opened"], &measured["right"]["runs"]), (&json!(5), &json!(5)));
    assert!(!desk.store().exists());
}
