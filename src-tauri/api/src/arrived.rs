//! What a stick brought, as one says it: 手记 3 篇，代办 2 件.

use yuanba_core::tables::{
    courtyard, errand, field_note, household, liaison, member, person_edge, points_claim, post_assignment,
    post_excuse,
};
use yuanba_store::Arrived;

/// How records of a table are called and counted, those first that are looked for first. What is not here is the
/// program's own and is not told.
const CALLED: &[(u16, &str, &str)] = &[
    (field_note::TABLE.number, "手记", "篇"),
    (errand::TABLE.number, "代办", "件"),
    (member::TABLE.number, "花名册", "人"),
    (points_claim::TABLE.number, "报分", "笔"),
    (post_assignment::TABLE.number, "设岗", "个"),
    (post_excuse::TABLE.number, "免岗", "人"),
    (courtyard::TABLE.number, "院坝", "个"),
    (liaison::TABLE.number, "联络员", "处"),
    (household::TABLE.number, "住户", "户"),
    (person_edge::TABLE.number, "同一人", "对"),
];

/// So many kinds are named.
const NAMED_MAX: usize = 3;

/// What came, in a few words; nothing when there is nothing that people made.
pub(crate) fn in_words(arrived: &Arrived) -> String {
    let mut parts: Vec<String> = CALLED
        .iter()
        .filter_map(|(table, name, measure)| {
            let count = arrived.records.get(table)?;
            Some(format!("{name} {count} {measure}"))
        })
        .collect();
    if arrived.entries > 0 {
        parts.insert(0, format!("积分 {} 笔", arrived.entries));
    }
    let more = parts.len() > NAMED_MAX;
    parts.truncate(NAMED_MAX);
    match more {
        true => format!("{}等", parts.join("，")),
        false => parts.join("，"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_is_told_in_the_words_of_the_house() {
        let arrived =
            |records: &[(u16, u64)], entries| Arrived { records: records.iter().copied().collect(), entries };
        assert_eq!(in_words(&arrived(&[], 0)), "");
        assert_eq!(
            in_words(&arrived(&[(errand::TABLE.number, 2), (field_note::TABLE.number, 3)], 0)),
            "手记 3 篇，代办 2 件"
        );
        let much = arrived(&[(3, 1), (9, 1), (10, 1), (11, 1)], 5);
        assert_eq!(in_words(&much), "积分 5 笔，手记 1 篇，代办 1 件等");
    }
}
