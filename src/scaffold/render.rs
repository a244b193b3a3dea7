//! From the access model to the files.

use super::site_file::{Branding, Colors, Entry, SiteFile};
use super::{FileClass, FileTree};
use crate::catalog;
use crate::model::{AccessModel, Navigation, Portal};
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};

/// The pages of text that every page links to.
const FOOT: [&str; 4] = ["help", "terms", "privacy", "accessibility"];

const SCHEMA_FILE: &str = "site.schema.json";

/// The content pages. What the software does is told by the text that comes with the binary; behind it stands
/// what only the owner of the portal can tell.
const PAGES: [(&str, &str); 5] = [
    ("home", include_str!("../../templates/project/content/home.md")),
    ("help", include_str!("../../templates/project/content/help.md")),
    ("terms", include_str!("../../templates/project/content/terms.md")),
    ("privacy", include_str!("../../templates/project/content/privacy.md")),
    ("accessibility", include_str!("../../templates/project/content/accessibility.md")),
];
const README: &str = include_str!("../../templates/project/README.md");
const TOKENS: &str = include_str!("../../templates/project/tokens.css");
const IGNORE: &str = include_str!("../../templates/project/gitignore");

#[derive(Debug, thiserror::Error)]
#[error("{what} cannot be written: {source}")]
pub struct RenderError {
    what: String,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// The files of the project's site: the same bytes for the same model, on any machine.
///
/// # Errors
/// Where a name or title of the model cannot be put into a file.
pub fn render(model: &AccessModel) -> Result<FileTree, RenderError> {
    let mut tree = FileTree::default();
    tree.insert(".gitignore", FileClass::Seeded, IGNORE);
    tree.insert("site/README.md", FileClass::Seeded, README);
    tree.insert(format!("site/{SCHEMA_FILE}"), FileClass::Managed, schema()?);
    for portal in model.portals.values() {
        let folder = format!("site/{}", portal.name);
        tree.insert(format!("{folder}/site.yaml"), FileClass::Merged, site_yaml(portal)?);
        tree.insert(format!("{folder}/static/tokens.css"), FileClass::Seeded, TOKENS);
        for (page, text) in PAGES {
            tree.insert(format!("{folder}/content/{page}.md"), FileClass::Seeded, content(portal, page, text)?);
        }
        for (page, title) in further_pages(portal) {
            let text = format!("# {}\n\n**[Fill in: this page]**\n", markdown(title));
            tree.insert(format!("{folder}/content/{page}.md"), FileClass::Seeded, text);
        }
    }
    Ok(tree)
}

/// Pages of text that the portal's document puts into the menu: without a text they could not be shown.
fn further_pages(portal: &Portal) -> impl Iterator<Item = (&str, &str)> {
    portal.navigation.iter().filter_map(|entry| match entry {
        Navigation::Page { page, title } if PAGES.iter().all(|(ours, _)| ours != page) => {
            Some((page.as_str(), title.as_str()))
        }
        Navigation::Home | Navigation::Object(_) | Navigation::View(_) | Navigation::Page { .. } => None,
    })
}

fn site_yaml(portal: &Portal) -> Result<String, RenderError> {
    let color = |token: &str| portal.colors.get(token).cloned();
    let colors = Colors { primary: color("primary"), ink: color("ink"), paper: color("paper") };
    let entry = |entry: &Navigation| match entry {
        Navigation::Home => Entry::Name("home".to_owned()),
        Navigation::Object(object) => Entry::Name(object.to_string()),
        Navigation::View(page) => Entry::Name(page.to_string()),
        // What is written in languages stays in the document: here it could only be said in one of them.
        Navigation::Page { page, title } => match title.of_all() {
            Some(title) => Entry::Page { page: page.clone(), title: title.to_owned() },
            None => Entry::Name(page.clone()),
        },
    };
    let site = SiteFile {
        title: portal.title.of_all().map(str::to_owned),
        language: None,
        branding: Branding { name: Some(name(portal).to_owned()), logo: portal.logo.clone(), colors },
        navigation: Some(portal.navigation.iter().map(entry).collect()),
        pages: Some(FOOT.map(|page| Entry::Name(page.to_owned())).to_vec()),
    };
    let yaml =
        serde_saphyr::to_string(&site).map_err(|error| failed(&format!("the site of `{}`", portal.name), error))?;
    Ok(format!(
        "# yaml-language-server: $schema=../{SCHEMA_FILE}\n\
         # How the portal `{}` presents itself. Change what you like: `portalctl scaffold` merges what changes in the\n\
         # portal's document into this file and keeps what is yours.\n{yaml}",
        portal.name
    ))
}

fn content(portal: &Portal, page: &str, owners: &str) -> Result<String, RenderError> {
    let wrong = |error| failed(&format!("the page `{page}` of `{}`", portal.name), error);
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).build().map_err(wrong)?);
    let values = context! { portal => markdown(&portal.title), brand => markdown(name(portal)) };
    let ours = catalog::site_file(&format!("text/{page}.md")).map(|text| format!("{}\n\n", text.trim_end()));
    environment.render_str(&(ours.unwrap_or_default() + owners), values).map_err(wrong)
}

fn name(portal: &Portal) -> &str {
    portal.brand_name.as_deref().unwrap_or(&portal.title)
}

/// Text that shows as it is in Markdown, on one line.
fn markdown(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().fold(String::new(), |mut escaped, c| {
        if r"\`*_[]<>&~|#$!".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
        escaped
    })
}

fn schema() -> Result<String, RenderError> {
    let schema = schemars::schema_for!(SiteFile);
    let text = serde_json::to_string_pretty(&schema).map_err(|error| failed(SCHEMA_FILE, error))?;
    Ok(text + "\n")
}

fn failed(what: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> RenderError {
    RenderError { what: what.to_owned(), source: source.into() }
}
