//! Customers by chance: they pay, cancel, leave, pay while they cancel, pay after they left, or ask for more time.

use std::time::Duration;

use powerhall_flow::{Event, Gate, Journey, PayStage, Press, Screen, State};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::sync::{mpsc, watch};

use crate::Failed;

/// One customer after the other, until the process is killed.
pub async fn live(
    seed: u64,
    accounts: &[String],
    glass: mpsc::Sender<Event>,
    mut screen: watch::Receiver<State>,
) -> Result<(), Failed> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let phone = reqwest::Client::builder().timeout(Duration::from_secs(3)).no_proxy().build()?;
    loop {
        let state = screen.borrow_and_update().clone();
        let presses = decide(&mut dice, accounts, &phone, &state);
        if presses.is_empty() {
            let pause = Duration::from_millis(dice.random_range(200..1_500));
            // Impatience: somebody who waits long goes home.
            if tokio::time::timeout(pause * 4, screen.changed()).await.is_err() && dice.random_ratio(1, 3) {
                glass.send(Event::Press(Press::Home)).await?;
            }
            continue;
        }
        for press in presses {
            glass.send(Event::Press(press)).await?;
        }
        tokio::time::sleep(Duration::from_millis(dice.random_range(1..60))).await;
    }
}

fn decide(dice: &mut ChaCha8Rng, accounts: &[String], phone: &reqwest::Client, state: &State) -> Vec<Press> {
    match &state.screen {
        Screen::Home if state.service.gate == Gate::Open => vec![Press::Begin(Journey::Pay)],
        Screen::Home => Vec::new(),
        Screen::Find(find) if find.waiting.is_some() => Vec::new(),
        Screen::Find(find) if find.notice.is_some() => vec![Press::Home],
        Screen::Find(_) => {
            let account = &accounts[dice.random_range(0..accounts.len())];
            let digits = account.bytes().map(|digit| Press::Digit(digit - b'0'));
            std::iter::once(Press::Clear).chain(digits).chain([Press::Next]).collect()
        }
        Screen::Confirm(confirm) if confirm.waiting.is_some() => Vec::new(),
        Screen::Confirm(_) => {
            let yuan = Press::Digit(dice.random_range(1..=9));
            vec![Press::OtherAmount, Press::Clear, yuan, Press::Next, Press::Next]
        }
        Screen::Pay(pay) => match pay.stage {
            PayStage::Showing { .. } => {
                let attempt = pay.known.as_ref().and_then(|order| order.attempt.as_ref());
                let link = attempt.and_then(|attempt| attempt.code.clone());
                let scan = |after: u64| {
                    if let Some(link) = link.clone() {
                        tokio::spawn(pays(phone.clone(), link, Duration::from_millis(after)));
                    }
                };
                match dice.random_range(0..10) {
                    0..=5 => scan(dice.random_range(0..300)),
                    6 => {
                        scan(dice.random_range(0..40));
                        return vec![Press::Cancel];
                    }
                    7 => {
                        scan(dice.random_range(0..400));
                        return vec![Press::Home];
                    }
                    8 => return vec![Press::Cancel],
                    _ => return vec![Press::MoreTime],
                }
                Vec::new()
            }
            PayStage::Opening { .. } if dice.random_ratio(1, 10) => vec![Press::Cancel],
            PayStage::ChooseChannel
            | PayStage::Recording { .. }
            | PayStage::Opening { .. }
            | PayStage::Closing { .. } => Vec::new(),
            PayStage::Closed if dice.random_ratio(1, 2) => vec![Press::TryAgain],
            PayStage::Closed | PayStage::Failed => vec![Press::Home],
        },
        Screen::Finished(_) if dice.random_ratio(1, 2) => vec![Press::Home],
        Screen::Finished(_) => Vec::new(),
        // Not what anybody came for here.
        _ => vec![Press::Home],
    }
}

/// A phone that has read the code; whether it gets through is its own affair.
async fn pays(phone: reqwest::Client, link: String, after: Duration) {
    tokio::time::sleep(after).await;
    let form =
        phone.post(link).header("content-type", "application/x-www-form-urlencoded").body("action=pay");
    let _ = form.send().await;
}
