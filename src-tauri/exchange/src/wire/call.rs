//! One exchange with the server, question by question.

use age::x25519::Identity;
use yuanba_core::Id;
use yuanba_journal::{Hash, Lane, ReplicaKey, Segment, StreamId};
use yuanba_store::Store;
use yuanba_store::peers::Vector;
use yuanba_store::pieces::{Piece, PieceSize};

use super::{Answer, Ask, HubCard, Line, LineError, Refused};
use crate::arrival::take_in;
use crate::bundle::check_segments;
use crate::container::{self, Bundle, BundleError, ClearHeader, Recipient};
use crate::refusal::untouched;
use crate::{ExchangeError, Refusal, Result, keys, vector};

/// The most streams that are asked for at once.
const WANTS_MAX: usize = 4_000;
/// The most bytes of changes that an answer is asked to bring.
const MOST: u64 = 2 << 20;
/// A server that says again and again that something is missing is not believed for ever.
const GAPS_MAX: u32 = 3;

/// What came of an exchange.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synced {
    /// Changes sent
    pub sent: u64,
    /// Changes received that were new, those included that had waited for them
    pub received: u64,
    /// Questions asked
    pub rounds: u32,
    /// Bytes sent and received
    pub bytes: (u64, u64),
    /// Both sides hold the same now
    pub even: bool,
    /// Segments received that wait for a gap to be filled
    pub parked: u64,
    /// The server's time, ms since 1970
    pub time_ms: Option<i64>,
    /// This store turned out to be a copy or a restored backup, and goes on as a laptop of its own
    pub began_anew: bool,
}

/// How far an exchange has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Changes sent so far
    pub sent: u64,
    /// Changes received so far
    pub received: u64,
}

/// One exchange, without the line: what to ask next, and what to do with the answer. Only [`Call::next`] and
/// [`Call::take`] touch the store, and each for a moment, so that people go on working meanwhile.
pub struct Call {
    hub: Id,
    key: yuanba_journal::PublicKey,
    recipient: Recipient,
    name: String,
    reply_to: Identity,
    size: PieceSize,
    // What the server held when it was last heard, and what it was sent since.
    theirs: Vector,
    heard: Vector,
    // It was heard in this call.
    fresh: bool,
    introduced: Introduced,
    // It was told that it sent what the server may not take from it, and sends nothing until it has heard why.
    listening: Option<bool>,
    gaps: u32,
    // It was asked once more what it holds, since anything came or went.
    asked_again: bool,
    done: bool,
    synced: Synced,
    // What is likely to be asked next, sealed, and begun to be asked.
    pub(super) ahead: Option<(Ask, Vec<u8>)>,
}

/// How a laptop has said who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Introduced {
    No,
    /// By its own organisation's certificates
    ByOwn,
    /// By those of all above it as well
    ByLine,
}

/// A question that is ready to be sealed.
pub struct Request {
    pub(super) ask: Ask,
    pub(super) piece: Piece,
    key: ReplicaKey,
    to: Recipient,
    // It was asked ahead, in these bytes.
    sealed: Option<Vec<u8>>,
}

impl Request {
    /// The bytes that go over the line.
    ///
    /// # Errors
    /// `File` for a piece that no server would read: one longer than a bundle may be.
    pub fn seal(&self) -> Result<Vec<u8>> {
        if let Some(sealed) = &self.sealed {
            return Ok(sealed.clone());
        }
        let header = ClearHeader { from: self.ask.from, to: self.ask.to, time_ms: self.ask.time_ms };
        let manifest = self.ask.to_cbor();
        let recipients = [self.to.clone()];
        let bundle = Bundle { header, recipients: &recipients, manifest: &manifest, key: &self.key };
        container::seal_bytes(&bundle, self.piece.segments.iter().map(Segment::to_cbor))
            .map_err(ExchangeError::File)
    }
}

/// An answer that was checked to its last byte.
pub struct Opened {
    pub(super) answer: Answer,
    pub(super) segments: Vec<Segment>,
    bytes: u64,
}

impl Call {
    /// Begins an exchange with a server whose key is pinned.
    ///
    /// # Errors
    /// `Refused` for a card that is none; those of the store.
    pub fn begin(store: &mut Store, card: &HubCard) -> Result<Call> {
        let (Some(key), Some(recipient)) = (card.public(), card.recipient()) else {
            return Err(Refusal::new(
                "bad_card",
                "县级服务器的名片写得不对，没有联网。本机的数据都在。",
                "请在「联网上报」里重新填一次地址。",
            )
            .into());
        };
        // A copied or restored store writes nothing in its original's name.
        keys::ensure_org_key(store)?;
        let heard = store.heard(key.id())?;
        Ok(Call {
            hub: key.id(),
            key,
            recipient,
            name: card.url.clone(),
            reply_to: Identity::generate(),
            size: PieceSize::default(),
            theirs: heard.clone(),
            heard,
            fresh: false,
            introduced: Introduced::No,
            listening: None,
            gaps: 0,
            asked_again: false,
            done: false,
            synced: Synced::default(),
            ahead: None,
        })
    }

    /// With pieces of another size.
    pub fn in_pieces_of(mut self, size: PieceSize) -> Call {
        self.size = size;
        self
    }

    /// What came of it so far.
    pub fn synced(&self) -> &Synced {
        &self.synced
    }

    /// The next question; none when there is nothing more to ask.
    ///
    /// # Errors
    /// Those of the store.
    pub fn next(&mut self, store: &Store) -> Result<Option<Request>> {
        if self.done {
            return Ok(None);
        }
        let org = store.org();
        let mut wants = if self.fresh { store.lacking(&self.theirs)? } else { Vector::new() };
        while wants.len() > WANTS_MAX {
            wants.pop_last();
        }
        if self.fresh && wants.is_empty() {
            self.listening = self.listening.map(|_| false);
        }
        let piece = match (self.introduced, self.listening) {
            (Introduced::ByOwn | Introduced::ByLine, Some(true)) if !self.fresh => {
                self.introduction(store)?
            }
            (_, Some(true)) => Piece::default(),
            _ => store.piece_for(org, &self.theirs, self.size)?,
        };
        if self.fresh && self.synced.rounds > 0 && piece.segments.is_empty() && wants.is_empty() {
            self.done = true;
            return Ok(None);
        }
        let ask = Ask {
            from: org,
            to: self.hub,
            time_ms: store.surroundings().clock.now_ms(),
            reply_to: self.reply_to.to_public().to_string(),
            digest: vector::digest(&store.vector_for(org)?),
            wants,
            tell: !self.fresh,
            most: MOST,
        };
        Ok(Some(self.request(store, ask, piece)))
    }

    /// A question; in the bytes in which it was asked ahead, if it is that one.
    pub(super) fn request(&mut self, store: &Store, ask: Ask, piece: Piece) -> Request {
        let sealed = self.ahead.take().filter(|(ahead, _)| {
            piece.segments.is_empty() && *ahead == Ask { time_ms: ahead.time_ms, ..ask.clone() }
        });
        Request {
            ask,
            piece,
            key: store.replica().clone(),
            to: self.recipient.clone(),
            sealed: sealed.map(|(_, sealed)| sealed),
        }
    }

    /// What is known of the server when an answer is taken in.
    pub(super) fn theirs_after<'a>(&'a self, answer: &'a Answer) -> &'a Vector {
        answer.vector.as_ref().unwrap_or(&self.theirs)
    }

    /// The size of pieces.
    pub(super) fn size(&self) -> PieceSize {
        self.size
    }

    /// What says who we are: what our own organisation says of itself and its laptops, which no server can find out of scope;
    /// and if that is not enough, also what those above us published. Nobody's work is among it.
    fn introduction(&self, store: &Store) -> Result<Piece> {
        let (org, tree) = (store.org(), store.authority());
        let line = self.introduced == Introduced::ByLine;
        let says = |stream: &StreamId| {
            stream.lane == Lane::Down
                && (tree.canonical(stream.org) == org || line && tree.covers(stream.org, org))
        };
        Ok(store.piece_of(says, &Vector::new(), self.size)?)
    }

    /// Checks an answer to a request to its last byte; needs no store.
    ///
    /// # Errors
    /// `Refused` for what the pinned server has not written in answer to this request.
    pub fn open(&self, request: &[u8], answer: &[u8], certificate: Option<Hash>) -> Result<Opened> {
        let opened = container::open_bytes(answer, std::slice::from_ref(&self.reply_to))
            .map_err(|error| self.garbled(&error))?;
        let strange = || -> ExchangeError {
            Refusal::new(
                "forged",
                format!("{}上的不是县里公布的那台服务器，没有收它的东西。{}", self.name, untouched(None)),
                "请先停用联网，问清楚县里的服务器地址；U 盘照常能用。",
            )
            .into()
        };
        if opened.writer() != self.key || opened.header().from != self.hub {
            return Err(strange());
        }
        let manifest = Answer::from_cbor(opened.manifest()).map_err(|_| self.misread())?;
        if manifest.to != Hash::of(&[request]) {
            return Err(strange());
        }
        if let (Some(shown), Some(said)) = (certificate, manifest.tls)
            && shown != said
        {
            return Err(strange());
        }
        let segments = opened
            .segments()
            .map(Segment::from_cbor)
            .collect::<Result<_, _>>()
            .map_err(|_| self.misread())?;
        Ok(Opened { answer: manifest, segments, bytes: answer.len() as u64 })
    }

    fn garbled(&self, error: &BundleError) -> ExchangeError {
        Refusal::of_container(error, None, "服务器").into()
    }

    fn misread(&self) -> ExchangeError {
        Refusal::newer().into()
    }

    /// Takes an answer in: what it brought is in the store when this returns.
    ///
    /// # Errors
    /// `Refused` when the server will have nothing of this laptop, or brings what may not come here; those of the store.
    pub fn take(
        &mut self,
        store: &mut Store,
        request: Request,
        sent: u64,
        opened: Opened,
    ) -> Result<Progress> {
        self.synced.rounds += 1;
        self.synced.bytes.0 += sent;
        self.synced.bytes.1 += opened.bytes;
        let Opened { answer, segments, .. } = opened;
        if let Some(refused) = answer.refused {
            return self.refused(refused).map(|()| self.progress());
        }
        store.vouch(answer.time_ms)?;
        self.synced.time_ms = Some(answer.time_ms);
        let brought = !segments.is_empty();
        let mut new = 0;
        if brought {
            let tree = store.authority_with(&segments, &[]);
            let us = tree.canonical(store.org());
            check_segments(&tree, us, &segments, store.level(), "服务器")?;
            let (applied, began_anew) = take_in(store, segments)?;
            new = applied.new;
            self.synced.received += applied.new;
            self.synced.parked += applied.waiting;
            self.synced.began_anew |= began_anew;
        }
        let asked_in_vain = !request.ask.wants.is_empty() && new == 0 && !answer.more;
        if answer.gaps.is_empty() {
            self.synced.sent += request.piece.changes();
            request.piece.extend(&mut self.theirs);
        } else {
            self.gaps += 1;
            self.fresh = false;
        }
        if let Some(theirs) = answer.vector {
            if is_flood(store, &theirs)? {
                store.defer_folding();
            }
            self.theirs = theirs;
            self.fresh = true;
        }
        let ours = store.vector_for(store.org())?;
        if vector::digest(&ours) == answer.digest {
            self.theirs = ours;
            self.synced.even = true;
            self.done = true;
        } else {
            let nothing_goes = request.piece.segments.is_empty() && asked_in_vain;
            self.done = nothing_goes && self.asked_again || self.gaps > GAPS_MAX;
            if nothing_goes {
                // What was brought may have changed what is ours to see: a village that came to us, or went.
                self.fresh = false;
            }
            self.asked_again = nothing_goes;
            self.synced.even = false;
        }
        Ok(self.progress())
    }

    /// Remembers what the server was last heard to hold. It is only where the next exchange begins: what is wrong with it
    /// shows there.
    ///
    /// # Errors
    /// Those of the store.
    pub fn end(mut self, store: &mut Store) -> Result<Synced> {
        store.fold_deferred()?;
        if self.synced.time_ms.is_some() {
            if self.theirs == self.heard {
                store.hear_again(self.hub)?;
            } else {
                store.hear(self.hub, self.hub, &self.theirs)?;
            }
        }
        Ok(std::mem::take(&mut self.synced))
    }

    fn progress(&self) -> Progress {
        Progress { sent: self.synced.sent, received: self.synced.received }
    }

    fn refused(&mut self, refused: Refused) -> Result<()> {
        let (message, next) = match refused {
            // What says who we are goes first, and the server can judge then. One that was restored has forgotten who stands
            // under its county.
            Refused::UnknownWriter | Refused::AnotherCounty if self.introduced != Introduced::ByLine => {
                self.introduced = match self.introduced {
                    Introduced::No => Introduced::ByOwn,
                    _ => Introduced::ByLine,
                };
                self.listening = Some(true);
                self.theirs.clear();
                self.fresh = false;
                return Ok(());
            }
            // Either somebody moved us and we have not heard of it, or the server was restored and has forgotten whom it knew:
            // what it holds tells both.
            Refused::OutOfScope if self.listening.is_none() => {
                self.listening = Some(true);
                self.fresh = false;
                return Ok(());
            }
            Refused::UnknownWriter => {
                ("县里的服务器还不认识这台电脑。", "请先由上级办授权（U 盘也行），再联网。")
            }
            Refused::Revoked => ("这台电脑已经被上级停用，服务器不再收它的东西。", "请到镇里办新的授权。"),
            Refused::AnotherCounty => {
                ("这台服务器是别的县的，它没有收这台电脑的东西。", "请问清楚本县的服务器地址，换过来。")
            }
            Refused::OutOfScope => {
                ("服务器说有不归这台电脑送的东西，没有收。", "请把这台电脑拿给镇里看一看。")
            }
            Refused::Busy => ("服务器正忙，这次没有送成。", "过几分钟会自己再试，不用管它。"),
            Refused::Full => {
                ("县里的服务器存满了，这次没有送成。", "请告诉县里；数据都在本机，U 盘照常能用。")
            }
            Refused::Damaged => ("路上出了错，服务器没有收下。", "过一会儿会自己再试。"),
        };
        let message = format!("{message}{}", untouched(None));
        Err(Refusal::new(refused.code(), message, next).into())
    }
}

/// Changes that are worth folding at once at the end of a call.
const FLOOD: u64 = 30_000;

/// Whether a new machine is about to take in many times what it holds.
fn is_flood(store: &Store, theirs: &Vector) -> Result<bool> {
    let reach = |tips: &[yuanba_journal::author::Tip]| tips.iter().map(|tip| tip.seq).max().unwrap_or(0);
    let mut comes = 0;
    for (stream, ours) in store.lacking(theirs)? {
        comes += theirs.get(&stream).map_or(0, |tips| reach(tips)).saturating_sub(reach(&ours));
    }
    let held: u64 = store.vector_for(store.org())?.values().map(|tips| reach(tips)).sum();
    Ok(comes > FLOOD && comes > 4 * held)
}

/// A whole exchange over a line. `progress` is told after each answer and may stop it; what was exchanged until then counts.
///
/// # Errors
/// The line's, as [`ExchangeError::Line`]; those of [`Call`].
pub fn sync(
    store: &mut Store,
    card: &HubCard,
    line: &mut dyn Line,
    progress: &mut dyn FnMut(Progress) -> std::ops::ControlFlow<()>,
) -> Result<Synced> {
    let mut call = Call::begin(store, card)?;
    let ended = converse(&mut call, store, line, progress);
    let synced = call.end(store)?;
    ended.map(|()| synced)
}

fn converse(
    call: &mut Call,
    store: &mut Store,
    line: &mut dyn Line,
    progress: &mut dyn FnMut(Progress) -> std::ops::ControlFlow<()>,
) -> Result<()> {
    while let Some(request) = call.next(store)? {
        let bytes = request.seal()?;
        let answer = line.ask(&bytes).map_err(ExchangeError::Line)?;
        let opened = call.open(&bytes, &answer, line.certificate())?;
        if let Some(ahead) = call.look_ahead(store, &request, &opened)? {
            line.begin(ahead);
        }
        let at = call.take(store, request, bytes.len() as u64, opened)?;
        if progress(at).is_break() {
            break;
        }
    }
    Ok(())
}

impl From<LineError> for ExchangeError {
    fn from(error: LineError) -> ExchangeError {
        ExchangeError::Line(error)
    }
}
