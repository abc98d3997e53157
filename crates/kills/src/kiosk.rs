//! A kiosk without its face, as a process: the real session, client, journal and flow; a customer by chance presses
//! the buttons, and what the screen told them is written down by somebody outside (`told.log`).

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use powerhall_api::Collect;
use powerhall_flow::{Event, Notice, PayStage, Press, Screen, State};
use powerhall_kiosk::client::Client;
use powerhall_kiosk::config::KioskConfig;
use powerhall_kiosk::hall_copy::HallCopy;
use powerhall_kiosk::journal::Journal;
use powerhall_kiosk::session::{self, MonotonicClock, Ports};
use tokio::sync::{mpsc, watch};

use crate::{Failed, customer, hall};

/// Runs until it is killed; with `settle`, until nothing is open.
///
/// # Errors
/// When it does not start, or the session ends.
pub fn run(config: &Path, seed: u64, settle: bool) -> Result<(), Failed> {
    hall::log();
    let folder = config.parent().ok_or("no folder")?.to_owned();
    let accounts: Vec<String> =
        serde_json::from_str(&std::fs::read_to_string(folder.join("accounts.json"))?)?;
    let told = File::options().create(true).append(true).open(folder.join("told.log"))?;
    let config = KioskConfig::load(config)?;
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?.block_on(async {
        let copy = HallCopy::beside(&config.journal.path);
        let journal = Journal::open(config.journal).await;
        let ports = Ports { backend: Client::new(config.backend)?, journal, copy };
        let (glass, touches) = mpsc::channel::<Event>(64);
        let (show, screen) = watch::channel(State::new());
        let last = Mutex::new(String::new());
        let publish = move |state: &State, _| {
            write_down(&told, &last, state);
            show.send_replace(state.clone());
        };
        let session = session::run(config.flow, ports, MonotonicClock::start(), touches, publish);
        let visit = async {
            if settle {
                settled(&glass, screen).await
            } else {
                customer::live(seed, &accounts, glass, screen).await
            }
        };
        tokio::select! {
            () = session => Err("the session has ended".into()),
            outcome = visit => outcome,
        }
    })
}

/// What the customer reads about money; one write a line, so a kill cannot tear it.
fn write_down(mut told: &File, last: &Mutex<String>, state: &State) {
    let line = match &state.screen {
        Screen::Finished(finished) if finished.order.collect == Collect::Paid => {
            format!("paid {}\n", finished.order.order_id)
        }
        Screen::Pay(pay) => match (pay.stage, pay.notice, pay.order) {
            (
                PayStage::Closed,
                Some(Notice::CancelledNothingTaken | Notice::ExpiredNothingTaken),
                Some(order),
            ) => format!("nothing-taken {order}\n"),
            _ => return,
        },
        _ => return,
    };
    if let Ok(mut last) = last.lock()
        && *last != line
    {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        // A lost line only makes the check weaker.
        let _ = told.write_all(format!("{} {line}", since.as_millis()).as_bytes());
        *last = line;
    }
}

/// No customer: leaves what was resumed, and ends when nothing is open.
async fn settled(glass: &mpsc::Sender<Event>, mut screen: watch::Receiver<State>) -> Result<(), Failed> {
    loop {
        let (home, done) = {
            let state = screen.borrow_and_update();
            let home = state.screen == Screen::Home;
            (home, home && state.followed.is_empty() && state.service.open_orders_asked)
        };
        if done {
            // The journal goes up beside the session.
            tokio::time::sleep(std::time::Duration::from_secs(4)).await;
            let state = screen.borrow();
            if state.screen == Screen::Home && state.followed.is_empty() {
                return Ok(());
            }
            continue;
        }
        if !home {
            glass.send(Event::Press(Press::Home)).await?;
        }
        screen.changed().await?;
    }
}
