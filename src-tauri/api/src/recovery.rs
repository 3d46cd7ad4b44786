//! `recovery.*`: keeping the recovery code.

use std::path::Path;

use crate::dto::{Empty, Nothing, OutFile, answer};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::{Api, out_file, store};

answer! {
    /// A file that was written.
    pub struct SavedTo { pub path: String }
}

commands! {
    /// Writes the recovery code of this session's first run to a file
    "recovery.save" (OutFile) -> SavedTo, save;
    /// Says that the recovery code is kept
    "recovery.confirm" (Nothing) -> Empty, confirm;
}

fn save(api: &Api, request: OutFile) -> Result<SavedTo, ApiError> {
    let session = api.session()?;
    let code = session
        .recovery
        .as_ref()
        .ok_or(Trouble::NotFound { what: "个恢复码，只有第一次用的时候能存" })?;
    let name = session.store.organisation_name(session.store.org())?;
    let text = format!(
        "{name} 的恢复码\r\n\r\n{}\r\n\r\n忘了口令时用它打开。请打印出来放进保险柜，电脑上的这一份随后删掉。\r\n",
        code.text().as_str()
    );
    let path = Path::new(&request.out);
    out_file::text(path, &text)?;
    Ok(SavedTo { path: request.out })
}

fn confirm(api: &Api, _: Nothing) -> Result<Empty, ApiError> {
    api.session()?.store.local_put(store::RECOVERY_KEPT, &serde_json::json!(true))?;
    Ok(Empty {})
}
