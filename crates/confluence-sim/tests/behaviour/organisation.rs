//! The organisations themselves.

use crate::client::sized;
use confluence_sim::{AccountStatus, AccountType, Organisation, PageStatus};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

#[test]
fn any_size_is_kept_to_the_row() {
    let standard = [500, 100_000, 15_000, 2_000];
    let sizes = [
        [0, 0, 0, 1],
        [1, 1, 1, 1],
        [1, 700, 300, 3],
        [9, 10_000, 0, 5],
        [10, 5_000, 3_000, 20],
        [60, 7_000, 5_000, 9],
    ];
    let organisations = sizes.map(|size| (size, sized(size, 1)));
    for (size, organisation) in [(standard, Organisation::standard())]
        .into_iter()
        .chain(organisations)
    {
        let found = [
            organisation.spaces().count(),
            organisation.listed_pages().count(),
            organisation.permission_count(),
            organisation.users().len(),
        ];
        assert_eq!(found, size);
    }
}

#[test]
fn pages_and_permissions_are_unevenly_spread() {
    let organisation = Organisation::standard();
    for status in PageStatus::ALL {
        assert!(organisation.page_count(None, &[status]) > 300, "{status:?}");
    }
    let mut pages: HashMap<u64, usize> = organisation.spaces().map(|space| (space.id, 0)).collect();
    for page in organisation.listed_pages() {
        *pages.get_mut(&page.space_id()).expect("a space") += 1;
    }
    let mut counts: Vec<usize> = pages.into_values().collect();
    counts.sort_by_key(|count| Reverse(*count));
    assert!([0, 250, 500].iter().all(|count| counts.contains(count)));
    assert!(counts[0] == 8_000 && counts[1] < 8_000);
    let permissions = |id| organisation.permissions(id).count();
    let counts: HashSet<usize> = organisation
        .spaces()
        .map(|space| permissions(space.id))
        .collect();
    assert!(
        counts.contains(&0) && counts.contains(&250) && counts.iter().any(|&count| count > 500)
    );
    assert!(counts.len() > 30);
}

#[test]
fn ids_and_titles_are_unique_and_times_are_in_order() {
    for organisation in [Organisation::demo(), Organisation::standard()] {
        let pages: Vec<_> = organisation.pages().collect();
        assert!(pages.is_sorted_by(|left, right| left.id() < right.id()));
        let mut titles = HashSet::new();
        for page in &pages {
            assert!(page.created_at() <= page.modified_at());
            assert!(page.modified_at() <= organisation.now());
            if let Some(("page", parent)) = page.parent() {
                let parent = organisation.page(parent).expect("the parent is there");
                assert_eq!(parent.space_id(), page.space_id());
            }
            // Whatever their case.
            let title = (page.space_id(), page.title().to_lowercase());
            let is_used = page.status() == PageStatus::Current;
            assert!(
                !is_used || titles.insert(title),
                "{page:?} is called as another"
            );
        }
        let (mut permissions, mut keys) = (HashSet::new(), HashSet::new());
        for space in organisation.spaces() {
            assert!(keys.insert(&space.key));
            let mut rows = organisation.permissions(space.id);
            assert!(rows.all(|row| permissions.insert(row.id)));
            if let Some(home) = space.homepage_id {
                let home = organisation.page(home).expect("a home is a page");
                assert_eq!(home.space_id(), space.id);
            }
        }
        let users = organisation.users().iter();
        let accounts: HashSet<_> = users.map(|user| &user.account_id).collect();
        assert_eq!(accounts.len(), organisation.users().len());
    }
}

#[test]
fn changes_are_found_by_time_and_some_are_tied() {
    let organisation = Organisation::standard();
    let quarter = organisation.now() - Duration::from_secs(90 * 86_400);
    let changed = organisation.modified_since(quarter);
    let count = changed.len();
    assert!((2_000..40_000).contains(&count), "{count}");
    assert!(changed.is_sorted_by_key(|page| Reverse((page.modified_at(), page.id()))));
    assert!(changed.iter().all(|page| page.modified_at() >= quarter));
    let times: HashSet<_> = changed.iter().map(|page| page.modified_at()).collect();
    assert!((count * 9 / 10..count).contains(&times.len()));
}

#[test]
fn a_seed_makes_the_same_organisation_every_time() {
    let rows = |organisation: &Arc<Organisation>| -> Vec<String> {
        let pages = organisation
            .pages()
            .map(|page| format!("{} {} {}", page.id(), page.title(), page.modified_at()));
        let permissions = organisation.spaces().flat_map(|space| {
            let rows = organisation.permissions(space.id);
            rows.map(|row| format!("{row:?}")).collect::<Vec<_>>()
        });
        pages.chain(permissions).collect()
    };
    let [one, again, other] = [1, 1, 2].map(|seed| sized([20, 400, 100, 30], seed));
    assert_eq!(rows(&one), rows(&again));
    assert_ne!(rows(&one), rows(&other));
    assert_eq!(one.export_users(), again.export_users());
}

#[test]
fn the_demo_can_be_reviewed() {
    let organisation = Organisation::demo();
    let counts = (
        organisation.spaces().count(),
        organisation.listed_pages().count(),
    );
    assert_eq!(counts, (8, 60));
    for title in [
        "Access policy",
        "Runbook",
        "Onboarding",
        "runbook",
        "RUNBOOK",
    ] {
        let mut pages = organisation.listed_pages();
        assert!(pages.any(|page| page.title() == title), "{title}");
    }
    let users = organisation.users();
    assert!(
        users
            .iter()
            .any(|user| user.account_type == AccountType::App)
    );
    assert!(users.iter().any(|user| user.guest));
    let hides = |email: &str| email.is_empty();
    let mut hidden = users.iter().filter(|user| user.email_hidden);
    assert!(hidden.any(|user| hides(user.visible_email()) && user.email.is_some()));
    // What a review is to find: an administrator who has left.
    let left = |id: &str| {
        let user = organisation.user(id);
        user.is_some_and(|user| user.status == AccountStatus::Closed)
    };
    assert!(organisation.spaces().any(|space| {
        let mut rows = organisation.permissions(space.id);
        rows.any(|row| row.operation_key == "administer" && left(row.principal_id))
    }));
}

#[test]
fn the_export_of_users_has_the_hidden_addresses() {
    let organisation = Organisation::standard();
    let export = organisation.export_users();
    assert!(export.starts_with(
        "User id,User name,email,User status,Added to org,Org role,Last seen in Jira Service Management - acme,\
         Last seen in Jira - acme,Last seen in Confluence - acme,Last seen in Atlas - acme\n"
    ));
    let mut file = csv::Reader::from_reader(export.as_bytes());
    let rows: Result<Vec<csv::StringRecord>, _> = file.records().collect();
    let rows = rows.expect("a CSV file");
    let mut people = organisation.users().to_vec();
    people.retain(|user| user.account_type == AccountType::Atlassian);
    assert_eq!(rows.len(), people.len());
    for (row, user) in rows.iter().zip(&people) {
        let email = user.email.as_deref().expect("people have one");
        assert_eq!(
            [&row[0], &row[1], &row[2]],
            [&user.account_id, &user.display_name, email]
        );
    }
    assert!(people.iter().any(|user| user.email_hidden));
    let quoted = |name: &str| name.contains(", ") && name.contains('"');
    assert!(
        rows.iter().any(|row| quoted(&row[1])),
        "no name needs quotes"
    );
    for (column, value) in [
        (3, "Active"),
        (3, "Suspended"),
        (3, "Deactivated"),
        (8, "Never accessed"),
        (4, "3 Jan 2024"),
    ] {
        assert!(rows.iter().any(|row| &row[column] == value), "{value}");
    }
}
