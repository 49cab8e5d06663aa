//! Errors: everything that can go wrong between the caller and the site.

use std::fmt;
use std::time::Duration;

use crate::{Budget, Sanitized};

/// What an option of an account is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionNeed {
    /// To sign in at all.
    SignIn,
    /// An app has an id and a secret.
    App,
    /// What somebody's consent is renewed with.
    Consent,
}

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// Not at all.
    Nobody,
    /// With an e-mail address and an API token.
    ApiToken,
    /// With an access token that was given.
    AccessToken,
    /// With an access token that somebody's consent gave, and that can be renewed.
    Consent,
    /// With tokens that a client gets for its secret.
    Client,
}

/// For what a client gets a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// For its secret alone.
    Client,
    /// For a code, which stands for somebody's consent.
    Code,
    /// For the refresh token that came with the token before.
    Refresh,
}

/// What is at the other end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// The site itself, at the address that the server's options give.
    Site,
    /// What is Atlassian's and the same for all sites: its gateway, or what issues tokens.
    Atlassian,
    /// A proxy at this address, whatever stands behind it.
    Proxy(String),
}

/// What was seen besides the rejection of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectionClue {
    /// Nothing that tells more.
    Nothing,
    /// The site refused the token in the way in which it refuses those that have scopes.
    ScopedToken,
    /// The same, and the gateway, which takes such tokens, refused it, too.
    ScopedTokenAtBothDoors,
    /// The gateway was asked for a site by an id that the user gave.
    GivenCloudId,
    /// The refusal does not say why, so it may have another reason.
    NoReason,
    /// The site says that nobody could be logged in by the credential.
    FailedLogin,
}

/// Who gave an answer, told by what came: its status, its headers, and the shape of its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answerer {
    /// The API, in one of its shapes for errors.
    Api,
    /// What hands requests on to the API, and knows no such address.
    Router,
    /// Atlassian's gateway.
    Gateway,
    /// The web server below the API, which takes a request apart before anybody looks at it.
    Container,
    /// A firewall before the site, which refuses what looks like an attack, or comes from the wrong address.
    Firewall,
    /// A page to log in on.
    LoginPage,
    /// A proxy in between.
    Proxy,
    /// Nobody that is known.
    Unknown,
}

impl fmt::Display for Answerer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Answerer::Api => "Confluence's API",
            Answerer::Router => "Confluence, which has no such operation",
            Answerer::Gateway => "Atlassian's gateway",
            Answerer::Container => "the web server before Confluence's API",
            Answerer::Firewall => "a firewall before Confluence's API",
            Answerer::LoginPage => "a page to log in on",
            Answerer::Proxy => "a proxy",
            Answerer::Unknown => "something else than Confluence's API",
        })
    }
}

/// Why a read did not end with all its rows. Messages carry no secrets, and no content beyond what
/// names the place. Whatever comes from outside is [`Sanitized`].
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The site does not take the credential.
    #[error("Confluence rejected the credential")]
    CredentialRejected {
        /// The request that was refused.
        request: Sanitized,
        /// The status it was answered with.
        status: u16,
        /// What kind of credential it is.
        sign_in: SignIn,
        /// What else was seen.
        seen: RejectionClue,
    },
    /// No token is issued to the client.
    #[error("\"{host}\" issued no token to the client")]
    ClientRejected {
        /// The host that was asked for a token.
        host: String,
        /// The status it answered with.
        status: u16,
        /// Why, as one of the codes of OAuth 2.0; empty if it gave none that is known.
        code: &'static str,
        /// For what it was asked.
        grant: Grant,
    },
    /// There is a refresh token, but nothing that could be shown to the site.
    #[error("there is no access token yet")]
    NoAccessToken,
    /// Somebody has consented, but not for this site.
    #[error("the consent is not for \"{host}\"")]
    OtherSite {
        /// The site that is wanted.
        host: String,
        /// The hosts of those that it is for: ten at most.
        granted: Vec<Sanitized>,
    },
    /// What came instead of a token.
    #[error("the answer of \"{host}\" is not a token: {found}")]
    BadToken {
        /// The host that was asked for a token.
        host: String,
        /// The request that was answered so.
        request: Sanitized,
        /// What was found instead. Nothing of the answer's own text.
        found: &'static str,
    },
    /// The token lacks a scope.
    #[error("the token lacks the scope \"{scope}\"")]
    ScopeMissing {
        /// The request that was refused.
        request: Sanitized,
        /// The scope that the request's operation needs.
        scope: String,
    },
    /// The site answers, but as to nobody in particular.
    #[error("Confluence does not know who is asking, and would show only what is public")]
    Anonymous,
    /// The site answers as to another account than before.
    #[error("Confluence answers as to another account than before")]
    OtherAccount {
        /// The request that was answered so.
        request: Sanitized,
    },
    /// The account may not do this.
    #[error("Confluence does not allow this request")]
    Forbidden {
        /// The request that was refused.
        request: Sanitized,
        /// What the site said.
        said: Sanitized,
    },
    /// The account may not ask what another one may do.
    #[error("Confluence does not tell this account what others may do")]
    NoVerdict {
        /// The request that was refused.
        request: Sanitized,
        /// What the site said.
        said: Sanitized,
    },
    /// No connection.
    #[error("could not connect to \"{host}\": {cause}")]
    Unreachable {
        /// The host that was tried.
        host: String,
        /// What the connection would have been to.
        peer: Peer,
        /// What the operating system or the TLS library said.
        cause: Sanitized,
    },
    /// No answer, or none to the end, after all retries.
    #[error("no complete answer from \"{host}\" after {attempts} attempts: {cause}")]
    NoAnswer {
        /// The host that was asked.
        host: String,
        /// The request that was not answered.
        request: Sanitized,
        /// How often it was sent.
        attempts: u32,
        /// What went wrong the last time.
        cause: Sanitized,
    },
    /// The site fails, after all retries.
    #[error("Confluence failed with status {status} after {attempts} attempts")]
    Failing {
        /// The request that failed.
        request: Sanitized,
        /// The last status.
        status: u16,
        /// How often it was sent.
        attempts: u32,
        /// What the site said.
        said: Sanitized,
    },
    /// The site wants a longer pause than is allowed, or more of them.
    #[error("Confluence limits the rate of requests")]
    Throttled {
        /// The request that was put off.
        request: Sanitized,
        /// How long the site wants us to wait.
        wait: Duration,
        /// When the limit is lifted, as the site says it.
        reset: Option<Sanitized>,
        /// Why, as the site says it.
        reason: Option<Sanitized>,
        /// How often it was sent.
        attempts: u32,
    },
    /// The read needs more requests than are allowed.
    #[error("the scan of \"{table}\" needs more than {limit} {requests}", requests = if *limit == 1 { "request" } else { "requests" })]
    RequestLimit {
        /// The table that is read.
        table: &'static str,
        /// The limit.
        limit: u64,
        /// How many requests are known to be needed; more may be.
        at_least: u64,
    },
    /// A statement needs more requests than are allowed to all of its scans together.
    #[error("the statement needs more than {limit} {requests}", requests = if *limit == 1 { "request" } else { "requests" })]
    StatementLimit {
        /// The table whose scan needs the next one; None where it is for something else.
        table: Option<&'static str>,
        /// The limit.
        limit: u64,
    },
    /// The site does not understand the request.
    #[error("Confluence refused the request with status {status}")]
    Refused {
        /// The request that was refused.
        request: Sanitized,
        /// The status it was answered with.
        status: u16,
        /// What the site said.
        said: Sanitized,
    },
    /// The request did not get to the API: something before it refuses it.
    #[error("the request was refused before it reached Confluence's API, with status {status}")]
    Blocked {
        /// The request that was refused.
        request: Sanitized,
        /// The status it was answered with.
        status: u16,
        /// Who answered.
        by: Answerer,
        /// Whether the site had taken the credential just before, so that this is about the request itself.
        known: bool,
    },
    /// The request did not get to the API: something before it takes none of that length.
    #[error(
        "the request was refused for its length before it reached Confluence's API, with status {status}"
    )]
    TooLong {
        /// The request that was refused.
        request: Sanitized,
        /// The status it was answered with.
        status: u16,
        /// How long its address is, with what was sent beside it, in bytes.
        bytes: usize,
        /// Who answered.
        by: Answerer,
    },
    /// The answer is not what the API promises.
    #[error("unexpected answer from Confluence: {found}")]
    Malformed {
        /// The request that was answered so.
        request: Sanitized,
        /// Which page of its listing it asked for, from 1.
        page: u32,
        /// What was found instead.
        found: Sanitized,
    },
    /// An answer, or what becomes of it, takes more memory than it may.
    #[error("{budget}")]
    TooLarge {
        /// What it goes beyond.
        budget: Budget,
        /// The request that was answered so.
        request: Sanitized,
    },
    /// The answer is not from Confluence's API at all.
    #[error("the answer of \"{host}\" is not from Confluence Cloud's API: {found}")]
    NotConfluence {
        /// The host that was asked.
        host: String,
        /// The request that was answered so.
        request: Sanitized,
        /// What was found instead.
        found: Sanitized,
        /// Who answered.
        by: Answerer,
        /// Whether the site had answered as it should before, so that its address is right.
        known: bool,
    },
    /// A row has a value that its column cannot hold, or lacks a required one.
    #[error("unexpected value in column data of \"{table}\": field \"{field}\" of {row} is {found}", row = id.as_ref().map_or("a row".to_owned(), |id| format!("row {id}")))]
    BadValue {
        /// The table that is read.
        table: &'static str,
        /// The field, as the API names it.
        field: &'static str,
        /// The row's id, if it has one.
        id: Option<Sanitized>,
        /// What was found.
        found: Sanitized,
        /// The request that was answered so.
        request: Sanitized,
        /// Which page of its listing it asked for, from 1.
        page: u32,
    },
    /// A listing that was begun cannot be read to its end.
    #[error("the listing broke off on page {page}: {said}")]
    BrokenOff {
        /// The request for the page that is missing.
        request: Sanitized,
        /// The page, from 1.
        page: u32,
        /// What the site said.
        said: Sanitized,
    },
    /// A parent that the site listed is not there any more, or not readable.
    #[error("{parent} {id} was listed, but cannot be read")]
    ParentLost {
        /// The parent's column.
        parent: &'static str,
        /// Its id.
        id: Sanitized,
        /// The request that was refused.
        request: Sanitized,
        /// What the site said.
        said: Sanitized,
    },
    /// The order of the rows, on which the read relies, is broken.
    #[error("rows of \"{table}\" arrived out of order of \"{column}\"")]
    OutOfOrder {
        /// The table that is read.
        table: &'static str,
        /// The column that the listing was to be ordered by.
        column: &'static str,
        /// The request that was answered so.
        request: Sanitized,
        /// Which page of its listing it asked for, from 1.
        page: u32,
    },
    /// The API cannot list what a condition asks for.
    #[error("Confluence cannot list {table} with {column} \"{value}\"")]
    CannotList {
        /// The table that is read.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The value.
        value: String,
        /// What can be listed.
        choices: &'static [&'static str],
    },
    /// The table cannot be read without a condition on one of some columns.
    #[error("{table} cannot be read without a condition on {columns}", columns = columns.join(" or "))]
    ConditionMissing {
        /// The table.
        table: &'static str,
        /// The columns.
        columns: Vec<&'static str>,
    },
    /// The site has no space roles, or does not show them.
    #[error("Confluence does not answer about space roles")]
    NoRoles {
        /// The request that was refused.
        request: Sanitized,
        /// The status it was answered with.
        status: u16,
        /// What the site said.
        said: Sanitized,
    },
    /// A file that an option names cannot be read.
    #[error("could not read the file of option \"{option}\": {cause}")]
    File {
        /// The option.
        option: &'static str,
        /// What the operating system said.
        cause: Sanitized,
    },
    /// An option that an account does not have is needed.
    #[error("option \"{option}\" is needed, and there is none")]
    OptionMissing {
        /// The option.
        option: &'static str,
        /// For what.
        needed: OptionNeed,
    },
    /// An option has a value that only its use shows to be wrong.
    #[error("option \"{option}\" cannot be used: {cause}")]
    Option {
        /// The option.
        option: &'static str,
        /// Why.
        cause: Sanitized,
    },
    /// The reader itself broke.
    #[error("the reader of Confluence stopped: {0}")]
    Internal(Sanitized),
}
