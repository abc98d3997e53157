//! `callbacks` at the command line: who has asked to be rung, and that it was done.

use std::path::Path;

use clap::Subcommand;
use powerhall_api::Personal;
use powerhall_backend::staff::{Answer, Ask, CallBackSlip};

use crate::staff_commands::{StaffFailed, answer};

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
    match command {
        CallBacksCommand::List => {
            let Answer::CallBacks { call_backs } = answer(socket, &Ask::CallBacks).await? else {
                return Err(StaffFailed::Strange);
            };
            if call_backs.is_empty() {
                println!("nobody has asked to be rung");
            }
            call_backs.iter().for_each(|one| println!("{}", line(one)));
        }
        CallBacksCommand::Done { application } => {
            let question = Ask::CalledBack { application: Personal::new(application) };
            let Answer::CalledBack { call_back } = answer(socket, &question).await? else {
                return Err(StaffFailed::Strange);
            };
            println!("done: {}", line(&call_back));
        }
    }
    Ok(())
}

fn line(one: &CallBackSlip) -> String {
    format!("{}  asked {} at {}, by {}", one.application.reveal(), one.asked, one.kiosk, one.ring_by)
}
