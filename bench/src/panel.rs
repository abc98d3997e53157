//! A panel of 1080 × 1920 pixels that does not exist, with the real interface on it: the window of the software
//! renderer and a frame buffer in the format of the X11 and KMS windows. Fingers are pointer events.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use powerhall::view::{Fixed, Moment, render};
use powerhall::{AppWindow, bind};
use powerhall_bench::{Result, Trouble};
use powerhall_flow::{Event, Journey, Press, State};
use slint::platform::software_renderer::{
    MinimalSoftwareWindow, PremultipliedRgbaColor, RepaintBufferType, TargetPixel,
};
use slint::platform::{Platform, PointerEventButton, WindowAdapter, WindowEvent};
use slint::{ComponentHandle, LogicalPosition, PhysicalSize, PlatformError};

use crate::fixtures;

const WIDTH: u16 = 1080;
const HEIGHT: u16 = 1920;
/// What the header's clock says.
const MOMENT: Moment = Moment { at: fixtures::NOW, year: 2026, month: 11, day: 23, hour: 10, minute: 42 };
/// Between two places where a finger looks for a control; no control is smaller.
const FEEL: usize = 24;

/// Four bytes, as winit's and KMS's buffers have them.
#[derive(Clone, Copy)]
struct Pixel(u32);

impl From<Pixel> for PremultipliedRgbaColor {
    fn from(Pixel(bits): Pixel) -> Self {
        let [blue, green, red, alpha] = bits.to_le_bytes();
        Self { red, green, blue, alpha }
    }
}

impl TargetPixel for Pixel {
    fn blend(&mut self, colour: PremultipliedRgbaColor) {
        let mut mixed = PremultipliedRgbaColor::from(*self);
        mixed.blend(colour);
        self.0 = u32::from_le_bytes([mixed.blue, mixed.green, mixed.red, mixed.alpha]);
    }

    fn from_rgb(red: u8, green: u8, blue: u8) -> Self {
        Self(u32::from_le_bytes([blue, green, red, 0xff]))
    }

    fn background() -> Self {
        Self(0)
    }
}

struct Headless {
    window: Rc<MinimalSoftwareWindow>,
    began: Instant,
}

impl Platform for Headless {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(self.window.clone())
    }

    fn duration_since_start(&self) -> Duration {
        self.began.elapsed()
    }
}

/// The controls from home to the payment code.
pub struct Way {
    /// Home: pay a bill.
    pub pay_bill: LogicalPosition,
    /// The keypad, from 0 to 9.
    pub digits: Vec<LogicalPosition>,
    /// The account's number is complete.
    pub look_up: LogicalPosition,
    /// What is owed is to be paid.
    pub go_to_code: LogicalPosition,
    /// The code is not to be paid after all.
    pub cancel: LogicalPosition,
}

/// The panel.
pub struct Panel {
    window: Rc<MinimalSoftwareWindow>,
    buffer: RefCell<Vec<Pixel>>,
    app: AppWindow,
    touched: Rc<RefCell<Vec<Event>>>,
    /// The hall's fixed facts.
    pub fixed: Fixed,
}

impl Panel {
    /// The only one in this process.
    pub fn new() -> Result<Self> {
        let wrong = |error: &dyn ToString| Trouble::Interface(error.to_string());
        // As on the desktop and on KMS, where the buffer still holds the last frame.
        let window = MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer);
        let platform = Headless { window: window.clone(), began: Instant::now() };
        slint::platform::set_platform(Box::new(platform)).map_err(|e| wrong(&e))?;
        let app = AppWindow::new().map_err(|e| wrong(&e))?;
        powerhall::lines::bind(&app);
        powerhall::qr::bind(&app);
        window.set_size(PhysicalSize::new(WIDTH.into(), HEIGHT.into()));
        app.show().map_err(|e| wrong(&e))?;
        let touched = Rc::new(RefCell::new(Vec::new()));
        let to = touched.clone();
        bind::bind(&app, move |event| to.borrow_mut().push(event));
        let buffer = RefCell::new(vec![Pixel::background(); usize::from(WIDTH) * usize::from(HEIGHT)]);
        Ok(Self { window, buffer, app, touched, fixed: fixtures::fixed() })
    }

    /// Hands a state to the view.
    pub fn show(&self, state: &State) {
        render(&self.app, state, &self.fixed, &MOMENT);
    }

    /// Draws what has changed into the buffer; false when nothing had.
    pub fn draw(&self) -> bool {
        slint::platform::update_timers_and_animations();
        self.window.draw_if_needed(|renderer| {
            renderer.render(&mut self.buffer.borrow_mut(), usize::from(WIDTH));
        })
    }

    /// Puts a finger down.
    pub fn press(&self, at: LogicalPosition) -> Result<()> {
        self.tell(WindowEvent::PointerPressed { position: at, button: PointerEventButton::Left })
    }

    /// Lifts it; what the interface made of it.
    pub fn lift(&self, at: LogicalPosition) -> Result<Vec<Event>> {
        self.tell(WindowEvent::PointerReleased { position: at, button: PointerEventButton::Left })?;
        Ok(self.touched.take())
    }

    /// The finger is gone, as winit says it after a touch.
    pub fn leave(&self) -> Result<()> {
        self.tell(WindowEvent::PointerExited)
    }

    /// Feels over the glass for the control that makes this press, and gives a place well inside it.
    pub fn find(&self, press: Press) -> Result<LogicalPosition> {
        for y in (FEEL..usize::from(HEIGHT)).step_by(FEEL) {
            let row = (FEEL..usize::from(WIDTH)).step_by(FEEL).map(|x| place(x, y));
            let hits: Vec<LogicalPosition> = row
                .filter_map(|at| match self.tap(at) {
                    Ok(events) => events.contains(&Event::Press(press)).then_some(Ok(at)),
                    Err(error) => Some(Err(error)),
                })
                .collect::<Result<_>>()?;
            if let Some(&middle) = hits.get(hits.len() / 2) {
                return Ok(LogicalPosition::new(middle.x, middle.y + 12.0));
            }
        }
        Err(Trouble::Interface(format!("nothing on the page makes {press:?}")))
    }

    /// Where a customer's finger goes from home to the payment code, on a screen with this many pixels a millimetre.
    pub fn way_to_code(&self, pixels_per_mm: f32) -> Result<Way> {
        let mut fixed = self.fixed.clone();
        fixed.screen.pixels_per_mm = pixels_per_mm;
        let on = |scene: &str| render(&self.app, &fixtures::scene(scene), &fixed, &MOMENT);
        on("home");
        let pay_bill = self.find(Press::Begin(Journey::Pay))?;
        on("find_account");
        let digits: Vec<LogicalPosition> =
            (0..10).map(|digit| self.find(Press::Digit(digit))).collect::<Result<_>>()?;
        let look_up = self.find(Press::Next)?;
        on("confirm");
        let go_to_code = self.find(Press::Next)?;
        on("pay_showing");
        let cancel = self.find(Press::Cancel)?;
        Ok(Way { pay_bill, digits, look_up, go_to_code, cancel })
    }

    fn tap(&self, at: LogicalPosition) -> Result<Vec<Event>> {
        self.press(at)?;
        let events = self.lift(at);
        self.leave()?;
        events
    }

    fn tell(&self, event: WindowEvent) -> Result<()> {
        let told = self.app.window().dispatch_event_with_result(event);
        told.map(drop).map_err(|e| Trouble::Interface(e.to_string()))
    }
}

fn place(x: usize, y: usize) -> LogicalPosition {
    let pixels = |at: usize| f32::from(u16::try_from(at).unwrap_or(u16::MAX));
    LogicalPosition::new(pixels(x), pixels(y))
}
