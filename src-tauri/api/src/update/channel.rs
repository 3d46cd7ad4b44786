//! What an update is judged by: whose signature counts, which program runs, on what machine.

use std::path::Path;

use semver::Version;
use yuanba_exchange::update::TrustedKeys;

/// What an update from a stick is judged by. The program's own stands in its binary; tests bring another by
/// [`crate::Api::by_channel`], and nothing else can.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Whose updates are taken
    pub keys: TrustedKeys,
    /// The program that runs
    pub running: Version,
    /// Which installer fits this machine, such as `linux-deb-x86_64`
    pub platform: Option<String>,
}

impl Channel {
    /// The list of keys that is built in, this version, this machine.
    pub fn built_in() -> Channel {
        Channel {
            keys: TrustedKeys::built_in(),
            running: Version::parse(env!("CARGO_PKG_VERSION")).expect("Cargo takes no other version"),
            platform: this_machine(),
        }
    }
}

/// Which kind of installer this machine takes; nothing where none is made for it.
fn this_machine() -> Option<String> {
    let arch = std::env::consts::ARCH;
    match std::env::consts::OS {
        "windows" => Some(format!("windows-nsis-{arch}")),
        "linux" => {
            let manages = |program: &str| Path::new("/usr/bin").join(program).exists();
            let kind = [("deb", "dpkg"), ("rpm", "rpm")].into_iter().find(|(_, program)| manages(program))?.0;
            Some(format!("linux-{kind}-{arch}"))
        }
        _ => None,
    }
}
