//! What the database says of a table, and values that its columns may take.

use super::oracle::literal;
use super::stage::Stage;
use portalctl::model::{FieldType, Object};
use portalctl::names::{ColumnName, Ident, TableName};
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: ColumnName,
    /// As `format_type` shows it, domains down to what they are.
    pub(super) base: String,
    pub(super) nullable: bool,
    /// The database alone computes it.
    pub(super) generated: bool,
    pub(super) defaulted: bool,
    /// Part of a unique index.
    pub(super) unique: bool,
    /// Table and column of a foreign key with that one column.
    pub(super) refers: Option<(String, String)>,
}

impl Column {
    pub(super) fn sql(&self) -> String {
        Ident::new(self.name.as_str()).to_string()
    }
}

#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) name: TableName,
    pub(super) columns: Vec<Column>,
    pub(super) key: Vec<ColumnName>,
    /// By column: SQL texts.
    values: BTreeMap<ColumnName, Vec<String>>,
}

impl Table {
    pub(super) async fn of(object: &Object, known: &[String], stage: &mut Stage<'_>) -> Self {
        let table = literal(&object.table.sql());
        let query = format!(
            "select a.attname, format_type(coalesce(nullif(d.typbasetype, 0), a.atttypid), null), not a.attnotnull,
                 a.attgenerated <> '' or a.attidentity = 'a',
                 exists (select from pg_index i where i.indrelid = a.attrelid and i.indisunique and a.attnum = any (i.indkey)),
                 f.confrelid::regclass, r.attname, a.atthasdef or a.attidentity <> ''
             from pg_attribute a join pg_type d on d.oid = a.atttypid
             left join lateral (select confrelid, confkey from pg_constraint c where c.conrelid = a.attrelid and c.contype = 'f'
                 and c.conkey = array[a.attnum] limit 1) f on true
             left join pg_attribute r on r.attrelid = f.confrelid and r.attnum = f.confkey[1]
             where a.attrelid = {table}::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum"
        );
        let columns = stage.ask(&query).await.expect("the columns").into_iter().map(|cells| {
            let text = |at: usize| cells[at].clone().unwrap_or_default();
            let is = |at: usize| text(at) == "t";
            Column {
                name: ColumnName::new(text(0)),
                base: text(1),
                nullable: is(2),
                generated: is(3),
                unique: is(4),
                defaulted: is(7),
                refers: cells[5].clone().zip(cells[6].clone()),
            }
        });
        let mut made = Self {
            name: object.table.clone(),
            columns: columns.collect(),
            key: object.key.clone(),
            values: BTreeMap::new(),
        };
        let words = words(&object.table, stage).await;
        for column in made.columns.clone() {
            let mut values = made.look_for(&column, object, stage).await;
            let fits =
                |value: &&String| if value.starts_with('\'') { is_text(&column.base) } else { is_number(&column.base) };
            values.extend(words.iter().filter(|_| is_text(&column.base)).chain(known.iter().filter(fits)).cloned());
            made.values.insert(column.name, values);
        }
        made
    }

    pub(super) fn column(&self, name: &ColumnName) -> &Column {
        self.columns.iter().find(|column| column.name == *name).unwrap_or_else(|| panic!("no column `{name}`"))
    }

    pub(super) fn values(&self, name: &ColumnName) -> &[String] {
        &self.values[name]
    }

    /// Values that the column holds, that it may refer to, and that fit its type.
    async fn look_for(&self, column: &Column, object: &Object, stage: &mut Stage<'_>) -> Vec<String> {
        let name = column.sql();
        let mut found = Vec::new();
        if let Some(FieldType::Enum(values)) = object.field_of(&column.name).map(|field| &field.field_type) {
            found.extend(values.iter().map(|value| literal(value)));
        }
        let mut queries = vec![format!(
            "select distinct x from (select {name}::text as x from {} limit 2000) q where x is not null limit 8",
            self.name.sql()
        )];
        if let Some((table, referred)) = &column.refers {
            queries.push(some_of(&Ident::new(referred), table));
        }
        for query in queries {
            let cells = stage.ask(&query).await.unwrap_or_else(|error| panic!("{error}\n{query}"));
            found.extend(cells.into_iter().filter_map(|mut cells| cells.remove(0)).map(|value| literal(&value)));
        }
        found.extend(invented(&column.base).iter().map(|value| (*value).to_owned()));
        if column.nullable {
            found.push("null".to_owned());
        }
        let mut distinct: Vec<String> = Vec::new();
        found.into_iter().for_each(|value| {
            if !distinct.contains(&value) {
                distinct.push(value);
            }
        });
        distinct
    }

    /// Rows above that the column may name, also where no foreign key says so.
    pub(super) async fn may_name(
        &mut self,
        column: &ColumnName,
        above: (&TableName, &ColumnName),
        stage: &mut Stage<'_>,
    ) {
        let query = some_of(&Ident::new(above.1.as_str()), &above.0.sql());
        let keys = stage.ask(&query).await.expect("the rows above");
        let keys = keys.into_iter().filter_map(|mut cells| cells.remove(0)).map(|key| literal(&key));
        self.values.entry(column.clone()).or_default().extend(keys);
    }

    /// One more than there is, or a word that nobody wrote yet.
    pub(super) async fn fresh(&self, column: &Column, stage: &mut Stage<'_>) -> Option<String> {
        match column.base.as_str() {
            "smallint" | "integer" | "bigint" | "numeric" => {
                let query = format!("select coalesce(max({}), 0) + 1 from {}", column.sql(), self.name.sql());
                stage.one(&query).await
            }
            "text" | "character varying" => Some(literal("probe-1")),
            "uuid" => Some("'00000000-0000-0000-0000-0000000000aa'".to_owned()),
            _ => None,
        }
    }

    /// `t` is the row of the key, which is in SQL texts.
    pub(super) fn is_row(&self, key: &[String], t: &str) -> String {
        let parts =
            self.key.iter().zip(key).map(|(column, value)| format!("{t}.{} = {value}", Ident::new(column.as_str())));
        parts.collect::<Vec<_>>().join(" and ")
    }

    pub(super) fn key_list(&self, t: &str) -> String {
        let parts = self.key.iter().map(|column| format!("{t}.{}::text", Ident::new(column.as_str())));
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// A few values from all over the table, the same each time.
fn some_of(column: &Ident<'_>, table: &str) -> String {
    format!("select {column}::text from {table} order by md5({column}::text) limit 6")
}

fn is_text(base: &str) -> bool {
    matches!(base, "text" | "character varying")
}

fn is_number(base: &str) -> bool {
    matches!(base, "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision")
}

/// Texts that the business's own triggers know.
async fn words(table: &TableName, stage: &mut Stage<'_>) -> Vec<String> {
    let query = format!(
        "select distinct m[1] from pg_trigger t join pg_proc p on p.oid = t.tgfoid, regexp_matches(p.prosrc, '''([^'']+)''', 'g') m
         where t.tgrelid = {}::regclass and not t.tgisinternal and p.pronamespace <> {}::regnamespace order by 1",
        literal(&table.sql()),
        literal(stage.portal.control())
    );
    let cells = stage.ask(&query).await.expect("the triggers");
    cells.into_iter().filter_map(|mut cells| cells.remove(0)).map(|word| literal(&word)).collect()
}

fn invented(base: &str) -> &'static [&'static str] {
    match base {
        "smallint" | "integer" | "bigint" => &["7", "0", "1"],
        "numeric" | "real" | "double precision" => &["1.5", "0", "100"],
        "boolean" => &["true", "false"],
        "date" => &["(current_date - 400)", "(current_date + 400)"],
        "timestamp with time zone" | "timestamp without time zone" => {
            &["(now() - interval '400 days')", "(now() + interval '400 days')"]
        }
        "text" | "character varying" => &["'probe'", "'a probe'", "'probe@example.com'"],
        "character" => &["'USD'", "'XX'"],
        "json" | "jsonb" => &["'{\"a\": 1}'"],
        "uuid" => &["'00000000-0000-0000-0000-0000000000aa'"],
        "text[]" => &["'{a}'"],
        _ => &[],
    }
}
