//! Bundles between offices.

use yuanba_exchange::bundle::Status;

use crate::place::{Place, all, assert_even, stick};

/// Every length of a file, and the file with one bit of every byte turned.
pub fn damaged(whole: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let cut = (0..whole.len()).map(|length| whole[..length].to_vec());
    let turned = (0..whole.len()).map(|at| {
        let mut bytes = whole.to_vec();
        bytes[at] ^= 1 << (at % 8);
        bytes
    });
    cut.chain(turned)
}

/// A village under its township, everything exchanged.
pub fn pair() -> (Place, Place) {
    let mut township = Place::township("柳坝镇", 1);
    let mut village = Place::village("石河村", 2);
    township.enrol(&mut village, None);
    village.exchange(&mut township);
    (village, township)
}

#[test]
fn reading_twice_does_nothing_and_says_so() {
    let (mut village, mut township) = pair();
    village.add("王秀英");
    let stick = stick();
    let file = village.write(township.org(), stick.path()).file;
    let read = township.read(&file);
    assert_eq!((read.status, read.new), (Status::Read, 1));
    assert!(read.even);
    let before = all(&township);
    let again = township.read(&file);
    assert_eq!((again.status, again.new), (Status::Already, 0));
    assert_eq!(all(&township), before);
    assert_even(village.org(), &village, &township);
}
