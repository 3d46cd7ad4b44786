//! Everything that was declared, checked as a whole.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::document::Document;
use crate::errands::Errands;
use crate::files::Files;
use crate::holidays::Holidays;
use crate::home::HomeRules;
use crate::points::{Book, Group};
use crate::posts::Posts;
use crate::problem::{Code, Problem, Refusal, Spot};
use crate::protected::Protected;
use crate::ratings::Ratings;
use crate::roster::RosterRules;

/// Where the declarations of a place are, inside `assets`.
const PRACTICES: &str = "practices/";
/// Where the rules of the field are.
const RULES: &str = "rules/";

/// What `place.toml` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceHead {
    #[serde(rename = "shape")]
    _shape: String,
    id: Spanned<String>,
    name: String,
    code: String,
    fallback: bool,
}

/// One county's practices.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Place {
    /// The folder's name
    pub id: String,
    /// Its Chinese name
    pub name: String,
    /// GB/T 2260: a village whose code begins with it uses this place
    pub code: String,
    /// Whether villages of no known county use it
    pub fallback: bool,
    /// 设岗定责, by the day each edition applies from
    pub posts: Vec<Posts>,
    /// 民事代办目录, likewise
    pub errands: Vec<Errands>,
    /// 一件一评价, likewise
    pub ratings: Vec<Ratings>,
    /// 积分办法 of all groups and editions
    pub books: Vec<Book>,
}

/// The declaration in force on a day: the latest that applies by then, or the first one for earlier days, so that a
/// record typed in from an old notebook still finds its words.
fn in_force<T>(editions: &[T], on: NaiveDate, from: impl Fn(&T) -> NaiveDate) -> Option<&T> {
    editions
        .iter()
        .filter(|e| from(e) <= on)
        .max_by_key(|e| from(e))
        .or_else(|| editions.iter().min_by_key(|e| from(e)))
}

impl Place {
    /// 设岗定责 in force on that day.
    pub fn posts_on(&self, on: NaiveDate) -> Option<&Posts> {
        in_force(&self.posts, on, |p| p.applies_from)
    }

    /// 民事代办目录 in force on that day.
    pub fn errands_on(&self, on: NaiveDate) -> Option<&Errands> {
        in_force(&self.errands, on, |e| e.applies_from)
    }

    /// 一件一评价 in force on that day.
    pub fn ratings_on(&self, on: NaiveDate) -> Option<&Ratings> {
        in_force(&self.ratings, on, |r| r.applies_from)
    }

    /// The points book of a group in force on that day.
    pub fn book_on(&self, group: Group, on: NaiveDate) -> Option<&Book> {
        let books: Vec<&Book> = self.books.iter().filter(|b| b.group == group).collect();
        in_force(&books, on, |b| b.applies_from).copied()
    }

    /// The points book under which an entry was made, by its id and version.
    pub fn book(&self, id: &str, version: &str) -> Option<&Book> {
        self.books.iter().find(|b| b.id == id && b.version == version)
    }
}

/// All places and the rules of the field.
#[derive(Debug, Clone, Default)]
pub struct Practices {
    places: BTreeMap<String, Place>,
    /// Holidays and make-up working days by year
    pub holidays: Holidays,
    /// Numbers of the roster
    pub roster: RosterRules,
    /// Numbers of the home page
    pub home: HomeRules,
}

impl Practices {
    /// What the program brings with it.
    ///
    /// # Panics
    /// When the built-in files contradict each other, which a test of this crate rules out.
    pub fn built_in() -> &'static Practices {
        static BUILT_IN: OnceLock<Practices> = OnceLock::new();
        BUILT_IN.get_or_init(|| match Practices::read(&Files::embedded()) {
            Ok(practices) => practices,
            Err(refusal) => panic!("the built-in declarations are refused: {refusal}"),
        })
    }

    /// Reads and checks all files. One problem anywhere refuses them all, with every problem named: half of a county's
    /// rules would grant other points than the whole.
    pub fn read(files: &Files) -> Result<Practices, Refusal> {
        let mut practices = Practices::default();
        let mut problems = Vec::new();
        // Not from `files`: a county's folder must not loosen what the law protects.
        let protected = Protected::built_in();
        for (name, text) in files.below(RULES) {
            let mut document = Document::new(name, text);
            practices.read_rules(&mut document);
            problems.append(&mut document.problems);
        }
        for (name, text) in files.below(PRACTICES) {
            let mut document = Document::new(name, text);
            practices.read_practice(&mut document, protected);
            problems.append(&mut document.problems);
        }
        practices.check_whole(&mut problems);
        if problems.is_empty() { Ok(practices) } else { Err(Refusal { problems }) }
    }

    fn read_rules(&mut self, document: &mut Document<'_>) {
        match document.shape().as_deref() {
            Some("holidays") => self.holidays.read(document),
            Some("roster-rules") => self.roster.read(document),
            Some("home-rules") => self.home.read(document),
            Some("protected") => {}
            Some(other) => unknown_shape(document, other),
            None => {}
        }
    }

    fn read_practice(&mut self, document: &mut Document<'_>, protected: &Protected) {
        let Some(id) = document.name[PRACTICES.len()..].split('/').next().map(str::to_owned) else { return };
        let place = self.places.entry(id.clone()).or_default();
        match document.shape().as_deref() {
            Some("place") => read_place(document, &id, place),
            Some("posts") => place.posts.extend(Posts::read(document)),
            Some("errands") => place.errands.extend(Errands::read(document)),
            Some("ratings") => place.ratings.extend(Ratings::read(document)),
            Some("points") => place.books.extend(Book::read(document, protected)),
            Some(other) => unknown_shape(document, other),
            None => {}
        }
    }

    fn check_whole(&self, problems: &mut Vec<Problem>) {
        let whole = |file: String| Spot { file, line: None };
        for (folder, place) in &self.places {
            if place.id.is_empty() {
                let at = whole(format!("{PRACTICES}{folder}/place.toml"));
                let text = "这个文件夹没有写是给哪里用的".to_owned();
                problems.push(Problem { code: Code::FileMissing, at, with: None, text });
            }
            let mut books: Vec<&Book> = Vec::new();
            for book in &place.books {
                let same = |b: &&&Book| {
                    b.group == book.group && b.applies_from == book.applies_from
                        || b.id == book.id && b.version == book.version
                };
                if let Some(other) = books.iter().find(same) {
                    problems.push(Problem {
                        code: Code::Contradiction,
                        at: whole(book.file.clone()),
                        with: Some(whole(other.file.clone())),
                        text: format!(
                            "「{}」和「{}」管同一群人，又从同一天起用或同一个版本",
                            other.name, book.name
                        ),
                    });
                }
                books.push(book);
            }
        }
        let fallbacks: Vec<&Place> = self.places.values().filter(|p| p.fallback).collect();
        if let [first, second, ..] = fallbacks[..] {
            problems.push(Problem {
                code: Code::Contradiction,
                at: whole(format!("{PRACTICES}{}/place.toml", second.id)),
                with: Some(whole(format!("{PRACTICES}{}/place.toml", first.id))),
                text: "两处都说自己是没有别处可用时用的，只能留一处".to_owned(),
            });
        }
    }

    /// Every place, by id.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.places.values()
    }

    /// The place of that id.
    pub fn place(&self, id: &str) -> Option<&Place> {
        self.places.get(id)
    }

    /// The place whose practices an organisation of that GB/T 2260 code uses: the one with the longest code that it
    /// begins with, else the fallback.
    pub fn place_for(&self, code: Option<&str>) -> Option<&Place> {
        let code = code.unwrap_or_default();
        self.places
            .values()
            .filter(|p| !p.code.is_empty() && code.starts_with(&p.code))
            .max_by_key(|p| p.code.len())
            .or_else(|| self.places.values().find(|p| p.fallback))
    }
}

fn unknown_shape(document: &mut Document<'_>, shape: &str) {
    document.problem(Code::UnknownShape, None, format!("「{shape}」这种做法，这个版本还不认得"));
}

fn read_place(document: &mut Document<'_>, folder: &str, place: &mut Place) {
    let Some(head) = document.parse::<PlaceHead>() else { return };
    let line = document.line(&head.id);
    document.ids("地方", std::iter::once(&head.id));
    document.words(line, "地名", &head.name);
    if head.id.get_ref() != folder {
        let text = format!("id 是「{}」，文件夹却叫「{folder}」", head.id.get_ref());
        document.problem(Code::Contradiction, Some(line), text);
    }
    place.id = head.id.into_inner();
    (place.name, place.code, place.fallback) = (head.name, head.code, head.fallback);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_files_agree_with_each_other() {
        let practices = Practices::read(&Files::embedded()).unwrap_or_else(|refusal| panic!("{refusal}"));
        let place = practices.place("xuanhan").unwrap();
        let on = NaiveDate::from_ymd_opt(2026, 6, 12).unwrap();
        for group in [Group::Members, Group::Households, Group::Hardship] {
            assert!(place.book_on(group, on).is_some(), "{group:?} has no book");
        }
        assert!(
            place.posts_on(on).is_some() && place.errands_on(on).is_some() && place.ratings_on(on).is_some()
        );
    }

    #[test]
    fn a_village_uses_its_own_county_s_practices_and_a_stranger_the_fallback() {
        let practices = Practices::built_in();
        assert_eq!(practices.place_for(Some("511723104201")).unwrap().id, "kaijiang");
        assert_eq!(practices.place_for(Some("371500")).unwrap().id, "xuanhan");
        assert_eq!(practices.place_for(None).unwrap().id, "xuanhan");
    }

    #[test]
    fn a_file_of_a_shape_that_nobody_knows_is_named() {
        let files = Files::embedded().overlay("practices/xuanhan/stars.toml", "shape = \"stars\"\n");
        let refusal = Practices::read(&files).unwrap_err();
        assert_eq!(refusal.problems[0].code, Code::UnknownShape);
        assert_eq!(refusal.problems[0].at.file, "practices/xuanhan/stars.toml");
    }

    #[test]
    fn two_books_for_the_same_people_from_the_same_day_are_refused_together() {
        let text = Files::embedded().get("practices/xuanhan/points-members.toml").unwrap().to_owned();
        let files = Files::embedded().overlay("practices/xuanhan/points-more.toml", text);
        let refusal = Practices::read(&files).unwrap_err();
        let [problem] = &refusal.problems[..] else { panic!("{refusal}") };
        assert_eq!(problem.at.file, "practices/xuanhan/points-more.toml");
        assert_eq!(problem.with.as_ref().unwrap().file, "practices/xuanhan/points-members.toml");
    }

    #[test]
    fn an_old_record_keeps_the_edition_of_its_day() {
        let built_in = Files::embedded();
        let text = built_in.get("practices/xuanhan/errands.toml").unwrap();
        let newer = text
            .replace("applies_from = \"2026-01-01\"", "applies_from = \"2026-07-01\"")
            .replace("version = \"2026\"", "version = \"2026-2\"");
        let files = Files::embedded().overlay("practices/xuanhan/errands-2.toml", newer);
        let practices = Practices::read(&files).unwrap();
        let version = |y, m, d| {
            let on = NaiveDate::from_ymd_opt(y, m, d).unwrap();
            practices.place("xuanhan").unwrap().errands_on(on).unwrap().version.clone()
        };
        assert_eq!(
            [version(2025, 1, 1), version(2026, 6, 30), version(2026, 7, 1)],
            ["2026", "2026", "2026-2"]
        );
    }
}
