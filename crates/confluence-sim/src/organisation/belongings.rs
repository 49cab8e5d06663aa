//! What hangs on the pages of an organisation: made when somebody asks for it, so that it costs nobody else anything.

use super::collection::Collection;
use super::record::{AttachmentRecord, CommentRecord, CustomContentRecord, Lazy, TaskRecord};
use super::{Organisation, attachment, comment, custom_content, task};
use std::sync::Arc;

/// Either already there, as in the demo, or generated now.
fn get<T>(lazy: &Lazy<T>, generate: impl FnOnce() -> Collection<T>) -> &Collection<T> {
    lazy.get_or_init(|| Arc::new(generate()))
}

impl Organisation {
    pub(crate) fn custom_content_records(&self) -> &Collection<CustomContentRecord> {
        get(&self.belongings.custom_content, || {
            custom_content::generate(self)
        })
    }

    pub(crate) fn attachment_records(&self) -> &Collection<AttachmentRecord> {
        get(&self.belongings.attachments, || attachment::generate(self))
    }

    pub(crate) fn footer_comment_records(&self) -> &Collection<CommentRecord> {
        get(&self.belongings.footer_comments, || {
            comment::generate_footer(self)
        })
    }

    pub(crate) fn inline_comment_records(&self) -> &Collection<CommentRecord> {
        get(&self.belongings.inline_comments, || {
            comment::generate_inline(self)
        })
    }

    pub(crate) fn task_records(&self) -> &Collection<TaskRecord> {
        get(&self.belongings.tasks, || task::generate(self))
    }
}
