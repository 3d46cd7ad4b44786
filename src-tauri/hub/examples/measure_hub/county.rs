//! A county's year: uploaded village by village, all of them at once, and asked about when nothing is new.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use rusqlite::{Connection, params};
use serde_json::{Value as Json, json};
use yuanba_core::Id;
use yuanba_exchange::container::{Bundle, ClearHeader, Identity, open_bytes, seal_bytes};
use yuanba_exchange::keys;
use yuanba_exchange::wire::{self, Answer, Ask, HttpLine, HubCard, Line as _, ask_card};
use yuanba_journal::{Hash, ReplicaKey, Segment};
use yuanba_store::peers::Vector;
use yuanba_store::{Store, Surroundings, Unlock};

use crate::server::Server;
use crate::{Result, milliseconds, newcomer};

/// What one village brings in one request.
struct Parcel {
    request: Vec<u8>,
    reply_to: Identity,
    changes: u64,
}

pub fn measure(folder: &Path, newcomer: &Path, postgres: Option<&str>) -> Result<Json> {
    let passphrase = std::env::var("YUANBA_PASSPHRASE")?;
    let unlock = Unlock { user: None, passphrase };
    let mut store = Store::open(folder, unlock, Surroundings::real())?;
    keys::ensure_org_key(&mut store)?;
    let dir = tempfile::tempdir()?;

    let sqlite =
        uploaded(&store, &format!("sqlite:{}", dir.path().join("hub").display()), &dir.path().join("key"))?;
    let bare = bare_sqlite(&store, &dir.path().join("bare"))?;
    let (server, uploads) = sqlite;
    let on_postgres = match postgres {
        None => Json::Null,
        Some(url) => {
            let (_server, uploads) = uploaded(&store, url, &dir.path().join("key2"))?;
            let copy = bare_copy(&store, url)?;
            json!({ "uploads": uploads, "bare_copy_a_second": copy, "ratio": uploads["a_second"].as_f64().unwrap_or(0.0) / copy })
        }
    };

    // The county's machine itself: even after one exchange, then nothing is new.
    let card = ask_card(&server.url)?;
    wire::pin(&mut store, &card)?;
    let mut line = HttpLine::new(&server.url)?;
    let mut call =
        |store: &mut Store| wire::sync(store, &card, &mut line, &mut |_| ControlFlow::Continue(()));
    call(&mut store)?;
    let began = Instant::now();
    let nothing = call(&mut store)?;
    let nothing_ms = milliseconds(began);
    let streams = store.vector_for(store.org())?.len();
    let newcomer = newcomer::measure(newcomer, &server.url)?;

    Ok(json!({
        "sqlite": {
            "uploads": uploads, "bare_inserts_a_second": bare,
            "ratio": uploads["a_second"].as_f64().unwrap_or(0.0) / bare,
        },
        "postgres": on_postgres,
        "nothing_new": {
            "streams": streams, "rounds": nothing.rounds, "bytes": nothing.bytes.0 + nothing.bytes.1, "ms": nothing_ms,
        },
        "newcomer": newcomer,
        "hub_peak_mb": server.peak_mb(),
    }))
}

/// Every village's streams by village, what says who counts first.
fn by_village(store: &Store) -> Result<Vec<Vec<Segment>>> {
    let mut villages: BTreeMap<Id, Vec<Segment>> = BTreeMap::new();
    let (tree, us) = (store.authority(), store.org());
    // What a machine brought that asked for its place waits for its acceptance.
    for segment in store.whole_streams(|stream| tree.may_hold(us, stream))? {
        villages.entry(tree.canonical(segment.stream.org)).or_default().push(segment);
    }
    let own = store.org();
    let mut first: Vec<Vec<Segment>> = villages.remove(&own).into_iter().collect();
    first.extend(villages.into_values());
    Ok(first)
}

fn parcel(store: &Store, card: &HubCard, key: &ReplicaKey, segments: &[Segment]) -> Result<Parcel> {
    let (from, to) = (store.org(), card.id().ok_or("a card")?);
    let reply_to = Identity::generate();
    let ask = Ask {
        from,
        to,
        time_ms: 0,
        reply_to: reply_to.to_public().to_string(),
        digest: Hash([0; 32]),
        wants: Vector::new(),
        tell: false,
        most: 0,
    };
    let recipients = [card.recipient().ok_or("a card")?];
    let manifest = ask.to_cbor();
    let header = ClearHeader { from, to, time_ms: 0 };
    let bundle = Bundle { header, recipients: &recipients, manifest: &manifest, key };
    Ok(Parcel {
        request: seal_bytes(&bundle, segments.iter().map(Segment::to_cbor))?,
        reply_to,
        changes: segments.iter().map(|segment| segment.changes.len() as u64).sum(),
    })
}

impl Parcel {
    /// Sends it, and fails unless all of it was taken in.
    fn send(&self, url: &str) -> Result<()> {
        let answer = HttpLine::new(url)?.ask(&self.request)?;
        let opened = open_bytes(&answer, std::slice::from_ref(&self.reply_to))?;
        let answer = Answer::from_cbor(opened.manifest())?;
        match (answer.refused, answer.gaps.is_empty()) {
            (None, true) => Ok(()),
            refused => Err(format!("not taken in: {refused:?}").into()),
        }
    }
}

/// All villages upload their year at the same time: changes a second at the server, whose work alone it is; requests were
/// sealed before.
fn uploaded(store: &Store, database: &str, key_file: &Path) -> Result<(Server, Json)> {
    let server = Server::on(database, key_file)?;
    let card = ask_card(&server.url)?;
    let mut parcels = Vec::new();
    for segments in by_village(store)? {
        parcels.push(parcel(store, &card, store.replica(), &segments)?);
    }
    let changes: u64 = parcels.iter().map(|parcel| parcel.changes).sum();
    let bytes: usize = parcels.iter().map(|parcel| parcel.request.len()).sum();
    let villages = parcels.len();
    let mut rest = parcels.into_iter();
    // The county says first who everybody is.
    let first = rest.next().ok_or("an empty county")?;
    first.send(&server.url)?;
    let began = Instant::now();
    let failed = Mutex::new(0);
    std::thread::scope(|scope| {
        for parcel in rest {
            let (failed, url) = (&failed, &server.url);
            // As many lines as villages, all open at once.
            let spawned = std::thread::Builder::new().stack_size(256 * 1024).spawn_scoped(scope, move || {
                if let Err(error) = parcel.send(url) {
                    eprintln!("{error}");
                    *failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += 1;
                }
            });
            if spawned.is_err() {
                *failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += 1;
            }
        }
    });
    let ms = milliseconds(began);
    let failed = failed.into_inner().unwrap_or(0);
    assert_eq!(failed, 0, "every village was answered");
    let peak = server.peak_mb();
    Ok((
        server,
        json!({
            "villages": villages, "changes": changes, "request_bytes": bytes, "ms": ms,
            "a_second": changes as f64 / (ms / 1e3), "hub_peak_mb": peak,
        }),
    ))
}

/// The same changes as bare rows into SQLite, one transaction a village: changes a second.
fn bare_sqlite(store: &Store, file: &Path) -> Result<f64> {
    let db = Connection::open(file)?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE change(replica BLOB, org BLOB, lane INTEGER, seq INTEGER, hash BLOB, header BLOB, salt BLOB, body BLOB);
         CREATE UNIQUE INDEX place ON change(replica, org, lane, seq, hash);",
    )?;
    let villages = by_village(store)?;
    let mut changes = 0u64;
    let began = Instant::now();
    for village in &villages {
        let transaction = db.unchecked_transaction()?;
        let mut insert = db.prepare_cached("INSERT INTO change VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
        for change in village.iter().flat_map(|segment| &segment.changes) {
            let stream = &change.header.stream;
            let body = change.body.as_ref();
            insert.execute(params![
                stream.replica.0,
                stream.org.0,
                stream.lane.number(),
                change.header.seq as i64,
                change.hash.0,
                change.header_bytes,
                body.and_then(|body| body.salt),
                body.map(|body| &body.bytes[..])
            ])?;
            changes += 1;
        }
        drop(insert);
        transaction.commit()?;
    }
    Ok(changes as f64 / began.elapsed().as_secs_f64())
}

/// The same changes as bare rows by COPY into PostgreSQL, in one go: changes a second.
fn bare_copy(store: &Store, url: &str) -> Result<f64> {
    use tokio_postgres::binary_copy::BinaryCopyInWriter;
    use tokio_postgres::types::Type;
    let villages = by_village(store)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        client
            .batch_execute(
                "CREATE TABLE bare(replica bytea, org bytea, lane smallint, seq bigint, hash bytea, header bytea, salt bytea, body bytea,
                 PRIMARY KEY(replica, org, lane, seq, hash))",
            )
            .await?;
        let began = Instant::now();
        let sink = client.copy_in("COPY bare FROM STDIN BINARY").await?;
        let kinds = [
            Type::BYTEA, Type::BYTEA, Type::INT2, Type::INT8, Type::BYTEA, Type::BYTEA, Type::BYTEA, Type::BYTEA,
        ];
        let writer = BinaryCopyInWriter::new(sink, &kinds);
        let mut writer = std::pin::pin!(writer);
        let mut changes = 0u64;
        for change in villages.iter().flatten().flat_map(|segment| &segment.changes) {
            let stream = &change.header.stream;
            let salt = change.body.as_ref().and_then(|body| body.salt.map(|salt| salt.to_vec()));
            let body = change.body.as_ref().map(|body| body.bytes.clone());
            writer
                .as_mut()
                .write(&[
                    &&stream.replica.0[..],
                    &&stream.org.0[..],
                    &i16::from(stream.lane.number()),
                    &(change.header.seq as i64),
                    &&change.hash.0[..],
                    &change.header_bytes,
                    &salt,
                    &body,
                ])
                .await?;
            changes += 1;
        }
        writer.finish().await?;
        Ok(changes as f64 / began.elapsed().as_secs_f64())
    })
}
