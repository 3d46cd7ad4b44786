//! The exit codes of the contract.

use yuanba_api::Code;

/// Done.
pub const DONE: u8 = 0;
/// Done, but something was refused or waits for a person.
pub const WAITS: u8 = 1;
/// Wrong usage.
pub const USAGE: u8 = 2;
/// The input was refused whole, nothing was written.
pub const REFUSED: u8 = 3;
/// The store is damaged, locked, or the passphrase is wrong.
pub const STORE: u8 = 4;
/// No connection.
pub const OFFLINE: u8 = 5;

/// The exit code of a failure.
pub fn of(code: Code) -> u8 {
    match code {
        Code::WrongUsage | Code::NotFound => USAGE,
        Code::Refused | Code::NotAllowed => REFUSED,
        Code::Locked
        | Code::WrongPassphrase
        | Code::Damaged
        | Code::OpenElsewhere
        | Code::DiskFull
        | Code::ReadOnly
        | Code::Internal => STORE,
        Code::NoConnection => OFFLINE,
        Code::Cancelled => WAITS,
    }
}
