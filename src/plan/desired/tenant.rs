//! Tenant paths as SQL: which rows reach one of a set of tenants.

use super::compiler::{CompileError, Compiler};
use super::condition::Fields;
use super::predicate::{Predicate, quote};
use crate::model::{ByValue, Object, TenantRoute, TenantSource, UserColumn};
use crate::names::{ColumnName, Ident, KeyName, PathName, TableName, TenantKind};

/// Which tenants a path looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantSet {
    /// My own.
    Mine,
    /// My own and those below it.
    Tree,
    /// Those that the project's assignment table names for me.
    Assigned,
    /// Those whose main key `column` of `table` holds where `user` is me.
    Linked { table: TableName, column: ColumnName, user: UserColumn },
}

impl TenantSet {
    fn purpose(&self) -> &'static str {
        match self {
            Self::Mine => "tenant",
            Self::Tree => "tenant_tree",
            Self::Assigned | Self::Linked { .. } => "assigned_tenant",
        }
    }
}

impl<'a> Compiler<'a> {
    /// The kind of a tenant that a row names by `key`, a text: where no kind is said, of the tenant that has the key.
    pub(super) fn kind_of(&self, kind: Option<&TenantKind>, key: &str) -> String {
        match kind {
            Some(kind) => Ident::literal(kind.as_str()),
            None if self.model.one_key_one_tenant => {
                format!("coalesce((SELECT k.tenant_kind FROM {}.tenant AS k WHERE k.key = {key}), '')", self.control())
            }
            None => "''".to_owned(),
        }
    }

    pub(super) fn tenant_rows(
        &mut self,
        object: &'a Object,
        path: &PathName,
        set: &TenantSet,
    ) -> Result<Predicate, CompileError> {
        let found = object
            .tenant_paths
            .get(path)
            .ok_or_else(|| CompileError::MissingPath(object.name.clone(), format!("tenant path `{path}`")))?;
        let kind = found.kind.as_ref();
        match &found.route {
            TenantRoute::Column { column, key } => self.tenant_column((&object.table, column), kind, key, set),
            TenantRoute::Via { via, object: parent, path } => {
                let parent = self.object(parent)?;
                let rows = self.within(&object.name, "its tenant path", |this| this.tenant_rows(parent, path, set))?;
                let purpose = format!("{}_{}", set.purpose(), parent.name);
                self.member_of((&object.table, via), &purpose, (&parent.table, &parent.key), &rows)
            }
            TenantRoute::Link { table, row, tenant, key } => {
                let rows = self.tenant_column((table, tenant), kind, key, set)?;
                let purpose = format!("{}_{}", set.purpose(), object.name);
                self.member_of((&object.table, &object.key), &purpose, (table, row), &rows)
            }
            TenantRoute::From { object: child, columns, path } => {
                let child = self.object(child)?;
                let rows = self.within(&object.name, "its tenant path", |this| this.tenant_rows(child, path, set))?;
                let purpose = format!("{}_{}", set.purpose(), object.name);
                self.member_of((&object.table, &object.key), &purpose, (&child.table, columns), &rows)
            }
        }
    }

    /// Rows whose column holds the key, of that name, of a tenant of the set.
    fn tenant_column(
        &mut self,
        (table, column): (&TableName, &ColumnName),
        kind: Option<&TenantKind>,
        key: &KeyName,
        set: &TenantSet,
    ) -> Result<Predicate, CompileError> {
        let cast = self.column(table, column)?.cast_type.clone();
        let kind_text = kind.map_or("", |kind| kind.as_str());
        let body = match set {
            TenantSet::Mine => {
                // A scalar, not an array: it keeps the order of an index on (tenant, …).
                let mine = self.call("tenant_key", &[kind_text, key.as_str()]);
                return Ok(Predicate::on(format!("{} = ({mine})::{cast}", quote(column)), [column]));
            }
            TenantSet::Tree => self.tree_body(kind, key)?,
            TenantSet::Assigned => {
                // Keys of one kind say nothing about another: customer 1 is not partner 1.
                let other_kind = |ours: &Option<TenantKind>| ours.as_ref().zip(kind).is_some_and(|(a, b)| a != b);
                let Some(assigned) = self.model.assigned_tenants.as_ref().filter(|ours| !other_kind(&ours.kind)) else {
                    return Ok(Predicate::new("false"));
                };
                // A table that says a kind names none but tenants of that kind, though rows may name any; and so
                // the other way round.
                let narrower = if assigned.kind.as_ref() == kind { None } else { assigned.kind.as_ref().or(kind) };
                self.linked_body(&assigned.table, &assigned.tenant, &assigned.user, (kind, narrower), key)?
            }
            TenantSet::Linked { table, column, user } => self.linked_body(table, column, user, (kind, None), key)?,
        };
        self.member_of_body((table, std::slice::from_ref(column)), &format!("{}_keys", set.purpose()), &["text"], &body)
    }

    /// Live sources of tenants of that kind, with the condition that picks them.
    pub(super) fn sources_of(
        &self,
        kind: Option<&TenantKind>,
    ) -> Result<Vec<(&'a TenantSource, Predicate)>, CompileError> {
        let mut found = Vec::new();
        for source in &self.model.tenant_sources {
            let rows = self.condition(Fields::Columns(&source.table), &source.condition)?;
            if let Some(of_kind) = self.source_of_kind(source, kind)? {
                found.push((source, Predicate::all(vec![rows, of_kind])));
            }
        }
        Ok(found)
    }

    /// Which rows of a source are of that kind; `None`: none of them.
    fn source_of_kind(
        &self,
        source: &TenantSource,
        kind: Option<&TenantKind>,
    ) -> Result<Option<Predicate>, CompileError> {
        match (&source.kind, kind) {
            (Some(ByValue::Fixed(fixed)), Some(wanted)) if fixed != wanted => Ok(None),
            (Some(ByValue::Column { column, values }), Some(wanted)) => {
                self.column(&source.table, column)?;
                let of_kind = values.iter().filter(|(_, kind)| *kind == wanted);
                let texts: Vec<String> = of_kind.map(|(text, _)| Ident::literal(text)).collect();
                let of_kind = format!("{}::text IN ({})", quote(column), texts.join(", "));
                Ok((!texts.is_empty()).then(|| Predicate::on(of_kind, [column])))
            }
            _ => Ok(Some(Predicate::new("true"))),
        }
    }

    /// The column that holds a tenant's key of that name, where the source has one.
    pub(super) fn key_column(source: &'a TenantSource, key: &KeyName) -> Option<&'a ColumnName> {
        if *key == KeyName::main() { Some(&source.key) } else { source.keys.get(key) }
    }

    /// Keys of my tenant and of those below it, in business tables and in the control schema.
    pub(super) fn tree_body(&mut self, kind: Option<&TenantKind>, key: &KeyName) -> Result<String, CompileError> {
        let control = self.control();
        let kind_text = kind.map_or("", |kind| kind.as_str());
        let root = self.call("tenant_key", &[kind_text, "key"]);
        let mut parts = vec![format!("SELECT {} AS k", self.call("tenant_key", &[kind_text, key.as_str()]))];
        for (source, rows) in self.sources_of(kind)? {
            let (Some(parent), Some(shown)) = (&source.parent, Self::key_column(source, key)) else { continue };
            let cast = self.column(&source.table, &source.key)?.cast_type.clone();
            self.column(&source.table, parent)?;
            self.column(&source.table, shown)?;
            self.lookups.read(&source.table, [&source.key, parent, shown].into_iter().chain(&rows.columns));
            let (table, id, up, shown) = (source.table.sql(), quote(&source.key), quote(parent), quote(shown));
            parts.push(format!(
                "(WITH RECURSIVE tree AS (\
                 SELECT {id} AS id, {shown}::text AS k FROM {table} WHERE {id} = ({root})::{cast} AND ({rows}) \
                 UNION SELECT t.id, t.k FROM (SELECT {id} AS id, {up} AS up, {shown}::text AS k FROM {table} WHERE {rows}) AS t \
                 JOIN tree ON t.up = tree.id) SELECT k FROM tree)",
                rows = rows.sql
            ));
        }
        let of_kind = match kind {
            None if self.model.one_key_one_tenant => {
                format!(" AND t.tenant_kind = {}", self.call("tenant_kind", &[]))
            }
            kind => of_kind(kind),
        };
        parts.push(format!(
            "(WITH RECURSIVE tree AS (\
             SELECT t.tenant_kind, t.key, {shown} AS k FROM {control}.tenant AS t WHERE t.key = {root} AND t.origin <> 'table'{of_kind} \
             UNION SELECT t.tenant_kind, t.key, {shown} FROM {control}.tenant AS t \
             JOIN tree ON t.parent_key = tree.key AND t.tenant_kind = tree.tenant_kind WHERE t.origin <> 'table') SELECT k FROM tree)",
            shown = control_key(key)
        ));
        Ok(format!(
            "SELECT coalesce(array_agg(k), '{{}}') FROM ({}) AS keys WHERE k IS NOT NULL",
            parts.join(" UNION ")
        ))
    }

    /// Keys of that name of the tenants that a link table names for me by their main key.
    pub(super) fn linked_body(
        &mut self,
        table: &TableName,
        tenant: &ColumnName,
        user: &UserColumn,
        (kind, narrower): (Option<&TenantKind>, Option<&TenantKind>),
        key: &KeyName,
    ) -> Result<String, CompileError> {
        let user_type = self.column(table, &user.column)?.cast_type.clone();
        self.column(table, tenant)?;
        self.lookups.read(table, [tenant, &user.column]);
        let me = self.call("user_key", &[user.key.as_str()]);
        let of_kind_only = narrower.map_or_else(String::new, |kind| {
            format!(
                " AND EXISTS (SELECT FROM {}.tenant AS o WHERE o.tenant_kind = {} AND o.key = {}::text)",
                self.control(),
                Ident::literal(kind.as_str()),
                quote(tenant)
            )
        });
        let linked = format!(
            "SELECT {} FROM {} WHERE {} = ({me})::{user_type}{of_kind_only}",
            quote(tenant),
            table.sql(),
            quote(&user.column)
        );
        if *key == KeyName::main() {
            return Ok(format!("SELECT coalesce(array_agg(k::text), '{{}}') FROM ({linked}) AS linked (k)"));
        }
        let mut parts = Vec::new();
        // Whom staff look after stays theirs after it has left: the source's condition decides who signs in.
        for source in &self.model.tenant_sources {
            let (Some(shown), Some(of_kind)) = (Self::key_column(source, key), self.source_of_kind(source, kind)?)
            else {
                continue;
            };
            self.column(&source.table, shown)?;
            self.lookups.read(&source.table, [&source.key, shown].into_iter().chain(&of_kind.columns));
            parts.push(format!(
                "SELECT {}::text AS k FROM {} WHERE {} IN ({linked}) AND ({})",
                quote(shown),
                source.table.sql(),
                quote(&source.key),
                of_kind.sql
            ));
        }
        parts.push(format!(
            "SELECT {} AS k FROM {}.tenant AS t WHERE t.origin <> 'table'{} AND t.key IN (SELECT linked.k::text FROM ({linked}) AS linked (k))",
            control_key(key),
            self.control(),
            of_kind(kind)
        ));
        Ok(format!(
            "SELECT coalesce(array_agg(k), '{{}}') FROM ({}) AS keys WHERE k IS NOT NULL",
            parts.join(" UNION ")
        ))
    }
}

/// A key of a tenant of the control schema, aliased `t`.
fn control_key(key: &KeyName) -> String {
    if *key == KeyName::main() { "t.key".to_owned() } else { format!("t.keys ->> {}", Ident::literal(key.as_str())) }
}

/// Keeps tenants of the control schema, aliased `t`, to one kind.
fn of_kind(kind: Option<&TenantKind>) -> String {
    kind.map_or_else(String::new, |kind| format!(" AND t.tenant_kind = {}", Ident::literal(kind.as_str())))
}
