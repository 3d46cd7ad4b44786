//! `courtyard.*`: 院坝.

mod list;

use yuanba_core::tables::{courtyard, liaison, member};
use yuanba_store::{Intent, Record};

use crate::Api;
use crate::dto::{JustDone, Made, Named, Nothing, OneRecord, OutFile, RecordId, Written, answer, request};
use crate::entered::{self, SHORT_MAX};
use crate::errand::Errand;
use crate::error::ApiError;
use crate::note::Note;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;

pub(crate) use list::Yards;

request! {
    /// A courtyard to be written.
    pub struct SaveCourtyard {
        pub id: Option<RecordId>,
        pub name: String,
        pub party_group: Option<String>,
        pub households: Option<u32>,
        pub people: Option<u32>,
        /// Place on the map, 0 to 1000 from the left
        pub x: Option<i32>,
        /// 0 to 1000 from the top
        pub y: Option<i32>,
    }

    /// Who looks after a courtyard from a day on.
    pub struct SetLiaison {
        pub courtyard: RecordId,
        pub member: RecordId,
        pub phone: Option<String>,
        pub supervision_phone: Option<String>,
        pub from: String,
    }
}

answer! {
    /// One courtyard of the list.
    pub struct Courtyard {
        pub id: RecordId,
        pub name: String,
        pub party_group: Option<String>,
        pub households: Option<u32>,
        pub people: Option<u32>,
        pub x: Option<i32>,
        pub y: Option<i32>,
        pub liaison: Option<Named>,
        pub last_note: Option<String>,
        pub days_quiet: Option<u32>,
        pub overdue: bool,
        pub open_errands: u32,
    }

    /// All courtyards.
    pub struct Courtyards { pub sentence: String, pub courtyards: Vec<Courtyard> }

    /// A courtyard's liaison with the numbers of the notice board.
    pub struct Liaison {
        pub member: RecordId,
        pub name: String,
        pub phone: Option<String>,
        pub supervision_phone: Option<String>,
        pub from: String,
    }

    /// A courtyard's page.
    pub struct CourtyardCard {
        pub courtyard: Courtyard,
        pub liaison: Option<Liaison>,
        pub notes: Vec<Note>,
        pub errands: Vec<Errand>,
    }
}

commands! {
    /// All courtyards
    "courtyard.list" (Nothing) -> Courtyards, list::list;
    /// Writes a courtyard
    "courtyard.save" (SaveCourtyard) -> Made, save;
    /// Says who looks after a courtyard
    "courtyard.liaison" (SetLiaison) -> JustDone, set_liaison;
    /// A courtyard's page
    "courtyard.card" (OneRecord) -> CourtyardCard, list::card;
    /// Writes the courtyards to a workbook
    "courtyard.export" (OutFile) -> Written, list::export;
}

/// The most households or people of one courtyard: more is a mistyped number.
const COUNT_MAX: u32 = 100_000;
/// The map is a square of this side.
const MAP_SIDE: i32 = 1000;

/// 石院坝: what a courtyard is called in a sentence, whether or not its name says what it is.
pub(crate) fn called(name: &str) -> String {
    if name.ends_with("院坝") || name.ends_with("院子") {
        name.to_owned()
    } else {
        format!("{name}院坝")
    }
}

/// A courtyard with what it is called.
pub(crate) fn find(session: &Session, id: RecordId) -> Result<(Record, String), ApiError> {
    let record = session.one(&courtyard::TABLE, id.0, "个院坝")?;
    let name = called(record.text(courtyard::NAME).unwrap_or_default());
    Ok((record, name))
}

fn number(field: &'static str, label: &str, value: Option<u32>) -> Result<Option<i64>, Trouble> {
    match value {
        Some(value) if value > COUNT_MAX => Err(Trouble::BadValue {
            field,
            text: format!("{label} {value} 太多了，怕是多打了几位。"),
        }),
        value => Ok(value.map(i64::from)),
    }
}

fn on_map(field: &'static str, value: Option<i32>) -> Result<Option<i64>, Trouble> {
    match value {
        Some(value) if !(0..=MAP_SIDE).contains(&value) => {
            Err(Trouble::BadValue { field, text: "这个位置在图外面了。".to_owned() })
        }
        value => Ok(value.map(i64::from)),
    }
}

fn save(api: &Api, request: SaveCourtyard) -> Result<Made, ApiError> {
    let mut session = api.session()?;
    let name = entered::required("name", "院坝名称", &request.name, SHORT_MAX)?;
    let group = entered::optional("party_group", "党小组", request.party_group.as_deref(), SHORT_MAX)?;
    let households = number("households", "户数", request.households)?;
    let people = number("people", "人数", request.people)?;
    let (x, y) = (on_map("x", request.x)?, on_map("y", request.y)?);
    let twin = session.own(&courtyard::TABLE)?.into_iter().find(|other| {
        Some(other.id) != request.id.map(|id| id.0) && other.text(courtyard::NAME) == Some(name.as_str())
    });
    if twin.is_some() {
        let text = format!("已经有一个「{name}」了，换个写法好分清是哪个。");
        return Err(Trouble::BadValue { field: "name", text }.into());
    }
    let held = request.id.map(|id| session.one(&courtyard::TABLE, id.0, "个院坝")).transpose()?;
    let said = match held {
        Some(_) => format!("改了{}的资料", called(&name)),
        None => format!("添了一个院坝：{}", called(&name)),
    };
    let mut intent = Intent::new(said);
    let id = held.as_ref().map_or_else(|| session.store.new_id(), |record| record.id);
    let draft = match &held {
        Some(record) => intent.edit(record),
        None => intent.create(&courtyard::TABLE, id),
    };
    let value = |known: Option<i64>| known.map_or(yuanba_core::Value::Null, Into::into);
    draft
        .put(courtyard::NAME, name)
        .put(courtyard::PARTY_GROUP, group.map_or(yuanba_core::Value::Null, Into::into))
        .put(courtyard::HOUSEHOLDS, value(households))
        .put(courtyard::PEOPLE, value(people))
        .put(courtyard::X, value(x))
        .put(courtyard::Y, value(y));
    Ok(Made { id: id.into(), done: session.commit(intent)? })
}

/// A telephone number of the notice board: digits, perhaps with an area code; kept as it is written.
fn phone(field: &'static str, label: &'static str, text: Option<&str>) -> Result<Option<String>, Trouble> {
    let text = entered::optional(field, label, text, 30)?;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | ' ' | '+'));
    match text {
        Some(text) if !plain(&text) || digits(&text) < 5 => {
            Err(Trouble::BadValue { field, text: format!("「{label}」不像一个电话号码。") })
        }
        text => Ok(text),
    }
}

/// Whether a liaison looks after a courtyard on a day.
pub(crate) fn looks_after(record: &Record, day: &str) -> bool {
    !record.voided() && record.text(liaison::UNTIL).is_none_or(|until| until >= day)
}

fn set_liaison(api: &Api, request: SetLiaison) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let (yard, yard_name) = find(&session, request.courtyard)?;
    let person = session.one(&member::TABLE, request.member.0, "个人")?;
    let name = person.text(member::NAME).unwrap_or("这位党员").to_owned();
    let from = entered::day("from", "从哪天起", &request.from)?;
    let number = phone("phone", "联系电话", request.phone.as_deref())?;
    let supervision = phone("supervision_phone", "监督电话", request.supervision_phone.as_deref())?;
    let mut intent = Intent::new(format!("定了{yard_name}的联络员：{name}")).of(yard.org);
    let last = from.pred_opt().unwrap_or(from).to_string();
    let mut standing = None;
    for record in session.store.children(&liaison::TABLE, yard.id)? {
        let since = record.text(liaison::FROM).unwrap_or_default().to_owned();
        if !looks_after(&record, &from.to_string()) {
            continue;
        }
        let same = record.id(liaison::MEMBER).is_some_and(|id| id == person.id);
        if same && standing.is_none() {
            standing = Some(record);
        } else if since >= from.to_string() {
            intent.edit(&record).void("换了联络员");
        } else {
            intent.edit(&record).put(liaison::UNTIL, last.as_str());
        }
    }
    let draft = match &standing {
        Some(record) => intent.edit(record),
        None => intent
            .create(&liaison::TABLE, session.store.new_id())
            .put(liaison::COURTYARD, yard.id)
            .put(liaison::MEMBER, person.id)
            .put(liaison::FROM, from.to_string()),
    };
    draft.put_some(liaison::PHONE, number).put_some(liaison::SUPERVISION_PHONE, supervision);
    Ok(JustDone { done: session.commit(intent)? })
}
