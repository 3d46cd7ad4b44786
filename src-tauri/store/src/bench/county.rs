//! A county's year of records, made up plainly, to measure with.

use yuanba_core::Id;
use yuanba_core::tables::{errand, field_note, member};
use yuanba_journal::payload::Ledger;

use crate::{Intent, NewEntry, Result, Store};

/// How much of each.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Members
    pub members: usize,
    /// Field notes
    pub notes: usize,
    /// Errands
    pub errands: usize,
    /// Points entries
    pub entries: usize,
}

/// The county of the mission: 39,981 members and what 568 villages write in a year.
pub const COUNTY: Size = Size { members: 39_981, notes: 27_264, errands: 13_632, entries: 239_886 };

const GROUP: usize = 70;

/// Fills a store; answers with the members.
pub fn fill(store: &mut Store, size: Size) -> Result<Vec<Id>> {
    let mut members = Vec::with_capacity(size.members);
    let org = store.org();
    in_groups(store, size.members, |store, intent, n| {
        let id = store.new_id();
        intent
            .create(&member::TABLE, id)
            .put(member::NAME, format!("王{}", char::from_u32(0x4E00 + (n % 2000) as u32).unwrap_or('一')))
            .put(member::SEX, "female")
            .put(member::NATION, "01")
            .put(member::BIRTH_DATE, format!("19{:02}-07-01", 40 + n % 60))
            .put(member::EDUCATION, "61")
            .put(member::KIND, "full")
            .put(member::BRANCH, "石河村党支部")
            .put(member::JOINED_ON, "2008-07")
            .put(member::CONFIRMED_ON, "2009-07")
            .put(member::ADDRESS, format!("石河村{}组{}号", n % 9 + 1, n % 97))
            .add(member::PHONES, format!("1380{n:07}"));
        members.push(id);
    })?;
    let pick = |n: usize| members[n * 7919 % members.len()];
    in_groups(store, size.notes, |store, intent, n| {
        let id = store.new_id();
        intent
            .create(&field_note::TABLE, id)
            .put(field_note::COURTYARD, pick(n))
            .put(field_note::DATE, format!("2026-{:02}-{:02}", n % 12 + 1, n % 28 + 1))
            .put(field_note::AUTHOR, "周晓雯")
            .put(field_note::TEXT, "水管接头又漏了，夜里没水，问什么时候能来修。答应三天内请人看。")
            .add(field_note::TAGS, "用水");
    })?;
    in_groups(store, size.errands, |store, intent, n| {
        let id = store.new_id();
        intent
            .create(&errand::TABLE, id)
            .put(errand::COURTYARD, pick(n))
            .put(errand::NUMBER, format!("2026A{n:05}"))
            .put(errand::PERSON, "何玉兰")
            .put(errand::MATTER, "medical-refund")
            .put(errand::OPENED_ON, format!("2026-{:02}-{:02}", n % 12 + 1, n % 28 + 1))
            .put(errand::PROMISED_ON, "2026-06-22")
            .put(errand::STATE, "open");
    })?;
    in_groups(store, size.entries, |_, intent, n| {
        let account = pick(n);
        intent.entry(NewEntry {
            ledger: Ledger::Points,
            from: org,
            to: account,
            amount: 2,
            key: vec![account.into(), "study".into(), (n as i64 / 28).into()],
            on: format!("2026-{:02}-{:02}", n * 12 / size.entries.max(1) + 1, n % 28 + 1),
            rule: "study".into(),
            terms: vec!["2026.1".into(), 12.into(), 2.into(), 2.into()],
        });
    })?;
    Ok(members)
}

fn in_groups(
    store: &mut Store,
    count: usize,
    mut each: impl FnMut(&Store, &mut Intent, usize),
) -> Result<()> {
    for first in (0..count).step_by(GROUP) {
        let mut intent = Intent::new("量一量");
        for n in first..count.min(first + GROUP) {
            each(store, &mut intent, n);
        }
        store.commit_quietly(intent)?;
    }
    Ok(())
}
