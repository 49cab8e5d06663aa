//! Templates for pages.

use super::prelude::*;

/// A template for pages, of the whole site or of one space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pub id: u64,
    pub name: String,
    pub description: String,
    /// None for one of the whole site.
    pub space_id: Option<u64>,
    /// The module that it comes with, where it is the template of a blueprint and not one that somebody wrote.
    pub blueprint: Option<&'static str>,
    /// In the storage format.
    pub body: String,
}

/// Those that people wrote for the whole site.
const OF_THE_SITE: &[&str] = &["Policy", "Access review", "Post-mortem"];
/// Those that come with the site: more than one page of them.
static BLUEPRINTS: Lines = Lines::new(|| table::lines(include_str!("../../words/blueprints.txt")));

/// Where the ids of those that people wrote begin.
const FIRST: u64 = 5_000_000_000;

/// The id of one for the whole site, by its place, if there are so many.
pub(super) fn of_the_site(place: u64) -> Option<u64> {
    (place < OF_THE_SITE.len() as u64).then_some(FIRST + place)
}

impl Organisation {
    /// The templates that people wrote for the whole site, or for one space.
    pub fn page_templates(&self, space_id: Option<u64>) -> Vec<Template> {
        let names: Vec<String> = match space_id {
            None => OF_THE_SITE.iter().map(|&name| name.to_owned()).collect(),
            Some(id) => {
                // Every third space has some, and one in forty more than a page of them.
                let count = match self.space_number(id) {
                    Some(number) if number % 40 == 3 => 30,
                    Some(number) if number % 3 == 0 => 1 + number % 4,
                    _ => 0,
                };
                (1..=count)
                    .map(|number| format!("Team template {number}"))
                    .collect()
            }
        };
        let first = FIRST + space_id.unwrap_or(0) * 100;
        let template = |(place, name): (usize, String)| Template {
            id: first + place as u64,
            description: format!("What a {} has to say", name.to_lowercase()),
            body: format!("<h1>{name}</h1><p>…</p>"),
            name,
            space_id,
            blueprint: None,
        };
        names.into_iter().enumerate().map(template).collect()
    }

    /// The templates of the blueprints, which are the same for the site and for every space.
    pub fn blueprint_templates(&self) -> Vec<Template> {
        let template = |(place, &module): (usize, &&'static str)| Template {
            id: 4_900_000_000 + place as u64,
            name: module.replace('-', " "),
            description: String::new(),
            space_id: None,
            blueprint: Some(module),
            body: "<p>…</p>".to_owned(),
        };
        BLUEPRINTS.iter().enumerate().map(template).collect()
    }
}
