//! The organisations themselves.

use confluence_sim::{AccountStatus, AccountType, Organisation, PageStatus, Size};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

#[test]
fn the_standard_one_has_its_size_to_the_row() {
    let organisation = Organisation::standard();
    assert_eq!(organisation.spaces().count(), 500);
    assert_eq!(organisation.listed_pages().count(), 100_000);
    assert_eq!(organisation.permission_count(), 15_000);
    assert_eq!(organisation.users().len(), 2_000);
    for status in PageStatus::ALL {
        assert!(organisation.page_count(None, &[status]) > 300, "{status:?}");
    }
}

#[test]
fn pages_and_permissions_are_unevenly_spread() {
    let organisation = Organisation::standard();
    let mut pages: HashMap<u64, usize> = organisation.spaces().map(|space| (space.id, 0)).collect();
    for page in organisation.listed_pages() {
        *pages
            .get_mut(&page.space_id())
            .expect("a space of the organisation") += 1;
    }
    let counts: Vec<usize> = pages.values().copied().collect();
    assert!(counts.contains(&0) && counts.contains(&250) && counts.contains(&500));
    let largest = *counts.iter().max().expect("spaces");
    assert!(largest == 8_000 && counts.iter().filter(|count| **count == largest).count() == 1);
    let counts: Vec<usize> = organisation
        .spaces()
        .map(|space| organisation.permissions(space.id).count())
        .collect();
    assert!(
        counts.contains(&0) && counts.contains(&250) && counts.iter().any(|count| *count > 500)
    );
    assert!(counts.iter().collect::<HashSet<_>>().len() > 30);
}

#[test]
fn ids_are_unique_and_times_are_in_order() {
    for organisation in [Organisation::demo(), Organisation::standard()] {
        let pages: Vec<_> = organisation.pages().collect();
        assert!(pages.is_sorted_by(|left, right| left.id() < right.id()));
        assert!(
            pages
                .iter()
                .all(|page| page.created_at() <= page.modified_at())
        );
        assert!(
            pages
                .iter()
                .all(|page| page.modified_at() <= organisation.now())
        );
        for page in &pages {
            if let Some(("page", parent)) = page.parent() {
                let parent = organisation.page(parent).expect("the parent is there");
                assert_eq!(parent.space_id(), page.space_id());
            }
        }
        let mut permissions = HashSet::new();
        let mut keys = HashSet::new();
        for space in organisation.spaces() {
            assert!(keys.insert(space.key.clone()));
            assert!(
                organisation
                    .permissions(space.id)
                    .all(|row| permissions.insert(row.id))
            );
            if let Some(home) = space.homepage_id {
                assert_eq!(
                    organisation
                        .page(home)
                        .expect("a home is a page")
                        .space_id(),
                    space.id
                );
            }
        }
        let accounts: HashSet<_> = organisation
            .users()
            .iter()
            .map(|user| &user.account_id)
            .collect();
        assert_eq!(accounts.len(), organisation.users().len());
    }
}

#[test]
fn titles_differ_within_a_space_whatever_their_case() {
    for organisation in [Organisation::demo(), Organisation::standard()] {
        let mut titles = HashSet::new();
        let current = organisation
            .pages()
            .filter(|page| page.status() == PageStatus::Current);
        for page in current {
            let title = page.title().to_lowercase();
            assert!(
                titles.insert((page.space_id(), title.clone())),
                "{title} twice in space {}",
                page.space_id()
            );
        }
    }
}

#[test]
fn changes_are_found_by_time_and_some_are_tied() {
    let organisation = Organisation::standard();
    let quarter = organisation.now() - std::time::Duration::from_secs(90 * 86_400);
    let changed = organisation.modified_since(quarter);
    assert!(
        changed.len() > 2_000 && changed.len() < 40_000,
        "{}",
        changed.len()
    );
    assert!(changed.is_sorted_by_key(|page| std::cmp::Reverse((page.modified_at(), page.id()))));
    assert!(changed.iter().all(|page| page.modified_at() >= quarter));
    let times: HashSet<_> = changed.iter().map(|page| page.modified_at()).collect();
    assert!(
        times.len() < changed.len() && times.len() > changed.len() * 9 / 10,
        "{} of {}",
        times.len(),
        changed.len()
    );
}

#[test]
fn a_seed_makes_the_same_organisation_every_time() {
    let size = |seed| Size {
        spaces: 20,
        pages: 400,
        permissions: 100,
        users: 30,
        seed,
        ..Size::default()
    };
    let rows = |organisation: &Arc<Organisation>| -> Vec<String> {
        let pages = organisation
            .pages()
            .map(|page| format!("{} {} {}", page.id(), page.title(), page.modified_at()));
        let permissions = organisation.spaces().flat_map(|space| {
            organisation
                .permissions(space.id)
                .map(|row| format!("{row:?}"))
                .collect::<Vec<_>>()
        });
        pages.chain(permissions).collect()
    };
    let (one, again, other) = (
        Organisation::sized(size(1)),
        Organisation::sized(size(1)),
        Organisation::sized(size(2)),
    );
    assert_eq!(rows(&one), rows(&again));
    assert_ne!(rows(&one), rows(&other));
    assert_eq!(one.export_users(), again.export_users());
}

#[test]
fn any_size_is_kept_to() {
    for (spaces, pages, permissions, users) in [
        (0, 0, 0, 1),
        (1, 1, 1, 1),
        (1, 700, 300, 3),
        (9, 10_000, 0, 5),
        (10, 5_000, 3_000, 20),
        (60, 7_000, 5_000, 9),
    ] {
        let organisation = Organisation::sized(Size {
            spaces,
            pages,
            permissions,
            users,
            ..Size::default()
        });
        assert_eq!(organisation.spaces().count(), spaces);
        assert_eq!(
            organisation.listed_pages().count(),
            pages,
            "{spaces} spaces"
        );
        assert_eq!(organisation.permission_count(), permissions);
        assert_eq!(organisation.users().len(), users);
    }
}

#[test]
fn the_demo_can_be_reviewed() {
    let organisation = Organisation::demo();
    assert_eq!(
        (
            organisation.spaces().count(),
            organisation.listed_pages().count()
        ),
        (8, 60)
    );
    for title in [
        "Access policy",
        "Runbook",
        "Onboarding",
        "runbook",
        "RUNBOOK",
    ] {
        assert!(
            organisation
                .listed_pages()
                .any(|page| page.title() == title),
            "{title}"
        );
    }
    let users = organisation.users();
    assert!(
        users
            .iter()
            .any(|user| user.account_type == AccountType::App)
    );
    assert!(users.iter().any(|user| user.guest));
    assert!(
        users.iter().any(|user| user.email_hidden
            && user.visible_email().is_empty()
            && user.email.is_some())
    );
    // What a review is to find: an administrator who has left.
    let left = |id: &str| {
        organisation
            .user(id)
            .is_some_and(|user| user.status == AccountStatus::Closed)
    };
    let found = organisation.spaces().any(|space| {
        organisation
            .permissions(space.id)
            .any(|row| row.operation_key == "administer" && left(row.principal_id))
    });
    assert!(found);
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
    let rows: Vec<csv::StringRecord> = file
        .records()
        .collect::<Result<_, _>>()
        .expect("a CSV file");
    let people: Vec<_> = organisation
        .users()
        .iter()
        .filter(|user| user.account_type == AccountType::Atlassian)
        .collect();
    assert_eq!(rows.len(), people.len());
    for (row, user) in rows.iter().zip(&people) {
        assert_eq!(
            (&row[0], &row[1], Some(&row[2])),
            (
                &*user.account_id,
                &*user.display_name,
                user.email.as_deref()
            )
        );
    }
    assert!(people.iter().any(|user| user.email_hidden));
    assert!(
        rows.iter()
            .any(|row| row[1].contains(", ") && row[1].contains('"')),
        "no name needs quotes"
    );
    for status in ["Active", "Suspended", "Deactivated"] {
        assert!(rows.iter().any(|row| &row[3] == status));
    }
    assert!(rows.iter().any(|row| &row[8] == "Never accessed"));
    assert!(rows.iter().any(|row| &row[4] == "3 Jan 2024"));
}
