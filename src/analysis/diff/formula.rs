//! The rows of grants as formulas over cells and facts, without negation: what is not true counts as false, as it does
//! for rows.

use crate::analysis::evaluate::{Clock, Datum, Kind, order};
use crate::model::FieldType;
use crate::names::{ColumnName, ObjectName, TableName, TierName};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A row that is spoken of: the one that is asked about, another that something needs, or one above those.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// 0: the row that is asked about.
    pub(super) number: usize,
    pub(super) table: TableName,
    pub(super) steps: Vec<Step>,
}

/// From a row to the one above.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Step {
    pub(super) via: Vec<ColumnName>,
    pub(super) table: TableName,
    pub(super) key: Vec<ColumnName>,
}

impl Place {
    pub(super) fn root(number: usize, table: &TableName) -> Self {
        Self { number, table: table.clone(), steps: Vec::new() }
    }

    pub(super) fn table(&self) -> &TableName {
        self.steps.last().map_or(&self.table, |step| &step.table)
    }

    pub(super) fn above(&self, step: Step) -> Self {
        let mut place = self.clone();
        place.steps.push(step);
        place
    }

    /// The row that led here, and how.
    pub(super) fn below(&self) -> Option<(Self, &Step)> {
        let (last, steps) = self.steps.split_last()?;
        Some((Self { steps: steps.to_vec(), ..self.clone() }, last))
    }

    /// The cell that holds the column's value: a key of a row above stands in the row below.
    pub(super) fn cell(&self, column: &ColumnName) -> Var {
        if let Some((below, step)) = self.below()
            && let Some(at) = step.key.iter().position(|part| part == column)
            && let Some(via) = step.via.get(at)
        {
            return below.cell(via);
        }
        Var::Cell(self.clone(), column.clone())
    }
}

/// What a formula depends on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Var {
    Now,
    Tier,
    Mfa,
    Cell(Place, ColumnName),
    Fact(Fact),
}

/// Something that is there or not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    Exists(Place),
    /// A record of the control schema shares the row, or assigns it.
    Shared(Place, ObjectName, Vec<ColumnName>),
    Assigned(Place, ObjectName, Vec<ColumnName>),
    /// Some row of a table names the row by its columns, and holds this.
    Linked(Link),
    /// The row at the end of a long chain is seen, by whatever leads on from there.
    Deeper(Place, ObjectName),
    /// A row of a table of people names a tenant for somebody.
    Named {
        table: TableName,
        cells: Vec<(ColumnName, Datum)>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    pub(super) place: Place,
    pub(super) own: Vec<ColumnName>,
    pub(super) table: TableName,
    pub(super) theirs: Vec<ColumnName>,
    pub(super) cell: (ColumnName, Datum),
    /// It holds until then.
    pub(super) until: Option<ColumnName>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Formula {
    All(Vec<Formula>),
    Any(Vec<Formula>),
    Atom(Atom),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
}

impl Op {
    fn takes(self, ordering: Ordering) -> bool {
        match self {
            Self::Eq => ordering == Ordering::Equal,
            Self::Ne => ordering != Ordering::Equal,
            Self::Lt => ordering == Ordering::Less,
            Self::Lte => ordering != Ordering::Greater,
            Self::Gt => ordering == Ordering::Greater,
            Self::Gte => ordering != Ordering::Less,
        }
    }

    pub(super) fn contrary(self) -> Self {
        match self {
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::Lt => Self::Gte,
            Self::Lte => Self::Gt,
            Self::Gt => Self::Lte,
            Self::Gte => Self::Lt,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operand {
    Is(Datum),
    Of(Var),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Atom {
    Test { left: Operand, op: Op, right: Operand, kind: Kind },
    Empty { cell: Var, is: bool },
    Holds(Var),
    TierAtLeast { needed: Operand, order: Vec<TierName> },
}

/// What fields say of the cells that show them.
pub(super) type Hints = BTreeMap<Var, FieldType>;

impl Formula {
    pub(super) const YES: Self = Self::All(Vec::new());
    pub(super) const NO: Self = Self::Any(Vec::new());

    /// Flat, and the only part itself.
    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::All(inner) => flat.extend(inner),
                other if other == Self::NO => return Self::NO,
                other => flat.push(other),
            }
        }
        match <[Self; 1]>::try_from(flat) {
            Ok([only]) => only,
            Err(flat) => Self::All(flat),
        }
    }

    pub(super) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for part in parts {
            match part {
                Self::Any(inner) => flat.extend(inner),
                other if other == Self::YES => return Self::YES,
                other if flat.contains(&other) => {}
                other => flat.push(other),
            }
        }
        match <[Self; 1]>::try_from(flat) {
            Ok([only]) => only,
            Err(flat) => Self::Any(flat),
        }
    }

    pub(super) fn test(left: Var, op: Op, right: Operand, kind: Kind) -> Self {
        Self::Atom(Atom::Test { left: Operand::Of(left), op, right, kind })
    }

    /// Whether it holds; else what must be known first.
    pub(super) fn eval(&self, known: &Valuation) -> Result<bool, Box<Var>> {
        let (parts, deciding) = match self {
            Self::Atom(atom) => return atom.eval(known),
            Self::All(parts) => (parts, false),
            Self::Any(parts) => (parts, true),
        };
        let mut open = None;
        for part in parts {
            match part.eval(known) {
                Ok(found) if found == deciding => return Ok(deciding),
                Ok(_) => {}
                Err(var) => drop(open.get_or_insert(var)),
            }
        }
        open.map_or(Ok(!deciding), Err)
    }

    /// The same, where a cell is known.
    pub(super) fn fixed(&self, var: &Var, datum: &Datum) -> Self {
        let operand = |operand: &Operand| match operand {
            Operand::Of(of) if of == var => Operand::Is(datum.clone()),
            other => other.clone(),
        };
        match self {
            Self::All(parts) => Self::all(parts.iter().map(|part| part.fixed(var, datum))),
            Self::Any(parts) => Self::any(parts.iter().map(|part| part.fixed(var, datum))),
            Self::Atom(Atom::Test { left, op, right, kind }) => {
                Self::Atom(Atom::Test { left: operand(left), op: *op, right: operand(right), kind: *kind })
            }
            Self::Atom(Atom::TierAtLeast { needed, order }) => {
                Self::Atom(Atom::TierAtLeast { needed: operand(needed), order: order.clone() })
            }
            Self::Atom(Atom::Empty { cell, is }) if cell == var => {
                if (*datum == Datum::Null) == *is {
                    Self::YES
                } else {
                    Self::NO
                }
            }
            Self::Atom(atom) => Self::Atom(atom.clone()),
        }
    }

    /// Whether it can be seen from the two alone, with no value tried, that the other holds wherever it does.
    pub(super) fn implies(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        if let Self::All(parts) = other {
            return parts.iter().all(|part| self.implies(part));
        }
        if let Self::Any(parts) = self {
            return parts.iter().all(|part| part.implies(other));
        }
        let by_part = matches!(self, Self::All(parts) if parts.iter().any(|part| part.implies(other)));
        by_part || matches!(other, Self::Any(parts) if parts.iter().any(|part| self.implies(part)))
    }

    pub(super) fn atoms<'f>(&'f self, each: &mut impl FnMut(&'f Atom)) {
        match self {
            Self::Atom(atom) => each(atom),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.atoms(each)),
        }
    }
}

/// What is known of the world so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Valuation(pub(super) BTreeMap<Var, Datum>);

impl Valuation {
    pub(super) fn holds(&self, var: &Var) -> bool {
        self.0.get(var).is_some_and(|datum| *datum == Datum::text("true"))
    }

    fn of(&self, operand: &Operand) -> Result<Datum, Box<Var>> {
        match operand {
            Operand::Is(datum) => Ok(datum.clone()),
            Operand::Of(var) => self.0.get(var).cloned().ok_or_else(|| Box::new(var.clone())),
        }
    }

    pub(super) fn now(&self) -> Option<OffsetDateTime> {
        match self.0.get(&Var::Now)? {
            Datum::Text(text) => OffsetDateTime::parse(text, &Rfc3339).ok(),
            _ => None,
        }
    }
}

impl Atom {
    /// Every cell that it looks at.
    pub(super) fn cells(&self) -> Vec<&Var> {
        let operands = match self {
            Self::Test { left, right, .. } => vec![left, right],
            Self::TierAtLeast { needed, .. } => vec![needed],
            Self::Empty { cell, .. } => return vec![cell],
            Self::Holds(_) => Vec::new(),
        };
        let cells = operands.into_iter().filter_map(|operand| match operand {
            Operand::Of(var @ Var::Cell(..)) => Some(var),
            _ => None,
        });
        cells.collect()
    }

    fn eval(&self, known: &Valuation) -> Result<bool, Box<Var>> {
        match self {
            Self::Test { left, op, right, kind } => {
                let (left, right) = (known.of(left)?, known.of(right)?);
                let timely = [&left, &right].iter().any(|datum| matches!(datum, Datum::Now | Datum::Today));
                let now = match (timely, known.now()) {
                    (true, None) => return Err(Box::new(Var::Now)),
                    (_, now) => now.unwrap_or(OffsetDateTime::UNIX_EPOCH),
                };
                let clock = Clock { now, offset: Some(time::UtcOffset::UTC) };
                Ok(order(*kind, clock, &left, &right).is_ok_and(|ordering| op.takes(ordering)))
            }
            Self::Empty { cell, is } => Ok((known.of(&Operand::Of(cell.clone()))? == Datum::Null) == *is),
            Self::Holds(var) => {
                known.0.get(var).ok_or_else(|| Box::new(var.clone())).map(|datum| *datum == Datum::text("true"))
            }
            Self::TierAtLeast { needed, order } => {
                let rank = |datum: &Datum| match datum {
                    Datum::Text(text) => order.iter().position(|tier| tier.as_str() == text),
                    _ => None,
                };
                let (needed, mine) = (known.of(needed)?, known.of(&Operand::Of(Var::Tier))?);
                Ok(rank(&mine).zip(rank(&needed)).is_some_and(|(mine, needed)| needed <= mine))
            }
        }
    }
}
