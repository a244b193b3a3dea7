//! What may be done with one row now. Pages ask before they offer something: whose a row is, its state, its other rows
//! and the time are the database's to judge, there as in the row policies.

use super::compiler::{CompileError, Compiler};
use super::deletion::object_function;
use super::predicate::for_roles;
use super::role_switch::RoleSwitch;
use super::writes::Held;
use crate::model::Write;
use crate::state::Volatility;
use std::collections::BTreeMap;

impl<'a> Compiler<'a> {
    /// `possible_<object>(row_key text[])`: which of the persona's grants on the object, by their place among them, hold
    /// for the row as it is.
    pub(super) fn possible_functions(&mut self) -> Result<(), CompileError> {
        let asked =
            |write: &Write| matches!(write, Write::Update { .. } | Write::Transition { .. } | Write::Delete { .. });
        for (object, roles) in self.holding(asked) {
            let object = self.object(object)?;
            let is_row = self.key_is(object)?;
            let mut branches = BTreeMap::new();
            for (role, held) in roles {
                let mut cases = Vec::new();
                for one in &held {
                    let rows = self.rows_before(one)?;
                    self.lookups.read(&object.table, object.key.iter().chain(&rows.columns));
                    cases.push(format!("CASE WHEN {} THEN {} END", for_roles(&rows.sql, [role]), place(one)));
                }
                // Of a row that is not there, and of one that is nobody's business, it says the same.
                let text = format!(
                    "        RETURN coalesce((SELECT array_remove(ARRAY[{}], NULL) FROM {} AS t WHERE {is_row}), '{{}}');\n",
                    cases.join(",\n            "),
                    object.table.sql()
                );
                branches.insert(role, text);
            }
            let switch = RoleSwitch {
                name: object_function("possible", &object.name),
                arguments: "row_key text[]",
                argument_types: "text[]",
                returns: "integer[]",
                volatility: Volatility::Stable,
                owner: self.roles.lookup.clone(),
                declares: "",
                otherwise: "        RETURN '{}';\n",
                finally: "",
                called: true,
            };
            self.role_switch(switch, &branches);
        }
        Ok(())
    }
}

fn place(held: &Held<'_>) -> usize {
    let grants = held.persona.writes.get(&held.object.name).map_or(&[][..], Vec::as_slice);
    grants.iter().position(|grant| std::ptr::eq(grant, held.grant)).unwrap_or(grants.len())
}
