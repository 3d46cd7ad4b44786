//! A PostgreSQL server for the tests, thrown away with them.
#![allow(dead_code, reason = "each of those who use it uses another part of it")]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use tempfile::TempDir;

/// A server in a folder of its own, on a port of its own.
pub struct Server {
    dir: TempDir,
    bin: PathBuf,
    pub port: u16,
}

impl Server {
    /// A fresh server. It promises nothing about its disk, unless it is told to.
    pub fn start(settings: &str) -> Server {
        let server = Server::in_a_folder();
        run(as_postgres(&server.bin.join("initdb"))
            .args(["-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "--no-sync", "-D"])
            .arg(server.data()));
        server.up(settings);
        server
    }

    fn in_a_folder() -> Server {
        let dir = tempfile::tempdir().expect("a folder");
        let data = dir.path().join("data");
        std::fs::create_dir(&data).expect("a folder");
        let owner_alone = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&data, owner_alone).expect("a folder of ours");
        give_to_postgres(dir.path());
        give_to_postgres(&data);
        Server { port: free_port(), dir, bin: binaries() }
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// A second server that follows this one, which from now on answers no commit before the second has it on its disk.
    pub fn standby(&self) -> Server {
        let standby = Server::in_a_folder();
        run(as_postgres(&self.bin.join("pg_basebackup"))
            .args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string()])
            .args(["-R", "-X", "stream", "-c", "fast", "--no-sync", "-D"])
            .arg(standby.data()));
        standby.up("");
        // Set now, so that the copy knows nothing of it: promoted, it would wait for a standby of its own.
        self.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.sql("SELECT pg_reload_conf()");
        let begun = std::time::Instant::now();
        while self.sql("SELECT sync_state FROM pg_stat_replication") != "sync" {
            assert!(begun.elapsed().as_secs() < 20, "the standby follows");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        standby
    }

    /// What a statement answers.
    pub fn sql(&self, statement: &str) -> String {
        let out = run(Command::new(self.bin.join("psql"))
            .args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string(), "-Atc"])
            .arg(statement));
        out.trim().to_owned()
    }

    /// Makes a standby the server that is written to.
    pub fn promote(&self) {
        run(self.control().args(["-w", "promote"]));
    }

    /// Stops the server in good order.
    pub fn down(&self) {
        run(self.control().args(["-w", "-m", "fast", "stop"]));
    }

    /// Ends all its processes at one blow, as a power cut would.
    pub fn cut(&self) {
        let pid = std::fs::read_to_string(self.data().join("postmaster.pid")).expect("it runs");
        let pid = pid.lines().next().expect("a number");
        let children =
            std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).expect("its processes");
        run(Command::new("kill").arg("-9").arg(pid).args(children.split_whitespace()));
    }

    /// A copy of everything on its disk, while it is down.
    pub fn backup(&self) -> TempDir {
        let copy = tempfile::tempdir().expect("a folder");
        run(Command::new("cp").arg("-a").arg(self.data()).arg(copy.path()));
        copy
    }

    /// Puts a copy in the place of what is on its disk, while it is down.
    pub fn restore(&self, copy: &TempDir) {
        std::fs::remove_dir_all(self.data()).expect("its folder");
        run(Command::new("cp").arg("-a").arg(copy.path().join("data")).arg(self.dir.path()));
    }

    /// Starts the server in its folder.
    pub fn up(&self, settings: &str) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} {settings}",
            self.port,
            self.dir.path().display()
        );
        run(self
            .control()
            .args(["-w", "-l"])
            .arg(self.dir.path().join("log"))
            .arg("-o")
            .arg(options)
            .arg("start"));
    }

    fn control(&self) -> Command {
        let mut command = as_postgres(&self.bin.join("pg_ctl"));
        command.arg("-D").arg(self.data());
        command
    }

    /// A fresh database on it.
    pub fn database(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("hub_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        run(Command::new(self.bin.join("createdb"))
            .args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string()])
            .arg(&name));
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self
            .control()
            .args(["-m", "immediate", "stop"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

/// A fresh database on the server that all tests of this process share.
pub fn database() -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    static DATABASES: Mutex<()> = Mutex::new(());
    extern "C" fn stop() {
        if let Some(server) = SERVER.get() {
            let _ = server
                .control()
                .args(["-m", "immediate", "stop"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            let _ = std::fs::remove_dir_all(server.dir.path());
        }
    }
    let server = SERVER.get_or_init(|| {
        at_exit(stop);
        Server::start("-c fsync=off")
    });
    let _one_at_a_time = DATABASES.lock().unwrap_or_else(PoisonError::into_inner);
    server.database()
}

/// What is static is never dropped, and a server would outlive its tests.
#[allow(unsafe_code, reason = "there is no safe way to be called at the end of a test process")]
fn at_exit(stop: extern "C" fn()) {
    unsafe extern "C" {
        fn atexit(call: extern "C" fn()) -> i32;
    }
    // SAFETY: the function takes nothing, never unwinds past Rust, and lives as long as the process.
    unsafe {
        atexit(stop);
    }
}

fn binaries() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest =
        versions.map(|entry| entry.path().join("bin")).filter(|bin| bin.join("initdb").exists()).max();
    newest.expect("PostgreSQL is installed: ./dev setup")
}

/// It refuses to run as root.
fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
    command.current_dir("/");
    command
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

fn give_to_postgres(folder: &Path) {
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(folder));
    }
}

fn run(command: &mut Command) -> String {
    let out = command.stdin(Stdio::null()).output().expect("it can be run");
    assert!(
        out.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8_lossy(&out.stdout).into_owned()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port()
}
