//! Triggers: what a row policy cannot say. A policy sees a row before or after; a trigger sees both, and which
//! columns differ.
//!
//! They act for portal sessions alone, told by `current_user`: what the business's own functions do under such a
//! session runs as their owner, and is not ours to judge.

use super::changing::differ;
use super::compiler::{CompileError, Compiler};
use super::persona_roles;
use super::predicate::{for_roles, quote};
use super::role_switch::RoleSwitch;
use super::value::Clock;
use super::writes::{ByRole, Held};
use crate::model::{Create, FieldType, KeyGeneration, Object, Preset, Value, Write};
use crate::names::{ColumnName, FieldName, Ident, ObjectName, ProjectName, RoleName, TableName, fitting};
use crate::state::{Event, FunctionName, Timing, Trigger, Volatility};
use std::collections::{BTreeMap, BTreeSet};

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
                    let of_persona = roles.values().flatten().filter(|other| other.name == one.name);
                    creating.insert(role, self.creating(role, one, create, of_persona)?);
                }
            }
            if let Some(body) = self.changing(table, role, held)? {
                changing.insert(role, body);
            }
        }
        for (verb, event, bodies) in [("create", Event::Insert, creating), ("change", Event::Update, changing)] {
            if bodies.is_empty() {
                continue;
            }
            let function = self.trigger_function(&format!("{verb}_{}", table.name), table, &bodies);
            let trigger = self.trigger(Timing::Before, [event], function, Vec::new(), None);
            triggers.insert(write_trigger(&self.model.project.name, verb), trigger);
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
    fn creating<'h>(
        &mut self,
        role: &RoleName,
        held: &Held<'a>,
        create: &'a Create,
        of_persona: impl Iterator<Item = &'h Held<'a>>,
    ) -> Result<String, CompileError>
    where
        'a: 'h,
    {
        let object = held.object;
        // A statement may have taken this role half way: then the context knows nothing of it.
        let mut text = format!(
            "        IF {} IS NOT TRUE THEN\n{}        END IF;\n",
            for_roles(&self.call("present", &[]), [role]),
            refusal("this is not allowed", None, 3)
        );
        for (column, value) in &create.stamps {
            text += &self.set(role, object, column, value)?;
        }
        text += &self.preset(role, object, &create.preset)?;
        text += &self.generated_key(object)?;
        // The statement may be another facet's, whose row names other rows.
        let mut asked = BTreeSet::new();
        for other in of_persona {
            let Write::Create(create) = &other.grant.write else { continue };
            for parent in &create.parents {
                asked.insert(self.must_see(role, other, &parent.via, &parent.object, false)?);
            }
            for field in &create.fields {
                asked.insert(self.must_see_reference(role, other, field, false)?);
            }
        }
        text.extend(asked);
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
        let value = self.value(facts, value, Clock::Context)?;
        Ok(format!("        NEW.{} := {};\n", quote(column), for_roles(&value, [role])))
    }

    pub(super) fn preset(&self, role: &RoleName, object: &'a Object, preset: &Preset) -> Result<String, CompileError> {
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
    pub(super) fn must_see_reference(
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
}

/// What the trigger is called that judges rows that are made (`create`) or changed (`change`). By name it comes before the
/// business's own, whose changes to the row are not the persona's.
pub fn write_trigger(project: &ProjectName, verb: &str) -> String {
    format!("!{project}__{verb}")
}

/// Ends the statement in words that name no table.
pub(super) fn refusal(message: &str, column: Option<&ColumnName>, depth: usize) -> String {
    let column = column.map(|column| format!(", COLUMN = {}", Ident::literal(column.as_str()))).unwrap_or_default();
    format!(
        "{}RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = {}{column};\n",
        "    ".repeat(depth),
        Ident::literal(message)
    )
}
