//! What is said of a panic: where it was, and not its message, which may quote whatever the program was looking at.

use std::panic;

/// Tells panics of all threads by their places alone, from now on.
pub fn tell_places_only() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "(unknown)".to_owned(), ToString::to_string);
        tracing::error!(place, "a programming error");
    }));
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    const MYSELF: &str = "panics::tests::a_panic_is_told_by_its_place_alone";
    const INNER: &str = "POWERHALL_TEST_PANICS";

    /// The hook is the whole process's, so the panic is in a process of its own: this very test once more.
    #[test]
    fn a_panic_is_told_by_its_place_alone() {
        if std::env::var_os(INNER).is_some() {
            tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
            super::tell_places_only();
            panic!("account 5101234567127");
        }
        let program = std::env::current_exe().expect("this one");
        let inner = Command::new(program).args(["--exact", MYSELF, "--nocapture"]).env(INNER, "1").output();
        let inner = inner.expect("runs");
        let said =
            [inner.stdout, inner.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        assert!(!inner.status.success(), "{said}");
        assert!(said.contains("src/panics.rs:") && said.contains("a programming error"), "{said}");
        assert!(!said.contains("5101234567127"), "{said}");
    }
}
