//! The kiosk program: reads its configuration, opens the window, and runs the session beside it. Slint owns the main
//! thread, Tokio runs next to it; touches go one way through a channel, states the other way through the event loop.

mod staff;

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use clap::{Parser, Subcommand};
use powerhall::view::{self, Fixed, Moment};
use powerhall::{AppWindow, bind, keys, lines, logo, qr, voice};
use powerhall_flow::{Millis, State};
use powerhall_kiosk::client::Client;
use powerhall_kiosk::config::KioskConfig;
use powerhall_kiosk::hall_copy::HallCopy;
use powerhall_kiosk::journal::Journal;
use powerhall_kiosk::session::{self, MonotonicClock, Ports};
use slint::{ComponentHandle, PhysicalSize, Timer, TimerMode};
use tokio::sync::mpsc;

/// The kiosk of an electricity company's business hall.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The kiosk's configuration.
    #[arg(long, global = true, default_value = "config/kiosk.toml")]
    config: PathBuf,
    /// Check the configuration and end.
    #[arg(long)]
    check_config: bool,
    #[command(subcommand)]
    task: Option<Task>,
}

/// What staff asks for.
#[derive(Subcommand)]
enum Task {
    /// Show what the journal holds, also while the kiosk runs: open orders, what the backend has, what was refused.
    Journal {
        /// List the refused rows with their reasons.
        #[arg(long)]
        quarantine: bool,
    },
}

/// More sentences than a voice could begin in the time that it takes to end one.
const SENTENCES: usize = 64;
/// More touches than a hand can make before the session has taken them.
const TOUCHES: usize = 64;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match KioskConfig::load(&arguments.config) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("powerhall: {error}");
            return ExitCode::from(2);
        }
    };
    if arguments.check_config {
        println!("{} is complete", arguments.config.display());
        return ExitCode::SUCCESS;
    }
    if let Some(Task::Journal { quarantine }) = arguments.task {
        return match staff::journal(&config.journal.path, quarantine) {
            Ok(told) => {
                print!("{told}");
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("powerhall: {}: {error}", config.journal.path.display());
                ExitCode::FAILURE
            }
        };
    }
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("POWERHALL_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    std::panic::set_hook(Box::new(|panic| {
        // Where it was and not its message: that may quote whatever the program was looking at.
        let place = panic.location().map_or_else(|| "(unknown)".to_owned(), ToString::to_string);
        tracing::error!(place, "a programming error");
    }));
    match run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the kiosk ends");
            ExitCode::FAILURE
        }
    }
}

/// Runs until it is told to end (`Ok`), or cannot go on (`Err`): then whoever supervises it starts it again.
fn run(config: KioskConfig) -> Result<(), Box<dyn std::error::Error>> {
    let app = AppWindow::new()?;
    app.window().set_size(PhysicalSize::new(config.screen.width, config.screen.height));

    if let Some(picture) = config.logo.clone() {
        logo::bind(&app, picture);
    }
    let clock = MonotonicClock::start();
    let face = Rc::new(Face { fixed: fixed(&config), clock, state: RefCell::new(State::new()) });
    face.show(&app);
    FACE.set(Some(face.clone()));
    let minute = tick_each_minute(&app, face);

    let (touch, touches) = mpsc::channel(TOUCHES);
    let send = move |event| {
        if let Err(error) = touch.try_send(event) {
            tracing::warn!(%error, "a touch was not taken");
        }
    };
    bind::bind(&app, send.clone());
    keys::bind(&app, send);

    lines::bind(&app);
    qr::bind(&app);
    let (say, said) = mpsc::channel(SENTENCES);
    voice::bind(&app, move |said| {
        if let Err(error) = say.try_send(said) {
            tracing::warn!(%error, "the voice does not take what it is given");
        }
    });

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.spawn(powerhall_kiosk::voice::run(config.voice, said));
    let weak = app.as_weak();
    let session = runtime.spawn(async move {
        let copy = HallCopy::beside(&config.journal.path);
        let journal = Journal::open(config.journal).await;
        let ports = Ports { backend: Client::new(config.backend)?, journal, copy };
        session::run(config.flow, ports, clock, touches, |state, _at| show(&weak, state.clone())).await;
        Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    });
    let ended = runtime.spawn(async move {
        let outcome = tokio::select! {
            outcome = session => outcome.map_err(Into::into).and_then(|outcome| outcome),
            () = asked_to_end() => Ok(()),
        };
        // Fails only when the event loop has ended already.
        let _ = slint::quit_event_loop();
        outcome
    });

    app.run()?;
    drop(minute);
    FACE.set(None);
    let outcome = if ended.is_finished() { runtime.block_on(ended)? } else { Ok(()) };
    runtime.shutdown_timeout(Duration::from_secs(2));
    outcome.map_err(|error| error.to_string().into())
}

thread_local! {
    /// The face on the interface's thread, where the session's states arrive.
    static FACE: std::cell::Cell<Option<Rc<Face>>> = const { std::cell::Cell::new(None) };
}

/// The last state, to be shown again when only the wall clock has moved.
struct Face {
    fixed: Fixed,
    clock: MonotonicClock,
    state: RefCell<State>,
}

impl Face {
    fn show(&self, app: &AppWindow) {
        view::render(app, &self.state.borrow(), &self.fixed, &moment(self.clock.now()));
    }
}

fn show(app: &slint::Weak<AppWindow>, state: State) {
    let shown = app.upgrade_in_event_loop(move |app| {
        if let Some(face) = FACE.take() {
            face.state.replace(state);
            face.show(&app);
            FACE.set(Some(face));
        }
    });
    if let Err(error) = shown {
        tracing::debug!(%error, "the window has closed");
    }
}

/// Beijing time, for the header alone; no decision hangs on it.
fn moment(at: Millis) -> Moment {
    let now = jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)));
    Moment {
        at,
        year: now.year(),
        month: now.month(),
        day: now.day(),
        hour: now.hour(),
        minute: now.minute(),
    }
}

/// Shows the header's clock anew when a minute begins: the only wake-up of a kiosk at rest besides its check-in.
fn tick_each_minute(app: &AppWindow, face: Rc<Face>) -> Rc<Timer> {
    let timer = Rc::new(Timer::default());
    arm(&timer, app.as_weak(), face);
    timer
}

fn arm(timer: &Rc<Timer>, app: slint::Weak<AppWindow>, face: Rc<Face>) {
    let past = jiff::Timestamp::now().as_second().rem_euclid(60);
    let left = Duration::from_secs(60 - past.unsigned_abs().min(59));
    let again = Rc::downgrade(timer);
    timer.start(TimerMode::SingleShot, left, move || {
        if let (Some(window), Some(timer)) = (app.upgrade(), again.upgrade()) {
            face.show(&window);
            arm(&timer, app.clone(), face.clone());
        }
    });
}

/// What the configuration says about the screen.
fn fixed(config: &KioskConfig) -> Fixed {
    Fixed {
        hall_name: config.hall.name.clone(),
        payee: config.hall.payee.clone(),
        hours: config.hall.opening_hours.clone(),
        hotline: config.hall.hotline.clone(),
        kiosk_no: config.hall.kiosk_no.clone(),
        cash_counter: config.hall.cash_counter.clone(),
        screen: config.screen,
        brand: config.brand,
        has_scanner: config.has_scanner,
        has_voice: !config.voice.program.is_empty(),
        headset: config.voice.headset,
        languages: config.languages.clone(),
        settings: config.flow.clone(),
    }
}

/// SIGTERM or SIGINT.
async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::warn!(%error, "signals cannot be heard");
            std::future::pending().await
        }
    }
}
