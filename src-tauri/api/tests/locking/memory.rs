//! Reading the own process's memory as a thief with a core dump would.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// The most that is read at once, in bytes.
const PIECE: usize = 1 << 20;
/// What secrets are covered with while they are searched for.
const COVER: u8 = 0x5a;

/// Something that must not be found, kept so that the search does not find its own memory of it.
pub struct Secret {
    name: &'static str,
    covered: Vec<u8>,
}

impl Secret {
    pub fn cover(name: &'static str, bytes: &[u8]) -> Secret {
        assert!(bytes.len() >= 16, "too short to be found by more than chance");
        Secret { name, covered: bytes.iter().map(|byte| byte ^ COVER).collect() }
    }

    pub fn uncovered(&self) -> Vec<u8> {
        self.covered.iter().map(|byte| byte ^ COVER).collect()
    }

    fn is_in(&self, piece: &[u8]) -> bool {
        let (first, rest) = (self.covered[0] ^ COVER, &self.covered[1..]);
        piece.iter().enumerate().any(|(at, byte)| {
            *byte == first
                && piece[at + 1..].len() >= rest.len()
                && piece[at + 1..].iter().zip(rest).all(|(found, covered)| *found == *covered ^ COVER)
        })
    }
}

/// The process's memory.
pub struct Memory {
    piece: Vec<u8>,
}

impl Memory {
    pub fn new() -> Memory {
        Memory { piece: vec![0; PIECE] }
    }

    /// The names of the secrets that stand somewhere in what the process can write to.
    pub fn holding(&mut self, secrets: &[Secret]) -> Vec<&'static str> {
        let mut maps = String::new();
        File::open("/proc/self/maps")
            .and_then(|mut f| f.read_to_string(&mut maps))
            .expect("the map of the memory");
        let mut memory = File::open("/proc/self/mem").expect("the memory");
        let longest = secrets.iter().map(|secret| secret.covered.len()).max().unwrap_or(0);
        let mut found: Vec<&'static str> = Vec::new();
        let mut bytes = 0;
        for line in maps.lines() {
            let mut words = line.split_whitespace();
            let (Some(range), Some(may)) = (words.next(), words.next()) else { continue };
            if !may.starts_with("rw") || line.ends_with("[vvar]") {
                continue;
            }
            let (start, end) = range.split_once('-').expect("a range");
            let place = |digits| usize::from_str_radix(digits, 16).expect("an address");
            let (mut at, end) = (place(start), place(end));
            while at < end {
                let length = PIECE.min(end - at);
                // The buffer itself is no finding.
                let own = self.piece.as_ptr() as usize;
                let length = if at < own && at + length > own { own - at } else { length };
                if (own..own + PIECE).contains(&at) {
                    at = own + PIECE;
                    continue;
                }
                let piece = &mut self.piece[..length];
                let read = memory.seek(SeekFrom::Start(at as u64)).and_then(|_| memory.read_exact(piece));
                if read.is_ok() {
                    bytes += length;
                    for secret in secrets {
                        if !found.contains(&secret.name) && secret.is_in(piece) {
                            found.push(secret.name);
                        }
                    }
                }
                // The next piece begins a little earlier, for what lies across the border.
                at += if length > longest && at + length < end { length - longest } else { length };
            }
        }
        self.piece.fill(0);
        assert!(bytes > PIECE, "hardly anything could be read");
        found
    }
}
