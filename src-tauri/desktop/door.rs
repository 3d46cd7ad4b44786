//! One data folder, one window. A person who double-clicks twice gets the window that is there, not a second one that
//! says the store is open elsewhere.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

/// Held by the window that has the folder. The operating system gives it back when the process ends, however it ends.
const LOCK: &str = "window.lock";
/// Where the window listens: its loopback port and the word to say there.
const PORT: &str = "window.port";
/// A window answers a knock at once; one that does not within this time hangs.
const KNOCK_TIMEOUT: Duration = Duration::from_secs(2);

/// The hold on a data folder. Dropping it lets the next window in.
pub struct Door {
    _lock: File,
    listener: TcpListener,
    word: String,
}

impl Door {
    /// Takes the folder for this window. `None`: another window has it and was brought forward.
    ///
    /// # Errors
    /// When the folder cannot be written, or it is held by a window that does not answer.
    pub fn enter(folder: &Path) -> anyhow::Result<Option<Door>> {
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join(LOCK))
            .with_context(|| format!("the data folder {} cannot be written", folder.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                knock(folder).context(
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

    /// Calls `bring_forward` each time that a second start knocks with the right word. Strangers on this machine who
    /// find the port can do nothing, and nothing they send is kept.
    pub fn on_knock(&self, bring_forward: impl Fn() + Send + 'static) {
        let Ok(listener) = self.listener.try_clone() else { return };
        let word = self.word.clone();
        std::thread::spawn(move || {
            for mut guest in listener.incoming().flatten() {
                let mut said = vec![0; word.len()];
                let heard = guest
                    .set_read_timeout(Some(KNOCK_TIMEOUT))
                    .and_then(|()| guest.read_exact(&mut said))
                    .is_ok_and(|()| said == word.as_bytes());
                if heard {
                    bring_forward();
                    let _ = guest.write_all(b"!");
                }
            }
        });
    }
}

/// Asks the window that holds `folder` to come forward, and waits for its answer.
fn knock(folder: &Path) -> anyhow::Result<()> {
    let address = std::fs::read_to_string(folder.join(PORT))?;
    let (port, word) = address.split_once(' ').context("the port file is broken")?;
    let mut window = TcpStream::connect((Ipv4Addr::LOCALHOST, port.parse()?))?;
    window.set_read_timeout(Some(KNOCK_TIMEOUT))?;
    window.write_all(word.as_bytes())?;
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
        let first = Door::enter(folder.path()).unwrap().expect("the folder is free");
        let (forward, came) = mpsc::channel();
        first.on_knock(move || forward.send(()).unwrap());

        let second = Door::enter(folder.path()).unwrap();

        assert!(second.is_none());
        came.recv_timeout(KNOCK_TIMEOUT).expect("the first window was brought forward");
    }

    #[test]
    fn a_stranger_without_the_word_cannot_bring_the_window_forward() {
        let folder = tempfile::tempdir().unwrap();
        let first = Door::enter(folder.path()).unwrap().expect("the folder is free");
        let (forward, came) = mpsc::channel();
        first.on_knock(move || forward.send(()).unwrap());
        let port = first.listener.local_addr().unwrap().port();

        let mut stranger = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stranger.write_all(&[b'0'; 32]).unwrap();
        let answer = stranger.read(&mut [0]).unwrap_or(0);

        assert_eq!(answer, 0);
        assert!(came.try_recv().is_err());
    }

    #[test]
    fn a_folder_is_free_again_when_its_window_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        drop(Door::enter(folder.path()).unwrap());

        assert!(Door::enter(folder.path()).unwrap().is_some());
    }
}
