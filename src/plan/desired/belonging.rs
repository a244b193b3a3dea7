//! Whose a row is now, and whose it was when something was done to it: what is told of it depends on both.

use super::compiler::{CompileError, Compiler};
use super::predicate::quote;
use crate::model::{Object, Persona, TenantReach, TenantRoute, Who};
use crate::names::{ColumnName, Ident, KeyName, PathName, TenantKind};

/// The tenants of an event `e`, as `tenants_of_row` gives those of a row.
const THEN: &str = "coalesce(e.detail -> 'tenants', jsonb_build_array(jsonb_build_object('kind', e.tenant_kind, 'key', e.tenant_key)))";

impl<'a> Compiler<'a> {
    /// The tenants that a row `t` itself names, as a list of kind and key.
    pub(super) fn tenants_of_row(&mut self, object: &Object) -> String {
        let direct: Vec<(Option<&TenantKind>, &ColumnName)> = object.direct_tenants().collect();
        if direct.is_empty() {
            return "'[]'::jsonb".to_owned();
        }
        self.lookups.read(&object.table, direct.iter().map(|(_, column)| *column));
        let pair = |(kind, column): &(Option<&TenantKind>, &ColumnName)| {
            let key = format!("to_jsonb(t.{}) #>> '{{}}'", quote(column));
            format!("({}, {key})", self.kind_of(*kind, &format!("({key})")))
        };
        let pairs: Vec<String> = direct.iter().map(pair).collect();
        format!(
            "(SELECT coalesce(jsonb_agg(jsonb_build_object('kind', v.kind, 'key', v.key)), '[]') FROM (VALUES {}) AS v (kind, key) \
             WHERE v.key IS NOT NULL)",
            pairs.join(", ")
        )
    }

    /// All tenants that a row `t` reaches on any of its paths, as a list of kind, name of the key, and key.
    pub(super) fn every_tenant(&mut self, object: &'a Object) -> Result<String, CompileError> {
        let mut parts = Vec::new();
        for path in object.tenant_paths.keys() {
            parts.push(self.tenants_on(object, path, "t", 0)?);
        }
        if parts.is_empty() {
            return Ok("'[]'::jsonb".to_owned());
        }
        Ok(format!(
            "(SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('kind', v.kind, 'name', v.name, 'key', v.key)), '[]') \
             FROM ({}) AS v (kind, name, key) WHERE v.key IS NOT NULL)",
            parts.join(" UNION ALL ")
        ))
    }

    /// A query of kind, name and key of the tenants that the row `of` reaches on one path.
    fn tenants_on(
        &mut self,
        object: &'a Object,
        path: &PathName,
        of: &str,
        depth: usize,
    ) -> Result<String, CompileError> {
        let found = object.tenant_paths.get(path);
        let found =
            found.ok_or_else(|| CompileError::MissingPath(object.name.clone(), format!("tenant path `{path}`")))?;
        let kind = found.kind.as_ref();
        let next = format!("w{depth}");
        let same = |theirs: &[ColumnName], own: &[ColumnName]| {
            let pairs = theirs.iter().zip(own);
            let pairs: Vec<String> =
                pairs.map(|(theirs, own)| format!("{next}.{} = {of}.{}", quote(theirs), quote(own))).collect();
            pairs.join(" AND ")
        };
        match &found.route {
            TenantRoute::Column { column, key } => {
                self.lookups.read(&object.table, [column]);
                Ok(self.held((of, column), kind, key))
            }
            TenantRoute::Via { via, object: parent, path } => {
                let parent = self.object(parent)?;
                self.lookups.read(&object.table, via);
                self.lookups.read(&parent.table, &parent.key);
                let further = self
                    .within(&object.name, "its tenant path", |this| this.tenants_on(parent, path, &next, depth + 1))?;
                let is_parent = same(&parent.key, via);
                Ok(format!(
                    "SELECT v{depth}.* FROM {} AS {next}, LATERAL ({further}) AS v{depth} WHERE {is_parent}",
                    parent.table.sql()
                ))
            }
            TenantRoute::Link { table, row, tenant, key } => {
                self.lookups.read(&object.table, &object.key);
                self.lookups.read(table, row.iter().chain([tenant]));
                Ok(format!(
                    "{} FROM {} AS {next} WHERE {}",
                    self.held((&next, tenant), kind, key),
                    table.sql(),
                    same(row, &object.key)
                ))
            }
            TenantRoute::From { object: child, columns, path } => {
                let child = self.object(child)?;
                self.lookups.read(&object.table, &object.key);
                self.lookups.read(&child.table, columns);
                let further = self
                    .within(&object.name, "its tenant path", |this| this.tenants_on(child, path, &next, depth + 1))?;
                let is_child = same(columns, &object.key);
                Ok(format!(
                    "SELECT v{depth}.* FROM {} AS {next}, LATERAL ({further}) AS v{depth} WHERE {is_child}",
                    child.table.sql()
                ))
            }
        }
    }

    /// A query of the tenant whose key of that name `column` of `alias` holds.
    fn held(&self, (alias, column): (&str, &ColumnName), kind: Option<&TenantKind>, key: &KeyName) -> String {
        let text = format!("to_jsonb({alias}.{}) #>> '{{}}'", quote(column));
        let kind = self.kind_of(kind, &format!("({text})"));
        format!("SELECT {kind}::text, {}::text, {text}", Ident::literal(key.as_str()))
    }

    /// Whether an event `e` may be told to a persona that sees the row, whose tenants are `now`.
    pub(super) fn told_of_row(&self, persona: &Persona, object: &Object, now: &str) -> String {
        let (mine, elsewhere) = (self.my_tenant_as_list(), told_elsewhere(object));
        let same = format!("({THEN} @> {now} AND {THEN} <@ {now})");
        let nobodys = format!("({now} = '[]' AND e.tenant_key = '')");
        match persona.who {
            // Whose parent it was then, nobody wrote down: one's own people's doings were one's own all the same.
            Who::External if elsewhere => format!("{THEN} @> {mine}"),
            Who::External => format!(
                "CASE WHEN {now} @> {mine} THEN {THEN} @> {mine} ELSE {same} OR {nobodys} OR ({now} = '[]' AND {THEN} @> {mine}) END"
            ),
            Who::Internal | Who::Guest if elsewhere && persona.tenants == TenantReach::Assigned => {
                "e.tenant_key = ''".to_owned()
            }
            Who::Internal | Who::Guest => format!(
                "({now} = '[]' OR EXISTS (SELECT FROM jsonb_array_elements({THEN}) AS x WHERE {now} @> jsonb_build_array(x.value)))"
            ),
        }
    }

    /// Whether an event `e` was of a row of the tenant that is asking.
    pub(super) fn told_to_my_tenant(&self) -> String {
        let mine = self.my_tenant_as_list();
        format!("({} OR (e.detail ? 'tenants' AND e.detail -> 'tenants' @> {mine}))", self.my_tenant("e"))
    }

    /// Whether a row, whose tenants are `now`, is still what an event of my tenant was about.
    pub(super) fn still_mine(&self, object: &Object, now: &str) -> String {
        if told_elsewhere(object) {
            return "true".to_owned();
        }
        format!("({now} = '[]' OR {now} @> {})", self.my_tenant_as_list())
    }

    /// Whether columns of that alias name the tenant that is asking.
    pub(super) fn my_tenant(&self, alias: &str) -> String {
        let (kind, key) = (self.call("tenant_kind", &[]), self.call("tenant_key", &["", "key"]));
        format!("({alias}.tenant_kind = coalesce({kind}, '') AND {alias}.tenant_key = {key})")
    }

    fn my_tenant_as_list(&self) -> String {
        let (kind, key) = (self.call("tenant_kind", &[]), self.call("tenant_key", &["", "key"]));
        format!("jsonb_build_array(jsonb_build_object('kind', coalesce({kind}, ''), 'key', {key}))")
    }
}

/// Whether some tenant of a row stands in another row, or under another key than the one that is written down.
fn told_elsewhere(object: &Object) -> bool {
    let direct = |route: &TenantRoute| matches!(route, TenantRoute::Column { key, .. } if *key == KeyName::main());
    object.tenant_paths.values().any(|path| !direct(&path.route))
}
