//! Sessions: one for each server and user mapping, kept for the next query; and what a connection is made of, which is
//! decided here alone ([`Server::settings`]).

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use confluence::Error;
use confluence::options;
use confluence::session::{Config, Session};
use pgrx::prelude::*;
use pgrx::{PgSqlErrorCode as Code, pg_sys};

use super::fds::Descriptors;
use crate::catalog::option_list::{self, OptionPlace as On};
use crate::catalog::options::{OptionList, problem_report, written};
use crate::errors::{ErrorOrigin, report};
use crate::pg::report::Report;
use crate::pg::{list, roles};
use crate::settings;

/// So many sessions are kept without a scan that uses them: a backend may live for long, and see many roles and servers.
const MOST: usize = 64;

thread_local! {
    static SESSIONS: RefCell<Sessions> = RefCell::default();
}

/// Sessions by server and user mapping. A changed option makes another session, in the same place.
#[derive(Default)]
struct Sessions {
    kept: HashMap<SessionPlace, KeptSession>,
    clock: u64,
}

type SessionPlace = (pg_sys::Oid, pg_sys::Oid);

struct KeptSession {
    session: Arc<Session>,
    /// When it was wanted last.
    used: u64,
    /// None where there are too many descriptors already.
    _counted: Option<Descriptors>,
}

impl Sessions {
    /// The session of a place, if it is for the same options.
    fn find(&mut self, place: SessionPlace, config: &Config) -> Option<Arc<Session>> {
        self.clock += 1;
        let kept = self.kept.get_mut(&place)?;
        if *kept.session.config() != *config {
            return None;
        }
        kept.used = self.clock;
        Some(kept.session.clone())
    }

    fn keep(&mut self, place: SessionPlace, session: Arc<Session>) {
        // One that is there has other options.
        self.kept.remove(&place);
        while self.kept.len() >= MOST {
            let unused = self
                .kept
                .iter()
                .filter(|(_, kept)| Arc::strong_count(&kept.session) == 1);
            let Some(oldest) = unused
                .min_by_key(|(_, kept)| kept.used)
                .map(|(place, _)| *place)
            else {
                break;
            };
            self.kept.remove(&oldest);
        }
        let kept = KeptSession {
            session,
            used: self.clock,
            _counted: Descriptors::acquire(1),
        };
        self.kept.insert(place, kept);
    }
}

/// A server, as the catalog has it.
pub(crate) struct Server {
    pub oid: pg_sys::Oid,
    pub name: String,
    pub owner: pg_sys::Oid,
    /// As they are written. Nobody connects by them: see [`Server::settings`].
    options: OptionList,
}

impl Server {
    /// # Safety
    /// `server` is what PostgreSQL's look-up of a server has given, and has not been freed.
    pub(crate) unsafe fn of(server: *const pg_sys::ForeignServer) -> Self {
        // SAFETY: what a look-up gives is valid; its name is a string, and its options are a list of DefElem.
        unsafe {
            Self {
                oid: (*server).serverid,
                name: list::text((*server).servername),
                owner: (*server).owner,
                options: written((*server).options),
            }
        }
    }

    /// What a connection with this mapping is made of: the server's options, and where they say nothing, the settings for
    /// all servers.
    ///
    /// Options that only superusers may set say to which host secrets go, and which files the server reads. But
    /// PostgreSQL does not tell a validator what was there, so whoever owns a server can drop them. They count only
    /// where the owner is a superuser: then a server that works today, for others too, cannot be turned elsewhere
    /// tomorrow by anybody who could not do everything anyway.
    pub(crate) fn settings(&self, mapping: Option<&Mapping>) -> OptionList {
        // SAFETY: a look-up in the catalogs.
        if !unsafe { pg_sys::superuser_arg(self.owner) } {
            self.must_not_hold(On::Server, &self.options);
            if let Some(mapping) = mapping {
                self.must_not_hold(On::UserMapping, &mapping.options);
            }
        }
        let mut settings = self.options.clone();
        for (name, value) in settings::of_servers() {
            if settings.iter().any(|(known, _)| known == name) {
                continue;
            }
            if let Err(problem) = options::named(name).check(&value) {
                let mut report = problem_report(&problem, On::Server);
                report.code = Code::ERRCODE_INVALID_PARAMETER_VALUE;
                report.message = format!("invalid value for parameter \"confluence_fdw.{name}\"");
                report.raise();
            }
            settings.push((name.to_owned(), value));
        }
        settings
    }

    /// Refuses options that only superusers may set.
    fn must_not_hold(&self, place: On, written: &OptionList) {
        let is_privileged =
            |name: &str| option_list::find(place, name).is_ok_and(|option| option.superuser);
        let privileged = written.iter().find(|(name, _)| is_privileged(name));
        let Some((name, _)) = privileged else { return };
        let server = spi::quote_identifier(&self.name);
        Report::new(
            Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
            format!(
                "permission denied to use option \"{name}\" of a {}",
                place.name()
            ),
        )
        .detail(format!(
            "The option decides to which host secrets go, or which file is read. Server \"{}\" belongs to \"{}\", who is no superuser, and could change or drop it.",
            self.name,
            roles::name_of(self.owner)
        ))
        .hint(format!(
            "Make a superuser the owner (ALTER SERVER {server} OWNER TO ...), or drop the option. A proxy and a ca_file can be set for all servers: confluence_fdw.proxy, confluence_fdw.ca_file."
        ))
        .raise();
    }

    /// Whether the server allows reading without a mapping.
    fn allows_anonymous(&self) -> bool {
        options::allows_anonymous(&self.options)
    }

    /// How errors name it, and whose read it is.
    pub(crate) fn origin(&self, user: pg_sys::Oid) -> ErrorOrigin {
        ErrorOrigin {
            server: self.name.clone(),
            user: roles::name_of(user),
        }
    }
}

/// The session for a server, as a user's mapping has it; and how to name the two.
pub(crate) fn session(server: pg_sys::Oid, user: pg_sys::Oid) -> (Arc<Session>, ErrorOrigin) {
    // SAFETY: a foreign table's server exists.
    let server = unsafe { Server::of(pg_sys::GetForeignServer(server)) };
    session_of(&server, user)
}

/// The same for a server that has been looked up.
pub(crate) fn session_of(server: &Server, user: pg_sys::Oid) -> (Arc<Session>, ErrorOrigin) {
    let origin = server.origin(user);
    let mapping = Mapping::of(server.oid, user);
    if mapping.is_none() && !server.allows_anonymous() {
        missing_mapping(&origin).raise();
    }
    let place = (
        server.oid,
        mapping
            .as_ref()
            .map_or(pg_sys::InvalidOid, |known| known.oid),
    );
    let written = mapping.as_ref().map(|mapping| mapping.options.as_slice());
    let settings = server.settings(mapping.as_ref());
    let session = options::config(&settings, written)
        .and_then(|config| {
            SESSIONS.with_borrow_mut(|sessions| match sessions.find(place, &config) {
                Some(session) => Ok(session),
                None => {
                    let session = Arc::new(Session::new(config)?);
                    sessions.keep(place, session.clone());
                    Ok::<_, Error>(session)
                }
            })
        })
        .unwrap_or_else(|error| report(&error, &origin).raise());
    (session, origin)
}

/// How long a server has taken to answer a user's latest requests in this session; None where none was sent.
pub(crate) fn latency(server: pg_sys::Oid, user: pg_sys::Oid) -> Option<Duration> {
    let mapping = Mapping::of(server, user).map_or(pg_sys::InvalidOid, |mapping| mapping.oid);
    SESSIONS.with_borrow(|sessions| sessions.kept.get(&(server, mapping))?.session.latency())
}

/// What is said where there is no mapping.
pub(crate) fn missing_mapping(origin: &ErrorOrigin) -> Report {
    Report::new(
        Code::ERRCODE_UNDEFINED_OBJECT,
        format!("user mapping not found for \"{}\"", origin.user),
    )
    .detail(format!("Server \"{}\".", origin.server))
    .hint(format!(
        "CREATE USER MAPPING FOR {} SERVER {} OPTIONS (email '...', api_token '...')",
        spi::quote_identifier(&origin.user),
        spi::quote_identifier(&origin.server)
    ))
}

/// A user mapping, as the catalog has it.
pub(crate) struct Mapping {
    pub oid: pg_sys::Oid,
    /// Whether it is PUBLIC's.
    pub public: bool,
    pub options: OptionList,
}

impl Mapping {
    /// Whether a user may see its options, as the view pg_user_mappings decides it: those of PUBLIC's mapping are for the
    /// server's owner and superusers.
    pub(crate) fn is_shown_to(&self, user: pg_sys::Oid, server: &Server) -> bool {
        // SAFETY: look-ups in the catalogs. Superusers have the privileges of all roles.
        !self.public || unsafe { pg_sys::has_privs_of_role(user, server.owner) }
    }

    /// A user's mapping, or PUBLIC's.
    pub(crate) fn of(server: pg_sys::Oid, user: pg_sys::Oid) -> Option<Self> {
        let exists = |user: pg_sys::Oid| {
            // SAFETY: a catalog look-up.
            unsafe {
                pg_sys::SearchSysCacheExists(
                    pg_sys::SysCacheIdentifier::USERMAPPINGUSERSERVER as i32,
                    pg_sys::Datum::from(user),
                    pg_sys::Datum::from(server),
                    pg_sys::Datum::null(),
                    pg_sys::Datum::null(),
                )
            }
        };
        let public = !exists(user);
        (!public || exists(pg_sys::InvalidOid)).then(|| {
            // SAFETY: a catalog look-up that finds something; its options are a list of DefElem.
            unsafe {
                let mapping = pg_sys::GetUserMapping(user, server);
                Self {
                    oid: (*mapping).umid,
                    public,
                    options: written((*mapping).options),
                }
            }
        })
    }
}
