//! A small real disk: it can be really full, really read-only, and really pulled out.
//!
//! It is a file system in memory, mounted where only this test sees it, so that nothing is left mounted however the test
//! ends. That needs either root or a system that lets everybody have a user namespace of their own.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// What fills the disk up.
const BALLAST: &str = "ballast";
/// What is mounted. Named again when the options change, or mount would take the old ones along, which without root speak
/// of users that nobody knows inside.
const SOURCE: &str = "yuanba";
/// The disk gives room in pieces of this size, in bytes.
const PAGE: u64 = 4096;

/// A disk, mounted as long as it lives.
pub struct Disk {
    holder: Child,
    folder: TempDir,
    namespaces: &'static [&'static str],
}

impl Disk {
    /// An empty disk of a size.
    pub fn of_kib(size: u32) -> Disk {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut said = String::new();
        for (own, entered) in [
            (&["--mount"][..], &["--mount"][..]),
            (&["--user", "--map-root-user", "--mount"], &["--user", "--preserve-credentials", "--mount"]),
        ] {
            let script = "mount -t tmpfs -o \"size=$2k,mode=0777\" \"$3\" \"$1\" && echo mounted && exec cat";
            let mut holder = Command::new("unshare")
                .args(own)
                .args(["sh", "-c", script, "sh"])
                .arg(folder.path())
                .args([&size.to_string(), SOURCE])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("unshare (util-linux) is needed for this test");
            let mut line = String::new();
            let read = BufReader::new(holder.stdout.take().expect("piped")).read_line(&mut line);
            if read.is_ok() && line == "mounted\n" {
                return Disk { holder, folder, namespaces: entered };
            }
            let output = holder.wait_with_output().expect("unshare ends");
            said += &String::from_utf8_lossy(&output.stderr);
        }
        panic!(
            "this test needs a small file system, and here neither root nor a user namespace may mount one \
             (allow unprivileged user namespaces, or run as root with CAP_SYS_ADMIN): {said}"
        );
    }

    /// The words before a program that let it see the disk.
    pub fn enter(&self) -> Vec<OsString> {
        let target = self.holder.id().to_string();
        let words = ["nsenter", "--target", &target].into_iter().chain(self.namespaces.iter().copied());
        words.map(OsString::from).collect()
    }

    /// A path on the disk, for programs that see it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The same as a text.
    pub fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    /// The same path as this test sees it.
    pub fn seen(&self, name: &str) -> PathBuf {
        let root = format!("/proc/{}/root", self.holder.id());
        Path::new(&root).join(self.path(name).strip_prefix("/").expect("an absolute path"))
    }

    /// Fills the disk up to so many bytes, rounded down to whole pages.
    pub fn leave(&self, bytes: u64) {
        self.clear();
        let mut ballast = std::fs::File::create(self.seen(BALLAST)).expect("a file");
        let mut full = 0;
        while let Ok(written) = ballast.write(&[7; PAGE as usize]) {
            full += written as u64;
        }
        ballast.set_len(full.saturating_sub(bytes / PAGE * PAGE)).expect("shorter");
    }

    /// Gives the room back.
    pub fn clear(&self) {
        let _ = std::fs::remove_file(self.seen(BALLAST));
    }

    /// Every file and folder on the disk but for what fills it up.
    pub fn names(&self) -> Vec<String> {
        let root = self.seen("");
        let (mut names, mut open) = (Vec::new(), vec![root.clone()]);
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                names.push(path.strip_prefix(&root).expect("inside").to_string_lossy().into_owned());
                if path.is_dir() {
                    open.push(path);
                }
            }
        }
        names.retain(|name| name != BALLAST);
        names.sort();
        names
    }

    /// From now on the disk can only be read.
    pub fn lock(&self) {
        self.inside("mount", &["-o", "remount,ro", SOURCE]);
    }

    /// The disk can be written again.
    pub fn unlock(&self) {
        self.inside("mount", &["-o", "remount,rw", SOURCE]);
    }

    /// Pulls the disk out, whoever is using it. Its folder stays, empty.
    pub fn pull(&self) {
        self.inside("umount", &["-l"]);
    }

    fn inside(&self, program: &str, words: &[&str]) {
        let enter = self.enter();
        let mut command = Command::new(&enter[0]);
        command.args(&enter[1..]).arg(program).args(words).arg(self.folder.path());
        assert!(command.status().expect("nsenter (util-linux)").success(), "{program}");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The last program in the namespace takes the mount along.
        drop(self.holder.stdin.take());
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
