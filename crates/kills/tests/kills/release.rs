//! What a hall installs has no crash points.

use std::process::Command;

/// The feature is asked for by this crate alone, so a package that is built by its name is without it.
#[test]
fn what_is_released_has_no_crash_points() {
    for package in ["powerhall", "powerhall-backend"] {
        let output = Command::new(env!("CARGO"))
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
            .args(["tree", "--locked", "--offline", "--edges", "features", "--package", package])
            .args(["--invert", "powerhall-crash"])
            .output()
            .expect("cargo runs");
        let tree = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(tree.contains("powerhall-crash"), "{tree}");
        assert!(!tree.contains("armed"), "{package}: {tree}");
    }
}
