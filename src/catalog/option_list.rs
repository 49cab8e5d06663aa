//! The list of options by place: on what each is set, by whom, and what readers are told of it.
//!
//! It names nothing of PostgreSQL's library, so that the test that writes `docs/options.md` can read it.

use confluence::options::{self, MissingOption, OptionProblem, OptionSlice, Spec, nearest};

/// What an option is set on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OptionPlace {
    /// `CREATE SERVER`
    Server,
    /// `CREATE USER MAPPING`
    UserMapping,
    /// `CREATE FOREIGN TABLE`
    Table,
    /// A column of it.
    Column,
}

impl OptionPlace {
    /// As it stands in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            OptionPlace::Server => "server",
            OptionPlace::UserMapping => "user mapping",
            OptionPlace::Table => "foreign table",
            OptionPlace::Column => "column",
        }
    }
}

/// An option, where it has its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlacedOption {
    /// Its name, and what its value has to be.
    pub spec: &'static Spec,
    /// What it can be set on.
    pub places: &'static [OptionPlace],
    /// What holds when it is not set, for readers.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the documentation is written from it")
    )]
    pub default: &'static str,
    /// Whether only superusers may set it.
    pub superuser: bool,
    /// What it does, for readers.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the documentation is written from it")
    )]
    pub meaning: &'static str,
}

const fn option(
    name: &'static str,
    places: &'static [OptionPlace],
    default: &'static str,
    meaning: &'static str,
) -> PlacedOption {
    PlacedOption {
        spec: options::named(name),
        places,
        default,
        superuser: false,
        meaning,
    }
}

impl PlacedOption {
    const fn superuser(mut self) -> Self {
        self.superuser = true;
        self
    }
}

const SERVER: &[OptionPlace] = &[OptionPlace::Server];
const MAPPING: &[OptionPlace] = &[OptionPlace::UserMapping];
const TABLE: &[OptionPlace] = &[OptionPlace::Table];
const COLUMN: &[OptionPlace] = &[OptionPlace::Column];
const SERVER_AND_TABLE: &[OptionPlace] = &[OptionPlace::Server, OptionPlace::Table];

/// Every option.
pub(crate) static ALL: &[PlacedOption] = &[
    option("subdomain", SERVER, "", "The label before `.atlassian.net`"),
    option("base_url", SERVER, "from `subdomain`", "The site's address, instead of `subdomain`: for a test server. `/wiki` at its end is taken off").superuser(),
    option("cloud_id", SERVER, "asked of the site when needed", "The site's id on Atlassian's gateway"),
    option("gateway_url", SERVER, "`https://api.atlassian.com`", "The gateway's address, for a test server").superuser(),
    option("auth_url", SERVER, "`https://auth.atlassian.com`", "The address where tokens are issued to a `client_id`, for a test server").superuser(),
    option("route", SERVER, "`auto`", "Where requests go: to the site, or through Atlassian's gateway, which OAuth and API tokens with scopes need. `auto` takes the gateway for `client_id` and `access_token`; else the site, and if that refuses a token as it refuses those with scopes, the gateway for the rest of the session"),
    option("page_size", SERVER_AND_TABLE, "250", "Rows asked for in one request. Queries that use a page's body begin with at most 50"),
    option("max_concurrency", SERVER_AND_TABLE, "8", "Requests under way at once: on a server those of a session's scans together, on a table those of one scan. 1 reads strictly one after the other"),
    option("connect_timeout", SERVER, "`10s`", "How long a connection may take to come about"),
    option("request_timeout", SERVER, "`60s`", "How long a request may take, with its answer"),
    option("max_retries", SERVER, "5", "How often one request is repeated"),
    option("max_wait", SERVER, "`120s`", "The longest pause before a repeat. Where the site wants a longer one, the query fails and says when to come back"),
    option("max_requests", SERVER_AND_TABLE, "0 (no limit)", "A scan that needs more requests fails. It never returns less"),
    option("allow_anonymous", SERVER, "`false`", "Whether reading what the site shows to everybody, without an identity, is wanted"),
    option("ca_file", SERVER, "the system's", "A file with certificates (PEM) of authorities to trust besides the system's").superuser(),
    option("proxy", SERVER, "none", "Address of an HTTP proxy").superuser(),
    option("email", MAPPING, "", "E-mail address of the Atlassian account"),
    option("api_token", MAPPING, "", "The account's API token"),
    option("api_token_file", MAPPING, "", "A file on the server that holds the API token, instead of `api_token`. It is read anew by each query, and where a token is refused in the middle of one, so a rotated token is picked up").superuser(),
    option("client_id", MAPPING, "", "The client id of a service account's OAuth 2.0 credential, instead of `email` and `api_token`. Tokens are asked for with it, and renewed, when needed. With `refresh_token`, the client id of an app that somebody has consented to"),
    option("client_secret", MAPPING, "", "The client secret that belongs to `client_id`"),
    option("access_token", MAPPING, "", "An OAuth 2.0 access token (Bearer), instead of all these. Nothing renews it, unless there is a `refresh_token`"),
    option("refresh_token", MAPPING, "", "What stands for somebody's consent to the app of `client_id`. `confluence.oauth_exchange` sets it with the first `access_token`, and `confluence.oauth_refresh` replaces both"),
    option("token_expires_at", MAPPING, "", "When the token expires, for `confluence.check` to tell. What sets the token sets it, where that is known; for an API token, note it yourself"),
    option("table", TABLE, "the local name", "The remote table's name, where the local one differs"),
    option("site", TABLE, "", "What the table's column `site` holds, which no remote table has: where tables of several sites are read as one, it tells them apart"),
    option("column_name", COLUMN, "the local name", "The remote column's name, where the local one differs. `IMPORT FOREIGN SCHEMA` sets it, so that a column can be renamed"),
];

/// An option that cannot be set where it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum MisplacedOption {
    /// There is no option of that name here.
    Unknown {
        /// The nearest option that there is here.
        nearest: Option<&'static str>,
        /// Everything that there is here.
        valid: Vec<&'static str>,
    },
    /// The option belongs somewhere else.
    Elsewhere {
        /// Where it belongs.
        place: OptionPlace,
        /// Whether its value is a secret.
        secret: bool,
    },
}

/// The option of a name that can be set there.
///
/// # Errors
/// If there is none.
pub(crate) fn find(
    place: OptionPlace,
    name: &str,
) -> Result<&'static PlacedOption, MisplacedOption> {
    match ALL.iter().find(|option| option.spec.name == name) {
        Some(option) if option.places.contains(&place) => Ok(option),
        Some(option) => Err(MisplacedOption::Elsewhere {
            place: option.places[0],
            secret: option.spec.secret,
        }),
        None => {
            let here = ALL.iter().filter(|option| option.places.contains(&place));
            let valid: Vec<&str> = here.map(|option| option.spec.name).collect();
            Err(MisplacedOption::Unknown {
                nearest: nearest(name, valid.iter().copied()),
                valid,
            })
        }
    }
}

/// Checks what is set on one object together.
///
/// # Errors
/// If options exclude each other, or one is missing.
pub(crate) fn check_together(
    place: OptionPlace,
    written: &OptionSlice,
) -> Result<(), OptionProblem> {
    match place {
        OptionPlace::Server => options::check_site(written),
        OptionPlace::UserMapping => options::check_account(written),
        OptionPlace::Table | OptionPlace::Column => Ok(()),
    }
}

/// What to do where an option is missing.
pub(crate) fn how_to_add(missing: MissingOption) -> &'static str {
    match missing {
        MissingOption::Subdomain => {
            "For https://acme.atlassian.net, write OPTIONS (subdomain 'acme')."
        }
        MissingOption::ClientSecret => {
            "It was shown when the service account's OAuth 2.0 credential was created. If it is lost, create another credential at admin.atlassian.com. That of an app is at developer.atlassian.com, under Settings."
        }
        MissingOption::ClientId => {
            "Write OPTIONS (client_id '...', client_secret '...') with both parts of a service account's OAuth 2.0 credential, or of an app."
        }
        MissingOption::App => {
            "A refresh token belongs to an app: write OPTIONS (client_id '...', client_secret '...', refresh_token '...')."
        }
        MissingOption::Email => {
            "Write OPTIONS (email '...', api_token '...') with the e-mail address of the Atlassian account, or OPTIONS (client_id '...', client_secret '...') for a service account."
        }
        MissingOption::ApiToken => {
            "Create an API token at id.atlassian.com under Security. A password does not work."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_has_its_place() {
        let placed: Vec<&str> = ALL.iter().map(|option| option.spec.name).collect();
        let known: Vec<&str> = options::ALL.iter().map(|spec| spec.name).collect();
        assert_eq!(placed, known);
        for option in ALL {
            let of_account = option.places == MAPPING;
            assert_eq!(option.spec.of_account, of_account, "{}", option.spec.name);
        }
    }

    #[test]
    fn a_misspelt_name_finds_the_right_one() {
        for (place, name, meant) in [
            (OptionPlace::Server, "sub_domain", Some("subdomain")),
            (OptionPlace::Server, "pagesize", Some("page_size")),
            (OptionPlace::UserMapping, "token", Some("api_token")),
            (OptionPlace::UserMapping, "apitoken", Some("api_token")),
            (OptionPlace::Server, "zzz", None),
        ] {
            match find(place, name) {
                Err(MisplacedOption::Unknown { nearest, valid }) => {
                    assert_eq!(nearest, meant, "{name}");
                    assert!(!valid.is_empty());
                }
                other => panic!("{name}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_secret_on_the_server_is_sent_where_it_belongs() {
        assert_eq!(
            find(OptionPlace::Server, "api_token").expect_err("elsewhere"),
            MisplacedOption::Elsewhere {
                place: OptionPlace::UserMapping,
                secret: true
            }
        );
        assert_eq!(OptionPlace::UserMapping.name(), "user mapping");
    }

    #[test]
    fn what_is_missing_is_missed_where_it_belongs() {
        let missing = |place| match check_together(place, &[]) {
            Err(OptionProblem::Missing(missing)) => Some((missing.name(), how_to_add(missing))),
            Ok(()) => None,
            Err(other) => panic!("{other:?}"),
        };
        let (name, hint) = missing(OptionPlace::Server).expect("a site is somewhere");
        assert!(hint.contains(&format!("OPTIONS ({name} ")), "{hint}");
        let (name, hint) = missing(OptionPlace::UserMapping).expect("somebody signs in");
        assert!(hint.contains(&format!("OPTIONS ({name} ")), "{hint}");
        assert_eq!(missing(OptionPlace::Table), None);
        assert_eq!(missing(OptionPlace::Column), None);
    }
}
