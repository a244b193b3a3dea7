//! Forms of text in what changes rows: states, audiences, addresses of other systems.

use super::word::{Word, value};
use crate::names::PersonaName;

/// A value of an enum field: any text.
pub(in crate::spec) static STATE: Word = value("state", "", |_| Ok(()), "draft");
pub(in crate::spec) static AUDIENCE: Word =
    value("audience or `portal/audience`", "^[^/]+(/[^/]+)?$", check_audience, "partner_rep");
pub(in crate::spec) static URL: Word =
    value("web address", "^https?://[^\\s@]+$", check_url, "https://erp.acme.example/in");
pub(in crate::spec) static ENVIRONMENT: Word =
    value("name of an environment variable", "^[A-Z][A-Z0-9_]{0,62}$", check_environment, "ERP_SECRET");

fn check_audience(text: &str) -> Result<(), String> {
    let is_name = |text: &str| (super::word::NAME.check)(text);
    match PersonaName::parse(text) {
        Some(persona) => is_name(persona.portal.as_str()).and_then(|()| is_name(persona.audience.as_str())),
        None => is_name(text),
    }
}

/// Whatever else an address says is told when something is posted there; what counts here is that no password is written.
fn check_url(text: &str) -> Result<(), String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || text.contains(|c: char| c == '@' || c.is_whitespace() || c.is_control()) {
        return Err("an address is written `https://erp.acme.example/in`, without a user or password".to_owned());
    }
    Ok(())
}

fn check_environment(text: &str) -> Result<(), String> {
    let fits = text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && text.len() <= 63;
    if fits { Ok(()) } else { Err("an environment variable has upper-case letters, digits and `_`".to_owned()) }
}
