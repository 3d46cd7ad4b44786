//! The same person entered twice, and two who were taken for one.

use serde_json::{Value, json};

use crate::seats::{NEW, NUMBER, OLD, OTHER_NUMBER, Seat, Three, text};

fn doubles(seat: &Seat) -> Value {
    seat.call("person.doubles", json!({}))
}

fn two(one: &str, other: &str) -> Value {
    json!({ "first": one, "second": other })
}

#[test]
fn two_records_of_one_village_are_joined_and_parted_and_all_is_as_it_was() {
    let village = Seat::of("village", OLD);
    let one =
        village.add(json!({ "name": "王秀英", "kind": "full", "birth_date": "1985-07-01", "job": "教师" }));
    let other = village
        .add(json!({ "name": "王秀瑛", "kind": "full", "birth_date": "1985-07-01", "education": "60" }));
    village.post(&one, 0, "2025-03-01");
    village.post(&other, 1, "2026-01-01");
    village.points(&one, "学习一", 2);
    village.points(&other, "学习二", 1);
    let apart = village.state();
    assert_eq!(doubles(&village)["count"], 0, "another name and no number");

    let joined = village.call("person.join", two(&one, &other));
    assert_eq!(village.names().len(), 1);
    let card = village.card(&other);
    assert_eq!(card["standing"]["points"], 6, "the sum of both accounts");
    assert_eq!(
        (card["member"]["job"].clone(), card["member"]["education"].clone()),
        (json!("教师"), json!("60"))
    );
    assert_eq!(card["records"].as_array().unwrap().len(), 2);
    let told = card["timeline"].to_string();
    assert!(told.contains("2025-03-01") && told.contains("2026-01-01"), "{told}");
    assert!(card["doubts"].to_string().contains("姓名有两种写法"), "{}", card["doubts"]);
    assert!(village.refused("person.join", two(&one, &other)).contains("已经是同一个人"));

    village.call("person.part", two(&one, &other));
    assert_eq!(village.names().len(), 2);
    assert_eq!(village.card(&one)["standing"]["points"], 4);
    assert_eq!(village.card(&other)["standing"]["points"], 2);
    village.undo();
    assert_eq!(village.names().len(), 1, "parting is undone like everything else");
    village.call("undo.group", json!({ "group": joined["done"]["group"] }));
    assert_eq!(village.state(), apart);
    village.sound();
}

#[test]
fn what_folds_to_one_by_itself_is_parted_and_joined_again() {
    let village = Seat::of("village", OLD);
    let fields = json!({ "name": "王秀英", "id_number": NUMBER });
    let ids: Vec<String> = (0..3).map(|_| village.add(fields.clone())).collect();
    assert_eq!(village.names(), ["王秀英"]);
    village.call("person.part", two(&ids[0], &ids[2]));
    assert_eq!(village.names().len(), 2);
    assert_eq!(village.card(&ids[1])["records"].as_array().unwrap().len(), 2);
    assert_eq!(doubles(&village)["count"], 0, "somebody has said so");
    village.call("person.part", two(&ids[1], &ids[0]));
    assert_eq!(village.names().len(), 3, "also the one that gives its id");
    village.call("person.join", two(&ids[0], &ids[1]));
    village.call("person.join", two(&ids[2], &ids[1]));
    assert_eq!(village.names(), ["王秀英"]);
    assert!(village.refused("person.part", two(&ids[1], &ids[1])).contains("同一条记录"));
    village.sound();
}

#[test]
fn the_township_sees_who_may_be_one_person_and_says_so_in_both_villages() {
    let three = Three::new();
    let here = three
        .old
        .add(json!({ "name": "王秀英", "id_number": NUMBER, "phones": ["13800000000"], "kind": "full" }));
    let there = three.new.add(json!({ "name": "王秀瑛", "id_number": NUMBER, "kind": "full" }));
    let born = json!({ "name": "李国强", "birth_date": "1960-02-03" });
    let (_, _) = (three.old.add(born.clone()), three.new.add(born));
    // Two good numbers are two people.
    three.old.add(json!({ "name": "冯小燕", "id_number": OTHER_NUMBER }));
    three.new.add(json!({ "name": "冯小燕", "id_number": "511722198507010042" }));
    three.old.points(&here, "学习", 1);
    three.new.points(&there, "学习", 2);
    three.round();
    let found = doubles(&three.town);
    assert_eq!(found["count"], 2, "{found}");
    let shown = found.to_string();
    assert!(!shown.contains(NUMBER) && !shown.contains("13800000000"), "{shown}");
    let listed = found["doubles"].as_array().unwrap();
    let number = listed.iter().find(|double| double["why"] == "number").unwrap();
    let (first, second) = (text(&number["first"]["id"]), text(&number["second"]["id"]));
    let label = |label: &str| {
        number["facts"].as_array().unwrap().iter().find(|f| f["label"] == label).unwrap().clone()
    };
    assert_eq!(
        (label("公民身份号码")["same"].clone(), label("姓名")["same"].clone()),
        (json!(true), json!(false))
    );
    assert_eq!(three.town.call("roster.query", json!({}))["count"], 6, "nobody is merged by the machine");

    let before = three.town.state();
    three.town.call("person.join", two(&first, &second));
    assert_eq!(doubles(&three.town)["count"], 1);
    let card = three.town.card(&here);
    assert_eq!(
        (card["elsewhere"][0]["org_name"].clone(), card["points_together"].clone()),
        (json!(NEW), json!(6))
    );
    assert_eq!(three.town.call("undo.recent", json!({ "limit": 9 })).as_array().unwrap().len(), 1, "one act");
    three.town.undo();
    assert_eq!(three.town.state(), before, "taken back in both villages");
    assert_eq!(doubles(&three.town)["count"], 2);

    let names = listed.iter().find(|double| double["why"] == "name_and_birth").unwrap();
    three.town.call("person.part", two(&text(&names["first"]["id"]), &text(&names["second"]["id"])));
    assert_eq!(doubles(&three.town)["count"], 1, "what is not one is remembered");
    three.town.call("person.join", two(&first, &second));
    three.town.call("person.part", two(&second, &first));
    assert_eq!(doubles(&three.town)["count"], 0);
    assert_eq!(three.town.card(&here)["elsewhere"], json!([]));
    three.even();
}

#[test]
fn a_village_says_nothing_of_another_village_s_people() {
    let three = Three::new();
    let here = three.old.add(json!({ "name": "王秀英", "id_number": NUMBER }));
    let there = three.new.add(json!({ "name": "王秀英", "id_number": NUMBER }));
    three.round();
    assert_eq!(doubles(&three.old)["count"], 0);
    three.old.refused("person.join", two(&here, &there));
    assert_eq!(doubles(&three.town)["count"], 1);
}
