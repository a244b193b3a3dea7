//! The plan: what would be done, to which database, and what it was computed from.

use super::access::{AccessChange, access_changes};
use super::cause::Causes;
use super::diff::{Refusal, before, diff};
use super::lapse::{LAPSES_AT, Lapse};
use super::persona_names::PersonaNames;
use super::since::Former;
use super::sql::{self, Context};
use super::{Administrator, Change, ChangeKind, Hazard, MakeChange, Phase, Touched};
use crate::model::AccessModel;
use crate::names::{ColumnName, TableName};
use crate::state::{DatabaseState, Function};
use std::collections::{BTreeMap, BTreeSet};

/// Which database, told apart from a copy of the same name elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Target {
    pub system_identifier: String,
    pub database: String,
    /// As `server_version_num`.
    pub server_version: u32,
}

/// Why an earlier plan is not what would be done now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StalePlan {
    #[error("the plan was made for the database `{planned}` on another server or under another name, not for `{here}`")]
    Target { planned: String, here: String },
    #[error("the documents have changed since the plan was made")]
    Spec,
    #[error("the database has changed since the plan was made")]
    Live,
    #[error(
        "the plan does not say what would be done: it was edited, or made by another portalctl or for another administrator"
    )]
    Changes,
}

impl Target {
    pub(super) fn agrees(&self, now: &Self) -> Result<(), StalePlan> {
        let same = self.system_identifier == now.system_identifier && self.database == now.database;
        let stale = || StalePlan::Target { planned: self.database.clone(), here: now.database.clone() };
        if same { Ok(()) } else { Err(stale()) }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub spec_hash: String,
    /// blake3 of the part of the live state that the plan was computed from, hex.
    pub live_hash: String,
    pub target: Target,
    pub administrator: Administrator,
    pub changes: Vec<Change>,
    /// By what the two states hold, documents apart.
    pub access: Vec<AccessChange>,
    /// By what the documents say, and said before.
    pub former: Former,
    /// As what the text shows roles.
    pub names: PersonaNames,
    /// What is ours, stays, and is named by no document any more.
    pub kept: BTreeSet<String>,
    /// Of what no document names any more, what is new beside it and has the same type: it may be the same.
    pub renamed: BTreeMap<String, String>,
    /// What somebody asked to have dropped, by name.
    pub destroyed: BTreeSet<String>,
    /// Whom a `lifecycle` takes access from as soon as it is applied, by `portal/audience`.
    pub lapses: BTreeMap<String, Lapse>,
    /// Whether the control schema is not there yet.
    pub first: bool,
}

impl Plan {
    /// Compares `live` with `desired`, whose policies are in PostgreSQL's own form.
    ///
    /// # Errors
    /// What stands in the way.
    pub fn new(
        model: &AccessModel,
        live: &DatabaseState,
        desired: &DatabaseState,
        administrator: Administrator,
    ) -> Result<Self, Vec<Refusal>> {
        let marker = Touched::of(model).marker(&live.server.database);
        let mut changes = diff(live, desired, &marker)?;
        let mut causes = Causes::of(model);
        for change in &mut changes {
            change.cause = causes.of_change(&change.kind);
        }
        Ok(Self {
            spec_hash: model.spec_hash.clone(),
            live_hash: live_hash(live, &marker),
            target: Target {
                system_identifier: live.server.system_identifier.clone(),
                database: live.server.database.clone(),
                server_version: live.server.version,
            },
            administrator,
            access: access_changes(&before(live, desired), desired, &marker, &mut causes),
            changes,
            former: Former::None,
            names: PersonaNames::of(model),
            kept: BTreeSet::new(),
            renamed: BTreeMap::new(),
            destroyed: BTreeSet::new(),
            lapses: BTreeMap::new(),
            first: live.control_version == 0,
        })
    }

    /// Tells access by the documents, where those that were applied are known.
    pub fn tell(&mut self, former: Former) {
        if let Former::Known(since) = &former {
            since.refine(&mut self.changes);
        }
        self.former = former;
    }

    /// What was applied last, as it is printed.
    pub(super) fn since(&self) -> serde_json::Value {
        match &self.former {
            Former::Known(since) => serde_json::json!(since.state),
            _ => serde_json::Value::Null,
        }
    }

    /// Whether the documents are to be kept as those that were applied, though nothing else is to be done.
    pub fn is_other_state(&self) -> bool {
        match &self.former {
            Former::None => false,
            Former::Unknown(_) => true,
            Former::Known(since) => since.is_other,
        }
    }

    pub fn context<'a>(&'a self, model: &'a AccessModel) -> Context<'a> {
        Context {
            project: &model.project,
            administrator: &self.administrator,
            server_version: self.target.server_version,
            database: &self.target.database,
        }
    }

    /// What is run, phase by phase.
    pub fn statements(&self, model: &AccessModel) -> Vec<(Phase, Vec<sql::Statement>)> {
        sql::phases(&self.changes, self.context(model))
    }

    /// Hazards with what they are about, in order.
    pub fn hazards(&self) -> BTreeMap<&Hazard, BTreeSet<String>> {
        let mut hazards: BTreeMap<&Hazard, BTreeSet<String>> = BTreeMap::new();
        for change in &self.changes {
            for hazard in &change.hazards {
                hazards.entry(hazard).or_default().insert(change.kind.subject());
            }
        }
        hazards
    }

    /// Tables that are there and are locked against readers, by the names that they have now.
    pub fn locked(&self) -> BTreeSet<TableName> {
        let mut tables: BTreeSet<TableName> = BTreeSet::new();
        for change in self.changes.iter().filter(|change| change.hazards.contains(&Hazard::LocksTable)) {
            tables.extend(change.kind.locks().cloned());
        }
        for change in &self.changes {
            if let ChangeKind::Make { change: MakeChange::RenameTable { from, to, .. }, .. } = &change.kind {
                tables.remove(to);
                tables.insert(from.clone());
            }
        }
        tables
    }

    /// Notes what of `gone`, columns that no document names any more, may only be called otherwise now: where one column
    /// of that type goes and one comes.
    pub fn guess_renames(&mut self, live: &DatabaseState, gone: &BTreeSet<String>) {
        let mut added: BTreeMap<(&TableName, &str), Vec<&ColumnName>> = BTreeMap::new();
        for change in &self.changes {
            if let ChangeKind::Make { change: MakeChange::AddColumn { table, column, .. }, .. } = &change.kind {
                added.entry((table, column.display_type.as_str())).or_default().push(&column.name);
            }
        }
        let mut guesses = BTreeMap::new();
        for (table, relation) in &live.relations {
            let prefix = format!("{table}.");
            let mine = gone.iter().filter_map(|name| Some((name, name.strip_prefix(&prefix)?)));
            let mine: Vec<(&String, &str)> = mine
                .filter_map(|(name, column)| {
                    Some((name, &*relation.columns.get(&ColumnName::new(column))?.display_type))
                })
                .collect();
            for (name, display_type) in &mine {
                let alone = mine.iter().filter(|(_, other)| other == display_type).count() == 1;
                if let (true, Some([new])) = (alone, added.get(&(table, *display_type)).map(Vec::as_slice)) {
                    guesses.insert((*name).clone(), new.to_string());
                }
            }
        }
        self.renamed = guesses;
    }

    /// The function of this plan by which people lapse, where it is another than it was.
    pub fn lapse_function(&self) -> Option<&Function> {
        self.changes.iter().find_map(|change| match &change.kind {
            ChangeKind::CreateFunction { name, function, .. } if name.name == LAPSES_AT => Some(function),
            _ => None,
        })
    }

    /// Notes whom the plan takes access from at once.
    pub fn lapsing(&mut self, lapses: BTreeMap<String, Lapse>) {
        let by = |change: &&mut Change| matches!(&change.kind, ChangeKind::CreateFunction { name, .. } if name.name == LAPSES_AT);
        if let Some(change) = self.changes.iter_mut().find(by) {
            change.hazards.extend(lapses.keys().cloned().map(Hazard::Lapses));
            change.hazards.sort();
        }
        self.lapses = lapses;
    }

    /// What was allowed and is nothing that this plan does: a slip, or done already.
    pub fn allowed_in_vain<'h>(&self, allowed: &'h BTreeSet<Hazard>) -> Vec<&'h Hazard> {
        let hazards = self.hazards();
        allowed.iter().filter(|hazard| !hazards.contains_key(hazard)).collect()
    }

    /// Everything that can be allowed by name, as it is written.
    pub fn allowable(&self) -> BTreeSet<String> {
        let hazards = self.hazards().into_keys().filter(|hazard| hazard.needs_its_name()).map(ToString::to_string);
        let kept = self.kept.iter().map(|name| Hazard::DestroysData(name.clone()).to_string());
        hazards.chain(kept).collect()
    }

    /// Those that were not allowed by name.
    pub fn not_allowed(&self, allowed: &BTreeSet<Hazard>) -> Vec<&Hazard> {
        let hazards = self.hazards().into_keys();
        hazards.filter(|hazard| hazard.needs_its_name() && !allowed.contains(hazard)).collect()
    }

    /// Whether `now`, computed later, is this plan.
    ///
    /// # Errors
    /// The first reason why it is not.
    pub fn agrees(&self, now: &Self, model: &AccessModel) -> Result<(), StalePlan> {
        self.target.agrees(&now.target)?;
        if self.spec_hash != now.spec_hash {
            Err(StalePlan::Spec)
        } else if self.live_hash != now.live_hash {
            Err(StalePlan::Live)
        } else if self.statements(model) != now.statements(model) {
            Err(StalePlan::Changes)
        } else {
            Ok(())
        }
    }

    /// One object, as `plan --format json` prints and `plan --out` saves it.
    pub fn to_json(&self, model: &AccessModel) -> serde_json::Value {
        let context = self.context(model);
        let changes: Vec<serde_json::Value> = self
            .changes
            .iter()
            .map(|change| {
                let cause = change.cause.as_ref();
                serde_json::json!({
                    "phase": change.phase().name(),
                    "kind": change.kind.name(),
                    "subject": change.kind.subject(),
                    "hazards": change.hazards.iter().map(ToString::to_string).collect::<Vec<_>>(),
                    "cause": cause.map(|cause| serde_json::json!({"file": cause.file, "line": cause.line})),
                    "sql": sql::texts(&sql::statements(&change.kind, context)),
                })
            })
            .collect();
        let mut whole = serde_json::json!({
            "spec_hash": self.spec_hash,
            "live_hash": self.live_hash,
            "target": self.target,
            "changes": changes,
            "access": self.access,
            "since": self.since(),
            "kept": self.kept,
            "destroyed": self.destroyed,
            "lapses": self.lapses,
        });
        match &self.former {
            Former::None => {}
            Former::Unknown(why) => whole["since_unknown"] = serde_json::json!(why),
            Former::Known(since) => {
                whole["access"] = serde_json::json!(since.found.changes);
                whole["summary"] = serde_json::json!(since.found.summary());
                match &since.drift {
                    Ok(drift) => whole["drift"] = serde_json::json!(drift),
                    Err(why) => whole["drift_unknown"] = serde_json::json!(why),
                }
            }
        }
        whole
    }

    /// Everything that `apply` runs, as a script for `psql -1 -f`.
    pub fn to_sql(&self, model: &AccessModel) -> String {
        let mut script = String::from("-- Run in one transaction: psql -1 -v ON_ERROR_STOP=1 -f this\n");
        script.push_str(sql::SETTINGS);
        for (phase, statements) in self.statements(model) {
            script.push_str("\n-- ");
            script.push_str(&phase.to_string());
            script.push('\n');
            script.push_str(&sql::script(&statements));
        }
        if !self.changes.is_empty() {
            let receipt = sql::receipt(&model.project, &self.spec_hash, &self.live_hash, self.changes.len());
            script.push_str("\n-- receipt; the documents are kept by `portalctl apply` alone\n");
            script.push_str(&sql::script(&[receipt]));
        }
        script
    }
}

/// Roles of other projects come and go on a shared server and are nothing to this plan, unless they
/// can use its tables; so do those who may connect. Indexes change no access, nor
/// does how many rows there are.
fn live_hash(live: &DatabaseState, marker: &crate::state::Marker) -> String {
    let concerned: BTreeSet<_> = live.relations.values().flat_map(|relation| &relation.privileged_roles).collect();
    let mut part = live.clone();
    part.applied_spec = None;
    part.default_privileges.clear();
    part.roles.retain(|name, role| role.marker.as_ref() == Some(marker) || concerned.contains(name));
    let ours = |role: &_| live.roles.get(role).is_some_and(|role| role.marker.as_ref() == Some(marker));
    part.acl.clear(|role| !ours(role));
    for relation in part.relations.values_mut() {
        relation.indexes.clear();
        relation.unique.clear();
        relation.rows = 0;
    }
    let mut hasher = blake3::Hasher::new();
    // Names and texts are all there is in a state: writing them cannot fail.
    if serde_json::to_writer(&mut hasher, &part).is_err() {
        return String::new();
    }
    hasher.finalize().to_hex().to_string()
}
