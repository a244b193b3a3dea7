//! Tenants from a CSV file: each row is brought to the tree of a tenant document, with the place of each
//! cell, so that the same table says what is wrong with it.

use super::conform::{conform, shown};
use super::document::TenantDoc;
use super::findings::Findings;
use super::grammar::TENANT_ROW;
use super::lower;
use super::tree::{Content, Entry, Node, Scalar};
use crate::diagnostic::{FileId, Finding, Span, Spanned, closest};

/// What stands before the name of a further key: `keys.erp`.
const KEYS: &str = "keys.";

pub(super) fn tenants(text: &str, file: FileId, findings: &mut Findings) -> Vec<TenantDoc> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut columns: Option<Vec<Column>> = None;
    let mut tenants = Vec::new();
    loop {
        let start = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                findings.push(Finding::error(
                    "csv-syntax",
                    Span::new(file, start, start),
                    format!("this row cannot be read: {error}"),
                ));
                continue;
            }
        }
        let row = Row { text, file, spans: cells(text, start) };
        match &columns {
            None => columns = Some(header(&record, &row, findings)),
            Some(columns) => tenants.extend(tenant(columns, &record, &row, findings)),
        }
    }
    if columns.is_none() {
        findings.push(
            Finding::error("missing-key", Span::file_start(file), "this file has no header")
                .hint("begin it with the names of the columns: `name,title,tenant_kind,key,parent,tier`"),
        );
    }
    tenants
}

/// A column of the file, once its header is known to be right; `None`: reported, and skipped.
type Column = Option<Spanned<String>>;

struct Row<'a> {
    text: &'a str,
    file: FileId,
    /// Start and end of every cell, quotation marks included.
    spans: Vec<(usize, usize)>,
}

impl Row<'_> {
    fn span(&self, cell: usize) -> Span {
        let (start, end) = self.spans.get(cell).copied().unwrap_or_else(|| self.extent());
        Span::new(self.file, start, end)
    }

    fn extent(&self) -> (usize, usize) {
        let start = self.spans.first().map_or(0, |(start, _)| *start);
        (start, self.spans.last().map_or(self.text.len(), |(_, end)| *end))
    }

    fn whole(&self) -> Span {
        let (start, end) = self.extent();
        Span::new(self.file, start, end)
    }
}

fn header(record: &csv::StringRecord, row: &Row<'_>, findings: &mut Findings) -> Vec<Column> {
    let known: Vec<&str> = TENANT_ROW.keys.iter().map(|key| key.name).filter(|key| *key != "keys").collect();
    let mut columns: Vec<Column> = Vec::new();
    for (cell, name) in record.iter().enumerate() {
        let span = row.span(cell);
        let is_twice = columns.iter().flatten().find(|column| column.value == name);
        if let Some(first) = is_twice {
            findings.push(
                Finding::error("duplicate-key", span, format!("the column `{}` is there twice", shown(name)))
                    .label(first.span, "first written here"),
            );
            columns.push(None);
        } else if known.contains(&name) || name.strip_prefix(KEYS).is_some_and(|key| !key.is_empty()) {
            columns.push(Some(Spanned::new(name.to_owned(), span)));
        } else {
            findings.push(unknown_column(name, &known, span));
            columns.push(None);
        }
    }
    columns
}

fn unknown_column(name: &str, known: &[&str], span: Span) -> Finding {
    let finding = Finding::error("unknown-key", span, format!("tenants have no column `{}`", shown(name)));
    if name.contains([';', '\t']) {
        return finding.hint("separate the columns with commas");
    }
    let all = format!("the columns are {}, and `keys.<name>` for further keys", known.join(", "));
    match closest(name, known.iter().copied()) {
        Some(near) => finding.why(all).hint(format!("did you mean `{near}`?")),
        None => finding.hint(all),
    }
}

fn tenant(columns: &[Column], record: &csv::StringRecord, row: &Row<'_>, findings: &mut Findings) -> Option<TenantDoc> {
    if record.len() != columns.len() {
        findings.push(
            Finding::error(
                "csv-syntax",
                row.whole(),
                format!("this row has {} cells, the header has {}", record.len(), columns.len()),
            )
            .hint("write an empty cell where there is no value, and quote a value that holds a comma"),
        );
        return None;
    }
    let mut entries = Vec::new();
    let mut keys = Vec::new();
    for (cell, (column, value)) in columns.iter().zip(record).enumerate() {
        // An empty cell is no value; but every tenant has a name, and where it is missing is in its cell.
        let Some(column) = column.as_ref().filter(|column| !value.is_empty() || column.value == "name") else {
            continue;
        };
        let span = row.span(cell);
        let value = Node { span, content: Content::Scalar(Scalar { text: value.to_owned(), plain: false }) };
        let name = column.value.strip_prefix(KEYS);
        let key = Spanned::new(name.unwrap_or(&column.value).to_owned(), span);
        let entry = Entry { key, key_is_plain: false, value };
        if name.is_some() { keys.push(entry) } else { entries.push(entry) }
    }
    if !keys.is_empty() {
        let key = Spanned::new("keys".to_owned(), row.whole());
        entries.push(Entry {
            key,
            key_is_plain: false,
            value: Node { span: row.whole(), content: Content::Map(keys) },
        });
    }
    let node = Node { span: row.whole(), content: Content::Map(entries) };
    conform(&node, &TENANT_ROW, findings);
    lower::tenant(&node).map(|doc| TenantDoc { branding: None, ..doc })
}

/// Where each cell of the row at `start` stands; what they hold is the csv reader's to say.
fn cells(text: &str, start: usize) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at =
        start + bytes[start.min(bytes.len())..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let mut cells = Vec::new();
    loop {
        let begin = at;
        let mut quoted = bytes.get(at) == Some(&b'"');
        at += usize::from(quoted);
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' if quoted && bytes.get(at + 1) == Some(&b'"') => at += 1,
                b'"' if quoted => quoted = false,
                b',' | b'\r' | b'\n' if !quoted => break,
                _ => {}
            }
            at += 1;
        }
        cells.push((begin, at));
        if bytes.get(at) != Some(&b',') {
            return cells;
        }
        at += 1;
    }
}
