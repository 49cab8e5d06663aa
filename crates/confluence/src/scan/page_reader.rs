//! The page reader: one listing, page by page, to the end that the site itself declares.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use reqwest::StatusCode;

use super::long_requests;
use super::reader::Reader;
use crate::batch::Value;
use crate::cache::responses::{Form, Served};
use crate::decode::{self, Page, Projection};
use crate::http::url::{next_request, param, with_limit, with_param};
use crate::http::{Again, Body, Failure, Purpose, Reason, Request, Why};
use crate::request::chains::Chain;
use crate::schema::{Endpoint, Paging, Table, Unreadable};
use crate::{Budget, Error, Sanitized};

/// Pages without rows, one after the other, after which a listing is taken to go nowhere.
const EMPTY_PAGES: u32 = 1000;

/// How often a listing by offset goes back because rows have gone away, until it gives up.
const STEPS_BACK: u32 = 20;

/// The fewest rows that a failing site is asked for before pauses are tried: asking for fewer at once would
/// make a short outage cost a request for each row. Only a page that fails after all pauses is read in smaller
/// pieces, and the next one in pieces of this size again.
const FEWEST_ROWS: u32 = 5;

/// A listing that is being read.
pub(super) struct PageReader<'r> {
    reader: &'r Reader,
    table: &'static Table,
    endpoint: &'static Endpoint,
    shape: Arc<Projection>,
    /// What makes rows of its answers.
    form: Form,
    /// The chain whose rows these are.
    chain: &'r Chain,
    /// Why it is read.
    reason: Reason,
    /// Whether the next request begins a part of what was too long a list.
    is_part: bool,
    /// The request that begins the listing, or the piece of it that is being read.
    first: Request,
    /// The path and query of the next request, until the site names no other.
    target: Option<String>,
    /// Whether the next request begins the listing, or a piece of it.
    is_first: bool,
    /// Pieces that are read when this one is at its end: the listing as a whole is too long a request.
    behind: Vec<Request>,
    /// That of the page that was read last.
    last: String,
    page: u32,
    /// Whether the statement had the page that was read last before.
    came_before: bool,
    empty_pages: u32,
    /// How many rows the next request asks for.
    limit: u32,
    /// How many rows any further request asks for, where the first one asks for fewer.
    full_limit: u32,
    /// Whether the site may be asked for fewer rows when it fails.
    shrinks: bool,
    /// The requests that were sent, hashed: none is ever to come again.
    sent: HashSet<u64>,
    by_offset: ByOffset,
}

/// A listing by offset. When a row goes away, all behind it move up by one, and the one that moves from the next page
/// to one that has been read would be lost. So each page begins with the last row of the one before it; where that is
/// not there, reading goes back to where it was.
#[derive(Debug, Default)]
struct ByOffset {
    /// Whether rows can be told apart, so that the one that is read twice is not given twice.
    is_watched: bool,
    /// Where the page that was read last began.
    start: u64,
    /// Whether that page has to show a row that came before.
    must_overlap: bool,
    /// The same for the next one.
    next_must_overlap: bool,
    /// How often reading went back.
    steps_back: u32,
}

/// What the next request brought.
#[derive(Debug)]
pub(super) enum Next {
    Page(Box<Page>),
    /// The site said that there is no more.
    End,
    /// The very first request was answered: there is no such thing, or not for this account.
    Unreadable(Request, Sanitized),
    /// The site does not answer this, or not to this account, and what it asks about can be asked otherwise.
    NotAnswered,
}

impl<'r> PageReader<'r> {
    /// The listing of a chain that begins with this request.
    pub fn new(
        reader: &'r Reader,
        chain: &'r Chain,
        shape: Arc<Projection>,
        first: Request,
        why: Why,
    ) -> Self {
        let limit = param(&first.target, "limit")
            .and_then(|limit| limit.parse().ok())
            .unwrap_or(0);
        Self {
            reader,
            table: reader.scan_request.table,
            endpoint: chain.endpoint,
            form: Form {
                table: reader.scan_request.table.name,
                operation: chain.endpoint.operation,
                columns: shape.places().into(),
                given: chain.keys.clone(),
            },
            shape,
            chain,
            reason: reader.reason(Reason::of(why)),
            is_part: false,
            sent: HashSet::from([hash(&first.target)]),
            is_first: true,
            behind: Vec::new(),
            last: String::new(),
            target: Some(first.target.clone()),
            first,
            page: 0,
            came_before: false,
            empty_pages: 0,
            limit,
            full_limit: limit,
            shrinks: false,
            by_offset: ByOffset::default(),
        }
    }

    /// Rows can be told apart: of a listing by offset each page is to begin with a row that is known.
    pub fn watched(mut self, is_watched: bool) -> Self {
        self.by_offset.is_watched = is_watched && self.endpoint.paging == Paging::Offset;
        self
    }

    /// Further requests ask for so many rows.
    pub fn then_by(mut self, limit: u32) -> Self {
        self.full_limit = limit;
        self
    }

    /// The rows are heavy: where the site fails, fewer will do.
    pub fn shrinking(mut self, shrinks: bool) -> Self {
        self.shrinks = shrinks && self.limit > 0;
        self
    }

    /// Whether the site has said that there is no more.
    pub fn is_at_end(&self) -> bool {
        self.target.is_none()
    }

    /// The number of the page that was read last, from 1.
    pub fn page(&self) -> u32 {
        self.page
    }

    /// Whether the site was not asked for the page that was read last.
    pub fn came_before(&self) -> bool {
        self.came_before
    }

    /// What the page that was read last shows of the rows before it. If rows have gone away, so that some may have moved
    /// to where nobody looks any more, the listing goes on further in front.
    ///
    /// # Errors
    /// If that happens again and again, or the site gives the same rows whatever it is asked for.
    pub fn compare(
        &mut self,
        rows: usize,
        is_any_known: bool,
        is_any_new: bool,
    ) -> Result<(), Error> {
        if self.endpoint.paging != Paging::Offset {
            return Ok(());
        }
        let ByOffset {
            must_overlap,
            steps_back,
            ..
        } = self.by_offset;
        if !is_any_new && rows > usize::from(must_overlap) && steps_back == 0 {
            return Err(self.unexpected(self.label(), "only rows that came before".to_owned()));
        }
        if !must_overlap || is_any_known {
            return Ok(());
        }
        if steps_back >= STEPS_BACK {
            return Err(self.unexpected(
                self.label(),
                "rows that go away faster than they are read".to_owned(),
            ));
        }
        let start = self
            .by_offset
            .start
            .saturating_sub(u64::from(self.limit.max(1)));
        self.target = Some(with_param(&self.last, "start", &start.to_string()));
        self.by_offset.next_must_overlap = start > 0;
        self.by_offset.steps_back += 1;
        Ok(())
    }

    /// The request that is read or was read first, as messages show it.
    pub fn label(&self) -> Sanitized {
        format!("{} {}", self.endpoint.method(), self.first.target).into()
    }

    /// Reads the next page.
    pub async fn next(&mut self) -> Result<Next, Error> {
        loop {
            if let Some(next) = self.next_of_piece().await? {
                return Ok(next);
            }
        }
    }

    /// The next page of the piece that is being read; None where it turned out to be too long, and has been cut.
    async fn next_of_piece(&mut self) -> Result<Option<Next>, Error> {
        self.cut_to_what_is_taken();
        let Some(target) = self.target.take() else {
            return Ok(Some(Next::End));
        };
        self.page += 1;
        let mut request = Request {
            target,
            reason: self
                .reason
                .page(self.page)
                .again(self.is_part.then_some(Again::PartOfList)),
            ..self.first.clone()
        };
        let asked_for = self.limit;
        let reader = self.reader;
        // Asked together, so that knowing who we are costs no time; but no row is handed on before. Where only one request may
        // be under way, a session begins with the question, which also finds the way to the site; later the rows come first,
        // and the question is then about them.
        let is_known = reader.session.is_identified();
        let rows = fetch(
            reader,
            &mut request,
            &self.form,
            &mut self.limit,
            self.shrinks,
        );
        let who = reader.session.identify(&reader.counters);
        let answer = match is_known {
            true => tokio::try_join!(rows, who).map(|(answer, ())| answer),
            false => tokio::try_join!(who, rows).map(|((), answer)| answer),
        }
        .map_err(|error| self.about_roles(error))?;
        if self.limit < asked_for {
            self.full_limit = self.limit.max(FEWEST_ROWS.min(asked_for));
        }
        let page = match answer {
            Served::Page(page) => {
                self.came_before = true;
                let mut page = Page::clone(&page);
                page.batch.held = reader.session.in_flight().small();
                page.batch.fit().map_err(|budget| Error::TooLarge {
                    budget,
                    request: request.label(),
                })?;
                page
            }
            Served::Reply(Ok(document)) => {
                self.came_before = document.came_before;
                self.decode(&request, document).await?
            }
            Served::Reply(Err((status, failure))) => {
                if long_requests::is_refused(&request, &failure) {
                    return self.cut_refused(&request, status, failure).map(|()| None);
                }
                if self.endpoint.needs_roles && matches!(failure, Failure::Rejected(_)) {
                    // A site without roles may answer as if it did not know us. Only who is known is told that there are none.
                    reader.session.confirm(&reader.counters).await?;
                }
                return self.failed(request, status, failure).map(Some);
            }
        };
        self.by_offset.must_overlap = std::mem::take(&mut self.by_offset.next_must_overlap);
        self.follow(&request, page.next.as_deref(), &page)?;
        self.last = request.target;
        self.is_first = false;
        self.is_part = false;
        if self.target.is_none()
            && let Some(piece) = self.behind.pop()
        {
            self.begin(piece);
        }
        Ok(Some(Next::Page(Box::new(page))))
    }

    /// Begins with a piece of the listing.
    fn begin(&mut self, piece: Request) {
        self.sent.insert(hash(&piece.target));
        self.target = Some(piece.target.clone());
        self.first = piece;
        self.is_first = true;
        self.is_part = true;
        self.by_offset = ByOffset {
            is_watched: self.by_offset.is_watched,
            ..ByOffset::default()
        };
    }

    /// Cuts the piece that comes next for as long as it is longer than requests that the session has seen refused.
    fn cut_to_what_is_taken(&mut self) {
        while self.is_first
            && let Some(target) = &self.target
        {
            let piece = Request {
                target: target.clone(),
                ..self.first.clone()
            };
            if piece.length() <= self.reader.session.longest(piece.json.is_some()) {
                return;
            }
            let Some([front, back]) = long_requests::halves(&piece) else {
                return;
            };
            self.behind.push(back);
            self.begin(front);
        }
    }

    /// Cuts a piece that was refused for its length, and keeps in mind what is taken.
    ///
    /// # Errors
    /// If it cannot be cut.
    fn cut_refused(
        &mut self,
        request: &Request,
        status: StatusCode,
        failure: Failure,
    ) -> Result<(), Error> {
        let session = &self.reader.session;
        let halves = long_requests::halves(request).filter(|_| self.is_first);
        let Some([front, back]) = halves else {
            return Err(session.too_long(request, status, failure.answerer(), request.length()));
        };
        let longer = front.length().max(back.length());
        session.note_longest(request.json.is_some(), longer);
        self.page -= 1;
        self.behind.push(back);
        self.begin(front);
        Ok(())
    }

    /// The rows of an answer.
    async fn decode(&self, request: &Request, document: Body) -> Result<Page, Error> {
        let given = self.chain.given();
        let site = &self.reader.session.config().site;
        let mut page = decode::page(&self.shape, document.body, document.held, &given, site)
            .await
            .map_err(|problem| problem.error(self.table, request.label(), self.page))?;
        let recorder = self.reader.counters.recorder();
        recorder.note_rows(document.request, page.batch.len());
        page.next = page.next.or(document.next);
        if document.came_before {
            self.reader.came_again(request, &self.form, &page);
        } else {
            // All that the answer held: what nobody wants of it costs the same. Of an answer about objects that have lists of
            // rows, the objects count, not the rows. One whose lists are not all there is read again, and counts then.
            let of_lists = self.endpoint.proof.is_some() && self.endpoint.has_lists();
            let objects = match of_lists {
                true => page.objects.len(),
                false => page.batch.len(),
            };
            let counters = &self.reader.counters;
            counters.count_unread(page.unread);
            counters.count_objects(self.endpoint.operation, objects);
        }
        Ok(page)
    }

    /// A site without space roles may fail when it is asked about them.
    fn about_roles(&self, error: Error) -> Error {
        match error {
            Error::Failing {
                request,
                status: status @ (500 | 501),
                said,
                ..
            } if self.endpoint.needs_roles => Error::NoRoles {
                request,
                status,
                said,
            },
            error => error,
        }
    }

    /// Whether the site says that it has not got the very object that was asked about.
    fn names_what_is_missing(&self, failure: &Failure) -> bool {
        let (Failure::NotFound(said), Some((_, id))) = (failure, self.chain.about(self.table))
        else {
            return false;
        };
        let mut words = said.split(|c: char| !c.is_alphanumeric());
        words.any(|word| word == id)
    }

    fn failed(
        &self,
        request: Request,
        status: StatusCode,
        failure: Failure,
    ) -> Result<Next, Error> {
        if self.endpoint.needs_roles
            && !self.names_what_is_missing(&failure)
            && let Some(said) = says_that_there_are_no_roles(status, &failure)
        {
            return Err(Error::NoRoles {
                request: request.label(),
                status: status.as_u16(),
                said,
            });
        }
        let is_row = matches!(self.endpoint.unreadable, Unreadable::Row { .. });
        match failure {
            Failure::Scope | Failure::Forbidden(_) | Failure::NotFound(_) | Failure::Refused(_)
                if self.endpoint.proof.is_some()
                    || self.endpoint.shortcut.is_some() && self.page == 1 =>
            {
                Ok(Next::NotAnswered)
            }
            Failure::NotFound(said) if self.page == 1 => Ok(Next::Unreadable(request, said)),
            Failure::Forbidden(said) if self.page == 1 && is_row => {
                Ok(Next::Unreadable(request, said))
            }
            Failure::NotFound(said) | Failure::Refused(said) if self.page > 1 => {
                Err(Error::BrokenOff {
                    request: request.label(),
                    page: self.page,
                    said,
                })
            }
            failure => Err(self.reader.session.error(&request, status, failure)),
        }
    }

    /// Notes where the listing goes on.
    fn follow(&mut self, request: &Request, link: Option<&str>, page: &Page) -> Result<(), Error> {
        // A next link can ask for fewer rows than the scan did.
        let limit = param(&request.target, "limit")
            .and_then(|limit| limit.parse().ok())
            .unwrap_or(u64::from(self.limit));
        let next = match self.endpoint.paging {
            Paging::Links => match link {
                // The last page has links, too, only none to a next one.
                None if limit > 0 && page.longest >= limit && !page.has_links => {
                    let found = "a full page that does not say whether there is another";
                    return Err(self.malformed(request, found.to_owned()));
                }
                None => return Ok(()),
                Some(link) => self.behind_link(request, link)?,
            },
            Paging::Offset => {
                let is_full = page.full || page.longest >= limit;
                self.by_offset.start = param(&request.target, "start")
                    .and_then(|start| start.parse::<u64>().ok())
                    .unwrap_or(0);
                if link.is_none() && (page.longest == 0 || !is_full) {
                    return Ok(());
                }
                // Not by the limit: the site may give fewer rows than it was asked for, and says so or not.
                let start = self.by_offset.start;
                let next = match link {
                    // A page that shows nothing of what stands there: only the link knows what is behind it.
                    Some(link) if page.longest == 0 => param(link, "start")
                        .and_then(|next| next.parse::<u64>().ok())
                        .filter(|next| *next > start)
                        .ok_or_else(|| {
                            let found = "no rows, and a next link that leads nowhere";
                            self.malformed(request, found.to_owned())
                        })?,
                    _ if self.by_offset.is_watched && page.longest > 1 => {
                        self.by_offset.next_must_overlap = true;
                        start.saturating_add(page.longest - 1)
                    }
                    _ => start.saturating_add(page.longest),
                };
                let target = with_param(&request.target, "start", &next.to_string());
                self.held(target, page)
            }
            Paging::Whole if limit > 0 && page.longest >= limit => {
                let found = format!("{} rows, of which there may be more", page.longest);
                return Err(self.malformed(request, found));
            }
            Paging::Whole => return Ok(()),
        };
        let mut target = next;
        if self.full_limit > self.limit {
            self.limit = self.full_limit;
            target = with_limit(&target, self.limit);
        }
        // Going back is bounded by itself.
        if !self.sent.insert(hash(&target)) && self.by_offset.steps_back == 0 {
            let found = "a next link that has been followed before".to_owned();
            return Err(self.malformed(request, found));
        }
        self.empty_pages = if page.batch.is_empty() {
            self.empty_pages + 1
        } else {
            0
        };
        if self.empty_pages >= EMPTY_PAGES {
            return Err(self.malformed(request, format!("{EMPTY_PAGES} pages without a row")));
        }
        self.target = Some(target);
        Ok(())
    }

    /// The same request for what there was when the first page was read. Newest rows come first, and rows that
    /// come in later would push others on to pages that have not been read.
    fn held(&self, target: String, page: &Page) -> String {
        let Some((column, window)) = self.table.held_at() else {
            return target;
        };
        if self.page > 1 {
            return target;
        }
        let Some(slot) = self.reader.slot(column) else {
            return target;
        };
        let newest = (0..page.batch.len())
            .filter_map(|row| match page.batch.value(row, slot) {
                Value::Timestamp(time) => Some(time),
                _ => None,
            })
            .max();
        match newest {
            Some(time) => {
                let newest = (time + 999).div_euclid(1000);
                let asked = param(&target, window.to).and_then(|to| to.parse::<i64>().ok());
                let to = asked.map_or(newest, |asked| asked.min(newest));
                with_param(&target, window.to, &to.to_string())
            }
            None => target,
        }
    }

    fn behind_link(&self, request: &Request, link: &str) -> Result<String, Error> {
        let hosts = self.reader.session.hosts();
        next_request(&self.first.target, link, &hosts)
            .map_err(|found| self.malformed(request, found))
    }

    /// What is wrong with an answer that cannot be relied on.
    pub fn malformed(&self, request: &Request, found: String) -> Error {
        self.unexpected(request.label(), found)
    }

    fn unexpected(&self, request: Sanitized, found: String) -> Error {
        Error::Malformed {
            request,
            page: self.page,
            found: found.into(),
        }
    }
}

/// Sends a request; where the site fails on heavy rows, it asks for half as many, and again.
async fn fetch(
    reader: &Reader,
    request: &mut Request,
    form: &Form,
    limit: &mut u32,
    shrinks: bool,
) -> Result<Served, Error> {
    loop {
        let can_shrink = shrinks && *limit > FEWEST_ROWS;
        request.purpose = if can_shrink {
            Purpose::FewerRowsWillDo
        } else {
            reader.purpose()
        };
        match reader.send(request, form).await {
            Ok(Served::Reply(Err((_, Failure::Failing { .. })))) if can_shrink => {
                *limit = (*limit / 2).max(FEWEST_ROWS);
            }
            Err(
                Error::Failing { .. }
                | Error::NoAnswer { .. }
                | Error::TooLarge {
                    budget: Budget::Listing,
                    ..
                },
            ) if shrinks && *limit > 1 => {
                *limit /= 2;
            }
            answer => return answer,
        }
        request.target = with_limit(&request.target, *limit);
        request.reason = request.reason.again(Some(Again::FewerRows));
    }
}

/// Sites without space roles refuse questions about them in many ways. The credential is known to be good.
fn says_that_there_are_no_roles(status: StatusCode, failure: &Failure) -> Option<Sanitized> {
    match failure {
        Failure::NotFound(said) | Failure::Refused(said) | Failure::Forbidden(said) => {
            Some(said.clone())
        }
        Failure::Failing { said, .. } => Some(said.clone()),
        Failure::Rejected(_) if status == StatusCode::NOT_FOUND => Some(Sanitized::default()),
        _ => None,
    }
}

fn hash(target: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    target.hash(&mut hasher);
    hasher.finish()
}
