//! Spaces.

use jiff::Timestamp;
use serde::Deserialize;

/// Kind of a space, as the API has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpaceType {
    Global,
    Collaboration,
    KnowledgeBase,
    Personal,
    System,
    Onboarding,
    XflowSampleSpace,
}

impl SpaceType {
    /// The word the API uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Collaboration => "collaboration",
            Self::KnowledgeBase => "knowledge_base",
            Self::Personal => "personal",
            Self::System => "system",
            Self::Onboarding => "onboarding",
            Self::XflowSampleSpace => "xflow_sample_space",
        }
    }
}

/// Whether a space is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpaceStatus {
    Current,
    Archived,
}

impl SpaceStatus {
    /// The word the API uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Archived => "archived",
        }
    }
}

/// A space of an organisation.
#[derive(Clone, Debug)]
pub struct Space {
    pub id: u64,
    pub key: String,
    pub name: String,
    pub kind: SpaceType,
    pub status: SpaceStatus,
    pub author_id: Option<String>,
    pub owner_id: Option<String>,
    pub created_at: Timestamp,
    pub homepage_id: Option<u64>,
    /// Plain text; handed out only where a format is asked for.
    pub description: String,
    /// Differs from the key where the key was changed.
    pub current_active_alias: String,
    /// Gone; the entry stays, so that numbers of spaces stay what they are.
    pub(crate) removed: bool,
}

impl Space {
    /// Whether somebody without an account may see it, on a site that lets anybody in.
    pub fn open_to_anonymous(&self) -> bool {
        self.kind == SpaceType::Global && self.status == SpaceStatus::Current
    }
}
