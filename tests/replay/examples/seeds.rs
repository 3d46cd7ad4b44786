//! Writes the files that the fuzzer begins from into a folder, one folder a target: `seeds OUT`.

use std::fs;
use std::path::Path;

fn main() {
    let out = std::env::args().nth(1).expect("the folder to write into");
    for (target, name, bytes) in yuanba_replay::seeds::all() {
        let folder = Path::new(&out).join(target);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(name), bytes).expect("there is room");
    }
}
