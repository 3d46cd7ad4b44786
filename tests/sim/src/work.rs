//! Steps of people's work.

use yuanba_core::tables::{courtyard, member, person_edge};
use yuanba_core::{Id, Value};
use yuanba_journal::payload::Ledger;
use yuanba_journal::{ChangeRef, Kind, Lane};
use yuanba_store::{EntryFilter, Intent, NewEntry, Record, Store, StoreError};

use crate::broken::{Held, must};
use crate::held::Journal;
use crate::world::World;

/// A record that a newer version has frozen is not written to; that is an answer.
fn unless_frozen<T>(result: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match result {
        Ok(done) => Ok(Some(done)),
        Err(StoreError::Newer) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The organisations whose records a store's people work on.
fn covered(store: &Store) -> Vec<Id> {
    let mut orgs = store.scope(store.org());
    orgs.retain(|org| store.authority().covers(store.org(), *org));
    orgs
}

fn points(org: Id, to: Id, rule: i64, amount: i64, on: String) -> NewEntry {
    NewEntry {
        ledger: Ledger::Points,
        from: org,
        to,
        amount,
        key: vec![to.into(), rule.into()],
        on,
        rule: "study".to_owned(),
        terms: vec![],
    }
}

impl World {
    /// Somebody, and an organisation whose records they work on: mostly their own.
    fn somebody_with_work(&mut self) -> (usize, Id) {
        let laptop = self.somebody();
        let own = self.laptops[laptop].store().org();
        let orgs = covered(self.laptops[laptop].store());
        let org = if self.dice.below(2) == 0 { self.dice.pick(&orgs).copied() } else { None };
        (laptop, org.unwrap_or(own))
    }

    /// Rosters are short, so that several meet over one person.
    pub fn add_or_edit(&mut self) -> Held {
        let (laptop, org) = self.somebody_with_work();
        let roster = must(self.laptops[laptop].store().records_of(&member::TABLE, org), "records")?;
        if self.dice.below(1 + roster.len()) < 2 { self.add(laptop, org) } else { self.edit() }
    }

    /// Somebody with a person's record that they have before them.
    fn somebody_with_a_person(&mut self) -> Held<Option<(usize, Id, Record)>> {
        let laptop = self.somebody();
        let orgs = covered(self.laptops[laptop].store());
        let store = self.laptops[laptop].store();
        let mut records = must(store.records(&member::TABLE), "records")?;
        records.retain(|record| orgs.contains(&record.org));
        let Some(at) = (!records.is_empty()).then(|| self.dice.below(records.len())) else { return Ok(None) };
        let record = records.swap_remove(at);
        Ok(Some((laptop, record.org, record)))
    }

    fn commit(&mut self, laptop: usize, org: Id, what: &str, intent: Intent) -> Held {
        self.trace.say(format!("{} {what} in {}", self.name(laptop), self.office_name(org)));
        if intent.is_empty() {
            self.trace.add(" – nothing to change");
            return Ok(());
        }
        let done = self.write(laptop, what, |store| unless_frozen(store.commit(intent)))?;
        if done == Some(None) {
            self.trace.add(" – frozen");
            self.trace.count("refused to touch what a newer version wrote");
        }
        Ok(())
    }

    /// A new member, sometimes one who is on the roster already, sometimes with a courtyard in the same act.
    pub fn add(&mut self, laptop: usize, org: Id) -> Held {
        let store = self.laptops[laptop].store();
        let (id, yard) = (store.new_id(), store.new_id());
        let mut intent = Intent::new("添人").of(org);
        let draft = intent.create(&member::TABLE, id);
        draft.put(member::NAME, ["王秀英", "李国强", "张桂兰"][self.dice.below(3)]);
        let numbers = [Some("511722198507010018"), Some("511722198507010026"), None, None, None];
        draft.put_some(member::ID_NUMBER, numbers[self.dice.below(5)]);
        draft.add(member::PHONES, format!("1380000{:04}", self.dice.below(10_000)));
        if self.dice.below(3) == 0 {
            intent.create(&courtyard::TABLE, yard).put(courtyard::NAME, "石院坝");
        }
        self.commit(laptop, org, "adds a member", intent)
    }

    /// One or two persons are changed in one act.
    pub fn edit(&mut self) -> Held {
        let Some((laptop, org, record)) = self.somebody_with_a_person()? else { return Ok(()) };
        let mut intent = Intent::new("改人").of(org);
        self.change(&mut intent, &record);
        if self.dice.below(4) == 0 {
            let others = must(self.laptops[laptop].store().records_of(&member::TABLE, org), "records")?;
            if let Some(other) = self.dice.pick(&others).cloned() {
                self.change(&mut intent, &other);
            }
        }
        self.commit(laptop, org, "edits", intent)
    }

    fn change(&mut self, intent: &mut Intent, record: &Record) {
        let draft = intent.edit(record);
        draft.put(member::EDUCATION, ["31", "61", "71", "20"][self.dice.below(4)]);
        if self.dice.below(3) == 0 {
            draft.put(member::JOB, self.dice.below(4) as i64);
        }
        if self.dice.below(3) == 0 {
            let phones: Vec<Value> = record.set(member::PHONES).into_iter().cloned().collect();
            if let Some(phone) = phones.first() {
                draft.remove(member::PHONES, phone);
            }
            draft.add(member::PHONES, format!("1390000{:04}", self.dice.below(3)));
        }
    }

    /// Two laptops write different values into one field without having heard of each other.
    pub fn contradict(&mut self) -> Held {
        let mut shared: Vec<(usize, usize, Id)> = Vec::new();
        for laptop in self.at_work() {
            let store = self.laptops[laptop].store();
            let ours = covered(store);
            let records = must(store.records(&member::TABLE), "records")?;
            for record in records.into_iter().filter(|record| ours.contains(&record.org)) {
                for other in self.at_work().into_iter().filter(|other| *other > laptop) {
                    let store = self.laptops[other].store();
                    if covered(store).contains(&record.org)
                        && must(store.record(&member::TABLE, record.id), "a record")?.is_some()
                    {
                        shared.push((laptop, other, record.id));
                    }
                }
            }
        }
        let Some((one, other, id)) = self.draw(shared) else { return Ok(()) };
        self.trace.count("two write into one field at the same time");
        for (laptop, value) in [(one, "11"), (other, "12")] {
            let record = must(self.laptops[laptop].store().record(&member::TABLE, id), "a record")?;
            let Some(record) = record else { continue };
            let mut intent = Intent::new("改学历").of(record.org);
            intent.edit(&record).put(member::EDUCATION, value);
            self.commit(laptop, record.org, "contradicts", intent)?;
        }
        Ok(())
    }

    /// The same points are given twice with different amounts, by two laptops that have not heard of each other.
    pub fn post_twice(&mut self) -> Held {
        let Some((laptop, org, record)) = self.somebody_with_a_person()? else { return Ok(()) };
        let mut both = vec![laptop];
        for other in self.at_work() {
            let store = self.laptops[other].store();
            if other != laptop && covered(store).contains(&org) {
                both.push(other);
            }
        }
        let other =
            if both.len() > 1 { both.remove(1 + self.dice.below(both.len() - 1)) } else { return Ok(()) };
        let day = format!("2026-07-{:02}", 1 + self.dice.below(28));
        self.trace.count("one key of a ledger with two amounts");
        for (laptop, amount) in [(laptop, 5), (other, 7)] {
            let mut intent = Intent::new("记分").of(org);
            intent.entry(points(org, record.id, 0, amount, day.clone()));
            self.commit(laptop, org, "posts points", intent)?;
        }
        Ok(())
    }

    /// Points for somebody, one or two entries in one act.
    pub fn post(&mut self) -> Held {
        let Some((laptop, org, record)) = self.somebody_with_a_person()? else { return Ok(()) };
        let mut intent = Intent::new("记分").of(org);
        for rule in 0..=self.dice.below(3) / 2 {
            let (amount, day) = (1 + self.dice.below(3) as i64, 1 + self.dice.below(6));
            intent.entry(points(org, record.id, rule as i64, amount, format!("2026-06-{day:02}")));
        }
        self.commit(laptop, org, "posts points", intent)
    }

    /// Points are reversed.
    pub fn reverse(&mut self) -> Held {
        let laptop = self.somebody();
        let orgs = covered(self.laptops[laptop].store());
        let filter = EntryFilter { ledger: Ledger::Points, account: None, org: None };
        let mut entries = must(self.laptops[laptop].store().entries(filter), "entries")?;
        entries.retain(|entry| orgs.contains(&entry.org));
        let Some(entry) = self.dice.pick(&entries) else { return Ok(()) };
        let org = entry.org;
        let mut intent = Intent::new("冲销").of(org);
        intent.reverse(entry.key, "记错了人");
        self.commit(laptop, org, "reverses points", intent)
    }

    /// Undo, or undo of an undo.
    pub fn undo(&mut self) -> Held {
        let mut groups = Vec::new();
        for laptop in self.at_work() {
            let mut own = must(self.laptops[laptop].store().groups(8), "groups")?;
            own.retain(|group| !group.undone);
            groups.extend(own.into_iter().map(|group| (laptop, group)));
        }
        // What takes back is wanted as often as what does.
        let wanted = self.dice.below(2) == 0;
        if groups.iter().any(|(_, group)| group.undoes.is_some() == wanted) {
            groups.retain(|(_, group)| group.undoes.is_some() == wanted);
        }
        let Some((laptop, group)) = self.draw(groups) else { return Ok(()) };
        let what = if group.undoes.is_some() { "redo" } else { "undo" };
        self.trace.count(what);
        self.trace.say(format!("{} does {what}", self.name(laptop)));
        let group = group.group;
        self.write(laptop, what, |store| match store.undo(Some(group)) {
            // What was done for a village that has gone elsewhere is not taken back here.
            Err(StoreError::Elsewhere) => Ok(()),
            undone => undone.map(|_| ()),
        })
        .map(|_| ())
    }

    /// A record is declared void, or that is taken back.
    pub fn void(&mut self) -> Held {
        let Some((laptop, org, record)) = self.somebody_with_a_person()? else { return Ok(()) };
        let mut intent = Intent::new("作废").of(org);
        if record.voided() {
            intent.edit(&record).put(yuanba_core::record::VOIDED, Value::Null);
        } else {
            intent.edit(&record).void("重复登记");
        }
        self.commit(laptop, org, "voids", intent)
    }

    /// Two records are said to be one person, or two.
    pub fn join_persons(&mut self) -> Held {
        let Some((laptop, org, record)) = self.somebody_with_a_person()? else { return Ok(()) };
        let store = self.laptops[laptop].store();
        let others = must(store.records_of(&member::TABLE, org), "records")?;
        let edge = store.new_id();
        let Some(other) = self.dice.pick(&others).map(|other| other.id) else { return Ok(()) };
        let same = self.dice.below(3) > 0;
        let mut intent = Intent::new("同一人").of(org);
        intent
            .create(&person_edge::TABLE, edge)
            .put(person_edge::FIRST, record.id)
            .put(person_edge::SECOND, other)
            .put(person_edge::SAME, same);
        self.trace.count(if same { "persons joined" } else { "persons parted" });
        self.commit(laptop, org, if same { "joins persons" } else { "parts persons" }, intent)
    }

    /// Somebody says which of two stands.
    pub fn settle_doubt(&mut self) -> Held {
        let mut doubts = Vec::new();
        for laptop in self.at_work() {
            let store = self.laptops[laptop].store();
            let orgs = covered(store);
            let listed = must(store.conflicts(), "conflicts")?;
            doubts.extend(listed.into_iter().filter(|doubt| orgs.contains(&doubt.org)).map(|d| (laptop, d)));
        }
        let Some((laptop, doubt)) = self.draw(doubts) else { return Ok(()) };
        let side = doubt.sides[self.dice.below(doubt.sides.len())].letter;
        self.trace.say(format!("{} settles a doubt of {}", self.name(laptop), self.office_name(doubt.org)));
        self.trace.count("a doubt settled");
        self.write(laptop, "settling", |store| unless_frozen(store.settle(&doubt.id, side, "按签到表")))
            .map(|_| ())
    }

    /// The township or the county erases what some changes say.
    pub fn redact(&mut self) -> Held {
        let mut above = self.at_work();
        above.retain(|laptop| self.offices.0[self.office(*laptop)].level > yuanba_core::Level::Village);
        let Some(laptop) = self.dice.pick(&above).copied() else { return Ok(()) };
        let store = self.laptops[laptop].store();
        let (own, orgs) = (store.org(), covered(store));
        let journal = Journal::of(store)?;
        let written: Vec<ChangeRef> = journal
            .changes
            .values()
            .filter(|change| matches!(change.header.kind, Kind::Record | Kind::Choice | Kind::Reversal))
            .filter(|change| change.header.stream.lane == Lane::Up && change.body.is_some())
            .filter(|change| change.header.stream.org != own && orgs.contains(&change.header.stream.org))
            .map(|change| change.reference())
            .collect();
        let Some(first) = self.dice.pick(&written).copied() else { return Ok(()) };
        let org = first.stream.org;
        let mut named = vec![first];
        named.extend(self.dice.pick(&written).filter(|other| other.stream.org == org && **other != first));
        let mut intent = Intent::new("删去").of(org);
        intent.redact(named, "本人要求");
        self.trace.count("words erased");
        self.commit(laptop, org, "erases words", intent)
    }
}
