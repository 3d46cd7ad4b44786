//! What is put into the journal first and folded later.

use yuanba_core::tables::member;
use yuanba_store::{Intent, Store, Unlock};

use crate::family::{Family, everything};
use crate::seeded::{PASSPHRASE, store_in, surroundings_from};

fn add(village: &mut Store, name: &str) {
    let mut intent = Intent::new(format!("添了{name}"));
    let id = village.new_id();
    intent.create(&member::TABLE, id).put(member::NAME, name);
    village.commit(intent).unwrap();
}

fn names(store: &Store) -> Vec<String> {
    let mut names: Vec<String> = store
        .records(&member::TABLE)
        .unwrap()
        .iter()
        .filter_map(|record| record.text(member::NAME).map(str::to_owned))
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_folded_later_folds_to_the_same() {
    let Family { mut township, mut village, .. } = Family::new(91);
    add(&mut village, "王秀英");
    township.defer_folding();
    township.apply(everything(&village)).unwrap();
    assert_eq!(names(&township), [""; 0], "the tables show what they showed");
    // People go on working meanwhile, and pieces go on coming.
    add(&mut township, "镇里的人");
    assert_eq!(names(&township), ["镇里的人"]);
    add(&mut village, "李国强");
    township.apply(everything(&village)).unwrap();
    township.fold_deferred().unwrap();
    assert_eq!(names(&township), ["李国强", "王秀英", "镇里的人"]);
    assert_eq!(township.digest(Some(village.org())).unwrap(), village.digest(Some(village.org())).unwrap());
    assert_eq!(township.verify().unwrap(), []);
    // From here on everything is folded when it comes.
    add(&mut village, "赵六");
    township.apply(everything(&village)).unwrap();
    assert_eq!(names(&township).len(), 4);
}

#[test]
fn a_store_that_is_closed_before_it_has_folded_folds_when_it_is_opened() {
    let (dir, mut store) = store_in(surroundings_from(92, 0), yuanba_core::Level::Township, "柳坝镇");
    let everything_here = everything(&store);
    add(&mut store, "先来的人");
    let later = everything(&store);
    let (copy_dir, mut copy) = store_in(surroundings_from(93, 0), yuanba_core::Level::Township, "别的镇");
    copy.defer_folding();
    copy.apply(everything_here).unwrap();
    copy.apply(later).unwrap();
    let ops = copy.digest(None).unwrap().ops;
    drop((copy, store, dir));
    let unlock = Unlock { user: None, passphrase: PASSPHRASE.into() };
    let copy = Store::open(copy_dir.path(), unlock, surroundings_from(93, 1_000_000)).unwrap();
    assert_eq!(names(&copy), ["先来的人"]);
    assert_eq!(copy.digest(None).unwrap().ops, ops);
    assert_eq!(copy.verify().unwrap(), []);
}
