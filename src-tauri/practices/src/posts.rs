//! 无职党员设岗定责: the posts of a village and who is suited to them.

mod read;
mod suggest;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use yuanba_core::Sex;

pub use suggest::{Excusable, Person, Suggested};

/// A kind of post: 宣传引导, 服务群众, 民主监督, 平安和谐.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Category {
    /// Kept in records
    pub id: String,
    /// The word for people
    pub name: String,
}

/// Who a post suits. Nothing here forbids: a meeting may give any post to anybody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Suits {
    /// From this age, in years
    pub age_from: Option<u32>,
    /// To this age, included
    pub age_to: Option<u32>,
    /// When only one is suggested
    pub sex: Option<Sex>,
    /// Only for those who live in the village
    pub at_home: bool,
    /// Only for those in good health
    pub fit: bool,
    /// What to say of somebody whose age suits
    pub age_reason: Option<String>,
}

/// Words of a person's skills that suit a post, and what to say then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skill {
    /// Any of these
    pub any: Vec<String>,
    /// 懂护理
    pub reason: String,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Post {
    /// Kept in records
    pub id: String,
    /// Id of its category
    pub category: String,
    /// 政策宣传岗
    pub name: String,
    /// How many people it takes
    pub places: u32,
    /// What they do
    pub duties: Vec<String>,
    /// How often
    pub frequency: String,
    /// What shows it
    pub evidence: Vec<String>,
    /// Who it suits
    pub suits: Suits,
    /// Skills that suit it
    pub skills: Vec<Skill>,
}

/// A reason for 免岗 that the program can see in the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excuse {
    /// Kept in records
    pub id: String,
    /// 年纪大
    pub name: String,
    /// From this age, in years
    pub age_from: Option<u32>,
    /// Living away
    pub floating: bool,
    /// In bad health
    pub unwell: bool,
}

/// One edition of the posts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Posts {
    /// Its id
    pub id: String,
    /// What people call it
    pub name: String,
    /// The edition
    pub version: String,
    /// First day
    pub applies_from: NaiveDate,
    /// Where it comes from
    pub source: String,
    /// Kinds of member that hold posts: `full`, `probationary`
    pub for_kinds: Vec<String>,
    /// A term, in months
    pub term_months: u32,
    /// Days of 公示 before it begins
    pub publication_days: u32,
    /// An appraisal every so many months
    pub appraisal_each_months: u32,
    /// What the roster writes of people in good health
    pub fit_words: Vec<String>,
    /// The categories in their order
    pub categories: Vec<Category>,
    /// The posts in their order
    pub posts: Vec<Post>,
    /// Reasons for 免岗
    pub excuses: Vec<Excuse>,
}

impl Posts {
    /// The post of that id or that name.
    pub fn post(&self, id_or_name: &str) -> Option<&Post> {
        let by_id = self.posts.iter().find(|p| p.id == id_or_name);
        by_id.or_else(|| self.posts.iter().find(|p| p.name == id_or_name))
    }
}
