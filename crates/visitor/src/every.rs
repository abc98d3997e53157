//! `./run --demo all`: every service of the hall, one after the other on one kiosk. Each page that is met goes into the album,
//! and at the end all pages must be in it. What staff does in between is done with the backend's own commands.

mod finding;
mod nobody;
mod pages;
mod paying;
mod reading;

pub use nobody::in_seconds;

use std::path::{Path, PathBuf};
use std::process::Command;

use powerhall_billing::demo::{ShowAccount, ShowApplication, Showcase, Situation};

use crate::{Page, Picture, Power, Result, SOON, Trouble, Visitor};

/// The staff at its terminal: the backend's program with its config.
#[derive(Clone, Debug)]
pub struct Staff {
    /// The program.
    pub program: PathBuf,
    /// Its config.
    pub config: PathBuf,
}

impl Staff {
    fn does(&self, arguments: &[&str]) -> Result<String> {
        let asked = Command::new(&self.program).args(arguments).arg("--config").arg(&self.config).output();
        let asked = asked.map_err(|e| program(&self.program, &e.to_string()))?;
        if asked.status.success() {
            Ok(String::from_utf8_lossy(&asked.stdout).into_owned())
        } else {
            Err(program(&self.program, &String::from_utf8_lossy(&asked.stderr)))
        }
    }

    /// Where the sandbox writes the codes that it does not send.
    fn sent(&self) -> PathBuf {
        self.config.with_file_name("sms.log")
    }
}

fn program(path: &Path, why: &str) -> Trouble {
    Trouble::Program { program: path.display().to_string(), why: why.to_owned() }
}

/// Walks every service; an error as soon as one is not as it should be, or when a page was not met. `power` is the switch
/// of the backend that `staff` works at.
pub fn every(visitor: &mut Visitor, showcase: &Showcase, staff: &Staff, power: &mut dyn Power) -> Result<()> {
    visitor.diary.begin_album();
    let mut hall = Hall { visitor, showcase, staff, power };
    hall.visitor.wait_for(&[Page::Home], SOON)?;
    hall.finds()?;
    hall.uses_it_in_other_ways()?;
    hall.reads_bills_and_pays()?;
    hall.pays_what_reconnects()?;
    hall.recharges()?;
    hall.pays_a_fee()?;
    hall.follows_applications()?;
    hall.reads_up()?;
    hall.takes_receipt_and_invoice()?;
    hall.calls_the_guide()?;
    hall.comes_while_the_backend_is_away()?;
    hall.hesitates()?;
    hall.stands_still()?;
    pages::all_met(&hall.visitor.diary, &hall.visitor.map)
}

struct Hall<'a> {
    visitor: &'a mut Visitor,
    showcase: &'a Showcase,
    staff: &'a Staff,
    power: &'a mut dyn Power,
}

impl Hall<'_> {
    fn account(&self, situation: Situation) -> Result<ShowAccount> {
        let account = self.showcase.account(situation).cloned();
        account.ok_or_else(|| Trouble::Wrong(format!("no account {situation:?} in the showcase")))
    }

    fn sees(&mut self, page: Page, line: &str, name: &str) -> Result<Picture> {
        let (_, screen) = self.visitor.wait_for(&[page], SOON)?;
        self.visitor.diary.keep(line, name, &screen)?;
        Ok(screen)
    }
}

fn some(application: Option<&ShowApplication>) -> Result<ShowApplication> {
    application.cloned().ok_or_else(|| Trouble::Wrong("the showcase has no such application".to_owned()))
}

fn must_be(page: Page, wanted: Page) -> Result<()> {
    if page == wanted { Ok(()) } else { Err(Trouble::Wrong(format!("{page:?}, not {wanted:?}"))) }
}
