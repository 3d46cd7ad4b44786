//! Every typed command, once: what the windows, the command line and the dev bridge all call.
//!
//! A command is declared in its noun's file (`roster.rs`, `post.rs` …) beside its request, its answer and its handler, and
//! nowhere else. To add one: write the shapes with `request!` and `answer!`, the handler as `fn(&Api, Request) ->
//! Result<Answer, ApiError>`, one line in the noun's `commands!`, its name under a task of `assets/roles/rights.toml` (until
//! then nobody may call it), and run the tests with `YUANBA_UPDATE=1` to bring the window's types up to date. A new noun is also named in [`NOUNS`].

mod arrived;
mod aside;
mod audit;
mod backup;
mod below;
mod bundle;
mod clock;
mod conflict;
mod courtyard;
mod demo;
mod digest;
mod doctor;
mod draft;
mod dto;
mod enrol;
mod entered;
mod errand;
mod error;
mod handover;
mod held;
mod help;
mod home;
mod household;
mod import;
mod import_steps;
mod import_values;
mod job;
mod kin;
mod laptop;
mod mask;
mod member;
mod member_card;
mod member_check;
mod member_fields;
mod member_group;
mod note;
mod org;
mod out_file;
mod people;
mod person;
mod points;
mod post;
mod practice;
mod problems;
mod recovery;
mod redact;
mod registry;
mod rights;
mod roster;
mod roster_rows;
mod search;
mod sentences;
mod session;
mod settings;
mod stick;
mod store;
mod sync;
mod time;
mod transfer;
pub mod typescript;
mod undo;
mod update;
mod user;
mod verify;
mod workbook;

pub use dto::PATH_KEYS;
pub use error::{ApiError, Code};
pub use registry::{Command, CommandDescription};
pub use rights::{Right, first_user_name, roles_of};
pub use sentences::Trouble;
pub use session::Api;
pub use update::Channel;
pub use yuanba_core::Level;

/// The commands of every noun, in the order they are listed.
static NOUNS: &[&[Command]] = &[
    store::COMMANDS,
    recovery::COMMANDS,
    backup::COMMANDS,
    settings::COMMANDS,
    draft::COMMANDS,
    home::COMMANDS,
    below::COMMANDS,
    search::COMMANDS,
    undo::COMMANDS,
    roster::COMMANDS,
    member::COMMANDS,
    member_check::COMMANDS,
    member_group::COMMANDS,
    person::COMMANDS,
    kin::COMMANDS,
    transfer::COMMANDS,
    import::COMMANDS,
    post::COMMANDS,
    courtyard::COMMANDS,
    note::COMMANDS,
    errand::COMMANDS,
    household::COMMANDS,
    points::COMMANDS,
    stick::COMMANDS,
    sync::COMMANDS,
    aside::COMMANDS,
    enrol::COMMANDS,
    bundle::COMMANDS,
    org::COMMANDS,
    conflict::COMMANDS,
    digest::COMMANDS,
    demo::COMMANDS,
    verify::COMMANDS,
    user::COMMANDS,
    rights::COMMANDS,
    help::COMMANDS,
    handover::COMMANDS,
    laptop::COMMANDS,
    redact::COMMANDS,
    practice::COMMANDS,
    audit::COMMANDS,
    doctor::COMMANDS,
    clock::COMMANDS,
    update::COMMANDS,
    job::COMMANDS,
];
