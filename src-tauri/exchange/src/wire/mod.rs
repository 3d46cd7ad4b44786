//! The same changes over a network: what the county's server ([hub card](HubCard)) and a laptop say to each other.
//!
//! A request and its answer are [containers](crate::container) like the bundles on a stick, byte for byte: signed by the
//! replica or by the server's own key, sealed for the other side, checked to the last byte before anything of them is
//! used. So a replica signs in with every request by its key and its certificate, not by mutual TLS: a line through a
//! county's proxy that ends TLS is as good as a straight one, the clock of a laptop at 1970 matters to no certificate,
//! server processes share no sessions, and one reader of foreign bytes is to be trusted instead of two. TLS is there to
//! hide who speaks to whom.
//!
//! An [`Ask`] says what the laptop's organisation holds as one hash, carries a piece of what the server was last heard
//! to lack, and names streams of which the laptop wants more; an [`Answer`] says whether both are even, else what the
//! server holds, and carries a piece of what was wanted. Nobody remembers what was sent: a request that is lost, or
//! arrives twice, or after the server was restored from an old backup, only leads to the next question.

mod ahead;
mod answer;
mod ask;
mod call;
mod card;
mod http;
mod line;

pub use answer::{Answer, Refused};
pub use ask::Ask;
pub use call::{Call, Opened, Progress, Request, Synced, sync};
pub use card::{Fingerprint, HubCard, is_published, known_hub, pin};
pub use http::{HttpLine, ask_card};
pub use line::{Line, LineError};

/// The message format that is written, and the newest that is read.
pub const FORMAT: u64 = 1;
/// Where a server takes requests.
pub const EXCHANGE_PATH: &str = "/v1/exchange";
/// Where a server shows its card.
pub const CARD_PATH: &str = "/v1/hub";
/// The longest answer that a laptop reads, in bytes.
pub const ANSWER_BYTES_MAX: u64 = 96 << 20;
