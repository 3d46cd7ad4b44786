//! Reads a points book and looks for what contradicts itself.

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use super::book::{Account, Book, Close, Grade, Group, Ranking, Voucher};
use super::period::Period;
use super::rule::{Amount, Cap, Part, Rule, Tier, Unit};
use crate::document::{Document, first_day};
use crate::problem::Code;
use crate::protected::Protected;

/// The most rules of a book, tiers of a rule and grades.
const MAX_RULES: usize = 300;
const MAX_TIERS: usize = 50;
/// The most points of one rule or cap, so that sums stay far from overflow.
const MAX_POINTS: i64 = 10_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BookDeclared {
    #[serde(rename = "shape")]
    _shape: String,
    id: Spanned<String>,
    name: Spanned<String>,
    group: Group,
    account: Account,
    version: Spanned<String>,
    applies_from: Spanned<NaiveDate>,
    source: Spanned<String>,
    publication_days: Spanned<u32>,
    close: Close,
    close_period: Period,
    opening_rule: Option<Spanned<String>>,
    #[serde(default)]
    principles: Vec<Spanned<String>>,
    ranking: Option<Spanned<Ranking>>,
    voucher: Option<Spanned<Voucher>>,
    #[serde(default, rename = "grade")]
    grades: Vec<Spanned<Grade>>,
    #[serde(rename = "rule")]
    rules: Vec<RuleDeclared>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleDeclared {
    id: Spanned<String>,
    name: Spanned<String>,
    part: Part,
    points: Option<Spanned<i64>>,
    scored_up_to: Option<Spanned<i64>>,
    tiers: Option<Spanned<Vec<TierDeclared>>>,
    unit: Unit,
    cap: Option<Spanned<Cap>>,
    #[serde(default)]
    evidence: Vec<String>,
    note: Option<String>,
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TierDeclared {
    at: Spanned<i64>,
    points: Spanned<i64>,
}

impl Book {
    /// Reads one file; `None` when it was refused, with the problems noted in the document.
    pub(crate) fn read(document: &mut Document<'_>, protected: &Protected) -> Option<Book> {
        let declared: BookDeclared = document.parse()?;
        check_head(document, &declared);
        document.ids("规则", declared.rules.iter().map(|r| &r.id));
        check_names(document, &declared.rules);
        let mut rules = Vec::new();
        for rule in declared.rules {
            rules.extend(read_rule(document, protected, rule));
        }
        if !document.problems.is_empty() {
            return None;
        }
        let mut grades: Vec<Grade> = declared.grades.into_iter().map(Spanned::into_inner).collect();
        grades.sort_by_key(|g| -g.at_least);
        Some(Book {
            id: declared.id.into_inner(),
            name: declared.name.into_inner(),
            group: declared.group,
            account: declared.account,
            version: declared.version.into_inner(),
            applies_from: declared.applies_from.into_inner(),
            source: declared.source.into_inner(),
            publication_days: declared.publication_days.into_inner(),
            close: declared.close,
            close_period: declared.close_period,
            opening_rule: declared.opening_rule.map(Spanned::into_inner),
            principles: declared.principles.into_iter().map(Spanned::into_inner).collect(),
            ranking: declared.ranking.map(Spanned::into_inner),
            voucher: declared.voucher.map(Spanned::into_inner),
            grades,
            rules,
            file: document.name.to_owned(),
        })
    }
}

fn check_head(document: &mut Document<'_>, book: &BookDeclared) {
    document.ids("办法", std::iter::once(&book.id));
    for (what, text) in [("名称", &book.name), ("版本", &book.version), ("出处", &book.source)] {
        document.words(document.line(text), what, text.get_ref());
    }
    let from = *book.applies_from.get_ref();
    document.range(document.line(&book.applies_from), "起用日期", from, first_day(), NaiveDate::MAX);
    document.range(
        document.line(&book.publication_days),
        "公示天数",
        *book.publication_days.get_ref(),
        0,
        366,
    );
    document.count("规则", book.rules.len(), 1, MAX_RULES);
    for principle in &book.principles {
        document.words(document.line(principle), "原则", principle.get_ref());
    }
    if let Some(opening) = &book.opening_rule
        && !book.rules.iter().any(|r| r.id.get_ref() == opening.get_ref())
    {
        let text = format!("年初用「{}」开账，可是没有这条规则", opening.get_ref());
        document.problem(Code::DanglingReference, Some(document.line(opening)), text);
    }
    if let Some(ranking) = &book.ranking {
        document.range(document.line(ranking), "排前多少名", ranking.get_ref().top, 1, 10_000);
    }
    if let Some(voucher) = &book.voucher {
        let line = document.line(voucher);
        document.range(line, "兑换起点", voucher.get_ref().base, 0, MAX_POINTS);
        document.range(line, "每档分数", voucher.get_ref().step, 1, MAX_POINTS);
    }
    for (at, grade) in book.grades.iter().enumerate() {
        let same = |g: &&Spanned<Grade>| {
            g.get_ref().at_least == grade.get_ref().at_least || g.get_ref().name == grade.get_ref().name
        };
        if let Some(first) = book.grades[..at].iter().find(same) {
            let text = format!("「{}」和「{}」分数线或叫法一样", first.get_ref().name, grade.get_ref().name);
            document.clash(Code::Contradiction, document.line(grade), document.line(first), text);
        }
    }
}

/// Two rules of the same wording with other points are the commonest contradiction of published tables.
fn check_names(document: &mut Document<'_>, rules: &[RuleDeclared]) {
    for (at, rule) in rules.iter().enumerate() {
        let Some(first) = rules[..at].iter().find(|r| r.name.get_ref().trim() == rule.name.get_ref().trim())
        else {
            continue;
        };
        let said = |r: &RuleDeclared| match (&r.points, &r.scored_up_to) {
            (Some(points), _) => format!("{:+} 分", points.get_ref()),
            (None, Some(most)) => format!("评到 {} 分", most.get_ref()),
            (None, None) => "分档".to_owned(),
        };
        let text =
            format!("都是「{}」，一条{}，一条{}，留哪一条？", rule.name.get_ref(), said(first), said(rule));
        document.clash(Code::Twice, document.line(&rule.name), document.line(&first.name), text);
    }
}

fn read_rule(document: &mut Document<'_>, protected: &Protected, rule: RuleDeclared) -> Option<Rule> {
    let line = document.line(&rule.id);
    let name_line = document.line(&rule.name);
    document.words(name_line, "规则名", rule.name.get_ref());
    let amount = match (&rule.points, &rule.scored_up_to, &rule.tiers) {
        (Some(points), None, None) => {
            let (at, points) = (document.line(points), *points.get_ref());
            document.range(at, "分数", points, -MAX_POINTS, MAX_POINTS);
            if points == 0 {
                document.problem(Code::OutOfRange, Some(at), "分数是 0，这条规则不起作用");
            }
            Amount::Each(points)
        }
        (None, Some(most), None) => {
            document.range(document.line(most), "最高评分", *most.get_ref(), 1, MAX_POINTS);
            Amount::Scored(*most.get_ref())
        }
        (None, None, Some(tiers)) => Amount::Tiers(read_tiers(document, tiers)),
        _ => {
            let text = "points、scored_up_to、tiers 三样要写一样，也只能写一样";
            document.problem(Code::Contradiction, Some(line), text);
            return None;
        }
    };
    let deducts = matches!(amount, Amount::Each(points) if points < 0);
    let mut wording = vec![rule.id.get_ref().as_str(), rule.name.get_ref().as_str()];
    wording.extend(rule.note.as_deref());
    protected.check(document, name_line, &wording, deducts);
    if let Some(cap) = &rule.cap {
        check_cap(document, line, cap, &amount);
    }
    if matches!(amount, Amount::Tiers(_)) != (rule.unit == Unit::Hour) {
        document.problem(
            Code::Contradiction,
            Some(line),
            "按小时算的规则要分档（tiers），分档的规则要按小时算",
        );
    }
    Some(Rule {
        id: rule.id.into_inner(),
        name: rule.name.into_inner(),
        part: rule.part,
        amount,
        unit: rule.unit,
        cap: rule.cap.map(Spanned::into_inner),
        evidence: rule.evidence,
        note: rule.note,
        source: rule.source,
        line,
    })
}

fn read_tiers(document: &mut Document<'_>, tiers: &Spanned<Vec<TierDeclared>>) -> Vec<Tier> {
    document.count("分档", tiers.get_ref().len(), 1, MAX_TIERS);
    for (at, tier) in tiers.get_ref().iter().enumerate() {
        let line = document.line(&tier.at);
        document.range(line, "分档的起点", *tier.at.get_ref(), 1, 100_000);
        document.range(line, "分档的分数", *tier.points.get_ref(), 1, MAX_POINTS);
        for earlier in &tiers.get_ref()[..at] {
            let (from, points) = (*tier.at.get_ref(), *tier.points.get_ref());
            let (from0, points0) = (*earlier.at.get_ref(), *earlier.points.get_ref());
            if from == from0 {
                let text = format!("都是满 {from}，一行加 {points0} 分，一行加 {points} 分，留哪一行？");
                document.clash(Code::Twice, line, document.line(&earlier.at), text);
            } else if (from > from0) != (points > points0) {
                let text = format!("满 {from0} 加 {points0} 分，满 {from} 反而加 {points} 分");
                document.clash(Code::Contradiction, line, document.line(&earlier.at), text);
            }
        }
    }
    let mut read: Vec<Tier> =
        tiers.get_ref().iter().map(|t| Tier { at: *t.at.get_ref(), points: *t.points.get_ref() }).collect();
    read.sort_by_key(|t| t.at);
    read
}

fn check_cap(document: &mut Document<'_>, line: usize, cap: &Spanned<Cap>, amount: &Amount) {
    let cap_line = document.line(cap);
    let cap = cap.get_ref().points;
    document.range(cap_line, "上限", cap, -MAX_POINTS, MAX_POINTS);
    let (once, what) = match amount {
        Amount::Each(points) => (*points, "一次的分"),
        Amount::Scored(most) => (*most, "最高评分"),
        Amount::Tiers(tiers) => (tiers.last().map_or(0, |t| t.points), "最高一档"),
    };
    if cap.signum() != once.signum() {
        document.clash(
            Code::Contradiction,
            cap_line,
            line,
            format!("{what}是 {once}，上限却是 {cap}，一正一负"),
        );
    } else if cap.abs() < once.abs() {
        document.clash(Code::Contradiction, cap_line, line, format!("{what}就有 {once}，上限却只有 {cap}"));
    }
}

#[cfg(test)]
mod tests {
    use crate::{Code, Files, Practices, Problem};

    const MEMBERS: &str = "practices/xuanhan/points-members.toml";

    /// The problems of the members' book after `edit`, and the text that was read.
    fn refused(edit: impl Fn(&str) -> String) -> (Vec<Problem>, String) {
        let text = edit(Files::embedded().get(MEMBERS).unwrap());
        let files = Files::embedded().overlay(MEMBERS, text.clone());
        let refusal = Practices::read(&files).expect_err("it should have been refused");
        (refusal.problems, text)
    }

    fn line_of(text: &str, wanted: &str, nth: usize) -> usize {
        text.lines().enumerate().filter(|(_, l)| l.contains(wanted)).nth(nth).unwrap().0 + 1
    }

    #[test]
    fn the_published_table_with_twenty_hours_twice_is_refused_with_both_lines() {
        let (problems, text) = refused(|t| {
            t.replace("{ at = 20, points = 5 },", "{ at = 20, points = 5 },\n  { at = 20, points = 10 },")
        });
        let [problem] = &problems[..] else { panic!("{problems:?}") };
        assert_eq!(problem.code, Code::Twice);
        assert_eq!(problem.at.line, Some(line_of(&text, "at = 20,", 1)));
        assert_eq!(problem.with.as_ref().unwrap().line, Some(line_of(&text, "at = 20,", 0)));
        let said = problem.to_string();
        assert!(said.starts_with(MEMBERS) && said.contains("5 分") && said.contains("10 分"), "{said}");
    }

    #[test]
    fn the_same_table_as_single_rules_is_refused_too() {
        let more = |points| {
            format!(
                "\n[[rule]]\nid = \"h{points}\"\nname = \"志愿服务满 20 小时\"\npart = \"incentive\"\npoints = {points}\nunit = \"year\"\n"
            )
        };
        let (problems, text) = refused(|t| format!("{t}{}{}", more(5), more(10)));
        let [problem] = &problems[..] else { panic!("{problems:?}") };
        assert_eq!(problem.at.line, Some(line_of(&text, "志愿服务满 20 小时", 1)));
        assert_eq!(problem.with.as_ref().unwrap().line, Some(line_of(&text, "志愿服务满 20 小时", 0)));
        assert!(problem.text.contains("+5") && problem.text.contains("+10"), "{}", problem.text);
    }

    #[test]
    fn the_same_rule_id_twice_is_refused_with_both_lines() {
        let (problems, text) = refused(|t| t.replace("id = \"study-essay\"", "id = \"study-notes\""));
        let [problem] = &problems[..] else { panic!("{problems:?}") };
        assert_eq!(problem.at.line, Some(line_of(&text, "\"study-notes\"", 1)));
        assert_eq!(problem.with.as_ref().unwrap().line, Some(line_of(&text, "\"study-notes\"", 0)));
    }

    #[test]
    fn no_rule_may_penalise_a_complaint_in_any_wording() {
        let rule = |name: &str, points: i64, note: &str| {
            format!(
                "\n[[rule]]\nid = \"x\"\nname = \"{name}\"\nnote = \"{note}\"\npart = \"base\"\npoints = {points}\nunit = \"time\"\n"
            )
        };
        let bad = [
            rule("到县上信访", -10, "扣"),
            rule("越 级 上 访", -20, "扣"),
            rule("扰乱秩序", -10, "包括打 12345 热线投诉村干部"),
            rule("全年无信访", 10, "加"),
            rule("家里没有人举报、投诉", 5, "加"),
            rule("上曝光台", -5, "扣"),
        ];
        for rule in bad {
            let (problems, text) = refused(|t| format!("{t}{rule}"));
            let line = line_of(&text, "id = \"x\"", 0) + 1;
            assert!(
                problems.iter().all(|p| matches!(p.code, Code::PenalisesComplaint | Code::BlackList)),
                "{problems:?}"
            );
            assert!(problems.iter().any(|p| p.at.line == Some(line)), "{problems:?}");
        }
        let good =
            Files::embedded().get(MEMBERS).unwrap().to_owned() + &rule("如实反映问题，帮村里改了", 2, "加");
        assert!(Practices::read(&Files::embedded().overlay(MEMBERS, good)).is_ok());
    }

    #[test]
    fn a_folder_cannot_loosen_what_is_protected() {
        let loose =
            "shape = \"protected\"\ncomplaint_words = []\nabsence_words = []\nblack_list_words = []\n";
        let bad = Files::embedded().get(MEMBERS).unwrap().replace("不按月足额交党费", "到县上信访");
        let files = Files::embedded().overlay("rules/protected.toml", loose).overlay(MEMBERS, bad);
        assert!(Practices::read(&files).is_err());
    }

    #[test]
    fn a_cap_below_one_time_or_of_another_sign_is_refused() {
        for cap in ["1", "-12"] {
            let (problems, _) =
                refused(|t| t.replacen("cap = { points = 12,", &format!("cap = {{ points = {cap},"), 1));
            assert_eq!(problems[0].code, Code::Contradiction);
            assert!(problems[0].with.is_some());
        }
    }

    #[test]
    fn a_table_that_falls_while_hours_rise_is_refused() {
        let (problems, _) = refused(|t| t.replace("at = 300, points = 50", "at = 300, points = 35"));
        assert_eq!(problems[0].code, Code::Contradiction);
    }

    #[test]
    fn a_mistyped_word_is_named_with_its_line() {
        let (problems, text) = refused(|t| t.replacen("part = \"base\"", "prat = \"base\"", 1));
        assert_eq!(
            (problems[0].code, problems[0].at.line),
            (Code::Unreadable, Some(line_of(&text, "prat", 0)))
        );
    }

    #[test]
    fn a_rule_that_says_its_points_in_two_ways_is_refused() {
        let (problems, _) = refused(|t| t.replacen("points = 2\n", "points = 2\nscored_up_to = 5\n", 1));
        assert_eq!(problems[0].code, Code::Contradiction);
    }
}
