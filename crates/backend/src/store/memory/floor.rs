//! The hall's floor in memory: calls for the guide.

use async_trait::async_trait;
use powerhall_api::{CallRequest, CallState};
use powerhall_money::Moment;
use uuid::Uuid;

use super::MemoryStore;
use super::data::{Data, Staged};
use crate::calls::{Attend, CallRow};
use crate::store::StoreError;
use crate::store::floor::Floor;

#[async_trait]
impl Floor for MemoryStore {
    async fn call(
        &self,
        kiosk: &str,
        request: &CallRequest,
        now: Moment,
    ) -> Result<Option<CallRow>, StoreError> {
        self.transact(|data| {
            if let Some(known) = data.calls.get(&request.id) {
                return Ok((None, known.is(kiosk, request).then(|| known.clone())));
            }
            let mine = data.calls.values().filter(|call| call.kiosk == kiosk && call.ended.is_none());
            let mut rows: Vec<_> = mine.map(|call| CallRow { ended: Some(now), ..call.clone() }).collect();
            let new = CallRow::new(kiosk, request, now);
            rows.push(new.clone());
            Ok((Some(Staged::Calls(rows)), Some(new)))
        })
        .await
    }

    async fn call_of(&self, kiosk: &str, id: Uuid) -> Result<Option<CallRow>, StoreError> {
        Ok(self.read(|data| data.calls.get(&id).filter(|call| call.kiosk == kiosk).cloned()).await)
    }

    async fn end_call(&self, kiosk: &str, id: Uuid, now: Moment) -> Result<(), StoreError> {
        self.transact(|data| {
            let call = data.calls.get(&id).filter(|call| call.kiosk == kiosk && call.ended.is_none());
            let ended = call.map(|call| CallRow { ended: Some(now), ..call.clone() });
            Ok((ended.map(|call| Staged::Calls(vec![call])), ()))
        })
        .await
    }

    async fn calls(&self, now: Moment) -> Result<Vec<CallRow>, StoreError> {
        Ok(self.read(|data| live(data, None, now)).await)
    }

    async fn attend(
        &self,
        kiosk: &str,
        attend: Attend,
        who: &str,
        now: Moment,
    ) -> Result<Option<CallRow>, StoreError> {
        self.transact(|data| {
            let Some(mut call) = live(data, Some(kiosk), now).pop() else { return Ok((None, None)) };
            match attend {
                Attend::Take if call.taken.is_some() => return Ok((None, Some(call))),
                Attend::Take => call.taken = Some((now, who.to_owned())),
                Attend::End => call.ended = Some(now),
            }
            Ok((Some(Staged::Calls(vec![call.clone()])), Some(call)))
        })
        .await
    }
}

fn live(data: &Data, kiosk: Option<&str>, now: Moment) -> Vec<CallRow> {
    let is_live =
        |call: &&CallRow| kiosk.is_none_or(|kiosk| call.kiosk == kiosk) && call.state(now) != CallState::Done;
    let mut calls: Vec<_> = data.calls.values().filter(is_live).cloned().collect();
    calls.sort_by_key(|call| (call.at, call.id));
    calls
}
