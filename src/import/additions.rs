//! What the project document gets from an import: where its tenants are, and, as a remark, who looks like people who sign in.

use super::ledger::Ledger;
use super::outline::Outline;
use super::report::Decision;
use super::sources::{completed, sources};
use super::yaml::remark;
use crate::names::TableName;
use crate::spec::edit::{Change, Edit, EditError, New, Place, document_named, edited, remarked};

/// Nobody is let in by a guess: the lines wait until somebody names the audience.
const PEOPLE: &str =
    "# These look like people who sign in. To let them, put them under `people:`, with an audience of a portal:";

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Additions {
    project: String,
    tenants: Vec<(TableName, New)>,
    /// The table, and the lines about it.
    people: Vec<(String, String)>,
    /// The table, a line that an earlier import wrote about it, and what it would be now.
    completed: Vec<(TableName, String, String)>,
}

impl Additions {
    pub(super) fn of(outline: &Outline<'_>, decisions: &[Decision], before: &Ledger) -> Self {
        let settings = outline.settings;
        let Some(project) = settings.project.as_ref().filter(|_| !settings.is_elsewhere) else {
            return Self::default();
        };
        Self {
            project: project.clone(),
            tenants: sources(outline),
            people: people(decisions, Some(before)),
            completed: completed(outline, before),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.tenants.is_empty() && self.people.is_empty() && self.completed.is_empty()
    }

    /// Tables of people that a remark is written about.
    pub fn people(&self) -> impl Iterator<Item = &str> {
        self.people.iter().map(|(table, _)| table.as_str())
    }

    pub fn told(&self) -> Vec<String> {
        let tenants = self.tenants.iter().map(|(table, _)| format!("tenants of `{}`", remark(&table.to_string())));
        let people = self.people().map(|table| format!("a remark about the people of `{}`", remark(table)));
        let more = self.completed.iter().map(|(table, ..)| table.to_string());
        let more = more.map(|table| {
            format!("of which tenant the people of `{}` are, where the remark still stands", remark(&table))
        });
        tenants.chain(people).chain(more).collect()
    }

    /// The text of the project document's file with them; every other byte stays.
    ///
    /// # Errors
    /// The document cannot be edited without a change to what it says besides.
    pub fn added_to(&self, text: &str) -> Result<String, EditError> {
        let missing = || EditError::NoSuchPlace(format!("project `{}`", self.project));
        let document = document_named(text, "project", &self.project).ok_or_else(missing)?;
        let add = |(_, source): &(TableName, New)| Edit {
            place: Place::document(document),
            change: Change::AppendTo("tenants".to_owned(), source.clone()),
        };
        let text = edited(text, &self.tenants.iter().map(add).collect::<Vec<_>>())?;
        let text = self.completed.iter().fold(text, |text, (_, then, now)| {
            // A remark that somebody has changed is theirs.
            text.replace(&format!("# {then}"), &format!("# {now}"))
        });
        match lines(&self.people) {
            lines if lines.is_empty() => Ok(text),
            lines => remarked(&text, document, &lines),
        }
    }
}

/// The remark for a project document that is made by the import.
pub(super) fn remark_about_people(decisions: &[Decision]) -> Vec<String> {
    lines(&people(decisions, None))
}

fn people(decisions: &[Decision], before: Option<&Ledger>) -> Vec<(String, String)> {
    let about = decisions.iter().filter_map(|decision| {
        let table = decision.table.clone().filter(|_| decision.about == "people")?;
        Some((table, decision.choices.first()?.yaml.clone()))
    });
    about.filter(|(table, _)| before.is_none_or(|before| !before.has_people(table))).collect()
}

fn lines(people: &[(String, String)]) -> Vec<String> {
    let entries = people.iter().flat_map(|(_, yaml)| yaml.lines().skip(1).map(|line| format!("# {line}")));
    std::iter::once(PEOPLE.to_owned()).filter(|_| !people.is_empty()).chain(entries).collect()
}
