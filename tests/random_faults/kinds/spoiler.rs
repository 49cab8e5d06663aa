//! What kinds of faults make of an answer.

use std::io::Write as _;
use std::time::Duration;

use fastrand::Rng;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::Spoiler;
use crate::random::pick;
use crate::random_faults::proxy::{Answer, Step, Wire};

/// Longer than any client here waits.
pub(super) const FOREVER: Duration = Duration::from_secs(3);
pub(super) const A_WHILE: Duration = Duration::from_millis(30);

pub(super) enum Chunks {
    Right,
    SizeIsNone,
    NoLast,
    Longer,
}

pub(super) enum Links {
    AsItWas,
    Nowhere,
}

impl Spoiler<'_> {
    pub(super) fn whole(&self) -> Wire {
        Wire::whole(self.clean)
    }

    pub(super) fn whole_bytes(&self) -> Vec<u8> {
        match self.whole().steps.pop() {
            Some(Step::Send(bytes)) => bytes,
            _ => Vec::new(),
        }
    }

    /// Sends less than everything: up to a place in a range, of which it is told how long the head and the whole are.
    pub(super) fn closed_within(
        &mut self,
        range: impl Fn(usize, usize) -> (usize, usize),
    ) -> Option<Wire> {
        let mut bytes = self.whole_bytes();
        let head = bytes.len() - self.clean.body.len();
        let (from, to) = range(head, bytes.len());
        (from < to).then_some(())?;
        bytes.truncate(self.rng.usize(from..to));
        Some(Wire::bytes(bytes).then_close())
    }

    pub(super) fn with_length(&self, length: &str) -> Wire {
        let mut bytes = self.clean.head().into_bytes();
        bytes.extend(format!("content-length: {length}\r\n\r\n").bytes());
        bytes.extend(&self.clean.body);
        Wire::bytes(bytes)
    }

    pub(super) fn chunked(&mut self, chunks: Chunks) -> Wire {
        let mut bytes = self.clean.head().into_bytes();
        bytes.extend(b"transfer-encoding: chunked\r\n\r\n");
        let body = &self.clean.body;
        let size = self.rng.usize(1..=body.len().max(2));
        let odd = self.rng.usize(..body.len().div_ceil(size).max(1));
        for (number, chunk) in body.chunks(size).enumerate() {
            let said = match chunks {
                Chunks::SizeIsNone if number == odd => "-x".to_owned(),
                Chunks::Longer if number == odd => format!("{:x}", chunk.len() - 1),
                _ => format!("{:x}", chunk.len()),
            };
            bytes.extend(format!("{said}\r\n").bytes());
            bytes.extend(chunk);
            bytes.extend(b"\r\n");
        }
        if !matches!(chunks, Chunks::NoLast) {
            bytes.extend(b"0\r\n\r\n");
        }
        match chunks {
            Chunks::Right => Wire::bytes(bytes),
            _ => Wire::bytes(bytes).then_close(),
        }
    }

    pub(super) fn zipped(&mut self, spoil: impl Fn(&mut Rng, &mut Vec<u8>)) -> Answer {
        let mut zip = GzEncoder::new(Vec::new(), Compression::fast());
        zip.write_all(&self.clean.body).expect("memory");
        let mut body = zip.finish().expect("memory");
        spoil(self.rng, &mut body);
        let headers = self.clean.headers.clone();
        let status = self.clean.status;
        Answer {
            status,
            headers,
            body,
        }
        .with("content-encoding", "gzip")
    }

    /// The answer with its JSON changed as text.
    pub(super) fn body(&mut self, change: impl FnOnce(&mut Rng, &str) -> Vec<u8>) -> Option<Wire> {
        self.is_json_object()?;
        let text = std::str::from_utf8(&self.clean.body).ok()?;
        let body = change(self.rng, text);
        Some(Wire::whole(&Answer {
            body,
            ..self.clean.clone()
        }))
    }

    /// The answer with a change at one of the signs of its JSON that are not within a string.
    pub(super) fn signs(
        &mut self,
        change: impl FnOnce(&mut Rng, &mut Vec<u8>, usize),
    ) -> Option<Wire> {
        self.body(|rng, text| {
            let mut bytes = text.as_bytes().to_vec();
            let (mut signs, mut quoted, mut escaped) = (Vec::new(), false, false);
            for (at, byte) in bytes.iter().enumerate() {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'"' => quoted = !quoted,
                    b'{' | b'}' | b'[' | b']' | b':' | b',' if !quoted => signs.push(at),
                    _ => {}
                }
            }
            let sign = *pick(rng, &signs);
            change(rng, &mut bytes, sign);
            bytes
        })
    }

    pub(super) fn status(&mut self, statuses: &[u16], body: &str) -> Option<Wire> {
        let status = *pick(self.rng, statuses);
        Some(Wire::whole(&Answer::json(status, body)))
    }

    pub(super) fn html(&mut self, statuses: &[u16], title: &str) -> Option<Wire> {
        let status = *pick(self.rng, statuses);
        let body = format!(
            "<!DOCTYPE html><html><head><title>{title}</title></head><body>{title}</body></html>"
        );
        Some(Wire::whole(&Answer::of(
            status,
            "text/html;charset=UTF-8",
            body,
        )))
    }

    /// With one of the pauses that sites ask for, short or hopeless.
    pub(super) fn asking_for_a_pause(&mut self, answer: Answer) -> Answer {
        let pause = *pick(
            self.rng,
            &[
                "0",
                "0.02",
                "0.05",
                "1e-2",
                " 0 ",
                "86400",
                "-1",
                "soon",
                "",
                "1e300",
                "99999999999999999999",
            ],
        );
        answer.with("retry-after", pause)
    }

    pub(super) fn is_json_object(&self) -> Option<()> {
        (self.clean.status == 200 && self.clean.body.first() == Some(&b'{')).then_some(())
    }

    pub(super) fn document(&self) -> Option<Value> {
        self.is_json_object()?;
        serde_json::from_slice(&self.clean.body).ok()
    }

    /// The answer with its JSON changed.
    pub(super) fn json(
        &mut self,
        change: impl FnOnce(&mut Rng, &mut Value) -> Option<()>,
    ) -> Option<Wire> {
        let mut document = self.document()?;
        change(self.rng, &mut document)?;
        let body = document.to_string().into_bytes();
        Some(Wire::whole(&Answer {
            body,
            ..self.clean.clone()
        }))
    }

    /// How many rows there are, if the answer is a listing that has some.
    pub(super) fn rows(&self) -> Option<usize> {
        rows_of(&mut self.document()?).map(|rows| rows.len())
    }

    /// One of the rows changed as text.
    pub(super) fn row(
        &mut self,
        change: impl FnOnce(&Value, &str) -> Option<String>,
    ) -> Option<Wire> {
        let mut document = self.document()?;
        let rows = rows_of(&mut document)?;
        let place = self.rng.usize(..rows.len());
        let changed = change(&rows[place], &rows[place].to_string())?;
        // A place that no row has, for the text to be put there.
        const HERE: &str = "\"the row stands here\"";
        rows[place] = serde_json::from_str(HERE).ok()?;
        let body = document
            .to_string()
            .replacen(HERE, &changed, 1)
            .into_bytes();
        Some(Wire::whole(&Answer {
            body,
            ..self.clean.clone()
        }))
    }

    /// The key of one of the rows changed: what tells it apart from the others of its listing.
    pub(super) fn key(
        &mut self,
        change: impl FnOnce(&mut serde_json::Map<String, Value>, &str),
    ) -> Option<Wire> {
        self.json(|rng, document| {
            let rows = rows_of(document)?;
            let at = rng.usize(..rows.len());
            let row = rows[at].as_object_mut()?;
            let key = ["id", "accountId", "number"]
                .into_iter()
                .find(|key| row.contains_key(*key))?;
            change(row, key);
            Some(())
        })
    }

    /// The answer with a field that nobody knows, in a row where there is one.
    pub(super) fn extra(&mut self, value: &str) -> Option<Wire> {
        let field = format!("{{\"x-unknown\":{value},");
        match self.rows() {
            Some(_) if self.rng.bool() => {
                self.row(|_, text| (text.len() > 2).then(|| text.replacen('{', &field, 1)))
            }
            _ => self.body(|_, text| text.replacen('{', &field, 1).into_bytes()),
        }
    }

    /// Where the listing goes on, below the site.
    pub(super) fn next(&self) -> Option<String> {
        let document = self.document()?;
        let next = document.pointer("/_links/next")?.as_str()?;
        Some(match next.starts_with("/wiki") {
            true => next.to_owned(),
            false => format!("/wiki{next}"),
        })
    }

    pub(super) fn is_further(&self) -> bool {
        self.request.parameter("cursor").is_some()
    }

    /// Whether the listing goes on by links alone.
    pub(super) fn is_linked(&self) -> Option<()> {
        self.rows()?;
        (self.is_further() || self.next()?.contains("cursor=")).then_some(())
    }

    /// Whether the listing goes on by numbers of rows.
    pub(super) fn is_counted_off(&self) -> bool {
        self.request.parameter("start").is_some() || self.request.path().starts_with("/wiki/rest/")
    }

    pub(super) fn is_ordered(&self) -> bool {
        self.request.parameter("sort").is_some()
    }

    /// Whether what the site lists has something that tells rows apart.
    pub(super) fn tells_rows_apart(&self) -> bool {
        let Some(mut document) = self.document() else {
            return false;
        };
        let keys = ["id", "accountId", "number"];
        rows_of(&mut document).is_some_and(|rows| {
            rows.iter()
                .all(|row| keys.iter().any(|key| row.get(key).is_some()))
        })
    }

    pub(super) fn has_numbers_for_keys(&self) -> bool {
        let lists = [
            "/pages",
            "/blogposts",
            "/footer-comments",
            "/inline-comments",
            "/spaces",
        ];
        lists.iter().any(|list| self.request.path().ends_with(list))
    }

    /// A parameter of the request that the next link repeats, with that link.
    pub(super) fn a_parameter_of_the_next_link(&mut self) -> Option<(String, String, String)> {
        let next = self.next()?;
        self.is_linked()?;
        let names: Vec<(String, String)> = self
            .request
            .query()
            .filter(|(name, value)| {
                !matches!(*name, "cursor" | "limit" | "start")
                    && parameter(&next, name) == Some(value)
            })
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        (!names.is_empty()).then_some(())?;
        let (name, value) = pick(self.rng, &names).clone();
        Some((next, name, value))
    }

    /// The answer with a next link of this kind, and none in the header.
    pub(super) fn leading_to(&mut self, link: &str) -> Option<Wire> {
        self.relinked(
            |links| {
                links.insert("next".to_owned(), json!(link));
                Some(())
            },
            Links::Nowhere,
        )
    }

    pub(super) fn relinked(
        &mut self,
        change: impl FnOnce(&mut serde_json::Map<String, Value>) -> Option<()>,
        header: Links,
    ) -> Option<Wire> {
        let mut document = self.document()?;
        let links = document.get_mut("_links")?.as_object_mut()?;
        change(links)?;
        if links.is_empty() {
            document.as_object_mut()?.remove("_links");
        }
        let headers = match header {
            Links::AsItWas => self.clean.headers.clone(),
            Links::Nowhere => self.without_link_header(),
        };
        if matches!(header, Links::AsItWas) && !headers.iter().any(|(name, _)| name == "link") {
            return None;
        }
        Some(Wire::whole(&Answer {
            status: self.clean.status,
            headers,
            body: document.to_string().into_bytes(),
        }))
    }

    pub(super) fn without_link_header(&self) -> Vec<(String, String)> {
        let mut headers = self.clean.headers.clone();
        headers.retain(|(name, _)| name != "link");
        headers
    }
}

/// The document with this member before the others or behind them.
pub(super) fn twice(rng: &mut Rng, text: &str, member: &str) -> Vec<u8> {
    match rng.bool() {
        true => text.replacen('{', &format!("{{{member},"), 1).into_bytes(),
        false => match text.rfind('}') {
            Some(end) => format!("{},{member}}}", &text[..end]).into_bytes(),
            None => text.into(),
        },
    }
}

/// The rows of a listing that has some.
pub(super) fn rows_of(document: &mut Value) -> Option<&mut Vec<Value>> {
    let rows = document.get_mut("results")?.as_array_mut()?;
    (!rows.is_empty()).then_some(rows)
}

/// A parameter of a target, as it is written.
pub fn parameter<'t>(target: &'t str, name: &str) -> Option<&'t str> {
    let (_, query) = target.split_once('?')?;
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// The target with this value of a parameter, or without it.
pub fn with_parameter(target: &str, name: &str, value: Option<&str>) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let is_other = |pair: &&str| !pair.is_empty() && pair.split('=').next() != Some(name);
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(is_other)
        .map(str::to_owned)
        .collect();
    pairs.extend(value.map(|value| format!("{name}={value}")));
    format!("{path}?{}", pairs.join("&"))
}
