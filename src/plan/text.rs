//! A plan for people: access first, then hazards, then every change.

use super::access::{AccessChange, AccessClass};
use super::anew::anew;
use super::change::join;
use super::describe::{counted, describe};
use super::persona_names::PersonaNames;
use super::{AppliedState, ChangeKind, Drift, Former, Hazard, Lapse, Phase, Plan, Since};
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
            if matches!(&self.former, Former::Known(since) if !since.found.changes.is_empty()) {
                text.push('\n');
                self.access_part(&mut text);
                text.truncate(text.trim_end().len() + 1);
            }
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
        match &self.former {
            Former::Known(since) => return since.part(&self.names, text),
            Former::Unknown(why) => {
                _ = writeln!(
                    text,
                    "access, by what the database holds: of the documents applied last nothing is known, since {}",
                    shown(why)
                );
            }
            Former::None => text.push_str("access\n"),
        }
        if self.access.is_empty() {
            text.push_str("  nobody gains or loses anything\n");
        } else if self.first {
            let personas: BTreeSet<&str> = self.access.iter().map(|change| change.persona.as_str()).collect();
            let objects: BTreeSet<&str> = self.access.iter().map(|change| change.object.as_str()).collect();
            _ = writeln!(
                text,
                "  first apply: {} over {}; whose rows, and when, `portalctl matrix` says",
                counted(personas.len(), "persona"),
                counted(objects.len(), "object")
            );
        }
        by_states(&self.access, &BY_PLAN, &self.names, text);
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
            self.rename_part(name, text);
        }
    }

    /// A column that goes and one that comes are mostly one that is called otherwise.
    fn rename_part(&self, name: &str, text: &mut String) {
        let Some(new) = self.renamed.get(name) else { return };
        let old = name.rsplit_once('.').map_or(name, |(_, old)| old);
        _ = writeln!(
            text,
            "    `{}` is new and of the same type: if it is the same, write `was: {}` at it, and it keeps its values",
            shown(new),
            shown(old)
        );
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
                Hazard::Lapses(name) => {
                    let lines = self.lapses.get(name).map(Lapse::lines).unwrap_or_default();
                    lines.iter().map(|line| shown(line)).collect::<Vec<_>>().join("\n    ")
                }
                Hazard::LocksOut(_) | Hazard::DestroysData(_) => {
                    format!("{}\n    {}", shown(&join(subjects)), shown(&hazard.advice().unwrap_or_default()))
                }
            };
            _ = writeln!(text, "  {}  {}", shown(&hazard.to_string()), about);
            if let Hazard::DestroysData(name) = hazard {
                self.rename_part(name, text);
            }
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
            let what = match &change.kind {
                ChangeKind::CreateRole { role, .. }
                | ChangeKind::AlterRole { role, .. }
                | ChangeKind::DropRole { role } => self.names.with_persona(role, what),
                _ => self.names.in_words(&what),
            };
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
        if let Some(told) = anew(&self.changes) {
            _ = writeln!(text, "{told}");
        }
    }
}

impl Since {
    /// What is not as it was applied.
    pub fn drift_text(&self, names: &PersonaNames) -> String {
        let mut text = String::new();
        self.drift_part(names, &mut text);
        if text.is_empty() {
            return format!("no drift: the database is as {} has it\n", shown(&self.state.words()));
        }
        text.truncate(text.trim_end().len() + 1);
        text
    }

    fn part(&self, names: &PersonaNames, text: &mut String) {
        _ = writeln!(text, "access, since {}", shown(&self.state.words()));
        if self.found.changes.is_empty() {
            let by = match &self.drift {
                Ok(drift) if !drift.access.is_empty() => " by the documents",
                _ => "",
            };
            _ = writeln!(text, "  nobody gains or loses anything{by}");
        } else {
            for line in self.found.text().lines() {
                _ = writeln!(text, "{}", format!("  {line}").trim_end());
            }
        }
        text.push('\n');
        self.drift_part(names, text);
    }

    fn drift_part(&self, names: &PersonaNames, text: &mut String) {
        match &self.drift {
            Ok(drift) if drift.changes.is_empty() => {}
            Ok(drift) => drift.part(&self.state, names, text),
            Err(why) => {
                _ = writeln!(text, "drift\n  what differs from what was applied cannot be told: {}\n", shown(why));
            }
        }
    }
}

impl Drift {
    /// Some things: all of them are below, among the changes.
    const SHOWN: usize = 8;

    fn part(&self, state: &AppliedState, names: &PersonaNames, text: &mut String) {
        text.push_str(match self.other_version {
            false => "drift: the database is not as it was applied; the next `apply` sets it right\n",
            true => "not as it was applied: by hand, or because this version of portalctl makes it otherwise\n",
        });
        if self.other_version {
            _ = writeln!(text, "  applied with {}, this is {}", shown(&state.portalctl), super::applied::TOOL);
        }
        by_states(&self.access, &BESIDE_APPLIED, names, text);
        if !self.changes.is_empty() {
            text.push_str("  to set it right\n");
        }
        for change in self.changes.iter().take(Self::SHOWN) {
            _ = writeln!(text, "    {}", shown(&names.in_words(change)));
        }
        if let Some(more) = self.changes.len().checked_sub(Self::SHOWN + 1) {
            _ = writeln!(text, "    and {}", counted(more + 1, "other"));
        }
        text.push('\n');
    }
}

/// How what somebody gains by a step from one state to the other is told, and what they lose.
struct Told {
    gained: (char, &'static str, &'static str),
    lost: (char, &'static str, &'static str),
}

/// The step is what a plan does.
const BY_PLAN: Told = Told { gained: ('+', "", ""), lost: ('-', "no longer ", "") };

/// The step leads back to what was applied: what somebody loses by it is what they have beyond that.
const BESIDE_APPLIED: Told =
    Told { gained: ('-', "no longer ", ", as was applied"), lost: ('+', "", ", which was not applied") };

/// Access as two states of a database tell it.
fn by_states(access: &[AccessChange], told: &Told, names: &PersonaNames, text: &mut String) {
    for ((persona, object, action, class), fields) in grouped(access) {
        let fields = if fields.is_empty() { String::new() } else { format!(": {}", join(&fields)) };
        let (sign, what) = match class {
            AccessClass::Widen => written(told.gained, action, object, &fields),
            AccessClass::Narrow => written(told.lost, action, object, &fields),
            // States tell no rows apart that are written otherwise and come to the same.
            AccessClass::Incomparable | AccessClass::Neutral => ('~', format!("{action}s other rows of {object}")),
        };
        _ = writeln!(text, "  {sign} {} {}", shown(&names.in_words(persona)), shown(&what));
    }
}

fn written((sign, before, behind): (char, &str, &str), action: &str, object: &str, fields: &str) -> (char, String) {
    (sign, format!("{before}{action}s {object}{fields}{behind}"))
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
