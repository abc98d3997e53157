//! A tax platform in memory that misbehaves on demand.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use powerhall_backend::invoicing::Invoicing;
use powerhall_hall::Hall;
use powerhall_invoice::port::{Invoices, Issued, NewInvoice, Seller};
use powerhall_money::{Cause, Outcome};

use crate::fake_channel::Fault;

#[derive(Default)]
struct Inner {
    issued: BTreeMap<String, Issued>,
    faults: VecDeque<Fault>,
    asked: Vec<NewInvoice>,
}

/// The platform.
#[derive(Default)]
pub struct FakeInvoices(Mutex<Inner>);

impl FakeInvoices {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("no panic while held")
    }

    /// What goes wrong with the next requests, in order.
    pub fn fault(&self, faults: impl IntoIterator<Item = Fault>) {
        self.lock().faults.extend(faults);
    }

    /// Every invoice that was asked for.
    pub fn asked(&self) -> Vec<NewInvoice> {
        self.lock().asked.clone()
    }

    /// How many there are.
    pub fn issued(&self) -> usize {
        self.lock().issued.len()
    }
}

#[async_trait]
impl Invoices for FakeInvoices {
    async fn issue(&self, request: &NewInvoice) -> Outcome<Issued> {
        let mut inner = self.lock();
        inner.asked.push(request.clone());
        let fault = inner.faults.pop_front();
        match fault {
            Some(Fault::Lost) => return Outcome::Unknown(Cause::Timeout),
            Some(Fault::Refused) => return Outcome::Rejected("buyer_refused".to_owned()),
            Some(Fault::AnswerLost | Fault::Slow(_)) | None => {}
        }
        let number = format!("{:020}", inner.issued.len() + 1);
        let at = "2026-11-23T10:00:00+08:00".parse().expect("a time");
        let issued = inner.issued.entry(request.request.clone()).or_insert(Issued { number, at }).clone();
        match fault {
            Some(Fault::AnswerLost) => Outcome::Unknown(Cause::Timeout),
            Some(Fault::Slow(_) | Fault::Lost | Fault::Refused) | None => Outcome::Definite(issued),
        }
    }

    async fn document(&self, issued: &Issued, request: &NewInvoice) -> Outcome<Vec<u8>> {
        Outcome::Definite(format!("%PDF {} {}", issued.number, request.buyer.name.reveal()).into_bytes())
    }

    async fn ready(&self) -> bool {
        true
    }
}

/// What the backend is told beside the port, with the shipped tax rates.
pub fn invoicing() -> Invoicing {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/hall");
    Invoicing {
        port: Arc::new(FakeInvoices::default()),
        seller: Seller { name: "供电公司".to_owned(), ..Seller::default() },
        taxes: Hall::load(&folder).expect("ships whole").taxes,
        public_url: String::new(),
        link_seconds: 600,
        sample: true,
    }
}
