//! The administrator's user export, loaded into `confluence.user_emails`.

mod clients;
mod files;
mod loading;
mod rights;
mod sessions;

use std::path::Path;

use confluence_fdw_tests::{Database, literal, one};
use postgres::Client;

const ALL_ROWS: &str = "SELECT account_id, email, display_name, status, org_role, added_to_org, last_active, product_access
     FROM confluence.user_emails ORDER BY account_id";

/// Imports text, and returns `read|inserted|updated|unchanged|absent|rejected|not_understood`.
#[track_caller]
fn import(client: &mut Client, csv: &str) -> String {
    one(client, &import_sql(csv))
}

fn import_sql(csv: &str) -> String {
    format!(
        "SELECT * FROM confluence.import_user_emails({})",
        literal(csv)
    )
}

fn load_sql(path: &Path) -> String {
    format!(
        "SELECT * FROM confluence.load_user_emails({})",
        literal(path.to_str().expect("a path in UTF-8"))
    )
}

/// A role that may use the schema, and what else is granted to `role`.
fn role(database: &Database, name: &str, grants: &str) -> String {
    let role = database.role(name);
    database.execute(&format!(
        "GRANT USAGE ON SCHEMA confluence TO {role}; {}",
        grants.replace("role", &role)
    ));
    role
}
