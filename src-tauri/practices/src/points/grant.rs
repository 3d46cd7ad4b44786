//! What a claim is worth under a rule, given what was granted before.

use serde::Serialize;

use super::rule::{Amount, Rule};

/// The most times, hours or score of one claim.
pub const MAX_COUNT: i64 = 10_000;

/// What the account has already under this rule, reversals taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Already {
    /// Points posted on days of the cap's period ([`super::Period::span`] of the claim's day)
    pub points: i64,
    /// Times or hours on those days, those included that were worth nothing because of the cap
    pub count: i64,
    /// Times on days of the unit's own period ([`super::Unit::period`]); 0 where the unit has none
    pub in_unit: i64,
}

/// What a claim asks for and what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// By the rule alone
    pub asked: i64,
    /// After the cap: between 0 and `asked`, whichever sign that has
    pub granted: i64,
    /// Whether the cap took something (到顶)
    pub capped: bool,
    /// How many more times than the unit's period can hold (a second 笔记 of the same quarter, or one claim for several
    /// quarters). Not cut off: the reviewer sees it and decides.
    pub beyond_unit: i64,
}

/// A claim that cannot be under this rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadClaim {
    /// Fewer than one or more than [`MAX_COUNT`]
    #[error("次数要在 1 到 {MAX_COUNT} 之间")]
    Count,
    /// A score outside 0 to this
    #[error("评分要在 0 到 {0} 之间")]
    Score(i64),
}

impl Rule {
    /// The points of a claim of `count` times (or hours, or a score for a scored rule).
    ///
    /// Vectors (RULES §8): 15 study sessions of 2 with a cap of 12 → 12; the 16th → 0.
    pub fn grant(&self, already: Already, count: i64) -> Result<Grant, BadClaim> {
        let asked = match &self.amount {
            Amount::Scored(most) if count < 0 || count > *most => return Err(BadClaim::Score(*most)),
            Amount::Scored(_) => count,
            _ if !(1..=MAX_COUNT).contains(&count) => return Err(BadClaim::Count),
            Amount::Each(points) => points * count,
            Amount::Tiers(tiers) => {
                let total = already.count.max(0).saturating_add(count);
                let reached = tiers.iter().rev().find(|t| t.at <= total).map_or(0, |t| t.points);
                // Never below zero: hours added cannot cost points, even after the tiers were lowered.
                (reached - already.points).max(0)
            }
        };
        let granted = match self.cap {
            Some(cap) if cap.points >= 0 => asked.min((cap.points - already.points).max(0)),
            Some(cap) => asked.max((cap.points - already.points).min(0)),
            None => asked,
        };
        let beyond_unit = match (&self.amount, self.unit.period()) {
            (Amount::Each(_), Some(_)) => (already.in_unit.max(0) + count - 1).clamp(0, count),
            (Amount::Scored(_), Some(_)) => already.in_unit.clamp(0, 1),
            _ => 0,
        };
        Ok(Grant { asked, granted, capped: granted != asked, beyond_unit })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Book, Group};
    use super::*;
    use crate::Practices;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    fn book(group: Group) -> &'static Book {
        let on = NaiveDate::from_ymd_opt(2026, 6, 12).unwrap();
        Practices::built_in().place("xuanhan").unwrap().book_on(group, on).unwrap()
    }

    fn first(group: Group, rule: &str, count: i64) -> Grant {
        book(group).rule(rule).unwrap().grant(Already::default(), count).unwrap()
    }

    #[test]
    fn fifteen_study_sessions_stop_at_twelve_and_with_notes_and_essays_make_twenty() {
        let study = first(Group::Members, "study-session", 15);
        assert_eq!((study.asked, study.granted, study.capped), (30, 12, true));
        let notes = first(Group::Members, "study-notes", 4);
        let essays = first(Group::Members, "study-essay", 4);
        assert_eq!(study.granted + notes.granted + essays.granted, 20);
    }

    #[test]
    fn the_same_fifteen_sessions_one_by_one_are_worth_the_same() {
        let rule = book(Group::Members).rule("study-session").unwrap();
        let mut already = Already::default();
        let mut last = None;
        for _ in 0..15 {
            let grant = rule.grant(already, 1).unwrap();
            already.points += grant.granted;
            already.count += 1;
            last = Some(grant);
        }
        assert_eq!(already.points, 12);
        assert_eq!(last, Some(Grant { asked: 2, granted: 0, capped: true, beyond_unit: 0 }));
    }

    #[test]
    fn a_second_note_of_the_same_quarter_is_shown_to_the_reviewer() {
        let rule = book(Group::Members).rule("study-notes").unwrap();
        let again = rule.grant(Already { points: 1, count: 1, in_unit: 1 }, 1).unwrap();
        assert_eq!((again.granted, again.beyond_unit), (1, 1));
        assert_eq!(first(Group::Members, "study-notes", 1).beyond_unit, 0);
    }

    #[test]
    fn deductions_are_taken_each_time() {
        let taken = [
            ("dumping", -5),
            ("dog-loose", -10),
            ("dog-injury", -20),
            ("lavish-feast", -10),
            ("crop-theft", -20),
        ];
        for (rule, points) in taken {
            assert_eq!(first(Group::Households, rule, 1).granted, points, "{rule}");
            assert_eq!(first(Group::Households, rule, 2).granted, 2 * points, "{rule}");
        }
        assert_eq!(first(Group::Members, "dues-late", 1).granted, -5);
    }

    #[test]
    fn leading_in_earning_counts_once_a_year() {
        let rule = book(Group::Households).rule("leads-in-earning").unwrap();
        assert_eq!(rule.grant(Already::default(), 1).unwrap().granted, 10);
        let again = rule.grant(Already { points: 10, count: 1, in_unit: 1 }, 1).unwrap();
        assert_eq!((again.asked, again.granted, again.capped), (10, 0, true));
    }

    #[test]
    fn volunteer_hours_count_the_highest_step_of_the_year_s_total() {
        let rule = book(Group::Members).rule("volunteer-hours").unwrap();
        let table = [
            (9, 0),
            (10, 2),
            (20, 5),
            (80, 15),
            (100, 20),
            (150, 25),
            (200, 30),
            (250, 40),
            (300, 50),
            (900, 50),
        ];
        for (hours, points) in table {
            assert_eq!(rule.grant(Already::default(), hours).unwrap().granted, points, "{hours} hours");
        }
        // 15 hours in March gave 2; 10 more in May reach 20 and bring the rest of 5.
        let more = rule.grant(Already { points: 2, count: 15, in_unit: 0 }, 10).unwrap();
        assert_eq!((more.asked, more.granted, more.capped), (3, 3, false));
    }

    #[test]
    fn no_times_a_million_times_or_a_score_over_the_top_is_no_claim() {
        let members = book(Group::Members);
        let study = members.rule("study-session").unwrap();
        for count in [0, -1, MAX_COUNT + 1, i64::MAX, i64::MIN] {
            assert_eq!(study.grant(Already::default(), count), Err(BadClaim::Count));
        }
        let scored = members.rule("post-appraisal").unwrap();
        assert_eq!(scored.grant(Already::default(), 11), Err(BadClaim::Score(10)));
        assert_eq!(scored.grant(Already::default(), 0).unwrap().granted, 0);
    }

    proptest! {
        #[test]
        fn however_claims_are_cut_the_cap_holds_and_nothing_turns_its_sign(
            group in prop_oneof![Just(Group::Members), Just(Group::Households), Just(Group::Hardship)],
            which in 0usize..100, counts in proptest::collection::vec(1i64..40, 1..30)
        ) {
            let rules = &book(group).rules;
            let rule = &rules[which % rules.len()];
            let mut already = Already::default();
            for count in counts {
                let count = match rule.amount { Amount::Scored(most) => count.min(most), _ => count };
                let grant = rule.grant(already, count).unwrap();
                prop_assert!(grant.granted.abs() <= grant.asked.abs());
                prop_assert!(grant.granted * grant.asked >= 0);
                prop_assert_eq!(grant.capped, grant.granted != grant.asked);
                already.points += grant.granted;
                already.count += count;
                if let Some(cap) = rule.cap {
                    prop_assert!(already.points.abs() <= cap.points.abs());
                }
            }
        }
    }
}
