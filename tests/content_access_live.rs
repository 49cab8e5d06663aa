//! `confluence.content_access_live`: who may view or edit a content now, by the mirror's own rule.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use confluence_fdw_tests::{error, lines, one};
use confluence_sim::{
    AccountType, NewPage, NodeKind, Options, Organisation, RestrictedOperation, Sim, SpaceType,
    Subject,
};
use postgres::Client;

use crate::scene::Scene;

/// What both answers have in common.
const COLUMNS: &str = "space_id, space_key, content_id, content_type, title, access, admin_kind, account_id, email, name, account_type,
    account_status, is_guest, verdict, path_type, group_id, group_name, access_class, role_name, operations, sources, layers, bound,
    reason, detail";

/// A mirror of a site, refreshed once.
fn mirror(organisation: Arc<Organisation>) -> Scene {
    let mut scene = Scene::of(Options::of(organisation), "");
    scene.execute("SELECT confluence.create_mirror('site', 'acme')");
    scene.execute("CALL confluence.refresh('acme')");
    scene
}

/// What differs between the mirror's answer about a content and that of the site.
#[track_caller]
fn differences(client: &mut Client, content: u64) -> Vec<String> {
    lines(
        client,
        &format!(
            "WITH stored AS (SELECT {COLUMNS} FROM acme.content_access({content})),
                  live AS MATERIALIZED (SELECT {COLUMNS} FROM confluence.content_access_live('acme', {content}))
             (SELECT 'stored', * FROM stored EXCEPT ALL SELECT 'stored', * FROM live)
             UNION ALL (SELECT 'live', * FROM live EXCEPT ALL SELECT 'live', * FROM stored)"
        ),
    )
}

/// Who may have an access, by account.
#[track_caller]
fn allowed(client: &mut Client, call: &str, access: &str) -> Vec<String> {
    lines(
        client,
        &format!(
            "SELECT DISTINCT account_id FROM {call} WHERE verdict IN ('allowed', 'unknown') AND access = '{access}'
             AND account_id IS NOT NULL ORDER BY 1"
        ),
    )
}

/// All rows that the mirror has, counted.
#[track_caller]
fn sizes(client: &mut Client) -> BTreeMap<String, String> {
    let tables = lines(
        client,
        "SELECT relname FROM pg_class WHERE relnamespace = 'acme'::regnamespace AND relkind = 'r'",
    );
    let size = |table: String| {
        let sql = format!(
            "SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM acme.{table} t"
        );
        let size = one(client, &sql);
        (table, size)
    };
    tables.into_iter().map(size).collect()
}

#[test]
fn it_answers_as_the_mirror_does_as_long_as_nothing_changes_and_leaves_nothing_behind() {
    let mut scene = mirror(Organisation::demo());
    let before = sizes(&mut scene.client);
    let mut compared = 0;
    for id in lines(&mut scene.client, "SELECT id FROM acme.content") {
        let id = id.parse().expect("an id");
        assert_eq!(differences(&mut scene.client, id), [""; 0], "{id}");
        compared += 1;
    }
    assert!(compared > 60, "{compared}");
    assert_eq!(sizes(&mut scene.client), before);
    let seen = one(
        &mut scene.client,
        "SELECT DISTINCT run_id IS NULL AND access_as_of > now() - interval '1 minute' AND access_as_of < clock_timestamp()
         FROM confluence.content_access_live('acme', (SELECT min(id) FROM acme.pages))",
    );
    assert_eq!(seen, "t");
}

/// A page below a folder below a page, in a space that a group may read; and a page in the same space.
struct Changing {
    scene: Scene,
    page: u64,
    above: u64,
    space: u64,
}

fn account(name: &str) -> String {
    format!("712020:{name}")
}

impl Changing {
    fn new() -> Self {
        let mut site = Organisation::bare();
        let space = site.create_space("ENG", SpaceType::Global);
        site.add_group("devs", None);
        // Apps, whose access hangs on their grants alone.
        for name in ["ann", "bob", "cid", "dot"] {
            site.add_account(&account(name), AccountType::App);
        }
        for name in ["ann", "bob"] {
            site.add_member("devs", &account(name)).expect("a group");
        }
        for operation in [("read", "space"), ("create", "page")] {
            let granted = site.add_permission(space, ("group", "devs"), operation);
            granted.expect("a space");
        }
        let at = |parent_id| NewPage {
            space_id: space,
            title: "A title".to_owned(),
            parent_id,
        };
        let above = site.create_page(at(None)).expect("a space");
        let folder = site.create_node(NodeKind::Folder, at(Some(above)));
        let page = site.create_page(at(Some(folder.expect("a page"))));
        let page = page.expect("a folder");
        Self {
            scene: mirror(Arc::new(site)),
            page,
            above,
            space,
        }
    }

    fn live(&mut self, access: &str) -> Vec<String> {
        let call = format!("confluence.content_access_live('acme', {})", self.page);
        allowed(&mut self.scene.client, &call, access)
    }

    fn stored(&mut self, access: &str) -> Vec<String> {
        let call = format!("acme.content_access({})", self.page);
        allowed(&mut self.scene.client, &call, access)
    }

    /// The site changes: the mirror still says what it has said, the live answer is that of the mirror after a refresh.
    #[track_caller]
    fn changes(&mut self, change: impl FnOnce(&mut Organisation)) -> (Vec<String>, Vec<String>) {
        let before = self.stored("view");
        self.scene.sim.edit(change);
        assert_eq!(self.stored("view"), before);
        let live = self.live("view");
        assert!(!differences(&mut self.scene.client, self.page).is_empty());
        self.scene.execute("CALL confluence.refresh('acme')");
        assert_eq!(differences(&mut self.scene.client, self.page), [""; 0]);
        (before, live)
    }
}

#[test]
fn what_changes_at_the_site_is_in_the_answer_at_once() {
    let mut case = Changing::new();
    let (above, space, page) = (case.above, case.space, case.page);
    let accounts =
        |names: &[&str]| -> Vec<String> { names.iter().map(|name| account(name)).collect() };
    let read = RestrictedOperation::Read;
    assert_eq!(case.live("edit"), accounts(&["ann", "bob"]));

    // A list above.
    let (before, live) = case.changes(|site| {
        let to = Subject::User(account("ann"));
        site.restrict(above, read, to).expect("a page");
    });
    assert_eq!(before, accounts(&["ann", "bob"]));
    assert_eq!(live, accounts(&["ann"]));

    // A group on that list that the mirror has never heard of.
    let (_, live) = case.changes(|site| {
        site.add_group("new", None);
        site.add_member("new", &account("bob")).expect("a group");
        let to = Subject::Group("new".to_owned());
        site.restrict(above, read, to).expect("a page");
    });
    assert_eq!(live, accounts(&["ann", "bob"]));

    // Members of a group that is granted something come and go.
    let (_, live) = case.changes(|site| {
        site.remove_member("devs", &account("bob"))
            .expect("a group");
        site.add_member("devs", &account("cid")).expect("a group");
    });
    assert_eq!(live, accounts(&["ann"]));

    // It moves out from under the list.
    let (_, live) = case.changes(|site| site.move_content(page, None).expect("a page"));
    assert_eq!(live, accounts(&["ann", "cid"]));

    // A grant, and a role.
    let (_, live) = case.changes(|site| {
        let granted = site.add_permission(space, ("user", &account("dot")), ("read", "space"));
        granted.expect("a space");
    });
    assert_eq!(live, accounts(&["ann", "cid", "dot"]));
    let (_, live) = case.changes(|site| {
        let viewer = site.roles().iter().find(|role| role.name == "Viewer");
        let viewer = viewer.expect("a role").id.clone();
        let given = site.assign_role(space, ("USER", &account("bob")), &viewer);
        given.expect("a role");
    });
    assert_eq!(live, accounts(&["ann", "bob", "cid", "dot"]));
}

#[test]
fn a_content_that_the_mirror_does_not_know_or_the_site_no_longer_shows() {
    let mut case = Changing::new();
    let space = case.space;
    let new = case.scene.sim.edit(|site| {
        let created = site.create_page(NewPage {
            space_id: space,
            title: "New".to_owned(),
            parent_id: None,
        });
        created.expect("a space")
    });
    let call = format!("confluence.content_access_live('acme', {new})");
    assert_eq!(
        allowed(&mut case.scene.client, &call, "view"),
        [account("ann"), account("bob")]
    );
    let reason = |client: &mut Client, id: u64| {
        lines(
            client,
            &format!(
                "SELECT DISTINCT account_id, verdict, bound, reason FROM confluence.content_access_live('acme', {id})"
            ),
        )
    };
    let page = case.page;
    case.scene
        .sim
        .edit(|site| site.conceal_content(page))
        .expect("a page");
    assert_eq!(
        reason(&mut case.scene.client, page),
        ["NULL|unknown|none|gone_or_hidden"]
    );
    assert_eq!(
        reason(&mut case.scene.client, 1),
        ["NULL|unknown|none|content_hidden"]
    );
    // One above it that is hidden leaves everybody unknown who passes the rest.
    let mut case = Changing::new();
    let above = case.above;
    case.scene
        .sim
        .edit(|site| site.conceal_content(above))
        .expect("a page");
    let verdicts = lines(
        &mut case.scene.client,
        &format!(
            "SELECT DISTINCT verdict FROM confluence.content_access_live('acme', {}) WHERE verdict <> 'potential'",
            case.page
        ),
    );
    assert_eq!(verdicts, ["unknown"]);
}

/// How many of the requests came one after the other: each after an answer that nobody waited for beside it.
fn rounds(sim: &Sim) -> usize {
    let mut log = sim.log();
    log.sort_by_key(|request| request.received);
    let (mut rounds, mut last) = (0, None);
    for request in log {
        if last.is_none_or(|answered| request.received >= answered) {
            rounds += 1;
            last = request.answered;
        }
    }
    rounds
}

#[test]
fn it_asks_for_what_the_answer_hangs_on_and_for_nothing_else_in_few_rounds() {
    let mut case = Changing::new();
    let site = case.scene.sim.organisation();
    let (page, space) = (case.page, case.space);
    case.live("view");
    case.scene.sim.set_latency(Duration::from_millis(30));
    case.scene.sim.clear_log();
    case.live("view");
    let mut asked: Vec<String> = case
        .scene
        .sim
        .data_requests()
        .iter()
        .map(|request| request.path.clone())
        .collect();
    asked.sort();
    let folder = site.ancestors(page)[1].id();
    let mut expected = vec![
        "/wiki/api/v2/pages".to_owned(),
        format!("/wiki/api/v2/folders/{folder}"),
        format!("/wiki/api/v2/pages/{page}/ancestors"),
        format!("/wiki/api/v2/spaces/{space}/permissions"),
        format!("/wiki/api/v2/spaces/{space}/role-assignments"),
        "/wiki/api/v2/space-roles".to_owned(),
    ];
    let groups = site
        .permissions(space)
        .filter(|row| row.principal_type == "group");
    expected.extend(
        groups.map(|row| format!("/wiki/rest/api/group/{}/membersByGroupId", row.principal_id)),
    );
    // All lists in one.
    expected.push("/wiki/rest/api/content/search".to_owned());
    // The page is one request, and the page above it another one.
    expected.push("/wiki/api/v2/pages".to_owned());
    expected.sort();
    expected.dedup_by(|one, other| one == other && one.contains("/group/"));
    assert_eq!(asked, expected);
    assert!(
        rounds(&case.scene.sim) <= 5,
        "{} rounds",
        rounds(&case.scene.sim)
    );
}

#[test]
fn only_the_owner_of_a_mirror_asks_through_it() {
    let mut scene = mirror(Organisation::demo());
    let role = scene.database.role("other");
    scene
        .database
        .execute(&format!("GRANT USAGE ON SCHEMA acme TO {role}"));
    let mut other = scene.database.connect_as(&role);
    let raised = error(
        &mut other,
        "SELECT * FROM confluence.content_access_live('acme', 1)",
    );
    assert_eq!(raised.code().code(), "42501", "{raised:?}");
    scene.sim.clear_log();
    for (arguments, sqlstate) in [
        ("NULL, 1", "22004"),
        ("'acme', NULL", "22004"),
        ("'nowhere', 1", "3F000"),
        ("'public', 1", "42501"),
    ] {
        let sql = format!("SELECT * FROM confluence.content_access_live({arguments})");
        let raised = error(&mut scene.client, &sql);
        assert_eq!(raised.code().code(), sqlstate, "{arguments}: {raised:?}");
    }
    let read_only = "BEGIN READ ONLY; SELECT * FROM confluence.content_access_live('acme', 1)";
    assert_eq!(error(&mut scene.client, read_only).code().code(), "25006");
    assert_eq!(scene.sim.log().len(), 0);
}
