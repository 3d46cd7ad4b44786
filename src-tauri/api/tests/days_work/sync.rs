//! 联网上报 as a page sees it, without a server.

use std::net::TcpListener;

use serde_json::json;
use yuanba_api::Code;

use crate::village::Village;

#[test]
fn a_server_that_never_answers_keeps_nobody_from_working() {
    let village = Village::new();
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let job = village.call("sync.run", json!({"url": url}))["job"].clone();
    // From here on the call waits for an answer that does not come.
    let (line, _) = silent.accept().expect("it calls");
    assert_eq!(village.call("sync.glance", json!({}))["running"], true);
    village.full_member("王秀英");
    assert_eq!(village.call("sync.state", json!({}))["running"], true);
    assert_eq!(village.call("job.status", json!({"job": job}))["finished"], false);
    drop((line, silent));
    let ended = loop {
        let now = village.call("job.status", json!({"job": job}));
        if now["finished"] == true || !now["error"].is_null() {
            break now;
        }
        std::thread::yield_now();
    };
    assert_eq!(ended["error"]["code"], "no_connection", "{ended}");
}

#[test]
fn calling_by_itself_is_stopped_and_resumed() {
    let village = Village::new();
    let paused = || village.call("sync.glance", json!({}))["paused"].clone();
    assert_eq!(paused(), false);
    village.call("sync.pause", json!({"paused": true}));
    assert_eq!(paused(), true);
    village.call("sync.pause", json!({"paused": false}));
    assert_eq!(paused(), false);
}

#[test]
fn made_up_people_are_sent_to_no_server() {
    let village = Village::new();
    village.call("store.create_demo", json!({}));
    for (command, request) in [
        ("sync.run", json!({"url": "http://127.0.0.1:9"})),
        ("sync.use", json!({"url": "http://127.0.0.1:9", "fingerprint": "0"})),
    ] {
        let refused = village.refused(command, request);
        assert_eq!(refused.code, Code::Refused, "{command}: {refused}");
        assert!(refused.message.contains("演示村"));
    }
}
