//! The corpus: statements that dashboards and people send, with what they may cost (`benches/dashboards.sql`).

use std::sync::{Arc, LazyLock};

use confluence_sim::{Options, Organisation, Size};

use crate::site::Site;

const CORPUS: &str = include_str!("../../benches/dashboards.sql");
const ACCESS_REVIEW: &str = include_str!("../../docs/access-review.md");

/// A statement of the corpus.
pub struct Statement {
    /// The heading that it stands below.
    pub group: &'static str,
    /// Who writes such: a tool, or people.
    pub by: &'static str,
    pub name: &'static str,
    /// With values of the site in the places of `<…>`.
    pub sql: String,
    /// How many requests for data it may take.
    pub requests: usize,
    /// How many of these have to follow one another.
    pub rounds: usize,
}

/// 100 spaces, 20,000 pages, 6,000 permissions and 800 people.
pub fn organisation() -> Arc<Organisation> {
    static BIG: LazyLock<Arc<Organisation>> = LazyLock::new(|| {
        Organisation::sized(Size {
            spaces: 100,
            pages: 20_000,
            permissions: 6_000,
            users: 800,
            ..Size::default()
        })
    });
    BIG.clone()
}

/// A site of that size, the people's e-mail addresses, and the view `space_access` of docs/access-review.md.
#[track_caller]
pub fn site() -> Site {
    let organisation = organisation();
    let export = organisation.export_users();
    let stand_in = Options {
        keep_answers: true,
        ..Options::of(organisation)
    };
    let mut site = Site::serving(stand_in, "");
    let load = "SELECT * FROM confluence.import_user_emails($1)";
    site.client.query(load, &[&export]).expect("the export");
    site.execute(access_view());
    site
}

/// The definition of the view `space_access` of docs/access-review.md.
pub fn access_view() -> &'static str {
    let begin = ACCESS_REVIEW
        .find("CREATE VIEW space_access")
        .expect("the view");
    let (view, _) = ACCESS_REVIEW[begin..].split_once("```").expect("its end");
    view
}

/// All statements, in the order of the file.
pub fn statements() -> Vec<Statement> {
    let values = Values::of(&organisation());
    let mut group = "";
    let mut statements = Vec::new();
    for block in CORPUS.split("\n\n") {
        if let Some(heading) = block.strip_prefix("-- == ") {
            group = heading.trim();
            continue;
        }
        let Some((by, rest)) = block
            .strip_prefix("-- ")
            .and_then(|block| block.split_once(": "))
        else {
            continue;
        };
        let mut lines = rest.splitn(3, '\n');
        let (name, cost, sql) = (lines.next(), lines.next(), lines.next());
        let (Some(name), Some(cost), Some(sql)) = (name, cost, sql) else {
            continue;
        };
        let Some((requests, rounds)) = parsed(cost) else {
            continue;
        };
        statements.push(Statement {
            group,
            by,
            name,
            sql: values.put_into(sql.trim().trim_end_matches(';')),
            requests,
            rounds,
        });
    }
    statements
}

/// The statement of a name.
#[track_caller]
pub fn statement(name: &str) -> Statement {
    let mut all = statements().into_iter();
    all.find(|statement| statement.name == name)
        .unwrap_or_else(|| panic!("no statement of the corpus is called \"{name}\""))
}

/// `-- requests 98, rounds 1`
fn parsed(cost: &str) -> Option<(usize, usize)> {
    let (requests, rounds) = cost.strip_prefix("-- requests ")?.split_once(", rounds ")?;
    Some((requests.parse().ok()?, rounds.trim().parse().ok()?))
}

/// What stands for `<key>`, `<space>` and the like.
struct Values(Vec<(&'static str, String)>);

impl Values {
    /// A space with some 1,000 pages, and one with some 200; a page whose title nobody else has.
    fn of(organisation: &Organisation) -> Self {
        let count = |space: u64| {
            let pages = organisation.listed_pages();
            pages.filter(|page| page.space_id() == space).count()
        };
        let spaces: Vec<(u64, String, usize)> = organisation
            .spaces()
            .map(|space| (space.id, space.key.clone(), count(space.id)))
            .collect();
        let with = |pages: usize| {
            let nearest = spaces
                .iter()
                .min_by_key(|(_, _, count)| count.abs_diff(pages));
            nearest.expect("a space")
        };
        let page = organisation.page_at(7_777).expect("a page");
        let (large, other) = (with(1_000), with(200));
        Self(vec![
            ("<space>", large.0.to_string()),
            ("<key>", large.1.clone()),
            ("<other space>", other.0.to_string()),
            ("<page>", page.id().to_string()),
            ("<title>", page.title().replace('\'', "''")),
        ])
    }

    fn put_into(&self, sql: &str) -> String {
        let values = self.0.iter();
        values.fold(sql.to_owned(), |sql, (name, value)| {
            sql.replace(name, value)
        })
    }
}
