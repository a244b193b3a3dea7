//! Deleting rows, and the files that hang on them.

use super::asking::Asking;
use super::change::{Held, needs};
use super::truth::{Truth, Verdict};
use super::world::Row;
use crate::model::{Deletion, FileUse, Object, Write, WriteGrant};

impl<'w> Asking<'w> {
    pub fn may_delete(&self, object: &'w Object, row: &Row) -> Verdict {
        let is_delete = |grant: &WriteGrant| matches!(grant.write, Write::Delete { .. });
        let facets = self.persona.facets.iter().enumerate();
        let verdicts = facets.map(|(at, facet)| {
            let of_object = |(other, grant): &Held<'w>| {
                is_delete(grant)
                    && if object.deletion == Some(Deletion::Hard) {
                        grant.removes(other)
                    } else {
                        other.name == object.name
                    }
            };
            let held: Vec<Held<'w>> = self.held(at, &object.table).into_iter().filter(of_object).collect();
            let covered = self.some_covers(&held, row);
            // A row is marked as deleted by a function, which does not ask whether the same role shows it.
            let seen = match object.deletion {
                Some(Deletion::Hard) => self.sees_in(facet, &object.table, row).row(),
                _ => Truth::Yes,
            };
            Verdict::of(Truth::all([covered, seen]), || self.why_none_covers(&held, row, "delete", object))
        });
        Verdict::first_allowing(verdicts, || format!("no grant lets `{}` delete `{}`", self.persona.name, object.name))
    }

    /// Whether a file could be added to the row.
    pub fn may_attach(&self, object: &'w Object, row: &Row) -> Verdict {
        self.may_use(object, row, FileUse::Attach, "attach to", "attach files")
    }

    /// Whether the row's files could be fetched.
    pub fn may_download(&self, object: &'w Object, row: &Row) -> Verdict {
        self.may_use(object, row, FileUse::Download, "fetch files of", "fetch files")
    }

    fn may_use(&self, object: &'w Object, row: &Row, file_use: FileUse, verb: &str, whole: &str) -> Verdict {
        let verdicts = (0..self.persona.facets.len()).map(|at| {
            let held = self.held(at, &object.table).into_iter();
            let held: Vec<Held<'w>> = held
                .filter(|(other, grant)| other.name == object.name && grant.write == Write::Files(file_use))
                .collect();
            Verdict::of(self.some_covers(&held, row), || self.why_none_covers(&held, row, verb, object))
        });
        Verdict::first_allowing(verdicts, || format!("no grant lets `{}` {whole}", self.persona.name))
    }

    /// Whether what they read of the object may be taken away as a file.
    pub fn may_export(&self, object: &'w Object) -> Verdict {
        let grants = self.persona.writes.get(&object.name).into_iter().flatten();
        let mut exports = grants.filter(|grant| matches!(grant.write, Write::Export { .. })).peekable();
        let why = match exports.peek() {
            None => format!("no grant lets `{}` export `{}`", self.persona.name, object.name),
            Some(_) => "it needs a second factor".to_owned(),
        };
        let Some(grant) = exports.find(|grant| self.mfa || !grant.rows.mfa) else { return Verdict::Denied(why) };
        let facet = self.persona.facets.get(grant.facet).or_else(|| self.persona.facets.first());
        let reads = facet.is_some_and(|facet| facet.reads.contains_key(&object.table));
        Verdict::of(Truth::of(reads), || "the role that may export it reads none of it".to_owned())
    }

    pub(super) fn some_covers(&self, held: &[Held<'w>], row: &Row) -> Truth {
        Truth::any(held.iter().map(|(object, grant)| self.covers(object, &grant.rows, needs(&grant.write), row)))
    }

    pub(super) fn why_none_covers(&self, held: &[Held<'w>], row: &Row, verb: &str, object: &Object) -> String {
        let reasons =
            held.iter().filter_map(|(object, grant)| self.why_not(object, &grant.rows, needs(&grant.write), row));
        let reasons: Vec<String> = reasons.collect();
        if held.is_empty() {
            return format!("no grant lets `{}` {verb} `{}`", self.persona.name, object.name);
        }
        if reasons.is_empty() { "the row is not shown to them".to_owned() } else { reasons.join("; or ") }
    }
}
