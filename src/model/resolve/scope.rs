//! Which rows: the scope of a grant, whether it can be, and the path it follows.

use super::audience::AudienceFacts;
use super::facts::Facts;
use super::objects::Objects;
use super::rows::RowsDraft;
use super::walk::Goal;
use crate::diagnostic::{Finding, Span};
use crate::model::{Object, OwnerPath, Scope, TenantReach, Who};
use crate::names::{KeyName, ObjectName, PathName};
use crate::spec::document::ObjectDoc;

pub(super) struct Chosen {
    pub(super) scope: Scope,
    pub(super) path: Option<PathName>,
    pub(super) reach: Option<PathName>,
}

struct Choice<'a> {
    facts: &'a Facts<'a>,
    objects: &'a Objects<'a>,
    object: &'a Object,
    doc: &'a ObjectDoc,
    audience: &'a AudienceFacts<'a>,
    draft: &'a RowsDraft,
}

/// The scope and paths of `draft` for a persona of `audience`; `None` after a finding.
pub(super) fn choose(
    facts: &Facts<'_>,
    objects: &Objects<'_>,
    audience: &AudienceFacts<'_>,
    (object, draft): (&ObjectName, &RowsDraft),
    findings: &mut Vec<Finding>,
) -> Option<Chosen> {
    let (object, doc) = objects.get(object, draft.span).ok()?;
    let choice = Choice { facts, objects, object, doc, audience, draft };
    match choice.all() {
        Ok(chosen) => Some(chosen),
        Err(Stop::Reported) => None,
        Err(Stop::Wrong(finding)) => {
            findings.push(*finding);
            None
        }
    }
}

/// Why there is no scope.
enum Stop {
    Wrong(Box<Finding>),
    /// The object lacks what its document has: what is wrong there has been reported where it stands.
    Reported,
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Self::Wrong(Box::new(finding))
    }
}

impl Choice<'_> {
    fn all(&self) -> Result<Chosen, Stop> {
        let scope = self.scope()?;
        self.permitted(scope)?;
        let path = self.path(scope)?;
        let reach = self.reach(scope)?;
        self.kinds_agree(scope, path.as_ref())?;
        Ok(Chosen { scope, path, reach })
    }

    fn at(&self) -> Span {
        self.draft.scope.as_ref().map_or(self.draft.span, |scope| scope.span)
    }

    fn path_at(&self) -> Span {
        self.draft.path.as_ref().map_or_else(|| self.at(), |path| path.span)
    }

    fn scope(&self) -> Result<Scope, Stop> {
        if let Some(scope) = &self.draft.scope {
            return Ok(scope.value);
        }
        match self.audience.who {
            Who::Internal => Ok(Scope::All),
            Who::External if !self.doc.tenants.is_empty() => Ok(Scope::Tenant),
            Who::External => Err(Stop::from(
                Goal::Tenant
                    .no_path(&self.object.name, self.draft.span)
                    .hint("write the scope: `public` for rows meant for all, `own` for one's own, …"),
            )),
            Who::Guest => Err(self.impossible(
                "what guests may read is written out: this grant has no scope",
                "write `scope: public` and a `where` that picks the rows meant for all",
            )),
        }
    }

    /// Whether this kind of person, and this object, can have the scope at all.
    fn permitted(&self, scope: Scope) -> Result<(), Stop> {
        let word = scope.word();
        match (self.audience.who, scope) {
            (Who::Guest, Scope::Public | Scope::Parent | Scope::None) => {}
            (Who::Guest, _) => {
                return Err(self.impossible(
                    &format!("a guest is nobody in particular, so scope `{word}` shows nothing"),
                    "write `scope: public` and a `where`, or let the audience sign in",
                ));
            }
            (Who::External, Scope::All) => {
                return Err(self.impossible(
                    "scope `all` is for internal audiences",
                    "write `tenant`, or `public` where every row is meant for all",
                ));
            }
            (Who::Internal, Scope::Tenant | Scope::TenantTree) => {
                return Err(self.impossible(
                    &format!("an internal audience has no tenant, so scope `{word}` shows nothing"),
                    "write `all`; `tenants: assigned` at the audience keeps to the tenants assigned to each",
                ));
            }
            _ => {}
        }
        match scope {
            Scope::Parent if self.object.parent.is_none() && self.doc.parent.is_some() => Err(Stop::Reported),
            Scope::Parent if self.object.parent.is_none() => Err(self.impossible(
                &format!("`{}` has no parent, or several it could be", self.object.name),
                "give the object a `parent: {via: …, object: …}`",
            )),
            Scope::Own | Scope::Reports if self.doc.owners.is_empty() => {
                Err(Stop::from(Goal::Owner.no_path(&self.object.name, self.at())))
            }
            _ => Ok(()),
        }
    }

    fn path(&self, scope: Scope) -> Result<Option<PathName>, Stop> {
        match scope {
            Scope::Tenant | Scope::TenantTree => self.tenant_path(true).map(Some),
            Scope::Own | Scope::Reports => {
                let path = self.owner_path()?;
                if scope == Scope::Reports {
                    self.reporting(&path)?;
                }
                Ok(Some(path))
            }
            _ if self.draft.path.is_some() && !self.is_confined() => {
                let finding = Finding::error(
                    "scope-not-possible",
                    self.path_at(),
                    format!("scope `{}` follows no path", scope.word()),
                );
                Err(Stop::from(finding.hint("drop `path`, or write the scope that is meant")))
            }
            _ => Ok(None),
        }
    }

    /// Whether the audience meets only the tenants assigned to each person, and this object's rows have tenants.
    fn is_confined(&self) -> bool {
        self.audience.who == Who::Internal
            && self.audience.reach == TenantReach::Assigned
            && !self.doc.tenants.is_empty()
    }

    fn reach(&self, scope: Scope) -> Result<Option<PathName>, Stop> {
        if !self.is_confined() || scope == Scope::None {
            return Ok(None);
        }
        self.tenant_path(!matches!(scope, Scope::Own | Scope::Reports)).map(Some)
    }

    /// The tenant path written, or the only one. With `strict` a written path must be one of a tenant; otherwise it
    /// may be the owner's.
    fn tenant_path(&self, strict: bool) -> Result<PathName, Stop> {
        let paths = &self.object.tenant_paths;
        if let Some(written) = &self.draft.path {
            if paths.contains_key(&written.value) {
                return Ok(written.value.clone());
            }
            if self.doc.tenants.contains_key(&written.value) {
                return Err(Stop::Reported);
            }
            if strict && !self.doc.tenants.is_empty() {
                return Err(Stop::from(Goal::Tenant.unknown_path(self.doc, written)));
            }
        }
        match self.doc.tenants.len() {
            0 => Err(Stop::from(Goal::Tenant.no_path(&self.object.name, self.at()))),
            1 if paths.len() == 1 => Ok(paths.keys().next().cloned().unwrap_or_else(PathName::only)),
            1 => Err(Stop::Reported),
            _ => Err(Stop::from(Goal::Tenant.ambiguous(self.doc, self.path_at()))),
        }
    }

    fn owner_path(&self) -> Result<PathName, Stop> {
        let owners = &self.object.owners;
        if let Some(written) = &self.draft.path {
            if owners.contains_key(&written.value) {
                return Ok(written.value.clone());
            }
            if self.doc.owners.contains_key(&written.value) {
                return Err(Stop::Reported);
            }
            // Staff confined to their tenants may mean the path to those.
            let reach = self.is_confined() && self.object.tenant_paths.contains_key(&written.value);
            if !reach {
                return Err(Stop::from(Goal::Owner.unknown_path(self.doc, written)));
            }
        }
        match self.doc.owners.len() {
            1 if owners.len() == 1 => Ok(owners.keys().next().cloned().unwrap_or_else(PathName::only)),
            1 => Err(Stop::Reported),
            _ => Err(Stop::from(Goal::Owner.ambiguous(self.doc, self.path_at()))),
        }
    }

    /// Somebody must be able to report to the owner.
    fn reporting(&self, path: &PathName) -> Result<(), Stop> {
        let Some(key) = self.owner_key(path) else { return Ok(()) };
        if self.facts.may_be_reported_to(key) {
            return Ok(());
        }
        Err(self.impossible(
            &format!("nobody with a `{key}` key reports to anybody, so scope `reports` shows no more than `own`"),
            "give the `people` of that key their `reports_to` column, or write `own`",
        ))
    }

    /// The key that the column at the end of an owner path holds.
    fn owner_key(&self, path: &PathName) -> Option<&KeyName> {
        let (mut object, mut path) = (self.object, path);
        // Circles were refused when the paths were walked; the bound keeps that from mattering here.
        for _ in 0..=self.objects.resolved.len() {
            match object.owners.get(path)? {
                OwnerPath::Column(user) => return Some(&user.key),
                OwnerPath::Via { object: parent, path: next, .. } => {
                    object = self.objects.resolved.get(parent)?;
                    path = next;
                }
            }
        }
        None
    }

    fn kinds_agree(&self, scope: Scope, path: Option<&PathName>) -> Result<(), Stop> {
        if !matches!(scope, Scope::Tenant | Scope::TenantTree) {
            return Ok(());
        }
        let Some(tenant_path) = path.and_then(|path| self.object.tenant_paths.get(path)) else { return Ok(()) };
        let (Some(ours), Some(theirs)) = (&self.audience.kind, &tenant_path.kind) else { return Ok(()) };
        if ours == theirs {
            return Ok(());
        }
        let message = format!("this path leads to a `{theirs}`, the audience's tenants are of kind `{ours}`");
        let finding = Finding::error("tenant-kind-mismatch", self.path_at(), message)
            .why("tenants of two kinds may have the same key: customer 1 is not artist 1")
            .label(tenant_path.span, format!("leads to a `{theirs}`"))
            .label(self.audience.span, format!("belongs to a `{ours}`"))
            .hint(format!("choose a path that leads to a `{ours}`"));
        Err(Stop::from(finding))
    }

    fn impossible(&self, message: &str, hint: &str) -> Stop {
        Finding::error("scope-not-possible", self.at(), message).hint(hint).into()
    }
}
