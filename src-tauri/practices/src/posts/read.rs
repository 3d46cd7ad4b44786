//! Reads the posts and looks for what contradicts itself.

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use super::{Category, Excuse, Post, Posts, Skill, Suits};
use crate::document::Document;
use crate::problem::Code;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    #[serde(rename = "shape")]
    _shape: String,
    id: Spanned<String>,
    name: String,
    version: String,
    applies_from: Spanned<NaiveDate>,
    source: String,
    for_kinds: Vec<String>,
    term_months: Spanned<u32>,
    publication_days: Spanned<u32>,
    appraisal_each_months: Spanned<u32>,
    fit_words: Vec<String>,
    #[serde(rename = "category")]
    categories: Vec<CategoryDeclared>,
    #[serde(rename = "post")]
    posts: Vec<PostDeclared>,
    #[serde(default, rename = "excuse")]
    excuses: Vec<ExcuseDeclared>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryDeclared {
    id: Spanned<String>,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PostDeclared {
    id: Spanned<String>,
    category: Spanned<String>,
    name: String,
    places: Spanned<u32>,
    duties: Vec<String>,
    frequency: String,
    evidence: Vec<String>,
    suggest: Option<Spanned<Suits>>,
    #[serde(default, rename = "skill")]
    skills: Vec<Skill>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExcuseDeclared {
    id: Spanned<String>,
    name: String,
    age_from: Option<u32>,
    #[serde(default)]
    floating: bool,
    #[serde(default)]
    unwell: bool,
}

impl Posts {
    /// Reads one file; `None` when it was refused, with the problems noted in the document.
    pub(crate) fn read(document: &mut Document<'_>) -> Option<Posts> {
        let declared: Declared = document.parse()?;
        check_head(document, &declared);
        check_posts(document, &declared);
        for excuse in &declared.excuses {
            let line = document.line(&excuse.id);
            document.words(line, "免岗的说法", &excuse.name);
            if excuse.age_from.is_none() && !excuse.floating && !excuse.unwell {
                let text = format!("免岗「{}」没有写看什么，人人都合", excuse.name);
                document.problem(Code::Contradiction, Some(line), text);
            }
        }
        if !document.problems.is_empty() {
            return None;
        }
        let category = |c: CategoryDeclared| Category { id: c.id.into_inner(), name: c.name };
        let excuse = |e: ExcuseDeclared| Excuse {
            id: e.id.into_inner(),
            name: e.name,
            age_from: e.age_from,
            floating: e.floating,
            unwell: e.unwell,
        };
        Some(Posts {
            id: declared.id.into_inner(),
            name: declared.name,
            version: declared.version,
            applies_from: declared.applies_from.into_inner(),
            source: declared.source,
            for_kinds: declared.for_kinds,
            term_months: declared.term_months.into_inner(),
            publication_days: declared.publication_days.into_inner(),
            appraisal_each_months: declared.appraisal_each_months.into_inner(),
            fit_words: declared.fit_words,
            categories: declared.categories.into_iter().map(category).collect(),
            posts: declared.posts.into_iter().map(Post::from).collect(),
            excuses: declared.excuses.into_iter().map(excuse).collect(),
        })
    }
}

fn check_head(document: &mut Document<'_>, declared: &Declared) {
    document.ids("设岗", std::iter::once(&declared.id));
    document.ids("岗位类别", declared.categories.iter().map(|c| &c.id));
    document.ids("岗位", declared.posts.iter().map(|p| &p.id));
    document.ids("免岗", declared.excuses.iter().map(|e| &e.id));
    let title = [&declared.name, &declared.version, &declared.source];
    document.title(&declared.id, title, &declared.applies_from);
    document.range(
        document.line(&declared.term_months),
        "任期（月）",
        *declared.term_months.get_ref(),
        1,
        120,
    );
    let days = &declared.publication_days;
    document.range(document.line(days), "公示天数", *days.get_ref(), 0, 366);
    let each = &declared.appraisal_each_months;
    document.range(document.line(each), "几个月评议一次", *each.get_ref(), 1, 60);
    document.count("岗位", declared.posts.len(), 1, 200);
    document.count("岗位类别", declared.categories.len(), 1, 20);
    for category in &declared.categories {
        document.words(document.line(&category.id), "岗位类别的说法", &category.name);
    }
}

fn check_posts(document: &mut Document<'_>, declared: &Declared) {
    for (at, post) in declared.posts.iter().enumerate() {
        let line = document.line(&post.id);
        for text in [&post.name, &post.frequency].into_iter().chain(&post.duties).chain(&post.evidence) {
            document.words(line, "岗位的说法", text);
        }
        document.range(document.line(&post.places), "几个位子", *post.places.get_ref(), 1, 100);
        if !declared.categories.iter().any(|c| c.id.get_ref() == post.category.get_ref()) {
            let text = format!("「{}」写着类别「{}」，可是没有这一类", post.name, post.category.get_ref());
            document.problem(Code::DanglingReference, Some(document.line(&post.category)), text);
        }
        if let Some(first) = declared.posts[..at].iter().find(|p| p.name == post.name) {
            let text = format!("「{}」写了两次，留哪一条？", post.name);
            document.clash(Code::Twice, line, document.line(&first.id), text);
        }
        for skill in &post.skills {
            document.words(line, "推荐的理由", &skill.reason);
            // An empty word would suit everybody.
            for word in &skill.any {
                document.words(line, "特长", word);
            }
        }
        if let Some(suggest) = &post.suggest {
            check_suits(document, suggest);
        }
    }
}

fn check_suits(document: &mut Document<'_>, suggest: &Spanned<Suits>) {
    let (line, suits) = (document.line(suggest), suggest.get_ref());
    if let (Some(from), Some(to)) = (suits.age_from, suits.age_to)
        && from > to
    {
        document.problem(Code::Contradiction, Some(line), format!("年龄从 {from} 到 {to}，倒过来了"));
    }
}

impl From<PostDeclared> for Post {
    fn from(post: PostDeclared) -> Post {
        Post {
            id: post.id.into_inner(),
            category: post.category.into_inner(),
            name: post.name,
            places: post.places.into_inner(),
            duties: post.duties,
            frequency: post.frequency,
            evidence: post.evidence,
            suits: post.suggest.map(Spanned::into_inner).unwrap_or_default(),
            skills: post.skills,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Code, Files, Practices};

    const POSTS: &str = "practices/xuanhan/posts.toml";

    fn first_problem(from: &str, to: &str) -> crate::Problem {
        let text = Files::embedded().get(POSTS).unwrap().replacen(from, to, 1);
        let refusal =
            Practices::read(&Files::embedded().overlay(POSTS, text)).expect_err("it should be refused");
        refusal.problems[0].clone()
    }

    #[test]
    fn a_post_of_no_category_is_refused_with_its_line() {
        let problem = first_problem("category = \"service\"", "category = \"servce\"");
        assert_eq!(problem.code, Code::DanglingReference);
        assert!(problem.at.line.is_some());
    }

    #[test]
    fn two_posts_of_one_name_are_refused_together() {
        let problem = first_problem("移风易俗岗", "政策宣传岗");
        assert_eq!(problem.code, Code::Twice);
        assert!(problem.with.is_some());
    }

    #[test]
    fn an_age_range_turned_round_is_refused() {
        assert_eq!(
            first_problem("age_from = 25, age_to = 70", "age_from = 70, age_to = 25").code,
            Code::Contradiction
        );
    }

    #[test]
    fn there_are_four_categories_and_every_one_has_posts() {
        let on = chrono::NaiveDate::from_ymd_opt(2026, 6, 12).unwrap();
        let posts = Practices::built_in().place("xuanhan").unwrap().posts_on(on).unwrap();
        assert_eq!(posts.categories.len(), 4);
        assert!(posts.posts.len() >= 6);
        assert!(posts.categories.iter().all(|c| posts.posts.iter().any(|p| p.category == c.id)));
    }
}
