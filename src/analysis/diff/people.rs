//! How people come to be who they are: what lets somebody in, how long they stay, and whose key they carry.

use super::{Change, Class, Kind, Severity, place};
use crate::analysis::effect::duration;
use crate::diagnostic::{FileId, Span};
use crate::model::{AccessModel, PeopleSource, Persona, Portal, RateLimit, Registration, TenantSource, Who};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn changes(before: &AccessModel, after: &AccessModel) -> Vec<Change> {
    let of = Sides { before, after, changes: Vec::new() };
    of.all()
}

struct Sides<'m> {
    before: &'m AccessModel,
    after: &'m AccessModel,
    changes: Vec<Change>,
}

/// What is said of a change.
struct Told<'t> {
    who: Option<String>,
    action: &'static str,
    what: &'t str,
    class: Class,
    severity: Severity,
    before: Option<String>,
    after: Option<String>,
    /// In the model after, or in that before.
    span: Span,
    gone: bool,
}

impl<'m> Sides<'m> {
    fn all(mut self) -> Vec<Change> {
        for (name, persona) in &self.after.personas {
            self.persona(self.before.personas.get(name), persona);
        }
        for (name, portal) in &self.after.portals {
            if let Some(before) = self.before.portals.get(name) {
                self.portal(before, portal);
            } else if let Some(registration) = &portal.registration {
                self.registration(portal, None, Some(registration));
            }
        }
        self.sources();
        self.members();
        self.changes
    }

    fn tell(&mut self, told: Told<'_>) {
        let model = if told.gone { self.before } else { self.after };
        let at = place(model, told.span);
        self.changes.push(Change {
            persona: told.who,
            what: Some(told.what.to_owned()),
            severity: told.severity,
            before: told.before,
            after: told.after,
            ..Change::told(Kind::Authentication, told.action, told.class, at)
        });
    }

    fn persona(&mut self, before: Option<&Persona>, after: &Persona) {
        let name = after.name.to_string();
        let severity = if after.who == Who::Guest { Severity::Public } else { Severity::Plain };
        let told = |what, class, before: Option<String>, after_words: Option<String>| Told {
            who: Some(name.clone()),
            action: "sign-in",
            what,
            class,
            severity,
            before,
            after: after_words,
            span: after.span,
            gone: false,
        };
        let Some(before) = before else {
            if after.who == Who::Guest {
                self.tell(told("who", Class::Widen, None, Some("whoever comes, without signing in".to_owned())));
            }
            return;
        };
        if before.who != after.who {
            let class = if after.who == Who::Guest { Class::Widen } else { Class::Incomparable };
            self.tell(told("who", class, Some(who(before.who).to_owned()), Some(who(after.who).to_owned())));
        }
        if before.tenant_kind != after.tenant_kind && after.who == Who::External {
            let class = opened(before.tenant_kind.is_some(), after.tenant_kind.is_some());
            let kind =
                |persona: &Persona| persona.tenant_kind.as_ref().map_or("any kind".to_owned(), ToString::to_string);
            self.tell(told("tenant_kind", class, Some(kind(before)), Some(kind(after))));
        }
        if before.rate_limit != after.rate_limit {
            let class = by_rate(before.rate_limit, after.rate_limit);
            self.tell(told("rate_limit", class, before.rate_limit.map(rate), after.rate_limit.map(rate)));
        }
        self.delegation(before, after);
        let end = |persona: &Persona| {
            let lifecycle = persona.lifecycle.as_ref()?;
            Some(format!(
                "{:?}, {} of grace, then {}",
                lifecycle.paid_until,
                duration(lifecycle.grace),
                lifecycle.on_lapse
            ))
        };
        if end(before) != end(after) {
            let class = match (&before.lifecycle, &after.lifecycle) {
                (Some(_), None) => Class::Widen,
                (None, Some(_)) => Class::Narrow,
                (Some(was), Some(is)) if (&was.paid_until, &was.on_lapse) == (&is.paid_until, &is.on_lapse) => {
                    by_length(was.grace, is.grace)
                }
                _ => Class::Incomparable,
            };
            let words = |persona: &Persona| {
                let lifecycle = persona.lifecycle.as_ref()?;
                Some(format!("lapses after {} of grace into {}", duration(lifecycle.grace), lifecycle.on_lapse))
            };
            self.tell(told("lifecycle", class, words(before), words(after)));
        }
    }

    fn delegation(&mut self, before: &Persona, after: &Persona) {
        let may = |persona: &Persona| -> BTreeSet<String> {
            let Some(delegation) = &persona.delegation else { return BTreeSet::new() };
            let named = delegation.may_grant.keys().map(|audience| format!("grants {audience}"));
            named.chain(delegation.registrations.map(|_| "lets in who asks".to_owned())).collect()
        };
        let (was, is) = (may(before), may(after));
        let words =
            |set: &BTreeSet<String>| (!set.is_empty()).then(|| set.iter().cloned().collect::<Vec<_>>().join(", "));
        if was != is {
            self.tell(Told {
                who: Some(after.name.to_string()),
                action: "sign-in",
                what: "delegated_admin",
                class: opened(!was.is_subset(&is), !is.is_subset(&was)).mirrored(),
                severity: Severity::Plain,
                before: words(&was),
                after: words(&is),
                span: after.span,
                gone: false,
            });
        }
    }

    fn portal(&mut self, before: &Portal, after: &Portal) {
        let lengths = [
            ("session idle", before.session.idle, after.session.idle),
            ("session absolute", before.session.absolute, after.session.absolute),
        ];
        for (what, was, is) in lengths.into_iter().filter(|(_, was, is)| was != is) {
            self.tell(Told {
                who: Some(after.name.to_string()),
                action: "sign-in",
                what,
                class: by_length(was, is),
                severity: Severity::Plain,
                before: Some(duration(was)),
                after: Some(duration(is)),
                span: after.span,
                gone: false,
            });
        }
        self.registration(after, before.registration.as_ref(), after.registration.as_ref());
    }

    fn registration(&mut self, portal: &Portal, before: Option<&Registration>, after: Option<&Registration>) {
        let words = |one: &Registration| {
            let decided = if one.approval { "after approval" } else { "at once" };
            format!("whoever asks becomes {} {decided}, {}", one.audience, rate(one.limit))
        };
        let (was, is) = (before.map(words), after.map(words));
        if was == is {
            return;
        }
        let class = match (before, after) {
            (None, _) => Class::Widen,
            (_, None) => Class::Narrow,
            (Some(was), Some(is)) if was.audience != is.audience => Class::Incomparable,
            (Some(was), Some(is)) => {
                let looser = [!is.approval && was.approval, by_rate(Some(was.limit), Some(is.limit)) == Class::Widen];
                let tighter = [is.approval && !was.approval, by_rate(Some(was.limit), Some(is.limit)) == Class::Narrow];
                opened(tighter.contains(&true), looser.contains(&true)).mirrored()
            }
        };
        self.tell(Told {
            who: Some(portal.name.to_string()),
            action: "sign-in",
            what: "registration",
            class,
            severity: Severity::Public,
            before: was,
            after: is,
            span: after.or(before).map_or(portal.span, |one| one.span),
            gone: after.is_none(),
        });
    }

    fn sources(&mut self) {
        let people = |model: &'m AccessModel| {
            by_name(&model.people, |one| {
                let bare = PeopleSource { span: Span::file_start(FileId(0)), ..one.clone() };
                (format!("people from {}", one.name), format!("{bare:?}"), one.span)
            })
        };
        let tenants = |model: &'m AccessModel| {
            by_name(&model.tenant_sources, |one| {
                let bare = TenantSource { span: Span::file_start(FileId(0)), ..one.clone() };
                (format!("tenants from {}", one.table), format!("{bare:?}"), one.span)
            })
        };
        let assigned = |model: &'m AccessModel| -> BTreeMap<String, (String, Span)> {
            let said = |one: &crate::model::AssignedTenants| {
                format!("{} {} {:?} {:?}", one.table, one.tenant, one.kind, one.user)
            };
            model.assigned_tenants.iter().map(|one| ("assigned tenants".to_owned(), (said(one), one.span))).collect()
        };
        for of in [people(self.before), tenants(self.before), assigned(self.before)].into_iter().zip([
            people(self.after),
            tenants(self.after),
            assigned(self.after),
        ]) {
            let (was, is) = of;
            for name in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
                let (class, span, gone) = match (was.get(name), is.get(name)) {
                    (Some((was, _)), Some((is, _))) if was == is => continue,
                    (Some(_), Some((_, span))) => (Class::Incomparable, *span, false),
                    (None, Some((_, span))) => (Class::Widen, *span, false),
                    (Some((_, span)), None) => (Class::Narrow, *span, true),
                    (None, None) => continue,
                };
                self.tell(Told {
                    who: None,
                    action: "sign-in",
                    what: name,
                    class,
                    severity: Severity::Plain,
                    before: was.contains_key(name).then(|| "read".to_owned()),
                    after: is
                        .contains_key(name)
                        .then(|| if class == Class::Incomparable { "read otherwise" } else { "read" }.to_owned()),
                    span,
                    gone,
                });
            }
        }
    }

    /// People and tenants that documents declare.
    fn members(&mut self) {
        let members = |model: &'m AccessModel| -> BTreeMap<(String, String), (String, Span)> {
            let tenants = model
                .declared_tenants
                .iter()
                .flat_map(|tenant| tenant.members.iter().map(move |member| (tenant, member)));
            tenants
                .map(|(tenant, member)| {
                    let of = format!("{} of {}", member.email, tenant.name);
                    ((of, member.persona.to_string()), (format!("{:?}", member.keys), member.span))
                })
                .collect()
        };
        let (was, is) = (members(self.before), members(self.after));
        for key in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
            let (class, span, gone) = match (was.get(key), is.get(key)) {
                (Some((was, _)), Some((is, _))) if was == is => continue,
                (Some(_), Some((_, span))) => (Class::Incomparable, *span, false),
                (None, Some((_, span))) => (Class::Widen, *span, false),
                (Some((_, span)), None) => (Class::Narrow, *span, true),
                (None, None) => continue,
            };
            self.tell(Told {
                who: Some(key.1.clone()),
                action: "sign-in",
                what: &key.0,
                class,
                severity: Severity::Plain,
                before: was.contains_key(key).then(|| "a member".to_owned()),
                after: is.contains_key(key).then(|| {
                    if class == Class::Incomparable { "a member with other keys" } else { "a member" }.to_owned()
                }),
                span,
                gone,
            });
        }
        let tenants = |model: &'m AccessModel| -> BTreeMap<String, (String, Span)> {
            let said = |one: &crate::model::DeclaredTenant| {
                let parent = one.parent.as_ref().map_or("none".to_owned(), ToString::to_string);
                let tier = one.tier.as_ref().map_or("none".to_owned(), ToString::to_string);
                format!(
                    "tier {tier}, below {parent}, keys {} {:?}, kind {:?}",
                    one.key,
                    one.keys,
                    one.kind.as_ref().map(ToString::to_string)
                )
            };
            model.declared_tenants.iter().map(|one| (one.name.to_string(), (said(one), one.span))).collect()
        };
        let (was, is) = (tenants(self.before), tenants(self.after));
        for (name, (said, span)) in &is {
            if let Some((before, _)) = was.get(name).filter(|(before, _)| before != said) {
                self.tell(Told {
                    who: None,
                    action: "sign-in",
                    what: &format!("tenant {name}"),
                    class: Class::Incomparable,
                    severity: Severity::Plain,
                    before: Some(before.clone()),
                    after: Some(said.clone()),
                    span: *span,
                    gone: false,
                });
            }
        }
    }
}

impl Class {
    fn mirrored(self) -> Self {
        match self {
            Self::Widen => Self::Narrow,
            Self::Narrow => Self::Widen,
            other => other,
        }
    }
}

/// A bound before, a bound after.
fn opened(was_bound: bool, is_bound: bool) -> Class {
    match (was_bound, is_bound) {
        (true, false) => Class::Widen,
        (false, true) => Class::Narrow,
        _ => Class::Incomparable,
    }
}

fn by_length(was: u64, is: u64) -> Class {
    if is > was { Class::Widen } else { Class::Narrow }
}

fn by_rate(was: Option<RateLimit>, is: Option<RateLimit>) -> Class {
    let (Some(was), Some(is)) = (was, is) else { return opened(was.is_some(), is.is_some()) };
    match (is.most > was.most, is.seconds < was.seconds, is.most < was.most, is.seconds > was.seconds) {
        (true, _, _, false) | (_, true, false, _) => Class::Widen,
        (_, false, true, _) | (false, _, _, true) => Class::Narrow,
        _ => Class::Incomparable,
    }
}

fn rate(limit: RateLimit) -> String {
    format!("{} in {}", limit.most, duration(limit.seconds))
}

fn who(who: Who) -> &'static str {
    match who {
        Who::External => "people of a tenant",
        Who::Internal => "staff",
        Who::Guest => "whoever comes, without signing in",
    }
}

/// What each source says, wherever it stands, and where that is.
fn by_name<T>(sources: &[T], told: impl Fn(&T) -> (String, String, Span)) -> BTreeMap<String, (String, Span)> {
    sources.iter().map(told).map(|(name, said, span)| (name, (said, span))).collect()
}
