//! Rows that a record names for me: shares, assignments, and the people below me.

use super::compiler::{CompileError, Compiler};
use super::predicate::{Predicate, quote};
use super::tenant::TenantSet;
use super::value::Clock;
use crate::model::{AssignmentTarget, LinkedTo, Object, UserColumn};
use crate::names::{ColumnName, Ident, KeyName};

impl<'a> Compiler<'a> {
    /// Shared with me or my tenant, in the control schema or a mapped link table, and not expired.
    pub(super) fn shared_rows(&mut self, object: &'a Object) -> Result<Predicate, CompileError> {
        self.opened_by_records(object);
        let control = self.control();
        let keys = self.text_columns(object)?;
        let now = self.instant(Clock::Context);
        let live = format!(
            "SELECT {} FROM {control}.share AS s WHERE {} AND s.expires_at > {now}",
            keys.join(", "),
            names_a_row_of(object)
        );
        // Two branches, each with an index of its own, where one with OR would read every share.
        let mut parts = vec![
            format!(
                "{live} AND s.tenant_kind = {} AND s.tenant_key = {}",
                self.call("tenant_kind", &[]),
                self.call("tenant_key", &["", "key"])
            ),
            format!("{live} AND {}", self.user_is_any_of_me()),
        ];
        if let Some(link) = &object.shares {
            let with = match &link.with {
                LinkedTo::User(user) => self.mine(&link.table, user)?,
                LinkedTo::Tenant { column, kind, key } => {
                    let cast = &self.column(&link.table, column)?.cast_type;
                    let kind = kind.as_ref().map_or("", |kind| kind.as_str());
                    let mine = self.call("tenant_key", &[kind, key.as_str()]);
                    self.lookups.read(&link.table, [column]);
                    format!("{} = ({mine})::{cast}", quote(column))
                }
            };
            let until = match &link.until {
                None => String::new(),
                Some(column) => {
                    let now = self.now(self.column(&link.table, column)?, Clock::Context);
                    self.lookups.read(&link.table, [column]);
                    format!(" AND ({0} IS NULL OR {0} > {now})", quote(column))
                }
            };
            let outputs = self.typed_columns(object, &link.table, &link.row)?;
            self.lookups.read(&link.table, &link.row);
            parts.push(format!("SELECT {} FROM {} WHERE {with}{until}", outputs.join(", "), link.table.sql()));
        }
        self.rows_of_records(object, "shared", &parts)
    }

    /// Named for me: the row, its parent or its tenant.
    pub(super) fn assigned_rows(&mut self, object: &'a Object) -> Result<Predicate, CompileError> {
        self.opened_by_records(object);
        let control = self.control();
        let keys = self.text_columns(object)?;
        let mut rows = vec![format!(
            "SELECT {} FROM {control}.assignment AS s WHERE {} AND {}",
            keys.join(", "),
            names_a_row_of(object),
            self.user_is_any_of_me()
        )];
        let mut parts = Vec::new();
        for assignment in &object.assignments {
            let mine = self.mine(&assignment.table, &assignment.user)?;
            match &assignment.target {
                AssignmentTarget::Row(columns) => {
                    let outputs = self.typed_columns(object, &assignment.table, columns)?;
                    self.lookups.read(&assignment.table, columns);
                    rows.push(format!("SELECT {} FROM {} WHERE {mine}", outputs.join(", "), assignment.table.sql()));
                }
                AssignmentTarget::Tenant { column, path } => {
                    let set = TenantSet::Linked {
                        table: assignment.table.clone(),
                        column: column.clone(),
                        user: assignment.user.clone(),
                    };
                    parts.push(self.tenant_rows(object, path, &set)?);
                }
                AssignmentTarget::Parent(columns) => {
                    let (via, parent) = self.parent_of(object)?;
                    let link = Predicate::on(mine, [&assignment.user.column]);
                    let purpose = format!("assigned_{parent}");
                    parts.push(self.member_of((&object.table, via), &purpose, (&assignment.table, columns), &link)?);
                }
            }
        }
        parts.insert(0, self.rows_of_records(object, "assigned", &rows)?);
        Ok(Predicate::any(parts))
    }

    /// Owned by me or by someone who reports to me, at any depth.
    pub(super) fn user_reports_to_me(&mut self, object: &Object, user: &UserColumn) -> Result<Predicate, CompileError> {
        let body = self.team_body(&user.key)?;
        let own = (&object.table, std::slice::from_ref(&user.column));
        self.member_of_body(own, "reports_keys", &["text"], &body)
    }

    /// An array of my key of that name and of those of everybody who reports to me, at any depth.
    pub(super) fn team_body(&mut self, key: &KeyName) -> Result<String, CompileError> {
        let mut parts = vec![format!("SELECT {} AS k", self.call("user_key", &[key.as_str()]))];
        for source in &self.model.people {
            let (Some(reports_to), Some(shown), Some((first, id))) =
                (&source.reports_to, source.keys.get(key), source.keys.first())
            else {
                continue;
            };
            let cast = self.column(&source.table, id)?.cast_type.clone();
            self.column(&source.table, reports_to)?;
            self.column(&source.table, shown)?;
            // Who left still owns rows: the source's condition decides who signs in, not who reported.
            self.lookups.read(&source.table, [id, reports_to, shown]);
            let me = self.call("user_key", &[first.as_str()]);
            let (table, id, up, shown) = (source.table.sql(), quote(id), quote(reports_to), quote(shown));
            parts.push(format!(
                "(WITH RECURSIVE team AS (\
                 SELECT {id} AS id, {shown}::text AS k FROM {table} WHERE {id} = ({me})::{cast} \
                 UNION SELECT t.id, t.k FROM (SELECT {id} AS id, {up} AS up, {shown}::text AS k FROM {table}) AS t \
                 JOIN team ON t.up = team.id) SELECT k FROM team)"
            ));
        }
        if parts.len() == 1 {
            parts.push(self.team_of_invited(key));
        }
        Ok(format!(
            "SELECT coalesce(array_agg(k), '{{}}') FROM ({}) AS keys WHERE k IS NOT NULL",
            parts.join(" UNION ")
        ))
    }

    /// Where no table of the business says who reports to whom, the users that were invited do.
    fn team_of_invited(&self, key: &KeyName) -> String {
        let control = self.control();
        let (me, key) = (self.call("user_key", &[key.as_str()]), Ident::literal(key.as_str()));
        format!(
            "(WITH RECURSIVE team AS (\
             SELECT m.user_id AS id FROM {control}.membership AS m WHERE m.keys @> jsonb_build_object({key}, {me}) \
             UNION SELECT u.id FROM {control}.app_user AS u JOIN team ON u.reports_to = team.id) \
             SELECT m.keys ->> {key} AS k FROM team JOIN {control}.membership AS m ON m.user_id = team.id)"
        )
    }

    /// A record, aliased `s`, names me by one of my keys.
    fn user_is_any_of_me(&self) -> String {
        let mine = self.call("user_keys", &[]);
        format!("(s.user_key_name, s.user_key) IN (SELECT m.key, m.value FROM jsonb_each_text({mine}) AS m)")
    }

    /// `user` is me, over the columns of a link table.
    fn mine(&mut self, table: &crate::names::TableName, user: &UserColumn) -> Result<String, CompileError> {
        let cast = &self.column(table, &user.column)?.cast_type;
        let me = self.call("user_key", &[user.key.as_str()]);
        self.lookups.read(table, [&user.column]);
        Ok(format!("{} = ({me})::{cast}", quote(&user.column)))
    }

    /// The parts of a record's `row_key`, which are texts.
    fn text_columns(&self, object: &Object) -> Result<Vec<String>, CompileError> {
        let mut keys = Vec::new();
        for (n, column) in object.key.iter().enumerate() {
            self.column(&object.table, column)?;
            keys.push(format!("s.row_key[{}] AS k{}", n + 1, n + 1));
        }
        Ok(keys)
    }

    /// Columns of a link table as text, in the order of the object's key.
    fn typed_columns(
        &self,
        object: &Object,
        table: &crate::names::TableName,
        columns: &[ColumnName],
    ) -> Result<Vec<String>, CompileError> {
        if columns.len() != object.key.len() {
            let what = format!("link in `{table}` with as many columns as its key");
            return Err(CompileError::MissingPath(object.name.clone(), what));
        }
        columns.iter().map(|column| self.column(table, column).map(|_| format!("{}::text", quote(column)))).collect()
    }

    fn rows_of_records(&mut self, object: &Object, purpose: &str, parts: &[String]) -> Result<Predicate, CompileError> {
        let types = vec!["text"; object.key.len()];
        let columns: Vec<String> = (1..=object.key.len()).map(|n| format!("k{n}")).collect();
        let union = parts.join(" UNION ");
        let body = if columns.len() == 1 {
            format!("SELECT coalesce(array_agg(k1), '{{}}') FROM ({union}) AS keys WHERE k1 IS NOT NULL")
        } else {
            format!("SELECT {} FROM ({union}) AS keys", columns.join(", "))
        };
        self.member_of_body((&object.table, &object.key), &format!("{purpose}_{}", object.name), &types, &body)
    }
}

/// A record, aliased `s`, names a row of the object. One with a key of another shape, from a time when the object had
/// another, would match by its first parts.
fn names_a_row_of(object: &Object) -> String {
    let parts = object.key.len();
    format!("s.object = {} AND cardinality(s.row_key) = {parts}", Ident::literal(object.name.as_str()))
}
