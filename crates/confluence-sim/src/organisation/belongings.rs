//! What hangs on the pages of an organisation: made when somebody asks for it, so that it costs nobody else anything.

use super::collection::Collection;
use super::record::{AttachmentRecord, CommentRecord, CustomContentRecord, Lazy, TaskRecord};
use super::{Organisation, attachment, comment, custom_content, task};
use std::sync::Arc;

impl Organisation {
    pub(crate) fn custom_content_records(&self) -> &Collection<CustomContentRecord> {
        self.get(&self.belongings.custom_content, custom_content::generate)
    }

    pub(crate) fn attachment_records(&self) -> &Collection<AttachmentRecord> {
        self.get(&self.belongings.attachments, attachment::generate)
    }

    pub(crate) fn footer_comment_records(&self) -> &Collection<CommentRecord> {
        self.get(&self.belongings.footer_comments, comment::generate_footer)
    }

    pub(crate) fn inline_comment_records(&self) -> &Collection<CommentRecord> {
        self.get(&self.belongings.inline_comments, comment::generate_inline)
    }

    pub(crate) fn task_records(&self) -> &Collection<TaskRecord> {
        self.get(&self.belongings.tasks, task::generate)
    }

    /// Either already there, as in the demo, or generated now.
    fn get<'a, T>(
        &self,
        lazy: &'a Lazy<T>,
        generate: fn(&Self) -> Collection<T>,
    ) -> &'a Collection<T> {
        lazy.get_or_init(|| Arc::new(generate(self)))
    }
}
