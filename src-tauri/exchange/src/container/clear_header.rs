//! The few lines in front of a bundle that need no key.

use yuanba_core::Id;

use super::{BundleError, FORMAT};

const MAGIC: &str = "YUANBA ";
/// A line for whoever finds the file and opens it with a text editor.
const FOR_PEOPLE: &str =
    "这是院坝的交换文件，请插好 U 盘，在院坝里选「读 U 盘」。 A Yuanba bundle: read it with Yuanba.";
/// No header is longer than this, in bytes.
pub(super) const HEADER_BYTES_MAX: usize = 1024;

/// What anybody can read on a bundle without a key. It says what the file says of itself; only after the bundle was
/// opened is it known to be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClearHeader {
    /// The organisation that wrote the bundle.
    pub from: Id,
    /// The organisation it is meant for.
    pub to: Id,
    /// When it was written by the writer's clock, in milliseconds since 1970; clocks lie.
    pub time_ms: i64,
}

impl ClearHeader {
    /// The lines, with the empty line that ends them.
    pub(super) fn encode(&self) -> Vec<u8> {
        let ClearHeader { from, to, time_ms } = self;
        format!("{MAGIC}{FORMAT}\nfrom {from}\nto {to}\ntime {time_ms}\n{FOR_PEOPLE}\n\n").into_bytes()
    }

    /// Reads the lines at the start of `bytes`; gives the header and how many bytes it takes.
    ///
    /// # Errors
    /// `NewerFormat` for a bundle of a newer program, `Damaged` for everything else.
    pub(super) fn decode(bytes: &[u8]) -> Result<(ClearHeader, usize), BundleError> {
        let damaged = BundleError::Damaged("its first lines are not those of a bundle");
        let bytes = &bytes[..bytes.len().min(HEADER_BYTES_MAX)];
        let Some(rest) = bytes.strip_prefix(MAGIC.as_bytes()) else { return Err(damaged) };
        let format = rest.split(|byte| *byte == b'\n').next().and_then(|line| str::from_utf8(line).ok());
        match format
            .filter(|line| line.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|line| line.parse().ok())
        {
            Some(FORMAT) => {}
            Some(newer) if newer > FORMAT => return Err(BundleError::NewerFormat(newer)),
            _ => return Err(damaged),
        }
        let Some(end) = bytes.windows(2).position(|pair| pair == b"\n\n") else { return Err(damaged) };
        let Ok(text) = str::from_utf8(&bytes[..end]) else { return Err(damaged) };
        let mut lines = text.split('\n').skip(1);
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let header = (|| {
            Some(ClearHeader {
                from: field("from")?.parse().ok()?,
                to: field("to")?.parse().ok()?,
                time_ms: field("time")?.parse().ok()?,
            })
        })();
        match (header, lines.next(), lines.next()) {
            // The line for people may say something else one day.
            (Some(header), Some(_), None) => Ok((header, end + 2)),
            _ => Err(damaged),
        }
    }
}
