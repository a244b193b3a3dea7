//! Row policies and views in PostgreSQL's own words.
//!
//! What CREATE POLICY is given and what the catalog shows afterwards differ in form, so texts are
//! compared after the server has read both. The desired ones are read on a temporary twin of the table:
//! on the table itself CREATE POLICY would lock out every reader. The twin has the columns that the texts
//! name and no others, which spares it most of what a table costs.

use super::PgError;
use super::canonical_makes::CanonicalMakes;
use super::canonical_views::CanonicalViews;
use crate::names::{Ident, TableName};
use crate::plan::change::join;
use crate::plan::{Change, ChangeKind, sql};
use crate::state::{DatabaseState, Marker, Relation};
use sqlx::{AssertSqlSafe, PgConnection, Row};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;

/// Texts by table, each once.
type Texts = BTreeMap<TableName, BTreeSet<String>>;

/// Texts as they were written, by table, and what the server makes of them. Whatever was read once
/// within a transaction is not read again.
#[derive(Debug, Default)]
pub struct Canonical {
    policies: HashMap<TableName, HashMap<String, String>>,
    views: CanonicalViews,
    makes: CanonicalMakes,
}

impl Canonical {
    /// Brings those desired row policies and views to the server's form whose name exists in `live`, where the
    /// text is not the same already. Must run inside a transaction, in which it leaves nothing behind.
    ///
    /// A text that the server refuses stays as it is: it differs from what is there, and says why when
    /// it is applied.
    ///
    /// # Errors
    /// When no temporary table can be made.
    pub async fn bring(
        &mut self,
        connection: &mut PgConnection,
        live: &DatabaseState,
        mut desired: DatabaseState,
        marker: &Marker,
    ) -> Result<DatabaseState, PgError> {
        let texts = self.texts_to_read(live, &desired, marker);
        for batch in batches(&texts) {
            self.read(connection, live, &batch).await?;
        }
        self.views.bring(connection, live, &mut desired, marker).await?;
        self.makes.bring(connection, live, &mut desired).await?;
        for (table, relation) in &mut desired.relations {
            let Some(known) = self.policies.get(table) else { continue };
            for policy in relation.policies.values_mut().filter(|policy| policy.marker.as_ref() == Some(marker)) {
                for text in [&mut policy.using, &mut policy.check].into_iter().flatten() {
                    if let Some(own) = known.get(text) {
                        text.clone_from(own);
                    }
                }
            }
        }
        Ok(desired)
    }

    /// Row policies that were just created show in `after` what the server made of them.
    pub fn learn(&mut self, created: &[Change], after: &DatabaseState) {
        self.views.learn(created, after);
        self.makes.learn(created, after);
        for change in created {
            let ChangeKind::CreatePolicy { table, name, policy } = &change.kind else { continue };
            let Some(now) = after.relations.get(table).and_then(|relation| relation.policies.get(name)) else {
                continue;
            };
            for (text, own) in [(&policy.using, &now.using), (&policy.check, &now.check)] {
                if let (Some(text), Some(own)) = (text, own) {
                    self.policies.entry(table.clone()).or_default().insert(text.clone(), own.clone());
                }
            }
        }
    }

    fn texts_to_read(&self, live: &DatabaseState, desired: &DatabaseState, marker: &Marker) -> Texts {
        let is_known = |table, text| self.policies.get(table).is_some_and(|known| known.contains_key(text));
        let mut texts = Texts::new();
        for (table, relation) in &desired.relations {
            let Some(now) = live.relations.get(table) else { continue };
            for (name, policy) in &relation.policies {
                let Some(before) = now.policies.get(name).filter(|_| policy.marker.as_ref() == Some(marker)) else {
                    continue;
                };
                for (text, before) in [(&policy.using, &before.using), (&policy.check, &before.check)] {
                    if let (Some(text), true) = (text, text != before)
                        && !is_known(table, text)
                    {
                        texts.entry(table.clone()).or_default().insert(text.clone());
                    }
                }
            }
        }
        texts
    }

    async fn read(
        &mut self,
        connection: &mut PgConnection,
        live: &DatabaseState,
        batch: &Batch<'_>,
    ) -> Result<(), PgError> {
        let mut script = String::from("SAVEPOINT portalctl_twin;\n");
        let mut attempts = Vec::new();
        // Writing to a string cannot fail.
        for (table, texts) in batch.values() {
            let twin = format!("pg_temp.{}", Ident::new(&table.name));
            let columns = live.relations.get(*table).map(|relation| columns_of(relation, texts)).unwrap_or_default();
            _ = writeln!(script, "CREATE TEMPORARY TABLE {} ({columns});", Ident::new(&table.name));
            for (at, text) in texts.iter().enumerate() {
                attempts.push(format!("CREATE POLICY \"{at}\" ON {twin} USING ({text})"));
            }
        }
        let attempts: Vec<String> = attempts.iter().map(|attempt| Ident::literal(attempt)).collect();
        let body = each_by_itself(&attempts);
        _ = writeln!(script, "DO {};", sql::dollar_quoted(&body));
        script.push_str(
            "SELECT c.relname::text, p.polname::text, pg_get_expr(p.polqual, p.polrelid) FROM pg_policy AS p
           JOIN pg_class AS c ON c.oid = p.polrelid WHERE c.relnamespace = pg_my_temp_schema();
         ROLLBACK TO SAVEPOINT portalctl_twin; RELEASE SAVEPOINT portalctl_twin",
        );
        let doing = "compare row policies through a temporary copy of their table";
        let rows = sqlx::raw_sql(AssertSqlSafe(script)).fetch_all(connection).await.map_err(PgError::query(doing))?;
        for row in rows {
            let field = |at: usize| row.try_get::<String, _>(at).map_err(PgError::query(doing));
            let (name, number, own) = (field(0)?, field(1)?, field(2)?);
            if let Some((table, texts)) = batch.get(name.as_str()) {
                let text = number.parse().ok().and_then(|at: usize| texts.iter().nth(at));
                self.policies.entry((*table).clone()).or_default().extend(text.map(|text| (text.clone(), own)));
            }
        }
        Ok(())
    }
}

type Batch<'t> = BTreeMap<&'t str, (&'t TableName, &'t BTreeSet<String>)>;

/// A twin has the name of its table, since sub-selects show it: tables of one name in two schemas
/// cannot be read together.
fn batches(texts: &Texts) -> Vec<Batch<'_>> {
    let mut batches: Vec<Batch<'_>> = Vec::new();
    for (table, texts) in texts {
        match batches.iter_mut().find(|batch| !batch.contains_key(table.name.as_str())) {
            Some(batch) => _ = batch.insert(&table.name, (table, texts)),
            None => batches.push(BTreeMap::from([(table.name.as_str(), (table, texts))])),
        }
    }
    batches
}

/// Definitions of the columns that occur in `texts`, at least as a part of some word.
fn columns_of(relation: &Relation, texts: &BTreeSet<String>) -> String {
    let occurs = |name: &str| texts.iter().any(|text| text.contains(name) || text.contains(&name.replace('"', "\"\"")));
    let columns = relation.columns.iter().filter(|(name, _)| occurs(name.as_str()));
    join(columns.map(|(name, column)| format!("{} {}", Ident::new(name.as_str()), column.display_type)))
}

/// The body of a block that executes each of these literals; one that the server refuses leaves the others be.
pub(super) fn each_by_itself(attempts: &[String]) -> String {
    format!(
        "DECLARE attempt text; BEGIN
           FOREACH attempt IN ARRAY ARRAY[{}]::text[] LOOP
             BEGIN EXECUTE attempt; EXCEPTION WHEN OTHERS THEN NULL; END;
           END LOOP;
         END",
        attempts.join(",\n")
    )
}
