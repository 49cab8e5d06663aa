//! Cursors: they read as far as they are moved, and back.

use confluence_fdw_tests::site::{Site, small};

use super::copied;

#[test]
fn a_cursor_reads_no_further_than_its_rows() {
    let mut site = Site::of(small());
    site.execute("BEGIN; DECLARE titles CURSOR FOR SELECT title FROM confluence_pages ORDER BY id");
    for (fetched, expected) in [(10, 1), (240, 0), (1, 1), (500, 2)] {
        let (rows, requests) = site.read(&format!("FETCH {fetched} FROM titles"));
        assert_eq!(rows.len(), fetched);
        assert_eq!(requests.len(), expected, "FETCH {fetched}");
    }
    site.execute("COMMIT");
}

#[test]
fn a_cursor_goes_back() {
    let mut site = copied();
    let moves = [
        "FETCH 3",
        "FETCH BACKWARD 2",
        "FETCH 300",
        "FETCH ABSOLUTE 5",
        "FETCH RELATIVE -2",
        "FETCH LAST",
        "FETCH FIRST",
        "MOVE 260",
        "FETCH PRIOR",
        "FETCH NEXT",
        "FETCH BACKWARD ALL",
        "FETCH 2",
    ];
    for query in [
        "SELECT id FROM confluence_pages ORDER BY id",
        "SELECT id FROM confluence_pages WHERE modified_at > '2026-06-01' ORDER BY id",
        "SELECT p.id FROM confluence_spaces AS s JOIN confluence_pages AS p ON p.space_id = s.id
            WHERE s.type = 'personal' ORDER BY p.id",
    ] {
        for hold in ["", "WITH HOLD"] {
            let script: String = moves.iter().map(|step| format!("{step} FROM c;")).collect();
            let sql = format!(
                "BEGIN; DECLARE c SCROLL CURSOR {hold} FOR {query}; {script} COMMIT; {}",
                if hold.is_empty() {
                    ""
                } else {
                    "FETCH FIRST FROM c; FETCH 4 FROM c; CLOSE c"
                }
            );
            site.same(&sql);
        }
    }
}
