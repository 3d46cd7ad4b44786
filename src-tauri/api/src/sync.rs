//! `sync.*`: 联网上报. The same changes as on a stick, over a network, by hand or by itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use yuanba_exchange::wire::{self, Call, HttpLine, HubCard, Line, LineError, Synced, known_hub};

use crate::Api;
use crate::dto::{Empty, JobStarted, Nothing, RecordId, answer, request};
use crate::error::ApiError;
use crate::job::Progress;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::store::LAST_EXCHANGE;
use crate::time;

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
        /// What came of it, in a sentence
        pub text: String,
    }

    /// Whoever exchanges with this laptop.
    pub struct SyncPeer {
        pub org: RecordId,
        pub name: String,
        /// When it was last heard, by stick or otherwise
        pub heard: Option<String>,
        /// Changes that it is not known to hold
        pub lacks: u64,
    }

    /// Something that waits for what comes before it.
    pub struct SyncParked {
        pub org_name: String,
        /// The letter of the laptop that wrote it
        pub laptop: String,
        /// The first and the last change that are missing
        pub missing_from: u64,
        pub missing_to: u64,
        pub since: String,
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
    "sync.run" (RunSync) -> JobStarted => SyncDone, Exchange => run;
    /// Who has what, what waits, what came of the last try
    "sync.state" (Nothing) -> SyncState, Read => state;
    /// Asks a server for its fingerprint
    "sync.look" (HubAddress) -> HubShown, Govern => look;
    /// Takes a server whose fingerprint a person has compared; at the top of the tree it is told to all below
    "sync.use" (UseHub) -> HubKnown, Govern => use_hub;
    /// Stops or resumes calling by itself
    "sync.pause" (PauseSync) -> Empty, Exchange => pause;
}

/// Where the last try stands among the local values.
const LAST_TRY: &str = "sync.last";
const PAUSED: &str = "sync.paused";
/// By itself: so long after a call in which nothing was wrong.
const CALM: Duration = Duration::from_secs(300);
/// So long after somebody has saved something.
const AFTER_SAVE: Duration = Duration::from_secs(20);
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

fn run(api: &Api, request: RunSync) -> Result<JobStarted, ApiError> {
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
    let (well, text) = match &result {
        Ok(done) => (true, done.text.clone()),
        Err(error) => (false, format!("{}{}", error.message, error.next_step)),
    };
    if let Ok(mut session) = api.session() {
        // It is done by then: a disk without room for the note takes nothing of that back.
        let _ = session.store.local_put(LAST_TRY, &json!({ "well": well, "text": text }));
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

fn state(api: &Api, _: Nothing) -> Result<SyncState, ApiError> {
    let session = api.session()?;
    let store = &session.store;
    let hub = known_hub(store)?;
    let last_contact = match hub.as_ref().and_then(HubCard::id) {
        Some(id) => store.peer_heard(id)?.map(time::stamp),
        None => None,
    };
    let last_try = store.local_get(LAST_TRY)?.map(|(value, at)| SyncTry {
        at: time::stamp(at),
        well: value["well"] == true,
        text: value["text"].as_str().unwrap_or_default().to_owned(),
    });
    let tree = store.authority();
    let mut parked = Vec::new();
    for waits in store.parked()? {
        let letter = tree.letter(waits.stream.replica, waits.stream.org);
        parked.push(SyncParked {
            org_name: store.organisation_name(waits.stream.org)?,
            laptop: letter.map_or_else(String::new, letter_word),
            missing_from: waits.held_to + 1,
            missing_to: waits.first_seq.saturating_sub(1),
            since: time::stamp(waits.since_ms),
        });
    }
    Ok(SyncState {
        hub: match hub {
            Some(card) => Some(HubKnown {
                fingerprint: card.fingerprint().to_string(),
                published: wire::is_published(store)?,
                url: card.url,
            }),
            None => None,
        },
        paused: store.local_get(PAUSED)?.is_some_and(|(value, _)| value == true),
        running: api.inner.calling.busy.load(Ordering::Relaxed),
        waiting: store.waiting()?,
        last_contact,
        last_try,
        peers: peers(&session)?,
        parked,
    })
}

/// The organisation above, those right below, and the other laptops of our own.
fn peers(session: &Session) -> Result<Vec<SyncPeer>, ApiError> {
    let store = &session.store;
    let own = store.org();
    let mut orgs: Vec<_> = session.parent()?.into_iter().collect();
    if store.current_laptops(own).len() > 1 {
        orgs.push(own);
    }
    let below = store.organisations()?.into_iter();
    orgs.extend(below.filter(|o| o.parent == Some(own) && o.absorbed_into.is_none()).map(|o| o.id));
    orgs.into_iter()
        .map(|org| {
            Ok(SyncPeer {
                org: org.into(),
                name: store.organisation_name(org)?,
                heard: store.last_heard(org)?.map(time::stamp),
                lacks: store.waiting_for(org)?,
            })
        })
        .collect()
}

/// A, B, …, Z, AA, …
fn letter_word(letter: u16) -> String {
    let (high, low) = (letter / 26, (letter % 26) as u8);
    let low = char::from(b'A' + low);
    if high == 0 { low.to_string() } else { format!("{}{low}", letter_word(high - 1)) }
}

fn look(_: &Api, request: HubAddress) -> Result<HubShown, ApiError> {
    let card = wire::ask_card(&request.url)?;
    Ok(HubShown { fingerprint: card.fingerprint().to_string(), url: card.url })
}

fn use_hub(api: &Api, request: UseHub) -> Result<HubKnown, ApiError> {
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
            let mut wait = AFTER_SAVE;
            let mut failures = 0;
            loop {
                api.inner.calling.rest(wait);
                if api.inner.calling.ended.load(Ordering::Relaxed) {
                    return;
                }
                wait = match api.call_by_itself() {
                    None => AFTER_SAVE,
                    Some(Ok(())) => {
                        failures = 0;
                        CALM
                    }
                    Some(Err(_)) => {
                        failures = (failures + 1).min(16);
                        BACK_OFF.saturating_mul(1 << (failures - 1)).min(BACK_OFF_MAX)
                    }
                };
                // What is saved meanwhile need not wait for the calm to end.
                while failures == 0 && wait > AFTER_SAVE && !api.something_waits() {
                    wait -= AFTER_SAVE;
                    if api.inner.calling.rest(AFTER_SAVE) {
                        wait = Duration::ZERO;
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
            let paused = session.store.local_get(PAUSED).ok()?.is_some_and(|(value, _)| value == true);
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
