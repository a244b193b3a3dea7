//! Doing something as somebody.

use super::super::PgError;
use super::super::given::plausible;
use super::Stage;
use super::session::{Answer, Session};
use crate::analysis::access_test::{Answer as Said, Outcome, words};
use crate::model::{Act, Deletion, Field, FieldType, Object, OwnerPath, TestedAction, Write};
use crate::names::{ColumnName, FieldName, Ident};
use crate::plan::object_function;
use std::collections::BTreeMap;

/// What came of the attempts together.
enum Verdict {
    Done(String),
    Denied(String),
    /// Something else than access stood in the way.
    Stopped(String),
}

type Values = BTreeMap<ColumnName, Option<String>>;

impl Stage<'_> {
    pub(super) async fn act(&self, session: &mut Session<'_, '_>, act: &Act) -> Result<Outcome, PgError> {
        let expected = words::act(&self.expectation.asker.text, act);
        let verdict = match self.bench.model.objects.get(&act.object) {
            Some(object) => self.verdict(session, object, act).await?,
            None => Verdict::Stopped("the object is not there".to_owned()),
        };
        let (got, answer) = match verdict {
            Verdict::Done(_) if act.allowed => (String::new(), Said::Allowed),
            Verdict::Denied(_) if !act.allowed => (String::new(), Said::Denied),
            Verdict::Done(how) => (how, Said::Allowed),
            Verdict::Denied(why) => (format!("denied: {why}"), Said::Denied),
            Verdict::Stopped(why) => {
                (format!("neither allowed nor denied, something else stood in the way: {why}"), Said::Unknown)
            }
        };
        Ok(Outcome { span: act.span, expected, got, answer })
    }

    async fn verdict(&self, session: &mut Session<'_, '_>, object: &Object, act: &Act) -> Result<Verdict, PgError> {
        match act.action {
            TestedAction::Read => self.read(session, object, act).await,
            TestedAction::Create => self.create(session, object, act).await,
            TestedAction::Update if !act.values.is_empty() => {
                let values = self.written(act);
                self.change(session, object, act, vec![values]).await
            }
            TestedAction::Update => self.update(session, object, act).await,
            TestedAction::Transition => self.transition(session, object, act).await,
            TestedAction::Assign => self.assign(session, object, act).await,
            TestedAction::Delete => self.delete(session, object, act).await,
            TestedAction::Share => self.share(session, object, act).await,
            TestedAction::Attach => {
                let key = self.key_array(act);
                self.function(session, object, ("attachable", key), "a file could be attached").await
            }
            TestedAction::Export => self.export(session, object, act).await,
        }
    }

    /// Tries one statement as each of the persona's roles.
    async fn any_role(&self, session: &mut Session<'_, '_>, sql: &str, how: &str) -> Result<Verdict, PgError> {
        let (mut denied, mut stopped) = (None, None);
        for facet in session.facets {
            match session.ask(&facet.role, sql).await? {
                Answer::Done { affected: 0, .. } => {
                    denied.get_or_insert_with(|| "there is no such row for them".to_owned());
                }
                Answer::Done { .. } => return Ok(Verdict::Done(how.to_owned())),
                Answer::Denied(why) => drop(denied.get_or_insert(why)),
                Answer::Stopped(why) => drop(stopped.get_or_insert(why)),
            }
        }
        Ok(stopped.map_or_else(|| Verdict::Denied(denied.unwrap_or_default()), Verdict::Stopped))
    }

    fn key(&self, act: &Act) -> Vec<String> {
        act.row.as_ref().map(|row| self.keys.row(&act.object, row)).unwrap_or_default()
    }

    fn key_array(&self, act: &Act) -> String {
        let parts: Vec<String> = self.key(act).iter().map(|part| Ident::literal(part)).collect();
        format!("ARRAY[{}]::text[]", parts.join(", "))
    }

    fn is_row(&self, object: &Object, act: &Act) -> String {
        let key = self.key(act);
        let same = object
            .key
            .iter()
            .zip(&key)
            .map(|(column, part)| format!("{} = {}", Ident::new(column.as_str()), Ident::literal(part)));
        same.collect::<Vec<_>>().join(" AND ")
    }

    fn written(&self, act: &Act) -> Values {
        act.values.iter().map(|(column, cell)| (column.clone(), self.keys.text(cell))).collect()
    }

    /// Of several fields each may be shown by another role; what is only shown by its mask is not seen.
    async fn read(&self, session: &mut Session<'_, '_>, object: &Object, act: &Act) -> Result<Verdict, PgError> {
        let is_row = self.is_row(object, act);
        let mut parts = vec![("1".to_owned(), "the row".to_owned())];
        if !act.fields.is_empty() {
            let fields = act.fields.iter().filter_map(|name| object.fields.get(name));
            parts = fields
                .map(|field| (format!("{}::text", Ident::new(field.column.as_str())), format!("`{}`", field.name)))
                .collect();
        }
        let (mut seen, mut unseen) = (Vec::new(), Vec::new());
        for (part, name) in parts {
            let truth = session.truth(&format!("SELECT {part} FROM {} WHERE {is_row}", object.table.sql())).await?;
            let mut shown = Err(format!("{name} is not shown"));
            for facet in session.facets {
                let source = self.read_as(&facet.role, &object.table);
                match session.ask(&facet.role, &format!("SELECT {part} FROM {source} WHERE {is_row}")).await? {
                    Answer::Done { rows, .. } if rows.is_empty() => {}
                    Answer::Done { rows, .. } if rows.last() == truth.as_ref() => {
                        shown = Ok(());
                        break;
                    }
                    Answer::Done { .. } => shown = Err(format!("{name} is shown by its mask alone")),
                    Answer::Denied(_) => {}
                    Answer::Stopped(why) => return Ok(Verdict::Stopped(why)),
                }
            }
            match shown {
                Ok(()) => seen.push(name),
                Err(why) => unseen.push(why),
            }
        }
        Ok(match (act.allowed, seen.is_empty()) {
            (true, _) if unseen.is_empty() => Verdict::Done(String::new()),
            (false, false) => Verdict::Done(format!("{} could be read", words::joined(seen))),
            _ => Verdict::Denied(unseen.join(", ")),
        })
    }

    async fn create(&self, session: &mut Session<'_, '_>, object: &Object, act: &Act) -> Result<Verdict, PgError> {
        let mut values = self.written(act);
        self.complete(object, &mut values);
        let columns: Vec<String> = values.keys().map(|column| Ident::new(column.as_str()).to_string()).collect();
        let cells: Vec<String> = values.values().map(|value| or_null(value.as_deref())).collect();
        let table = object.table.sql();
        let sql = match columns.is_empty() {
            true => format!("INSERT INTO {table} DEFAULT VALUES"),
            false => format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), cells.join(", ")),
        };
        self.any_role(session, &sql, "the row could be made").await
    }

    /// What a new row must hold besides, where the persona may give it: a test that is about access need not say it.
    fn complete(&self, object: &Object, values: &mut Values) {
        let persona = self.bench.model.personas.get(&self.expectation.asker.place.persona);
        let grants = persona.and_then(|persona| persona.writes.get(&object.name)).into_iter().flatten();
        for column in grants.flat_map(|grant| grant.inserted(object)) {
            let Some(facts) = self.bench.columns.get(&object.table, column) else { continue };
            let field = object.field_of(column);
            let names_another = field.is_none_or(|field| matches!(field.field_type, FieldType::Reference(_)));
            if facts.required
                && !facts.has_default
                && !facts.generated
                && !names_another
                && !values.contains_key(column)
            {
                let value = plausible(facts, field, 900_000 + values.len());
                values.extend(value.map(|value| (column.clone(), Some(value))));
            }
        }
    }

    /// Each set of values in turn, until one is taken.
    async fn change(
        &self,
        session: &mut Session<'_, '_>,
        object: &Object,
        act: &Act,
        attempts: Vec<Values>,
    ) -> Result<Verdict, PgError> {
        let mut verdict = Verdict::Stopped("no other value is known for the field: write `values`".to_owned());
        let is_row = self.is_row(object, act);
        for values in attempts {
            let set: Vec<String> = values
                .iter()
                .map(|(column, value)| format!("{} = {}", Ident::new(column.as_str()), or_null(value.as_deref())))
                .collect();
            let sql = format!("UPDATE {} SET {} WHERE {is_row}", object.table.sql(), set.join(", "));
            let how = format!("the row could be changed ({})", set.join(", "));
            match self.any_role(session, &sql, &how).await? {
                done @ Verdict::Done(_) => return Ok(done),
                // What was denied once is told rather than what else stood in the way of another value.
                denied @ Verdict::Denied(_) => verdict = denied,
                stopped if matches!(verdict, Verdict::Stopped(_)) => verdict = stopped,
                Verdict::Stopped(_) => {}
            }
        }
        Ok(verdict)
    }

    /// To something else than the fields hold. Expected to be possible: all at once; else: none of them.
    async fn update(&self, session: &mut Session<'_, '_>, object: &Object, act: &Act) -> Result<Verdict, PgError> {
        let named: Vec<FieldName> = match act.fields.is_empty() {
            true => updated(object),
            false => act.fields.clone(),
        };
        if act.allowed && !act.fields.is_empty() {
            let attempts = self.together(session, object, act, &named).await?;
            return self.change(session, object, act, attempts).await;
        }
        let mut last = Verdict::Denied("it has no fields".to_owned());
        for name in named {
            let attempts = self.together(session, object, act, &[name]).await?;
            if attempts.is_empty() && act.fields.is_empty() {
                continue;
            }
            last = match (self.change(session, object, act, attempts).await?, last) {
                (done @ Verdict::Done(_), _) => return Ok(done),
                (Verdict::Denied(_), stopped @ Verdict::Stopped(_)) => stopped,
                (verdict, _) => verdict,
            };
        }
        Ok(last)
    }

    /// Sets of values that all differ from what the row holds.
    async fn together(
        &self,
        session: &mut Session<'_, '_>,
        object: &Object,
        act: &Act,
        names: &[FieldName],
    ) -> Result<Vec<Values>, PgError> {
        let mut all: Vec<(&Field, Vec<Option<String>>)> = Vec::new();
        for field in names.iter().filter_map(|name| object.fields.get(name)) {
            let sql = format!(
                "SELECT {}::text FROM {} WHERE {}",
                Ident::new(field.column.as_str()),
                object.table.sql(),
                self.is_row(object, act)
            );
            let now = session.truth(&sql).await?.and_then(|mut row| row.pop()).flatten();
            let facts = self.bench.columns.get(&object.table, &field.column);
            let values = facts.map(|facts| self.candidates(field, facts, now.as_deref())).unwrap_or_default();
            if values.is_empty() {
                return Ok(Vec::new());
            }
            all.push((field, values));
        }
        let most = all.iter().map(|(_, values)| values.len()).max().unwrap_or_default();
        let nth = |n: usize| {
            all.iter().map(|(field, values)| (field.column.clone(), values[n % values.len()].clone())).collect()
        };
        Ok((0..most).map(nth).collect())
    }

    async fn transition(&self, session: &mut Session<'_, '_>, object: &Object, act: &Act) -> Result<Verdict, PgError> {
        let field = object.states.as_ref().and_then(|states| object.fields.get(&states.field));
        let Some(field) = field else { return Ok(Verdict::Denied("it has no states".to_owned())) };
        let values = Values::from([(field.column.clone(), act.to.clone())]);
        self.change(session, object, act, vec![values]).await
    }

    async fn assign(&self, session: &mut Session<'_, '_>, object: &Object, act: &Act) -> Result<Verdict, PgError> {
        let mut values = Values::new();
        for path in &act.owners {
            let Some(OwnerPath::Column(user)) = object.owners.get(path) else { continue };
            let to = act.to.as_deref().and_then(|to| self.test.given.users.get_key_value(to));
            let key = to.filter(|(_, to)| to.keys.contains_key(&user.key)).map(|(to, _)| self.keys.user(to, &user.key));
            let Some(key) = key else {
                let who = act.to.clone().unwrap_or_default();
                return Ok(Verdict::Denied(format!("`{who}` has no key `{}`, which the column holds", user.key)));
            };
            values.insert(user.column.clone(), Some(key));
        }
        self.change(session, object, act, vec![values]).await
    }

    async fn delete(&self, session: &mut Session<'_, '_>, object: &Object, act: &Act) -> Result<Verdict, PgError> {
        if let Some(Deletion::Soft(_)) = object.deletion {
            let key = self.key_array(act);
            return self.function(session, object, ("delete", key), "the row could be deleted").await;
        }
        let sql = format!("DELETE FROM {} WHERE {}", object.table.sql(), self.is_row(object, act));
        self.any_role(session, &sql, "the row could be deleted").await
    }

    async fn share(&self, session: &mut Session<'_, '_>, object: &Object, act: &Act) -> Result<Verdict, PgError> {
        let to = act.to.as_deref().and_then(|to| self.test.given.users.get(to));
        let email = Ident::literal(to.map_or("", |user| user.email.as_str()));
        let arguments = format!("{}, {email}, NULL::interval", self.key_array(act));
        self.function(session, object, ("share", arguments), "the row could be shared").await
    }

    /// A function of the object's that answers whether it is, or was, so.
    async fn function(
        &self,
        session: &mut Session<'_, '_>,
        object: &Object,
        (verb, arguments): (&str, String),
        how: &str,
    ) -> Result<Verdict, PgError> {
        let control = Ident::new(self.bench.model.project.control_schema.as_str());
        let name = object_function(verb, &object.name);
        let call = format!("{control}.{}({arguments})", Ident::new(&name));
        // No row where the answer is no: then nothing was affected.
        self.any_role(session, &format!("SELECT 1 FROM {call} AS answer WHERE answer"), how).await
    }

    /// The site answers for it, by the grant; the rows are those that are read.
    async fn export(&self, session: &mut Session<'_, '_>, object: &Object, act: &Act) -> Result<Verdict, PgError> {
        let asker = &self.expectation.asker;
        let persona = self.bench.model.personas.get(&asker.place.persona);
        let mfa = asker.user.as_ref().and_then(|label| self.test.given.users.get(label)).is_some_and(|user| user.mfa);
        let grants = persona.and_then(|persona| persona.writes.get(&act.object)).into_iter().flatten();
        let mut grants = grants.filter(|grant| matches!(grant.write, Write::Export { .. }));
        let Some(grant) = grants.find(|grant| mfa || !grant.rows.mfa) else {
            return Ok(Verdict::Denied("no grant lets them export it".to_owned()));
        };
        let role = session.facets.get(grant.facet).or_else(|| session.facets.first()).map(|facet| facet.role.clone());
        let Some(role) = role else { return Ok(Verdict::Denied("they have no role".to_owned())) };
        let key = object.key.first().map_or_else(|| "1".to_owned(), |column| Ident::new(column.as_str()).to_string());
        let sql = format!("SELECT {key} FROM {} LIMIT 1", self.read_as(&role, &object.table));
        Ok(match session.ask(&role, &sql).await? {
            Answer::Done { .. } => Verdict::Done("a grant lets them export it".to_owned()),
            Answer::Denied(why) => Verdict::Denied(why),
            Answer::Stopped(why) => Verdict::Stopped(why),
        })
    }
}

/// Every field but those that have words of their own: the state is moved, the owner handed over.
fn updated(object: &Object) -> Vec<FieldName> {
    let is_state = |name: &FieldName| object.states.as_ref().is_some_and(|states| states.field == *name);
    let is_owner = |field: &Field| {
        object.owners.values().any(|path| matches!(path, OwnerPath::Column(user) if user.column == field.column))
    };
    let fields = object.fields.iter().filter(|(name, field)| !is_state(name) && !is_owner(field));
    fields.map(|(name, _)| name.clone()).collect()
}

fn or_null(value: Option<&str>) -> String {
    value.map_or_else(|| "NULL".to_owned(), Ident::literal)
}
