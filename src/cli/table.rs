//! Columns of text for people.

use crate::diagnostic::escape::one_line;
use std::fmt;

/// Left-aligned columns, the last one ragged. Cells are shown on one line, without control characters.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new<'t>(heads: impl IntoIterator<Item = &'t str>) -> Self {
        let mut table = Self::default();
        table.row(heads);
        table
    }

    pub fn row<'t>(&mut self, cells: impl IntoIterator<Item = &'t str>) {
        self.rows.push(cells.into_iter().map(one_line).collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |n: usize| self.rows.iter().filter_map(|row| row.get(n)).map(|cell| cell.chars().count()).max();
        let widths: Vec<usize> = (0..columns).map(|n| width(n).unwrap_or(0)).collect();
        for row in &self.rows {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            writeln!(f, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}
