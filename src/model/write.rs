//! What a persona may do to rows besides reading them.

use super::{AccessModel, AssignTo, Deletion, FileUse, Object, Rows, Value};
use crate::diagnostic::Span;
use crate::names::{ColumnName, FieldName, ObjectName, PathName, PersonaName};
use std::collections::{BTreeMap, BTreeSet};

/// (object, action, scope, fields, condition): this may be done to the rows for which all of `rows` holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteGrant {
    pub rows: Rows,
    pub write: Write,
    /// Index of the facet whose role may do it: the first whose rows hold these.
    pub facet: usize,
    /// The grant as written, and the denies and restricts that shaped it.
    pub sources: Vec<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Write {
    /// A row that passes may be made.
    Create(Create),
    /// Changes of these fields, on a row that passes before and after.
    Update { fields: BTreeSet<FieldName>, preset: Preset, parent: ParentNeeds },
    /// Moves of the object's state field, on a row that passes before and after.
    Transition { field: FieldName, moves: Moves, preset: Preset, parent: ParentNeeds },
    /// A row that passes before, and whose tenant stays, goes to another owner.
    Assign { path: PathName, column: ColumnName, to: AssignTo },
    /// As the object's `delete` says.
    Delete { parent: ParentNeeds },
    /// A row that passes may be shared with people of these personas.
    Share(Share),
    /// The attachments of a row that passes may be seen and fetched; or added.
    Files(FileUse),
    /// What may be read may be taken away as a file.
    Export { max_rows: u32 },
}

/// With whom rows may be shared, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share {
    pub with: BTreeSet<PersonaName>,
    /// Seconds; `None`: without end.
    pub expires: Option<u64>,
}

/// What a new row may be given, and what it is given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Create {
    pub fields: BTreeSet<FieldName>,
    /// The rows above, which who creates it names; each must be seen, and is fixed from then on.
    pub parents: BTreeSet<NamedParent>,
    pub preset: Preset,
    /// Tenant and owner: columns that the database sets, from who is asking.
    pub stamps: BTreeMap<ColumnName, Value>,
}

/// A row above a new one: what its columns say, in the order of the parent's key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedParent {
    pub via: Vec<ColumnName>,
    pub object: ObjectName,
}

/// Fields that the database sets, and to what.
pub type Preset = BTreeMap<FieldName, Value>;

/// From each state to those that may follow.
pub type Moves = BTreeMap<String, BTreeSet<String>>;

/// What the parent must be, for scope `parent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParentNeeds {
    Read,
    Update,
}

impl AccessModel {
    /// Whether what portal users change of the object's rows is written down.
    #[must_use]
    pub fn records_changes(&self, object: &ObjectName) -> bool {
        let grants = || self.personas.values().filter_map(|persona| persona.writes.get(object)).flatten();
        let written = || grants().any(|grant| grant.write.changes_rows());
        self.objects.get(object).is_some_and(|object| object.audit_writes) && written()
    }

    /// Every object of which that is so.
    #[must_use]
    pub fn recorded(&self) -> BTreeSet<&ObjectName> {
        let writes = self.personas.values().flat_map(|persona| &persona.writes);
        let changed = writes.filter(|(_, grants)| grants.iter().any(|grant| grant.write.changes_rows()));
        let is_kept = |name: &&ObjectName| self.objects.get(*name).is_some_and(|object| object.audit_writes);
        changed.map(|(name, _)| name).filter(is_kept).collect()
    }
}

impl WriteGrant {
    /// Columns that a new row may be given.
    #[must_use]
    pub fn inserted<'o>(&'o self, object: &'o Object) -> BTreeSet<&'o ColumnName> {
        match &self.write {
            Write::Create(create) => columns(object, &create.fields).chain(create.via()).collect(),
            _ => BTreeSet::new(),
        }
    }

    /// Columns that may be changed.
    #[must_use]
    pub fn changed<'o>(&'o self, object: &'o Object) -> BTreeSet<&'o ColumnName> {
        match &self.write {
            Write::Update { fields, .. } => columns(object, fields).collect(),
            Write::Transition { field, .. } => columns(object, std::iter::once(field)).collect(),
            Write::Assign { column, .. } => BTreeSet::from([column]),
            Write::Create(_) | Write::Delete { .. } | Write::Share(_) | Write::Files(_) | Write::Export { .. } => {
                BTreeSet::new()
            }
        }
    }

    /// Whether rows may be removed by it.
    #[must_use]
    pub fn removes(&self, object: &Object) -> bool {
        matches!(self.write, Write::Delete { .. }) && object.deletion == Some(Deletion::Hard)
    }
}

fn columns<'o>(
    object: &'o Object,
    fields: impl IntoIterator<Item = &'o FieldName>,
) -> impl Iterator<Item = &'o ColumnName> {
    fields.into_iter().filter_map(|name| object.fields.get(name)).map(|field| &field.column)
}

impl Create {
    /// Columns that say whose child the row is.
    #[must_use]
    pub fn via(&self) -> BTreeSet<&ColumnName> {
        self.parents.iter().flat_map(|parent| &parent.via).collect()
    }

    /// Whether it is not the author's to choose: set by the database, or held to a row that the author sees.
    #[must_use]
    pub fn fixes(&self, column: &ColumnName) -> bool {
        self.stamps.contains_key(column) || self.via().contains(column)
    }
}

impl Write {
    /// Whether rows of the object are made, changed or removed.
    #[must_use]
    pub fn changes_rows(&self) -> bool {
        !matches!(self, Self::Share(_) | Self::Files(_) | Self::Export { .. })
    }

    /// The fields that are written by their names; of what sets others, or none, `None`.
    #[must_use]
    pub fn fields(&self) -> Option<&BTreeSet<FieldName>> {
        match self {
            Self::Create(create) => Some(&create.fields),
            Self::Update { fields, .. } => Some(fields),
            _ => None,
        }
    }

    pub fn fields_mut(&mut self) -> Option<&mut BTreeSet<FieldName>> {
        match self {
            Self::Create(create) => Some(&mut create.fields),
            Self::Update { fields, .. } => Some(fields),
            _ => None,
        }
    }

    /// What the action is called in the language.
    #[must_use]
    pub fn action(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Update { .. } => "update",
            Self::Transition { .. } => "transition",
            Self::Assign { .. } => "assign",
            Self::Delete { .. } => "delete",
            Self::Share(_) => "share",
            Self::Files(file_use) => file_use.word(),
            Self::Export { .. } => "export",
        }
    }
}
