//! What of a file is not understood: counted, and refusing nobody.

use user_export::{Columns, Date, Export, LastSeen};

use super::{export, only};

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
