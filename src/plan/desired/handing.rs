//! Handing rows over: to whom one may. Functions of the lookup role, each of which first asks whether the grant holds for
//! the row.

use super::assignees::{ROW, row_columns};
use super::compiler::{CompileError, Compiler};
use super::deletion::object_function;
use super::predicate::{Predicate, for_roles, quote};
use super::role_switch::RoleSwitch;
use super::writes::{ByRole, Held};
use crate::model::{AssignTo, LinkedTo, Object, OwnerPath, ParentNeeds, Write};
use crate::names::{ColumnName, Ident, RoleName, TableName};
use crate::state::Volatility;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Columns of mapped link tables that the lookup role writes shares to.
pub type ShareColumns = BTreeMap<TableName, BTreeSet<ColumnName>>;

impl<'a> Compiler<'a> {
    /// `assignees_<object>`; `share_<object>`, `shares_<object>`, `unshare_<object>` and `shareable_<object>`.
    pub(super) fn handing_functions(&mut self) -> Result<ShareColumns, CompileError> {
        let mut columns = ShareColumns::new();
        for (object, roles) in self.holding(|write| matches!(write, Write::Assign { .. })) {
            self.assignees_function(self.object(object)?, &roles)?;
        }
        for (object, roles) in self.holding(|write| matches!(write, Write::Share(_))) {
            let object = self.object(object)?;
            self.share_function(object, &roles)?;
            self.shares_function(object, &roles)?;
            self.unshare_function(object, &roles)?;
            self.shareable_function(object, &roles)?;
            if let Some(link) = &object.shares {
                let with = match &link.with {
                    LinkedTo::User(user) => &user.column,
                    LinkedTo::Tenant { column, .. } => column,
                };
                columns
                    .entry(link.table.clone())
                    .or_default()
                    .extend(link.row.iter().chain([with]).chain(&link.until).cloned());
            }
        }
        Ok(columns)
    }

    /// Whether the row of `row_key` is one of `rows`.
    pub(super) fn row_is(
        &mut self,
        object: &Object,
        rows: &Predicate,
        role: &RoleName,
    ) -> Result<String, CompileError> {
        self.lookups.read(&object.table, object.key.iter().chain(&rows.columns));
        Ok(format!(
            "EXISTS (SELECT FROM {} AS t WHERE {} AND ({}))",
            object.table.sql(),
            self.key_is(object)?,
            for_roles(&rows.sql, [role])
        ))
    }

    /// That `t` is the row of the key `$1`.
    pub(super) fn key_is(&self, object: &Object) -> Result<String, CompileError> {
        self.key_is_in(object, "$1")
    }

    /// That `t` is the row of the key that is the array `key`.
    pub(super) fn key_is_in(&self, object: &Object, key: &str) -> Result<String, CompileError> {
        let mut keys = Vec::new();
        for (at, column) in object.key.iter().enumerate() {
            let cast = &self.column(&object.table, column)?.cast_type;
            keys.push(format!("t.{} = ({key}[{}])::{cast}", quote(column), at + 1));
        }
        Ok(keys.join(" AND "))
    }

    /// To whom a row may be handed over on an owner path: the key that its owner column then holds, and a name.
    fn assignees_function(&mut self, object: &'a Object, roles: &ByRole<'a>) -> Result<(), CompileError> {
        let mut branches = BTreeMap::new();
        for (role, held) in roles {
            let mut text = String::new();
            for one in held {
                let Write::Assign { path, to, .. } = &one.grant.write else { continue };
                let Some(OwnerPath::Column(user)) = object.owners.get(path) else { continue };
                let rows = self.written_rows(one, &one.grant.rows, ParentNeeds::Update)?;
                let is_row = self.row_is(object, &rows, role)?;
                let key = Ident::literal(user.key.as_str());
                let people = self.people_for(one, *to, role)?;
                let _ = write!(
                    text,
                    "        IF owner_path = {} AND {is_row} THEN\n            RETURN QUERY SELECT DISTINCT p.keys ->> {key}, \
                     coalesce(p.person, p.email) FROM {}.everyone() AS p\n            WHERE p.keys ->> {key} IS NOT NULL AND {people};\n        END IF;\n",
                    Ident::literal(path.as_str()),
                    self.control(),
                );
            }
            branches.insert(*role, text);
        }
        let returns = "TABLE(key text, person text)";
        self.handing(
            "assignees",
            object,
            ("row_key text[], owner_path text", "text[], text", returns),
            Volatility::Stable,
            &branches,
        );
        Ok(())
    }

    /// Which of `everyone()`, aliased `p`, as a condition inside one of these functions.
    fn people_for(&mut self, held: &Held<'a>, to: AssignTo, role: &RoleName) -> Result<String, CompileError> {
        let people = for_roles(&self.assignees(held, to)?, [role]);
        self.with_row(held.object, &people)
    }

    /// Puts the row of `row_key` where a text names columns of the row.
    pub(super) fn with_row(&mut self, object: &Object, text: &str) -> Result<String, CompileError> {
        let Some(columns) = row_columns(text, object) else { return Ok(text.to_owned()) };
        self.lookups.read(&object.table, object.key.iter().chain(&columns));
        Ok(format!(
            "EXISTS (SELECT FROM {} AS t WHERE {} AND {})",
            object.table.sql(),
            self.key_is(object)?,
            text.replace(ROW, "t.")
        ))
    }

    pub(super) fn handing(
        &mut self,
        verb: &str,
        object: &Object,
        (arguments, argument_types, returns): (&str, &str, &str),
        volatility: Volatility,
        branches: &BTreeMap<&RoleName, String>,
    ) {
        let switch = RoleSwitch {
            name: object_function(verb, &object.name),
            arguments,
            argument_types,
            returns,
            volatility,
            owner: self.roles.lookup.clone(),
            declares: "    recipients jsonb[];\n    ends_at timestamptz;\n    known text[];\n",
            otherwise: if returns == "boolean" { "        RETURN false;\n" } else { "        RETURN;\n" },
            finally: "",
            called: true,
        };
        self.role_switch(switch, branches);
    }
}
