//! Access, as a mirror tells it, against an oracle: the stand-in decides for each account, content and kind of access by
//! looking at everything, and shares nothing with the mirror's SQL.
//!
//! Each company follows from a number. In every other one something is hidden from whoever reads. Then nobody may be allowed
//! whom the site keeps out, and whoever it lets in is allowed, unknown by account, or covered by a gap of that content.

mod chance;
mod company;
mod held;
mod shrink;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use confluence::auth::scopes;
use confluence_fdw_tests::{Database, lines, literal, one};
use confluence_sim::{
    Access, AccountStatus, AccountType, Credential, Options, RestrictedOperation, RoleMode, Sim,
    SpaceType, Whose,
};
use postgres::Client;

use crate::random::{Rounds, again, tell};
use company::{Built, Company, Fact, Kind, Who};
use held::{Row, Told, differences};

/// So many companies, unless the environment asks for more.
const COMPANIES: u64 = 30;
/// So many are looked at side by side.
const ABREAST: u64 = 3;
/// Of so many contents of each the answer of now is held against the stored one.
const LIVE: usize = 3;
/// What both have in common.
const COMMON: &str = "a.content_id, a.access, a.account_id, a.verdict, a.path_type, a.group_id, a.access_class, a.role_name,
    a.operations, a.sources, a.layers, a.bound, a.reason, a.detail";

/// A database that holds the mirrors of one site after the other, in the same schema.
struct Bench {
    database: Database,
    client: Client,
    /// Empties the mirror.
    empty: String,
}

impl Bench {
    fn new() -> Self {
        let database = Database::create();
        let mut client = database.connect();
        let [email, token] = [Options::EMAIL, Options::TOKEN].map(literal);
        let nowhere = "base_url 'http://127.0.0.1:9', gateway_url 'http://127.0.0.1:9'";
        let made = client.batch_execute(&format!(
            "CREATE SERVER site FOREIGN DATA WRAPPER confluence_fdw OPTIONS ({nowhere});
             CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS (email {email}, api_token {token});
             SELECT confluence.create_mirror('site', 'acme')"
        ));
        made.expect("a mirror");
        let tables = lines(
            &mut client,
            "SELECT oid::regclass FROM pg_class WHERE relnamespace = 'acme'::regnamespace AND relkind = 'r'",
        );
        let filled = |table: &&String| {
            one(
                &mut database.connect(),
                &format!("SELECT EXISTS (SELECT FROM {table})"),
            ) == "f"
        };
        let of_sites: Vec<&str> = tables.iter().filter(filled).map(String::as_str).collect();
        Self {
            // Evidence refuses to go, even where there is none.
            empty: format!(
                "SET session_replication_role = replica; TRUNCATE {} RESTART IDENTITY; RESET session_replication_role",
                of_sites.join(", ")
            ),
            database,
            client,
        }
    }

    /// What a mirror of the company says, after one refresh.
    fn mirror(&mut self, company: &Company, built: &Built) -> Result<Told, postgres::Error> {
        let sim = serve(company, built);
        let url = literal(sim.url());
        self.client.batch_execute(&self.empty)?;
        self.client.batch_execute(&format!(
            "ALTER SERVER site OPTIONS (SET base_url {url}, SET gateway_url {url})"
        ))?;
        self.client
            .batch_execute("CALL confluence.refresh('acme')")?;
        let ids: Vec<i64> = built.ids.values().map(|&id| id as i64).collect();
        let rows = self.client.query(
            "SELECT asked.id, a.access, a.account_id, a.verdict, a.reason, w.reason_kind
             FROM unnest($1::bigint[]) AS asked (id)
             CROSS JOIN LATERAL acme.content_access(asked.id) AS a
             LEFT JOIN acme.words w ON w.kind = 'reason' AND w.word = a.reason",
            &[&ids],
        )?;
        let row = |row: &postgres::Row| Row {
            content: row.get::<_, i64>(0) as u64,
            access: row.get(1),
            account: row.get(2),
            verdict: row.get(3),
            reason: row.get(4),
            reason_kind: row.get(5),
        };
        let accounts = self
            .client
            .query("SELECT account_id FROM acme.users", &[])?;
        let visible = self.client.query(
            "SELECT u.account_id, v.content_id FROM acme.users u, LATERAL acme.visible_content(u.account_id) v",
            &[],
        )?;
        let explained = self.client.query(
            "SELECT u.account_id, asked.id, e.access, e.verdict
             FROM unnest($1::bigint[]) AS asked (id) CROSS JOIN acme.users u
             CROSS JOIN LATERAL acme.explain_access(asked.id, u.account_id) e
             WHERE e.level = 'result' AND e.verdict <> 'potential'",
            &[&ids],
        )?;
        let spaces = self.client.query(
            "SELECT s.key, a.access, a.account_id, a.verdict, a.reason
             FROM acme.spaces s CROSS JOIN LATERAL acme.space_access(s.id) AS a",
            &[],
        )?;
        let of_space = |row: &postgres::Row| {
            let said = Row {
                content: 0,
                access: row.get(1),
                account: row.get(2),
                verdict: row.get(3),
                reason: row.get(4),
                reason_kind: None,
            };
            (row.get(0), said)
        };
        // A scope that is missing is an error now, where a refresh goes on without it.
        let live = match company.missing_scopes().is_empty() {
            true => ids.len().min(LIVE),
            false => 0,
        };
        let now = self.client.query(
            &format!(
                "SELECT d::text FROM unnest($1::bigint[]) AS asked (id) CROSS JOIN LATERAL (
                     WITH stored AS (SELECT {COMMON} FROM acme.content_access(asked.id) a),
                          live AS MATERIALIZED (SELECT {COMMON} FROM confluence.content_access_live('acme', asked.id) a)
                     (SELECT 'stored', * FROM stored EXCEPT SELECT 'stored', * FROM live)
                     UNION ALL (SELECT 'live', * FROM live EXCEPT SELECT 'live', * FROM stored)
                 ) AS d
                 -- What nothing lists, somebody who names it can find all the same.
                 WHERE asked.id IN (SELECT c.id FROM acme.content c)"
            ),
            &[&&ids[..live]],
        )?;
        let id = |row: &postgres::Row, place: usize| row.get::<_, i64>(place) as u64;
        Ok(Told {
            rows: rows.iter().map(row).collect(),
            accounts: accounts.iter().map(|row| row.get(0)).collect(),
            visible: visible.iter().map(|row| (row.get(0), id(row, 1))).collect(),
            explained: explained
                .iter()
                .map(|row| (row.get(0), id(row, 1), row.get(2), row.get(3)))
                .collect(),
            spaces: spaces.iter().map(of_space).collect(),
            otherwise_now: now.iter().map(|row| row.get(0)).collect(),
        })
    }

    /// All that is wrong with the company's mirror.
    fn wrong(&mut self, company: &Company) -> Vec<String> {
        let built = company.build();
        match self.mirror(company, &built) {
            Ok(told) => differences(company, &built, &told),
            Err(error) => {
                self.client = self.database.connect();
                vec![format!("{error:?}")]
            }
        }
    }
}

/// A stand-in whose token lacks what the company says.
fn serve(company: &Company, built: &Built) -> Sim {
    let token = Credential::basic(Options::EMAIL, Options::TOKEN);
    let missing = company.missing_scopes();
    let needed = scopes::needed();
    let granted = needed.iter().map(|needed| needed.scope);
    let granted: BTreeSet<&str> = granted.filter(|scope| !missing.contains(scope)).collect();
    let token = match missing.is_empty() {
        true => token,
        false => token.with_scopes(granted),
    };
    Sim::start(Options {
        credentials: vec![token],
        ..Options::of(Arc::new(built.site.clone()))
    })
}

#[test]
fn access_is_what_the_site_decides_or_says_what_is_not_known() {
    let rounds = Rounds::asked_for();
    let count = rounds.count.unwrap_or(COMPANIES);
    let next = AtomicU64::new(0);
    let worker = || {
        let mut bench = Bench::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return;
            }
            let seed = rounds.first + number;
            let company = chance::company(seed);
            if bench.wrong(&company).is_empty() {
                continue;
            }
            // No more are begun.
            next.store(count, Ordering::Relaxed);
            let smallest = {
                let bench = std::cell::RefCell::new(&mut bench);
                shrink::smallest(&company, |fewer| {
                    !bench.borrow_mut().wrong(fewer).is_empty()
                })
            };
            let wrong = bench.wrong(&smallest);
            let wrong = wrong.iter().take(5).map(|what| format!("  {what}\n"));
            panic!(
                "{}\n{}{smallest}",
                again("access_oracle", seed),
                wrong.collect::<String>()
            );
        }
    };
    thread::scope(|scope| {
        for _ in 0..ABREAST.min(count) {
            scope.spawn(worker);
        }
    });
    tell(&format!(
        "{count} companies, each account, content and kind of access"
    ));
}

#[test]
fn companies_have_a_little_of_everything() {
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut count = |what: String| *seen.entry(what).or_default() += 1;
    for seed in 1..=200 {
        let company = chance::company(seed);
        let built = company.build();
        count(format!("mode {}", company.mode.as_str()));
        for fact in &company.facts {
            let text = format!("{fact:?}");
            let kind = text.split([' ', '(', '{']).next().unwrap_or_default();
            count(format!("fact {kind}"));
        }
        let site = built.site.whole();
        for &id in built.ids.values() {
            for access in Access::ALL {
                for user in site.users() {
                    let whose = Whose::Account(&user.account_id);
                    match site.verdict(whose, access, id) {
                        None => count("in the trash".to_owned()),
                        Some(Ok(())) => count(format!("may {}", access.as_str())),
                        Some(Err(layer)) => {
                            count(format!("{} {}", access.as_str(), layer.as_str()))
                        }
                    }
                    if site.comes_by_portal(whose, access, id) {
                        count("by a portal".to_owned());
                    }
                }
            }
        }
    }
    for what in [
        "mode PRE_ROLES",
        "mode ROLES_TRANSITION",
        "mode ROLES",
        "fact GroupDeleted",
        "fact ContentHidden",
        "fact GroupHidden",
        "fact AccountHidden",
        "fact NamesWithheld",
        "fact ScopeMissing",
        "fact ListsCut",
        "fact Archived",
        "fact Trashed",
        "in the trash",
        "may view",
        "may edit",
        "view product",
        "view space",
        "view content",
        "edit product",
        "edit space",
        "edit content",
        "by a portal",
    ] {
        assert!(
            seen.get(what).is_some_and(|&times| times >= 10),
            "{what}: {seen:#?}"
        );
    }
}

/// The same of spaces.
fn spaces_told(built: &Built) -> Vec<(String, Row)> {
    let site = built.site.whole();
    let mut rows = Vec::new();
    for space in site.spaces() {
        for user in site.users() {
            let whose = Whose::Account(&user.account_id);
            if site.may_in_space(whose, &[("read", "space")], space.id) {
                let row = Row {
                    content: 0,
                    access: "view".to_owned(),
                    account: Some(user.account_id.clone()),
                    verdict: "allowed".to_owned(),
                    reason: None,
                    reason_kind: None,
                };
                rows.push((space.key.clone(), row));
            }
        }
    }
    rows
}

/// What a mirror says that is right: each account in its place.
fn told(built: &Built) -> Told {
    let site = built.site.whole();
    let mut rows = Vec::new();
    for &content in built.ids.values() {
        for access in Access::ALL {
            for user in site.users() {
                let whose = Whose::Account(&user.account_id);
                if site.verdict(whose, access, content) == Some(Ok(())) {
                    rows.push(Row {
                        content,
                        access: access.as_str().to_owned(),
                        account: Some(user.account_id.clone()),
                        verdict: "allowed".to_owned(),
                        reason: None,
                        reason_kind: None,
                    });
                }
            }
        }
    }
    let views = rows.iter().filter(|row| row.access == "view");
    let visible = views.map(|row| (row.account.clone().unwrap_or_default(), row.content));
    let accounts = site.users().iter().map(|user| user.account_id.clone());
    Told {
        visible: visible.collect(),
        accounts: accounts.collect(),
        explained: Vec::new(),
        spaces: spaces_told(built),
        otherwise_now: Vec::new(),
        rows,
    }
}

#[test]
fn what_a_mirror_says_wrongly_is_found() {
    // A page that one may view and another may not, with nothing hidden, and with something.
    let facts = |hidden: &[Fact]| {
        let person = |name: &str| Fact::Account {
            name: name.to_owned(),
            kind: AccountType::Atlassian,
            status: AccountStatus::Active,
            guest: false,
        };
        let mut facts = vec![
            person("ann"),
            person("bob"),
            Fact::Space {
                key: "S".to_owned(),
                kind: SpaceType::Global,
                archived: false,
            },
            Fact::Content {
                name: "page".to_owned(),
                kind: Kind::Page,
                space: "S".to_owned(),
                parent: None,
            },
            Fact::Member {
                group: "licensed".to_owned(),
                account: "ann".to_owned(),
            },
            Fact::Grant {
                space: "S".to_owned(),
                to: Who::Account("ann".to_owned()),
                operation: ("read", "space"),
            },
            Fact::List {
                content: "page".to_owned(),
                operation: RestrictedOperation::Read,
                names: Who::Account("ann".to_owned()),
            },
        ];
        facts.extend(hidden.iter().cloned());
        facts
    };
    let withheld = Fact::NamesWithheld {
        content: "page".to_owned(),
        operation: RestrictedOperation::Read,
        names: 1,
    };
    for (hidden, is_hidden) in [(&[][..], false), (&[withheld][..], true)] {
        let company = Company {
            mode: RoleMode::PreRoles,
            facts: facts(hidden),
        };
        let built = company.build();
        let wrong = |change: &dyn Fn(&mut Told)| {
            let mut told = told(&built);
            change(&mut told);
            differences(&company, &built, &told)
        };
        assert_eq!(wrong(&|_| ()), [""; 0]);
        // Somebody too many is wrong in any case.
        let more = wrong(&|told| {
            let mut row = told.rows[0].clone();
            row.account = Some(company::account("bob"));
            told.rows.push(row);
        });
        assert!(more[0].contains("bob is allowed"), "{more:?}");
        // Somebody too few, too, unless something says that it does not know.
        let fewer = wrong(&|told| told.rows.clear());
        assert!(fewer[0].contains("ann is"), "{fewer:?}");
        let unknown = |account: Option<&str>| Row {
            content: built.ids["page"],
            access: "view".to_owned(),
            account: account.map(company::account),
            verdict: "unknown".to_owned(),
            reason: Some("subjects_hidden".to_owned()),
            reason_kind: Some("gap".to_owned()),
        };
        for row in [unknown(None), unknown(Some("ann"))] {
            let said = wrong(&|told| {
                told.rows = vec![row.clone()];
                told.visible.clear();
            });
            assert_eq!(said.is_empty(), is_hidden, "{said:?}");
            // Where nothing is hidden, nothing is unknown.
            let beside = wrong(&|told| told.rows.push(row.clone()));
            assert_eq!(beside.is_empty(), is_hidden, "{beside:?}");
        }
    }
}

#[test]
fn a_company_is_shrunk_to_the_facts_that_matter() {
    let company = chance::company(2);
    let is_hidden = |fact: &Fact| fact.hides();
    let smallest = shrink::smallest(&company, |fewer| fewer.facts.iter().any(is_hidden));
    assert_eq!(smallest.facts.len(), 1, "{smallest}");
    assert!(is_hidden(&smallest.facts[0]));
    assert_eq!(smallest.mode, company.mode);
    let nothing = Company {
        mode: RoleMode::Roles,
        facts: Vec::new(),
    };
    assert_eq!(shrink::smallest(&nothing, |_| true), nothing);
    // Facts that refer to what is missing are not so, and no failure.
    let orphans: Vec<Fact> = company
        .facts
        .iter()
        .filter(|fact| !matches!(fact, Fact::Space { .. } | Fact::Account { .. }))
        .cloned()
        .collect();
    let built = Company {
        facts: orphans,
        ..company
    }
    .build();
    assert_eq!(built.ids.len(), 0);
}
