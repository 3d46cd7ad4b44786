//! The real server and real command lines around it: what administrators and villages see, and what strangers get.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::desk::{Desk, TODAY, plain};
use crate::postgres;
use crate::sticks::enrol;

/// A server that runs.
pub struct Hub {
    program: Child,
    pub url: String,
    address: String,
    pub fingerprint: String,
    log: Arc<Mutex<String>>,
}

impl Hub {
    /// A server on a database, on whatever port is free.
    pub fn on(database: &str, key_file: &Path) -> Hub {
        Hub::with(database, key_file, "127.0.0.1:0", &[])
    }

    /// A server in a folder.
    pub fn in_folder(folder: &Path) -> Hub {
        Hub::on(&format!("sqlite:{}", folder.join("hub.sqlite").display()), &folder.join("key"))
    }

    pub fn with(database: &str, key_file: &Path, listen: &str, more: &[&str]) -> Hub {
        Hub::telling("info", database, key_file, listen, more)
    }

    /// A server that tells more or less of what it does.
    fn telling(level: &str, database: &str, key_file: &Path, listen: &str, more: &[&str]) -> Hub {
        let program = Path::new(env!("CARGO_BIN_EXE_yuanba-cli")).with_file_name("yuanba-hub");
        assert!(program.exists(), "the server is built with the workspace: cargo build --workspace");
        let mut program = Command::new(program)
            .args(["serve", "--listen", listen, "--database", database, "--key-file"])
            .arg(key_file)
            .args(more)
            .env("YUANBA_NOW", TODAY)
            .env("YUANBA_HUB_LOG", level)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut lines = BufReader::new(program.stderr.take().expect("piped")).lines();
        let said = lines.find_map(|line| {
            let line: Value = serde_json::from_str(&line.ok()?).ok()?;
            (line["fields"]["message"] == "listening").then_some(line["fields"].clone())
        });
        let said = said.unwrap_or_else(|| panic!("the server listens: {:?}", program.wait()));
        // What it goes on saying is read, so that it never waits for a reader.
        let log = Arc::new(Mutex::new(String::new()));
        let kept = log.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                *kept.lock().expect("whole") += &format!("{line}\n");
            }
        });
        let text = |key: &str| said[key].as_str().expect("text").to_owned();
        let address = text("address");
        Hub {
            program,
            url: format!("{}://{address}", text("scheme")),
            address,
            fingerprint: text("fingerprint"),
            log,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn kill(&mut self) {
        self.program.kill().expect("killed");
        self.program.wait().expect("ended");
    }

    /// Tells it to stop, and whether it did so well.
    fn stop(mut self) -> bool {
        let told = Command::new("kill").arg(self.program.id().to_string()).status().expect("kill");
        assert!(told.success());
        self.program.wait().expect("ended").success()
    }

    /// Sends bytes and reads what comes back: status and body.
    fn send(&self, bytes: &[u8]) -> (u16, String) {
        let mut line = TcpStream::connect(&self.address).expect("a line");
        line.set_read_timeout(Some(Duration::from_secs(30))).expect("a limit");
        let _ = line.write_all(bytes);
        let mut answer = Vec::new();
        let _ = line.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        (status, answer.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_owned()))
    }

    fn get(&self, path: &str) -> (u16, String) {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n").as_bytes())
    }

    fn post(&self, body: &[u8]) -> u16 {
        let head = format!(
            "POST /v1/exchange HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        self.send(&[head.as_bytes(), body].concat()).0
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// A county, a township and a village, enrolled by files.
pub fn three() -> [Desk; 3] {
    let county = Desk::of("county", "明水县委组织部");
    let town = Desk::of("township", "柳坝镇党委");
    let village = Desk::of("village", "石河村党支部");
    enrol(&town, &county);
    enrol(&village, &town);
    [county, town, village]
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn sync(desk: &Desk, hub: &Hub) -> Value {
    desk.run(&["sync", "--hub", &hub.url]).done()
}

fn scope(desk: &Desk) -> Value {
    desk.run(&["digest", "--org", "石河村党支部"]).done()
}

fn a_morning(database: &str, key_file: &Path) {
    let hub = Hub::on(database, key_file);
    let [county, town, village] = three();
    village.add("王秀英").done();
    for _ in 0..2 {
        for desk in [&village, &town, &county] {
            sync(desk, &hub);
        }
    }
    assert_eq!(scope(&village), scope(&town));
    assert_eq!(scope(&village), scope(&county));
    assert_eq!([town.people(), county.people()], [1, 1]);
    // Once the county has used a server, everybody below knows it.
    village.add("李国强").done();
    let done = village.run(&["sync"]).done();
    assert_eq!((&done["sent"], &done["even"]), (&json!(1), &json!(true)));
    assert_eq!(village.call("sync.state", json!({})).done()["hub"]["published"], true);
    assert_eq!(village.call("sync.state", json!({})).done()["waiting"], 0);
    let nothing = village.run(&["sync"]).done();
    assert_eq!(
        (&nothing["rounds"], &nothing["sent"], &nothing["received"]),
        (&json!(1), &json!(0), &json!(0))
    );
    town.run(&["sync"]).done();
    assert_eq!(scope(&village), scope(&town));
    for desk in [&county, &town, &village] {
        desk.sound();
    }
}

#[test]
fn a_county_a_township_and_a_village_meet_over_sqlite() {
    let dir = folder();
    a_morning(&format!("sqlite:{}", dir.path().join("a").display()), &dir.path().join("key"));
}

#[test]
fn a_county_a_township_and_a_village_meet_over_postgres() {
    a_morning(&postgres::database(), &folder().path().join("key"));
}

#[test]
fn without_a_server_everything_is_said_plainly_and_nothing_is_lost() {
    let village = Desk::village();
    village.add("王秀英").done();
    plain(&village.run(&["sync"]).failed(5, "no_connection"));
    plain(&village.run(&["sync", "--hub", "http://127.0.0.1:9"]).failed(5, "no_connection"));
    village.run(&["sync", "--hub", "county"]).failed(2, "wrong_usage");
    let dir = folder();
    let mut hub = Hub::in_folder(dir.path());
    sync(&village, &hub);
    hub.kill();
    village.add("李国强").done();
    village.run(&["sync"]).failed(5, "no_connection");
    assert_eq!(village.people(), 2);
    let state = village.call("sync.state", json!({})).done();
    assert_eq!((&state["last_try"]["well"], state["last_contact"].is_string()), (&json!(false), true));
}

#[test]
fn a_line_with_tls_needs_no_dates_and_no_authorities_and_notices_who_sits_in_between() {
    let dir = folder();
    let pem = |name: &str| format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    let (cert, key) = (pem("hub.cert.pem"), pem("hub.key.pem"));
    let database = format!("sqlite:{}", dir.path().join("a").display());
    let tls = ["--tls-cert", &cert, "--tls-key", &key];
    let hub = Hub::with(&database, &dir.path().join("key"), "127.0.0.1:0", &tls);
    assert!(hub.url.starts_with("https://"));
    let village = Desk::village();
    village.add("王秀英").done();
    assert_eq!(sync(&village, &hub)["even"], true);
    // The same server behind somebody who shows another certificate: the answers are true, the line is not.
    let other = ["--tls-cert", &pem("other.cert.pem"), "--tls-key", &pem("other.key.pem")];
    let between = between(&hub, &other);
    village.run(&["sync", "--hub", &between.url]).failed(3, "refused");
    assert_eq!(sync(&village, &hub)["even"], true);
}

/// Somebody who ends the server's TLS and passes everything on through a TLS of their own.
fn between(hub: &Hub, with: &[&str]) -> Between {
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
    let program = Command::new("python3")
        .args([
            "-c",
            BETWEEN,
            &port.to_string(),
            hub.address.rsplit(':').next().expect("a port"),
            with[1],
            with[3],
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    let mut between = Between { program, url: format!("https://127.0.0.1:{port}") };
    let mut ready = [0; 5];
    between.program.stdout.as_mut().expect("piped").read_exact(&mut ready).expect("it listens");
    between
}

struct Between {
    program: Child,
    url: String,
}

impl Drop for Between {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

const BETWEEN: &str = "
import socket, ssl, sys, threading
port, to, cert, key = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
shown.load_cert_chain(cert, key)
trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
trusting.check_hostname = False
trusting.verify_mode = ssl.CERT_NONE
listener = socket.create_server(('127.0.0.1', port))
print('ready', end='', flush=True)
def pump(a, b):
    try:
        while data := a.recv(65536):
            b.sendall(data)
    except OSError:
        pass
    for s in (a, b):
        try: s.shutdown(socket.SHUT_RDWR)
        except OSError: pass
while True:
    line, _ = listener.accept()
    try:
        a = shown.wrap_socket(line, server_side=True)
        b = trusting.wrap_socket(socket.create_connection(('127.0.0.1', to)))
    except OSError:
        continue
    threading.Thread(target=pump, args=(a, b), daemon=True).start()
    threading.Thread(target=pump, args=(b, a), daemon=True).start()
";

#[test]
fn another_server_at_the_known_address_gets_nothing_and_is_told_apart() {
    let (dir, other) = (folder(), folder());
    let [county, _, village] = three();
    let mut hub = Hub::in_folder(dir.path());
    sync(&county, &hub);
    sync(&village, &hub);
    hub.kill();
    let impostor = Hub::with(
        &format!("sqlite:{}", other.path().join("a").display()),
        &other.path().join("key"),
        &hub.address,
        &[],
    );
    assert_ne!(impostor.fingerprint, hub.fingerprint);
    village.add("王秀英").done();
    let said = village.run(&["sync", "--hub", &impostor.url]).failed(3, "refused");
    assert!(said.contains(&impostor.fingerprint));
    village.run(&["sync"]).failed(5, "no_connection");
    assert!(impostor.get("/metrics").1.contains("yuanba_hub_streams 0"));
}

#[test]
fn a_person_compares_the_fingerprint_before_a_server_is_used() {
    let dir = folder();
    let hub = Hub::in_folder(dir.path());
    let county = Desk::of("county", "明水县委组织部");
    let shown = county.call("sync.look", json!({ "url": hub.url })).done();
    assert_eq!(shown["fingerprint"], hub.fingerprint.as_str());
    let wrong = json!({ "url": hub.url, "fingerprint": "0000 1111" });
    county.call("sync.use", wrong).failed(3, "refused");
    let right = json!({ "url": hub.url, "fingerprint": hub.fingerprint.to_lowercase() });
    assert_eq!(county.call("sync.use", right).done()["published"], true);
    assert_eq!(county.run(&["sync"]).done()["even"], true);
}

#[test]
fn a_server_that_is_killed_again_and_again_has_kept_what_it_acknowledged() {
    for database in ["sqlite", "postgres"] {
        let dir = folder();
        let database = match database {
            "sqlite" => format!("sqlite:{}", dir.path().join("a").display()),
            _ => postgres::database(),
        };
        let key = dir.path().join("key");
        let mut hub = Hub::on(&database, &key);
        let [county, town, village] = three();
        for desk in [&county, &town, &village] {
            sync(desk, &hub);
        }
        village.run(&["demo", "--members", "120", "--months", "3", "--add"]).done();
        let mut acknowledged = 0;
        let begun = Instant::now();
        sync(&village, &hub);
        let whole = begun.elapsed();
        for n in 0..12_u32 {
            village.add(&format!("第{n}位")).done();
            let mut calling = village.command(&["sync", "--hub", &hub.url]).spawn().expect("it starts");
            // From the first moment to a while after the last.
            std::thread::sleep(whole * n / 7);
            hub.kill();
            let well = calling.wait().expect("ended").code() == Some(0);
            hub = Hub::with(&database, &key, &hub.address, &[]);
            if well {
                acknowledged += 1;
                sync(&town, &hub);
                assert_eq!(scope(&village), scope(&town), "something acknowledged is gone");
            }
        }
        assert!(
            (1..11).contains(&acknowledged),
            "{acknowledged} of 12 were acknowledged: the moments do not vary"
        );
        sync(&village, &hub);
        sync(&town, &hub);
        assert_eq!(scope(&village), scope(&town));
        village.sound();
        town.sound();
    }
}

#[test]
fn what_is_no_request_is_sent_away_and_the_next_request_works() {
    let dir = folder();
    let hub = Hub::in_folder(dir.path());
    assert_eq!(hub.post(b""), 400);
    assert_eq!(hub.post(b"YUANBA 1\nfrom 0\n"), 400);
    assert_eq!(hub.post(&vec![0x5a; 100_000]), 400);
    assert_eq!(hub.post(b"YUANBA 2\nwhatever\n\n"), 422);
    let endless = "POST /v1/exchange HTTP/1.1\r\nHost: hub\r\nContent-Length: 99999999999\r\n\r\n";
    assert_eq!(hub.send(endless.as_bytes()).0, 413);
    let chunks: String =
        std::iter::repeat_n("10000\r\n".to_owned() + &"x".repeat(65_536) + "\r\n", 520).collect();
    let chunked =
        format!("POST /v1/exchange HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
    assert!(matches!(hub.send(chunked.as_bytes()).0, 413 | 0), "an endless body is cut off");
    assert_eq!(hub.get("/v1/exchange").0, 405);
    assert_eq!(hub.get("/nothing").0, 404);
    assert_eq!(hub.send(b"GARBAGE\r\n\r\n").0, 400);
    let long = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", "h".repeat(1 << 20));
    assert!(matches!(hub.send(long.as_bytes()).0, 400 | 431 | 0));
    assert_eq!(sync(&Desk::village(), &hub)["even"], true);
}

#[test]
fn administrators_see_that_it_lives_what_it_counts_and_what_it_understands() {
    let dir = folder();
    let hub = Hub::in_folder(dir.path());
    sync(&Desk::village(), &hub);
    assert_eq!(hub.get("/healthz"), (200, "ok".to_owned()));
    let (status, counted) = hub.get("/metrics");
    assert_eq!(status, 200);
    for line in [
        "yuanba_hub_requests_total{outcome=\"exchanged\"}",
        "yuanba_hub_changes_kept_total",
        "yuanba_hub_streams 2",
    ] {
        assert!(counted.contains(line), "{line}: {counted}");
    }
    let (status, described) = hub.get("/openapi.json");
    assert_eq!(status, 200);
    let described: Value = serde_json::from_str(&described).expect("JSON");
    assert!(described["openapi"].as_str().is_some_and(|version| version.starts_with("3.")));
    let paths: Vec<&String> = described["paths"].as_object().expect("paths").keys().collect();
    assert_eq!(paths, ["/healthz", "/metrics", "/v1/exchange", "/v1/hub"]);
    let begun = Instant::now();
    assert!(hub.stop(), "told to stop, it stops well");
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn two_servers_at_one_database_share_a_key_and_another_key_file_is_refused() {
    let dir = folder();
    let database = postgres::database();
    let (one, two) =
        (Hub::on(&database, &dir.path().join("key")), Hub::on(&database, &dir.path().join("key")));
    assert_eq!(one.fingerprint, two.fingerprint);
    let [county, town, village] = three();
    village.add("王秀英").done();
    for (desk, hub) in [(&village, &one), (&town, &two), (&county, &one), (&village, &two), (&town, &one)] {
        sync(desk, hub);
    }
    assert_eq!(scope(&village), scope(&county));
    let program: PathBuf = Path::new(env!("CARGO_BIN_EXE_yuanba-cli")).with_file_name("yuanba-hub");
    let wrong = Command::new(program)
        .args(["serve", "--listen", "127.0.0.1:0", "--database", &database, "--key-file"])
        .arg(dir.path().join("another"))
        .output()
        .expect("it runs");
    assert!(!wrong.status.success());
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("the key is another one"));
}

#[test]
fn what_is_erased_goes_from_the_server_and_from_every_laptop_and_its_log_never_said_it() {
    const WORDS: [&str; 3] = ["蒲大春", "511722197501030013", "13812345678"];
    let dir = folder();
    let database = format!("sqlite:{}", dir.path().join("hub.sqlite").display());
    let hub = Hub::telling("trace", &database, &dir.path().join("key"), "127.0.0.1:0", &[]);
    let [county, town, village] = three();
    let fields = json!({"name": WORDS[0], "id_number": WORDS[1], "phones": [WORDS[2]], "kind": "full"});
    let saved = village.call("member.save", json!({"id": null, "fields": fields})).done();
    village.add("王秀英").done();
    for _ in 0..2 {
        for desk in [&village, &town, &county] {
            sync(desk, &hub);
        }
    }
    let reason = json!({"id": saved["id"], "reason": "本人要求"});
    town.call("redact.person", reason).done();
    for _ in 0..2 {
        for desk in [&town, &village, &county] {
            sync(desk, &hub);
        }
    }
    // A laptop that comes later learns everything from the server, and not this.
    let later = Desk::of("village", "石河村又一台");
    let (request, grant) = (later.path("申请"), later.path("授权"));
    later.run(&["enrol", "request", "--out", &request]).done();
    town.run(&["enrol", "grant", &request, "--out", &grant, "--org", "石河村党支部"]).done();
    later.run(&["enrol", "accept", &grant]).done();
    for _ in 0..2 {
        for desk in [&town, &later] {
            sync(desk, &hub);
        }
    }
    for desk in [&county, &town, &village, &later] {
        let seen = [
            &["member", "list"][..],
            &["audit", "--limit", "500"],
            &["call", "undo.recent", "{\"limit\": 100}"],
        ]
        .map(|words| desk.run(words).done().to_string())
        .concat();
        for word in WORDS {
            assert!(!seen.contains(word), "{word}: {seen}");
        }
        assert!(seen.contains("王秀英"), "nobody else is gone: {seen}");
        desk.sound();
    }
    assert!(village.run(&["audit", "--kind", "erased"]).done()["entries"][0]["what"].is_string());
    let log = hub.log.lock().unwrap().clone();
    assert!(log.contains("exchanged"), "{log}");
    let files =
        std::fs::read_dir(dir.path()).unwrap().flatten().map(|file| std::fs::read(file.path()).unwrap());
    let files: Vec<u8> = files.flatten().collect();
    for word in WORDS.into_iter().chain(["王秀英"]) {
        assert!(!log.contains(word), "the log says {word}");
        assert!(!files.windows(word.len()).any(|bytes| bytes == word.as_bytes()), "{word} in the clear");
    }
}
