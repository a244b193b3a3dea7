//! A music shop. Customers see their invoices and the lines on them, artists their albums, their tracks and what was sold of
//! them, those who support customers what is their customers'.

use super::Workplace;
use crate::northwind::shared;
use crate::provisioned::{Asker, Gateway, Provisioned, rows};
use portalctl_test_support::TestDatabase;
use sqlx::PgConnection;

/// What an import leaves to decide: who signs in, and what they are granted.
const DECISIONS: &str = "
people:
  - {from_table: public.customer, keys: {customer: customer_id}, email: email, tenant: customer_id, tenant_kind: customer,
     audience: shop/customer}
  - {from_table: public.employee, keys: {employee: employee_id}, email: email, title: last_name, reports_to: reports_to,
     audience: desk/support}
accept:
  - {check: nullable-tenant-path, object: track, reason: a row without album_id is nobody's, until: 2099-12-31}
";

const PORTALS: &str = "
kind: portal
name: shop
audiences:
  customer:
    tenant_kind: customer
    grants:
      customer: {read: [customer_id, first_name, last_name, email, support_rep]}
      invoice: {read: [invoice_id, invoice_date, billing_city, total]}
      invoice_line: {read: {path: customer, fields: [invoice_line_id, invoice, track, unit_price, quantity]}}
---
kind: portal
name: label
audiences:
  artist:
    tenant_kind: artist
    grants:
      artist: {read: [artist_id, name]}
      album: {read: [album_id, title]}
      track: {read: [track_id, name, album, unit_price]}
      invoice_line: {read: {path: artist, fields: [invoice_line_id, track, unit_price, quantity]}}
---
kind: portal
name: desk
audiences:
  support:
    who: internal
    grants:
      customer: {read: {scope: own, fields: [customer_id, first_name, last_name, email, phone]}}
      invoice: {read: {scope: parent, fields: [invoice_id, customer, total]}}
      invoice_line: {read: {scope: parent, fields: [invoice_line_id, invoice, quantity]}}
";

/// A table, the columns that are read of it, and which rows: `t` is the table, `{me}` the key of who asks.
type Sight = (&'static str, &'static str, &'static str);

const CUSTOMER: &[Sight] = &[
    ("customer", "customer_id, first_name, last_name, email, support_rep_id", "customer t where t.customer_id = {me}"),
    ("invoice", "invoice_id, invoice_date, billing_city, total", "invoice t where t.customer_id = {me}"),
    (
        "invoice_line",
        "invoice_line_id, invoice_id, track_id, unit_price, quantity",
        "invoice_line t join invoice i on i.invoice_id = t.invoice_id where i.customer_id = {me}",
    ),
];
const ARTIST: &[Sight] = &[
    ("artist", "artist_id, name", "artist t where t.artist_id = {me}"),
    ("album", "album_id, title", "album t where t.artist_id = {me}"),
    (
        "track",
        "track_id, name, album_id, unit_price",
        "track t join album a on a.album_id = t.album_id where a.artist_id = {me}",
    ),
    (
        "invoice_line",
        "invoice_line_id, track_id, unit_price, quantity",
        "invoice_line t join track r on r.track_id = t.track_id join album a on a.album_id = r.album_id \
         where a.artist_id = {me}",
    ),
];
const SUPPORT: &[Sight] = &[
    ("customer", "customer_id, first_name, last_name, email, phone", "customer t where t.support_rep_id = {me}"),
    (
        "invoice",
        "invoice_id, customer_id, total",
        "invoice t join customer c on c.customer_id = t.customer_id where c.support_rep_id = {me}",
    ),
    (
        "invoice_line",
        "invoice_line_id, invoice_id, quantity",
        "invoice_line t join invoice i on i.invoice_id = t.invoice_id \
         join customer c on c.customer_id = i.customer_id where c.support_rep_id = {me}",
    ),
];

async fn business() -> Option<TestDatabase> {
    let script = std::fs::read_to_string(shared("chinook/Chinook_PostgreSql.sql")?).unwrap();
    // The script makes a database of its own and goes there.
    let lines = script
        .lines()
        .filter(|line| !["DROP DATABASE", "CREATE DATABASE", "\\c "].iter().any(|own| line.starts_with(own)));
    let script: String = lines.map(|line| format!("{line}\n")).collect();
    let db = TestDatabase::from_template("chinook", async |template| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &script).unwrap();
        template.load(file.path());
    });
    Some(db.await)
}

/// How many rows `me` sees, each the same as the joins say.
async fn compare(
    portal: &Provisioned,
    (gateway, admin): (&mut Gateway, &mut PgConnection),
    (asker, me): (&Asker, &str),
    sights: &[Sight],
) -> usize {
    let (token, role) = (portal.token(asker, gateway).await, portal.role(&asker.persona));
    let mut count = 0;
    for (table, columns, sight) in sights {
        let seen = gateway.read(role, &token, &format!("select {columns} from public.{table}")).await;
        let plain: Vec<String> = columns.split(", ").map(|column| format!("t.{column}")).collect();
        let joined = format!("select {} from {}", plain.join(", "), sight.replace("{me}", me));
        let seen = seen.unwrap_or_else(|error| panic!("{asker:?}: {table}: {error}"));
        assert_eq!(seen, rows(admin, &joined).await.unwrap(), "{asker:?}: {table}");
        count += seen.len();
    }
    count
}

#[tokio::test]
async fn everyone_sees_what_joins_say() {
    let Some(db) = business().await else { return };
    let place = Workplace::new(&db);
    let tenants = ["--tenant", "customer", "--tenant", "public.artist"];
    let said = place.import(&tenants);
    assert!(
        said.stderr.contains("invoice_line.invoice_id → invoice.customer_id → customer: reaches 2240 of 2240 rows")
    );
    assert!(said.stderr.contains("`album_id` of `track` may be NULL, and 0 of 3503 rows have none"), "{}", said.stderr);
    assert_eq!(place.run(&["validate"]).code, 0, "without a decision the documents are valid");
    place.changes_nothing(&tenants);

    place.add("portalctl.yaml", DECISIONS);
    place.replace("objects/invoice.yaml", "fields:\n", "parent: {via: customer_id, object: customer}\nfields:\n");
    place.replace("objects/invoice_line.yaml", "fields:\n", "parent: {via: invoice_id, object: invoice}\nfields:\n");
    place.write("portals/all.yaml", PORTALS);
    place.changes_nothing(&tenants);
    let valid = place.run(&["validate", "--database"]);
    assert_eq!(valid.code, 0, "{}{}", valid.stdout, valid.stderr);

    let portal = Provisioned::new(db, place.path()).await;
    let (mut gateway, mut admin) = (portal.gateway().await, portal.db.admin().await);
    let mut seen = Vec::new();
    for (table, persona, sights) in [
        ("customer", "shop/customer", CUSTOMER),
        ("artist", "label/artist", ARTIST),
        ("employee", "desk/support", SUPPORT),
    ] {
        let keys = rows(&mut admin, &format!("select {table}_id from {table}")).await.unwrap();
        let mut count = 0;
        for key in &keys {
            let asker = Asker::new(persona);
            let asker = if table == "employee" { asker.with("employee", key) } else { asker.of(table, key) };
            count += compare(&portal, (&mut gateway, &mut admin), (&asker, key), sights).await;
        }
        seen.push((keys.len(), count));
    }
    // Every row has one tenant of a kind, so that together they see each once.
    let of_artists = 275 + 347 + 3503 + 2240;
    assert_eq!(seen, [(59, 59 + 412 + 2240), (275, of_artists), (8, 59 + 412 + 2240)]);
}
