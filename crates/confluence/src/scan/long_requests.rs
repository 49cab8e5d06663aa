//! Long requests: one that is refused for its length is asked in two halves, and so on, until they are short enough.

use serde_json::Value;

use crate::http::Failure;
use crate::http::url::{param, with_param};
use crate::request::chains::RequestTarget;
use crate::session::LONG_REQUEST;

/// Whether an answer is that of a server before the API which does not take a request of this length.
pub(super) fn is_refused(target: &RequestTarget, failure: &Failure) -> bool {
    matches!(failure, Failure::TooLong(_)) && target.length() >= LONG_REQUEST
}

/// The same request for one half of its longest list, and for the other. None where no list can be cut, or where an order
/// would be lost.
pub(super) fn halves(target: &RequestTarget) -> Option<[RequestTarget; 2]> {
    match &target.json {
        Some(json) => halves_of_json(target, json),
        None if param(&target.path, "sort").is_some() => None,
        None => halves_of_address(target),
    }
}

fn halves_of_address(target: &RequestTarget) -> Option<[RequestTarget; 2]> {
    let lists = target.lists.iter();
    let (name, list) = lists
        .filter_map(|&name| Some((name, param(&target.path, name)?)))
        .filter(|(_, list)| list.contains(','))
        .max_by_key(|(_, list)| list.len())?;
    // Commas within values are encoded.
    let values: Vec<&str> = list.split(',').collect();
    let (front, back) = values.split_at(values.len() / 2);
    Some([front, back].map(|half| RequestTarget {
        path: with_param(&target.path, name, &half.join(",")),
        ..target.clone()
    }))
}

fn halves_of_json(target: &RequestTarget, json: &str) -> Option<[RequestTarget; 2]> {
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
        RequestTarget {
            json: Some(document.to_string()),
            ..target.clone()
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Answerer;

    fn target(path: &str, lists: &[&'static str]) -> RequestTarget {
        RequestTarget {
            path: path.to_owned(),
            json: None,
            lists: lists.to_vec(),
        }
    }

    fn paths(target: &RequestTarget) -> Option<[String; 2]> {
        halves(target).map(|halves| halves.map(|half| half.path))
    }

    #[test]
    fn the_longest_list_is_cut() {
        let both = target(
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
            paths(&target("/p?title=a%2Cb&expand=a,b", &["title"])),
            None
        );
        assert_eq!(paths(&target("/p?id=1,2&sort=id", &["id"])), None);
    }

    #[test]
    fn so_is_a_list_that_is_posted() {
        let posted = |json: &str| RequestTarget {
            json: Some(json.to_owned()),
            ..target("/users-bulk", &[])
        };
        let halves_of = |json| halves(&posted(json)).map(|halves| halves.map(|half| half.json));
        let [front, back] = halves_of(r#"{"accountIds":["a","b","c"]}"#).expect("two halves");
        assert_eq!(front.as_deref(), Some(r#"{"accountIds":["a"]}"#));
        assert_eq!(back.as_deref(), Some(r#"{"accountIds":["b","c"]}"#));
        assert_eq!(halves_of(r#"{"accountIds":["a"]}"#), None);
    }

    #[test]
    fn what_is_refused_for_its_length() {
        let long = target(&format!("/p?id={}", "1,".repeat(600)), &["id"]);
        let short = target("/p?id=1,2", &["id"]);
        let refused = Failure::TooLong(Answerer::Container);
        assert!(is_refused(&long, &refused));
        assert!(!is_refused(&short, &refused));
        assert!(!is_refused(&long, &Failure::Blocked(Answerer::Firewall)));
    }
}
