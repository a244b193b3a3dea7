//! The SQL that decides a question about access: of what a plan writes into an empty database, the statements about the
//! roles of whoever asks, on that table, for that command. No database is needed.

use super::control::{Askers, ProjectRoles, fixed_functions};
use super::desired::{guest_limit, object_function, supposed, write_trigger};
use super::{Administrator, ChangeKind, Touched, diff, sql};
use crate::analysis::{Action, Source};
use crate::diagnostic::{Span, escape::one_line};
use crate::model::{AccessModel, Deletion, Facet, Object, Persona, Write, WriteGrant};
use crate::names::{Ident, RoleName};
use crate::plan::change::join;
use crate::state::{Command, DatabaseState, FunctionName, Grantee, Privilege, View};
use std::collections::{BTreeMap, BTreeSet};

/// The statements that decide, and what is to be said about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    /// As `plan --format sql` writes them, without the last semicolon.
    pub sql: Vec<DecidingStatement>,
    /// Why there are none, or what they are not sure of; in lines.
    pub note: Vec<String>,
}

/// One statement, with the first and with all places in the documents that it comes from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DecidingStatement {
    pub sql: String,
    #[serde(flatten)]
    pub source: Source,
    pub sources: Vec<Source>,
}

impl Deciding {
    /// For people, and for `psql`: each statement under its places.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if !self.note.is_empty() {
            text.push('\n');
            text.extend(self.note.iter().map(|line| format!("-- {}\n", one_line(line))));
        }
        for statement in &self.sql {
            text += &format!("\n-- {}\n{};\n", one_line(&statement.places()), statement.sql);
        }
        text
    }
}

impl DecidingStatement {
    /// `portalctl.yaml:34, 36; portals/desk.yaml:3`
    fn places(&self) -> String {
        let mut files: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for source in &self.sources {
            files.entry(&source.file).or_default().insert(source.line);
        }
        let files: Vec<String> = files.into_iter().map(|(file, lines)| format!("{file}:{}", join(lines))).collect();
        files.join("; ")
    }
}

/// What in PostgreSQL decides whether `persona` may do `action` to rows of `object`.
///
/// # Errors
/// In words: the documents cannot be compiled.
pub fn deciding(model: &AccessModel, persona: &Persona, action: &Action, object: &Object) -> Result<Deciding, String> {
    let (live, desired) = supposed(model).map_err(|error| error.to_string())?;
    let changes = diff(&live, &desired, &Touched::of(model).marker(&live.server.database))
        .map_err(|refusals| join(refusals.iter().map(|refusal| refusal.message.as_str())))?;
    let question = Question { model, persona, action, object, desired: &desired, by: By::of(action, object) };
    let kinds = || changes.iter().map(|change| &change.kind);
    let named = kinds().any(|kind| question.is_about_them(kind));
    let mut kinds: Vec<&ChangeKind> =
        kinds().filter(|kind| named && (question.is_about_them(kind) || question.judges(kind))).collect();
    let asked = question.lookups(&kinds);
    let asked = |kind: &&ChangeKind| matches!(kind, ChangeKind::CreateFunction { name, .. } if asked.contains(name));
    kinds.extend(changes.iter().map(|change| &change.kind).filter(asked));
    kinds.sort_by_key(|kind| rank(kind));
    Ok(Deciding {
        sql: kinds.iter().filter_map(|kind| question.statement(kind)).collect(),
        note: if kinds.is_empty() { question.nothing() } else { question.unsure() },
    })
}

/// Short statements first, what gives before what holds back, bodies of functions last.
fn rank(kind: &ChangeKind) -> u8 {
    match kind {
        ChangeKind::GrantTable { .. } | ChangeKind::GrantColumns { .. } => 0,
        ChangeKind::CreatePolicy { policy, .. } if policy.permissive => 1,
        ChangeKind::CreatePolicy { .. } => 2,
        ChangeKind::CreateView { .. } | ChangeKind::GrantView { .. } => 3,
        ChangeKind::CreateTrigger { .. } => 4,
        _ => 5,
    }
}

/// By what PostgreSQL decides.
#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    /// Privileges and row policies of the command, and triggers of these names.
    Command(Command, Privilege),
    /// A function of the control schema, by its verb, which asks what row policies would have asked.
    Function(&'static str),
}

impl By {
    fn of(action: &Action, object: &Object) -> Self {
        match action {
            Action::Read | Action::Export => Self::Command(Command::Select, Privilege::Select),
            Action::Create => Self::Command(Command::Insert, Privilege::Insert),
            Action::Update | Action::Transition(_) | Action::Assign => {
                Self::Command(Command::Update, Privilege::Update)
            }
            Action::Delete if matches!(object.deletion, Some(Deletion::Soft(_))) => Self::Function("delete"),
            Action::Delete => Self::Command(Command::Delete, Privilege::Delete),
            Action::Share => Self::Function("share"),
            Action::Download => Self::Function("attachments"),
            Action::Attach => Self::Function("attach"),
        }
    }
}

struct Question<'a> {
    model: &'a AccessModel,
    persona: &'a Persona,
    action: &'a Action,
    object: &'a Object,
    desired: &'a DatabaseState,
    by: By,
}

impl Question<'_> {
    fn facets(&self, named: impl Fn(&RoleName) -> bool) -> impl Iterator<Item = &Facet> {
        self.persona.facets.iter().filter(move |facet| named(&facet.role))
    }

    fn names_us<'r>(&self, mut roles: impl Iterator<Item = &'r RoleName>) -> bool {
        roles.any(|role| self.persona.facets.iter().any(|facet| facet.role == *role))
    }

    fn shows_us(&self, view: &View) -> bool {
        view.of.contains(&self.object.table) && self.names_us(named(view.acl.0.keys()))
    }

    /// Whether the statement gives something to a role of the persona, on the table, for the command.
    fn is_about_them(&self, kind: &ChangeKind) -> bool {
        match (kind, &self.by) {
            (ChangeKind::CreatePolicy { table, policy, .. }, By::Command(command, _)) => {
                *table == self.object.table
                    && [*command, Command::All].contains(&policy.command)
                    && self.names_us(named(&policy.roles))
            }
            (
                ChangeKind::GrantTable { table, privilege, roles }
                | ChangeKind::GrantColumns { table, privilege, roles, .. },
                By::Command(_, wanted),
            ) => *table == self.object.table && privilege == wanted && self.names_us(roles.iter()),
            (ChangeKind::CreateView { view, .. }, By::Command(Command::Select, _)) => self.shows_us(view),
            (ChangeKind::GrantView { view, roles, .. }, By::Command(Command::Select, _)) => {
                self.desired.views.get(view).is_some_and(|view| view.of.contains(&self.object.table))
                    && self.names_us(roles.iter())
            }
            (ChangeKind::CreateFunction { name, function, .. }, By::Function(verb)) => {
                let own = name.schema == self.model.project.control_schema;
                let does = name.name == object_function(verb, &self.object.name);
                own && does && self.names_us(named(function.acl.0.keys()))
            }
            _ => false,
        }
    }

    /// What decides about everybody's rows, and so about theirs.
    fn judges(&self, kind: &ChangeKind) -> bool {
        match kind {
            ChangeKind::CreateTrigger { table, name, .. } => {
                *table == self.object.table && self.triggers().contains(name)
            }
            // What is the same for every table is named by its trigger alone.
            ChangeKind::CreateFunction { name, .. } => {
                let triggers = self.desired.relations.get(&self.object.table).map(|relation| &relation.triggers);
                let trigger = self.triggers().into_iter().next();
                trigger.and_then(|trigger| triggers?.get(&trigger)).is_some_and(|trigger| trigger.function == *name)
            }
            // The view that holds the rows, under the one that holds the masks.
            ChangeKind::CreateView { name, .. } => {
                self.by == By::Command(Command::Select, Privilege::Select)
                    && self.desired.views.values().any(|view| view.over.as_ref() == Some(name) && self.shows_us(view))
            }
            _ => false,
        }
    }

    /// The functions that row policies and views ask about other rows. Those that say who is asking are every project's.
    fn lookups(&self, kinds: &[&ChangeKind]) -> BTreeSet<&FunctionName> {
        let marker = Touched::of(self.model).marker(&self.desired.server.database);
        let everywhere = fixed_functions(&self.model.project, &marker, &Askers::default());
        let texts = kinds.iter().flat_map(|kind| match kind {
            ChangeKind::CreatePolicy { policy, .. } => [policy.using.as_deref(), policy.check.as_deref()],
            ChangeKind::CreateView { view, .. } => [Some(view.query.as_str()), None],
            _ => [None, None],
        });
        let (mut open, mut found): (Vec<&str>, _) = (texts.flatten().collect(), BTreeSet::new());
        while let Some(text) = open.pop() {
            for (name, function) in &self.desired.functions {
                let call = format!("{}.{}(", Ident::new(name.schema.as_str()), Ident::new(&name.name));
                if !everywhere.contains_key(name) && text.contains(&call) && found.insert(name) {
                    open.push(&function.body);
                }
            }
        }
        found
    }

    /// The first is the object's own.
    fn triggers(&self) -> Vec<String> {
        let project = &self.model.project.name;
        match &self.by {
            By::Command(Command::Insert, _) => {
                let limit = self.persona.rate_limit.map(|_| guest_limit(project));
                std::iter::once(write_trigger(project, "create")).chain(limit).collect()
            }
            By::Command(Command::Update, _) => vec![write_trigger(project, "change")],
            _ => Vec::new(),
        }
    }

    /// The first of a change; what follows are comments that mark it as portalctl's.
    fn statement(&self, kind: &ChangeKind) -> Option<DecidingStatement> {
        let administrator = Administrator::superuser(ProjectRoles::of(&self.model.project).owner);
        let context = sql::Context {
            project: &self.model.project,
            administrator: &administrator,
            server_version: self.desired.server.version,
            database: &self.desired.server.database,
        };
        let sql = sql::statements(kind, context).into_iter().next()?.text;
        let mut sources: Vec<Source> = Vec::new();
        for span in self.causes(kind) {
            let source = self.model.sources.location(span).into();
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        sources.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        Some(DecidingStatement { sql, source: sources.first()?.clone(), sources })
    }

    /// The grants of the persona that a statement comes from.
    fn causes(&self, kind: &ChangeKind) -> Vec<Span> {
        let roles: Option<BTreeSet<RoleName>> = match kind {
            ChangeKind::CreatePolicy { policy, .. } => Some(named(&policy.roles).cloned().collect()),
            ChangeKind::GrantTable { roles, .. }
            | ChangeKind::GrantColumns { roles, .. }
            | ChangeKind::GrantView { roles, .. } => Some(roles.clone()),
            ChangeKind::CreateView { view, .. } if view.over.is_some() || self.shows_us(view) => {
                Some(named(view.acl.0.keys()).cloned().collect())
            }
            _ => None,
        };
        let is_meant = |role: &RoleName| roles.as_ref().is_none_or(|roles| roles.contains(role));
        let spans: Vec<Span> = match self.by {
            By::Command(Command::Select, _) => {
                let rectangles = self.facets(is_meant).filter_map(|facet| facet.reads.get(&self.object.table));
                let grants = rectangles.flat_map(|rectangle| &rectangle.grants);
                let reads = grants.filter_map(|(object, at)| self.persona.reads.get(object)?.get(*at));
                reads.flat_map(|grant| grant.sources.iter().copied()).collect()
            }
            _ => {
                let objects = self.model.objects.values().filter(|object| object.table == self.object.table);
                let grants = objects.flat_map(|object| {
                    let grants = self.persona.writes.get(&object.name).into_iter().flatten();
                    grants.filter(move |grant| self.is_by(grant, object))
                });
                let role = |grant: &WriteGrant| self.persona.facets.get(grant.facet).map(|facet| &facet.role);
                let held = grants.filter(|grant| role(grant).is_some_and(is_meant));
                held.flat_map(|grant| grant.sources.iter().copied()).collect()
            }
        };
        if spans.is_empty() { vec![self.object.span] } else { spans }
    }

    /// Whether it is such a command, or calls the function, that makes use of the grant.
    fn is_by(&self, grant: &WriteGrant, object: &Object) -> bool {
        match &self.by {
            By::Command(Command::Insert, _) => matches!(grant.write, Write::Create(_)),
            By::Command(Command::Update, _) => !grant.changed(object).is_empty(),
            By::Command(..) => grant.removes(object),
            By::Function(_) => object.name == self.object.name && grant.write.action() == self.action.to_string(),
        }
    }

    fn nothing(&self) -> Vec<String> {
        let (roles, table) = (join(self.facets(|_| true).map(|facet| &facet.role)), &self.object.table);
        match &self.by {
            By::Command(_, command) => vec![
                format!("no row policy for {command} on {table} names {roles},"),
                "and no privilege does: PostgreSQL refuses".to_owned(),
            ],
            By::Function(verb) => {
                let (schema, name) = (&self.model.project.control_schema, object_function(verb, &self.object.name));
                vec![
                    format!("{schema}.{name} alone does that,"),
                    format!("and {roles} may not call it: PostgreSQL refuses"),
                ]
            }
        }
    }

    fn unsure(&self) -> Vec<String> {
        if self.object.managed.is_some() {
            return Vec::new();
        }
        vec![format!("the types of {} are the documents'; `plan` asks the database", self.object.table)]
    }
}

fn named<'g>(grantees: impl IntoIterator<Item = &'g Grantee>) -> impl Iterator<Item = &'g RoleName> {
    grantees.into_iter().filter_map(|grantee| match grantee {
        Grantee::Role(role) => Some(role),
        Grantee::Public => None,
    })
}
