//! From the state to the screen: a plain function of the state, the hall's fixed facts and the time. It words
//! nothing (that is `ui/`) and decides nothing (that is `powerhall_flow`). Leaving a page empties its properties.

mod account;
mod basket;
mod bills;
mod call;
mod closed;
mod dates;
mod fees;
mod find;
mod information;
pub mod numbers;
mod pay;
mod payments;
mod progress;
mod published;
mod rows;

pub use information::journey;
use jiff::civil::Date;
use numbers::Numbers;
use powerhall_api::{Opinion, Text};
use powerhall_flow::{
    Contrast, Gate, Millis, NotABill, Notice, Overlay, Reach, Settings, State, Step, TextSize, Voice, Ways,
    Wrong,
};
pub use powerhall_kiosk::config::look::{Brand, Colour};
pub use powerhall_kiosk::config::{Language, ScreenConfig};
use powerhall_money::Fen;
use slint::{ComponentHandle, SharedString};

use crate::qr;
use crate::ui::{self, Api, AppWindow, Theme, Words};

/// What does not change while the kiosk runs; from `config/kiosk.toml`.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The hall's name.
    pub hall_name: Text,
    /// Who receives the money.
    pub payee: Text,
    /// Opening hours.
    pub hours: Text,
    /// The hotline: `95598`.
    pub hotline: String,
    /// The kiosk's number in the hall: `03`.
    pub kiosk_no: String,
    /// Where cash is taken, as a place: `1 号柜台`. Empty when nowhere.
    pub cash_counter: Text,
    /// The panel, and what of it a wheelchair user reaches.
    pub screen: ScreenConfig,
    /// The utility's colour and its shades.
    pub brand: Brand,
    /// The machine has a scanner that reads bills.
    pub has_scanner: bool,
    /// The machine has a voice.
    pub has_voice: bool,
    /// Only the customer hears it.
    pub headset: bool,
    /// The languages in the order of the state's numbers; never empty.
    pub languages: Vec<Language>,
    /// The hall's choices about the flow, for countdowns and “connecting…”.
    pub settings: Settings,
}

/// The instant that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The monotonic clock, for countdowns.
    pub at: Millis,
    /// The wall clock, for the header only.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31.
    pub day: i8,
    /// 0 to 23.
    pub hour: i8,
    /// 0 to 59.
    pub minute: i8,
}

/// What one rendering needs at hand.
struct Scene<'a> {
    words: Words<'a>,
    numbers: Numbers,
    fixed: &'a Fixed,
    state: &'a State,
    at: Millis,
    /// The day of the header's clock, from which other days are counted; no decision hangs on it.
    today: Option<Date>,
    tag: &'a str,
}

impl Scene<'_> {
    /// A text of the backend or of the config in the customer's language, else in one that is more likely to be read:
    /// Chinese for Chinese, English for everybody else.
    fn pick(&self, text: &Text) -> SharedString {
        let instead = if self.tag.starts_with("zh") { "zh_CN" } else { "en" };
        let chosen = [self.tag, instead, "zh_CN"].into_iter().find_map(|tag| text.get(tag));
        let chosen = chosen.or_else(|| text.values().next());
        chosen.map(SharedString::from).unwrap_or_default()
    }

    fn optional(&self, text: Option<&Text>) -> SharedString {
        text.map(|text| self.pick(text)).unwrap_or_default()
    }

    /// An amount for people.
    fn money(&self, amount: Fen) -> SharedString {
        self.numbers.money(amount)
    }

    /// An amount for people, or nothing where there is none.
    fn some_money(&self, amount: Fen) -> SharedString {
        if amount.is_positive() { self.money(amount) } else { SharedString::default() }
    }

    /// Whole seconds until `ends`, rounded up, so that 0 is shown only when it is over.
    fn seconds_until(&self, ends: Millis) -> i32 {
        whole_seconds(ends.saturating_sub(self.at))
    }
}

/// Shows the state. Cheap when little has changed: equal values do not redraw.
pub fn render(app: &AppWindow, state: &State, fixed: &Fixed, moment: &Moment) {
    let api = app.global::<Api>();
    let tag = fixed.languages.get(state.ways.language).map_or("zh_CN", |language| language.tag.as_str());
    // A slide is in the language of its round, where this kiosk speaks it.
    let slide = state.slide().and_then(|(_, language)| language);
    let tag = fixed
        .languages
        .iter()
        .map(|known| known.tag.as_str())
        .find(|known| slide == Some(*known))
        .unwrap_or(tag);
    if api.get_language() != tag {
        if let Err(error) = slint::select_bundled_translation(tag) {
            tracing::warn!(language = tag, %error, "no such translation, English is shown");
        }
        api.set_language(tag.into());
    }
    let words = app.global::<Words>();
    let today = Date::new(moment.year, moment.month, moment.day).ok();
    let scene = Scene { numbers: Numbers::of(&words), words, fixed, state, at: moment.at, today, tag };
    theme(app, &scene);
    voice(app, &scene);
    chrome(&api, &scene, moment);
    screen(&api, &scene);
}

fn theme(app: &AppWindow, scene: &Scene) {
    let theme = app.global::<Theme>();
    let Fixed { screen, brand, .. } = scene.fixed;
    let Ways { text_size, contrast, reach, .. } = scene.state.ways;
    theme.set_pixels_per_mm(screen.pixels_per_mm);
    theme.set_brand(ui::Brand {
        plain: colour(brand.plain),
        pressed: colour(brand.pressed),
        tint: colour(brand.tint),
        tint_pressed: colour(brand.tint_pressed),
    });
    theme.set_large(text_size == TextSize::Large);
    theme.set_contrast(match contrast {
        Contrast::Standard => ui::Contrast::Standard,
        Contrast::Dark => ui::Contrast::Dark,
        Contrast::Light => ui::Contrast::Light,
    });
    let size = app.window().size();
    let band = screen.band(size.height);
    theme.set_above_mm(band.above);
    theme.set_below_mm(band.below);
    theme.set_low(reach == Reach::Low);
    let size = size.to_logical(app.window().scale_factor());
    theme.set_window_width(size.width);
    theme.set_window_height(size.height);
}

fn voice(app: &AppWindow, scene: &Scene) {
    let voice = app.global::<ui::Voice>();
    voice.set_headset(scene.fixed.headset);
    voice.set_on(scene.fixed.has_voice && scene.state.ways.voice != Voice::Silent);
}

fn colour(of: Colour) -> slint::Color {
    slint::Color::from_rgb_u8(of.red, of.green, of.blue)
}

fn chrome(api: &Api, scene: &Scene, moment: &Moment) {
    let Scene { fixed, state, .. } = scene;
    api.set_hall_name(scene.pick(&fixed.hall_name));
    api.set_payee(scene.pick(&fixed.payee));
    api.set_cash_counter(scene.pick(&fixed.cash_counter));
    api.set_hours(scene.pick(&fixed.hours));
    api.set_hotline(fixed.hotline.as_str().into());
    api.set_kiosk_no(fixed.kiosk_no.as_str().into());
    let Ways { language, voice, .. } = state.ways;
    let names = fixed.languages.iter().map(|language| language.name.as_str().into()).collect();
    api.set_languages(rows::keep(api.get_languages(), names));
    api.set_language_index(i32::try_from(language).unwrap_or(0));
    api.set_has_scanner(fixed.has_scanner);
    api.set_has_voice(fixed.has_voice);
    api.set_volume(match voice {
        Voice::Silent => 0,
        Voice::Speaking(volume) => volume.step().into(),
    });
    let other = (language + 1) % fixed.languages.len().max(1);
    api.set_other_language(fixed.languages.get(other).map(|l| l.name.as_str()).unwrap_or_default().into());
    let date = ui::Day { year: moment.year.into(), month: moment.month.into(), day: moment.day.into() };
    let time = format!("{}:{:02}", moment.hour, moment.minute).into();
    api.set_clock(ui::Clock { date, time });
    api.set_connecting(state.is_connecting(&fixed.settings, moment.at));
    api.set_payment_open(!matches!(state.gate(), Gate::Closed(_)));
    api.set_step(match state.screen.step() {
        None => 0,
        Some(Step::Find) => 1,
        Some(Step::Check) => 2,
        Some(Step::Scan) => 3,
        Some(Step::Done) => 4,
    });
    api.set_call(call::call(state));
    api.set_asks_opinion(state.overlay.is_none() && state.screen.asks_opinion());
    api.set_opinion(match state.opinion {
        None | Some(Opinion::Other) => ui::Opinion::None,
        Some(Opinion::Good) => ui::Opinion::Good,
        Some(Opinion::SoSo) => ui::Opinion::SoSo,
        Some(Opinion::Poor) => ui::Opinion::Poor,
    });
    match state.overlay {
        None => api.set_overlay(ui::Overlay::None),
        Some(Overlay::Help) => api.set_overlay(ui::Overlay::Help),
        Some(Overlay::Call) => api.set_overlay(ui::Overlay::Call),
        Some(Overlay::Ways) => api.set_overlay(ui::Overlay::Ways),
        Some(Overlay::Languages) => api.set_overlay(ui::Overlay::Languages),
        Some(Overlay::IdleWarning { ends }) => {
            let stretch = state.ways.time_percent(&fixed.settings);
            api.set_idle_seconds(scene.seconds_until(ends));
            api.set_idle_of(whole_seconds(fixed.settings.warning.saturating_mul(stretch) / 100));
            api.set_overlay(ui::Overlay::Idle);
        }
    }
}

/// A page that is shown: which, and what its code says to the phone.
struct Shown {
    page: ui::Screen,
    code: SharedString,
}

impl From<ui::Screen> for Shown {
    fn from(page: ui::Screen) -> Self {
        Self { page, code: SharedString::default() }
    }
}

/// Each service fills its pages where one of them is on the screen, and empties them where none is, so that nothing
/// personal stays behind.
const SERVICES: &[fn(&Api, &Scene) -> Option<Shown>] = &[
    information::show_home,
    find::show,
    account::show,
    basket::show,
    bills::show,
    pay::show,
    progress::show,
    payments::show,
    information::show,
    published::show,
    closed::show,
];

fn screen(api: &Api, scene: &Scene) {
    let shown = SERVICES.iter().fold(None, |shown, show| show(api, scene).or(shown));
    let Some(Shown { page, code }) = shown else {
        // A page without a view: the tests look at every one.
        return tracing::error!(place = scene.state.screen.place().name(), "a page has no view");
    };
    show_code(api, &code);
    api.set_screen(page);
}

/// Draws the page's code where it says something new; an image never equals another, so it is set only then.
fn show_code(api: &Api, text: &SharedString) {
    if api.get_code_text() == *text {
        return;
    }
    let code = qr::encode(text);
    api.set_code_modules(code.as_ref().map_or(0, |code| code.modules));
    api.set_code(code.map(|code| code.image).unwrap_or_default());
    api.set_code_text(text.clone());
}

fn whole_seconds(span: Millis) -> i32 {
    i32::try_from(span.div_ceil(1_000)).unwrap_or(i32::MAX)
}

/// A notice as the interface words it.
fn remark(scene: &Scene, notice: Option<Notice>) -> ui::Remark {
    let plain = |notice| ui::Remark { notice, ..ui::Remark::default() };
    let Some(notice) = notice else { return ui::Remark::default() };
    match notice {
        Notice::Number(wrong) => plain(match wrong {
            Wrong::Character => ui::Notice::NumberCharacter,
            Wrong::TooLong => ui::Notice::NumberLong,
            Wrong::AccountPrefix => ui::Notice::AccountPrefix,
            Wrong::PhoneStart => ui::Notice::PhoneStart,
            Wrong::Birthday => ui::Notice::IdBirthday,
            Wrong::Check => ui::Notice::IdCheck,
        }),
        Notice::NumberShort => plain(ui::Notice::NumberShort),
        Notice::NotABill(NotABill::NoAccount) => plain(ui::Notice::NotABill),
        Notice::NotABill(NotABill::Several) => plain(ui::Notice::SeveralAccounts),
        Notice::AccountUnknown => plain(ui::Notice::AccountUnknown),
        Notice::ApplicationUnknown => plain(ui::Notice::ApplicationUnknown),
        Notice::NoApplications => plain(ui::Notice::NoApplications),
        Notice::ProofShort => plain(ui::Notice::ProofShort),
        Notice::ProofWrong(left) => {
            let count = left.and_then(|left| i32::try_from(left).ok()).unwrap_or(0);
            ui::Remark { count, ..plain(ui::Notice::ProofWrong) }
        }
        Notice::ProofsExhausted => plain(ui::Notice::ProofsExhausted),
        Notice::NoCodes => plain(ui::Notice::NoCodes),
        Notice::TooMany(seconds) => {
            ui::Remark { seconds: i32::try_from(seconds).unwrap_or(i32::MAX), ..plain(ui::Notice::TooMany) }
        }
        Notice::NoConnection => plain(ui::Notice::NoConnection),
        Notice::Busy => plain(ui::Notice::Busy),
        Notice::NothingChosen => plain(ui::Notice::NothingChosen),
        Notice::NoneChosen => plain(ui::Notice::NoneChosen),
        Notice::NoAmount => plain(ui::Notice::NoAmount),
        Notice::AlreadyThere => plain(ui::Notice::AlreadyThere),
        Notice::AmountTooSmall(least) => {
            ui::Remark { amount: scene.money(least), ..plain(ui::Notice::AmountTooSmall) }
        }
        Notice::AmountTooLarge(most) => {
            ui::Remark { amount: scene.money(most), ..plain(ui::Notice::AmountTooLarge) }
        }
        Notice::Renewed => plain(ui::Notice::Renewed),
        Notice::LookupExpired => plain(ui::Notice::LookupExpired),
        Notice::CancelledNothingTaken => plain(ui::Notice::CancelledNothingTaken),
        Notice::ExpiredNothingTaken => plain(ui::Notice::ExpiredNothingTaken),
        Notice::OrderRefused => plain(ui::Notice::OrderRefused),
        Notice::JournalFailed => plain(ui::Notice::JournalFailed),
        Notice::NoMoreTime => plain(ui::Notice::NoMoreTime),
        Notice::InvoiceRefused => plain(ui::Notice::InvoiceRefused),
        Notice::InvoiceUnavailable => plain(ui::Notice::InvoiceUnavailable),
        Notice::Resumed => plain(ui::Notice::Resumed),
    }
}
