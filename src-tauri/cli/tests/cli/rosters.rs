//! Old spreadsheets come in, lists go out, and what went out comes in again without a change.

use serde_json::{Value, json};

use crate::desk::Desk;

const ROSTER: &str = "姓名,性别,身份证号,出生日期,人员类别,入党日期,转正日期,联系电话,所在党支部\n\
    王秀英,女,511722198507010026,1985-07-01,正式党员,2008-07,2009-07-01,13800000000,石河村党支部\n\
    张  三,男,511722198507010018,,预备党员,2025.6,,+86 13900000001,石河村党支部\n\
    李四,男,511722196302290010,不详,正式党员,1990,1991,无,石河村党支部\n\
    ,男,,1970-01-01,正式党员,,,13700000000,石河村党支部\n";

fn file(desk: &Desk, name: &str, text: &str) -> String {
    let path = desk.path(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_dry_run_shows_what_an_import_writes_and_writes_nothing() {
    let desk = Desk::village();
    let path = file(&desk, "名册.csv", ROSTER);
    let before = desk.digest();
    let dry = desk.run(&["roster", "import", &path, "--dry-run"]);
    assert_eq!(dry.exit, 1, "a row without a name waits for a person");
    let dry = dry.json();
    assert_eq!(dry["counts"]["new"], 3);
    assert_eq!(dry["counts"]["refused"], 1);
    assert_eq!(desk.digest(), before);

    let rejects = desk.path("没收的.xlsx");
    let written = desk.run(&["roster", "import", &path, "--rejects", &rejects]).json();
    assert_eq!(written["rows"], dry["rows"]);
    assert_eq!(written["written"], json!({ "new": 3, "changed": 0 }));
    assert_eq!(written["rejects"]["rows"], 1);
    assert!(std::fs::metadata(&rejects).unwrap().len() > 1000);
    let list = desk.run(&["member", "list"]).done();
    let names: Vec<&str> =
        list["members"].as_array().unwrap().iter().map(|m| m["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["李四", "王秀英", "张三"], "in the order of pinyin");
    assert_eq!(desk.call("roster.query", json!({ "doubt_only": true })).done()["count"], 1, "李四's number");
}

#[test]
fn the_same_file_again_changes_nothing_and_one_undo_takes_the_import_back() {
    let desk = Desk::village();
    let empty = desk.digest()["state_digest"].clone();
    let path = file(&desk, "名册.csv", ROSTER);
    desk.run(&["roster", "import", &path]);
    let once = desk.digest();
    let again = desk.run(&["roster", "import", &path]).json();
    assert_eq!(again["counts"]["new"], 0, "{}", again["rows"]);
    assert_eq!(again["done"], Value::Null);
    assert_eq!(desk.digest(), once);
    desk.run(&["undo"]).done();
    assert_eq!(desk.digest()["state_digest"], empty);
}

#[test]
fn one_undo_after_another_leads_further_back() {
    let desk = Desk::village();
    let empty = desk.digest()["state_digest"].clone();
    for name in ["王秀英", "张三"] {
        desk.call("member.save", json!({ "fields": { "name": name } })).done();
    }
    desk.run(&["undo"]).done();
    assert_eq!(desk.run(&["member", "list"]).done()["members"][0]["name"], "王秀英");
    let taken_back = desk.run(&["undo"]).done()["done"]["group"].clone();
    assert_eq!(desk.digest()["state_digest"], empty);
    assert_ne!(desk.run(&["undo"]).exit, 0, "there is nothing more");
    desk.run(&["undo", taken_back.as_str().unwrap()]).done();
    let twice = desk.run(&["undo", taken_back.as_str().unwrap()]);
    assert_eq!((twice.exit, twice.json()["error"]["code"].clone()), (3, json!("refused")));
    assert!(twice.json()["error"]["message"].as_str().unwrap().contains("已经撤销过"), "{}", twice.stdout);
    assert_eq!(desk.run(&["member", "list"]).done()["count"], 1, "an undo is taken back by its number");
}

#[test]
fn what_is_exported_comes_in_again_as_unchanged_masked_or_not() {
    let desk = Desk::village();
    desk.run(&["roster", "import", &file(&desk, "名册.csv", ROSTER)]);
    let masked = desk.path("遮号.xlsx");
    let whole = desk.path("全号.xlsx");
    assert_eq!(desk.run(&["roster", "export", &masked]).done()["rows"], 3);
    assert_eq!(desk.run(&["roster", "export", &whole, "--unmasked"]).exit, 2, "no purpose");
    desk.run(&["roster", "export", &whole, "--unmasked", "--purpose", "换届"]).done();
    assert_eq!(desk.run(&["audit"]).done()["looks"][0]["what"], "导出全号");
    for path in [&masked, &whole] {
        let again = desk.run(&["roster", "import", path, "--dry-run"]).json();
        assert_eq!(again["counts"]["unchanged"], 3, "{path}: {again}");
    }
}

#[test]
fn a_newer_file_changes_field_by_field() {
    let desk = Desk::village();
    desk.run(&["roster", "import", &file(&desk, "名册.csv", ROSTER)]);
    let newer = ROSTER.replace("13800000000", "13800000009").replace("1985-07-01,正式", "1985-07,正式");
    let answer = desk.run(&["roster", "import", &file(&desk, "新.csv", &newer)]).json();
    let row = answer["rows"].as_array().unwrap().iter().find(|row| row["status"] == "changed").unwrap();
    assert_eq!(row["changes"], json!({ "phones": [["13800000000"], ["13800000009"]] }));
    assert_eq!(answer["written"]["changed"], 1);
    let list = desk.run(&["member", "list", "--search", "0009"]).done();
    assert_eq!(list["count"], 1);
    assert_eq!(list["members"][0]["phones"], json!(["138****0009"]), "the old number is gone");
}

#[test]
fn the_wizard_reads_maps_decides_and_writes() {
    let desk = Desk::village();
    let path = file(&desk, "怪表.csv", "称呼,电话\n王秀英,13800000000\n张三,13900000001\n");
    let open = format!(r#"["call", "import.open", {}]"#, json!(json!({ "path": path }).to_string()));
    let answer = desk.run_as(Some("cabbage and rice"), &["batch", "-"], &open);
    let refused: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(refused["exit"], 3, "no 姓名 in the header: {refused}");

    let mut lines = String::new();
    let good = file(&desk, "名册.csv", ROSTER);
    lines += &format!("{}\n", json!(["call", "import.open", json!({ "path": good }).to_string()]));
    let opened = desk.run_as(Some("cabbage and rice"), &["batch", "-"], &lines);
    let preview: Value = serde_json::from_str::<Value>(&opened.stdout).unwrap()["result"].clone();
    assert_eq!(preview["rows"][0]["status"], "refused", "what needs a look comes first");
    assert_eq!(preview["counts"]["new"], 3);
    let text = preview.to_string();
    assert!(
        !text.contains("511722198507010018") && !text.contains("13800000000"),
        "numbers are masked: {text}"
    );
}

#[test]
fn what_somebody_said_about_a_table_is_remembered_for_the_next_one_of_its_shape() {
    let desk = Desk::village();
    let rows = "称呼,证号,籍\n王秀英,511722198507010026,三组\n";
    let first = file(&desk, "一.csv", rows);
    let map = file(&desk, "哪列是什么.json", r#"{"A": "name", "B": "id_number", "C": "address"}"#);
    assert_eq!(
        desk.run(&["roster", "import", &first, "--dry-run"]).exit,
        3,
        "no word says where the names are"
    );
    let mapped = desk.run(&["roster", "import", &first, "--dry-run", "--map", &map]).done();
    assert_eq!(mapped["rows"][0]["values"]["name"], "王秀英");
    // The same table with a title above it and other people in it.
    let later = file(&desk, "二.csv", "石河村的人\n称呼,证号,籍\n张三,511722198507010018,四组\n");
    let again = desk.run(&["roster", "import", &later, "--dry-run"]).done();
    assert_eq!(again["header_rows"], json!([2]));
    assert_eq!(again["rows"][0]["values"]["address"], "四组");
    let other = file(&desk, "三.csv", "称呼,证号\n李四,\n");
    assert_eq!(desk.run(&["roster", "import", &other, "--dry-run"]).exit, 3, "a table of another shape");
}

#[test]
fn a_file_that_is_no_roster_is_refused_whole() {
    let desk = Desk::village();
    let before = desk.digest();
    for (name, text) in [("空.csv", ""), ("照片.jpg", "\u{ffd8}JFIF"), ("字.txt", "只有一句话\n")] {
        let answer = desk.run(&["roster", "import", &file(&desk, name, text)]);
        assert_eq!(answer.exit, 3, "{name}: {}", answer.stdout);
        assert_eq!(answer.json()["error"]["code"], "refused");
    }
    assert_eq!(desk.run(&["roster", "import", &desk.path("没有.xlsx")]).exit, 2);
    assert_eq!(desk.digest(), before);
}

/// Every file of the data folder comes out as its `expected` says, through the program as people run it.
#[test]
fn every_sample_roster_comes_out_as_expected() {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/rosters");
    let mut seen = 0;
    for entry in std::fs::read_dir(data.join("expected")).unwrap() {
        let expected = entry.unwrap().path();
        let name = expected.file_stem().unwrap().to_str().unwrap().to_owned();
        let expected: Value = serde_json::from_slice(&std::fs::read(&expected).unwrap()).unwrap();
        let desk = Desk::village();
        let path = |name: &str| data.join(name).to_string_lossy().into_owned();
        for before in expected["after"].as_array().into_iter().flatten() {
            desk.run(&["roster", "import", &path(before.as_str().unwrap())]);
        }
        let answer = desk.run(&["roster", "import", &path(&name), "--dry-run"]);
        let counts = &expected["counts"];
        if counts.is_null() {
            assert_eq!(answer.exit, 3, "{name} is refused whole");
            assert!(!answer.json()["error"]["message"].as_str().unwrap().is_empty());
            continue;
        }
        let document = answer.json();
        for kind in ["new", "changed", "unchanged", "doubtful", "refused"] {
            assert_eq!(document["counts"][kind], counts[kind], "{name}: {kind}");
        }
        let waits = counts["doubtful"] != 0 || counts["refused"] != 0;
        assert_eq!(answer.exit, i32::from(waits), "{name}");
        for row in expected["rows"].as_array().unwrap() {
            let read = document["rows"].as_array().unwrap().iter().find(|read| read["row"] == row["row"]);
            let read = read.unwrap_or_else(|| panic!("{name}: row {}", row["row"]));
            assert_eq!(read["status"], row["status"], "{name}: row {}", row["row"]);
            if let Some(changes) = row.get("changes") {
                assert_eq!(&read["changes"], changes, "{name}: row {}", row["row"]);
            }
            seen += 1;
        }
    }
    assert!(seen > 1000, "{seen} rows were compared");
}
