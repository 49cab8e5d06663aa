//! The page itself.

use std::fmt::Write as _;

use confluence::tables;

use crate::reading::{BY_FUNCTIONS, How, Reading};

pub fn in_markdown(readings: &[Reading]) -> String {
    let (new, old): (Vec<&Reading>, Vec<&Reading>) =
        readings.iter().partition(|reading| reading.is_version_2());
    let mut out = format!(
        "# Coverage\n\n\
         Every operation of Confluence Cloud's REST API that only reads, and the table that reads it. This page is\n\
         written from the tables' declarations and the published documents of the API; a test keeps it so, and fails\n\
         where an operation is neither read nor left out for a reason.\n\n\
         {} tables read {} of the {} operations of version 2. The same rows as those of {} more are in these tables,\n\
         and {} cannot be read. Version 1 is read for what version 2 does not have: {} of its {} operations.\n",
        tables::ALL.len(),
        count(&new, |how| matches!(how, How::Own(_))),
        new.len(),
        count(&new, has_same_rows),
        count(&new, |how| matches!(how, How::Else(_))
            && !has_same_rows(how)),
        count(&old, |how| matches!(how, How::Own(_))),
        old.len(),
    );
    out.push_str("\n## Version 2\n\n| operation | path | read by |\n|---|---|---|\n");
    for reading in &new {
        let _ = writeln!(
            out,
            "| `{}` | `{}` | {} |",
            reading.id,
            reading.path,
            cell(&reading.how)
        );
    }
    out.push_str("\n## Version 1\n\n| path | read by |\n|---|---|\n");
    for reading in &old {
        let _ = writeln!(out, "| `{}` | {} |", reading.path, cell(&reading.how));
    }
    out.push_str(
        "\n## Asked by POST\n\n\
         Operations that look things up and change nothing, but take what they look for in a document.\n\n\
         | operation | path | read by |\n|---|---|---|\n",
    );
    for table in tables::ALL {
        for endpoint in table.endpoints.iter().filter(|endpoint| endpoint.posts) {
            let _ = writeln!(
                out,
                "| `{}` | `{}` | {} |",
                endpoint.operation,
                endpoint.path,
                link(table.name)
            );
        }
    }
    for asked in BY_FUNCTIONS {
        let _ = writeln!(
            out,
            "| `{}` | `{}` | the function [`{}`](access-review.md#what-the-site-itself-says) |",
            asked.operation, asked.path, asked.table
        );
    }
    out
}

fn count(readings: &[&Reading], is_meant: impl Fn(&How) -> bool) -> usize {
    readings
        .iter()
        .filter(|reading| is_meant(&reading.how))
        .count()
}

fn has_same_rows(how: &How) -> bool {
    matches!(how, How::Else(reason) if reason.same_rows_as.is_some())
}

fn cell(how: &How) -> String {
    match how {
        How::Own(readers) => {
            let readers = readers.iter().map(|(table, columns)| {
                let columns: Vec<String> = columns.iter().map(|name| format!("`{name}`")).collect();
                match columns[..] {
                    [] => link(table),
                    _ => format!("{} ({})", link(table), columns.join(", ")),
                }
            });
            readers.collect::<Vec<_>>().join(", ")
        }
        How::Else(reason) => match reason.same_rows_as {
            Some(table) => format!("the same rows as {}: {}", link(table), reason.why),
            None => format!("– {}", reason.why),
        },
        How::Unknown => "?".to_owned(),
    }
}

fn link(table: &str) -> String {
    format!("[`{table}`](tables.md#{table})")
}
