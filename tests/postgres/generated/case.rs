//! One grant under probe, and whom and which rows it is tried with.

use super::creates::rows_above;
use super::oracle::{Oracle, literal};
use super::people::{People, Person};
use super::shown::Through;
use super::stage::{Outcome, Stage};
use super::table::Table;
use portalctl::model::{
    AccessModel, Comparison, Condition, Object, OwnerPath, ParentNeeds, Persona, Rows, TenantRoute, Value, Write,
    WriteGrant,
};
use portalctl::names::{ColumnName, ObjectName, RoleName};
use std::collections::{BTreeMap, BTreeSet};

/// What is shared by all grants of a project.
pub(super) struct Probes<'p> {
    pub(super) model: &'p AccessModel,
    pub(super) people: &'p People,
    pub(super) stage: Stage<'p>,
    pub(super) tables: BTreeMap<ObjectName, Table>,
    pub(super) through: Through,
    pub(super) found: Found,
    /// End at the first thing found: for mutants.
    pub(super) hasty: bool,
}

/// What the probes saw.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) grants: BTreeMap<&'static str, usize>,
    pub(super) positive: usize,
    pub(super) negative: usize,
    pub(super) wrong: Vec<String>,
}

/// A grant as its role holds it, with all that the role may do to the table.
#[derive(Clone, Copy)]
pub(super) struct Case<'p> {
    pub(super) persona: &'p Persona,
    pub(super) object: &'p Object,
    pub(super) grant: &'p WriteGrant,
}

/// What is asked of rows: by whom, of which, in which facet.
#[derive(Clone, Copy)]
pub(super) struct Ask<'p> {
    pub(super) persona: &'p Persona,
    pub(super) object: &'p Object,
    pub(super) rows: &'p Rows,
    pub(super) facet: usize,
    pub(super) action: &'static str,
}

/// Somebody and a row, after the owner has run `prepared`.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    pub(super) who: Person,
    /// As SQL texts.
    pub(super) key: Vec<String>,
    pub(super) prepared: String,
    /// The business's constraints do not let the row be as it is.
    pub(super) impossible: bool,
}

/// What must come of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Must {
    /// No row is there for it.
    Nothing,
    Refuse,
    /// A function says no.
    SayNo,
}

impl<'p> Case<'p> {
    pub(super) fn role(&self) -> &'p RoleName {
        &self.persona.facets[self.grant.facet].role
    }

    pub(super) fn name(&self) -> String {
        self.ask().name()
    }

    pub(super) fn ask(&self) -> Ask<'p> {
        let Self { persona, object, grant } = *self;
        Ask { persona, object, rows: &grant.rows, facet: grant.facet, action: grant.write.action() }
    }

    /// Every grant that this one's role holds on the table.
    pub(super) fn held(&self, model: &'p AccessModel) -> Vec<Case<'p>> {
        let of_table = |object: &&ObjectName| model.objects[*object].table == self.object.table;
        let objects = self.persona.writes.keys().filter(of_table);
        let grants = objects.flat_map(|object| {
            self.persona.writes[object].iter().map(|grant| Case {
                persona: self.persona,
                object: &model.objects[object],
                grant,
            })
        });
        grants.filter(|case| case.grant.facet == self.grant.facet).collect()
    }

    /// The rows that it may be done to, aliased `t`.
    pub(super) fn rows(&self, oracle: &Oracle<'_>, who: &Person, t: &str) -> String {
        let needs = match &self.grant.write {
            Write::Update { parent, .. } | Write::Transition { parent, .. } | Write::Delete { parent } => *parent,
            Write::Create(_) | Write::Export { .. } | Write::Files(_) => ParentNeeds::Read,
            Write::Assign { .. } | Write::Share(_) => ParentNeeds::Update,
        };
        oracle.rows(who, self.object, &self.grant.rows, needs, t)
    }

    pub(super) fn shown(&self, oracle: &Oracle<'_>, who: &Person, t: &str) -> String {
        self.ask().shown(oracle, who, t)
    }
}

impl Ask<'_> {
    pub(super) fn name(&self) -> String {
        format!("{} {} {}", self.persona.name, self.action, self.object.name)
    }

    /// Rows, aliased `t`, that the facet shows.
    pub(super) fn shown(&self, oracle: &Oracle<'_>, who: &Person, t: &str) -> String {
        oracle.shown(who, self.facet, &self.object.table, t)
    }
}

impl<'p> Probes<'p> {
    pub(super) fn oracle(&self) -> Oracle<'p> {
        Oracle { model: self.model, people: self.people }
    }

    pub(super) fn done(&self) -> bool {
        self.hasty && !self.found.wrong.is_empty()
    }

    pub(super) async fn table(&mut self, object: &'p Object) -> Table {
        if let Some(table) = self.tables.get(&object.name) {
            return table.clone();
        }
        let mut table = Table::of(object, &self.known(object), &mut self.stage).await;
        for (via, above) in rows_above(object) {
            let above = &self.model.objects[above];
            if let ([column], [key]) = (via, above.key.as_slice()) {
                table.may_name(column, (&above.table, key), &mut self.stage).await;
            }
        }
        self.tables.insert(object.name.clone(), table.clone());
        table
    }

    /// Values that conditions on the object's rows compare with.
    fn known(&self, object: &Object) -> Vec<String> {
        let personas = self.model.personas.values();
        let rows = personas.flat_map(|persona| {
            let reads = persona.reads.get(&object.name).into_iter().flatten().map(|grant| &grant.rows);
            reads.chain(persona.writes.get(&object.name).into_iter().flatten().map(|grant| &grant.rows))
        });
        let mut known = BTreeSet::new();
        for rows in rows {
            for condition in std::iter::once(&rows.condition).chain(rows.denied.iter().map(|deny| &deny.condition)) {
                constants(condition, &mut known);
            }
        }
        known.into_iter().collect()
    }

    /// Those who hold the grant; with a second factor where it asks for one.
    pub(super) fn actors(&self, ask: &Ask<'p>) -> Vec<Person> {
        let mut actors = self.people.acting(self.model, &ask.persona.name);
        actors.iter_mut().for_each(|who| who.mfa = ask.rows.mfa);
        actors
    }

    /// Scenes in which `wanted` of the row holds: as the data are, or as one change of the owner's makes them.
    pub(super) async fn scenes(
        &mut self,
        ask: &Ask<'p>,
        most: usize,
        wanted: &dyn Fn(&Oracle<'p>, &Person) -> String,
    ) -> Vec<Scene> {
        let (table, oracle, actors) = (self.table(ask.object).await, self.oracle(), self.actors(ask));
        let mut found = Vec::new();
        for who in &actors {
            let query = format!(
                "select {} from {} t where {} order by 1 limit 2",
                table.key_list("t"),
                table.name.sql(),
                wanted(&oracle, who)
            );
            let rows = self.stage.ask(&query).await.unwrap_or_else(|error| panic!("{}: {error}\n{query}", ask.name()));
            for cells in rows {
                let key = cells.into_iter().map(|cell| literal(&cell.expect("a key"))).collect();
                found.push(Scene { who: who.clone(), key, prepared: String::new(), impossible: false });
            }
            if found.len() >= most {
                return found;
            }
        }
        if found.is_empty() { self.made(ask, &actors, wanted).await } else { found }
    }

    async fn made(
        &mut self,
        ask: &Ask<'p>,
        actors: &[Person],
        wanted: &dyn Fn(&Oracle<'p>, &Person) -> String,
    ) -> Vec<Scene> {
        let (table, oracle) = (self.table(ask.object).await, self.oracle());
        for who in actors.iter().take(4) {
            if let Some(scene) = self.invented(ask, who, wanted).await {
                return vec![scene];
            }
            // Rows that the actor sees come first.
            let query = format!(
                "select {} from {} t order by case when {} then 0 else 1 end, case when {} then 0 else 1 end, 1 limit 4",
                table.key_list("t"),
                table.name.sql(),
                oracle.rows(who, ask.object, ask.rows, ParentNeeds::Read, "t"),
                ask.shown(&oracle, who, "t")
            );
            for cells in self.stage.ask(&query).await.unwrap_or_else(|error| panic!("{error}\n{query}")) {
                let key: Vec<String> = cells.into_iter().map(|cell| literal(&cell.expect("a key"))).collect();
                for change in self.changes(&table, &key, who) {
                    self.stage.begin("").await;
                    let holds = self.stage.attempt(&change).await.is_ok() && {
                        let is_row = table.is_row(&key, "t");
                        let query =
                            format!("select 1 from {} t where {is_row} and {}", table.name.sql(), wanted(&oracle, who));
                        !self.stage.ask(&query).await.expect("an answer").is_empty()
                    };
                    self.stage.end();
                    if holds {
                        return vec![Scene { who: who.clone(), key, prepared: change, impossible: false }];
                    }
                }
            }
        }
        Vec::new()
    }

    /// A row that the owner makes for `who`, as it is or with one change more.
    async fn invented(
        &mut self,
        ask: &Ask<'p>,
        who: &Person,
        wanted: &dyn Fn(&Oracle<'p>, &Person) -> String,
    ) -> Option<Scene> {
        let (table, oracle) = (self.table(ask.object).await, self.oracle());
        let mut given = theirs(ask.object, who);
        for column in table.columns.iter().filter(|column| !column.generated) {
            let is_key = table.key.contains(&column.name);
            if given.contains_key(&column.name) || !is_key && (column.nullable || column.defaulted) {
                continue;
            }
            let value = if is_key || column.unique { table.fresh(column, &mut self.stage).await } else { None };
            given.extend(
                value.or_else(|| table.values(&column.name).first().cloned()).map(|value| (column.name.clone(), value)),
            );
        }
        let key: Vec<String> = table.key.iter().map(|column| given.get(column).cloned()).collect::<Option<_>>()?;
        let columns: Vec<String> = given.keys().map(super::oracle::quoted).collect();
        let values: Vec<String> = given.into_values().collect();
        let insert =
            format!("insert into {} ({}) values ({})", table.name.sql(), columns.join(", "), values.join(", "));
        let query = format!(
            "select 1 from {} t where {} and {}",
            table.name.sql(),
            table.is_row(&key, "t"),
            wanted(&oracle, who)
        );
        let changes = self.changes(&table, &key, who).into_iter().map(|change| format!("{insert}; {change}"));
        for prepared in std::iter::once(insert.clone()).chain(changes) {
            self.stage.begin("").await;
            let holds = self.stage.attempt(&prepared).await.is_ok() && self.stage.one(&query).await.is_some();
            self.stage.end();
            if holds {
                return Some(Scene { who: who.clone(), key, prepared, impossible: false });
            }
        }
        None
    }

    /// Statements of the owner's, each of which gives the row another value in one column.
    pub(super) fn changes(&self, table: &Table, key: &[String], who: &Person) -> Vec<String> {
        let mine = who.keys.values().chain(who.tenant.iter().flat_map(|tenant| tenant.keys.values()));
        let mine: Vec<String> = mine.map(|key| literal(key)).collect();
        let mut changes = Vec::new();
        for column in table.columns.iter().filter(|column| !column.generated && !table.key.contains(&column.name)) {
            for value in mine.iter().chain(table.values(&column.name)) {
                changes.push(format!(
                    "update {} t set {} = {value} where {}",
                    table.name.sql(),
                    column.sql(),
                    table.is_row(key, "t")
                ));
            }
        }
        changes
    }

    /// A few of these changes for each column, and again past foreign keys: what cannot be today can be tomorrow.
    pub(super) fn other_rows_of(&self, table: &Table, scene: &Scene) -> Vec<String> {
        let mut by_column: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for change in self.changes(table, &scene.key, &scene.who) {
            let column = super::changes::column_of(&change);
            by_column.entry(column).or_default().push(change);
        }
        let past = |change: &String| {
            format!(
                "set local session_replication_role to replica; {change}; set local session_replication_role to origin"
            )
        };
        let mut few = Vec::new();
        for changes in by_column.into_values() {
            let some: Vec<String> = changes.into_iter().rev().take(5).collect();
            few.extend(some.iter().cloned());
            few.extend(some.iter().take(2).map(past));
        }
        few
    }

    /// One probe that must come to nothing: in a transaction that is open, and as it is then.
    pub(super) async fn must(&mut self, what: &str, must: Must, who: (&RoleName, &str), statement: &str) {
        let outcome = self.stage.act(who.0.as_str(), who.1, statement).await;
        self.found.negative += 1;
        if let Some(wrong) = broken(must, &outcome) {
            self.found.wrong.push(format!("{what}: {statement}: {wrong}"));
        }
    }
}

fn constants(condition: &Condition, known: &mut BTreeSet<String>) {
    use Comparison::{Eq, Gt, Gte, In, IsNull, Lt, Lte, Ne, NotIn};
    match condition {
        Condition::True => {}
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| constants(part, known)),
        Condition::Test(test) => {
            let values = match &test.comparison {
                Eq(one) | Ne(one) | Lt(one) | Lte(one) | Gt(one) | Gte(one) => std::slice::from_ref(one),
                In(several) | NotIn(several) => several.as_slice(),
                IsNull(_) => &[],
            };
            known.extend(values.iter().filter_map(|value| match value {
                Value::Text(text) => Some(literal(text)),
                Value::Number(number) => Some(number.clone()),
                _ => None,
            }));
        }
    }
}

/// What makes a row theirs: its direct owner and tenant columns.
fn theirs(object: &Object, who: &Person) -> BTreeMap<ColumnName, String> {
    let owners = object.owners.values().filter_map(|owner| match owner {
        OwnerPath::Column(user) => Some((user.column.clone(), literal(who.keys.get(user.key.as_str())?))),
        OwnerPath::Via { .. } => None,
    });
    let tenants = object.tenant_paths.values().filter_map(|path| match &path.route {
        TenantRoute::Column { column, key } => {
            let mine =
                who.tenant.as_ref().filter(|mine| path.kind.as_ref().is_none_or(|kind| kind.as_str() == mine.kind))?;
            Some((column.clone(), literal(mine.keys.get(key.as_str())?)))
        }
        _ => None,
    });
    owners.chain(tenants).collect()
}

/// What is other than it must be.
fn broken(must: Must, outcome: &Outcome) -> Option<String> {
    let fits = match (must, &outcome.answer) {
        (Must::Nothing, Ok((0, _))) => outcome.counts.is_empty(),
        (Must::Refuse, Err((code, _))) => code == "42501",
        (Must::SayNo, Ok((_, answer))) => answer.as_deref() == Some("f") && outcome.counts.is_empty(),
        _ => false,
    };
    (!fits).then(|| format!("must {must:?}, and {outcome:?}"))
}
