//! Which cells of the two transition tables were gone through.

use std::collections::BTreeMap;

use powerhall_money::{
    Cell, Collect, CollectEvent, CollectStep, Deliver, DeliverEvent, DeliverStep, collect, deliver,
};

/// Both tables, cell by cell.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Cells that lead somewhere, with how often.
    pub edges: Vec<(Cell, u64)>,
    /// Cells that are ignored for a reason, with how often.
    pub ignored: Vec<(Cell, u64)>,
}

impl Coverage {
    /// Lays the counts over the tables.
    #[must_use]
    pub fn of(cells: &BTreeMap<Cell, u64>) -> Self {
        let mut coverage = Self::default();
        let count = |cell: &Cell| cells.get(cell).copied().unwrap_or(0);
        for state in Collect::ALL {
            for event in CollectEvent::ALL {
                let cell = Cell::Collect(state, event);
                let row = (cell, count(&cell));
                match collect(state, event) {
                    CollectStep::Go(_, _) => coverage.edges.push(row),
                    CollectStep::Ignored(_) => coverage.ignored.push(row),
                }
            }
        }
        for state in Deliver::ALL {
            for event in DeliverEvent::ALL {
                let cell = Cell::Deliver(state, event);
                let row = (cell, count(&cell));
                match deliver(state, event) {
                    DeliverStep::Go(_, _) => coverage.edges.push(row),
                    DeliverStep::Ignored(_) => coverage.ignored.push(row),
                }
            }
        }
        coverage
    }

    /// Edges that were taken, and all edges.
    #[must_use]
    pub fn edges_taken(&self) -> (usize, usize) {
        (self.edges.iter().filter(|(_, n)| *n > 0).count(), self.edges.len())
    }
}
