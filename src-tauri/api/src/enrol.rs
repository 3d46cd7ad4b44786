//! `enrol.*`: a laptop gets its place in the tree by files on a stick.

use std::path::Path;

use yuanba_core::Id;
use yuanba_exchange::enrol;

use crate::Api;
use crate::dto::{Named, OutFile, answer, request};
use crate::error::ApiError;
use crate::help;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;

request! {
    /// A request to be granted.
    pub struct Grant {
        /// File of the request
        pub request: String,
        pub out: String,
        /// One more laptop of an organisation that is there already: its id or name
        pub org: Option<String>,
    }

    /// A grant to be taken in.
    pub struct Accept { pub file: String }
}

answer! {
    /// A request was written.
    pub struct Requested { pub path: String, pub org: Named }

    /// A request was granted.
    pub struct Granted {
        pub path: String,
        pub child: Named,
        pub parent: Named,
        /// The organisation that the request was absorbed into
        pub absorbed_into: Option<Named>,
        /// It had its place already; the file is only written again
        pub repeated: bool,
    }

    /// A grant was taken in.
    pub struct Accepted {
        pub org: Named,
        pub parent: Option<Named>,
        /// Changes that came along
        pub new: u64,
        /// The place was taken before
        pub repeated: bool,
    }
}

commands! {
    /// Writes a request for a place in the tree
    "enrol.request" (OutFile) -> Requested, request;
    /// Gives the asker its place
    "enrol.grant" (Grant) -> Granted, grant;
    /// Takes the place that was given
    "enrol.accept" (Accept) -> Accepted, accept;
}

fn named(session: &Session, id: Id) -> Result<Named, ApiError> {
    Ok(Named { id: id.into(), name: session.store.organisation_name(id)? })
}

/// A file that must be there.
pub(crate) fn there(path: &str) -> Result<&Path, ApiError> {
    let file = Path::new(path);
    match file.is_file() {
        true => Ok(file),
        false => Err(Trouble::NoFile { path: path.to_owned() }.into()),
    }
}

fn request(api: &Api, request: OutFile) -> Result<Requested, ApiError> {
    let mut session = api.session()?;
    enrol::request(&mut session.store, Path::new(&request.out))?;
    let own = session.store.org();
    Ok(Requested { path: request.out, org: named(&session, own)? })
}

fn grant(api: &Api, request: Grant) -> Result<Granted, ApiError> {
    let mut session = api.session()?;
    let into = request.org.as_deref().map(|org| session.organisation(org)).transpose()?;
    let file = there(&request.request)?;
    let granted = enrol::grant(&mut session.store, file, Path::new(&request.out), into)?;
    session.catch_up()?;
    Ok(Granted {
        path: request.out,
        child: Named { id: granted.child.into(), name: granted.name },
        parent: named(&session, session.store.org())?,
        absorbed_into: granted.into.map(|into| named(&session, into)).transpose()?,
        repeated: granted.repeated,
    })
}

fn accept(api: &Api, request: Accept) -> Result<Accepted, ApiError> {
    let mut session = api.session()?;
    let accepted = enrol::accept(&mut session.store, there(&request.file)?)?;
    session.catch_up()?;
    help::keep_slot(&mut session);
    Ok(Accepted {
        org: named(&session, accepted.org)?,
        parent: accepted.parent.map(|parent| named(&session, parent)).transpose()?,
        new: accepted.new,
        repeated: accepted.repeated,
    })
}
