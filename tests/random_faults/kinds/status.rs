//! Kinds of faults of the status: refusals, and requests to come back later.

use serde_json::json;

use super::{Kind, kind};
use crate::random::pick;
use crate::random_faults::proxy::{Answer, Wire};

pub(super) static KINDS: &[Kind] = &[
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
];
