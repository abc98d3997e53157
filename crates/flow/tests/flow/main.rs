//! The flow from outside: both journeys step by step, and what holds for any sequence of events.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod advance;
mod basket;
mod bills;
mod calculator;
mod call;
mod counted;
mod finding;
mod hasty;
mod identify;
mod information;
mod journeys;
mod losses;
mod measure;
mod nobody;
mod outages;
mod payments;
mod progress;
mod properties;
mod restart;
mod ways;
mod world;
