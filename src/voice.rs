//! From the screen's words to the voice: amounts are put in words, and what a page said of itself is kept so that it
//! can be heard again. What is said, and when, is `ui/`; the engine is `powerhall_kiosk::voice`.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use powerhall_kiosk::voice::Said;
use slint::{ComponentHandle, Global, SharedString, Timer};

use crate::ui::{Api, AppWindow, Voice};

/// So long the focus may take to come to a page that has opened.
const SETTLING: Duration = Duration::from_millis(120);

/// Sends what is to be heard. `send` runs on the interface's thread and must not block; `voice_of` names the engine's
/// voice of a language by its number.
pub fn bind(
    app: &AppWindow,
    voice_of: impl Fn(usize) -> String + Clone + 'static,
    send: impl Fn(Said) + Clone + 'static,
) {
    let voice = app.global::<Voice>();
    voice.on_last(|typed| typed.chars().last().map(SharedString::from).unwrap_or_default());
    voice.on_finished(|words| is_finished(&words));

    let silence = send.clone();
    voice.on_stop(move || silence(Said::Silence));

    let page = Rc::new(RefCell::new(SharedString::default()));
    let weak = app.as_weak();
    let say = move |text: &str| {
        let Some(app) = weak.upgrade().filter(|_| !text.is_empty()) else { return };
        let api = Api::get(&app);
        let language = usize::try_from(api.get_language_index()).unwrap_or(0);
        let volume = u8::try_from(api.get_volume()).unwrap_or(0);
        let text = spoken(text, |amount| Voice::get(&app).invoke_yuan(amount.into()).into());
        send(Said::Words { text, voice: voice_of(language), volume });
    };

    // A page that opens, and the control that has the focus on it, are one sentence: else the one would cut the other off.
    let opening = Rc::new(RefCell::new(None::<SharedString>));
    let (speak, opened, weak) = (say.clone(), opening.clone(), app.as_weak());
    voice.on_say(move |text| match (opened.take(), weak.upgrade()) {
        (Some(page), Some(app)) => speak(&Voice::get(&app).invoke_then(page, text)),
        (None, _) | (_, None) => speak(&text),
    });
    let (speak, kept) = (say.clone(), page.clone());
    voice.on_page(move |text| {
        kept.replace(text.clone());
        opening.replace(Some(text));
        let (speak, opening) = (speak.clone(), opening.clone());
        Timer::single_shot(SETTLING, move || {
            if let Some(page) = opening.take() {
                speak(&page);
            }
        });
    });
    voice.on_again(move || say(&page.borrow().clone()));
}

/// Ends as a sentence ends, so that nothing is put behind it.
fn is_finished(words: &str) -> bool {
    let bare = words.trim_end_matches(|c: char| c.is_whitespace() || "\"'”’」』）)".contains(c));
    bare.ends_with(['.', '?', '!', ':', '…', '。', '？', '！', '：'])
}

/// Puts every `¥1,234.50` of a sentence into words by way of `yuan`, without what only the eye needs.
fn spoken(text: &str, yuan: impl Fn(&str) -> String) -> String {
    let mut parts = text.split('¥');
    let mut words = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !(c.is_ascii_digit() || c == ',' || c == '.')).unwrap_or(part.len());
        // A full stop behind the amount belongs to the sentence.
        let end = part[..end].trim_end_matches(['.', ',']).len();
        words.push_str(&yuan(&part[..end].replace(',', "")));
        words.push_str(&part[end..]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{is_finished, spoken};

    #[test]
    fn a_sentence_is_finished_by_its_own_mark() {
        for whole in ["您的户号是多少？", "It is on your account.", "Connecting…", "“是吗？”", "Reference: "]
        {
            assert!(is_finished(whole), "{whole}");
        }
        for part in ["", "”", "本次付款", "¥309.54", "3F7K-9Q2M-X", "户号，"] {
            assert!(!is_finished(part), "{part}");
        }
    }

    #[test]
    fn amounts_are_words() {
        let yuan = |amount: &str| format!("{amount}元");
        for (text, heard) in [
            ("本次付款。¥309.54", "本次付款。309.54元"),
            ("¥1,234,567.00, with late fee ¥5.58.", "1234567.00元, with late fee 5.58元."),
            ("三个月未交", "三个月未交"),
            ("¥", "元"),
        ] {
            assert_eq!(spoken(text, yuan), heard);
        }
    }
}
