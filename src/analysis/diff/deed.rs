//! What is tried of a world, on the evaluator.

use super::cast::{Cast, ME};
use super::stage::Stage;
use crate::analysis::evaluate::{Asking, Changes, Datum, Truth, Verdict};
use crate::model::{
    AccessModel, Act, Cell, Field, FieldType, FileUse, Mask, Object, OwnerPath, TestedAction, WriteGrant,
};
use crate::names::{ColumnName, FieldName, PathName, PersonaName};
use std::collections::BTreeSet;

/// What somebody does with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    /// Sees all of these columns as they are; or by their masks at least.
    See(Vec<ColumnName>),
    SeeMasked(Vec<ColumnName>, Mask),
    Change(ColumnName),
    Move {
        column: ColumnName,
        from: String,
        to: String,
    },
    Assign {
        path: PathName,
        column: ColumnName,
    },
    Create {
        column: Option<ColumnName>,
    },
    Delete,
    Share(PersonaName),
    Files(FileUse),
    Export,
}

/// A deed with all that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attempt {
    See { columns: Vec<ColumnName>, masked: Option<Mask> },
    Change { changes: Changes, assigned: Option<(PathName, usize)> },
    Create(Changes),
    Delete,
    Share(usize),
    Files(FileUse),
    Export,
}

impl Deed {
    /// Ways to try it in the world; some may be refused for reasons that have nothing to do with it.
    pub(super) fn attempts(
        &self,
        object: &Object,
        grant: Option<&WriteGrant>,
        cast: &Cast,
        stage: &Stage,
    ) -> Vec<Attempt> {
        match self {
            Self::See(columns) => vec![Attempt::See { columns: columns.clone(), masked: None }],
            Self::SeeMasked(columns, mask) => vec![Attempt::See { columns: columns.clone(), masked: Some(*mask) }],
            Self::Change(column) => {
                let now = stage.row.0.get(column).cloned().unwrap_or(Datum::Null);
                let field = object.field_of(column);
                let others = field.map(|field| others(field, stage)).unwrap_or_default();
                let changes = others.into_iter().filter(|other| *other != now);
                changes
                    .map(|other| Attempt::Change { changes: Changes::from([(column.clone(), other)]), assigned: None })
                    .collect()
            }
            Self::Move { column, to, .. } => {
                let changes = Changes::from([(column.clone(), Datum::text(to))]);
                vec![Attempt::Change { changes, assigned: None }]
            }
            Self::Assign { path, column } => {
                let Some(OwnerPath::Column(owner)) = object.owners.get(path) else { return Vec::new() };
                let people = cast.users.iter().enumerate().filter(|(at, _)| *at != ME);
                let keys = people.filter_map(|(at, (_, user))| Some((at, user.keys.get(&owner.key)?)));
                keys.map(|(at, key)| Attempt::Change {
                    changes: Changes::from([(column.clone(), Datum::text(key))]),
                    assigned: Some((path.clone(), at)),
                })
                .collect()
            }
            Self::Create { column } => created(object, grant, column.as_ref(), stage),
            Self::Delete => vec![Attempt::Delete],
            Self::Share(persona) => {
                let people = cast.users.iter().enumerate().filter(|(at, _)| *at != ME);
                let theirs =
                    people.filter(|(_, (_, user))| user.memberships.iter().any(|place| place.persona == *persona));
                theirs.map(|(at, _)| Attempt::Share(at)).collect()
            }
            Self::Files(file_use) => vec![Attempt::Files(*file_use)],
            Self::Export => vec![Attempt::Export],
        }
    }

    /// Columns whose values should be there to be seen.
    pub(super) fn shown(&self) -> &[ColumnName] {
        match self {
            Self::See(columns) | Self::SeeMasked(columns, _) => columns,
            _ => &[],
        }
    }
}

fn created(object: &Object, grant: Option<&WriteGrant>, column: Option<&ColumnName>, stage: &Stage) -> Vec<Attempt> {
    let Some(grant) = grant else { return Vec::new() };
    let named: BTreeSet<&ColumnName> = grant.inserted(object);
    let given = named.iter().filter_map(|column| {
        let datum = stage.row.0.get(*column)?;
        let is_told = stage.told.contains(*column) || object.key.contains(column);
        (is_told && *datum != Datum::Null).then(|| ((*column).clone(), datum.clone()))
    });
    let given: Changes = given.collect();
    let Some(column) = column.filter(|column| !given.contains_key(*column)) else {
        return vec![Attempt::Create(given)];
    };
    let others = object.field_of(column).map(|field| others(field, stage)).unwrap_or_default();
    let with = others.into_iter().map(|value| {
        let mut given = given.clone();
        given.insert(column.clone(), value);
        Attempt::Create(given)
    });
    with.collect()
}

/// Values that a field may hold.
pub(super) fn others(field: &Field, stage: &Stage) -> Vec<Datum> {
    let texts: Vec<String> = match &field.field_type {
        FieldType::Text | FieldType::LongText => vec!["12345678".to_owned(), "another".to_owned()],
        FieldType::Email => vec!["ann@world.example".to_owned(), "bob@world.example".to_owned()],
        FieldType::Url | FieldType::File => {
            vec!["https://world.example/a".to_owned(), "https://world.example/b".to_owned()]
        }
        FieldType::Phone => vec!["+491234567".to_owned(), "+497654321".to_owned()],
        FieldType::Integer | FieldType::Decimal | FieldType::Money => {
            ["1", "2", "5", "10", "0"].map(str::to_owned).to_vec()
        }
        FieldType::Boolean => vec!["true".to_owned(), "false".to_owned()],
        FieldType::Date => vec!["2026-01-15".to_owned(), "2026-02-15".to_owned(), "2025-12-15".to_owned()],
        FieldType::Timestamp => {
            ["2026-01-15T09:00:00Z", "2026-02-15T09:00:00Z", "2025-12-15T09:00:00Z"].map(str::to_owned).to_vec()
        }
        FieldType::Uuid => {
            ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"].map(str::to_owned).to_vec()
        }
        FieldType::Enum(values) => values.clone(),
        FieldType::Reference(_) | FieldType::User | FieldType::Tenant => Vec::new(),
        FieldType::Json => vec!["{}".to_owned(), "[]".to_owned()],
    };
    // A reference is set to nothing, or to what another row of the world is.
    let named = stage.row.0.get(&field.column).filter(|datum| **datum != Datum::Null).cloned();
    texts.into_iter().map(Datum::Text).chain(named).chain([Datum::Null]).collect()
}

impl Attempt {
    pub(super) fn verdict<'w>(&self, asking: &Asking<'w>, object: &'w Object, cast: &Cast, stage: &Stage) -> Verdict {
        let row = &stage.row;
        match self {
            Self::See { columns, masked } => {
                let sight = asking.sees(&object.table, row);
                let each = columns.iter().map(|column| {
                    let by_mask = sight.masked(column).filter(|(mask, _)| Some(*mask) == *masked);
                    Truth::any([sight.plain(column), by_mask.map_or(Truth::No, |(_, truth)| truth)])
                });
                let together = if columns.is_empty() { sight.row() } else { Truth::all(each.collect::<Vec<_>>()) };
                Verdict::of(together, String::new)
            }
            Self::Change { changes, .. } => asking.may_change(object, row, changes),
            Self::Create(given) => asking.may_create(object, given),
            Self::Delete => asking.may_delete(object, row),
            Self::Share(at) => asking.may_share(object, row, &cast.users[*at].1.email),
            Self::Files(FileUse::Attach) => asking.may_attach(object, row),
            Self::Files(FileUse::Download) => asking.may_download(object, row),
            Self::Export => asking.may_export(object),
        }
    }

    /// As an access test tries it; `None`: access tests know no such deed.
    pub(super) fn act(&self, model: &AccessModel, object: &Object, cast: &Cast, act: Act) -> Option<Act> {
        let cells = |changes: &Changes| {
            let cells = changes.iter().map(|(column, datum)| (column.clone(), cell(datum)));
            cells.collect::<indexmap::IndexMap<ColumnName, Cell>>()
        };
        let names = |columns: &[ColumnName]| -> Vec<FieldName> {
            columns.iter().filter_map(|column| object.field_of(column)).map(|field| field.name.clone()).collect()
        };
        let label = |at: usize| cast.users.get(at).map(|(label, _)| label.clone());
        Some(match self {
            Self::See { masked: Some(_), .. } | Self::Files(FileUse::Download) => return None,
            Self::See { columns, .. } => Act { action: TestedAction::Read, fields: names(columns), ..act },
            Self::Change { assigned: Some((path, at)), .. } => {
                Act { action: TestedAction::Assign, owners: vec![path.clone()], to: label(*at), ..act }
            }
            Self::Change { changes, .. } => {
                let state = model.objects.get(&object.name).and_then(|object| object.states.as_ref());
                let state = state.and_then(|states| object.fields.get(&states.field)).map(|field| &field.column);
                match changes.first_key_value() {
                    Some((column, Datum::Text(to))) if Some(column) == state => {
                        Act { action: TestedAction::Transition, to: Some(to.clone()), ..act }
                    }
                    _ => Act { action: TestedAction::Update, values: cells(changes), ..act },
                }
            }
            Self::Create(given) => Act { action: TestedAction::Create, row: None, values: cells(given), ..act },
            Self::Delete => Act { action: TestedAction::Delete, ..act },
            Self::Share(at) => Act { action: TestedAction::Share, to: label(*at), ..act },
            Self::Files(FileUse::Attach) => Act { action: TestedAction::Attach, ..act },
            Self::Export => Act { action: TestedAction::Export, row: None, ..act },
        })
    }
}

pub(super) fn cell(datum: &Datum) -> Cell {
    match datum {
        Datum::Text(text) => Cell::Text(text.clone()),
        Datum::Now => Cell::Now,
        Datum::Today => Cell::Today,
        Datum::Null | Datum::Untold(_) => Cell::Null,
    }
}
