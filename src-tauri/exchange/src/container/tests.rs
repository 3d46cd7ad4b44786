//! What a bundle promises, as a whole.

use std::cell::Cell;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;

use proptest::prelude::*;
use yuanba_core::Id;
use yuanba_journal::ReplicaKey;

use super::content::ContentWriter;
use super::*;

const NAME: &str = "石桥村-20260612.yuanba";

fn header() -> ClearHeader {
    ClearHeader { from: Id([1; 16]), to: Id([2; 16]), time_ms: 1_781_222_400_000 }
}

fn key() -> ReplicaKey {
    ReplicaKey::from_seed([5; 32])
}

fn go_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn given(segments: &[Vec<u8>]) -> impl Iterator<Item = Result<Vec<u8>, SegmentError>> {
    segments.iter().cloned().map(Ok)
}

/// Bytes that cannot be packed.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

fn sealed(recipients: &[Recipient], manifest: &[u8], segments: &[Vec<u8>]) -> Result<Vec<u8>, BundleError> {
    let mut out = Vec::new();
    let bundle = Bundle { header: header(), recipients, manifest, key: &key() };
    assert_eq!(seal(&mut out, &bundle, given(segments), &mut go_on)?, segments.len() as u64);
    Ok(out)
}

/// A bundle around any content, honest or not.
fn wrapped(identity: &Identity, packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = header().encode();
    let recipient = identity.to_public();
    let age = age::Encryptor::with_recipients([&recipient as &dyn age::Recipient].into_iter())
        .map_err(io::Error::other)?;
    let mut writer = age.wrap_output(&mut bytes)?;
    writer.write_all(packed)?;
    writer.finish()?;
    Ok(bytes)
}

fn honest_content() -> io::Result<Vec<u8>> {
    let mut writer = ContentWriter::begin(Vec::new(), &key(), &header().encode(), b"manifest")?;
    writer.segment(b"segment")?;
    writer.end(&key())
}

fn packed(content: &[u8]) -> io::Result<Vec<u8>> {
    zstd::encode_all(content, 3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_written_is_read_by_each_addressee(
        manifest in prop::collection::vec(any::<u8>(), 0..300),
        segments in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..2000), 0..12),
    ) {
        let addressees = [Identity::generate(), Identity::generate()];
        let dir = tempfile::tempdir()?;
        let recipients = addressees.each_ref().map(Identity::to_public);
        let bundle = Bundle { header: header(), recipients: &recipients, manifest: &manifest, key: &key() };
        let written = write(&RealDisk, dir.path(), NAME, &bundle, given(&segments), &mut go_on)?;
        prop_assert_eq!(written.segments, segments.len() as u64);
        prop_assert_eq!(fs::metadata(&written.path)?.len(), written.bytes);
        prop_assert_eq!(inspect(&written.path)?, header());
        for addressee in addressees {
            let opened = open(&written.path, &[Identity::generate(), addressee])?;
            prop_assert_eq!(opened.header(), &header());
            prop_assert_eq!(opened.writer(), key().public());
            prop_assert_eq!(opened.manifest(), &manifest);
            prop_assert_eq!(opened.segments().collect::<Vec<_>>(), segments.iter().collect::<Vec<_>>());
        }
        prop_assert!(matches!(open(&written.path, &[Identity::generate()]), Err(BundleError::NotForUs)));
        prop_assert!(matches!(open(&written.path, &[]), Err(BundleError::NotForUs)));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600), with_header: bool) {
        let start = if with_header { header().encode() } else { Vec::new() };
        prop_assert!(open_bytes(&[start, bytes].concat(), &[Identity::generate()]).is_err());
    }

    #[test]
    fn any_signed_content_is_read_or_refused(at in 0usize..200, byte: u8) {
        let identity = Identity::generate();
        let mut content = honest_content()?;
        let at = at % content.len();
        prop_assume!(content[at] != byte);
        content[at] = byte;
        prop_assert!(open_bytes(&wrapped(&identity, &packed(&content)?)?, &[identity]).is_err());
    }
}

#[test]
fn a_bundle_cut_or_flipped_anywhere_is_refused() -> Result<(), BundleError> {
    let identity = Identity::generate();
    let recipients = [identity.to_public(), Identity::generate().to_public()];
    let whole = sealed(&recipients, b"manifest", &[noise(1, 40), noise(2, 60)])?;
    let identities = [identity];
    assert!(open_bytes(&whole, &identities).is_ok());
    for length in 0..whole.len() {
        assert!(open_bytes(&whole[..length], &identities).is_err(), "cut at {length}");
    }
    for at in 0..whole.len() {
        for bit in [1 << (at % 8), 0x20] {
            let mut flipped = whole.clone();
            flipped[at] ^= bit;
            assert!(open_bytes(&flipped, &identities).is_err(), "byte {at} flipped by {bit:#x}");
        }
    }
    for more in [&b"\0"[..], b"\n", &whole, &[7; 70_000]] {
        assert!(open_bytes(&[&whole, more].concat(), &identities).is_err(), "{} bytes more", more.len());
    }
    Ok(())
}

#[test]
fn the_first_lines_cannot_be_taken_from_another_bundle() -> Result<(), BundleError> {
    let identity = Identity::generate();
    let whole = sealed(&[identity.to_public()], b"", &[])?;
    let other = ClearHeader { to: Id([3; 16]), ..header() }.encode();
    let swapped = [&other[..], &whole[header().encode().len()..]].concat();
    assert!(matches!(open_bytes(&swapped, &[identity]), Err(BundleError::Damaged(_))));
    Ok(())
}

#[test]
fn a_bundle_signed_by_another_key_than_it_names_is_forged() -> io::Result<()> {
    let identity = Identity::generate();
    let writer = ContentWriter::begin(Vec::new(), &key(), &header().encode(), b"manifest")?;
    let content = writer.end(&ReplicaKey::from_seed([6; 32]))?;
    let forged = wrapped(&identity, &packed(&content)?)?;
    assert!(matches!(open_bytes(&forged, &[identity]), Err(BundleError::Forged(_))));
    Ok(())
}

#[test]
fn nothing_may_stand_after_the_end() -> io::Result<()> {
    let identity = Identity::generate();
    let content = honest_content()?;
    let honest = wrapped(&identity, &packed(&content)?)?;
    let more_content = wrapped(&identity, &packed(&[&content[..], b"\x40"].concat())?)?;
    let two_frames = wrapped(&identity, &[packed(&content)?, packed(b"")?].concat())?;
    let after_the_frame = wrapped(&identity, &[&packed(&content)?[..], b"x"].concat())?;
    let identities = [identity];
    assert!(open_bytes(&honest, &identities).is_ok());
    for bytes in [more_content, two_frames, after_the_frame] {
        assert!(matches!(open_bytes(&bytes, &identities), Err(BundleError::Damaged(_))));
    }
    Ok(())
}

#[test]
fn a_bomb_is_refused_before_it_fills_the_memory() -> io::Result<()> {
    let identity = Identity::generate();
    let bomb = wrapped(&identity, &zstd::encode_all(io::repeat(0).take(64 * 1024 * 1024), 3)?)?;
    assert!(bomb.len() < 20_000);
    assert!(matches!(open_bytes(&bomb, &[identity]), Err(BundleError::TooLarge(_))));
    // An age header without end.
    let endless =
        [header().encode(), b"age-encryption.org/v1\n".to_vec(), b"-> X\n\n".repeat(200_000)].concat();
    assert!(matches!(open_bytes(&endless, &[Identity::generate()]), Err(BundleError::Damaged(_))));
    Ok(())
}

#[test]
fn a_bundle_of_a_newer_program_is_named_as_such() -> Result<(), BundleError> {
    let identity = Identity::generate();
    let text = String::from_utf8_lossy(&header().encode()).replacen("YUANBA 1", "YUANBA 2", 1);
    let dir = tempfile::tempdir().map_err(BundleError::io(""))?;
    let path = dir.path().join(NAME);
    fs::write(&path, format!("{text}whatever comes then")).map_err(BundleError::io(""))?;
    assert!(matches!(inspect(&path), Err(BundleError::NewerFormat(2))));
    assert!(matches!(open(&path, &[identity]), Err(BundleError::NewerFormat(2))));
    assert!(matches!(inspect(&dir.path().join("nothing")), Err(BundleError::Io { .. })));
    Ok(())
}

#[test]
fn with_nothing_new_a_bundle_is_a_kilobyte() -> Result<(), BundleError> {
    let recipients = [Identity::generate().to_public(), Identity::generate().to_public()];
    let bytes = sealed(&recipients, &[], &[])?.len();
    assert!(bytes <= 1300, "{bytes} bytes");
    Ok(())
}

#[test]
fn a_bundle_needs_somebody_to_read_it() {
    assert!(matches!(sealed(&[], b"", &[]), Err(BundleError::BadRecipients)));
}

/// A stick with a certain patience: it fails for good after so many bytes, or so many calls.
#[derive(Clone)]
struct Stick {
    bytes: Rc<Cell<usize>>,
    calls: Rc<Cell<usize>>,
    /// Loses what it is given after this many bytes, and says nothing.
    keeps: Rc<Cell<usize>>,
}

impl Stick {
    fn with(bytes: usize, calls: usize, keeps: usize) -> Stick {
        Stick {
            bytes: Cell::new(bytes).into(),
            calls: Cell::new(calls).into(),
            keeps: Cell::new(keeps).into(),
        }
    }

    fn call(&self) -> io::Result<()> {
        let left = self.calls.get().checked_sub(1).ok_or(io::ErrorKind::NotConnected)?;
        self.calls.set(left);
        Ok(())
    }
}

struct StickFile(Stick, Box<dyn DiskFile>);

impl Write for StickFile {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0.call()?;
        let room = self.0.bytes.get().min(buffer.len());
        if room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.bytes.set(self.0.bytes.get() - room);
        let kept = self.0.keeps.get().min(room);
        self.0.keeps.set(self.0.keeps.get() - kept);
        self.1.write_all(&buffer[..kept])?;
        self.1.write_all(&vec![0; room - kept])?;
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.1.flush()
    }
}

impl DiskFile for StickFile {
    fn sync(&mut self) -> io::Result<()> {
        self.0.call()
    }
}

impl Disk for Stick {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.call()?;
        Ok(Box::new(StickFile(self.clone(), RealDisk.create(path)?)))
    }

    fn read_back(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        self.call()?;
        RealDisk.read_back(path)
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        self.call()?;
        RealDisk.exists(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call()?;
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call()?;
        RealDisk.remove(path)
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        self.call()?;
        RealDisk.names(folder)
    }

    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        self.call()
    }
}

const PLENTY: usize = usize::MAX;

/// Writes to a stick of limited patience. Whatever happens, what stands under the final name is whole.
fn onto(stick: &Stick, folder: &Path, identity: &Identity) -> Result<Written, BundleError> {
    let recipients = [identity.to_public()];
    let bundle = Bundle { header: header(), recipients: &recipients, manifest: b"m", key: &key() };
    let segments = [noise(3, 70_000), noise(4, 70_000)];
    let written = write(stick, folder, NAME, &bundle, given(&segments), &mut go_on);
    if folder.join(NAME).exists() {
        open(&folder.join(NAME), std::slice::from_ref(identity))?;
    }
    written
}

fn names(folder: &Path) -> Vec<OsString> {
    RealDisk.names(folder).unwrap_or_default()
}

#[test]
fn a_full_stick_keeps_no_half_bundle() -> io::Result<()> {
    let identity = Identity::generate();
    for room in [0, 1, 300, 70_000, 140_000] {
        let dir = tempfile::tempdir()?;
        let error = onto(&Stick::with(room, PLENTY, PLENTY), dir.path(), &identity);
        assert!(error.is_err_and(|error| error.is_disk_full()), "room for {room}");
        assert!(names(dir.path()).is_empty());
    }
    Ok(())
}

#[test]
fn a_stick_pulled_out_at_any_moment_keeps_no_half_bundle_and_the_next_writing_cleans_up() -> io::Result<()> {
    let identity = Identity::generate();
    let mut pulled = 0;
    loop {
        let dir = tempfile::tempdir()?;
        if onto(&Stick::with(PLENTY, pulled, PLENTY), dir.path(), &identity).is_ok() {
            break;
        }
        // The person puts the stick in again. If all but the last call was done, the bundle is there already.
        let again = onto(&Stick::with(PLENTY, PLENTY, PLENTY), dir.path(), &identity);
        assert!(again.is_ok() || names(dir.path()) == [NAME], "pulled after {pulled} calls: {again:?}");
        assert_eq!(names(dir.path()), [NAME]);
        pulled += 1;
    }
    assert!(pulled > 8);
    Ok(())
}

#[test]
fn a_stick_that_loses_what_it_is_given_is_found_out() -> io::Result<()> {
    let identity = Identity::generate();
    for keeps in [0, 10, 1000, 100_000] {
        let dir = tempfile::tempdir()?;
        let written = onto(&Stick::with(PLENTY, PLENTY, keeps), dir.path(), &identity);
        assert!(matches!(written, Err(BundleError::NotKept)), "keeps {keeps}");
        assert!(names(dir.path()).is_empty());
    }
    Ok(())
}

#[test]
fn a_stopped_or_failed_writing_leaves_the_folder_as_it_was() -> Result<(), BundleError> {
    let dir = tempfile::tempdir().map_err(BundleError::io(""))?;
    let recipients = [Identity::generate().to_public()];
    let bundle = Bundle { header: header(), recipients: &recipients, manifest: b"", key: &key() };
    let segments = vec![noise(1, 100); 5];
    for stop_at in 0..=5 {
        let mut stop = |progress: Progress| match progress.segments == stop_at {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let stopped = write(&RealDisk, dir.path(), NAME, &bundle, given(&segments), &mut stop);
        assert!(matches!(stopped, Err(BundleError::Cancelled)));
    }
    let broken = given(&segments).chain([Err("the store is busy".into())]);
    let failed = write(&RealDisk, dir.path(), NAME, &bundle, broken, &mut go_on);
    assert!(matches!(failed, Err(BundleError::Segment(_))));
    assert!(names(dir.path()).is_empty());
    Ok(())
}

#[test]
fn a_bundle_is_never_written_over_another_file() -> Result<(), BundleError> {
    let dir = tempfile::tempdir().map_err(BundleError::io(""))?;
    fs::write(dir.path().join(NAME), "before").map_err(BundleError::io(""))?;
    let recipients = [Identity::generate().to_public()];
    let bundle = Bundle { header: header(), recipients: &recipients, manifest: b"", key: &key() };
    let written = write(&RealDisk, dir.path(), NAME, &bundle, given(&[]), &mut go_on);
    assert!(
        matches!(written, Err(BundleError::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists)
    );
    assert_eq!(fs::read(dir.path().join(NAME)).ok().as_deref(), Some(&b"before"[..]));
    Ok(())
}

#[test]
fn twenty_thousand_changes_pack_to_their_own_entropy() -> Result<(), BundleError> {
    // Shaped as a year of a village's changes: 50 bytes each, of which 20 are noise and 30 come from a few thousand words.
    let words: Vec<Vec<u8>> = (0..3000).map(|word| noise(word, 10)).collect();
    let pick = noise(9, 20_000 * 6);
    let mut segment = Vec::with_capacity(1_000_000);
    for change in 0..20_000 {
        segment.extend(noise(1_000_000 + change as u64, 20));
        for place in 0..3 {
            let at = (change * 3 + place) * 2;
            segment.extend(&words[usize::from(u16::from_le_bytes([pick[at], pick[at + 1]])) % words.len()]);
        }
    }
    let bytes = sealed(&[Identity::generate().to_public()], b"", &[segment])?.len();
    assert!(bytes <= 20_000 * 35, "{} bytes a change", bytes as f64 / 20_000.0);
    Ok(())
}
