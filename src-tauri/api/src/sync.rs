//! `sync.*`: 联网上报. The same changes as on a stick, over a network, by hand or by itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use yuanba_core::Id;
use yuanba_exchange::wire::{self, Call, HttpLine, HubCard, Line, LineError, Synced, known_hub};
use yuanba_store::parked::Gap;

use crate::Api;
use crate::dto::{Empty, JobStarted, Nothing, RecordId, answer, request, words};
use crate::error::{ApiError, Code};
use crate::job::Progress;
use crate::laptop::letter;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::store::LAST_EXCHANGE;
use crate::time;

words! {
    /// Where an organisation stands to this one.
    pub enum SyncRelation { Above, Own, Below }
}

request! {
    /// An exchange with the county's server.
    pub struct RunSync {
        /// Its address; left out: the one that is known
        pub url: Option<String>,
    }

    /// An address that somebody was given.
    pub struct HubAddress { pub url: String }

    /// A server that a person has compared the fingerprint of.
    pub struct UseHub {
        pub url: String,
        pub fingerprint: String,
    }

    /// Whether the laptop calls by itself.
    pub struct PauseSync { pub paused: bool }
}

answer! {
    /// A server as it showed itself.
    pub struct HubShown {
        pub url: String,
        /// Eight groups of four, to be compared
        pub fingerprint: String,
    }

    /// The server that this laptop exchanges with.
    pub struct HubKnown {
        pub url: String,
        pub fingerprint: String,
        /// The county told it to everybody; else somebody named it here
        pub published: bool,
    }

    /// What came of the last try.
    pub struct SyncTry {
        pub at: String,
        pub well: bool,
        /// Nobody answered
        pub offline: bool,
        /// What came of it, in a sentence
        pub text: String,
    }

    /// Whoever exchanges with this laptop.
    pub struct SyncPeer {
        pub org: RecordId,
        pub name: String,
        pub relation: SyncRelation,
        /// Laptops in use there, this one left out
        pub laptops: u32,
        /// When it was last heard, by stick or otherwise
        pub heard: Option<String>,
        /// Changes that it is not known to hold
        pub lacks: u64,
    }

    /// What one laptop wrote of one organisation and waits for what comes before it.
    pub struct SyncParked {
        pub org_name: String,
        /// The letter of the laptop that wrote it; nothing while nobody here knows that laptop
        pub laptop: Option<String>,
        /// The first and the last change that are missing; nothing where the writer's records have branched
        pub missing: Option<SyncGap>,
        /// How many pieces wait behind the gap
        pub pieces: u32,
        pub since: String,
    }

    /// Places in what a laptop wrote, both included, counted from 1.
    pub struct SyncGap { pub from: u64, pub to: u64 }

    /// How things stand, in as few words as the foot of every page has room for. Cheap to ask for.
    pub struct SyncGlance {
        /// A server is known
        pub has_hub: bool,
        pub paused: bool,
        /// An exchange is going on
        pub running: bool,
        /// Changes that wait to be handed up
        pub waiting: u64,
        /// The office above has said of each of its laptops that it holds everything; a server alone does not do
        pub delivered: bool,
        /// When the server answered last
        pub last_contact: Option<String>,
        /// Nobody answered at the last try
        pub offline: bool,
    }

    /// How things stand with everybody whom this laptop exchanges with.
    pub struct SyncState {
        pub hub: Option<HubKnown>,
        pub paused: bool,
        /// An exchange is going on
        pub running: bool,
        /// Changes that wait to be handed up
        pub waiting: u64,
        /// When the server answered last
        pub last_contact: Option<String>,
        pub last_try: Option<SyncTry>,
        pub peers: Vec<SyncPeer>,
        pub parked: Vec<SyncParked>,
    }

    /// What came of an exchange: the result of `sync.run`.
    pub struct SyncDone {
        pub sent: u64,
        pub received: u64,
        pub rounds: u32,
        pub bytes_sent: u64,
        pub bytes_received: u64,
        /// Both sides hold the same now
        pub even: bool,
        /// Segments that wait for what comes before them
        pub parked: u64,
        pub began_anew: bool,
        pub text: String,
    }
}

commands! {
    /// Exchanges with the county's server; the job's result is a SyncDone
    "sync.run" (RunSync) -> JobStarted => SyncDone, run;
    /// The state in brief, for the foot of every page
    "sync.glance" (Nothing) -> SyncGlance, glance;
    /// Who has what, what waits, what came of the last try
    "sync.state" (Nothing) -> SyncState, state;
    /// Asks a server for its fingerprint
    "sync.look" (HubAddress) -> HubShown, look;
    /// Takes a server whose fingerprint a person has compared; at the top of the tree it is told to all below
    "sync.use" (UseHub) -> HubKnown, use_hub;
    /// Stops or resumes calling by itself
    "sync.pause" (PauseSync) -> Empty, pause;
}

/// Where the last try stands among the local values.
const LAST_TRY: &str = "sync.last";
const PAUSED: &str = "sync.paused";
/// By itself: so long after a call in which nothing was wrong.
const CALM: Duration = Duration::from_secs(300);
/// So long after somebody has saved something.
const AFTER_SAVE: Duration = Duration::from_secs(20);
/// How often it is looked whether something was saved.
const LOOK: Duration = Duration::from_secs(5);
/// After the first call that went wrong; twice as long after each further one.
const BACK_OFF: Duration = Duration::from_secs(30);
const BACK_OFF_MAX: Duration = Duration::from_secs(1800);

/// One exchange at a time.
#[derive(Default)]
pub(crate) struct Calling {
    busy: AtomicBool,
    ended: AtomicBool,
    wake: Mutex<bool>,
    woken: Condvar,
}

struct Turn<'a>(&'a Calling);

impl Calling {
    fn turn(&self) -> Option<Turn<'_>> {
        self.busy.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).ok().map(|_| Turn(self))
    }

    /// Nobody calls by itself any more.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
        *self.wake.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.woken.notify_all();
    }

    /// Waits so long, looking every `step` whether something waits to be handed up; from then on for `then` at most.
    fn rest_calmly(&self, mut left: Duration, step: Duration, then: Duration, waits: impl Fn() -> bool) {
        while left > then && !waits() {
            if self.rest(step) {
                return;
            }
            left = left.saturating_sub(step);
        }
        self.rest(left.min(then));
    }

    /// Waits until somebody asks for a call, or so long; answers whether somebody asked.
    fn rest(&self, at_most: Duration) -> bool {
        let wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut wake, _) = self
            .woken
            .wait_timeout_while(wake, at_most, |wake| !*wake)
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *wake)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Release);
    }
}

impl From<LineError> for ApiError {
    fn from(error: LineError) -> ApiError {
        match error {
            LineError::BadAddress => Trouble::BadHubAddress.into(),
            LineError::NoConnection(_) | LineError::NotTaken(_) => Trouble::NoConnection.into(),
        }
    }
}

/// Made-up people are not sent to a real county.
fn not_in_demo(api: &Api) -> Result<(), ApiError> {
    if api.session()?.demo { Err(Trouble::DemoStays.into()) } else { Ok(()) }
}

/// Whether a server is known.
pub(crate) fn has_hub(session: &Session) -> Result<bool, ApiError> {
    Ok(known_hub(&session.store)?.is_some())
}

/// An exchange with the known server, for somebody who lacks what it has.
pub(crate) fn take_back(api: &Api, progress: &Progress) -> Result<SyncDone, ApiError> {
    not_in_demo(api)?;
    let Some(_turn) = api.inner.calling.turn() else { return Err(Trouble::SyncRunning.into()) };
    let card = known_hub(&api.session()?.store)?.ok_or(Trouble::NoHub)?;
    exchange(api, &card, Some(progress))
}

fn run(api: &Api, request: RunSync) -> Result<JobStarted, ApiError> {
    not_in_demo(api)?;
    Ok(api.begin(move |api, progress| {
        let Some(_turn) = api.inner.calling.turn() else { return Err(Trouble::SyncRunning.into()) };
        let card = match &request.url {
            None => known_hub(&api.session()?.store)?.ok_or(Trouble::NoHub)?,
            Some(url) => named(api, url)?,
        };
        exchange(api, &card, Some(progress))
    }))
}

/// The server at an address: the one that is known, or else whoever shows its card there and is pinned from now on.
fn named(api: &Api, url: &str) -> Result<HubCard, ApiError> {
    let known = known_hub(&api.session()?.store)?;
    let asked = wire::ask_card(url)?;
    match known {
        Some(known) if known.key == asked.key => {
            // The same server may be reached by several addresses.
            Ok(HubCard { url: asked.url, ..known })
        }
        Some(_) if is_published(&*api.session()?)? => {
            let fingerprint = asked.fingerprint().to_string();
            Err(Trouble::OtherHub { url: asked.url, fingerprint }.into())
        }
        _ => {
            let mut session = api.session()?;
            wire::pin(&mut session.store, &asked)?;
            session.catch_up()?;
            Ok(asked)
        }
    }
}

fn is_published(session: &Session) -> Result<bool, ApiError> {
    Ok(wire::is_published(&session.store)?)
}

/// A whole exchange. The store is held for a moment at a time, so that whoever works at the laptop does not notice.
fn exchange(api: &Api, card: &HubCard, progress: Option<&Progress>) -> Result<SyncDone, ApiError> {
    let result = converse(api, card, progress);
    let (well, offline, text) = match &result {
        Ok(done) => (true, false, done.text.clone()),
        Err(error) => {
            let text = format!("{}{}", error.message, error.next_step);
            (false, error.code == Code::NoConnection, text)
        }
    };
    if let Ok(mut session) = api.session() {
        // It is done by then: a disk without room for the note takes nothing of that back.
        let _ = session.store.local_put(LAST_TRY, &json!({ "well": well, "offline": offline, "text": text }));
        if well {
            let _ = session.store.local_put(LAST_EXCHANGE, &json!(true));
        }
    }
    result
}

fn converse(api: &Api, card: &HubCard, progress: Option<&Progress>) -> Result<SyncDone, ApiError> {
    let mut line = HttpLine::new(&card.url)?;
    let mut call = Call::begin(&mut api.session()?.store, card)?;
    let spoken = speak(api, &mut call, &mut line, progress);
    let mut session = api.session()?;
    let synced = call.end(&mut session.store)?;
    spoken?;
    session.catch_up()?;
    Ok(done(&synced))
}

fn speak(
    api: &Api,
    call: &mut Call,
    line: &mut dyn Line,
    progress: Option<&Progress>,
) -> Result<(), ApiError> {
    loop {
        let Some(request) = call.next(&api.session()?.store)? else { return Ok(()) };
        let bytes = request.seal()?;
        let answer = line.ask(&bytes)?;
        let opened = call.open(&bytes, &answer, line.certificate())?;
        if let Some(ahead) = call.look_ahead(&api.session()?.store, &request, &opened)? {
            line.begin(ahead);
        }
        let at = call.take(&mut api.session()?.store, request, bytes.len() as u64, opened)?;
        if let Some(progress) = progress {
            progress.say(
                at.sent + at.received,
                None,
                format!("正在联网上报。已送 {} 条，收到 {} 条", at.sent, at.received),
            );
            progress.go_on()?;
        }
    }
}

fn done(synced: &Synced) -> SyncDone {
    let mut text = match (synced.sent, synced.received) {
        (0, 0) => "没有新的，两边一样。".to_owned(),
        (sent, 0) => format!("送出 {sent} 条。"),
        (0, received) => format!("收到 {received} 条。"),
        (sent, received) => format!("送出 {sent} 条，收到 {received} 条。"),
    };
    if synced.parked > 0 {
        text.push_str("有几条前面还缺一段，先存着，补上就会接起来。");
    }
    if synced.began_anew {
        text.push_str("这台电脑上的是一份拷贝或者恢复的备份，从现在起按另一台电脑记，以前写的都还在。");
    }
    SyncDone {
        sent: synced.sent,
        received: synced.received,
        rounds: synced.rounds,
        bytes_sent: synced.bytes.0,
        bytes_received: synced.bytes.1,
        even: synced.even,
        parked: synced.parked,
        began_anew: synced.began_anew,
        text,
    }
}

fn last_contact(session: &Session, hub: Option<&HubCard>) -> Result<Option<i64>, ApiError> {
    match hub.and_then(HubCard::id) {
        Some(id) => Ok(session.store.peer_heard(id)?),
        None => Ok(None),
    }
}

/// What came of the last try, and when that was, ms since 1970.
fn last_try(session: &Session) -> Result<Option<(SyncTry, i64)>, ApiError> {
    Ok(session.store.local_get(LAST_TRY)?.map(|(value, at)| {
        let text = value["text"].as_str().unwrap_or_default().to_owned();
        let (well, offline) = (value["well"] == true, value["offline"] == true);
        (SyncTry { at: time::stamp(at), well, offline, text }, at)
    }))
}

fn is_paused(session: &Session) -> Result<bool, ApiError> {
    Ok(session.store.local_get(PAUSED)?.is_some_and(|(value, _)| value == true))
}

fn glance(api: &Api, _: Nothing) -> Result<SyncGlance, ApiError> {
    let session = api.session()?;
    let store = &session.store;
    let hub = known_hub(store)?;
    let contact = last_contact(&session, hub.as_ref())?;
    let tried = last_try(&session)?.filter(|(tried, at)| tried.offline && Some(*at) >= contact);
    let waiting = store.waiting()?;
    Ok(SyncGlance {
        has_hub: hub.is_some(),
        paused: is_paused(&session)?,
        running: api.inner.calling.busy.load(Ordering::Relaxed),
        waiting,
        delivered: waiting == 0 && session.parent()?.is_some() && store.undelivered()? == 0,
        last_contact: contact.map(time::stamp),
        offline: tried.is_some(),
    })
}

fn state(api: &Api, _: Nothing) -> Result<SyncState, ApiError> {
    let (mut state, orgs) = {
        let session = api.session()?;
        (stands(api, &session)?, partners(&session)?)
    };
    // A county counts for every township: whoever saves something meanwhile goes in between.
    for (org, relation) in orgs {
        state.peers.push(peer(&*api.session()?, org, relation)?);
    }
    Ok(state)
}

/// How things stand, without those that this laptop exchanges with.
fn stands(api: &Api, session: &Session) -> Result<SyncState, ApiError> {
    let store = &session.store;
    let hub = known_hub(store)?;
    let contact = last_contact(session, hub.as_ref())?;
    Ok(SyncState {
        hub: match hub {
            Some(card) => Some(HubKnown {
                fingerprint: card.fingerprint().to_string(),
                published: wire::is_published(store)?,
                url: card.url,
            }),
            None => None,
        },
        paused: is_paused(session)?,
        running: api.inner.calling.busy.load(Ordering::Relaxed),
        waiting: store.waiting()?,
        last_contact: contact.map(time::stamp),
        last_try: last_try(session)?.map(|(tried, _)| tried),
        peers: Vec::new(),
        parked: parked(session)?,
    })
}

/// What waits, one line for what a laptop wrote of an organisation, the longest waiting first. Pieces behind one gap are
/// told together: what is missing between them is known once the first of them has come home.
fn parked(session: &Session) -> Result<Vec<SyncParked>, ApiError> {
    let store = &session.store;
    let mut streams: Vec<(Gap, u32)> = Vec::new();
    for waits in store.gaps()? {
        match streams.iter_mut().find(|(first, _)| first.stream == waits.stream) {
            Some((first, pieces)) => {
                first.first_seq = first.first_seq.min(waits.first_seq);
                *pieces += 1;
            }
            None => streams.push((waits, 1)),
        }
    }
    let line = |(waits, pieces): (Gap, u32)| {
        let number = store.authority().letter(waits.stream.replica, waits.stream.org);
        let (from, to) = (waits.held_to + 1, waits.first_seq.saturating_sub(1));
        Ok(SyncParked {
            org_name: store.organisation_name(waits.stream.org)?,
            laptop: number.map(letter),
            missing: (from <= to).then_some(SyncGap { from, to }),
            pieces,
            since: time::stamp(waits.since_ms),
        })
    };
    streams.into_iter().map(line).collect()
}

/// The organisation above, our own when it has other laptops, and those right below.
fn partners(session: &Session) -> Result<Vec<(Id, SyncRelation)>, ApiError> {
    let store = &session.store;
    let own = store.org();
    let mut orgs: Vec<_> = session.parent()?.map(|above| (above, SyncRelation::Above)).into_iter().collect();
    if laptops(session, own) > 0 {
        orgs.push((own, SyncRelation::Own));
    }
    let below = store.organisations()?.into_iter();
    let below = below.filter(|o| o.parent == Some(own) && o.absorbed_into.is_none());
    orgs.extend(below.map(|o| (o.id, SyncRelation::Below)));
    Ok(orgs)
}

/// How many laptops are in use at an organisation, this one left out.
fn laptops(session: &Session, org: Id) -> u32 {
    let mut there = session.store.current_laptops(org);
    there.retain(|replica| *replica != session.store.replica().id());
    there.len().try_into().unwrap_or(u32::MAX)
}

fn peer(session: &Session, org: Id, relation: SyncRelation) -> Result<SyncPeer, ApiError> {
    let store = &session.store;
    Ok(SyncPeer {
        org: org.into(),
        name: store.organisation_name(org)?,
        relation,
        laptops: laptops(session, org),
        heard: store.last_heard(org)?.map(time::stamp),
        lacks: store.waiting_for(org)?,
    })
}

fn look(_: &Api, request: HubAddress) -> Result<HubShown, ApiError> {
    let card = wire::ask_card(&request.url)?;
    Ok(HubShown { fingerprint: card.fingerprint().to_string(), url: card.url })
}

fn use_hub(api: &Api, request: UseHub) -> Result<HubKnown, ApiError> {
    not_in_demo(api)?;
    let card = wire::ask_card(&request.url)?;
    let fingerprint = card.fingerprint().to_string();
    let plain = |text: &str| text.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_uppercase();
    if plain(&fingerprint) != plain(&request.fingerprint) {
        return Err(Trouble::OtherHub { url: card.url, fingerprint }.into());
    }
    let mut session = api.session()?;
    wire::pin(&mut session.store, &card)?;
    session.catch_up()?;
    let published = wire::is_published(&session.store)?;
    drop(session);
    api.call_soon();
    Ok(HubKnown { url: card.url, fingerprint, published })
}

fn pause(api: &Api, request: PauseSync) -> Result<Empty, ApiError> {
    api.session()?.store.local_put(PAUSED, &json!(request.paused))?;
    if !request.paused {
        api.call_soon();
    }
    Ok(Empty {})
}

impl Api {
    /// Somebody has just put the network to use, or wants it used: the next call does not wait.
    pub(crate) fn call_soon(&self) {
        let calling = &self.inner.calling;
        *calling.wake.lock().unwrap_or_else(PoisonError::into_inner) = true;
        calling.woken.notify_all();
    }

    /// Calls the county's server by itself from now on, as long as somebody is signed in: soon after something was saved,
    /// every few minutes otherwise, more and more rarely while nobody answers. The thread ends with [`Api::close`].
    pub fn keep_in_touch(&self) {
        let api = self.clone();
        std::thread::spawn(move || {
            let mut failures = 0;
            api.inner.calling.rest(AFTER_SAVE);
            while !api.inner.calling.ended.load(Ordering::Relaxed) {
                match api.call_by_itself() {
                    None => {
                        api.inner.calling.rest(AFTER_SAVE);
                    }
                    Some(Ok(())) => {
                        failures = 0;
                        // What is saved meanwhile need not wait for the calm to end.
                        api.inner.calling.rest_calmly(CALM, LOOK, AFTER_SAVE, || api.something_waits());
                    }
                    Some(Err(_)) => {
                        failures = (failures + 1).min(16);
                        let wait = BACK_OFF.saturating_mul(1 << (failures - 1)).min(BACK_OFF_MAX);
                        api.inner.calling.rest(wait);
                    }
                }
            }
        });
    }

    /// One call, if there is somebody to call and nothing against it.
    fn call_by_itself(&self) -> Option<Result<(), ApiError>> {
        let _turn = self.inner.calling.turn()?;
        let card = {
            let session = self.session().ok()?;
            let paused = is_paused(&session).ok()?;
            // A copied or moved store asks a person first what it is.
            if session.demo || paused || session.store.moved() {
                return None;
            }
            known_hub(&session.store).ok()??
        };
        Some(exchange(self, &card, None).map(|_| ()))
    }

    fn something_waits(&self) -> bool {
        self.session()
            .ok()
            .and_then(|session| session.store.waiting().ok())
            .is_some_and(|waiting| waiting > 0)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Instant;

    use super::*;

    #[test]
    fn what_is_saved_in_a_calm_hour_does_not_wait_for_its_end() {
        let (calling, asked) = (Calling::default(), Cell::new(0));
        let began = Instant::now();
        let (hour, blink) = (Duration::from_secs(3600), Duration::from_millis(5));
        calling.rest_calmly(hour, blink, blink, || {
            asked.set(asked.get() + 1);
            asked.get() > 3
        });
        assert!(began.elapsed() < Duration::from_secs(60));
        assert_eq!(asked.get(), 4);
    }

    #[test]
    fn who_asks_for_a_call_is_heard_at_once() {
        let calling = Calling::default();
        *calling.wake.lock().expect("nobody else") = true;
        let began = Instant::now();
        let (hour, half) = (Duration::from_secs(3600), Duration::from_secs(1800));
        calling.rest_calmly(hour, half, half, || false);
        assert!(began.elapsed() < Duration::from_secs(60));
    }
}
