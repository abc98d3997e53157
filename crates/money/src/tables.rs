//! The two machines as pages for people: `docs/money-machines.md` is this text, and a test holds them together.

use std::fmt::{Debug, Write};

use crate::{Collect, CollectEvent, CollectStep, Deliver, DeliverEvent, DeliverStep, collect, deliver};

/// Both tables in Markdown.
#[must_use]
pub fn render() -> String {
    let mut page = String::from(
        "# The money machines\n\n\
         Made from `crates/money/src/{collect,deliver}.rs`; `BLESS=1 cargo test -p powerhall-money` writes it anew. \
         Every state meets every event: a cell names the next state and what is done in the same transaction, or \
         why nothing follows.\n",
    );
    section(&mut page, "Collect: the money comes in, per order", Collect::ALL, CollectEvent::ALL, |s, e| {
        match collect(s, e) {
            CollectStep::Go(to, acts) => Ok((to, names(acts))),
            CollectStep::Ignored(why) => Err(why),
        }
    });
    section(
        &mut page,
        "Deliver: it reaches the account or goes back, per line",
        Deliver::ALL,
        DeliverEvent::ALL,
        |s, e| match deliver(s, e) {
            DeliverStep::Go(to, acts) => Ok((to, names(acts))),
            DeliverStep::Ignored(why) => Err(why),
        },
    );
    page
}

fn section<S: Debug + Copy, E: Debug + Copy>(
    page: &mut String,
    title: &str,
    states: impl IntoIterator<Item = S>,
    events: impl IntoIterator<Item = E> + Clone,
    cell: impl Fn(S, E) -> Result<(S, String), &'static str>,
) {
    // Writing to a String cannot fail.
    let _ = writeln!(
        page,
        "\n## {title}\n\n| state | event | next | does, or ignored because |\n|---|---|---|---|"
    );
    for state in states {
        for event in events.clone() {
            let _ = match cell(state, event) {
                Ok((to, acts)) => {
                    writeln!(page, "| {} | {} | **{}** | {acts} |", snake(state), snake(event), snake(to))
                }
                Err(why) => {
                    writeln!(page, "| {} | {} | – | ignored, because {why} |", snake(state), snake(event))
                }
            };
        }
    }
}

fn names<A: Debug + Copy>(acts: &[A]) -> String {
    acts.iter().map(|a| snake(*a)).collect::<Vec<_>>().join(", ")
}

/// `ManualReview` → `manual_review`.
pub(crate) fn snake(name: impl Debug) -> String {
    let mut text = String::new();
    for letter in format!("{name:?}").chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}
