//! Colours and spacings.

use crate::schema::Column;

pub const SELECTED: Column = Column::text(
    "selected",
    "selected",
    "Which of them hold: global or custom.",
)
.width(6);

pub const GLOBAL: Column = Column::json("global", "global", "Those of the whole site.").width(2500);

pub const THEME: Column = Column::json(
    "theme",
    "theme",
    "Those of the theme. NULL where there is none.",
)
.width(2500);

pub const CUSTOM: Column = Column::json(
    "custom",
    "custom",
    "Those that somebody has set. NULL where the site does not say.",
)
.width(2500);
