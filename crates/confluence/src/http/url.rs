//! URLs: how addresses are put together, and where next links lead.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::Error;

/// All that could be taken for syntax: RFC 3986 reserves nothing else than what is left.
const SYNTAX: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A value for a query: everything is encoded that could be taken for syntax.
pub(crate) fn percent_encode(value: &str, out: &mut String) {
    out.extend(utf8_percent_encode(value, SYNTAX));
}

/// The longest next link that is followed. Cursors have some hundred bytes.
const LONGEST_LINK: usize = 32 << 10;

/// Parameters that lead on within a listing. All others say which listing it is.
const LEADING_ON: &[&str] = &["cursor", "limit", "start"];

const ANOTHER_LISTING: &str = "a next link that leads to another listing";

/// The request that a next link stands for: a path below the request base, and a query. `first` is the first request of the
/// listing, `hosts` are the addresses that a link may begin with.
///
/// The site writes the link relative to its root, with `/wiki` (version 2) or without (version 1), on the
/// gateway too; an absolute one is taken only if it leads to the same host. A link that leads to another
/// listing than the one being read is refused: its rows would be taken for this listing's. So each parameter of the first
/// request has to be in it with its value, and where one is left out it is put back. More of them do no harm.
pub(crate) fn next_request(first: &str, link: &str, hosts: &[&str]) -> Result<String, String> {
    if link.len() > LONGEST_LINK {
        return Err(format!("a next link of {} bytes", link.len()));
    }
    // Whoever takes an address apart passes over some of these, and ends it at others.
    if !link.bytes().all(|b| b.is_ascii_graphic() || b >= 0x80) || link.contains(['#', '\\']) {
        return Err("a next link with characters that no address has".to_owned());
    }
    let relative = if link.starts_with('/') && !link.starts_with("//") {
        link
    } else if link.starts_with('?') {
        return within_listing(first, &format!("{}{link}", path_of(first)));
    } else {
        hosts
            .iter()
            .filter_map(|host| link.strip_prefix(host))
            .find(|rest| rest.starts_with('/'))
            .ok_or("a next link that leads to another host")?
    };
    // On the gateway the site's own path may or may not be repeated before /wiki.
    let below = match path_of(relative).find("/wiki/") {
        Some(at) => relative[at..].to_owned(),
        None => format!("/wiki{relative}"),
    };
    within_listing(first, &below)
}

/// A request of the same listing as the first one, with all that says which listing it is.
fn within_listing(first: &str, next: &str) -> Result<String, String> {
    if path_of(next) != path_of(first) {
        return Err(ANOTHER_LISTING.to_owned());
    }
    let mut complete = next.to_owned();
    for part in parts_of(first) {
        let name = percent_decode(name_of(part));
        if name == "cursor" {
            continue;
        }
        let theirs = values_of(next, &name);
        if theirs.is_empty() {
            complete.push(if complete.contains('?') { '&' } else { '?' });
            complete.push_str(part);
        } else if !LEADING_ON.contains(&name.as_str()) && theirs != values_of(first, &name) {
            return Err(ANOTHER_LISTING.to_owned());
        }
    }
    Ok(complete)
}

/// The values of a parameter, as they are meant and in order of their own: a list may be written in one parameter or in
/// several, in any order, with any characters encoded.
fn values_of(request: &str, name: &str) -> Vec<String> {
    let of_name = parts_of(request).filter(|part| percent_decode(name_of(part)) == name);
    let mut values: Vec<String> = of_name
        .flat_map(|part| {
            let value = part.split_once('=').map_or("", |(_, value)| value);
            let value = percent_decode(&value.replace('+', " "));
            value.split(',').map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    values.sort_unstable();
    values
}

/// The parameters of a request, as they are written.
fn parts_of(request: &str) -> impl Iterator<Item = &str> {
    let query = request.split_once('?').map_or("", |(_, query)| query);
    query.split('&').filter(|part| !part.is_empty())
}

pub(super) fn path_of(request: &str) -> &str {
    request.split_once('?').map_or(request, |(path, _)| path)
}

/// The same request for another number of rows. Everything else, the cursor above all, stays as it is.
pub(crate) fn with_limit(request: &str, limit: u32) -> String {
    with_param(request, "limit", &limit.to_string())
}

/// The same request with another value of a parameter, which is put at the end.
pub(crate) fn with_param(request: &str, name: &str, value: &str) -> String {
    let (path, query) = request.split_once('?').unwrap_or((request, ""));
    let others = query
        .split('&')
        .filter(|part| !part.is_empty() && name_of(part) != name)
        .map(str::to_owned);
    let parts: Vec<String> = others.chain([format!("{name}={value}")]).collect();
    format!("{path}?{}", parts.join("&"))
}

/// The value of a parameter, as it is written.
pub(crate) fn param<'r>(request: &'r str, name: &str) -> Option<&'r str> {
    let (_, query) = request.split_once('?')?;
    query
        .split('&')
        .find(|part| name_of(part) == name)
        .map(|part| part.split_once('=').map_or("", |(_, value)| value))
}

fn name_of(part: &str) -> &str {
    part.split_once('=').map_or(part, |(name, _)| name)
}

/// A value in an address as it is meant.
pub(super) fn percent_decode(value: &str) -> String {
    percent_encoding::percent_decode_str(value)
        .decode_utf8_lossy()
        .into_owned()
}

/// The host of an address, for messages.
pub(crate) fn host_of(address: &str) -> String {
    reqwest::Url::parse(address)
        .ok()
        .and_then(|url| {
            let host = url.host_str()?.to_owned();
            Some(match url.port() {
                Some(port) => format!("{host}:{port}"),
                None => host,
            })
        })
        .unwrap_or_else(|| address.to_owned())
}

/// A gateway's base for a site.
pub(crate) fn gateway_base(address: &str, cloud_id: &str) -> Result<String, Error> {
    if cloud_id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') && !cloud_id.is_empty() {
        Ok(format!("{address}/ex/confluence/{cloud_id}"))
    } else {
        Err(Error::Option {
            option: "cloud_id",
            cause: "the site gave none that can be used".into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOSTS: &[&str] = &["https://acme.atlassian.net", "https://api.atlassian.com"];

    #[test]
    fn next_links_of_every_form_lead_on() {
        let first = "/wiki/api/v2/pages?limit=2";
        for link in [
            "/wiki/api/v2/pages?limit=2&cursor=a%3D",
            "/api/v2/pages?limit=2&cursor=a%3D",
            "?limit=2&cursor=a%3D",
            "https://acme.atlassian.net/wiki/api/v2/pages?limit=2&cursor=a%3D",
            "/ex/confluence/1-2/wiki/api/v2/pages?limit=2&cursor=a%3D",
        ] {
            assert_eq!(
                next_request(first, link, HOSTS).as_deref(),
                Ok("/wiki/api/v2/pages?limit=2&cursor=a%3D"),
                "{link}"
            );
        }
    }

    #[test]
    fn next_links_that_lead_astray_are_refused() {
        for link in [
            "https://evil.example/wiki/api/v2/pages?cursor=a",
            "https://acme.atlassian.net.evil.example/wiki/api/v2/pages?cursor=a",
            "//evil.example/wiki/api/v2/pages?cursor=a",
            "http://acme.atlassian.net/wiki/api/v2/pages?cursor=a",
            "/wiki/api/v2/spaces?cursor=a",
            "cursor=a",
            "",
            "/wiki/api/v2/pages?cursor=a#&limit=2",
            "/wiki/api/v2/pages?cur\tsor=a",
            "/wiki/api/v2/pages?cursor=a b",
            "/wiki\\api/v2/pages?cursor=a",
            &format!("/wiki/api/v2/pages?cursor={}", "a".repeat(70_000)),
        ] {
            assert!(
                next_request("/wiki/api/v2/pages?limit=2", link, HOSTS).is_err(),
                "{link}"
            );
        }
    }

    const FIRST: &str =
        "/wiki/api/v2/pages?space-id=1,2&status=current&title=a%20b&body-format=storage&limit=250";

    #[test]
    fn what_a_link_has_lost_is_put_back() {
        for (link, request) in [
            (
                "/wiki/api/v2/pages?cursor=a",
                "/wiki/api/v2/pages?cursor=a&space-id=1,2&status=current&title=a%20b&body-format=storage&limit=250",
            ),
            (
                "?limit=100&space-id=2%2C1&cursor=a&title=a+b&status=current",
                "/wiki/api/v2/pages?limit=100&space-id=2%2C1&cursor=a&title=a+b&status=current&body-format=storage",
            ),
            (
                "?cursor=a&limit=250&space%2Did=1&space-id=2&status=current&title=a%20b&body-format=storage&more=x",
                "/wiki/api/v2/pages?cursor=a&limit=250&space%2Did=1&space-id=2&status=current&title=a%20b&body-format=storage&more=x",
            ),
            (
                "/wiki/api/v2/pages",
                "/wiki/api/v2/pages?space-id=1,2&status=current&title=a%20b&body-format=storage&limit=250",
            ),
        ] {
            assert_eq!(
                next_request(FIRST, link, HOSTS).as_deref(),
                Ok(request),
                "{link}"
            );
        }
    }

    #[test]
    fn a_link_to_another_listing_of_the_same_path_is_refused() {
        for link in [
            "/wiki/api/v2/pages?space-id=2&cursor=a",
            "/wiki/api/v2/pages?space-id=1,2,3&cursor=a",
            "/wiki/api/v2/pages?space-id=1&cursor=a",
            "/wiki/api/v2/pages?space-id=1,2&space-id=3&cursor=a",
            "/wiki/api/v2/pages?space%2Did=3&cursor=a",
            "/wiki/api/v2/pages?space-id&cursor=a",
            "/wiki/api/v2/pages?body-format=atlas_doc_format&cursor=a",
            "?status=trashed&cursor=a",
            "?title=a%20B&cursor=a",
        ] {
            assert_eq!(
                next_request(FIRST, link, HOSTS),
                Err(ANOTHER_LISTING.to_owned()),
                "{link}"
            );
        }
    }

    fn encoded(value: &str) -> String {
        let mut out = String::new();
        percent_encode(value, &mut out);
        out
    }

    /// A request with these parameters.
    fn request(parameters: &[(String, String)]) -> String {
        let parts: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        format!("/wiki/api/v2/pages?{}", parts.join("&"))
    }

    /// What a request says about which listing it is.
    fn meaning(request: &str, names: &[(String, String)]) -> Vec<Vec<String>> {
        names
            .iter()
            .map(|(name, _)| values_of(request, name))
            .collect()
    }

    fn parameters() -> impl Strategy<Value = Vec<(String, String)>> {
        // Names of their own, since the order of what comes twice is not looked at.
        proptest::collection::vec("[ -~]{0,12}", 1..6).prop_map(|values| {
            let named = values.into_iter().enumerate();
            named.map(|(at, value)| (format!("p{at}"), value)).collect()
        })
    }

    proptest! {
        #[test]
        fn whatever_a_link_leaves_out_or_adds_the_listing_stays_the_same(
            first in parameters(),
            kept in proptest::collection::vec(any::<bool>(), 6),
            cursor in "[A-Za-z0-9+/=]{1,40}",
            more in "[ -~]{0,12}",
            turned in any::<bool>(),
        ) {
            let asked = request(&first);
            let mut link: Vec<(String, String)> = first
                .iter()
                .zip(kept)
                .filter(|(_, kept)| *kept)
                .map(|(parameter, _)| parameter.clone())
                .collect();
            link.push(("cursor".to_owned(), cursor));
            link.push(("more".to_owned(), more));
            if turned {
                link.reverse();
            }
            let next = next_request(&asked, &request(&link), HOSTS).expect("the same listing");
            prop_assert_eq!(meaning(&next, &first), meaning(&asked, &first));
        }

        #[test]
        fn a_link_that_changes_a_parameter_is_never_followed(
            first in parameters(),
            at in any::<proptest::sample::Index>(),
            other in "[ -~]{0,12}",
        ) {
            let asked = request(&first);
            let mut link = first.clone();
            let changed = at.index(link.len());
            link[changed].1 = other;
            let link = request(&link);
            prop_assume!(meaning(&link, &first) != meaning(&asked, &first));
            prop_assert!(next_request(&asked, &link, HOSTS).is_err());
        }

        #[test]
        fn a_cursor_is_sent_as_it_was_given(first in parameters(), cursor in "[ -~é]{1,40}", limit in 1..250_u32) {
            let written = encoded(&cursor);
            let link = format!("?cursor={written}");
            let next = next_request(&request(&first), &link, HOSTS).expect("the same listing");
            for next in [with_limit(&next, limit), next] {
                prop_assert_eq!(param(&next, "cursor"), Some(written.as_str()));
                prop_assert_eq!(percent_decode(param(&next, "cursor").unwrap_or_default()), cursor.as_str());
            }
        }

        #[test]
        fn another_value_of_a_parameter_changes_nothing_else(
            first in parameters(),
            at in 0..8_usize,
            value in "[ -~]{0,12}",
        ) {
            let (asked, name, value) = (request(&first), format!("p{at}"), encoded(&value));
            let changed = with_param(&asked, &name, &value);
            prop_assert_eq!(param(&changed, &name), Some(value.as_str()));
            prop_assert_eq!(path_of(&changed), path_of(&asked));
            let others = |request: &str| -> Vec<String> {
                let others = parts_of(request).filter(|part| name_of(part) != name);
                others.map(str::to_owned).collect()
            };
            prop_assert_eq!(others(&changed), others(&asked));
            prop_assert_eq!(parts_of(&changed).filter(|part| name_of(part) == name).count(), 1);
            prop_assert_eq!(with_param(&changed, &name, &value), changed);
        }

        #[test]
        fn no_link_leads_out_of_its_listing(link in "[ -~]{0,60}|/wiki/api/v2/pages[?&=#%a-z0-9-]{0,40}") {
            if let Ok(next) = next_request(FIRST, &link, HOSTS) {
                let url = reqwest::Url::parse(&format!("https://acme.atlassian.net{next}")).expect("an address");
                prop_assert_eq!(url.path(), "/wiki/api/v2/pages");
                prop_assert_eq!(url.fragment(), None);
                for name in ["space-id", "status", "title", "body-format"] {
                    let sent: Vec<String> = url
                        .query_pairs()
                        .filter(|(known, _)| known == name)
                        .flat_map(|(_, value)| value.split(',').map(str::to_owned).collect::<Vec<_>>())
                        .collect();
                    let mut sent = sent;
                    sent.sort_unstable();
                    prop_assert_eq!(sent, values_of(FIRST, name), "{}", next);
                }
            }
        }
    }

    #[test]
    fn another_limit_leaves_the_rest_alone() {
        assert_eq!(
            with_limit("/p?limit=25&cursor=a%3D%3D&sort=-id", 50),
            "/p?cursor=a%3D%3D&sort=-id&limit=50"
        );
    }

    #[test]
    fn values_cannot_become_syntax() {
        let mut out = String::new();
        percent_encode("a&b=c d,é\"#%", &mut out);
        assert_eq!(out, "a%26b%3Dc%20d%2C%C3%A9%22%23%25");
    }
}
