//! The payment channels of the configuration, and the plans of faults: they belong to the sandbox and to the embedded
//! billing system beside it (`billing`), and are refused wherever real money could be.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use powerhall_channel::sandbox::{Mode, SandboxConfig, SandboxError};
use powerhall_faults::{Fault, Plan, RawPlan};

use super::SandboxSection;
use super::check::Checker;
use super::raw::Channel;
use crate::desk::opaque;

/// The words that let the sandbox out.
const LEAVE: &str = "I know that no money moves";
/// The only kind so far.
const SANDBOX: &str = "sandbox";

impl Checker<'_> {
    /// The channels in the order of their ids.
    pub(super) fn channels(
        &mut self,
        raw: BTreeMap<String, Channel>,
        listen: SocketAddr,
    ) -> Vec<SandboxSection> {
        let mut files = BTreeSet::new();
        let mut sandboxes = Vec::new();
        for (id, channel) in raw {
            let key = |what: &str| format!("channel.{id}.{what}");
            if channel.kind != SANDBOX {
                self.wrong(
                    &key("kind"),
                    format!("\"{}\"", channel.kind),
                    "\"sandbox\", the only kind so far",
                );
                if channel.faults.is_some() {
                    self.wrong(&key("faults"), "(a plan)", "nothing: only a sandbox misbehaves on demand");
                }
                continue;
            }
            if !files.insert(channel.file.clone()) {
                self.wrong(&key("file"), channel.file.display(), "a file of its own for each sandbox");
            }
            let sandbox = self.sandbox(&id, channel);
            if !sandbox.beyond_loopback && !listen.ip().is_loopback() {
                self.wrong("server.listen", listen, &beyond(&id, "server.listen"));
            }
            sandboxes.push(sandbox);
        }
        sandboxes
    }

    pub(super) fn plan<F: Fault>(&mut self, key: &str, raw: RawPlan) -> Plan<F> {
        raw.check(self.folder).unwrap_or_else(|mistakes| {
            for wrong in mistakes {
                self.wrong(&format!("{key}.{}", wrong.key), wrong.value, &wrong.allowed);
            }
            Plan::default()
        })
    }

    fn sandbox(&mut self, id: &str, raw: Channel) -> SandboxSection {
        let key = |what: &str| format!("channel.{id}.{what}");
        let listen = self.address(&key("listen"), &raw.listen);
        let mode = match raw.mode.as_str() {
            "wechat_like" => Mode::WechatLike,
            "alipay_like" => Mode::AlipayLike,
            other => {
                self.wrong(&key("mode"), format!("\"{other}\""), "\"wechat_like\" or \"alipay_like\"");
                Mode::default()
            }
        };
        let leave = raw.allow_sandbox_beyond_loopback.as_deref();
        if let Some(said) = leave
            && said != LEAVE
        {
            self.wrong(
                &key("allow_sandbox_beyond_loopback"),
                format!("\"{said}\""),
                &format!("exactly \"{LEAVE}\", or nothing"),
            );
        }
        let beyond_loopback = leave == Some(LEAVE);
        if !beyond_loopback && !listen.ip().is_loopback() {
            self.wrong(&key("listen"), listen, &beyond(id, &key("listen")));
        }
        let faults = raw.faults.map(|raw| self.plan(&key("faults"), raw)).unwrap_or_default();
        let (name_zh, name_en) = match mode {
            Mode::WechatLike => ("模拟支付（不动用真实资金）", "Sandbox (no money moves)"),
            Mode::AlipayLike => ("模拟支付乙（不动用真实资金）", "Sandbox B (no money moves)"),
        };
        let section = SandboxSection {
            id: id.to_owned(),
            mode,
            faults,
            name_zh: raw.name_zh.unwrap_or_else(|| name_zh.to_owned()),
            name_en: raw.name_en.unwrap_or_else(|| name_en.to_owned()),
            listen,
            public_url: raw.public_url,
            file: self.folder.join(raw.file),
            merchant: raw.merchant,
            payee_zh: raw.payee_zh,
            payee_en: raw.payee_en,
            beyond_loopback,
        };
        self.would_start(&section);
        section
    }

    /// What the sandbox itself refuses. The addresses that are made of others are looked at where those stand.
    fn would_start(&mut self, section: &SandboxSection) {
        const HERE: &str = "http://127.0.0.1";
        let base = section.public_url.clone().unwrap_or_else(|| HERE.to_owned());
        let (merchant, secret) = (section.merchant.clone(), opaque());
        let config = SandboxConfig {
            id: section.id.clone(),
            payee_zh: section.payee_zh.clone(),
            payee_en: section.payee_en.clone(),
            allow_beyond_loopback: section.beyond_loopback,
            ..SandboxConfig::new(&section.file, base, HERE, merchant, secret)
        };
        let named = |key: &str| {
            let key = if key == "public_base_url" { "public_url" } else { key };
            format!("channel.{}.{key}", section.id)
        };
        for mistake in config.mistakes() {
            match mistake {
                SandboxError::Invalid { key, value, allowed } => {
                    self.wrong(&named(key), format!("\"{value}\""), allowed);
                }
                SandboxError::BeyondLoopback { key, value } => {
                    let key = named(key);
                    self.wrong(&key, format!("\"{value}\""), &beyond(&section.id, &key));
                }
                other => self.wrong(&named("file"), section.file.display(), &other.to_string()),
            }
        }
    }
}

fn beyond(id: &str, key: &str) -> String {
    format!(
        "a loopback address while the sandbox channel is on; it moves no money and must not face customers. Remove \
         [channel.{id}], keep {key} on 127.0.0.1, or for a trial on your own network set \
         channel.{id}.allow_sandbox_beyond_loopback = \"{LEAVE}\""
    )
}
