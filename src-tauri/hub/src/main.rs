//! `yuanba-hub`: the county's server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use clap::{Parser, Subcommand};
use hyper_util::rt::TokioTimer;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use yuanba_core::Id;
use yuanba_hub::archive::postgres::Postgres;
use yuanba_hub::archive::sqlite::Sqlite;
use yuanba_hub::hub::{Surroundings, key_file_of};
use yuanba_hub::{Archive, Hub, RestKey, server};
use yuanba_journal::Hash;

/// The county's server of Yuanba: keeps changes, hands them out by scope, signs what it holds and its time.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves until it is told to stop (SIGTERM, Ctrl+C)
    Serve(Serve),
}

#[derive(clap::Args)]
struct Serve {
    /// Address and port; port 0 for any that is free
    #[arg(long, default_value = "127.0.0.1:7443")]
    listen: SocketAddr,
    /// `sqlite:FILE` or `postgres://…`
    #[arg(long, default_value = "sqlite:yuanba-hub.sqlite")]
    database: String,
    /// Certificate chain, PEM
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its private key, PEM
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The file with the key that seals what is kept; made when missing. Several processes at one database share it
    #[arg(long)]
    key_file: Option<PathBuf>,
    /// The id of the organisation whose tree is served; left out: that of the first who signs in
    #[arg(long)]
    root: Option<String>,
    /// Requests that are worked on at the same time
    #[arg(long, default_value_t = 4)]
    at_once: usize,
}

fn main() -> anyhow::Result<()> {
    let Command::Serve(serve) = Cli::parse().command;
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("YUANBA_HUB_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .with_writer(std::io::stderr)
        .init();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(serve))
}

async fn run(serve: Serve) -> anyhow::Result<()> {
    let key_file = serve.key_file.clone().unwrap_or_else(|| key_file_of(&serve.database));
    let rest = RestKey::in_file(&key_file)
        .with_context(|| format!("the key file {} cannot be read or made", key_file.display()))?;
    match serve.database.split_once(':') {
        Some(("sqlite", file)) => {
            let archive =
                Sqlite::open(Path::new(file)).with_context(|| format!("{file} cannot be opened"))?;
            listen(archive, rest, serve).await
        }
        Some(("postgres" | "postgresql", _)) => {
            let archive = Postgres::open(&serve.database).await.context("PostgreSQL cannot be reached")?;
            listen(archive, rest, serve).await
        }
        _ => bail!("--database is sqlite:FILE or postgres://…"),
    }
}

async fn listen<A: Archive>(archive: A, rest: RestKey, serve: Serve) -> anyhow::Result<()> {
    let root =
        serve.root.as_deref().map(str::parse::<Id>).transpose().context("--root is an organisation's id")?;
    let tls = match (&serve.tls_cert, &serve.tls_key) {
        (Some(cert), Some(key)) => Some(tls(cert, key)?),
        _ => None,
    };
    let surroundings = Surroundings { tls: tls.as_ref().map(|(_, shown)| *shown), ..Surroundings::default() };
    let hub = Arc::new(Hub::open(archive, rest, root, surroundings).await?);
    let listener = std::net::TcpListener::bind(serve.listen)
        .with_context(|| format!("{} cannot be listened on", serve.listen))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let card = hub.card(String::new());
    let scheme = if tls.is_some() { "https" } else { "http" };
    tracing::info!(%address, scheme, fingerprint = %card.fingerprint(), "listening");
    if tls.is_none() && !address.ip().is_loopback() {
        tracing::warn!("without TLS, everybody on the way can see who speaks to the server, though not what");
    }
    let app = server::router(hub, serve.at_once.max(1));
    let handle = Handle::new();
    tokio::spawn(stop_when_told(handle.clone()));
    match tls {
        Some((config, _)) => {
            let mut server = axum_server::from_tcp_rustls(listener, config)?.handle(handle);
            patience(server.http_builder());
            server.serve(app.into_make_service()).await?;
        }
        None => {
            let mut server = axum_server::from_tcp(listener)?.handle(handle);
            patience(server.http_builder());
            server.serve(app.into_make_service()).await?;
        }
    }
    tracing::info!("stopped");
    Ok(())
}

/// Whoever sends the first lines of a request one letter a minute is sent away.
fn patience(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder.http1().timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(20));
}

/// The certificate and key, and the hash of the certificate that laptops will see.
fn tls(cert: &Path, key: &Path) -> anyhow::Result<(RustlsConfig, Hash)> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect)
        .with_context(|| format!("{} holds no certificate", cert.display()))?;
    let shown = chain.first().with_context(|| format!("{} holds no certificate", cert.display()))?;
    let shown = Hash::of(&[shown]);
    let key = PrivateKeyDer::from_pem_file(key).with_context(|| format!("{} holds no key", key.display()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((RustlsConfig::from_config(Arc::new(config)), shown))
}

/// Requests that have come are answered; new ones are not taken.
async fn stop_when_told(handle: Handle<SocketAddr>) {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            },
            Err(_) => _ = interrupted.await,
        }
    }
    #[cfg(not(unix))]
    let _ = interrupted.await;
    tracing::info!("stopping");
    handle.graceful_shutdown(Some(Duration::from_secs(30)));
}
