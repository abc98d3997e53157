//! `./run --faults`: several customers at a hall whose channels and billing system misbehave as planned in
//! `config/faults/`. What is played is told as it is played, and at the end the books of all sides must agree, order by
//! order and in sum.

mod books;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use powerhall_billing::demo::{Showcase, Situation};

use crate::{Books, Page, Result, SOON, Trouble, Visitor};
use books::Ledgers;

/// How long money may take to come to its end.
const SETTLES: Duration = Duration::from_secs(60);

/// What a customer of this demonstration does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    /// Pays, and waits until the kiosk says how it ended.
    Pays(Page),
    /// Opens the page on the phone, then leaves the kiosk's page; it ends here.
    Leaves(Page),
}

struct Visit {
    story: &'static str,
    account: Situation,
    /// The channel's place in the list.
    channel: usize,
    habit: Habit,
}

/// In the order of `config/faults/channel.toml` and `billing.toml`, which count the orders.
const VISITS: [Visit; 6] = [
    Visit {
        story: "the answer to “create” is lost, nobody tells of the payment, the posting's answer is lost",
        account: Situation::OwesThreeMonths,
        channel: 0,
        habit: Habit::Pays(Page::Posted),
    },
    Visit {
        story: "billing refuses the posting for good",
        account: Situation::OwesOneMonth,
        channel: 0,
        habit: Habit::Pays(Page::Refunded),
    },
    Visit {
        story: "one fen less is paid than was asked",
        account: Situation::PeakValley,
        channel: 0,
        habit: Habit::Pays(Page::Review),
    },
    Visit {
        story: "the customer leaves while the password is being typed",
        account: Situation::RareCharacter,
        channel: 0,
        habit: Habit::Leaves(Page::Posted),
    },
    Visit {
        story: "the customer leaves, the close is confirmed, and then the money comes all the same",
        account: Situation::OwesOneMonth,
        channel: 0,
        habit: Habit::Leaves(Page::Confirm),
    },
    Visit {
        story: "a channel like Alipay: no such trade before the scan; the posting is on its way for a while",
        account: Situation::PeakValley,
        channel: 1,
        habit: Habit::Pays(Page::Posted),
    },
];

/// The demonstration: the customers one after the other, then the books. `folder` holds the books and `backend.log`.
pub fn faults(visitor: &mut Visitor, books: &Books, showcase: &Showcase, folder: &Path) -> Result<()> {
    let told = Telling::start(folder.join("backend.log"));
    for (at, visit) in VISITS.iter().enumerate() {
        visitor.go_home()?;
        visitor.diary.note(&format!("— customer {}: {} —", at + 1, visit.story));
        walk(visitor, books, showcase, visit)?;
    }
    visitor.go_home()?;
    visitor.diary.note("— the books —");
    let agreed = Ledgers::in_folder(folder).until_they_agree(SETTLES, |line| visitor.diary.note(line));
    told.stop();
    agreed
}

fn walk(visitor: &mut Visitor, books: &Books, showcase: &Showcase, visit: &Visit) -> Result<()> {
    let account = showcase
        .account(visit.account)
        .ok_or_else(|| Trouble::Wrong(format!("no account in the showcase {:?}", visit.account)))?;
    // Whoever was refunded owes still; whoever paid one fen less does as well.
    let owed = books.owed(&account.number)?.total_fen;
    if visitor.find_account(&account.number)? != Page::Confirm {
        return Err(Trouble::Wrong(format!("the screen says that nothing is owed; the books say {owed}")));
    }
    choose_channel(visitor, visit.channel)?;
    let (link, screen) = visitor.wait_for_code(SETTLES)?;
    visitor.diary.keep("sees the payment code; the phone reads it", "code", &screen)?;
    let page = match visit.habit {
        Habit::Pays(page) => {
            visitor.pay_with_phone(&link)?;
            page
        }
        Habit::Leaves(page) => {
            let shown = visitor.phone.open(&link)?;
            visitor.diary.note(&format!("the phone opens the page and shows {}", shown.amount()));
            visitor.touch(Page::Showing, "Cancel")?;
            visitor.diary.note("touches “Cancel”");
            page
        }
    };
    let (_, screen) = visitor.wait_for(&[page], SETTLES)?;
    visitor.diary.keep(&format!("sees {}", in_words(page)), "end", &screen)
}

/// Several channels: the kiosk asks which.
fn choose_channel(visitor: &mut Visitor, channel: usize) -> Result<()> {
    visitor.touch(Page::Confirm, "Scan to pay")?;
    let (page, screen) = visitor.wait_for(&[Page::Channels], SOON)?;
    let rows = visitor.rows(page)?;
    let &row = rows.get(channel).ok_or_else(|| {
        let instead = format!("{} rows", rows.len());
        visitor.not_seen(&format!("channel {}", channel + 1), Duration::ZERO, &instead, &screen)
    })?;
    visitor.diary.keep(&format!("chooses channel {}", channel + 1), "channels", &screen)?;
    visitor.point(row)
}

const fn in_words(page: Page) -> &'static str {
    match page {
        Page::Posted => "“paid and on your account”",
        Page::Refunded => "“your money was returned”",
        Page::Review => "“a member of staff looks after it, do not pay again”",
        Page::Confirm => "the choice again: nothing was taken when it was left",
        _ => "another page",
    }
}

/// Tells what is played as the backend's log has it.
struct Telling {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Telling {
    fn start(log: PathBuf) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let Ok(file) = File::open(log) else { return };
            let mut lines = BufReader::new(file);
            let mut line = String::new();
            loop {
                match lines.read_line(&mut line) {
                    Ok(0) | Err(_) if stopped.load(Ordering::SeqCst) => return,
                    Ok(0) | Err(_) => sleep(Duration::from_millis(50)),
                    Ok(_) if line.ends_with('\n') => {
                        if let Some((_, played)) = line.split_once("faults: ") {
                            println!("    ⚡ {}", played.trim_end());
                        }
                        line.clear();
                    }
                    Ok(_) => {}
                }
            }
        });
        Self { stop, thread }
    }

    fn stop(self) {
        self.stop.store(true, Ordering::SeqCst);
        // A teller that panicked has told enough.
        let _ = self.thread.join();
    }
}
