//! One listing, page by page, to the end that the site itself declares.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use reqwest::StatusCode;

use crate::Error;
use crate::client::{
    Counters, Document, Failure, Purpose, Request, Session, next_request, with_limit,
};
use crate::decode::{Page, Problem, Shape};
use crate::table::Table;

/// Pages without rows, one after the other, after which a listing is taken to go nowhere.
const EMPTY_PAGES: u32 = 1000;

/// The fewest rows that a failing site is asked for before pauses are tried: asking for fewer at once would
/// make a short outage cost a request for each row. Only a page that fails after all pauses is read in smaller
/// pieces, and the next one in pieces of this size again.
const FEWEST_ROWS: u32 = 5;

/// A listing that is being read.
#[derive(Debug)]
pub(super) struct Listing<'r> {
    pub session: &'r Session,
    pub counters: &'r Counters,
    pub table: &'static Table,
    pub shape: &'r Shape,
    /// The id in the path.
    pub parent: Option<i64>,
    /// The next request, until the site names no other.
    target: Option<String>,
    page: u32,
    empty_pages: u32,
    /// How many rows the next request asks for.
    limit: u32,
    /// How many rows any further request asks for, where the first one asks for fewer.
    full_limit: u32,
    /// Whether the site may be asked for fewer rows when it fails.
    shrinks: bool,
    /// The requests that were sent, hashed: none is ever to come again.
    sent: HashSet<u64>,
}

/// What the next request brought.
#[derive(Debug)]
pub(super) enum Next {
    Page(Page),
    /// The site said that there is no more.
    End,
    /// The very first request was answered: there is no such thing.
    NoSuchThing(Request, String),
}

impl<'r> Listing<'r> {
    pub fn new(
        session: &'r Session,
        counters: &'r Counters,
        table: &'static Table,
        shape: &'r Shape,
        parent: Option<i64>,
        target: String,
    ) -> Self {
        let limit = limit_of(&target);
        Self {
            session,
            counters,
            table,
            shape,
            parent,
            sent: HashSet::from([hash(&target)]),
            target: Some(target),
            page: 0,
            empty_pages: 0,
            limit,
            full_limit: limit,
            shrinks: false,
        }
    }

    /// Further requests ask for so many rows.
    pub fn then_by(mut self, limit: u32) -> Self {
        self.full_limit = limit;
        self
    }

    /// The rows are heavy: where the site fails, fewer will do.
    pub fn shrinking(mut self, shrinks: bool) -> Self {
        self.shrinks = shrinks;
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

    /// Reads the next page.
    pub async fn next(&mut self) -> Result<Next, Error> {
        let Some(target) = self.target.take() else {
            return Ok(Next::End);
        };
        self.page += 1;
        let mut request = Request {
            target,
            scope: self.table.scope,
            purpose: Purpose::Rows,
        };
        let asked_for = self.limit;
        // Asked together, so that knowing who we are costs no time; but no row is handed on before.
        let (_, answer) = tokio::try_join!(
            self.session.identify(self.counters),
            fetch(
                self.session,
                self.counters,
                &mut request,
                &mut self.limit,
                self.shrinks
            )
        )?;
        if self.limit < asked_for {
            self.full_limit = self.limit.max(FEWEST_ROWS.min(asked_for));
        }
        let document = match answer {
            Ok(document) => document,
            Err((status, failure)) => return self.failed(request, status, failure),
        };
        let page = self
            .shape
            .page(&document.body, self.parent, &self.session.config().site)
            .map_err(|problem| self.problem(&request, problem))?;
        let link = page.next.as_deref().or(document.next.as_deref());
        self.follow(&request, link, page.batch.is_empty())?;
        Ok(Next::Page(page))
    }

    fn failed(
        &self,
        request: Request,
        status: StatusCode,
        failure: Failure,
    ) -> Result<Next, Error> {
        match failure {
            Failure::NotFound(said) if self.page == 1 => Ok(Next::NoSuchThing(request, said)),
            Failure::NotFound(said) | Failure::Refused(said) if self.page > 1 => {
                Err(Error::BrokenOff {
                    request: request.label(),
                    page: self.page,
                    said,
                })
            }
            failure => Err(self.session.error(&request, status, failure)),
        }
    }

    /// Notes where the next link leads.
    fn follow(&mut self, request: &Request, link: Option<&str>, empty: bool) -> Result<(), Error> {
        let Some(link) = link else { return Ok(()) };
        let malformed = |found: String| Error::Malformed {
            request: request.label(),
            page: self.page,
            found,
        };
        let mut target =
            next_request(&request.target, link, &self.session.hosts()).map_err(malformed)?;
        if self.full_limit > self.limit {
            self.limit = self.full_limit;
            target = with_limit(&target, self.limit);
        }
        if !self.sent.insert(hash(&target)) {
            return Err(malformed(
                "a next link that has been followed before".to_owned(),
            ));
        }
        self.empty_pages = if empty { self.empty_pages + 1 } else { 0 };
        if self.empty_pages >= EMPTY_PAGES {
            return Err(malformed(format!("{EMPTY_PAGES} pages without a row")));
        }
        self.target = Some(target);
        Ok(())
    }

    fn problem(&self, request: &Request, problem: Problem) -> Error {
        let request = request.label();
        let page = self.page;
        match problem {
            Problem::CutOff => Error::Malformed {
                request,
                page,
                found: "JSON that is cut off".to_owned(),
            },
            Problem::Shape(found) => Error::Malformed {
                request,
                page,
                found,
            },
            Problem::Value { field, id, found } => Error::BadValue {
                table: self.table.name,
                field,
                id,
                found,
                request,
                page,
            },
        }
    }
}

/// Sends a request; where the site fails on heavy rows, it asks for half as many, and again.
async fn fetch(
    session: &Session,
    counters: &Counters,
    request: &mut Request,
    limit: &mut u32,
    shrinks: bool,
) -> Result<Result<Document, (StatusCode, Failure)>, Error> {
    loop {
        let can_shrink = shrinks && *limit > FEWEST_ROWS;
        request.purpose = if can_shrink {
            Purpose::FewerRowsWillDo
        } else {
            Purpose::Rows
        };
        match session.get(request, counters).await {
            Ok(Err((_, Failure::Failing { .. }))) if can_shrink => {
                *limit = (*limit / 2).max(FEWEST_ROWS);
            }
            Err(Error::Failing { .. } | Error::NoAnswer { .. }) if shrinks && *limit > 1 => {
                *limit /= 2;
            }
            answer => return answer,
        }
        request.target = with_limit(&request.target, *limit);
    }
}

fn limit_of(target: &str) -> u32 {
    target
        .rsplit_once("limit=")
        .and_then(|(_, limit)| limit.parse().ok())
        .unwrap_or(1)
}

fn hash(target: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    target.hash(&mut hasher);
    hasher.finish()
}
