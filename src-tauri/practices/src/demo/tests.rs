use std::collections::BTreeSet;

use chrono::NaiveDate;
use yuanba_core::{MemberKind, PartialDate};

use super::tables::Tables;
use super::*;
use crate::age::age_on;
use crate::{Place, Practices};

fn place() -> &'static Place {
    Practices::built_in().place("xuanhan").unwrap()
}

fn until() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 12).unwrap()
}

fn plan(villages: u32, months: u32, seed: u64) -> Plan {
    Plan { villages, members: None, months, seed, until: until() }
}

fn county(plan: Plan) -> County<'static> {
    County::new(plan, Practices::built_in(), place()).unwrap()
}

fn digest(plan: Plan) -> String {
    let mut hasher = blake3::Hasher::new();
    for village in county(plan) {
        hasher.update(&serde_json::to_vec(&village).unwrap());
    }
    hasher.finalize().to_hex().to_string()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_another_county() {
    assert_eq!(digest(plan(3, 12, 7)), digest(plan(3, 12, 7)));
    assert_ne!(digest(plan(3, 12, 7)), digest(plan(3, 12, 8)));
}

/// The digest stands for every other machine. Whoever changes `assets/demo` or the practices puts the new one here.
#[test]
fn the_first_two_villages_are_those_that_everybody_knows() {
    assert_eq!(digest(plan(2, 3, 1)), "6c49e9c6ca3f1aeea98fae3a4597028b7758ae74efbb7252b2ed1a47ef56683a");
}

#[test]
fn more_months_never_change_the_people() {
    let people = |months| {
        county(plan(2, months, 7))
            .map(|v| serde_json::to_string(&(v.members, v.households, v.posts)).unwrap())
    };
    assert!(people(0).eq(people(12)));
}

#[test]
fn the_county_has_its_members_with_the_shares_of_the_table_and_every_village_is_plausible() {
    let villages: Vec<Village<'_>> = county(plan(568, 0, 1)).collect();
    let members: Vec<&Member<'_>> = villages.iter().flat_map(|v| &v.members).collect();
    assert_eq!((villages.len(), members.len()), (568, 39_981));
    let young = members.iter().filter(|m| m.age <= 35).count();
    let tertiary = members.iter().filter(|m| m.education.is_tertiary()).count();
    assert_eq!((young, tertiary), (6_928, 10_261));
    let women = members.iter().filter(|m| m.sex == yuanba_core::Sex::Female).count();
    assert_eq!(women, 9_514);
    for village in &villages {
        let of = |n: usize| n * 100 / village.members.len();
        assert!(
            (15..=260).contains(&village.members.len()),
            "{} has {}",
            village.name,
            village.members.len()
        );
        assert!(
            (2..=45).contains(&of(village.members.iter().filter(|m| m.age <= 35).count())),
            "{}",
            village.name
        );
        assert!(village.members.iter().any(|m| m.office == Some("支部书记")));
        let free = village.members.iter().filter(|m| m.office.is_none()).count();
        assert!(village.posts.len() + village.excused.len() <= free);
    }
    let names: BTreeSet<&str> = villages.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names.len(), villages.len(), "two villages of one name");
    let ids: BTreeSet<&str> = members.iter().map(|m| m.id_number.as_str()).collect();
    assert_eq!(ids.len(), members.len(), "two people of one ID number");
    let phones: Vec<&String> = members.iter().filter_map(|m| m.phone.as_ref()).collect();
    assert_eq!(phones.iter().collect::<BTreeSet<_>>().len(), phones.len(), "two people of one telephone");
}

#[test]
fn small_demos_keep_the_shares_within_a_person() {
    for total in [70u32, 100, 233, 1_000] {
        let made: Vec<Village<'_>> = county(Plan { members: Some(total), ..plan(1, 0, 3) }).collect();
        let members = &made[0].members;
        assert_eq!(members.len() as u32, total);
        let near = |count: usize, share: f64| (count as f64 - share * f64::from(total)).abs() <= 1.0;
        assert!(near(members.iter().filter(|m| m.age <= 35).count(), 0.1733));
        assert!(near(members.iter().filter(|m| m.education.is_tertiary()).count(), 0.2566));
    }
}

#[test]
fn nobody_joins_before_eighteen_and_every_date_agrees_with_the_others() {
    for member in county(plan(30, 0, 5)).flat_map(|v| v.members) {
        assert_eq!(age_on(&member.birth_date.to_string(), until()).unwrap().exact(), Some(member.age));
        assert!(member.id_number.birth_date().to_string() == member.birth_date.to_string());
        assert_eq!(member.id_number.sex(), member.sex);
        let joined: PartialDate = member.joined_on.parse().unwrap();
        let of_age = member.birth_date + chrono::Months::new(12 * 18);
        assert!(joined.latest() >= of_age && joined.earliest() <= until(), "{member:?}");
        match (member.kind, &member.confirmed_on) {
            (MemberKind::Full, Some(confirmed)) => {
                let confirmed: PartialDate = confirmed.parse().unwrap();
                assert_eq!(confirmed.precision(), joined.precision());
                assert!(
                    joined.is_before(&confirmed) && confirmed.latest().min(until()) >= confirmed.earliest()
                );
                assert!(confirmed.earliest() <= until());
            }
            (MemberKind::Probationary, None) => {
                assert!(joined.earliest() > until() - chrono::Months::new(12))
            }
            _ => panic!("{member:?}"),
        }
    }
}

#[test]
fn a_year_s_points_never_pass_a_cap_and_nobody_reviews_their_own() {
    use std::collections::BTreeMap;
    for village in county(plan(6, 12, 11)) {
        let mut sums: BTreeMap<(String, &str, i32), i64> = BTreeMap::new();
        for entry in village.months.iter().flat_map(|m| &m.points) {
            use chrono::Datelike;
            assert_ne!(entry.proposer, entry.reviewer);
            assert_ne!(entry.account, Account::Member(entry.reviewer));
            assert!(
                entry.date <= until() && entry.reviewed_on.is_none_or(|on| on <= until() && on > entry.date)
            );
            let book = place().book(entry.book, entry.version).unwrap();
            let rule = book.rule(entry.rule).unwrap();
            let key = (format!("{:?}", entry.account), entry.rule, entry.date.year());
            let sum = sums.entry(key).or_default();
            *sum += entry.granted;
            if let Some(cap) = rule.cap {
                assert!(sum.abs() <= cap.points.abs(), "{entry:?}");
            }
        }
        assert!(!sums.is_empty());
    }
}

#[test]
fn no_two_entries_of_an_account_are_the_same_event_of_the_same_day() {
    for village in county(plan(10, 12, 2)) {
        let mut seen = BTreeSet::new();
        for e in village.months.iter().flat_map(|m| &m.points) {
            assert!(seen.insert((format!("{:?}", e.account), e.rule, e.date, e.event.clone())), "{e:?}");
        }
    }
}

#[test]
fn notes_and_errands_point_at_people_who_exist_and_leave_no_slot_open() {
    let mut texts = BTreeSet::new();
    for village in county(plan(8, 12, 4)) {
        for month in &village.months {
            for note in &month.notes {
                assert!(!note.text.contains(['{', '}']) && !note.text.is_empty(), "{}", note.text);
                assert!(note.author < village.members.len() && note.courtyard < village.courtyards.len());
                assert!(note.date >= month.first && note.date <= until());
                texts.insert(note.text.clone());
            }
            for errand in &month.errands {
                assert!(errand.promised_on >= errand.opened_on);
                assert!(errand.done_on.is_none_or(|on| on >= errand.opened_on && on <= until()));
                assert_eq!(errand.done_on.is_some(), errand.result.is_some());
                assert!(errand.note.is_none_or(|at| month.notes[at].date == errand.opened_on));
                assert!(place().errands_on(until()).unwrap().matter(errand.matter).is_some());
            }
        }
    }
    assert!(texts.len() > 400, "only {} different notes", texts.len());
}

#[test]
fn the_committed_tables_agree_with_themselves() {
    let tables = Tables::built_in();
    let cells = tables.people.bands.iter().flat_map(|b| &b.cells);
    assert_eq!(cells.clone().map(|(_, men, women)| men + women).sum::<u64>(), tables.people.cut_members);
    for (id, ..) in cells {
        assert!(tables.people.education.iter().any(|e| e.id == *id), "{id}");
    }
    assert!(tables.notes.notes.len() >= 60);
    let catalogue = place().errands_on(until()).unwrap();
    for note in &tables.notes.notes {
        assert!(note.matter.as_deref().is_none_or(|id| catalogue.matter(id).is_some()), "{}", note.text);
        assert!(note.months.iter().all(|m| (1..=12).contains(m)));
    }
    let rules: Vec<&str> = place().books.iter().flat_map(|b| &b.rules).map(|r| r.id.as_str()).collect();
    for (rule, ..) in &tables.life.household_events.list {
        assert!(rules.contains(&rule.as_str()), "{rule}");
    }
}

#[test]
fn a_plan_that_cannot_be_is_refused() {
    let refused = |plan: Plan| County::new(plan, Practices::built_in(), place()).err();
    assert_eq!(refused(plan(0, 1, 1)), Some(BadPlan::Villages));
    assert_eq!(refused(plan(4_001, 1, 1)), Some(BadPlan::Villages));
    assert_eq!(refused(Plan { members: Some(5), ..plan(2, 1, 1) }), Some(BadPlan::Members));
    assert_eq!(refused(plan(1, 61, 1)), Some(BadPlan::Months));
    assert_eq!(refused(Plan { until: NaiveDate::MAX, ..plan(1, 1, 1) }), Some(BadPlan::Until));
    assert_eq!(county(Plan { members: Some(3), ..plan(1, 12, 1) }).count(), 1, "the smallest branch");
}
