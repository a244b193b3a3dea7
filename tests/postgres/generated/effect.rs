//! What is granted must do what the owner's own statement does, and leave a record of whose doing it was.

use super::case::{Case, Probes};
use super::people::Person;
use super::stage::{Counts, Effect};
use portalctl::names::Ident;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

type Columns = Map<String, Json>;

fn columns(row: &str) -> Columns {
    serde_json::from_str(row).expect("a row")
}

/// Columns that come out differently each time: counters, moments.
fn of_the_moment(one: &Effect, other: &Effect) -> BTreeSet<String> {
    let pairs = one.rows.iter().zip(&other.rows).flat_map(|(one, other)| {
        let (one, other) = (columns(one), columns(other));
        one.into_iter().filter(move |(name, value)| other.get(name) != Some(value)).map(|(name, _)| name)
    });
    pairs.collect()
}

/// The row without what comes out differently, of which only counts whether there is a value.
fn settled(row: &str, moving: &BTreeSet<String>) -> String {
    let mut row = columns(row);
    row.iter_mut()
        .filter(|(name, _)| moving.contains(*name))
        .for_each(|(_, value)| *value = Json::Bool(value.is_null()));
    Json::Object(row).to_string()
}

impl<'p> Probes<'p> {
    fn is_ours(&self, table: &str) -> bool {
        table.starts_with(&format!("{}.", Ident::new(self.stage.portal.control())))
            || table.starts_with(&format!("{}.", self.stage.portal.control()))
    }

    /// Objects that are changed on the case's table, whose changes are recorded.
    fn recorded(&self, case: &Case<'p>) -> i64 {
        let written = |object: &&portalctl::model::Object| {
            self.model.personas.values().any(|persona| {
                persona.writes.get(&object.name).into_iter().flatten().any(|grant| grant.write.changes_rows())
            })
        };
        let objects =
            self.model.objects.values().filter(|object| object.table == case.object.table && object.audit_writes);
        i64::try_from(objects.filter(written).count()).expect("few")
    }

    /// In a transaction that is open and as the owner has prepared it: `statement` succeeds, and changes what `owners`
    /// changes. `touches`: rows, or for a function 1 and the answer that it gives.
    pub(super) async fn succeeds(
        &mut self,
        case: &Case<'p>,
        who: &Person,
        (statement, answers): (&str, Option<&str>),
        owners: &str,
    ) {
        self.found.positive += 1;
        if let Err(wrong) = self.same_effect(case, who, (statement, answers), owners).await {
            self.found.wrong.push(format!("{} by {who:?}: {statement}: {wrong}", case.name()));
        }
    }

    async fn same_effect(
        &mut self,
        case: &Case<'p>,
        who: &Person,
        (statement, answers): (&str, Option<&str>),
        owners: &str,
    ) -> Result<(), String> {
        let table = &case.object.table;
        let one = self.stage.effect_of_owner(owners, table).await?;
        let other = self.stage.effect_of_owner(owners, table).await?;
        let moving = of_the_moment(&one, &other);
        let before = self.stage.touched(table).await;
        let token = self.stage.token(who).await;
        let outcome = self.stage.act(case.role().as_str(), &token, statement).await;
        let (touched, answer) = outcome.answer.clone().map_err(|(code, message)| format!("{code} {message}"))?;
        if touched != 1 || answers.is_some_and(|wanted| answer.as_deref() != Some(wanted)) {
            return Err(format!("{touched} rows, answer {answer:?}"));
        }
        let (ours, theirs): (Counts, Counts) =
            outcome.counts.clone().into_iter().partition(|(table, _)| self.is_ours(table));
        if theirs != one.counts {
            return Err(format!("rows changed {theirs:?}, by the owner {:?}", one.counts));
        }
        let rows: BTreeSet<String> =
            self.stage.touched(table).await.difference(&before).map(|row| settled(row, &moving)).collect();
        let wanted: BTreeSet<String> = one.rows.iter().map(|row| settled(row, &moving)).collect();
        if rows != wanted {
            return Err(format!("made {rows:?}, the owner {wanted:?}"));
        }
        self.is_recorded(case, who, &ours).await
    }

    async fn is_recorded(&mut self, case: &Case<'p>, who: &Person, ours: &Counts) -> Result<(), String> {
        let audit = ours.iter().find(|(table, _)| table.ends_with(".audit_event")).map_or(0, |(_, counts)| counts[0]);
        if audit != self.recorded(case) {
            return Err(format!("{audit} records of it, and there should be {}", self.recorded(case)));
        }
        if audit == 0 {
            return Ok(());
        }
        let query = format!(
            "select persona || ' ' || (tenant_key is not null) from {}.audit_event order by id desc limit 1",
            Ident::new(self.stage.portal.control())
        );
        let by = self.stage.one(&query).await;
        let wanted = format!("{} true", who.persona);
        if by.as_deref() == Some(wanted.as_str()) { Ok(()) } else { Err(format!("recorded as {by:?}")) }
    }
}
