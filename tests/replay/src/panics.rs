//! Panics that are allowed, and those that are not.
//!
//! A library that reads foreign bytes may panic inside a reader of ours that survives it. The fuzzer would stop at the
//! panic itself; here only one that nobody survives counts, or one that our own code has caused.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static OURS: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs `body`, in which libraries may panic as long as somebody survives it.
pub fn only_of_libraries(body: impl FnOnce()) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let otherwise = take_hook();
        set_hook(Box::new(move |panic| {
            if panic.location().is_none_or(is_ours) {
                OURS.set(true);
                otherwise(panic);
            } else {
                LAST.replace(panic.to_string());
            }
        }));
    });
    OURS.set(false);
    if let Err(panic) = catch_unwind(AssertUnwindSafe(body)) {
        if !OURS.get() {
            eprintln!("nobody survives: {}", LAST.take());
        }
        resume_unwind(panic);
    }
    assert!(!OURS.get(), "our own code panicked, and only a net for libraries caught it");
}

fn is_ours(place: &Location<'_>) -> bool {
    let file = place.file().replace('\\', "/");
    file.contains("src-tauri/") || file.contains("tests/replay/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_let_pass(body: fn()) -> bool {
        catch_unwind(|| only_of_libraries(body)).is_ok()
    }

    /// Panics inside the standard library, as a reader of foreign bytes may do.
    fn in_a_library() {
        let no_step = std::hint::black_box(0);
        drop((0..3).step_by(no_step));
    }

    #[test]
    fn a_library_may_panic_where_somebody_survives_it_and_our_own_code_never() {
        assert!(is_let_pass(|| ()));
        assert!(is_let_pass(|| drop(catch_unwind(in_a_library))));
        assert!(!is_let_pass(in_a_library));
        assert!(!is_let_pass(|| drop(catch_unwind(|| panic!("ours")))));
        assert!(!is_let_pass(|| panic!("ours")));
    }
}
