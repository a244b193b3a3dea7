//! A list as a file.

use super::rows::Rows;
use super::visit::Visit;
use super::{Ask, reply};
use crate::model::{Field, FieldType};
use crate::names::ObjectName;
use crate::site::fault::Fault;
use crate::site::params::Params;
use crate::site::query::{ListQuery, Row, Seek};
use axum::response::Response;

/// Rows that are asked for at once.
const STEP: usize = 1000;
/// A file is made before it is sent, so that one that cannot be finished is not taken for the whole.
const LARGEST: usize = 32 * 1024 * 1024;

/// The list as its address narrows and sorts it, to the last row that may be taken away.
pub async fn send(ask: &Ask<'_>, object: &ObjectName) -> Result<Response, Fault> {
    let mut visit = Visit::begin(ask).await?;
    let rows = Rows::of(ask, &visit.viewer, object)?;
    let most = visit.viewer.persona.writable.objects.get(object).and_then(|writable| writable.export);
    let most = most.ok_or_else(Fault::not_found)?;
    let params = Params::read(ask.query, rows.object, rows.facet, &rows.shape)?;
    let fields: Vec<&Field> = rows.facet.fields.iter().filter_map(|name| rows.object.fields.get(name)).collect();
    let selection = rows.selection(&fields, false);
    let fields: Vec<&Field> = fields.into_iter().filter(|field| selection.fields.contains(&field.name)).collect();
    let sort = params.sort.or_else(|| rows.shape.default_sort());
    let filters = params.filters(&rows.shape);
    let mut file = File::new(&fields)?;
    let mut seek: Option<Seek> = None;
    let mut left = most;
    while left > 0 {
        let query = ListQuery {
            object: rows.object,
            role: &rows.facet.role,
            types: &ask.site.types,
            timezone: &ask.site.model.project.timezone,
            selection: &selection,
            filters: &filters,
            sort: sort.map(|(field, _)| &field.column),
            descending: sort.is_some_and(|(_, descending)| descending),
            seek: seek.as_ref(),
            rows: STEP.min(left),
        };
        let mut page = query.run(&mut visit.reading).await?;
        rows.name_keys(&mut page.rows, &mut visit.reading).await?;
        for row in &page.rows {
            file.add(row, &fields)?;
        }
        left -= page.rows.len().min(left);
        let Some(last) = page.rows.last().filter(|_| page.more) else { break };
        let sorted_by = sort.map(|_| last.sorted_by.clone());
        seek = Some(Seek { back: false, sorted_by, key: last.key.clone() });
    }
    Ok(reply::file(&format!("{object}.csv"), "text/csv; charset=utf-8", file.finish()?))
}

struct File {
    writer: csv::Writer<Vec<u8>>,
    bytes: usize,
}

impl File {
    /// Begins with the mark by which spreadsheets know the text for UTF-8.
    fn new(fields: &[&Field]) -> Result<Self, Fault> {
        let writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
        let mut file = Self { writer, bytes: 0 };
        file.write(fields.iter().map(|field| harmless(&field.label, false)).collect())?;
        Ok(file)
    }

    fn add(&mut self, row: &Row, fields: &[&Field]) -> Result<(), Fault> {
        let cell = |field: &&Field| {
            let text = row.references.get(&field.name).or_else(|| row.names.get(&field.name)).map(String::as_str);
            let text = text.or_else(|| row.values.get(&field.name).and_then(Option::as_deref)).unwrap_or_default();
            let number = matches!(field.field_type, FieldType::Integer | FieldType::Decimal | FieldType::Money);
            harmless(text, number)
        };
        self.write(fields.iter().map(cell).collect())
    }

    fn write(&mut self, cells: Vec<String>) -> Result<(), Fault> {
        self.bytes += cells.iter().map(|cell| cell.len() + 3).sum::<usize>();
        if self.bytes > LARGEST {
            return Err(Fault::bad_request(
                "This file would be too large. Narrow the list by a filter, then try again.",
            ));
        }
        self.writer.write_record(cells).map_err(|error| Fault::internal(error.to_string()))
    }

    fn finish(self) -> Result<Vec<u8>, Fault> {
        self.writer.into_inner().map_err(|error| Fault::internal(error.to_string()))
    }
}

/// A spreadsheet takes a cell that begins so for a formula, and runs it. A number stays one.
fn harmless(text: &str, number: bool) -> String {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = number && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let begins = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if begins && !is_number { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "-2+3+cmd|' /C calc'!A0"] {
            assert_eq!(harmless(text, false), format!("'{text}"));
        }
        assert_eq!(harmless("-12.50", true), "-12.50");
        assert_eq!(harmless("-12+1", true), "'-12+1");
        assert_eq!((harmless("a=1", false), harmless("", false)), ("a=1".to_owned(), String::new()));
    }
}
