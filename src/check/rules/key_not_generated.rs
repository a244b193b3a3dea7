//! A persona may create rows of an object whose key nothing gives.
//!
//! ## Why is this bad
//!
//! The key is no field that is given, no column that is stamped, and the table has no default for it. Every new row would be
//! refused by the database.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: task
//! table: crm.tasks       # id integer PRIMARY KEY, without a default
//! # … granted
//! task: {create: [title]}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! key: {column: id, generate: uuid}      # or `sequence`
//! ```

use crate::check::grants::each_write;
use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{Create, Object, Write};
use crate::names::ColumnName;

pub(in crate::check) const RULE: Rule = Rule::live("key-not-generated", check).never_accepted();

fn check(live: &Live<'_>) -> Vec<Finding> {
    let bare = each_write(live.model, |_, object, grant| match &grant.write {
        Write::Create(create) if object.key_generation.is_none() => {
            object.key.iter().find(|column| !is_given(live, object, create, column)).cloned()
        }
        _ => None,
    });
    bare.iter()
        .map(|held| {
            let (table, column) = (&held.object.table, &held.found);
            let message = format!("a new `{}` has no key: nothing gives `{table}.{column}`", held.object.name);
            Finding::error(RULE.id, held.span, message)
                .why("the database would refuse every new row")
                .label(held.object.span, "the object")
                .hint(format!("write `key: {{column: {column}, generate: uuid}}`, or give the column a default"))
        })
        .collect()
}

fn is_given(live: &Live<'_>, object: &Object, create: &Create, column: &ColumnName) -> bool {
    let written = create.fields.iter().chain(create.preset.keys());
    let by_field = written.filter_map(|name| object.fields.get(name)).any(|field| &field.column == column);
    let by_itself = live.column(&object.table, column).is_none_or(|column| column.has_default || column.generated);
    by_field || by_itself || create.fixes(column)
}
