//! What `assets/demo` says.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use yuanba_core::{Education, Nation, Sex};

use super::dice::Weighted;
use crate::files::Files;

/// `county.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountyTable {
    pub villages: u32,
    pub members: u32,
    pub county: String,
    pub province: String,
    pub area: String,
    pub id_sequence_from: u32,
    pub townships: Vec<String>,
    pub village_first: Vec<String>,
    pub village_second: Vec<String>,
    pub village_more: Vec<String>,
    pub courtyards: Vec<String>,
    pub groups: Vec<String>,
    pub members_per_group: usize,
    pub phones: Vec<String>,
    pub supervision_phone: String,
    pub sizes: Weighted<u32>,
    pub households_percent: usize,
    pub households_per_courtyard: usize,
    pub hardship_permille: u32,
    pub liaisons_per_office: usize,
    pub offices: Vec<String>,
    pub office_from: u32,
    pub office_to: u32,
    pub life: LifeRates,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LifeRates {
    pub note_of_courtyard: u32,
    pub errand_of_note: u32,
    pub errands_without_note: u32,
    pub agent_errand_points: u32,
}

/// `people.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PeopleTable {
    #[cfg_attr(not(test), allow(dead_code, reason = "the table's own check sum, which a test adds up"))]
    pub cut_members: u64,
    #[serde(rename = "band")]
    pub bands: Vec<Band>,
    pub education: Vec<EducationBand>,
    pub nations: Nations,
    #[serde(rename = "skill")]
    pub skills: Vec<SkillOf>,
    pub health: Health,
    pub away: Away,
    pub joined: Joined,
    pub jobs: Jobs,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Band {
    pub from: u32,
    pub to: u32,
    #[serde(default)]
    pub skew: Skew,
    /// Education band, men, women
    pub cells: Vec<(String, u64, u64)>,
    pub floating_permille: u32,
    pub probationary_permille: u32,
    pub skill_permille: u32,
    pub ill_permille: u32,
}

/// Towards which end of a band ages lie.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Skew {
    #[default]
    Even,
    Young,
    Old,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EducationBand {
    pub id: String,
    pub youngest: u32,
    pub tertiary: bool,
    pub codes: Weighted<EducationCode>,
}

/// A number that is a code of GB/T 4658.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u8")]
pub(super) struct EducationCode(pub Education);

impl TryFrom<u8> for EducationCode {
    type Error = &'static str;
    fn try_from(code: u8) -> Result<Self, Self::Error> {
        Education::from_code(code).map(EducationCode).ok_or("no code of GB/T 4658")
    }
}

/// A number that is a code of GB/T 3304.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u8")]
pub(super) struct NationCode(pub Nation);

impl TryFrom<u8> for NationCode {
    type Error = &'static str;
    fn try_from(code: u8) -> Result<Self, Self::Error> {
        Nation::from_code(code).map(NationCode).ok_or("no code of GB/T 3304")
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nations {
    pub weights: Weighted<NationCode>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SkillOf {
    pub text: String,
    pub weight: u32,
    pub from: u32,
    pub to: u32,
    pub sex: Option<Sex>,
    #[serde(default)]
    pub education: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Health {
    pub well: Weighted<String>,
    pub ill: Weighted<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Away {
    pub places: Weighted<String>,
    pub out_of_contact_permille: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Joined {
    pub ages: Weighted<u32>,
    pub july_first_permille: u32,
    pub precision: Vec<KnownTo>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KnownTo {
    pub before: i32,
    pub year_permille: u32,
    pub month_permille: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Jobs {
    pub home: Weighted<String>,
    pub away: Weighted<String>,
    pub old: Weighted<String>,
    pub old_from: u32,
}

/// `names.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamesTable {
    pub surnames: Weighted<String>,
    #[serde(rename = "decade")]
    pub decades: Vec<Decade>,
    pub rare: Rare,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decade {
    pub to: i32,
    pub one_permille: u32,
    pub male_first: Words,
    pub male_second: Words,
    pub female_first: Words,
    pub female_second: Words,
    pub male_one: Words,
    pub female_one: Words,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rare {
    pub permyriad: u32,
    pub characters: Words,
}

/// Choices written with blanks between them.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Words(pub Vec<String>);

impl TryFrom<String> for Words {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        if words.is_empty() { Err("no words") } else { Ok(Words(words)) }
    }
}

/// `notes.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NotesTable {
    pub crops: Vec<String>,
    pub beasts: Vec<String>,
    pub spots: Vec<String>,
    pub elders: Vec<String>,
    pub children: Vec<String>,
    pub openings: Vec<String>,
    pub closings: Vec<String>,
    #[serde(rename = "note")]
    pub notes: Vec<NoteTemplate>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoteTemplate {
    pub text: String,
    pub tags: Vec<String>,
    #[serde(default)]
    pub months: Vec<u32>,
    pub matter: Option<String>,
}

/// `life.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LifeTable {
    pub results: BTreeMap<String, Vec<String>>,
    pub theme_days: ThemeDays,
    pub study: Topics,
    pub meetings: Topics,
    pub household_events: HouseholdEvents,
    pub member_points: MemberPoints,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThemeDays {
    /// With the months that it belongs to; none: any
    pub topics: Vec<(String, Vec<u32>)>,
    pub day: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Topics {
    pub topics: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HouseholdEvents {
    /// Rule, weight, what is written
    pub list: Vec<(String, u32, String)>,
    pub permille: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberPoints {
    pub theme_day: u32,
    pub study_session: u32,
    pub three_meetings: u32,
    pub study_notes: u32,
    pub study_essay: u32,
    pub volunteer: u32,
    pub dispute: u32,
    pub relief: u32,
    pub dues_late: u32,
}

/// All of it.
#[derive(Debug)]
pub(super) struct Tables {
    pub county: CountyTable,
    pub people: PeopleTable,
    pub names: NamesTable,
    pub notes: NotesTable,
    pub life: LifeTable,
}

impl Tables {
    /// What comes with the program.
    ///
    /// # Panics
    /// When a built-in table cannot be read, which a test rules out.
    pub fn built_in() -> &'static Tables {
        static BUILT_IN: OnceLock<Tables> = OnceLock::new();
        BUILT_IN.get_or_init(|| Tables {
            county: read("demo/county.toml"),
            people: read("demo/people.toml"),
            names: read("demo/names.toml"),
            notes: read("demo/notes.toml"),
            life: read("demo/life.toml"),
        })
    }
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let files = Files::embedded();
    toml::from_str(files.get(name).unwrap_or_default()).unwrap_or_else(|error| panic!("{name}: {error}"))
}
