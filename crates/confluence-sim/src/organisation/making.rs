//! Organisations that a test makes by hand: accounts, groups, spaces, contents and who has which role, one by one.

use super::edit::no_such;
use super::generate::day_of;
use super::prelude::*;
use super::record::{Governance, NodeKind, NodeRecord, PageRecord, Principal, key};
use super::{
    AccountStatus, AccountType, Group, NewPage, NoSuch, ProductAccess, Space, SpaceStatus,
    SpaceType, User, blogpost, role,
};
use std::sync::{Arc, OnceLock};

const SEED: u64 = 0xBA2E;

impl Organisation {
    /// A site with the reader's account, a group for everybody who uses the site, and the roles that every site has; nothing
    /// is restricted or logged.
    pub fn bare() -> Self {
        let mut random = Random::new(mix(SEED, 0));
        let roles = role::system_roles(&mut random);
        let mut organisation = Self {
            roles,
            governance: Governance {
                restrictions: OnceLock::from(Arc::default()),
                audit: OnceLock::from(Arc::default()),
                ..Governance::default()
            },
            ..Self::empty(SEED, text::uuid(&mut random))
        };
        role::add_custom(&mut organisation);
        organisation.add_account("712020:reader", AccountType::Atlassian);
        organisation.add_group("licensed", Some(ProductAccess::User));
        organisation
            .add_member("licensed", "712020:reader")
            .expect("both are there");
        organisation
    }

    /// Adds an account that is in use and is no guest.
    pub fn add_account(&mut self, account_id: &str, kind: AccountType) -> &mut User {
        let name = account_id.rsplit(':').next().unwrap_or(account_id);
        self.users.push(User {
            account_id: account_id.to_owned(),
            account_type: kind,
            status: AccountStatus::Active,
            display_name: name.to_owned(),
            public_name: name.to_owned(),
            email: None,
            email_hidden: true,
            guest: false,
            org_role: "",
            added_to_org: day_of(NOW),
            last_seen: None,
        });
        self.users.last_mut().expect("it was just added")
    }

    /// Adds a group without members, whose name is its id.
    pub fn add_group(&mut self, id: &str, product_access: Option<ProductAccess>) {
        self.groups.push(Group {
            id: id.to_owned(),
            name: id.to_owned(),
            members: Vec::new(),
            product_access,
        });
    }

    pub fn group_mut(&mut self, id: &str) -> Result<&mut Group, NoSuch> {
        let mut groups = self.groups.iter_mut();
        groups
            .find(|group| group.id == id)
            .ok_or_else(|| no_such("group", id))
    }

    pub fn add_member(&mut self, group_id: &str, account_id: &str) -> Result<(), NoSuch> {
        let number = self.account_number(account_id)?;
        let group = self.group_mut(group_id)?;
        if !group.members.contains(&number) {
            group.members.push(number);
        }
        Ok(())
    }

    pub fn remove_member(&mut self, group_id: &str, account_id: &str) -> Result<(), NoSuch> {
        let number = self.account_number(account_id)?;
        let group = self.group_mut(group_id)?;
        group.members.retain(|member| *member != number);
        Ok(())
    }

    fn account_number(&self, account_id: &str) -> Result<usize, NoSuch> {
        let number = self.user_number(account_id);
        number.ok_or_else(|| no_such("account", account_id))
    }

    /// Deletes a group. What it was granted, and the lists that name it, stay as they are.
    pub fn delete_group(&mut self, id: &str) -> Result<(), NoSuch> {
        let number = self.groups.iter().position(|group| group.id == id);
        let number = number.ok_or_else(|| no_such("group", id))?;
        self.groups.remove(number);
        for record in self.permissions.iter_mut().flatten() {
            match &mut record.principal {
                Principal::Group(known) if *known as usize == number => {
                    let words = ("group".to_owned(), id.to_owned());
                    record.principal = Principal::Other(Box::new(words));
                }
                Principal::Group(known) if *known as usize > number => *known -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    /// Creates a space and returns its id, which is above all others.
    pub fn create_space(&mut self, space_key: &str, kind: SpaceType) -> u64 {
        let id = self.spaces.last().map_or(65_538, |last| last.id + 2);
        let now = self.tick();
        self.spaces.push(Space {
            id,
            key: space_key.to_owned(),
            name: space_key.to_owned(),
            kind,
            status: SpaceStatus::Current,
            author_id: None,
            owner_id: None,
            created_at: time::timestamp(now),
            homepage_id: None,
            description: String::new(),
            current_active_alias: space_key.to_owned(),
            removed: false,
        });
        self.permissions.push(Vec::new());
        id
    }

    pub fn space_mut(&mut self, id: u64) -> Result<&mut Space, NoSuch> {
        let number = self.number_of_space(id)?;
        Ok(&mut self.spaces[number])
    }

    /// Creates a blog post and returns its id, which is above all others.
    pub fn create_blogpost(&mut self, space_id: u64, title: &str) -> Result<u64, NoSuch> {
        let space = self.number_of_space(space_id)? as u32;
        let last = self.blogposts.last();
        let id = last.map_or(blogpost::FIRST_ID, |last| last.id + 2);
        let now = self.tick();
        let title = self.add_title(title.to_owned());
        self.blogposts.push(PageRecord {
            is_post: true,
            author: 0,
            version_author: 0,
            ..PageRecord::new(id, space, title, now)
        });
        self.annotations.begin(id);
        Ok(id)
    }

    /// Creates a folder, a whiteboard, a database or a smart link, and returns its id.
    pub fn create_node(&mut self, kind: NodeKind, place: NewPage) -> Result<u64, NoSuch> {
        let space = self.number_of_space(place.space_id)? as u32;
        let parent = self.parent_key(place.parent_id)?;
        let is_folder = |node: &&NodeRecord| node.kind == NodeKind::Folder;
        let folders = self.nodes.iter().filter(is_folder).count();
        let ordinal = match kind {
            NodeKind::Folder => folders,
            _ => self.nodes.len() - folders,
        };
        let id = kind.id(ordinal as u64);
        let created_at = self.tick();
        self.nodes.push(NodeRecord {
            title: Some(place.title.into()),
            ..NodeRecord::new(id, kind, space, parent, created_at)
        });
        self.children = OnceLock::new();
        Ok(id)
    }

    /// The key of what something is to hang under; that of nothing at the root of a space.
    pub(super) fn parent_key(&self, parent_id: Option<u64>) -> Result<u32, NoSuch> {
        match parent_id {
            Some(id) => self.tree_key(id).ok_or_else(|| no_such("content", id)),
            None => Ok(NONE),
        }
    }

    /// Hangs a page or a node under something else of its space, or at the root of it. As on the live site this is no new
    /// version.
    pub fn move_content(&mut self, id: u64, parent_id: Option<u64>) -> Result<(), NoSuch> {
        let moved = self.tree_key(id).ok_or_else(|| no_such("content", id))?;
        let parent = self.parent_key(parent_id)?;
        match self.page_number(id) {
            Some(number) => self.pages[number as usize].parent = parent,
            None => self.nodes[(moved & !key(0)) as usize].parent = parent,
        }
        self.children = OnceLock::new();
        Ok(())
    }

    /// Archives a page or a node, or takes it back; blog posts are never archived.
    pub fn archive_content(&mut self, id: u64, archived: bool) -> Result<(), NoSuch> {
        let found = self.tree_key(id).ok_or_else(|| no_such("content", id))?;
        match self.page_number(id) {
            Some(number) => {
                self.pages[number as usize].status = match archived {
                    true => PageStatus::Archived,
                    false => PageStatus::Current,
                };
            }
            None => self.nodes[(found & !key(0)) as usize].archived = archived,
        }
        Ok(())
    }

    pub fn trash_blogpost(&mut self, id: u64) -> Result<(), NoSuch> {
        let number = self.in_order(&self.blogposts, id);
        let number = number.ok_or_else(|| no_such("blog post", id))?;
        self.blogposts[number as usize].status = PageStatus::Trashed;
        Ok(())
    }

    /// Leaves a space without a role for anybody: from now on its assignments follow from its permissions no longer.
    pub fn leave_without_roles(&mut self, space_id: u64) -> Result<(), NoSuch> {
        self.number_of_space(space_id)?;
        self.governance.assignments.insert(space_id, Vec::new());
        Ok(())
    }

    /// Gives a principal a role in a space, in the words of roles, such as `("GROUP", id)`, and takes back the one that it
    /// had. From the first one on, the assignments of the space follow from its permissions no longer.
    pub fn assign_role(
        &mut self,
        space_id: u64,
        (principal_type, principal_id): (&'static str, &str),
        role_id: &str,
    ) -> Result<(), NoSuch> {
        self.number_of_space(space_id)?;
        self.role(role_id).ok_or_else(|| no_such("role", role_id))?;
        let of_space = self.governance.assignments.entry(space_id).or_default();
        of_space.retain(|(kind, id, _)| (*kind, id.as_str()) != (principal_type, principal_id));
        of_space.push((principal_type, principal_id.to_owned(), role_id.to_owned()));
        Ok(())
    }

    /// Whether grants to everybody hold for whoever has not signed in, too.
    pub fn set_anonymous_use(&mut self, allowed: bool) {
        self.administration.anonymous_use = allowed;
    }
}
