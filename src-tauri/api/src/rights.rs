//! Who may do what: the one table of roles and rights, which is data (`assets/roles/rights.toml`), and `rights.table`, which
//! shows it.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use yuanba_core::Level;

use crate::Api;
use crate::dto::{answer, request};
use crate::error::ApiError;
use crate::registry::commands;

/// What a command needs its caller to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Nobody needs to be signed in
    Anyone,
    /// Everybody who is signed in, whatever their role
    SignedIn,
    /// See what the store holds, numbers masked
    Read,
    /// See what one account has and can redeem
    Shop,
    /// Write records and propose points
    Write,
    /// See whole ID numbers and phones, with a purpose
    Reveal,
    /// Decide on points that somebody else proposed
    Review,
    /// Hand sticks over and take them in
    Exchange,
    /// People, enrolment, revocation
    Govern,
    /// Erase, at a person's lawful request, what is held of them below
    Erase,
}

/// A role of the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
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
#[serde(deny_unknown_fields)]
struct Table {
    applies_from: String,
    #[serde(rename = "role")]
    roles: Vec<Role>,
    first_user: BTreeMap<Level, String>,
    #[serde(rename = "area")]
    areas: Vec<Area>,
    whole: Vec<Whole>,
}

/// An answer in which numbers of people stand whole under some keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    command: String,
    keys: Vec<String>,
    #[serde(rename = "why")]
    _why: String,
}

/// A part of the work, as people divide it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Area {
    name: String,
    #[serde(rename = "task")]
    tasks: Vec<Task>,
}

/// Something that people do, with the commands that do it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Task {
    does: String,
    needs: Right,
    commands: Vec<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../assets/roles/rights.toml"))
        .expect("the table shipped with the program reads")
});

/// Each command and each case of one, with what it needs.
static NEEDS: LazyLock<HashMap<&'static str, Right>> = LazyLock::new(|| {
    let tasks = TABLE.areas.iter().flat_map(|area| &area.tasks);
    tasks.flat_map(|task| task.commands.iter().map(|act| (act.as_str(), task.needs))).collect()
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

/// What the table asks for an act, a command or `command#case`; `None` when it stands nowhere.
pub fn needs(act: &str) -> Option<Right> {
    NEEDS.get(act).copied()
}

/// Whether a role of a level has a right. A role that this version does not know may only read.
fn allows(level: Level, role_id: &str, right: Right) -> bool {
    match role(level, role_id) {
        _ if matches!(right, Right::Anyone | Right::SignedIn) => true,
        Some(role) => role.rights.contains(&right),
        None => right == Right::Read,
    }
}

/// Whether somebody of that role may do an act. What the table does not name nobody may.
pub fn may(level: Level, role_id: &str, act: &str) -> bool {
    needs(act).is_some_and(|right| allows(level, role_id, right))
}

/// Which keys of a command's answer show numbers of people whole: `None` for all of them, where a purpose was given.
pub(crate) fn whole_keys(command: &str, request: &serde_json::Value) -> Option<&'static [String]> {
    let asked = request.get("unmasked").and_then(serde_json::Value::as_bool) == Some(true);
    if needs(command) == Some(Right::Reveal) || asked && needs(&format!("{command}#unmasked")).is_some() {
        return None;
    }
    let listed = TABLE.whole.iter().find(|whole| whole.command == command);
    Some(listed.map(|whole| whole.keys.as_slice()).unwrap_or_default())
}

request! {
    /// Whose table: of the own level when it is left out.
    pub struct TableOf { pub level: Option<crate::store::Level> }
}

answer! {
    /// A column of the table.
    pub struct RoleColumn {
        /// Word of the role table
        pub role: String,
        pub name: String,
        /// Whoever asks has this role here
        pub mine: bool,
    }

    /// A line of the table.
    pub struct TaskLine {
        /// 申报积分
        pub does: String,
        /// Nobody needs to be signed in for it
        pub anyone: bool,
        /// For each role in the order of the columns
        pub may: Vec<bool>,
    }

    /// Lines that belong together.
    pub struct TaskArea { pub name: String, pub tasks: Vec<TaskLine> }

    /// Who may do what at a level.
    pub struct RightsTable {
        pub level: crate::store::Level,
        pub applies_from: String,
        pub roles: Vec<RoleColumn>,
        pub areas: Vec<TaskArea>,
    }
}

commands! {
    /// Who may do what
    "rights.table" (TableOf) -> RightsTable, table;
}

fn table(api: &Api, request: TableOf) -> Result<RightsTable, ApiError> {
    let session = api.session()?;
    let level = request.level.map_or(session.level, Level::from);
    let me = &session.store.me().role;
    let roles: Vec<&Role> = roles_of(level).collect();
    let line = |task: &Task| TaskLine {
        does: task.does.clone(),
        anyone: task.needs == Right::Anyone,
        may: roles.iter().map(|role| allows(level, &role.id, task.needs)).collect(),
    };
    Ok(RightsTable {
        level: level.into(),
        applies_from: TABLE.applies_from.clone(),
        roles: roles
            .iter()
            .map(|role| RoleColumn {
                role: role.id.clone(),
                name: role.name.clone(),
                mine: level == session.level && role.id == *me,
            })
            .collect(),
        areas: TABLE
            .areas
            .iter()
            .map(|area| TaskArea { name: area.name.clone(), tasks: area.tasks.iter().map(line).collect() })
            .collect(),
    })
}

/// Whether a role has a right at some level: for who is not signed in, where the level is not known yet.
pub fn may_somewhere(role_id: &str, right: Right) -> bool {
    TABLE.roles.iter().any(|role| role.id == role_id && role.rights.contains(&right))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What the program asks the table for beside the commands themselves.
    const CASES: &[&str] = &[
        "conflict.resolve#points",
        "doctor.mend#open",
        "doctor.run#open",
        "member.list#unmasked",
        "roster.export#unmasked",
        "undo.group#points",
        "undo.group#users",
        "user.passphrase#other",
    ];

    #[test]
    fn every_command_stands_in_the_table_once_and_nothing_else_does() {
        let commands: BTreeSet<&str> = crate::registry::all().map(|command| command.name).collect();
        let listed = || TABLE.areas.iter().flat_map(|area| &area.tasks).flat_map(|task| &task.commands);
        let mut seen = BTreeSet::new();
        for act in listed() {
            assert!(seen.insert(act.as_str()), "{act} stands in the table twice");
        }
        let expected: BTreeSet<&str> = commands.iter().copied().chain(CASES.iter().copied()).collect();
        let missing: Vec<_> = expected.difference(&seen).collect();
        assert!(
            missing.is_empty(),
            "nobody may do these until assets/roles/rights.toml names them: {missing:?}"
        );
        let unknown: Vec<_> = seen.difference(&expected).collect();
        assert!(unknown.is_empty(), "assets/roles/rights.toml names what there is not: {unknown:?}");
    }

    #[test]
    fn the_first_user_of_every_level_may_do_all_that_is_done_there() {
        for level in [Level::Village, Level::Township, Level::County] {
            let first = roles_of(level).next().expect("each level has a role");
            for (act, right) in NEEDS.iter() {
                let from_above = *right == Right::Erase && level == Level::Village;
                assert_eq!(may(level, &first.id, act), !from_above, "{} {act}", first.id);
            }
            assert!(!first_user_name(level).is_empty());
        }
    }

    #[test]
    fn a_reader_writes_nothing_and_a_role_of_a_newer_version_only_reads() {
        assert!(may(Level::Village, "reader", "roster.query"));
        assert!(!may(Level::Village, "reader", "member.save"));
        assert!(may(Level::Village, "unheard of", "roster.query"));
        assert!(!may(Level::Village, "unheard of", "member.save"));
        assert!(!may(Level::Village, "clerk", "member.save"), "a role of another level is none here");
    }

    #[test]
    fn only_commands_that_there_are_show_numbers_whole() {
        for whole in &TABLE.whole {
            assert!(needs(&whole.command).is_some() && !whole.keys.is_empty(), "{}", whole.command);
        }
        let plain = serde_json::json!({});
        let asked = serde_json::json!({"unmasked": true});
        assert_eq!(whole_keys("member.unmask", &plain), None);
        assert_eq!(whole_keys("member.list", &asked), None);
        assert_eq!(whole_keys("member.list", &plain), Some(&[][..]));
        assert_eq!(
            whole_keys("member.card", &asked),
            Some(&[][..]),
            "a key that it does not know helps nobody"
        );
    }

    #[test]
    fn what_the_table_does_not_name_nobody_may() {
        let first = roles_of(Level::County).next().expect("a role");
        assert!(!may(Level::County, &first.id, "member.forget"));
    }
}
