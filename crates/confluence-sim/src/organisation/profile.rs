//! What follows from what is kept of users and groups.

use super::{AccountStatus, AccountType, Group, Organisation, ProductAccess, SpaceType, User};

impl User {
    /// The time zone that somebody tells the world; most tell none.
    pub fn time_zone(&self) -> Option<&'static str> {
        let sum: u32 = self.account_id.bytes().map(u32::from).sum();
        ["Europe/Berlin", "America/New_York"]
            .get(sum as usize % 8)
            .copied()
    }

    /// Whether a search for users finds them, if they may use the site. Guests are among them where guests are asked for.
    pub fn is_found_by_search(&self) -> bool {
        self.account_type == AccountType::Atlassian && self.status == AccountStatus::Active
    }
}

impl Group {
    /// `USERBASE_GROUP` for the groups that come with the site, `TEAM_COLLABORATION` for those that people made.
    pub fn usage_type(&self) -> &'static str {
        if self.is_of_the_site() {
            "USERBASE_GROUP"
        } else {
            "TEAM_COLLABORATION"
        }
    }

    /// Who decides on its members.
    pub fn managed_by(&self) -> &'static str {
        match self.name.len() % 3 {
            _ if self.is_of_the_site() => "ADMINS",
            0 => "EXTERNAL",
            1 => "OPEN",
            _ => "TEAM_MEMBERS",
        }
    }

    /// Which kind of access to the site its members have by it: `user`, `admin` or `site-admin`.
    pub fn access_type(&self) -> Option<&'static str> {
        self.product_access.map(ProductAccess::as_str)
    }

    fn is_of_the_site(&self) -> bool {
        self.access_type().is_some() || self.name == "atlassian-addons-admin"
    }
}

impl Organisation {
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    pub fn groups_of(&self, account_id: &str) -> impl Iterator<Item = &Group> {
        let number = self.user_number(account_id);
        self.groups
            .iter()
            .filter(move |group| number.is_some_and(|number| group.members.contains(&number)))
    }

    pub fn personal_space_id(&self, account_id: &str) -> Option<u64> {
        self.spaces()
            .find(|space| {
                space.kind == SpaceType::Personal && space.owner_id.as_deref() == Some(account_id)
            })
            .map(|space| space.id)
    }
}
