//! What is looked up of many contents at one time, by a search for their ids.
//!
//! All tables that do so ask for the same: two of them in one statement, with the same ids, take the same answers.

/// What a request asks of each content, beside its id.
pub const EXPAND: &[(&str, &str)] = &[(
    "expand",
    "restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels",
)];

/// `{"contentStatuses":["archived"]}`: a search finds what is in use, if nothing else is said.
pub const ARCHIVED: Option<(&str, &str)> = Some((
    "cqlcontext",
    "%7B%22contentStatuses%22%3A%5B%22archived%22%5D%7D",
));
