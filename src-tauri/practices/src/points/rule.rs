//! One rule of a points book.

use serde::{Deserialize, Serialize};

use super::period::Period;

/// 基础分, 评议分, 激励分.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// 基础分
    Base,
    /// 评议分
    Appraisal,
    /// 激励分
    Incentive,
}

impl Part {
    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Part::Base => "基础分",
            Part::Appraisal => "评议分",
            Part::Incentive => "激励分",
        }
    }
}

/// What one of a claim's count stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// 每次
    Time,
    /// 每人每次
    PersonTime,
    /// 每月
    Month,
    /// 每季
    Quarter,
    /// 一年一次
    Year,
    /// 小时, for rules with tiers
    Hour,
}

impl Unit {
    /// How it is said before the number of points.
    pub fn label(self) -> &'static str {
        match self {
            Unit::Time => "每次",
            Unit::PersonTime => "每人每次",
            Unit::Month => "每月",
            Unit::Quarter => "每季",
            Unit::Year => "一年一次",
            Unit::Hour => "累计小时",
        }
    }

    /// The period that can hold one of these at most; more is for the reviewer to look at.
    pub fn period(self) -> Option<Period> {
        match self {
            Unit::Month => Some(Period::Month),
            Unit::Quarter => Some(Period::Quarter),
            Unit::Year => Some(Period::Year),
            Unit::Time | Unit::PersonTime | Unit::Hour => None,
        }
    }
}

/// The most that a rule gives (or, below zero, takes) in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// Whole points, of the sign of the rule's
    pub points: i64,
    /// Counted in
    pub period: Period,
}

/// A step of a rule that looks at a running total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tier {
    /// The total from which it holds
    pub at: i64,
    /// Points of the whole period at this step
    pub points: i64,
}

/// How many points a claim asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// So many for each; below zero it is a deduction
    Each(i64),
    /// A score from 0 to this, which a group of people gives
    Scored(i64),
    /// By the period's running total, rising; the highest step reached counts, not their sum
    Tiers(Vec<Tier>),
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Kept in entries for ever; never given to another meaning
    pub id: String,
    /// What was done
    pub name: String,
    /// 基础, 评议 or 激励
    pub part: Part,
    /// Points
    pub amount: Amount,
    /// What is counted
    pub unit: Unit,
    /// The most in a period, if there is a most
    pub cap: Option<Cap>,
    /// What shows that it was done
    pub evidence: Vec<String>,
    /// A sentence for the person who enters
    pub note: Option<String>,
    /// Where the figure comes from, when it is not where the book's come from
    pub source: Option<String>,
    /// The line it stands on in its file
    pub line: usize,
}

impl Rule {
    /// Whether it takes points away.
    pub fn deducts(&self) -> bool {
        matches!(self.amount, Amount::Each(points) if points < 0)
    }

    /// The head of its column: `每次 2 分，全年最多 12`.
    pub fn sentence(&self) -> String {
        let each = match &self.amount {
            Amount::Each(points) if *points < 0 => format!("{}扣 {} 分", self.unit.label(), -points),
            Amount::Each(points) => format!("{} {points} 分", self.unit.label()),
            Amount::Scored(most) => format!("{}评 0 到 {most} 分", self.unit.label()),
            Amount::Tiers(tiers) => {
                tiers.first().zip(tiers.last()).map_or_else(String::new, |(low, high)| {
                    format!("满 {} 小时 {} 分，满 {} 小时 {} 分", low.at, low.points, high.at, high.points)
                })
            }
        };
        // A cap that one unit already reaches says nothing new.
        let once = match self.amount {
            Amount::Each(points) | Amount::Scored(points) => points,
            Amount::Tiers(_) => i64::MAX,
        };
        match self.cap {
            Some(cap)
                if self.unit.period() != Some(cap.period) && !matches!(self.amount, Amount::Tiers(_)) =>
            {
                format!("{each}，{}最多 {}", cap.period.whole(), cap.points.abs())
            }
            Some(cap) if cap.points.abs() > once.abs() => {
                format!("{each}，{}最多 {}", cap.period.whole(), cap.points.abs())
            }
            _ => each,
        }
    }
}
