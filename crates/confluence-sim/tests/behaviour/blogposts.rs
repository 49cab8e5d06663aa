//! Blog posts.

use crate::client::{BLOGPOSTS, Client, small};
use confluence_sim::{Options, Sim};

#[test]
fn they_go_with_their_space() {
    let sim = Sim::start(Options::of(small()));
    let client = Client::of(&sim);
    let organisation = sim.organisation();
    let post = organisation.listed_blogposts().next().expect("a blog post");
    sim.edit(|organisation| organisation.delete_space(post.space_id()))
        .expect("a space that is there");
    assert!(
        !client
            .all_ids(&format!("{BLOGPOSTS}?limit=250"))
            .contains(&post.id())
    );
    for path in [
        "",
        "/versions",
        "/labels",
        "/properties",
        "/likes/count",
        "/likes/users",
        "/operations",
    ] {
        let path = format!("{BLOGPOSTS}/{}{path}", post.id());
        assert_eq!(client.get(&path).refusal().0, 404, "{path}");
    }
    let left = sim.organisation();
    assert!(left.versions(post.id()).is_empty() && left.likes(post.id()).is_empty());
}
