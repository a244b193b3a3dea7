//! Views of the control schema.

use super::{Statement, grantees, roles};
use crate::model::Project;
use crate::names::{Ident, TableName};
use crate::plan::ChangeKind;
use crate::plan::change::join;
use crate::plan::control::ProjectRoles;
use crate::state::View;

pub fn statements(change: &ChangeKind, project: &Project) -> Vec<Statement> {
    match change {
        ChangeKind::CreateView { name, view, replaces } => {
            create(name, view, *replaces).into_iter().map(|text| Statement::by(&view.owner, text)).collect()
        }
        // Whoever it belongs to: the owner of the schema may drop it.
        ChangeKind::DropView { name } => {
            vec![Statement::by(&ProjectRoles::of(project).owner, format!("DROP VIEW {}", name.sql()))]
        }
        ChangeKind::GrantView { view, owner, roles: to } => {
            vec![Statement::by(owner, format!("GRANT SELECT ON TABLE {} TO {}", view.sql(), roles(to)))]
        }
        ChangeKind::RevokeView { view, owner, privilege, from } => {
            vec![Statement::by(owner, format!("REVOKE {privilege} ON TABLE {} FROM {}", view.sql(), grantees(from)))]
        }
        _ => vec![],
    }
}

fn create(name: &TableName, view: &View, replaces: bool) -> Vec<String> {
    let verb = if replaces { "CREATE OR REPLACE VIEW" } else { "CREATE VIEW" };
    let options = join(view.options.iter().map(|option| option.replace('=', " = ")));
    let options = if options.is_empty() { options } else { format!(" WITH ({options})") };
    let mut texts = vec![format!("{verb} {}{options} AS\n{}", name.sql(), view.query)];
    let comments = view.columns.iter().filter(|column| column.comment.is_some() || replaces);
    texts.extend(comments.map(|column| {
        let comment = column.comment.as_ref().map_or_else(|| "NULL".to_owned(), |text| Ident::literal(text));
        format!("COMMENT ON COLUMN {}.{} IS {comment}", name.sql(), Ident::new(column.name.as_str()))
    }));
    if let Some(marker) = &view.marker {
        texts.push(format!("COMMENT ON VIEW {} IS {}", name.sql(), Ident::literal(&marker.to_string())));
    }
    texts
}
