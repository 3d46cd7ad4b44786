//! What can go wrong with the keys of a store folder.

use std::path::PathBuf;

/// Why the keys of a store could not be made, read or changed.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The passphrase opens no slot of this user.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// Too many wrong passphrases: so many seconds have to pass first.
    #[error("too many wrong passphrases: {seconds} s to wait")]
    Paused {
        /// How long still.
        seconds: u64,
    },
    /// Well typed, but not this store's recovery code.
    #[error("wrong recovery code")]
    WrongRecoveryCode,
    /// Nobody of that name has a slot here.
    #[error("no user {0:?} in this store")]
    UnknownUser(String),
    /// Several people use this store and none was named.
    #[error("several users: one must be named")]
    UserNeeded,
    /// Somebody of that name (or id) has a slot already.
    #[error("the user {0:?} is there already")]
    UserExists(String),
    /// The last person who can open the store cannot be taken out.
    #[error("the last user cannot be removed")]
    LastUser,
    /// A passphrase or a name is empty or longer than the limit.
    #[error("{0} is empty or too long")]
    BadLength(&'static str),
    /// More slots than [`super::SLOTS_MAX`].
    #[error("too many users")]
    TooManyUsers,
    /// The key belongs to another store.
    #[error("this key is not the key of this store")]
    OtherStore,
    /// The folder holds no keys.
    #[error("no store at {0}")]
    NotFound(PathBuf),
    /// The folder holds keys already; nothing was touched.
    #[error("there is a store at {0} already")]
    AlreadyThere(PathBuf),
    /// The key file and its copy are both torn or altered.
    #[error("the key file is damaged: {0}")]
    Damaged(&'static str),
    /// The passphrase fits, but somebody without it has changed the key file.
    #[error("the key file was changed by somebody who cannot open the store")]
    Tampered,
    /// Written by a newer version of the program.
    #[error("the key file has the newer format {0}")]
    NewerFormat(u64),
    /// The operating system refused a file operation.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder concerned.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

impl VaultError {
    /// Wraps an error of the operating system with the path it is about.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> VaultError {
        let path = path.into();
        move |source| VaultError::Io { path, source }
    }
}
