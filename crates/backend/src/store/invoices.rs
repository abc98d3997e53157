//! What the store keeps of e-invoices, and the way from a posting to its order. As in [`super::Store`], one method is one
//! whole transaction.

use async_trait::async_trait;
use powerhall_invoice::port::Issued;
use powerhall_money::{Moment, Outcome};

use super::{StoreError, StoredOrder};
use crate::invoicing::{InvoiceRow, Next};

/// The port of the file of invoices.
#[async_trait]
pub trait InvoiceFile: Send + Sync {
    /// Somebody asks for a payment's invoice: what to do, decided by [`InvoiceRow::ask`] and durable.
    async fn ask_invoice(&self, payment: &str, now: Moment) -> Result<Next, StoreError>;

    /// The platform has answered; the row after it, by [`InvoiceRow::answered`].
    async fn invoice_answered(
        &self,
        payment: &str,
        outcome: &Outcome<Issued>,
        now: Moment,
    ) -> Result<InvoiceRow, StoreError>;

    /// The rows of those of the payments that somebody has asked about.
    async fn invoices_of(&self, payments: &[String]) -> Result<Vec<InvoiceRow>, StoreError>;

    /// The orders behind those of the postings that are ours, by the postings' keys.
    async fn orders_of(&self, keys: &[String]) -> Result<Vec<(String, StoredOrder)>, StoreError>;
}
