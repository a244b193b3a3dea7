//! What is noted of every row that portal users change: who, through which portal, what it was and what it is.

use super::compiler::Compiler;
use super::outbox::OUTBOX;
use super::writes::{ByRole, Held};
use crate::model::{AccessModel, Deletion, FieldClass, Object, Write};
use crate::names::{ColumnName, ProjectName, TenantKind, fitting};
use crate::state::{Event, FunctionName, Relation, Timing};
use std::collections::{BTreeMap, BTreeSet};

/// A note of changes: the end of the triggers' names, the function that writes it, and what it is told of an object.
pub(super) struct Note {
    pub(super) name: &'static str,
    pub(super) function: &'static str,
    /// The arguments after the object's name and its key; `None`: changes of the object are not noted.
    pub(super) arguments: fn(&AccessModel, &Object) -> Option<Vec<String>>,
}

const AUDIT: Note = Note { name: "audit", function: "audit_write", arguments: audited };

impl<'a> Compiler<'a> {
    /// What happens on `relation` after a row of it was written: it is noted, handed on, and counted.
    pub(super) fn notes(&self, relation: &mut Relation, roles: &ByRole<'a>) {
        self.note(&AUDIT, relation, roles);
        self.note(&OUTBOX, relation, roles);
        self.limit_guests(relation, roles);
    }

    /// Puts one trigger for each object that is written on `relation`.
    fn note(&self, note: &Note, relation: &mut Relation, roles: &ByRole<'a>) {
        let written = roles.values().flatten().filter(|one| one.grant.write.changes_rows());
        let objects: BTreeMap<&str, &'a Object> = written.map(|one| (one.object.name.as_str(), one.object)).collect();
        for (name, object) in objects {
            let Some(further) = (note.arguments)(self.model, object) else { continue };
            let key: Vec<&str> = object.key.iter().map(ColumnName::as_str).collect();
            let arguments = [object.name.to_string(), serde_json::json!(key).to_string()];
            let function = FunctionName {
                schema: self.model.project.control_schema.clone(),
                name: note.function.to_owned(),
                argument_types: String::new(),
            };
            let events = [Event::Insert, Event::Update, Event::Delete];
            let arguments = arguments.into_iter().chain(further).collect();
            // Soft deletion is the operator's doing, on somebody's behalf.
            let also = Some(&self.roles.operator);
            let trigger = self.trigger(Timing::After, events, function, arguments, also);
            let name = format!("{}__{}_{name}", self.model.project.name, note.name);
            relation.triggers.insert(fitting(&name, ""), trigger);
        }
    }

    /// Counts what guests put on `relation`, where what they may is bounded.
    fn limit_guests(&self, relation: &mut Relation, roles: &ByRole<'a>) {
        let bounded = |one: &Held<'a>| matches!(one.grant.write, Write::Create(_)) && one.persona.rate_limit.is_some();
        if !roles.values().flatten().any(bounded) {
            return;
        }
        let function = FunctionName {
            schema: self.model.project.control_schema.clone(),
            name: "limit_write".to_owned(),
            argument_types: String::new(),
        };
        let trigger = self.trigger(Timing::After, [Event::Insert], function, Vec::new(), None);
        relation.triggers.insert(guest_limit(&self.model.project.name), trigger);
    }
}

/// What the trigger is called that bounds what guests put on a table.
pub fn guest_limit(project: &ProjectName) -> String {
    fitting(&format!("{project}__limit"), "")
}

/// As `audit_write` takes them. What no document names is not written down, nor what any object on the table calls
/// secret; what says which row it is and whose always is.
fn audited(model: &AccessModel, object: &Object) -> Option<Vec<String>> {
    if !object.audit_writes {
        return None;
    }
    let of_table = || model.objects.values().filter(|other| other.table == object.table);
    let fields = || of_table().flat_map(|object| object.fields.values());
    let tenants = direct_tenants(model, object);
    let deletion = of_table().filter_map(|object| match &object.deletion {
        Some(Deletion::Soft(column)) => Some(column),
        _ => None,
    });
    let mut kept: BTreeSet<&str> = fields().map(|field| field.column.as_str()).collect();
    kept.extend(object.key.iter().chain(deletion).map(ColumnName::as_str));
    kept.extend(tenants.iter().map(|(_, column)| *column));
    for field in fields().filter(|field| field.class == FieldClass::Secret) {
        kept.remove(field.column.as_str());
    }
    Some(vec![serde_json::json!(kept).to_string(), serde_json::json!(tenants).to_string()])
}

/// Kind and column of the tenants that a row itself names; no kind: that of the tenant that has the key.
pub(super) fn direct_tenants<'a>(model: &AccessModel, object: &'a Object) -> Vec<(Option<&'a str>, &'a str)> {
    let unsaid = if model.one_key_one_tenant { None } else { Some("") };
    let direct = object.direct_tenants();
    direct.map(|(kind, column)| (kind.map(TenantKind::as_str).or(unsaid), column.as_str())).collect()
}
