//! The age keys: one of each laptop's own, and one of each organisation by generation.
//!
//! Public halves and wrapped private halves are changes of the `down` lane ([`OrgKey`]). A laptop keeps only the private
//! half of its own key among its secrets; every other private half that it may use is unwrapped from the journal, from
//! key to key: its own opens its organisation's, which opens those of the organisations below that wrapped theirs to it.
//! So a laptop that is enrolled later reads what was written before, and a restored backup reads everything again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::str::FromStr;

use age::secrecy::ExposeSecret;
use yuanba_core::Id;
use yuanba_core::level::MAX_DEPTH;
use yuanba_journal::payload::OrgKey;
use yuanba_store::{HeldKey, Intent, Store};

use crate::Result;
use crate::container::{Identity, Recipient};

/// The secret that holds this laptop's age identities, one a line; the last is the present one. A copied store brings
/// its original's along, and so still reads what was sealed for that.
const IDENTITIES: &str = "age.identities";
/// The longest wrapped half that is opened, in bytes: an age file with a line of 74 characters.
const WRAPPED_BYTES_MAX: usize = 8 * 1024;

/// Sees to it that this laptop has its own key and has published it, that its organisation has a key, and that everybody
/// who should read with it can: every laptop of the organisation whose key is known, and the parent. Writes nothing
/// when all of that is so.
///
/// # Errors
/// Those of the store.
pub fn ensure_org_key(store: &mut Store) -> Result<()> {
    if store.moved() {
        store.begin_new_replica()?;
    }
    let mut intent = Intent::new("保管钥匙").down();
    let own = (store.replica().id(), publish_own(store, &mut intent)?);
    let org = store.org();
    share(store, &mut intent, org, &own)?;
    if !intent.is_empty() {
        store.commit_quietly(intent)?;
    }
    Ok(())
}

/// Begins the next generation of an organisation's key, wrapped to every laptop that is not revoked and to the parent; the
/// older halves stay where they are. For after a revocation.
///
/// # Errors
/// Those of the store.
pub fn rotate_org_key(store: &mut Store, org: Id) -> Result<()> {
    if store.moved() {
        store.begin_new_replica()?;
    }
    let mut intent = Intent::new("换新钥匙").of(org).down();
    let own = (store.replica().id(), publish_own(store, &mut intent)?);
    let held = store.age_keys()?;
    next_generation(store, &held, &mut intent, org, &own);
    Ok(store.commit_quietly(intent)?)
}

/// Lets one more laptop read what is addressed to an organisation: all generations that can be opened here; when there
/// are none, it begins the next one.
pub(crate) fn share_with(store: &mut Store, org: Id, reader: Id, recipient: &Recipient) -> Result<()> {
    let held = store.age_keys()?;
    let mut intent = Intent::new("交钥匙").of(org).down();
    let opened = open_all(store, &held, org)?;
    if opened.is_empty() {
        next_generation(store, &held, &mut intent, org, &(reader, recipient.clone()));
    }
    for (generation, identity) in &opened {
        let public = identity.to_public().to_string();
        let has = held.iter().any(|h| {
            h.key.owner == org && h.key.recipient == public && h.key.wrapped.iter().any(|(r, _)| *r == reader)
        });
        if !has {
            let wrapped = wrap_all(identity, &[(reader, vec![recipient.clone()])]);
            intent.publish_key(OrgKey { owner: org, generation: *generation, recipient: public, wrapped });
        }
    }
    if !intent.is_empty() {
        store.commit_quietly(intent)?;
    }
    Ok(())
}

/// The recipients that something for an organisation is sealed for: its present key, or several when two laptops made one
/// at the same time. Empty while none is known.
pub fn recipients_of(store: &Store, org: Id) -> Result<Vec<Recipient>> {
    let held = store.age_keys()?;
    Ok(current(store, &held, org))
}

/// The own keys of an organisation's laptops, revoked ones left out, as far as they are known.
pub(crate) fn recipients_of_laptops(store: &Store, org: Id) -> Result<Vec<Recipient>> {
    let held = store.age_keys()?;
    let laptops = store.current_laptops(org).into_iter();
    Ok(laptops.filter_map(|replica| recipient_of_laptop(&held, replica)).collect())
}

/// Every private half that this laptop can use for itself or its organisation, now and earlier.
pub fn identities(store: &Store) -> Result<Vec<Identity>> {
    let mut list = own_identities(store)?;
    let held = store.age_keys()?;
    let mine: BTreeSet<Id> = [store.org(), store.founded_org()].into();
    for org in mine {
        list.extend(open_all(store, &held, org)?.into_iter().map(|(_, identity)| identity));
    }
    Ok(list)
}

/// This laptop's own identities, its copies' originals' included.
pub(crate) fn own_identities(store: &Store) -> Result<Vec<Identity>> {
    let kept = store.secret(IDENTITIES)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&kept);
    Ok(text.lines().filter_map(|line| Identity::from_str(line).ok()).collect())
}

/// The recipient that a laptop published for itself.
pub(crate) fn recipient_of_laptop(held: &[HeldKey], replica: Id) -> Option<Recipient> {
    let own = held.iter().rev().find(|h| h.key.owner == replica && h.stream.replica == replica)?;
    own.key.recipient.parse().ok()
}

fn publish_own(store: &mut Store, intent: &mut Intent) -> Result<Recipient> {
    let replica = store.replica().id();
    let held = store.age_keys()?;
    let identities = own_identities(store)?;
    let published = recipient_of_laptop(&held, replica).map(|r| r.to_string());
    if let Some(identity) = identities.iter().find(|i| Some(i.to_public().to_string()) == published) {
        return Ok(identity.to_public());
    }
    let identity = Identity::generate();
    let mut lines: Vec<String> =
        identities.iter().map(|i| i.to_string().expose_secret().to_owned()).collect();
    lines.push(identity.to_string().expose_secret().to_owned());
    store.keep_secret(IDENTITIES, lines.join("\n").as_bytes())?;
    let recipient = identity.to_public();
    let wrapped = Vec::new();
    intent.publish_key(OrgKey { owner: replica, generation: 1, recipient: recipient.to_string(), wrapped });
    Ok(recipient)
}

fn share(store: &Store, intent: &mut Intent, org: Id, known: &(Id, Recipient)) -> Result<()> {
    let held = store.age_keys()?;
    let opened = open_all(store, &held, org)?;
    let present = generation(store, &held, org);
    if present == 0 || !opened.iter().any(|(generation, _)| *generation == present) {
        next_generation(store, &held, intent, org, known);
        return Ok(());
    }
    let readers = readers(store, &held, org, known);
    for (generation, identity) in opened {
        let public = identity.to_public().to_string();
        let has = |reader: Id| {
            held.iter()
                .filter(|h| h.key.owner == org && h.key.recipient == public)
                .any(|h| h.key.wrapped.iter().any(|(r, _)| *r == reader))
        };
        let lacking: Vec<_> = readers.iter().filter(|(reader, _)| !has(*reader)).cloned().collect();
        let wrapped = wrap_all(&identity, &lacking);
        if !wrapped.is_empty() {
            intent.publish_key(OrgKey { owner: org, generation, recipient: public, wrapped });
        }
    }
    Ok(())
}

fn next_generation(store: &Store, held: &[HeldKey], intent: &mut Intent, org: Id, known: &(Id, Recipient)) {
    let identity = Identity::generate();
    let wrapped = wrap_all(&identity, &readers(store, held, org, known));
    let recipient = identity.to_public().to_string();
    intent.publish_key(OrgKey {
        owner: org,
        generation: generation(store, held, org) + 1,
        recipient,
        wrapped,
    });
}

/// Who should be able to open an organisation's key: its laptops whose key is known, and its parent. `known` is a laptop
/// whose key has not reached the journal yet.
fn readers(store: &Store, held: &[HeldKey], org: Id, known: &(Id, Recipient)) -> Vec<(Id, Vec<Recipient>)> {
    let mut readers: Vec<(Id, Vec<Recipient>)> = store
        .current_laptops(org)
        .into_iter()
        .filter(|replica| *replica != known.0)
        .filter_map(|replica| Some((replica, vec![recipient_of_laptop(held, replica)?])))
        .collect();
    readers.push((known.0, vec![known.1.clone()]));
    if let Some(parent) = store.authority().granted_parent(org) {
        let recipients = current(store, held, parent);
        if !recipients.is_empty() {
            readers.push((parent, recipients));
        }
    }
    readers
}

/// The keys of an organisation that count: published by one of its own laptops or one of an ancestor's.
fn counting<'a>(store: &'a Store, held: &'a [HeldKey], org: Id) -> impl Iterator<Item = &'a OrgKey> {
    held.iter()
        .filter(move |h| h.key.owner == org && h.counts && store.authority().certified(h.stream.replica, org))
        .map(|h| &h.key)
}

fn generation(store: &Store, held: &[HeldKey], org: Id) -> u64 {
    counting(store, held, org).map(|key| key.generation).max().unwrap_or(0)
}

fn current(store: &Store, held: &[HeldKey], org: Id) -> Vec<Recipient> {
    let present = generation(store, held, org);
    let texts: BTreeSet<&str> = counting(store, held, org)
        .filter(|key| key.generation == present)
        .map(|key| key.recipient.as_str())
        .collect();
    texts.into_iter().filter_map(|text| text.parse().ok()).collect()
}

/// The private halves of an organisation's keys that can be opened here, with their generations, newest first.
fn open_all(store: &Store, held: &[HeldKey], org: Id) -> Result<Vec<(u64, Identity)>> {
    let own = own_identities(store)?;
    Ok(open_within(store, held, org, &own, MAX_DEPTH))
}

fn open_within(
    store: &Store,
    held: &[HeldKey],
    org: Id,
    own: &[Identity],
    depth: usize,
) -> Vec<(u64, Identity)> {
    let me = store.replica().id();
    let mut opened: Vec<(u64, Identity)> = Vec::new();
    let mut above: BTreeMap<Id, Vec<Identity>> = BTreeMap::new();
    let mut keys: Vec<&OrgKey> = held.iter().map(|h| &h.key).filter(|key| key.owner == org).collect();
    keys.sort_by_key(|key| std::cmp::Reverse(key.generation));
    for key in keys {
        if opened.iter().any(|(_, identity)| identity.to_public().to_string() == key.recipient) {
            continue;
        }
        let mut found = None;
        for (reader, file) in &key.wrapped {
            // What is wrapped to an earlier replica of this store opens with the identity that came along.
            let laptop =
                *reader == me || held.iter().any(|h| h.key.owner == *reader && h.stream.replica == *reader);
            if laptop {
                found = unwrap(file, own, &key.recipient);
            } else if depth > 0 && *reader != org {
                let above = above.entry(*reader).or_insert_with(|| {
                    open_within(store, held, *reader, own, depth - 1).into_iter().map(|(_, i)| i).collect()
                });
                found = unwrap(file, above, &key.recipient);
            }
            if found.is_some() {
                break;
            }
        }
        opened.extend(found.map(|identity| (key.generation, identity)));
    }
    opened
}

/// The private half for each reader; one whose recipient age does not take is left out.
fn wrap_all(identity: &Identity, readers: &[(Id, Vec<Recipient>)]) -> Vec<(Id, Vec<u8>)> {
    readers.iter().filter_map(|(id, recipients)| Some((*id, wrap(identity, recipients)?))).collect()
}

fn wrap(identity: &Identity, recipients: &[Recipient]) -> Option<Vec<u8>> {
    let to = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
    let mut file = Vec::new();
    let mut writer = age::Encryptor::with_recipients(to).ok()?.wrap_output(&mut file).ok()?;
    writer.write_all(identity.to_string().expose_secret().as_bytes()).ok()?;
    writer.finish().ok()?;
    Some(file)
}

/// Opens a wrapped half, and holds it against the recipient that it should belong to.
fn unwrap(file: &[u8], identities: &[Identity], recipient: &str) -> Option<Identity> {
    if file.len() > WRAPPED_BYTES_MAX {
        return None;
    }
    identities.iter().find_map(|identity| {
        let bytes = age::decrypt(identity, file).ok()?;
        let found = Identity::from_str(str::from_utf8(&bytes).ok()?).ok()?;
        (found.to_public().to_string() == recipient).then_some(found)
    })
}
