//! People of the roster: found, changed, doubted, masked, taken back.

use serde_json::{Value, json};

use crate::desk::Desk;

fn save(desk: &Desk, fields: Value) -> String {
    desk.call("member.save", json!({ "fields": fields })).done()["id"].as_str().unwrap().to_owned()
}

#[test]
fn somebody_is_found_by_characters_pinyin_and_the_tails_of_numbers() {
    let desk = Desk::village();
    let fields = json!({ "name": "曾国藩", "id_number": "511722198507010018", "phones": ["13812345678"] });
    save(&desk, fields);
    save(&desk, json!({ "name": "王秀英" }));
    let found = |text: &str| {
        let answer = desk.run(&["member", "list", "--search", text]).done();
        let names = answer["members"].as_array().unwrap().iter();
        names.map(|m| m["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for text in ["曾", "国藩", "zgf", "cgf", "zengguofan", "guofan", "ZGF", "0018", "5678", "zeng guo"] {
        assert_eq!(found(text), ["曾国藩"], "{text}");
    }
    assert_eq!(found("xy"), ["王秀英"]);
    for text in ["5117", "1381", "an", "uofan", "张"] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn numbers_show_masked_until_somebody_says_what_for() {
    let desk = Desk::village();
    let fields = json!({ "name": "王秀英", "id_number": "511722198507010018", "phones": ["13800000000"] });
    let id = save(&desk, fields);
    let masked = desk.run(&["member", "list"]).done()["members"][0].clone();
    assert_eq!(masked["id_number"], "511722********0018");
    assert_eq!(masked["phones"], json!(["138****0000"]));
    assert_eq!(masked["status"], "正常");
    for command in ["member.card", "member.edit"] {
        let text = desk.call(command, json!({ "id": id })).done().to_string();
        assert!(!text.contains("511722198507010018") && !text.contains("13800000000"), "{command}: {text}");
    }
    assert_eq!(desk.run(&["audit"]).done()["count"], 0);
    assert_eq!(desk.call("member.unmask", json!({ "id": id, "purpose": " " })).exit, 3);

    let whole = desk.run(&["member", "list", "--unmasked", "--purpose", "核对社保"]).done();
    assert_eq!(whole["members"][0]["id_number"], "511722198507010018");
    let looks = desk.run(&["audit"]).done();
    assert_eq!(looks["count"], 1);
    assert_eq!(looks["looks"][0]["purpose"], "核对社保");
    assert_eq!(looks["looks"][0]["user"], "书记");
}

#[test]
fn a_form_sent_back_with_its_masks_changes_nothing() {
    let desk = Desk::village();
    let fields = json!({ "name": "王秀英", "id_number": "511722198507010018", "phones": ["13800000000"] });
    let id = save(&desk, fields);
    let before = desk.digest();
    let form = desk.call("member.edit", json!({ "id": id })).done();
    let saved =
        desk.call("member.save", json!({ "id": id, "fields": form["fields"], "heads": form["heads"] }));
    assert_eq!(saved.done()["problems"], json!([]));
    assert_eq!(desk.digest(), before);
}

#[test]
fn a_number_that_was_copied_wrong_is_kept_as_a_doubt_and_said_in_plain_words() {
    let desk = Desk::village();
    let saved = desk
        .call("member.save", json!({ "fields": { "name": "冯小燕", "id_number": "511722196302290010" } }))
        .done();
    assert_eq!(saved["problems"][0]["code"], "id_impossible_date");
    assert!(saved["problems"][0]["text"].as_str().unwrap().starts_with("1963 年没有 2 月 29 日"));
    let found = desk.call("roster.query", json!({ "doubt_only": true })).done();
    assert_eq!(found["count"], 1);

    let id = saved["id"].clone();
    let good = json!({ "id": id, "fields": { "id_number": "511722198507010018" } });
    assert_eq!(desk.call("member.save", good).done()["problems"], json!([]));
    assert_eq!(desk.call("roster.query", json!({ "doubt_only": true })).done()["count"], 0);
}

#[test]
fn an_undo_gives_back_the_state_before_and_names_what_was_done() {
    let desk = Desk::village();
    let id = save(&desk, json!({ "name": "王秀英", "address": "三组" }));
    let before = desk.digest()["state_digest"].clone();
    desk.call("member.save", json!({ "id": id, "fields": { "address": "四组" } })).done();
    assert_ne!(desk.digest()["state_digest"], before);
    let undone = desk.run(&["undo"]).done();
    assert_eq!(undone["done"]["text"], "撤销了：改了王秀英的现居住地");
    assert_eq!(desk.digest()["state_digest"], before);
    assert_eq!(desk.run(&["verify"]).done()["agrees"], true);
}

#[test]
fn somebody_without_a_name_is_not_saved() {
    let desk = Desk::village();
    let before = desk.digest();
    let refused = desk.call("member.save", json!({ "fields": { "name": "  ", "address": "三组" } }));
    assert_eq!((refused.exit, refused.json()["error"]["field"].clone()), (3, json!("name")));
    assert_eq!(desk.digest(), before);
}

#[test]
fn a_reader_sees_the_list_and_writes_nothing() {
    let desk = Desk::village();
    save(&desk, json!({ "name": "王秀英" }));
    desk.call("user.add", json!({ "name": "小周", "role": "reader", "passphrase": "only looking" })).done();
    let as_reader = |words: &[&str]| {
        let words: Vec<&str> = ["--user", "小周"].iter().chain(words).copied().collect();
        desk.run_as(Some("only looking"), &words, "")
    };
    assert_eq!(as_reader(&["member", "list"]).done()["count"], 1);
    for words in [
        &["undo"][..],
        &["call", "member.save", "{\"fields\": {\"name\": \"李四\"}}"],
        &["member", "list", "--unmasked", "--purpose", "看看"],
        &["audit"],
    ] {
        let refused = as_reader(words);
        assert_eq!(refused.json()["error"]["code"], "not_allowed", "{words:?}");
        assert_eq!(refused.exit, 3);
    }
}

#[test]
fn no_number_stands_on_either_stream_without_a_purpose() {
    const SECRETS: [&str; 4] = ["511722198507010018", "13812345678", "128号", "51172219850701001"];
    let desk = Desk::village();
    let fields = json!({
        "name": "王秀英", "kind": "full", "id_number": SECRETS[0], "phones": [SECRETS[1]],
        "address": "石河村3组128号", "notes": format!("回{}", SECRETS[1]),
    });
    let id = save(&desk, fields);
    save(&desk, json!({ "name": "何玉兰", "id_number": SECRETS[3] }));
    let table = desk.file(
        "名册13812345678.csv",
        format!("姓名,公民身份号码,手机号码,现居住地\n李国强,{},{},石河村3组128号\n", SECRETS[0], SECRETS[1]),
    );
    let out = desk.path("册.xlsx");
    let asked = json!({ "id": id }).to_string();
    let bad = json!({ "id": id, SECRETS[1]: SECRETS[0] }).to_string();
    let open = json!({ "path": table }).to_string();
    let tried: &[&[&str]] = &[
        &["member", "list"],
        &["member", "list", "--search", SECRETS[1]],
        &["call", "member.card", &asked],
        &["call", "member.card", &bad],
        &["call", "member.edit", &asked],
        &["call", "roster.query", r#"{"search": "13812345678"}"#],
        &["call", "search.all", r#"{"text": "511722198507010018"}"#],
        &["call", "points.grid", r#"{"group": "members", "date": "13812345678"}"#],
        &["call", "import.open", &open],
        &["call", "13812345678"],
        &["roster", "export", &out],
        &["roster", "export", "/没有/13812345678/511722198507010018.xlsx"],
        &["roster", "import", "/没有/13812345678.xlsx"],
        &["org", "list"],
        &["conflicts", "list"],
        &["conflicts", "resolve", SECRETS[1], "--take", "A"],
        &["undo", SECRETS[0]],
        &["redact", SECRETS[1], "--reason", SECRETS[0]],
        &["revoke", SECRETS[1], "--reason", SECRETS[0]],
        &["audit"],
        &["doctor"],
        &["verify"],
        &["digest", "--org", SECRETS[1]],
        &["bundle", "read", "/没有/13812345678.yuanba"],
        &["bundle", "write", "--to", SECRETS[0], "--out", "/没有/13812345678"],
        &["restore", "/没有/13812345678"],
        &["user", "list"],
        &["call", "undo.recent", r#"{"limit": 100}"#],
    ];
    for words in tried {
        for plain in [false, true] {
            let answer = if plain { desk.run_plainly(words) } else { desk.run(words) };
            for secret in SECRETS {
                let told = format!("{}{}", answer.stdout, answer.stderr);
                assert!(!told.contains(secret), "{words:?} tells {secret}: {told}");
            }
        }
    }
    let words = desk.run_plainly(&["roster", "import", "--dry-run", &table]);
    for secret in SECRETS {
        assert!(!words.stdout.contains(secret) && !words.stderr.contains(secret), "{}", words.stdout);
    }
}

#[test]
fn the_trail_is_read_and_written_out_by_the_command_line() {
    let desk = Desk::village();
    let id = save(&desk, json!({ "name": "王秀英", "kind": "full", "id_number": "511722198507010018" }));
    desk.run(&["member", "list", "--unmasked", "--purpose", "核对社保"]).done();
    let trail = desk.run(&["audit", "--limit", "2"]).done();
    let whats: Vec<&str> =
        trail["entries"].as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap()).collect();
    assert_eq!(whats, ["列出全号", "把王秀英写进了花名册"]);
    assert!(trail["next"].is_string() && trail["count"] == 1);
    let next = desk.run(&["audit", "--limit", "2", "--after", trail["next"].as_str().unwrap()]).done();
    assert!(!next["entries"].as_array().unwrap().is_empty());
    let of =
        |words: &[&str]| desk.run(&[&["audit"], words].concat()).done()["entries"].as_array().unwrap().len();
    assert_eq!(of(&["--kind", "exported"]), 1);
    assert_eq!(of(&["--person", &id, "--by", "书记", "--from", "2026-06-12"]), 1);
    assert_eq!(of(&["--until", "2026-06-11"]), 0);
    assert_eq!(desk.run(&["audit", "--by", "没有的人"]).exit, 2);
    let out = desk.path("痕迹.xlsx");
    assert_eq!(desk.run(&["audit", "--out", &out]).exit, 2, "without a purpose");
    assert!(desk.run(&["audit", "--out", &out, "--purpose", "县里检查"]).done()["rows"].as_u64() > Some(1));
    assert_eq!(desk.run(&["audit", "--limit", "1"]).done()["entries"][0]["purpose"], "县里检查");
}
