//! What makes a notification believable: its body, its signature (HMAC-SHA-256 over time stamp, nonce and body),
//! and the check on our side. Also the random names, because guessing one must not be possible either.

use hmac::digest::InvalidLength;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use powerhall_money::Fen;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::SandboxConfig;
use super::book::TradeRow;
use crate::port::{ForgedNotification, Notification, Payment};

/// Unix seconds at which the notification was sent.
pub const TIMESTAMP_HEADER: &str = "x-sandbox-timestamp";
/// A fresh random text for each try.
pub const NONCE_HEADER: &str = "x-sandbox-nonce";
/// Lower-case hex of the HMAC-SHA-256 over `timestamp "\n" nonce "\n" body`.
pub const SIGNATURE_HEADER: &str = "x-sandbox-signature";

/// A notification older, or further in the future, is refused.
const MAX_AGE_SECONDS: u64 = 300;
/// Bodies are far smaller.
const MAX_BODY: usize = 16 * 1024;
const PAID: &str = "payment.paid";
/// The only currency here.
pub(super) const CURRENCY: &str = "CNY";

/// Signs and verifies with one key.
pub(super) struct Seal {
    keyed: Hmac<Sha256>,
}

impl Seal {
    pub(super) fn new(key: &[u8]) -> Result<Self, InvalidLength> {
        Hmac::new_from_slice(key).map(|keyed| Self { keyed })
    }

    fn over(&self, timestamp: &str, nonce: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        for part in [timestamp.as_bytes(), b"\n", nonce.as_bytes(), b"\n", body] {
            mac.update(part);
        }
        mac
    }

    /// The signature, in hex.
    pub(super) fn sign(&self, timestamp: &str, nonce: &str, body: &[u8]) -> String {
        hex(&self.over(timestamp, nonce, body).finalize().into_bytes())
    }

    /// Verifies in constant time, then reads.
    pub(super) fn open(
        &self,
        config: &SandboxConfig,
        headers: &[(String, String)],
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notification, ForgedNotification> {
        if body.len() > MAX_BODY {
            return Err(forged("the body is too large"));
        }
        let timestamp = only(headers, TIMESTAMP_HEADER)?;
        let nonce = only(headers, NONCE_HEADER)?;
        let signature =
            unhex(only(headers, SIGNATURE_HEADER)?).ok_or_else(|| forged("the signature is not hex"))?;
        self.over(timestamp, nonce, body)
            .verify_slice(&signature)
            .map_err(|_| forged("the signature does not fit"))?;
        let sent: i64 = timestamp.parse().map_err(|_| forged("the time stamp is not a number"))?;
        if now.as_second().abs_diff(sent) >= MAX_AGE_SECONDS {
            return Err(forged("too old, or from the future"));
        }
        let body: Body = serde_json::from_slice(body).map_err(|_| forged("the body cannot be read"))?;
        if body.event != PAID || body.channel != config.id {
            return Err(forged("not an event of this channel"));
        }
        Ok(body.into_notification())
    }
}

fn forged(why: &str) -> ForgedNotification {
    ForgedNotification(why.to_owned())
}

/// The value of a header that must be there exactly once.
fn only<'a>(headers: &'a [(String, String)], name: &str) -> Result<&'a str, ForgedNotification> {
    let mut values = headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Ok(value),
        (None, _) => Err(ForgedNotification(format!("{name} is missing"))),
        (Some(_), Some(_)) => Err(ForgedNotification(format!("{name} is there twice"))),
    }
}

/// The notification's body.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Body {
    event_id: String,
    event: String,
    channel: String,
    merchant: String,
    number: String,
    transaction: String,
    amount_fen: Fen,
    currency: String,
    paid_at: Timestamp,
}

impl Body {
    pub(super) fn paid(event_id: &str, config: &SandboxConfig, trade: &TradeRow, payment: &Payment) -> Self {
        Self {
            event_id: event_id.to_owned(),
            event: PAID.to_owned(),
            channel: config.id.clone(),
            merchant: payment.merchant.clone(),
            number: trade.number.clone(),
            transaction: payment.transaction.clone(),
            amount_fen: payment.amount,
            currency: payment.currency.clone(),
            paid_at: payment.at,
        }
    }

    pub(super) fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    fn into_notification(self) -> Notification {
        Notification {
            event_id: self.event_id,
            number: self.number,
            payment: Payment {
                transaction: self.transaction,
                amount: self.amount_fen,
                currency: self.currency,
                merchant: self.merchant,
                at: self.paid_at,
            },
        }
    }
}

/// 26 random characters of Crockford's base 32: 130 bits. Capitals and digits only, because a QR code packs those
/// into 5.5 bits each.
pub(super) fn unguessable() -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let random: [u8; 26] = rand::random();
    random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// The channel's own number of a payment or refund: time in Beijing and ten random digits.
pub(super) fn transaction_number(now: Timestamp) -> String {
    let time = now.to_zoned_datetime(beijing()).strftime("%Y%m%d%H%M%S").to_string();
    format!("SBX{time}{:010}", rand::random_range(0..10_000_000_000_u64))
}

/// UTC+8 without daylight saving: the day of the books.
pub(super) fn beijing() -> TimeZone {
    TimeZone::fixed(offset(8))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2 (the key `Jefe`), with our separators inside the message.
    #[test]
    fn signs_as_hmac_sha_256_does() {
        let mut mac = Seal::new(b"Jefe").expect("every length").keyed;
        mac.update(b"what do ya want for nothing?");
        assert_eq!(
            hex(&mac.finalize().into_bytes()),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn names_cannot_be_guessed_and_fit_a_small_code() {
        let names: std::collections::HashSet<String> = (0..1000).map(|_| unguessable()).collect();
        assert_eq!(names.len(), 1000);
        assert!(
            names
                .iter()
                .all(|n| n.len() == 26 && n.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()))
        );
    }

    #[test]
    fn reads_hex_back() {
        assert_eq!(unhex("00ffa5"), Some(vec![0, 255, 0xa5]));
        assert_eq!(unhex("0"), None);
        assert_eq!(unhex("0g"), None);
        assert_eq!(unhex("é0"), None);
    }
}
