//! A plan for people: access first, then hazards, then every change.

use super::access::{AccessChange, AccessClass};
use super::change::join;
use super::describe::{counted, describe};
use super::{Hazard, Phase, Plan};
use crate::diagnostic::escape::one_line as shown;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

impl Plan {
    /// Plain text, without colours. Whatever documents or the database named is escaped, so that no
    /// name can move the cursor or look like a line of ours.
    pub fn to_text(&self) -> String {
        if self.changes.is_empty() {
            let mut text =
                format!("no changes: the database `{}` is as the documents say\n", shown(&self.target.database));
            self.kept_part(&mut text);
            return text;
        }
        let mut text = String::new();
        // Writing to a string cannot fail.
        _ = writeln!(text, "plan for the database `{}`\n", shown(&self.target.database));
        self.access_part(&mut text);
        self.hazard_part(&mut text);
        self.change_part(&mut text);
        self.kept_part(&mut text);
        text
    }

    fn access_part(&self, text: &mut String) {
        text.push_str("access\n");
        if self.access.is_empty() {
            text.push_str("  nobody gains or loses anything\n");
        } else if self.first {
            let personas: BTreeSet<&str> = self.access.iter().map(|change| change.persona.as_str()).collect();
            let objects: BTreeSet<&str> = self.access.iter().map(|change| change.object.as_str()).collect();
            _ = writeln!(
                text,
                "  first apply: {} over {}",
                counted(personas.len(), "persona"),
                counted(objects.len(), "object")
            );
        }
        for ((persona, object, action, class), fields) in grouped(&self.access) {
            let fields = if fields.is_empty() { String::new() } else { format!(": {}", join(&fields)) };
            let (sign, what) = match class {
                AccessClass::Widen => ('+', format!("{action}s {object}{fields}")),
                AccessClass::Narrow => ('-', format!("no longer {action}s {object}{fields}")),
                // States tell no rows apart that are written otherwise and come to the same.
                AccessClass::Incomparable | AccessClass::Neutral => ('~', format!("{action}s other rows of {object}")),
            };
            _ = writeln!(text, "  {sign} {} {}", shown(persona), shown(&what));
        }
        text.push('\n');
    }

    /// What no document names any more is nobody's to see, and nobody's to lose unasked.
    fn kept_part(&self, text: &mut String) {
        if self.kept.is_empty() {
            return;
        }
        text.push_str("\nkept, though no document names it any more\n");
        for name in &self.kept {
            let hazard = Hazard::DestroysData(name.clone());
            _ = writeln!(text, "  {}\n    --allow {} drops it", shown(name), shown(&hazard.to_string()));
        }
    }

    fn hazard_part(&self, text: &mut String) {
        let hazards = self.hazards();
        if hazards.is_empty() {
            return;
        }
        text.push_str("hazards\n");
        for (hazard, subjects) in hazards {
            let about = match hazard {
                Hazard::Widens => "somebody gains access".to_owned(),
                Hazard::Narrows => "somebody loses access".to_owned(),
                Hazard::LocksTable => {
                    format!("{} for a moment: {}", counted(self.locked().len(), "table"), shown(&join(self.locked())))
                }
                Hazard::LocksOut(_) | Hazard::DestroysData(_) => {
                    format!("{}\n    {}", shown(&join(subjects)), shown(&hazard.advice().unwrap_or_default()))
                }
            };
            _ = writeln!(text, "  {}  {}", shown(&hazard.to_string()), about);
            if hazard.needs_its_name() {
                _ = writeln!(text, "    allow it with --allow {}", shown(&hazard.to_string()));
            }
        }
        text.push('\n');
    }

    fn change_part(&self, text: &mut String) {
        let mut phase: Option<Phase> = None;
        let mut counts: BTreeMap<char, usize> = BTreeMap::new();
        for change in &self.changes {
            if phase != Some(change.phase()) {
                phase = Some(change.phase());
                _ = writeln!(text, "{}", change.phase());
            }
            let (sign, what) = describe(&change.kind);
            *counts.entry(sign).or_default() += 1;
            _ = writeln!(text, "  {sign} {}", shown(&what));
        }
        let count = |sign| counts.get(&sign).copied().unwrap_or_default();
        _ = writeln!(
            text,
            "\n{}: {} to add, {} to alter, {} to remove",
            counted(self.changes.len(), "change"),
            count('+'),
            count('~'),
            count('-')
        );
    }
}

type Group<'a> = (&'a str, &'a str, &'static str, AccessClass);

fn grouped(access: &[AccessChange]) -> BTreeMap<Group<'_>, Vec<String>> {
    let mut groups: BTreeMap<Group<'_>, Vec<String>> = BTreeMap::new();
    for change in access {
        let fields = groups.entry((&change.persona, &change.object, change.action, change.class)).or_default();
        fields.extend(change.field.as_ref().map(|field| match &change.mask {
            Some(mask) => format!("{field} (masked: {mask})"),
            None => field.clone(),
        }));
    }
    groups
}
