//! What each command does: which typed commands it calls, what it answers, and with which exit code.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use yuanba_api::{Api, ApiError, Code};

use crate::args::{
    Audit, Bundle, Clock, Command, Conflicts, Demo, Enrol, Init, Level, Measure, Member, Org, Practice,
    Roster, TrailKind, User,
};
use crate::bench;
use crate::doctor;
use crate::exit;
use crate::seat::{NEW_PASSPHRASE, PASSPHRASE, RECOVERY_CODE, Seat, usage};
use crate::transfer;
use crate::update;

/// What came of a command.
pub struct Answer {
    /// The one JSON document
    pub document: Value,
    /// Exit code
    pub exit: u8,
    /// One or more sentences for people
    pub words: String,
}

impl Answer {
    pub(crate) fn done(document: Value, words: impl Into<String>) -> Answer {
        Answer { document, exit: exit::DONE, words: words.into() }
    }
}

/// Longest JSON request read from standard input, in bytes.
const REQUEST_MAX: u64 = 64 << 20;

/// Runs one command.
pub fn run(seat: &mut Seat, command: Command) -> Result<Answer, ApiError> {
    match command {
        Command::Init(init) => self::init(seat, init),
        Command::Commands => {
            let described = serde_json::to_value(Api::commands()).unwrap_or_default();
            let words =
                Api::commands().iter().map(|c| format!("{}  {}\n", c.name, c.about)).collect::<String>();
            Ok(Answer::done(described, words.trim_end()))
        }
        Command::Call { command, request } => call(seat, &command, request),
        Command::Org(Org::List) => listed(seat, "org.list", "organisations"),
        Command::Enrol(enrol) => self::enrol(seat, enrol),
        Command::Bundle(bundle) => self::bundle(seat, bundle),
        Command::Sync { hub } => {
            let begun = signed_in(seat, "sync.run", json!({ "url": hub }))?;
            let document = seat.api.wait(text(&begun["job"]))?;
            let waits = document["parked"] != 0 || document["even"] != true;
            let words = text(&document["text"]).to_owned();
            Ok(Answer { document, exit: if waits { exit::WAITS } else { exit::DONE }, words })
        }
        Command::Conflicts(Conflicts::List) => {
            let mut answer = listed(seat, "conflict.list", "conflicts")?;
            if answer.document["count"] == 0 {
                answer.words = "没有不一致的地方。".to_owned();
            }
            Ok(answer)
        }
        Command::Conflicts(Conflicts::Resolve { id, take }) => {
            said(seat, "conflict.resolve", json!({ "id": id, "take": take }))
        }
        Command::Member(Member::List { search, org, unmasked }) => {
            let request = json!({
                "search": search, "org": org, "unmasked": unmasked.unmasked, "purpose": unmasked.purpose,
            });
            let document = signed_in(seat, "member.list", request)?;
            let words = lines(&document["members"], &["name", "id_number", "phones", "org_name", "status"]);
            Ok(Answer::done(document, words))
        }
        Command::Roster(Roster::Import { file, dry_run, map, rejects }) => {
            let request = json!({
                "file": absolute(&file), "dry_run": dry_run, "map": map.as_deref().map(absolute),
                "rejects": rejects.as_deref().map(absolute),
            });
            let document = signed_in(seat, "roster.import", request)?;
            let counts = &document["counts"];
            let waits = counts["doubtful"].as_u64().unwrap_or(0) + counts["refused"].as_u64().unwrap_or(0);
            let words = format!(
                "{}：新增 {} 人，有变化 {} 人，一样 {} 人，存疑 {} 行，不收 {} 行。{}",
                text(&document["file"]),
                counts["new"],
                counts["changed"],
                counts["unchanged"],
                counts["doubtful"],
                counts["refused"],
                if dry_run { "还没有写进去。" } else { "" }
            );
            Ok(Answer { document, exit: if waits > 0 { exit::WAITS } else { exit::DONE }, words })
        }
        Command::Roster(Roster::Export { out, form: _, unmasked }) => {
            let request = json!({
                "out": absolute(&out), "unmasked": unmasked.unmasked, "purpose": unmasked.purpose,
            });
            let document = signed_in(seat, "roster.export", request)?;
            let words = format!("写好了 {}，{} 人。", text(&document["path"]), document["rows"]);
            Ok(Answer::done(document, words))
        }
        Command::Person(command) => transfer::person(seat, command),
        Command::Transfer(command) => transfer::transfer(seat, command),
        Command::Undo { group: Some(group) } => {
            let document = signed_in(seat, "undo.group", json!({ "group": group }))?;
            let words = text(&document["done"]["text"]).to_owned();
            Ok(Answer::done(document, words))
        }
        Command::Undo { group: None } => undo_last(seat),
        Command::Digest { org } => {
            let document = signed_in(seat, "digest.get", json!({ "org": org }))?;
            let words = format!(
                "{} 条\n记录 {}\n结果 {}",
                document["ops"],
                text(&document["ops_digest"]),
                text(&document["state_digest"])
            );
            Ok(Answer::done(document, words))
        }
        Command::Verify => {
            let document = signed_in(seat, "verify.run", json!({}))?;
            let agrees = document["agrees"] == true;
            let words = match agrees {
                true => format!("核对完了，{} 条都对得上。", document["changes"]),
                false => format!("有对不上的地方：\n{}", lines(&document["differences"], &["place", "text"])),
            };
            Ok(Answer { document, exit: if agrees { exit::DONE } else { exit::STORE }, words })
        }
        Command::Backup { out } => {
            let document = signed_in(seat, "backup.write", json!({ "out": absolute(&out) }))?;
            let words = format!("备份好了 {}，{} 字节。", text(&document["path"]), document["bytes"]);
            Ok(Answer::done(document, words))
        }
        Command::Restore { file } => {
            let document = seat.api.call("backup.restore", json!({ "file": absolute(&file) }))?;
            Ok(Answer::done(document, "恢复好了，用原来的口令打开。"))
        }
        Command::Redact { record, reason } => {
            said(seat, "redact.record", json!({ "id": record, "reason": reason }))
        }
        Command::Revoke { laptop: None, .. } => listed(seat, "laptop.list", "laptops"),
        Command::Revoke { laptop: Some(laptop), reason } => {
            let reason =
                reason.ok_or_else(|| usage("没写原因，没有停用，数据没有动。", "加上 --reason 原因。"))?;
            said(seat, "laptop.revoke", json!({ "laptop": laptop, "reason": reason }))
        }
        Command::Demo(Demo { villages, members, months, seed, add }) => {
            let request = json!({
                "villages": villages, "members": members, "months": months, "seed": seed, "add": add,
            });
            let document = signed_in(seat, "demo.fill", request)?;
            let words = format!("编好了 {} 个村，{} 人。", document["villages"], document["members"]);
            Ok(Answer::done(document, words))
        }
        Command::Bench { name: Measure::Passphrase } => {
            let document = bench::passphrase()?;
            let words = serde_json::to_string_pretty(&document).unwrap_or_default();
            Ok(Answer::done(document, words))
        }
        Command::Bench { name } => {
            seat.open()?;
            let document = match name {
                Measure::Passphrase => unreachable!("measured above, without a store"),
                Measure::Search => bench::search(&seat.api)?,
                Measure::Pages => bench::pages(&seat.api)?,
            };
            let words = serde_json::to_string_pretty(&document).unwrap_or_default();
            Ok(Answer::done(document, words))
        }
        Command::Practice(practice) => self::practice(seat, practice),
        Command::User(user) => self::user(seat, user),
        Command::Audit(audit) => self::audit(seat, audit),
        Command::Doctor { mend } => doctor::doctor(seat, mend),
        Command::Clock(Clock::Confirm) => {
            let document = signed_in(seat, "clock.confirm", json!({}))?;
            let words = format!("记下了，今天是 {}。", text(&document["today"]));
            Ok(Answer::done(document, words))
        }
        Command::Update(update) => update::update(seat, update),
        Command::Batch { .. } => Err(usage("batch 里不能再写 batch，什么也没做。", "一行写一条别的命令。")),
    }
}

fn init(seat: &mut Seat, init: Init) -> Result<Answer, ApiError> {
    let level = match init.level {
        Level::Village => yuanba_api::Level::Village,
        Level::Township => yuanba_api::Level::Township,
        Level::County => yuanba_api::Level::County,
    };
    let user = seat.user.clone().unwrap_or_else(|| yuanba_api::first_user_name(level).to_owned());
    let request = json!({
        "level": level, "name": init.name, "place": init.place, "code": init.code, "user": user,
        "passphrase": seat.passphrase(PASSPHRASE, "新口令")?,
    });
    let created = seat.api.call("store.create", request)?;
    let status = &created["status"];
    seat.warn(status);
    let document = json!({
        "org": status["org"]["id"], "name": status["org"]["name"], "level": status["level"], "user": status["user"],
        "recovery_code": created["recovery_code"],
    });
    let words = format!(
        "建好了：{}。\n恢复码（抄在纸上收好，忘了口令时用）：{}",
        text(&document["name"]),
        text(&document["recovery_code"])
    );
    Ok(Answer::done(document, words))
}

fn call(seat: &mut Seat, command: &str, request: Option<String>) -> Result<Answer, ApiError> {
    let request = match request.as_deref() {
        Some("-") if seat.stdin_taken => {
            return Err(usage(
                "batch 里 call 不能再从标准输入读，什么也没做。",
                "把 JSON 直接写在这一行里。",
            ));
        }
        Some("-") => {
            let mut text = String::new();
            let read = std::io::stdin().lock().take(REQUEST_MAX).read_to_string(&mut text);
            read.map_err(|_| not_json())?;
            Some(text)
        }
        other => other.map(str::to_owned),
    };
    let request: Value = match request.filter(|text| !text.trim().is_empty()) {
        Some(text) => serde_json::from_str(&text).map_err(|_| not_json())?,
        None => json!({}),
    };
    if Api::needs_sign_in(command) == Some(true) {
        seat.open()?;
    } else if command == "store.status" && std::env::var_os(PASSPHRASE).is_some() {
        // Whoever gave a passphrase asks for the whole answer; without a store there is a shorter one.
        match seat.open() {
            Err(error) if error.code != Code::NotFound => return Err(error),
            _ => {}
        }
    }
    let mut document = seat.api.call(command, request)?;
    // A job is waited for: a command line has nothing to show meanwhile.
    if let Some(job) = started(&document) {
        document = seat.api.wait(&job)?;
    }
    let words = serde_json::to_string_pretty(&document).unwrap_or_default();
    Ok(Answer::done(document, words))
}

/// The job that an answer has begun, if it is nothing else.
fn started(answer: &Value) -> Option<String> {
    let keys = answer.as_object()?;
    (keys.len() == 1).then(|| keys.get("job")?.as_str().map(str::to_owned)).flatten()
}

fn not_json() -> ApiError {
    usage("这段 JSON 读不懂，什么也没做，数据没有动。", "看看引号和括号，再来一次。")
}

fn undo_last(seat: &mut Seat) -> Result<Answer, ApiError> {
    let recent = signed_in(seat, "undo.recent", json!({ "limit": 1000 }))?;
    // Taking back what was taken back is asked for by its number: here the way leads further back.
    let stands = |act: &&Value| act["undone"] == false && act["undoes"].is_null();
    let last = recent.as_array().into_iter().flatten().find(stands);
    let group = last.map(|act| act["group"].clone()).unwrap_or_default();
    let document = seat.api.call("undo.group", json!({ "group": group.as_str().unwrap_or_default() }))?;
    let words = text(&document["done"]["text"]).to_owned();
    Ok(Answer::done(document, words))
}

fn enrol(seat: &mut Seat, enrol: Enrol) -> Result<Answer, ApiError> {
    match enrol {
        Enrol::Request { out } => {
            let document = signed_in(seat, "enrol.request", json!({ "out": absolute(&out) }))?;
            let words = format!("申请写好了：{}。交给上级。", text(&document["path"]));
            Ok(Answer::done(document, words))
        }
        Enrol::Grant { request, out, org } => {
            let request = json!({ "request": absolute(&request), "out": absolute(&out), "org": org });
            let document = signed_in(seat, "enrol.grant", request)?;
            let words =
                format!("授权写好了：{}，给{}。", text(&document["path"]), text(&document["child"]["name"]));
            Ok(Answer::done(document, words))
        }
        Enrol::Accept { file } => {
            let document = signed_in(seat, "enrol.accept", json!({ "file": absolute(&file) }))?;
            let words = match document["parent"]["name"].as_str() {
                Some(parent) => format!("收下了，上级是{parent}。"),
                None => "收下了。".to_owned(),
            };
            Ok(Answer::done(document, words))
        }
    }
}

fn bundle(seat: &mut Seat, bundle: Bundle) -> Result<Answer, ApiError> {
    match bundle {
        Bundle::Write { to, out } => {
            let document = signed_in(seat, "bundle.write", json!({ "to": to, "out": absolute(&out) }))?;
            let words = format!("写好了 {}，{} 条。", text(&document["file"]), document["changes"]);
            Ok(Answer::done(document, words))
        }
        Bundle::Read { paths } => {
            let paths: Vec<String> = paths.iter().map(|path| absolute(path)).collect();
            let document = signed_in(seat, "bundle.read", json!({ "paths": paths }))?;
            let count = |wanted: &[&str]| {
                let files = document["files"].as_array().into_iter().flatten();
                files.filter(|file| wanted.contains(&text(&file["status"]))).count()
            };
            let all = document["files"].as_array().map_or(0, Vec::len);
            let exit = match (count(&["refused"]), count(&["refused", "parked"])) {
                (refused, _) if refused == all && all > 0 => exit::REFUSED,
                (_, 0) => exit::DONE,
                _ => exit::WAITS,
            };
            let words = lines(&document["files"], &["file", "text"]);
            Ok(Answer { document, exit, words })
        }
        Bundle::Inspect { file } => {
            let document = seat.api.call("bundle.inspect", json!({ "file": absolute(&file) }))?;
            let words = serde_json::to_string_pretty(&document).unwrap_or_default();
            Ok(Answer::done(document, words))
        }
    }
}

fn practice(seat: &mut Seat, practice: Practice) -> Result<Answer, ApiError> {
    match practice {
        Practice::Check { folder } => {
            let document = seat.api.call("practice.check", json!({ "folder": absolute(&folder) }))?;
            let agrees = document["agrees"] == true;
            let words = if agrees {
                "没有互相打架的。".to_owned()
            } else {
                lines(&document["problems"], &["text"])
            };
            Ok(Answer { document, exit: if agrees { exit::DONE } else { exit::REFUSED }, words })
        }
        Practice::Show { place } => {
            let document = seat.api.call("practice.show", json!({ "place": place }))?;
            let words = serde_json::to_string_pretty(&document).unwrap_or_default();
            Ok(Answer::done(document, words))
        }
        Practice::Diff { folder } => {
            let list = seat.api.call("practice.diff", json!({ "folder": absolute(&folder) }))?;
            let words = lines(&list, &["file", "gone", "came"]);
            let count = list.as_array().map_or(0, Vec::len);
            Ok(Answer::done(json!({ "count": count, "files": list }), words))
        }
    }
}

fn user(seat: &mut Seat, command: User) -> Result<Answer, ApiError> {
    match command {
        User::List => listed(seat, "user.list", "users"),
        User::Add { name, role } => {
            seat.open()?;
            let passphrase = seat.passphrase(NEW_PASSPHRASE, "新口令")?;
            said(seat, "user.add", json!({ "name": name, "role": role, "passphrase": passphrase }))
        }
        User::Role { name, role } => said(seat, "user.role", json!({ "name": name, "role": role })),
        User::Ask { name, out } => {
            let name = name.or_else(|| seat.user.clone());
            let document = seat.api.call("help.ask", json!({ "user": name, "out": absolute(&out) }))?;
            let words = format!(
                "写好了 {}。拿到{}，请他们看过是{}本人，写一个答复，三天内拿回来。",
                text(&document["path"]),
                text(&document["superior"]),
                text(&document["user"])
            );
            Ok(Answer::done(document, words))
        }
        User::Who { file } => {
            let document = signed_in(seat, "help.look", json!({ "file": absolute(&file) }))?;
            let words = format!(
                "{}的{}（{}）忘了口令，{} 写的。",
                text(&document["org"]["name"]),
                text(&document["user"]),
                text(&document["role_name"]),
                text(&document["asked_at"])
            );
            Ok(Answer::done(document, words))
        }
        User::Assist { file, out, reason } => {
            let request = json!({ "file": absolute(&file), "out": absolute(&out), "reason": reason });
            said(seat, "help.give", request)
        }
        User::Accept { file } => {
            let new = seat.passphrase(NEW_PASSPHRASE, "新口令")?;
            let request = json!({ "file": absolute(&file), "passphrase": new });
            let document = seat.api.call("help.accept", request)?;
            Ok(Answer::done(document, "口令换好了，东西都在。"))
        }
        User::Passphrase { name } => {
            seat.open()?;
            let new = seat.passphrase(NEW_PASSPHRASE, "新口令")?;
            // One's own is asked for once more, though it has just opened the store.
            let old = name.is_none().then(|| seat.passphrase(PASSPHRASE, "原来的口令")).transpose()?;
            let request = json!({ "name": name, "old": old, "passphrase": new });
            let document = seat.api.call("user.passphrase", request)?;
            Ok(Answer::done(document, "口令换好了，旧的不能用了。"))
        }
        User::Recover { name } => {
            let code = seat.passphrase(RECOVERY_CODE, "恢复码")?;
            let new = seat.passphrase(NEW_PASSPHRASE, "新口令")?;
            let name = name.or_else(|| seat.user.clone());
            let request = json!({ "user": name, "recovery_code": code, "passphrase": new });
            let document = seat.api.call("store.recover", request)?;
            Ok(Answer::done(document, "口令换好了，东西都在。"))
        }
        User::HandOver { from, to, witness, on, out } => {
            let request = json!({
                "from": from, "to": to, "witness": witness, "on": on, "out": absolute(&out),
            });
            said(seat, "handover.do", request)
        }
        User::HandOvers => listed(seat, "handover.list", "handovers"),
        User::Close { name } => said(seat, "user.close", json!({ "name": name })),
    }
}

/// Calls a typed command that needs somebody signed in.
pub(crate) fn signed_in(seat: &mut Seat, command: &str, request: Value) -> Result<Value, ApiError> {
    seat.open()?;
    seat.api.call(command, request)
}

/// A command whose answer says what was done.
pub(crate) fn said(seat: &mut Seat, command: &str, request: Value) -> Result<Answer, ApiError> {
    let document = signed_in(seat, command, request)?;
    let words = text(&document["done"]["text"]).to_owned();
    Ok(Answer::done(document, words))
}

/// A command whose answer is a list, under a name with its count.
/// The looks at whole numbers, and the trail of everything that was done.
fn audit(seat: &mut Seat, audit: Audit) -> Result<Answer, ApiError> {
    let user = match audit.by.as_deref() {
        Some(name) => {
            let users = signed_in(seat, "audit.users", json!({}))?;
            let named: Vec<&Value> =
                users.as_array().into_iter().flatten().filter(|user| user["name"] == name).collect();
            match named.as_slice() {
                [one] => one["id"].clone(),
                [] => {
                    return Err(usage(
                        &format!("没有叫「{name}」的使用人，什么也没查。"),
                        "看看名字写对没有。",
                    ));
                }
                _ => {
                    let next = "用 call audit.users 看编号，再用 call audit.trail 查。";
                    return Err(usage(&format!("叫「{name}」的不止一个，分不清是哪个。"), next));
                }
            }
        }
        None => Value::Null,
    };
    let mut request = json!({
        "person": audit.person, "user": user, "kind": audit.kind.map(TrailKind::word), "from": audit.from,
        "until": audit.until,
    });
    if let Some(out) = audit.out {
        request["out"] = json!(absolute(&out));
        request["purpose"] = json!(audit.purpose);
        let document = signed_in(seat, "audit.export", request)?;
        let words = format!("写好了 {}，{} 条。", text(&document["path"]), document["rows"]);
        return Ok(Answer::done(document, words));
    }
    let looks = signed_in(seat, "audit.list", json!({}))?;
    let limit = audit.limit.unwrap_or(50) as usize;
    let mut entries: Vec<Value> = Vec::new();
    let mut next = json!(audit.after);
    loop {
        request["after"] = next;
        request["limit"] = json!((limit - entries.len()).clamp(1, 500));
        let page = seat.api.call("audit.trail", request.clone())?;
        entries.extend(page["lines"].as_array().cloned().unwrap_or_default());
        next = page["next"].clone();
        if next.is_null() || entries.len() >= limit {
            break;
        }
    }
    let words = lines(&json!(entries), &["at", "user", "what", "purpose", "org_name", "laptop"]);
    let count = looks.as_array().map_or(0, Vec::len);
    Ok(Answer::done(json!({ "count": count, "looks": looks, "entries": entries, "next": next }), words))
}

fn listed(seat: &mut Seat, command: &str, name: &str) -> Result<Answer, ApiError> {
    let list = signed_in(seat, command, json!({}))?;
    let count = list.as_array().map_or(0, Vec::len);
    let words =
        lines(&list, &["id", "name", "level", "record_title", "label", "role_name", "at", "what", "purpose"]);
    Ok(Answer::done(json!({ "count": count, name: list }), words))
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A list as lines of tab-separated words.
pub(crate) fn lines(list: &Value, keys: &[&str]) -> String {
    let word = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(|one| text(one).to_owned()).collect::<Vec<_>>().join("、"),
        other => other.to_string(),
    };
    let line = |item: &Value| {
        let words: Vec<String> =
            keys.iter().filter(|key| item.get(**key).is_some()).map(|key| word(&item[*key])).collect();
        words.join("\t")
    };
    list.as_array().into_iter().flatten().map(line).collect::<Vec<_>>().join("\n")
}

/// A path that still means the same in another folder.
pub(crate) fn absolute(path: &Path) -> String {
    let path: PathBuf = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.to_string_lossy().into_owned()
}
