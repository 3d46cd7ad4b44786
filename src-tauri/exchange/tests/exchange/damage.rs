//! Files that arrive cut or altered.

use yuanba_exchange::bundle::Status;

use crate::bundles::pair;
use crate::place::{all, assert_even, on, stick};

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

#[test]
fn a_bundle_cut_or_altered_anywhere_is_refused_whole_and_the_next_good_one_is_read() {
    let (mut village, mut township) = pair();
    village.add("王秀英");
    let stick = stick();
    let good = village.write(township.org(), stick.path()).file;
    let whole = std::fs::read(&good).unwrap();
    let bad = on(&stick, "bad.yuanba");
    let before = all(&township);
    for bytes in damaged(&whole).chain([[&whole[..], b"x"].concat()]) {
        std::fs::write(&bad, bytes).unwrap();
        let read = township.read(&bad);
        assert_eq!(read.status, Status::Refused, "{read:?}");
        assert!(read.text.contains("没有动") || read.text.contains("一条也没动"), "{}", read.text);
    }
    assert_eq!(all(&township), before);
    assert_eq!(township.read(&good).status, Status::Read);
    assert_even(village.org(), &village, &township);
    township.sound();
}

#[test]
fn what_is_no_bundle_at_all_is_refused_in_words() {
    let (_village, mut township) = pair();
    let stick = stick();
    for bytes in [&b""[..], b"PK\x03\x04", b"YUANBA 1\n", &[0xff; 4096]] {
        let file = on(&stick, "x.yuanba");
        std::fs::write(&file, bytes).unwrap();
        let read = township.read(&file);
        assert_eq!((read.status, read.code), (Status::Refused, Some("damaged")));
    }
    let read = township.read(&on(&stick, "不在.yuanba"));
    assert_eq!((read.status, read.code), (Status::Refused, Some("unreadable")));
}
