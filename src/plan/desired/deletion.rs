//! Soft deletion: under row security nobody can update a row into one that they do not see, so a function of the
//! operator role does it, after asking what the policies would have asked.

use super::compiler::{CompileError, Compiler};
use super::predicate::{for_roles, quote};
use super::role_switch::RoleSwitch;
use super::writes::ByRole;
use crate::model::{Deletion, Object, Write};
use crate::names::{ColumnName, ObjectName, TableName, fitting};
use crate::state::{Grantee, Privilege, Relation, Volatility};
use std::collections::{BTreeMap, BTreeSet};

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
        for (object, roles) in self.holding(|write| matches!(write, Write::Delete { .. })) {
            let object = self.object(object)?;
            if !matches!(object.deletion, Some(Deletion::Soft(_))) {
                continue;
            }
            let need = self.soft_deletion(object, &roles)?;
            let all = needs.entry(object.table.clone()).or_default();
            all.select.extend(need.select);
            all.update.extend(need.update);
        }
        Ok(needs)
    }

    fn soft_deletion(&mut self, object: &'a Object, roles: &ByRole<'a>) -> Result<OperatorNeeds, CompileError> {
        let Some(Deletion::Soft(column)) = &object.deletion else { return Ok(OperatorNeeds::default()) };
        let facts = self.column(&object.table, column)?;
        let value = match facts.category {
            'B' => "true".to_owned(),
            _ => format!("statement_timestamp()::{}", facts.cast_type),
        };
        let mut need = OperatorNeeds { select: object.key.iter().cloned().collect(), ..OperatorNeeds::default() };
        need.update.insert(column.clone());
        let is_row = self.key_is(object)?;
        let mut branches = BTreeMap::new();
        let operator = self.roles.operator.clone();
        for (role, held) in roles {
            let mut parts = Vec::new();
            for one in held {
                let Write::Delete { parent } = &one.grant.write else { continue };
                parts.push(self.written_rows(one, &one.grant.rows, *parent)?);
            }
            let rows = self.any_rows(parts);
            self.allow_calls(&rows.calls, &operator);
            need.select.extend(rows.columns.iter().cloned());
            let text = format!(
                "        UPDATE {} AS t SET {} = {value}\n        WHERE {is_row} AND ({});\n        RETURN FOUND;\n",
                object.table.sql(),
                quote(column),
                for_roles(&rows.sql, [*role])
            );
            branches.insert(*role, text);
        }
        let switch = RoleSwitch {
            name: object_function("delete", &object.name),
            arguments: "row_key text[]",
            argument_types: "text[]",
            returns: "boolean",
            volatility: Volatility::Volatile,
            owner: operator,
            declares: "",
            otherwise: "        RETURN false;\n",
            finally: "",
            called: true,
        };
        self.role_switch(switch, &branches);
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
