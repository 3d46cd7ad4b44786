//! Whose changes count.

use yuanba_core::Id;
use yuanba_journal::authority::{Authority, Ever, HeldRevocation, Standing};
use yuanba_journal::payload::{Certificate, Claim, Cut, Revocation};
use yuanba_journal::{ChangeRef, Hash, Lane, ReplicaKey, StreamId};

use crate::hands::key;

/// A county with two townships; a village under the first.
struct County {
    certificates: Vec<Certificate>,
}

const COUNTY: u8 = 1;
const EAST: u8 = 2;
const WEST: u8 = 3;
const VILLAGE: u8 = 4;

fn org(n: u8) -> Id {
    key(n).id()
}

/// The first laptop of an organisation.
fn laptop(n: u8) -> ReplicaKey {
    key(n + 100)
}

impl County {
    fn new() -> County {
        let mut county = County { certificates: Vec::new() };
        for (n, level) in [(COUNTY, 3), (EAST, 2), (WEST, 2), (VILLAGE, 1)] {
            county.says(Claim::Founded { org: org(n), level }, n);
            county.says(Claim::Laptop { key: laptop(n).public(), org: org(n), letter: 0 }, n);
        }
        county.takes(EAST, 2, COUNTY);
        county.takes(WEST, 2, COUNTY);
        county.takes(VILLAGE, 1, EAST);
        county
    }

    fn says(&mut self, claim: Claim, issuer: u8) {
        self.certificates.push(claim.signed(&key(issuer)));
    }

    fn takes(&mut self, child: u8, level: u8, parent: u8) {
        self.says(Claim::Child { child: org(child), level, parent: org(parent) }, parent);
        self.says(Claim::Accepts { child: org(child), parent: org(parent) }, child);
    }

    fn moves(&mut self, from: u8, to: u8, issuer: u8) {
        self.says(Claim::Moves { child: org(VILLAGE), from: org(from), to: org(to) }, issuer);
    }

    /// The tree, which is the same in whatever order its certificates came.
    fn tree(&self, revocations: &[HeldRevocation]) -> Authority {
        let tree = Authority::new(&self.certificates, revocations.to_vec());
        let backwards = Authority::new(self.certificates.iter().rev(), revocations.iter().rev().cloned());
        for n in [COUNTY, EAST, WEST, VILLAGE] {
            assert_eq!(backwards.parent(org(n)), tree.parent(org(n)));
            assert_eq!(backwards.level(org(n)), tree.level(org(n)));
            assert_eq!(backwards.canonical(org(n)), tree.canonical(org(n)));
        }
        tree
    }
}

fn stream(writer: u8, of: u8, lane: Lane) -> StreamId {
    StreamId { replica: laptop(writer).id(), org: org(of), lane }
}

#[test]
fn a_move_needs_both_parents_or_one_that_both_stand_under() {
    for (signers, moved) in [
        (&[EAST, WEST][..], true),
        (&[COUNTY], true),
        (&[EAST], false),
        (&[WEST], false),
        (&[VILLAGE], false),
        (&[VILLAGE, WEST], false),
    ] {
        let mut county = County::new();
        for signer in signers {
            county.moves(EAST, WEST, *signer);
        }
        let parent = if moved { WEST } else { EAST };
        let tree = county.tree(&[]);
        assert_eq!(tree.parent(org(VILLAGE)), Some(org(parent)), "{signers:?}");
        assert_eq!(tree.certified(laptop(WEST).id(), org(VILLAGE)), moved);
        assert_eq!(tree.certified(laptop(EAST).id(), org(VILLAGE)), !moved);
        assert!(tree.certified(laptop(COUNTY).id(), org(VILLAGE)));
    }
}

#[test]
fn a_village_can_be_moved_there_and_on_and_not_round_in_a_circle() {
    let mut county = County::new();
    county.moves(EAST, WEST, COUNTY);
    county.moves(WEST, COUNTY, COUNTY);
    assert_eq!(county.tree(&[]).parent(org(VILLAGE)), Some(org(COUNTY)));
    county.moves(COUNTY, EAST, COUNTY);
    assert_eq!(county.tree(&[]).parent(org(VILLAGE)), Some(org(COUNTY)));
    county.moves(COUNTY, VILLAGE, COUNTY);
    county.tree(&[]);
}

#[test]
fn of_two_levels_the_higher_holds_in_whatever_order_they_came() {
    let mut county = County::new();
    county.says(Claim::Founded { org: org(VILLAGE), level: 2 }, VILLAGE);
    county.says(Claim::Founded { org: org(VILLAGE), level: 1 }, VILLAGE);
    assert_eq!(county.tree(&[]).level(org(VILLAGE)), Some(2));
}

#[test]
fn what_a_township_erased_stays_erased_after_the_village_has_moved_or_joined_another() {
    let mut county = County::new();
    let erases = |county: &County, writer: u8| {
        let tree = county.tree(&[]);
        Ever::of(&tree).may_erase(&tree, &stream(writer, VILLAGE, Lane::Up), org(VILLAGE))
    };
    assert!(erases(&county, EAST) && erases(&county, COUNTY));
    assert!(!erases(&county, VILLAGE) && !erases(&county, WEST));
    county.moves(EAST, WEST, COUNTY);
    assert!(erases(&county, EAST) && erases(&county, WEST) && !erases(&county, VILLAGE));

    // The village becomes part of a township: its redactions there stand, and its own laptops still erase nothing.
    county.says(Claim::Absorbs { absorbed: org(VILLAGE), into: org(WEST) }, WEST);
    county.says(Claim::Joins { absorbed: org(VILLAGE), into: org(WEST) }, VILLAGE);
    assert_eq!(county.tree(&[]).canonical(org(VILLAGE)), org(WEST));
    assert!(erases(&county, EAST));
    let tree = county.tree(&[]);
    assert!(!Ever::of(&tree).may_erase(&tree, &stream(EAST, EAST, Lane::Up), org(VILLAGE)));
}

#[test]
fn only_a_township_or_higher_erases() {
    let mut county = County::new();
    // A branch under the village.
    const BRANCH: u8 = 5;
    county.says(Claim::Founded { org: org(BRANCH), level: 1 }, BRANCH);
    county.takes(BRANCH, 1, VILLAGE);
    let tree = county.tree(&[]);
    let ever = Ever::of(&tree);
    let may = |writer| ever.may_erase(&tree, &stream(writer, BRANCH, Lane::Up), org(BRANCH));
    assert!(tree.certified_above(laptop(VILLAGE).id(), org(BRANCH)));
    assert!(!may(VILLAGE) && may(EAST) && may(COUNTY));
    // And nobody its own.
    assert!(!ever.may_erase(&tree, &stream(EAST, EAST, Lane::Up), org(EAST)));
    assert!(ever.may_erase(&tree, &stream(COUNTY, EAST, Lane::Up), org(EAST)));
}

fn revocation(writer: u8, lane: Lane, seq: u64, cut: u64, replaces: &[&HeldRevocation]) -> HeldRevocation {
    let reference = ChangeRef { stream: stream(writer, VILLAGE, lane), seq, prefix: [seq as u8; 8] };
    let cuts = vec![Cut { org: org(VILLAGE), lane: Lane::Up, seq: cut, hash: Hash([cut as u8; 32]) }];
    let replaces = replaces.iter().map(|r| r.reference).collect();
    HeldRevocation { reference, revocation: Revocation { replica: laptop(VILLAGE).id(), cuts, replaces } }
}

fn counts_to(revocations: &[HeldRevocation]) -> Option<u64> {
    match County::new().tree(revocations).standing(&stream(VILLAGE, VILLAGE, Lane::Up)) {
        Standing::UpTo(seq, _) => Some(seq),
        Standing::Counts => None,
        Standing::Waits => panic!("it is certified"),
    }
}

#[test]
fn of_revocations_that_did_not_see_each_other_the_smallest_cut_holds_until_one_has_seen_both() {
    let down = Lane::Down;
    let (early, late) = (revocation(EAST, down, 1, 5, &[]), revocation(COUNTY, down, 2, 9, &[]));
    assert_eq!(counts_to(&[]), None);
    assert_eq!(counts_to(std::slice::from_ref(&late)), Some(9));
    assert_eq!(counts_to(&[late.clone(), early.clone()]), Some(5));
    let settled = revocation(EAST, down, 3, 12, &[&early, &late]);
    assert_eq!(counts_to(&[early.clone(), late.clone(), settled.clone()]), Some(12), "the cut moved forward");
    // What was replaced stays replaced through one that was replaced itself, or does not count.
    let uncounted = revocation(WEST, down, 4, 1, &[&early]);
    assert_eq!(counts_to(std::slice::from_ref(&uncounted)), None, "the other township has no say");
    let after = revocation(EAST, down, 5, 20, &[&uncounted]);
    assert_eq!(counts_to(&[early.clone(), uncounted, after]), Some(20));
    assert_eq!(counts_to(&[revocation(EAST, Lane::Up, 1, 5, &[])]), None, "it belongs into the lane down");
    let tree = County::new().tree(&[early.clone(), late.clone(), settled.clone()]);
    assert_eq!(tree.revocations_of(laptop(VILLAGE).id()), [settled.reference]);
}

#[test]
fn a_stream_that_a_revocation_does_not_name_stops_from_its_start() {
    let held = [revocation(EAST, Lane::Down, 1, 5, &[])];
    let standing = County::new().tree(&held).standing(&stream(VILLAGE, VILLAGE, Lane::Down));
    assert_eq!(standing, Standing::UpTo(0, None));
}

#[test]
fn a_laptop_that_the_township_has_stopped_stops_nobody_any_more() {
    let mut county = County::new();
    let sister = key(150);
    county.says(Claim::Laptop { key: sister.public(), org: org(VILLAGE), letter: 1 }, VILLAGE);
    // The stolen laptop revokes its sister after the place at which the township has stopped it.
    let mut theft = revocation(VILLAGE, Lane::Down, 8, 1, &[]);
    theft.revocation.replica = sister.id();
    let mut stop = revocation(EAST, Lane::Down, 1, 5, &[]);
    let stop_at = |seq| Cut { org: org(VILLAGE), lane: Lane::Down, seq, hash: Hash([0; 32]) };
    stop.revocation.cuts = vec![stop_at(7)];
    let sisters = StreamId { replica: sister.id(), ..stream(VILLAGE, VILLAGE, Lane::Up) };
    assert_eq!(county.tree(&[theft.clone(), stop.clone()]).standing(&sisters), Standing::Counts);
    stop.revocation.cuts = vec![stop_at(8)];
    assert!(matches!(county.tree(&[theft, stop]).standing(&sisters), Standing::UpTo(..)));
}

#[test]
fn a_laptop_writes_for_its_organisation_and_for_everything_below_and_not_above() {
    let tree = County::new().tree(&[]);
    for (writer, of, counts) in [
        (VILLAGE, VILLAGE, true),
        (EAST, VILLAGE, true),
        (COUNTY, VILLAGE, true),
        (WEST, VILLAGE, false),
        (VILLAGE, EAST, false),
    ] {
        let standing = tree.standing(&stream(writer, of, Lane::Down));
        assert_eq!(standing == Standing::Counts, counts, "{writer} for {of}");
    }
}
