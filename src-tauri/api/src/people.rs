//! The roster in memory, as lists and searches need it: one entry a person, in the order of names, and the texts that a
//! search looks through. Read from the store when first asked for, and again after a change: a roster of one village is read in a few
//! milliseconds.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use memchr::memmem::Finder;
use yuanba_core::pinyin_keys::pinyin_keys;
use yuanba_core::tables::{member, post_assignment};
use yuanba_core::{Id, MemberKind, PartialDate};
use yuanba_store::{Record, Store, StoreError};

/// What a list needs to know of a person before it shows the row.
pub(crate) struct Person {
    pub(crate) id: Id,
    pub(crate) org: Id,
    pub(crate) name: String,
    pub(crate) kind: Option<MemberKind>,
    pub(crate) party_group: Option<String>,
    pub(crate) born: Option<PartialDate>,
    pub(crate) joined: Option<PartialDate>,
    pub(crate) doubtful: bool,
    /// Neither moved away nor dead nor struck off
    pub(crate) here: bool,
    /// Each key of the name behind a mark, those of the whole name first
    letters: Arc<str>,
    /// ID number and phones, each before a mark
    digits: String,
}

/// Everybody, in the order of their names.
pub(crate) struct People {
    list: Vec<Person>,
    with_post: HashSet<Id>,
    searched: Option<Searched>,
    keys: HashMap<String, Arc<str>>,
}

/// Stands before a key of letters and behind a number: a hit must begin, or end, there.
const MARK: char = '\u{1}';
/// Longest search text that is looked for, in bytes.
const TEXT_MAX: usize = 100;

/// One long text with the place where each person's part ends.
#[derive(Default)]
struct Haystack {
    text: String,
    ends: Vec<u32>,
}

struct Searched {
    names: Haystack,
    letters: Haystack,
    digits: Haystack,
}

impl Haystack {
    fn push(&mut self, part: &str) {
        self.text.push_str(part);
        // Keeps a hit from reaching into the next person's part.
        self.text.push('\n');
        self.ends.push(self.text.len() as u32);
    }

    /// The places in the list whose part holds the needle, ascending.
    fn find(&self, needle: &str) -> Vec<u32> {
        let finder = Finder::new(needle.as_bytes());
        let bytes = self.text.as_bytes();
        let (mut found, mut at, mut from) = (Vec::new(), 0usize, 0usize);
        while let Some(hit) = finder.find(&bytes[from..]) {
            let hit = (from + hit) as u32;
            while self.ends[at] <= hit {
                at += 1;
            }
            found.push(at as u32);
            from = self.ends[at] as usize;
            at += 1;
        }
        found
    }
}

impl People {
    /// Reads everybody from the store.
    pub(crate) fn read(store: &Store) -> Result<People, StoreError> {
        let mut people =
            People { list: Vec::new(), with_post: HashSet::new(), searched: None, keys: HashMap::new() };
        for record in store.records(&member::TABLE)? {
            // A record whose words were erased has no name: nobody is left to list.
            if !record.voided() && record.text(member::NAME).is_some() {
                let person = people.person(&record);
                people.list.push(person);
            }
        }
        people.list.sort_by(|a, b| order(a).cmp(&order(b)));
        people.read_posts(store)?;
        Ok(people)
    }

    /// Reads again who holds a post today.
    pub(crate) fn read_posts(&mut self, store: &Store) -> Result<(), StoreError> {
        let today = store.today().to_string();
        self.with_post.clear();
        for record in store.records(&post_assignment::TABLE)? {
            if let Some(member) = record.id(post_assignment::MEMBER).filter(|_| holds(&record, &today)) {
                self.with_post.insert(store.representative(member)?);
            }
        }
        Ok(())
    }

    fn person(&mut self, record: &Record) -> Person {
        let name = record.text(member::NAME).unwrap_or_default().to_owned();
        let date = |field| record.text(field).and_then(|text| text.parse().ok());
        let mut digits = String::new();
        let numbers = record.text(member::ID_NUMBER).into_iter().chain(record.texts(member::PHONES));
        for number in numbers {
            digits.extend(number.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()));
            digits.push(MARK);
        }
        Person {
            id: record.id,
            org: record.org,
            letters: self.letters(&name),
            kind: record.text(member::KIND).and_then(MemberKind::read),
            party_group: record.text(member::PARTY_GROUP).map(str::to_owned),
            born: date(member::BIRTH_DATE),
            joined: date(member::JOINED_ON),
            doubtful: record.has_conflict() || !record.get(member::PROBLEMS).as_list().is_empty(),
            here: is_here(record.text(member::STATUS)),
            digits,
            name,
        }
    }

    /// What somebody may type in letters for a name: initials and full pinyin from any of its characters on.
    fn letters(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.keys.get(name) {
            return known.clone();
        }
        let mut letters = String::new();
        for (at, _) in name.char_indices() {
            let keys = pinyin_keys(&name[at..]);
            for key in keys.spellings.iter().chain(&keys.initials) {
                let begin = letters.len();
                letters.push(MARK);
                letters.push_str(key);
                if letters[..begin].contains(&letters[begin..]) {
                    letters.truncate(begin);
                }
            }
        }
        let letters: Arc<str> = letters.into();
        self.keys.insert(name.to_owned(), letters.clone());
        letters
    }

    /// The person at a place.
    pub(crate) fn get(&self, at: u32) -> &Person {
        &self.list[at as usize]
    }

    /// Whether a person holds a post today.
    pub(crate) fn has_post(&self, id: Id) -> bool {
        self.with_post.contains(&id)
    }

    /// Everybody, in the order of names.
    pub(crate) fn everybody(&self) -> Vec<u32> {
        (0..self.list.len() as u32).collect()
    }

    /// The places of those whom a search text finds, in the order of names. Letters are initials or full pinyin from any
    /// character of the name on, digits the tail of an ID number or phone, all else characters of the name.
    pub(crate) fn find(&mut self, text: &str) -> Vec<u32> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if text.is_empty() {
            return self.everybody();
        }
        if text.len() > TEXT_MAX {
            return Vec::new();
        }
        let list = &self.list;
        let searched = self.searched.get_or_insert_with(|| Searched::of(list));
        let plain = text.to_ascii_uppercase();
        let digits = plain.strip_suffix('X').unwrap_or(&plain);
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            return searched.digits.find(&format!("{plain}{MARK}"));
        }
        if text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'\'') {
            let letters = text.to_ascii_lowercase().replace('\'', "");
            return searched.letters.find(&format!("{MARK}{letters}"));
        }
        searched.names.find(&text)
    }
}

impl Searched {
    fn of(list: &[Person]) -> Searched {
        let mut searched = Searched {
            names: Haystack::default(),
            letters: Haystack::default(),
            digits: Haystack::default(),
        };
        for person in list {
            searched.names.push(&person.name);
            searched.letters.push(&person.letters);
            searched.digits.push(&person.digits);
        }
        searched
    }
}

/// The order of names: by pinyin, then by the name, then by id so that it is the same every time.
fn order(person: &Person) -> (&str, &str, Id) {
    let spelling = person.letters.split(MARK).nth(1).unwrap_or_default();
    (spelling, &person.name, person.id)
}

/// Whether an assignment holds on a day.
pub(crate) fn holds(record: &Record, today: &str) -> bool {
    let before = |field| record.text(field).is_some_and(|day| day <= today);
    !record.voided() && !before(post_assignment::ENDED_ON)
}

/// Whether a person with that state of relation belongs to the roster (RULES §6).
pub(crate) fn is_here(status: Option<&str>) -> bool {
    matches!(status, None | Some("正常" | "停止党籍"))
}
