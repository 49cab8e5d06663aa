//! Options that are wrong, misplaced, missing or not for everybody.

use confluence_fdw_tests::{Database, error, literal};

use super::fails;

const CREATE_SERVER: &str = "CREATE SERVER other FOREIGN DATA WRAPPER confluence_fdw OPTIONS";
const CREATE_MAPPING: &str = "CREATE USER MAPPING FOR CURRENT_USER SERVER acme OPTIONS";
const CREATE_TABLE: &str = "CREATE FOREIGN TABLE t (id bigint) SERVER acme OPTIONS";

/// A database with a server `acme` that leads nowhere.
fn acme() -> Database {
    let database = Database::create();
    database.execute(
        "CREATE SERVER acme FOREIGN DATA WRAPPER confluence_fdw OPTIONS (subdomain 'acme')",
    );
    database
}

#[test]
fn a_misspelt_option_is_told_the_right_one() {
    let database = acme();
    let mut client = database.connect();
    for (create, place, options, name, hint) in [
        (
            CREATE_SERVER,
            "server",
            "sub_domain 'acme'",
            "sub_domain",
            "Perhaps you meant the option \"subdomain\".",
        ),
        (
            CREATE_SERVER,
            "server",
            "subdomain 'acme', pagesize '7'",
            "pagesize",
            "\"page_size\"",
        ),
        (
            CREATE_SERVER,
            "server",
            "subdomain 'acme', max_retry '7'",
            "max_retry",
            "\"max_retries\"",
        ),
        (
            CREATE_SERVER,
            "server",
            "subdomain 'acme', \"Subdomain\" 'acme'",
            "Subdomain",
            "\"subdomain\"",
        ),
        (
            CREATE_SERVER,
            "server",
            "xyzzy '1'",
            "xyzzy",
            "Valid options in this context are: subdomain, base_url, ",
        ),
        (
            CREATE_MAPPING,
            "user mapping",
            "mail 'a@b.c', api_token 'x'",
            "mail",
            "\"email\"",
        ),
        (
            CREATE_MAPPING,
            "user mapping",
            "email 'a@b.c', token 'x'",
            "token",
            "\"api_token\"",
        ),
        (
            CREATE_MAPPING,
            "user mapping",
            "\"user\" 'x'",
            "user",
            "Valid options in this context are: email, api_token, ",
        ),
        (
            CREATE_TABLE,
            "foreign table",
            "tables 'confluence_pages'",
            "tables",
            "\"table\"",
        ),
        (
            CREATE_TABLE,
            "foreign table",
            "qwerty 'x'",
            "qwerty",
            "Valid options in this context are: ",
        ),
    ] {
        let message = format!("invalid option \"{name}\" of a {place}");
        fails(
            &mut client,
            &format!("{create} ({options})"),
            ("HV00D", &message, hint),
        );
    }
}

#[test]
fn an_option_in_the_wrong_place_is_told_the_right_one() {
    let database = acme();
    let mut client = database.connect();
    for (create, place, option, hint) in [
        (
            CREATE_SERVER,
            "server",
            "api_token",
            "Secrets belong to the user mapping: everybody can read other options.",
        ),
        (
            CREATE_SERVER,
            "server",
            "access_token",
            "Secrets belong to the user mapping: everybody can read other options.",
        ),
        (
            CREATE_SERVER,
            "server",
            "email",
            "Set it on the user mapping.",
        ),
        (
            CREATE_SERVER,
            "server",
            "table",
            "Set it on the foreign table.",
        ),
        (
            CREATE_MAPPING,
            "user mapping",
            "subdomain",
            "Set it on the server.",
        ),
        (
            CREATE_MAPPING,
            "user mapping",
            "page_size",
            "Set it on the server.",
        ),
        (
            CREATE_TABLE,
            "foreign table",
            "api_token",
            "Secrets belong to the user mapping: everybody can read other options.",
        ),
        (
            CREATE_TABLE,
            "foreign table",
            "request_timeout",
            "Set it on the server.",
        ),
    ] {
        let message = format!("option \"{option}\" does not belong to a {place}");
        let raised = fails(
            &mut client,
            &format!("{create} ({option} 'hush')"),
            ("HV00D", &message, hint),
        );
        assert!(!format!("{raised:?}").contains("hush"));
    }
}

#[test]
fn a_value_that_is_none_is_told_what_is_expected() {
    let database = acme();
    let mut client = database.connect();
    let server = [
        (
            "subdomain",
            &[
                "",
                "acme.atlassian.net",
                "https://acme",
                "-acme",
                "Acme",
                "a b",
                "a/b",
            ][..],
            "only the label before .atlassian.net",
        ),
        (
            "base_url",
            &[
                "",
                "acme",
                "http://wiki.example.com",
                "ftp://127.0.0.1",
                "https://u:p@host",
                "https://host?x=1",
                "https://host#x",
            ],
            "an address that begins with https://",
        ),
        (
            "gateway_url",
            &["http://api.example.com"],
            "an address that begins with https://",
        ),
        (
            "cloud_id",
            &["1", "11111111-2222-3333-4444-55555555555g", "../../x"],
            "a UUID",
        ),
        ("route", &["", "Site", "gate"], "one of auto, site, gateway"),
        (
            "page_size",
            &["0", "251", "-1", "1.5", "x", ""],
            "a whole number from 1 to 250",
        ),
        (
            "max_concurrency",
            &["0", "65"],
            "a whole number from 1 to 64",
        ),
        (
            "connect_timeout",
            &["0", "-1s", "x", "", "10 years", "2d", "1.5s"],
            "a length of time",
        ),
        (
            "request_timeout",
            &["0ms", "5 seconds"],
            "up to a day: in seconds, or with a unit of ms, s, min, h or d",
        ),
        ("max_wait", &["99999999999999999999s"], "a length of time"),
        ("max_retries", &["21", "-1"], "a whole number from 0 to 20"),
        (
            "max_requests",
            &["-1", "x"],
            "a whole number from 0 to 1000000000",
        ),
        ("allow_anonymous", &["maybe", ""], "true or false"),
        ("ca_file", &["ca.pem", ""], "an absolute path"),
        (
            "proxy",
            &[
                "",
                "proxy",
                "http://u:p@proxy.example",
                "ftp://proxy.example",
            ],
            "http",
        ),
    ];
    let mapping = [
        ("email", &[""][..], "some text"),
        ("api_token", &[""], "some text"),
        ("access_token", &[""], "some text"),
        ("api_token_file", &["token"], "an absolute path"),
    ];
    let table = [
        (
            "table",
            &["confluence_page"][..],
            "perhaps confluence_pages",
        ),
        ("table", &["zzz"], "one of confluence_spaces"),
        ("page_size", &["251"], "a whole number from 1 to 250"),
    ];
    for (create, options) in [
        (CREATE_SERVER, &server[..]),
        (CREATE_MAPPING, &mapping),
        (CREATE_TABLE, &table),
    ] {
        for (name, values, hint) in options {
            for value in *values {
                let sql = format!("{create} ({name} {})", literal(value));
                let message = format!("invalid value for option \"{name}\"");
                fails(&mut client, &sql, ("HV024", &message, hint));
            }
        }
    }
}

#[test]
fn options_that_exclude_each_other_or_are_missing_are_named() {
    let database = acme();
    let mut client = database.connect();
    for (create, options, one, other) in [
        (
            CREATE_SERVER,
            "subdomain 'a', base_url 'https://b.example'",
            "subdomain",
            "base_url",
        ),
        (
            CREATE_MAPPING,
            "email 'a@b.c', api_token 'x', api_token_file '/x'",
            "api_token",
            "api_token_file",
        ),
        (
            CREATE_MAPPING,
            "email 'a@b.c', access_token 'x'",
            "access_token",
            "email",
        ),
        (
            CREATE_MAPPING,
            "access_token 'x', api_token 'x'",
            "access_token",
            "api_token",
        ),
        (
            CREATE_MAPPING,
            "access_token 'x', api_token_file '/x'",
            "access_token",
            "api_token_file",
        ),
    ] {
        let message = format!("options \"{one}\" and \"{other}\" exclude each other");
        fails(
            &mut client,
            &format!("{create} ({options})"),
            ("HV00D", &message, "DROP"),
        );
    }
    for (create, options, name, hint) in [
        (
            CREATE_SERVER,
            "page_size '10'",
            "subdomain",
            "OPTIONS (subdomain 'acme')",
        ),
        (
            CREATE_MAPPING,
            "api_token 'x'",
            "email",
            "OPTIONS (email '...', api_token '...')",
        ),
        (
            CREATE_MAPPING,
            "email 'a@b.c'",
            "api_token",
            "id.atlassian.com",
        ),
    ] {
        let message = format!("option \"{name}\" is required");
        fails(
            &mut client,
            &format!("{create} ({options})"),
            ("HV00J", &message, hint),
        );
    }
    let bare = "CREATE SERVER other FOREIGN DATA WRAPPER confluence_fdw";
    fails(
        &mut client,
        bare,
        (
            "HV00J",
            "option \"subdomain\" is required",
            "subdomain 'acme'",
        ),
    );
}

#[test]
fn good_values_of_every_option_are_taken() {
    let database = acme();
    database.execute(&format!(
        "{CREATE_SERVER} (subdomain 'acme-2', cloud_id '11111111-2222-3333-4444-555555555555',
            gateway_url 'https://api.atlassian.com', route 'auto', page_size '1', max_concurrency '64',
            connect_timeout '2 min', request_timeout '5', max_retries '0', max_wait '1h', max_requests '0',
            allow_anonymous 'off', ca_file '/etc/ssl/ca.pem', proxy 'http://proxy.example:3128');
         {CREATE_MAPPING} (email 'a@b.c', api_token_file '/nowhere/token');
         CREATE USER MAPPING FOR PUBLIC SERVER acme OPTIONS (access_token 'x');
         {CREATE_TABLE} (table 'confluence_pages', page_size '7', max_concurrency '1', max_requests '10')"
    ));
}

#[test]
fn the_wrapper_has_no_options_and_a_column_has_one() {
    let database = acme();
    let mut client = database.connect();
    for (sql, hint) in [
        (
            "ALTER FOREIGN DATA WRAPPER confluence_fdw OPTIONS (subdomain 'x')",
            "There are no valid options in this context.",
        ),
        (
            "CREATE FOREIGN TABLE t (id bigint OPTIONS (name 'x')) SERVER acme OPTIONS (table 'confluence_pages')",
            "Perhaps you meant the option \"column_name\".",
        ),
    ] {
        let raised = error(&mut client, sql);
        assert_eq!(raised.code().code(), "HV00D");
        assert_eq!(raised.hint(), Some(hint));
    }
}

#[test]
fn options_that_decide_where_secrets_go_are_for_superusers() {
    let database = acme();
    let role = database.role("owner");
    database.execute(&format!(
        "GRANT USAGE ON FOREIGN DATA WRAPPER confluence_fdw TO {role}; GRANT USAGE ON FOREIGN SERVER acme TO {role}"
    ));
    let mut client = database.connect_as(&role);
    for (create, options, name) in [
        (CREATE_SERVER, "base_url 'https://evil.example'", "base_url"),
        (
            CREATE_SERVER,
            "subdomain 'a', gateway_url 'https://evil.example'",
            "gateway_url",
        ),
        (CREATE_SERVER, "subdomain 'a', ca_file '/x'", "ca_file"),
        (
            CREATE_SERVER,
            "subdomain 'a', proxy 'http://evil.example'",
            "proxy",
        ),
        (
            CREATE_MAPPING,
            "email 'a@b.c', api_token_file '/etc/passwd'",
            "api_token_file",
        ),
    ] {
        let message = format!("permission denied to set option \"{name}\"");
        fails(
            &mut client,
            &format!("{create} ({options})"),
            ("42501", &message, "Only superusers may set it"),
        );
    }
    // What is left is theirs; but not to turn somewhere else.
    client
        .batch_execute(&format!(
            "{CREATE_SERVER} (subdomain 'a', page_size '10'); {CREATE_MAPPING} (email 'a@b.c', api_token 'x')"
        ))
        .unwrap();
    fails(
        &mut client,
        "ALTER SERVER other OPTIONS (DROP subdomain, ADD base_url 'https://evil.example')",
        (
            "42501",
            "permission denied to set option \"base_url\"",
            "superusers",
        ),
    );
}

#[test]
fn options_are_checked_when_they_are_altered() {
    let database = acme();
    let mut client = database.connect();
    client
        .batch_execute(&format!("{CREATE_MAPPING} (email 'a@b.c', api_token 'x')"))
        .unwrap();
    for (sql, expected) in [
        (
            "ALTER SERVER acme OPTIONS (ADD page_size '251')",
            ("HV024", "invalid value for option \"page_size\"", "250"),
        ),
        (
            "ALTER SERVER acme OPTIONS (DROP subdomain)",
            ("HV00J", "option \"subdomain\" is required", "acme"),
        ),
        (
            "ALTER SERVER acme OPTIONS (ADD base_url 'https://b.example')",
            (
                "HV00D",
                "options \"subdomain\" and \"base_url\" exclude each other",
                "DROP one",
            ),
        ),
        (
            "ALTER SERVER acme OPTIONS (SET page_size '10')",
            ("42704", "option \"page_size\" not found", ""),
        ),
        (
            "ALTER USER MAPPING FOR CURRENT_USER SERVER acme OPTIONS (DROP email)",
            ("HV00J", "option \"email\" is required", "email"),
        ),
        (
            "ALTER USER MAPPING FOR CURRENT_USER SERVER acme OPTIONS (ADD access_token 'x')",
            (
                "HV00D",
                "options \"access_token\" and \"email\" exclude each other",
                "one way to sign in",
            ),
        ),
    ] {
        fails(&mut client, sql, expected);
    }
    client
        .batch_execute(
            "ALTER SERVER acme OPTIONS (ADD page_size '10'); ALTER SERVER acme OPTIONS (SET page_size '20');
             ALTER SERVER acme OPTIONS (DROP page_size);
             ALTER SERVER acme OPTIONS (DROP subdomain, ADD base_url 'https://b.example');
             ALTER USER MAPPING FOR CURRENT_USER SERVER acme OPTIONS (DROP email, DROP api_token, ADD access_token 'x')",
        )
        .unwrap();
}
