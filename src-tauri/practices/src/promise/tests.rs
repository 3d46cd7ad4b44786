use super::*;
use crate::Practices;
use proptest::prelude::*;

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

fn working_days(from: NaiveDate, days: u32) -> Promise {
    promise(from, days, DayKind::Working, &Practices::built_in().holidays).unwrap()
}

#[test]
fn five_working_days_skip_the_weekends_and_the_dragon_boat_festival() {
    let promised = working_days(day(2026, 6, 12), 5);
    assert_eq!(promised.on, day(2026, 6, 22));
    assert_eq!(promised.sentence, "5 个工作日，已跳过周末和端午（6 月 19 日）");
    assert!(!promised.provisional);
}

#[test]
fn a_worked_weekend_counts_and_is_said() {
    let promised = working_days(day(2026, 9, 18), 10);
    // 20 Sep works; 25 Sep is off; 1 to 7 Oct are off.
    assert_eq!(promised.on, day(2026, 10, 9));
    assert_eq!(
        promised.sentence,
        "10 个工作日，已跳过周末、中秋（9 月 25 日）和国庆（10 月 1 日至 7 日），9 月 20 日补班，算在内"
    );
}

#[test]
fn a_spring_festival_across_two_months_is_said_with_both() {
    let promised = working_days(day(2025, 1, 27), 3);
    assert_eq!(promised.on, day(2025, 2, 7));
    assert_eq!(promised.sentence, "3 个工作日，已跳过周末和春节（1 月 28 日至 2 月 4 日）");
}

#[test]
fn a_year_without_a_table_makes_the_day_provisional() {
    let promised = working_days(day(2026, 12, 30), 3);
    assert!(promised.provisional && promised.sentence.contains("暂算") && promised.sentence.contains("2027"));
    assert!(!working_days(day(2026, 12, 28), 3).provisional);
}

#[test]
fn calendar_days_are_plain_days() {
    let promised = promise(day(2026, 2, 27), 3, DayKind::Calendar, &Practices::built_in().holidays).unwrap();
    assert_eq!(promised.on, day(2026, 3, 2));
    assert_eq!(promised.sentence, "3 天，周末和放假也算在内");
}

#[test]
fn nobody_promises_beyond_a_year_or_beyond_the_calendar() {
    let holidays = &Practices::built_in().holidays;
    for kind in [DayKind::Calendar, DayKind::Working] {
        assert_eq!(promise(day(2026, 1, 1), MAX_DAYS + 1, kind, holidays), Err(BadPromise));
        assert_eq!(promise(NaiveDate::MAX, 1, kind, holidays), Err(BadPromise));
        assert_eq!(promise(day(2026, 6, 13), 0, kind, holidays).unwrap().on, day(2026, 6, 13));
    }
}

proptest! {
    #[test]
    fn a_promised_working_day_works_and_one_more_day_is_always_later(start in 0u64..1200, days in 1u32..60) {
        let holidays = &Practices::built_in().holidays;
        let from = day(2024, 6, 1) + Days::new(start);
        let promised = working_days(from, days);
        prop_assert!(holidays.day(promised.on).works());
        let counted = from.iter_days().skip(1).take_while(|d| *d <= promised.on).filter(|d| holidays.day(*d).works());
        prop_assert_eq!(counted.count() as u32, days);
        prop_assert!(working_days(from, days + 1).on > promised.on);
        prop_assert!(promised.on >= promise(from, days, DayKind::Calendar, holidays).unwrap().on);
    }
}
