//! How the writes to one record meet.

use yuanba_core::{Id, Value};
use yuanba_journal::Change;
use yuanba_journal::fold::{RecordInput, RecordState, fold_record};
use yuanba_journal::payload::ItemOp::{Add, Put, Remove, Saw};

use crate::hands::{Laptop, input, saw};

const ORG: Id = Id([1; 16]);
const ENTITY: Id = Id([5; 16]);
const NAME: u16 = 1;
const PHONES: u16 = 10;
const VOID: u16 = 0;

fn text(words: &str) -> Value {
    Value::from(words)
}

/// Folds the changes; those at the places in `taken_back` do not count any more.
fn fold(changes: &[&Change], taken_back: &[usize]) -> RecordState {
    let effective = |at: usize| !taken_back.contains(&at);
    let inputs: Vec<RecordInput> = changes
        .iter()
        .enumerate()
        .map(|(at, change)| RecordInput { effective: effective(at), ..input(change) })
        .collect();
    let state = fold_record(&inputs);
    let mut backwards = inputs;
    backwards.reverse();
    assert_eq!(fold_record(&backwards).digest(), state.digest(), "the order of arrival does not enter");
    assert_eq!(RecordState::from_cbor(&state.to_cbor()).unwrap(), state);
    state
}

#[test]
fn of_values_that_did_not_see_each_other_the_greatest_shows_until_somebody_saw_both() {
    let (mut a, mut b) = (Laptop::new(1, ORG), Laptop::new(2, ORG));
    let first = a.record(ENTITY, vec![(NAME, Put(vec![]), text("王秀英"))]);
    let second = b.record(ENTITY, vec![(NAME, Put(vec![]), text("王秀瑛"))]);
    let state = fold(&[&first, &second], &[]);
    assert_eq!(state.conflicts(), [NAME]);
    let greatest = if a.stream.replica > b.stream.replica { "王秀英" } else { "王秀瑛" };
    assert_eq!(state.shown(NAME), &text(greatest), "equal stamps: the replica decides");
    let third = b.record(ENTITY, vec![(NAME, Put(vec![]), text("王琇瑛"))]);
    assert_eq!(fold(&[&first, &second, &third], &[]).shown(NAME), &text("王琇瑛"), "then the stamp");

    let seen = saw(&[&first, &second, &third]);
    let settled = a.record(ENTITY, vec![(NAME, Put(seen), text("王秀英"))]);
    let state = fold(&[&first, &second, &third, &settled], &[]);
    assert_eq!((state.conflicts(), state.shown(NAME)), (vec![], &text("王秀英")));
}

#[test]
fn what_was_replaced_stays_replaced_through_a_write_that_was_taken_back() {
    let mut a = Laptop::new(1, ORG);
    let first = a.record(ENTITY, vec![(NAME, Put(vec![]), text("一"))]);
    let second = a.record(ENTITY, vec![(NAME, Put(saw(&[&first])), text("二"))]);
    let third = a.record(ENTITY, vec![(NAME, Put(saw(&[&second])), text("三"))]);
    let state = fold(&[&first, &second, &third], &[1]);
    assert_eq!((state.conflicts(), state.shown(NAME)), (vec![], &text("三")));
    let state = fold(&[&first, &second, &third], &[1, 2]);
    assert_eq!(state.shown(NAME), &text("一"), "nothing that counts has replaced it");
}

#[test]
fn a_removal_takes_only_the_additions_that_it_saw() {
    let (mut a, mut b) = (Laptop::new(1, ORG), Laptop::new(2, ORG));
    let first = a.record(ENTITY, vec![(PHONES, Add, text("138")), (PHONES, Add, text("139"))]);
    let again = b.record(ENTITY, vec![(PHONES, Add, text("138"))]);
    let gone = a.record(ENTITY, vec![(PHONES, Remove(vec![(first.reference(), 0)]), Value::Null)]);
    let state = fold(&[&first, &gone], &[]);
    assert_eq!(state.elements(PHONES), [&text("139")]);
    let state = fold(&[&first, &gone, &again], &[]);
    assert_eq!(state.elements(PHONES), [&text("138"), &text("139")], "the other laptop's was not seen");
    assert_eq!(fold(&[&first, &gone], &[1]).elements(PHONES).len(), 2, "a removal can be taken back");
}

#[test]
fn of_two_values_that_one_change_puts_into_a_field_the_last_holds() {
    let mut a = Laptop::new(1, ORG);
    let both = a.record(ENTITY, vec![(NAME, Put(vec![]), text("一")), (NAME, Put(vec![]), text("二"))]);
    let state = fold(&[&both], &[]);
    assert_eq!((state.conflicts(), state.shown(NAME)), (vec![], &text("二")));
}

#[test]
fn an_erased_value_gives_way_and_shows_nothing_by_itself() {
    let (mut a, mut b) = (Laptop::new(1, ORG), Laptop::new(2, ORG));
    let other = b.record(ENTITY, vec![(NAME, Put(vec![]), text("二"))]);
    let _ = a.record(ENTITY, vec![]);
    let mut erased = a.record(ENTITY, vec![(NAME, Put(vec![]), text("一"))]);
    erased.body = None;
    let state = fold(&[&erased], &[]);
    assert_eq!((state.shown(NAME), state.heads(NAME).len()), (&Value::Null, 1));
    let state = fold(&[&erased, &other], &[]);
    assert_eq!((state.shown(NAME), state.conflicts()), (&text("二"), vec![]));
}

#[test]
fn a_void_record_stays_void_when_its_reason_was_erased() {
    let mut a = Laptop::new(1, ORG);
    let first = a.record(ENTITY, vec![(NAME, Put(vec![]), text("一"))]);
    let mut void = a.record(
        ENTITY,
        vec![(VOID, Put(vec![]), text("王秀英已去世")), (NAME, Saw(saw(&[&first])), Value::Null)],
    );
    assert!(fold(&[&first, &void], &[]).voided());
    void.body = None;
    assert!(fold(&[&first, &void], &[]).voided());
    let back = a.record(ENTITY, vec![(VOID, Put(saw(&[&void])), Value::Null)]);
    assert!(!fold(&[&first, &void, &back], &[]).voided());
}

#[test]
fn a_write_beside_a_void_is_a_doubt_whether_it_puts_or_adds() {
    for beside in [(NAME, Put(vec![]), text("二")), (PHONES, Add, text("139"))] {
        let (mut a, mut b) = (Laptop::new(1, ORG), Laptop::new(2, ORG));
        let first = a.record(ENTITY, vec![(NAME, Put(vec![]), text("一")), (PHONES, Add, text("138"))]);
        let seen = saw(&[&first]);
        let void = a.record(
            ENTITY,
            vec![
                (VOID, Put(vec![]), text("重复登记")),
                (NAME, Saw(seen.clone()), Value::Null),
                (PHONES, Saw(seen), Value::Null),
            ],
        );
        assert!(!fold(&[&first, &void], &[]).written_while_voided);
        let unseen = b.record(ENTITY, vec![beside.clone()]);
        assert!(fold(&[&first, &void, &unseen], &[]).written_while_voided, "{beside:?}");
        let knowing = b.record(ENTITY, vec![beside.clone(), (VOID, Saw(saw(&[&void])), Value::Null)]);
        assert!(!fold(&[&first, &void, &knowing], &[]).written_while_voided, "{beside:?}");
    }
}

#[test]
fn a_reference_names_its_stream() {
    // Two streams of one laptop may have the same place; the prefix alone does not tell whose change is meant.
    let mut a = Laptop::new(1, ORG);
    let first = a.record(ENTITY, vec![(NAME, Put(vec![]), text("一"))]);
    let mut elsewhere = first.reference();
    elsewhere.stream.org = Id([2; 16]);
    let mut b = Laptop::new(2, ORG);
    let second = b.record(ENTITY, vec![(NAME, Put(vec![elsewhere]), text("二"))]);
    assert_eq!(fold(&[&first, &second], &[]).conflicts(), [NAME]);
}
