//! What one persona's forms and buttons are made from, worked out once. This is what pages *offer*; what
//! is done is the database's answer.

use crate::model::{
    AccessModel, Comparison, Condition, Create, FieldType, Moves, NamedParent, Object, Persona, Rows, Share, Test,
    Value, Write, WriteGrant,
};
use crate::names::{ColumnName, FieldName, ObjectName, PathName, RoleName};
use std::collections::{BTreeMap, BTreeSet};

/// Everything one persona may be offered to do.
#[derive(Debug)]
pub struct Writable {
    pub objects: BTreeMap<ObjectName, WritableObject>,
}

/// Each of the ways is as one role; at most one way a role, but for deletes.
#[derive(Debug, Default)]
pub struct WritableObject {
    pub creates: Vec<CreateWay>,
    pub updates: Vec<UpdateWay>,
    pub moves: Vec<MoveWay>,
    pub deletes: Vec<DeleteWay>,
    pub assigns: Vec<AssignWay>,
    pub shares: Vec<ShareWay>,
    /// Rows in a file, at most.
    pub export: Option<usize>,
}

#[derive(Debug)]
pub struct CreateWay {
    pub role: RoleName,
    /// In the object's written order.
    pub fields: Vec<FieldName>,
    pub parents: Vec<Parent>,
}

/// Columns that say whose child a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The field that shows the column, else the columns themselves.
    pub name: String,
    pub field: Option<FieldName>,
    /// In the order of the parent's key.
    pub columns: Vec<ColumnName>,
    pub target: ObjectName,
}

#[derive(Debug)]
pub struct UpdateWay {
    pub role: RoleName,
    pub fields: Vec<FieldName>,
    rows: Vec<Rows>,
}

#[derive(Debug)]
pub struct MoveWay {
    pub role: RoleName,
    pub field: FieldName,
    pub moves: Moves,
    rows: Rows,
}

#[derive(Debug)]
pub struct DeleteWay {
    pub role: RoleName,
    rows: Rows,
}

/// Handing a row over on one owner path. Whose rows and to whom, the database says.
#[derive(Debug)]
pub struct AssignWay {
    pub role: RoleName,
    pub path: PathName,
    pub column: ColumnName,
}

/// Which rows and with whom, the database says.
#[derive(Debug)]
pub struct ShareWay {
    pub role: RoleName,
    /// Days after which a share ends at the latest; `None`: an end cannot be chosen.
    pub days: Option<Days>,
}

/// How long a share may last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub most: u32,
    /// Whether it ends at all where nobody says when.
    pub ends: bool,
}

/// More is as good as for ever, and fits every calendar.
const MOST_DAYS: u32 = 3650;

impl Writable {
    pub fn of(model: &AccessModel, persona: &Persona) -> Self {
        let mut objects: BTreeMap<ObjectName, WritableObject> = BTreeMap::new();
        for (name, grants) in &persona.writes {
            let Some(object) = model.objects.get(name) else { continue };
            let mut writable = WritableObject::default();
            // No session has proved a second factor yet, so what needs one is offered to nobody.
            for grant in grants.iter().filter(|grant| !grant.rows.mfa) {
                let Some(facet) = persona.facets.get(grant.facet) else { continue };
                writable.add(object, &facet.role, grant);
            }
            objects.insert(name.clone(), writable);
        }
        Self { objects }
    }
}

impl WritableObject {
    fn add(&mut self, object: &Object, role: &RoleName, grant: &WriteGrant) {
        let rows = || grant.rows.clone();
        match &grant.write {
            Write::Create(create) => self.add_create(object, role, create),
            Write::Update { fields, .. } => {
                let at = self.updates.iter().position(|way| &way.role == role).unwrap_or_else(|| {
                    self.updates.push(UpdateWay { role: role.clone(), fields: Vec::new(), rows: Vec::new() });
                    self.updates.len() - 1
                });
                let way = &mut self.updates[at];
                way.fields = in_order(object, way.fields.iter().chain(fields));
                way.rows.push(rows());
            }
            Write::Transition { field, moves, .. } => self.moves.push(MoveWay {
                role: role.clone(),
                field: field.clone(),
                moves: moves.clone(),
                rows: rows(),
            }),
            Write::Delete { .. } => self.deletes.push(DeleteWay { role: role.clone(), rows: rows() }),
            Write::Export { max_rows } => {
                let most = usize::try_from(*max_rows).unwrap_or(usize::MAX);
                self.export = Some(self.export.map_or(most, |other| other.max(most)));
            }
            Write::Assign { path, column, .. } => {
                let new = |way: &AssignWay| &way.role != role || &way.path != path;
                if self.assigns.iter().all(new) {
                    self.assigns.push(AssignWay { role: role.clone(), path: path.clone(), column: column.clone() });
                }
            }
            Write::Share(share) => self.add_share(object, role, share),
        }
    }

    /// The longest of a role's grants stands for all: the database knows which of them holds for a row.
    fn add_share(&mut self, object: &Object, role: &RoleName, share: &Share) {
        let most = share.expires.map_or(MOST_DAYS, |seconds| u32::try_from(seconds / 86400).unwrap_or(MOST_DAYS));
        let days = Days { most: most.min(MOST_DAYS), ends: share.expires.is_some() };
        // A link table of the business's own that has no column for an end keeps none.
        let kept = object.shares.as_ref().is_none_or(|link| link.until.is_some());
        let days = Some(days).filter(|days| kept && days.most > 0);
        match self.shares.iter_mut().find(|way| &way.role == role) {
            Some(way) => way.days = [way.days, days].into_iter().flatten().max_by_key(|days| days.most),
            None => self.shares.push(ShareWay { role: role.clone(), days }),
        }
    }

    fn add_create(&mut self, object: &Object, role: &RoleName, create: &Create) {
        let parents = parents(object, create);
        let own = |name: &&FieldName| !parents.iter().any(|parent| parent.field.as_ref() == Some(name));
        match self.creates.iter_mut().find(|way| &way.role == role) {
            Some(way) => {
                way.fields = in_order(object, way.fields.iter().chain(create.fields.iter().filter(own)));
                way.parents.extend(parents.into_iter().filter(|new| !way.parents.contains(new)).collect::<Vec<_>>());
            }
            None => self.creates.push(CreateWay {
                role: role.clone(),
                fields: in_order(object, create.fields.iter().filter(own)),
                parents,
            }),
        }
        // The form with the most to fill in stands for all: what does not fit it is refused.
        self.creates.sort_by_key(|way| std::cmp::Reverse(way.fields.len() + way.parents.len()));
    }
}

fn in_order<'a>(object: &Object, names: impl Iterator<Item = &'a FieldName>) -> Vec<FieldName> {
    let names: BTreeSet<&FieldName> = names.collect();
    let fields = object.fields.values().filter(|field| names.contains(&field.name));
    // Files come and go in a way of their own.
    fields.filter(|field| field.field_type != FieldType::File).map(|field| field.name.clone()).collect()
}

/// The rows above a new one that it has to name. Of two that share a column the first is asked for: the database
/// holds the row to both.
fn parents(object: &Object, create: &Create) -> Vec<Parent> {
    let mut parents: Vec<Parent> = Vec::new();
    for NamedParent { via, object: target } in &create.parents {
        if parents.iter().any(|known| known.columns.iter().any(|column| via.contains(column))) {
            continue;
        }
        let field = match &via[..] {
            [column] => object.field_of(column).map(|field| field.name.clone()),
            _ => None,
        };
        let joined = || via.iter().map(ColumnName::as_str).collect::<Vec<_>>().join(".");
        let name = field.as_ref().map_or_else(joined, ToString::to_string);
        parents.push(Parent { name, field, columns: via.clone(), target: target.clone() });
    }
    parents
}

/// A value of the row at hand: `None` where the page does not know it.
pub type Known<'a> = dyn Fn(&FieldName) -> Option<Option<&'a str>> + 'a;

impl UpdateWay {
    /// Whether it is worth offering for a row.
    pub fn may(&self, known: &Known<'_>) -> bool {
        self.rows.iter().any(|rows| may(&rows.condition, known))
    }
}

impl DeleteWay {
    /// Whether it is worth offering for a row.
    pub fn may(&self, known: &Known<'_>) -> bool {
        may(&self.rows.condition, known)
    }
}

impl MoveWay {
    /// The states that the row may be offered to go to.
    pub fn targets(&self, known: &Known<'_>) -> Vec<&str> {
        let state = known(&self.field).flatten();
        let targets = state.and_then(|state| self.moves.get(state)).filter(|_| may(&self.rows.condition, known));
        targets.into_iter().flatten().map(String::as_str).collect()
    }
}

/// Whether a condition may hold. Only what certainly fails is no: a button too many is refused by the
/// database, a button too few could not be pressed.
fn may(condition: &Condition, known: &Known<'_>) -> bool {
    match condition {
        Condition::True => true,
        Condition::All(all) => all.iter().all(|one| may(one, known)),
        Condition::Any(any) => any.iter().any(|one| may(one, known)),
        Condition::Test(test) => known(&test.field).is_none_or(|value| may_be(test, value)),
    }
}

fn may_be(test: &Test, found: Option<&str>) -> bool {
    let equals = |value: &Value| match (value, found) {
        (Value::Text(text), Some(found)) => text == found,
        (Value::Boolean(wanted), Some(found)) => wanted.to_string() == found,
        (_, None) => false,
        _ => true,
    };
    match &test.comparison {
        Comparison::Eq(value) => equals(value),
        Comparison::In(values) => values.iter().any(equals),
        Comparison::Ne(Value::Text(text)) => found != Some(text),
        Comparison::IsNull(wanted) => found.is_none() == *wanted,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(comparison: Comparison<Value>) -> Condition {
        Condition::Test(Test { field: FieldName::new("status"), comparison })
    }

    #[test]
    fn only_what_certainly_fails_is_not_offered() {
        let text = |text: &str| Value::Text(text.to_owned());
        let offered = |condition: &Condition, status: Option<&'static str>| {
            may(condition, &move |name: &FieldName| (name.as_str() == "status").then_some(status))
        };
        let new = test(Comparison::Eq(text("new")));
        assert!(offered(&new, Some("new")) && !offered(&new, Some("closed")) && !offered(&new, None));
        let open = test(Comparison::In(vec![text("new"), text("open")]));
        assert!(offered(&open, Some("open")) && !offered(&open, Some("closed")));
        let unknown = Condition::Test(Test { field: FieldName::new("x"), comparison: Comparison::Eq(text("y")) });
        assert!(offered(&unknown, None));
        assert!(!offered(&Condition::All(vec![unknown.clone(), new.clone()]), Some("closed")));
        assert!(offered(&Condition::Any(vec![unknown, new]), Some("closed")));
        assert!(offered(&test(Comparison::Eq(Value::Today)), Some("closed")), "what is not known here may hold");
        assert!(!offered(&test(Comparison::IsNull(true)), Some("x")));
    }
}
