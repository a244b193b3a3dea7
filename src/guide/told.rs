//! Cards for people, in lines of at most `width` characters.

use super::card::{AudienceCard, ModuleCard, ObjectCard, SetCard, TypeCard};
use super::catalogue::Shelf;
use super::layout::{paragraph, told};
use super::wall::Wall;
use crate::model::{FieldClass, Who};
use std::fmt::{Display, Write};

/// Every type in two lines.
pub fn types(shelf: &Shelf, width: usize) -> String {
    let row = |card: &TypeCard| {
        let of = |who: Who| listed(card.audiences.iter().filter(|one| one.who == who).map(|one| &one.name));
        let outside = of(Who::External);
        let whom = if outside.is_empty() { of(Who::Internal) } else { outside };
        let counts = format!("{} modules, {} more that fit; for {whom}", card.modules.len(), card.offers.len());
        vec![(card.name.to_string(), card.purpose.clone()), (String::new(), counts)]
    };
    told(&shelf.types.iter().flat_map(row).collect::<Vec<_>>(), 0, width)
}

/// Every module, with the types that have it.
pub fn modules(shelf: &Shelf, width: usize) -> String {
    let row = |card: &ModuleCard| {
        let types = if card.types.len() == shelf.types.len() { "every type".to_owned() } else { listed(&card.types) };
        vec![(card.name.to_string(), card.purpose.clone()), (String::new(), format!("in {types}"))]
    };
    told(&shelf.modules.iter().flat_map(row).collect::<Vec<_>>(), 0, width)
}

/// Everything about one type.
pub fn portal_type(shelf: &Shelf, card: &TypeCard, walls: &[Wall], width: usize) -> String {
    let mut text = head(&card.name, &card.title, &card.purpose, &card.about, width);
    let mut facts = Vec::new();
    facts.extend(card.tenant_kind.iter().map(|kind| ("tenants are".to_owned(), kind.to_string())));
    if !card.tiers.is_empty() {
        facts.push(("tiers".to_owned(), listed(&card.tiers)));
    }
    facts.push(("menu".to_owned(), listed(&card.navigation)));
    text.push_str(&told(&facts, 0, width));

    section(&mut text, "AUDIENCES", &card.audiences.iter().map(audience).collect::<Vec<_>>(), width);
    let purposes = |names: &[crate::names::ModuleName]| {
        let purpose = |name: &crate::names::ModuleName| {
            let card = shelf.module(name.as_str());
            (name.to_string(), card.map(|card| card.purpose.clone()).unwrap_or_default())
        };
        names.iter().map(purpose).collect::<Vec<_>>()
    };
    section(&mut text, "MODULES", &purposes(&card.modules), width);
    section(&mut text, "MORE THAT FIT, with `+modules: [NAME]` in the portal", &purposes(&card.offers), width);
    let walls: Vec<_> = walls.iter().flat_map(wall).collect();
    section(&mut text, "WALLS: rows that people from outside read, and what none of them ever does", &walls, width);
    text
}

/// Everything about one module.
pub fn module(card: &ModuleCard, width: usize) -> String {
    let mut text = head(&card.name, &card.title, &card.purpose, &card.about, width);
    let facts = [("needs", listed(&card.needs)), ("in types", listed(&card.types)), ("fits", listed(&card.offered_by))];
    let facts = facts.into_iter().filter(|(_, what)| !what.is_empty()).map(|(name, what)| (name.to_owned(), what));
    text.push_str(&told(&facts.collect::<Vec<_>>(), 0, width));

    section(&mut text, "OBJECTS", &card.objects.iter().flat_map(object).collect::<Vec<_>>(), width);
    section(&mut text, "PERMISSION SETS", &card.permission_sets.iter().flat_map(set).collect::<Vec<_>>(), width);
    let pages = card.pages.iter().map(|page| {
        let of = page.object.as_ref().map(|object| format!(" of {object}")).unwrap_or_default();
        (page.name.to_string(), format!("{}{of}", page.view))
    });
    section(&mut text, "PAGES", &pages.collect::<Vec<_>>(), width);
    text
}

fn head(name: &impl Display, title: &str, purpose: &str, about: &str, width: usize) -> String {
    let mut text = paragraph(&format!("{name}: {title}"), 0, width);
    text.push_str(&paragraph(&format!("{purpose}."), 0, width));
    let _ = writeln!(text, "\n{}", paragraph(about, 0, width));
    text
}

fn section(text: &mut String, title: &str, rows: &[(String, String)], width: usize) {
    if !rows.is_empty() {
        let _ = write!(text, "\n{title}\n{}", told(rows, 2, width));
    }
}

fn audience(card: &AudienceCard) -> (String, String) {
    let who = match card.who {
        Who::External => "external",
        Who::Internal => "internal",
        Who::Guest => "guest",
    };
    let more = card.extends.as_ref().map(|base| format!(", with all that {base} has")).unwrap_or_default();
    (card.name.to_string(), format!("{}, {who}{more}", card.label))
}

fn wall(wall: &Wall) -> Vec<(String, String)> {
    let name = wall.object.to_string();
    if wall.rows.is_empty() {
        return vec![(name, "nothing of it".to_owned())];
    }
    let rows = wall.rows.iter().map(|(audience, scopes)| format!("{audience} {}", scopes.join(" and ")));
    let mut lines = vec![(name, rows.collect::<Vec<_>>().join(", "))];
    if !wall.never.is_empty() {
        lines.push((String::new(), format!("never {}", listed(&wall.never))));
    }
    lines
}

fn object(card: &ObjectCard) -> Vec<(String, String)> {
    let mut lines =
        vec![(card.name.to_string(), format!("{}: {}", card.label, listed(card.fields.iter().map(|f| &f.name))))];
    let classes = [
        (FieldClass::Internal, "internal"),
        (FieldClass::Personal, "personal"),
        (FieldClass::Financial, "financial"),
        (FieldClass::Health, "health"),
        (FieldClass::Secret, "secret"),
    ];
    let of_class = |(class, word): (FieldClass, &str)| {
        let names = listed(card.fields.iter().filter(|field| field.class == class).map(|field| &field.name));
        (!names.is_empty()).then(|| (String::new(), format!("{word}: {names}")))
    };
    lines.extend(classes.into_iter().filter_map(of_class));
    lines
}

fn set(card: &SetCard) -> Vec<(String, String)> {
    let mut lines: Vec<String> = Vec::new();
    if !card.includes.is_empty() {
        lines.push(format!("all of {}", listed(&card.includes)));
    }
    lines.extend(card.grants.iter().map(|(object, actions)| format!("{object}: {}", actions.join(", "))));
    let names = std::iter::once(card.name.to_string()).chain(std::iter::repeat(String::new()));
    names.zip(lines).collect()
}

fn listed<T: Display>(names: impl IntoIterator<Item = T>) -> String {
    names.into_iter().map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
}
