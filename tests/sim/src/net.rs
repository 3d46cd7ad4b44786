//! Steps over the network: calls to the county's server, lines that break, a server that is started again or goes on with
//! an old copy of what it kept.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::runtime::Runtime;
use yuanba_exchange::ExchangeError;
use yuanba_exchange::wire::{self, HubCard, Line, LineError, Synced};
use yuanba_hub::archive::sqlite::Sqlite;
use yuanba_hub::hub::Surroundings;
use yuanba_hub::taking_in::to_segment;
use yuanba_hub::{Archive, Hub, RestKey};
use yuanba_journal::Segment;

use crate::broken::{Broken, Held, must};
use crate::held::{Journal, Place};
use crate::laptop::Fate;
use crate::surroundings::WorldTime;
use crate::world::World;

/// Whoever is certified is served.
pub const SERVED: &str = "whoever is certified is served";

const SEALS: [u8; 32] = [7; 32];

/// The county's server with its disk.
pub struct Server {
    runtime: Runtime,
    hub: Option<Hub<Sqlite>>,
    file: PathBuf,
    time: WorldTime,
    /// What it must hold: everything that was exchanged to an end with it
    pub holds: BTreeSet<Place>,
    /// Copies of its disk from earlier days, with what it held then
    pub copies: Vec<(PathBuf, BTreeSet<Place>)>,
}

impl Server {
    /// A new server, or one that goes on with a file.
    pub fn start(file: PathBuf, time: WorldTime) -> Held<Server> {
        let runtime = must(tokio::runtime::Builder::new_current_thread().enable_all().build(), "a runtime")?;
        let mut server =
            Server { runtime, hub: None, file, time, holds: BTreeSet::new(), copies: Vec::new() };
        server.start_again()?;
        Ok(server)
    }

    /// It ends without a word and is started again.
    fn start_again(&mut self) -> Held {
        self.hub = None;
        let archive = must(Sqlite::open(&self.file), "the server's archive")?;
        let (time, looks) = (self.time.clone(), AtomicI64::new(0));
        let now_ms = Box::new(move || time.now_ms() + looks.fetch_add(1, Ordering::Relaxed));
        let surroundings = Surroundings { now_ms, ..Surroundings::default() };
        let opened = self.runtime.block_on(Hub::open(archive, RestKey::new(&SEALS), None, surroundings));
        self.hub = Some(must(opened, "the server")?);
        Ok(())
    }

    fn hub(&self) -> &Hub<Sqlite> {
        self.hub.as_ref().expect("it runs but while it is started")
    }

    fn card(&self) -> HubCard {
        self.hub().card("http://hub.example".to_owned())
    }

    fn answer(&self, request: &[u8]) -> Result<Vec<u8>, LineError> {
        self.runtime.block_on(self.hub().answer(request)).map_err(|_| LineError::NotTaken(400))
    }

    /// Everything that it keeps, run by run, with the ends of the streams as it knows them.
    pub fn kept(&self) -> Held<BTreeMap<Place, bool>> {
        let archive = self.hub().archive();
        let news = must(self.runtime.block_on(archive.news(0)), "the server's streams")?;
        let key = RestKey::new(&SEALS);
        let mut kept = BTreeMap::new();
        for held in news.streams {
            let runs = must(self.runtime.block_on(archive.runs(held.row, 0, u64::MAX)), "runs")?;
            for run in runs {
                let segment: Segment = must(to_segment(&key, &held.stream, &run), "a run")?;
                for change in segment.changes {
                    let place = (held.stream, change.header.seq, change.hash);
                    kept.insert(place, change.body_missing());
                }
            }
        }
        Ok(kept)
    }
}

/// How a line fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is a good line
    None,
    /// From this question on nothing arrives
    DropsQuestions(u32),
    /// From this question on nothing comes back, though what is sent arrives
    DropsAnswers(u32),
    /// Every question arrives twice, and the second answer comes back
    Twice,
    /// A question of earlier arrives once more before the new one
    Stale,
    /// A bit of this answer is another one
    Garbles(u32),
    /// A bit of this question is another one
    GarblesQuestion(u32),
    /// The server is started again between questions
    Restarts,
}

struct FailingLine<'a> {
    server: &'a mut Server,
    fault: Fault,
    asked: u32,
    earlier: Option<Vec<u8>>,
}

impl Line for FailingLine<'_> {
    fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, LineError> {
        let at = self.asked;
        self.asked += 1;
        let cut = || Err(LineError::NoConnection("cut".to_owned()));
        let flipped = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            bytes
        };
        match self.fault {
            Fault::DropsQuestions(from) if at >= from => return cut(),
            Fault::GarblesQuestion(which) if at == which => return self.server.answer(&flipped(request)),
            Fault::Restarts if at > 0 => {
                self.server.start_again().map_err(|broken| LineError::NoConnection(broken.to_string()))?;
            }
            Fault::Stale => {
                if let Some(earlier) = self.earlier.replace(request.to_vec()) {
                    let _ = self.server.answer(&earlier);
                }
            }
            _ => {}
        }
        let answer = self.server.answer(request)?;
        match self.fault {
            Fault::DropsAnswers(from) if at >= from => cut(),
            Fault::Twice => self.server.answer(request),
            Fault::Garbles(which) if at == which => Ok(flipped(&answer)),
            _ => Ok(answer),
        }
    }
}

impl World {
    /// Somebody has a network for an evening.
    pub fn call_server(&mut self) -> Held {
        let callers = self.callers();
        let Some(laptop) = self.draw(callers) else { return Ok(()) };
        self.call(laptop, Fault::None)
    }

    /// Somebody has a bad network.
    pub fn call_badly(&mut self) -> Held {
        let callers = self.callers();
        let Some(laptop) = self.draw(callers) else { return Ok(()) };
        let at = self.dice.below(3) as u32;
        let (fault, what) = match self.dice.below(7) {
            0 => (Fault::DropsQuestions(at), "lines that drop questions"),
            1 => (Fault::DropsAnswers(at), "lines that drop answers"),
            2 => (Fault::Twice, "lines that bring everything twice"),
            3 => (Fault::Stale, "lines that bring old questions again"),
            4 => (Fault::Garbles(at), "lines that garble answers"),
            5 => (Fault::GarblesQuestion(at), "lines that garble questions"),
            _ => (Fault::Restarts, "servers started again in the middle of a call"),
        };
        self.trace.count(what);
        self.call(laptop, fault)
    }

    /// Whoever has a place in the tree, as it knows it, and is on the network.
    fn callers(&self) -> Vec<usize> {
        let mut laptops = self.at_work();
        laptops.retain(|laptop| self.is_online(*laptop));
        laptops
    }

    /// Whether a laptop can call.
    pub fn is_online(&self, laptop: usize) -> bool {
        let it = &self.laptops[laptop];
        let store = it.store();
        let placed = self.office(laptop) == 0 || store.authority().parent(store.org()).is_some();
        self.server.is_some() && it.online && placed
    }

    /// One call, to its end or until the line breaks.
    pub fn call(&mut self, laptop: usize, fault: Fault) -> Held {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        let bad = if fault == Fault::None { String::new() } else { format!(", {fault:?}") };
        self.trace.say(format!("{} calls the server{bad}", self.name(laptop)));
        let card = server.card();
        let line = &mut FailingLine { server: &mut server, fault, asked: 0, earlier: None };
        let came = self.write(laptop, "calling", |store| {
            match wire::sync(store, &card, line, &mut |_| ControlFlow::Continue(())) {
                Err(ExchangeError::Store(error)) => Err(error),
                other => Ok(other),
            }
        });
        let judged = match came {
            Ok(Some(came)) => self.judge_call(laptop, fault, came, &mut server),
            Ok(None) => Ok(()),
            Err(broken) => Err(broken),
        };
        self.server = Some(server);
        judged?;
        self.learn(laptop)
    }

    fn judge_call(
        &mut self,
        laptop: usize,
        fault: Fault,
        came: Result<Synced, ExchangeError>,
        server: &mut Server,
    ) -> Held {
        let name = self.name(laptop);
        let synced = match came {
            Ok(synced) => synced,
            Err(error) => {
                let code = match &error {
                    ExchangeError::Refused(refusal) => refusal.code,
                    ExchangeError::Line(_) => "line",
                    _ => "other",
                };
                self.trace.add(&format!(" – {code}"));
                if fault == Fault::None && !self.may_be_turned_away(laptop, code) {
                    return Broken::err(SERVED, format!("{name} was turned away: {error}"));
                }
                return Ok(());
            }
        };
        self.trace.add(&format!(" – sent {}, got {}", synced.sent, synced.received));
        if self.laptops[laptop].fate == Fate::AtWork && !synced.even && fault == Fault::None {
            return Broken::err(SERVED, format!("{name} and the server are not even: {synced:?}"));
        }
        if synced.began_anew {
            self.trace.add(", begins anew");
            self.trace.count("a laptop found out that it is a copy");
        }
        if !synced.even {
            return Ok(());
        }
        // Now both hold the same of what the laptop may hold.
        let office = self.office(laptop);
        let store = self.laptops[laptop].store();
        let org = store.org();
        let shared =
            |place: &&Place| store.may_hold(org, &place.0) && self.offices.may_hold(office, &place.0);
        let from_here: Vec<Place> =
            self.laptops[laptop].memory.holds.iter().filter(shared).copied().collect();
        let from_there: Vec<Place> = server.holds.iter().filter(shared).copied().collect();
        server.holds.extend(from_here);
        self.laptops[laptop].memory.holds.extend(from_there);
        if self.dice.below(8) == 0 {
            self.check_memory(laptop)?;
        }
        Ok(())
    }

    /// A stolen laptop is served no more, once the server knows.
    fn may_be_turned_away(&self, laptop: usize, code: &str) -> bool {
        code == "revoked" && self.laptops[laptop].fate == Fate::Stolen
    }

    /// The server is started again, its disk is kept, or it goes on with an old copy.
    pub fn trouble_at_the_server(&mut self) -> Held {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        let done = match self.dice.below(4) {
            0 => {
                self.trace.say("the server is started again");
                self.trace.count("servers started again");
                server.start_again()
            }
            1 | 2 => {
                let file = self.new_path("hub-copy");
                self.trace.say("the server's disk is kept");
                let copied = must(server.hub().archive().copy_to(&file), "a copy of the archive");
                server.copies.push((file, server.holds.clone()));
                copied
            }
            _ => self.restore_server(&mut server),
        };
        self.server = Some(server);
        done
    }

    fn restore_server(&mut self, server: &mut Server) -> Held {
        if server.copies.is_empty() {
            return Ok(());
        }
        let (copy, holds) = server.copies[self.dice.below(server.copies.len())].clone();
        self.trace.say("the server goes on with an old copy");
        self.trace.count("servers restored from an old copy");
        server.hub = None;
        let file = self.new_path("hub");
        must(std::fs::copy(copy, &file), "a copy of the archive")?;
        server.file = file;
        server.holds = holds;
        server.start_again()
    }

    /// The server holds everything that the county's laptop on the network holds, nothing else, and no words that were
    /// erased.
    pub fn check_server(&self, county: &Journal, erased: &BTreeSet<yuanba_journal::ChangeRef>) -> Held {
        let Some(server) = self.server.as_ref().filter(|_| self.settled_by_net) else { return Ok(()) };
        let kept = server.kept()?;
        if let Some(place) = county.changes.keys().find(|place| !kept.contains_key(place)) {
            return Broken::err("the server holds everything", format!("it lacks {place:?}"));
        }
        if let Some(place) = kept.keys().find(|place| !county.holds(place)) {
            return Broken::err("the server holds everything", format!("only it has {place:?}"));
        }
        for (place, missing) in &kept {
            let change = &county.changes[place];
            let gone = erased.contains(&change.reference());
            if gone && change.header.body_hash.is_some() && !missing {
                return Broken::err(
                    "what was erased is gone, and nothing else",
                    format!("the server has the words of {place:?}"),
                );
            }
            if !gone && *missing {
                return Broken::err(
                    "what was erased is gone, and nothing else",
                    format!("the server has lost the words of {place:?}"),
                );
            }
        }
        Ok(())
    }
}
