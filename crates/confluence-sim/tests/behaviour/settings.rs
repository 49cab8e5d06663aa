//! Settings of the site and of spaces, and the states of pages.

use crate::client::{Client, texts};
use confluence_sim::{Options, Organisation, PageStatus, Sim, SpaceType};
use serde_json::json;

const API: &str = "/wiki/rest/api";

#[test]
fn the_site_has_a_theme_and_some_spaces_have() {
    let organisation = Organisation::demo();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let rows = client.all_rows_of_v1(&format!("{API}/settings/theme?limit=1"));
    assert_eq!(texts(&rows, "name"), ["Default theme", "Acme"]);
    let selected = client.get(&format!("{API}/settings/theme/selected")).json();
    assert_eq!(selected["name"], "Acme");
    for space in organisation.spaces() {
        let theme = client.get(&format!("{API}/space/{}/theme", space.key));
        let personal = space.kind == SpaceType::Personal;
        assert_eq!(
            theme.status,
            if personal { 200 } else { 404 },
            "{}",
            space.key
        );
        let settings = client
            .get(&format!("{API}/space/{}/settings", space.key))
            .json();
        assert_eq!(settings["spaceKey"], space.key.as_str());
        let look = client.get(&format!(
            "{API}/settings/lookandfeel?spaceKey={}",
            space.key
        ));
        assert_eq!(look.json()["selected"], "global");
    }
    for path in [
        "space/NOWHERE/settings",
        "space/NOWHERE/theme",
        "settings/lookandfeel?spaceKey=X",
    ] {
        assert_eq!(
            client.get(&format!("{API}/{path}")).refusal_of_v1().0,
            404,
            "{path}"
        );
    }
    let tasks = client.get(&format!("{API}/longtask"));
    assert_eq!((tasks.rows().len(), tasks.next()), (0, None));
}

#[test]
fn pages_have_states() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let space = organisation.spaces().next().expect("a space");
    let states = client
        .get(&format!("{API}/space/{}/state", space.key))
        .json();
    assert_eq!(
        states[0],
        json!({"id": 3, "name": "Rough draft", "color": "#ffc400"})
    );
    assert_eq!(
        states.as_array().expect("a list").len(),
        organisation.content_states().len()
    );
    let mut with_state = 0;
    for page in organisation
        .listed_pages()
        .filter(|page| page.space_id() == space.id)
        .take(40)
    {
        let path = format!("{API}/content/{}/state", page.id());
        let status = page.status().as_str();
        let answer = client.get(&format!("{path}?status={status}")).json();
        let state = organisation.state_of(page.id());
        with_state += usize::from(state.is_some());
        let id = state.map(|(state, _)| state.id);
        assert_eq!(answer["contentState"]["id"].as_u64(), id, "{page:?}");
        let other = match page.status() {
            PageStatus::Archived => "current",
            _ => "archived",
        };
        assert_eq!(client.get(&format!("{path}?status={other}")).status, 404);
    }
    assert!(with_state > 5);
    for state in organisation.content_states() {
        let path = format!(
            "{API}/space/{}/state/content?state-id={}",
            space.key, state.id
        );
        let rows = client.all_rows_of_v1(&format!("{path}&limit=7"));
        let wanted = organisation.pages().filter(|page| {
            let here = organisation.state_of(page.id());
            page.space_id() == space.id && here.is_some_and(|(here, _)| here.id == state.id)
        });
        let wanted: Vec<u64> = wanted.map(|page| page.id()).collect();
        assert_eq!(
            rows.iter().map(crate::client::id).collect::<Vec<_>>(),
            wanted
        );
        assert_eq!(
            client.get(&format!("{path}&limit=101")).refusal_of_v1().0,
            400
        );
    }
    let missing = client.get(&format!("{API}/space/{}/state/content", space.key));
    assert_eq!(missing.refusal_of_v1().0, 400);
    let unknown = client.get(&format!(
        "{API}/space/{}/state/content?state-id=99",
        space.key
    ));
    assert_eq!(unknown.refusal_of_v1().0, 404);
}

#[test]
fn users_have_properties() {
    let organisation = Organisation::demo();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    for user in organisation.users() {
        let path = format!("{API}/user/{}/property", user.account_id);
        let wanted = organisation
            .user_properties(&user.account_id)
            .expect("a user");
        let rows = client.all_rows_of_v1(&path);
        let keys: Vec<&str> = wanted.iter().map(|property| property.key).collect();
        assert_eq!(texts(&rows, "key"), keys);
        for property in &wanted {
            let row = client.get(&format!("{path}/{}", property.key)).json();
            assert_eq!(row["value"], property.value);
            assert_eq!(row["id"], property.id);
        }
    }
    let reader = &organisation.users()[0].account_id;
    let path = format!("{API}/user/{reader}/property");
    assert_eq!(client.get(&path).rows().len(), 5);
    assert_eq!(
        client.get(&format!("{path}?limit=26")).refusal_of_v1().0,
        400
    );
    assert_eq!(
        client.get(&format!("{path}/nothing")).refusal_of_v1().0,
        404
    );
    let nobody = client.get(&format!("{API}/user/nobody/property"));
    assert_eq!(nobody.refusal_of_v1().0, 404);
}
