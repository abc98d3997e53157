//! The audit's own test: a healthy page has no fault in any way of use, and each planted fault is caught by the check
//! that it was planted for, and by no other.

use std::collections::BTreeSet;

use slint::{ComponentHandle, PhysicalSize};

use crate::checks::{self, Check, Conditions};
use crate::kiosk::Found;
use crate::kit::{self, TALL};
use crate::report;
use crate::seen::{self, By, Stage};

/// What Slint makes of `faulty.slint`.
#[allow(missing_docs, clippy::all, clippy::unwrap_used, clippy::float_arithmetic)]
mod page {
    slint::slint! { export { FaultyWindow, Fault, Contrast, Theme, Audit, Codes } from "faulty.slint"; }
}

use page::{Audit, Codes, Contrast, Fault, FaultyWindow, Theme};

impl Stage for FaultyWindow {
    fn ask(&self, asks: bool) {
        self.global::<Audit>().set_asks(asks);
    }

    fn bare(&self, bare: bool) {
        self.global::<Audit>().set_bare(bare);
    }

    fn on_focus(&self, heard: impl Fn(f32, f32) + 'static) {
        self.global::<Audit>().on_focused(heard);
    }

    fn small(&self) -> f32 {
        self.global::<Theme>().get_small()
    }

    fn filled(&self) -> [slint::Color; 2] {
        let theme = self.global::<Theme>();
        [theme.get_act(), theme.get_disabled()]
    }
}

/// What the page's code says.
const CODE: &str = "https://qr.example.com/3F7K9Q2M";
/// So many times that, and the modules of a code on this page are too small.
const DENSE: usize = 52;
/// The customer's, which the page must not show.
const SECRET: &str = "510*******127";
/// What the page leaves free above, for low reach.
const ABOVE: f32 = 100.0;

/// How the page is looked at.
#[derive(Clone, Copy, Debug)]
enum Way {
    Normal,
    Large,
    Dark,
    Light,
    Low,
}

/// The planted faults: how each is looked at, and what must catch it.
const PLANTED: [(Fault, Way, Check); 37] = [
    (Fault::Unnamed, Way::Normal, Check::Label),
    (Fault::Misnamed, Way::Normal, Check::Label),
    (Fault::Untold, Way::Normal, Check::Label),
    (Fault::LowControl, Way::Normal, Check::Size),
    (Fault::NearControl, Way::Normal, Check::Gap),
    (Fault::LeavesScreen, Way::Normal, Check::Whole),
    (Fault::TextOverText, Way::Normal, Check::Overlap),
    (Fault::TextUnderControl, Way::Normal, Check::Overlap),
    (Fault::NarrowText, Way::Normal, Check::Room),
    (Fault::FlatText, Way::Normal, Check::Room),
    (Fault::ElidedText, Way::Normal, Check::Room),
    (Fault::SmallText, Way::Normal, Check::Letters),
    // As high as only what is secondary may be.
    (Fault::SoftSize, Way::Large, Check::Letters),
    (Fault::CoveredText, Way::Normal, Check::Contrast),
    (Fault::FaintText, Way::Normal, Check::Contrast),
    // Enough for everybody, too little for who chose strong contrast.
    (Fault::DimText, Way::Dark, Check::Contrast),
    (Fault::Edgeless, Way::Light, Check::Edge),
    (Fault::OutOfReach, Way::Low, Check::Reach),
    (Fault::Moved, Way::Normal, Check::Primary),
    (Fault::TwoActions, Way::Normal, Check::Action),
    (Fault::NoAction, Way::Dark, Check::Action),
    (Fault::SmallAmount, Way::Normal, Check::Amount),
    (Fault::NoAmount, Way::Normal, Check::Amount),
    (Fault::NotReached, Way::Normal, Check::Focus),
    (Fault::Backwards, Way::Normal, Check::Focus),
    (Fault::ShownSecret, Way::Normal, Check::Private),
    (Fault::ToldSecret, Way::Normal, Check::Private),
    (Fault::TintedCode, Way::Normal, Check::Code),
    (Fault::SmallCode, Way::Normal, Check::Code),
    (Fault::TornCode, Way::Normal, Check::Code),
    (Fault::OtherCode, Way::Normal, Check::Code),
    (Fault::NoCode, Way::Normal, Check::Code),
    // Large enough as a whole, and so full that its modules are too small for a phone at arm's length.
    (Fault::DenseCode, Way::Normal, Check::Photo),
    (Fault::FiveChoices, Way::Large, Check::Choices),
    // No column of it has more than four.
    (Fault::Grid, Way::Large, Check::Choices),
    (Fault::Chips, Way::Large, Check::Choices),
    (Fault::UnknownLetter, Way::Normal, Check::Glyphs),
];

/// Panics where a fault is missed, or seen in what is healthy.
pub fn prove() {
    kit::platform();
    for way in [Way::Normal, Way::Large, Way::Dark, Way::Light, Way::Low] {
        let caught = caught(Fault::None, way);
        assert!(caught.is_empty(), "{way:?}: the healthy page has faults: {caught:?}");
    }
    let mut proved = BTreeSet::new();
    let mut missed = Vec::new();
    for (fault, way, check) in PLANTED {
        let caught = caught(fault, way);
        let kinds: BTreeSet<Check> = caught.iter().map(|(check, _)| *check).collect();
        if kinds != BTreeSet::from([check]) {
            missed.push(format!("{fault:?} in {way:?} is for {check:?} alone: {caught:?}"));
        }
        proved.insert(check);
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert_eq!(proved, BTreeSet::from(Check::ALL), "a check without a planted fault");
    println!("the audit catches {} planted faults", PLANTED.len());
}

/// What is found where this is planted.
fn caught(fault: Fault, way: Way) -> Vec<(Check, String)> {
    let found = look(fault, way);
    let mut caught: Vec<_> =
        found.answers.faults.iter().map(|fault| (fault.check, fault.what.clone())).collect();
    let (moved, compared) = report::moved(&[look(Fault::None, way), found]);
    assert_eq!(compared, 2, "the main action is not known by its name");
    caught.extend(moved.into_iter().map(|what| (Check::Primary, what)));
    caught
}

fn look(fault: Fault, way: Way) -> Found {
    let window = FaultyWindow::new().expect("the window");
    let theme = window.global::<Theme>();
    theme.set_large(matches!(way, Way::Large));
    theme.set_contrast(match way {
        Way::Normal | Way::Large | Way::Low => Contrast::Standard,
        Way::Dark => Contrast::Dark,
        Way::Light => Contrast::Light,
    });
    let (shown, wanted) = match fault {
        Fault::OtherCode => ("https://qr.example.com/another".to_owned(), CODE.to_owned()),
        Fault::DenseCode => (CODE.repeat(DENSE), CODE.repeat(DENSE)),
        _ => (CODE.to_owned(), CODE.to_owned()),
    };
    window.global::<Codes>().on_enlarged(|code, times| powerhall::qr::enlarged(&code, times));
    let shown = powerhall::qr::encode(&shown).expect("fits");
    window.set_code(shown.image);
    window.set_modules(shown.modules);
    window.set_fault(fault);
    window.window().set_size(PhysicalSize::new(TALL.width, TALL.height));
    window.show().expect("shown");
    let seen = seen::see(&window, By::Pixels);
    let (width, height) = (TALL.width as f32, TALL.height as f32);
    let conditions = Conditions {
        pixels_per_mm: TALL.pixels_per_mm,
        width,
        height,
        large: matches!(way, Way::Large),
        strong: matches!(way, Way::Dark | Way::Light),
        band: matches!(way, Way::Low).then_some((ABOVE, height)),
        secrets: vec![SECRET.into()],
        code: Some(wanted),
        actions: 1..=1,
        money: true,
    };
    let answers = checks::ask(&seen, &conditions);
    let primary = checks::primary(&seen).map(|area| (format!("{way:?}"), area));
    Found { name: format!("{fault:?}"), answers, primary, seen: None }
}
