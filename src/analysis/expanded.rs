//! What a document becomes: the resolved object or portal, line by line, each with where it was written.

use super::effect::Effect;
use super::{Source, words};
use crate::diagnostic::escape::one_line;
use crate::diagnostic::{SourceMap, Span};
use crate::model::{
    AccessModel, AssignmentTarget, Deletion, LinkedTo, Object, OwnerPath, PaidUntil, Persona, Portal, TenantRoute, Who,
    Words, Write, personas_of,
};
use crate::names::{AudienceName, ColumnName, PathName};
use crate::spec::document::WrittenLine;
use std::fmt;

/// One line and what made it so; several places where a grant was narrowed elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ExpandedLine {
    /// How deep it stands under the lines above.
    pub depth: usize,
    pub text: String,
    /// Empty: by the rules of the language, from what stands above.
    pub sources: Vec<Source>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Expanded {
    pub lines: Vec<ExpandedLine>,
}

/// An object: its table, its paths to tenants and people, its fields.
pub fn expand_object(model: &AccessModel, object: &Object) -> Expanded {
    let mut out = Writer { model, lines: Vec::new() };
    out.line(0, format!("object {}", object.name), &[object.span]);
    out.line(1, format!("label: {}, {}", object.label_one, object.label_many), &[]);
    out.spoken(2, "one row", &object.label_one);
    out.spoken(2, "several", &object.label_many);
    out.line(1, format!("table: {}", object.table), &[]);
    out.line(1, format!("key: {}", columns(&object.key)), &[]);
    for (name, path) in &object.tenant_paths {
        let kind = path.kind.as_ref().map(|kind| format!(" ({kind})")).unwrap_or_default();
        out.line(1, format!("tenant{}: {}{kind}", on(name), route(&path.route)), &[path.span]);
    }
    for (name, owner) in &object.owners {
        let text = match owner {
            OwnerPath::Column(user) => format!("{} holds the user's {}", user.column, user.key),
            OwnerPath::Via { via, object, path } => format!("that of {object}{} by {}", on(path), columns(via)),
        };
        out.line(1, format!("owner{}: {text}", on(name)), &[]);
    }
    if let Some(parent) = &object.parent {
        out.line(1, format!("parent: {} by {}", parent.object, columns(&parent.via)), &[parent.span]);
    }
    if let Some(shares) = &object.shares {
        let with = match &shares.with {
            LinkedTo::User(user) => format!("user {}", user.column),
            LinkedTo::Tenant { column, .. } => format!("tenant {column}"),
        };
        out.line(1, format!("shares: {} by {} with {with}", shares.table, columns(&shares.row)), &[]);
    }
    for assignment in &object.assignments {
        let of = match &assignment.target {
            AssignmentTarget::Row(row) => format!("row {}", columns(row)),
            AssignmentTarget::Parent(row) => format!("parent {}", columns(row)),
            AssignmentTarget::Tenant { column, .. } => format!("tenant {column}"),
        };
        out.line(1, format!("assignment: {} names {} for {of}", assignment.table, assignment.user.column), &[]);
    }
    if let Some(group) = &object.min_group {
        out.line(1, format!("shows rows of which {} is at least {}", group.count, group.least), &[group.span]);
    }
    out.life(object);
    out.line(1, "fields".to_owned(), &[]);
    for field in object.fields.values() {
        let class = field.class.word();
        let mut text = format!("{}: {}, {class}", field.name, words::field_type(&field.field_type));
        if field.column.as_str() != field.name.as_str() {
            text.push_str(&format!(", column {}", field.column));
        }
        if let Some(mask) = field.mask {
            text.push_str(&format!(", masked: {}", mask.word()));
        }
        out.line(2, text, &[field.span]);
        out.spoken(3, "label", &field.label);
        for (value, label) in &field.value_labels {
            match label.of_all() {
                Some(text) => out.line(3, format!("{}: {text}", words::quoted(value)), &[]),
                None => out.spoken(3, &words::quoted(value), label),
            }
        }
    }
    Expanded { lines: out.lines }
}

/// A portal: its audiences, what each may do, and the roles that PostgreSQL is given for it.
pub fn expand_portal(model: &AccessModel, portal: &Portal) -> Expanded {
    let mut out = Writer { model, lines: Vec::new() };
    out.line(0, format!("portal {}", portal.name), &[portal.span]);
    out.line(1, format!("title: {}", portal.title), &[]);
    out.spoken(2, "title", &portal.title);
    out.line(1, format!("path: {}", portal.path), &[]);
    for persona in personas_of(&model.personas, &portal.name) {
        let who = match persona.who {
            Who::External => "external",
            Who::Internal => "internal",
            Who::Guest => "guest",
        };
        out.line(1, format!("audience {}: {who}", persona.name.audience), &[persona.span]);
        if let Some(audience) = portal.audiences.get(&persona.name.audience) {
            out.spoken(2, "label", &audience.label);
        }
        out.people(persona);
        out.reads(persona);
        out.writes(persona);
        out.facets(persona);
    }
    Expanded { lines: out.lines }
}

struct Writer<'a> {
    model: &'a AccessModel,
    lines: Vec<ExpandedLine>,
}

impl Writer<'_> {
    fn line(&mut self, depth: usize, text: String, spans: &[Span]) {
        let mut sources: Vec<Source> =
            spans.iter().map(|span| Source::from(self.model.sources.location(*span))).collect();
        sources.dedup();
        self.lines.push(ExpandedLine { depth, text, sources });
    }

    /// What is written in languages, by these.
    fn spoken(&mut self, depth: usize, what: &str, words: &Words) {
        let texts: Vec<String> = words.texts().map(|(language, text)| format!("{text} ({language})")).collect();
        if !texts.is_empty() {
            self.line(depth, format!("{what}: {}", texts.join(", ")), &[]);
        }
    }

    /// Whom they administer, and until when they are who they are.
    fn people(&mut self, persona: &Persona) {
        if let Some(limit) = &persona.rate_limit {
            let text = format!("creates at most {} rows in {} seconds from one network", limit.most, limit.seconds);
            self.line(2, text, &[persona.span]);
        }
        if let Some(at) = persona.delegation.as_ref().and_then(|delegation| delegation.registrations) {
            self.line(2, "lets in those who ask for it".to_owned(), &[at]);
        }
        if let Some(delegation) = persona.delegation.as_ref().filter(|delegation| !delegation.may_grant.is_empty()) {
            let names: Vec<&str> = delegation.may_grant.keys().map(AudienceName::as_str).collect();
            let spans: Vec<Span> = delegation.may_grant.values().copied().collect();
            self.line(2, format!("administers people of their tenant: {}", names.join(", ")), &spans);
        }
        if let Some(lifecycle) = &persona.lifecycle {
            let until = match &lifecycle.paid_until {
                PaidUntil::Tenant(column) => format!("{column} of the tenant"),
                PaidUntil::OfTenant { object, column, path } => {
                    format!("the latest {column} of the tenant's {object}{}", on(path))
                }
                PaidUntil::Own { object, column, path } => {
                    format!("the latest {column} of their own {object}{}", on(path))
                }
            };
            let text = format!("until {until} and {} seconds: then {}", lifecycle.grace, lifecycle.on_lapse.audience);
            self.line(2, text, &[lifecycle.span]);
        }
    }

    fn reads(&mut self, persona: &Persona) {
        let objects = persona.reads.iter().filter_map(|(name, grants)| Some((self.model.objects.get(name)?, grants)));
        for (object, grants) in objects.collect::<Vec<_>>() {
            for grant in grants {
                let fields = words::shown(object, grant);
                let text = format!("read {}: {} [{fields}]", object.name, words::rows(&grant.rows));
                self.line(2, text, &grant.sources);
            }
        }
    }

    fn writes(&mut self, persona: &Persona) {
        let objects = persona.writes.iter().filter_map(|(name, grants)| Some((self.model.objects.get(name)?, grants)));
        for (object, grants) in objects.collect::<Vec<_>>() {
            for grant in grants {
                // What may be taken away is what may be read.
                let rows = match &grant.write {
                    Write::Export { .. } if grant.rows.mfa => {
                        "all that is read, where a second factor was given".to_owned()
                    }
                    Write::Export { .. } => "all that is read".to_owned(),
                    _ => words::rows(&grant.rows),
                };
                let fields = words::field_list(object, &words::written(object, &grant.write));
                let fields = if fields.is_empty() { fields } else { format!(" [{fields}]") };
                let text = format!("{} {}: {rows}{fields}", grant.write.action(), object.name);
                self.line(2, text, &grant.sources);
                for part in Effect::of(&grant.write).words() {
                    self.line(3, part, &[]);
                }
                if grant.facet > 0 {
                    let role = persona.facets.get(grant.facet).map_or("", |facet| facet.role.as_str());
                    self.line(3, format!("as {role}"), &[]);
                }
            }
        }
    }

    /// How rows come, move and go.
    fn life(&mut self, object: &Object) {
        if let Some(states) = &object.states {
            self.line(1, format!("states: {}", states.field), &[]);
            for (from, targets) in &states.transitions {
                let targets: Vec<String> = targets.iter().map(|to| words::quoted(to)).collect();
                self.line(2, format!("{} → {}", words::quoted(from), targets.join(", ")), &[]);
            }
        }
        match &object.deletion {
            Some(Deletion::Hard) => self.line(1, "delete: for good".to_owned(), &[]),
            Some(Deletion::Soft(column)) => self.line(1, format!("delete: sets {column}"), &[]),
            None => {}
        }
    }

    fn facets(&mut self, persona: &Persona) {
        for facet in &persona.facets {
            self.line(2, format!("role {}", facet.role), &[]);
            for (table, rectangle) in &facet.reads {
                let masked =
                    rectangle.masked.iter().map(|(column, mask)| format!("{column} (masked: {})", mask.word()));
                let columns = rectangle.columns.iter().map(ToString::to_string).chain(masked).collect::<Vec<_>>();
                let columns = columns.join(", ");
                self.line(3, format!("{table} ({columns})"), &[]);
            }
        }
    }
}

fn route(route: &TenantRoute) -> String {
    match route {
        TenantRoute::Column { column, key } => format!("{column} holds its {key}"),
        TenantRoute::Via { via, object, path } => format!("that of {object}{} by {}", on(path), columns(via)),
        TenantRoute::Link { table, row, tenant, .. } => format!("{table} links {} to {tenant}", columns(row)),
        TenantRoute::From { object, columns: by, path } => {
            format!("that of any {object}{} by {}", on(path), columns(by))
        }
    }
}

fn on(path: &PathName) -> String {
    if path.is_unnamed() { String::new() } else { format!(" {path}") }
}

fn columns(columns: &[ColumnName]) -> String {
    columns.iter().map(ColumnName::as_str).collect::<Vec<_>>().join(", ")
}

impl Expanded {
    /// Puts the document of a portal under its first line, as its type and its own keys made it.
    #[must_use]
    pub fn with_document(mut self, sources: &SourceMap, written: &[WrittenLine]) -> Self {
        let line = |line: &WrittenLine| ExpandedLine {
            depth: line.depth + 2,
            text: line.text.clone(),
            sources: vec![Source::from(sources.location(line.span))],
        };
        if !written.is_empty() {
            let head = ExpandedLine { depth: 1, text: "document".to_owned(), sources: Vec::new() };
            let lines: Vec<ExpandedLine> = std::iter::once(head).chain(written.iter().map(line)).collect();
            let below = 1.min(self.lines.len());
            self.lines.splice(below..below, lines);
        }
        self
    }
}

/// Indented text, each line with its places behind `#`.
impl fmt::Display for Expanded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            write!(f, "{}{}", "  ".repeat(line.depth), one_line(&line.text))?;
            let places: Vec<String> =
                line.sources.iter().map(|source| format!("{}:{}", one_line(&source.file), source.line)).collect();
            let mark = if places.is_empty() { "" } else { "  # " };
            writeln!(f, "{mark}{}", places.join(", "))?;
        }
        Ok(())
    }
}
