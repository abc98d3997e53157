//! What the sandbox needs to be told, and the check that keeps it off the open network unless that was asked for
//! by name: it must be impossible to take it for a real channel by accident.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use powerhall_faults::Plan;
use reqwest::Url;

use crate::faults::ChannelFault;

/// Which real channel it is like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The trade exists from the request on and can be closed.
    #[default]
    WechatLike,
    /// The trade exists from the scan on (opening the pay page), is unknown before, and cannot be closed.
    AlipayLike,
}

/// How a sandbox channel is set up. Make one with [`SandboxConfig::new`] and change what differs.
#[derive(Clone)]
pub struct SandboxConfig {
    /// The channel's id: 1 to 32 of `a-z`, `0-9`, `-`, `_`. Several sandboxes need different ids.
    pub id: String,
    /// The merchant number that it knows us by; comes back in every payment.
    pub merchant: String,
    /// Who is paid, as the phone shows it in Chinese.
    pub payee_zh: String,
    /// Who is paid, as the phone shows it in English.
    pub payee_en: String,
    /// Its book; made when missing. One file for each sandbox.
    pub data_file: PathBuf,
    /// What the phone opens: the code's text is `<public_base_url>/pay/<token>`. Short keeps the code small.
    pub public_base_url: String,
    /// Where notifications are posted.
    pub notify_url: String,
    /// The key of the notifications' signatures; at least 16 bytes, better 32 random ones.
    pub secret: String,
    /// How long a refund is on its way.
    pub refund_takes: Duration,
    /// The wait after the first notification that was not answered with 2xx; doubles from there.
    pub notify_first_retry: Duration,
    /// The longest wait between two tries.
    pub notify_max_retry: Duration,
    /// Which real channel it is like.
    pub mode: Mode,
    /// What goes wrong.
    pub faults: Plan<ChannelFault>,
    /// Leave to have addresses beyond loopback. Never set it where real customers are.
    pub allow_beyond_loopback: bool,
}

impl SandboxConfig {
    /// A sandbox with id `sandbox` and everyday settings.
    pub fn new(
        data_file: impl Into<PathBuf>,
        public_base_url: impl Into<String>,
        notify_url: impl Into<String>,
        merchant: impl Into<String>,
        secret: impl Into<String>,
    ) -> Self {
        Self {
            id: "sandbox".to_owned(),
            merchant: merchant.into(),
            payee_zh: "供电营业厅".to_owned(),
            payee_en: "Power supply hall".to_owned(),
            data_file: data_file.into(),
            public_base_url: public_base_url.into(),
            notify_url: notify_url.into(),
            secret: secret.into(),
            refund_takes: Duration::from_secs(2),
            notify_first_retry: Duration::from_secs(1),
            notify_max_retry: Duration::from_secs(300),
            mode: Mode::default(),
            faults: Plan::default(),
            allow_beyond_loopback: false,
        }
    }

    /// Everything that is not allowed.
    #[must_use]
    pub fn mistakes(&self) -> Vec<SandboxError> {
        let mut mistakes = Vec::new();
        let id_letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        if !(1..=32).contains(&self.id.len()) || !self.id.bytes().all(id_letters) {
            mistakes.push(invalid("id", &self.id, "1 to 32 of a-z, 0-9, - and _"));
        }
        for (key, value) in
            [("merchant", &self.merchant), ("payee_zh", &self.payee_zh), ("payee_en", &self.payee_en)]
        {
            if value.trim().is_empty() || value.chars().count() > 64 {
                mistakes.push(invalid(key, value, "1 to 64 characters"));
            }
        }
        if self.secret.len() < 16 {
            mistakes.push(invalid("secret", "(hidden)", "at least 16 bytes"));
        }
        if self.notify_first_retry.is_zero() || self.notify_first_retry > self.notify_max_retry {
            let value = format!("{:?}", self.notify_first_retry);
            mistakes.push(invalid("notify_first_retry", &value, "above zero and at most notify_max_retry"));
        }
        mistakes.extend(self.base().err());
        mistakes.extend(self.address("notify_url", &self.notify_url).err());
        mistakes
    }

    /// Checks every value; the first that is not allowed is named.
    pub(super) fn check(&self) -> Result<(), SandboxError> {
        self.mistakes().into_iter().next().map_or(Ok(()), Err)
    }

    fn base(&self) -> Result<(), SandboxError> {
        let base = self.address("public_base_url", &self.public_base_url)?;
        if base.query().is_some() || base.fragment().is_some() || self.public_base_url.ends_with('/') {
            let allowed = "no query, no fragment, no slash at the end";
            return Err(invalid("public_base_url", &self.public_base_url, allowed));
        }
        Ok(())
    }

    fn address(&self, key: &'static str, value: &str) -> Result<Url, SandboxError> {
        const ALLOWED: &str = "an http:// or https:// address";
        let url = Url::parse(value).map_err(|_| invalid(key, value, ALLOWED))?;
        let (true, Some(host)) = (matches!(url.scheme(), "http" | "https"), url.host_str()) else {
            return Err(invalid(key, value, ALLOWED));
        };
        if self.allow_beyond_loopback || is_loopback(host) {
            return Ok(url);
        }
        Err(SandboxError::BeyondLoopback { key, value: value.to_owned() })
    }
}

/// `Debug` without the secret.
impl fmt::Debug for SandboxConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxConfig")
            .field("id", &self.id)
            .field("merchant", &self.merchant)
            .field("data_file", &self.data_file)
            .field("public_base_url", &self.public_base_url)
            .field("notify_url", &self.notify_url)
            .field("allow_beyond_loopback", &self.allow_beyond_loopback)
            .finish_non_exhaustive()
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn invalid(key: &'static str, value: &str, allowed: &'static str) -> SandboxError {
    SandboxError::Invalid { key, value: value.to_owned(), allowed }
}

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A value is not allowed.
    #[error("sandbox: {key} = \"{value}\" is not allowed: expected {allowed}")]
    Invalid {
        /// Which setting.
        key: &'static str,
        /// What was given.
        value: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// An address beyond this machine, without leave.
    #[error(
        "sandbox: {key} = \"{value}\" is not loopback. The sandbox moves no money and must not face customers. \
         For a trial on your own network set allow_beyond_loopback = true"
    )]
    BeyondLoopback {
        /// Which setting.
        key: &'static str,
        /// What was given.
        value: String,
    },
    /// The file is the book of another sandbox.
    #[error(
        "sandbox: the book belongs to channel {channel}, merchant {merchant}; give each sandbox its own file"
    )]
    OtherBook {
        /// Whose it is.
        channel: String,
        /// And for which merchant.
        merchant: String,
    },
    /// The file cannot be made.
    #[error("sandbox: cannot make the book: {0}")]
    File(#[from] std::io::Error),
    /// The book cannot be opened or read.
    #[error("sandbox: the book fails: {0}")]
    Book(#[from] sqlx::Error),
    /// The book's schema cannot be brought up to date.
    #[error("sandbox: the book cannot be migrated: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// No HTTP client for the notifications.
    #[error("sandbox: no HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> SandboxConfig {
        SandboxConfig::new("x.db", "http://127.0.0.1:8081", "http://[::1]:8080/n", "M1", "sixteen bytes ok")
    }

    #[test]
    fn stays_on_loopback_unless_told_by_name() {
        config().check().expect("loopback is fine");
        let mut open = config();
        for far in ["http://192.168.1.2:8081", "https://pay.example", "http://127.0.0.1.example"] {
            open.public_base_url = far.to_owned();
            open.allow_beyond_loopback = false;
            let refused = open.check().expect_err(far);
            assert!(refused.to_string().contains("allow_beyond_loopback = true"), "{refused}");
            open.allow_beyond_loopback = true;
            open.check().expect(far);
        }
        let mut notify = config();
        notify.notify_url = "http://10.0.0.1/n".to_owned();
        assert!(matches!(notify.check(), Err(SandboxError::BeyondLoopback { key: "notify_url", .. })));
    }

    #[test]
    fn names_what_is_wrong_and_hides_the_secret() {
        type Change = fn(&mut SandboxConfig);
        let changes: [(&str, Change); 7] = [
            ("id", |c| c.id = "Sand Box".to_owned()),
            ("merchant", |c| c.merchant.clear()),
            ("payee_zh", |c| c.payee_zh = "长".repeat(65)),
            ("secret", |c| c.secret = "fifteen bytes..".to_owned()),
            ("public_base_url", |c| c.public_base_url.push('/')),
            ("public_base_url", |c| c.public_base_url = "ftp://127.0.0.1".to_owned()),
            ("notify_first_retry", |c| c.notify_first_retry = Duration::ZERO),
        ];
        for (key, change) in changes {
            let mut changed = config();
            change(&mut changed);
            let refused = changed.check().expect_err(key).to_string();
            assert!(refused.contains(key) && !refused.contains("fifteen"), "{refused}");
        }
        assert!(!format!("{:?}", config()).contains("sixteen"));
    }
}
