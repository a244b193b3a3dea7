//! Sound projects with one token of theirs changed, as a slip of the hand would change it: what do the checks say?
//!
//! Each mutant is found by a check that said nothing before, or it changes what a comparison of the two access models
//! shows and is of a kind that nothing but such a comparison can tell: for those, [`told_by_comparison`] gives the reason.
//! A mutant that is neither is a hole in the checks.
//!
//! `PORTALCTL_MUTANTS` says how many (60 where unset), `PORTALCTL_SEED` which.

use crate::mutation_kinds::{Kind, Mutant, mutants};
use crate::mutation_yaml::{documents, written};
use crate::root;
use portalctl::adapters::files::project_files;
use portalctl::analysis::matrix;
use portalctl::catalog;
use portalctl::check::run;
use portalctl::diagnostic::{Finding, Severity};
use portalctl::model::{AccessModel, Who, resolve};
use portalctl::spec::{Catalogue, RawContent, RawFile, read_with};
use serde_yaml::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use time::macros::date;

/// A project whose documents can be exchanged, those of the catalogue that it adopts as well.
#[derive(Clone)]
struct Subject {
    name: String,
    /// By path; a module or type of the catalogue as `modules/<name>`, `types/<name>`.
    documents: BTreeMap<String, Vec<Value>>,
    /// What is no YAML.
    others: Vec<RawFile>,
    /// Whether it is there for a type of the catalogue.
    is_type: bool,
}

/// What is found in a project, and what it grants.
struct Judged {
    /// Those that fail a strict run.
    findings: BTreeSet<(&'static str, String)>,
    /// What it has of the catalogue: `modules/orders`.
    adopted: BTreeSet<String>,
    granted: Option<BTreeMap<String, Who>>,
}

impl Subject {
    fn example(name: &str) -> Self {
        let mut subject =
            Self { name: name.to_owned(), documents: BTreeMap::new(), others: Vec::new(), is_type: false };
        for file in project_files(&root().join("examples").join(name)).unwrap() {
            match &file.content {
                RawContent::Bytes(bytes) if file.path.ends_with(".yaml") => {
                    let text = std::str::from_utf8(bytes).unwrap();
                    subject.documents.insert(file.path.clone(), documents(text));
                }
                _ => subject.others.push(file),
            }
        }
        subject.adopt();
        subject
    }

    /// A portal of the type with everything that the type offers, and nothing of its own.
    fn of_type(of: &str, text: &str) -> Self {
        let [head] = &documents(text)[..1] else { unreachable!("a type has a document") };
        let offers = head.get("offers").and_then(Value::as_sequence).cloned().unwrap_or_default();
        let offers: Vec<&str> = offers.iter().filter_map(Value::as_str).collect();
        let people = "people: [{from_table: hr.people, keys: {user: id}, email: email, reports_to: boss, audience: work/employee}]\n";
        let (name, people) = if of == "employee" { ("work", people) } else { ("shop", "") };
        let project = format!(
            "version: 1\nkind: project\nname: business\ntiers: [basic, silver, gold]\n{people}---\nkind: portal\nname: {name}\ntype: {of}\n+modules: [{}]\n",
            offers.join(", ")
        );
        let own = BTreeMap::from([("portalctl.yaml".to_owned(), documents(&project))]);
        let mut subject = Self { name: format!("type {of}"), documents: own, others: Vec::new(), is_type: true };
        subject.adopt();
        subject
    }

    fn adopt(&mut self) {
        let texts = catalog::modules().map(|it| ("modules", it)).chain(catalog::types().map(|it| ("types", it)));
        for (folder, (name, text)) in texts {
            self.documents.insert(format!("{folder}/{name}"), documents(text));
        }
    }

    fn judge(&self, of_catalogue: &BTreeSet<String>) -> Judged {
        let text_of = &|path: &str| written(&self.documents[path]);
        let part = |folder: &'static str, names: Vec<(&'static str, &'static str)>| {
            let one = move |(name, whole): (&'static str, &'static str)| {
                let path = format!("{folder}/{name}");
                // Written anew only where it is changed: the others are as they come.
                (name, if of_catalogue.contains(&path) { text_of(&path) } else { whole.to_owned() })
            };
            names.into_iter().map(one).collect::<Vec<_>>()
        };
        let catalogue =
            Catalogue::new(part("modules", catalog::modules().collect()), part("types", catalog::types().collect()));
        let is_own = |path: &&String| path.ends_with(".yaml");
        let own = self
            .documents
            .keys()
            .filter(is_own)
            .map(|path| RawFile { path: path.clone(), content: RawContent::Bytes(text_of(path).into_bytes()) });
        let (set, mut findings) = read_with(own.chain(self.others.iter().cloned()).collect(), &catalogue);
        let (model, more) = resolve(&set);
        findings.extend(more);
        if let Some(model) = &model {
            findings.extend(run(model, Vec::new(), date!(2026 - 06 - 15)));
        }
        let strict = findings.iter().filter(|finding| finding.severity <= Severity::Warn);
        let told = |finding: &Finding| (finding.id, finding.message.clone());
        let files =
            set.sources.files().filter_map(|(_, file)| file.path.strip_prefix("catalogue: ")?.strip_suffix(".yaml"));
        let adopted = files.map(str::to_owned).collect();
        Judged { findings: strict.map(told).collect(), adopted, granted: model.as_ref().map(granted) }
    }
}

/// Every grant as the access matrix says it, without the lines, and everything else that decides who sees what.
fn granted(model: &AccessModel) -> BTreeMap<String, Who> {
    let mut all = BTreeMap::new();
    for entry in matrix(model).entries {
        let who = model.personas[&entry.persona].who;
        let mut line = format!("{} {} {}", entry.persona, entry.action, entry.object);
        let rows = (entry.scope, &entry.path, &entry.filter, entry.mfa);
        let _ = write!(line, " {rows:?} {:?} {:?} {:?}", entry.fields, entry.masked, entry.effect);
        all.insert(line, who);
    }
    for persona in model.personas.values() {
        let line = format!(
            "{} is {:?} {:?} {:?} {:?} {:?}",
            persona.name,
            persona.who,
            persona.tenant_kind,
            persona.tenants,
            persona.rate_limit,
            persona.delegation.as_ref().map(|held| held.may_grant.keys().cloned().collect::<Vec<_>>()),
        );
        all.insert(line, persona.who);
    }
    for object in model.objects.values() {
        let classes = object.fields.values().map(|field| format!("{}: {:?}", field.name, field.class));
        let ceiling = [object.max_scope.external, object.max_scope.internal].map(|one| one.map(|(scope, _)| scope));
        let group = object.min_group.as_ref().map(|group| group.least);
        let line = format!("{} {:?} {ceiling:?} {group:?}", object.name, classes.collect::<Vec<_>>());
        all.insert(format!("{line} {:?} {:?}", object.audit_writes, object.deletion), Who::Internal);
    }
    for portal in model.portals.values() {
        let registration = portal.registration.as_ref().map(|it| (it.approval, &it.limit, &it.audience));
        all.insert(format!("{} {registration:?}", portal.name), Who::Guest);
    }
    all
}

/// Why no check can tell a mutant of this kind from what somebody meant, so that it takes the former version beside it;
/// `None`: a check has to find it.
fn told_by_comparison(kind: Kind, reached: &[Who]) -> Option<&'static str> {
    let staff_alone = !reached.contains(&Who::External) && !reached.contains(&Who::Guest);
    match kind {
        _ if staff_alone => Some("staff may be granted every row and field: how much less was meant, no document says"),
        Kind::ScopeWidened => Some("inside the tenant each of the scopes is what somebody may mean"),
        Kind::WhereDropped => Some("inside the tenant, which of its rows were meant is known to the author alone"),
        Kind::HasDropped => Some("as `where`: inside the tenant, every row may be meant"),
        Kind::TierDropped => Some("a row for all tiers is as good as one for some: the tier is what is sold"),
        Kind::ValidityDropped => Some("rows without an end are the usual ones"),
        Kind::FieldsWidened => Some("fields of an ordinary class are for whoever is granted the row"),
        Kind::ClassRemoved => Some("a field without a class is an ordinary one, and most are"),
        Kind::MaskRemoved => Some("which of the ordinary fields is shown in part is known to the author alone"),
        Kind::PresetDropped => {
            Some("what a new or moved row begins with, beside its tenant and owner, is the business's")
        }
        Kind::DenyRemoved => Some("what is left are grants, and each of them is sound"),
        Kind::FactorDropped => Some("nothing in the language says which deeds ask for a second factor"),
        Kind::CeilingRaised => Some("a ceiling gives nothing, and none of the grants was over it"),
        Kind::GroupDropped => Some("whether rows stand for people is known to the author alone"),
        Kind::ReachWidened => Some("staff for every tenant are the usual ones"),
        Kind::ExportRaised => Some("how many rows are many is known to the author alone"),
        Kind::OpenToAnyTenant => Some("an audience for tenants of any kind is as good as one for a single kind"),
        Kind::AuditDropped => Some("that changes are not recorded is a decision that the project may make"),
        Kind::HandingWidened | Kind::DelegationWidened => Some("who stands above whom in a tenant, no document says"),
        Kind::ApprovalDropped | Kind::GuestMade | Kind::TenantRemoved | Kind::ExpiryDropped => None,
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("`{name}` is a number")))
}

/// So many of each kind as there are, turn by turn, so that no kind is crowded out by another.
fn chosen(all: Vec<(usize, Mutant)>, count: usize, seed: u64) -> Vec<(usize, Mutant)> {
    let mut kinds: BTreeMap<Kind, Vec<(usize, Mutant)>> = BTreeMap::new();
    all.into_iter().for_each(|one| kinds.entry(one.1.kind).or_default().push(one));
    for of_kind in kinds.values_mut() {
        // In an order that the seed decides, and nothing else.
        of_kind.sort_by_cached_key(|(subject, mutant)| {
            *blake3::hash(format!("{seed} {subject} {mutant:?}").as_bytes()).as_bytes()
        });
    }
    let mut chosen = Vec::new();
    while chosen.len() < count && kinds.values().any(|of_kind| !of_kind.is_empty()) {
        chosen.extend(kinds.values_mut().filter_map(Vec::pop));
    }
    chosen.truncate(count);
    chosen
}

enum Outcome {
    Found(BTreeSet<&'static str>),
    Comparison(&'static str),
    /// Nothing is granted that was not, and nothing kept back.
    Same,
    Hole(String),
}

fn outcome(subject: &Subject, mutant: &Mutant, before: &Judged) -> Outcome {
    let mut changed = subject.clone();
    let documents = changed.documents.get_mut(&mutant.path).unwrap();
    mutant.apply(&mut documents[mutant.document]);
    let of_catalogue =
        if mutant.path.ends_with(".yaml") { BTreeSet::new() } else { BTreeSet::from([mutant.path.clone()]) };
    let after = changed.judge(&of_catalogue);
    let new: BTreeSet<&'static str> = after.findings.difference(&before.findings).map(|(id, _)| *id).collect();
    if !new.is_empty() {
        return Outcome::Found(new);
    }
    let (Some(was), Some(is)) = (&before.granted, &after.granted) else {
        return Outcome::Hole("no model, and nobody says why".to_owned());
    };
    let differ = |one: &BTreeMap<String, Who>, other: &BTreeMap<String, Who>| {
        let lines = one.iter().filter(|(line, _)| !other.contains_key(*line));
        lines.map(|(line, who)| (line.clone(), *who)).collect::<Vec<_>>()
    };
    let lines = [differ(was, is), differ(is, was)].concat();
    if lines.is_empty() {
        return Outcome::Same;
    }
    let reached: Vec<Who> = lines.iter().map(|(_, who)| *who).collect();
    match told_by_comparison(mutant.kind, &reached).filter(|_| !reached.contains(&Who::Guest)) {
        Some(reason) => Outcome::Comparison(reason),
        None => Outcome::Hole(lines.iter().map(|(line, _)| format!("      {line}\n")).collect()),
    }
}

/// The examples, and of each type a portal with all that it offers.
fn subjects() -> Vec<Subject> {
    let examples = catalog::examples().map(|example| example.name).filter(|name| *name != "acme");
    let examples = std::iter::once("acme").chain(examples).map(Subject::example);
    examples.chain(catalog::types().map(|(of, text)| Subject::of_type(of, text))).collect()
}

#[test]
fn nothing_is_found_in_an_example_or_in_a_type_with_all_that_it_offers() {
    for subject in subjects() {
        let mut judged = subject.judge(&BTreeSet::new());
        // Whoever takes everything that is offered has to choose what stands in the menu.
        judged.findings.retain(|(id, _)| !(subject.is_type && *id == "navigation-too-long"));
        assert!(judged.findings.is_empty(), "{}: {:#?}", subject.name, judged.findings);
    }
}

/// A slip of the hand in a sound project is found by a check, or is of a kind that takes a comparison.
#[test]
fn a_slip_is_found_or_is_one_that_takes_the_former_version_beside_it() {
    let subjects = subjects();
    let before: Vec<Judged> = subjects.iter().map(|subject| subject.judge(&BTreeSet::new())).collect();
    for (subject, judged) in subjects.iter().zip(&before) {
        assert!(judged.granted.is_some(), "{}: {:?}", subject.name, judged.findings);
    }
    let all = subjects.iter().zip(&before).enumerate().flat_map(|(at, (subject, before))| {
        // Of the catalogue, in the projects that are made for it.
        let is_meant = |path: &str| path.ends_with(".yaml") || (subject.is_type && before.adopted.contains(path));
        let files = subject.documents.iter().filter(|(path, _)| is_meant(path));
        let each = files.flat_map(|(path, documents)| mutants(path, documents));
        each.map(move |mutant| (at, mutant)).collect::<Vec<_>>()
    });
    let count = usize::try_from(number("PORTALCTL_MUTANTS", 60)).unwrap();
    let chosen = chosen(all.collect(), count, number("PORTALCTL_SEED", 1));
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let outcomes: Vec<(usize, &Mutant, Outcome)> = std::thread::scope(|scope| {
        let parts = chosen.chunks(chosen.len().div_ceil(threads));
        let workers: Vec<_> = parts
            .map(|part| {
                let judge = |(at, mutant): &'_ (usize, Mutant)| outcome(&subjects[*at], mutant, &before[*at]);
                scope.spawn(move || part.iter().map(|one| (one.0, &one.1, judge(one))).collect::<Vec<_>>())
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    report(&subjects, &outcomes);
}

/// A table of the kinds; fails where there is a hole.
fn report(subjects: &[Subject], outcomes: &[(usize, &Mutant, Outcome)]) {
    let mut table: BTreeMap<Kind, [usize; 4]> = BTreeMap::new();
    let mut holes = String::new();
    for (at, mutant, outcome) in outcomes {
        let column = match outcome {
            Outcome::Found(_) => 0,
            Outcome::Comparison(_) => 1,
            Outcome::Same => 2,
            Outcome::Hole(_) => 3,
        };
        table.entry(mutant.kind).or_default()[column] += 1;
        if let Outcome::Hole(lines) = outcome {
            let _ = write!(holes, "  {} · {mutant}\n{lines}", subjects[*at].name);
        }
        if std::env::var_os("PORTALCTL_MUTANTS_SHOWN").is_some() {
            let shown = match outcome {
                Outcome::Found(ids) => format!("found: {ids:?}"),
                Outcome::Comparison(reason) => format!("comparison: {reason}"),
                Outcome::Same => "the same".to_owned(),
                Outcome::Hole(_) => "HOLE".to_owned(),
            };
            println!("{} · {mutant} → {shown}", subjects[*at].name);
        }
    }
    println!("{:<22} {:>8} {:>11} {:>9} {:>6}", "kind", "by check", "comparison", "no effect", "hole");
    for (kind, [found, compared, same, hole]) in &table {
        println!("{:<22} {found:>8} {compared:>11} {same:>9} {hole:>6}", format!("{kind:?}"));
    }
    let found: usize = table.values().map(|counts| counts[0]).sum();
    assert!(found * 5 >= outcomes.len(), "only {found} of {} were found by a check", outcomes.len());
    assert!(holes.is_empty(), "nobody finds these, and there is no reason why nobody could:\n{holes}");
}
