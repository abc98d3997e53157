//! The kiosk beside a browser in kiosk mode, on the same virtual display, in turns: the same two pages, so that what
//! differs is the way of drawing them.

use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use powerhall_bench::numbers::{Samples, median, ms};
use powerhall_bench::processes::{Family, Used};
use powerhall_bench::report::{Section, reach};
use powerhall_bench::screen::{Complete, Watch};
use powerhall_bench::{Result, Trouble};
use powerhall_visitor::{Display, Phone, Picture, Running, Xvfb};
use slint::LogicalPosition;

use crate::hall::{Hall, remove_database};
use crate::panel::{Panel, Way};
use crate::{Arguments, Plan};

/// After its first complete screen, a program may have its start behind it.
const SETTLE: Duration = Duration::from_secs(3);
/// A page that waits for the backend is there by then.
const SOON: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(20);
/// Asks nothing of a network that is not there, and draws without graphics hardware, as the kiosk does.
const FLAGS: [&str; 13] = [
    "--kiosk",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-session-crashed-bubble",
    "--window-position=0,0",
    "--window-size=1080,1920",
];

/// What one program uses at rest on one page.
#[derive(Default)]
struct Rest {
    pss: Vec<f64>,
    cpu: Vec<f64>,
    wakeups: Vec<f64>,
    processes: usize,
}

impl Rest {
    /// Weighs it and watches it.
    fn measure(&mut self, family: Family, span: Duration) {
        let Used { cpu_percent, wakeups } = family.watch(span);
        let kib = u32::try_from(family.pss_kib()).unwrap_or(u32::MAX);
        self.pss.push(f64::from(kib) / 1_024.0);
        self.cpu.push(cpu_percent);
        self.wakeups.push(wakeups);
        self.processes = family.members().len();
    }

    fn figures(&self) -> (f64, f64, f64) {
        let of = |figures: &Vec<f64>| median(figures.clone()).unwrap_or_default();
        (of(&self.pss), of(&self.cpu), of(&self.wakeups))
    }
}

/// What is on the bench.
pub struct Bench<'a> {
    arguments: &'a Arguments,
    plan: &'a Plan,
    hall: &'a Hall,
    xvfb: Xvfb,
    way: Way,
}

/// Measures both in turns.
pub fn measure(bench: &Bench) -> Result<Vec<Section>> {
    let Bench { arguments, plan, hall, .. } = *bench;
    let profile = hall.folder.join("browser");
    let _ = std::fs::remove_dir_all(&profile);
    eprintln!("screens: one start of each, to see the finished screens");
    // The browser's first start makes its profile; a kiosk that is switched on has one.
    for page in ["home", "qr"] {
        let (browser, _) = bench.finished(&format!("browser-{page}"), || bench.browser(page))?;
        browser.end(PATIENCE)?;
    }
    let (browser, seen) = bench.finished("browser-home", || bench.browser("home"))?;
    browser.end(PATIENCE)?;
    let browser_home = Watch::new(bench.xvfb.name(), &seen)?;
    let (kiosk, seen) = bench.finished("kiosk-home", || bench.kiosk())?;
    kiosk.end(PATIENCE)?;
    let kiosk_home = Watch::new(bench.xvfb.name(), &seen)?;

    eprintln!("screens: {} starts of each", plan.starts);
    let (mut kiosk_starts, mut browser_starts, mut grain) =
        (Samples::default(), Samples::default(), Duration::ZERO);
    for _ in 0..plan.starts {
        for (watch, starts) in [(&kiosk_home, &mut kiosk_starts), (&browser_home, &mut browser_starts)] {
            let start =
                || if std::ptr::eq(watch, &kiosk_home) { bench.kiosk() } else { bench.browser("home") };
            let (running, Complete { after, grain: rough }) = watch.first_complete(PATIENCE, start)?;
            starts.add(after);
            grain = grain.max(rough);
            sleep(Duration::from_millis(500));
            running.end(PATIENCE)?;
        }
    }

    let mut rests: [Rest; 4] = std::array::from_fn(|_| Rest::default());
    for round in 1..=plan.rests {
        eprintln!("screens: rest {round} of {}, {} s on each page", plan.rests, plan.rest.as_secs());
        let [kiosk_home_rest, kiosk_code_rest, browser_home_rest, browser_code_rest] = &mut rests;
        bench.kiosk_rests(&kiosk_home, kiosk_home_rest, kiosk_code_rest)?;
        let (browser, _) = browser_home.first_complete(PATIENCE, || bench.browser("home"))?;
        sleep(SETTLE);
        browser_home_rest.measure(Family(browser.id()), plan.rest);
        browser.end(PATIENCE)?;
        let browser = bench.browser("qr")?;
        sleep(SETTLE + Duration::from_secs(2));
        browser_code_rest.measure(Family(browser.id()), plan.rest);
        browser.end(PATIENCE)?;
    }
    let version = version(&arguments.browser);
    Ok(vec![section(plan, &kiosk_starts, &browser_starts, &rests, grain, &version)])
}

impl<'a> Bench<'a> {
    /// A virtual screen, and the way across it.
    pub fn open(arguments: &'a Arguments, plan: &'a Plan, hall: &'a Hall, panel: &Panel) -> Result<Self> {
        let xvfb = Xvfb::start(1080, 1920, &hall.folder.join("xvfb.log"))?;
        let way = panel.way_to_code(hall.pixels_per_mm)?;
        Ok(Self { arguments, plan, hall, xvfb, way })
    }

    fn kiosk(&self) -> Result<Running> {
        self.kiosk_of(&self.arguments.programs, &self.hall.kiosk_config)
    }

    /// The kiosk of any build.
    fn kiosk_of(&self, programs: &Path, config: &Path) -> Result<Running> {
        // Every start is that of a kiosk without open orders.
        remove_database(&self.hall.folder.join("journal.db"));
        let mut command = Command::new(programs.join("powerhall"));
        command.arg("--config").arg(config);
        self.start("kiosk", command)
    }

    fn browser(&self, page: &str) -> Result<Running> {
        let folder = self.arguments.repository.join("bench/chromium").canonicalize();
        let folder = folder.map_err(|e| Trouble::file(&self.arguments.repository, e))?;
        let mut command = Command::new(&self.arguments.browser);
        command
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", self.hall.folder.join("browser").display()))
            .arg(format!("--app=file://{}/{page}.html", folder.display()));
        self.start("browser", command)
    }

    fn start(&self, name: &str, mut command: Command) -> Result<Running> {
        command.env("DISPLAY", self.xvfb.name()).env_remove("WAYLAND_DISPLAY");
        // Without a session bus, as on a screen without a desktop.
        command.env_remove("DBUS_SESSION_BUS_ADDRESS");
        Ok(Running::start(name, command, &self.hall.folder.join(format!("{name}.log")))?)
    }

    /// Starts something and looks at it when nothing moves any more; the picture is kept for people.
    fn finished(&self, name: &str, start: impl FnOnce() -> Result<Running>) -> Result<(Running, Picture)> {
        let mut running = start()?;
        sleep(SETTLE);
        running.check()?;
        let seen = Display::open(self.xvfb.name())?.look_calmly(Duration::from_secs(3))?;
        seen.save(&self.hall.folder.join(format!("{name}.png")))?;
        Ok((running, seen))
    }

    /// The kiosk at rest on home; then a customer walks to the code, and it rests again.
    fn kiosk_rests(&self, home: &Watch, at_home: &mut Rest, at_code: &mut Rest) -> Result<()> {
        let (kiosk, _) = home.first_complete(PATIENCE, || self.kiosk())?;
        sleep(SETTLE);
        at_home.measure(Family(kiosk.id()), self.plan.rest);
        self.walk_to_code()?;
        sleep(SETTLE);
        at_code.measure(Family(kiosk.id()), self.plan.rest);
        // The next start shall find no open order.
        let Way { cancel, .. } = &self.way;
        Display::open(self.xvfb.name())?.touch(pixel(cancel.x), pixel(cancel.y))?;
        sleep(SETTLE);
        kiosk.end(PATIENCE)?;
        Ok(())
    }

    /// A customer who owes something touches the screen until a phone can read the payment code on it.
    fn walk_to_code(&self) -> Result<()> {
        let display = Display::open(self.xvfb.name())?;
        let touch = |place: &LogicalPosition, wait: Duration| {
            display.touch(pixel(place.x), pixel(place.y))?;
            sleep(wait);
            Ok::<(), Trouble>(())
        };
        let debtor = self.hall.debtors(64)?.pop();
        let debtor = debtor.ok_or_else(|| Trouble::Wrong("nobody owes anything".to_owned()))?;
        touch(&self.way.pay_bill, SOON)?;
        for digit in debtor.bytes() {
            let key = self.way.digits.get(usize::from(digit.wrapping_sub(b'0')));
            touch(
                key.ok_or_else(|| Trouble::Wrong("a number with a letter".to_owned()))?,
                Duration::from_millis(60),
            )?;
        }
        touch(&self.way.look_up, SOON)?;
        touch(&self.way.go_to_code, SOON)?;
        let (phone, end) = (Phone::new()?, Instant::now() + PATIENCE);
        loop {
            let seen = display.look_calmly(Duration::from_millis(200))?;
            if phone.scan_link(&seen)?.is_some() {
                return Ok(seen.save(&self.hall.folder.join("kiosk-code.png"))?);
            }
            if Instant::now() > end {
                let picture = self.hall.folder.join("failure.png");
                seen.save(&picture)?;
                let why =
                    format!("no payment code on the kiosk's screen; it is kept in {}", picture.display());
                return Err(Trouble::Wrong(why));
            }
        }
    }
}

/// Measures an earlier build of this kiosk, from its own checkout, and this one in turns: what all that came since
/// costs.
pub fn beside_earlier(bench: &Bench, checkout: &Path) -> Result<Section> {
    let Bench { arguments, plan, hall, .. } = *bench;
    let earlier_config = hall.kiosk_config_of(checkout)?;
    let earlier_programs = checkout.join("target/installed");
    let builds = [
        (arguments.programs.as_path(), hall.kiosk_config.as_path()),
        (earlier_programs.as_path(), earlier_config.as_path()),
    ];
    eprintln!("earlier: {} starts and {} rests of each", plan.starts, plan.rests);
    let mut homes = Vec::new();
    for (name, (programs, config)) in ["kiosk-home", "earlier-home"].into_iter().zip(builds) {
        let (kiosk, seen) = bench.finished(name, || bench.kiosk_of(programs, config))?;
        kiosk.end(PATIENCE)?;
        homes.push(Watch::new(bench.xvfb.name(), &seen)?);
    }
    let mut starts: [Samples; 2] = Default::default();
    let mut rests: [Rest; 2] = Default::default();
    for _ in 0..plan.starts {
        for ((home, starts), (programs, config)) in homes.iter().zip(&mut starts).zip(builds) {
            let (kiosk, Complete { after, .. }) =
                home.first_complete(PATIENCE, || bench.kiosk_of(programs, config))?;
            starts.add(after);
            sleep(Duration::from_millis(500));
            kiosk.end(PATIENCE)?;
        }
    }
    for _ in 0..plan.rests {
        for ((home, rest), (programs, config)) in homes.iter().zip(&mut rests).zip(builds) {
            let (kiosk, _) = home.first_complete(PATIENCE, || bench.kiosk_of(programs, config))?;
            sleep(SETTLE);
            rest.measure(Family(kiosk.id()), plan.rest);
            kiosk.end(PATIENCE)?;
        }
    }
    let mut section =
        Section::new("This kiosk beside an earlier one, home", &["median", "now", "earlier", "more by"]);
    let [now, then] = starts.map(|starts| starts.median());
    let slower = now.saturating_sub(then);
    section.row(["exec to first complete screen".to_owned(), ms(now), ms(then), ms(slower)]);
    let [(now, ..), (then, ..)] = rests.each_ref().map(Rest::figures);
    let more = (now - then).max(0.0);
    section.row([
        "memory (PSS of all processes)".to_owned(),
        format!("{now:.1} MiB"),
        format!("{then:.1} MiB"),
        format!("{more:.1} MiB"),
    ]);
    section.remark(format!(
        "{}; {}.",
        reach("Reach, at most 50 ms of start", slower <= Duration::from_millis(50)),
        reach("at most 10 MB of memory", more * 1.048_576 <= 10.0),
    ));
    Ok(section)
}

/// A place on the glass is never negative, and far below what a float holds exactly.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn pixel(at: f32) -> usize {
    at as usize
}

fn version(browser: &Path) -> String {
    let said = Command::new(browser).arg("--version").output();
    let said = said.map(|out| String::from_utf8_lossy(&out.stdout).into_owned()).unwrap_or_default();
    said.split_ascii_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

fn section(
    plan: &Plan,
    kiosk: &Samples,
    browser: &Samples,
    [kiosk_home, kiosk_code, browser_home, browser_code]: &[Rest; 4],
    grain: Duration,
    version: &str,
) -> Section {
    let title = format!("This kiosk beside {version} in kiosk mode, 1080 × 1920, Xvfb");
    let mut section = Section::new(&title, &["median", "kiosk", "browser", "ratio"]);
    let times = |kiosk: f64, browser: f64| format!("{:.1} ×", browser / kiosk.max(f64::EPSILON));
    let (quick, slow) = (kiosk.median(), browser.median());
    let faster = slow.as_secs_f64() / quick.as_secs_f64().max(f64::EPSILON);
    section.row([
        "exec to first complete screen, home".to_owned(),
        ms(quick),
        ms(slow),
        format!("{faster:.1} ×"),
    ]);
    let mut least = f64::MAX;
    let mut busiest = 0.0_f64;
    for (page, ours, theirs) in [("home", kiosk_home, browser_home), ("code", kiosk_code, browser_code)] {
        let ((pss, cpu, wakeups), (their_pss, their_cpu, their_wakeups)) = (ours.figures(), theirs.figures());
        least = least.min(their_pss / pss.max(f64::EPSILON));
        busiest = busiest.max(cpu);
        section.row([
            format!("memory (PSS of all processes), {page}"),
            format!("{pss:.1} MiB in {}", ours.processes),
            format!("{their_pss:.1} MiB in {}", theirs.processes),
            times(pss, their_pss),
        ]);
        section.row([
            format!("CPU at rest, {page}"),
            format!("{cpu:.2} %"),
            format!("{their_cpu:.2} %"),
            if cpu > 0.0 { times(cpu, their_cpu) } else { "–".to_owned() },
        ]);
        section.row([
            format!("wake-ups a second at rest, {page}"),
            format!("{wakeups:.1}"),
            format!("{their_wakeups:.1}"),
            times(wakeups, their_wakeups),
        ]);
    }
    section.remark(format!(
        "{}; {}; {}.",
        reach("Reach, start 5 times faster", faster >= 5.0),
        reach("memory 8 times less", least >= 8.0),
        reach("0.5 % CPU or less at rest", busiest <= 0.5),
    ));
    section.remark(format!(
        "{} starts and {} rests of {} s each, in turns. The screen was looked at every {} at the longest. The \
         kiosk is connected to its backend and checks in; the browser shows a file, and has its profile made before.",
        plan.starts,
        plan.rests,
        plan.rest.as_secs(),
        ms(grain),
    ));
    section
}
