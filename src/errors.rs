//! Every error's SQLSTATE, message, detail and hint, in one place.

use std::time::Duration;

use confluence::{
    Answerer, Budget, Error, Grant, OptionNeed, Peer, RejectionClue, Sanitized, SignIn, options,
};
use pgrx::PgSqlErrorCode as Code;

use crate::pg::report::Report;
use crate::pg::roles;

/// Whose read failed.
#[derive(Clone, Debug)]
pub(crate) struct ErrorOrigin {
    pub server: String,
    pub user: String,
}

const API_TOKEN: &str = "The e-mail must match the Atlassian account, and the password must be an API token. Tokens expire within 365 days, at most. Set a new one with ALTER USER MAPPING.";
const DATA_CENTER: &str = "Check the server's option subdomain. Confluence Data Center and Server have another API and are not supported.";
const REPEAT: &str =
    "Run the query again. No row is missing from what it returns when it succeeds.";

/// What a failed read is to its user.
pub(crate) fn report(error: &Error, origin: &ErrorOrigin) -> Report {
    let who = format!(
        "User mapping of \"{}\" for server \"{}\"",
        origin.user, origin.server
    );
    let message = message(error);
    match error {
        Error::CredentialRejected {
            request,
            status,
            sign_in,
            seen,
        } => Report::new(Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION, message)
            .detail(format!("{who}; {request} was answered with status {status}."))
            .hint(rejected(*sign_in, *seen, origin)),
        Error::ClientRejected {
            status, code, grant, ..
        } => Report::new(Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION, message)
            .detail(if code.is_empty() {
                format!("{who}; the answer has status {status}.")
            } else {
                format!("{who}; the answer has status {status}, \"{code}\".")
            })
            .hint(client_rejected(*grant, code, origin)),
        Error::NoAccessToken => {
            Report::new(Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION, message)
                .detail(format!("{who}."))
                .hint(format!("{} gets one.", refresh(origin)))
        }
        Error::OtherSite { granted, .. } => {
            Report::new(Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION, message)
                .detail(if granted.is_empty() {
                    format!("{who}; it is for no site at all.")
                } else {
                    let granted: Vec<&str> = granted.iter().map(Sanitized::as_str).collect();
                    format!("{who}; it is for {}.", granted.join(", "))
                })
                .hint("Open the address of confluence.oauth_authorize_url again, and choose the server's site. Nothing was stored.")
        }
        Error::BadToken { request, .. } => Report::new(Code::ERRCODE_FDW_ERROR, message)
            .detail(format!("{who}; {request}."))
            .hint("Check the server's options auth_url and proxy. Something else than Atlassian may be answering."),
        Error::ScopeMissing { request, .. } => {
            Report::new(Code::ERRCODE_INSUFFICIENT_PRIVILEGE, message)
                .detail(format!("{who}; {request}."))
                .hint("Create a token that has this scope. A token's scopes cannot be changed.")
        }
        Error::Anonymous => {
            Report::new(Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION, message)
                .detail(format!("{who}."))
                .hint(format!("{API_TOKEN} If reading as nobody is what you want, set the server's option allow_anonymous to true."))
        }
        Error::OtherAccount { request } => {
            Report::new(Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION, message)
                .detail(format!("{who}; {request}."))
                .hint("A token that was replaced while the query ran may be another account's. Run the query again: it reads as one account, or fails.")
        }
        Error::Forbidden { request, said } => {
            Report::new(Code::ERRCODE_INSUFFICIENT_PRIVILEGE, message)
                .detail(said_of(&format!("{who}; {request}"), said))
                .hint("The account needs the permission to use Confluence and to view what is read.")
        }
        Error::NoVerdict { request, said } => {
            Report::new(Code::ERRCODE_INSUFFICIENT_PRIVILEGE, message)
                .detail(said_of(&format!("{who}; {request}"), said))
                .hint("It takes an administrator of Confluence to ask about other accounts, and the permission to view the content.")
        }
        Error::Unreachable { host, peer, .. } => Report::new(
            Code::ERRCODE_SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION,
            message,
        )
        .detail(format!("Server \"{}\".", origin.server))
        .hint(unreachable_hint(host, peer)),
        Error::NoAnswer { request, .. } => Report::new(Code::ERRCODE_CONNECTION_FAILURE, message)
            .detail(format!("Server \"{}\"; {request}.", origin.server))
            .hint("Try again later. The server's options request_timeout and max_retries say how long a query tries."),
        Error::Failing { request, said, .. } => {
            Report::new(Code::ERRCODE_FDW_UNABLE_TO_CREATE_REPLY, message)
                .detail(said_of(request, said))
                .hint("Try again later. The server's option max_retries says how often a query tries.")
        }
        Error::Throttled {
            request,
            wait,
            reset,
            reason,
            attempts,
        } => throttled(message, request, *wait, reset, reason, *attempts),
        Error::RequestLimit { at_least, .. } => {
            Report::new(Code::ERRCODE_PROGRAM_LIMIT_EXCEEDED, message)
                .detail(format!(
                    "It needs at least {at_least}. The limit is the option max_requests of the table, or of server \"{}\".",
                    origin.server
                ))
                .hint("Narrow it with a condition that EXPLAIN shows as pushed down, or raise the option max_requests.")
        }
        Error::StatementLimit { table, limit } => {
            let role = roles::of_session();
            let next = match table {
                Some(table) => format!("the scan of \"{table}\" at server \"{}\"", origin.server),
                None => format!("a question to server \"{}\"", origin.server),
            };
            Report::new(Code::ERRCODE_PROGRAM_LIMIT_EXCEEDED, message)
                .detail(format!(
                    "The setting confluence_fdw.max_requests of role \"{role}\" is {limit}; {next} needs more."
                ))
                .hint(format!(
                    "Narrow the statement with conditions that EXPLAIN shows as pushed down, or have a superuser raise the limit, as with ALTER ROLE {} SET confluence_fdw.max_requests.",
                    pgrx::spi::quote_identifier(&role)
                ))
        }
        Error::Refused { request, said, .. } => Report::new(Code::ERRCODE_FDW_ERROR, message)
            .detail(said_of(request, said)),
        Error::Blocked {
            request, by, known, ..
        } => Report::new(Code::ERRCODE_FDW_ERROR, message)
            .detail(format!("Server \"{}\"; {request} was answered by {by}.", origin.server))
            .hint(blocked(*by, *known)),
        Error::TooLong {
            request, bytes, by, ..
        } => Report::new(Code::ERRCODE_PROGRAM_LIMIT_EXCEEDED, message)
            .detail(format!(
                "Server \"{}\"; {request} has {bytes} bytes, and was answered by {by}.",
                origin.server
            ))
            .hint("What stands before the API, or a proxy, takes shorter requests only, and this one cannot be asked in parts. Give the condition fewer or shorter values."),
        Error::Malformed { request, page, .. } => Report::new(Code::ERRCODE_FDW_ERROR, message)
            .detail(format!("Page {page} of the listing; {request}."))
            .hint("If it stays so, a proxy may be changing answers. Nothing was returned that is incomplete."),
        Error::TooLarge { budget, request } => Report::new(Code::ERRCODE_OUT_OF_MEMORY, message)
            .detail(format!("Server \"{}\"; {request}.", origin.server))
            .hint(too_large(*budget)),
        Error::NotConfluence {
            request, by, known, ..
        } => Report::new(Code::ERRCODE_FDW_ERROR, message)
            .detail(format!("Server \"{}\"; {request} was answered by {by}.", origin.server))
            .hint(not_confluence(*by, *known)),
        Error::BadValue { request, page, .. } => {
            Report::new(Code::ERRCODE_FDW_INVALID_DATA_TYPE, message)
                .detail(format!("Page {page} of the listing; {request}."))
        }
        Error::BrokenOff { request, .. } => Report::new(Code::ERRCODE_FDW_ERROR, message)
            .detail(format!("{request}."))
            .hint(REPEAT),
        Error::ParentLost { request, said, .. } => Report::new(Code::ERRCODE_FDW_ERROR, message)
            .detail(said_of(request, said))
            .hint(REPEAT),
        Error::OutOfOrder {
            request,
            page,
            column,
            ..
        } => Report::new(Code::ERRCODE_FDW_ERROR, message)
            .detail(format!("Page {page} of the listing; {request}."))
            .hint(format!("Run the query again. If it stays so, make PostgreSQL sort: write an expression such as \"{column}\" + 0, or + interval '0', for the column.")),
        Error::CannotList { choices, .. } => {
            Report::new(Code::ERRCODE_FEATURE_NOT_SUPPORTED, message)
                .hint(format!("It can list {}.", choices.join(", ")))
        }
        Error::ConditionMissing { columns, .. } => {
            Report::new(Code::ERRCODE_FDW_DYNAMIC_PARAMETER_VALUE_NEEDED, message).hint(format!(
                "Add a condition such as {} = '...', or join the table on it.",
                columns.first().copied().unwrap_or_default()
            ))
        }
        Error::NoRoles { request, status, said } => {
            Report::new(Code::ERRCODE_FDW_ERROR, message)
                .detail(said_of(&format!("{request} was answered with status {status}"), said))
                .hint("The site may have no space roles: see role_mode in confluence_site. If it has, the account may not read them.")
        }
        Error::File { option, .. } => Report::new(Code::ERRCODE_IO_ERROR, message)
            .detail(whose(option, origin, &who))
            .hint("The file is read by the server's operating system user."),
        Error::OptionMissing { option, .. } | Error::Option { option, .. } => {
            Report::new(Code::ERRCODE_FDW_INVALID_ATTRIBUTE_VALUE, message)
                .detail(whose(option, origin, &who))
        }
        _ => Report::new(Code::ERRCODE_INTERNAL_ERROR, message),
    }
}

/// An error in one sentence, where what the account has is what its user mapping has.
fn message(error: &Error) -> String {
    match error {
        Error::NoAccessToken => "the user mapping has no access token yet".to_owned(),
        Error::OptionMissing { option, needed } => {
            let more = match needed {
                OptionNeed::SignIn => "",
                OptionNeed::App => ", and an app has both client_id and client_secret",
                OptionNeed::Consent => " yet; confluence.oauth_exchange gets the first one",
            };
            format!("option \"{option}\" cannot be used: the user mapping has none{more}")
        }
        error => error.to_string(),
    }
}

/// On what an option is set that cannot be used.
fn whose(option: &str, origin: &ErrorOrigin, who: &str) -> String {
    match options::find(option) {
        Some(spec) if spec.of_account => format!("{who}."),
        _ => format!("Server \"{}\".", origin.server),
    }
}

/// What to look at where no connection comes about.
fn unreachable_hint(host: &str, peer: &Peer) -> String {
    match peer {
        Peer::Site => DATA_CENTER.to_owned(),
        Peer::Atlassian => format!(
            "Check the machine's network, its DNS and its firewall: \"{host}\" has to be reached, too. Where a proxy leads out, set the server's option proxy."
        ),
        Peer::Proxy(address) => format!(
            "Check the server's option proxy: requests go through \"{address}\". If it answers for others with certificates of its own, name their authority in the option ca_file."
        ),
    }
}

/// What to look at where something else than the API has answered.
fn not_confluence(by: Answerer, known: bool) -> &'static str {
    match by {
        Answerer::LoginPage => {
            "Somebody has to log in there: single sign-on of a proxy, or an address that is not the site's. Check the server's options subdomain and proxy."
        }
        Answerer::Proxy => "Check the server's option proxy, and what the proxy lets through.",
        Answerer::Firewall => FIREWALL,
        _ if known => {
            "Confluence has answered this session, so the address is right. The site may be switched off or moved just now, or something in between answers in its place. Try again later."
        }
        _ => DATA_CENTER,
    }
}

const FIREWALL: &str = "The site or its organization may allow only some addresses: ask its administrator to allow that of the database server, and check the option proxy.";

/// What to do about a request that did not get to the API.
fn blocked(by: Answerer, known: bool) -> &'static str {
    match by {
        Answerer::Proxy => "Check the server's option proxy, and what the proxy lets through.",
        // It takes others of the same account.
        _ if known => {
            "The credential is not the reason. Firewalls refuse texts in addresses that look like an attack, such as <script>: leave the condition to PostgreSQL, with an expression such as title || '' in place of title."
        }
        _ => FIREWALL,
    }
}

/// The command that renews the token of somebody's consent.
fn refresh(origin: &ErrorOrigin) -> String {
    format!(
        "CALL confluence.oauth_refresh({})",
        pgrx::spi::quote_literal(&origin.server)
    )
}

/// What to do about a credential that the site does not take.
fn rejected(sign_in: SignIn, seen: RejectionClue, origin: &ErrorOrigin) -> String {
    let credential = match sign_in {
        SignIn::ApiToken | SignIn::Nobody => API_TOKEN.to_owned(),
        SignIn::AccessToken => {
            "Access tokens live for about an hour, and nothing renews this one. Set a new one with ALTER USER MAPPING, or use client_id and client_secret, which get new ones when needed.".to_owned()
        }
        SignIn::Consent => format!(
            "Access tokens live for about an hour. {} gets the next one; let a schedule do that every half hour.",
            refresh(origin)
        ),
        SignIn::Client => {
            "Atlassian issued a token to the client, but the site does not take it. The service account needs access to Confluence, to be given at admin.atlassian.com.".to_owned()
        }
    };
    match seen {
        RejectionClue::Nothing => credential,
        RejectionClue::NoReason => format!("The refusal does not say why. {credential}"),
        RejectionClue::FailedLogin => format!(
            "The site says that it could not log in anybody by the credential, and would show what it shows to nobody. {credential}"
        ),
        RejectionClue::ScopedToken => format!(
            "The site refuses tokens with scopes like this: they need the gateway. Set the server's option route to gateway. For other tokens: {credential}"
        ),
        RejectionClue::ScopedTokenAtBothDoors => format!(
            "The site refuses tokens with scopes like this: they need the gateway. But the gateway was tried, and refused it, too. {credential}"
        ),
        RejectionClue::GivenCloudId => format!(
            "{credential} The server's option cloud_id must be the site's own; without it, the site is asked."
        ),
    }
}

/// What to do about an answer that takes more than its budget.
fn too_large(budget: Budget) -> &'static str {
    match budget {
        Budget::Listing | Budget::Rows => {
            "Set the option page_size lower, or leave out columns that are large, such as bodies. If it stays so, something else than Confluence may be answering."
        }
        Budget::Row | Budget::Other => {
            "Confluence gives no such answer: look for what else may be answering, such as a proxy."
        }
        Budget::Document => {
            "Leave out the column, or the row. The column body_storage has a body as text."
        }
        Budget::InFlight => {
            "Set the option max_concurrency or page_size lower, or close cursors of this session that are not being read."
        }
        Budget::System => {
            "The server's machine is short of memory, or a limit is set for its processes. Set the option max_concurrency or page_size lower."
        }
    }
}

/// What to do about a client that gets no token.
fn client_rejected(grant: Grant, code: &str, origin: &ErrorOrigin) -> String {
    let refused = matches!(
        code,
        "unauthorized_client" | "unsupported_grant_type" | "invalid_grant"
    );
    match grant {
        Grant::Client if refused => {
            "This client may not sign in by itself. Create an OAuth 2.0 credential of a service account at admin.atlassian.com; an app of the developer console is none: it needs somebody's consent, which confluence.oauth_authorize_url asks for.".to_owned()
        }
        Grant::Client => {
            "client_id and client_secret must be those of a service account's OAuth 2.0 credential that has not been deleted. Set them with ALTER USER MAPPING. A lost secret cannot be shown again: create another credential at admin.atlassian.com.".to_owned()
        }
        Grant::Code if refused => {
            "A code is good once, for some minutes, and for the very redirect_uri that it was sent to. Open the address of confluence.oauth_authorize_url again, for another one.".to_owned()
        }
        Grant::Refresh if refused => format!(
            "The refresh token is good no longer: it has been used by somebody else, or by nobody for 90 days, or the consent was taken back. Somebody has to consent anew: SELECT confluence.oauth_authorize_url({}, ...), then confluence.oauth_exchange.",
            pgrx::spi::quote_literal(&origin.server)
        ),
        Grant::Code | Grant::Refresh => {
            "client_id and client_secret must be those of the app, as developer.atlassian.com shows them under Settings. Set them with ALTER USER MAPPING.".to_owned()
        }
    }
}

fn throttled(
    message: String,
    request: &str,
    wait: Duration,
    reset: &Option<Sanitized>,
    reason: &Option<Sanitized>,
    attempts: u32,
) -> Report {
    let reason = reason
        .as_ref()
        .map(|reason| format!(" ({reason})"))
        .unwrap_or_default();
    let when = match reset {
        Some(reset) => format!("Come back after {reset}."),
        None if wait.is_zero() => "Come back later.".to_owned(),
        None => format!("Come back in {} s.", wait.as_secs_f64().ceil()),
    };
    Report::new(Code::ERRCODE_CONFIGURATION_LIMIT_EXCEEDED, message)
        .detail(format!(
            "{request} was put off{reason}: attempt {attempts}, asked to wait {} s.",
            wait.as_secs_f64()
        ))
        .hint(format!(
            "{when} The server's options max_wait and max_retries say how long a query waits."
        ))
}

fn said_of(what: &str, said: &str) -> String {
    if said.is_empty() {
        format!("{what}.")
    } else {
        format!("{what}: {said}")
    }
}
