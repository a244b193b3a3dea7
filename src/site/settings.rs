//! What the portals' own files say of how they look, held against what is there: without a database, and nothing is served.

use super::files::Folder;
use super::portal::PortalSite;
use crate::model::{AccessModel, Portal};
use std::path::Path;

/// Something that would not be as its author meant it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The site would not start.
    pub is_fatal: bool,
    pub message: String,
    pub fix: String,
}

/// The files are read as the site itself reads them. `site_dir` need not exist.
pub fn remarks(model: &AccessModel, site_dir: &Path) -> Vec<Remark> {
    model.portals.values().flat_map(|portal| of_portal(model, portal, site_dir)).collect()
}

fn of_portal(model: &AccessModel, portal: &Portal, site_dir: &Path) -> Vec<Remark> {
    let name = &portal.name;
    let folder = Folder::new(site_dir.join(name.as_str()));
    // In the other languages the same files say the same.
    let look = match PortalSite::new(model, portal, folder, model.project.locales.first(), false) {
        Ok(site) => site.look,
        Err(error) => {
            let fix = format!("mend `site/{name}/site.yaml`: `site/site.schema.json` says what it takes");
            return vec![Remark { is_fatal: true, message: error.to_string(), fix }];
        }
    };
    let remark = |message, fix| Remark { is_fatal: false, message, fix };
    let absent = look.absent_logo().map(|logo| {
        let fix = format!("put the image into `site/{name}/static/`, or take `logo` out");
        remark(format!("portal `{name}`: its logo `{logo}` is not there, so pages show a letter in its place"), fix)
    });
    let colors = look.palette.given_way().into_iter().map(|(color, is, shown)| {
        let message = format!("portal `{name}`: with `{color}: \"{is}\"` text could not be read: pages take {shown}");
        remark(message, format!("write a darker or lighter `{color}`, or let it be"))
    });
    absent.into_iter().chain(colors).collect()
}
