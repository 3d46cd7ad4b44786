//! How large a demo is.

use chrono::NaiveDate;

use super::dice::Dice;
use super::tables::Tables;

/// The most villages, members and months of a demo.
pub const MAX_VILLAGES: u32 = 4_000;
const MAX_MEMBERS: u32 = 400_000;
const MAX_MONTHS: u32 = 60;
/// The fewest members of a village: below three full members there is no branch (RULES §5).
const LEAST_MEMBERS: u32 = 3;

/// What to make up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How many villages
    pub villages: u32,
    /// Members of all villages together; `None`: in the proportion of `assets/demo/county.toml`
    pub members: Option<u32>,
    /// How many months of daily life, the month of `until` included
    pub months: u32,
    /// Another seed, another county
    pub seed: u64,
    /// The last day. Passed in, because nothing here knows a clock
    pub until: NaiveDate,
}

/// A plan that cannot be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPlan {
    /// None, or more than [`MAX_VILLAGES`]
    #[error("演示的村要在 1 到 {MAX_VILLAGES} 个之间")]
    Villages,
    /// Fewer than three a village, or too many
    #[error("演示的党员每个村至少 {LEAST_MEMBERS} 人，一共最多 {MAX_MEMBERS} 人")]
    Members,
    /// Too many
    #[error("演示最多 {MAX_MONTHS} 个月")]
    Months,
    /// So near to the calendar's ends that people could not have been born or posts could not run out
    #[error("演示的日期要在 1990 年到 2190 年之间")]
    Until,
}

impl Plan {
    /// The members of all villages together.
    pub(super) fn total(&self, tables: &Tables) -> Result<u32, BadPlan> {
        use chrono::Datelike;
        if self.villages == 0 || self.villages > MAX_VILLAGES {
            return Err(BadPlan::Villages);
        }
        if self.months > MAX_MONTHS {
            return Err(BadPlan::Months);
        }
        if !(1990..=2190).contains(&self.until.year()) {
            return Err(BadPlan::Until);
        }
        let county = &tables.county;
        let (members, villages) = (u64::from(county.members), u64::from(county.villages));
        let in_proportion = (members * u64::from(self.villages) + villages / 2) / villages;
        let total = self.members.unwrap_or(in_proportion.min(u64::from(MAX_MEMBERS)) as u32);
        if total < self.villages * LEAST_MEMBERS || total > MAX_MEMBERS {
            return Err(BadPlan::Members);
        }
        Ok(total)
    }

    /// The members of each village: as uneven as the table says, adding up exactly.
    pub(super) fn sizes(&self, tables: &Tables, total: u32) -> Vec<u32> {
        let mut dice = Dice::new(self.seed, 0, 0);
        let weights: Vec<u64> = (0..self.villages)
            .map(|_| {
                let size = *tables.county.sizes.pick(&mut dice);
                // Within a tenth of it, so that there are not ten sizes only.
                u64::from(size * 9 + dice.between(0, size * 2))
            })
            .collect();
        let sum: u64 = weights.iter().sum();
        // Each first has the least; the rest is shared by weight, rounded on the running total.
        let spare = u64::from(total - self.villages * LEAST_MEMBERS);
        let (mut passed, mut given) = (0, 0);
        let share = |weight: &u64| {
            passed += weight;
            let up_to = spare * passed / sum;
            let share = up_to - given;
            given = up_to;
            LEAST_MEMBERS + share as u32
        };
        weights.iter().map(share).collect()
    }
}
