//! What the keys of a store promise, as a whole.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// Cheap enough to try thousands of times; everything else is as in a real store.
const QUICK: Price = Price::Fixed(Strength::LEAST);

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
        Vault::create(dir.path(), person(1, "王秀英"), "院坝 2026", QUICK, &mut dice(1))?;
    Ok((dir, vault, key, code))
}

fn reopened(dir: &TempDir) -> Result<Vault, VaultError> {
    Vault::open(dir.path(), QUICK)
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
    assert!(matches!(Vault::open(&dir.path().join("elsewhere"), QUICK), Err(VaultError::NotFound(_))));
    let again = Vault::create(dir.path(), person(1, "王秀英"), "x", QUICK, &mut dice(2));
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
    let other = DatabaseKey::drawn(&mut |bytes| bytes.fill(9));
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
    let Ok(vault) = Vault::open(dir, QUICK) else { return Ok(false) };
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
    let stranger = DatabaseKey::drawn(&mut |bytes| bytes.fill(3));
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
        KeyFile::sealed(vault.file.store.0, slots, None, &stranger)?.write(dir.path())?;
        let opened = Vault::open(dir.path(), QUICK)?.unlock(None, "院坝 2026");
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
    KeyFile::sealed(vault.file.store.0, slots, None, &key)?.write(dir.path())?;
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
    fs::write(&path, text.replacen("\"format\": 1", "\"format\": 3, \"more\": []", 1))
        .map_err(VaultError::io(&path))?;
    assert!(matches!(Vault::open(dir.path(), QUICK), Err(VaultError::NewerFormat(3))));
    Ok(())
}

#[test]
fn a_real_store_uses_the_real_price() -> Result<(), VaultError> {
    let dir = tempfile::tempdir().map_err(VaultError::io("."))?;
    let (vault, key, _) = Vault::create(
        dir.path(),
        person(1, "王秀英"),
        "院坝",
        Price::Fixed(Strength::default()),
        &mut dice(1),
    )?;
    assert!(vault.file.slots.iter().all(|slot| slot.derivation.strength.memory_kib == 65536));
    assert_eq!(vault.unlock(None, "院坝")?.0, key);
    Ok(())
}

#[test]
fn ten_thousand_wrong_passphrases_never_open_a_store() -> Result<(), VaultError> {
    let (dir, _, _, code) = store()?;
    let vault = reopened(&dir)?;
    // Near misses first, then whatever comes.
    let near = [
        "院坝 202",
        "院坝 20266",
        "院坝2026",
        "院坝 2025",
        " 院坝 2026",
        "院坝 2026 ",
        "院垻 2026",
        "院坝 2026\0",
        "",
        "\0",
    ];
    let (mut random, mut bytes) = (dice(7), [0u8; 12]);
    let other = (near.len()..10_000).map(|_| {
        random(&mut bytes);
        hex::encode(bytes)
    });
    let mut tried = 0;
    for wrong in near.iter().map(|near| (*near).to_owned()).chain(other) {
        let opened = vault.unlock(None, &wrong);
        assert!(matches!(opened, Err(VaultError::WrongPassphrase)), "{wrong:?}: {opened:?}");
        tried += 1;
    }
    assert_eq!(tried, 10_000);
    for seed in 10..110 {
        let wrong = RecoveryCode::draw(&mut dice(seed));
        assert!(wrong != code && vault.unlock_with_recovery(&wrong).is_err());
    }
    assert!(vault.unlock(None, "院坝 2026").is_ok());
    Ok(())
}

const NOW: i64 = 1_780_000_000_000;

#[test]
fn the_pause_after_wrong_passphrases_outlives_the_program_and_holds_for_the_right_one()
-> Result<(), VaultError> {
    let (dir, ..) = store()?;
    for _ in 0..5 {
        // Each try by a program that was started anew.
        let wrong = reopened(&dir)?.enter(None, "wrong", NOW, &mut dice(2));
        assert!(matches!(wrong, Err(VaultError::WrongPassphrase)));
    }
    let paused =
        |now| Ok::<_, VaultError>(reopened(&dir)?.enter(None, "院坝 2026", now, &mut dice(2)).is_err());
    assert!(matches!(
        reopened(&dir)?.enter(None, "院坝 2026", NOW + 1, &mut dice(2)),
        Err(VaultError::Paused { seconds: 60 })
    ));
    assert!(paused(NOW + 59_999)?);
    // Somebody who is not known is no try.
    let nobody = reopened(&dir)?.enter(Some("李四"), "x", NOW + 60_000, &mut dice(2));
    assert!(matches!(nobody, Err(VaultError::UnknownUser(_))));
    assert!(!paused(NOW + 60_000)?);
    assert_eq!(Tries::read(dir.path()), Tries::default());
    Ok(())
}

#[test]
fn a_cheap_slot_is_made_dearer_when_its_owner_comes_in_and_nobody_elses_is_touched() -> Result<(), VaultError>
{
    let (dir, mut vault, key, _) = store()?;
    vault.add_user(&key, person(2, "李四"), "second", &mut dice(2))?;
    let dear = Strength { memory_kib: 64, passes: 2, lanes: 1 };
    let mut vault = Vault::open(dir.path(), Price::Fixed(dear))?;
    vault.enter(Some("王秀英"), "wrong", NOW, &mut dice(3)).expect_err("wrong");
    assert!(vault.file.slots.iter().all(|slot| slot.derivation.strength == Strength::LEAST));
    vault.enter(Some("王秀英"), "院坝 2026", NOW, &mut dice(3))?;
    let reread = reopened(&dir)?;
    let strengths: Vec<Strength> = reread.file.slots.iter().map(|slot| slot.derivation.strength).collect();
    assert_eq!(strengths, [dear, Strength::LEAST, Strength::LEAST]);
    assert_eq!(reread.unlock(Some("王秀英"), "院坝 2026")?.0, key);
    assert!(reread.unlock(Some("王秀英"), "院坝 2027").is_err());
    // A program that asks for less weakens nothing.
    reopened(&dir)?.enter(Some("王秀英"), "院坝 2026", NOW, &mut dice(4))?;
    assert_eq!(reopened(&dir)?.file.slots[0].derivation.strength, dear);
    Ok(())
}

#[test]
fn the_organisation_above_opens_what_was_sealed_for_it_and_no_other_store() -> Result<(), VaultError> {
    let (dir, mut vault, key, _) = store()?;
    let given = vault.for_superior(&key, Id([7; 16]));
    let slot = SuperiorSlot {
        superior: Id([8; 16]),
        name: "柳坝镇党委".into(),
        recipients: vec!["age1…".into()],
        sealed: vec![1, 2, 3],
    };
    vault.keep_superior(&key, Some(slot.clone()))?;
    // It stays when the people change, and nobody can change it without the key.
    vault.add_user(&key, person(2, "李四"), "second", &mut dice(2))?;
    let vault = reopened(&dir)?;
    assert_eq!(vault.superior(), Some(&slot));
    assert_eq!(vault.unlock(Some("李四"), "second")?.0, key);
    let opened = KeyForSuperior::from_bytes(&given).expect("as it was made");
    assert_eq!(opened.org, Id([7; 16]));
    assert_eq!(vault.unlock_with_superior(opened)?, key);
    let forged = SuperiorSlot { superior: Id([9; 16]), ..slot.clone() };
    let stranger = DatabaseKey::drawn(&mut |bytes| bytes.fill(3));
    KeyFile::sealed(vault.file.store.0, vault.file.slots.clone(), Some(forged), &stranger)?
        .write(dir.path())?;
    assert!(matches!(reopened(&dir)?.unlock(Some("李四"), "second"), Err(VaultError::Tampered)));

    let (_other, elsewhere, ..) = {
        let dir = tempfile::tempdir().map_err(VaultError::io("."))?;
        let (vault, key, code) = Vault::create(dir.path(), person(1, "甲"), "x", QUICK, &mut dice(5))?;
        (dir, vault, key, code)
    };
    let opened = KeyForSuperior::from_bytes(&given).expect("as it was made");
    assert!(matches!(elsewhere.unlock_with_superior(opened), Err(VaultError::OtherStore)));
    for cut in 0..given.len() {
        assert!(KeyForSuperior::from_bytes(&given[..cut]).is_none(), "cut at {cut}");
    }
    let long = SuperiorSlot { sealed: vec![0; SEALED_BYTES_MAX + 1], ..slot };
    let mut vault = reopened(&dir)?;
    assert!(matches!(vault.keep_superior(&stranger, Some(long)), Err(VaultError::BadLength(_))));
    Ok(())
}

#[test]
fn keys_without_a_slot_of_the_organisation_above_stay_in_the_first_format() -> Result<(), VaultError> {
    let (dir, mut vault, key, _) = store()?;
    let format = |dir: &TempDir| -> Result<String, VaultError> {
        let text = fs::read_to_string(dir.path().join(KEY_FILE)).map_err(VaultError::io(KEY_FILE))?;
        Ok(text.lines().nth(1).unwrap_or_default().trim().to_owned())
    };
    assert_eq!(format(&dir)?, "\"format\": 1,");
    let slot = SuperiorSlot { superior: Id([8; 16]), name: "镇".into(), recipients: vec![], sealed: vec![] };
    vault.keep_superior(&key, Some(slot))?;
    assert_eq!(format(&dir)?, "\"format\": 2,");
    vault.keep_superior(&key, None)?;
    assert_eq!(format(&dir)?, "\"format\": 1,");
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
        let (vault, key, _) = Vault::create(dir.path(), person(1, "甲"), &right, QUICK, &mut dice(1))?;
        prop_assert_eq!(&vault.unlock(None, &right)?.0, &key);
        let half = |text: &str| text.chars().map(passphrase::half_width).collect::<String>();
        prop_assume!(half(&right) != half(&wrong));
        prop_assert!(matches!(vault.unlock(None, &wrong), Err(VaultError::WrongPassphrase)));
    }

    #[test]
    fn any_bytes_as_a_key_file_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let dir = tempfile::tempdir()?;
        fs::write(dir.path().join(KEY_FILE), bytes)?;
        prop_assert!(Vault::open(dir.path(), QUICK).is_err());
    }
}
