//! Who may view or edit a content: the rule, case by case.

use confluence_sim::{
    Access, AccountStatus, AccountType, Layer, NewPage, NodeKind, Organisation, ProductAccess,
    RestrictedOperation, RoleMode, SpaceStatus, SpaceType, Subject, Whose,
};

use Access::{Edit, View};
use RestrictedOperation::{Read, Update};

pub(super) const READ: (&str, &str) = ("read", "space");
const WRITE: (&str, &str) = ("create", "page");

/// A space that group `writers` may write in, with a page, a page below it, and a blog post; `ann` is a writer.
pub(super) struct Case {
    pub site: Organisation,
    pub space: u64,
    pub page: u64,
    pub below: u64,
}

pub(super) fn account(name: &str) -> String {
    format!("712020:{name}")
}

pub(super) fn person(name: &str) -> Subject {
    Subject::User(account(name))
}

fn group(id: &str) -> Subject {
    Subject::Group(id.to_owned())
}

impl Case {
    pub fn new() -> Self {
        let mut site = Organisation::bare();
        let space = site.create_space("ENG", SpaceType::Global);
        site.leave_without_roles(space).expect("a space");
        let page = page_in(&mut site, space, None);
        let below = page_in(&mut site, space, Some(page));
        let mut case = Self {
            site,
            space,
            page,
            below,
        };
        case.person("ann");
        case.site.add_group("writers", None);
        case.member("writers", "ann");
        case.grant(("group", "writers"), READ);
        case.grant(("group", "writers"), WRITE);
        case
    }

    /// Somebody who may use the product.
    pub fn person(&mut self, name: &str) {
        self.site
            .add_account(&account(name), AccountType::Atlassian);
        self.member("licensed", name);
    }

    pub fn member(&mut self, group: &str, name: &str) {
        let added = self.site.add_member(group, &account(name));
        added.expect("both are there");
    }

    pub fn grant(&mut self, principal: (&str, &str), operation: (&str, &str)) {
        let granted = self.site.add_permission(self.space, principal, operation);
        granted.expect("the space is there");
    }

    fn grant_class(&mut self, class: &str, operation: (&str, &str)) {
        self.grant(("access-class", class), operation);
    }

    pub fn restrict(&mut self, id: u64, operation: RestrictedOperation, to: Subject) {
        let restricted = self.site.restrict(id, operation, to);
        restricted.expect("the content is there");
    }

    pub fn node(&mut self, kind: NodeKind, parent: Option<u64>) -> u64 {
        let place = place(self.space, parent);
        self.site.create_node(kind, place).expect("a place")
    }

    fn verdict(&self, name: &str, access: Access, id: u64) -> Result<(), Layer> {
        let account = account(name);
        let verdict = self.site.verdict(Whose::Account(&account), access, id);
        verdict.expect("the content is there")
    }
}

fn place(space_id: u64, parent_id: Option<u64>) -> NewPage {
    NewPage {
        space_id,
        title: "A title".to_owned(),
        parent_id,
    }
}

fn page_in(site: &mut Organisation, space: u64, parent: Option<u64>) -> u64 {
    site.create_page(place(space, parent)).expect("a place")
}

#[test]
fn a_direct_grant_and_one_by_a_group_let_in() {
    let mut case = Case::new();
    case.person("bob");
    assert_eq!(case.verdict("ann", View, case.page), Ok(()));
    assert_eq!(case.verdict("ann", Edit, case.page), Ok(()));
    assert_eq!(case.verdict("bob", View, case.page), Err(Layer::Space));
    case.grant(("user", &account("bob")), READ);
    assert_eq!(case.verdict("bob", View, case.page), Ok(()));
    assert_eq!(case.verdict("bob", Edit, case.page), Err(Layer::Space));
    // Reading is one operation and writing another: who may only write sees nothing.
    case.person("carl");
    case.grant(("user", &account("carl")), WRITE);
    assert_eq!(case.verdict("carl", Edit, case.page), Err(Layer::Space));
}

#[test]
fn what_a_deleted_group_was_granted_lets_nobody_in() {
    let mut case = Case::new();
    case.restrict(case.below, Read, group("writers"));
    case.site.delete_group("writers").expect("it was there");
    assert_eq!(case.site.permissions(case.space).count(), 2);
    assert_eq!(case.verdict("ann", View, case.page), Err(Layer::Space));
    // The list that names it is still a list.
    case.grant(("user", &account("ann")), READ);
    assert_eq!(case.verdict("ann", View, case.below), Err(Layer::Content));
}

#[test]
fn a_group_without_members_lets_nobody_in() {
    let mut case = Case::new();
    case.site.add_group("nobody", None);
    case.restrict(case.page, Read, group("nobody"));
    assert_eq!(case.verdict("ann", View, case.page), Err(Layer::Content));
}

#[test]
fn all_licensed_users_are_the_members_of_product_groups_but_guests() {
    for class in ["ALL_LICENSED_USERS", "all-licensed-users"] {
        let mut case = Case::new();
        case.person("bob");
        case.person("guest");
        let guest = case.site.account_mut(&account("guest"));
        guest.expect("an account").guest = true;
        case.site
            .add_account(&account("unlicensed"), AccountType::Atlassian);
        case.site.add_account(&account("app"), AccountType::App);
        case.grant_class(class, READ);
        assert_eq!(case.verdict("bob", View, case.page), Ok(()));
        assert_eq!(case.verdict("guest", View, case.page), Err(Layer::Space));
        let unlicensed = case.verdict("unlicensed", View, case.page);
        assert_eq!(unlicensed, Err(Layer::Product));
        assert_eq!(case.verdict("app", View, case.page), Err(Layer::Space));
        case.member("licensed", "app");
        assert_eq!(case.verdict("app", View, case.page), Ok(()));
    }
}

#[test]
fn all_product_admins_are_told_by_what_their_groups_may_not_by_names() {
    let mut case = Case::new();
    case.site.add_group("renamed", Some(ProductAccess::Admin));
    case.site
        .add_group("owners", Some(ProductAccess::SiteAdmin));
    case.site.add_group("confluence-admins-acme", None);
    for (name, of) in [
        ("bob", "renamed"),
        ("carl", "owners"),
        ("dora", "confluence-admins-acme"),
    ] {
        case.site
            .add_account(&account(name), AccountType::Atlassian);
        case.member(of, name);
    }
    case.grant_class("ALL_PRODUCT_ADMINS", READ);
    assert_eq!(case.verdict("bob", View, case.page), Ok(()));
    assert_eq!(case.verdict("carl", View, case.page), Ok(()));
    assert_eq!(case.verdict("dora", View, case.page), Err(Layer::Product));
    assert_eq!(case.verdict("reader", View, case.page), Err(Layer::Space));
}

#[test]
fn authenticated_users_and_anonymous_users_are_all_whose_account_is_in_use() {
    for class in ["AUTHENTICATED_USERS", "ANONYMOUS_USERS"] {
        let mut case = Case::new();
        for (name, kind) in [
            ("unlicensed", AccountType::Atlassian),
            ("customer", AccountType::Customer),
            ("app", AccountType::App),
        ] {
            case.site.add_account(&account(name), kind);
        }
        case.person("guest");
        let guest = case.site.account_mut(&account("guest"));
        guest.expect("an account").guest = true;
        case.person("gone");
        let gone = case.site.account_mut(&account("gone"));
        gone.expect("an account").status = AccountStatus::Inactive;
        case.grant_class(class, READ);
        for name in ["ann", "unlicensed", "customer", "app", "guest"] {
            assert_eq!(case.verdict(name, View, case.page), Ok(()), "{name}");
        }
        assert_eq!(case.verdict("gone", View, case.page), Err(Layer::Product));
        let edit = case.verdict("unlicensed", Edit, case.page);
        assert_eq!(edit, Err(Layer::Product));
        // A list still has to name them.
        case.restrict(case.page, Read, person("customer"));
        assert_eq!(case.verdict("customer", View, case.below), Ok(()));
        let unlicensed = case.verdict("unlicensed", View, case.below);
        assert_eq!(unlicensed, Err(Layer::Content));
    }
}

#[test]
fn who_has_not_signed_in_comes_through_where_the_site_and_the_space_let_everybody() {
    let mut case = Case::new();
    case.grant_class("ANONYMOUS_USERS", READ);
    let nobody = |case: &Case, access| case.site.verdict(Whose::Nobody, access, case.page);
    assert_eq!(nobody(&case, View), Some(Err(Layer::Product)));
    case.site.set_anonymous_use(true);
    assert_eq!(nobody(&case, View), Some(Ok(())));
    assert_eq!(nobody(&case, Edit), Some(Err(Layer::Space)));
    case.restrict(case.page, Read, person("ann"));
    assert_eq!(nobody(&case, View), Some(Err(Layer::Content)));
    let other = Case::new();
    let mut closed = other.site.clone();
    closed.set_anonymous_use(true);
    let verdict = closed.verdict(Whose::Nobody, View, other.page);
    assert_eq!(verdict, Some(Err(Layer::Space)));
}

#[test]
fn a_portals_customers_come_through_by_its_grant_and_that_is_told_apart() {
    let mut case = Case::new();
    case.site
        .add_account(&account("customer"), AccountType::Customer);
    case.grant_class("JSM_PROJECT_ADMINS", READ);
    assert_eq!(case.verdict("customer", View, case.page), Ok(()));
    let id = account("customer");
    let by_portal = |case: &Case| {
        case.site
            .comes_by_portal(Whose::Account(&id), View, case.page)
    };
    assert!(by_portal(&case));
    case.person("bob");
    assert_eq!(case.verdict("bob", View, case.page), Err(Layer::Space));
    case.grant_class("ANONYMOUS_USERS", READ);
    assert!(!by_portal(&case));
}

#[test]
fn a_guest_has_the_space_that_is_granted_and_what_is_open_to_everybody() {
    let mut case = Case::new();
    let guest = case
        .site
        .add_account(&account("guest"), AccountType::Atlassian);
    guest.guest = true;
    assert_eq!(case.verdict("guest", View, case.page), Err(Layer::Space));
    case.grant(("user", &account("guest")), READ);
    assert_eq!(case.verdict("guest", View, case.page), Ok(()));
    let open = case.site.create_space("OPEN", SpaceType::Global);
    let page = page_in(&mut case.site, open, None);
    assert_eq!(case.verdict("guest", View, page), Err(Layer::Space));
    let everybody = ("access-class", "ANONYMOUS_USERS");
    let granted = case.site.add_permission(open, everybody, READ);
    granted.expect("a space");
    assert_eq!(case.verdict("guest", View, page), Ok(()));
}

#[test]
fn an_account_that_is_inactive_or_closed_is_kept_out_by_the_product_whatever_still_names_it() {
    for status in [AccountStatus::Inactive, AccountStatus::Closed] {
        let mut case = Case::new();
        case.restrict(case.page, Read, person("ann"));
        assert_eq!(case.verdict("ann", View, case.page), Ok(()));
        let ann = case.site.account_mut(&account("ann"));
        ann.expect("an account").status = status;
        assert_eq!(case.verdict("ann", View, case.page), Err(Layer::Product));
        assert_eq!(case.site.restricted_to(case.page, Read), [person("ann")]);
    }
    let case = Case::new();
    let unheard = case.verdict("nobody", View, case.page);
    assert_eq!(unheard, Err(Layer::Product));
}

#[test]
fn without_access_to_the_product_a_grant_lets_nobody_in() {
    let mut case = Case::new();
    case.site
        .remove_member("licensed", &account("ann"))
        .expect("a member");
    assert_eq!(case.verdict("ann", View, case.page), Err(Layer::Product));
    // Any kind of access will do.
    case.site
        .add_group("owners", Some(ProductAccess::SiteAdmin));
    case.member("owners", "ann");
    assert_eq!(case.verdict("ann", View, case.page), Ok(()));
}

#[test]
fn an_app_is_let_in_by_its_grants_alone() {
    let mut case = Case::new();
    case.site.add_account(&account("app"), AccountType::App);
    assert_eq!(case.verdict("app", View, case.page), Err(Layer::Space));
    case.member("writers", "app");
    assert_eq!(case.verdict("app", Edit, case.page), Ok(()));
    case.restrict(case.page, Read, person("ann"));
    assert_eq!(case.verdict("app", View, case.below), Err(Layer::Content));
}

#[test]
fn administrators_of_the_product_and_of_a_space_see_nothing_by_that_right() {
    let mut case = Case::new();
    case.site.add_group("admins", Some(ProductAccess::Admin));
    case.person("root");
    case.member("admins", "root");
    assert_eq!(case.verdict("root", View, case.page), Err(Layer::Space));
    case.grant(("user", &account("root")), READ);
    case.grant(("user", &account("root")), ("administer", "space"));
    case.restrict(case.page, Read, person("ann"));
    assert_eq!(case.verdict("root", View, case.page), Err(Layer::Content));
}

#[test]
fn who_owns_a_space_or_a_personal_one_has_what_is_granted_and_no_more() {
    let mut case = Case::new();
    case.person("owner");
    let personal = case.site.create_space("~owner", SpaceType::Personal);
    let page = page_in(&mut case.site, personal, None);
    let owned = case.site.space_mut(personal).expect("a space");
    owned.owner_id = Some(account("owner"));
    assert_eq!(case.verdict("owner", View, page), Err(Layer::Space));
    let owner = account("owner");
    let granted = case.site.add_permission(personal, ("user", &owner), READ);
    granted.expect("a space");
    assert_eq!(case.verdict("owner", View, page), Ok(()));
}

#[test]
fn what_is_archived_is_as_what_is_in_use_and_of_the_trash_nothing_is_told() {
    let mut case = Case::new();
    case.restrict(case.page, Read, person("ann"));
    case.person("bob");
    case.grant(("user", &account("bob")), READ);
    case.site.archive_content(case.page, true).expect("a page");
    let space = case.site.space_mut(case.space).expect("a space");
    space.status = SpaceStatus::Archived;
    for page in [case.page, case.below] {
        assert_eq!(case.verdict("ann", View, page), Ok(()));
        assert_eq!(case.verdict("bob", View, page), Err(Layer::Content));
    }
    case.site.trash_page(case.below).expect("a page");
    let ann = account("ann");
    let trashed = case.site.verdict(Whose::Account(&ann), View, case.below);
    assert_eq!(trashed, None);
    assert_eq!(case.site.verdict(Whose::Account(&ann), View, 1), None);
}

#[test]
fn a_blog_post_has_lists_of_its_own_and_needs_an_operation_of_its_own() {
    let mut case = Case::new();
    let post = case.site.create_blogpost(case.space, "News");
    let post = post.expect("a space");
    case.restrict(case.page, Read, person("nobody"));
    assert_eq!(case.verdict("ann", View, post), Ok(()));
    assert_eq!(case.verdict("ann", Edit, post), Err(Layer::Space));
    case.grant(("group", "writers"), ("update", "blogpost"));
    assert_eq!(case.verdict("ann", Edit, post), Ok(()));
    case.restrict(post, Update, person("bob"));
    assert_eq!(case.verdict("ann", View, post), Ok(()));
    assert_eq!(case.verdict("ann", Edit, post), Err(Layer::Content));
    case.restrict(post, Read, person("bob"));
    assert_eq!(case.verdict("ann", View, post), Err(Layer::Content));
}

#[test]
fn every_list_above_has_to_be_passed_through_every_kind_of_container() {
    for kind in NodeKind::ALL {
        let mut case = Case::new();
        case.person("bob");
        case.member("writers", "bob");
        let node = case.node(kind, Some(case.below));
        let deep = page_in(&mut case.site, case.space, Some(node));
        assert_eq!(case.verdict("ann", Edit, deep), Ok(()), "{kind:?}");
        // Each names ann, and one does not name bob.
        case.restrict(case.page, Read, group("writers"));
        case.restrict(node, Read, person("ann"));
        for id in [node, deep] {
            assert_eq!(case.verdict("ann", View, id), Ok(()), "{kind:?}");
            let bob = case.verdict("bob", View, id);
            assert_eq!(bob, Err(Layer::Content), "{kind:?}");
        }
        assert_eq!(case.verdict("bob", View, case.below), Ok(()));
        // The nearer one does not take the place of the farther one.
        case.restrict(node, Read, person("bob"));
        assert_eq!(case.verdict("bob", View, deep), Ok(()));
        case.site
            .remove_member("writers", &account("bob"))
            .expect("a member");
        case.grant(("user", &account("bob")), READ);
        assert_eq!(case.verdict("bob", View, deep), Err(Layer::Content));
    }
}

#[test]
fn a_list_for_editing_binds_its_content_alone_and_does_not_let_anybody_view() {
    let mut case = Case::new();
    case.person("bob");
    case.member("writers", "bob");
    case.restrict(case.page, Update, person("ann"));
    assert_eq!(case.verdict("bob", View, case.page), Ok(()));
    assert_eq!(case.verdict("bob", Edit, case.page), Err(Layer::Content));
    assert_eq!(case.verdict("bob", Edit, case.below), Ok(()));
    // Named for editing only, where viewing is restricted to others.
    case.restrict(case.page, Read, person("bob"));
    assert_eq!(case.verdict("ann", Edit, case.page), Err(Layer::Content));
    assert_eq!(case.verdict("bob", Edit, case.page), Err(Layer::Content));
}

#[test]
fn nodes_are_edited_by_the_right_on_pages_or_on_their_own_type() {
    for kind in NodeKind::ALL {
        let mut case = Case::new();
        let node = case.node(kind, None);
        case.person("bob");
        case.grant(("user", &account("bob")), READ);
        assert_eq!(case.verdict("ann", Edit, node), Ok(()), "{kind:?}");
        assert_eq!(case.verdict("bob", Edit, node), Err(Layer::Space));
        case.grant(("user", &account("bob")), ("create", kind.as_str()));
        assert_eq!(case.verdict("bob", Edit, node), Ok(()), "{kind:?}");
        assert_eq!(case.verdict("bob", Edit, case.page), Err(Layer::Space));
    }
}

#[test]
fn roles_count_as_far_as_the_site_has_come_with_them() {
    let role = |site: &Organisation, name: &str| {
        let mut roles = site.roles().iter();
        let role = roles.find(|role| role.name == name);
        role.expect("a role of every site").id.clone()
    };
    // By a role alone, by a permission alone, and by neither.
    for (mode, by_role, by_permission) in [
        (RoleMode::PreRoles, false, true),
        (RoleMode::RolesTransition, true, true),
        (RoleMode::Roles, true, false),
    ] {
        let mut case = Case::new();
        case.site.set_role_mode(mode, None);
        case.person("bob");
        case.person("carl");
        let collaborator = role(&case.site, "Collaborator");
        case.site
            .assign_role(case.space, ("USER", &account("bob")), &collaborator)
            .expect("a role");
        let in_by = |allowed: bool| match allowed {
            true => Ok(()),
            false => Err(Layer::Space),
        };
        let edits = |name: &str| case.verdict(name, Edit, case.page);
        assert_eq!(edits("bob"), in_by(by_role), "{mode:?}");
        assert_eq!(edits("ann"), in_by(by_permission), "{mode:?}");
        assert_eq!(edits("carl"), Err(Layer::Space));
    }
    // A row that names a role is everybody's who has it.
    let mut case = Case::new();
    case.person("bob");
    let viewer = role(&case.site, "Viewer");
    let bob = account("bob");
    case.site
        .assign_role(case.space, ("USER", &bob), &viewer)
        .expect("a role");
    assert_eq!(case.verdict("bob", Edit, case.page), Err(Layer::Space));
    case.grant(("role", &viewer), WRITE);
    assert_eq!(case.verdict("bob", Edit, case.page), Ok(()));
}

#[test]
fn a_group_is_asked_for_as_such() {
    let mut case = Case::new();
    let verdict = |case: &Case, id, access| {
        let verdict = case.site.verdict(Whose::Group(id), access, case.page);
        verdict.expect("a page")
    };
    case.site.add_group("readers", None);
    assert_eq!(verdict(&case, "writers", Edit), Ok(()));
    assert_eq!(verdict(&case, "readers", View), Err(Layer::Space));
    case.grant(("group", "readers"), READ);
    case.restrict(case.page, Read, group("readers"));
    assert_eq!(verdict(&case, "readers", View), Ok(()));
    assert_eq!(verdict(&case, "writers", View), Err(Layer::Content));
}
