//! Sets of scopes that let a token use an operation.

pub(super) type Scopes = &'static [&'static [&'static str]];

pub(super) const ATTACHMENT: Scopes = &[&["read:attachment:confluence"]];
pub(super) const COMMENT: Scopes = &[&["read:comment:confluence"]];
pub(super) const CONFIGURATION: Scopes = &[&["read:configuration:confluence"]];
pub(super) const CUSTOM_CONTENT: Scopes = &[&["read:custom-content:confluence"]];
pub(super) const DATABASE: Scopes = &[&["read:database:confluence"]];
pub(super) const HIERARCHY: Scopes = &[&["read:hierarchical-content:confluence"]];
pub(super) const LABEL: Scopes = &[&["read:label:confluence"]];
pub(super) const METADATA: Scopes = &[&["read:content.metadata:confluence"]];
pub(super) const PAGE: Scopes = &[&["read:page:confluence"]];
pub(super) const ROLES: Scopes = &[&["read:space.permission:confluence"]];
pub(super) const SITE: Scopes = &[
    &["manage:confluence-configuration"],
    &["read:configuration:confluence"],
];
pub(super) const SPACE: Scopes = &[&["read:space:confluence"]];
pub(super) const SPACE_SETTINGS: Scopes = &[
    &["read:confluence-space.summary"],
    &["read:space.setting:confluence"],
];
pub(super) const TASK: Scopes = &[&["read:task:confluence"]];
pub(super) const WHITEBOARD: Scopes = &[&["read:whiteboard:confluence"]];
