//! Builds again when a migration is added; `sqlx::migrate!` cannot say so itself.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
