//! Who is let in, by whom, how often somebody may ask, and until when people are who they are.

use super::super::document::{
    DelegatedAdminDoc, LifecycleDoc, PaidUntilDoc, RateLimit, RegistrationDoc, RegistrationField, Scope,
};
use super::super::grammar::people::parse_rate;
use super::super::grammar::word::parse_duration;
use super::super::tree::Node;
use super::{boolean, list, names, text, under};
use crate::diagnostic::Spanned;
use crate::names::ColumnName;

pub(super) fn delegated_admin(node: &Node) -> DelegatedAdminDoc {
    let registrations = node.get("registrations");
    DelegatedAdminDoc {
        span: node.span,
        may_grant: names(node.get("may_grant")),
        registrations: registrations.filter(|_| boolean(registrations)).map(|node| node.span),
    }
}

pub(super) fn open(node: &Node) -> Option<Spanned<bool>> {
    let open = match text(node)? {
        "open" => true,
        "invite" => false,
        _ => return None,
    };
    Some(Spanned::new(open, node.span))
}

pub(super) fn rate_limit(node: &Node) -> Option<Spanned<RateLimit>> {
    let (most, seconds) = parse_rate(text(node)?).ok()?;
    Some(Spanned::new(RateLimit { most, seconds }, node.span))
}

pub(super) fn registration(node: &Node) -> Option<RegistrationDoc> {
    Some(RegistrationDoc {
        span: node.span,
        form: list(node.get("form"), form_field),
        approval: node.get("approval").and_then(text)? != "none",
        rate_limit: node.get("rate_limit").and_then(rate_limit).map(|limit| limit.value),
        audience: under(node, "audience"),
        tenant_kind: under(node, "tenant_kind"),
    })
}

fn form_field(node: &Node) -> Option<Spanned<RegistrationField>> {
    let written = text(node)?;
    let field = RegistrationField::ALL.into_iter().find(|field| field.as_str() == written)?;
    Some(Spanned::new(field, node.span))
}

pub(super) fn lifecycle(node: &Node) -> Option<LifecycleDoc> {
    let written = node.get("paid_until")?;
    let paid_until = match text(written) {
        Some(column) => PaidUntilDoc::Column(Spanned::new(ColumnName::new(column), written.span)),
        None => PaidUntilDoc::Rows {
            object: under(written, "object")?,
            field: under(written, "field")?,
            scope: written.get("scope").and_then(whose_rows),
            path: under(written, "path"),
        },
    };
    let grace = match node.get("grace") {
        Some(grace) => text(grace).and_then(|text| parse_duration(text).ok())?,
        None => 0,
    };
    Some(LifecycleDoc { span: node.span, paid_until, grace, on_lapse: under(node, "on_lapse")? })
}

fn whose_rows(node: &Node) -> Option<Spanned<Scope>> {
    let scope = match text(node)? {
        "tenant" => Scope::Tenant,
        "own" => Scope::Own,
        _ => return None,
    };
    Some(Spanned::new(scope, node.span))
}
