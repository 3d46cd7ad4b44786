//! One hash over everything that is folded.

use yuanba_core::Id;

use super::FOLD_VERSION;
use crate::Hash;
use crate::payload::Ledger;

/// The state digest: BLAKE3 over the fold version, 4 bytes, big-endian, then in this order
///
/// - a record: 1 ‖ organisation 16 ‖ id 16 ‖ digest of its state 32, by organisation and id
/// - a record that shows under another id: 2 ‖ organisation 16 ‖ id 16 ‖ the other id 16, among the records
/// - a ledger key: 3 ‖ organisation 16 ‖ key 16 ‖ digest of its state 32, by organisation and key
/// - a balance that is not zero: 4 ‖ organisation 16 ‖ ledger 1 ‖ account 16 ‖ balance 8, big-endian, by organisation, ledger and account
pub struct StateDigest(blake3::Hasher);

impl Default for StateDigest {
    fn default() -> StateDigest {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&FOLD_VERSION.to_be_bytes());
        StateDigest(hasher)
    }
}

impl StateDigest {
    fn row(&mut self, parts: &[&[u8]]) {
        for part in parts {
            self.0.update(part);
        }
    }

    /// A record and the digest of its state.
    pub fn record(&mut self, org: Id, id: Id, digest: &Hash) {
        self.row(&[&[1], &org.0, &id.0, &digest.0]);
    }

    /// A record that shows under another id.
    pub fn alias(&mut self, org: Id, id: Id, shows_as: Id) {
        self.row(&[&[2], &org.0, &id.0, &shows_as.0]);
    }

    /// A ledger key and the digest of its state.
    pub fn entry(&mut self, org: Id, key: Id, digest: &Hash) {
        self.row(&[&[3], &org.0, &key.0, &digest.0]);
    }

    /// What an account has; zero is not taken in.
    pub fn balance(&mut self, org: Id, ledger: Ledger, account: Id, balance: i64) {
        if balance != 0 {
            self.row(&[&[4], &org.0, &[ledger.number()], &account.0, &balance.to_be_bytes()]);
        }
    }

    /// The digest.
    pub fn finish(&self) -> Hash {
        Hash(*self.0.finalize().as_bytes())
    }
}
