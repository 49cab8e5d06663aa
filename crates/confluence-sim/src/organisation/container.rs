//! What attachments, comments, tasks and custom content hang on.

use super::Organisation;
use super::record::{Container, Hanging, PageStatus};
use std::borrow::Cow;

/// A page or a blog post that something may hang on.
pub(super) struct Host {
    pub container: Container,
    pub created_at: i64,
}

impl Organisation {
    /// The pages of the beginning and the blog posts, in the order of containers. On a page that was created later
    /// nothing hangs, whenever it is that somebody first asks.
    pub(super) fn hosts(&self) -> impl Iterator<Item = Host> {
        let records = self.pages[..self.belongings.pages].iter();
        records.chain(&self.blogposts).map(|record| Host {
            container: match record.is_post {
                true => Container::BlogPost(record.id),
                false => Container::Page(record.id),
            },
            created_at: record.created_at,
        })
    }

    /// The number of the space that a container is in, and where it stands in its life; nothing, if it is gone.
    pub(crate) fn whereabouts(&self, container: Container) -> Option<(usize, PageStatus)> {
        match container {
            Container::Space(id) => Some((self.space_number(id)?, PageStatus::Current)),
            Container::Page(id) | Container::BlogPost(id) => {
                let page = self.page_or_post(id)?.record;
                Some((page.space as usize, page.status))
            }
            Container::CustomContent(id) => self.within(self.custom_content_records().get(id)?),
            Container::Attachment(id) => self.within(self.attachment_records().get(id)?),
        }
    }

    /// As of its container; what hangs on something goes its way.
    pub(super) fn within<T>(&self, record: &Hanging<T>) -> Option<(usize, PageStatus)> {
        let (space, around) = self.whereabouts(record.container)?;
        Some((space, around.max(record.status)))
    }

    /// The id of the space that something is in, and where it stands in its life; nothing, if it is gone.
    pub(super) fn place<T>(&self, record: &Hanging<T>) -> Option<(u64, PageStatus)> {
        let (space, status) = self.within(record)?;
        Some((self.spaces[space].id, status))
    }

    pub(crate) fn container_title(&self, container: Container) -> Option<Cow<'_, str>> {
        Some(match container {
            Container::Space(id) => Cow::Borrowed(self.space(id)?.name.as_str()),
            Container::Page(id) | Container::BlogPost(id) => self.page_or_post(id)?.title(),
            Container::CustomContent(id) => {
                Cow::Borrowed(&*self.custom_content_records().get(id)?.title)
            }
            Container::Attachment(id) => Cow::Borrowed(&*self.attachment_records().get(id)?.title),
        })
    }
}
