//! Soft deletion: under row security nobody can update a row into one that they do not see, so a function of the
//! operator role does it, after asking what the policies would have asked.

use super::compiler::{CompileError, Compiler};
use super::predicate::{for_roles, quote};
use super::writes::Held;
use crate::model::{Deletion, Object, Write};
use crate::names::{ColumnName, Ident, ObjectName, RoleName, TableName, fitting};
use crate::plan::control::pinned_search_path;
use crate::state::{Acl, Function, FunctionName, Grantee, Language, Parallel, Privilege, Relation, Volatility};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What the operator role needs of a table to delete for others.
#[derive(Debug, Default)]
pub struct OperatorNeeds {
    pub select: BTreeSet<ColumnName>,
    pub update: BTreeSet<ColumnName>,
}

impl<'a> Compiler<'a> {
    /// `delete_<object>(row_key text[])` for each object with soft deletion that somebody may delete.
    pub(super) fn soft_deletions(&mut self) -> Result<BTreeMap<TableName, OperatorNeeds>, CompileError> {
        let mut needs: BTreeMap<TableName, OperatorNeeds> = BTreeMap::new();
        let model = self.model;
        let mut branches: BTreeMap<&'a ObjectName, BTreeMap<&'a RoleName, Vec<Held<'a>>>> = BTreeMap::new();
        for (name, persona) in &model.personas {
            for (object, grants) in &persona.writes {
                let Some(object) = model.objects.get(object) else { continue };
                let soft = matches!(object.deletion, Some(Deletion::Soft(_)));
                for grant in grants.iter().filter(|grant| soft && matches!(grant.write, Write::Delete { .. })) {
                    let Some(facet) = persona.facets.get(grant.facet) else { continue };
                    let held = Held { name, persona, object, grant };
                    branches.entry(&object.name).or_default().entry(&facet.role).or_default().push(held);
                }
            }
        }
        for (object, roles) in branches {
            let object = self.object(object)?;
            let need = self.soft_deletion(object, &roles)?;
            let all = needs.entry(object.table.clone()).or_default();
            all.select.extend(need.select);
            all.update.extend(need.update);
        }
        Ok(needs)
    }

    fn soft_deletion(
        &mut self,
        object: &'a Object,
        roles: &BTreeMap<&'a RoleName, Vec<Held<'a>>>,
    ) -> Result<OperatorNeeds, CompileError> {
        let Some(Deletion::Soft(column)) = &object.deletion else { return Ok(OperatorNeeds::default()) };
        let facts = self.column(&object.table, column)?;
        let value = match facts.category {
            'B' => "true".to_owned(),
            _ => format!("statement_timestamp()::{}", facts.cast_type),
        };
        let mut need = OperatorNeeds { select: object.key.iter().cloned().collect(), ..OperatorNeeds::default() };
        need.update.insert(column.clone());
        let mut keys = Vec::new();
        for (at, key) in object.key.iter().enumerate() {
            let cast = &self.column(&object.table, key)?.cast_type;
            keys.push(format!("t.{} = ($1[{}])::{cast}", quote(key), at + 1));
        }
        let mut acl = Acl::default();
        let mut body = String::from("\n#variable_conflict use_column\nBEGIN\n    CASE current_setting('role')\n");
        let operator = self.roles.operator.clone();
        for (role, held) in roles {
            acl.grant(Grantee::Role((*role).clone()), Privilege::Execute);
            let mut parts = Vec::new();
            for one in held {
                let Write::Delete { parent } = &one.grant.write else { continue };
                parts.push(self.written_rows(one, &one.grant.rows, *parent)?);
            }
            let rows = self.any_rows(parts);
            self.allow_calls(&rows.calls, &operator);
            need.select.extend(rows.columns.iter().cloned());
            let _ = write!(
                body,
                "    WHEN {} THEN\n        UPDATE {} AS t SET {} = {value}\n        WHERE {} AND ({});\n        RETURN FOUND;\n",
                Ident::literal(role.as_str()),
                object.table.sql(),
                quote(column),
                keys.join(" AND "),
                for_roles(&rows.sql, [*role])
            );
        }
        body.push_str("    ELSE\n        RETURN false;\n    END CASE;\nEND\n");
        let name = FunctionName {
            schema: self.model.project.control_schema.clone(),
            name: object_function("delete", &object.name),
            argument_types: "text[]".to_owned(),
        };
        let function = Function {
            arguments: "row_key text[]".to_owned(),
            returns: "boolean".to_owned(),
            language: Language::Plpgsql,
            volatility: Volatility::Volatile,
            parallel: Parallel::Unsafe,
            security_definer: true,
            owner: operator,
            settings: pinned_search_path(),
            body,
            acl,
            marker: Some(self.marker()),
        };
        self.lookups.functions.insert(name, function);
        Ok(need)
    }

    pub(super) fn let_operator_delete(&self, relation: &mut Relation, needs: &OperatorNeeds) {
        let operator = Grantee::Role(self.roles.operator.clone());
        for (columns, privilege) in [(&needs.select, Privilege::Select), (&needs.update, Privilege::Update)] {
            for column in columns {
                relation.column_acl.entry(column.clone()).or_default().grant(operator.clone(), privilege);
            }
        }
    }
}

/// What the function that does this to rows of the object is called.
pub fn object_function(verb: &str, object: &ObjectName) -> String {
    fitting(&format!("{verb}_{object}"), "")
}
