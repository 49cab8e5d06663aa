//! Who watches, and how often pages are looked at.

use crate::client::{edit, start};
use confluence_sim::Organisation;
use std::time::Duration;

const API: &str = "/wiki/rest/api";

#[test]
fn views_are_counted_from_a_date_on() {
    let organisation = Organisation::demo();
    let (sim, client) = start(&organisation);
    let month_ago = organisation.now() - Duration::from_secs(30 * 86_400);
    for page in organisation.listed_pages().take(20) {
        let of_page = format!("{API}/analytics/content/{}", page.id());
        let count = |end: &str| {
            let answer = client.get(&format!("{of_page}/{end}")).json();
            assert_eq!(answer["id"], page.id());
            answer["count"].as_u64().expect("a number")
        };
        let (all, some) = (
            count("views"),
            count(&format!("views?fromDate={month_ago}")),
        );
        assert_eq!(all, organisation.views(page.id(), None));
        assert_eq!(some, organisation.views(page.id(), Some(month_ago)));
        assert!(some > 0 && some < all);
        let viewers = count(&format!("viewers?fromDate={month_ago}"));
        assert_eq!(viewers, organisation.viewers(page.id(), Some(month_ago)));
        assert!(viewers <= some);
    }
    let page = organisation.page_at(0).expect("a page").id();
    let odd = client.get(&format!(
        "{API}/analytics/content/{page}/views?fromDate=today"
    ));
    assert_eq!(odd.refusal_of_v1().0, 400);
    edit(&sim, |organisation| organisation.hide_page(page));
    for end in ["views", "viewers"] {
        let gone = client.get(&format!("{API}/analytics/content/{page}/{end}"));
        assert_eq!(gone.refusal_of_v1().0, 404);
    }
}
