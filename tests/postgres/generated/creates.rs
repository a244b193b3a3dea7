//! Probes of new rows.

use super::case::{Case, Must, Probes};
use super::oracle::{literal, quoted};
use super::people::Person;
use super::table::Table;
use super::verdict::reference;
use portalctl::model::{Create, FieldType, KeyGeneration, Object, OwnerPath, ParentNeeds, Scope, TenantRoute, Write};
use portalctl::names::{ColumnName, ObjectName};
use std::collections::{BTreeMap, BTreeSet};

/// Columns and what they are given, in SQL.
type Given = BTreeMap<ColumnName, String>;

impl<'p> Probes<'p> {
    pub(super) async fn create_grant(&mut self, case: Case<'p>) {
        let Write::Create(create) = &case.grant.write else { return };
        let Some((who, given)) = self.positive_create(&case, create).await else {
            self.found.wrong.push(format!("{}: no row can be made that should succeed", case.name()));
            return;
        };
        // Each column may be given, on its own right.
        let table = self.table(case.object).await;
        let missing: Vec<ColumnName> = case
            .grant
            .inserted(case.object)
            .into_iter()
            .filter(|column| !given.contains_key(*column))
            .cloned()
            .collect();
        for column in missing {
            let mut met = false;
            for value in table.values(&column).iter().filter(|value| *value != "null").take(8) {
                let mut more = given.clone();
                more.insert(column.clone(), value.clone());
                met = met || self.try_create(&case, create, &who, &more).await;
            }
            if !met {
                self.found.wrong.push(format!("{}: `{column}` is in no row that can be made", case.name()));
            }
        }
        self.not_to_be_given(&case, &who, &given).await;
        let refused = self.other_new_rows(&case, create, &who, &given).await;
        if refused == 0 && case.grant.rows.scope == Scope::Parent {
            self.found.wrong.push(format!("{}: no parent to refuse it under", case.name()));
        }
        self.stage.begin("").await;
        let statement = insert(&table, &given, "");
        self.nobody_in_particular(&case, &who, &statement, Must::Refuse).await;
        self.stage.end();
    }

    /// Somebody, and values with which a row must come to be: those of rows that there are, else invented.
    async fn positive_create(&mut self, case: &Case<'p>, create: &'p Create) -> Option<(Person, Given)> {
        let (table, oracle) = (self.table(case.object).await, self.oracle());
        let columns: Vec<ColumnName> = case.grant.inserted(case.object).into_iter().cloned().collect();
        for who in self.actors(&case.ask()).into_iter().take(10) {
            let list: Vec<String> = columns.iter().map(|column| format!("t.{}::text", quoted(column))).collect();
            let query = format!(
                "select {} from {} t order by case when {} then 0 else 1 end, case when {} then 0 else 1 end limit 4",
                if list.is_empty() { "1".to_owned() } else { list.join(", ") },
                table.name.sql(),
                case.rows(&oracle, &who, "t"),
                case.shown(&oracle, &who, "t"),
            );
            let rows = self.stage.ask(&query).await.unwrap_or_else(|error| panic!("{error}\n{query}"));
            let patterns = rows.into_iter().map(|cells| {
                let values = cells.into_iter().map(|cell| cell.map_or("null".to_owned(), |text| literal(&text)));
                columns.iter().cloned().zip(values).collect::<Given>()
            });
            let invented =
                columns.iter().filter_map(|column| Some((column.clone(), table.values(column).first()?.clone())));
            for pattern in patterns.collect::<Vec<_>>().into_iter().chain([invented.collect()]) {
                for given in self.variants(case, create, &table, &pattern).await {
                    if self.try_create(case, create, &who, &given).await {
                        return Some((who, given));
                    }
                }
            }
        }
        None
    }

    /// The pattern with fresh values where they must be unique, and with other references.
    async fn variants(&mut self, case: &Case<'p>, create: &Create, table: &Table, pattern: &Given) -> Vec<Given> {
        let mut one = pattern.clone();
        for (column, value) in &mut one {
            let facts = table.column(column);
            let refers = facts.refers.is_some() || create.via().contains(column);
            if facts.unique && !refers {
                value.clone_from(&self.unused(table, facts, pattern).await.unwrap_or_else(|| value.clone()));
            }
        }
        one.retain(|column, value| value != "null" || !table.column(column).nullable);
        let mut variants = vec![one.clone()];
        for column in one.keys().filter(|column| table.column(column).refers.is_some()) {
            let is_reference =
                case.object.field_of(column).is_some_and(|field| matches!(field.field_type, FieldType::Reference(_)));
            if table.column(column).nullable && is_reference {
                variants.push(
                    one.iter().filter(|(other, _)| *other != column).map(|(a, b)| (a.clone(), b.clone())).collect(),
                );
            }
            for value in table.values(column).iter().filter(|value| *value != "null").take(6) {
                let mut other = one.clone();
                other.insert(column.clone(), value.clone());
                variants.push(other);
            }
        }
        variants
    }

    /// A value that no row has: in a partitioned table one of the same partition.
    async fn unused(&mut self, table: &Table, column: &super::table::Column, pattern: &Given) -> Option<String> {
        table.fresh(column, &mut self.stage).await.or_else(|| pattern.get(&column.name).cloned())
    }

    /// In a transaction of its own: whether the row must come to be, and then that it does.
    async fn try_create(&mut self, case: &Case<'p>, create: &'p Create, who: &Person, given: &Given) -> bool {
        self.stage.begin("").await;
        let must = self.judge_new(case, create, who, given).await == Some(true);
        if must {
            let (table, whole) = (self.table(case.object).await, self.completed(case, create, who, given).await);
            let (statement, owners) = (insert(&table, given, ""), insert(&table, &whole, ""));
            self.succeeds(case, who, (&statement, None), &owners).await;
        }
        self.stage.end();
        must
    }

    /// What is given, with what the database sets.
    async fn completed(&mut self, case: &Case<'p>, create: &Create, who: &Person, given: &Given) -> Given {
        let table = self.table(case.object).await;
        let mut whole = given.clone();
        let zone = &self.model.project.timezone;
        for (column, value) in &create.stamps {
            whole.insert(column.clone(), super::oracle::value_of(zone, Some(who), value, &|_| "null".to_owned()));
        }
        whole.extend(self.presets(case, who));
        if let (Some(generation), [key]) = (case.object.key_generation, case.object.key.as_slice()) {
            let value = match generation {
                KeyGeneration::Uuid => "gen_random_uuid()".to_owned(),
                KeyGeneration::Sequence => {
                    format!("(select coalesce(max({0}), 0) + 1 from {1})", quoted(key), table.name.sql())
                }
            };
            whole.insert(key.clone(), value);
        }
        whole
    }

    /// In an open transaction: whether the grant lets that row be made; `None`: the business does not.
    async fn judge_new(&mut self, case: &Case<'p>, create: &Create, who: &Person, given: &Given) -> Option<bool> {
        let (table, oracle) = (self.table(case.object).await, self.oracle());
        let whole = self.completed(case, create, who, given).await;
        self.stage.run("savepoint judged").await;
        let made = self.stage.ask(&insert(&table, &whole, &format!(" returning {}", key_of(&table)))).await;
        let Ok(mut made) = made else {
            self.stage.run("rollback to judged").await;
            return None;
        };
        let key: Vec<String> = made.pop()?.into_iter().map(|cell| literal(&cell.unwrap_or_default())).collect();
        let mut holds = vec![oracle.rows(who, case.object, &case.grant.rows, ParentNeeds::Read, "t")];
        for field in create.fields.iter().map(|field| &case.object.fields[field]) {
            if let FieldType::Reference(to) = &field.field_type {
                holds.push(reference(&oracle, who, &self.model.objects[to], std::slice::from_ref(&field.column), "t"));
            }
        }
        for (via, parent) in
            rows_above(case.object).into_iter().filter(|(via, _)| via.iter().all(|column| given.contains_key(column)))
        {
            holds.push(reference(&oracle, who, &self.model.objects[parent], via, "t"));
        }
        let query =
            format!("select {} from {} t where {}", holds.join(" and "), table.name.sql(), table.is_row(&key, "t"));
        let answer = self.stage.one(&query).await;
        self.stage.run("rollback to judged").await;
        Some(answer.as_deref() == Some("t"))
    }

    /// Every other column is refused, whatever it is given: stamped ones with the right value too.
    async fn not_to_be_given(&mut self, case: &Case<'p>, who: &Person, given: &Given) {
        let table = self.table(case.object).await;
        let held = case.held(self.model);
        let may: BTreeSet<&ColumnName> = held.iter().flat_map(|one| one.grant.inserted(one.object)).collect();
        let Write::Create(create) = &case.grant.write else { return };
        let whole = self.completed(case, create, who, given).await;
        let token = self.stage.token(who).await;
        self.stage.begin("").await;
        for column in table.columns.iter().filter(|column| !may.contains(&column.name)) {
            let mut more = given.clone();
            let value = match whole.get(&column.name) {
                _ if column.generated => "default".to_owned(),
                Some(value) if !value.contains("select") => value.clone(),
                _ => "null".to_owned(),
            };
            more.insert(column.name.clone(), value);
            let what = format!("{}: `{}` is not to be given", case.name(), column.name);
            self.must(&what, Must::Refuse, (case.role(), &token), &insert(&table, &more, "")).await;
        }
        self.stage.end();
    }

    /// The same row by somebody else, and the same person's with another value: where the grant does not let it be made.
    async fn other_new_rows(&mut self, case: &Case<'p>, create: &'p Create, who: &Person, given: &Given) -> usize {
        let table = self.table(case.object).await;
        let mut rows: Vec<(Person, Given)> = Vec::new();
        for (column, value) in given {
            for other in table.values(column).iter().filter(|other| *other != value) {
                let mut changed = given.clone();
                changed.insert(column.clone(), other.clone());
                rows.push((who.clone(), changed));
            }
        }
        let mut others = self.actors(&case.ask());
        if who.mfa {
            others.push(Person { mfa: false, ..who.clone() });
        }
        others.retain(|other| other != who);
        rows.extend(others.into_iter().take(6).map(|other| (other, given.clone())));
        let mut refused = 0;
        for (who, given) in rows {
            self.stage.begin("").await;
            if self.judge_new(case, create, &who, &given).await == Some(false) && !self.done() {
                let token = self.stage.token(&who).await;
                let what = format!("{}: by {who:?}", case.name());
                self.must(&what, Must::Refuse, (case.role(), &token), &insert(&table, &given, "")).await;
                refused += 1;
            }
            self.stage.end();
        }
        refused
    }
}

/// Everything that a row may be under, by whatever path.
pub(super) fn rows_above(object: &Object) -> Vec<(&[ColumnName], &ObjectName)> {
    let parent = object.parent.iter().map(|link| (link.via.as_slice(), &link.object));
    let tenants = object.tenant_paths.values().filter_map(|path| match &path.route {
        TenantRoute::Via { via, object, .. } => Some((via.as_slice(), object)),
        _ => None,
    });
    let owners = object.owners.values().filter_map(|path| match path {
        OwnerPath::Via { via, object, .. } => Some((via.as_slice(), object)),
        OwnerPath::Column(_) => None,
    });
    parent.chain(tenants).chain(owners).collect()
}

fn key_of(table: &Table) -> String {
    let key: Vec<String> = table.key.iter().map(|column| format!("{}::text", quoted(column))).collect();
    key.join(", ")
}

fn insert(table: &Table, given: &Given, then: &str) -> String {
    if given.is_empty() {
        return format!("insert into {} default values{then}", table.name.sql());
    }
    let columns: Vec<String> = given.keys().map(quoted).collect();
    let values: Vec<&str> = given.values().map(String::as_str).collect();
    format!("insert into {} ({}) values ({}){then}", table.name.sql(), columns.join(", "), values.join(", "))
}
