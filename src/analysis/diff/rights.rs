//! What a persona may do, in pieces that are compared one by one.

use super::deed::Deed;
use crate::analysis::words;
use crate::diagnostic::Span;
use crate::model::{
    AccessModel, AssignTo, Create, Deletion, Mask, Object, ParentNeeds, Persona, Preset, ReadGrant, Rows, Write,
    WriteGrant,
};
use crate::names::{ColumnName, FieldName, ObjectName};
use std::collections::{BTreeMap, BTreeSet};

/// What is allowed, whatever the rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Piece {
    pub(super) object: ObjectName,
    /// The order in which people think of actions.
    rank: usize,
    pub(super) action: &'static str,
    pub(super) field: Option<FieldName>,
    /// What of the action: a move, to whom, by which mask.
    pub(super) what: Option<String>,
}

/// One grant of a piece.
#[derive(Debug, Clone)]
pub(super) struct Held<'m> {
    pub(super) rows: &'m Rows,
    pub(super) needs: ParentNeeds,
    pub(super) terms: Terms<'m>,
    pub(super) write: Option<&'m WriteGrant>,
    pub(super) source: Option<Span>,
    /// Where the piece's value stands.
    pub(super) column: Option<&'m ColumnName>,
}

/// What comes with a grant beside its rows.
#[derive(Debug, Clone)]
pub(super) enum Terms<'m> {
    None,
    Set(&'m Preset),
    Create(&'m Create),
    /// Seconds; `None`: without end.
    For(Option<u64>),
    AtMost(u32),
    /// A row is gone for good, or marked.
    Deletes(Option<&'m Deletion>),
}

impl Terms<'_> {
    /// Whether whoever has these can do all that others can who have those.
    pub(super) fn cover(&self, other: &Terms<'_>) -> bool {
        match (self, other) {
            (Self::None, Terms::None) => true,
            (Self::Set(mine), Terms::Set(theirs)) => keeps(mine, theirs),
            (Self::Create(mine), Terms::Create(theirs)) => {
                keeps(&mine.preset, &theirs.preset)
                    && mine.stamps.iter().all(|(column, value)| theirs.stamps.get(column) == Some(value))
                    && mine.parents.is_subset(&theirs.parents)
            }
            (Self::For(mine), Terms::For(theirs)) => match (mine, theirs) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(mine), Some(theirs)) => theirs <= mine,
            },
            (Self::AtMost(mine), Terms::AtMost(theirs)) => theirs <= mine,
            (Self::Deletes(mine), Terms::Deletes(theirs)) => mine == theirs,
            _ => false,
        }
    }
}

/// What the one sets the other sets, too.
fn keeps(mine: &Preset, theirs: &Preset) -> bool {
    mine.iter().all(|(field, value)| theirs.get(field) == Some(value))
}

pub(super) type Rights<'m> = BTreeMap<Piece, (Deed, Vec<Held<'m>>)>;

/// The masks that a field has in any of the models.
pub(super) type Masks = BTreeMap<(ObjectName, FieldName), BTreeSet<Mask>>;

pub(super) fn masks(models: [&AccessModel; 2]) -> Masks {
    let objects = models.into_iter().flat_map(|model| model.objects.values());
    let mut masks = Masks::new();
    for (object, field) in objects.flat_map(|object| object.fields.values().map(move |field| (object, field))) {
        if let Some(mask) = field.mask {
            masks.entry((object.name.clone(), field.name.clone())).or_default().insert(mask);
        }
    }
    masks
}

/// Everything that the persona may do.
pub(super) fn rights<'m>(model: &'m AccessModel, persona: &'m Persona, masks: &Masks) -> Rights<'m> {
    let mut rights = Rights::new();
    for (name, grants) in &persona.reads {
        if let Some(object) = model.objects.get(name) {
            grants.iter().for_each(|grant| read(&mut rights, object, grant, masks));
        }
    }
    for (name, grants) in &persona.writes {
        if let Some(object) = model.objects.get(name) {
            grants.iter().for_each(|grant| write(&mut rights, object, grant));
        }
    }
    rights
}

const ACTIONS: [&str; 10] =
    ["read", "export", "download", "create", "update", "transition", "assign", "share", "attach", "delete"];

fn piece(object: &Object, action: &'static str, field: Option<&FieldName>, what: Option<String>) -> Piece {
    let rank = ACTIONS.iter().position(|one| *one == action).unwrap_or(ACTIONS.len());
    Piece { object: object.name.clone(), rank, action, field: field.cloned(), what }
}

fn hold<'m>(rights: &mut Rights<'m>, piece: Piece, deed: impl FnOnce() -> Deed, held: Held<'m>) {
    rights.entry(piece).or_insert_with(|| (deed(), Vec::new())).1.push(held);
}

fn read<'m>(rights: &mut Rights<'m>, object: &'m Object, grant: &'m ReadGrant, masks: &Masks) {
    for field in grant.fields.iter().filter_map(|name| object.fields.get(name)) {
        let held = Held {
            rows: &grant.rows,
            needs: ParentNeeds::Read,
            terms: Terms::None,
            write: None,
            source: grant.sources.first().copied(),
            column: Some(&field.column),
        };
        let columns = || vec![field.column.clone()];
        let shown = grant.mask(object, &field.name);
        if shown.is_none() {
            hold(rights, piece(object, "read", Some(&field.name), None), || Deed::See(columns()), held.clone());
        }
        // Whoever sees the value knows what any mask of it shows.
        let known = masks.get(&(object.name.clone(), field.name.clone())).into_iter().flatten();
        for mask in known.filter(|mask| shown.is_none_or(|shown| shown == **mask)) {
            let of = piece(object, "read", Some(&field.name), Some(masked(*mask)));
            hold(rights, of, || Deed::SeeMasked(columns(), *mask), held.clone());
        }
    }
}

/// What a mask is called.
pub(super) fn masked(mask: Mask) -> String {
    format!("masked: {}", mask.word())
}

fn write<'m>(rights: &mut Rights<'m>, object: &'m Object, grant: &'m WriteGrant) {
    let action = grant.write.action();
    let held = |needs: ParentNeeds, terms: Terms<'m>, column: Option<&'m ColumnName>| Held {
        rows: &grant.rows,
        needs,
        terms,
        write: Some(grant),
        source: grant.sources.first().copied(),
        column,
    };
    let named = |fields: &'m BTreeSet<FieldName>| fields.iter().filter_map(|name| object.fields.get(name));
    match &grant.write {
        Write::Create(create) => {
            for field in named(&create.fields) {
                let of = piece(object, action, Some(&field.name), None);
                let deed = || Deed::Create { column: Some(field.column.clone()) };
                hold(rights, of, deed, held(ParentNeeds::Read, Terms::Create(create), Some(&field.column)));
            }
            let of = piece(object, action, None, None);
            hold(rights, of, || Deed::Create { column: None }, held(ParentNeeds::Read, Terms::Create(create), None));
        }
        Write::Update { fields, preset, parent } => {
            for field in named(fields) {
                let of = piece(object, action, Some(&field.name), None);
                let deed = || Deed::Change(field.column.clone());
                hold(rights, of, deed, held(*parent, Terms::Set(preset), Some(&field.column)));
            }
        }
        Write::Transition { field, moves, preset, parent } => {
            let Some(field) = object.fields.get(field) else { return };
            for (from, to) in moves.iter().flat_map(|(from, targets)| targets.iter().map(move |to| (from, to))) {
                let of = piece(object, action, Some(&field.name), Some(moved(from, to)));
                let deed = || Deed::Move { column: field.column.clone(), from: from.clone(), to: to.clone() };
                hold(rights, of, deed, held(*parent, Terms::Set(preset), Some(&field.column)));
            }
        }
        Write::Assign { path, column, to } => {
            let field = object.field_of(column).map(|field| &field.name);
            let of = piece(object, action, field, Some(assigned(*to).to_owned()));
            let deed = || Deed::Assign { path: path.clone(), column: column.clone() };
            hold(rights, of, deed, held(ParentNeeds::Update, Terms::None, Some(column)));
        }
        Write::Delete { parent } => {
            let of = piece(object, action, None, None);
            hold(rights, of, || Deed::Delete, held(*parent, Terms::Deletes(object.deletion.as_ref()), None));
        }
        Write::Share(share) => {
            for with in &share.with {
                let of = piece(object, action, None, Some(format!("with {with}")));
                hold(
                    rights,
                    of,
                    || Deed::Share(with.clone()),
                    held(ParentNeeds::Update, Terms::For(share.expires), None),
                );
            }
        }
        Write::Files(file_use) => {
            let of = piece(object, action, None, None);
            hold(rights, of, || Deed::Files(*file_use), held(ParentNeeds::Read, Terms::None, None));
        }
        Write::Export { max_rows } => {
            let of = piece(object, action, None, None);
            hold(rights, of, || Deed::Export, held(ParentNeeds::Read, Terms::AtMost(*max_rows), None));
        }
    }
}

fn moved(from: &str, to: &str) -> String {
    format!("{} → {}", words::quoted(from), words::quoted(to))
}

fn assigned(to: AssignTo) -> &'static str {
    match to {
        AssignTo::TenantMember => "to somebody of the row's tenant",
        AssignTo::Staff => "to staff",
    }
}

impl Held<'_> {
    /// In words, with what comes with it.
    pub(super) fn words(&self) -> String {
        let effect = self.write.map(|grant| super::super::effect::Effect::of(&grant.write).beside_moves());
        let parts = effect.into_iter().flatten();
        std::iter::once(words::rows(self.rows)).chain(parts).collect::<Vec<_>>().join("; ")
    }
}
