//! Payment channels: the port that the backend calls, and the sandbox channel. Real channels (WeChat Pay, Alipay,
//! UnionPay) come as further modules behind the same port.

pub mod faults;
pub mod port;
pub mod sandbox;
