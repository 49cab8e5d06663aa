//! Everything that can go wrong on request.

use crate::client::{Client, PAGES, SPACES, sized, start};
use confluence_sim::{Barrier, Credential, Fault, Options, Reply, Sim};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

fn hundred_pages() -> (Sim, Client, Vec<u64>) {
    let (sim, client) = start(&sized([6, 100, 60, 10], 3));
    let ids = client.all_ids(&format!("{PAGES}?limit=250"));
    sim.clear_log();
    (sim, client, ids)
}

const TENS: &str = "/wiki/api/v2/pages?limit=10";

fn connection(sim: &Sim) -> TcpStream {
    TcpStream::connect(&sim.url()["http://".len()..]).expect("the stand-in listens")
}

/// What comes over the wire, to the last byte.
fn raw(sim: &Sim, path: &str) -> Vec<u8> {
    let mut stream = connection(sim);
    let authorization = Credential::basic(Options::EMAIL, Options::TOKEN).header();
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: {authorization}\r\n\r\n"
    );
    let sent = stream.write_all(request.as_bytes());
    sent.expect("an open connection");
    let mut answer = Vec::new();
    // Closed with a reset or not: what came before is what counts.
    stream.read_to_end(&mut answer).ok();
    answer
}

#[test]
fn answers_of_any_status_with_any_header() {
    let (sim, client, ids) = hundred_pages();
    let html = [("content-type".to_owned(), "text/html".to_owned())];
    let tomcat = Reply::Status {
        code: 401,
        headers: html.into(),
        body: "<html>Tomcat</html>".to_owned(),
    };
    let too_many = |value: Option<&str>| Reply::TooManyRequests {
        retry_after: value.map(str::to_owned),
    };
    for (reply, wanted) in [
        (Reply::retry_after(503, "1.5"), "503 retry-after: 1.5"),
        (tomcat, "401 content-type: text/html"),
        (too_many(Some("0.2")), "429 retry-after: 0.2"),
        (too_many(None), "429 retry-after: none"),
        (
            too_many(None),
            "429 ratelimit-reason: confluence-burst-based",
        ),
        (Reply::Html200, "200 content-type: text/html;charset=UTF-8"),
        (Reply::TruncatedJson, "200 content-type: application/json"),
        (Reply::BareNotFound, "404 content-type: application/json"),
    ] {
        sim.fault(Fault::on(PAGES).times(1), reply);
        let answer = client.get(TENS);
        let (_, header) = wanted.split_once(' ').expect("a status and a header");
        let (name, _) = header.split_once(':').expect("a name and a value");
        let value = answer.header(name).unwrap_or("none");
        assert_eq!(format!("{} {name}: {value}", answer.status), wanted);
    }
    client.shows(TENS, &ids[..10]);
    sim.fault(Fault::on(PAGES).nth(1), Reply::BareNotFound);
    sim.fault(Fault::on(PAGES).nth(1), Reply::NamedNotFound);
    assert_eq!(client.get(TENS).refusal(), (404, "Not Found".to_owned()));
    let (status, title) = client.get(TENS).refusal();
    assert_eq!(
        (status, title.contains("with id [")),
        (404, true),
        "{title}"
    );
}

#[test]
fn faults_are_found_by_page_of_the_chain_by_path_and_by_parameter() {
    let (sim, client, ids) = hundred_pages();
    sim.fault(Fault::on(PAGES).page(3).times(1), Reply::status(500));
    let second = client.get(TENS).next().expect("more pages");
    let third = client.get(&second).next().expect("more pages");
    // Another chain, in between, has pages of its own.
    client.answers(TENS, 200);
    client.answers(&third, 500);
    client.lists(&third, &ids[20..]);
    let pages: Vec<u32> = sim.log().iter().map(|request| request.page).collect();
    assert_eq!(pages[..6], [1, 2, 1, 3, 3, 4]);

    let space = sim.organisation().spaces().next().expect("a space").id;
    let permissions = format!("{SPACES}/{space}/permissions");
    let of_permissions = Fault::on("/wiki/api/v2/spaces/{id}/permissions");
    sim.fault(of_permissions, Reply::status(500));
    sim.fault(Fault::on(PAGES).with("sort", "-id"), Reply::status(502));
    for (path, status) in [
        (&*permissions, 500),
        (&format!("{SPACES}/{space}/pages"), 200),
        (SPACES, 200),
        (&format!("{PAGES}?limit=5&sort=%2Did"), 502),
        (&format!("{PAGES}?limit=5&sort=id"), 200),
    ] {
        client.answers(path, status);
    }
    sim.clear_faults();
    client.answers(&permissions, 200);

    let statuses = |count| -> Vec<u16> { (0..count).map(|_| client.get(TENS).status).collect() };
    sim.fault(Fault::under("/").nth(3).times(2), Reply::status(500));
    assert_eq!(statuses(6), [200, 200, 500, 500, 200, 200]);
    sim.fault(Fault::under("/").nth(2).forever(), Reply::status(500));
    assert_eq!(statuses(4), [200, 500, 500, 500]);
}

#[test]
fn answers_are_cut_and_connections_break_before_and_in_the_middle() {
    let (sim, client, ids) = hundred_pages();
    let whole = client.get(TENS).text;
    let half = &whole[..whole.len() / 2];
    for reply in [
        Reply::TruncatedJson,
        Reply::DropMidBody,
        Reply::DropBeforeHead,
    ] {
        sim.fault(Fault::on(PAGES).nth(1), reply);
    }
    // The first looks whole.
    let cut = client.get(TENS);
    let length = cut.header("content-length").expect("a length");
    assert_eq!((length, &*cut.text), (&*half.len().to_string(), half));
    let answer = String::from_utf8_lossy(&raw(&sim, TENS)).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let announced = format!("content-length: {}", whole.len());
    assert!(
        head.starts_with("HTTP/1.1 200 OK") && head.contains(&announced),
        "{head}"
    );
    assert_eq!(body, half);
    assert_eq!(raw(&sim, TENS), b"");
    client.shows(TENS, &ids[..10]);
    // A client sees both as errors.
    for reply in [Reply::DropMidBody, Reply::DropBeforeHead] {
        sim.clear_faults();
        sim.fault(Fault::on(PAGES), reply);
        assert!(client.try_get(TENS).is_err());
    }
    assert_eq!(sim.log().last().expect("it was received").status, None);
}

#[test]
fn no_answer_until_the_client_leaves() {
    let (sim, client, _) = hundred_pages();
    sim.fault(Fault::on(PAGES).times(1), Reply::NeverAnswer);
    let mut stream = connection(&sim);
    let patience = Some(Duration::from_millis(150));
    stream.set_read_timeout(patience).expect("a TCP socket");
    write!(stream, "GET {PAGES} HTTP/1.1\r\nhost: x\r\n\r\n").expect("an open connection");
    assert!(stream.read(&mut [0; 100]).is_err(), "something came");
    assert_eq!((sim.in_flight(), sim.unanswered()), (1, 1));
    client.answers(TENS, 200);
    drop(stream);
    let began = Instant::now();
    while sim.in_flight() > 0 {
        let waited = began.elapsed();
        assert!(waited < Duration::from_secs(10), "it outlives its client");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(sim.log()[0].status, None);
}

#[test]
fn a_delay_leaves_the_rest_as_it_is() {
    let (sim, client, ids) = hundred_pages();
    let delay = Duration::from_millis(80);
    sim.fault(Fault::on(PAGES).page(1), Reply::Delay(delay));
    sim.fault(Fault::on(PAGES).page(1).nth(2), Reply::status(503));
    for status in [200, 503] {
        let began = Instant::now();
        client.answers(TENS, status);
        assert!(began.elapsed() >= delay);
    }
    client.lists(TENS, &ids);
}

#[test]
fn short_and_empty_pages_with_more_to_come_lose_nothing() {
    let (sim, client, ids) = hundred_pages();
    sim.fault(Fault::on(PAGES).page(2), Reply::ShortPageWithNext(3));
    sim.fault(Fault::on(PAGES).page(4), Reply::EmptyPageWithNext);
    let chain = client.chain(TENS);
    let lengths: Vec<usize> = chain.iter().map(|answer| answer.rows().len()).collect();
    assert_eq!(lengths[..6], [10, 3, 10, 0, 10, 10]);
    client.lists(TENS, &ids);
    // Also where the first page is the empty one, and where the last would have been full.
    for (page, reply) in [
        (1, Reply::EmptyPageWithNext),
        (10, Reply::ShortPageWithNext(9)),
    ] {
        sim.clear_faults();
        sim.fault(Fault::on(PAGES).page(page), reply);
        client.lists(TENS, &ids);
    }
}

#[test]
fn rows_that_come_twice_and_rows_out_of_order() {
    let (sim, client, ids) = hundred_pages();
    for sort in ["id", "-id", "created-date", "-modified-date"] {
        let path = format!("{TENS}&sort={sort}");
        let right = client.all_ids(&path);
        sim.fault(Fault::on(PAGES).page(2), Reply::DuplicateRows(2));
        let wrong = client.all_ids(&path);
        assert_eq!(wrong.len(), ids.len() + 2);
        assert_eq!(
            wrong[..12],
            [&right[..10], &right[8..10]].concat(),
            "{sort}"
        );
        assert_eq!(wrong[12..], right[10..], "{sort}");
        sim.clear_faults();
        sim.fault(Fault::on(PAGES).page(2), Reply::OutOfOrder);
        let mut wrong = client.all_ids(&path);
        assert_ne!(wrong, right);
        wrong.swap(10, 19);
        assert_eq!(wrong, right);
        sim.clear_faults();
    }
    let space = sim.organisation().spaces().next().expect("a space").id;
    let path = format!("{SPACES}/{space}/permissions?limit=4");
    let right = client.all_ids(&path);
    sim.fault(Fault::under(SPACES).page(2), Reply::DuplicateRows(1));
    assert_eq!(client.all_ids(&path)[3..5], [right[3]; 2]);
}

#[test]
fn answers_changed_at_will() {
    let (sim, client, _) = hundred_pages();
    let change = |json: &mut serde_json::Value| {
        json["results"][0]
            .as_object_mut()
            .expect("a row")
            .remove("id");
        json["results"][1]["id"] = "99999999999999999999999".into();
        json["extra"] = true.into();
    };
    sim.fault(Fault::on(PAGES).page(1), Reply::mutate(change));
    let json = client.get(TENS).json();
    assert!(json["results"][0].get("id").is_none());
    assert_eq!(json["results"][1]["id"], "99999999999999999999999");
    assert_eq!(json["extra"], true);
}

#[test]
fn next_links_that_lead_astray() {
    let (sim, client, ids) = hundred_pages();
    let right = client.get(TENS).next().expect("more pages");
    let elsewhere = "http://127.0.0.2:9";
    for (reply, wanted) in [
        (
            Reply::AbsoluteNext(elsewhere.to_owned()),
            Some(format!("{elsewhere}{right}")),
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
        let link = answer.header("link").expect("a header");
        let next = format!("<{}>; rel=\"next\"", wanted.as_ref().unwrap_or(&right));
        assert!(link.starts_with(&next), "{link}");
    }
    sim.clear_faults();
    sim.fault(Fault::on(PAGES), Reply::RepeatCursor);
    let second = client.get(&right);
    assert_eq!(second.ids(), ids[10..20]);
    assert_eq!(second.next(), Some(right));
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
            scope.spawn(move || client.shows(TENS, &ids[..10]));
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
