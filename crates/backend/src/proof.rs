//! Whoever comes with a phone or an identity number proves by a second factor that it is theirs, before anything is shown.
//! What somebody may learn on the way does not depend on whether the number is on file: a look-up asks billing nothing,
//! every try asks it the same, limits count what was typed, and answers take one time ([`ProofSettings::answer`]).

use std::time::Duration;

use powerhall_api::{Personal, ProofRequest, ProofWay};
use powerhall_billing::port::{Holder, Holding, Holdings};
use powerhall_money::Moment;
use subtle::{Choice, ConstantTimeEq};

use crate::quota::Quota;

/// Digits of a one-time code.
const CODE_DIGITS: usize = 6;
/// The most phones that one identity number's codes go to: a person has few, and each message costs.
const PHONES: usize = 3;

/// How a person is proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofSettings {
    /// Whether the last four characters of the other number are a proof here.
    pub last4: bool,
    /// Proofs that one look-up may try.
    pub tries: u32,
    /// Proofs that may be tried at one number in any hour, at all kiosks together.
    pub tries_per_hour: u32,
    /// How long a code can be used.
    pub code_seconds: u32,
    /// How long another code for the same number must wait.
    pub code_again_seconds: u32,
    /// Codes for one number, and to one phone, in any hour.
    pub codes_per_hour: u32,
    /// The least time that an answer takes, above what billing usually needs: it then tells nothing.
    pub answer: Duration,
}

impl Default for ProofSettings {
    fn default() -> Self {
        Self {
            last4: true,
            tries: 3,
            tries_per_hour: 10,
            code_seconds: 300,
            code_again_seconds: 60,
            codes_per_hour: 5,
            answer: Duration::from_millis(300),
        }
    }
}

impl ProofSettings {
    /// The ways that are open to whoever looks up `by`.
    #[must_use]
    pub fn ways(&self, by: &Holder, sends_codes: bool) -> Vec<ProofWay> {
        let other = match by {
            Holder::Phone(_) => ProofWay::IdLast4,
            Holder::IdNumber(_) => ProofWay::PhoneLast4,
        };
        let last4 = self.last4.then_some(other);
        last4.into_iter().chain(sends_codes.then_some(ProofWay::Code)).collect()
    }
}

/// What holds for a number, whichever look-ups and kiosks it is tried at.
#[derive(Debug)]
pub struct ProofLimits {
    /// Tries, by the number that was typed.
    pub tries: Quota,
    /// Codes that were asked for, by the number that was typed.
    pub codes: Quota,
    /// Codes that were sent, by phone. Beyond it nothing is sent and nothing is said: a refusal would tell whose phone it
    /// is to somebody who asks by an identity number.
    pub sent: Quota,
}

impl ProofLimits {
    /// The limits of a hall.
    #[must_use]
    pub fn new(settings: &ProofSettings) -> Self {
        Self {
            tries: Quota::new(settings.tries_per_hour, 0),
            codes: Quota::new(settings.codes_per_hour, settings.code_again_seconds),
            sent: Quota::new(settings.codes_per_hour, 0),
        }
    }
}

/// Somebody who has looked up a number and proved nothing yet. Kept in memory only.
#[derive(Clone, Debug)]
pub struct Seeker {
    /// What was typed.
    pub by: Holder,
    /// How often they may try.
    pub tries_left: u32,
    /// The codes that hold for them, one for each phone on file.
    codes: Vec<Issued>,
}

/// A code that was sent.
#[derive(Clone, Debug)]
struct Issued {
    phone: Personal,
    code: Personal,
    until: Moment,
}

impl Seeker {
    /// Somebody who has just come.
    #[must_use]
    pub const fn new(by: Holder, tries: u32) -> Self {
        Self { by, tries_left: tries, codes: Vec::new() }
    }

    /// The number that was typed.
    #[must_use]
    pub const fn number(&self) -> &Personal {
        match &self.by {
            Holder::Phone(number) | Holder::IdNumber(number) => number,
        }
    }

    /// Takes a try, if there is one left.
    pub const fn take_try(&mut self) -> bool {
        match self.tries_left.checked_sub(1) {
            Some(left) => {
                self.tries_left = left;
                true
            }
            None => false,
        }
    }

    /// Makes a new code for each phone on file, in place of whatever codes there were. Each opens the accounts of its own
    /// phone only: of two phones under one identity number, one may be a tenant's.
    pub fn issue(&mut self, holdings: &Holdings, until: Moment) -> Vec<(Personal, Personal)> {
        let mut phones: Vec<&Personal> = Vec::new();
        for holding in &holdings.accounts {
            if !phones.contains(&&holding.phone) && phones.len() < PHONES {
                phones.push(&holding.phone);
            }
        }
        self.codes = phones
            .into_iter()
            .map(|phone| Issued { phone: phone.clone(), code: new_code(), until })
            .collect();
        self.codes.iter().map(|issued| (issued.phone.clone(), issued.code.clone())).collect()
    }

    /// The accounts that a proof opens at `now`. Looks at all of them in the same way, whichever fits.
    #[must_use]
    pub fn proven(&self, proof: &ProofRequest, holdings: Holdings, now: Moment) -> Vec<Holding> {
        let fits = |holding: &Holding| match proof {
            ProofRequest::IdLast4 { id_last4 } => {
                holding.id_last4.as_ref().map_or(Choice::from(0), |on_file| same(on_file, id_last4))
            }
            ProofRequest::PhoneLast4 { phone_last4 } => fits_last4(&holding.phone, phone_last4),
            ProofRequest::Code { code } => self
                .codes
                .iter()
                .map(|issued| {
                    let alive = Choice::from(u8::from(issued.until > now));
                    alive & same(&issued.phone, &holding.phone) & same(&issued.code, code)
                })
                .fold(Choice::from(0), |any, one| any | one),
        };
        holdings.accounts.into_iter().filter(|holding| fits(holding).into()).collect()
    }
}

/// Whether these are the last four digits of a phone on file.
#[must_use]
pub fn last4_fits(phone: &Personal, last4: &Personal) -> bool {
    fits_last4(phone, last4).into()
}

fn fits_last4(phone: &Personal, typed: &Personal) -> Choice {
    let phone = phone.reveal();
    same(&Personal::from(phone.get(phone.len().saturating_sub(4)..).unwrap_or_default()), typed)
}

fn same(one: &Personal, other: &Personal) -> Choice {
    one.reveal().as_bytes().ct_eq(other.reveal().as_bytes())
}

fn new_code() -> Personal {
    Personal::new(format!("{:0CODE_DIGITS$}", rand::random_range(0..1_000_000_u32)))
}

#[cfg(test)]
mod tests {
    use powerhall_api::Account;
    use powerhall_billing::port::{AccountId, AccountRecord};

    use super::*;

    fn holding(number: &str, phone: &str, id_last4: Option<&str>) -> Holding {
        let public = Account {
            name_masked: "张*".into(),
            address_masked: "解放路**号".into(),
            account_masked: "510*******001".into(),
            category: Default::default(),
        };
        Holding {
            account: AccountRecord { id: AccountId(number.to_owned()), public },
            phone: phone.into(),
            id_last4: id_last4.map(Personal::from),
        }
    }

    fn two_phones() -> Holdings {
        let accounts = vec![
            holding("1", "15400000001", Some("002X")),
            holding("2", "15400000002", Some("002X")),
            holding("3", "15400000001", None),
        ];
        Holdings { accounts, more: false }
    }

    fn opened(seeker: &Seeker, proof: &ProofRequest, now: Moment) -> Vec<String> {
        seeker.proven(proof, two_phones(), now).into_iter().map(|holding| holding.account.id.0).collect()
    }

    #[test]
    fn a_code_opens_the_accounts_of_its_own_phone_until_it_expires() {
        let mut seeker = Seeker::new(Holder::IdNumber("11010519491231002X".into()), 3);
        let first = seeker.issue(&two_phones(), Moment(1000));
        let sent = seeker.issue(&two_phones(), Moment(1000));
        assert_eq!(
            sent.iter().map(|(phone, _)| phone.reveal().as_str()).collect::<Vec<_>>(),
            ["15400000001", "15400000002"]
        );
        let proof = |code: &Personal| ProofRequest::Code { code: code.clone() };
        assert_eq!(opened(&seeker, &proof(&sent[1].1), Moment(999)), ["2"]);
        assert_eq!(opened(&seeker, &proof(&sent[0].1), Moment(999)), ["1", "3"]);
        assert!(opened(&seeker, &proof(&sent[0].1), Moment(1000)).is_empty(), "expired");
        if first[0].1 != sent[0].1 && first[0].1 != sent[1].1 {
            assert!(opened(&seeker, &proof(&first[0].1), Moment(0)).is_empty(), "another has come");
        }
        assert!(seeker.issue(&Holdings::default(), Moment(1000)).is_empty());
    }

    #[test]
    fn four_characters_open_what_they_fit() {
        let seeker = Seeker::new(Holder::Phone("15400000001".into()), 3);
        let id = |last4: &str| ProofRequest::IdLast4 { id_last4: last4.into() };
        assert_eq!(opened(&seeker, &id("002X"), Moment(0)), ["1", "2"], "a company has no identity number");
        assert!(opened(&seeker, &id("0021"), Moment(0)).is_empty());
        let phone = |last4: &str| ProofRequest::PhoneLast4 { phone_last4: last4.into() };
        assert_eq!(opened(&seeker, &phone("0002"), Moment(0)), ["2"]);
        assert!(opened(&seeker, &phone("0003"), Moment(0)).is_empty());
        let none = ProofRequest::Code { code: "".into() };
        assert!(opened(&seeker, &none, Moment(0)).is_empty(), "no code was sent");
    }

    #[test]
    fn tries_are_counted() {
        let mut seeker = Seeker::new(Holder::Phone("15400000001".into()), 2);
        assert_eq!([(); 3].map(|()| seeker.take_try()), [true, true, false]);
    }

    #[test]
    fn codes_have_six_digits() {
        for _ in 0..100 {
            let code = new_code();
            assert!(code.reveal().len() == 6 && code.reveal().bytes().all(|b| b.is_ascii_digit()));
        }
    }
}
