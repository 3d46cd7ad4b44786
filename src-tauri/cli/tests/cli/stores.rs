//! Stores: made once, opened by those who may, copied and brought back.

use serde_json::json;

use crate::desk::Desk;

#[test]
fn a_village_is_made_once_and_says_who_it_is() {
    let desk = Desk::village();
    let orgs = desk.run(&["org", "list"]).done();
    assert_eq!(orgs["count"], 1);
    assert_eq!(orgs["organisations"][0]["name"], "石河村党支部");
    assert_eq!(orgs["organisations"][0]["level"], "village");

    let again = desk.run(&["init", "--level", "village", "--name", "别的村"]);
    assert_eq!(again.exit, 2, "a second store in the folder is wrong usage");
    assert_eq!(desk.run(&["org", "list"]).done(), orgs);
}

#[test]
fn nobody_opens_a_store_with_a_wrong_passphrase_or_with_none() {
    let desk = Desk::village();
    let before = desk.digest();
    for (passphrase, code) in [(Some("rice and cabbage"), "wrong_passphrase"), (None, "locked")] {
        let refused = desk.run_as(passphrase, &["digest"], "");
        assert_eq!(refused.exit, 4);
        let error = &refused.json()["error"];
        assert_eq!(error["code"], code);
        assert!(error["message"].as_str().unwrap().contains("数据都在"), "{error}");
        assert!(!error["next_step"].as_str().unwrap().is_empty());
    }
    assert_eq!(desk.digest(), before);
}

#[test]
fn words_that_make_no_sense_do_nothing_and_exit_with_2() {
    let desk = Desk::village();
    for words in [
        &["nonsense"][..],
        &[],
        &["roster"],
        &["roster", "import"],
        &["member", "list", "--unmasked"],
        &["digest", "--org", "没有这个村"],
        &["call", "no.such"],
        &["call", "member.save", "{not json"],
        &["call", "member.save", "{\"nobody\": 1}"],
    ] {
        let answer = desk.run(words);
        assert_eq!(answer.exit, 2, "{words:?}: {}", answer.stdout);
        assert_eq!(answer.json()["error"]["code"], "wrong_usage", "{words:?}");
    }
    let missing = desk.run(&["init", "--level", "village"]);
    assert!(missing.json()["error"]["field"].as_str().unwrap().contains("--name"), "{}", missing.stdout);
    assert!(missing.stderr.starts_with("命令写得不对"), "{}", missing.stderr);
    assert!(desk.run(&["undo", "--help"]).done()["text"].as_str().unwrap().contains("撤销"));
    let nowhere = Desk::empty().run(&["digest"]);
    assert_eq!((nowhere.exit, nowhere.json()["error"]["code"].clone()), (2, json!("not_found")));
}

#[test]
fn a_backup_brings_everything_back_in_another_folder() {
    let desk = Desk::village();
    desk.call("member.save", json!({ "fields": { "name": "王秀英" } })).done();
    let backup = desk.path("copy.yuanba-backup");
    assert!(desk.run(&["backup", &backup]).done()["bytes"].as_u64().unwrap() > 10_000);

    let other = Desk::empty();
    other.run(&["restore", &backup]).done();
    assert_eq!(other.digest(), desk.digest());
    assert_eq!(other.run(&["restore", &backup]).exit, 2, "what is there is not overwritten");

    let whole = std::fs::read(&backup).unwrap();
    let torn = desk.path("torn.yuanba-backup");
    std::fs::write(&torn, &whole[..whole.len() - 7]).unwrap();
    let third = Desk::empty();
    let refused = third.run(&["restore", &torn]);
    assert_eq!((refused.exit, refused.json()["error"]["code"].clone()), (3, json!("refused")));
    assert_eq!(third.run(&["digest"]).exit, 2, "nothing was left behind");
}

#[test]
fn a_store_that_was_damaged_on_the_disk_is_told_and_not_opened() {
    let desk = Desk::village();
    let file = desk.store().join("yuanba.db");
    let mut bytes = std::fs::read(&file).unwrap();
    for byte in &mut bytes[4096..8192] {
        *byte ^= 0xff;
    }
    std::fs::write(&file, bytes).unwrap();
    let answer = desk.run(&["verify"]);
    assert_eq!(answer.exit, 4, "{}{}", answer.stdout, answer.stderr);
}

#[test]
fn a_batch_answers_each_line_with_its_own_exit_code() {
    let desk = Desk::village();
    let lines = [
        r#"["org", "list"]"#,
        r#"["call", "member.save", "{\"fields\": {\"name\": \"李四\"}}"]"#,
        r#"["member", "list", "--search", "ls"]"#,
        "",
        r#"["nonsense"]"#,
        "not json",
        r#"["batch", "-"]"#,
        r#"["undo"]"#,
        r#"["member", "list"]"#,
    ];
    let answer = desk.run_as(Some("cabbage and rice"), &["batch", "-"], &lines.join("\n"));
    assert_eq!(answer.exit, 0, "{}", answer.stderr);
    let answers: Vec<serde_json::Value> =
        answer.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let exits: Vec<i64> = answers.iter().map(|a| a["exit"].as_i64().unwrap()).collect();
    assert_eq!(exits, [0, 0, 0, 2, 2, 2, 0, 0]);
    assert_eq!(answers[2]["result"]["count"], 1);
    assert_eq!(answers[7]["result"]["count"], 0, "the undo of a batch is an undo like any other");
}

#[test]
fn an_odd_clock_warns_and_stops_nothing() {
    let desk = Desk::village();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_yuanba-cli"));
    let run = command
        .args(["--json", "member", "list"])
        .env("YUANBA_STORE", desk.store())
        .env("YUANBA_PASSPHRASE", "cabbage and rice")
        .env("YUANBA_NOW", "1970-01-01T00:00:00Z");
    let output = run.output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("1970"));
}

#[test]
fn every_command_is_listed_with_its_schemas() {
    let list = Desk::empty().run(&["commands"]).done();
    let list = list.as_array().unwrap();
    assert!(list.len() > 30, "{}", list.len());
    for command in list {
        assert!(command["name"].as_str().unwrap().contains('.'));
        assert!(!command["about"].as_str().unwrap().is_empty());
        for side in ["request", "response"] {
            assert!(command[side].is_object(), "{}: {side}", command["name"]);
        }
    }
}

#[test]
fn whoever_forgot_the_passphrase_comes_in_by_the_code_on_paper() {
    let desk = Desk::empty();
    let made = desk.run(&["init", "--level", "village", "--name", "石河村党支部"]).done();
    let before = desk.digest();
    let recover = |code: &str| {
        let request = json!({ "recovery_code": code, "passphrase": "a new one" }).to_string();
        desk.run_as(None, &["call", "store.recover", &request], "")
    };
    assert_eq!(recover("ABCDE-FGHJK").exit, 4);
    let code = made["recovery_code"].as_str().unwrap();
    let wrong = format!("{}{}", if code.starts_with('A') { 'B' } else { 'A' }, &code[1..]);
    assert_eq!(recover(&wrong).exit, 4, "a code that was read wrong opens nothing");
    assert_eq!(recover(made["recovery_code"].as_str().unwrap()).exit, 0);
    assert_eq!(desk.run(&["digest"]).exit, 4, "the old passphrase opens nothing any more");
    assert_eq!(desk.run_as(Some("a new one"), &["digest"], "").done(), before);
}

#[test]
fn rules_that_contradict_each_other_are_refused_with_both_lines() {
    let desk = Desk::empty();
    let folder = desk.folder.path().join("rules");
    std::fs::create_dir_all(&folder).unwrap();
    let edition =
        "[[in_force]]\nfrom = \"2020-01-01\"\nquiet_courtyard_days = 30\ncoming_days = 7\nsource = \"x\"\n";
    std::fs::write(folder.join("home.toml"), format!("shape = \"home-rules\"\n{edition}{edition}")).unwrap();
    let path = desk.folder.path().to_string_lossy().into_owned();
    let checked = desk.run(&["practice", "check", &path]);
    assert_eq!(checked.exit, 3, "{}", checked.stdout);
    let problem = &checked.json()["problems"][0];
    assert_ne!(problem["at"]["line"], problem["with"]["line"], "{problem}");
    assert_eq!(desk.run(&["practice", "diff", &path]).done()["count"], 1);
    assert_eq!(desk.run(&["practice", "show"]).done()["fallback"], true, "a place that no county claims");
}
