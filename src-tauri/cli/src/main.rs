//! `yuanba-cli`: everything a window can do, through the same typed commands.
//!
//! Names, flags, exit codes and JSON keys are a contract: add to them freely, change none.

mod args;
mod batch;
mod bench;
mod doctor;
mod exit;
mod run;
mod seat;
mod transfer;
mod update;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::{ContextKind, ContextValue};
use serde_json::{Value, json};
use yuanba_api::ApiError;

use crate::args::{Bundle, Cli, Command, Measure, Update};
use crate::seat::{Seat, usage};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(not_parsed(&error)),
    };
    let json = cli.json;
    let is_batch = matches!(cli.command, Command::Batch { .. });
    let mut seat = match Seat::new(cli.store, cli.user) {
        Ok(seat) => seat,
        // The list of commands, the declarations and the cover of a bundle need no store.
        Err(_) if storeless(&cli.command) => match Seat::new(Some(".".into()), None) {
            Ok(seat) => seat,
            Err(error) => return ExitCode::from(tell(&error, json)),
        },
        Err(error) => return ExitCode::from(tell(&error, json)),
    };
    if is_batch {
        // Nobody reads the answers any more: nothing is left to do.
        return ExitCode::from(batch::run(&mut seat).unwrap_or(exit::USAGE));
    }
    ExitCode::from(match run::run(&mut seat, cli.command) {
        Ok(answer) => {
            match json {
                true => print(&answer.document),
                false if answer.words.is_empty() => {}
                false => {
                    let _ = writeln!(std::io::stdout(), "{}", answer.words);
                }
            }
            answer.exit
        }
        Err(error) => tell(&error, json),
    })
}

/// Whether a command can be done without a store.
fn storeless(command: &Command) -> bool {
    matches!(
        command,
        Command::Commands
            | Command::Practice(_)
            | Command::Bundle(Bundle::Inspect { .. })
            | Command::Bench { name: Measure::Passphrase }
            | Command::Update(Update::Key { .. } | Update::Make(_) | Update::Look { keys: Some(_), .. })
    )
}

/// Help goes to stdout, with `--json` in a document; wrong words are told on stderr, and with `--json` as a document too.
fn not_parsed(error: &clap::Error) -> u8 {
    let json = std::env::args_os().any(|word| word == "--json");
    if !error.use_stderr() {
        match json {
            true => print(&json!({ "text": error.to_string() })),
            false => drop(error.print()),
        }
        return exit::DONE;
    }
    let mut told = usage("命令写得不对，什么也没做，数据没有动。", "用 --help 看看怎么写。");
    told.field = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(word)) => Some(word.clone()),
        Some(ContextValue::Strings(words)) => Some(words.join(" ")),
        _ => None,
    };
    eprintln!("{}{}", told.message, told.next_step);
    let _ = error.print();
    if json {
        print(&failed(&told).1);
    }
    exit::USAGE
}

/// A failure as its exit code and document.
fn failed(error: &ApiError) -> (u8, Value) {
    (exit::of(error.code), json!({ "error": error }))
}

fn tell(error: &ApiError, json: bool) -> u8 {
    let (exit, document) = failed(error);
    match json {
        true => print(&document),
        false => eprintln!("{}{}", error.message, error.next_step),
    }
    exit
}

fn print(document: &Value) {
    let mut stdout = std::io::stdout().lock();
    // A reader that went away is no failure of ours.
    let _ = serde_json::to_writer(&mut stdout, document);
    let _ = stdout.write_all(b"\n");
}
