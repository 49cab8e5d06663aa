//! Kinds of faults of rows and links, and of who one is.

use serde_json::{Value, json};

use super::spoiler::{Links, rows_of, with_parameter};
use super::{Kind, kind, seldom_fits};
use crate::random::pick;
use crate::random_faults::proxy::{Answer, Request, Wire};

pub(super) static KINDS: &[Kind] = &[
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
