//! From what was found and answered to the files of object documents.

use super::additions::Additions;
use super::answers::Answers;
use super::decide;
use super::document::{Parts, document};
use super::extend::{Extension, changes, extension};
use super::fields::fields;
use super::found::PassedOver;
use super::ledger::Ledger;
use super::outline::{Outline, can_be_written, unnameable};
use super::owners::owners;
use super::report::{ObjectReport, OtherSchema, Passed, Report, Status, TenantCandidate};
use super::route::tenant_candidates;
use super::ways::{absent, ways};
use super::yaml;
use crate::names::{ColumnName, TableName};
use crate::state::RelationKind;
use std::collections::{BTreeMap, BTreeSet};

/// What an import comes to. Nothing is written yet.
#[derive(Debug)]
pub struct Import {
    /// New files by their names in the folder of the objects.
    pub files: BTreeMap<String, String>,
    /// What is added to documents that are there.
    pub extensions: Vec<Extension>,
    /// What the project document gets, where there is one that takes it.
    pub additions: Additions,
    pub ledger: Ledger,
    pub report: Report,
}

/// The folder that is imported into.
#[derive(Debug, Clone)]
pub struct Target {
    /// As it is told of: `objects`.
    pub shown: String,
    /// Names of what is in it.
    pub taken: BTreeSet<String>,
}

/// `today` is the day from which acceptances are counted.
pub fn import(outline: &Outline<'_>, answers: &Answers, before: &Ledger, target: &Target, today: time::Date) -> Import {
    let mut import = Import {
        files: BTreeMap::new(),
        extensions: Vec::new(),
        additions: Additions::default(),
        ledger: before.after(outline.found, &outline.tenants),
        report: report(outline),
    };
    let mut taken = target.taken.clone();
    for table in outline.found.relations.keys() {
        let (mut told, text) = one(outline, answers, before, table);
        if let Some(extension) = extension(outline, answers, before, table, &mut told) {
            told.status = Status::Extended;
            import.extensions.push(extension);
        }
        if told.status == Status::Undecided {
            import.ledger.forget(table);
        }
        if let Some(text) = text {
            let file = free_file(&told.object, &mut taken);
            told.file = Some(format!("{}/{file}", target.shown));
            import.files.insert(file, text);
        }
        import.report.objects.push(told);
    }
    import.report.changed = changes(outline, before);
    import.report.decisions = decide::decisions(outline, answers, &import.report.objects, today);
    import.additions = Additions::of(outline, &import.report.decisions, before);
    import.ledger.propose(import.additions.people());
    import.report.added_to_project = import.additions.told();
    import
}

fn free_file(object: &str, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{object}-{number}.yaml"));
    let found = std::iter::once(format!("{object}.yaml")).chain(numbered).find(|name| !taken.contains(name));
    let found = found.unwrap_or_default();
    taken.insert(found.clone());
    found
}

fn one(outline: &Outline<'_>, answers: &Answers, before: &Ledger, table: &TableName) -> (ObjectReport, Option<String>) {
    let relation = &outline.found.relations[table];
    let key = outline.key(table, answers);
    let known = outline.settings.object_of(table);
    let mut told = ObjectReport {
        object: outline.names.get(table).map(ToString::to_string).unwrap_or_default(),
        table: table.to_string(),
        kind: word(relation.kind),
        status: Status::New,
        file: known.map(|known| known.file.clone()),
        key: key.clone().unwrap_or_default(),
        fields: known.map_or(0, |known| known.fields.len()),
        tenants: ways(outline, answers, table),
        owners: owners(outline, table),
        added: Vec::new(),
        guesses: Vec::new(),
        left_out: Vec::new(),
        hides_rows: relation.hides_rows,
        not_looked_into: not_looked_into(answers, relation.readable, table),
        unnameable: None,
        notes: Vec::new(),
    };
    if known.is_some() {
        told.status = Status::Known;
        return (told, None);
    }
    if before.has_table(table) {
        told.status = Status::LeftOut;
        return (told, None);
    }
    let is_written = |key: &Vec<ColumnName>| key.iter().all(|column| can_be_written(column.as_str()));
    told.unnameable = unnameable(table);
    let Some(key) = key.filter(|key| told.unnameable.is_none() && is_written(key)) else {
        told.status = Status::Undecided;
        return (told, None);
    };
    let fields = fields(outline, answers, table, |_| true, BTreeSet::new());
    if fields.lines.is_empty() {
        told.status = Status::Undecided;
        return (told, None);
    }
    told.notes = notes(outline, answers, table);
    told.notes.extend(absent(outline, answers, table).map(|kind| {
        format!("none of its rows leads to a tenant of kind `{kind}`, so no path of that kind was written")
    }));
    told.fields = fields.lines.len();
    told.guesses = fields.lines.iter().flat_map(|line| line.guesses.clone()).collect();
    told.left_out.clone_from(&fields.left_out);
    let key_is_guessed = outline.declared_key(table).is_none();
    let parts = Parts {
        table,
        relation,
        key: &key,
        key_is_guessed,
        ways: &told.tenants,
        owners: &told.owners,
        fields: &fields,
    };
    let text = document(outline, answers, &parts);
    (told, Some(text))
}

fn word(kind: RelationKind) -> &'static str {
    if kind == RelationKind::PartitionedTable { "partitioned table" } else { kind.word() }
}

fn not_looked_into(answers: &Answers, readable: bool, table: &TableName) -> Option<String> {
    if !readable {
        return Some("it may not be read by whoever imports".to_owned());
    }
    answers.unanswered.get(table).cloned()
}

/// Foreign keys that no field and no path can say.
fn notes(outline: &Outline<'_>, answers: &Answers, table: &TableName) -> Vec<String> {
    let relation = &outline.found.relations[table];
    let mut notes = Vec::new();
    for key in &relation.foreign_keys {
        let columns: Vec<String> = key.columns.iter().map(|column| yaml::remark(column.as_str())).collect();
        let (columns, target) = (columns.join(", "), yaml::remark(&key.references.to_string()));
        let target_key = outline.key(&key.references, answers);
        if !outline.names.contains_key(&key.references) {
            notes.push(format!("{columns} refers to {target}, which is not imported"));
        } else if key.columns.len() > 1 {
            notes.push(format!("{columns} refer to {target} together: no field is a reference of several columns"));
        } else if target_key.as_ref() != Some(&key.referenced) {
            notes.push(format!("{columns} refers to {target} by a column that is not its key"));
        }
        if !key.validated {
            notes.push(format!("the foreign key {columns} was never checked for rows that were there before it"));
        }
    }
    notes
}

fn report(outline: &Outline<'_>) -> Report {
    let found = outline.found;
    let candidates = if outline.tenants.is_empty() { tenant_candidates(found) } else { Vec::new() };
    let passed = found.passed_over.iter().map(|(table, why)| Passed {
        table: table.to_string(),
        why: match why {
            PassedOver::PartitionOf(parent) => format!("a partition of {parent}"),
            PassedOver::Extension(name) => format!("belongs to the extension {name}"),
            PassedOver::Managed => "portalctl made it".to_owned(),
        },
    });
    Report {
        database: found.database.clone(),
        tenant_candidates: candidates
            .into_iter()
            .map(|(table, reached_from)| TenantCandidate {
                object: outline.names.get(&table).map(ToString::to_string).unwrap_or_default(),
                table: table.to_string(),
                reached_from,
            })
            .collect(),
        passed_over: passed.collect(),
        other_schemas: found
            .elsewhere
            .iter()
            .map(|(schema, tables)| OtherSchema { schema: schema.to_string(), tables: *tables })
            .collect(),
        ..Report::default()
    }
}
