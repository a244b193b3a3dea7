//! Forms of text in what changes rows: states, audiences.

use super::word::{Word, value};
use crate::names::PersonaName;

/// A value of an enum field: any text.
pub(in crate::spec) static STATE: Word = value("state", "", |_| Ok(()), "draft");
pub(in crate::spec) static AUDIENCE: Word =
    value("audience or `portal/audience`", "^[^/]+(/[^/]+)?$", check_audience, "partner_rep");
fn check_audience(text: &str) -> Result<(), String> {
    let is_name = |text: &str| (super::word::NAME.check)(text);
    match PersonaName::parse(text) {
        Some(persona) => is_name(persona.portal.as_str()).and_then(|()| is_name(persona.audience.as_str())),
        None => is_name(text),
    }
}
