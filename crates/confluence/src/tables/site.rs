//! `confluence_site`.

use crate::schema::{Column, Endpoint, Part, Table};

static ROLE_MODE: Part = Part {
    operation: "getSpaceRoleMode",
    path: "/wiki/api/v2/space-role-mode",
    scope: "read:configuration:confluence",
    may_be_absent: true,
};

static ACCOUNT: Part = Part {
    operation: "getUserCurrentV1",
    path: "/wiki/rest/api/user/current",
    scope: "read:confluence-user",
    may_be_absent: false,
};

static THEME: Part = Part {
    operation: "getSettingsThemeSelectedV1",
    path: "/wiki/rest/api/settings/theme/selected",
    scope: "manage:confluence-configuration",
    may_be_absent: true,
};

/// The site, and who asks it: `getSettingsSystemInfoV1`.
pub static TABLE: Table = Table {
    name: "confluence_site",
    comment: "The site, and the account that reads it: one row. A query that uses them all takes a request for the site, one for the role mode and one for the account.",
    key: &["cloud_id"],
    rows: 1.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getSettingsSystemInfoV1",
        "/wiki/rest/api/settings/systemInfo",
        "manage:confluence-configuration",
    )],
    columns: &[
        Column::text("cloud_id", "cloudId", "Id of the site at Atlassian.")
            .required()
            .width(36),
        Column::text("base_url", "baseUrl", "Address of the site.").width(40),
        Column::text("title", "siteTitle", "Title of the site."),
        Column::text("edition", "edition", "Edition that the site has a licence for.").width(10),
        Column::text("default_locale", "defaultLocale", "Language of the site.").width(5),
        Column::text(
            "default_time_zone",
            "defaultTimeZone",
            "Time zone of the site. Searches read times in it.",
        )
        .width(14),
        Column::text("commit_hash", "commitHash", "Version of the program that the site runs.").width(40),
        Column::text(
            "role_mode",
            "mode",
            "Whether spaces have roles: PRE_ROLES, ROLES_TRANSITION or ROLES. NULL where the site does not know of roles.",
        )
        .told_by(&ROLE_MODE)
        .width(9),
        Column::text(
            "api_account_id",
            "accountId",
            "Account that reads the site. NULL for reading without one.",
        )
        .told_by(&ACCOUNT)
        .width(43),
        Column::text(
            "api_account_type",
            "accountType",
            "Kind of that account: atlassian for people, app for apps. NULL where the site does not say.",
        )
        .told_by(&ACCOUNT)
        .empty_is_null()
        .width(9),
        Column::text("api_account_name", "displayName", "Name of that account.").told_by(&ACCOUNT),
        Column::text(
            "api_account_email",
            "email",
            "E-mail address of that account. NULL where the site does not show it.",
        )
        .told_by(&ACCOUNT)
        .empty_is_null(),
        Column::text(
            "theme_key",
            "themeKey",
            "Theme of the site. NULL where it has the default one.",
        )
        .part(&THEME)
        .width(40),
    ],
};
