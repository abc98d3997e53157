//! The real display, as a person has it: look at the whole screen, put a finger on it.

use std::thread::sleep;
use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt, ImageFormat, ImageOrder, InputFocus,
    KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MOTION_NOTIFY_EVENT, MapState, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use crate::{Picture, Result, Trouble};

/// A connection to an X server.
pub struct Display {
    server: RustConnection,
    root: Window,
    width: u16,
    height: u16,
}

/// A key of the keypad, by its number on every PC keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Key {
    /// Back.
    Back = 9,
    /// OK.
    Ok = 36,
    /// Up.
    Up = 111,
    /// Down.
    Down = 116,
}

/// How long a finger stays on the glass.
const TOUCH: Duration = Duration::from_millis(60);
/// Between two characters of a scanner.
const CHARACTER: Duration = Duration::from_millis(4);
/// The shift of every PC keyboard, by its number.
const SHIFT: u8 = 50;
/// Between two looks.
const GLANCE: Duration = Duration::from_millis(40);

impl Display {
    /// Connects to a display such as `:99`.
    pub fn open(name: &str) -> Result<Self> {
        let (server, screen) = x11rb::connect(Some(name)).map_err(trouble)?;
        let setup = server.setup();
        let screen =
            setup.roots.get(screen).ok_or_else(|| Trouble::Display("it has no screen".to_owned()))?;
        let (root, width, height) = (screen.root, screen.width_in_pixels, screen.height_in_pixels);
        if screen.root_depth != 24 || setup.image_byte_order != ImageOrder::LSB_FIRST {
            return Err(Trouble::Display("only 24 bits of colour, low byte first, can be read".to_owned()));
        }
        server.xtest_get_version(2, 2).map_err(trouble)?.reply().map_err(trouble)?;
        Ok(Self { server, root, width, height })
    }

    /// What the screen shows now.
    pub fn look(&self) -> Result<Picture> {
        let image =
            self.server.get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, self.width, self.height, !0);
        let image = image.map_err(trouble)?.reply().map_err(trouble)?;
        let pixels = image.data.chunks_exact(4).map(|p| u32::from_be_bytes([0, p[2], p[1], p[0]])).collect();
        Ok(Picture::new(self.width.into(), self.height.into(), pixels))
    }

    /// What the screen shows once two looks in a row are the same; at the latest after `most`.
    pub fn look_calmly(&self, most: Duration) -> Result<Picture> {
        let end = Instant::now() + most;
        let mut before = self.look()?;
        loop {
            sleep(GLANCE);
            let now = self.look()?;
            if now == before || Instant::now() >= end {
                return Ok(now);
            }
            before = now;
        }
    }

    /// Puts a finger on a place and lifts it again.
    pub fn touch(&self, x: usize, y: usize) -> Result<()> {
        if x >= self.width.into() || y >= self.height.into() {
            return Err(Trouble::Display(format!("{x},{y} lies beside the glass")));
        }
        let place = |at: usize| i16::try_from(at).map_err(trouble);
        let (x, y) = (place(x)?, place(y)?);
        self.fake(MOTION_NOTIFY_EVENT, 0, x, y)?;
        self.fake(BUTTON_PRESS_EVENT, 1, x, y)?;
        sleep(TOUCH);
        self.fake(BUTTON_RELEASE_EVENT, 1, x, y)
    }

    /// Presses a key of the keypad below the glass, and lets it go.
    pub fn press(&self, key: Key) -> Result<()> {
        self.fake(KEY_PRESS_EVENT, key as u8, 0, 0)?;
        sleep(TOUCH);
        self.fake(KEY_RELEASE_EVENT, key as u8, 0, 0)
    }

    /// Holds something before the scanner, which types what it reads and ends with Enter, faster than any finger.
    pub fn scan(&self, text: &str) -> Result<()> {
        let setup = self.server.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let map = self.server.get_keyboard_mapping(first, last - first + 1).map_err(trouble)?;
        let map = map.reply().map_err(trouble)?;
        let each = usize::from(map.keysyms_per_keycode);
        // Latin characters are their own symbols; the second of a key is the one with shift.
        let key = |c: char| {
            let symbol = u32::from(c);
            let at = map.keysyms.iter().position(|known| *known == symbol && symbol < 0x100)?;
            Some((first + u8::try_from(at / each).ok()?, at % each == 1))
        };
        for c in text.chars() {
            let (code, shift) = key(c).ok_or_else(|| Trouble::Display(format!("no key types “{c}”")))?;
            if shift {
                self.fake(KEY_PRESS_EVENT, SHIFT, 0, 0)?;
            }
            self.fake(KEY_PRESS_EVENT, code, 0, 0)?;
            self.fake(KEY_RELEASE_EVENT, code, 0, 0)?;
            if shift {
                self.fake(KEY_RELEASE_EVENT, SHIFT, 0, 0)?;
            }
            sleep(CHARACTER);
        }
        self.fake(KEY_PRESS_EVENT, Key::Ok as u8, 0, 0)?;
        self.fake(KEY_RELEASE_EVENT, Key::Ok as u8, 0, 0)
    }

    /// Gives the keyboard to the only window, as the machine's own screen would have it.
    pub fn give_keyboard(&self) -> Result<()> {
        let windows = self.server.query_tree(self.root).map_err(trouble)?.reply().map_err(trouble)?;
        for window in windows.children {
            let about =
                self.server.get_window_attributes(window).map_err(trouble)?.reply().map_err(trouble)?;
            if about.map_state == MapState::VIEWABLE {
                let asked = self.server.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME);
                return asked.map_err(trouble)?.check().map_err(trouble);
            }
        }
        Err(Trouble::Display("no window is there".to_owned()))
    }

    fn fake(&self, kind: u8, button: u8, x: i16, y: i16) -> Result<()> {
        let asked = self.server.xtest_fake_input(kind, button, x11rb::CURRENT_TIME, self.root, x, y, 0);
        asked.map_err(trouble)?.check().map_err(trouble)
    }
}

fn trouble(error: impl ToString) -> Trouble {
    Trouble::Display(error.to_string())
}
