//! The process that draws the pages.

/// WebKitGTK's DMABUF renderer costs 70 MB in the page process (183 instead of 111 MB, measured) and shows an empty
/// window on some old graphics drivers. Whoever set the variable on purpose keeps the value.
///
/// The variable must stand before the toolkit starts, and a process cannot change its own environment safely once
/// threads may read it: so the program starts itself over, once, in the same process.
#[cfg(target_os = "linux")]
pub fn lighten() {
    use std::os::unix::process::CommandExt as _;

    const RENDERER: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if std::env::var_os(RENDERER).is_some() {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let failure =
        std::process::Command::new(program).args(std::env::args_os().skip(1)).env(RENDERER, "1").exec();
    // `exec` comes back only when it failed; the window then opens all the same, a little heavier.
    eprintln!("the page process keeps its default renderer: {failure}");
}

/// Elsewhere the web view belongs to the operating system and needs nothing.
#[cfg(not(target_os = "linux"))]
pub fn lighten() {}
