//! The pages of the kiosk as a visitor tells them apart: by their titles, and under one title by their controls. Several
//! scenes of the headless tests are one page when they ask the same question.

/// A page. Where not all of one fits at once, its parts are pages of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Page {
    /// What would you like to do?
    Home,
    /// What is your account number?
    FindAccount,
    /// Please confirm that it is you.
    Prove,
    /// The same, before a code is sent.
    SendCode,
    /// Which account, of those that the proof has opened?
    Accounts,
    /// Where do I find my number?
    NoNumber,
    /// Please check, then pay.
    Confirm,
    /// Which accounts, where there are several.
    Basket,
    /// How much shall the meter get?
    Recharge,
    /// The meter cannot be recharged now.
    Blocked,
    /// The months of [`Self::Confirm`], as a part of its own.
    Months,
    /// Nothing is owed.
    NothingOwed,
    /// The months billed.
    Bills,
    /// The year's tier and chart, as a part of [`Self::Bills`].
    Year,
    /// One bill, line by line.
    Bill,
    /// How much would you like to pay?
    OtherAmount,
    /// Which wallet, where there are several channels.
    Channels,
    /// The code is being made.
    Opening,
    /// The code.
    Showing,
    /// The code is being closed.
    Closing,
    /// No money was taken.
    NothingTaken,
    /// Paid, being put on the account.
    Posting,
    /// Paid and on the account.
    Posted,
    /// Paid, and the supply is back.
    Reconnected,
    /// Paid, but the supply is not back yet.
    NotReconnected,
    /// Paid, and at the meter.
    Recharged,
    /// Paid, but the meter has not taken it.
    NotRecharged,
    /// The money goes back.
    Refunding,
    /// The money went back.
    Refunded,
    /// A person looks after it.
    Review,
    /// What was paid, with the receipt's code: a part of any page that says what became of the money.
    Receipt,
    /// Which application?
    FindApplication,
    /// The list of applications.
    Applications,
    /// Where one application stands, with its timeline where there is room.
    Progress,
    /// The timeline of [`Self::Progress`], as a part of its own.
    Steps,
    /// What else there is to know of an application.
    Details,
    /// The fees that are due on an application.
    Fees,
    /// Shall somebody ring?
    CallBack,
    /// Somebody will.
    CalledBack,
    /// Whose bills?
    FindBills,
    /// Whose receipts and invoices?
    FindPayments,
    /// What was paid.
    Payments,
    /// One payment.
    Payment,
    /// What of it to take along?
    Taking,
    /// Its receipt again, as a code.
    ReceiptAgain,
    /// Its e-invoice, as a code.
    InvoiceCode,
    /// What is published, in groups: which one?
    Groups,
    /// The sheets of a group.
    Sheets,
    /// Something to read.
    Sheet,
    /// Who applies, for what is to be brought?
    Applicants,
    /// What is to be brought.
    Checklist,
    /// That as a code, as a part of [`Self::Checklist`].
    ChecklistCode,
    /// Of which tariff is it to be reckoned?
    Tariffs,
    /// How much does a month use?
    Quantity,
    /// What a month would cost.
    Estimate,
    /// Where outages are planned.
    Areas,
    /// What is planned in an area.
    AreaOutages,
    /// Of which account?
    OutagesAccount,
    /// What is planned for an account, or that nothing is.
    AccountOutages,
    /// What is shown while nobody is there.
    Attract,
    /// The machine is suspended.
    OutOfService,
    /// Payment is closed.
    PaymentClosed,
    /// How it works.
    Help,
    /// The guide is being called.
    Calling,
    /// The guide has been called.
    Called,
    /// Somebody is on the way.
    Coming,
    /// The guide cannot be called from here.
    NotReached,
    /// What would make it easier?
    Ways,
    /// Are you still there?
    StillThere,
}

impl Page {
    /// The page that a scene of the headless tests belongs to; of a part, named as `scene/part`, the part's.
    #[must_use]
    pub fn of_scene(name: &str) -> Option<Self> {
        const BEGINS: &[(&str, Page)] = &[
            ("home", Page::Home),
            ("find_account", Page::FindAccount),
            ("prove_code_", Page::Prove),
            ("prove_code", Page::SendCode),
            ("prove", Page::Prove),
            ("accounts", Page::Accounts),
            ("no_number", Page::NoNumber),
            ("confirm_nothing_owed", Page::NothingOwed),
            ("confirm", Page::Confirm),
            ("basket", Page::Basket),
            ("recharge_blocked", Page::Blocked),
            ("recharge", Page::Recharge),
            ("bills", Page::Bills),
            ("bill", Page::Bill),
            ("other_amount", Page::OtherAmount),
            ("pay_choose", Page::Channels),
            ("pay_opening", Page::Opening),
            ("pay_showing", Page::Showing),
            ("pay_closing", Page::Closing),
            ("pay_closed", Page::NothingTaken),
            ("pay_failed", Page::NothingTaken),
            ("finished_posting", Page::Posting),
            ("finished_posted", Page::Posted),
            ("finished_reconnected", Page::Reconnected),
            ("finished_reconnect_failed", Page::NotReconnected),
            ("finished_reconnect_short", Page::NotReconnected),
            ("finished_recharged", Page::Recharged),
            ("finished_recharge_failed", Page::NotRecharged),
            ("finished_refunding", Page::Refunding),
            ("finished_refunded", Page::Refunded),
            ("finished_review", Page::Review),
            ("find_application", Page::FindApplication),
            ("applications", Page::Applications),
            ("application", Page::Details),
            ("progress", Page::Progress),
            ("fees", Page::Fees),
            ("call_back_asked", Page::CalledBack),
            ("call_back", Page::CallBack),
            ("entries_groups", Page::Groups),
            ("entries_sheets", Page::Sheets),
            ("sheet", Page::Sheet),
            ("applicants", Page::Applicants),
            ("checklist", Page::Checklist),
            ("calculator_tariffs", Page::Tariffs),
            ("calculator", Page::Quantity),
            ("estimate", Page::Estimate),
            ("outages_areas", Page::Areas),
            ("outages_of_area", Page::AreaOutages),
            ("outages_account", Page::OutagesAccount),
            ("outages_of_account", Page::AccountOutages),
            ("attract", Page::Attract),
            ("out_of_service", Page::OutOfService),
            ("payment_closed", Page::PaymentClosed),
            ("find_bills", Page::FindBills),
            ("find_payments", Page::FindPayments),
            ("payments", Page::Payments),
            ("payment_choose", Page::Taking),
            ("payment", Page::Payment),
            ("receipt_again", Page::ReceiptAgain),
            ("invoice", Page::InvoiceCode),
            ("help", Page::Help),
            ("call_calling", Page::Calling),
            ("call_called", Page::Called),
            ("call_taken", Page::Coming),
            ("call_unreachable", Page::NotReached),
            ("ways", Page::Ways),
            ("idle", Page::StillThere),
        ];
        const PARTS: [(&str, Page); 5] = [
            ("months", Page::Months),
            ("receipt", Page::Receipt),
            ("steps", Page::Steps),
            ("year", Page::Year),
            ("code", Page::ChecklistCode),
        ];
        if let Some((_, part)) = name.split_once('/') {
            return PARTS.iter().find(|(known, _)| *known == part).map(|&(_, page)| page);
        }
        BEGINS.iter().find(|(begin, _)| name.starts_with(begin)).map(|&(_, page)| page)
    }
}

/// A language of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// 中文.
    Chinese,
    /// English.
    English,
}

impl Language {
    /// By its tag: `zh`, `zh_CN`, `en`.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag.get(..2)? {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// Its tag in the kiosk's configuration.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh_CN",
            Self::English => "en",
        }
    }

    /// Its name in itself, as the header's button for it says.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chinese => "中文",
            Self::English => "English",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenes_belong_to_pages() {
        assert_eq!(Page::of_scene("confirm_nothing_owed"), Some(Page::NothingOwed));
        assert_eq!(Page::of_scene("confirm_some"), Some(Page::Confirm));
        assert_eq!(Page::of_scene("applications"), Some(Page::Applications));
        assert_eq!(Page::of_scene("application_worst"), Some(Page::Details));
        assert_eq!(Page::of_scene("call_back_asked"), Some(Page::CalledBack));
        assert_eq!(Page::of_scene("find_application_several"), Some(Page::FindApplication));
        assert_eq!(Page::of_scene("finished_posting/receipt"), Some(Page::Receipt));
        assert_eq!(Page::of_scene("finished_posting/gift"), None);
        assert_eq!(Page::of_scene("languages"), None);
        assert_eq!(Language::of_tag("zh_CN").map(Language::other), Some(Language::English));
    }
}
