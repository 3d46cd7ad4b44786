//! What the keys of a store promise, as a whole.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// Cheap enough to try thousands of times; everything else is as in a real store.
const QUICK: Strength = Strength { memory_kib: 8, passes: 1, lanes: 1 };

fn dice(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut stream = blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof();
    move |bytes| stream.fill(bytes)
}

fn person(number: u8, name: &str) -> SlotUser {
    SlotUser { id: Id([number; 16]), name: name.into(), role: "secretary".into() }
}

fn store() -> Result<(TempDir, Vault, DatabaseKey, RecoveryCode), VaultError> {
    let dir = tempfile::tempdir().map_err(VaultError::io("."))?;
    let (vault, key, code) =
        Vault::create_with(dir.path(), person(1, "王秀英"), "院坝 2026", QUICK, &mut dice(1))?;
    Ok((dir, vault, key, code))
}

fn reopened(dir: &TempDir) -> Result<Vault, VaultError> {
    let mut vault = Vault::open(dir.path())?;
    vault.strength = QUICK;
    Ok(vault)
}

#[test]
fn the_passphrase_and_the_recovery_code_open_the_same_database() -> Result<(), VaultError> {
    let (dir, _, key, code) = store()?;
    let vault = reopened(&dir)?;
    let (opened, user) = vault.unlock(None, "院坝 2026")?;
    assert_eq!((opened, user), (key.clone(), person(1, "王秀英")));
    assert_eq!(vault.unlock(Some(" 王秀英 "), "院坝　２０２６")?.0, key);
    assert_eq!(vault.unlock_with_recovery(&code)?, key);
    assert!(matches!(
        vault.unlock_with_recovery(&RecoveryCode::draw(&mut dice(9))),
        Err(VaultError::WrongRecoveryCode)
    ));
    Ok(())
}

#[test]
fn a_wrong_passphrase_an_unknown_user_and_a_missing_store_are_told_apart() -> Result<(), VaultError> {
    let (dir, ..) = store()?;
    let vault = reopened(&dir)?;
    assert!(matches!(vault.unlock(None, "院坝 2027"), Err(VaultError::WrongPassphrase)));
    assert!(matches!(vault.unlock(None, ""), Err(VaultError::WrongPassphrase)));
    assert!(matches!(vault.unlock(Some("李四"), "院坝 2026"), Err(VaultError::UnknownUser(_))));
    assert!(matches!(Vault::open(&dir.path().join("elsewhere")), Err(VaultError::NotFound(_))));
    let again = Vault::create_with(dir.path(), person(1, "王秀英"), "x", QUICK, &mut dice(2));
    assert!(matches!(again, Err(VaultError::AlreadyThere(_))));
    Ok(())
}

#[test]
fn each_person_has_a_passphrase_of_their_own() -> Result<(), VaultError> {
    let (dir, mut vault, key, _) = store()?;
    vault.add_user(&key, person(2, "李四"), "second", &mut dice(2))?;
    let same_name = vault.add_user(&key, person(3, "李四"), "third", &mut dice(3));
    assert!(matches!(same_name, Err(VaultError::UserExists(_))));
    let vault = reopened(&dir)?;
    assert_eq!(vault.users(), [&person(1, "王秀英"), &person(2, "李四")]);
    assert!(matches!(vault.unlock(None, "second"), Err(VaultError::UserNeeded)));
    assert!(matches!(vault.unlock(Some("王秀英"), "second"), Err(VaultError::WrongPassphrase)));
    assert_eq!(vault.unlock(Some("李四"), "second")?.0, key);
    Ok(())
}

#[test]
fn an_old_passphrase_opens_nothing_any_more_not_even_the_second_copy() -> Result<(), VaultError> {
    let (dir, mut vault, key, old_code) = store()?;
    vault.change_passphrase(&key, Id([1; 16]), "new", &mut dice(2))?;
    let code = vault.renew_recovery(&key, &mut dice(3))?;
    for torn in ["", KEY_FILE] {
        if !torn.is_empty() {
            fs::write(dir.path().join(torn), "{").map_err(VaultError::io(torn))?;
        }
        let vault = reopened(&dir)?;
        assert!(matches!(vault.unlock(None, "院坝 2026"), Err(VaultError::WrongPassphrase)));
        assert!(matches!(vault.unlock_with_recovery(&old_code), Err(VaultError::WrongRecoveryCode)));
        assert_eq!(vault.unlock(None, "new")?.0, key);
        assert_eq!(vault.unlock_with_recovery(&code)?, key);
    }
    Ok(())
}

#[test]
fn a_removed_person_stays_out_and_the_last_one_stays_in() -> Result<(), VaultError> {
    let (dir, mut vault, key, _) = store()?;
    assert!(matches!(vault.remove(&key, Id([1; 16])), Err(VaultError::LastUser)));
    vault.add_user(&key, person(2, "李四"), "second", &mut dice(2))?;
    vault.remove(&key, Id([1; 16]))?;
    let vault = reopened(&dir)?;
    assert!(matches!(vault.unlock(Some("王秀英"), "院坝 2026"), Err(VaultError::UnknownUser(_))));
    assert_eq!(vault.unlock(None, "second")?.1.name, "李四");
    Ok(())
}

#[test]
fn a_new_name_or_role_leaves_the_passphrase_alone() -> Result<(), VaultError> {
    let (dir, mut vault, key, _) = store()?;
    vault.describe_user(&key, SlotUser { role: "reader".into(), ..person(1, "王秀英（文书）") })?;
    let (opened, user) = reopened(&dir)?.unlock(Some("王秀英（文书）"), "院坝 2026")?;
    assert_eq!((opened, user.role.as_str()), (key, "reader"));
    Ok(())
}

#[test]
fn the_key_of_another_store_changes_nothing() -> Result<(), VaultError> {
    let (_dir, mut vault, ..) = store()?;
    let other = DatabaseKey::new([9; 32]);
    let before = vault.file.clone();
    let added = vault.add_user(&other, person(2, "李四"), "x", &mut dice(2));
    assert!(matches!(added, Err(VaultError::OtherStore)));
    assert_eq!(vault.file, before);
    Ok(())
}

#[test]
fn a_torn_first_file_is_healed_from_its_copy() -> Result<(), VaultError> {
    let (dir, _, key, _) = store()?;
    let path = dir.path().join(KEY_FILE);
    let whole = fs::read(&path).map_err(VaultError::io(&path))?;
    for torn in [&whole[..whole.len() / 2], b""] {
        fs::write(&path, torn).map_err(VaultError::io(&path))?;
        assert_eq!(reopened(&dir)?.unlock(None, "院坝 2026")?.0, key);
        assert_eq!(fs::read(&path).map_err(VaultError::io(&path))?, whole);
    }
    fs::remove_file(&path).map_err(VaultError::io(&path))?;
    assert_eq!(reopened(&dir)?.unlock(None, "院坝 2026")?.0, key);
    Ok(())
}

/// Tries the right passphrase on other bytes, with no copy to fall back to: it opens with the right key, or not at all.
fn opens_rightly_or_not(dir: &Path, bytes: &[u8], key: &DatabaseKey) -> Result<bool, VaultError> {
    // Made anew: ext4 waits for the disk when a file is cut to nothing and written again, thousands of times here.
    fs::remove_file(dir.join(KEY_FILE)).ok();
    fs::write(dir.join(KEY_FILE), bytes).map_err(VaultError::io(KEY_FILE))?;
    let Ok(vault) = Vault::open(dir) else { return Ok(false) };
    match vault.unlock(None, "院坝 2026") {
        Ok((opened, user)) => {
            assert_eq!((&opened, user), (key, person(1, "王秀英")));
            fs::remove_file(dir.join(KEY_FILE_COPY)).map_err(VaultError::io(KEY_FILE_COPY))?;
            Ok(true)
        }
        Err(_) => Ok(false),
    }
}

#[test]
fn a_key_file_cut_or_flipped_anywhere_never_opens_wrongly() -> Result<(), VaultError> {
    let (dir, _, key, _) = store()?;
    let path = dir.path().join(KEY_FILE);
    let whole = fs::read(&path).map_err(VaultError::io(&path))?;
    // The last byte is the line's end.
    for length in 0..whole.len() - 1 {
        fs::remove_file(dir.path().join(KEY_FILE_COPY)).ok();
        assert!(!opens_rightly_or_not(dir.path(), &whole[..length], &key)?, "cut at {length}");
    }
    assert!(opens_rightly_or_not(dir.path(), &whole, &key)?);
    for at in 0..whole.len() {
        // Another bit each time, and the one that changes a letter's case.
        for bit in [1 << (at % 8), 0x20] {
            let mut flipped = whole.clone();
            flipped[at] ^= bit;
            let opened = opens_rightly_or_not(dir.path(), &flipped, &key)?;
            assert!(!opened, "byte {at} flipped by {bit:#x}");
        }
    }
    Ok(())
}

#[test]
fn whoever_cannot_open_the_store_cannot_change_who_may() -> Result<(), VaultError> {
    let (dir, vault, key, _) = store()?;
    let stranger = DatabaseKey::new([3; 32]);
    let forgeries: [fn(&mut Vec<Slot>); 4] = [
        |slots| slots[0].user = Some(person(1, "别人")),
        |slots| slots.truncate(1),
        |slots| slots[0].derivation.strength.passes = 2,
        |slots| slots[0].kind = "township".into(),
    ];
    for forge in forgeries {
        let mut slots = vault.file.slots.clone();
        forge(&mut slots);
        // Well-formed, its check agrees; only the seal is by another key.
        KeyFile::sealed(vault.file.store.0, slots, &stranger)?.write(dir.path())?;
        let opened = Vault::open(dir.path())?.unlock(None, "院坝 2026");
        assert!(
            matches!(
                opened,
                Err(VaultError::Tampered | VaultError::WrongPassphrase | VaultError::Damaged(_))
            ),
            "{opened:?}"
        );
    }
    // A slot of an unknown kind, sealed by the right key, is carried along.
    let mut slots = vault.file.slots.clone();
    slots[1].kind = "township".into();
    KeyFile::sealed(vault.file.store.0, slots, &key)?.write(dir.path())?;
    let mut vault = reopened(&dir)?;
    vault.add_user(&key, person(2, "李四"), "second", &mut dice(2))?;
    assert!(reopened(&dir)?.file.slots.iter().any(|slot| slot.kind == "township"));
    Ok(())
}

#[test]
fn a_slot_of_another_store_opens_nothing_here() -> Result<(), VaultError> {
    let (_a, first, ..) = store()?;
    let mut other = [0u8; 16];
    dice(5)(&mut other);
    assert!(first.file.slots[0].unwrap(&other, "院坝 2026")?.is_none());
    assert!(first.file.slots[0].unwrap(&first.file.store.0, "院坝 2026")?.is_some());
    Ok(())
}

#[test]
fn keys_of_a_newer_program_are_left_alone() -> Result<(), VaultError> {
    let (dir, ..) = store()?;
    let path = dir.path().join(KEY_FILE);
    let text = fs::read_to_string(&path).map_err(VaultError::io(&path))?;
    fs::write(&path, text.replacen("\"format\": 1", "\"format\": 2, \"more\": []", 1))
        .map_err(VaultError::io(&path))?;
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::NewerFormat(2))));
    Ok(())
}

#[test]
fn a_real_store_uses_the_real_price() -> Result<(), VaultError> {
    let dir = tempfile::tempdir().map_err(VaultError::io("."))?;
    let (vault, key, _) = Vault::create(dir.path(), person(1, "王秀英"), "院坝", &mut dice(1))?;
    assert!(vault.file.slots.iter().all(|slot| slot.derivation.strength.memory_kib == 65536));
    assert_eq!(vault.unlock(None, "院坝")?.0, key);
    Ok(())
}

#[test]
fn only_one_program_has_the_store_and_it_is_named() -> Result<(), LockError> {
    let dir = tempfile::tempdir().map_err(|source| LockError::Io { path: ".".into(), source })?;
    let lock = InstanceLock::take(dir.path(), 1_765_000_000_000)?;
    let Err(LockError::Held(holder)) = InstanceLock::take(dir.path(), 0) else {
        panic!("the lock was given twice");
    };
    assert_eq!(holder, Some(Holder { pid: std::process::id(), since_ms: 1_765_000_000_000 }));
    drop(lock);
    // What a killed program leaves behind stops nobody.
    fs::write(dir.path().join("store.holder"), "{\"pid\":1,\"since_ms\":0}").ok();
    InstanceLock::take(dir.path(), 0)?;
    Ok(())
}

#[cfg(unix)]
#[test]
fn the_lock_ends_with_a_killed_program() -> Result<(), Box<dyn std::error::Error>> {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    let dir = tempfile::tempdir()?;
    drop(InstanceLock::take(dir.path(), 0)?);
    // flock(1) takes the same lock of the operating system, becomes a shell that says so, and waits to be killed.
    let mut other = Command::new("flock")
        .arg("--no-fork")
        .arg(dir.path().join("store.lock"))
        .args(["sh", "-c", "echo held; exec sleep 60"])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(other.stdout.take().ok_or("no pipe")?).read_line(&mut line)?;
    assert!(matches!(InstanceLock::take(dir.path(), 0), Err(LockError::Held(None))));
    other.kill()?;
    other.wait()?;
    InstanceLock::take(dir.path(), 0)?;
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_passphrase_opens_and_any_other_does_not(right in "\\PC{1,20}", wrong in "\\PC{1,20}") {
        let dir = tempfile::tempdir()?;
        let (vault, key, _) = Vault::create_with(dir.path(), person(1, "甲"), &right, QUICK, &mut dice(1))?;
        prop_assert_eq!(&vault.unlock(None, &right)?.0, &key);
        let half = |text: &str| text.chars().map(passphrase::half_width).collect::<String>();
        prop_assume!(half(&right) != half(&wrong));
        prop_assert!(matches!(vault.unlock(None, &wrong), Err(VaultError::WrongPassphrase)));
    }

    #[test]
    fn any_bytes_as_a_key_file_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let dir = tempfile::tempdir()?;
        fs::write(dir.path().join(KEY_FILE), bytes)?;
        prop_assert!(Vault::open(dir.path()).is_err());
    }
}
