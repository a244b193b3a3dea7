//! Probes of what is read: the rows and columns of each grant, and none besides.

use super::case::{Ask, Must, Probes};
use super::changes::column_of;
use super::oracle::{Oracle, literal, quoted};
use super::people::Person;
use super::shown::shown;
use portalctl::model::{Condition, Object, ParentNeeds, Persona, ReadGrant, Rectangle, Scope};
use portalctl::names::{ColumnName, FieldName, RoleName, TableName};

/// A grant in a facet that shows it.
#[derive(Clone, Copy)]
struct Read<'p> {
    persona: &'p Persona,
    facet: usize,
    object: &'p Object,
    grant: &'p ReadGrant,
}

impl<'p> Read<'p> {
    fn ask(&self) -> Ask<'p> {
        Ask { persona: self.persona, object: self.object, rows: &self.grant.rows, facet: self.facet, action: "read" }
    }

    fn role(&self) -> &'p RoleName {
        &self.persona.facets[self.facet].role
    }

    fn rectangle(&self) -> &'p Rectangle {
        &self.persona.facets[self.facet].reads[&self.object.table]
    }
}

/// The facet with all of the grant's columns; one that names the grant before one in which another grant holds it.
fn showing(persona: &Persona, object: &Object, at: usize, grant: &ReadGrant) -> Option<usize> {
    let shows = |rectangle: &Rectangle, field: &FieldName| {
        let column = &object.fields[field].column;
        let mask = grant.mask(object, field);
        mask.is_some() && rectangle.masked.get(column) == mask.as_ref() || rectangle.columns.contains(column)
    };
    let facets = persona.facets.iter().map(|facet| facet.reads.get(&object.table)).enumerate();
    let whole = facets.filter_map(|(index, rectangle)| Some((index, rectangle?)));
    let mut whole: Vec<_> =
        whole.filter(|(_, rectangle)| grant.fields.iter().all(|field| shows(rectangle, field))).collect();
    whole
        .sort_by_key(|(_, rectangle)| !rectangle.grants.iter().any(|(one, index)| *one == object.name && *index == at));
    whole.first().map(|(index, _)| *index)
}

impl<'p> Probes<'p> {
    pub(super) async fn reads_of(&mut self, persona: &'p Persona) {
        let model = self.model;
        for (name, grants) in &persona.reads {
            for (at, grant) in grants.iter().enumerate() {
                let object = &model.objects[name];
                let Some(facet) = showing(persona, object, at, grant) else {
                    self.found.wrong.push(format!("{} reads {name}: no facet shows it", persona.name));
                    continue;
                };
                *self.found.grants.entry("read").or_default() += 1;
                self.read_grant(Read { persona, facet, object, grant }).await;
            }
        }
        for (at, facet) in persona.facets.iter().enumerate() {
            for table in facet.reads.keys() {
                self.whole(persona, at, table).await;
            }
        }
    }

    async fn read_grant(&mut self, read: Read<'p>) {
        let ask = read.ask();
        let wanted = move |oracle: &Oracle<'p>, who: &Person| {
            oracle.rows(who, read.object, &read.grant.rows, ParentNeeds::Read, "t")
        };
        let Some(scene) = self.scenes(&ask, 1, &wanted).await.into_iter().next() else {
            self.found.wrong.push(format!("{}: nobody reads any row by it", ask.name()));
            return;
        };
        let table = self.table(read.object).await;
        let fields = read.grant.fields.iter().map(|field| &read.object.fields[field].column);
        let columns: Vec<String> = fields.map(|column| format!("t.{}", quoted(column))).collect();
        let relation = self.through.relation(read.role(), &table.name).clone();
        let is_row = table.is_row(&scene.key, "t");
        let (base, from) = (
            format!("from {} t where {is_row}", table.name.sql()),
            format!("from {} t where {is_row}", relation.sql()),
        );
        let query = format!("select row({})::text {from}", columns.join(", "));
        let shown: Vec<String> = read.grant.fields.iter().map(|field| self.as_shown(read, field)).collect();
        let token = self.stage.token(&scene.who).await;
        self.stage.begin(&scene.prepared).await;
        let owners = self.stage.one(&format!("select row({})::text {base}", shown.join(", "))).await;
        let outcome = self.stage.act(read.role().as_str(), &token, &query).await;
        self.found.positive += 1;
        if !matches!(&outcome.answer, Ok((1, answer)) if *answer == owners) {
            self.found.wrong.push(format!("{}: {query}: {outcome:?}, and the owner sees {owners:?}", ask.name()));
        }
        // What has no row policies is nobody's to read, in any column.
        let guarded = relation == table.name || !read.rectangle().masked.is_empty();
        let open = |column: &ColumnName| guarded && read.rectangle().columns.contains(column);
        for column in table.columns.iter().filter(|column| !open(&column.name)) {
            let statement = format!("select t.{} {base}", column.sql());
            self.must(&format!("{}: another column", ask.name()), Must::Refuse, (read.role(), &token), &statement)
                .await;
        }
        let key: Vec<String> =
            read.object.key.iter().map(|column: &ColumnName| format!("t.{}", quoted(column))).collect();
        let row = format!("select {} {from}", key.join(", "));
        for (what, token) in self.stage.bad_tokens(&scene.who).await {
            self.must(&format!("{}: {what}", ask.name()), Must::Nothing, (read.role(), &token), &row).await;
        }
        self.stage.end();
        self.hidden(read, &scene).await;
    }

    /// As the facet shows it: where another grant shows it plainly there, so is it here.
    fn as_shown(&self, read: Read<'p>, field: &FieldName) -> String {
        let column = &read.object.fields[field].column;
        let plain = read.rectangle().columns.contains(column);
        if plain { format!("t.{}", quoted(column)) } else { shown(read.object, read.grant, field) }
    }

    /// The row, to others and changed by the owner, where the facet does not show it.
    async fn hidden(&mut self, read: Read<'p>, scene: &super::case::Scene) {
        let (ask, table, oracle) = (read.ask(), self.table(read.object).await, self.oracle());
        let mut trials: Vec<(Person, String)> =
            self.actors(&ask).into_iter().filter(|who| *who != scene.who).map(|who| (who, String::new())).collect();
        trials.extend(self.other_rows_of(&table, scene).into_iter().map(|change| (scene.who.clone(), change)));
        let (mut met, mut last) = (0, String::new());
        for (who, change) in trials {
            let column = column_of(&change);
            if self.done() || (met > 3 && change.is_empty()) || met > 7 || (!change.is_empty() && column == last) {
                continue;
            }
            self.stage.begin(&scene.prepared).await;
            let changed = change.is_empty() || self.stage.attempt(&change).await.is_ok();
            let relation = self.through.relation(read.role(), &table.name).sql();
            let statement = format!("select 1 from {relation} t where {}", table.is_row(&scene.key, "t"));
            let owners = format!("select 1 from {} t where {}", table.name.sql(), table.is_row(&scene.key, "t"));
            let shown = format!("{owners} and {}", ask.shown(&oracle, &who, "t"));
            if changed && self.stage.one(&shown).await.is_none() {
                let token = self.stage.token(&who).await;
                let what = format!("{}: by {who:?} after {change:?}", ask.name());
                self.must(&what, Must::Nothing, (read.role(), &token), &statement).await;
                met += 1;
                last = column;
            }
            self.stage.end();
        }
        met += self.never_shown(read).await;
        let grants = &read.rectangle().grants;
        let everything = grants.iter().any(|(object, at)| {
            let rows = &read.persona.reads[object][*at].rows;
            matches!(rows.scope, Scope::Public | Scope::All)
                && (&rows.condition, rows.reach.is_some(), rows.has.len(), rows.denied.len())
                    == (&Condition::True, false, 0, 0)
                && (rows.min_tier.is_none(), rows.valid_from.is_none(), rows.valid_until.is_none())
                    == (true, true, true)
        });
        if met == 0 && !everything {
            self.found.wrong.push(format!("{}: no row that it hides", ask.name()));
        }
    }

    /// Rows that are there and that some do not see.
    async fn never_shown(&mut self, read: Read<'p>) -> usize {
        let (ask, table, oracle) = (read.ask(), self.table(read.object).await, self.oracle());
        let mut met = 0;
        for who in self.actors(&ask).into_iter().take(3) {
            let shown = ask.shown(&oracle, &who, "t");
            let query =
                format!("select {} from {} t where not ({shown}) limit 1", table.key_list("t"), table.name.sql());
            let Some(cells) = self.stage.ask(&query).await.expect("rows").pop() else { continue };
            let key: Vec<String> = cells.into_iter().map(|cell| literal(&cell.expect("a key"))).collect();
            let token = self.stage.token(&who).await;
            self.stage.begin("").await;
            let relation = self.through.relation(read.role(), &table.name).sql();
            let statement = format!("select 1 from {relation} t where {}", table.is_row(&key, "t"));
            self.must(&format!("{}: by {who:?}", ask.name()), Must::Nothing, (read.role(), &token), &statement).await;
            self.stage.end();
            met += 1;
        }
        met
    }

    /// The facet shows what the oracle says, row by row, to three people.
    async fn whole(&mut self, persona: &'p Persona, facet: usize, table: &TableName) {
        let oracle = self.oracle();
        let object = self.model.objects.values().find(|object| object.table == *table).expect("an object on the table");
        let facts = self.table(object).await;
        for who in self.people.acting(self.model, &persona.name).into_iter().take(3) {
            let list = format!(
                "select count(*) || ' ' || coalesce(md5(string_agg(k, ',' order by k)), '') from (select concat_ws('|', {}) as k",
                facts.key_list("t")
            );
            let token = self.stage.token(&who).await;
            self.stage.begin("").await;
            let role = &persona.facets[facet].role;
            let relation = self.through.relation(role, table).sql();
            let seen = self.stage.act(role.as_str(), &token, &format!("{list} from {relation} t) q")).await;
            let shown = format!("{list} from {} t where {}) q", table.sql(), oracle.shown(&who, facet, table, "t"));
            let owners = self.stage.one(&shown).await;
            self.stage.end();
            self.found.positive += 1;
            if !matches!(&seen.answer, Ok((_, answer)) if *answer == owners) {
                self.found
                    .wrong
                    .push(format!("{who:?} sees of {table} in facet {facet}: {seen:?}, and the owner says {owners:?}"));
            }
        }
    }
}
