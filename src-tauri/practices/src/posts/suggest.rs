//! 因人设岗: which posts suit a member, each with its reason, and which excuses apply.

use serde::Serialize;
use yuanba_core::Sex;

use super::{Excuse, Post, Posts};

/// What a suggestion looks at. Whatever is not known stays out of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Person<'a> {
    /// In whole years
    pub age: Option<u32>,
    /// Sex
    pub sex: Option<Sex>,
    /// 特长 as the roster writes it, with earlier work
    pub skills: &'a str,
    /// 身体状况 as the roster writes it
    pub health: Option<&'a str>,
    /// 流动
    pub floating: bool,
}

/// A post that suits, with the reasons to say aloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggested {
    /// Id of the post
    pub post: String,
    /// `她懂护理`; never empty
    pub reasons: Vec<String>,
    /// Larger suits better: 10 for each word of a skill, 1 for the age
    pub weight: u32,
}

/// An excuse that applies, for the branch to decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excusable {
    /// Id of the excuse
    pub excuse: String,
    /// `年纪大`
    pub reason: String,
}

impl Posts {
    /// The posts that suit a person, best first. Only posts with a reason: no reason is worse than no suggestion. Whether
    /// a place is free is the caller's to know.
    pub fn suggest(&self, person: &Person<'_>) -> Vec<Suggested> {
        let fit = self.is_fit(person);
        let mut suggested: Vec<Suggested> =
            self.posts.iter().filter_map(|post| suggest_post(post, person, fit)).collect();
        // Stable: equal ones stay in the catalogue's order.
        suggested.sort_by_key(|s| std::cmp::Reverse(s.weight));
        suggested
    }

    /// The excuses that the roster gives grounds for.
    pub fn excusable(&self, person: &Person<'_>) -> Vec<Excusable> {
        let applies = |e: &&Excuse| {
            let old = e.age_from.is_some_and(|from| person.age.is_some_and(|age| age >= from));
            old || e.floating && person.floating || e.unwell && !self.is_fit(person)
        };
        let excusable = |e: &Excuse| Excusable { excuse: e.id.clone(), reason: e.name.clone() };
        self.excuses.iter().filter(applies).map(excusable).collect()
    }

    /// Nothing written counts as healthy.
    fn is_fit(&self, person: &Person<'_>) -> bool {
        let health = person.health.map(str::trim).unwrap_or_default();
        health.is_empty() || self.fit_words.iter().any(|word| word == health)
    }
}

fn suggest_post(post: &Post, person: &Person<'_>, fit: bool) -> Option<Suggested> {
    let suits = &post.suits;
    let too_young = suits.age_from.zip(person.age).is_some_and(|(from, age)| age < from);
    let too_old = suits.age_to.zip(person.age).is_some_and(|(to, age)| age > to);
    let other_sex = suits.sex.zip(person.sex).is_some_and(|(wanted, sex)| wanted != sex);
    if too_young || too_old || other_sex || suits.at_home && person.floating || suits.fit && !fit {
        return None;
    }
    let who = match person.sex {
        Some(Sex::Male) => "他",
        Some(Sex::Female) => "她",
        None => "",
    };
    let mut suggested = Suggested { post: post.id.clone(), reasons: Vec::new(), weight: 0 };
    for skill in &post.skills {
        let words = skill.any.iter().filter(|word| person.skills.contains(word.as_str())).count();
        if words > 0 {
            suggested.reasons.push(format!("{who}{}", skill.reason));
            suggested.weight += 10 * words as u32;
        }
    }
    if let (Some(reason), Some(age)) = (&suits.age_reason, person.age) {
        suggested.reasons.push(format!("{age} 岁，{reason}"));
        suggested.weight += 1;
    }
    (!suggested.reasons.is_empty()).then_some(suggested)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Practices;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    fn posts() -> &'static Posts {
        let on = NaiveDate::from_ymd_opt(2026, 6, 12).unwrap();
        Practices::built_in().place("xuanhan").unwrap().posts_on(on).unwrap()
    }

    #[test]
    fn a_former_village_doctor_is_offered_the_care_of_the_old_because_she_knows_nursing() {
        let person =
            Person { age: Some(46), sex: Some(Sex::Female), skills: "以前是村医", ..Person::default() };
        let best = &posts().suggest(&person)[0];
        assert_eq!(best.post, "elder-care");
        assert_eq!(best.reasons, ["她懂护理"]);
        assert!(posts().excusable(&person).is_empty());
    }

    #[test]
    fn a_plumber_is_offered_the_water_before_anything_that_only_his_age_suits() {
        let person = Person { age: Some(52), sex: Some(Sex::Male), skills: "水电工", ..Person::default() };
        assert_eq!(posts().suggest(&person)[0].post, "water-upkeep");
    }

    #[test]
    fn the_old_the_ill_and_those_away_may_be_excused_and_the_reason_is_said() {
        let reason = |person: Person<'_>| posts().excusable(&person).first().map(|e| e.reason.clone());
        assert_eq!(reason(Person { age: Some(71), ..Person::default() }).as_deref(), Some("年纪大"));
        assert_eq!(
            reason(Person { health: Some("腿有伤"), ..Person::default() }).as_deref(),
            Some("身体不好")
        );
        assert_eq!(reason(Person { floating: true, ..Person::default() }).as_deref(), Some("长期在外"));
        assert_eq!(reason(Person { age: Some(69), health: Some("良好"), ..Person::default() }), None);
    }

    proptest! {
        #[test]
        fn nobody_is_sent_where_the_criteria_say_no_and_every_suggestion_has_a_reason(
            age in proptest::option::of(18u32..95), female in any::<bool>(), floating in any::<bool>(),
            ill in any::<bool>(), skill in prop_oneof![Just(""), Just("会计"), Just("退伍军人，会修水管"), Just("跳舞、电脑")]
        ) {
            let person = Person {
                age, sex: Some(if female { Sex::Female } else { Sex::Male }), skills: skill,
                health: ill.then_some("风湿"), floating,
            };
            for suggested in posts().suggest(&person) {
                let post = posts().post(&suggested.post).unwrap();
                prop_assert!(!suggested.reasons.is_empty());
                prop_assert!(!(floating && post.suits.at_home));
                prop_assert!(!(ill && post.suits.fit));
                if let (Some(to), Some(age)) = (post.suits.age_to, age) {
                    prop_assert!(age <= to);
                }
            }
        }
    }
}
