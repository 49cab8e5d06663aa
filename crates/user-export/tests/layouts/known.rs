//! Every layout in which Atlassian exports users, and what happens to files on their way here.

use user_export::{Columns, Date, Error, LastSeen, ProductUse};

use super::{ALL, error, export, only};

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
