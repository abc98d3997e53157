//! A tax platform that misbehaves on demand: a wrapper around another that plays a plan of faults.

use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use powerhall_faults::{Call, Fault, Plan, Play};
use powerhall_money::{Cause, Outcome};

use crate::port::{Invoices, Issued, NewInvoice};

/// A fault of the tax platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InvoiceFault {
    /// It is done at once; the answer takes its time.
    Slow,
    /// The request never arrives.
    LostRequest,
    /// It is done; the answer never arrives.
    LostAnswer,
    /// It is done; the answer is a server error.
    ErrorAfterSuccess,
    /// The invoice is refused for good.
    InvoiceRefused,
}

const CALLS: &[Call] = &[Call::Issue, Call::Document];

impl Fault for InvoiceFault {
    const ALL: &'static [Self] =
        &[Self::Slow, Self::LostRequest, Self::LostAnswer, Self::ErrorAfterSuccess, Self::InvoiceRefused];

    fn name(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::LostRequest => "lost_request",
            Self::LostAnswer => "lost_answer",
            Self::ErrorAfterSuccess => "error_after_success",
            Self::InvoiceRefused => "invoice_refused",
        }
    }

    fn calls(self) -> &'static [Call] {
        match self {
            Self::Slow | Self::LostRequest | Self::LostAnswer | Self::ErrorAfterSuccess => CALLS,
            Self::InvoiceRefused => &[Call::Issue],
        }
    }
}

/// A platform with a plan of faults before it.
pub struct FaultyInvoices<I> {
    inner: Arc<I>,
    plan: Plan<InvoiceFault>,
}

impl<I: Invoices> FaultyInvoices<I> {
    /// Puts a plan before a platform.
    #[must_use]
    pub const fn new(inner: Arc<I>, plan: Plan<InvoiceFault>) -> Self {
        Self { inner, plan }
    }
}

/// Does `work`, and loses on the way what the fault loses.
async fn on_the_way<T: Send>(
    play: Option<Play<InvoiceFault>>,
    work: impl Future<Output = Outcome<T>> + Send,
) -> Outcome<T> {
    let Some(play) = play else { return work.await };
    match play.fault {
        InvoiceFault::Slow => {
            let outcome = work.await;
            tokio::time::sleep(play.wait).await;
            outcome
        }
        InvoiceFault::LostRequest => Outcome::Unknown(Cause::Network),
        InvoiceFault::LostAnswer => {
            work.await;
            Outcome::Unknown(Cause::Timeout)
        }
        InvoiceFault::ErrorAfterSuccess => {
            work.await;
            Outcome::Unknown(Cause::Server(500))
        }
        InvoiceFault::InvoiceRefused => Outcome::Rejected("buyer_refused".to_owned()),
    }
}

#[async_trait]
impl<I: Invoices> Invoices for FaultyInvoices<I> {
    async fn issue(&self, request: &NewInvoice) -> Outcome<Issued> {
        on_the_way(self.plan.at(Call::Issue, &request.request), self.inner.issue(request)).await
    }

    async fn document(&self, issued: &Issued, request: &NewInvoice) -> Outcome<Vec<u8>> {
        let play = self.plan.at(Call::Document, &request.request);
        on_the_way(play, self.inner.document(issued, request)).await
    }

    async fn ready(&self) -> bool {
        self.inner.ready().await
    }
}
