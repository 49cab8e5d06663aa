//! Log, load, latency, limits, and the end.

use crate::client::{CURRENT_USER, Client, PAGES, SPACES, edit, id, small, start};
use confluence_sim::{Fault, LimitHeaders, Options, Organisation, RateLimit, Reply, Route, Sim};
use std::io::Read;
use std::net::TcpStream;
use std::sync::Barrier;
use std::time::{Duration, Instant};

#[test]
fn the_log_tells_what_was_asked() {
    let (sim, client) = start(&Organisation::demo());
    client.get(CURRENT_USER);
    client.get(&format!("{PAGES}?title=a%20b&limit=2"));
    client.get("/wiki/api/v2/nothing");
    let log = sim.log();
    let seen: Vec<_> = log
        .iter()
        .map(|request| (request.operation, request.route, request.status))
        .collect();
    assert_eq!(
        seen,
        [
            (Some("getUserCurrentV1"), Route::Probe, Some(200)),
            (Some("getPages"), Route::Data, Some(200)),
            (None, Route::Unknown, Some(404)),
        ]
    );
    let pages = &log[1];
    assert_eq!((pages.method.as_str(), pages.path.as_str()), ("GET", PAGES));
    assert_eq!(pages.path_and_query, format!("{PAGES}?title=a%20b&limit=2"));
    assert_eq!(
        pages.query,
        [("title", "a b"), ("limit", "2")].map(|(name, value)| (name.into(), value.into()))
    );
    assert_eq!(
        (
            pages.parameter("title"),
            pages.parameter("sort"),
            pages.page
        ),
        (Some("a b"), None, 1)
    );
    assert!(
        pages
            .header("Authorization")
            .is_some_and(|value| value.starts_with("Basic "))
    );
    assert!(
        pages.bytes > 0
            && pages
                .answered
                .is_some_and(|answered| answered >= pages.received)
    );
    assert_eq!(log[0].connection, pages.connection, "a connection is kept");
    assert_eq!((sim.data_requests().len(), sim.probes().len()), (2, 1));
    sim.clear_log();
    assert!(sim.log().is_empty());
    client.get(SPACES);
    assert_eq!(sim.log()[0].status, Some(200));
}

#[test]
fn without_a_log_everything_else_is_the_same() {
    let sim = Sim::start(Options {
        keep_log: false,
        ..Options::default()
    });
    assert_eq!(Client::of(&sim).get(SPACES).status, 200);
    assert!(sim.log().is_empty());
}

#[test]
fn answers_that_are_kept_are_those_that_would_be_given() {
    let sim = Sim::start(Options {
        keep_answers: true,
        ..Options::of(small())
    });
    let (client, plain) = (Client::of(&sim), Sim::start(Options::of(small())));
    let first = format!("{PAGES}?limit=100");
    let pages = |client: &Client| {
        let mut pages = Vec::new();
        let mut path = Some(first.clone());
        while let Some(asked) = path.take() {
            let answer = client.get(&asked);
            path = answer.next();
            pages.push(answer.rows());
        }
        pages
    };
    let expected = pages(&Client::of(&plain));
    let requests = expected.len();
    for _ in 0..2 {
        assert!(pages(&client) == expected);
    }
    assert_eq!(sim.data_requests().len(), 2 * requests);
    // Who may not ask is not told because somebody else was.
    let nobody = Client::with(&sim, None);
    nobody.answers(&first, 404);
    sim.fault(Fault::on(PAGES).times(1), Reply::TruncatedJson);
    assert!(serde_json::from_str::<serde_json::Value>(&client.get(&first).text).is_err());
    assert!(client.get(&first).rows() == expected[0]);
    let page = id(&expected[0][0]);
    edit(&sim, |organisation| {
        organisation.rename_page(page, "Another")
    });
    assert_eq!(client.get(&first).rows()[0]["title"], "Another");
}

#[test]
fn requests_that_wait_together_are_counted() {
    let sim = Sim::start(Options {
        latency: Duration::from_millis(150),
        ..Options::default()
    });
    let together = |count: usize| {
        let barrier = Barrier::new(count);
        std::thread::scope(|scope| {
            for _ in 0..count {
                scope.spawn(|| {
                    let client = Client::of(&sim);
                    barrier.wait();
                    client.answers(PAGES, 200);
                });
            }
        });
    };
    together(5);
    assert_eq!(sim.in_flight_high_water(), 5);
    sim.reset_in_flight_high_water();
    together(1);
    assert_eq!(sim.in_flight_high_water(), 1);
}

#[test]
fn every_answer_takes_its_time() {
    let (sim, client) = start(&Organisation::demo());
    sim.set_latency(Duration::from_millis(60));
    let began = Instant::now();
    client.get(CURRENT_USER);
    assert!(began.elapsed() >= Duration::from_millis(60));
}

#[test]
fn the_rate_limiter_refuses_and_forgives() {
    let limit = RateLimit {
        requests_per_second: 2.0,
        burst: 10,
    };
    let sim = Sim::start(Options {
        rate_limit: Some(limit),
        ..Options::default()
    });
    let client = Client::of(&sim);
    let first = client.get(SPACES);
    assert_eq!(
        (
            first.status,
            first.header("x-ratelimit-limit"),
            first.header("x-ratelimit-remaining")
        ),
        (200, Some("10"), Some("9"))
    );
    assert_eq!(first.header("x-ratelimit-nearlimit"), None);
    let reset = first.header("x-ratelimit-reset").expect("a time");
    assert!(reset.len() == 17 && reset.ends_with('Z'), "{reset}");
    let mut refused = None;
    for _ in 0..40 {
        let answer = client.get(SPACES);
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        let remaining: u32 = answer
            .header("x-ratelimit-remaining")
            .expect("a number")
            .parse()
            .expect("a number");
        assert_eq!(
            answer.header("x-ratelimit-nearlimit").is_some(),
            remaining < 2
        );
    }
    let refused = refused.expect("forty requests are more than ten and two a second");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(
        refused.header("ratelimit-reason"),
        Some("confluence-burst-based")
    );
    assert_eq!(refused.header("x-ratelimit-nearlimit"), Some("true"));
    std::thread::sleep(Duration::from_secs(1));
    client.answers(SPACES, 200);
    sim.set_rate_limit(None);
    for _ in 0..30 {
        let answer = client.get(SPACES);
        assert_eq!(
            (answer.status, answer.header("x-ratelimit-limit")),
            (200, None)
        );
    }
}

#[test]
fn headers_that_tell_of_limits_can_be_left_out() {
    let sim = Sim::start(Options {
        rate_limit: Some(RateLimit {
            requests_per_second: 0.001,
            burst: 1,
        }),
        ..Options::default()
    });
    sim.set_quota(Some(1_000));
    let client = Client::of(&sim);
    client.answers(SPACES, 200);
    let told = [
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-ratelimit-nearlimit",
        "ratelimit-reason",
        "retry-after",
        "beta-ratelimit",
        "beta-ratelimit-policy",
    ];
    for (headers, are_sent) in [(LimitHeaders::ALL, true), (LimitHeaders::NONE, false)] {
        sim.set_limit_headers(headers);
        let refused = client.get(SPACES);
        assert_eq!(refused.status, 429);
        for name in told {
            assert_eq!(refused.header(name).is_some(), are_sent, "{name}");
        }
    }
    sim.set_extra_headers(&[("X-RateLimit-Limit", "-1")]);
    assert_eq!(client.get(SPACES).header("x-ratelimit-limit"), Some("-1"));
}

#[test]
fn a_quota_counts_requests_and_what_their_answers_hold() {
    let sim = Sim::start(Options::default());
    let organisation = sim.organisation();
    assert_eq!(sim.points_used(), 0);
    sim.set_quota(Some(65_000));
    let client = Client::of(&sim);
    let mut used = 0;
    let mut costs = |path: &str, points: usize| {
        let answer = client.get(path);
        used += points as u64;
        assert_eq!(sim.points_used(), used, "{path}");
        answer
    };
    let spaces = format!("{SPACES}?limit=250");
    let first = costs(&spaces, 1 + organisation.spaces().count());
    let policy = Some("\"tenant-app-quota\";q=65000;w=3600");
    assert_eq!(first.header("beta-ratelimit-policy"), policy);
    let left = first.header("beta-ratelimit").expect("what is left");
    assert!(
        left.starts_with("\"tenant-app-quota\";r=65000;t="),
        "{left}"
    );
    let space = organisation.spaces().next().expect("a space").id;
    let permissions = organisation.permissions(space).count();
    costs(
        &format!("{SPACES}/{space}/permissions?limit=250"),
        1 + 2 * permissions,
    );
    costs(CURRENT_USER, 3);
    costs("/wiki/api/v2/spaces/1", 1);
    costs("/_edge/tenant_info", 0);
    sim.set_quota(Some(1));
    client.answers(SPACES, 200);
    let refused = client.get(SPACES);
    assert_eq!(refused.status, 429);
    assert_eq!(
        refused.header("ratelimit-reason"),
        Some("confluence-quota-tenant-based")
    );
    assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
    let wait: u64 = refused
        .header("retry-after")
        .expect("a time")
        .parse()
        .expect("seconds");
    assert!((1..=3600).contains(&wait), "{wait}");
}

#[test]
fn when_it_is_dropped_its_sockets_are_closed() {
    let sim = Sim::start(Options::default());
    let address = sim.url()["http://".len()..].to_owned();
    let mut idle = TcpStream::connect(&address).expect("it listens");
    assert_eq!(Client::of(&sim).get(SPACES).status, 200);
    drop(sim);
    assert_eq!(idle.read(&mut [0; 10]).unwrap_or(0), 0);
    assert!(TcpStream::connect(&address).is_err());
}
