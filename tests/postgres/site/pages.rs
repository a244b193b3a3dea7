//! What people see.

use super::browser::{Answer, Browser};
use super::{ADMIN, OTHER_ADMIN, Portal};
use axum::http::StatusCode;
use std::collections::BTreeSet;

const TENANT: &str = "(select account_id from crm.contacts where email = 'henrik.torres@wendford-group.example')";

#[tokio::test]
async fn someone_walks_from_home_to_a_record_and_what_belongs_to_it() {
    let portal = Portal::acme().await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    let home = admin.get("/support/").await;
    assert_eq!(home.status, StatusCode::OK, "{}", home.text());
    let cases = portal.world.one(&format!("select count(*) from crm.cases where account_id = {TENANT}")).await;
    assert!(home.text().contains(&format!("{cases} Cases")), "{}", home.text());
    assert!(home.text().contains("Welcome, Henrik Torres Wendford Group SAS New case"), "{}", home.text());

    let list = admin.get("/support/order").await;
    let order = list.records("/support/order").first().cloned().unwrap();
    let record = admin.get(&order).await;
    assert_eq!(record.status, StatusCode::OK);
    let number = record.text().split_whitespace().next().unwrap().to_owned();
    let of = format!("from crm.orders where number = '{number}'");
    let total = portal.world.one(&format!("select to_char(total, 'FM999,999,990.00') {of}")).await;
    assert!(record.text().contains(&format!("Total €{total}")), "{total}: {}", record.text());
    assert!(!record.text().contains("Cost") && !record.text().contains("Currency"), "{}", record.text());

    // Lines have a key of two columns, and lead back to their order.
    let lines = record.records("/support/order_line");
    let count = format!("select count(*) from crm.order_lines where order_id = (select id {of})");
    assert_eq!(lines.len().to_string(), portal.world.one(&count).await);
    let line = admin.get(&lines[0]).await;
    assert_eq!(line.status, StatusCode::OK);
    assert!(line.text().contains("Line 1"), "{}", line.text());
    assert_eq!(line.link_called(&number).as_deref(), Some(order.as_str()), "{}", line.text());
}

#[tokio::test]
async fn a_list_can_be_paged_through_both_ways_in_every_order() {
    let portal = Portal::acme().await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    let first = admin.get("/support/case").await;
    let total = portal.world.one(&format!("select count(*) from crm.cases where account_id = {TENANT}")).await;
    let sorts = options(&first.body, "sort");
    for wanted in ["-created_at", "closed_at", "-closed_at", "status"] {
        assert!(sorts.iter().any(|sort| sort == wanted), "{sorts:?}");
    }
    for sort in sorts {
        let (forward, last) = walk(&mut admin, &format!("/support/case?sort={sort}"), "rel=\"next\"").await;
        let seen: BTreeSet<&String> = forward.iter().flatten().collect();
        assert_eq!(seen.len().to_string(), total, "{sort}");
        assert_eq!(seen.len(), forward.iter().map(Vec::len).sum::<usize>(), "{sort}: a row came twice");
        let (mut back, _) = walk(&mut admin, &last, "rel=\"prev\"").await;
        back.reverse();
        // Going back, only the first page may be cut elsewhere.
        let (there, here): (Vec<_>, Vec<_>) =
            (forward.into_iter().flatten().collect(), back.into_iter().flatten().collect());
        assert_eq!(here, there, "{sort}: going back shows other rows");
    }
}

#[tokio::test]
async fn a_list_is_in_the_order_it_says_and_rows_without_a_value_come_last() {
    let portal = Portal::acme().await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    for (sort, order) in [
        ("closed_at", "closed_at asc nulls last, id asc"),
        ("-closed_at", "closed_at desc nulls last, id desc"),
        ("-subject", "subject desc, id desc"),
    ] {
        let (pages, _) = walk(&mut admin, &format!("/support/case?sort={sort}"), "rel=\"next\"").await;
        let shown: Vec<String> = pages.into_iter().flatten().collect();
        let sql = format!(
            "select string_agg('/support/case/' || id, ' ' order by {order}) from crm.cases where account_id = {TENANT}"
        );
        assert_eq!(shown.join(" "), portal.world.one(&sql).await, "{sort}");
    }
}

#[tokio::test]
async fn filters_and_search_show_what_sql_shows() {
    let portal = Portal::acme().await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    // A case on the last minute of a day in Berlin, which in UTC is a day before.
    let odd = "update crm.cases set created_at = '2026-02-10 23:30Z', subject = '100%_sure \\ <b>bold</b>' \
               where id = (select min(id) from crm.cases where account_id = ";
    portal.world.run(&format!("{odd}{TENANT})")).await;
    for (query, condition) in [
        ("f.status=closed", "status = 'closed'"),
        ("f.status=closed&f.priority=high", "status = 'closed' and priority = 'high'"),
        (
            "f.created_at.from=2026-02-11&f.created_at.to=2026-02-11",
            "(created_at at time zone 'Europe/Berlin')::date = '2026-02-11'",
        ),
        ("f.created_at.to=2026-02-10", "(created_at at time zone 'Europe/Berlin')::date <= '2026-02-10'"),
        ("f.closed_at.from=2026-01-01", "closed_at >= '2026-01-01 00:00 Europe/Berlin'"),
        ("q=100%25_", "subject like '100\\%\\_%'"),
        ("q=%5C", "position('\\' in subject) > 0"),
        ("q=PUMP+seal", "subject ilike '%pump%' and subject ilike '%seal%'"),
        ("q=nothing-like-this", "false"),
    ] {
        let (pages, _) = walk(&mut admin, &format!("/support/case?{query}"), "rel=\"next\"").await;
        let mut shown: Vec<String> = pages.into_iter().flatten().collect();
        shown.sort();
        let sql = format!(
            "select string_agg(link, ' ' order by link collate \"C\") from (select '/support/case/' || id as link \
             from crm.cases where account_id = {TENANT} and {condition}) as links"
        );
        assert_eq!(shown.join(" "), portal.world.one(&sql).await, "{query}");
    }
    let page = admin.get("/support/case?q=100%25_").await;
    assert!(page.body.contains("100%_sure \\ &lt;b&gt;bold&lt;/b&gt;"), "{}", page.body);
    assert!(admin.get("/support/case?q=nothing-like-this").await.text().contains("No cases match"));
}

#[tokio::test]
async fn what_belongs_to_another_tenant_does_not_exist() {
    let portal = Portal::acme().await;
    let mut one = portal.signed_in(ADMIN, "support/customer_admin").await;
    let mut other = portal.signed_in(OTHER_ADMIN, "support/customer_admin").await;
    for object in ["case", "order", "invoice", "asset", "contact", "account"] {
        let list = format!("/support/{object}");
        let (mine, theirs) = (one.get(&list).await.records(&list), other.get(&list).await.records(&list));
        assert!(!mine.is_empty() && !theirs.is_empty(), "{object}");
        assert!(mine.iter().all(|row| !theirs.contains(row)), "{object}");
        let (seen, hidden) = (one.get(&theirs[0]).await, one.get(&format!("{list}/0")).await);
        assert_eq!(
            (seen.status, other.get(&theirs[0]).await.status),
            (StatusCode::NOT_FOUND, StatusCode::OK),
            "{object}"
        );
        assert_eq!(seen.text(), hidden.text(), "{object}: one that is not there looks otherwise");
    }
    // A narrowed list of another's order is empty, and does not name the order.
    let order = other.get("/support/order").await.records("/support/order")[0].clone();
    let number = other.get(&order).await.text().split_whitespace().next().unwrap().to_owned();
    let id = order.rsplit('/').next().unwrap();
    let line = format!("/support/order_line?of.order={id}");
    assert!(other.get(&line).await.text().contains(&number));
    let lines = one.get(&line).await;
    assert!(lines.text().contains("No lines yet") && !lines.text().contains(&number), "{}", lines.text());
    assert_eq!(one.get(&format!("/support/order_line/{id},1")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.get(&format!("/support/order_line/{id},1")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_representative_sees_amounts_of_their_own_deals_alone() {
    let portal = Portal::acme().await;
    let sql = "select (select email from crm.contacts where id = registered_by) || ' ' || min(deals.id::text) || ' ' || \
               (select min(other.id::text) from crm.deals as other where other.partner_account_id = deals.partner_account_id \
               and other.registered_by <> deals.registered_by) from crm.deals \
               join crm.contacts on contacts.id = registered_by and portal_role = 'rep' and portal_enabled \
               group by registered_by, partner_account_id having exists (select from crm.deals as other \
               where other.partner_account_id = deals.partner_account_id and other.registered_by <> deals.registered_by) limit 1";
    let found = portal.world.one(sql).await;
    let [email, mine, colleagues] = found.split(' ').collect::<Vec<_>>()[..] else { panic!("{found}") };
    let mut rep = portal.signed_in(email, "partners/rep").await;
    let (mine, colleagues) =
        (rep.get(&format!("/partners/deal/{mine}")).await, rep.get(&format!("/partners/deal/{colleagues}")).await);
    assert!(mine.status.is_success() && mine.text().contains("Amount"), "{}", mine.text());
    assert!(colleagues.status.is_success() && !colleagues.text().contains("Amount"), "{}", colleagues.text());
    for page in [&mine, &colleagues] {
        assert!(!page.text().contains("Margin"), "{}", page.text());
    }
    let list = rep.get("/partners/deal").await;
    assert!(list.status.is_success() && !list.text().contains("Amount"), "{}", list.text());
}

#[tokio::test]
async fn a_visitor_reads_what_is_meant_for_all_and_is_asked_to_sign_in_for_the_rest() {
    let portal = Portal::acme().await;
    let mut visitor = portal.browser();
    let home = visitor.get("/support/").await;
    assert!(home.status.is_success() && home.text().contains("Sign in"), "{}", home.text());
    assert!(!home.text().contains("Cases") && !home.text().contains("Sign out"), "{}", home.text());
    let count = "select count(*) from crm.articles where published and readership = 'everyone'";
    let count = portal.world.one(count).await;
    assert!(home.text().contains(&format!("{count} Knowledge base")), "{}", home.text());
    let article = visitor.get("/support/article").await.records("/support/article")[0].clone();
    assert_eq!(visitor.get(&article).await.status, StatusCode::OK);
    let hidden = portal
        .world
        .one("select '/support/article/' || min(id::text) from crm.articles where readership = 'staff'")
        .await;
    assert_eq!(visitor.get(&hidden).await.status, StatusCode::NOT_FOUND);
    for page in ["/support/case", "/support/case/1"] {
        let answer = visitor.get(page).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/support/sign-in"), "{page}");
    }
    // The partners' portal has nothing for visitors but its own words.
    let answer = visitor.get("/partners/").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/partners/sign-in"));
    assert_eq!(visitor.get("/partners/pages/privacy").await.status, StatusCode::OK);
}

#[tokio::test]
async fn staff_see_the_customers_they_look_after() {
    let portal = Portal::acme().await;
    let mut agent = portal.someone("support/agent").await;
    let name = agent.get("/support/").await.text();
    let name = name.split("Welcome, ").nth(1).unwrap().split(' ').take(2).collect::<Vec<_>>().join(" ");
    let of = format!(
        "select account_id from crm.account_team where staff_id = (select id from crm.staff where full_name = '{name}')"
    );
    let (pages, _) = walk(&mut agent, "/support/account", "rel=\"next\"").await;
    let mut shown: Vec<String> = pages.into_iter().flatten().collect();
    shown.sort();
    let sql = format!(
        "select string_agg('/support/account/' || id, ' ' order by ('/support/account/' || id) collate \"C\") \
         from crm.accounts where type = 'customer' and id in ({of})"
    );
    assert_eq!(shown.join(" "), portal.world.one(&sql).await);
}

/// The records of each page from `address` on, and the last page's address.
async fn walk(browser: &mut Browser, address: &str, direction: &str) -> (Vec<Vec<String>>, String) {
    let list = address.split('?').next().unwrap().to_owned();
    let mut address = address.to_owned();
    let mut pages = Vec::new();
    loop {
        let page: Answer = browser.get(&address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}: {}", page.text());
        pages.push(page.records(&list));
        match page.link_called(direction) {
            Some(next) => address = next,
            None => return (pages, address),
        }
    }
}

/// The values of a select.
fn options(page: &str, name: &str) -> Vec<String> {
    let select = page.split(&format!("<select id=\"{name}\"")).nth(1).unwrap().split("</select>").next().unwrap();
    select.split("value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// The rows that lead to it are looked for in columns too narrow for its key; the rest of its page is there.
#[tokio::test]
async fn a_record_whose_key_no_child_could_hold_has_its_page() {
    let world = super::World::acme().await;
    world.run("alter table crm.cases alter column id type bigint").await;
    let portal = Portal::over(world, &[], |_| ()).await;
    portal
        .world
        .run(&format!(
            "insert into crm.cases (id, account_id, contact_id, subject, description, category, status) \
             select 8589934592, account_id, id, 'Far out', 'x', 'Fault', 'open' from crm.contacts where email = '{ADMIN}'"
        ))
        .await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    let record = admin.get("/support/case/8589934592").await;
    assert_eq!(record.status, StatusCode::OK, "{}", record.text());
    let text = record.text();
    assert!(text.contains("Far out") && text.contains("Edit") && text.contains("Attach file"), "{text}");
}

#[tokio::test]
async fn of_a_bound_that_is_said_twice_the_last_counts_and_is_shown() {
    let portal = Portal::acme().await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    let list = admin.get("/support/case?f.created_at.from=2100-01-01&f.created_at.from=2000-01-01").await;
    assert!(!list.records("/support/case").is_empty(), "{}", list.text());
    assert!(list.body.contains("value=\"2000-01-01\"") && !list.body.contains("2100-01-01"), "{}", list.body);
}

#[tokio::test]
async fn what_is_copied_from_another_system_says_how_old_it_may_be() {
    let portal = Portal::acme_that(&[
        ("table: crm.orders\n", "table: crm.orders\nsource: {system: erp, max_staleness: 15m}\n"),
        ("table: crm.invoices\n", "table: crm.invoices\nsource: {system: erp, max_staleness: 0s}\n"),
    ])
    .await;
    let mut admin = portal.signed_in(ADMIN, "support/customer_admin").await;
    let orders = admin.get("/support/order").await;
    let order = admin.get(orders.records("/support/order").first().unwrap()).await;
    for page in [&orders, &order] {
        assert!(page.text().contains("As of up to 15 minutes ago"), "{}", page.text());
    }
    for path in ["/support/invoice", "/support/case"] {
        let page = admin.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text().contains("As of"), "{}", page.text());
    }
}
