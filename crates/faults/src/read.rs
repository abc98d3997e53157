//! A plan as people write it: in the configuration, or in a TOML file of its own that the configuration names. Every
//! mistake is found, with its key, its value and what is allowed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::{Call, Fault, Plan, Rule};

/// The longest that a fault may take to come out.
const LONGEST_MS: u64 = 600_000;

/// A plan as written.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct RawPlan {
    /// Where chance starts from.
    seed: Option<u64>,
    /// What a fault takes to come out, where it takes time; in milliseconds.
    ms: Option<u64>,
    /// Another file with the same keys, besides what stands here.
    file: Option<PathBuf>,
    /// How many calls of 1000 play a fault, by its word.
    per_mille: BTreeMap<String, u64>,
    /// Faults for certain orders.
    play: Vec<RawRule>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct RawRule {
    fault: String,
    at: Option<String>,
    number: Option<String>,
    order: Option<u32>,
    attempt: Option<u32>,
    #[serde(default)]
    skip: u32,
    #[serde(default = "once")]
    times: u32,
    ms: Option<u64>,
}

const fn once() -> u32 {
    1
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanMistake {
    /// Where, dotted, below the plan.
    pub key: String,
    /// What stands there.
    pub value: String,
    /// What may stand there.
    pub allowed: String,
}

fn mistake(key: impl Into<String>, value: impl Into<String>, allowed: impl Into<String>) -> PlanMistake {
    PlanMistake { key: key.into(), value: value.into(), allowed: allowed.into() }
}

impl RawPlan {
    /// Checks it, with its file, which is looked for from `folder`.
    ///
    /// # Errors
    /// All mistakes that were found.
    pub fn check<F: Fault>(self, folder: &Path) -> Result<Plan<F>, Vec<PlanMistake>> {
        let mut mistakes = Vec::new();
        let more = self
            .file
            .as_ref()
            .and_then(|file| read_file(&folder.join(file)).map_err(|wrong| mistakes.push(wrong)).ok());
        let mut rules = Vec::new();
        let mut chances: BTreeMap<String, u64> = BTreeMap::new();
        let mut seed = self.seed;
        let mut ms = self.ms;
        for plan in [Some(self), more].into_iter().flatten() {
            seed = seed.or(plan.seed);
            ms = ms.or(plan.ms);
            for (at, raw) in plan.play.into_iter().enumerate() {
                rules.extend(rule(raw, at, &mut mistakes));
            }
            for (word, chance) in plan.per_mille {
                chances.entry(word).or_insert(chance);
            }
        }
        let chances: Vec<(F, u16)> = chances
            .into_iter()
            .filter_map(|(word, chance)| chance_of(&word, chance, &mut mistakes))
            .collect();
        let wait = wait("ms", ms, &mut mistakes).unwrap_or(Plan::<F>::WAIT);
        if mistakes.is_empty() {
            Ok(Plan::new(seed.unwrap_or(1), wait, rules, &chances))
        } else {
            Err(mistakes)
        }
    }
}

fn read_file(path: &Path) -> Result<RawPlan, PlanMistake> {
    let wrong =
        |why: String| mistake("file", path.display().to_string(), format!("a plan of faults ({why})"));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let plan: RawPlan = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    if plan.file.is_some() {
        return Err(wrong("it names a further file".to_owned()));
    }
    Ok(plan)
}

fn named<F: Fault>(key: &str, word: &str, mistakes: &mut Vec<PlanMistake>) -> Option<F> {
    let found = F::ALL.iter().copied().find(|fault| fault.name() == word);
    if found.is_none() {
        let words: Vec<_> = F::ALL.iter().map(|fault| fault.name()).collect();
        mistakes.push(mistake(key, format!("\"{word}\""), format!("one of {}", words.join(", "))));
    }
    found
}

fn chance_of<F: Fault>(word: &str, chance: u64, mistakes: &mut Vec<PlanMistake>) -> Option<(F, u16)> {
    let key = format!("per_mille.{word}");
    let fault = named(&key, word, mistakes)?;
    match u16::try_from(chance) {
        Ok(chance) if chance <= 1000 => Some((fault, chance)),
        Ok(_) | Err(_) => {
            mistakes.push(mistake(key, chance.to_string(), "0 to 1000"));
            None
        }
    }
}

fn wait(key: &str, ms: Option<u64>, mistakes: &mut Vec<PlanMistake>) -> Option<Duration> {
    let ms = ms?;
    if ms > LONGEST_MS {
        mistakes.push(mistake(key, ms.to_string(), format!("0 to {LONGEST_MS}")));
    }
    Some(Duration::from_millis(ms))
}

fn rule<F: Fault>(raw: RawRule, at: usize, mistakes: &mut Vec<PlanMistake>) -> Option<Rule<F>> {
    let key = |what: &str| format!("play[{at}].{what}");
    let before = mistakes.len();
    let fault: Option<F> = named(&key("fault"), &raw.fault, mistakes);
    let call = raw.at.as_deref().and_then(|word| {
        let can: Vec<Call> = fault.map_or(Call::ALL.to_vec(), |fault| fault.calls().to_vec());
        let found = can.iter().copied().find(|call| call.name() == word);
        if found.is_none() {
            let words: Vec<_> = can.iter().map(|call| call.name()).collect();
            mistakes.push(mistake(key("at"), format!("\"{word}\""), format!("one of {}", words.join(", "))));
        }
        found
    });
    for (what, value) in [("order", raw.order), ("attempt", raw.attempt), ("times", Some(raw.times))] {
        if value == Some(0) {
            mistakes.push(mistake(key(what), "0", "1 or more"));
        }
    }
    let wait = wait(&key("ms"), raw.ms, mistakes);
    if mistakes.len() > before {
        return None;
    }
    Some(Rule {
        fault: fault?,
        at: call,
        number: raw.number,
        order: raw.order,
        attempt: raw.attempt,
        skip: raw.skip,
        times: raw.times,
        wait,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::Two;

    fn check(text: &str, folder: &Path) -> Result<Plan<Two>, Vec<PlanMistake>> {
        toml::from_str::<RawPlan>(text).expect("TOML").check(folder)
    }

    #[test]
    fn a_plan_is_read_with_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let more =
            "seed = 9\n[per_mille]\nlate = 1000\n[[play]]\nfault = \"lost\"\norder = 1\nat = \"query\"\n";
        std::fs::write(folder.path().join("more.toml"), more).expect("writes");
        let plan = check("file = \"more.toml\"\nms = 20\n", folder.path()).expect("right");
        let lost = plan.at(Call::Query, "N1").expect("the rule");
        assert_eq!((lost.fault, lost.wait), (Two::Lost, Duration::from_millis(20)));
        assert!(plan.at(Call::Query, "N1").is_none(), "once");
        assert_eq!(plan.at(Call::Notify, "N1").map(|play| play.fault), Some(Two::Late));
        assert!(check("", folder.path()).expect("nothing goes wrong").is_empty());
    }

    #[test]
    fn every_mistake_is_named_with_what_is_allowed() {
        for (text, key, allowed) in [
            ("[per_mille]\nlots = 1\n", "per_mille.lots", "one of lost, late"),
            ("[per_mille]\nlost = 1001\n", "per_mille.lost", "0 to 1000"),
            ("[[play]]\nfault = \"gone\"\n", "play[0].fault", "one of lost, late"),
            ("[[play]]\nfault = \"lost\"\nat = \"notify\"\n", "play[0].at", "one of create, query"),
            ("[[play]]\nfault = \"lost\"\norder = 0\n", "play[0].order", "1 or more"),
            ("[[play]]\nfault = \"lost\"\nms = 900000\n", "play[0].ms", "0 to 600000"),
            ("file = \"nowhere.toml\"\n", "file", "a plan of faults"),
        ] {
            let mistakes = check(text, Path::new("/nowhere")).expect_err(key);
            assert_eq!(mistakes.len(), 1, "{mistakes:?}");
            assert!(mistakes[0].key == key && mistakes[0].allowed.contains(allowed), "{mistakes:?}");
        }
        toml::from_str::<RawPlan>("sed = 1\n").expect_err("an unknown key");
    }
}
