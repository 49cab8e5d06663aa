//! What an organisation has for those who govern it: restrictions of single contents, the audit log, and what they set.
//!
//! It is made at first use, as most tests never ask for it, and from streams of its own, so that the spaces, pages and
//! users are the same with it and without it.

use super::edit::no_such;
use super::record::{
    AuditRecord, OutOfReach, RestrictedOperation, Restrictions, RoleMode, Subject,
};
use super::{NoSuch, Organisation};
use jiff::Timestamp;
use std::sync::Arc;

impl Organisation {
    /// Whom a page or another content is restricted to, in the order they are listed. An empty list means that it is
    /// not restricted, and then the space decides.
    ///
    /// The account that the stand-in's credentials belong to is on every list for reading that nobody edited, as it
    /// could not see those pages otherwise.
    pub fn restricted_to(&self, content_id: u64, operation: RestrictedOperation) -> &[Subject] {
        self.all_restrictions()
            .get(&(content_id, operation))
            .map_or(&[], Vec::as_slice)
    }

    /// All restrictions: content, operation, and whom it is restricted to.
    pub fn restrictions(
        &self,
    ) -> impl Iterator<Item = (u64, RestrictedOperation, &[Subject])> + '_ {
        self.all_restrictions()
            .iter()
            .map(|(&(id, operation), subjects)| (id, operation, subjects.as_slice()))
    }

    fn all_restrictions(&self) -> &Arc<Restrictions> {
        self.governance
            .restrictions
            .get_or_init(|| Arc::new(super::restriction::of(self)))
    }

    /// The audit log, newest first.
    pub fn audit_log(&self) -> &[AuditRecord] {
        self.governance
            .audit
            .get_or_init(|| Arc::new(super::audit::of(self)))
    }

    pub(crate) fn out_of_reach(&self, content_id: u64) -> Option<OutOfReach> {
        self.governance.out_of_reach.get(&content_id).copied()
    }

    /// Adds a user or a group to those whom a page or another content is restricted to. Either may be one that the
    /// organisation does not know, as live sites show of accounts that are gone and of groups that were deleted.
    pub fn restrict(
        &mut self,
        content_id: u64,
        operation: RestrictedOperation,
        subject: Subject,
    ) -> Result<(), NoSuch> {
        let restrictions = self.restrictions_of(content_id)?;
        let of_content = restrictions.entry((content_id, operation)).or_default();
        of_content.push(subject);
        Ok(())
    }

    /// Takes everybody out of those whom a content is restricted to: it is not restricted then.
    pub fn lift(&mut self, content_id: u64, operation: RestrictedOperation) -> Result<(), NoSuch> {
        let restrictions = self.restrictions_of(content_id)?;
        restrictions.remove(&(content_id, operation));
        Ok(())
    }

    /// All restrictions, to be changed for a content that is there.
    fn restrictions_of(&mut self, content_id: u64) -> Result<&mut Restrictions, NoSuch> {
        self.check_content(content_id)?;
        self.all_restrictions();
        let restrictions = self.governance.restrictions.get_mut();
        let restrictions = restrictions.expect("they were just looked at");
        Ok(Arc::make_mut(restrictions))
    }

    fn check_content(&self, id: u64) -> Result<(), NoSuch> {
        let known = self.content(id).map(|_| ());
        known.ok_or_else(|| no_such("content", id))
    }

    /// Keeps a content out of the index in which searches look, as live sites do with what is new, and with some more.
    pub fn unindex(&mut self, content_id: u64) -> Result<(), NoSuch> {
        self.check_content(content_id)?;
        self.governance.unindexed.insert(content_id);
        Ok(())
    }

    /// Whether searches may find a content, if the reader sees it.
    pub(crate) fn is_found(&self, content_id: u64) -> bool {
        self.out_of_reach(content_id).is_none() && !self.governance.unindexed.contains(&content_id)
    }

    /// Lets a search expand so many names of each list at most, as if its limit were that low. The operation about a single
    /// content lists all.
    pub fn cut_lists_in_searches(&mut self, names: usize) {
        self.governance.names_in_searches = Some(names.max(1));
    }

    pub(crate) fn names_in_searches(&self) -> Option<usize> {
        self.governance.names_in_searches
    }

    /// Lets the operations of v1 on a page answer that there is none, while listings still hold it: as live sites do
    /// when it goes between two requests.
    pub fn hide_page(&mut self, page_id: u64) -> Result<(), NoSuch> {
        self.put_out_of_reach(page_id, OutOfReach::Hidden)
    }

    /// Lets the operations of v1 on a page answer that the caller may not, while listings still hold it.
    pub fn forbid_page(&mut self, page_id: u64) -> Result<(), NoSuch> {
        self.put_out_of_reach(page_id, OutOfReach::Forbidden)
    }

    fn put_out_of_reach(&mut self, page_id: u64, how: OutOfReach) -> Result<(), NoSuch> {
        self.page_number(page_id)
            .ok_or_else(|| no_such("page", page_id))?;
        self.governance.out_of_reach.insert(page_id, how);
        Ok(())
    }

    /// Writes something into the audit log; it stands before all that is older.
    pub fn record(&mut self, record: AuditRecord) {
        self.audit_log();
        let log = self.governance.audit.get_mut();
        let log = Arc::make_mut(log.expect("it was just looked at"));
        let place = log.partition_point(|known| known.created_at > record.created_at);
        log.insert(place, record);
    }

    pub fn role_mode(&self) -> RoleMode {
        self.administration.role_mode
    }

    /// Moves the site to another mode. Before roles, whatever asks for them is refused with a status, 400 where none is
    /// given: `set_role_mode(RoleMode::PreRoles, None)`, or `…, 404)`.
    pub fn set_role_mode(&mut self, mode: RoleMode, refused_with: impl Into<Option<u16>>) {
        self.administration.role_mode = mode;
        self.administration.roles_refused_with = refused_with.into().unwrap_or(400);
    }

    /// Gives the reader's account an admin key, which ends at a time.
    pub fn enable_admin_key(&mut self, expires: Timestamp) {
        self.administration.admin_key_until = Some(expires);
    }
}
