//! The Tauri shell: nothing but adapters.
