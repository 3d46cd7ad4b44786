//! `verify.*`: the journal folded again from nothing.

use crate::Api;
use crate::dto::{Nothing, answer};
use crate::error::ApiError;
use crate::registry::commands;

answer! {
    /// Something that does not agree.
    pub struct Difference {
        /// Where: a table, a stream, the file
        pub place: String,
        pub text: String,
    }

    /// What was found.
    pub struct Verified { pub agrees: bool, pub changes: u64, pub differences: Vec<Difference> }
}

commands! {
    /// Folds the journal again, compares every table, checks chains, signatures and the file
    "verify.run" (Nothing) -> Verified, run;
}

fn run(api: &Api, _: Nothing) -> Result<Verified, ApiError> {
    let session = api.session()?;
    let differences: Vec<Difference> =
        session.store.verify()?.into_iter().map(|d| Difference { place: d.place, text: d.text }).collect();
    Ok(Verified { agrees: differences.is_empty(), changes: session.store.digest(None)?.ops, differences })
}
