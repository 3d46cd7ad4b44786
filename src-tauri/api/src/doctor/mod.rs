//! `doctor.*`: 体检, one look at everything that can go wrong with a laptop's store, and what mends it.
//!
//! Who is signed in has the store looked at from within ([`within`]). A store that cannot be opened any more is looked at from
//! outside ([`outside`]), with a passphrase where somebody has one: the sign-in page leads here too.

mod mend;
mod outside;
mod within;

use crate::Api;
use crate::dto::{JobStarted, answer, request, words};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;

words! {
    /// What mends a finding.
    pub enum Mend {
        /// The tables are folded again from the journal
        Refold,
        /// The newest whole copy takes the place of the store, which is kept aside
        RestoreCopy,
        /// The same changes are fetched from the server
        TakeBack,
        /// The keys are written twice again
        WriteKeys,
        /// Halves of files that nobody needs are removed
        Tidy,
        /// A copy is made now
        BackUp,
        /// The wall clock is right
        ConfirmClock,
    }
}

answer! {
    /// One thing that was looked at.
    pub struct Finding {
        /// What: file, clock, backup …
        pub what: String,
        pub well: bool,
        pub text: String,
        /// What mends it here and now
        pub mend: Option<Mend>,
        /// What its button says
        pub verb: Option<String>,
        /// The page where a person sees to it
        pub route: Option<String>,
    }

    /// What was found: the result of `doctor.run`.
    pub struct Examined {
        pub well: bool,
        /// The store is open; else it was looked at from outside
        pub open: bool,
        pub findings: Vec<Finding>,
    }

    /// What was mended: the result of `doctor.mend`.
    pub struct Mended { pub text: String, pub examined: Examined }
}

request! {
    /// Whose passphrase opens a store that nobody is signed in at; without one less can be told.
    pub struct Examine { pub user: Option<String>, pub passphrase: Option<String> }

    /// What to mend.
    pub struct MendIt {
        pub what: Mend,
        pub user: Option<String>,
        /// Asked for what needs the keys while nobody is signed in
        pub passphrase: Option<String>,
    }
}

commands! {
    /// Looks at the file, the journal, the keys, the disk, the clock, doubts and the backups, from outside when nobody is signed in; the job's result is an Examined
    "doctor.run" (Examine) -> JobStarted => Examined, run;
    /// Mends one thing and looks again; the job's result is a Mended
    "doctor.mend" (MendIt) -> JobStarted => Mended, mend_it;
}

impl Finding {
    fn well(what: &str, text: impl Into<String>) -> Finding {
        let text = text.into();
        Finding { what: what.to_owned(), well: true, text, mend: None, verb: None, route: None }
    }

    fn ill(what: &str, text: impl Into<String>) -> Finding {
        Finding { well: false, ..Finding::well(what, text) }
    }

    fn mended_by(self, mend: Mend) -> Finding {
        let verb = match mend {
            Mend::Refold => "重新算一遍",
            Mend::RestoreCopy => "用最近的备份找回来",
            Mend::TakeBack => "联网找回来",
            Mend::WriteKeys => "补一份",
            Mend::Tidy => "清掉",
            Mend::BackUp => "现在备份",
            Mend::ConfirmClock => "钟是对的",
        };
        Finding { mend: Some(mend), verb: Some(verb.to_owned()), ..self }
    }

    fn seen_to_at(self, route: &str, verb: &str) -> Finding {
        Finding { route: Some(route.to_owned()), verb: Some(verb.to_owned()), ..self }
    }
}

fn examined(open: bool, findings: Vec<Finding>) -> Examined {
    Examined { well: findings.iter().all(|finding| finding.well), open, findings }
}

fn run(api: &Api, request: Examine) -> Result<JobStarted, ApiError> {
    let open = api.is_open();
    if open {
        api.check("doctor.run#open")?;
    }
    Ok(api.begin(move |api, progress| {
        progress.say(0, None, "正在从头查一遍");
        // As it stood when it was asked for: whoever has locked since does not find the folder taken when they come back.
        match open {
            true => within::examine(api),
            false => outside::examine(api, request.user, request.passphrase),
        }
    }))
}

fn mend_it(api: &Api, request: MendIt) -> Result<JobStarted, ApiError> {
    let open = api.is_open();
    if open {
        api.check("doctor.mend#open")?;
    }
    Ok(api.begin(move |api, progress| {
        if open && !api.is_open() {
            return Err(Trouble::Locked.into());
        }
        let (user, passphrase) = (request.user.clone(), request.passphrase.clone());
        let text = mend::mend(api, request, progress)?;
        progress.say(0, None, "正在再查一遍");
        let examined = match api.is_open() {
            true => within::examine(api)?,
            false => outside::examine(api, user, passphrase)?,
        };
        Ok(Mended { text, examined })
    }))
}
