//! The next question, asked while the answer to the last one is being taken in: a laptop that has much to fetch waits for
//! the server and for its own disk at once instead of in turn.

use yuanba_store::Store;
use yuanba_store::pieces;

use super::Ask;
use super::call::{Call, Opened, Request};
use crate::{Result, vector};

impl Call {
    /// The sealed question that follows when an answer is taken in as it is, if there is much to fetch and nothing to bring:
    /// for [`super::Line::begin`], before [`Call::take`]. [`Call::next`] asks in these bytes if the question is that one, and
    /// forgets them otherwise.
    ///
    /// # Errors
    /// Those of the store.
    pub fn look_ahead(&mut self, store: &Store, request: &Request, opened: &Opened) -> Result<Option<&[u8]>> {
        let answer = &opened.answer;
        let fetches = answer.more && !opened.segments.is_empty() && request.piece.segments.is_empty();
        if !fetches || answer.refused.is_some() || !answer.gaps.is_empty() {
            return Ok(None);
        }
        let org = store.org();
        let theirs = self.theirs_after(answer);
        if !store.piece_for(org, theirs, self.size())?.segments.is_empty() {
            return Ok(None);
        }
        let mut wants = request.ask.wants.clone();
        pieces::extend(&mut wants, &opened.segments);
        wants.retain(|stream, ours| {
            theirs.get(stream).is_some_and(|tips| tips.iter().any(|tip| !ours.contains(tip)))
        });
        let mut held = store.vector_for(org)?;
        pieces::extend(&mut held, &opened.segments);
        let ask = Ask {
            time_ms: store.surroundings().clock.now_ms(),
            digest: vector::digest(&held),
            wants,
            tell: false,
            ..request.ask.clone()
        };
        self.ahead = None;
        let sealed = self.request(store, ask.clone(), pieces::Piece::default()).seal()?;
        Ok(Some(&self.ahead.insert((ask, sealed)).1))
    }
}
