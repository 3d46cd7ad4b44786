//! A bundle of every container format that was ever released is read by every later program.

use std::path::Path;

use yuanba_core::Id;
use yuanba_exchange::container::{ClearHeader, inspect, open};
use yuanba_journal::ReplicaKey;

#[test]
fn a_bundle_of_format_1_is_read_as_on_its_first_day() -> Result<(), Box<dyn std::error::Error>> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    // The key was made for this test and opens nothing else.
    let identity = std::fs::read_to_string(golden.join("format-1.identity"))?.trim().parse()?;
    let bundle = golden.join("format-1.yuanba");
    let header = ClearHeader { from: Id([1; 16]), to: Id([2; 16]), time_ms: 1_781_222_400_000 };
    assert_eq!(inspect(&bundle)?, header);
    let opened = open(&bundle, &[identity])?;
    assert_eq!(*opened.header(), header);
    assert_eq!(opened.writer(), ReplicaKey::from_seed([5; 32]).public());
    assert_eq!(opened.manifest(), b"manifest");
    assert_eq!(opened.segments().collect::<Vec<_>>(), [&b"first segment"[..], b"", &[7; 1000]]);
    Ok(())
}
