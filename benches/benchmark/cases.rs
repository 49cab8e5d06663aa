//! Queries, and what they cost at least: worked out from the organisation, not from what the extension does.

use std::collections::BTreeMap;

use confluence_sim::{Organisation, Page, SpaceType};

/// What one answer holds.
const PAGE: usize = 250;
/// How many ids of spaces one request takes.
const SPACES_AT_ONCE: usize = 100;

/// A query.
pub struct Case {
    pub what: String,
    pub sql: String,
    /// How many rows it has, where that is known.
    pub rows: Option<usize>,
    pub cost: Cost,
}

/// What a query costs at least.
#[derive(Clone, Copy)]
pub struct Cost {
    /// How many requests any client needs.
    pub requests: usize,
    /// Where a long listing is read in several chains: how many requests that costs besides a partly filled page for each
    /// chain.
    pub cut: Option<usize>,
    /// Steps of which each needs what the one before it brought.
    pub steps: u32,
    /// The most requests that have to follow one another within a step.
    pub longest: usize,
}

impl Cost {
    /// Requests that depend on nothing but the query.
    fn at_once(requests: usize) -> Self {
        Self {
            requests,
            cut: None,
            steps: 1,
            longest: 1,
        }
    }

    /// One listing, each answer of which leads to the next.
    fn chain(rows: usize) -> Self {
        Self {
            longest: answers(rows),
            ..Self::at_once(answers(rows))
        }
    }

    /// A first listing, and what its rows lead to.
    fn two_steps(first: usize, second: impl IntoIterator<Item = usize>) -> Self {
        let (mut requests, mut longest) = (answers(first), answers(first));
        for rows in second {
            requests += answers(rows);
            longest = longest.max(answers(rows));
        }
        Self {
            requests,
            cut: None,
            steps: 2,
            longest,
        }
    }
}

impl Case {
    fn new(what: &str, sql: impl Into<String>, rows: usize, cost: Cost) -> Self {
        Self {
            what: what.to_owned(),
            sql: sql.into(),
            rows: Some(rows),
            cost,
        }
    }
}

/// How many requests list so many rows: an empty answer is one, too.
fn answers(rows: usize) -> usize {
    rows.div_ceil(PAGE).max(1)
}

/// An organisation, and how much there is of everything.
pub struct Truth<'a> {
    organisation: &'a Organisation,
    /// Listed pages by space, for every space.
    pages: BTreeMap<u64, Vec<u64>>,
}

impl<'a> Truth<'a> {
    pub fn of(organisation: &'a Organisation) -> Self {
        let mut pages: BTreeMap<u64, Vec<u64>> = organisation
            .spaces()
            .map(|space| (space.id, Vec::new()))
            .collect();
        for page in organisation.listed_pages() {
            pages.entry(page.space_id()).or_default().push(page.id());
        }
        Self {
            organisation,
            pages,
        }
    }

    /// The space whose number of pages is nearest to a number.
    fn space_with(&self, pages: usize) -> (u64, &[u64]) {
        let space = self
            .pages
            .iter()
            .min_by_key(|(_, ids)| ids.len().abs_diff(pages));
        space.map(|(id, pages)| (*id, &pages[..])).expect("a space")
    }

    fn permissions(&self, space: u64) -> usize {
        self.organisation.permissions(space).count()
    }

    /// Times of the listed pages with their ids, latest first.
    fn changes(&self) -> Vec<(String, u64)> {
        let mut pages: Vec<Page> = self.organisation.listed_pages().collect();
        pages.sort_by_key(|page| std::cmp::Reverse((page.modified_at(), page.id())));
        let times = pages.iter();
        times
            .map(|page| (page.modified_at().to_string(), page.id()))
            .collect()
    }

    /// A local table of ids, named `wanted_…`, of so many pages from all over the site.
    pub fn wanted_pages(&self, count: usize) -> String {
        let step = self.page_count() / count;
        let ids = self.organisation.listed_pages().step_by(step).take(count);
        local_table(&format!("wanted_{count}"), ids.map(|page| page.id()))
    }

    /// A local table `wanted_spaces` with the ids of the first 300 spaces.
    pub fn wanted_spaces(&self) -> String {
        local_table("wanted_spaces", self.pages.keys().copied().take(300))
    }

    fn page_count(&self) -> usize {
        self.pages.values().map(Vec::len).sum()
    }

    // --- Listings ----------------------------------------------------------------------------------------------------

    pub fn all_pages(&self) -> Case {
        let rows = self.page_count();
        let cost = Cost {
            requests: answers(rows),
            // The list of spaces.
            cut: Some(2),
            // The first page beside the first answer with spaces, the other spaces, the groups, what is new.
            steps: 4,
            longest: 1,
        };
        Case::new("all pages", "SELECT id FROM confluence_pages", rows, cost)
    }

    pub fn all_permissions(&self) -> Case {
        let of_spaces = self.pages.keys().map(|&space| self.permissions(space));
        let cost = Cost::two_steps(self.pages.len(), of_spaces.clone());
        let sql = "SELECT id FROM confluence_permissions";
        Case::new("all permissions", sql, of_spaces.sum(), cost)
    }

    pub fn listings(&self) -> Vec<Case> {
        let spaces = self.pages.len();
        let (large, pages) = self.space_with(usize::MAX);
        let (permitted, most) = self
            .pages
            .keys()
            .map(|&space| (space, self.permissions(space)))
            .max_by_key(|(_, count)| *count)
            .expect("a space");
        vec![
            Case::new(
                "all spaces",
                "SELECT id FROM confluence_spaces",
                spaces,
                Cost::chain(spaces),
            ),
            self.all_pages(),
            Case::new(
                "the largest space's pages",
                format!("SELECT id FROM confluence_pages WHERE space_id = {large}"),
                pages.len(),
                Cost::chain(pages.len()),
            ),
            Case::new(
                "the permissions of the space that has most",
                format!("SELECT id FROM confluence_permissions WHERE space_id = {permitted}"),
                most,
                Cost::chain(most),
            ),
            self.all_permissions(),
            Case::new(
                "`WHERE false`",
                "SELECT id FROM confluence_pages WHERE false",
                0,
                Cost::at_once(0),
            ),
        ]
    }

    // --- Parts of listings -------------------------------------------------------------------------------------------

    pub fn limits(&self) -> Vec<Case> {
        let case = |what, sql, rows| Case::new(what, sql, rows, Cost::chain(rows));
        vec![
            case("`LIMIT 10`", "SELECT id FROM confluence_pages LIMIT 10", 10),
            case(
                "`LIMIT 10`, with bodies",
                "SELECT id, body_storage FROM confluence_pages LIMIT 10",
                10,
            ),
            case(
                "`LIMIT 251`",
                "SELECT id FROM confluence_pages LIMIT 251",
                251,
            ),
            Case::new(
                "`LIMIT 10 OFFSET 20`",
                "SELECT id FROM confluence_pages LIMIT 10 OFFSET 20",
                10,
                Cost::at_once(1),
            ),
            case(
                "the latest 20 changes",
                "SELECT id FROM confluence_pages ORDER BY modified_at DESC LIMIT 20",
                20,
            ),
        ]
    }

    pub fn conditions(&self) -> Vec<Case> {
        let organisation = self.organisation;
        let page = organisation.page_at(self.page_count() / 2).expect("a page");
        let ids: Vec<u64> = organisation
            .listed_pages()
            .step_by(97)
            .take(1_000)
            .map(|page| page.id())
            .collect();
        let spaces: Vec<u64> = self.pages.keys().copied().step_by(3).take(150).collect();
        let in_lists = self.of_spaces(&spaces);
        let title = page.title();
        let same = |other: &str| other.to_lowercase() == title.to_lowercase();
        let titled: Vec<Page> = organisation
            .listed_pages()
            .filter(|page| same(&page.title()))
            .collect();
        let exact = titled.iter().filter(|page| page.title() == title);
        let five = &spaces[..5];
        let permissions = five.iter().map(|&space| self.permissions(space));
        vec![
            Case::new(
                "a page by its id",
                format!(
                    "SELECT title FROM confluence_pages WHERE id = {}",
                    page.id()
                ),
                1,
                Cost::at_once(1),
            ),
            Case::new(
                "an id that does not exist",
                "SELECT title FROM confluence_pages WHERE id = 3",
                0,
                Cost::at_once(1),
            ),
            Case::new(
                "a list of 1,000 ids",
                format!(
                    "SELECT title FROM confluence_pages WHERE id IN ({})",
                    list(&ids)
                ),
                ids.len(),
                Cost::at_once(4),
            ),
            Case::new(
                "a list of 150 spaces",
                format!(
                    "SELECT id FROM confluence_pages WHERE space_id IN ({})",
                    list(&spaces)
                ),
                in_lists.iter().sum(),
                long_list(&in_lists),
            ),
            Case::new(
                "a title",
                format!(
                    "SELECT id FROM confluence_pages WHERE title = {}",
                    confluence_fdw_tests::literal(&title)
                ),
                exact.count(),
                // The site's own filter knows no case.
                Cost::chain(titled.len()),
            ),
            Case::new(
                "the permissions of five spaces",
                format!(
                    "SELECT id FROM confluence_permissions WHERE space_id IN ({})",
                    list(five)
                ),
                permissions.clone().sum(),
                side_by_side(&permissions.collect::<Vec<_>>()),
            ),
        ]
    }

    /// Ranges in time, which the API cannot filter: an ordered listing is read up to the first row that is outside.
    pub fn ranges(&self) -> Vec<Case> {
        let times = self.changes();
        let bound = |place: usize| cut(&times, place);
        let select = "SELECT id FROM confluence_pages WHERE";
        let (few, many) = (bound(100), bound(2_000));
        let (from, to) = (bound(900), bound(300));
        let old = times.len() - bound(times.len() - 500);
        let (space, _) = self.space_with(usize::MAX);
        let within: Vec<_> = times
            .iter()
            .filter(|(_, id)| {
                let page = self.organisation.page(*id);
                page.is_some_and(|page| page.space_id() == space)
            })
            .cloned()
            .collect();
        let recent = cut(&within, 260);
        // The one that shows that the range has ended is read, too.
        let up_to = |read: usize| Cost::chain(read + 1);
        vec![
            Case::new(
                "some 100 changes since a time",
                format!("{select} modified_at > '{}'", times[few].0),
                few,
                up_to(few),
            ),
            Case::new(
                "some 2,000 changes since a time",
                format!("{select} modified_at > '{}'", times[many].0),
                many,
                up_to(many),
            ),
            Case::new(
                "some 500 pages not changed since a time",
                format!("{select} modified_at <= '{}'", times[times.len() - old].0),
                old,
                up_to(old),
            ),
            Case::new(
                "changes between two times, after 300 later ones",
                format!(
                    "{select} modified_at >= '{}' AND modified_at <= '{}'",
                    times[from - 1].0,
                    times[to].0
                ),
                from - to,
                up_to(from),
            ),
            Case::new(
                "some 260 changes in the largest space since a time",
                format!(
                    "{select} space_id = {space} AND modified_at > '{}'",
                    within[recent].0
                ),
                recent,
                up_to(recent),
            ),
        ]
    }

    // --- Joins -------------------------------------------------------------------------------------------------------

    /// Needs [`Self::wanted_pages`].
    pub fn pages_by_id(&self, count: usize) -> Case {
        Case::new(
            &format!(
                "a local table of {} ids, joined to pages",
                crate::report::grouped(count)
            ),
            format!(
                "SELECT p.title FROM wanted_{count} AS w JOIN confluence_pages AS p ON p.id = w.id"
            ),
            count,
            Cost::at_once(count.div_ceil(PAGE)),
        )
    }

    /// Needs [`Self::wanted_spaces`].
    pub fn pages_by_space(&self) -> Case {
        let spaces: Vec<u64> = self.pages.keys().copied().take(300).collect();
        let in_lists = self.of_spaces(&spaces);
        Case::new(
            "a local table of 300 spaces' ids, joined to pages",
            "SELECT p.id FROM wanted_spaces AS w JOIN confluence_pages AS p ON p.space_id = w.id",
            in_lists.iter().sum(),
            long_list(&in_lists),
        )
    }

    pub fn versions_of_a_space(&self) -> Case {
        let (space, pages) = self.space_with(450);
        let versions = pages
            .iter()
            .map(|&page| self.organisation.versions(page).len());
        Case::new(
            &format!(
                "the {} pages of a space, joined to their versions",
                pages.len()
            ),
            format!(
                "SELECT p.id, v.number FROM confluence_pages AS p
                 JOIN confluence_page_versions AS v ON v.page_id = p.id WHERE p.space_id = {space}"
            ),
            versions.clone().sum(),
            Cost::two_steps(pages.len(), versions),
        )
    }

    pub fn permissions_by_type(&self) -> Case {
        let personal = self
            .organisation
            .spaces()
            .filter(|space| space.kind == SpaceType::Personal);
        let permissions: Vec<usize> = personal.map(|space| self.permissions(space.id)).collect();
        Case::new(
            &format!(
                "permissions, joined to the {} spaces of a type",
                permissions.len()
            ),
            "SELECT s.key, p.id FROM confluence_permissions AS p
             JOIN confluence_spaces AS s ON s.id = p.space_id WHERE s.type = 'personal'",
            permissions.iter().sum(),
            Cost::two_steps(permissions.len(), permissions.iter().copied()),
        )
    }

    pub fn joins(&self) -> Vec<Case> {
        let (space, pages) = self.space_with(500);
        let key = &self.organisation.space(space).expect("a space").key;
        let (large, in_large) = self.space_with(usize::MAX);
        let with_parent = |ids: &[u64]| {
            let pages = ids.iter().filter_map(|&id| self.organisation.page(id));
            pages
                .filter_map(|page| page.parent())
                .filter(|(kind, parent)| {
                    *kind == "page"
                        && self
                            .organisation
                            .page(*parent)
                            .is_some_and(|p| p.is_listed())
                })
                .count()
        };
        let all: Vec<u64> = self.pages.values().flatten().copied().collect();
        vec![
            Case::new(
                "a space by its key, joined to its pages",
                format!(
                    "SELECT p.id FROM confluence_spaces AS s
                     JOIN confluence_pages AS p ON p.space_id = s.id WHERE s.key = '{key}'"
                ),
                pages.len(),
                Cost::two_steps(1, [pages.len()]),
            ),
            self.pages_by_id(1_000),
            self.pages_by_space(),
            self.versions_of_a_space(),
            self.permissions_by_type(),
            Case::new(
                "pages of the largest space, joined to their parents there",
                format!(
                    "SELECT p.id, o.title FROM confluence_pages AS p JOIN confluence_pages AS o ON o.id = p.parent_id
                     WHERE p.space_id = {large} AND o.space_id = {large}"
                ),
                with_parent(in_large),
                Cost::chain(in_large.len()),
            ),
            Case {
                rows: Some(with_parent(&all)),
                what: "all pages, joined to their parents".to_owned(),
                sql: "SELECT p.id, o.title FROM confluence_pages AS p
                      JOIN confluence_pages AS o ON o.id = p.parent_id"
                    .to_owned(),
                ..self.all_pages()
            },
        ]
    }

    /// Listed pages in each list of spaces that goes into one request.
    fn of_spaces(&self, spaces: &[u64]) -> Vec<usize> {
        let lists = spaces.chunks(SPACES_AT_ONCE);
        lists
            .map(|list| list.iter().map(|space| self.pages[space].len()).sum())
            .collect()
    }

    // --- A small site ------------------------------------------------------------------------------------------------

    /// Queries such as those of `make demo`, on its organisation.
    pub fn of_a_small_site(&self) -> Vec<Case> {
        let spaces = self.pages.len();
        let changed = self
            .organisation
            .modified_since("2026-11-10T00:00:00Z".parse().expect("a time"))
            .len();
        let permissions: Vec<usize> = self.pages.keys().map(|&s| self.permissions(s)).collect();
        let review = Cost::two_steps(spaces, permissions.iter().copied());
        let case = |what: &str, sql: &str, rows: Option<usize>, cost: Cost| Case {
            what: what.to_owned(),
            sql: sql.to_owned(),
            rows,
            cost,
        };
        vec![
            case(
                "what spaces there are",
                "SELECT id, key, name, type, status FROM confluence_spaces ORDER BY name",
                Some(spaces),
                Cost::chain(spaces),
            ),
            case(
                "the latest changes in a space",
                "SELECT title, modified_at FROM confluence_pages WHERE space_id = 98308
                 ORDER BY modified_at DESC LIMIT 5",
                Some(5),
                Cost::at_once(1),
            ),
            case(
                "what changed since a day, where, and by whom",
                "SELECT p.modified_at::date AS day, s.key, p.title, u.email AS changed_by
                 FROM confluence_pages p
                 JOIN confluence_spaces s ON s.id = p.space_id
                 LEFT JOIN confluence.user_emails u ON u.account_id = p.version_author_id
                 WHERE p.modified_at >= '2026-11-10'
                 ORDER BY p.modified_at DESC",
                Some(changed),
                Cost::two_steps(changed + 1, [spaces]),
            ),
            case(
                "who can administer what",
                "SELECT s.key, s.name, p.principal_type, coalesce(u.email, p.principal_id) AS who
                 FROM confluence_permissions p
                 JOIN confluence_spaces s ON s.id = p.space_id
                 LEFT JOIN confluence.user_emails u ON u.account_id = p.principal_id
                 WHERE p.operation_key = 'administer' AND p.operation_target_type = 'space'
                 ORDER BY s.key, who",
                None,
                review,
            ),
            case(
                "what is granted to those who have left",
                "SELECT u.display_name, u.email, u.status, s.key, string_agg(DISTINCT p.operation_key, ', ') AS may
                 FROM confluence_permissions p
                 JOIN confluence_spaces s ON s.id = p.space_id
                 JOIN confluence.user_emails u ON u.account_id = p.principal_id
                 WHERE u.status <> 'Active'
                 GROUP BY u.display_name, u.email, u.status, s.key
                 ORDER BY u.display_name",
                None,
                review,
            ),
            case(
                "a snapshot of all permissions",
                "SELECT * FROM confluence_permissions",
                Some(permissions.iter().sum()),
                review,
            ),
        ]
    }
}

/// The rows of lists of spaces, each of which may be cut into shorter ones that are read side by side.
fn long_list(rows: &[usize]) -> Cost {
    Cost {
        requests: answers(rows.iter().sum()),
        // The first page of each is asked for before it is cut.
        cut: Some(rows.len()),
        ..side_by_side(rows)
    }
}

/// Listings that depend on nothing but the query.
fn side_by_side(rows: &[usize]) -> Cost {
    let requests = rows.iter().map(|&rows| answers(rows));
    Cost {
        requests: requests.clone().sum(),
        cut: None,
        steps: 1,
        longest: requests.max().unwrap_or(1),
    }
}

/// The first place from `place` on where the time is another than just before: there it cuts exactly.
fn cut(times: &[(String, u64)], place: usize) -> usize {
    (place..)
        .find(|&place| times[place - 1].0 != times[place].0)
        .expect("times differ somewhere")
}

fn list(numbers: &[u64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    numbers.join(", ")
}

fn local_table(name: &str, ids: impl Iterator<Item = u64>) -> String {
    let ids: Vec<String> = ids.map(|id| format!("({id})")).collect();
    format!(
        "CREATE TABLE {name} (id bigint); INSERT INTO {name} VALUES {}; ANALYZE {name}",
        ids.join(", ")
    )
}
