//! Bundles, from the file as it lies on a stick to the manifest and the segments inside.
//!
//! The first byte says how deep the rest goes in: `P` what age seals, `C` what zstd packs, `M` manifest and segments as
//! byte strings, which a forger signs; anything else is a whole file.

use std::cell::RefCell;
use std::io::Write;

use tempfile::NamedTempFile;
use yuanba_exchange::bundle::{Inspected, Manifest, inspect};
use yuanba_exchange::container::{BundleError, open, open_bytes};
use yuanba_journal::Segment;

use crate::forger::{Forger, forger, items};

/// Tries some bytes.
pub fn check(bytes: &[u8]) {
    let forger = forger();
    match bytes.split_first() {
        Some((b'P', packed)) => _ = whole(&forger, &forger.sealed(packed)),
        Some((b'C', content)) => {
            let packed = zstd::encode_all(content, 1).expect("memory takes every byte");
            whole(&forger, &forger.sealed(&packed));
        }
        Some((b'M', parts)) => in_order(&forger, parts),
        _ => _ = whole(&forger, bytes),
    }
}

/// A bundle in good order gives back what was put in.
fn in_order(forger: &Forger, parts: &[u8]) {
    let parts = items(parts);
    let Some((manifest, segments)) = parts.split_first() else { return };
    let file = forger.bundle(manifest, segments);
    assert!(whole(forger, &file), "what was just written is refused");
    let opened = open_bytes(&file, std::slice::from_ref(&forger.identity)).expect("it was read once");
    assert_eq!(opened.manifest(), *manifest);
    assert_eq!(opened.segments().collect::<Vec<_>>(), *segments);
    assert_eq!(opened.writer(), forger.key.public());
}

/// Says whether the file was read.
fn whole(forger: &Forger, bytes: &[u8]) -> bool {
    let identities = std::slice::from_ref(&forger.identity);
    let opened = open_bytes(bytes, identities);
    on_a_stick(bytes, |path| {
        let seen = inspect(path);
        match (&opened, open(path, identities)) {
            (Ok(one), Ok(other)) => {
                assert_eq!(one.header(), other.header());
                assert_eq!(one.manifest(), other.manifest());
                assert!(one.segments().eq(other.segments()));
                assert_eq!(seen, Ok(Inspected::Bundle(*one.header())));
            }
            (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string()),
            (one, other) => panic!("read from memory: {one:?}, read from a file: {other:?}"),
        }
        if let Err(refusal) = seen {
            assert!(!refusal.message.is_empty() && !refusal.next_step.is_empty());
        }
    });
    match opened {
        Ok(opened) => {
            inside(opened.manifest());
            opened.segments().for_each(crate::change::segment);
            not_one_bit_else(forger, bytes);
            true
        }
        Err(BundleError::Io { .. } | BundleError::NotKept | BundleError::Cancelled) => {
            panic!("reading bytes in memory has nothing to do with a disk")
        }
        Err(_) => false,
    }
}

fn inside(manifest: &[u8]) {
    if let Ok(manifest) = Manifest::from_cbor(manifest) {
        assert_eq!(Manifest::from_cbor(&manifest.to_cbor()), Ok(manifest));
    }
    // What is a manifest is no segment.
    if Manifest::from_cbor(manifest).is_ok() {
        assert!(Segment::from_cbor(manifest).is_err());
    }
}

/// Every byte is authenticated, so a file with one bit turned, or cut, or continued, is refused. Which bit is tried is
/// decided by the file.
fn not_one_bit_else(forger: &Forger, bytes: &[u8]) {
    let hash = blake3::hash(bytes);
    let draw = u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("32 bytes have 8"));
    let at = (draw / 8) as usize % bytes.len();
    let mut turned = bytes.to_vec();
    turned[at] ^= 1 << (draw % 8);
    for altered in [&turned[..], &bytes[..at], &[bytes, &[draw as u8]].concat()] {
        let read = open_bytes(altered, std::slice::from_ref(&forger.identity));
        assert!(read.is_err(), "altered at byte {at} and read");
    }
}

/// Lays the bytes on a stick.
pub fn on_a_stick<T>(bytes: &[u8], then: impl FnOnce(&std::path::Path) -> T) -> T {
    thread_local! {
        static FILE: RefCell<NamedTempFile> =
            RefCell::new(NamedTempFile::with_suffix(".yuanba").expect("there is a folder for such files"));
    }
    FILE.with_borrow_mut(|file| {
        use std::io::Seek;
        file.as_file_mut().set_len(0).and_then(|()| file.rewind()).expect("a file of ours");
        file.write_all(bytes).expect("there is room");
        then(file.path())
    })
}
