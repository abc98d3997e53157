//! From the screen's words to the voice: amounts are put in words, and what a page said of itself is kept so that it
//! can be heard again. What is said, and when, is `ui/`; the engine is `powerhall_kiosk::voice`.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use powerhall_kiosk::voice::Said;
use slint::{ComponentHandle, Global, Model, ModelExt, ModelRc, SharedString, Timer, Weak};

use crate::ui::{Api, AppWindow, BasketWords, BillWords, PaidWords, StageWords, Voice, Words};
use crate::view::numbers::Numbers;

/// So long the focus may take to come to a page that has opened.
const SETTLING: Duration = Duration::from_millis(120);

/// Sends what is to be heard. `send` runs on the interface's thread and must not block.
pub fn bind(app: &AppWindow, send: impl Fn(Said) + Clone + 'static) {
    let voice = app.global::<Voice>();
    voice.on_last(|typed| typed.chars().last().map(SharedString::from).unwrap_or_default());
    voice.on_finished(|words| is_finished(&words));
    bind_rows(app, &voice);

    // What is to be said as soon as it is clear that no page opens in the same moment: a field that is emptied because
    // its page is left has nothing to say.
    let pending = Rc::new(RefCell::new(None::<SharedString>));
    let (silence, waiting) = (send.clone(), pending.clone());
    voice.on_stop(move || {
        waiting.take();
        silence(Said::Silence);
    });

    let page = Rc::new(RefCell::new(SharedString::default()));
    let weak = app.as_weak();
    let say = move |text: &str| {
        let Some(app) = weak.upgrade().filter(|_| !text.is_empty()) else { return };
        let api = Api::get(&app);
        let language = usize::try_from(api.get_language_index()).unwrap_or(0);
        let volume = u8::try_from(api.get_volume()).unwrap_or(0);
        let numbers = Numbers::of(&Words::get(&app));
        let text = numbers.with_amounts(text, |yuan| Voice::get(&app).invoke_yuan(yuan.into()).into());
        send(Said::Words { text, language, volume });
    };

    // A page that opens, and the control that has the focus on it, are one sentence: else the one would cut the other off.
    let opening = Rc::new(RefCell::new(None::<SharedString>));
    let (speak, opened, waiting, weak) = (say.clone(), opening.clone(), pending.clone(), app.as_weak());
    voice.on_say(move |text| match (opened.take(), weak.upgrade()) {
        (Some(page), Some(app)) => speak(&Voice::get(&app).invoke_then(page, text)),
        (None, _) | (_, None) => {
            waiting.replace(Some(text));
            let (speak, waiting) = (speak.clone(), waiting.clone());
            Timer::single_shot(Duration::ZERO, move || {
                if let Some(text) = waiting.take() {
                    speak(&text);
                }
            });
        }
    });
    let (speak, waiting, opened) = (say.clone(), pending.clone(), opening.clone());
    voice.on_still(move |text| {
        if opened.borrow().is_some() {
            return;
        }
        waiting.replace(Some(text));
        let (speak, waiting) = (speak.clone(), waiting.clone());
        // What the press leads to is said by then.
        Timer::single_shot(SETTLING, move || {
            if let Some(text) = waiting.take() {
                speak(&text);
            }
        });
    });
    let (speak, kept) = (say.clone(), page.clone());
    voice.on_page(move |whole, new| {
        pending.take();
        kept.replace(whole.clone());
        // What was to be said and has not been yet is a part of the whole.
        let unsaid = opening.take().is_some();
        opening.replace(Some(if unsaid { whole } else { new }));
        let (speak, opening) = (speak.clone(), opening.clone());
        Timer::single_shot(SETTLING, move || {
            if let Some(page) = opening.take() {
                speak(&page);
            }
        });
    });
    voice.on_again(move || say(&page.borrow().clone()));
}

/// What several rows of a page say, each in the words of its page.
fn bind_rows(app: &AppWindow, voice: &Voice) {
    let weak = app.as_weak();
    voice.on_lines(move |lines, from, count| rows(&weak, &lines, [from, count], |_, line, _| line.said));
    let weak = app.as_weak();
    voice.on_bill_lines(move |lines, from, count| {
        rows(&weak, &lines, [from, count], |app, line, _| BillWords::get(app).invoke_said(line))
    });
    let weak = app.as_weak();
    voice.on_paid_rows(move |paid, from, count| {
        rows(&weak, &paid, [from, count], |app, row, [at, of]| PaidWords::get(app).invoke_said(row, at, of))
    });
    let weak = app.as_weak();
    voice.on_basket_rows(move |owing, from, count| {
        rows(&weak, &owing, [from, count], |app, row, [at, of]| {
            BasketWords::get(app).invoke_said(row, at, of)
        })
    });
    let weak = app.as_weak();
    voice.on_stages(move |stages, from, count| {
        rows(&weak, &stages, [from, count], |app, stage, _| StageWords::get(app).invoke_said(stage))
    });
}

/// What so many rows say, from one on: `said` is given each with its place and how many there are. Who asks from a
/// binding is asked again when one of them changes.
fn rows<T: 'static>(
    app: &Weak<AppWindow>,
    rows: &ModelRc<T>,
    [from, count]: [i32; 2],
    said: impl Fn(&AppWindow, T, [i32; 2]) -> SharedString,
) -> SharedString {
    let Some(app) = app.upgrade() else { return SharedString::default() };
    rows.model_tracker().track_row_count_changes();
    let of = rows.row_count();
    let [from, count] = [from, count].map(|number| usize::try_from(number).unwrap_or(0));
    let shown = (from..of.min(from.saturating_add(count))).filter_map(|at| {
        let place = [at, of].map(|number| i32::try_from(number).unwrap_or(i32::MAX));
        Some(said(&app, rows.row_data_tracked(at)?, place))
    });
    shown.fold(SharedString::default(), |all, row| Voice::get(&app).invoke_then(all, row))
}

/// Ends as a sentence ends, so that nothing is put behind it.
fn is_finished(words: &str) -> bool {
    let bare = words.trim_end_matches(|c: char| c.is_whitespace() || "\"'”’」』）)".contains(c));
    bare.ends_with(['.', '?', '!', ':', '…', '。', '？', '！', '：'])
}

#[cfg(test)]
mod tests {
    use super::is_finished;

    #[test]
    fn a_sentence_is_finished_by_its_own_mark() {
        for whole in ["您的户号是多少？", "Added to your account.", "Connecting…", "“是吗？”", "Reference: "]
        {
            assert!(is_finished(whole), "{whole}");
        }
        for part in ["", "”", "本次付款", "¥309.54", "3F7K-9Q2M-X", "户号，"] {
            assert!(!is_finished(part), "{part}");
        }
    }
}
