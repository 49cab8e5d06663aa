//! Kinds of faults of the document: another one, and JSON that is none.

use super::spoiler::twice;
use super::{Kind, kind};
use crate::random::pick;
use crate::random_faults::proxy::{Answer, Wire};

pub(super) static KINDS: &[Kind] = &[
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
];
