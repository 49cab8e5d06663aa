//! Who may view or edit a content: the rule, case by case.

use crate::client;
use confluence_sim::{
    Access, AccountStatus, AccountType, NodeKind, Organisation, ProductAccess, RestrictedOperation,
    RoleMode, SpaceStatus, SpaceType, Subject, Whose,
};

pub(super) const READ: (&str, &str) = ("read", "space");

/// A space that group `writers` may write in, with a page, a page below it, and a blog post. `ann` is a writer, `bob` uses
/// the product, and so do `guest`, `inactive` and `closed`, who are what they are called; `unlicensed`, `customer` and
/// `app` do not.
pub(super) struct Case {
    pub site: Organisation,
    pub space: u64,
    pub page: u64,
    pub below: u64,
    pub post: u64,
}

pub(super) fn account(name: &str) -> String {
    format!("712020:{name}")
}

pub(super) fn person(name: &str) -> Subject {
    Subject::User(account(name))
}

fn subject(who: &str) -> Subject {
    match who.strip_prefix('@') {
        Some(group) => Subject::Group(group.to_owned()),
        None => person(who),
    }
}

impl Case {
    pub fn new() -> Self {
        let mut site = Organisation::bare();
        let space = site.create_space("ENG", SpaceType::Global);
        site.leave_without_roles(space).expect("a space");
        let page = page_in(&mut site, space, None);
        let below = page_in(&mut site, space, Some(page));
        let post = site.create_blogpost(space, "News").expect("a space");
        let mut case = Self {
            site,
            space,
            page,
            below,
            post,
        };
        for (name, kind) in [
            ("unlicensed", AccountType::Atlassian),
            ("customer", AccountType::Customer),
            ("app", AccountType::App),
        ] {
            case.site.add_account(&account(name), kind);
        }
        for name in ["ann", "bob", "guest", "inactive", "closed"] {
            let user = case
                .site
                .add_account(&account(name), AccountType::Atlassian);
            user.guest = name == "guest";
            user.status = match name {
                "inactive" => AccountStatus::Inactive,
                "closed" => AccountStatus::Closed,
                _ => AccountStatus::Active,
            };
            case.member("licensed", name);
        }
        case.site.add_group("writers", None);
        case.member("writers", "ann");
        case.grant(("group", "writers"), READ);
        case.grant(("group", "writers"), ("create", "page"));
        case
    }

    pub fn member(&mut self, group: &str, name: &str) {
        let added = self.site.add_member(group, &account(name));
        added.expect("both are there");
    }

    pub fn grant(&mut self, principal: (&str, &str), operation: (&str, &str)) {
        let granted = self.site.add_permission(self.space, principal, operation);
        granted.expect("the space is there");
    }

    pub fn restrict(&mut self, id: u64, operation: RestrictedOperation, to: Subject) {
        let restricted = self.site.restrict(id, operation, to);
        restricted.expect("the content is there");
    }

    pub fn node(&mut self, kind: NodeKind, parent: Option<u64>) -> u64 {
        let place = client::page(self.space, "A title", parent);
        self.site.create_node(kind, place).expect("a place")
    }

    fn id(&self, place: &str) -> u64 {
        match place {
            "page" => self.page,
            "below" => self.below,
            "post" => self.post,
            other => panic!("no place of the case: {other}"),
        }
    }

    /// Makes a change as the table has it.
    fn change(&mut self, change: &str) {
        let words: Vec<&str> = change.split(' ').collect();
        let (page, space) = (self.page, self.space);
        match words[..] {
            ["grant", kind, who, operation] => {
                let account = account(who);
                let principal = match kind {
                    "user" => ("user", account.as_str()),
                    "class" => ("access-class", who),
                    kind => (kind, who),
                };
                self.grant(principal, operation.split_once('/').expect("a target"));
            }
            ["list", place, operation, who] => {
                let operation = match operation {
                    "read" => RestrictedOperation::Read,
                    _ => RestrictedOperation::Update,
                };
                self.restrict(self.id(place), operation, subject(who));
            }
            ["join", group, name] => self.member(group, name),
            ["leave", group, name] => {
                let left = self.site.remove_member(group, &account(name));
                left.expect("a member");
            }
            ["group", id] => self.site.add_group(id, None),
            ["group", id, access] => {
                let mut known = ProductAccess::ALL.into_iter();
                let access = known.find(|known| known.as_str() == access);
                self.site.add_group(id, access);
            }
            ["delete", group] => self.site.delete_group(group).expect("it was there"),
            ["open"] => self.site.set_anonymous_use(true),
            ["own", name] => {
                let space = self.site.space_mut(space).expect("a space");
                space.owner_id = Some(account(name));
            }
            ["archive"] => {
                self.site.archive_content(page, true).expect("a page");
                let space = self.site.space_mut(space).expect("a space");
                space.status = SpaceStatus::Archived;
            }
            ["trash", place] => self.site.trash_page(self.id(place)).expect("a page"),
            _ => panic!("no change: {change}"),
        }
    }

    /// Who comes through, or what keeps them: `bob` for an account, `@writers` for a group, `nobody` for whoever has not
    /// signed in.
    fn verdict(&self, who: &str, access: &str, id: u64) -> &'static str {
        let account = account(who);
        let whose = match (who, who.strip_prefix('@')) {
            ("nobody", _) => Whose::Nobody,
            (_, Some(group)) => Whose::Group(group),
            _ => Whose::Account(&account),
        };
        let access = match access {
            "view" => Access::View,
            _ => Access::Edit,
        };
        match self.site.verdict(whose, access, id) {
            Some(Ok(())) => "in",
            Some(Err(layer)) => layer.as_str(),
            None => "nothing",
        }
    }
}

fn page_in(site: &mut Organisation, space: u64, parent: Option<u64>) -> u64 {
    let page = client::page(space, "A title", parent);
    site.create_page(page).expect("a place")
}

#[test]
fn the_rule_case_by_case() {
    let mut table = csv::Reader::from_reader(include_bytes!("access.csv").as_slice());
    for row in table.deserialize() {
        let (rule, changes, verdicts): (String, String, String) = row.expect("a rule");
        let mut case = Case::new();
        for change in changes.split("; ").filter(|change| !change.is_empty()) {
            case.change(change);
        }
        for verdict in verdicts.split("; ") {
            let words: Vec<&str> = verdict.split(' ').collect();
            let found = case.verdict(words[0], words[1], case.id(words[2]));
            assert_eq!(found, words[3], "{rule}: {verdict}");
        }
    }
}

#[test]
fn who_comes_by_a_portal_alone_is_told_apart() {
    let mut case = Case::new();
    let customer = account("customer");
    let by_portal = |case: &Case| {
        let whose = Whose::Account(&customer);
        case.site.comes_by_portal(whose, Access::View, case.page)
    };
    case.change("grant class JSM_PROJECT_ADMINS read/space");
    assert!(by_portal(&case));
    case.change("grant class ANONYMOUS_USERS read/space");
    assert!(!by_portal(&case));
}

#[test]
fn every_list_above_has_to_be_passed_through_every_kind_of_container() {
    for kind in NodeKind::ALL {
        let mut case = Case::new();
        case.member("writers", "bob");
        let node = case.node(kind, Some(case.below));
        let deep = page_in(&mut case.site, case.space, Some(node));
        assert_eq!(case.verdict("ann", "edit", deep), "in", "{kind:?}");
        // Each names ann, and one does not name bob.
        case.change("list page read @writers");
        case.restrict(node, RestrictedOperation::Read, person("ann"));
        for id in [node, deep] {
            assert_eq!(case.verdict("ann", "view", id), "in", "{kind:?}");
            assert_eq!(case.verdict("bob", "view", id), "content", "{kind:?}");
        }
        assert_eq!(case.verdict("bob", "view", case.below), "in");
        // The nearer one does not take the place of the farther one.
        case.restrict(node, RestrictedOperation::Read, person("bob"));
        assert_eq!(case.verdict("bob", "view", deep), "in");
        case.change("leave writers bob");
        case.change("grant user bob read/space");
        assert_eq!(case.verdict("bob", "view", deep), "content");
    }
}

#[test]
fn nodes_are_edited_by_the_right_on_pages_or_on_their_own_type() {
    for kind in NodeKind::ALL {
        let mut case = Case::new();
        let node = case.node(kind, None);
        case.change("grant user bob read/space");
        assert_eq!(case.verdict("ann", "edit", node), "in", "{kind:?}");
        assert_eq!(case.verdict("bob", "edit", node), "space", "{kind:?}");
        case.change(&format!("grant user bob create/{}", kind.as_str()));
        assert_eq!(case.verdict("bob", "edit", node), "in", "{kind:?}");
        assert_eq!(case.verdict("bob", "edit", case.page), "space");
    }
}

#[test]
fn roles_count_as_far_as_the_site_has_come_with_them() {
    let of_role = |mode: Option<RoleMode>, name: &str| {
        let mut case = Case::new();
        if let Some(mode) = mode {
            case.site.set_role_mode(mode, None);
        }
        let mut roles = case.site.roles().iter();
        let role = roles.find(|role| role.name == name);
        let role = role.expect("a role of every site").id.clone();
        let bob = ("USER", &*account("bob"));
        let assigned = case.site.assign_role(case.space, bob, &role);
        assigned.expect("a role");
        (case, role)
    };
    // By a role alone, by a permission alone, and by neither.
    for (mode, by_role, by_permission) in [
        (RoleMode::PreRoles, "space", "in"),
        (RoleMode::RolesTransition, "in", "in"),
        (RoleMode::Roles, "in", "space"),
    ] {
        let (case, _) = of_role(Some(mode), "Collaborator");
        let edits = |name: &str| case.verdict(name, "edit", case.page);
        let found = (edits("bob"), edits("ann"), edits("reader"));
        assert_eq!(found, (by_role, by_permission, "space"), "{mode:?}");
    }
    // A row that names a role is everybody's who has it.
    let (mut case, viewer) = of_role(None, "Viewer");
    assert_eq!(case.verdict("bob", "edit", case.page), "space");
    case.grant(("role", &viewer), ("create", "page"));
    assert_eq!(case.verdict("bob", "edit", case.page), "in");
}
