//! The disk, as a power cut may leave it. The model is what POSIX promises and no more: a file's content is certain
//! after its fsync, a name after the fsync of its folder; of all the rest any part may be there, in any order, and a
//! write may be torn between its sectors.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::trace::Call;
use crate::Failed;

/// What is lost of that which was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    All,
    Nothing,
    /// Any part, by these dice.
    Chance(u64),
}

/// A span of the time line.
#[derive(Clone, Copy, Debug)]
struct Span {
    begin: usize,
    end: usize,
}

enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Resize(usize),
}

#[derive(Default)]
struct Content {
    changes: Vec<(Span, Change)>,
    syncs: Vec<Span>,
}

enum Naming {
    File(usize),
    Folder,
    Gone,
}

/// Everything that was done to the files of a folder.
pub(super) struct Disk {
    root: PathBuf,
    contents: Vec<Content>,
    namings: Vec<(Span, PathBuf, Naming)>,
    folder_syncs: BTreeMap<PathBuf, Vec<Span>>,
}

/// Which syncs are left of those that the programs ask for. Losses must then be found; or the net has a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syncs {
    /// As SQLite's `synchronous = NORMAL` has it: the log is synced before a checkpoint only.
    Normal,
    /// As SQLite's `synchronous = OFF`: never.
    Off,
}

impl Disk {
    /// Follows the files for which `followed` holds, all below `root`.
    pub(super) fn follow(
        root: &Path,
        calls: &[Call],
        followed: impl Fn(&Path) -> bool,
    ) -> Result<Self, Failed> {
        let mut disk = Self {
            root: root.to_owned(),
            contents: Vec::new(),
            namings: Vec::new(),
            folder_syncs: BTreeMap::new(),
        };
        let mut named: BTreeMap<PathBuf, usize> = BTreeMap::new();
        for call in calls.iter().filter(|call| !call.failed()) {
            disk.take(call, &mut named, &followed)
                .map_err(|error| format!("{}({:.120}): {error}", call.name, call.arguments))?;
        }
        Ok(disk)
    }

    fn take(
        &mut self,
        call: &Call,
        named: &mut BTreeMap<PathBuf, usize>,
        followed: &impl Fn(&Path) -> bool,
    ) -> Result<(), Failed> {
        let span = Span { begin: call.begin, end: call.end };
        let file = call.file().filter(|path| followed(path));
        let known = |named: &BTreeMap<PathBuf, usize>, path: &Path| -> Result<usize, Failed> {
            Ok(*named.get(path).ok_or_else(|| format!("{} was never opened", path.display()))?)
        };
        match (call.name.as_str(), file) {
            ("openat", _) => {
                let Some(path) = call.opened().filter(|path| followed(path)) else { return Ok(()) };
                if !named.contains_key(&path) {
                    if !call.arguments.contains("O_CREAT") {
                        return Err("a file from before the trace".into());
                    }
                    named.insert(path.clone(), self.contents.len());
                    self.namings.push((span, path, Naming::File(self.contents.len())));
                    self.contents.push(Content::default());
                } else if call.arguments.contains("O_TRUNC") {
                    return Err("a file that is emptied by opening it".into());
                }
            }
            ("pwrite64", Some(path)) => {
                let (at, bytes) = (call.number(0)?, call.bytes()?);
                if bytes.len() != call.number(1)? {
                    return Err("a write that is not whole".into());
                }
                let place = known(named, &path)?;
                self.contents[place].changes.push((span, Change::Write { at, bytes }));
            }
            ("ftruncate", Some(path)) => {
                let place = known(named, &path)?;
                self.contents[place].changes.push((span, Change::Resize(call.number(0)?)));
            }
            ("fsync" | "fdatasync", Some(path)) => {
                let place = known(named, &path)?;
                self.contents[place].syncs.push(span);
            }
            ("fsync", None) => {
                if let Some(path) = call.file().filter(|path| path.starts_with(&self.root)) {
                    self.folder_syncs.entry(path).or_default().push(span);
                }
            }
            ("mkdir" | "mkdirat", _) => {
                for path in call.paths()?.into_iter().filter(|path| path.starts_with(&self.root)) {
                    self.namings.push((span, path, Naming::Folder));
                }
            }
            ("unlink" | "unlinkat", _) => {
                for path in call.paths()?.into_iter().filter(|path| followed(path)) {
                    if named.remove(&path).is_some() {
                        self.namings.push((span, path, Naming::Gone));
                    }
                }
            }
            ("mmap", Some(_)) if !call.arguments.contains("MAP_SHARED") => {}
            ("mmap", Some(_)) if !call.arguments.contains("PROT_WRITE") => {}
            ("read" | "readv", Some(_)) => {}
            (_, Some(path)) => return Err(format!("not in the model, on {}", path.display()).into()),
            (
                "rename" | "renameat" | "renameat2" | "link" | "linkat" | "truncate" | "creat" | "rmdir",
                None,
            ) => {
                if call.paths()?.iter().any(|path| followed(path)) {
                    return Err("not in the model".into());
                }
            }
            (_, None) => {}
        }
        Ok(())
    }

    /// The moments at which something changes: a cut between two of them is a cut at the first.
    pub(super) fn moments(&self) -> Vec<usize> {
        let changes = self.contents.iter().flat_map(|content| {
            let changes = content.changes.iter().map(|(span, _)| *span);
            changes.chain(content.syncs.iter().copied())
        });
        let namings = self.namings.iter().map(|(span, ..)| *span);
        let folders = self.folder_syncs.values().flatten().copied();
        let mut moments: Vec<usize> = changes
            .chain(namings)
            .chain(folders)
            .flat_map(|span| [span.begin + 1, span.end.saturating_add(1)])
            .filter(|moment| *moment < usize::MAX)
            .collect();
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    /// How many writes and syncs of files there are.
    pub(super) fn counts(&self) -> (usize, usize) {
        let count = |of: fn(&Content) -> usize| self.contents.iter().map(of).sum();
        (count(|content| content.changes.len()), count(|content| content.syncs.len()))
    }

    /// How often a database itself was written, and not its log.
    pub(super) fn checkpointed(&self) -> usize {
        self.places(is_database).map(|place| self.contents[place].changes.len()).sum()
    }

    /// The contents of the files whose names are so.
    fn places(&self, named: fn(&Path) -> bool) -> impl Iterator<Item = usize> {
        self.namings.iter().filter_map(move |(_, path, naming)| match naming {
            Naming::File(place) if named(path) => Some(*place),
            Naming::File(_) | Naming::Folder | Naming::Gone => None,
        })
    }

    /// Forgets the syncs of contents that would not happen.
    pub(super) fn weaken(&mut self, syncs: Syncs) {
        match syncs {
            Syncs::Off => self.contents.iter_mut().for_each(|content| content.syncs.clear()),
            Syncs::Normal => {
                let places: Vec<usize> = self.places(is_database).collect();
                let written = places.iter().flat_map(|place| &self.contents[*place].changes);
                let written: Vec<usize> = written.map(|(span, _)| span.begin).collect();
                let logs: Vec<usize> = self.places(|path| !is_database(path)).collect();
                for log in logs {
                    let content = &mut self.contents[log];
                    // A checkpoint follows when the database is written before the log is.
                    let next = |of: &mut dyn Iterator<Item = usize>, sync: &Span| {
                        of.filter(|begin| *begin > sync.end).min().unwrap_or(usize::MAX)
                    };
                    let Content { changes, syncs } = content;
                    syncs.retain(|sync| {
                        next(&mut written.iter().copied(), sync)
                            < next(&mut changes.iter().map(|(span, _)| span.begin), sync)
                    });
                }
            }
        }
    }

    /// Writes to `place` what is left when the power goes before the moment `cut`.
    pub(super) fn rebuild(&self, cut: usize, loss: Loss, place: &Path) -> Result<(), Failed> {
        let mut dice = Dice::new(loss);
        std::fs::create_dir_all(place)?;
        for (path, bytes) in self.left(cut, &mut dice) {
            let target = place.join(path.strip_prefix(&self.root)?);
            std::fs::create_dir_all(target.parent().ok_or("a file without a folder")?)?;
            std::fs::write(target, bytes)?;
        }
        Ok(())
    }

    fn left(&self, cut: usize, dice: &mut Dice) -> BTreeMap<&Path, Vec<u8>> {
        let synced =
            |syncs: &[Span], span: Span| syncs.iter().any(|sync| sync.begin >= span.end && sync.end < cut);
        let mut names: BTreeMap<&Path, usize> = BTreeMap::new();
        let mut lost_folders: Vec<&Path> = Vec::new();
        for (span, path, naming) in self.namings.iter().filter(|(span, ..)| span.begin < cut) {
            let syncs = path.parent().and_then(|folder| self.folder_syncs.get(folder));
            if !synced(syncs.map_or(&[], Vec::as_slice), *span) && !dice.keeps() {
                if let Naming::Folder = naming {
                    lost_folders.push(path);
                }
                continue;
            }
            match naming {
                Naming::File(place) => drop(names.insert(path, *place)),
                Naming::Gone => drop(names.remove(path.as_path())),
                Naming::Folder => {}
            }
        }
        names.retain(|path, _| !lost_folders.iter().any(|folder| path.starts_with(folder)));
        let content = |place: usize, dice: &mut Dice| {
            let Content { changes, syncs } = &self.contents[place];
            // Whatever had ended when the last sync that came to its end began is certain.
            let ended = syncs.iter().filter(|sync| sync.end < cut);
            let certain = ended.map(|sync| sync.begin).max().unwrap_or(0);
            let mut bytes = Vec::new();
            for (span, change) in changes.iter().filter(|(span, _)| span.begin < cut) {
                if span.end <= certain {
                    apply(&mut bytes, change, |_| true);
                } else if dice.keeps() {
                    let tear = dice.tear();
                    apply(&mut bytes, change, |at| tear.is_none_or(|sector| dice.keeps_sector(at / sector)));
                }
            }
            bytes
        };
        names.into_iter().map(|(path, place)| (path, content(place, dice))).collect()
    }
}

fn is_database(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "db")
}

fn apply(content: &mut Vec<u8>, change: &Change, mut keeps: impl FnMut(usize) -> bool) {
    match change {
        Change::Resize(size) => content.resize(*size, 0),
        Change::Write { at, bytes } => {
            for (sector, part) in bytes.chunks(SECTOR).enumerate() {
                let from = at + sector * SECTOR;
                if keeps(sector * SECTOR) {
                    if content.len() < from + part.len() {
                        content.resize(from + part.len(), 0);
                    }
                    content[from..from + part.len()].copy_from_slice(part);
                }
            }
        }
    }
}

/// The smallest part that a disk writes whole.
const SECTOR: usize = 512;
/// The same for disks of today.
const PAGE: usize = 4096;

struct Dice {
    loss: Loss,
    dice: ChaCha8Rng,
    /// How many of eight unsynced things are kept on this disk.
    kept: u32,
    /// Which parts of the torn write are kept.
    sectors: u64,
}

impl Dice {
    fn new(loss: Loss) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(match loss {
            Loss::All | Loss::Nothing => 0,
            Loss::Chance(seed) => seed,
        });
        let kept = dice.random_range(0..=8);
        Self { loss, dice, kept, sectors: 0 }
    }

    fn keeps(&mut self) -> bool {
        match self.loss {
            Loss::All => false,
            Loss::Nothing => true,
            Loss::Chance(_) => self.dice.random_range(0..8) < self.kept,
        }
    }

    /// One write of four is torn, into sectors or into pages.
    fn tear(&mut self) -> Option<usize> {
        match self.loss {
            Loss::All | Loss::Nothing => None,
            Loss::Chance(_) => {
                self.sectors = self.dice.random();
                match self.dice.random_range(0..8) {
                    0 => Some(SECTOR),
                    1 => Some(PAGE),
                    _ => None,
                }
            }
        }
    }

    const fn keeps_sector(&self, number: usize) -> bool {
        self.sectors >> (number % 64) & 1 == 1
    }
}
