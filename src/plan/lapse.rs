//! Whom a `lifecycle` that is new, or says something else than before, takes access from as soon as it is applied.

use super::describe::counted;
use super::sql;
use crate::model::{AccessModel, PaidUntil, Persona};
use crate::names::Ident;
use crate::state::{DatabaseState, Function};
use std::collections::BTreeMap;

/// The function of the control schema by which people lapse.
pub const LAPSES_AT: &str = "lapses_at";

/// People of one audience who are of another at once.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Lapse {
    pub people: i64,
    pub tenants: i64,
    /// Titles of the first few.
    pub named: Vec<String>,
    /// The audience that they are of then.
    pub left_with: String,
    /// Whether their dates could be read; where not, it is everybody.
    pub counted: bool,
    /// How they get a date before.
    pub how: String,
}

impl Lapse {
    /// Who, and what to do about it.
    pub fn lines(&self) -> Vec<String> {
        let up_to = if self.counted { "" } else { "up to " };
        let people = if self.people == 1 { "1 person".to_owned() } else { format!("{} people", self.people) };
        let verb = if self.people == 1 { "loses" } else { "lose" };
        let tenants = usize::try_from(self.tenants).unwrap_or(usize::MAX);
        let more = match tenants.saturating_sub(self.named.len()) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let who = format!(
            "{up_to}{people} of {} {verb} access at once, left with {}: {}{more}",
            counted(tenants, "tenant"),
            self.left_with,
            self.named.join(", ")
        );
        let unread = (!self.counted).then(|| "their dates are not for this administrator to read".to_owned());
        [who, self.how.clone()].into_iter().chain(unread).collect()
    }
}

/// What is asked of the database, within a transaction that comes to nothing.
#[derive(Debug)]
pub struct LapseQuestion {
    /// Makes the function, for this session alone.
    pub trial: String,
    /// Answers rows of (audience, people, tenants, titles), where that function can be asked.
    pub by_dates: String,
    /// The same where nobody has a date, or nobody may read it.
    pub everybody: String,
}

impl LapseQuestion {
    /// `None`: nobody has access yet that could be taken.
    pub fn of(model: &AccessModel, live: &DatabaseState, function: &Function) -> Option<Self> {
        if live.control_version == 0 {
            return None;
        }
        let control = Ident::new(model.project.control_schema.as_str()).to_string();
        let known =
            live.functions.keys().any(|name| name.name == LAPSES_AT && name.schema == model.project.control_schema);
        let personas: Vec<String> = lapsing(model).map(|persona| Ident::literal(&persona.name.to_string())).collect();
        let arguments = "e.persona, e.tenant_kind, e.tenant_key, t.keys || jsonb_build_object('key', t.key), e.keys";
        let holds = |schema: &str| format!("(clock_timestamp() < {schema}.{LAPSES_AT}({arguments})) IS TRUE");
        let before = if known {
            format!("({control}.personas() -> e.persona -> 'on_lapse' IS NULL OR {})", holds(&control))
        } else {
            "true".to_owned()
        };
        let question = |after: &str| {
            format!(
                "SELECT e.persona, count(DISTINCT e.email), count(DISTINCT (t.tenant_kind, t.key)), \
                 (array_agg(DISTINCT t.title ORDER BY t.title))[1:3] \
                 FROM {control}.everyone() AS e \
                 JOIN {control}.tenants() AS t ON t.tenant_kind = e.tenant_kind AND t.key = e.tenant_key \
                 WHERE e.persona IN ({}) AND t.status = 'active' AND {before} AND NOT {after} GROUP BY e.persona",
                personas.join(", ")
            )
        };
        Some(Self {
            trial: sql::trial(function, LAPSES_AT),
            by_dates: question(&holds("pg_temp")),
            everybody: question("false"),
        })
    }
}

fn lapsing(model: &AccessModel) -> impl Iterator<Item = &Persona> {
    model.personas.values().filter(|persona| persona.lifecycle.is_some())
}

/// What was answered, with what to do about it.
pub fn told(model: &AccessModel, rows: Vec<(String, i64, i64, Vec<String>)>, counted: bool) -> BTreeMap<String, Lapse> {
    let mut lapses = BTreeMap::new();
    for (audience, people, tenants, named) in rows {
        let persona = lapsing(model).find(|persona| persona.name.to_string() == audience);
        let Some(lifecycle) = persona.and_then(|persona| persona.lifecycle.as_ref()) else { continue };
        let left_with = lifecycle.on_lapse.to_string();
        lapses.insert(audience, Lapse { people, tenants, named, left_with, counted, how: how(&lifecycle.paid_until) });
    }
    lapses
}

fn how(paid_until: &PaidUntil) -> String {
    match paid_until {
        PaidUntil::Tenant(column) => format!(
            "give dates first: `portalctl tenant set NAME --until YYYY-MM-DD`, `paid_until:` where a document declares the tenant, \
             the column `{column}` where a table does"
        ),
        PaidUntil::OfTenant { object, column, .. } | PaidUntil::Own { object, column, .. } => {
            format!("give dates first: rows of `{object}` that are theirs, with a `{column}` that is to come")
        }
    }
}
