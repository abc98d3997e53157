//! `powerhall-visitor demo`, `every` and `faults`: the customers of `./run --demo`, `./run --demo all` and `./run --faults`. Backend and kiosk are
//! running already.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use powerhall_visitor::{
    Books, Diary, Display, Map, Result, Served, Staff, Trouble, Visitor, demo, every, faults, showcase,
};

/// A demo customer made of an X11 client, a camera, zbar and HTTP.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Walk both journeys on a running kiosk: one line a step, one picture a screen.
    Demo(Demo),
    /// Walk every service of the hall.
    Every {
        #[command(flatten)]
        demo: Demo,
        /// The backend's program, by which staff calls, answers and suspends.
        #[arg(long)]
        staff: PathBuf,
        /// Its config.
        #[arg(long)]
        config: PathBuf,
        /// The number of the running backend's process; it is taken away for a while and started again.
        #[arg(long)]
        backend_process: u32,
    },
    /// Several customers at a hall that misbehaves; at the end the books of all sides must agree.
    Faults {
        #[command(flatten)]
        demo: Demo,
        /// The folder with the books and the backend's log.
        #[arg(long)]
        books: PathBuf,
    },
}

#[derive(Args)]
struct Demo {
    /// Where the pictures go; those of an earlier visit are removed.
    #[arg(long, default_value = "target/demo")]
    out: PathBuf,
    /// The display that the kiosk is on.
    #[arg(long, env = "DISPLAY")]
    display: String,
    /// The backend that the kiosk talks to.
    #[arg(long)]
    backend: String,
    /// The kiosk whose name the books are asked in.
    #[arg(long, default_value = "kiosk-1")]
    kiosk_id: String,
    /// Its secret.
    #[arg(long)]
    secret_file: PathBuf,
    /// The embedded billing system's file; it says which accounts are worth a visit.
    #[arg(long)]
    billing: PathBuf,
    /// The map of the controls that the headless tests keep; its picture lies beside it.
    #[arg(long, default_value = "tests/golden/map.json")]
    map: PathBuf,
}

/// Who comes.
enum Way {
    Demo,
    /// With the number of the backend's process.
    Every(Staff, u32),
    /// With the folder of the books.
    Faults(PathBuf),
}

fn main() -> ExitCode {
    let (wanted, way) = match Arguments::parse().what {
        What::Demo(demo) => (demo, Way::Demo),
        What::Every { demo, staff, config, backend_process } => {
            (demo, Way::Every(Staff { program: staff, config }, backend_process))
        }
        What::Faults { demo, books } => (demo, Way::Faults(books)),
    };
    match walk(&wanted, &way) {
        Ok(()) => {
            println!("all of it is so; the pictures are in {}", wanted.out.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("powerhall-visitor: {error}");
            ExitCode::FAILURE
        }
    }
}

fn walk(wanted: &Demo, way: &Way) -> Result<()> {
    tidy(&wanted.out).map_err(|e| Trouble::File { path: wanted.out.clone(), why: e.to_string() })?;
    let secret = std::fs::read_to_string(&wanted.secret_file);
    let secret =
        secret.map_err(|e| Trouble::File { path: wanted.secret_file.clone(), why: e.to_string() })?;
    let books = Books::at(&wanted.backend, &wanted.kiosk_id, &secret)?;
    let accounts = showcase(&wanted.billing)?;
    let (display, map) = (Display::open(&wanted.display)?, Arc::new(Map::read(&wanted.map)?));
    let mut visitor = Visitor::new(display, map, Diary::new(&wanted.out, true))?;
    match way {
        Way::Demo => demo(&mut visitor, &books, &accounts),
        Way::Every(staff, process) => {
            let Staff { program, config } = staff.clone();
            let mut power = Served::new(*process, &wanted.backend, program, config);
            every(&mut visitor, &accounts, staff, &mut power)
        }
        Way::Faults(folder) => faults(&mut visitor, &books, &accounts, folder),
    }
}

/// Removes the pictures of an earlier visit, and nothing else.
fn tidy(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let ours = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| {
            name == "failure.png"
                || (name.ends_with(".png")
                    && (name.starts_with("page-") || name.as_bytes().first().is_some_and(u8::is_ascii_digit)))
        });
        if ours {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}
