//! Changed rows: every column that differs is under a grant that holds for the row before and after.

use super::compiler::{CompileError, Compiler};
use super::predicate::{Predicate, for_roles, quote};
use super::trigger::refusal;
use super::writes::{Held, RoleWrites};
use crate::model::{Moves, Object, Write};
use crate::names::{ColumnName, FieldName, RoleName, TableName};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

impl<'a> Compiler<'a> {
    /// Every changed column is covered by one grant that holds for the row before and after. Of the others none may
    /// differ: a statement whose role may change them can have taken this one half way.
    pub(super) fn changing(
        &mut self,
        table: &TableName,
        role: &RoleName,
        held: &RoleWrites<'a>,
    ) -> Result<Option<String>, CompileError> {
        let mut covers: BTreeMap<ColumnName, Vec<&Held<'a>>> = BTreeMap::new();
        for one in held {
            for column in one.grant.changed(one.object) {
                covers.entry(column.clone()).or_default().push(one);
            }
        }
        if covers.is_empty() {
            return Ok(None);
        }
        let mut text = self.unchanged(table, &covers.keys().collect());
        // Columns under the same grants are asked about together.
        let mut groups: Vec<(Vec<&Held<'a>>, BTreeSet<ColumnName>)> = Vec::new();
        for (column, by) in covers {
            let same = |other: &Vec<&Held<'a>>| {
                other.len() == by.len() && other.iter().zip(&by).all(|(a, b)| std::ptr::eq(*a, *b))
            };
            match groups.iter_mut().find(|(other, _)| same(other)) {
                Some((_, columns)) => _ = columns.insert(column),
                None => groups.push((by, BTreeSet::from([column]))),
            }
        }
        let mut presets = Vec::new();
        for (by, columns) in groups {
            text += &self.one_of(role, &by, &columns, &mut presets)?;
        }
        for one in held {
            let fields = if let Write::Update { fields, .. } = &one.grant.write { fields } else { &BTreeSet::new() };
            for field in fields {
                text += &self.must_see_reference(role, one, field, true)?;
            }
        }
        Ok(Some(with_presets(&text, &presets)))
    }

    /// Refuses a change of any column but these. What the database computes is not there yet when it asks.
    fn unchanged(&self, table: &TableName, but: &BTreeSet<&ColumnName>) -> String {
        let columns = self.live.relations.get(table).into_iter().flat_map(|relation| &relation.columns);
        let others = columns.filter(|(name, column)| !column.generated && !but.contains(name));
        let others: Vec<ColumnName> = others.map(|(name, _)| name.clone()).collect();
        if others.is_empty() {
            return String::new();
        }
        let refusal = refusal("this may not be changed here", None, 3);
        format!("        IF {} THEN\n{refusal}        END IF;\n", differ(&others))
    }

    /// If any of `columns` differs, one of the grants must allow it; the presets of the first that does are added to
    /// `presets`, which are set when everything is judged: what the database sets is not the persona's change.
    fn one_of(
        &mut self,
        role: &RoleName,
        by: &[&Held<'a>],
        columns: &BTreeSet<ColumnName>,
        presets: &mut Vec<String>,
    ) -> Result<String, CompileError> {
        let columns: Vec<ColumnName> = columns.iter().cloned().collect();
        let mut text = format!("        IF {} THEN\n", differ(&columns));
        for (at, held) in by.iter().enumerate() {
            let before = self.rows_before(held)?;
            let after = self.rows_after(held)?;
            let mut tests = of_both(&before, &after, role);
            let preset = match &held.grant.write {
                Write::Transition { field, moves, preset, .. } => {
                    tests.push(self.moves(held.object, field, moves)?);
                    Some(preset)
                }
                Write::Assign { column, to, .. } => {
                    tests.push(self.assignable(role, held, column, *to)?);
                    None
                }
                Write::Update { preset, .. } => Some(preset),
                _ => None,
            };
            let word = if at == 0 { "IF" } else { "ELSIF" };
            let _ = writeln!(text, "            {word} {} THEN", tests.join("\n                AND "));
            let preset = preset.map(|preset| self.preset(role, held.object, preset)).transpose()?.unwrap_or_default();
            if preset.is_empty() {
                text += "                NULL;\n";
            } else {
                presets.push(preset);
                let _ = writeln!(text, "                granted := granted || {};", presets.len());
            }
        }
        let named = if columns.len() == 1 { columns.first() } else { None };
        let _ = write!(
            text,
            "            ELSE\n{}            END IF;\n        END IF;\n",
            refusal("this may not be changed here", named, 4)
        );
        Ok(text)
    }

    /// From each state to those that may follow.
    fn moves(&self, object: &'a Object, field: &FieldName, moves: &Moves) -> Result<String, CompileError> {
        let column = self.field_column(object, field)?;
        let facts = self.column(&object.table, column)?;
        let column = quote(column);
        let moves: Vec<String> = moves
            .iter()
            .map(|(from, to)| {
                let to: Vec<String> = to.iter().map(|state| self.literal(facts, state)).collect();
                format!("(OLD.{column} = {} AND NEW.{column} IN ({}))", self.literal(facts, from), to.join(", "))
            })
            .collect();
        Ok(format!("coalesce({}, false)", moves.join(" OR ")))
    }
}

/// Whether any of these columns is another after the change, by its very bytes: some types have no equality.
pub(super) fn differ(columns: &[ColumnName]) -> String {
    let of = |row: &str| columns.iter().map(|column| format!("{row}.{}", quote(column))).collect::<Vec<_>>().join(", ");
    format!("ROW({})::record *<> ROW({})::record", of("NEW"), of("OLD"))
}

/// The judgement, and then what each grant that was found to allow a change sets.
fn with_presets(text: &str, presets: &[String]) -> String {
    if presets.is_empty() {
        return text.to_owned();
    }
    let mut body = format!("        DECLARE\n            granted integer[] := '{{}}';\n        BEGIN\n{text}");
    for (at, preset) in presets.iter().enumerate() {
        let _ = write!(body, "        IF {} = ANY (granted) THEN\n{preset}        END IF;\n", at + 1);
    }
    body + "        END;\n"
}

/// The predicates asked of the row before and after. Where they are one, so is the question: who asks is verified once.
fn of_both(before: &Predicate, after: &Predicate, role: &RoleName) -> Vec<String> {
    if before != after || before.columns.is_empty() {
        return vec![of_row("OLD", before, role), of_row("NEW", after, role)];
    }
    vec![format!(
        "NOT EXISTS (SELECT FROM (SELECT {} UNION ALL SELECT {}) AS t WHERE ({}) IS NOT TRUE)",
        columns_of("OLD", before),
        columns_of("NEW", before),
        for_roles(&before.sql, [role])
    )]
}

/// The predicate, whose columns are unqualified, asked of one row.
fn of_row(row: &str, rows: &Predicate, role: &RoleName) -> String {
    let sql = for_roles(&rows.sql, [role]);
    if rows.columns.is_empty() {
        return format!("coalesce(({sql}), false)");
    }
    format!("coalesce((SELECT {sql} FROM (SELECT {}) AS t), false)", columns_of(row, rows))
}

fn columns_of(row: &str, rows: &Predicate) -> String {
    let columns: Vec<String> = rows.columns.iter().map(|column| format!("{row}.{}", quote(column))).collect();
    columns.join(", ")
}
