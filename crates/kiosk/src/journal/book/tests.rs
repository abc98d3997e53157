//! The file's own promises.

use std::path::Path;

use powerhall_api::{Collect, JournalRefusal};
use powerhall_money::Fen;

use super::*;

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

fn config(dir: &Path, keep: Duration) -> JournalConfig {
    JournalConfig { path: dir.join("journal.db"), keep, max_rows: 1_000 }
}

fn book(dir: &Path, keep: Duration) -> Book {
    Book::open(&config(dir, keep)).expect("opens")
}

/// As when the backend has taken everything.
fn acknowledge_all(book: &mut Book) {
    let acked_through = book.last.0;
    book.acknowledge(&JournalAnswer { acked_through, refused: Vec::new() }).expect("writes");
}

fn rows(book: &Book) -> i64 {
    book.file.query_row("SELECT COUNT(*) FROM entry", [], |row| row.get(0)).expect("counts")
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

const NAMED: Fact = Fact::Named { amount: Fen::new(30_954) };

#[test]
fn writes_nothing_twice() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut book = book(dir.path(), WEEK);
    for _ in 0..2 {
        book.append(id(1), &NAMED).expect("writes");
        book.append(id(1), &Fact::Ended).expect("writes");
    }
    assert_eq!(rows(&book), 2);
    let other = Fact::Named { amount: Fen::new(1) };
    assert!(matches!(book.append(id(1), &other), Err(JournalError::Damaged(_))));
}

#[test]
fn prunes_the_old_end_and_keeps_the_chain() {
    let dir = tempfile::tempdir().expect("a folder");
    {
        let mut book = book(dir.path(), WEEK);
        for n in 0..5 {
            book.append(id(n), &NAMED).expect("writes");
            book.append(id(n), &Fact::Ended).expect("writes");
        }
        book.append(id(9), &NAMED).expect("writes");
        book.append(id(10), &NAMED).expect("writes");
        book.append(id(10), &Fact::Ended).expect("writes");
        acknowledge_all(&mut book);
    }
    {
        let book = book(dir.path(), Duration::ZERO);
        assert_eq!(rows(&book), 3, "the open order and what came after it stay");
        assert_eq!(book.remembered().expect("reads").open_orders, [id(9)]);
    }
    {
        let mut book = book(dir.path(), Duration::ZERO);
        book.append(id(9), &Fact::Ended).expect("writes");
        acknowledge_all(&mut book);
    }
    std::thread::sleep(Duration::from_millis(2));
    assert_eq!(rows(&book(dir.path(), Duration::ZERO)), 0);
    let mut again = book(dir.path(), WEEK);
    assert_eq!(again.last.0, 14, "numbers go on");
    again.append(id(11), &NAMED).expect("writes");
    drop(again);
    assert_eq!(book(dir.path(), WEEK).remembered().expect("reads").open_orders, [id(11)]);
}

#[test]
fn stays_small_without_a_restart() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut book = book(dir.path(), Duration::ZERO);
    for n in 0..400 {
        book.append(id(n), &NAMED).expect("writes");
        book.append(id(n), &Fact::Ended).expect("writes");
        acknowledge_all(&mut book);
    }
    assert!(rows(&book) <= i64::from(PRUNE_EVERY) + 2, "{}", rows(&book));
}

#[test]
fn rows_cannot_be_changed_or_taken_away() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut book = book(dir.path(), WEEK);
    book.append(id(1), &NAMED).expect("writes");
    for sql in ["UPDATE entry SET amount_fen = 1", "DELETE FROM entry"] {
        let refused = book.file.execute(sql, []).expect_err(sql).to_string();
        assert!(refused.contains("append-only"), "{refused}");
    }
}

#[test]
fn notices_what_was_changed_behind_its_back() {
    for damage in [
        "UPDATE entry SET amount_fen = 1 WHERE seq = 1",
        "UPDATE entry SET at = at + 1 WHERE seq = 2",
        "DELETE FROM entry WHERE seq = 2",
        "DELETE FROM entry WHERE seq = 1",
        "UPDATE anchor SET hash = randomblob(32)",
    ] {
        let dir = tempfile::tempdir().expect("a folder");
        {
            let mut book = book(dir.path(), WEEK);
            for n in 1..=3 {
                book.append(id(n), &NAMED).expect("writes");
            }
            book.file
                .execute_batch("DROP TRIGGER entry_is_never_changed; DROP TRIGGER entry_is_only_pruned")
                .expect("drops");
            book.file.execute(damage, []).expect(damage);
        }
        let opened = Book::open(&config(dir.path(), WEEK));
        assert!(matches!(opened, Err(JournalError::Damaged(_))), "{damage}");
    }
}

#[test]
fn refuses_a_file_from_the_future() {
    let dir = tempfile::tempdir().expect("a folder");
    book(dir.path(), WEEK).file.pragma_update(None, "user_version", 99).expect("writes");
    let opened = Book::open(&config(dir.path(), WEEK));
    assert!(matches!(opened, Err(JournalError::Newer { found: 99, known: 2 })));
}

#[test]
fn nothing_is_pruned_before_the_backend_has_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut open = book(dir.path(), Duration::ZERO);
    open.append(id(1), &NAMED).expect("writes");
    open.append(id(1), &Fact::Ended).expect("writes");
    drop(open);
    std::thread::sleep(Duration::from_millis(2));
    let mut open = book(dir.path(), Duration::ZERO);
    assert_eq!(rows(&open), 2);
    acknowledge_all(&mut open);
    drop(open);
    assert_eq!(rows(&book(dir.path(), Duration::ZERO)), 0);
}

#[test]
fn goes_up_in_batches_and_in_order() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut book = book(dir.path(), WEEK);
    for n in 0..450 {
        book.append(id(n), &NAMED).expect("writes");
    }
    let (mut seen, mut before) = (Vec::new(), [0; 32]);
    while let Some(upload) = book.unacknowledged().expect("reads") {
        assert!(upload.entries.len() <= 200);
        assert_eq!(upload.before, row::hex(&before));
        for entry in &upload.entries {
            before = entry.chained(&before);
            assert_eq!(entry.hash, row::hex(&before), "the backend can walk the chain");
            seen.push(entry.seq);
        }
        let acked_through = seen.len() as u64;
        assert!(book.acknowledge(&JournalAnswer { acked_through, refused: Vec::new() }).expect("writes"));
        assert!(
            !book.acknowledge(&JournalAnswer { acked_through, refused: Vec::new() }).expect("writes"),
            "an answer that leads nowhere is known as such"
        );
    }
    assert_eq!(seen, (1..=450).collect::<Vec<_>>());
}

#[test]
fn a_refused_row_is_kept_where_staff_sees_it() {
    let dir = tempfile::tempdir().expect("a folder");
    {
        let mut book = book(dir.path(), Duration::ZERO);
        book.append(id(1), &NAMED).expect("writes");
        book.append(id(1), &Fact::Ended).expect("writes");
        let refused = vec![JournalRefusal { seq: 1, code: "changed".to_owned() }];
        book.acknowledge(&JournalAnswer { acked_through: 2, refused }).expect("writes");
    }
    std::thread::sleep(Duration::from_millis(2));
    let contents = book(dir.path(), Duration::ZERO).contents().expect("reads");
    assert!(contents.entries.is_empty(), "pruned");
    let [(entry, code)] = &contents.quarantine[..] else { panic!("{contents:?}") };
    assert_eq!((entry.order_id, code.as_str()), (id(1), "changed"));
}

#[test]
fn a_full_book_takes_no_new_order_but_lets_the_others_end() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut book = Book::open(&JournalConfig { max_rows: 4, ..config(dir.path(), WEEK) }).expect("opens");
    for n in 1..=4 {
        book.append(id(n), &NAMED).expect("writes");
    }
    assert!(matches!(book.append(id(5), &NAMED), Err(JournalError::Full { rows: 4 })));
    assert!(matches!(book.check(), Err(JournalError::Full { .. })), "said before anybody starts to pay");
    let stands = Fact::Stands { version: 2, collect: Collect::Paid };
    book.append(id(1), &stands).expect("writes");
    for n in 1..=4 {
        book.append(id(n), &Fact::Ended).expect("writes");
    }
    assert!(book.check().is_err(), "the backend does not have it yet");
    acknowledge_all(&mut book);
    book.check().expect("young rows give way");
    book.append(id(5), &NAMED).expect("writes");
    assert_eq!(book.remembered().expect("reads").open_orders, [id(5)]);
}

#[test]
fn leads_version_1_on_with_its_open_orders() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("journal.db");
    {
        let file = Connection::open(&path).expect("opens");
        file.execute_batch(MIGRATIONS[0]).expect("version 1");
        file.pragma_update(None, "user_version", 1).expect("writes");
        let (first, hash) = row::new(6, id(1), &NAMED, 9, &[7; 32]);
        let (second, next) = row::new(7, id(2), &NAMED, 9, &hash);
        file.execute("UPDATE anchor SET seq = 5, hash = ?1", [[7_u8; 32]]).expect("writes");
        for (entry, hash) in [(first, hash), (second, next)] {
            file.execute(
                "INSERT INTO entry VALUES (?1, ?2, 'named', 30954, NULL, NULL, 9, ?3)",
                params![number(entry.seq).expect("fits"), entry.order_id.to_string(), hash],
            )
            .expect("writes");
        }
    }
    let opened = book(dir.path(), Duration::ZERO);
    let remembered = opened.remembered().expect("reads");
    assert_eq!(remembered, Remembered { open_orders: vec![id(1), id(2)], begun_anew: false });
    let upload = opened.unacknowledged().expect("reads").expect("both are to be sent");
    assert_eq!((upload.before, upload.entries.len(), upload.book), (row::hex(&[7; 32]), 2, opened.id));
    assert_eq!(upload.pruned_through, 5, "so that the backend does not wait for what never comes");
    let name = opened.id;
    drop(opened);
    assert_eq!(book(dir.path(), WEEK).id, name, "the book keeps its name");
}

#[test]
fn a_row_says_when_it_was_written() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut book = book(dir.path(), WEEK);
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    let before = clock();
    book.append(id(1), &NAMED).expect("writes");
    let at = u128::try_from(book.contents().expect("reads").entries[0].at).expect("after 1970");
    assert!((before..=clock()).contains(&at), "{at}");
}

/// Pruning rewrites the old end, so it comes after many rows and not with each.
#[test]
fn a_fact_costs_no_pruning() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut book = book(dir.path(), Duration::ZERO);
    for n in 0..10 {
        book.append(id(n), &NAMED).expect("writes");
        book.append(id(n), &Fact::Ended).expect("writes");
        acknowledge_all(&mut book);
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(rows(&book), 20);
}

#[test]
fn what_cannot_be_set_aside_is_said() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("file");
    std::fs::write(&file, "").expect("writes");
    let aside = super::super::aside::set_aside(&file.join("journal.db"));
    assert!(matches!(aside, Err(JournalError::File { .. })), "{aside:?}");
}

#[test]
fn everything_that_sqlite_keeps_beside_it_is_set_aside_with_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("journal.db");
    for end in ["", "-wal"] {
        std::fs::write(dir.path().join(format!("journal.db{end}")), end).expect("writes");
    }
    let place = super::super::aside::set_aside(&path).expect("set aside");
    let name = place.file_name().expect("a name").to_str().expect("text").to_owned();
    assert!(name.starts_with("journal.db.damaged-"), "{name}");
    let mut left: Vec<_> = std::fs::read_dir(dir.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
        .collect();
    left.sort_unstable();
    assert_eq!(left, [name.clone(), format!("{name}-wal")]);
}

#[test]
fn a_bare_name_is_in_this_folder() {
    assert_eq!(folder(Path::new("journal.db")), Path::new("."));
    assert_eq!(folder(Path::new("below/journal.db")), Path::new("below"));
}
