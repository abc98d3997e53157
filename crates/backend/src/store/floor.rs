//! What the store keeps of the hall's floor beside the money: calls for the guide, calls back, measures, and suspensions. As in [`super::Store`], one method is
//! one whole transaction.

use std::collections::BTreeMap;

use async_trait::async_trait;
use powerhall_api::CallRequest;
use powerhall_money::Moment;
use uuid::Uuid;

use super::StoreError;
use crate::call_backs::CallBackRow;
use crate::calls::{Attend, CallRow};
use crate::measures::Counted;
use crate::suspensions::SuspensionRow;

/// The port of the hall's floor.
#[async_trait]
pub trait Floor: Send + Sync {
    /// Takes a call in, once; the kiosk's other calls are over by it. `None`: the id is taken by another call.
    async fn call(
        &self,
        kiosk: &str,
        request: &CallRequest,
        now: Moment,
    ) -> Result<Option<CallRow>, StoreError>;

    /// A kiosk's call by its id.
    async fn call_of(&self, kiosk: &str, id: Uuid) -> Result<Option<CallRow>, StoreError>;

    /// Ends a kiosk's call from the kiosk; one that is over or unknown stays so.
    async fn end_call(&self, kiosk: &str, id: Uuid, now: Moment) -> Result<(), StoreError>;

    /// The calls that are not over, oldest first.
    async fn calls(&self, now: Moment) -> Result<Vec<CallRow>, StoreError>;

    /// Staff attends to a kiosk's call; `None`: there is none that is not over. Who takes it again changes nothing.
    async fn attend(
        &self,
        kiosk: &str,
        attend: Attend,
        who: &str,
        now: Moment,
    ) -> Result<Option<CallRow>, StoreError>;

    /// Takes in that somebody asks to be rung; one that stands for the application already is given back instead.
    async fn ask_call_back(&self, new: &CallBackRow) -> Result<CallBackRow, StoreError>;

    /// The call back that stands for an application.
    async fn call_back(&self, application: &str) -> Result<Option<CallBackRow>, StoreError>;

    /// Those that are not done, the longest asked for first.
    async fn call_backs(&self) -> Result<Vec<CallBackRow>, StoreError>;

    /// Staff has rung; `None`: nobody stands there to be rung about this application.
    async fn called_back(
        &self,
        application: &str,
        who: &str,
        now: Moment,
    ) -> Result<Option<CallBackRow>, StoreError>;

    /// Adds a batch of measures to a day's counts (`yyyy-mm-dd`), once; how many were counted.
    async fn measure(
        &self,
        batch: Uuid,
        day: &str,
        counts: &BTreeMap<Counted, u32>,
        now: Moment,
    ) -> Result<u32, StoreError>;

    /// The counts of the days from `from` to `to`, both included, in order.
    async fn measured(&self, from: &str, to: &str) -> Result<Vec<(Counted, u64)>, StoreError>;

    /// Writes a suspension.
    async fn suspend(&self, suspension: &SuspensionRow) -> Result<(), StoreError>;

    /// Ends a suspension, or calls it off; `None`: there is none of this name that is not over.
    async fn resume(&self, id: Uuid, now: Moment) -> Result<Option<SuspensionRow>, StoreError>;

    /// The suspensions that are not over, by their beginning.
    async fn suspensions(&self, now: Moment) -> Result<Vec<SuspensionRow>, StoreError>;
}
