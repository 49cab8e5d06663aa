//! Random histories: what each run saw is what `as_of` tells for ever, whatever happens to the site afterwards.

use confluence_fdw_tests::{lines, one};
use confluence_sim::{NewPage, Options, Organisation, RestrictedOperation, Subject};
use fastrand::Rng;

use super::{as_of, mirrored_site, refresh};
use crate::random::{Rounds, again, chances, pick};
use crate::scene::{Scene, small_site};

/// How many refreshes a history has.
const REFRESHES: usize = 10;
/// How many histories are tried where nobody says so.
const HISTORIES: u64 = 4;

/// Tables that every run but one of mode changes reads in whole.
const WHOLE: &[&str] = &[
    "spaces",
    "permissions",
    "pages",
    "blogposts",
    "groups",
    "group_members",
    "content_restrictions",
    "users",
];

/// One thing that people do.
fn edit(site: &mut Organisation, rng: &mut Rng) {
    let spaces: Vec<u64> = site.spaces().map(|space| space.id).collect();
    let pages: Vec<u64> = site.listed_pages().map(|page| page.id()).collect();
    let groups: Vec<String> = site.groups().iter().map(|group| group.id.clone()).collect();
    let accounts: Vec<String> = site
        .users()
        .iter()
        .map(|user| user.account_id.clone())
        .collect();
    if spaces.len() < 2 || pages.len() < 5 {
        return;
    }
    let (space, page) = (*pick(rng, &spaces), *pick(rng, &pages));
    let (group, account) = (pick(rng, &groups).clone(), pick(rng, &accounts).clone());
    let grant = site.permissions(space).next().map(|grant| grant.id);
    // An edit that the site does not allow just then is none.
    let _ = match rng.u8(..14) {
        0 | 1 => site.modify_page(page),
        2 => site.rename_page(page, format!("Title {}", rng.u32(..))),
        3 => site.trash_page(page),
        4 => site.purge_page(page),
        5 => site
            .create_page(NewPage {
                space_id: space,
                title: format!("New {}", rng.u32(..)),
                parent_id: None,
            })
            .map(drop),
        6 => site
            .add_permission(space, ("user", &account), ("read", "space"))
            .map(drop),
        7 => grant.map_or(Ok(()), |id| site.remove_permission(id)),
        8 => site.add_member(&group, &account),
        9 => site.remove_member(&group, &account),
        10 => site.restrict(page, RestrictedOperation::Read, Subject::User(account)),
        11 => site.restrict(page, RestrictedOperation::Update, Subject::Group(group)),
        12 => site.lift(page, RestrictedOperation::Read),
        _ if spaces.len() > 2 && rng.u8(..4) == 0 => site.delete_space(space),
        _ => Ok(()),
    };
}

/// What the site shows of a table now, as a mirror would have it.
#[track_caller]
fn live(scene: &mut Scene, table: &str) -> Vec<String> {
    let columns = one(
        &mut scene.client,
        &format!(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
             WHERE attrelid = 'acme.{table}'::regclass AND attnum > 0"
        ),
    );
    let among = match table {
        // The site lists no accounts: it is asked for those that the mirror has.
        "users" => " WHERE account_id = ANY (ARRAY(SELECT account_id FROM acme.users))",
        _ => "",
    };
    lines(
        &mut scene.client,
        &format!(
            "SELECT t::text FROM (SELECT {columns} FROM confluence_{table}{among}) AS t ORDER BY 1"
        ),
    )
}

fn history(seed: u64) {
    let mut rng = chances(seed, 0);
    let mut scene = mirrored_site(Options::of(small_site()));
    let mut seen: Vec<(String, &str, Vec<String>)> = Vec::new();
    for number in 1..=REFRESHES {
        let mode = if number > 1 && rng.u8(..4) == 0 {
            "changes"
        } else {
            *pick(&mut rng, &["full", "access"])
        };
        for _ in 0..rng.usize(..8) {
            scene.sim.edit(|site| edit(site, &mut rng));
        }
        refresh(&mut scene, mode);
        if mode == "changes" {
            continue;
        }
        for table in WHOLE {
            let shown = live(&mut scene, table);
            seen.push((number.to_string(), table, shown));
        }
    }
    for (run, table, shown) in seen {
        assert_eq!(
            as_of(&mut scene, table, &run),
            shown,
            "{table} as of run {run}"
        );
    }
    let overlapping = super::histories(&mut scene).into_iter().filter(|table| {
        let key = one(
            &mut scene.client,
            &format!(
                "SELECT string_agg(quote_ident(a.attname), ', ') FROM pg_index i JOIN pg_attribute a
                     ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) AND a.attname <> 'run_from'
                 WHERE i.indrelid = 'acme.{table}_history'::regclass AND i.indisprimary"
            ),
        );
        let found = one(
            &mut scene.client,
            &format!(
                "SELECT count(*) FROM (SELECT run_to, lead(run_from) OVER (PARTITION BY {key} ORDER BY run_from) AS next
                                       FROM acme.{table}_history) AS s
                 WHERE next IS NOT NULL AND (run_to IS NULL OR run_to > next)"
            ),
        );
        found != "0"
    });
    assert_eq!(overlapping.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn what_a_run_saw_is_told_for_ever() {
    let rounds = Rounds::asked_for();
    let count = rounds.count.unwrap_or(HISTORIES);
    for seed in rounds.first..rounds.first + count {
        let ended = std::panic::catch_unwind(|| history(seed));
        if let Err(panic) = ended {
            eprintln!("{}", again("mirror::histories_by_chance", seed));
            std::panic::resume_unwind(panic);
        }
    }
}
