//! To which other system rows are handed when somebody writes them: whoever runs it comes to know them.

use super::{Change, Class, Kind, Severity, is_sensitive, place};
use crate::model::{AccessModel, Address, Object};

pub(super) fn changes(before: &AccessModel, after: &AccessModel) -> Vec<Change> {
    let names = before.objects.keys().chain(after.objects.keys().filter(|name| !before.objects.contains_key(*name)));
    let told = names.filter_map(|name| {
        let (was, is) = (before.objects.get(name), after.objects.get(name));
        let (from, to) = (was.and_then(|was| receiver(before, was)), is.and_then(|is| receiver(after, is)));
        let class = match (&from, &to) {
            (from, to) if from == to => return None,
            (None, _) => Class::Widen,
            (_, None) => Class::Narrow,
            _ => Class::Incomparable,
        };
        let of = [was, is].into_iter().flatten();
        let sensitive = of.flat_map(|object| object.fields.values()).any(|field| is_sensitive(field.class));
        let at = match (is, was) {
            (Some(is), _) => place(after, is.source.as_ref().map_or(is.span, |source| source.span)),
            (None, Some(was)) => place(before, was.span),
            (None, None) => (None, None),
        };
        Some(Change {
            object: Some(name.to_string()),
            what: Some("writes, to another system".to_owned()),
            severity: if sensitive { Severity::Sensitive } else { Severity::Plain },
            before: from,
            after: to,
            ..Change::told(Kind::Access, "hand over", class, at)
        })
    });
    told.collect()
}

/// The system and where it is; `None`: no write is handed on.
fn receiver(model: &AccessModel, object: &Object) -> Option<String> {
    let source = object.source.as_ref().filter(|source| source.write_back)?;
    let at = model.integrations.get(&source.system).map(|integration| match &integration.address {
        Address::Url(url) => format!(" at {url}"),
        Address::Environment(name) => format!(" at what {name} holds"),
    });
    Some(format!("{}{}", source.system, at.unwrap_or_default()))
}
