//! Updates on a stick: heads, manifests, parts.
//!
//! The first byte says how deep the rest goes in: `M` a manifest, which a release key signs; `P` a declaration that a good
//! pack brings; anything else is a whole file.

use chrono::NaiveDate;
use yuanba_exchange::update::{
    Contents, Manifest, Part, ReleaseKey, TrustedKey, TrustedKeys, UpdateError, head, look, look_bytes,
};

use crate::bundle::on_a_stick;

/// The release key of what is made up here; made for tests alone.
pub fn release_key() -> ReleaseKey {
    ReleaseKey::from_seed([9; 32])
}

/// A list with that key alone.
pub fn trusted() -> TrustedKeys {
    let key = TrustedKey {
        name: "试验的".to_owned(),
        public: release_key().public(),
        signs: vec![Contents::Program, Contents::Practices],
        days: (NaiveDate::MIN, NaiveDate::MAX),
    };
    vec![key].into()
}

/// A pack that brings one declaration.
pub fn pack(text: &[u8]) -> Manifest {
    Manifest {
        contents: Contents::Practices,
        pack: "holidays-2027".to_owned(),
        title: "2027 年放假安排".to_owned(),
        version: semver::Version::new(1, 0, 0),
        from_program: None,
        before_program: None,
        built: NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day"),
        notes: "明年哪天放假。".to_owned(),
        parts: vec![Part {
            platform: String::new(),
            name: "rules/holidays-2027.toml".to_owned(),
            bytes: text.len() as u64,
            hash: *blake3::hash(text).as_bytes(),
        }],
    }
}

/// Tries some bytes.
pub fn check(bytes: &[u8]) {
    match bytes.split_first() {
        Some((b'M', manifest)) => {
            inside(manifest);
            whole(&head(manifest, &release_key()));
        }
        Some((b'P', text)) => in_order(text),
        _ => whole(bytes),
    }
}

/// A manifest that is read is written so that it is read the same again.
fn inside(bytes: &[u8]) {
    if let Ok(manifest) = Manifest::from_cbor(bytes) {
        let again = Manifest::from_cbor(&manifest.to_cbor()).expect("it was read once");
        assert_eq!(again, manifest);
        for part in &manifest.parts {
            // Whatever a manifest says, its files have nowhere to go but below the folder that they are given.
            assert!(!part.name.starts_with('/') && !part.name.contains("..") && !part.name.contains('\\'));
        }
    }
}

/// A pack in good order gives back what was put in, unless that is no text or too long; and not with one bit turned.
fn in_order(text: &[u8]) {
    let file = [head(&pack(text).to_cbor(), &release_key()), text.to_vec()].concat();
    match look_bytes(&file, &trusted()).and_then(|mut package| package.declaration(0)) {
        Ok(read) => assert_eq!(read.as_bytes(), text),
        Err(UpdateError::Damaged(_)) => assert!(str::from_utf8(text).is_err()),
        Err(UpdateError::TooLarge(_)) => assert!(text.len() > 256 * 1024),
        Err(other) => panic!("what was just written is refused: {other}"),
    }
    let draw = u64::from_le_bytes(blake3::hash(text).as_bytes()[..8].try_into().expect("32 bytes have 8"));
    let at = (draw / 8) as usize % file.len();
    let mut turned = file.clone();
    turned[at] ^= 1 << (draw % 8);
    for altered in [&turned[..], &file[..at], &[&file[..], &[draw as u8]].concat()] {
        let read = look_bytes(altered, &trusted()).and_then(|mut package| package.check_parts());
        assert!(read.is_err(), "altered at byte {at} and read");
    }
    whole(&file);
}

/// From memory and from a stick it is the same; who has no key in the list takes nothing.
fn whole(bytes: &[u8]) {
    let keys = trusted();
    let said = |package: Result<(Manifest, Result<(), UpdateError>), UpdateError>| match package {
        Ok((manifest, Ok(()))) => Ok(manifest),
        Ok((_, Err(error))) | Err(error) => Err(error),
    };
    let one = said(look_bytes(bytes, &keys).map(|mut p| (p.manifest().clone(), p.check_parts())));
    let other = on_a_stick(bytes, |path| {
        said(look(path, &keys).map(|mut p| (p.manifest().clone(), p.check_parts())))
    });
    match (&one, &other) {
        (Ok(one), Ok(other)) => assert_eq!(one, other),
        (Err(one), Err(other)) => {
            assert_eq!(one.to_string(), other.to_string());
            let refusal = one.refusal();
            assert!(!refusal.message.is_empty() && !refusal.next_step.is_empty());
        }
        _ => panic!("read from memory: {one:?}, read from a file: {other:?}"),
    }
    assert!(look_bytes(bytes, &TrustedKeys::default()).is_err(), "taken by a program that trusts nobody");
}
