//! Themes, which apps provide.

use crate::schema::Column;

pub const THEME_KEY: Column = Column::text("theme_key", "themeKey", "Key of the theme.")
    .required()
    .width(40);

pub const NAME: Column = Column::text(
    "name",
    "name",
    "Name of the theme. NULL where the site does not say.",
);

pub const DESCRIPTION: Column = Column::text(
    "description",
    "description",
    "What the theme is like. NULL where the site does not say.",
)
.width(60);
