//! A client as simple as can be: it follows next links and looks at what it gets.

use confluence_sim::{Credential, NewPage, NoSuch, Options, Organisation, Sim, Size};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::cell::OnceCell;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{HeaderMap, Request};
use ureq::{Agent, AsSendBody};

pub const V2: &str = "/wiki/api/v2";
pub const PAGES: &str = "/wiki/api/v2/pages";
pub const SPACES: &str = "/wiki/api/v2/spaces";
pub const BLOGPOSTS: &str = "/wiki/api/v2/blogposts";
pub const LABELS: &str = "/wiki/api/v2/labels";
pub const CURRENT_USER: &str = "/wiki/rest/api/user/current";

/// A path as it is at the gateway.
pub fn at_gateway(sim: &Sim, path: &str) -> String {
    format!("/ex/confluence/{}{path}", sim.organisation().cloud_id())
}

/// An organisation that is read as a whole in no time.
pub fn small() -> Arc<Organisation> {
    sized([12, 900, 300, 40], 7)
}

/// With so many spaces, pages, permissions and users.
pub fn sized([spaces, pages, permissions, users]: [usize; 4], seed: u64) -> Arc<Organisation> {
    Organisation::sized(Size {
        spaces,
        pages,
        permissions,
        users,
        seed,
        ..Size::default()
    })
}

/// A stand-in, and a client that it knows.
pub fn start(organisation: &Arc<Organisation>) -> (Sim, Client) {
    start_with(Options::of(Arc::clone(organisation)))
}

/// The same, set up in another way.
pub fn start_with(options: Options) -> (Sim, Client) {
    let sim = Sim::start(options);
    let client = Client::of(&sim);
    (sim, client)
}

/// A stand-in of the demo that knows these credentials alone, and a client with the usual one.
pub fn start_for(credentials: impl Into<Vec<Credential>>) -> (Sim, Client) {
    start_with(Options {
        credentials: credentials.into(),
        ..Options::default()
    })
}

/// A page to be created.
pub fn page(space_id: u64, title: impl Into<String>, parent_id: Option<u64>) -> NewPage {
    NewPage {
        space_id,
        title: title.into(),
        parent_id,
    }
}

/// Edits what a stand-in serves, in a way that is possible.
pub fn edit<T>(sim: &Sim, edit: impl FnOnce(&mut Organisation) -> Result<T, NoSuch>) -> T {
    sim.edit(edit).expect("what is edited is there")
}

/// A stand-in that lets anybody in, asked without a credential.
pub fn anonymous(organisation: &Arc<Organisation>) -> (Sim, Client) {
    let (sim, _) = start_with(Options {
        anonymous_access: true,
        ..Options::of(Arc::clone(organisation))
    });
    let client = Client::with(&sim, None);
    (sim, client)
}

/// A search for what a query finds.
pub fn search(path: &str, cql: &str, more: &str) -> String {
    let cql = utf8_percent_encode(cql, NON_ALPHANUMERIC);
    format!("{path}?cql={cql}{more}")
}

pub fn time(value: &Value) -> jiff::Timestamp {
    value
        .as_str()
        .expect("times are strings")
        .parse()
        .expect("times are as ISO 8601 has them")
}

pub struct Client {
    agent: Agent,
    url: String,
    authorization: Option<String>,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    parsed: OnceCell<Value>,
}

impl Answer {
    pub fn json(&self) -> Value {
        self.parsed().clone()
    }

    fn parsed(&self) -> &Value {
        self.parsed.get_or_init(|| {
            serde_json::from_str(&self.text)
                .unwrap_or_else(|error| panic!("{error} in {}", self.text))
        })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("a header in ASCII"))
    }

    pub fn rows(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text);
        self.parsed()["results"]
            .as_array()
            .expect("a listing")
            .clone()
    }

    pub fn ids(&self) -> Vec<u64> {
        self.rows().iter().map(id).collect()
    }

    pub fn next(&self) -> Option<String> {
        self.parsed()["_links"]["next"].as_str().map(str::to_owned)
    }

    /// The title of the first error of a refusal, whose whole shape is checked.
    pub fn refusal(&self) -> (u16, String) {
        let json = self.json();
        let error = &json["errors"][0];
        assert_eq!(error["status"], self.status, "{json}");
        assert!(
            error["code"].is_string() && error["detail"].is_null(),
            "{json}"
        );
        (
            self.status,
            error["title"].as_str().expect("a title").to_owned(),
        )
    }

    /// The message of a refusal of v1, whose whole shape is checked.
    pub fn refusal_of_v1(&self) -> (u16, String) {
        let json = self.json();
        assert_eq!(json["statusCode"], self.status, "{json}");
        assert_eq!(json["data"]["successful"], false, "{json}");
        let message = json["message"].as_str().expect("a message");
        (self.status, message.to_owned())
    }
}

/// A property of every row, as text.
pub fn texts<'a>(rows: &'a [Value], property: &str) -> Vec<&'a str> {
    let text = |row: &'a Value| row[property].as_str();
    rows.iter().map(|row| text(row).expect("a text")).collect()
}

pub fn id(row: &Value) -> u64 {
    row["id"]
        .as_str()
        .expect("ids are strings")
        .parse()
        .expect("ids are numbers")
}

impl Client {
    pub fn of(sim: &Sim) -> Self {
        Self::with(
            sim,
            Some(&Credential::basic(Options::EMAIL, Options::TOKEN)),
        )
    }

    pub fn with(sim: &Sim, credential: Option<&Credential>) -> Self {
        Self::authorized(sim, credential.map(Credential::header))
    }

    pub fn authorized(sim: &Sim, authorization: Option<String>) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(20)));
        Self {
            agent: agent.build().into(),
            url: sim.url().to_owned(),
            authorization,
        }
    }

    pub fn try_get(&self, path: &str) -> Result<Answer, ureq::Error> {
        self.send("GET", path, None, ())
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None, ()).expect("an answer")
    }

    /// Posts JSON.
    pub fn post(&self, path: &str, json: &Value) -> Answer {
        self.post_text(path, "application/json", &json.to_string())
    }

    /// Posts anything.
    pub fn post_text(&self, path: &str, kind: &str, text: &str) -> Answer {
        let answer = self.send("POST", path, Some(kind), text);
        answer.expect("an answer")
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        kind: Option<&str>,
        body: impl AsSendBody,
    ) -> Result<Answer, ureq::Error> {
        let url = format!("{}{path}", self.url);
        let mut request = Request::builder().method(method).uri(url);
        let headers = [
            ("authorization", self.authorization.as_deref()),
            ("content-type", kind),
        ];
        for (name, value) in headers {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let request = request.body(body).expect("a request that HTTP allows");
        let mut response = self.agent.run(request)?;
        let body = response.body_mut().with_config().limit(1 << 30);
        let text = body.read_to_string()?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text,
            parsed: OnceCell::new(),
        })
    }

    pub fn get(&self, path: &str) -> Answer {
        self.try_get(path)
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Asks, and looks at the status only.
    #[track_caller]
    pub fn answers(&self, path: &str, status: u16) {
        let answer = self.get(path);
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
    }

    /// Asks for what is refused, in the shape of v2.
    #[track_caller]
    pub fn refuses(&self, path: &str, status: u16) {
        assert_eq!(self.get(path).refusal().0, status, "{path}");
    }

    /// Asks for what is refused, in the shape of v1.
    #[track_caller]
    pub fn refuses_in_v1(&self, path: &str, status: u16) {
        assert_eq!(self.get(path).refusal_of_v1().0, status, "{path}");
    }

    /// Asks for a whole listing, which holds just these.
    #[track_caller]
    pub fn lists(&self, path: &str, ids: impl AsRef<[u64]>) {
        assert_eq!(self.all_ids(path), ids.as_ref(), "{path}");
    }

    /// Asks for one page of a listing, which holds just these.
    #[track_caller]
    pub fn shows(&self, path: &str, ids: impl AsRef<[u64]>) {
        assert_eq!(self.get(path).ids(), ids.as_ref(), "{path}");
    }

    /// All pages of a listing. The links of v1 lack the context.
    pub fn chain(&self, path: &str) -> Vec<Answer> {
        let mut answers = vec![self.get(path)];
        while let Some(next) = answers.last().and_then(Answer::next) {
            answers.push(match next.starts_with("/rest/") {
                true => self.get(&format!("/wiki{next}")),
                false => self.get(&next),
            });
            assert!(answers.len() < 5_000, "{path} does not end");
        }
        answers
    }

    pub fn all_ids(&self, path: &str) -> Vec<u64> {
        self.chain(path).iter().flat_map(Answer::ids).collect()
    }

    pub fn all_rows(&self, path: &str) -> Vec<Value> {
        self.chain(path).iter().flat_map(Answer::rows).collect()
    }
}
