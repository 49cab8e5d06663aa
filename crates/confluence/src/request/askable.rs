//! Askable values: what becomes of a value that a condition asks for.
//!
//! A condition must not change which rows there are. So a value is left out only where no row can have it: it is no id
//! or key that the site gives, or a row with it would be refused, or told otherwise, when it is decoded. A value that a
//! row can have, but a request cannot carry, is not asked for: its rows are found in what the site lists without it.

use super::scan_request::Values;
use super::value_lists;
use crate::batch::Value;
use crate::schema::{Column, Endpoint, Filter, Table};

/// Whether no row of the table has this value in the column, so that it need not be looked for.
pub(super) fn has_no_row(table: &Table, column: &Column, value: Value) -> bool {
    match value {
        Value::Int(number) => number < 1 && table.names_objects(column),
        Value::Text(text) => {
            !column.is_well_formed(text)
                || text.is_empty() && column.is_never_empty()
                || is_listed_elsewhere(table, column) && !is_name(text)
                || is_kind_of_listing(table, column) && !is_choice(column, text)
        }
        _ => false,
    }
}

/// Whether a column's value is the one that was asked for, which is an id or a key that another table lists.
fn is_listed_elsewhere(table: &Table, column: &Column) -> bool {
    let is_listed =
        |endpoint: &Endpoint| endpoint.needs(column.name) && !endpoint.sources.is_empty();
    column.at.is_empty() && table.endpoints.iter().any(is_listed)
}

/// Whether a column's value is the one that was asked for, of a few that the site knows.
fn is_kind_of_listing(table: &Table, column: &Column) -> bool {
    column.at.is_empty() && table.main().requires.contains(&column.name)
}

fn is_choice(column: &Column, text: &str) -> bool {
    let choices = column.filter.map_or(&[][..], |filter| filter.choices);
    choices.is_empty() || choices.contains(&text)
}

/// Whether a text can be an id or a key. The site writes them without blanks.
fn is_name(text: &str) -> bool {
    let is_blank = |c: char| c.is_whitespace() || c.is_control();
    can_stand_in_path(text) && !text.contains(is_blank)
}

/// Whether a request of an endpoint can carry all of these values of a column.
pub(super) fn can_carry(endpoint: &Endpoint, column: &Column, values: &Values) -> bool {
    let Values::Texts(texts) = values else {
        return true;
    };
    if endpoint.requires.contains(&column.name) {
        // It answers of nothing else.
        return true;
    }
    if endpoint.needs(column.name) {
        return texts.iter().all(|text| can_stand_in_path(text));
    }
    match column.filter.filter(|_| endpoint.takes(column)) {
        Some(filter) if filter.choices.is_empty() => texts
            .iter()
            .all(|text| can_be_parameter(endpoint, filter, text)),
        Some(filter) => texts.len() <= filter.max && not_a_choice(filter, values).is_none(),
        None => true,
    }
}

/// The first of some values that is none of a filter's choices, if it has any.
pub(super) fn not_a_choice(filter: Filter, values: &Values) -> Option<&str> {
    let Values::Texts(texts) = values else {
        return None;
    };
    let mut texts = texts.iter().map(String::as_str);
    texts.find(|text| !filter.choices.is_empty() && !filter.choices.contains(text))
}

/// Whether a text names an object in a path. Nothing is called by nothing or by dots, which would lead to another path,
/// however they are written.
pub(super) fn can_stand_in_path(text: &str) -> bool {
    !matches!(text, "" | "." | "..") && value_lists::text_length(text) <= value_lists::ROOM
}

/// Whether the site looks for this very text when it is the value of a parameter, or one of its values: servers take an
/// empty one for none, cut blanks off at both ends, and lists at commas, however they are written.
fn can_be_parameter(endpoint: &Endpoint, filter: Filter, text: &str) -> bool {
    let is_cut = text.trim() != text || !endpoint.posts && filter.max > 1 && text.contains(',');
    !text.is_empty() && !is_cut && value_lists::text_length(text) <= value_lists::ROOM
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables;
    use crate::tables::attachments;
    use crate::tables::footer_comments;
    use crate::tables::search;
    use crate::tables::spaces;
    use crate::tables::tasks;
    use crate::tables::user_groups;
    use crate::tables::users;

    fn lacks(table: &'static Table, column: &str, value: Value) -> bool {
        let (_, column) = table.column(column).expect("a column");
        has_no_row(table, column, value)
    }

    #[test]
    fn ids_are_above_zero() {
        for table in tables::ALL {
            let asked = table.columns.iter().filter(|c| table.can_ask_for(c));
            for column in asked.filter(|column| !column.kind.is_text()) {
                // What the rule is about.
                let is_id = column.name == "id" || column.name.ends_with("_id");
                assert!(
                    is_id && table.names_objects(column),
                    "{}.{}",
                    table.name,
                    column.name
                );
                assert!(has_no_row(table, column, Value::Int(0)));
                assert!(has_no_row(table, column, Value::Int(-1)));
                assert!(!has_no_row(table, column, Value::Int(1)));
            }
        }
        assert!(!lacks(&attachments::TABLE, "file_size", Value::Int(0)));
    }

    #[test]
    fn nothing_has_an_empty_key_and_anything_else_may_be_empty() {
        for (table, column) in [
            (&spaces::TABLE, "key"),
            (&users::TABLE, "account_id"),
            (&user_groups::TABLE, "account_id"),
            (&tasks::TABLE, "assigned_to"),
            (&attachments::TABLE, "id"),
            (&footer_comments::TABLE, "attachment_id"),
        ] {
            assert!(
                lacks(table, column, Value::Text("")),
                "{}.{column}",
                table.name
            );
        }
        for (table, column) in [
            (&attachments::TABLE, "media_type"),
            (&attachments::TABLE, "title"),
            // The site says what it thinks of such a search.
            (&search::TABLE, "cql"),
        ] {
            assert!(
                !lacks(table, column, Value::Text("")),
                "{}.{column}",
                table.name
            );
        }
    }

    #[test]
    fn an_attachment_has_one_id() {
        let id = |id: &str| lacks(&attachments::TABLE, "id", Value::Text(id));
        assert!(!id("att7"));
        for other in ["7", "att", "att07", "att7 ", "ATT7", "at7"] {
            assert!(id(other), "{other}");
        }
    }

    #[test]
    fn what_a_server_would_take_for_something_else_is_not_sent() {
        let carries = |table: &'static Table, column: &str, value: &str| {
            let (_, column) = table.column(column).expect("a column");
            can_carry(table.main(), column, &Values::texts(vec![value.to_owned()]))
        };
        assert!(carries(&attachments::TABLE, "media_type", "image/png"));
        for value in ["", " ", " image/png", "image/png\n", &"x".repeat(5_000)] {
            assert!(
                !carries(&attachments::TABLE, "media_type", value),
                "{value}"
            );
        }
        // One value may have a comma, and a list is cut there.
        assert!(carries(&attachments::TABLE, "title", "a,b"));
        assert!(!carries(&spaces::TABLE, "key", "A,B"));
        // Without it there is no answer at all.
        assert!(carries(&search::TABLE, "cql", " "));
    }
}
