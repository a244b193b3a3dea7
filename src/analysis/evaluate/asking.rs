//! Who asks, and what is theirs.

use super::compare::{Clock, Datum, Kind};
use super::index::{Indexes, ObjectsByTable};
use super::world::{Membership, Standing, Tenant, User, World};
use crate::model::{AccessModel, Object, Persona, Who};
use crate::names::{ColumnName, KeyName, ObjectName, PersonaName, TableName, TenantKind};
use std::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;

/// As whom something is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    pub persona: PersonaName,
    /// By their places in the world; `None`: a guest, or staff.
    pub user: Option<usize>,
    pub tenant: Option<usize>,
    /// The session has proved a second factor.
    pub mfa: bool,
}

/// Somebody who may act as the persona, and what decides about them.
pub struct Asking<'w> {
    pub(super) model: &'w AccessModel,
    pub(super) world: &'w World,
    pub(super) persona: &'w Persona,
    pub(super) tenant: Option<&'w Tenant>,
    pub(super) user: Option<&'w User>,
    pub(super) mfa: bool,
    /// How many rows lead to the one that is asked about.
    depth: Cell<usize>,
    pub(super) indexes: RefCell<Indexes<'w>>,
    objects: OnceCell<Arc<ObjectsByTable<'w>>>,
}

/// Rows lead to rows through at most so many others; what goes further leads in a circle.
const DEEPEST: usize = 64;

impl<'w> Asking<'w> {
    /// `None`: they are nobody there, so nothing is shown to them and they can do nothing.
    pub fn new(model: &'w AccessModel, world: &'w World, asker: &Asker) -> Option<Self> {
        let persona = model.personas.get(&asker.persona)?;
        let user = asker.user.and_then(|at| world.users.get(at));
        let tenant = asker.tenant.and_then(|at| world.tenants.get(at));
        let place = Membership { persona: asker.persona.clone(), tenant: asker.tenant };
        let may = match (persona.who, user) {
            (Who::Guest, user) => user.is_none() && tenant.is_none(),
            (_, None) => false,
            (Who::Internal, Some(user)) => tenant.is_none() && user.memberships.contains(&place),
            (Who::External, Some(user)) => {
                user.memberships.contains(&place) && tenant.is_some_and(|tenant| is_one(model, world, persona, tenant))
            }
        };
        may.then(|| Self {
            model,
            world,
            persona,
            tenant,
            user,
            mfa: asker.mfa,
            depth: Cell::new(0),
            indexes: RefCell::new(Indexes::none()),
            objects: OnceCell::new(),
        })
    }

    /// The same, where the objects of each of the model's tables have been looked for already.
    pub(in crate::analysis) fn knowing(self, objects: &Arc<ObjectsByTable<'w>>) -> Self {
        Self { objects: OnceCell::from(Arc::clone(objects)), ..self }
    }

    pub fn model(&self) -> &'w AccessModel {
        self.model
    }

    pub(super) fn clock(&self) -> Clock {
        self.world.clock()
    }

    pub(super) fn object(&self, name: &ObjectName) -> Option<&'w Object> {
        self.model.objects.get(name)
    }

    /// Every object that shows the table, by their names.
    pub(super) fn objects_of(&self, table: &TableName) -> &[&'w Object] {
        self.objects.get_or_init(|| Arc::new(ObjectsByTable::of(self.model))).get(table)
    }

    /// My key of that name.
    pub(super) fn user_key(&self, key: &KeyName) -> Datum {
        Datum::of(self.user.and_then(|user| user.keys.get(key)).cloned())
    }

    /// My tenant's key of that name, where it is of that kind.
    pub(super) fn tenant_key(&self, kind: Option<&TenantKind>, key: &KeyName) -> Datum {
        let mine = self.tenant.filter(|tenant| kind.is_none() || tenant.kind.as_ref() == kind);
        Datum::of(mine.and_then(|tenant| tenant.key_of(key)).cloned())
    }

    /// What kind of values a column holds, by the fields that show it.
    pub(super) fn kind_in(&self, table: &TableName, column: &ColumnName) -> Kind {
        let mut objects = self.objects_of(table).iter();
        Kind::of(objects.find_map(|object| object.field_of(column)).map(|field| &field.field_type))
    }

    /// Goes to another row; `None` where that leads in a circle.
    pub(super) fn further<T>(&self, ask: impl FnOnce() -> T) -> Option<T> {
        let depth = self.depth.get();
        if depth >= DEEPEST {
            return None;
        }
        self.depth.set(depth + 1);
        let answer = ask();
        self.depth.set(depth);
        Some(answer)
    }
}

/// Whether people of the tenant may act as the persona.
fn is_one(model: &AccessModel, world: &World, persona: &Persona, tenant: &Tenant) -> bool {
    let of_kind = persona.tenant_kind.is_none() || persona.tenant_kind == tenant.kind;
    // Where a key alone says whose a row is, whoever has another's is nobody; without kinds, whoever was given one is.
    let alone = match (model.tenant_kinds.is_empty(), model.one_key_one_tenant) {
        (true, _) => tenant.kind.is_none(),
        (false, true) => !world.tenants.iter().any(|other| other.key == tenant.key && other.kind != tenant.kind),
        (false, false) => true,
    };
    tenant.standing == Standing::Active && of_kind && alone
}
