//! Files of Atlassian's users, and what becomes of them.

mod errors;
mod known;
mod not_understood;

use user_export::{Columns, Error, Export, User, read};

fn export(file: &str) -> Export<'_> {
    read(file.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

fn error(file: impl AsRef<[u8]>) -> Error {
    read(file.as_ref()).expect_err("the file is to be refused")
}

fn only<'e, 'a>(export: &'e Export<'a>) -> &'e User<'a> {
    assert_eq!(export.users.len(), 1);
    &export.users[0]
}

const ALL: Columns = Columns {
    display_name: true,
    status: true,
    org_role: true,
    added_to_org: true,
    last_active: true,
    products: true,
};
