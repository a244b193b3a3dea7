//! Answers of SQL statements, as text, CSV or JSON.

use super::table::Table;
use crate::adapters::postgres::as_persona::{Answer, AnswerColumn};
use clap::ValueEnum;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    Text,
    Csv,
    Json,
}

pub fn render(answer: &Answer, format: AnswerFormat) -> String {
    match format {
        AnswerFormat::Text => text(answer),
        AnswerFormat::Csv => csv(answer),
        AnswerFormat::Json => json(answer),
    }
}

fn text(answer: &Answer) -> String {
    if answer.columns.is_empty() {
        return format!("{}\n", count(usize::try_from(answer.affected).unwrap_or(usize::MAX)));
    }
    let mut table = Table::new(answer.columns.iter().map(|column| column.name.as_str()));
    for row in &answer.rows {
        table.row(row.iter().map(|cell| cell.as_deref().unwrap_or("NULL")));
    }
    format!("{table}({})\n", count(answer.rows.len()))
}

fn count(rows: usize) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }
}

/// NULL is an empty cell, an empty text a quoted one.
fn csv(answer: &Answer) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let cell = |text: &str| {
        let plain = !text.is_empty() && !text.contains(['"', ',', '\n', '\r']);
        if plain { text.to_owned() } else { quoted(text) }
    };
    let heads: Vec<String> = answer.columns.iter().map(|column| cell(&column.name)).collect();
    let mut lines = vec![heads.join(",")];
    for row in &answer.rows {
        let cells: Vec<String> = row.iter().map(|value| value.as_deref().map_or_else(String::new, cell)).collect();
        lines.push(cells.join(","));
    }
    format!("{}\r\n", lines.join("\r\n"))
}

fn json(answer: &Answer) -> String {
    let rows: Vec<serde_json::Value> = answer
        .rows
        .iter()
        .map(|row| {
            let cells = answer.columns.iter().zip(row);
            cells.map(|(column, value)| (column.name.clone(), json_value(column, value.as_deref()))).collect()
        })
        .collect();
    format!("{}\n", serde_json::json!({ "rows": rows, "affected": answer.affected }))
}

/// Numbers that JSON can hold exactly as written, booleans and JSON keep their type.
fn json_value(column: &AnswerColumn, value: Option<&str>) -> serde_json::Value {
    let Some(text) = value else { return serde_json::Value::Null };
    match column.type_name.as_str() {
        "BOOL" => serde_json::Value::Bool(text == "t"),
        "INT2" | "INT4" | "INT8" | "JSON" | "JSONB" => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> Answer {
        let column = |name: &str, type_name: &str| AnswerColumn { name: name.into(), type_name: type_name.into() };
        Answer {
            columns: vec![column("id", "INT4"), column("name", "TEXT")],
            rows: vec![
                vec![Some("1".into()), Some("a \"b\", c".into())],
                vec![Some("2".into()), None],
                vec![Some("3".into()), Some(String::new())],
            ],
            affected: 3,
        }
    }

    #[test]
    fn csv_tells_null_from_an_empty_text() {
        assert_eq!(render(&answer(), AnswerFormat::Csv), "id,name\r\n1,\"a \"\"b\"\", c\"\r\n2,\r\n3,\"\"\r\n");
    }

    #[test]
    fn json_keeps_integers_and_null() {
        let parsed: serde_json::Value = serde_json::from_str(&render(&answer(), AnswerFormat::Json)).unwrap();
        assert_eq!(parsed["rows"][0]["id"], 1);
        assert_eq!(parsed["rows"][1]["name"], serde_json::Value::Null);
    }

    #[test]
    fn text_is_counted() {
        assert!(render(&answer(), AnswerFormat::Text).ends_with("(3 rows)\n"));
    }
}
