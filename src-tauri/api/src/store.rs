//! `store.*`: making a store, unlocking it, locking it.

use crate::dto::{Empty, Named, Nothing, RecordId, answer, request, words};
use crate::registry::commands;

words! {
    /// The label of an organisation in the tree.
    pub enum Level { Village, Township, County }

    /// How large the letters are: 普通版 or 大字版, two layouts.
    pub enum Letters { Normal, Big }
}

answer! {
    /// The organisation this store belongs to.
    pub struct OwnOrg { pub id: RecordId, pub name: String, pub place: Option<String> }

    /// Somebody who signs in here.
    pub struct Person {
        pub name: String,
        /// Word of the role table
        pub role: String,
        /// 书记
        pub role_name: String,
    }

    /// Where this store stands; the answer to almost everything that opens or locks.
    pub struct StoreStatus {
        /// There is a store in the data folder
        pub exists: bool,
        /// Somebody is signed in
        pub open: bool,
        /// It is 演示村, with made-up people
        pub demo: bool,
        pub level: Option<Level>,
        pub org: Option<OwnOrg>,
        pub parent: Option<Named>,
        pub user: Option<Person>,
        pub users: Vec<Person>,
        pub letters: Letters,
        /// Changes that the parent is not yet known to hold
        pub waiting: u64,
        /// Date of the last stick that was read or written
        pub last_exchange: Option<String>,
        /// A sentence about a clock that cannot be right
        pub clock_warning: Option<String>,
        /// Somebody has said that the recovery code is kept
        pub recovery_saved: bool,
        /// A backup copy was offered after the first import
        pub backup_offered: bool,
        /// Version of the program
        pub version: String,
    }

    /// A status inside an answer.
    pub struct WithStatus { pub status: StoreStatus }

    /// A store was made.
    pub struct Created {
        /// To be kept on paper: opens the store when the passphrase is forgotten
        pub recovery_code: String,
        pub status: StoreStatus,
    }
}

request! {
    /// What a new store needs to know.
    pub struct Create {
        pub level: Level,
        pub name: String,
        pub place: Option<String>,
        /// GB/T 2260
        pub code: Option<String>,
        pub user: String,
        /// Word of the role table; by default the first of the level
        pub role: Option<String>,
        pub passphrase: String,
        pub letters: Option<Letters>,
    }

    /// Who signs in.
    pub struct Open {
        /// May be left out while the store has one user
        pub user: Option<String>,
        pub passphrase: String,
    }
}

commands! {
    /// Where this store stands
    "store.status" (Nothing) -> StoreStatus, Anyone;
    /// Makes a store and signs its first user in
    "store.create" (Create) -> Created, Anyone;
    /// Makes 演示村 in a folder of its own and opens it
    "store.create_demo" (Nothing) -> WithStatus, Anyone;
    /// Signs a user in
    "store.open" (Open) -> WithStatus, Anyone;
    /// Locks the store; drafts stay
    "store.lock" (Nothing) -> Empty, Anyone;
    /// Closes 演示村 and goes back to the own store
    "store.leave_demo" (Nothing) -> WithStatus, Anyone;
}
