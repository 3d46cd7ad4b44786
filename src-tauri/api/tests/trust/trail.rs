//! The trail answers who saw, changed, took out what, when.

use serde_json::{Value, json};
use yuanba_api::Code;

use crate::village::{PASSPHRASE, Village};

const OTHERS: &str = "da shui jing 7";
const ID: &str = "511722198507010018";

fn sign_in(desk: &Village, name: &str) {
    let passphrase = if ["罗永福", "邓长青"].contains(&name) { PASSPHRASE } else { OTHERS };
    desk.call("store.lock", json!({}));
    desk.call("store.open", json!({"user": name, "passphrase": passphrase}));
}

fn lines(desk: &Village, request: Value) -> Vec<Value> {
    let page = desk.call("audit.trail", request);
    page["lines"].as_array().unwrap().clone()
}

fn told(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["what"].as_str().unwrap()).collect()
}

/// A village on three days: two people write, one looks and takes out.
fn three_days() -> (Village, Value, Value) {
    let village = Village::new();
    village.call("user.add", json!({"name": "周晓雯", "role": "official", "passphrase": OTHERS}));
    village.call("user.add", json!({"name": "只看的人", "role": "reader", "passphrase": OTHERS}));
    let wang =
        village.member(json!({"name": "王秀英", "kind": "full", "id_number": ID, "phones": ["13800000000"]}));
    let he = village.full_member("何玉兰");
    village.on("2026-06-13");
    sign_in(&village, "周晓雯");
    village.call("member.save", json!({"id": wang, "fields": {"education": "61"}}));
    village.call("member.unmask", json!({"id": wang, "purpose": "核对身份证"}));
    village.call("post.assign", json!({"member": he, "post": "policy-publicity", "from": "2026-06-13"}));
    village.on("2026-06-14");
    sign_in(&village, "罗永福");
    let out = village.path("全.xlsx");
    village.call("roster.export", json!({"out": out, "unmasked": true, "purpose": "镇里年报"}));
    village.call("member.list", json!({"unmasked": true, "purpose": "核对名单"}));
    village.call("undo.last", json!({}));
    (village, wang, he)
}

#[test]
fn the_last_stands_first_with_who_when_what_and_what_for() {
    let (village, wang, _) = three_days();
    let all = lines(&village, json!({}));
    assert_eq!(
        told(&all)[..7],
        [
            "撤销：把何玉兰写进了花名册",
            "列出全号",
            "导出全号",
            "给何玉兰定了「政策宣传岗」",
            "看全号",
            "改了王秀英的学历",
            "把何玉兰写进了花名册"
        ]
    );
    let kinds: Vec<&str> = all.iter().take(7).map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["took_back", "exported", "exported", "changed", "saw", "changed", "changed"]);
    let saw = &all[4];
    assert_eq!(
        (&saw["user"], &saw["purpose"], &saw["person"], &saw["person_name"], &saw["laptop"]),
        (&json!("周晓雯"), &json!("核对身份证"), &wang, &json!("王秀英"), &json!("A"))
    );
    assert!(saw["at"].as_str().unwrap().starts_with("2026-06-13T"));
    assert_eq!((&all[2]["count"], &all[2]["purpose"]), (&json!(2), &json!("镇里年报")));
    assert!(
        all.iter()
            .any(|line| line["kind"] == "governed" && line["what"].as_str().unwrap().contains("周晓雯"))
    );
}

#[test]
fn the_trail_is_asked_for_a_person_a_user_a_kind_and_days() {
    let (village, wang, he) = three_days();
    let of_wang = lines(&village, json!({"person": wang}));
    assert_eq!(told(&of_wang), ["看全号", "改了王秀英的学历", "把王秀英写进了花名册"]);
    assert!(told(&lines(&village, json!({"person": he}))).contains(&"给何玉兰定了「政策宣传岗」"));
    let users = village.call("audit.users", json!({}));
    let zhou = users.as_array().unwrap().iter().find(|user| user["name"] == "周晓雯").unwrap()["id"].clone();
    let of_zhou = lines(&village, json!({"user": zhou}));
    assert_eq!(told(&of_zhou), ["给何玉兰定了「政策宣传岗」", "看全号", "改了王秀英的学历"]);
    assert_eq!(told(&lines(&village, json!({"kind": "saw"}))), ["看全号"]);
    assert_eq!(told(&lines(&village, json!({"kind": "exported"}))), ["列出全号", "导出全号"]);
    assert_eq!(lines(&village, json!({"from": "2026-06-13", "until": "2026-06-13"})).len(), 3);
    assert_eq!(lines(&village, json!({"from": "2026-06-15"})).len(), 0);
    assert_eq!(
        told(&lines(&village, json!({"user": zhou, "kind": "saw", "until": "2026-06-13"}))),
        ["看全号"]
    );
    assert_eq!(village.refused("audit.trail", json!({"from": "昨天"})).field.as_deref(), Some("from"));
}

#[test]
fn pages_follow_each_other_without_a_gap() {
    let (village, wang, _) = three_days();
    for filter in [json!({}), json!({"kind": "changed"}), json!({"person": wang})] {
        let whole = lines(&village, filter.clone());
        for limit in [1, 2, whole.len() - 1, whole.len(), whole.len() + 1] {
            let mut pages: Vec<Value> = Vec::new();
            let mut request = filter.clone();
            request["limit"] = json!(limit);
            loop {
                let page = village.call("audit.trail", request.clone());
                assert!(page["lines"].as_array().unwrap().len() <= limit);
                pages.extend(page["lines"].as_array().unwrap().clone());
                if page["next"].is_null() {
                    break;
                }
                request["after"] = page["next"].clone();
            }
            assert_eq!(pages, whole, "{filter} by {limit}");
        }
    }
}

#[test]
fn an_export_of_the_trail_asks_for_its_purpose_and_is_itself_in_the_trail() {
    let (village, _, _) = three_days();
    let out = village.path("痕迹.xlsx");
    assert_eq!(
        village.refused("audit.export", json!({"out": out, "purpose": " "})).field.as_deref(),
        Some("purpose")
    );
    assert!(!std::path::Path::new(&out).exists(), "nothing without a trace");
    let before = lines(&village, json!({})).len();
    let written = village.call("audit.export", json!({"out": out, "purpose": "县里检查"}));
    assert_eq!(written["rows"], before);
    let first = lines(&village, json!({"limit": 1}))[0].clone();
    assert_eq!(
        (&first["what"], &first["purpose"], &first["kind"]),
        (&json!("导出痕迹"), &json!("县里检查"), &json!("exported"))
    );
    sign_in(&village, "只看的人");
    for command in ["audit.trail", "audit.users", "audit.list"] {
        assert_eq!(village.refused(command, json!({})).code, Code::NotAllowed);
    }
    let written = village.refused("audit.export", json!({"out": out, "purpose": "看看"}));
    assert_eq!(written.code, Code::NotAllowed);
}

#[test]
fn a_township_reads_what_its_villages_did_in_words_of_its_own() {
    let (village, wang, _) = three_days();
    let township = Village::of("township", "柳坝镇", "邓长青");
    village.enrol(&township, None);
    village.carry("parent", &township);
    let seen = lines(&township, json!({"person": wang}));
    assert_eq!(told(&seen), ["看全号", "写了王秀英的学历", "写了王秀英的姓名、公民身份号码等 4 项"]);
    assert_eq!(
        (&seen[0]["laptop"], &seen[0]["user"], &seen[0]["org_name"]),
        (&json!("青石桥村 A"), &json!("周晓雯"), &json!("青石桥村"))
    );
    assert!(!seen[0].to_string().contains(ID));
}
