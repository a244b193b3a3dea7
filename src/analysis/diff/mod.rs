//! Who gains and who loses what between two access models.
//!
//! Every piece of access (a persona, an object, an action, a field) is a union of grants on each side, and every grant a
//! formula over cells and facts. What one side holds beyond the other is a world in which its formula holds and those of
//! the other do not; since scopes and conditions are closed, a few values of each cell are enough to find one or to rule
//! all of them out. A world that is found is put before the evaluator in both models, and only what it confirms is told
//! as a witness. What can be neither confirmed nor ruled out counts as wider, and says so.

mod bare;
mod build;
mod cast;
mod compare;
mod data;
mod deed;
mod example;
mod formula;
mod handed;
mod known;
mod markdown;
mod people;
mod pool;
mod renamed;
mod rights;
mod scope;
mod solve;
mod stage;
mod text;

pub use example::Example;

use crate::diagnostic::Span;
use crate::model::{AccessModel, FieldClass, Persona, Who};
use crate::names::{FieldName, ObjectName, PersonaName};
use crate::parallel::{self, Share};
use compare::{Beyond, Question, Side, beyond};
use known::Known;
use rights::{Held, Masks, Piece, Rights, masks, rights};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    Widen,
    Narrow,
    /// More and less, or other rows; or it cannot be told.
    Incomparable,
    /// Written in another way, and the same.
    Neutral,
}

impl Class {
    /// Whether somebody gains by it, or might.
    #[must_use]
    pub fn gains(self) -> bool {
        matches!(self, Self::Widen | Self::Incomparable)
    }

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Widen => "widen",
            Self::Incomparable => "incomparable",
            Self::Narrow => "narrow",
            Self::Neutral => "neutral",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Guests are concerned.
    Public,
    /// A field that is more than business.
    Sensitive,
    Plain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Access,
    /// How people come to be who they are.
    Authentication,
    /// What is kept.
    DataLoss,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Change {
    pub kind: Kind,
    /// `portal/audience`, or a portal; `None`: nobody in particular.
    pub persona: Option<String>,
    pub object: Option<String>,
    pub action: &'static str,
    pub field: Option<String>,
    /// What of the action: a move, to whom, by which mask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    pub class: Class,
    pub severity: Severity,
    /// In words; `None`: nothing.
    pub before: Option<String>,
    pub after: Option<String>,
    /// A world in which it shows, which the evaluator confirms; of what is lost where nothing is gained.
    pub witness: Option<String>,
    /// Nobody can say that nothing is gained, or lost, so it counts as if something were.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub undecided: bool,
    pub file: Option<String>,
    pub line: Option<usize>,
    /// Why and until when somebody lives with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
    /// The witness as what it is.
    #[serde(skip)]
    pub example: Option<Box<Example>>,
}

impl Change {
    /// One that documents alone tell of, without rows to show it by, at its place.
    fn told(kind: Kind, action: &'static str, class: Class, (file, line): (Option<String>, Option<usize>)) -> Self {
        Self {
            kind,
            persona: None,
            object: None,
            action,
            field: None,
            what: None,
            class,
            severity: Severity::Plain,
            before: None,
            after: None,
            witness: None,
            undecided: false,
            file,
            line,
            accepted: None,
            example: None,
        }
    }
}

/// All that differs; the dangerous first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AccessDiff {
    pub changes: Vec<Change>,
}

/// How many of what there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    pub widen: usize,
    pub narrow: usize,
    pub incomparable: usize,
    pub neutral: usize,
    /// Of what widens or may widen.
    pub public: usize,
    pub sensitive: usize,
    pub authentication: usize,
    #[serde(rename = "data-loss")]
    pub data_loss: usize,
    pub accepted: usize,
}

impl AccessDiff {
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for change in &self.changes {
            let gains = change.class.gains() && change.kind != Kind::DataLoss;
            summary.accepted += usize::from(change.accepted.is_some());
            match (change.kind, change.class) {
                (Kind::DataLoss, _) => summary.data_loss += 1,
                (_, Class::Widen) => summary.widen += 1,
                (_, Class::Narrow) => summary.narrow += 1,
                (_, Class::Incomparable) => summary.incomparable += 1,
                (_, Class::Neutral) => summary.neutral += 1,
            }
            summary.public += usize::from(gains && change.severity == Severity::Public);
            summary.sensitive += usize::from(gains && change.severity == Severity::Sensitive);
            summary.authentication += usize::from(gains && change.kind == Kind::Authentication);
        }
        summary
    }
}

/// Fewer personas are compared sooner than a thread is started.
const FEW: usize = 8;

/// What `after` gives and takes that `before` did not.
#[must_use]
pub fn diff(before: &AccessModel, after: &AccessModel) -> AccessDiff {
    if before.spec_hash == after.spec_hash {
        return AccessDiff::default();
    }
    let by_later_names = renamed::renamed(before, after);
    let before = by_later_names.as_ref().unwrap_or(before);
    let (was, is) = (Known::of(before), Known::of(after));
    let of = Differing {
        before: &was,
        after: &is,
        masks: masks([before, after]),
        same_ground: bare::same_ground(before, after),
    };
    let names: BTreeSet<&PersonaName> = before.personas.keys().chain(after.personas.keys()).collect();
    let share = if names.len() < FEW { Share::Alone } else { Share::Pieces(1) };
    let of_each = parallel::map(names.into_iter().collect(), share, |name| of.persona(name));
    let mut changes: Vec<Change> = of_each.into_iter().flatten().collect();
    changes.extend(people::changes(before, after));
    changes.extend(data::changes(before, after));
    changes.extend(handed::changes(before, after));
    changes.sort_by(|a, b| {
        let rank = |class: Class| match class {
            Class::Widen => 0,
            Class::Incomparable => 1,
            Class::Narrow => 2,
            Class::Neutral => 3,
        };
        let key = |change: &Change| (rank(change.class), change.severity, change.kind);
        key(a).cmp(&key(b)).then_with(|| a.persona.cmp(&b.persona)).then_with(|| a.object.cmp(&b.object))
    });
    AccessDiff { changes }
}

struct Differing<'m> {
    before: &'m Known<'m>,
    after: &'m Known<'m>,
    masks: Masks,
    same_ground: bool,
}

/// Grants by their places in memory: the same for all fields of the same grants.
type Signature<'m> = (&'m ObjectName, &'static str, Vec<usize>, Vec<usize>);

impl<'m> Differing<'m> {
    fn persona(&self, name: &PersonaName) -> Vec<Change> {
        let (before, after) = (Side::of(self.before, name), Side::of(self.after, name));
        if let (Some(was), Some(is), true) = (before.persona, after.persona, self.same_ground)
            && bare::same_grants(was, is)
        {
            return Vec::new();
        }
        let all =
            |side: Side<'m>| side.persona.map(|persona| rights(side.model, persona, &self.masks)).unwrap_or_default();
        let (old, new): (Rights<'m>, Rights<'m>) = (all(before), all(after));
        let (gaining, losing) = (after.casts(before), before.casts(after));
        let (gains, losses) = (RefCell::default(), RefCell::default());
        let mut changes = Vec::new();
        let mut same: BTreeSet<Signature<'_>> = BTreeSet::new();
        let mut neutral: BTreeMap<(ObjectName, &'static str), Change> = BTreeMap::new();
        for piece in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            let held = |rights: &Rights<'m>| rights.get(piece).map(|(_, held)| held.clone()).unwrap_or_default();
            let (was, is) = (held(&old), held(&new));
            let places =
                |held: &[Held<'_>]| held.iter().map(|one| std::ptr::from_ref(one.rows).addr()).collect::<Vec<_>>();
            let moved = was.iter().chain(&is).map(|one| one.column).collect::<BTreeSet<_>>().len() > 1;
            let signature = (&piece.object, piece.action, places(&was), places(&is));
            // Of the same grants the rows are the same for every field.
            let by_rows =
                piece.action == "read" || (matches!(piece.action, "update" | "create") && piece.field.is_some());
            if by_rows && !moved && same.contains(&signature) {
                continue;
            }
            let Some((deed, _)) = new.get(piece).or_else(|| old.get(piece)) else { continue };
            let question = Question { object: &piece.object, deed };
            let gained = beyond(question, (after, &is), (before, &was), (&gaining, &gains));
            let lost = beyond(question, (before, &was), (after, &is), (&losing, &losses));
            match self.change(name, piece, (&was, &is), (gained, lost)) {
                Some(change) if change.class == Class::Neutral => {
                    same.insert(signature);
                    neutral.entry((piece.object.clone(), piece.action)).or_insert(Change {
                        field: None,
                        what: None,
                        ..change
                    });
                }
                Some(change) => changes.push(change),
                None => drop(same.insert(signature)),
            }
        }
        drop_repeated(&mut changes);
        changes.extend(neutral.into_values());
        changes
    }

    fn change(
        &self,
        name: &PersonaName,
        piece: &Piece,
        (was, is): (&[Held<'_>], &[Held<'_>]),
        (gained, lost): (Beyond, Beyond),
    ) -> Option<Change> {
        let (before, after) = (in_words(was), in_words(is));
        let undecided = [&gained, &lost].contains(&&Beyond::Perhaps);
        let class = match (&gained, &lost) {
            (Beyond::Nothing, Beyond::Nothing) if before == after => return None,
            (Beyond::Nothing, Beyond::Nothing) => Class::Neutral,
            (_, Beyond::Nothing) => Class::Widen,
            (Beyond::Nothing, _) => Class::Narrow,
            _ => Class::Incomparable,
        };
        let mut by_factor = false;
        let example = match (gained, lost) {
            (Beyond::Shown(example), _) => {
                by_factor = example.by_factor;
                Some((self.after.model, example))
            }
            (Beyond::Nothing, Beyond::Shown(example)) => Some((self.before.model, example)),
            _ => None,
        };
        let source = |held: &[Held<'_>], model: &AccessModel| {
            let span = held.iter().find_map(|one| one.source)?;
            Some(model.sources.location(span))
        };
        let (old, new) = (self.before.model, self.after.model);
        let persona = new.personas.get(name);
        let at_persona = || persona.map(|persona| new.sources.location(persona.span));
        let place = source(is, new).or_else(at_persona).or_else(|| source(was, old));
        Some(Change {
            kind: if by_factor && class == Class::Widen { Kind::Authentication } else { Kind::Access },
            persona: Some(name.to_string()),
            object: Some(piece.object.to_string()),
            action: piece.action,
            field: piece.field.as_ref().map(ToString::to_string),
            what: piece.what.clone(),
            class,
            severity: self.severity(name, piece),
            before,
            after,
            witness: example.as_ref().map(|(model, example)| example.words(model)),
            undecided,
            file: place.as_ref().map(|place| place.file.clone()),
            line: place.as_ref().map(|place| place.line),
            accepted: None,
            example: example.map(|(_, example)| example),
        })
    }

    /// By what either state says: what is called harmless in the same step is not harmless for that.
    fn severity(&self, name: &PersonaName, piece: &Piece) -> Severity {
        let models = [self.before.model, self.after.model];
        let is_guest = |persona: &Persona| persona.who == Who::Guest;
        if models.iter().filter_map(|model| model.personas.get(name)).any(is_guest) {
            return Severity::Public;
        }
        let objects = models.iter().filter_map(|model| model.objects.get(&piece.object));
        let whole = matches!(piece.action, "export" | "download" | "share");
        let named = |field: &FieldName| piece.field.as_ref().map_or(whole, |named| named == field);
        let mut fields = objects.flat_map(|object| &object.fields).filter(|(name, _)| named(name));
        let sensitive = fields.any(|(_, field)| is_sensitive(field.class) || field.mask.is_some());
        if sensitive { Severity::Sensitive } else { Severity::Plain }
    }
}

fn is_sensitive(class: FieldClass) -> bool {
    !matches!(class, FieldClass::Public | FieldClass::Business)
}

/// What is said of a value need not be said of its mask again, nor of a whole row what is said of its fields.
fn drop_repeated(changes: &mut Vec<Change>) {
    let told: BTreeSet<(Option<String>, &'static str, Option<String>, Class)> = changes
        .iter()
        .filter(|change| change.what.is_none() && change.field.is_some())
        .map(|change| (change.object.clone(), change.action, change.field.clone(), change.class))
        .collect();
    let created: BTreeSet<(Option<String>, Class)> = changes
        .iter()
        .filter(|change| change.action == "create" && change.field.is_some())
        .map(|change| (change.object.clone(), change.class))
        .collect();
    changes.retain(|change| {
        let by_mask = change.action == "read" && change.what.is_some();
        let repeats =
            by_mask && told.contains(&(change.object.clone(), change.action, change.field.clone(), change.class));
        let whole = change.action == "create" && change.field.is_none();
        let whole = whole && created.contains(&(change.object.clone(), change.class));
        !repeats && !whole
    });
}

/// The grants in words, each once, in an order that does not depend on how they are written.
fn in_words(held: &[Held<'_>]) -> Option<String> {
    let words: BTreeSet<String> = held.iter().map(Held::words).collect();
    (!words.is_empty()).then(|| words.into_iter().collect::<Vec<_>>().join(" or "))
}

/// Where something is written.
fn place(model: &AccessModel, span: Span) -> (Option<String>, Option<usize>) {
    let place = model.sources.location(span);
    (Some(place.file), Some(place.line))
}
