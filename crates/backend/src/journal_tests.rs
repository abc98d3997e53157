//! A kiosk's chain against every way of bending it.

use super::*;

const KIOSK: &str = "k";

fn chain(facts: &[(u128, JournalFact)]) -> Vec<JournalEntry> {
    let mut before = NOTHING;
    (1..)
        .zip(facts)
        .map(|(seq, (order, fact))| {
            let mut entry = JournalEntry {
                seq,
                order_id: Uuid::from_u128(*order),
                fact: *fact,
                at: 5,
                hash: String::new(),
            };
            before = entry.chained(&before);
            entry.hash = hex(&before);
            entry
        })
        .collect()
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn named(fen: i64) -> JournalFact {
    JournalFact::Named { amount_fen: Fen::new(fen) }
}

fn five() -> Vec<JournalEntry> {
    chain(&[
        (1, named(100)),
        (1, JournalFact::Ended),
        (2, named(200)),
        (3, named(300)),
        (3, JournalFact::Ended),
    ])
}

/// What a store does with what was judged.
#[derive(Default)]
struct Shelf {
    held: Held,
}

impl Shelf {
    fn upload(&mut self, before: Hash, entries: &[JournalEntry]) -> Judged {
        self.upload_pruned(0, before, entries)
    }

    fn upload_pruned(&mut self, pruned_through: u64, before: Hash, entries: &[JournalEntry]) -> Judged {
        let entries = entries.to_vec();
        let upload = JournalUpload { book: Uuid::nil(), before: hex(&before), pruned_through, entries };
        check_form(&upload).expect("has its form");
        let judged = judge(KIOSK, &upload, &self.held, Moment(7));
        for row in &judged.rows {
            self.held.head = Some((row.seq, row.hash));
            self.held.rows.insert(row.seq, row.clone());
        }
        judged
    }
}

fn codes(judged: &Judged) -> Vec<(u64, &str)> {
    judged.answer.refused.iter().map(|r| (r.seq, r.code.as_str())).collect()
}

#[test]
fn rows_are_taken_once_however_they_are_sent() {
    let rows = five();
    let mut shelf = Shelf::default();
    let hash = |row: &JournalEntry| read_hash(&row.hash).expect("a hash");
    assert_eq!(shelf.upload(NOTHING, &rows[..2]).answer.acked_through, 2);
    // The answer was lost: the same again, and more.
    let again = shelf.upload(NOTHING, &rows[..4]);
    assert_eq!((again.answer.acked_through, again.rows.len()), (4, 2));
    let gap = shelf.upload(hash(&rows[4]), &chain(&[(9, named(1)); 9])[6..]);
    assert_eq!((gap.answer.acked_through, gap.rows.len(), gap.answer.refused.len()), (4, 0, 0));
    let last = shelf.upload(hash(&rows[3]), &rows[4..]);
    assert_eq!((last.answer.acked_through, codes(&last)), (5, Vec::new()));
}

#[test]
fn a_broken_row_is_refused_once_and_the_kiosk_goes_on() {
    let mut rows = five();
    rows[2].fact = named(201);
    let mut shelf = Shelf::default();
    let judged = shelf.upload(NOTHING, &rows);
    assert_eq!((judged.answer.acked_through, codes(&judged)), (5, vec![(3, "chain_broken")]));
    assert_eq!(judged.reviews.len(), 1);
    let again = shelf.upload(NOTHING, &rows);
    assert_eq!((again.rows.len(), codes(&again)), (0, vec![(3, "chain_broken")]));
    assert_eq!(again.reviews, judged.reviews, "the same key, so one line of the list");
}

#[test]
fn what_is_held_is_never_rewritten() {
    let rows = five();
    let mut shelf = Shelf::default();
    shelf.upload(NOTHING, &rows);
    let mut forged = chain(&[(1, named(100)), (1, named(1)), (2, named(200))]);
    let judged = shelf.upload(NOTHING, &forged);
    assert_eq!(codes(&judged), [(2, "changed"), (3, "changed")]);
    assert!(judged.rows.is_empty());
    // Another content under the hash that we hold.
    forged[1] = JournalEntry { at: 6, ..rows[1].clone() };
    assert_eq!(codes(&shelf.upload(NOTHING, &forged[..2])), [(2, "changed")]);
}

#[test]
fn a_row_in_front_of_another_past_is_refused() {
    let rows = five();
    let mut shelf = Shelf::default();
    shelf.upload(NOTHING, &rows[..2]);
    let judged = shelf.upload([9; 32], &rows[2..]);
    assert_eq!(codes(&judged), [(3, "chain_broken")]);
    assert_eq!(judged.answer.acked_through, 5);
}

#[test]
fn another_kiosks_order_is_refused() {
    let mut shelf = Shelf::default();
    shelf.held.owners.insert(Uuid::from_u128(2), "other".to_owned());
    shelf.held.owners.insert(Uuid::from_u128(1), KIOSK.to_owned());
    let judged = shelf.upload(NOTHING, &five());
    assert_eq!(codes(&judged), [(3, "other_kiosks_order")]);
    assert_eq!(judged.reviews[0].amount, Fen::new(200));
}

#[test]
fn rows_that_the_kiosk_has_forgotten_are_on_the_list_and_the_rest_is_taken() {
    let rows = five();
    let hash = |row: &JournalEntry| read_hash(&row.hash).expect("a hash");
    let mut shelf = Shelf::default();
    // Rows that the kiosk still has are asked for.
    let asked = shelf.upload_pruned(1, hash(&rows[1]), &rows[2..]);
    assert_eq!((asked.answer.acked_through, asked.rows.len(), asked.reviews), (0, 0, Vec::new()));
    // Those that it has not are lost to us: a person hears of it once, and the chain goes on.
    let judged = shelf.upload_pruned(2, hash(&rows[1]), &rows[2..4]);
    assert_eq!((judged.answer.acked_through, judged.rows.len(), codes(&judged)), (4, 2, Vec::new()));
    assert_eq!(judged.reviews.len(), 1);
    assert!(judged.reviews[0].reason.contains("rows 1 to 2"), "{}", judged.reviews[0].reason);
    let again = shelf.upload_pruned(2, hash(&rows[1]), &rows[2..]);
    assert_eq!((again.answer.acked_through, again.rows.len()), (5, 1));
    assert_eq!((codes(&again), again.reviews.len()), (Vec::new(), 0));
    // The same in the middle, behind a backup that was restored; and the chain is still looked at.
    let mut shelf = Shelf::default();
    shelf.upload(NOTHING, &rows[..1]);
    let judged = shelf.upload_pruned(4, hash(&rows[3]), &rows[4..]);
    assert_eq!((judged.answer.acked_through, judged.reviews.len()), (5, 1));
    let changed = JournalEntry { at: 6, ..rows[4].clone() };
    assert_eq!(codes(&shelf.upload_pruned(4, hash(&rows[3]), &[changed])), [(5, "changed")]);
    let mut shelf = Shelf::default();
    let judged = shelf.upload_pruned(2, [9; 32], &rows[2..3]);
    assert_eq!((codes(&judged), judged.reviews.len()), (vec![(3, "chain_broken")], 2));
}

#[test]
fn the_form_is_checked() {
    let upload = |entries: Vec<JournalEntry>| JournalUpload {
        book: Uuid::nil(),
        before: hex(&NOTHING),
        pruned_through: 0,
        entries,
    };
    check_form(&upload(five())).expect("right");
    let mut gap = five();
    gap.remove(2);
    let mut zero = five();
    zero[0].seq = 0;
    let mut short = five();
    short[0].hash.pop();
    let mut shouted = five();
    shouted[0].hash = shouted[0].hash.to_uppercase();
    for wrong in [Vec::new(), gap, zero, short, shouted] {
        assert!(check_form(&upload(wrong)).is_err());
    }
}

#[test]
fn a_head_is_behind_forked_ahead_or_right() {
    let hash: Hash = [7; 32];
    let head = |seq, hash: &Hash| JournalHead { book: Uuid::nil(), seq, hash: hex(hash) };
    let facts = HeadFacts { held: Some((5, hash, Moment(0))), at_told: Some(hash), replaces_a_book: false };
    let late = Moment(OVERTAKING_MS);
    assert_eq!(judge_head(KIOSK, &head(5, &hash), &facts, late), []);
    assert!(is_complete(&head(5, &hash), &facts));
    let ahead = HeadFacts { at_told: None, ..facts.clone() };
    assert_eq!(judge_head(KIOSK, &head(6, &hash), &ahead, late), []);
    assert!(!is_complete(&head(6, &hash), &ahead));
    // A check-in that was overtaken by an upload is no loss; one that comes a minute later is.
    assert_eq!(judge_head(KIOSK, &head(4, &hash), &facts, Moment(OVERTAKING_MS - 1)), []);
    let lost = judge_head(KIOSK, &head(4, &hash), &facts, late);
    assert_eq!(judge_head(KIOSK, &head(3, &hash), &facts, late)[0].key, lost[0].key, "one review a loss");
    let forked = judge_head(KIOSK, &head(5, &[8; 32]), &facts, Moment(0));
    assert_eq!(forked.len(), 1);
    assert!(!is_complete(&head(5, &[8; 32]), &facts));
}
