//! 院坝, 手记, 代办.

use serde_json::{Value, json};
use yuanba_api::Code;

use crate::village::{Village, said};

fn yard(village: &Village, name: &str) -> Value {
    let yard = json!({"id": null, "name": name, "party_group": "第二党小组", "households": 23, "people": 71, "x": 300, "y": 500});
    village.call("courtyard.save", yard)["id"].clone()
}

#[test]
fn a_note_heard_in_a_courtyard_becomes_an_errand_that_is_done_late_and_rated() {
    let village = Village::new();
    let agent = village.full_member("周晓雯");
    let yard = yard(&village, "石院坝");
    let saved = village.call(
        "note.save",
        json!({
            "id": null, "courtyard": yard, "date": "2026-06-12",
            "present": [{"name": "何玉兰", "member": null}],
            "text": "她在县医院住院 11 天，出院结算单拿回来了，不知道怎么报销。", "tags": ["医保"],
            "errand": {"matter": "medical-insurance-claim", "agent": agent, "papers": ["出院结算单", "身份证"]}
        }),
    );
    assert_eq!(said(&saved), "写了石院坝的手记，给何玉兰家开了 1 件代办：城乡居民医保报销");
    assert_eq!(saved["errand"]["number"], "2026A0001");
    assert_eq!(saved["errand"]["promised_on"], "2026-06-22", "five working days over a weekend and 端午");

    let notes = village.call("note.list", json!({"courtyard": yard}));
    assert_eq!(notes[0]["present"][0]["name"], "何玉兰");
    assert_eq!((&notes[0]["author"], &notes[0]["errand"]), (&json!("罗永福"), &saved["errand"]["id"]));

    village.on("2026-06-24");
    let open = village.call("errand.list", json!({"state": "open"}));
    assert_eq!((&open[0]["days_late"], &open[0]["agent_name"]), (&json!(2), &json!("周晓雯")));
    let early = village
        .refused("errand.rate", json!({"id": open[0]["id"], "attitude": 5, "quality": 5, "efficiency": 5}));
    assert!(early.message.contains("还没有结果"), "{early}");

    let done = json!({"id": open[0]["id"], "on": "2026-06-24", "result": "报了 3120 元，打到卡上了"});
    let finished = village.call("errand.finish", done.clone());
    assert_eq!(said(&finished), "何玉兰家的城乡居民医保报销办完了");
    assert_eq!(village.refused("errand.finish", done).code, Code::Refused);
    let form = village.call("errand.rating_form", json!({}));
    let asked = |at: usize| (form["aspects"][at]["id"].clone(), form["aspects"][at]["labels"][4].clone());
    assert_eq!(form["aspects"].as_array().unwrap().len(), 3);
    assert_eq!(asked(0), (json!("attitude"), json!("像自家人")), "the marks in the words of the practice");
    village.call("errand.rate", json!({"id": open[0]["id"], "attitude": 5, "quality": 4, "efficiency": 3}));
    let all = village.call("errand.list", json!({"state": "done"}));
    assert_eq!(all[0]["rating"], json!({"attitude": 5, "quality": 4, "efficiency": 3}));
    assert_eq!((&all[0]["state"], &all[0]["days_late"]), (&json!("done"), &json!(2)));
    assert!(village.call("errand.list", json!({"state": "open"})).as_array().unwrap().is_empty());

    village.undo(&finished);
    assert_eq!(village.call("errand.list", json!({"state": "open"}))[0]["number"], "2026A0001");
}

#[test]
fn note_and_errand_are_taken_back_together_and_the_number_is_not_given_again() {
    let village = Village::new();
    let yard = yard(&village, "坪上");
    let note = |person: &str| {
        json!({"id": null, "courtyard": yard, "date": "2026-06-12", "text": "水管又漏了",
               "errand": {"matter": "water-fault", "person": person}})
    };
    let saved = village.call("note.save", note("蒲大春"));
    village.undo(&saved);
    assert!(village.call("note.list", json!({"courtyard": yard})).as_array().unwrap().is_empty());
    assert!(village.call("errand.list", json!({"state": "all"})).as_array().unwrap().is_empty());
    assert_eq!(village.call("note.save", note("蒲大春"))["errand"]["number"], "2026A0002");
    let opened = village.call("errand.open", json!({"person": "谢开秀", "matter": "social-card"}));
    assert_eq!(opened["number"], "2026A0003");
    assert_eq!(village.refused("note.save", note("")).field.as_deref(), Some("person"));
}

#[test]
fn a_courtyard_nobody_visits_is_overdue_after_thirty_days() {
    let village = Village::new();
    let yard = yard(&village, "黄桷树");
    let listed = |village: &Village| village.call("courtyard.list", json!({}))["courtyards"][0].clone();
    assert_eq!(listed(&village)["overdue"], true, "never visited");
    let note = json!({"id": null, "courtyard": yard, "date": "2026-06-12", "text": "摆了一阵龙门阵"});
    village.call("note.save", note);
    village.on("2026-07-12");
    assert_eq!((&listed(&village)["days_quiet"], &listed(&village)["overdue"]), (&json!(30), &json!(false)));
    village.on("2026-07-13");
    assert_eq!(listed(&village)["overdue"], true);
    let sentence = village.call("courtyard.list", json!({}))["sentence"].clone();
    assert_eq!(sentence, "1 个院坝，23 户。都超过 30 天没去了。");
}

#[test]
fn a_new_liaison_follows_the_old_one_and_undo_brings_the_old_one_back() {
    let village = Village::new();
    let (first, second) = (village.full_member("单立群"), village.full_member("李国强"));
    let yard = yard(&village, "上河湾");
    let liaison = |member: &Value, from: &str| json!({"courtyard": yard, "member": member, "phone": "0818-5220001", "from": from});
    village.call("courtyard.liaison", liaison(&first, "2026-01-01"));
    let changed = village.call("courtyard.liaison", liaison(&second, "2026-06-01"));
    assert_eq!(said(&changed), "定了上河湾院坝的联络员：李国强");
    let card = |village: &Village| village.call("courtyard.card", json!({"id": yard}));
    assert_eq!(
        (&card(&village)["liaison"]["name"], &card(&village)["liaison"]["phone"]),
        (&json!("李国强"), &json!("0818-5220001"))
    );
    village.undo(&changed);
    assert_eq!(card(&village)["liaison"]["name"], "单立群");
    let bad = json!({"courtyard": yard, "member": first, "phone": "找他就行", "from": "2026-01-01"});
    assert_eq!(village.refused("courtyard.liaison", bad).field.as_deref(), Some("phone"));
}

#[test]
fn what_cannot_be_is_refused_by_its_field_and_nothing_is_written() {
    let village = Village::new();
    let yard = yard(&village, "桥头");
    let twin = json!({"id": null, "name": "桥头"});
    assert_eq!(village.refused("courtyard.save", twin).field.as_deref(), Some("name"));
    let note = |date: &str, text: &str| json!({"id": null, "courtyard": yard, "date": date, "text": text});
    assert_eq!(village.refused("note.save", note("2026-06-13", "明天的事")).field.as_deref(), Some("date"));
    assert_eq!(village.refused("note.save", note("2026-06-12", "  ")).field.as_deref(), Some("text"));
    let promise =
        village.call("errand.promise", json!({"matter": "medical-insurance-claim", "from": "2026-06-12"}));
    assert_eq!(promise["explained"], "5 个工作日，已跳过周末和端午（6 月 19 日）");
    assert_eq!(
        village.refused("errand.open", json!({"person": "何玉兰", "matter": "moon"})).code,
        Code::NotFound
    );
    assert!(village.call("note.list", json!({})).as_array().unwrap().is_empty());
    for (command, name) in [("courtyard.export", "a"), ("note.export", "b"), ("errand.export", "c")] {
        let out = village.dir.path().join(name);
        village.call(command, json!({"out": out}));
    }
}
