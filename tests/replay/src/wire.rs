//! What a laptop and the server say to each other, once it is unsealed.
//!
//! The first byte says whether the rest is a question (`Q`) or an answer (`A`).

use yuanba_exchange::bundle::Manifest;
use yuanba_exchange::wire::{Answer, Ask};

/// Tries some bytes.
pub fn check(bytes: &[u8]) {
    match bytes.split_first() {
        Some((b'Q', rest)) => {
            if let Ok(ask) = Ask::from_cbor(rest) {
                assert!(ask.wants.len() <= 16_000, "more is wanted than any laptop may");
                // Whoever is to be answered is one, or the server answers nobody.
                let _ = ask.recipient();
                assert_eq!(Ask::from_cbor(&ask.to_cbor()), Ok(ask));
                nothing_else(rest, Answer::from_cbor(rest).is_ok());
            }
        }
        Some((b'A', rest)) => {
            if let Ok(answer) = Answer::from_cbor(rest) {
                assert_eq!(
                    answer.refused.map(|refused| refused.code().is_empty()),
                    answer.refused.map(|_| false)
                );
                assert_eq!(Answer::from_cbor(&answer.to_cbor()), Ok(answer));
                nothing_else(rest, Ask::from_cbor(rest).is_ok());
            }
        }
        _ => {}
    }
}

/// One signature must never be good for two things.
fn nothing_else(bytes: &[u8], other: bool) {
    assert!(!other && Manifest::from_cbor(bytes).is_err(), "it can be read in two ways");
}
