//! The face of the kiosk: `ui` is what Slint made of `ui/*.slint`, `view` shows a state in it, `bind` turns touches
//! into events. Nothing here decides anything; that is `powerhall_flow`'s part.

pub mod bind;
pub mod keys;
pub mod lines;
pub mod logo;
pub mod qr;
pub mod view;
pub mod voice;

/// The generated interface. Its whole contract is `ui/api.slint`.
#[allow(missing_docs, clippy::all, clippy::unwrap_used, clippy::float_arithmetic, clippy::todo)]
pub mod ui {
    slint::include_modules!();
}

pub use ui::AppWindow;
