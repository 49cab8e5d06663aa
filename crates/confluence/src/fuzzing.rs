//! What fuzz targets call: each function takes any bytes, and panics where something does not hold.
//!
//! The targets are in `crates/confluence/fuzz`, and `make fuzz` runs them. Nothing else is to use this.

use serde::de::IgnoredAny;
use serde_json::Value as Json;

use crate::batch::{Slot, Value};
use crate::decode::{self, DecodeError, Projection};
use crate::options::{self, Rule};
use crate::schema::{ColumnId, Table};
use crate::tables;

pub use crate::http::fuzzing::{limits, next_links, refusals};
pub use crate::sample::fuzz_windows as windows;

/// An answer of which any table's rows are read: which one, and which of its columns, the first bytes say.
pub fn answers(data: &[u8]) {
    let Some(([table, endpoint, wanted @ ..], body)) = data.split_first_chunk::<6>() else {
        return;
    };
    let table = tables::ALL[usize::from(*table) % tables::ALL.len()];
    let endpoint = &table.endpoints[usize::from(*endpoint) % table.endpoints.len()];
    let wanted = u32::from_le_bytes(*wanted);
    let mut bits = (0..32).cycle().map(|bit| wanted >> bit & 1 == 1);
    let all = columns(table, || bits.next() == Some(true));
    let key = columns(table, || false);
    let decode =
        |columns: &[ColumnId]| decode::fuzz_page(&Projection::new(table, endpoint, columns), body);
    let page = match decode(&all) {
        Ok(page) => page,
        Err(problem) => {
            assert!(matches!(problem, DecodeError::CutOff) || !body.is_empty());
            return;
        }
    };
    serde_json::from_slice::<IgnoredAny>(body).expect("rows come of JSON only");
    for row in 0..page.batch.len() {
        for (slot, column) in Slot::first(all.len()).zip(&all) {
            hold(table, *column, page.batch.value(row, slot));
        }
    }
    // Whoever wants less gets the same rows.
    let fewer = decode(&key).expect("what is not wanted does no harm");
    assert_eq!(fewer.batch.len(), page.batch.len());
    assert_eq!(fewer.next, page.next);
    // And each of them, as another reader finds them.
    if let [rows_at] = endpoint.rows_at
        && rows_at.path == "results"
        && let Ok(document) = serde_json::from_slice::<Json>(body)
    {
        let rows = document["results"].as_array().map_or(0, Vec::len);
        assert_eq!(page.batch.len(), rows, "{document}");
    }
}

/// The places of the key's columns, and of those that are wanted besides.
fn columns(table: &'static Table, mut wanted: impl FnMut() -> bool) -> Vec<ColumnId> {
    let chosen: Vec<ColumnId> = table
        .columns_by_id()
        .filter(|(_, column)| wanted() | table.key.contains(&column.name))
        .map(|(place, _)| place)
        .collect();
    match chosen.is_empty() {
        true => vec![ColumnId::FIRST],
        false => chosen,
    }
}

/// What any value of a column has to be.
fn hold(table: &Table, column: ColumnId, value: Value) {
    /// 4714 BC in microseconds since 1970: PostgreSQL's times begin there. They end beyond what 64 bits hold.
    const FIRST: i64 = -210_866_803_200_000_000;
    let column = &table.columns[column];
    match value {
        Value::Null => {
            let is_told = column.at.is_empty() || column.part.is_some();
            assert!(
                !column.required || is_told,
                "{}.{}",
                table.name,
                column.name
            );
        }
        Value::Text(text) => {
            assert!(!text.contains('\0'));
            if matches!(
                column.kind,
                crate::schema::Kind::Json | crate::schema::Kind::JsonInString
            ) {
                serde_json::from_str::<IgnoredAny>(text).expect("a document is JSON");
            }
        }
        Value::Link(site, path) => assert!(!site.contains('\0') && !path.contains('\0')),
        Value::Timestamp(micros) => assert!(micros >= FIRST, "{micros}"),
        Value::Boolean(_) | Value::Int(_) => {}
    }
}

/// Options, a name and a value a line: of a site, or of an account, as the first byte says.
pub fn options(data: &[u8]) {
    let Some((of_account, text)) = data.split_first() else {
        return;
    };
    let of_account = of_account % 2 == 1;
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let mut written = Vec::new();
    for line in text.lines() {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        let Some(spec) = options::find(name) else {
            let names = || options::ALL.iter().map(|spec| spec.name);
            let nearest = options::nearest(name, names());
            assert!(nearest.is_none_or(|nearest| names().any(|name| name == nearest)));
            continue;
        };
        // A path would be read, whatever file it names.
        let is_path = matches!(spec.rule, Rule::Path);
        if spec.check(value).is_ok() && spec.of_account == of_account && !is_path {
            written.push((name.to_owned(), value.to_owned()));
        }
    }
    if of_account {
        if options::check_account(&written).is_err() {
            return;
        }
        let server = [("subdomain".to_owned(), "acme".to_owned())];
        if let Ok(config) = options::config(&server, Some(&written)) {
            assert!(!format!("{:?}", config.credential).is_empty());
        }
        options::expires_in(&written);
        return;
    }
    if options::check_site(&written).is_err() {
        return;
    }
    let account = [("email", "a@b.example"), ("api_token", "t")];
    let account = account.map(|(name, value)| (name.to_owned(), value.to_owned()));
    if let Ok(config) = options::config(&written, Some(&account)) {
        for address in [&config.site, &config.gateway, &config.auth] {
            is_safe(address);
        }
        assert!((1..=64).contains(&config.http.max_concurrency));
        for time in [
            config.http.connect_timeout,
            config.http.request_timeout,
            config.http.max_wait,
        ] {
            assert!(!time.is_zero());
        }
    }
}

/// A credential may be sent there: over TLS, or to this machine.
fn is_safe(address: &str) {
    let url = reqwest::Url::parse(address).expect("an address that was checked");
    let host = url.host_str().expect("a host");
    let is_here = host == "localhost" || host == "[::1]" || host.starts_with("127.");
    assert!(
        url.scheme() == "https" || (url.scheme() == "http" && is_here),
        "{address}"
    );
    assert!(
        url.username().is_empty() && url.password().is_none(),
        "{address}"
    );
    assert!(
        url.query().is_none() && url.fragment().is_none(),
        "{address}"
    );
}
