//! Absence: whether a response says that what was asked for is not there.
//!
//! Many say 404: the API about an object, the API to a credential that it does not take, what stands before it about an
//! address, a site that is switched off. Only an answer that names what was asked for says that this is absent; anything
//! else says nothing about the object, and reading it as absence would turn "unknown" into "none".

use super::answerer::ErrorBody;

/// What version 1 of the API calls the lack of an object, as the last parts of a class's name.
const OF_VERSION_1: &str = "NotFoundException:";

/// How the API says that there is none.
const PHRASES: &[&str] = &[
    "cannot find",
    "can't find",
    "could not find",
    "couldn't find",
    "not found",
    "does not exist",
    "doesn't exist",
    "has no",
];

/// What an account may lack, which says nothing of the object.
const RIGHTS: &[&str] = &["permission", "permissions", "access", "right", "rights"];

/// Kinds of things. Several words stand for one where the API says so.
const KINDS: &[&str] = &[
    "page",
    "blog post",
    "blogpost",
    "blog",
    "content",
    "space",
    "user",
    "account",
    "group",
    "comment",
    "attachment",
    "label",
    "template",
    "property",
    "version",
    "folder",
    "whiteboard",
    "database",
    "embed",
    "smart link",
    "task",
    "role",
    "theme",
    "state",
    "classification",
    "entity",
    "object",
];

/// What is said of an object that the answer names as absent, among those that the request asks for.
pub(super) fn named<'e>(error: &'e ErrorBody, target: &str) -> Option<&'e str> {
    let said = match error.first() {
        Some(("NOT_FOUND", title)) => title,
        Some(_) => return None,
        None if error.status_code() == Some(404) => error.message()?,
        None => return None,
    };
    // There is one for each caller, so it has no name.
    let is_admin_key = said.to_ascii_lowercase().contains("no admin key")
        && super::url::path_of(target).ends_with("/admin-key");
    (is_admin_key || (says_that_it_is_absent(said) && names_one_of(said, target))).then_some(said)
}

/// Whether a text says that something of a kind is not there.
fn says_that_it_is_absent(said: &str) -> bool {
    // Of an address, which tells nothing about what it might stand for.
    if said.contains("://") || said.contains(" uri") {
        return false;
    }
    let words: Vec<String> = said
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .map(str::to_lowercase)
        .filter(|word| !word.is_empty())
        .collect();
    let text = format!(" {} ", words.join(" "));
    let has = |phrase: &str| text.contains(&format!(" {phrase} "));
    let is_absent = said.contains(OF_VERSION_1)
        || PHRASES.iter().any(|phrase| has(phrase))
        || has("no") && has("found");
    is_absent
        && KINDS.iter().any(|kind| has(kind))
        && !RIGHTS.iter().any(|right| has(&format!("has no {right}")))
}

/// Whether a text names one of the values in a request: an id, a key, a name.
fn names_one_of(said: &str, target: &str) -> bool {
    let asked = values_in(target);
    names_in(said).any(|name| asked.iter().any(|asked| asked == name))
        || asked.iter().any(|asked| {
            // Of several words, or of none: it is no word of the answer's own.
            (asked.contains(is_edge) || !asked.contains(char::is_alphanumeric))
                && stands_in(said, asked)
        })
}

/// Whether a text stands in another one as it is, and not as a part of words.
fn stands_in(text: &str, part: &str) -> bool {
    text.match_indices(part).any(|(at, part)| {
        let before = text[..at].chars().next_back();
        let after = text[at + part.len()..].chars().next();
        [before, after]
            .into_iter()
            .flatten()
            .all(|c| !c.is_alphanumeric())
    })
}

/// Whether a name may end there.
fn is_edge(c: char) -> bool {
    c.is_whitespace() || "[](){}<>\"'=,;".contains(c)
}

/// The values in a request's path and query.
fn values_in(target: &str) -> Vec<String> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let in_query = query
        .split('&')
        .filter_map(|part| part.split_once('='))
        .flat_map(|(_, values)| values.split(','));
    path.split('/')
        .chain(in_query)
        .map(super::url::percent_decode)
        .filter(|value| !value.is_empty())
        .collect()
}

/// What may be names in a text: what holds a digit, and what stands behind a colon or an equals sign, or in quotes or
/// brackets.
fn names_in(said: &str) -> impl Iterator<Item = &str> {
    let mut introduced = false;
    said.split_inclusive(is_edge).filter_map(move |piece| {
        let edge = piece.chars().next_back().filter(|c| is_edge(*c));
        let word = piece.trim_end_matches(is_edge);
        let is_colon = word.ends_with(':');
        let word = word.trim_matches([':', '.']);
        let was_introduced = introduced;
        let introduces = is_colon || edge.is_some_and(|c| "[({<\"'=".contains(c));
        introduced = introduces || (introduced && word.is_empty());
        let is_name = was_introduced || word.contains(|c: char| c.is_ascii_digit());
        (is_name && !word.is_empty()).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version_2(title: &str) -> String {
        let title = serde_json::Value::from(title);
        format!(
            r#"{{"errors":[{{"status":404,"code":"NOT_FOUND","title":{title},"detail":null}}]}}"#
        )
    }

    fn version_1(message: &str) -> String {
        let message = serde_json::Value::from(message);
        format!(r#"{{"statusCode":404,"data":{{"authorized":true}},"message":{message}}}"#)
    }

    fn is_absent(body: &str, target: &str) -> bool {
        named(&ErrorBody::of(body.as_bytes()), target).is_some()
    }

    const SPACE: &str = "/wiki/api/v2/spaces/42/permissions?limit=250";
    const PAGE: &str = "/wiki/api/v2/pages/999?limit=250";
    const CONTENT: &str =
        "/wiki/rest/api/content/9/restriction?expand=restrictions.user&start=0&limit=100";

    #[test]
    fn what_the_answer_names_is_absent() {
        for (title, target) in [
            ("Cannot find a space with id [42]", SPACE),
            ("Cannot find a page with id [999]", PAGE),
            ("Could not find page with id [999]", PAGE),
            ("Content with id: [999] not found", PAGE),
            ("Cannot find [page] entity with id [999]", PAGE),
            ("The page with id [999] has no classification level", PAGE),
            (
                "Cannot find version [3] of page 5",
                "/wiki/api/v2/pages/5/versions/3",
            ),
            (
                "No admin key is active for the calling user",
                "/wiki/api/v2/admin-key",
            ),
        ] {
            assert!(is_absent(&version_2(title), target), "{title}");
        }
        const CLASS: &str = "com.atlassian.confluence.api.service.exceptions.NotFoundException";
        for (message, target) in [
            (
                "No content found with id: ContentId{id=9}".to_owned(),
                CONTENT,
            ),
            (
                format!("{CLASS}: No content found with id: ContentId{{id=9}}"),
                CONTENT,
            ),
            (
                format!("{CLASS}: No space found with key : docs"),
                "/wiki/rest/api/space/docs/settings",
            ),
            (
                format!("{CLASS}: No theme is set for the space with key : ~7f"),
                "/wiki/rest/api/space/%7E7f/theme",
            ),
            (
                format!("{CLASS}: No group found with id: 3a-4b"),
                "/wiki/rest/api/group/by-id?id=3a-4b",
            ),
            (
                format!("{CLASS}: No group found with id: no such group"),
                "/wiki/rest/api/group/by-id?id=no%20such%20group",
            ),
            (
                format!("{CLASS}: No user found with account id: 712020:x-1"),
                "/wiki/rest/api/user/712020%3Ax-1/property",
            ),
        ] {
            assert!(is_absent(&version_1(&message), target), "{message}");
        }
    }

    #[test]
    fn what_names_nothing_that_was_asked_for_says_nothing_about_it() {
        for body in [
            r#"{"message":"null for uri: https://acme.atlassian.net/wiki/api/v2/spaces/42/permissions","status-code":404}"#.to_owned(),
            r#"{"errorMessage":"Site temporarily unavailable","errorCode":"OTHER"}"#.to_owned(),
            r#"{"timestamp":"2026-11-29T00:00:00Z","status":404,"error":"Not Found","message":"No message available","path":"/x"}"#.to_owned(),
            r#"{"message":"no Route matched with those values"}"#.to_owned(),
            r#"{"message":"Cannot find a space with id [42]"}"#.to_owned(),
            r#"{"errorMessages":["Space 42 does not exist"],"errors":{}}"#.to_owned(),
            r#"{"errors":[{"code":"GONE","title":"Cannot find a space with id [42]"}]}"#.to_owned(),
            r#"{"errors":[]}"#.to_owned(),
            "{}".to_owned(),
            "".to_owned(),
            version_2("Not Found"),
            version_2("Page not found"),
            version_2("No operation answers to this path"),
            version_2("Cannot find a handler for /wiki/api/v2/spaces/42/permissions"),
            version_2("Cannot find a page with id [424242]"),
            version_2("Cannot find a page with id [4]"),
            version_2("Site 42 not found"),
            version_2("The space 42 is being moved"),
            version_2("No admin key is active for the calling user"),
            version_1("null for uri: https://acme.atlassian.net/wiki/api/v2/spaces/42"),
            version_1("Space not found"),
            version_1("com.sun.jersey.api.NotFoundException: null for uri: /space/42"),
            r#"{"statusCode":503,"message":"No content found with id: 42"}"#.to_owned(),
        ] {
            assert!(!is_absent(&body, SPACE), "{body}");
        }
    }
}
