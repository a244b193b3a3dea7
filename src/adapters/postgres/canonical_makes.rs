//! Defaults, checks and generated columns in PostgreSQL's own words, read back from temporary twins as row policies are.

use super::PgError;
use super::canonical::each_by_itself;
use crate::names::{ColumnName, Ident, TableName};
use crate::plan::change::join;
use crate::plan::{Change, ChangeKind, MakeChange, sql};
use crate::state::{DatabaseState, Relation, Structure};
use sqlx::{AssertSqlSafe, PgConnection, Row};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

/// What a text stands for in its table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    Default(ColumnName),
    Generated(ColumnName),
    Check,
}

/// Texts as they were written, by table, and what the server makes of them.
#[derive(Debug, Default)]
pub(super) struct CanonicalMakes(HashMap<(TableName, Part, String), String>);

type Texts = BTreeMap<TableName, Vec<(Part, String)>>;

impl CanonicalMakes {
    /// Those of tables that exist, where the text is not the same already.
    pub(super) async fn bring(
        &mut self,
        connection: &mut PgConnection,
        live: &DatabaseState,
        desired: &mut DatabaseState,
    ) -> Result<(), PgError> {
        let mut texts = Texts::new();
        for (table, relation) in &desired.relations {
            let Some(structure) = &relation.structure else { continue };
            let was = structure.was.as_ref().unwrap_or(table);
            let before = live.relations.get(was).and_then(|now| now.structure.as_ref());
            let Some(before) = before else { continue };
            for (part, text) in parts(structure) {
                let known = self.0.contains_key(&(table.clone(), part.clone(), text.clone()));
                if !known && !holds(before, &part, &text) {
                    texts.entry(table.clone()).or_default().push((part, text));
                }
            }
        }
        if !texts.is_empty() {
            self.read(connection, desired, &texts).await?;
        }
        for (table, relation) in &mut desired.relations {
            if let Some(structure) = &mut relation.structure {
                self.replace(table, structure);
            }
        }
        Ok(())
    }

    /// Tables that were just made show in `after` what the server made of their texts.
    pub(super) fn learn(&mut self, created: &[Change], after: &DatabaseState) {
        for change in created {
            let ChangeKind::Make { change: MakeChange::CreateTable { table, columns, checks, .. }, .. } = &change.kind
            else {
                continue;
            };
            let now = after.relations.get(table).and_then(|relation| relation.structure.as_ref());
            let Some(now) = now else { continue };
            for column in columns {
                let Some(made) = now.columns.get(&column.name) else { continue };
                self.note(table, Part::Default(column.name.clone()), &column.make.default, &made.default);
                self.note(table, Part::Generated(column.name.clone()), &column.make.generated, &made.generated);
            }
            for (name, text) in checks {
                self.note(table, Part::Check, &Some(text.clone()), &now.checks.get(name).cloned());
            }
        }
    }

    fn note(&mut self, table: &TableName, part: Part, text: &Option<String>, own: &Option<String>) {
        if let (Some(text), Some(own)) = (text, own) {
            self.0.insert((table.clone(), part, text.clone()), own.clone());
        }
    }

    fn replace(&self, table: &TableName, structure: &mut Structure) {
        let own = |part: Part, text: &mut String| {
            if let Some(own) = self.0.get(&(table.clone(), part, text.clone())) {
                text.clone_from(own);
            }
        };
        for (column, make) in &mut structure.columns {
            make.default.iter_mut().for_each(|text| own(Part::Default(column.clone()), text));
            make.generated.iter_mut().for_each(|text| own(Part::Generated(column.clone()), text));
        }
        structure.checks.values_mut().for_each(|text| own(Part::Check, text));
    }

    /// A text that the server refuses stays as it is, and says why when it is applied.
    async fn read(
        &mut self,
        connection: &mut PgConnection,
        desired: &DatabaseState,
        texts: &Texts,
    ) -> Result<(), PgError> {
        let mut script = String::from("SAVEPOINT portalctl_make;\n");
        let mut attempts = Vec::new();
        // Writing to a string cannot fail.
        for (at, (table, texts)) in texts.iter().enumerate() {
            let Some(relation) = desired.relations.get(table) else { continue };
            _ = writeln!(script, "CREATE TEMPORARY TABLE make_{at} ({});", columns_of(relation));
            for (nth, (part, text)) in texts.iter().enumerate() {
                attempts.push(attempt(at, nth, part, text, relation));
            }
        }
        let attempts: Vec<String> = attempts.iter().map(|attempt| Ident::literal(attempt)).collect();
        _ = writeln!(script, "DO {};", sql::dollar_quoted(&each_by_itself(&attempts)));
        script.push_str(
            "SELECT c.relname::text, k.conname::text, pg_get_expr(k.conbin, k.conrelid) FROM pg_constraint AS k
               JOIN pg_class AS c ON c.oid = k.conrelid WHERE c.relnamespace = pg_my_temp_schema() AND k.contype = 'c'
             UNION ALL
             SELECT c.relname::text, a.attname::text, pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef AS d
               JOIN pg_class AS c ON c.oid = d.adrelid JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
               WHERE c.relnamespace = pg_my_temp_schema();
             ROLLBACK TO SAVEPOINT portalctl_make; RELEASE SAVEPOINT portalctl_make",
        );
        let doing = "compare defaults and checks through a temporary copy of their table";
        let rows = sqlx::raw_sql(AssertSqlSafe(script)).fetch_all(connection).await.map_err(PgError::query(doing))?;
        for row in rows {
            let field = |at: usize| row.try_get::<String, _>(at).map_err(PgError::query(doing));
            let (table, name, own) = (field(0)?, field(1)?, field(2)?);
            let number = |text: &str, before: &str| text.strip_prefix(before).and_then(|n| n.parse::<usize>().ok());
            let found = number(&table, "make_").and_then(|at| texts.iter().nth(at));
            if let Some((table, texts)) = found
                && let Some((part, text)) = number(&name, "portalctl text ").and_then(|nth| texts.get(nth))
            {
                self.0.insert((table.clone(), part.clone(), text.clone()), own);
            }
        }
        Ok(())
    }
}

/// Each text gets a column or a constraint of its own, named after its place among the texts.
fn attempt(at: usize, nth: usize, part: &Part, text: &str, relation: &Relation) -> String {
    let name = format!("\"portalctl text {nth}\"");
    let of = |column: &ColumnName| relation.columns.get(column).map_or("text", |column| column.display_type.as_str());
    match part {
        Part::Check => format!("ALTER TABLE make_{at} ADD CONSTRAINT {name} CHECK ({text})"),
        Part::Default(column) => format!("ALTER TABLE make_{at} ADD COLUMN {name} {} DEFAULT {text}", of(column)),
        Part::Generated(column) => {
            format!("ALTER TABLE make_{at} ADD COLUMN {name} {} GENERATED ALWAYS AS ({text}) STORED", of(column))
        }
    }
}

/// Generated columns may not be computed from generated ones: in the twin they are plain.
fn columns_of(relation: &Relation) -> String {
    let columns = relation.columns.iter();
    join(columns.map(|(name, column)| format!("{} {}", Ident::new(name.as_str()), column.display_type)))
}

fn parts(structure: &Structure) -> impl Iterator<Item = (Part, String)> + '_ {
    let columns = structure.columns.iter().filter(|(_, make)| make.ours);
    let makes = columns.flat_map(|(column, make)| {
        let default = make.default.iter().map(|text| (Part::Default(column.clone()), text.clone()));
        let generated = make.generated.iter().map(|text| (Part::Generated(column.clone()), text.clone()));
        default.chain(generated)
    });
    makes.chain(structure.checks.values().map(|text| (Part::Check, text.clone())))
}

fn holds(before: &Structure, part: &Part, text: &str) -> bool {
    let is = |own: &Option<String>| own.as_deref() == Some(text);
    match part {
        Part::Default(column) => before.columns.get(column).is_some_and(|make| is(&make.default)),
        Part::Generated(column) => before.columns.get(column).is_some_and(|make| is(&make.generated)),
        Part::Check => before.checks.values().any(|own| own == text),
    }
}
