//! A function runs as who made it: what one role may ask must not be answered to another through it.

use super::one_of_each;
use crate::language::provisioned;
use crate::provisioned::{Gateway, Provisioned, rows, run};

/// Lookups that one role may call and another has nothing to do with, neither by itself nor through what it calls.
const FOREIGN: &str = "
    with recursive lookup as (
        select oid, proname, prosrc from pg_proc
        where pronamespace = '{control}'::regnamespace and proargnames[1] = 'acting' and prolang <> (select oid from pg_language where lanname = 'plpgsql')
    ), reached as (
        select r.oid as role, l.oid, l.prosrc from pg_roles as r join lookup as l on has_function_privilege(r.oid, l.oid, 'EXECUTE')
        where starts_with(r.rolname, '{project}__')
        union
        select reached.role, l.oid, l.prosrc from reached join lookup as l on position(l.proname in reached.prosrc) > 0
    )
    select m.rolname || ' ' || l.proname || ' ' || pg_get_function_result(l.oid)
    from lookup as l join pg_roles as m on starts_with(m.rolname, '{project}__') and has_function_privilege(m.oid, l.oid, 'EXECUTE')
        and m.rolname not in ('{project}__owner', '{project}__lookup', '{project}__operator')
    where not exists (select from reached where reached.role = '{reader}'::regrole and reached.oid = l.oid)";

/// What is told to whoever asks as another, and how much was asked. All may name what lies in the control schema.
pub(crate) async fn told_by_functions(portal: &Provisioned, gateway: &mut Gateway) -> (Vec<String>, usize) {
    let roles: Vec<String> = portal.persona_roles().iter().map(|role| format!("\"{role}\"")).collect();
    let usage = format!("grant usage on schema {} to {}", portal.control(), roles.join(", "));
    run(&mut portal.db.admin().await, &usage).await;
    let (mut found, mut asked) = (Vec::new(), 0);
    for (persona, token) in &one_of_each(portal, gateway).await {
        for reader in &persona.facets {
            let foreign = FOREIGN.replace("{control}", portal.control()).replace("{project}", portal.db.project());
            let foreign = foreign.replace("{reader}", &format!("\"{}\"", reader.role));
            for line in rows(&mut portal.db.admin().await, &foreign).await.unwrap() {
                let mut words = line.splitn(3, ' ');
                let (maker, lookup) = (words.next().unwrap(), words.next().unwrap());
                let returns = words.next().unwrap();
                // What answers with rows answers with none.
                let (kind, nothing) = match returns {
                    "boolean" => ("boolean", "t is not true"),
                    array if array.ends_with("[]") => (array, "coalesce(cardinality(t), 0) = 0"),
                    _ => ("setof record", "false"),
                };
                let (control, reader) = (portal.control(), &reader.role);
                let spy = format!(
                    "set local role \"{maker}\"; create function pg_temp.spy(a text[]) returns {kind} language sql security definer \
                     as $$ select {control}.\"{lookup}\"(a) $$; set local role \"{reader}\"; \
                     select 'told' from (select pg_temp.spy(array['{reader}']) as t) as told where not ({nothing})"
                );
                asked += 1;
                match gateway.read(reader.as_str(), token, &spy).await {
                    Ok(told) if told.is_empty() => {}
                    Ok(_) => found.push(format!("`{reader}` is told by {lookup}, as made by `{maker}`")),
                    Err(error) => found.push(format!("`{reader}`, {lookup} of `{maker}`: {error}")),
                }
            }
        }
    }
    (found, asked)
}

#[tokio::test]
async fn a_function_tells_nothing_of_what_its_maker_may_ask() {
    let portal = provisioned().await;
    let (found, asked) = told_by_functions(&portal, &mut portal.gateway().await).await;
    assert!(found.is_empty(), "{found:#?}");
    assert!(asked > 100, "{asked}");
}
