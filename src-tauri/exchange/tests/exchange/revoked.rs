//! A laptop that is no longer trusted.

use yuanba_exchange::bundle::Status;
use yuanba_exchange::keys;
use yuanba_journal::payload::{Cut, Revocation};
use yuanba_store::Intent;

use crate::bundles::pair;
use crate::place::{Place, assert_even, stick};

#[test]
fn what_a_revoked_laptop_writes_later_is_kept_and_does_not_count() {
    let (mut first, mut township) = pair();
    let village = first.org();
    let mut stolen = Place::village("石河村二号", 3);
    township.enrol(&mut stolen, Some(village));
    stolen.add("王秀英");
    stolen.exchange(&mut township);
    assert_eq!(township.members(), 1);

    let replica = stolen.store.replica().id();
    township.revoke(replica, village);

    stolen.add("假的人");
    let stick = stick();
    let file = stolen.write(township.org(), stick.path()).file;
    let read = township.read(&file);
    assert_eq!(read.status, Status::Read);
    assert_eq!(township.members(), 1, "it is kept, and does not count");
    township.exchange(&mut first);
    first.exchange(&mut township);
    assert_eq!(first.members(), 1);
    assert_even(village, &first, &township);

    let sealed_anew = township.write(village, stick.path()).file;
    let read = stolen.read(&sealed_anew);
    assert_eq!((read.status, read.code), (Status::Refused, Some("not_for_us")));
    first.add("李国强");
    first.exchange(&mut township);
    assert_even(village, &first, &township);
    first.sound();
    township.sound();
}
