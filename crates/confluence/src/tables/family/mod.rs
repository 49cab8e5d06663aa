//! What tables of one family have in common: the API answers for each kind of object in the same way.

pub(super) mod labels;
pub(super) mod likes;
pub(super) mod looked_up;
pub(super) mod nodes;
pub(super) mod operations;
pub(super) mod properties;
pub(super) mod tree;
pub(super) mod versions;
