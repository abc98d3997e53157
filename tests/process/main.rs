//! The whole program: a real backend, a real kiosk's window under Xvfb, and a phone that reads the screen. Nothing is
//! asked of the kiosk but what a customer sees; everything else is asked of the backend's books. A failure leaves its
//! picture and the logs in `target/process/<test>/`.

mod aloud;
mod away;
mod beside;
mod bills;
mod call_backs;
mod calls;
mod every;
mod fees;
mod finding;
mod information;
mod journal;
mod kit;
mod measures;
mod more_to_pay;
mod paying;
mod payments;
mod power;
mod progress;
mod published;
mod unpaid;
mod ways;
