//! Looks for a world in which one formula holds and another does not.

use super::formula::{Formula, Valuation, Var};
use super::pool::Pools;
use crate::analysis::evaluate::Datum;

/// A search that goes through more than this many steps is given up.
const STEPS: usize = 5_000;
/// So many worlds are tried on the evaluator.
const TRIES: usize = 48;

/// What came of the search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found<T> {
    /// The evaluator confirms this one.
    Confirmed(T),
    /// There is no such world.
    None,
    /// None could be confirmed, and none be ruled out.
    Undecided,
}

pub(super) struct Search<'f, T, C: FnMut(&Valuation) -> Option<T>> {
    pub(super) holds: &'f Formula,
    pub(super) fails: &'f Formula,
    pub(super) pools: &'f Pools,
    pub(super) confirm: C,
    pub(super) steps: usize,
    pub(super) tries: usize,
}

impl<'f, T, C: FnMut(&Valuation) -> Option<T>> Search<'f, T, C> {
    pub(super) fn new(holds: &'f Formula, fails: &'f Formula, pools: &'f Pools, confirm: C) -> Self {
        Self { holds, fails, pools, confirm, steps: 0, tries: 0 }
    }

    pub(super) fn run(mut self) -> Found<T> {
        let found = self.step(&mut Valuation::default());
        match found {
            Some(found) => Found::Confirmed(found),
            None if self.tries == 0 && self.steps < STEPS => Found::None,
            None => Found::Undecided,
        }
    }

    fn step(&mut self, known: &mut Valuation) -> Option<T> {
        self.steps += 1;
        if self.steps >= STEPS || self.tries >= TRIES {
            return None;
        }
        let open = match (self.holds.eval(known), self.fails.eval(known)) {
            (Ok(false), _) | (_, Ok(true)) => return None,
            (Ok(true), Ok(false)) => {
                self.tries += 1;
                return (self.confirm)(known);
            }
            (Err(open), _) | (_, Err(open)) => open,
        };
        let values: Vec<Datum> = self.pools.of(&open);
        for value in values {
            known.0.insert((*open).clone(), value);
            if let Some(found) = self.step(known) {
                return Some(found);
            }
        }
        known.0.remove(&*open);
        None
    }
}

/// Whether something is there.
pub(super) fn is_fact(var: &Var) -> bool {
    matches!(var, Var::Fact(_) | Var::Mfa)
}
