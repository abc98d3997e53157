//! Delivers the outbox: each notification is posted until somebody answers 2xx, several at a time, with growing
//! waits. It sleeps until the bell rings or the next try is due; at rest it does nothing.

use std::collections::HashSet;
use std::time::Duration;

use tokio::task::{JoinHandle, JoinSet};

use super::book::{Disguise, Due};
use super::seal::{self, NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER};
use super::{Sandbox, SandboxError};

/// Posts at the same time.
const MOST_AT_ONCE: usize = 8;
/// How long a receiver may take.
const TIME_OUT: Duration = Duration::from_secs(10);
/// A fault may hold a message back so long: longer than any wait between two tries need be.
const LONGEST_FAULT: Duration = Duration::from_secs(600);
/// How old a stale message is: older than anybody accepts.
const STALE_SECONDS: i64 = 600;
/// The wait after the book itself failed.
const BOOK_PAUSE: Duration = Duration::from_secs(1);

pub(super) fn spawn(sandbox: Sandbox) -> Result<JoinHandle<()>, SandboxError> {
    // reqwest takes the process's TLS provider; whoever came first has chosen it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .timeout(TIME_OUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()?;
    Ok(tokio::spawn(run(sandbox, client)))
}

async fn run(sandbox: Sandbox, client: reqwest::Client) {
    let mut posts: JoinSet<String> = JoinSet::new();
    let mut under_way: HashSet<String> = HashSet::new();
    loop {
        let wait = match fill(&sandbox, &client, &mut posts, &mut under_way).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!(channel = sandbox.inner.config.id, %error, "the outbox cannot be read");
                Some(BOOK_PAUSE)
            }
        };
        let nap = async {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(done) = posts.join_next() => match done {
                Ok(event_id) => drop(under_way.remove(&event_id)),
                // A post that panicked is due again once nothing is under way.
                Err(_) if posts.is_empty() => under_way.clear(),
                Err(_) => {}
            },
            () = sandbox.inner.bell.notified() => {}
            () = nap => {}
        }
    }
}

/// Starts what is due and fits; says how long until more is due.
async fn fill(
    sandbox: &Sandbox,
    client: &reqwest::Client,
    posts: &mut JoinSet<String>,
    under_way: &mut HashSet<String>,
) -> Result<Option<Duration>, sqlx::Error> {
    let config = &sandbox.inner.config;
    let longest =
        config.notify_max_retry.max(if config.faults.is_empty() { Duration::ZERO } else { LONGEST_FAULT });
    // What is under way is still due in the book, so twice as many are read.
    let most = u32::try_from(2 * MOST_AT_ONCE).unwrap_or(u32::MAX);
    for due in sandbox.inner.book.due(sandbox.now(), longest, most).await? {
        if under_way.len() >= MOST_AT_ONCE {
            break;
        }
        if under_way.insert(due.key.clone()) {
            posts.spawn(deliver(sandbox.clone(), client.clone(), due));
        }
    }
    Ok(sandbox.inner.book.next_due_in(sandbox.now()).await?.map(|wait| wait.min(longest)))
}

/// One try, and its result in the book.
async fn deliver(sandbox: Sandbox, client: reqwest::Client, due: Due) -> String {
    let config = &sandbox.inner.config;
    let answer = post(&sandbox, &client, &due).await;
    let acknowledged = match due.disguise {
        None => answer == Some(true),
        Some(disguise) => {
            if answer == Some(true) {
                tracing::error!(
                    channel = config.id,
                    ?disguise,
                    "a notification that is not genuine was accepted"
                );
            }
            answer.is_some()
        }
    };
    let now = sandbox.now();
    let written = if acknowledged {
        sandbox.inner.book.delivered(&due.key, now).await
    } else {
        let wait = backoff(config.notify_first_retry, config.notify_max_retry, due.tries);
        tracing::info!(channel = config.id, tries = due.tries + 1, ?wait, "notification not acknowledged");
        sandbox.inner.book.postpone(&due.key, now, wait).await
    };
    if let Err(error) = written {
        // Still due: it is sent again, and the receiver knows its event id.
        tracing::error!(channel = config.id, %error, "the outbox cannot be written");
        tokio::time::sleep(BOOK_PAUSE).await;
    }
    due.key
}

/// Posts a message; whether it was accepted, if there was an answer.
async fn post(sandbox: &Sandbox, client: &reqwest::Client, due: &Due) -> Option<bool> {
    let body = &due.body;
    let age = if due.disguise == Some(Disguise::Stale) { STALE_SECONDS } else { 0 };
    let timestamp = sandbox.now().as_second().saturating_sub(age).to_string();
    let nonce = seal::unguessable();
    // Whoever has not the key cannot make the seal of this nonce.
    let sealed = if due.disguise == Some(Disguise::Forged) { seal::unguessable() } else { nonce.clone() };
    let signature = sandbox.inner.seal.sign(&timestamp, &sealed, body.as_bytes());
    let answer = client
        .post(&sandbox.inner.config.notify_url)
        .header("content-type", "application/json")
        .header(TIMESTAMP_HEADER, timestamp)
        .header(NONCE_HEADER, nonce)
        .header(SIGNATURE_HEADER, signature)
        .body(body.clone())
        .send()
        .await;
    answer.ok().map(|response| response.status().is_success())
}

/// `first` doubled for each earlier try, at most `longest`.
fn backoff(first: Duration, longest: Duration, tries: u32) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(tries)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_the_longest() {
        let wait = |tries| backoff(Duration::from_secs(1), Duration::from_secs(60), tries).as_secs();
        assert_eq!([0, 1, 2, 5, 6, 200].map(wait), [1, 2, 4, 32, 60, 60]);
    }
}
