//! A member moves from one village to another, with the township or the county between them.

use serde_json::{Value, json};
use yuanba_core::tables::transfer;
use yuanba_store::Intent;

use crate::seats::{NEW, NUMBER, OLD, Seat, Three, text};

fn timeline(card: &Value) -> String {
    card["timeline"].to_string()
}

#[test]
fn the_dossier_goes_along_and_the_old_record_is_only_read() {
    let (three, member) = Three::with_member();
    let yard = three.old.call("courtyard.save", json!({ "name": "石院坝" }))["id"].clone();
    let present = json!([{ "name": "王秀英", "member": member }]);
    let note = json!({ "courtyard": yard, "date": "2026-06-10", "present": present, "text": "水管接头漏水" });
    three.old.call("note.save", note);
    let transfer = three.old.release(&member, NEW);
    assert_eq!(three.old.names(), [""; 0]);
    let phone = json!({ "id": member, "fields": { "phones": ["13900000000"] } });
    for (command, request) in [
        ("member.save", phone),
        ("member.void", json!({ "id": member, "reason": "不在了" })),
        ("member.regroup", json!({ "ids": [member], "party_group": "第一党小组" })),
        ("post.excuse", json!({ "member": member, "reason": "年纪大了" })),
    ] {
        let said = three.old.refused(command, request);
        assert!(said.contains("已经转出") && said.contains(NEW), "{command}: {said}");
    }
    three.up(&three.old);
    three.step_down(&transfer);
    assert_eq!(three.new.names(), [""; 0], "nobody is taken in unasked");
    let today = three.new.call("home.today", json!({}));
    assert!(today["today"].to_string().contains("等您接收的 1\u{a0}人"), "{}", today["today"]);
    let moved = three.new.accept();
    let card = three.new.card(&moved);
    assert_eq!(card["member"]["joined_on"], "2008-07-01");
    assert_eq!(card["standing"]["points"], 4);
    assert!(timeline(&card).contains(&format!("在{OLD}")), "{}", timeline(&card));
    // That there was a note goes along; what was heard in the courtyard stays there.
    assert!(
        timeline(&card).contains("在石院坝坐过") && !timeline(&card).contains("漏水"),
        "{}",
        timeline(&card)
    );
    three.up(&three.new);
    three.town.step("confirm", &transfer);
    three.down(&three.old);
    let stub = three.old.card(&member);
    assert_eq!((stub["read_only"].clone(), stub["transfer"]["state"].clone()), (json!(true), json!("done")));
    let seen = three.town.card(&moved);
    assert_eq!(seen["elsewhere"][0]["org_name"], OLD);
    assert_eq!(seen["points_together"], 4);
    assert_eq!(three.town.call("person.doubles", json!({}))["count"], 0);
    three.even();
}

impl Three {
    /// The township hands over, and the new village hears of it.
    fn step_down(&self, transfer: &str) {
        self.town.step("hand_over", transfer);
        self.down(&self.new);
    }

    /// All the way but for the word to the old village.
    fn moved(&self, member: &str) -> (String, String) {
        let transfer = self.old.release(member, NEW);
        self.up(&self.old);
        self.step_down(&transfer);
        let moved = self.new.accept();
        self.up(&self.new);
        (transfer, moved)
    }
}

#[test]
fn a_release_is_taken_back_before_it_was_accepted_and_not_after() {
    let (three, member) = Three::with_member();
    let before = three.old.state();
    let transfer = three.old.release(&member, NEW);
    three.old.step("cancel", &transfer);
    assert_eq!(three.old.state(), before, "post, state and roster are as they were");
    let (transfer, moved) = three.moved(&member);
    assert!(three.town.refused("transfer.cancel", json!({ "id": transfer })).contains("已经接收了"));
    three.town.step("confirm", &transfer);
    three.down(&three.old);
    assert!(three.old.refused("transfer.cancel", json!({ "id": transfer })).contains("已经接收了"));
    assert!(three.old.refused("undo.last", json!({})).contains("已经接收了"));
    three.even();
    // The new village may still take back that it accepted; then it is asked again.
    three.new.undo();
    assert_eq!(three.new.names(), [""; 0]);
    assert_eq!(three.new.accept(), moved);
    three.even();
    assert_eq!(three.new.card(&moved)["standing"]["points"], 4);
}

#[test]
fn what_the_old_village_wrote_before_it_knew_is_set_aside_and_taken_over_by_hand() {
    let (three, member) = Three::with_member();
    // Another laptop of the old village, which has not heard of the release.
    let second = Seat::of("village", "二号机");
    three.town.enrol(&second, Some(OLD));
    three.town.hand(&second, OLD);
    let (transfer, moved) = three.moved(&member);
    let dossier = || three.new.card(&moved)["member"].clone();
    let accepted = dossier();

    let fields = json!({ "phones": ["13800000000", "13911112222"], "job": "护林员", "education": "60" });
    second.change(&member, fields);
    second.post(&member, 1, "2026-06-01");
    second.points(&member, "补记", 1);
    second.hand(&three.town, "parent");
    let late = three.town.late(&transfer);
    assert_eq!(late.len(), 5, "{late:?}");
    assert_eq!(three.town.transfers()[0]["late"], 5);
    let find = |label: &str| {
        let found = late.iter().find(|change| change["label"] == label);
        found.unwrap_or_else(|| panic!("{label}: {late:?}")).clone()
    };
    assert_eq!(
        (find("工作岗位")["after"].clone(), find("工作岗位")["who"].clone()),
        (json!("护林员"), json!("书记"))
    );
    assert_eq!(find("手机号码")["after"], "139****2222");
    assert_eq!(find("积分")["after"], "2 分");
    three.down(&three.new);
    assert_eq!(dossier(), accepted, "nothing is folded into the new dossier by itself");

    let settle = |label: &str, take: bool| {
        let request = json!({ "id": transfer, "change": find(label)["id"], "take": take });
        three.town.call("transfer.settle", request)
    };
    for (label, take) in
        [("工作岗位", true), ("手机号码", true), ("学历", false), ("积分", true), ("经历", true)]
    {
        settle(label, take);
    }
    assert_eq!(three.town.late(&transfer), [Value::Null; 0]);
    three.town.undo();
    assert_eq!(three.town.late(&transfer).len(), 1, "a decision is taken back like everything else");
    settle("经历", true);
    let again = json!({ "id": transfer, "change": find("学历")["id"], "take": true });
    assert!(three.town.refused("transfer.settle", again).contains("已经定过"), "what was left is remembered");
    three.town.step("confirm", &transfer);
    three.down(&three.new);
    let card = three.new.card(&moved);
    assert_eq!(card["member"]["job"], "护林员");
    assert_eq!(card["member"]["phones"], json!(["138****0000", "139****2222"]));
    assert_eq!(card["member"]["education"], Value::Null);
    assert_eq!(card["standing"]["points"], 6);
    assert!(timeline(&card).contains("2026-06-01"), "{}", timeline(&card));
    three.town.hand(&second, OLD);
    second.hand(&three.town, "parent");
    three.even();
    assert_eq!(second.digest(OLD), three.old.digest(OLD));
    assert_eq!(three.town.late(&transfer), [Value::Null; 0]);
    // What is written later still is listed again; what was left says so once.
    assert_eq!(three.town.card(&moved)["points_together"], 6);
}

#[test]
fn a_release_that_was_taken_back_too_late_is_told_to_the_township() {
    let (three, member) = Three::with_member();
    let transfer = three.old.release(&member, NEW);
    three.up(&three.old);
    three.step_down(&transfer);
    // Both are offline now: one accepts, the other takes it back.
    let moved = three.new.accept();
    three.old.step("cancel", &transfer);
    assert_eq!(three.old.names(), ["王秀英"]);
    three.up(&three.old);
    assert_eq!(three.town.transfers()[0]["state"], "recalled");
    three.up(&three.new);
    let listed = three.town.transfers();
    assert_eq!(
        (listed[0]["state"].clone(), listed[0]["steps"].clone()),
        (json!("crossed"), json!(["confirm"]))
    );
    three.town.step("confirm", &text(&listed[0]["id"]));
    three.even();
    assert_eq!((three.old.names(), three.new.names()), (vec![], vec!["王秀英".to_owned()]));
    assert_eq!(three.old.transfers()[0]["state"], "done");
    assert_eq!(three.new.card(&moved)["standing"]["points"], 4);
}

#[test]
fn a_hand_over_that_was_taken_back_while_it_was_accepted_leaves_nobody_without_a_dossier() {
    for again in [false, true] {
        let (three, member) = Three::with_member();
        let transfer = three.old.release(&member, NEW);
        three.up(&three.old);
        three.step_down(&transfer);
        let moved = three.new.accept();
        three.town.undo();
        assert_eq!(three.town.transfers()[0]["state"], "released");
        if again {
            three.town.step("hand_over", &transfer);
            three.town.step("cancel", &transfer);
        }
        three.even();
        assert_eq!(three.new.names(), ["王秀英"]);
        assert_eq!(three.new.card(&moved)["transfer"]["from_name"], OLD);
        assert_eq!(three.town.transfers()[0]["state"], "accepted", "acceptance holds");
        three.town.step("confirm", &transfer);
        three.even();
        assert_eq!(three.town.transfers()[0]["state"], "done");
        assert_eq!(three.town.late(&transfer), [Value::Null; 0]);
        assert_eq!(three.town.call("conflict.list", json!({})), json!([]));
        assert_eq!(three.town.card(&moved)["points_together"], 4);
    }
}

#[test]
fn a_hand_over_is_withdrawn_when_the_old_village_has_thought_better_of_it_and_goes_after_all() {
    let (three, member) = Three::with_member();
    let transfer = three.old.release(&member, NEW);
    three.up(&three.old);
    three.step_down(&transfer);
    three.old.step("cancel", &transfer);
    three.up(&three.old);
    let listed = three.town.transfers();
    assert_eq!(
        (listed[0]["state"].clone(), listed[0]["steps"].clone()),
        (json!("recalled"), json!(["withdraw"]))
    );
    let handed = text(&listed[0]["id"]);
    three.town.step("cancel", &handed);
    three.down(&three.new);
    assert_eq!(three.new.transfers(), [Value::Null; 0]);
    three.new.refused("transfer.accept", json!({ "id": handed }));
    three.even();
    three.moved(&member);
    three.even();
    assert_eq!((three.old.names(), three.new.names()), (vec![], vec!["王秀英".to_owned()]));
}

#[test]
fn whoever_comes_back_takes_up_the_old_record_again() {
    for number in [Some(NUMBER), None] {
        let three = Three::new();
        let member = three.old.add(json!({ "name": "王秀英", "id_number": number, "kind": "full" }));
        three.old.points(&member, "学习", 2);
        let (transfer, away) = three.moved(&member);
        three.town.step("confirm", &transfer);
        three.round();
        three.new.points(&away, "学习", 1);
        let back = three.new.release(&away, OLD);
        three.up(&three.new);
        three.town.step("hand_over", &back);
        three.down(&three.old);
        assert_eq!(three.old.accept(), member, "{number:?}");
        three.old.change(&member, json!({ "job": "护林员" }));
        three.up(&three.old);
        three.town.step("confirm", &back);
        three.even();
        assert_eq!((three.old.names(), three.new.names()), (vec!["王秀英".to_owned()], vec![]));
        assert_eq!(three.old.card(&member)["standing"]["points"], 6);
        assert_eq!(three.old.call("conflict.list", json!({})), json!([]));
        for listed in three.town.transfers() {
            assert_eq!(
                (listed["late"].clone(), listed["state"].clone()),
                (json!(0), json!("done")),
                "{listed}"
            );
        }
        assert_eq!(three.town.card(&member)["points_together"], 6);
    }
}

#[test]
fn whoever_was_entered_in_the_new_village_before_is_not_there_twice() {
    let (three, member) = Three::with_member();
    let known = three.new.add(json!({ "name": "王秀英", "id_number": NUMBER, "job": "教师" }));
    let (transfer, moved) = three.moved(&member);
    assert_eq!(moved, known);
    let card = three.new.card(&moved);
    assert_eq!(
        (card["member"]["job"].clone(), card["member"]["kind"].clone()),
        (json!("教师"), json!("full"))
    );
    three.town.step("confirm", &transfer);
    three.even();
    assert_eq!(three.new.names(), ["王秀英"]);
}

#[test]
fn two_laptops_of_the_new_village_accept_the_same_and_it_counts_once() {
    let (three, member) = Three::with_member();
    let second = Seat::of("village", "二号机");
    three.town.enrol(&second, Some(NEW));
    let transfer = three.old.release(&member, NEW);
    three.up(&three.old);
    three.step_down(&transfer);
    three.town.hand(&second, NEW);
    assert_eq!(three.new.accept(), second.accept());
    second.hand(&three.town, "parent");
    three.even();
    three.town.hand(&second, NEW);
    second.hand(&three.town, "parent");
    three.even();
    assert_eq!(three.new.digest(NEW), second.digest(NEW));
    assert_eq!(three.new.names(), ["王秀英"]);
    let moved = text(&three.new.call("roster.query", json!({}))["ids"][0]);
    assert_eq!(three.new.card(&moved)["standing"]["points"], 4);
    assert_eq!(three.new.call("conflict.list", json!({})), json!([]));
}

#[test]
fn out_of_everything_that_we_hold_and_in_from_there() {
    let (three, member) = Three::with_member();
    let request =
        json!({ "member": member, "to": "外县河口村党支部", "outside": true, "letter": "川组转2026第7号" });
    let released = three.old.call("transfer.release", request);
    assert_eq!(three.old.transfers()[0]["state"], "outside");
    three.up(&three.old);
    let listed = three.town.call("transfer.list", json!({}));
    assert_eq!(
        (listed["waiting"].clone(), listed["transfers"][0]["state"].clone()),
        (json!(0), json!("outside"))
    );
    three.old.step("cancel", &text(&released["id"]));
    assert_eq!(three.old.names(), ["王秀英"]);

    let fields = json!({ "name": "李长河", "id_number": "511722199001010011" });
    let request = json!({ "fields": fields, "from": "外县河口村党支部", "letter": "豫组转3号" });
    let arrived = three.new.call("transfer.receive", request);
    let card = three.new.card(&text(&arrived["member"]));
    assert_eq!(
        (card["transfer"]["state"].clone(), card["transfer"]["letter"].clone()),
        (json!("arrived"), json!("豫组转3号"))
    );
    assert_eq!(three.new.names(), ["李长河"]);
    three.even();
    three.new.undo();
    assert_eq!(three.new.names(), [""; 0]);
}

#[test]
fn whoever_went_outside_comes_back_to_the_same_record() {
    let (three, member) = Three::with_member();
    three
        .old
        .call("transfer.release", json!({ "member": member, "to": "外县河口村党支部", "outside": true }));
    let fields = json!({ "name": "王秀英", "id_number": NUMBER, "job": "护林员" });
    let request = json!({ "fields": fields, "from": "外县河口村党支部" });
    let arrived = three.old.call("transfer.receive", request.clone());
    assert_eq!(arrived["member"], member);
    assert_eq!(three.old.names(), ["王秀英"]);
    three.old.change(&member, json!({ "address": "三组" }));
    assert_eq!(three.old.call("conflict.list", json!({})), json!([]));
    let card = three.old.card(&member);
    assert_eq!((card["read_only"].clone(), card["member"]["job"].clone()), (json!(false), json!("护林员")));
    let told = timeline(&card);
    assert!(told.contains("组织关系转出，去外县") && told.contains("组织关系从外县"), "{told}");
    assert!(three.old.refused("transfer.receive", request).contains("已经在花名册上了"));
    three.even();
}

#[test]
fn the_years_before_go_along_through_every_village() {
    let (three, member) = Three::with_member();
    let (transfer, moved) = three.moved(&member);
    three.town.step("confirm", &transfer);
    let third = Seat::of("village", "黄桷村党支部");
    three.town.enrol(&third, None);
    third.hand(&three.town, "parent");
    let on = three.new.release(&moved, "黄桷村党支部");
    three.up(&three.new);
    three.town.step("hand_over", &on);
    three.town.hand(&third, "黄桷村党支部");
    let last = third.accept();
    let told = timeline(&third.card(&last));
    for line in [format!("从{OLD}转来"), format!("从{NEW}转来"), "2025-03-01".to_owned(), format!("在{OLD}")]
    {
        assert!(told.contains(&line), "{line}: {told}");
    }
    third.hand(&three.town, "parent");
    three.town.step("confirm", &on);
    three.even();
    assert_eq!(three.town.card(&last)["points_together"], 4);
    assert_eq!(three.town.card(&last)["elsewhere"].as_array().unwrap().len(), 2);
}

#[test]
fn points_that_wait_for_review_are_reviewed_before_somebody_leaves() {
    let (three, member) = Three::with_member();
    let cells = json!([{ "account": member, "rule": "study-session", "times": 1 }]);
    three.old.call(
        "points.claim",
        json!({ "group": "members", "date": "2026-06-06", "event": "学习二", "cells": cells }),
    );
    let said = three.old.refused("transfer.release", json!({ "member": member, "to": NEW }));
    assert!(said.contains("1 笔积分没审"), "{said}");
}

#[test]
fn only_who_stands_above_both_hands_over_and_only_the_new_village_accepts() {
    let (three, member) = Three::with_member();
    let transfer = three.old.release(&member, NEW);
    let refused =
        |seat: &Seat, step: &str, request: Value| seat.refused(&format!("transfer.{step}"), request);
    refused(&three.old, "hand_over", json!({ "id": transfer, "to": OLD }));
    refused(&three.old, "release", json!({ "member": member, "to": NEW }));
    three.up(&three.old);
    refused(&three.town, "accept", json!({ "id": transfer }));
    refused(&three.town, "confirm", json!({ "id": transfer }));
    three.town.step("hand_over", &transfer);
    refused(&three.town, "hand_over", json!({ "id": transfer }));
    refused(&three.town, "accept", json!({ "id": transfer }));
    three.town.undo();
    assert_eq!(three.town.transfers()[0]["state"], "released", "a hand-over is undone like everything else");
    // A name that nobody knows is asked for.
    three.town.call("transfer.cancel", json!({ "id": transfer }));
    let unknown = three.town.call("transfer.release", json!({ "member": member, "to": "哪个村党支部" }));
    let said = refused(&three.town, "hand_over", json!({ "id": unknown["id"] }));
    assert!(said.contains("对不上是哪个支部"), "{said}");
    three.town.call("transfer.hand_over", json!({ "id": unknown["id"], "to": NEW }));
}

#[test]
fn a_village_does_not_tell_itself_that_its_member_has_arrived() {
    let (three, member) = Three::with_member();
    let release = three.old.release(&member, NEW);
    three.old.beside(|store| {
        let record = store.record(&transfer::TABLE, release.parse().unwrap()).unwrap().unwrap();
        let mut intent = Intent::new("自己写的");
        intent.edit(&record).put(transfer::ACCEPTED_ON, "2026-06-12");
        store.commit(intent).unwrap();
    });
    three.up(&three.old);
    for seat in [&three.old, &three.town] {
        assert_eq!(seat.transfers()[0]["state"], "released", "{}", seat.name);
    }
    three.step_down(&release);
    three.new.accept();
    three.up(&three.new);
    three.town.step("confirm", &release);
    three.even();
    assert_eq!(three.old.transfers()[0]["state"], "done");
}

#[test]
fn two_villages_of_two_townships_have_their_county_between_them() {
    let (county, east, west) = (
        Seat::of("county", "宣明县委组织部"),
        Seat::of("township", "东镇党委"),
        Seat::of("township", "西镇党委"),
    );
    let (old, new) = (Seat::of("village", OLD), Seat::of("village", NEW));
    for (above, below) in [(&county, &east), (&county, &west), (&east, &old), (&west, &new)] {
        above.enrol(below, None);
    }
    let up = || {
        for (from, to) in [(&old, &east), (&new, &west), (&east, &county), (&west, &county)] {
            from.hand(to, "parent");
        }
    };
    let down = || {
        for (from, to) in [(&county, &east), (&county, &west), (&east, &old), (&west, &new)] {
            from.hand(to, &to.name);
        }
    };
    let member = old.add(json!({ "name": "王秀英", "id_number": NUMBER, "kind": "full" }));
    up();
    let transfer = old.release(&member, NEW);
    up();
    let said = east.refused("transfer.hand_over", json!({ "id": transfer }));
    assert!(said.contains("对不上是哪个支部"), "the eastern township does not know that village: {said}");
    county.step("hand_over", &transfer);
    down();
    let moved = new.accept();
    up();
    assert_eq!(west.transfers()[0]["steps"], json!([]), "the western township is not above both");
    county.step("confirm", &transfer);
    down();
    assert_eq!(old.transfers()[0]["state"], "done");
    assert_eq!(county.card(&moved)["elsewhere"][0]["org_name"], OLD);
    up();
    for (village, township) in [(&old, &east), (&new, &west)] {
        let digest = village.digest(&village.name);
        assert_eq!(digest, township.digest(&village.name));
        assert_eq!(digest, county.digest(&village.name));
        village.sound();
    }
    county.sound();
}

#[test]
fn sticks_that_come_in_another_order_bring_the_same() {
    let (three, member) = Three::with_member();
    let transfer = three.old.release(&member, NEW);
    let first = three.old.write("parent");
    three.old.add(json!({ "name": "冯小燕" }));
    let second = three.old.write("parent");
    three.town.read(&second);
    three.town.read(&first);
    three.town.step("hand_over", &transfer);
    let handed = three.town.write(NEW);
    three.town.undo();
    let taken_back = three.town.write(NEW);
    // The later stick comes first: nothing is to be accepted; nor after the earlier one.
    for stick in [&taken_back, &handed, &handed] {
        three.new.read(stick);
        assert_eq!(three.new.transfers(), [Value::Null; 0]);
    }
    three.step_down(&transfer);
    three.new.accept();
    three.even();
    assert_eq!(three.new.names(), ["王秀英"]);
}

#[test]
fn what_was_handed_over_is_erased_with_the_person() {
    let (three, member) = Three::with_member();
    let (transfer, moved) = three.moved(&member);
    three.town.step("confirm", &transfer);
    three.even();
    for id in [&member, &moved] {
        three.town.call("redact.record", json!({ "id": id, "reason": "本人要求" }));
    }
    three.even();
    for seat in [&three.town, &three.new] {
        let seen =
            format!("{}{}", seat.call("member.list", json!({})), seat.call("transfer.list", json!({})));
        assert!(!seen.contains("王秀英") && !seen.contains("0018"), "{}: {seen}", seat.name);
    }
}

#[test]
fn a_dossier_that_was_handed_over_and_never_accepted_is_erased_with_the_person_too() {
    let (three, member) = Three::with_member();
    let transfer = three.old.release(&member, NEW);
    three.up(&three.old);
    three.step_down(&transfer);
    three.town.step("cancel", &transfer);
    three.town.call("redact.record", json!({ "id": member, "reason": "本人要求" }));
    three.even();
    let handed = three.new.call("transfer.list", json!({ "all": true }));
    assert_eq!(handed["count"], 0);
    assert!(
        !three
            .new
            .api
            .call("transfer.show", json!({ "id": transfer }))
            .is_ok_and(|d| d.to_string().contains("王秀英"))
    );
}

#[test]
fn a_release_taken_back_by_somebody_who_did_not_know_of_the_word_stays_a_release() {
    let (three, member) = Three::with_member();
    let (transfer, moved) = three.moved(&member);
    three.town.step("confirm", &transfer);
    // The word is on its way, and the old village thinks better of it.
    three.old.step("cancel", &transfer);
    assert_eq!(three.old.names(), ["王秀英"]);
    three.even();
    assert_eq!((three.old.names(), three.new.names()), (vec![], vec!["王秀英".to_owned()]));
    for seat in [&three.old, &three.town] {
        assert_eq!(seat.transfers()[0]["state"], "done", "{}", seat.name);
    }
    assert_eq!(three.town.late(&transfer), [Value::Null; 0]);
    let stub = three.old.card(&member);
    assert_eq!((stub["read_only"].clone(), stub["row"]["post_text"].clone()), (json!(true), Value::Null));
    assert_eq!(three.new.card(&moved)["standing"]["points"], 4);
    assert_eq!(three.old.call("conflict.list", json!({})), json!([]));
}

#[test]
fn two_laptops_that_let_the_same_member_go_hand_over_one_dossier() {
    let (three, member) = Three::with_member();
    let second = Seat::of("village", "二号机");
    three.town.enrol(&second, Some(OLD));
    three.town.hand(&second, OLD);
    let (first, again) = (three.old.release(&member, NEW), second.release(&member, NEW));
    three.up(&three.old);
    second.hand(&three.town, "parent");
    assert_eq!(three.town.call("transfer.list", json!({}))["count"], 2);
    three.town.step("hand_over", &first);
    let said = three.town.refused("transfer.hand_over", json!({ "id": again }));
    assert!(said.contains("写了两次"), "{said}");
    three.town.step("cancel", &again);
    three.down(&three.new);
    three.new.accept();
    three.up(&three.new);
    three.town.step("confirm", &first);
    three.even();
    assert_eq!((three.old.names(), three.new.names()), (vec![], vec!["王秀英".to_owned()]));
    assert_eq!(three.old.card(&member)["read_only"], true);
    assert_eq!(three.old.call("conflict.list", json!({})), json!([]));
}
