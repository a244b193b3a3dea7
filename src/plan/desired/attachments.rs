//! Files of rows: which there are, adding one, taking one's own away. Functions of the lookup role, which ask in the
//! transaction whether the row is one that the grant is about; the table itself is nobody's to read or write.
//!
//! A file belongs to its row as long as the row is one of a tenant that it was of when the file was added: what hung
//! on a row does not go with it to somebody else, nor to another row that is given its key.

use super::compiler::{CompileError, Compiler};
use super::predicate::{Predicate, for_roles, quote};
use super::role_switch::RoleSwitch;
use super::writes::{ByRole, Held};
use crate::model::{Attachments, FileUse, Object, ParentNeeds, TenantReach, Who, Write};
use crate::names::{ColumnName, Ident, ObjectName, RoleName, TableName};
use crate::plan::control::definer;
use crate::plan::object_function;
use crate::state::{Acl, Event, Function, FunctionName, Grantee, Privilege, Relation, Timing, Volatility};
use std::collections::BTreeMap;

/// What each of the functions knows before it does anything: the row, and who asks.
const DECLARES: &str = "    hit record;
    asker jsonb;
    me text;
    staff boolean;
    everywhere boolean;
    mine_now boolean;
    tenant record;
    noted jsonb;
    made record;
";

/// Whether `x.value`, a tenant of a row or of a file, is the one that asks.
const IS_MINE: &str = "(x.value ->> 'kind' IN ('', asker ->> 'tenant_kind') AND asker -> 'tenant_keys' ->> (x.value ->> 'name') = x.value ->> 'key')";

/// Whether a file `a` still belongs to the row, as whoever asks may see it.
const STILL: &str = "(everywhere OR (a.tenants = '[]' AND hit.tenants = '[]') OR EXISTS (
            SELECT FROM jsonb_array_elements(a.tenants) AS x WHERE hit.tenants @> jsonb_build_array(x.value) AND (NOT mine_now OR {is_mine})))";

/// After the branch of the role that asks.
const ASKED: &str = "    me := coalesce(asker ->> 'user', nullif(asker ->> 'user_keys', '{}'), '');
    mine_now := coalesce((SELECT bool_or({is_mine}) FROM jsonb_array_elements(hit.tenants) AS x), false);
";

const LIST: &str = "    IF NOT coalesce(hit.every OR hit.own, false) THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH m AS MATERIALIZED (
        SELECT a.* FROM {control}.attachment AS a
        WHERE a.object = {object} AND a.row_key = hit.key AND ($2 IS NULL OR a.id = $2)
            AND {still}
            AND (hit.every OR (me <> '' AND a.uploaded_by = me))
    ), n AS (
        SELECT u.id::text AS actor, p.persona, min(p.person) AS person FROM {control}.app_user AS u
        JOIN {control}.everyone() AS p ON p.email = u.email
        WHERE u.id::text IN (SELECT m.uploaded_by FROM m)
            AND (staff OR (p.tenant_kind = coalesce(asker ->> 'tenant_kind', '') AND p.tenant_key = asker -> 'tenant_keys' ->> 'key'))
        GROUP BY 1, 2
    )
    SELECT m.id, m.name, m.media_type, m.bytes, m.at, coalesce(n.person, {people}), hit.own AND me <> '' AND m.uploaded_by = me, m.state, m.storage
    FROM m LEFT JOIN n ON n.actor = m.uploaded_by AND n.persona = m.persona ORDER BY m.at, m.id;
";

const ADD: &str = "    IF NOT coalesce(hit.own, false) OR me = '' THEN
        RETURN;
    END IF;
    IF NOT coalesce($3 LIKE ANY ({types}), false) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_type', MESSAGE = 'files of this type are not taken here';
    END IF;
    IF NOT coalesce($4 <= {max_bytes}, false) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_size', MESSAGE = 'the file is too large';
    END IF;
    SELECT x.value ->> 'kind' AS kind, CASE x.value ->> 'name' WHEN 'key' THEN '' ELSE x.value ->> 'name' || ':' END || (x.value ->> 'key') AS key INTO tenant
    FROM jsonb_array_elements(hit.tenants) AS x ORDER BY coalesce({is_mine}, false) DESC, x.value ->> 'kind', x.value ->> 'key' LIMIT 1;
    -- Two at once count one after the other.
    PERFORM pg_advisory_xact_lock(hashtextextended(jsonb_build_array('portalctl attachments', {object}, hit.key)::text, 0));
    PERFORM pg_advisory_xact_lock(hashtextextended(jsonb_build_array('portalctl attachments of', {object}, tenant.kind, tenant.key)::text, 0));
    IF (SELECT count(*) FROM {control}.attachment AS a WHERE a.object = {object} AND a.row_key = hit.key) >= {max_files} THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_count', MESSAGE = 'the row has as many files as it may';
    END IF;
    IF (SELECT coalesce(sum(a.bytes), 0) FROM {control}.attachment AS a
        WHERE a.object = {object} AND a.tenant_kind = coalesce(tenant.kind, '') AND a.tenant_key = coalesce(tenant.key, '')) + $4 > {max_tenant_bytes} THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_total', MESSAGE = 'the tenant has as many bytes of files as it may';
    END IF;
    -- The name of the bytes is made here: whoever adds a file names nobody else's.
    INSERT INTO {control}.attachment AS a (object, row_key, tenants, tenant_kind, tenant_key, name, media_type, bytes, sha256, uploaded_by, persona, state)
    VALUES ({object}, hit.key, hit.tenants, coalesce(tenant.kind, ''), coalesce(tenant.key, ''), $2, $3, $4, $5, me, asker ->> 'persona', $6)
    RETURNING a.id, a.name, a.media_type, a.bytes, a.storage INTO made;
{audit}    RETURN QUERY SELECT made.id, made.storage;
";

const REMOVE: &str = "    IF NOT coalesce(hit.own, false) OR me = '' THEN
        RETURN false;
    END IF;
    DELETE FROM {control}.attachment AS a
    WHERE a.id = $2 AND a.object = {object} AND a.row_key = hit.key AND a.uploaded_by = me
        AND {still}
    RETURNING a.id, a.name, a.media_type, a.bytes, a.storage INTO made;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO {control}.attachment_remains (storage) VALUES (made.storage);
{audit}    RETURN true;
";

/// As changes of rows are written down, with every tenant whose row it is.
const AUDIT: &str = "    noted := (SELECT jsonb_agg(jsonb_build_object('kind', x.value ->> 'kind', 'key', x.value ->> 'key'))
              FROM jsonb_array_elements(hit.tenants) AS x WHERE x.value ->> 'name' = 'key');
    SELECT x.value ->> 'kind' AS kind, x.value ->> 'key' AS key INTO tenant FROM jsonb_array_elements(noted) AS x
    ORDER BY x.value ->> 'kind' IS DISTINCT FROM asker ->> 'tenant_kind', x.value ->> 'kind', x.value ->> 'key' LIMIT 1;
    INSERT INTO {control}.audit_event (actor, action, subject, detail, persona, tenant_kind, tenant_key, object, row_key)
    VALUES (
        me, {action}, {object},
        jsonb_build_object('attachment', made.id, 'name', made.name, 'media_type', made.media_type, 'bytes', made.bytes)
            || CASE WHEN jsonb_array_length(noted) > 1 THEN jsonb_build_object('tenants', noted) ELSE '{}' END,
        asker ->> 'persona', coalesce(tenant.kind, asker ->> 'tenant_kind', ''),
        coalesce(tenant.key, asker -> 'tenant_keys' ->> 'key', ''), {object}, hit.key);
";

impl<'a> Compiler<'a> {
    /// `attachments_<object>`, `attach_<object>`, `detach_<object>` and `attachable_<object>`; and what finds files of
    /// rows that are gone.
    pub(super) fn attachment_functions(&mut self) -> Result<(), CompileError> {
        for (name, roles) in self.holding(|write| matches!(write, Write::Files(_))) {
            let object = self.object(name)?;
            let Some(limits) = &object.attachments else { continue };
            self.file_functions(object, limits, &roles)?;
        }
        let model = self.model;
        let objects: Vec<&'a Object> = model.objects.values().filter(|object| object.attachments.is_some()).collect();
        if !objects.is_empty() {
            let function = self.lost_function(&objects)?;
            self.lookups.functions.insert(function.0, function.1);
        }
        Ok(())
    }

    fn file_functions(
        &mut self,
        object: &'a Object,
        limits: &Attachments,
        roles: &ByRole<'a>,
    ) -> Result<(), CompileError> {
        let mut branches: BTreeMap<&RoleName, String> = BTreeMap::new();
        for (role, held) in roles {
            branches.insert(role, self.files_branch(object, role, held)?);
        }
        let filled = |text: &str, action: &str| self.filled(&format!("{ASKED}{text}"), object, limits, action);
        let (list, add, remove) = (filled(LIST, ""), filled(ADD, "'row.attach'"), filled(REMOVE, "'row.detach'"));
        let listed = "TABLE(id uuid, name text, media_type text, bytes bigint, at timestamp with time zone, who text, mine boolean, state text, storage text)";
        let functions = [
            ("attachments", "row_key text[], wanted uuid", "text[], uuid", listed, "        RETURN;\n", list),
            (
                "attach",
                "row_key text[], name text, media_type text, bytes bigint, sha256 text, state text",
                "text[], text, text, bigint, text, text",
                "TABLE(id uuid, storage text)",
                "        RETURN;\n",
                add,
            ),
            ("detach", "row_key text[], wanted uuid", "text[], uuid", "boolean", "        RETURN false;\n", remove),
            (
                "attachable",
                "row_key text[]",
                "text[]",
                "boolean",
                "        RETURN false;\n",
                "    RETURN coalesce(hit.own, false);\n".to_owned(),
            ),
        ];
        for (verb, arguments, argument_types, returns, otherwise, finally) in functions {
            let reads = matches!(verb, "attachments" | "attachable");
            let switch = RoleSwitch {
                name: object_function(verb, &object.name),
                arguments,
                argument_types,
                returns,
                volatility: if reads { Volatility::Stable } else { Volatility::Volatile },
                owner: self.roles.lookup.clone(),
                declares: DECLARES,
                otherwise,
                finally: &finally,
                called: true,
            };
            self.role_switch(switch, &branches);
        }
        Ok(())
    }

    /// Finds the row, and what the role may do with its files.
    fn files_branch(&mut self, object: &'a Object, role: &RoleName, held: &[Held<'a>]) -> Result<String, CompileError> {
        let every = self.files_rows(held, FileUse::Download)?;
        let own = self.files_rows(held, FileUse::Attach)?;
        self.lookups.read(&object.table, object.key.iter().chain(&every.columns).chain(&own.columns));
        let tenants = self.every_tenant(object)?;
        let text = |column: &ColumnName| format!("to_jsonb(t.{}) #>> '{{}}'", quote(column));
        let key: Vec<String> = object.key.iter().map(text).collect();
        let (staff, everywhere) = held.first().map_or((false, false), |one| {
            let staff = one.persona.who == Who::Internal;
            (staff, staff && one.persona.tenants == TenantReach::All)
        });
        let text = format!(
            "        asker := {};\n        staff := {staff};\n        everywhere := {everywhere};\n        \
             SELECT ARRAY[{}] AS key, {tenants} AS tenants, coalesce(({}), false) AS every, coalesce(({}), false) AS own INTO hit\n        \
             FROM {} AS t WHERE {};\n",
            self.call("context", &[]),
            key.join(", "),
            every.sql,
            own.sql,
            object.table.sql(),
            self.key_is(object)?
        );
        Ok(for_roles(&text, [role]))
    }

    /// Rows whose attachments may be used so.
    pub(super) fn files_rows(&mut self, held: &[Held<'a>], wanted: FileUse) -> Result<Predicate, CompileError> {
        let mut parts = Vec::new();
        for one in held.iter().filter(|one| one.grant.write == Write::Files(wanted)) {
            parts.push(self.written_rows(one, &one.grant.rows, ParentNeeds::Read)?);
        }
        Ok(self.any_rows(parts))
    }

    fn filled(&self, text: &str, object: &Object, limits: &Attachments, action: &str) -> String {
        let like = |pattern: &str| pattern.replace('_', "\\_").replace('*', "%");
        let types: Vec<String> = limits.types.iter().map(|one| Ident::literal(&like(one.as_str()))).collect();
        let audit = if object.audit_writes { AUDIT.replace("{action}", action) } else { String::new() };
        text.replace("{audit}", &audit)
            .replace("{still}", STILL)
            .replace("{is_mine}", IS_MINE)
            .replace("{control}", &self.control().to_string())
            .replace("{object}", &Ident::literal(object.name.as_str()))
            .replace("{types}", &format!("ARRAY[{}]", types.join(", ")))
            .replace("{max_bytes}", &limits.max_bytes.to_string())
            .replace("{max_files}", &limits.max_files.to_string())
            .replace("{max_tenant_bytes}", &limits.max_tenant_bytes.to_string())
            .replace("{people}", &self.kinds_of_people("m"))
    }

    /// Files of rows that are there no longer: how many; or, `really`, forgets them.
    fn lost_function(&mut self, objects: &[&'a Object]) -> Result<(FunctionName, Function), CompileError> {
        let mut lost = String::from("CASE a.object");
        for object in objects {
            self.lookups.read(&object.table, &object.key);
            let is_row = self.key_is_in(object, "a.row_key")?;
            let name = Ident::literal(object.name.as_str());
            lost += &format!(" WHEN {name} THEN NOT EXISTS (SELECT FROM {} AS t WHERE {is_row})", object.table.sql());
        }
        lost += " ELSE false END";
        let control = self.control();
        let body = format!(
            "\n#variable_conflict use_column\nDECLARE\n    lost bigint;\nBEGIN\n    IF NOT $1 THEN\n        \
             RETURN (SELECT count(*) FROM {control}.attachment AS a WHERE {lost});\n    END IF;\n    \
             WITH gone AS (DELETE FROM {control}.attachment AS a WHERE {lost} RETURNING a.storage),\n         \
             kept AS (INSERT INTO {control}.attachment_remains (storage) SELECT g.storage FROM gone AS g RETURNING 1)\n    \
             SELECT count(*) INTO lost FROM kept;\n    RETURN lost;\nEND\n"
        );
        let mut acl = Acl::default();
        acl.grant(Grantee::Role(self.roles.owner.clone()), Privilege::Execute);
        let name = FunctionName {
            schema: self.model.project.control_schema.clone(),
            name: "attachments_lost".to_owned(),
            argument_types: "boolean".to_owned(),
        };
        let function = Function {
            arguments: "really boolean".to_owned(),
            returns: "bigint".to_owned(),
            body,
            acl,
            ..definer(self.roles.lookup.clone(), self.marker(), Volatility::Volatile)
        };
        Ok((name, function))
    }

    /// Files go with the row that portal users remove, and a new row has none, whatever had its key before.
    pub(super) fn forget_files(&self, table: &TableName, relation: &mut Relation) {
        let model = self.model;
        let with_files = |object: &&Object| object.table == *table && object.attachments.is_some();
        for object in model.objects.values().filter(with_files) {
            let key: Vec<&str> = object.key.iter().map(ColumnName::as_str).collect();
            let arguments = vec![object.name.to_string(), serde_json::json!(key).to_string()];
            let function = FunctionName {
                schema: model.project.control_schema.clone(),
                name: "attachment_forget".to_owned(),
                argument_types: String::new(),
            };
            let also = Some(&self.roles.operator);
            let trigger = self.trigger(Timing::After, [Event::Insert, Event::Delete], function, arguments, also);
            relation.triggers.insert(trigger_name(model.project.name.as_str(), &object.name), trigger);
        }
    }
}

fn trigger_name(project: &str, object: &ObjectName) -> String {
    crate::names::fitting(&format!("{project}__files_{object}"), "")
}
