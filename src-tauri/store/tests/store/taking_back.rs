//! What was done and taken back has left nothing behind, in whatever order it is taken back.

use std::collections::BTreeMap;

use proptest::prelude::*;
use yuanba_core::record::VOIDED;
use yuanba_core::tables::{courtyard, member, person_edge};
use yuanba_core::{Id, Value};
use yuanba_journal::payload::Ledger;
use yuanba_journal::{GroupId, Hash};
use yuanba_store::{EntryFilter, Intent, NewEntry, Store};

use crate::county::{Dice, shuffled};
use crate::village::village;

fn members(store: &Store) -> Vec<yuanba_store::Record> {
    store.records(&member::TABLE).unwrap()
}

/// A random intent about records: new ones, changed ones, void ones, joined ones.
fn about_records(store: &mut Store, dice: &mut Dice) -> Intent {
    let mut intent = Intent::new("办事");
    for _ in 0..=dice.below(3) {
        let people = members(store);
        let one = &people[dice.below(people.len())];
        let other = &people[dice.below(people.len())];
        let id = store.new_id();
        match dice.below(7) {
            0 => {
                intent
                    .create(&member::TABLE, id)
                    .put(member::NAME, "王秀英")
                    .put(member::ID_NUMBER, ["511722198507010018", "511722850701001"][dice.below(2)])
                    .add(member::PHONES, "13800000000");
            }
            1 => {
                intent.create(&courtyard::TABLE, id).put(courtyard::NAME, "石院坝");
            }
            2 => {
                intent
                    .create(&person_edge::TABLE, id)
                    .put(person_edge::FIRST, one.id)
                    .put(person_edge::SECOND, other.id)
                    .put(person_edge::SAME, dice.below(2) == 0);
            }
            3 if one.voided() => {
                intent.edit(one).put(VOIDED, Value::Null);
            }
            3 => {
                intent.edit(one).void("重复登记");
            }
            _ => {
                let draft = intent.edit(one);
                draft.put(member::EDUCATION, ["31", "61", "71"][dice.below(3)]);
                draft.put(member::NAME, ["王秀英", "李国强"][dice.below(2)]);
                let phones: Vec<Value> = one.set(member::PHONES).into_iter().cloned().collect();
                phones.first().map(|phone| draft.remove(member::PHONES, phone));
                draft.add(member::PHONES, format!("1390000000{}", dice.below(3)));
            }
        }
    }
    intent
}

/// A random intent with figures in it, and perhaps with records beside them.
fn about_figures(store: &mut Store, dice: &mut Dice) -> Intent {
    let mut intent = if dice.below(2) == 0 { about_records(store, dice) } else { Intent::new("记分") };
    let people = members(store);
    let filter = EntryFilter { ledger: Ledger::Points, account: None, org: None };
    let entries = store.entries(filter).unwrap();
    match entries.get(dice.below(entries.len() * 2)) {
        Some(entry) => intent.reverse(entry.key, "记错了人"),
        None => {
            intent.entry(NewEntry {
                ledger: [Ledger::Points, Ledger::Dues][dice.below(2)],
                from: store.org(),
                to: people[dice.below(people.len())].id,
                amount: 1 + dice.below(3) as i64,
                key: vec![(dice.below(3) as i64).into()],
                on: "2026-06-05".into(),
                rule: "study".into(),
                terms: vec![],
            });
        }
    }
    intent
}

/// A village that has had a few days.
fn begun(seed: u64, dice: &mut Dice) -> (tempfile::TempDir, Store) {
    let (dir, mut store) = village(seed % 100_000);
    for name in ["王秀英", "李国强", "张成林"] {
        let mut intent = Intent::new("添人");
        let id = store.new_id();
        intent.create(&member::TABLE, id).put(member::NAME, name).add(member::PHONES, "13800000000");
        store.commit(intent).unwrap();
    }
    for _ in 0..4 {
        let intent = if dice.below(2) == 0 {
            about_records(&mut store, dice)
        } else {
            about_figures(&mut store, dice)
        };
        let _ = store.commit(intent);
    }
    (dir, store)
}

fn state(store: &Store) -> Hash {
    store.digest(None).unwrap().state_digest
}

/// What every account has, and how everything but the ledgers looks.
fn balances(store: &Store) -> BTreeMap<(u8, Id), i64> {
    let mut all = BTreeMap::new();
    for ledger in [Ledger::Points, Ledger::Dues, Ledger::Funds] {
        let sums = store.balances(ledger).unwrap();
        assert_eq!(sums.iter().map(|(_, sum)| sum).sum::<i64>(), 0);
        all.extend(
            sums.into_iter().filter(|(_, sum)| *sum != 0).map(|(id, sum)| ((ledger.number(), id), sum)),
        );
    }
    all
}

fn commit(store: &mut Store, intent: Intent) -> Option<GroupId> {
    (!intent.is_empty()).then(|| store.commit(intent).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn taking_back_what_was_done_to_records_restores_them(seed in any::<u32>()) {
        let mut dice = Dice::new(u64::from(seed));
        let (_dir, mut store) = begun(u64::from(seed), &mut dice);
        let before = state(&store);
        let mut steps = Vec::new();
        for _ in 0..5 {
            let intent = about_records(&mut store, &mut dice);
            let was = state(&store);
            if let Some(group) = commit(&mut store, intent) {
                steps.push((group, was, state(&store)));
            }
        }
        // The last step first: each looks as it looked before it; and forward again.
        for (group, was, became) in steps.iter().rev() {
            prop_assert_eq!(state(&store), *became);
            store.undo(Some(*group)).unwrap();
            prop_assert_eq!(state(&store), *was);
        }
        for (group, was, became) in &steps {
            prop_assert_eq!(state(&store), *was);
            let undo = store.groups(100).unwrap().into_iter().find(|g| g.undoes == Some(*group)).unwrap();
            store.undo(Some(undo.group)).unwrap();
            prop_assert_eq!(state(&store), *became);
        }
        // In any other order nothing is left once all of it is taken back.
        for (group, _, _) in shuffled(steps, &mut dice) {
            store.undo(Some(group)).unwrap();
        }
        prop_assert_eq!(state(&store), before);
        prop_assert_eq!(store.verify().unwrap(), []);
    }

    #[test]
    fn taking_back_figures_restores_every_balance(seed in any::<u32>()) {
        let mut dice = Dice::new(u64::from(seed));
        let (_dir, mut store) = begun(u64::from(seed), &mut dice);
        let before = balances(&store);
        let mut groups = Vec::new();
        for _ in 0..6 {
            let intent = about_figures(&mut store, &mut dice);
            groups.extend(commit(&mut store, intent));
        }
        for group in shuffled(groups, &mut dice) {
            store.undo(Some(group)).unwrap();
        }
        prop_assert_eq!(balances(&store), before);
        prop_assert_eq!(store.verify().unwrap(), []);
    }
}
