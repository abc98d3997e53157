//! Journeys are counted: how many screens and touches a customer needs, beyond typing a number.

use powerhall_api::{Collect, Deliver};
use powerhall_flow::{Answer, Asked, Effect, Event, Journey, Press, Screen};

use crate::world::{World, asked, asked_for, delivered, lookup, order, quote};

/// Counts presses, and the screens that they lead over.
#[derive(Default)]
struct Counter {
    touches: usize,
    screens: Vec<std::mem::Discriminant<Screen>>,
}

impl Counter {
    fn press(&mut self, world: &mut World, press: Press) -> Vec<Effect> {
        self.touches += 1;
        let effects = world.press(press);
        self.see(world);
        effects
    }

    fn see(&mut self, world: &World) {
        let screen = std::mem::discriminant(&world.state.screen);
        if !self.screens.contains(&screen) {
            self.screens.push(screen);
        }
    }
}

/// From home to “paid and on your account”: at most four screens and eight touches, also where the channel is chosen.
#[test]
fn paying_takes_four_screens_and_few_touches() {
    for channels in 1..=3 {
        let (mut world, mut count) = (World::open(channels), Counter::default());
        count.press(&mut world, Press::Begin(Journey::Pay));
        world.type_digits("1234567127");
        let effects = count.press(&mut world, Press::Next);
        let kind = powerhall_api::LookupKind::Account;
        let effects = world.send(Event::Answered(asked(&effects), Ok(Answer::Lookup(lookup(kind)))));
        let owed = quote(&[(10_007, 421), (11_405, 137), (8_984, 0)]);
        world.send(Event::Answered(asked(&effects), Ok(Answer::Quote(asked_for(), owed))));
        count.see(&world);
        let mut effects = count.press(&mut world, Press::Next);
        if channels > 1 {
            effects = count.press(&mut world, Press::Channel(0));
        }
        let [Effect::Record(id, _)] = effects[..] else { panic!("{effects:?}") };
        world.send(Event::Recorded(id, Ok(())));
        world.answer(id, Asked::Put, order(id, 2, Collect::Awaiting));
        world.answer(id, Asked::Watch, delivered(id, 5, Deliver::Posted));
        count.see(&world);
        assert!(matches!(world.state.screen, Screen::Finished(_)), "{:?}", world.state.screen);
        assert_eq!(count.screens.len(), 4, "find, check, scan, done");
        assert!(count.touches <= 8, "{} touches", count.touches);
        assert_eq!(count.touches, if channels == 1 { 3 } else { 4 });
    }
}
