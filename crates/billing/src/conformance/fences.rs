//! Checks of fences: money goes back to its payer when a fence says that its key can never be posted, so this must hold at
//! any moment.

use super::{Found, Suite, definite, must, refused, wrong};
use crate::port::{AccountId, Billing, Fence};
use powerhall_money::Outcome;

/// How often fence and posting are sent at once.
const ROUNDS: u32 = 8;

pub(super) async fn before(suite: &Suite) -> Found {
    let posting = suite.fen(suite.owes_nothing());
    for _ in 0..2 {
        let fenced = definite(suite.billing.fence(&posting.key).await)?;
        must(fenced == Fence::Fenced, "a key that nobody used is not fenced")?;
    }
    refused(suite.billing.post(&posting).await, "fenced")?;
    let none = definite(suite.billing.query_post(&posting.key).await)?;
    must(none.is_none(), "a fenced key is on an account")
}

pub(super) async fn after(suite: &Suite) -> Found {
    let posting = suite.fen(suite.owes_nothing());
    let posted = suite.posted(&posting).await?;
    let fence = definite(suite.billing.fence(&posting.key).await)?;
    must(fence == Fence::Posted(posted.clone()), "the fence does not give the posting")?;
    must(suite.posted(&posting).await? == posted, "the fence has changed the posting")
}

pub(super) async fn refused_key(suite: &Suite) -> Found {
    let posting = suite.fen(AccountId(suite.sheet.accounts.closed.clone()));
    refused(suite.billing.post(&posting).await, "account_closed")?;
    let fence = definite(suite.billing.fence(&posting.key).await)?;
    must(fence == Fence::Fenced, "a refused key is not fenced")
}

pub(super) async fn race(suite: &Suite) -> Found {
    for _ in 0..ROUNDS {
        let posting = suite.fen(suite.owes_nothing());
        let (post, fence) = tokio::join!(suite.billing.post(&posting), suite.billing.fence(&posting.key));
        let now = definite(suite.billing.query_post(&posting.key).await)?;
        match (definite(fence)?, now) {
            (Fence::Fenced, None) => {
                must(!matches!(post, Outcome::Definite(_)), "posted and fenced at once")?;
                refused(suite.billing.post(&posting).await, "fenced")?;
            }
            (Fence::Posted(told), Some(posted)) => {
                must(told == posted, "the fence told of another posting")?;
                must(suite.posted(&posting).await? == posted, "the posting has changed")?;
            }
            (Fence::Fenced, Some(_)) => return Err(wrong("fenced, and posted all the same")),
            (Fence::Posted(_), None) => return Err(wrong("the fence says posted, the query says not")),
        }
    }
    Ok(())
}
