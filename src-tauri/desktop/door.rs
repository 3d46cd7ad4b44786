//! One data folder, one window. A person who double-clicks twice gets the window that is there, not a second one that
//! says the store is open elsewhere; the files that the second start was to open are handed to it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;

/// Held by the window that has the folder. The operating system gives it back when the process ends, however it ends.
const LOCK: &str = "window.lock";
/// Where the window listens: its loopback port and the word to say there.
const PORT: &str = "window.port";
/// A window answers a knock at once; one that does not within this time hangs.
const KNOCK_TIMEOUT: Duration = Duration::from_secs(2);
/// The longest list of paths that a second start may bring, in bytes.
const LONGEST_LIST: u64 = 128 * 1024;

/// The hold on a data folder. Dropping it lets the next window in.
pub struct Door {
    _lock: File,
    listener: TcpListener,
    word: String,
}

impl Door {
    /// Takes the folder for this window. `None`: another window has it, was brought forward and has heard of `files`,
    /// which this start was to open.
    ///
    /// # Errors
    /// When the folder cannot be written, or it is held by a window that does not answer.
    pub fn enter(folder: &Path, files: &[PathBuf]) -> anyhow::Result<Option<Door>> {
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join(LOCK))
            .with_context(|| format!("the data folder {} cannot be written", folder.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                knock(folder, files).context(
                    "院坝已经开着，可是那个窗口没有应。数据没有动。请等一会儿，或者重启电脑再打开。",
                )?;
                return Ok(None);
            }
            Err(TryLockError::Error(error)) => return Err(error).context("the data folder cannot be locked"),
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no loopback port is free")?;
        let word = uuid::Uuid::new_v4().simple().to_string();
        let address = format!("{} {word}", listener.local_addr()?.port());
        std::fs::write(folder.join(PORT), address).context("the data folder cannot be written")?;
        Ok(Some(Door { _lock: lock, listener, word }))
    }

    /// Calls `bring_forward` each time that a second start knocks with the right word, with the files that it was to
    /// open. Strangers on this machine who find the port can do nothing, and nothing they send is kept.
    pub fn on_knock(&self, bring_forward: impl Fn(Vec<PathBuf>) + Send + 'static) {
        let Ok(listener) = self.listener.try_clone() else { return };
        let word = self.word.clone();
        std::thread::spawn(move || {
            for mut guest in listener.incoming().flatten() {
                if let Some(files) = hear(&mut guest, &word) {
                    bring_forward(files);
                    let _ = guest.write_all(b"!");
                }
            }
        });
    }
}

/// What a guest brings who knows the word: the word, and then the files as a list in JSON. `None`: a stranger.
fn hear(guest: &mut TcpStream, word: &str) -> Option<Vec<PathBuf>> {
    guest.set_read_timeout(Some(KNOCK_TIMEOUT)).ok()?;
    let mut said = vec![0; word.len()];
    guest.read_exact(&mut said).ok()?;
    if said != word.as_bytes() {
        return None;
    }
    let mut list = Vec::new();
    guest.take(LONGEST_LIST).read_to_end(&mut list).ok()?;
    serde_json::from_slice(&list).ok()
}

/// Asks the window that holds `folder` to come forward and open `files`, and waits for its answer.
fn knock(folder: &Path, files: &[PathBuf]) -> anyhow::Result<()> {
    let address = std::fs::read_to_string(folder.join(PORT))?;
    let (port, word) = address.split_once(' ').context("the port file is broken")?;
    // A name that is no text could not be told to a page either.
    let files: Vec<_> = files.iter().filter_map(|file| file.to_str()).collect();
    let mut window = TcpStream::connect((Ipv4Addr::LOCALHOST, port.parse()?))?;
    window.set_read_timeout(Some(KNOCK_TIMEOUT))?;
    window.write_all(word.as_bytes())?;
    window.write_all(&serde_json::to_vec(&files)?)?;
    window.shutdown(Shutdown::Write)?;
    window.read_exact(&mut [0])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_second_start_brings_the_first_window_forward_and_leaves() {
        let folder = tempfile::tempdir().unwrap();
        let first = Door::enter(folder.path(), &[]).unwrap().expect("the folder is free");
        let (forward, came) = mpsc::channel();
        first.on_knock(move |files| forward.send(files).unwrap());

        let second = Door::enter(folder.path(), &[]).unwrap();

        assert!(second.is_none());
        let files = came.recv_timeout(KNOCK_TIMEOUT).expect("the first window was brought forward");
        assert!(files.is_empty());
    }

    #[test]
    fn a_second_start_hands_its_files_to_the_first_window() {
        let folder = tempfile::tempdir().unwrap();
        let first = Door::enter(folder.path(), &[]).unwrap().expect("the folder is free");
        let (forward, came) = mpsc::channel();
        first.on_knock(move |files| forward.send(files).unwrap());
        let files =
            [PathBuf::from("/media/a/U盘/石桥村-20260612.yuanba"), PathBuf::from("/tmp/授 权.yuanba-grant")];

        let second = Door::enter(folder.path(), &files).unwrap();

        assert!(second.is_none());
        assert_eq!(came.recv_timeout(KNOCK_TIMEOUT).unwrap(), files);
    }

    #[test]
    fn a_stranger_without_the_word_cannot_bring_the_window_forward() {
        let folder = tempfile::tempdir().unwrap();
        let first = Door::enter(folder.path(), &[]).unwrap().expect("the folder is free");
        let (forward, came) = mpsc::channel();
        first.on_knock(move |files| forward.send(files).unwrap());
        let port = first.listener.local_addr().unwrap().port();

        let mut stranger = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stranger.write_all(&[b'0'; 32]).unwrap();
        stranger.write_all(br#"["/etc/passwd"]"#).unwrap();
        stranger.shutdown(Shutdown::Write).unwrap();
        let answer = stranger.read(&mut [0]).unwrap_or(0);

        assert_eq!(answer, 0);
        assert!(came.try_recv().is_err());
    }

    #[test]
    fn a_folder_is_free_again_when_its_window_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        drop(Door::enter(folder.path(), &[]).unwrap());

        assert!(Door::enter(folder.path(), &[]).unwrap().is_some());
    }
}
