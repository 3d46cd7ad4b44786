//! Copies that the program makes by itself, what is said of them, and a copy in the place of the present store.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::village::{PASSPHRASE, Village};

/// A village whose copies go to a folder of the test.
fn village() -> (Village, PathBuf) {
    let village = Village::new();
    let place = tempfile::tempdir().unwrap().keep();
    village.call("backup.set", json!({"folder": place}));
    (village, place)
}

fn copies(place: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(place)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn backup_task(village: &Village) -> Value {
    let today = village.call("home.today", json!({}));
    let tasks = today["today"].as_array().unwrap().clone();
    tasks.into_iter().find(|task| task["id"] == "backup").unwrap_or_default()
}

#[test]
fn a_year_of_daily_copies_leaves_a_handful_and_the_newest_is_the_store() {
    let (village, place) = village();
    let mut day = chrono::NaiveDate::from_ymd_opt(2026, 6, 12).unwrap();
    for n in 0..60 {
        village.on(&day.to_string());
        village.call("member.save", json!({"fields": {"name": format!("罗永{n}")}}));
        let made = village.job("backup.now", json!({}));
        assert!(Path::new(made["path"].as_str().unwrap()).exists());
        // A second one of the same day takes the first one's place.
        if n % 20 == 0 {
            assert_eq!(village.job("backup.now", json!({}))["path"], made["path"]);
        }
        day = day.succ_opt().unwrap();
    }
    let there = copies(&place);
    assert!((10..=14).contains(&there.len()), "{there:?}");
    assert!(there.last().unwrap().contains("青石桥村-A-2026-08-10"), "{there:?}");
    // Whatever else lies there is nobody's business.
    std::fs::write(place.join("别的.yuanba-backup"), "a letter").unwrap();
    std::fs::write(place.join("照片.jpg"), "a picture").unwrap();
    village.on("2026-08-11");
    village.job("backup.now", json!({}));
    assert!(place.join("别的.yuanba-backup").exists() && place.join("照片.jpg").exists());

    let newest = village.call("backup.found", json!({}))[0].clone();
    assert_eq!((&newest["org_name"], &newest["own"]), (&json!("青石桥村"), &json!(true)));
    let other = Village::empty();
    other.call("backup.restore", json!({"file": newest["file"]}));
    other.call("store.open", json!({"passphrase": PASSPHRASE}));
    assert_eq!(other.call("digest.get", json!({})), village.call("digest.get", json!({})));
    assert_eq!(other.call("member.list", json!({}))["count"], 60);
}

#[test]
fn it_is_said_when_the_last_good_copy_is_old_and_what_went_wrong() {
    let (village, place) = village();
    village.full_member("王秀英");
    assert_eq!(backup_task(&village), Value::Null, "a new store has some days");
    village.on("2026-06-17");
    assert_eq!(backup_task(&village)["title"], "还没有备份过");
    let state = village.call("backup.state", json!({}));
    assert_eq!((&state["well"], &state["days"]), (&json!(false), &Value::Null));

    village.job("backup.now", json!({}));
    assert_eq!(backup_task(&village), Value::Null);
    let state = village.call("backup.state", json!({}));
    assert_eq!(
        (&state["well"], &state["days"], &state["text"]),
        (&json!(true), &json!(0), &json!("今天 10:00备份过。"))
    );

    // The folder is gone, and a file stands where it was: each day it is tried, and told.
    std::fs::remove_dir_all(&place).unwrap();
    std::fs::write(&place, "a letter").unwrap();
    for day in ["2026-06-18", "2026-06-19", "2026-06-21"] {
        village.on(day);
        let error = village.job_refused("backup.now", json!({}));
        assert!(error.contains("写不进去") && error.contains("数据没有动"), "{error}");
    }
    let state = village.call("backup.state", json!({}));
    assert_eq!(state["well"], false);
    assert!(state["places"][0]["trouble"].as_str().unwrap().contains("写不进去"));
    assert_eq!(state["places"][0]["last_said"], "6 月 17 日，4 天前");
    let task = backup_task(&village);
    assert_eq!((&task["title"], &task["verb"]), (&json!("4 天没备份好了"), &json!("去备份")));

    std::fs::remove_file(&place).unwrap();
    village.job("backup.now", json!({}));
    assert_eq!(backup_task(&village), Value::Null);
    assert_eq!(village.call("backup.state", json!({}))["well"], true);
    // A clock that goes back makes no copy old.
    village.on("2026-01-02");
    assert_eq!(backup_task(&village), Value::Null);
}

#[test]
fn a_copy_in_the_data_folder_is_no_copy() {
    let (village, _) = village();
    let said = village.refused("backup.set", json!({"folder": village.dir.path()}));
    assert!(said.message.contains("数据文件夹外面"), "{said}");
    let said = village.refused("backup.set", json!({"folder": village.path("没有")}));
    assert!(said.message.contains("没找到"), "{said}");
    assert_eq!(village.call("backup.set", json!({"folder": ""}))["places"][0]["chosen"], false);
}

#[test]
fn what_would_be_lost_is_shown_before_a_copy_takes_the_place_and_the_old_store_stays_aside() {
    let (village, place) = village();
    village.full_member("王秀英");
    let copy = village.job("backup.now", json!({}))["path"].clone();
    village.on("2026-06-20");
    village.full_member("李国强");
    village.full_member("何玉兰");
    let looked = village.job("backup.look", json!({"file": copy}));
    assert_eq!(
        (&looked["compared"], &looked["lost"], &looked["own"]),
        (&json!(true), &json!(2), &json!(true))
    );
    assert_eq!(looked["whose"], json!([{"name": "罗永福", "acts": 2, "last": "2026-06-20"}]));
    let said = looked["sentences"].to_string();
    assert!(
        said.contains("会少 2 条") && said.contains("罗永福的 2 件") && said.contains("挪到一边"),
        "{said}"
    );

    let wrong = village.job_refused("backup.replace", json!({"file": copy, "passphrase": "不对"}));
    assert!(wrong.contains("口令不对"), "{wrong}");
    village.call("store.open", json!({"passphrase": PASSPHRASE}));
    assert_eq!(village.call("member.list", json!({}))["count"], 3, "nothing happened");

    let status = village.job("backup.replace", json!({"file": copy, "passphrase": PASSPHRASE}));
    assert_eq!((&status["status"]["exists"], &status["status"]["open"]), (&json!(true), &json!(false)));
    // Nobody is in; what can be told of a copy is told all the same.
    let looked = village.job("backup.look", json!({"file": copy}));
    assert_eq!(looked["compared"], false);
    village.call("store.open", json!({"passphrase": PASSPHRASE}));
    assert_eq!(village.call("member.list", json!({}))["count"], 1);
    village.full_member("谢开秀");
    assert_eq!(village.call("verify.run", json!({}))["agrees"], true);
    let aside = village.dir.path().join("换下来的");
    let old = std::fs::read_dir(aside).unwrap().next().unwrap().unwrap().path();
    assert!(old.join("yuanba.db").exists() && old.join("keys.json").exists());
    assert_eq!(copies(&place).len(), 1);
}

#[test]
fn a_reader_puts_no_copy_in_the_place_of_the_store() {
    let (village, _) = village();
    village.call("user.add", json!({"name": "周晓雯", "role": "reader", "passphrase": "kan yi kan"}));
    let copy = village.job("backup.now", json!({}))["path"].clone();
    let request = json!({"file": copy, "user": "周晓雯", "passphrase": "kan yi kan"});
    let said = village.job_refused("backup.replace", request);
    assert!(said.contains("还不能办"), "{said}");
}

#[test]
fn nothing_due_is_copied_twice_a_day_and_a_failure_rests_an_hour() {
    let (village, place) = village();
    assert_eq!(village.api.copy_what_is_due(), 1);
    assert_eq!(village.api.copy_what_is_due(), 0);
    village.on("2026-06-13");
    std::fs::remove_dir_all(&place).unwrap();
    std::fs::write(&place, "a letter").unwrap();
    village.api.copy_what_is_due();
    std::fs::remove_file(&place).unwrap();
    village.at("2026-06-13", "10:30");
    village.api.copy_what_is_due();
    assert!(!place.exists(), "not yet");
    village.at("2026-06-13", "11:01");
    assert_eq!(village.api.copy_what_is_due(), 1);
    assert_eq!(copies(&place).len(), 1);
    village.on("2026-06-14");
    village.call("backup.set", json!({"paused": true}));
    assert_eq!(village.api.copy_what_is_due(), 0);
    village.call("store.lock", json!({}));
    assert_eq!(village.api.copy_what_is_due(), 0);
}
