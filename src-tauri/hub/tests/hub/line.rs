//! A hub in this process, and lines to it.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::runtime::Runtime;
use yuanba_exchange::ExchangeError;
use yuanba_exchange::wire::{self, HubCard, Line, LineError, Synced};
use yuanba_hub::archive::postgres::Postgres;
use yuanba_hub::archive::sqlite::Sqlite;
use yuanba_hub::hub::Surroundings;
use yuanba_hub::{Archive, Hub, RestKey};

use crate::place::Place;

/// A hub with everything that a test does to it.
pub struct Server<A> {
    pub hub: Arc<Hub<A>>,
    pub runtime: Arc<Runtime>,
}

pub fn runtime() -> Arc<Runtime> {
    Arc::new(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap())
}

pub fn surroundings(now_ms: i64) -> Surroundings {
    let time = AtomicI64::new(now_ms);
    Surroundings { now_ms: Box::new(move || time.fetch_add(1, Ordering::Relaxed)), ..Surroundings::default() }
}

/// A June morning, when the stores' clocks begin.
pub const MORNING: i64 = 1_781_000_000_000;

impl<A: Archive> Server<A> {
    pub fn of(archive: A, runtime: Arc<Runtime>) -> Server<A> {
        let hub = runtime.block_on(Hub::open(archive, RestKey::new(&[7; 32]), None, surroundings(MORNING)));
        Server { hub: Arc::new(hub.unwrap()), runtime }
    }

    pub fn card(&self) -> HubCard {
        self.hub.card("http://hub.example".into())
    }

    pub fn line(&self) -> Inside<'_, A> {
        Inside { server: self, cut: None, asked: 0 }
    }

    /// A whole exchange of a store with this hub.
    pub fn sync(&self, place: &mut Place) -> Synced {
        self.try_sync(place).unwrap()
    }

    pub fn try_sync(&self, place: &mut Place) -> Result<Synced, ExchangeError> {
        wire::sync(&mut place.store, &self.card(), &mut self.line(), &mut |_| ControlFlow::Continue(()))
    }

    /// The bytes of an answer to whatever bytes.
    pub fn answer(&self, request: &[u8]) -> Result<Vec<u8>, yuanba_hub::HubError> {
        self.runtime.block_on(self.hub.answer(request))
    }
}

impl Server<Sqlite> {
    pub fn in_memory() -> Server<Sqlite> {
        Server::of(Sqlite::in_memory().unwrap(), runtime())
    }

    pub fn in_file(file: &Path) -> Server<Sqlite> {
        Server::of(Sqlite::open(file).unwrap(), runtime())
    }
}

impl Server<Postgres> {
    pub fn in_postgres(url: &str) -> Server<Postgres> {
        let runtime = runtime();
        let archive = runtime.block_on(Postgres::open(url)).unwrap();
        Server::of(archive, runtime)
    }
}

/// A line that a test can cut.
pub struct Inside<'a, A> {
    server: &'a Server<A>,
    /// After so many answers nothing comes back any more, though what is sent arrives
    pub cut: Option<u32>,
    pub asked: u32,
}

impl<A: Archive> Line for Inside<'_, A> {
    fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, LineError> {
        self.asked += 1;
        let answer = self.server.answer(request).map_err(|_| LineError::NotTaken(400))?;
        match self.cut {
            Some(cut) if self.asked > cut => Err(LineError::NoConnection("cut".into())),
            _ => Ok(answer),
        }
    }
}
