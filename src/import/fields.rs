//! Columns as fields of an object document.

use super::answers::{Answers, Sampled};
use super::check_values::values_of;
use super::found::{FoundColumn, FoundRelation};
use super::guess::{self, Ground};
use super::naming::{free, snake};
use super::outline::{Outline, can_be_written};
use super::yaml;
use crate::names::{ColumnName, TableName};
use crate::spec::edit::New;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One line under `fields:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldLine {
    pub name: String,
    pub column: ColumnName,
    /// What stands behind `name:`, and the remark behind that.
    pub value: New,
    pub remark: Option<String>,
    pub guesses: Vec<Guessed>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Guessed {
    pub field: String,
    /// `class` or `type`.
    pub what: &'static str,
    pub value: String,
    pub from: Ground,
}

/// A column that no field can stand for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    pub column: ColumnName,
    pub why: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    pub lines: Vec<FieldLine>,
    pub left_out: Vec<LeftOut>,
}

/// Fields for the columns of `table` that `wanted` names; `taken` are names that are in use.
pub fn fields(
    outline: &Outline<'_>,
    answers: &Answers,
    table: &TableName,
    wanted: impl Fn(&ColumnName) -> bool,
    mut taken: BTreeSet<String>,
) -> Fields {
    let Some(relation) = outline.found.relations.get(table) else { return Fields::default() };
    let mut fields = Fields::default();
    // A reference that drops its `_id` must not take the name of another column.
    let plain: BTreeSet<String> = relation.columns.iter().map(plain_name).collect();
    let of_people = outline.people(table).is_some();
    for column in relation.columns.iter().filter(|column| wanted(&column.name)) {
        if !can_be_written(column.name.as_str()) {
            let why = "its name holds a character that cannot be seen; a view can give it another".to_owned();
            fields.left_out.push(LeftOut { column: column.name.clone(), why });
            continue;
        }
        let reference = reference(outline, answers, relation, column);
        let field = Field { column, table, relation, answers, of_people };
        let of_reference = reference.as_ref().map(|object| (Kind::Plain(format!("reference({object})")), None));
        let Some((kind, ground)) = of_reference.or_else(|| field.kind()) else {
            let why = format!("no type of field holds `{}`", yaml::remark(&column.display_type));
            fields.left_out.push(LeftOut { column: column.name.clone(), why });
            continue;
        };
        let own = plain_name(column);
        let short = own.strip_suffix("_id").filter(|short| reference.is_some() && !short.is_empty());
        let name = short.filter(|short| !plain.contains(*short)).unwrap_or(&own);
        let name = free(if matches!(name, "all" | "any_of") { "column_all" } else { name }, &mut taken);
        fields.lines.push(field.line(name, &kind, ground, reference.is_some()));
    }
    fields
}

fn plain_name(column: &FoundColumn) -> String {
    snake(column.name.as_str(), "column")
}

/// The object whose key a foreign key of this column alone holds.
fn reference(
    outline: &Outline<'_>,
    answers: &Answers,
    relation: &FoundRelation,
    column: &FoundColumn,
) -> Option<String> {
    let alone = relation.foreign_keys.iter().filter(|key| key.columns == [column.name.clone()]);
    let mut targets = alone.filter(|key| outline.key(&key.references, answers).as_ref() == Some(&key.referenced));
    let target = targets.find(|key| super::outline::unnameable(&key.references).is_none())?;
    outline.names.get(&target.references).map(ToString::to_string)
}

struct Field<'a> {
    column: &'a FoundColumn,
    table: &'a TableName,
    relation: &'a FoundRelation,
    answers: &'a Answers,
    of_people: bool,
}

/// What a field holds.
enum Kind {
    Plain(String),
    Words(Vec<String>),
    /// With the field that says of which currency.
    Money(String),
}

impl Kind {
    fn word(&self) -> &str {
        match self {
            Self::Plain(kind) => kind,
            Self::Words(_) => "enum",
            Self::Money(_) => "money",
        }
    }
}

impl Field<'_> {
    /// Its type, with what that was guessed from; `None`: no type of the language holds it.
    fn kind(&self) -> Option<(Kind, Option<Ground>)> {
        let column = self.column;
        let plain = |kind: &str| Some((Kind::Plain(kind.to_owned()), None));
        match column.base_type.as_str() {
            "int2" | "int4" | "int8" => plain("integer"),
            "numeric" | "float4" | "float8" | "money" => match self.currency() {
                Some(currency) if guess::is_amount(&plain_name(column)) => {
                    Some((Kind::Money(currency), Some(Ground::Name)))
                }
                _ => plain("decimal"),
            },
            "bool" => plain("boolean"),
            "date" => plain("date"),
            "timestamp" | "timestamptz" => plain("timestamp"),
            "uuid" => plain("uuid"),
            "json" | "jsonb" => plain("json"),
            _ if column.category == 'E' => Some((words(column.labels.clone()), None)),
            _ if column.category == 'S' => match column.checks.iter().find_map(|check| values_of(check)) {
                Some(values) => Some((words(values), None)),
                None => match guess::text_type(&plain_name(column), column, self.sample()) {
                    Some(guess) => Some((Kind::Plain(guess.value.to_owned()), Some(guess.ground))),
                    None => plain("text"),
                },
            },
            _ => None,
        }
    }

    fn sample(&self) -> Option<&Sampled> {
        self.answers.samples.get(&(self.table.clone(), self.column.name.clone()))
    }

    /// The field that says of which currency the amounts of a row are.
    fn currency(&self) -> Option<String> {
        let mut texts = self.relation.columns.iter().filter(|column| column.category == 'S').map(plain_name);
        texts.find(|name| matches!(name.as_str(), "currency" | "currency_code"))
    }

    fn line(&self, name: String, kind: &Kind, type_ground: Option<Ground>, is_reference: bool) -> FieldLine {
        let column = self.column;
        let class = guess::class(&plain_name(column), self.of_people, column, self.sample());
        let class = class.filter(|_| !is_reference && !self.relation.primary_key.contains(&column.name));
        let is_required = column.not_null && !column.has_default && column.computed.is_none();
        let is_text = matches!(kind, Kind::Plain(_)) && column.category == 'S' && !is_reference;
        let mut parts = vec![("type", New::word(kind.word()))];
        if name != column.name.as_str() {
            parts.push(("column", New::text(column.name.as_str())));
        }
        parts.extend(class.map(|class| ("class", New::word(class.value.word()))));
        match kind {
            Kind::Words(values) => parts.push(("values", yaml::texts(values.iter().map(String::as_str)))),
            Kind::Money(currency) => parts.push(("currency", New::text(currency))),
            Kind::Plain(_) => {}
        }
        parts.extend(is_required.then(|| ("required", New::word("true"))));
        let longest = longest(&column.base_display).filter(|_| is_text);
        parts.extend(longest.map(|longest| ("max_length", New::word(longest.to_string()))));
        let value = match (parts.as_slice(), kind) {
            ([(_, kind)], _) => kind.clone(),
            ([_, ("values", values)], Kind::Words(_)) => values.clone(),
            _ => yaml::map(parts),
        };
        let mut guesses = Vec::new();
        let guessed = |what, value: &str, from| Guessed { field: name.clone(), what, value: value.to_owned(), from };
        guesses.extend(type_ground.map(|ground| guessed("type", kind.word(), ground)));
        guesses.extend(class.map(|class| guessed("class", class.value.word(), class.ground)));
        FieldLine { column: column.name.clone(), value, remark: remark(column, &guesses), guesses, name }
    }
}

/// Words that no document can hold make it a text.
fn words(values: Vec<String>) -> Kind {
    let fits = |value: &String| !value.trim().is_empty() && can_be_written(value);
    if values.is_empty() || !values.iter().all(fits) { Kind::Plain("text".to_owned()) } else { Kind::Words(values) }
}

/// `12` of `character varying(12)`.
fn longest(display_type: &str) -> Option<u32> {
    let inner = display_type.split_once('(')?.1.strip_suffix(')')?;
    inner.parse().ok().filter(|longest| *longest > 0)
}

fn remark(column: &FoundColumn, guesses: &[Guessed]) -> Option<String> {
    let mut remarks = Vec::new();
    let mut by_ground: BTreeMap<Ground, Vec<&str>> = BTreeMap::new();
    for guess in guesses {
        by_ground.entry(guess.from).or_default().push(guess.what);
    }
    let told = by_ground.iter().map(|(ground, what)| format!("{} guessed from {}", what.join(" and "), ground.word()));
    if !by_ground.is_empty() {
        remarks.push(format!("{}; check", told.collect::<Vec<_>>().join(", ")));
    }
    if let Some(expression) = &column.computed {
        remarks.push(format!("computed by the database: {}", yaml::remark(expression)));
    }
    if column.is_domain {
        remarks.push(format!("domain {}", yaml::remark(&column.display_type)));
    }
    remarks.extend(column.comment.as_ref().map(|comment| yaml::remark(comment)));
    (!remarks.is_empty()).then(|| remarks.join("; "))
}
