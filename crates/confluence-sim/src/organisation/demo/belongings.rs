//! What hangs on the pages and blog posts of "Acme": few enough to be read.

use crate::organisation::collection::Collection;
use crate::organisation::custom_content::DIAGRAM;
use crate::organisation::record::{
    AttachmentRecord, Belongings, CommentRecord, Container, CustomContentRecord, InlineRecord,
    NONE, PageStatus, Resolution, Revisions, TaskRecord,
};
use crate::organisation::time::NOW;
use crate::organisation::{Organisation, attachment, comment, custom_content};
use std::sync::Arc;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// A page or a blog post, by the number of its space and its title.
type On = (usize, &'static str);

const REVIEW: On = (1, "Access review 2026 Q3");
const EXCEPTIONS: On = (1, "Access policy: exceptions");
const EVIDENCE: On = (1, "Evidence SOC 2 – 2026");
const RUNBOOK: On = (0, "Runbook");
const FAILOVER: On = (0, "Runbook: database failover");
const POST_MORTEM: On = (0, "Post-mortem 2026-10-02");
const ARCHITECTURE: On = (0, "Architecture");
const EXIT: On = (2, "Data centre exit");
const PATCHES: On = (2, "Patch calendar");
const OFFBOARDING: On = (3, "Offboarding");
const BUDGET: On = (4, "Budget 2027");
const SUPPLIERS: On = (4, "Supplier list");
const OLD_POLICY: On = (1, "Access policy (old)");
const PARCEL: On = (1, "\"Your parcel\": the phishing test 🎣");
const PASSKEYS: On = (1, "Passkeys for everybody");
const QUEUES: On = (0, "One queue per tenant: what we learned");
const RELEASE: On = (0, "Release 2026.11 is out");
const WELCOME: On = (3, "Welcome, Hana!");
const PARTY: On = (3, "Party in the courtyard");

/// Where, name, bytes, who, days ago, versions.
const ATTACHMENTS: &[(On, &str, u64, usize, i64, u32)] = &[
    (REVIEW, "access-review-2026-q3.xlsx", 48_220, 1, 78, 4),
    (REVIEW, "Sign-off „Q3“.pdf", 182_004, 6, 48, 1),
    (EVIDENCE, "evidence 2026-07.zip", 5_368_709_121, 1, 140, 1),
    (EVIDENCE, "evidence 2026-10.zip", 311_400_882, 1, 44, 2),
    (EVIDENCE, "screenshot.png", 90_113, 11, 20, 1),
    (POST_MORTEM, "timeline.csv", 1_844, 7, 48, 3),
    (POST_MORTEM, "screenshot.png", 120_552, 7, 47, 1),
    (ARCHITECTURE, "overview.drawio", 20_917, 3, 1_300, 9),
    (EXIT, "Mietvertrag (gekündigt).pdf", 2_400_318, 10, 700, 1),
    (SUPPLIERS, "suppliers 2025.xlsx", 77_310, 5, 380, 6),
    (SUPPLIERS, "suppliers 2024.xlsx", 71_006, 4, 700, 2),
    (OLD_POLICY, "policy.docx", 0, 4, 460, 1),
    (PARCEL, "the mail.png", 240_118, 1, 74, 1),
    (RELEASE, "release-notes-2026.11.pdf", 96_204, 7, 2, 2),
    (PARTY, "courtyard.png", 3_120_400, 9, 149, 1),
];
const TRASHED_ATTACHMENT: &str = "suppliers 2024.xlsx";

/// A comment: how deep below the root above it, who, days ago, versions, what it says.
type Line = (usize, usize, i64, u32, &'static str);

const FOOTER: &[(On, &[Line])] = &[
    (
        REVIEW,
        &[
            (
                0,
                11,
                50,
                1,
                "Who has reviewed the rights of the finance space?",
            ),
            (
                1,
                1,
                49,
                2,
                "I have, with Fatima. Two accounts were closed.",
            ),
            (2, 11, 48, 1, "Thank you. Please attach the list & sign it."),
            (1, 5, 49, 1, "Dmitri still administers ENG."),
        ],
    ),
    (REVIEW, &[(0, 6, 48, 1, "Signed.")]),
    (
        EXCEPTIONS,
        &[
            (0, 3, 9, 1, "The exception for the build account has ended."),
            (1, 1, 8, 1, "Removed it."),
        ],
    ),
    (
        POST_MORTEM,
        &[
            (0, 2, 45, 3, "The alert came after < 5 minutes, not 15."),
            (1, 7, 44, 1, "Changed."),
            (2, 2, 44, 1, "👍"),
        ],
    ),
    (EXIT, &[(0, 10, 650, 1, "Keys are handed over.")]),
    (OLD_POLICY, &[(0, 4, 450, 1, "Replaced by the new one.")]),
    (
        RELEASE,
        &[
            (0, 2, 2, 1, "Where are the notes?"),
            (1, 7, 1, 1, "Attached them."),
        ],
    ),
    (WELCOME, &[(0, 7, 5, 1, "Thank you all! 🙂")]),
];

/// Where, the words, what has become of it and by whom how many days ago, and what was said.
type Remark = (
    On,
    &'static str,
    Resolution,
    Option<(usize, i64)>,
    &'static [Line],
);

const INLINE: &[Remark] = &[
    (
        RUNBOOK,
        "within fifteen minutes",
        Resolution::Resolved,
        Some((6, 30)),
        &[
            (0, 7, 33, 1, "Also at night?"),
            (1, 6, 32, 1, "At any time."),
            (2, 7, 32, 1, "Then we need a second phone."),
        ],
    ),
    (
        FAILOVER,
        "Backups",
        Resolution::Open,
        None,
        &[(0, 2, 50, 1, "Which ones?")],
    ),
    (
        BUDGET,
        "every quarter",
        Resolution::Reopened,
        Some((5, 12)),
        &[
            (0, 8, 40, 2, "Monthly would be better."),
            (1, 5, 39, 1, "Too often, I think."),
        ],
    ),
    (
        OFFBOARDING,
        "the \"last\" working day",
        Resolution::Dangling,
        None,
        &[(0, 9, 60, 1, "Or the day after?")],
    ),
    (
        EXIT,
        "a second engineer",
        Resolution::Resolved,
        Some((10, 640)),
        &[(0, 4, 645, 1, "Who?")],
    ),
    (
        QUEUES,
        "a second engineer",
        Resolution::Open,
        None,
        &[(0, 6, 110, 1, "Only one?")],
    ),
];

/// Where, what, by whom, for whom, days ago, due so many days later, completed by whom how many days ago.
type ToDo = (
    On,
    &'static str,
    usize,
    Option<usize>,
    i64,
    Option<i64>,
    Option<(usize, i64)>,
);

const TASKS: &[ToDo] = &[
    (
        REVIEW,
        "Close the accounts of those who left",
        1,
        Some(6),
        50,
        Some(7),
        Some((6, 45)),
    ),
    (
        REVIEW,
        "Ask Fatima about the finance space",
        1,
        Some(1),
        50,
        Some(3),
        Some((1, 49)),
    ),
    (
        REVIEW,
        "Take Dmitri's rights in ENG away",
        11,
        Some(3),
        48,
        Some(14),
        None,
    ),
    (
        POST_MORTEM,
        "Lower the alert's threshold to < 5 minutes",
        7,
        Some(2),
        44,
        Some(10),
        Some((2, 40)),
    ),
    (
        POST_MORTEM,
        "Test the failover & write down how long it took",
        7,
        Some(6),
        44,
        Some(60),
        None,
    ),
    (POST_MORTEM, "", 7, None, 44, None, None),
    (
        PATCHES,
        "Agree on a date with „Finance“",
        2,
        Some(5),
        20,
        None,
        None,
    ),
    (
        OFFBOARDING,
        "Collect the keys",
        9,
        None,
        100,
        None,
        Some((9, 90)),
    ),
    (
        EXIT,
        "Hand over the keys",
        10,
        Some(10),
        800,
        Some(30),
        Some((10, 650)),
    ),
    (
        BUDGET,
        "Ask for three offers",
        5,
        Some(8),
        55,
        Some(20),
        None,
    ),
    (
        PASSKEYS,
        "Enrol those who were away",
        1,
        Some(6),
        209,
        Some(30),
        Some((6, 190)),
    ),
    (RELEASE, "Tell the customers", 7, Some(2), 2, Some(5), None),
];

/// Where, name, who, days ago, versions.
const DIAGRAMS: &[(On, &str, usize, i64, u32)] = &[
    (ARCHITECTURE, "Services", 3, 1_200, 12),
    (ARCHITECTURE, "Queues", 2, 600, 1),
    (FAILOVER, "Failover", 6, 900, 3),
    (EXIT, "Racks", 10, 780, 2),
    (QUEUES, "Queues per tenant", 3, 119, 2),
];
/// Drawn within the first one.
const INNER_DIAGRAM: (&str, usize, i64, u32) = ("Services: payments", 3, 500, 2);

pub(super) fn of(organisation: &Organisation) -> Belongings {
    let mut belongings = Belongings::of(organisation.pages.len());
    let place = |on| container(organisation, on);
    belongings.custom_content = Arc::new(diagrams(organisation.seed, place)).into();
    belongings.attachments = Arc::new(attachments(organisation.seed, place)).into();
    belongings.footer_comments = Arc::new(footer_comments(organisation.seed, place)).into();
    belongings.inline_comments = Arc::new(inline_comments(organisation.seed, place)).into();
    belongings.tasks = Arc::new(tasks(place)).into();
    belongings
}

fn container(organisation: &Organisation, (space, title): On) -> Container {
    let space = organisation.spaces[space].id;
    let mut pages = organisation.pages();
    let page = pages.find(|page| page.space_id() == space && page.title() == title);
    let mut posts = organisation.blogposts();
    let post = posts.find(|post| post.space_id() == space && post.title() == title);
    page.map(|page| Container::Page(page.id()))
        .or_else(|| post.map(|post| Container::BlogPost(post.id())))
        .expect("a page or a blog post of the demo")
}

/// Rows in the order of their containers, as a collection wants them.
fn in_order<T>(rows: &'static [T], container: impl Fn(&T) -> Container) -> Vec<&'static T> {
    let mut rows: Vec<&T> = rows.iter().collect();
    rows.sort_by_key(|row| container(row));
    rows
}

/// In office hours, each a few minutes after the one before it in its table.
fn moment(days_ago: i64, place: usize) -> i64 {
    NOW - days_ago * DAY + place as i64 * 7 * 60_000 + 417
}

fn revisions(author: usize, days_ago: i64, versions: u32, place: usize) -> Revisions {
    let created_at = moment(days_ago, place);
    Revisions {
        created_at,
        // A version every hour.
        modified_at: created_at + i64::from(versions - 1) * HOUR,
        author: author as u32,
        last_author: author as u32,
        versions,
    }
}

fn diagrams(seed: u64, container: impl Fn(On) -> Container) -> Collection<CustomContentRecord> {
    let mut ids = custom_content::ids(seed);
    let mut record = |container, title: &str, revisions| CustomContentRecord {
        id: ids.next(),
        container,
        kind: DIAGRAM,
        title: title.into(),
        revisions,
    };
    let mut records: Vec<_> = in_order(DIAGRAMS, |row| container(row.0))
        .into_iter()
        .enumerate()
        .map(|(place, &(on, title, author, days, versions))| {
            record(
                container(on),
                title,
                revisions(author, days, versions, place),
            )
        })
        .collect();
    let (title, author, days, versions) = INNER_DIAGRAM;
    let outer = records
        .iter()
        .find(|record| &*record.title == DIAGRAMS[0].1);
    let outer = Container::CustomContent(outer.expect("one of the table").id);
    records.push(record(
        outer,
        title,
        revisions(author, days, versions, DIAGRAMS.len()),
    ));
    Collection::new(records)
}

fn attachments(seed: u64, container: impl Fn(On) -> Container) -> Collection<AttachmentRecord> {
    let mut ids = attachment::ids(seed);
    let rows = in_order(ATTACHMENTS, |row| container(row.0)).into_iter();
    let records = rows
        .enumerate()
        .map(
            |(place, &(on, title, size, author, days, versions))| AttachmentRecord {
                id: ids.next(),
                container: container(on),
                title: title.into(),
                kind: attachment::KINDS
                    .iter()
                    .find(|kind| title.ends_with(kind.extension))
                    .expect("a kind that is known"),
                size,
                comment: if versions > 3 {
                    "Corrected & signed"
                } else {
                    ""
                },
                status: match title {
                    TRASHED_ATTACHMENT => PageStatus::Trashed,
                    _ => PageStatus::Current,
                },
                revisions: revisions(author, days, versions, place),
            },
        );
    Collection::new(records.collect())
}

fn footer_comments(seed: u64, container: impl Fn(On) -> Container) -> Collection<CommentRecord> {
    let mut ids = comment::footer_ids(seed);
    let mut records = Vec::new();
    for &(on, lines) in in_order(FOOTER, |row| container(row.0)) {
        add_thread(&mut records, || ids.next(), container(on), None, lines);
    }
    Collection::new(records)
}

fn inline_comments(seed: u64, container: impl Fn(On) -> Container) -> Collection<CommentRecord> {
    let mut ids = comment::inline_ids(seed);
    let mut records = Vec::new();
    for &(on, selection, resolution, resolved, lines) in in_order(INLINE, |row| container(row.0)) {
        let inline = InlineRecord {
            resolution,
            resolved: resolved.map(|(by, days)| (by as u32, moment(days, 0))),
            selection,
        };
        add_thread(
            &mut records,
            || ids.next(),
            container(on),
            Some(inline),
            lines,
        );
    }
    Collection::new(records)
}

fn add_thread(
    records: &mut Vec<CommentRecord>,
    mut next_id: impl FnMut() -> u64,
    container: Container,
    inline: Option<InlineRecord>,
    lines: &[Line],
) {
    let mut above: Vec<u64> = Vec::new();
    for &(depth, author, days, versions, text) in lines {
        above.truncate(depth);
        let id = next_id();
        records.push(CommentRecord {
            id,
            container,
            parent: above.last().copied(),
            status: PageStatus::Current,
            revisions: revisions(author, days, versions, records.len()),
            text: Some(text),
            inline: inline.clone(),
        });
        above.push(id);
    }
}

fn tasks(container: impl Fn(On) -> Container) -> Collection<TaskRecord> {
    let mut records: Vec<TaskRecord> = Vec::new();
    let rows = in_order(TASKS, |row| container(row.0));
    for (place, &(on, text, creator, assignee, days, due, completed)) in
        rows.into_iter().enumerate()
    {
        let container = container(on);
        let created_at = moment(days, place);
        let completed = completed.map(|(by, days)| (by as u32, moment(days, place)));
        let before = records.iter().filter(|task| task.container == container);
        records.push(TaskRecord {
            id: 2 + 3 * place as u64,
            container,
            local_id: 1 + before.count() as u32,
            created_at,
            updated_at: completed.map_or(created_at, |(_, at)| at),
            due_at: due.map(|days| (created_at / DAY + days) * DAY),
            completed,
            creator: creator as u32,
            assignee: assignee.map_or(NONE, |number| number as u32),
            text,
        });
    }
    Collection::new(records)
}
