//! The `age` command line tool as an outside judge: it opens the sealed part of our bundles, and we open what it sealed.

use std::error::Error;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};

use age::secrecy::ExposeSecret;
use yuanba_core::Id;
use yuanba_exchange::container::{Bundle, ClearHeader, Identity, RealDisk, open, open_bytes, write};
use yuanba_journal::ReplicaKey;

/// Runs `age` and gives what it writes.
fn age(arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut tool =
        Command::new("age").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(
            |error| format!("the tool age is needed for this test (apt-get install age): {error}"),
        )?;
    tool.stdin.take().ok_or("no way into age")?.write_all(input)?;
    let output = tool.wait_with_output()?;
    if output.status.success() { Ok(output.stdout) } else { Err("age refused".into()) }
}

fn bundle_in(folder: &Path, identities: &[Identity]) -> Result<Vec<u8>, Box<dyn Error>> {
    let recipients: Vec<_> = identities.iter().map(Identity::to_public).collect();
    let header = ClearHeader { from: Id([1; 16]), to: Id([2; 16]), time_ms: 1_781_222_400_000 };
    let key = ReplicaKey::from_seed([5; 32]);
    let bundle = Bundle { header, recipients: &recipients, manifest: b"manifest", key: &key };
    let segments = [vec![1; 100_000], vec![2; 3]];
    let segments = segments.into_iter().map(Ok);
    let written =
        write(&RealDisk, folder, "村.yuanba", &bundle, segments, &mut |_| ControlFlow::Continue(()))?;
    Ok(std::fs::read(written.path)?)
}

/// Where the lines for people end.
fn sealed_at(bytes: &[u8]) -> Result<usize, Box<dyn Error>> {
    Ok(bytes.windows(2).position(|pair| pair == b"\n\n").ok_or("no end of the first lines")? + 2)
}

#[test]
fn age_opens_what_we_sealed_and_we_open_what_age_sealed() -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let identities = [Identity::generate(), Identity::generate()];
    let bytes = bundle_in(dir.path(), &identities)?;
    let (clear, sealed) = bytes.split_at(sealed_at(&bytes)?);

    let mut packed = Vec::new();
    for identity in &identities {
        let key_file = dir.path().join("key.txt");
        std::fs::write(&key_file, identity.to_string().expose_secret())?;
        packed = age(&["--decrypt", "-i", key_file.to_str().ok_or("path")?], sealed)?;
        let content = zstd::decode_all(&packed[..])?;
        let mut items = minicbor::Decoder::new(&content);
        assert_eq!(items.array()?, Some(6));
        assert_eq!(items.str()?, "yuanba bundle");
        assert_eq!((items.u64()?, items.u64()?), (1, 1));
        assert_eq!(items.bytes()?, ReplicaKey::from_seed([5; 32]).public().0);
        assert_eq!(items.bytes()?, blake3::hash(clear).as_bytes());
        assert_eq!(items.bytes()?, b"manifest");
        assert_eq!(items.bytes()?, vec![1; 100_000]);
        assert_eq!(items.bytes()?, vec![2; 3]);
        let end = items.position();
        assert_eq!((items.array()?, items.u64()?), (Some(3), 2));
        assert_eq!(items.bytes()?, blake3::hash(&content[..end]).as_bytes());
    }

    let recipient = identities[0].to_public().to_string();
    let resealed = age(&["--encrypt", "-r", &recipient], &packed)?;
    let opened = open_bytes(&[clear, &resealed].concat(), &identities)?;
    assert_eq!(opened.manifest(), b"manifest");
    assert_eq!(opened.segments().len(), 2);
    Ok(())
}

#[test]
fn age_refuses_what_was_altered_as_we_do() -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let identities = [Identity::generate()];
    let mut bytes = bundle_in(dir.path(), &identities)?;
    let key_file = dir.path().join("key.txt");
    std::fs::write(&key_file, identities[0].to_string().expose_secret())?;
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    let sealed = &bytes[sealed_at(&bytes)?..];
    assert!(age(&["--decrypt", "-i", key_file.to_str().ok_or("path")?], sealed).is_err());
    let path = dir.path().join("altered.yuanba");
    std::fs::write(&path, &bytes)?;
    assert!(open(&path, &identities).is_err());
    Ok(())
}
