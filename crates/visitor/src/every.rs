//! `./run --demo all`: every service of the hall, one after the other on one kiosk, in the order of `docs/services.md`; each
//! page that is seen goes into the diary. What staff does in between is done with the backend's own commands.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use powerhall_api::Move;
use powerhall_billing::demo::{ShowAccount, ShowApplication, Showcase, Situation};

use crate::{Page, Picture, Result, SOON, Trouble, Visitor};

/// How long a kiosk stands still before slides are shown, and what that takes besides.
const RESTS: Duration = Duration::from_secs(90);
/// For how long payment and all else is suspended, and in which time the kiosk has heard of it.
const SUSPENDED: Duration = Duration::from_secs(40);

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
}

fn program(path: &Path, why: &str) -> Trouble {
    Trouble::Program { program: path.display().to_string(), why: why.to_owned() }
}

/// Walks every service; an error as soon as one is not as it should be.
pub fn every(visitor: &mut Visitor, showcase: &Showcase, staff: &Staff) -> Result<()> {
    let mut hall = Hall { visitor, showcase, staff };
    hall.visitor.go_home()?;
    hall.finds()?;
    hall.reads_bills_and_pays()?;
    hall.pays_what_reconnects()?;
    hall.recharges()?;
    hall.pays_a_fee()?;
    hall.follows_applications()?;
    hall.reads_up()?;
    hall.takes_receipt_and_invoice()?;
    hall.calls_the_guide()?;
    hall.stands_still()
}

struct Hall<'a> {
    visitor: &'a mut Visitor,
    showcase: &'a Showcase,
    staff: &'a Staff,
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

    /// By a phone number and the end of the identity number; all accounts of that person; where the number is on a bill.
    fn finds(&mut self) -> Result<()> {
        self.visitor.diary.note("— 1 find me —");
        let account = self.account(Situation::ThirdOfThree)?;
        let id = account.id_number.clone().unwrap_or_default();
        self.visitor.find_person(&account.phone)?;
        let page = self.visitor.prove(id.get(id.len().saturating_sub(4)..).unwrap_or_default())?;
        must_be(page, Page::Accounts)?;
        self.visitor.pay_for_several()?;
        self.visitor.go_home()?;
        self.visitor.touch(Page::Home, "Pay a bill")?;
        self.visitor.wait_for(&[Page::FindAccount], SOON)?;
        self.visitor.touch(Page::FindAccount, "Find my number")?;
        self.sees(Page::NoNumber, "looks where the number is on a bill", "no-number")?;
        self.visitor.go_home()
    }

    /// Two accounts in one payment, after a look at the bills of the first; and an opinion.
    fn reads_bills_and_pays(&mut self) -> Result<()> {
        self.visitor.diary.note("— 2 bills, 3 pay, 12 opinion —");
        let (first, second) =
            (self.account(Situation::OwesThreeMonths)?, self.account(Situation::OwesOneMonth)?);
        must_be(self.visitor.find_account(&first.number)?, Page::Confirm)?;
        self.visitor.read_bills(Page::Confirm)?;
        self.visitor.choose_oldest(1)?;
        self.visitor.choose_amount("50")?;
        self.visitor.go_home()?;
        self.visitor.find_account(&first.number)?;
        self.visitor.add_account(&second.number)?;
        let link = self.visitor.go_to_code_from(Page::Basket)?;
        self.visitor.pay_with_phone(&link)?;
        self.visitor.wait_until_posted()?;
        self.visitor.touch(Page::Posted, "Good")?;
        self.sees(Page::Posted, "has said how it was", "opinion")?;
        self.visitor.go_home()
    }

    fn pays_what_reconnects(&mut self) -> Result<()> {
        self.visitor.diary.note("— 3 the least that brings the supply back —");
        let account = self.account(Situation::CutOff)?;
        self.visitor.find_account(&account.number)?;
        self.visitor.choose_minimum()?;
        let link = self.visitor.go_to_code()?;
        self.visitor.pay_with_phone(&link)?;
        self.visitor.wait_for_what_follows(&[Page::Reconnected])?;
        self.visitor.go_home()
    }

    fn recharges(&mut self) -> Result<()> {
        self.visitor.diary.note("— 4 prepaid —");
        let account = self.account(Situation::Prepaid)?;
        must_be(self.visitor.find_account(&account.number)?, Page::Recharge)?;
        self.visitor.choose_preset("¥100.00")?;
        let link = self.visitor.go_to_code_from(Page::Recharge)?;
        self.visitor.pay_with_phone(&link)?;
        self.visitor.wait_for_what_follows(&[Page::Recharged])?;
        self.visitor.go_home()?;
        let account = self.account(Situation::PrepaidBlocked)?;
        must_be(self.visitor.find_account(&account.number)?, Page::Blocked)?;
        self.visitor.go_home()
    }

    fn pays_a_fee(&mut self) -> Result<()> {
        self.visitor.diary.note("— 5 business fees —");
        let due = some(self.showcase.fee_due())?;
        self.visitor.find_application(&due.number)?;
        let link = self.visitor.go_to_fees_code()?;
        self.visitor.pay_with_phone(&link)?;
        self.visitor.wait_until_posted()?;
        self.visitor.go_home()?;
        let refund = some(self.showcase.refund())?;
        self.visitor.find_application(&refund.number)?;
        self.visitor.open_details()?;
        self.visitor.go_home()
    }

    fn follows_applications(&mut self) -> Result<()> {
        self.visitor.diary.note("— 6 my application —");
        let ours = some(self.showcase.application(Move::Company, false))?;
        self.visitor.find_application(&ours.number)?;
        self.visitor.ask_call_back()?;
        self.visitor.go_home()?;
        let late = some(self.showcase.application(Move::Company, true))?;
        self.visitor.find_application_by_account(&late.account, &late.phone_last4)?;
        self.visitor.go_home()
    }

    fn reads_up(&mut self) -> Result<()> {
        self.visitor.diary.note("— 7 how to, 8 what is published —");
        self.visitor.read(["办事指南", "新装用电", "低压新装（居民）"])?;
        self.visitor.take_list_along("租户", "申请人身份证原件")?;
        self.visitor.go_home()?;
        self.visitor.reckon("居民生活用电（阶梯）", &["350"])?;
        self.visitor.go_home()?;
        self.visitor.open_outages()?;
        self.visitor.touch(Page::Areas, "城南")?;
        self.sees(Page::AreaOutages, "reads what is planned in the area", "area-outages")?;
        self.visitor.touch(Page::AreaOutages, "Back")?;
        self.visitor.wait_for(&[Page::Areas], SOON)?;
        let account = self.account(Situation::OwesThreeMonths)?;
        self.visitor.find_outages(&account.number)?;
        self.visitor.go_home()
    }

    fn takes_receipt_and_invoice(&mut self) -> Result<()> {
        self.visitor.diary.note("— 9 receipts and invoices —");
        let account = self.account(Situation::OwesThreeMonths)?;
        must_be(self.visitor.find_payments(&account.number, &account.phone_last4)?, Page::Payments)?;
        self.visitor.open_payment(0)?;
        self.visitor.take_receipt_again()?;
        let link = self.visitor.take_invoice()?;
        let (status, document) = self.visitor.phone.download(&link)?;
        if status != 200 || !document.starts_with(b"%PDF-") {
            return Err(Trouble::Phone(format!("the invoice does not come: {status}")));
        }
        self.visitor.diary.note(&format!("the phone has the e-invoice, {} bytes", document.len()));
        self.visitor.go_home()
    }

    fn calls_the_guide(&mut self) -> Result<()> {
        self.visitor.diary.note("— 10 the guide —");
        self.visitor.touch(Page::Home, "Ask for help")?;
        self.sees(Page::Help, "asks for help", "help")?;
        self.visitor.touch(Page::Help, "Call the guide")?;
        self.sees(Page::Called, "has called the guide", "called")?;
        self.visitor.diary.note(self.staff.does(&["calls"])?.trim());
        self.staff.does(&["calls", "take", "kiosk-1"])?;
        self.sees(Page::Coming, "somebody is on the way", "coming")?;
        self.staff.does(&["calls", "done", "kiosk-1"])?;
        self.visitor.wait_for(&[Page::Home], SOON).map(drop)
    }

    fn stands_still(&mut self) -> Result<()> {
        self.visitor.diary.note("— 11 nobody is there; out of service, and back by itself —");
        let (_, screen) = self.visitor.wait_for(&[Page::Attract], RESTS)?;
        self.visitor.diary.keep("nobody is there: a slide", "slide", &screen)?;
        let centre = (screen.width() / 2, screen.height() / 2);
        self.visitor.display.touch(centre.0, centre.1)?;
        self.visitor.wait_for(&[Page::Home], SOON)?;
        let (from, until) = (in_seconds(5), in_seconds(30));
        self.staff.does(&["suspend", "add", "--from", &from, "--until", &until, "--reason", "upgrade"])?;
        let (_, screen) = self.visitor.wait_for(&[Page::OutOfService], SUSPENDED)?;
        self.visitor.diary.keep(
            "out of service, with the reason and the return",
            "out-of-service",
            &screen,
        )?;
        let (_, screen) = self.visitor.wait_for(&[Page::Home], SUSPENDED)?;
        self.visitor.diary.keep("back by itself", "home-again", &screen)
    }
}

fn some(application: Option<&ShowApplication>) -> Result<ShowApplication> {
    application.cloned().ok_or_else(|| Trouble::Wrong("the showcase has no such application".to_owned()))
}

fn must_be(page: Page, wanted: Page) -> Result<()> {
    if page == wanted { Ok(()) } else { Err(Trouble::Wrong(format!("{page:?}, not {wanted:?}"))) }
}

/// So many seconds from now, as staff writes a time: Beijing's.
fn in_seconds(seconds: i64) -> String {
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    at.to_zoned_datetime(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)))
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}
