//! Conditions: `where`, `deny`, `restrict`, and the `where` of tenant and people sources.

use super::facts::{Facts, ambiguous_user_key};
use super::objects::unknown_field;
use super::operand::{self, Mismatch, Relation};
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{Condition, FieldType, Object, OwnerPath, TenantRoute, Test, Value};
use crate::names::{FieldName, KeyName};
use crate::spec::document::{Comparison, ConditionDoc, ObjectDoc, Operand, TestDoc};

/// Nested `any_of` beyond this are refused: nobody can read them.
const MAX_DEPTH: usize = 8;

/// Whose fields a condition is about.
pub(super) struct Rows<'a> {
    pub(super) object: &'a Object,
    pub(super) doc: &'a ObjectDoc,
    pub(super) facts: &'a Facts<'a>,
}

/// `None`: an error was reported, and no weaker condition may stand in for it.
pub(super) fn resolve(rows: &Rows<'_>, doc: &ConditionDoc, findings: &mut Vec<Finding>) -> Option<Condition> {
    nested(doc, 0, &|test, findings| rows.test(test, findings), findings)
}

/// Resolves every test with `test`, all of them even after a failure, so that everything is reported.
pub(super) fn nested(
    doc: &ConditionDoc,
    depth: usize,
    test: &impl Fn(&TestDoc, &mut Vec<Finding>) -> Option<Test>,
    findings: &mut Vec<Finding>,
) -> Option<Condition> {
    if depth > MAX_DEPTH {
        findings.push(
            Finding::error("condition-too-deep", doc.span, format!("more than {MAX_DEPTH} `any_of` inside each other"))
                .hint("say it in several grants"),
        );
        return None;
    }
    let mut whole = Some(Condition::True);
    let mut add = |part: Option<Condition>| whole = whole.take().zip(part).map(|(whole, part)| whole.and(part));
    for one in &doc.tests {
        add(test(one, findings).map(Condition::Test));
    }
    for choices in &doc.any_of {
        let parts: Vec<_> = choices.iter().map(|choice| nested(choice, depth + 1, test, findings)).collect();
        if parts.is_empty() {
            findings.push(empty_list("any_of", doc.span, false));
        }
        add(parts.into_iter().collect::<Option<Vec<_>>>().filter(|parts| !parts.is_empty()).map(any));
    }
    whole.map(normal)
}

fn any(mut parts: Vec<Condition>) -> Condition {
    if parts.contains(&Condition::True) {
        return Condition::True;
    }
    parts.sort();
    parts.dedup();
    match parts.len() {
        1 => parts.remove(0),
        _ => Condition::Any(parts),
    }
}

/// One order for the same tests however they were written, so that equal conditions are recognised.
pub(super) fn normal(condition: Condition) -> Condition {
    let Condition::All(mut parts) = condition else { return condition };
    parts.sort();
    parts.dedup();
    match parts.len() {
        0 => Condition::True,
        1 => parts.remove(0),
        _ => Condition::All(parts),
    }
}

pub(super) fn empty_list(operator: &str, at: Span, always: bool) -> Finding {
    let (holds, why) = if always { ("every", "it filters nothing") } else { ("no", "it hides everything") };
    Finding::error("tautological-condition", at, format!("an empty `{operator}` holds for {holds} row"))
        .why(why)
        .hint("name at least one value")
}

/// Applies `one` to what a comparison compares with.
pub(super) fn map_comparison<T, U>(
    comparison: &Comparison<T>,
    mut one: impl FnMut(&T, Relation) -> Option<U>,
) -> Option<Comparison<U>> {
    use Relation::{Equality, Order};
    Some(match comparison {
        Comparison::Eq(value) => Comparison::Eq(one(value, Equality)?),
        Comparison::Ne(value) => Comparison::Ne(one(value, Equality)?),
        Comparison::Lt(value) => Comparison::Lt(one(value, Order)?),
        Comparison::Lte(value) => Comparison::Lte(one(value, Order)?),
        Comparison::Gt(value) => Comparison::Gt(one(value, Order)?),
        Comparison::Gte(value) => Comparison::Gte(one(value, Order)?),
        Comparison::In(values) => Comparison::In(all(values, one)?),
        Comparison::NotIn(values) => Comparison::NotIn(all(values, one)?),
        Comparison::IsNull(is) => Comparison::IsNull(*is),
    })
}

fn all<T, U>(values: &[T], mut one: impl FnMut(&T, Relation) -> Option<U>) -> Option<Vec<U>> {
    let values: Vec<Option<U>> = values.iter().map(|value| one(value, Relation::Equality)).collect();
    values.into_iter().collect()
}

/// Reports `in: []` and `not_in: []`.
pub(super) fn check_lists<T>(comparison: &Comparison<T>, at: Span, findings: &mut Vec<Finding>) -> Option<()> {
    let finding = match comparison {
        Comparison::In(values) if values.is_empty() => empty_list("in", at, false),
        Comparison::NotIn(values) if values.is_empty() => empty_list("not_in", at, true),
        _ => return Some(()),
    };
    findings.push(finding);
    None
}

impl Rows<'_> {
    fn test(&self, test: &TestDoc, findings: &mut Vec<Finding>) -> Option<Test> {
        let name = &test.field;
        let Some(field_type) = self.field_type(&name.value) else {
            findings.push(unknown_field(self.doc, name.value.as_str(), name.span));
            return None;
        };
        check_lists(&test.comparison, test.span, findings)?;
        let comparison = map_comparison(&test.comparison, |value, relation| {
            self.value((&name.value, field_type), relation, value, findings)
        })?;
        Some(Test { field: name.value.clone(), comparison: sorted(comparison) })
    }

    pub(super) fn field_type(&self, name: &FieldName) -> Option<&FieldType> {
        self.object.fields.get(name).map(|field| &field.field_type)
    }

    /// What `field` is compared with, where the operand's `$row` is a field of this object.
    fn value(
        &self,
        field: (&FieldName, &FieldType),
        relation: Relation,
        operand: &Spanned<Operand>,
        findings: &mut Vec<Finding>,
    ) -> Option<Value> {
        let value = self.operand(field, relation, operand, findings)?;
        if let Value::Row(other) = &value {
            let Some(other_type) = self.field_type(other) else {
                findings.push(unknown_field(self.doc, other.as_str(), operand.span));
                return None;
            };
            let fits = operand::check_fields((field.0.as_str(), field.1), (other.as_str(), other_type));
            report(fits, operand.span, findings)?;
        }
        Some(value)
    }

    /// As [`Self::value`], but leaves a `$row` for the caller to check.
    pub(super) fn operand(
        &self,
        field: (&FieldName, &FieldType),
        relation: Relation,
        operand: &Spanned<Operand>,
        findings: &mut Vec<Finding>,
    ) -> Option<Value> {
        let fits = operand::check(field.0.as_str(), field.1, relation, &operand.value);
        report(fits, operand.span, findings)?;
        Some(match &operand.value {
            Operand::Text(text) => Value::Text(text.clone()),
            Operand::Number(text) => Value::Number(text.clone()),
            Operand::Boolean(value) => Value::Boolean(*value),
            Operand::User => Value::User(self.user_key(field.0, operand.span, findings)?),
            Operand::Tenant => self.tenant_value(field.0),
            Operand::Tier => Value::Tier,
            Operand::Now => Value::Now,
            Operand::Today => Value::Today,
            Operand::Row(other) => Value::Row(other.clone()),
        })
    }

    /// An owner column holds the owner's key; any other column the only key there is.
    fn user_key(&self, field: &FieldName, at: Span, findings: &mut Vec<Finding>) -> Option<KeyName> {
        let column = &self.object.fields.get(field)?.column;
        let owner = self.object.owners.values().find_map(|owner| match owner {
            OwnerPath::Column(user) if &user.column == column => Some(user.key.clone()),
            _ => None,
        });
        let key = owner.or_else(|| self.facts.user_keys.only());
        if key.is_none() {
            findings.push(
                ambiguous_user_key(&self.facts.user_keys, at)
                    .hint(format!("make `{column}` one of the `owners` of `{}`, with its key", self.object.name)),
            );
        }
        key
    }

    /// A tenant column holds its path's key; any other column the main one, of the kind that the persona has.
    fn tenant_value(&self, field: &FieldName) -> Value {
        let column = self.object.fields.get(field).map(|field| &field.column);
        let path = self.object.tenant_paths.values().find_map(|path| match &path.route {
            TenantRoute::Column { column: at, key } if Some(at) == column => Some((key.clone(), path.kind.clone())),
            _ => None,
        });
        let (key, kind) = path.unwrap_or_else(|| (KeyName::main(), self.facts.only_kind().cloned()));
        Value::Tenant { key, kind }
    }
}

fn sorted(comparison: Comparison<Value>) -> Comparison<Value> {
    let sort = |mut values: Vec<Value>| {
        values.sort();
        values.dedup();
        values
    };
    match comparison {
        Comparison::In(values) => Comparison::In(sort(values)),
        Comparison::NotIn(values) => Comparison::NotIn(sort(values)),
        other => other,
    }
}

pub(super) fn report(fits: Result<(), Mismatch>, at: Span, findings: &mut Vec<Finding>) -> Option<()> {
    let Err(problem) = fits else { return Some(()) };
    let finding = Finding::error("wrong-operand", at, problem.message);
    findings.push(if let Some(hint) = problem.hint { finding.hint(hint) } else { finding });
    None
}
