//! `points.*`: 积分, claim → review → posted entry; the only correction is a reversal.

mod account;
mod balances;
mod claim;
mod doubt;
mod entries;
mod grid;
mod history;
mod review;
mod rules;
mod standing;
mod work_out;

use std::collections::BTreeMap;

pub(crate) use doubt::{about, amount, note, over_caps, state_word, title};
pub(crate) use history::{POSTED, PROPOSED};
pub(crate) use review::{event_id, not_ones_own, not_proposed_by_oneself};
pub(crate) use rules::{book_key, signed};
pub(crate) use standing::{CARRIED, balance, earned, standing, told};

use crate::dto::{Done, JustDone, Nothing, RecordId, Written, answer, request, words};
use crate::registry::commands;

words! {
    /// The three groups, each with its own rules (RULES §8).
    pub enum PeopleGroup { Members, Households, Hardship }

    /// What a rule counts by.
    pub enum Per { Once, Time, Day, Month, Quarter, HalfYear, Year }

    /// What the number in a cell means: times, a score that was given, or hours of a running total.
    pub enum RuleCounts { Times, Score, Hours }

    /// Where a claim stands.
    pub enum ClaimState { Proposed, Posted, Refused }

    /// Which claims a list shows.
    pub enum ClaimFilter { Proposed, Posted, Refused, All }

    /// Where an entry stands.
    pub enum EntryState { Posted, Reversed, Reversal, Conflict }
}

request! {
    /// A group on a day.
    pub struct GridOf { pub group: PeopleGroup, pub date: String }

    /// How often a rule is claimed for an account on that day; 0 takes a claim back that nobody has reviewed.
    pub struct Cell { pub account: RecordId, pub rule: String, pub times: u32 }

    /// Cells that somebody thinks of claiming.
    pub struct PreviewClaims {
        pub group: PeopleGroup,
        pub date: String,
        pub event: Option<String>,
        pub cells: Vec<Cell>,
    }

    /// Cells that are claimed.
    pub struct ClaimPoints {
        pub group: PeopleGroup,
        pub date: String,
        pub event: Option<String>,
        pub cells: Vec<Cell>,
    }

    /// Which claims.
    pub struct ListClaims { pub state: Option<ClaimFilter> }

    /// Claims approved or refused, not by the one who proposed them.
    pub struct ReviewClaims { pub claims: Vec<RecordId>, pub approve: bool, pub reason: Option<String> }

    /// Entries of one account, or all.
    pub struct ListEntries { pub account: Option<RecordId> }

    /// An entry that was wrong.
    pub struct ReverseEntry {
        /// As `points.entries` gave it
        pub key: String,
        pub reason: String,
    }

    /// One group.
    pub struct OfGroup { pub group: PeopleGroup }

    /// Whose points: the whole name, so that whoever redeems vouchers needs no list of people.
    pub struct PointsOf { pub name: String }

    /// A group to be written as a workbook.
    pub struct ExportPoints { pub out: String, pub group: PeopleGroup }
}

answer! {
    /// A rule of the book.
    pub struct PointRule {
        pub id: String,
        pub name: String,
        /// 基础分, 评议分, 激励分
        pub part: String,
        /// For one; the most of a score; the highest step of a running total
        pub points: i32,
        pub counts: RuleCounts,
        /// 次, 月 …
        pub unit: String,
        pub per: Per,
        pub cap: Option<i32>,
        pub cap_period: Option<Per>,
        /// 每次 2 分，全年最多 12
        pub cap_text: String,
    }

    /// The rules of one group.
    pub struct RuleBook {
        pub group: PeopleGroup,
        pub group_name: String,
        pub book: String,
        pub version: String,
        /// Sentences that stand above the list
        pub principles: Vec<String>,
        pub rules: Vec<PointRule>,
    }

    /// One account of the grid.
    pub struct GridAccount {
        pub id: RecordId,
        pub name: String,
        pub party_group: Option<String>,
        pub year_total: i64,
        /// Rule → points already granted in its period
        pub used: BTreeMap<String, i64>,
    }

    /// A claim that is there already.
    pub struct GridClaim {
        pub account: RecordId,
        pub rule: String,
        pub times: u32,
        pub id: RecordId,
        pub event: Option<String>,
        pub state: ClaimState,
    }

    /// People × rules.
    pub struct PointsGrid { pub book: String, pub accounts: Vec<GridAccount>, pub claims: Vec<GridClaim> }

    /// What a cell would bring.
    pub struct CellPreview {
        pub account: RecordId,
        pub rule: String,
        pub times: u32,
        pub asked: i64,
        pub granted: i64,
        pub capped: bool,
        /// 到顶，记 0 分
        pub text: String,
    }

    /// What the cells would bring together.
    pub struct ClaimsPreview {
        pub cells: Vec<CellPreview>,
        /// Account → granted points
        pub sums: BTreeMap<String, i64>,
        pub total: i64,
        /// How many cells are at their cap
        pub capped: u32,
    }

    /// Claims were made.
    pub struct Claimed { pub claims: u32, pub points: i64, pub done: Done }

    /// A claim.
    pub struct Claim {
        pub id: RecordId,
        pub account: RecordId,
        pub name: String,
        pub rule: String,
        pub rule_name: String,
        pub date: String,
        pub times: u32,
        pub asked: i64,
        pub granted: i64,
        pub event: Option<String>,
        pub proposer: String,
        /// Proposed by whoever is signed in, who therefore does not review it
        pub mine: bool,
        pub state: ClaimState,
        pub reason: Option<String>,
    }

    /// Claims were reviewed.
    pub struct Reviewed { pub posted: u32, pub points: i64, pub done: Done }

    /// A posted entry.
    pub struct PointsEntry {
        pub key: String,
        pub account: RecordId,
        pub date: String,
        pub name: String,
        pub rule_name: String,
        pub points: i64,
        pub state: EntryState,
        pub reason: Option<String>,
        pub done_by: String,
    }

    /// What an account has.
    pub struct Balance {
        pub account: RecordId,
        pub name: String,
        pub party_group: Option<String>,
        /// Posted; where the book starts anew each year, of this year
        pub balance: i64,
        /// Claimed and not yet reviewed
        pub pending: i64,
        /// Posted this year
        pub year: i64,
        /// By this year's points; equal points share a rank
        pub rank: u32,
        /// Whole tiers that the balance buys, where the book has vouchers
        pub vouchers: Option<i64>,
    }
}

answer! {
    /// What somebody of a name has.
    pub struct PointsHeld {
        pub account: RecordId,
        pub name: String,
        pub group: PeopleGroup,
        /// 普通村民
        pub group_name: String,
        pub party_group: Option<String>,
        pub balance: i64,
        /// Whole tiers that the balance buys, where the book has vouchers
        pub vouchers: Option<i64>,
    }
}

commands! {
    /// What those of a name have and can redeem
    "points.of" (PointsOf) -> Vec<PointsHeld>, balances::of;
    /// The rules of the three groups
    "points.rules" (Nothing) -> Vec<RuleBook>, rules::rules;
    /// People × rules on a day
    "points.grid" (GridOf) -> PointsGrid, grid::grid;
    /// What cells would bring; nothing is written
    "points.preview" (PreviewClaims) -> ClaimsPreview, grid::preview;
    /// Claims points
    "points.claim" (ClaimPoints) -> Claimed, claim::claim;
    /// Claims
    "points.claims" (ListClaims) -> Vec<Claim>, claim::list;
    /// Approves or refuses claims
    "points.review" (ReviewClaims) -> Reviewed, review::review;
    /// Posted entries
    "points.entries" (ListEntries) -> Vec<PointsEntry>, entries::list;
    /// Reverses an entry
    "points.reverse" (ReverseEntry) -> JustDone, entries::reverse;
    /// Balances and ranks of a group
    "points.balances" (OfGroup) -> Vec<Balance>, balances::list;
    /// Writes the balances to a workbook
    "points.export" (ExportPoints) -> Written, balances::export;
}
