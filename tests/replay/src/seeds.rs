//! What the fuzzer begins from when a target has no corpus yet: good bytes of every kind, and some that are nearly good.

use std::fs;
use std::io::{Cursor, Read};
use std::path::PathBuf;

use minicbor::Encoder;
use yuanba_core::tables::member;
use yuanba_core::{Id, Value};
use yuanba_exchange::bundle::{Manifest, Purpose};
use yuanba_exchange::wire::{Answer, Ask, Refused};
use yuanba_journal::author::{Circumstances, Draft, Tip, append_group};
use yuanba_journal::payload::{
    Choice, Claim, Cut, Entry, Item, ItemOp, Ledger, OrgKey, RecordWrite, Redaction, Retract, Reversal,
    Revocation, encode_values,
};
use yuanba_journal::{
    Change, ChangeRef, Clock, Hash, HeadSignature, Kind, Lane, ReplicaKey, Segment, Stamp, StreamId,
};
use yuanba_store::peers::Vector;

use crate::forger::{HEADER, clear_lines, forger};
use crate::offices::with_offices;

/// Target, name of the file, bytes.
pub type Seed = (&'static str, String, Vec<u8>);

/// All of them.
pub fn all() -> Vec<Seed> {
    [bundles(), changes(), received(), sheets(), updates(), values(), wire()].concat()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn after(kind: u8, bytes: &[u8]) -> Vec<u8> {
    [&[kind], bytes].concat()
}

/// Byte strings, one after the other.
fn strings<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut e = Encoder::new(&mut bytes);
    for part in parts {
        e.bytes(part).expect("memory takes every byte");
    }
    bytes
}

fn numbered(target: &'static str, list: Vec<Vec<u8>>) -> Vec<Seed> {
    list.into_iter().enumerate().map(|(at, bytes)| (target, format!("seed-{at:03}"), bytes)).collect()
}

fn manifests() -> Vec<Vec<u8>> {
    let stream = StreamId { replica: Id([3; 16]), org: Id([4; 16]), lane: Lane::Down };
    let tips = vec![Tip { seq: 3, hash: Hash([7; 32]) }, Tip { seq: 300, hash: Hash([8; 32]) }];
    let vector: Vector = [(stream, tips.clone()), (StreamId { lane: Lane::Up, ..stream }, tips)].into();
    let grant = Purpose::Grant { child: Id([5; 16]), into: Some(Id([6; 16])) };
    [(Purpose::Bundle, Vector::new()), (grant, vector)]
        .map(|(purpose, vector)| Manifest {
            purpose,
            from: HEADER.from,
            to: HEADER.to,
            time_ms: HEADER.time_ms,
            vector,
            digest: Hash([0; 32]),
        })
        .iter()
        .map(Manifest::to_cbor)
        .collect()
}

fn bundles() -> Vec<Seed> {
    let forger = forger();
    let golden =
        fs::read(root().join("src-tauri/exchange/tests/golden/format-1.yuanba")).expect("it is there");
    let segments: Vec<Vec<u8>> = everything(&forger.key).iter().map(Segment::to_cbor).collect();
    let mut content = Vec::new();
    let start = Encoder::new(&mut content)
        .array(6)
        .and_then(|e| e.str("yuanba bundle"))
        .and_then(|e| e.u64(1))
        .and_then(|e| e.u64(1))
        .and_then(|e| e.bytes(&forger.key.public().0))
        .and_then(|e| e.bytes(blake3::hash(&clear_lines()).as_bytes()))
        .and_then(|e| e.bytes(b"manifest"))
        .and_then(|e| e.bytes(b"segment"))
        .is_ok();
    assert!(start, "memory takes every byte");
    let hash = *blake3::hash(&content).as_bytes();
    let signature = forger.key.sign("yuanba bundle 1", &hash);
    let mut e = Encoder::new(&mut content);
    let end =
        e.array(3).and_then(|e| e.u64(1)).and_then(|e| e.bytes(&hash)).and_then(|e| e.bytes(&signature));
    assert!(end.is_ok(), "memory takes every byte");
    let packed = zstd::encode_all(&content[..], 9).expect("memory takes every byte");
    let bomb = zstd::encode_all(&vec![0; 20 << 20][..], 9).expect("memory takes every byte");
    let mut list = vec![
        golden.clone(),
        golden[..golden.len() / 2].to_vec(),
        golden[..200].to_vec(),
        b"YUANBA 2\nwhatever a newer program writes".to_vec(),
        b"YUANBA 1\nfrom 1\nto 2\ntime 3\nx\n\n".to_vec(),
        b"YUANBA-REQUEST 1\nx\n\n".to_vec(),
        clear_lines(),
        after(b'P', &packed),
        after(b'P', &packed[..packed.len() - 1]),
        after(b'P', &bomb),
        after(b'C', &content),
        after(b'C', &content[..content.len() - 1]),
        after(b'C', &[&content[..], b"x"].concat()),
    ];
    for manifest in manifests() {
        let parts = [&manifest].into_iter().chain(&segments).map(Vec::as_slice);
        list.push(after(b'M', &strings(parts)));
        list.push(after(b'M', &strings([&manifest[..]])));
    }
    numbered("bundle", list)
}

fn wire() -> Vec<Seed> {
    let stream = StreamId { replica: Id([3; 16]), org: Id([4; 16]), lane: Lane::Down };
    let tips = vec![Tip { seq: 3, hash: Hash([7; 32]) }, Tip { seq: 300, hash: Hash([8; 32]) }];
    let vector: Vector = [(stream, tips), (StreamId { lane: Lane::Up, ..stream }, Vec::new())].into();
    let ask = Ask {
        from: HEADER.from,
        to: HEADER.to,
        time_ms: HEADER.time_ms,
        reply_to: forger().identity.to_public().to_string(),
        digest: Hash([6; 32]),
        wants: vector.clone(),
        tell: true,
        most: u64::MAX,
    };
    let answer = Answer {
        to: Hash([5; 32]),
        time_ms: HEADER.time_ms,
        digest: Hash([6; 32]),
        vector: Some(vector),
        gaps: vec![stream],
        more: true,
        refused: Some(Refused::Revoked),
        tls: Some(Hash([9; 32])),
    };
    let short =
        Answer { vector: None, gaps: Vec::new(), more: false, refused: None, tls: None, ..answer.clone() };
    let mut list = vec![
        after(b'Q', &ask.to_cbor()),
        after(b'Q', &Ask { wants: Vector::new(), tell: false, ..ask.clone() }.to_cbor()),
        after(b'A', &answer.to_cbor()),
        after(b'A', &short.to_cbor()),
    ];
    // What a newer version adds, and a list that claims to be longer than anything.
    for (kind, mut bytes) in [(b'Q', ask.to_cbor()), (b'A', short.to_cbor())] {
        let end = bytes.len() - 1;
        list.push(after(kind, &bytes[..end]));
        bytes[0] += 1;
        bytes.extend([0x18, 40, 0x82, 0xf5, 0x61, b'x']);
        list.push(after(kind, &bytes));
    }
    let mut endless = vec![0xa1, 8, 0x83];
    endless.extend([0x9b, 0, 0, 0, 0, 0, 0x0f, 0x42, 0x40]);
    list.push(after(b'Q', &endless));
    numbered("wire", list)
}

fn draft(kind: Kind, kept: Vec<u8>, body: Option<Vec<u8>>) -> Draft {
    Draft { kind, entity: Some(Id([9; 16])), kept, personal: body.is_some(), body }
}

/// A change of every kind, written after `tip` and speaking of `seen`.
fn drafts(home: &StreamId, seen: ChangeRef, key: &ReplicaKey) -> Vec<Vec<Draft>> {
    let far = ChangeRef { stream: StreamId { org: Id([8; 16]), ..*home }, ..seen };
    let write = RecordWrite {
        table: member::TABLE.number,
        items: vec![
            Item { field: member::NAME.number, op: ItemOp::Put(vec![seen, far]) },
            Item { field: member::PHONES.number, op: ItemOp::Add },
            Item { field: member::PHONES.number, op: ItemOp::Remove(vec![(seen, 1)]) },
            Item { field: member::NAME.number, op: ItemOp::Saw(vec![seen]) },
        ],
    };
    let values = [Value::from("王秀英"), Value::from("13800000000"), Value::Null, Value::Null];
    let record = || draft(Kind::Record, write.to_cbor(home), Some(encode_values(&values)));
    let entry = Entry {
        ledger: Ledger::Points,
        from: home.org,
        to: Id([9; 16]),
        amount: 5,
        natural_key: vec!["r1".into(), Value::List(vec![Value::Bool(true), Value::Id(Id([1; 16]))])],
        on: "2026-06-05".into(),
        rule: "r1".into(),
        terms: vec![5.into()],
    };
    let reason = Some(encode_values(&["记错了".into()]));
    let certificate = |claim: Claim| draft(Kind::Certificate, claim.signed(key).to_cbor(), None);
    let revocation = Revocation {
        replica: home.replica,
        cuts: vec![Cut { org: home.org, lane: Lane::Up, seq: 1, hash: Hash([1; 32]) }],
        replaces: vec![seen],
    };
    let recipient = forger().identity.to_public().to_string();
    let org_key =
        OrgKey { owner: home.org, generation: 2, recipient, wrapped: vec![(home.replica, vec![1, 2, 3])] };
    let choice = Choice { key: entry.key(), stands: seen, replaces: vec![far] };
    vec![
        vec![record(), record()],
        vec![draft(Kind::Entry, entry.to_cbor(), None)],
        vec![draft(Kind::Reversal, Reversal { key: entry.key() }.to_cbor(), reason.clone())],
        vec![draft(Kind::Choice, choice.to_cbor(home), reason.clone())],
        vec![draft(Kind::Retract, Retract { first: seen }.to_cbor(home), None)],
        vec![draft(Kind::Redaction, Redaction { changes: vec![seen, far] }.to_cbor(home), reason.clone())],
        vec![
            certificate(Claim::Founded { org: key.id(), level: 1 }),
            certificate(Claim::Laptop { key: key.public(), org: home.org, letter: 1 }),
            certificate(Claim::Child { child: home.org, level: 1, parent: key.id() }),
            certificate(Claim::Accepts { child: key.id(), parent: home.org }),
            certificate(Claim::Absorbs { absorbed: home.org, into: key.id() }),
            certificate(Claim::Joins { absorbed: key.id(), into: home.org }),
        ],
        vec![draft(Kind::Revocation, revocation.to_cbor(home), reason)],
        vec![draft(Kind::OrgKey, org_key.to_cbor(), None)],
        vec![draft(Kind::Checkpoint, vec![1], None), draft(Kind::Unknown(99), vec![2], Some(vec![3]))],
    ]
}

/// Segments of one group each, in a stream of the key's own.
fn everything(key: &ReplicaKey) -> Vec<Segment> {
    let stream = StreamId { replica: key.id(), org: HEADER.from, lane: Lane::Up };
    let seen = ChangeRef { stream, seq: 1, prefix: [1; 8] };
    drafts(&stream, seen, key).into_iter().map(|drafts| segment(stream, None, drafts, key)).collect()
}

fn segment(stream: StreamId, tip: Option<Tip>, drafts: Vec<Draft>, key: &ReplicaKey) -> Segment {
    let mut clock = Clock { built_ms: 1_767_000_000_000, vouched_ms: 0, last: Stamp::default() };
    let now = Circumstances {
        clock: &mut clock,
        wall_ms: 1_781_000_500_000,
        user: Id([7; 16]),
        salt: &mut || [1; 16],
    };
    let changes = append_group(stream, tip, drafts, now).expect("a group");
    let last = changes.last().expect("a change");
    let head = HeadSignature::sign(key, &stream, last.header.seq, &last.hash);
    Segment { stream, prev: tip.map(|tip| tip.hash), changes, head }
}

fn changes() -> Vec<Seed> {
    let forger = forger();
    let segments = everything(&forger.key);
    let mut list: Vec<Vec<u8>> = manifests().iter().map(|manifest| after(b'm', manifest)).collect();
    for segment in &segments {
        list.push(after(b's', &segment.to_cbor()));
        list.push(after(b'S', &segment.to_cbor()));
        for change in &segment.changes {
            list.push(after(b'H', &change.header_bytes));
            if let Ok(kind @ 1..=9) = u8::try_from(change.header.kind.number()) {
                list.push(after(b'0' + kind, &change.header.kept));
            }
            list.extend(change.body.iter().map(|body| after(b'V', &body.bytes)));
        }
    }
    // A newer version's keys, and a change that is critical.
    let mut odd = segments[0].changes[0].header.clone();
    (odd.critical, odd.unknown) = (true, vec![(19, vec![0xf5]), (40, vec![0x81, 0x01])]);
    list.push(after(b'H', &odd.to_cbor()));
    let odd = Change::new(odd, segments[0].changes[0].body.clone()).expect("a change");
    let second = segments[0].changes[1].clone();
    let head = segments[0].head;
    list.push(after(b'S', &Segment { changes: vec![odd, second], head, ..segments[0].clone() }.to_cbor()));
    let claims = [
        Claim::Founded { org: Id([1; 16]), level: 1 },
        Claim::Laptop { key: forger.key.public(), org: Id([1; 16]), letter: 300 },
    ];
    list.extend(claims.map(|claim| after(b'7', &claim.to_cbor())));
    numbered("change", list)
}

fn received() -> Vec<Seed> {
    let mut list = with_offices(|offices| {
        let mut list = vec![after(
            b'S',
            &strings(
                offices.written.iter().map(Segment::to_cbor).collect::<Vec<_>>().iter().map(Vec::as_slice),
            ),
        )];
        for written in &offices.written {
            let (stream, (seq, hash)) = (written.stream, written.head().expect("a head"));
            let first = &written.changes[0];
            list.push(after(b'S', &strings([&written.to_cbor()[..]])));
            for seen in [first.reference(), written.changes.last().expect("a change").reference()] {
                for mut drafts in drafts(&stream, seen, &offices.key) {
                    // What is there already is written to as well.
                    drafts[0].entity = written.changes.iter().find_map(|change| change.header.entity);
                    let new = segment(stream, Some(Tip { seq, hash }), drafts, &offices.key);
                    list.push(after(b'S', &strings([&new.to_cbor()[..]])));
                }
            }
            let gap = Tip { seq: seq + 5, hash };
            let late = segment(
                stream,
                Some(gap),
                drafts(&stream, first.reference(), &offices.key).swap_remove(1),
                &offices.key,
            );
            list.push(after(b'S', &strings([&late.to_cbor()[..]])));
            // Another branch of the same stream.
            let fork = segment(
                stream,
                None,
                drafts(&stream, first.reference(), &offices.key).swap_remove(0),
                &offices.key,
            );
            list.push(after(b'S', &strings([&fork.to_cbor()[..]])));
        }
        let held = offices.written.iter().filter_map(|written| {
            let (seq, hash) = written.head()?;
            Some((written.stream, vec![Tip { seq, hash }, Tip { seq: seq + 1, hash: Hash([1; 32]) }]))
        });
        let manifest = offices.manifest(held.collect()).to_cbor();
        let segments: Vec<Vec<u8>> = offices.written.iter().map(Segment::to_cbor).collect();
        list.push(after(b'M', &strings([&manifest[..]])));
        list.push(after(b'M', &strings([&manifest].into_iter().chain(&segments).map(Vec::as_slice))));
        list.push(after(b'R', &request(offices.village, &offices.written)));
        list
    });
    let stranger = ReplicaKey::from_seed([6; 32]);
    list.push(after(b'R', &request(stranger.id(), &everything(&stranger)[..1])));
    list.push(after(b'F', b"YUANBA 1\n"));
    list.push(after(
        b'F',
        &fs::read(root().join("src-tauri/exchange/tests/golden/format-1.yuanba")).expect("it is there"),
    ));
    numbered("received", list)
}

fn request(org: Id, segments: &[Segment]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut e = Encoder::new(&mut bytes);
    let written = (|| {
        e.map(5)?.u8(1)?.bytes(&org.0)?.u8(2)?.u8(1)?.u8(3)?.str("石河村")?;
        e.u8(4)?.i64(1_781_000_000_000)?.u8(5)?.array(segments.len() as u64)?;
        for segment in segments {
            e.bytes(&segment.to_cbor())?;
        }
        Ok::<_, minicbor::encode::Error<std::convert::Infallible>>(())
    })();
    written.expect("memory takes every byte");
    bytes
}

fn sheets() -> Vec<Seed> {
    let mut list = Vec::new();
    for entry in fs::read_dir(root().join("tests/data/rosters")).expect("rosters").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_roster =
            path.extension().is_some_and(|e| ["xlsx", "xls", "csv", "txt"].iter().any(|x| e == *x));
        let bytes = if is_roster { fs::read(&path).expect("a roster") } else { continue };
        if bytes.starts_with(b"PK") && bytes.len() < 7_000 {
            list.extend(parts(&bytes));
        }
        if bytes.starts_with(b"\xd0\xcf") {
            list.extend(stream(&bytes));
        }
        if bytes.len() < 16 << 10 {
            list.push(("sheet", format!("seed-{name}"), bytes));
        }
    }
    let inline = |rows: &str| {
        format!(
            "=== xl/worksheets/sheet1.xml\n<worksheet><sheetData>{rows}</sheetData><mergeCells count=\"1\"><mergeCell ref=\"A1:C1\"/></mergeCells></worksheet>\n"
        )
    };
    let row = |n: u32, cells: &[&str]| {
        let cells: String = cells
            .iter()
            .zip('A'..)
            .map(|(text, c)| format!("<c r=\"{c}{n}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"))
            .collect();
        format!("<row r=\"{n}\">{cells}</row>")
    };
    let small = [
        inline(&[row(1, &["石河村党支部党员名册"]), row(2, &["序号", "姓名", "性别", "身份证号", "入党时间"]), row(3, &["1", "王秀英", "女", "511722198507010018", "1985.07"]), row(5, &["合计", "共1人"])].concat()),
        inline(&[row(1, &["姓名", "联系电话"]), row(9, &["张三", "13800000000、0818-5222222"]), "<row r=\"10\"><c r=\"A10\"><v>1</v></c><c r=\"B10\"><f>1+1</f><v>13800000000</v></c></row>".to_owned()].concat()),
        "姓名,性别,出生年月\n张三,男,85.7\n李四,女,一九八五年七月\n".to_owned(),
        "姓名\t电话\r\n\"张\"\"三\"\t=\"13800000000\"\r\n\r\n同上\t同上\r\n".to_owned(),
        "<html><table><tr><th rowspan=2>姓名<th colspan=2>户籍所在地</tr><tr><td>省<td>市</tr><tr><td>张三<td>四川<td>达州</tr></table>".to_owned(),
        "<?xml version=\"1.0\"?><Workbook></Workbook>".to_owned(),
        "{\"header_rows\":[],\"columns\":{\"A\":\"name\",\"C\":null}}\n张三,男,x\n李四,女,y\n".to_owned(),
        "{\"header_rows\":[1,2],\"columns\":{\"B\":\"sex\",\"ZZ\":\"phones\"}}\n姓名,a\n,b\n张三,男\n".to_owned(),
        "%PDF-1.7".to_owned(),
        "PK\u{3}\u{4}".to_owned(),
    ];
    list.extend(
        small.into_iter().enumerate().map(|(at, text)| ("sheet", format!("seed-{at:03}"), text.into_bytes())),
    );
    let wide: Vec<u8> = "姓名,性别\n张三,男\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    list.push(("sheet", "seed-utf-16".to_owned(), [&b"\xff\xfe"[..], &wide].concat()));
    list
}

/// A workbook as its parts.
fn parts(bytes: &[u8]) -> Option<Seed> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut text = Vec::new();
    let wanted = [
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/sharedStrings.xml",
        "xl/worksheets/sheet1.xml",
    ];
    for name in wanted {
        let Ok(mut part) = zip.by_name(name) else { continue };
        text.extend_from_slice(format!("=== {name}\n").as_bytes());
        part.read_to_end(&mut text).ok()?;
        text.push(b'\n');
    }
    (text.len() < 16 << 10).then(|| ("sheet", format!("seed-parts-{}", text.len()), text))
}

/// The record stream of an old workbook.
fn stream(bytes: &[u8]) -> Option<Seed> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let mut stream = Vec::new();
    file.open_stream("Workbook").ok()?.read_to_end(&mut stream).ok()?;
    Some(("sheet", "seed-stream".to_owned(), stream))
}

fn values() -> Vec<Seed> {
    let words = [
        "511722198507010018",
        "511722850701001",
        "５１１７２２１９８５０７０１００１８",
        "5.11722E+17",
        "511722********0018",
        "51172219850701001",
        "11010119800101001X",
        "13800000000",
        "+86 138-0000-0000",
        "(0818)5222222",
        "138****0000",
        "13800000000（儿子）、0818-5222222/无",
        "010-12345678",
        "5222222",
        "张  三",
        "阿布都．热合曼",
        "John  Smith",
        "J. Smith·",
        "䶮㛃𬍛",
        "1985.07",
        "1985.7.1",
        "85年7月",
        "一九八五年十一月廿三日",
        "31229",
        "1985.07（40岁）",
        "1985-07-01 00:00:00",
        "Jul-85",
        "1-Jul-1985",
        "二〇〇五年十二月三十日",
        "19850701",
        "不详",
        "无",
        "—",
        "汉族",
        "01",
        "大专",
        "本科",
        "正式党员",
        "男",
        "是",
        "12个月",
        "同上",
        "\"",
        "00000000000000000000000000000001",
    ];
    let numbers =
        [0.0, 1985.07, 1985.1, 31229.0, 31229.5, 198507.0, 511722850701001.0, 5.11722e17, f64::NAN, -1.0];
    let words = words
        .iter()
        .enumerate()
        .map(|(at, word)| [&f64::to_le_bytes(numbers[at % numbers.len()])[..], word.as_bytes()].concat());
    numbered("values", words.collect())
}

/// Updates in good order and nearly so, manifests of both kinds, declarations.
fn updates() -> Vec<Seed> {
    use yuanba_exchange::update::{Contents, Manifest, Part, head};

    use crate::update::{pack, release_key};

    let text = fs::read(root().join("assets/rules/home.toml")).expect("a rule");
    let practices = pack(&text);
    let installer = |platform: &str, name: &str| Part {
        platform: platform.to_owned(),
        name: name.to_owned(),
        bytes: text.len() as u64,
        hash: practices.parts[0].hash,
    };
    let program = Manifest {
        contents: Contents::Program,
        pack: "yuanba".to_owned(),
        title: "院坝升级".to_owned(),
        from_program: Some(semver::Version::new(0, 1, 0)),
        before_program: Some(semver::Version::new(2, 0, 0)),
        parts: vec![
            installer("linux-deb-x86_64", "yuanba_0.2.0_amd64.deb"),
            installer("windows-nsis-x86_64", "yuanba_0.2.0_x64-setup.exe"),
        ],
        ..practices.clone()
    };
    let key = release_key();
    let whole = |manifest: &Manifest| {
        let parts = manifest.parts.iter().flat_map(|_| text.clone());
        head(&manifest.to_cbor(), &key).into_iter().chain(parts).collect::<Vec<u8>>()
    };
    let good = whole(&practices);
    let cut = good[..good.len() - 7].to_vec();
    let newer = [b"YUANBA-UPDATE 2", &good[15..]].concat();
    let manifests = [&practices, &program].map(|manifest| after(b'M', &manifest.to_cbor()));
    let others = vec![whole(&program), good, cut, newer, after(b'P', &text), after(b'P', b"\xff")];
    numbered("update", [manifests.to_vec(), others].concat())
}
