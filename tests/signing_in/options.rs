//! Options of the ways to sign in, and who may set them.

use confluence_fdw_tests::{Database, error};

#[test]
fn a_mapping_holds_one_way_to_sign_in() {
    let database = Database::create();
    database.execute(
        "CREATE SERVER acme FOREIGN DATA WRAPPER confluence_fdw OPTIONS (subdomain 'acme')",
    );
    let mut client = database.connect();
    for (options, sqlstate, message, hint) in [
        (
            "client_id 'us'",
            "HV00J",
            "option \"client_secret\" is required",
            "create another credential",
        ),
        (
            "client_secret 'client-secret'",
            "HV00J",
            "option \"client_id\" is required",
            "client_id '...', client_secret '...'",
        ),
        (
            "client_id 'us', client_secret 'client-secret', api_token 'x'",
            "HV00D",
            "options \"client_id\" and \"api_token\" exclude each other",
            "one way to sign in",
        ),
        (
            "client_id 'us', client_secret 'client-secret', email 'a@b.c'",
            "HV00D",
            "options \"client_id\" and \"email\" exclude each other",
            "one way to sign in",
        ),
        (
            "client_id 'us', client_secret 'client-secret', access_token 'x'",
            "HV00D",
            "options \"access_token\" and \"client_id\" exclude each other",
            "one way to sign in",
        ),
    ] {
        let raised = error(
            &mut client,
            &format!("CREATE USER MAPPING FOR PUBLIC SERVER acme OPTIONS ({options})"),
        );
        assert_eq!(
            (raised.code().code(), raised.message()),
            (sqlstate, message)
        );
        let said = raised.hint().unwrap_or_default();
        assert!(said.contains(hint), "{said}");
    }
    database.execute(
        "CREATE USER MAPPING FOR PUBLIC SERVER acme OPTIONS (email 'a@b.c', api_token 'x');
         ALTER USER MAPPING FOR PUBLIC SERVER acme OPTIONS
            (DROP email, DROP api_token, ADD client_id 'us', ADD client_secret 'client-secret')",
    );
}

#[test]
fn where_the_secret_goes_is_for_superusers_to_say() {
    let database = Database::create();
    let role = database.role("owner");
    database.execute(&format!(
        "GRANT USAGE ON FOREIGN DATA WRAPPER confluence_fdw TO {role}"
    ));
    let create = "CREATE SERVER acme FOREIGN DATA WRAPPER confluence_fdw OPTIONS";
    let sql = format!("{create} (subdomain 'acme', auth_url 'https://evil.example')");
    let raised = error(&mut database.connect_as(&role), &sql);
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("42501", "permission denied to set option \"auth_url\"")
    );
    let mut client = database.connect();
    for url in ["http://auth.example", "https://a:b@auth.example", "auth"] {
        let sql = format!("{create} (subdomain 'acme', auth_url '{url}')");
        let raised = error(&mut client, &sql);
        assert_eq!(raised.code().code(), "HV024", "{url}");
    }
    let sql = format!("{create} (subdomain 'acme', client_secret 'client-secret')");
    let raised = error(&mut client, &sql);
    let hint = raised.hint().unwrap_or_default();
    assert!(
        hint.contains("Secrets belong to the user mapping"),
        "{hint}"
    );
}
