//! What is kept of an organisation: small records, which do not look at each other.

mod belonging;
mod container;
mod governance;
mod node;
mod note;
mod order;
mod page;

pub use belonging::Resolution;
pub(crate) use belonging::{
    AttachmentRecord, Belongings, BodyForm, CommentRecord, CustomContentRecord, CustomType,
    FileKind, Hanging, InlineRecord, Revisions, TaskRecord,
};
pub use container::Container;
pub(crate) use governance::{
    Administration, Classification, Governance, OutOfReach, PermissionRecord, Principal,
    Restrictions,
};
pub use governance::{
    AuditChange, AuditObject, AuditRecord, RestrictedOperation, Role, RoleMode, RoleType, Subject,
};
pub use node::NodeKind;
pub(crate) use node::{NodeRecord, key};
pub(crate) use note::{Annotations, Carriers, Notes, PropertyRecord};
pub use note::{Label, LabelPrefix};
pub(crate) use order::{DateSort, PageOrder, SortValue, directed};
pub use page::PageStatus;
pub(crate) use page::{Edition, History, Message, NODE, NONE, OWN_TITLE, PageRecord, Subtype};
