//! A persona may write a column that refers to rows of another object, and nothing checks that it sees the row it names.
//!
//! ## Why is this bad
//!
//! The foreign key only asks whether the row exists, whoever it belongs to. Naming somebody else's row shows that it is there,
//! and hangs one's own row under it, where its readers find it.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: task
//! fields: {title: text, project: {type: integer, column: project_id}}
//! # … granted
//! task: {create: [title, project]}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! fields: {title: text, project: {type: reference(project), column: project_id}}
//! ```

use crate::check::grants::each_write;
use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{FieldType, Object, TenantReach, Who, Write};
use crate::names::{ColumnName, FieldName, TableName};

pub(in crate::check) const RULE: Rule = Rule::live("unchecked-reference", check);

fn check(live: &Live<'_>) -> Vec<Finding> {
    let free = each_write(live.model, |persona, object, grant| {
        // Staff without limits see what they name.
        if persona.who == Who::Internal && persona.tenants != TenantReach::Assigned {
            return None;
        }
        match &grant.write {
            Write::Create(create) => {
                create.fields.iter().find_map(|name| unchecked(live, object, name, |column| create.fixes(column)))
            }
            Write::Update { fields, .. } => fields.iter().find_map(|name| unchecked(live, object, name, |_| false)),
            _ => None,
        }
    });
    free.iter()
        .map(|held| {
            let (field, table) = &held.found;
            let message =
                format!("{} may let `{field}` of a `{}` name any row of `{table}`", held.who(), held.object.name);
            let mut finding = Finding::error(RULE.id, held.span, message)
                .why("the foreign key asks whether the row exists, not whether its author sees it")
                .hint(format!("make the field a `reference` to the object of `{table}`"));
            if let Some(field) = held.object.fields.get(field) {
                finding = finding.label(field.span, "the field");
            }
            held.acceptable(finding)
        })
        .collect()
}

/// The table whose rows belong to somebody, and that the field's column refers to.
fn unchecked(
    live: &Live<'_>,
    object: &Object,
    name: &FieldName,
    fixed: impl Fn(&ColumnName) -> bool,
) -> Option<(FieldName, TableName)> {
    let field = object.fields.get(name)?;
    if matches!(field.field_type, FieldType::Reference(_)) {
        return None;
    }
    let owned = |table: &TableName| {
        let mut objects = live.model.objects.values().filter(|object| &object.table == table);
        objects.any(|object| !object.tenant_paths.is_empty() || !object.owners.is_empty() || object.parent.is_some())
    };
    let keys = &live.relation(&object.table)?.foreign_keys;
    let key = keys
        .iter()
        .find(|key| key.columns.contains(&field.column) && !key.columns.iter().any(&fixed) && owned(&key.references))?;
    Some((name.clone(), key.references.clone()))
}
