//! What a portal becomes of its type, and the modules that it then has.

use super::super::conform::{is_null, shown};
use super::super::findings::Findings;
use super::super::merge::{merge, names_of};
use super::super::tree::{Content, Entry, Node};
use super::library::name_of;
use super::{Reading, extend};
use crate::diagnostic::{Finding, Span, Spanned, closest};
use crate::names::{PortalName, TierName};
use crate::spec::document::{AssignedTenantsDoc, ModuleDoc, TableRef, TypeDoc};
use crate::spec::grammar::PORTAL;
use crate::spec::lower;
use std::collections::BTreeSet;

/// Keys of a type that are not those of a portal, or are worked out for each portal.
const OF_THE_TYPE: &[&str] = &[
    "kind",
    "name",
    "purpose",
    "about",
    "tenant_kind",
    "tiers",
    "assigned_tenants",
    "offers",
    "permission_sets",
    "audiences",
    "navigation",
];

impl Reading<'_> {
    /// The portal's document, over that of its type where it has one. Adopts its modules.
    pub(super) fn expanded(&mut self, portal: &Node) -> Node {
        let name = name_of(portal).map(|(name, _)| name);
        let written = portal.get("type").and_then(|written| Some((written.scalar()?, written.span)));
        let named = written.filter(|(scalar, _)| !is_null(scalar));
        let Some(base) = named.and_then(|(scalar, span)| self.portal_type(&scalar.text, span)) else {
            self.adopt(name.as_deref(), portal.get("modules"));
            return portal.clone();
        };
        self.has_type(&base, name.as_deref());
        misspelt(&base, portal).into_iter().for_each(|finding| self.findings.push(finding));
        let list = merged_modules(&base, portal);
        let on = self.adopt(name.as_deref(), list.get("modules"));
        self.still_needed(portal, &on);
        // What comes along because another module needs it brings its objects, and gives nobody anything.
        let items = list.get("modules").map_or(&[][..], Node::items);
        let chosen: BTreeSet<&str> = items.iter().flat_map(names_of).collect();
        let below = self.below(&base, &on, &chosen);
        let below = extend::giving_way(&self.with_entries(below, &base, items), portal, &PORTAL);
        let mut merged = merge(&below, portal, &mut self.findings);
        if let Some(kind) = base.entry("tenant_kind") {
            name_tenant_kind(&mut merged, kind);
        }
        merged
    }

    /// Remembers that a portal has the type.
    fn has_type(&mut self, base: &Node, portal: Option<&str>) {
        let portal = portal.map(PortalName::new);
        let called = name_of(base).map(|(name, _)| name);
        match self.set.types.iter_mut().find(|known| Some(known.name.value.as_str()) == called.as_deref()) {
            Some(known) => known.portals.extend(portal),
            None => self.set.types.extend(lower::portal_type(base, portal)),
        }
    }

    /// What types say for the whole project counts where the project says nothing; there two must not say two things.
    pub(super) fn of_types(&mut self) {
        let Some(project) = &mut self.set.project else { return };
        let mut tiers: Option<&TypeDoc> = None;
        let mut assigned: Option<(&TypeDoc, &AssignedTenantsDoc)> = None;
        let mut conflicts = Vec::new();
        for portal_type in &self.set.types {
            if let Some(written) = portal_type.tiers.first().filter(|_| project.tiers.is_empty()) {
                match tiers {
                    None => tiers = Some(portal_type),
                    Some(first) if words(&first.tiers) == words(&portal_type.tiers) => {}
                    Some(first) => conflicts.push(conflict("tiers", (portal_type, written.span), &first.tiers[0])),
                }
            }
            if let Some(doc) = portal_type.assigned_tenants.as_ref().filter(|_| project.assigned_tenants.is_none()) {
                match assigned {
                    None => assigned = Some((portal_type, doc)),
                    Some((_, first)) if first.says_the_same(doc) => {}
                    Some((_, first)) => {
                        conflicts.push(conflict("assigned_tenants", (portal_type, doc.span), &first.table));
                    }
                }
            }
        }
        project.tiers.extend(tiers.iter().flat_map(|portal_type| portal_type.tiers.iter().cloned()));
        if let Some((_, doc)) = assigned {
            project.assigned_tenants = Some(mapped(doc.clone(), &self.set.modules));
        }
        if !conflicts.is_empty() {
            self.findings.begin_file();
            conflicts.into_iter().for_each(|finding| self.findings.push(finding));
        }
    }

    /// What the type says of a portal that has these modules.
    fn below(&self, base: &Node, on: &BTreeSet<String>, chosen: &BTreeSet<&str>) -> Node {
        let is_portals = |entry: &&Entry| !OF_THE_TYPE.contains(&entry.key.value.as_str());
        let mut entries: Vec<Entry> = base.entries().iter().filter(is_portals).cloned().collect();
        if let Some(audiences) = base.entry("audiences") {
            entries.push(Entry {
                value: with_sets(&audiences.value, base.get("permission_sets"), chosen),
                ..audiences.clone()
            });
        }
        if let Some(navigation) = base.entry("navigation") {
            let off = self.names_of_off(base, on);
            let mut value = navigation.value.clone();
            if let Content::List(items) = &mut value.content {
                items.retain(|item| !item.scalar().is_some_and(|entry| off.contains(&entry.text)));
            }
            entries.push(Entry { value, ..navigation.clone() });
        }
        Node { span: base.span, content: Content::Map(entries) }
    }

    /// The menu goes on with what the modules name that the portal has and the type has not; those of the type are where
    /// the type puts them.
    fn with_entries(&self, mut below: Node, base: &Node, modules: &[Node]) -> Node {
        let Content::Map(entries) = &mut below.content else { return below };
        let menu = entries.iter_mut().find(|entry| entry.key.value == "navigation");
        let Some(Content::List(menu)) = menu.map(|entry| &mut entry.value.content) else { return below };
        let of_type: BTreeSet<&str> =
            base.get("modules").map_or(&[][..], Node::items).iter().flat_map(names_of).collect();
        let added = modules.iter().flat_map(names_of).filter(|name| !of_type.contains(name));
        for module in added.filter_map(|name| self.library.module(name)) {
            for entry in module.head.get("navigation").map_or(&[][..], Node::items) {
                let is_it = |known: &Node| names_of(known).iter().any(|name| names_of(entry).contains(name));
                if !menu.iter().any(is_it) {
                    menu.push(entry.clone());
                }
            }
        }
        below
    }

    /// What only modules have that the type knows and the portal has not.
    fn names_of_off(&self, base: &Node, on: &BTreeSet<String>) -> BTreeSet<String> {
        let known = ["modules", "offers"].into_iter().flat_map(|key| base.get(key).map_or(&[][..], Node::items));
        let known: BTreeSet<&str> = known.flat_map(names_of).collect();
        let mut off: BTreeSet<String> = BTreeSet::new();
        for module in known.into_iter().filter(|module| !on.contains(*module)) {
            off.extend(self.library.names_in(module));
        }
        for module in on {
            for name in self.library.names_in(module) {
                off.remove(&name);
            }
        }
        off
    }

    /// A module that is taken away, and comes back since another needs it.
    fn still_needed(&mut self, portal: &Node, on: &BTreeSet<String>) {
        let Some(removed) = portal.entry("-modules").filter(|entry| entry.key_is_plain) else { return };
        let again = portal.get("+modules").map_or(&[][..], Node::items);
        for item in removed.value.items() {
            let Some(name) = item.scalar().map(|scalar| scalar.text.as_str()).filter(|name| on.contains(*name)) else {
                continue;
            };
            if again.iter().flat_map(names_of).any(|added| added == name) {
                continue;
            }
            let needing =
                on.iter().filter(|module| self.library.needs(module, name)).map(|module| format!("`{module}`"));
            let needing = needing.collect::<Vec<_>>().join(", ");
            let message = format!("the portal has `{}` all the same: it comes with {needing}", shown(name));
            self.findings.push(
                Finding::error("needed-module", item.span, message).hint("remove what needs it, too, or keep it"),
            );
        }
    }

    /// Holds a type against itself.
    pub(super) fn check_type(&mut self, node: &Node) {
        let listed = |key: &str| node.get(key).map_or(&[][..], Node::items).iter().flat_map(names_of);
        let modules: Vec<&str> = listed("modules").chain(listed("offers")).collect();
        for offered in node.get("offers").map_or(&[][..], Node::items) {
            let Some(name) = offered.scalar() else { continue };
            if !self.library.has_module(&name.text) {
                self.findings.push(self.library.unknown_module(&name.text, offered.span));
            }
        }
        let audiences: Vec<&str> =
            node.get("audiences").map_or(&[][..], Node::entries).iter().map(|entry| entry.key.value.as_str()).collect();
        for of_module in node.get("permission_sets").map_or(&[][..], Node::entries) {
            if !modules.contains(&of_module.key.value.as_str()) {
                let what = "the type neither has nor offers a module";
                self.findings.push(not_in_type(what, of_module, &modules));
            }
            for of_audience in of_module.value.entries() {
                if !audiences.contains(&of_audience.key.value.as_str()) {
                    self.findings.push(not_in_type("the type has no audience", of_audience, &audiences));
                }
            }
        }
    }
}

/// Audiences of the portal's own that are called nearly as one of its type, and do not say that they go beyond it.
fn misspelt(base: &Node, portal: &Node) -> Vec<Finding> {
    let audiences = |node: &Node| node.get("audiences").map_or(&[][..], Node::entries).to_vec();
    let (of_type, own) = (audiences(base), audiences(portal));
    let known = || of_type.iter().map(|entry| entry.key.value.as_str());
    let is_new = |entry: &&Entry| !known().any(|name| name == entry.key.value) && entry.value.get("extends").is_none();
    let found = own.iter().filter(is_new).filter_map(|entry| {
        let (written, near) = (entry.key.value.as_str(), closest(&entry.key.value, known())?);
        let message = format!("`{}` is an audience of its own, and the type has `{near}`", shown(written));
        Some(
            Finding::warn("misspelt-audience", entry.key.span, message)
                .why("what is granted here would be nobody's of the type's audience")
                .hint(format!("did you mean `{near}`? one that goes beyond it says `extends: {near}`")),
        )
    });
    found.collect()
}

/// A type names the table of a module's object by the object: where a portal says that its rows lie elsewhere, they do.
fn mapped(mut doc: AssignedTenantsDoc, modules: &[ModuleDoc]) -> AssignedTenantsDoc {
    let TableRef::Bare(name) = &doc.table.value else { return doc };
    let Some(map) = modules.iter().find_map(|module| module.maps.get(name.as_str())) else { return doc };
    for column in [&mut doc.tenant, &mut doc.user.column] {
        if let Some(to) = map.columns.get(column.value.as_str()) {
            *column = to.clone();
        }
    }
    doc.table = map.table.clone();
    doc
}

/// The list of modules alone, since what else the type says depends on it. What is wrong with it is said when all
/// of the portal is merged.
fn merged_modules(base: &Node, portal: &Node) -> Node {
    let only = |node: &Node| {
        let is_it = |entry: &&Entry| entry.key.value.trim_start_matches(['+', '-']) == "modules";
        Node { span: node.span, content: Content::Map(node.entries().iter().filter(is_it).cloned().collect()) }
    };
    merge(&only(base), &only(portal), &mut Findings::default())
}

/// The audiences, each with the permission sets that the modules of the portal give it.
fn with_sets(audiences: &Node, sets: Option<&Node>, on: &BTreeSet<&str>) -> Node {
    let by_module = sets.map_or(&[][..], Node::entries);
    let by_module: Vec<&Entry> = by_module.iter().filter(|entry| on.contains(entry.key.value.as_str())).collect();
    let mut audiences = audiences.clone();
    let Content::Map(entries) = &mut audiences.content else { return audiences };
    for audience in entries {
        let given = by_module.iter().filter_map(|module| module.value.entry(&audience.key.value));
        let given: Vec<&Entry> = given.collect();
        let Content::Map(keys) = &mut audience.value.content else { continue };
        let Some(first) = given.first() else { continue };
        let items = given.iter().flat_map(|entry| entry.value.items()).cloned();
        match keys.iter_mut().find(|entry| entry.key.value == "permission_sets") {
            Some(known) => {
                if let Content::List(known) = &mut known.value.content {
                    known.extend(items);
                }
            }
            None => {
                let mut key = first.key.clone();
                "permission_sets".clone_into(&mut key.value);
                let value = Node { span: first.value.span, content: Content::List(items.collect()) };
                keys.push(Entry { key, key_is_plain: true, value });
            }
        }
    }
    audiences
}

/// Names the type's kind of tenant for external audiences that name none.
fn name_tenant_kind(portal: &mut Node, kind: &Entry) {
    let Content::Map(entries) = &mut portal.content else { return };
    let Some(audiences) = entries.iter_mut().find(|entry| entry.key.value == "audiences") else { return };
    let Content::Map(audiences) = &mut audiences.value.content else { return };
    for audience in audiences {
        let who = audience.value.get("who").and_then(Node::scalar);
        let is_external = who.is_none_or(|who| who.text == "external");
        if is_external
            && audience.value.get("tenant_kind").is_none()
            && let Content::Map(keys) = &mut audience.value.content
        {
            keys.push(kind.clone());
        }
    }
}

fn not_in_type(what: &str, entry: &Entry, known: &[&str]) -> Finding {
    let name = &entry.key.value;
    let finding = Finding::error("unknown-document", entry.key.span, format!("{what} `{}`", shown(name)));
    match closest(name, known.iter().copied()) {
        Some(near) => finding.hint(format!("did you mean `{near}`?")),
        None => finding.hint("add it to the type, or remove it here"),
    }
}

fn words(tiers: &[Spanned<TierName>]) -> Vec<&str> {
    tiers.iter().map(|tier| tier.value.as_str()).collect()
}

fn conflict<T>(key: &str, (second, at): (&TypeDoc, Span), first: &Spanned<T>) -> Finding {
    let message = format!("type `{}` says other `{key}` than another type of the project", second.name.value);
    Finding::error("conflicting-types", at, message)
        .why("there is one of it for all portals of a project")
        .label(first.span, "the other one")
        .hint(format!("write `{key}` in the project document"))
}
