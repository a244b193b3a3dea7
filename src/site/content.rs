//! Content pages: Markdown of the portal's owner, or the texts that come with the binary.

use super::look::Look;
use super::template::value;
use super::wording;
use crate::catalog;
use crate::names::Language;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// The pages every portal has, in the order of its foot.
const USUAL: &[&str] = &["help", "terms", "privacy", "accessibility"];

/// A page ready to be put into a template, which says its title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The first heading of the first level.
    pub title: String,
    /// Everything else.
    pub html: String,
}

/// The pages for the foot where nobody says otherwise, with their titles.
pub fn usual(look: &Look) -> Vec<(String, String)> {
    USUAL.iter().filter_map(|name| Some(((*name).to_owned(), title(look, name)?))).collect()
}

/// The title of a content page; `None`: there is no such page.
pub fn title(look: &Look, name: &str) -> Option<String> {
    read(look, name).ok().flatten().map(|content| content.title)
}

/// The page `name`; `None`: there is no such page.
///
/// # Errors
/// Where its file cannot be read.
pub fn read(look: &Look, name: &str) -> Result<Option<Content>, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(plain) {
        return Ok(None);
    }
    let text = match own(look, name)? {
        Some(text) => text,
        None => match embedded(look, name)? {
            Some(text) => text,
            None => return Ok(None),
        },
    };
    Ok(Some(render(&text, name)))
}

/// The owner's file: `about.de-AT.md`, `about.de.md` or `about.md`, whichever is there first.
fn own(look: &Look, name: &str) -> Result<Option<String>, String> {
    let folder = look.folder.join("content");
    let tags = Language::ever_wider(look.language.as_str()).map(|tag| format!("{name}.{tag}.md"));
    for file in tags.chain([format!("{name}.md")]) {
        if let Some(bytes) = folder.read(&file).map_err(|error| format!("content/{file}: {error}"))? {
            return String::from_utf8(bytes).map(Some).map_err(|_| format!("content/{file} is not UTF-8"));
        }
    }
    Ok(None)
}

/// Ours know the portal's name; an owner's file is taken as it is.
fn embedded(look: &Look, name: &str) -> Result<Option<String>, String> {
    let path = format!("text/{name}.md");
    if catalog::site_file(&path).is_none() {
        return Ok(None);
    }
    let values = [("portal", value(&look.title)), ("brand", value(&look.brand_name))];
    look.templates.render(&path, &values).map(Some).map_err(|error| error.to_string())
}

/// HTML in the text is shown as text, and links lead only where a browser opens a page or a mail.
fn render(markdown: &str, name: &str) -> Content {
    let mut title = String::new();
    let mut in_title = false;
    let mut events = Vec::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match &event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) if title.is_empty() => in_title = true,
            Event::End(TagEnd::Heading(_)) if in_title => in_title = false,
            Event::Text(text) | Event::Code(text) if in_title => title.push_str(text),
            _ if in_title => {}
            _ => events.push(harmless(event)),
        }
    }
    let mut page = String::new();
    html::push_html(&mut page, events.into_iter());
    if title.is_empty() {
        title = wording::humanise(name);
    }
    Content { title, html: page }
}

fn harmless(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if opens(&dest_url) { dest_url } else { CowStr::Borrowed("#") };
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            let dest_url = if is_relative(&dest_url) { dest_url } else { CowStr::Borrowed("") };
            Event::Start(Tag::Image { link_type, dest_url, title, id })
        }
        other => other,
    }
}

fn is_relative(address: &str) -> bool {
    let scheme = address.find(':').is_some_and(|colon| !address[..colon].contains(['/', '?', '#']));
    !scheme && !address.starts_with("//") && !address.starts_with('\\')
}

fn opens(address: &str) -> bool {
    let lower = address.trim().to_ascii_lowercase();
    is_relative(&lower) || ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_a_page_and_html_stays_text() {
        let page = render("# Help & more\n\nHello <script>alert(1)</script> **you**\n\n<div onclick=x>\n", "help");
        assert_eq!(page.title, "Help & more");
        assert!(!page.html.contains("Help"), "the template says the title");
        assert!(page.html.contains("<strong>you</strong>"));
        assert!(!page.html.contains("<script") && !page.html.contains("<div"), "{}", page.html);
    }

    #[test]
    fn links_that_run_code_lead_nowhere() {
        for address in ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x"] {
            assert!(!opens(address), "{address}");
            assert!(render(&format!("[x]({address})"), "x").html.contains("href=\"#\""), "{address}");
        }
        for address in ["pages/terms", "/a:b", "https://acme.example", "mailto:a@b.example", "#top", "?a:b"] {
            assert!(opens(address), "{address}");
        }
        assert!(render("![x](https://elsewhere.example/p.gif)", "x").html.contains("src=\"\""));
    }

    #[test]
    fn a_page_without_heading_is_called_by_its_name() {
        assert_eq!(render("text", "how_to-order").title, "How to order");
    }
}
