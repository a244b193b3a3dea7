//! Views of the control schema, by name.

use super::roles::{Names, marker};
use super::wire;
use crate::names::{ColumnName, SchemaName, TableName};
use crate::state::{GrantOption, Securable, View, ViewColumn};
use std::collections::BTreeMap;

pub fn views(facts: &wire::Facts, names: &Names<'_>, control: &SchemaName) -> BTreeMap<TableName, View> {
    facts.views.iter().map(|view| (named(view, control), view_of(view, names, control))).collect()
}

/// What may be passed on of them.
pub fn grant_options<'a>(
    facts: &'a wire::Facts,
    names: &'a Names<'_>,
    control: &'a SchemaName,
) -> impl Iterator<Item = GrantOption> + 'a {
    facts
        .views
        .iter()
        .flat_map(|view| names.grant_options(&Securable::Table(named(view, control)), view.acl.iter().flatten()))
}

fn named(view: &wire::View, control: &SchemaName) -> TableName {
    TableName::new(control.as_str(), &view.name)
}

fn view_of(view: &wire::View, names: &Names<'_>, control: &SchemaName) -> View {
    let column = |(name, display_type, comment): &(String, String, Option<String>)| ViewColumn {
        name: ColumnName::new(name),
        display_type: display_type.clone(),
        comment: comment.clone(),
    };
    View {
        owner: names.role(view.owner),
        of: view.of.iter().map(|(schema, name)| TableName::new(schema, name)).collect(),
        over: view.over.as_ref().map(|name| TableName::new(control.as_str(), name)),
        columns: view.columns.iter().flatten().map(column).collect(),
        query: view.query.clone(),
        options: view.options.iter().flatten().cloned().collect(),
        acl: names.acl(&view.acl),
        column_acl: view.column_acl,
        rewritten: view.rewritten,
        marker: marker(view.comment.as_deref()),
    }
}
