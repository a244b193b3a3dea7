//! The database itself, and what may be passed on.

use super::{Context, Statement, roles};
use crate::names::Ident;
use crate::plan::ChangeKind;
use crate::state::Securable;

pub fn statements(change: &ChangeKind, context: Context<'_>) -> Vec<Statement> {
    let database = Ident::new(context.database);
    match change {
        ChangeKind::GrantDatabase { privilege, roles: to } => {
            vec![Statement::plain(format!("GRANT {privilege} ON DATABASE {database} TO {}", roles(to)))]
        }
        ChangeKind::RevokeDatabase { privilege, roles: from } => {
            vec![Statement::plain(format!("REVOKE {privilege} ON DATABASE {database} FROM {}", roles(from)))]
        }
        ChangeKind::RevokeGrantOption { on, owner, privilege, roles: from } => {
            let (columns, on) = match on {
                Securable::Database => (String::new(), format!("DATABASE {database}")),
                Securable::Schema(schema) => (String::new(), format!("SCHEMA {}", Ident::new(schema.as_str()))),
                Securable::Table(table) => (String::new(), format!("TABLE {}", table.sql())),
                Securable::Column(table, column) => {
                    (format!(" ({})", Ident::new(column.as_str())), format!("TABLE {}", table.sql()))
                }
                Securable::Function(function) => (String::new(), format!("FUNCTION {}", function.sql())),
            };
            let from = roles(from);
            let text = format!("REVOKE GRANT OPTION FOR {privilege}{columns} ON {on} FROM {from} CASCADE");
            vec![Statement { role: owner.clone(), text }]
        }
        _ => vec![],
    }
}
