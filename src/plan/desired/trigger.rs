//! Triggers: what a row policy cannot say. A policy sees a row before or after; a trigger sees both, and which
//! columns differ.
//!
//! They act for portal sessions alone, told by `current_user`: what the business's own functions do under such a
//! session runs as their owner, and is not ours to judge.

use super::compiler::{CompileError, Compiler};
use super::persona_roles;
use super::predicate::{Predicate, for_roles, quote};
use super::role_switch::RoleSwitch;
use super::value::Clock;
use super::writes::{ByRole, Held, RoleWrites};
use crate::model::{Create, FieldType, KeyGeneration, Moves, Object, Preset, Value, Write};
use crate::names::{ColumnName, FieldName, Ident, ObjectName, RoleName, TableName, fitting};
use crate::state::{Event, FunctionName, Timing, Trigger, Volatility};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

impl<'a> Compiler<'a> {
    /// The triggers of one table by name; their functions go to the others.
    pub(super) fn write_triggers(
        &mut self,
        table: &TableName,
        roles: &ByRole<'a>,
    ) -> Result<BTreeMap<String, Trigger>, CompileError> {
        let mut triggers = BTreeMap::new();
        let (mut creating, mut changing) = (BTreeMap::new(), BTreeMap::new());
        for (&role, held) in roles {
            for one in held {
                if let Write::Create(create) = &one.grant.write {
                    creating.insert(role, self.creating(role, one, create)?);
                }
            }
            if let Some(body) = self.changing(role, held)? {
                changing.insert(role, body);
            }
        }
        for (verb, event, bodies) in [("create", Event::Insert, creating), ("change", Event::Update, changing)] {
            if bodies.is_empty() {
                continue;
            }
            let function = self.trigger_function(&format!("{verb}_{}", table.name), table, &bodies);
            let trigger = self.trigger(Timing::Before, [event], function, Vec::new(), None);
            // By name it comes before the business's own, whose changes to the row are not the persona's.
            triggers.insert(format!("!{}__{verb}", self.model.project.name), trigger);
        }
        Ok(triggers)
    }

    /// For each row that a portal's session touches, and `also` that role. A statement may take another role half way,
    /// so the trigger asks for every role that the session could take, not for those alone that may write the table.
    pub(super) fn trigger(
        &self,
        timing: Timing,
        events: impl IntoIterator<Item = Event>,
        function: FunctionName,
        arguments: Vec<String>,
        also: Option<&RoleName>,
    ) -> Trigger {
        let sessions = persona_roles(self.model).chain([&self.roles.gateway]).chain(also);
        let roles: BTreeSet<&str> = sessions.map(RoleName::as_str).collect();
        let roles: Vec<&str> = roles.into_iter().collect();
        Trigger {
            timing,
            events: events.into_iter().collect(),
            row: true,
            function,
            arguments,
            condition: Some(format!("(CURRENT_USER = ANY ('{{{}}}'::name[]))", roles.join(","))),
            enabled: true,
            marker: Some(self.marker()),
        }
    }

    fn trigger_function(
        &mut self,
        name: &str,
        table: &TableName,
        bodies: &BTreeMap<&RoleName, String>,
    ) -> FunctionName {
        // Two tables of one name in two schemas have two functions.
        let hash = blake3::hash(table.to_string().as_bytes()).to_hex();
        let switch = RoleSwitch {
            name: fitting(name, &format!("_{}", &hash[..8])),
            arguments: "",
            argument_types: "",
            returns: "trigger",
            volatility: Volatility::Volatile,
            owner: self.roles.lookup.clone(),
            declares: "",
            otherwise: &refusal("this is not allowed", None, 2),
            finally: "    RETURN NEW;\n",
            called: false,
        };
        self.role_switch(switch, bodies)
    }

    /// Sets what the database sets, then refuses what the row may not name.
    fn creating(&mut self, role: &RoleName, held: &Held<'a>, create: &'a Create) -> Result<String, CompileError> {
        let object = held.object;
        let mut text = String::new();
        for (column, value) in &create.stamps {
            text += &self.set(role, object, column, value)?;
        }
        text += &self.preset(role, object, &create.preset)?;
        text += &self.generated_key(object)?;
        for parent in &create.parents {
            text += &self.must_see(role, held, &parent.via, &parent.object, false)?;
        }
        for field in &create.fields {
            text += &self.must_see_reference(role, held, field, false)?;
        }
        Ok(text)
    }

    /// `NEW."column" := value;`
    fn set(
        &self,
        role: &RoleName,
        object: &Object,
        column: &ColumnName,
        value: &Value,
    ) -> Result<String, CompileError> {
        let facts = self.column(&object.table, column)?;
        let value = self.value(facts, value, Clock::Context, &|_| String::new());
        Ok(format!("        NEW.{} := {};\n", quote(column), for_roles(&value, [role])))
    }

    fn preset(&self, role: &RoleName, object: &'a Object, preset: &Preset) -> Result<String, CompileError> {
        let mut text = String::new();
        for (column, value) in self.preset_columns(object, preset)? {
            text += &self.set(role, object, &column, value)?;
        }
        Ok(text)
    }

    fn generated_key(&mut self, object: &Object) -> Result<String, CompileError> {
        let (Some(generation), [column]) = (object.key_generation, object.key.as_slice()) else {
            return Ok(String::new());
        };
        let facts = self.column(&object.table, column)?;
        let key = quote(column);
        Ok(match generation {
            KeyGeneration::Uuid => format!("        NEW.{key} := (gen_random_uuid())::{};\n", facts.cast_type),
            // The lock holds until the transaction ends: two new rows never count the same rows.
            KeyGeneration::Sequence => {
                self.lookups.read(&object.table, [column]);
                format!(
                    "        PERFORM pg_advisory_xact_lock(hashtextextended({}, 0));\n        \
                 NEW.{key} := ((SELECT coalesce(max(t.{key}), 0) + 1 FROM {} AS t))::{};\n",
                    Ident::literal(&format!("portalctl key {}", object.table)),
                    object.table.sql(),
                    facts.cast_type
                )
            }
        })
    }

    /// A reference leads to a row that its author sees, or nowhere.
    fn must_see_reference(
        &mut self,
        role: &RoleName,
        held: &Held<'a>,
        field: &FieldName,
        changed: bool,
    ) -> Result<String, CompileError> {
        let Some(field) = held.object.fields.get(field) else { return Ok(String::new()) };
        match &field.field_type {
            FieldType::Reference(to) => self.must_see(role, held, std::slice::from_ref(&field.column), to, changed),
            _ => Ok(String::new()),
        }
    }

    fn must_see(
        &mut self,
        role: &RoleName,
        held: &Held<'a>,
        columns: &[ColumnName],
        other: &ObjectName,
        changed: bool,
    ) -> Result<String, CompileError> {
        let other = self.object(other)?;
        if other.key.len() != columns.len() {
            // Whether such a row is seen cannot be asked, so it may not be named.
            return Err(CompileError::KeyMismatch {
                object: held.object.name.clone(),
                column: columns.first().cloned().unwrap_or_else(|| ColumnName::new("")),
                other: other.name.clone(),
                columns: other.key.len(),
            });
        }
        let rows = self.readable(held.persona, other)?;
        self.lookups.read(&other.table, other.key.iter().chain(&rows.columns));
        let pairs: Vec<String> =
            columns.iter().zip(&other.key).map(|(own, key)| format!("t.{} = NEW.{}", quote(key), quote(own))).collect();
        let named: Vec<String> = columns.iter().map(|column| format!("NEW.{} IS NOT NULL", quote(column))).collect();
        let differs = if changed { format!("{} AND ", differ(columns)) } else { String::new() };
        let message = format!("there is no such {}", other.label_one.to_lowercase());
        Ok(format!(
            "        IF {differs}{} AND NOT EXISTS (SELECT FROM {} AS t WHERE {} AND ({})) THEN\n{}        END IF;\n",
            named.join(" AND "),
            other.table.sql(),
            pairs.join(" AND "),
            for_roles(&rows.sql, [role]),
            refusal(&message, columns.first(), 3)
        ))
    }

    /// Every changed column is covered by one grant that holds for the row before and after.
    fn changing(&mut self, role: &RoleName, held: &RoleWrites<'a>) -> Result<Option<String>, CompileError> {
        let mut covers: BTreeMap<ColumnName, Vec<&Held<'a>>> = BTreeMap::new();
        for one in held {
            for column in one.grant.changed(one.object) {
                covers.entry(column.clone()).or_default().push(one);
            }
        }
        if covers.is_empty() {
            return Ok(None);
        }
        let mut text = String::new();
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
fn differ(columns: &[ColumnName]) -> String {
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

/// Ends the statement in words that name no table.
fn refusal(message: &str, column: Option<&ColumnName>, depth: usize) -> String {
    let column = column.map(|column| format!(", COLUMN = {}", Ident::literal(column.as_str()))).unwrap_or_default();
    format!(
        "{}RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = {}{column};\n",
        "    ".repeat(depth),
        Ident::literal(message)
    )
}
