//! Lookups: functions of the lookup role that answer, for whoever asks, which keys of another table
//! matter. They take no identity argument: who asks is in the signed context alone. What they do take are the roles
//! that may be acting, for which nobody gets an answer who is not one of them by the context as well, nor who is not one
//! of those for whom the question is asked somewhere ([`super::bound`]).

use super::compiler::{CompileError, Compiler};
use super::predicate::{ACTING, Predicate, column_tuple, in_lookup, quote};
use super::value::base_type;
use crate::names::{ColumnName, ObjectName, TableName};
use crate::plan::control::definer;
use crate::state::{Column, Function, FunctionName, Language, Marker, Volatility};
use std::collections::{BTreeMap, BTreeSet};

/// By which a lookup is told from other functions.
pub(super) const LOOKUP_ARGUMENTS: &str = "acting text[]";

/// What the lookups of one project need.
#[derive(Debug, Default)]
pub struct Lookups {
    pub functions: BTreeMap<FunctionName, Function>,
    /// Columns that the lookup role reads, by table.
    pub columns: BTreeMap<TableName, BTreeSet<ColumnName>>,
    /// Objects whose rows are opened by records of the control schema.
    pub opened: BTreeSet<ObjectName>,
}

impl Lookups {
    pub fn read<'c>(&mut self, table: &TableName, columns: impl IntoIterator<Item = &'c ColumnName>) {
        self.columns.entry(table.clone()).or_default().extend(columns.into_iter().cloned());
    }
}

/// Name of a type in a function's signature, as PostgreSQL shows it, for the types that have one of
/// their own; keys of other types travel as text.
fn signature_type(column: &Column) -> &'static str {
    match base_type(column) {
        "int2" => "smallint",
        "int4" => "integer",
        "int8" => "bigint",
        "uuid" => "uuid",
        "numeric" => "numeric",
        _ => "text",
    }
}

/// Whether a whole number of that type may not fit the column. Indexes serve comparisons of the two all the same.
fn is_narrower(column: &Column, wide: &str) -> bool {
    matches!((base_type(column), wide), ("int2", "integer" | "bigint") | ("int4", "bigint"))
}

impl Compiler<'_> {
    /// Rows of this table whose `columns` are among `outputs` of the rows of `table` that pass `rows`.
    ///
    /// One column compares with an array, which keeps the index; several with a hashed sub-select.
    pub(super) fn member_of(
        &mut self,
        own: (&TableName, &[ColumnName]),
        purpose: &str,
        (table, outputs): (&TableName, &[ColumnName]),
        rows: &Predicate,
    ) -> Result<Predicate, CompileError> {
        let mut types = Vec::new();
        for output in outputs {
            types.push(signature_type(self.column(table, output)?));
        }
        self.lookups.read(table, outputs);
        self.lookups.read(table, &rows.columns);
        let selected: Vec<String> =
            outputs.iter().zip(&types).map(|(output, sql_type)| format!("{}::{sql_type}", quote(output))).collect();
        let body = if let [only] = selected.as_slice() {
            format!("SELECT coalesce(array_agg({only}), '{{}}') FROM {} WHERE {}", table.sql(), rows.sql)
        } else {
            format!("SELECT {} FROM {} WHERE {}", selected.join(", "), table.sql(), rows.sql)
        };
        self.member_of_body(own, purpose, &types, &body)
    }

    /// The type in which a column is compared with a key that came as text: its own, or the key's where that is wider.
    pub(super) fn cast_beside(
        &self,
        (table, column): (&TableName, &ColumnName),
        (key_table, key): (&TableName, &ColumnName),
    ) -> Result<String, CompileError> {
        let (own, key) = (self.column(table, column)?, self.column(key_table, key)?);
        let wider = is_narrower(own, signature_type(key));
        Ok(if wider { key.cast_type.clone() } else { own.cast_type.clone() })
    }

    /// As [`Self::member_of`], for a body written out: it answers one array, or rows of several columns.
    pub(super) fn member_of_body(
        &mut self,
        (own_table, own_columns): (&TableName, &[ColumnName]),
        purpose: &str,
        types: &[&'static str],
        body: &str,
    ) -> Result<Predicate, CompileError> {
        let mut casts = Vec::new();
        for (at, column) in own_columns.iter().enumerate() {
            let column = self.column(own_table, column)?;
            // A key that a narrower column cannot hold equals none of its values, and cast it would be an error.
            let kept = types.get(at).filter(|wide| is_narrower(column, wide));
            casts.push(kept.map_or_else(|| column.cast_type.clone(), |wide| (*wide).to_owned()));
        }
        let returns = match types {
            [only] => format!("{only}[]"),
            several => {
                let columns: Vec<String> = several.iter().enumerate().map(|(n, t)| format!("k{} {t}", n + 1)).collect();
                format!("TABLE({})", columns.join(", "))
            }
        };
        let name = self.add_lookup(purpose, &returns, body);
        let function = format!("{}.{}", self.control(), crate::names::Ident::new(&name.name));
        let sql = if let [only] = casts.as_slice() {
            format!("{} = ANY ((SELECT {function}({ACTING}))::{only}[])", column_tuple(own_columns))
        } else {
            let keys: Vec<String> = casts.iter().enumerate().map(|(n, cast)| format!("x.k{}::{cast}", n + 1)).collect();
            format!("{} IN (SELECT {} FROM {function}({ACTING}) AS x)", column_tuple(own_columns), keys.join(", "))
        };
        Ok(Predicate::on(sql, own_columns).calling(name))
    }

    /// Whether some row passes, as a boolean without reference to the row that asks.
    pub(super) fn some_row(&mut self, purpose: &str, table: &TableName, rows: &Predicate) -> Predicate {
        self.lookups.read(table, &rows.columns);
        let body = format!("SELECT EXISTS (SELECT FROM {} WHERE {})", table.sql(), rows.sql);
        let name = self.add_lookup(purpose, "boolean", &body);
        let sql = format!("(SELECT {}.{}({ACTING}))", self.control(), crate::names::Ident::new(&name.name));
        Predicate::new(sql).calling(name)
    }

    /// Named after its text: the same question is one function, another text another function.
    fn add_lookup(&mut self, purpose: &str, returns: &str, body: &str) -> FunctionName {
        let body = in_lookup(body);
        let hash = blake3::hash(format!("{returns}\n{body}").as_bytes()).to_hex();
        let purpose: String = purpose.chars().take(40).collect();
        let name = FunctionName {
            schema: self.model.project.control_schema.clone(),
            name: format!("{purpose}_{}", &hash[..8]),
            argument_types: "text[]".to_owned(),
        };
        let function = Function {
            arguments: LOOKUP_ARGUMENTS.to_owned(),
            returns: returns.to_owned(),
            language: Language::Sql,
            body,
            ..definer(self.roles.lookup.clone(), self.marker(), Volatility::Stable)
        };
        // Who else calls it is known already: asking once more takes nobody's EXECUTE away.
        self.lookups.functions.entry(name.clone()).or_insert(function);
        name
    }

    pub(super) fn marker(&self) -> Marker {
        Marker { project: self.model.project.name.clone(), database: self.live.server.database.clone() }
    }
}
