//! The fold of a record beside one that is written as the rule is said, without a thought for speed.

use std::collections::BTreeSet;

use proptest::prelude::*;
use yuanba_core::{Id, Value};
use yuanba_journal::fold::{RecordInput, fold_record};
use yuanba_journal::payload::ItemOp::{Add, Put, Remove};
use yuanba_journal::{Change, Stamp};

use crate::hands::{Laptop, input};

const ORG: Id = Id([1; 16]);
const ENTITY: Id = Id([5; 16]);
const NAME: u16 = 1;
const PHONES: u16 = 10;

/// A write as the dice have it: who, when, what it puts, what it saw of those before it, what it adds and removes.
#[derive(Debug, Clone)]
struct Made {
    laptop: usize,
    late: bool,
    value: u8,
    saw: u16,
    adds: Option<u8>,
    removes: u16,
    counts: bool,
    erased: bool,
}

prop_compose! {
    fn made()(
        laptop in 0usize..3, late: bool, value in 0u8..3, saw: u16, adds in prop::option::of(0u8..3), removes: u16,
        counts in prop::bool::weighted(0.75), erased in prop::bool::weighted(0.15),
    ) -> Made {
        Made { laptop, late, value, saw, adds, removes, counts, erased }
    }
}

fn written(plan: &[Made]) -> Vec<Change> {
    let mut laptops = [1, 2, 3].map(|n| Laptop::new(n, ORG));
    let mut changes: Vec<Change> = Vec::new();
    for one in plan {
        let before = |bits: u16| changes.iter().enumerate().filter(move |(at, _)| bits >> (at % 16) & 1 == 1);
        let seen = before(one.saw).map(|(_, c)| c.reference()).collect();
        let mut items = vec![(NAME, Put(seen), Value::Int(one.value.into()))];
        if let Some(phone) = one.adds {
            items.push((PHONES, Add, Value::Int(phone.into())));
        }
        // Items of sets are named by their place in their change: here always the second.
        let gone: Vec<_> = before(one.removes & one.saw).map(|(_, c)| (c.reference(), 1)).collect();
        if !gone.is_empty() {
            items.push((PHONES, Remove(gone), Value::Null));
        }
        let laptop = &mut laptops[one.laptop];
        if one.late {
            laptop.clock.last = Stamp(laptop.clock.last.0 + 5);
        }
        changes.push(laptop.record(ENTITY, items));
    }
    changes
}

/// Everything that a write has replaced, itself or through others.
fn reaches(plan: &[Made], from: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    for at in (0..from).filter(|at| plan[from].saw >> (at % 16) & 1 == 1) {
        reached.insert(at);
        reached.extend(reaches(plan, at));
    }
    reached
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn the_fold_is_what_the_rule_says(plan in prop::collection::vec(made(), 1..9), turn in any::<usize>()) {
        let changes = written(&plan);
        let mut inputs: Vec<RecordInput> = changes
            .iter()
            .zip(&plan)
            .map(|(change, one)| {
                let mut input = input(change);
                input.effective = one.counts;
                if one.erased {
                    input.values = None;
                }
                input
            })
            .collect();
        let count = inputs.len();
        inputs.rotate_left(turn % count);
        let state = fold_record(&inputs);

        let counting: Vec<usize> = (0..plan.len()).filter(|at| plan[*at].counts).collect();
        let mut heads: Vec<usize> = counting
            .iter()
            .copied()
            .filter(|at| !counting.iter().any(|other| reaches(&plan, *other).contains(at)))
            .collect();
        heads.sort_by_key(|at| {
            let origin = &changes[*at];
            (!plan[*at].erased, origin.header.stamp, origin.header.stream.replica, origin.hash)
        });
        let shown = heads.last().filter(|at| !plan[**at].erased).map(|at| i64::from(plan[*at].value));
        prop_assert_eq!(state.shown(NAME).as_int(), shown);
        prop_assert_eq!(state.heads(NAME).len(), heads.len());
        let values: BTreeSet<u8> =
            heads.iter().filter(|at| !plan[**at].erased).map(|at| plan[*at].value).collect();
        prop_assert_eq!(state.conflicted(NAME), values.len() > 1);

        let removed: BTreeSet<usize> = counting
            .iter()
            .flat_map(|by| (0..*by).filter(|at| (plan[*by].saw & plan[*by].removes) >> (at % 16) & 1 == 1))
            .collect();
        let elements: BTreeSet<i64> = counting
            .iter()
            .filter(|at| !removed.contains(at) && !plan[**at].erased)
            .filter_map(|at| plan[*at].adds.map(i64::from))
            .collect();
        let folded: BTreeSet<i64> = state.elements(PHONES).into_iter().filter_map(Value::as_int).collect();
        prop_assert_eq!(folded, elements);
    }
}
