//! The conformance suite's sheet for a stand-in with demo data.

use powerhall_billing::conformance::{Sheet, SheetAccounts, SheetApplication, SheetHolder};
use powerhall_billing::demo::{Showcase, Situation};

/// The test accounts of demo data. `None` when the showcase is not one.
#[must_use]
pub fn sheet(show: &Showcase) -> Option<Sheet> {
    let number = |situation| show.account(situation).map(|account| account.number.clone());
    let three = [Situation::FirstOfThree, Situation::SecondOfThree, Situation::ThirdOfThree];
    let holder = show.account(Situation::FirstOfThree)?;
    let applicant = show.account(Situation::HasApplications)?;
    Some(Sheet {
        accounts: SheetAccounts {
            owes: number(Situation::OwesThreeMonths)?,
            owes_nothing: number(Situation::OwesNothing)?,
            closed: number(Situation::Closed)?,
            in_outage: show.accounts.iter().find(|account| account.outages > 0)?.number.clone(),
            unknown: "5109999999999".to_owned(),
            prepaid: number(Situation::Prepaid),
            cut_off: number(Situation::CutOff),
        },
        holder: SheetHolder {
            phone: holder.phone.clone(),
            id_number: holder.id_number.clone()?,
            accounts: three.into_iter().map(number).collect::<Option<_>>()?,
            nobodys_phone: "15499999999".to_owned(),
        },
        application: SheetApplication {
            number: show.applications.first()?.number.clone(),
            unknown: "000000000000".to_owned(),
            account: applicant.number.clone(),
            phone_last4: applicant.phone_last4.clone(),
            fee_due: show.fee_due().map(|application| application.number.clone()),
        },
    })
}
