//! What the parts have to say: sections of text and tables, printed as they come and kept for the document.

use std::fmt::{self, Write as _};
use std::time::Duration;

/// Everything that was measured so far.
#[derive(Default)]
pub struct Report {
    pub sections: Vec<Section>,
}

pub struct Section {
    pub title: &'static str,
    pub blocks: Vec<Block>,
}

pub enum Block {
    /// In Markdown; for the document only.
    Text(String),
    Table(Table),
}

impl Report {
    /// Begins a section. What follows belongs to it.
    pub fn section(&mut self, title: &'static str) {
        println!("\n== {title}");
        self.sections.push(Section {
            title,
            blocks: Vec::new(),
        });
    }

    pub fn text(&mut self, text: impl Into<String>) {
        self.add(Block::Text(text.into()));
    }

    pub fn table(&mut self, table: Table) {
        println!("\n{table}");
        self.add(Block::Table(table));
    }

    fn add(&mut self, block: Block) {
        let section = self.sections.last_mut();
        section.expect("a section was begun").blocks.push(block);
    }

    /// How many of the promises were kept.
    pub fn summary(&self) -> String {
        let judged = self.rows().filter(|(_, row)| row.verdict != Verdict::Open);
        let missed = self.missed().count();
        let all = judged.count();
        format!("{} of {all} requirements are met", all - missed)
    }

    /// The promises that were not kept.
    pub fn missed(&self) -> impl Iterator<Item = String> + '_ {
        self.rows()
            .filter(|(_, row)| row.verdict == Verdict::Missed)
            .map(|(table, row)| format!("{}: {}", table.title, row.cells[..table.names].join(", ")))
    }

    fn rows(&self) -> impl Iterator<Item = (&Table, &Row)> {
        self.sections
            .iter()
            .flat_map(|section| &section.blocks)
            .filter_map(|block| match block {
                Block::Table(table) => Some(table),
                Block::Text(_) => None,
            })
            .flat_map(|table| table.rows.iter().map(move |row| (table, row)))
    }
}

/// Says what is being measured, where that takes long.
pub fn progress(what: &str) {
    eprintln!("   … {what}");
}

/// Numbers below a heading, and whether each row is as it must be.
pub struct Table {
    pub title: String,
    header: Vec<&'static str>,
    /// How many columns name a row, from the left; the others hold numbers.
    names: usize,
    /// What a row is called that is as it must be, and one that is not.
    words: (&'static str, &'static str),
    rows: Vec<Row>,
}

struct Row {
    cells: Vec<String>,
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is required of it.
    Open,
    Met,
    Missed,
}

impl Verdict {
    pub fn of(is_met: bool) -> Self {
        if is_met { Self::Met } else { Self::Missed }
    }
}

impl Table {
    /// A table whose first column names its rows.
    pub fn new(title: impl Into<String>, header: &[&'static str]) -> Self {
        Self {
            title: title.into(),
            header: header.to_vec(),
            names: 1,
            words: ("yes", "**no**"),
            rows: Vec::new(),
        }
    }

    /// The first so many columns name a row.
    pub fn named_by(mut self, names: usize) -> Self {
        self.names = names;
        self
    }

    /// Other words than yes and no.
    pub fn called(mut self, met: &'static str, missed: &'static str) -> Self {
        self.words = (met, missed);
        self
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>, verdict: Verdict) {
        let cells: Vec<String> = cells.into_iter().collect();
        assert_eq!(cells.len(), self.header.len(), "{cells:?}");
        self.rows.push(Row { cells, verdict });
    }

    /// The heading, and whether rows are judged: then a last column says so.
    fn header(&self) -> Vec<&str> {
        let mut header = self.header.clone();
        if self.is_judged() {
            header.push("as required");
        }
        header
    }

    fn is_judged(&self) -> bool {
        self.rows.iter().any(|row| row.verdict != Verdict::Open)
    }

    /// The cells of each row, with the verdict behind them where there is a column for it.
    fn lines(&self) -> impl Iterator<Item = Vec<&str>> {
        self.rows.iter().map(|row| {
            let mut cells: Vec<&str> = row.cells.iter().map(String::as_str).collect();
            if self.is_judged() {
                cells.push(match row.verdict {
                    Verdict::Open => "–",
                    Verdict::Met => self.words.0,
                    Verdict::Missed => self.words.1,
                });
            }
            cells
        })
    }

    /// Whether a column holds numbers.
    fn is_number(&self, column: usize) -> bool {
        (self.names..self.header.len()).contains(&column)
    }

    pub fn markdown(&self) -> String {
        let header = self.header();
        let mut text = format!("**{}**\n\n| {} |\n|", self.title, header.join(" | "));
        for column in 0..header.len() {
            text.push_str(if self.is_number(column) {
                "---:|"
            } else {
                "---|"
            });
        }
        for cells in self.lines() {
            let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
            let _ = write!(text, "\n| {} |", cells.join(" | "));
        }
        text.push('\n');
        text
    }
}

/// As it is printed: columns as wide as they must be.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        let mut lines = vec![self.header()];
        lines.extend(self.lines());
        let width = |column: usize| {
            let widths = lines
                .iter()
                .map(|cells| plain(cells[column]).chars().count());
            widths.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
        for cells in &lines {
            let mut line = String::new();
            for (column, cell) in cells.iter().enumerate() {
                let (cell, width) = (plain(cell), widths[column]);
                let _ = if self.is_number(column) {
                    write!(line, "  {cell:>width$}")
                } else {
                    write!(line, "  {cell:<width$}")
                };
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A cell without its Markdown.
fn plain(cell: &str) -> String {
    cell.replace("**", "").replace('`', "")
}

/// A number as in 100,000.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub fn milliseconds(time: Duration) -> String {
    let time = time.as_secs_f64() * 1e3;
    if time < 100.0 {
        format!("{time:.1} ms")
    } else {
        format!("{} ms", grouped(time.round() as usize))
    }
}

pub fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

pub fn ratio(ratio: f64) -> String {
    format!("{ratio:.2}")
}

/// The one in the middle.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
