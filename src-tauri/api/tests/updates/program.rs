//! The next program.

use std::fs;

use serde_json::json;
use yuanba_api::Code;

use crate::stick::{INSTALLER, Stick, channel, files, signed_in, trusted, village};
use crate::village::{PASSPHRASE, Village};

#[test]
fn a_program_without_keys_takes_nothing_and_says_so_plainly() {
    let village = Village::new();
    let stick = Stick::new();
    let state = village.call("update.state", json!({}));
    assert_eq!((&state["takes"], &state["signers"]), (&json!(false), &json!([])));
    assert_eq!(state["version"], env!("CARGO_PKG_VERSION"));
    let refused = village.refused("update.look", json!({"file": stick.program("9.0.0", |_| {})}));
    assert_eq!(refused.code, Code::Refused);
    assert!(refused.message.contains("这一版程序不认 U 盘上的升级包"), "{refused}");
    assert!(village.api.installer().is_err());
}

#[test]
fn a_newer_program_is_copied_for_checked_kept_and_handed_over_once() {
    let village = village("0.1.0");
    let stick = Stick::new();
    let file = stick.program("0.2.0", |_| {});
    let look = village.call("update.look", json!({"file": file}));
    assert_eq!(look["fits"], true, "{look}");
    assert_eq!((&look["version_now"], &look["version_then"]), (&json!("0.1.0"), &json!("0.2.0")));
    assert_eq!((&look["signed_by"], &look["bytes"]), (&json!("明水县组织部"), &json!(900_000)));
    assert!(village.api.installer().is_err(), "a look keeps nothing");

    let copies = || village.call("backup.found", json!({})).as_array().unwrap().len();
    let before = copies();
    let taken = village.job("update.take", json!({"file": file}));
    assert_eq!(copies(), before + 1, "a copy was made first");
    assert!(taken["text"].as_str().unwrap().contains("0.2.0"), "{taken}");
    let (path, command) = village.api.installer().unwrap();
    assert!(path.starts_with(village.dir.path()) && path.ends_with(INSTALLER), "{}", path.display());
    assert_eq!(fs::read(&path).unwrap(), vec![1; 900_000]);
    assert_eq!(command.unwrap(), format!("sudo apt install {}", path.display()));
    assert_eq!(village.call("update.state", json!({}))["waiting"]["version"], "0.2.0");

    // Changed since: it is not handed over.
    let mut bytes = fs::read(&path).unwrap();
    bytes[500_000] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert_eq!(village.api.installer().unwrap_err().code, Code::Refused);
    bytes.push(0);
    fs::write(&path, &bytes).unwrap();
    assert_eq!(village.api.installer().unwrap_err().code, Code::Refused);

    // Another installer with a head of somebody's own: nothing waits.
    let folder = path.parent().unwrap();
    let head = fs::read(folder.join("signed-head")).unwrap();
    let mut forged = head.clone();
    let at = forged.windows(5).position(|w| w == b"0.2.0").unwrap();
    forged[at..at + 5].copy_from_slice(b"0.9.0");
    fs::write(folder.join("signed-head"), forged).unwrap();
    assert_eq!(village.api.installer().unwrap_err().code, Code::NotFound);
    assert!(village.call("update.state", json!({}))["waiting"].is_null());
    fs::write(folder.join("signed-head"), head).unwrap();
    assert_eq!(village.call("update.state", json!({}))["waiting"]["version"], "0.2.0");

    // The next program finds that it runs and tidies up.
    let village = signed_in(village.restarted(channel("0.2.0")));
    assert!(village.call("update.state", json!({}))["waiting"].is_null());
    assert!(!path.exists());
    assert_eq!(village.api.installer().unwrap_err().code, Code::NotFound);
}

#[test]
fn what_is_older_or_for_others_is_refused_in_a_sentence_and_changes_nothing() {
    let village = village("0.2.0");
    let stick = Stick::new();
    let refusals = [
        (stick.program("0.2.0", |_| {}), "现在用的就是 0.2.0 版"),
        (stick.program("0.2.0+other", |_| {}), "现在用的就是 0.2.0 版"),
        (stick.program("0.1.9", |_| {}), "比现在用的 0.2.0 版旧"),
        (stick.program("0.2.0-rc.1", |_| {}), "比现在用的 0.2.0 版旧"),
        (stick.program("0.4.0", |m| m.from_program = Some("0.3.0".parse().unwrap())), "要先装 0.3.0 版"),
    ];
    let before = files(&village.dir.path().join("updates"));
    for (file, sentence) in &refusals {
        let look = village.call("update.look", json!({"file": file}));
        assert_eq!(look["fits"], false);
        assert!(look["why_not"].as_str().unwrap().contains(sentence), "{look}");
        let said = village.job_refused("update.take", json!({"file": file}));
        assert!(said.contains(sentence) && said.contains("数据都没有动"), "{said}");
    }
    assert_eq!(files(&village.dir.path().join("updates")), before);
    let mut other = channel("0.2.0");
    other.platform = Some("linux-deb-aarch64".to_owned());
    let village = signed_in(village.restarted(other));
    let look = village.call("update.look", json!({"file": stick.program("0.3.0", |_| {})}));
    assert_eq!(look["why_not"], "包里没有这台电脑能用的安装程序。");
}

#[test]
fn a_damaged_or_strange_package_leaves_nothing_behind() {
    let village = village("0.1.0");
    let stick = Stick::new();
    let file = stick.program("0.2.0", |_| {});
    let mut bytes = fs::read(&file).unwrap();
    let deep = bytes.len() - 400_000;
    bytes[deep] ^= 1;
    fs::write(&file, &bytes).unwrap();
    // The head holds; that a part does not is seen when it is taken out.
    assert_eq!(village.call("update.look", json!({"file": file}))["fits"], true);
    let said = village.job_refused("update.take", json!({"file": file}));
    assert!(said.contains("坏了一截"), "{said}");
    assert!(village.call("update.state", json!({}))["waiting"].is_null());
    assert!(files(&village.dir.path().join("updates")).is_empty());

    let roster = stick.path().join("花名册.xlsx");
    fs::write(&roster, "PK").unwrap();
    let refused = village.refused("update.look", json!({"file": roster}));
    assert!(refused.message.contains("这不是院坝的升级包"), "{refused}");
    let gone = village.refused("update.look", json!({"file": stick.path().join("没有.yuanba-update")}));
    assert!(gone.message.contains("没有"), "{gone}");
}

#[test]
fn only_who_governs_the_laptop_takes_an_update_and_never_from_the_made_up_village() {
    let village = village("0.1.0");
    let stick = Stick::new();
    let file = stick.program("0.2.0", |_| {});
    village.job("update.take", json!({"file": file}));
    village.call("user.add", json!({"name": "周晓雯", "role": "official", "passphrase": PASSPHRASE}));
    village.call("store.lock", json!({}));
    assert_eq!(village.api.installer().unwrap_err().code, Code::Locked);
    village.call("store.open", json!({"user": "周晓雯", "passphrase": PASSPHRASE}));
    assert_eq!(village.call("update.state", json!({}))["may"], false);
    assert_eq!(village.call("update.look", json!({"file": file}))["fits"], true, "everybody may look");
    assert_eq!(village.refused("update.take", json!({"file": file})).code, Code::NotAllowed);
    assert_eq!(village.api.installer().unwrap_err().code, Code::NotAllowed);

    village.call("store.create_demo", json!({}));
    let refused = village.refused("update.take", json!({"file": file}));
    assert!(refused.message.contains("演示村"), "{refused}");
    assert_eq!(village.api.installer().unwrap_err().code, Code::Refused);
}

#[test]
fn a_key_that_was_struck_from_the_list_signs_nothing_any_more() {
    let village = village("0.1.0");
    let stick = Stick::new();
    let file = stick.program("0.2.0", |_| {});
    let mut other = channel("0.1.0");
    other.keys = trusted(&yuanba_exchange::update::ReleaseKey::from_seed([8; 32]));
    let village = signed_in(village.restarted(other));
    let refused = village.refused("update.look", json!({"file": file}));
    assert!(refused.message.contains("不是这个程序认得的单位做的"), "{refused}");
}
