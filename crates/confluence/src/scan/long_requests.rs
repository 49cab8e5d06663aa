//! Long requests: one that is refused for its length is asked in two halves, and so on, until they are short enough.

use serde_json::Value;

use crate::http::url::{param, with_param};
use crate::http::{Failure, Request};

/// Whether an answer is that of a server before the API which does not take a request of this length.
pub(super) fn is_refused(request: &Request, failure: &Failure) -> bool {
    matches!(failure, Failure::TooLong(_)) && request.is_long()
}

/// The same request for one half of its longest list, and for the other. None where no list can be cut, or where an order
/// would be lost.
pub(super) fn halves(request: &Request) -> Option<[Request; 2]> {
    match &request.json {
        Some(json) => halves_of_json(request, json),
        None if param(&request.target, "sort").is_some() => None,
        None => halves_of_address(request),
    }
}

fn halves_of_address(request: &Request) -> Option<[Request; 2]> {
    let lists = request.lists.iter();
    let (at, list) = lists
        .filter_map(|at| {
            let [before, after] = &at.around;
            let list = param(&request.target, at.param)?.strip_prefix(before.as_str())?;
            Some((at, list.strip_suffix(after.as_str())?))
        })
        .filter(|(_, list)| list.contains(','))
        .max_by_key(|(_, list)| list.len())?;
    // Commas within values are encoded.
    let values: Vec<&str> = list.split(',').collect();
    let (front, back) = values.split_at(values.len() / 2);
    let [before, after] = &at.around;
    Some([front, back].map(|half| Request {
        target: with_param(
            &request.target,
            at.param,
            &format!("{before}{}{after}", half.join(",")),
        ),
        ..request.clone()
    }))
}

fn halves_of_json(request: &Request, json: &str) -> Option<[Request; 2]> {
    let document: Value = serde_json::from_str(json).ok()?;
    let length = |value: &Value| value.as_array().map_or(0, Vec::len);
    let (name, list) = document
        .as_object()?
        .iter()
        .max_by_key(|(_, list)| length(list))?;
    let list = list.as_array().filter(|list| list.len() > 1)?;
    let (front, back) = list.split_at(list.len() / 2);
    Some([front, back].map(|half| {
        let mut document = document.clone();
        document[name] = Value::Array(half.to_vec());
        Request {
            json: Some(document.to_string()),
            ..request.clone()
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Answerer;
    use crate::http::{Purpose, ValueList, Why};

    fn asking(target: &str, lists: &[&'static str]) -> Request {
        let list = |&param| ValueList {
            param,
            around: Default::default(),
        };
        Request {
            lists: lists.iter().map(list).collect(),
            ..Request::get(Why::FirstPage, target.to_owned(), "", Purpose::Rows)
        }
    }

    fn paths(request: &Request) -> Option<[String; 2]> {
        halves(request).map(|halves| halves.map(|half| half.target))
    }

    #[test]
    fn the_longest_list_is_cut() {
        let both = asking(
            "/p?id=1,2,3&space-id=4,5&expand=a.b,c.d,e.f,g.h&limit=9",
            &["id", "space-id"],
        );
        let [front, back] = paths(&both).expect("two halves");
        assert_eq!(front, "/p?space-id=4,5&expand=a.b,c.d,e.f,g.h&limit=9&id=1");
        assert_eq!(
            back,
            "/p?space-id=4,5&expand=a.b,c.d,e.f,g.h&limit=9&id=2,3"
        );
        assert_eq!(
            paths(&asking("/p?title=a%2Cb&expand=a,b", &["title"])),
            None
        );
        assert_eq!(paths(&asking("/p?id=1,2&sort=id", &["id"])), None);
    }

    #[test]
    fn what_stands_around_a_list_stays() {
        let around = ["type%20%3D%20folder%20and%20id%20in%20%28", "%29"].map(str::to_owned);
        let [before, after] = &around;
        let query = |list| format!("/s?cql={before}{list}{after}");
        let long = Request {
            lists: vec![ValueList {
                param: "cql",
                around: around.clone(),
            }],
            ..asking(&query("1,2,3"), &[])
        };
        assert_eq!(paths(&long), Some(["1", "2,3"].map(query)));
    }

    #[test]
    fn so_is_a_list_that_is_posted() {
        let posted = |json: &str| Request {
            json: Some(json.to_owned()),
            ..asking("/users-bulk", &[])
        };
        let halves_of = |json| halves(&posted(json)).map(|halves| halves.map(|half| half.json));
        let [front, back] = halves_of(r#"{"accountIds":["a","b","c"]}"#).expect("two halves");
        assert_eq!(front.as_deref(), Some(r#"{"accountIds":["a"]}"#));
        assert_eq!(back.as_deref(), Some(r#"{"accountIds":["b","c"]}"#));
        assert_eq!(halves_of(r#"{"accountIds":["a"]}"#), None);
    }

    #[test]
    fn what_is_refused_for_its_length() {
        let long = asking(&format!("/p?id={}", "1,".repeat(600)), &["id"]);
        let short = asking("/p?id=1,2", &["id"]);
        let refused = Failure::TooLong(Answerer::Container);
        assert!(is_refused(&long, &refused));
        assert!(!is_refused(&short, &refused));
        assert!(!is_refused(&long, &Failure::Blocked(Answerer::Firewall)));
    }
}
