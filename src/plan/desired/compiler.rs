//! What every part of the compilation shares: the model, the live facts, the lookups made so far.

use super::lookup::Lookups;
use crate::model::{AccessModel, Object};
use crate::names::{ColumnName, FieldName, Ident, ObjectName, PortalName, TableName};
use crate::plan::control::ProjectRoles;
use crate::state::{Column, DatabaseState};

/// Why a model cannot be compiled for this database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    #[error("the database has no table `{0}`")]
    MissingTable(TableName),
    #[error("`{0}` has no column `{1}`")]
    MissingColumn(TableName, ColumnName),
    #[error("`{0}` is a {1}, which nobody may write through portalctl")]
    NotATable(TableName, &'static str),
    #[error("object `{0}` reaches itself through {1}")]
    Cycle(ObjectName, &'static str),
    #[error("`{column}` of object `{object}` cannot say which `{other}` is meant, whose key is {columns} columns")]
    KeyMismatch { object: ObjectName, column: ColumnName, other: ObjectName, columns: usize },
    #[error("`{1}` of `{0}` is neither a date nor a time, and `paid_until` is one")]
    NoMoment(TableName, ColumnName),
    #[error(
        "whoever registers at `{0}` is let in without approval, as of a new tenant, and {1}: write `approval: required`, so that \
         staff name the tenant"
    )]
    NoNewTenants(PortalName, String),
    #[error("object `{0}` has no {1}")]
    MissingPath(ObjectName, String),
    #[error("`$row.{0}` stands where no row is asked about")]
    MisplacedRow(FieldName),
}

pub struct Compiler<'a> {
    pub model: &'a AccessModel,
    pub live: &'a DatabaseState,
    pub roles: ProjectRoles,
    pub lookups: Lookups,
    /// What is being compiled, outermost first: a path that comes back to itself is an error, not a loop.
    pub(super) active: Vec<(ObjectName, &'static str)>,
}

impl<'a> Compiler<'a> {
    pub fn new(model: &'a AccessModel, live: &'a DatabaseState) -> Self {
        Self { model, live, roles: ProjectRoles::of(&model.project), lookups: Lookups::default(), active: Vec::new() }
    }

    /// The control schema, quoted.
    pub fn control(&self) -> Ident<'a> {
        Ident::new(self.model.project.control_schema.as_str())
    }

    pub fn column(&self, table: &TableName, column: &ColumnName) -> Result<&'a Column, CompileError> {
        let relation = self.live.relations.get(table).ok_or_else(|| CompileError::MissingTable(table.clone()))?;
        relation.columns.get(column).ok_or_else(|| CompileError::MissingColumn(table.clone(), column.clone()))
    }

    pub fn object(&self, name: &ObjectName) -> Result<&'a Object, CompileError> {
        self.model
            .objects
            .get(name)
            .ok_or_else(|| CompileError::MissingPath(name.clone(), "definition in the model".to_owned()))
    }

    pub fn field_column(&self, object: &'a Object, field: &FieldName) -> Result<&'a ColumnName, CompileError> {
        object
            .fields
            .get(field)
            .map(|field| &field.column)
            .ok_or_else(|| CompileError::MissingPath(object.name.clone(), format!("field `{field}`")))
    }

    /// Runs `compile` with `object` marked as being compiled through `through`.
    pub(super) fn within<T>(
        &mut self,
        object: &ObjectName,
        through: &'static str,
        compile: impl FnOnce(&mut Self) -> Result<T, CompileError>,
    ) -> Result<T, CompileError> {
        let mark = (object.clone(), through);
        if self.active.contains(&mark) {
            return Err(CompileError::Cycle(object.clone(), through));
        }
        self.active.push(mark);
        let result = compile(self);
        self.active.pop();
        result
    }
}
