//! Villages that work and call without a pause, each in a thread of its own, and a township that looks at what arrives.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use yuanba_core::Id;
use yuanba_core::tables::member;
use yuanba_exchange::ExchangeError;
use yuanba_exchange::wire::{self, HttpLine, HubCard, LineError, Synced};

use crate::place::Place;

/// Members that a village enters before each call.
const EACH: usize = 3;

/// A county, its townships' machines and the villages of one township, enrolled by files.
pub struct Crowd {
    pub county: Place,
    pub town: Place,
    pub villages: Vec<Place>,
}

impl Crowd {
    pub fn new(villages: u64) -> Crowd {
        let mut county = Place::county("明水县", 1);
        let mut town = Place::township("柳坝镇", 2);
        county.enrol(&mut town, None);
        let villages = (0..villages).map(|n| {
            let mut village = Place::village(&format!("第{n}村"), 10 + n);
            town.enrol(&mut village, None);
            village
        });
        let villages = villages.collect();
        Crowd { county, town, villages }
    }
}

/// What the villages were told, and when.
#[derive(Default)]
pub struct Told {
    kept: Mutex<Vec<(Id, Instant)>>,
    stop: AtomicBool,
    /// Calls that failed and were made again
    pub again: AtomicUsize,
    /// Times that the township had looked for everything that was told before
    pub looked: AtomicUsize,
}

impl Told {
    /// The members whose changes the villages were told are kept.
    pub fn members(&self) -> Vec<Id> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(member, _)| *member).collect()
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The longest time in which nobody was told anything and which ended after a moment.
    pub fn silence(&self, after: Instant) -> Duration {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut times: Vec<Instant> = kept.iter().map(|(_, at)| *at).collect();
        times.sort_unstable();
        let ended = times.windows(2).filter(|pair| pair[1] > after).map(|pair| pair[1] - pair[0]);
        ended.max().expect("something was told before and after")
    }

    /// Waits until so many changes more are acknowledged.
    pub fn wait_for(&self, more: usize, most: Duration) {
        wait(|| self.count(), more, most, "acknowledged");
    }

    /// Waits until the township has looked so many times more for everything that was told.
    pub fn wait_for_looks(&self, more: usize, most: Duration) {
        wait(|| self.looked.load(Ordering::SeqCst), more, most, "looked for");
    }

    /// Tells everybody to stop once this is dropped, also by a test that fails.
    pub fn until_dropped(&self) -> Until<'_> {
        Until(self)
    }

    fn go_on(&self) -> bool {
        !self.stop.load(Ordering::SeqCst)
    }
}

/// As long as this is there, the villages work.
pub struct Until<'a>(&'a Told);

impl Drop for Until<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::SeqCst);
    }
}

/// Lines to several servers at one archive.
pub struct Lines {
    card: HubCard,
    lines: Vec<HttpLine>,
    at: usize,
}

impl Lines {
    pub fn to(card: &HubCard, urls: &[String], first: usize) -> Lines {
        let lines = urls.iter().map(|url| HttpLine::new(url).expect("an address")).collect();
        Lines { card: card.clone(), lines, at: first % urls.len() }
    }

    /// A whole exchange with the server whose turn it is; none when it does not answer, or cannot.
    pub fn sync(&mut self, place: &mut Place) -> Option<Synced> {
        let line = &mut self.lines[self.at];
        match wire::sync(&mut place.store, &self.card, line, &mut |_| ControlFlow::Continue(())) {
            Ok(synced) => Some(synced),
            Err(ExchangeError::Line(LineError::NoConnection(_) | LineError::NotTaken(503))) => None,
            Err(other) => panic!("{other:?}"),
        }
    }

    pub fn turn(&mut self) {
        self.at = (self.at + 1) % self.lines.len();
    }

    /// Goes from server to server until one answers.
    pub fn sync_anywhere(&mut self, place: &mut Place) -> Synced {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            if let Some(synced) = self.sync(place) {
                return synced;
            }
            self.turn();
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("no server answers");
    }
}

/// Enters members and calls, until told to stop. What one server has acknowledged, the next one knows at once.
pub fn works(place: &mut Place, mut lines: Lines, told: &Told) {
    let mut waiting = Vec::new();
    while told.go_on() {
        if waiting.len() < 5 * EACH {
            waiting.extend((0..EACH).map(|n| place.add(&format!("{n}号党员"))));
        }
        let Some(synced) = lines.sync(place) else {
            told.again.fetch_add(1, Ordering::SeqCst);
            lines.turn();
            std::thread::sleep(Duration::from_millis(20));
            continue;
        };
        if !synced.even {
            continue;
        }
        let now = Instant::now();
        told.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(waiting.drain(..).map(|id| (id, now)));
        lines.turn();
        if let Some(again) = lines.sync(place) {
            // Only what came from above meanwhile is new.
            let even_at_once = again.rounds == 1 || again.received > 0;
            assert!(again.sent == 0 && again.even && even_at_once, "the next server lags: {again:?}");
        }
    }
}

/// Calls one server after the other, and finds whatever any village had been told before the call.
pub fn looks(place: &mut Place, mut lines: Lines, told: &Told) {
    let mut seen = 0;
    while told.go_on() {
        let before = told.members();
        if lines.sync(place).is_some() {
            finds(place, &before[seen..]);
            seen = before.len();
            told.looked.fetch_add(1, Ordering::SeqCst);
        }
        lines.turn();
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// That a store holds these members.
pub fn finds(place: &Place, members: &[Id]) {
    assert_eq!(missing(place, members), 0, "of {} changes that were acknowledged", members.len());
}

/// How many of these members a store does not hold.
pub fn missing(place: &Place, members: &[Id]) -> usize {
    members.iter().filter(|id| place.store.record(&member::TABLE, **id).unwrap().is_none()).count()
}

/// Waits until `counted` has grown by `more`.
fn wait(counted: impl Fn() -> usize, more: usize, most: Duration, what: &str) {
    let (before, begun) = (counted(), Instant::now());
    while counted() < before + more {
        assert!(begun.elapsed() < most, "{} of {more} were {what} in {most:?}", counted() - before);
        std::thread::sleep(Duration::from_millis(5));
    }
}
