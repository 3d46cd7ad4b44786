//! What may come in: the tree decides, with the certificates that came along.

use yuanba_core::Id;
use yuanba_journal::authority::Authority;
use yuanba_journal::{Lane, StreamId};

/// Whether a stream may be held by an organisation. Downwards it is enough that we took somebody in; upwards only whom
/// we accepted ourselves may publish to us.
pub fn may_come(tree: &Authority, us: Id, stream: &StreamId) -> bool {
    tree.covers(us, stream.org)
        || (stream.lane == Lane::Down && tree.ancestors(us).contains(&tree.canonical(stream.org)))
}

/// Whether a laptop may bring something in the name of an organisation: it is certified for it, and the organisation
/// stands under ours, above ours, or is ours.
pub fn may_speak(tree: &Authority, us: Id, replica: Id, org: Id) -> bool {
    let known = tree.covers(us, org) || tree.ancestors(us).contains(&tree.canonical(org));
    known && tree.certified(replica, org) && tree.home(replica) == Some(tree.canonical(org))
}
