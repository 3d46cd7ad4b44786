//! How the entries, reversals and choices of one ledger key meet.

use yuanba_core::{Id, Value};
use yuanba_journal::fold::{EntryInput, EntryState, Origin, Reversed, fold_entries};
use yuanba_journal::payload::{Choice, Entry, Ledger, entry_key};
use yuanba_journal::{ChangeRef, Hash, Lane, Stamp, StreamId};

fn origin(n: u8, stamp: u64) -> Origin {
    let stream = StreamId { replica: Id([n; 16]), org: Id([1; 16]), lane: Lane::Up };
    let hash = Hash::of(&[&[n], &stamp.to_be_bytes()]);
    Origin { stream, seq: stamp, hash, stamp: Stamp(stamp), user: Id([0; 16]), wall_ms: 0 }
}

fn entry(amount: i64) -> Entry {
    Entry {
        ledger: Ledger::Points,
        from: Id([1; 16]),
        to: Id([2; 16]),
        amount,
        natural_key: vec![Value::from("study")],
        on: "2026-06-05".into(),
        rule: "study".into(),
        terms: vec![],
    }
}

fn posted(at: &Origin, amount: i64) -> EntryInput {
    EntryInput::Entry(at.clone(), entry(amount), false)
}

fn choice(at: &Origin, stands: &Origin, replaces: &[&Origin]) -> EntryInput {
    let replaces: Vec<ChangeRef> = replaces.iter().map(|o| o.reference()).collect();
    let choice = Choice { key: entry(1).key(), stands: stands.reference(), replaces };
    EntryInput::Choice(at.clone(), choice, false)
}

fn fold(inputs: &[EntryInput]) -> EntryState {
    let state = fold_entries(inputs).unwrap();
    let mut backwards = inputs.to_vec();
    backwards.reverse();
    assert_eq!(fold_entries(&backwards).unwrap(), state, "the order of arrival does not enter");
    state
}

fn rivals(state: &EntryState) -> Vec<i64> {
    state.rivals.iter().map(|(_, e)| e.amount).collect()
}

#[test]
fn the_smallest_of_one_key_counts_and_a_different_amount_waits() {
    let (a, b) = (origin(1, 10), origin(2, 9));
    let state = fold(&[posted(&a, 2), posted(&b, 3)]);
    assert_eq!((state.moves(), rivals(&state)), (3, vec![2]));
    let equal = fold(&[posted(&origin(1, 10), 2), posted(&origin(2, 10), 2), posted(&origin(3, 11), 2)]);
    assert_eq!((equal.origin.stream.replica, rivals(&equal)), (Id([1; 16]), vec![]));
}

#[test]
fn a_choice_settles_what_it_saw_and_nothing_else() {
    let (a, b, late) = (origin(1, 10), origin(2, 11), origin(3, 5));
    let named = choice(&origin(1, 20), &b, &[&a]);
    let state = fold(&[posted(&a, 2), posted(&b, 3), named.clone()]);
    assert_eq!((state.moves(), rivals(&state)), (3, vec![]));
    let state = fold(&[posted(&a, 2), posted(&b, 3), named.clone(), posted(&late, 4)]);
    assert_eq!((state.moves(), rivals(&state)), (3, vec![4]), "the third laptop's entry was not seen");
    let state = fold(&[posted(&a, 2), posted(&b, 3), named, posted(&late, 2)]);
    assert_eq!(rivals(&state), Vec::<i64>::new(), "its amount was seen and passed over");
}

#[test]
fn two_choices_that_did_not_see_each_other_wait_for_a_third() {
    let (a, b) = (origin(1, 10), origin(2, 11));
    let (one, other) = (origin(1, 20), origin(2, 21));
    let entries = [posted(&a, 2), posted(&b, 3)];
    let both = [choice(&one, &a, &[&b]), choice(&other, &b, &[&a])];
    let state = fold(&[&entries[..], &both[..]].concat());
    assert_eq!((state.moves(), rivals(&state)), (3, vec![2]), "the greatest shows");
    assert_eq!(state.choices, [other.reference(), one.reference()]);
    let third = [choice(&origin(3, 1), &a, &[&one, &other])];
    let state = fold(&[&entries[..], &both[..], &third[..]].concat());
    assert_eq!((state.moves(), rivals(&state)), (2, vec![]), "also with a small stamp: it saw them");
}

#[test]
fn a_choice_stays_replaced_through_one_that_was_taken_back() {
    let (a, b) = (origin(1, 10), origin(2, 11));
    let (one, two, three) = (origin(1, 30), origin(1, 20), origin(1, 21));
    let taken_back = match choice(&two, &b, &[&one, &a]) {
        EntryInput::Choice(o, c, _) => EntryInput::Choice(o, c, true),
        other => other,
    };
    let inputs =
        [posted(&a, 2), posted(&b, 3), choice(&one, &a, &[&b]), taken_back, choice(&three, &b, &[&two])];
    let state = fold(&inputs);
    assert_eq!((state.moves(), rivals(&state)), (3, vec![]));
}

#[test]
fn a_reversal_reverses_the_key_whenever_it_was_written() {
    let (a, b) = (origin(1, 10), origin(2, 9));
    let state = fold(&[EntryInput::Reversal(origin(2, 1)), posted(&a, 2), posted(&b, 2)]);
    assert_eq!((state.moves(), state.reversed), (0, Some(Reversed::By(origin(2, 1)))));
    assert!(fold_entries(&[EntryInput::Reversal(a)]).is_none());
}

#[test]
fn an_entry_whose_group_was_taken_back_gives_way_to_one_that_stands() {
    let (a, b) = (origin(1, 10), origin(2, 11));
    let gone = EntryInput::Entry(a, entry(2), true);
    assert_eq!(fold(std::slice::from_ref(&gone)).reversed, Some(Reversed::TakenBack));
    let state = fold(&[gone, posted(&b, 3)]);
    assert_eq!((state.moves(), rivals(&state)), (3, vec![]));
}

#[test]
fn keys_come_in_the_order_of_their_days_and_tell_ledgers_apart() {
    let key = |ledger, on| entry_key(ledger, on, &[Value::from("a")]);
    assert!(key(Ledger::Points, "2026-06-05") < key(Ledger::Points, "2026-06-06"));
    assert!(key(Ledger::Points, "2026-12-31") < key(Ledger::Points, "2027-01-01"));
    assert_ne!(key(Ledger::Points, "2026-06-05"), key(Ledger::Dues, "2026-06-05"));
}
