//! `confluence.load_user_emails` and `confluence.import_user_emails`: the administrator's user export, into the table
//! `confluence.user_emails`.
//!
//! Both run with the caller's rights, and add none: who may SELECT, INSERT and UPDATE the table may import into it, so
//! EXECUTE is left with PUBLIC. A file on the server is read for members of `pg_read_server_files` only, as COPY does.
//! All rights are asked for before anything is read.
//!
//! A load is one transaction. It locks out other loads, not readers, and leaves no half: the caller's transaction has
//! all of it or nothing. What a column of the file says replaces what was known, with two exceptions:
//!
//! - what the file has no column for stays as it is, since layouts differ in their columns;
//! - a blank e-mail does not erase a known one. Accounts lose theirs in exports when they are closed, and then the
//!   known one is the only trace.
//!
//! What is information only, and cannot be understood, refuses no file: a notice tells the columns, and the result how
//! many values there were.
//!
//! Errors and notices tell lines, columns and account ids, never names or e-mails. The text of a statement is another
//! matter: a server that logs statements logs what `import_user_emails` is given as a literal, but not what it is given as a parameter.

use std::ffi::CStr;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;
use user_export::{Columns, Date, Export, LastSeen, NotUnderstood, User, shown};

use super::server::null_argument;
use super::writing;
use crate::pg::report::Report;

/// The largest file that is read: the length of the longest text that PostgreSQL holds.
const LARGEST_FILE: u64 = (1 << 30) - 1;

/// How much of a file is read between two looks at whether the statement was cancelled.
const BYTES_BETWEEN_INTERRUPTS: u64 = 1 << 20;

/// Accounts written by one statement: enough to make its overhead vanish, little enough to stay small in memory.
const ACCOUNTS_PER_STATEMENT: usize = 20_000;

/// The bytes after which one statement takes no further account.
const BYTES_PER_STATEMENT: usize = 16 << 20;

/// What became of a load, in the order of the columns that it returns.
type LoadCounts = (i64, i64, i64, i64, i64, i64, i64);

/// Loads a user export from a file on the server's machine.
#[pg_extern]
fn load_user_emails(
    path: Option<&str>,
) -> TableIterator<
    'static,
    (
        name!(read, i64),
        name!(inserted, i64),
        name!(updated, i64),
        name!(unchanged, i64),
        name!(absent, i64),
        name!(rejected, i64),
        name!(not_understood, i64),
    ),
> {
    let load = || {
        may_load(c"confluence.load_user_emails()");
        let path = path.ok_or_else(|| null_argument("path"))?;
        let bytes = read_server_file(path)?;
        load(&bytes)
    };
    TableIterator::once(load().unwrap_or_else(|failure: Report| failure.raise()))
}

/// Loads a user export that the client sends as text.
#[pg_extern]
fn import_user_emails(
    csv: Option<&str>,
) -> TableIterator<
    'static,
    (
        name!(read, i64),
        name!(inserted, i64),
        name!(updated, i64),
        name!(unchanged, i64),
        name!(absent, i64),
        name!(rejected, i64),
        name!(not_understood, i64),
    ),
> {
    let load = || {
        may_load(c"confluence.import_user_emails()");
        let csv = csv.ok_or_else(|| null_argument("csv"))?;
        load(csv.as_bytes())
    };
    TableIterator::once(load().unwrap_or_else(|failure: Report| failure.raise()))
}

impl From<user_export::Error> for Report {
    fn from(error: user_export::Error) -> Self {
        let code = if error.is_encoding() {
            PgSqlErrorCode::ERRCODE_CHARACTER_NOT_IN_REPERTOIRE
        } else if error.is_limit() {
            PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED
        } else {
            PgSqlErrorCode::ERRCODE_BAD_COPY_FILE_FORMAT
        };
        Report {
            code,
            message: error.to_string(),
            detail: error.detail(),
            hint: Some(error.hint()),
        }
    }
}

/// Refuses whoever may not load anything, before anything is read for them.
fn may_load(function: &CStr) {
    writing::must_be_possible(function);
    let rights = [pg_sys::ACL_SELECT, pg_sys::ACL_INSERT, pg_sys::ACL_UPDATE];
    writing::must_be_allowed(
        c"user_emails",
        &rights.map(|right| right as pg_sys::AclMode),
    );
}

// --- The file --------------------------------------------------------------------------------------------------------

/// Reads a file with the server's rights, for those who may use them.
fn read_server_file(path: &str) -> Result<Vec<u8>, Report> {
    const SEND_INSTEAD: &str =
        "A client can send a file of its own with confluence.import_user_emails.";
    // SAFETY: a look into the catalogs, within the transaction of the calling statement. The role is that of the
    // calling user: the function is not SECURITY DEFINER.
    let may_read = unsafe {
        pg_sys::has_privs_of_role(
            pg_sys::GetUserId(),
            pg_sys::Oid::from(pg_sys::ROLE_PG_READ_SERVER_FILES),
        )
    };
    if !may_read {
        return Err(Report {
            code: PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
            message: "permission denied to read a file on the server".into(),
            detail: Some(
                "Only roles with privileges of the \"pg_read_server_files\" role may use confluence.load_user_emails."
                    .into(),
            ),
            hint: Some(SEND_INSTEAD.into()),
        });
    }
    if !Path::new(path).is_absolute() {
        return Err(Report::new(
            PgSqlErrorCode::ERRCODE_INVALID_NAME,
            format!("path \"{path}\" is not absolute"),
        )
        .hint(format!("The file is read on the server's machine, by the user that runs PostgreSQL. {SEND_INSTEAD}")));
    }
    let cannot = |doing: &str, error: io::Error| {
        Report::new(file_error_code(&error), format!("could not {doing} file \"{path}\": {}", os_message(&error)))
            .hint(format!("The file is read on the server's machine, by the user that runs PostgreSQL. {SEND_INSTEAD}"))
    };
    // Without waiting: opening a pipe that nobody writes to would hang, out of reach of a cancel.
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_CLOEXEC)
        .open(path)
        .map_err(|error| cannot("open", error))?;
    let metadata = file.metadata().map_err(|error| cannot("open", error))?;
    if !metadata.is_file() {
        return Err(Report::new(
            PgSqlErrorCode::ERRCODE_WRONG_OBJECT_TYPE,
            format!("\"{path}\" is not a regular file"),
        ));
    }
    read_to_end(&file, metadata.len())
        .map_err(|error| cannot("read", error))?
        .ok_or_else(|| {
            Report::new(
                PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
                format!("file \"{path}\" is too large"),
            )
            .hint(
                "Files of up to 1 GB can be loaded. An export without group membership is smaller.",
            )
        })
}

/// All of a file; nothing if it is too large.
fn read_to_end(file: &File, expected: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    // A failed allocation would end the process, and with it every session.
    bytes.try_reserve(usize::try_from(expected.min(LARGEST_FILE)).unwrap_or(0) + 1)?;
    loop {
        pgrx::check_for_interrupts!();
        let read = file
            .take(BYTES_BETWEEN_INTERRUPTS)
            .read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST_FILE {
            return Ok(None);
        }
        if read == 0 {
            return Ok(Some(bytes));
        }
    }
}

/// As PostgreSQL's own `errcode_for_file_access`.
fn file_error_code(error: &io::Error) -> PgSqlErrorCode {
    match error.raw_os_error() {
        Some(libc::EPERM | libc::EACCES | libc::EROFS) => {
            PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE
        }
        Some(libc::ENOENT) => PgSqlErrorCode::ERRCODE_UNDEFINED_FILE,
        Some(libc::ENOTDIR | libc::EISDIR) => PgSqlErrorCode::ERRCODE_WRONG_OBJECT_TYPE,
        Some(libc::ENFILE | libc::EMFILE) => PgSqlErrorCode::ERRCODE_INSUFFICIENT_RESOURCES,
        _ if error.kind() == io::ErrorKind::OutOfMemory => PgSqlErrorCode::ERRCODE_OUT_OF_MEMORY,
        _ => PgSqlErrorCode::ERRCODE_IO_ERROR,
    }
}

/// What the operating system says, as PostgreSQL shows it.
fn os_message(error: &io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error")
        .map_or(text.as_str(), |(message, _)| message)
        .to_owned()
}

// --- The table -------------------------------------------------------------------------------------------------------

fn load(csv: &[u8]) -> Result<LoadCounts, Report> {
    let export = user_export::read_with(csv, || {
        pgrx::check_for_interrupts!();
    })?;
    let written = write(&export)?;
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let not_understood = export.not_understood.iter().map(|lost| lost.values).sum();
    if not_understood > 0 {
        tell(not_understood, &export.not_understood);
    }
    Ok((
        count(export.rows),
        written.inserted,
        written.updated,
        export.users.len() as i64 - written.inserted - written.updated,
        written.absent,
        count(export.rejected),
        count(not_understood),
    ))
}

/// Says where the values stand of which nothing could be made.
fn tell(values: u64, columns: &[NotUnderstood]) {
    /// Enough to see what kind of columns they are.
    const SHOWN: usize = 20;
    let mut detail: Vec<String> = columns
        .iter()
        .take(SHOWN)
        .map(|lost| {
            format!(
                "{} in column \"{}\", the first on line {}",
                lost.values,
                shown(&lost.column),
                lost.first_line
            )
        })
        .collect();
    if columns.len() > SHOWN {
        detail.push(format!("others in {} more columns", columns.len() - SHOWN));
    }
    let values = match values {
        1 => "1 value of the user export was not understood".to_owned(),
        _ => format!("{values} values of the user export were not understood"),
    };
    Report::new(PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION, values)
        .detail(format!("{}.", detail.join("; ")))
        .hint("Days are understood as \"3 Jan 2024\" or \"2024-01-03\", and one value in each field of an account. What was not understood is NULL, or last_seen_text in product_access.")
        .say(PgLogLevel::NOTICE);
}

struct WrittenRows {
    inserted: i64,
    updated: i64,
    absent: i64,
}

// Readers go on; other loads, and whoever else writes, wait: the counts below are of a table that holds still.
const LOCK: &str = "LOCK TABLE confluence.user_emails IN SHARE ROW EXCLUSIVE MODE";

// The time of the load is later than that of every load before it, even within one transaction, or if the clock was set
// back: the rows of the latest load are those with the greatest last_loaded.
const START: &str = "
    SELECT count(*),
           greatest(clock_timestamp(), max(last_loaded) + interval '1 microsecond')
      FROM confluence.user_emails";

// $1 … $8 are the columns of the accounts, $9 … $14 tell which of them the file has, $15 is the time of the load.
const WRITE: &str = "
    WITH said AS MATERIALIZED (
        SELECT account_id, email, display_name, status, org_role,
               added_to_org::date, last_active::date, product_access::jsonb
          FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
            AS said (account_id, email, display_name, status, org_role, added_to_org, last_active, product_access)
    ), wanted AS MATERIALIZED (
        SELECT account_id,
               coalesce(said.email, known.email) AS email,
               CASE WHEN $9 THEN said.display_name ELSE known.display_name END AS display_name,
               CASE WHEN $10 THEN said.status ELSE known.status END AS status,
               CASE WHEN $11 THEN said.org_role ELSE known.org_role END AS org_role,
               CASE WHEN $12 THEN said.added_to_org ELSE known.added_to_org END AS added_to_org,
               CASE WHEN $13 THEN said.last_active ELSE known.last_active END AS last_active,
               CASE WHEN $14 THEN said.product_access ELSE known.product_access END AS product_access,
               known.account_id IS NULL AS is_new,
               known.email AS known_email, known.display_name AS known_display_name, known.status AS known_status,
               known.org_role AS known_org_role, known.added_to_org AS known_added_to_org,
               known.last_active AS known_last_active, known.product_access AS known_product_access
          FROM said LEFT JOIN confluence.user_emails AS known USING (account_id)
    ), written AS (
        INSERT INTO confluence.user_emails AS known (account_id, email, display_name, status, org_role,
                    added_to_org, last_active, product_access, first_seen, last_loaded)
        SELECT account_id, email, display_name, status, org_role, added_to_org, last_active, product_access, $15, $15
          FROM wanted
            ON CONFLICT (account_id) DO UPDATE
               SET email = excluded.email, display_name = excluded.display_name, status = excluded.status,
                   org_role = excluded.org_role, added_to_org = excluded.added_to_org,
                   last_active = excluded.last_active, product_access = excluded.product_access,
                   last_loaded = excluded.last_loaded
    )
    SELECT count(*) FILTER (WHERE is_new),
           count(*) FILTER (WHERE NOT is_new
                 AND (email, display_name, status, org_role, added_to_org, last_active, product_access)
                     IS DISTINCT FROM (known_email, known_display_name, known_status, known_org_role,
                                       known_added_to_org, known_last_active, known_product_access))
      FROM wanted";

fn write(export: &Export<'_>) -> Result<WrittenRows, Report> {
    let (before, loaded_at) = Spi::connect_mut(|client| -> Result<_, Report> {
        client.update(LOCK, None, &[])?;
        let start = client.update(START, Some(1), &[])?.first();
        Ok((
            start.get::<i64>(1)?.unwrap_or(0),
            start.get::<TimestampWithTimeZone>(2)?,
        ))
    })?;
    let (mut inserted, mut updated) = (0, 0);
    let mut users = export.users.as_slice();
    while !users.is_empty() {
        let arguments = arguments(&mut users, export);
        // A connection a statement: its end frees the memory of the statement.
        Spi::connect_mut(|client| -> Result<(), Report> {
            let mut arguments: Vec<DatumWithOid> = arguments.into_iter().map(Into::into).collect();
            let Columns {
                display_name,
                status,
                org_role,
                added_to_org,
                last_active,
                products,
            } = export.columns;
            let has = [
                display_name,
                status,
                org_role,
                added_to_org,
                last_active,
                products,
            ];
            arguments.extend(has.map(DatumWithOid::from));
            arguments.push(loaded_at.into());
            let counts = client.update(WRITE, Some(1), &arguments)?.first();
            inserted += counts.get::<i64>(1)?.unwrap_or(0);
            updated += counts.get::<i64>(2)?.unwrap_or(0);
            Ok(())
        })?;
    }
    let named_before = export.users.len() as i64 - inserted;
    Ok(WrittenRows {
        inserted,
        updated,
        absent: before - named_before,
    })
}

impl From<spi::Error> for Report {
    /// A misuse of the interface: what PostgreSQL itself has to say, it raises.
    fn from(error: spi::Error) -> Self {
        Report::new(PgSqlErrorCode::ERRCODE_INTERNAL_ERROR, error.to_string())
    }
}

/// The columns of the next accounts, as arrays for `unnest`. Takes these accounts off the others.
fn arguments(users: &mut &[User<'_>], export: &Export<'_>) -> [Vec<Option<String>>; 8] {
    let date = |date: Option<Date>| date.map(|date| date.to_string());
    let mut columns: [Vec<Option<String>>; 8] = Default::default();
    let mut bytes = 0;
    while let Some((user, others)) = users.split_first()
        && columns[0].len() < ACCOUNTS_PER_STATEMENT
        && bytes < BYTES_PER_STATEMENT
    {
        pgrx::check_for_interrupts!();
        let row = [
            Some(user.account_id.to_string()),
            user.email.as_deref().map(str::to_owned),
            user.display_name.as_deref().map(str::to_owned),
            user.status.as_deref().map(str::to_owned),
            user.org_role.as_deref().map(str::to_owned),
            date(user.added_to_org),
            date(user.last_active),
            export
                .columns
                .products
                .then(|| product_access(user, export).to_string()),
        ];
        for (column, value) in columns.iter_mut().zip(row) {
            bytes += value.as_ref().map_or(0, String::len);
            column.push(value);
        }
        *users = others;
    }
    columns
}

/// What the export says about each product that it does not leave blank for the account.
fn product_access(user: &User<'_>, export: &Export<'_>) -> serde_json::Value {
    let products = user.products.iter().map(|entry| {
        let mut said = serde_json::Map::new();
        if let Some(access) = &entry.access {
            let access = access.iter().map(|access| access.as_ref().into()).collect();
            said.insert("access".into(), serde_json::Value::Array(access));
        }
        match entry.last_seen {
            LastSeen::Unknown => None,
            LastSeen::Never => said.insert("last_seen".into(), serde_json::Value::Null),
            LastSeen::On(date) => said.insert("last_seen".into(), date.to_string().into()),
        };
        if let Some(text) = &entry.last_seen_text {
            said.insert("last_seen_text".into(), text.as_ref().into());
        }
        (export.products[entry.product].clone(), said.into())
    });
    serde_json::Value::Object(products.collect())
}
