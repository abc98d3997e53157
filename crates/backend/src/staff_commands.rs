//! `review`, `reconcile`, `calls` and `report` at the command line: asks the running backend, prints what it says. The backend does the work,
//! because it alone holds the channels and writes the store, and because its socket knows who asks.

use std::path::Path;
use std::time::Duration;

use clap::Subcommand;
use powerhall_backend::staff::{Answer, Ask, AskError, CallSlip, Choose, Sheet, Slip, ask};
use powerhall_backend::{measures, reconcile};

/// What can be asked about reviews.
#[derive(Subcommand)]
pub enum ReviewCommand {
    /// List what is not decided.
    List {
        /// The decided ones too.
        #[arg(long)]
        all: bool,
    },
    /// Show one with its order and history.
    Show {
        /// Its key, from the list.
        key: String,
    },
    /// Decide on one. What is decided is carried out, and cannot be decided again.
    Decide {
        /// Its key, from the list.
        key: String,
        /// What is to be done.
        #[command(subcommand)]
        choice: ChoiceCommand,
    },
}

/// What can be decided.
#[derive(Subcommand)]
pub enum ChoiceCommand {
    /// The payment is what was asked for: post it to the account as ordered.
    Post(Reason),
    /// Post the money to the account as credit.
    Credit(Reason),
    /// Refund the money by the channel.
    Refund(Reason),
    /// Give it back to the machine: ask billing, or ask for the refund, again.
    Retry(Reason),
    /// It was settled outside this system.
    Outside {
        /// What names it there.
        #[arg(long)]
        reference: String,
        #[command(flatten)]
        reason: Reason,
    },
    /// Seen and explained; for what is not money of an order.
    Noted(Reason),
}

/// Why.
#[derive(clap::Args)]
pub struct Reason {
    /// Why, for whoever reads the books later. No names or account numbers of customers.
    #[arg(long)]
    reason: String,
}

/// What can be done about calls for the guide.
#[derive(Subcommand)]
pub enum CallsCommand {
    /// List the calls that are not over. The default.
    List,
    /// List them again whenever they change, with a bell for a new one, until interrupted.
    Watch,
    /// I am on my way: the screen says so.
    Take {
        /// The kiosk's name, from the list.
        kiosk: String,
    },
    /// It is done: the screen goes back to the customer's page.
    Done {
        /// The kiosk's name, from the list.
        kiosk: String,
    },
}

/// How often `calls watch` looks.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum StaffFailed {
    /// The backend was not reached.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The backend did not do it.
    #[error("{0}")]
    Refused(String),
    /// The day stays open.
    #[error(
        "the day {day} is not closed: {unexplained} differences are not explained; `review decide KEY noted`"
    )]
    NotClosed {
        /// Which.
        day: String,
        /// How many.
        unexplained: u64,
    },
    /// The backend answered something else.
    #[error("the answer does not fit the question; the versions may differ")]
    Strange,
}

/// Asks the running backend. That it refuses is the same after every question.
pub async fn answer(socket: &Path, question: &Ask) -> Result<Answer, StaffFailed> {
    let answer = ask(socket, question).await?;
    if let Answer::Refused { why } = answer {
        return Err(StaffFailed::Refused(why));
    }
    Ok(answer)
}

/// `review …`
pub async fn review(socket: &Path, command: ReviewCommand) -> Result<(), StaffFailed> {
    match command {
        ReviewCommand::List { all } => {
            let Answer::Listed { slips } = answer(socket, &Ask::List { all }).await? else {
                return Err(StaffFailed::Strange);
            };
            if slips.is_empty() {
                println!("nothing to look at");
            }
            slips.iter().for_each(print_slip);
        }
        ReviewCommand::Show { key } => {
            let Answer::Shown { sheet } = answer(socket, &Ask::Show { key }).await? else {
                return Err(StaffFailed::Strange);
            };
            print_sheet(&sheet);
        }
        ReviewCommand::Decide { key, choice } => {
            let (choice, reason) = match choice {
                ChoiceCommand::Post(reason) => (Choose::Post, reason),
                ChoiceCommand::Credit(reason) => (Choose::Credit, reason),
                ChoiceCommand::Refund(reason) => (Choose::Refund, reason),
                ChoiceCommand::Retry(reason) => (Choose::Retry, reason),
                ChoiceCommand::Outside { reference, reason } => (Choose::Outside(reference), reason),
                ChoiceCommand::Noted(reason) => (Choose::Noted, reason),
            };
            let question = Ask::Decide { key, choice, reason: reason.reason };
            let Answer::Decided = answer(socket, &question).await? else {
                return Err(StaffFailed::Strange);
            };
            println!("decided");
        }
    }
    Ok(())
}

/// `calls …`
pub async fn calls(socket: &Path, command: CallsCommand) -> Result<(), StaffFailed> {
    let (kiosk, done) = match command {
        CallsCommand::List => {
            let calls = open_calls(socket).await?;
            print_calls(&calls);
            return Ok(());
        }
        CallsCommand::Watch => return watch_calls(socket).await,
        CallsCommand::Take { kiosk } => (kiosk, false),
        CallsCommand::Done { kiosk } => (kiosk, true),
    };
    let Answer::Attended { call } = answer(socket, &Ask::Attend { kiosk, done }).await? else {
        return Err(StaffFailed::Strange);
    };
    if done {
        println!("done: {}", call.kiosk);
    } else {
        print_call(&call);
    }
    Ok(())
}

async fn open_calls(socket: &Path) -> Result<Vec<CallSlip>, StaffFailed> {
    let Answer::Calls { calls } = answer(socket, &Ask::Calls).await? else {
        return Err(StaffFailed::Strange);
    };
    Ok(calls)
}

async fn watch_calls(socket: &Path) -> Result<(), StaffFailed> {
    let mut before = None;
    loop {
        let calls = open_calls(socket).await?;
        if before.as_ref() != Some(&calls) {
            let known = before.unwrap_or_default();
            let is_new =
                |call: &CallSlip| !known.iter().any(|k| (&k.kiosk, &k.at) == (&call.kiosk, &call.at));
            if calls.iter().any(is_new) {
                print!("\x07");
            }
            print_calls(&calls);
            println!();
            before = Some(calls);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn print_calls(calls: &[CallSlip]) {
    if calls.is_empty() {
        println!("nobody calls");
    }
    calls.iter().for_each(print_call);
}

fn print_call(call: &CallSlip) {
    let reference = call.reference.as_deref().map(|r| format!(", reference {r}")).unwrap_or_default();
    let taken = call.taken_by.as_deref().map(|who| format!(", {who} has taken it")).unwrap_or_default();
    println!("{}  {}  step {}{reference}{taken}", call.at, call.kiosk, call.place);
}

/// `report steps …`
pub async fn steps(socket: &Path, from: String, to: String) -> Result<(), StaffFailed> {
    let Answer::Steps { report } = answer(socket, &Ask::Steps { from, to }).await? else {
        return Err(StaffFailed::Strange);
    };
    print!("{}", measures::table(&report));
    Ok(())
}

/// `reconcile …`
pub async fn reconcile(socket: &Path, day: String, settle: bool, close: bool) -> Result<(), StaffFailed> {
    let question = Ask::Reconcile { day, settle, close };
    let Answer::Reconciled { report, folder, settled, close_refused } = answer(socket, &question).await?
    else {
        return Err(StaffFailed::Strange);
    };
    print!("{}", reconcile::table(&report));
    if settled > 0 {
        println!("{settled} settled by the statement");
    }
    println!("written to {folder}/{day}.csv and .json", day = report.day);
    if close_refused {
        return Err(StaffFailed::NotClosed { unexplained: report.unexplained, day: report.day });
    }
    Ok(())
}

fn print_slip(slip: &Slip) {
    let reference = slip.reference.as_deref().unwrap_or("(no order)");
    println!("{}  {reference}  {}  {}", slip.at, slip.amount_fen, slip.reason);
    println!("    {}", slip.key);
    if let Some(decided) = &slip.decided {
        println!("    {decided}");
    }
}

fn print_sheet(sheet: &Sheet) {
    print_slip(&sheet.slip);
    if let Some(order) = &sheet.order {
        println!("\norder {} of {}, {}, {}", order.id, order.kiosk, order.amount_fen, order.collect);
        for (title, rows) in
            [("attempt", &order.attempts), ("line", &order.lines), ("refund", &order.refunds)]
        {
            rows.iter().for_each(|row| println!("  {title} {row}"));
        }
        println!();
    }
    for past in &sheet.history {
        println!("  {}  {}  by {}", past.at, past.what, past.who);
        if let Some(evidence) = &past.evidence {
            println!("      {evidence}");
        }
    }
}
