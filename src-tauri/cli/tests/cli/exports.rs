//! What leaves the house as a workbook, judged by an outsider: openpyxl. Nothing in it is a formula, whatever people wrote.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::{Value, json};

use crate::desk::Desk;

/// Says of each workbook how many cells are formulas, and which texts begin as formulas do.
const JUDGE: &str = "
import json, sys, openpyxl
answer = {}
for path in sys.argv[1:]:
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    answer[path] = {
        'formulas': [cell.coordinate for cell in cells if cell.data_type == 'f'],
        'texts': [cell.value for cell in cells if cell.data_type == 's' and cell.value[:1] in '=+-@'],
        'names': len(book.defined_names.definedName) if hasattr(book.defined_names, 'definedName') else 0,
    }
print(json.dumps(answer))
";

/// A Python that has openpyxl; the one of the system is asked when the first on the PATH has none.
fn python() -> &'static str {
    let has = |python: &str| {
        let tried = Command::new(python).args(["-c", "import openpyxl"]).output();
        tried.is_ok_and(|output| output.status.success())
    };
    let found = ["python3", "/usr/bin/python3"].into_iter().find(|python| has(python));
    found.expect("openpyxl is needed for this test (apt-get install python3-openpyxl)")
}

fn judged(paths: &[String]) -> Value {
    let output = Command::new(python()).arg("-c").arg(JUDGE).args(paths).output().expect("python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn what_begins_as_a_formula_does_stays_a_text_in_every_list() {
    let desk = Desk::of("village", "@石河村党支部");
    let fields = json!({
        "name": "=王秀英", "kind": "full", "party_group": "+一组", "address": "=HYPERLINK(\"http://x\",\"y\")",
        "job": "-1+1", "notes": "@SUM(A1:A9)",
    });
    let member = desk.call("member.save", json!({ "fields": fields })).done()["id"].clone();
    let yard = json!({ "name": "=1+1", "party_group": "@一组", "households": 3 });
    let yard = desk.call("courtyard.save", yard).done()["id"].clone();
    desk.call("courtyard.liaison", json!({ "courtyard": yard, "member": member, "from": "2026-01-01" }))
        .done();
    let note = json!({
        "courtyard": yard, "date": "2026-06-12", "text": "=cmd|'/C calc'!A0", "tags": ["-医保"],
        "present": [{ "name": "+何玉兰", "member": null }],
        "errand": { "matter": "social-card", "person": "@何玉兰", "agent": member },
    });
    let errand = desk.call("note.save", note).done()["errand"]["id"].clone();
    let result = json!({ "id": errand, "on": "2026-06-12", "result": "-办好了" });
    desk.call("errand.finish", result).done();
    let post = json!({
        "member": member, "post": "elder-care", "from": "2026-06-01", "duties": ["=送药"], "decided_on": "2026-06-01",
        "decided_by": "@支委会",
    });
    let assigned = desk.call("post.assign", post);
    let assigned = if assigned.exit == 0 {
        assigned.done()
    } else {
        // The duties are the catalogue's; only the rest is anybody's to write.
        let post = json!({
            "member": member, "post": "elder-care", "from": "2026-06-01", "decided_on": "2026-06-01", "decided_by": "@支委会",
        });
        desk.call("post.assign", post).done()
    };
    let end = json!({ "assignment": assigned["assignment"], "on": "2026-06-12", "reason": "+身体不好" });
    desk.call("post.end", end).done();
    let bad = desk.file("名册.csv", "姓名,性别,出生日期,家庭住址\n,男,1970-01-01,=1+2\n,男,1971-01-01,@x\n,女,1972-01-01,+3\n,女,1973-01-01,-4\n");

    let out = |name: &str| desk.path(name);
    let lists = [
        ("post.export", out("岗位.xlsx"), &["@石河村党支部", "=王秀英", "@支委会", "+身体不好"][..]),
        ("courtyard.export", out("院坝.xlsx"), &["=1+1", "@一组", "=王秀英"]),
        ("note.export", out("手记.xlsx"), &["=1+1", "=cmd|'/C calc'!A0", "+何玉兰", "-医保"]),
        ("errand.export", out("代办.xlsx"), &["@何玉兰", "=王秀英", "-办好了"]),
        ("points.export", out("积分.xlsx"), &["=王秀英", "+一组"]),
    ];
    for (command, path, _) in &lists {
        let mut request = json!({ "out": path });
        if *command == "points.export" {
            request["group"] = json!("members");
        }
        desk.call(command, request).done();
    }
    let (roster, whole, rejects) = (out("名册.xlsx"), out("全号.xlsx"), out("没收的.xlsx"));
    desk.run(&["roster", "export", &roster]).done();
    desk.run(&["roster", "export", &whole, "--unmasked", "--purpose", "=核对"]).done();
    assert_eq!(desk.run(&["roster", "import", &bad, "--rejects", &rejects]).exit, 1);
    let wanted_of_roster: &[&str] =
        &["=王秀英", "=HYPERLINK(\"http://x\",\"y\")", "-1+1", "@SUM(A1:A9)", "+一组"];

    let mut wanted: Vec<(&str, &[&str])> =
        lists.iter().map(|(_, path, texts)| (path.as_str(), *texts)).collect();
    wanted.extend([(roster.as_str(), wanted_of_roster), (whole.as_str(), wanted_of_roster)]);
    wanted.push((rejects.as_str(), &["=1+2", "@x", "+3", "-4"]));
    let paths: Vec<String> = wanted.iter().map(|(path, _)| (*path).to_owned()).collect();
    let judged = judged(&paths);
    for (path, texts) in wanted {
        assert_eq!(judged[path]["formulas"], json!([]), "{path}");
        let found: BTreeSet<&str> =
            judged[path]["texts"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        for text in texts {
            let there = found.contains(text) || found.iter().any(|cell| cell.starts_with(text));
            assert!(there, "{path} has lost {text}: {found:?}");
        }
    }
}
