//! The decisions about one request, in the order in which the live site takes them.

use super::answer::{self, Answer, Family, Refusal};
use super::body::{self, AnswerBody, Closed};
use super::credentials::Identity;
use super::entrance::Entrance;
use super::kept::Kept;
use super::limits::{self, Limits};
use super::operation::{Call, Found};
use super::parameters::Arguments;
use super::{Shared, consent, edit, paging, query};
use crate::fault::{self, Reply};
use crate::lock::{Lock, SharedLock};
use crate::log::{Request as Entry, Route};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use std::future::pending;
use std::sync::Arc;
use std::time::Instant;

pub(crate) async fn respond(
    shared: &Shared,
    connection: u64,
    request: Request<Incoming>,
) -> Result<Response<AnswerBody>, Closed> {
    let _in_flight = shared.in_flight.enter();
    let received = Instant::now();
    let (parts, body) = request.into_parts();
    let body = body::read(body).await;
    let asked = Asked::new(shared, &parts, body.as_deref(), received);
    let number = shared
        .log
        .keeps
        .then(|| shared.log.enter(asked.entry(&parts, connection)));

    let due = received + *shared.latency.look();
    // The limits are the site's; tokens are issued somewhere else.
    let limits = match asked.entrance {
        Entrance::Token | Entrance::Consent => Limits::default(),
        _ => Limits::look(shared),
    };
    let headers = *shared.limit_headers.look();
    let (answer, reply) = match limits.refusal(headers) {
        Some(refusal) => (refusal, None),
        None => {
            let pairs = asked.pairs.as_deref().unwrap_or_default();
            let (delay, reply) = shared.faults.hold().strike(
                asked.entrance,
                asked.path,
                pairs,
                asked.length(),
                asked.asks_as_nobody(),
            );
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            let answer = obey(shared, &asked, reply.as_ref()).await?;
            if let Some(quota) = shared.quota.hold().as_mut()
                && answer.status != StatusCode::TOO_MANY_REQUESTS
            {
                quota.take(asked.path, &answer);
            }
            (answer, reply)
        }
    };
    tokio::time::sleep_until(due.into()).await;
    let mut answer = limits.told(answer, headers);
    answer
        .headers
        .extend(shared.extra_headers.look().iter().cloned());
    if let Some(number) = number {
        shared
            .log
            .answered(number, answer.status.as_u16(), answer.body.len());
    }
    Ok(response(answer, reply.as_ref()))
}

/// What a request asks, taken apart.
struct Asked<'a> {
    received: Instant,
    entrance: Entrance,
    /// The site that is asked for at the gateway.
    cloud_id: Option<&'a str>,
    /// None where it is longer than any question.
    body: Option<&'a [u8]>,
    is_json: bool,
    method: &'a Method,
    path: &'a str,
    path_and_query: &'a str,
    pairs: Result<Vec<(String, String)>, String>,
    authorization: Option<&'a str>,
    found: Option<Found<'a>>,
}

impl<'a> Asked<'a> {
    fn new(shared: &Shared, request: &'a Parts, body: Option<&'a [u8]>, received: Instant) -> Self {
        let uri = &request.uri;
        let target = uri.path_and_query().map_or("/", |whole| whole.as_str());
        let (entrance, cloud_id, path_and_query) = Entrance::of(target);
        let path = path_and_query
            .split_once('?')
            .map_or(path_and_query, |(path, _)| path);
        Self {
            received,
            entrance,
            cloud_id,
            body,
            is_json: request
                .headers
                .get(CONTENT_TYPE)
                .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")),
            method: &request.method,
            path,
            path_and_query,
            pairs: query::pairs(uri.query().unwrap_or_default()),
            authorization: request
                .headers
                .get(AUTHORIZATION)
                .and_then(|value| value.to_str().ok()),
            found: shared.router.find(path),
        }
    }

    /// How many bytes its address and its body have.
    fn length(&self) -> usize {
        self.path_and_query.len() + self.body.map_or(0, <[u8]>::len)
    }

    fn asks_as_nobody(&self) -> bool {
        let operation = self.found.as_ref().map(|found| found.operation.id);
        operation == Some("getUserCurrentV1") && self.authorization.is_none()
    }

    fn entry(&self, request: &Parts, connection: u64) -> Entry {
        let pairs = self.pairs.as_deref().unwrap_or_default();
        let operation = self.found.as_ref().map(|found| found.operation.id);
        let headers = request.headers.iter();
        Entry {
            entrance: self.entrance,
            method: self.method.to_string(),
            path: self.path.to_owned(),
            path_and_query: self.path_and_query.to_owned(),
            query: pairs.to_vec(),
            headers: headers
                .map(|(name, value)| {
                    (
                        name.to_string(),
                        String::from_utf8_lossy(value.as_bytes()).into_owned(),
                    )
                })
                .collect(),
            body: self
                .body
                .filter(|body| !body.is_empty())
                .map(|body| String::from_utf8_lossy(body).into_owned()),
            operation,
            route: Route::of(self.entrance, self.path, operation),
            page: fault::page_of_chain(pairs),
            status: None,
            bytes: 0,
            received: self.received,
            answered: None,
            connection,
        }
    }
}

/// Answers, unless a fault wants something else.
async fn obey(shared: &Shared, asked: &Asked<'_>, reply: Option<&Reply>) -> Result<Answer, Closed> {
    let family = Family::of(asked.path);
    Ok(match reply {
        Some(Reply::NeverAnswer) => {
            let _unanswered = shared.unanswered.enter();
            pending().await
        }
        Some(Reply::Hold(barrier)) => {
            barrier.pass().await;
            right_answer(shared, asked, family, None)
        }
        Some(Reply::DropBeforeHead) => return Err(Closed),
        Some(Reply::BareNotFound) => Refusal::BadCredential.answer(Family::V2),
        Some(Reply::NamedNotFound) => {
            let asked_for = asked.found.as_ref().and_then(|found| found.segments.last());
            let id = asked_for.copied().unwrap_or("424242");
            Refusal::cannot_find("a page", id).answer(family)
        }
        Some(Reply::TooManyRequests { retry_after }) => {
            limits::throttled(Some(limits::BURST), retry_after.as_deref())
        }
        Some(Reply::Html200) => Answer::of(StatusCode::OK, "text/html;charset=UTF-8", LOGIN_PAGE),
        Some(Reply::Status {
            code,
            headers,
            body,
        }) => free(*code, headers, body.as_bytes()),
        Some(Reply::Bytes { headers, body }) => free(200, headers, body),
        Some(Reply::WithoutEnd) => Answer::of(StatusCode::OK, "application/json", "{\"results\":["),
        Some(Reply::Made(make)) => Answer::ok(&make.0(asked.path)),
        Some(reply) => {
            let mut answer = right_answer(shared, asked, family, Some(reply));
            match reply {
                Reply::TruncatedJson => answer.body.truncate(answer.body.len() / 2),
                Reply::MutateJson(mutation) => {
                    if let Ok(mut json) = serde_json::from_slice(&answer.body) {
                        mutation.0(&mut json);
                        answer.body = json.to_string().into();
                    }
                }
                _ => {}
            }
            answer
        }
        None => right_answer(shared, asked, family, None),
    })
}

const LOGIN_PAGE: &str =
    "<!DOCTYPE html><html><head><title>Log in</title></head><body><form>…</form></body></html>";

fn free(code: u16, headers: &[(String, String)], body: &[u8]) -> Answer {
    let status = StatusCode::from_u16(code).expect("a fault asks for a status that HTTP knows");
    Answer {
        status,
        headers: answer::headers(headers),
        body: body.to_owned().into(),
    }
}

fn right_answer(shared: &Shared, asked: &Asked, family: Family, reply: Option<&Reply>) -> Answer {
    match (asked.entrance, asked.path) {
        (Entrance::Token, _) => {
            return shared
                .issuer
                .change()
                .answer(asked.method, asked.body.unwrap_or_default());
        }
        (Entrance::Consent, _) => {
            let pairs = asked.pairs.as_deref().unwrap_or_default();
            return shared.issuer.change().consent(asked.method, pairs);
        }
        (_, consent::RESOURCES) => {
            let organisation = Arc::clone(&shared.organisation.look());
            return consent::resources(&organisation, &shared.url, identity(shared, asked));
        }
        (_, edit::PATH) => {
            let pairs = asked.pairs.as_deref().unwrap_or_default();
            return identity(shared, asked)
                .and_then(|by| edit::leave_group(&shared.organisation, &by, asked.method, pairs))
                .unwrap_or_else(|refusal| refusal.answer(family));
        }
        _ => {}
    }
    decide(shared, asked, family, reply).unwrap_or_else(|refusal| refusal.answer(family))
}

fn decide(
    shared: &Shared,
    asked: &Asked,
    family: Family,
    reply: Option<&Reply>,
) -> Result<Answer, Refusal> {
    let organisation = Arc::clone(&shared.organisation.look());
    if asked
        .cloud_id
        .is_some_and(|asked_for| asked_for != organisation.cloud_id())
    {
        return Err(Refusal::NoSuchSite);
    }
    let identity = match family {
        Family::Edge => Identity::Anonymous,
        Family::V1 | Family::V2 => identity(shared, asked)?,
    };
    // Before it is known whether there is such an operation: to a token with scopes an unknown one lacks a scope.
    if let Identity::Account(credential) = &identity {
        let covered = match &asked.found {
            Some(found) => credential.covers(found.operation.scopes),
            None => !credential.is_scoped(),
        };
        if !covered {
            return Err(Refusal::MissingScope);
        }
    }
    let found = asked.found.as_ref().ok_or(Refusal::NoSuchRoute)?;
    let method = found.operation.method();
    if *asked.method != method {
        return Err(Refusal::WrongMethod(method));
    }
    let question = asked.body.ok_or(Refusal::TooLong)?;
    if method == Method::POST && !asked.is_json {
        return Err(Refusal::NotJson);
    }
    let pairs = asked
        .pairs
        .as_ref()
        .map_err(|why| Refusal::BadParameter(why.clone()))?;
    let arguments = Arguments::check(found.operation.parameters, pairs)?;
    let call = Call {
        organisation: &organisation,
        arguments,
        segments: &found.segments,
        question,
        identity: &identity,
        site: &shared.url,
        path_and_query: asked.path_and_query,
        fingerprint: paging::fingerprint(asked.path, pairs),
        tampering: reply,
    };
    match &shared.kept {
        Some(kept) => Kept::answer(kept, &organisation, &method, &call, found.operation.answer),
        None => (found.operation.answer)(&call),
    }
}

fn identity(shared: &Shared, asked: &Asked) -> Result<Identity, Refusal> {
    shared.gate.look().identify(
        &shared.issuer.look(),
        asked.authorization,
        asked.entrance,
        asked.received,
    )
}

fn response(answer: Answer, reply: Option<&Reply>) -> Response<AnswerBody> {
    let body = match reply {
        Some(Reply::DropMidBody) => AnswerBody::half(answer.body),
        Some(Reply::WithoutEnd) => AnswerBody::without_end(answer.body),
        _ => AnswerBody::whole(answer.body),
    };
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    for (name, value) in answer.headers {
        response.headers_mut().append(name, value);
    }
    response
}
