//! What is asked for, and when.

use super::*;
use crate::home::facts::Claims;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn on(today: &str) -> Facts {
    Facts { today: day(today), coming_days: 7, ..Facts::default() }
}

fn probation(over_on: &str) -> Probation {
    Probation { member: "m".into(), name: "陈德贵".into(), pronoun: "他".into(), over_on: day(over_on) }
}

#[test]
fn a_day_is_late_after_it_todays_on_it_and_soon_within_the_week_before() {
    for (today, list) in
        [("2026-06-19", "late"), ("2026-06-18", "today"), ("2026-06-11", "soon"), ("2026-06-10", "")]
    {
        let facts = Facts { probations: vec![probation("2026-06-18")], ..on(today) };
        let tasks = all(&facts);
        let found = [("late", &tasks.late), ("today", &tasks.today), ("soon", &tasks.soon)];
        for (name, tasks) in found {
            assert_eq!(tasks.len(), usize::from(name == list), "{today} {name}");
        }
    }
}

#[test]
fn the_sentence_of_a_task_is_what_one_would_say_across_the_table() {
    let facts = Facts { probations: vec![probation("2026-06-18")], ..on("2026-06-12") };
    let task = &all(&facts).soon[0];
    assert_eq!(task.title, "陈德贵预备期满一年，等他交转正申请");
    assert_eq!(task.detail, "预备党员，6 月 18 日满，还有 6 天");
    let facts = Facts { probations: vec![probation("2026-06-10")], ..on("2026-06-12") };
    assert_eq!(all(&facts).late[0].lateness.as_deref(), Some("过了 2 天"));
}

#[test]
fn the_stick_is_asked_for_today_when_a_week_has_gone_and_never_with_nothing_to_carry() {
    let stick = |waiting, last: Option<&str>| Stick { to: "镇里", waiting, last: last.map(day) };
    let tasks = |stick| all(&Facts { stick: Some(stick), ..on("2026-06-12") });
    let overdue = tasks(stick(12, Some("2026-06-03")));
    assert_eq!(overdue.today[0].title, "带 U 盘去镇里");
    assert_eq!(overdue.today[0].detail, "12 条还没上报，上次交接是 6 月 3 日，9 天前");
    assert_eq!(tasks(stick(12, Some("2026-06-10"))).soon.len(), 1);
    assert_eq!(tasks(stick(12, None)).today[0].detail, "12 条还没上报，还没有交接过");
    let nothing = tasks(stick(0, None));
    assert_eq!((nothing.today.len(), nothing.soon.len()), (0, 0));
}

#[test]
fn claims_are_for_whoever_may_decide_and_only_wait_for_the_others() {
    let waiting = |claims| Waiting { claims, points: 222, proposers: vec!["周晓雯".into()] };
    let facts = Facts { claims: Claims { for_me: waiting(3), for_others: waiting(2) }, ..on("2026-06-12") };
    let tasks = all(&facts);
    assert_eq!(tasks.today[0].title, "3 笔积分等您审");
    assert_eq!(tasks.today[0].detail, "周晓雯申报的，共 222 分，审了才入账");
    let four = ["周晓雯", "冯有才", "何玉兰", "李国强"].map(str::to_owned).to_vec();
    let for_me = Waiting { claims: 9, points: 25, proposers: four };
    let facts = Facts { claims: Claims { for_me, for_others: waiting(0) }, ..on("2026-06-12") };
    assert_eq!(all(&facts).today[0].detail, "周晓雯、冯有才等 4\u{a0}人申报的，共 25 分，审了才入账");
    assert_eq!(tasks.soon[0].title, "2 笔积分等别人审");
}

#[test]
fn many_courtyards_without_a_liaison_are_one_line() {
    let yards = |n: usize| (0..n).map(|i| (i.to_string(), format!("坪上{i}"))).collect();
    let lines = |n| all(&Facts { unattended: yards(n), ..on("2026-06-12") }).today.len();
    assert_eq!([lines(0), lines(2), lines(3), lines(9)], [0, 2, 3, 1]);
}

#[test]
fn a_quiet_day_says_nothing_of_its_own() {
    assert_eq!(all(&on("2026-06-12")).sentence(), "");
}
