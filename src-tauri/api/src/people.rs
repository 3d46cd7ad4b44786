//! The roster in memory, as lists and searches need it: one entry a person, in the order of names, and the texts that a
//! search looks through. Read from the store when first asked for; what changes afterwards is followed person by person.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use memchr::memmem::Finder;
use yuanba_core::pinyin_keys::pinyin_keys;
use yuanba_core::tables::{member, post_assignment};
use yuanba_core::{Field, Id, MemberKind, PartialDate};
use yuanba_store::{Changed, Glance, Record, Store, StoreError};

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
    /// The day, and who holds a post on it
    with_post: Option<(NaiveDate, HashSet<Id>)>,
    searched: Option<Searched>,
    keys: NameKeys,
}

/// What is held of a person.
const FIELDS: &[Field] = &[
    member::NAME,
    member::ID_NUMBER,
    member::PHONES,
    member::KIND,
    member::PARTY_GROUP,
    member::BIRTH_DATE,
    member::JOINED_ON,
    member::PROBLEMS,
    member::STATUS,
];
/// What tells whether a post is held.
const POST_FIELDS: &[Field] = &[post_assignment::MEMBER, post_assignment::ENDED_ON];
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

/// The search keys of names that were met: in a county the same names come again and again.
#[derive(Default)]
struct NameKeys(HashMap<String, Arc<str>>);

impl NameKeys {
    /// A person, or nothing: a record whose words were erased has no name, so that nobody is left to list.
    fn person(&mut self, glance: &Glance) -> Option<Person> {
        let name = glance.text(member::NAME).filter(|_| !glance.voided())?.to_owned();
        let date = |field| glance.text(field).and_then(|text| text.parse().ok());
        let mut digits = String::new();
        let numbers = glance.text(member::ID_NUMBER).into_iter().chain(glance.texts(member::PHONES));
        for number in numbers {
            digits.extend(number.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()));
            digits.push(MARK);
        }
        Some(Person {
            id: glance.id,
            org: glance.org,
            letters: self.letters(&name),
            kind: glance.text(member::KIND).and_then(MemberKind::read),
            party_group: glance.text(member::PARTY_GROUP).map(str::to_owned),
            born: date(member::BIRTH_DATE),
            joined: date(member::JOINED_ON),
            doubtful: glance.has_conflict() || !glance.get(member::PROBLEMS).as_list().is_empty(),
            here: is_here(glance.text(member::STATUS)),
            digits,
            name,
        })
    }

    /// What somebody may type in letters for a name: initials and full pinyin from any of its characters on.
    fn letters(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
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
        self.0.insert(name.to_owned(), letters.clone());
        letters
    }
}

impl People {
    /// Reads everybody from the store.
    pub(crate) fn read(store: &Store) -> Result<People, StoreError> {
        let mut people =
            People { list: Vec::new(), with_post: None, searched: None, keys: NameKeys::default() };
        store.glances(&member::TABLE, None, FIELDS, |glance| {
            people.list.extend(people.keys.person(&glance))
        })?;
        people.list.sort_by(|a, b| order(a).cmp(&order(b)));
        Ok(people)
    }

    /// Brings what is held up to what has changed in the store.
    pub(crate) fn follow(&mut self, store: &Store, changed: &Changed) -> Result<(), StoreError> {
        let Changed::Records(changed) = changed else {
            *self = People::read(store)?;
            return Ok(());
        };
        let mut gone: HashSet<Id> = HashSet::new();
        let mut come = Vec::new();
        for id in changed {
            match store.glance(*id, FIELDS)? {
                Some((table, glance)) if table == member::TABLE.number => {
                    gone.insert(*id);
                    come.extend(self.keys.person(&glance));
                }
                Some((table, _)) if table != post_assignment::TABLE.number => {}
                // Whose record is no more, or was a post's, is not known any longer.
                _ => {
                    gone.insert(*id);
                    self.with_post = None;
                }
            }
        }
        if self.list.iter().any(|person| gone.contains(&person.id)) {
            self.list.retain(|person| !gone.contains(&person.id));
            self.searched = None;
        }
        for person in come {
            let at = self.list.partition_point(|other| order(other) < order(&person));
            self.list.insert(at, person);
            self.searched = None;
        }
        Ok(())
    }

    /// Who holds a post today.
    pub(crate) fn with_post(&mut self, store: &Store) -> Result<&HashSet<Id>, StoreError> {
        let day = store.today();
        if self.with_post.as_ref().is_none_or(|(read_on, _)| *read_on != day) {
            let (today, aliases) = (day.to_string(), store.all_aliases()?);
            let mut found = HashSet::new();
            store.glances(&post_assignment::TABLE, None, POST_FIELDS, |glance| {
                let held = !is_over(glance.text(post_assignment::ENDED_ON), &today);
                if let Some(member) = glance.id(post_assignment::MEMBER).filter(|_| held) {
                    found.insert(aliases.get(&member).copied().unwrap_or(member));
                }
            })?;
            self.with_post = Some((day, found));
        }
        Ok(&self.with_post.get_or_insert_default().1)
    }

    /// The person at a place.
    pub(crate) fn get(&self, at: u32) -> &Person {
        &self.list[at as usize]
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
    !record.voided() && !is_over(record.text(post_assignment::ENDED_ON), today)
}

/// Whether an assignment that ended on a day, or has not ended, is over.
pub(crate) fn is_over(ended_on: Option<&str>, today: &str) -> bool {
    ended_on.is_some_and(|day| day <= today)
}

/// Whether a person with that state of relation belongs to the roster (RULES §6).
pub(crate) fn is_here(status: Option<&str>) -> bool {
    matches!(status, None | Some("正常" | "停止党籍"))
}
