//! The shapes of queries, whose answers are known from a site without faults.

use confluence_fdw_tests::lines;
use fastrand::Rng;
use postgres::Client;

use crate::random::pick;

/// The tables that the shapes read.
pub const TABLES: &str = "confluence_attachments, confluence_blogposts, confluence_content_restrictions, confluence_content_tree, confluence_folders, confluence_footer_comments, confluence_group_members, \
    confluence_groups, confluence_inline_comments, confluence_label_pages, confluence_labels, confluence_page_ancestors, \
    confluence_page_descendants, confluence_page_labels, confluence_page_versions, confluence_pages, confluence_permissions, \
    confluence_root_pages, confluence_search, confluence_space_role_assignments, confluence_space_roles, confluence_spaces, \
    confluence_tasks, confluence_users, confluence_whiteboard_children";

/// Values that the site has.
pub struct Data {
    pages: Vec<String>,
    spaces: Vec<String>,
    space_keys: Vec<String>,
    accounts: Vec<String>,
    groups: Vec<String>,
    labels: Vec<String>,
    roots: Vec<String>,
    times: Vec<String>,
}

impl Data {
    pub fn of(client: &mut Client) -> Self {
        let mut column = |sql: &str| lines(client, sql);
        Self {
            pages: column("SELECT id FROM confluence_pages ORDER BY 1"),
            spaces: column("SELECT id FROM confluence_spaces ORDER BY 1"),
            space_keys: column("SELECT key FROM confluence_spaces ORDER BY 1"),
            accounts: column("SELECT account_id FROM confluence_users ORDER BY 1"),
            groups: column("SELECT id FROM confluence_groups ORDER BY 1"),
            labels: column("SELECT id FROM confluence_labels ORDER BY 1"),
            roots: column("SELECT id FROM confluence_root_pages ORDER BY 1"),
            times: column("SELECT modified_at FROM confluence_pages ORDER BY 1"),
        }
    }
}

/// A query to be run.
#[derive(Clone, Debug)]
pub struct Question {
    /// Run one after the other; the rows of all together are the answer.
    pub statements: Vec<String>,
    /// Whether the order of the rows is a part of it.
    pub ordered: bool,
    /// Whether a content whose restrictions are not shown may have one row that says so in place of its own.
    pub says_unknown: bool,
}

impl Question {
    fn of(sql: impl Into<String>) -> Self {
        Self {
            statements: vec![sql.into()],
            ordered: false,
            says_unknown: false,
        }
    }

    fn ordered(mut self) -> Self {
        self.ordered = true;
        self
    }

    /// What identifies it, and shows it.
    pub fn text(&self) -> String {
        self.statements.join(";\n")
    }
}

/// Asks in one of the shapes.
pub fn ask(rng: &mut Rng, data: &Data) -> Question {
    pick(rng, SHAPES)(rng, data)
}

/// How many shapes there are.
pub fn count() -> usize {
    SHAPES.len()
}

type Shape = fn(&mut Rng, &Data) -> Question;

static SHAPES: &[Shape] = &[
    listing,
    keys,
    any_of_a_local_table,
    within_a_space,
    with_bodies,
    since,
    between_times,
    latest,
    ordered_by_id,
    join_by_key,
    join_by_batch,
    outer_join,
    anti_join,
    aggregate,
    correlated,
    cursor,
    table_as,
    prepared,
    several_tables,
    self_join,
    tree,
    tree_tables,
    comments,
    users,
    users_by_id,
    restrictions,
    members,
    permissions,
    roles,
    parts_of_rows,
    labels,
    versions,
    union,
    search,
    unordered_limit,
];

fn some(rng: &mut Rng, from: &[String], most: usize) -> Vec<String> {
    let count = rng.usize(1..=most.min(from.len()));
    (0..count).map(|_| pick(rng, from).clone()).collect()
}

fn quoted(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
    values.join(", ")
}

fn listing(rng: &mut Rng, _: &Data) -> Question {
    Question::of(*pick(
        rng,
        &[
            "SELECT id, title, space_id FROM confluence_pages",
            "SELECT count(*) FROM confluence_pages",
            "SELECT id, key, name, type, homepage_id, description FROM confluence_spaces",
            "SELECT id, title FROM confluence_blogposts",
            "SELECT id, name, prefix FROM confluence_labels",
            "SELECT id, title, page_id FROM confluence_attachments",
            "SELECT id, status, page_id FROM confluence_tasks",
            "SELECT id, name FROM confluence_groups",
        ],
    ))
}

fn keys(rng: &mut Rng, data: &Data) -> Question {
    let ids = some(rng, &data.pages, 12).join(", ");
    Question::of(format!(
        "SELECT id, title, modified_at FROM confluence_pages WHERE id IN ({ids})"
    ))
}

fn any_of_a_local_table(rng: &mut Rng, data: &Data) -> Question {
    let ids = some(rng, &data.pages, 9).join("), (");
    Question::of(format!(
        "SELECT id, number FROM (SELECT page_id AS id, number FROM confluence_page_versions
         WHERE page_id = ANY (ARRAY(SELECT id FROM (VALUES ({ids})) AS v (id)))) AS t"
    ))
}

fn within_a_space(rng: &mut Rng, data: &Data) -> Question {
    let spaces = some(rng, &data.spaces, 3).join(", ");
    Question::of(format!(
        "SELECT id, title FROM confluence_pages WHERE space_id IN ({spaces})"
    ))
}

fn with_bodies(rng: &mut Rng, data: &Data) -> Question {
    let space = pick(rng, &data.spaces);
    Question::of(format!(
        "SELECT id, md5(body_storage) FROM confluence_pages WHERE space_id = {space}"
    ))
}

fn since(rng: &mut Rng, data: &Data) -> Question {
    let time = pick(rng, &data.times);
    let side = *pick(rng, &[">=", ">", "<", "<="]);
    Question::of(format!(
        "SELECT id, modified_at FROM confluence_pages WHERE modified_at {side} '{time}'"
    ))
}

fn between_times(rng: &mut Rng, data: &Data) -> Question {
    let (one, other) = (rng.usize(..data.times.len()), rng.usize(..data.times.len()));
    let (from, to) = (&data.times[one.min(other)], &data.times[one.max(other)]);
    Question::of(format!(
        "SELECT id FROM confluence_pages WHERE created_at >= '{from}' AND created_at < '{to}'"
    ))
}

fn latest(rng: &mut Rng, data: &Data) -> Question {
    let limit = rng.u32(1..20);
    let space = match rng.bool() {
        true => format!("WHERE space_id = {}", pick(rng, &data.spaces)),
        false => String::new(),
    };
    let way = *pick(rng, &["DESC", "ASC"]);
    Question::of(format!(
        "SELECT id, title FROM confluence_pages {space} ORDER BY modified_at {way}, id LIMIT {limit}"
    ))
    .ordered()
}

fn ordered_by_id(rng: &mut Rng, _: &Data) -> Question {
    let way = *pick(rng, &["DESC", "ASC"]);
    let limit = rng.u32(1..40);
    let offset = rng.u32(..10);
    Question::of(format!(
        "SELECT id, title FROM confluence_pages ORDER BY id {way} LIMIT {limit} OFFSET {offset}"
    ))
    .ordered()
}

fn join_by_key(rng: &mut Rng, data: &Data) -> Question {
    let key = pick(rng, &data.space_keys);
    Question::of(format!(
        "SELECT s.key, p.id, p.title FROM confluence_spaces AS s JOIN confluence_pages AS p ON p.space_id = s.id WHERE s.key = '{key}'"
    ))
}

fn join_by_batch(rng: &mut Rng, data: &Data) -> Question {
    let ids = some(rng, &data.pages, 20).join("), (");
    Question::of(format!(
        "SELECT v.id, p.title, p.version_number FROM (VALUES ({ids})) AS v (id) JOIN confluence_pages AS p ON p.id = v.id"
    ))
}

fn outer_join(rng: &mut Rng, data: &Data) -> Question {
    let spaces = some(rng, &data.spaces, 4).join(", ");
    Question::of(format!(
        "SELECT s.id, s.key, r.principal_id, r.operation_key FROM confluence_spaces AS s
         LEFT JOIN confluence_permissions AS r ON r.space_id = s.id WHERE s.id IN ({spaces})"
    ))
}

fn anti_join(rng: &mut Rng, data: &Data) -> Question {
    match rng.bool() {
        true => Question::of(
            "SELECT s.key FROM confluence_spaces AS s
             WHERE NOT EXISTS (SELECT FROM confluence_blogposts AS b WHERE b.space_id = s.id)",
        ),
        false => Question::of(format!(
            "SELECT p.id FROM confluence_pages AS p WHERE p.space_id = {} AND NOT EXISTS
             (SELECT FROM confluence_page_labels AS l WHERE l.page_id = p.id)",
            pick(rng, &data.spaces)
        )),
    }
}

fn aggregate(_: &mut Rng, _: &Data) -> Question {
    Question::of(
        "SELECT space_id, status, count(*), min(created_at), max(modified_at), sum(version_number)
         FROM confluence_pages GROUP BY space_id, status HAVING count(*) > 1",
    )
}

fn correlated(rng: &mut Rng, _: &Data) -> Question {
    let what = *pick(rng, &["max(modified_at)", "min(created_at)", "count(*)"]);
    Question::of(format!(
        "SELECT s.key, (SELECT {what} FROM confluence_pages AS p WHERE p.space_id = s.id) FROM confluence_spaces AS s"
    ))
}

fn cursor(rng: &mut Rng, _: &Data) -> Question {
    let mut statements = vec![
        "BEGIN".to_owned(),
        "DECLARE c CURSOR FOR SELECT id, title FROM confluence_pages".to_owned(),
    ];
    for _ in 0..rng.usize(1..4) {
        statements.push(format!("FETCH {} FROM c", rng.u32(1..20)));
    }
    statements.extend(["FETCH ALL FROM c".to_owned(), "COMMIT".to_owned()]);
    Question {
        statements,
        ..Question::of("")
    }
}

fn table_as(rng: &mut Rng, _: &Data) -> Question {
    let from = *pick(
        rng,
        &[
            "SELECT id, title FROM confluence_pages",
            "SELECT id, space_id, principal_id FROM confluence_permissions",
            "SELECT group_id, account_id FROM confluence_group_members",
        ],
    );
    let statements = [
        "BEGIN",
        &format!("CREATE TEMP TABLE stored ON COMMIT DROP AS {from}"),
        "SELECT * FROM stored",
        "COMMIT",
    ];
    Question {
        statements: statements.map(str::to_owned).to_vec(),
        ..Question::of("")
    }
}

fn prepared(rng: &mut Rng, data: &Data) -> Question {
    let mut statements = vec![
        "SET plan_cache_mode = force_generic_plan".to_owned(),
        "PREPARE q (bigint) AS SELECT id, title FROM confluence_pages WHERE space_id = $1"
            .to_owned(),
    ];
    for _ in 0..rng.usize(1..3) {
        statements.push(format!("EXECUTE q ({})", pick(rng, &data.spaces)));
    }
    statements.extend([
        "DEALLOCATE q".to_owned(),
        "RESET plan_cache_mode".to_owned(),
    ]);
    Question {
        statements,
        ..Question::of("")
    }
}

fn several_tables(rng: &mut Rng, data: &Data) -> Question {
    let key = pick(rng, &data.space_keys);
    Question::of(format!(
        "SELECT s.key, p.id, l.name, c.id FROM confluence_spaces AS s
         JOIN confluence_pages AS p ON p.space_id = s.id
         LEFT JOIN confluence_page_labels AS l ON l.page_id = p.id
         LEFT JOIN confluence_footer_comments AS c ON c.page_id = p.id
         WHERE s.key = '{key}'"
    ))
}

fn self_join(_: &mut Rng, _: &Data) -> Question {
    Question::of(
        "SELECT p.id, q.id FROM confluence_pages AS p JOIN confluence_pages AS q ON q.id = p.parent_id",
    )
}

fn tree(rng: &mut Rng, data: &Data) -> Question {
    let root = pick(rng, &data.roots);
    Question::of(match rng.bool() {
        true => format!(
            "SELECT id, type, depth FROM confluence_content_tree WHERE root_page_id = {root}"
        ),
        false => "SELECT root_page_id, id, type FROM confluence_content_tree".to_owned(),
    })
}

fn tree_tables(rng: &mut Rng, _: &Data) -> Question {
    Question::of(*pick(
        rng,
        &[
            "SELECT id, title FROM confluence_folders",
            "SELECT page_id, ancestor_id, ancestor_type FROM confluence_page_ancestors",
            "SELECT page_id, id, depth FROM confluence_page_descendants",
            "SELECT whiteboard_id, id FROM confluence_whiteboard_children",
        ],
    ))
}

fn comments(rng: &mut Rng, data: &Data) -> Question {
    Question::of(match rng.u8(..3) {
        0 => "SELECT id, page_id, parent_comment_id FROM confluence_footer_comments".to_owned(),
        1 => format!(
            "SELECT id, parent_comment_id FROM confluence_footer_comments WHERE page_id IN ({})",
            some(rng, &data.pages, 9).join(", ")
        ),
        _ => "SELECT id, page_id, resolution_status FROM confluence_inline_comments".to_owned(),
    })
}

fn users(_: &mut Rng, _: &Data) -> Question {
    Question::of("SELECT account_id, display_name FROM confluence_users")
}

fn users_by_id(rng: &mut Rng, data: &Data) -> Question {
    let accounts = quoted(&some(rng, &data.accounts, 6));
    Question::of(format!(
        "SELECT account_id, display_name FROM confluence_users WHERE account_id IN ({accounts})"
    ))
}

fn restrictions(rng: &mut Rng, data: &Data) -> Question {
    let space = pick(rng, &data.spaces);
    let question = Question::of(format!(
        "SELECT p.id, r.operation, r.principal_type, r.principal_id FROM confluence_pages AS p
         LEFT JOIN confluence_content_restrictions AS r ON r.content_id = p.id WHERE p.space_id = {space}"
    ));
    Question {
        says_unknown: true,
        ..question
    }
}

fn members(rng: &mut Rng, data: &Data) -> Question {
    Question::of(match rng.u8(..3) {
        0 => "SELECT group_id, account_id, display_name FROM confluence_group_members".to_owned(),
        1 => format!(
            "SELECT account_id FROM confluence_group_members WHERE group_id IN ({})",
            quoted(&some(rng, &data.groups, 3))
        ),
        _ => format!(
            "SELECT group_id FROM confluence_group_members WHERE account_id = '{}'",
            pick(rng, &data.accounts)
        ),
    })
}

fn permissions(rng: &mut Rng, data: &Data) -> Question {
    Question::of(match rng.bool() {
        true => "SELECT space_id, id, principal_id FROM confluence_permissions".to_owned(),
        false => format!(
            "SELECT id, principal_id, operation_key FROM confluence_permissions WHERE space_id = {}",
            pick(rng, &data.spaces)
        ),
    })
}

fn roles(_: &mut Rng, _: &Data) -> Question {
    Question::of(
        "SELECT a.space_id, a.principal_id, r.name FROM confluence_space_role_assignments AS a
         LEFT JOIN confluence_space_roles AS r ON r.id = a.role_id",
    )
}

fn parts_of_rows(rng: &mut Rng, data: &Data) -> Question {
    let space = pick(rng, &data.spaces);
    let column = *pick(rng, &["like_count", "classification_level"]);
    Question::of(format!(
        "SELECT id, {column} FROM confluence_pages WHERE space_id = {space}"
    ))
}

fn labels(rng: &mut Rng, data: &Data) -> Question {
    Question::of(format!(
        "SELECT l.name, p.page_id, p.title FROM confluence_labels AS l JOIN confluence_label_pages AS p ON p.label_id = l.id
         WHERE l.id = {}",
        pick(rng, &data.labels)
    ))
}

fn versions(rng: &mut Rng, data: &Data) -> Question {
    Question::of(format!(
        "SELECT p.id, v.number, v.created_at FROM confluence_pages AS p
         JOIN confluence_page_versions AS v ON v.page_id = p.id WHERE p.id IN ({})",
        some(rng, &data.pages, 4).join(", ")
    ))
}

fn union(_: &mut Rng, _: &Data) -> Question {
    Question::of(
        "SELECT id, title FROM confluence_pages UNION SELECT id, title FROM confluence_blogposts",
    )
}

fn search(rng: &mut Rng, data: &Data) -> Question {
    Question::of(format!(
        "SELECT id, title FROM confluence_search WHERE cql = 'type = page AND space = \"{}\"'",
        pick(rng, &data.space_keys)
    ))
}

fn unordered_limit(rng: &mut Rng, _: &Data) -> Question {
    // Which rows is open, how many is not.
    let limit = rng.u32(1..80);
    Question::of(format!(
        "SELECT count(*), count(DISTINCT id) FROM (SELECT id FROM confluence_pages LIMIT {limit}) AS t"
    ))
}
