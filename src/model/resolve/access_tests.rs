//! Access tests: names that nobody has, and expectations that can never be.

use super::facts::Facts;
use super::given::{self, GUEST, Tenants, Users};
use super::given_rows::Labels;
use super::report::unknown;
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{
    AccessTest, Act, Asker, Expectation, FieldType, Given, GivenPlace, GivenUser, Listed, Object, OwnerPath, Who,
};
use crate::names::{ObjectName, PathName, PersonaName, TenantName, UserLabel};
use crate::spec::document::{AccessTestDoc, ActDoc, ExpectationDoc, ListsDoc, TestedAction};
use std::collections::BTreeMap;

pub(super) fn access_tests(
    facts: &Facts<'_>,
    objects: &BTreeMap<ObjectName, Object>,
    docs: &[AccessTestDoc],
    findings: &mut Vec<Finding>,
) -> Vec<AccessTest> {
    docs.iter().map(|doc| one(facts, objects, doc, findings)).collect()
}

fn one(
    facts: &Facts<'_>,
    objects: &BTreeMap<ObjectName, Object>,
    doc: &AccessTestDoc,
    findings: &mut Vec<Finding>,
) -> AccessTest {
    let tenants = given::tenants(facts, &doc.given, findings);
    let users = given::users(facts, &doc.given, &tenants, findings);
    let labels = Labels::new(objects, &doc.given, (&tenants, &users), findings);
    let rows = labels.rows(&doc.given, findings);
    let test = Test { facts, labels: &labels, tenants: &tenants, users: &users };
    let expect = doc.expect.iter().filter_map(|doc| test.expectation(doc, findings)).collect();
    AccessTest {
        name: doc.name.value.clone(),
        now: doc.now.as_ref().map(|now| now.value.clone()),
        expect,
        span: doc.name.span,
        given: Given { tenants, users, rows },
    }
}

struct Test<'a> {
    facts: &'a Facts<'a>,
    labels: &'a Labels<'a>,
    tenants: &'a Tenants,
    users: &'a Users,
}

impl Test<'_> {
    fn expectation(&self, doc: &ExpectationDoc, findings: &mut Vec<Finding>) -> Option<Expectation> {
        let asker = self.asker(doc, findings);
        let lists = doc.lists.iter().filter_map(|listed| self.listed(listed, findings)).collect();
        let acts = [(true, &doc.can), (false, &doc.cannot)];
        let acts = acts.into_iter().flat_map(|(allowed, acts)| acts.iter().map(move |act| (allowed, act)));
        let acts = acts.filter_map(|(allowed, act)| self.act(allowed, act, findings)).collect();
        Some(Expectation { asker: asker?, lists, acts })
    }

    fn asker(&self, doc: &ExpectationDoc, findings: &mut Vec<Finding>) -> Option<Asker> {
        let text = doc.who.value.clone();
        let of = doc.of.as_ref();
        if text == GUEST {
            let persona = self.guests(of, doc.who.span, findings)?;
            return Some(Asker { text, user: None, place: GivenPlace { persona, tenant: None } });
        }
        let (label, tenant) = text.split_once('@').map_or((text.as_str(), None), |(user, tenant)| (user, Some(tenant)));
        let Some((label, user)) = self.users.get_key_value(label) else {
            let known = self.users.keys().map(UserLabel::as_str).chain([GUEST]);
            findings.push(unknown("no user is given as", label, doc.who.span, known));
            return None;
        };
        if let Some(tenant) = tenant.filter(|tenant| !self.tenants.contains_key(*tenant)) {
            let known = self.tenants.keys().map(TenantName::as_str);
            findings.push(unknown("no tenant is given as", tenant, doc.who.span, known));
            return None;
        }
        let place = self.place((label, user), tenant, of, doc.who.span, findings)?;
        Some(Asker { user: Some(label.clone()), place, text })
    }

    fn place(
        &self,
        (label, user): (&UserLabel, &GivenUser),
        tenant: Option<&str>,
        of: Option<&Spanned<String>>,
        at: Span,
        findings: &mut Vec<Finding>,
    ) -> Option<GivenPlace> {
        let fits = |place: &&GivenPlace| {
            tenant.is_none_or(|tenant| place.tenant.as_ref().is_some_and(|its| its.as_str() == tenant))
                && of.is_none_or(|of| is_of(&place.persona, &of.value))
        };
        match user.places.iter().filter(fits).collect::<Vec<_>>().as_slice() {
            [only] => return Some((*only).clone()),
            // Its only place was wrong, which has been said.
            [] if user.places.is_empty() => {}
            [] => {
                let at = of.map_or(at, |of| of.span);
                let has: Vec<String> = user.places.iter().map(said).collect();
                let message = format!("`{label}` has no such place; they are {}", has.join(" and "));
                findings.push(Finding::error("unknown-name", at, message));
            }
            several => {
                let several: Vec<String> = several.iter().map(|place| said(place)).collect();
                let message = format!("`{label}` may be {}", several.join(" or "));
                let hint = "write `as: user@tenant`, or `of:` with the portal or `portal/audience`";
                findings.push(Finding::error("unknown-name", at, message).hint(hint));
            }
        }
        None
    }

    fn guests(&self, of: Option<&Spanned<String>>, at: Span, findings: &mut Vec<Finding>) -> Option<PersonaName> {
        let guests = self.facts.audiences.iter().filter(|(_, facts)| facts.who == Who::Guest);
        let guests: Vec<&PersonaName> = guests.map(|(persona, _)| persona).collect();
        let fits: Vec<&&PersonaName> =
            guests.iter().filter(|persona| of.is_none_or(|of| is_of(persona, &of.value))).collect();
        if let [only] = fits.as_slice() {
            return Some((**only).clone());
        }
        let known: Vec<String> = guests.iter().map(ToString::to_string).collect();
        findings.push(match of {
            Some(of) => {
                unknown("no audience of guests is there in", &of.value, of.span, known.iter().map(String::as_str))
            }
            None if guests.is_empty() => {
                Finding::error("unknown-name", at, "no portal has an audience of guests: nothing is shown to them")
            }
            None => Finding::error("unknown-name", at, "several portals have guests")
                .hint(format!("write `of:` with one of {}", known.join(", "))),
        });
        None
    }

    fn listed(&self, doc: &ListsDoc, findings: &mut Vec<Finding>) -> Option<Listed> {
        let object = &doc.object;
        self.labels.object(&object.value, object.span, findings)?;
        let known = doc.rows.iter().filter(|label| self.labels.row(&object.value, label, findings));
        let rows = known.map(|label| label.value.clone()).collect();
        Some(Listed { object: object.value.clone(), rows, span: object.span })
    }

    fn act(&self, allowed: bool, doc: &ActDoc, findings: &mut Vec<Finding>) -> Option<Act> {
        let object = self.labels.object(&doc.object, doc.span, findings)?;
        let before = findings.len();
        if let Some(row) = &doc.row {
            self.labels.row(&doc.object, &Spanned::new(row.clone(), doc.span), findings);
        }
        let is_assign = doc.action == TestedAction::Assign;
        for field in doc.fields.iter().filter(|_| !is_assign) {
            if !object.fields.contains_key(&field.value) {
                let known = object.fields.keys().map(AsRef::as_ref);
                let intro = format!("`{}` has no field", object.name);
                findings.push(unknown(&intro, field.value.as_str(), field.span, known));
            }
        }
        check_keys(doc, findings);
        check_possible(object, doc, findings);
        self.check_to(object, doc, findings);
        let owners = if is_assign { owners(object, doc, findings) } else { Vec::new() };
        let values = doc.values.as_ref().map(|values| self.labels.cells(object, values, findings)).unwrap_or_default();
        (findings.len() == before).then(|| Act {
            allowed,
            action: doc.action,
            object: doc.object.clone(),
            row: doc.row.clone(),
            fields: doc.fields.iter().map(|field| field.value.clone()).collect(),
            values,
            owners,
            to: doc.to.as_ref().map(|to| to.value.clone()),
            span: doc.span,
        })
    }

    fn check_to(&self, object: &Object, doc: &ActDoc, findings: &mut Vec<Finding>) {
        let Some(to) = &doc.to else { return };
        match doc.action {
            TestedAction::Transition => {
                let Some(states) = &object.states else { return };
                let values = object.fields.get(&states.field).map(|field| &field.field_type);
                if let Some(FieldType::Enum(values)) = values
                    && !values.contains(&to.value)
                {
                    let known = values.iter().map(String::as_str);
                    findings.push(unknown(&format!("`{}` has no state", object.name), &to.value, to.span, known));
                }
            }
            _ if !self.users.contains_key(to.value.as_str()) => {
                let known = self.users.keys().map(UserLabel::as_str);
                findings.push(unknown("no user is given as", &to.value, to.span, known));
            }
            _ => {}
        }
    }
}

/// `support`, or `support/agent`.
fn is_of(persona: &PersonaName, of: &str) -> bool {
    persona.portal.as_str() == of || persona.to_string() == of
}

fn said(place: &GivenPlace) -> String {
    match &place.tenant {
        Some(tenant) => format!("`{}` of `{tenant}`", place.persona),
        None => format!("`{}`", place.persona),
    }
}

/// Keys that the action takes, and those that it needs.
fn check_keys(doc: &ActDoc, findings: &mut Vec<Finding>) {
    use TestedAction::{Assign, Create, Read, Share, Transition, Update};
    let action = doc.action.word();
    let written = [
        ("fields", doc.fields.first().map(|field| field.span), matches!(doc.action, Read | Update | Assign)),
        ("values", doc.values.as_ref().map(|_| doc.span), matches!(doc.action, Create | Update)),
        ("to", doc.to.as_ref().map(|to| to.span), matches!(doc.action, Transition | Assign | Share)),
    ];
    for (key, at, takes) in written {
        match at {
            Some(at) if !takes => {
                findings.push(Finding::error("unknown-key", at, format!("`{action}` takes no `{key}`")));
            }
            None if key == "to" && takes => {
                let what = if doc.action == Transition { "the state" } else { "the user's label" };
                findings.push(
                    Finding::error("missing-key", doc.span, format!("`{action}` needs `to`"))
                        .hint(format!("add `to:` with {what}")),
                );
            }
            _ => {}
        }
    }
    if doc.action == Update && doc.values.is_some() && !doc.fields.is_empty() {
        findings.push(
            Finding::error("conflicting-keys", doc.span, "`fields` and `values` cannot stand together")
                .hint("`values` says which fields, too"),
        );
    }
}

/// What the object does not know nobody can do; to expect that nobody can would always hold.
fn check_possible(object: &Object, doc: &ActDoc, findings: &mut Vec<Finding>) {
    let lacks = match doc.action {
        TestedAction::Transition if object.states.is_none() => "states",
        TestedAction::Delete if object.deletion.is_none() => "delete",
        TestedAction::Attach if object.attachments.is_none() => "attachments",
        _ => return,
    };
    let message = format!("`{}` has no `{lacks}`, so nobody can do this, whatever is granted", object.name);
    findings.push(Finding::error("impossible-expectation", doc.span, message).label(object.span, "the object"));
}

/// The owner paths that are handed over: by name, or by a field over their column.
fn owners(object: &Object, doc: &ActDoc, findings: &mut Vec<Finding>) -> Vec<PathName> {
    let direct: Vec<(&PathName, &OwnerPath)> =
        object.owners.iter().filter(|(_, path)| matches!(path, OwnerPath::Column(_))).collect();
    if doc.fields.is_empty() {
        let names: Vec<&str> = direct.iter().map(|(name, _)| name.as_str()).collect();
        match direct.as_slice() {
            [(only, _)] => return vec![(*only).clone()],
            [] => findings.push(
                Finding::error("impossible-expectation", doc.span, format!("a row of `{}` has no owner", object.name))
                    .label(object.span, "the object"),
            ),
            _ => findings.push(
                Finding::error("missing-key", doc.span, format!("`{}` has several owners", object.name))
                    .hint(format!("write `fields: [{}]`", names.join(" or "))),
            ),
        }
        return Vec::new();
    }
    let mut owners = Vec::new();
    for written in &doc.fields {
        let column = object.fields.get(&written.value).map(|field| &field.column);
        let found = direct.iter().find(|(name, path)| {
            let of_column = matches!(path, OwnerPath::Column(user) if Some(&user.column) == column);
            let by_name =
                name.as_str() == written.value.as_str() || (name.is_unnamed() && written.value.as_str() == "owner");
            by_name || of_column
        });
        match found {
            Some((name, _)) => owners.push((*name).clone()),
            None => {
                let known = direct.iter().map(|(name, _)| if name.is_unnamed() { "owner" } else { name.as_str() });
                let known: Vec<&str> = known.collect();
                let intro = format!("`{}` has no owner", object.name);
                findings.push(unknown(&intro, written.value.as_str(), written.span, known));
            }
        }
    }
    owners
}
