//! The face of the kiosk: `ui` is what Slint made of the files of that folder, `view` shows a state in it, `bind` turns touches
//! into events. Nothing here decides anything; that is `powerhall_flow`'s part.

pub mod bind;
pub mod keys;
pub mod lines;
pub mod logo;
pub mod qr;
pub mod view;
pub mod voice;

pub use powerhall_ui as ui;
pub use ui::AppWindow;
