//! Builds the Tauri context. Capabilities live beside the shell, and generated schemas stay out of the root.

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("the Tauri context could not be built: {error:#}");
    }
    let generated = std::path::Path::new("gen");
    if generated.exists() {
        let home = std::path::Path::new("src-tauri/gen");
        let _ = std::fs::remove_dir_all(home);
        let _ = std::fs::rename(generated, home);
    }
}
