//! Roles and memberships. Every attribute is written out: what a server thinks of as its default is
//! nothing to rely on.

use super::{Context, Statement, roles};
use crate::names::{Ident, RoleName};
use crate::plan::ChangeKind;
use crate::state::{Marker, MembershipOptions, Role};

pub fn statements(change: &ChangeKind, context: Context<'_>) -> Vec<Statement> {
    let texts = match change {
        ChangeKind::CreateRole { role, attributes } => {
            let mut texts =
                vec![format!("CREATE ROLE {} {}", Ident::new(role.as_str()), words(attributes, None).join(" "))];
            texts.extend(attributes.marker.iter().map(|marker| comment(role, marker)));
            texts
        }
        ChangeKind::AlterRole { role, from, to } => alter(role, from, to, context.database),
        ChangeKind::DropRole { role } => return drop_role(role, context),
        ChangeKind::GrantMembership { roles: groups, member, options } => {
            let options = membership(*options, context.has_membership_options());
            vec![format!("GRANT {} TO {}{options}", roles(groups), Ident::new(member.as_str()))]
        }
        ChangeKind::RevokeMembership { roles: groups, member } => {
            vec![format!("REVOKE {} FROM {}", roles(groups), Ident::new(member.as_str()))]
        }
        _ => vec![],
    };
    texts.into_iter().map(Statement::plain).collect()
}

/// What others gave the role, or what was made as it, would keep it from being dropped. A superuser takes back what any
/// grantor gave; another administrator has not the role's rights but may become it, which is enough for what it owns.
fn drop_role(role: &RoleName, context: Context<'_>) -> Vec<Statement> {
    let name = Ident::new(role.as_str());
    let by = (!context.administrator.superuser).then(|| role.clone());
    vec![Statement { role: by, text: format!("DROP OWNED BY {name}") }, Statement::plain(format!("DROP ROLE {name}"))]
}

fn comment(role: &RoleName, marker: &Marker) -> String {
    format!("COMMENT ON ROLE {} IS {}", Ident::new(role.as_str()), Ident::literal(&marker.to_string()))
}

type Attribute = (fn(&Role) -> bool, &'static str, &'static str);

const ATTRIBUTES: [Attribute; 7] = [
    (|role| role.login, "LOGIN", "NOLOGIN"),
    (|role| role.inherit, "INHERIT", "NOINHERIT"),
    (|role| role.superuser, "SUPERUSER", "NOSUPERUSER"),
    (|role| role.create_db, "CREATEDB", "NOCREATEDB"),
    (|role| role.create_role, "CREATEROLE", "NOCREATEROLE"),
    (|role| role.replication, "REPLICATION", "NOREPLICATION"),
    (|role| role.bypass_rls, "BYPASSRLS", "NOBYPASSRLS"),
];

/// The attributes of `role`, all of them or those that differ from `from`'s: only a superuser may as
/// much as mention some of them in an ALTER.
fn words(role: &Role, from: Option<&Role>) -> Vec<&'static str> {
    ATTRIBUTES
        .iter()
        .filter(|(has, ..)| from.is_none_or(|from| has(from) != has(role)))
        .map(|(has, yes, no)| if has(role) { *yes } else { *no })
        .collect()
}

fn alter(role: &RoleName, from: &Role, to: &Role, database: &str) -> Vec<String> {
    let name = Ident::new(role.as_str());
    let words = words(to, Some(from));
    let mut texts = Vec::new();
    if !words.is_empty() {
        texts.push(format!("ALTER ROLE {name} {}", words.join(" ")));
    }
    if from.settings != to.settings {
        texts.push(format!("ALTER ROLE {name} RESET ALL"));
        texts.push(format!("ALTER ROLE {name} IN DATABASE {} RESET ALL", Ident::new(database)));
        for (setting, value) in to.settings.iter().filter_map(|setting| setting.split_once('=')) {
            texts.push(format!("ALTER ROLE {name} SET {} TO {}", Ident::new(setting), Ident::literal(value)));
        }
    }
    texts
}

fn membership(options: MembershipOptions, has_options: bool) -> String {
    let word = |on| if on { "TRUE" } else { "FALSE" };
    if has_options {
        format!(" WITH INHERIT {}, SET {}, ADMIN {}", word(options.inherit), word(options.set), word(options.admin))
    } else if options.admin {
        " WITH ADMIN OPTION".to_owned()
    } else {
        String::new()
    }
}
