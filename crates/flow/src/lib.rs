//! What the customer is doing: a pure state machine; no I/O, no clock, no Slint
