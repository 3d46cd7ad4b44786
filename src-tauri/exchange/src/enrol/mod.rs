//! Enrolment by two files on a stick: a laptop asks for a place in the tree, the organisation above gives it one, the
//! laptop takes it.
//!
//! Plain, the laptop's organisation keeps its id and becomes a child; with `into`, the laptop becomes one more laptop of an
//! organisation that is there already, with everything that it wrote alone.

mod accept;
mod grant;
mod hand_over;
mod request;
mod request_file;
mod whole_file;

pub use accept::{Accepted, accept};
pub use grant::{Granted, grant};
pub use hand_over::hand_over;
pub use request::{Requested, request};
pub use request_file::RequestHeader;

pub(crate) use request_file::{is_request, read_header};
pub(crate) use whole_file::write_whole;
