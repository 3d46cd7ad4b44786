//! `bundle.*`: files of changes for a stick, as scripts write and read them; the windows' `stick.*` do the same in jobs.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::json;
use yuanba_core::Id;
use yuanba_exchange::bundle::{self, FileRead, Inspected, Status};
use yuanba_exchange::container::BundleError;
use yuanba_exchange::{ExchangeError, Refusal};
use yuanba_store::Arrived;

use crate::dto::{RecordId, answer, request, words};
use crate::error::{ApiError, Code};
use crate::import::file_name;
use crate::job::Progress;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::stick::{Direction, FileStatus};
use crate::store::{LAST_EXCHANGE, Level};
use crate::{Api, arrived, time};

words! {
    /// What a file is.
    pub enum FileKind { Bundle, Request }
}

request! {
    /// A bundle for an organisation.
    pub struct WriteBundle {
        /// `parent`, or an id, or a unique name
        pub to: String,
        /// A folder
        pub out: String,
    }

    /// Files and folders; each file stands alone.
    pub struct ReadBundles { pub paths: Vec<String> }

    /// A file whose clear part is to be seen.
    pub struct InspectBundle { pub file: String }
}

answer! {
    /// A bundle that stands in the folder.
    pub struct BundleSealed {
        pub file: String,
        pub to: RecordId,
        pub to_name: String,
        pub changes: u64,
        pub bytes: u64,
        /// Organisations whose changes are in it
        pub organisations: Vec<String>,
    }

    /// What came of one file.
    pub struct BundleFile {
        pub file: String,
        pub status: FileStatus,
        /// New changes, those that had waited for it included
        pub new: u64,
        /// Why it was refused or waits
        pub code: Option<String>,
        pub text: String,
        pub from: Option<RecordId>,
        pub from_name: Option<String>,
        /// Both sides hold the same now
        pub even: bool,
        /// When it was written, as the writer's clock said
        pub written_at: Option<String>,
        /// That clock could not be right
        pub clock_odd: bool,
        /// 手记 3 篇，代办 2 件
        pub what: String,
    }

    /// What came of all files.
    pub struct BundlesRead { pub files: Vec<BundleFile> }

    /// What the clear part of a file says of itself; nothing of it is proved.
    pub struct ClearPart {
        pub kind: FileKind,
        pub from: RecordId,
        /// Of a request
        pub name: Option<String>,
        pub level: Option<Level>,
        pub to: Option<RecordId>,
        pub written_at: String,
    }
}

commands! {
    /// Writes one bundle into a folder, also when there is nothing new
    "bundle.write" (WriteBundle) -> BundleSealed, write_one;
    /// Reads files and folders of bundles
    "bundle.read" (ReadBundles) -> BundlesRead, read_many;
    /// Shows the clear part of a file; needs nobody signed in
    "bundle.inspect" (InspectBundle) -> ClearPart, inspect;
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> ApiError {
        ApiError { code: Code::Refused, message: refusal.message, next_step: refusal.next_step, field: None }
    }
}

impl From<ExchangeError> for ApiError {
    fn from(error: ExchangeError) -> ApiError {
        match error {
            ExchangeError::Refused(refusal) => (*refusal).into(),
            ExchangeError::Store(error) => error.into(),
            ExchangeError::File(BundleError::Cancelled) => Trouble::Cancelled.into(),
            ExchangeError::Line(_) => Trouble::NoConnection.into(),
            ExchangeError::File(error) if error.is_disk_full() => Trouble::StickFull.into(),
            ExchangeError::File(error) if error.is_read_only() => Trouble::StickReadOnly.into(),
            ExchangeError::File(BundleError::Io { .. } | BundleError::NotKept) => Trouble::StickGone.into(),
            ExchangeError::File(_) => Trouble::Internal.into(),
        }
    }
}

impl Session {
    /// The organisation that a bundle is for: `parent`, an id or a unique name.
    fn addressee(&self, to: &str) -> Result<Id, ApiError> {
        if to != "parent" {
            return self.organisation(to);
        }
        self.parent()?.ok_or_else(|| Trouble::NoParent.into())
    }

    /// The organisation above.
    pub(crate) fn parent(&self) -> Result<Option<Id>, ApiError> {
        let own = self.store.org();
        Ok(self.store.organisations()?.into_iter().find(|org| org.id == own).and_then(|org| org.parent))
    }
}

/// Writes a bundle; the job that it may be part of says how far it is and may stop it.
pub(crate) fn seal(
    session: &mut Session,
    to: &str,
    folder: &Path,
    progress: Option<&Progress>,
) -> Result<BundleSealed, ApiError> {
    let to = session.addressee(to)?;
    if !folder.is_dir() {
        return Err(Trouble::NoFile { path: folder.display().to_string() }.into());
    }
    let mut tell = |at: bundle::Progress| match progress {
        None => ControlFlow::Continue(()),
        Some(progress) => {
            progress.say(
                at.changes,
                Some(at.of),
                format!("正在写 U 盘，先别拔。已写 {} 条，共 {} 条", at.changes, at.of),
            );
            match progress.go_on() {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        }
    };
    let written = bundle::write(&mut session.store, to, folder, &mut tell)?;
    let sealed = BundleSealed {
        file: written.file.display().to_string(),
        to: written.to.into(),
        to_name: session.store.organisation_name(written.to)?,
        changes: written.changes,
        bytes: written.bytes,
        organisations: written.organisations,
    };
    session.note_written(&written.file, &sealed);
    Ok(sealed)
}

/// Reads one file and notes it in the log.
pub(crate) fn take(session: &mut Session, file: &Path) -> Result<BundleFile, ApiError> {
    let before = session.store.arrivals()?;
    let read = bundle::read(&mut session.store, file)?;
    session.catch_up()?;
    let arrived = session.store.arrived_after(before)?;
    let claimed = claimed(session, file, &read);
    let shown = shown(session, read, &arrived)?;
    session.note_read(file, &shown, claimed);
    Ok(shown)
}

/// Whose file it says that it is: good enough to say which village has to write it again, where nothing is proved.
fn claimed(session: &Session, file: &Path, read: &FileRead) -> Option<Id> {
    let known = session.store.authority().organisations();
    let said = || match bundle::inspect(file) {
        Ok(Inspected::Bundle(header)) => Some(header.from),
        _ => None,
    };
    read.from.or_else(|| said().filter(|from| known.contains(from)))
}

/// Whether a clock that said this when the file was written could not be right: it lies before this program was built, or
/// more than a day ahead.
fn odd(session: &Session, written_ms: i64) -> bool {
    const AHEAD_MS: i64 = 24 * 3_600_000;
    session.store.clock_warning().is_none() && written_ms > session.store.now_ms() + AHEAD_MS
        || written_ms < session.store.built_ms()
}

fn shown(session: &Session, read: FileRead, arrived: &Arrived) -> Result<BundleFile, ApiError> {
    let from_name = read.from.map(|from| session.store.organisation_name(from)).transpose()?;
    Ok(BundleFile {
        file: read.file.display().to_string(),
        status: match read.status {
            Status::Read => FileStatus::Read,
            Status::Already => FileStatus::Already,
            Status::Parked => FileStatus::Parked,
            Status::Refused => FileStatus::Refused,
        },
        new: read.new,
        code: read.code.map(str::to_owned),
        text: read.text,
        from: read.from.map(RecordId),
        from_name,
        even: read.even,
        written_at: read.written_ms.map(time::stamp),
        clock_odd: read.written_ms.is_some_and(|written| odd(session, written)),
        what: arrived::in_words(arrived),
    })
}

/// Where the log of sticks begins among the local values.
pub(crate) const LOG: &str = "stick.log/";
/// How many lines the log ever had.
const LOG_COUNT: &str = "stick.count";

impl Session {
    /// Notes what was done with a stick. It is done by then: a disk without room for the note takes nothing of that back.
    fn log(&mut self, entry: serde_json::Value) {
        // Files of one stick are read within one tick of the clock: their number says which came first.
        let number =
            self.store.local_get(LOG_COUNT).ok().flatten().and_then(|(n, _)| n.as_u64()).unwrap_or(0) + 1;
        let _ = self.store.local_put(LOG_COUNT, &json!(number));
        let key = format!("{LOG}{number:012}-{}", self.store.new_id());
        let _ = self.store.local_put(&key, &entry);
        let _ = self.store.local_put(LAST_EXCHANGE, &json!(true));
    }

    fn note_read(&mut self, file: &Path, read: &BundleFile, claimed: Option<Id>) {
        self.log(json!({
            "direction": Direction::Read, "file": file_name(file), "new": read.new, "status": read.text,
            "outcome": read.status, "code": read.code, "org": claimed.map(RecordId), "written_at": read.written_at,
            "clock_odd": read.clock_odd, "what": read.what,
        }));
    }

    fn note_written(&mut self, file: &Path, sealed: &BundleSealed) {
        self.log(json!({
            "direction": Direction::Written, "file": file_name(file), "new": sealed.changes,
            "status": format!("给{}", sealed.to_name), "org": sealed.to,
        }));
    }
}

fn write_one(api: &Api, request: WriteBundle) -> Result<BundleSealed, ApiError> {
    seal(&mut *api.session()?, &request.to, Path::new(&request.out), None)
}

fn read_many(api: &Api, request: ReadBundles) -> Result<BundlesRead, ApiError> {
    let mut session = api.session()?;
    let paths: Vec<PathBuf> = request.paths.iter().map(PathBuf::from).collect();
    let files =
        bundle::files_on(&paths).iter().map(|file| take(&mut session, file)).collect::<Result<_, _>>()?;
    Ok(BundlesRead { files })
}

fn inspect(_: &Api, request: InspectBundle) -> Result<ClearPart, ApiError> {
    let path = Path::new(&request.file);
    if !path.is_file() {
        return Err(Trouble::NoFile { path: request.file }.into());
    }
    Ok(match bundle::inspect(path)? {
        Inspected::Bundle(header) => ClearPart {
            kind: FileKind::Bundle,
            from: header.from.into(),
            name: None,
            level: None,
            to: Some(header.to.into()),
            written_at: time::stamp(header.time_ms),
        },
        Inspected::Request(header) => ClearPart {
            kind: FileKind::Request,
            from: header.org.into(),
            name: Some(header.name),
            level: header.level.map(Level::from),
            to: None,
            written_at: time::stamp(header.time_ms),
        },
    })
}
