-- The words that answers about access, and reports, are given in, each with what it means and what can be done about it. Functions and
-- reports use no others; the documentation prints this view.

CREATE VIEW words (kind, word, reason_kind, meaning, what_to_do) AS VALUES
    ('access', 'view', CAST(NULL AS text), 'May see the content, or the space and its unrestricted contents', CAST(NULL AS text)),
    ('access', 'edit', NULL, 'May change the content, or contents of the space; whoever may edit may view, too', NULL),
    ('access', 'administer', NULL, 'May change who has access to the space, or how it works', NULL),

    ('verdict', 'allowed', NULL, 'Every layer lets the account through, and all of them are known', NULL),
    ('verdict', 'potential', NULL, 'Not let through now, but able to change the rule: an administrator', 'Review administrators by themselves; what they change is in the audit log'),
    ('verdict', 'unknown', NULL, 'Something that decides is not known; the reason says what', 'See the reason'),
    ('verdict', 'denied', NULL, 'A layer that is known keeps the account out', NULL),

    ('bound', 'exact', NULL, 'The account is known, and so is everything that decides', NULL),
    ('bound', 'upper', NULL, 'A layer is not known: those who are listed can be fewer in truth, not more', NULL),
    ('bound', 'lower', NULL, 'Others may be let through that nobody lists: those who are listed can be more in truth', NULL),
    ('bound', 'none', NULL, 'Nothing is known', NULL),

    ('path_type', 'user', NULL, 'A grant to the account itself', NULL),
    ('path_type', 'group', NULL, 'A grant to a group that the account is in', NULL),
    ('path_type', 'class', NULL, 'A grant to an access class that the account belongs to', NULL),
    ('path_type', 'anonymous', NULL, 'A grant to everybody: whoever is signed in has it, and the public where the site lets them in', NULL),
    ('path_type', 'guest', NULL, 'A grant to a guest, by itself or by a group', NULL),
    ('path_type', 'space_admin', NULL, 'Administers the space, and so can lift restrictions in it', NULL),
    ('path_type', 'product_admin', NULL, 'Administers the product or the site, and so can give itself access', NULL),

    ('admin_kind', 'full', NULL, 'Administers the space', NULL),
    ('admin_kind', 'access', NULL, 'Manages who has access', NULL),
    ('admin_kind', 'content', NULL, 'Manages content', NULL),
    ('admin_kind', 'features', NULL, 'Manages how the space looks and works', NULL),

    ('level', 'product', NULL, 'Whether the account is active and has access to Confluence', NULL),
    ('level', 'space', NULL, 'What is granted in the space', NULL),
    ('level', 'parents', NULL, 'View lists of what the content is below', NULL),
    ('level', 'content', NULL, 'The content''s own lists', NULL),
    ('level', 'result', NULL, 'What follows from all levels: a verdict', NULL),

    ('level_verdict', 'Allowed', NULL, 'The level lets the account through, because it names it', NULL),
    ('level_verdict', 'Denied', NULL, 'The level keeps the account out', NULL),
    ('level_verdict', 'Inherited', NULL, 'The level sets nothing itself: the one above decides', NULL),
    ('level_verdict', 'Irrelevant', NULL, 'The level does not bear on this access', NULL),
    ('level_verdict', 'Unknown', NULL, 'What the level says is not known', 'See the reason'),

    ('change', 'gained', NULL, 'Had no access at the first run, and has it at the last', NULL),
    ('change', 'lost', NULL, 'Had access at the first run, and has none at the last, by any path that is known', NULL),
    ('change', 'not_seen', NULL, 'Had access at the first run, and what gave it is not listed any more; nothing proves that it is gone', 'See the reason'),
    ('change', 'first_seen', NULL, 'Has access at the last run, and whether it had it before is not known', 'See the reason'),
    ('change', 'pending', NULL, 'The audit log hints at a change since the last run', 'Refresh with mode full or access'),
    ('change', 'joined', NULL, 'Is a member of the group, and was none', NULL),
    ('change', 'left', NULL, 'Was a member of the group, and is none', NULL),
    ('change', 'trashed', NULL, 'Went to the trash', NULL),
    ('change', 'purged', NULL, 'Was deleted for good', NULL),
    ('change', 'removed', NULL, 'Is gone with what it belonged to', NULL),
    ('change', 'gone_or_hidden', NULL, 'Is not listed any more: purged, or restricted against the reading account', 'Read it with an admin key; look into the audit log'),

    ('cause', 'grant', NULL, 'A grant in the space began or ended', NULL),
    ('cause', 'role', NULL, 'A role in the space was given or taken back, or came to allow something else', NULL),
    ('cause', 'group', NULL, 'The account joined or left a group', NULL),
    ('cause', 'product', NULL, 'The account got or lost access to the product', NULL),
    ('cause', 'status', NULL, 'The account was activated, deactivated or closed', NULL),
    ('cause', 'restriction', NULL, 'A list of the content changed', NULL),
    ('cause', 'move', NULL, 'The content was moved', NULL),

    ('finding', 'no_active_administrator', NULL, 'Nobody who is active administers the space', 'Give it an administrator'),
    ('finding', 'no_known_administrator', NULL, 'Nobody who is known to be active administers the space', 'See the reason'),
    ('finding', 'owner_left', NULL, 'The owner''s account is deactivated or closed', 'Give it another owner'),
    ('finding', 'owner_unknown', NULL, 'The site does not say whether the owner''s account is active', 'Look the account up at admin.atlassian.com'),
    ('finding', 'nobody_views', NULL, 'The lists let nobody through', 'Lift the restriction in the settings of the space'),
    ('finding', 'nobody_known_views', NULL, 'The lists let nobody through who is known', 'See the reason'),
    ('finding', 'nobody_edits', NULL, 'Nobody may edit', 'Lift the restriction in the settings of the space'),
    ('finding', 'nobody_known_edits', NULL, 'Nobody who is known may edit', 'See the reason'),

    ('reason', 'account_unknown', 'gap', 'The site does not say whether the account is active: it may be closed', 'Load the user export of admin.atlassian.com, and look the account up there'),
    ('reason', 'product_unresolved', 'gap', 'The account is in no group known to give access to the product, but these groups are not proved to be all', 'See the step product_access of the run; have the reading account see all groups'),
    ('reason', 'group_unresolved', 'gap', 'A group that is named is not listed: it was deleted, or is hidden from the reading account', 'Look the group id up in admin.atlassian.com; remove entries of groups that are gone'),
    ('reason', 'class_unresolved', 'gap', 'Who belongs to an access class is not known', 'See the step product_access of the run'),
    ('reason', 'role_unresolved', 'gap', 'A role that is given in the space is not listed, so what it allows is not known', 'Have the reading account see the site''s roles'),
    ('reason', 'principal_unknown', 'gap', 'A grant is to a kind of principal that this version does not know', 'Look at the permissions of the space; ask for a newer version'),
    ('reason', 'subjects_hidden', 'gap', 'A list names more than the site shows: some names are withheld', 'Read the list with an administrator''s account, or an admin key'),
    ('reason', 'content_hidden', 'gap', 'The site does not show the content or its lists: it may be restricted against the reading account', 'Read it with an admin key'),
    ('reason', 'ancestor_not_listed', 'gap', 'Something above the content is not listed, so its view list is not known', 'Read with an admin key; see whether the parent is a draft or in the trash'),
    ('reason', 'parents_cycle', 'gap', 'Following the parents leads round in a circle, so what is above the content is not known', 'Refresh again: contents were being moved'),
    ('reason', 'trashed', 'gap', 'The content is in the trash: whoever may see the trash sees it', 'Restore it, or purge it'),
    ('reason', 'gone_or_hidden', 'gap', 'The content was listed once and is no more: it is purged, or restricted against the reading account', 'Read it with an admin key; look into the audit log'),
    ('reason', 'space_hidden', 'gap', 'The space is not listed: nothing is known of its grants', 'Let the reading account view the space'),
    ('reason', 'not_read', 'gap', 'The run could not read something that decides, such as roles without the scope for them', 'See why_not of the run''s steps; give the credential what it lacks'),

    ('reason', 'email_hidden', 'gap', 'No e-mail address of the account is known, so its domain is not, either', 'Load the user export of admin.atlassian.com'),
    ('reason', 'before_first_run', 'gap', 'The mirror knows nothing of times before its first run', 'See the audit log of the site'),
    ('reason', 'not_reconciled', 'gap', 'Two ways of counting do not agree, so it is not proved that all of it was read', 'Have the reading account see all groups; refresh again'),
    ('reason', 'pending', 'gap', 'Something has changed since the last run that reads it, as an audit record hints, or may have', 'Refresh with mode full or access'),
    ('reason', 'not_seen', 'gap', 'What gave access is no more listed, and nothing proves that it is gone', 'Read it with an administrator''s account, or an admin key'),

    ('reason', 'class_open_ended', 'open', 'Granted to whoever signs in: others than those who are listed may have accounts', 'Take the grant away if it is not meant'),
    ('reason', 'jsm_class', 'open', 'Granted to customers and agents of a service desk, whom nobody lists', 'Take the grant away if it is not meant'),

    ('reason', 'anonymous_switch', 'standing', 'The space is open to everybody; whether the public gets in depends on a switch of the site that cannot be read', 'Look at the site''s global permissions'),
    ('reason', 'public_link', 'standing', 'Pages and whiteboards may have public links, which cannot be read', 'Look at the public links in the settings of the space'),
    ('reason', 'app_scopes', 'standing', 'What apps read by their scopes is outside of permissions', 'Review the installed apps'),
    ('reason', 'drafts_not_listed', 'standing', 'Drafts are not listed: their authors and whom they invite see them', NULL),
    ('reason', 'admin_key', 'standing', 'Administrators of the organisation can open everything for an hour with an admin key', 'See the audit log for its use'),
    ('reason', 'admins_unproved', 'standing', 'Administrators are the members of groups that the site names; no second count proves that these are all', 'Compare with admin.atlassian.com'),
    ('reason', 'apps_unproved', 'standing', 'Apps and customers that groups give access to the product are the members of groups that the site names; no second count proves that these are all', 'Review the installed apps'),

    ('reason', 'account_inactive', 'denial', 'The account is deactivated or closed', NULL),
    ('reason', 'denied_by_product', 'denial', 'The account has no access to the product', NULL),
    ('reason', 'denied_by_space', 'denial', 'Nothing is granted to the account in the space', NULL),
    ('reason', 'denied_by_restriction', 'denial', 'A list, of the content or of something above it, does not name the account', NULL),
    ('reason', 'purged', 'denial', 'The content is deleted for good', NULL);

COMMENT ON VIEW words IS
    'The words of answers about access: what each means, and what can be done about it';
COMMENT ON COLUMN words.kind IS
    'What the word is: access, verdict, bound, path_type, admin_kind, level, level_verdict, change, cause, finding or reason';
COMMENT ON COLUMN words.word IS
    'The word, as it stands in the column of that name';
COMMENT ON COLUMN words.reason_kind IS
    'Of a reason: gap, something about this content, space or account is hidden or was not read; open, a grant to people whom nobody lists; standing, what is so on every site, and stands in unknowns() only; denial, why an account is kept out';
COMMENT ON COLUMN words.meaning IS
    'What it says';
COMMENT ON COLUMN words.what_to_do IS
    'What can be done about it';
