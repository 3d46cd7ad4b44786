//! The two files, byte by byte.
//!
//! ```text
//! YUANBA-HELP 1\n                        YUANBA-ANSWER 1\n
//! one line for people\n                  one line for people\n
//! \n                                     \n
//! [store's number, organisation asked,   an age file for the question's key, in it
//!  user's id, name, role, time,            [BLAKE3 of the question's file, sealed key opened]
//!  key for the answer, sealed key] CBOR
//! BLAKE3 of everything before, 32 bytes  BLAKE3 of everything before, 32 bytes
//! ```
//!
//! The digest at the end tells a torn file; it proves nothing of who wrote it, for who asks has nothing to sign with. What
//! counts is proved otherwise: the sealed key names its store, and the answer opens with the key of its question alone.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::str::FromStr;

use minicbor::{Decoder, Encoder};
use yuanba_core::Id;
use yuanba_store::vault::{NAME_BYTES_MAX, SEALED_BYTES_MAX, SlotUser};

use crate::Refusal;
use crate::container::Recipient;

const QUESTION: &str = "YUANBA-HELP ";
const ANSWER: &str = "YUANBA-ANSWER ";
const FORMAT: &str = "1";
const QUESTION_FOR_PEOPLE: &str =
    "有人忘了口令，请镇里在院坝的「人员与口令」里打开它。 A forgotten passphrase: help with Yuanba.";
const ANSWER_FOR_PEOPLE: &str =
    "请带回求助的那台电脑，在「忘了口令」里打开它。 The answer: take it back to the laptop that asked.";
/// The longest file that is read, in bytes.
pub(super) const FILE_BYTES_MAX: u64 = 64 * 1024;
const DIGEST_BYTES: usize = 32;

/// What a question says.
#[derive(Clone)]
pub(super) struct Asking {
    pub store: [u8; 16],
    pub superior: Id,
    pub user: SlotUser,
    pub at_ms: i64,
    pub recipient: Recipient,
    pub sealed: Vec<u8>,
}

/// Why a file is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bad {
    Unreadable,
    TooLarge,
    OtherKind,
    Newer,
    Damaged,
}

impl Asking {
    /// The question's file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Vec::new();
        let mut e = Encoder::new(&mut body);
        let written = (|| {
            e.array(8)?.bytes(&self.store)?.bytes(&self.superior.0)?.bytes(&self.user.id.0)?;
            e.str(&self.user.name)?.str(&self.user.role)?.i64(self.at_ms)?;
            e.str(&self.recipient.to_string())?.bytes(&self.sealed)?;
            Ok::<_, minicbor::encode::Error<std::convert::Infallible>>(())
        })();
        written.expect("a Vec takes every byte");
        framed(QUESTION, QUESTION_FOR_PEOPLE, &body)
    }

    /// Reads a question.
    pub fn from_bytes(bytes: &[u8]) -> Result<Asking, Bad> {
        let body = unframed(QUESTION, bytes)?;
        Asking::from_body(body).ok_or(Bad::Damaged)
    }

    fn from_body(body: &[u8]) -> Option<Asking> {
        let mut d = Decoder::new(body);
        (d.array().ok()? == Some(8)).then_some(())?;
        let store = d.bytes().ok()?.try_into().ok()?;
        let superior = Id::from_slice(d.bytes().ok()?)?;
        let id = Id::from_slice(d.bytes().ok()?)?;
        let mut short = || d.str().ok().filter(|text| text.len() <= NAME_BYTES_MAX).map(str::to_owned);
        let (name, role) = (short()?, short()?);
        let at_ms = d.i64().ok()?;
        let recipient = Recipient::from_str(d.str().ok()?).ok()?;
        let sealed = d.bytes().ok().filter(|sealed| sealed.len() <= SEALED_BYTES_MAX)?.to_vec();
        let user = SlotUser { id, name, role };
        (d.position() == body.len()).then_some(Asking { store, superior, user, at_ms, recipient, sealed })
    }
}

/// The answer's file around what was sealed.
pub(super) fn answer_file(sealed: &[u8]) -> Vec<u8> {
    framed(ANSWER, ANSWER_FOR_PEOPLE, sealed)
}

/// What was sealed in an answer's file.
pub(super) fn sealed_answer(bytes: &[u8]) -> Result<&[u8], Bad> {
    unframed(ANSWER, bytes)
}

/// A small file's bytes.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Bad> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
    match read {
        Err(_) => Err(Bad::Unreadable),
        Ok(_) if bytes.len() as u64 > FILE_BYTES_MAX => Err(Bad::TooLarge),
        Ok(_) => Ok(bytes),
    }
}

fn framed(magic: &str, for_people: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{magic}{FORMAT}\n{for_people}\n\n").into_bytes();
    bytes.extend_from_slice(body);
    let digest = blake3::hash(&bytes);
    bytes.extend_from_slice(digest.as_bytes());
    bytes
}

fn unframed<'a>(magic: &str, bytes: &'a [u8]) -> Result<&'a [u8], Bad> {
    let rest = bytes.strip_prefix(magic.as_bytes()).ok_or(Bad::OtherKind)?;
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if line != FORMAT.as_bytes() {
        let newer =
            !line.is_empty() && line.len() <= 9 && line.iter().all(u8::is_ascii_digit) && line[0] != b'0';
        return Err(if newer { Bad::Newer } else { Bad::Damaged });
    }
    let start = bytes.windows(2).position(|pair| pair == b"\n\n").ok_or(Bad::Damaged)? + 2;
    let end = bytes.len().checked_sub(DIGEST_BYTES).filter(|end| *end >= start).ok_or(Bad::Damaged)?;
    let (whole, digest) = bytes.split_at(end);
    if blake3::hash(whole).as_bytes() != digest {
        return Err(Bad::Damaged);
    }
    Ok(&whole[start..])
}

/// Reads bytes as either file, whatever they are; for made-up bytes. What is read as a question is written as the same
/// bytes again.
pub fn check_bytes(bytes: &[u8]) {
    if let Ok(asking) = Asking::from_bytes(bytes) {
        let again = Asking::from_bytes(&asking.to_bytes());
        assert!(again.is_ok_and(|again| again.user == asking.user && again.sealed == asking.sealed));
    }
    if let Ok(sealed) = sealed_answer(bytes) {
        assert!(sealed.len() < bytes.len());
    }
}

impl Bad {
    /// In words: `what` the file should be, `who` should write another one.
    pub(super) fn refusal(self, what: &str, who: &str) -> Refusal {
        match self {
            Bad::Unreadable => Refusal::new(
                "unreadable",
                "这个文件读不出来，U 盘可能松了或者坏了。数据没有动。",
                "请拔下来重新插好再试一次。",
            ),
            Bad::TooLarge => Refusal::new(
                "too_large",
                "这个文件大得不合常理，没有读。数据没有动。",
                format!("请{who}重新写一个。"),
            ),
            Bad::OtherKind => Refusal::new(
                "other_kind",
                format!("这不是{what}。数据没有动。"),
                format!("请换{who}写的那个文件。"),
            ),
            Bad::Newer => Refusal::newer(),
            Bad::Damaged => Refusal::new(
                "damaged",
                format!("没读进来：这个{what}坏了一截。数据没有动。"),
                format!("请{who}重新写一个。"),
            ),
        }
    }
}
