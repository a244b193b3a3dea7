//! A column is of another type than the spec says, or two columns that are compared are of two types.
//!
//! A tenant's key is compared with the tenant columns of every object, a user's with their owner columns, and the
//! columns of a path with the key of the parent. A column that a grant presets to one's key holds it as well, and the
//! column of a soft deletion is a timestamp, a date or a boolean; the column that `min_group` counts by is a number. Integers of different widths go together, texts do, and numbers
//! with texts do not.
//!
//! ## Why is this bad
//!
//! Keys are compared in the type of the column. One that cannot be converted fails every query of the portal; one
//! that is written differently in the other type, as `7` and `007`, finds nothing.
//!
//! ## Example
//!
//! ```sql
//! CREATE TABLE crm.accounts (id integer PRIMARY KEY, …);
//! CREATE TABLE crm.cases (account_id text NOT NULL, …);
//! ```
//!
//! ## Use instead
//!
//! Name the column that holds the key in the same type, or write the type that the column has:
//!
//! ```yaml
//! fields: {created_on: date}       # not: timestamp
//! ```

use crate::check::column_types::{Kind, field_fits, keys_fit};
use crate::check::key_pairs::{Side, key_pairs};
use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{DeclaredTenant, Deletion, Field, Object};
use crate::names::KeyName;
use crate::state::Column;

pub(in crate::check) const RULE: Rule = Rule::live("column-type-mismatch", check);

fn check(live: &Live<'_>) -> Vec<Finding> {
    let objects = live.model.objects.values();
    let fields = objects.flat_map(|object| object.fields.values().map(move |field| (object, field)));
    let fields = fields.filter_map(|(object, field)| of_field(live, object, field));
    let pairs = key_pairs(live.model).into_iter().filter_map(|(left, right)| of_pair(live, &left, &right));
    let tenants = live.model.declared_tenants.iter().flat_map(|tenant| of_tenant(live, tenant));
    let deleted = live.model.objects.values().filter_map(|object| of_deletion(live, object));
    let counted = live.model.objects.values().filter_map(|object| of_group(live, object));
    fields.chain(pairs).chain(tenants).chain(deleted).chain(counted).collect()
}

fn of_field(live: &Live<'_>, object: &Object, field: &Field) -> Option<Finding> {
    let column = live.column(&object.table, &field.column)?;
    let timed = || crate::check::column_types::compared_with_time(live.model, object, field);
    let expected = field_fits(live, &field.field_type, column, timed).err()?;
    let message =
        format!("`{}.{}` is `{}`, and the field is {expected}", object.table, field.column, column.display_type);
    let finding = Finding::error(RULE.id, field.span, message)
        .why("comparisons and pages treat the field as what the spec says it is")
        .hint("write the type that the column has");
    Some(finding.acceptable_for(object.name.as_str()))
}

/// Deleting sets the column to the time, the day, or true.
fn of_deletion(live: &Live<'_>, object: &Object) -> Option<Finding> {
    let Some(Deletion::Soft(name)) = &object.deletion else { return None };
    let column = live.column(&object.table, name)?;
    if matches!(Kind::of(column), Kind::Instant | Kind::WallClock | Kind::Date | Kind::Boolean) {
        return None;
    }
    let message =
        format!("`{}.{name}` is `{}`, and is to say that a row is deleted", object.table, column.display_type);
    let finding = Finding::error(RULE.id, object.span, message)
        .why("deleting sets the column to the time, the day, or true")
        .hint("name a timestamp, a date or a boolean, or delete `hard`");
    Some(finding.acceptable_for(object.name.as_str()))
}

fn of_group(live: &Live<'_>, object: &Object) -> Option<Finding> {
    let group = object.min_group.as_ref()?;
    let column = live.column(&object.table, &group.count)?;
    if matches!(Kind::of(column), Kind::Integer | Kind::Number) {
        return None;
    }
    let message = format!("`{}.{}` is `{}`, and is to count", object.table, group.count, column.display_type);
    let finding = Finding::error(RULE.id, group.span, message)
        .why("a row is shown when the number there is large enough")
        .hint("name the column that says how many a row stands for");
    Some(finding.acceptable_for(object.name.as_str()))
}

fn of_pair(live: &Live<'_>, left: &Side<'_>, right: &Side<'_>) -> Option<Finding> {
    let ours = live.column(left.table, left.column)?;
    let theirs = live.column(right.table, right.column)?;
    if keys_fit(ours, theirs) {
        return None;
    }
    let shown =
        |side: &Side<'_>, column: &Column| format!("`{}.{}` is `{}`", side.table, side.column, column.display_type);
    let message = format!("{}, and {}: they hold one key", shown(left, ours), shown(right, theirs));
    let finding = Finding::error(RULE.id, left.span, message)
        .why("keys are compared in the type of the column, and one that cannot be converted fails every query")
        .label(right.span, "the other one")
        .hint("name columns of one type");
    Some(finding.acceptable_for(left.subject))
}

/// Declared keys must read as the columns that hold them print them.
fn of_tenant(live: &Live<'_>, tenant: &DeclaredTenant) -> Vec<Finding> {
    let named = tenant.keys.iter().map(|(name, key)| (name.clone(), key));
    let keys = named.chain([(KeyName::main(), &tenant.key)]);
    keys.filter_map(|(name, key)| {
        let columns = crate::check::key_pairs::tenant_columns(live.model, tenant.kind.as_ref(), &name);
        let (side, column) = columns.iter().find_map(|side| Some((side, live.column(side.table, side.column)?)))?;
        let canonical = Kind::of(column).canonical(key)?;
        if canonical.as_deref() == Ok(key.as_str()) {
            return None;
        }
        let message = format!(
            "`{key}` is not how `{}.{}` writes a key, which is `{}`",
            side.table, side.column, column.display_type
        );
        let finding = Finding::error(RULE.id, tenant.span, message).why("the tenant would find none of its rows").hint(
            match canonical {
                Ok(text) => format!("write it as \"{text}\""),
                Err(()) => "write the key as the rows have it".to_owned(),
            },
        );
        Some(finding.acceptable_for(tenant.name.as_str()))
    })
    .collect()
}
