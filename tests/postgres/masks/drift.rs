//! Views that somebody changed are found by the next plan, and mended.

use super::{business, differences, provisioned};
use crate::provisioned::{Provisioned, enforce, folder, rows, run};
use portalctl::names::PersonaName;

async fn mended(portal: &Provisioned) -> usize {
    let url = portal.db.admin_url();
    let mut admin = portal.db.admin().await;
    let changes = enforce(&mut admin, &url, &portal.model).await;
    assert_eq!(enforce(&mut admin, &url, &portal.model).await, 0, "a second plan is empty");
    changes
}

#[tokio::test]
async fn a_second_plan_is_empty() {
    let portal = provisioned().await;
    let url = portal.db.admin_url();
    assert_eq!(enforce(&mut portal.db.admin().await, &url, &portal.model).await, 0);
}

#[tokio::test]
async fn whatever_is_done_to_a_view_is_undone() {
    let portal = provisioned().await;
    let view = format!("\"{}\".m_people__ext__reader", portal.control());
    let below = format!("\"{}\".m_people__ext__reader__rows", portal.control());
    let (asked, digests) = (portal.role("ext/asked"), portal.role("ext/digests"));
    let database = rows(&mut portal.db.admin().await, "select current_database()").await.unwrap().concat();
    let mark = format!("portalctl project={} database={database}", portal.db.project());
    let query = "select badge::text, email, iban, id, name, phone::text from m.people";
    for change in [
        format!("alter view {view} set (security_barrier = false)"),
        format!("alter view {view} reset (security_barrier)"),
        format!("alter view {below} set (security_barrier = false)"),
        format!("grant select on {below} to \"{asked}\""),
        format!("drop view {below} cascade"),
        format!(
            "create or replace view {below} with (security_barrier) as select badge, email, iban, id, name, phone from m.people"
        ),
        format!("alter view {view} set (security_invoker = true)"),
        format!(
            "create or replace view {view} with (security_barrier) as {}",
            query.replace(" iban", " iban collate \"default\"")
        ),
        // Nothing is put in the place of such a view: its columns are of another collation.
        format!("drop view {view}; create view {view} with (security_barrier) as {query}"),
        format!("drop view {view}"),
        format!(
            "drop view {view}; create view {view} with (security_barrier) as {}",
            query.replace(" from", ", born from")
        ),
        format!("alter view {view} owner to postgres"),
        format!("grant select on {view} to \"{asked}\""),
        format!("grant insert, update on {view} to \"{digests}\""),
        format!("grant update (name) on {view} to \"{digests}\""),
        format!("grant select on {view} to public"),
        format!("revoke select on {view} from \"{}\"", portal.role("ext/sibling")),
        format!("comment on column {view}.email is null"),
        format!("create rule more as on insert to {view} do instead nothing"),
        format!("grant select (email) on m.people to \"{asked}\""),
        format!("grant select on m.directory to \"{asked}\""),
    ] {
        // Without its mark a view made anew is somebody else's, and portalctl leaves it alone.
        let mark = format!("comment on view {view} is '{mark}'");
        let change = if change.contains("; create view") { format!("{change}; {mark}") } else { change };
        run(&mut portal.db.admin().await, &change).await;
        assert!(mended(&portal).await > 0, "{change}");
        let differences = differences(&portal, 1).await;
        assert!(differences.is_empty(), "{change}: {differences:?}");
    }
}

/// Views that no document asks for any more go, and those of others stay.
#[tokio::test]
async fn stale_views_are_dropped_and_those_of_others_stay() {
    let portal = Provisioned::altered(business().await, &folder("postgres/masks"), |_| ()).await;
    let foreign = format!("create view \"{}\".notes as select 1 as a", portal.control());
    run(&mut portal.db.admin().await, &foreign).await;
    let mut model = portal.model.clone();
    let person = portalctl::names::ObjectName::new("person");
    let fields = &mut model.objects.get_mut(&person).unwrap().fields;
    fields.values_mut().for_each(|field| field.mask = None);
    let reader = PersonaName::new("ext", "sibling");
    for facet in &mut model.personas.get_mut(&reader).unwrap().facets {
        for rectangle in facet.reads.values_mut() {
            let masked = std::mem::take(&mut rectangle.masked);
            rectangle.columns.extend(masked.into_keys());
        }
    }
    model
        .personas
        .get_mut(&PersonaName::new("ext", "asked"))
        .unwrap()
        .facets
        .iter_mut()
        .for_each(|facet| facet.reads.clear());
    let mut admin = portal.db.admin().await;
    assert!(enforce(&mut admin, &portal.db.admin_url(), &model).await > 0);
    assert_eq!(enforce(&mut admin, &portal.db.admin_url(), &model).await, 0);
    let left = format!(
        "select relname from pg_class where relkind = 'v' and relnamespace = '\"{}\"'::regnamespace and relname ~ 'people|notes' order by 1",
        portal.control()
    );
    let left = rows(&mut admin, &left).await.unwrap();
    let all = ["digests", "office", "office__f2", "reader", "shared"].map(|role| format!("m_people__ext__{role}"));
    let with_rows = all.iter().flat_map(|name| [name.clone(), format!("{name}__rows")]).chain(["notes".to_owned()]);
    let mut wanted: Vec<String> = with_rows.collect();
    wanted.sort();
    assert_eq!(left, wanted);
}
