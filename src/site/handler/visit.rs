//! Who is asking, and what is around every page.

use super::{Ask, activity, registrations, team};
use crate::names::FieldName;
use crate::site::fault::Fault;
use crate::site::look::Look;
use crate::site::portal::{PersonaSite, Way, slug};
use crate::site::query::{Reading, SignedIn, Writing};
use crate::site::view::{Assets, NavEntry, Shell, UserView};
use crate::site::{guard, language, note, wording};

/// Somebody with a persona of this portal: signed in, or a guest.
pub struct Viewer<'a> {
    pub persona: &'a PersonaSite,
    pub user: Option<SignedIn>,
}

/// A viewer with the transaction that their page runs in.
pub struct Visit<'a> {
    pub viewer: Viewer<'a>,
    pub reading: Reading,
}

/// A viewer with a transaction that may change rows.
pub struct Attempt<'a> {
    pub viewer: Viewer<'a>,
    pub writing: Writing,
}

impl<'a> Visit<'a> {
    /// Begins the page's transaction as whoever asks.
    ///
    /// # Errors
    /// [`Fault::SignIn`] where nobody is signed in and the portal has no guests.
    pub async fn begin(ask: &Ask<'a>) -> Result<Self, Fault> {
        someone(ask)?;
        let mut reading = ask.site.reader.begin().await?;
        let viewer = Viewer::identify(ask, &mut reading, true).await?;
        Ok(Self { viewer, reading })
    }
}

impl<'a> Attempt<'a> {
    /// Begins a transaction that may change rows, as whoever asks. Whose session is over is not taken
    /// for a guest: what they sent was meant to be theirs.
    ///
    /// # Errors
    /// [`Fault::SignIn`] as well where a session is over.
    pub async fn begin(ask: &Ask<'a>) -> Result<Self, Fault> {
        someone(ask)?;
        let mut writing = ask.site.reader.begin_writing().await?;
        let viewer = Viewer::identify(ask, writing.reading(), false).await?;
        Ok(Self { viewer, writing })
    }
}

/// Nobody costs no connection.
fn someone(ask: &Ask<'_>) -> Result<(), Fault> {
    let nobody = ask.cookie.read(ask.headers).is_none() && guest(ask).is_none();
    if nobody { Err(Fault::SignIn { stale: false }) } else { Ok(()) }
}

fn guest<'a>(ask: &Ask<'a>) -> Option<&'a PersonaSite> {
    ask.portal.guest.as_deref().and_then(|name| ask.portal.personas.get(name))
}

impl<'a> Viewer<'a> {
    /// Has a context signed for the transaction. A session that has gone by makes a guest where `or_guest`. Whose access was
    /// taken away is told so, and is a guest from then on; whose tenant is suspended is told so until it is resumed.
    async fn identify(ask: &Ask<'a>, reading: &mut Reading, or_guest: bool) -> Result<Self, Fault> {
        let portal = ask.portal.name.as_str();
        let secret = ask.cookie.read(ask.headers);
        if let Some(secret) = &secret {
            let found = ask.site.issuer.session_context(secret, portal, reading.backend()).await?;
            let known = found.and_then(|(user, token)| Some((ask.portal.personas.get(&user.persona)?, user, token)));
            if let Some((persona, user, token)) = known {
                reading.identify(token);
                return Ok(Self { persona, user: Some(user) });
            }
        }
        if let Some(secret) = &secret
            && let Some(why) = ask.site.issuer.session_over(secret, portal).await?
        {
            return Err(Fault::Over(why));
        }
        let stale = secret.is_some();
        let Some(persona) = guest(ask).filter(|_| or_guest || !stale) else { return Err(Fault::SignIn { stale }) };
        let token = ask.site.issuer.guest_context(portal, reading.backend(), ask.address).await?;
        reading.identify(token.ok_or_else(|| Fault::internal("the database knows no guest of this portal"))?);
        Ok(Self { persona, user: None })
    }

    /// Who asks for a page that shows no data; `None`: nobody, and the portal has no guests.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn recognise(ask: &Ask<'a>) -> Result<Option<Self>, Fault> {
        if let Some(secret) = ask.cookie.read(ask.headers) {
            let user = ask.site.issuer.session(&secret, ask.portal.name.as_str()).await?;
            let known = user.and_then(|user| Some((ask.portal.personas.get(&user.persona)?, user)));
            if let Some((persona, user)) = known {
                return Ok(Some(Self { persona, user: Some(user) }));
            }
        }
        Ok(guest(ask).map(|persona| Self { persona, user: None }))
    }

    /// What is around the page at `here`: `home`, an object's or a content page's name.
    pub fn shell(&self, ask: &Ask<'_>, here: &str, under: bool) -> Shell {
        let user = self.user.as_ref().map(|user| {
            let name = user.person.clone().or_else(|| user.email.clone()).unwrap_or_else(|| self.persona.label.clone());
            UserView {
                initials: wording::initials(&name),
                name,
                email: user.email.clone(),
                audience: self.persona.label.clone(),
                tenant: user.tenant_title.clone(),
                activity: activity::link(ask, self),
                team: team::link(ask, self),
                registrations: registrations::link(ask, self),
                csrf: guard::mask(&user.csrf),
            }
        });
        let bare = bare_shell(&ask.portal.look, &ask.base);
        let bare = match &self.user {
            Some(user) => in_brand(bare, ask, user),
            None => bare,
        };
        Shell {
            nav: self.navigation(ask, here, under),
            footer: ask.portal.footer(&ask.base),
            languages: ask.languages.clone(),
            sign_in: user.is_none().then(|| format!("{}/sign-in", ask.base)),
            indexed: user.is_none(),
            note: note::read(ask.headers, ask.portal.name.as_str(), &ask.site.model),
            user,
            ..bare
        }
    }

    /// The entries that lead this persona somewhere.
    fn navigation(&self, ask: &Ask<'_>, here: &str, under: bool) -> Vec<NavEntry> {
        let current = |name: &str| (name == here).then_some(if under { "true" } else { "page" });
        let entry = |way: &Way| match way {
            Way::Home => Some(NavEntry {
                label: "Home".to_owned(),
                href: format!("{}/", ask.base),
                icon: "home",
                current: current("home"),
            }),
            Way::Object(object) => self.persona.readable.objects.get(object).and_then(|_| {
                let label = ask.site.model.objects.get(object)?.label_many.to_string();
                let href = format!("{}/{}", ask.base, slug(object));
                let icon = wording::icon(object.as_str());
                Some(NavEntry { label, href, icon, current: current(object.as_str()) })
            }),
            Way::View(name) => ask.portal.pages.get(name).and_then(|page| {
                let object = page.object.as_ref()?;
                let facets = &self.persona.readable.objects.get(object)?.facets;
                let shown = |name: &FieldName| page.columns.is_empty() || page.columns.contains(name);
                facets.iter().flat_map(|facet| &facet.fields).any(shown).then_some(())?;
                let icon = wording::icon(object.as_str());
                let here = format!("p/{name}");
                let href = format!("{}/{here}", ask.base);
                Some(NavEntry { label: page.title.to_string(), href, icon, current: current(&here) })
            }),
            Way::Page { page, title } => Some(NavEntry {
                label: title.clone(),
                href: format!("{}/pages/{page}", ask.base),
                icon: "page",
                current: current(&format!("pages/{page}")),
            }),
        };
        ask.portal.navigation.iter().filter_map(entry).collect()
    }
}

/// A person's tenant shows its brand over the portal's.
fn in_brand(shell: Shell, ask: &Ask<'_>, user: &SignedIn) -> Shell {
    let worn = ask.portal.look.worn(&ask.base, &user.brand);
    let assets = Assets { tenant: worn.colors, ..shell.assets };
    Shell { brand: worn.brand, canvas: worn.canvas, assets, ..shell }
}

/// The least around a page: no navigation, nobody signed in.
pub fn bare_shell(look: &Look, base: &str) -> Shell {
    Shell {
        lang: look.language.to_string(),
        dir: language::direction(&look.language),
        languages: Vec::new(),
        title: look.title.clone(),
        base: base.to_owned(),
        brand: look.brand(base),
        canvas: look.canvas(),
        assets: look.assets(base),
        nav: Vec::new(),
        footer: Vec::new(),
        user: None,
        sign_in: None,
        note: None,
        indexed: false,
    }
}
