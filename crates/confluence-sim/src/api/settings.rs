//! Looks and settings, of the site and of spaces.

use super::v1::{links, no_such, picture};
use crate::organisation::SpaceType;
use crate::server::answer::{Answer, Refusal};
use crate::server::offset::{self, START};
use crate::server::operation::{Call, Operation};
use crate::server::parameters::{Kind, Parameter};
use serde_json::{Map, Value, json};

const SITE: &[&[&str]] = &[
    &["manage:confluence-configuration"],
    &["read:configuration:confluence"],
];
const SPACE: &[&[&str]] = &[
    &["read:confluence-space.summary"],
    &["read:space.setting:confluence"],
];
/// Key and name.
const THEMES: &[(&str, &str)] = &[
    (
        "com.atlassian.confluence.themes.default:simple",
        "Default theme",
    ),
    ("com.example.brand:acme", "Acme"),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getSettingsThemeV1",
        path: "/wiki/rest/api/settings/theme",
        scopes: SITE,
        parameters: &[START, offset::limit(100, 100)],
        answer: themes,
    },
    Operation {
        id: "getSettingsThemeSelectedV1",
        path: "/wiki/rest/api/settings/theme/selected",
        scopes: SITE,
        parameters: &[],
        answer: selected_theme,
    },
    Operation {
        id: "getSettingsLookandfeelV1",
        path: "/wiki/rest/api/settings/lookandfeel",
        scopes: &[
            &["manage:confluence-configuration"],
            &[
                "read:configuration:confluence",
                "read:space.setting:confluence",
            ],
        ],
        parameters: &[Parameter::new("spaceKey", Kind::Text)],
        answer: look_and_feel,
    },
    Operation {
        id: "getSpaceBySpaceKeySettingsV1",
        path: "/wiki/rest/api/space/{key}/settings",
        scopes: SPACE,
        parameters: &[],
        answer: of_space,
    },
    Operation {
        id: "getSpaceBySpaceKeyThemeV1",
        path: "/wiki/rest/api/space/{key}/theme",
        scopes: SPACE,
        parameters: &[],
        answer: theme_of_space,
    },
    Operation {
        id: "getLongtaskV1",
        path: "/wiki/rest/api/longtask",
        scopes: &[&["read:content.metadata:confluence"]],
        parameters: &[
            Parameter::new("key", Kind::Text),
            START,
            offset::limit(100, 100),
        ],
        answer: long_tasks,
    },
];

fn themes(call: &Call) -> Result<Answer, Refusal> {
    call.signed_in()?;
    offset::page(call, THEMES, theme)
}

fn selected_theme(call: &Call) -> Result<Answer, Refusal> {
    call.signed_in()?;
    let mut row = theme(&THEMES[1]);
    row["_links"] = links(call);
    Ok(Answer::ok(&row))
}

/// Personal spaces have one of their own; the others look as the site does.
fn theme_of_space(call: &Call) -> Result<Answer, Refusal> {
    let space = call.space_in_path()?;
    if space.kind != SpaceType::Personal {
        return Err(no_such(&format!(
            "No theme is set for the space with key : {}",
            space.key
        )));
    }
    let mut row = theme(&THEMES[0]);
    row["_links"] = links(call);
    Ok(Answer::ok(&row))
}

fn theme(&(key, name): &(&str, &str)) -> Value {
    json!({
        "themeKey": key,
        "name": name,
        "description": format!("{name}, for every space that has no other"),
        "icon": picture("/wiki/images/theme.png"),
    })
}

fn look_and_feel(call: &Call) -> Result<Answer, Refusal> {
    call.signed_in()?;
    if let Some(key) = call.arguments.text("spaceKey") {
        call.space_of_key(key)?;
    }
    let look = |accent: &str| {
        let pair = json!({"backgroundColor": "#ffffff", "color": accent});
        let navigation = json!({"color": accent, "highlightColor": null, "hoverOrFocus": pair});
        json!({
            "headings": {"color": "#172b4d"},
            "links": {"color": accent},
            "menus": {"hoverOrFocus": {"backgroundColor": "#ebecf0"}, "color": "#172b4d"},
            "header": {
                "backgroundColor": "#ffffff",
                "button": pair,
                "primaryNavigation": navigation,
                "secondaryNavigation": navigation,
                "search": pair,
            },
            "content": {},
            "bordersAndDividers": {"color": "#dfe1e6"},
        })
    };
    Ok(Answer::ok(&json!({
        "selected": "global",
        "global": look("#0052cc"),
        "custom": look("#bf2600"),
    })))
}

fn of_space(call: &Call) -> Result<Answer, Refusal> {
    let space = call.space_in_path()?;
    Ok(Answer::ok(&json!({
        "routeOverrideEnabled": space.homepage_id.is_none(),
        "spaceKey": space.key,
        "editor": {"page": "v2", "blogpost": "v2", "default": "v2"},
        "_links": links(call),
    })))
}

/// Nothing of what takes long is under way here.
fn long_tasks(call: &Call) -> Result<Answer, Refusal> {
    call.signed_in()?;
    let none: &[Map<String, Value>] = &[];
    offset::page(call, none, Map::clone)
}
