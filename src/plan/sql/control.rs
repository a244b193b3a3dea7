//! The control schema: its tables, its functions, who may use them.

use super::{Statement, grantees, roles};
use crate::model::Project;
use crate::names::{Ident, RoleName, SchemaName};
use crate::plan::change::join;
use crate::plan::control::{ProjectRoles, TENANT_KEYS, migrations, render};
use crate::plan::{Change, ChangeKind, Phase};
use crate::state::{Function, FunctionName, Language, Parallel, Volatility};
use std::collections::BTreeSet;

pub fn statements(change: &ChangeKind, project: &Project) -> Vec<Statement> {
    match change {
        ChangeKind::CreateSchema { schema, owner, marker } => {
            let name = Ident::new(schema.as_str());
            let comment = format!("COMMENT ON SCHEMA {name} IS {}", Ident::literal(&marker.to_string()));
            let create = format!("CREATE SCHEMA {name} AUTHORIZATION {}", Ident::new(owner.as_str()));
            vec![Statement::plain(create), Statement::by(owner, comment)]
        }
        ChangeKind::GrantSchema { schema, owner, privilege, roles: to } => {
            let text = format!("GRANT {privilege} ON SCHEMA {} TO {}", Ident::new(schema.as_str()), roles(to));
            vec![Statement { role: owner.clone(), text }]
        }
        ChangeKind::RevokeSchema { schema, owner, privilege, from } => {
            let text = format!("REVOKE {privilege} ON SCHEMA {} FROM {}", Ident::new(schema.as_str()), grantees(from));
            vec![Statement { role: owner.clone(), text }]
        }
        ChangeKind::MigrateControl { owner, version } => migrate(owner, *version, project),
        ChangeKind::TenantKeys { schema, owner, alone } => {
            let (schema, index) = (Ident::new(schema.as_str()), TENANT_KEYS);
            vec![Statement::by(
                owner,
                if *alone {
                    format!("CREATE UNIQUE INDEX {index} ON {schema}.tenant (key)")
                } else {
                    format!("DROP INDEX {schema}.{index}")
                },
            )]
        }
        ChangeKind::CreateFunction { name, function, replaces } => {
            let mut texts = vec![create_function(name, function, *replaces)];
            if !replaces {
                // Every function is born callable by everybody.
                texts.push(format!("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC", name.sql()));
            }
            if let Some(marker) = &function.marker {
                texts.push(format!("COMMENT ON FUNCTION {} IS {}", name.sql(), Ident::literal(&marker.to_string())));
            }
            texts.into_iter().map(|text| Statement::by(&function.owner, text)).collect()
        }
        ChangeKind::DropFunction { name, owner } => {
            vec![Statement::by(owner, format!("DROP FUNCTION {}", name.sql()))]
        }
        ChangeKind::GrantExecute { functions, owner, roles: to } => {
            let functions = join(functions.iter().map(FunctionName::sql));
            vec![Statement::by(owner, format!("GRANT EXECUTE ON FUNCTION {functions} TO {}", roles(to)))]
        }
        ChangeKind::RevokeExecute { function, owner, from } => {
            vec![Statement::by(owner, format!("REVOKE EXECUTE ON FUNCTION {} FROM {}", function.sql(), grantees(from)))]
        }
        _ => vec![],
    }
}

fn migrate(owner: &RoleName, version: u32, project: &Project) -> Vec<Statement> {
    let schema = Ident::new(project.control_schema.as_str());
    migrations()
        .iter()
        .filter(|migration| migration.version == version)
        .flat_map(|migration| {
            [
                Statement::by(owner, render(migration.sql, project)),
                Statement::by(owner, format!("UPDATE {schema}.meta SET version = {version}")),
            ]
        })
        .collect()
}

/// The function as one of this session's own, to be tried before it is made.
pub fn trial(function: &Function, name: &str) -> String {
    let name =
        FunctionName { schema: SchemaName::new("pg_temp"), name: name.to_owned(), argument_types: String::new() };
    create_function(&name, &Function { security_definer: false, ..function.clone() }, false)
}

fn create_function(name: &FunctionName, function: &Function, replaces: bool) -> String {
    let verb = if replaces { "CREATE OR REPLACE FUNCTION" } else { "CREATE FUNCTION" };
    let qualified = format!("{}.{}", Ident::new(name.schema.as_str()), Ident::new(&name.name));
    let language = match function.language {
        Language::Sql => "sql",
        // The desired state knows no other language.
        Language::Plpgsql | Language::Other => "plpgsql",
    };
    let security = if function.security_definer { "SECURITY DEFINER" } else { "SECURITY INVOKER" };
    let parallel = match function.parallel {
        Parallel::Safe => "SAFE",
        Parallel::Restricted => "RESTRICTED",
        Parallel::Unsafe => "UNSAFE",
    };
    let volatility = match function.volatility {
        Volatility::Immutable => "IMMUTABLE",
        Volatility::Stable => "STABLE",
        Volatility::Volatile => "VOLATILE",
    };
    let settings: String =
        function.settings.iter().filter_map(|setting| setting.split_once('=')).map(setting).collect();
    format!(
        "{verb} {qualified}({}) RETURNS {}\nLANGUAGE {language} {volatility} {security} PARALLEL {parallel}{settings}\nAS {}",
        function.arguments,
        function.returns,
        dollar_quoted(&function.body)
    )
}

/// `search_path` is a list of identifiers that are quoted already; everything else is one value.
fn setting((name, value): (&str, &str)) -> String {
    let value = if name == "search_path" { value.to_owned() } else { Ident::literal(value) };
    format!(" SET {} TO {value}", Ident::new(name))
}

/// `body` as a string constant that stays readable.
pub fn dollar_quoted(body: &str) -> String {
    let quote = dollar_quote(body);
    format!("{quote}{body}{quote}")
}

/// A dollar quote that the body does not end.
fn dollar_quote(body: &str) -> String {
    let mut quote = "$body$".to_owned();
    let mut n = 0_u32;
    while body.contains(quote.trim_end_matches('$')) {
        n += 1;
        quote = format!("$body{n}$");
    }
    quote
}

/// Owners of functions and views that do not own the schema may create in it only while these are made.
pub fn with_room(made: Vec<Statement>, phase: Phase, changes: &[Change], project: &Project) -> Vec<Statement> {
    let owner = ProjectRoles::of(project).owner;
    let guests: BTreeSet<&RoleName> = changes
        .iter()
        .filter(|change| change.phase() == phase)
        .filter_map(|change| match &change.kind {
            ChangeKind::CreateFunction { function, .. } => Some(&function.owner),
            ChangeKind::CreateView { view, .. } => Some(&view.owner),
            _ => None,
        })
        .filter(|role| **role != owner)
        .collect();
    if guests.is_empty() {
        return made;
    }
    let (schema, guests) = (Ident::new(project.control_schema.as_str()), roles(guests));
    let open = Statement::by(&owner, format!("GRANT CREATE ON SCHEMA {schema} TO {guests}"));
    let close = Statement::by(&owner, format!("REVOKE CREATE ON SCHEMA {schema} FROM {guests}"));
    std::iter::once(open).chain(made).chain([close]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_body_ends_its_own_quote() {
        assert_eq!(dollar_quote("SELECT 1"), "$body$");
        assert_eq!(dollar_quote("SELECT $body$ x $body1$"), "$body2$");
        // Followed by the closing quote, this end would make `$body$` one character early.
        assert_eq!(dollar_quote("SELECT '$body"), "$body1$");
    }
}
