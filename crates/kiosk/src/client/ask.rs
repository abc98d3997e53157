//! The questions of the pages: one request each, and what of it may be tried again.

use powerhall_api::{BillDetail, FoundAccounts};
use powerhall_flow::{Answer, Question, Trouble};
use reqwest::Method;
use serde::de::DeserializeOwned;

use super::{Client, again, answer};

impl Client {
    /// Sends a question. What only reads, or comes to the same, is tried again briefly; a look-up never by itself, for look-ups are counted.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn ask(&self, question: Question) -> Result<Answer, Trouble> {
        match question {
            Question::Lookup(request) => {
                let request = self.request(Method::POST, &["lookups"]).json(&request);
                answer::body(&self.line, request).await.map(Answer::Lookup)
            }
            // Each code makes the one before it useless, and tries are counted: neither is sent again by itself.
            Question::SendCode(reference) => {
                let request = self.request(Method::POST, &["lookups", &reference, "codes"]);
                answer::body(&self.line, request).await.map(Answer::CodeSent)
            }
            Question::Prove(reference, proof) => {
                let request = self.request(Method::POST, &["lookups", &reference, "proofs"]).json(&proof);
                let found: FoundAccounts = answer::body(&self.line, request).await?;
                // A proof that holds opens something.
                if found.accounts.is_empty() { Err(Trouble::Malformed) } else { Ok(Answer::Proved(found)) }
            }
            Question::Quote(wanted) => {
                let request = self.request(Method::POST, &["quotes"]).json(&wanted);
                let quote = answer::body(&self.line, request).await?;
                Ok(Answer::Quote(wanted, quote))
            }
            Question::Bills(reference) => {
                let bills = self.read(&["lookups", &reference, "bills"]).await?;
                Ok(Answer::Bills(reference, bills))
            }
            Question::Bill(reference, period) => {
                let bill: BillDetail = self.read(&["lookups", &reference, "bills", &period]).await?;
                // An answer about another month is no answer.
                if bill.period == period { Ok(Answer::Bill(Box::new(bill))) } else { Err(Trouble::Malformed) }
            }
            Question::Aftermath(order) => {
                let aftermath = self.read(&["orders", &order.to_string(), "aftermath"]).await?;
                Ok(Answer::Aftermath(order, aftermath))
            }
            Question::Payments(reference) => {
                let payments = self.read(&["lookups", &reference, "payments"]).await?;
                Ok(Answer::Payments(reference, payments))
            }
            // Issued once however often it is asked for; asked again by the customer, for it is counted.
            Question::Invoice(reference, number) => {
                let path = ["lookups", &reference, "payments", &number, "invoice"];
                let invoice = answer::body(&self.line, self.request(Method::POST, &path)).await?;
                Ok(Answer::Invoice(Box::new(invoice)))
            }
            Question::Applications(reference) => {
                self.read(&["lookups", &reference, "applications"]).await.map(Answer::Applications)
            }
            Question::CallBack(reference) => {
                let request = || self.request(Method::PUT, &["lookups", &reference, "call-back"]);
                again(|| answer::body(&self.line, request())).await.map(Answer::CallBack)
            }
            Question::Outages(reference) => {
                self.read(&["lookups", &reference, "outages"]).await.map(Answer::Outages)
            }
        }
    }

    async fn read<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, Trouble> {
        again(|| answer::body(&self.line, self.request(Method::GET, path))).await
    }
}
