//! Which rows somebody sees.

use super::super::PgError;
use super::Stage;
use super::session::{Answer, Session};
use crate::analysis::access_test::{Answer as Said, Outcome, words};
use crate::model::{Listed, Object};
use crate::names::{Ident, RowLabel};
use std::collections::{BTreeMap, BTreeSet};

impl Stage<'_> {
    pub(super) async fn lists(&self, session: &mut Session<'_, '_>, listed: &Listed) -> Result<Outcome, PgError> {
        let unknown = |got: String| Outcome {
            span: listed.span,
            expected: words::sees(&self.expectation.asker.text, listed),
            got,
            answer: Said::Unknown,
        };
        let Some(object) = self.bench.model.objects.get(&listed.object) else {
            return Ok(unknown("the object is not there".to_owned()));
        };
        let (seen, stopped) = self.seen(session, object).await?;
        if let Some(stopped) = stopped {
            return Ok(unknown(format!("PostgreSQL could not tell: {stopped}")));
        }
        let labels = self.labels(object);
        let siblings = self.siblings(object);
        let mut found = BTreeSet::new();
        let mut strange = Vec::new();
        for key in seen {
            match labels.get(&key) {
                Some(label) => drop(found.insert((*label).clone())),
                None if siblings.contains(&key) => {}
                None => strange.push(key.join(", ")),
            }
        }
        Ok(Outcome::listed(self.test, self.expectation, listed, found, &strange))
    }

    /// Keys of every row that one of the persona's roles is shown.
    async fn seen(
        &self,
        session: &mut Session<'_, '_>,
        object: &Object,
    ) -> Result<(BTreeSet<Vec<String>>, Option<String>), PgError> {
        let keys: Vec<String> =
            object.key.iter().map(|column| format!("{}::text", Ident::new(column.as_str()))).collect();
        let mut seen = BTreeSet::new();
        for facet in session.facets {
            let sql = format!("SELECT {} FROM {}", keys.join(", "), self.read_as(&facet.role, &object.table));
            match session.ask(&facet.role, &sql).await? {
                Answer::Done { rows, .. } => {
                    seen.extend(rows.into_iter().map(|row| row.into_iter().map(Option::unwrap_or_default).collect()));
                }
                Answer::Denied(_) => {}
                Answer::Stopped(why) => return Ok((seen, Some(why))),
            }
        }
        Ok((seen, None))
    }

    fn labels(&self, object: &Object) -> BTreeMap<Vec<String>, &RowLabel> {
        let rows = self.test.given.rows.keys().filter(|(name, _)| *name == object.name);
        rows.map(|(name, label)| (self.keys.row(name, label), label)).collect()
    }

    /// Keys of rows that are given as another object of the same table.
    fn siblings(&self, object: &Object) -> BTreeSet<Vec<String>> {
        let other = |name| self.bench.model.objects.get(name).is_some_and(|other| other.table == object.table);
        let rows = self.test.given.rows.keys().filter(|(name, _)| *name != object.name && other(name));
        rows.map(|(name, label)| self.keys.row(name, label)).collect()
    }
}
