//! Helping, and taking the help.

use std::path::Path;
use std::str::FromStr;

use minicbor::{Decoder, Encoder};
use yuanba_core::Id;
use yuanba_store::vault::{Asked, DatabaseKey, KeyForSuperior, SlotUser, Vault};
use yuanba_store::{Store, StoreError};
use zeroize::Zeroizing;

use super::question::{Asking, answer_file, read, sealed_answer};
use super::slot::seal;
use crate::container::Identity;
use crate::enrol::write_whole;
use crate::refusal::untouched;
use crate::{Refusal, Result, keys};

/// A question that can be answered here.
pub struct Question {
    /// Whose laptop asks
    pub org: Id,
    /// Its name
    pub org_name: String,
    /// Whose passphrase was forgotten
    pub user: SlotUser,
    /// When it was asked by the asker's clock, ms since 1970
    pub at_ms: i64,
    asking: Asking,
    digest: [u8; 32],
    given: KeyForSuperior,
}

/// Help that came.
pub struct Helped {
    /// The key of the store's database
    pub key: DatabaseKey,
    /// Whose passphrase may be set anew
    pub user: Id,
}

/// Reads a question of a laptop of an organisation below.
///
/// # Errors
/// `Refused` for a file that is damaged or no question, for one that was asked of somebody else, and for one that names
/// another store than its sealed key.
pub fn open(store: &Store, file: &Path) -> Result<Question> {
    let bytes = read(file).map_err(|bad| bad.refusal("求助文件", "村里"))?;
    let asking = Asking::from_bytes(&bytes).map_err(|bad| bad.refusal("求助文件", "村里"))?;
    let tree = store.authority();
    let here = store.level();
    let elsewhere = || {
        Refusal::new(
            "not_for_us",
            format!("这个求助文件不是写给这里的，这里打不开。{}", untouched(here)),
            "请看看他归哪里管，拿到那里去办。",
        )
    };
    if tree.canonical(asking.superior) != store.org() {
        return Err(elsewhere().into());
    }
    let identities = keys::identities(store)?;
    let opened = identities.iter().find_map(|identity| age::decrypt(identity, &asking.sealed).ok());
    let given = opened.map(Zeroizing::new).and_then(|bytes| KeyForSuperior::from_bytes(&bytes));
    let given = given.ok_or_else(elsewhere)?;
    if given.store != asking.store {
        return Err(Refusal::new(
            "forged",
            format!("这个求助文件被人动过，对不上。{}", untouched(here)),
            "请村里在那台电脑上再写一个，当面交。",
        )
        .into());
    }
    let org = tree.canonical(given.org);
    if org == store.org() || !tree.covers(store.org(), org) {
        return Err(Refusal::new(
            "not_below",
            format!("求助的那台电脑不归这里管，没有帮。{}", untouched(here)),
            "请看看他归哪里管，拿到那里去办。",
        )
        .into());
    }
    let org_name = store.organisation_name(org)?;
    let digest = *blake3::hash(&bytes).as_bytes();
    Ok(Question { org, org_name, user: asking.user.clone(), at_ms: asking.at_ms, asking, digest, given })
}

/// Writes the answer to a question.
///
/// # Errors
/// Those of the file system.
pub fn answer(question: &Question, out: &Path) -> Result<()> {
    let given = question.given.to_bytes();
    let mut inside = Zeroizing::new(Vec::with_capacity(given.len() + 64));
    let mut e = Encoder::new(&mut *inside);
    let written = e.array(2).and_then(|e| e.bytes(&question.digest)).and_then(|e| e.bytes(&given));
    debug_assert!(written.is_ok(), "a Vec takes every byte");
    let sealed = seal(&inside, std::slice::from_ref(&question.asking.recipient)).ok_or_else(|| {
        Refusal::new("damaged", "没写成：求助文件里的东西不对。数据没有动。", "请村里重新写一个。")
    })?;
    write_whole(out, &answer_file(&sealed))
}

/// Opens the answer to the question that this laptop asked last. The store need not be open; hold its folder's lock.
///
/// # Errors
/// `Refused` for a file that is damaged or no answer, for the answer to another question or laptop, and when none is
/// waited for (any more).
pub fn accept(dir: &Path, vault: &Vault, file: &Path, now_ms: i64) -> Result<Helped> {
    let bytes = read(file).map_err(|bad| bad.refusal("答复文件", "镇里"))?;
    let sealed = sealed_answer(&bytes).map_err(|bad| bad.refusal("答复文件", "镇里"))?;
    let Some(asked) = Asked::read(dir, now_ms) else {
        return Err(Refusal::new(
            "not_asked",
            "这台电脑没有在等答复：没有求助过，已经用过了，或者过了 3 天。数据都在。",
            "请重新写一个求助文件，再去一趟。",
        )
        .into());
    };
    let opened = Identity::from_str(&asked.secret).ok().and_then(|secret| age::decrypt(&secret, sealed).ok());
    let opened = opened.map(Zeroizing::new);
    let given = opened.as_deref().and_then(|inside| of_answer(inside, asked.request()));
    let given = given.ok_or_else(not_this_one)?;
    let key = vault.unlock_with_superior(given).map_err(|error| match error {
        yuanba_store::vault::VaultError::OtherStore => not_this_one().into(),
        other => crate::ExchangeError::from(StoreError::from(other)),
    })?;
    Ok(Helped { key, user: asked.user })
}

fn of_answer(inside: &[u8], request: &[u8; 32]) -> Option<KeyForSuperior> {
    let mut d = Decoder::new(inside);
    (d.array().ok()? == Some(2) && d.bytes().ok()? == request).then_some(())?;
    let given = KeyForSuperior::from_bytes(d.bytes().ok()?)?;
    (d.position() == inside.len()).then_some(given)
}

fn not_this_one() -> Refusal {
    Refusal::new(
        "not_for_us",
        "这份答复对不上这台电脑最近一次求助。数据都在。",
        "看看是不是拿错了文件；求助以后又写过一个的，要拿后写的那个去。",
    )
}
