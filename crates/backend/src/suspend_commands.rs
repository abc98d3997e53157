//! `suspend` at the command line: closes the kiosks, or their payments, for a while that is known beforehand.

use std::path::Path;

use clap::Subcommand;
use powerhall_backend::staff::{Answer, Ask};
use uuid::Uuid;

use crate::staff_commands::{StaffFailed, answer};

/// What can be done about suspensions.
#[derive(Subcommand)]
pub enum SuspendCommand {
    /// List those that are not over. The default.
    List,
    /// Close the kiosks for a while. They say so beforehand, end a payment that is under way as ever, and open again by
    /// themselves, also while this backend is away.
    Add {
        /// From when, Beijing time: "2026-12-01 18:00". Left out: now.
        #[arg(long)]
        from: Option<String>,
        /// Until when, Beijing time.
        #[arg(long)]
        until: String,
        /// Why: a key of the hall's texts `suspension.*`, as `upgrade`.
        #[arg(long)]
        reason: String,
        /// Only payments; everything else goes on.
        #[arg(long)]
        payment_only: bool,
    },
    /// End one, or call it off.
    Resume {
        /// Its name, from the list.
        id: Uuid,
    },
}

/// `suspend …`
pub async fn suspend(socket: &Path, command: SuspendCommand) -> Result<(), StaffFailed> {
    let (question, ended) = match command {
        SuspendCommand::List => (Ask::Suspensions, false),
        SuspendCommand::Add { from, until, reason, payment_only } => {
            (Ask::Suspend { from, until, reason, payment_only }, false)
        }
        SuspendCommand::Resume { id } => (Ask::Resume { id }, true),
    };
    let Answer::Suspensions { suspensions } = answer(socket, &question).await? else {
        return Err(StaffFailed::Strange);
    };
    if suspensions.is_empty() {
        println!("nothing is suspended");
    }
    for one in suspensions {
        let what = if one.payment_only { "payments" } else { "everything" };
        let end = if ended { ", ended" } else { "" };
        println!(
            "{}  {} to {}  {what}  {}  by {}{end}",
            one.id, one.from, one.until, one.reason, one.made_by
        );
    }
    Ok(())
}
