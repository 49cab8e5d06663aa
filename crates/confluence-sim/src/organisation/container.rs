//! What attachments, comments, tasks and custom content hang on.

use super::Organisation;
use super::record::{Container, PageStatus};
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
        let pages = &self.pages[..self.belongings.pages];
        let pages = pages.iter().map(|page| Host {
            container: Container::Page(page.id),
            created_at: page.created_at,
        });
        pages.chain(self.blogposts.iter().map(|post| Host {
            container: Container::BlogPost(post.id),
            created_at: post.created_at,
        }))
    }

    /// The number of the space that a container is in, and where it stands in its life; nothing, if it is gone.
    pub(crate) fn whereabouts(&self, container: Container) -> Option<(usize, PageStatus)> {
        let within = |container, status| {
            let (space, around) = self.whereabouts(container)?;
            // What hangs on something goes its way.
            Some((space, around.max(status)))
        };
        match container {
            Container::Space(id) => Some((self.space_number(id)?, PageStatus::Current)),
            Container::Page(id) => {
                let page = &self.pages[self.page_number(id)? as usize];
                Some((page.space as usize, page.status))
            }
            Container::BlogPost(id) => {
                let post = self.blogpost(id)?;
                Some((post.record.space as usize, post.status()))
            }
            Container::CustomContent(id) => {
                let record = self.custom_content_records().get(id)?;
                within(record.container, PageStatus::Current)
            }
            Container::Attachment(id) => {
                let record = self.attachment_records().get(id)?;
                within(record.container, record.status)
            }
        }
    }

    /// What a container is called.
    pub(crate) fn container_title(&self, container: Container) -> Option<Cow<'_, str>> {
        Some(match container {
            Container::Space(id) => Cow::Borrowed(self.space(id)?.name.as_str()),
            Container::Page(id) => self.page(id)?.title(),
            Container::BlogPost(id) => self.blogpost(id)?.title(),
            Container::CustomContent(id) => {
                Cow::Borrowed(&*self.custom_content_records().get(id)?.title)
            }
            Container::Attachment(id) => Cow::Borrowed(&*self.attachment_records().get(id)?.title),
        })
    }
}
