//! Taking in what came, by whatever carrier.

use yuanba_journal::Segment;
use yuanba_store::Store;
use yuanba_store::apply::Applied;

use crate::{Result, keys};

/// Takes in segments that were checked. A store that finds its own streams grown elsewhere is a copy or a restored backup,
/// and goes on as a laptop of its own from then on, where it has its organisation's key; answers whether it does.
///
/// # Errors
/// Those of the store.
pub(crate) fn take_in(store: &mut Store, segments: Vec<Segment>) -> Result<(Applied, bool)> {
    let applied = store.apply(segments)?;
    let began_anew = applied.forked && store.issuer().is_some();
    if began_anew {
        store.begin_new_replica()?;
        keys::ensure_org_key(store)?;
    }
    Ok((applied, began_anew))
}
