//! Making updates where releases are made, and a program that trusts nobody yet.

use std::fs;

use serde_json::{Value, json};

use crate::desk::Desk;

/// What stands for an installer.
const INSTALLER: &[u8] = b"!<arch>\ndebian-binary made up for a test";

struct Releaser {
    desk: Desk,
}

impl Releaser {
    /// A pair of keys, the list with its public half, an installer and a rule.
    fn new() -> Releaser {
        let desk = Desk::empty();
        let releaser = Releaser { desk };
        fs::write(releaser.path("yuanba_0.2.0_amd64.deb"), INSTALLER).unwrap();
        fs::create_dir(releaser.path("rules")).unwrap();
        let made = releaser
            .desk
            .run(&[
                "update",
                "key",
                &releaser.path("私钥"),
                "--name",
                "明水县组织部",
                "--from",
                "2026-01-01",
                "--until",
                "2028-12-31",
            ])
            .done();
        fs::write(releaser.path("keys.toml"), made["line"].as_str().unwrap()).unwrap();
        releaser
    }

    fn path(&self, name: &str) -> String {
        self.desk.folder.path().join(name).display().to_string()
    }

    fn make(&self, out: &str, more: &[&str]) -> crate::desk::Answer {
        let (key, out) = (self.path("私钥"), self.path(out));
        let words = [
            "update",
            "make",
            "--key",
            &key,
            "--notes",
            "找人更快。",
            "--built",
            "2026-06-01",
            "--out",
            &out,
        ];
        self.desk.run(&[&words[..], more].concat())
    }

    fn look(&self, file: &str) -> crate::desk::Answer {
        self.desk.run(&["update", "look", &self.path(file), "--keys", &self.path("keys.toml")])
    }
}

#[test]
fn an_update_is_made_and_looked_at_without_a_store() {
    let releaser = Releaser::new();
    let deb = releaser.path("yuanba_0.2.0_amd64.deb");
    let made = releaser.make("", &["--version", "0.2.0", "--from-program", "0.1.0", &deb]).done();
    assert!(made["file"].as_str().unwrap().ends_with("/院坝升级-0.2.0.yuanba-update"), "{made}");
    assert_eq!(
        made["parts"],
        json!([{ "platform": "linux-deb-x86_64", "name": "yuanba_0.2.0_amd64.deb", "bytes": INSTALLER.len() }])
    );
    let looked = releaser.look("院坝升级-0.2.0.yuanba-update").done();
    assert_eq!(
        (&looked["signed_by"], &looked["version"], &looked["contents"]),
        (&json!("明水县组织部"), &json!("0.2.0"), &json!("program"))
    );

    // Nothing is written over: no package, no key.
    let said = releaser.make("", &["--version", "0.2.0", &deb]).failed(2, "wrong_usage");
    assert!(said.contains("已经有了"), "{said}");
    let before = fs::read(releaser.path("私钥")).unwrap();
    let again = [
        "update",
        "key",
        &releaser.path("私钥"),
        "--name",
        "别人",
        "--from",
        "2026-01-01",
        "--until",
        "2028-12-31",
    ];
    releaser.desk.run(&again).failed(2, "wrong_usage");
    assert_eq!(fs::read(releaser.path("私钥")).unwrap(), before);
}

#[test]
fn a_pack_is_made_of_rules_that_agree_and_of_nothing_else() {
    let releaser = Releaser::new();
    let rule = releaser.path("rules/holidays-2027.toml");
    let year = "shape = \"holidays\"\nyear = 2027\nsource = \"试验\"\nwork = []\noff = [{ name = \"元旦\", from = \"2027-01-01\", to = \"2027-01-03\" }]\n";
    fs::write(&rule, year).unwrap();
    let pack = ["--version", "1.0.0", "--pack", "holidays-2027", "--title", "放假安排"];
    releaser.make("放假.yuanba-update", &[&pack[..], &[&rule]].concat()).done();
    assert_eq!(releaser.look("放假.yuanba-update").done()["parts"][0]["name"], "rules/holidays-2027.toml");

    fs::write(&rule, "shape = \"stars\"\n").unwrap();
    let said = releaser.make("坏的.yuanba-update", &[&pack[..], &[&rule]].concat()).failed(3, "refused");
    assert!(said.contains("rules/holidays-2027.toml"), "{said}");
    let elsewhere = releaser.path("keys.toml");
    releaser.make("坏的.yuanba-update", &[&pack[..], &[&elsewhere]].concat()).failed(2, "wrong_usage");
    let text = releaser.path("说明.txt");
    fs::write(&text, "x").unwrap();
    releaser.make("坏的.yuanba-update", &["--version", "0.3.0", &text]).failed(2, "wrong_usage");
    assert!(!fs::exists(releaser.path("坏的.yuanba-update")).unwrap());
}

#[test]
fn an_altered_package_or_another_key_is_refused() {
    let releaser = Releaser::new();
    releaser
        .make("一.yuanba-update", &["--version", "0.2.0", &releaser.path("yuanba_0.2.0_amd64.deb")])
        .done();
    let mut bytes = fs::read(releaser.path("一.yuanba-update")).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(releaser.path("二.yuanba-update"), bytes).unwrap();
    assert!(releaser.look("二.yuanba-update").failed(3, "refused").contains("坏了一截"));
    let other = Releaser::new();
    fs::copy(other.path("keys.toml"), releaser.path("keys.toml")).unwrap();
    assert!(releaser.look("一.yuanba-update").failed(3, "refused").contains("不是这个程序认得的单位做的"));
    fs::write(releaser.path("keys.toml"), "key = 3").unwrap();
    let looked = releaser.look("一.yuanba-update");
    assert_eq!((looked.exit, &looked.json()["error"]["code"]), (2, &json!("wrong_usage")));
    assert!(looked.stderr.contains("key"), "what is wrong with the list: {}", looked.stderr);
}

/// The list of the repository is empty: that is what is built, until somebody releases.
#[test]
fn this_build_takes_no_update_from_a_stick_and_says_so() {
    let releaser = Releaser::new();
    releaser
        .make("一.yuanba-update", &["--version", "9.0.0", &releaser.path("yuanba_0.2.0_amd64.deb")])
        .done();
    let desk = Desk::of("village", "@石河村党支部");
    let state = desk.call("update.state", json!({})).done();
    assert_eq!(
        (&state["takes"], &state["packs"], &state["waiting"]),
        (&json!(false), &json!([]), &Value::Null)
    );
    let file = releaser.path("一.yuanba-update");
    for act in ["look", "take"] {
        let said = desk.run(&["update", act, &file]).failed(3, "refused");
        assert!(said.contains("不认 U 盘上的升级包"), "{said}");
    }
}
