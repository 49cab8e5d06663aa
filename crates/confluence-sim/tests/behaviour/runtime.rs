//! Log, load, latency, limits, and the end.

use crate::client::{
    Answer, CURRENT_USER, Client, PAGES, SPACES, edit, id, small, start, start_with,
};
use confluence_sim::{Fault, LimitHeaders, Options, Organisation, RateLimit, Reply, Route, Sim};
use std::io::Read;
use std::net::TcpStream;
use std::sync::Barrier;
use std::time::{Duration, Instant};

#[test]
fn the_log_tells_what_was_asked() {
    let (sim, client) = start(&Organisation::demo());
    let path = format!("{PAGES}?title=a%20b&limit=2");
    for path in [CURRENT_USER, &path, "/wiki/api/v2/nothing"] {
        client.get(path);
    }
    let log = sim.log();
    let seen = log.iter().map(|one| (one.operation, one.route, one.status));
    let wanted = [
        (Some("getUserCurrentV1"), Route::Probe, Some(200)),
        (Some("getPages"), Route::Data, Some(200)),
        (None, Route::Unknown, Some(404)),
    ];
    assert!(seen.eq(wanted));
    let pages = &log[1];
    assert_eq!((&*pages.method, &*pages.path), ("GET", PAGES));
    assert_eq!(pages.path_and_query, path);
    let query = [("title", "a b"), ("limit", "2")];
    assert_eq!(
        pages.query,
        query.map(|(name, value)| (name.into(), value.into()))
    );
    let parameters = (
        pages.parameter("title"),
        pages.parameter("sort"),
        pages.page,
    );
    assert_eq!(parameters, (Some("a b"), None, 1));
    let header = pages.header("Authorization");
    assert!(header.is_some_and(|value| value.starts_with("Basic ")));
    assert!(pages.bytes > 0 && pages.answered >= Some(pages.received));
    assert_eq!(log[0].connection, pages.connection, "a connection is kept");
    assert_eq!((sim.data_requests().len(), sim.probes().len()), (2, 1));
    sim.clear_log();
    assert!(sim.log().is_empty());
    client.get(SPACES);
    assert_eq!(sim.log()[0].status, Some(200));
}

#[test]
fn without_a_log_everything_else_is_the_same() {
    let (sim, client) = start_with(Options {
        keep_log: false,
        ..Options::default()
    });
    client.answers(SPACES, 200);
    assert!(sim.log().is_empty());
}

#[test]
fn answers_that_are_kept_are_those_that_would_be_given() {
    let (sim, client) = start_with(Options {
        keep_answers: true,
        ..Options::of(small())
    });
    let (_plain, reader) = start(&small());
    let first = format!("{PAGES}?limit=100");
    let expected: Vec<_> = reader.chain(&first).iter().map(Answer::rows).collect();
    for _ in 0..2 {
        let found = client.chain(&first);
        assert!(found.iter().map(Answer::rows).eq(expected.iter().cloned()));
    }
    assert_eq!(sim.data_requests().len(), 2 * expected.len());
    // Who may not ask is not told because somebody else was.
    Client::with(&sim, None).answers(&first, 404);
    sim.fault(Fault::on(PAGES).times(1), Reply::TruncatedJson);
    let cut = client.get(&first).text;
    assert!(serde_json::from_str::<serde_json::Value>(&cut).is_err());
    assert!(client.get(&first).rows() == expected[0]);
    let page = id(&expected[0][0]);
    edit(&sim, |organisation| {
        organisation.rename_page(page, "Another")
    });
    assert_eq!(client.get(&first).rows()[0]["title"], "Another");
}

#[test]
fn requests_that_wait_together_are_counted_and_every_answer_takes_its_time() {
    let (sim, _) = start(&Organisation::demo());
    sim.set_latency(Duration::from_millis(150));
    for count in [5, 1] {
        let (barrier, began) = (Barrier::new(count), Instant::now());
        std::thread::scope(|scope| {
            for _ in 0..count {
                scope.spawn(|| {
                    let client = Client::of(&sim);
                    barrier.wait();
                    client.answers(PAGES, 200);
                });
            }
        });
        assert!(began.elapsed() >= Duration::from_millis(150));
        assert_eq!(sim.in_flight_high_water(), count);
        sim.reset_in_flight_high_water();
    }
}

#[test]
fn the_rate_limiter_refuses_and_forgives() {
    let limit = RateLimit {
        requests_per_second: 2.0,
        burst: 10,
    };
    let (sim, client) = start_with(Options {
        rate_limit: Some(limit),
        ..Options::default()
    });
    let first = client.get(SPACES);
    for (name, value) in [
        ("x-ratelimit-limit", Some("10")),
        ("x-ratelimit-remaining", Some("9")),
        ("x-ratelimit-nearlimit", None),
    ] {
        assert_eq!(first.header(name), value);
    }
    let reset = first.header("x-ratelimit-reset").expect("a time");
    assert!(reset.len() == 17 && reset.ends_with('Z'), "{reset}");
    let mut answers = (0..40).map(|_| client.get(SPACES));
    let refused = answers.find(|answer| {
        let remaining = answer.header("x-ratelimit-remaining").expect("a number");
        let is_near = answer.header("x-ratelimit-nearlimit").is_some();
        assert_eq!(is_near, remaining.parse::<u32>().expect("a number") < 2);
        answer.status == 429
    });
    let refused = refused.expect("forty requests are more than ten and two a second");
    for (name, value) in [
        ("retry-after", "1"),
        ("ratelimit-reason", "confluence-burst-based"),
        ("x-ratelimit-nearlimit", "true"),
    ] {
        assert_eq!(refused.header(name), Some(value));
    }
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
    let limit = RateLimit {
        requests_per_second: 0.001,
        burst: 1,
    };
    let (sim, client) = start_with(Options {
        rate_limit: Some(limit),
        ..Options::default()
    });
    sim.set_quota(Some(1_000));
    client.answers(SPACES, 200);
    for (headers, are_sent) in [(LimitHeaders::ALL, true), (LimitHeaders::NONE, false)] {
        sim.set_limit_headers(headers);
        let refused = client.get(SPACES);
        assert_eq!(refused.status, 429);
        for name in [
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
            "x-ratelimit-nearlimit",
            "ratelimit-reason",
            "retry-after",
            "beta-ratelimit",
            "beta-ratelimit-policy",
        ] {
            assert_eq!(refused.header(name).is_some(), are_sent, "{name}");
        }
    }
    sim.set_extra_headers(&[("X-RateLimit-Limit", "-1")]);
    assert_eq!(client.get(SPACES).header("x-ratelimit-limit"), Some("-1"));
}

#[test]
fn a_quota_counts_requests_and_what_their_answers_hold() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let spaces: Vec<u64> = organisation.spaces().map(|space| space.id).collect();
    let permissions = organisation.permissions(spaces[0]).count();
    assert_eq!(sim.points_used(), 0);
    sim.set_quota(Some(65_000));
    let first = client.get(SPACES);
    let policy = Some("\"tenant-app-quota\";q=65000;w=3600");
    assert_eq!(first.header("beta-ratelimit-policy"), policy);
    let left = first.header("beta-ratelimit").expect("what is left");
    assert!(
        left.starts_with("\"tenant-app-quota\";r=65000;t="),
        "{left}"
    );
    let mut used = 1 + spaces.len();
    let of_space = format!("{SPACES}/{}/permissions?limit=250", spaces[0]);
    for (path, points) in [
        (&*of_space, 1 + 2 * permissions),
        (CURRENT_USER, 3),
        ("/wiki/api/v2/spaces/1/labels", 1),
        ("/_edge/tenant_info", 0),
    ] {
        client.get(path);
        used += points;
        assert_eq!(sim.points_used(), used as u64, "{path}");
    }
    sim.set_quota(Some(1));
    client.answers(SPACES, 200);
    let refused = client.get(SPACES);
    assert_eq!(refused.status, 429);
    let reason = refused.header("ratelimit-reason");
    assert_eq!(reason, Some("confluence-quota-tenant-based"));
    assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
    let wait = refused.header("retry-after").expect("a time").parse();
    assert!((1..=3600).contains(&wait.expect("seconds")));
}

#[test]
fn when_it_is_dropped_its_sockets_are_closed() {
    let sim = Sim::start(Options::default());
    let address = sim.url()["http://".len()..].to_owned();
    let mut idle = TcpStream::connect(&address).expect("it listens");
    Client::of(&sim).answers(SPACES, 200);
    drop(sim);
    assert_eq!(idle.read(&mut [0; 10]).unwrap_or(0), 0);
    assert!(TcpStream::connect(&address).is_err());
}
