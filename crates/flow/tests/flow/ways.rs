//! The ways to use the kiosk: switched live on any page, with longer times where they are wanted, and by the keypad.

use powerhall_flow::{
    Contrast, Effect, Ignored, Journey, Overlay, PayStage, Press, Screen, Voice, Volume, Way, Ways,
};

use crate::world::{World, quote};

const THREE_MONTHS: &[(i64, i64)] = &[(10_007, 421), (11_405, 137), (8_984, 0)];

#[test]
fn the_idle_warning_is_answered_by_one_touch() {
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Pay));
    world.type_digits("123");
    for _ in 0..10 {
        world.pass(45_000);
        assert!(matches!(world.state.overlay, Some(Overlay::IdleWarning { .. })));
        world.pass(19_000);
        world.press(Press::StillHere);
        assert_eq!(world.state.overlay, None);
        assert!(matches!(world.state.screen, Screen::Find(_)));
    }
    world.press(Press::Way(Way::Language(1)));
    world.press(Press::Way(Way::TextSize));
    world.pass(2 * 65_000);
    assert_eq!(world.state.screen, Screen::Home);
    assert_eq!((world.state.ways, world.state.overlay), (Ways::default(), None));
}

/// Also on home, where a language or a voice would be gone without a word.
#[test]
fn who_has_changed_something_on_home_is_warned_too() {
    for begin in [Press::Way(Way::Language(1)), Press::Help, Press::Ways] {
        let mut world = World::open(1);
        world.press(begin);
        world.pass(45_000);
        assert!(matches!(world.state.overlay, Some(Overlay::IdleWarning { .. })), "{begin:?}");
        let before = world.state.ways;
        world.pass(19_000);
        world.press(Press::StillHere);
        assert_eq!((world.state.ways, world.state.overlay), (before, None));
        world.pass(45_000 + 20_000);
        assert_eq!(world.state.ways, Ways::default());
        assert_eq!((&world.state.screen, world.state.overlay), (&Screen::Home, None));
    }
}

/// A code that nobody has paid ends long after the last touch; what became of it is then to be read.
#[test]
fn what_comes_by_itself_stays_as_long_as_what_was_touched() {
    let mut world = World::open(1);
    world.reach_confirm(quote(THREE_MONTHS));
    let id = world.reach_code();
    world.pass(120_000);
    world.answer(
        id,
        powerhall_flow::Asked::Cancel,
        crate::world::order(id, 3, powerhall_api::Collect::Closed),
    );
    assert!(
        matches!(&world.state.screen, Screen::Pay(pay) if pay.stage == PayStage::Closed),
        "{:?}",
        world.state.screen
    );
    world.pass(44_000);
    assert_eq!(world.state.overlay, None);
    world.pass(2_000);
    assert!(
        matches!(world.state.overlay, Some(Overlay::IdleWarning { .. })),
        "{:?} {:?} {} {}",
        world.state.overlay,
        world.state.changed_at,
        world.state.last_touch,
        world.at
    );
}

const ALL_WAYS: [Way; 7] =
    [Way::Language(1), Way::TextSize, Way::Contrast, Way::Reach, Way::Voice, Way::Louder, Way::Softer];

#[test]
fn the_ways_to_use_it_change_without_losing_the_step() {
    let mut world = World::open(1);
    world.reach_confirm(quote(THREE_MONTHS));
    world.reach_code();
    let screen = world.state.screen.clone();
    for way in ALL_WAYS {
        let before = world.state.ways;
        assert!(world.press(Press::Way(way)).is_empty());
        assert_ne!(world.state.ways, before, "{way:?}");
        assert_eq!(world.state.screen, screen, "{way:?}");
    }
    assert_eq!(world.state.ways.language, 1);
    assert!(world.press(Press::Way(Way::Language(7))).is_empty());
    assert_eq!(world.ignored, Some(Ignored::NotHere));
}

#[test]
fn the_colours_go_round_and_the_voice_has_an_end_each_way() {
    let mut world = World::open(1);
    let colours: Vec<_> = (0..3)
        .map(|_| {
            world.press(Press::Way(Way::Contrast));
            world.state.ways.contrast
        })
        .collect();
    assert_eq!(colours, [Contrast::Dark, Contrast::Light, Contrast::Standard]);
    for (way, end) in [(Way::Louder, Volume::MOST), (Way::Softer, Volume::LEAST)] {
        while world.state.ways.voice != Voice::Speaking(end) {
            world.press(Press::Way(way));
            assert_eq!(world.ignored, None);
        }
        world.press(Press::Way(way));
        assert_eq!((world.ignored, world.state.ways.voice), (Some(Ignored::NoChange), Voice::Speaking(end)));
    }
    world.press(Press::Way(Way::Voice));
    world.press(Press::Way(Way::Softer));
    assert_eq!((world.ignored, world.state.ways.voice), (Some(Ignored::NoChange), Voice::Silent));
}

#[test]
fn what_lies_over_the_page_opens_and_closes() {
    let mut world = World::open(2);
    world.settings.languages = 4;
    world.press(Press::Begin(Journey::Pay));
    for (open, overlay) in
        [(Press::Ways, Overlay::Ways), (Press::Languages, Overlay::Languages), (Press::Help, Overlay::Help)]
    {
        world.press(open);
        assert_eq!(world.state.overlay, Some(overlay));
        world.press(Press::Close);
        assert_eq!(world.state.overlay, None);
        world.press(Press::Close);
        assert_eq!(world.ignored, Some(Ignored::NotHere));
    }
    world.press(Press::Languages);
    world.press(Press::Way(Way::Language(1)));
    assert_eq!(world.state.overlay, None, "a language is chosen by one touch");
    world.press(Press::Ways);
    world.press(Press::Way(Way::TextSize));
    assert_eq!(world.state.overlay, Some(Overlay::Ways), "more than one way may be chosen");
    assert!(matches!(world.state.screen, Screen::Find(_)));
}

#[test]
fn who_reads_large_text_or_listens_has_longer() {
    for (way, longer) in
        [(Way::TextSize, true), (Way::Voice, true), (Way::Contrast, false), (Way::Reach, false)]
    {
        let mut world = World::open(1);
        world.press(Press::Begin(Journey::Pay));
        world.press(Press::Way(way));
        world.pass(46_000);
        assert_eq!(world.state.overlay.is_none(), longer, "{way:?}");
        world.pass(45_000);
        assert!(matches!(world.state.overlay, Some(Overlay::IdleWarning { .. })) || !longer, "{way:?}");
    }
}

/// Every page has a way out by the one key, and a live code is cancelled by it, never merely left.
#[test]
fn the_keypads_back_leaves_every_page_by_one_step() {
    let mut world = World::open(2);
    world.press(Press::Leave);
    assert_eq!(world.ignored, Some(Ignored::NotHere), "home is where it ends");
    for open in [Press::Begin(Journey::Pay), Press::Begin(Journey::Progress)] {
        world.press(open);
        world.press(Press::Help);
        world.press(Press::Leave);
        assert_eq!(world.state.overlay, None);
        assert_ne!(world.state.screen, Screen::Home, "first what lies over the page");
        world.press(Press::Leave);
        assert_eq!(world.state.screen, Screen::Home);
    }
    let mut world = World::open(1);
    world.reach_confirm(quote(THREE_MONTHS));
    world.press(Press::OtherAmount);
    world.press(Press::Leave);
    assert!(matches!(world.state.screen, Screen::Confirm(_)));
    world.reach_code();
    let effects = world.press(Press::Leave);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Cancel { .. })), "{effects:?}");
    let Screen::Pay(pay) = &world.state.screen else { panic!() };
    assert!(matches!(pay.stage, PayStage::Closing { .. }));
}

/// The keypad wakes the voice for somebody who has just come, and for nobody else.
#[test]
fn the_first_key_of_the_keypad_makes_the_machine_speak() {
    let speaking = Voice::Speaking(Volume::default());
    let mut world = World::open(1);
    world.press(Press::Keypad);
    assert_eq!(world.state.ways.voice, speaking);
    world.press(Press::Way(Way::Voice));
    world.press(Press::Way(Way::TextSize));
    world.press(Press::Keypad);
    assert_eq!(world.state.ways.voice, Voice::Silent, "who has chosen keeps the choice");

    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Pay));
    world.press(Press::Keypad);
    assert_eq!(world.state.ways.voice, Voice::Silent, "not in the middle of what somebody sees");

    let mut world = World::open(1);
    world.settings.speaks = false;
    world.press(Press::Keypad);
    assert_eq!(world.state.ways.voice, Voice::Silent, "no engine, no voice");
}

#[test]
fn two_languages_change_by_one_touch() {
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Pay));
    for language in [1, 0] {
        world.press(Press::Languages);
        assert_eq!((world.state.ways.language, world.state.overlay), (language, None));
    }
    world.settings.languages = 1;
    world.press(Press::Languages);
    assert_eq!(world.ignored, Some(Ignored::NoChange));
}
