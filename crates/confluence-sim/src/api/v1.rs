//! What operations of v1 have in common.

use super::prelude::*;
use super::{attachments, comments, custom_content, pages, tree};
use crate::organisation::time::Moment;
use crate::organisation::{
    AccountType, AttachmentId, Container, Content, Group, OutOfReach, Page, Space, User,
};

impl<'a> Call<'a> {
    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.arguments.text(name).ok_or_else(|| missing(name))
    }

    /// Whether a part that is not always there is asked for.
    pub(super) fn expands(&self, part: &str) -> bool {
        self.arguments
            .texts("expand")
            .is_some_and(|parts| parts.iter().any(|known| known == part))
    }

    /// What stands in the path at a place, decoded.
    pub(super) fn decoded(&self, place: usize) -> Result<String, Refusal> {
        query::decode(self.segment(place)).map_err(Refusal::BadParameter)
    }

    pub(super) fn signed_in(&self) -> Result<(), Refusal> {
        if self.is_anonymous() {
            return Err(forbidden("Current user not permitted to use Confluence"));
        }
        Ok(())
    }

    pub(super) fn administers(&self) -> Result<(), Refusal> {
        if !self.is_administrator() {
            return Err(forbidden(
                "User must be a Confluence administrator to do this",
            ));
        }
        Ok(())
    }

    /// The page, blog post or whatever else of the content tree that the path names, in use or archived.
    pub(super) fn content(&self) -> Result<Content<'a>, Refusal> {
        let text = self.decoded(0)?;
        let missing = || no_content(&text);
        let id: Option<u64> = text.parse().ok();
        match id.and_then(|id| self.organisation.out_of_reach(id)) {
            Some(OutOfReach::Hidden) => return Err(missing()),
            Some(OutOfReach::Forbidden) => {
                return Err(forbidden("User not permitted to view the content"));
            }
            None => {}
        }
        let is_seen =
            |content: &Content| is_listed(content.status()) && self.sees_space(content.space_id());
        match id.and_then(|id| self.organisation.content(id)) {
            Some(content) if is_seen(&content) => Ok(content),
            None if self.hangs_on_content(&text) => {
                Err(Refusal::not_modelled("model this for what hangs on pages"))
            }
            _ => Err(missing()),
        }
    }

    /// Whether there is an attachment, a comment or a piece of custom content with an id.
    fn hangs_on_content(&self, id: &str) -> bool {
        let organisation = self.organisation;
        let file = AttachmentId::parse(id).and_then(|id| organisation.attachment(id));
        file.is_some()
            || id.parse().is_ok_and(|id| {
                organisation.footer_comment(id).is_some()
                    || organisation.inline_comment(id).is_some()
                    || organisation.custom_content_by_id(id).is_some()
            })
    }

    /// The page that the path names, in use or archived.
    pub(super) fn content_page(&self) -> Result<Page<'a>, Refusal> {
        match self.content()? {
            Content::Page(page) if !page.record.is_post => Ok(page),
            other => Err(Refusal::NotModelled(format!(
                "The stand-in models this for pages, not for a {}",
                other.kind()
            ))),
        }
    }

    pub(super) fn space_of_key(&self, key: &str) -> Result<&'a Space, Refusal> {
        self.organisation
            .space_by_key(key)
            .filter(|space| self.sees(space))
            .ok_or_else(|| no_such(&format!("No space found with key : {key}")))
    }

    pub(super) fn space_in_path(&self) -> Result<&'a Space, Refusal> {
        self.space_of_key(&self.decoded(0)?)
    }
}

pub(super) fn missing(name: &str) -> Refusal {
    Refusal::BadParameter(format!("Required query parameter: {name}"))
}

pub(super) fn no_such(what: &str) -> Refusal {
    Refusal::NoSuchObject(format!(
        "com.atlassian.confluence.api.service.exceptions.NotFoundException: {what}"
    ))
}

pub(super) fn no_content(id: &str) -> Refusal {
    no_such(&format!("No content found with id: ContentId{{id={id}}}"))
}

pub(super) fn forbidden(why: &str) -> Refusal {
    Refusal::NotAllowed(format!(
        "com.atlassian.confluence.api.service.exceptions.PermissionException: {why}"
    ))
}

/// A user, as all operations of v1 write one.
pub(super) fn user(call: &Call, user: &User) -> Value {
    json!({
        "type": "known",
        "accountId": user.account_id,
        "accountStatus": user.status.as_str(),
        "locale": "en_GB",
        "accountType": match user.account_type {
            // v1 has no word for customers.
            AccountType::Customer => "",
            kind => kind.as_str(),
        },
        "email": user.visible_email(),
        "publicName": user.public_name,
        "profilePicture": picture("/wiki/aa-avatar/default"),
        "displayName": user.display_name,
        "timeZone": user.time_zone(),
        "isExternalCollaborator": user.guest,
        "isGuest": user.guest,
        "_expandable": {"operations": "", "personalSpace": ""},
        "_links": {
            "self": format!("{}/wiki/rest/api/user?accountId={}", call.site, user.account_id),
        },
    })
}

/// An account of which nothing is left but its id.
pub(super) fn unknown_user(account_id: &str) -> Value {
    json!({
        "type": "unknown",
        "accountId": account_id,
        "accountType": "",
        "email": "",
        "publicName": "Unknown user",
        "profilePicture": picture("/wiki/images/icons/profilepics/anonymous.svg"),
        "displayName": "Unknown user",
        "isExternalCollaborator": false,
        "isGuest": false,
        "_expandable": {"operations": "", "personalSpace": ""},
        "_links": {},
    })
}

pub(super) fn picture(path: &str) -> Value {
    json!({"path": path, "width": 48, "height": 48, "isDefault": true})
}

pub(super) fn group(call: &Call, group: &Group) -> Value {
    json!({
        "type": "group",
        "name": group.name,
        "id": group.id,
        "usageType": group.usage_type(),
        "managedBy": group.managed_by(),
        "resourceAri": format!("ari:cloud:identity::group/{}", group.id),
        "_links": {"self": format!("{}/wiki/rest/api/group/by-id?id={}", call.site, group.id)},
    })
}

/// A group of which nothing is left but its id: it was deleted, or is not shown.
pub(super) fn unknown_group(id: &str) -> Value {
    json!({"type": "group", "name": "", "id": id, "_links": {}})
}

/// Content, with nothing expanded.
pub(super) fn content(call: &Call, content: Content) -> Value {
    let space = space_of(call, content);
    let this = format!("/rest/api/content/{}", content.written_id());
    let expandable = json!({
        "container": container_path(call, content),
        "metadata": "",
        "restrictions": format!("{this}/restriction/byOperation"),
        "history": format!("{this}/history"),
        "body": "",
        "descendants": format!("{this}/descendant"),
        "children": format!("{this}/child"),
        "childTypes": "",
        "operations": "",
        "ancestors": "",
        "space": format!("/rest/api/space/{}", space.key),
        "version": "",
    });
    let mut row = json!({
        "id": content.written_id(),
        "type": content.kind(),
        "status": content.status().as_str(),
        "title": content.title(),
        "_links": {
            "self": format!("{}/wiki{this}", call.site),
            "webui": web_path(call, content),
        },
        "_expandable": expandable,
    });
    if let Content::Page(_) = content {
        row["_links"]["tinyui"] = format!("/x/{:X}", content.id()).into();
    }
    row
}

/// Where content is for people, from the context on.
pub(super) fn web_path(call: &Call, content: Content) -> String {
    match content {
        Content::Page(page) => pages::web_path(page),
        Content::Node(node) => tree::web_path(node, &space_of(call, content).key),
        Content::Comment(comment) => comments::web_path(comment),
        Content::Attachment(file) => attachments::web_path(file),
        Content::CustomContent(piece) => custom_content::web_path(piece),
    }
}

fn container_path(call: &Call, content: Content) -> String {
    match content.container() {
        Container::Space(_) => format!("/rest/api/space/{}", space_of(call, content).key),
        Container::Attachment(id) => format!("/rest/api/content/{}", AttachmentId(id)),
        Container::Page(id) | Container::BlogPost(id) | Container::CustomContent(id) => {
            format!("/rest/api/content/{id}")
        }
    }
}

pub(super) fn space_of<'a>(call: &Call<'a>, content: Content) -> &'a Space {
    let space = call.organisation.space(content.space_id());
    space.expect("content is in a space")
}

pub(super) fn version(call: &Call, content: Content) -> Value {
    let latest = content.latest();
    let by = latest
        .author_id
        .and_then(|account| call.organisation.user(account));
    let this = format!("/rest/api/content/{}", content.written_id());
    let mut version = json!({
        "when": Moment(latest.created_at.as_millisecond()),
        "message": latest.message.unwrap_or_default(),
        "number": latest.number,
        "minorEdit": latest.minor_edit,
        "_expandable": {"content": this, "collaborators": ""},
        "_links": {},
    });
    if let Some(user) = by {
        version["by"] = self::user(call, user);
    }
    version
}

/// A space. Its id is a number here.
pub(super) fn space(call: &Call, space: &Space) -> Value {
    json!({
        "id": space.id,
        "key": space.key,
        "alias": space.current_active_alias,
        "name": space.name,
        "type": space.kind.as_str(),
        "status": space.status.as_str(),
        "_expandable": {
            "settings": format!("/rest/api/space/{}/settings", space.key),
            "metadata": "",
            "operations": "",
            "permissions": "",
            "icon": "",
            "description": "",
            "theme": format!("/rest/api/space/{}/theme", space.key),
            "history": "",
            "homepage": space
                .homepage_id
                .map_or(String::new(), |id| format!("/rest/api/content/{id}")),
        },
        "_links": {
            "webui": format!("/spaces/{}", space.key),
            "self": format!("{}/wiki/rest/api/space/{}", call.site, space.key),
        },
    })
}

/// Where the rows of a single object lead to.
pub(super) fn links(call: &Call) -> Value {
    json!({
        "self": format!("{}{}", call.site, call.path_and_query),
        "base": format!("{}/wiki", call.site),
        "context": "/wiki",
    })
}
