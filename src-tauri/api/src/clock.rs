//! `clock.*`: a laptop's clock that cannot be right (JOURNAL §3).

use crate::Api;
use crate::dto::{Nothing, answer};
use crate::error::ApiError;
use crate::registry::commands;

answer! {
    /// The day that counts as today from now on.
    pub struct Confirmed { pub today: String }
}

commands! {
    /// Somebody says that the clock is right
    "clock.confirm" (Nothing) -> Confirmed, confirm;
}

fn confirm(api: &Api, _: Nothing) -> Result<Confirmed, ApiError> {
    Ok(Confirmed { today: api.session()?.store.confirm_clock()?.to_string() })
}
