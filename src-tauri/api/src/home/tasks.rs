//! 今天要办的事, from what the store holds: late first, then today's, then what comes. Pure: no store, no clock.

use chrono::{Datelike, NaiveDate};

use super::facts::{Facts, Probation, Stick, Term, Waiting};
use super::{Task, TaskState};
use crate::courtyard::called;
use crate::errand::{Errand, for_whom};

/// More courtyards without a liaison than this are one line.
const UNATTENDED_MAX: usize = 3;

/// So many who proposed claims are all named.
const PROPOSERS_MAX: usize = 3;

/// Everything there is to do.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    pub(super) late: Vec<Task>,
    pub(super) today: Vec<Task>,
    pub(super) soon: Vec<Task>,
}

/// A task with its day; without one it is for today.
struct Due {
    on: Option<NaiveDate>,
    task: Task,
}

/// Puts every task where it belongs.
pub(super) fn all(facts: &Facts) -> Tasks {
    let mut due: Vec<Due> = Vec::new();
    due.extend(facts.open_errands.iter().filter_map(|errand| of_errand(errand, facts)));
    due.extend(facts.probations.iter().filter_map(|probation| of_probation(probation, facts)));
    due.extend(facts.terms.iter().filter_map(|term| of_term(term, facts)));
    due.extend(of_claims(facts));
    due.extend(of_doubts(facts));
    due.extend(of_transfers(facts));
    due.extend(unattended(&facts.unattended));
    due.extend(of_copies(facts));
    due.extend(facts.stick.as_ref().and_then(|stick| of_stick(stick, facts)));
    // Stable: of one day, errands come first.
    due.sort_by_key(|due| due.on.unwrap_or(facts.today));
    let mut tasks = Tasks::default();
    for Due { on, task } in due {
        let list = match on {
            Some(on) if on < facts.today => &mut tasks.late,
            Some(on) if on > facts.today => &mut tasks.soon,
            _ => &mut tasks.today,
        };
        list.push(task);
    }
    tasks
}

impl Tasks {
    /// 拖了 2 件，今天还有 3 件。
    pub(super) fn sentence(&self) -> String {
        match (self.late.len(), self.today.len()) {
            (0, 0) if self.soon.is_empty() => String::new(),
            (0, 0) => "今天没有要办的，往后看看就行。".to_owned(),
            (0, today) => format!("今天有 {today} 件要办。"),
            (late, 0) => format!("有 {late} 件拖了。"),
            (late, today) => format!("有 {late} 件拖了，今天还有 {today} 件。"),
        }
    }
}

/// 6 月 10 日, with the year when it is another.
fn spoken(day: NaiveDate, today: NaiveDate) -> String {
    match day.year() == today.year() {
        true => format!("{} 月 {} 日", day.month(), day.day()),
        false => format!("{} 年 {} 月 {} 日", day.year(), day.month(), day.day()),
    }
}

/// How a day stands to today: its shape, how late it is, and how long it still is. Nothing for one that lies beyond what
/// is looked at.
fn standing(on: NaiveDate, facts: &Facts) -> Option<(TaskState, Option<String>, String)> {
    match (on - facts.today).num_days() {
        days if days < 0 => Some((TaskState::Late, Some(format!("过了 {} 天", -days)), String::new())),
        0 => Some((TaskState::Half, None, "就是今天".to_owned())),
        days if days <= facts.coming_days => Some((TaskState::Clock, None, format!("还有 {days} 天"))),
        _ => None,
    }
}

/// The parts that are there, with commas between.
fn joined(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("，")
}

fn of_errand(errand: &Errand, facts: &Facts) -> Option<Due> {
    let promised = crate::entered::held_day(errand.promised_on.as_deref());
    let (state, lateness, left) = match promised {
        Some(on) => standing(on, facts)?,
        None => (TaskState::Half, None, String::new()),
    };
    let agent = errand.agent_name.as_deref().filter(|name| !name.is_empty());
    Some(Due {
        on: promised,
        task: Task {
            id: errand.id.0.to_string(),
            state,
            title: format!("{}的{}还没写结果", for_whom(&errand.person), errand.matter_name),
            detail: joined([
                errand.courtyard_name.as_deref().map(called).unwrap_or_default(),
                agent.map(|name| format!("代办人{name}")).unwrap_or_default(),
                promised.map(|on| format!("答应 {}办完", spoken(on, facts.today))).unwrap_or_default(),
                left,
            ]),
            lateness,
            verb: "写结果".to_owned(),
            route: format!("/courtyards?errand={}", errand.id.0),
        },
    })
}

fn of_probation(probation: &Probation, facts: &Facts) -> Option<Due> {
    let (state, lateness, left) = standing(probation.over_on, facts)?;
    let Probation { name, pronoun, .. } = probation;
    let title = match state {
        TaskState::Late => format!("{name}预备期满了，还没写转正"),
        _ => format!("{name}预备期满一年，等{pronoun}交转正申请"),
    };
    Some(Due {
        on: Some(probation.over_on),
        task: Task {
            id: format!("probation:{}", probation.member),
            state,
            title,
            detail: joined([
                "预备党员".to_owned(),
                format!("{}满", spoken(probation.over_on, facts.today)),
                left,
            ]),
            lateness,
            verb: format!("看{}", if pronoun == name { "卡片" } else { "名册" }),
            route: format!("/roster/{}", probation.member),
        },
    })
}

fn of_term(term: &Term, facts: &Facts) -> Option<Due> {
    let (state, lateness, left) = standing(term.until, facts)?;
    let title = match state {
        TaskState::Late => format!("{}的「{}」任期满了，还没定", term.name, term.post),
        _ => format!("{}的「{}」任期快满了", term.name, term.post),
    };
    Some(Due {
        on: Some(term.until),
        task: Task {
            id: format!("term:{}", term.assignment),
            state,
            title,
            detail: joined([
                "设岗定责".to_owned(),
                format!("任到 {}", spoken(term.until, facts.today)),
                left,
            ]),
            lateness,
            verb: "去定岗".to_owned(),
            route: "/posts".to_owned(),
        },
    })
}

/// 王秀英、何玉兰申报的
fn proposed_by(proposers: &[String]) -> String {
    match proposers.len() {
        0 => String::new(),
        count if count <= PROPOSERS_MAX => format!("{}申报的", proposers.join("、")),
        count => format!("{}等 {count}\u{a0}人申报的", proposers[..PROPOSERS_MAX - 1].join("、")),
    }
}

fn of_claims(facts: &Facts) -> Vec<Due> {
    let of = |waiting: &Waiting, state, id: &str, title: String, detail: &str, verb: &str, on| {
        (waiting.claims > 0).then(|| Due {
            on,
            task: Task {
                id: id.to_owned(),
                state,
                title,
                detail: joined([
                    proposed_by(&waiting.proposers),
                    format!("共 {} 分", crate::points::signed(waiting.points)),
                    detail.to_owned(),
                ]),
                lateness: None,
                verb: verb.to_owned(),
                route: "/points?view=review".to_owned(),
            },
        })
    };
    let (mine, others) = (&facts.claims.for_me, &facts.claims.for_others);
    let title = format!("{} 笔积分等您审", mine.claims);
    let first = of(mine, TaskState::Open, "claims", title, "审了才入账", "去审", None);
    // It is not theirs to do, so it waits at the end.
    let end = facts.today.checked_add_days(chrono::Days::new(facts.coming_days.unsigned_abs()));
    let title = format!("{} 笔积分等别人审", others.claims);
    let second = of(others, TaskState::Clock, "claims:others", title, "谁申报谁不审核", "看一看", end);
    first.into_iter().chain(second).collect()
}

fn of_doubts(facts: &Facts) -> Vec<Due> {
    let of = |id: &str, title: String, detail: &str, route: &str| Due {
        on: None,
        task: Task {
            id: id.to_owned(),
            state: TaskState::Doubt,
            title,
            detail: detail.to_owned(),
            lateness: None,
            verb: "去定下来".to_owned(),
            route: route.to_owned(),
        },
    };
    let mut due = Vec::new();
    if facts.conflicts > 0 {
        let title = format!("{} 处写得不一致，等您定", facts.conflicts);
        due.push(of("conflicts", title, "两台电脑各写各的，都留着", "/settle"));
    }
    if facts.doubtful > 0 {
        let title = format!("花名册里 {} 人存疑", facts.doubtful);
        due.push(of("doubtful", title, "号码、日期有对不上的，定一处少一处", "/roster?doubt=1"));
    }
    due
}

fn of_transfers(facts: &Facts) -> Option<Due> {
    let (count, said) = &facts.transfers;
    (*count > 0).then(|| Due {
        on: None,
        task: Task {
            id: "transfers".to_owned(),
            state: TaskState::Open,
            title: format!("{count}\u{a0}个人的组织关系等您办"),
            detail: said.trim_end_matches('。').to_owned(),
            lateness: None,
            verb: "去办转接".to_owned(),
            route: "/transfers".to_owned(),
        },
    })
}

fn unattended(yards: &[(String, String)]) -> Vec<Due> {
    let of = |id: String, title: String, route: String| Due {
        on: None,
        task: Task {
            id,
            state: TaskState::Open,
            title,
            detail: "院坝，定了联络员，有事大家知道找谁".to_owned(),
            lateness: None,
            verb: "去定".to_owned(),
            route,
        },
    };
    if yards.len() > UNATTENDED_MAX {
        let title = format!("{} 个院坝还没定联络员", yards.len());
        return vec![of("unattended".to_owned(), title, "/courtyards".to_owned())];
    }
    let one = |(id, name): &(String, String)| {
        of(
            format!("unattended:{id}"),
            format!("{}还没定联络员", called(name)),
            format!("/courtyards?id={id}"),
        )
    };
    yards.iter().map(one).collect()
}

/// No good copy of everything for days.
fn of_copies(facts: &Facts) -> Option<Due> {
    let (days, ever) = facts.no_copy?;
    Some(Due {
        on: None,
        task: Task {
            id: "backup".to_owned(),
            state: TaskState::Open,
            title: match ever {
                true => format!("{days} 天没备份好了"),
                false => "还没有备份过".to_owned(),
            },
            detail: "电脑要是坏了、丢了，就靠备份找回来".to_owned(),
            lateness: None,
            verb: "去备份".to_owned(),
            route: "/more/backup".to_owned(),
        },
    })
}

fn of_stick(stick: &Stick, facts: &Facts) -> Option<Due> {
    if stick.waiting == 0 {
        return None;
    }
    let waited = stick.last.map(|last| (facts.today - last).num_days().max(0));
    let last = match (stick.last, waited) {
        (Some(last), Some(0)) => format!("上次交接是今天，{}", spoken(last, facts.today)),
        (Some(last), Some(days)) => format!("上次交接是 {}，{days} 天前", spoken(last, facts.today)),
        _ => "还没有交接过".to_owned(),
    };
    // It need not be carried every day; after so long it should be carried today.
    let on = stick.last.and_then(|last| {
        let on = last.checked_add_days(chrono::Days::new(facts.coming_days.unsigned_abs()))?;
        Some(on.max(facts.today))
    });
    let on = on.filter(|on| *on > facts.today);
    Some(Due {
        on,
        task: Task {
            id: "stick".to_owned(),
            state: if on.is_some() { TaskState::Clock } else { TaskState::Open },
            title: format!("带 U 盘去{}", stick.to),
            detail: format!("{} 条还没上报，{last}", stick.waiting),
            lateness: None,
            verb: "写 U 盘".to_owned(),
            route: "/stick".to_owned(),
        },
    })
}

#[cfg(test)]
mod tests;
