//! What would it cost: a tariff, its quantities one a page, the sum; reckoned without asking anybody.

use powerhall_api::{EnergyPrice, Part, Register, Sheet, StepPeriod, Tariff, TariffStep, Tool};
use powerhall_flow::{Calculator, Event, Ignored, Press, Screen, Trouble};
use powerhall_hall::Quantity;
use powerhall_money::Fen;

use crate::information::{at, hall};
use crate::world::{World, text};

pub fn tariff(key: &str, registers: &[(Register, i64)]) -> Tariff {
    Tariff {
        key: key.to_owned(),
        name: text(key),
        energy: registers
            .iter()
            .map(|(register, price)| EnergyPrice { register: *register, price: *price })
            .collect(),
        steps: vec![TariffStep { above_kwh: 2_760, add: 500 }, TariffStep { above_kwh: 4_800, add: 3_000 }],
        step_period: StepPeriod::Year,
        free_kwh: 0,
        capacity: None,
        power_factor: false,
        basis: Part { heading: text("依据"), lines: Vec::new() },
    }
}

/// Prices in the second group's place: the calculator, and two price lists.
fn world() -> World {
    let mut world = World::open(1);
    let mut hall = hall("1");
    let sheet = |name: &str, tool, tariff: Option<&str>| Sheet {
        name: text(name),
        parts: Vec::new(),
        errand: None,
        tariff: tariff.map(str::to_owned),
        tool,
    };
    hall.shelves[1].groups[0].sheets = vec![
        sheet("算算电费", Some(Tool::Calculator), None),
        sheet("阶梯", None, Some("step")),
        sheet("没有价格", None, Some("gone")),
        sheet("将来的", Some(Tool::Unknown), None),
    ];
    hall.tariffs = vec![
        tariff("step", &[(Register::All, 5_380)]),
        tariff("tou", &[(Register::Peak, 5_680), (Register::Valley, 2_880)]),
        tariff("newer", &[(Register::Other, 1)]),
    ];
    world.send(Event::HallRead(Ok(hall)));
    // All of it works while the backend is away.
    world.send(Event::CheckedIn(Err(Trouble::Offline)));
    world.press(Press::Shelf(1));
    world
}

fn open(world: &World) -> &Calculator {
    match &world.state.screen {
        Screen::Calculator(calculator) => calculator,
        other => panic!("{other:?}"),
    }
}

fn total(world: &World) -> Option<Fen> {
    open(world).estimate().map(|estimate| estimate.month.total)
}

#[test]
fn three_hundred_and_fifty_kwh_are_reckoned_in_four_touches_and_the_number() {
    let mut world = world();
    world.press(Press::Entry(0));
    assert_eq!((open(&world).tariff, open(&world).asks()), (None, None));
    world.press(Press::Entry(0));
    assert_eq!(open(&world).asks(), Some(Quantity::Energy(Register::All)));
    assert!(world.press(Press::Next).is_empty());
    assert_eq!((world.ignored, total(&world)), (Some(Ignored::NoChange), None), "nothing was typed");
    world.type_digits("350");
    assert!(world.press(Press::Next).is_empty(), "nobody is asked");
    assert_eq!(total(&world), Some(Fen::new(18_830)));
    assert!(world.state.screen.asks_opinion());
    for press in [Press::Digit(1), Press::Next, Press::Erase, Press::Entry(0)] {
        world.press(press);
        assert_eq!(world.ignored, Some(Ignored::NotHere), "{press:?}");
    }
}

#[test]
fn each_period_is_asked_and_back_goes_the_same_way() {
    let mut world = world();
    world.press(Press::Entry(0));
    world.press(Press::Entry(1));
    world.type_digits("200");
    world.press(Press::Next);
    assert_eq!(open(&world).asks(), Some(Quantity::Energy(Register::Valley)));
    world.type_digits("150");
    world.press(Press::Next);
    assert_eq!(total(&world), Some(Fen::new(11_360 + 4_320)));
    world.press(Press::Leave);
    assert_eq!(open(&world).typed.reveal(), "150", "as it was typed");
    world.press(Press::Back);
    assert_eq!(
        (open(&world).asks(), open(&world).typed.reveal().as_str()),
        (Some(Quantity::Energy(Register::Peak)), "200")
    );
    world.press(Press::Back);
    assert_eq!(open(&world).tariff, None);
    world.press(Press::Back);
    assert_eq!(at(&world), [Some(1), Some(0), None]);
}

#[test]
fn from_a_price_list_it_opens_with_that_tariff_and_leads_back_to_it() {
    let mut world = world();
    world.press(Press::Entry(1));
    world.press(Press::Reckon);
    assert_eq!(open(&world).tariff, Some(0));
    world.press(Press::Back);
    assert_eq!(at(&world), [Some(1), Some(0), Some(1)]);
    world.press(Press::Back);
    world.press(Press::Entry(2));
    world.press(Press::Reckon);
    assert_eq!(at(&world), [Some(1), Some(0), Some(2)], "a sheet whose prices are not there is only read");
    world.press(Press::Back);
    world.press(Press::Entry(3));
    assert_eq!(at(&world), [Some(1), Some(0), Some(3)], "a tool of tomorrow is read as a sheet");
}

#[test]
fn a_number_is_typed_as_a_number() {
    let mut world = world();
    world.press(Press::Entry(0));
    world.press(Press::Entry(2));
    assert_eq!(world.ignored, Some(Ignored::NotHere), "periods of tomorrow cannot be asked for");
    world.press(Press::Entry(0));
    world.press(Press::Clear);
    assert_eq!(world.ignored, Some(Ignored::NoChange));
    world.type_digits("0012345678");
    assert_eq!(open(&world).typed.reveal(), "12345678");
    world.press(Press::Digit(9));
    assert_eq!(world.ignored, Some(Ignored::NoChange), "no more than eight digits");
    world.press(Press::Erase);
    assert_eq!(open(&world).typed.reveal(), "1234567");
    world.press(Press::Point);
    assert_eq!(world.ignored, Some(Ignored::NotHere));
    world.press(Press::Clear);
    world.type_digits("0");
    world.press(Press::Next);
    assert_eq!(total(&world), Some(Fen::ZERO));
    world.press(Press::Home);
    assert_eq!(world.state.screen, Screen::Home);
}
