//! Columns as fields of an object document.

use super::answers::Answers;
use super::check_values::values_of;
use super::found::{FoundColumn, FoundRelation};
use super::guess::{self, Ground};
use super::naming::{free, snake};
use super::outline::{Outline, can_be_written};
use super::yaml;
use crate::names::{ColumnName, TableName};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One line under `fields:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldLine {
    pub name: String,
    pub column: ColumnName,
    /// What stands behind `name:`, and the remark behind that.
    pub text: String,
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
        let Some((kind, guess)) =
            reference.as_ref().map(|object| (format!("reference({object})"), None)).or_else(|| field.kind())
        else {
            let why = format!("no type of field holds `{}`", yaml::remark(&column.display_type));
            fields.left_out.push(LeftOut { column: column.name.clone(), why });
            continue;
        };
        let own = plain_name(column);
        let short = own.strip_suffix("_id").filter(|short| reference.is_some() && !short.is_empty());
        let name = short.filter(|short| !plain.contains(*short)).unwrap_or(&own);
        let name = free(if matches!(name, "all" | "any_of") { "column_all" } else { name }, &mut taken);
        fields.lines.push(field.line(name, &kind, guess, reference.is_some()));
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

type Guess = Option<(String, Ground)>;

impl Field<'_> {
    /// Its type, and whether that is a guess; `None`: no type of the language holds it.
    fn kind(&self) -> Option<(String, Guess)> {
        let column = self.column;
        let plain = |kind: &str| Some((kind.to_owned(), None));
        match column.base_type.as_str() {
            "int2" | "int4" | "int8" => plain("integer"),
            "numeric" if guess::is_amount(&plain_name(column)) && self.currency().is_some() => {
                let kind = format!("money, currency: {}", self.currency().unwrap_or_default());
                Some((kind, Some(("money".to_owned(), Ground::Name))))
            }
            "numeric" | "float4" | "float8" | "money" => plain("decimal"),
            "bool" => plain("boolean"),
            "date" => plain("date"),
            "timestamp" | "timestamptz" => plain("timestamp"),
            "uuid" => plain("uuid"),
            "json" | "jsonb" => plain("json"),
            _ if column.category == 'E' => Some((self.enumeration(&column.labels), None)),
            _ if column.category == 'S' => match column.checks.iter().find_map(|check| values_of(check)) {
                Some(values) => Some((self.enumeration(&values), None)),
                None => {
                    let sample = self.answers.samples.get(&(self.table.clone(), column.name.clone()));
                    let guess = guess::text_type(&plain_name(column), column, sample);
                    Some(match guess {
                        Some(guess) => (guess.value.to_owned(), Some((guess.value.to_owned(), guess.ground))),
                        None => ("text".to_owned(), None),
                    })
                }
            },
            _ => None,
        }
    }

    /// The field that says of which currency the amounts of a row are.
    fn currency(&self) -> Option<String> {
        let mut texts = self.relation.columns.iter().filter(|column| column.category == 'S').map(plain_name);
        texts.find(|name| matches!(name.as_str(), "currency" | "currency_code"))
    }

    /// Labels that no document can name make it a text.
    fn enumeration(&self, values: &[String]) -> String {
        let fits = |value: &String| !value.trim().is_empty() && can_be_written(value);
        if values.is_empty() || !values.iter().all(fits) {
            return "text".to_owned();
        }
        yaml::brackets(values.iter().map(String::as_str))
    }

    fn line(&self, name: String, kind: &str, type_guess: Guess, is_reference: bool) -> FieldLine {
        let column = self.column;
        let sample = self.answers.samples.get(&(self.table.clone(), column.name.clone()));
        let class = guess::class(&plain_name(column), self.of_people, column, sample);
        let class = class.filter(|_| !is_reference && !self.relation.primary_key.contains(&column.name));
        let is_required = column.not_null && !column.has_default && column.computed.is_none();
        let values = kind.starts_with('[').then_some(kind);
        let mut parts = vec![format!("type: {}", if values.is_some() { "enum" } else { kind })];
        if name != column.name.as_str() {
            parts.push(format!("column: {}", yaml::text(column.name.as_str())));
        }
        parts.extend(class.map(|class| format!("class: {}", class.value.word())));
        parts.extend(values.map(|values| format!("values: {values}")));
        if is_required {
            parts.push("required: true".to_owned());
        }
        if values.is_none() && column.category == 'S' && !is_reference {
            parts.extend(longest(&column.base_display).map(|longest| format!("max_length: {longest}")));
        }
        let text = match (parts.as_slice(), values) {
            ([_], None) if !kind.contains(',') => kind.to_owned(),
            ([_, _], Some(values)) if parts[1].starts_with("values") => values.to_owned(),
            _ => format!("{{{}}}", parts.join(", ")),
        };
        let mut guesses = Vec::new();
        let guessed = |what, value: &str, from| Guessed { field: name.clone(), what, value: value.to_owned(), from };
        guesses.extend(type_guess.map(|(value, from)| guessed("type", &value, from)));
        guesses.extend(class.map(|class| guessed("class", class.value.word(), class.ground)));
        FieldLine { column: column.name.clone(), text, remark: remark(column, &guesses), guesses, name }
    }
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
