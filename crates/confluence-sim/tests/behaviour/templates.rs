//! Templates for pages.

use crate::client::{Client, texts};
use confluence_sim::{Options, Organisation, Sim, Template};

const TEMPLATE: &str = "/wiki/rest/api/template";

fn ids(templates: &[Template]) -> Vec<String> {
    let ids = templates.iter().map(|template| template.id.to_string());
    ids.collect()
}

#[test]
fn templates_are_listed_for_the_site_and_for_spaces() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let all = |path: &str| {
        let rows = client.all_rows_of_v1(path);
        let ids = texts(&rows, "templateId").into_iter().map(str::to_owned);
        ids.collect::<Vec<_>>()
    };
    assert_eq!(
        all(&format!("{TEMPLATE}/page")),
        ids(&organisation.page_templates(None))
    );
    let blueprints = organisation.blueprint_templates();
    assert!(blueprints.len() > 25);
    assert_eq!(all(&format!("{TEMPLATE}/blueprint")), ids(&blueprints));
    let mut longest = 0;
    for space in organisation.spaces().take(45) {
        let wanted = organisation.page_templates(Some(space.id));
        longest = longest.max(wanted.len());
        assert_eq!(
            all(&format!("{TEMPLATE}/page?spaceKey={}", space.key)),
            ids(&wanted)
        );
        let of_blueprints = all(&format!(
            "{TEMPLATE}/blueprint?limit=9&spaceKey={}",
            space.key
        ));
        assert_eq!(of_blueprints, ids(&blueprints));
    }
    assert!(longest > 25);
    let nowhere = client.get(&format!("{TEMPLATE}/page?spaceKey=NOWHERE"));
    assert_eq!(nowhere.refusal_of_v1().0, 404);
}

#[test]
fn a_template_has_its_body_where_it_is_asked_for() {
    let organisation = Organisation::demo();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let space = organisation.spaces().next().expect("a space");
    let template = &organisation.page_templates(Some(space.id))[0];
    let path = format!("{TEMPLATE}/{}", template.id);
    let bare = client.get(&path).json();
    assert_eq!(bare["name"], template.name.as_str());
    assert_eq!(bare["space"]["key"], space.key.as_str());
    assert_eq!(bare.get("body"), None);
    let whole = client.get(&format!("{path}?expand=body.storage")).json();
    assert_eq!(whole["body"]["storage"]["value"], template.body.as_str());
    let blueprint = &organisation.blueprint_templates()[0];
    let row = client.get(&format!("{TEMPLATE}/{}", blueprint.id)).json();
    let module = row["referencingBlueprint"].as_str().expect("a module");
    assert!(module.ends_with("meeting-notes-blueprint"), "{module}");
    assert_eq!(row.get("space"), None);
    for id in ["1", "x"] {
        assert_eq!(
            client.get(&format!("{TEMPLATE}/{id}")).refusal_of_v1().0,
            404,
            "{id}"
        );
    }
}
