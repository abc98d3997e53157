//! Which pages the walk must have met: all that the map knows, but for those named here, each with its reason.

use crate::{Diary, Map, Page, Result, Trouble};

/// Pages that pass by before anybody can be sure to see them. They may be met.
const PASSING: [(Page, &str); 4] = [
    (Page::Opening, "the code is there within a moment"),
    (Page::Closing, "a code is closed within a moment"),
    (Page::Posting, "the money is on the account within a moment"),
    (Page::Calling, "the guide is called within a moment"),
];

/// Pages that take another hall than this one.
const ELSEWHERE: [(Page, &str); 4] = [
    (Page::Channels, "is asked only where there are several channels: `./run --faults`"),
    (Page::Refunding, "needs a bill that is paid at two kiosks: `process::beside`"),
    (Page::Refunded, "needs a bill that is paid at two kiosks: `process::beside`"),
    (Page::Review, "needs a channel that pays another amount: `./run --faults`"),
];

/// An error that names the pages of the map that are not in the album; or those that need not be and are, so that the
/// lists above stay true. Tells why the others are not.
pub(super) fn all_met(diary: &Diary, map: &Map) -> Result<()> {
    let mut known: Vec<Page> = Vec::new();
    for scene in map.scenes() {
        if !known.contains(&scene.page) {
            known.push(scene.page);
        }
    }
    let met = diary.album();
    if let Some(wrong) = wrong(&known, met) {
        return Err(Trouble::Wrong(wrong));
    }
    diary.note(&format!("met {} of {} pages, a picture of each; the others:", met.len(), known.len()));
    for (page, why) in excused().filter(|(page, _)| !met.contains(page)) {
        diary.note(&format!("  {page:?}: {why}"));
    }
    Ok(())
}

fn excused() -> impl Iterator<Item = (Page, &'static str)> {
    PASSING.into_iter().chain(ELSEWHERE)
}

/// What is wrong with the album, if anything.
fn wrong(known: &[Page], met: &[Page]) -> Option<String> {
    let is_excused = |page: Page| excused().any(|(excused, _)| excused == page);
    let missing: Vec<Page> =
        known.iter().copied().filter(|page| !met.contains(page) && !is_excused(*page)).collect();
    if !missing.is_empty() {
        return Some(format!("these pages were not met: {missing:?}"));
    }
    let after_all: Vec<Page> =
        ELSEWHERE.into_iter().map(|(page, _)| page).filter(|page| met.contains(page)).collect();
    if !after_all.is_empty() {
        return Some(format!("these pages are met after all, so nothing excuses them: {after_all:?}"));
    }
    let gone: Vec<Page> = excused().map(|(page, _)| page).filter(|page| !known.contains(page)).collect();
    (!gone.is_empty()).then(|| format!("these pages are on no map: {gone:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_album_has_every_page_but_those_that_are_excused() {
        let mut known: Vec<Page> = excused().map(|(page, _)| page).collect();
        known.push(Page::Home);
        assert_eq!(wrong(&known, &[Page::Home]), None);
        assert_eq!(wrong(&known, &[Page::Home, Page::Posting]), None, "it may be met");
        let missing = wrong(&known, &[Page::Posting]).unwrap_or_default();
        assert!(missing.contains("not met: [Home]"), "{missing}");
        let after_all = wrong(&known, &[Page::Home, Page::Review]).unwrap_or_default();
        assert!(after_all.contains("after all") && after_all.contains("[Review]"), "{after_all}");
        let gone = wrong(&[Page::Home], &[Page::Home]).unwrap_or_default();
        assert!(gone.contains("on no map") && gone.contains("Opening"), "{gone}");
    }
}
