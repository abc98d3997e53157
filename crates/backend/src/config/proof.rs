//! How a person is proved, and the sandbox that writes codes to a file instead of sending them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::check::Checker;
use super::raw::{Proof, Sms};
use crate::proof::ProofSettings;

/// The words that let the sandbox out.
const LEAVE: &str = "I know that no phone gets a code";

impl Checker<'_> {
    pub(super) fn proof(&mut self, raw: &Proof) -> ProofSettings {
        let mut number =
            |key: &str, value, least, most| self.number(&format!("proof.{key}"), value, least, most);
        let settings = ProofSettings {
            last4: raw.last4,
            tries: number("tries", raw.tries, 1, 5),
            // Of ten thousand last fours, a day's guesses at one number find few.
            tries_per_hour: number("tries_per_hour", raw.tries_per_hour, 1, 20),
            code_seconds: number("code_seconds", raw.code_seconds, 60, 900),
            code_again_seconds: number("code_again_seconds", raw.code_again_seconds, 30, 600),
            codes_per_hour: number("codes_per_hour", raw.codes_per_hour, 1, 20),
            answer: Duration::from_millis(u64::from(number(
                "answer_milliseconds",
                raw.answer_milliseconds,
                0,
                5_000,
            ))),
        };
        if raw.tries_per_hour < raw.tries {
            let allowed = format!("at least proof.tries ({})", raw.tries);
            self.wrong("proof.tries_per_hour", raw.tries_per_hour, &allowed);
        }
        settings
    }

    /// The sandbox's file, where the hall sends codes at all.
    pub(super) fn sms(
        &mut self,
        raw: Option<Sms>,
        proof: &ProofSettings,
        listen: SocketAddr,
    ) -> Option<PathBuf> {
        let Some(raw) = raw else {
            if !proof.last4 {
                let allowed = "true, unless [sms] sends codes: else nobody can prove who they are";
                self.wrong("proof.last4", "false", allowed);
            }
            return None;
        };
        if raw.kind != "sandbox" {
            self.wrong("sms.kind", format!("\"{}\"", raw.kind), "\"sandbox\", the only kind so far");
        }
        let leave = raw.allow_sandbox_beyond_loopback.as_deref();
        if leave.is_some_and(|said| said != LEAVE) {
            let said = leave.unwrap_or_default();
            let allowed = format!("exactly \"{LEAVE}\", or nothing");
            self.wrong("sms.allow_sandbox_beyond_loopback", format!("\"{said}\""), &allowed);
        }
        if leave != Some(LEAVE) && !listen.ip().is_loopback() {
            let allowed = format!(
                "a loopback address while [sms] is a sandbox; it sends nothing and must not face customers. Remove \
                 [sms], keep server.listen on 127.0.0.1, or for a trial on your own network set \
                 sms.allow_sandbox_beyond_loopback = \"{LEAVE}\""
            );
            self.wrong("server.listen", listen, &allowed);
        }
        Some(self.folder.join(raw.file))
    }
}
