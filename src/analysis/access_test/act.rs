//! Doing something as somebody.

use super::{Answer, Outcome, Stage, words};
use crate::analysis::evaluate::{Changes, Datum, Row, Truth, Verdict};
use crate::model::{Act, Field, Mask, Object, OwnerPath, TestedAction};
use crate::names::FieldName;

impl<'a> Stage<'a> {
    pub(super) fn act(&self, act: &Act) -> Outcome {
        let expected = words::act(&self.expectation.asker.text, act);
        let verdict = self.verdict(act);
        let (got, answer) = match verdict {
            Verdict::Allowed if act.allowed => (String::new(), Answer::Allowed),
            Verdict::Denied(_) if !act.allowed => (String::new(), Answer::Denied),
            Verdict::Allowed => ("allowed".to_owned(), Answer::Allowed),
            Verdict::Denied(why) => (format!("denied: {why}"), Answer::Denied),
            Verdict::Unknown(why) => (format!("unknown, because {why}"), Answer::Unknown),
        };
        Outcome { span: act.span, expected, got, answer }
    }

    fn verdict(&self, act: &Act) -> Verdict {
        let unknown = |why: &str| Verdict::Unknown(why.to_owned());
        let Some(object) = self.model.objects.get(&act.object) else { return unknown("the object is not there") };
        let row = act.row.as_ref().and_then(|label| self.row(&act.object, label));
        match (act.action, row) {
            (TestedAction::Create, _) => self.asking.may_create(object, &self.labels.cells(&act.values)),
            (TestedAction::Export, _) => self.asking.may_export(object),
            (_, None) => unknown("no such row is given"),
            (TestedAction::Read, Some(row)) => self.read(object, row, act),
            (TestedAction::Update, Some(row)) if !act.values.is_empty() => {
                self.asking.may_change(object, row, &self.labels.cells(&act.values))
            }
            (TestedAction::Update, Some(row)) => self.update(object, row, act),
            (TestedAction::Transition, Some(row)) => self.transition(object, row, act),
            (TestedAction::Assign, Some(row)) => self.assign(object, row, act),
            (TestedAction::Delete, Some(row)) => self.asking.may_delete(object, row),
            (TestedAction::Attach, Some(row)) => self.asking.may_attach(object, row),
            (TestedAction::Share, Some(row)) => {
                let to = act.to.as_deref().and_then(|to| self.test.given.users.get(to));
                self.asking.may_share(object, row, to.map_or("", |user| user.email.as_str()))
            }
        }
    }

    /// Expected to be possible: all of the fields; else: none of them. What is only shown by its mask is not seen.
    fn read(&self, object: &Object, row: &Row, act: &Act) -> Verdict {
        let sight = self.asking.sees(&object.table, row);
        if act.fields.is_empty() {
            return Verdict::of(sight.row(), || "the row is not shown".to_owned());
        }
        let shown = act.fields.iter().filter_map(|name| object.fields.get(name)).map(|field| {
            let by_mask = sight
                .masked(&field.column)
                .map_or(Truth::No, |(mask, truth)| Truth::all([truth, self.mask_shows(object, row, field, mask)]));
            (field, Truth::any([sight.plain(&field.column), by_mask]))
        });
        let shown: Vec<(&Field, Truth)> = shown.collect();
        let truths = shown.iter().map(|(_, truth)| truth.clone());
        let together = if act.allowed { Truth::all(truths) } else { Truth::any(truths) };
        Verdict::of(together, || {
            let hidden = shown.iter().filter(|(_, truth)| !truth.holds());
            words::joined(hidden.map(|(field, _)| format!("`{}` is not shown", field.name)))
        })
    }

    /// A mask hides nothing where there is nothing, or where it looks like the value.
    fn mask_shows(&self, object: &Object, row: &Row, field: &Field, mask: Mask) -> Truth {
        let cell = row.0.get(&field.column).cloned();
        let cell = cell.unwrap_or_else(|| self.absent(object, field));
        match &cell {
            Datum::Text(text) => Truth::of(crate::analysis::evaluate::masked(mask, text).as_ref() == Some(text)),
            other => other.is_null(),
        }
    }

    fn absent(&self, object: &Object, field: &Field) -> Datum {
        match self.world.fillings.filled.contains(&(object.table.clone(), field.column.clone())) {
            true => Datum::Untold(format!("`{}` is not written", field.name)),
            false => Datum::Null,
        }
    }

    /// To something else than the fields hold. Expected to be possible: all at once; else: none of them.
    fn update(&self, object: &'a Object, row: &Row, act: &Act) -> Verdict {
        let named: Vec<FieldName> = if act.fields.is_empty() { updated(object) } else { act.fields.clone() };
        if act.allowed && !act.fields.is_empty() {
            return self.to_something_else(object, row, &named);
        }
        let each = named.iter().map(|name| self.to_something_else(object, row, std::slice::from_ref(name)));
        Verdict::first_allowing(each, || "it has no fields".to_owned())
    }

    fn to_something_else(&self, object: &'a Object, row: &Row, names: &[FieldName]) -> Verdict {
        let fields: Vec<&Field> = names.iter().filter_map(|name| object.fields.get(name)).collect();
        let values: Vec<Vec<Datum>> = fields.iter().map(|field| self.candidates(object, row, field)).collect();
        if let Some(at) = values.iter().position(Vec::is_empty) {
            return Verdict::Unknown(format!("no other value is known for `{}`", fields[at].name));
        }
        let most = values.iter().map(Vec::len).max().unwrap_or_default();
        let attempts = (0..most).map(|n| {
            let set = fields
                .iter()
                .zip(&values)
                .map(|(field, values)| (field.column.clone(), values[n % values.len()].clone()));
            self.asking.may_change(object, row, &set.collect::<Changes>())
        });
        Verdict::first_allowing(attempts, || "there is nothing to change".to_owned())
    }

    fn transition(&self, object: &'a Object, row: &Row, act: &Act) -> Verdict {
        let field = object.states.as_ref().and_then(|states| object.fields.get(&states.field));
        let Some(field) = field else { return Verdict::Denied("it has no states".to_owned()) };
        let to = act.to.clone().map_or(Datum::Null, Datum::Text);
        self.asking.may_change(object, row, &Changes::from([(field.column.clone(), to)]))
    }

    fn assign(&self, object: &'a Object, row: &Row, act: &Act) -> Verdict {
        let mut changes = Changes::new();
        for path in &act.owners {
            let Some(OwnerPath::Column(user)) = object.owners.get(path) else { continue };
            let to = act.to.as_deref().and_then(|to| self.test.given.users.get_key_value(to));
            let Some((label, _)) = to.filter(|(_, to)| to.keys.contains_key(&user.key)) else {
                let who = act.to.clone().unwrap_or_default();
                return Verdict::Denied(format!("`{who}` has no key `{}`, which the column holds", user.key));
            };
            changes.insert(user.column.clone(), Datum::Text(self.labels.user(label, &user.key)));
        }
        self.asking.may_change(object, row, &changes)
    }
}

/// Every field but those that have words of their own: the state is moved, the owner handed over.
pub(super) fn updated(object: &Object) -> Vec<FieldName> {
    let is_state = |name: &FieldName| object.states.as_ref().is_some_and(|states| states.field == *name);
    let is_owner = |field: &Field| {
        object.owners.values().any(|path| matches!(path, OwnerPath::Column(user) if user.column == field.column))
    };
    let fields = object.fields.iter().filter(|(name, field)| !is_state(name) && !is_owner(field));
    fields.map(|(name, _)| name.clone()).collect()
}
