//! Reviewing claims. Whoever proposes does not approve (RULES §8), unless nobody else can sign in at this store; then
//! the claim says so.

use std::collections::{HashMap, HashSet};

use yuanba_core::tables::points_claim;
use yuanba_core::{Id, Value};
use yuanba_journal::Hash;
use yuanba_journal::fold::Reversed;
use yuanba_journal::payload::{Ledger, entry_key};
use yuanba_practices::points::{Book, Group};
use yuanba_store::{EntryRow, EntryStanding, Intent, NewEntry, Record};

use super::account::AccountNames;
use super::history::{History, POSTED, PROPOSED, REFUSED, entries};
use super::rules::{book_named, signed};
use super::{ReviewClaims, Reviewed};
use crate::Api;
use crate::entered::{self, SHORT_MAX, held_day};
use crate::error::ApiError;
use crate::kin::Tie;
use crate::sentences::Trouble;
use crate::session::Session;

/// What a claim says that was reviewed by its proposer.
const ALONE: &str = "只有一个人用，自己申报自己审核";

/// The chosen claims, all waiting and all of one organisation, in the order of their days.
fn chosen(session: &Session, request: &ReviewClaims) -> Result<Vec<Record>, ApiError> {
    let mut once: HashSet<Id> = HashSet::new();
    let mut claims = Vec::new();
    for id in request.claims.iter().filter(|id| once.insert(id.0)) {
        let claim = session.one(&points_claim::TABLE, id.0, "笔申报")?;
        if claim.text(points_claim::STATE) != Some(PROPOSED) {
            let text = "这里面有已经审过的，一笔也没有再审。".to_owned();
            return Err(Trouble::BadValue { field: "claims", text }.into());
        }
        claims.push(claim);
    }
    if claims.is_empty() {
        return Err(Trouble::Empty { field: "claims", label: "要审的申报" }.into());
    }
    if claims.iter().any(|claim| claim.org != claims[0].org) {
        let text = "一次只审一个村的。".to_owned();
        return Err(Trouble::BadValue { field: "claims", text }.into());
    }
    claims.sort_by_key(|claim| (claim.text(points_claim::DATE).map(str::to_owned), claim.id));
    Ok(claims)
}

/// What an entry was for, without its words: a ledger's key outlives every erasure, so free text never enters it.
pub(crate) fn event_id(org: Id, event: &str) -> Id {
    Hash::of(&[&org.0, event.as_bytes()]).id()
}

/// The key parts that make two laptops' same entry one: account, rule, event. A key that was reversed stays reversed, so
/// whoever claims the same again names the reversal that it corrects (JOURNAL §5). One that was taken back gives way by
/// itself.
fn natural_key(
    session: &Session,
    claim: &Record,
    account: Id,
    rule: &str,
    on: &str,
    held: &HashMap<Id, &EntryRow>,
) -> Result<Vec<Value>, ApiError> {
    let event = claim.text(points_claim::EVENT).unwrap_or(on);
    let mut key = vec![Value::Id(account), rule.into(), event_id(claim.org, event).into()];
    loop {
        let known = entry_key(Ledger::Points, on, &key);
        match held.get(&known).map(|entry| entry.standing) {
            Some(EntryStanding::Reversed) => {}
            Some(EntryStanding::Posted | EntryStanding::Conflict) | None => return Ok(key),
        }
        let state = session.store.entry_state(claim.org, known)?;
        let Some(Reversed::By(reversal)) = state.and_then(|state| state.reversed) else { return Ok(key) };
        key.truncate(3);
        key.push(Value::Id(reversal.hash.id()));
    }
}

/// 47 人, or 12 户 where households hold the accounts.
fn counted(claims: &[Record], accounts: usize) -> String {
    let of_members = |claim: &Record| claim.text(points_claim::GROUP) == Some(Group::Members.name());
    let word = match (claims.iter().all(of_members), claims.iter().any(of_members)) {
        (true, _) => "人",
        (false, false) => "户",
        (false, true) => "个账户",
    };
    format!(" {accounts} {word}")
}

/// Nobody decides on their own points or on a near relative's (RULES §8).
pub(crate) fn not_ones_own(
    session: &mut Session,
    accounts: impl IntoIterator<Item = Id>,
) -> Result<(), ApiError> {
    let kin = session.kin()?;
    for account in accounts {
        let account = session.store.representative(account)?;
        let Some(tie) = kin.tie(account) else { continue };
        let name = AccountNames::read(session)?.of(session, account)?;
        return Err(match tie {
            Tie::Own => Trouble::OwnPoints { name },
            Tie::Relative => Trouble::RelativesPoints { name },
        }
        .into());
    }
    Ok(())
}

/// Whoever proposes does not approve, unless nobody else can sign in here. Answers how many are the reviewer's own.
pub(crate) fn not_proposed_by_oneself(session: &Session, claims: &[Record]) -> Result<usize, ApiError> {
    let me = session.store.me().id;
    let own = claims.iter().filter(|claim| claim.id(points_claim::PROPOSER) == Some(me)).count();
    match own > 0 && session.store.vault().users().len() > 1 {
        true => Err(Trouble::OwnClaims { claims: own }.into()),
        false => Ok(own),
    }
}

pub(super) fn review(api: &Api, request: ReviewClaims) -> Result<Reviewed, ApiError> {
    let mut session = api.session()?;
    let claims = chosen(&session, &request)?;
    let (me, today) = (session.store.me().id, session.store.today());
    let own = not_proposed_by_oneself(&session, &claims)?;
    if request.approve {
        not_ones_own(&mut session, claims.iter().filter_map(|claim| claim.id(points_claim::ACCOUNT)))?;
    }
    let reason = match request.approve {
        true => entered::optional("reason", "理由", request.reason.as_deref(), SHORT_MAX)?,
        false => Some(entered::required(
            "reason",
            "退回的理由",
            request.reason.as_deref().unwrap_or_default(),
            SHORT_MAX,
        )?),
    };
    let people: HashSet<Id> = claims.iter().filter_map(|claim| claim.id(points_claim::ACCOUNT)).collect();
    let mut intent = Intent::new("");
    if !request.approve {
        for claim in &claims {
            let draft = intent.edit(claim).put(points_claim::STATE, REFUSED).put(points_claim::REVIEWER, me);
            draft
                .put(points_claim::REVIEWED_ON, today.to_string())
                .put_some(points_claim::REASON, reason.clone());
        }
        intent.say(format!("退回了 {} 笔积分申报", claims.len()));
        return Ok(Reviewed { posted: 0, points: 0, done: session.commit(intent)? });
    }
    let posted = entries(&session, None)?;
    let held: HashMap<Id, &EntryRow> = posted.iter().map(|entry| (entry.key, entry)).collect();
    let mut history = History::posted(&session, &posted)?;
    let mut points = 0;
    for claim in &claims {
        let said = |field| claim.text(field).unwrap_or_default().to_owned();
        let number = |field| claim.int(field).unwrap_or(0);
        let account = claim.id(points_claim::ACCOUNT).ok_or(Trouble::NotFound { what: "个账户" })?;
        let (rule, on, times) =
            (said(points_claim::RULE), said(points_claim::DATE), number(points_claim::TIMES));
        let book: Option<&'static Book> = book_named(&session, &said(points_claim::BOOK))?;
        let declared = book.and_then(|book| book.rule(&rule));
        // Counted again against what is posted now: other claims may have been posted or refused since.
        let (mut asked, mut granted) = (number(points_claim::ASKED), number(points_claim::GRANTED));
        if let Some((rule, day)) = declared.zip(held_day(Some(&on))) {
            let account = session.store.representative(account)?;
            if let Ok(grant) = rule.grant(history.already(account, rule, day), times) {
                (asked, granted) = (grant.asked, grant.granted);
            }
            history.add(account, &rule.id, day, granted, times);
        }
        let cap = declared.and_then(|rule| rule.cap).map_or(Value::Null, |cap| Value::Int(cap.points));
        intent.entry(NewEntry {
            ledger: Ledger::Points,
            from: claim.org,
            to: account,
            amount: granted,
            key: natural_key(&session, claim, account, &rule, &on, &held)?,
            on,
            rule,
            terms: vec![
                said(points_claim::BOOK).into(),
                cap,
                asked.into(),
                granted.into(),
                times.into(),
                claim.id.into(),
            ],
        });
        let by_its_proposer = claim.id(points_claim::PROPOSER) == Some(me);
        intent
            .edit(claim)
            .put(points_claim::STATE, POSTED)
            .put(points_claim::ASKED, asked)
            .put(points_claim::GRANTED, granted)
            .put(points_claim::REVIEWER, me)
            .put(points_claim::REVIEWED_ON, today.to_string())
            .put_some(
                points_claim::REASON,
                if by_its_proposer { Some(ALONE.to_owned()) } else { reason.clone() },
            );
        points += granted;
    }
    let alone =
        if own > 0 { "（只有您一个人用，自己申报自己审，已经写明）" } else { "" };
    intent.say(format!("审了{}的积分，入账 {} 分{alone}", counted(&claims, people.len()), signed(points)));
    let posted = u32::try_from(claims.len()).unwrap_or(u32::MAX);
    Ok(Reviewed { posted, points, done: session.commit(intent)? })
}
