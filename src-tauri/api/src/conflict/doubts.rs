//! What a person should look at although nothing stands against anything.

use std::collections::BTreeMap;

use yuanba_core::Id;
use yuanba_core::tables::{self, member};
use yuanba_store::{Doubted, Why};

use super::{DoubtKind, OpenDoubt};
use crate::error::ApiError;
use crate::session::Session;

/// All of them.
pub(crate) fn doubts(session: &mut Session) -> Result<Vec<OpenDoubt>, ApiError> {
    let mut list = Vec::new();
    for doubted in session.store.doubted()? {
        list.push(of_record(session, &doubted)?);
    }
    list.extend(crate::points::over_caps(session)?);
    list.extend(set_aside(session)?);
    Ok(list)
}

fn of_record(session: &Session, doubted: &Doubted) -> Result<OpenDoubt, ApiError> {
    let table = tables::by_number(doubted.table);
    let record = match table {
        Some(table) => session.store.record(table, doubted.entity)?,
        None => None,
    };
    let field = |name: &str| {
        let value = record.as_ref()?.get(table?.field_named(name)?);
        value.as_text().map(str::to_owned)
    };
    let label = table.map_or("新版程序的记录", |table| table.label);
    let title = field("name").or_else(|| field("person")).map_or_else(
        || label.to_owned(),
        |name| {
            if doubted.table == member::TABLE.number { name } else { format!("{label}：{name}") }
        },
    );
    let (kind, text, next_step) = match doubted.frozen {
        true => (
            DoubtKind::Frozen,
            "新版程序改过这一条，这台电脑的程序还认不全，先不让改。原来的都在。",
            "升级这台电脑的程序，自己就会好。",
        ),
        false => (
            DoubtKind::WrittenWhileVoid,
            "一台电脑作废它的时候，别的电脑正好改过它。现在按作废算，改的也留着。",
            "看一看改了什么，定它还是作废，还是取回来。",
        ),
    };
    Ok(OpenDoubt {
        id: format!("record:{}", doubted.entity),
        kind,
        record: Some(doubted.entity.into()),
        org: doubted.org.into(),
        org_name: session.store.organisation_name(doubted.org)?,
        title,
        text: text.to_owned(),
        next_step: next_step.to_owned(),
        route: (doubted.table == member::TABLE.number).then(|| format!("/roster/{}", doubted.entity)),
    })
}

/// What is kept and does not count, counted by whose it is and why.
fn set_aside(session: &Session) -> Result<Vec<OpenDoubt>, ApiError> {
    let mut counted: BTreeMap<(Id, &str), (Why, u64)> = BTreeMap::new();
    for aside in session.store.set_aside()? {
        let org = session.store.authority().canonical(aside.change.stream.org);
        let key = match aside.why {
            Why::NoCertificate => "no-certificate",
            // What a stopped laptop wrote afterwards is kept for whoever asks; there is nothing left to decide.
            Why::Stopped => continue,
            Why::PartMissing => "part-missing",
            Why::NotAbove => "not-above",
        };
        counted.entry((org, key)).or_insert((aside.why, 0)).1 += 1;
    }
    let mut list = Vec::new();
    for ((org, key), (why, count)) in counted {
        let org_name = session.store.organisation_name(org)?;
        let (text, next_step, route) = match why {
            Why::NoCertificate | Why::Stopped => (
                "写这些的电脑还没有授权，都收着，没有算进来。",
                "给那台电脑办授权，办好自己就并进来。",
                Some("/stick?view=enrol"),
            ),
            Why::PartMissing => {
                ("有一截没有一起带来，都收着，没有算进来。", "请对方再写一个带来，接上自己就并进来。", None)
            }
            Why::NotAbove => (
                "有电脑要抹掉不归它管的东西，没有照办，原来的都在。",
                "问一问那台电脑的人，是怎么回事。",
                None,
            ),
        };
        list.push(OpenDoubt {
            id: format!("aside:{org}:{key}"),
            kind: DoubtKind::SetAside,
            record: None,
            org: org.into(),
            title: format!("{org_name}有 {count} 条先放着"),
            org_name,
            text: text.to_owned(),
            next_step: next_step.to_owned(),
            route: route.map(str::to_owned),
        });
    }
    Ok(list)
}

/// A cap that entries of several computers exceed together.
pub(crate) fn over_cap(
    session: &Session,
    (org, account): (Id, Id),
    (name, rule): (&str, &str),
    (cap, sum): (i64, i64),
    since: &str,
) -> Result<OpenDoubt, ApiError> {
    let member = session.store.record(&member::TABLE, account)?.is_some();
    Ok(OpenDoubt {
        id: format!("cap:{account}:{rule}:{since}"),
        kind: DoubtKind::OverCap,
        record: member.then_some(account.into()),
        org: org.into(),
        org_name: session.store.organisation_name(org)?,
        title: format!("{name}的{rule}超过上限"),
        text: format!("上限 {cap} 分，几台电脑各记各的，合起来 {sum} 分。记了的一笔也没动。"),
        next_step: "看一看是不是记重了，多的冲销。".to_owned(),
        route: Some(format!("/points?account={account}")),
    })
}
