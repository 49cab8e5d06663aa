//! The remote tables. One file each; adding one is adding its file, and its line here.

use crate::table::Table;

pub mod pages;
pub mod permissions;
pub mod spaces;

/// Every remote table, in the order of an import.
pub static ALL: &[&Table] = &[&spaces::TABLE, &pages::TABLE, &permissions::TABLE];

/// The table of that name.
pub fn find(name: &str) -> Option<&'static Table> {
    ALL.iter().copied().find(|t| t.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_hold_together() {
        for table in ALL {
            for key in table.key {
                let (_, column) = table.column(key).expect("a key is a column");
                assert!(
                    column.required,
                    "{}.{key} is a key, so required",
                    table.name
                );
            }
            if let Some(parent) = table.parent {
                assert!(table.column(parent.column).is_some());
                assert!(parent.table.column(parent.key).is_some());
                assert!(table.path.contains(&format!("{{{}}}", parent.column)));
            }
            for (place, column) in table.columns.iter().enumerate() {
                let (first, _) = table.column(column.name).expect("found by its own name");
                assert_eq!(
                    first, place,
                    "{}.{} is declared twice",
                    table.name, column.name
                );
                assert!(!column.comment.is_empty());
                assert!(
                    !column.at.is_empty() || table.parent.is_some_and(|p| p.column == column.name),
                    "{}.{} has no place in the answer",
                    table.name,
                    column.name
                );
            }
        }
    }
}
