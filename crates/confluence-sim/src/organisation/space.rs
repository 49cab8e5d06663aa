//! Spaces.

use jiff::Timestamp;

words! {
    pub enum SpaceType {
        Global = "global",
        Collaboration = "collaboration",
        KnowledgeBase = "knowledge_base",
        Personal = "personal",
        System = "system",
        Onboarding = "onboarding",
        XflowSampleSpace = "xflow_sample_space",
    }

    pub enum SpaceStatus {
        Current = "current",
        Archived = "archived",
    }
}

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
