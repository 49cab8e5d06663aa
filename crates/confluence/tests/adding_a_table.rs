//! The page about adding a table shows code that is there.

const PAGE: &str = include_str!("../../../docs/adding-a-table.md");
const CODE: [&str; 2] = [
    include_str!("../src/tables/blogpost_labels.rs"),
    include_str!("../src/tables/family/labels.rs"),
];

#[test]
fn what_it_shows_is_in_the_code() {
    let shown: Vec<&str> = PAGE
        .split("```rust\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(shown.len(), CODE.len());
    for (shown, code) in shown.iter().zip(CODE) {
        for paragraph in shown.split("\n\n") {
            assert!(
                code.contains(paragraph),
                "docs/adding-a-table.md shows this, and the code differs:\n{paragraph}"
            );
        }
    }
}
