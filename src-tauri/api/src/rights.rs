//! Who may do what: the table of roles and rights, which is data (`assets/roles/rights.toml`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use yuanba_core::Level;

/// What a command needs its caller to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Nobody needs to be signed in
    Anyone,
    /// See what the store holds, numbers masked
    Read,
    /// Write records and propose points
    Write,
    /// See whole ID numbers and phones, with a purpose
    Reveal,
    /// Decide on points that somebody else proposed
    Review,
    /// Hand sticks over and take them in
    Exchange,
    /// People, enrolment, revocation, redaction
    Govern,
}

/// A role of the table.
#[derive(Debug, Clone, Deserialize)]
pub struct Role {
    /// The word that stands in the journal
    pub id: String,
    /// 书记
    pub name: String,
    /// Where the role exists; the first role of a level is the one its first user gets
    pub levels: Vec<Level>,
    /// What it may do
    pub rights: Vec<Right>,
}

#[derive(Deserialize)]
struct Table {
    #[serde(rename = "role")]
    roles: Vec<Role>,
    first_user: BTreeMap<Level, String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../assets/roles/rights.toml"))
        .expect("the table shipped with the program reads")
});

/// The roles of a level, in the order they are offered.
pub fn roles_of(level: Level) -> impl Iterator<Item = &'static Role> {
    TABLE.roles.iter().filter(move |role| role.levels.contains(&level))
}

/// The name that a level's first user has when nobody gave one.
pub fn first_user_name(level: Level) -> &'static str {
    TABLE.first_user.get(&level).map_or("", String::as_str)
}

/// What people call a role; a role that this version does not know shows as its word.
pub fn role_name(id: &str) -> &str {
    TABLE.roles.iter().find(|role| role.id == id).map_or(id, |role| &role.name)
}

/// The role of that word at that level.
pub fn role(level: Level, id: &str) -> Option<&'static Role> {
    roles_of(level).find(|role| role.id == id)
}

/// Whether a role of a level has a right. A role that this version does not know may only read.
pub fn allows(level: Level, role_id: &str, right: Right) -> bool {
    match role(level, role_id) {
        _ if right == Right::Anyone => true,
        Some(role) => role.rights.contains(&right),
        None => right == Right::Read,
    }
}

/// Whether a role has a right at some level: for who is not signed in, where the level is not known yet.
pub fn may_somewhere(role_id: &str, right: Right) -> bool {
    TABLE.roles.iter().any(|role| role.id == role_id && role.rights.contains(&right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_user_of_every_level_has_every_right() {
        for level in [Level::Village, Level::Township, Level::County] {
            let first = roles_of(level).next().expect("each level has a role");
            for right in
                [Right::Read, Right::Write, Right::Reveal, Right::Review, Right::Exchange, Right::Govern]
            {
                assert!(allows(level, &first.id, right), "{} {right:?}", first.id);
            }
            assert!(!first_user_name(level).is_empty());
        }
    }

    #[test]
    fn a_reader_writes_nothing() {
        assert!(allows(Level::Village, "reader", Right::Read));
        assert!(!allows(Level::Village, "reader", Right::Write));
        assert!(!allows(Level::Village, "unheard of", Right::Write));
    }
}
