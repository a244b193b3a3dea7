//! Who sees which rows of the example, against joins written by hand: every tenant, on the gateway's connection.

use super::world::World;
use portalctl::adapters::postgres::as_persona;
use portalctl::adapters::postgres::directory::{ContextWanted, Directory, Tenant};
use portalctl::model::AccessModel;
use portalctl::names::PersonaName;
use portalctl::plan::control::ProjectRoles;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The example, applied, and the connections of an administrator and of the site.
struct Portal {
    _world: World,
    model: AccessModel,
    admin: PgConnection,
    gateway: PgConnection,
    gateway_pid: i32,
    tenants: Vec<Tenant>,
}

impl Portal {
    async fn open() -> Self {
        let world = World::acme().await;
        let model = world.acme_model();
        world.apply(&model).await.unwrap();
        let mut admin = world.db.admin().await;
        let mut gateway = world.db.connect_as(ProjectRoles::of(&model.project).gateway.as_str()).await;
        let gateway_pid = as_persona::backend_pid(&mut gateway).await.unwrap();
        let tenants = directory(&model, &mut admin).tenants().await.unwrap();
        Self { _world: world, model, admin, gateway, gateway_pid, tenants }
    }

    /// The first column of a query by hand.
    async fn by_hand(&mut self, sql: &str) -> BTreeSet<String> {
        let rows = sqlx::query_scalar(AssertSqlSafe(format!("select x::text from ({sql}) as q (x)")));
        rows.fetch_all(&mut self.admin).await.unwrap_or_else(|error| panic!("{error}: {sql}")).into_iter().collect()
    }

    async fn tenants_of(&mut self, kind: &str) -> Vec<Tenant> {
        let sql = format!("select id from crm.accounts where type = '{kind}' and status = 'active'");
        let active = self.by_hand(&sql).await;
        let tenants = self.tenants.iter().filter(|tenant| tenant.tenant_kind == kind);
        let tenants: Vec<Tenant> = tenants.cloned().collect();
        assert_eq!(tenants.iter().map(|tenant| tenant.key.clone()).collect::<BTreeSet<_>>(), active);
        tenants
    }

    /// Compares what a person sees, in a facet counted from 0, with queries by hand. Both have one column.
    async fn compare(&mut self, who: &Who<'_>, facet: usize, pairs: &[(&str, String)]) {
        let persona = PersonaName::parse(who.persona).unwrap();
        let wanted = ContextWanted {
            persona: &persona,
            tenant: who.tenant.map(Tenant::id),
            user_keys: who.keys.clone(),
            gateway_pid: self.gateway_pid,
            at: None,
            valid_for: Duration::from_secs(60),
        };
        let context = directory(&self.model, &mut self.admin).administrator_context(&wanted).await.unwrap();
        let role = self.model.personas[&persona].facets[facet].role.clone();
        for (seen, by_hand) in pairs {
            let answer = as_persona::run(&mut self.gateway, &role, &context, seen, as_persona::Changes::Refused).await;
            let rows = answer.unwrap_or_else(|error| panic!("{error}: {seen} as {who:?}")).rows;
            let count = rows.len();
            let seen_rows: BTreeSet<String> = rows.into_iter().map(|mut row| row.remove(0).unwrap()).collect();
            assert_eq!(seen_rows.len(), count, "{seen} as {who:?} gives a row twice");
            let expected = self.by_hand(by_hand).await;
            let too_many: Vec<_> = seen_rows.difference(&expected).take(3).collect();
            let too_few: Vec<_> = expected.difference(&seen_rows).take(3).collect();
            assert!(
                too_many.is_empty() && too_few.is_empty(),
                "{seen} as {who:?}: {} rows, by hand {}; not theirs {too_many:?}, missing {too_few:?}",
                seen_rows.len(),
                expected.len()
            );
        }
    }
}

#[derive(Debug)]
struct Who<'a> {
    persona: &'a str,
    tenant: Option<&'a Tenant>,
    keys: BTreeMap<String, String>,
}

impl<'a> Who<'a> {
    fn new(persona: &'a str, tenant: Option<&'a Tenant>, key: Option<(&str, &str)>) -> Self {
        let keys = key.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self { persona, tenant, keys: keys.into_iter().collect() }
    }
}

fn directory<'c>(model: &AccessModel, connection: &'c mut PgConnection) -> Directory<'c> {
    Directory::new(connection, &model.project.name, &model.project.control_schema)
}

const TREE: &str = "with recursive tree as (select id from crm.accounts where id = {t} union \
    select a.id from crm.accounts a join tree on a.parent_account_id = tree.id)";

#[tokio::test]
async fn customers_see_their_own_rows_and_nothing_else() {
    let mut portal = Portal::open().await;
    let customers = portal.tenants_of("customer").await;
    assert!(customers.len() > 200, "{}", customers.len());
    for tenant in &customers {
        let t = tenant.key.as_str();
        let tree = TREE.replace("{t}", t);
        let admins = format!("select min(id) from crm.contacts where account_id = {t} and portal_role = 'admin'");
        let admin = portal.by_hand(&admins).await.pop_first().unwrap();
        let pairs = [
            ("select id from crm.cases", format!("select id from crm.cases where account_id = {t}")),
            ("select id from crm.assets", format!("select id from crm.assets where account_id = {t}")),
            (
                "select id from crm.orders",
                format!(
                    "{tree} select id from crm.orders where account_id in (select id from tree) and status <> 'draft'"
                ),
            ),
            (
                "select (order_id, line_no) from crm.order_lines",
                format!(
                    "{tree} select (order_id, line_no) from crm.order_lines l join crm.orders o on o.id = l.order_id \
                     where o.account_id in (select id from tree) and o.status <> 'draft'"
                ),
            ),
            (
                "select number from crm.invoices",
                format!("select number from crm.invoices join crm.accounts using (account_no) where id = {t}"),
            ),
            ("select id from crm.accounts", format!("{tree} select id from tree")),
            (
                "select id from crm.case_comments",
                format!(
                    "select m.id from crm.case_comments m join crm.cases c on c.id = m.case_id \
                     where c.account_id = {t} and m.visibility = 'public'"
                ),
            ),
            (
                "select id from crm.bulletins",
                format!(
                    "select id from crm.bulletins where issued_on <= (now() at time zone 'Europe/Berlin')::date and \
                     product_id in (select product_id from crm.assets where account_id = {t})"
                ),
            ),
            ("select id from crm.articles", articles("customers", t)),
        ];
        portal.compare(&Who::new("support/customer_admin", Some(tenant), Some(("contact", &admin))), 0, &pairs).await;
    }
}

fn articles(readership: &str, tenant: &str) -> String {
    let level = |column: &str| format!("array_position(array['basic', 'silver', 'gold'], {column})");
    format!(
        "select r.id from crm.articles r, crm.accounts a where a.id = {tenant} and r.published and \
         (r.readership = 'everyone' or r.readership = '{readership}' and {} <= {})",
        level("r.min_tier"),
        level("a.tier")
    )
}

#[tokio::test]
async fn a_customers_people_see_the_cases_they_are_part_of() {
    let mut portal = Portal::open().await;
    for tenant in &portal.tenants_of("customer").await {
        let t = tenant.key.as_str();
        let users = format!("select id from crm.contacts where account_id = {t} and portal_role = 'user' order by id");
        for user in portal.by_hand(&users).await.iter().take(1) {
            let cases = format!(
                "select id from crm.cases where account_id = {t} and (contact_id = {user} \
                 or id in (select case_id from crm.case_watchers where contact_id = {user}))"
            );
            let comments =
                format!("select id from crm.case_comments where visibility = 'public' and case_id in ({cases})");
            let pairs = [
                ("select id from crm.cases", cases),
                ("select id from crm.case_comments", comments),
                ("select id from crm.contacts", format!("select id from crm.contacts where account_id = {t}")),
                (
                    "select id from crm.orders",
                    format!("select id from crm.orders where account_id = {t} and status <> 'draft'"),
                ),
            ];
            let who = Who::new("support/customer_user", Some(tenant), Some(("contact", user)));
            portal.compare(&who, 0, &pairs).await;
            let own = [("select id from crm.contacts", format!("select {user}"))];
            portal.compare(&who, 1, &own).await;
        }
    }
}

#[tokio::test]
async fn partners_see_their_deals_and_the_opportunities_they_are_part_of() {
    let mut portal = Portal::open().await;
    let partners = portal.tenants_of("partner").await;
    assert!(partners.len() > 50, "{}", partners.len());
    for tenant in &partners {
        let t = tenant.key.as_str();
        let deals = format!("select id from crm.deals where partner_account_id = {t}");
        let people = format!("select id from crm.contacts where account_id = {t} order by id");
        let people: Vec<String> = portal.by_hand(&people).await.into_iter().take(3).collect();
        for person in &people {
            let team = format!("select opportunity_id from crm.opportunity_team where contact_id = {person}");
            let rep = Who::new("partners/rep", Some(tenant), Some(("contact", person)));
            let all = [("select id from crm.deals", deals.clone()), ("select id from crm.opportunities", team.clone())];
            portal.compare(&rep, 0, &all).await;
            let own = format!("{deals} and registered_by = {person}");
            portal.compare(&rep, 1, &[("select id from crm.deals where amount is not null", own)]).await;

            let theirs = format!(
                "select opportunity_id from crm.opportunity_partners where partner_account_id = {t} union {team}"
            );
            let manager = Who::new("partners/manager", Some(tenant), Some(("contact", person)));
            let pairs = [
                ("select id from crm.deals where amount is not null", deals.clone()),
                ("select id from crm.opportunities", theirs),
                ("select id from crm.articles", articles("partners", t)),
            ];
            portal.compare(&manager, 0, &pairs).await;
        }
    }
}

#[tokio::test]
async fn staff_see_the_customers_they_look_after_and_visitors_what_is_public() {
    let mut portal = Portal::open().await;
    let staff = portal.by_hand("select id from crm.staff where active and team in ('support', 'sales')").await;
    assert_eq!(staff.len(), 12);
    for person in &staff {
        // Also where the account is on hold: then its own people cannot sign in, and ours still look after it.
        let mine = format!("select account_id from crm.account_team where staff_id = {person}");
        let under = format!(
            "with recursive under as (select {person} as id union \
             select s.id from crm.staff s join under on s.reports_to = under.id)"
        );
        let pairs = [
            ("select id from crm.cases", format!("select id from crm.cases where account_id in ({mine})")),
            ("select id from crm.accounts", mine.clone()),
            (
                "select id from crm.case_comments",
                format!(
                    "select m.id from crm.case_comments m join crm.cases c on c.id = case_id where account_id in ({mine})"
                ),
            ),
            (
                "select id from crm.orders",
                format!("select id from crm.orders where account_id in ({mine}) and status <> 'draft'"),
            ),
            (
                "select id from crm.opportunities",
                format!(
                    "{under} select id from crm.opportunities where owner_id in (select id from under) and account_id in ({mine})"
                ),
            ),
            (
                "select id from crm.articles",
                "select id from crm.articles where published or readership = 'staff'".to_owned(),
            ),
        ];
        portal.compare(&Who::new("support/agent", None, Some(("employee", person))), 0, &pairs).await;
    }
    let public = "select id from crm.articles where published and readership = 'everyone'".to_owned();
    portal.compare(&Who::new("support/visitor", None, None), 0, &[("select id from crm.articles", public)]).await;
}

#[tokio::test]
async fn a_view_made_as_a_sibling_audience_shows_no_column_that_one_lacks() {
    let mut portal = Portal::open().await;
    let tenant = portal.tenants_of("partner").await.remove(0);
    let role = |name: &str| portal.model.personas[&PersonaName::parse(name).unwrap()].facets[0].role.to_string();
    let (manager, rep) = (role("partners/manager"), role("partners/rep"));
    let persona = PersonaName::parse("partners/rep").unwrap();
    let wanted = ContextWanted {
        persona: &persona,
        tenant: Some(tenant.id()),
        user_keys: BTreeMap::new(),
        gateway_pid: portal.gateway_pid,
        at: None,
        valid_for: Duration::from_secs(60),
    };
    let context = directory(&portal.model, &mut portal.admin).administrator_context(&wanted).await.unwrap();
    let plant = format!(
        "begin; set local role \"{manager}\"; create temp view v as select id, amount from crm.deals; \
         grant select on v to public; set local role \"{rep}\""
    );
    sqlx::raw_sql(AssertSqlSafe(plant)).execute(&mut portal.gateway).await.unwrap();
    sqlx::query("select set_config('portal.context', $1, true)")
        .bind(&context)
        .execute(&mut portal.gateway)
        .await
        .unwrap();
    let count = async |gateway: &mut PgConnection, from: &str| -> i64 {
        let sql = format!("select count(*) from {from}");
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(gateway).await.unwrap()
    };
    assert!(count(&mut portal.gateway, "crm.deals").await > 0, "the rep sees the organisation's deals in part");
    assert_eq!(count(&mut portal.gateway, "v").await, 0, "amounts of colleagues' deals");
}
