//! Nodes among the pages of a generated organisation.

use crate::organisation::prelude::*;
use crate::organisation::record::{NODE, NodeKind, NodeRecord, PageRecord, key};

/// Sets the numbers that are drawn here apart from all others.
const STREAM: u64 = 0x6772_6F77;
const HOUR: i64 = 3_600_000;

/// Finds a place for the folders that pages were put into, and hangs more nodes below pages and each other.
///
/// What is above something always comes before it in the order of the pages, so that nothing is above itself.
pub(crate) fn grow(organisation: &mut Organisation) {
    let seed = organisation.seed ^ STREAM;
    let mut spots = vec![Spot::default(); organisation.spaces.len()];
    let nodes = &mut organisation.nodes;
    let mut forest = Forest {
        now: organisation.now,
        folders: nodes.len() as u64,
        others: 0,
        placed: vec![false; nodes.len()],
        nodes,
    };
    for (number, page) in organisation.pages.iter().enumerate() {
        let mut random = Random::new(mix(seed, number as u64));
        let spot = &mut spots[page.space as usize];
        if page.parent != NONE && page.parent & NODE != 0 {
            forest.place_folder(page, spot, &mut random);
        }
        if page.status == PageStatus::Current {
            spot.page = Some(number as u32);
            if random.once_in(1, 30) {
                forest.hang(number as u32, page, spot, &mut random);
            }
        }
    }
}

/// What the next node of a space can hang under.
#[derive(Clone, Default)]
struct Spot {
    /// The latest page in use.
    page: Option<u32>,
    /// The latest folder, and the latest node that is none.
    folder: Option<u32>,
    other: Option<u32>,
}

struct Forest<'a> {
    now: i64,
    nodes: &'a mut Vec<NodeRecord>,
    folders: u64,
    others: u64,
    /// Which of the folders that were there at first have their place.
    placed: Vec<bool>,
}

impl Forest<'_> {
    /// Places a folder when the first page in it is met.
    fn place_folder(&mut self, page: &PageRecord, spot: &mut Spot, random: &mut Random) {
        let number = (page.parent & !NODE) as usize;
        if std::mem::replace(&mut self.placed[number], true) {
            return;
        }
        let listed = PageStatus::DEFAULT.contains(&page.status);
        let parent = match random.below(8) {
            // At the root only where a page leads to it: no listing of the API does.
            0 if listed => None,
            1 | 2 => spot.folder.or(spot.page),
            _ => spot.page,
        };
        let folder = &mut self.nodes[number];
        folder.parent = parent.unwrap_or(NONE);
        folder.created_at = page.created_at - random.below(48) as i64 * HOUR;
        spot.folder = Some(page.parent);
    }

    fn hang(&mut self, number: u32, page: &PageRecord, spot: &mut Spot, random: &mut Random) {
        let kind = *random.pick(&NodeKind::ALL);
        let parent = match random.below(8) {
            0..=2 => spot.folder,
            3 | 4 => spot.other,
            _ => None,
        };
        let ordinal = match kind {
            NodeKind::Folder => &mut self.folders,
            _ => &mut self.others,
        };
        let id = kind.id(*ordinal);
        *ordinal += 1;
        let key = key(self.nodes.len());
        let created_at = page.created_at + random.below(24) as i64 * HOUR;
        let (parent, created_at) = (parent.unwrap_or(number), created_at.min(self.now));
        self.nodes.push(NodeRecord {
            archived: random.once_in(1, 20),
            ..NodeRecord::new(id, kind, page.space, parent, created_at)
        });
        match kind {
            NodeKind::Folder => spot.folder = Some(key),
            _ => spot.other = Some(key),
        }
    }
}
