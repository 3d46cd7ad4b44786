//! Memory that is given back is wiped first, Rust's and SQLite's: passphrases, keys and decrypted pages pass through many
//! hands (a parser, a statement, a page cache) of which none but the allocator knows when it lets go.

#![allow(unsafe_code, reason = "an allocator is unsafe by its nature; this file holds nothing else")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::Once;

use rusqlite::ffi;

/// The system's allocator, wiping what it takes back.
struct Wiping;

#[global_allocator]
static ALLOCATOR: Wiping = Wiping;

/// Up to this size a block that grows is copied and the old one wiped; larger ones are moved by the system, which does so
/// by pages and leaves nothing behind.
const COPIED_BYTES_MAX: usize = 256 * 1024;

/// Writes zeros that no optimiser takes out for going unread.
unsafe fn wipe(block: *mut u8, length: usize) {
    unsafe { ptr::write_bytes(block, 0, length) };
    std::hint::black_box(block);
}

unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe {
            wipe(block, layout.size());
            System.dealloc(block, layout);
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.size() > COPIED_BYTES_MAX && size >= layout.size() {
            return unsafe { System.realloc(block, layout, size) };
        }
        unsafe {
            let moved = System.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, size.min(layout.size()));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

/// The size of a block stands before it.
const HEAD: usize = 16;

fn layout(length: usize) -> Layout {
    Layout::from_size_align(HEAD + length, HEAD).expect("SQLite asks for less than 2 GiB")
}

unsafe extern "C" fn sqlite_malloc(length: c_int) -> *mut c_void {
    let Ok(length) = usize::try_from(length) else { return ptr::null_mut() };
    unsafe {
        let block = ALLOCATOR.alloc(layout(length));
        if block.is_null() {
            return ptr::null_mut();
        }
        block.cast::<usize>().write(length);
        block.add(HEAD).cast()
    }
}

unsafe extern "C" fn sqlite_free(memory: *mut c_void) {
    if memory.is_null() {
        return;
    }
    unsafe {
        let block = memory.cast::<u8>().sub(HEAD);
        ALLOCATOR.dealloc(block, layout(block.cast::<usize>().read()));
    }
}

unsafe extern "C" fn sqlite_realloc(memory: *mut c_void, length: c_int) -> *mut c_void {
    let Ok(length) = usize::try_from(length) else { return ptr::null_mut() };
    unsafe {
        let block = memory.cast::<u8>().sub(HEAD);
        let moved = ALLOCATOR.realloc(block, layout(block.cast::<usize>().read()), HEAD + length);
        if moved.is_null() {
            return ptr::null_mut();
        }
        moved.cast::<usize>().write(length);
        moved.add(HEAD).cast()
    }
}

unsafe extern "C" fn sqlite_size(memory: *mut c_void) -> c_int {
    if memory.is_null() {
        return 0;
    }
    unsafe { memory.cast::<u8>().sub(HEAD).cast::<usize>().read() as c_int }
}

unsafe extern "C" fn sqlite_roundup(length: c_int) -> c_int {
    length.saturating_add(7) & !7
}

unsafe extern "C" fn sqlite_init(_: *mut c_void) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn sqlite_shutdown(_: *mut c_void) {}

/// Lets SQLite take its memory from here. Before the first connection of the process; later it has no effect.
pub(crate) fn serve_sqlite() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let methods = ffi::sqlite3_mem_methods {
            xMalloc: Some(sqlite_malloc),
            xFree: Some(sqlite_free),
            xRealloc: Some(sqlite_realloc),
            xSize: Some(sqlite_size),
            xRoundup: Some(sqlite_roundup),
            xInit: Some(sqlite_init),
            xShutdown: Some(sqlite_shutdown),
            pAppData: ptr::null_mut(),
        };
        // SQLite copies the structure.
        unsafe { ffi::sqlite3_config(ffi::SQLITE_CONFIG_MALLOC, &raw const methods) };
    });
}

/// Overwrites what earlier calls left on this thread's stack below here: a key that was hashed or moved stands there until
/// something else happens to come along.
#[inline(never)]
pub fn scrub_stack() {
    let mut depth = [0u8; STACK_BYTES];
    std::hint::black_box(&mut depth);
}

/// Deeper than signing in goes. A thread of the smallest usual size (512 KiB) has room for it.
const STACK_BYTES: usize = 192 * 1024;
