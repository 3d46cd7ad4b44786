//! `batch -`: one command a line on standard input, one unlock, one answer a line.

use std::io::{BufRead as _, Read as _, Write as _};

use clap::Parser as _;
use serde_json::{Value, json};

use crate::args::Line;
use crate::seat::{Seat, usage};
use crate::{exit, failed, run};

/// Longest line, in bytes.
const LINE_MAX: u64 = 64 << 20;

/// Runs every line; each answer is flushed before the next line is read.
pub fn run(seat: &mut Seat) -> std::io::Result<u8> {
    seat.stdin_taken = true;
    let mut stdin = std::io::stdin().lock();
    let mut stdout = std::io::stdout().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        if stdin.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)? == 0 {
            return Ok(exit::DONE);
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let (exit, document) = one(seat, &line);
        serde_json::to_writer(&mut stdout, &json!({ "exit": exit, "result": document }))?;
        stdout.write_all(b"\n")?;
        stdout.flush()?;
    }
}

fn one(seat: &mut Seat, line: &[u8]) -> (u8, Value) {
    let Ok(words) = serde_json::from_slice::<Vec<String>>(line) else {
        return failed(&usage(
            "这一行不是一串词的 JSON，没有做，数据没有动。",
            "一行写一个数组，比如 [\"org\", \"list\"]。",
        ));
    };
    match Line::try_parse_from(words) {
        Err(_) => failed(&usage("这一行的写法不对，没有做，数据没有动。", "用 --help 看看这条命令怎么写。")),
        Ok(line) => match run::run(seat, line.command) {
            Ok(answer) => (answer.exit, answer.document),
            Err(error) => failed(&error),
        },
    }
}
