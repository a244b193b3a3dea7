//! One portal, ready to be served: its look, its navigation, what each of its personas may ask for.

use super::content;
use super::files::Folder;
use super::look::Look;
use super::readable::Readable;
use super::view::NamedLink;
use super::writable::Writable;
use super::{SiteError, wording};
use crate::model::{AccessModel, Navigation, Page, Persona, Portal, Registration, Who, Words, personas_of};
use crate::names::{Language, ObjectName, PageName, PortalName, RoleName};
use crate::scaffold::{Entry, SiteFile};
use std::collections::BTreeMap;

#[derive(Debug)]
pub struct PortalSite {
    pub name: PortalName,
    pub look: Look,
    /// Lower case, without a port.
    pub host: Option<String>,
    /// Starts with `/`, ends without.
    pub path: String,
    pub personas: BTreeMap<String, PersonaSite>,
    /// How people ask to be let in; `None`: they cannot.
    pub registration: Option<Registration>,
    /// The persona of those who are not signed in.
    pub guest: Option<String>,
    pub navigation: Vec<Way>,
    /// Those with a view of their own, by the last part of their address.
    pub pages: BTreeMap<PageName, Page>,
    /// Content pages at the foot: name and title.
    pub footer: Vec<(String, String)>,
}

#[derive(Debug)]
pub struct PersonaSite {
    /// What its people are called.
    pub label: String,
    pub who: Who,
    pub readable: Readable,
    pub writable: Writable,
    /// `None`: its people administer nobody.
    pub team: Option<TeamWay>,
    /// The role that answers those who ask to be let in; `None`: its people do not.
    pub registrar: Option<RoleName>,
}

/// How people of a persona administer those of their own tenant.
#[derive(Debug)]
pub struct TeamWay {
    /// The role that the functions let act.
    pub role: RoleName,
    /// What may be granted, each with what its people are called.
    pub audiences: Vec<(String, String)>,
}

/// An entry of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    Home,
    Object(ObjectName),
    View(PageName),
    Page { page: String, title: String },
}

/// First segments of an address that are not an object's.
const TAKEN: &[&str] = &[
    "activity",
    "team",
    "register",
    "registrations",
    "sign-in",
    "sign-out",
    "p",
    "pages",
    "static",
    "healthz",
    "readyz",
];

impl PortalSite {
    /// # Errors
    /// Where `site.yaml` cannot be read or names what there is not.
    pub fn new(
        model: &AccessModel,
        portal: &Portal,
        folder: Folder,
        language: Option<&Language>,
        dev: bool,
    ) -> Result<Self, SiteError> {
        let wrong = |reason: String| SiteError::Settings { portal: portal.name.to_string(), reason };
        let text = folder.read("site.yaml").map_err(|error| wrong(format!("`site.yaml`: {error}")))?;
        let text = String::from_utf8(text.unwrap_or_default()).map_err(|_| wrong("`site.yaml` is not UTF-8".into()))?;
        let file = SiteFile::read(&text).map_err(|reason| wrong(format!("`site.yaml`: {reason}")))?;
        let look = Look::of(portal, &file, folder, language, dev)?;
        let of_portal = personas_of(&model.personas, &portal.name);
        let mut personas = BTreeMap::new();
        let mut guest = None;
        for persona in of_portal {
            let label = portal.audiences.get(&persona.name.audience).map(|audience| audience.label.to_string());
            let label = label.unwrap_or_else(|| wording::humanise(persona.name.audience.as_str()));
            let name = persona.name.to_string();
            if persona.who == Who::Guest {
                guest = Some(name.clone());
            }
            personas.insert(
                name,
                PersonaSite {
                    label,
                    who: persona.who,
                    readable: Readable::of(model, persona),
                    writable: Writable::of(model, persona),
                    team: team(portal, persona),
                    registrar: registrar(persona),
                },
            );
        }
        let navigation = match &file.navigation {
            Some(entries) => {
                entries.iter().map(|entry| way(entry, model, portal, &look)).collect::<Result<_, _>>().map_err(wrong)?
            }
            None if portal.navigation.is_empty() => every_object(model, &personas),
            None => portal.navigation.iter().map(as_spec_says).collect(),
        };
        let footer = match &file.pages {
            Some(entries) => entries.iter().map(|entry| page(entry, &look)).collect::<Result<_, _>>().map_err(wrong)?,
            None => content::usual(&look),
        };
        Ok(Self {
            name: portal.name.clone(),
            look,
            host: portal.host.as_ref().map(|host| host.to_ascii_lowercase()),
            path: portal.path.trim_end_matches('/').to_owned(),
            personas,
            registration: portal.registration.clone(),
            guest,
            navigation,
            pages: portal.pages.clone(),
            footer,
        })
    }

    /// Whether any persona of this portal may ask for the object.
    pub fn knows(&self, object: &ObjectName) -> bool {
        self.personas.values().any(|persona| {
            persona.readable.objects.contains_key(object) || persona.writable.objects.contains_key(object)
        })
    }

    pub fn footer(&self, base: &str) -> Vec<NamedLink> {
        let link =
            |(name, title): &(String, String)| NamedLink { label: title.clone(), href: format!("{base}/pages/{name}") };
        self.footer.iter().map(link).collect()
    }
}

/// The last part of an object's address: its name, unless that is a page of ours.
pub fn slug(object: &ObjectName) -> String {
    if TAKEN.contains(&object.as_str()) { format!("{object}~") } else { object.to_string() }
}

/// The object that a first segment means.
pub fn object_of(segment: &str) -> Option<ObjectName> {
    match segment.strip_suffix('~') {
        Some(name) => TAKEN.contains(&name).then(|| ObjectName::new(name)),
        None => (!TAKEN.contains(&segment)).then(|| ObjectName::new(segment)),
    }
}

fn team(portal: &Portal, persona: &Persona) -> Option<TeamWay> {
    let delegation = persona.delegation.as_ref().filter(|delegation| !delegation.may_grant.is_empty())?;
    // In the order of the document, from the least to the most where it is written so.
    let granted = portal.audiences.iter().filter(|(name, _)| delegation.may_grant.contains_key(*name));
    let audiences = granted.map(|(name, audience)| (name.to_string(), audience.label.to_string())).collect();
    Some(TeamWay { role: persona.facets.first()?.role.clone(), audiences })
}

fn registrar(persona: &Persona) -> Option<RoleName> {
    persona.delegation.as_ref()?.registrations?;
    Some(persona.facets.first()?.role.clone())
}

fn as_spec_says(entry: &Navigation) -> Way {
    match entry {
        Navigation::Home => Way::Home,
        Navigation::Object(object) => Way::Object(object.clone()),
        Navigation::View(page) => Way::View(page.clone()),
        Navigation::Page { page, title } => Way::Page { page: page.clone(), title: title.to_string() },
    }
}

fn way(entry: &Entry, model: &AccessModel, portal: &Portal, look: &Look) -> Result<Way, String> {
    match entry {
        Entry::Name(name) if name == "home" => Ok(Way::Home),
        Entry::Name(name) if model.objects.contains_key(name.as_str()) => {
            Ok(Way::Object(ObjectName::new(name.as_str())))
        }
        Entry::Name(name) if portal.pages.get(name.as_str()).is_some_and(|page| page.object.is_some()) => {
            Ok(Way::View(PageName::new(name.as_str())))
        }
        Entry::Name(name) if let Some(title) = titled(name, portal) => {
            Ok(Way::Page { page: name.clone(), title: title.to_string() })
        }
        other => match page(other, look) {
            Ok((page, title)) => Ok(Way::Page { page, title }),
            Err(_) => {
                let name = match other {
                    Entry::Name(name) | Entry::Page { page: name, .. } => name,
                };
                Err(format!("`site.yaml`, navigation: `{name}` is neither `home`, an object, nor a page in `content/`"))
            }
        },
    }
}

/// What the portal's document calls a page of text, where it says so in languages.
fn titled<'a>(name: &str, portal: &'a Portal) -> Option<&'a Words> {
    portal.navigation.iter().find_map(|entry| match entry {
        Navigation::Page { page, title } if page == name && title.of_all().is_none() => Some(title),
        _ => None,
    })
}

fn page(entry: &Entry, look: &Look) -> Result<(String, String), String> {
    let (name, title) = match entry {
        Entry::Name(name) => (name, None),
        Entry::Page { page, title } => (page, Some(title.clone())),
    };
    let found =
        content::title(look, name).ok_or_else(|| format!("`site.yaml`, pages: there is no `content/{name}.md`"))?;
    Ok((name.clone(), title.unwrap_or(found)))
}

/// Home and every object of the portal that is not a part of another one.
fn every_object(model: &AccessModel, personas: &BTreeMap<String, PersonaSite>) -> Vec<Way> {
    let readable = |name: &ObjectName| personas.values().any(|persona| persona.readable.objects.contains_key(name));
    let whole = model.objects.values().filter(|object| {
        readable(&object.name) && !object.parent.as_ref().is_some_and(|parent| readable(&parent.object))
    });
    let mut objects: Vec<_> = whole.collect();
    objects.sort_by(|a, b| a.label_many.cmp(&b.label_many));
    std::iter::once(Way::Home).chain(objects.into_iter().map(|object| Way::Object(object.name.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_and_our_own_pages_never_share_an_address() {
        for name in ["case", "pages", "static", "healthz"] {
            let object = ObjectName::new(name);
            assert_eq!(object_of(&slug(&object)), Some(object));
        }
        assert_eq!((object_of("pages"), object_of("case~")), (None, None));
    }
}
