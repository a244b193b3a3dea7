//! People to whom a row may be handed over, or shown.

use super::compiler::{CompileError, Compiler};
use super::predicate::quote;
use super::writes::Held;
use crate::model::{AssignTo, Object, TenantRoute, Who};
use crate::names::{ColumnName, Ident, KeyName};
use std::collections::BTreeSet;

/// Stands before columns of the row that is asked about, where a text does not know what that row is called.
pub const ROW: &str = "\u{1}";

impl<'a> Compiler<'a> {
    /// Which people of `everyone()`, aliased `p`, a row may go to; [`ROW`] stands before columns of the row.
    pub(super) fn assignees(&self, held: &Held<'a>, to: AssignTo) -> Result<String, CompileError> {
        let wanted = if to == AssignTo::Staff { Who::Internal } else { Who::External };
        let personas = self.model.personas.values();
        let of_portal = personas.filter(|persona| persona.name.portal == held.name.portal && persona.who == wanted);
        let names: Vec<String> = of_portal.map(|persona| Ident::literal(&persona.name.to_string())).collect();
        let is_one = if names.is_empty() { "false".to_owned() } else { format!("p.persona IN ({})", names.join(", ")) };
        if to == AssignTo::Staff {
            return Ok(is_one);
        }
        Ok(format!("{is_one} AND {}", self.tenant_of_people(held)?))
    }

    /// People of one's own tenant; for staff, of the row's.
    pub(super) fn tenant_of_people(&self, held: &Held<'a>) -> Result<String, CompileError> {
        match held.persona.who {
            Who::External => {
                let (kind, key) = (self.call("tenant_kind", &[]), self.call("tenant_key", &["", "key"]));
                Ok(format!("p.tenant_kind = coalesce({kind}, '') AND p.tenant_key = {key}"))
            }
            Who::Internal | Who::Guest => self.tenant_of_row(held.object),
        }
    }

    fn tenant_of_row(&self, object: &Object) -> Result<String, CompileError> {
        let direct = object.tenant_paths.values().find_map(|path| match &path.route {
            TenantRoute::Column { column, key } if *key == KeyName::main() => {
                Some((column, path.kind.as_ref().map_or("", |kind| kind.as_str())))
            }
            _ => None,
        });
        let Some((column, kind)) = direct else {
            let what = "column with its tenant's main key, by which staff could tell its people".to_owned();
            return Err(CompileError::MissingPath(object.name.clone(), what));
        };
        Ok(format!("p.tenant_kind = {} AND p.tenant_key = {ROW}{}::text", Ident::literal(kind), quote(column)))
    }
}

/// The columns of the row that a text names; `None`: none.
pub fn row_columns(text: &str, object: &Object) -> Option<BTreeSet<ColumnName>> {
    let direct = object.tenant_paths.values().filter_map(|path| match &path.route {
        TenantRoute::Column { column, .. } => Some(column),
        _ => None,
    });
    let named = direct.filter(|column| text.contains(&format!("{ROW}{}", quote(column))));
    let columns: BTreeSet<ColumnName> = named.cloned().collect();
    (!columns.is_empty()).then_some(columns)
}
