//! The rule of access to contents: their lists and those above them, and what of these is not known.

use std::collections::BTreeSet;

use super::{Answer, Pass, Rule};
use crate::access::world::KINDS;

impl<'w> Rule<'w> {
    /// The entries of a list, which is none where it is empty.
    pub(super) fn entries(&self, content: i64, operation: &str) -> Vec<(&'static str, &'w str)> {
        let entries = self
            .world
            .lists
            .iter()
            .filter(|entry| entry.0 == content && entry.1 == operation);
        entries.map(|entry| (entry.2, entry.3.as_str())).collect()
    }

    /// Whether a list lets an account through: perhaps, where it may be behind an entry that nobody resolves.
    pub(super) fn list(&self, content: i64, operation: &str, account: &str) -> Pass {
        let entries = self.entries(content, operation);
        if !self.lists_are_known || entries.is_empty() {
            return Pass::Yes;
        }
        let passes = entries
            .iter()
            .map(|&(principal_type, principal)| match principal_type {
                "user" if principal == account => Pass::Yes,
                "user" => Pass::No,
                "group" if self.is_resolved(principal) => {
                    if self.world.groups[principal].contains(account) {
                        Pass::Yes
                    } else {
                        Pass::No
                    }
                }
                _ => Pass::Perhaps,
            });
        passes.max().unwrap_or(Pass::No)
    }

    pub(super) fn is_resolved(&self, group: &str) -> bool {
        self.groups_are_known && self.world.groups.contains_key(group)
    }

    /// What of a list nobody resolves.
    pub(super) fn list_gaps(
        &self,
        content: i64,
        operation: &str,
    ) -> BTreeSet<(&'static str, Option<String>)> {
        if !self.lists_are_known {
            return BTreeSet::new();
        }
        let entries = self.entries(content, operation);
        let unresolved =
            entries
                .iter()
                .filter_map(|&(principal_type, principal)| match principal_type {
                    "user" => None,
                    "group" if self.is_resolved(principal) => None,
                    "group" => Some(("group_unresolved", Some(principal.to_owned()))),
                    _ => Some(("subjects_hidden", None)),
                });
        unresolved.collect()
    }

    /// What is not known of a content by itself: of a kind that was not read, where it is now.
    fn own_gap(&self, content: i64) -> Option<&'static str> {
        let kind = self.world.contents[&content].kind;
        let is_unread = |(of, step): &(&str, &str)| *of == kind && self.world.unread.contains(step);
        if KINDS.iter().any(is_unread) {
            Some("not_read")
        } else {
            let is_hidden = !self.entries(content, "unknown").is_empty();
            is_hidden.then_some("content_hidden")
        }
    }

    /// A content and what is above it, and why that is not all.
    pub(super) fn way_up(&self, content: i64) -> (Vec<i64>, Option<&'static str>) {
        let (mut way, mut at) = (vec![content], content);
        let mut gap = self.own_gap(content);
        while let Some(parent) = self.world.contents[&at].parent {
            if way.contains(&parent) {
                return (way, Some("parents_cycle"));
            }
            if !self.world.contents.contains_key(&parent) {
                gap = gap.or(Some("ancestor_not_listed"));
                break;
            }
            gap = gap.or_else(|| self.own_gap(parent));
            way.push(parent);
            at = parent;
        }
        (way, gap)
    }

    /// Why it is not known who views a content, whoever it is.
    pub fn hidden(&self, content: i64) -> Option<&'static str> {
        let node = &self.world.contents[&content];
        let (_, gap) = self.way_up(content);
        if !self.world.spaces.contains(&node.space) {
            Some("space_hidden")
        } else if !self.lists_are_known {
            Some("not_read")
        } else {
            gap
        }
    }

    /// The view lists that are known to lie above a content, its own included.
    pub(super) fn view_lists(&self, content: i64) -> Vec<i64> {
        let (way, gap) = self.way_up(content);
        match gap {
            // Nothing is said of what is above, but the content's own list.
            Some("parents_cycle") => vec![content],
            _ => way,
        }
    }

    /// How far an account is let into a content, as far as anybody knows.
    pub fn reaches(&self, content: i64, account: &str, access: &str) -> Pass {
        let node = &self.world.contents[&content];
        if !self.world.spaces.contains(&node.space) {
            return Pass::No;
        }
        let Some(mut pass) = self.views_space(node.space, account) else {
            return Pass::No;
        };
        for list in self.view_lists(content) {
            // Who may be behind an entry that nobody resolves is no row of their own.
            if self.list(list, "read", account) != Pass::Yes {
                return Pass::No;
            }
        }
        if access == "edit" {
            let Some(edits) = self.edits_in_space(node.space, account, Some(node.kind)) else {
                return Pass::No;
            };
            if self.list(content, "update", account) != Pass::Yes {
                return Pass::No;
            }
            pass = pass.min(edits);
        }
        match self.hidden(content) {
            Some(_) => pass.min(Pass::Perhaps),
            None => pass,
        }
    }

    /// The whole answer about a content that is listed.
    pub fn content(&self, content: i64) -> Answer {
        let node = &self.world.contents[&content];
        let mut answer = Answer::default();
        for account in self.everybody() {
            for access in ["view", "edit"] {
                let pass = self.reaches(content, &account, access);
                if pass > Pass::No {
                    answer
                        .people
                        .insert((access, account.clone()), pass == Pass::Yes);
                }
            }
        }
        if let Some(reason) = self.hidden(content) {
            answer
                .gaps
                .extend(["view", "edit"].map(|access| (access, reason, None)));
        }
        if self.world.spaces.contains(&node.space) {
            let gaps = self.space_gaps(node.space);
            answer
                .gaps
                .extend(gaps.into_iter().filter(|gap| gap.0 != "administer"));
        }
        for list in self.view_lists(content) {
            for (reason, group) in self.list_gaps(list, "read") {
                answer
                    .gaps
                    .extend(["view", "edit"].map(|access| (access, reason, group.clone())));
            }
        }
        let own = self.list_gaps(content, "update");
        answer.gaps.extend(
            own.into_iter()
                .map(|(reason, group)| ("edit", reason, group)),
        );
        answer
    }

    /// Who could change that an account is kept out of a content or a space.
    pub fn potential(&self, space: i64, account: &str) -> BTreeSet<&'static str> {
        let mut how = BTreeSet::new();
        let is_active = self.signs_in(account) == Pass::Yes;
        if is_active && self.is_product_member(account, true) {
            how.insert("product_admin");
        }
        let managing = |operation: &str| {
            !matches!(
                operation,
                "manage_content/space"
                    | "manage_look_and_feel/space"
                    | "manage_templates/space"
                    | "manage_public_links/space"
                    | "manage_space_features/space"
                    | "archive_space/space"
            )
        };
        if self.world.spaces.contains(&space)
            && self.administers(space, account, &managing) == Some(Pass::Yes)
        {
            how.insert("space_admin");
        }
        how
    }

    /// What becomes of one person at a content: the verdict, where its lists name them.
    pub fn person_at(&self, content: i64, account: &str, access: &str) -> Option<&'static str> {
        let node = &self.world.contents[&content];
        if !self.lists_are_known {
            return None;
        }
        let named = |operation: &str| {
            self.entries(content, operation)
                .iter()
                .any(|&(principal_type, principal)| match principal_type {
                    "user" => principal == account,
                    "group" => {
                        self.is_resolved(principal)
                            && self.world.groups[principal].contains(account)
                    }
                    _ => false,
                })
        };
        let by_edit_list = !self.entries(content, "update").is_empty();
        let operation = if access == "edit" && by_edit_list {
            "update"
        } else {
            "read"
        };
        if !named(operation) {
            return None;
        }
        let verdict = self.person_verdict(content, account, access);
        (verdict != "denied" || access == "view" || by_edit_list)
            .then_some(verdict)
            .filter(|_| {
                access == "view"
                    || by_edit_list
                    || self.may_edit_at_all(node.space, account, node.kind)
            })
    }

    /// Whether the person edits such contents in the space, or perhaps.
    pub(super) fn may_edit_at_all(&self, space: i64, account: &str, kind: &str) -> bool {
        !self.world.spaces.contains(&space)
            || self
                .edits_in_space(space, account, Some(kind))
                .is_some_and(|pass| pass > Pass::No)
            || self.may_be_behind(space, account, "edit")
    }

    /// The verdict about one person: unknown also where they may be behind something that nobody resolves.
    pub fn person_verdict(&self, content: i64, account: &str, access: &str) -> &'static str {
        let node = &self.world.contents[&content];
        if self.signs_in(account) == Pass::No {
            return "denied";
        }
        let mut pass = Pass::Yes;
        for list in self.view_lists(content) {
            pass = pass.min(self.list(list, "read", account));
        }
        if access == "edit" {
            pass = pass.min(self.list(content, "update", account));
        }
        if !self.world.spaces.contains(&node.space) {
            return if pass == Pass::No {
                "denied"
            } else {
                "unknown"
            };
        }
        let mut layer = |found: Option<Pass>, access: &str| {
            let found = match found {
                Some(found) if found > Pass::No => found,
                _ if self.may_be_behind(node.space, account, access) => Pass::Perhaps,
                _ => Pass::No,
            };
            pass = pass.min(found);
        };
        layer(self.views_space(node.space, account), "view");
        if access == "edit" {
            layer(
                self.edits_in_space(node.space, account, Some(node.kind)),
                "edit",
            );
        }
        if self.hidden(content).is_some() {
            pass = pass.min(Pass::Perhaps);
        }
        match pass {
            Pass::No => "denied",
            Pass::Perhaps => "unknown",
            Pass::Yes => "allowed",
        }
    }

    /// Whether an account may be behind something in a space that nobody resolves.
    pub fn may_be_behind(&self, space: i64, account: &str, access: &str) -> bool {
        let signs_in = self.signs_in(account);
        let is_kept_out = signs_in == Pass::Yes && self.is_licensed(account) == Pass::No;
        signs_in != Pass::No
            && self
                .space_gaps_of(space)
                .iter()
                .any(|(gap, is_open)| gap.0 == access && (!is_kept_out || *is_open))
    }
}
