//! Invoices (数电发票): the port behind which a province's tax platform goes, the arithmetic of tax, and a sandbox that issues
//! sample invoices as real PDF. What is invoiced, and to whom, the caller says; nothing personal is kept here.

mod capitals;
mod faulty;
mod paper;
pub mod port;
mod sandbox;
mod tax;

pub use capitals::capitals;
pub use faulty::{FaultyInvoices, InvoiceFault};
pub use paper::{PaperError, Typeface};
pub use sandbox::{BookError, SandboxInvoices};
pub use tax::{Split, split};
