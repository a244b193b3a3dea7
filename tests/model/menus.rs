//! What people find in the menus of the catalogue's portals, and in which order lists are.

use crate::catalogue::{TYPES, names, of_files, of_type, project};
use crate::project::shown;
use portalctl::catalog;
use portalctl::model::{AccessModel, Field, FieldType, Navigation, Persona, ReadGrant, Scope, Sort, Who};
use portalctl::names::{FieldName, ObjectName, PageName, PortalName};
use std::collections::BTreeSet;

/// What the menu of somebody's portal leads them to, beside the first page.
fn entries<'m>(model: &'m AccessModel, persona: &Persona) -> Vec<&'m str> {
    let portal = &model.portals[&persona.name.portal];
    let shown = portal.navigation.iter().filter_map(|entry| match entry {
        Navigation::Object(object) => persona.reads.contains_key(object).then_some(object.as_str()),
        Navigation::View(page) => portal.pages[page].is_seen_by(persona).then_some(page.as_str()),
        Navigation::Home | Navigation::Page { .. } => None,
    });
    shown.collect()
}

/// What somebody finds other than on the page of something else.
fn lists(persona: &Persona) -> Vec<&str> {
    let stands_alone = |grants: &[ReadGrant]| grants.iter().any(|grant| grant.rows.scope != Scope::Parent);
    persona.reads.iter().filter(|(_, grants)| stands_alone(grants)).map(|(object, _)| object.as_str()).collect()
}

/// Nobody lands on a home page without a word, and nobody's menu is longer than one looks through.
#[test]
fn every_audience_of_every_type_has_a_menu_of_its_own() {
    let mut wrong = Vec::new();
    for of in TYPES {
        let model = of_type(of);
        for persona in model.personas.values().filter(|persona| !lists(persona).is_empty()) {
            let entries = entries(&model, persona);
            if !(1..=8).contains(&entries.len()) {
                wrong.push(format!("{of}: {} sees {entries:?} of {:?}", persona.name, lists(persona)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whoever administers a portal finds the people in it; others do not find the list that is meant for staff.
#[test]
fn administrators_find_people_in_their_menu() {
    for of in TYPES.into_iter().filter(|of| *of != "self-service") {
        let model = of_type(of);
        for persona in model.personas.values() {
            let entries = entries(&model, persona);
            let people = entries.iter().filter(|entry| ["contact", "people-by-company"].contains(entry)).count();
            let is_external = persona.who == Who::External;
            assert!(!(is_external && entries.contains(&"people-by-company")), "{of}: {}", persona.name);
            if persona.name.audience.as_str() == "portal_admin" {
                assert_eq!(people, 1, "{of}: {} sees {entries:?}", persona.name);
            }
        }
    }
}

/// What the documents of the catalogue say of a module's menu.
fn entries_of(module: &str) -> Vec<&'static str> {
    let (_, text) = catalog::modules().find(|(name, _)| *name == module).unwrap();
    let line = text.lines().take_while(|line| *line != "---").find_map(|line| line.strip_prefix("navigation: ["));
    line.map(|list| list.trim_end_matches(']').split(", ").collect()).unwrap_or_default()
}

/// A menu as a spec writes it.
fn written(navigation: &[Navigation]) -> Vec<&str> {
    let entries = navigation.iter().map(|entry| match entry {
        Navigation::Object(object) => object.as_str(),
        Navigation::View(page) => page.as_str(),
        Navigation::Home | Navigation::Page { .. } => "home",
    });
    entries.collect()
}

/// Whoever adds a module finds it: after the type's own entries, seen by those whom the type lets into it.
#[test]
fn a_module_that_a_portal_adds_is_in_the_menu_of_whoever_may_open_it() {
    for (of, text) in catalog::types() {
        let offers = names(text, "offers");
        let list = offers.iter().cloned().collect::<Vec<_>>().join(", ");
        let (model, report) = project(&[(of, &format!("+modules: [{list}]\n"))]);
        // Staff report to each other by the people that a project names.
        assert!(of == "employee" || !report.has_errors(), "{of}\n{}", shown(&report));
        let portal = model.portals.values().next().unwrap();
        let all = written(&portal.navigation);
        let of_type = of_type(of);
        let before = written(&of_type.portals.values().next().unwrap().navigation);
        let kept: Vec<&str> = all.iter().copied().filter(|entry| before.contains(entry)).collect();
        assert_eq!(kept, before, "{of}");
        for module in &offers {
            let entries = entries_of(module);
            // Who did what stands on the records themselves, and figures on the first page.
            if ["audit-trail", "home-dashboard"].contains(&module.as_str()) {
                continue;
            }
            assert!(entries.iter().all(|entry| all.contains(entry)), "{of}: {module} in {all:?}");
            let seen = model
                .personas
                .values()
                .filter(|persona| entries.iter().any(|entry| persona.reads.contains_key(&ObjectName::new(*entry))));
            assert!(seen.count() > 0, "{of}: nobody sees {module}");
        }
    }
}

#[test]
fn an_added_entry_is_seen_by_its_readers_alone_and_gives_way_to_what_the_portal_says() {
    let menu = |more: &str, audience: &str| -> Vec<String> {
        let (model, report) = project(&[("customer", more)]);
        assert!(!report.has_errors(), "{}", shown(&report));
        let mut all = model.personas.values();
        let persona = all.find(|persona| persona.name.audience.as_str() == audience).unwrap();
        entries(&model, persona).into_iter().map(str::to_owned).collect()
    };
    let added = "+modules: [announcements]\n";
    assert!(!menu("", "customer").contains(&"announcement".to_owned()));
    for (audience, sees) in
        [("customer", true), ("customer_admin", true), ("editor", true), ("finance", false), ("visitor", false)]
    {
        let menu = menu(added, audience);
        assert_eq!(menu.last().is_some_and(|last| last == "announcement"), sees, "{audience}: {menu:?}");
        assert_eq!(menu.contains(&"announcement".to_owned()), sees, "{audience}: {menu:?}");
    }
    let gone = format!("{added}-navigation: [announcement]\n");
    assert!(!menu(&gone, "customer").contains(&"announcement".to_owned()));
    let own = format!("{added}navigation: [home, case]\n");
    assert_eq!(menu(&own, "customer"), ["case"]);
    // Where the portal names it as well, it is there once.
    let twice = format!("{added}+navigation: [announcement]\n");
    assert_eq!(menu(&twice, "customer"), menu(added, "customer"));
}

/// A module that a type knows nothing of opens nothing, and that is said.
#[test]
fn a_module_that_nobody_was_given_is_found() {
    let (_, report) = project(&[("vendor", "+modules: [projects-milestones]\n")]);
    let found = shown(&report);
    assert!(found.contains("`vendor` adopts `projects-milestones`, and nobody in it holds"), "{found}");
    assert!(found.contains("audiences: {vendor: {+permission_sets: [project_user]}}"), "{found}");
    let given = "+modules: [projects-milestones]\naudiences: {vendor: {+permission_sets: [project_user]}}\n";
    let (_, report) = project(&[("vendor", given)]);
    assert!(!shown(&report).contains("module-without-holder"), "{}", shown(&report));
}

#[test]
fn the_menu_of_a_module_names_its_own_objects() {
    let project = "version: 1\nkind: project\nname: business\n---\nkind: portal\nname: yard\nmodules: [berths]\naudiences: {clerk: {who: internal, permission_sets: [berth_clerk]}}\n";
    let module = "kind: module\nname: berths\nnavigation: [berht]\n---\nkind: object\nname: berth\ntable: crm.berths\nfields: {number: text}\n---\nkind: permission_set\nname: berth_clerk\ngrants: {berth: {read: all}}\n";
    let files = [("portalctl.yaml", project), ("modules/berths.yaml", module)];
    let (_, report) = of_files(files.map(|(path, text)| (path.to_owned(), text.to_owned())));
    let found = shown(&report);
    assert!(
        found.contains("the module `berths` has no object `berht`") && found.contains("did you mean `berth`?"),
        "{found}"
    );
}

/// What happens over time is listed by when it happened or is due, or by what the module says: never by chance.
#[test]
fn every_list_of_what_happens_over_time_says_its_order() {
    let is_day = |field: &Field| matches!(field.field_type, FieldType::Date | FieldType::Timestamp);
    let mut wrong = BTreeSet::new();
    for of in TYPES {
        let offers: Vec<String> = catalog::types()
            .find(|(name, _)| *name == of)
            .map(|(_, text)| names(text, "offers").into_iter().collect())
            .unwrap();
        let (model, _) = project(&[(of, &format!("+modules: [{}]\n", offers.join(", ")))]);
        for persona in model.personas.values() {
            for (name, grants) in &persona.reads {
                let object = &model.objects[name];
                let read = |field: &Field| grants.iter().any(|grant| grant.fields.contains(&field.name));
                if !object.fields.values().any(|field| is_day(field) && read(field)) {
                    continue;
                }
                let sorted = object.sort.as_ref().map(|sort| &object.fields[&sort.field]);
                // Staff who see little of an object may have its list by name.
                if sorted.is_none_or(|field| persona.who != Who::Internal && !read(field)) {
                    wrong.insert(format!("{of}: {} lists `{name}` by {:?}", persona.name, object.sort));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let (model, _) = project(&[("customer", "")]);
    let order = |object: &str| model.objects[&ObjectName::new(object)].sort.clone();
    assert_eq!(order("case"), Some(Sort { field: FieldName::new("created_at"), descending: true }));
    let board = &model.portals[&PortalName::new("customer")].pages[&PageName::new("case-board")];
    assert_eq!(board.sort, Some(Sort { field: FieldName::new("sla_due_at"), descending: false }));
}
