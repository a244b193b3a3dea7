use crate::site::note::NoteView;
use serde::Serialize;

/// What every page of a portal has around it.
#[derive(Debug, Clone, Serialize)]
pub struct Shell {
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// This page in each language, where there are several.
    pub languages: Vec<LanguageEntry>,
    /// The portal's title.
    pub title: String,
    /// Where the portal lies: `/support`, or nothing where it has a host of its own.
    pub base: String,
    pub brand: BrandView,
    pub canvas: Canvas,
    pub assets: Assets,
    pub nav: Vec<NavEntry>,
    pub footer: Vec<super::NamedLink>,
    pub user: Option<UserView>,
    /// The way to sign in, for someone who is not.
    pub sign_in: Option<String>,
    /// What the last page did.
    pub note: Option<NoteView>,
    /// Whether search engines may list the page.
    pub indexed: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct BrandView {
    /// Who is behind the portal.
    pub name: String,
    /// What the header says: the portal's title, or the tenant's name.
    pub header: String,
    pub logo: Option<String>,
    pub monogram: String,
}

/// The colour of the page's edge, for the browser's own bars.
#[derive(Debug, Clone, Serialize)]
pub struct Canvas {
    pub light: String,
    pub dark: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Assets {
    pub css: String,
    pub tokens: Option<String>,
    /// The colours of the tenant's brand.
    pub tenant: Option<String>,
    pub icons: String,
    pub favicon: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct NavEntry {
    pub label: String,
    pub href: String,
    pub icon: &'static str,
    /// `page`: this one; `true`: something under it.
    pub current: Option<&'static str>,
}

#[derive(Debug, Clone, Serialize)]
pub struct LanguageEntry {
    pub tag: String,
    pub dir: &'static str,
    /// In its own words.
    pub name: String,
    pub href: String,
    pub current: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct UserView {
    pub name: String,
    pub email: Option<String>,
    pub audience: String,
    pub tenant: Option<String>,
    pub initials: String,
    /// The page of what was done in their tenant.
    pub activity: Option<String>,
    /// The page of the people of their tenant.
    pub team: Option<String>,
    /// Those who ask to be let in, for those who answer.
    pub registrations: Option<String>,
    pub csrf: String,
}

/// What a page says of itself.
#[derive(Debug, Clone, Serialize)]
pub struct PageHead {
    /// In the browser's tab.
    pub title: String,
    pub heading: String,
    pub lead: Option<String>,
    /// How old what it shows may be.
    pub as_of: Option<String>,
    /// The last step of the breadcrumb.
    pub crumb: String,
}

impl PageHead {
    /// A page whose tab says what its heading says.
    pub fn plain(heading: impl Into<String>) -> Self {
        let heading = heading.into();
        Self { title: heading.clone(), crumb: heading.clone(), heading, lead: None, as_of: None }
    }
}
