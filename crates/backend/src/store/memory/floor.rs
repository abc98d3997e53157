//! The hall's floor in memory: calls for the guide, calls back, measures, and suspensions.

use std::collections::BTreeMap;

use async_trait::async_trait;
use powerhall_api::{CallRequest, CallState};
use powerhall_money::Moment;
use uuid::Uuid;

use super::MemoryStore;
use super::data::{Data, Staged};
use crate::call_backs::CallBackRow;
use crate::calls::{Attend, CallRow};
use crate::measures::Counted;
use crate::store::StoreError;
use crate::store::floor::Floor;
use crate::suspensions::SuspensionRow;

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

    async fn ask_call_back(&self, new: &CallBackRow) -> Result<CallBackRow, StoreError> {
        self.transact(|data| match standing(data, new.application.reveal()) {
            Some(known) => Ok((None, known)),
            None => Ok((Some(Staged::CallBack(new.clone())), new.clone())),
        })
        .await
    }

    async fn call_back(&self, application: &str) -> Result<Option<CallBackRow>, StoreError> {
        Ok(self.read(|data| standing(data, application)).await)
    }

    async fn call_backs(&self) -> Result<Vec<CallBackRow>, StoreError> {
        let open = |data: &Data| {
            let open = data.call_backs.values().filter(|row| row.done.is_none());
            let mut rows: Vec<_> = open.cloned().collect();
            // By application already, so that those of one moment stay in that order.
            rows.sort_by_key(|row| row.asked);
            rows
        };
        Ok(self.read(open).await)
    }

    async fn called_back(
        &self,
        application: &str,
        who: &str,
        now: Moment,
    ) -> Result<Option<CallBackRow>, StoreError> {
        self.transact(|data| {
            let Some(row) = standing(data, application) else { return Ok((None, None)) };
            let done = CallBackRow { done: Some((now, who.to_owned())), ..row };
            Ok((Some(Staged::CallBack(done.clone())), Some(done)))
        })
        .await
    }

    async fn measure(
        &self,
        batch: Uuid,
        day: &str,
        counts: &BTreeMap<Counted, u32>,
        _now: Moment,
    ) -> Result<u32, StoreError> {
        self.transact(|data| {
            if data.batches.contains(&batch) {
                return Ok((None, 0));
            }
            let staged = Staged::Measured { batch, day: day.to_owned(), counts: counts.clone() };
            Ok((Some(staged), counts.values().sum()))
        })
        .await
    }

    async fn measured(&self, from: &str, to: &str) -> Result<Vec<(Counted, u64)>, StoreError> {
        let sum = |data: &Data| {
            let mut sums = BTreeMap::new();
            for ((day, counted), count) in &data.measures {
                if (from..=to).contains(&day.as_str()) {
                    *sums.entry(*counted).or_default() += count;
                }
            }
            sums.into_iter().collect()
        };
        Ok(self.read(sum).await)
    }

    async fn suspend(&self, suspension: &SuspensionRow) -> Result<(), StoreError> {
        self.transact(|_| Ok((Some(Staged::Suspended(suspension.clone())), ()))).await
    }

    async fn resume(&self, id: Uuid, now: Moment) -> Result<Option<SuspensionRow>, StoreError> {
        self.transact(|data| {
            let live = data.suspensions.get(&id).filter(|suspension| suspension.is_live(now));
            let ended = live.map(|suspension| SuspensionRow { ended: Some(now), ..suspension.clone() });
            Ok((ended.clone().map(Staged::Suspended), ended))
        })
        .await
    }

    async fn suspensions(&self, now: Moment) -> Result<Vec<SuspensionRow>, StoreError> {
        let live = |data: &Data| {
            let live = data.suspensions.values().filter(|suspension| suspension.is_live(now));
            let mut live: Vec<_> = live.cloned().collect();
            live.sort_by_key(|suspension| (suspension.from, suspension.id));
            live
        };
        Ok(self.read(live).await)
    }
}

/// The call back of an application that is not done.
fn standing(data: &Data, application: &str) -> Option<CallBackRow> {
    data.call_backs.get(application).filter(|row| row.done.is_none()).cloned()
}

fn live(data: &Data, kiosk: Option<&str>, now: Moment) -> Vec<CallRow> {
    let is_live =
        |call: &&CallRow| kiosk.is_none_or(|kiosk| call.kiosk == kiosk) && call.state(now) != CallState::Done;
    let mut calls: Vec<_> = data.calls.values().filter(is_live).cloned().collect();
    calls.sort_by_key(|call| (call.at, call.id));
    calls
}
