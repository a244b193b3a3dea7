//! A page that nobody of its portal can see anything on.
//!
//! ## Why is this bad
//!
//! The page is in no menu and answers nobody: no audience of the portal reads the page's object, or none of its columns.
//! Mostly a grant is missing, or the page belongs to another portal.
//!
//! A module's page is shown in those portals that adopt the module and have somebody who sees it. It is reported where
//! that is none of them.
//!
//! ## Example
//!
//! ```yaml
//! kind: page
//! name: invoices-by-month
//! portal: support
//! view: statement
//! object: invoice        # and no audience of `support` is granted `invoice`
//! ```
//!
//! ## Use instead
//!
//! Grant the object to an audience of the portal, or remove the page. Pages of the catalogue are for those who are granted what
//! they show, and are not found.

use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::AccessModel;

pub(in crate::check) const RULE: Rule = Rule::model("dead-page", check).warn();

fn check(model: &AccessModel) -> Vec<Finding> {
    let pages = model.portals.values().flat_map(|portal| portal.pages.values().map(move |page| (portal, page)));
    let own = pages.filter(|(_, page)| !model.sources.is_built_in(page.span));
    let dead = own.filter(|(portal, page)| page.readers(&portal.name, &model.personas).next().is_none());
    dead.map(|(portal, page)| {
        let message = format!("nobody of `{}` sees anything on the page `{}`", portal.name, page.name);
        let object = page.object.as_ref().map_or("", |object| object.as_str());
        Finding::warn(RULE.id, page.span, message)
            .why(format!("no audience of the portal reads what it shows of `{object}`"))
            .hint(format!("grant `{object}` to one of them, or remove the page"))
            .acceptable_for(object)
            .in_portal(portal.name.as_str())
    })
    .collect()
}
