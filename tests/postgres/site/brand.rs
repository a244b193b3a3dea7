//! The brand of a tenant, over the portal's, for its own people alone.

use super::browser::Browser;
use super::{ADMIN, OTHER_ADMIN, Portal};
use axum::http::StatusCode;
use portalctl::adapters::postgres::directory::{Changed, Directory, Tenant, TenantFields, TenantWanted};
use std::collections::BTreeMap;

const PERSONA: &str = "support/customer_admin";

/// The tenant of the administrator, and the change of what it has of its own.
async fn set(portal: &Portal, settings: &[(&str, Option<&str>)]) -> Tenant {
    let key = portal.world.one(&format!("select account_id from crm.contacts where email = '{ADMIN}'")).await;
    let mut admin = portal.world.db.admin().await;
    let project = &portal.model.project;
    let mut directory = Directory::new(&mut admin, &project.name, &project.control_schema);
    let wanted = TenantWanted(format!("customer:{key}"));
    let tenant = wanted.pick(&directory.tenants().await.unwrap()).unwrap().clone();
    let settings: BTreeMap<String, Option<String>> =
        settings.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned))).collect();
    let fields = TenantFields { title: None, tier: None, parent_key: None, paid_until: None, settings: &settings };
    assert_eq!(directory.change_tenant(&tenant, &fields).await.unwrap(), Changed::Done);
    wanted.pick(&directory.tenants().await.unwrap()).unwrap().clone()
}

/// What the header of the home page says, and the address of its tenant's colours.
async fn seen(browser: &mut Browser) -> (String, Option<String>) {
    let page = browser.get("/support/").await;
    assert_eq!(page.status, StatusCode::OK);
    let after = |mark: &str| page.body.split_once(mark).map(|(_, rest)| rest.to_owned());
    let header = after("brand-name\">").unwrap().split('<').next().unwrap().to_owned();
    let colors = after("href=\"/support/static/tenant-colors.css");
    let colors = colors.map(|rest| format!("/support/static/tenant-colors.css{}", rest.split('"').next().unwrap()));
    (header, colors.map(|address| address.replace("&amp;", "&")))
}

#[tokio::test]
async fn a_tenants_people_see_its_brand_and_nobody_else_does() {
    let portal = Portal::acme_with(|root| {
        let folder = root.join("support/static");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("globex.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
    })
    .await;
    let (mut own, mut other) = (portal.signed_in(ADMIN, PERSONA).await, portal.signed_in(OTHER_ADMIN, PERSONA).await);
    let plain = seen(&mut own).await;
    assert_eq!(plain.1, None);

    let tenant = set(&portal, &[("branding.name", Some("Globex")), ("branding.colors.primary", Some("#7a1fa2"))]).await;
    assert_eq!(tenant.settings["branding.name"], "Globex");
    assert_eq!(
        (tenant.origin.as_str(), tenant.status.as_str()),
        ("table", "active"),
        "a setting adds no second tenant"
    );
    let (header, colors) = seen(&mut own).await;
    assert_eq!(header, "Globex");
    let sheet = other.get(&colors.expect("colours of its own")).await;
    assert_eq!((sheet.status, sheet.header("content-type")), (StatusCode::OK, "text/css; charset=utf-8"));
    assert!(sheet.body.contains("--primary: #7a1fa2;") && !sheet.body.contains("Globex"), "{}", sheet.body);

    assert_eq!(seen(&mut other).await, plain, "another tenant's people see the portal's brand");
    let mut nobody = portal.browser();
    assert!(!nobody.get("/support/sign-in").await.body.contains("Globex"));

    set(&portal, &[("branding.logo", Some("static/globex.svg")), ("branding.colors.primary", None)]).await;
    assert_eq!(seen(&mut own).await, ("Globex".to_owned(), None));
    assert!(own.get("/support/").await.body.contains("<img src=\"/support/static/globex.svg\""));
    set(&portal, &[("branding.name", None), ("branding.logo", None)]).await;
    assert_eq!(seen(&mut own).await, plain);
    let audited = "select count(*) from {p}_portal.audit_event where action = 'tenant.set'";
    assert_eq!(portal.world.one(audited).await, "3");

    // The wall is the function's one condition: without it everybody would see whatever brand comes first.
    set(&portal, &[("branding.name", Some("Globex"))]).await;
    let body =
        portal.world.one("select pg_get_functiondef('{p}_portal.tenant_settings(text, text)'::regprocedure)").await;
    let broken = body.replace("t.tenant_kind = $1 AND t.key = $2", "t.settings <> '{}' LIMIT 1");
    assert_ne!(broken, body);
    portal.world.run(&broken).await;
    assert_eq!(seen(&mut other).await.0, "Globex");
}

#[tokio::test]
async fn what_a_tenant_is_called_never_becomes_a_page() {
    let portal = Portal::acme().await;
    let mut own = portal.signed_in(ADMIN, PERSONA).await;
    let (plain, _) = seen(&mut own).await;
    // The verb refuses most of this; the database may hold it all the same.
    set(
        &portal,
        &[
            ("branding.name", Some("<script>alert(1)</script>\"'&{{ shell.user.csrf }}")),
            ("branding.logo", Some("x.svg\" onerror=\"alert(1)")),
            ("branding.colors.primary", Some("#fff}body{background:url(//evil.example/a)}")),
            ("branding.colors.ink", Some("</style><script>")),
            ("branding.colors.paper", Some("#123456")),
        ],
    )
    .await;
    let page = own.get("/support/").await;
    assert!(page.text().contains("{{ shell.user.csrf }}"), "{}", page.text());
    for bad in ["<script>alert", "onerror=\"alert", "evil.example", "</style>"] {
        assert!(!page.body.contains(bad), "{bad} in {}", page.body);
    }
    let (_, colors) = seen(&mut own).await;
    let sheet = own.get(&colors.unwrap()).await;
    assert!(!sheet.body.contains("url(") && sheet.body.contains("--paper: "), "{}", sheet.body);
    for query in [
        "primary=fff}body{color:red&ink=101828&paper=ffffff",
        "primary=%23fff&ink=101828&paper=ffffff",
        "primary=7a1fa2",
    ] {
        let answer = own.get(&format!("/support/static/tenant-colors.css?{query}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{query}: {}", answer.body);
    }
    // Settings that are no map of texts are nobody's brand.
    for settings in ["[1]", "{\"branding.name\": {\"a\": [\"<b>\"]}, \"branding.colors.ink\": 5}", "\"x\""] {
        portal
            .world
            .run(&format!("update {{p}}_portal.tenant set settings = '{settings}' where origin = 'table'"))
            .await;
        assert_eq!(seen(&mut own).await, (plain.clone(), None), "{settings}");
    }
}
