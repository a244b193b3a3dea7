//! A row with what this persona may change of it, held in the transaction that does.

use crate::model::{Field, Object};
use crate::site::form::{Control, Difference, Slot, Submitted, Was, compare, lines};
use crate::site::handler::Ask;
use crate::site::handler::rows::Rows;
use crate::site::handler::visit::Viewer;
use crate::site::key;
use crate::site::portal::slug;
use crate::site::query::{Change, Hold, Kind, OneRow, Refusal, Row, Writing, Written};
use crate::site::writable::UpdateWay;
use std::collections::BTreeMap;

pub struct Editing<'a> {
    pub object: &'a Object,
    pub key: Vec<String>,
    /// Each as one role. None: there is no such row, or none that may be changed.
    pub parts: Vec<Part<'a>>,
}

/// What one role may change of the row.
pub struct Part<'a> {
    pub way: &'a UpdateWay,
    pub rows: Rows<'a>,
    pub slots: Vec<Slot>,
    pub row: Row,
}

impl<'a> Editing<'a> {
    /// Asks each role whether it may change the row: the database knows, page code does not.
    pub async fn load(
        ask: &'a Ask<'a>,
        viewer: &Viewer<'a>,
        (object, ways): (&'a Object, &'a [UpdateWay]),
        key: Vec<String>,
        hold: Hold,
        writing: &mut Writing,
    ) -> Result<Self, Refusal> {
        let mut parts: Vec<Part<'a>> = Vec::new();
        for way in ways {
            let Some(facet) = viewer.persona.readable.in_role(&object.name, &way.role) else { continue };
            let rows = Rows::new(ask, viewer.persona, object, facet);
            let plain = facet.plain();
            let new = |slot: &Slot| !parts.iter().any(|part| part.slots.iter().any(|other| other.name == slot.name));
            let seen: Vec<&Field> = plain.iter().filter_map(|name| object.fields.get(name)).collect();
            let selection = rows.selection(&seen, false);
            let found = change(ask, object, way).hold(&key, hold, &selection, writing).await;
            match found {
                Ok(Some(row)) => {
                    // The row policy may have admitted it for another action of the role, such as handing it over.
                    let control = &ask.site.model.project.control_schema;
                    let asked = OneRow { object: &object.name, control, role: &way.role, key: &key };
                    let possible = asked.possible(writing.reading()).await?;
                    let may = |slot: &Slot| {
                        let mut fields = slot.columns.iter().filter_map(|column| object.field_of(column));
                        fields.any(|field| way.may_set(&possible, &field.name))
                    };
                    let slots: Vec<Slot> =
                        slots(ask, object, way, Some(&plain)).filter(|slot| new(slot) && may(slot)).collect();
                    if !slots.is_empty() {
                        parts.push(Part { way, rows, slots, row });
                    }
                }
                Ok(None) => {}
                // A key that no column could hold is nobody's, and the transaction answers no more.
                Err(Refusal::Said(said)) if said.kind == Kind::Value => break,
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(Self { object, key, parts })
    }

    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.parts.iter().flat_map(|part| &part.slots)
    }

    /// What each control shows of the row as it is now.
    pub fn shown(&self) -> BTreeMap<String, String> {
        let each = self.parts.iter().flat_map(|part| part.slots.iter().map(move |slot| (part, slot)));
        each.map(|(part, slot)| (slot.name.clone(), part.shows(self.object, slot))).collect()
    }

    pub fn was(&self) -> Was {
        let shown = self.shown();
        Was::of(shown.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    pub fn name(&self) -> String {
        self.parts.first().map_or_else(|| self.object.label_one.to_string(), |part| part.rows.name(&part.row))
    }

    /// Below the portal's base.
    pub fn path(&self) -> String {
        path(self.object, &self.key)
    }

    /// What became of each slot between the form and the row as it is now.
    pub fn differences(&self, submitted: &Submitted) -> Vec<(&Slot, Difference, String)> {
        let was = Was::read(submitted.get("was").unwrap_or_default());
        let (shown, typed) = (self.shown(), submitted.values());
        let of = |slot: &'_ Slot| {
            let now = shown.get(&slot.name).map_or("", String::as_str);
            // A box that is not ticked is not sent; any other slot that is not was not on the form.
            let mine = match typed.get(&slot.name) {
                Some(text) => {
                    // What nobody touched is not tidied up either: that would be written as this person's change.
                    let text = lines(text);
                    if text == now || was.is(&slot.name, &text) { text } else { slot.normal(&text) }
                }
                None if slot.control == Control::Checkbox => "false".to_owned(),
                None => now.to_owned(),
            };
            let found = match (compare(&was, &slot.name, now, &mine), submitted.get(&decision(&slot.name))) {
                (Difference::None, _) | (_, Some("theirs")) => Difference::None,
                // It was seen side by side with this very value, so it was decided.
                (Difference::Mine, _) if !submitted.asked(&slot.name) => Difference::Mine,
                (Difference::Mine, Some("mine")) => Difference::Mine,
                _ => Difference::Both,
            };
            (found, mine)
        };
        self.slots()
            .map(|slot| {
                let (found, mine) = of(slot);
                (slot, found, mine)
            })
            .collect()
    }

    /// Writes the values of these slots, each as its role, and gives the key that the row then has; `None`: one of
    /// them may not.
    pub async fn write(
        &self,
        ask: &Ask<'_>,
        values: &BTreeMap<String, Vec<Written>>,
        writing: &mut Writing,
    ) -> Result<Option<Vec<String>>, Refusal> {
        let mut key = self.key.clone();
        for part in &self.parts {
            let mine = part.slots.iter().filter_map(|slot| values.get(&slot.name));
            let columns: Vec<Written> = mine.flatten().cloned().collect();
            if columns.is_empty() {
                continue;
            }
            if !change(ask, self.object, part.way).update(&key, &columns, writing).await? {
                return Ok(None);
            }
            key = key_after(self.object, key, &columns);
        }
        Ok(Some(key))
    }
}

impl Part<'_> {
    fn shows(&self, object: &Object, slot: &Slot) -> String {
        let field = slot.columns.first().and_then(|column| object.field_of(column));
        let value = field.and_then(|field| self.row.values.get(&field.name)).and_then(Option::as_deref);
        slot.control.shown(value)
    }
}

/// The key may be among what was written; the next role finds the row by the new one.
fn key_after(object: &Object, key: Vec<String>, written: &[Written]) -> Vec<String> {
    let new = |column| written.iter().find(|(name, _)| name == column).and_then(|(_, value)| value.clone());
    object.key.iter().zip(key).map(|(column, part)| new(column).unwrap_or(part)).collect()
}

/// The name under which somebody decides between two values of a slot.
pub fn decision(slot: &str) -> String {
    format!("decide.{slot}")
}

/// Below the portal's base.
pub fn path(object: &Object, key: &[String]) -> String {
    format!("/{}/{}", slug(&object.name), key::encode(key.iter().map(|part| Some(part.as_str()))))
}

fn change<'a>(ask: &'a Ask<'_>, object: &'a Object, way: &'a UpdateWay) -> Change<'a> {
    let site = ask.site;
    Change { object, role: &way.role, types: &site.types, timezone: &site.model.project.timezone }
}

/// What the way writes. What its role does not read begins empty, and empty means unchanged.
pub fn slots<'a>(
    ask: &'a Ask<'_>,
    object: &'a Object,
    way: &'a UpdateWay,
    seen: Option<&'a [crate::names::FieldName]>,
) -> impl Iterator<Item = Slot> + 'a {
    way.fields.iter().filter_map(move |name| {
        let field = object.fields.get(name)?;
        let mut slot = Slot::of_field(object, field, &ask.site.types, false)?;
        if way.chooses {
            slot = slot.chosen_as(object, field, &way.role);
        }
        if seen.is_some_and(|seen| !seen.contains(name)) {
            slot.required = false;
            slot.kept = true;
            if slot.control == Control::Checkbox {
                slot.control = Control::YesNo;
            }
        }
        Some(slot)
    })
}
