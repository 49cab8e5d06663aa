//! What is in the trees of spaces and is no page.

use confluence_fdw_tests::site::small;
use confluence_fdw_tests::{error, lines, one};
use confluence_sim::{Fault, NodeKind, Options, Organisation, PageStatus, Reply};

use super::{mirrored_site, refresh};

const TABLES: [(&str, NodeKind); 4] = [
    ("folders", NodeKind::Folder),
    ("whiteboards", NodeKind::Whiteboard),
    ("databases", NodeKind::Database),
    ("smart_links", NodeKind::SmartLink),
];

fn ids(organisation: &Organisation, kind: NodeKind) -> Vec<String> {
    let nodes = organisation.tree_nodes_of(kind);
    let seen =
        nodes.filter(|node| matches!(node.status(), PageStatus::Current | PageStatus::Archived));
    let mut ids: Vec<u64> = seen.map(|node| node.id()).collect();
    ids.sort_unstable();
    ids.iter().map(u64::to_string).collect()
}

#[test]
fn a_search_brings_them_all() {
    let mut scene = mirrored_site(Options::of(small()));
    let organisation = scene.sim.organisation();
    scene.sim.clear_log();
    refresh(&mut scene, "full");
    for (table, kind) in TABLES {
        let kept = lines(
            &mut scene.client,
            &format!("SELECT id FROM acme.{table} ORDER BY id"),
        );
        assert_eq!(kept, ids(&organisation, kind), "{table}");
    }
    let log = scene.sim.log();
    let to = |operation: &str| {
        let sent = log.iter().filter(|sent| sent.operation == Some(operation));
        sent.count()
    };
    assert_eq!(to("getFolderById"), 0);
    assert_eq!(to("getPageDescendants"), 0);
}

#[test]
fn a_parent_that_no_search_finds_is_read_by_its_id_and_one_that_is_hidden_has_no_row() {
    let mut scene = mirrored_site(Options::of(small()));
    let organisation = scene.sim.organisation();
    let mut named: Vec<u64> = organisation
        .listed_pages()
        .filter_map(|page| page.parent().filter(|(kind, _)| *kind == "folder"))
        .map(|(_, id)| id)
        .collect();
    named.sort_unstable();
    named.dedup();
    let [lost, hidden] = [named[0], named[1]];
    scene.sim.edit(|organisation| {
        organisation.unindex(lost).expect("a folder");
        organisation.conceal_content(hidden).expect("a folder");
    });
    refresh(&mut scene, "full");
    let sql = format!("SELECT id FROM acme.folders WHERE id IN ({lost}, {hidden})");
    assert_eq!(lines(&mut scene.client, &sql), [lost.to_string()]);
    let count = one(&mut scene.client, "SELECT count(*) FROM acme.folders");
    let all = ids(&organisation, NodeKind::Folder).len();
    assert_eq!(count, (all - 1).to_string());
}

#[test]
fn parents_are_not_believed_as_long_as_they_are_pages_alone() {
    let mut scene = mirrored_site(Options::of(small()));
    scene.sim.fault(
        Fault::on("/wiki/rest/api/content/search"),
        Reply::mutate(|answer: &mut serde_json::Value| {
            let rows = answer["results"].as_array_mut().expect("results");
            for row in rows {
                if let Some(above) = row["ancestors"].as_array_mut() {
                    above.retain(|ancestor| ancestor["type"] == "page");
                }
            }
        }),
    );
    // A refresh that fails later has read them whole.
    let last = Fault::on("/wiki/rest/api/audit").times(1);
    scene.sim.fault(last, Reply::status(400));
    error(&mut scene.client, "CALL confluence.refresh('acme')");
    refresh(&mut scene, "full");
    assert_eq!(
        lines(
            &mut scene.client,
            "SELECT status, resumes_run FROM acme.runs ORDER BY id"
        ),
        ["failed|NULL", "complete|1"]
    );
    // What is read again is not counted again.
    for (table, _) in TABLES {
        let sql = format!(
            "SELECT DISTINCT rows_read - (SELECT count(*) FROM acme.{table}) FROM acme.run_steps WHERE step = '{table}'"
        );
        assert_eq!(lines(&mut scene.client, &sql), ["0"], "{table}");
    }
    let organisation = scene.sim.organisation();
    let kept = lines(
        &mut scene.client,
        "SELECT id, parent_id FROM acme.folders ORDER BY id",
    );
    let mut expected: Vec<(u64, Option<u64>)> = organisation
        .tree_nodes_of(NodeKind::Folder)
        .filter(|node| matches!(node.status(), PageStatus::Current | PageStatus::Archived))
        .map(|node| (node.id(), node.parent().map(|(_, id)| id)))
        .collect();
    expected.sort_unstable();
    let expected: Vec<String> = expected
        .into_iter()
        .map(|(id, parent)| {
            let parent = parent.map_or("NULL".to_owned(), |parent| parent.to_string());
            format!("{id}|{parent}")
        })
        .collect();
    assert_eq!(kept, expected);
}
