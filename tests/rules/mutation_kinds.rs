//! The slips of the hand: which tokens of a document decide who sees what, and what becomes of each.

use serde_yaml::{Mapping, Value};
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    ScopeWidened,
    WhereDropped,
    HasDropped,
    TierDropped,
    ValidityDropped,
    FieldsWidened,
    ClassRemoved,
    MaskRemoved,
    PresetDropped,
    DenyRemoved,
    FactorDropped,
    CeilingRaised,
    GroupDropped,
    ReachWidened,
    ExportRaised,
    OpenToAnyTenant,
    AuditDropped,
    HandingWidened,
    DelegationWidened,
    ExpiryDropped,
    ApprovalDropped,
    GuestMade,
    TenantRemoved,
}

/// One token changed, at one place of one document.
#[derive(Debug, Clone)]
pub struct Mutant {
    pub path: String,
    pub document: usize,
    pub kind: Kind,
    steps: Vec<Step>,
    /// `None`: the key goes.
    put: Option<Value>,
}

#[derive(Debug, Clone)]
enum Step {
    Key(String),
    Item(usize),
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: Vec<String> = self.steps.iter().map(Step::shown).collect();
        let put = self.put.as_ref().map(|value| serde_json::to_string(value).unwrap());
        let put = put.map_or("dropped".to_owned(), |put| format!("= {put}"));
        write!(f, "{:?}: {}#{} {} {put}", self.kind, self.path, self.document, steps.join("."))
    }
}

impl Step {
    fn shown(&self) -> String {
        match self {
            Self::Key(key) => key.clone(),
            Self::Item(at) => at.to_string(),
        }
    }
}

impl Mutant {
    pub fn apply(&self, document: &mut Value) {
        let (last, before) = self.steps.split_last().unwrap();
        let mut at = document;
        for step in before {
            at = match step {
                Step::Key(key) => at.get_mut(key.as_str()).unwrap(),
                Step::Item(item) => at.get_mut(*item).unwrap(),
            };
        }
        let (Step::Key(key), map) = (last, at.as_mapping_mut().unwrap()) else { unreachable!("keys are changed") };
        match &self.put {
            Some(value) => drop(map.insert(Value::from(key.as_str()), value.clone())),
            None => drop(map.remove(key.as_str()).unwrap()),
        }
    }
}

/// Every mutant of a file's documents.
pub fn mutants(path: &str, documents: &[Value]) -> Vec<Mutant> {
    let mut found = Vec::new();
    for (document, value) in documents.iter().enumerate() {
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default();
        if matches!(kind, "object" | "permission_set" | "portal" | "module" | "type") {
            let mut walk = Walk { path, document, kind, steps: Vec::new(), found: &mut found };
            walk.map(value.as_mapping().unwrap());
        }
    }
    found
}

struct Walk<'a> {
    path: &'a str,
    document: usize,
    /// Of the document.
    kind: &'a str,
    steps: Vec<Step>,
    found: &'a mut Vec<Mutant>,
}

impl Walk<'_> {
    fn map(&mut self, map: &Mapping) {
        for (key, value) in map {
            let Some(key) = key.as_str() else { continue };
            if matches!(key, "rows" | "navigation" | "checks" | "accept" | "answers") {
                continue;
            }
            self.steps.push(Step::Key(key.to_owned()));
            self.entry(key.trim_start_matches('+'), value);
            self.value(value);
            self.steps.pop();
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Mapping(map) => self.map(map),
            Value::Sequence(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.steps.push(Step::Item(at));
                    self.value(item);
                    self.steps.pop();
                }
            }
            _ => {}
        }
    }

    fn key(&self, above: usize) -> &str {
        let keys = self.steps.iter().rev().filter_map(|step| match step {
            Step::Key(key) => Some(key.trim_start_matches('+')),
            Step::Item(_) => None,
        });
        keys.into_iter().nth(above).unwrap_or_default()
    }

    /// Whether this is the key of something under `key`, that many keys above.
    fn is_under(&self, key: &str) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Key(one) if one.trim_start_matches('+') == key))
    }

    fn entry(&mut self, key: &str, value: &Value) {
        let in_grant = self.is_under("grants") && self.key(0) == key && self.key(1) != "grants";
        match key {
            "scope" if in_grant => self.scope(value),
            "where" if in_grant => self.goes(Kind::WhereDropped),
            "has" if in_grant => self.goes(Kind::HasDropped),
            "min_tier" if in_grant => self.goes(Kind::TierDropped),
            "valid_from" | "valid_until" if in_grant => self.goes(Kind::ValidityDropped),
            "preset" if in_grant => self.goes(Kind::PresetDropped),
            "needs" if in_grant => self.goes(Kind::FactorDropped),
            "expires" if in_grant => self.goes(Kind::ExpiryDropped),
            "fields" if in_grant && self.key(1) == "read" => self.goes(Kind::FieldsWidened),
            "export" if in_grant => self.becomes(Kind::ExportRaised, Value::from(1_000_000)),
            "to" if in_grant && value.as_str() == Some("tenant_member") => {
                self.becomes(Kind::HandingWidened, Value::from("staff"));
            }
            "class" if self.key(2) == "fields" && !matches!(value.as_str(), Some("public" | "business")) => {
                self.goes(Kind::ClassRemoved);
            }
            "mask" if self.key(2) == "fields" => self.goes(Kind::MaskRemoved),
            "deny" | "restrict" if self.steps.len() == 1 => self.goes(Kind::DenyRemoved),
            "max_scope" if self.kind == "object" => self.goes(Kind::CeilingRaised),
            "min_group" if self.kind == "object" => self.goes(Kind::GroupDropped),
            "tenant" | "tenants" if self.kind == "object" && self.steps.len() == 1 => self.goes(Kind::TenantRemoved),
            "audit" if self.kind == "object" => {
                self.becomes(Kind::AuditDropped, Mapping::from_iter([("writes".into(), false.into())]).into());
            }
            "approval" if value.as_str() == Some("required") => {
                self.becomes(Kind::ApprovalDropped, Value::from("none"));
            }
            "tenants" if value.as_str() == Some("assigned") => self.becomes(Kind::ReachWidened, Value::from("all")),
            "tenant_kind" if self.key(2) == "audiences" => self.goes(Kind::OpenToAnyTenant),
            "may_grant" => self.delegation(value),
            _ if self.key(1) == "audiences" && value.is_mapping() => self.guest(),
            _ => {}
        }
    }

    fn scope(&mut self, value: &Value) {
        let wider = match value.as_str() {
            Some("none" | "own" | "reports" | "shared" | "assigned" | "parent") => "tenant",
            Some("tenant" | "tenant_tree") => "public",
            _ => return,
        };
        self.becomes(Kind::ScopeWidened, Value::from(wider));
    }

    /// Whoever may bring people in may bring in their like.
    fn delegation(&mut self, value: &Value) {
        let own = Value::from(self.key(2));
        let mut named = value.as_sequence().cloned().unwrap_or_default();
        if !named.contains(&own) {
            named.push(own);
            self.becomes(Kind::DelegationWidened, Value::from(named));
        }
    }

    fn guest(&mut self) {
        self.steps.push(Step::Key("who".to_owned()));
        self.becomes(Kind::GuestMade, Value::from("guest"));
        self.steps.pop();
    }

    fn goes(&mut self, kind: Kind) {
        self.push(kind, None);
    }

    fn becomes(&mut self, kind: Kind, value: Value) {
        self.push(kind, Some(value));
    }

    fn push(&mut self, kind: Kind, put: Option<Value>) {
        let (path, steps) = (self.path.to_owned(), self.steps.clone());
        self.found.push(Mutant { path, document: self.document, kind, steps, put });
    }
}
