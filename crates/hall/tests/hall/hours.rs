//! When a tile is offered: to the minute, and on the days on which the hall works.

use jiff::civil::{Date, DateTime, date};
use powerhall_hall::Hall;

use crate::mistakes::changed;

const MONDAY: Date = date(2026, 11, 30);

/// The shipped hall, with opening hours for one of its tiles.
fn hall(working_days: bool) -> Hall {
    let hours = format!(
        "[[hours]]\ntile = \"progress\"\nfrom = 08:30:00\nuntil = 17:30:00\nworking_days = {working_days}\n[attract]"
    );
    changed(&[("catalogue.toml", "[attract]", &hours)]).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Whether the tile with hours is offered; every other is, always, and in its place.
fn offered(hall: &Hall, now: DateTime) -> bool {
    let tiles = hall.catalogue.tiles_at(now, &hall.calendar);
    assert_eq!(hall.published(now).tiles, tiles, "what the kiosks are told");
    let others: Vec<_> = hall.catalogue.tiles.iter().filter(|tile| *tile != "progress").collect();
    assert_eq!(tiles.iter().filter(|tile| *tile != "progress").collect::<Vec<_>>(), others);
    tiles.iter().any(|tile| tile == "progress")
}

#[test]
fn from_the_first_minute_until_before_the_last() {
    let hall = hall(false);
    let times = [
        ((0, 0, 0), false),
        ((8, 29, 59), false),
        ((8, 30, 0), true),
        ((12, 0, 0), true),
        ((17, 29, 59), true),
        ((17, 30, 0), false),
        ((23, 59, 59), false),
    ];
    for ((hour, minute, second), open) in times {
        assert_eq!(offered(&hall, MONDAY.at(hour, minute, second, 0)), open, "{hour}:{minute}:{second}");
    }
    // Every day is alike to it.
    assert!(offered(&hall, date(2026, 10, 1).at(8, 30, 0, 0)));
}

#[test]
fn on_working_days_alone_where_it_says_so() {
    let hall = hall(true);
    let days = [
        (MONDAY, true),
        (date(2026, 11, 28), false), // a Saturday
        (date(2026, 11, 29), false), // a Sunday
        (date(2026, 10, 1), false),  // a Thursday, but a holiday
        (date(2026, 10, 10), true),  // a Saturday that is worked
    ];
    for (day, open) in days {
        assert_eq!(offered(&hall, day.at(8, 30, 0, 0)), open, "{day}");
        assert!(!offered(&hall, day.at(17, 30, 0, 0)), "{day}");
    }
}

#[test]
fn what_ships_has_no_hours() {
    assert!(crate::HALL.catalogue.hours.is_empty());
    assert!(offered(&crate::HALL, MONDAY.at(3, 0, 0, 0)));
}
