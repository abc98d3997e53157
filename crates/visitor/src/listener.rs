//! A customer who does not look: works the keypad, hears what the machine says, and goes by nothing else.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::display::Key;
use crate::visitor::READING;
use crate::{Display, Result, Trouble};

/// Ears, and a hand on the keypad.
pub struct Listener {
    display: Display,
    heard: PathBuf,
    /// So many sentences have been listened to.
    known: usize,
}

/// Nothing said for so long: the machine has finished.
const QUIET: Duration = Duration::from_millis(250);
/// The keys of the keypad, in the order of the focus.
const KEYS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "清空", "0", "删除"];
/// The longest way round on a page.
const MOST_STOPS: usize = 60;

impl Listener {
    /// Before a kiosk whose voice writes each sentence as a line of `heard`.
    pub fn new(display: Display, heard: PathBuf) -> Result<Self> {
        display.give_keyboard()?;
        Ok(Self { display, heard, known: 0 })
    }

    fn lines(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.heard).unwrap_or_default();
        text.lines().map(ToOwned::to_owned).collect()
    }

    /// Waits until something new is said, and gives the last of it once it is quiet again.
    pub fn hear(&mut self, most: Duration) -> Result<String> {
        let end = Instant::now() + most;
        let mut since = Instant::now();
        let mut count = self.known;
        loop {
            let lines = self.lines();
            if lines.len() != count {
                (count, since) = (lines.len(), Instant::now());
            }
            if count > self.known && since.elapsed() >= QUIET {
                self.known = count;
                return Ok(lines.last().cloned().unwrap_or_default());
            }
            if Instant::now() > end {
                return Err(Trouble::Wrong(format!("nothing is said; the last was “{}”", self.last())));
            }
            sleep(Duration::from_millis(40));
        }
    }

    /// What was said last.
    pub fn last(&self) -> String {
        self.lines().last().cloned().unwrap_or_default()
    }

    /// All that was said.
    pub fn all(&self) -> Vec<String> {
        self.lines()
    }

    /// Presses a key and hears what comes of it.
    pub fn press(&mut self, key: Key) -> Result<String> {
        // The arrows move the focus and nothing else, and may be as fast as they like.
        match key {
            Key::Ok | Key::Back => sleep(READING),
            Key::Up | Key::Down => {}
        }
        self.known = self.lines().len();
        self.display.press(key)?;
        self.hear(Duration::from_secs(10))
    }

    /// Goes from stop to stop until one says these words; gives all that it says.
    pub fn go_to(&mut self, words: &str) -> Result<String> {
        // The focus may be here already, at the end of what the page said.
        let here = self.last();
        if here.starts_with(words) || here.contains(&format!("。{words}")) {
            return Ok(here);
        }
        self.search(Key::Down, &[words])
    }

    /// Goes from stop to stop with an arrow, from wherever the focus is, until one begins with any of these words.
    pub fn search(&mut self, arrow: Key, words: &[&str]) -> Result<String> {
        for _ in 0..MOST_STOPS {
            let said = self.press(arrow)?;
            if words.iter().any(|words| said.starts_with(words)) {
                return Ok(said);
            }
        }
        Err(Trouble::Wrong(format!("no stop says {words:?}; heard {:?}", self.all())))
    }

    /// Goes to a control and presses OK; gives what is said then.
    pub fn choose(&mut self, words: &str) -> Result<String> {
        self.go_to(words)?;
        self.press(Key::Ok)
    }

    /// Types a number on the keypad of the page.
    pub fn type_in(&mut self, number: &str) -> Result<()> {
        let place = |digit: char| KEYS.iter().position(|key| key.starts_with(digit));
        let mut on = '1';
        self.go_to("1")?;
        for digit in number.chars() {
            if digit != on {
                let arrow = if place(digit) > place(on) { Key::Down } else { Key::Up };
                self.search(arrow, &[&digit.to_string()])?;
                on = digit;
            }
            self.press(Key::Ok)?;
        }
        Ok(())
    }

    /// From where an application stands to what stands beside it, which comes after the steps where they do not fit; gives
    /// what is said there.
    pub fn open_details(&mut self) -> Result<String> {
        const ON: &str = "联系人与详情";
        if !self.search(Key::Down, &["全部步骤", ON])?.starts_with(ON) {
            self.press(Key::Ok)?;
            self.go_to(ON)?;
        }
        self.press(Key::Ok)
    }

    /// Waits for a sentence that begins like this.
    pub fn wait_for(&mut self, words: &str, most: Duration) -> Result<String> {
        let end = Instant::now() + most;
        let from = self.known.saturating_sub(1);
        loop {
            let lines = self.lines();
            if let Some(said) = lines.iter().skip(from).find(|line| line.starts_with(words)) {
                self.known = lines.len();
                return Ok(said.clone());
            }
            if Instant::now() > end {
                return Err(Trouble::Wrong(format!("“{words}” is not said; heard {:?}", self.all())));
            }
            sleep(Duration::from_millis(60));
        }
    }
}
