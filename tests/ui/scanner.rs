//! What a scanner types, and a keypad with digits: told apart, sent on, and never taken for the keys that move the focus.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use powerhall_flow::{Event, Press, TextSize};
use slint::ComponentHandle;
use slint::platform::{Key, WindowEvent};

use crate::fixtures;
use crate::kit::{Kiosk, TALL};

struct Typing {
    kiosk: Kiosk,
    heard: Rc<RefCell<Vec<Event>>>,
}

impl Typing {
    fn at(scene: &str) -> Self {
        let kiosk = Kiosk::on(TALL);
        let heard = Rc::new(RefCell::new(Vec::new()));
        let (touches, keys) = (heard.clone(), heard.clone());
        powerhall::bind::bind(&kiosk.app, move |event| touches.borrow_mut().push(event));
        powerhall::keys::bind(&kiosk.app, move |event| keys.borrow_mut().push(event));
        kiosk.show(&fixtures::scene(scene), 1, TextSize::Normal);
        Self { kiosk, heard }
    }

    fn key(&self, key: impl Into<char>) {
        let text = slint::SharedString::from(key.into());
        for event in [WindowEvent::KeyPressed { text: text.clone() }, WindowEvent::KeyReleased { text }] {
            self.kiosk.app.window().dispatch_event(event);
        }
    }

    fn pause(&self) {
        // The wedge goes by the real clock, its timer by the one that tests move.
        std::thread::sleep(Duration::from_millis(120));
        i_slint_backend_testing::mock_elapsed_time(Duration::from_millis(200));
    }
}

#[test]
fn a_scan_is_one_event_and_its_enter_presses_nothing() {
    let text = "HTTPS://E.example/?a=5101234567127 X";
    for scene in ["home", "find_account", "find_application", "no_number"] {
        let typing = Typing::at(scene);
        // The focus is on a control, as after an arrow.
        typing.key(Key::DownArrow);
        typing.pause();
        typing.heard.take();
        for c in text.chars() {
            if c.is_ascii_uppercase() {
                typing.kiosk.app.window().dispatch_event(WindowEvent::KeyPressed { text: Key::Shift.into() });
            }
            typing.key(c);
        }
        typing.key(Key::Return);
        typing.pause();
        assert_eq!(typing.heard.take(), [Event::Scanned(text.into())], "{scene}");
    }
}

#[test]
fn digits_of_a_keypad_are_typed_and_enter_is_still_ok() {
    let typing = Typing::at("find_account_id");
    for c in ['4', '2', 'x', '.'] {
        typing.key(c);
        typing.pause();
    }
    let typed = [Press::Digit(4), Press::Digit(2), Press::X, Press::Point].map(Event::Press);
    assert_eq!(typing.heard.take(), typed);
    typing.key('7');
    typing.key(Key::DownArrow);
    let heard = typing.heard.take();
    assert_eq!(heard[0], Event::Press(Press::Digit(7)), "before the arrow");
    assert_eq!(heard[1], Event::Press(Press::Keypad));
    typing.pause();
    typing.heard.take();
    typing.key('7');
    typing.key(Key::Return);
    let heard = typing.heard.take();
    assert_eq!(heard[0], Event::Press(Press::Digit(7)));
    assert!(heard.len() > 1, "the control with the focus is pressed: {heard:?}");
}

#[test]
fn each_key_is_its_press() {
    let typing = Typing::at("find_account_id");
    for (c, press) in [('0', Press::Digit(0)), ('9', Press::Digit(9)), ('X', Press::X), ('.', Press::Point)] {
        typing.key(c);
        typing.pause();
        assert_eq!(typing.heard.take(), [Event::Press(press)]);
    }
    typing.key('q');
    typing.pause();
    assert_eq!(typing.heard.take(), [], "no keypad has it");
}
