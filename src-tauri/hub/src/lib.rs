//! The county's server: an archivist and a witness (DESIGN §6).
//!
//! It keeps changes by stream, as verified [runs](archive::Run) whose bytes are sealed at rest, hands them out strictly by
//! scope, and signs its time and what it holds. It knows the tree of organisations ([`shelf`]), because that says who may
//! bring and take what; it knows no practice and folds no table. Processes are stateless: whatever one knows beyond its
//! [archive](archive::Archive) can be read from there again, and several may serve one archive at once.
//!
//! A request walks one way: [`server`] takes bytes from the line → [`hub::Hub::answer`] opens and signs in → [`taking_in`]
//! weaves what came into the runs → [`handing_out`] picks what was wanted → the answer is signed and sealed.

pub mod archive;
pub mod handing_out;
pub mod hub;
pub mod key;
pub mod limits;
pub mod metrics;
pub mod server;
pub mod shelf;
pub mod taking_in;

pub use archive::{Archive, ArchiveError};
pub use hub::{Hub, HubError};
pub use key::RestKey;
