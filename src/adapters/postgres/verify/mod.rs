//! Acting as people on a live database, to see what they are shown. It changes nothing: everything is read in one snapshot,
//! of which the gateway's session sees the same as the administrator's.

mod hidden;
mod people;
mod rows;
mod someone;

pub use hidden::{Question, why_hidden};

use super::PgError;
use super::access_test::session::Session;
use super::access_test::{readable, shown_of};
use super::as_persona::collect;
use super::barriers::{Barriers, barriers};
use super::given::Columns;
use crate::analysis::evaluate::{Asking, Fillings, World};
use crate::analysis::verify::{Difference, Held, ShownRow, Tried, hold, hold_columns, identity};
use crate::model::{AccessModel, Facet};
use crate::names::{ColumnName, Ident, PersonaName, TableName};
use crate::plan::Touched;
use crate::plan::control::ProjectRoles;
use someone::{Someone, everybody, minted};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// How much is tried.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// For each audience, of as many tenants as there are.
    pub people: usize,
    /// Of each table.
    pub rows: usize,
}

/// Something that is not as the access model has it.
#[derive(Debug, Clone)]
pub struct Failure {
    pub persona: PersonaName,
    /// As whom: e-mail and tenant; empty where it is the same for everybody.
    pub case: String,
    pub difference: Difference,
}

#[derive(Debug, Default)]
pub struct Report {
    pub people: usize,
    pub held: Held,
    pub failures: Vec<Failure>,
    pub untold: Vec<Failure>,
    /// Tables of which some rows were tried, and not all.
    pub long: BTreeSet<TableName>,
}

/// The sessions that it takes.
#[derive(Debug)]
pub struct Sessions<'s> {
    /// Sees every row.
    pub administrator: &'s mut PgConnection,
    /// Of an administrator, too: contexts are minted here.
    pub minting: &'s mut PgConnection,
    pub gateway: &'s mut PgConnection,
}

/// Why nothing could be tried.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Server(#[from] PgError),
    /// A row policy hides rows of this table from the administrator.
    #[error("row policies hide rows of `{0}` from this login")]
    Blind(TableName),
}

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
    SET LOCAL DateStyle TO 'ISO, YMD'; SET LOCAL TimeZone TO 'UTC'; SET LOCAL extra_float_digits TO 1";

/// Tries what everybody is shown. `progress` is told how many of how many people are done.
///
/// # Errors
/// The server cannot be asked; the administrator does not see every row. What a role is refused is a failure that is
/// reported.
pub async fn verify(
    sessions: Sessions<'_>,
    model: &AccessModel,
    extent: Extent,
    mut progress: impl FnMut(usize, usize),
) -> Result<Report, VerifyError> {
    let Sessions { administrator, minting, gateway } = sessions;
    collect(administrator, BEGIN).await?;
    let touched = Touched::of(model).relations;
    sees_everything(administrator, &touched).await?;
    let snapshot = one(administrator, "SELECT pg_export_snapshot()").await?;
    collect(gateway, BEGIN).await?;
    collect(gateway, &format!("SET TRANSACTION SNAPSHOT {}", Ident::literal(&snapshot))).await?;
    let mut world = now(administrator, model).await?;
    let owner = Ident::new(ProjectRoles::of(&model.project).owner.as_str()).to_string();
    people::read(administrator, model, &owner, &mut world).await?;
    let columns = Columns::read(administrator, &touched).await?;
    let barriers = barriers(administrator, &model.project.control_schema).await?;
    let mut trial = Trial { model, columns, barriers, readable: BTreeMap::new(), report: Report::default() };
    let everybody = everybody(model, &mut world, extent.people);
    let everybody = minted(minting, gateway, (model, &world), everybody).await?;
    trial.privileges(administrator).await?;
    trial.report.long = rows::long_tables(administrator, model, &trial.columns, extent.rows).await?;
    let tried = trial.tried((administrator, &mut *gateway), &everybody, extent.rows).await?;
    let long = trial.report.long.clone();
    world.rows = rows::Rows::new(administrator, model, &trial.columns).load(&long, &tried).await?;
    for (at, someone) in everybody.iter().enumerate() {
        progress(at, everybody.len());
        trial.as_someone(gateway, &world, someone, &tried).await?;
    }
    trial.report.people = everybody.len();
    collect(gateway, "ROLLBACK").await?;
    collect(administrator, "ROLLBACK").await?;
    Ok(trial.report)
}

async fn one(connection: &mut PgConnection, sql: &str) -> Result<String, PgError> {
    let row = collect(connection, sql).await?.rows.pop();
    Ok(row.and_then(|mut row| row.pop()).flatten().unwrap_or_default())
}

/// What is hidden from who looks would count as absent.
async fn sees_everything(connection: &mut PgConnection, tables: &BTreeSet<TableName>) -> Result<(), VerifyError> {
    for table in tables {
        let name = Ident::literal(&table.sql());
        let hidden = format!("SELECT coalesce(row_security_active(to_regclass({name})), false)::text");
        if one(connection, &hidden).await? == "true" {
            return Err(VerifyError::Blind(table.clone()));
        }
    }
    Ok(())
}

/// An empty world at the time of the snapshot.
async fn now(connection: &mut PgConnection, model: &AccessModel) -> Result<World, PgError> {
    let zone = Ident::literal(&model.project.timezone);
    let sql = format!(
        "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), \
         extract(epoch FROM (now() AT TIME ZONE {zone}) - (now() AT TIME ZONE 'UTC'))::integer::text"
    );
    let mut row = collect(connection, &sql).await?.rows.pop().unwrap_or_default().into_iter().flatten();
    let now = row.next().and_then(|text| OffsetDateTime::parse(&text, &Rfc3339).ok());
    // Every column of every row is read, and none is filled later.
    let nothing = Arc::new(Fillings::default());
    let mut world = World::filled_by(model, nothing, now.unwrap_or(OffsetDateTime::UNIX_EPOCH));
    let seconds = row.next().and_then(|text| text.parse().ok());
    world.offset = seconds.and_then(|seconds| UtcOffset::from_whole_seconds(seconds).ok());
    Ok(world)
}

struct Trial<'m> {
    model: &'m AccessModel,
    columns: Columns,
    barriers: Barriers,
    /// What each role may read of each table, or of what stands before it.
    readable: BTreeMap<(String, TableName), Vec<ColumnName>>,
    report: Report,
}

impl Trial<'_> {
    fn tables(&self) -> BTreeSet<TableName> {
        self.model.objects.values().map(|object| object.table.clone()).collect()
    }

    fn source(&self, facet: &Facet, table: &TableName) -> String {
        self.barriers.get(&(facet.role.clone(), table.clone())).unwrap_or(table).sql()
    }

    /// Which columns each role may read.
    async fn privileges(&mut self, administrator: &mut PgConnection) -> Result<(), PgError> {
        let model = self.model;
        for persona in model.personas.values() {
            for facet in &persona.facets {
                for table in self.tables() {
                    if self.columns.of(&table).is_empty() {
                        continue;
                    }
                    let columns = readable(administrator, &facet.role, &self.source(facet, &table)).await?;
                    let named = columns.iter().cloned().collect();
                    for difference in hold_columns(model, facet, &table, &named) {
                        self.failed(&persona.name, "", difference);
                    }
                    self.report.held.probes += self.columns.of(&table).len();
                    self.readable.insert((facet.role.to_string(), table), columns);
                }
            }
        }
        Ok(())
    }

    fn failed(&mut self, persona: &PersonaName, case: &str, difference: Difference) {
        self.report.failures.push(Failure { persona: persona.clone(), case: case.to_owned(), difference });
    }

    fn readable(&self, facet: &Facet, table: &TableName) -> &[ColumnName] {
        self.readable.get(&(facet.role.to_string(), table.clone())).map_or(&[], Vec::as_slice)
    }

    /// Of long tables, some rows, and of those that somebody is shown some more.
    async fn tried(
        &mut self,
        (administrator, gateway): (&mut PgConnection, &mut PgConnection),
        everybody: &[Someone<'_>],
        most: usize,
    ) -> Result<Tried, PgError> {
        let mut tried = Tried::new();
        for table in self.tables() {
            if !self.report.long.contains(&table) {
                continue;
            }
            let key = identity(self.model, &table);
            let keys = tried.entry(table.clone()).or_default();
            keys.extend(rows::some_keys(administrator, &table, key, most).await?);
            for someone in everybody {
                let facets = &someone.persona.facets;
                let mut session = Session::new(gateway, facets, someone.context.clone());
                for facet in facets.iter().filter(|facet| !self.readable(facet, &table).is_empty()) {
                    let source = self.source(facet, &table);
                    let sql = format!("SELECT {} FROM {source} LIMIT {most}", rows::texts(key).join(", "));
                    if let super::access_test::session::Answer::Done { rows, .. } =
                        session.ask(&facet.role, &sql).await?
                    {
                        keys.extend(rows::keys_of(rows));
                    }
                }
            }
        }
        Ok(tried)
    }

    async fn as_someone(
        &mut self,
        gateway: &mut PgConnection,
        world: &World,
        someone: &Someone<'_>,
        tried: &Tried,
    ) -> Result<(), PgError> {
        let mut shown: Vec<ShownRow> = Vec::new();
        let facets = &someone.persona.facets;
        let mut refused = BTreeSet::new();
        for (at, facet) in facets.iter().enumerate() {
            for table in self.tables() {
                let columns = self.readable(facet, &table).to_vec();
                let source = self.source(facet, &table);
                let only = self.only(&table, tried);
                let mut session = Session::new(gateway, facets, someone.context.clone());
                match shown_of(&mut session, (at, facet), (&table, &source), &columns, &only).await? {
                    Ok(rows) => shown.extend(rows),
                    Err(why) => drop(refused.insert((table, why))),
                }
            }
        }
        let Some(asking) = Asking::new(self.model, world, &someone.asker) else { return Ok(()) };
        let held = hold(self.model, world, (someone.persona, &asking), &shown, tried);
        self.take(someone, held, &refused);
        Ok(())
    }

    fn only(&self, table: &TableName, tried: &Tried) -> String {
        let Some(keys) = tried.get(table) else { return String::new() };
        let key: Vec<&ColumnName> = identity(self.model, table).iter().collect();
        rows::holding(&self.columns, table, &key, &keys.iter().cloned().collect::<Vec<_>>())
    }

    /// Where a table is refused, that is said once in place of every row that is missing.
    fn take(&mut self, someone: &Someone<'_>, held: Held, refused: &BTreeSet<(TableName, String)>) {
        let model = self.model;
        let of = |difference: &Difference| model.objects.get(&difference.object).map(|object| &object.table);
        let is_refused = |difference: &Difference| refused.iter().any(|(table, _)| of(difference) == Some(table));
        let all = &mut self.report.held;
        all.probes += held.probes;
        all.shown += held.shown;
        all.masked += held.masked;
        for difference in held.differences.into_iter().filter(|difference| !is_refused(difference)) {
            self.failed(&someone.persona.name, &someone.case, difference);
        }
        let untold = held.untold.into_iter().map(|difference| Failure {
            persona: someone.persona.name.clone(),
            case: someone.case.clone(),
            difference,
        });
        self.report.untold.extend(untold);
        for (table, why) in refused {
            let Some(object) = model.objects.values().find(|object| object.table == *table) else { continue };
            let expected = "rows are read without an error".to_owned();
            let difference =
                Difference { object: object.name.clone(), row: Vec::new(), field: None, expected, got: why.clone() };
            self.failed(&someone.persona.name, &someone.case, difference);
        }
    }
}
