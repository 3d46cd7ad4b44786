//! Packs of practices: in force at once and after a new start, never half, never older, and gone without harm.

use std::fs;

use serde_json::{Value, json};
use yuanba_practices::Files;

use crate::stick::{Stick, channel, signed_in, trusted, village};
use crate::village::Village;

const HOLIDAYS: &str = "rules/holidays-2026.toml";

/// The program's own holidays, with the days after 12 June off as well.
fn more_holidays(until: &str) -> String {
    let own = Files::embedded().get(HOLIDAYS).unwrap().to_owned();
    let more = format!("off = [\n  {{ name = \"夏收\", from = \"2026-06-13\", to = \"{until}\" }},");
    own.replace("off = [", &more)
        .replace("  { name = \"端午\", from = \"2026-06-19\", to = \"2026-06-21\" },\n", "")
}

fn matter(village: &Village) -> Value {
    let all = village.call("errand.catalogue", json!({}));
    let working = |matter: &&Value| matter["promise"]["working"] == true;
    all.as_array().unwrap().iter().find(working).expect("a matter in working days").clone()
}

fn promised(village: &Village) -> String {
    matter(village)["promised_on"].as_str().unwrap().to_owned()
}

fn packs_ill(village: &Village) -> Vec<String> {
    let findings = village.job("doctor.run", json!({}))["findings"].clone();
    let packs = findings.as_array().unwrap().iter().filter(|f| f["what"] == "packs" && f["well"] == false);
    packs.map(|finding| finding["text"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_pack_is_in_force_at_once_and_what_was_promised_before_stays_promised() {
    let village = village("0.1.0");
    let stick = Stick::new();
    let errand = |person: &str| {
        let matter = matter(&village);
        village.call("errand.open", json!({"person": person, "matter": matter["id"]}))
    };
    let promised_of = |person: &str| {
        let list = village.call("errand.list", json!({}));
        let rows = list.as_array().or_else(|| list["errands"].as_array()).expect("a list").clone();
        let row = rows.into_iter().find(|row| row["person"] == person).expect("the errand");
        row["promised_on"].as_str().expect("a day").to_owned()
    };
    errand("何玉兰家");
    let before = promised(&village);
    assert_eq!(promised_of("何玉兰家"), before);

    let file = stick.pack("holidays", "1.0.0", &[(HOLIDAYS, more_holidays("2026-06-30"))]);
    let look = village.call("update.look", json!({"file": file}));
    assert_eq!(
        (&look["fits"], &look["contents"], &look["version_now"]),
        (&json!(true), &json!("practices"), &Value::Null)
    );
    assert_eq!(promised(&village), before, "a look changes nothing");
    village.job("update.take", json!({"file": file}));
    let after = promised(&village);
    assert!(after > before, "{before} {after}");
    assert_eq!(promised_of("何玉兰家"), before, "what was promised stays promised");
    errand("冯有才家");
    assert_eq!(promised_of("冯有才家"), after);

    let pack = village.call("update.state", json!({}))["packs"][0].clone();
    assert_eq!(
        (&pack["version"], &pack["built"], &pack["not_in_force"]),
        (&json!("1.0.0"), &json!("2026-06-01"), &Value::Null)
    );
    assert_eq!(pack["signed_by"], "明水县组织部");
    assert_eq!(packs_ill(&village), Vec::<String>::new());
    let agrees = village.call("verify.run", json!({}))["agrees"].clone();
    assert_eq!(agrees, true);

    // The same after a new start, without the stick.
    drop(stick);
    let village = signed_in(village.restarted(channel("0.1.0")));
    assert_eq!(promised(&village), after);
}

#[test]
fn the_same_or_an_older_pack_is_refused_also_after_its_file_was_lost() {
    let village = village("0.1.0");
    let stick = Stick::new();
    let pack = |of: &str, until: &str| stick.pack("holidays", of, &[(HOLIDAYS, more_holidays(until))]);
    let (older, good, newer) =
        (pack("0.9.0", "2026-07-20"), pack("1.0.0", "2026-06-30"), pack("1.1.0", "2026-07-05"));
    village.job("update.take", json!({"file": good}));
    let said = village.job_refused("update.take", json!({"file": good}));
    assert!(said.contains("用着的就是 1.0.0 版"), "{said}");
    let said = village.job_refused("update.take", json!({"file": older}));
    assert!(said.contains("旧的不能盖新的"), "{said}");
    let at_first = promised(&village);
    village.job("update.take", json!({"file": newer}));
    assert!(promised(&village) > at_first);
    let said = village.job_refused("update.take", json!({"file": good}));
    assert!(said.contains("用过 1.1.0 版了"), "{said}");

    fs::remove_file(village.dir.path().join("updates/packs/holidays.yuanba-update")).unwrap();
    let village = signed_in(village.restarted(channel("0.1.0")));
    assert!(packs_ill(&village)[0].contains("不见了"));
    assert!(village.job_refused("update.take", json!({"file": good})).contains("旧的不能盖新的"));
    village.job("update.take", json!({"file": newer}));
    assert_eq!(packs_ill(&village), Vec::<String>::new());
}

#[test]
fn a_pack_that_contradicts_or_does_not_read_is_refused_whole() {
    let village = village("0.1.0");
    let stick = Stick::new();
    let before = promised(&village);
    let points = Files::embedded().get("practices/xuanhan/points-members.toml").unwrap().to_owned();
    let bad: [&[(&str, String)]; 4] = [
        &[(HOLIDAYS, more_holidays("2026-06-30")), ("practices/xuanhan/points-more.toml", points)],
        &[(HOLIDAYS, more_holidays("2026-06-30")), ("rules/home.toml", "not = [ toml".to_owned())],
        &[(HOLIDAYS, more_holidays("2026-06-30")), ("rules/stars.toml", "shape = \"stars\"\n".to_owned())],
        &[("practices/nowhere/posts.toml", "shape = \"posts\"\n".to_owned())],
    ];
    for texts in bad {
        let file = stick.pack("holidays", "1.0.0", texts);
        let look = village.call("update.look", json!({"file": file}));
        assert_eq!(look["fits"], false, "{look}");
        assert!(look["why_not"].as_str().unwrap().contains(".toml"), "{look}");
        village.job_refused("update.take", json!({"file": file}));
        assert_eq!(promised(&village), before);
        assert_eq!(village.call("update.state", json!({}))["packs"], json!([]));
    }
}

#[test]
fn two_packs_with_one_file_are_one_too_many_and_others_stand_beside_each_other() {
    let village = village("0.1.0");
    let stick = Stick::new();
    village.job(
        "update.take",
        json!({"file": stick.pack("holidays", "1.0.0", &[(HOLIDAYS, more_holidays("2026-06-30"))])}),
    );
    let again = stick.pack("other", "1.0.0", &[(HOLIDAYS, more_holidays("2026-07-30"))]);
    let said = village.job_refused("update.take", json!({"file": again}));
    assert!(said.contains("两份只能留一份"), "{said}");
    let home = Files::embedded().get("rules/home.toml").unwrap().to_owned();
    village.job("update.take", json!({"file": stick.pack("home", "1.0.0", &[("rules/home.toml", home)])}));
    assert_eq!(village.call("update.state", json!({}))["packs"].as_array().unwrap().len(), 2);
}

#[test]
fn a_pack_that_was_damaged_altered_or_lost_its_key_never_stops_the_program() {
    let village = village("0.1.0");
    let stick = Stick::new();
    let before = promised(&village);
    let file = stick.pack("holidays", "1.0.0", &[(HOLIDAYS, more_holidays("2026-06-30"))]);
    village.job("update.take", json!({"file": file}));
    let after = promised(&village);
    let kept = village.dir.path().join("updates/packs/holidays.yuanba-update");
    let whole = fs::read(&kept).unwrap();

    // Somebody gives themselves another holiday.
    let mut altered = whole.clone();
    let at = altered.windows(10).rposition(|w| w == b"2026-06-30").unwrap();
    altered[at..at + 10].copy_from_slice(b"2026-07-30");
    let mut village = village;
    for bytes in [altered, whole[..whole.len() / 2].to_vec(), Vec::new(), b"YUANBA-UPDATE 9\n\n".to_vec()] {
        fs::write(&kept, bytes).unwrap();
        village = signed_in(village.restarted(channel("0.1.0")));
        assert_eq!(promised(&village), before, "the program's own rules");
        let ill = packs_ill(&village);
        assert!(ill.len() == 1 && ill[0].contains("先照程序自带的办"), "{ill:?}");
        assert_eq!(village.call("update.state", json!({}))["troubles"].as_array().unwrap().len(), 1);
    }
    // The same package once more mends it.
    village.job("update.take", json!({"file": file}));
    assert_eq!((promised(&village), packs_ill(&village)), (after.clone(), Vec::new()));

    let mut other = channel("0.1.0");
    other.keys = trusted(&yuanba_exchange::update::ReleaseKey::from_seed([8; 32]));
    let village = signed_in(village.restarted(other));
    assert_eq!(promised(&village), before);
    assert!(packs_ill(&village)[0].contains("认得的单位"), "{:?}", packs_ill(&village));
    let village = signed_in(village.restarted(channel("0.1.0")));
    assert_eq!(promised(&village), after);
}

#[test]
fn a_pack_gives_way_when_the_program_brings_the_same_itself() {
    let village = village("0.1.0");
    let stick = Stick::new();
    let before = promised(&village);
    let texts = [(HOLIDAYS, more_holidays("2026-06-30"))];
    let file = stick.pack_with("holidays", "1.0.0", &texts, |manifest| {
        manifest.from_program = Some("0.1.0".parse().unwrap());
        manifest.before_program = Some("0.2.0".parse().unwrap());
    });
    village.job("update.take", json!({"file": file}));
    assert!(promised(&village) > before);
    let village = signed_in(village.restarted(channel("0.2.0")));
    assert_eq!(promised(&village), before);
    let pack = village.call("update.state", json!({}))["packs"][0].clone();
    assert_eq!(pack["superseded"], true, "{pack}");
    assert_eq!(packs_ill(&village), Vec::<String>::new(), "nothing to see to");
    let other = stick.pack_with("later", "1.0.0", &[("rules/home.toml", String::new())], |manifest| {
        manifest.from_program = Some("0.3.0".parse().unwrap());
    });
    assert!(village.job_refused("update.take", json!({"file": other})).contains("请先升级程序"));
}
