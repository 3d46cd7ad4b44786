//! `demo.*`: made-up people and a year of their work, the same for the same seed: 演示村 in a window, a whole county for
//! benchmarks and pictures.

mod ids;
mod village;

use yuanba_core::tables::{courtyard, member, organisation};
use yuanba_core::{Id, Level};
use yuanba_journal::ReplicaKey;
use yuanba_journal::payload::Claim;
use yuanba_practices::demo::{County, Plan, Village};
use yuanba_store::Intent;

use crate::Api;
use crate::dto::{answer, request};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;

use ids::Ids;

request! {
    /// How much to make up.
    pub struct FillDemo {
        /// 1 in a village's store
        pub villages: Option<u32>,
        /// Of all villages together; left out: in proportion
        pub members: Option<u32>,
        /// Months of daily life up to today
        pub months: Option<u32>,
        pub seed: Option<u64>,
        /// Also into a store that holds people already
        pub add: Option<bool>,
    }
}

answer! {
    /// What was made up.
    pub struct DemoFilled {
        pub seed: u64,
        pub villages: u32,
        pub members: u64,
        pub courtyards: u64,
        pub notes: u64,
        pub errands: u64,
        pub claims: u64,
    }
}

commands! {
    /// Fills a store with made-up data
    "demo.fill" (FillDemo) -> DemoFilled, fill;
}

/// Villages of a township's or county's demo when nobody said how many.
const VILLAGES: u32 = 12;
/// Months of daily life when nobody said how many.
const MONTHS: u32 = 12;
/// The seed when nobody named one.
const SEED: u64 = 1;

fn fill(api: &Api, request: FillDemo) -> Result<DemoFilled, ApiError> {
    let mut session = api.session()?;
    fill_store(&mut session, request)
}

/// Fills the store of a session.
pub(crate) fn fill_store(session: &mut Session, request: FillDemo) -> Result<DemoFilled, ApiError> {
    let held = session.store.count(&member::TABLE)? + session.store.count(&courtyard::TABLE)?;
    let add = request.add.unwrap_or(false);
    if held > 0 && !add {
        return Err(Trouble::DemoIntoData.into());
    }
    let of_one = session.level == Level::Village;
    let villages = request.villages.unwrap_or(if of_one { 1 } else { VILLAGES });
    if of_one && villages != 1 {
        return Err(Trouble::DemoOneVillage.into());
    }
    let seed = request.seed.unwrap_or(SEED);
    let plan = Plan {
        villages,
        members: request.members,
        months: request.months.unwrap_or(MONTHS),
        seed,
        until: session.store.today(),
    };
    let practices = session.practices();
    let county = County::new(plan, practices, session.place()?)
        .map_err(|error| Trouble::BadDemo { text: format!("{error}。") })?;
    // A second filling must not meet the records of the first.
    let again = if add { session.store.digest(None)?.ops } else { 0 };
    let mut filled =
        DemoFilled { seed, villages, members: 0, courtyards: 0, notes: 0, errands: 0, claims: 0 };
    let mut tree = match of_one {
        true => None,
        false => Some(Tree::new(session, seed, again, &county.townships())?),
    };
    for village in county {
        let own = session.store.org();
        let (org, mut ids) = match &mut tree {
            None => (own, Ids::new(seed, again, &own.0, plan.until)),
            Some(tree) => {
                let org = tree.village(session, &village)?;
                (org, Ids::new(seed, again, &org.0, plan.until))
            }
        };
        let intent = village::written(session, &village, org, &mut ids)?;
        session.store.commit_quietly(intent)?;
        filled.members += village.members.len() as u64;
        filled.courtyards += village.courtyards.len() as u64;
        for month in &village.months {
            filled.notes += month.notes.len() as u64;
            filled.errands += month.errands.len() as u64;
            filled.claims += month.points.len() as u64;
        }
    }
    session.catch_up()?;
    Ok(filled)
}

/// The made-up organisations between this one and the villages, each with a key of its own made from the seed.
struct Tree {
    seed: u64,
    again: u64,
    own: ReplicaKey,
    /// In a township's store the villages hang on itself
    townships: Vec<ReplicaKey>,
}

/// What a made-up key is for; part of what it is made from.
const TOWNSHIP: &str = "township";
const VILLAGE: &str = "village";

impl Tree {
    fn new(session: &mut Session, seed: u64, again: u64, names: &[&str]) -> Result<Tree, ApiError> {
        let own = session.store.issuer().cloned().ok_or(Trouble::NeedsCertificate)?;
        let mut tree = Tree { seed, again, own, townships: Vec::new() };
        if session.level == Level::County {
            for (at, name) in names.iter().enumerate() {
                let key = ids::key(seed, again, TOWNSHIP, at as u32);
                let parent = tree.own.clone();
                found(session, &key, &parent, Level::Township, &format!("{name}党委"), name, None)?;
                tree.townships.push(key);
            }
        }
        Ok(tree)
    }

    /// Founds a village under its township; answers with its organisation.
    fn village(&mut self, session: &mut Session, village: &Village<'_>) -> Result<Id, ApiError> {
        let key = ids::key(self.seed, self.again, VILLAGE, village.number);
        let parent = self.townships.get(village.township_number as usize).unwrap_or(&self.own).clone();
        found(session, &key, &parent, Level::Village, &village.branch, &village.name, Some(&village.code))
    }
}

/// Declares an organisation, gives it its parent, and states its name.
fn found(
    session: &mut Session,
    key: &ReplicaKey,
    parent: &ReplicaKey,
    level: Level,
    name: &str,
    place: &str,
    code: Option<&str>,
) -> Result<Id, ApiError> {
    let (org, above) = (key.id(), parent.id());
    let mut claims = Intent::new("演示").down();
    claims.certify(Claim::Founded { org, level: level.number() }.signed(key));
    claims.certify(Claim::Child { child: org, level: level.number(), parent: above }.signed(parent));
    claims.certify(Claim::Accepts { child: org, parent: above }.signed(key));
    session.store.commit_quietly(claims)?;
    let mut facts = Intent::new("演示").of(org).down();
    facts
        .create(&organisation::TABLE, org)
        .put(organisation::NAME, name)
        .put(organisation::LEVEL, i64::from(level.number()))
        .put(organisation::PLACE, place)
        .put_some(organisation::CODE, code);
    session.store.commit_quietly(facts)?;
    Ok(org)
}
