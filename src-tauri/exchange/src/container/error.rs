//! Why a bundle was not written or not read.

use std::io;
use std::path::PathBuf;

/// Why a bundle was not written or not read. In every case nothing of it was used, and nothing else was touched.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The file is torn, cut or altered; another copy may be whole.
    #[error("the bundle is damaged: {0}")]
    Damaged(&'static str),
    /// The file is whole, but not written by the key that it names.
    #[error("the bundle is forged: {0}")]
    Forged(&'static str),
    /// The file is whole, but none of the given identities can open it.
    #[error("the bundle is meant for somebody else")]
    NotForUs,
    /// The file has a container format that only a newer program reads.
    #[error("the bundle has the newer format {0}")]
    NewerFormat(u64),
    /// A limit of this module was passed.
    #[error("the bundle is too large: {0}")]
    TooLarge(&'static str),
    /// A bundle cannot be written to nobody, or to more than the most recipients.
    #[error("a bundle needs between 1 and {max} recipients", max = super::RECIPIENTS_MAX)]
    BadRecipients,
    /// The person stopped the writing.
    #[error("stopped")]
    Cancelled,
    /// What was read back is not what was written: the stick keeps nothing.
    #[error("the stick does not keep what is written to it")]
    NotKept,
    /// The caller could not give the next segment.
    #[error("a segment could not be made: {0}")]
    Segment(#[source] super::SegmentError),
    /// The operating system refused a file operation; `StorageFull` when the stick is full.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder concerned.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl BundleError {
    /// Wraps an error of the operating system with the path it is about.
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> BundleError {
        let path = path.into();
        move |source| BundleError::Io { path, source }
    }

    /// Whether there was no room for the bundle.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, BundleError::Io { source, .. }
            if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
    }

    /// Whether nothing may be written there.
    pub fn is_read_only(&self) -> bool {
        matches!(self, BundleError::Io { source, .. }
            if matches!(source.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied))
    }
}
