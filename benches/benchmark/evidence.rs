//! The review of a whole site: what its mirror costs, how fast its questions are, and what a script would take instead.

use std::sync::Arc;
use std::time::{Duration, Instant};

use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{lines, one};
use confluence_sim::{Organisation, RestrictedOperation, RoleMode, Size, Subject};

use crate::measure::{Measure, quick};
use crate::memory::{self, Memory};
use crate::peers::{self, Peer};
use crate::report::{
    Report, Table, Verdict, grouped, median, milliseconds, progress, ratio, seconds,
};
use crate::throughput::settle;

const LATENCY: Duration = Duration::from_millis(100);
/// Requests under way at once: the default of `max_concurrency`.
const WIDTH: f64 = 8.0;
/// What a refresh may take beyond its share of the latency.
const ALLOWED: f64 = 1.25;
/// What publishing may take beyond the requests, when a hundredth of everything has changed.
const PUBLISHING: Duration = Duration::from_secs(5);
/// Groups of the site, those of the generator among them.
const GROUPS: usize = 300;
/// How often a question is asked.
const ASKED: usize = 5;
/// Nightly runs in a quarter.
const NIGHTS: usize = 91;
/// Pages of the site in whose refresh memory is watched, and what it may take, in MiB.
const MANY_PAGES: usize = 1_000_000;
const MEMORY: u64 = 128;

pub fn run(report: &mut Report) {
    report.section("8. Evidence");
    report.text(format!(
        "A site of 500 spaces, 100,000 pages of which 5 % are restricted, 2,000 people and {GROUPS} groups, each answer of \
         which takes {} ms; eight requests are under way at once. `confluence.refresh` makes and keeps a mirror of it \
         (docs/mirror.md), and the questions of docs/evidence.md are asked there.",
        LATENCY.as_millis()
    ));
    let mut site = mirrored(reviewed());
    refreshes(report, &mut site);
    questions(report, &mut site);
    drop(site);
    with_roles(report);
    memory_of_a_refresh(report);
    scripts(report);
}

/// The site, before it has space roles.
fn reviewed() -> Arc<Organisation> {
    let mut organisation = Organisation::clone(&Organisation::standard());
    organisation.set_role_mode(RoleMode::PreRoles, None);
    let people: Vec<String> = organisation
        .users()
        .iter()
        .map(|user| user.account_id.clone())
        .collect();
    for number in organisation.groups().len()..GROUPS {
        let group = format!("00000000-0000-4000-8000-{number:012}");
        organisation.add_group(&group, None);
        for member in
            (0..3 + number % 40).map(|place| &people[(number * 37 + place * 53) % people.len()])
        {
            organisation
                .add_member(&group, member)
                .expect("both are there");
        }
    }
    Arc::new(organisation)
}

fn mirrored(organisation: Arc<Organisation>) -> Site {
    let mut site = Site::serving(quick(organisation), "");
    site.execute("SELECT confluence.create_mirror('site', 'acme')");
    site
}

/// What a refresh has cost.
struct Refreshed {
    requests: usize,
    took: Duration,
    written: u64,
}

impl Refreshed {
    fn of(site: &mut Site, mode: &str) -> Self {
        progress(&format!("refresh, {mode}"));
        settle(&mut site.client);
        site.sim.clear_log();
        site.sim.set_latency(LATENCY);
        let began = Instant::now();
        site.execute(&format!("CALL confluence.refresh('acme', '{mode}')"));
        let took = began.elapsed();
        site.sim.set_latency(Duration::ZERO);
        let written = "SELECT sum(rows_opened + rows_changed + rows_ended) FROM acme.run_steps
                       WHERE run_id = (SELECT max(id) FROM acme.runs)";
        Self {
            requests: site.sim.log().len(),
            took,
            written: one(&mut site.client, written).parse().expect("a number"),
        }
    }

    /// What the requests alone take.
    fn waited(&self) -> Duration {
        LATENCY.mul_f64(self.requests as f64 / WIDTH)
    }

    fn cells(&self, what: &str, wanted: &str) -> [String; 6] {
        [
            what.to_owned(),
            grouped(self.requests),
            seconds(self.took),
            ratio(self.took.as_secs_f64() / self.waited().as_secs_f64()),
            grouped(self.written as usize),
            wanted.to_owned(),
        ]
    }
}

const REFRESHES: [&str; 6] = [
    "refresh",
    "requests",
    "time",
    "time ÷ (requests × latency ÷ 8)",
    "rows written",
    "wanted",
];

fn refreshes(report: &mut Report, site: &mut Site) {
    let mut table = Table::new("Refreshing the mirror, before roles", &REFRESHES);
    let first = Refreshed::of(site, "full");
    table.row(
        first.cells("the first one", "1,950 requests, 1.25"),
        Verdict::of(first.requests <= 1_950 && first.took <= first.waited().mul_f64(ALLOWED)),
    );
    let again = Refreshed::of(site, "full");
    table.row(
        again.cells("the same again", "no row written"),
        Verdict::of(again.written == 0),
    );
    site.sim.edit(change_a_hundredth);
    let changed = Refreshed::of(site, "full");
    let publishing = changed.took.saturating_sub(changed.waited());
    table.row(
        changed.cells("1 % of everything changed", "5 s beyond the requests"),
        Verdict::of(publishing <= PUBLISHING),
    );
    site.sim.edit(change_some);
    let changes = Refreshed::of(site, "changes");
    table.row(
        changes.cells(
            "`changes` after 100 edits, 3 moves, 5 restrictions",
            "60 requests",
        ),
        Verdict::of(changes.requests <= 60),
    );
    report.table(table);
}

fn with_roles(report: &mut Report) {
    let mut organisation = Organisation::clone(&reviewed());
    organisation.set_role_mode(RoleMode::Roles, None);
    let mut site = mirrored(Arc::new(organisation));
    let mut table = Table::new("Refreshing the mirror, with roles", &REFRESHES);
    let first = Refreshed::of(&mut site, "full");
    table.row(
        first.cells("the first one", "2,450 requests, 1.25"),
        Verdict::of(first.requests <= 2_450 && first.took <= first.waited().mul_f64(ALLOWED)),
    );
    report.table(table);
}

fn change_a_hundredth(site: &mut Organisation) {
    let every = |number: usize| number.is_multiple_of(100);
    let pages: Vec<u64> = site.listed_pages().map(|page| page.id()).collect();
    for (_, page) in pages
        .iter()
        .enumerate()
        .filter(|(number, _)| every(*number))
    {
        site.modify_page(*page).expect("a page");
    }
    let restricted: Vec<(u64, RestrictedOperation)> = site
        .restrictions()
        .map(|(content, operation, _)| (content, operation))
        .collect();
    for (_, (content, operation)) in restricted
        .iter()
        .enumerate()
        .filter(|(number, _)| every(*number))
    {
        site.lift(*content, *operation).expect("a content");
    }
    let spaces: Vec<u64> = site.spaces().map(|space| space.id).collect();
    let grants: Vec<u64> = spaces
        .iter()
        .flat_map(|space| site.permissions(*space).map(|grant| grant.id))
        .collect();
    for (_, grant) in grants
        .iter()
        .enumerate()
        .filter(|(number, _)| every(*number))
    {
        site.remove_permission(*grant).expect("a grant");
    }
    let groups: Vec<(String, Vec<usize>)> = site
        .groups()
        .iter()
        .map(|group| (group.id.clone(), group.members.clone()))
        .collect();
    let people: Vec<String> = site
        .users()
        .iter()
        .map(|user| user.account_id.clone())
        .collect();
    for (group, members) in groups {
        for (_, member) in members
            .iter()
            .enumerate()
            .filter(|(number, _)| every(*number))
        {
            site.remove_member(&group, &people[*member])
                .expect("a member");
        }
    }
}

/// What happens in an hour.
fn change_some(site: &mut Organisation) {
    let pages: Vec<u64> = site.listed_pages().map(|page| page.id()).collect();
    let chosen: Vec<u64> = pages.iter().step_by(pages.len() / 110).copied().collect();
    for page in &chosen[..100] {
        site.modify_page(*page).expect("a page");
    }
    for page in &chosen[100..103] {
        site.move_content(*page, None).expect("a page");
    }
    let account = site.users()[1].account_id.clone();
    for page in &chosen[103..108] {
        let reader = Subject::User(account.clone());
        site.restrict(*page, RestrictedOperation::Read, reader)
            .expect("a page");
    }
}

/// A question, how it is asked, and what it may take in milliseconds, where that is promised.
struct Question {
    what: &'static str,
    sql: String,
    wanted: Option<u64>,
}

fn questions(report: &mut Report, site: &mut Site) {
    let largest =
        "SELECT space_id FROM acme.pages GROUP BY space_id ORDER BY count(*) DESC LIMIT 1";
    let restricted = "SELECT content_id FROM acme.content_restrictions AS r JOIN acme.pages AS p ON p.id = r.content_id
                      WHERE r.operation = 'read' ORDER BY content_id LIMIT 1";
    let person = "SELECT account_id FROM acme.group_members GROUP BY account_id ORDER BY count(*) DESC, account_id LIMIT 1";
    let open = format!(
        "SELECT id FROM acme.pages AS p WHERE space_id = ({largest})
         AND NOT EXISTS (SELECT FROM acme.content_restrictions WHERE content_id = p.id) ORDER BY id LIMIT 1"
    );
    // Which page or person it is asked of is found before, so that this is not in the figures.
    let mut of = |function: &str, argument: &str| {
        let argument = one(
            &mut site.client,
            &format!("SELECT quote_literal(({argument}))"),
        );
        format!("SELECT count(rows) FROM acme.{function}({argument}) AS rows")
    };
    let asked = [
        Question {
            what: "`content_access` of an open page in the largest space",
            sql: of("content_access", &open),
            wanted: Some(20),
        },
        Question {
            what: "`content_access` of a restricted page",
            sql: of("content_access", restricted),
            wanted: Some(20),
        },
        Question {
            what: "`person_access` of who is in most groups",
            sql: of("person_access", person),
            wanted: Some(300),
        },
        Question {
            what: "`space_access` of the largest space",
            sql: of("space_access", largest),
            wanted: Some(100),
        },
        Question {
            what: "`effective_space_access`, whole",
            sql: "SELECT count(rows) FROM acme.effective_space_access AS rows".to_owned(),
            wanted: Some(10_000),
        },
    ];
    let mut table = Table::new(
        "Questions of the mirror: no longer than wanted",
        &["question", "rows", "time", "wanted"],
    );
    site.execute("VACUUM ANALYZE");
    for question in &asked {
        ask(&mut table, site, question);
    }
    progress("a quarter of nightly runs");
    make_nights(site);
    make_a_quarter(site);
    let changes =
        "SELECT count(rows) FROM acme.access_changes(now() - interval '91 days', now()) AS rows";
    ask(
        &mut table,
        site,
        &Question {
            what: "`access_changes` of a quarter of nightly runs",
            sql: changes.to_owned(),
            wanted: Some(2_000),
        },
    );
    make_much(site);
    ask(
        &mut table,
        site,
        &Question {
            what: "the same, where a tenth of everything changed besides",
            sql: changes.to_owned(),
            wanted: None,
        },
    );
    report.table(table);
    let person = one(&mut site.client, person);
    searches(report, site, &person);
}

fn ask(table: &mut Table, site: &mut Site, question: &Question) {
    progress(question.what);
    let mut rows = String::new();
    // The first time, PostgreSQL reads the catalog and what is not in its memory.
    site.rows(&question.sql).expect("rows");
    let took = (0..ASKED).map(|_| {
        let began = Instant::now();
        rows = one(&mut site.client, &question.sql);
        began.elapsed()
    });
    let took = median(took.collect());
    let wanted = question.wanted.map(Duration::from_millis);
    let rows = grouped(rows.parse().expect("a number"));
    table.row(
        [
            question.what.to_owned(),
            rows,
            milliseconds(took),
            wanted.map_or_else(String::new, milliseconds),
        ],
        wanted.map_or(Verdict::Open, |wanted| Verdict::of(took <= wanted)),
    );
}

/// Makes a quarter of nightly runs of the last one, in which nothing has changed.
fn make_nights(site: &mut Site) {
    let columns = one(
        &mut site.client,
        "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
         WHERE attrelid = 'acme.runs'::regclass AND attnum > 0 AND attname NOT IN ('id', 'started_at', 'finished_at', 'published_at', 'head_sha256')",
    );
    let of_steps = one(
        &mut site.client,
        "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
         WHERE attrelid = 'acme.run_steps'::regclass AND attnum > 0 AND attname NOT IN ('run_id', 'read_at')",
    );
    let full = "SELECT max(id) FROM acme.runs WHERE status = 'complete' AND mode = 'full'";
    site.execute(&format!(
        "CREATE TABLE last_run AS {full};
         UPDATE acme.runs SET started_at = started_at - interval '92 days', finished_at = finished_at - interval '92 days',
                published_at = published_at - interval '92 days';
         INSERT INTO acme.runs ({columns}, started_at, finished_at, published_at)
         SELECT {columns}, now() - (92 - night) * interval '1 day', now() - (92 - night) * interval '1 day', now() - (92 - night) * interval '1 day'
         FROM acme.runs, generate_series(1, {NIGHTS}) AS night WHERE id = (SELECT max FROM last_run);
         CREATE TABLE nights AS SELECT row_number() OVER (ORDER BY id) AS night, id, published_at FROM acme.runs
                                WHERE id > (SELECT max(id) FROM acme.runs) - {NIGHTS};
         INSERT INTO acme.run_steps (run_id, {of_steps}, read_at)
         SELECT n.id, {of_steps}, n.published_at FROM acme.run_steps, nights AS n WHERE run_id = (SELECT max FROM last_run)"
    ));
    for table in [
        "users",
        "group_members",
        "permissions",
        "content_restrictions",
    ] {
        site.execute(&format!(
            "UPDATE acme.{table}_history SET valid_from = valid_from - interval '92 days', not_before = not_before - interval '92 days'"
        ));
    }
}

/// What becomes of a history row `h` that begins, or ends, in the night `n`.
const BEGINS: &str =
    "run_from = n.id, valid_from = n.published_at, not_before = n.published_at - interval '1 day'";
const ENDS: &str = "run_to = n.id, valid_to = n.published_at, seen_until = n.published_at - interval '1 day', end_reason = 'removed'";

/// Has a quarter go by in a company of 2,000 people.
///
/// An eighth of the people leaves in a year, and some more come: 3 % and 4 % in a quarter. All groups of a leaver end, and the account is
/// deactivated; all of a newcomer begin. One in ten goes from one team to another. In one space in twenty somebody is given something,
/// and as often something is taken back. Most lists are made with their page, so there was nothing before that anybody could lose. Of
/// pages that were there, 300 are restricted for a week, while they are worked on, and are open again; 12 stay so, and 12 that were
/// restricted are opened.
fn make_a_quarter(site: &mut Site) {
    site.execute(&format!(
        "CREATE TABLE movers AS
         SELECT p.account_id, CASE WHEN place <= 60 THEN 'leaves' WHEN place <= 140 THEN 'comes' ELSE 'moves' END AS what, n.id, n.published_at
         FROM (SELECT account_id, row_number() OVER (ORDER BY md5(account_id)) AS place
               FROM acme.users WHERE account_status = 'active' AND account_type = 'atlassian') AS p
         JOIN nights AS n ON n.night = 1 + p.place % {NIGHTS}
         WHERE p.place <= 340;

         UPDATE acme.group_members_history AS h SET {ENDS}
         FROM movers AS n WHERE n.what = 'leaves' AND h.account_id = n.account_id AND h.run_to IS NULL;
         CREATE TABLE leavers AS
         SELECT h.* FROM acme.users_history AS h JOIN movers AS n USING (account_id) WHERE n.what = 'leaves' AND h.run_to IS NULL;
         UPDATE leavers AS h SET {ENDS} FROM movers AS n WHERE h.account_id = n.account_id;
         UPDATE leavers SET end_reason = 'changed';
         UPDATE acme.users_history AS h SET account_status = 'inactive', {BEGINS}
         FROM movers AS n WHERE n.what = 'leaves' AND h.account_id = n.account_id AND h.run_to IS NULL;
         INSERT INTO acme.users_history SELECT * FROM leavers;

         UPDATE acme.group_members_history AS h SET {BEGINS}
         FROM movers AS n WHERE n.what = 'comes' AND h.account_id = n.account_id AND h.run_to IS NULL;
         UPDATE acme.users_history AS h SET {BEGINS}
         FROM movers AS n WHERE n.what = 'comes' AND h.account_id = n.account_id AND h.run_to IS NULL;

         CREATE TABLE teams AS
         SELECT h.account_id, h.group_id, row_number() OVER (PARTITION BY h.account_id ORDER BY h.group_id) AS place, n.id, n.published_at
         FROM acme.group_members AS h JOIN movers AS n USING (account_id)
         WHERE n.what = 'moves' AND h.group_id NOT IN (SELECT id FROM acme.product_groups);
         UPDATE acme.group_members_history AS h SET {ENDS}
         FROM teams AS n WHERE n.place = 1 AND h.group_id = n.group_id AND h.account_id = n.account_id AND h.run_to IS NULL;
         UPDATE acme.group_members_history AS h SET {BEGINS}
         FROM teams AS n WHERE n.place = 2 AND h.group_id = n.group_id AND h.account_id = n.account_id AND h.run_to IS NULL;

         CREATE TABLE granted AS
         SELECT p.*, n.id, n.published_at
         FROM (SELECT space_id, principal_id, row_number() OVER (ORDER BY md5(space_id || principal_id)) AS place
               FROM (SELECT DISTINCT space_id, principal_id FROM acme.permissions
                     WHERE principal_type IN ('user', 'group') AND principal_id NOT IN (SELECT id FROM acme.product_groups)) AS p) AS p
         JOIN nights AS n ON n.night = 1 + p.place % {NIGHTS};
         UPDATE acme.permissions_history AS h SET {BEGINS}
         FROM granted AS n WHERE n.place <= 25 AND h.space_id = n.space_id AND h.principal_id = n.principal_id AND h.run_to IS NULL;
         UPDATE acme.permissions_history AS h SET {ENDS}
         FROM granted AS n WHERE n.place BETWEEN 26 AND 50 AND h.space_id = n.space_id AND h.principal_id = n.principal_id AND h.run_to IS NULL;

         CREATE TABLE listed AS
         SELECT content_id, row_number() OVER (ORDER BY md5(content_id::text)) AS place FROM (SELECT DISTINCT content_id FROM acme.content_restrictions) AS r;
         UPDATE acme.content_restrictions_history AS h SET {BEGINS}
         FROM listed AS l JOIN nights AS n ON n.night = 1 + l.place % 80 WHERE l.place <= 312 AND h.content_id = l.content_id AND h.run_to IS NULL;
         UPDATE acme.content_restrictions_history AS h SET {ENDS}
         FROM listed AS l JOIN nights AS n ON n.night = 8 + l.place % 80 WHERE l.place BETWEEN 13 AND 324 AND h.content_id = l.content_id AND h.run_to IS NULL"
    ));
    site.execute("VACUUM ANALYZE");
}

/// More than happens anywhere: a twentieth of all memberships, grants and lists began in one of the nights, and another one ended.
fn make_much(site: &mut Site) {
    for (table, key) in [
        ("group_members", "h.group_id || h.account_id"),
        ("permissions", "h.id::text"),
        (
            "content_restrictions",
            "content_id || operation || principal_id",
        ),
    ] {
        site.execute(&format!(
            "UPDATE acme.{table}_history AS h SET {BEGINS}
             FROM nights AS n WHERE n.night = 1 + abs(hashtext({key})) / 20 % {NIGHTS} AND hashtext({key}) % 20 = 0 AND h.run_to IS NULL;
             UPDATE acme.{table}_history AS h SET {ENDS}
             FROM nights AS n WHERE n.night = 1 + abs(hashtext({key})) / 20 % {NIGHTS} AND hashtext({key}) % 20 = 1 AND h.run_to IS NULL
               AND h.run_from < n.id"
        ));
    }
    site.execute("VACUUM ANALYZE");
}

/// A full-text search of as many documents as there are pages, with and without the filter that shows a person no more than
/// they may see.
fn searches(report: &mut Report, site: &mut Site, person: &str) {
    const MOST: f64 = 2.0;
    site.execute(
        "CREATE TABLE documents AS SELECT id AS content_id, to_tsvector('english', title || ' ' || words) AS text_vector
         FROM acme.pages, LATERAL (SELECT string_agg(CASE WHEN n = 1 AND id / 2 % 10 = 0 THEN 'retention' ELSE 'word' || (id / 2 * n) % 5000 END, ' ') AS words
                                   FROM generate_series(1, 60) AS n) AS text;
         CREATE INDEX ON documents USING gin (text_vector);
         CREATE UNIQUE INDEX ON documents (content_id)",
    );
    // What was made up of the history does not belong to the audiences.
    site.execute("UPDATE acme.mirror SET max_age = '200 days'");
    site.execute("VACUUM ANALYZE documents");
    let shown = format!(
        "content_id IN (SELECT content_id FROM acme.content_audience WHERE audience_id IN (SELECT acme.audiences_of('{person}')))"
    );
    let is_visible = format!("acme.is_visible(content_id, '{person}')");
    let mut table = Table::new(
        "A full-text search of 100,000 documents, filtered by audience: a page of the best takes at most 2.0 × the search without the filter",
        &[
            "search",
            "found",
            "without",
            "found, filtered",
            "with the filter",
            "ratio",
        ],
    );
    // In the forms of docs/evidence.md.
    for (what, query, form, most) in [
        (
            "the 20 best of many",
            "'word77 | retention'",
            Form::Best,
            Some(MOST),
        ),
        ("the 20 best of few", "'word77'", Form::Best, Some(MOST)),
        ("all of few", "'word77'", Form::Few, None),
        (
            "all of many, by `audiences_of`",
            "'word77 | retention'",
            Form::Audience,
            None,
        ),
    ] {
        let plain = format!(
            "FROM documents AS d CROSS JOIN to_tsquery('english', {query}) AS query WHERE text_vector @@ query"
        );
        let order = "ORDER BY ts_rank(text_vector, query) DESC, d.content_id";
        let all_shown = format!("{plain} AND {shown}");
        let all = format!("SELECT d.content_id {plain} {order}");
        let (best, best_shown) = match form {
            Form::Best => (
                format!("{all} LIMIT 20"),
                format!(
                    "SELECT content_id FROM ({all} OFFSET 0) AS found WHERE {is_visible} LIMIT 20"
                ),
            ),
            Form::Few => (
                all,
                format!("SELECT d.content_id {plain} AND {is_visible} {order}"),
            ),
            Form::Audience => (all, format!("SELECT d.content_id {all_shown} {order}")),
        };
        let took = |site: &mut Site, sql: &str| {
            site.rows(sql).expect("rows");
            let took = (0..ASKED).map(|_| site.measure(sql).expect("rows").took);
            median(took.collect())
        };
        let (without, with) = (took(site, &best), took(site, &best_shown));
        let times = with.as_secs_f64() / without.as_secs_f64();
        let count = |site: &mut Site, found: &str| {
            let count = one(&mut site.client, &format!("SELECT count(*) {found}"));
            grouped(count.parse().expect("a number"))
        };
        table.row(
            [
                what.to_owned(),
                count(site, &plain),
                milliseconds(without),
                count(site, &all_shown),
                milliseconds(with),
                ratio(times),
            ],
            most.map_or(Verdict::Open, |most| Verdict::of(times <= most)),
        );
    }
    report.table(table);
}

/// How a search is filtered.
enum Form {
    /// What was found is looked up in order, until the page is full.
    Best,
    /// All that was found is looked up.
    Few,
    /// All that was found is held against the audiences of the person.
    Audience,
}

fn memory_of_a_refresh(report: &mut Report) {
    progress("a refresh of a million pages");
    let mut site = mirrored(Organisation::sized(Size {
        spaces: 1_000,
        pages: MANY_PAGES,
        permissions: 1_000,
        users: 100,
        ..Size::default()
    }));
    site.rows("SELECT id, title FROM confluence_pages LIMIT 1000")
        .expect("pages");
    let (memory, refreshed) = memory::watched(&mut site, |site| {
        site.client.batch_execute("CALL confluence.refresh('acme')")
    });
    refreshed.expect("refreshed");
    let pages = one(&mut site.client, "SELECT count(*) FROM acme.pages");
    let Memory {
        before,
        most,
        grown,
    } = memory;
    let mut table = Table::new(
        format!(
            "Growth of the session's process over a refresh of a million pages: under {MEMORY} MiB"
        ),
        &["pages", "before", "at most", "growth"],
    );
    table.row(
        [
            grouped(pages.parse().expect("a number")),
            format!("{before} MiB"),
            format!("{most} MiB"),
            format!("{grown} MiB"),
        ],
        Verdict::of(grown < MEMORY),
    );
    report.table(table);
}

/// A review as people write it: a request for each page.
fn scripts(report: &mut Report) {
    report.text(format!(
        "What a user would do without it: `benches/peers/atlassian_review.py` reads spaces, pages, grants, groups with their \
         members, and the restrictions of each page, with {}, into tables. Both read the same smaller site, of 20 spaces \
         and 2,000 pages, at 20 ms. That they have found the same restrictions is compared. The script keeps no history, and \
         answers no question yet.",
        peers::versions()
    ));
    let site = Organisation::sized(Size {
        spaces: 20,
        pages: 2_000,
        permissions: 600,
        users: 200,
        ..Size::default()
    });
    let mut site = Site::serving(quick(site), "");
    site.execute("SELECT confluence.create_mirror('site', 'acme')");
    let mut table = Table::new(
        "A first review of 2,000 pages at 20 ms: at least 10 × as fast",
        &["program", "requests", "time", "times as long"],
    );
    let restrictions =
        "FROM (SELECT content_id, operation, principal_id FROM acme.content_restrictions) AS r";
    let checksum = |from: &str| {
        format!(
            "SELECT count(*), sum(hashtextextended(content_id || operation || principal_id, 0)) {from}"
        )
    };
    site.sim.clear_log();
    site.sim.set_latency(Duration::from_millis(20));
    let began = Instant::now();
    site.execute("CALL confluence.refresh('acme')");
    let ours = began.elapsed();
    let sent = site.sim.log().len();
    table.row(
        [
            "confluence_fdw".to_owned(),
            grouped(sent),
            seconds(ours),
            ratio(1.0),
        ],
        Verdict::Open,
    );
    let expected = lines(&mut site.client, &checksum(restrictions));
    site.sim.clear_log();
    let script = Peer {
        name: "atlassian-python-api, psycopg `COPY`",
        program: "atlassian_review.py",
        arguments: &[],
        is_tuned: false,
    };
    let loaded = script.run_with(&site.sim, &checksum("FROM restrictions"));
    site.sim.set_latency(Duration::ZERO);
    match loaded {
        Ok(loaded) => {
            assert_eq!([loaded.checksum], expected[..], "the same restrictions");
            let times = loaded.took.as_secs_f64() / ours.as_secs_f64();
            table.row(
                [
                    script.name.to_owned(),
                    grouped(site.sim.log().len()),
                    seconds(loaded.took),
                    ratio(times),
                ],
                Verdict::of(times >= 10.0),
            );
        }
        Err(why) => {
            let cells = [script.name, "–", &why, "–"].map(str::to_owned);
            table.row(cells, Verdict::Missed);
        }
    }
    report.table(table);
}
