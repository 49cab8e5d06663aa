//! Edits, as people make them while somebody reads.

use super::Organisation;
use super::record::{Message, OWN_TITLE, PageRecord, PageStatus, PermissionRecord, Principal};
use std::sync::OnceLock;

/// What an edit was to change is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuch(String);

impl std::fmt::Display for NoSuch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the organisation has no {}", self.0)
    }
}

impl std::error::Error for NoSuch {}

#[derive(Clone, Debug)]
pub struct NewPage {
    pub space_id: u64,
    pub title: String,
    /// Something in the tree of the same space, or none for a page at the root.
    pub parent_id: Option<u64>,
}

impl Organisation {
    /// Creates a page and returns its id, which is above all others.
    pub fn create_page(&mut self, page: NewPage) -> Result<u64, NoSuch> {
        let space = self.number_of_space(page.space_id)? as u32;
        let parent = self.parent_key(page.parent_id)?;
        let id = self.pages.last().map_or(98_306, |last| last.id + 2);
        let now = self.tick();
        let title = self.add_title(page.title);
        self.pages.push(PageRecord {
            parent,
            author: 0,
            owner: 0,
            version_author: 0,
            ..PageRecord::new(id, space, title, now)
        });
        self.annotations.begin(id);
        self.forget_orders();
        self.children = OnceLock::new();
        Ok(id)
    }

    /// Writes a new version of a page, now.
    pub fn modify_page(&mut self, id: u64) -> Result<(), NoSuch> {
        let now = self.tick();
        let left_behind = self.record_mut(id)?.latest();
        let versions = self.history.left_behind.entry(id).or_default();
        versions.push(left_behind);
        let record = self.record_mut(id)?;
        record.version += 1;
        record.modified_at = now;
        record.message = Message::Text;
        self.forget_orders();
        Ok(())
    }

    /// Writes a new version of a page with another title, now.
    pub fn rename_page(&mut self, id: u64, title: impl Into<String>) -> Result<(), NoSuch> {
        self.modify_page(id)?;
        let title = self.add_title(title.into());
        self.record_mut(id)?.title = title;
        Ok(())
    }

    /// Gives a page another status: archives it, puts it into the trash, takes it back.
    /// As on the live site this is no new version.
    pub fn set_page_status(&mut self, id: u64, status: PageStatus) -> Result<(), NoSuch> {
        self.record_mut(id)?.status = status;
        Ok(())
    }

    pub fn trash_page(&mut self, id: u64) -> Result<(), NoSuch> {
        self.set_page_status(id, PageStatus::Trashed)
    }

    /// Removes a page for good.
    pub fn purge_page(&mut self, id: u64) -> Result<(), NoSuch> {
        self.record_mut(id)?.purged = true;
        Ok(())
    }

    /// Removes a space with all that is in it.
    pub fn delete_space(&mut self, id: u64) -> Result<(), NoSuch> {
        let number = self.number_of_space(id)?;
        self.spaces[number].removed = true;
        self.permissions[number].clear();
        let pages = self.pages.iter_mut().chain(&mut self.blogposts);
        for page in pages.filter(|page| page.space as usize == number) {
            page.purged = true;
        }
        Ok(())
    }

    /// Gives a permission in a space and returns its id, which is above all others. The words are free, so that a
    /// test can show what no organisation here would have.
    pub fn add_permission(
        &mut self,
        space_id: u64,
        (principal_type, principal_id): (&str, &str),
        (operation_key, target_type): (&str, &str),
    ) -> Result<u64, NoSuch> {
        let number = self.number_of_space(space_id)?;
        let ids = self.permissions.iter().flatten().map(|row| row.id);
        let id = ids.max().unwrap_or(0) + 1;
        let principal = (principal_type.to_owned(), principal_id.to_owned());
        let (key, target) = (operation_key.to_owned(), target_type.to_owned());
        self.permissions[number].push(PermissionRecord {
            id,
            principal: Principal::Other(Box::new(principal)),
            operation: (key.into(), target.into()),
        });
        Ok(id)
    }

    pub fn remove_permission(&mut self, id: u64) -> Result<(), NoSuch> {
        let of_space = self
            .permissions
            .iter_mut()
            .find(|of_space| of_space.iter().any(|row| row.id == id));
        of_space
            .ok_or_else(|| no_such("permission", id))?
            .retain(|row| row.id != id);
        Ok(())
    }

    /// Every edit is a second after the one before, so that their order can be seen.
    pub(super) fn tick(&mut self) -> i64 {
        self.now += 1000;
        self.now
    }

    pub(super) fn add_title(&mut self, title: String) -> u32 {
        self.titles.push(title.into_boxed_str());
        (self.titles.len() - 1) as u32 | OWN_TITLE
    }

    pub(super) fn number_of_space(&self, id: u64) -> Result<usize, NoSuch> {
        let number = self.space_number(id);
        number.ok_or_else(|| no_such("space", id))
    }

    fn record_mut(&mut self, id: u64) -> Result<&mut PageRecord, NoSuch> {
        let number = self.page_number(id).ok_or_else(|| no_such("page", id))?;
        Ok(&mut self.pages[number as usize])
    }

    fn forget_orders(&mut self) {
        self.orders = Default::default();
        self.by_title = OnceLock::new();
    }
}

pub(super) fn no_such(what: &str, id: impl std::fmt::Display) -> NoSuch {
    NoSuch(format!("{what} {id}"))
}
