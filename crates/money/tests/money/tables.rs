//! The two tables: the page that shows them, and what no cell may break.

use powerhall_money::{
    Collect, CollectEvent, CollectStep, Deliver, DeliverEvent, DeliverStep, collect, deliver, tables,
};

#[test]
fn the_committed_page_is_the_machines() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/money-machines.md");
    let page = tables::render();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &page).expect("docs/ is writable");
    }
    assert!(
        std::fs::read_to_string(path).is_ok_and(|committed| committed == page),
        "docs/money-machines.md differs from the code; BLESS=1 writes it anew"
    );
}

#[test]
fn paid_never_goes_back() {
    for event in CollectEvent::ALL {
        match collect(Collect::Paid, event) {
            CollectStep::Go(to, _) => assert_eq!(to, Collect::Paid, "{event:?}"),
            CollectStep::Ignored(_) => {}
        }
    }
    for event in DeliverEvent::ALL {
        assert!(!matches!(deliver(Deliver::Posted, event), DeliverStep::Go(..)), "{event:?}");
    }
}

#[test]
fn unknown_moves_no_state() {
    for state in Collect::ALL {
        for event in [CollectEvent::Unknown, CollectEvent::NotYet] {
            if let CollectStep::Go(to, _) = collect(state, event) {
                assert_eq!(to, state, "{event:?}");
            }
        }
    }
    for state in Deliver::ALL {
        for event in [DeliverEvent::PostUnknown, DeliverEvent::RefundUnknown, DeliverEvent::NotOnAccount] {
            if let DeliverStep::Go(to, _) = deliver(state, event) {
                assert_eq!(to, state, "{event:?}");
            }
        }
    }
}

#[test]
fn closed_is_never_final_for_money() {
    assert!(matches!(collect(Collect::Closed, CollectEvent::Paid), CollectStep::Go(Collect::Paid, _)));
    assert!(matches!(
        collect(Collect::Closed, CollectEvent::Mismatch),
        CollectStep::Go(Collect::ManualReview, _)
    ));
}
