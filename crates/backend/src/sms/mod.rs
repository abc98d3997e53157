//! The port to text messages, through which a customer's phone gets a one-time code. The words of the message are the
//! operator's template, approved there; a port fills in the code and how long it lives.

mod sandbox;

use async_trait::async_trait;
use powerhall_api::Personal;
use powerhall_money::Outcome;

pub use sandbox::SandboxSms;

/// A one-time code on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeMessage {
    /// The mobile phone, 11 digits.
    pub phone: Personal,
    /// Six digits.
    pub code: Personal,
    /// Seconds until the code expires.
    pub seconds: u32,
}

/// An operator of text messages.
#[async_trait]
pub trait Sms: Send + Sync {
    /// Sends a code, once: a message that may have gone out is not sent again, the customer asks for another.
    /// `Definite`: the operator has taken it.
    async fn send_code(&self, message: &CodeMessage) -> Outcome<()>;

    /// Whether the operator answers at all. Asked before each code, and of no phone in particular: what a customer is told
    /// must not depend on whether there is anybody to send to.
    async fn ready(&self) -> bool;
}

/// A phone as logs may name it: `139****5678`.
#[must_use]
pub fn masked(phone: &Personal) -> String {
    let digits: Vec<char> = phone.reveal().chars().collect();
    let kept = |at: usize| digits.len() == 11 && !(3..7).contains(&at);
    digits.iter().enumerate().map(|(at, digit)| if kept(at) { *digit } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_phone_names_nobody() {
        assert_eq!(masked(&"13912345678".into()), "139****5678");
        assert_eq!(masked(&"5678".into()), "****");
    }
}
