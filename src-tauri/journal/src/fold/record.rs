//! Folding the writes to one record, field by field (JOURNAL §4).

use std::collections::{BTreeMap, HashMap};

use minicbor::{Decoder, Encoder};
use yuanba_core::record::VOIDED;
use yuanba_core::{Field, Value};

use super::Origin;
use crate::payload::{ItemOp, RecordWrite};
use crate::{ChangeRef, Hash, JournalError};

/// Values with their origins and items, as a state lists them.
type Listed<'a> = Vec<(&'a Option<Value>, usize, u64)>;

/// A write to the record, or to one of the records that are the same person.
#[derive(Debug, Clone)]
pub struct RecordInput {
    /// The change
    pub origin: Origin,
    /// Which fields, and what it saw of them
    pub write: RecordWrite,
    /// One value an item; `None` when a redaction erased them
    pub values: Option<Vec<Value>>,
    /// It counts and nobody took it back. Writes that do not still carry what they replaced.
    pub effective: bool,
}

/// A value that no other counting write has seen and replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The value; `None` when it was erased
    pub value: Option<Value>,
    /// Index into the state's origins
    pub origin: usize,
}

/// An element of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// The value; `None` when it was erased
    pub value: Option<Value>,
    /// Index into the state's origins
    pub origin: usize,
    /// Place of the item in its change
    pub item: u64,
}

/// A field after the fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldState {
    /// One head, or several: the greatest shows, and different values are a conflict
    Register(Vec<Head>),
    /// Elements in the order of their writes
    Set(Vec<Element>),
}

/// A record after the fold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordState {
    /// Table number
    pub table: u16,
    /// A newer version's critical change is among its changes: nobody writes to it here
    pub frozen: bool,
    /// The changes that the heads and elements came from
    pub origins: Vec<Origin>,
    /// By field number
    pub fields: BTreeMap<u16, FieldState>,
    /// Something was written to it at the same time as it was declared void
    pub written_while_voided: bool,
}

static NULL: Value = Value::Null;

impl RecordState {
    /// The value that shows.
    pub fn shown(&self, field: u16) -> &Value {
        match self.fields.get(&field) {
            Some(FieldState::Register(heads)) => {
                heads.first().and_then(|h| h.value.as_ref()).unwrap_or(&NULL)
            }
            _ => &NULL,
        }
    }

    /// The elements of a set, each value once.
    pub fn elements(&self, field: u16) -> Vec<&Value> {
        let mut values: Vec<&Value> = Vec::new();
        if let Some(FieldState::Set(elements)) = self.fields.get(&field) {
            for value in elements.iter().filter_map(|e| e.value.as_ref()) {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
        }
        values
    }

    /// The heads of a register, the one that shows first.
    pub fn heads(&self, field: u16) -> &[Head] {
        match self.fields.get(&field) {
            Some(FieldState::Register(heads)) => heads,
            _ => &[],
        }
    }

    /// References to the heads of a register, for a write that has seen them.
    pub fn head_references(&self, field: u16) -> Vec<ChangeRef> {
        self.heads(field).iter().map(|h| self.origins[h.origin].reference()).collect()
    }

    /// The additions of a set's elements that equal a value, for their removal.
    pub fn additions(&self, field: u16, value: &Value) -> Vec<(ChangeRef, u64)> {
        match self.fields.get(&field) {
            Some(FieldState::Set(elements)) => elements
                .iter()
                .filter(|e| e.value.as_ref() == Some(value))
                .map(|e| (self.origins[e.origin].reference(), e.item))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Whether writes of different values did not see each other.
    pub fn conflicted(&self, field: u16) -> bool {
        let mut values = self.heads(field).iter().filter_map(|h| h.value.as_ref());
        values.next().is_some_and(|first| values.any(|other| other != first))
    }

    /// References to the changes that added the elements of a set, each once.
    pub fn element_references(&self, field: u16) -> Vec<ChangeRef> {
        let Some(FieldState::Set(elements)) = self.fields.get(&field) else { return Vec::new() };
        let mut references: Vec<ChangeRef> =
            elements.iter().map(|e| self.origins[e.origin].reference()).collect();
        references.sort_unstable();
        references.dedup();
        references
    }

    /// The fields in conflict.
    pub fn conflicts(&self) -> Vec<u16> {
        self.fields.keys().copied().filter(|f| self.conflicted(*f)).collect()
    }

    /// Whether the record was declared void. It stays void when the reason was erased.
    pub fn voided(&self) -> bool {
        self.heads(VOIDED.number).first().is_some_and(|head| head.value != Some(Value::Null))
    }

    /// The newest write that still shows somewhere.
    pub fn newest(&self) -> Option<&Origin> {
        self.origins.iter().max_by_key(|o| o.rank())
    }

    /// BLAKE3 over what is shown and what is in conflict; stamps and history do not enter.
    ///
    /// `[table, frozen, written while void, [field, …]]`, the fields ascending, each `[number, value that shows, [value, …]]`
    /// for a register and `[number, [value, …]]` for a set. The lists have every value that is not erased once, in the
    /// order of their bytes; an erased register shows null.
    pub fn digest(&self) -> Hash {
        Hash::of(&[&self.digested()])
    }

    /// The bytes that [`RecordState::digest`] hashes.
    pub fn digested(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        let mut e = Encoder::new(&mut bytes);
        let result = (|| {
            e.array(4)?.u16(self.table)?.bool(self.frozen)?.bool(self.written_while_voided)?;
            e.array(self.fields.len() as u64)?;
            for (field, state) in &self.fields {
                let mut values: Vec<Vec<u8>> = match state {
                    FieldState::Register(heads) => {
                        heads.iter().filter_map(|h| h.value.as_ref()).map(Value::to_cbor).collect()
                    }
                    FieldState::Set(elements) => {
                        elements.iter().filter_map(|e| e.value.as_ref()).map(Value::to_cbor).collect()
                    }
                };
                values.sort();
                values.dedup();
                match state {
                    FieldState::Register(_) => {
                        e.array(3)?.u16(*field)?;
                        self.shown(*field).encode(&mut e)?;
                    }
                    FieldState::Set(_) => {
                        e.array(2)?.u16(*field)?;
                    }
                }
                e.array(values.len() as u64)?;
                values.iter().for_each(|value| e.writer_mut().extend_from_slice(value));
            }
            Ok::<_, minicbor::encode::Error<std::convert::Infallible>>(())
        })();
        result.expect("a Vec takes every byte");
        bytes
    }

    /// The state's bytes, for the store's table.
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512);
        let mut e = Encoder::new(&mut bytes);
        let result = (|| {
            e.array(5)?.u16(self.table)?.bool(self.frozen)?.bool(self.written_while_voided)?;
            e.array(self.origins.len() as u64)?;
            self.origins.iter().try_for_each(|o| o.encode(&mut e))?;
            e.array(self.fields.len() as u64)?;
            for (field, state) in &self.fields {
                let (kind, list): (u8, Listed<'_>) = match state {
                    FieldState::Register(heads) => {
                        (0, heads.iter().map(|h| (&h.value, h.origin, 0)).collect())
                    }
                    FieldState::Set(set) => (1, set.iter().map(|s| (&s.value, s.origin, s.item)).collect()),
                };
                e.u16(*field)?.u8(kind)?.array(list.len() as u64)?;
                for (value, origin, item) in list {
                    e.u64(origin as u64)?.u64(item)?.bool(value.is_some())?;
                    value.as_ref().map_or(Ok(()), |v| v.encode(&mut e))?;
                }
            }
            Ok::<_, minicbor::encode::Error<std::convert::Infallible>>(())
        })();
        result.expect("a Vec takes every byte");
        bytes
    }

    /// Reads a state from the store's table.
    pub fn from_cbor(bytes: &[u8]) -> Result<RecordState, JournalError> {
        let malformed = || JournalError::Malformed("record state");
        let mut d = Decoder::new(bytes);
        d.array()?;
        let mut state = RecordState {
            table: d.u16()?,
            frozen: d.bool()?,
            written_while_voided: d.bool()?,
            ..RecordState::default()
        };
        for _ in 0..d.array()?.ok_or_else(malformed)? {
            state.origins.push(Origin::decode(&mut d)?);
        }
        for _ in 0..d.array()?.ok_or_else(malformed)? {
            let (field, kind) = (d.u16()?, d.u8()?);
            let length = d.array()?.ok_or_else(malformed)?;
            let mut list = Vec::with_capacity(length.min(16) as usize);
            for _ in 0..length {
                let (origin, item) = (d.u64()? as usize, d.u64()?);
                let value = if d.bool()? { Some(Value::decode(&mut d)?) } else { None };
                if origin >= state.origins.len() {
                    return Err(malformed());
                }
                list.push(Element { value, origin, item });
            }
            let folded = match kind {
                0 => FieldState::Register(
                    list.into_iter().map(|e| Head { value: e.value, origin: e.origin }).collect(),
                ),
                _ => FieldState::Set(list),
            };
            state.fields.insert(field, folded);
        }
        Ok(state)
    }

    /// Reads only the values that show in some fields, out of a state's bytes: for lists, which need few of a record's
    /// fields and none of its history. The answer has one value for each field asked for; a set is a list of its elements.
    pub fn glance(bytes: &[u8], fields: &[u16]) -> Result<Vec<Value>, JournalError> {
        let malformed = || JournalError::Malformed("record state");
        let mut d = Decoder::new(bytes);
        d.array()?;
        let (_table, _frozen, _written_while_voided) = (d.u16()?, d.bool()?, d.bool()?);
        for _ in 0..d.array()?.ok_or_else(malformed)? {
            Origin::skip(&mut d)?;
        }
        let mut shown = vec![Value::Null; fields.len()];
        for _ in 0..d.array()?.ok_or_else(malformed)? {
            let (field, kind) = (d.u16()?, d.u8()?);
            let wanted = fields.iter().position(|f| *f == field);
            let mut elements = Vec::new();
            for at in 0..d.array()?.ok_or_else(malformed)? {
                let (_origin, _item) = (d.u64()?, d.u64()?);
                match (d.bool()?, wanted) {
                    (false, _) => {}
                    (true, Some(place)) if kind == 0 && at == 0 => shown[place] = Value::decode(&mut d)?,
                    (true, Some(_)) if kind != 0 => {
                        let element = Value::decode(&mut d)?;
                        if !elements.contains(&element) {
                            elements.push(element);
                        }
                    }
                    (true, _) => d.skip()?,
                }
            }
            if let Some(place) = wanted.filter(|_| kind != 0) {
                shown[place] = Value::List(elements);
            }
        }
        Ok(shown)
    }

    /// A typed look at a field's text.
    pub fn text(&self, field: Field) -> Option<&str> {
        self.shown(field.number).as_text()
    }
}

/// Folds all writes to a record. Writes that do not count are among the inputs, because what they replaced stays
/// replaced through them.
pub fn fold_record(inputs: &[RecordInput]) -> RecordState {
    let mut state = RecordState::default();
    let places: HashMap<ChangeRef, usize> = if inputs.len() > 1 {
        inputs.iter().enumerate().map(|(at, i)| (i.origin.reference(), at)).collect()
    } else {
        HashMap::new()
    };
    let mut used: Vec<Option<usize>> = vec![None; inputs.len()];
    if let Some(newest) = inputs.iter().filter(|i| i.effective).max_by_key(|i| i.origin.rank()) {
        state.table = newest.write.table;
    }
    let mut registers: BTreeMap<u16, Vec<(usize, usize)>> = BTreeMap::new();
    let mut sets: BTreeMap<u16, Vec<(usize, usize)>> = BTreeMap::new();
    let mut removed: Vec<(usize, u64)> = Vec::new();
    for (at, input) in inputs.iter().enumerate() {
        for (place, item) in input.write.items.iter().enumerate() {
            match &item.op {
                // Of two values that one change puts into a field the last holds.
                ItemOp::Put(_) => {
                    let writes = registers.entry(item.field).or_default();
                    writes.pop_if(|before| before.0 == at);
                    writes.push((at, place));
                }
                ItemOp::Add if input.effective => sets.entry(item.field).or_default().push((at, place)),
                ItemOp::Remove(elements) if input.effective => {
                    removed.extend(elements.iter().filter_map(|(r, i)| Some((*places.get(r)?, *i))))
                }
                _ => {}
            }
        }
    }
    let mut origin_of = |at: usize, origins: &mut Vec<Origin>| {
        *used[at].get_or_insert_with(|| {
            origins.push(inputs[at].origin.clone());
            origins.len() - 1
        })
    };
    let value_of =
        |(at, place): (usize, usize)| inputs[at].values.as_ref().and_then(|v| v.get(place).cloned());

    for (field, writes) in registers {
        let superseded = superseded(inputs, &places, &writes);
        let mut heads: Vec<(usize, usize)> = writes
            .iter()
            .copied()
            .filter(|(at, _)| inputs[*at].effective && !superseded.contains(at))
            .collect();
        heads.sort_by_key(|(at, _)| std::cmp::Reverse(inputs[*at].origin.rank()));
        // An erased value gives way to one that is still there.
        heads.sort_by_key(|head| inputs[head.0].values.is_none());
        let heads: Vec<Head> = heads
            .into_iter()
            .map(|head| Head { value: value_of(head), origin: origin_of(head.0, &mut state.origins) })
            .collect();
        if !heads.is_empty() {
            state.fields.insert(field, FieldState::Register(heads));
        }
    }
    for (field, mut additions) in sets {
        additions.retain(|(at, place)| !removed.contains(&(*at, *place as u64)));
        additions.sort_by_key(|(at, place)| (inputs[*at].origin.rank(), *place));
        let elements: Vec<Element> = additions
            .into_iter()
            .map(|addition| Element {
                value: value_of(addition),
                origin: origin_of(addition.0, &mut state.origins),
                item: addition.1 as u64,
            })
            .collect();
        if !elements.is_empty() {
            state.fields.insert(field, FieldState::Set(elements));
        }
    }
    state.written_while_voided = state.voided() && written_beside_the_void(inputs, &state);
    state
}

/// The writes that a counting write of the field reaches through what it and others replaced.
fn superseded(
    inputs: &[RecordInput],
    places: &HashMap<ChangeRef, usize>,
    writes: &[(usize, usize)],
) -> Vec<usize> {
    let mut reached = Vec::new();
    if writes.len() < 2 {
        return reached;
    }
    let item_of: HashMap<usize, usize> = writes.iter().copied().collect();
    let seen_by = |at: usize| -> Vec<usize> {
        match item_of.get(&at).map(|place| &inputs[at].write.items[*place].op) {
            Some(ItemOp::Put(seen)) => seen.iter().filter_map(|r| places.get(r).copied()).collect(),
            _ => Vec::new(),
        }
    };
    let mut visited = vec![false; inputs.len()];
    let mut open: Vec<usize> = Vec::new();
    for (at, _) in writes.iter().filter(|(at, _)| inputs[*at].effective) {
        open.extend(seen_by(*at));
        while let Some(next) = open.pop() {
            if !std::mem::replace(&mut visited[next], true) {
                reached.push(next);
                open.extend(seen_by(next));
            }
        }
    }
    reached
}

/// Whether a head of another field neither was seen by the void nor saw it.
fn written_beside_the_void(inputs: &[RecordInput], state: &RecordState) -> bool {
    let void_head = &state.heads(VOIDED.number)[0];
    let void = &state.origins[void_head.origin];
    let Some(void_write) = inputs.iter().find(|i| i.origin.hash == void.hash) else { return false };
    let saw = |write: &RecordWrite, target: &Origin| {
        write.items.iter().any(|item| match &item.op {
            ItemOp::Put(seen) | ItemOp::Saw(seen) => seen.contains(&target.reference()),
            _ => false,
        })
    };
    state.origins.iter().any(|other| {
        other.hash != void.hash
            && !saw(&void_write.write, other)
            && inputs.iter().find(|i| i.origin.hash == other.hash).is_some_and(|i| {
                i.write.items.iter().any(|item| matches!(item.op, ItemOp::Put(_) | ItemOp::Add))
                    && !saw(&i.write, void)
            })
    })
}
