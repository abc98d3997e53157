//! The walk of `./run --demo all`: every service on one kiosk, and a picture of each page that the map knows.

use powerhall_visitor::{Staff, Times, every};

use crate::kit::{backend, wait_beside};

#[test]
fn walks_every_service_and_meets_each_page() {
    // The code is left to lapse once, and nobody is there twice: all of it short, and long enough for a busy machine.
    let times = Times { code: 60, idle: 45, attract: 45, ..Times::default() };
    wait_beside("walks_every_service_and_meets_each_page", times, |v| {
        let staff = Staff { program: backend(), config: v.hall.file("backend.toml") };
        let showcase = v.hall.showcase.clone();
        every(&mut v.visitor, &showcase, &staff, &mut v.hall)
    });
}
