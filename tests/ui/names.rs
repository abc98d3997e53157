//! What a control says in English, whatever the language of the screen: the message of its words. Words without one,
//! such as a customer's months or a language's name, stay as they are.

use std::collections::BTreeSet;

use crate::kit;
use crate::translations::{Message, messages};

/// The messages by what they say in Chinese and in English.
pub struct Names {
    messages: Vec<Message>,
    /// What controls say on the English screens: where two messages have the same words in Chinese, it is the one here.
    english: BTreeSet<String>,
}

impl Names {
    pub fn new(english: BTreeSet<String>) -> Self {
        let file = kit::repository().join("ui/translations/zh_CN/LC_MESSAGES/powerhall-ui.po");
        Self { messages: messages(&file), english }
    }

    /// The message of a control's words; one with a number in it is `{n} months unpaid` for any number.
    pub fn english(&self, words: &str) -> String {
        self.message(words).or_else(|| self.message(&counted(words))).unwrap_or_else(|| words.to_owned())
    }

    fn message(&self, words: &str) -> Option<String> {
        let said =
            |message: &&Message| [&message.words, &message.id, message.many()].iter().any(|s| *s == words);
        let mut found: Vec<&str> =
            self.messages.iter().filter(said).map(Message::many).map(String::as_str).collect();
        found.sort_unstable();
        found.dedup();
        if found.len() > 1 {
            found.retain(|message| self.english.contains(*message));
            assert_eq!(found.len(), 1, "“{words}” in English");
        }
        found.first().map(|message| (*message).to_owned())
    }
}

/// The words with `{n}` for their number.
fn counted(words: &str) -> String {
    let digit = |letter: char| letter.is_ascii_digit();
    let Some(from) = words.find(digit) else { return words.to_owned() };
    let to = words[from..].find(|letter| !digit(letter)).map_or(words.len(), |length| from + length);
    format!("{}{{n}}{}", &words[..from], &words[to..])
}
