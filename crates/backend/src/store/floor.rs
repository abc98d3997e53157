//! What the store keeps of the hall's floor beside the money: calls for the guide. As in [`super::Store`], one method is
//! one whole transaction.

use async_trait::async_trait;
use powerhall_api::CallRequest;
use powerhall_money::Moment;
use uuid::Uuid;

use super::StoreError;
use crate::calls::{Attend, CallRow};

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
}
