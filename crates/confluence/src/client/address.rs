//! How addresses are put together, and where next links lead.

use crate::Error;

/// A value for a query: everything is encoded that could be taken for syntax.
pub(crate) fn percent_encode(value: &str, out: &mut String) {
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(byte.into());
            }
            _ => {
                out.push('%');
                for digit in [byte >> 4, byte & 15] {
                    out.push(
                        char::from_digit(digit.into(), 16)
                            .unwrap_or('0')
                            .to_ascii_uppercase(),
                    );
                }
            }
        }
    }
}

/// The request that a next link stands for: a path below the request base, and a query.
///
/// The site writes the link relative to its root, with `/wiki` (version 2) or without (version 1), on the
/// gateway too; an absolute one is taken only if it leads to the same host. A link that leads to another
/// listing than the one being read is refused: its rows would be taken for this listing's.
pub(crate) fn next_request(current: &str, link: &str, hosts: &[&str]) -> Result<String, String> {
    let relative = if link.starts_with('/') && !link.starts_with("//") {
        link
    } else if link.starts_with('?') {
        return Ok(format!("{}{link}", path_of(current)));
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
    if path_of(&below) == path_of(current) {
        Ok(below)
    } else {
        Err("a next link that leads to another listing".to_owned())
    }
}

fn path_of(request: &str) -> &str {
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
            cause: "the site gave none that can be used".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTS: &[&str] = &["https://acme.atlassian.net", "https://api.atlassian.com"];

    #[test]
    fn next_links_of_every_form_lead_on() {
        let current = "/wiki/api/v2/pages?limit=2";
        for link in [
            "/wiki/api/v2/pages?limit=2&cursor=a%3D",
            "/api/v2/pages?limit=2&cursor=a%3D",
            "?limit=2&cursor=a%3D",
            "https://acme.atlassian.net/wiki/api/v2/pages?limit=2&cursor=a%3D",
            "/ex/confluence/1-2/wiki/api/v2/pages?limit=2&cursor=a%3D",
        ] {
            assert_eq!(
                next_request(current, link, HOSTS).as_deref(),
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
        ] {
            assert!(
                next_request("/wiki/api/v2/pages?limit=2", link, HOSTS).is_err(),
                "{link}"
            );
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
