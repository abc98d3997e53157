//! A phone: a camera, a decoder, and a browser of plain forms. It knows nothing of the kiosk but the picture.

use std::time::Duration;

use reqwest::blocking::Client;
use reqwest::header::ACCEPT_LANGUAGE;

use crate::camera::{Photo, find, photograph, read};
use crate::{Picture, Result, Trouble};

/// A phone on the network.
pub struct Phone {
    browser: Client,
}

/// The pay page as the phone shows it.
#[derive(Clone, Debug)]
pub struct PayPage {
    /// Where it came from.
    pub link: String,
    /// Its HTTP status.
    pub status: u16,
    /// Its HTML.
    pub html: String,
}

impl PayPage {
    /// Whether it offers to pay.
    #[must_use]
    pub fn can_pay(&self) -> bool {
        self.offers("pay")
    }

    fn offers(&self, action: &str) -> bool {
        self.html.contains("<form method=\"post\"")
            && self.html.contains(&format!("name=\"action\" value=\"{action}\""))
    }

    /// What its heading says.
    #[must_use]
    pub fn heading(&self) -> &str {
        between(&self.html, "<h1>", "</h1>").unwrap_or_default()
    }

    /// The amount in large type, as text.
    #[must_use]
    pub fn amount(&self) -> &str {
        between(&self.html, "class=\"amount\">", "</p>").unwrap_or_default()
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(inside, _)| inside)
}

impl Phone {
    /// A phone, switched on.
    pub fn new() -> Result<Self> {
        Ok(Self { browser: client()? })
    }

    /// What the code on a screen says to who takes an everyday photo of it; empty when there is none.
    pub fn scan(&self, screen: &Picture) -> Result<String> {
        let Some(code) = find(screen) else { return Ok(String::new()) };
        Ok(read(&photograph(screen, &code, &Photo::EVERYDAY))?.unwrap_or_default())
    }

    /// The pay link on a screen, if one is there.
    pub fn scan_link(&self, screen: &Picture) -> Result<Option<String>> {
        Ok(Some(self.scan(screen)?).filter(|text| text.starts_with("http")))
    }

    /// Opens a link.
    pub fn open(&self, link: &str) -> Result<PayPage> {
        let asked = self.browser.get(link).header(ACCEPT_LANGUAGE, "zh-CN,zh;q=0.9");
        page(link, asked.send())
    }

    /// Downloads what a link leads to: its HTTP status, and the bytes.
    pub fn download(&self, link: &str) -> Result<(u16, Vec<u8>)> {
        let wrong = |error: reqwest::Error| Trouble::Phone(error.to_string());
        let answer = self.browser.get(link).send().map_err(wrong)?;
        let status = answer.status().as_u16();
        Ok((status, answer.bytes().map_err(wrong)?.to_vec()))
    }

    /// Presses “pay” on an opened page.
    pub fn pay(&self, page: &PayPage) -> Result<PayPage> {
        self.press(page, "pay")
    }

    /// Presses “do not pay” on an opened page.
    pub fn decline(&self, page: &PayPage) -> Result<PayPage> {
        self.press(page, "decline")
    }

    /// Sends the form, as a press on its button does, and follows to the page that answers.
    fn press(&self, from: &PayPage, action: &str) -> Result<PayPage> {
        if !from.offers(action) {
            return Err(Trouble::Phone(format!("the page “{}” has no button “{action}”", from.heading())));
        }
        let asked = self.browser.post(&from.link).header(ACCEPT_LANGUAGE, "zh-CN,zh;q=0.9");
        page(&from.link, asked.form(&[("action", action)]).send())
    }

    /// Sends the form of a page that was open before, whatever has happened since.
    pub fn pay_old_page(&self, link: &str) -> Result<PayPage> {
        let asked = self.browser.post(link).header(ACCEPT_LANGUAGE, "zh-CN,zh;q=0.9");
        page(link, asked.form(&[("action", "pay")]).send())
    }
}

fn page(link: &str, answer: reqwest::Result<reqwest::blocking::Response>) -> Result<PayPage> {
    let wrong = |error: reqwest::Error| Trouble::Phone(error.to_string());
    let answer = answer.map_err(wrong)?;
    let status = answer.status().as_u16();
    let html = answer.text().map_err(wrong)?;
    Ok(PayPage { link: link.to_owned(), status, html })
}

/// An HTTP client that goes straight to its peer.
pub(crate) fn client() -> Result<Client> {
    // Already there when another client was made before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().timeout(Duration::from_secs(40)).build();
    client.map_err(|e| Trouble::Phone(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_page_and_presses_only_what_is_there() {
        let html = "<h1>确认付款</h1><p class=\"amount\">¥309.54</p><form method=\"post\">\
                    <button class=\"pay\" name=\"action\" value=\"pay\">付款</button></form>";
        let page =
            PayPage { link: "http://127.0.0.1:9/pay/x".to_owned(), status: 200, html: html.to_owned() };
        assert_eq!((page.heading(), page.amount(), page.can_pay()), ("确认付款", "¥309.54", true));
        let refused = Phone::new().expect("a phone").decline(&page).expect_err("no such button");
        assert!(refused.to_string().contains("decline"), "{refused}");
    }
}
