//! The pages of the kiosk as a visitor tells them apart: by their titles. Several scenes of the headless tests are
//! one page when they ask the same question.

/// A page, known by its title.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Page {
    /// What would you like to do?
    Home,
    /// What is your account number?
    FindAccount,
    /// Please check, then pay.
    Confirm,
    /// Nothing is owed.
    NothingOwed,
    /// How much would you like to pay?
    OtherAmount,
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
    /// The money goes back.
    Refunding,
    /// The money went back.
    Refunded,
    /// A person looks after it.
    Review,
    /// Which application?
    FindApplication,
    /// The list of applications.
    Applications,
    /// One application's timeline.
    Progress,
    /// Payment is closed.
    PaymentClosed,
    /// How it works.
    Help,
    /// What would make it easier?
    Ways,
    /// Are you still there?
    StillThere,
}

impl Page {
    /// The page that a scene of the headless tests belongs to.
    #[must_use]
    pub fn of_scene(name: &str) -> Option<Self> {
        const BEGINS: [(&str, Page); 22] = [
            ("home", Page::Home),
            ("find_account", Page::FindAccount),
            ("confirm_nothing_owed", Page::NothingOwed),
            ("confirm", Page::Confirm),
            ("other_amount", Page::OtherAmount),
            ("pay_opening", Page::Opening),
            ("pay_showing", Page::Showing),
            ("pay_closing", Page::Closing),
            ("pay_closed", Page::NothingTaken),
            ("pay_failed", Page::NothingTaken),
            ("finished_posting", Page::Posting),
            ("finished_posted", Page::Posted),
            ("finished_refunding", Page::Refunding),
            ("finished_refunded", Page::Refunded),
            ("finished_review", Page::Review),
            ("find_application", Page::FindApplication),
            ("applications", Page::Applications),
            ("progress", Page::Progress),
            ("payment_closed", Page::PaymentClosed),
            ("help", Page::Help),
            ("ways", Page::Ways),
            ("idle", Page::StillThere),
        ];
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
        assert_eq!(Page::of_scene("find_application_by_phone"), Some(Page::FindApplication));
        assert_eq!(Page::of_scene("pay_choose"), None);
        assert_eq!(Language::of_tag("zh_CN").map(Language::other), Some(Language::English));
    }
}
