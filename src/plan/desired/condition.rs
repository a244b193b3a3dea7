//! Conditions of grants as SQL.

use super::compiler::{CompileError, Compiler};
use super::predicate::{Predicate, quote};
use super::value::Clock;
use crate::model::{Comparison, Condition, Object, Test, TierBound, TimeBound, Value};
use crate::names::{ColumnName, FieldName, Ident, TableName};

/// Where the field names of a condition lead.
#[derive(Clone, Copy)]
pub enum Fields<'a> {
    Of(&'a Object),
    /// Names are the columns themselves: tenant and people sources.
    Columns(&'a TableName),
}

impl<'a> Fields<'a> {
    fn clock(self) -> Clock {
        match self {
            Fields::Of(_) => Clock::Context,
            Fields::Columns(_) => Clock::Server,
        }
    }

    fn table(self) -> &'a TableName {
        match self {
            Fields::Of(object) => &object.table,
            Fields::Columns(table) => table,
        }
    }
}

impl<'a> Compiler<'a> {
    fn column_of(&self, fields: Fields<'a>, field: &FieldName) -> Result<ColumnName, CompileError> {
        match fields {
            Fields::Of(object) => self.field_column(object, field).cloned(),
            Fields::Columns(_) => Ok(ColumnName::new(field.as_str())),
        }
    }

    pub(super) fn condition(&self, fields: Fields<'a>, condition: &Condition) -> Result<Predicate, CompileError> {
        match condition {
            Condition::True => Ok(Predicate::new("true")),
            Condition::All(parts) => {
                Ok(Predicate::all(parts.iter().map(|part| self.condition(fields, part)).collect::<Result<_, _>>()?))
            }
            Condition::Any(parts) => {
                Ok(Predicate::any(parts.iter().map(|part| self.condition(fields, part)).collect::<Result<_, _>>()?))
            }
            Condition::Test(test) => self.test(fields, test),
        }
    }

    fn test(&self, fields: Fields<'a>, test: &Test) -> Result<Predicate, CompileError> {
        let name = self.column_of(fields, &test.field)?;
        let column = self.column(fields.table(), &name)?;
        let mut columns = vec![name.clone()];
        let mut value = |value: &Value| -> Result<String, CompileError> {
            if let Value::Row(field) = value {
                let other = self.column_of(fields, field)?;
                self.column(fields.table(), &other)?;
                columns.push(other.clone());
                return Ok(quote(&other));
            }
            self.value(column, value, fields.clock())
        };
        let left = quote(&name);
        let sql = match &test.comparison {
            Comparison::Eq(right) => format!("{left} = {}", value(right)?),
            Comparison::Ne(right) => format!("{left} <> {}", value(right)?),
            Comparison::Lt(right) => format!("{left} < {}", value(right)?),
            Comparison::Lte(right) => format!("{left} <= {}", value(right)?),
            Comparison::Gt(right) => format!("{left} > {}", value(right)?),
            Comparison::Gte(right) => format!("{left} >= {}", value(right)?),
            Comparison::In(list) => match list.iter().map(&mut value).collect::<Result<Vec<_>, _>>()?.as_slice() {
                [] => "false".to_owned(),
                values => format!("{left} IN ({})", values.join(", ")),
            },
            Comparison::NotIn(list) => match list.iter().map(&mut value).collect::<Result<Vec<_>, _>>()?.as_slice() {
                [] => "true".to_owned(),
                values => format!("{left} NOT IN ({})", values.join(", ")),
            },
            Comparison::IsNull(true) => format!("{left} IS NULL"),
            Comparison::IsNull(false) => format!("{left} IS NOT NULL"),
        };
        Ok(Predicate::on(sql, &columns))
    }

    /// My tenant's tier is at least that, in the project's order.
    pub(super) fn tier_bound(&self, object: &'a Object, bound: &TierBound) -> Result<Predicate, CompileError> {
        let tiers = &self.model.project.tiers;
        let mine = self.call("tier", &[]);
        match bound {
            TierBound::Tier(tier) => {
                let enough: Vec<String> =
                    tiers.iter().skip_while(|other| *other != tier).map(|t| Ident::literal(t.as_str())).collect();
                if enough.is_empty() {
                    return Err(CompileError::MissingPath(object.name.clone(), format!("tier `{tier}`")));
                }
                Ok(Predicate::new(format!("{mine} IN ({})", enough.join(", "))))
            }
            TierBound::RowField(field) => {
                let column = self.field_column(object, field)?;
                self.column(&object.table, column)?;
                let ranks: Vec<String> = tiers.iter().map(|tier| Ident::literal(tier.as_str())).collect();
                let ranks = format!("ARRAY[{}]::pg_catalog.text[]", ranks.join(", "));
                Ok(Predicate::on(
                    format!(
                        "array_position({ranks}, {}::pg_catalog.text) <= array_position({ranks}, {mine})",
                        quote(column)
                    ),
                    [column],
                ))
            }
        }
    }

    /// `from ≤ now < until`.
    pub(super) fn validity(
        &self,
        object: &'a Object,
        from: Option<&TimeBound>,
        until: Option<&TimeBound>,
    ) -> Result<Predicate, CompileError> {
        let mut parts = Vec::new();
        for (bound, operator) in [(from, "<="), (until, ">")] {
            let Some(bound) = bound else { continue };
            parts.push(match bound {
                TimeBound::Field(field) => {
                    let column = self.field_column(object, field)?;
                    let now = self.now(self.column(&object.table, column)?, Clock::Context);
                    Predicate::on(format!("{} {operator} {now}", quote(column)), [column])
                }
                TimeBound::Literal(text) => {
                    Predicate::new(format!("{} {operator} {}", self.moment(text), self.instant(Clock::Context)))
                }
            });
        }
        Ok(Predicate::all(parts))
    }
}
