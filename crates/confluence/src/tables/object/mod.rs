//! What objects of several kinds have in common.

pub(super) mod body;
pub(super) mod classification;
pub(super) mod comments;
pub(super) mod labelled;
pub(super) mod likes;
pub(super) mod tree;
pub(super) mod version;
