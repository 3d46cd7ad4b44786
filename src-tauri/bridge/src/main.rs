//! `yuanba-bridge`: the typed commands of `yuanba_api` and the built pages for a plain browser on the same machine, so that
//! pages can be worked on, photographed and judged by outside tools without the window. Nothing in it knows Tauri.
//!
//! - `POST /api/call/<command>` with the request as JSON answers what `Api::call` answers; a failure comes as
//!   `{"error": {code, message, next_step, field}}` with status 422.
//! - Everything else is a file of the pages, or their first page.
//!
//! It holds a whole village without a password of its own, so it listens on loopback only and answers only pages that it
//! served itself ([`origin`]).

mod calls;
mod origin;
mod server;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Parser;
use tokio::net::TcpListener;
use yuanba_api::Api;

use crate::server::{Bridge, router};

/// Serves the pages and the typed commands to a browser on this machine.
#[derive(Parser)]
struct Options {
    /// Where to listen; loopback only. Port 0 takes a free one, which is printed.
    #[arg(long, default_value = "127.0.0.1:7420")]
    listen: SocketAddr,
    /// The folder of one store.
    #[arg(long, env = "YUANBA_STORE")]
    store: PathBuf,
    /// The built pages.
    #[arg(long, default_value = "ui/dist")]
    pages: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    std::fs::create_dir_all(&options.store)
        .with_context(|| format!("the store's folder {} cannot be made", options.store.display()))?;
    let address = origin::loopback(options.listen)?;
    let listener =
        TcpListener::bind(address).await.with_context(|| format!("{address} cannot be listened on"))?;
    println!("http://{}", listener.local_addr()?);
    let api = Api::new(&options.store);
    api.keep_in_touch();
    api.keep_copies();
    let bridge = Bridge { api: Arc::new(api), pages: options.pages };
    axum::serve(listener, router(bridge)).with_graceful_shutdown(asked_to_stop()).await?;
    Ok(())
}

async fn asked_to_stop() {
    // Without a way to hear the signal the process still ends by it, only less politely.
    let _ = tokio::signal::ctrl_c().await;
}
