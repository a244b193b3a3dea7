//! A world in which a difference shows: in words, and as an access test.

use super::cast::{Cast, Role};
use super::deed::{Attempt, cell};
use super::formula::{Fact, Place, Valuation, Var};
use super::pool::USUAL;
use super::stage::Stage;
use crate::analysis::evaluate::{Datum, Row};
use crate::analysis::words::quoted;
use crate::diagnostic::{FileId, Span};
use crate::model::{
    AccessModel, AccessTest, Act, Asker, Cell, Expectation, Given, GivenPlace, GivenRow, GivenTenant, GivenUser,
    Object, OwnerPath, TenantReach, TestedAction, Who,
};
use crate::names::{ColumnName, ObjectName, RowLabel, TableName, TenantName, TestName, UserLabel};
use indexmap::IndexMap;
use time::format_description::well_known::Rfc3339;

/// Somebody tries something there.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    pub(super) object: ObjectName,
    pub(super) root: Place,
    pub(super) cast: Cast,
    pub(super) known: Valuation,
    pub(super) stage: Stage,
    pub(super) attempt: Attempt,
    /// A second factor alone stood in the way.
    pub(super) by_factor: bool,
}

impl Example {
    /// For people: the row, and who asks.
    pub fn words(&self, model: &AccessModel) -> String {
        let object = model.objects.get(&self.object);
        let told = self.stage.row.0.iter().filter(|(column, _)| self.stage.told.contains(*column));
        let cells: Vec<String> = told
            .map(|(column, datum)| format!("{} {}", named(object, column), self.value(object, column, datum)))
            .collect();
        let row = match (&self.attempt, cells.as_slice()) {
            (Attempt::Export, _) => format!("rows of {}", self.object),
            (_, []) => format!("any {}", self.object),
            (_, cells) => format!("{} with {}", self.object, cells.join(", ")),
        };
        let mut parts = vec![row];
        for (place, row) in self.stage.others(&self.root) {
            let above = model.objects.values().find(|object| object.table == *place.table());
            let cells = self.known.0.iter().filter_map(|(var, datum)| match var {
                Var::Cell(of, column) if of == place => {
                    Some(format!("{} {}", named(above, column), self.value(above, column, datum)))
                }
                _ => None,
            });
            let cells: Vec<String> = cells.collect();
            let name = above.map_or_else(|| place.table().to_string(), |object| object.name.to_string());
            let how = if place.steps.is_empty() { "beside" } else { "under" };
            if !cells.is_empty() || row.0.is_empty() {
                parts.push(format!("{how} {name} with {}", cells.join(", ")));
            }
        }
        let facts = self.known.0.keys().filter(|var| self.known.holds(var)).filter_map(|var| match var {
            Var::Fact(Fact::Shared(place, ..)) if *place == self.root => Some("shared with me".to_owned()),
            Var::Fact(Fact::Assigned(place, ..)) if *place == self.root => Some("assigned to me".to_owned()),
            Var::Fact(Fact::Linked(link)) => {
                Some(format!("named in {} with {} {}", link.table, link.cell.0, self.who(&link.cell.1)))
            }
            Var::Fact(Fact::Named { table, .. }) => Some(format!("its tenant named for me in {table}")),
            _ => None,
        });
        parts.extend(facts);
        match self.known.0.get(&Var::Tier) {
            Some(Datum::Text(tier)) => parts.push(format!("my tier is {}", quoted(tier))),
            Some(_) => parts.push("my tenant has no tier".to_owned()),
            None => {}
        }
        if let Some(mfa) = self.known.0.get(&Var::Mfa) {
            let given = *mfa == Datum::text("true");
            parts.push(if given { "with a second factor" } else { "without a second factor" }.to_owned());
        }
        if let Some(now) = self.known.now().and_then(|now| now.format(&Rfc3339).ok()) {
            parts.push(format!("at {now}"));
        }
        parts.join("; ")
    }

    fn value(&self, object: Option<&Object>, column: &ColumnName, datum: &Datum) -> String {
        let of_person = object.is_some_and(|object| {
            let owner = |path: &OwnerPath| matches!(path, OwnerPath::Column(user) if user.column == *column);
            object.owners.values().any(owner) || object.direct_tenants().any(|(_, tenant)| tenant == column)
        });
        match datum {
            datum if of_person => self.who(datum),
            Datum::Text(text) => quoted(text),
            _ => "empty".to_owned(),
        }
    }

    fn who(&self, datum: &Datum) -> String {
        let Datum::Text(text) = datum else { return "empty".to_owned() };
        let users = self.cast.users.iter().find(|(_, user)| user.keys.values().any(|key| key == text));
        let mut tenants = self.cast.tenants.iter();
        let tenant = tenants.find(|(.., tenant)| tenant.key == *text || tenant.keys.values().any(|key| key == text));
        match (users, tenant) {
            (Some((label, _)), _) if label == "me" => "me".to_owned(),
            (Some((label, _)), _) if label == "team" => "somebody who reports to me".to_owned(),
            (Some(_), _) => "somebody else".to_owned(),
            (None, Some((_, role, _))) => match role {
                Role::Mine => "my tenant".to_owned(),
                Role::Below => "a tenant below mine".to_owned(),
                Role::Assigned => "a tenant assigned to me".to_owned(),
                Role::Other => "another tenant".to_owned(),
            },
            (None, None) => "something else".to_owned(),
        }
    }

    /// The same as an access test of the model, which expects that it is `allowed`; `None`: access tests cannot give
    /// such a world, or try such a thing.
    pub fn access_test(&self, model: &AccessModel, allowed: bool) -> Option<AccessTest> {
        let object = model.objects.get(&self.object)?;
        let controlled = |var: &Var| matches!(var, Var::Fact(Fact::Shared(..) | Fact::Assigned(..)));
        if self.known.0.keys().any(|var| controlled(var) && self.known.holds(var)) {
            return None;
        }
        let span = Span::file_start(FileId(0));
        let mut rows = IndexMap::new();
        let mut asked = None;
        for (table, of_table) in &self.stage.rows {
            for (at, row) in of_table.iter().enumerate() {
                let object = object_of(model, object, table)?;
                let label = RowLabel::new((at + 1).to_string());
                if table == self.root.table() && *row == self.stage.row {
                    asked = Some(label.clone());
                }
                rows.insert((object.name.clone(), label.clone()), GivenRow { cells: cells(object, row, &label), span });
            }
        }
        let act = Act {
            allowed,
            action: TestedAction::Read,
            object: object.name.clone(),
            row: asked,
            fields: Vec::new(),
            values: IndexMap::new(),
            owners: Vec::new(),
            to: None,
            span,
        };
        let act = self.attempt.act(model, object, &self.cast, act)?;
        let now = self.known.now().unwrap_or(USUAL).format(&Rfc3339).ok()?;
        let given = Given { tenants: self.tenants(model), users: self.users(model), rows };
        let guest = self.cast.who == Who::Guest;
        let tenant = self
            .cast
            .tenants
            .iter()
            .find(|(_, role, _)| *role == Role::Mine)
            .map(|(label, ..)| TenantName::new(label.as_str()));
        let asker = Asker {
            text: if guest { "guest".to_owned() } else { "me".to_owned() },
            user: (!guest).then(|| UserLabel::new("me")),
            place: GivenPlace { persona: self.cast.persona.clone(), tenant },
        };
        let expect = vec![Expectation { asker, lists: Vec::new(), acts: vec![act] }];
        Some(AccessTest { name: TestName::new("witness"), now: Some(now), given, expect, span })
    }

    fn tenants(&self, model: &AccessModel) -> IndexMap<TenantName, GivenTenant> {
        let label = |key: &String| {
            self.cast
                .tenants
                .iter()
                .find(|(.., tenant)| tenant.key == *key)
                .map(|(label, ..)| TenantName::new(label.as_str()))
        };
        let tier = match self.known.0.get(&Var::Tier) {
            Some(Datum::Text(tier)) => Some(crate::names::TierName::new(tier.as_str())),
            _ => None,
        };
        let tenants = self.cast.tenants.iter().map(|(name, role, tenant)| {
            let mut keys = tenant.keys.clone();
            keys.insert(crate::names::KeyName::main(), tenant.key.clone());
            let given = GivenTenant {
                title: name.clone(),
                kind: tenant.kind.clone().filter(|_| !model.tenant_kinds.is_empty()),
                tier: tier.clone().filter(|_| *role == Role::Mine),
                keys,
                parent: tenant.parent.as_ref().and_then(label),
            };
            (TenantName::new(name.as_str()), given)
        });
        tenants.collect()
    }

    fn users(&self, model: &AccessModel) -> IndexMap<UserLabel, GivenUser> {
        let assigned = || self.cast.tenants.iter().filter(|(_, role, _)| *role == Role::Assigned);
        let mfa = self.known.holds(&Var::Mfa);
        let users = self.cast.users.iter().enumerate().map(|(at, (label, user))| {
            let places = user.memberships.iter().filter(|place| model.personas.contains_key(&place.persona));
            let reach = model.personas.get(&self.cast.persona).map(|persona| persona.tenants);
            let given = GivenUser {
                title: label.clone(),
                email: user.email.clone(),
                places: places
                    .map(|place| GivenPlace {
                        persona: place.persona.clone(),
                        tenant: place.tenant.map(|at| TenantName::new(self.cast.tenants[at].0.as_str())),
                    })
                    .collect(),
                keys: user.keys.iter().map(|(name, key)| (name.clone(), Some(key.clone()))).collect(),
                assigned: match (at == super::cast::ME, reach) {
                    (true, Some(TenantReach::Assigned)) => {
                        assigned().map(|(label, ..)| TenantName::new(label.as_str())).collect()
                    }
                    _ => Vec::new(),
                },
                reports_to: user.superior.map(|_| UserLabel::new("me")),
                mfa: mfa && at == super::cast::ME,
            };
            (UserLabel::new(label.as_str()), given)
        });
        users.collect()
    }
}

/// The object itself where the table is its; else any on the table.
fn object_of<'m>(model: &'m AccessModel, object: &'m Object, table: &TableName) -> Option<&'m Object> {
    if object.table == *table { Some(object) } else { model.objects.values().find(|object| object.table == *table) }
}

fn cells(object: &Object, row: &Row, label: &RowLabel) -> IndexMap<ColumnName, Cell> {
    let key = object.key.iter().map(|column| (column.clone(), Cell::Text(label.to_string())));
    let mut cells: IndexMap<ColumnName, Cell> = key.collect();
    cells.extend(row.0.iter().map(|(column, datum)| (column.clone(), cell(datum))));
    cells
}

fn named(object: Option<&Object>, column: &ColumnName) -> String {
    object.and_then(|object| object.field_of(column)).map_or_else(|| column.to_string(), |field| field.name.to_string())
}
