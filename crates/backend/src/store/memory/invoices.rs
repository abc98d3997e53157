//! The file of invoices in memory.

use async_trait::async_trait;
use powerhall_invoice::port::Issued;
use powerhall_money::{Moment, Outcome};

use super::MemoryStore;
use super::data::{Data, Staged};
use crate::invoicing::{InvoiceRow, Next};
use crate::store::invoices::InvoiceFile;
use crate::store::{StoreError, StoredOrder};

#[async_trait]
impl InvoiceFile for MemoryStore {
    async fn ask_invoice(&self, payment: &str, now: Moment) -> Result<Next, StoreError> {
        self.transact(|data| {
            let (row, next) = held(data, payment).ask(now);
            Ok(((next == Next::Try).then_some(Staged::Invoice(row)), next))
        })
        .await
    }

    async fn invoice_answered(
        &self,
        payment: &str,
        outcome: &Outcome<Issued>,
        now: Moment,
    ) -> Result<InvoiceRow, StoreError> {
        self.transact(|data| {
            let row = held(data, payment).answered(outcome, now);
            Ok((Some(Staged::Invoice(row.clone())), row))
        })
        .await
    }

    async fn invoices_of(&self, payments: &[String]) -> Result<Vec<InvoiceRow>, StoreError> {
        Ok(self
            .read(|data| payments.iter().filter_map(|payment| data.invoices.get(payment).cloned()).collect())
            .await)
    }

    async fn orders_of(&self, keys: &[String]) -> Result<Vec<(String, StoredOrder)>, StoreError> {
        let order = |data: &Data, key: &String| {
            let row = data.orders.get(data.numbers.get(key)?)?;
            let posted = row.stored.order.lines.iter().any(|line| line.key == *key);
            posted.then(|| (key.clone(), row.stored.clone()))
        };
        Ok(self.read(|data| keys.iter().filter_map(|key| order(data, key)).collect()).await)
    }
}

fn held(data: &Data, payment: &str) -> InvoiceRow {
    data.invoices.get(payment).cloned().unwrap_or_else(|| InvoiceRow::new(payment))
}
