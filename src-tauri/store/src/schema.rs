//! The database's tables. The journal is `stream`, `change` and `head`; `record`, `entry` and `person` are folded from it and
//! can be made anew at any time; the rest is local to this machine.

use rusqlite_migration::{M, Migrations};

/// Every version of the tables.
pub fn migrations() -> Migrations<'static> {
    Migrations::new(steps())
}

/// What leads from each version to the next, oldest first.
pub fn steps() -> Vec<M<'static>> {
    vec![
        M::up(JOURNAL),
        // Folded tables once stood here. What is folded can always be made anew: older ones go, whatever they were, and the
        // next opening folds the journal again. So only their present form is described.
        M::up(""),
        M::up(LOCAL),
        M::up(NOTHING_FOLDED),
        M::up(FOLDED),
    ]
}

/// The newest version.
pub const VERSION: i64 = 5;

const JOURNAL: &str = "
CREATE TABLE stream(
  id INTEGER PRIMARY KEY, replica BLOB NOT NULL, org BLOB NOT NULL, lane INTEGER NOT NULL,
  counts_to INTEGER NOT NULL DEFAULT 0, -- -1 all, 0 none, else the last seq that counts
  counts_hash BLOB,                     -- and its hash, which tells the branch
  UNIQUE(replica, org, lane));
CREATE TABLE change(
  id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL,
  first_seq INTEGER NOT NULL, first_prefix BLOB NOT NULL, -- the first change of its group
  kind INTEGER NOT NULL, entity BLOB, counts INTEGER NOT NULL, missing INTEGER NOT NULL DEFAULT 0,
  header BLOB NOT NULL, salt BLOB, body BLOB);
CREATE UNIQUE INDEX change_place ON change(stream, seq, hash);
CREATE INDEX change_entity ON change(entity) WHERE entity IS NOT NULL;
CREATE INDEX change_special ON change(kind) WHERE kind > 4;
CREATE INDEX change_missing ON change(missing) WHERE missing = 1;
CREATE TABLE head(
  stream INTEGER NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, key BLOB NOT NULL, signature BLOB NOT NULL,
  PRIMARY KEY(stream, seq, hash)) WITHOUT ROWID;
";

const NOTHING_FOLDED: &str = "
DROP TABLE IF EXISTS record; DROP TABLE IF EXISTS entry; DROP TABLE IF EXISTS person; DROP TABLE IF EXISTS person_link;
DELETE FROM secret WHERE name = 'folded'; -- so that the store folds the journal when it opens
";

/// What the fold writes; also made in a temporary schema by `verify`.
pub const FOLDED: &str = "
CREATE TABLE record(
  org BLOB NOT NULL, entity BLOB NOT NULL, tbl INTEGER NOT NULL, alias BLOB, parent BLOB, on_date TEXT,
  stage TEXT, -- the word for where it stands, of a table that has one
  flags INTEGER NOT NULL, -- 1 void, 2 in conflict, 4 written while voided, 8 frozen
  digest BLOB NOT NULL, state BLOB NOT NULL, PRIMARY KEY(entity, org));
CREATE INDEX record_table ON record(tbl, org);
CREATE INDEX record_stage ON record(tbl, stage) WHERE stage IS NOT NULL;
CREATE INDEX record_parent ON record(parent) WHERE parent IS NOT NULL;
CREATE INDEX record_alias ON record(alias) WHERE alias IS NOT NULL;
CREATE INDEX record_conflict ON record(entity) WHERE flags & 2 <> 0;
CREATE TABLE entry(
  org BLOB NOT NULL, key BLOB NOT NULL, ledger INTEGER NOT NULL, from_account BLOB NOT NULL, to_account BLOB NOT NULL,
  amount INTEGER NOT NULL, moves INTEGER NOT NULL, on_date TEXT NOT NULL, rule TEXT NOT NULL, terms BLOB NOT NULL,
  rivals INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY(key, org));
CREATE INDEX entry_account ON entry(ledger, to_account, on_date, moves);
CREATE INDEX entry_rivals ON entry(key) WHERE rivals > 0;
CREATE TABLE person(
  org BLOB NOT NULL, entity BLOB NOT NULL, same_as TEXT NOT NULL, PRIMARY KEY(org, entity)) WITHOUT ROWID;
CREATE INDEX person_same ON person(org, same_as);
CREATE TABLE person_link(
  org BLOB NOT NULL, edge BLOB NOT NULL, first BLOB NOT NULL, second BLOB NOT NULL, same INTEGER NOT NULL,
  PRIMARY KEY(org, edge)) WITHOUT ROWID;
CREATE INDEX person_link_first ON person_link(first);
CREATE INDEX person_link_second ON person_link(second);
";

/// The indexes of the folded tables that no fold asks, each with the statement that makes it.
pub fn lookups() -> impl Iterator<Item = (&'static str, &'static str)> {
    let made = |name: &'static str| {
        let begins = format!("CREATE INDEX {name} ON");
        FOLDED.lines().find(|line| line.starts_with(&begins)).map(|line| (name, line))
    };
    ["record_table", "record_stage", "record_parent", "record_conflict", "entry_account", "entry_rivals"]
        .into_iter()
        .filter_map(made)
}

/// The folded tables by name.
pub const FOLDED_TABLES: [&str; 4] = ["record", "entry", "person", "person_link"];

const LOCAL: &str = "
CREATE TABLE secret(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE local(key TEXT PRIMARY KEY, value TEXT NOT NULL, at_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE deed(
  id INTEGER PRIMARY KEY, grp BLOB NOT NULL UNIQUE, stream INTEGER NOT NULL, seq INTEGER NOT NULL, prefix BLOB NOT NULL,
  said TEXT NOT NULL, user BLOB NOT NULL, at_ms INTEGER NOT NULL, undoes BLOB);
CREATE TABLE parked(
  id INTEGER PRIMARY KEY, replica BLOB NOT NULL, org BLOB NOT NULL, lane INTEGER NOT NULL, first_seq INTEGER NOT NULL,
  prev BLOB, digest BLOB NOT NULL UNIQUE, at_ms INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE peer(id BLOB PRIMARY KEY, org BLOB NOT NULL, heard_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE peer_tip(
  peer BLOB NOT NULL, replica BLOB NOT NULL, org BLOB NOT NULL, lane INTEGER NOT NULL, seq INTEGER NOT NULL,
  hash BLOB NOT NULL, PRIMARY KEY(peer, replica, org, lane, seq, hash)) WITHOUT ROWID;
";
