//! `callbacks` at the command line: who has asked to be rung, and that it was done.

use std::path::Path;

use clap::Subcommand;
use powerhall_api::Personal;
use powerhall_backend::staff::{Answer, Ask, CallBackSlip, ask};

use crate::staff_commands::StaffFailed;

/// What can be done about customers who have asked to be rung.
#[derive(Subcommand)]
pub enum CallBacksCommand {
    /// List who is to be rung, the longest waiting first. The default.
    List,
    /// Somebody was rung.
    Done {
        /// The application's number, from the list.
        application: String,
    },
}

/// `callbacks …`
pub async fn call_backs(socket: &Path, command: CallBacksCommand) -> Result<(), StaffFailed> {
    let question = match command {
        CallBacksCommand::List => Ask::CallBacks,
        CallBacksCommand::Done { application } => Ask::CalledBack { application: Personal::new(application) },
    };
    match ask(socket, &question).await? {
        Answer::CallBacks { call_backs } => {
            if call_backs.is_empty() {
                println!("nobody has asked to be rung");
            }
            call_backs.iter().for_each(|one| println!("{}", line(one)));
            Ok(())
        }
        Answer::CalledBack { call_back } => {
            println!("done: {}", line(&call_back));
            Ok(())
        }
        Answer::Refused { why } => Err(StaffFailed::Refused(why)),
        Answer::Listed { .. }
        | Answer::Shown { .. }
        | Answer::Decided
        | Answer::Calls { .. }
        | Answer::Attended { .. }
        | Answer::Suspensions { .. }
        | Answer::Steps { .. }
        | Answer::Reconciled { .. } => Err(StaffFailed::Strange),
    }
}

fn line(one: &CallBackSlip) -> String {
    format!("{}  asked {} at {}, by {}", one.application.reveal(), one.asked, one.kiosk, one.ring_by)
}
