//! The first page: what can be begun there, and what of each list comes first.

use super::Typed;
use crate::site::browser::unescape;
use axum::http::StatusCode;
use portalctl::model::Object;

/// Who of a type begins what it is for on the first page.
const BEGUN: &[(&str, &str, &str)] = &[
    ("client", "ann@north", "approval_request"),
    ("customer", "ann@north", "case"),
    ("distributor", "ann@north", "cart"),
    ("employee", "ann/employee", "leave_request"),
    ("franchise", "amir@north", "location_metric"),
    ("investor", "bea@south", "thread"),
    ("member", "ann@north", "cpd_record"),
    ("partner", "ann@north", "deal_registration"),
    ("patient", "ann@north/patient", "appointment"),
    ("reseller", "bea@south", "cart"),
    ("self-service", "mia", "kb_article"),
    ("vendor", "ann@north", "vendor_invoice"),
];

pub async fn check(typed: &Typed) {
    actions(typed).await;
    begun(typed).await;
    order(typed).await;
    if typed.name == "patient" {
        coming(typed).await;
    }
}

/// Whatever the page offers to begin has a form.
async fn actions(typed: &Typed) {
    for persona in typed.model.personas.values() {
        let mut browser = typed.someone(persona).await;
        let home = browser.get("/main/").await;
        let offered = home.body.split("class=\"page-actions\"").nth(1).and_then(|rest| rest.split("</p>").next());
        for link in offered.unwrap_or_default().split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let form = browser.get(&unescape(link)).await;
            assert_eq!(form.status, StatusCode::OK, "{}: {link} for {}", typed.name, persona.name);
        }
    }
}

async fn begun(typed: &Typed) {
    let (_, who, object) = BEGUN.iter().find(|(name, _, _)| *name == typed.name).expect("something to begin");
    let home = typed.who(who).await.get("/main/").await;
    let link = format!("class=\"button primary\" href=\"/main/{object}/new\"");
    let secondary = link.replace("primary", "quiet");
    assert!(home.body.contains(&link) || home.body.contains(&secondary), "{}: {who}: {}", typed.name, home.text());
}

/// Nothing that is over stands before what is not.
async fn order(typed: &Typed) {
    let mut compared = 0;
    for persona in typed.model.personas.values() {
        let home = typed.someone(persona).await.get("/main/").await;
        for object in typed.model.objects.values() {
            let Some(states) = object.states.as_ref().filter(|states| !states.over.is_empty()) else { continue };
            let section = home.body.split(&format!("id=\"recent-{}\"", object.name)).nth(1);
            let rows = section.and_then(|rest| rest.split("</section>").next()).unwrap_or_default();
            let keys = rows.split("class=\"row-link\" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
            let keys: Vec<&str> = keys.filter_map(|href| href.rsplit('/').next()).collect();
            let mut is_over = Vec::new();
            for key in keys {
                is_over.push(states.over.contains(&state(typed, object, key).await));
            }
            compared += is_over.len();
            assert!(is_over.is_sorted(), "{}: {} for {}: {is_over:?}", typed.name, object.name, persona.name);
        }
    }
    assert!(compared > 5, "{}: {compared} rows say little", typed.name);
}

async fn state(typed: &Typed, object: &Object, key: &str) -> String {
    let states = object.states.as_ref().unwrap();
    let column = &object.fields[&states.field].column;
    let sql = format!("SELECT {column}::text FROM {} WHERE id::text = $1", object.table.sql());
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(key).fetch_one(&mut typed.admin().await).await.unwrap()
}

/// What is still to come goes before what was, the next first, and is not called recent.
async fn coming(typed: &Typed) {
    let home = typed.who("dora").await.get("/main/").await.text();
    let place = |text: &str| home.find(text).unwrap_or_else(|| panic!("no `{text}` in {home}"));
    assert!(
        place("Consultation Ann Berg Booked 5 Sep 2028") < place("Vaccination Lea Berg Booked 7 Sep 2028"),
        "{home}"
    );
    assert!(place("Booked 7 Sep 2028") < place("Check-up Bea Lindqvist"), "{home}");
    assert!(!home.contains("Recent appointments") && home.contains("Recent conversations"), "{home}");
}
