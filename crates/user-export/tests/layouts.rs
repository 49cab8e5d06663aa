//! Every layout in which Atlassian exports users, and what happens to files on their way here.

use user_export::{Columns, Date, Error, Export, LastSeen, ProductUse, User, read};

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

#[test]
fn current_layout() {
    let file = "User id,User name,email,User status,Added to org,Org role,\
        Last seen in Jira Service Management - acme,Last seen in Jira - acme,Last seen in Confluence - acme,\
        Last seen in Atlas - acme\n\
        712020:0-1,jdoe,jdoe@example.com,Active,3 Jan 2024,,Never accessed,28 Apr 2024,12 May 2024,Never accessed\n";
    let export = export(file);
    let user = only(&export);
    assert_eq!(user.account_id, "712020:0-1");
    assert_eq!(user.display_name.as_deref(), Some("jdoe"));
    assert_eq!(user.email.as_deref(), Some("jdoe@example.com"));
    assert_eq!(user.status.as_deref(), Some("Active"));
    assert_eq!(user.org_role, None);
    assert_eq!(user.added_to_org, Some(Date::constant(2024, 1, 3)));
    assert_eq!(user.last_active, Some(Date::constant(2024, 5, 12)));
    assert_eq!(user.line, 2);
    assert_eq!(
        export.products,
        [
            "Jira Service Management - acme",
            "Jira - acme",
            "Confluence - acme",
            "Atlas - acme"
        ]
    );
    let seen: Vec<_> = user
        .products
        .iter()
        .map(|product| (product.product, product.last_seen))
        .collect();
    assert_eq!(
        seen,
        [
            (0, LastSeen::Never),
            (1, LastSeen::On(Date::constant(2024, 4, 28))),
            (2, LastSeen::On(Date::constant(2024, 5, 12))),
            (3, LastSeen::Never),
        ]
    );
    assert_eq!(export.columns, ALL);
    assert_eq!((export.rows, export.rejected), (1, 0));
}

#[test]
fn older_product_names() {
    let file = "User id,User name,email,User status,Added to org,Org role,Last seen in Jira Software - acme\n\
        1,J,j@x.org,Active,3 Jan 2024,Organization admin,Never Accessed\n";
    let export = export(file);
    assert_eq!(export.products, ["Jira Software - acme"]);
    let user = only(&export);
    assert_eq!(user.org_role.as_deref(), Some("Organization admin"));
    assert_eq!(user.last_active, None);
}

#[test]
fn group_membership_repeats_users() {
    let file = "Group id,Group name,User id,User name,email,User status,Added to org,Org role,Last seen in Jira - acme\n\
        g1,admins,712020:1,Jane,jane@x.org,Active,3 Jan 2024,,1 Feb 2024\n\
        g1,admins,712020:2,Joe,joe@x.org,Suspended,4 Jan 2024,,Never accessed\n\
        g2,\"users, all\",712020:1,Jane,Jane@X.org,Active,3 Jan 2024,Organization admin,2 Feb 2024\n";
    let export = export(file);
    assert_eq!(
        (export.rows, export.users.len(), export.rejected),
        (3, 2, 0)
    );
    let jane = &export.users[0];
    assert_eq!(
        jane.email.as_deref(),
        Some("jane@x.org"),
        "the first spelling stands"
    );
    assert_eq!(
        jane.org_role.as_deref(),
        Some("Organization admin"),
        "what a row leaves blank, another may say"
    );
    assert_eq!(jane.last_active, Some(Date::constant(2024, 2, 2)));
    assert_eq!(export.users[1].status.as_deref(), Some("Suspended"));
}

#[test]
fn product_access_is_united() {
    let file = "Group name,User id,User name,email,Jira - acme,Confluence - acme,Last seen in Confluence - acme\n\
        a,1,J,j@x.org,User,,Never accessed\n\
        b,1,J,j@x.org,\"Product admin, User\",User,4 Mar 2024\n\
        c,1,J,j@x.org,,,\n";
    let export = export(file);
    assert_eq!(export.products, ["Jira - acme", "Confluence - acme"]);
    assert_eq!(
        only(&export).products,
        [
            ProductUse {
                product: 0,
                access: Some(["Product admin".into(), "User".into()].into()),
                last_seen: LastSeen::Unknown,
                last_seen_text: None,
            },
            ProductUse {
                product: 1,
                access: Some(["User".into()].into()),
                last_seen: LastSeen::On(Date::constant(2024, 3, 4)),
                last_seen_text: None,
            },
        ]
    );
}

#[test]
fn layout_before_september_2021() {
    for name in ["name", "full_name"] {
        let file = format!(
            "id,{name},email,active,created,Last seen in Jira Service Desk,Last seen in Confluence\n\
             1,Jane,jane@x.org,Yes,3 Jan 2019,Never logged in,4 Jan 2020\n\
             2,Joe,joe@x.org,No,3 Jan 2019,Never logged in,Never logged in\n"
        );
        let export = export(&file);
        assert_eq!(export.users[0].display_name.as_deref(), Some("Jane"));
        assert_eq!(export.users[0].status.as_deref(), Some("Active"));
        assert_eq!(
            export.users[0].added_to_org,
            Some(Date::constant(2019, 1, 3))
        );
        assert_eq!(
            export.users[0].last_active,
            Some(Date::constant(2020, 1, 4))
        );
        assert_eq!(export.users[1].status.as_deref(), Some("Inactive"));
        assert_eq!(export.users[1].last_active, None);
        assert_eq!(export.products, ["Jira Service Desk", "Confluence"]);
    }
}

#[test]
fn oldest_layout_has_no_account_ids() {
    let error = error(
        "group_name,username,full_name,email,active,last_login,last_session,Jira Service Desk,Jira Core,Confluence\n\
         users,jdoe,Jane,jane@x.org,Yes,,,,,\n",
    );
    assert_eq!(error, Error::NoAccountIds);
    assert!(error.hint().contains("\"User id\""), "{}", error.hint());
}

#[test]
fn managed_accounts_layout() {
    let file = "Name,Email,Atlassian ID,Status,Last active date [UTC],Claimed,Billable,Two-step verification,Jira,Confluence\n\
        Jane,jane@x.org,557058:1,active,2024-05-12 10:11:12,Yes,No,On,\"acme, beta\",acme\n\
        Bot,,557058:2,Deactivated,,Yes,No,On,,\n";
    let export = export(file);
    let jane = &export.users[0];
    assert_eq!(jane.account_id, "557058:1");
    assert_eq!(jane.status.as_deref(), Some("Active"));
    assert_eq!(jane.last_active, Some(Date::constant(2024, 5, 12)));
    assert_eq!(export.products, ["Jira", "Confluence"]);
    assert_eq!(
        jane.products[0].access,
        Some(["acme".into(), "beta".into()].into())
    );
    let bot = &export.users[1];
    assert_eq!(
        (bot.email.as_deref(), bot.last_active, bot.products.len()),
        (None, None, 0)
    );
    assert!(!export.columns.org_role && !export.columns.added_to_org);
}

#[test]
fn columns_in_any_order_case_and_spacing() {
    for id in [
        "User id",
        "USER ID",
        " user_id ",
        "Atlassian ID",
        "id",
        "accountId",
        "account_id",
        "\"Account  id\"",
    ] {
        for email in ["email", "Email", "E-mail", "Email address", "mail"] {
            let file = format!("Nonsense,{email},,{id}\nx,j@x.org,,712020:A\n");
            let export = export(&file);
            let user = only(&export);
            assert_eq!(
                (&*user.account_id, user.email.as_deref()),
                ("712020:A", Some("j@x.org")),
                "{file}"
            );
            assert_eq!(export.columns, Columns::default());
        }
    }
}

#[test]
fn a_full_name_is_preferred_to_a_user_name() {
    let file = "id,username,full_name,email\n1,jdoe,Jane Doe,j@x.org\n";
    assert_eq!(
        only(&export(file)).display_name.as_deref(),
        Some("Jane Doe")
    );
}

#[test]
fn files_that_a_spreadsheet_saved() {
    let semicolons = "\u{feff}sep=;\r\nUser id;User name;email;Added to org;;\r\n1;\"Doe; J\";j@x.org;03-Jan-24;;\r\n;;;;;\r\n";
    let export = export(semicolons);
    let user = only(&export);
    assert_eq!(user.display_name.as_deref(), Some("Doe; J"));
    assert_eq!(user.added_to_org, Some(Date::constant(2024, 1, 3)));
    assert_eq!((export.rows, export.rejected, user.line), (2, 1, 3));

    let tabs = "User id\tUser name\temail\r\n1\tDoe, J\tj@x.org\r\n";
    assert_eq!(
        only(&self::export(tabs)).display_name.as_deref(),
        Some("Doe, J")
    );
}

#[test]
fn names_hold_separators_quotes_and_line_breaks() {
    let file = "User id,User name,email\n1,\"Doe, \"\"JJ\"\"\nJane\",j@x.org\n2,Joe,joe@x.org\n";
    let export = export(file);
    assert_eq!(
        export.users[0].display_name.as_deref(),
        Some("Doe, \"JJ\"\nJane")
    );
    assert_eq!(export.users[1].line, 4);
}

#[test]
fn ids_differ_by_case_and_are_trimmed() {
    let export = export("User id,email\n 712020:a ,a@x.org\n712020:A,b@x.org\n");
    assert_eq!(
        export
            .users
            .iter()
            .map(|user| &*user.account_id)
            .collect::<Vec<_>>(),
        ["712020:a", "712020:A"]
    );
}

#[test]
fn rows_without_an_id_are_rejected_and_rows_without_an_e_mail_are_kept() {
    let export = export("User id,email\n,a@x.org\n1,\n , \n\n2,b@x.org\n1,c@x.org\n");
    assert_eq!(
        (export.rows, export.rejected, export.users.len()),
        (5, 2, 2)
    );
    assert_eq!(
        export.users[0].email.as_deref(),
        Some("c@x.org"),
        "a later row may know the e-mail"
    );
}

#[test]
fn the_word_none_is_no_id_and_no_e_mail() {
    let export = export("User id,email\nNone,a@x.org\n1,None\n1,b@x.org\n2,none\n-,None\n");
    assert_eq!((export.rows, export.rejected), (5, 2));
    let emails: Vec<_> = export
        .users
        .iter()
        .map(|user| (&*user.account_id, user.email.as_deref()))
        .collect();
    assert_eq!(emails, [("1", Some("b@x.org")), ("2", None)]);
}

#[test]
fn conflicting_e_mails_are_named_by_line_and_account_only() {
    let error = error("User id,email\n1,\n1,one@x.org\n2,x@x.org\n1,ONE@x.org\n1,two@x.org\n");
    assert_eq!(
        error,
        Error::ConflictingEmails {
            account_id: "1".into(),
            first_line: 3,
            line: 6
        }
    );
    let everything = format!("{error} {} {}", error.detail().unwrap(), error.hint());
    assert!(
        everything.contains("lines 3 and 6") && !everything.contains("@x.org"),
        "{everything}"
    );
}

#[test]
fn every_error_names_the_place_and_a_remedy() {
    let cases: &[(&[u8], Option<u64>, &str)] = &[
        (b"", None, "the user export is empty"),
        (b"\xEF\xBB\xBF\r\n \n", None, "the user export is empty"),
        (b"User id,email\n", None, "the user export names no account"),
        (
            b"User id,email\n,a@x.org\n",
            None,
            "the user export names no account",
        ),
        (
            b"PK\x03\x04",
            None,
            "the user export is not a CSV file, but a workbook or a ZIP archive",
        ),
        (
            b"\xFF\xFEU\0s\0",
            None,
            "the user export is encoded in UTF-16, not in UTF-8",
        ),
        (
            b"\xFE\xFF\0U\0s",
            None,
            "the user export is encoded in UTF-16, not in UTF-8",
        ),
        (
            "ï»¿User id,email\n".as_bytes(),
            None,
            "the user export was encoded twice",
        ),
        (
            b"User id,User name,email\n1,M\xFCller,m@x.org\n",
            Some(2),
            "line 2 of the user export is not valid UTF-8",
        ),
        (
            b"User id,email\n1,a@x.org\n2,b@x\0.org\n",
            Some(3),
            "line 3 of the user export contains a zero byte",
        ),
        (
            b"User id,User name,email\n1,\"Jane,j@x.org\n2,Joe,joe@x.org\n",
            Some(2),
            "the quoted field that begins on line 2 of the user export has no closing quote",
        ),
        (
            b"User id,User name,email\n1,\"Jane \"JJ\" Doe\",j@x.org\n",
            Some(2),
            "line 2 of the user export has text after the closing quote of a field",
        ),
        (
            b"User id,User name,email\n1, \"Doe, Jane\",j@x.org\n",
            Some(2),
            "line 2 of the user export has a space before the opening quote of a field",
        ),
        (
            b"User id,User name,email\n1,J,j@x.org\n2,Doe, Jane,j@x.org\n",
            Some(3),
            "line 3 of the user export has 4 fields, but its header has 3",
        ),
        (
            b"User id,email\n1\n",
            Some(2),
            "line 2 of the user export has 1 field, but its header has 2",
        ),
        (
            b"1,jane@x.org\n2,joe@x.org\n",
            None,
            "the first line of the user export is not a header",
        ),
        (
            b"User name,email\nJ,j@x.org\n",
            None,
            "the user export has no account id column",
        ),
        (
            b"User id,User name\n1,J\n",
            None,
            "the user export has no e-mail column",
        ),
        (
            b"<!doctype html>\n<p>\n",
            None,
            "the user export has no account id column and no e-mail column",
        ),
        (
            b"User id,email,EMAIL\n1,a,b\n",
            None,
            "the user export has two columns that could be the e-mail",
        ),
        (
            b"User id,USER  ID,email\n1,2,a@x.org\n",
            None,
            "the user export has two columns that could be the account id",
        ),
        (
            b"User id,id,email\n1,1,a\n",
            None,
            "the user export has two columns that could be the account id",
        ),
        (
            b"User id,mail,email\n1,a,b\n",
            None,
            "the user export has two columns that could be the e-mail",
        ),
        (
            b"User id,email\n5.57058E+23,a@x.org\n",
            Some(2),
            "the account id on line 2 of the user export was turned into a number",
        ),
        (
            b"User id,email\n1 2,a@x.org\n",
            Some(2),
            "the account id on line 2 of the user export contains a space or a control character",
        ),
        (
            b"User id,email\n1,Jane\n",
            Some(2),
            "the e-mail on line 2 of the user export is not an e-mail address",
        ),
    ];
    for (file, line, message) in cases {
        let error = error(file);
        assert_eq!(error.to_string(), *message);
        assert_eq!(error.line(), *line, "{message}");
        assert!(
            error.hint().ends_with('.') && !error.hint().contains("  "),
            "{}",
            error.hint()
        );
        assert!(
            error.detail().is_none_or(|detail| detail.ends_with('.')),
            "{message}"
        );
    }
}

#[test]
fn a_missing_column_is_told_with_those_found_and_those_expected() {
    let error = error("Login;User name;Mail box;\n");
    assert_eq!(
        error.detail().unwrap(),
        "Its columns are \"Login\", \"User name\", \"Mail box\"."
    );
    assert!(
        error.hint().contains("\"User id\"") && error.hint().contains("\"Email address\""),
        "{}",
        error.hint()
    );
}

#[test]
fn the_longest_account_id_fits() {
    let id = "ä".repeat(user_export::ACCOUNT_ID_LENGTH);
    assert_eq!(
        only(&export(&format!("User id,email\n{id},a@x.org\n"))).account_id,
        id
    );
    assert_eq!(
        error(format!("User id,email\n{id}x,a@x.org\n")),
        Error::AccountIdTooLong { line: 2 }
    );
}

/// What of a file could not be understood: column, values, first line.
fn lost<'e>(export: &'e Export<'_>) -> Vec<(&'e str, u64, u64)> {
    let lost = export.not_understood.iter();
    lost.map(|lost| (&*lost.column, lost.values, lost.first_line))
        .collect()
}

#[test]
fn days_that_are_none_are_counted_and_refuse_nobody() {
    let file = "id,full_name,email,active,created,Last seen in Confluence,Last active date\n\
        1,Jane,jane@x.org,Yes,Before 11 Feb 2017,Not active in the last 180 days,a while ago\n\
        2,Joe,joe@x.org,No,Before 11 Feb 2017,4 Jan 2020,\n\
        3,Jim,jim@x.org,No,0000-01-01,2020-01-05,03/01/2024\n";
    let export = export(file);
    assert_eq!(export.users.len(), 3);
    assert!(
        export
            .users
            .iter()
            .all(|user| user.email.is_some() && user.added_to_org.is_none())
    );
    assert_eq!(
        lost(&export),
        [
            ("created", 3, 2),
            ("Last seen in Confluence", 1, 2),
            ("Last active date", 2, 2)
        ]
    );
    let jane = &export.users[0];
    assert_eq!(jane.last_active, None);
    assert_eq!(jane.products[0].last_seen, LastSeen::Unknown);
    assert_eq!(
        jane.products[0].last_seen_text.as_deref(),
        Some("Not active in the last 180 days")
    );
    let days: Vec<_> = export.users[1..]
        .iter()
        .map(|user| user.last_active)
        .collect();
    assert_eq!(
        days,
        [
            Some(Date::constant(2020, 1, 4)),
            Some(Date::constant(2020, 1, 5))
        ]
    );
}

#[test]
fn the_word_none_is_no_role() {
    let file = "User id,email,Org role,Jira - acme,Confluence - acme\n\
        1,a@x.org,None,None,User\n\
        2,b@x.org,Org Admin,no,\n\
        2,b@x.org,none,User,\n";
    let export = export(file);
    assert_eq!(export.users[0].org_role, None);
    assert_eq!(export.users[1].org_role.as_deref(), Some("Org Admin"));
    let access = |user: usize| -> Vec<_> {
        let products = export.users[user].products.iter();
        products
            .map(|entry| (entry.product, entry.access.clone()))
            .collect()
    };
    assert_eq!(
        access(0),
        [(0, Some([].into())), (1, Some(["User".into()].into()))]
    );
    assert_eq!(access(1), [(0, Some(["User".into()].into()))]);
    assert_eq!(lost(&export), []);
}

#[test]
fn groups_in_columns_are_passed_over_whatever_they_are_called() {
    let file = "User id,email,Group name,Group name,Group name,team@acme.example,,,\n\
        1,a@x.org,site-admins,users,,Yes,,,\n";
    let export = export(file);
    assert_eq!(only(&export).email.as_deref(), Some("a@x.org"));
    assert_eq!(export.columns, Columns::default());
    assert_eq!(lost(&export), []);
}

#[test]
fn of_two_columns_that_say_the_same_the_first_stands_and_what_differs_is_counted() {
    let file = "User id,email,User status,User Status,User name,User name,Last seen in Jira,Last seen in JIRA,Jira\n\
        1,a@x.org,Active,active,,Jane,3 Jan 2024,4 Jan 2024,User\n\
        2,b@x.org,Active,Suspended,Joe,Joseph,,,\n";
    let export = export(file);
    let said: Vec<_> = export
        .users
        .iter()
        .map(|user| (user.status.as_deref(), user.display_name.as_deref()))
        .collect();
    assert_eq!(
        said,
        [
            (Some("Active"), Some("Jane")),
            (Some("Active"), Some("Joe"))
        ]
    );
    assert_eq!(lost(&export), [("User Status", 1, 3), ("User name", 1, 3)]);
    assert_eq!(export.products, ["Jira"]);
    assert_eq!(
        export.users[0].last_active,
        Some(Date::constant(2024, 1, 4))
    );
}

#[test]
fn products_are_told_in_the_order_of_their_columns() {
    let file = "User id,email,C - x,B - x,A - x,Last seen in A - x,Last seen in B - x,Last seen in D - x,Last seen in C - x\n\
        1,a@x.org,,User,,3 Jan 2024,,5 Jan 2024,\n\
        1,a@x.org,User,,User,,4 Jan 2024,,-\n";
    let export = export(file);
    assert_eq!(export.products, ["C - x", "B - x", "A - x", "D - x"]);
    let products = &only(&export).products;
    let told: Vec<_> = products
        .iter()
        .map(|entry| (entry.product, entry.access.is_some(), entry.last_seen))
        .collect();
    let on = |day| LastSeen::On(Date::constant(2024, 1, day));
    assert_eq!(
        told,
        [
            (0, true, LastSeen::Never),
            (1, true, on(4)),
            (2, true, on(3)),
            (3, false, on(5)),
        ]
    );
}

#[test]
fn what_is_larger_than_any_export_is_refused_with_its_line() {
    let row = |columns: usize, field: &str| {
        let names: Vec<String> = (0..columns).map(|number| format!("g{number}")).collect();
        let fields = vec![field; columns].join(",");
        format!("User id,email,{}\n1,a@x.org,{fields}\n", names.join(","))
    };
    let header = "User id,email,Jira - acme\n1,a@x.org,\n";
    let roles = |count: usize| {
        let roles: Vec<String> = (0..count).map(|number| format!("role {number}")).collect();
        format!("\"{}\"", roles.join(","))
    };
    let megabyte = "x".repeat(1 << 20);
    for (file, line) in [
        (row(user_export::MOST_COLUMNS - 2, ""), None),
        (row(user_export::MOST_COLUMNS - 1, ""), Some(1)),
        (
            format!("{header}1,a@x.org{}\n", ",".repeat(10_001)),
            Some(3),
        ),
        (row(3, &megabyte), None),
        (row(1, &(megabyte.clone() + "x")), Some(2)),
        (row(4, &megabyte), Some(2)),
        // A quote that is not closed: the rest of the file is one field.
        (format!("{header}1,a@x.org,\"x\n{megabyte}\n"), Some(3)),
        (
            format!("{header}1,a@x.org,{}\n", roles(user_export::MOST_VALUES)),
            None,
        ),
        (
            format!(
                "{header}1,a@x.org,{}\n",
                roles(user_export::MOST_VALUES + 1)
            ),
            Some(3),
        ),
        (
            format!(
                "{header}1,a@x.org,{}\n1,a@x.org,other\n",
                roles(user_export::MOST_VALUES)
            ),
            Some(4),
        ),
        // Many times the same role is one role.
        (
            format!("{header}1,a@x.org,\"{}\"\n", "a,b,".repeat(20_000)),
            None,
        ),
    ] {
        let found = read(file.as_bytes());
        match line {
            None => assert!(found.is_ok(), "{}: {found:?}", &file[..60]),
            Some(line) => {
                let error = found.expect_err(&file[..60]);
                assert!(error.is_limit(), "{error}");
                assert_eq!(error.line(), Some(line), "{error}");
                assert!(error.to_string().is_ascii() && error.hint().ends_with('.'));
            }
        }
    }
}

#[test]
fn names_from_the_file_are_fit_to_be_read_in_messages() {
    let name = format!("a\u{1b}]0;b\u{7}\u{e9}{}", "x".repeat(1_000));
    let detail = error(format!("User id,{name}\n")).detail().unwrap();
    assert!(
        detail.starts_with("Its columns are \"User id\", \"a\\u{1b}]0;b\\u{7}\\u{e9}xxx"),
        "{detail}"
    );
    assert!(detail.is_ascii() && detail.len() < 200, "{detail}");
    let conflict = error("User id,email\n\u{e9},a@x.org\n\u{e9},b@x.org\n");
    assert!(
        conflict.to_string().ends_with("account \"\\u{e9}\""),
        "{conflict}"
    );
}

/// How often a file's reader can be given up.
fn pauses(file: &str) -> u64 {
    let mut pauses = 0;
    let _ = user_export::read_with(file.as_bytes(), || pauses += 1);
    pauses
}

#[test]
fn pauses_come_by_the_byte_in_files_of_every_shape() {
    // What is sorted comes in falling order; what is merged comes row by row; what is one field, one row or no row at all
    // is as long as a file.
    fn falling(count: usize) -> impl Iterator<Item = usize> {
        (0..count).rev()
    }
    let joined = |count: usize, text: &dyn Fn(usize) -> String| -> String {
        falling(count).map(text).collect::<Vec<_>>().join(",")
    };
    let roles = |count: usize| {
        let roles = joined(count, &|role| format!("{role:07}"));
        let user = format!("1,a@x.org,\"{roles}\"\n");
        format!("User id,email,Jira - acme\n{}", user.repeat(count / 200))
    };
    let products = |count: usize| {
        let access = joined(count, &|product| format!("P - {product}"));
        let seen = joined(count, &|product| {
            format!("Last seen in P - {}", count - product)
        });
        let never = vec!["-"; count].join(",");
        let user = format!("1,a@x.org,{never},{never}\n");
        format!(
            "User id,email,{access},{seen}\n{}",
            user.repeat(count / 100)
        )
    };
    let groups = |count: usize| {
        let row: String = (0..count * 20)
            .map(|row| format!("1,a@x.org,r{}\n", row % count))
            .collect();
        format!("User id,email,Jira - acme\n{row}")
    };
    let blank = |count: usize| format!("User id,email\n{}1,a@x.org\n", "\r\n".repeat(count * 500));
    let field = |count: usize| {
        format!(
            "User id,email,User name\n1,a@x.org,\"{}\"\n",
            "x\"\"".repeat(count * 50)
        )
    };
    let shapes: [(&str, &dyn Fn(usize) -> String); 5] = [
        ("roles", &roles),
        ("products", &products),
        ("groups", &groups),
        ("blank", &blank),
        ("field", &field),
    ];
    for (name, shape) in shapes {
        let file = shape(4_000);
        let most = 3 * file.len() as u64 / (1 << 16) + 3;
        let least = file.len() as u64 / (1 << 17);
        let found = pauses(&file);
        assert!(
            (least..=most).contains(&found),
            "{name}: {found} pauses for {} bytes",
            file.len()
        );
    }
}
