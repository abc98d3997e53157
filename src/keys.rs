//! The keypad below the glass: its arrows move the focus in the order of reading, as Tab and Shift+Tab would.

use std::time::Duration;

use slint::platform::{Key, WindowEvent};
use slint::{ComponentHandle, SharedString, Timer};

use crate::ui::{AppWindow, Keys};

/// Lets the arrows move the focus.
pub fn bind(app: &AppWindow) {
    let keys = app.global::<Keys>();
    let weak = app.as_weak();
    keys.on_next(move || press(&weak, Key::Tab));
    let weak = app.as_weak();
    keys.on_previous(move || press(&weak, Key::Backtab));
}

/// After the event that is being handled: a window takes one key at a time.
fn press(app: &slint::Weak<AppWindow>, key: Key) {
    let app = app.clone();
    Timer::single_shot(Duration::ZERO, move || {
        let Some(app) = app.upgrade() else { return };
        let text = SharedString::from(char::from(key));
        for event in [WindowEvent::KeyPressed { text: text.clone() }, WindowEvent::KeyReleased { text }] {
            if let Err(error) = app.window().dispatch_event_with_result(event) {
                tracing::warn!(%error, "the focus does not move");
            }
        }
    });
}
