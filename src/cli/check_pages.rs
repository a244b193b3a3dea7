//! The checks with their pages.

use crate::catalog;
use crate::check::{RULES, Rule};
use crate::diagnostic::CheckAbout;

/// Every check that has a page, sorted by id.
pub fn all() -> Vec<CheckAbout<'static>> {
    RULES.iter().filter_map(about).collect()
}

pub fn about(rule: &'static Rule) -> Option<CheckAbout<'static>> {
    let page = catalog::check_page(rule.id)?;
    let summary = page.lines().find(|line| !line.is_empty() && !line.starts_with(['#', '*']))?;
    Some(CheckAbout { id: rule.id, severity: rule.severity, summary, page })
}
