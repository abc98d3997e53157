//! Eyes and finger on a real X server: a window of another client is seen, touched and gone again.

use std::time::{Duration, Instant};

use powerhall_visitor::{Display, Xvfb};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ConnectionExt, CreateWindowAux, EventMask, WindowClass};

#[test]
fn sees_a_window_and_touches_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = Xvfb::start(200, 300, &dir.path().join("xvfb.log")).expect("Xvfb");
    let display = Display::open(server.name()).expect("a display");
    assert_eq!(
        (display.look().expect("a look").width(), display.look().expect("a look").height()),
        (200, 300)
    );

    let (other, screen) = x11rb::connect(Some(server.name())).expect("another client");
    let (window, root) = (other.generate_id().expect("an id"), other.setup().roots[screen].root);
    let looks = CreateWindowAux::new()
        .background_pixel(0x0012_b45c)
        .override_redirect(1)
        .event_mask(EventMask::BUTTON_PRESS | EventMask::BUTTON_RELEASE | EventMask::EXPOSURE);
    other
        .create_window(24, window, root, 40, 50, 60, 70, 0, WindowClass::INPUT_OUTPUT, 0, &looks)
        .expect("made");
    other.map_window(window).expect("mapped");
    other.flush().expect("sent");

    let end = Instant::now() + Duration::from_secs(10);
    while display.look().expect("a look").at(60, 80) != 0x0012_b45c {
        assert!(Instant::now() < end, "the window never appears");
    }
    let seen = display.look_calmly(Duration::from_secs(2)).expect("a look");
    assert_eq!(
        (seen.at(39, 50), seen.at(40, 50), seen.at(99, 119), seen.at(100, 119)),
        (0, 0x12_b45c, 0x12_b45c, 0)
    );

    display.touch(70, 90).expect("a touch");
    let mut touches = Vec::new();
    while touches.len() < 2 {
        match other.wait_for_event().expect("an event") {
            Event::ButtonPress(at) => touches.push(("press", at.event_x, at.event_y)),
            Event::ButtonRelease(at) => touches.push(("release", at.event_x, at.event_y)),
            _ => {}
        }
    }
    assert_eq!(touches, [("press", 30, 40), ("release", 30, 40)]);
    assert!(display.touch(200, 10).is_err(), "beside the glass");
}
