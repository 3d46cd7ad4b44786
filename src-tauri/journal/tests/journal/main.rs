//! The journal's bytes and its rules, each by itself.

mod authority;
mod entries;
mod golden;
mod hands;
mod kept;
mod oracle;
mod records;
mod segments;
