//! `enrol.*`: a laptop gets its place in the tree by files on a stick.

use crate::dto::{Named, OutFile, answer, request};
use crate::registry::commands;

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
    }

    /// A grant was taken in.
    pub struct Accepted { pub org: Named, pub parent: Option<Named> }
}

commands! {
    /// Writes a request for a place in the tree
    "enrol.request" (OutFile) -> Requested, Govern;
    /// Gives the asker its place
    "enrol.grant" (Grant) -> Granted, Govern;
    /// Takes the place that was given
    "enrol.accept" (Accept) -> Accepted, Govern;
}
