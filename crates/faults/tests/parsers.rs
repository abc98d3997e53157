//! Plans of faults as people write them, bent: read or refused with the key, never a panic; what is read can be played.

use std::path::Path;

use powerhall_faults::{Call, Fault, RawPlan};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum One {
    Lost,
    Late,
}

impl Fault for One {
    const ALL: &'static [Self] = &[Self::Lost, Self::Late];

    fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Late => "late",
        }
    }

    fn calls(self) -> &'static [Call] {
        match self {
            Self::Lost => &[Call::Create, Call::Query],
            Self::Late => &[Call::Notify],
        }
    }
}

const PLAN: &str = "seed = 7\nms = 1500\nfile = \"more.toml\"\n\n[per_mille]\nlost = 50\nlate = 1000\n\n[[play]]\n\
                    fault = \"lost\"\norder = 2\nskip = 1\ntimes = 3\nat = \"create\"\nms = 10\n\n[[play]]\n\
                    fault = \"late\"\nnumber = \"06D8KRS3XMZ6R8JV0ABCDEFGHJ01\"\nattempt = 1\n";

fn check(text: &str, folder: &Path) -> Result<(), TestCaseError> {
    let Ok(raw) = toml::from_str::<RawPlan>(text) else { return Ok(()) };
    match raw.check::<One>(folder) {
        Err(mistakes) => {
            prop_assert!(!mistakes.is_empty());
            for mistake in mistakes {
                prop_assert!(!mistake.key.is_empty() && !mistake.allowed.is_empty(), "{:?}", mistake);
            }
        }
        Ok(plan) => {
            for call in Call::ALL {
                for number in ["06D8KRS3XMZ6R8JV0ABCDEFGHJ01", "", "号", "R"] {
                    if let Some(play) = plan.at(call, number) {
                        prop_assert!(play.fault.calls().contains(&call));
                        prop_assert!(play.wait.as_millis() <= 600_000);
                    }
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_plan_is_read_or_refused_with_its_key(
        bent in powerhall_mangle::lines(PLAN),
        raw in powerhall_mangle::text(PLAN),
        more in powerhall_mangle::lines("[per_mille]\nlost = 5\n"),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("more.toml"), more).expect("writes");
        check(PLAN, folder.path())?;
        check(&bent, folder.path())?;
        check(&raw, folder.path())?;
    }

    /// Numbers of others may look like anything.
    #[test]
    fn any_number_has_its_order(number in any::<String>()) {
        prop_assert!(number.contains(powerhall_faults::order_part(&number)));
        let _ = powerhall_faults::attempt_part(&number);
    }
}
