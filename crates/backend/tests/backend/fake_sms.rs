//! An operator of text messages in memory, that misbehaves on demand.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use powerhall_backend::sms::{CodeMessage, Sms};
use powerhall_money::{Cause, Outcome};

#[derive(Default)]
struct Inner {
    sent: Vec<CodeMessage>,
    down: bool,
    slow: Duration,
    loses: bool,
}

/// The operator.
#[derive(Default)]
pub struct FakeSms {
    inner: Mutex<Inner>,
}

impl FakeSms {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic while held")
    }

    /// From now on it does not answer, or again.
    pub fn set_down(&self, down: bool) {
        self.lock().down = down;
    }

    /// From now on a message takes so long.
    pub fn set_slow(&self, slow: Duration) {
        self.lock().slow = slow;
    }

    /// From now on messages are lost.
    pub fn set_loses(&self, loses: bool) {
        self.lock().loses = loses;
    }

    /// Phones and codes, oldest first.
    pub fn sent(&self) -> Vec<(String, String)> {
        let told = |message: &CodeMessage| (message.phone.reveal().clone(), message.code.reveal().clone());
        self.lock().sent.iter().map(told).collect()
    }

    /// Waits until so many were sent in all.
    pub async fn until_sent(&self, count: usize) -> Vec<(String, String)> {
        for _ in 0..1000 {
            let sent = self.sent();
            if sent.len() >= count {
                assert_eq!(sent.len(), count);
                return sent;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("never {count} codes: {}", self.sent().len());
    }
}

#[async_trait]
impl Sms for FakeSms {
    async fn send_code(&self, message: &CodeMessage) -> Outcome<()> {
        let slow = self.lock().slow;
        let loses = self.lock().loses;
        tokio::time::sleep(slow).await;
        if loses {
            return Outcome::Unknown(Cause::Timeout);
        }
        self.lock().sent.push(message.clone());
        Outcome::Definite(())
    }

    async fn ready(&self) -> bool {
        !self.lock().down
    }
}
