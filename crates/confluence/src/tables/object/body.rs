//! Bodies, in the formats that listings give.

use crate::schema::Column;

pub const BODY_STORAGE: Column = Column::text(
    "body_storage",
    "body.storage.value",
    "Content in the storage format. Asked for only by queries that use it.",
)
.asked_with("body-format", "storage")
.owed()
.width(4000);

pub const BODY_ADF: Column = Column::json_in_string(
    "body_adf",
    "body.atlas_doc_format.value",
    "Content as an Atlassian document. Asked for only by queries that use it.",
)
.asked_with("body-format", "atlas_doc_format")
.owed()
.optional();
