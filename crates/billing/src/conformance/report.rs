//! What a run has found, as a table for people.

use std::fmt;

use super::Failed;

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As the contract says.
    Passed,
    /// Not as the contract says, because of this.
    Failed(String),
    /// The sheet does not give what it needs.
    NotRun(&'static str),
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The operation.
    pub operation: &'static str,
    /// What was looked at.
    pub what: &'static str,
    /// How it ended.
    pub verdict: Verdict,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// In the order of the run.
    pub lines: Vec<Line>,
}

impl Line {
    pub(super) fn of(operation: &'static str, what: &'static str, found: Result<(), Failed>) -> Self {
        let verdict = match found {
            Ok(()) => Verdict::Passed,
            Err(Failed::Wrong(why)) => Verdict::Failed(why),
            Err(Failed::NotRun(why)) => Verdict::NotRun(why),
        };
        Self { operation, what, verdict }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, why) = match &self.verdict {
            Verdict::Passed => ("pass", None),
            Verdict::Failed(why) => ("FAIL", Some(why.as_str())),
            Verdict::NotRun(why) => ("----", Some(*why)),
        };
        write!(f, "{word}  {:<17} {}", self.operation, self.what)?;
        match why {
            Some(why) => write!(f, "\n      {why}"),
            None => Ok(()),
        }
    }
}

impl Report {
    fn count(&self, which: fn(&Verdict) -> bool) -> usize {
        self.lines.iter().filter(|line| which(&line.verdict)).count()
    }

    /// Whether every check was run and passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        !self.lines.is_empty() && self.lines.iter().all(|line| line.verdict == Verdict::Passed)
    }

    /// The checks that failed, in words.
    #[must_use]
    pub fn failures(&self) -> Vec<String> {
        let failed = self.lines.iter().filter(|line| matches!(line.verdict, Verdict::Failed(_)));
        failed.map(ToString::to_string).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let passed = self.count(|verdict| matches!(verdict, Verdict::Passed));
        let failed = self.count(|verdict| matches!(verdict, Verdict::Failed(_)));
        let not_run = self.count(|verdict| matches!(verdict, Verdict::NotRun(_)));
        write!(f, "checks {} passed {passed} failed {failed} not run {not_run}", self.lines.len())
    }
}
