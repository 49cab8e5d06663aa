//! The kinds of faults, and what each makes of an answer.
//!
//! Every kind leaves a trace that a reader can find, or does no harm; a query then ends whole or with an error. What a
//! site can leave out or change without a trace is no kind of fault here, since nobody could tell:
//!
//! - a row that is not in its page, a last page that is cut off with its end in order (rows and links), an empty listing
//!   with status 200, a next link further on in the same listing, a page of rows without links that is not full;
//! - a value that is another one of the right kind, a nullable field that is absent, the answer to another request;
//! - the word that an object is not there, of the very object that a query named by its id;
//! - a listing counted off by numbers that is shorter than its pages say;
//! - an order by which the rows of a page are right and those that should stand before them are on no page that is read;
//! - a credential that is not taken for one request only, and is before and after; one that ends between the question who
//!   that is and a scan's first request, which leave side by side.

use std::time::Duration;

use fastrand::Rng;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write as _;

use super::proxy::{Answer, Request, Shared, Step, Wire};
use crate::random::pick;

/// A way to spoil an answer; None where it does not fit the answer.
pub struct Kind {
    pub name: &'static str,
    /// How often it is taken, against the others.
    weight: u32,
    spoil: fn(&mut Spoiler) -> Option<Wire>,
}

/// An answer that is to be spoilt.
pub struct Spoiler<'s> {
    pub rng: &'s mut Rng,
    pub request: &'s Request,
    /// The target as the client asked for it, with a made-up cursor.
    pub asked: &'s str,
    pub clean: &'s Answer,
    pub shared: &'s Shared,
    /// Whether the credential comes to its end here.
    pub ends: bool,
}

/// Spoils an answer by a kind that fits it.
pub fn strike(spoiler: &mut Spoiler) -> (&'static Kind, Wire) {
    let all: u32 = ALL.iter().map(|kind| kind.weight).sum();
    loop {
        let mut chosen = spoiler.rng.u32(..all);
        let kind = ALL
            .iter()
            .find(|kind| match chosen.checked_sub(kind.weight) {
                Some(left) => {
                    chosen = left;
                    false
                }
                None => true,
            });
        let kind = kind.expect("below the sum of the weights");
        if let Some(wire) = (kind.spoil)(spoiler) {
            return (kind, wire);
        }
    }
}

const fn kind(name: &'static str, spoil: fn(&mut Spoiler) -> Option<Wire>) -> Kind {
    Kind {
        name,
        weight: 4,
        spoil,
    }
}

/// One that fits few answers.
const fn seldom_fits(name: &'static str, spoil: fn(&mut Spoiler) -> Option<Wire>) -> Kind {
    Kind {
        name,
        weight: 16,
        spoil,
    }
}

/// One that takes long.
const fn rare(name: &'static str, spoil: fn(&mut Spoiler) -> Option<Wire>) -> Kind {
    Kind {
        name,
        weight: 1,
        spoil,
    }
}

pub static ALL: &[Kind] = &[
    // The connection.
    kind("closed before the head", |_| {
        Some(Wire::default().then_close())
    }),
    kind("closed within the head", |s| {
        s.closed_within(|head, _| (1, head))
    }),
    kind("closed after the head", |s| {
        s.closed_within(|head, _| (head, head + 1))
    }),
    kind("closed within the body", |s| {
        s.closed_within(|head, whole| (head + 1, whole))
    }),
    rare("no answer", |s| Some(s.whole().then_close().after(FOREVER))),
    rare("no end of the body", |s| {
        let mut wire = s.closed_within(|head, whole| (head, whole))?;
        wire.steps.push(Step::Wait(FOREVER));
        Some(wire)
    }),
    kind("closed after a while", |_| {
        Some(Wire::default().then_close().after(A_WHILE))
    }),
    kind("late", |s| Some(s.whole().after(A_WHILE))),
    kind("byte by byte", |s| {
        let bytes = s.whole_bytes();
        let size = bytes.len().div_ceil(12).max(1);
        let steps = bytes.chunks(size).flat_map(|piece| {
            [
                Step::Send(piece.to_vec()),
                Step::Wait(Duration::from_millis(2)),
            ]
        });
        Some(Wire {
            steps: steps.collect(),
            close: false,
        })
    }),
    // The framing.
    kind("a length that is too long", |s| {
        let more = s.rng.usize(1..5_000);
        Some(
            s.with_length(&(s.clean.body.len() + more).to_string())
                .then_close(),
        )
    }),
    kind("a length that is too short", |s| {
        let length = s.rng.usize(..s.clean.body.len().max(1));
        Some(s.with_length(&length.to_string()).then_close())
    }),
    kind("a length that is none", |s| {
        let length = *pick(
            s.rng,
            &[
                "",
                "-1",
                "1e3",
                "0x40",
                "many",
                "99999999999999999999999",
                "1,2",
            ],
        );
        Some(s.with_length(length).then_close())
    }),
    kind("two lengths", |s| {
        let half = s.clean.body.len() / 2;
        Some(
            s.with_length(&format!("{half}\r\ncontent-length: {}", s.clean.body.len()))
                .then_close(),
        )
    }),
    kind("no length, and closed within the body", |s| {
        // The end of the connection is then the end of the body, so only the JSON tells.
        let length = s.rng.usize(..s.clean.body.len().max(1));
        let mut bytes = s.clean.head().into_bytes();
        bytes.extend(b"\r\n");
        bytes.extend(&s.clean.body[..length.min(s.clean.body.len())]);
        Some(Wire::bytes(bytes).then_close())
    }),
    kind("chunks", |s| Some(s.chunked(Chunks::Right))),
    kind("a chunk's size that is none", |s| {
        Some(s.chunked(Chunks::SizeIsNone))
    }),
    kind("chunks without a last one", |s| {
        Some(s.chunked(Chunks::NoLast))
    }),
    kind("a chunk that is longer than it says", |s| {
        Some(s.chunked(Chunks::Longer))
    }),
    kind("a body without a status line", |s| {
        Some(Wire::bytes(s.clean.body.clone()).then_close())
    }),
    kind("a status line that is none", |s| {
        let line = *pick(
            s.rng,
            &[
                "HTTP/9.9 200 OK",
                "HTTP/1.1 abc",
                "ICY 200 OK",
                "HTTP/1.1 20 OK",
                "\0\0\0\0",
                "HTTP/1.1",
            ],
        );
        Some(
            Wire::bytes(format!("{line}\r\ncontent-length: 2\r\n\r\n{{}}").into_bytes())
                .then_close(),
        )
    }),
    kind("an informational answer first", |s| {
        let mut bytes = b"HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n".to_vec();
        bytes.extend(s.whole_bytes());
        Some(Wire::bytes(bytes))
    }),
    kind("headers of 60 kB", |s| {
        Some(Wire::whole(
            &s.clean.clone().with("x-long", "a".repeat(60_000)),
        ))
    }),
    kind("300 headers", |s| {
        let mut answer = s.clean.clone();
        for number in 0..300 {
            answer = answer.with(&format!("x-{number}"), "a");
        }
        Some(Wire::whole(&answer))
    }),
    kind("a header that is none", |s| {
        let header = *pick(
            s.rng,
            &[
                "no colon here",
                ": no name",
                "a b: c",
                "x: \u{1}\u{7}\u{1b}[31m",
                "x\0y: z",
            ],
        );
        let bytes = format!(
            "HTTP/1.1 200 OK\r\n{header}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            s.clean.body.len()
        );
        let mut bytes = bytes.into_bytes();
        bytes.extend(&s.clean.body);
        (s.clean.status == 200).then(|| Wire::bytes(bytes).then_close())
    }),
    // The encoding.
    kind("gzip", |s| Some(Wire::whole(&s.zipped(|_, _| {})))),
    kind("gzip that is none", |s| {
        Some(Wire::whole(
            &s.clean.clone().with("content-encoding", "gzip"),
        ))
    }),
    kind("gzip that is cut off", |s| {
        Some(Wire::whole(
            &s.zipped(|rng, body| body.truncate(rng.usize(..body.len()))),
        ))
    }),
    kind("gzip with a wrong bit", |s| {
        Some(Wire::whole(&s.zipped(|rng, body| {
            let place = rng.usize(10..body.len());
            body[place] ^= 1 << rng.u8(..8);
        })))
    }),
    kind("an encoding that nobody knows", |s| {
        Some(Wire::whole(
            &s.clean.clone().with("content-encoding", "x-unknown"),
        ))
    }),
    kind("UTF-16", |s| {
        s.body(|_, text| text.encode_utf16().flat_map(u16::to_le_bytes).collect())
    }),
    kind("a byte order mark", |s| {
        s.body(|_, text| format!("\u{feff}{text}").into_bytes())
    }),
    kind("bytes that are no UTF-8", |s| {
        s.body(|rng, text| {
            let mut bytes = text.as_bytes().to_vec();
            let letters: Vec<usize> = (0..bytes.len())
                .filter(|&at| bytes[at].is_ascii_alphabetic())
                .collect();
            if !letters.is_empty() {
                bytes[*pick(rng, &letters)] = *pick(rng, &[0xff, 0xc0, 0xe2]);
            }
            bytes
        })
    }),
    // The status.
    kind("no content", |s| s.status(&[204, 205, 304], "")),
    kind("a part of the content", |s| {
        let half = s.clean.body.len() / 2;
        Some(Wire::whole(&Answer::json(206, &s.clean.body[..half])))
    }),
    kind("accepted", |s| s.status(&[201, 202, 203, 207, 299], "{}")),
    kind("a redirect", |s| {
        let status = *pick(s.rng, &[300, 301, 302, 303, 307, 308]);
        let path = s.request.target.clone();
        let to = match s.rng.u8(..4) {
            0 => format!("{}{path}", s.shared.elsewhere),
            1 => path,
            2 => "/login?dest-url=%2Fwiki".to_owned(),
            _ => format!("//{}", s.shared.elsewhere.trim_start_matches("http://")),
        };
        Some(Wire::whole(
            &Answer::of(status, "text/html", "").with("location", to),
        ))
    }),
    kind("refused", |s| {
        let body = json!({"errors": [{"status": 400, "code": "INVALID_REQUEST_PARAMETER", "title": "Provided value is invalid", "detail": null}]});
        s.status(
            &[400, 409, 411, 412, 415, 417, 422, 424, 428, 451],
            &body.to_string(),
        )
    }),
    kind("not allowed", |s| {
        let body = *pick(
            s.rng,
            &[
                "",
                r#"{"statusCode":403,"message":"caller cannot access Confluence"}"#,
                r#"{"errors":[{"status":403,"code":"FORBIDDEN","title":"You are not permitted","detail":null}]}"#,
                "null",
            ],
        );
        s.status(&[401, 403, 405, 407], body)
    }),
    kind("blocked by a firewall", |s| {
        s.html(&[400, 401, 403, 405, 406, 418, 501], "Request blocked")
    }),
    kind("too long", |s| {
        s.html(&[400, 413, 414, 431], "Request header is too large")
    }),
    kind("a scope that lacks", |s| {
        s.status(
            &[401],
            r#"{"code":401,"message":"Unauthorized; scope does not match"}"#,
        )
    }),
    kind("not found, and not a word more", |s| {
        s.status(
            &[404],
            r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found","detail":null}]}"#,
        )
    }),
    kind("not found, by the container", |s| {
        let body = format!(
            r#"{{"statusCode":404,"message":"null for uri: https://acme.example{}"}}"#,
            s.request.path()
        );
        s.status(&[404], &body)
    }),
    kind("not found, by the gateway", |s| {
        let body = *pick(
            s.rng,
            &[
                r#"{"code":404,"message":"Not Found"}"#,
                r#"{"timestamp":"2026-11-20T09:00:00Z","status":404,"error":"Not Found","path":"/x"}"#,
                r#"{"errorMessage":"Site temporarily unavailable"}"#,
                "{}",
                "[]",
                "null",
                "",
            ],
        );
        s.status(&[404], body)
    }),
    kind("not found, by a proxy", |s| {
        s.html(&[404], "404 - not here")
    }),
    kind("gone", |s| {
        s.status(
            &[410],
            r#"{"statusCode":410,"message":"This API has been removed"}"#,
        )
    }),
    kind("not found, with the name of an object", |s| {
        // Of an object that a query names it would be the truth. In the middle of a listing, or where none was named, not.
        let mut segments = s.request.path().split('/');
        let named = segments
            .any(|segment| segment != "v2" && segment.bytes().any(|byte| byte.is_ascii_digit()));
        let body = r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Cannot find a page with id [424242]","detail":null}]}"#;
        (s.is_further() || !named).then(|| Wire::whole(&Answer::json(404, body)))
    }),
    // Come back later.
    kind("too many requests", |s| {
        let answer = Answer::json(429, r#"{"errors":[{"status":429,"title":"Rate limited"}]}"#);
        Some(Wire::whole(&s.asking_for_a_pause(answer)))
    }),
    kind("an odd date to come back", |s| {
        let value = *pick(
            s.rng,
            &[
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Fri, 31 Dec 9999 23:59:59 GMT",
                "Sunday, 06-Nov-94 08:49:37 GMT",
                "Thu, 30 Feb 2026 00:00:00 GMT",
                "2026-11-20T09:00:00Z",
                "-9999999999999",
                "1e-300",
                "inf",
                "NaN",
            ],
        );
        let status = *pick(s.rng, &[429, 503]);
        Some(Wire::whole(
            &Answer::json(status, "{}").with("retry-after", value),
        ))
    }),
    kind("hints of limits that make no sense", |s| {
        let number = *pick(
            s.rng,
            &[
                "-5",
                "NaN",
                "1e300",
                "",
                "99999999999999999999",
                "many",
                "0x10",
            ],
        );
        let answer = s
            .clean
            .clone()
            .with("x-ratelimit-limit", number)
            .with("x-ratelimit-remaining", number)
            .with("x-ratelimit-reset", number)
            .with(
                "beta-ratelimit",
                format!("\"a\";r={number};t={number},;;;,\"\";r"),
            )
            .with("beta-ratelimit-policy", ",,,;q=;w");
        Some(Wire::whole(&answer))
    }),
    kind("the site fails", |s| {
        let status = *pick(s.rng, &[500, 501, 502, 503, 504, 507, 520, 522, 529, 599]);
        let body = *pick(
            s.rng,
            &[
                "",
                "<html><body>Bad Gateway</body></html>",
                r#"{"statusCode":500,"message":"Internal server error"}"#,
                r#"{"errors":[]}"#,
            ],
        );
        let kind = if body.starts_with('<') {
            "text/html"
        } else {
            "application/json"
        };
        let answer = Answer::of(status, kind, body);
        let asks = s.rng.bool();
        Some(Wire::whole(&if asks {
            s.asking_for_a_pause(answer)
        } else {
            answer
        }))
    }),
    kind("the credential in what the site says", |s| {
        let said = format!("you sent {}", s.request.authorization.as_deref()?);
        let status = *pick(s.rng, &[400, 403, 404, 409, 500, 503]);
        let body = json!({"errors": [{"status": status, "title": said}], "message": said});
        Some(Wire::whole(
            &Answer::json(status, body.to_string()).with("x-said", said),
        ))
    }),
    kind("control characters in what the site says", |s| {
        let said = "\u{1b}]0;owned\u{7}\nERROR:  forged\r\u{202e}\u{0}";
        let status = *pick(s.rng, &[400, 403, 409, 500]);
        let body = json!({"errors": [{"status": status, "title": said}], "message": said});
        Some(Wire::whole(&Answer::json(status, body.to_string())))
    }),
    // Another document.
    kind("a page to log in on", |s| s.html(&[200], "Log in")),
    kind("HTML that says it is JSON", |s| {
        let body = "<!DOCTYPE html><html><body>Log in</body></html>";
        Some(Wire::whole(&Answer::json(200, body))).filter(|_| s.clean.status == 200)
    }),
    kind("JSON that says it is text", |s| {
        Some(Wire::whole(&Answer::of(
            s.clean.status,
            "text/plain",
            s.clean.body.clone(),
        )))
    }),
    kind("an empty body", |s| s.status(&[200], "")),
    kind("another document", |s| {
        let body = *pick(
            s.rng,
            &[
                "null",
                "[]",
                "{}",
                "0",
                "true",
                "\"\"",
                " ",
                "[[]]",
                "{\"results\":null}",
                "{\"results\":{}}",
                "{\"results\":\"\"}",
                "{\"results\":0}",
                "{\"results\":[null]}",
                "{\"results\":[[]]}",
                "{\"results\":[0]}",
                "{\"errors\":[{\"title\":\"Not Found\"}]}",
                "{\"Results\":[]}",
            ],
        );
        s.rows().map(|_| Wire::whole(&Answer::json(200, body)))
    }),
    // The JSON as text.
    kind("JSON that is cut off", |s| {
        s.body(|rng, text| text.as_bytes()[..rng.usize(..text.len())].to_vec())
    }),
    kind("a wrong sign in the JSON", |s| {
        s.signs(|rng, bytes, at| {
            let other: Vec<u8> = b"{}[]:, "
                .iter()
                .copied()
                .filter(|sign| *sign != bytes[at])
                .collect();
            bytes[at] = *pick(rng, &other);
        })
    }),
    kind("a sign of the JSON that is not there", |s| {
        s.signs(|_, bytes, at| {
            bytes.remove(at);
        })
    }),
    kind("a sign of the JSON too many", |s| {
        s.signs(|rng, bytes, at| bytes.insert(at, *pick(rng, b"{}[]:,")))
    }),
    kind("something behind the JSON", |s| {
        s.body(|rng, text| {
            let behind = *pick(
                rng,
                &[
                    "}",
                    "]",
                    ",",
                    "null",
                    "{}",
                    "{\"results\":[]}",
                    "\0",
                    "<!-- -->",
                ],
            );
            format!("{text}{behind}").into_bytes()
        })
    }),
    kind("the document twice", |s| {
        s.body(|_, text| format!("{text}{text}").into_bytes())
    }),
    kind("rows under a name that comes twice", |s| {
        s.rows()?;
        s.body(|rng, text| twice(rng, text, "\"results\":[]"))
    }),
    kind("links under a name that comes twice", |s| {
        s.next()?;
        s.body(|rng, text| twice(rng, text, "\"_links\":{}"))
    }),
    kind("a key under a name that comes twice", |s| {
        s.row(|row, text| {
            row.get("id")?;
            Some(text.replacen('{', "{\"id\":\"1\",", 1))
        })
    }),
    kind("an unknown field that is deep", |s| {
        let levels = *pick(s.rng, &[100, 10_000, 200_000]);
        s.extra(&format!("{}{}", "[".repeat(levels), "]".repeat(levels)))
    }),
    kind("an unknown field that is deep and has no end", |s| {
        s.extra(&"{\"a\":[".repeat(50_000))
    }),
    kind("an unknown field of 2 MB", |s| {
        s.extra(&format!("\"{}\"", "a".repeat(2_000_000)))
    }),
    kind("20,000 unknown fields", |s| {
        let fields: Vec<String> = (0..20_000)
            .map(|number| format!("\"x{number}\":{number}"))
            .collect();
        s.extra(&format!("{{{}}}", fields.join(",")))
    }),
    kind("half a character in an unknown field", |s| {
        s.extra("\"\\ud83d\"")
    }),
    kind("control characters in an unknown field", |s| {
        s.extra("\"\u{1}\u{1b}[2J\"")
    }),
    kind("an odd number in an unknown field", |s| {
        let number = *pick(
            s.rng,
            &[
                "1e999",
                "-0",
                "9223372036854775808",
                "01",
                "1.",
                ".5",
                "+1",
                "NaN",
                "Infinity",
                "0x1",
            ],
        );
        s.extra(number)
    }),
    // Rows.
    kind("a row without its key", |s| {
        s.key(|row, key| drop(row.remove(key)))
    }),
    kind("a row with a key that is null", |s| {
        s.key(|row, key| drop(row.insert(key.to_owned(), Value::Null)))
    }),
    kind("a row with a key of another type", |s| {
        let value = pick(
            s.rng,
            &[
                json!({}),
                json!([]),
                json!(true),
                json!([1]),
                json!({"id": "1"}),
            ],
        )
        .clone();
        s.key(move |row, key| drop(row.insert(key.to_owned(), value.clone())))
    }),
    kind("a row with an empty key", |s| {
        s.key(|row, key| drop(row.insert(key.to_owned(), json!(""))))
    }),
    kind("a row with a key beyond all numbers", |s| {
        let value = *pick(
            s.rng,
            &[
                "9223372036854775808",
                "-9223372036854775809",
                "1e400",
                "1.5",
                "99999999999999999999999999999",
            ],
        );
        s.has_numbers_for_keys().then_some(())?;
        s.row(|row, text| {
            let id = row.get("id")?.as_str()?;
            Some(text.replace(&format!("\"id\":\"{id}\""), &format!("\"id\":{value}")))
        })
    }),
    kind("a row that is none", |s| {
        let row = pick(
            s.rng,
            &[json!(null), json!("x"), json!(1), json!([]), json!(true)],
        )
        .clone();
        s.json(move |rng, document| {
            let rows = rows_of(document)?;
            let at = rng.usize(..rows.len());
            rows[at] = row.clone();
            Some(())
        })
    }),
    kind("a row twice", |s| {
        s.json(|rng, document| {
            let rows = rows_of(document)?;
            let row = pick(rng, rows).clone();
            rows.insert(rng.usize(..=rows.len()), row);
            Some(())
        })
        .filter(|_| s.tells_rows_apart() && !s.is_ordered() && !s.is_counted_off())
    }),
    kind("a page's rows twice", |s| {
        s.json(|_, document| {
            let rows = rows_of(document)?;
            rows.extend(rows.clone());
            Some(())
        })
        .filter(|_| s.tells_rows_apart() && !s.is_ordered() && !s.is_counted_off())
    }),
    kind("rows of the next page early", |s| {
        let next = s.next()?;
        let request = Request {
            target: next,
            ..s.request.clone()
        };
        let next = s.shared.answers.ask(&request).ok()?;
        let mut next: Value = serde_json::from_slice(&next.body).ok()?;
        let next = rows_of(&mut next)?.clone();
        s.json(move |rng, document| {
            let some = rng.usize(1..=next.len());
            rows_of(document)?.extend(next[..some].iter().cloned());
            Some(())
        })
        .filter(|_| s.tells_rows_apart() && !s.is_counted_off())
    }),
    kind("rows out of order", |s| {
        s.json(|_, document| {
            let rows = rows_of(document)?;
            let last = rows.len() - 1;
            rows.swap(0, last);
            (last > 0).then_some(())
        })
    }),
    // Links.
    seldom_fits("a short page", |s| {
        // Whatever stands on a page, the next link leads to what does not.
        let limit: usize = s.request.parameter("limit")?.parse().ok()?;
        let less = (limit / 3).max(1).to_string();
        s.next()?;
        let request = Request {
            target: with_parameter(&s.request.target, "limit", Some(&less)),
            ..s.request.clone()
        };
        let answer = s.shared.answers.ask(&request).ok()?;
        (!s.is_counted_off() && answer.status == 200).then(|| Wire::whole(&answer))
    }),
    seldom_fits("a full page without links", |s| {
        let limit: usize = s.request.parameter("limit")?.parse().ok()?;
        (s.rows()? >= limit).then_some(())?;
        s.next()?;
        s.relinked(
            |links| {
                links.clear();
                Some(())
            },
            Links::Nowhere,
        )
    }),
    seldom_fits("an empty page with a next link", |s| {
        s.is_linked()?;
        let name = s.rng.u64(..);
        let link = s.shared.alias(&s.request.target, name);
        let mut document = s.document()?;
        rows_of(&mut document)?.clear();
        document["_links"]["next"] = json!(link);
        Some(Wire::whole(&Answer {
            body: document.to_string().into_bytes(),
            headers: s.without_link_header(),
            status: 200,
        }))
    }),
    seldom_fits("a next link to its own page", |s| {
        let own = s.asked.to_owned();
        s.next()?;
        s.is_linked()?;
        s.leading_to(&own)
    }),
    seldom_fits("a next link back to the beginning", |s| {
        (s.is_further() && s.next().is_some()).then_some(())?;
        s.is_linked()?;
        let first = with_parameter(&s.request.target, "cursor", None);
        s.leading_to(&first)
    }),
    seldom_fits("a next link of another form", |s| {
        let next = s.next()?;
        s.is_linked()?;
        let link = match s.rng.u8(..3) {
            0 => next.trim_start_matches("/wiki").to_owned(),
            1 => format!("?{}", next.split_once('?')?.1),
            _ => next,
        };
        s.leading_to(&link)
    }),
    seldom_fits("a next link to another host", |s| {
        let next = s.next()?;
        s.is_linked()?;
        let host = s.shared.elsewhere.trim_start_matches("http://").to_owned();
        let link = match s.rng.u8(..6) {
            0 => format!("http://{host}{next}"),
            1 => format!("//{host}{next}"),
            2 => format!("/\\{host}{next}"),
            3 => format!("http://user@{host}{next}"),
            4 => format!("\\\\{host}{next}"),
            _ => format!("javascript:{next}"),
        };
        s.leading_to(&link)
    }),
    seldom_fits("a next link to another listing", |s| {
        let next = s.next()?;
        s.is_linked()?;
        let (path, query) = next.split_once('?')?;
        let link = match s.rng.u8(..4) {
            0 => format!("/wiki/api/v2/no-such-listing?{query}"),
            1 => format!("{path}/../spaces?{query}"),
            2 => format!("{path}%2f?{query}"),
            _ => format!("{path}/?{query}"),
        };
        s.leading_to(&link)
    }),
    seldom_fits("a next link with another value", |s| {
        let (next, name, value) = s.a_parameter_of_the_next_link()?;
        let other = match value.parse::<u64>() {
            Ok(number) => (number + s.rng.u64(1..9)).to_string(),
            Err(_) => match value.strip_prefix('-') {
                Some(forth) => forth.to_owned(),
                None => "archived".to_owned(),
            },
        };
        let link = with_parameter(&next, &name, Some(&other));
        s.leading_to(&with_parameter(&link, "cursor", None))
    }),
    seldom_fits("a next link that has lost a parameter", |s| {
        let (next, name, _) = s.a_parameter_of_the_next_link()?;
        // To the beginning, as the stand-in keeps with a cursor what it was given for.
        let link = with_parameter(&next, &name, None);
        s.leading_to(&with_parameter(&link, "cursor", None))
    }),
    seldom_fits("a next link without a limit", |s| {
        let next = s.next()?;
        s.is_linked()?;
        s.leading_to(&with_parameter(&next, "limit", None))
    }),
    seldom_fits("a next link that is none", |s| {
        s.next()?;
        s.is_linked()?;
        let link = pick(
            s.rng,
            &[json!(5), json!({}), json!([]), json!(true), json!("")],
        )
        .clone();
        s.relinked(
            move |links| {
                links.insert("next".to_owned(), link.clone());
                Some(())
            },
            Links::Nowhere,
        )
    }),
    seldom_fits("a next link of 70 kB", |s| {
        let next = s.next()?;
        s.is_linked()?;
        s.leading_to(&format!("{next}&x={}", "a".repeat(70_000)))
    }),
    seldom_fits("a next link with odd characters", |s| {
        let next = s.next()?;
        s.is_linked()?;
        let odd = *pick(
            s.rng,
            &[
                "\r\nx-forged: 1",
                "\u{0}",
                " ",
                "#fragment",
                "\t",
                "%00",
                "\u{fffd}",
                "&cursor=other",
            ],
        );
        s.leading_to(&format!("{next}{odd}"))
    }),
    seldom_fits("the next link in the header only", |s| {
        s.next()?;
        s.relinked(
            |links| {
                links.remove("next");
                Some(())
            },
            Links::AsItWas,
        )
    }),
    seldom_fits("the next link in the body only", |s| {
        s.next()?;
        s.relinked(|_| Some(()), Links::Nowhere)
    }),
    // Who one is.
    seldom_fits("nobody", |s| {
        let body = r#"{"type":"anonymous","displayName":"Anonymous","profilePicture":{"path":"/x","width":48,"height":48,"isDefault":true}}"#;
        s.request
            .path()
            .ends_with("/user/current")
            .then(|| Wire::whole(&Answer::json(200, body)))
    }),
    seldom_fits("a credential that ends here", |s| {
        let start = s.request.parameter("start").filter(|start| *start != "0");
        s.request.parameter("cursor").or(start)?;
        s.ends = true;
        let request = Request {
            authorization: None,
            ..s.request.clone()
        };
        let answer = s.shared.answers.ask(&request).ok()?;
        Some(Wire::whole(&answer))
    }),
];

/// Longer than any client here waits.
const FOREVER: Duration = Duration::from_secs(3);
const A_WHILE: Duration = Duration::from_millis(30);

enum Chunks {
    Right,
    SizeIsNone,
    NoLast,
    Longer,
}

enum Links {
    AsItWas,
    Nowhere,
}

impl Spoiler<'_> {
    fn whole(&self) -> Wire {
        Wire::whole(self.clean)
    }

    fn whole_bytes(&self) -> Vec<u8> {
        match self.whole().steps.pop() {
            Some(Step::Send(bytes)) => bytes,
            _ => Vec::new(),
        }
    }

    /// Sends less than everything: up to a place in a range, of which it is told how long the head and the whole are.
    fn closed_within(&mut self, range: impl Fn(usize, usize) -> (usize, usize)) -> Option<Wire> {
        let mut bytes = self.whole_bytes();
        let head = bytes.len() - self.clean.body.len();
        let (from, to) = range(head, bytes.len());
        (from < to).then_some(())?;
        bytes.truncate(self.rng.usize(from..to));
        Some(Wire::bytes(bytes).then_close())
    }

    fn with_length(&self, length: &str) -> Wire {
        let mut bytes = self.clean.head().into_bytes();
        bytes.extend(format!("content-length: {length}\r\n\r\n").bytes());
        bytes.extend(&self.clean.body);
        Wire::bytes(bytes)
    }

    fn chunked(&mut self, chunks: Chunks) -> Wire {
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

    fn zipped(&mut self, spoil: impl Fn(&mut Rng, &mut Vec<u8>)) -> Answer {
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
    fn body(&mut self, change: impl FnOnce(&mut Rng, &str) -> Vec<u8>) -> Option<Wire> {
        self.is_json_object()?;
        let text = std::str::from_utf8(&self.clean.body).ok()?;
        let body = change(self.rng, text);
        Some(Wire::whole(&Answer {
            body,
            ..self.clean.clone()
        }))
    }

    /// The answer with a change at one of the signs of its JSON that are not within a string.
    fn signs(&mut self, change: impl FnOnce(&mut Rng, &mut Vec<u8>, usize)) -> Option<Wire> {
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

    fn status(&mut self, statuses: &[u16], body: &str) -> Option<Wire> {
        let status = *pick(self.rng, statuses);
        Some(Wire::whole(&Answer::json(status, body)))
    }

    fn html(&mut self, statuses: &[u16], title: &str) -> Option<Wire> {
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
    fn asking_for_a_pause(&mut self, answer: Answer) -> Answer {
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

    fn is_json_object(&self) -> Option<()> {
        (self.clean.status == 200 && self.clean.body.first() == Some(&b'{')).then_some(())
    }

    fn document(&self) -> Option<Value> {
        self.is_json_object()?;
        serde_json::from_slice(&self.clean.body).ok()
    }

    /// The answer with its JSON changed.
    fn json(&mut self, change: impl FnOnce(&mut Rng, &mut Value) -> Option<()>) -> Option<Wire> {
        let mut document = self.document()?;
        change(self.rng, &mut document)?;
        let body = document.to_string().into_bytes();
        Some(Wire::whole(&Answer {
            body,
            ..self.clean.clone()
        }))
    }

    /// How many rows there are, if the answer is a listing that has some.
    fn rows(&self) -> Option<usize> {
        rows_of(&mut self.document()?).map(|rows| rows.len())
    }

    /// One of the rows changed as text.
    fn row(&mut self, change: impl FnOnce(&Value, &str) -> Option<String>) -> Option<Wire> {
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
    fn key(
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
    fn extra(&mut self, value: &str) -> Option<Wire> {
        let field = format!("{{\"x-unknown\":{value},");
        match self.rows() {
            Some(_) if self.rng.bool() => {
                self.row(|_, text| (text.len() > 2).then(|| text.replacen('{', &field, 1)))
            }
            _ => self.body(|_, text| text.replacen('{', &field, 1).into_bytes()),
        }
    }

    /// Where the listing goes on, below the site.
    fn next(&self) -> Option<String> {
        let document = self.document()?;
        let next = document.pointer("/_links/next")?.as_str()?;
        Some(match next.starts_with("/wiki") {
            true => next.to_owned(),
            false => format!("/wiki{next}"),
        })
    }

    fn is_further(&self) -> bool {
        self.request.parameter("cursor").is_some()
    }

    /// Whether the listing goes on by links alone.
    fn is_linked(&self) -> Option<()> {
        self.rows()?;
        (self.is_further() || self.next()?.contains("cursor=")).then_some(())
    }

    /// Whether the listing goes on by numbers of rows.
    fn is_counted_off(&self) -> bool {
        self.request.parameter("start").is_some() || self.request.path().starts_with("/wiki/rest/")
    }

    fn is_ordered(&self) -> bool {
        self.request.parameter("sort").is_some()
    }

    /// Whether what the site lists has something that tells rows apart.
    fn tells_rows_apart(&self) -> bool {
        let Some(mut document) = self.document() else {
            return false;
        };
        let keys = ["id", "accountId", "number"];
        rows_of(&mut document).is_some_and(|rows| {
            rows.iter()
                .all(|row| keys.iter().any(|key| row.get(key).is_some()))
        })
    }

    fn has_numbers_for_keys(&self) -> bool {
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
    fn a_parameter_of_the_next_link(&mut self) -> Option<(String, String, String)> {
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
    fn leading_to(&mut self, link: &str) -> Option<Wire> {
        self.relinked(
            |links| {
                links.insert("next".to_owned(), json!(link));
                Some(())
            },
            Links::Nowhere,
        )
    }

    fn relinked(
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

    fn without_link_header(&self) -> Vec<(String, String)> {
        let mut headers = self.clean.headers.clone();
        headers.retain(|(name, _)| name != "link");
        headers
    }
}

/// The document with this member before the others or behind them.
fn twice(rng: &mut Rng, text: &str, member: &str) -> Vec<u8> {
    match rng.bool() {
        true => text.replacen('{', &format!("{{{member},"), 1).into_bytes(),
        false => match text.rfind('}') {
            Some(end) => format!("{},{member}}}", &text[..end]).into_bytes(),
            None => text.into(),
        },
    }
}

/// The rows of a listing that has some.
fn rows_of(document: &mut Value) -> Option<&mut Vec<Value>> {
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
