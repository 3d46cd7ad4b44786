//! What each form of bytes is made of.

use serde_json::{Map, Value as Json, json};
use yuanba_core::Id;
use yuanba_journal::fold::{
    Element, EntryState, FieldState, Head, Origin, RecordState, Reversed, StateDigest,
};
use yuanba_journal::payload::{
    Certificate, Choice, Claim, Cut, Entry, OrgKey, RecordWrite, Redaction, Retract, Reversal, Revocation,
    decode_values, encode_values,
};
use yuanba_journal::{
    Body, Change, Clock, Hash, HeadSignature, Header, Kind, PublicKey, Segment, Stamp, StreamId,
};

use super::words::Words;

/// Every form, by the name that vectors give it.
pub const ALL: [&str; 20] = [
    "key",
    "stamp",
    "tick",
    "values",
    "record",
    "entry",
    "reversal",
    "choice",
    "retract",
    "redaction",
    "certificate",
    "revocation",
    "org_key",
    "header",
    "head",
    "segment",
    "record_state",
    "entry_state",
    "state_digest",
    "ops_digest",
];

fn golden(parts: &[(&str, Json)]) -> Map<String, Json> {
    parts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn hexed(bytes: impl AsRef<[u8]>) -> Json {
    Json::String(hex::encode(bytes))
}

fn bytes(bytes: Vec<u8>) -> Map<String, Json> {
    golden(&[("bytes", hexed(bytes))])
}

fn bytes_and_hash(bytes: Vec<u8>) -> Map<String, Json> {
    let hash = Hash::of(&[&bytes]);
    golden(&[("bytes", hexed(bytes)), ("hash", hexed(hash.0))])
}

/// Writes what the words say.
pub fn make(form: &str, input: &Words<'_>) -> Map<String, Json> {
    let input = *input;
    match form {
        "key" => {
            let key = input.at("seed").key();
            golden(&[("public", hexed(key.public().0)), ("id", hexed(key.id().0))])
        }
        "stamp" => {
            let stamp = stamp(input);
            golden(&[("number", json!(stamp.0)), ("next", json!(stamp.next().0)), ("ms", json!(stamp.ms()))])
        }
        "tick" => {
            let mut clock = clock(input);
            let now = clock.now_ms(input.at("wall_ms").signed());
            let next = clock.tick(input.at("wall_ms").signed());
            golden(&[("now_ms", json!(now)), ("stamp", json!(next.0))])
        }
        "values" => {
            let body = body(input);
            golden(&[("bytes", hexed(&body.bytes)), ("hash", hexed(body.hash().0))])
        }
        "record" => bytes(record(input).to_cbor(&home(input))),
        "entry" => {
            let entry = entry(input);
            golden(&[("bytes", hexed(entry.to_cbor())), ("key", hexed(entry.key().0))])
        }
        "reversal" => bytes(Reversal { key: input.at("key").id() }.to_cbor()),
        "choice" => bytes(choice(input).to_cbor(&home(input))),
        "retract" => bytes(retract(input).to_cbor(&home(input))),
        "redaction" => bytes(redaction(input).to_cbor(&home(input))),
        "certificate" => {
            let certificate = claim(input).signed(&input.at("issuer_seed").key());
            golden(&[
                ("claim", hexed(certificate.claim.to_cbor())),
                ("signature", hexed(certificate.signature)),
                ("bytes", hexed(certificate.to_cbor())),
            ])
        }
        "revocation" => bytes(revocation(input).to_cbor(&home(input))),
        "org_key" => bytes(org_key(input).to_cbor()),
        "header" => bytes_and_hash(header(input, &home(input)).to_cbor()),
        "head" => {
            let (key, stream) = (input.at("seed").key(), home(input));
            let head = HeadSignature::sign(&key, &stream, input.at("seq").number(), &input.at("hash").hash());
            golden(&[("public", hexed(head.key.0)), ("signature", hexed(head.signature))])
        }
        "segment" => {
            let segment = segment(input);
            let hashes: Vec<Json> = segment.changes.iter().map(|c| hexed(c.hash.0)).collect();
            golden(&[
                ("bytes", hexed(segment.to_cbor())),
                ("hashes", Json::Array(hashes)),
                ("group", hexed(segment.changes[0].hash.id().0)),
            ])
        }
        "record_state" => {
            let state = record_state(input);
            assert_eq!(state.digest(), Hash::of(&[&state.digested()]));
            bytes_and_hash(state.digested())
        }
        "entry_state" => {
            let state = entry_state(input);
            assert_eq!(state.digest(), Hash::of(&[&state.digested()]));
            bytes_and_hash(state.digested())
        }
        "state_digest" => golden(&[("hash", hexed(state_digest(input).0))]),
        "ops_digest" => {
            let hashes = input.at("hashes").list().map(Words::hash).collect();
            golden(&[("hash", hexed(Hash::of_set(hashes).0))])
        }
        other => panic!("no form: {other}"),
    }
}

/// Reads the bytes and compares them with the words.
pub fn read_back(form: &str, input: &Words<'_>, golden: &Words<'_>) {
    let (input, golden) = (*input, *golden);
    let bytes = || golden.at("bytes").bytes();
    let home = || home(input);
    match form {
        "stamp" => assert_eq!(Stamp(golden.at("number").number()), stamp(input)),
        "values" => {
            let values = input.at("values").values();
            assert_eq!(decode_values(&bytes(), values.len()).unwrap(), values);
        }
        "record" => assert_eq!(RecordWrite::from_cbor(&bytes(), &home()).unwrap(), record(input)),
        "entry" => assert_eq!(Entry::from_cbor(&bytes()).unwrap(), entry(input)),
        "reversal" => assert_eq!(Reversal::from_cbor(&bytes()).unwrap().key, input.at("key").id()),
        "choice" => assert_eq!(Choice::from_cbor(&bytes(), &home()).unwrap(), choice(input)),
        "retract" => assert_eq!(Retract::from_cbor(&bytes(), &home()).unwrap(), retract(input)),
        "redaction" => assert_eq!(Redaction::from_cbor(&bytes(), &home()).unwrap(), redaction(input)),
        "certificate" => {
            let read = Certificate::from_cbor(&bytes()).unwrap();
            assert_eq!(read, claim(input).signed(&input.at("issuer_seed").key()));
        }
        "revocation" => assert_eq!(Revocation::from_cbor(&bytes(), &home()).unwrap(), revocation(input)),
        "org_key" => assert_eq!(OrgKey::from_cbor(&bytes()).unwrap(), org_key(input)),
        "header" => assert_eq!(Header::from_cbor(&bytes()).unwrap(), header(input, &home())),
        "head" => {
            let signature = golden.at("signature").array();
            let head = HeadSignature { key: PublicKey(golden.at("public").array()), signature };
            head.verify(&home(), input.at("seq").number(), &input.at("hash").hash()).unwrap();
        }
        "segment" => {
            let read = Segment::from_cbor(&bytes()).unwrap();
            assert_eq!(read, segment(input));
            let hashes: Vec<Hash> = golden.at("hashes").list().map(Words::hash).collect();
            assert_eq!(read.changes.iter().map(|c| c.hash).collect::<Vec<_>>(), hashes);
        }
        // Digests are written and never read.
        "key" | "tick" | "record_state" | "entry_state" | "state_digest" | "ops_digest" => {}
        other => panic!("no form: {other}"),
    }
}

fn home(input: Words<'_>) -> StreamId {
    input.at("home").stream()
}

fn stamp(input: Words<'_>) -> Stamp {
    let counter = input.at("counter").number();
    (0..counter).fold(Stamp::at_ms(input.at("ms").signed()), |stamp, _| stamp.next())
}

fn clock(input: Words<'_>) -> Clock {
    Clock {
        built_ms: input.at("built_ms").signed(),
        vouched_ms: input.at("vouched_ms").signed(),
        last: Stamp(input.at("last").number()),
    }
}

fn body(input: Words<'_>) -> Body {
    Body { salt: input.maybe("salt").map(Words::array), bytes: encode_values(&input.at("values").values()) }
}

fn record(input: Words<'_>) -> RecordWrite {
    let home = home(input);
    RecordWrite {
        table: input.at("table").number() as u16,
        items: input.at("items").list().map(|item| item.item(&home)).collect(),
    }
}

fn entry(input: Words<'_>) -> Entry {
    Entry {
        ledger: input.at("ledger").ledger(),
        from: input.at("from").id(),
        to: input.at("to").id(),
        amount: input.at("amount").signed(),
        natural_key: input.at("natural_key").values(),
        on: input.at("on").text().to_owned(),
        rule: input.at("rule").text().to_owned(),
        terms: input.at("terms").values(),
    }
}

fn choice(input: Words<'_>) -> Choice {
    let home = home(input);
    Choice {
        key: input.at("key").id(),
        stands: input.at("stands").reference(&home),
        replaces: input.at("saw").references(&home),
    }
}

fn retract(input: Words<'_>) -> Retract {
    Retract { first: input.at("first").reference(&home(input)) }
}

fn redaction(input: Words<'_>) -> Redaction {
    Redaction { changes: input.at("changes").references(&home(input)) }
}

fn claim(input: Words<'_>) -> Claim {
    let claim = input.at("claim");
    let id = |name: &str| claim.at(name).id();
    let level = || claim.at("level").number() as u8;
    match claim.at("says").text() {
        "founded" => Claim::Founded { org: id("org"), level: level() },
        "laptop" => Claim::Laptop {
            key: claim.at("seed").key().public(),
            org: id("org"),
            letter: claim.at("letter").number() as u16,
        },
        "child" => Claim::Child { child: id("child"), level: level(), parent: id("parent") },
        "accepts" => Claim::Accepts { child: id("child"), parent: id("parent") },
        "absorbs" => Claim::Absorbs { absorbed: id("absorbed"), into: id("into") },
        "joins" => Claim::Joins { absorbed: id("absorbed"), into: id("into") },
        "moves" => Claim::Moves { child: id("child"), from: id("from"), to: id("to") },
        other => panic!("no claim: {other}"),
    }
}

fn revocation(input: Words<'_>) -> Revocation {
    let cut = |cut: Words<'_>| Cut {
        org: cut.at("org").id(),
        lane: cut.at("lane").lane(),
        seq: cut.at("seq").number(),
        hash: cut.at("hash").hash(),
    };
    Revocation {
        replica: input.at("replica").id(),
        cuts: input.at("cuts").list().map(cut).collect(),
        replaces: input.at("saw").references(&home(input)),
    }
}

fn org_key(input: Words<'_>) -> OrgKey {
    OrgKey {
        owner: input.at("owner").id(),
        generation: input.at("generation").number(),
        recipient: input.at("recipient").text().to_owned(),
        wrapped: input
            .at("wrapped")
            .list()
            .map(|one| (one.at("reader").id(), one.at("file").bytes()))
            .collect(),
    }
}

/// A header, or what a segment's change says of one.
fn header(input: Words<'_>, stream: &StreamId) -> Header {
    let newer = |one: Words<'_>| (one.at("key").number(), one.at("cbor").bytes());
    Header {
        suite: 1,
        kind: Kind::from_number(input.at("kind").number()),
        critical: input.yes("critical"),
        stream: *stream,
        seq: input.maybe("seq").map_or(1, Words::number),
        prev: input.maybe("prev").map(Words::hash),
        stamp: Stamp(input.at("stamp").number()),
        wall_ms: input.at("wall_ms").signed(),
        user: input.at("user").id(),
        entity: input.maybe("entity").map(Words::id),
        group_index: input.maybe("group_index").map_or(0, Words::number),
        group_count: input.maybe("group_count").map_or(1, Words::number),
        kept: input.maybe("kept").map(Words::bytes).unwrap_or_default(),
        body_hash: input.maybe("body_hash").map(Words::hash),
        salted: input.yes("salted"),
        unknown: input.maybe("newer").map(|list| list.list().map(newer).collect()).unwrap_or_default(),
    }
}

fn segment(input: Words<'_>) -> Segment {
    let key = input.at("seed").key();
    let stream = StreamId { replica: key.id(), org: input.at("org").id(), lane: input.at("lane").lane() };
    let prev = input.maybe("prev").map(Words::hash);
    let (mut seq, mut before) = (input.at("first_seq").number(), prev);
    let mut changes = Vec::new();
    for words in input.at("changes").list() {
        let body = words.maybe("body").map(body);
        let mut header = header(words, &stream);
        (header.seq, header.prev) = (seq, before);
        if let Some(body) = &body {
            (header.body_hash, header.salted) = (Some(body.hash()), body.salt.is_some());
        }
        let mut change = Change::new(header, body).unwrap();
        if words.yes("erased") {
            change.body = None;
        }
        (seq, before) = (seq + 1, Some(change.hash));
        changes.push(change);
    }
    let head = HeadSignature::sign(&key, &stream, seq - 1, &before.unwrap());
    Segment { stream, prev, changes, head }
}

fn origin() -> Origin {
    Origin {
        stream: StreamId { replica: Id([1; 16]), org: Id([2; 16]), lane: yuanba_journal::Lane::Up },
        seq: 1,
        hash: Hash([3; 32]),
        stamp: Stamp(4),
        user: Id([5; 16]),
        wall_ms: 6,
    }
}

fn record_state(input: Words<'_>) -> RecordState {
    let value = |one: Words<'_>| (!one.yes("erased")).then(|| one.at("value").value());
    let field = |field: Words<'_>| {
        let state = match field.maybe("set") {
            Some(set) => FieldState::Set(
                set.list().map(|one| Element { value: value(one), origin: 0, item: 0 }).collect(),
            ),
            None => FieldState::Register(
                field.at("heads").list().map(|one| Head { value: value(one), origin: 0 }).collect(),
            ),
        };
        (field.at("field").number() as u16, state)
    };
    RecordState {
        table: input.at("table").number() as u16,
        frozen: input.yes("frozen"),
        origins: vec![origin()],
        fields: input.at("fields").list().map(field).collect(),
        written_while_voided: input.yes("written_while_void"),
    }
}

fn entry_state(input: Words<'_>) -> EntryState {
    let standing = entry(input.at("stands"));
    let rival = |one: Words<'_>| {
        let facts = (one.at("from").id(), one.at("to").id(), one.at("amount").signed());
        (origin(), Entry { from: facts.0, to: facts.1, amount: facts.2, ..standing.clone() })
    };
    EntryState {
        rivals: input.at("rivals").list().map(rival).collect(),
        standing,
        origin: origin(),
        choices: Vec::new(),
        reversed: input.yes("reversed").then_some(Reversed::TakenBack),
    }
}

fn state_digest(input: Words<'_>) -> Hash {
    let mut state = StateDigest::default();
    for row in input.at("rows").list() {
        let org = row.at("org").id();
        match row.at("row").text() {
            "record" => state.record(org, row.at("id").id(), &row.at("digest").hash()),
            "alias" => state.alias(org, row.at("id").id(), row.at("shows_as").id()),
            "entry" => state.entry(org, row.at("key").id(), &row.at("digest").hash()),
            "balance" => state.balance(
                org,
                row.at("ledger").ledger(),
                row.at("account").id(),
                row.at("balance").signed(),
            ),
            other => panic!("no row: {other}"),
        }
    }
    state.finish()
}
