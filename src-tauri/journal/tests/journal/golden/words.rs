//! Reading the inputs of vectors.

use serde_json::Value as Json;
use yuanba_core::{Id, Value};
use yuanba_journal::payload::{Item, ItemOp, Ledger};
use yuanba_journal::{ChangeRef, Hash, Lane, ReplicaKey, StreamId};

/// One thing in words.
#[derive(Clone, Copy)]
pub struct Words<'a>(pub &'a Json);

impl<'a> Words<'a> {
    pub fn at(self, key: &str) -> Words<'a> {
        Words(self.0.get(key).unwrap_or_else(|| panic!("{key} is missing in {}", self.0)))
    }

    pub fn maybe(self, key: &str) -> Option<Words<'a>> {
        self.0.get(key).filter(|value| !value.is_null()).map(Words)
    }

    pub fn list(self) -> impl Iterator<Item = Words<'a>> {
        self.0.as_array().unwrap().iter().map(Words)
    }

    pub fn text(self) -> &'a str {
        self.0.as_str().unwrap()
    }

    pub fn number(self) -> u64 {
        self.0.as_u64().unwrap()
    }

    pub fn signed(self) -> i64 {
        self.0.as_i64().unwrap()
    }

    pub fn yes(self, key: &str) -> bool {
        self.maybe(key).is_some_and(|words| words.0.as_bool().unwrap())
    }

    pub fn bytes(self) -> Vec<u8> {
        hex::decode(self.text()).unwrap()
    }

    pub fn array<const N: usize>(self) -> [u8; N] {
        self.bytes().try_into().unwrap()
    }

    pub fn id(self) -> Id {
        Id(self.array())
    }

    pub fn hash(self) -> Hash {
        Hash(self.array())
    }

    pub fn key(self) -> ReplicaKey {
        ReplicaKey::from_seed(self.array())
    }

    pub fn lane(self) -> Lane {
        match self.text() {
            "up" => Lane::Up,
            "down" => Lane::Down,
            other => panic!("no lane: {other}"),
        }
    }

    pub fn ledger(self) -> Ledger {
        match self.text() {
            "points" => Ledger::Points,
            "dues" => Ledger::Dues,
            "funds" => Ledger::Funds,
            other => panic!("no ledger: {other}"),
        }
    }

    pub fn stream(self) -> StreamId {
        StreamId { replica: self.at("replica").id(), org: self.at("org").id(), lane: self.at("lane").lane() }
    }

    pub fn reference(self, home: &StreamId) -> ChangeRef {
        ChangeRef {
            stream: self.maybe("stream").map_or(*home, Words::stream),
            seq: self.at("seq").number(),
            prefix: self.at("prefix").array(),
        }
    }

    pub fn references(self, home: &StreamId) -> Vec<ChangeRef> {
        self.list().map(|reference| reference.reference(home)).collect()
    }

    pub fn value(self) -> Value {
        match self.0 {
            Json::Null => Value::Null,
            Json::Bool(yes) => Value::Bool(*yes),
            Json::Number(number) => Value::Int(number.as_i64().unwrap()),
            Json::String(text) => Value::from(text.as_str()),
            Json::Array(_) => Value::List(self.values()),
            Json::Object(_) => Value::Id(self.at("id").id()),
        }
    }

    pub fn values(self) -> Vec<Value> {
        self.list().map(Words::value).collect()
    }

    pub fn item(self, home: &StreamId) -> Item {
        let seen = || self.maybe("saw").map(|list| list.references(home)).unwrap_or_default();
        let op = match self.at("op").text() {
            "put" => ItemOp::Put(seen()),
            "add" => ItemOp::Add,
            "remove" => ItemOp::Remove(
                self.at("elements").list().map(|e| (e.reference(home), e.at("item").number())).collect(),
            ),
            "saw" => ItemOp::Saw(seen()),
            other => panic!("no op: {other}"),
        };
        Item { field: self.at("field").number() as u16, op }
    }
}
