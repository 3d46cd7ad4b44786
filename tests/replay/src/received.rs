//! What a township does with a file from a village that it knows, when the village's laptop signs whatever it is told.
//!
//! The first byte says what the rest is: `F` a file as it lies on the stick, `R` the body of a request for a place in the
//! tree, `M` a manifest and segments as byte strings, the segments signed and all of it sealed by the village; anything
//! else are segments alone.

use yuanba_exchange::bundle::{FileRead, Status};
use yuanba_store::peers::Vector;

use crate::forger::items;
use crate::offices::{Offices, with_offices};

/// Tries some bytes.
pub fn check(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else { return };
    with_offices(|offices| match kind {
        b'F' => read(offices, rest),
        b'R' => grant(offices, rest),
        b'M' => {
            let parts = items(rest);
            let Some((manifest, segments)) = parts.split_first() else { return };
            sealed(offices, manifest, segments);
        }
        _ => {
            let manifest = offices.manifest(Vector::new()).to_cbor();
            sealed(offices, &manifest, &items(rest));
        }
    });
}

fn sealed(offices: &mut Offices, manifest: &[u8], segments: &[&[u8]]) {
    if let Some(file) = offices.bundle(manifest, segments) {
        read(offices, &file);
    }
}

fn read(offices: &mut Offices, file: &[u8]) {
    let read = offices.read(file);
    if read.status == Status::Refused {
        assert!(read.code.is_some() && !read.text.is_empty() && read.new == 0, "{read:?}");
        offices.assert_untouched();
        return;
    }
    let held = offices.digest();
    let again = offices.read(file);
    let settled = |read: &FileRead| matches!(read.status, Status::Already | Status::Parked);
    assert!(settled(&again) && again.new == 0, "read twice: {read:?}, {again:?}");
    assert_eq!(offices.digest(), held, "a second reading changed something");
    offices.assert_sound();
    offices.as_before();
}

fn grant(offices: &mut Offices, body: &[u8]) {
    match offices.grant(body) {
        Ok(()) => {
            offices.assert_sound();
            offices.as_before();
        }
        Err(refusal) => {
            assert!(!refusal.message.is_empty() && !refusal.next_step.is_empty());
            offices.assert_untouched();
        }
    }
}
