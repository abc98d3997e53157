//! What is published is at most three touches from home in normal text: a tile, a group, a sheet. Walked by real touches
//! through all that ships, on every panel; a page that has to be turned is a touch more.

use powerhall_flow::{Event, Now, Press, Screen, Settings, State, Tile, Ways, step};

use crate::fixtures::{self, NOW};
use crate::kit::{EVERY_PANEL, Kiosk, NORMAL};
use crate::touches::{listening_on, touch};

/// A touch on the tile, one on the group, one on the sheet.
const MOST: usize = 3;
/// The languages' tags, and what turns a list's page in them.
const LANGUAGES: [(&str, &str); 2] = [("zh_CN", "下一页"), ("en", "More")];

/// Where a reader has come, and by how many touches.
#[derive(Clone)]
struct Read {
    state: State,
    touches: usize,
}

/// Touches the name on the page as it opens, or on one that is turned to.
fn follow(
    kiosk: &Kiosk,
    heard: &std::cell::RefCell<Vec<Event>>,
    from: &Read,
    ways: Ways,
    name: &str,
    turn: &str,
) -> Read {
    // By way of another page, so that the list is as it opens.
    kiosk.show_in(&fixtures::scene("help"), ways);
    kiosk.show_in(&from.state, ways);
    let mut read = from.clone();
    let is_shown = |kiosk: &Kiosk| {
        kiosk.controls().iter().any(|control| control.accessible_label().is_some_and(|label| label == name))
    };
    while !is_shown(kiosk) {
        assert!(read.touches < 20, "“{name}” is nowhere");
        touch(kiosk, turn);
        i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(1));
        read.touches += 1;
    }
    heard.take();
    touch(kiosk, name);
    read.touches += 1;
    let touched = heard.take();
    assert!(matches!(touched[..], [Event::Press(Press::Shelf(_) | Press::Entry(_))]), "{name}: {touched:?}");
    for event in touched {
        // Long enough after the last that it is no touch by mistake.
        let now = Now { at: NOW + 10_000 * read.touches as u64, fresh: uuid::Uuid::nil() };
        read.state = step(&Settings::default(), read.state, event, now).state;
    }
    read
}

#[test]
fn all_that_is_published_is_three_touches_from_home() {
    let hall = fixtures::HALL.clone();
    let home = Read { state: fixtures::scene("home"), touches: 0 };
    let (mut read, mut far) = (0, Vec::new());
    for panel in EVERY_PANEL {
        let (kiosk, heard) = listening_on(panel);
        for (language, (tag, turn)) in LANGUAGES.into_iter().enumerate() {
            let ways = Ways { language, ..NORMAL };
            let on_from = |from: &Read, name: &str| follow(&kiosk, &heard, from, ways, name, turn);
            for tile in home.state.tiles() {
                let Tile::Shelf(shelf) = tile else { continue };
                let shelf = &hall.shelves[shelf];
                let opened = on_from(&home, &shelf.name[tag]);
                for group in &shelf.groups {
                    let list = on_from(&opened, &group.name[tag]);
                    // What is alone in its group opens with it.
                    let sheets = match group.sheets.as_slice() {
                        [_] => vec![("", list)],
                        several => {
                            let names = several.iter().map(|sheet| sheet.name[tag].as_str());
                            names.map(|name| (name, on_from(&list, name))).collect()
                        }
                    };
                    for (name, Read { state, touches }) in sheets {
                        let is_read = match &state.screen {
                            Screen::Information(shown) => shown.sheet().is_some(),
                            Screen::Calculator(_) | Screen::Outages(_) => true,
                            _ => false,
                        };
                        assert!(is_read, "{} {name} does not open", group.name[tag]);
                        read += 1;
                        if touches > MOST {
                            far.push(format!("{}: {} {name} takes {touches}", panel.name, group.name[tag]));
                        }
                    }
                }
            }
        }
    }
    assert!(read >= EVERY_PANEL.len() * LANGUAGES.len() * 40, "only {read} sheets read");
    assert!(far.is_empty(), "{} too far:\n{}", far.len(), far.join("\n"));
}
