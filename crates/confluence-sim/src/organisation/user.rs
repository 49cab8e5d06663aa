//! People, apps and groups.

use jiff::civil::Date;

words! {
    pub enum AccountType {
        Atlassian = "atlassian",
        App = "app",
        /// Known to a customer portal only; no licence.
        Customer = "customer",
    }

    pub enum AccountStatus {
        Active = "active",
        Inactive = "inactive",
        Closed = "closed",
    }

    /// What a group lets its members do with the product, beyond what is granted in spaces.
    pub enum ProductAccess {
        User = "user",
        Admin = "admin",
        SiteAdmin = "site-admin",
    }
}

impl ProductAccess {
    /// That of the groups that come with a site, as long as nobody renames them.
    pub(super) fn of_default_group(name: &str) -> Option<Self> {
        match name {
            "site-admins" | "org-admins" => Some(Self::SiteAdmin),
            name if name.starts_with("confluence-admins-") => Some(Self::Admin),
            name if name.starts_with("confluence-") => Some(Self::User),
            _ => None,
        }
    }

    pub fn administers(self) -> bool {
        self != Self::User
    }
}

#[derive(Clone, Debug)]
pub struct User {
    pub account_id: String,
    pub account_type: AccountType,
    pub status: AccountStatus,
    pub display_name: String,
    pub public_name: String,
    /// The real address. The API shows it only where `email_hidden` is false; an administrator's export always does.
    /// Apps have none.
    pub email: Option<String>,
    pub email_hidden: bool,
    pub guest: bool,
    /// Empty for most, as in the administrator's export.
    pub org_role: &'static str,
    pub added_to_org: Date,
    /// Never, for some.
    pub last_seen: Option<Date>,
}

impl User {
    /// The e-mail address as the API shows it: empty where it is hidden.
    pub fn visible_email(&self) -> &str {
        match &self.email {
            Some(email) if !self.email_hidden => email,
            _ => "",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Group {
    pub id: String,
    pub name: String,
    /// Positions in [`Organisation::users`](super::Organisation::users).
    pub members: Vec<usize>,
    pub product_access: Option<ProductAccess>,
}
