//! What hangs in the content tree of "Acme" beside its pages.

use crate::organisation::Organisation;
use crate::organisation::record::{NODE, NONE, NodeKind, NodeRecord};
use crate::organisation::time::NOW;
use NodeKind::{Database, Folder, SmartLink, Whiteboard};
use Under::{Node, Page, Root};

const DAY: i64 = 86_400_000;

/// Under what a node hangs.
enum Under {
    /// The root of a space.
    Root(usize),
    /// The first page with a title.
    Page(&'static str),
    /// The node at a place of this list that stands before it.
    Node(usize),
}

/// Kind, title, under what, created so many days ago. The pages that are kept in folders know the first two by their
/// places.
const NODES: &[(NodeKind, &str, Under, i64)] = &[
    (Folder, "Failover", Page("Runbook"), 1_010),
    (Folder, "Access reviews", Root(1), 320),
    (Folder, "Templates", Node(1), 310),
    (Folder, "Empty for now", Page("Engineering home"), 12),
    (
        Whiteboard,
        "Sketch: how a request travels",
        Page("Architecture"),
        700,
    ),
    (Database, "Service catalogue", Page("Architecture"), 690),
    (SmartLink, "Figma: sign-in flow", Node(4), 655),
    (
        SmartLink,
        "Grafana – error rate 📈",
        Page("On-call rota"),
        420,
    ),
    (Whiteboard, "Drill, May 2026", Node(0), 190),
    (
        Database,
        "Vendor register",
        Page("Vendor management policy"),
        560,
    ),
    (Folder, "Contracts \"signed\"", Node(9), 540),
    (Whiteboard, "Org chart 2024", Page("People home"), 900),
    (Folder, "Invoices", Page("Closing the month"), 1_100),
    (Database, "Cost centres", Node(12), 1_000),
    // Deeper below one page than the API reaches with one request.
    (Folder, "Controls", Page(DEEP), 200),
    (Folder, "CC6 Logical access", Node(14), 199),
    (Folder, "CC6.1", Node(15), 198),
    (Folder, "Production", Node(16), 197),
    (Folder, "Region EU", Node(17), 196),
    (Folder, "Databases", Node(18), 195),
    (Folder, "Cluster 1", Node(19), 194),
    (Folder, "Accounts", Node(20), 193),
    (Folder, "Reviews", Node(21), 192),
    (Folder, "2026", Node(22), 191),
    (Folder, "Q3", Node(23), 80),
    (Folder, "Week 38", Node(24), 60),
    (SmartLink, "Ticket: review of week 38", Node(25), 58),
];
const DEEP: &str = "Evidence SOC 2 – 2026";
const ARCHIVED: &str = "Org chart 2024";

pub(super) fn grow(organisation: &mut Organisation) {
    let (mut folders, mut others) = (0, 0);
    for (kind, title, under, days_ago) in NODES {
        let (space, parent) = match *under {
            Root(space) => (space as u32, NONE),
            Page(title) => page(organisation, title),
            Node(number) => (organisation.nodes[number].space, number as u32 | NODE),
        };
        let ordinal = match kind {
            Folder => &mut folders,
            _ => &mut others,
        };
        organisation.nodes.push(NodeRecord {
            id: kind.id(*ordinal),
            kind: *kind,
            space,
            parent,
            created_at: NOW - days_ago * DAY,
            archived: *title == ARCHIVED,
            title: Some((*title).into()),
        });
        *ordinal += 1;
    }
}

/// Numbers of the space and of the page.
fn page(organisation: &Organisation, title: &str) -> (u32, u32) {
    let number = organisation
        .pages()
        .position(|page| page.title() == title)
        .expect("the demo has the page");
    (organisation.pages[number].space, number as u32)
}
