//! What a list's address asks for, and the addresses of its neighbours. A parameter that means
//! nothing is passed over; one that means something and cannot be is a bad request.
//!
//! ```text
//! q=…                     search              sort=field, sort=-field
//! f.status=open           enum or boolean     f.created_at.from=2025-01-31, f.created_at.to=…
//! of.case_id=42           rows of one record  after=…, before=…   where the page begins
//! ```

use super::fault::Fault;
use super::key;
use super::query::{Bound, Filter, Seek};
use super::readable::{Link, ReadableFacet};
use super::shape::Shape;
use crate::model::{Field, FieldType, Object};
use crate::names::FieldName;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use time::Date;
use time::macros::format_description;

/// Words of a search that count.
pub const MOST_WORDS: usize = 6;
const MOST_LETTERS: usize = 200;

#[derive(Debug, Clone, Default)]
pub struct Params<'a> {
    pub search: String,
    pub choices: Vec<(&'a Field, String)>,
    pub days: Vec<(&'a Field, Bound, String)>,
    pub of: Option<(&'a Link, Vec<String>)>,
    /// `None`: the list's own order.
    pub sort: Option<(&'a Field, bool)>,
    pub seek: Option<Seek>,
}

impl<'a> Params<'a> {
    /// Reads the pairs of the address.
    ///
    /// # Errors
    /// A date that is none, a value that the enum does not have, a key or page that cannot be read.
    pub fn read(
        pairs: &[(String, String)],
        object: &Object,
        facet: &'a ReadableFacet,
        shape: &Shape<'a>,
    ) -> Result<Self, Fault> {
        let mut params = Self::default();
        let mut seek = None;
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            if value.contains('\0') {
                return Err(Fault::bad_request("The address holds a character that no value can have."));
            }
            match name.as_str() {
                "q" => params.search = value.trim().chars().take(MOST_LETTERS).collect(),
                "sort" => params.sort = sort(value, shape),
                "after" => seek = Some((value, false)),
                "before" => seek = Some((value, true)),
                other => params.narrow(other, value, object, facet, shape)?,
            }
        }
        if shape.searched.is_empty() {
            params.search.clear();
        }
        if let Some((value, back)) = seek {
            let sorted = params.sort.or_else(|| shape.default_sort()).is_some();
            let at = read_seek(value, back, sorted, object.key.len());
            params.seek = Some(at.ok_or_else(|| Fault::bad_request("This page of the list cannot be found."))?);
        }
        Ok(params)
    }

    fn narrow(
        &mut self,
        name: &str,
        value: &str,
        object: &Object,
        facet: &'a ReadableFacet,
        shape: &Shape<'a>,
    ) -> Result<(), Fault> {
        if let Some(link) = name.strip_prefix("of.") {
            let Some(link) = facet.links.iter().find(|known| known.name == link) else { return Ok(()) };
            let columns = link.columns.len();
            let key =
                key::decode_key(value, columns).ok_or_else(|| Fault::bad_request("This record cannot be found."))?;
            self.of = Some((link, key));
            return Ok(());
        }
        let Some(name) = name.strip_prefix("f.") else { return Ok(()) };
        let (name, bound) = match name.rsplit_once('.') {
            Some((name, "from")) => (name, Some(Bound::From)),
            Some((name, "to")) => (name, Some(Bound::Until)),
            _ => (name, None),
        };
        let find = |fields: &[&'a Field]| fields.iter().copied().find(|field| field.name.as_str() == name);
        match bound {
            Some(bound) => {
                let Some(field) = find(&shape.days) else { return Ok(()) };
                // The calendar ends before PostgreSQL's does, and adding a day must not leave it.
                let day = Date::parse(value, format_description!("[year]-[month]-[day]"));
                let sound = day.is_ok_and(|day| (1..=9998).contains(&day.year()));
                if !sound {
                    return Err(Fault::bad_request(format!("`{value}` is not a date: write it as 2025-01-31.")));
                }
                self.days.retain(|(known, at, _)| (&known.name, *at) != (&field.name, bound));
                self.days.push((field, bound, value.to_owned()));
            }
            None => {
                let Some(field) = find(&shape.choices) else { return Ok(()) };
                if !choices(field).iter().any(|choice| choice == value) {
                    let label = &field.label;
                    let many = &object.label_many;
                    return Err(Fault::bad_request(format!("{label} of {many} has no value `{value}`.")));
                }
                self.choices.retain(|(known, _)| known.name != field.name);
                self.choices.push((field, value.to_owned()));
            }
        }
        Ok(())
    }

    /// All that narrows the list.
    pub fn filters(&self, shape: &Shape<'_>) -> Vec<Filter> {
        let choices = self.choices.iter();
        let days = self.days.iter();
        let words: Vec<String> = self.search.split_whitespace().take(MOST_WORDS).map(str::to_owned).collect();
        let searched = shape.searched.iter().map(|field| field.column.clone()).collect();
        let of = self.of.iter();
        of.map(|(link, key)| Filter::Key { columns: link.columns.clone(), values: key.clone() })
            .chain(choices.map(|(field, value)| Filter::Equals { column: field.column.clone(), value: value.clone() }))
            .chain(days.map(|(field, bound, day)| Filter::Days {
                column: field.column.clone(),
                bound: *bound,
                day: day.clone(),
            }))
            .chain((!words.is_empty()).then_some(Filter::Search { columns: searched, words }))
            .collect()
    }

    /// The address of this list at `path`, from its first page.
    pub fn address(&self, path: &str) -> String {
        self.build(path, None)
    }

    /// The same list just after a row, or just before it.
    pub fn address_at(&self, path: &str, seek: &Seek) -> String {
        self.build(path, Some(seek))
    }

    fn build(&self, path: &str, seek: Option<&Seek>) -> String {
        let mut pairs: Vec<(String, String)> = Vec::new();
        if let Some((link, values)) = &self.of {
            pairs.push((format!("of.{}", link.name), key::encode(values.iter().map(|value| Some(value.as_str())))));
        }
        if !self.search.is_empty() {
            pairs.push(("q".to_owned(), self.search.clone()));
        }
        pairs.extend(self.choices.iter().map(|(field, value)| (format!("f.{}", field.name), value.clone())));
        for (field, bound, day) in &self.days {
            let end = if *bound == Bound::From { "from" } else { "to" };
            pairs.push((format!("f.{}.{end}", field.name), day.clone()));
        }
        if let Some((field, descending)) = self.sort {
            pairs.push(("sort".to_owned(), sort_value(&field.name, descending)));
        }
        if let Some(seek) = seek {
            let sorted = seek.sorted_by.iter().map(|value| value.as_deref());
            let at = key::encode(sorted.chain(seek.key.iter().map(|part| Some(part.as_str()))));
            pairs.push((if seek.back { "before" } else { "after" }.to_owned(), at));
        }
        let query: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
            .collect();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
    }
}

/// `created_at`, or `-created_at` for the other way round.
pub fn sort_value(field: &FieldName, descending: bool) -> String {
    format!("{}{field}", if descending { "-" } else { "" })
}

fn sort<'a>(value: &str, shape: &Shape<'a>) -> Option<(&'a Field, bool)> {
    let (name, descending) = value.strip_prefix('-').map_or((value, false), |name| (name, true));
    let field = shape.sortable.iter().copied().find(|field| field.name.as_str() == name)?;
    Some((field, descending))
}

fn read_seek(value: &str, back: bool, sorted: bool, keys: usize) -> Option<Seek> {
    let mut parts = key::decode(value)?;
    if parts.len() != keys + usize::from(sorted) {
        return None;
    }
    let sorted_by = sorted.then(|| parts.remove(0));
    let key = parts.into_iter().collect::<Option<_>>()?;
    Some(Seek { back, sorted_by, key })
}

/// The values that a choice may have.
pub fn choices(field: &Field) -> Vec<String> {
    match &field.field_type {
        FieldType::Enum(values) => values.clone(),
        FieldType::Boolean => vec!["true".to_owned(), "false".to_owned()],
        _ => Vec::new(),
    }
}
