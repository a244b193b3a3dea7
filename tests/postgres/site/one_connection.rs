//! A pool of one connection, on which an attacker with free SQL comes first, a victim next, and the attacker again.

use super::browser::Browser;
use super::{ADMIN, OTHER_ADMIN, Portal, config};
use crate::interposer::Interposer;
use axum::http::StatusCode;
use portalctl::names::PersonaName;
use portalctl::site::Site;
use std::path::PathBuf;

const PERSONA: &str = "support/customer_admin";
/// What the site has answered to itself when role and context are in place: see the round trips of a page.
const IN_CONTEXT: usize = 3;
const BEGUN: usize = 1;

/// Each is run on the victim's connection, in an attacker's own request; `{role}` is their persona's.
const PLANTS: &[&str] = &[
    "prepare loot as select set_config('portal.context', 'planted', false);
     prepare sqlx_s_1 as select set_config('portal.context', 'planted', false);
     set role {role}; prepare sqlx_s_2 as select id from crm.cases; reset role",
    "select set_config('portal.context', current_setting('portal.context'), false); set role {role}",
    "set search_path to pg_temp, crm; set row_security to off; set statement_timeout to 0; set time zone 'Asia/Tokyo';
     set default_transaction_read_only to off; set plan_cache_mode to force_generic_plan; set session_authorization to default",
    "create temp table loot (line text); grant all on loot to public;
     create temp table cases as select 1 as id, 'planted' as subject; grant all on cases to public; set search_path to pg_temp",
    "set role {role}; create temp view loot as select id, subject from crm.cases; grant select on loot to public;
     create function pg_temp.loot() returns setof int language sql security definer as 'select id from crm.cases'",
    "begin; set local role {role}; declare loot cursor with hold for select id, subject from crm.cases; commit",
    "listen loot; select pg_advisory_lock(4711)",
    "begin; savepoint one; prepare loot as select 1; savepoint two",
    "begin; select 1 / 0",
];

/// What is left on the connection that was not there before; no row where all is well.
const LEFT: &str = "
    select 'prepared ' || name from pg_prepared_statements
    union all select 'cursor ' || name from pg_cursors where is_holdable
    union all select 'temporary ' || relname from pg_class where relnamespace = pg_my_temp_schema()
    union all select 'function ' || proname from pg_proc where pronamespace = pg_my_temp_schema()
    union all select 'listens to ' || c from pg_listening_channels() as c
    union all select 'holds a lock' from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()
    union all select 'set ' || name || ' to ' || setting from pg_settings where source = 'session'
        and name not in ('transaction_read_only', 'transaction_isolation', 'transaction_deferrable')
    union all select 'context ' || current_setting('portal.context') where current_setting('portal.context', true) <> ''
    union all select 'role ' || current_setting('role') where current_setting('role') <> 'none'";

struct Scene {
    portal: Portal,
    interposer: Interposer,
    site: Site,
    attacker: Browser,
    victim: Browser,
    /// What the victim's page shows when nobody is in between.
    undisturbed: Vec<String>,
}

impl Scene {
    async fn new() -> Self {
        let portal = Portal::acme().await;
        let server = portal.world.db.options("postgres").get_socket().cloned().expect("a socket");
        let interposer = Interposer::new(&server);
        let site = interposed(&portal, &interposer).await;
        let mut honest = portal.signed_in(ADMIN, PERSONA).await;
        let undisturbed = honest.get("/support/case").await.records("/support/case");
        assert!(undisturbed.len() > 3, "the victim has cases: {undisturbed:?}");
        let attacker = sign_in(&portal, &site, OTHER_ADMIN).await;
        let victim = sign_in(&portal, &site, ADMIN).await;
        Self { portal, interposer, site, attacker, victim, undisturbed }
    }

    fn role(&self) -> String {
        let persona = &self.portal.model.personas[&PersonaName::parse(PERSONA).unwrap()];
        format!("\"{}\"", persona.facets[0].role)
    }

    /// The attacker's request, in the middle of which `statements` run.
    async fn attack(&mut self, after: usize, statements: &str) -> crate::interposer::Loot {
        let loot = self.interposer.order(after, statements);
        self.attacker.get("/support/case").await;
        loot.await.expect("the attack was run")
    }

    async fn victim_sees_their_own(&mut self) {
        let page = self.victim.get("/support/case").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        assert_eq!(page.records("/support/case"), self.undisturbed);
    }
}

async fn interposed(portal: &Portal, interposer: &Interposer) -> Site {
    let mut config = config(&portal.world, &portal.model, PathBuf::from("/nowhere"));
    config.database.gateway = config.database.gateway.socket(interposer.folder()).port(5432);
    config.database.gateway_connections = 1;
    Site::open(config).await.expect("the site opens")
}

async fn sign_in(portal: &Portal, site: &Site, email: &str) -> Browser {
    let secret = portal.link(email, PERSONA).await;
    let mut browser = Browser::new(site.router());
    browser.sign_in("support", &secret).await;
    browser
}

fn flat(loot: crate::interposer::Loot) -> Vec<String> {
    let rows = loot.expect("the statements run");
    rows.into_iter().map(|row| row.into_iter().flatten().collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test]
async fn nothing_planted_outlives_the_request() {
    let mut scene = Scene::new().await;
    let pid = flat(scene.attack(BEGUN, "select pg_backend_pid()").await);
    for plant in PLANTS {
        let plant = plant.replace("{role}", &scene.role());
        // What follows the plant is for the attacker's own page to go on.
        let planted = scene.attack(IN_CONTEXT, &format!("commit; {plant}; select 'planted'; begin read only")).await;
        let aborted = plant.contains("1 / 0");
        assert_eq!(planted.is_err(), aborted, "{plant}: {planted:?}");
        scene.victim_sees_their_own().await;
        let left = flat(scene.attack(BEGUN, LEFT).await);
        assert_eq!(left, [""; 0], "after: {plant}");
        scene.victim_sees_their_own().await;
        for query in ["execute loot", "fetch all from loot", "select * from loot", "select * from pg_temp.loot()"] {
            let loot = scene.attack(BEGUN, &format!("savepoint s; {query}")).await;
            assert!(loot.is_err(), "after: {plant}: {query}: {loot:?}");
        }
        let role = scene.role();
        let none = scene.attack(BEGUN, &format!("set local role {role}; select id from crm.cases")).await;
        assert_eq!(flat(none), [""; 0], "after: {plant}");
        let unsigned = format!(
            "set local role {role}; select set_config('portal.context', 'planted', true) is null; select id from crm.cases"
        );
        assert_eq!(flat(scene.attack(BEGUN, &unsigned).await), ["f"], "after: {plant}");
    }
    assert_eq!(flat(scene.attack(BEGUN, "select pg_backend_pid()").await).len(), pid.len());
    drop(scene.site);
}

/// In the victim's own request, before their context is there and after: what an attacker on another connection could
/// have prepared for it must not run.
#[tokio::test]
async fn an_attacker_with_a_context_reads_their_own_rows_alone() {
    let mut scene = Scene::new().await;
    let mine = flat(scene.attack(IN_CONTEXT, "select id from crm.cases").await);
    assert!(!mine.is_empty());
    let ids: Vec<String> = scene.undisturbed.iter().map(|link| link.rsplit('/').next().unwrap().to_owned()).collect();
    assert!(mine.iter().all(|id| !ids.contains(id)), "{mine:?} are {ids:?}");
    let theirs = format!("select id from crm.cases where id in ({})", ids.join(", "));
    assert_eq!(flat(scene.attack(IN_CONTEXT, &theirs).await), [""; 0]);
}

/// A role may change its own settings, and connections made later begin with them.
#[tokio::test]
async fn settings_that_a_role_gives_itself_change_nothing() {
    let mut scene = Scene::new().await;
    let role = scene.role();
    let plant = format!(
        "commit; alter role current_user set search_path to pg_temp, crm; alter role current_user set row_security to off;
         alter role current_user set role to {role};
         alter role current_user set statement_timeout to '1ms'; alter role current_user set default_transaction_read_only to off;
         alter role current_user set time zone 'Asia/Tokyo'; select 1; begin read only"
    );
    let planted = scene.attack(IN_CONTEXT, &plant).await;
    let site = interposed(&scene.portal, &scene.interposer).await;
    scene.victim.router = site.router();
    scene.attacker.router = site.router();
    scene.victim_sees_their_own().await;
    assert!(planted.is_ok(), "{planted:?}");
    let none = scene.attack(BEGUN, &format!("set local role {role}; select id from crm.cases")).await;
    assert_eq!(flat(none), [""; 0]);
}
