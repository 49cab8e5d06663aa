//! Rate limits: the pace at which requests leave, and what the site's headers say of it.

pub(crate) mod headers;
pub(crate) mod host;
pub(crate) mod pacer;
