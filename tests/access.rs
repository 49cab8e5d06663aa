//! Who can reach what, over mirrors whose history tables are filled by hand: each case by itself, and by chance.

#[path = "access/by_chance.rs"]
mod by_chance;
#[path = "access/cases.rs"]
mod cases;
#[path = "access/gaps.rs"]
mod gaps;
#[path = "access/limits.rs"]
mod limits;
#[path = "access/mirror.rs"]
mod mirror;
#[path = "access/persons.rs"]
mod persons;
#[path = "access/plans.rs"]
mod plans;
#[path = "access/rule.rs"]
mod rule;
#[path = "access/search.rs"]
mod search;
#[path = "access/spaces.rs"]
mod spaces;
#[path = "access/view.rs"]
mod view;
#[path = "access/world.rs"]
mod world;
