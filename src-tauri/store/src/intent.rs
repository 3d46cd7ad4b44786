//! One intent is one group: what a person did, collected before it is committed.

use yuanba_core::record::{FieldKind, VOIDED};
use yuanba_core::{Field, Id, Table, Value, tables};
use yuanba_journal::author::Draft;
use yuanba_journal::fold::RecordState;
use yuanba_journal::payload::{
    Certificate, Choice, Entry, Item, ItemOp, Ledger, OrgKey, RecordWrite, Redaction, Retract, Reversal,
    Revocation, encode_values,
};
use yuanba_journal::{ChangeRef, Kind, StreamId};

use crate::record::Record;

/// A reference takes up to 62 bytes, a header holds 256 KiB.
const REFERENCES_OF_ONE_CHANGE: usize = 2_000;

/// The key of a ledger entry.
pub type EntryKey = Id;

/// A ledger entry to be posted.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// The ledger
    pub ledger: Ledger,
    /// The account that gives
    pub from: Id,
    /// The account that receives
    pub to: Id,
    /// Points or fen, negative for a deduction
    pub amount: i64,
    /// What makes two laptops' same entry one, beside its day
    pub key: Vec<Value>,
    /// `2026-06-05`
    pub on: String,
    /// Rule id
    pub rule: String,
    /// Fixed when written: version of the book, cap, asked, granted
    pub terms: Vec<Value>,
}

impl NewEntry {
    /// The entry as the journal has it.
    pub fn into_entry(self) -> Entry {
        Entry {
            ledger: self.ledger,
            from: self.from,
            to: self.to,
            amount: self.amount,
            natural_key: self.key,
            on: self.on,
            rule: self.rule,
            terms: self.terms,
        }
    }
}

/// The changes of one intent, with the sentence that undo shows.
#[derive(Debug, Clone)]
pub struct Intent {
    pub(crate) said: String,
    pub(crate) org: Option<Id>,
    pub(crate) down: bool,
    pub(crate) acts: Vec<Act>,
}

#[derive(Debug, Clone)]
pub(crate) enum Act {
    Write(RecordDraft),
    Entry(Entry),
    Reversal { key: EntryKey, reason: String },
    Choice { choice: Choice, reason: String },
    Retract { first: ChangeRef },
    Redaction { changes: Vec<ChangeRef>, reason: String },
    Certificate(Box<Certificate>),
    Revocation { revocation: Revocation, reason: String },
    OrgKey(OrgKey),
}

/// The writes to one record.
#[derive(Debug, Clone)]
pub struct RecordDraft {
    pub(crate) entity: Id,
    pub(crate) org: Option<Id>,
    table: u16,
    seen: RecordState,
    items: Vec<Item>,
    values: Vec<Value>,
}

impl Intent {
    /// An intent with the sentence that people read when they undo it.
    pub fn new(said: impl Into<String>) -> Intent {
        Intent { said: said.into(), org: None, down: false, acts: Vec::new() }
    }

    /// The record belongs to another organisation (a township writing about its village).
    pub fn of(mut self, org: Id) -> Intent {
        self.org = Some(org);
        self
    }

    /// Published to all below.
    pub fn down(mut self) -> Intent {
        self.down = true;
        self
    }

    /// Says what was done in other words.
    pub fn say(&mut self, said: impl Into<String>) {
        self.said = said.into();
    }

    /// What undo shows.
    pub fn said(&self) -> &str {
        &self.said
    }

    /// Whether nothing would be written.
    pub fn is_empty(&self) -> bool {
        self.acts.iter().all(|act| matches!(act, Act::Write(draft) if draft.items.is_empty()))
    }

    /// Whether it writes to a record of which a newer version knows more.
    pub(crate) fn is_about_frozen(&self) -> bool {
        self.acts
            .iter()
            .any(|act| matches!(act, Act::Write(draft) if draft.seen.frozen && !draft.items.is_empty()))
    }

    /// Whether it erases anything for good.
    pub(crate) fn erases(&self) -> bool {
        self.acts.iter().any(|act| matches!(act, Act::Redaction { .. }))
    }

    /// What is written: the tables, with the records and whatever those hang on, now and before.
    pub fn about(&self) -> Vec<(u16, Id)> {
        let mut about = Vec::new();
        for act in &self.acts {
            let Act::Write(draft) = act else { continue };
            if draft.items.is_empty() {
                continue;
            }
            about.push((draft.table, draft.entity));
            if let Some(parent) = tables::by_number(draft.table).and_then(|table| table.parent) {
                let put =
                    draft.items.iter().zip(&draft.values).filter(|(item, _)| item.field == parent.number);
                let parents = put.map(|(_, value)| value).chain([draft.seen.shown(parent.number)]);
                about.extend(parents.filter_map(Value::as_id).map(|id| (draft.table, id)));
            }
        }
        about
    }

    /// The organisations whose records are written to.
    pub(crate) fn organisations(&self) -> impl Iterator<Item = Id> {
        self.acts.iter().filter_map(|act| match act {
            Act::Write(draft) if !draft.items.is_empty() => draft.org,
            _ => None,
        })
    }

    /// Begins a record.
    pub fn create(&mut self, table: &'static Table, entity: Id) -> &mut RecordDraft {
        self.write(entity, None, table.number, RecordState::default())
    }

    /// Changes a record; the writes remember what they saw of it.
    pub fn edit(&mut self, record: &Record) -> &mut RecordDraft {
        self.org.get_or_insert(record.org);
        self.write(record.id, Some(record.org), record.table, record.state().clone())
    }

    /// A group has one change for each record, however often the intent comes back to it.
    fn write(&mut self, entity: Id, org: Option<Id>, table: u16, seen: RecordState) -> &mut RecordDraft {
        let begun = self.acts.iter().position(
            |act| matches!(act, Act::Write(draft) if draft.entity == entity && draft.table == table),
        );
        let at = begun.unwrap_or_else(|| {
            self.acts.push(Act::Write(RecordDraft {
                entity,
                org,
                table,
                seen: RecordState::default(),
                items: Vec::new(),
                values: Vec::new(),
            }));
            self.acts.len() - 1
        });
        match &mut self.acts[at] {
            Act::Write(draft) => {
                draft.org = draft.org.or(org);
                if seen != RecordState::default() {
                    draft.seen = seen;
                }
                draft
            }
            _ => unreachable!("it was found or just pushed"),
        }
    }

    /// Posts a ledger entry and answers with its key.
    pub fn entry(&mut self, entry: NewEntry) -> EntryKey {
        let entry = entry.into_entry();
        let key = entry.key();
        self.acts.push(Act::Entry(entry));
        key
    }

    /// Reverses the entry under a key, with the reason.
    pub fn reverse(&mut self, key: EntryKey, reason: impl Into<String>) {
        self.acts.push(Act::Reversal { key, reason: reason.into() });
    }

    /// Names which of two entries of a key stands.
    pub fn choose(&mut self, choice: Choice, reason: impl Into<String>) {
        self.acts.push(Act::Choice { choice, reason: reason.into() });
    }

    /// Takes back a group, named by its first change.
    pub fn retract(&mut self, first: ChangeRef) {
        self.acts.push(Act::Retract { first });
    }

    /// Erases bodies for good, with the reason; as several changes when there are more than a header holds.
    pub fn redact(&mut self, changes: Vec<ChangeRef>, reason: impl Into<String>) {
        let reason = reason.into();
        for changes in changes.chunks(REFERENCES_OF_ONE_CHANGE) {
            self.acts.push(Act::Redaction { changes: changes.to_vec(), reason: reason.clone() });
        }
    }

    /// Publishes a certificate.
    pub fn certify(&mut self, certificate: Certificate) {
        self.acts.push(Act::Certificate(Box::new(certificate)));
    }

    /// Revokes a laptop, with the reason.
    pub fn revoke(&mut self, revocation: Revocation, reason: impl Into<String>) {
        self.acts.push(Act::Revocation { revocation, reason: reason.into() });
    }

    /// Publishes an organisation's age key.
    pub fn publish_key(&mut self, key: OrgKey) {
        self.acts.push(Act::OrgKey(key));
    }
}

impl RecordDraft {
    /// Puts a value, having seen the heads of the field. A value that stands already is not written again.
    pub fn put(&mut self, field: Field, value: impl Into<Value>) -> &mut RecordDraft {
        debug_assert_eq!(field.kind, FieldKind::Register, "{} is a set", field.name);
        let value = value.into();
        self.forget(|item, _| item.field == field.number && matches!(item.op, ItemOp::Put(_)));
        let settled = !self.seen.conflicted(field.number) && !self.seen.heads(field.number).is_empty();
        let stands = self.seen.shown(field.number) == &value;
        let never_known = self.seen.heads(field.number).is_empty() && value.is_null();
        if !(never_known || settled && stands) {
            self.push(field.number, ItemOp::Put(self.seen.head_references(field.number)), value);
        }
        self
    }

    /// Puts a value also where it stands already, having seen the heads of the field: it stays when whoever put it before
    /// takes that back.
    pub fn put_again(&mut self, field: Field, value: impl Into<Value>) -> &mut RecordDraft {
        debug_assert_eq!(field.kind, FieldKind::Register, "{} is a set", field.name);
        self.forget(|item, _| item.field == field.number && matches!(item.op, ItemOp::Put(_)));
        self.push(field.number, ItemOp::Put(self.seen.head_references(field.number)), value.into());
        self
    }

    /// Puts a value where there is one.
    pub fn put_some(&mut self, field: Field, value: Option<impl Into<Value>>) -> &mut RecordDraft {
        match value {
            Some(value) => self.put(field, value),
            None => self,
        }
    }

    /// Adds an element to a set that does not have it.
    pub fn add(&mut self, field: Field, value: impl Into<Value>) -> &mut RecordDraft {
        let value = value.into();
        let added = self
            .items
            .iter()
            .zip(&self.values)
            .any(|(i, v)| i.field == field.number && i.op == ItemOp::Add && *v == value);
        if !added && !self.seen.elements(field.number).contains(&&value) {
            self.push(field.number, ItemOp::Add, value);
        }
        self
    }

    /// Removes an element from a set: the additions that were seen.
    pub fn remove(&mut self, field: Field, value: &Value) -> &mut RecordDraft {
        self.forget(|item, added| item.field == field.number && item.op == ItemOp::Add && added == value);
        let additions = self.seen.additions(field.number, value);
        if !additions.is_empty() {
            self.push(field.number, ItemOp::Remove(additions), Value::Null);
        }
        self
    }

    /// Makes a set hold just these elements.
    pub fn put_all(&mut self, field: Field, values: &[Value]) -> &mut RecordDraft {
        let gone: Vec<Value> =
            self.seen.elements(field.number).into_iter().filter(|v| !values.contains(v)).cloned().collect();
        for value in &gone {
            self.remove(field, value);
        }
        for value in values {
            self.add(field, value.clone());
        }
        self
    }

    /// Declares the record void, having seen all of it.
    pub fn void(&mut self, reason: &str) -> &mut RecordDraft {
        // Also where it is void already: this one has seen what was written beside the first.
        self.forget(|item, _| item.field == VOIDED.number && matches!(item.op, ItemOp::Put(_)));
        let seen = self.seen.head_references(VOIDED.number);
        self.push(VOIDED.number, ItemOp::Put(seen), Value::from(reason));
        let others: Vec<u16> = self.seen.fields.keys().copied().filter(|f| *f != VOIDED.number).collect();
        for field in others {
            let mut seen = self.seen.head_references(field);
            seen.extend(self.seen.element_references(field));
            for seen in seen.chunks(REFERENCES_OF_ONE_CHANGE) {
                self.push(field, ItemOp::Saw(seen.to_vec()), Value::Null);
            }
        }
        self
    }

    /// Drops what was put down before for the same change and is put otherwise now.
    fn forget(&mut self, otherwise: impl Fn(&Item, &Value) -> bool) {
        let kept = std::mem::take(&mut self.items).into_iter().zip(std::mem::take(&mut self.values));
        (self.items, self.values) = kept.filter(|(item, value)| !otherwise(item, value)).unzip();
    }

    /// Whether nothing would be written.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    fn push(&mut self, field: u16, op: ItemOp, value: Value) {
        self.items.push(Item { field, op });
        self.values.push(value);
    }

    fn into_draft(mut self, home: &StreamId) -> Option<Draft> {
        if self.items.is_empty() {
            return None;
        }
        // Whoever writes to a void record has seen that it is void.
        let void = self.seen.head_references(VOIDED.number);
        if !void.is_empty() && !self.items.iter().any(|i| i.field == VOIDED.number) {
            self.push(VOIDED.number, ItemOp::Saw(void), Value::Null);
        }
        Some(Draft {
            kind: Kind::Record,
            entity: Some(self.entity),
            kept: RecordWrite { table: self.table, items: self.items }.to_cbor(home),
            body: Some(encode_values(&self.values)),
            personal: true,
        })
    }
}

impl Act {
    /// The change that this act becomes in a stream; nothing when it writes nothing.
    pub(crate) fn into_draft(self, home: &StreamId) -> Option<Draft> {
        let plain =
            |kind: Kind, kept: Vec<u8>| Draft { kind, entity: None, kept, body: None, personal: false };
        let with_reason = |kind: Kind, kept: Vec<u8>, reason: String| Draft {
            kind,
            entity: None,
            kept,
            body: Some(encode_values(&[Value::Text(reason)])),
            personal: true,
        };
        Some(match self {
            Act::Write(draft) => return draft.into_draft(home),
            Act::Entry(entry) => plain(Kind::Entry, entry.to_cbor()),
            Act::Reversal { key, reason } => with_reason(Kind::Reversal, Reversal { key }.to_cbor(), reason),
            Act::Choice { choice, reason } => with_reason(Kind::Choice, choice.to_cbor(home), reason),
            Act::Retract { first } => plain(Kind::Retract, Retract { first }.to_cbor(home)),
            Act::Redaction { changes, reason } => {
                with_reason(Kind::Redaction, Redaction { changes }.to_cbor(home), reason)
            }
            Act::Certificate(certificate) => plain(Kind::Certificate, certificate.to_cbor()),
            Act::Revocation { revocation, reason } => {
                with_reason(Kind::Revocation, revocation.to_cbor(home), reason)
            }
            Act::OrgKey(key) => plain(Kind::OrgKey, key.to_cbor()),
        })
    }
}
