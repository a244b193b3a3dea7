//! Barrier views: what a role reads where the relation itself cannot show it so. A field that is masked has no
//! privilege on its column; a view, a materialised view or a foreign table has no row policies at all.
//!
//! Such a view belongs to the lookup role, which passes every row policy, and holds the rows by the same text as a row
//! policy would. Whatever that text asks is asked as the role that reads: PostgreSQL checks only the tables of a view as
//! its owner. So a sibling persona, or a view made over this one, is answered by `acting` as everywhere.

use super::compiler::{CompileError, Compiler};
use super::predicate::{Predicate, for_roles, quote};
use crate::model::{Mask, Rectangle};
use crate::names::{ColumnName, Ident, RoleName, TableName, fitting};
use crate::state::{Acl, Grantee, Privilege, View, ViewColumn};
use std::collections::{BTreeMap, BTreeSet};

/// Roles by what they share: the relation, the columns, their masks, the text that decides about rows.
pub type Barriers = BTreeMap<(TableName, Shown, String), BTreeSet<RoleName>>;
/// Columns in the order of their names; with a mask, or as they are.
pub type Shown = BTreeMap<ColumnName, Option<Mask>>;

/// How the comment on a column of ours begins that shows a mask.
pub const MASKED: &str = "masked: ";

impl Compiler<'_> {
    /// Whether a role reads this rectangle through a view.
    pub(super) fn needs_barrier(&self, table: &TableName, rectangle: &Rectangle) -> bool {
        let relation = self.live.relations.get(table);
        !rectangle.masked.is_empty() || relation.is_some_and(|relation| !relation.kind.takes_row_security())
    }

    /// Notes that the role reads the rectangle through a view, and lets the lookup role read for it.
    pub(super) fn read_through(
        &mut self,
        barriers: &mut Barriers,
        table: &TableName,
        rectangle: &Rectangle,
        rows: &Predicate,
        role: &RoleName,
    ) {
        let plain = rectangle.columns.iter().map(|column| (column.clone(), None));
        let masked = rectangle.masked.iter().map(|(column, mask)| (column.clone(), Some(*mask)));
        let shown: Shown = plain.chain(masked).collect();
        let rows = Predicate::all(vec![rows.clone(), self.with_key(table, rectangle)]);
        self.lookups.read(table, shown.keys());
        self.lookups.read(table, &rows.columns);
        barriers.entry((table.clone(), shown, rows.sql)).or_default().insert(role.clone());
    }

    /// What has no primary key may hold rows that nothing tells apart: no page could lead to them.
    fn with_key(&self, table: &TableName, rectangle: &Rectangle) -> Predicate {
        let guarded = self.live.relations.get(table).is_some_and(|relation| relation.kind.takes_row_security());
        let objects = rectangle.grants.iter().filter_map(|(object, _)| self.model.objects.get(object));
        let keys: BTreeSet<&ColumnName> = objects.filter(|_| !guarded).flat_map(|object| &object.key).collect();
        Predicate::all(
            keys.into_iter().map(|key| Predicate::on(format!("{} IS NOT NULL", quote(key)), [key])).collect(),
        )
    }

    /// The views, by name. One is named after its relation and the first of its roles, so that it keeps its name while
    /// columns and rows change, and a site that runs finds it.
    pub(super) fn barrier_views(&self, barriers: &Barriers) -> Result<BTreeMap<TableName, View>, CompileError> {
        let mut views = BTreeMap::new();
        for ((table, shown, rows), roles) in barriers {
            let Some(first) = roles.first() else { continue };
            let own = format!("{}__", self.model.project.name);
            let first = first.as_str().strip_prefix(&own).unwrap_or(first.as_str());
            let control = self.model.project.control_schema.as_str();
            let mut name = TableName::new(control, fitting(&format!("{}_{}__{first}", table.schema, table.name), ""));
            if views.contains_key(&name) {
                // `a_b`.`c` and `a`.`b_c`.
                let hash = blake3::hash(format!("{table} {first}").as_bytes()).to_hex();
                name = TableName::new(control, fitting(&name.name, &format!("__{}", &hash[..8])));
            }
            let acting = for_roles(rows, roles);
            let (view, inner) = self.barrier_view(&name, (table, shown), &acting, roles)?;
            views.insert(name, view);
            views.extend(inner);
        }
        Ok(views)
    }

    /// Where something is masked, the rows are a view of their own below: PostgreSQL takes a comparison of a column for
    /// harmless before it puts the mask in the column's place, and would make it of rows that are not the asker's.
    fn barrier_view(
        &self,
        name: &TableName,
        (table, shown): (&TableName, &Shown),
        rows: &str,
        roles: &BTreeSet<RoleName>,
    ) -> Result<(View, Option<(TableName, View)>), CompileError> {
        let readers = roles.iter().cloned().map(Grantee::Role).collect();
        if shown.values().all(Option::is_none) {
            let from = format!("{} AS t\nWHERE {rows}", table.sql());
            return Ok((self.view((table, shown), &from, None, readers)?, None));
        }
        let below = TableName::new(name.schema.as_str(), fitting(&name.name, "__rows"));
        let plain: Shown = shown.keys().map(|column| (column.clone(), None)).collect();
        let from = format!("{} AS t\nWHERE {rows}", table.sql());
        let inner = self.view((table, &plain), &from, None, BTreeSet::new())?;
        let from = format!("{} AS t", below.sql());
        Ok((self.view((table, shown), &from, Some(&below), readers)?, Some((below, inner))))
    }

    fn view(
        &self,
        (table, shown): (&TableName, &Shown),
        from: &str,
        over: Option<&TableName>,
        readers: BTreeSet<Grantee>,
    ) -> Result<View, CompileError> {
        let (mut columns, mut cells) = (Vec::new(), Vec::new());
        for (name, mask) in shown {
            let live = self.column(table, name)?;
            let (display_type, cell) = match mask {
                Some(mask) => ("text".to_owned(), format!("{} AS {}", self.masked(*mask, table, name), quote(name))),
                None => (live.display_type.clone(), format!("t.{}", quote(name))),
            };
            let comment = mask.map(|mask| format!("{MASKED}{}", mask.word()));
            columns.push(ViewColumn { name: name.clone(), display_type, comment });
            cells.push(cell);
        }
        let mut acl = Acl::default();
        for reader in readers {
            acl.grant(reader, Privilege::Select);
        }
        let query = format!("SELECT {}\nFROM {from}", cells.join(",\n  "));
        Ok(View {
            owner: self.roles.lookup.clone(),
            of: BTreeSet::from([table.clone()]),
            over: over.cloned(),
            columns,
            query,
            options: BTreeSet::from(["security_barrier=true".to_owned()]),
            acl,
            column_acl: false,
            rewritten: false,
            marker: Some(self.marker()),
        })
    }

    /// What stands for a value. NULL stays NULL, and no mask tells how long a value is.
    fn masked(&self, mask: Mask, table: &TableName, column: &ColumnName) -> String {
        // Some collations know no patterns; the database's own always does.
        let value = format!("t.{}::text COLLATE pg_catalog.\"default\"", quote(column));
        match mask {
            // Of fewer than eight characters four would be most of it. Spaces are no characters: they come in groups
            // of four in account numbers.
            Mask::Last4 => {
                let value = format!("regexp_replace({value}, '[[:space:]]', '', 'g')");
                format!(
                    "CASE WHEN length({value}) >= 8 THEN '••••' || right({value}, 4) WHEN {value} IS NOT NULL THEN '••••' END"
                )
            }
            Mask::Email => format!(
                "CASE WHEN {value} ~ '^[^@]+@[^@]+$' THEN left({value}, 1) || '•••@' || split_part({value}, '@', 2) \
                 WHEN {value} IS NOT NULL THEN '•••' END"
            ),
            // The key is a table's row, which the view's owner may read, and no function: one that the persona may call
            // would answer guesses. What is digested begins with the column, or a value that one may write somewhere else
            // would tell of this.
            Mask::Hash => {
                let key = |part: &str| format!("(SELECT k.{part}_key FROM {}.mask_key AS k)", self.control());
                format!(
                    "left(encode(sha256({} || sha256({} || convert_to({}, 'UTF8') || '\\x00'::bytea || convert_to({value}, 'UTF8'))), 'hex'), 16)",
                    key("outer"),
                    key("inner"),
                    Ident::literal(&format!("{table}.{column}"))
                )
            }
        }
    }
}
