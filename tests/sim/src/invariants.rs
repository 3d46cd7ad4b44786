//! What must hold when everybody has come to rest, each by itself.

use std::collections::{BTreeMap, BTreeSet};

use yuanba_core::{Id, tables};
use yuanba_journal::fold::FieldState;
use yuanba_journal::payload::{Ledger, Revocation};
use yuanba_journal::{ChangeRef, Hash, Kind, Segment};
use yuanba_store::{EntryFilter, SetAside, Why};

use crate::broken::{Broken, Held, must};
use crate::held::{Journal, Place};
use crate::laptop::Fate;
use crate::naive::Counting;
use crate::world::{NOTHING_LOST, WRITTEN_ONCE, World};

/// One laptop with all that it holds.
struct Seen {
    laptop: usize,
    journal: Journal,
    aside: Vec<SetAside>,
}

/// Everything that must hold now; the digests go to the trace.
pub fn check(world: &mut World) -> Held {
    let mut all = Vec::new();
    for laptop in world.at_work() {
        let store = world.laptops[laptop].store();
        let aside = must(store.set_aside(), "what is set aside")?;
        all.push(Seen { laptop, journal: Journal::of(store)?, aside });
    }
    every_store_is_sound(world)?;
    equal_sets_fold_equal(world, &all)?;
    no_acknowledged_change_is_lost(world, &all)?;
    for seen in &all {
        everything_held_is_reachable_or_listed(world, seen)?;
        nothing_outside_its_scope(world, seen)?;
        what_was_erased_is_gone_and_nothing_else(world, seen)?;
        nothing_is_written_twice(world, seen)?;
    }
    if let Some(county) = all.iter().find(|seen| world.office(seen.laptop) == 0) {
        world.check_server(&county.journal, &Counting::of(&county.journal, &[]).erased)?;
    }
    // Equal sets fold equal, so one store that holds all of an organisation speaks for all others.
    for seen in speakers(world, &all) {
        ledgers_add_up(world, seen)?;
        conflicts_are_seen_and_no_value_disappears(world, seen)?;
    }
    for seen in &all {
        let digest = must(world.laptops[seen.laptop].store().digest(None), "a digest")?;
        let up = seen.journal.changes.keys().filter(|p| p.0.lane == yuanba_journal::Lane::Up).map(|p| p.2);
        let up = Hash::of_set(up.collect());
        let name = world.name(seen.laptop);
        world.trace.say(format!("{name} holds {}, {up}, shows {}", digest.ops, digest.state_digest));
    }
    Ok(())
}

/// The stores that hold what no other of them does: the county's, and those that never joined it.
fn speakers<'a>(world: &World, all: &'a [Seen]) -> Vec<&'a Seen> {
    let mut spoken: BTreeSet<usize> = BTreeSet::new();
    all.iter()
        .filter(|seen| {
            let office = world.office(seen.laptop);
            let top = world.offices.0[office].parent.is_none();
            top && spoken.insert(office)
        })
        .collect()
}

/// `verify` has nothing to say.
fn every_store_is_sound(world: &World) -> Held {
    for laptop in world.at_work() {
        let found = must(world.laptops[laptop].store().verify(), "verifying")?;
        if !found.is_empty() {
            return Broken::err("verify is clean", format!("{}: {found:?}", world.name(laptop)));
        }
    }
    Ok(())
}

/// Whoever may hold all of an organisation shows the same of it.
fn equal_sets_fold_equal(world: &World, all: &[Seen]) -> Held {
    for office in 0..world.offices.0.len() {
        if world.offices.canonical(office) != office {
            continue;
        }
        let id = world.offices.0[office].id;
        let mut first = None;
        for seen in all.iter().filter(|seen| world.offices.covers(world.office(seen.laptop), office)) {
            let digest = must(world.laptops[seen.laptop].store().digest(Some(id)), "a digest")?;
            match &first {
                None => first = Some((seen.laptop, digest)),
                Some((_, other)) if *other == digest => {}
                Some((laptop, other)) => {
                    let (one, two) = (world.name(*laptop), world.name(seen.laptop));
                    let of = &world.offices.0[office].name;
                    return Broken::err(
                        "equal sets fold equal",
                        format!("of {of}, {one} has {other:?} and {two} {digest:?}"),
                    );
                }
            }
        }
    }
    Ok(())
}

/// Whatever was acknowledged, by a laptop that is still at work or that handed it on, everybody holds who may.
fn no_acknowledged_change_is_lost(world: &World, all: &[Seen]) -> Held {
    let mut required: BTreeMap<Place, usize> = BTreeMap::new();
    for seen in all {
        for place in &world.laptops[seen.laptop].memory.holds {
            required.entry(*place).or_insert(seen.laptop);
        }
    }
    let server = world.server.as_ref().filter(|_| world.settled_by_net);
    for place in server.iter().flat_map(|server| &server.holds) {
        required.insert(*place, 0);
    }
    for seen in all {
        let office = world.office(seen.laptop);
        let lost = required.iter().find(|(place, had)| {
            // What a laptop once held it keeps, also of those who have gone elsewhere; over the network it hands that to
            // nobody.
            let theirs = world.offices.may_hold(world.office(**had), &place.0) || !world.settled_by_net;
            let due = (world.offices.may_hold(office, &place.0) && theirs) || **had == seen.laptop;
            due && !seen.journal.holds(place)
        });
        if let Some((place, had)) = lost {
            let text = format!("{} lacks {place:?}, which {} had", world.name(seen.laptop), world.name(*had));
            return Broken::err(NOTHING_LOST, text);
        }
        let waiting: BTreeSet<Place> = crate::held::places(&seen.journal.parked);
        let took = &world.laptops[seen.laptop].memory.took;
        if let Some(place) = took.iter().find(|p| !seen.journal.holds(p) && !waiting.contains(p)) {
            let text =
                format!("{} has thrown away {place:?}, which waited for a gap", world.name(seen.laptop));
            return Broken::err(NOTHING_LOST, text);
        }
    }
    Ok(())
}

/// What every key of a ledger moves is what its acknowledged entries say, and all accounts add up to nothing.
fn ledgers_add_up(world: &World, seen: &Seen) -> Held {
    const LEDGERS: &str = "ledgers add up";
    let store = world.laptops[seen.laptop].store();
    let name = world.name(seen.laptop);
    let naive = Counting::of(&seen.journal, &seen.aside).points(|org| store.authority().canonical(org));
    let filter = EntryFilter { ledger: Ledger::Points, account: None, org: None };
    let rows = must(store.entries(filter), "entries")?;
    let shown: BTreeMap<(Id, Id), (Id, Id, i64)> =
        rows.into_iter().map(|row| ((row.org, row.key), (row.from, row.to, row.moves))).collect();
    let counted: BTreeMap<(Id, Id), (Id, Id, i64)> =
        naive.into_iter().map(|(key, moved)| (key, (moved.from, moved.to, moved.amount))).collect();
    if shown != counted {
        return Broken::err(LEDGERS, format!("{name} shows {shown:?} and the entries say {counted:?}"));
    }
    let aliases = must(store.all_aliases(), "aliases")?;
    let mut sums: BTreeMap<Id, i64> = BTreeMap::new();
    for (from, to, amount) in counted.values() {
        for (account, moves) in [(from, -amount), (to, *amount)] {
            *sums.entry(aliases.get(account).copied().unwrap_or(*account)).or_default() += moves;
        }
    }
    let balances: BTreeMap<Id, i64> = must(store.balances(Ledger::Points), "balances")?.into_iter().collect();
    if balances != sums || sums.values().sum::<i64>() != 0 {
        return Broken::err(
            LEDGERS,
            format!("{name} has balances {balances:?}, the entries add up to {sums:?}"),
        );
    }
    Ok(())
}

/// Every change stands on a chain from the first of its stream to a head that its laptop signed; what does not count is
/// listed with a reason that is one, and what waits, waits for something that is not here.
fn everything_held_is_reachable_or_listed(world: &World, seen: &Seen) -> Held {
    const LISTED: &str = "every change held is reachable or explained";
    let name = world.name(seen.laptop);
    let fail = |text: String| Broken::err(LISTED, format!("{name}: {text}"));
    for segment in &seen.journal.segments {
        // Reading it again checks its chain and its head.
        if let Err(error) = Segment::from_cbor(&segment.to_cbor()) {
            return fail(format!("{:?} {error}", segment.stream));
        }
        let before = segment.prev.map(|prev| (segment.stream, segment.first_seq() - 1, prev));
        if before.is_some_and(|place| !seen.journal.holds(&place))
            || (before.is_none() && segment.first_seq() != 1)
        {
            return fail(format!("{:?} hangs in the air at {}", segment.stream, segment.first_seq()));
        }
    }
    let store = world.laptops[seen.laptop].store();
    let digest = must(store.digest(None), "a digest")?;
    if digest.ops != seen.journal.changes.len() as u64 {
        return fail(format!("holds {} and can hand on {}", digest.ops, seen.journal.changes.len()));
    }
    for segment in &seen.journal.parked {
        let Some(prev) = segment.prev else { return fail("something waits for nothing".to_owned()) };
        if seen.journal.holds(&(segment.stream, segment.first_seq() - 1, prev)) {
            return fail(format!("{:?} {} waits for what is here", segment.stream, segment.first_seq()));
        }
    }
    let stolen: BTreeSet<Id> = world
        .laptops
        .iter()
        .filter(|laptop| laptop.fate == Fate::Stolen)
        .flat_map(|laptop| laptop.replicas.iter().copied())
        .collect();
    for aside in &seen.aside {
        let stream = aside.change.stream;
        let explained = match aside.why {
            Why::Stopped => stolen.contains(&stream.replica),
            Why::NoCertificate => {
                let writer = world.laptops.iter().find(|laptop| laptop.replicas.contains(&stream.replica));
                let office = writer.map(|laptop| world.offices.canonical(laptop.office));
                let about = world.offices.of(stream.org);
                // A township's word about a village that has gone elsewhere.
                office.zip(about).is_some_and(|(office, about)| !world.offices.covers(office, about))
            }
            Why::PartMissing => false,
            Why::NotAbove => false,
        };
        if !explained {
            return fail(format!("{aside:?} is set aside"));
        }
    }
    let aside: BTreeSet<ChangeRef> = seen.aside.iter().map(|aside| aside.change).collect();
    // A revocation may be lost with the only disk that had it, and it ends to count when its writer's office is left for
    // another one that has not heard of it.
    let office_of = |replica: &Id| {
        let laptop = world.laptops.iter().position(|laptop| laptop.replicas.contains(replica))?;
        Some(world.office(laptop))
    };
    let still_above = |writer: &Id, replica: &Id| match (office_of(writer), office_of(replica)) {
        (Some(writer), Some(stopped)) => world.offices.covers(writer, stopped),
        _ => false,
    };
    let revoked: BTreeSet<Id> = seen
        .journal
        .changes
        .values()
        .filter(|change| change.header.kind == Kind::Revocation)
        .filter_map(|change| {
            let stream = &change.header.stream;
            let replica = Revocation::from_cbor(&change.header.kept, stream).ok()?.replica;
            still_above(&stream.replica, &replica).then_some(replica)
        })
        .collect();
    let strange = world.strangers.iter().filter(|place| revoked.contains(&place.0.replica)).find(|place| {
        seen.journal.changes.get(place).is_some_and(|change| !aside.contains(&change.reference()))
    });
    if let Some(place) = strange {
        return fail(format!("{place:?} was written on a stolen laptop and counts"));
    }
    Ok(())
}

/// Nobody holds what is none of theirs, nor anything new of those who have gone elsewhere.
fn nothing_outside_its_scope(world: &World, seen: &Seen) -> Held {
    const SCOPE: &str = "nothing outside its scope";
    let office = world.office(seen.laptop);
    let name = world.name(seen.laptop);
    if let Some(place) = seen.journal.changes.keys().find(|p| !world.offices.could_hold(office, &p.0)) {
        let whose = world.office_name(place.0.org);
        return Broken::err(SCOPE, format!("{name} holds {place:?} of {whose}"));
    }
    for ((laptop, village), known) in &world.left_behind {
        if *laptop != seen.laptop {
            continue;
        }
        let id = world.offices.0[*village].id;
        let new = seen.journal.changes.keys().find(|place| place.0.org == id && !known.contains(place));
        if let Some(place) = new {
            let whose = world.office_name(id);
            return Broken::err(SCOPE, format!("{name} got {place:?} of {whose}, which had gone elsewhere"));
        }
    }
    Ok(())
}

/// The words that somebody erased are nowhere any more, neither in what waits, and all other words are there.
fn what_was_erased_is_gone_and_nothing_else(world: &World, seen: &Seen) -> Held {
    const ERASED: &str = "what was erased is gone, and nothing else";
    let name = world.name(seen.laptop);
    let erased = Counting::of(&seen.journal, &[]).erased;
    let waiting = seen.journal.parked.iter().flat_map(|segment| &segment.changes);
    if let Some(change) = seen
        .journal
        .changes
        .values()
        .chain(waiting)
        .find(|change| change.body.is_some() && erased.contains(&change.reference()))
    {
        return Broken::err(ERASED, format!("{name} still has the words of {:?}", change.reference()));
    }
    if let Some(change) =
        seen.journal.changes.values().find(|c| c.body_missing() && !erased.contains(&c.reference()))
    {
        return Broken::err(ERASED, format!("{name} has lost the words of {:?}", change.reference()));
    }
    Ok(())
}

/// Every value that nobody has replaced shows, and where several do, the field is a conflict.
fn conflicts_are_seen_and_no_value_disappears(world: &World, seen: &Seen) -> Held {
    const SEEN: &str = "a conflict is seen and no value disappears";
    let store = world.laptops[seen.laptop].store();
    let name = world.name(seen.laptop);
    let counting = Counting::of(&seen.journal, &seen.aside);
    let org_of = |org: Id| store.authority().canonical(org);
    let mut ids: BTreeMap<(Id, Id), BTreeSet<Id>> = BTreeMap::new();
    let aliases = must(store.all_aliases(), "aliases")?;
    let mut expected: BTreeSet<String> = BTreeSet::new();
    for table in [&tables::member::TABLE, &tables::courtyard::TABLE, &tables::organisation::TABLE] {
        for record in must(store.records(table), "records")? {
            let cluster = ids.entry((record.org, record.id)).or_default();
            cluster.insert(record.id);
            cluster.extend(aliases.iter().filter(|(_, shown)| **shown == record.id).map(|(id, _)| *id));
            let naive = counting.registers(cluster, record.org, org_of);
            let mut shown: BTreeMap<u16, BTreeSet<Option<yuanba_core::Value>>> = BTreeMap::new();
            for (field, state) in &record.state().fields {
                if let FieldState::Register(heads) = state
                    && !heads.is_empty()
                {
                    shown.insert(*field, heads.iter().map(|head| head.value.clone()).collect());
                }
            }
            if naive != shown {
                let text = format!("{name} of {}: shows {shown:?}, written was {naive:?}", record.id);
                return Broken::err(SEEN, text);
            }
            for (field, values) in naive {
                if values.iter().flatten().count() > 1 {
                    expected.insert(format!("{}.{field}", record.id));
                }
            }
        }
    }
    let listed: BTreeSet<String> = must(store.conflicts(), "conflicts")?
        .into_iter()
        .filter(|conflict| conflict.id.contains('.'))
        .filter(|conflict| {
            let known = [&tables::member::TABLE, &tables::courtyard::TABLE, &tables::organisation::TABLE];
            known.iter().any(|table| table.number == conflict.table)
        })
        .map(|conflict| conflict.id)
        .collect();
    if listed != expected {
        return Broken::err(SEEN, format!("{name} lists {listed:?}, there are {expected:?}"));
    }
    Ok(())
}

/// Two changes at one place of a stream were written by one laptop that went back in time before it knew.
fn nothing_is_written_twice(world: &World, seen: &Seen) -> Held {
    let mut places: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for (place, (_, machine)) in world.written.iter().filter(|(place, _)| seen.journal.holds(place)) {
        places.entry((place.0, place.1)).or_default().insert(machine);
    }
    match places.into_iter().find(|(_, machines)| machines.len() > 1) {
        None => Ok(()),
        Some((at, machines)) => Broken::err(WRITTEN_ONCE, format!("{at:?} was written by {machines:?}")),
    }
}
