//! What the administrators of a site have set.

use super::Organisation;
use super::record::RoleMode;
use jiff::Timestamp;

impl Organisation {
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
