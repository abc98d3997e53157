//! Which billing system: the embedded one in a file, or the utility's own behind the billing contract.

use std::path::{Path, PathBuf};
use std::time::Duration;

use powerhall_api::Personal;
use powerhall_billing::BillingFault;
use powerhall_billing::rest::{RestConfig, Url};
use powerhall_faults::{Plan, RawPlan};

use super::SandboxSection;
use super::check::Checker;
use super::raw::Billing;

/// The billing system.
#[derive(Clone, Debug)]
pub enum BillingSection {
    /// The embedded one.
    Embedded {
        /// Its SQLite file.
        file: PathBuf,
        /// What goes wrong in it.
        faults: Plan<BillingFault>,
    },
    /// The utility's own.
    Rest(RestConfig),
}

const KINDS: &str = "\"embedded\" (in a file, for trying out) or \"rest\" (the utility's own system)";
/// How long a connection to the utility's system may take.
const CONNECT_MS: i64 = 2_000;

impl Checker<'_> {
    /// `call` is the longest that the backend waits for any answer.
    pub(super) fn billing(
        &mut self,
        raw: Billing,
        call: Duration,
        sandboxes: &[SandboxSection],
    ) -> BillingSection {
        match raw.kind.as_str() {
            "rest" => self.rest(raw, call),
            "embedded" => self.embedded(raw, sandboxes),
            other => {
                self.wrong("billing.kind", format!("\"{other}\""), KINDS);
                self.embedded(raw, sandboxes)
            }
        }
    }

    fn embedded(&mut self, raw: Billing, sandboxes: &[SandboxSection]) -> BillingSection {
        let others = [
            ("url", raw.url.is_some()),
            ("secret_file", raw.secret_file.is_some()),
            ("root_ca", raw.root_ca.is_some()),
            ("connect_milliseconds", raw.connect_milliseconds.is_some()),
            ("answer_milliseconds", raw.answer_milliseconds.is_some()),
        ];
        for (key, _) in others.into_iter().filter(|(_, given)| *given) {
            self.wrong(&format!("billing.{key}"), "(given)", "nothing, or billing.kind = \"rest\"");
        }
        let file = raw.file.unwrap_or_else(|| {
            self.wrong("billing.file", "(missing)", "the file of the embedded billing system");
            PathBuf::new()
        });
        BillingSection::Embedded {
            file: self.folder.join(file),
            faults: self.billing_faults(raw.faults, sandboxes),
        }
    }

    /// The faults of billing, which only a backend without a way to real money may have.
    fn billing_faults(&mut self, raw: Option<RawPlan>, sandboxes: &[SandboxSection]) -> Plan<BillingFault> {
        let Some(raw) = raw else { return Plan::default() };
        if sandboxes.is_empty() {
            self.wrong(
                "billing.faults",
                "(a plan)",
                "nothing: the embedded billing system misbehaves on demand only beside a sandbox channel",
            );
        }
        self.plan("billing.faults", raw)
    }

    fn rest(&mut self, raw: Billing, call: Duration) -> BillingSection {
        if raw.faults.is_some() {
            let allowed = "nothing: only the embedded billing system misbehaves on demand";
            self.wrong("billing.faults", "(a plan)", allowed);
        }
        if let Some(file) = raw.file {
            self.wrong("billing.file", file.display(), "nothing, or billing.kind = \"embedded\"");
        }
        let call_ms = i64::try_from(call.as_millis()).unwrap_or(i64::MAX);
        let answer = raw.answer_milliseconds.unwrap_or(call_ms);
        if !(100..=call_ms).contains(&answer) {
            let allowed = format!("100 to what timings.call_seconds allows ({call_ms})");
            self.wrong("billing.answer_milliseconds", answer, &allowed);
        }
        let connect = raw.connect_milliseconds.unwrap_or_else(|| CONNECT_MS.min(answer));
        if !(50..=answer.max(50)).contains(&connect) {
            let allowed = format!("50 to billing.answer_milliseconds ({answer})");
            self.wrong("billing.connect_milliseconds", connect, &allowed);
        }
        let secret = self.billing_secret(raw.secret_file.as_deref());
        let root_ca = raw.root_ca.and_then(|file| self.root_ca(&file));
        let Some(url) = self.url(raw.url.as_deref()) else {
            // The mistake is noted: nothing starts with what stands here.
            return BillingSection::Embedded { file: PathBuf::new(), faults: Plan::default() };
        };
        BillingSection::Rest(RestConfig {
            url,
            secret,
            root_ca,
            connect: Duration::from_millis(connect.unsigned_abs()),
            answer: Duration::from_millis(answer.unsigned_abs()),
        })
    }

    fn url(&mut self, raw: Option<&str>) -> Option<Url> {
        const ALLOWED: &str =
            "an address without user, query or fragment: https://…, or http:// on this machine only";
        let parsed = raw.and_then(|text| text.parse::<Url>().ok()).filter(is_allowed);
        if parsed.is_none() {
            let value = raw.map_or_else(|| "(missing)".to_owned(), |text| format!("\"{text}\""));
            self.wrong("billing.url", value, ALLOWED);
        }
        parsed
    }

    fn billing_secret(&mut self, file: Option<&Path>) -> Personal {
        const KEY: &str = "billing.secret_file";
        let Some(file) = file else {
            self.wrong(KEY, "(missing)", "the file with the secret that the billing system knows us by");
            return Personal::default();
        };
        self.secret(KEY, file).unwrap_or_default()
    }

    fn root_ca(&mut self, file: &Path) -> Option<Vec<u8>> {
        let path = self.folder.join(file);
        match std::fs::read(&path) {
            Ok(pem) if RestConfig::is_root(&pem) => return Some(pem),
            Ok(_) => self.wrong("billing.root_ca", path.display(), "a file of PEM certificates"),
            Err(error) => {
                let allowed = format!("a file of PEM certificates ({error})");
                self.wrong("billing.root_ca", path.display(), &allowed);
            }
        }
        None
    }
}

/// The secret opens every account: it crosses a network only encrypted.
fn is_allowed(url: &Url) -> bool {
    let here = match url.host_str() {
        Some("localhost" | "127.0.0.1" | "[::1]") => true,
        Some(_) | None => false,
    };
    let plain = url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    url.has_host() && plain && anonymous && (url.scheme() == "https" || (url.scheme() == "http" && here))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::super::BackendConfig;
    use super::*;

    fn load(folder: &Path, billing: &str) -> Result<BackendConfig, String> {
        let text = format!("[store]\nfile = \"b.db\"\n[billing]\n{billing}[hall]\nfolder = \"hall\"\n");
        let file = folder.join("backend.toml");
        std::fs::write(&file, text).expect("writes");
        BackendConfig::load(&file).map_err(|error| error.to_string())
    }

    fn secret(folder: &Path, text: &str, mode: u32) {
        let file = folder.join("billing.secret");
        std::fs::write(&file, text).expect("writes");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("changes");
    }

    const REST: &str =
        "kind = \"rest\"\nurl = \"https://billing.example/powerhall\"\nsecret_file = \"billing.secret\"\n";

    #[test]
    fn the_utilitys_own_system_is_named_by_address_and_secret() {
        let folder = tempfile::tempdir().expect("a folder");
        secret(folder.path(), "0123456789abcdef\n", 0o600);
        let config = load(folder.path(), REST).expect("complete");
        let BillingSection::Rest(rest) = config.billing else { panic!("{:?}", config.billing) };
        assert_eq!(rest.url.as_str(), "https://billing.example/powerhall");
        assert_eq!(rest.secret.reveal(), "0123456789abcdef");
        assert_eq!((rest.connect, rest.answer), (Duration::from_secs(2), Duration::from_secs(5)));
    }

    #[test]
    fn every_mistake_is_explained() {
        let folder = tempfile::tempdir().expect("a folder");
        secret(folder.path(), "0123456789abcdef\n", 0o600);
        for (billing, key, allowed) in [
            ("kind = \"soap\"\nfile = \"u.db\"\n".to_owned(), "billing.kind", "\"rest\""),
            ("kind = \"embedded\"\n".to_owned(), "billing.file", "the file of"),
            ("file = \"u.db\"\nurl = \"https://x\"\n".to_owned(), "billing.url", "nothing"),
            (REST.replace("https://", "http://"), "billing.url", "on this machine only"),
            (REST.replace("https://", "https://user:pw@"), "billing.url", "without user"),
            (REST.replace("/powerhall", "?a=b"), "billing.url", "query"),
            (REST.replace("url", "# url"), "billing.url", "https://"),
            (REST.replace("billing.secret", "nowhere"), "billing.secret_file", "can be read"),
            (REST.replace("secret_file", "# secret_file"), "billing.secret_file", "knows us by"),
            (format!("{REST}file = \"u.db\"\n"), "billing.file", "embedded"),
            (
                format!("{REST}answer_milliseconds = 5001\n"),
                "billing.answer_milliseconds",
                "timings.call_seconds",
            ),
            (format!("{REST}connect_milliseconds = 20000\n"), "billing.connect_milliseconds", "50 to"),
            (format!("{REST}root_ca = \"billing.secret\"\n"), "billing.root_ca", "PEM"),
            (format!("{REST}[billing.faults.per_mille]\nslow = 1\n"), "billing.faults", "only the embedded"),
        ] {
            let error = load(folder.path(), &billing).expect_err(key);
            assert!(error.contains(key) && error.contains(allowed), "{billing}\n{error}");
        }
    }
}
