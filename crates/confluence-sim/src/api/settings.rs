//! The site itself, and looks and settings of it and of spaces.

use super::prelude::*;
use super::v1::{links, no_such, picture};
use crate::organisation::SpaceType;

const LOOKS: Scopes = &[
    &["manage:confluence-configuration"],
    &[
        "read:configuration:confluence",
        "read:space.setting:confluence",
    ],
];
/// Key and name.
const THEMES: &[(&str, &str)] = &[
    (
        "com.atlassian.confluence.themes.default:simple",
        "Default theme",
    ),
    ("com.example.brand:acme", "Acme"),
];

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getSettingsSystemInfoV1" v1 "settings/systemInfo", SITE, &[] => system_info;
    // In no document of the API, and asked without a credential.
    "tenantInfo" edge "/_edge/tenant_info", &[], &[] => tenant_info;
    "getSettingsThemeV1" v1 "settings/theme", SITE, &[START, offset::limit(100, 100)] => themes;
    "getSettingsThemeSelectedV1" v1 "settings/theme/selected", SITE, &[] => selected_theme;
    "getSettingsLookandfeelV1" v1 "settings/lookandfeel", LOOKS, &[Parameter::new("spaceKey", Kind::Text)]
        => look_and_feel;
    "getSpaceBySpaceKeySettingsV1" v1 "space/{key}/settings", SPACE_SETTINGS, &[] => of_space;
    "getSpaceBySpaceKeyThemeV1" v1 "space/{key}/theme", SPACE_SETTINGS, &[] => theme_of_space;
    "getLongtaskV1" v1 "longtask", METADATA, &[Parameter::new("key", Kind::Text), START, offset::limit(100, 100)]
        => long_tasks;
};

fn system_info(call: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::ok(&json!({
        "cloudId": call.organisation.cloud_id(),
        "commitHash": "0b5e6a1c9f7d4b3e8a2c6d5f4e3b2a1908f7e6d5",
        "baseUrl": format!("{}/wiki", call.site),
        "edition": "Premium",
        "siteTitle": "Acme",
        "defaultLocale": "en_GB",
        "defaultTimeZone": "Europe/Berlin",
        "microsPerimeter": "commercial",
    })))
}

fn tenant_info(call: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::ok(
        &json!({"cloudId": call.organisation.cloud_id()}),
    ))
}

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
