//! A tax platform that misbehaves on demand: a wrapper around another that plays a plan of faults.

use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use powerhall_faults::{Call, Fault, Mishap, Plan, Play};
use powerhall_money::Outcome;

use crate::port::{Invoices, Issued, NewInvoice};

/// A fault of the tax platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InvoiceFault {
    /// Something on the way.
    OnTheWay(Mishap),
    /// The invoice is refused for good.
    InvoiceRefused,
}

const CALLS: &[Call] = &[Call::Issue, Call::Document];

impl Fault for InvoiceFault {
    const ALL: &'static [Self] = &[
        Self::OnTheWay(Mishap::Slow),
        Self::OnTheWay(Mishap::LostRequest),
        Self::OnTheWay(Mishap::LostAnswer),
        Self::OnTheWay(Mishap::ErrorAfterSuccess),
        Self::InvoiceRefused,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::OnTheWay(mishap) => mishap.name(),
            Self::InvoiceRefused => "invoice_refused",
        }
    }

    fn calls(self) -> &'static [Call] {
        match self {
            Self::OnTheWay(_) => CALLS,
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

/// Does `work` as the plan says.
async fn behave<T: Send>(
    play: Option<Play<InvoiceFault>>,
    work: impl Future<Output = Outcome<T>> + Send,
) -> Outcome<T> {
    let Some(play) = play else { return work.await };
    match play.fault {
        InvoiceFault::OnTheWay(mishap) => mishap.befalls(play.wait, work).await,
        InvoiceFault::InvoiceRefused => Outcome::Rejected("buyer_refused".to_owned()),
    }
}

#[async_trait]
impl<I: Invoices> Invoices for FaultyInvoices<I> {
    async fn issue(&self, request: &NewInvoice) -> Outcome<Issued> {
        behave(self.plan.at(Call::Issue, &request.request), self.inner.issue(request)).await
    }

    async fn document(&self, issued: &Issued, request: &NewInvoice) -> Outcome<Vec<u8>> {
        let play = self.plan.at(Call::Document, &request.request);
        behave(play, self.inner.document(issued, request)).await
    }

    async fn ready(&self) -> bool {
        self.inner.ready().await
    }
}
