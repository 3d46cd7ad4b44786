//! A PostgreSQL server for the tests, thrown away with them.

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
        let dir = tempfile::tempdir().expect("a folder");
        let bin = binaries();
        let data = dir.path().join("data");
        std::fs::create_dir(&data).expect("a folder");
        give_to_postgres(dir.path());
        give_to_postgres(&data);
        run(as_postgres(&bin.join("initdb"))
            .args(["-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "--no-sync", "-D"])
            .arg(&data));
        let server = Server { port: free_port(), dir, bin };
        server.up(settings);
        server
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
        command.arg("-D").arg(self.dir.path().join("data"));
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

fn run(command: &mut Command) {
    let out = command.stdin(Stdio::null()).output().expect("it can be run");
    assert!(
        out.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port()
}
