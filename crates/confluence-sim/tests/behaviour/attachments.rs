//! Attachments: listings, single ones, and what comes with them.

use crate::client::{Answer, Client, small};

use confluence_sim::{
    Attachment, AttachmentId, Container, NewPage, Options, Organisation, PageStatus, Sim,
};
use serde_json::{Value, json};
use std::collections::HashSet;

const ATTACHMENTS: &str = "/wiki/api/v2/attachments";

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["id"].as_str().expect("ids are strings"))
        .collect()
}

fn ids_of<'a>(attachments: impl Iterator<Item = Attachment<'a>>) -> Vec<String> {
    attachments
        .map(|attachment| attachment.id.to_string())
        .collect()
}

#[test]
fn every_sort_is_right_and_complete_in_any_page_length() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let mut attachments: Vec<_> = organisation.listed_attachments().collect();
    assert!(attachments.len() > 200);
    let unsorted = client.all_rows(ATTACHMENTS);
    assert_eq!(ids(&unsorted), ids_of(attachments.iter().copied()));
    for by in ["created-date", "modified-date"] {
        match by {
            "created-date" => attachments.sort_by_key(|one| (one.created_at, one.id)),
            _ => attachments.sort_by_key(|one| (one.version.created_at, one.id)),
        }
        let times: HashSet<_> = attachments.iter().map(|one| one.created_at).collect();
        assert!(times.len() < attachments.len(), "no two are tied");
        for limit in [7, 250] {
            let rows = client.all_rows(&format!("{ATTACHMENTS}?sort={by}&limit={limit}"));
            assert_eq!(ids(&rows), ids_of(attachments.iter().copied()), "{by}");
            let rows = client.all_rows(&format!("{ATTACHMENTS}?limit={limit}&sort=-{by}"));
            assert_eq!(
                ids(&rows),
                ids_of(attachments.iter().rev().copied()),
                "-{by}"
            );
        }
    }
}

#[test]
fn a_page_of_a_listing_has_fifty_but_for_those_of_a_label() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    assert_eq!(client.get(ATTACHMENTS).rows().len(), 50);
    let full = organisation
        .listed_attachments()
        .map(|attachment| attachment.container)
        .find(|&container| {
            let with_it = |one: &Attachment| one.container == container;
            organisation.listed_attachments().filter(with_it).count() > 50
        });
    let Some(Container::Page(page)) = full else {
        panic!("no page has more than fifty attachments");
    };
    let of_page = client.chain(&format!("/wiki/api/v2/pages/{page}/attachments"));
    assert_eq!((of_page.len(), of_page[0].rows().len()), (2, 50));
    let label = organisation.labels()[0].id;
    let of_label = client.get(&format!("/wiki/api/v2/labels/{label}/attachments"));
    assert_eq!(of_label.rows().len(), 25);
}

#[test]
fn filters() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let expect = |query: &str, filter: &dyn Fn(&Attachment) -> bool| {
        let wanted = ids_of(organisation.attachments().filter(filter));
        assert!(!wanted.is_empty(), "{query} tests nothing");
        let rows = client.all_rows(&format!("{ATTACHMENTS}?limit=33&{query}"));
        assert_eq!(ids(&rows), wanted, "{query}");
    };
    let listed = |one: &Attachment| PageStatus::DEFAULT.contains(&one.status);
    expect("status=current,archived", &listed);
    for status in [
        PageStatus::Current,
        PageStatus::Archived,
        PageStatus::Trashed,
    ] {
        let query = format!("status={}", status.as_str());
        expect(&query, &|one| one.status == status);
    }
    expect("status=trashed&status=archived", &|one| {
        matches!(one.status, PageStatus::Archived | PageStatus::Trashed)
    });
    expect("mediaType=text%2Fcsv", &|one| {
        listed(one) && one.media_type == "text/csv"
    });
    let name = "100%_done 0.pdf";
    expect("filename=100%25_done+0.pdf", &|one| {
        listed(one) && one.title == name
    });
    expect(
        "filename=100%25_done+0.pdf&mediaType=application/pdf&status=current",
        &|one| one.status == PageStatus::Current && one.title == name,
    );
    let none = client.all_rows(&format!("{ATTACHMENTS}?filename=100%25_DONE+0.pdf"));
    assert!(none.is_empty());
}

#[test]
fn those_of_a_page_of_a_blog_post_and_of_custom_content() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let of = |container| {
        let attachments = organisation.listed_attachments();
        ids_of(attachments.filter(move |one| one.container == container))
    };
    let mut seen = 0;
    for page in organisation.listed_pages() {
        let wanted = of(Container::Page(page.id()));
        let rows = client.all_rows(&format!("/wiki/api/v2/pages/{}/attachments", page.id()));
        assert_eq!(ids(&rows), wanted);
        seen += wanted.len();
    }
    let mut on_posts = 0;
    for post in organisation.listed_blogposts() {
        let wanted = of(Container::BlogPost(post.id()));
        let rows = client.all_rows(&format!("/wiki/api/v2/blogposts/{}/attachments", post.id()));
        assert_eq!(ids(&rows), wanted);
        let blogpost = post.id().to_string();
        assert!(rows.iter().all(|row| row["blogPostId"] == blogpost));
        on_posts += wanted.len();
    }
    assert!(on_posts > 0);
    let mut in_custom_content = 0;
    for piece in organisation.custom_content() {
        if !PageStatus::DEFAULT.contains(&piece.status) {
            continue;
        }
        let wanted = of(Container::CustomContent(piece.id));
        let path = format!("/wiki/api/v2/custom-content/{}/attachments", piece.id);
        let rows = client.all_rows(&path);
        assert_eq!(ids(&rows), wanted);
        assert!(rows.iter().all(|row| row.get("pageId").is_none()));
        in_custom_content += wanted.len();
    }
    assert!(in_custom_content > 0);
    assert_eq!(
        seen + on_posts + in_custom_content,
        organisation.listed_attachments().count()
    );
}

#[test]
fn those_that_carry_a_label_are_found_by_it() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let mut labelled = 0;
    for label in organisation.labels() {
        let with_it = |one: &Attachment| one.labels().contains(&label);
        let wanted = ids_of(organisation.listed_attachments().filter(with_it));
        labelled += usize::from(!wanted.is_empty());
        let carriers = organisation.attachments_of_label(label.id);
        assert_eq!(ids_of(carriers.into_iter()), wanted);
        let path = format!("/wiki/api/v2/labels/{}/attachments?limit=9", label.id);
        assert_eq!(ids(&client.all_rows(&path)), wanted);
    }
    assert!(labelled > 10, "{labelled}");
    // In the trash they keep theirs, but are not found by them.
    let demo = Organisation::demo();
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let policy = demo.attachments().find(|one| one.title == "policy.docx");
    let policy = policy.expect("a file on a page in the trash");
    for label in policy.labels() {
        let path = format!("/wiki/api/v2/labels/{}", label.id);
        let rows = client.all_rows(&format!("{path}/attachments"));
        assert!(!ids(&rows).contains(&policy.id.to_string().as_str()));
        assert!(!client.all_ids(&format!("{path}/pages")).is_empty());
    }
    assert_eq!(policy.labels().len(), 2);
}

#[test]
fn a_row_is_what_the_organisation_says() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let path = format!("{ATTACHMENTS}?limit=250&status=current,archived,trashed");
    let mut answers = vec![client.get(&path)];
    while answers.len() < 8 {
        let next = answers.last().and_then(Answer::next);
        answers.push(client.get(&next.expect("more attachments")));
    }
    let rows: Vec<Value> = answers.iter().flat_map(Answer::rows).collect();
    for (row, attachment) in rows.iter().zip(
        organisation
            .attachments()
            .filter(|one| one.status != PageStatus::Deleted),
    ) {
        assert_eq!(row["id"], attachment.id.to_string());
        assert_eq!(row["title"], attachment.title);
        assert_eq!(row["status"], attachment.status.as_str());
        assert_eq!(row["mediaType"], attachment.media_type);
        assert_eq!(
            row["mediaTypeDescription"].as_str(),
            attachment.media_type_description
        );
        assert_eq!(row["comment"], attachment.comment);
        assert_eq!(row["fileId"], attachment.file_id());
        assert_eq!(row["fileSize"], attachment.file_size);
        assert_eq!(row["version"]["number"], attachment.version.number);
        assert_eq!(
            row["version"]["authorId"].as_str(),
            attachment.version.author_id
        );
        let Container::Page(page) = attachment.container else {
            continue;
        };
        assert_eq!(row["pageId"], page.to_string());
        assert_eq!(row["_links"]["download"], row["downloadLink"]);
    }
    let some = |test: &dyn Fn(&Value) -> bool| assert!(rows.iter().any(test));
    some(&|row| row["fileSize"].as_u64() > Some(u64::from(u32::MAX)));
    some(&|row| row["fileSize"] == 0);
    some(&|row| row["mediaTypeDescription"].is_null());
    some(&|row| row["version"]["authorId"].is_null());
    some(&|row| row["status"] == "archived");
}

#[test]
fn a_single_one_with_all_that_comes_with_it() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let mut lists = HashSet::new();
    for attachment in organisation.listed_attachments().take(150) {
        let path = format!("{ATTACHMENTS}/{}", attachment.id);
        let plain = client.get(&path).json();
        assert_eq!(plain["title"], attachment.title);
        assert_eq!(plain["_links"]["base"], format!("{}/wiki", sim.url()));
        assert!(plain.get("labels").is_none() && plain.get("versions").is_none());
        // The number alone names it, too.
        let by_number = client.get(&format!("{ATTACHMENTS}/{}", attachment.id.0));
        assert_eq!(by_number.json(), plain);

        let full = client
            .get(&format!(
                "{path}?include-labels=true&include-properties=true&include-operations=true\
                 &include-versions=true&include-version=false"
            ))
            .json();
        assert!(full.get("version").is_none());
        let labels = client.get(&format!("{path}/labels")).rows();
        let wanted: Vec<_> = attachment
            .labels()
            .iter()
            .map(|label| {
                json!({"id": label.id.to_string(), "name": label.name, "prefix": label.prefix.as_str()})
            })
            .collect();
        assert_eq!(labels, wanted);
        let properties = client.get(&format!("{path}/properties")).rows();
        let wanted: Vec<_> = attachment.properties().collect();
        assert_eq!(properties.len(), wanted.len());
        for (row, property) in properties.iter().zip(&wanted) {
            assert_eq!(
                (&row["key"], &row["value"]),
                (&json!(property.key), &property.value)
            );
            let single = client.get(&format!("{path}/properties/{}", property.id));
            assert_eq!(single.json(), *row);
            let by_key = client.get(&format!("{path}/properties?key={}", property.key));
            assert_eq!(by_key.rows(), std::slice::from_ref(row));
        }
        let versions = client.get(&format!("{path}/versions")).rows();
        let operations = client.get(&format!("{path}/operations")).json()["operations"].clone();
        assert!(
            operations
                .as_array()
                .expect("a list")
                .contains(&json!({"operation": "read", "targetType": "attachment"}))
        );
        assert_eq!(full["labels"]["results"], json!(labels));
        assert_eq!(full["properties"]["results"], json!(properties));
        assert_eq!(full["operations"]["results"], operations);
        assert_eq!(
            full["versions"]["results"].as_array().map(Vec::len),
            Some(versions.len())
        );
        assert_eq!(full["labels"]["meta"]["hasMore"], false);
        assert_eq!(
            full["labels"]["_links"]["self"],
            format!("{path}/labels").as_str()
        );
        lists.insert((
            labels.is_empty(),
            properties.is_empty(),
            versions.len().min(2),
        ));
    }
    assert!(lists.len() > 5, "too much of a muchness: {lists:?}");
}

#[test]
fn versions_come_latest_first_with_their_details() {
    let organisation = Organisation::demo();
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let attachment = organisation
        .attachments()
        .find(|one| one.title == "access-review-2026-q3.xlsx")
        .expect("the list of the review");
    let path = format!("{ATTACHMENTS}/{}", attachment.id);
    let rows = client.all_rows(&format!("{path}/versions?limit=1"));
    let numbers: Vec<_> = rows.iter().map(|row| row["number"].as_u64()).collect();
    assert_eq!(numbers, [Some(4), Some(3), Some(2), Some(1)]);
    assert_eq!(
        rows[0]["attachment"],
        json!({"id": attachment.id.to_string(), "title": attachment.title})
    );
    let oldest_first = client.get(&format!("{path}/versions?sort=modified-date"));
    assert_eq!(oldest_first.rows()[0], rows[3]);
    for row in &rows {
        let number = row["number"].as_u64().expect("a number");
        let details = client.get(&format!("{path}/versions/{number}")).json();
        for field in ["authorId", "message", "createdAt", "minorEdit"] {
            assert_eq!(details[field], row[field]);
        }
        assert_eq!(
            details.get("prevVersion").and_then(Value::as_u64),
            (number > 1).then(|| number - 1)
        );
        assert_eq!(
            details.get("nextVersion").and_then(Value::as_u64),
            (number < 4).then(|| number + 1)
        );
    }
    for (query, status) in [("4", 200), ("5", 404), ("0", 404), ("3", 501)] {
        let answer = client.get(&format!("{path}?version={query}"));
        assert_eq!(answer.status, status, "{query}");
    }
    let (status, title) = client.get(&format!("{path}/versions/9")).refusal();
    assert_eq!(status, 404);
    assert!(title.contains("version [9]"), "{title}");
}

#[test]
fn what_is_absent_is_named() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let attachment = sim.organisation().attachments().next().expect("one").id;
    for (path, title) in [
        (
            "/attachments/att999".to_owned(),
            "Cannot find an attachment with id [att999]",
        ),
        (
            "/attachments/att999/labels".to_owned(),
            "Cannot find an attachment with id [att999]",
        ),
        (
            "/attachments/att999/footer-comments".to_owned(),
            "Cannot find an attachment with id [att999]",
        ),
        (
            "/pages/999/attachments".to_owned(),
            "Cannot find a page with id [999]",
        ),
        (
            "/blogposts/999/attachments".to_owned(),
            "Cannot find a blog post with id [999]",
        ),
        (
            "/custom-content/999/attachments".to_owned(),
            "Cannot find custom content with id [999]",
        ),
        (
            "/labels/999/attachments".to_owned(),
            "Cannot find a label with id [999]",
        ),
        (
            format!("/attachments/{attachment}/properties/5"),
            "Cannot find a content property with id [5]",
        ),
    ] {
        let answer = client.get(&format!("/wiki/api/v2{path}"));
        assert_eq!(answer.refusal(), (404, title.to_owned()), "{path}");
    }
    for path in ["/attachments/x", "/attachments/attx/versions"] {
        let answer = client.get(&format!("/wiki/api/v2{path}"));
        assert_eq!(answer.refusal().0, 400, "{path}");
    }
}

#[test]
fn they_go_where_their_page_goes() {
    let sim = Sim::start(Options::of(small()));
    let client = Client::of(&sim);
    let organisation = sim.organisation();
    let on_page = |one: &Attachment| match one.container {
        Container::Page(id) => Some((one.id, id)),
        _ => None,
    };
    let current = |one: &Attachment| one.status == PageStatus::Current;
    let (id, page) = organisation
        .attachments()
        .filter(current)
        .find_map(|one| on_page(&one))
        .expect("an attachment of a page");
    let single = format!("{ATTACHMENTS}/{id}");
    let is_listed = |query: &str| {
        let rows = client.all_rows(&format!("{ATTACHMENTS}?limit=250&{query}"));
        ids(&rows).contains(&id.to_string().as_str())
    };
    assert!(is_listed(""));
    sim.edit(|organisation| organisation.set_page_status(page, PageStatus::Archived))
        .expect("a page that is there");
    assert!(is_listed("status=archived") && !is_listed("status=current"));
    sim.edit(|organisation| organisation.trash_page(page))
        .expect("a page that is there");
    assert!(!is_listed("") && is_listed("status=trashed"));
    assert_eq!(client.get(&single).json()["status"], "trashed");
    sim.edit(|organisation| organisation.purge_page(page))
        .expect("a page that is there");
    assert!(!is_listed("status=trashed"));
    assert_eq!(client.get(&single).refusal().0, 404);
    // What a test holds does not change under its hands.
    assert!(organisation.attachment(id).is_some_and(|one| current(&one)));
}

#[test]
fn what_an_edit_creates_has_none_whenever_somebody_asks_first() {
    let edit = |organisation: &mut Organisation| {
        let space = organisation.spaces().next().expect("a space").id;
        for number in 0..200 {
            let page = NewPage {
                space_id: space,
                title: format!("New {number}"),
                parent_id: None,
            };
            organisation.create_page(page).expect("a space");
        }
        let first = organisation.page_at(0).expect("a page").id();
        organisation.purge_page(first).expect("a page");
    };
    let asked_before = Sim::start(Options::of(small()));
    let first = asked_before.organisation().attachments().count();
    asked_before.edit(edit);
    let asked_after = Sim::start(Options::of(small()));
    asked_after.edit(edit);
    let all = |sim: &Sim| -> Vec<AttachmentId> {
        sim.organisation().attachments().map(|one| one.id).collect()
    };
    assert_eq!(all(&asked_before), all(&asked_after));
    assert!(all(&asked_after).len() <= first);
}

#[test]
fn nobody_sees_only_what_is_open() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    sim.set_anonymous(true);
    let nobody = Client::with(&sim, None);
    let rows = nobody.all_rows(&format!("{ATTACHMENTS}?limit=250"));
    let open = |one: &Attachment| {
        let space = organisation.space(one.space_id).expect("its space");
        space.kind.as_str() == "global" && space.status.as_str() == "current"
    };
    let wanted = ids_of(organisation.listed_attachments().filter(open));
    assert_eq!(ids(&rows), wanted);
    let hidden = organisation
        .listed_attachments()
        .find(|one| !open(one))
        .expect("one that is not open");
    for path in ["", "/versions", "/footer-comments"] {
        let answer = nobody.get(&format!("{ATTACHMENTS}/{}{path}", hidden.id));
        assert_eq!(answer.refusal().0, 404);
    }
}

#[test]
fn the_demo_has_fifteen_that_can_be_read() {
    let organisation = Organisation::demo();
    assert_eq!(organisation.attachments().count(), 15);
    let trashed = |one: &Attachment| one.status == PageStatus::Trashed;
    assert_eq!(organisation.attachments().filter(trashed).count(), 3);
    let archived = |one: &Attachment| one.status == PageStatus::Archived;
    assert_eq!(organisation.attachments().filter(archived).count(), 1);
    let of_post = |one: &Attachment| matches!(one.container, Container::BlogPost(_));
    assert_eq!(organisation.attachments().filter(of_post).count(), 3);
    for name in ["Sign-off „Q3“.pdf", "overview.drawio", "timeline.csv"] {
        assert!(
            organisation.attachments().any(|one| one.title == name),
            "{name}"
        );
    }
    for one in organisation.attachments() {
        assert!(one.created_at <= one.version.created_at);
        assert!(one.version.created_at <= organisation.now());
    }
}
