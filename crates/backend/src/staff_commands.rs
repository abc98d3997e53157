//! `review` and `reconcile` at the command line: asks the running backend, prints what it says. The backend does the work,
//! because it alone holds the channels and writes the store, and because its socket knows who asks.

use std::path::Path;

use clap::Subcommand;
use powerhall_backend::reconcile;
use powerhall_backend::staff::{Answer, Ask, AskError, Choose, Sheet, Slip, ask};

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

/// `review …`
pub async fn review(socket: &Path, command: ReviewCommand) -> Result<(), StaffFailed> {
    let question = match command {
        ReviewCommand::List { all } => Ask::List { all },
        ReviewCommand::Show { key } => Ask::Show { key },
        ReviewCommand::Decide { key, choice } => {
            let (choice, reason) = match choice {
                ChoiceCommand::Post(reason) => (Choose::Post, reason),
                ChoiceCommand::Credit(reason) => (Choose::Credit, reason),
                ChoiceCommand::Refund(reason) => (Choose::Refund, reason),
                ChoiceCommand::Retry(reason) => (Choose::Retry, reason),
                ChoiceCommand::Outside { reference, reason } => (Choose::Outside(reference), reason),
                ChoiceCommand::Noted(reason) => (Choose::Noted, reason),
            };
            Ask::Decide { key, choice, reason: reason.reason }
        }
    };
    match ask(socket, &question).await? {
        Answer::Listed { slips } => {
            if slips.is_empty() {
                println!("nothing to look at");
            }
            slips.iter().for_each(print_slip);
        }
        Answer::Shown { sheet } => print_sheet(&sheet),
        Answer::Decided => println!("decided"),
        Answer::Refused { why } => return Err(StaffFailed::Refused(why)),
        Answer::Reconciled { .. } => return Err(StaffFailed::Strange),
    }
    Ok(())
}

/// `reconcile …`
pub async fn reconcile(socket: &Path, day: String, settle: bool, close: bool) -> Result<(), StaffFailed> {
    match ask(socket, &Ask::Reconcile { day, settle, close }).await? {
        Answer::Reconciled { report, folder, settled, close_refused } => {
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
        Answer::Refused { why } => Err(StaffFailed::Refused(why)),
        Answer::Listed { .. } | Answer::Shown { .. } | Answer::Decided => Err(StaffFailed::Strange),
    }
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
