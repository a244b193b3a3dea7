//! A portal's type says whom it serves, and its modules say something else.
//!
//! ## Why is this bad
//!
//! A type is a beginning: nothing depends on its name. But people read the name and believe it. A partner portal without
//! leads, opportunities and deal registration is a customer portal that is called otherwise, with the audiences and walls of
//! partners; a customer portal with leads shows customers what is meant for those who sell.
//!
//! Looked at are `partner`, which lives of leads, opportunities or deal registration; `customer`, which has no leads; `member`,
//! whose memberships renew; and `vendor`, which has purchase orders.
//!
//! ## Example
//!
//! ```yaml
//! kind: portal
//! name: firms
//! type: partner
//! -modules: [lead-sharing, opportunities, deal-registration, commissions]
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! kind: portal
//! name: firms
//! type: client
//! ```
//!
//! `portalctl types` lists the types with what each is for, and `portalctl advise` asks what leads to which.

use crate::check::grants::listed;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Portal};

pub(in crate::check) const RULE: Rule = Rule::model("type-contradicts-modules", check).warn();

/// What a type of the catalogue stands for.
struct Meant {
    portal_type: &'static str,
    /// One of them is there; empty: nothing is asked for.
    one_of: &'static [&'static str],
    /// None of them is there.
    none_of: &'static [&'static str],
    why: &'static str,
}

const MEANT: &[Meant] = &[
    Meant {
        portal_type: "partner",
        one_of: &["lead-sharing", "opportunities", "deal-registration"],
        none_of: &[],
        why: "partners come to sell together with you",
    },
    Meant {
        portal_type: "customer",
        one_of: &[],
        none_of: &["lead-sharing"],
        why: "leads are for those who sell, not for those who bought",
    },
    Meant {
        portal_type: "member",
        one_of: &["memberships-renewals"],
        none_of: &[],
        why: "members come to see their membership and to renew it",
    },
    Meant {
        portal_type: "vendor",
        one_of: &["purchase-orders"],
        none_of: &[],
        why: "vendors come for the purchase orders that they deliver on",
    },
];

fn check(model: &AccessModel) -> Vec<Finding> {
    model.portals.values().filter_map(of_portal).collect()
}

fn of_portal(portal: &Portal) -> Option<Finding> {
    let written = portal.portal_type.as_ref()?;
    let meant = MEANT.iter().find(|meant| meant.portal_type == written.value.as_str())?;
    let has = |module: &&str| portal.modules.contains(*module);
    let (message, hint) = if let Some(odd) = meant.none_of.iter().find(|module| has(module)) {
        let message = format!("`{}` is a {} portal, and has the module `{odd}`", portal.name, meant.portal_type);
        (message, format!("take `{odd}` out of its modules, or begin with the type that fits"))
    } else if !meant.one_of.is_empty() && !meant.one_of.iter().any(has) {
        let names = listed(meant.one_of.iter().map(|&module| module.to_owned()));
        let (lacks, first) = match meant.one_of {
            [only] => (format!("lacks the module {names}"), only),
            all => (format!("has none of the modules {names}"), &all[0]),
        };
        let message = format!("`{}` is a {} portal, and {lacks}", portal.name, meant.portal_type);
        (
            message,
            format!(
                "have `{first}` among its modules, where the type or `modules` says them, or begin with the type that fits"
            ),
        )
    } else {
        return None;
    };
    let finding = Finding::warn(RULE.id, written.span, message).why(meant.why).hint(hint);
    Some(finding.acceptable_for(portal.name.as_str()).in_portal(portal.name.as_str()))
}
