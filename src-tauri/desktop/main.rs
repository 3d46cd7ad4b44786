//! The desktop program's entry: everything is in the library, so that tests and other shells can reach it.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> anyhow::Result<()> {
    yuanba_desktop::run()
}
