//! The sandbox of a tax platform: whose invoices it pretends to issue, and where phones get them.

use std::net::SocketAddr;

use powerhall_faults::Plan;
use powerhall_invoice::Typeface;
use powerhall_invoice::port::Seller;

use super::InvoicesSection;
use super::check::Checker;
use super::raw::Invoices;

/// The words that let the sandbox out.
const LEAVE: &str = "I know that its invoices are samples";

impl Checker<'_> {
    pub(super) fn invoices(&mut self, raw: Option<Invoices>, listen: SocketAddr) -> Option<InvoicesSection> {
        let raw = raw?;
        if raw.kind != "sandbox" {
            self.wrong("invoices.kind", format!("\"{}\"", raw.kind), "\"sandbox\", the only kind so far");
        }
        self.may_leave(raw.allow_sandbox_beyond_loopback.as_deref(), listen);
        if raw.seller_name.trim().is_empty() {
            self.wrong("invoices.seller_name", format!("\"{}\"", raw.seller_name), "the seller's name");
        }
        let code = &raw.seller_taxpayer;
        let form = code.len() == 18 && code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        if !form {
            let allowed = "a unified social credit code: 18 digits and capital letters";
            self.wrong("invoices.seller_taxpayer", format!("\"{code}\""), allowed);
        }
        let public_url = raw.public_url.map(|url| url.trim_end_matches('/').to_owned());
        let scheme = |url: &String| url.starts_with("http://") || url.starts_with("https://");
        if let Some(url) = public_url.as_ref().filter(|url| !scheme(url)) {
            self.wrong(
                "invoices.public_url",
                format!("\"{url}\""),
                "an address that begins with http:// or https://",
            );
        }
        let link_seconds = self.number("invoices.link_seconds", raw.link_seconds, 60, 3600);
        let font = self.folder.join(raw.font);
        let typeface = Typeface::find(&font);
        let faults = raw.faults.map_or_else(Plan::default, |faults| self.plan("invoices.faults", faults));
        match typeface {
            Ok(typeface) => Some(InvoicesSection {
                file: self.folder.join(raw.file),
                typeface,
                public_url,
                link_seconds,
                seller: Seller { name: raw.seller_name, taxpayer: raw.seller_taxpayer, issuer: raw.issuer },
                faults,
            }),
            Err(error) => {
                let allowed = format!("a font with all of Chinese, such as fonts-noto-cjk brings ({error})");
                self.wrong("invoices.font", font.display(), &allowed);
                None
            }
        }
    }

    fn may_leave(&mut self, leave: Option<&str>, listen: SocketAddr) {
        if let Some(said) = leave.filter(|said| *said != LEAVE) {
            let allowed = format!("exactly \"{LEAVE}\", or nothing");
            self.wrong("invoices.allow_sandbox_beyond_loopback", format!("\"{said}\""), &allowed);
        }
        if leave != Some(LEAVE) && !listen.ip().is_loopback() {
            let allowed = format!(
                "a loopback address while [invoices] is a sandbox; its invoices are samples and must not face customers. \
                 Remove [invoices], keep server.listen on 127.0.0.1, or for a trial on your own network set \
                 invoices.allow_sandbox_beyond_loopback = \"{LEAVE}\""
            );
            self.wrong("server.listen", listen, &allowed);
        }
    }
}
