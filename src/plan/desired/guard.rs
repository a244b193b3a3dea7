//! Row policies and column grants of one exposed table.

use super::barrier::Barriers;
use super::compiler::{CompileError, Compiler};
use super::predicate::{Predicate, for_roles};
use super::writes::TableWrites;
use crate::model::Persona;
use crate::names::{ColumnName, RoleName, TableName};
use crate::state::{Command, FunctionName, Grantee, Privilege, Relation, RowPolicy};
use std::collections::{BTreeMap, BTreeSet};

/// What each role may read of one table.
#[derive(Debug, Default)]
pub struct TableReads {
    /// Roles by the rectangle they share: the predicate's text and the columns. Roles of the same rows but other
    /// columns stay apart, or a view made by one would show its columns to another.
    pub rows: BTreeMap<(String, BTreeSet<ColumnName>), (Predicate, BTreeSet<RoleName>)>,
    pub columns: BTreeMap<RoleName, BTreeSet<ColumnName>>,
    /// What somebody reads by its mask alone.
    pub masked: BTreeSet<ColumnName>,
}

/// Names of our row policies; the hash keeps two predicates on one table apart.
pub struct PolicyNames<'a> {
    pub project: &'a str,
}

impl PolicyNames<'_> {
    /// For those who had access before; its presence says that row security on the table is ours.
    pub fn pass_through(&self) -> String {
        format!("{}__pass_through", self.project)
    }
    fn operator(&self) -> String {
        format!("{}__operator", self.project)
    }
    fn lookup(&self) -> String {
        format!("{}__lookup", self.project)
    }
    fn logins(&self) -> String {
        format!("{}__logins", self.project)
    }
    /// For who may and for who else may: the row policy and its guard.
    fn write(&self, command: Command, texts: &str, nth: usize) -> [String; 2] {
        let word = match command {
            Command::Insert => "create",
            Command::Update => "change",
            Command::Delete => "delete",
            Command::Select | Command::All => "use",
        };
        let hash = blake3::hash(texts.as_bytes()).to_hex();
        let suffix = if nth == 0 { String::new() } else { format!("_{}", nth + 1) };
        ["", "_guard"].map(|kind| format!("{}__{word}{kind}_{}{suffix}", self.project, &hash[..8]))
    }
    /// `nth` tells apart roles that see the same rows and other columns, from 0. The columns themselves are no
    /// part of the name: one field more would otherwise replace every row policy of the table.
    fn read(&self, predicate: &str, nth: usize) -> (String, String) {
        let hash = blake3::hash(predicate.as_bytes()).to_hex();
        let suffix = if nth == 0 { String::new() } else { format!("_{}", nth + 1) };
        let name = |kind: &str| format!("{}__{kind}_{}{suffix}", self.project, &hash[..8]);
        (name("read"), name("guard"))
    }
}

impl<'a> Compiler<'a> {
    /// Every table that some facet reads, and what is read through views.
    pub(super) fn table_reads(&mut self) -> Result<(BTreeMap<TableName, TableReads>, Barriers), CompileError> {
        let mut tables: BTreeMap<TableName, TableReads> = BTreeMap::new();
        let mut barriers = Barriers::new();
        let model = self.model;
        for persona in model.personas.values() {
            for facet in &persona.facets {
                for (table, rectangle) in &facet.reads {
                    let rows = self.rectangle_rows(persona, &rectangle.grants)?;
                    for column in rectangle.columns.iter().chain(rectangle.masked.keys()) {
                        self.column(table, column)?;
                    }
                    self.allow_calls(&rows.calls, &facet.role);
                    if self.needs_barrier(table, rectangle) {
                        self.read_through(&mut barriers, table, rectangle, &rows, &facet.role);
                    }
                    let reads = tables.entry(table.clone()).or_default();
                    reads.masked.extend(rectangle.masked.keys().cloned());
                    reads
                        .rows
                        .entry((rows.sql.clone(), rectangle.columns.clone()))
                        .or_insert_with(|| (rows, BTreeSet::new()))
                        .1
                        .insert(facet.role.clone());
                    reads.columns.insert(facet.role.clone(), rectangle.columns.clone());
                }
            }
        }
        Ok((tables, barriers))
    }

    fn rectangle_rows(
        &mut self,
        persona: &'a Persona,
        grants: &[(crate::names::ObjectName, usize)],
    ) -> Result<Predicate, CompileError> {
        let mut parts = Vec::new();
        for (object, index) in grants {
            let grant = persona.reads.get(object).and_then(|grants| grants.get(*index));
            if let Some(grant) = grant {
                let object = self.object(object)?;
                parts.push(self.grant_rows(persona, object, &grant.rows)?);
            }
        }
        Ok(self.any_rows(parts))
    }

    pub(super) fn allow_calls(&mut self, calls: &BTreeSet<FunctionName>, role: &RoleName) {
        for name in calls {
            if let Some(function) = self.lookups.functions.get_mut(name) {
                function.acl.grant(Grantee::Role(role.clone()), Privilege::Execute);
            }
        }
    }

    /// Puts our row policies and grants on `relation`, whose own have been taken off.
    pub(super) fn guard(&self, relation: &mut Relation, reads: &TableReads, ours_before: bool) {
        let exposed: BTreeSet<&ColumnName> = reads.columns.values().flatten().chain(&reads.masked).collect();
        grant_select(relation, &self.roles.operator, exposed);
        if !relation.kind.takes_row_security() {
            // Personas hold no privilege on it: they read it through views, and nobody writes it.
            return;
        }
        let names = PolicyNames { project: self.model.project.name.as_str() };
        let businesss_own = relation.row_security && !ours_before;
        relation.row_security = true;
        if businesss_own {
            // Row security was on before us: whoever had access keeps it by the policies that gave it.
            let policy = self.policy(Command::All, true, [&self.roles.operator], "true", Some("true"));
            relation.policies.insert(names.operator(), policy);
        } else {
            let before = relation.privileged_roles.iter().filter(|role| !self.is_ours(role));
            let roles: Vec<&RoleName> = before.chain([&self.roles.operator]).collect();
            relation
                .policies
                .insert(names.pass_through(), self.policy(Command::All, true, roles, "true", Some("true")));
        }
        let logins = [&self.roles.gateway, &self.roles.issuer];
        relation.policies.insert(names.logins(), self.policy(Command::All, false, logins, "false", Some("false")));
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (predicate, roles) in reads.rows.values() {
            let nth = seen.entry(&predicate.sql).or_default();
            let (read, guard) = names.read(&predicate.sql, *nth);
            *nth += 1;
            let rows = for_roles(&predicate.sql, roles);
            relation.policies.insert(read, self.policy(Command::Select, true, roles, &rows, None));
            relation.policies.insert(guard, self.policy(Command::Select, false, roles, &rows, None));
        }
        for (role, columns) in &reads.columns {
            grant_select(relation, role, columns);
        }
    }

    /// Lets roles write what they may, on a relation that is guarded for reading already.
    pub(super) fn guard_writes(&self, relation: &mut Relation, writes: &TableWrites) {
        let names = PolicyNames { project: self.model.project.name.as_str() };
        let mut seen: BTreeMap<(Command, String), usize> = BTreeMap::new();
        for (rows, roles) in &writes.rows {
            let text = |text: &Option<String>| text.as_ref().map(|text| for_roles(text, roles));
            let key = format!("{:?} {:?}", rows.using, rows.check);
            let nth = seen.entry((rows.command, key.clone())).or_default();
            for (permissive, name) in [true, false].into_iter().zip(names.write(rows.command, &key, *nth)) {
                let policy = RowPolicy {
                    command: rows.command,
                    permissive,
                    roles: roles.iter().cloned().map(Grantee::Role).collect(),
                    using: text(&rows.using),
                    check: text(&rows.check),
                    marker: Some(self.marker()),
                };
                relation.policies.insert(name, policy);
            }
            *nth += 1;
        }
        for (held, privilege) in [(&writes.insert, Privilege::Insert), (&writes.update, Privilege::Update)] {
            for (role, columns) in held {
                for column in columns {
                    let acl = relation.column_acl.entry(column.clone()).or_default();
                    acl.grant(Grantee::Role(role.clone()), privilege);
                }
            }
        }
        for role in &writes.delete {
            relation.acl.grant(Grantee::Role(role.clone()), Privilege::Delete);
        }
    }

    /// Lets the lookup role read what its functions need; and all rows of a table that it writes shares to.
    pub(super) fn let_lookup_read(&self, relation: &mut Relation, columns: &BTreeSet<ColumnName>, shares: bool) {
        grant_select(relation, &self.roles.lookup, columns);
        if relation.row_security {
            let names = PolicyNames { project: self.model.project.name.as_str() };
            let lookup = [&self.roles.lookup];
            let policy = match shares {
                true => self.policy(Command::All, true, lookup, "true", Some("true")),
                false => self.policy(Command::Select, true, lookup, "true", None),
            };
            relation.policies.insert(names.lookup(), policy);
        }
    }

    fn policy<'r>(
        &self,
        command: Command,
        permissive: bool,
        roles: impl IntoIterator<Item = &'r RoleName>,
        using: &str,
        check: Option<&str>,
    ) -> RowPolicy {
        RowPolicy {
            command,
            permissive,
            roles: roles.into_iter().cloned().map(Grantee::Role).collect(),
            using: Some(using.to_owned()),
            check: check.map(str::to_owned),
            marker: Some(self.marker()),
        }
    }
}

fn grant_select<'c>(relation: &mut Relation, role: &RoleName, columns: impl IntoIterator<Item = &'c ColumnName>) {
    for column in columns {
        relation.column_acl.entry(column.clone()).or_default().grant(Grantee::Role(role.clone()), Privilege::Select);
    }
}
