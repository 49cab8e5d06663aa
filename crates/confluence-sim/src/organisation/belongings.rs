//! What hangs on the pages of an organisation: made when somebody asks for it, so that it costs nobody else anything.

use super::collection::Collection;
use super::property::on_hanging;
use super::record::{AttachmentRecord, CommentRecord, CustomContentRecord, TaskRecord};
use super::{
    Attachment, AttachmentId, Comment, CustomContent, Organisation, PageStatus, Property, Revision,
    Task, attachment, comment, custom_content, task,
};
use std::sync::Arc;

/// Kinds of what hangs on something: how an organisation finds all of a kind, those that a listing holds, and one by its
/// id.
macro_rules! belongings {
    ($($thing:ident: $record:ident from $generate:path, $records:ident, seen as $view:ident;
        all $all:ident, $(listed $listed:ident by $status:ident,)? one $one:ident($id:ident: $ids:ty = $number:expr);)*) => {
        impl Organisation {$(
            /// Either already there, as in the demo, or generated now.
            pub(crate) fn $records(&self) -> &Collection<$record> {
                self.belongings.$all.get_or_init(|| Arc::new($generate(self)))
            }

            /// All of every status, by id.
            pub fn $all(&self) -> impl Iterator<Item = $thing<'_>> {
                let records = self.$records().iter();
                records.filter_map(|record| self.$view(record))
            }

            pub fn $one(&self, $id: $ids) -> Option<$thing<'_>> {
                self.$view(self.$records().get($number)?)
            }

            $(
                /// Those of a listing that asks for nothing, by id: what is in use and what is archived.
                pub fn $listed(&self) -> impl Iterator<Item = $thing<'_>> {
                    self.$all().filter(|one| PageStatus::DEFAULT.contains(&one.$status))
                }
            )?
        )*}
    };
}

belongings! {
    CustomContent: CustomContentRecord from custom_content::generate, custom_content_records, seen as view_custom_content;
        all custom_content, listed listed_custom_content by status, one custom_content_by_id(id: u64 = id);
    Attachment: AttachmentRecord from attachment::generate, attachment_records, seen as view_attachment;
        all attachments, listed listed_attachments by status, one attachment(id: AttachmentId = id.0);
    Comment: CommentRecord from comment::generate_footer, footer_comment_records, seen as view_comment;
        all footer_comments, one footer_comment(id: u64 = id);
    Comment: CommentRecord from comment::generate_inline, inline_comment_records, seen as view_comment;
        all inline_comments, one inline_comment(id: u64 = id);
    Task: TaskRecord from task::generate, task_records, seen as view_task;
        all tasks, listed listed_tasks by page_status, one task(id: u64 = id);
}

/// What all of them have but tasks.
macro_rules! on_belongings {
    ($($thing:ident)*) => {$(
        impl<'a> $thing<'a> {
            /// From the first.
            pub fn versions(&self) -> impl Iterator<Item = Revision<'a>> {
                self.record.revisions.all(self.organisation)
            }

            /// By id.
            pub fn properties(&self) -> Vec<Property<'a>> {
                let first = self.record.revisions.version(self.organisation, 1);
                on_hanging(self.record.id, first)
            }
        }
    )*};
}

on_belongings! { Attachment Comment CustomContent }
