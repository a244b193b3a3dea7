//! Floor 1: what the binary carries with it, as text: the pages of the site, their style sheet and
//! icons, the texts of the content pages; the feature modules and portal types; the pages of the checks.

mod color;
mod examples;
mod theme;

pub use color::{Color, ColorError};
pub use examples::{Example, example, examples};
pub use theme::{Palette, Theme};

use include_dir::{Dir, include_dir};

static SITE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/site");

/// One embedded file of the site by its path under `templates/site`: `object/list.html`,
/// `static/portal.css`, `text/help.md`. `None` where there is none, or where it is not UTF-8.
pub fn site_file(path: &str) -> Option<&'static str> {
    SITE.get_file(path)?.contents_utf8()
}

static SPECS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/portal-specs");

/// The feature modules, each by its name: the text of `portal-specs/modules/<name>.yaml`.
pub fn modules() -> impl Iterator<Item = (&'static str, &'static str)> {
    specs("modules")
}

/// The portal types, each by its name: the text of `portal-specs/types/<name>.yaml`.
pub fn types() -> impl Iterator<Item = (&'static str, &'static str)> {
    specs("types")
}

/// The decision guide: the questions that lead to types and modules.
pub fn guide() -> &'static str {
    SPECS.get_file("guide.yaml").and_then(include_dir::File::contents_utf8).unwrap_or_default()
}

static CHECKS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/docs/checks");

/// The page of a check, in Markdown: `docs/checks/<id>.md` from its heading on.
pub fn check_page(id: &str) -> Option<&'static str> {
    let text = CHECKS.get_file(format!("{id}.md"))?.contents_utf8()?;
    Some(text[text.find("# ")?..].trim_end())
}

fn specs(folder: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let files = SPECS.get_dir(folder).into_iter().flat_map(Dir::files);
    files.filter_map(|file| {
        let name = file.path().file_name()?.to_str()?.strip_suffix(".yaml")?;
        Some((name, file.contents_utf8()?))
    })
}

/// The paths of all embedded files of the site, sorted.
pub fn site_files() -> Vec<&'static str> {
    fn walk(dir: &Dir<'static>, into: &mut Vec<&'static str>) {
        into.extend(dir.files().filter_map(|file| file.path().to_str()));
        dir.dirs().for_each(|inner| walk(inner, into));
    }
    let mut paths = Vec::new();
    walk(&SITE, &mut paths);
    paths.sort_unstable();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_is_text_and_found_by_its_path() {
        let paths = site_files();
        assert!(paths.contains(&"object/list.html"), "{paths:?}");
        assert!(paths.iter().all(|path| site_file(path).is_some()));
        assert_eq!(site_file("../Cargo.toml"), None);
    }
}
