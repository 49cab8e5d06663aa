//! A stand-in for Confluence Cloud: the site of a made-up organisation, of any size, behind Confluence's own API.
//!
//! It is as strict as the live site, so that what works here works there, and it goes wrong on request, so that what
//! happens then can be tested.
//!
//! ```
//! use confluence_sim::{Fault, Organisation, Options, Reply, Sim};
//!
//! let sim = Sim::start(Options::of(Organisation::demo()));
//! sim.fault(Fault::on("/wiki/api/v2/spaces").times(1), Reply::status(503));
//! // … a client reads from sim.url() …
//! assert_eq!(sim.data_requests().len(), 0);
//! ```
#![forbid(unsafe_code)]
#![warn(missing_debug_implementations)]

mod api;
mod barrier;
#[cfg(feature = "contract")]
pub mod contract;
mod cql;
mod fault;
mod lock;
mod log;
mod options;
mod organisation;
mod server;
mod sim;

pub use api::{Served, served};
pub use barrier::Barrier;
pub use fault::{Fault, Reply};
pub use log::{Request, Route};
pub use options::Options;
pub use organisation::{
    Access, AccountStatus, AccountType, Attachment, AttachmentId, AuditChange, AuditObject,
    AuditRecord, ClassificationLevel, Comment, Container, Content, ContentState, CustomContent,
    Descendant, Group, Inline, Label, LabelPrefix, Layer, NewPage, NoSuch, NodeKind, Organisation,
    Page, PageStatus, Permission, PermittedOperation, ProductAccess, Property, Resolution,
    RestrictedOperation, Revision, Role, RoleAssignment, RoleMode, RoleType, Size, Space,
    SpacePermission, SpaceStatus, SpaceType, Subject, Task, Template, TreeItem, TreeNode, User,
    Version, Whose,
};
pub use server::credentials::Credential;
pub use server::entrance::Entrance;
pub use server::meter::{LimitHeaders, RateLimit};
pub use server::oauth::OauthClient;
pub use sim::Sim;
