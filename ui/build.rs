//! Compiles the interface with its translations bundled. A debug build keeps the elements' names, by which the tests
//! find controls; what is shipped has none, and lacks no message of any language.

#[allow(dead_code, reason = "shared with the test of the translations")]
mod messages;

use std::path::Path;

fn main() {
    let debug = std::env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    let config = slint_build::CompilerConfiguration::new()
        .with_style("fluent-light".into())
        .with_bundled_translations("translations")
        .with_default_translation_context(slint_build::DefaultTranslationContext::None)
        .with_debug_info(debug);
    if let Err(error) = slint_build::compile_with_config("app.slint", config) {
        eprintln!("{error}");
        std::process::exit(1);
    }
    // Who tries out a page may translate it afterwards.
    let tell = if debug { "warning" } else { "error" };
    for gap in messages::gaps(Path::new(".")) {
        println!("cargo::{tell}={gap}");
    }
    println!("cargo::rerun-if-changed=translations");
    println!("cargo::rerun-if-changed=messages.rs");
}
