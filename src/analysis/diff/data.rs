//! What is kept no longer, and what is called otherwise.

use super::{Change, Class, Kind, Severity, is_sensitive, place};
use crate::diagnostic::Span;
use crate::model::{AccessModel, Deletion, Holds, Object, Period, Retention, RetentionEnd, Scope};
use std::collections::BTreeSet;

pub(super) fn changes(before: &AccessModel, after: &AccessModel) -> Vec<Change> {
    let mut all = Vec::new();
    for (name, was) in &before.objects {
        let sides = Sides { before, after, was };
        match after.objects.get(name) {
            Some(is) => sides.object(is, &mut all),
            None => sides.gone(&mut all),
        }
    }
    all
}

struct Sides<'m> {
    before: &'m AccessModel,
    after: &'m AccessModel,
    was: &'m Object,
}

impl Sides<'_> {
    fn change(
        &self,
        field: Option<&str>,
        what: &str,
        (before, after): (Option<String>, Option<String>),
        at: Option<Span>,
    ) -> Change {
        let at = match at {
            Some(span) => place(self.after, span),
            None => place(self.before, self.was.span),
        };
        let sensitive = self
            .was
            .fields
            .values()
            .any(|one| field.is_none_or(|name| one.column.as_str() == name) && is_sensitive(one.class));
        Change {
            object: Some(self.was.name.to_string()),
            field: field.map(str::to_owned),
            what: Some(what.to_owned()),
            severity: if sensitive { Severity::Sensitive } else { Severity::Plain },
            before,
            after,
            ..Change::told(Kind::DataLoss, "keep", Class::Narrow, at)
        }
    }

    fn gone(&self, all: &mut Vec<Change>) {
        let renamed = self.after.objects.values().filter_map(|object| object.managed.as_ref()?.was.as_ref());
        if self.was.managed.is_some() && !renamed.clone().any(|table| *table == self.was.table) {
            all.push(self.change(None, "table", (Some(self.was.table.to_string()), None), None));
        }
    }

    fn object(&self, is: &Object, all: &mut Vec<Change>) {
        let at = Some(is.span);
        self.columns(is, all);
        if let Some(change) = self.retention(is) {
            all.push(change);
        }
        let how = |object: &Object| match &object.deletion {
            None => "nobody deletes",
            Some(Deletion::Soft(_)) => "a deleted row is marked",
            Some(Deletion::Hard) => "a deleted row is gone",
        };
        if self.was.deletion != is.deletion && is.deletion == Some(Deletion::Hard) {
            all.push(self.change(None, "delete", (Some(how(self.was).to_owned()), Some(how(is).to_owned())), at));
        }
        if self.was.audit_writes && !is.audit_writes {
            let words =
                |kept: bool| Some(if kept { "changes are recorded" } else { "changes are not recorded" }.to_owned());
            all.push(self.change(None, "audit", (words(true), words(false)), at));
        }
        self.told_otherwise(is, all);
    }

    fn columns(&self, is: &Object, all: &mut Vec<Change>) {
        let Some(managed) = &self.was.managed else { return };
        let Some(now) = &is.managed else { return };
        for (name, column) in &managed.columns {
            let kept = now.columns.iter().find(|(other, one)| *other == name || one.was.as_ref() == Some(name));
            match kept {
                None => all.push(self.change(
                    Some(name.as_str()),
                    "column",
                    (Some(held(&column.holds)), None),
                    Some(is.span),
                )),
                Some((_, one)) if narrows(&column.holds, &one.holds) => {
                    let words = (Some(held(&column.holds)), Some(held(&one.holds)));
                    all.push(self.change(Some(name.as_str()), "type", words, Some(one.span)));
                }
                Some(_) => {}
            }
        }
    }

    fn retention(&self, is: &Object) -> Option<Change> {
        let (was, is_kept) = (self.was.retention.as_ref(), is.retention.as_ref()?);
        let shorter = was.is_none_or(|was| days(is_kept.after) < days(was.after));
        let harder = was.is_some_and(|was| was.then != RetentionEnd::Delete && is_kept.then == RetentionEnd::Delete);
        let fields = |one: &Retention| one.fields.iter().cloned().collect::<BTreeSet<_>>();
        let more = was.is_some_and(|was| !fields(is_kept).is_subset(&fields(was)));
        let sooner = was.is_some_and(|was| was.unless.is_some() && is_kept.unless != was.unless);
        let other = was.is_some_and(|was| was.from != is_kept.from);
        let words = |one: &Retention| {
            let end = match one.then {
                RetentionEnd::Delete => "deleted",
                RetentionEnd::Anonymise => "made anonymous",
            };
            format!("{end} {} after {}", one.after, one.from)
        };
        let before = was.map_or("kept".to_owned(), words);
        (shorter || harder || more || sooner || other)
            .then(|| self.change(None, "retention", (Some(before), Some(words(is_kept))), Some(is_kept.span)))
    }

    /// What changes no access today and would let a later change pass more easily.
    fn told_otherwise(&self, is: &Object, all: &mut Vec<Change>) {
        let neutral = |change: Change, severity: Severity| Change {
            kind: Kind::Access,
            class: Class::Neutral,
            severity,
            ..change
        };
        for (name, field) in &self.was.fields {
            let Some(now) = is.fields.get(name).filter(|now| now.class != field.class) else { continue };
            let words =
                (Some(format!("{:?}", field.class).to_lowercase()), Some(format!("{:?}", now.class).to_lowercase()));
            let severity = if is_sensitive(field.class) { Severity::Sensitive } else { Severity::Plain };
            all.push(neutral(
                Change { action: "classify", ..self.change(Some(name.as_str()), "class", words, Some(now.span)) },
                severity,
            ));
        }
        let ceilings = [
            ("max_scope external", &self.was.max_scope.external, &is.max_scope.external),
            ("max_scope internal", &self.was.max_scope.internal, &is.max_scope.internal),
        ];
        for (what, was, now) in ceilings {
            let scope = |one: &Option<(Scope, Span)>| one.as_ref().map(|(scope, _)| scope.word().to_owned());
            if scope(was) != scope(now) {
                let at = now.as_ref().map_or(is.span, |(_, span)| *span);
                let change = self.change(None, what, (scope(was), scope(now)), Some(at));
                all.push(neutral(Change { action: "limit", ..change }, Severity::Plain));
            }
        }
    }
}

fn days(period: Period) -> u64 {
    u64::from(period.months) * 30 + u64::from(period.days)
}

/// Whether values that fitted fit no longer.
fn narrows(was: &Holds, is: &Holds) -> bool {
    match (was, is) {
        (Holds::Text(_), Holds::Text(None)) => false,
        (Holds::Text(None), Holds::Text(Some(_))) => true,
        (Holds::Text(Some(was)), Holds::Text(Some(is))) => is < was,
        (Holds::Enum(was), Holds::Enum(is)) => was.iter().any(|value| !is.contains(value)),
        (Holds::Enum(_), Holds::Text(None)) | (Holds::Integer, Holds::Decimal) | (Holds::Date, Holds::Timestamp) => {
            false
        }
        (was, is) => was != is,
    }
}

fn held(holds: &Holds) -> String {
    match holds {
        Holds::Text(None) => "text".to_owned(),
        Holds::Text(Some(most)) => format!("text of at most {most}"),
        Holds::Enum(values) => format!("one of {}", values.join(", ")),
        Holds::KeyOf(object, _) => format!("reference to {object}"),
        Holds::Integer => "integer".to_owned(),
        Holds::Decimal => "decimal".to_owned(),
        Holds::Money => "money".to_owned(),
        Holds::Boolean => "boolean".to_owned(),
        Holds::Date => "date".to_owned(),
        Holds::Timestamp => "timestamp".to_owned(),
        Holds::Uuid => "uuid".to_owned(),
        Holds::Json => "json".to_owned(),
    }
}
