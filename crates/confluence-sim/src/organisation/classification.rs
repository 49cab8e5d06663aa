//! Data classification: how sensitive content is, by itself or because its space says so.

use super::NoSuch;
use super::edit::no_such;
use super::prelude::*;
use serde::{Deserialize, Serialize};

/// A level of sensitivity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassificationLevel {
    pub id: String,
    /// `DRAFT`, `PUBLISHED` or `ARCHIVED`. Only published ones are in use.
    pub status: &'static str,
    pub order: u32,
    pub name: &'static str,
    pub description: &'static str,
    pub guideline: &'static str,
    pub color: &'static str,
}

/// In order. Those in use come first.
#[derive(Deserialize)]
struct Level {
    status: String,
    name: String,
    description: String,
    guideline: String,
    color: String,
}

static LEVELS: LazyLock<&[Level]> =
    LazyLock::new(|| table::rows(include_str!("../../words/levels.csv")));
const IN_USE: u64 = 4;
const RESTRICTED: usize = 3;

const STREAM: u64 = 0x636C_6173;
const OF_SPACES: u64 = 0x636C_7370;

impl Organisation {
    pub fn classification_levels(&self) -> Vec<ClassificationLevel> {
        let mut random = Random::new(mix(self.seed, STREAM));
        let levels = LEVELS.iter().zip(1..);
        levels
            .map(|(level, order)| ClassificationLevel {
                id: text::uuid(&mut random),
                status: &level.status,
                order,
                name: &level.name,
                description: &level.description,
                guideline: &level.guideline,
                color: &level.color,
            })
            .collect()
    }

    pub fn default_classification_level(&self, space_id: u64) -> Option<ClassificationLevel> {
        self.level_numbered(self.level_of_space(space_id)?)
    }

    /// The level of a page, a blog post or a node of the content tree: its own, else its space's default.
    pub fn classification_level(&self, content_id: u64) -> Option<ClassificationLevel> {
        let space_id = self.content(content_id)?.space_id();
        let own = self.own_level(content_id);
        self.level_numbered(own.or_else(|| self.level_of_space(space_id))?)
    }

    /// Gives a space another default level (by the level's name), or none.
    pub fn set_default_classification_level(
        &mut self,
        space_id: u64,
        level: Option<&str>,
    ) -> Result<(), NoSuch> {
        let level = level.map(place_of).transpose()?;
        self.number_of_space(space_id)?;
        self.classification.spaces.insert(space_id, level);
        Ok(())
    }

    /// Gives content of any kind a level of its own (by the level's name), or takes it away.
    pub fn set_classification_level(
        &mut self,
        content_id: u64,
        level: Option<&str>,
    ) -> Result<(), NoSuch> {
        let level = level.map(place_of).transpose()?;
        self.classification.content.insert(content_id, level);
        Ok(())
    }

    /// Whether a policy keeps apps from some content of a space: where the default is the highest level.
    pub fn blocks_content_for_apps(&self, space_id: u64) -> bool {
        self.level_of_space(space_id) == Some(RESTRICTED as u8)
    }

    fn level_of_space(&self, id: u64) -> Option<u8> {
        match self.classification.spaces.get(&id) {
            Some(level) => *level,
            None => self.chance(mix(self.seed ^ id, OF_SPACES), 1, 2),
        }
    }

    fn own_level(&self, id: u64) -> Option<u8> {
        match self.classification.content.get(&id) {
            Some(level) => *level,
            None => self.chance(mix(self.seed ^ id, STREAM), 1, 12),
        }
    }

    /// A level in `part` of `whole` cases.
    fn chance(&self, seed: u64, part: u64, whole: u64) -> Option<u8> {
        let mut random = Random::new(seed);
        (self.classification.by_chance && random.once_in(part, whole))
            .then(|| random.below(IN_USE) as u8)
    }

    fn level_numbered(&self, place: u8) -> Option<ClassificationLevel> {
        self.classification_levels()
            .into_iter()
            .nth(usize::from(place))
    }
}

fn place_of(name: &str) -> Result<u8, NoSuch> {
    LEVELS
        .iter()
        .position(|known| known.name == name)
        .map(|place| place as u8)
        .ok_or_else(|| no_such("classification level", name))
}
