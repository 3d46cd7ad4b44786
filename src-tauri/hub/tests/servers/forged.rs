//! Requests that no honest laptop would make, signed by whoever.

use std::io::Write as _;

use yuanba_core::Id;
use yuanba_exchange::container::{Bundle, ClearHeader, Identity, open_bytes, seal_bytes};
use yuanba_exchange::wire::{Answer, Ask, HubCard};
use yuanba_journal::{Hash, Lane, StreamId};
use yuanba_store::peers::Vector;

use crate::place::Place;
use crate::program::{Program, status};

/// A request of a laptop that is certified, or of anybody.
pub struct Forgery<'a> {
    pub place: &'a Place,
    pub wants: Vector,
    pub segments: Vec<Vec<u8>>,
    pub most: u64,
}

impl Forgery<'_> {
    pub fn of(place: &Place) -> Forgery<'_> {
        Forgery { place, wants: Vector::new(), segments: Vec::new(), most: 1 << 20 }
    }

    /// The bytes, and who can open the answer.
    pub fn sealed(self, card: &HubCard) -> (Vec<u8>, Identity) {
        let me = Identity::generate();
        let (from, to) = (self.place.org(), card.id().unwrap());
        let ask = Ask {
            from,
            to,
            time_ms: 0,
            reply_to: me.to_public().to_string(),
            digest: Hash([0; 32]),
            wants: self.wants,
            tell: true,
            most: self.most,
        };
        let (manifest, recipients) = (ask.to_cbor(), [card.recipient().unwrap()]);
        let header = ClearHeader { from, to, time_ms: 0 };
        let key = self.place.store.replica();
        let bundle = Bundle { header, recipients: &recipients, manifest: &manifest, key };
        (seal_bytes(&bundle, self.segments).unwrap(), me)
    }
}

/// Every stream that so many organisations and laptops could have.
pub fn streams(orgs: u16, replicas: u16) -> Vector {
    let id = |n: u16| {
        let mut id = [0xab; 16];
        id[..2].copy_from_slice(&n.to_be_bytes());
        Id(id)
    };
    let lanes = |org, replica| {
        [Lane::Up, Lane::Down].map(|lane| (StreamId { replica: id(replica), org: id(org), lane }, Vec::new()))
    };
    (0..orgs).flat_map(|org| (0..replicas).flat_map(move |replica| lanes(org, replica))).collect()
}

/// Posts a request: the status, and the body of the answer.
pub fn post(hub: &Program, request: &[u8]) -> (u16, Vec<u8>) {
    let mut line = hub.line();
    let head = format!(
        "POST /v1/exchange HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        request.len()
    );
    let _ = line.write_all(head.as_bytes());
    let _ = line.write_all(request);
    let mut answer = Vec::new();
    let _ = std::io::Read::read_to_end(&mut line, &mut answer);
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(answer.len());
    let code = status(&String::from_utf8_lossy(&answer[..head]));
    (code, answer.split_off((head + 4).min(answer.len())))
}

/// What stands in an answer, and the bytes of its segments.
pub fn opened(answer: &[u8], me: Identity) -> (Answer, usize) {
    let opened = open_bytes(answer, &[me]).unwrap();
    (Answer::from_cbor(opened.manifest()).unwrap(), opened.segments().map(<[u8]>::len).sum())
}
