//! The first backup and its offer.

use serde_json::json;

use crate::village::Village;

#[test]
fn an_offer_of_a_backup_that_was_put_off_is_not_made_again_and_is_no_backup() {
    let village = Village::new();
    let offered = || village.call("store.status", json!({}))["backup_offered"].clone();
    let backed_up = || {
        let found = village.job("doctor.run", json!({}));
        let backup =
            found["findings"].as_array().unwrap().iter().find(|f| f["what"] == "backup").unwrap().clone();
        backup["well"].clone()
    };
    assert_eq!(offered(), false);
    village.call("backup.later", json!({}));
    assert_eq!((offered(), backed_up()), (json!(true), json!(false)));
    let out = village.dir.path().join("一份.yuanba-backup");
    village.call("backup.write", json!({"out": out}));
    assert_eq!((offered(), backed_up()), (json!(true), json!(true)));
}
