//! PostgreSQL picks row policies by the owner of a view: what one persona may see must not show to another through it.

use super::one_of_each;
use crate::language::provisioned;
use crate::provisioned::{Gateway, Provisioned, rows, run};

/// Every view that one role can make of a table for another: what it shows beyond what the other reads itself, and how
/// many views there were. Each may call whatever the others may, since EXECUTE is asked of whoever reads.
pub(crate) async fn shown_by_views(portal: &Provisioned, gateway: &mut Gateway) -> (Vec<String>, usize) {
    let personas: Vec<String> = portal.persona_roles().iter().map(|role| format!("\"{role}\"")).collect();
    let lookups = format!(
        "do $do$ declare f regprocedure; begin
             for f in select oid from pg_proc where pronamespace = '{}'::regnamespace and proargnames[1] = 'acting' loop
                 execute format('grant execute on function %s to {}', f);
             end loop;
         end $do$",
        portal.control(),
        personas.join(", ")
    );
    run(&mut portal.db.admin().await, &lookups).await;
    let (mut found, mut views) = (Vec::new(), 0);
    let makers: Vec<_> = portal.model.personas.values().flat_map(|persona| &persona.facets).collect();
    for (persona, token) in &one_of_each(portal, gateway).await {
        for reader in &persona.facets {
            for maker in makers.iter().filter(|maker| maker.role != reader.role) {
                for (table, rectangle) in &maker.reads {
                    let columns: Vec<String> = rectangle.columns.iter().map(|column| format!("\"{column}\"")).collect();
                    let select = format!("select {} from {}", columns.join(", "), table.sql());
                    let view = format!(
                        "set local role \"{maker}\"; create temp view v as {select}; grant select on v to \"{reader}\"; \
                         set local role \"{reader}\"; select * from v",
                        maker = maker.role,
                        reader = reader.role
                    );
                    let itself = gateway.read(reader.role.as_str(), token, &select).await.unwrap_or_default();
                    views += 1;
                    let through = gateway.read(reader.role.as_str(), token, &view).await;
                    let what = format!("`{}`, of {table} as made by `{}`", reader.role, maker.role);
                    match through {
                        Ok(rows) if rows.iter().all(|row| itself.contains(row)) => {}
                        Ok(rows) => found.push(format!("{what}: {rows:?}")),
                        Err(error) => found.push(format!("{what}: {error}")),
                    }
                }
            }
        }
    }
    (found, views)
}

#[tokio::test]
async fn a_view_shows_nothing_of_what_its_maker_may_see() {
    let portal = provisioned().await;
    let (found, views) = shown_by_views(&portal, &mut portal.gateway().await).await;
    assert!(found.is_empty(), "{found:#?}");
    assert!(views > 300, "{views}");
}

/// Each row policy hands the roles that it is for, and no other, to whatever it asks.
#[tokio::test]
async fn every_row_policy_names_its_own_roles() {
    let portal = provisioned().await;
    let query =
        "select array(select rolname::text collate \"C\" from pg_roles where oid = any (polroles) order by 1)::text
             || pg_get_expr(polqual, polrelid) from pg_policy where polname ~ '__(read|guard)_'";
    let policies = rows(&mut portal.db.admin().await, query).await.unwrap();
    assert!(policies.len() > 20, "{policies:#?}");
    let control = format!("{}.", portal.control());
    for policy in &policies {
        let roles = &policy[..=policy.find('}').unwrap()];
        let mut calls = policy.split(&control);
        assert!(calls.next().is_some_and(|before| before.starts_with(roles)) && policy.contains(&control), "{policy}");
        for call in calls {
            let (_, arguments) = call.split_once('(').unwrap();
            assert!(arguments.starts_with(&format!("'{roles}'::text[]")), "{policy}");
        }
    }
}
