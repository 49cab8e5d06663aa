//! Blog posts.

use crate::client::{BLOGPOSTS, edit, small, start};

#[test]
fn they_go_with_their_space() {
    let (sim, client) = start(&small());
    let organisation = sim.organisation();
    let post = organisation.listed_blogposts().next().expect("a blog post");
    edit(&sim, |organisation| {
        organisation.delete_space(post.space_id())
    });
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
        client.refuses(&path, 404);
    }
    let left = sim.organisation();
    assert!(left.versions(post.id()).is_empty() && left.likes(post.id()).is_empty());
}
