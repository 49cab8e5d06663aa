//! Everything that can go wrong on request.

use crate::client::{Client, PAGES, SPACES, start};
use confluence_sim::{Barrier, Credential, Fault, Options, Organisation, Reply, Sim, Size};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

fn hundred_pages() -> (Sim, Client, Vec<u64>) {
    let size = Size {
        spaces: 6,
        pages: 100,
        permissions: 60,
        users: 10,
        seed: 3,
        ..Size::default()
    };
    let (sim, client) = start(&Organisation::sized(size));
    let ids = client.all_ids(&format!("{PAGES}?limit=250"));
    sim.clear_log();
    (sim, client, ids)
}

const TENS: &str = "/wiki/api/v2/pages?limit=10";

/// What comes over the wire, to the last byte.
fn raw(sim: &Sim, path: &str) -> Vec<u8> {
    let mut stream =
        TcpStream::connect(&sim.url()["http://".len()..]).expect("the stand-in listens");
    let authorization = Credential::basic(Options::EMAIL, Options::TOKEN).header();
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: {authorization}\r\n\r\n"
    );
    stream
        .write_all(request.as_bytes())
        .expect("an open connection");
    let mut answer = Vec::new();
    // Closed with a reset or not: what came before is what counts.
    stream.read_to_end(&mut answer).ok();
    answer
}

#[test]
fn answers_of_any_status() {
    let (sim, client, ids) = hundred_pages();
    sim.fault(Fault::on(PAGES).times(2), Reply::retry_after(503, "1.5"));
    for _ in 0..2 {
        let answer = client.get(TENS);
        assert_eq!(
            (
                answer.status,
                answer.header("retry-after"),
                answer.text.as_str()
            ),
            (503, Some("1.5"), "")
        );
    }
    client.shows(TENS, &ids[..10]);
    let html = Reply::Status {
        code: 401,
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        body: "<html>Tomcat</html>".to_owned(),
    };
    sim.fault(Fault::under("/wiki/rest"), html);
    let answer = client.get(crate::client::CURRENT_USER);
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (401, Some("text/html"))
    );
}

#[test]
fn the_two_kinds_of_404() {
    let (sim, client, _) = hundred_pages();
    sim.fault(Fault::on(PAGES).nth(1), Reply::BareNotFound);
    sim.fault(Fault::on(PAGES).nth(1), Reply::NamedNotFound);
    assert_eq!(client.get(TENS).refusal(), (404, "Not Found".to_owned()));
    let (status, title) = client.get(TENS).refusal();
    assert_eq!(status, 404);
    assert!(title.contains("with id ["), "{title}");
    client.answers(TENS, 200);
}

#[test]
fn too_many_requests() {
    let (sim, client, _) = hundred_pages();
    for retry_after in [Some("7"), Some("0.2"), None] {
        let reply = Reply::TooManyRequests {
            retry_after: retry_after.map(str::to_owned),
        };
        sim.clear_faults();
        sim.fault(Fault::on(PAGES), reply);
        let answer = client.get(TENS);
        assert_eq!(
            (answer.status, answer.header("retry-after")),
            (429, retry_after)
        );
        assert_eq!(
            answer.header("ratelimit-reason"),
            Some("confluence-burst-based")
        );
    }
}

#[test]
fn faults_are_found_by_page_of_the_chain_by_path_and_by_parameter() {
    let (sim, client, ids) = hundred_pages();
    sim.fault(Fault::on(PAGES).page(3).times(1), Reply::status(500));
    let mut path = TENS.to_owned();
    for page in 1..=2 {
        let answer = client.get(&path);
        assert_eq!(answer.status, 200, "page {page}");
        path = answer.next().expect("more pages");
    }
    // Another chain, in between, has pages of its own.
    client.answers(TENS, 200);
    client.answers(&path, 500);
    client.lists(&path, &ids[20..]);
    let pages: Vec<u32> = sim.log().iter().map(|request| request.page).collect();
    assert_eq!(pages[..6], [1, 2, 1, 3, 3, 4]);

    sim.fault(
        Fault::on("/wiki/api/v2/spaces/{id}/permissions"),
        Reply::status(500),
    );
    sim.fault(Fault::on(PAGES).with("sort", "-title"), Reply::status(502));
    let space = sim.organisation().spaces().next().expect("a space").id;
    client.answers(&format!("{SPACES}/{space}/permissions"), 500);
    client.answers(&format!("{SPACES}/{space}/pages"), 200);
    client.answers(SPACES, 200);
    client.answers(&format!("{PAGES}?limit=5&sort=%2Dtitle"), 502);
    client.answers(&format!("{PAGES}?limit=5&sort=title"), 200);
    sim.clear_faults();
    client.answers(&format!("{SPACES}/{space}/permissions"), 200);

    sim.fault(Fault::under("/").nth(3).times(2), Reply::status(500));
    let statuses: Vec<u16> = (0..6).map(|_| client.get(TENS).status).collect();
    assert_eq!(statuses, [200, 200, 500, 500, 200, 200]);
    sim.fault(Fault::under("/").nth(2).forever(), Reply::status(500));
    let statuses: Vec<u16> = (0..4).map(|_| client.get(TENS).status).collect();
    assert_eq!(statuses, [200, 500, 500, 500]);
}

#[test]
fn a_login_page_and_a_cut_answer_look_whole() {
    let (sim, client, _) = hundred_pages();
    let whole = client.get(TENS).text;
    sim.fault(Fault::on(PAGES).nth(1), Reply::Html200);
    sim.fault(Fault::on(PAGES).nth(1), Reply::TruncatedJson);
    let login = client.get(TENS);
    assert_eq!(login.status, 200);
    assert!(
        login
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html"))
    );
    let cut = client.get(TENS);
    assert_eq!(
        (cut.status, cut.header("content-type")),
        (200, Some("application/json"))
    );
    assert_eq!(
        cut.header("content-length").expect("a length"),
        cut.text.len().to_string()
    );
    assert_eq!(cut.text, whole[..whole.len() / 2]);
    assert!(serde_json::from_str::<serde_json::Value>(&cut.text).is_err());
}

#[test]
fn connections_break_in_the_middle_and_before_the_beginning() {
    let (sim, client, ids) = hundred_pages();
    let whole = client.get(TENS).text;
    sim.fault(Fault::on(PAGES).nth(1), Reply::DropMidBody);
    sim.fault(Fault::on(PAGES).nth(1), Reply::DropBeforeHead);
    let answer = String::from_utf8_lossy(&raw(&sim, TENS)).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    assert!(
        head.contains(&format!("content-length: {}", whole.len())),
        "{head}"
    );
    assert_eq!(body, &whole[..whole.len() / 2]);
    assert_eq!(raw(&sim, TENS), b"");
    client.shows(TENS, &ids[..10]);
    // A client sees both as errors.
    sim.clear_faults();
    sim.fault(Fault::on(PAGES).nth(1), Reply::DropMidBody);
    assert!(client.try_get(TENS).is_err());
    sim.fault(Fault::on(PAGES), Reply::DropBeforeHead);
    assert!(client.try_get(TENS).is_err());
    assert_eq!(sim.log().last().expect("it was received").status, None);
}

#[test]
fn no_answer_until_the_client_leaves() {
    let (sim, client, _) = hundred_pages();
    sim.fault(Fault::on(PAGES).times(1), Reply::NeverAnswer);
    let mut stream =
        TcpStream::connect(&sim.url()["http://".len()..]).expect("the stand-in listens");
    stream
        .set_read_timeout(Some(Duration::from_millis(150)))
        .expect("a TCP socket");
    write!(stream, "GET {PAGES} HTTP/1.1\r\nhost: x\r\n\r\n").expect("an open connection");
    assert!(stream.read(&mut [0; 100]).is_err(), "something came");
    assert_eq!(sim.in_flight(), 1);
    client.answers(TENS, 200);
    drop(stream);
    let patience = Instant::now();
    while sim.in_flight() > 0 {
        assert!(
            patience.elapsed() < Duration::from_secs(10),
            "the request outlives its client"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(sim.log()[0].status, None);
}

#[test]
fn a_delay_leaves_the_rest_as_it_is() {
    let (sim, client, ids) = hundred_pages();
    sim.fault(
        Fault::on(PAGES).page(1),
        Reply::Delay(Duration::from_millis(80)),
    );
    sim.fault(Fault::on(PAGES).page(1).nth(2), Reply::status(503));
    for status in [200, 503] {
        let began = Instant::now();
        client.answers(TENS, status);
        assert!(began.elapsed() >= Duration::from_millis(80));
    }
    client.lists(TENS, &ids);
}

#[test]
fn a_cursor_that_repeats() {
    let (sim, client, ids) = hundred_pages();
    sim.fault(Fault::on(PAGES), Reply::RepeatCursor);
    let first = client.get(TENS);
    let second_path = first.next().expect("more pages");
    let second = client.get(&second_path);
    assert_eq!(second.ids(), ids[10..20]);
    assert_eq!(second.next(), Some(second_path));
}

#[test]
fn short_and_empty_pages_with_more_to_come_lose_nothing() {
    let (sim, client, ids) = hundred_pages();
    sim.fault(Fault::on(PAGES).page(2), Reply::ShortPageWithNext(3));
    sim.fault(Fault::on(PAGES).page(4), Reply::EmptyPageWithNext);
    let chain = client.chain(TENS);
    let lengths: Vec<usize> = chain.iter().map(|answer| answer.rows().len()).collect();
    assert_eq!(lengths[..6], [10, 3, 10, 0, 10, 10]);
    assert_eq!(
        chain
            .iter()
            .flat_map(|answer| answer.ids())
            .collect::<Vec<_>>(),
        ids
    );
    // Also where the first page is the empty one, and where the last would have been full.
    sim.clear_faults();
    sim.fault(Fault::on(PAGES).page(1), Reply::EmptyPageWithNext);
    client.lists(TENS, &ids);
    sim.clear_faults();
    sim.fault(Fault::on(PAGES).page(10), Reply::ShortPageWithNext(9));
    client.lists(TENS, &ids);
}

#[test]
fn rows_that_come_twice_and_rows_out_of_order() {
    let (sim, client, ids) = hundred_pages();
    for sort in ["id", "-id", "title", "-modified-date"] {
        let path = format!("{TENS}&sort={sort}");
        sim.clear_faults();
        let right = client.all_ids(&path);
        sim.fault(Fault::on(PAGES).page(2), Reply::DuplicateRows(2));
        let wrong = client.all_ids(&path);
        assert_eq!(wrong.len(), ids.len() + 2);
        assert_eq!(
            (&wrong[..10], &wrong[10..12], &wrong[12..]),
            (&right[..10], &right[8..10], &right[10..]),
            "{sort}"
        );
        sim.clear_faults();
        sim.fault(Fault::on(PAGES).page(2), Reply::OutOfOrder);
        let mut wrong = client.all_ids(&path);
        assert_ne!(wrong, right);
        wrong.swap(10, 19);
        assert_eq!(wrong, right);
    }
    let space = sim.organisation().spaces().next().expect("a space").id;
    let path = format!("{SPACES}/{space}/permissions?limit=4");
    sim.clear_faults();
    let right = client.all_ids(&path);
    sim.fault(Fault::under(SPACES).page(2), Reply::DuplicateRows(1));
    assert_eq!(client.all_ids(&path)[3..5], [right[3]; 2]);
}

#[test]
fn answers_changed_at_will() {
    let (sim, client, _) = hundred_pages();
    sim.fault(
        Fault::on(PAGES).page(1),
        Reply::mutate(|json| {
            json["results"][0]
                .as_object_mut()
                .expect("a row")
                .remove("id");
            json["results"][1]["id"] = "99999999999999999999999".into();
            json["results"][2]["version"] = 7.into();
            json["extra"] = true.into();
        }),
    );
    let json = client.get(TENS).json();
    assert!(json["results"][0].get("id").is_none());
    assert_eq!(json["results"][1]["id"], "99999999999999999999999");
    assert_eq!(
        (&json["results"][2]["version"], &json["extra"]),
        (&7.into(), &true.into())
    );
}

#[test]
fn next_links_that_lead_astray() {
    let (sim, client, ids) = hundred_pages();
    let right = client.get(TENS).next().expect("more pages");
    for (reply, wanted) in [
        (
            Reply::AbsoluteNext("http://127.0.0.2:9".to_owned()),
            Some(format!("http://127.0.0.2:9{right}")),
        ),
        (
            Reply::RelativeNextWithoutWiki,
            right.strip_prefix("/wiki").map(str::to_owned),
        ),
        (Reply::LinkHeaderOnly, None),
    ] {
        sim.clear_faults();
        sim.fault(Fault::on(PAGES), reply);
        let answer = client.get(TENS);
        assert_eq!(answer.ids(), ids[..10]);
        assert_eq!(answer.next(), wanted);
        let link = answer
            .header("link")
            .expect("a header")
            .split_once(">; rel=\"next\"")
            .expect("a next link")
            .0;
        assert_eq!(
            link,
            format!("<{}", wanted.unwrap_or_else(|| right.clone()))
        );
    }
}

#[test]
fn answers_that_wait_for_each_other() {
    let sites: Vec<_> = (0..3).map(|_| hundred_pages()).collect();
    let barrier = Barrier::of(3);
    for (sim, ..) in &sites {
        sim.fault(Fault::on(PAGES), Reply::Hold(barrier.clone()));
    }
    std::thread::scope(|scope| {
        for (number, (sim, client, ids)) in sites.iter().enumerate() {
            assert!(!barrier.is_open());
            scope.spawn(move || assert_eq!(client.get(TENS).ids(), ids[..10]));
            // Whoever is there waits as long as one is missing.
            while sim.in_flight() == 0 && number < 2 {
                std::thread::yield_now();
            }
        }
    });
    assert!(barrier.is_open());
    // It stays open.
    let (_, client, ids) = &sites[0];
    client.shows(TENS, &ids[..10]);
}
