//! From a touch to an event: every callback of `Press` makes exactly one [`Event`], and nothing else happens here.

use powerhall_api::Opinion;
use powerhall_flow::{Event, Press as Pressed, Way};
use slint::ComponentHandle;

use crate::ui::{AppWindow, Press};
use crate::view;

/// The faces, in the order of the interface.
const OPINIONS: [Opinion; 3] = [Opinion::Good, Opinion::SoSo, Opinion::Poor];

/// Sends an event for every touch. `send` runs on the interface's thread and must not block.
pub fn bind(app: &AppWindow, send: impl Fn(Event) + Clone + 'static) {
    let press = app.global::<Press>();

    let to = send.clone();
    press.on_touched(move || to(Event::Touched));

    macro_rules! plain {
        ($($on:ident => $pressed:ident;)*) => {$(
            let to = send.clone();
            press.$on(move || to(Event::Press(Pressed::$pressed)));
        )*};
    }
    plain! {
        on_more => More;
        on_point => Point;
        on_x => X;
        on_no_number => NoNumber;
        on_erase => Erase;
        on_clear => Clear;
        on_next => Next;
        on_back => Back;
        on_home => Home;
        on_help => Help;
        on_call_guide => CallGuide;
        on_end_call => EndCall;
        on_ways => Ways;
        on_languages => Languages;
        on_close => Close;
        on_keypad => Keypad;
        on_leave => Leave;
        on_still_here => StillHere;
        on_all_months => AllMonths;
        on_other_amount => OtherAmount;
        on_minimum => Minimum;
        on_add_account => AddAccount;
        on_bills => Bills;
        on_bring => Bring;
        on_reckon => Reckon;
        on_not_me => NotMe;
        on_more_time => MoreTime;
        on_cancel => Cancel;
        on_try_again => TryAgain;
    }

    macro_rules! ways {
        ($($on:ident => $way:ident;)*) => {$(
            let to = send.clone();
            press.$on(move || to(Event::Press(Pressed::Way(Way::$way))));
        )*};
    }
    ways! {
        on_text_size => TextSize;
        on_contrast => Contrast;
        on_reach => Reach;
        on_voice => Voice;
        on_louder => Louder;
        on_softer => Softer;
    }

    // A number from the interface is a place in a list that it was given; anything else is no touch of ours.
    macro_rules! numbered {
        ($($on:ident => $pressed:ident;)*) => {$(
            let to = send.clone();
            press.$on(move |number| {
                if let Ok(number) = number.try_into() {
                    to(Event::Press(Pressed::$pressed(number)));
                }
            });
        )*};
    }
    let to = send.clone();
    press.on_language(move |number| {
        if let Ok(number) = number.try_into() {
            to(Event::Press(Pressed::Way(Way::Language(number))));
        }
    });
    let to = send.clone();
    press.on_begin(move |service| {
        if let Some(journey) = view::journey(service) {
            to(Event::Press(Pressed::Begin(journey)));
        }
    });
    let to = send.clone();
    press.on_opinion(move |number| {
        if let Some(opinion) = usize::try_from(number).ok().and_then(|at| OPINIONS.get(at)) {
            to(Event::Press(Pressed::Opinion(*opinion)));
        }
    });
    numbered! {
        on_digit => Digit;
        on_month => Month;
        on_bill => Bill;
        on_channel => Channel;
        on_field => Field;
        on_application => Application;
        on_shelf => Shelf;
        on_entry => Entry;
        on_tick => Tick;
    }
}
