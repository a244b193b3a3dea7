//! What one persona's forms and buttons are made from, worked out once. This is what pages *offer*; what
//! is done is the database's answer.

use crate::model::{
    AccessModel, Create, FieldType, FileUse, Moves, NamedParent, Object, Persona, Share, Who, Write, WriteGrant,
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
    /// Roles that fetch attachments, and that add some.
    pub downloads: Vec<RoleName>,
    pub attaches: Vec<RoleName>,
    /// Rows in a file, at most.
    pub export: Option<usize>,
}

#[derive(Debug)]
pub struct CreateWay {
    pub role: RoleName,
    /// In the object's written order.
    pub fields: Vec<FieldName>,
    pub parents: Vec<Parent>,
    /// Whether the database says who may be chosen: guests choose nobody.
    pub chooses: bool,
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
    /// As of a [`CreateWay`].
    pub chooses: bool,
    /// By their places among the persona's grants on the object, with the fields of each.
    pub grants: BTreeMap<usize, BTreeSet<FieldName>>,
}

#[derive(Debug)]
pub struct MoveWay {
    pub role: RoleName,
    pub field: FieldName,
    pub moves: Moves,
    pub grant: usize,
}

#[derive(Debug)]
pub struct DeleteWay {
    pub role: RoleName,
    pub grant: usize,
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
            for (at, grant) in grants.iter().enumerate().filter(|(_, grant)| !grant.rows.mfa) {
                let Some(facet) = persona.facets.get(grant.facet) else { continue };
                writable.add(object, &facet.role, (at, grant), persona.who != Who::Guest);
            }
            objects.insert(name.clone(), writable);
        }
        Self { objects }
    }
}

impl WritableObject {
    fn add(&mut self, object: &Object, role: &RoleName, (at, grant): (usize, &WriteGrant), chooses: bool) {
        match &grant.write {
            Write::Create(create) => self.add_create(object, role, create, chooses),
            Write::Update { fields, .. } => {
                let known = self.updates.iter().position(|way| &way.role == role).unwrap_or_else(|| {
                    let (role, fields, grants) = (role.clone(), Vec::new(), BTreeMap::new());
                    self.updates.push(UpdateWay { role, fields, chooses, grants });
                    self.updates.len() - 1
                });
                let way = &mut self.updates[known];
                way.fields = in_order(object, way.fields.iter().chain(fields));
                way.grants.insert(at, fields.clone());
            }
            Write::Transition { field, moves, .. } => {
                self.moves.push(MoveWay { role: role.clone(), field: field.clone(), moves: moves.clone(), grant: at });
            }
            Write::Delete { .. } => self.deletes.push(DeleteWay { role: role.clone(), grant: at }),
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
            Write::Files(FileUse::Download) => self.downloads.push(role.clone()),
            Write::Files(FileUse::Attach) => self.attaches.push(role.clone()),
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

    fn add_create(&mut self, object: &Object, role: &RoleName, create: &Create, chooses: bool) {
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
                chooses,
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

impl UpdateWay {
    /// Whether one of its grants is among those that hold for a row.
    pub fn may(&self, possible: &BTreeSet<usize>) -> bool {
        self.grants.keys().any(|grant| possible.contains(grant))
    }

    /// Whether one of those has the field.
    pub fn may_set(&self, possible: &BTreeSet<usize>, field: &FieldName) -> bool {
        self.grants.iter().any(|(grant, fields)| possible.contains(grant) && fields.contains(field))
    }
}
