#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| yuanba_replay::update::check(bytes));
