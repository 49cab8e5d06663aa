//! What the reader is not shown of a site, while it is there and counts.
//!
//! Whoever conceals something first keeps the whole of the site as it is then: from there the site itself decides who may
//! do what. What listings answer from has lost what is concealed, and nothing that refers to it.

use super::edit::no_such;
use super::record::RestrictedOperation;
use super::{NoSuch, Organisation};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Clone, Default)]
pub(super) struct Concealed {
    /// The site as it is.
    whole: Option<Arc<Organisation>>,
    /// Accounts that nobody can look up, though lists name them.
    accounts: BTreeSet<String>,
    /// How many names each list of a content keeps back.
    names: BTreeMap<(u64, RestrictedOperation), usize>,
}

impl Organisation {
    /// The site as it is, with what the reader is not shown.
    pub fn whole(&self) -> &Self {
        self.concealed.whole.as_deref().unwrap_or(self)
    }

    fn conceal(&mut self) -> &mut Concealed {
        if self.concealed.whole.is_none() {
            self.concealed.whole = Some(Arc::new(self.clone()));
        }
        &mut self.concealed
    }

    /// Shows no page, blog post or node of this id any more. What lies below it is shown, and names it as its parent.
    pub fn conceal_content(&mut self, id: u64) -> Result<(), NoSuch> {
        let missing = || no_such("content", id);
        let key = self.tree_key(id);
        let post = self.blogposts.iter().position(|post| post.id == id);
        if key.is_none() && post.is_none() {
            return Err(missing());
        }
        self.conceal();
        match (key, post) {
            (Some(key), _) => self.take_out_of_tree(key),
            (None, Some(post)) => self.blogposts[post].purged = true,
            (None, None) => {}
        }
        Ok(())
    }

    /// Shows no group of this id any more, and none of its members; its grants are still listed.
    pub fn conceal_group(&mut self, id: &str) -> Result<(), NoSuch> {
        self.conceal();
        self.delete_group(id)
    }

    /// Lets nobody look up an account.
    pub fn conceal_account(&mut self, account_id: &str) -> Result<(), NoSuch> {
        self.user(account_id)
            .ok_or_else(|| no_such("account", account_id))?;
        self.conceal().accounts.insert(account_id.to_owned());
        Ok(())
    }

    /// Lets a list of a content keep back its last names, so many of them; it still says how many it has.
    pub fn withhold_names(
        &mut self,
        content_id: u64,
        operation: RestrictedOperation,
        names: usize,
    ) {
        self.conceal().names.insert((content_id, operation), names);
    }

    pub(crate) fn is_concealed(&self, account_id: &str) -> bool {
        self.concealed.accounts.contains(account_id)
    }

    pub(crate) fn withheld(&self, content_id: u64, operation: RestrictedOperation) -> usize {
        let names = &self.concealed.names;
        names.get(&(content_id, operation)).copied().unwrap_or(0)
    }
}
