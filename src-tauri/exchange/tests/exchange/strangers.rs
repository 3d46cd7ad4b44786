//! Files from those who have no business here, however well they are sealed.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use yuanba_core::Id;
use yuanba_exchange::bundle::{Manifest, Purpose, Status};
use yuanba_exchange::container::{Bundle, ClearHeader, RealDisk, write};
use yuanba_exchange::{bundle, keys};
use yuanba_journal::payload::Claim;
use yuanba_journal::{Hash, Segment};
use yuanba_store::Intent;
use yuanba_store::peers::Vector;

use crate::bundles::pair;
use crate::place::{Place, all, assert_even, refused, stick};

/// A well-formed bundle in the name of an organisation, sealed for a place and signed by a laptop, with whatever
/// segments.
fn forge(by: &Place, name: Id, to: &Place, segments: &[Vec<u8>], stick: &Path) -> PathBuf {
    let (from, to_org, time_ms) = (name, to.org(), 1_781_000_000_000);
    let manifest = Manifest {
        purpose: Purpose::Bundle,
        from,
        to: to_org,
        time_ms,
        vector: Vector::new(),
        digest: Hash([0; 32]),
    };
    let recipients = keys::recipients_of(&to.store, to_org).unwrap();
    let sealed = Bundle {
        header: ClearHeader { from, to: to_org, time_ms },
        recipients: &recipients,
        manifest: &manifest.to_cbor(),
        key: by.store.replica(),
    };
    let pieces = segments.iter().cloned().map(Ok);
    write(&RealDisk, stick, "forged.yuanba", &sealed, pieces, &mut |_| ControlFlow::Continue(()))
        .unwrap()
        .path
}

fn bytes(segments: &[Segment]) -> Vec<Vec<u8>> {
    segments.iter().map(Segment::to_cbor).collect()
}

fn is_refused(place: &mut Place, file: &Path, code: &str) {
    let before = all(place);
    let read = place.read(file);
    assert_eq!((read.status, read.code), (Status::Refused, Some(code)), "{read:?}");
    assert_eq!(all(place), before);
}

#[test]
fn a_village_that_nobody_took_in_is_refused_and_cannot_write_either() {
    let (_village, mut township) = pair();
    let mut stranger = Place::village("茶园村", 3);
    stranger.add("李国强");
    let everything = stranger.store.whole_streams(|_| true).unwrap();
    let stick = stick();
    let file = forge(&stranger, stranger.org(), &township, &bytes(&everything), stick.path());
    is_refused(&mut township, &file, "unknown_writer");
    let to = township.org();
    let written = bundle::write(&mut stranger.store, to, stick.path(), &mut |_| ControlFlow::Continue(()));
    assert_eq!(refused(written).code, "not_in_tree");
}

#[test]
fn nobody_writes_in_the_name_of_another() {
    let (mut village, mut township) = pair();
    let mut other = Place::village("茶园村", 3);
    township.enrol(&mut other, None);
    other.exchange(&mut township);
    village.add("王秀英");
    let wanted = village.store.wanted_by(township.org()).unwrap();
    let stick = stick();
    let file = forge(&other, village.org(), &township, &bytes(&wanted), stick.path());
    is_refused(&mut township, &file, "unknown_writer");
}

#[test]
fn whoever_calls_himself_our_parent_without_our_word_publishes_nothing_here() {
    let (_village, mut township) = pair();
    let mut usurper = Place::county("假县", 3);
    let (child, parent) = (township.org(), usurper.org());
    let issuer = usurper.store.issuer().unwrap().clone();
    let mut intent = Intent::new("授权下级").down();
    intent.certify(Claim::Child { child, level: 2, parent }.signed(&issuer));
    usurper.store.commit_quietly(intent).unwrap();
    let everything = usurper.store.whole_streams(|_| true).unwrap();
    let stick = stick();
    let file = forge(&usurper, parent, &township, &bytes(&everything), stick.path());
    is_refused(&mut township, &file, "unknown_writer");
}

#[test]
fn one_segment_outside_our_scope_refuses_the_whole_file() {
    let (mut village, mut township) = pair();
    let mut other = Place::village("茶园村", 3);
    other.add("李国强");
    township.enrol(&mut other, None);
    other.exchange(&mut township);
    let mut segments = township.store.wanted_by(village.org()).unwrap();
    let theirs = other.org();
    segments.extend(township.store.whole_streams(|s| s.org == theirs).unwrap());
    let stick = stick();
    let file = forge(&township, township.org(), &village, &bytes(&segments), stick.path());
    is_refused(&mut village, &file, "out_of_scope");
    township.hand(village.org(), &mut village);
    assert!(!village.store.vector_for(village.org()).unwrap().keys().any(|s| s.org == theirs));
}

#[test]
fn a_broken_chain_inside_a_well_sealed_file_is_refused() {
    let (mut village, mut township) = pair();
    village.add("王秀英");
    village.add("李国强");
    let wanted = bytes(&village.store.wanted_by(township.org()).unwrap());
    let stick = stick();
    let before = all(&township);
    let one = wanted.first().unwrap();
    for at in 0..one.len() {
        let mut segment = one.clone();
        segment[at] ^= 1 << (at % 8);
        let file = forge(&village, village.org(), &township, &[segment], stick.path());
        let read = township.read(&file);
        assert_eq!(read.status, Status::Refused, "byte {at}: {read:?}");
        std::fs::remove_file(file).unwrap();
    }
    assert_eq!(all(&township), before);
    village.hand(township.org(), &mut township);
    assert_even(village.org(), &village, &township);
}

#[test]
fn a_file_for_somebody_else_is_not_opened() {
    let (mut village, _township) = pair();
    let mut elsewhere = Place::township("石门镇", 3);
    village.add("王秀英");
    let stick = stick();
    let to = village.store.authority().parent(village.org()).unwrap();
    let file = village.write(to, stick.path()).file;
    is_refused(&mut elsewhere, &file, "not_for_us");
}

#[test]
fn the_parent_of_the_addressee_can_read_in_its_place() {
    let mut county = Place::county("青石县", 1);
    let mut township = Place::township("柳坝镇", 2);
    county.enrol(&mut township, None);
    let mut village = Place::village("石河村", 3);
    township.enrol(&mut village, None);
    village.add("王秀英");
    township.exchange(&mut county);
    let stick = stick();
    let file = village.write(township.org(), stick.path()).file;
    let read = county.read(&file);
    assert_eq!((read.status, county.members()), (Status::Read, 1), "{read:?}");
    county.sound();
}
