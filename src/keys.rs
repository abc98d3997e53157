//! The keypad below the glass: its arrows move the focus in the order of reading, as Tab and Shift+Tab would, and digits
//! that it may have are typed. A scanner types as well: what it reads goes on whole, and is kept nowhere here.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use powerhall_api::Personal;
use powerhall_flow::{Event, Millis, Press, TOGETHER, Wedge};
use slint::platform::{Key, WindowEvent};
use slint::{ComponentHandle, SharedString, Timer, TimerMode};

use crate::ui::{AppWindow, Keys};

/// Lets the arrows move the focus, and sends what is typed and scanned. `send` runs on the interface's thread and must not
/// block.
pub fn bind(app: &AppWindow, send: impl Fn(Event) + Clone + 'static) {
    let keys = app.global::<Keys>();
    let weak = app.as_weak();
    keys.on_next(move || press(&weak, Key::Tab));
    let weak = app.as_weak();
    keys.on_previous(move || press(&weak, Key::Backtab));

    let typing =
        Rc::new(Typing { wedge: RefCell::default(), pause: Timer::default(), start: Instant::now() });
    keys.on_typed(move |text| {
        let now = typing.now();
        match meaning(&text) {
            Meaning::Enter => {
                typing.pause.stop();
                let scanned = typing.wedge.borrow_mut().enter(now);
                match scanned {
                    Some(scanned) => send(Event::Scanned(scanned)),
                    None => {
                        type_in(typing.wedge.borrow_mut().keys(), &send);
                        return false;
                    }
                }
            }
            // A space alone is OK, as Enter is.
            Meaning::Character(' ') if typing.wedge.borrow().is_empty() => return false,
            Meaning::Character(one) => {
                type_in(typing.wedge.borrow_mut().character(one, now), &send);
                typing.wait(send.clone());
            }
            // The shift of what a scanner types is no key of its own.
            Meaning::Modifier => {}
            Meaning::Control => {
                typing.pause.stop();
                type_in(typing.wedge.borrow_mut().keys(), &send);
                return false;
            }
        }
        true
    });
}

/// What is being typed, and the wait for its end.
struct Typing {
    wedge: RefCell<Wedge>,
    pause: Timer,
    start: Instant,
}

impl Typing {
    fn now(&self) -> Millis {
        Millis::try_from(self.start.elapsed().as_millis()).unwrap_or(Millis::MAX)
    }

    /// What has no end of its own, a pause ends. A late timer and the next key may come in either order.
    fn wait(self: &Rc<Self>, send: impl Fn(Event) + Clone + 'static) {
        let typing = Rc::clone(self);
        self.pause.start(TimerMode::SingleShot, Duration::from_millis(TOGETHER + 1), move || {
            if typing.wedge.borrow().is_over(typing.now()) {
                type_in(typing.wedge.borrow_mut().keys(), &send);
            } else {
                typing.wait(send.clone());
            }
        });
    }
}

enum Meaning {
    Enter,
    Character(char),
    Modifier,
    Control,
}

/// What the text of a key event stands for.
fn meaning(text: &str) -> Meaning {
    const MODIFIERS: [Key; 9] = [
        Key::Shift,
        Key::ShiftR,
        Key::Control,
        Key::ControlR,
        Key::Alt,
        Key::AltGr,
        Key::Meta,
        Key::MetaR,
        Key::CapsLock,
    ];
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some('\n' | '\r'), None) => Meaning::Enter,
        (Some(one), None) if MODIFIERS.iter().any(|&modifier| char::from(modifier) == one) => {
            Meaning::Modifier
        }
        // Slint has the keys that type nothing among the control characters and in a private block.
        (Some(one), None) if !one.is_control() && !('\u{E000}'..='\u{F8FF}').contains(&one) => {
            Meaning::Character(one)
        }
        (Some(_), _) | (None, _) => Meaning::Control,
    }
}

/// What a person has typed, as the keys on the glass would.
fn type_in(typed: Option<Personal>, send: &impl Fn(Event)) {
    for key in typed.iter().flat_map(|typed| typed.reveal().bytes()) {
        let press = match key {
            b'0'..=b'9' => Press::Digit(key - b'0'),
            b'.' => Press::Point,
            _ => Press::X,
        };
        send(Event::Press(press));
    }
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
