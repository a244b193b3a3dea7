//! People to whom a row may be handed over, or shown.

use super::compiler::{CompileError, Compiler};
use super::predicate::{for_roles, quote};
use super::writes::Held;
use crate::model::{AssignTo, Object, OwnerPath, Scope, UserColumn, Who, Write};
use crate::names::{ColumnName, Ident, RoleName, TenantKind};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Stands before columns of the row that is asked about, where a text does not know what that row is called.
pub const ROW: &str = "\u{1}";

impl<'a> Compiler<'a> {
    /// Which people of `everyone()`, aliased `p`, a row may go to; [`ROW`] stands before columns of the row.
    pub(super) fn assignees(&mut self, held: &Held<'a>, to: AssignTo) -> Result<String, CompileError> {
        let wanted = if to == AssignTo::Staff { Who::Internal } else { Who::External };
        let personas = self.model.personas.values();
        let of_portal = personas.filter(|persona| persona.name.portal == held.name.portal && persona.who == wanted);
        let names: Vec<String> = of_portal.map(|persona| Ident::literal(&persona.name.to_string())).collect();
        let is_one = if names.is_empty() { "false".to_owned() } else { format!("p.persona IN ({})", names.join(", ")) };
        let mut people = is_one;
        if to == AssignTo::TenantMember {
            let _ = write!(people, " AND {}", self.tenant_of_people(held)?);
        }
        if let (Scope::Reports, Some(user)) = (held.grant.rows.scope, new_owner(held)) {
            // PostgreSQL lets no row out of what its author sees, and that is the team's.
            let team = self.team_body(&user.key)?;
            let _ = write!(people, " AND p.keys ->> {} = ANY (({team})::text[])", Ident::literal(user.key.as_str()));
        }
        Ok(people)
    }

    /// The new owner is somebody to whom rows may be handed over.
    pub(super) fn assignable(
        &mut self,
        role: &RoleName,
        held: &Held<'a>,
        column: &ColumnName,
        to: AssignTo,
    ) -> Result<String, CompileError> {
        let Some(user) = new_owner(held) else { return Ok("false".to_owned()) };
        let people = self.assignees(held, to)?;
        Ok(format!(
            "EXISTS (SELECT FROM {}.everyone() AS p WHERE p.keys ->> {} = NEW.{}::text AND {})",
            self.control(),
            Ident::literal(user.key.as_str()),
            quote(column),
            for_roles(&people, [role]).replace(ROW, "NEW.")
        ))
    }

    /// People of the row's tenant; where the row does not name it, of one's own.
    pub(super) fn tenant_of_people(&self, held: &Held<'a>) -> Result<String, CompileError> {
        let row = self.tenant_of_row(held.object, held.persona.tenant_kind.as_ref());
        match held.persona.who {
            Who::External => {
                let (kind, key) = (self.call("tenant_kind", &[]), self.call("tenant_key", &["", "key"]));
                let mine = format!("p.tenant_kind = coalesce({kind}, '') AND p.tenant_key = {key}");
                Ok(match row {
                    // The scope has led to a tenant below mine, whose people these are.
                    Some(row) if held.grant.rows.scope == Scope::TenantTree => row,
                    // What one owns may be another tenant's.
                    Some(row) => format!("{mine} AND {row}"),
                    None => mine,
                })
            }
            Who::Internal | Who::Guest => row.ok_or_else(|| {
                let what = "column with its tenant's main key, by which staff could tell its people".to_owned();
                CompileError::MissingPath(held.object.name.clone(), what)
            }),
        }
    }

    fn tenant_of_row(&self, object: &Object, mine: Option<&TenantKind>) -> Option<String> {
        let mut fitting = object.direct_tenants().filter(|(kind, _)| mine.is_none() || kind.is_none() || *kind == mine);
        fitting.next().map(|(kind, column)| {
            let kind = self.kind_of(kind, "p.tenant_key");
            format!("p.tenant_kind = {kind} AND p.tenant_key = {ROW}{}::text", quote(column))
        })
    }
}

/// The column that a hand-over sets.
fn new_owner<'a>(held: &Held<'a>) -> Option<&'a UserColumn> {
    let Write::Assign { path, .. } = &held.grant.write else { return None };
    match held.object.owners.get(path)? {
        OwnerPath::Column(user) => Some(user),
        OwnerPath::Via { .. } => None,
    }
}

/// The columns of the row that a text names; `None`: none.
pub fn row_columns(text: &str, object: &Object) -> Option<BTreeSet<ColumnName>> {
    let direct = object.direct_tenants().map(|(_, column)| column);
    let named = direct.filter(|column| text.contains(&format!("{ROW}{}", quote(column))));
    let columns: BTreeSet<ColumnName> = named.cloned().collect();
    (!columns.is_empty()).then_some(columns)
}
