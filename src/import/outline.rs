//! What becomes of the tables, as far as their structure alone decides it, and what has to be asked of their rows.

use super::answers::{Answers, CountQuestion, Extent, KeyQuestion, Questions, SampleQuestion};
use super::found::{Found, FoundColumn, FoundRelation};
use super::guess;
use super::kinds;
use super::naming::{free, singular, snake};
use super::route::{Route, from_below, routes};
use super::settings::{Settings, TenantTable};
use crate::diagnostic::escape::is_unshowable;
use crate::names::{ColumnName, ObjectName, TableName};
use crate::state::RelationKind;
use std::collections::{BTreeMap, BTreeSet};

/// Tables with more rows are not asked what their children lead to.
const MOST_LOOKED_BELOW: u64 = 20_000;

#[derive(Debug)]
pub struct Outline<'a> {
    pub found: &'a Found,
    pub settings: &'a Settings,
    /// With a name each where there are several.
    pub tenants: Vec<TenantTable>,
    pub names: BTreeMap<TableName, ObjectName>,
    /// For each kind of tenant.
    pub routes: Vec<BTreeMap<TableName, Vec<Route>>>,
}

impl<'a> Outline<'a> {
    pub fn new(found: &'a Found, settings: &'a Settings, tenants: &[TenantTable]) -> Self {
        let names = names(found, settings);
        let mut tenants = tenants.to_vec();
        if tenants.len() > 1 {
            for tenant in tenants.iter_mut().filter(|tenant| tenant.kind.is_none()) {
                tenant.kind = names.get(&tenant.table).map(ToString::to_string);
            }
        }
        let mut routes: Vec<BTreeMap<TableName, Vec<Route>>> =
            tenants.iter().map(|tenant| routes(found, tenant)).collect();
        let is_upward = |of: &BTreeMap<TableName, Vec<Route>>, table: &TableName| {
            of.get(table).is_some_and(|of| of.iter().any(|route| route.is_upward() && !route.steps.is_empty()))
        };
        let walled = |table: &TableName| {
            routes.iter().any(|of| is_upward(of, table)) && !tenants.iter().any(|tenant| tenant.table == *table)
        };
        let below: Vec<_> = routes.iter().map(|of| from_below(found, of, &walled)).collect();
        for ((of, below), tenant) in routes.iter_mut().zip(below).zip(&tenants) {
            // Where rows decide of which kind a tenant is, they decide as well whether any way leads up to one.
            let is_open = |table: &TableName| tenant.only.is_some() || !is_upward(of, table);
            let below: Vec<_> = below.into_iter().filter(|(table, _)| is_open(table)).collect();
            below.into_iter().for_each(|(table, ways)| of.entry(table).or_default().extend(ways));
        }
        Self { found, settings, tenants, names, routes }
    }

    pub fn questions(&self) -> Questions {
        let mut questions = Questions::default();
        for (table, relation) in self.found.relations.iter().filter(|(_, relation)| relation.readable) {
            let extent = Extent {
                rows: relation.estimate,
                has_pages: matches!(
                    relation.kind,
                    RelationKind::Table | RelationKind::PartitionedTable | RelationKind::MaterializedView
                ),
            };
            let known = self.settings.object_of(table);
            let texts = |column: &&FoundColumn| {
                column.category == 'S' && known.is_none_or(|known| !known.columns.contains(&column.name))
            };
            let columns: Vec<ColumnName> =
                relation.columns.iter().filter(texts).map(|column| column.name.clone()).collect();
            if !columns.is_empty() {
                questions.samples.push(SampleQuestion { table: table.clone(), columns, extent });
            }
            if self.tenants.iter().any(|tenant| tenant.table == *table && tenant.kind_is_open()) {
                questions.kinds.extend(kinds::questions(table, relation, extent));
            }
            if self.declared_key(table).is_none() {
                let candidates = self.key_candidates(relation);
                let ask = KeyQuestion { table: table.clone(), candidates };
                questions.keys.extend(Some(ask).filter(|ask| !ask.candidates.is_empty()));
            }
            for (kind, routes) in self.routes.iter().enumerate() {
                let routes = routes.get(table).filter(|routes| routes[0].link.is_some() || !routes[0].steps.is_empty());
                if let Some(routes) = routes {
                    let (table, only) = (table.clone(), self.tenants[kind].only.clone());
                    // Rows below are looked for one row at a time. Such ways come last, so the others keep their places.
                    let is_many = extent.exceeds(MOST_LOOKED_BELOW);
                    let routes = routes.iter().filter(|route| !is_many || route.below.is_none()).cloned().collect();
                    questions.counts.push(CountQuestion { table, kind, only, routes, extent });
                }
            }
        }
        questions
    }

    /// The columns that tell rows apart, as the table or the documents have them.
    pub fn declared_key(&self, table: &TableName) -> Option<&[ColumnName]> {
        if let Some(object) = self.settings.object_of(table) {
            return Some(&object.key);
        }
        let relation = self.found.relations.get(table)?;
        let is_whole = |columns: &&Vec<ColumnName>| {
            columns.iter().all(|name| relation.column(name).is_some_and(|column| column.not_null))
        };
        match relation.primary_key.as_slice() {
            [] => relation.unique.iter().filter(is_whole).min_by_key(|columns| columns.len()).map(Vec::as_slice),
            key => Some(key),
        }
    }

    /// The same, with what the rows say of those that have none.
    pub fn key(&self, table: &TableName, answers: &Answers) -> Option<Vec<ColumnName>> {
        if let Some(key) = self.declared_key(table) {
            return Some(key.to_vec());
        }
        let chosen = answers.keys.get(table).copied().flatten()?;
        self.key_candidates(self.found.relations.get(table)?).get(chosen).cloned()
    }

    /// Of views: the keys of what they read, where they show them; else what is called like a key.
    fn key_candidates(&self, relation: &FoundRelation) -> Vec<Vec<ColumnName>> {
        let mut candidates: Vec<Vec<ColumnName>> = relation.unique.clone();
        let has = |key: &Vec<ColumnName>| !key.is_empty() && key.iter().all(|name| relation.column(name).is_some());
        let below = relation.reads.iter().filter_map(|table| self.found.relations.get(table));
        candidates.extend(below.map(|below| below.primary_key.clone()).filter(has));
        let alone = relation.columns.iter().filter(|column| {
            let name = snake(column.name.as_str(), "column");
            !matches!(column.category, 'D' | 'B' | 'A')
                && (name == "id"
                    || ["_id", "code", "_no", "_nr", "number", "key"].iter().any(|end| name.ends_with(end)))
        });
        candidates.extend(alone.map(|column| vec![column.name.clone()]));
        let foreign: Vec<ColumnName> = relation.foreign_keys.iter().flat_map(|key| &key.columns).cloned().collect();
        candidates.push(foreign);
        let mut seen = BTreeSet::new();
        candidates.retain(|key| !key.is_empty() && key.len() <= 8 && seen.insert(key.clone()));
        candidates.sort_by_key(Vec::len);
        candidates
    }

    /// Whether its rows are people who could sign in, and by which columns they are known.
    pub fn people(&self, table: &TableName) -> Option<(&ColumnName, String)> {
        if let Some((column, key)) = self.settings.people.get(table).and_then(|keys| keys.iter().next()) {
            return Some((column, key.to_string()));
        }
        let relation = self.found.relations.get(table)?;
        let [key] = relation.primary_key.as_slice() else { return None };
        let object = self.names.get(table)?;
        let columns: Vec<String> =
            relation.columns.iter().map(|column| snake(column.name.as_str(), "column")).collect();
        let is_tenant = self.tenants.iter().any(|tenant| tenant.table == *table);
        let are_people = guess::is_of_people(object.as_str(), &columns.iter().map(String::as_str).collect::<Vec<_>>());
        (are_people && !is_tenant).then(|| (key, object.to_string()))
    }
}

/// What each table's object is called: as documents say, or after the table.
fn names(found: &Found, settings: &Settings) -> BTreeMap<TableName, ObjectName> {
    let mut taken = settings.names.clone();
    let plain = |table: &TableName| singular(&snake(&table.name, "table"));
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for table in found.relations.keys() {
        *count.entry(plain(table)).or_default() += 1;
    }
    let mut names = BTreeMap::new();
    for table in found.relations.keys() {
        let name = match settings.object_of(table) {
            Some(object) => object.name.clone(),
            None => {
                let name = plain(table);
                // `sales.orders` and `archive.orders` say which they are, rather than being numbered.
                let is_shared = count[&name] > 1 || taken.contains(&name);
                let whole = || snake(&format!("{}_{name}", table.schema), "table");
                ObjectName::new(free(&if is_shared { whole() } else { name }, &mut taken))
            }
        };
        names.insert(table.clone(), name);
    }
    names
}

/// Why no document can name the table, which it does as `schema.table`.
pub fn unnameable(table: &TableName) -> Option<&'static str> {
    let parts = [table.schema.as_str(), &table.name];
    if parts.iter().any(|part| !can_be_written(part)) {
        Some("its name holds a character that cannot be seen")
    } else if parts.iter().any(|part| part.contains('.')) {
        Some("its name holds a dot")
    } else {
        None
    }
}

/// Documents hold no characters that cannot be seen, however they are written.
pub fn can_be_written(name: &str) -> bool {
    !name.chars().any(is_unshowable)
}
