//! Rows of one object as a page shows them: cells, names, addresses.

use super::Ask;
use crate::model::{Field, FieldType, Object, Page, Sort};
use crate::names::{ColumnName, FieldName, ObjectName};
use crate::site::fault::Fault;
use crate::site::format::{self, Meaning};
use crate::site::portal::{PersonaSite, slug};
use crate::site::query::{NamesQuery, QueryError, Reading, Row, Scene, Selection};
use crate::site::readable::{Link, ReadableFacet, holds_key};
use crate::site::shape::Shape;
use crate::site::view::{Cell, CellKind, NamedLink, RowView, TableColumn};
use crate::site::{key, wording};

/// One object as one facet of the persona shows it.
pub struct Rows<'a> {
    ask: &'a Ask<'a>,
    persona: &'a PersonaSite,
    pub object: &'a Object,
    pub facet: &'a ReadableFacet,
    pub shape: Shape<'a>,
}

impl<'a> Rows<'a> {
    pub fn new(ask: &'a Ask<'a>, persona: &'a PersonaSite, object: &'a Object, facet: &'a ReadableFacet) -> Self {
        let shape = Shape::of(object, facet, &ask.site.types);
        Self { ask, persona, object, facet, shape }
    }

    /// The object in the facet that has most of its rows.
    ///
    /// # Errors
    /// Where this persona has no such page: a guest is asked to sign in, anybody else sees that there is none.
    pub fn of(ask: &'a Ask<'a>, viewer: &super::visit::Viewer<'a>, object: &ObjectName) -> Result<Self, Fault> {
        let found = ask.site.model.objects.get(object).zip(viewer.persona.readable.most_rows(object));
        match found {
            Some((object, facet)) => Ok(Self::new(ask, viewer.persona, object, facet)),
            None if viewer.user.is_none() => Err(Fault::SignIn { stale: false }),
            None => Err(Fault::not_found()),
        }
    }

    /// The same rows in the order that a page says.
    pub fn sorted_by(self, sort: Option<&Sort>) -> Self {
        Self { shape: self.shape.sorted_by(sort), ..self }
    }

    /// What to ask for to show these fields, and to name the row.
    pub fn selection(&self, fields: &[&Field], cut: bool) -> Selection {
        let mut names: Vec<FieldName> = Vec::new();
        let above = self.shape.above.filter(|_| self.shape.title.is_empty());
        for field in self.shape.title.iter().chain(&self.shape.called).chain(&above).chain(fields) {
            let plain = |name: &&FieldName| self.facet.fields.contains(name) && !self.facet.masked.contains(*name);
            let currency = field.currency.iter().filter(plain);
            for name in std::iter::once(&field.name).chain(currency) {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
        let scene = Scene {
            objects: &self.ask.site.model.objects,
            readable: &self.persona.readable,
            types: &self.ask.site.types,
            timezone: &self.ask.site.model.project.timezone,
        };
        Selection::new(scene, self.object, self.facet, &names, cut)
    }

    /// Finds what people and tenants are called whose keys stand in the rows.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn name_keys(&self, found: &mut [Row], reading: &mut Reading) -> Result<(), QueryError> {
        let holds = |row: &Row| self.facet.named.iter().any(|name| matches!(row.values.get(name), Some(Some(_))));
        if !found.iter().any(holds) {
            return Ok(());
        }
        let control = &self.ask.site.model.project.control_schema;
        let query = NamesQuery { object: &self.object.name, control, role: &self.facet.role };
        let names = query.run(found, reading).await?;
        for row in found {
            let keys = row.values.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?)));
            row.names = keys.filter_map(|key| Some((key.0.clone(), names.get(&key)?.clone()))).collect();
        }
        Ok(())
    }

    pub fn cell(&self, row: &Row, field: &Field) -> Cell {
        let value = |name: &FieldName| row.values.get(name).and_then(Option::as_deref);
        let link = self.facet.links.iter().find(|link| link.field.as_ref() == Some(&field.name));
        let text = value(&field.name);
        if let (Some(title), Some(link), Some(text)) = (row.references.get(&field.name), link, text) {
            return self.reference(link, title, text);
        }
        let masked = self.facet.masked.contains(&field.name);
        if holds_key(field) && text.is_some() && !masked {
            return match row.names.get(&field.name) {
                Some(name) => Cell::new(CellKind::Text, name),
                None => Cell::new(CellKind::Unseen, "Not visible to you"),
            };
        }
        // A random key is no name: what it leads to is nothing that this reader sees.
        let random = text.is_some_and(|text| uuid::Uuid::try_parse(text).is_ok());
        if random && matches!(field.field_type, FieldType::Reference(_)) {
            return Cell::new(CellKind::Unseen, "Not visible to you");
        }
        let meaning = Meaning {
            // A mask of a number or an address is none.
            field_type: if masked { &FieldType::Text } else { &field.field_type },
            currency: field.currency.as_ref().and_then(value),
            called: text.and_then(|text| field.value_labels.get(text)).map(|label| &**label),
            identifies: link.is_some() || self.object.key.contains(&field.column),
        };
        let mut cell = format::cell(text, meaning);
        // A list full of coloured marks would mark nothing: only how a row stands, and what stands out.
        let is_state = self.shape.state_is_plain && self.shape.state.is_some_and(|state| state.name == field.name);
        if cell.kind == CellKind::Tag && cell.tone.is_empty() && !is_state {
            cell.kind = CellKind::Text;
        }
        cell
    }

    fn reference(&self, link: &Link, title: &str, key: &str) -> Cell {
        let address = key::encode([Some(key)]);
        let href = format!("{}/{}/{address}", self.ask.base, slug(&link.target));
        Cell::new(CellKind::Reference, title).leading_to(href)
    }

    /// What the row is called: its title, or what it is and its key.
    pub fn name(&self, row: &Row) -> String {
        let title: Vec<String> = self
            .shape
            .title
            .iter()
            .map(|field| self.cell(row, field).text)
            .filter(|text| !text.trim().is_empty())
            .collect();
        if !title.is_empty() {
            return title.join(" ");
        }
        match self.shape.called.map(|field| self.cell(row, field)) {
            Some(cell) if !matches!(cell.kind, CellKind::None | CellKind::Unseen) => cell.text,
            None if !self.key_is_random(row) => format!("{} {}", self.object.label_one, self.own_key(row)),
            _ => self.object.label_one.to_string(),
        }
    }

    /// What stands over the row's own page: what it is called, and where it has no title, what it is a part of as well.
    pub fn heading(&self, row: &Row) -> String {
        let text = |field: &&Field| !self.cell(row, field).text.trim().is_empty();
        if self.shape.title.iter().any(text) {
            return self.name(row);
        }
        let above = self.shape.above.and_then(|field| {
            let title = row.references.get(&field.name)?;
            let link = self.facet.links.iter().find(|link| link.field.as_ref() == Some(&field.name))?;
            Some((&self.ask.site.model.objects.get(&link.target)?.label_one, title))
        });
        match above {
            Some((label, title)) => format!("{} of {label} {title}", self.object.label_one),
            None => self.name(row),
        }
    }

    /// A random key tells a reader nothing.
    fn key_is_random(&self, row: &Row) -> bool {
        uuid::Uuid::try_parse(&self.own_key(row)).is_ok()
    }

    /// The parts of the key that are the row's own: line 3 of an order is line 3.
    fn own_key(&self, row: &Row) -> String {
        let links = &self.facet.links;
        let leads = |column: &ColumnName| links.iter().any(|link| link.columns.contains(column));
        let parts = self.object.key.iter().zip(&row.key);
        let own: Vec<&str> = parts.filter(|(column, _)| !leads(column)).map(|(_, part)| part.as_str()).collect();
        if own.is_empty() { row.key.join(" / ") } else { own.join(" / ") }
    }

    pub fn href(&self, row: &Row) -> String {
        format!("{}/{}", self.path(), key::encode(row.key.iter().map(|part| Some(part.as_str()))))
    }

    /// The list's address.
    pub fn path(&self) -> String {
        format!("{}/{}", self.ask.base, slug(&self.object.name))
    }

    /// The form for a new one, where this persona may be offered it.
    pub fn creation(&self) -> Option<NamedLink> {
        self.persona.writable.objects.get(&self.object.name)?.creates.first()?;
        Some(NamedLink { label: format!("New {}", self.label_one()), href: format!("{}/new", self.path()) })
    }

    /// The columns of a table, the first of which names the row.
    pub fn columns(&self, fields: &[&Field]) -> Vec<TableColumn> {
        let first = match &self.shape.title[..] {
            [] => self.shape.called.map_or(&self.object.label_one, |field| &field.label).to_string(),
            [only] => only.label.to_string(),
            _ => "Name".to_owned(),
        };
        let column = |label: String, align| TableColumn { label, align, sort: None };
        let others = fields.iter().map(|field| {
            let number = matches!(field.field_type, FieldType::Integer | FieldType::Decimal | FieldType::Money);
            column(field.label.to_string(), if number && !self.is_link(field) { "end" } else { "start" })
        });
        std::iter::once(column(first, "start")).chain(others).collect()
    }

    fn is_link(&self, field: &Field) -> bool {
        self.facet.links.iter().any(|link| link.field.as_ref() == Some(&field.name))
    }

    pub fn row(&self, row: &Row, fields: &[&Field]) -> RowView {
        let name = self.name(row);
        let first = Cell::new(CellKind::Text, name.clone());
        let others = fields.iter().map(|field| self.cell(row, field));
        RowView { href: self.href(row), cells: std::iter::once(first).chain(others).collect(), name }
    }

    /// The columns of a page that this facet shows, beside what rows are called by; `None`: the page names none.
    pub fn of_page(&self, page: &Page) -> Option<Vec<&'a Field>> {
        if page.columns.is_empty() {
            return None;
        }
        let shown = |name: &&FieldName| {
            let mut first = self.shape.title.iter().chain(&self.shape.called);
            self.facet.fields.contains(name) && !first.any(|field| field.name == **name)
        };
        let fields = page.columns.iter().filter(shown).filter_map(|name| self.object.fields.get(name));
        Some(fields.filter(|field| self.ask.site.types.column(&self.object.table, &field.column).is_some()).collect())
    }

    /// What to call one in the middle of a sentence.
    pub fn label_one(&self) -> String {
        wording::in_sentence(&self.object.label_one)
    }

    /// What to call rows in the middle of a sentence.
    pub fn label_many(&self) -> String {
        wording::in_sentence(&self.object.label_many)
    }
}

/// The icon of an object.
pub fn icon(object: &Object) -> &'static str {
    match wording::icon(object.name.as_str()) {
        "records" => wording::icon(&object.label_many.to_lowercase().replace(' ', "_")),
        known => known,
    }
}
