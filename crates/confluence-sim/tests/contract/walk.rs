//! Walks through a site, request by request, each held against the documents with its answer.

use super::patterns::each;
use confluence_sim::contract::Contract;
use confluence_sim::{Credential, Options, Organisation, Request, Sim};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

pub struct Walk<'a> {
    pub contract: &'a Contract,
    pub sim: Sim,
    agent: ureq::Agent,
    pub walked: BTreeSet<&'static str>,
}

impl<'a> Walk<'a> {
    pub fn new(contract: &'a Contract, organisation: Arc<Organisation>) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false);
        Self {
            contract,
            sim: Sim::start(Options::of(organisation)),
            agent: agent.build().into(),
            walked: BTreeSet::new(),
        }
    }

    /// Asks for one path of v2, or for one that begins with a slash.
    pub fn ask(&mut self, path: &str) -> (Request, u16, Vec<u8>) {
        self.ask_with(path, None)
    }

    /// The same with a question in the body.
    pub fn ask_with(&mut self, path: &str, question: Option<&Value>) -> (Request, u16, Vec<u8>) {
        let below = if path.starts_with('/') {
            ""
        } else {
            "/wiki/api/v2/"
        };
        let url = format!("{}{below}{path}", self.sim.url());
        let header = Credential::basic(Options::EMAIL, Options::TOKEN).header();
        self.sim.clear_log();
        let answer = match question {
            None => self.agent.get(url).header("authorization", header).call(),
            Some(question) => self
                .agent
                .post(url)
                .header("authorization", header)
                .header("content-type", "application/json")
                .send(question.to_string()),
        };
        let mut answer = answer.expect("an answer");
        let body = answer.body_mut().read_to_vec().expect("a whole answer");
        (self.sim.log().remove(0), answer.status().as_u16(), body)
    }

    fn check(&mut self, path: &str, question: Option<&Value>, wanted: u16) -> Vec<u8> {
        let (request, status, body) = self.ask_with(path, question);
        self.walked.extend(request.operation);
        assert_eq!(status, wanted, "{path}: {}", String::from_utf8_lossy(&body));
        let checked = self.contract.check_request(&request);
        checked.unwrap_or_else(|why| panic!("{path}: {why}"));
        let checked = self.contract.check_response(&request, status, &body);
        checked.unwrap_or_else(|why| panic!("{path}: {why}"));
        body
    }

    /// Asks for all that a pattern stands for, follows up to two next links, and holds all of it against the documents.
    pub fn walk(&mut self, pattern: &str) {
        for path in each(pattern) {
            let mut next = Some(path);
            for _ in 0..3 {
                let Some(path) = next else { break };
                let json: Value =
                    serde_json::from_slice(&self.check(&path, None, 200)).expect("JSON");
                next = json["_links"]["next"].as_str().map(|next| match next {
                    // v1 writes its links without the context.
                    next if next.starts_with("/rest/") => format!("/wiki{next}"),
                    next => next.to_owned(),
                });
            }
        }
    }

    /// Asks for what is refused, and holds the refusals against the documents.
    pub fn walk_refused(&mut self, pattern: &str, with: u16) {
        for path in each(pattern) {
            self.check(&path, None, with);
        }
    }

    /// Asks with a body, and holds all of it against the documents.
    pub fn walk_with(&mut self, path: &str, question: &Value) {
        self.check(path, Some(question), 200);
    }
}
