//! Builds the Tauri context. Capabilities and permissions live beside the shell, and generated schemas stay out of the
//! root.

use std::path::Path;

/// Shown by a window that was built before the pages were.
const NO_PAGES: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>院坝</title>\
    <p>The pages are not built yet. Run <code>./dev run</code>.</p></html>\n";

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/permissions");
    // The pages are embedded, so their folder must exist before the shell compiles, also for a check of Rust alone.
    let pages = Path::new("ui/dist");
    println!("cargo:rerun-if-changed={}", pages.display());
    if !pages.exists()
        && let Err(error) =
            std::fs::create_dir_all(pages).and_then(|()| std::fs::write(pages.join("index.html"), NO_PAGES))
    {
        panic!("{} could not be made: {error}", pages.display());
    }
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(
            tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*"),
        );
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("the Tauri context could not be built: {error:#}");
    }
    let generated = Path::new("gen");
    if generated.exists() {
        let home = Path::new("src-tauri/gen");
        let _ = std::fs::remove_dir_all(home);
        let _ = std::fs::rename(generated, home);
    }
}
