-- A small mirror whose tables are of format 1, as version 0.1.0 of the extension has made it. See frozen/README.md.
SET check_function_bodies = false;
SET client_min_messages = warning;
SET search_path = '';

CREATE SCHEMA acme;



CREATE FUNCTION acme.access_by(operation_key text, operation_target_type text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (operation_target_type = 'space'::text) THEN
             CASE
                 WHEN (operation_key = 'read'::text) THEN 'view'::text
                 WHEN (operation_key = ANY (ARRAY['administer'::text, 'manage_users'::text, 'manage_nonlicensed_users'::text, 'manage_guest_users'::text, 'manage_access'::text, 'clear_permissions'::text, 'manage_content'::text, 'manage_look_and_feel'::text, 'manage_templates'::text, 'manage_public_links'::text, 'manage_space_features'::text, 'archive_space'::text])) THEN 'administer'::text
                 ELSE NULL::text
             END
             WHEN ((operation_key = ANY (ARRAY['create'::text, 'update'::text])) AND (operation_target_type = ANY (ARRAY['page'::text, 'blogpost'::text, 'folder'::text, 'whiteboard'::text, 'database'::text, 'embed'::text]))) THEN 'edit'::text
             ELSE NULL::text
         END AS "case";
END;



CREATE FUNCTION acme.access_facts_at(run bigint) RETURNS TABLE(run_id bigint, access_as_of timestamp with time zone, seen_at timestamp with time zone, spaces_are_read boolean, permissions_are_read boolean, roles_are_read boolean, roles_are_needed boolean, groups_are_read boolean, accounts_are_read boolean, product_groups_are_read boolean, product_is_proved boolean, restrictions_are_read boolean)
    LANGUAGE plpgsql STABLE ROWS 1
    SET search_path TO 'acme', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT r.id, r.published_at,
           max(s.read_at) FILTER (WHERE s.step = 'permissions'),
           coalesce(bool_or(s.is_complete) FILTER (WHERE s.step = 'spaces'), false),
           coalesce(bool_or(s.is_complete) FILTER (WHERE s.step = 'permissions'), false),
           count(*) FILTER (WHERE s.is_complete AND s.step IN ('space_roles', 'space_role_assignments')) = 2,
           r.role_mode IS DISTINCT FROM 'PRE_ROLES',
           count(*) FILTER (WHERE s.is_complete AND s.step IN ('groups', 'group_members')) = 2,
           coalesce(bool_or(s.is_complete) FILTER (WHERE s.step = 'users'), false),
           coalesce(bool_or(s.is_complete) FILTER (WHERE s.step = 'product_groups'), false),
           -- The proof is of the members that were read last, or of none.
           coalesce(bool_or(s.is_reconciled) FILTER (WHERE s.step = 'product_access'), false)
               AND count(*) FILTER (WHERE s.is_complete AND s.step IN ('product_groups', 'group_members', 'users')) = 3
               AND max(s.run_id) FILTER (WHERE s.step = 'product_access')
                   >= max(s.run_id) FILTER (WHERE s.step IN ('product_groups', 'group_members', 'users')),
           coalesce(bool_or(s.is_complete) FILTER (WHERE s.step = 'content_restrictions'), false)
    FROM runs AS r
    CROSS JOIN (VALUES ('spaces'), ('permissions'), ('space_roles'), ('space_role_assignments'), ('groups'), ('group_members'), ('users'),
                       ('product_groups'), ('product_access'), ('content_restrictions')) AS n (step)
    LEFT JOIN LATERAL (
        SELECT s.step, s.run_id, s.is_complete, s.is_reconciled, s.read_at
        FROM run_steps AS s
        JOIN runs AS e ON e.id = s.run_id
        WHERE s.step = n.step AND s.run_id <= access_facts_at.run AND (e.status = 'complete' OR e.id = access_facts_at.run)
        ORDER BY s.run_id DESC
        LIMIT 1
    ) AS s ON true
    WHERE r.id = access_facts_at.run
    GROUP BY r.id;
END
$$;


SET default_tablespace = '';

SET default_table_access_method = heap;


CREATE TABLE acme.emails_history (
    account_id text NOT NULL,
    email text,
    display_name text,
    status text,
    org_role text,
    added_to_org date,
    last_active date,
    product_access jsonb,
    last_loaded timestamp with time zone,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE TABLE acme.users_history (
    account_id text NOT NULL,
    account_type text,
    account_status text,
    email text,
    public_name text,
    display_name text,
    time_zone text,
    personal_space_id bigint,
    is_external_collaborator boolean,
    profile_picture_path text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE FUNCTION acme.account_told_at(account text, run bigint) RETURNS TABLE(email text, name text, account_status text)
    LANGUAGE sql STABLE ROWS 1
    BEGIN ATOMIC
 SELECT COALESCE(m.email, u.email) AS "coalesce",
     COALESCE(u.display_name, u.public_name, m.display_name) AS "coalesce",
     u.account_status
    FROM ((( SELECT account_told_at.account AS id) asked
      LEFT JOIN LATERAL ( SELECT u_1.email,
             u_1.display_name,
             u_1.public_name,
                 CASE
                     WHEN ((u_1.run_to IS NULL) OR (u_1.run_to > account_told_at.run)) THEN u_1.account_status
                     ELSE NULL::text
                 END AS account_status
            FROM acme.users_history u_1
           WHERE ((u_1.account_id = asked.id) AND (u_1.run_from <= account_told_at.run))
           ORDER BY u_1.run_from DESC
          LIMIT 1) u ON (true))
      LEFT JOIN LATERAL ( SELECT m_1.email,
             m_1.display_name
            FROM acme.emails_history m_1
           WHERE ((m_1.account_id = asked.id) AND (m_1.run_from <= account_told_at.run))
           ORDER BY m_1.run_from DESC
          LIMIT 1) m ON (true));
END;



CREATE TABLE acme.groups_history (
    id text NOT NULL,
    name text,
    type text,
    usage_type text,
    managed_by text,
    resource_ari text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE FUNCTION acme.groups_at(run bigint) RETURNS TABLE(group_id text, group_name text)
    LANGUAGE sql STABLE ROWS 300
    BEGIN ATOMIC
 SELECT g.id,
     g.name
    FROM acme.groups_history g
   WHERE ((g.run_from <= groups_at.run) AND ((g.run_to IS NULL) OR (g.run_to > groups_at.run)) AND ( SELECT f.groups_are_read
            FROM acme.access_facts_at(groups_at.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read)));
END;



CREATE TABLE acme.group_members_history (
    group_id text NOT NULL,
    account_id text NOT NULL,
    account_type text,
    account_status text,
    email text,
    public_name text,
    display_name text,
    is_external_collaborator boolean,
    is_guest boolean,
    type text,
    time_zone text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE FUNCTION acme.members_at(run bigint) RETURNS TABLE(group_id text, group_name text, account_id text)
    LANGUAGE sql STABLE ROWS 20000
    BEGIN ATOMIC
 SELECT m.group_id,
     g.group_name,
     m.account_id
    FROM (acme.group_members_history m
      JOIN acme.groups_at(members_at.run) g(group_id, group_name) ON ((g.group_id = m.group_id)))
   WHERE ((m.run_from <= members_at.run) AND ((m.run_to IS NULL) OR (m.run_to > members_at.run)));
END;



CREATE TABLE acme.product_groups_history (
    access_type text NOT NULL,
    id text NOT NULL,
    name text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE FUNCTION acme.product_memberships_at(run bigint) RETURNS TABLE(account_id text, group_id text, is_admin boolean)
    LANGUAGE sql STABLE ROWS 2000
    BEGIN ATOMIC
 SELECT m.account_id,
     m.group_id,
     (p.access_type = ANY (ARRAY['admin'::text, 'site-admin'::text]))
    FROM (acme.product_groups_history p
      JOIN acme.members_at(product_memberships_at.run) m(group_id, group_name, account_id) ON ((m.group_id = p.id)))
   WHERE ((p.run_from <= product_memberships_at.run) AND ((p.run_to IS NULL) OR (p.run_to > product_memberships_at.run)) AND (p.access_type = ANY (ARRAY['user'::text, 'admin'::text, 'site-admin'::text])) AND ( SELECT f.product_groups_are_read
            FROM acme.access_facts_at(product_memberships_at.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read)));
END;



CREATE FUNCTION acme.accounts_at(run bigint) RETURNS TABLE(account_id text, email text, name text, account_type text, account_status text, is_guest boolean, is_product_member boolean, is_product_admin boolean)
    LANGUAGE sql STABLE ROWS 2000
    BEGIN ATOMIC
 SELECT u.account_id,
     COALESCE(e.email, u.email) AS "coalesce",
     COALESCE(u.display_name, e.display_name, u.public_name) AS "coalesce",
     u.account_type,
     u.account_status,
     COALESCE(u.is_external_collaborator, false) AS "coalesce",
     (u.account_id IN ( SELECT m.account_id
            FROM acme.product_memberships_at(accounts_at.run) m(account_id, group_id, is_admin))),
     (u.account_id IN ( SELECT m.account_id
            FROM acme.product_memberships_at(accounts_at.run) m(account_id, group_id, is_admin)
           WHERE m.is_admin))
    FROM (acme.users_history u
      LEFT JOIN acme.emails_history e ON (((e.account_id = u.account_id) AND (e.run_from <= accounts_at.run) AND ((e.run_to IS NULL) OR (e.run_to > accounts_at.run)))))
   WHERE ((u.run_from <= accounts_at.run) AND ((u.run_to IS NULL) OR (u.run_to > accounts_at.run)) AND ( SELECT f.accounts_are_read
            FROM acme.access_facts_at(accounts_at.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read)));
END;



CREATE TABLE acme.audit_log (
    record_sha256 bytea NOT NULL,
    ordinal integer NOT NULL,
    run_from bigint NOT NULL,
    read_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone,
    author_id text,
    author_name text,
    author_type text,
    remote_address text,
    category text,
    summary text,
    description text,
    is_sys_admin boolean,
    is_super_admin boolean,
    affected_object_name text,
    affected_object_type text,
    changed_values jsonb,
    associated_objects jsonb
);



CREATE FUNCTION acme.audit_record_of(after timestamp with time zone, until timestamp with time zone, words text, names text[], run bigint) RETURNS TABLE(audit_at timestamp with time zone, audit_author_id text, author_name text, audit_summary text)
    LANGUAGE sql STABLE ROWS 1
    BEGIN ATOMIC
 SELECT a.created_at,
     a.author_id,
     a.author_name,
     a.summary
    FROM acme.audit_log a
   WHERE ((a.created_at > COALESCE(audit_record_of.after, '-infinity'::timestamp with time zone)) AND (a.created_at <= audit_record_of.until) AND (a.run_from <= audit_record_of.run) AND (concat_ws(': '::text, a.category, a.summary) ~* audit_record_of.words) AND (NOT (EXISTS ( SELECT
            FROM unnest(audit_record_of.names) name(name)
           WHERE ((name.name IS NULL) OR (NOT (EXISTS ( SELECT
                    FROM ( SELECT a.affected_object_name AS said
                         UNION ALL
                          SELECT (o.value ->> 'name'::text)
                            FROM jsonb_array_elements(
                                 CASE jsonb_typeof(a.associated_objects)
                                     WHEN 'array'::text THEN a.associated_objects
                                     ELSE '[]'::jsonb
                                 END) o(value)) object
                   WHERE ((object.said = name.name) OR ("right"(object.said, (length(name.name) + 1)) = (':'::text || name.name)))))))))))
   ORDER BY a.created_at DESC, a.record_sha256, a.ordinal
  LIMIT 1;
END;



CREATE TABLE acme.blogposts_history (
    id bigint NOT NULL,
    space_id bigint,
    title text,
    status text,
    author_id text,
    created_at timestamp with time zone,
    version_number integer,
    modified_at timestamp with time zone,
    version_author_id text,
    version_message text,
    version_minor_edit boolean,
    web_url text,
    edit_url text,
    tiny_url text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE TABLE acme.databases_history (
    id bigint NOT NULL,
    space_id bigint,
    title text,
    status text,
    parent_id bigint,
    parent_type text,
    "position" integer,
    author_id text,
    owner_id text,
    created_at timestamp with time zone,
    version_number integer,
    modified_at timestamp with time zone,
    version_author_id text,
    version_message text,
    version_minor_edit boolean,
    web_url text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE TABLE acme.folders_history (
    id bigint NOT NULL,
    space_id bigint,
    title text,
    status text,
    parent_id bigint,
    parent_type text,
    "position" integer,
    author_id text,
    owner_id text,
    created_at timestamp with time zone,
    version_number integer,
    modified_at timestamp with time zone,
    version_author_id text,
    version_message text,
    version_minor_edit boolean,
    web_url text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE TABLE acme.pages_history (
    id bigint NOT NULL,
    space_id bigint,
    title text,
    status text,
    subtype text,
    parent_id bigint,
    parent_type text,
    "position" integer,
    author_id text,
    owner_id text,
    last_owner_id text,
    template_id text,
    created_at timestamp with time zone,
    version_number integer,
    modified_at timestamp with time zone,
    version_author_id text,
    version_message text,
    version_minor_edit boolean,
    web_url text,
    edit_url text,
    tiny_url text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE TABLE acme.smart_links_history (
    id bigint NOT NULL,
    space_id bigint,
    title text,
    status text,
    parent_id bigint,
    parent_type text,
    "position" integer,
    author_id text,
    owner_id text,
    created_at timestamp with time zone,
    version_number integer,
    modified_at timestamp with time zone,
    version_author_id text,
    version_message text,
    version_minor_edit boolean,
    embed_url text,
    web_url text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE TABLE acme.whiteboards_history (
    id bigint NOT NULL,
    space_id bigint,
    title text,
    status text,
    parent_id bigint,
    parent_type text,
    "position" integer,
    author_id text,
    owner_id text,
    created_at timestamp with time zone,
    version_number integer,
    modified_at timestamp with time zone,
    version_author_id text,
    version_message text,
    version_minor_edit boolean,
    web_url text,
    edit_url text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE FUNCTION acme.content_at(run bigint) RETURNS TABLE(id bigint, type text, space_id bigint, parent_id bigint, parent_type text, title text, status text, owner_id text, author_id text, created_at timestamp with time zone, modified_at timestamp with time zone)
    LANGUAGE sql STABLE ROWS 100000
    BEGIN ATOMIC
 SELECT c.id,
     'page'::text AS text,
     c.space_id,
     c.parent_id,
     c.parent_type,
     c.title,
     c.status,
     c.owner_id,
     c.author_id,
     c.created_at,
     c.modified_at
    FROM acme.pages_history c
   WHERE ((c.run_from <= content_at.run) AND ((c.run_to IS NULL) OR (c.run_to > content_at.run)))
 UNION ALL
  SELECT c.id,
     'blogpost'::text AS text,
     c.space_id,
     NULL::bigint AS int8,
     NULL::text AS text,
     c.title,
     c.status,
     NULL::text AS text,
     c.author_id,
     c.created_at,
     c.modified_at
    FROM acme.blogposts_history c
   WHERE ((c.run_from <= content_at.run) AND ((c.run_to IS NULL) OR (c.run_to > content_at.run)))
 UNION ALL
  SELECT c.id,
     'folder'::text AS text,
     c.space_id,
     c.parent_id,
     c.parent_type,
     c.title,
     c.status,
     c.owner_id,
     c.author_id,
     c.created_at,
     c.modified_at
    FROM acme.folders_history c
   WHERE ((c.run_from <= content_at.run) AND ((c.run_to IS NULL) OR (c.run_to > content_at.run)))
 UNION ALL
  SELECT c.id,
     'whiteboard'::text AS text,
     c.space_id,
     c.parent_id,
     c.parent_type,
     c.title,
     c.status,
     c.owner_id,
     c.author_id,
     c.created_at,
     c.modified_at
    FROM acme.whiteboards_history c
   WHERE ((c.run_from <= content_at.run) AND ((c.run_to IS NULL) OR (c.run_to > content_at.run)))
 UNION ALL
  SELECT c.id,
     'database'::text AS text,
     c.space_id,
     c.parent_id,
     c.parent_type,
     c.title,
     c.status,
     c.owner_id,
     c.author_id,
     c.created_at,
     c.modified_at
    FROM acme.databases_history c
   WHERE ((c.run_from <= content_at.run) AND ((c.run_to IS NULL) OR (c.run_to > content_at.run)))
 UNION ALL
  SELECT c.id,
     'embed'::text AS text,
     c.space_id,
     c.parent_id,
     c.parent_type,
     c.title,
     c.status,
     c.owner_id,
     c.author_id,
     c.created_at,
     c.modified_at
    FROM acme.smart_links_history c
   WHERE ((c.run_from <= content_at.run) AND ((c.run_to IS NULL) OR (c.run_to > content_at.run)));
END;



CREATE FUNCTION acme.content_layers_at(contents bigint[], run bigint) RETURNS TABLE(content_id bigint, space_id bigint, parent_id bigint, type text, status text, title text, is_asked boolean, has_view_list boolean, has_edit_list boolean, view_restricted_by bigint, above bigint, own_gap text, gap text, gap_at bigint)
    LANGUAGE plpgsql STABLE ROWS 10
    SET search_path TO 'acme', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_nestloop TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE upwards AS MATERIALIZED (
        SELECT w.content_id AS id, w.parent_id, w.space_id, w.type, w.status, w.title
        FROM content_ways_at(content_layers_at.contents, content_layers_at.run) AS w
    ), tree AS MATERIALIZED (
        SELECT u.id, u.parent_id, u.space_id, u.type, u.status, u.title, r.has_view_list, r.has_edit_list,
               CASE WHEN u.status = 'trashed' THEN 'trashed'
                    WHEN r.is_hidden THEN 'content_hidden'
                    WHEN u.parent_id IS NOT NULL AND u.parent_id NOT IN (SELECT p.id FROM upwards AS p) THEN 'ancestor_not_listed' END AS gap,
               u.parent_id IS NULL OR u.parent_id NOT IN (SELECT p.id FROM upwards AS p) AS is_top
        FROM upwards AS u
        CROSS JOIN LATERAL (
            SELECT coalesce(bool_or(r.operation = 'read'), false) AS has_view_list,
                   coalesce(bool_or(r.operation = 'update'), false) AS has_edit_list,
                   coalesce(bool_or(r.operation = 'unknown'), false) AS is_hidden
            FROM content_restrictions_history AS r
            WHERE r.content_id = u.id
              AND r.run_from <= content_layers_at.run AND (r.run_to IS NULL OR r.run_to > content_layers_at.run)
        ) AS r
    ), downwards (id, view_restricted_by, above, gap, gap_at) AS (
        SELECT t.id, CASE WHEN t.has_view_list THEN t.id END, CAST(NULL AS bigint), t.gap, CASE WHEN t.gap IS NOT NULL THEN t.id END
        FROM tree AS t
        WHERE t.is_top
      UNION
        SELECT t.id,
               CASE WHEN t.has_view_list THEN t.id ELSE d.view_restricted_by END,
               CASE WHEN t.has_view_list THEN d.view_restricted_by ELSE d.above END,
               coalesce(t.gap, CASE d.gap WHEN 'trashed' THEN 'ancestor_not_listed' ELSE d.gap END),
               CASE WHEN t.gap IS NOT NULL THEN t.id ELSE d.gap_at END
        FROM downwards AS d
        JOIN tree AS t ON t.parent_id = d.id
    )
    SELECT t.id, t.space_id, t.parent_id, t.type, t.status, t.title, t.id IN (SELECT unnest(content_layers_at.contents)), t.has_view_list,
           t.has_edit_list,
           CASE WHEN d.id IS NULL AND t.has_view_list THEN t.id ELSE d.view_restricted_by END,
           d.above, t.gap,
           CASE WHEN d.id IS NULL THEN 'parents_cycle' ELSE d.gap END,
           CASE WHEN d.id IS NULL THEN t.id ELSE d.gap_at END
    FROM tree AS t
    LEFT JOIN downwards AS d ON d.id = t.id;
END
$$;



CREATE FUNCTION acme.normal_name(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT lower(replace(name, '_'::text, '-'::text)) AS lower;
END;



CREATE TABLE acme.space_role_assignments_history (
    space_id bigint NOT NULL,
    principal_type text NOT NULL,
    principal_id text NOT NULL,
    role_id text NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE TABLE acme.space_roles_history (
    id text NOT NULL,
    type text,
    name text,
    description text,
    space_permissions jsonb,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE FUNCTION acme.role_holders_at(run bigint) RETURNS TABLE(space_id bigint, principal_type text, principal_id text, role_id text, role_name text, space_permissions jsonb)
    LANGUAGE sql STABLE ROWS 2000
    BEGIN ATOMIC
 SELECT h.space_id,
     h.principal_type,
     h.principal_id,
     h.role_id,
     r.name,
     r.space_permissions
    FROM (( SELECT a.space_id,
             acme.normal_name(a.principal_type) AS principal_type,
             a.principal_id,
             a.role_id
            FROM acme.space_role_assignments_history a
           WHERE ((a.run_from <= role_holders_at.run) AND ((a.run_to IS NULL) OR (a.run_to > role_holders_at.run)) AND (acme.normal_name(a.principal_type) <> 'access-class'::text))
         UNION ALL
          SELECT a.space_id,
             'access-class'::text,
             acme.normal_name(a.principal_id) AS normal_name,
             a.role_id
            FROM acme.space_role_assignments_history a
           WHERE ((a.run_from <= role_holders_at.run) AND ((a.run_to IS NULL) OR (a.run_to > role_holders_at.run)) AND (acme.normal_name(a.principal_type) = 'access-class'::text))) h
      LEFT JOIN acme.space_roles_history r ON (((r.id = h.role_id) AND (r.run_from <= role_holders_at.run) AND ((r.run_to IS NULL) OR (r.run_to > role_holders_at.run)))));
END;



CREATE TABLE acme.permissions_history (
    id text NOT NULL,
    space_id bigint NOT NULL,
    principal_type text,
    principal_id text,
    operation_key text,
    operation_target_type text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE FUNCTION acme.space_grants_at(run bigint) RETURNS TABLE(space_id bigint, principal_type text, principal_id text, operation_key text, operation_target_type text, sources text[])
    LANGUAGE sql STABLE ROWS 15000
    BEGIN ATOMIC
 SELECT g.space_id,
     g.principal_type,
     g.principal_id,
     g.operation_key,
     g.operation_target_type,
     array_agg(DISTINCT g.source ORDER BY g.source) AS array_agg
    FROM ( SELECT p.space_id,
             COALESCE(acme.normal_name(p.principal_type), 'unknown'::text) AS principal_type,
             p.principal_id,
             p.operation_key,
             p.operation_target_type,
             'permission'::text AS source
            FROM acme.permissions_history p
           WHERE ((p.run_from <= space_grants_at.run) AND ((p.run_to IS NULL) OR (p.run_to > space_grants_at.run)) AND (COALESCE(acme.normal_name(p.principal_type), 'unknown'::text) <> ALL (ARRAY['access-class'::text, 'role'::text])))
         UNION ALL
          SELECT p.space_id,
             'access-class'::text,
             acme.normal_name(p.principal_id) AS normal_name,
             p.operation_key,
             p.operation_target_type,
             'permission'::text
            FROM acme.permissions_history p
           WHERE ((p.run_from <= space_grants_at.run) AND ((p.run_to IS NULL) OR (p.run_to > space_grants_at.run)) AND (acme.normal_name(p.principal_type) = 'access-class'::text))
         UNION ALL
          SELECT h.space_id,
             h.principal_type,
             h.principal_id,
             p.operation_key,
             p.operation_target_type,
             ('role:'::text || h.role_id)
            FROM (acme.role_holders_at(space_grants_at.run) h(space_id, principal_type, principal_id, role_id, role_name, space_permissions)
              JOIN acme.permissions_history p ON (((p.space_id = h.space_id) AND (p.principal_id = h.role_id) AND (acme.normal_name(p.principal_type) = 'role'::text))))
           WHERE ((p.run_from <= space_grants_at.run) AND ((p.run_to IS NULL) OR (p.run_to > space_grants_at.run)))
         UNION ALL
          SELECT h.space_id,
             h.principal_type,
             h.principal_id,
             split_part(o.permission, '/'::text, 1) AS split_part,
             split_part(o.permission, '/'::text, 2) AS split_part,
             ('role:'::text || h.role_id)
            FROM (acme.role_holders_at(space_grants_at.run) h(space_id, principal_type, principal_id, role_id, role_name, space_permissions)
              CROSS JOIN LATERAL jsonb_array_elements_text(
                 CASE jsonb_typeof(h.space_permissions)
                     WHEN 'array'::text THEN h.space_permissions
                     ELSE '[]'::jsonb
                 END) o(permission))) g
   GROUP BY g.space_id, g.principal_type, g.principal_id, g.operation_key, g.operation_target_type;
END;



CREATE FUNCTION acme.granted_operations_at(run bigint) RETURNS TABLE(space_id bigint, principal_type text, principal_id text, access text, operation text, source text)
    LANGUAGE sql STABLE ROWS 15000
    BEGIN ATOMIC
 SELECT g.space_id,
     g.principal_type,
     g.principal_id,
     acme.access_by(g.operation_key, g.operation_target_type) AS access_by,
     ((g.operation_key || '/'::text) || g.operation_target_type),
     s.source
    FROM ((acme.space_grants_at(granted_operations_at.run) g(space_id, principal_type, principal_id, operation_key, operation_target_type, sources)
      CROSS JOIN LATERAL unnest(g.sources) s(source))
      CROSS JOIN acme.access_facts_at(granted_operations_at.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read))
   WHERE ((acme.access_by(g.operation_key, g.operation_target_type) IS NOT NULL) AND f.permissions_are_read AND (f.roles_are_read OR (s.source = 'permission'::text)));
END;



CREATE FUNCTION acme.kept_out(account_status text, account_type text, is_guest boolean, is_product_member boolean, is_open boolean, product_is_proved boolean) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (account_status = ANY (ARRAY['inactive'::text, 'closed'::text])) THEN 'account_inactive'::text
             WHEN (account_status IS DISTINCT FROM 'active'::text) THEN 'account_unknown'::text
             WHEN (is_open OR is_guest OR (account_type = 'app'::text) OR is_product_member) THEN NULL::text
             WHEN product_is_proved THEN 'denied_by_product'::text
             ELSE 'product_unresolved'::text
         END AS "case";
END;



CREATE FUNCTION acme.product_members_at(run bigint) RETURNS TABLE(account_id text, is_admin boolean)
    LANGUAGE sql STABLE ROWS 2000
    BEGIN ATOMIC
 SELECT m.account_id,
     bool_or(m.is_admin) AS bool_or
    FROM acme.product_memberships_at(product_members_at.run) m(account_id, group_id, is_admin)
   GROUP BY m.account_id;
END;



CREATE FUNCTION acme.principal_accounts_at(run bigint) RETURNS TABLE(principal text, principal_id text, account_id text, path_type text, group_id text, group_name text, access_class text, email text, name text, account_type text, account_status text, is_guest boolean, standing text, reason text)
    LANGUAGE sql STABLE ROWS 30000
    BEGIN ATOMIC
 SELECT p.principal,
     p.principal_id,
     p.account_id,
         CASE
             WHEN ((p.path_type = ANY (ARRAY['user'::text, 'group'::text])) AND a.is_guest) THEN 'guest'::text
             ELSE p.path_type
         END AS path_type,
         CASE
             WHEN (p.path_type = 'group'::text) THEN p.principal_id
             ELSE NULL::text
         END AS "case",
     p.group_name,
         CASE
             WHEN (p.path_type = ANY (ARRAY['class'::text, 'anonymous'::text])) THEN p.principal_id
             ELSE NULL::text
         END AS "case",
     a.email,
     a.name,
     a.account_type,
     a.account_status,
     a.is_guest,
         CASE
             WHEN (k.reason IS NULL) THEN 'allowed'::text
             WHEN (k.reason = ANY (ARRAY['account_inactive'::text, 'denied_by_product'::text])) THEN 'denied'::text
             ELSE 'unknown'::text
         END AS "case",
     k.reason
    FROM ((( SELECT ('user:'::text || g.principal_id) AS principal,
             g.principal_id,
             g.principal_id AS account_id,
             'user'::text AS path_type,
             NULL::text AS group_name,
             false AS is_open
            FROM ( SELECT p_1.principal_id
                    FROM acme.permissions_history p_1
                   WHERE ((p_1.run_from <= principal_accounts_at.run) AND ((p_1.run_to IS NULL) OR (p_1.run_to > principal_accounts_at.run)) AND (acme.normal_name(p_1.principal_type) = 'user'::text))
                 UNION
                  SELECT r.principal_id
                    FROM acme.space_role_assignments_history r
                   WHERE ((r.run_from <= principal_accounts_at.run) AND ((r.run_to IS NULL) OR (r.run_to > principal_accounts_at.run)) AND (acme.normal_name(r.principal_type) = 'user'::text))) g
         UNION ALL
          SELECT ('group:'::text || m.group_id),
             m.group_id,
             m.account_id,
             'group'::text,
             m.group_name,
             false
            FROM acme.members_at(principal_accounts_at.run) m(group_id, group_name, account_id)
         UNION ALL
          SELECT 'access-class:all-licensed-users'::text,
             'all-licensed-users'::text,
             l.account_id,
             'class'::text,
             NULL::text,
             false
            FROM acme.product_members_at(principal_accounts_at.run) l(account_id, is_admin)
         UNION ALL
          SELECT 'access-class:all-product-admins'::text,
             'all-product-admins'::text,
             l.account_id,
             'class'::text,
             NULL::text,
             false
            FROM acme.product_members_at(principal_accounts_at.run) l(account_id, is_admin)
           WHERE l.is_admin
         UNION ALL
          SELECT 'access-class:authenticated-users'::text,
             'authenticated-users'::text,
             u.account_id,
             'class'::text,
             NULL::text,
             true
            FROM acme.accounts_at(principal_accounts_at.run) u(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin)
         UNION ALL
          SELECT 'access-class:anonymous-users'::text,
             'anonymous-users'::text,
             u.account_id,
             'anonymous'::text,
             NULL::text,
             true
            FROM acme.accounts_at(principal_accounts_at.run) u(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin)) p
      LEFT JOIN acme.accounts_at(principal_accounts_at.run) a(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin) ON ((a.account_id = p.account_id)))
      CROSS JOIN LATERAL ( SELECT acme.kept_out(a.account_status, a.account_type, a.is_guest, a.is_product_member, p.is_open, ( SELECT f.product_is_proved
                    FROM acme.access_facts_at(principal_accounts_at.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read))) AS reason) k)
   WHERE (NOT ((p.path_type = 'class'::text) AND (NOT p.is_open) AND COALESCE(a.is_guest, false)));
END;



CREATE FUNCTION acme.space_holders_at(run bigint) RETURNS TABLE(space_id bigint, principal text, principal_type text, principal_id text, view_operations text[], edit_operations text[], administer_operations text[], admin_kind text, sources text[], role_name text)
    LANGUAGE sql STABLE ROWS 4000
    BEGIN ATOMIC
 SELECT h.space_id,
     ((h.principal_type || ':'::text) || h.principal_id),
     h.principal_type,
     h.principal_id,
     h.view_operations,
     h.edit_operations,
     h.administer_operations,
         CASE
             WHEN ('administer/space'::text = ANY (h.administer_operations)) THEN 'full'::text
             WHEN (h.administer_operations && '{manage_users/space,manage_nonlicensed_users/space,manage_guest_users/space,manage_access/space,clear_permissions/space}'::text[]) THEN 'access'::text
             WHEN ('manage_content/space'::text = ANY (h.administer_operations)) THEN 'content'::text
             WHEN (h.administer_operations IS NOT NULL) THEN 'features'::text
             ELSE NULL::text
         END AS "case",
     h.sources,
     ( SELECT string_agg(r.name, ', '::text ORDER BY r.name) AS string_agg
            FROM acme.space_roles_history r
           WHERE ((('role:'::text || r.id) = ANY (h.sources)) AND (r.run_from <= space_holders_at.run) AND ((r.run_to IS NULL) OR (r.run_to > space_holders_at.run)))) AS string_agg
    FROM ( SELECT g.space_id,
             g.principal_type,
             g.principal_id,
             array_agg(DISTINCT g.operation) FILTER (WHERE (g.access = 'view'::text)) AS view_operations,
             array_agg(DISTINCT g.operation) FILTER (WHERE (g.access = 'edit'::text)) AS edit_operations,
             array_agg(DISTINCT g.operation) FILTER (WHERE (g.access = 'administer'::text)) AS administer_operations,
             array_agg(DISTINCT g.source) AS sources
            FROM acme.granted_operations_at(space_holders_at.run) g(space_id, principal_type, principal_id, access, operation, source)
           GROUP BY g.space_id, g.principal_type, g.principal_id) h;
END;



CREATE TABLE acme.content_restrictions_history (
    content_id bigint NOT NULL,
    operation text NOT NULL,
    principal_type text NOT NULL,
    principal_id text NOT NULL,
    display_name text,
    account_status text,
    reason text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE FUNCTION acme.content_people_at(contents bigint[], run bigint, accounts text[] DEFAULT NULL::text[]) RETURNS TABLE(content_id bigint, account_id text, view_rank integer, edit_rank integer, space_id bigint, content_type text, title text, content_status text, is_restricted boolean, has_edit_list boolean, gap text, unresolved text)
    LANGUAGE sql STABLE ROWS 10000
    SET enable_nestloop TO 'off'
    SET enable_mergejoin TO 'off'
    BEGIN ATOMIC
 WITH RECURSIVE asked AS MATERIALIZED (
          SELECT DISTINCT c.content_id,
             c.account_id
            FROM UNNEST(content_people_at.contents, content_people_at.accounts) c(content_id, account_id)
         ), everybody AS MATERIALIZED (
          SELECT a.content_id
            FROM asked a
           WHERE (a.account_id IS NULL)
         ), pair AS MATERIALIZED (
          SELECT a.content_id,
             a.account_id
            FROM asked a
           WHERE ((a.account_id IS NOT NULL) AND (NOT (a.content_id IN ( SELECT e.content_id
                    FROM everybody e))))
         ), layer AS MATERIALIZED (
          SELECT l.content_id,
             l.space_id,
             l.parent_id,
             l.type,
             l.status,
             l.title,
             l.is_asked,
             l.has_view_list,
             l.has_edit_list,
             l.view_restricted_by,
             l.above,
             l.own_gap,
             l.gap,
             l.gap_at
            FROM acme.content_layers_at(ARRAY( SELECT DISTINCT a.content_id
                    FROM asked a), content_people_at.run) l(content_id, space_id, parent_id, type, status, title, is_asked, has_view_list, has_edit_list, view_restricted_by, above, own_gap, gap, gap_at)
         ), chain(content_id, node) AS (
          SELECT l.content_id,
             l.view_restricted_by
            FROM layer l
           WHERE (l.is_asked AND (l.view_restricted_by IS NOT NULL))
         UNION
          SELECT c.content_id,
             l.above
            FROM (chain c
              JOIN layer l ON ((l.content_id = c.node)))
           WHERE (l.above IS NOT NULL)
         ), unresolved AS MATERIALIZED (
          SELECT r.content_id,
             r.operation,
             min(
                 CASE r.principal_type
                     WHEN 'group'::text THEN 'group_unresolved'::text
                     ELSE 'subjects_hidden'::text
                 END) AS reason
            FROM (acme.content_restrictions_history r
              LEFT JOIN acme.groups_history g ON (((r.principal_type = 'group'::text) AND (g.id = r.principal_id) AND (g.run_from <= content_people_at.run) AND ((g.run_to IS NULL) OR (g.run_to > content_people_at.run)))))
           WHERE ((r.operation = ANY (ARRAY['read'::text, 'update'::text])) AND (r.principal_type <> 'user'::text) AND (g.id IS NULL) AND (r.run_from <= content_people_at.run) AND ((r.run_to IS NULL) OR (r.run_to > content_people_at.run)))
           GROUP BY r.content_id, r.operation
         ), above AS MATERIALIZED (
          SELECT c.content_id,
             min(u.reason) AS reason
            FROM (chain c
              JOIN unresolved u ON (((u.content_id = c.node) AND (u.operation = 'read'::text))))
           GROUP BY c.content_id
         ), member AS MATERIALIZED (
          SELECT m.principal,
             m.account_id,
                 CASE m.standing
                     WHEN 'allowed'::text THEN 2
                     ELSE 1
                 END AS rank
            FROM acme.principal_accounts_at(content_people_at.run) m(principal, principal_id, account_id, path_type, group_id, group_name, access_class, email, name, account_type, account_status, is_guest, standing, reason)
           WHERE ((m.standing <> 'denied'::text) AND ((EXISTS ( SELECT
                    FROM everybody e)) OR (m.account_id IN ( SELECT p.account_id
                    FROM pair p))))
         ), named AS MATERIALIZED (
          SELECT r.content_id AS node,
             r.operation,
             r.principal_id AS account_id
            FROM acme.content_restrictions_history r
           WHERE ((r.content_id IN ( SELECT l.content_id
                    FROM layer l
                   WHERE (l.has_view_list OR l.has_edit_list))) AND (r.principal_type = 'user'::text) AND (r.run_from <= content_people_at.run) AND ((r.run_to IS NULL) OR (r.run_to > content_people_at.run)))
         UNION
          SELECT r.content_id,
             r.operation,
             m.account_id
            FROM (acme.content_restrictions_history r
              JOIN member m ON ((m.principal = ('group:'::text || r.principal_id))))
           WHERE ((r.content_id IN ( SELECT l.content_id
                    FROM layer l
                   WHERE (l.has_view_list OR l.has_edit_list))) AND (r.principal_type = 'group'::text) AND (r.run_from <= content_people_at.run) AND ((r.run_to IS NULL) OR (r.run_to > content_people_at.run)))
         ), passing AS MATERIALIZED (
          SELECT c.content_id,
             c.space_id,
             c.type,
             c.gap,
             c.has_edit_list,
             n.account_id
            FROM (( SELECT c_1.content_id,
                     c_1.node,
                     count(*) OVER (PARTITION BY c_1.content_id) AS lists,
                     l.space_id,
                     l.type,
                     l.gap,
                     l.has_edit_list
                    FROM (chain c_1
                      JOIN layer l ON ((l.content_id = c_1.content_id)))) c
              JOIN named n ON (((n.node = c.node) AND (n.operation = 'read'::text))))
           GROUP BY c.content_id, c.space_id, c.type, c.gap, c.has_edit_list, n.account_id, c.lists
          HAVING (count(*) = c.lists)
         ), kind AS MATERIALIZED (
          SELECT DISTINCT l.space_id,
             l.type
            FROM layer l
           WHERE l.is_asked
         ), holder AS MATERIALIZED (
          SELECT k.space_id,
             k.type,
             h.principal,
             (h.view_operations IS NOT NULL) AS views,
             COALESCE((h.edit_operations &&
                 CASE k.type
                     WHEN 'blogpost'::text THEN '{create/blogpost,update/blogpost}'::text[]
                     ELSE ARRAY['create/page'::text, 'update/page'::text, ('create/'::text || k.type), ('update/'::text || k.type)]
                 END), false) AS edits
            FROM (kind k
              JOIN acme.space_holders_at(content_people_at.run) h(space_id, principal, principal_type, principal_id, view_operations, edit_operations, administer_operations, admin_kind, sources, role_name) ON ((h.space_id = k.space_id)))
           WHERE (h.space_id = ANY (ARRAY( SELECT k_1.space_id
                    FROM kind k_1)))
         ), inside AS MATERIALIZED (
          SELECT h.space_id,
             h.type,
             m.account_id,
             max(m.rank) FILTER (WHERE h.views) AS view_rank,
             max(m.rank) FILTER (WHERE h.edits) AS edit_rank
            FROM (holder h
              JOIN member m ON ((m.principal = h.principal)))
           WHERE (((h.space_id, h.type) IN ( SELECT l.space_id,
                     l.type
                    FROM (everybody e
                      JOIN layer l ON ((l.content_id = e.content_id))))) OR ((h.space_id, h.type, m.account_id) IN ( SELECT l.space_id,
                     l.type,
                     p.account_id
                    FROM (pair p
                      JOIN layer l ON ((l.content_id = p.content_id))))))
           GROUP BY h.space_id, h.type, m.account_id
          HAVING bool_or(h.views)
         ), reach AS (
          SELECT p.content_id,
             p.gap,
             p.has_edit_list,
             i.account_id,
             i.view_rank,
             i.edit_rank
            FROM (passing p
              JOIN inside i ON (((i.space_id = p.space_id) AND (i.type = p.type) AND (i.account_id = p.account_id))))
           WHERE ((p.content_id IN ( SELECT e.content_id
                    FROM everybody e)) OR ((p.content_id, p.account_id) IN ( SELECT a.content_id,
                     a.account_id
                    FROM pair a)))
         UNION ALL
          SELECT l.content_id,
             l.gap,
             l.has_edit_list,
             i.account_id,
             i.view_rank,
             i.edit_rank
            FROM (( SELECT l_1.content_id,
                     l_1.space_id,
                     l_1.parent_id,
                     l_1.type,
                     l_1.status,
                     l_1.title,
                     l_1.is_asked,
                     l_1.has_view_list,
                     l_1.has_edit_list,
                     l_1.view_restricted_by,
                     l_1.above,
                     l_1.own_gap,
                     l_1.gap,
                     l_1.gap_at
                    FROM (everybody e
                      JOIN layer l_1 ON ((l_1.content_id = e.content_id)))
                   WHERE (l_1.view_restricted_by IS NULL)
                  OFFSET 0) l
              JOIN inside i ON (((i.space_id = l.space_id) AND (i.type = l.type))))
         UNION ALL
          SELECT l.content_id,
             l.gap,
             l.has_edit_list,
             i.account_id,
             i.view_rank,
             i.edit_rank
            FROM (( SELECT l_1.content_id,
                     l_1.space_id,
                     l_1.parent_id,
                     l_1.type,
                     l_1.status,
                     l_1.title,
                     l_1.is_asked,
                     l_1.has_view_list,
                     l_1.has_edit_list,
                     l_1.view_restricted_by,
                     l_1.above,
                     l_1.own_gap,
                     l_1.gap,
                     l_1.gap_at,
                     a.account_id
                    FROM (pair a
                      JOIN layer l_1 ON ((l_1.content_id = a.content_id)))
                   WHERE (l_1.view_restricted_by IS NULL)
                  OFFSET 0) l
              JOIN inside i ON (((i.space_id = l.space_id) AND (i.type = l.type) AND (i.account_id = l.account_id))))
         )
  SELECT l.content_id,
     NULL::text AS text,
     NULL::integer AS int4,
     NULL::integer AS int4,
     l.space_id,
     l.type,
     l.title,
     l.status,
     (l.view_restricted_by IS NOT NULL),
     l.has_edit_list,
     l.gap,
     COALESCE(a.reason, u.reason) AS "coalesce"
    FROM ((layer l
      LEFT JOIN above a ON ((a.content_id = l.content_id)))
      LEFT JOIN unresolved u ON (((u.content_id = l.content_id) AND (u.operation = 'update'::text))))
   WHERE l.is_asked
 UNION ALL
  SELECT r.content_id,
     r.account_id,
         CASE
             WHEN (r.gap IS NULL) THEN r.view_rank
             ELSE 1
         END AS "case",
         CASE
             WHEN ((NOT r.has_edit_list) OR (n.account_id IS NOT NULL)) THEN
             CASE
                 WHEN (r.gap IS NULL) THEN LEAST(r.view_rank, COALESCE(r.edit_rank, 0))
                 WHEN (r.edit_rank > 0) THEN 1
                 ELSE 0
             END
             ELSE 0
         END AS "case",
     NULL::bigint,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::boolean,
     NULL::boolean,
     NULL::text,
     NULL::text
    FROM (reach r
      LEFT JOIN named n ON ((r.has_edit_list AND (n.node = r.content_id) AND (n.operation = 'update'::text) AND (n.account_id = r.account_id))));
END;



CREATE FUNCTION acme.content_access_between(run_before bigint, run_after bigint, spaces bigint[], accounts text[]) RETURNS TABLE(content_id bigint, space_before bigint, space_after bigint, content_type text, title text, account_id text, access text, was integer, is_now integer, is_moved boolean, list_changed text, group_id text, after timestamp with time zone, until timestamp with time zone, end_reason text, reason text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH list_event AS MATERIALIZED (
          SELECT DISTINCT ON (e.content_id) e.content_id,
             e.operation,
             e.after,
             e.until,
             e.end_reason
            FROM ( SELECT r.content_id,
                     r.operation,
                     r.not_before AS after,
                     r.valid_from AS until,
                     NULL::text AS end_reason
                    FROM acme.content_restrictions_history r
                   WHERE ((r.run_from > content_access_between.run_before) AND (r.run_from <= content_access_between.run_after) AND ((r.run_to IS NULL) OR (r.run_to > content_access_between.run_after)))
                 UNION ALL
                  SELECT r.content_id,
                     r.operation,
                     r.seen_until,
                     r.valid_to,
                     r.end_reason
                    FROM acme.content_restrictions_history r
                   WHERE ((r.run_to > content_access_between.run_before) AND (r.run_to <= content_access_between.run_after) AND (r.run_from <= content_access_between.run_before) AND (r.end_reason <> 'changed'::text))) e
           ORDER BY e.content_id, (e.end_reason = 'gone_or_hidden'::text) DESC NULLS LAST, e.until DESC
         ), moved AS MATERIALIZED (
          SELECT n.id,
             n.not_before AS after,
             n.valid_from AS until
            FROM (acme.pages_history n
              JOIN acme.pages_history o ON ((o.id = n.id)))
           WHERE ((n.run_from > content_access_between.run_before) AND (n.run_from <= content_access_between.run_after) AND ((n.run_to IS NULL) OR (n.run_to > content_access_between.run_after)) AND (o.run_from <= content_access_between.run_before) AND (o.run_to > content_access_between.run_before) AND ((o.parent_id IS DISTINCT FROM n.parent_id) OR (o.space_id IS DISTINCT FROM n.space_id)))
         UNION ALL
          SELECT n.id,
             n.not_before,
             n.valid_from
            FROM ((acme.content_at(content_access_between.run_after) c(id, type, space_id, parent_id, parent_type, title, status, owner_id, author_id, created_at, modified_at)
              JOIN ( SELECT h.id,
                     h.space_id,
                     h.parent_id,
                     h.not_before,
                     h.valid_from,
                     h.run_from,
                     h.run_to
                    FROM acme.folders_history h
                 UNION ALL
                  SELECT h.id,
                     h.space_id,
                     h.parent_id,
                     h.not_before,
                     h.valid_from,
                     h.run_from,
                     h.run_to
                    FROM acme.whiteboards_history h
                 UNION ALL
                  SELECT h.id,
                     h.space_id,
                     h.parent_id,
                     h.not_before,
                     h.valid_from,
                     h.run_from,
                     h.run_to
                    FROM acme.databases_history h
                 UNION ALL
                  SELECT h.id,
                     h.space_id,
                     h.parent_id,
                     h.not_before,
                     h.valid_from,
                     h.run_from,
                     h.run_to
                    FROM acme.smart_links_history h) n ON (((n.id = c.id) AND (n.run_from > content_access_between.run_before) AND (n.run_from <= content_access_between.run_after) AND ((n.run_to IS NULL) OR (n.run_to > content_access_between.run_after)))))
              JOIN acme.content_at(content_access_between.run_before) o(id, type, space_id, parent_id, parent_type, title, status, owner_id, author_id, created_at, modified_at) ON ((o.id = n.id)))
           WHERE ((c.type <> ALL (ARRAY['page'::text, 'blogpost'::text])) AND ((o.parent_id IS DISTINCT FROM n.parent_id) OR (o.space_id IS DISTINCT FROM n.space_id)))
         ), joined_or_left AS MATERIALIZED (
          SELECT true AS is_less,
             m_1.group_id,
             m_1.account_id,
             m_1.seen_until AS after,
             m_1.valid_to AS until,
             m_1.end_reason
            FROM acme.group_members_history m_1
           WHERE ((m_1.run_from <= content_access_between.run_before) AND (m_1.run_to > content_access_between.run_before) AND (m_1.run_to <= content_access_between.run_after) AND (NOT (EXISTS ( SELECT
                    FROM acme.group_members_history o
                   WHERE ((o.group_id = m_1.group_id) AND (o.account_id = m_1.account_id) AND (o.run_from <= content_access_between.run_after) AND ((o.run_to IS NULL) OR (o.run_to > content_access_between.run_after)))))))
         UNION ALL
          SELECT false,
             m_1.group_id,
             m_1.account_id,
             m_1.not_before,
             m_1.valid_from,
             NULL::text
            FROM acme.group_members_history m_1
           WHERE ((m_1.run_from > content_access_between.run_before) AND (m_1.run_from <= content_access_between.run_after) AND ((m_1.run_to IS NULL) OR (m_1.run_to > content_access_between.run_after)) AND (NOT (EXISTS ( SELECT
                    FROM acme.group_members_history o
                   WHERE ((o.group_id = m_1.group_id) AND (o.account_id = m_1.account_id) AND (o.run_from <= content_access_between.run_before) AND ((o.run_to IS NULL) OR (o.run_to > content_access_between.run_before)))))))
         ), member_event AS MATERIALIZED (
          SELECT DISTINCT ON (r.content_id, j.account_id, j.is_less) r.content_id,
             j.account_id,
             j.is_less,
             j.group_id,
             j.after,
             j.until,
             j.end_reason
            FROM (joined_or_left j
              JOIN acme.content_restrictions_history r ON (((r.principal_type = 'group'::text) AND (r.principal_id = j.group_id) AND (r.run_from <= content_access_between.run_before) AND ((r.run_to IS NULL) OR (r.run_to > content_access_between.run_after)))))
           ORDER BY r.content_id, j.account_id, j.is_less, j.until DESC, (j.group_id COLLATE "C")
         ), concerned AS MATERIALIZED (
          SELECT l_1.content_id
            FROM list_event l_1
         UNION
          SELECT m_1.id
            FROM moved m_1
         ), joining AS MATERIALIZED (
          SELECT DISTINCT v_1.content_id,
             v_1.account_id
            FROM member_event v_1
           WHERE (NOT (v_1.content_id IN ( SELECT c.content_id
                    FROM concerned c)))
         ), place AS MATERIALIZED (
          SELECT j.content_id,
             b_1.space_id
            FROM ((( SELECT DISTINCT j_1.content_id
                    FROM joining j_1) j
              CROSS JOIN LATERAL ( SELECT c.space_id
                    FROM acme.content_at(content_access_between.run_before) c(id, type, space_id, parent_id, parent_type, title, status, owner_id, author_id, created_at, modified_at)
                   WHERE (c.id = j.content_id)
                  LIMIT 1) b_1)
              CROSS JOIN LATERAL ( SELECT c.space_id
                    FROM acme.content_at(content_access_between.run_after) c(id, type, space_id, parent_id, parent_type, title, status, owner_id, author_id, created_at, modified_at)
                   WHERE (c.id = j.content_id)
                  LIMIT 1) a_1)
           WHERE (a_1.space_id = b_1.space_id)
         ), asked AS MATERIALIZED (
          SELECT array_agg(c.content_id) AS ids,
             NULL::text[] AS accounts
            FROM concerned c
         UNION ALL
          SELECT array_agg(j.content_id ORDER BY j.content_id, j.account_id) AS array_agg,
             array_agg(j.account_id ORDER BY j.content_id, j.account_id) AS array_agg
            FROM ((joining j
              LEFT JOIN place p ON ((p.content_id = j.content_id)))
              LEFT JOIN UNNEST(content_access_between.spaces, content_access_between.accounts) k(space_id, account_id) ON (((k.space_id = p.space_id) AND (k.account_id = j.account_id))))
           WHERE (k.account_id IS NULL)
         ), before AS MATERIALIZED (
          SELECT p.content_id,
             p.account_id,
             p.view_rank,
             p.edit_rank,
             p.space_id,
             p.content_type,
             p.title,
             p.content_status,
             p.is_restricted,
             p.has_edit_list,
             p.gap,
             p.unresolved
            FROM (asked a_1
              CROSS JOIN LATERAL acme.content_people_at(a_1.ids, content_access_between.run_before, a_1.accounts) p(content_id, account_id, view_rank, edit_rank, space_id, content_type, title, content_status, is_restricted, has_edit_list, gap, unresolved))
           WHERE (a_1.ids IS NOT NULL)
         ), after AS MATERIALIZED (
          SELECT p.content_id,
             p.account_id,
             p.view_rank,
             p.edit_rank,
             p.space_id,
             p.content_type,
             p.title,
             p.content_status,
             p.is_restricted,
             p.has_edit_list,
             p.gap,
             p.unresolved
            FROM (asked a_1
              CROSS JOIN LATERAL acme.content_people_at(a_1.ids, content_access_between.run_after, a_1.accounts) p(content_id, account_id, view_rank, edit_rank, space_id, content_type, title, content_status, is_restricted, has_edit_list, gap, unresolved))
           WHERE (a_1.ids IS NOT NULL)
         ), differing AS MATERIALIZED (
          SELECT content_id,
             account_id,
             COALESCE(b_1.view_rank, 0) AS view_was,
             COALESCE(a_1.view_rank, 0) AS view_is,
             COALESCE(b_1.edit_rank, 0) AS edit_was,
             COALESCE(a_1.edit_rank, 0) AS edit_is
            FROM (( SELECT b_2.content_id,
                     b_2.account_id,
                     b_2.view_rank,
                     b_2.edit_rank,
                     b_2.space_id,
                     b_2.content_type,
                     b_2.title,
                     b_2.content_status,
                     b_2.is_restricted,
                     b_2.has_edit_list,
                     b_2.gap,
                     b_2.unresolved
                    FROM before b_2
                   WHERE (b_2.account_id IS NOT NULL)) b_1
              FULL JOIN ( SELECT a_2.content_id,
                     a_2.account_id,
                     a_2.view_rank,
                     a_2.edit_rank,
                     a_2.space_id,
                     a_2.content_type,
                     a_2.title,
                     a_2.content_status,
                     a_2.is_restricted,
                     a_2.has_edit_list,
                     a_2.gap,
                     a_2.unresolved
                    FROM after a_2
                   WHERE (a_2.account_id IS NOT NULL)) a_1 USING (content_id, account_id))
           WHERE ((COALESCE(b_1.view_rank, 0) <> COALESCE(a_1.view_rank, 0)) OR (COALESCE(b_1.edit_rank, 0) <> COALESCE(a_1.edit_rank, 0)))
         )
  SELECT d.content_id,
     b.space_id,
     a.space_id,
     a.content_type,
     a.title,
     d.account_id,
     x.access,
     x.was,
     x.is_now,
     (m.id IS NOT NULL),
     l.operation,
     v.group_id,
         CASE
             WHEN (v.group_id IS NOT NULL) THEN v.after
             ELSE COALESCE(l.after, m.after)
         END AS "coalesce",
     COALESCE(v.until, l.until, m.until) AS "coalesce",
         CASE
             WHEN (v.group_id IS NOT NULL) THEN v.end_reason
             ELSE l.end_reason
         END AS end_reason,
         CASE
             WHEN (x.was > x.is_now) THEN COALESCE(a.gap, a.unresolved)
             ELSE COALESCE(b.gap, b.unresolved)
         END AS "coalesce"
    FROM ((((((differing d
      JOIN before b ON (((b.content_id = d.content_id) AND (b.account_id IS NULL))))
      JOIN after a ON (((a.content_id = d.content_id) AND (a.account_id IS NULL))))
      LEFT JOIN list_event l ON ((l.content_id = d.content_id)))
      LEFT JOIN moved m ON ((m.id = d.content_id)))
      CROSS JOIN LATERAL ( VALUES ('view'::text,d.view_was,d.view_is), ('edit'::text,d.edit_was,d.edit_is)) x(access, was, is_now))
      LEFT JOIN member_event v ON (((v.content_id = d.content_id) AND (v.account_id = d.account_id) AND (v.is_less = (x.was > x.is_now)))))
   WHERE ((x.was <> x.is_now) AND ((v.group_id IS NOT NULL) OR (l.content_id IS NOT NULL) OR (m.id IS NOT NULL)));
END;



CREATE FUNCTION acme.grant_rows_at(run bigint) RETURNS TABLE(space_id bigint, principal text, access text, cause text, not_before timestamp with time zone, since timestamp with time zone, seen_until timestamp with time zone, valid_to timestamp with time zone, run_to bigint, end_reason text)
    LANGUAGE sql STABLE ROWS 15000
    BEGIN ATOMIC
 SELECT p.space_id,
     ((acme.normal_name(p.principal_type) || ':'::text) ||
         CASE
             WHEN (acme.normal_name(p.principal_type) = 'access-class'::text) THEN acme.normal_name(p.principal_id)
             ELSE p.principal_id
         END),
     acme.access_by(p.operation_key, p.operation_target_type) AS access_by,
     'grant'::text AS text,
     p.not_before,
     p.valid_from,
     p.seen_until,
     p.valid_to,
     p.run_to,
     p.end_reason
    FROM acme.permissions_history p
   WHERE ((p.run_from <= grant_rows_at.run) AND ((p.run_to IS NULL) OR (p.run_to > grant_rows_at.run)) AND (acme.access_by(p.operation_key, p.operation_target_type) IS NOT NULL))
 UNION ALL
  SELECT a.space_id,
     ((acme.normal_name(a.principal_type) || ':'::text) ||
         CASE
             WHEN (acme.normal_name(a.principal_type) = 'access-class'::text) THEN acme.normal_name(a.principal_id)
             ELSE a.principal_id
         END),
     o.access,
     'role'::text,
         CASE
             WHEN (o.valid_from > a.valid_from) THEN o.not_before
             ELSE a.not_before
         END AS not_before,
     GREATEST(a.valid_from, o.valid_from) AS "greatest",
         CASE
             WHEN ((o.run_to < a.run_to) OR (a.run_to IS NULL)) THEN o.seen_until
             ELSE a.seen_until
         END AS seen_until,
     LEAST(a.valid_to, o.valid_to) AS "least",
     LEAST(a.run_to, o.run_to) AS "least",
         CASE
             WHEN ((o.run_to < a.run_to) OR (a.run_to IS NULL)) THEN o.end_reason
             ELSE a.end_reason
         END AS end_reason
    FROM (acme.space_role_assignments_history a
      JOIN ( SELECT r.id,
             acme.access_by(split_part(o_1.permission, '/'::text, 1), split_part(o_1.permission, '/'::text, 2)) AS access,
             r.not_before,
             r.valid_from,
             r.seen_until,
             r.valid_to,
             r.run_to,
             r.end_reason
            FROM (acme.space_roles_history r
              CROSS JOIN LATERAL jsonb_array_elements_text(
                 CASE jsonb_typeof(r.space_permissions)
                     WHEN 'array'::text THEN r.space_permissions
                     ELSE '[]'::jsonb
                 END) o_1(permission))
           WHERE ((r.run_from <= grant_rows_at.run) AND ((r.run_to IS NULL) OR (r.run_to > grant_rows_at.run)))) o ON (((o.id = a.role_id) AND (o.access IS NOT NULL))))
   WHERE ((a.run_from <= grant_rows_at.run) AND ((a.run_to IS NULL) OR (a.run_to > grant_rows_at.run)));
END;



CREATE FUNCTION acme.period_runs("from" timestamp with time zone, "to" timestamp with time zone, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(run_before bigint, before_at timestamp with time zone, run_after bigint, after_at timestamp with time zone, answers_run bigint, is_late boolean)
    LANGUAGE plpgsql STABLE ROWS 1
    SET search_path TO 'acme', 'pg_temp'
    AS $$
BEGIN
    IF "from" >= "to" THEN
        RAISE invalid_parameter_value USING MESSAGE = 'the period ends before it begins';
    END IF;
    run_after := access_run_at(least("to", as_of));
    after_at := (SELECT r.published_at FROM runs AS r WHERE r.id = run_after);
    SELECT r.id, r.published_at, r.published_at > coalesce("from", '-infinity')
    INTO run_before, before_at, is_late
    FROM runs AS r
    WHERE r.status = 'complete' AND r.mode IN ('full', 'access') AND r.published_at <= after_at
    ORDER BY r.published_at <= coalesce("from", '-infinity') DESC,
             CASE WHEN r.published_at <= coalesce("from", '-infinity') THEN r.published_at END DESC, r.published_at, r.id
    LIMIT 1;
    answers_run := run_at(as_of);
    RETURN NEXT;
END
$$;



CREATE TABLE acme.spaces_history (
    id bigint NOT NULL,
    key text,
    name text,
    type text,
    status text,
    author_id text,
    owner_id text,
    created_at timestamp with time zone,
    homepage_id bigint,
    description text,
    current_active_alias text,
    web_url text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE FUNCTION acme.space_gaps_at(run bigint) RETURNS TABLE(space_id bigint, access text, path_type text, group_id text, access_class text, role_name text, bound text, reason text, detail text, is_open boolean)
    LANGUAGE sql STABLE ROWS 100
    BEGIN ATOMIC
 SELECT g.space_id,
     x.access,
     g.path_type,
     g.group_id,
     g.access_class,
     NULL::text AS text,
     'lower'::text AS text,
     g.reason,
     g.detail,
     ((g.reason <> 'group_unresolved'::text) AND COALESCE((g.access_class <> ALL (ARRAY['all-licensed-users'::text, 'all-product-admins'::text])), true))
    FROM (( SELECT h.space_id,
             h.view_operations,
             h.edit_operations,
             h.administer_operations,
             h.is_edited,
                 CASE h.principal_type
                     WHEN 'group'::text THEN 'group'::text
                     WHEN 'access-class'::text THEN
                     CASE h.principal_id
                         WHEN 'anonymous-users'::text THEN 'anonymous'::text
                         ELSE 'class'::text
                     END
                     ELSE NULL::text
                 END AS path_type,
                 CASE
                     WHEN (h.principal_type = 'group'::text) THEN h.principal_id
                     ELSE NULL::text
                 END AS group_id,
                 CASE
                     WHEN (h.principal_type = 'access-class'::text) THEN h.principal_id
                     ELSE NULL::text
                 END AS access_class,
                 CASE
                     WHEN (h.principal_type = 'group'::text) THEN 'group_unresolved'::text
                     WHEN (h.principal_type <> 'access-class'::text) THEN 'principal_unknown'::text
                     WHEN (h.principal_id = ANY (ARRAY['authenticated-users'::text, 'anonymous-users'::text])) THEN 'class_open_ended'::text
                     WHEN (h.principal_id = ANY (ARRAY['jsm-project-admins'::text, 'unlicensed-users'::text])) THEN 'jsm_class'::text
                     ELSE 'class_unresolved'::text
                 END AS reason,
             format('granted in the space to %s %s'::text, h.principal_type, h.principal_id) AS detail
            FROM (( SELECT h_1.space_id,
                     h_1.principal,
                     h_1.principal_type,
                     h_1.principal_id,
                     h_1.view_operations,
                     h_1.edit_operations,
                     h_1.administer_operations,
                     h_1.admin_kind,
                     h_1.sources,
                     h_1.role_name,
                     bool_or((h_1.edit_operations IS NOT NULL)) OVER (PARTITION BY h_1.space_id) AS is_edited
                    FROM acme.space_holders_at(space_gaps_at.run) h_1(space_id, principal, principal_type, principal_id, view_operations, edit_operations, administer_operations, admin_kind, sources, role_name)) h
              CROSS JOIN acme.access_facts_at(space_gaps_at.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read))
           WHERE
                 CASE h.principal_type
                     WHEN 'user'::text THEN (h.principal_id IS NULL)
                     WHEN 'group'::text THEN ((h.principal_id IS NULL) OR (NOT (h.principal_id IN ( SELECT g_1.group_id
                        FROM acme.groups_at(space_gaps_at.run) g_1(group_id, group_name)))))
                     WHEN 'access-class'::text THEN ((h.principal_id <> ALL (ARRAY['all-licensed-users'::text, 'all-product-admins'::text])) OR (NOT (f.product_is_proved AND f.product_groups_are_read AND f.groups_are_read)))
                     ELSE true
                 END) g
      CROSS JOIN LATERAL ( VALUES ('view'::text,(g.view_operations IS NOT NULL)), ('edit'::text,((g.edit_operations IS NOT NULL) OR ((g.view_operations IS NOT NULL) AND g.is_edited))), ('administer'::text,(g.administer_operations IS NOT NULL))) x(access, concerns))
   WHERE x.concerns
 UNION ALL
  SELECT h.space_id,
     x.access,
         CASE h.principal_type
             WHEN 'access-class'::text THEN 'class'::text
             ELSE h.principal_type
         END AS principal_type,
         CASE
             WHEN (h.principal_type = 'group'::text) THEN h.principal_id
             ELSE NULL::text
         END AS "case",
         CASE
             WHEN (h.principal_type = 'access-class'::text) THEN h.principal_id
             ELSE NULL::text
         END AS "case",
     h.role_id,
     'lower'::text,
     'role_unresolved'::text,
     format('%s %s has the role %s'::text, h.principal_type, h.principal_id, h.role_id) AS format,
     ((h.principal_type <> ALL (ARRAY['user'::text, 'group'::text])) AND (h.principal_id <> ALL (ARRAY['all-licensed-users'::text, 'all-product-admins'::text])))
    FROM ((acme.role_holders_at(space_gaps_at.run) h(space_id, principal_type, principal_id, role_id, role_name, space_permissions)
      CROSS JOIN acme.access_facts_at(space_gaps_at.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read))
      CROSS JOIN ( VALUES ('view'::text), ('edit'::text), ('administer'::text)) x(access))
   WHERE (f.roles_are_read AND (jsonb_typeof(h.space_permissions) IS DISTINCT FROM 'array'::text))
 UNION ALL
  SELECT DISTINCT p.space_id,
     x.access,
     NULL::text AS text,
     NULL::text AS text,
     NULL::text AS text,
     p.principal_id,
     'lower'::text AS text,
     'role_unresolved'::text AS text,
     format('granted in the space to role %s, and who has it was not read'::text, p.principal_id) AS format,
     true
    FROM ((acme.permissions_history p
      CROSS JOIN acme.access_facts_at(space_gaps_at.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read))
      JOIN ( VALUES ('view'::text,'view'::text), ('view'::text,'edit'::text), ('edit'::text,'edit'::text), ('administer'::text,'administer'::text)) x(granted, access) ON ((x.granted = acme.access_by(p.operation_key, p.operation_target_type))))
   WHERE ((p.run_from <= space_gaps_at.run) AND ((p.run_to IS NULL) OR (p.run_to > space_gaps_at.run)) AND (acme.normal_name(p.principal_type) = 'role'::text) AND f.permissions_are_read AND (NOT f.roles_are_read))
 UNION ALL
  SELECT s.id,
     x.access,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
         CASE
             WHEN f.permissions_are_read THEN 'lower'::text
             ELSE 'none'::text
         END AS "case",
     'not_read'::text,
         CASE
             WHEN f.permissions_are_read THEN 'roles in the space'::text
             ELSE 'permissions in the space'::text
         END AS "case",
     true
    FROM ((acme.spaces_history s
      CROSS JOIN acme.access_facts_at(space_gaps_at.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read))
      CROSS JOIN ( VALUES ('view'::text), ('edit'::text), ('administer'::text)) x(access))
   WHERE ((s.run_from <= space_gaps_at.run) AND ((s.run_to IS NULL) OR (s.run_to > space_gaps_at.run)) AND (NOT (f.permissions_are_read AND (f.roles_are_read OR (NOT f.roles_are_needed)))));
END;



CREATE FUNCTION acme.space_paths_between(run_before bigint, run_after bigint) RETURNS TABLE(is_before boolean, space_id bigint, account_id text, principal text, rank integer, reason text, is_guest boolean, views boolean, edits boolean, administers boolean, path_type text, group_id text, group_name text, access_class text)
    LANGUAGE sql STABLE ROWS 10000
    SET enable_nestloop TO 'off'
    SET enable_mergejoin TO 'off'
    BEGIN ATOMIC
 WITH holder_before AS MATERIALIZED (
          SELECT h.space_id,
             h.principal,
             (h.view_operations IS NOT NULL) AS views,
             (h.edit_operations IS NOT NULL) AS edits,
             (h.administer_operations IS NOT NULL) AS administers
            FROM acme.space_holders_at(space_paths_between.run_before) h(space_id, principal, principal_type, principal_id, view_operations, edit_operations, administer_operations, admin_kind, sources, role_name)
         ), holder_after AS MATERIALIZED (
          SELECT h.space_id,
             h.principal,
             (h.view_operations IS NOT NULL) AS views,
             (h.edit_operations IS NOT NULL) AS edits,
             (h.administer_operations IS NOT NULL) AS administers
            FROM acme.space_holders_at(space_paths_between.run_after) h(space_id, principal, principal_type, principal_id, view_operations, edit_operations, administer_operations, admin_kind, sources, role_name)
         ), member_before AS MATERIALIZED (
          SELECT m.principal,
             m.account_id,
                 CASE m.standing
                     WHEN 'allowed'::text THEN 2
                     ELSE 1
                 END AS rank,
             m.reason,
             (m.is_guest IS TRUE) AS is_guest,
             m.path_type,
             m.group_id,
             m.group_name,
             m.access_class
            FROM acme.principal_accounts_at(space_paths_between.run_before) m(principal, principal_id, account_id, path_type, group_id, group_name, access_class, email, name, account_type, account_status, is_guest, standing, reason)
           WHERE ((m.standing <> 'denied'::text) AND (m.principal IN ( SELECT h.principal
                    FROM holder_before h)))
         ), member_after AS MATERIALIZED (
          SELECT m.principal,
             m.account_id,
                 CASE m.standing
                     WHEN 'allowed'::text THEN 2
                     ELSE 1
                 END AS rank,
             m.reason,
             (m.is_guest IS TRUE) AS is_guest,
             m.path_type,
             m.group_id,
             m.group_name,
             m.access_class
            FROM acme.principal_accounts_at(space_paths_between.run_after) m(principal, principal_id, account_id, path_type, group_id, group_name, access_class, email, name, account_type, account_status, is_guest, standing, reason)
           WHERE ((m.standing <> 'denied'::text) AND (m.principal IN ( SELECT h.principal
                    FROM holder_after h)))
         ), changed_holder AS MATERIALIZED (
          SELECT space_id,
             principal
            FROM (holder_before b
              FULL JOIN holder_after a USING (space_id, principal))
           WHERE (((b.views IS DISTINCT FROM a.views) OR (b.edits IS DISTINCT FROM a.edits)) OR (b.administers IS DISTINCT FROM a.administers))
         ), changed_member AS MATERIALIZED (
          SELECT principal,
             account_id
            FROM (member_before b
              FULL JOIN member_after a USING (principal, account_id))
           WHERE ((b.rank IS DISTINCT FROM a.rank) OR (b.is_guest IS DISTINCT FROM a.is_guest))
         ), candidate AS MATERIALIZED (
          SELECT c.space_id,
             m.account_id
            FROM (changed_holder c
              JOIN member_before m USING (principal))
         UNION
          SELECT c.space_id,
             m.account_id
            FROM (changed_holder c
              JOIN member_after m USING (principal))
         UNION
          SELECT h.space_id,
             c.account_id
            FROM (changed_member c
              JOIN holder_before h USING (principal))
         UNION
          SELECT h.space_id,
             c.account_id
            FROM (changed_member c
              JOIN holder_after h USING (principal))
         )
  SELECT true,
     c.space_id,
     c.account_id,
     c.principal,
     c.rank,
     c.reason,
     c.is_guest,
     h.views,
     h.edits,
     h.administers,
     c.path_type,
     c.group_id,
     c.group_name,
     c.access_class
    FROM (( SELECT c_1.space_id,
             m.principal,
             m.account_id,
             m.rank,
             m.reason,
             m.is_guest,
             m.path_type,
             m.group_id,
             m.group_name,
             m.access_class
            FROM (candidate c_1
              JOIN member_before m ON ((m.account_id = c_1.account_id)))
          OFFSET 0) c
      JOIN holder_before h ON (((h.space_id = c.space_id) AND (h.principal = c.principal))))
 UNION ALL
  SELECT false,
     c.space_id,
     c.account_id,
     c.principal,
     c.rank,
     c.reason,
     c.is_guest,
     h.views,
     h.edits,
     h.administers,
     c.path_type,
     c.group_id,
     c.group_name,
     c.access_class
    FROM (( SELECT c_1.space_id,
             m.principal,
             m.account_id,
             m.rank,
             m.reason,
             m.is_guest,
             m.path_type,
             m.group_id,
             m.group_name,
             m.access_class
            FROM (candidate c_1
              JOIN member_after m ON ((m.account_id = c_1.account_id)))
          OFFSET 0) c
      JOIN holder_after h ON (((h.space_id = c.space_id) AND (h.principal = c.principal))));
END;



CREATE TABLE acme.run_steps (
    run_id bigint NOT NULL,
    step text NOT NULL,
    requests bigint DEFAULT 0 NOT NULL,
    retries bigint DEFAULT 0 NOT NULL,
    rows_read bigint DEFAULT 0 NOT NULL,
    rows_opened bigint,
    rows_changed bigint,
    rows_ended bigint,
    expected bigint,
    is_reconciled boolean,
    is_complete boolean DEFAULT false NOT NULL,
    why_not text,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    read_at timestamp with time zone,
    detail jsonb
);



CREATE TABLE acme.runs (
    id bigint NOT NULL,
    mode text NOT NULL,
    status text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    published_at timestamp with time zone,
    db_user text NOT NULL,
    session_user_name text NOT NULL,
    client_address text,
    server text NOT NULL,
    base_url text,
    cloud_id text,
    api_account_id text,
    role_mode text,
    admin_key boolean,
    product_version text NOT NULL,
    server_started_at timestamp with time zone NOT NULL,
    requests bigint DEFAULT 0 NOT NULL,
    drift boolean,
    previous_run bigint,
    accepts_run bigint,
    resumes_run bigint,
    failed_step text,
    sqlstate text,
    message text,
    head_sha256 text,
    CONSTRAINT runs_mode_check CHECK ((mode = ANY (ARRAY['full'::text, 'access'::text, 'changes'::text]))),
    CONSTRAINT runs_status_check CHECK ((status = ANY (ARRAY['running'::text, 'complete'::text, 'failed'::text, 'lost'::text])))
);



CREATE FUNCTION acme.access_changes("from" timestamp with time zone, "to" timestamp with time zone, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(account_id text, email text, name text, account_status text, change text, access text, space_id bigint, space_key text, content_id bigint, content_type text, title text, after timestamp with time zone, until timestamp with time zone, cause text, path_type text, group_id text, group_name text, access_class text, audit_at timestamp with time zone, audit_author_id text, author_name text, audit_summary text, reason text, detail text, run_id bigint)
    LANGUAGE sql STABLE
    SET enable_nestloop TO 'off'
    SET enable_mergejoin TO 'off'
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT p.run_before,
             p.before_at,
             p.run_after,
             p.after_at,
             p.answers_run,
             p.is_late
            FROM acme.period_runs(access_changes."from", access_changes."to", access_changes.as_of) p(run_before, before_at, run_after, after_at, answers_run, is_late)
         ), reach AS MATERIALIZED (
          SELECT r_1.is_before,
             r_1.space_id,
             r_1.account_id,
             r_1.principal,
             r_1.rank,
             r_1.reason,
             r_1.is_guest,
             r_1.views,
             r_1.edits,
             r_1.administers,
             r_1.path_type,
             r_1.group_id,
             r_1.group_name,
             r_1.access_class
            FROM (asked
              CROSS JOIN LATERAL acme.space_paths_between(asked.run_before, asked.run_after) r_1(is_before, space_id, account_id, principal, rank, reason, is_guest, views, edits, administers, path_type, group_id, group_name, access_class))
         ), net AS MATERIALIZED (
          SELECT r_1.space_id,
             r_1.account_id,
             x.access,
             x.was,
             x.is_now,
             x.by_access,
             (x.was > x.is_now) AS is_less,
                 CASE 1
                     WHEN x.is_now THEN r_1.reason_is
                     WHEN x.was THEN r_1.reason_was
                     ELSE NULL::text
                 END AS unknown_reason
            FROM (( SELECT r_2.space_id,
                     r_2.account_id,
                     COALESCE(max(r_2.rank) FILTER (WHERE (r_2.is_before AND r_2.views)), 0) AS view_was,
                     COALESCE(max(r_2.rank) FILTER (WHERE ((NOT r_2.is_before) AND r_2.views)), 0) AS view_is,
                     COALESCE(max(r_2.rank) FILTER (WHERE (r_2.is_before AND r_2.edits)), 0) AS edit_was,
                     COALESCE(max(r_2.rank) FILTER (WHERE ((NOT r_2.is_before) AND r_2.edits)), 0) AS edit_is,
                     COALESCE(max(r_2.rank) FILTER (WHERE (r_2.is_before AND r_2.administers AND (NOT r_2.is_guest))), 0) AS admin_was,
                     COALESCE(max(r_2.rank) FILTER (WHERE ((NOT r_2.is_before) AND r_2.administers AND (NOT r_2.is_guest))), 0) AS admin_is,
                     min(r_2.reason) FILTER (WHERE r_2.is_before) AS reason_was,
                     min(r_2.reason) FILTER (WHERE (NOT r_2.is_before)) AS reason_is
                    FROM reach r_2
                   GROUP BY r_2.space_id, r_2.account_id) r_1
              CROSS JOIN LATERAL ( VALUES ('view'::text,r_1.view_was,r_1.view_is,'view'::text), ('edit'::text,LEAST(r_1.view_was, r_1.edit_was),LEAST(r_1.view_is, r_1.edit_is),
                         CASE
                             WHEN (r_1.edit_was <> r_1.edit_is) THEN 'edit'::text
                             ELSE 'view'::text
                         END), ('administer'::text,r_1.admin_was,r_1.admin_is,'administer'::text)) x(access, was, is_now, by_access))
           WHERE (x.was <> x.is_now)
         ), changed_space AS MATERIALIZED (
          SELECT DISTINCT n.space_id
            FROM net n
         ), came_or_left AS MATERIALIZED (
          SELECT array_agg(n.space_id) AS spaces,
             array_agg(n.account_id) AS accounts
            FROM net n
           WHERE ((n.access = 'view'::text) AND ((0 = n.was) OR (0 = n.is_now)))
         ), grant_before AS MATERIALIZED (
          SELECT g.space_id,
             g.principal,
             g.access,
             g.cause,
             g.not_before,
             g.since,
             g.seen_until,
             g.valid_to,
             g.run_to,
             g.end_reason
            FROM (asked
              CROSS JOIN LATERAL acme.grant_rows_at(asked.run_before) g(space_id, principal, access, cause, not_before, since, seen_until, valid_to, run_to, end_reason))
           WHERE (g.space_id = ANY (ARRAY( SELECT c.space_id
                    FROM changed_space c)))
         ), grant_after AS MATERIALIZED (
          SELECT g.space_id,
             g.principal,
             g.access,
             g.cause,
             g.not_before,
             g.since,
             g.seen_until,
             g.valid_to,
             g.run_to,
             g.end_reason
            FROM (asked
              CROSS JOIN LATERAL acme.grant_rows_at(asked.run_after) g(space_id, principal, access, cause, not_before, since, seen_until, valid_to, run_to, end_reason))
           WHERE (g.space_id = ANY (ARRAY( SELECT c.space_id
                    FROM changed_space c)))
         ), holder AS MATERIALIZED (
         ( SELECT DISTINCT ON (g.space_id, g.principal, g.access) true AS is_less,
             g.space_id,
             g.principal,
             g.access,
                 CASE
                     WHEN (o.space_id IS NULL) THEN g.cause
                     ELSE NULL::text
                 END AS cause,
                 CASE
                     WHEN (o.space_id IS NULL) THEN g.seen_until
                     ELSE NULL::timestamp with time zone
                 END AS after,
                 CASE
                     WHEN (o.space_id IS NULL) THEN g.valid_to
                     ELSE NULL::timestamp with time zone
                 END AS until,
                 CASE
                     WHEN (o.space_id IS NULL) THEN g.end_reason
                     ELSE NULL::text
                 END AS end_reason
            FROM (grant_before g
              LEFT JOIN ( SELECT DISTINCT a.space_id,
                     a.principal,
                     a.access
                    FROM grant_after a) o ON (((o.space_id = g.space_id) AND (o.principal = g.principal) AND (o.access = g.access))))
           ORDER BY g.space_id, g.principal, g.access, g.valid_to DESC)
         UNION ALL
         ( SELECT DISTINCT ON (g.space_id, g.principal, g.access) false,
             g.space_id,
             g.principal,
             g.access,
                 CASE
                     WHEN (o.space_id IS NULL) THEN g.cause
                     ELSE NULL::text
                 END AS "case",
                 CASE
                     WHEN (o.space_id IS NULL) THEN g.not_before
                     ELSE NULL::timestamp with time zone
                 END AS "case",
                 CASE
                     WHEN (o.space_id IS NULL) THEN g.since
                     ELSE NULL::timestamp with time zone
                 END AS "case",
             NULL::text AS text
            FROM (grant_after g
              LEFT JOIN ( SELECT DISTINCT b.space_id,
                     b.principal,
                     b.access
                    FROM grant_before b) o ON (((o.space_id = g.space_id) AND (o.principal = g.principal) AND (o.access = g.access))))
           ORDER BY g.space_id, g.principal, g.access, g.since)
         ), joined AS MATERIALIZED (
          SELECT true AS is_less,
             g.group_id,
             g.account_id,
             g.seen_until AS after,
             g.valid_to AS until,
             g.end_reason
            FROM acme.group_members_history g
           WHERE ((g.run_from <= ( SELECT asked.run_before
                    FROM asked)) AND (g.run_to > ( SELECT asked.run_before
                    FROM asked)) AND (g.run_to <= ( SELECT asked.run_after
                    FROM asked)))
         UNION ALL
          SELECT false,
             g.group_id,
             g.account_id,
             g.not_before,
             g.valid_from,
             g.end_reason
            FROM acme.group_members_history g
           WHERE ((g.run_from > ( SELECT asked.run_before
                    FROM asked)) AND (g.run_from <= ( SELECT asked.run_after
                    FROM asked)) AND ((g.run_to IS NULL) OR (g.run_to > ( SELECT asked.run_after
                    FROM asked))))
         ), product AS MATERIALIZED (
          SELECT j.is_less,
             j.account_id,
                 CASE
                     WHEN j.is_less THEN max(j.after)
                     ELSE min(j.after)
                 END AS after,
                 CASE
                     WHEN j.is_less THEN max(j.until)
                     ELSE min(j.until)
                 END AS until,
             max(j.end_reason) AS end_reason
            FROM joined j
           WHERE (j.group_id IN ( SELECT p.id
                    FROM acme.product_groups_history p
                   WHERE (p.run_from <= ( SELECT asked.run_after
                            FROM asked))))
           GROUP BY j.is_less, j.account_id
         ), status AS MATERIALIZED (
          SELECT true AS is_less,
             u.account_id,
             u.seen_until AS after,
             u.valid_to AS until,
                 CASE u.end_reason
                     WHEN 'gone_or_hidden'::text THEN u.end_reason
                     ELSE NULL::text
                 END AS end_reason
            FROM acme.users_history u
           WHERE ((u.run_from <= ( SELECT asked.run_before
                    FROM asked)) AND (u.run_to > ( SELECT asked.run_before
                    FROM asked)) AND (u.run_to <= ( SELECT asked.run_after
                    FROM asked)) AND (NOT (EXISTS ( SELECT
                    FROM acme.users_history o
                   WHERE ((o.account_id = u.account_id) AND (o.account_status = u.account_status) AND (o.run_from <= ( SELECT asked.run_after
                            FROM asked)) AND ((o.run_to IS NULL) OR (o.run_to > ( SELECT asked.run_after
                            FROM asked))))))))
         UNION ALL
          SELECT false,
             u.account_id,
             u.not_before,
             u.valid_from,
                 CASE u.end_reason
                     WHEN 'gone_or_hidden'::text THEN u.end_reason
                     ELSE NULL::text
                 END AS "case"
            FROM acme.users_history u
           WHERE ((u.run_from > ( SELECT asked.run_before
                    FROM asked)) AND (u.run_from <= ( SELECT asked.run_after
                    FROM asked)) AND ((u.run_to IS NULL) OR (u.run_to > ( SELECT asked.run_after
                    FROM asked))) AND (NOT (EXISTS ( SELECT
                    FROM acme.users_history o
                   WHERE ((o.account_id = u.account_id) AND (o.account_status = u.account_status) AND (o.run_from <= ( SELECT asked.run_before
                            FROM asked)) AND (o.run_to > ( SELECT asked.run_before
                            FROM asked)))))))
         ), path AS MATERIALIZED (
          SELECT n.space_id,
             n.account_id,
             n.access,
             n.by_access,
             n.is_less,
             n.was,
             n.is_now,
             n.unknown_reason,
             n.path_type,
             n.group_id,
             n.group_name,
             n.access_class,
                 CASE
                     WHEN (h.until = w.until) THEN h.cause
                     WHEN (j.until = w.until) THEN 'group'::text
                     WHEN (s.until = w.until) THEN 'status'::text
                     WHEN (p.until IS NOT NULL) THEN 'product'::text
                     ELSE NULL::text
                 END AS cause,
                 CASE
                     WHEN (h.until = w.until) THEN h.after
                     WHEN (j.until = w.until) THEN j.after
                     WHEN (s.until = w.until) THEN s.after
                     WHEN (p.until IS NOT NULL) THEN p.after
                     ELSE NULL::timestamp with time zone
                 END AS after,
             COALESCE(w.until, p.until) AS until,
                 CASE
                     WHEN (h.until = w.until) THEN h.end_reason
                     WHEN (j.until = w.until) THEN j.end_reason
                     WHEN (s.until = w.until) THEN s.end_reason
                     WHEN (p.until IS NOT NULL) THEN p.end_reason
                     ELSE NULL::text
                 END AS end_reason
            FROM (((((( SELECT n_1.space_id,
                     n_1.account_id,
                     n_1.access,
                     n_1.was,
                     n_1.is_now,
                     n_1.by_access,
                     n_1.is_less,
                     n_1.unknown_reason,
                     r_1.principal,
                     r_1.path_type,
                     r_1.group_id,
                     r_1.group_name,
                     r_1.access_class
                    FROM (net n_1
                      JOIN reach r_1 ON (((r_1.space_id = n_1.space_id) AND (r_1.account_id = n_1.account_id) AND (r_1.is_before = n_1.is_less) AND
                         CASE n_1.by_access
                             WHEN 'view'::text THEN r_1.views
                             WHEN 'edit'::text THEN r_1.edits
                             ELSE r_1.administers
                         END)))
                  OFFSET 0) n
              JOIN holder h ON (((h.is_less = n.is_less) AND (h.space_id = n.space_id) AND (h.access = n.by_access) AND (h.principal = n.principal))))
              LEFT JOIN joined j ON (((j.is_less = n.is_less) AND (j.group_id = n.group_id) AND (j.account_id = n.account_id) AND ((NOT j.is_less) OR (j.end_reason <> 'changed'::text)))))
              LEFT JOIN status s ON (((s.is_less = n.is_less) AND (s.account_id = n.account_id))))
              LEFT JOIN product p ON (((p.is_less = n.is_less) AND (p.account_id = n.account_id))))
              CROSS JOIN LATERAL ( SELECT
                         CASE
                             WHEN n.is_less THEN LEAST(h.until, j.until, s.until)
                             ELSE GREATEST(h.until, j.until, s.until)
                         END AS until) w)
         ), explained AS MATERIALIZED (
          SELECT DISTINCT ON (p.space_id, (p.account_id COLLATE "C"), (p.access COLLATE "C")) p.space_id,
             p.account_id,
             p.access,
             p.by_access,
             p.is_less,
             p.was,
             p.is_now,
             p.unknown_reason,
             p.path_type,
             p.group_id,
             p.group_name,
             p.access_class,
             p.cause,
             p.after,
             p.until,
             p.end_reason,
             ((p.space_id, p.account_id, p.access) IN ( SELECT h.space_id,
                     h.account_id,
                     h.access
                    FROM path h
                   WHERE (h.end_reason = 'gone_or_hidden'::text))) AS is_hidden
            FROM path p
           ORDER BY p.space_id, (p.account_id COLLATE "C"), (p.access COLLATE "C"), (p.until IS NULL),
                 CASE
                     WHEN p.is_less THEN p.until
                     ELSE NULL::timestamp with time zone
                 END DESC, p.until, (p.path_type COLLATE "C"), (p.group_id COLLATE "C"), (p.access_class COLLATE "C")
         ), gap AS MATERIALIZED (
          SELECT g.space_id,
             g.access,
             g.reason,
             g.detail,
             ('group:'::text || g.group_id) AS principal,
             bool_or(g.is_before) AS is_before,
             bool_or((NOT g.is_before)) AS is_after
            FROM ( SELECT b.space_id,
                     b.access,
                     b.path_type,
                     b.group_id,
                     b.access_class,
                     b.role_name,
                     b.bound,
                     b.reason,
                     b.detail,
                     b.is_open,
                     true AS is_before
                    FROM (asked
                      CROSS JOIN LATERAL acme.space_gaps_at(asked.run_before) b(space_id, access, path_type, group_id, access_class, role_name, bound, reason, detail, is_open))
                   WHERE (b.space_id = ANY (ARRAY( SELECT c.space_id
                            FROM changed_space c)))
                 UNION ALL
                  SELECT a.space_id,
                     a.access,
                     a.path_type,
                     a.group_id,
                     a.access_class,
                     a.role_name,
                     a.bound,
                     a.reason,
                     a.detail,
                     a.is_open,
                     false
                    FROM (asked
                      CROSS JOIN LATERAL acme.space_gaps_at(asked.run_after) a(space_id, access, path_type, group_id, access_class, role_name, bound, reason, detail, is_open))
                   WHERE (a.space_id = ANY (ARRAY( SELECT c.space_id
                            FROM changed_space c)))) g
           WHERE (g.reason <> ALL (ARRAY['class_open_ended'::text, 'jsm_class'::text]))
           GROUP BY g.space_id, g.access, g.reason, g.detail, g.group_id
          HAVING (bool_or(g.is_before) <> bool_or((NOT g.is_before)))
         ), uncertain AS MATERIALIZED (
          SELECT DISTINCT ON (n.space_id, n.access, n.by_access, n.is_less) n.space_id,
             n.access,
             n.by_access,
             n.is_less,
             g.reason,
             g.detail
            FROM (( SELECT DISTINCT n_1.space_id,
                     n_1.access,
                     n_1.by_access,
                     n_1.is_less
                    FROM net n_1) n
              JOIN gap g ON (((g.space_id = n.space_id) AND (g.access = n.access) AND
                 CASE
                     WHEN n.is_less THEN g.is_after
                     ELSE g.is_before
                 END)))
           WHERE ((g.principal IS NULL) OR (EXISTS ( SELECT
                    FROM grant_after x
                   WHERE (n.is_less AND (x.space_id = n.space_id) AND (x.principal = g.principal) AND (x.access = n.by_access)))) OR (EXISTS ( SELECT
                    FROM grant_before x
                   WHERE ((NOT n.is_less) AND (x.space_id = n.space_id) AND (x.principal = g.principal) AND (x.access = n.by_access)))))
           ORDER BY n.space_id, n.access, n.by_access, n.is_less, (g.reason COLLATE "C"), (g.detail COLLATE "C")
         ), gone AS MATERIALIZED (
          SELECT a.account_id
            FROM (asked
              CROSS JOIN LATERAL acme.accounts_at(asked.run_after) a(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin))
           WHERE ((a.account_status = ANY (ARRAY['inactive'::text, 'closed'::text])) AND (a.account_id IN ( SELECT n.account_id
                    FROM net n
                   WHERE n.is_less)))
         ), space_change AS (
          SELECT e.account_id,
             e.access,
             e.space_id,
             NULL::bigint AS content_id,
             NULL::text AS content_type,
             NULL::text AS title,
                 CASE
                     WHEN (e.is_less AND ((e.is_now = 1) OR (e.is_hidden AND (gone.account_id IS NULL)) OR (g.reason IS NOT NULL))) THEN 'not_seen'::text
                     WHEN e.is_less THEN 'lost'::text
                     WHEN ((e.was = 1) OR (g.reason IS NOT NULL)) THEN 'first_seen'::text
                     ELSE 'gained'::text
                 END AS change,
             COALESCE(e.after,
                 CASE
                     WHEN (e.until IS NULL) THEN asked.before_at
                     ELSE NULL::timestamp with time zone
                 END) AS after,
             COALESCE(e.until, asked.after_at) AS until,
             COALESCE(e.cause, 'product'::text) AS cause,
             e.path_type,
             e.group_id,
             e.group_name,
             e.access_class,
                 CASE
                     WHEN ((1 = e.was) OR (1 = e.is_now)) THEN e.unknown_reason
                     WHEN (e.is_less AND e.is_hidden AND (gone.account_id IS NULL)) THEN 'not_seen'::text
                     ELSE g.reason
                 END AS reason,
                 CASE
                     WHEN ((1 = e.was) OR (1 = e.is_now)) THEN
                     CASE
                         WHEN e.is_less THEN 'whether the account still has it is not known'::text
                         ELSE 'whether the account had it before is not known'::text
                     END
                     WHEN (e.is_less AND e.is_hidden AND (gone.account_id IS NULL)) THEN 'what gave it is not listed any more, and nothing proves that it is gone'::text
                     ELSE g.detail
                 END AS detail
            FROM (((explained e
              CROSS JOIN asked)
              LEFT JOIN gone ON ((gone.account_id = e.account_id)))
              LEFT JOIN uncertain g ON (((g.space_id = e.space_id) AND (g.access = e.access) AND (g.by_access = e.by_access) AND (g.is_less = e.is_less) AND (NOT (e.is_less AND (gone.account_id IS NOT NULL))))))
         ), content_change AS (
          SELECT c.account_id,
             c.access,
             c.space_after,
             c.content_id,
             c.content_type,
             c.title,
                 CASE
                     WHEN ((c.was > c.is_now) AND ((c.is_now = 1) OR (c.reason IS NOT NULL) OR (c.end_reason = 'gone_or_hidden'::text))) THEN 'not_seen'::text
                     WHEN (c.was > c.is_now) THEN 'lost'::text
                     WHEN ((c.was = 1) OR (c.reason IS NOT NULL) OR (c.end_reason = 'gone_or_hidden'::text)) THEN 'first_seen'::text
                     ELSE 'gained'::text
                 END AS "case",
             c.after,
             c.until,
                 CASE
                     WHEN (c.group_id IS NOT NULL) THEN 'group'::text
                     WHEN (c.list_changed IS NOT NULL) THEN 'restriction'::text
                     ELSE 'move'::text
                 END AS "case",
                 CASE
                     WHEN (c.group_id IS NOT NULL) THEN 'group'::text
                     ELSE NULL::text
                 END AS "case",
             c.group_id,
             ( SELECT g.name
                    FROM acme.groups_history g
                   WHERE ((g.id = c.group_id) AND (g.run_from <= asked.run_after))
                   ORDER BY g.run_from DESC
                  LIMIT 1) AS name,
             NULL::text AS text,
             COALESCE(c.reason,
                 CASE
                     WHEN (c.end_reason = 'gone_or_hidden'::text) THEN 'not_seen'::text
                     WHEN ((1 = c.was) OR (1 = c.is_now)) THEN 'account_unknown'::text
                     ELSE NULL::text
                 END) AS "coalesce",
                 CASE
                     WHEN ((c.end_reason = 'gone_or_hidden'::text) AND (c.group_id IS NOT NULL)) THEN 'the group is not listed any more'::text
                     WHEN (c.end_reason = 'gone_or_hidden'::text) THEN 'the list is not shown any more'::text
                     WHEN ((c.reason IS NULL) AND ((1 <> c.was) AND (1 <> c.is_now))) THEN 'and what is below it'::text
                     WHEN (c.was > c.is_now) THEN 'whether the account still has it is not known'::text
                     ELSE 'whether the account had it before is not known'::text
                 END AS "case"
            FROM ((asked
              CROSS JOIN came_or_left)
              CROSS JOIN LATERAL acme.content_access_between(asked.run_before, asked.run_after, came_or_left.spaces, came_or_left.accounts) c(content_id, space_before, space_after, content_type, title, account_id, access, was, is_now, is_moved, list_changed, group_id, after, until, end_reason, reason))
           WHERE (NOT (EXISTS ( SELECT
                    FROM net n
                   WHERE ((n.space_id = c.space_before) AND (n.space_id = c.space_after) AND (n.account_id = c.account_id) AND (n.access = c.access) AND (n.is_less = (c.was > c.is_now))))))
         ), change AS MATERIALIZED (
          SELECT space_change.account_id,
             space_change.access,
             space_change.space_id,
             space_change.content_id,
             space_change.content_type,
             space_change.title,
             space_change.change,
             space_change.after,
             space_change.until,
             space_change.cause,
             space_change.path_type,
             space_change.group_id,
             space_change.group_name,
             space_change.access_class,
             space_change.reason,
             space_change.detail
            FROM space_change
         UNION ALL
          SELECT content_change.account_id,
             content_change.access,
             content_change.space_after,
             content_change.content_id,
             content_change.content_type,
             content_change.title,
             content_change."case",
             content_change.after,
             content_change.until,
             content_change.case_1 AS "case",
             content_change.case_2 AS "case",
             content_change.group_id,
             content_change.name,
             content_change.text,
             content_change."coalesce",
             content_change.case_3 AS "case"
            FROM content_change content_change(account_id, access, space_after, content_id, content_type, title, "case", after, until, case_1, case_2, group_id, name, text, "coalesce", case_3)
         ), account AS MATERIALIZED (
          SELECT c.account_id,
             a.email,
             a.name,
             a.account_status
            FROM ((( SELECT DISTINCT c_1.account_id
                    FROM change c_1) c
              CROSS JOIN asked)
              CROSS JOIN LATERAL acme.account_told_at(c.account_id, asked.run_after) a(email, name, account_status))
         ), place AS MATERIALIZED (
          SELECT DISTINCT ON (h.id) h.id,
             h.key,
             h.name
            FROM (asked
              JOIN acme.spaces_history h ON ((h.run_from <= asked.run_after)))
           WHERE (h.id IN ( SELECT c.space_id
                    FROM change c))
           ORDER BY h.id, h.run_from DESC
         ), told AS MATERIALIZED (
          SELECT c.account_id,
             c.access,
             c.space_id,
             c.content_id,
             c.content_type,
             c.title,
             c.change,
             c.after,
             c.until,
             c.cause,
             c.path_type,
             c.group_id,
             c.group_name,
             c.access_class,
             c.reason,
             c.detail,
             a.email,
             a.name,
             a.account_status,
             s.key,
                 CASE c.cause
                     WHEN 'grant'::text THEN 'permission'::text
                     WHEN 'role'::text THEN 'permission|role'::text
                     WHEN 'restriction'::text THEN 'restriction'::text
                     WHEN 'status'::text THEN 'user.*(activated|details|created|deleted)|account'::text
                     WHEN 'move'::text THEN 'moved'::text
                     ELSE
                     CASE
                         WHEN (c.change = ANY (ARRAY['lost'::text, 'not_seen'::text])) THEN 'removed.*group|group deleted'::text
                         ELSE 'added.*group'::text
                     END
                 END AS words,
                 CASE c.cause
                     WHEN 'grant'::text THEN
                     CASE
                         WHEN (c.group_id IS NOT NULL) THEN ARRAY[s.name, c.group_id]
                         WHEN (c.access_class IS NOT NULL) THEN ARRAY[s.name]
                         ELSE ARRAY[s.name, a.name]
                     END
                     WHEN 'role'::text THEN ARRAY[s.name]
                     WHEN 'restriction'::text THEN ARRAY[c.title]
                     WHEN 'move'::text THEN ARRAY[c.title]
                     WHEN 'group'::text THEN ARRAY[c.group_id, a.name]
                     ELSE ARRAY[a.name]
                 END AS names
            FROM ((change c
              LEFT JOIN account a ON ((a.account_id = c.account_id)))
              LEFT JOIN place s ON ((s.id = c.space_id)))
         ), record AS MATERIALIZED (
          SELECT t.after,
             t.until,
             t.words,
             t.names,
             r_1.audit_at,
             r_1.audit_author_id,
             r_1.author_name,
             r_1.audit_summary
            FROM ((( SELECT DISTINCT t_1.after,
                     t_1.until,
                     t_1.words,
                     t_1.names
                    FROM told t_1) t
              CROSS JOIN asked)
              CROSS JOIN LATERAL acme.audit_record_of(t.after, t.until, t.words, t.names, asked.answers_run) r_1(audit_at, audit_author_id, author_name, audit_summary))
         ), answer(account_id, email, name, account_status, change, access, space_id, space_key, content_id, content_type, title, after, until, cause, path_type, group_id, group_name, access_class, audit_at, audit_author_id, author_name, audit_summary, reason, detail, run_id) AS (
          SELECT t.account_id,
             t.email,
             t.name,
             t.account_status,
             t.change,
             t.access,
             t.space_id,
             t.key,
             t.content_id,
             t.content_type,
             t.title,
             t.after,
             t.until,
             t.cause,
             t.path_type,
             t.group_id,
             t.group_name,
             t.access_class,
             r_1.audit_at,
             r_1.audit_author_id,
             r_1.author_name,
             r_1.audit_summary,
             t.reason,
             t.detail,
             asked.run_after
            FROM ((told t
              CROSS JOIN asked)
              LEFT JOIN record r_1 ON (((COALESCE(r_1.after, '-infinity'::timestamp with time zone) = COALESCE(t.after, '-infinity'::timestamp with time zone)) AND (r_1.until = t.until) AND (r_1.words = t.words) AND (r_1.names = t.names))))
         UNION ALL
          SELECT NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             'pending'::text,
             NULL::text,
             NULL::bigint,
             NULL::text,
             NULL::bigint,
             NULL::text,
             NULL::text,
             NULL::timestamp with time zone,
             l.created_at,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             l.created_at,
             l.author_id,
             l.author_name,
             l.summary,
             'pending'::text,
             concat_ws(': '::text, l.affected_object_type, l.affected_object_name) AS concat_ws,
             asked.run_after
            FROM (asked
              JOIN acme.audit_log l ON (((l.created_at > ( SELECT COALESCE(min(s.read_at), min(r_1.started_at)) AS "coalesce"
                    FROM (acme.runs r_1
                      LEFT JOIN acme.run_steps s ON (((s.run_id = r_1.id) AND (s.step <> 'audit_log'::text))))
                   WHERE (r_1.id = asked.run_after))) AND (l.created_at <= COALESCE(access_changes."to", 'infinity'::timestamp with time zone)) AND (l.run_from <= asked.answers_run))))
           WHERE (concat_ws(': '::text, l.category, l.summary) ~* 'permission|restriction|group|role|user.*(activated|created|deleted|details)|space.*(deleted|restored)|public link|admin key'::text)
         UNION ALL
          SELECT NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::bigint,
             NULL::text,
             NULL::bigint,
             NULL::text,
             NULL::text,
             access_changes."from" AS "from",
             asked.before_at,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::timestamp with time zone,
             NULL::text,
             NULL::text,
             NULL::text,
             'before_first_run'::text,
             'the mirror knows nothing of this time'::text,
             asked.run_after
            FROM asked
           WHERE asked.is_late
         )
  SELECT r.account_id,
     r.email,
     r.name,
     r.account_status,
     r.change,
     r.access,
     r.space_id,
     r.space_key,
     r.content_id,
     r.content_type,
     r.title,
     r.after,
     r.until,
     r.cause,
     r.path_type,
     r.group_id,
     r.group_name,
     r.access_class,
     r.audit_at,
     r.audit_author_id,
     r.author_name,
     r.audit_summary,
     r.reason,
     r.detail,
     r.run_id
    FROM answer r
   ORDER BY (r.reason IS NOT NULL), r.until, (r.account_id COLLATE "C"), r.space_id, r.content_id NULLS FIRST, (r.access COLLATE "C"), (r.detail COLLATE "C");
END;



CREATE FUNCTION acme.access_run_at(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'acme', 'pg_temp'
    AS $$
DECLARE
    found bigint := (SELECT r.id FROM runs AS r
                     WHERE r.status = 'complete' AND r.mode IN ('full', 'access')
                       AND r.published_at <= coalesce(as_of, 'infinity')
                     ORDER BY r.published_at DESC, r.id DESC LIMIT 1);
BEGIN
    IF found IS NULL THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = CASE WHEN as_of IS NULL THEN 'the mirror has no complete run of mode full or access'
                           ELSE format('the mirror has no complete run of mode full or access at or before %s', as_of) END,
            HINT = 'CALL confluence.refresh makes one. The table runs tells what became of each.';
    END IF;
    RETURN found;
END
$$;



CREATE FUNCTION acme.accounts_behind_at(principal_type text, principal_id text, run bigint) RETURNS TABLE(account_id text, path_type text, group_name text, is_open boolean)
    LANGUAGE sql STABLE ROWS 100
    BEGIN ATOMIC
 SELECT accounts_behind_at.principal_id AS principal_id,
     'user'::text AS text,
     NULL::text AS text,
     false
   WHERE (accounts_behind_at.principal_type = 'user'::text)
 UNION ALL
  SELECT m.account_id,
     'group'::text,
     g.group_name,
     false
    FROM (acme.groups_at(accounts_behind_at.run) g(group_id, group_name)
      CROSS JOIN LATERAL ( SELECT m_1.account_id
            FROM acme.group_members_history m_1
           WHERE ((m_1.group_id = accounts_behind_at.principal_id) AND (m_1.run_from <= accounts_behind_at.run) AND ((m_1.run_to IS NULL) OR (m_1.run_to > accounts_behind_at.run)))
          OFFSET 0) m)
   WHERE ((g.group_id = accounts_behind_at.principal_id) AND (accounts_behind_at.principal_type = 'group'::text))
 UNION ALL
  SELECT l.account_id,
     'class'::text,
     NULL::text,
     false
    FROM acme.product_members_at(accounts_behind_at.run) l(account_id, is_admin)
   WHERE ((accounts_behind_at.principal_type = 'access-class'::text) AND ((accounts_behind_at.principal_id = 'all-licensed-users'::text) OR ((accounts_behind_at.principal_id = 'all-product-admins'::text) AND l.is_admin)) AND (accounts_behind_at.principal_id = ANY (ARRAY['all-licensed-users'::text, 'all-product-admins'::text])))
 UNION ALL
  SELECT u.account_id,
         CASE accounts_behind_at.principal_id
             WHEN 'anonymous-users'::text THEN 'anonymous'::text
             ELSE 'class'::text
         END AS "case",
     NULL::text,
     true
    FROM acme.accounts_at(accounts_behind_at.run) u(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin)
   WHERE ((accounts_behind_at.principal_type = 'access-class'::text) AND (accounts_behind_at.principal_id = ANY (ARRAY['authenticated-users'::text, 'anonymous-users'::text])));
END;



CREATE FUNCTION acme.administrators_at(run bigint) RETURNS TABLE(space_id bigint, admin_kind text, account_id text, email text, name text, account_type text, account_status text, standing text, reason text, principal text, path_type text, group_id text, group_name text, access_class text, role_name text, operations text[], sources text[])
    LANGUAGE sql STABLE ROWS 5000
    BEGIN ATOMIC
 SELECT h.space_id,
     h.admin_kind,
     m.account_id,
     m.email,
     m.name,
     m.account_type,
     m.account_status,
     m.standing,
     m.reason,
     h.principal,
     m.path_type,
     m.group_id,
     m.group_name,
     m.access_class,
     h.role_name,
     h.administer_operations,
     h.sources
    FROM (acme.space_holders_at(administrators_at.run) h(space_id, principal, principal_type, principal_id, view_operations, edit_operations, administer_operations, admin_kind, sources, role_name)
      JOIN acme.principal_accounts_at(administrators_at.run) m(principal, principal_id, account_id, path_type, group_id, group_name, access_class, email, name, account_type, account_status, is_guest, standing, reason) ON ((m.principal = h.principal)))
   WHERE ((h.administer_operations IS NOT NULL) AND (m.is_guest IS NOT TRUE));
END;



CREATE FUNCTION acme.space_holders_ranked_at(run bigint) RETURNS TABLE(space_id bigint, principal_type text, principal_id text, views boolean, edits boolean, administers boolean, admin_rank integer)
    LANGUAGE sql STABLE ROWS 4000
    BEGIN ATOMIC
 SELECT h.space_id,
     h.principal_type,
     h.principal_id,
     (h.view_operations IS NOT NULL),
     (h.edit_operations IS NOT NULL),
     (h.administer_operations IS NOT NULL),
         CASE h.admin_kind
             WHEN 'full'::text THEN 4
             WHEN 'access'::text THEN 3
             WHEN 'content'::text THEN 2
             WHEN 'features'::text THEN 1
             ELSE NULL::integer
         END AS "case"
    FROM acme.space_holders_at(space_holders_ranked_at.run) h(space_id, principal, principal_type, principal_id, view_operations, edit_operations, administer_operations, admin_kind, sources, role_name);
END;



CREATE FUNCTION acme.effective_space_access_at(run bigint) RETURNS TABLE(space_id bigint, space_key text, account_id text, email text, name text, account_type text, account_status text, is_guest boolean, access text, verdict text, admin_kind text, paths text[], reasons text[], run_id bigint, access_as_of timestamp with time zone)
    LANGUAGE sql STABLE ROWS 1e+06
    BEGIN ATOMIC
 SELECT p.space_id,
     s.key,
     p.account_id,
     a.email,
     a.name,
     a.account_type,
     a.account_status,
     a.is_guest,
     x.access,
         CASE x.rank
             WHEN 3 THEN 'allowed'::text
             WHEN 2 THEN 'unknown'::text
             ELSE 'potential'::text
         END AS "case",
         CASE
             WHEN ((x.access = 'administer'::text) AND (x.rank > 1)) THEN
             CASE
                 CASE x.rank
                     WHEN 3 THEN p.sure_admin_rank
                     ELSE p.admin_rank
                 END
                 WHEN 4 THEN 'full'::text
                 WHEN 3 THEN 'access'::text
                 WHEN 2 THEN 'content'::text
                 ELSE 'features'::text
             END
             ELSE NULL::text
         END AS "case",
         CASE
             WHEN (x.rank = 1) THEN array_remove(ARRAY[
             CASE
                 WHEN p.is_product_admin THEN 'product_admin'::text
                 ELSE NULL::text
             END,
             CASE
                 WHEN (p.sure_admin_rank >= 3) THEN 'space_admin'::text
                 ELSE NULL::text
             END], NULL::text)
             WHEN (cardinality(x.paths) > 1) THEN ( SELECT array_agg(u.path ORDER BY u.path) AS array_agg
                FROM unnest(x.paths) u(path))
             ELSE x.paths
         END AS paths,
         CASE x.rank
             WHEN 2 THEN ARRAY[COALESCE(p.reason, 'product_unresolved'::text)]
             ELSE NULL::text[]
         END AS "case",
     f.run_id,
     f.access_as_of
    FROM ((((( SELECT g.space_id,
             g.account_id,
             max(g.view_rank) AS view_rank,
             max(g.edit_rank) AS edit_rank,
             max(g.administer_rank) AS administer_rank,
             max(g.admin_rank) AS admin_rank,
             max(g.admin_rank) FILTER (WHERE (g.administer_rank = 3)) AS sure_admin_rank,
             bool_or(g.is_product_admin) AS is_product_admin,
             max(g.reason) AS reason,
             array_agg(g.path) FILTER (WHERE (g.view_rank IS NOT NULL)) AS view_paths,
             array_agg(g.path) FILTER (WHERE (g.edit_rank IS NOT NULL)) AS edit_paths,
             array_agg(g.path) FILTER (WHERE (g.administer_rank IS NOT NULL)) AS administer_paths
            FROM ( SELECT p_1.space_id,
                     p_1.account_id,
                         CASE
                             WHEN ((p_1.path_type = ANY (ARRAY['user'::text, 'group'::text])) AND a_1.is_guest) THEN replace(p_1.path, p_1.path_type, 'guest'::text)
                             ELSE p_1.path
                         END AS path,
                     k.reason,
                     false AS is_product_admin,
                         CASE
                             WHEN p_1.views THEN k.rank
                             ELSE NULL::integer
                         END AS view_rank,
                         CASE
                             WHEN p_1.edits THEN k.rank
                             ELSE NULL::integer
                         END AS edit_rank,
                         CASE
                             WHEN (p_1.administers AND (a_1.is_guest IS NOT TRUE)) THEN k.rank
                             ELSE NULL::integer
                         END AS administer_rank,
                     p_1.admin_rank
                    FROM ((( SELECT h.space_id,
                             h.principal_id AS account_id,
                             'user'::text AS path,
                             'user'::text AS path_type,
                             false AS is_open,
                             h.views,
                             h.edits,
                             h.administers,
                             h.admin_rank
                            FROM acme.space_holders_ranked_at(effective_space_access_at.run) h(space_id, principal_type, principal_id, views, edits, administers, admin_rank)
                           WHERE (h.principal_type = 'user'::text)
                         UNION ALL
                          SELECT h.space_id,
                             m.account_id,
                             ('group '::text || m.group_name),
                             'group'::text,
                             false,
                             h.views,
                             h.edits,
                             h.administers,
                             h.admin_rank
                            FROM (acme.space_holders_ranked_at(effective_space_access_at.run) h(space_id, principal_type, principal_id, views, edits, administers, admin_rank)
                              JOIN acme.members_at(effective_space_access_at.run) m(group_id, group_name, account_id) ON ((m.group_id = h.principal_id)))
                           WHERE (h.principal_type = 'group'::text)
                         UNION ALL
                          SELECT h.space_id,
                             l.account_id,
                             ('class '::text || h.principal_id),
                             'class'::text,
                             false,
                             h.views,
                             h.edits,
                             h.administers,
                             h.admin_rank
                            FROM (acme.space_holders_ranked_at(effective_space_access_at.run) h(space_id, principal_type, principal_id, views, edits, administers, admin_rank)
                              JOIN acme.product_members_at(effective_space_access_at.run) l(account_id, is_admin) ON (((h.principal_id = 'all-licensed-users'::text) OR ((h.principal_id = 'all-product-admins'::text) AND l.is_admin))))
                           WHERE ((h.principal_type = 'access-class'::text) AND (h.principal_id = ANY (ARRAY['all-licensed-users'::text, 'all-product-admins'::text])))
                         UNION ALL
                          SELECT h.space_id,
                             u.account_id,
                                 CASE h.principal_id
                                     WHEN 'anonymous-users'::text THEN 'anonymous'::text
                                     ELSE ('class '::text || h.principal_id)
                                 END AS "case",
                             'class'::text,
                             true,
                             h.views,
                             h.edits,
                             h.administers,
                             h.admin_rank
                            FROM (acme.space_holders_ranked_at(effective_space_access_at.run) h(space_id, principal_type, principal_id, views, edits, administers, admin_rank)
                              CROSS JOIN acme.accounts_at(effective_space_access_at.run) u(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin))
                           WHERE ((h.principal_type = 'access-class'::text) AND (h.principal_id = ANY (ARRAY['authenticated-users'::text, 'anonymous-users'::text])))) p_1
                      LEFT JOIN acme.accounts_at(effective_space_access_at.run) a_1(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin) ON ((a_1.account_id = p_1.account_id)))
                      CROSS JOIN LATERAL ( SELECT k_1.reason,
                                 CASE
                                     WHEN (k_1.reason IS NULL) THEN 3
                                     ELSE 2
                                 END AS rank
                            FROM ( SELECT acme.kept_out(a_1.account_status, a_1.account_type, a_1.is_guest, a_1.is_product_member, p_1.is_open, ( SELECT f_1.product_is_proved
   FROM acme.access_facts_at(effective_space_access_at.run) f_1(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read))) AS reason) k_1) k)
                   WHERE (COALESCE((k.reason <> ALL (ARRAY['account_inactive'::text, 'denied_by_product'::text])), true) AND (NOT ((p_1.path_type = 'class'::text) AND (NOT p_1.is_open) AND COALESCE(a_1.is_guest, false))))
                 UNION ALL
                  SELECT s_1.id,
                     a_1.account_id,
                     NULL::text,
                     NULL::text,
                     true,
                     NULL::integer,
                     NULL::integer,
                     NULL::integer,
                     NULL::integer
                    FROM (acme.spaces_history s_1
                      CROSS JOIN acme.accounts_at(effective_space_access_at.run) a_1(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin))
                   WHERE ((s_1.run_from <= effective_space_access_at.run) AND ((s_1.run_to IS NULL) OR (s_1.run_to > effective_space_access_at.run)) AND a_1.is_product_admin AND (a_1.account_status = 'active'::text))) g
           GROUP BY g.space_id, g.account_id) p
      JOIN acme.spaces_history s ON (((s.id = p.space_id) AND (s.run_from <= effective_space_access_at.run) AND ((s.run_to IS NULL) OR (s.run_to > effective_space_access_at.run)))))
      LEFT JOIN acme.accounts_at(effective_space_access_at.run) a(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin) ON ((a.account_id = p.account_id)))
      CROSS JOIN acme.access_facts_at(effective_space_access_at.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read))
      CROSS JOIN LATERAL ( SELECT e.access,
             e.paths,
             COALESCE(e.rank,
                 CASE
                     WHEN (p.is_product_admin OR (p.sure_admin_rank >= 3)) THEN 1
                     ELSE NULL::integer
                 END) AS rank
            FROM ( VALUES ('view'::text,p.view_rank,p.view_paths), ('edit'::text,
                         CASE
                             WHEN ((p.view_rank IS NOT NULL) AND (p.edit_rank IS NOT NULL)) THEN LEAST(p.view_rank, p.edit_rank)
                             ELSE NULL::integer
                         END,p.edit_paths), ('administer'::text,p.administer_rank,p.administer_paths)) e(access, rank, paths)) x)
   WHERE (x.rank IS NOT NULL)
 UNION ALL
  SELECT g.space_id,
     s.key,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::boolean,
     g.access,
     'unknown'::text,
     NULL::text,
     NULL::text[],
     array_agg(DISTINCT g.reason ORDER BY g.reason) AS array_agg,
     f.run_id,
     f.access_as_of
    FROM ((acme.space_gaps_at(effective_space_access_at.run) g(space_id, access, path_type, group_id, access_class, role_name, bound, reason, detail, is_open)
      JOIN acme.spaces_history s ON (((s.id = g.space_id) AND (s.run_from <= effective_space_access_at.run) AND ((s.run_to IS NULL) OR (s.run_to > effective_space_access_at.run)))))
      CROSS JOIN acme.access_facts_at(effective_space_access_at.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read))
   GROUP BY g.space_id, s.key, g.access, f.run_id, f.access_as_of;
END;



CREATE FUNCTION acme.app_access(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(account_id text, name text, account_status text, space_id bigint, space_key text, access text, admin_kind text, verdict text, operations text[], paths text[], reason text, detail text, run_id bigint)
    LANGUAGE sql STABLE ROWS 500
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT acme.access_run_at(app_access.as_of) AS run
         ), reached AS MATERIALIZED (
          SELECT e.space_id,
             e.space_key,
             e.account_id,
             e.email,
             e.name,
             e.account_type,
             e.account_status,
             e.is_guest,
             e.access,
             e.verdict,
             e.admin_kind,
             e.paths,
             e.reasons,
             e.run_id,
             e.access_as_of
            FROM (asked
              CROSS JOIN LATERAL acme.effective_space_access_at(asked.run) e(space_id, space_key, account_id, email, name, account_type, account_status, is_guest, access, verdict, admin_kind, paths, reasons, run_id, access_as_of))
           WHERE ((e.account_type = 'app'::text) OR (e.account_id IS NULL))
         ), granted AS MATERIALIZED (
          SELECT m.account_id,
             g.space_id,
             array_agg(DISTINCT ((g.operation_key || '/'::text) || g.operation_target_type)) AS operations
            FROM ((asked
              CROSS JOIN LATERAL acme.space_grants_at(asked.run) g(space_id, principal_type, principal_id, operation_key, operation_target_type, sources))
              CROSS JOIN LATERAL acme.principal_accounts_at(asked.run) m(principal, principal_id, account_id, path_type, group_id, group_name, access_class, email, name, account_type, account_status, is_guest, standing, reason))
           WHERE ((m.account_type = 'app'::text) AND (m.principal = ((g.principal_type || ':'::text) || g.principal_id)))
           GROUP BY m.account_id, g.space_id
         ), gap AS (
          SELECT r_1.space_id,
             r_1.space_key,
             r_1.access,
             array_to_string(r_1.reasons, ', '::text) AS reason
            FROM reached r_1
           WHERE ((r_1.account_id IS NULL) AND (r_1.reasons && '{group_unresolved,role_unresolved,principal_unknown,not_read}'::text[]))
         ), answer(account_id, name, account_status, space_id, space_key, access, admin_kind, verdict, operations, paths, reason, detail, run_id) AS (
          SELECT r_1.account_id,
             r_1.name,
             r_1.account_status,
             r_1.space_id,
             r_1.space_key,
             r_1.access,
             r_1.admin_kind,
             r_1.verdict,
             o.operations,
             r_1.paths,
             NULLIF(array_to_string(r_1.reasons, ', '::text), ''::text) AS "nullif",
             NULL::text AS text,
             asked.run
            FROM ((reached r_1
              CROSS JOIN asked)
              LEFT JOIN granted o ON (((o.account_id = r_1.account_id) AND (o.space_id = r_1.space_id))))
           WHERE ((r_1.account_id IS NOT NULL) AND (r_1.verdict = ANY (ARRAY['allowed'::text, 'unknown'::text])))
         UNION ALL
          SELECT NULL::text,
             NULL::text,
             NULL::text,
             g.space_id,
             g.space_key,
             g.access,
             NULL::text,
             'unknown'::text,
             NULL::text[],
             NULL::text[],
             g.reason,
             NULL::text,
             asked.run
            FROM (gap g
              CROSS JOIN asked)
         )
  SELECT r.account_id,
     r.name,
     r.account_status,
     r.space_id,
     r.space_key,
     r.access,
     r.admin_kind,
     r.verdict,
     r.operations,
     r.paths,
     r.reason,
     r.detail,
     r.run_id
    FROM answer r
   ORDER BY (r.account_id IS NULL), (r.account_id COLLATE "C"), r.space_id, (r.access COLLATE "C"), (r.reason COLLATE "C");
END;



CREATE TABLE acme.manifests (
    id bigint NOT NULL,
    kind text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    session_user_name text NOT NULL,
    role_name text,
    client_address text,
    application_name text,
    product_version text,
    postgres_version text NOT NULL,
    server text,
    base_url text,
    cloud_id text,
    report text,
    question text,
    controls text[],
    sql text,
    code_sha256 text,
    parameters_sha256 text,
    as_of timestamp with time zone,
    run_id bigint,
    access_run_id bigint,
    run_started_at timestamp with time zone,
    run_db_user text,
    run_product_version text,
    api_account_id text,
    role_mode text,
    admin_key boolean,
    drift boolean,
    emails_loaded_at timestamp with time zone,
    class_resolution text,
    product_admins bigint,
    reservations jsonb,
    control_totals jsonb,
    requests jsonb,
    columns jsonb,
    rows bigint,
    chunks jsonb,
    distinct_accounts bigint,
    distinct_resources bigint,
    unknown_rows bigint,
    unknown_by_reason jsonb,
    complete boolean,
    sample_asked integer,
    sample_checked integer,
    sample_agreed integer,
    sample_chunks jsonb,
    removed jsonb,
    prev_sha256 text NOT NULL,
    sha256 text NOT NULL,
    manifest text NOT NULL,
    parameters jsonb,
    parameters_salt text,
    CONSTRAINT manifests_id_check CHECK ((id > 0)),
    CONSTRAINT manifests_kind_check CHECK ((kind = ANY (ARRAY['report'::text, 'erasure'::text, 'retention'::text])))
);



CREATE FUNCTION acme.append_manifest(added acme.manifests) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'acme', 'pg_temp'
    AS $$
BEGIN
    added.created_at := clock_timestamp();
    added.session_user_name := session_user;
    added.role_name := nullif(current_setting('role'), 'none');
    added.client_address := host(inet_client_addr());
    added.application_name := nullif(current_setting('application_name'), '');
    added.postgres_version := current_setting('server_version');
    SELECT m.server, m.extension_version INTO added.server, added.product_version FROM mirror AS m;
    added.prev_sha256 := coalesce(chain_head(), chain_start());
    added.manifest := canonical_json(manifest_columns(added));
    added.sha256 := sha256_of(added.manifest);
    INSERT INTO manifests SELECT added.*;
    RETURN added.id;
EXCEPTION WHEN unique_violation THEN
    PERFORM refuse_stale_chain();
END
$$;



CREATE FUNCTION acme.attest_report(report text, parameters jsonb DEFAULT '{}'::jsonb, sample integer DEFAULT 0, answers jsonb DEFAULT NULL::jsonb) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'acme', 'pg_temp'
    SET "DateStyle" TO 'ISO, YMD'
    SET "TimeZone" TO 'UTC'
    SET "IntervalStyle" TO 'iso_8601'
    SET extra_float_digits TO '1'
    SET bytea_output TO 'hex'
    SET array_nulls TO 'on'
    SET quote_all_identifiers TO 'off'
    SET standard_conforming_strings TO 'on'
    SET row_security TO 'off'
    AS $$
DECLARE
    made      manifests;
    call      text;
    signature record;
BEGIN
    IF sample IS NULL OR sample NOT BETWEEN 0 AND 1000 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'sample must be a number from 0 to 1000',
            HINT = 'Each pair takes a request.';
    ELSIF sample > 0 AND answers IS NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'a sample needs the answers of the site',
            HINT = 'confluence.attest asks for them.';
    END IF;

    -- The run comes first: what is published from now on is not in it.
    made.kind := 'report';
    made.run_id := run_at((parameters ->> 'as_of')::timestamptz);
    made.as_of := (SELECT published_at FROM runs WHERE id = made.run_id);
    made.access_run_id := access_run_at(made.as_of);
    made.parameters := parameters || jsonb_build_object('as_of', made.as_of);
    made.parameters_salt := gen_random_uuid();
    made.parameters_sha256 := parameters_sha256(made.parameters, made.parameters_salt);
    call := report_call(report, made.parameters);
    SELECT r.name, r.question, r.controls INTO STRICT made.report, made.question, made.controls
    FROM reports AS r WHERE r.name = report;
    SELECT * INTO STRICT signature FROM report_signature(report);
    made.sql := pg_get_functiondef(signature.function_id);
    made.code_sha256 := code_sha256();
    made.columns := (SELECT jsonb_agg(jsonb_build_object('name', name, 'type', type) ORDER BY place)
                     FROM unnest(signature.column_names, signature.column_types) WITH ORDINALITY AS each (name, type, place));
    made := describe_runs(made);

    made.id := lock_chain();
    PERFORM write_evidence(true);
    made := keep_rows(made, call);
    made.complete := made.complete AND made.unknown_rows = 0;
    made.sample_asked := sample;
    IF sample > 0 THEN
        made := keep_sample(made, answers);
    END IF;
    PERFORM append_manifest(made);
    PERFORM write_evidence(false);
    RETURN made.id;
EXCEPTION WHEN unique_violation THEN
    PERFORM refuse_stale_chain();
END
$$;



CREATE FUNCTION acme.audiences_of(account text) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE COST 200000
    SET search_path TO 'acme', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
    run CONSTANT bigint := current_access_run();
BEGIN
    RETURN QUERY
    WITH RECURSIVE granted AS MATERIALIZED (
        SELECT DISTINCT h.space_id
        FROM account_principals AS p
        JOIN view_holders AS h ON h.principal_id = p.principal_id AND h.principal_type = p.principal_type
        WHERE p.account_id = account AND p.is_let_in
    ), named AS MATERIALIZED (
        SELECT r.content_id
        FROM content_restrictions_history AS r
        WHERE r.principal_id = account AND r.principal_type = 'user' AND r.operation = 'read'
          AND r.run_from <= run AND (r.run_to IS NULL OR r.run_to > run)
      UNION
        SELECT r.content_id
        FROM content_restrictions_history AS r
        WHERE r.principal_id = ANY (ARRAY(SELECT p.principal_id FROM account_principals AS p
                                          WHERE p.account_id = account AND p.principal_type = 'group'))
          AND r.principal_type = 'group' AND r.operation = 'read'
          -- Lists that name a group are few, and found by it: adding 0 keeps the index of runs out, which finds nearly all.
          AND r.run_from + 0 <= run AND (r.run_to IS NULL OR r.run_to > run)
    ), passing (content_id) AS (
        SELECT v.content_id
        FROM view_restrictions AS v
        WHERE v.above IS NULL AND v.content_id IN (SELECT n.content_id FROM named AS n)
      UNION
        SELECT v.content_id
        FROM passing AS p
        JOIN view_restrictions AS v ON v.above = p.content_id
        WHERE v.content_id IN (SELECT n.content_id FROM named AS n)
    )
    SELECT d.audience_id
    FROM audiences AS d
    WHERE d.gap IS NULL
      -- Audiences are few: IS TRUE has each looked at once, instead of those of one space after the other.
      AND (d.space_id IN (SELECT g.space_id FROM granted AS g)) IS TRUE
      AND (d.view_restricted_by IS NULL OR d.view_restricted_by IN (SELECT p.content_id FROM passing AS p));
END
$$;



CREATE FUNCTION acme.run_at(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'acme', 'pg_temp'
    AS $$
DECLARE
    found bigint := (SELECT r.id FROM runs AS r
                     WHERE r.status = 'complete' AND r.published_at <= coalesce(as_of, 'infinity')
                     ORDER BY r.published_at DESC, r.id DESC LIMIT 1);
BEGIN
    IF found IS NULL THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = CASE WHEN as_of IS NULL THEN 'the mirror has no complete run'
                           ELSE format('the mirror has no complete run at or before %s', as_of) END,
            HINT = 'CALL confluence.refresh makes one. The table runs tells what became of each.';
    END IF;
    RETURN found;
END
$$;



CREATE TABLE acme.blogpost_versions_history (
    blogpost_id bigint NOT NULL,
    number integer NOT NULL,
    created_at timestamp with time zone,
    author_id text,
    message text,
    minor_edit boolean,
    title text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE FUNCTION acme.blogpost_versions_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(blogpost_id bigint, number integer, created_at timestamp with time zone, author_id text, message text, minor_edit boolean, title text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.blogpost_id,
     h.number,
     h.created_at,
     h.author_id,
     h.message,
     h.minor_edit,
     h.title
    FROM acme.blogpost_versions_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(blogpost_versions_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(blogpost_versions_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.blogposts_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(id bigint, space_id bigint, title text, status text, author_id text, created_at timestamp with time zone, version_number integer, modified_at timestamp with time zone, version_author_id text, version_message text, version_minor_edit boolean, web_url text, edit_url text, tiny_url text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.id,
     h.space_id,
     h.title,
     h.status,
     h.author_id,
     h.created_at,
     h.version_number,
     h.modified_at,
     h.version_author_id,
     h.version_message,
     h.version_minor_edit,
     h.web_url,
     h.edit_url,
     h.tiny_url
    FROM acme.blogposts_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(blogposts_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(blogposts_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.canonical_json(value jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'acme', 'pg_temp'
    AS $$
BEGIN
    RETURN CASE jsonb_typeof(value)
        WHEN 'object' THEN
            '{' || coalesce((SELECT string_agg(to_json(key)::text || ':' || canonical_json(item), ',' ORDER BY key COLLATE "C")
                             FROM jsonb_each(value) AS entry (key, item)), '') || '}'
        WHEN 'array' THEN
            '[' || coalesce((SELECT string_agg(CASE WHEN jsonb_typeof(item) IN ('object', 'array') THEN canonical_json(item)
                                                    ELSE item::text END, ',' ORDER BY place)
                             FROM jsonb_array_elements(value) WITH ORDINALITY AS element (item, place)), '') || ']'
        ELSE value::text
    END;
END
$$;



CREATE FUNCTION acme.chain_head() RETURNS text
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT manifests.sha256
    FROM acme.manifests
   ORDER BY manifests.id DESC
  LIMIT 1;
END;



CREATE FUNCTION acme.chain_start() RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN repeat('0'::text, 64);



CREATE FUNCTION acme.csv_file(header text, lines text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (COALESCE((header || '
'::text), ''::text) || array_to_string((lines || CASE WHEN (cardinality(array_remove(lines, NULL::text)) > 0) THEN ''::text ELSE NULL::text END), '
'::text));



CREATE FUNCTION acme.sha256_of(content text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN encode(sha256(convert_to(content, 'UTF8'::name)), 'hex'::text);



CREATE FUNCTION acme.chunk_hashes(header text, lines text[], erased text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT jsonb_build_object('rows', cardinality(chunk_hashes.lines), 'sha256',
         CASE
             WHEN (array_position(chunk_hashes.lines, NULL::text) IS NULL) THEN acme.sha256_of(acme.csv_file(chunk_hashes.header, chunk_hashes.lines))
             ELSE NULL::text
         END, 'rows_sha256', acme.sha256_of(COALESCE(string_agg((COALESCE(acme.sha256_of(each.line), (chunk_hashes.erased)[each.place]) || '
'::text), ''::text ORDER BY each.place), ''::text))) AS jsonb_build_object
    FROM unnest(chunk_hashes.lines) WITH ORDINALITY each(line, place);
END;



CREATE FUNCTION acme.code_sha256() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'acme', 'pg_temp'
    SET "DateStyle" TO 'ISO, YMD'
    SET "TimeZone" TO 'UTC'
    SET "IntervalStyle" TO 'iso_8601'
    SET extra_float_digits TO '1'
    SET bytea_output TO 'hex'
    SET quote_all_identifiers TO 'off'
    SET standard_conforming_strings TO 'on'
    BEGIN ATOMIC
 SELECT acme.sha256_of(string_agg(each.definition, '
'::text ORDER BY (each.definition COLLATE "C"))) AS sha256_of
    FROM ( SELECT concat_ws(' '::text, p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), p.prosecdef, COALESCE(pg_get_function_sqlbody(p.oid), p.prosrc)) AS definition
            FROM pg_proc p
           WHERE (p.pronamespace = ( SELECT pg_class.relnamespace
                    FROM pg_class
                   WHERE (pg_class.oid = ('acme.manifests'::regclass)::oid)))
         UNION ALL
          SELECT concat_ws(' '::text, c.relname, pg_get_viewdef(c.oid)) AS concat_ws
            FROM pg_class c
           WHERE ((c.relnamespace = ( SELECT pg_class.relnamespace
                    FROM pg_class
                   WHERE (pg_class.oid = ('acme.manifests'::regclass)::oid))) AND (c.relkind = 'v'::"char"))) each;
END;



CREATE FUNCTION acme.content_access(content bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(space_id bigint, space_key text, content_id bigint, content_type text, title text, access text, admin_kind text, account_id text, email text, name text, account_type text, account_status text, is_guest boolean, verdict text, path_type text, group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], layers jsonb, bound text, reason text, detail text, seen_at timestamp with time zone, run_id bigint, access_as_of timestamp with time zone)
    LANGUAGE plpgsql STABLE ROWS 2000
    SET search_path TO 'acme', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
DECLARE
    run CONSTANT bigint := access_run_at(as_of);
BEGIN
    RETURN QUERY
    SELECT c.space_id, c.space_key, c.content_id, c.content_type, c.title, c.access, c.admin_kind, c.account_id, c.email, c.name,
           c.account_type, c.account_status, c.is_guest, c.verdict, c.path_type, c.group_id, c.group_name, c.access_class, c.role_name,
           c.operations, c.sources, l.layers, c.bound, c.reason, c.detail, c.seen_at, c.run_id, c.access_as_of
    FROM contents_access_at(ARRAY[content], run) AS c
    LEFT JOIN named_in_lists_at(content, run) AS l
        ON l.account_id = c.account_id AND l.access = c.access AND c.verdict <> 'potential';
END
$$;



CREATE FUNCTION acme.content_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(id bigint, type text, space_id bigint, parent_id bigint, parent_type text, title text, status text, owner_id text, author_id text, created_at timestamp with time zone, modified_at timestamp with time zone)
    LANGUAGE sql STABLE ROWS 100000
    BEGIN ATOMIC
 SELECT c.id,
     c.type,
     c.space_id,
     c.parent_id,
     c.parent_type,
     c.title,
     c.status,
     c.owner_id,
     c.author_id,
     c.created_at,
     c.modified_at
    FROM (( SELECT acme.run_at(content_as_of.as_of) AS id
          OFFSET 0) r
      CROSS JOIN LATERAL acme.content_at(r.id) c(id, type, space_id, parent_id, parent_type, title, status, owner_id, author_id, created_at, modified_at));
END;



CREATE FUNCTION acme.content_changed_between(before bigint, run bigint) RETURNS TABLE(content_id bigint, is_gone boolean)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH ended AS MATERIALIZED (
          SELECT e.id
            FROM ( SELECT c.id
                    FROM acme.pages_history c
                   WHERE ((c.run_to > content_changed_between.before) AND (c.run_to <= content_changed_between.run))
                 UNION
                  SELECT c.id
                    FROM acme.blogposts_history c
                   WHERE ((c.run_to > content_changed_between.before) AND (c.run_to <= content_changed_between.run))
                 UNION
                  SELECT c.id
                    FROM acme.folders_history c
                   WHERE ((c.run_to > content_changed_between.before) AND (c.run_to <= content_changed_between.run))
                 UNION
                  SELECT c.id
                    FROM acme.whiteboards_history c
                   WHERE ((c.run_to > content_changed_between.before) AND (c.run_to <= content_changed_between.run))
                 UNION
                  SELECT c.id
                    FROM acme.databases_history c
                   WHERE ((c.run_to > content_changed_between.before) AND (c.run_to <= content_changed_between.run))
                 UNION
                  SELECT c.id
                    FROM acme.smart_links_history c
                   WHERE ((c.run_to > content_changed_between.before) AND (c.run_to <= content_changed_between.run))) e
           WHERE (NOT (EXISTS ( SELECT
                    FROM acme.content_at(content_changed_between.run) c(id, type, space_id, parent_id, parent_type, title, status, owner_id, author_id, created_at, modified_at)
                   WHERE (c.id = e.id)
                  OFFSET 0)))
         )
  SELECT e.id,
     true
    FROM ended e
 UNION
  SELECT c.id,
     false
    FROM (ended e
      CROSS JOIN LATERAL ( SELECT c_1.id
            FROM acme.content_at(content_changed_between.run) c_1(id, type, space_id, parent_id, parent_type, title, status, owner_id, author_id, created_at, modified_at)
           WHERE (c_1.parent_id = e.id)
          OFFSET 0) c)
 UNION
  SELECT c.id,
     false
    FROM acme.pages_history c
   WHERE ((c.run_from > content_changed_between.before) AND (c.run_from <= content_changed_between.run) AND ((c.run_to IS NULL) OR (c.run_to > content_changed_between.run)))
 UNION
  SELECT c.id,
     false
    FROM acme.blogposts_history c
   WHERE ((c.run_from > content_changed_between.before) AND (c.run_from <= content_changed_between.run) AND ((c.run_to IS NULL) OR (c.run_to > content_changed_between.run)))
 UNION
  SELECT c.id,
     false
    FROM acme.folders_history c
   WHERE ((c.run_from > content_changed_between.before) AND (c.run_from <= content_changed_between.run) AND ((c.run_to IS NULL) OR (c.run_to > content_changed_between.run)))
 UNION
  SELECT c.id,
     false
    FROM acme.whiteboards_history c
   WHERE ((c.run_from > content_changed_between.before) AND (c.run_from <= content_changed_between.run) AND ((c.run_to IS NULL) OR (c.run_to > content_changed_between.run)))
 UNION
  SELECT c.id,
     false
    FROM acme.databases_history c
   WHERE ((c.run_from > content_changed_between.before) AND (c.run_from <= content_changed_between.run) AND ((c.run_to IS NULL) OR (c.run_to > content_changed_between.run)))
 UNION
  SELECT c.id,
     false
    FROM acme.smart_links_history c
   WHERE ((c.run_from > content_changed_between.before) AND (c.run_from <= content_changed_between.run) AND ((c.run_to IS NULL) OR (c.run_to > content_changed_between.run)))
 UNION
  SELECT r.content_id,
     false
    FROM acme.content_restrictions_history r
   WHERE ((r.run_from > content_changed_between.before) AND (r.run_from <= content_changed_between.run))
 UNION
  SELECT r.content_id,
     false
    FROM acme.content_restrictions_history r
   WHERE ((r.run_to > content_changed_between.before) AND (r.run_to <= content_changed_between.run));
END;



CREATE TABLE acme.page_labels_history (
    page_id bigint NOT NULL,
    label_id bigint NOT NULL,
    name text,
    prefix text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE TABLE acme.page_versions_history (
    page_id bigint NOT NULL,
    number integer NOT NULL,
    created_at timestamp with time zone,
    author_id text,
    message text,
    minor_edit boolean,
    title text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE FUNCTION acme.content_changes("from" timestamp with time zone, "to" timestamp with time zone, space bigint DEFAULT NULL::bigint, approved_label text DEFAULT NULL::text, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(content_id bigint, content_type text, title text, content_status text, space_id bigint, space_key text, version integer, changed_at timestamp with time zone, account_id text, email text, name text, account_status text, message text, minor_edit boolean, labels text[], is_approved boolean, reason text, detail text, run_id bigint)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT acme.run_at(content_changes.as_of) AS run,
             ( SELECT min(r_1.published_at) AS min
                    FROM acme.runs r_1
                   WHERE (r_1.status = 'complete'::text)) AS first_published
         ), version AS (
          SELECT v.page_id AS content_id,
             'page'::text AS type,
             v.number,
             v.created_at,
             v.author_id,
             v.message,
             v.minor_edit,
             v.title,
             v.run_from
            FROM (asked
              JOIN acme.page_versions_history v ON (((v.run_from <= asked.run) AND ((v.run_to IS NULL) OR (v.run_to > asked.run) OR (v.end_reason <> 'changed'::text)))))
           WHERE ((v.created_at >= COALESCE(content_changes."from", '-infinity'::timestamp with time zone)) AND (v.created_at < COALESCE(content_changes."to", 'infinity'::timestamp with time zone)))
         UNION ALL
          SELECT v.blogpost_id,
             'blogpost'::text,
             v.number,
             v.created_at,
             v.author_id,
             v.message,
             v.minor_edit,
             v.title,
             v.run_from
            FROM (asked
              JOIN acme.blogpost_versions_history v ON (((v.run_from <= asked.run) AND ((v.run_to IS NULL) OR (v.run_to > asked.run) OR (v.end_reason <> 'changed'::text)))))
           WHERE ((v.created_at >= COALESCE(content_changes."from", '-infinity'::timestamp with time zone)) AND (v.created_at < COALESCE(content_changes."to", 'infinity'::timestamp with time zone)))
         ), told AS (
          SELECT v.content_id,
             v.type,
             v.number,
             v.created_at,
             v.author_id,
             v.message,
             v.minor_edit,
             v.title,
             v.run_from,
             c.space_id,
             c.status,
             COALESCE(v.title, c.title) AS told_title,
             l.labels,
             asked.run
            FROM (((version v
              CROSS JOIN asked)
              LEFT JOIN LATERAL ( SELECT c_1.space_id,
                     c_1.title,
                     c_1.status
                    FROM ( SELECT p.space_id,
                             p.title,
                                 CASE
                                     WHEN ((p.run_to IS NULL) OR (p.run_to > asked.run)) THEN p.status
                                     ELSE p.end_reason
                                 END AS status,
                             p.run_from
                            FROM acme.pages_history p
                           WHERE ((v.type = 'page'::text) AND (p.id = v.content_id) AND (p.run_from <= asked.run))
                         UNION ALL
                          SELECT b.space_id,
                             b.title,
                                 CASE
                                     WHEN ((b.run_to IS NULL) OR (b.run_to > asked.run)) THEN b.status
                                     ELSE b.end_reason
                                 END AS end_reason,
                             b.run_from
                            FROM acme.blogposts_history b
                           WHERE ((v.type = 'blogpost'::text) AND (b.id = v.content_id) AND (b.run_from <= asked.run))) c_1
                   ORDER BY c_1.run_from DESC
                  LIMIT 1) c ON (true))
              LEFT JOIN LATERAL ( SELECT array_agg(DISTINCT l_1.name ORDER BY l_1.name) AS labels
                    FROM acme.page_labels_history l_1
                   WHERE ((v.type = 'page'::text) AND (l_1.page_id = v.content_id) AND (l_1.run_from <= v.run_from) AND ((l_1.run_to IS NULL) OR (l_1.run_to > v.run_from)))) l ON (true))
           WHERE ((content_changes.space IS NULL) OR (c.space_id = content_changes.space))
         ), answer(content_id, content_type, title, content_status, space_id, space_key, version, changed_at, account_id, email, name, account_status, message, minor_edit, labels, is_approved, reason, detail, run_id) AS (
          SELECT t.content_id,
             t.type,
             t.told_title,
             t.status,
             t.space_id,
             s.key,
             t.number,
             t.created_at,
             t.author_id,
             a.email,
             a.name,
             a.account_status,
             t.message,
             t.minor_edit,
             t.labels,
                 CASE
                     WHEN ((content_changes.approved_label IS NOT NULL) AND (t.type = 'page'::text)) THEN COALESCE((content_changes.approved_label = ANY (t.labels)), false)
                     ELSE NULL::boolean
                 END AS "case",
             NULL::text AS text,
             NULL::text AS text,
             t.run
            FROM ((told t
              LEFT JOIN LATERAL acme.account_told_at(t.author_id, t.run) a(email, name, account_status) ON (true))
              LEFT JOIN acme.spaces_history s ON (((s.id = t.space_id) AND (s.run_from <= t.run) AND ((s.run_to IS NULL) OR (s.run_to > t.run)))))
         UNION ALL
          SELECT NULL::bigint,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::bigint,
             NULL::text,
             NULL::integer,
             NULL::timestamp with time zone,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::boolean,
             NULL::text[],
             NULL::boolean,
             'before_first_run'::text,
             format('of what was changed before %s, the mirror knows the last version only'::text, asked.first_published) AS format,
             asked.run
            FROM asked
           WHERE (asked.first_published > COALESCE(content_changes."from", '-infinity'::timestamp with time zone))
         )
  SELECT r.content_id,
     r.content_type,
     r.title,
     r.content_status,
     r.space_id,
     r.space_key,
     r.version,
     r.changed_at,
     r.account_id,
     r.email,
     r.name,
     r.account_status,
     r.message,
     r.minor_edit,
     r.labels,
     r.is_approved,
     r.reason,
     r.detail,
     r.run_id
    FROM answer r
   ORDER BY (r.reason IS NOT NULL), r.changed_at, r.content_id, r.version;
END;



CREATE FUNCTION acme.content_removed("from" timestamp with time zone, "to" timestamp with time zone, space bigint DEFAULT NULL::bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(content_id bigint, content_type text, title text, space_id bigint, space_key text, change text, after timestamp with time zone, until timestamp with time zone, is_back boolean, last_author_id text, audit_at timestamp with time zone, audit_author_id text, author_name text, audit_summary text, reason text, detail text, run_id bigint)
    LANGUAGE sql STABLE ROWS 500
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT acme.run_at(content_removed.as_of) AS run,
             ( SELECT min(r_1.published_at) AS min
                    FROM acme.runs r_1
                   WHERE (r_1.status = 'complete'::text)) AS first_published
         ), ended AS (
          SELECT h.id,
             'page'::text AS type,
             h.title,
             h.space_id,
             h.end_reason,
             h.seen_until,
             h.valid_to,
             h.run_to,
             h.version_author_id
            FROM (asked
              JOIN acme.pages_history h ON ((h.run_to <= asked.run)))
         UNION ALL
          SELECT h.id,
             'blogpost'::text,
             h.title,
             h.space_id,
             h.end_reason,
             h.seen_until,
             h.valid_to,
             h.run_to,
             h.version_author_id
            FROM (asked
              JOIN acme.blogposts_history h ON ((h.run_to <= asked.run)))
         UNION ALL
          SELECT h.id,
             'folder'::text,
             h.title,
             h.space_id,
             h.end_reason,
             h.seen_until,
             h.valid_to,
             h.run_to,
             h.version_author_id
            FROM (asked
              JOIN acme.folders_history h ON ((h.run_to <= asked.run)))
         UNION ALL
          SELECT h.id,
             'whiteboard'::text,
             h.title,
             h.space_id,
             h.end_reason,
             h.seen_until,
             h.valid_to,
             h.run_to,
             h.version_author_id
            FROM (asked
              JOIN acme.whiteboards_history h ON ((h.run_to <= asked.run)))
         UNION ALL
          SELECT h.id,
             'database'::text,
             h.title,
             h.space_id,
             h.end_reason,
             h.seen_until,
             h.valid_to,
             h.run_to,
             h.version_author_id
            FROM (asked
              JOIN acme.databases_history h ON ((h.run_to <= asked.run)))
         UNION ALL
          SELECT h.id,
             'embed'::text,
             h.title,
             h.space_id,
             h.end_reason,
             h.seen_until,
             h.valid_to,
             h.run_to,
             h.version_author_id
            FROM (asked
              JOIN acme.smart_links_history h ON ((h.run_to <= asked.run)))
         ), told AS (
          SELECT e.id,
             e.type,
             e.title,
             e.space_id,
             e.end_reason,
             e.seen_until,
             e.valid_to,
             e.run_to,
             e.version_author_id,
             s.key,
             asked.run,
             (EXISTS ( SELECT
                    FROM acme.content_at(asked.run) c(id, type, space_id, parent_id, parent_type, title, status, owner_id, author_id, created_at, modified_at)
                   WHERE (c.id = e.id))) AS is_back
            FROM ((ended e
              CROSS JOIN asked)
              LEFT JOIN LATERAL ( SELECT s_1.key,
                     s_1.name
                    FROM acme.spaces_history s_1
                   WHERE ((s_1.id = e.space_id) AND (s_1.run_from <= asked.run))
                   ORDER BY s_1.run_from DESC
                  LIMIT 1) s ON (true))
           WHERE ((e.end_reason <> 'changed'::text) AND ((content_removed.space IS NULL) OR (e.space_id = content_removed.space)) AND (e.valid_to > COALESCE(content_removed."from", '-infinity'::timestamp with time zone)) AND (e.valid_to <= COALESCE(content_removed."to", 'infinity'::timestamp with time zone)))
         ), answer(content_id, content_type, title, space_id, space_key, change, after, until, is_back, last_author_id, audit_at, audit_author_id, author_name, audit_summary, reason, detail, run_id) AS (
          SELECT t.id,
             t.type,
             t.title,
             t.space_id,
             t.key,
             t.end_reason,
             t.seen_until,
             t.valid_to,
             t.is_back,
             t.version_author_id,
             r_1.audit_at,
             r_1.audit_author_id,
             r_1.author_name,
             r_1.audit_summary,
                 CASE
                     WHEN (t.end_reason <> ALL (ARRAY['trashed'::text, 'purged'::text, 'removed'::text])) THEN 'gone_or_hidden'::text
                     ELSE NULL::text
                 END AS "case",
                 CASE
                     WHEN (t.end_reason <> ALL (ARRAY['trashed'::text, 'purged'::text, 'removed'::text])) THEN 'purged, or restricted against the reading account'::text
                     ELSE NULL::text
                 END AS "case",
             t.run
            FROM (told t
              LEFT JOIN LATERAL acme.audit_record_of(t.seen_until, t.valid_to, 'delete|trash|purge|remove'::text, ARRAY[t.title], t.run) r_1(audit_at, audit_author_id, author_name, audit_summary) ON (true))
         UNION ALL
          SELECT NULL::bigint,
             NULL::text,
             NULL::text,
             NULL::bigint,
             NULL::text,
             NULL::text,
             content_removed."from" AS "from",
             asked.first_published,
             NULL::boolean,
             NULL::text,
             NULL::timestamp with time zone,
             NULL::text,
             NULL::text,
             NULL::text,
             'before_first_run'::text,
             'the mirror knows nothing of this time'::text,
             asked.run
            FROM asked
           WHERE (asked.first_published > COALESCE(content_removed."from", '-infinity'::timestamp with time zone))
         )
  SELECT r.content_id,
     r.content_type,
     r.title,
     r.space_id,
     r.space_key,
     r.change,
     r.after,
     r.until,
     r.is_back,
     r.last_author_id,
     r.audit_at,
     r.audit_author_id,
     r.author_name,
     r.audit_summary,
     r.reason,
     r.detail,
     r.run_id
    FROM answer r
   ORDER BY (r.reason IS NOT NULL), r.until, r.content_id;
END;



CREATE FUNCTION acme.content_restrictions_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(content_id bigint, operation text, principal_type text, principal_id text, display_name text, account_status text, reason text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.content_id,
     h.operation,
     h.principal_type,
     h.principal_id,
     h.display_name,
     h.account_status,
     h.reason
    FROM acme.content_restrictions_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(content_restrictions_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(content_restrictions_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.content_ways_at(contents bigint[], run bigint) RETURNS TABLE(content_id bigint, parent_id bigint, space_id bigint, type text, status text, title text)
    LANGUAGE plpgsql STABLE ROWS 10
    SET search_path TO 'acme', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_nestloop TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE upwards (id, parent_id, space_id, type, status, title) AS (
        SELECT c.id, c.parent_id, c.space_id, c.type, c.status, c.title
        FROM content_at(content_ways_at.run) AS c
        WHERE c.id = ANY (content_ways_at.contents)
      UNION
        SELECT p.id, p.parent_id, p.space_id, p.type, p.status, p.title
        FROM upwards AS u
        -- LIMIT keeps the condition with each table, where an index answers it, and looks no further once it is found.
        CROSS JOIN LATERAL (SELECT c.* FROM content_at(content_ways_at.run) AS c WHERE c.id = u.parent_id LIMIT 1) AS p
    )
    SELECT u.id, u.parent_id, u.space_id, u.type, u.status, u.title FROM upwards AS u;
END
$$;



CREATE FUNCTION acme.ended_content_at(content bigint, run bigint) RETURNS TABLE(type text, space_id bigint, title text, run_to bigint, end_reason text)
    LANGUAGE sql STABLE ROWS 1
    BEGIN ATOMIC
 SELECT e.type,
     e.space_id,
     e.title,
     e.run_to,
     e.end_reason
    FROM ( SELECT 'page'::text AS type,
             c.space_id,
             c.title,
             c.run_to,
             c.end_reason
            FROM acme.pages_history c
           WHERE ((c.id = ended_content_at.content) AND (c.run_to <= ended_content_at.run))
         UNION ALL
          SELECT 'blogpost'::text,
             c.space_id,
             c.title,
             c.run_to,
             c.end_reason
            FROM acme.blogposts_history c
           WHERE ((c.id = ended_content_at.content) AND (c.run_to <= ended_content_at.run))
         UNION ALL
          SELECT 'folder'::text,
             c.space_id,
             c.title,
             c.run_to,
             c.end_reason
            FROM acme.folders_history c
           WHERE ((c.id = ended_content_at.content) AND (c.run_to <= ended_content_at.run))
         UNION ALL
          SELECT 'whiteboard'::text,
             c.space_id,
             c.title,
             c.run_to,
             c.end_reason
            FROM acme.whiteboards_history c
           WHERE ((c.id = ended_content_at.content) AND (c.run_to <= ended_content_at.run))
         UNION ALL
          SELECT 'database'::text,
             c.space_id,
             c.title,
             c.run_to,
             c.end_reason
            FROM acme.databases_history c
           WHERE ((c.id = ended_content_at.content) AND (c.run_to <= ended_content_at.run))
         UNION ALL
          SELECT 'embed'::text,
             c.space_id,
             c.title,
             c.run_to,
             c.end_reason
            FROM acme.smart_links_history c
           WHERE ((c.id = ended_content_at.content) AND (c.run_to <= ended_content_at.run))) e
   ORDER BY e.run_to DESC
  LIMIT 1;
END;



CREATE FUNCTION acme.contents_access_at(contents bigint[], run bigint) RETURNS TABLE(space_id bigint, space_key text, content_id bigint, content_type text, title text, access text, admin_kind text, account_id text, email text, name text, account_type text, account_status text, is_guest boolean, verdict text, path_type text, group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], bound text, reason text, detail text, seen_at timestamp with time zone, run_id bigint, access_as_of timestamp with time zone)
    LANGUAGE sql STABLE ROWS 2000
    BEGIN ATOMIC
 WITH RECURSIVE facts AS MATERIALIZED (
          SELECT f.run_id,
             f.access_as_of,
             f.seen_at,
             f.restrictions_are_read,
             f.product_is_proved
            FROM acme.access_facts_at(contents_access_at.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read)
         ), layers AS MATERIALIZED (
          SELECT l.content_id,
             l.space_id,
             l.parent_id,
             l.type,
             l.status,
             l.title,
             l.is_asked,
             l.has_view_list,
             l.has_edit_list,
             l.view_restricted_by,
             l.above,
             l.own_gap,
             l.gap,
             l.gap_at
            FROM acme.content_layers_at(contents_access_at.contents, contents_access_at.run) l(content_id, space_id, parent_id, type, status, title, is_asked, has_view_list, has_edit_list, view_restricted_by, above, own_gap, gap, gap_at)
         ), targets AS MATERIALIZED (
          SELECT l.content_id,
             l.space_id,
             s.key AS space_key,
             l.type,
             l.title,
             (l.has_edit_list AND f.restrictions_are_read) AS has_edit_list,
                 CASE
                     WHEN f.restrictions_are_read THEN l.view_restricted_by
                     ELSE NULL::bigint
                 END AS view_restricted_by,
                 CASE
                     WHEN (l.gap = 'trashed'::text) THEN l.gap
                     WHEN (s.id IS NULL) THEN 'space_hidden'::text
                     WHEN (NOT f.restrictions_are_read) THEN 'not_read'::text
                     ELSE l.gap
                 END AS gap,
             l.gap_at,
             ((s.id IS NOT NULL) AND (l.gap IS DISTINCT FROM 'trashed'::text)) AS is_open_to_grants
            FROM ((layers l
              CROSS JOIN facts f)
              LEFT JOIN acme.spaces_history s ON (((s.id = l.space_id) AND (s.run_from <= contents_access_at.run) AND ((s.run_to IS NULL) OR (s.run_to > contents_access_at.run)))))
           WHERE l.is_asked
         ), chains(content_id, restricted_by) AS (
          SELECT t.content_id,
             t.view_restricted_by
            FROM targets t
           WHERE (t.view_restricted_by IS NOT NULL)
         UNION
          SELECT c.content_id,
             l.above
            FROM (chains c
              JOIN layers l ON ((l.content_id = c.restricted_by)))
           WHERE (l.above IS NOT NULL)
         ), entries AS MATERIALIZED (
          SELECT n.content_id,
             n.operation,
             e.principal_type,
             e.principal_id
            FROM (( SELECT c.restricted_by AS content_id,
                     'read'::text AS operation
                    FROM chains c
                 UNION
                  SELECT t.content_id,
                     'update'::text
                    FROM targets t
                   WHERE t.has_edit_list) n
              CROSS JOIN LATERAL ( SELECT r.principal_type,
                     r.principal_id
                    FROM acme.content_restrictions_history r
                   WHERE ((r.content_id = n.content_id) AND (r.operation = n.operation) AND (r.run_from <= contents_access_at.run) AND ((r.run_to IS NULL) OR (r.run_to > contents_access_at.run)))
                  OFFSET 0) e)
         ), named AS MATERIALIZED (
          SELECT e.content_id,
             e.operation,
             e.principal_id AS account_id
            FROM entries e
           WHERE (e.principal_type = 'user'::text)
         UNION
          SELECT e.content_id,
             e.operation,
             m.account_id
            FROM (entries e
              CROSS JOIN LATERAL acme.accounts_behind_at('group'::text, e.principal_id, contents_access_at.run) m(account_id, path_type, group_name, is_open))
           WHERE (e.principal_type = 'group'::text)
         ), passing AS MATERIALIZED (
          SELECT c.content_id,
             n.account_id
            FROM (( SELECT c_1.content_id,
                     c_1.restricted_by,
                     count(*) OVER (PARTITION BY c_1.content_id) AS lists
                    FROM chains c_1) c
              JOIN named n ON (((n.content_id = c.restricted_by) AND (n.operation = 'read'::text))))
           GROUP BY c.content_id, c.lists, n.account_id
          HAVING (count(*) = c.lists)
         ), grants AS MATERIALIZED (
          SELECT t.content_id,
             t.space_id,
             t.space_key,
             t.type,
             t.title,
             t.has_edit_list,
             t.view_restricted_by,
             t.gap,
             t.gap_at,
             h.principal,
             h.principal_type,
             h.principal_id,
             h.view_operations,
             h.administer_operations,
             h.admin_kind,
             h.sources,
             h.role_name,
             ( SELECT array_agg(o.operation) AS array_agg
                    FROM unnest(h.edit_operations) o(operation)
                   WHERE ((split_part(o.operation, '/'::text, 2) = t.type) OR ((split_part(o.operation, '/'::text, 2) = 'page'::text) AND (t.type <> 'blogpost'::text)))) AS edit_operations
            FROM (targets t
              JOIN acme.space_holders_at(contents_access_at.run) h(space_id, principal, principal_type, principal_id, view_operations, edit_operations, administer_operations, admin_kind, sources, role_name) ON ((h.space_id = t.space_id)))
           WHERE ((h.space_id = ANY (ARRAY( SELECT t_1.space_id
                    FROM targets t_1
                   WHERE t_1.is_open_to_grants))) AND t.is_open_to_grants)
         ), members AS MATERIALIZED (
          SELECT p.principal,
             b.account_id,
             b.path_type,
             b.group_name,
             b.is_open
            FROM (( SELECT DISTINCT g.principal,
                     g.principal_type,
                     g.principal_id
                    FROM grants g) p
              CROSS JOIN LATERAL acme.accounts_behind_at(p.principal_type, p.principal_id, contents_access_at.run) b(account_id, path_type, group_name, is_open))
           WHERE (p.principal IS NOT NULL)
         ), paths AS MATERIALIZED (
          SELECT p.content_id,
             p.space_id,
             p.space_key,
             p.type,
             p.title,
             p.has_edit_list,
             p.view_restricted_by,
             p.gap,
             p.gap_at,
             p.principal,
             p.principal_type,
             p.principal_id,
             p.view_operations,
             p.administer_operations,
             p.admin_kind,
             p.sources,
             p.role_name,
             p.edit_operations,
             p.account_id,
             p.behind,
             p.group_name,
             p.is_open,
             p.is_passing,
                 CASE
                     WHEN ((p.behind = ANY (ARRAY['user'::text, 'group'::text])) AND a.is_guest) THEN 'guest'::text
                     ELSE p.behind
                 END AS path_type,
                 CASE
                     WHEN (p.behind = 'group'::text) THEN p.principal_id
                     ELSE NULL::text
                 END AS group_id,
                 CASE
                     WHEN (p.behind = ANY (ARRAY['class'::text, 'anonymous'::text])) THEN p.principal_id
                     ELSE NULL::text
                 END AS access_class,
             a.email,
             a.name,
             a.account_type,
             a.account_status,
             a.is_guest,
             k.reason,
             (k.reason IS NULL) AS is_let_through,
             ((k.reason IS NULL) AND (p.gap IS NULL)) AS is_sure,
             ((p.view_operations IS NOT NULL) AND p.is_passing) AS views,
             ((p.edit_operations IS NOT NULL) AND ((NOT p.has_edit_list) OR ((p.content_id, p.account_id) IN ( SELECT n.content_id,
                     n.account_id
                    FROM named n
                   WHERE (n.operation = 'update'::text))))) AS edits
            FROM ((( SELECT g.content_id,
                     g.space_id,
                     g.space_key,
                     g.type,
                     g.title,
                     g.has_edit_list,
                     g.view_restricted_by,
                     g.gap,
                     g.gap_at,
                     g.principal,
                     g.principal_type,
                     g.principal_id,
                     g.view_operations,
                     g.administer_operations,
                     g.admin_kind,
                     g.sources,
                     g.role_name,
                     g.edit_operations,
                     m.account_id,
                     m.path_type AS behind,
                     m.group_name,
                     m.is_open,
                     ((g.view_restricted_by IS NULL) OR ((g.content_id, m.account_id) IN ( SELECT p_1.content_id,
                             p_1.account_id
                            FROM passing p_1))) AS is_passing
                    FROM (grants g
                      JOIN members m ON ((m.principal = g.principal)))) p
              LEFT JOIN acme.accounts_at(contents_access_at.run) a(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin) ON ((a.account_id = p.account_id)))
              CROSS JOIN LATERAL ( SELECT acme.kept_out(a.account_status, a.account_type, a.is_guest, a.is_product_member, p.is_open, ( SELECT f.product_is_proved
                            FROM facts f)) AS reason) k)
           WHERE ((p.is_passing OR (p.admin_kind = ANY (ARRAY['full'::text, 'access'::text]))) AND COALESCE((k.reason <> ALL (ARRAY['account_inactive'::text, 'denied_by_product'::text])), true) AND (NOT ((p.behind = 'class'::text) AND (NOT p.is_open) AND COALESCE(a.is_guest, false))))
         ), admins AS MATERIALIZED (
          SELECT p.content_id,
             p.account_id,
             p.email,
             p.name,
             p.account_type,
             p.account_status,
             p.is_guest,
             'space_admin'::text AS path_type,
             p.group_id,
             p.group_name,
             p.access_class,
             p.role_name,
             p.administer_operations AS operations,
             p.sources
            FROM paths p
           WHERE ((p.admin_kind = ANY (ARRAY['full'::text, 'access'::text])) AND p.is_let_through AND (NOT p.is_guest))
         UNION ALL
          SELECT t.content_id,
             a.account_id,
             a.email,
             a.name,
             a.account_type,
             a.account_status,
             a.is_guest,
             'product_admin'::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text[],
             NULL::text[]
            FROM (targets t
              CROSS JOIN acme.accounts_at(contents_access_at.run) a(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin))
           WHERE (a.is_product_admin AND (a.account_status = 'active'::text))
         ), changers AS MATERIALIZED (
          SELECT p.content_id,
             p.account_id,
             p.is_sure
            FROM paths p
           WHERE p.edits
         ), viewers AS MATERIALIZED (
          SELECT p.content_id,
             p.account_id,
             p.is_sure
            FROM paths p
           WHERE (p.views AND ((p.content_id, p.account_id) IN ( SELECT c.content_id,
                     c.account_id
                    FROM changers c
                 UNION ALL
                  SELECT a.content_id,
                     a.account_id
                    FROM admins a)))
         ), list_gaps AS MATERIALIZED (
          SELECT l.content_id,
             l.access,
             l.at,
                 CASE
                     WHEN (e.principal_type = 'group'::text) THEN e.principal_id
                     ELSE NULL::text
                 END AS group_id,
                 CASE
                     WHEN (e.principal_type = 'group'::text) THEN 'group_unresolved'::text
                     ELSE 'subjects_hidden'::text
                 END AS reason
            FROM (( SELECT c.content_id,
                     'view'::text AS access,
                     c.restricted_by AS at,
                     'read'::text AS operation
                    FROM chains c
                 UNION ALL
                  SELECT t.content_id,
                     'edit'::text,
                     t.content_id,
                     'update'::text
                    FROM targets t
                   WHERE t.has_edit_list) l
              JOIN entries e ON (((e.content_id = l.at) AND (e.operation = l.operation))))
           WHERE ((e.principal_type <> 'user'::text) AND (NOT ((e.principal_type = 'group'::text) AND (EXISTS ( SELECT
                    FROM acme.groups_at(contents_access_at.run) g(group_id, group_name)
                   WHERE (g.group_id = e.principal_id))))))
         ), gaps AS (
          SELECT t.content_id,
             g.access,
             g.path_type,
             g.group_id,
             g.access_class,
             g.role_name,
             g.bound,
             g.reason,
             g.detail
            FROM (targets t
              JOIN acme.space_gaps_at(contents_access_at.run) g(space_id, access, path_type, group_id, access_class, role_name, bound, reason, detail, is_open) ON ((g.space_id = t.space_id)))
           WHERE (t.is_open_to_grants AND (g.access = ANY (ARRAY['view'::text, 'edit'::text])) AND (g.space_id = ANY (ARRAY( SELECT t_1.space_id
                    FROM targets t_1))))
         UNION ALL
          SELECT g.content_id,
             x.access,
                 CASE
                     WHEN (g.group_id IS NOT NULL) THEN 'group'::text
                     ELSE NULL::text
                 END AS "case",
             g.group_id,
             NULL::text,
             NULL::text,
             'lower'::text,
             g.reason,
             format('in the %s list of content %s'::text, g.access, g.at) AS format
            FROM (list_gaps g
              JOIN ( VALUES ('view'::text,'view'::text), ('view'::text,'edit'::text), ('edit'::text,'edit'::text)) x(list, access) ON ((x.list = g.access)))
         UNION ALL
          SELECT t.content_id,
             x.access,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
                 CASE
                     WHEN (t.gap = ANY (ARRAY['trashed'::text, 'space_hidden'::text])) THEN 'none'::text
                     ELSE 'upper'::text
                 END AS "case",
             t.gap,
                 CASE t.gap
                     WHEN 'trashed'::text THEN 'in the trash'::text
                     WHEN 'space_hidden'::text THEN format('space %s is not listed'::text, t.space_id)
                     WHEN 'not_read'::text THEN 'lists of contents'::text
                     WHEN 'ancestor_not_listed'::text THEN format('above content %s'::text, t.gap_at)
                     ELSE format('content %s'::text, t.gap_at)
                 END AS format
            FROM (targets t
              CROSS JOIN ( VALUES ('view'::text), ('edit'::text)) x(access))
           WHERE (t.gap IS NOT NULL)
         )
  SELECT p.space_id,
     p.space_key,
     p.content_id,
     p.type,
     p.title,
     p.access,
     NULL::text AS text,
     p.account_id,
     p.email,
     p.name,
     p.account_type,
     p.account_status,
     p.is_guest,
         CASE
             WHEN p.is_allowed THEN 'allowed'::text
             ELSE 'unknown'::text
         END AS "case",
     p.path_type,
     p.group_id,
     p.group_name,
     p.access_class,
     p.role_name,
     p.operations,
     p.sources,
         CASE
             WHEN p.is_allowed THEN 'exact'::text
             ELSE 'upper'::text
         END AS "case",
         CASE
             WHEN (NOT p.is_allowed) THEN COALESCE(p.reason, p.gap, 'product_unresolved'::text)
             ELSE NULL::text
         END AS "case",
         CASE
             WHEN ((NOT p.is_allowed) AND (p.reason IS NULL) AND (p.gap_at IS NOT NULL)) THEN format('content %s'::text, p.gap_at)
             ELSE NULL::text
         END AS "case",
     f.seen_at,
     f.run_id,
     f.access_as_of
    FROM (( SELECT p_1.content_id,
             p_1.space_id,
             p_1.space_key,
             p_1.type,
             p_1.title,
             p_1.has_edit_list,
             p_1.view_restricted_by,
             p_1.gap,
             p_1.gap_at,
             p_1.principal,
             p_1.principal_type,
             p_1.principal_id,
             p_1.view_operations,
             p_1.administer_operations,
             p_1.admin_kind,
             p_1.sources,
             p_1.role_name,
             p_1.edit_operations,
             p_1.account_id,
             p_1.behind,
             p_1.group_name,
             p_1.is_open,
             p_1.is_passing,
             p_1.path_type,
             p_1.group_id,
             p_1.access_class,
             p_1.email,
             p_1.name,
             p_1.account_type,
             p_1.account_status,
             p_1.is_guest,
             p_1.reason,
             p_1.is_let_through,
             p_1.is_sure,
             p_1.views,
             p_1.edits,
             'view'::text AS access,
             p_1.view_operations AS operations,
             p_1.is_sure AS is_allowed
            FROM paths p_1
           WHERE p_1.views
         UNION ALL
          SELECT p_1.content_id,
             p_1.space_id,
             p_1.space_key,
             p_1.type,
             p_1.title,
             p_1.has_edit_list,
             p_1.view_restricted_by,
             p_1.gap,
             p_1.gap_at,
             p_1.principal,
             p_1.principal_type,
             p_1.principal_id,
             p_1.view_operations,
             p_1.administer_operations,
             p_1.admin_kind,
             p_1.sources,
             p_1.role_name,
             p_1.edit_operations,
             p_1.account_id,
             p_1.behind,
             p_1.group_name,
             p_1.is_open,
             p_1.is_passing,
             p_1.path_type,
             p_1.group_id,
             p_1.access_class,
             p_1.email,
             p_1.name,
             p_1.account_type,
             p_1.account_status,
             p_1.is_guest,
             p_1.reason,
             p_1.is_let_through,
             p_1.is_sure,
             p_1.views,
             p_1.edits,
             'edit'::text,
             p_1.edit_operations,
             (p_1.is_sure AND ((p_1.content_id, p_1.account_id) IN ( SELECT v.content_id,
                     v.account_id
                    FROM viewers v
                   WHERE v.is_sure)))
            FROM paths p_1
           WHERE (p_1.edits AND ((p_1.content_id, p_1.account_id) IN ( SELECT v.content_id,
                     v.account_id
                    FROM viewers v)))) p
      CROSS JOIN facts f)
 UNION ALL
  SELECT t.space_id,
     t.space_key,
     t.content_id,
     t.type,
     t.title,
     x.access,
     NULL::text,
     a.account_id,
     a.email,
     a.name,
     a.account_type,
     a.account_status,
     a.is_guest,
     'potential'::text,
     a.path_type,
     a.group_id,
     a.group_name,
     a.access_class,
     a.role_name,
     a.operations,
     a.sources,
     'exact'::text,
     NULL::text,
     NULL::text,
     f.seen_at,
     f.run_id,
     f.access_as_of
    FROM (((admins a
      JOIN targets t ON ((t.content_id = a.content_id)))
      CROSS JOIN ( VALUES ('view'::text), ('edit'::text)) x(access))
      CROSS JOIN facts f)
   WHERE ((NOT ((a.content_id, a.account_id) IN ( SELECT v.content_id,
             v.account_id
            FROM viewers v
           WHERE v.is_sure))) OR ((x.access = 'edit'::text) AND (NOT ((a.content_id, a.account_id) IN ( SELECT e.content_id,
             e.account_id
            FROM changers e
           WHERE e.is_sure)))))
 UNION ALL
  SELECT t.space_id,
     t.space_key,
     t.content_id,
     t.type,
     t.title,
     g.access,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::boolean,
     'unknown'::text,
     g.path_type,
     g.group_id,
     NULL::text,
     g.access_class,
     g.role_name,
     NULL::text[],
     NULL::text[],
     g.bound,
     g.reason,
     g.detail,
     f.seen_at,
     f.run_id,
     f.access_as_of
    FROM ((gaps g
      JOIN targets t ON ((t.content_id = g.content_id)))
      CROSS JOIN facts f)
 UNION ALL
  SELECT h.space_id,
     s.key,
     c.id,
     h.type,
     h.title,
     x.access,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::boolean,
         CASE h.end_reason
             WHEN 'purged'::text THEN 'denied'::text
             ELSE 'unknown'::text
         END AS "case",
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text[],
     NULL::text[],
         CASE h.end_reason
             WHEN 'purged'::text THEN 'exact'::text
             ELSE 'none'::text
         END AS "case",
         CASE
             WHEN (h.end_reason = ANY (ARRAY['purged'::text, 'trashed'::text])) THEN h.end_reason
             WHEN (h.end_reason IS NOT NULL) THEN 'gone_or_hidden'::text
             ELSE 'content_hidden'::text
         END AS "case",
         CASE
             WHEN (h.end_reason IS NULL) THEN 'not listed'::text
             ELSE format('no more listed since run %s'::text, h.run_to)
         END AS format,
     f.seen_at,
     f.run_id,
     f.access_as_of
    FROM ((((( SELECT DISTINCT c_1.id
            FROM unnest(contents_access_at.contents) c_1(id)) c
      CROSS JOIN facts f)
      CROSS JOIN ( VALUES ('view'::text), ('edit'::text)) x(access))
      LEFT JOIN LATERAL acme.ended_content_at(c.id, contents_access_at.run) h(type, space_id, title, run_to, end_reason) ON (true))
      LEFT JOIN acme.spaces_history s ON (((s.id = h.space_id) AND (s.run_from <= contents_access_at.run) AND ((s.run_to IS NULL) OR (s.run_to > contents_access_at.run)))))
   WHERE (NOT (c.id IN ( SELECT t.content_id
            FROM targets t)));
END;



CREATE TABLE acme.content_gaps (
    content_id bigint NOT NULL,
    space_id bigint,
    access text NOT NULL,
    reason text NOT NULL,
    group_id text,
    run_from bigint NOT NULL,
    run_to bigint,
    CONSTRAINT content_gaps_access_check CHECK ((access = ANY (ARRAY['view'::text, 'edit'::text])))
);



CREATE VIEW acme.words AS
 SELECT "*VALUES*".column1 AS kind,
    "*VALUES*".column2 AS word,
    "*VALUES*".column3 AS reason_kind,
    "*VALUES*".column4 AS meaning,
    "*VALUES*".column5 AS what_to_do
   FROM (VALUES ('access'::text,'view'::text,NULL::text,'May see the content, or the space and its unrestricted contents'::text,NULL::text), ('access'::text,'edit'::text,NULL::text,'May change the content, or contents of the space; whoever may edit may view, too'::text,NULL::text), ('access'::text,'administer'::text,NULL::text,'May change who has access to the space, or how it works'::text,NULL::text), ('verdict'::text,'allowed'::text,NULL::text,'Every layer lets the account through, and all of them are known'::text,NULL::text), ('verdict'::text,'potential'::text,NULL::text,'Not let through now, but able to change the rule: an administrator'::text,'Review administrators by themselves; what they change is in the audit log'::text), ('verdict'::text,'unknown'::text,NULL::text,'Something that decides is not known; the reason says what'::text,'See the reason'::text), ('verdict'::text,'denied'::text,NULL::text,'A layer that is known keeps the account out'::text,NULL::text), ('bound'::text,'exact'::text,NULL::text,'The account is known, and so is everything that decides'::text,NULL::text), ('bound'::text,'upper'::text,NULL::text,'A layer is not known: those who are listed can be fewer in truth, not more'::text,NULL::text), ('bound'::text,'lower'::text,NULL::text,'Others may be let through that nobody lists: those who are listed can be more in truth'::text,NULL::text), ('bound'::text,'none'::text,NULL::text,'Nothing is known'::text,NULL::text), ('path_type'::text,'user'::text,NULL::text,'A grant to the account itself'::text,NULL::text), ('path_type'::text,'group'::text,NULL::text,'A grant to a group that the account is in'::text,NULL::text), ('path_type'::text,'class'::text,NULL::text,'A grant to an access class that the account belongs to'::text,NULL::text), ('path_type'::text,'anonymous'::text,NULL::text,'A grant to everybody: whoever is signed in has it, and the public where the site lets them in'::text,NULL::text), ('path_type'::text,'guest'::text,NULL::text,'A grant to a guest, by itself or by a group'::text,NULL::text), ('path_type'::text,'space_admin'::text,NULL::text,'Administers the space, and so can lift restrictions in it'::text,NULL::text), ('path_type'::text,'product_admin'::text,NULL::text,'Administers the product or the site, and so can give itself access'::text,NULL::text), ('admin_kind'::text,'full'::text,NULL::text,'Administers the space'::text,NULL::text), ('admin_kind'::text,'access'::text,NULL::text,'Manages who has access'::text,NULL::text), ('admin_kind'::text,'content'::text,NULL::text,'Manages content'::text,NULL::text), ('admin_kind'::text,'features'::text,NULL::text,'Manages how the space looks and works'::text,NULL::text), ('level'::text,'product'::text,NULL::text,'Whether the account is active and has access to Confluence'::text,NULL::text), ('level'::text,'space'::text,NULL::text,'What is granted in the space'::text,NULL::text), ('level'::text,'parents'::text,NULL::text,'View lists of what the content is below'::text,NULL::text), ('level'::text,'content'::text,NULL::text,'The content''s own lists'::text,NULL::text), ('level'::text,'result'::text,NULL::text,'What follows from all levels: a verdict'::text,NULL::text), ('level_verdict'::text,'Allowed'::text,NULL::text,'The level lets the account through, because it names it'::text,NULL::text), ('level_verdict'::text,'Denied'::text,NULL::text,'The level keeps the account out'::text,NULL::text), ('level_verdict'::text,'Inherited'::text,NULL::text,'The level sets nothing itself: the one above decides'::text,NULL::text), ('level_verdict'::text,'Irrelevant'::text,NULL::text,'The level does not bear on this access'::text,NULL::text), ('level_verdict'::text,'Unknown'::text,NULL::text,'What the level says is not known'::text,'See the reason'::text), ('change'::text,'gained'::text,NULL::text,'Had no access at the first run, and has it at the last'::text,NULL::text), ('change'::text,'lost'::text,NULL::text,'Had access at the first run, and has none at the last, by any path that is known'::text,NULL::text), ('change'::text,'not_seen'::text,NULL::text,'Had access at the first run, and what gave it is not listed any more; nothing proves that it is gone'::text,'See the reason'::text), ('change'::text,'first_seen'::text,NULL::text,'Has access at the last run, and whether it had it before is not known'::text,'See the reason'::text), ('change'::text,'pending'::text,NULL::text,'The audit log hints at a change since the last run'::text,'Refresh with mode full or access'::text), ('change'::text,'joined'::text,NULL::text,'Is a member of the group, and was none'::text,NULL::text), ('change'::text,'left'::text,NULL::text,'Was a member of the group, and is none'::text,NULL::text), ('change'::text,'trashed'::text,NULL::text,'Went to the trash'::text,NULL::text), ('change'::text,'purged'::text,NULL::text,'Was deleted for good'::text,NULL::text), ('change'::text,'removed'::text,NULL::text,'Is gone with what it belonged to'::text,NULL::text), ('change'::text,'gone_or_hidden'::text,NULL::text,'Is not listed any more: purged, or restricted against the reading account'::text,'Read it with an admin key; look into the audit log'::text), ('cause'::text,'grant'::text,NULL::text,'A grant in the space began or ended'::text,NULL::text), ('cause'::text,'role'::text,NULL::text,'A role in the space was given or taken back, or came to allow something else'::text,NULL::text), ('cause'::text,'group'::text,NULL::text,'The account joined or left a group'::text,NULL::text), ('cause'::text,'product'::text,NULL::text,'The account got or lost access to the product'::text,NULL::text), ('cause'::text,'status'::text,NULL::text,'The account was activated, deactivated or closed'::text,NULL::text), ('cause'::text,'restriction'::text,NULL::text,'A list of the content changed'::text,NULL::text), ('cause'::text,'move'::text,NULL::text,'The content was moved'::text,NULL::text), ('finding'::text,'no_active_administrator'::text,NULL::text,'Nobody who is active administers the space'::text,'Give it an administrator'::text), ('finding'::text,'no_known_administrator'::text,NULL::text,'Nobody who is known to be active administers the space'::text,'See the reason'::text), ('finding'::text,'owner_left'::text,NULL::text,'The owner''s account is deactivated or closed'::text,'Give it another owner'::text), ('finding'::text,'owner_unknown'::text,NULL::text,'The site does not say whether the owner''s account is active'::text,'Look the account up at admin.atlassian.com'::text), ('finding'::text,'nobody_views'::text,NULL::text,'The lists let nobody through'::text,'Lift the restriction in the settings of the space'::text), ('finding'::text,'nobody_known_views'::text,NULL::text,'The lists let nobody through who is known'::text,'See the reason'::text), ('finding'::text,'nobody_edits'::text,NULL::text,'Nobody may edit'::text,'Lift the restriction in the settings of the space'::text), ('finding'::text,'nobody_known_edits'::text,NULL::text,'Nobody who is known may edit'::text,'See the reason'::text), ('reason'::text,'account_unknown'::text,'gap'::text,'The site does not say whether the account is active: it may be closed'::text,'Load the user export of admin.atlassian.com, and look the account up there'::text), ('reason'::text,'product_unresolved'::text,'gap'::text,'The account is in no group known to give access to the product, but these groups are not proved to be all'::text,'See the step product_access of the run; have the reading account see all groups'::text), ('reason'::text,'group_unresolved'::text,'gap'::text,'A group that is named is not listed: it was deleted, or is hidden from the reading account'::text,'Look the group id up in admin.atlassian.com; remove entries of groups that are gone'::text), ('reason'::text,'class_unresolved'::text,'gap'::text,'Who belongs to an access class is not known'::text,'See the step product_access of the run'::text), ('reason'::text,'role_unresolved'::text,'gap'::text,'A role that is given in the space is not listed, so what it allows is not known'::text,'Have the reading account see the site''s roles'::text), ('reason'::text,'principal_unknown'::text,'gap'::text,'A grant is to a kind of principal that this version does not know'::text,'Look at the permissions of the space; ask for a newer version'::text), ('reason'::text,'subjects_hidden'::text,'gap'::text,'A list names more than the site shows: some names are withheld'::text,'Read the list with an administrator''s account, or an admin key'::text), ('reason'::text,'content_hidden'::text,'gap'::text,'The site does not show the content or its lists: it may be restricted against the reading account'::text,'Read it with an admin key'::text), ('reason'::text,'ancestor_not_listed'::text,'gap'::text,'Something above the content is not listed, so its view list is not known'::text,'Read with an admin key; see whether the parent is a draft or in the trash'::text), ('reason'::text,'parents_cycle'::text,'gap'::text,'Following the parents leads round in a circle, so what is above the content is not known'::text,'Refresh again: contents were being moved'::text), ('reason'::text,'trashed'::text,'gap'::text,'The content is in the trash: whoever may see the trash sees it'::text,'Restore it, or purge it'::text), ('reason'::text,'gone_or_hidden'::text,'gap'::text,'The content was listed once and is no more: it is purged, or restricted against the reading account'::text,'Read it with an admin key; look into the audit log'::text), ('reason'::text,'space_hidden'::text,'gap'::text,'The space is not listed: nothing is known of its grants'::text,'Let the reading account view the space'::text), ('reason'::text,'not_read'::text,'gap'::text,'The run could not read something that decides, such as roles without the scope for them'::text,'See why_not of the run''s steps; give the credential what it lacks'::text), ('reason'::text,'email_hidden'::text,'gap'::text,'No e-mail address of the account is known, so its domain is not, either'::text,'Load the user export of admin.atlassian.com'::text), ('reason'::text,'before_first_run'::text,'gap'::text,'The mirror knows nothing of times before its first run'::text,'See the audit log of the site'::text), ('reason'::text,'not_reconciled'::text,'gap'::text,'Two ways of counting do not agree, so it is not proved that all of it was read'::text,'Have the reading account see all groups; refresh again'::text), ('reason'::text,'pending'::text,'gap'::text,'An audit record that is later than the run hints at a change of access'::text,'Refresh with mode full or access'::text), ('reason'::text,'not_seen'::text,'gap'::text,'What gave access is no more listed, and nothing proves that it is gone'::text,'Read it with an administrator''s account, or an admin key'::text), ('reason'::text,'class_open_ended'::text,'open'::text,'Granted to whoever signs in: others than those who are listed may have accounts'::text,'Take the grant away if it is not meant'::text), ('reason'::text,'jsm_class'::text,'open'::text,'Granted to customers and agents of a service desk, whom nobody lists'::text,'Take the grant away if it is not meant'::text), ('reason'::text,'anonymous_switch'::text,'standing'::text,'The space is open to everybody; whether the public gets in depends on a switch of the site that cannot be read'::text,'Look at the site''s global permissions'::text), ('reason'::text,'public_link'::text,'standing'::text,'Pages and whiteboards may have public links, which cannot be read'::text,'Look at the public links in the settings of the space'::text), ('reason'::text,'app_scopes'::text,'standing'::text,'What apps read by their scopes is outside of permissions'::text,'Review the installed apps'::text), ('reason'::text,'drafts_not_listed'::text,'standing'::text,'Drafts are not listed: their authors and whom they invite see them'::text,NULL::text), ('reason'::text,'admin_key'::text,'standing'::text,'Administrators of the organisation can open everything for an hour with an admin key'::text,'See the audit log for its use'::text), ('reason'::text,'admins_unproved'::text,'standing'::text,'Administrators are the members of groups that the site names; no second count proves that these are all'::text,'Compare with admin.atlassian.com'::text), ('reason'::text,'apps_unproved'::text,'standing'::text,'Apps and customers that groups give access to the product are the members of groups that the site names; no second count proves that these are all'::text,'Review the installed apps'::text), ('reason'::text,'account_inactive'::text,'denial'::text,'The account is deactivated or closed'::text,NULL::text), ('reason'::text,'denied_by_product'::text,'denial'::text,'The account has no access to the product'::text,NULL::text), ('reason'::text,'denied_by_space'::text,'denial'::text,'Nothing is granted to the account in the space'::text,NULL::text), ('reason'::text,'denied_by_restriction'::text,'denial'::text,'A list, of the content or of something above it, does not name the account'::text,NULL::text), ('reason'::text,'purged'::text,'denial'::text,'The content is deleted for good'::text,NULL::text)) "*VALUES*";



CREATE FUNCTION acme.unknowns_at(run bigint) RETURNS TABLE(kind text, reason text, space_id bigint, space_key text, occurrences bigint, detail text)
    LANGUAGE sql STABLE ROWS 100
    BEGIN ATOMIC
 WITH found AS (
          SELECT g.reason,
             g.space_id,
             count(DISTINCT g.detail) AS occurrences,
             min(g.detail) AS detail
            FROM acme.space_gaps_at(unknowns_at.run) g(space_id, access, path_type, group_id, access_class, role_name, bound, reason, detail, is_open)
           WHERE (g.reason <> 'not_read'::text)
           GROUP BY g.reason, g.space_id
         UNION ALL
          SELECT g.reason,
             g.space_id,
             count(*) AS count,
             format('content %s'::text, min(g.content_id)) AS format
            FROM acme.content_gaps g
           WHERE ((g.run_from <= unknowns_at.run) AND ((g.run_to IS NULL) OR (g.run_to > unknowns_at.run)))
           GROUP BY g.reason, g.space_id
         UNION ALL
          SELECT
                 CASE e.end_reason
                     WHEN 'trashed'::text THEN 'trashed'::text
                     ELSE 'gone_or_hidden'::text
                 END AS "case",
             e.space_id,
             count(*) AS count,
             format('content %s'::text, min(e.id)) AS format
            FROM ( SELECT DISTINCT ON (e_1.id) e_1.id,
                     e_1.space_id,
                     e_1.end_reason
                    FROM ( SELECT c.id,
                             c.space_id,
                             c.end_reason,
                             c.run_to
                            FROM acme.pages_history c
                           WHERE ((c.run_to <= unknowns_at.run) AND (c.end_reason = ANY (ARRAY['trashed'::text, 'gone_or_hidden'::text, 'removed'::text])))
                         UNION ALL
                          SELECT c.id,
                             c.space_id,
                             c.end_reason,
                             c.run_to
                            FROM acme.blogposts_history c
                           WHERE ((c.run_to <= unknowns_at.run) AND (c.end_reason = ANY (ARRAY['trashed'::text, 'gone_or_hidden'::text, 'removed'::text])))
                         UNION ALL
                          SELECT c.id,
                             c.space_id,
                             c.end_reason,
                             c.run_to
                            FROM acme.folders_history c
                           WHERE ((c.run_to <= unknowns_at.run) AND (c.end_reason = ANY (ARRAY['trashed'::text, 'gone_or_hidden'::text, 'removed'::text])))
                         UNION ALL
                          SELECT c.id,
                             c.space_id,
                             c.end_reason,
                             c.run_to
                            FROM acme.whiteboards_history c
                           WHERE ((c.run_to <= unknowns_at.run) AND (c.end_reason = ANY (ARRAY['trashed'::text, 'gone_or_hidden'::text, 'removed'::text])))
                         UNION ALL
                          SELECT c.id,
                             c.space_id,
                             c.end_reason,
                             c.run_to
                            FROM acme.databases_history c
                           WHERE ((c.run_to <= unknowns_at.run) AND (c.end_reason = ANY (ARRAY['trashed'::text, 'gone_or_hidden'::text, 'removed'::text])))
                         UNION ALL
                          SELECT c.id,
                             c.space_id,
                             c.end_reason,
                             c.run_to
                            FROM acme.smart_links_history c
                           WHERE ((c.run_to <= unknowns_at.run) AND (c.end_reason = ANY (ARRAY['trashed'::text, 'gone_or_hidden'::text, 'removed'::text])))) e_1
                   WHERE (NOT (EXISTS ( SELECT
                            FROM acme.content_at(unknowns_at.run) c(id, type, space_id, parent_id, parent_type, title, status, owner_id, author_id, created_at, modified_at)
                           WHERE (c.id = e_1.id))))
                   ORDER BY e_1.id, e_1.run_to DESC) e
           GROUP BY
                 CASE e.end_reason
                     WHEN 'trashed'::text THEN 'trashed'::text
                     ELSE 'gone_or_hidden'::text
                 END, e.space_id
         UNION ALL
          SELECT 'space_hidden'::text,
             c.space_id,
             count(*) AS count,
             format('content %s'::text, min(c.id)) AS format
            FROM acme.content_at(unknowns_at.run) c(id, type, space_id, parent_id, parent_type, title, status, owner_id, author_id, created_at, modified_at)
           WHERE (NOT (EXISTS ( SELECT
                    FROM acme.spaces_history s_1
                   WHERE ((s_1.id = c.space_id) AND (s_1.run_from <= unknowns_at.run) AND ((s_1.run_to IS NULL) OR (s_1.run_to > unknowns_at.run))))))
           GROUP BY c.space_id
         UNION ALL
          SELECT a.reason,
             NULL::bigint,
             count(DISTINCT a.account_id) AS count,
             format('account %s'::text, min(a.account_id)) AS format
            FROM acme.principal_accounts_at(unknowns_at.run) a(principal, principal_id, account_id, path_type, group_id, group_name, access_class, email, name, account_type, account_status, is_guest, standing, reason)
           WHERE ((a.standing = 'unknown'::text) AND (a.principal <> ALL (ARRAY['access-class:authenticated-users'::text, 'access-class:anonymous-users'::text])))
           GROUP BY a.reason
         UNION ALL
          SELECT 'not_read'::text,
             NULL::bigint,
             1,
             format('%s: %s'::text, n.step, COALESCE(s_1.why_not, 'no step of the run'::text)) AS format
            FROM ((acme.runs r
              CROSS JOIN ( VALUES ('spaces'::text), ('permissions'::text), ('space_roles'::text), ('space_role_assignments'::text), ('groups'::text), ('group_members'::text), ('users'::text), ('product_groups'::text), ('pages'::text), ('blogposts'::text), ('folders'::text), ('whiteboards'::text), ('databases'::text), ('smart_links'::text), ('content_restrictions'::text)) n(step))
              LEFT JOIN LATERAL ( SELECT s_2.is_complete,
                     s_2.why_not
                    FROM (acme.run_steps s_2
                      JOIN acme.runs e ON ((e.id = s_2.run_id)))
                   WHERE ((s_2.step = n.step) AND (s_2.run_id <= unknowns_at.run) AND ((e.status = 'complete'::text) OR (e.id = unknowns_at.run)))
                   ORDER BY s_2.run_id DESC
                  LIMIT 1) s_1 ON (true))
           WHERE ((r.id = unknowns_at.run) AND (s_1.is_complete IS NOT TRUE) AND (NOT ((NOT (r.role_mode IS DISTINCT FROM 'PRE_ROLES'::text)) AND (n.step = ANY (ARRAY['space_roles'::text, 'space_role_assignments'::text])))))
         UNION ALL
          SELECT 'anonymous_switch'::text,
             g.space_id,
             1,
             NULL::text
            FROM acme.space_holders_at(unknowns_at.run) g(space_id, principal, principal_type, principal_id, view_operations, edit_operations, administer_operations, admin_kind, sources, role_name)
           WHERE (g.principal = 'access-class:anonymous-users'::text)
         UNION ALL
          SELECT 'public_link'::text,
             NULL::bigint,
             count(*) AS count,
             'spaces'::text
            FROM acme.spaces_history s_1
           WHERE ((s_1.run_from <= unknowns_at.run) AND ((s_1.run_to IS NULL) OR (s_1.run_to > unknowns_at.run)))
         UNION ALL
          SELECT x.reason,
             NULL::bigint,
             count(a.account_id) AS count,
             'app accounts'::text
            FROM (( VALUES ('app_scopes'::text), ('apps_unproved'::text)) x(reason)
              LEFT JOIN acme.accounts_at(unknowns_at.run) a(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin) ON ((a.account_type = 'app'::text)))
           GROUP BY x.reason
         UNION ALL
          SELECT x.reason,
             NULL::bigint,
             count(a.account_id) AS count,
             'product admins'::text
            FROM (( VALUES ('admin_key'::text), ('admins_unproved'::text)) x(reason)
              LEFT JOIN acme.accounts_at(unknowns_at.run) a(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin) ON ((a.is_product_admin AND (a.account_status = 'active'::text))))
           GROUP BY x.reason
         UNION ALL
          SELECT 'drafts_not_listed'::text,
             NULL::bigint,
             NULL::bigint,
             NULL::text
         )
  SELECT w.reason_kind,
     f.reason,
     f.space_id,
     s.key,
     f.occurrences,
     f.detail
    FROM ((found f
      LEFT JOIN acme.words w ON (((w.kind = 'reason'::text) AND (w.word = f.reason))))
      LEFT JOIN acme.spaces_history s ON (((s.id = f.space_id) AND (s.run_from <= unknowns_at.run) AND ((s.run_to IS NULL) OR (s.run_to > unknowns_at.run)))));
END;



CREATE FUNCTION acme.unknowns(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(kind text, reason text, space_id bigint, space_key text, occurrences bigint, detail text, run_id bigint, access_as_of timestamp with time zone)
    LANGUAGE sql STABLE ROWS 100
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT acme.access_run_at(unknowns.as_of) AS run
         )
  SELECT u.kind,
     u.reason,
     u.space_id,
     u.space_key,
     u.occurrences,
     u.detail,
     asked.run,
     ( SELECT r.published_at
            FROM acme.runs r
           WHERE (r.id = asked.run)) AS published_at
    FROM (asked
      CROSS JOIN LATERAL acme.unknowns_at(asked.run) u(kind, reason, space_id, space_key, occurrences, detail));
END;



CREATE FUNCTION acme.coverage(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(kind text, reason text, space_id bigint, space_key text, step text, occurrences bigint, last_complete timestamp with time zone, detail text, run_id bigint)
    LANGUAGE sql STABLE ROWS 200
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT acme.access_run_at(coverage.as_of) AS run
         ), answer(kind, reason, space_id, space_key, step, occurrences, last_complete, detail, run_id) AS (
          SELECT u.kind,
             u.reason,
             u.space_id,
             u.space_key,
             NULL::text AS text,
             u.occurrences,
             NULL::timestamp with time zone AS timestamptz,
             u.detail,
             asked.run
            FROM (asked
              CROSS JOIN LATERAL acme.unknowns(coverage.as_of) u(kind, reason, space_id, space_key, occurrences, detail, run_id, access_as_of))
         UNION ALL
          SELECT 'gap'::text,
             'not_read'::text,
             NULL::bigint,
             NULL::text,
             s.step,
             1,
             ( SELECT max(r_1.published_at) AS max
                    FROM (acme.run_steps e
                      JOIN acme.runs r_1 ON ((r_1.id = e.run_id)))
                   WHERE ((e.step = s.step) AND e.is_complete AND (r_1.status = 'complete'::text) AND (r_1.id < asked.run))) AS max,
             COALESCE(s.why_not, 'was not read whole'::text) AS "coalesce",
             asked.run
            FROM (asked
              JOIN acme.run_steps s ON ((s.run_id = asked.run)))
           WHERE (NOT s.is_complete)
         UNION ALL
          SELECT 'gap'::text,
             'not_reconciled'::text,
             NULL::bigint,
             NULL::text,
             s.step,
             abs((s.expected - s.rows_read)) AS abs,
             ( SELECT max(r_1.published_at) AS max
                    FROM (acme.run_steps e
                      JOIN acme.runs r_1 ON ((r_1.id = e.run_id)))
                   WHERE ((e.step = s.step) AND e.is_reconciled AND (r_1.status = 'complete'::text) AND (r_1.id < asked.run))) AS max,
             format('%s were read, and %s expected'::text, s.rows_read, s.expected) AS format,
             asked.run
            FROM (asked
              JOIN acme.run_steps s ON ((s.run_id = asked.run)))
           WHERE (s.is_complete AND (NOT s.is_reconciled))
         )
  SELECT r.kind,
     r.reason,
     r.space_id,
     r.space_key,
     r.step,
     r.occurrences,
     r.last_complete,
     r.detail,
     r.run_id
    FROM answer r
   ORDER BY (r.kind COLLATE "C"), (r.reason COLLATE "C"), r.space_id NULLS FIRST, (r.step COLLATE "C"), (r.detail COLLATE "C");
END;



CREATE FUNCTION acme.csv_expression(name text, type text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN format(CASE WHEN (type = 'text'::text) THEN 'csv_text(given.%I)'::text WHEN (type = ANY (ARRAY['bigint'::text, 'integer'::text, 'boolean'::text])) THEN 'coalesce(given.%I::text, '''')'::text WHEN (type = ANY (ARRAY['text[]'::text, 'bigint[]'::text, 'integer[]'::text])) THEN 'coalesce(''"'' || replace(array_to_json(given.%I)::text, ''"'', ''""'') || ''"'', '''')'::text ELSE 'csv_field(to_jsonb(given.%I))'::text END, name);



CREATE FUNCTION acme.csv_text(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (value IS NULL) THEN ''::text WHEN (value ~ '["\r\n,]|^$'::text) THEN (('"'::text || replace(value, '"'::text, '""'::text)) || '"'::text) ELSE value END;



CREATE FUNCTION acme.csv_field(value jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (value IS NULL) THEN ''::text WHEN (jsonb_typeof(value) = ANY (ARRAY['object'::text, 'array'::text])) THEN (('"'::text || replace(acme.canonical_json(value), '"'::text, '""'::text)) || '"'::text) WHEN (jsonb_typeof(value) = 'string'::text) THEN acme.csv_text((value #>> '{}'::text[])) ELSE (value)::text END;



CREATE FUNCTION acme.csv_fields(line text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY(SELECT each.found[1] AS found FROM regexp_matches((','::text || csv_fields.line), ',("(?:[^"]|"")*"|[^",]*)'::text, 'g'::text) WITH ORDINALITY each(found, place) ORDER BY each.place);



CREATE FUNCTION acme.csv_header(columns jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT string_agg(acme.csv_field((element.item -> 'name'::text)), ','::text ORDER BY element.place) AS string_agg
    FROM jsonb_array_elements(
         CASE jsonb_typeof(csv_header.columns)
             WHEN 'array'::text THEN csv_header.columns
             ELSE '[]'::jsonb
         END) WITH ORDINALITY element(item, place);
END;



CREATE FUNCTION acme.current_access_run() RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'acme', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
    run    bigint;
    age    interval;
    oldest interval;
BEGIN
    SELECT r.id, clock_timestamp() - r.published_at, m.max_age
    INTO run, age, oldest
    FROM mirror AS m
    CROSS JOIN LATERAL (
        SELECT r.id, r.published_at
        FROM runs AS r
        WHERE r.status = 'complete' AND r.mode IN ('full', 'access')
        ORDER BY r.published_at DESC, r.id DESC
        LIMIT 1
    ) AS r;
    IF age > oldest THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = 'the mirror is too old to tell what a person may see now',
            DETAIL = format('Access was read last by run %s, %s ago; max_age of the mirror is %s.', run, date_trunc('second', age), oldest),
            HINT = 'CALL confluence.refresh reads it again.';
    END IF;
    -- Where there is none, access_run_at() says so.
    RETURN coalesce(run, access_run_at(NULL));
END
$$;



CREATE FUNCTION acme.databases_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(id bigint, space_id bigint, title text, status text, parent_id bigint, parent_type text, "position" integer, author_id text, owner_id text, created_at timestamp with time zone, version_number integer, modified_at timestamp with time zone, version_author_id text, version_message text, version_minor_edit boolean, web_url text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.id,
     h.space_id,
     h.title,
     h.status,
     h.parent_id,
     h.parent_type,
     h."position",
     h.author_id,
     h.owner_id,
     h.created_at,
     h.version_number,
     h.modified_at,
     h.version_author_id,
     h.version_message,
     h.version_minor_edit,
     h.web_url
    FROM acme.databases_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(databases_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(databases_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.describe_runs(made acme.manifests) RETURNS acme.manifests
    LANGUAGE plpgsql STABLE
    SET search_path TO 'acme', 'pg_temp'
    AS $$
BEGIN
    SELECT r.base_url, r.cloud_id, r.started_at, r.db_user, r.product_version, r.api_account_id, r.role_mode, r.admin_key, r.drift
    INTO STRICT made.base_url, made.cloud_id, made.run_started_at, made.run_db_user, made.run_product_version, made.api_account_id,
                made.role_mode, made.admin_key, made.drift
    FROM runs AS r WHERE r.id = made.access_run_id;

    SELECT jsonb_object_agg(run_id, steps), bool_and(is_complete)
    INTO made.control_totals, made.complete
    FROM (
        SELECT run_id, bool_and(is_complete) AS is_complete,
               jsonb_object_agg(step, jsonb_build_object(
                   'rows_read', rows_read, 'expected', expected, 'is_reconciled', is_reconciled,
                   'is_complete', is_complete, 'why_not', why_not)) AS steps
        FROM run_steps WHERE run_id IN (made.run_id, made.access_run_id)
        GROUP BY run_id
    ) AS each;

    -- A step that tells its requests by template has them in its detail.
    SELECT jsonb_object_agg(template, requests)
    INTO made.requests
    FROM (
        SELECT coalesce(told.template, s.step) AS template, sum(coalesce(told.requests::bigint, s.requests)) AS requests
        FROM run_steps AS s
        LEFT JOIN LATERAL jsonb_each_text(CASE jsonb_typeof(s.detail -> 'requests') WHEN 'object' THEN s.detail -> 'requests' END)
            AS told (template, requests) ON true
        WHERE s.run_id IN (made.run_id, made.access_run_id)
        GROUP BY 1
    ) AS each;

    -- The latest load is kept, whichever run is asked for: one that came after the run says nothing of it.
    SELECT max(e.last_loaded) INTO made.emails_loaded_at FROM emails_as_of(made.as_of) AS e;
    IF made.emails_loaded_at > made.as_of THEN
        made.emails_loaded_at := NULL;
    END IF;

    SELECT count(DISTINCT account_id) FILTER (WHERE is_admin),
           CASE WHEN count(*) = 0 THEN 'unresolved'
                WHEN EXISTS (SELECT FROM run_steps AS s
                             WHERE s.run_id = made.access_run_id AND s.step = 'product_access' AND s.is_reconciled) THEN 'proved'
                ELSE 'derived' END
    INTO made.product_admins, made.class_resolution
    FROM product_members_at(made.access_run_id);

    SELECT jsonb_object_agg(kind, reasons) INTO made.reservations
    FROM (
        SELECT kind, jsonb_object_agg(reason, occurrences) AS reasons
        FROM (SELECT kind, reason, sum(occurrences) AS occurrences FROM unknowns(made.as_of) GROUP BY kind, reason) AS each
        GROUP BY kind
    ) AS each;
    RETURN made;
END
$$;



CREATE FUNCTION acme.granted_since_at(run bigint) RETURNS TABLE(space_id bigint, principal text, access text, not_before timestamp with time zone, since timestamp with time zone)
    LANGUAGE sql STABLE ROWS 5000
    BEGIN ATOMIC
 SELECT g.space_id,
     g.principal,
     g.access,
     (array_agg(g.not_before ORDER BY g.since))[1] AS array_agg,
     min(g.since) AS min
    FROM acme.grant_rows_at(granted_since_at.run) g(space_id, principal, access, cause, not_before, since, seen_until, valid_to, run_to, end_reason)
   GROUP BY g.space_id, g.principal, g.access;
END;



CREATE FUNCTION acme.dormant_grants(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(account_id text, email text, name text, account_status text, status_not_before timestamp with time zone, status_since timestamp with time zone, kind text, space_id bigint, space_key text, content_id bigint, title text, group_id text, group_name text, operations text[], sources text[], not_before timestamp with time zone, since timestamp with time zone, reason text, detail text, run_id bigint)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT acme.access_run_at(dormant_grants.as_of) AS run
         ), known AS MATERIALIZED (
          SELECT u.account_id,
             u.account_status,
             u.not_before,
             u.valid_from,
             a.email,
             a.name
            FROM ((asked asked_1
              CROSS JOIN LATERAL acme.accounts_at(asked_1.run) a(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin))
              JOIN acme.users_history u ON (((u.account_id = a.account_id) AND (u.run_from <= asked_1.run) AND ((u.run_to IS NULL) OR (u.run_to > asked_1.run)))))
         ), given AS (
          SELECT g.principal_id AS account_id,
             'space_grant'::text AS kind,
             g.space_id,
             NULL::bigint AS content_id,
             NULL::text AS group_id,
             array_agg(DISTINCT ((g.operation_key || '/'::text) || g.operation_target_type)) AS operations,
             array_agg(DISTINCT source.source) AS sources,
             NULL::timestamp with time zone AS not_before,
             NULL::timestamp with time zone AS since
            FROM ((asked asked_1
              CROSS JOIN LATERAL acme.space_grants_at(asked_1.run) g(space_id, principal_type, principal_id, operation_key, operation_target_type, sources))
              CROSS JOIN LATERAL unnest(g.sources) source(source))
           WHERE (g.principal_type = 'user'::text)
           GROUP BY g.principal_id, g.space_id
         UNION ALL
          SELECT m.account_id,
             'group'::text,
             NULL::bigint,
             NULL::bigint,
             m.group_id,
             NULL::text[],
             NULL::text[],
             m.not_before,
             m.valid_from
            FROM (asked asked_1
              JOIN acme.group_members_history m ON (((m.run_from <= asked_1.run) AND ((m.run_to IS NULL) OR (m.run_to > asked_1.run)))))
         UNION ALL
          SELECT r.principal_id,
             'restriction'::text,
             NULL::bigint,
             r.content_id,
             NULL::text,
             array_agg(r.operation ORDER BY r.operation) AS array_agg,
             NULL::text[],
             (array_agg(r.not_before ORDER BY r.valid_from))[1] AS array_agg,
             min(r.valid_from) AS min
            FROM (asked asked_1
              JOIN acme.content_restrictions_history r ON (((r.run_from <= asked_1.run) AND ((r.run_to IS NULL) OR (r.run_to > asked_1.run)))))
           WHERE ((r.principal_type = 'user'::text) AND (r.operation = ANY (ARRAY['read'::text, 'update'::text])))
           GROUP BY r.principal_id, r.content_id
         ), dormant AS MATERIALIZED (
          SELECT g.account_id,
             g.kind,
             g.space_id,
             g.content_id,
             g.group_id,
             g.operations,
             g.sources,
             g.not_before,
             g.since,
             k.account_status,
             k.not_before AS status_not_before,
             k.valid_from AS status_since,
             k.email,
             k.name
            FROM (given g
              LEFT JOIN known k ON ((k.account_id = g.account_id)))
           WHERE (k.account_status IS DISTINCT FROM 'active'::text)
         ), granted AS MATERIALIZED (
          SELECT t_1.space_id,
             t_1.principal,
             (array_agg(t_1.not_before ORDER BY t_1.since))[1] AS not_before,
             min(t_1.since) AS since
            FROM (asked asked_1
              CROSS JOIN LATERAL acme.granted_since_at(asked_1.run) t_1(space_id, principal, access, not_before, since))
           WHERE (t_1.principal ~~ 'user:%'::text)
           GROUP BY t_1.space_id, t_1.principal
         )
  SELECT d.account_id,
     d.email,
     d.name,
     COALESCE(d.account_status, 'unknown'::text) AS "coalesce",
     d.status_not_before,
     d.status_since,
     d.kind,
     COALESCE(d.space_id, c.space_id) AS "coalesce",
     s.key,
     d.content_id,
     c.title,
     d.group_id,
     n.name,
     d.operations,
     d.sources,
     COALESCE(d.not_before, t.not_before) AS "coalesce",
     COALESCE(d.since, t.since) AS "coalesce",
         CASE
             WHEN (d.account_status = ANY (ARRAY['inactive'::text, 'closed'::text])) THEN NULL::text
             ELSE 'account_unknown'::text
         END AS "case",
         CASE
             WHEN (d.account_status = ANY (ARRAY['inactive'::text, 'closed'::text])) THEN NULL::text
             ELSE 'the site does not say whether the account is active'::text
         END AS "case",
     asked.run
    FROM (((((dormant d
      CROSS JOIN asked)
      LEFT JOIN granted t ON (((d.kind = 'space_grant'::text) AND (t.space_id = d.space_id) AND (t.principal = ('user:'::text || d.account_id)))))
      LEFT JOIN LATERAL ( SELECT c_1.space_id,
             c_1.title
            FROM acme.content_at(asked.run) c_1(id, type, space_id, parent_id, parent_type, title, status, owner_id, author_id, created_at, modified_at)
           WHERE (c_1.id = d.content_id)
          OFFSET 0) c ON (true))
      LEFT JOIN acme.spaces_history s ON (((s.id = COALESCE(d.space_id, c.space_id)) AND (s.run_from <= asked.run) AND ((s.run_to IS NULL) OR (s.run_to > asked.run)))))
      LEFT JOIN acme.groups_history n ON (((n.id = d.group_id) AND (n.run_from <= asked.run) AND ((n.run_to IS NULL) OR (n.run_to > asked.run)))))
   ORDER BY ((d.account_status IS NULL) OR (d.account_status <> ALL (ARRAY['inactive'::text, 'closed'::text]))), (d.account_id COLLATE "C"), (d.kind COLLATE "C"), d.space_id, d.content_id, (d.group_id COLLATE "C");
END;



CREATE FUNCTION acme.effective_space_access_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(space_id bigint, space_key text, account_id text, email text, name text, account_type text, account_status text, is_guest boolean, access text, verdict text, admin_kind text, paths text[], reasons text[], run_id bigint, access_as_of timestamp with time zone)
    LANGUAGE sql STABLE ROWS 1e+06
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT acme.access_run_at(effective_space_access_as_of.as_of) AS run
         )
  SELECT e.space_id,
     e.space_key,
     e.account_id,
     e.email,
     e.name,
     e.account_type,
     e.account_status,
     e.is_guest,
     e.access,
     e.verdict,
     e.admin_kind,
     e.paths,
     e.reasons,
     e.run_id,
     e.access_as_of
    FROM (asked
      CROSS JOIN LATERAL acme.effective_space_access_at(asked.run) e(space_id, space_key, account_id, email, name, account_type, account_status, is_guest, access, verdict, admin_kind, paths, reasons, run_id, access_as_of));
END;



CREATE FUNCTION acme.emails_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(account_id text, email text, display_name text, status text, org_role text, added_to_org date, last_active date, product_access jsonb, last_loaded timestamp with time zone)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.account_id,
     h.email,
     h.display_name,
     h.status,
     h.org_role,
     h.added_to_org,
     h.last_active,
     h.product_access,
     h.last_loaded
    FROM acme.emails_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(emails_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(emails_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.erase_account(account text) RETURNS TABLE(place text, rows bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'acme', 'pg_temp'
    SET "DateStyle" TO 'ISO, YMD'
    SET "TimeZone" TO 'UTC'
    SET "IntervalStyle" TO 'iso_8601'
    SET extra_float_digits TO '1'
    SET row_security TO 'off'
    AS $$
#variable_conflict use_column
DECLARE
    made   manifests;
    emails text[];
    names  text[];
BEGIN
    -- A short text could be part of anything.
    IF account IS NULL OR length(account) < 8 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'account must be an account id',
            HINT = 'Account ids are in users and emails, such as 712020:0c6b2f0e-...';
    END IF;
    -- What a refresh has read and not published yet would bring the person back. It holds its lock on the schema.
    IF EXISTS (SELECT FROM pg_locks AS l
               WHERE l.locktype = 'object' AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
                 AND l.classid = 'pg_namespace'::regclass AND l.objid = (SELECT c.relnamespace FROM pg_class AS c WHERE c.oid = 'manifests'::regclass)
                 AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted AND l.pid <> pg_backend_pid()) THEN
        RAISE object_in_use USING
            MESSAGE = 'the mirror is in use',
            DETAIL = 'Another session refreshes it, makes it anew, or erases a person from it.',
            HINT = 'Call confluence.erase_person when that has ended: it keeps refreshes away as well.';
    END IF;
    made.kind := 'erasure';
    made.id := lock_chain();

    SELECT coalesce(array_agg(DISTINCT value) FILTER (WHERE key = 'email'), '{}'),
           coalesce(array_agg(DISTINCT value) FILTER (WHERE key <> 'email'), '{}')
    INTO emails, names
    FROM (
        SELECT to_jsonb(u) AS told FROM users_history AS u WHERE u.account_id = account
      UNION ALL
        SELECT to_jsonb(g) FROM group_members_history AS g WHERE g.account_id = account
      UNION ALL
        SELECT to_jsonb(e) FROM emails_history AS e WHERE e.account_id = account
      UNION ALL
        SELECT to_jsonb(r) FROM content_restrictions_history AS r WHERE r.principal_type = 'user' AND r.principal_id = account
    ) AS row
    CROSS JOIN LATERAL jsonb_each_text(told)
    WHERE key IN ('email', 'display_name', 'public_name') AND value <> '';

    PERFORM write_evidence(true);
    INSERT INTO erased_lines (manifest_id, part, chunk, line, sha256, erasure_id)
    SELECT l.*, made.id FROM lines_that_name(account, emails, names) AS l;
    UPDATE evidence AS e
    SET lines = ARRAY(SELECT CASE WHEN l.line IS NULL THEN content END
                      FROM unnest(e.lines) WITH ORDINALITY AS each (content, n)
                      LEFT JOIN erased_lines AS l ON (l.manifest_id, l.part, l.chunk, l.line) = (e.manifest_id, e.part, e.chunk, n)
                      ORDER BY n)
    WHERE EXISTS (SELECT FROM erased_lines AS l
                  WHERE (l.manifest_id, l.part, l.chunk, l.erasure_id) = (e.manifest_id, e.part, e.chunk, made.id));
    SELECT jsonb_agg(jsonb_build_object('manifest_id', manifest_id, 'part', part, 'chunk', chunk, 'rows', rows) ORDER BY manifest_id, part, chunk),
           coalesce(sum(rows), 0)
    INTO made.removed, rows
    FROM (
        SELECT l.manifest_id, l.part, l.chunk, count(*) AS rows
        FROM erased_lines AS l WHERE l.erasure_id = made.id GROUP BY l.manifest_id, l.part, l.chunk
    ) AS gone;
    place := 'evidence';
    IF rows > 0 THEN
        RETURN NEXT;
    END IF;

    WITH gone AS (
        UPDATE manifests AS m SET parameters = NULL, parameters_salt = NULL
        WHERE strpos(m.parameters::text, to_json(account)::text) > 0
        RETURNING m.id
    )
    SELECT coalesce(made.removed, '[]') || coalesce(jsonb_agg(jsonb_build_object('manifest_id', gone.id, 'part', 'parameters') ORDER BY gone.id), '[]'), count(*)
    INTO made.removed, rows FROM gone;
    place := 'manifests';
    IF rows > 0 THEN
        RETURN NEXT;
    END IF;
    PERFORM append_manifest(made);
    PERFORM write_evidence(false);

    RETURN QUERY SELECT * FROM erase_from_tables(account, names || emails, 'erased-' || made.id);
END
$$;



CREATE FUNCTION acme.erase_from_tables(account text, names text[], pseudonym text) RETURNS TABLE(place text, rows bigint)
    LANGUAGE plpgsql
    SET search_path TO 'acme', 'pg_temp'
    AS $_$
DECLARE
    subject   text;
    assigned  text;
    condition text;
    found_in  record;
BEGIN
    FOR found_in IN
        SELECT c.oid, c.relname::text AS name
        FROM pg_class AS c
        WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'manifests'::regclass)
          AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND c.relname <> ALL ('{reports,manifests,evidence,erased_lines,runs,run_steps,mirror}')
        ORDER BY c.relname
    LOOP
        -- Whether the row is the person's: then the personal columns are about them.
        SELECT string_agg(format('%I = $1', attname), ' OR ') INTO subject
        FROM pg_attribute
        WHERE attrelid = found_in.oid AND attnum > 0 AND NOT attisdropped AND attname IN ('account_id', 'principal_id', 'author_id');

        SELECT string_agg(
                   CASE WHEN a.attname = ANY (personal_columns()) AND subject IS NOT NULL AND NOT a.attnotnull
                        THEN format('%1$I = CASE WHEN %2$s THEN NULL ELSE %1$I END', a.attname, subject)
                        WHEN a.atttypid = 'text'::regtype THEN format('%1$I = CASE WHEN %1$I = $1 THEN $2 ELSE %1$I END', a.attname)
                        WHEN a.atttypid = 'text[]'::regtype THEN format('%1$I = array_replace(%1$I, $1, $2)', a.attname)
                        WHEN a.atttypid = 'jsonb'::regtype
                        THEN format('%1$I = replace(%1$I::text, to_json($1)::text, to_json($2)::text)::jsonb', a.attname) END, ', '),
               string_agg(
                   CASE a.atttypid
                        WHEN 'text'::regtype THEN format('%I = $1', a.attname)
                        WHEN 'text[]'::regtype THEN format('$1 = ANY (%I)', a.attname)
                        WHEN 'jsonb'::regtype THEN format('strpos(%I::text, to_json($1)::text) > 0', a.attname) END, ' OR ')
        INTO assigned, condition
        FROM pg_attribute AS a
        WHERE a.attrelid = found_in.oid AND a.attnum > 0 AND NOT a.attisdropped;

        IF condition IS NOT NULL THEN
            EXECUTE format('UPDATE %s SET %s WHERE %s', found_in.oid::regclass, assigned, condition) USING account, pseudonym;
            GET DIAGNOSTICS rows = ROW_COUNT;
            IF rows > 0 THEN
                place := found_in.name;
                RETURN NEXT;
            END IF;
        END IF;
    END LOOP;

    -- A personal space is called after its owner, and its key is made of the account's id.
    UPDATE spaces_history AS s
    SET key = '~' || pseudonym, current_active_alias = '~' || pseudonym, name = pseudonym, description = NULL, web_url = NULL
    WHERE s.key IN ('~' || account, '~' || replace(account, ':', ''));
    GET DIAGNOSTICS rows = ROW_COUNT;
    IF rows > 0 THEN
        place := 'spaces_history';
        RETURN NEXT;
    END IF;

    -- The audit log tells whom something was done to by name alone.
    IF to_regclass('audit_log') IS NOT NULL THEN
        UPDATE audit_log AS a
        SET affected_object_name = CASE WHEN a.affected_object_name = ANY (names) THEN pseudonym ELSE a.affected_object_name END,
            associated_objects = erased_names(a.associated_objects, names, pseudonym),
            changed_values = erased_names(a.changed_values, names, pseudonym)
        WHERE a.affected_object_name = ANY (names)
           OR a.associated_objects IS DISTINCT FROM erased_names(a.associated_objects, names, pseudonym)
           OR a.changed_values IS DISTINCT FROM erased_names(a.changed_values, names, pseudonym);
        GET DIAGNOSTICS rows = ROW_COUNT;
        IF rows > 0 THEN
            place := 'audit_log';
            RETURN NEXT;
        END IF;
    END IF;
END
$_$;



CREATE FUNCTION acme.erased_names(value jsonb, names text[], pseudonym text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'acme', 'pg_temp'
    AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY names LOOP
        value := replace(value::text, to_json(name)::text, to_json(pseudonym)::text)::jsonb;
    END LOOP;
    RETURN value;
END
$$;



CREATE FUNCTION acme.sample_columns() RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT jsonb_agg(jsonb_build_object('name', each.name) ORDER BY each.place) AS jsonb_agg
    FROM unnest('{content_id,account_id,access,drawn_from,mirror,site,failed_layer,agrees}'::text[]) WITH ORDINALITY each(name, place);
END;



CREATE TABLE acme.evidence (
    manifest_id bigint NOT NULL,
    part text NOT NULL,
    chunk integer NOT NULL,
    lines text[] NOT NULL,
    CONSTRAINT evidence_chunk_check CHECK ((chunk > 0)),
    CONSTRAINT evidence_part_check CHECK ((part = ANY (ARRAY['rows'::text, 'sample'::text])))
);



CREATE FUNCTION acme.evidence_csv(id bigint, part text DEFAULT 'rows'::text) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'acme', 'pg_temp'
    BEGIN ATOMIC
 SELECT acme.csv_file(
         CASE
             WHEN (e.chunk = 1) THEN acme.csv_header(
             CASE e.part
                 WHEN 'rows'::text THEN m.columns
                 ELSE acme.sample_columns()
             END)
             ELSE NULL::text
         END, e.lines) AS csv_file
    FROM (acme.manifests m
      JOIN acme.evidence e ON ((e.manifest_id = m.id)))
   WHERE ((m.id = evidence_csv.id) AND (e.part = evidence_csv.part))
   ORDER BY e.chunk;
END;



CREATE FUNCTION acme.evidence_file_name(manifest acme.manifests, part text, chunk bigint, chunks integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((((((manifest).report || '-'::text) || (manifest).id) || CASE part WHEN 'sample'::text THEN '-sample'::text ELSE ''::text END) || CASE WHEN (chunks > 1) THEN ((('-'::text || chunk) || '-of-'::text) || chunks) ELSE ''::text END) || '.csv'::text);



CREATE FUNCTION acme.explain_access(content bigint, account text, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(ordinal integer, access text, level text, verdict text, content_id bigint, title text, by text[], reason text, detail text, run_id bigint, access_as_of timestamp with time zone)
    LANGUAGE plpgsql STABLE ROWS 12
    SET search_path TO 'acme', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
DECLARE
    run CONSTANT bigint := access_run_at(as_of);
BEGIN
    RETURN QUERY
    SELECT e.ordinal, e.access, e.level, e.verdict, e.content_id, e.title, e.by, e.reason, e.detail, r.id, r.published_at
    FROM explain_access_at(content, account, run) AS e
    CROSS JOIN runs AS r
    WHERE r.id = run
    ORDER BY e.ordinal;
END
$$;



CREATE FUNCTION acme.groups_of(account text, run bigint) RETURNS TABLE(group_id text, group_name text)
    LANGUAGE sql STABLE ROWS 10
    BEGIN ATOMIC
 SELECT m.group_id,
     m.group_name
    FROM acme.members_at(groups_of.run) m(group_id, group_name, account_id)
   WHERE (m.account_id = groups_of.account);
END;



CREATE FUNCTION acme.list_entries_at(content bigint, operation text, account text, run bigint) RETURNS TABLE(by text[], unresolved text)
    LANGUAGE sql STABLE ROWS 1
    BEGIN ATOMIC
 SELECT array_agg(e.by ORDER BY e.by) FILTER (WHERE (e.by IS NOT NULL)) AS array_agg,
     min(e.unresolved) AS min
    FROM ( SELECT
                 CASE
                     WHEN ((r.principal_type = 'user'::text) AND (r.principal_id = list_entries_at.account)) THEN 'user'::text
                     WHEN (m.group_id IS NOT NULL) THEN ('group '::text || m.group_name)
                     ELSE NULL::text
                 END AS by,
                 CASE
                     WHEN (r.principal_type = 'user'::text) THEN NULL::text
                     WHEN (r.principal_type <> 'group'::text) THEN 'subjects_hidden'::text
                     WHEN (NOT (EXISTS ( SELECT
                        FROM acme.groups_at(list_entries_at.run) g(group_id, group_name)
                       WHERE (g.group_id = r.principal_id)))) THEN 'group_unresolved'::text
                     ELSE NULL::text
                 END AS unresolved
            FROM (acme.content_restrictions_history r
              LEFT JOIN acme.groups_of(list_entries_at.account, list_entries_at.run) m(group_id, group_name) ON (((r.principal_type = 'group'::text) AND (m.group_id = r.principal_id))))
           WHERE ((r.content_id = list_entries_at.content) AND (r.operation = list_entries_at.operation) AND (r.run_from <= list_entries_at.run) AND ((r.run_to IS NULL) OR (r.run_to > list_entries_at.run)))) e;
END;



CREATE FUNCTION acme.view_chains_at(contents bigint[], run bigint) RETURNS TABLE(content_id bigint, restricted_by bigint, depth integer)
    LANGUAGE plpgsql STABLE ROWS 10
    SET search_path TO 'acme', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_nestloop TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE layers AS MATERIALIZED (
        SELECT l.content_id, l.is_asked, l.has_view_list, l.view_restricted_by, l.above
        FROM content_layers_at(view_chains_at.contents, view_chains_at.run) AS l
    ), chains (content_id, restricted_by, depth) AS (
        SELECT l.content_id, l.view_restricted_by, 1
        FROM layers AS l
        WHERE l.is_asked AND l.view_restricted_by IS NOT NULL
      UNION ALL
        SELECT c.content_id, l.above, c.depth + 1
        FROM chains AS c
        JOIN layers AS l ON l.content_id = c.restricted_by
        WHERE l.has_view_list AND l.above IS NOT NULL
    )
    SELECT c.content_id, c.restricted_by, c.depth FROM chains AS c;
END
$$;



CREATE FUNCTION acme.explain_access_at(content bigint, account text, run bigint) RETURNS TABLE(ordinal integer, access text, level text, verdict text, content_id bigint, title text, by text[], reason text, detail text)
    LANGUAGE sql STABLE ROWS 12
    BEGIN ATOMIC
 WITH facts AS MATERIALIZED (
          SELECT f.run_id,
             f.access_as_of,
             f.seen_at,
             f.spaces_are_read,
             f.permissions_are_read,
             f.roles_are_read,
             f.roles_are_needed,
             f.groups_are_read,
             f.accounts_are_read,
             f.product_groups_are_read,
             f.product_is_proved,
             f.restrictions_are_read
            FROM acme.access_facts_at(explain_access_at.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read)
         ), layers AS MATERIALIZED (
          SELECT l.content_id,
             l.space_id,
             l.parent_id,
             l.type,
             l.status,
             l.title,
             l.is_asked,
             l.has_view_list,
             l.has_edit_list,
             l.view_restricted_by,
             l.above,
             l.own_gap,
             l.gap,
             l.gap_at
            FROM acme.content_layers_at(ARRAY[explain_access_at.content], explain_access_at.run) l(content_id, space_id, parent_id, type, status, title, is_asked, has_view_list, has_edit_list, view_restricted_by, above, own_gap, gap, gap_at)
         ), target AS MATERIALIZED (
          SELECT l.content_id,
             l.space_id,
             l.type,
             l.title,
             l.has_edit_list,
             l.view_restricted_by,
             l.above,
             l.gap,
             l.gap_at,
             (s.id IS NOT NULL) AS space_is_listed
            FROM (layers l
              LEFT JOIN acme.spaces_history s ON (((s.id = l.space_id) AND (s.run_from <= explain_access_at.run) AND ((s.run_to IS NULL) OR (s.run_to > explain_access_at.run)))))
           WHERE l.is_asked
          LIMIT 1
         ), person AS MATERIALIZED (
          SELECT a.account_status,
             a.is_guest,
             a.account_type,
             a.is_product_member,
             a.is_product_admin,
                 CASE
                     WHEN (k.reason IS NULL) THEN 'Allowed'::text
                     WHEN (k.reason = ANY (ARRAY['account_inactive'::text, 'denied_by_product'::text])) THEN 'Denied'::text
                     ELSE 'Unknown'::text
                 END AS verdict,
             k.reason,
                 CASE
                     WHEN a.is_guest THEN ARRAY['guest'::text]
                     WHEN (a.account_type = 'app'::text) THEN ARRAY['app'::text]
                     ELSE ( SELECT array_agg(DISTINCT ('group '::text || g.group_name) ORDER BY ('group '::text || g.group_name)) AS array_agg
                        FROM (acme.groups_of(explain_access_at.account, explain_access_at.run) g(group_id, group_name)
                          JOIN acme.product_memberships_at(explain_access_at.run) p(account_id, group_id, is_admin) ON (((p.group_id = g.group_id) AND (p.account_id = explain_access_at.account)))))
                 END AS by
            FROM ((( VALUES (1)) one
              LEFT JOIN acme.accounts_at(explain_access_at.run) a(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin) ON ((a.account_id = explain_access_at.account)))
              CROSS JOIN LATERAL ( SELECT acme.kept_out(a.account_status, a.account_type, a.is_guest, a.is_product_member, false, ( SELECT f.product_is_proved
                            FROM facts f)) AS reason) k)
         ), paths AS MATERIALIZED (
          SELECT x.access,
             ((m.path_type = ANY (ARRAY['class'::text, 'anonymous'::text])) AND (m.principal_id <> ALL (ARRAY['all-licensed-users'::text, 'all-product-admins'::text]))) AS is_open,
             concat_ws(' '::text, m.path_type, COALESCE(m.group_name, m.access_class)) AS path,
             ((h.admin_kind = ANY (ARRAY['full'::text, 'access'::text])) AND (m.standing = 'allowed'::text) AND (m.is_guest IS NOT TRUE)) AS is_admin
            FROM (((target t
              JOIN acme.space_holders_at(explain_access_at.run) h(space_id, principal, principal_type, principal_id, view_operations, edit_operations, administer_operations, admin_kind, sources, role_name) ON ((h.space_id = t.space_id)))
              JOIN acme.principal_accounts_at(explain_access_at.run) m(principal, principal_id, account_id, path_type, group_id, group_name, access_class, email, name, account_type, account_status, is_guest, standing, reason) ON ((m.principal = h.principal)))
              CROSS JOIN LATERAL ( SELECT 'view'::text AS "?column?"
                   WHERE (h.view_operations IS NOT NULL)
                 UNION ALL
                  SELECT 'edit'::text
                   WHERE (EXISTS ( SELECT
                            FROM unnest(h.edit_operations) o(operation)
                           WHERE ((split_part(o.operation, '/'::text, 2) = t.type) OR ((split_part(o.operation, '/'::text, 2) = 'page'::text) AND (t.type <> 'blogpost'::text)))))
                 UNION ALL
                  SELECT 'administer'::text
                   WHERE (h.administer_operations IS NOT NULL)) x(access))
           WHERE ((h.space_id = ( SELECT t_1.space_id
                    FROM target t_1)) AND (m.account_id = explain_access_at.account) AND t.space_is_listed)
         ), space_gaps AS MATERIALIZED (
          SELECT g.access,
             g.reason,
             g.detail,
             g.is_open
            FROM acme.space_gaps_at(explain_access_at.run) g(space_id, access, path_type, group_id, access_class, role_name, bound, reason, detail, is_open)
           WHERE (g.space_id = ( SELECT t.space_id
                    FROM target t))
         ), lists AS MATERIALIZED (
          SELECT x.content_id,
             x.access,
             x.depth,
             x.by,
             x.unresolved
            FROM ( SELECT c_1.restricted_by AS content_id,
                     'view'::text AS access,
                     c_1.depth,
                     n.by,
                     n.unresolved
                    FROM (acme.view_chains_at(ARRAY[explain_access_at.content], explain_access_at.run) c_1(content_id, restricted_by, depth)
                      CROSS JOIN LATERAL acme.list_entries_at(c_1.restricted_by, 'read'::text, explain_access_at.account, explain_access_at.run) n(by, unresolved))
                 UNION ALL
                  SELECT t.content_id,
                     'edit'::text,
                     0,
                     n.by,
                     n.unresolved
                    FROM (target t
                      CROSS JOIN LATERAL acme.list_entries_at(t.content_id, 'update'::text, explain_access_at.account, explain_access_at.run) n(by, unresolved))
                   WHERE t.has_edit_list) x
           WHERE ( SELECT f.restrictions_are_read
                    FROM facts f)
         ), levels AS MATERIALIZED (
          SELECT 1 AS level_ordinal,
             x.access,
             'product'::text AS level,
                 CASE
                     WHEN ((k.account_status = 'active'::text) AND (k.verdict <> 'Allowed'::text)) THEN
                     CASE
                         WHEN x.is_open THEN 'Irrelevant'::text
                         WHEN ((g.reason IS NOT NULL) OR (NOT t.space_is_listed)) THEN 'Unknown'::text
                         ELSE k.verdict
                     END
                     ELSE k.verdict
                 END AS verdict,
             NULL::bigint AS content_id,
             0 AS depth,
                 CASE k.verdict
                     WHEN 'Allowed'::text THEN k.by
                     ELSE NULL::text[]
                 END AS by,
                 CASE
                     WHEN ((k.account_status = 'active'::text) AND x.is_open) THEN NULL::text
                     WHEN ((k.verdict = 'Denied'::text) AND (k.account_status = 'active'::text)) THEN COALESCE(
                     CASE
                         WHEN (NOT t.space_is_listed) THEN 'space_hidden'::text
                         ELSE NULL::text
                     END, g.reason, k.reason)
                     ELSE k.reason
                 END AS reason,
             NULL::text AS detail
            FROM (((target t
              CROSS JOIN person k)
              CROSS JOIN LATERAL ( SELECT a.access,
                     (EXISTS ( SELECT
                            FROM paths p
                           WHERE ((p.access = a.access) AND p.is_open))) AS is_open
                    FROM ( VALUES ('view'::text), ('edit'::text)) a(access)) x)
              LEFT JOIN ( SELECT g_1.access,
                     min(g_1.reason) AS reason
                    FROM space_gaps g_1
                   WHERE g_1.is_open
                   GROUP BY g_1.access) g ON ((g.access = x.access)))
         UNION ALL
          SELECT 2,
             x.access,
             'space'::text,
                 CASE
                     WHEN (NOT t.space_is_listed) THEN 'Unknown'::text
                     WHEN (x.by IS NOT NULL) THEN 'Allowed'::text
                     WHEN (g.reason IS NOT NULL) THEN 'Unknown'::text
                     ELSE 'Denied'::text
                 END AS "case",
             NULL::bigint,
             0,
             x.by,
                 CASE
                     WHEN (NOT t.space_is_listed) THEN 'space_hidden'::text
                     WHEN (x.by IS NOT NULL) THEN NULL::text
                     ELSE COALESCE(g.reason, 'denied_by_space'::text)
                 END AS "coalesce",
                 CASE
                     WHEN (x.by IS NULL) THEN g.detail
                     ELSE NULL::text
                 END AS "case"
            FROM ((target t
              CROSS JOIN LATERAL ( SELECT a.access,
                     ( SELECT array_agg(DISTINCT p.path ORDER BY p.path) AS array_agg
                            FROM paths p
                           WHERE (p.access = a.access)) AS by
                    FROM ( VALUES ('view'::text), ('edit'::text)) a(access)) x)
              LEFT JOIN ( SELECT g_1.access,
                     min(g_1.reason) AS reason,
                     string_agg(g_1.detail, '; '::text ORDER BY g_1.detail) AS detail
                    FROM space_gaps g_1
                   GROUP BY g_1.access) g ON ((g.access = x.access)))
         UNION ALL
          SELECT 3,
             'view'::text,
             'parents'::text,
                 CASE
                     WHEN (l.by IS NOT NULL) THEN 'Allowed'::text
                     WHEN (l.unresolved IS NOT NULL) THEN 'Unknown'::text
                     ELSE 'Denied'::text
                 END AS "case",
             l.content_id,
             l.depth,
             l.by,
                 CASE
                     WHEN (l.by IS NULL) THEN COALESCE(l.unresolved, 'denied_by_restriction'::text)
                     ELSE NULL::text
                 END AS "case",
             NULL::text
            FROM (lists l
              JOIN target t ON ((l.content_id <> t.content_id)))
           WHERE (l.access = 'view'::text)
         UNION ALL
          SELECT 3,
             'view'::text,
             'parents'::text,
             'Inherited'::text,
             NULL::bigint,
             0,
             NULL::text[],
             NULL::text,
             NULL::text
            FROM (target t
              CROSS JOIN facts f)
           WHERE ((NOT (EXISTS ( SELECT
                    FROM lists l
                   WHERE ((l.access = 'view'::text) AND (l.content_id <> t.content_id))))) AND f.restrictions_are_read AND ((t.gap IS NULL) OR ((t.gap = ANY (ARRAY['content_hidden'::text, 'trashed'::text])) AND (t.gap_at = t.content_id))))
         UNION ALL
          SELECT 3,
             'view'::text,
             'parents'::text,
             'Unknown'::text,
             NULLIF(t.gap_at, t.content_id) AS "nullif",
             0,
             NULL::text[],
             t.gap,
                 CASE t.gap
                     WHEN 'ancestor_not_listed'::text THEN format('above content %s'::text, t.gap_at)
                     ELSE NULL::text
                 END AS "case"
            FROM target t
           WHERE ((t.gap IS NOT NULL) AND (NOT ((t.gap = ANY (ARRAY['content_hidden'::text, 'trashed'::text])) AND (t.gap_at = t.content_id))))
         UNION ALL
          SELECT 3,
             'edit'::text,
             'parents'::text,
             'Irrelevant'::text,
             NULL::bigint,
             0,
             NULL::text[],
             NULL::text,
             'edit lists are not handed down'::text
            FROM target t
         UNION ALL
          SELECT 4,
             x.access,
             'content'::text,
                 CASE
                     WHEN ((NOT f.restrictions_are_read) OR ((t.gap = ANY (ARRAY['content_hidden'::text, 'trashed'::text])) AND (t.gap_at = t.content_id))) THEN 'Unknown'::text
                     WHEN (l.content_id IS NULL) THEN 'Inherited'::text
                     WHEN (l.by IS NOT NULL) THEN 'Allowed'::text
                     WHEN (l.unresolved IS NOT NULL) THEN 'Unknown'::text
                     ELSE 'Denied'::text
                 END AS "case",
             t.content_id,
             0,
             l.by,
                 CASE
                     WHEN ((t.gap = ANY (ARRAY['content_hidden'::text, 'trashed'::text])) AND (t.gap_at = t.content_id)) THEN t.gap
                     WHEN (NOT f.restrictions_are_read) THEN 'not_read'::text
                     WHEN ((l.content_id IS NOT NULL) AND (l.by IS NULL)) THEN COALESCE(l.unresolved, 'denied_by_restriction'::text)
                     ELSE NULL::text
                 END AS "case",
             NULL::text
            FROM (((target t
              CROSS JOIN facts f)
              CROSS JOIN ( VALUES ('view'::text), ('edit'::text)) x(access))
              LEFT JOIN lists l ON (((l.content_id = t.content_id) AND (l.access = x.access))))
         UNION ALL
          SELECT 4,
             x.access,
             'content'::text,
                 CASE c_1.verdict
                     WHEN 'denied'::text THEN 'Denied'::text
                     ELSE 'Unknown'::text
                 END AS "case",
             explain_access_at.content AS content,
             0,
             NULL::text[],
             c_1.reason,
             c_1.detail
            FROM (( VALUES ('view'::text), ('edit'::text)) x(access)
              JOIN acme.contents_access_at(ARRAY[explain_access_at.content], explain_access_at.run) c_1(space_id, space_key, content_id, content_type, title, access, admin_kind, account_id, email, name, account_type, account_status, is_guest, verdict, path_type, group_id, group_name, access_class, role_name, operations, sources, bound, reason, detail, seen_at, run_id, access_as_of) ON ((c_1.access = x.access)))
           WHERE (NOT (EXISTS ( SELECT
                    FROM target)))
         ), results AS (
          SELECT x.access,
                 CASE
                     WHEN bool_or((l.verdict = 'Denied'::text)) THEN 'denied'::text
                     WHEN bool_or((l.verdict = 'Unknown'::text)) THEN 'unknown'::text
                     ELSE 'allowed'::text
                 END AS verdict
            FROM (( VALUES ('view'::text,'view'::text), ('edit'::text,'view'::text), ('edit'::text,'edit'::text)) x(access, needs)
              JOIN levels l ON ((l.access = x.needs)))
           GROUP BY x.access
         )
  SELECT (row_number() OVER (ORDER BY e.access DESC, e.level_ordinal, e.depth DESC, e.verdict, e.content_id))::integer AS row_number,
     e.access,
     e.level,
     e.verdict,
     e.content_id,
     c.title,
     e.by,
     e.reason,
     e.detail
    FROM (( SELECT l.level_ordinal,
             l.access,
             l.level,
             l.verdict,
             l.content_id,
             l.depth,
             l.by,
             l.reason,
             l.detail
            FROM levels l
         UNION ALL
          SELECT 5,
             r.access,
             'result'::text,
             r.verdict,
             explain_access_at.content AS content,
             0,
             NULL::text[],
             NULL::text,
             NULL::text
            FROM results r
         UNION ALL
          SELECT 6,
             r.access,
             'result'::text,
             'potential'::text,
             explain_access_at.content AS content,
             0,
             array_remove(ARRAY[
                 CASE
                     WHEN (k.is_product_admin AND (k.account_status = 'active'::text)) THEN 'product_admin'::text
                     ELSE NULL::text
                 END,
                 CASE
                     WHEN (EXISTS ( SELECT
                        FROM paths p
                       WHERE p.is_admin)) THEN 'space_admin'::text
                     ELSE NULL::text
                 END], NULL::text) AS array_remove,
             NULL::text,
             NULL::text
            FROM (results r
              CROSS JOIN person k)
           WHERE ((r.verdict <> 'allowed'::text) AND ((k.is_product_admin AND (k.account_status = 'active'::text)) OR (EXISTS ( SELECT
                    FROM paths p
                   WHERE p.is_admin))))) e
      LEFT JOIN layers c ON ((c.content_id = e.content_id)));
END;



CREATE FUNCTION acme.export_evidence(id bigint, format text DEFAULT 'json'::text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'acme', 'pg_temp'
    AS $$
DECLARE
    kept manifests;
BEGIN
    SELECT m.* INTO kept FROM manifests AS m WHERE m.id = export_evidence.id;
    IF kept.id IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('there is no manifest %s', coalesce(id::text, 'NULL'));
    END IF;
    CASE format
        WHEN 'json' THEN RETURN kept.manifest;
        WHEN 'in-toto' THEN RETURN canonical_json(in_toto_statement(kept));
        ELSE
            RAISE invalid_parameter_value USING
                MESSAGE = pg_catalog.format('there is no format "%s"', format),
                HINT = 'Formats are: json, in-toto.';
    END CASE;
END
$$;



CREATE FUNCTION acme.external_access(internal_domains text[] DEFAULT '{}'::text[], as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(account_id text, email text, domain text, name text, account_type text, account_status text, is_guest boolean, kind text, space_id bigint, space_key text, access text, verdict text, paths text[], reason text, detail text, run_id bigint)
    LANGUAGE sql STABLE ROWS 2000
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT acme.access_run_at(external_access.as_of) AS run
         ), reached AS MATERIALIZED (
          SELECT e.space_id,
             e.space_key,
             e.account_id,
             e.email,
             e.name,
             e.account_type,
             e.account_status,
             e.is_guest,
             e.access,
             e.verdict,
             e.admin_kind,
             e.paths,
             e.reasons,
             e.run_id,
             e.access_as_of,
             NULLIF(lower(split_part(e.email, '@'::text, 2)), ''::text) AS domain
            FROM (asked
              CROSS JOIN LATERAL acme.effective_space_access_at(asked.run) e(space_id, space_key, account_id, email, name, account_type, account_status, is_guest, access, verdict, admin_kind, paths, reasons, run_id, access_as_of))
         ), own AS (
          SELECT array_agg(lower(d.d)) AS domains
            FROM unnest(external_access.internal_domains) d(d)
         ), kinds AS (
          SELECT r_1.space_id,
             r_1.space_key,
             r_1.account_id,
             r_1.email,
             r_1.name,
             r_1.account_type,
             r_1.account_status,
             r_1.is_guest,
             r_1.access,
             r_1.verdict,
             r_1.admin_kind,
             r_1.paths,
             r_1.reasons,
             r_1.run_id,
             r_1.access_as_of,
             r_1.domain,
                 CASE
                     WHEN r_1.is_guest THEN 'guest'::text
                     WHEN (r_1.account_type = 'customer'::text) THEN 'customer'::text
                     WHEN ((own.domains IS NOT NULL) AND (r_1.account_type IS DISTINCT FROM 'app'::text) AND (r_1.domain IS NULL)) THEN 'unknown'::text
                     WHEN ((own.domains IS NOT NULL) AND (r_1.account_type IS DISTINCT FROM 'app'::text) AND (r_1.domain <> ALL (own.domains))) THEN 'external_domain'::text
                     ELSE NULL::text
                 END AS kind
            FROM (reached r_1
              CROSS JOIN own)
           WHERE (r_1.account_id IS NOT NULL)
         ), answer(account_id, email, domain, name, account_type, account_status, is_guest, kind, space_id, space_key, access, verdict, paths, reason, detail, run_id) AS (
          SELECT r_1.account_id,
             r_1.email,
             r_1.domain,
             r_1.name,
             r_1.account_type,
             r_1.account_status,
             r_1.is_guest,
             r_1.kind,
             r_1.space_id,
             r_1.space_key,
             r_1.access,
                 CASE r_1.kind
                     WHEN 'unknown'::text THEN 'unknown'::text
                     ELSE r_1.verdict
                 END AS verdict,
             r_1.paths,
                 CASE r_1.kind
                     WHEN 'unknown'::text THEN 'email_hidden'::text
                     ELSE array_to_string(r_1.reasons, ', '::text)
                 END AS array_to_string,
                 CASE r_1.kind
                     WHEN 'unknown'::text THEN 'no address is known, so whose account it is cannot be told'::text
                     ELSE NULL::text
                 END AS "case",
             asked.run
            FROM (kinds r_1
              CROSS JOIN asked)
           WHERE ((r_1.kind IS NOT NULL) AND (r_1.verdict = ANY (ARRAY['allowed'::text, 'unknown'::text])))
         UNION ALL
          SELECT NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::boolean,
             NULL::text,
             r_1.space_id,
             r_1.space_key,
             r_1.access,
             r_1.verdict,
             r_1.paths,
             array_to_string(r_1.reasons, ', '::text) AS array_to_string,
             NULL::text,
             asked.run
            FROM (reached r_1
              CROSS JOIN asked)
           WHERE (r_1.account_id IS NULL)
         )
  SELECT r.account_id,
     r.email,
     r.domain,
     r.name,
     r.account_type,
     r.account_status,
     r.is_guest,
     r.kind,
     r.space_id,
     r.space_key,
     r.access,
     r.verdict,
     r.paths,
     r.reason,
     r.detail,
     r.run_id
    FROM answer r
   ORDER BY (r.account_id IS NULL), (NOT (r.kind IS DISTINCT FROM 'unknown'::text)), (r.account_id COLLATE "C"), r.space_id, (r.access COLLATE "C"), (r.reason COLLATE "C");
END;



CREATE FUNCTION acme.folders_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(id bigint, space_id bigint, title text, status text, parent_id bigint, parent_type text, "position" integer, author_id text, owner_id text, created_at timestamp with time zone, version_number integer, modified_at timestamp with time zone, version_author_id text, version_message text, version_minor_edit boolean, web_url text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.id,
     h.space_id,
     h.title,
     h.status,
     h.parent_id,
     h.parent_type,
     h."position",
     h.author_id,
     h.owner_id,
     h.created_at,
     h.version_number,
     h.modified_at,
     h.version_author_id,
     h.version_message,
     h.version_minor_edit,
     h.web_url
    FROM acme.folders_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(folders_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(folders_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.group_changes("from" timestamp with time zone, "to" timestamp with time zone, groups text[] DEFAULT NULL::text[], as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(group_id text, group_name text, gives_product_access boolean, account_id text, email text, name text, account_status text, change text, after timestamp with time zone, until timestamp with time zone, audit_at timestamp with time zone, audit_author_id text, author_name text, audit_summary text, reason text, detail text, run_id bigint)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT p.run_before,
             p.before_at,
             p.run_after,
             p.after_at,
             p.answers_run,
             p.is_late
            FROM acme.period_runs(group_changes."from", group_changes."to", group_changes.as_of) p(run_before, before_at, run_after, after_at, answers_run, is_late)
         ), event AS (
          SELECT m.group_id,
             m.account_id,
                 CASE
                     WHEN (EXISTS ( SELECT
                        FROM acme.groups_history g
                       WHERE ((g.id = m.group_id) AND (g.run_from < m.run_from) AND ((g.run_to IS NULL) OR (g.run_to >= m.run_from))))) THEN 'joined'::text
                     ELSE 'first_seen'::text
                 END AS change,
             m.not_before AS after,
             m.valid_from AS until
            FROM (asked
              JOIN acme.group_members_history m ON (((m.run_from > asked.run_before) AND (m.run_from <= asked.run_after))))
           WHERE (NOT (EXISTS ( SELECT
                    FROM acme.group_members_history e
                   WHERE ((e.group_id = m.group_id) AND (e.account_id = m.account_id) AND (e.run_to = m.run_from) AND (e.end_reason = 'changed'::text)))))
         UNION ALL
          SELECT m.group_id,
             m.account_id,
                 CASE m.end_reason
                     WHEN 'gone_or_hidden'::text THEN 'not_seen'::text
                     ELSE 'left'::text
                 END AS "case",
             m.seen_until,
             m.valid_to
            FROM (asked
              JOIN acme.group_members_history m ON (((m.run_to > asked.run_before) AND (m.run_to <= asked.run_after))))
           WHERE (m.end_reason IS DISTINCT FROM 'changed'::text)
         ), told AS (
          SELECT e.group_id,
             e.account_id,
             e.change,
             e.after,
             e.until,
             n.name AS group_name,
             a.email,
             a.name,
             a.account_status,
             (EXISTS ( SELECT
                    FROM acme.product_groups_history p
                   WHERE ((p.id = e.group_id) AND (p.run_from <= asked.run_after) AND ((p.run_to IS NULL) OR (p.run_to > asked.run_before))))) AS gives_product_access,
             asked.run_after,
             asked.answers_run
            FROM (((event e
              CROSS JOIN asked)
              LEFT JOIN LATERAL ( SELECT g.name
                    FROM acme.groups_history g
                   WHERE ((g.id = e.group_id) AND (g.run_from <= asked.run_after))
                   ORDER BY g.run_from DESC
                  LIMIT 1) n ON (true))
              LEFT JOIN LATERAL acme.account_told_at(e.account_id, asked.run_after) a(email, name, account_status) ON (true))
           WHERE ((group_changes.groups IS NULL) OR (e.group_id = ANY (group_changes.groups)) OR (n.name = ANY (group_changes.groups)))
         ), answer(group_id, group_name, gives_product_access, account_id, email, name, account_status, change, after, until, audit_at, audit_author_id, author_name, audit_summary, reason, detail, run_id) AS (
          SELECT t.group_id,
             t.group_name,
             t.gives_product_access,
             t.account_id,
             t.email,
             t.name,
             t.account_status,
             t.change,
             t.after,
             t.until,
             r_1.audit_at,
             r_1.audit_author_id,
             r_1.author_name,
             r_1.audit_summary,
                 CASE t.change
                     WHEN 'not_seen'::text THEN 'not_seen'::text
                     ELSE NULL::text
                 END AS "case",
                 CASE t.change
                     WHEN 'not_seen'::text THEN 'nothing proves that the account has left: the group is not listed any more'::text
                     WHEN 'first_seen'::text THEN 'the group was not listed before: it is new, or was hidden'::text
                     ELSE NULL::text
                 END AS "case",
             t.run_after
            FROM (told t
              LEFT JOIN LATERAL acme.audit_record_of(t.after, t.until,
                 CASE
                     WHEN (t.change = ANY (ARRAY['joined'::text, 'first_seen'::text])) THEN 'added.*group'::text
                     ELSE 'removed.*group|group deleted'::text
                 END,
                 CASE
                     WHEN (t.change = 'not_seen'::text) THEN ARRAY[t.group_id]
                     ELSE ARRAY[t.group_id, t.name]
                 END, t.answers_run) r_1(audit_at, audit_author_id, author_name, audit_summary) ON (true))
         UNION ALL
          SELECT NULL::text,
             NULL::text,
             NULL::boolean,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             group_changes."from" AS "from",
             asked.before_at,
             NULL::timestamp with time zone,
             NULL::text,
             NULL::text,
             NULL::text,
             'before_first_run'::text,
             'the mirror knows nothing of this time'::text,
             asked.run_after
            FROM asked
           WHERE asked.is_late
         )
  SELECT r.group_id,
     r.group_name,
     r.gives_product_access,
     r.account_id,
     r.email,
     r.name,
     r.account_status,
     r.change,
     r.after,
     r.until,
     r.audit_at,
     r.audit_author_id,
     r.author_name,
     r.audit_summary,
     r.reason,
     r.detail,
     r.run_id
    FROM answer r
   ORDER BY (r.reason IS NOT NULL), r.until, (r.group_id COLLATE "C"), (r.account_id COLLATE "C"), (r.change COLLATE "C");
END;



CREATE FUNCTION acme.group_members_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(group_id text, account_id text, account_type text, account_status text, email text, public_name text, display_name text, is_external_collaborator boolean, is_guest boolean, type text, time_zone text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.group_id,
     h.account_id,
     h.account_type,
     h.account_status,
     h.email,
     h.public_name,
     h.display_name,
     h.is_external_collaborator,
     h.is_guest,
     h.type,
     h.time_zone
    FROM acme.group_members_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(group_members_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(group_members_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.group_space_matrix(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(group_id text, group_name text, members bigint, space_id bigint, space_key text, access text[], operations text[], sources text[], reason text, detail text, run_id bigint)
    LANGUAGE sql STABLE ROWS 2000
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT acme.access_run_at(group_space_matrix.as_of) AS run
         ), facts AS MATERIALIZED (
          SELECT f.run_id,
             f.access_as_of,
             f.seen_at,
             f.spaces_are_read,
             f.permissions_are_read,
             f.roles_are_read,
             f.roles_are_needed,
             f.groups_are_read,
             f.accounts_are_read,
             f.product_groups_are_read,
             f.product_is_proved,
             f.restrictions_are_read
            FROM (asked
              CROSS JOIN LATERAL acme.access_facts_at(asked.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read))
         ), member AS MATERIALIZED (
          SELECT m.group_id,
             count(*) AS members
            FROM (asked
              JOIN acme.group_members_history m ON (((m.run_from <= asked.run) AND ((m.run_to IS NULL) OR (m.run_to > asked.run)))))
           GROUP BY m.group_id
         ), cell AS (
          SELECT g.principal_id,
             g.space_id,
             array_agg(DISTINCT acme.access_by(g.operation_key, g.operation_target_type)) FILTER (WHERE (acme.access_by(g.operation_key, g.operation_target_type) IS NOT NULL)) AS access,
             array_agg(DISTINCT ((g.operation_key || '/'::text) || g.operation_target_type)) AS operations,
             array_agg(DISTINCT source.source) AS sources
            FROM ((asked
              CROSS JOIN LATERAL acme.space_grants_at(asked.run) g(space_id, principal_type, principal_id, operation_key, operation_target_type, sources))
              CROSS JOIN LATERAL unnest(g.sources) source(source))
           WHERE (g.principal_type = 'group'::text)
           GROUP BY g.principal_id, g.space_id
         ), answer AS (
          SELECT c.principal_id AS group_id,
             n.name AS group_name,
                 CASE
                     WHEN (f.groups_are_read AND (n.id IS NOT NULL)) THEN COALESCE(m.members, (0)::bigint)
                     ELSE NULL::bigint
                 END AS members,
             c.space_id,
             s.key,
             c.access,
             c.operations,
             c.sources,
                 CASE
                     WHEN ((NOT f.groups_are_read) OR (n.id IS NULL)) THEN 'group_unresolved'::text
                     ELSE NULL::text
                 END AS reason,
                 CASE
                     WHEN ((NOT f.groups_are_read) OR (n.id IS NULL)) THEN 'who is in it is not known'::text
                     ELSE NULL::text
                 END AS detail,
             asked.run
            FROM (((((cell c
              CROSS JOIN asked)
              CROSS JOIN facts f)
              LEFT JOIN acme.groups_history n ON (((n.id = c.principal_id) AND (n.run_from <= asked.run) AND ((n.run_to IS NULL) OR (n.run_to > asked.run)))))
              LEFT JOIN member m ON ((m.group_id = c.principal_id)))
              LEFT JOIN acme.spaces_history s ON (((s.id = c.space_id) AND (s.run_from <= asked.run) AND ((s.run_to IS NULL) OR (s.run_to > asked.run)))))
         UNION ALL
          SELECT DISTINCT g.group_id,
             n.name,
             NULL::bigint AS int8,
             g.space_id,
             s.key,
             NULL::text[] AS text,
             NULL::text[] AS text,
             NULL::text[] AS text,
             g.reason,
             g.detail,
             asked.run
            FROM (((asked
              CROSS JOIN LATERAL acme.space_gaps_at(asked.run) g(space_id, access, path_type, group_id, access_class, role_name, bound, reason, detail, is_open))
              LEFT JOIN acme.groups_history n ON (((n.id = g.group_id) AND (n.run_from <= asked.run) AND ((n.run_to IS NULL) OR (n.run_to > asked.run)))))
              LEFT JOIN acme.spaces_history s ON (((s.id = g.space_id) AND (s.run_from <= asked.run) AND ((s.run_to IS NULL) OR (s.run_to > asked.run)))))
           WHERE ((g.reason = 'not_read'::text) OR ((g.reason = 'role_unresolved'::text) AND ((g.path_type IS NULL) OR (g.path_type = 'group'::text))))
         )
  SELECT r.group_id,
     r.group_name,
     r.members,
     r.space_id,
     r.key,
     r.access,
     r.operations,
     r.sources,
     r.reason,
     r.detail,
     r.run
    FROM answer r
   ORDER BY (r.reason IS NOT NULL), (r.group_name COLLATE "C"), (r.group_id COLLATE "C"), r.space_id, (r.reason COLLATE "C"), (r.detail COLLATE "C");
END;



CREATE FUNCTION acme.groups_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(id text, name text, type text, usage_type text, managed_by text, resource_ari text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.id,
     h.name,
     h.type,
     h.usage_type,
     h.managed_by,
     h.resource_ari
    FROM acme.groups_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(groups_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(groups_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.json_or_null(content text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN content::jsonb;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END
$$;



CREATE FUNCTION acme.in_toto_statement(manifest acme.manifests) RETURNS jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT jsonb_build_object('_type', 'https://in-toto.io/Statement/v1', 'subject', ( SELECT jsonb_agg(jsonb_build_object('name', subject.name, 'digest', jsonb_build_object('sha256', subject.sha256)) ORDER BY subject.place, subject.part, subject.chunk) AS jsonb_agg
            FROM ( SELECT 1 AS place,
                     ''::text AS part,
                     1 AS chunk,
                     (('manifest-'::text || (in_toto_statement.manifest).id) || '.json'::text) AS name,
                     (in_toto_statement.manifest).sha256 AS sha256
                 UNION ALL
                  SELECT 2,
                     file.part,
                     each.chunk,
                     acme.evidence_file_name(in_toto_statement.manifest, file.part, each.chunk, jsonb_array_length(file.chunks)) AS evidence_file_name,
                     (each.hashes ->> 'sha256'::text)
                    FROM (( VALUES ('rows'::text,(in_toto_statement.manifest).chunks), ('sample'::text,(in_toto_statement.manifest).sample_chunks)) file(part, chunks)
                      CROSS JOIN LATERAL jsonb_array_elements(file.chunks) WITH ORDINALITY each(hashes, chunk))) subject), 'predicateType', 'urn:confluence-fdw:manifest:v1', 'predicate', jsonb_build_object('manifest', acme.json_or_null((manifest).manifest), 'parameters', (manifest).parameters, 'parameters_salt', (manifest).parameters_salt)) AS jsonb_build_object;
END;



CREATE FUNCTION acme.is_visible(content bigint, account text) RETURNS boolean
    LANGUAGE plpgsql STABLE COST 1000
    SET search_path TO 'acme', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
    run CONSTANT bigint := current_access_run();
    restricted_by bigint;
BEGIN
    SELECT d.view_restricted_by
    INTO restricted_by
    FROM content_audience AS k
    JOIN audiences AS d ON d.audience_id = k.audience_id
    WHERE k.content_id = content AND d.gap IS NULL
      AND EXISTS (SELECT
                  FROM view_holders AS h
                  JOIN account_principals AS p
                      ON p.account_id = account AND p.principal_type = h.principal_type AND p.principal_id = h.principal_id
                  WHERE h.space_id = d.space_id AND p.is_let_in);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    -- The account passes each list above the content, from the nearest to the last.
    WHILE restricted_by IS NOT NULL LOOP
        SELECT v.above
        INTO restricted_by
        FROM view_restrictions AS v
        WHERE v.content_id = restricted_by
          AND EXISTS (SELECT
                      FROM content_restrictions_history AS r
                      WHERE r.content_id = v.content_id AND r.operation = 'read'
                        AND r.run_from <= run AND (r.run_to IS NULL OR r.run_to > run)
                        AND (r.principal_type = 'user' AND r.principal_id = account
                             OR r.principal_type = 'group'
                                AND EXISTS (SELECT FROM account_principals AS p
                                            WHERE p.account_id = account AND p.principal_type = 'group' AND p.principal_id = r.principal_id)));
        IF NOT FOUND THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END
$$;



CREATE FUNCTION acme.keep_rows(made acme.manifests, call text) RETURNS acme.manifests
    LANGUAGE plpgsql
    SET search_path TO 'acme', 'pg_temp'
    AS $_$
DECLARE
    names CONSTANT text[] := ARRAY(SELECT jsonb_array_elements(made.columns) ->> 'name');
    line  CONSTANT text := (SELECT string_agg(csv_expression(described ->> 'name', described ->> 'type'), ' || '','' || ' ORDER BY place)
                            FROM jsonb_array_elements(made.columns) WITH ORDINALITY AS each (described, place));
    -- Rows of access have a verdict; in other reports, a row with a reason says what is not known.
    is_unknown CONSTANT text := CASE WHEN 'verdict' = ANY (names) THEN 'given.verdict = ''unknown'''
                                     WHEN 'reason' = ANY (names) THEN 'given.reason IS NOT NULL'
                                     ELSE 'false' END;
    resource   CONSTANT text := CASE WHEN '{space_id,content_id}' <@ names
                                     THEN 'CASE WHEN given.space_id IS NOT NULL OR given.content_id IS NOT NULL THEN (given.space_id, given.content_id) END'
                                     WHEN 'space_id' = ANY (names) THEN 'given.space_id'
                                     WHEN 'content_id' = ANY (names) THEN 'given.content_id' END;
BEGIN
    EXECUTE format(
        $sql$
            WITH given AS MATERIALIZED (
                SELECT * FROM %1$s
            ), kept AS (
                INSERT INTO evidence (manifest_id, part, chunk, lines)
                SELECT $1, 'rows', (place - 1) / 10000 + 1, array_agg(line ORDER BY place)
                FROM (
                    SELECT line, row_number() OVER (ORDER BY line COLLATE "C") AS place
                    FROM (SELECT %2$s AS line FROM given) AS unordered
                ) AS ordered
                GROUP BY (place - 1) / 10000
            )
            SELECT count(*), %3$s, %4$s, count(*) FILTER (WHERE %5$s),
                   (SELECT jsonb_object_agg(reason, occurrences)
                    FROM (SELECT coalesce(%6$s, '') AS reason, count(*) AS occurrences
                          FROM given WHERE %5$s GROUP BY 1) AS each)
            FROM given
        $sql$,
        call, line,
        CASE WHEN 'account_id' = ANY (names) THEN 'count(DISTINCT given.account_id)' ELSE 'NULL::bigint' END,
        coalesce('count(DISTINCT ' || resource || ')', 'NULL::bigint'),
        is_unknown,
        CASE WHEN 'reason' = ANY (names) THEN 'given.reason' WHEN 'reasons' = ANY (names) THEN 'array_to_string(given.reasons, '', '')'
             ELSE 'NULL::text' END)
    INTO STRICT made.rows, made.distinct_accounts, made.distinct_resources, made.unknown_rows, made.unknown_by_reason
    USING made.id;
    IF made.rows = 0 THEN
        INSERT INTO evidence (manifest_id, part, chunk, lines) VALUES (made.id, 'rows', 1, '{}');
    END IF;

    SELECT jsonb_agg(chunk_hashes(CASE WHEN e.chunk = 1 THEN csv_header(made.columns) END, e.lines, NULL) ORDER BY e.chunk)
    INTO STRICT made.chunks
    FROM evidence AS e WHERE e.manifest_id = made.id AND e.part = 'rows';
    RETURN made;
END
$_$;



CREATE FUNCTION acme.keep_sample(made acme.manifests, answers jsonb) RETURNS acme.manifests
    LANGUAGE plpgsql
    SET search_path TO 'acme', 'pg_temp'
    AS $$
DECLARE
    are_those boolean;
BEGIN
    WITH pair AS MATERIALIZED (
        SELECT * FROM sample_pairs(made.report, made.parameters, made.sample_asked)
    ), answer AS MATERIALIZED (
        SELECT a.content_id, a.account_id, a.access, a.failed_layer,
               CASE WHEN a.allowed THEN 'allowed' WHEN NOT a.allowed THEN 'denied' ELSE 'unknown' END AS site
        FROM jsonb_to_recordset(answers) AS a (content_id bigint, account_id text, access text, allowed boolean, failed_layer text)
    ), verdict AS MATERIALIZED (
        SELECT * FROM sample_verdicts(ARRAY(SELECT content_id FROM pair ORDER BY pair), ARRAY(SELECT account_id FROM pair ORDER BY pair),
                                      ARRAY(SELECT access FROM pair ORDER BY pair), made.access_run_id)
    ), checked AS MATERIALIZED (
        SELECT content_id, account_id, access, p.drawn_from, v.verdict AS mirror, a.site, a.failed_layer,
               CASE WHEN 'unknown' NOT IN (v.verdict, a.site) THEN v.verdict = a.site END AS agrees
        FROM pair AS p
        JOIN answer AS a USING (content_id, account_id, access)
        JOIN verdict AS v USING (content_id, account_id, access)
    ), kept AS (
        INSERT INTO evidence (manifest_id, part, chunk, lines)
        SELECT made.id, 'sample', 1, coalesce(array_agg(line ORDER BY line COLLATE "C"), '{}')
        FROM (
            SELECT concat_ws(',', content_id, csv_field(to_jsonb(account_id)), access, drawn_from, mirror, site,
                             csv_field(to_jsonb(failed_layer)), csv_field(to_jsonb(agrees))) AS line
            FROM checked
        ) AS each
    )
    SELECT count(agrees), count(*) FILTER (WHERE agrees),
           count(*) = (SELECT count(*) FROM pair) AND count(*) = jsonb_array_length(answers)
    INTO STRICT made.sample_checked, made.sample_agreed, are_those
    FROM checked;
    IF NOT are_those THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'the answers are not those for the pairs of this sample',
            HINT = 'confluence.attest asks for the pairs that sample_pairs gives, each of them once.';
    END IF;

    SELECT jsonb_agg(chunk_hashes(csv_header(sample_columns()), e.lines, NULL))
    INTO STRICT made.sample_chunks
    FROM evidence AS e WHERE e.manifest_id = made.id AND e.part = 'sample';
    RETURN made;
END
$$;



CREATE FUNCTION acme.leaver_ownership(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(account_id text, email text, name text, account_status text, kind text, space_id bigint, space_key text, content_id bigint, title text, status text, modified_at timestamp with time zone, reason text, detail text, run_id bigint)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT acme.run_at(leaver_ownership.as_of) AS run
         ), active AS MATERIALIZED (
          SELECT u.account_id
            FROM (asked
              JOIN acme.users_history u ON (((u.run_from <= asked.run) AND ((u.run_to IS NULL) OR (u.run_to > asked.run)))))
           WHERE (u.account_status = 'active'::text)
         ), owned AS (
          SELECT s.owner_id,
             'space'::text AS kind,
             s.id AS space_id,
             NULL::bigint AS content_id,
             s.name AS title,
             s.status,
             NULL::timestamp with time zone AS modified_at
            FROM (asked
              JOIN acme.spaces_history s ON (((s.run_from <= asked.run) AND ((s.run_to IS NULL) OR (s.run_to > asked.run)))))
         UNION ALL
          SELECT c.owner_id,
             c.type,
             c.space_id,
             c.id,
             c.title,
             c.status,
             c.modified_at
            FROM (asked
              CROSS JOIN LATERAL acme.content_at(asked.run) c(id, type, space_id, parent_id, parent_type, title, status, owner_id, author_id, created_at, modified_at))
         ), answer(account_id, email, name, account_status, kind, space_id, space_key, content_id, title, status, modified_at, reason, detail, run_id) AS (
          SELECT o.owner_id,
             a.email,
             a.name,
             COALESCE(a.account_status, 'unknown'::text) AS "coalesce",
             o.kind,
             o.space_id,
             s.key,
             o.content_id,
             o.title,
             o.status,
             o.modified_at,
                 CASE
                     WHEN (a.account_status = ANY (ARRAY['inactive'::text, 'closed'::text])) THEN NULL::text
                     ELSE 'account_unknown'::text
                 END AS "case",
                 CASE
                     WHEN (a.account_status = ANY (ARRAY['inactive'::text, 'closed'::text])) THEN NULL::text
                     ELSE 'the site does not say whether the account is active'::text
                 END AS "case",
             asked.run
            FROM (((owned o
              CROSS JOIN asked)
              LEFT JOIN LATERAL acme.account_told_at(o.owner_id, asked.run) a(email, name, account_status) ON (true))
              LEFT JOIN acme.spaces_history s ON (((s.id = o.space_id) AND (s.run_from <= asked.run) AND ((s.run_to IS NULL) OR (s.run_to > asked.run)))))
           WHERE ((o.owner_id IS NOT NULL) AND (NOT (EXISTS ( SELECT
                    FROM active u
                   WHERE (u.account_id = o.owner_id)))))
         )
  SELECT r.account_id,
     r.email,
     r.name,
     r.account_status,
     r.kind,
     r.space_id,
     r.space_key,
     r.content_id,
     r.title,
     r.status,
     r.modified_at,
     r.reason,
     r.detail,
     r.run_id
    FROM answer r
   ORDER BY (r.reason IS NOT NULL), (r.account_id COLLATE "C"), (r.kind COLLATE "C"), r.space_id, r.content_id;
END;



CREATE FUNCTION acme.lines_that_name(account text, emails text[], names text[]) RETURNS TABLE(manifest_id bigint, part text, chunk integer, line integer, sha256 text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT e.manifest_id,
     e.part,
     e.chunk,
     (each.line)::integer AS line,
     acme.sha256_of(each.content) AS sha256_of
    FROM ((acme.evidence e
      JOIN acme.manifests m ON ((m.id = e.manifest_id)))
      CROSS JOIN LATERAL unnest(e.lines) WITH ORDINALITY each(content, line))
   WHERE ((strpos(each.content, lines_that_name.account) > 0) OR (EXISTS ( SELECT
            FROM unnest(lines_that_name.emails) email(email)
           WHERE (strpos(((','::text || each.content) || ','::text), ((','::text || acme.csv_field(to_jsonb(email.email))) || ','::text)) > 0))) OR ((EXISTS ( SELECT
            FROM unnest(lines_that_name.names) name(name)
           WHERE (strpos(each.content, replace(name.name, '"'::text, '""'::text)) > 0))) AND (EXISTS ( SELECT
            FROM jsonb_array_elements(m.columns) WITH ORDINALITY field(described, place)
           WHERE (((field.described ->> 'name'::text) = ANY (ARRAY['name'::text, 'display_name'::text, 'author_name'::text, 'owner_name'::text])) AND ((acme.csv_fields(each.content))[field.place] IN ( SELECT acme.csv_field(to_jsonb(name.name)) AS csv_field
                    FROM unnest(lines_that_name.names) name(name))))))));
END;



CREATE FUNCTION acme.lock_chain() RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'acme', 'pg_temp'
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock('pg_class'::regclass::oid::integer, 'manifests'::regclass::oid::integer);
    RETURN coalesce((SELECT max(id) FROM manifests), 0) + 1;
END
$$;



CREATE FUNCTION acme.manifest_columns(manifest acme.manifests) RETURNS jsonb
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT jsonb_object_agg(jsonb_each.key, jsonb_each.value) AS jsonb_object_agg
    FROM jsonb_each(to_jsonb(manifest_columns.manifest)) jsonb_each(key, value)
   WHERE ((jsonb_each.value <> 'null'::jsonb) AND (jsonb_each.key <> ALL (ARRAY['sha256'::text, 'manifest'::text, 'parameters'::text, 'parameters_salt'::text])));
END;



CREATE FUNCTION acme.named_in_lists_at(content bigint, run bigint) RETURNS TABLE(account_id text, access text, layers jsonb)
    LANGUAGE sql STABLE ROWS 10
    BEGIN ATOMIC
 WITH lists AS (
          SELECT c.restricted_by AS content_id,
             'view'::text AS list,
             'read'::text AS operation,
             c.depth
            FROM acme.view_chains_at(ARRAY[named_in_lists_at.content], named_in_lists_at.run) c(content_id, restricted_by, depth)
         UNION ALL
          SELECT named_in_lists_at.content AS content,
             'edit'::text,
             'update'::text,
             0
         ), named AS (
          SELECT l.content_id,
             l.list,
             l.depth,
             COALESCE(m.account_id, r.principal_id) AS account_id,
                 CASE
                     WHEN (r.principal_type = 'user'::text) THEN 'user'::text
                     ELSE ('group '::text || m.group_name)
                 END AS by
            FROM ((lists l
              JOIN acme.content_restrictions_history r ON (((r.content_id = l.content_id) AND (r.operation = l.operation) AND (r.run_from <= named_in_lists_at.run) AND ((r.run_to IS NULL) OR (r.run_to > named_in_lists_at.run)))))
              LEFT JOIN acme.members_at(named_in_lists_at.run) m(group_id, group_name, account_id) ON (((r.principal_type = 'group'::text) AND (m.group_id = r.principal_id))))
           WHERE ((r.principal_type = 'user'::text) OR (m.account_id IS NOT NULL))
         ), layers AS MATERIALIZED (
          SELECT n.account_id,
             n.content_id,
             n.list,
             n.depth,
             jsonb_agg(n.by ORDER BY n.by) AS by
            FROM named n
           GROUP BY n.account_id, n.content_id, n.list, n.depth
         ), views AS (
          SELECT l.account_id,
             jsonb_agg(jsonb_build_object('content_id', l.content_id, 'list', l.list, 'by', l.by) ORDER BY l.depth DESC) AS layers
            FROM layers l
           WHERE (l.list = 'view'::text)
           GROUP BY l.account_id
         ), edits AS (
          SELECT l.account_id,
             jsonb_build_array(jsonb_build_object('content_id', l.content_id, 'list', l.list, 'by', l.by)) AS layers
            FROM layers l
           WHERE (l.list = 'edit'::text)
         )
  SELECT account_id,
     x.access,
         CASE x.access
             WHEN 'view'::text THEN v.layers
             ELSE COALESCE((v.layers || e.layers), v.layers, e.layers)
         END AS "coalesce"
    FROM ((views v
      FULL JOIN edits e USING (account_id))
      CROSS JOIN ( VALUES ('view'::text), ('edit'::text)) x(access))
   WHERE ((x.access = 'edit'::text) OR (v.layers IS NOT NULL));
END;



CREATE FUNCTION acme.open_spaces(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(space_id bigint, space_key text, space_name text, space_type text, space_status text, access_class text, access text[], operations text[], sources text[], not_before timestamp with time zone, since timestamp with time zone, people bigint, effect text, reason text, detail text, run_id bigint)
    LANGUAGE sql STABLE ROWS 500
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT acme.access_run_at(open_spaces.as_of) AS run
         ), granted AS MATERIALIZED (
          SELECT t.space_id,
             t.principal,
             t.access,
             t.not_before,
             t.since
            FROM (asked asked_1
              CROSS JOIN LATERAL acme.granted_since_at(asked_1.run) t(space_id, principal, access, not_before, since))
           WHERE (t.principal ~~ 'access-class:%'::text)
         ), class AS MATERIALIZED (
          SELECT p.access_class,
             count(DISTINCT p.account_id) FILTER (WHERE (p.standing = 'allowed'::text)) AS people
            FROM (asked asked_1
              CROSS JOIN LATERAL acme.principal_accounts_at(asked_1.run) p(principal, principal_id, account_id, path_type, group_id, group_name, access_class, email, name, account_type, account_status, is_guest, standing, reason))
           WHERE (p.access_class IS NOT NULL)
           GROUP BY p.access_class
         ), given AS (
          SELECT g.space_id,
             g.principal_id,
             array_agg(DISTINCT acme.access_by(g.operation_key, g.operation_target_type)) FILTER (WHERE (acme.access_by(g.operation_key, g.operation_target_type) IS NOT NULL)) AS access,
             array_agg(DISTINCT ((g.operation_key || '/'::text) || g.operation_target_type)) AS operations,
             array_agg(DISTINCT source.source) AS sources
            FROM ((asked asked_1
              CROSS JOIN LATERAL acme.space_grants_at(asked_1.run) g(space_id, principal_type, principal_id, operation_key, operation_target_type, sources))
              CROSS JOIN LATERAL unnest(g.sources) source(source))
           WHERE (g.principal_type = 'access-class'::text)
           GROUP BY g.space_id, g.principal_id
         ), gap AS MATERIALIZED (
          SELECT DISTINCT g.space_id,
             g.access_class,
             g.reason,
             g.detail
            FROM (asked asked_1
              CROSS JOIN LATERAL acme.space_gaps_at(asked_1.run) g(space_id, access, path_type, group_id, access_class, role_name, bound, reason, detail, is_open))
           WHERE ((g.access_class IS NOT NULL) OR ((g.reason = ANY (ARRAY['not_read'::text, 'role_unresolved'::text])) AND (g.path_type IS NULL)))
         ), answer AS (
          SELECT g.space_id,
             g.principal_id AS access_class,
             g.access,
             g.operations,
             g.sources,
             ( SELECT t.not_before
                    FROM granted t
                   WHERE ((t.space_id = g.space_id) AND (t.principal = ('access-class:'::text || g.principal_id)))
                   ORDER BY t.since
                  LIMIT 1) AS not_before,
             ( SELECT min(t.since) AS min
                    FROM granted t
                   WHERE ((t.space_id = g.space_id) AND (t.principal = ('access-class:'::text || g.principal_id)))) AS since,
             c.people,
                 CASE g.principal_id
                     WHEN 'anonymous-users'::text THEN 'everybody who signs in, and the public where the site lets it in'::text
                     WHEN 'authenticated-users'::text THEN 'everybody who signs in, with a licence or without'::text
                     WHEN 'all-licensed-users'::text THEN 'everybody with a licence, but guests'::text
                     WHEN 'all-product-admins'::text THEN 'administrators of the product'::text
                     WHEN 'jsm-project-admins'::text THEN 'people of a service desk'::text
                     WHEN 'unlicensed-users'::text THEN 'customers of a service desk'::text
                     ELSE 'a class that this version does not know'::text
                 END AS effect,
                 CASE g.principal_id
                     WHEN 'anonymous-users'::text THEN 'anonymous_switch'::text
                     ELSE ( SELECT min(x.reason) AS min
                        FROM gap x
                       WHERE ((x.space_id = g.space_id) AND (x.access_class = g.principal_id)))
                 END AS reason,
             ( SELECT min(x.detail) AS min
                    FROM gap x
                   WHERE ((x.space_id = g.space_id) AND (x.access_class = g.principal_id))) AS detail
            FROM (given g
              LEFT JOIN class c ON ((c.access_class = g.principal_id)))
         UNION ALL
          SELECT x.space_id,
             x.access_class,
             NULL::text[],
             NULL::text[],
             NULL::text[],
             NULL::timestamp with time zone,
             NULL::timestamp with time zone,
             NULL::bigint,
             NULL::text,
             x.reason,
             x.detail
            FROM gap x
           WHERE (NOT (EXISTS ( SELECT
                    FROM given g
                   WHERE ((g.space_id = x.space_id) AND (g.principal_id = x.access_class)))))
         )
  SELECT r.space_id,
     s.key,
     s.name,
     s.type,
     s.status,
     r.access_class,
     r.access,
     r.operations,
     r.sources,
     r.not_before,
     r.since,
     r.people,
     r.effect,
     r.reason,
     r.detail,
     asked.run
    FROM ((answer r
      CROSS JOIN asked)
      LEFT JOIN acme.spaces_history s ON (((s.id = r.space_id) AND (s.run_from <= asked.run) AND ((s.run_to IS NULL) OR (s.run_to > asked.run)))))
   ORDER BY (r.effect IS NULL), r.space_id, (r.access_class COLLATE "C"), (r.reason COLLATE "C"), (r.detail COLLATE "C");
END;



CREATE FUNCTION acme.orphaned_spaces(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(space_id bigint, space_key text, space_name text, space_type text, space_status text, findings text[], administrators bigint, active_administrators bigint, owner_id text, owner_name text, owner_email text, owner_status text, last_change timestamp with time zone, reason text, detail text, run_id bigint)
    LANGUAGE sql STABLE ROWS 100
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT acme.access_run_at(orphaned_spaces.as_of) AS run
         ), administrator AS MATERIALIZED (
          SELECT a.space_id,
             count(DISTINCT a.account_id) AS listed,
             count(DISTINCT a.account_id) FILTER (WHERE (a.standing = 'allowed'::text)) AS active,
             count(DISTINCT a.account_id) FILTER (WHERE (a.standing = 'unknown'::text)) AS unknown
            FROM (asked
              CROSS JOIN LATERAL acme.administrators_at(asked.run) a(space_id, admin_kind, account_id, email, name, account_type, account_status, standing, reason, principal, path_type, group_id, group_name, access_class, role_name, operations, sources))
           GROUP BY a.space_id
         ), gap AS MATERIALIZED (
          SELECT g.space_id,
             min(g.reason) AS reason,
             string_agg(DISTINCT g.detail, '; '::text ORDER BY g.detail) AS detail
            FROM (asked
              CROSS JOIN LATERAL acme.space_gaps_at(asked.run) g(space_id, access, path_type, group_id, access_class, role_name, bound, reason, detail, is_open))
           WHERE (g.access = 'administer'::text)
           GROUP BY g.space_id
         ), account AS MATERIALIZED (
          SELECT a.account_id,
             a.email,
             a.name,
             a.account_type,
             a.account_status,
             a.is_guest,
             a.is_product_member,
             a.is_product_admin
            FROM (asked
              CROSS JOIN LATERAL acme.accounts_at(asked.run) a(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin))
         ), changed AS MATERIALIZED (
          SELECT c.space_id,
             max(c.modified_at) AS modified_at
            FROM (asked
              CROSS JOIN LATERAL acme.content_at(asked.run) c(id, type, space_id, parent_id, parent_type, title, status, owner_id, author_id, created_at, modified_at))
           GROUP BY c.space_id
         ), place AS (
          SELECT s.id,
             s.key,
             s.name,
             s.type,
             s.status,
             s.owner_id,
             COALESCE(a.listed, (0)::bigint) AS listed,
             COALESCE(a.active, (0)::bigint) AS active,
             COALESCE(a.unknown, (0)::bigint) AS unknown,
             o.name AS owner_name,
             o.email AS owner_email,
                 CASE
                     WHEN (s.owner_id IS NOT NULL) THEN COALESCE(o.account_status, 'unknown'::text)
                     ELSE NULL::text
                 END AS owner_status,
             asked.run
            FROM (((asked
              JOIN acme.spaces_history s ON (((s.run_from <= asked.run) AND ((s.run_to IS NULL) OR (s.run_to > asked.run)))))
              LEFT JOIN administrator a ON ((a.space_id = s.id)))
              LEFT JOIN account o ON ((o.account_id = s.owner_id)))
         ), answer AS (
          SELECT p.id,
             p.key,
             p.name,
             p.type,
             p.status,
             p.owner_id,
             p.listed,
             p.active,
             p.unknown,
             p.owner_name,
             p.owner_email,
             p.owner_status,
             p.run,
             m.modified_at,
             array_remove(ARRAY[
                 CASE
                     WHEN (p.active = 0) THEN
                     CASE
                         WHEN ((p.unknown > 0) OR (g.reason IS NOT NULL)) THEN 'no_known_administrator'::text
                         ELSE 'no_active_administrator'::text
                     END
                     ELSE NULL::text
                 END,
                 CASE
                     WHEN (p.owner_status = ANY (ARRAY['inactive'::text, 'closed'::text])) THEN 'owner_left'::text
                     WHEN (p.owner_status <> 'active'::text) THEN 'owner_unknown'::text
                     ELSE NULL::text
                 END], NULL::text) AS findings,
                 CASE
                     WHEN (p.active > 0) THEN NULL::text
                     WHEN (p.unknown > 0) THEN 'account_unknown'::text
                     ELSE g.reason
                 END AS gap,
                 CASE
                     WHEN (p.active > 0) THEN NULL::text
                     WHEN (p.unknown > 0) THEN format('of %s administrators it is not known whether they are active'::text, p.unknown)
                     ELSE g.detail
                 END AS gap_detail
            FROM ((place p
              LEFT JOIN gap g ON ((g.space_id = p.id)))
              LEFT JOIN changed m ON ((m.space_id = p.id)))
         )
  SELECT r.id,
     r.key,
     r.name,
     r.type,
     r.status,
     r.findings,
     r.listed,
     r.active,
     r.owner_id,
     r.owner_name,
     r.owner_email,
     r.owner_status,
     r.modified_at,
     COALESCE(r.gap,
         CASE
             WHEN ('owner_unknown'::text = ANY (r.findings)) THEN 'account_unknown'::text
             ELSE NULL::text
         END) AS "coalesce",
     COALESCE(r.gap_detail,
         CASE
             WHEN ('owner_unknown'::text = ANY (r.findings)) THEN 'the site does not say whether the owner is active'::text
             ELSE NULL::text
         END) AS "coalesce",
     r.run
    FROM answer r
   WHERE (r.findings <> '{}'::text[])
   ORDER BY (COALESCE(r.gap,
         CASE
             WHEN ('owner_unknown'::text = ANY (r.findings)) THEN 'account_unknown'::text
             ELSE NULL::text
         END) IS NOT NULL), r.id;
END;



CREATE FUNCTION acme.page_labels_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(page_id bigint, label_id bigint, name text, prefix text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.page_id,
     h.label_id,
     h.name,
     h.prefix
    FROM acme.page_labels_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(page_labels_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(page_labels_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.page_versions_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(page_id bigint, number integer, created_at timestamp with time zone, author_id text, message text, minor_edit boolean, title text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.page_id,
     h.number,
     h.created_at,
     h.author_id,
     h.message,
     h.minor_edit,
     h.title
    FROM acme.page_versions_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(page_versions_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(page_versions_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.pages_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(id bigint, space_id bigint, title text, status text, subtype text, parent_id bigint, parent_type text, "position" integer, author_id text, owner_id text, last_owner_id text, template_id text, created_at timestamp with time zone, version_number integer, modified_at timestamp with time zone, version_author_id text, version_message text, version_minor_edit boolean, web_url text, edit_url text, tiny_url text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.id,
     h.space_id,
     h.title,
     h.status,
     h.subtype,
     h.parent_id,
     h.parent_type,
     h."position",
     h.author_id,
     h.owner_id,
     h.last_owner_id,
     h.template_id,
     h.created_at,
     h.version_number,
     h.modified_at,
     h.version_author_id,
     h.version_message,
     h.version_minor_edit,
     h.web_url,
     h.edit_url,
     h.tiny_url
    FROM acme.pages_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(pages_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(pages_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.parameters_sha256(parameters jsonb, salt text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN acme.sha256_of((salt || acme.canonical_json(parameters)));



CREATE FUNCTION acme.permissions_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(id text, space_id bigint, principal_type text, principal_id text, operation_key text, operation_target_type text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.id,
     h.space_id,
     h.principal_type,
     h.principal_id,
     h.operation_key,
     h.operation_target_type
    FROM acme.permissions_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(permissions_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(permissions_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.person_access(account text, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(space_id bigint, space_key text, content_id bigint, content_type text, title text, access text, admin_kind text, account_id text, email text, name text, account_type text, account_status text, is_guest boolean, verdict text, path_type text, group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], layers jsonb, bound text, reason text, detail text, seen_at timestamp with time zone, run_id bigint, access_as_of timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'acme', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
DECLARE
    run CONSTANT bigint := access_run_at(as_of);
BEGIN
    RETURN QUERY
    SELECT p.space_id, p.space_key, p.content_id, p.content_type, p.title, p.access, p.admin_kind, p.account_id, p.email, p.name,
           p.account_type, p.account_status, p.is_guest, p.verdict, p.path_type, p.group_id, p.group_name, p.access_class, p.role_name,
           p.operations, p.sources, CAST(NULL AS jsonb), p.bound, p.reason, p.detail, p.seen_at, p.run_id, p.access_as_of
    FROM person_access_at(account, run) AS p;
END
$$;



CREATE FUNCTION acme.person_passing_at(account text, contents bigint[], run bigint) RETURNS TABLE(content_id bigint, doubt text)
    LANGUAGE plpgsql STABLE ROWS 100
    SET search_path TO 'acme', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_nestloop TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE layers AS MATERIALIZED (
        SELECT l.content_id, l.is_asked, l.has_view_list, l.view_restricted_by, l.above
        FROM content_layers_at(person_passing_at.contents, person_passing_at.run) AS l
    ), groups AS MATERIALIZED (
        SELECT g.group_id FROM groups_of(person_passing_at.account, person_passing_at.run) AS g
    ), lists AS MATERIALIZED (
        SELECT l.content_id, l.above, CASE WHEN NOT e.is_named THEN e.unresolved END AS doubt
        FROM layers AS l
        CROSS JOIN LATERAL (
            SELECT bool_or(r.principal_type = 'user' AND r.principal_id = person_passing_at.account
                           OR r.principal_type = 'group' AND r.principal_id IN (SELECT g.group_id FROM groups AS g)) AS is_named,
                   min(CASE WHEN r.principal_type = 'user' THEN NULL
                            WHEN r.principal_type <> 'group' THEN 'subjects_hidden'
                            WHEN r.principal_id NOT IN (SELECT g.group_id FROM groups_at(person_passing_at.run) AS g)
                                THEN 'group_unresolved' END) AS unresolved
            FROM content_restrictions_history AS r
            WHERE r.content_id = l.content_id AND r.operation = 'read'
              AND r.run_from <= person_passing_at.run AND (r.run_to IS NULL OR r.run_to > person_passing_at.run)
        ) AS e
        WHERE l.has_view_list AND (e.is_named OR e.unresolved IS NOT NULL)
    ), passing (content_id, doubt) AS (
        SELECT n.content_id, n.doubt FROM lists AS n WHERE n.above IS NULL
      UNION ALL
        SELECT n.content_id, coalesce(p.doubt, n.doubt)
        FROM passing AS p
        JOIN lists AS n ON n.above = p.content_id
    )
    SELECT p.content_id, p.doubt
    FROM passing AS p
    WHERE p.content_id IN (SELECT l.view_restricted_by FROM layers AS l WHERE l.is_asked);
END
$$;



CREATE FUNCTION acme.person_access_at(account text, run bigint) RETURNS TABLE(space_id bigint, space_key text, content_id bigint, content_type text, title text, access text, admin_kind text, account_id text, email text, name text, account_type text, account_status text, is_guest boolean, verdict text, path_type text, group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], bound text, reason text, detail text, seen_at timestamp with time zone, run_id bigint, access_as_of timestamp with time zone)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH facts AS MATERIALIZED (
          SELECT f.run_id,
             f.access_as_of,
             f.seen_at,
             f.spaces_are_read,
             f.permissions_are_read,
             f.roles_are_read,
             f.roles_are_needed,
             f.groups_are_read,
             f.accounts_are_read,
             f.product_groups_are_read,
             f.product_is_proved,
             f.restrictions_are_read
            FROM acme.access_facts_at(person_access_at.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read)
         ), person AS MATERIALIZED (
          SELECT person_access_at.account AS account_id,
             a.email,
             a.name,
             a.account_type,
             a.account_status,
             a.is_guest,
             (a.is_product_admin AND (a.account_status = 'active'::text)) AS is_product_admin,
             (a.account_id IS NOT NULL) AS is_listed,
                 CASE
                     WHEN (k.reason = ANY (ARRAY['account_inactive'::text, 'denied_by_product'::text])) THEN k.reason
                     ELSE NULL::text
                 END AS kept_out
            FROM ((( VALUES (1)) one
              LEFT JOIN acme.accounts_at(person_access_at.run) a(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin) ON ((a.account_id = person_access_at.account)))
              CROSS JOIN LATERAL ( SELECT acme.kept_out(a.account_status, a.account_type, a.is_guest, a.is_product_member, false, ( SELECT f.product_is_proved
                            FROM facts f)) AS reason) k)
         ), principals AS MATERIALIZED (
          SELECT m.principal,
             m.principal_id,
             m.path_type,
             m.group_id,
             m.group_name,
             m.access_class,
             m.standing,
             m.reason
            FROM acme.principal_accounts_at(person_access_at.run) m(principal, principal_id, account_id, path_type, group_id, group_name, access_class, email, name, account_type, account_status, is_guest, standing, reason)
           WHERE (m.account_id = person_access_at.account)
         ), paths AS MATERIALIZED (
          SELECT h.space_id,
             s.key AS space_key,
             h.view_operations,
             h.edit_operations,
             h.sources,
             h.role_name,
                 CASE
                     WHEN (p.is_guest IS NOT TRUE) THEN h.administer_operations
                     ELSE NULL::text[]
                 END AS administer_operations,
                 CASE
                     WHEN (p.is_guest IS NOT TRUE) THEN h.admin_kind
                     ELSE NULL::text
                 END AS admin_kind,
             m.path_type,
             m.group_id,
             m.group_name,
             m.access_class,
             m.reason,
             m.standing
            FROM (((acme.space_holders_at(person_access_at.run) h(space_id, principal, principal_type, principal_id, view_operations, edit_operations, administer_operations, admin_kind, sources, role_name)
              JOIN principals m ON ((m.principal = h.principal)))
              JOIN acme.spaces_history s ON (((s.id = h.space_id) AND (s.run_from <= person_access_at.run) AND ((s.run_to IS NULL) OR (s.run_to > person_access_at.run)))))
              CROSS JOIN person p)
           WHERE (h.principal_id = ANY (ARRAY( SELECT m_1.principal_id
                    FROM principals m_1)))
         ), viewers AS MATERIALIZED (
          SELECT p.space_id,
             bool_or((p.standing = 'allowed'::text)) AS is_sure
            FROM paths p
           WHERE ((p.view_operations IS NOT NULL) AND (p.standing <> 'denied'::text))
           GROUP BY p.space_id
         ), reach AS (
          SELECT p.space_id,
             p.space_key,
             p.view_operations,
             p.edit_operations,
             p.sources,
             p.role_name,
             p.administer_operations,
             p.admin_kind,
             p.path_type,
             p.group_id,
             p.group_name,
             p.access_class,
             p.reason,
             p.standing,
             'view'::text AS access,
             p.view_operations AS operations,
             p.standing AS verdict
            FROM paths p
           WHERE (p.view_operations IS NOT NULL)
         UNION ALL
          SELECT p.space_id,
             p.space_key,
             p.view_operations,
             p.edit_operations,
             p.sources,
             p.role_name,
             p.administer_operations,
             p.admin_kind,
             p.path_type,
             p.group_id,
             p.group_name,
             p.access_class,
             p.reason,
             p.standing,
             'edit'::text,
             p.edit_operations,
                 CASE
                     WHEN (p.standing = 'denied'::text) THEN 'denied'::text
                     WHEN ((p.standing = 'allowed'::text) AND (p.space_id IN ( SELECT v.space_id
                        FROM viewers v
                       WHERE v.is_sure))) THEN 'allowed'::text
                     ELSE 'unknown'::text
                 END AS "case"
            FROM paths p
           WHERE ((p.edit_operations IS NOT NULL) AND ((p.standing = 'denied'::text) OR (p.space_id IN ( SELECT v.space_id
                    FROM viewers v))))
         UNION ALL
          SELECT p.space_id,
             p.space_key,
             p.view_operations,
             p.edit_operations,
             p.sources,
             p.role_name,
             p.administer_operations,
             p.admin_kind,
             p.path_type,
             p.group_id,
             p.group_name,
             p.access_class,
             p.reason,
             p.standing,
             'administer'::text,
             p.administer_operations,
             p.standing
            FROM paths p
           WHERE (p.administer_operations IS NOT NULL)
         ), named AS MATERIALIZED (
          SELECT r.content_id,
                 CASE r.operation
                     WHEN 'read'::text THEN 'view'::text
                     ELSE 'edit'::text
                 END AS access,
             r.principal_type,
             g.group_id,
             g.group_name
            FROM (acme.content_restrictions_history r
              LEFT JOIN acme.groups_of(person_access_at.account, person_access_at.run) g(group_id, group_name) ON (((r.principal_type = 'group'::text) AND (g.group_id = r.principal_id))))
           WHERE ((r.principal_id = ANY (ARRAY( SELECT m.group_id
                    FROM acme.groups_of(person_access_at.account, person_access_at.run) m(group_id, group_name)
                 UNION ALL
                  SELECT person_access_at.account AS account))) AND (((r.principal_type = 'user'::text) AND (r.principal_id = person_access_at.account)) OR (g.group_id IS NOT NULL)) AND (r.operation = ANY (ARRAY['read'::text, 'update'::text])) AND (r.run_from <= person_access_at.run) AND ((r.run_to IS NULL) OR (r.run_to > person_access_at.run)) AND ( SELECT f.restrictions_are_read
                    FROM facts f))
         ), asked AS MATERIALIZED (
          SELECT ARRAY( SELECT DISTINCT n.content_id
                    FROM named n) AS contents
         ), space_gaps AS MATERIALIZED (
          SELECT g.space_id,
             s.key AS space_key,
             g.access,
             g.path_type,
             g.group_id,
             g.access_class,
             g.role_name,
             g.bound,
             g.reason,
             g.detail
            FROM ((acme.space_gaps_at(person_access_at.run) g(space_id, access, path_type, group_id, access_class, role_name, bound, reason, detail, is_open)
              JOIN acme.spaces_history s ON (((s.id = g.space_id) AND (s.run_from <= person_access_at.run) AND ((s.run_to IS NULL) OR (s.run_to > person_access_at.run)))))
              CROSS JOIN person k)
           WHERE ((k.kept_out IS DISTINCT FROM 'account_inactive'::text) AND ((k.kept_out IS NULL) OR g.is_open) AND (NOT ((g.access = 'administer'::text) AND (k.is_guest IS TRUE))))
         ), editing AS MATERIALIZED (
          SELECT p.space_id,
             k.type,
             bool_or((p.standing = 'allowed'::text)) AS is_sure
            FROM ((paths p
              CROSS JOIN LATERAL unnest(p.edit_operations) o(operation))
              JOIN ( VALUES ('page'::text), ('blogpost'::text), ('folder'::text), ('whiteboard'::text), ('database'::text), ('embed'::text)) k(type) ON (((split_part(o.operation, '/'::text, 2) = k.type) OR ((split_part(o.operation, '/'::text, 2) = 'page'::text) AND (k.type <> 'blogpost'::text)))))
           WHERE (p.standing <> 'denied'::text)
           GROUP BY p.space_id, k.type
         ), contents AS MATERIALIZED (
          SELECT l.content_id,
             l.space_id,
             s.key AS space_key,
             l.type,
             l.title,
             l.has_edit_list,
             l.gap,
             l.gap_at,
                 CASE
                     WHEN (k.kept_out = 'account_inactive'::text) THEN k.kept_out
                     WHEN (l.gap = 'trashed'::text) THEN NULL::text
                     WHEN ((l.view_restricted_by IS NOT NULL) AND (p.content_id IS NULL)) THEN 'denied_by_restriction'::text
                     WHEN (s.id IS NULL) THEN NULL::text
                     WHEN ((v.space_id IS NULL) AND (g.reason IS NULL)) THEN COALESCE(k.kept_out, 'denied_by_space'::text)
                     ELSE NULL::text
                 END AS denial,
                 CASE
                     WHEN (l.gap = 'trashed'::text) THEN 'trashed'::text
                     WHEN (s.id IS NULL) THEN 'space_hidden'::text
                     WHEN (v.space_id IS NULL) THEN g.reason
                     ELSE COALESCE(l.gap, p.doubt,
                     CASE
                         WHEN v.is_sure THEN NULL::text
                         WHEN (k.account_status = 'active'::text) THEN 'product_unresolved'::text
                         ELSE 'account_unknown'::text
                     END)
                 END AS doubt
            FROM ((((((asked q
              CROSS JOIN LATERAL acme.content_layers_at(q.contents, person_access_at.run) l(content_id, space_id, parent_id, type, status, title, is_asked, has_view_list, has_edit_list, view_restricted_by, above, own_gap, gap, gap_at))
              CROSS JOIN person k)
              LEFT JOIN acme.spaces_history s ON (((s.id = l.space_id) AND (s.run_from <= person_access_at.run) AND ((s.run_to IS NULL) OR (s.run_to > person_access_at.run)))))
              LEFT JOIN viewers v ON ((v.space_id = l.space_id)))
              LEFT JOIN ( SELECT p_1.content_id,
                     min(p_1.doubt) AS doubt
                    FROM (asked q_1
                      CROSS JOIN LATERAL acme.person_passing_at(person_access_at.account, q_1.contents, person_access_at.run) p_1(content_id, doubt))
                   GROUP BY p_1.content_id) p ON ((p.content_id = l.view_restricted_by)))
              LEFT JOIN ( SELECT g_1.space_id,
                     min(g_1.reason) AS reason
                    FROM space_gaps g_1
                   WHERE (g_1.access = 'view'::text)
                   GROUP BY g_1.space_id) g ON ((g.space_id = l.space_id)))
           WHERE l.is_asked
         ), restricted AS (
          SELECT c.content_id,
             c.space_id,
             c.space_key,
             c.type,
             c.title,
             c.has_edit_list,
             c.gap,
             c.gap_at,
             c.denial,
             c.doubt,
             n.access,
             n.principal_type,
             n.group_id,
             n.group_name
            FROM (contents c
              JOIN named n ON ((n.content_id = c.content_id)))
           WHERE (n.access = 'view'::text)
         UNION ALL
          SELECT c.content_id,
             c.space_id,
             c.space_key,
             c.type,
             c.title,
             c.has_edit_list,
             c.gap,
             c.gap_at,
             COALESCE(c.denial,
                 CASE
                     WHEN ((c.doubt IS DISTINCT FROM 'trashed'::text) AND (c.space_key IS NOT NULL) AND (e.space_id IS NULL) AND (g.reason IS NULL)) THEN COALESCE(k.kept_out, 'denied_by_space'::text)
                     ELSE NULL::text
                 END) AS "coalesce",
             COALESCE(c.doubt,
                 CASE
                     WHEN e.is_sure THEN NULL::text
                     WHEN (e.space_id IS NULL) THEN g.reason
                     WHEN (k.account_status = 'active'::text) THEN 'product_unresolved'::text
                     ELSE 'account_unknown'::text
                 END) AS "coalesce",
             'edit'::text,
             n.principal_type,
             n.group_id,
             n.group_name
            FROM ((((contents c
              CROSS JOIN person k)
              JOIN named n ON (((n.content_id = c.content_id) AND (n.access =
                 CASE
                     WHEN c.has_edit_list THEN 'edit'::text
                     ELSE 'view'::text
                 END))))
              LEFT JOIN editing e ON (((e.space_id = c.space_id) AND (e.type = c.type))))
              LEFT JOIN ( SELECT g_1.space_id,
                     min(g_1.reason) AS reason
                    FROM space_gaps g_1
                   WHERE (g_1.access = 'edit'::text)
                   GROUP BY g_1.space_id) g ON ((g.space_id = c.space_id)))
           WHERE ((n.access = 'edit'::text) OR ((c.denial IS NULL) AND ((c.space_key IS NULL) OR (e.space_id IS NOT NULL) OR (g.reason IS NOT NULL))))
         ), gaps AS (
          SELECT g.space_id,
             g.space_key,
             g.access,
             g.path_type,
             g.group_id,
             g.access_class,
             g.role_name,
             g.bound,
             g.reason,
             g.detail
            FROM space_gaps g
           WHERE (NOT ((g.space_id, g.access) IN ( SELECT r.space_id,
                     r.access
                    FROM reach r
                   WHERE (r.verdict = 'allowed'::text))))
         UNION ALL
          SELECT g.space_id,
             s.key,
             g.access,
             NULL::text,
             g.group_id,
             NULL::text,
             NULL::text,
                 CASE
                     WHEN (g.reason = ANY (ARRAY['group_unresolved'::text, 'subjects_hidden'::text])) THEN 'lower'::text
                     ELSE 'upper'::text
                 END AS "case",
             g.reason,
             format('%s contents, such as %s'::text, count(*), min(g.content_id)) AS format
            FROM (acme.content_gaps g
              JOIN acme.spaces_history s ON (((s.id = g.space_id) AND (s.run_from <= person_access_at.run) AND ((s.run_to IS NULL) OR (s.run_to > person_access_at.run)))))
           WHERE ((g.run_from <= person_access_at.run) AND ((g.run_to IS NULL) OR (g.run_to > person_access_at.run)) AND ((g.space_id IN ( SELECT v.space_id
                    FROM viewers v)) OR (g.space_id IN ( SELECT u.space_id
                    FROM space_gaps u
                   WHERE (u.access = 'view'::text)))) AND (NOT (EXISTS ( SELECT
                    FROM named n
                   WHERE ((n.content_id = g.content_id) AND (n.access = g.access) AND (g.reason = ANY (ARRAY['group_unresolved'::text, 'subjects_hidden'::text])))))))
           GROUP BY g.space_id, s.key, g.access, g.group_id, g.reason
         UNION ALL
          SELECT NULL::bigint,
             NULL::text,
             'view'::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             'none'::text,
             'not_read'::text,
             x.detail
            FROM ((facts f
              CROSS JOIN person k)
              CROSS JOIN LATERAL ( VALUES (f.restrictions_are_read,'lists of contents'::text), (f.groups_are_read,'groups and their members'::text)) x(is_read, detail))
           WHERE ((NOT x.is_read) AND (k.kept_out IS DISTINCT FROM 'account_inactive'::text))
         UNION ALL
          SELECT NULL::bigint,
             NULL::text,
             'view'::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             'none'::text,
             'account_unknown'::text,
             'not listed, and named nowhere'::text
            FROM person k
           WHERE ((NOT k.is_listed) AND (NOT (EXISTS ( SELECT
                    FROM principals))) AND (NOT (EXISTS ( SELECT
                    FROM named))))
         )
  SELECT r.space_id,
     r.space_key,
     NULL::bigint AS int8,
     NULL::text AS text,
     NULL::text AS text,
     r.access,
         CASE r.access
             WHEN 'administer'::text THEN r.admin_kind
             ELSE NULL::text
         END AS "case",
     k.account_id,
     k.email,
     k.name,
     k.account_type,
     k.account_status,
     k.is_guest,
     r.verdict,
     r.path_type,
     r.group_id,
     r.group_name,
     r.access_class,
     r.role_name,
     r.operations,
     r.sources,
         CASE r.verdict
             WHEN 'unknown'::text THEN 'upper'::text
             ELSE 'exact'::text
         END AS "case",
         CASE
             WHEN (r.verdict <> 'allowed'::text) THEN COALESCE(r.reason, 'product_unresolved'::text)
             ELSE NULL::text
         END AS "case",
     NULL::text AS text,
     f.seen_at,
     f.run_id,
     f.access_as_of
    FROM ((reach r
      CROSS JOIN person k)
      CROSS JOIN facts f)
 UNION ALL
  SELECT r.space_id,
     r.space_key,
     r.content_id,
     r.type,
     r.title,
     r.access,
     NULL::text,
     k.account_id,
     k.email,
     k.name,
     k.account_type,
     k.account_status,
     k.is_guest,
         CASE
             WHEN (r.denial IS NOT NULL) THEN 'denied'::text
             WHEN (r.doubt IS NOT NULL) THEN 'unknown'::text
             ELSE 'allowed'::text
         END AS "case",
         CASE
             WHEN k.is_guest THEN 'guest'::text
             ELSE r.principal_type
         END AS principal_type,
     r.group_id,
     r.group_name,
     NULL::text,
     NULL::text,
     NULL::text[],
     NULL::text[],
         CASE
             WHEN ((r.denial IS NOT NULL) OR (r.doubt IS NULL)) THEN 'exact'::text
             WHEN (r.doubt = ANY (ARRAY['trashed'::text, 'space_hidden'::text])) THEN 'none'::text
             ELSE 'upper'::text
         END AS "case",
     COALESCE(r.denial, r.doubt) AS "coalesce",
         CASE
             WHEN ((r.denial IS NULL) AND (r.doubt = r.gap) AND (r.gap <> 'trashed'::text)) THEN format('content %s'::text, r.gap_at)
             ELSE NULL::text
         END AS "case",
     f.seen_at,
     f.run_id,
     f.access_as_of
    FROM ((restricted r
      CROSS JOIN person k)
      CROSS JOIN facts f)
 UNION ALL
  SELECT NULL::bigint,
     NULL::text,
     NULL::bigint,
     NULL::text,
     NULL::text,
     'administer'::text,
     NULL::text,
     k.account_id,
     k.email,
     k.name,
     k.account_type,
     k.account_status,
     k.is_guest,
     'potential'::text,
     'product_admin'::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text[],
     NULL::text[],
     'exact'::text,
     NULL::text,
     'every space'::text,
     f.seen_at,
     f.run_id,
     f.access_as_of
    FROM (person k
      CROSS JOIN facts f)
   WHERE k.is_product_admin
 UNION ALL
  SELECT g.space_id,
     g.space_key,
     NULL::bigint,
     NULL::text,
     NULL::text,
     g.access,
     NULL::text,
     k.account_id,
     k.email,
     k.name,
     k.account_type,
     k.account_status,
     k.is_guest,
     'unknown'::text,
     g.path_type,
     g.group_id,
     NULL::text,
     g.access_class,
     g.role_name,
     NULL::text[],
     NULL::text[],
     g.bound,
     g.reason,
     g.detail,
     f.seen_at,
     f.run_id,
     f.access_as_of
    FROM ((gaps g
      CROSS JOIN person k)
      CROSS JOIN facts f);
END;



CREATE FUNCTION acme.personal_columns() RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN '{email,display_name,public_name,author_name,time_zone,profile_picture_path,remote_address,org_role,added_to_org,last_active,product_access}'::text[];



CREATE VIEW acme.group_members AS
 SELECT h.group_id,
    h.account_id,
    h.account_type,
    h.account_status,
    h.email,
    h.public_name,
    h.display_name,
    h.is_external_collaborator,
    h.is_guest,
    h.type,
    h.time_zone
   FROM acme.group_members_history h
  WHERE (h.run_to IS NULL);



CREATE VIEW acme.product_groups AS
 SELECT h.access_type,
    h.id,
    h.name
   FROM acme.product_groups_history h
  WHERE (h.run_to IS NULL);



CREATE TABLE acme.product_users_history (
    permission_type text NOT NULL,
    account_id text NOT NULL,
    display_name text,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE VIEW acme.product_users AS
 SELECT h.permission_type,
    h.account_id,
    h.display_name
   FROM acme.product_users_history h
  WHERE (h.run_to IS NULL);



CREATE VIEW acme.users AS
 SELECT h.account_id,
    h.account_type,
    h.account_status,
    h.email,
    h.public_name,
    h.display_name,
    h.time_zone,
    h.personal_space_id,
    h.is_external_collaborator,
    h.profile_picture_path
   FROM acme.users_history h
  WHERE (h.run_to IS NULL);



CREATE FUNCTION acme.product_access_check() RETURNS TABLE(members bigint, expected bigint, is_reconciled boolean)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH member AS (
          SELECT DISTINCT m.account_id
            FROM ((acme.product_groups p
              JOIN acme.group_members m ON ((m.group_id = p.id)))
              JOIN acme.users u ON ((u.account_id = m.account_id)))
           WHERE ((u.account_status = 'active'::text) AND (u.account_type = 'atlassian'::text) AND (u.is_external_collaborator IS NOT TRUE))
         ), licensed AS (
          SELECT DISTINCT l.account_id
            FROM acme.product_users l
           WHERE (l.permission_type = 'none'::text)
         )
  SELECT ( SELECT count(*) AS count
            FROM member) AS count,
     ( SELECT count(*) AS count
            FROM licensed) AS count,
     ((EXISTS ( SELECT
            FROM member)) AND (NOT (EXISTS ( SELECT
            FROM (member m
              FULL JOIN licensed l ON ((l.account_id = m.account_id)))
           WHERE ((m.account_id IS NULL) OR (l.account_id IS NULL))))));
END;



CREATE FUNCTION acme.product_groups_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(access_type text, id text, name text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.access_type,
     h.id,
     h.name
    FROM acme.product_groups_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(product_groups_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(product_groups_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.product_users_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(permission_type text, account_id text, display_name text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.permission_type,
     h.account_id,
     h.display_name
    FROM acme.product_users_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(product_users_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(product_users_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.prune_evidence(before timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'acme', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS $$
DECLARE
    made manifests;
BEGIN
    IF before IS NULL OR before > now() THEN
        RAISE invalid_parameter_value USING MESSAGE = 'before must be a time that has passed';
    END IF;
    made.kind := 'retention';
    made.id := lock_chain();
    made.as_of := before;
    PERFORM write_evidence(true);
    WITH gone AS (
        DELETE FROM evidence AS e USING manifests AS m
        WHERE m.id = e.manifest_id AND m.created_at < before
        RETURNING e.manifest_id, e.part, e.chunk, cardinality(e.lines) AS rows
    )
    SELECT jsonb_agg(jsonb_build_object('manifest_id', manifest_id, 'part', part, 'chunk', chunk, 'rows', rows)
                     ORDER BY manifest_id, part, chunk)
    INTO made.removed FROM gone;
    IF made.removed IS NOT NULL THEN
        DELETE FROM erased_lines AS l USING manifests AS m WHERE m.id = l.manifest_id AND m.created_at < before;
        PERFORM append_manifest(made);
    END IF;
    PERFORM write_evidence(false);
    RETURN CASE WHEN made.removed IS NOT NULL THEN made.id END;
END
$$;



CREATE FUNCTION acme.publish_access(run bigint) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'acme', 'pg_temp'
    AS $$
DECLARE
    -- Contents in one go: what is worked out is held in memory.
    at_once CONSTANT integer := 1000;
    before  CONSTANT bigint := (SELECT r.run_id FROM audiences_run AS r);
    changed bigint[];
    gone    bigint[] := '{}';
    written bigint := 0;
    part    bigint;
    place   integer;
BEGIN
    -- A run of mode changes has not read all that access follows from.
    IF (SELECT r.mode FROM runs AS r WHERE r.id = run) NOT IN ('full', 'access') THEN
        RETURN 0;
    END IF;

    IF before IS NULL THEN
        -- At first all, beginning with what has no parent, or none that is listed.
        changed := ARRAY(SELECT c.id FROM content_at(run) AS c
                         WHERE NOT EXISTS (SELECT FROM content_at(run) AS p WHERE p.id = c.parent_id));
    ELSE
        changed := ARRAY(SELECT c.content_id FROM content_changed_between(before, run) AS c WHERE NOT c.is_gone);
        gone := ARRAY(SELECT c.content_id FROM content_changed_between(before, run) AS c WHERE c.is_gone);
    END IF;
    FOR place IN 1 .. cardinality(changed) BY at_once LOOP
        written := written + publish_contents(changed[place : place + at_once - 1], run);
    END LOOP;
    IF before IS NULL THEN
        -- What is left has parents that lead round in a circle.
        changed := ARRAY(SELECT c.id FROM content_at(run) AS c
                         WHERE NOT EXISTS (SELECT FROM content_audience AS k WHERE k.content_id = c.id) AND c.space_id IS NOT NULL);
        FOR place IN 1 .. cardinality(changed) BY at_once LOOP
            written := written + publish_contents(changed[place : place + at_once - 1], run);
        END LOOP;
    END IF;

    IF cardinality(gone) > 0 THEN
        WITH k AS (DELETE FROM content_audience AS k WHERE k.content_id = ANY (gone) RETURNING 1),
             v AS (DELETE FROM view_restrictions AS v WHERE v.content_id = ANY (gone) RETURNING 1),
             g AS (UPDATE content_gaps AS g SET run_to = run WHERE g.content_id = ANY (gone) AND g.run_to IS NULL RETURNING 1)
        SELECT (SELECT count(*) FROM k) + (SELECT count(*) FROM v) + (SELECT count(*) FROM g) INTO part;
        written := written + part;
    END IF;

    -- Entries of lists that nobody resolves to accounts, of all contents: a group may have come or gone.
    IF (SELECT f.restrictions_are_read AND f.groups_are_read FROM access_facts_at(run) AS f) THEN
        WITH entries AS MATERIALIZED (
            SELECT DISTINCT r.content_id, k.space_id, CASE r.operation WHEN 'read' THEN 'view' ELSE 'edit' END AS access,
                   CASE r.principal_type WHEN 'group' THEN 'group_unresolved' ELSE 'subjects_hidden' END AS reason,
                   CASE r.principal_type WHEN 'group' THEN r.principal_id END AS group_id
            FROM content_restrictions_history AS r
            -- OFFSET has the few of them looked up by index.
            CROSS JOIN LATERAL (
                SELECT d.space_id
                FROM content_audience AS k
                JOIN audiences AS d ON d.audience_id = k.audience_id
                WHERE k.content_id = r.content_id
                OFFSET 0
            ) AS k
            WHERE r.run_from <= run AND (r.run_to IS NULL OR r.run_to > run) AND r.operation IN ('read', 'update')
              AND r.principal_type <> 'user'
              AND NOT (r.principal_type = 'group' AND r.principal_id IN (SELECT g.group_id FROM groups_at(run) AS g))
        ), filled AS (
            UPDATE content_gaps AS g SET run_to = run
            WHERE g.run_to IS NULL AND g.reason IN ('group_unresolved', 'subjects_hidden')
              AND NOT EXISTS (SELECT FROM entries AS e
                              WHERE e.content_id = g.content_id AND e.space_id = g.space_id AND e.access = g.access
                                AND e.reason = g.reason AND e.group_id IS NOT DISTINCT FROM g.group_id)
            RETURNING 1
        ), found AS (
            INSERT INTO content_gaps (content_id, space_id, access, reason, group_id, run_from)
            SELECT e.content_id, e.space_id, e.access, e.reason, e.group_id, run
            FROM entries AS e
            WHERE NOT EXISTS (SELECT FROM content_gaps AS g
                              WHERE g.content_id = e.content_id AND g.space_id = e.space_id AND g.run_to IS NULL
                                AND g.access = e.access AND g.reason = e.reason AND g.group_id IS NOT DISTINCT FROM e.group_id)
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM filled) + (SELECT count(*) FROM found) INTO part;
        written := written + part;
    END IF;

    IF written > 0 THEN
        DELETE FROM audiences AS d
        WHERE NOT EXISTS (SELECT FROM content_audience AS k WHERE k.audience_id = d.audience_id OFFSET 0);
        INSERT INTO audiences_run AS r (run_id) VALUES (run)
        ON CONFLICT (is_the_only_row) DO UPDATE SET run_id = excluded.run_id;
    END IF;
    RETURN written + publish_viewers(run);
END
$$;



CREATE FUNCTION acme.publish_contents(contents bigint[], run bigint) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'acme', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
    written bigint;
BEGIN
    WITH RECURSIVE affected (content_id, space_id, type, status, has_edit_list, view_restricted_by, above, own_gap, gap) AS (
        SELECT l.content_id, c.space_id, c.type, c.status, l.has_edit_list, CASE WHEN l.gap IS NULL THEN l.view_restricted_by END,
               CASE WHEN l.gap IS NULL THEN l.above END, l.own_gap, l.gap
        FROM content_layers_at(publish_contents.contents, publish_contents.run) AS l
        -- OFFSET has each of them looked up by index, here and below.
        LEFT JOIN LATERAL (
            SELECT c.space_id, c.type, c.status FROM content_at(publish_contents.run) AS c WHERE c.id = l.content_id OFFSET 0
        ) AS c ON true
        WHERE l.is_asked
      UNION
        SELECT c.id, c.space_id, c.type, c.status, o.has_edit_list, CASE WHEN o.gap IS NULL THEN o.view_restricted_by END, CASE WHEN o.gap IS NULL THEN o.above END,
               o.own_gap, o.gap
        FROM affected AS a
        LEFT JOIN LATERAL (
            SELECT d.audience_id, d.view_restricted_by, d.gap
            FROM content_audience AS k
            JOIN audiences AS d ON d.audience_id = k.audience_id
            WHERE k.content_id = a.content_id
            OFFSET 0
        ) AS d ON true
        CROSS JOIN LATERAL (
            SELECT c.id, c.space_id, c.type, c.status FROM content_at(publish_contents.run) AS c WHERE c.parent_id = a.content_id OFFSET 0
        ) AS c
        CROSS JOIN LATERAL (
            SELECT coalesce(bool_or(r.operation = 'update'), false) AS has_edit_list,
                   CASE WHEN bool_or(r.operation = 'read') THEN c.id ELSE a.view_restricted_by END AS view_restricted_by,
                   CASE WHEN bool_or(r.operation = 'read') THEN a.view_restricted_by ELSE a.above END AS above,
                   coalesce(CASE c.status WHEN 'trashed' THEN 'trashed' END,
                            CASE WHEN bool_or(r.operation = 'unknown') THEN 'content_hidden' END) AS own_gap,
                   CASE WHEN a.gap = 'parents_cycle' THEN a.gap
                        WHEN c.status = 'trashed' THEN 'trashed'
                        WHEN bool_or(r.operation = 'unknown') THEN 'content_hidden'
                        WHEN a.gap = 'trashed' THEN 'ancestor_not_listed'
                        ELSE a.gap END AS gap
            FROM content_restrictions_history AS r
            WHERE r.content_id = c.id
              AND r.run_from <= publish_contents.run AND (r.run_to IS NULL OR r.run_to > publish_contents.run)
        ) AS o
        -- Not below what hands down the same as before.
        WHERE d.audience_id IS NULL OR d.gap IS DISTINCT FROM a.gap OR d.view_restricted_by IS DISTINCT FROM a.view_restricted_by
    ), wanted AS MATERIALIZED (
        SELECT DISTINCT ON (a.content_id) a.content_id, a.space_id, a.type, a.status, a.view_restricted_by,
               CASE WHEN a.gap IS NULL AND a.has_edit_list THEN a.content_id END AS edit_restricted_by, a.above, a.gap,
               -- A gap of the content by itself, rather than of something above it.
               CASE WHEN a.gap = 'parents_cycle' THEN a.gap WHEN a.own_gap <> 'trashed' THEN a.own_gap END AS own_gap
        FROM affected AS a
        WHERE a.type IS NOT NULL
        ORDER BY a.content_id, a.type
    ), added AS (
        INSERT INTO audiences (space_id, view_restricted_by, edit_restricted_by, content_type, content_status, gap)
        SELECT w.space_id, w.view_restricted_by, w.edit_restricted_by, w.type, w.status, w.gap
        FROM (
            SELECT DISTINCT w.space_id, w.view_restricted_by, w.edit_restricted_by, w.type, w.status, w.gap
            FROM wanted AS w
            WHERE w.space_id IS NOT NULL
        ) AS w
        WHERE NOT EXISTS (SELECT FROM audiences AS d
                          WHERE d.space_id = w.space_id AND coalesce(d.view_restricted_by, 0) = coalesce(w.view_restricted_by, 0)
                            AND coalesce(d.edit_restricted_by, 0) = coalesce(w.edit_restricted_by, 0) AND d.content_type = w.type
                            AND coalesce(d.content_status, '') = coalesce(w.status, '') AND coalesce(d.gap, '') = coalesce(w.gap, ''))
        RETURNING *
    ), placed AS (
        INSERT INTO content_audience AS k (content_id, audience_id)
        SELECT w.content_id, d.audience_id
        FROM wanted AS w
        JOIN (SELECT * FROM audiences UNION ALL SELECT * FROM added) AS d
            ON d.space_id = w.space_id AND coalesce(d.view_restricted_by, 0) = coalesce(w.view_restricted_by, 0)
           AND coalesce(d.edit_restricted_by, 0) = coalesce(w.edit_restricted_by, 0) AND d.content_type = w.type
           AND coalesce(d.content_status, '') = coalesce(w.status, '') AND coalesce(d.gap, '') = coalesce(w.gap, '')
        ON CONFLICT (content_id) DO UPDATE SET audience_id = excluded.audience_id WHERE k.audience_id <> excluded.audience_id
        RETURNING k.content_id
    ), linked AS (
        INSERT INTO view_restrictions AS v (content_id, space_id, above)
        SELECT w.content_id, w.space_id, w.above
        FROM wanted AS w
        WHERE w.view_restricted_by = w.content_id AND w.space_id IS NOT NULL
        ON CONFLICT (content_id) DO UPDATE SET space_id = excluded.space_id, above = excluded.above
            WHERE (v.space_id, v.above) IS DISTINCT FROM (excluded.space_id, excluded.above)
        RETURNING v.content_id
    ), unlinked AS (
        DELETE FROM view_restrictions AS v
        USING wanted AS w
        WHERE v.content_id = w.content_id AND w.view_restricted_by IS DISTINCT FROM w.content_id
        RETURNING v.content_id
    ), filled AS (
        UPDATE content_gaps AS g SET run_to = publish_contents.run
        FROM wanted AS w
        WHERE g.content_id = w.content_id AND g.run_to IS NULL
          AND g.reason IN ('content_hidden', 'ancestor_not_listed', 'parents_cycle')
          AND (g.reason, g.space_id) IS DISTINCT FROM (w.own_gap, w.space_id)
        RETURNING g.content_id
    ), found AS (
        INSERT INTO content_gaps (content_id, space_id, access, reason, run_from)
        SELECT w.content_id, w.space_id, 'view', w.own_gap, publish_contents.run
        FROM wanted AS w
        WHERE w.own_gap IS NOT NULL
          AND NOT EXISTS (SELECT FROM content_gaps AS g
                          WHERE g.content_id = w.content_id AND g.run_to IS NULL AND g.reason = w.own_gap
                            AND g.space_id IS NOT DISTINCT FROM w.space_id)
        RETURNING content_id
    )
    SELECT (SELECT count(*) FROM added) + (SELECT count(*) FROM placed) + (SELECT count(*) FROM linked) + (SELECT count(*) FROM unlinked)
           + (SELECT count(*) FROM filled) + (SELECT count(*) FROM found)
    INTO written;
    RETURN written;
END
$$;



CREATE FUNCTION acme.publish_viewers(run bigint) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'acme', 'pg_temp'
    SET enable_nestloop TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
DECLARE
    written bigint;
BEGIN
    WITH behind AS MATERIALIZED (
        SELECT m.account_id, split_part(m.principal, ':', 1) AS principal_type, m.principal_id, bool_or(m.standing = 'allowed') AS is_let_in
        FROM principal_accounts_at(run) AS m
        WHERE m.account_id IS NOT NULL
        GROUP BY m.account_id, split_part(m.principal, ':', 1), m.principal_id
    ), holder AS MATERIALIZED (
        SELECT DISTINCT g.space_id, g.principal_type, g.principal_id
        FROM granted_operations_at(run) AS g
        JOIN spaces_history AS s ON s.id = g.space_id AND s.run_from <= run AND (s.run_to IS NULL OR s.run_to > run)
        WHERE g.access = 'view' AND g.principal_id IS NOT NULL
          -- Without the lists of contents, nothing is known to be open.
          AND (SELECT f.restrictions_are_read FROM access_facts_at(run) AS f)
    ), left_behind AS (
        DELETE FROM account_principals AS k
        WHERE NOT EXISTS (SELECT FROM behind AS b
                          WHERE b.account_id = k.account_id AND b.principal_type = k.principal_type AND b.principal_id = k.principal_id)
        RETURNING 1
    ), placed AS (
        INSERT INTO account_principals AS k (account_id, principal_type, principal_id, is_let_in)
        SELECT b.account_id, b.principal_type, b.principal_id, b.is_let_in
        FROM behind AS b
        WHERE NOT EXISTS (SELECT FROM account_principals AS k
                          WHERE k.account_id = b.account_id AND k.principal_type = b.principal_type AND k.principal_id = b.principal_id
                            AND k.is_let_in = b.is_let_in)
        ON CONFLICT (account_id, principal_type, principal_id) DO UPDATE SET is_let_in = excluded.is_let_in
        RETURNING 1
    ), withdrawn AS (
        DELETE FROM view_holders AS k
        WHERE NOT EXISTS (SELECT FROM holder AS h
                          WHERE h.space_id = k.space_id AND h.principal_type = k.principal_type AND h.principal_id = k.principal_id)
        RETURNING 1
    ), granted AS (
        INSERT INTO view_holders (space_id, principal_type, principal_id)
        SELECT h.space_id, h.principal_type, h.principal_id
        FROM holder AS h
        WHERE NOT EXISTS (SELECT FROM view_holders AS k
                          WHERE k.space_id = h.space_id AND k.principal_type = h.principal_type AND k.principal_id = h.principal_id)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM left_behind) + (SELECT count(*) FROM placed) + (SELECT count(*) FROM withdrawn) + (SELECT count(*) FROM granted)
    INTO written;
    RETURN written;
END
$$;



CREATE FUNCTION acme.refuse_changes() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'acme', 'pg_temp'
    AS $$
BEGIN
    -- Set, and taken back, by write_evidence, for functions that run as the owner.
    IF current_setting('confluence_mirror.writes_evidence', true) = 'yes'
       AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
        RETURN NULL;
    END IF;
    RAISE insufficient_privilege USING
        MESSAGE = format('table "%s" keeps evidence, and is not changed by hand', TG_TABLE_NAME),
        HINT = 'Rows come from confluence.attest, and go by confluence.erase_person and prune_evidence.';
END
$$;



CREATE FUNCTION acme.refuse_stale_chain() RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE serialization_failure USING
        MESSAGE = 'could not add to the chain of manifests, because another one was added since this transaction began',
        HINT = 'Run the transaction again.';
END
$$;



CREATE FUNCTION acme.report_signature(report text, OUT function_id oid, OUT parameter_names text[], OUT parameter_types text[], OUT required integer, OUT column_names text[], OUT column_types text[]) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'acme', 'pg_temp'
    SET quote_all_identifiers TO 'off'
    AS $$
DECLARE
    home     CONSTANT oid := (SELECT relnamespace FROM pg_class WHERE oid = 'reports'::regclass);
    function pg_proc;
BEGIN
    SELECT p.* INTO STRICT function FROM pg_proc AS p WHERE p.pronamespace = home AND p.proname = report;
    function_id := function.oid;
    required := function.pronargs - function.pronargdefaults;
    SELECT coalesce(array_agg(function.proargnames[i] ORDER BY i), '{}'),
           coalesce(array_agg(format_type(function.proargtypes[i - 1], NULL) ORDER BY i), '{}')
    INTO parameter_names, parameter_types
    FROM generate_series(1, function.pronargs) AS i;
    SELECT array_agg(name ORDER BY place), array_agg(format_type(type, NULL) ORDER BY place)
    INTO column_names, column_types
    FROM (
        SELECT function.proargnames[i] AS name, function.proallargtypes[i] AS type, i AS place
        FROM generate_subscripts(function.proargmodes, 1) AS i
        WHERE function.proargmodes[i] = 't'
      UNION ALL
        SELECT a.attname, a.atttypid, a.attnum
        FROM pg_type AS t JOIN pg_attribute AS a ON a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE t.oid = function.prorettype AND t.typtype = 'c'
    ) AS given;
    IF NOT function.proretset OR column_names IS NULL THEN
        RAISE wrong_object_type USING
            MESSAGE = format('function "%s" gives no table', report),
            HINT = 'A report is declared with RETURNS TABLE.';
    END IF;
    IF parameter_names[function.pronargs] IS DISTINCT FROM 'as_of'
       OR parameter_types[function.pronargs] <> 'timestamp with time zone' OR function.pronargdefaults = 0 THEN
        RAISE invalid_function_definition USING
            MESSAGE = format('function "%s" cannot be asked as of a run', report),
            HINT = 'The last parameter of a report is "as_of timestamptz DEFAULT NULL".';
    END IF;
EXCEPTION
    WHEN no_data_found THEN
        RAISE undefined_function USING MESSAGE = format('there is no function "%s" in the mirror', report);
    WHEN too_many_rows THEN
        RAISE ambiguous_function USING
            MESSAGE = format('there are several functions "%s" in the mirror', report),
            HINT = 'A report is one function.';
END
$$;



CREATE TABLE acme.reports (
    name text NOT NULL,
    number integer,
    question text NOT NULL,
    parameters text NOT NULL,
    controls text[] NOT NULL
);



CREATE FUNCTION acme.register_report(name text, question text, controls text[] DEFAULT '{}'::text[], number integer DEFAULT NULL::integer) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 INSERT INTO acme.reports (name, number, question, parameters, controls)  SELECT register_report.name,
             register_report.number,
             register_report.question,
             pg_get_function_arguments(report_signature.function_id) AS pg_get_function_arguments,
             register_report.controls
            FROM acme.report_signature(register_report.name) report_signature(function_id, parameter_names, parameter_types, required, column_names, column_types) ON CONFLICT(name) DO UPDATE SET number = excluded.number, question = excluded.question, parameters = excluded.parameters, controls = excluded.controls;
END;



CREATE FUNCTION acme.report_call(report text, parameters jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'acme', 'pg_temp'
    AS $_$
DECLARE
    signature record;
    given     text;
    arguments text[] := '{}';
BEGIN
    IF NOT EXISTS (SELECT FROM reports WHERE reports.name = report) THEN
        RAISE undefined_object USING
            MESSAGE = format('there is no report "%s"', report),
            HINT = 'SELECT name, question FROM reports lists them, in the mirror.';
    END IF;
    IF jsonb_typeof(parameters) IS DISTINCT FROM 'object' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'parameters are not a JSON object',
            HINT = 'They are named: {"content": 98765}.';
    END IF;
    SELECT * INTO signature FROM report_signature(report);
    SELECT min(key) INTO given FROM jsonb_object_keys(parameters) AS key WHERE key <> ALL (signature.parameter_names);
    IF given IS NOT NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('report "%s" has no parameter "%s"', report, given),
            HINT = format('Its parameters are: %s.', pg_get_function_arguments(signature.function_id));
    END IF;
    FOR i IN 1 .. cardinality(signature.parameter_names) LOOP
        IF parameters ? signature.parameter_names[i] THEN
            EXECUTE format('SELECT value::text FROM jsonb_to_record(jsonb_build_object(''value'', $1)) AS given (value %s)',
                           signature.parameter_types[i])
                INTO given USING parameters -> signature.parameter_names[i];
            arguments := arguments || format('%I => %L::%s', signature.parameter_names[i], given, signature.parameter_types[i]);
        ELSIF i <= signature.required THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('report "%s" needs parameter "%s"', report, signature.parameter_names[i]),
                HINT = format('Its parameters are: %s.', pg_get_function_arguments(signature.function_id));
        END IF;
    END LOOP;
    RETURN format('%s.%I(%s)', (SELECT relnamespace::regnamespace FROM pg_class WHERE oid = 'reports'::regclass),
                  report, array_to_string(arguments, ', '));
END
$_$;



CREATE FUNCTION acme.restricted_content(space bigint DEFAULT NULL::bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(space_id bigint, space_key text, content_id bigint, content_type text, title text, content_status text, view_list text[], edit_list text[], viewers bigint, editors bigint, finding text, not_before timestamp with time zone, since timestamp with time zone, reason text, detail text, run_id bigint)
    LANGUAGE sql STABLE ROWS 5000
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT acme.access_run_at(restricted_content.as_of) AS run
         ), gone AS MATERIALIZED (
          SELECT a.account_id
            FROM (asked
              CROSS JOIN LATERAL acme.accounts_at(asked.run) a(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin))
           WHERE (a.account_status = ANY (ARRAY['inactive'::text, 'closed'::text]))
         ), entry AS MATERIALIZED (
          SELECT r_1.content_id,
             r_1.operation,
             r_1.principal_type,
             r_1.principal_id,
             r_1.not_before,
             r_1.valid_from,
                 CASE r_1.principal_type
                     WHEN 'group'::text THEN ('group '::text || COALESCE(n.name, r_1.principal_id))
                     ELSE concat_ws(' '::text, r_1.principal_type, NULLIF(r_1.principal_id, 'unknown'::text))
                 END AS subject,
                 CASE
                     WHEN (r_1.principal_type = 'user'::text) THEN (gone.account_id IS NULL)
                     WHEN ((r_1.principal_type = 'group'::text) AND (n.id IS NOT NULL)) THEN (EXISTS ( SELECT
                        FROM acme.group_members_history m
                       WHERE ((m.group_id = r_1.principal_id) AND (m.run_from <= asked.run) AND ((m.run_to IS NULL) OR (m.run_to > asked.run)) AND (NOT (m.account_id IN ( SELECT g.account_id
                                FROM gone g))))))
                     ELSE true
                 END AS is_alive
            FROM (((asked
              JOIN acme.content_restrictions_history r_1 ON (((r_1.run_from <= asked.run) AND ((r_1.run_to IS NULL) OR (r_1.run_to > asked.run)))))
              LEFT JOIN acme.groups_history n ON (((r_1.principal_type = 'group'::text) AND (n.id = r_1.principal_id) AND (n.run_from <= asked.run) AND ((n.run_to IS NULL) OR (n.run_to > asked.run)))))
              LEFT JOIN gone ON (((r_1.principal_type = 'user'::text) AND (gone.account_id = r_1.principal_id))))
         ), restricted AS MATERIALIZED (
          SELECT e.content_id,
             array_agg(e.subject ORDER BY (e.subject COLLATE "C")) FILTER (WHERE (e.operation = 'read'::text)) AS view_list,
             array_agg(e.subject ORDER BY (e.subject COLLATE "C")) FILTER (WHERE (e.operation = 'update'::text)) AS edit_list,
             (array_agg(e.not_before ORDER BY e.valid_from))[1] AS not_before,
             min(e.valid_from) AS since,
             (bool_or(e.is_alive) FILTER (WHERE (e.operation <> 'update'::text)) IS FALSE) AS nobody_views,
             (bool_or(e.is_alive) FILTER (WHERE (e.operation <> 'read'::text)) IS FALSE) AS nobody_edits
            FROM entry e
           GROUP BY e.content_id
         ), listed AS MATERIALIZED (
          SELECT c.id,
             c.space_id,
             c.type,
             c.title,
             c.status
            FROM (asked
              CROSS JOIN LATERAL acme.content_at(asked.run) c(id, type, space_id, parent_id, parent_type, title, status, owner_id, author_id, created_at, modified_at))
           WHERE ((c.id IN ( SELECT r_1.content_id
                    FROM restricted r_1)) AND ((restricted_content.space IS NULL) OR (c.space_id = restricted_content.space)))
         ), reach AS MATERIALIZED (
          SELECT p.content_id,
             p.account_id,
             p.view_rank,
             p.edit_rank,
             p.space_id,
             p.content_type,
             p.title,
             p.content_status,
             p.is_restricted,
             p.has_edit_list,
             p.gap,
             p.unresolved
            FROM (asked
              CROSS JOIN LATERAL acme.content_people_at(ARRAY( SELECT l.id
                    FROM listed l), asked.run) p(content_id, account_id, view_rank, edit_rank, space_id, content_type, title, content_status, is_restricted, has_edit_list, gap, unresolved))
         ), list AS MATERIALIZED (
          SELECT r_1.content_id,
             r_1.account_id,
             r_1.view_rank,
             r_1.edit_rank,
             r_1.space_id,
             r_1.content_type,
             r_1.title,
             r_1.content_status,
             r_1.is_restricted,
             r_1.has_edit_list,
             r_1.gap,
             r_1.unresolved
            FROM reach r_1
           WHERE (r_1.account_id IS NULL)
         ), people AS MATERIALIZED (
          SELECT p.content_id,
             count(*) FILTER (WHERE (p.view_rank = 2)) AS viewers,
             count(*) FILTER (WHERE (p.edit_rank = 2)) AS editors,
             count(*) FILTER (WHERE (p.view_rank = 1)) AS perhaps_viewers,
             count(*) FILTER (WHERE (p.edit_rank = 1)) AS perhaps_editors
            FROM reach p
           WHERE (p.account_id IS NOT NULL)
           GROUP BY p.content_id
         ), space_gap AS MATERIALIZED (
          SELECT g.space_id,
             min(g.reason) FILTER (WHERE (g.access = 'view'::text)) AS view_reason,
             min(g.reason) AS reason,
             min(g.detail) AS detail
            FROM (asked
              CROSS JOIN LATERAL acme.space_gaps_at(asked.run) g(space_id, access, path_type, group_id, access_class, role_name, bound, reason, detail, is_open))
           WHERE ((g.access = ANY (ARRAY['view'::text, 'edit'::text])) AND (g.reason <> ALL (ARRAY['class_open_ended'::text, 'jsm_class'::text])))
           GROUP BY g.space_id
         ), reached AS MATERIALIZED (
          SELECT l.content_id,
             COALESCE(p.viewers, (0)::bigint) AS viewers,
             COALESCE(p.editors, (0)::bigint) AS editors,
             ((p.perhaps_viewers > 0) OR (l.unresolved IS NOT NULL) OR (l.gap IS NOT NULL) OR (g.view_reason IS NOT NULL)) AS may_be_viewed,
             ((p.perhaps_editors > 0) OR (l.unresolved IS NOT NULL) OR (l.gap IS NOT NULL) OR (g.reason IS NOT NULL)) AS may_be_edited,
             COALESCE(l.gap, l.unresolved,
                 CASE
                     WHEN (p.perhaps_viewers > 0) THEN 'account_unknown'::text
                     ELSE NULL::text
                 END, g.reason) AS reason,
                 CASE
                     WHEN (l.gap IS NOT NULL) THEN 'of its lists, or of those above it'::text
                     WHEN (l.unresolved IS NOT NULL) THEN 'in its lists, or in those above it'::text
                     WHEN (p.perhaps_viewers > 0) THEN format('of %s accounts it is not known whether they are let in'::text, p.perhaps_viewers)
                     ELSE g.detail
                 END AS detail
            FROM ((list l
              LEFT JOIN people p ON ((p.content_id = l.content_id)))
              LEFT JOIN space_gap g ON ((g.space_id = l.space_id)))
         ), answer(space_id, space_key, content_id, content_type, title, content_status, view_list, edit_list, viewers, editors, finding, not_before, since, reason, detail, run_id) AS (
          SELECT l.space_id,
             s.key,
             r_1.content_id,
             l.type,
             l.title,
             l.status,
             r_1.view_list,
             r_1.edit_list,
             COALESCE(a.viewers, (0)::bigint) AS "coalesce",
             COALESCE(a.editors, (0)::bigint) AS "coalesce",
                 CASE
                     WHEN ((COALESCE(a.viewers, (0)::bigint) = 0) AND (r_1.nobody_views OR (a.may_be_viewed IS NOT TRUE))) THEN 'nobody_views'::text
                     WHEN (COALESCE(a.viewers, (0)::bigint) = 0) THEN 'nobody_known_views'::text
                     WHEN ((COALESCE(a.editors, (0)::bigint) = 0) AND (r_1.nobody_edits OR (a.may_be_edited IS NOT TRUE))) THEN 'nobody_edits'::text
                     WHEN (COALESCE(a.editors, (0)::bigint) = 0) THEN 'nobody_known_edits'::text
                     ELSE NULL::text
                 END AS "case",
             r_1.not_before,
             r_1.since,
                 CASE
                     WHEN (NOT r_1.nobody_views) THEN a.reason
                     ELSE NULL::text
                 END AS "case",
                 CASE
                     WHEN (NOT r_1.nobody_views) THEN a.detail
                     ELSE NULL::text
                 END AS "case",
             asked.run
            FROM ((((restricted r_1
              CROSS JOIN asked)
              JOIN listed l ON ((l.id = r_1.content_id)))
              LEFT JOIN reached a ON ((a.content_id = r_1.content_id)))
              LEFT JOIN acme.spaces_history s ON (((s.id = l.space_id) AND (s.run_from <= asked.run) AND ((s.run_to IS NULL) OR (s.run_to > asked.run)))))
         UNION ALL
          SELECT NULL::bigint,
             NULL::text,
             r_1.content_id,
             NULL::text,
             NULL::text,
             NULL::text,
             r_1.view_list,
             r_1.edit_list,
             NULL::bigint,
             NULL::bigint,
             NULL::text,
             r_1.not_before,
             r_1.since,
             'content_hidden'::text,
             'not listed'::text,
             asked.run
            FROM (restricted r_1
              CROSS JOIN asked)
           WHERE ((restricted_content.space IS NULL) AND (NOT (EXISTS ( SELECT
                    FROM listed l
                   WHERE (l.id = r_1.content_id)))))
         )
  SELECT r.space_id,
     r.space_key,
     r.content_id,
     r.content_type,
     r.title,
     r.content_status,
     r.view_list,
     r.edit_list,
     r.viewers,
     r.editors,
     r.finding,
     r.not_before,
     r.since,
     r.reason,
     r.detail,
     r.run_id
    FROM answer r
   ORDER BY (r.reason IS NOT NULL), r.space_id, r.content_id;
END;



CREATE FUNCTION acme.sample_pairs(report text, parameters jsonb, sample integer) RETURNS TABLE(content_id bigint, account_id text, access text, drawn_from text, as_of timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'acme', 'pg_temp'
    SET "DateStyle" TO 'ISO, YMD'
    SET "TimeZone" TO 'UTC'
    SET "IntervalStyle" TO 'iso_8601'
    SET extra_float_digits TO '1'
    SET bytea_output TO 'hex'
    SET array_nulls TO 'on'
    SET standard_conforming_strings TO 'on'
    SET row_security TO 'off'
    AS $_$
#variable_conflict use_column
DECLARE
    at_run     CONSTANT timestamptz := (SELECT r.published_at FROM runs AS r WHERE r.id = run_at((parameters ->> 'as_of')::timestamptz));
    asked      CONSTANT jsonb := parameters || jsonb_build_object('as_of', at_run);
    access_run CONSTANT bigint := access_run_at(at_run);
    seed       CONSTANT text := report || ' ' || canonical_json(asked);
    call       CONSTANT text := report_call(report, asked);
    names      CONSTANT text[] := (SELECT s.column_names FROM report_signature(report) AS s);
BEGIN
    IF NOT 'account_id' = ANY (names) OR NOT names && '{space_id,content_id}' THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('report "%s" does not say which account reaches what', report),
            HINT = 'A sample takes a report with the column account_id, and with space_id or content_id.';
    END IF;
    RETURN QUERY EXECUTE format(
        $sql$
            WITH given AS MATERIALIZED (
                SELECT %2$s AS space_id, %3$s AS content_id, given.account_id, %4$s AS access, %5$s AS is_allowed
                FROM %1$s AS given
            ), listed AS (
                SELECT space_id, content_id, account_id, access, 'rows' AS drawn_from,
                       sha256_of($1 || ' ' || concat_ws(' ', space_id, content_id, account_id, access)) AS lot
                FROM given
                WHERE is_allowed AND account_id IS NOT NULL AND access IN ('view', 'edit')
                  AND (space_id IS NOT NULL OR content_id IS NOT NULL)
                GROUP BY space_id, content_id, account_id, access
                ORDER BY lot LIMIT ($2 + 1) / 2
            ), resource AS (
                SELECT space_id, content_id,
                       row_number() OVER (ORDER BY sha256_of($1 || ' resource ' || concat_ws(' ', space_id, content_id))) AS place,
                       count(*) OVER () AS all_of_them
                FROM given WHERE space_id IS NOT NULL OR content_id IS NOT NULL
                GROUP BY space_id, content_id
            ), account AS (
                SELECT account_id, row_number() OVER (ORDER BY sha256_of($1 || ' account ' || account_id)) AS place,
                       count(*) OVER () AS all_of_them
                FROM accounts_at($3)
            ), drawn AS (
                SELECT space_id, content_id, account_id, access, drawn_from FROM listed
              UNION ALL
                SELECT r.space_id, r.content_id, a.account_id, 'view', 'accounts'
                FROM generate_series(0, $2 / 2 - 1) AS n
                JOIN resource AS r ON r.place = n %% r.all_of_them + 1
                JOIN account AS a ON a.place = n %% a.all_of_them + 1
            ), stands AS (
                SELECT DISTINCT ON (d.space_id, d.account_id) d.space_id, d.account_id, c.id
                FROM drawn AS d JOIN content_at($3) AS c ON c.space_id = d.space_id AND c.status = 'current'
                WHERE d.content_id IS NULL
                ORDER BY d.space_id, d.account_id, sha256_of($1 || ' ' || d.account_id || ' ' || c.id)
            )
            SELECT coalesce(d.content_id, s.id), d.account_id, d.access, max(d.drawn_from), $4
            FROM drawn AS d
            LEFT JOIN stands AS s ON d.content_id IS NULL AND s.space_id = d.space_id AND s.account_id = d.account_id
            WHERE coalesce(d.content_id, s.id) IS NOT NULL
            GROUP BY 1, 2, 3
        $sql$,
        call,
        CASE WHEN 'space_id' = ANY (names) THEN 'given.space_id' ELSE 'NULL::bigint' END,
        CASE WHEN 'content_id' = ANY (names) THEN 'given.content_id' ELSE 'NULL::bigint' END,
        CASE WHEN 'access' = ANY (names) THEN 'given.access' ELSE '''view''' END,
        CASE WHEN 'verdict' = ANY (names) THEN 'given.verdict = ''allowed''' ELSE 'true' END)
    USING seed, sample, access_run, at_run;
END
$_$;



CREATE TABLE acme.mirror (
    is_the_only_row boolean DEFAULT true NOT NULL,
    server text NOT NULL,
    extension_version text NOT NULL,
    format integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    max_age interval DEFAULT '2 days'::interval NOT NULL,
    other_tables text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT mirror_is_the_only_row_check CHECK (is_the_only_row)
);



CREATE FUNCTION acme.sample_questions(report text, parameters jsonb, sample integer) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'acme', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    BEGIN ATOMIC
 SELECT jsonb_build_object('server', ( SELECT mirror.server
            FROM acme.mirror), 'as_of', min(p.as_of), 'pairs', COALESCE(jsonb_agg(jsonb_build_object('content_id', p.content_id, 'account_id', p.account_id, 'access', p.access) ORDER BY p.content_id, (p.account_id COLLATE "C"), (p.access COLLATE "C")), '[]'::jsonb)) AS jsonb_build_object
    FROM acme.sample_pairs(sample_questions.report, sample_questions.parameters, sample_questions.sample) p(content_id, account_id, access, drawn_from, as_of);
END;



CREATE FUNCTION acme.sample_verdicts(contents bigint[], accounts text[], accesses text[], run bigint) RETURNS TABLE(content_id bigint, account_id text, access text, verdict text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH answer AS MATERIALIZED (
          SELECT DISTINCT a_1.content_id,
             a_1.account_id,
             a_1.access,
             a_1.verdict
            FROM acme.contents_access_at(ARRAY( SELECT DISTINCT c.c
                    FROM unnest(sample_verdicts.contents) c(c)), sample_verdicts.run) a_1(space_id, space_key, content_id, content_type, title, access, admin_kind, account_id, email, name, account_type, account_status, is_guest, verdict, path_type, group_id, group_name, access_class, role_name, operations, sources, bound, reason, detail, seen_at, run_id, access_as_of)
           WHERE (a_1.verdict = ANY (ARRAY['allowed'::text, 'unknown'::text]))
         )
  SELECT p.content_id,
     p.account_id,
     p.access,
         CASE
             WHEN bool_or(((a.verdict = 'allowed'::text) AND (a.account_id IS NOT NULL))) THEN 'allowed'::text
             WHEN bool_or((a.verdict = 'unknown'::text)) THEN 'unknown'::text
             ELSE 'denied'::text
         END AS "case"
    FROM (UNNEST(sample_verdicts.contents, sample_verdicts.accounts, sample_verdicts.accesses) p(content_id, account_id, access)
      LEFT JOIN answer a ON (((a.content_id = p.content_id) AND ((a.account_id = p.account_id) OR (a.account_id IS NULL)) AND ((a.access = p.access) OR (a.access IS NULL)))))
   GROUP BY p.content_id, p.account_id, p.access;
END;



CREATE FUNCTION acme.smart_links_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(id bigint, space_id bigint, title text, status text, parent_id bigint, parent_type text, "position" integer, author_id text, owner_id text, created_at timestamp with time zone, version_number integer, modified_at timestamp with time zone, version_author_id text, version_message text, version_minor_edit boolean, embed_url text, web_url text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.id,
     h.space_id,
     h.title,
     h.status,
     h.parent_id,
     h.parent_type,
     h."position",
     h.author_id,
     h.owner_id,
     h.created_at,
     h.version_number,
     h.modified_at,
     h.version_author_id,
     h.version_message,
     h.version_minor_edit,
     h.embed_url,
     h.web_url
    FROM acme.smart_links_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(smart_links_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(smart_links_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.space_access(space bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(space_id bigint, space_key text, content_id bigint, content_type text, title text, access text, admin_kind text, account_id text, email text, name text, account_type text, account_status text, is_guest boolean, verdict text, path_type text, group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], layers jsonb, bound text, reason text, detail text, seen_at timestamp with time zone, run_id bigint, access_as_of timestamp with time zone)
    LANGUAGE plpgsql STABLE ROWS 2000
    SET search_path TO 'acme', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
DECLARE
    run CONSTANT bigint := access_run_at(as_of);
BEGIN
    RETURN QUERY
    SELECT s.space_id, s.space_key, CAST(NULL AS bigint), CAST(NULL AS text), CAST(NULL AS text), s.access, s.admin_kind, s.account_id,
           s.email, s.name, s.account_type, s.account_status, s.is_guest, s.verdict, s.path_type, s.group_id, s.group_name,
           s.access_class, s.role_name, s.operations, s.sources, CAST(NULL AS jsonb), s.bound, s.reason, s.detail, s.seen_at, s.run_id,
           s.access_as_of
    FROM space_access_at(space, run) AS s;
END
$$;



CREATE FUNCTION acme.space_access_at(space bigint, run bigint) RETURNS TABLE(space_id bigint, space_key text, access text, admin_kind text, account_id text, email text, name text, account_type text, account_status text, is_guest boolean, verdict text, path_type text, group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], bound text, reason text, detail text, seen_at timestamp with time zone, run_id bigint, access_as_of timestamp with time zone)
    LANGUAGE sql STABLE ROWS 2000
    BEGIN ATOMIC
 WITH facts AS MATERIALIZED (
          SELECT f.run_id,
             f.access_as_of,
             f.seen_at,
             f.spaces_are_read
            FROM acme.access_facts_at(space_access_at.run) f(run_id, access_as_of, seen_at, spaces_are_read, permissions_are_read, roles_are_read, roles_are_needed, groups_are_read, accounts_are_read, product_groups_are_read, product_is_proved, restrictions_are_read)
         ), places AS MATERIALIZED (
          SELECT s.id,
             s.key
            FROM acme.spaces_history s
           WHERE ((s.id = space_access_at.space) AND (s.run_from <= space_access_at.run) AND ((s.run_to IS NULL) OR (s.run_to > space_access_at.run)))
         ), holders AS MATERIALIZED (
          SELECT h.principal,
             h.principal_id,
             h.view_operations,
             h.edit_operations,
             h.administer_operations,
             h.admin_kind,
             h.sources,
             h.role_name
            FROM acme.space_holders_at(space_access_at.run) h(space_id, principal, principal_type, principal_id, view_operations, edit_operations, administer_operations, admin_kind, sources, role_name)
           WHERE ((h.space_id = space_access_at.space) AND (EXISTS ( SELECT
                    FROM places)))
         ), members AS (
          SELECT m.principal,
             m.account_id,
             m.path_type,
             m.group_id,
             m.group_name,
             m.access_class,
             m.email,
             m.name,
             m.account_type,
             m.account_status,
             m.is_guest,
             m.reason,
             (m.standing = 'allowed'::text) AS is_let_through
            FROM acme.principal_accounts_at(space_access_at.run) m(principal, principal_id, account_id, path_type, group_id, group_name, access_class, email, name, account_type, account_status, is_guest, standing, reason)
           WHERE ((m.principal_id = ANY (ARRAY( SELECT h.principal_id
                    FROM holders h))) AND (m.standing <> 'denied'::text))
         ), paths AS MATERIALIZED (
          SELECT m.principal,
             m.account_id,
             m.path_type,
             m.group_id,
             m.group_name,
             m.access_class,
             m.email,
             m.name,
             m.account_type,
             m.account_status,
             m.is_guest,
             m.reason,
             m.is_let_through,
             h.view_operations,
             h.edit_operations,
             h.sources,
             h.role_name,
                 CASE
                     WHEN (m.is_guest IS NOT TRUE) THEN h.administer_operations
                     ELSE NULL::text[]
                 END AS administer_operations,
                 CASE
                     WHEN (m.is_guest IS NOT TRUE) THEN h.admin_kind
                     ELSE NULL::text
                 END AS admin_kind
            FROM (holders h
              JOIN members m ON ((m.principal = h.principal)))
         ), viewers AS (
          SELECT p.account_id,
             p.is_let_through
            FROM paths p
           WHERE (p.view_operations IS NOT NULL)
         ), editors AS (
          SELECT p.account_id,
             p.is_let_through
            FROM paths p
           WHERE (p.edit_operations IS NOT NULL)
         )
  SELECT s.id,
     s.key,
     p.access,
         CASE p.access
             WHEN 'administer'::text THEN p.admin_kind
             ELSE NULL::text
         END AS "case",
     p.account_id,
     p.email,
     p.name,
     p.account_type,
     p.account_status,
     p.is_guest,
         CASE
             WHEN p.is_allowed THEN 'allowed'::text
             ELSE 'unknown'::text
         END AS "case",
     p.path_type,
     p.group_id,
     p.group_name,
     p.access_class,
     p.role_name,
     p.operations,
     p.sources,
         CASE
             WHEN p.is_allowed THEN 'exact'::text
             ELSE 'upper'::text
         END AS "case",
         CASE
             WHEN (NOT p.is_allowed) THEN COALESCE(p.reason, 'product_unresolved'::text)
             ELSE NULL::text
         END AS "case",
     NULL::text AS text,
     f.seen_at,
     f.run_id,
     f.access_as_of
    FROM ((( SELECT p_1.principal,
             p_1.account_id,
             p_1.path_type,
             p_1.group_id,
             p_1.group_name,
             p_1.access_class,
             p_1.email,
             p_1.name,
             p_1.account_type,
             p_1.account_status,
             p_1.is_guest,
             p_1.reason,
             p_1.is_let_through,
             p_1.view_operations,
             p_1.edit_operations,
             p_1.sources,
             p_1.role_name,
             p_1.administer_operations,
             p_1.admin_kind,
             'view'::text AS access,
             p_1.view_operations AS operations,
             p_1.is_let_through AS is_allowed
            FROM paths p_1
           WHERE (p_1.view_operations IS NOT NULL)
         UNION ALL
          SELECT p_1.principal,
             p_1.account_id,
             p_1.path_type,
             p_1.group_id,
             p_1.group_name,
             p_1.access_class,
             p_1.email,
             p_1.name,
             p_1.account_type,
             p_1.account_status,
             p_1.is_guest,
             p_1.reason,
             p_1.is_let_through,
             p_1.view_operations,
             p_1.edit_operations,
             p_1.sources,
             p_1.role_name,
             p_1.administer_operations,
             p_1.admin_kind,
             'edit'::text,
             p_1.edit_operations,
             (p_1.is_let_through AND (p_1.account_id IN ( SELECT v.account_id
                    FROM viewers v
                   WHERE v.is_let_through)))
            FROM paths p_1
           WHERE ((p_1.edit_operations IS NOT NULL) AND (p_1.account_id IN ( SELECT v.account_id
                    FROM viewers v)))
         UNION ALL
          SELECT p_1.principal,
             p_1.account_id,
             p_1.path_type,
             p_1.group_id,
             p_1.group_name,
             p_1.access_class,
             p_1.email,
             p_1.name,
             p_1.account_type,
             p_1.account_status,
             p_1.is_guest,
             p_1.reason,
             p_1.is_let_through,
             p_1.view_operations,
             p_1.edit_operations,
             p_1.sources,
             p_1.role_name,
             p_1.administer_operations,
             p_1.admin_kind,
             'administer'::text,
             p_1.administer_operations,
             p_1.is_let_through
            FROM paths p_1
           WHERE (p_1.administer_operations IS NOT NULL)) p
      CROSS JOIN places s)
      CROSS JOIN facts f)
 UNION ALL
  SELECT s.id,
     s.key,
     x.access,
     NULL::text,
     a.account_id,
     a.email,
     a.name,
     a.account_type,
     a.account_status,
     a.is_guest,
     'potential'::text,
     a.path_type,
     a.group_id,
     a.group_name,
     a.access_class,
     a.role_name,
     a.operations,
     a.sources,
     'exact'::text,
     NULL::text,
     NULL::text,
     f.seen_at,
     f.run_id,
     f.access_as_of
    FROM (((( SELECT p.account_id,
             p.email,
             p.name,
             p.account_type,
             p.account_status,
             p.is_guest,
             'space_admin'::text AS path_type,
             p.group_id,
             p.group_name,
             p.access_class,
             p.role_name,
             p.administer_operations AS operations,
             p.sources
            FROM paths p
           WHERE ((p.admin_kind = ANY (ARRAY['full'::text, 'access'::text])) AND p.is_let_through)
         UNION ALL
          SELECT a_1.account_id,
             a_1.email,
             a_1.name,
             a_1.account_type,
             a_1.account_status,
             a_1.is_guest,
             'product_admin'::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text[],
             NULL::text[]
            FROM acme.accounts_at(space_access_at.run) a_1(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin)
           WHERE (a_1.is_product_admin AND (a_1.account_status = 'active'::text))) a
      CROSS JOIN ( VALUES ('view'::text), ('edit'::text), ('administer'::text)) x(access))
      CROSS JOIN places s)
      CROSS JOIN facts f)
   WHERE
         CASE x.access
             WHEN 'view'::text THEN (NOT (a.account_id IN ( SELECT v.account_id
                FROM viewers v
               WHERE v.is_let_through)))
             WHEN 'edit'::text THEN ((NOT (a.account_id IN ( SELECT v.account_id
                FROM viewers v
               WHERE v.is_let_through))) OR (NOT (a.account_id IN ( SELECT e.account_id
                FROM editors e
               WHERE e.is_let_through))))
             ELSE (NOT (a.account_id IN ( SELECT p.account_id
                FROM paths p
               WHERE ((p.administer_operations IS NOT NULL) AND p.is_let_through))))
         END
 UNION ALL
  SELECT s.id,
     s.key,
     g.access,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::boolean,
     'unknown'::text,
     g.path_type,
     g.group_id,
     NULL::text,
     g.access_class,
     g.role_name,
     NULL::text[],
     NULL::text[],
     g.bound,
     g.reason,
     g.detail,
     f.seen_at,
     f.run_id,
     f.access_as_of
    FROM ((acme.space_gaps_at(space_access_at.run) g(space_id, access, path_type, group_id, access_class, role_name, bound, reason, detail, is_open)
      CROSS JOIN places s)
      CROSS JOIN facts f)
   WHERE (g.space_id = space_access_at.space)
 UNION ALL
  SELECT space_access_at.space AS space,
     NULL::text,
     x.access,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::boolean,
     'unknown'::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text,
     NULL::text[],
     NULL::text[],
     'none'::text,
         CASE
             WHEN f.spaces_are_read THEN 'space_hidden'::text
             ELSE 'not_read'::text
         END AS "case",
     'not listed'::text,
     f.seen_at,
     f.run_id,
     f.access_as_of
    FROM (facts f
      CROSS JOIN ( VALUES ('view'::text), ('edit'::text), ('administer'::text)) x(access))
   WHERE (NOT (EXISTS ( SELECT
            FROM places)));
END;



CREATE FUNCTION acme.space_admins(space bigint DEFAULT NULL::bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(space_id bigint, space_key text, space_name text, space_status text, admin_kind text, account_id text, email text, name text, account_type text, account_status text, last_active date, verdict text, path_type text, group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], not_before timestamp with time zone, since timestamp with time zone, reason text, detail text, run_id bigint)
    LANGUAGE sql STABLE ROWS 2000
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT acme.access_run_at(space_admins.as_of) AS run
         ), place AS MATERIALIZED (
          SELECT s.id,
             s.key,
             s.name,
             s.status
            FROM (asked
              JOIN acme.spaces_history s ON (((s.run_from <= asked.run) AND ((s.run_to IS NULL) OR (s.run_to > asked.run)))))
           WHERE ((space_admins.space IS NULL) OR (s.id = space_admins.space))
         ), mail AS MATERIALIZED (
          SELECT e.account_id,
             e.last_active
            FROM (asked
              JOIN acme.emails_history e ON (((e.run_from <= asked.run) AND ((e.run_to IS NULL) OR (e.run_to > asked.run)))))
         ), granted AS MATERIALIZED (
          SELECT t.space_id,
             t.principal,
             t.access,
             t.not_before,
             t.since
            FROM (asked
              CROSS JOIN LATERAL acme.granted_since_at(asked.run) t(space_id, principal, access, not_before, since))
           WHERE ((t.access = 'administer'::text) AND (t.space_id = ANY (ARRAY( SELECT s.id
                    FROM place s))))
         ), administrator AS MATERIALIZED (
          SELECT a.space_id,
             a.admin_kind,
             a.account_id,
             a.email,
             a.name,
             a.account_type,
             a.account_status,
             a.standing,
             a.reason,
             a.principal,
             a.path_type,
             a.group_id,
             a.group_name,
             a.access_class,
             a.role_name,
             a.operations,
             a.sources
            FROM (asked
              CROSS JOIN LATERAL acme.administrators_at(asked.run) a(space_id, admin_kind, account_id, email, name, account_type, account_status, standing, reason, principal, path_type, group_id, group_name, access_class, role_name, operations, sources))
           WHERE (a.space_id = ANY (ARRAY( SELECT s.id
                    FROM place s)))
         ), answer AS (
          SELECT s.id AS space_id,
             s.key,
             s.name AS space_name,
             s.status,
             a.admin_kind,
             a.account_id,
             a.email,
             a.name,
             a.account_type,
             a.account_status,
             mail.last_active,
             a.standing AS verdict,
             a.path_type,
             a.group_id,
             a.group_name,
             a.access_class,
             a.role_name,
             a.operations,
             a.sources,
                 CASE
                     WHEN (g.valid_from > t.since) THEN g.not_before
                     ELSE t.not_before
                 END AS not_before,
             GREATEST(t.since, g.valid_from) AS since,
             a.reason,
             NULL::text AS detail,
             asked.run
            FROM (((((administrator a
              CROSS JOIN asked)
              JOIN place s ON ((s.id = a.space_id)))
              LEFT JOIN mail ON ((mail.account_id = a.account_id)))
              LEFT JOIN granted t ON (((t.space_id = a.space_id) AND (t.principal = a.principal))))
              LEFT JOIN acme.group_members_history g ON (((g.group_id = a.group_id) AND (g.account_id = a.account_id) AND (g.run_from <= asked.run) AND ((g.run_to IS NULL) OR (g.run_to > asked.run)))))
         UNION ALL
          SELECT NULL::bigint,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             a.account_id,
             a.email,
             a.name,
             a.account_type,
             a.account_status,
             mail.last_active,
             'potential'::text,
             'product_admin'::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text[],
             NULL::text[],
             NULL::timestamp with time zone,
             NULL::timestamp with time zone,
             NULL::text,
             'can give itself every space'::text,
             asked.run
            FROM (((asked
              CROSS JOIN LATERAL acme.product_members_at(asked.run) l(account_id, is_admin))
              CROSS JOIN LATERAL acme.accounts_at(asked.run) a(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin))
              LEFT JOIN mail ON ((mail.account_id = a.account_id)))
           WHERE (l.is_admin AND (a.account_id = l.account_id) AND (a.account_status = 'active'::text))
         UNION ALL
          SELECT s.id,
             s.key,
             s.name,
             s.status,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::date,
             'unknown'::text,
             g.path_type,
             g.group_id,
             NULL::text,
             g.access_class,
             g.role_name,
             NULL::text[],
             NULL::text[],
             NULL::timestamp with time zone,
             NULL::timestamp with time zone,
             g.reason,
             g.detail,
             asked.run
            FROM ((asked
              CROSS JOIN LATERAL acme.space_gaps_at(asked.run) g(space_id, access, path_type, group_id, access_class, role_name, bound, reason, detail, is_open))
              JOIN place s ON ((s.id = g.space_id)))
           WHERE ((g.access = 'administer'::text) AND (g.space_id = ANY (ARRAY( SELECT s_1.id
                    FROM place s_1))))
         UNION ALL
          SELECT space_admins.space AS space,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::date,
             'unknown'::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text,
             NULL::text[],
             NULL::text[],
             NULL::timestamp with time zone,
             NULL::timestamp with time zone,
             'space_hidden'::text,
             'not listed'::text,
             asked.run
            FROM asked
           WHERE ((space_admins.space IS NOT NULL) AND (NOT (EXISTS ( SELECT
                    FROM place))))
         )
  SELECT r.space_id,
     r.key,
     r.space_name,
     r.status,
     r.admin_kind,
     r.account_id,
     r.email,
     r.name,
     r.account_type,
     r.account_status,
     r.last_active,
     r.verdict,
     r.path_type,
     r.group_id,
     r.group_name,
     r.access_class,
     r.role_name,
     r.operations,
     r.sources,
     r.not_before,
     r.since,
     r.reason,
     r.detail,
     r.run
    FROM answer r
   ORDER BY (r.account_id IS NULL), r.space_id, (r.account_id COLLATE "C"), (r.path_type COLLATE "C"), (r.group_id COLLATE "C"), (r.access_class COLLATE "C"), (r.reason COLLATE "C"), (r.detail COLLATE "C");
END;



CREATE FUNCTION acme.space_grants_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(space_id bigint, principal_type text, principal_id text, operation_key text, operation_target_type text, sources text[])
    LANGUAGE sql STABLE ROWS 15000
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT acme.access_run_at(space_grants_as_of.as_of) AS run
         )
  SELECT g.space_id,
     g.principal_type,
     g.principal_id,
     g.operation_key,
     g.operation_target_type,
     g.sources
    FROM (asked
      CROSS JOIN LATERAL acme.space_grants_at(asked.run) g(space_id, principal_type, principal_id, operation_key, operation_target_type, sources));
END;



CREATE FUNCTION acme.space_role_assignments_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(space_id bigint, principal_type text, principal_id text, role_id text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.space_id,
     h.principal_type,
     h.principal_id,
     h.role_id
    FROM acme.space_role_assignments_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(space_role_assignments_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(space_role_assignments_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.space_roles_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(id text, type text, name text, description text, space_permissions jsonb)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.id,
     h.type,
     h.name,
     h.description,
     h.space_permissions
    FROM acme.space_roles_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(space_roles_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(space_roles_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.spaces_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(id bigint, key text, name text, type text, status text, author_id text, owner_id text, created_at timestamp with time zone, homepage_id bigint, description text, current_active_alias text, web_url text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.id,
     h.key,
     h.name,
     h.type,
     h.status,
     h.author_id,
     h.owner_id,
     h.created_at,
     h.homepage_id,
     h.description,
     h.current_active_alias,
     h.web_url
    FROM acme.spaces_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(spaces_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(spaces_as_of.as_of) AS run_at))));
END;



CREATE TABLE acme.tasks_history (
    id bigint NOT NULL,
    local_id text,
    space_id bigint,
    page_id bigint,
    blogpost_id bigint,
    status text,
    created_by text,
    assigned_to text,
    completed_by text,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    due_at timestamp with time zone,
    completed_at timestamp with time zone,
    valid_from timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    valid_to timestamp with time zone,
    seen_until timestamp with time zone,
    run_from bigint NOT NULL,
    run_to bigint,
    end_reason text
);



CREATE FUNCTION acme.tasks_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(id bigint, local_id text, space_id bigint, page_id bigint, blogpost_id bigint, status text, created_by text, assigned_to text, completed_by text, created_at timestamp with time zone, updated_at timestamp with time zone, due_at timestamp with time zone, completed_at timestamp with time zone)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.id,
     h.local_id,
     h.space_id,
     h.page_id,
     h.blogpost_id,
     h.status,
     h.created_by,
     h.assigned_to,
     h.completed_by,
     h.created_at,
     h.updated_at,
     h.due_at,
     h.completed_at
    FROM acme.tasks_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(tasks_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(tasks_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.users_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(account_id text, account_type text, account_status text, email text, public_name text, display_name text, time_zone text, personal_space_id bigint, is_external_collaborator boolean, profile_picture_path text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.account_id,
     h.account_type,
     h.account_status,
     h.email,
     h.public_name,
     h.display_name,
     h.time_zone,
     h.personal_space_id,
     h.is_external_collaborator,
     h.profile_picture_path
    FROM acme.users_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(users_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(users_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.verified_chain() RETURNS TABLE(manifest_id bigint, said jsonb, is_whole boolean, fault text)
    LANGUAGE sql STABLE
    SET search_path TO 'acme', 'pg_temp'
    SET "DateStyle" TO 'ISO, YMD'
    SET "TimeZone" TO 'UTC'
    SET "IntervalStyle" TO 'iso_8601'
    SET extra_float_digits TO '1'
    BEGIN ATOMIC
 WITH link AS (
          SELECT m.*::acme.manifests AS "row",
             m.id,
             m.sha256,
             m.manifest,
             m.prev_sha256,
             acme.json_or_null(m.manifest) AS said,
             lag(m.sha256, 1, acme.chain_start()) OVER (ORDER BY m.id) AS sha256_before,
             lag(m.id, 1, (0)::bigint) OVER (ORDER BY m.id) AS id_before
            FROM acme.manifests m
         ), looked_at AS (
          SELECT l.id,
             l.said,
                 CASE
                     WHEN (acme.sha256_of(l.manifest) <> l.sha256) THEN 'its bytes are not those that its hash is of'::text
                     ELSE NULL::text
                 END AS bytes,
                 CASE
                     WHEN (l.id <> (l.id_before + 1)) THEN (('what was before it is gone: '::text ||
                     CASE
                         WHEN (l.id = (l.id_before + 2)) THEN ''::text
                         ELSE ((l.id_before + 1) || ' to '::text)
                     END) || (l.id - 1))
                     ELSE NULL::text
                 END AS gap,
                 CASE
                     WHEN ((l.prev_sha256 <> l.sha256_before) OR ((l.said ->> 'prev_sha256'::text) IS DISTINCT FROM l.sha256_before)) THEN 'it was made after another manifest than the one before it'::text
                     ELSE NULL::text
                 END AS link,
             ( SELECT ('its columns are not what its bytes say: '::text || string_agg(key, ', '::text ORDER BY (key COLLATE "C")))
                    FROM (jsonb_each(acme.manifest_columns(l."row")) c(key, value)
                      FULL JOIN jsonb_each(
                         CASE jsonb_typeof(l.said)
                             WHEN 'object'::text THEN l.said
                             ELSE '{}'::jsonb
                         END) b(key, value) USING (key))
                   WHERE (c.value IS DISTINCT FROM b.value)) AS columns
            FROM link l
         )
  SELECT looked_at.id,
     looked_at.said,
     (COALESCE(looked_at.bytes, looked_at.columns) IS NULL),
     concat_ws('; '::text, looked_at.bytes, looked_at.gap, looked_at.link, looked_at.columns) AS concat_ws
    FROM looked_at;
END;



CREATE TABLE acme.erased_lines (
    manifest_id bigint NOT NULL,
    part text NOT NULL,
    chunk integer NOT NULL,
    line integer NOT NULL,
    sha256 text NOT NULL,
    erasure_id bigint NOT NULL
);



CREATE FUNCTION acme.verified_files(manifest_ids bigint[]) RETURNS TABLE(manifest_id bigint, part text, chunk bigint, rows integer, erased bigint, removed_by bigint, fault text)
    LANGUAGE sql STABLE
    SET search_path TO 'acme', 'pg_temp'
    BEGIN ATOMIC
 WITH chain AS MATERIALIZED (
          SELECT verified_chain.manifest_id,
             verified_chain.said,
             verified_chain.is_whole,
             verified_chain.fault
            FROM acme.verified_chain() verified_chain(manifest_id, said, is_whole, fault)
         ), expected AS (
          SELECT c.manifest_id,
             file.part,
             each.chunk,
             each.hashes
            FROM ((chain c
              CROSS JOIN LATERAL ( VALUES ('rows'::text,(c.said -> 'chunks'::text)), ('sample'::text,(c.said -> 'sample_chunks'::text))) file(part, chunks))
              CROSS JOIN LATERAL jsonb_array_elements(
                 CASE jsonb_typeof(file.chunks)
                     WHEN 'array'::text THEN file.chunks
                     ELSE '[]'::jsonb
                 END) WITH ORDINALITY each(hashes, chunk))
           WHERE (c.manifest_id = ANY (verified_files.manifest_ids))
         ), kept AS (
          SELECT e_1.manifest_id,
             e_1.part,
             e_1.chunk,
             cardinality(e_1.lines) AS rows,
             acme.chunk_hashes(
                 CASE
                     WHEN (e_1.chunk = 1) THEN acme.csv_header(
                     CASE e_1.part
                         WHEN 'rows'::text THEN (c.said -> 'columns'::text)
                         ELSE acme.sample_columns()
                     END)
                     ELSE NULL::text
                 END, e_1.lines, ARRAY( SELECT l.sha256
                    FROM (generate_subscripts(e_1.lines, 1) n(n)
                      LEFT JOIN acme.erased_lines l ON (((l.manifest_id = e_1.manifest_id) AND (l.part = e_1.part) AND (l.chunk = e_1.chunk) AND (l.line = n.n))))
                   ORDER BY n.n)) AS hashes,
             ( SELECT count(*) AS count
                    FROM unnest(e_1.lines) line(line)
                   WHERE (line.line IS NULL)) AS erased,
             ( SELECT count(*) AS count
                    FROM acme.erased_lines l
                   WHERE (((l.manifest_id = e_1.manifest_id) AND (l.part = e_1.part) AND (l.chunk = e_1.chunk)) AND (e_1.lines[l.line] IS NULL) AND ((l.line >= 1) AND (l.line <= cardinality(e_1.lines))))) AS left_of_erased
            FROM (acme.evidence e_1
              LEFT JOIN chain c USING (manifest_id))
           WHERE (e_1.manifest_id = ANY (verified_files.manifest_ids))
         ), removed AS (
          SELECT c.manifest_id AS by_id,
             (c.said ->> 'kind'::text) AS kind,
             each.file
            FROM (chain c
              CROSS JOIN LATERAL jsonb_array_elements(
                 CASE jsonb_typeof((c.said -> 'removed'::text))
                     WHEN 'array'::text THEN (c.said -> 'removed'::text)
                     ELSE '[]'::jsonb
                 END) each(file))
         )
  SELECT manifest_id,
     part,
     chunk,
     k.rows,
     COALESCE(k.erased, (0)::bigint) AS "coalesce",
         CASE
             WHEN (k.hashes IS NULL) THEN retention.by_id
             ELSE NULL::bigint
         END AS "case",
         CASE
             WHEN ((k.hashes IS NULL) AND (retention.by_id IS NOT NULL)) THEN NULL::text
             WHEN (k.hashes IS NULL) THEN format('chunk %s is gone'::text, chunk)
             WHEN (e.hashes IS NULL) THEN format('chunk %s was added'::text, chunk)
             WHEN ((k.erased = 0) AND (k.hashes = e.hashes)) THEN NULL::text
             WHEN ((k.erased > 0) AND ((k.hashes - 'sha256'::text) = (e.hashes - 'sha256'::text)) AND (k.erased = k.left_of_erased) AND ((k.erased)::numeric = erasure.rows)) THEN NULL::text
             WHEN ((k.erased > 0) AND ((k.hashes - 'sha256'::text) = (e.hashes - 'sha256'::text))) THEN format('chunk %s has %s erased lines, and manifests of erasures tell of %s'::text, chunk, k.erased, COALESCE(erasure.rows, (0)::numeric))
             ELSE format('chunk %s is not what was attested'::text, chunk)
         END AS format
    FROM (((expected e
      FULL JOIN kept k USING (manifest_id, part, chunk))
      LEFT JOIN LATERAL ( SELECT min(r.by_id) AS by_id
            FROM removed r
           WHERE ((r.kind = 'retention'::text) AND ((r.file -> 'manifest_id'::text) = to_jsonb(manifest_id)) AND ((r.file -> 'part'::text) = to_jsonb(part)) AND ((r.file -> 'chunk'::text) = to_jsonb(chunk)))) retention ON (true))
      LEFT JOIN LATERAL ( SELECT sum(
                 CASE jsonb_typeof((r.file -> 'rows'::text))
                     WHEN 'number'::text THEN ((r.file ->> 'rows'::text))::numeric
                     ELSE NULL::numeric
                 END) AS rows
            FROM removed r
           WHERE ((r.kind = 'erasure'::text) AND ((r.file -> 'manifest_id'::text) = to_jsonb(manifest_id)) AND ((r.file -> 'part'::text) = to_jsonb(part)) AND ((r.file -> 'chunk'::text) = to_jsonb(chunk)))) erasure ON (true));
END;



CREATE FUNCTION acme.verify_evidence(id bigint DEFAULT NULL::bigint, head text DEFAULT NULL::text) RETURNS TABLE(manifest_id bigint, step text, status text, found text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'acme', 'pg_temp'
    SET "DateStyle" TO 'ISO, YMD'
    SET "TimeZone" TO 'UTC'
    SET "IntervalStyle" TO 'iso_8601'
    SET extra_float_digits TO '1'
    SET row_security TO 'off'
    BEGIN ATOMIC
 WITH chain AS MATERIALIZED (
          SELECT verified_chain.manifest_id,
             verified_chain.said,
             verified_chain.is_whole,
             verified_chain.fault
            FROM acme.verified_chain() verified_chain(manifest_id, said, is_whole, fault)
         ), chosen AS (
          SELECT m.id,
             m.kind,
             m.created_at,
             m.session_user_name,
             m.role_name,
             m.client_address,
             m.application_name,
             m.product_version,
             m.postgres_version,
             m.server,
             m.base_url,
             m.cloud_id,
             m.report,
             m.question,
             m.controls,
             m.sql,
             m.code_sha256,
             m.parameters_sha256,
             m.as_of,
             m.run_id,
             m.access_run_id,
             m.run_started_at,
             m.run_db_user,
             m.run_product_version,
             m.api_account_id,
             m.role_mode,
             m.admin_key,
             m.drift,
             m.emails_loaded_at,
             m.class_resolution,
             m.product_admins,
             m.reservations,
             m.control_totals,
             m.requests,
             m.columns,
             m.rows,
             m.chunks,
             m.distinct_accounts,
             m.distinct_resources,
             m.unknown_rows,
             m.unknown_by_reason,
             m.complete,
             m.sample_asked,
             m.sample_checked,
             m.sample_agreed,
             m.sample_chunks,
             m.removed,
             m.prev_sha256,
             m.sha256,
             m.manifest,
             m.parameters,
             m.parameters_salt,
             c.said
            FROM (acme.manifests m
              JOIN chain c ON ((c.manifest_id = m.id)))
           WHERE ((verify_evidence.id IS NULL) OR (m.id = verify_evidence.id))
         ), answer AS (
          SELECT 1 AS place,
             NULL::bigint AS manifest_id,
             'chain'::text AS step,
             'ok'::text AS status,
                 CASE count(*)
                     WHEN 0 THEN 'there are no manifests'::text
                     ELSE format('%s manifests, each made after the one before; head %s'::text, count(*), ( SELECT acme.chain_head() AS chain_head))
                 END AS found
            FROM chain
          HAVING (count(*) FILTER (WHERE (chain.fault <> ''::text)) = 0)
         UNION ALL
          SELECT 1,
             c.manifest_id,
             'chain'::text,
             'fail'::text,
             c.fault
            FROM chain c
           WHERE (c.fault <> ''::text)
         UNION ALL
          SELECT 2,
             NULL::bigint,
             'chain'::text,
             'fail'::text,
             format('run %s noted a head that is no manifest''s any more: %s'::text, min(r.id), r.head_sha256) AS format
            FROM acme.runs r
           WHERE ((r.head_sha256 IS NOT NULL) AND (NOT (EXISTS ( SELECT
                    FROM acme.manifests m
                   WHERE (m.sha256 = r.head_sha256)))))
           GROUP BY r.head_sha256
         UNION ALL
          SELECT 3,
             m.id,
             'head'::text,
                 CASE
                     WHEN (m.id IS NULL) THEN 'fail'::text
                     ELSE 'ok'::text
                 END AS "case",
                 CASE
                     WHEN (m.id IS NULL) THEN 'no manifest has this hash: manifests were taken off, or the chain was made anew'::text
                     ELSE format('the chain is as it was up to this manifest; %s were added since'::text, (( SELECT count(*) AS count
                        FROM chain) - m.id))
                 END AS format
            FROM (( SELECT lower(btrim(verify_evidence.head)) AS sha256) given
              LEFT JOIN acme.manifests m USING (sha256))
           WHERE (given.sha256 IS NOT NULL)
         UNION ALL
          SELECT 4,
             verify_evidence.id AS id,
             'manifest'::text,
             'fail'::text,
             'there is no such manifest'::text
           WHERE ((verify_evidence.id IS NOT NULL) AND (NOT (EXISTS ( SELECT
                    FROM chosen))))
         UNION ALL
          SELECT 5,
             c.id,
             'parameters'::text,
                 CASE
                     WHEN ((p.is_erased AND (e.by_id IS NOT NULL)) OR p.is_right) THEN 'ok'::text
                     ELSE 'fail'::text
                 END AS "case",
                 CASE
                     WHEN p.is_right THEN 'as attested'::text
                     WHEN (p.is_erased AND (e.by_id IS NOT NULL)) THEN format('erased by manifest %s'::text, e.by_id)
                     ELSE 'they are not what was attested'::text
                 END AS "case"
            FROM ((chosen c
              CROSS JOIN LATERAL ( SELECT COALESCE((acme.parameters_sha256(c.parameters, c.parameters_salt) = (c.said ->> 'parameters_sha256'::text)), false) AS is_right,
                     ((c.parameters IS NULL) AND (c.parameters_salt IS NULL)) AS is_erased) p)
              LEFT JOIN LATERAL ( SELECT min(x.manifest_id) AS by_id
                    FROM (chain x
                      CROSS JOIN LATERAL jsonb_array_elements(
                         CASE jsonb_typeof((x.said -> 'removed'::text))
                             WHEN 'array'::text THEN (x.said -> 'removed'::text)
                             ELSE '[]'::jsonb
                         END) each(file))
                   WHERE (((x.said ->> 'kind'::text) = 'erasure'::text) AND ((each.file -> 'manifest_id'::text) = to_jsonb(c.id)) AND ((each.file ->> 'part'::text) = 'parameters'::text))) e ON (true))
           WHERE ((c.said ->> 'kind'::text) = 'report'::text)
         UNION ALL
          SELECT 6,
             f.manifest_id,
             f.part,
                 CASE
                     WHEN (count(f.fault) > 0) THEN 'fail'::text
                     WHEN (count(f.removed_by) > 0) THEN 'skip'::text
                     ELSE 'ok'::text
                 END AS "case",
                 CASE
                     WHEN (count(f.fault) > 0) THEN string_agg(f.fault, '; '::text ORDER BY f.chunk)
                     WHEN (count(f.removed_by) > 0) THEN format('removed by manifest %s'::text, min(f.removed_by))
                     ELSE (format('%s rows as attested'::text, ((sum(f.rows))::numeric - sum(f.erased))) ||
                     CASE
                         WHEN (sum(f.erased) > (0)::numeric) THEN format(', %s erased'::text, sum(f.erased))
                         ELSE ''::text
                     END)
                 END AS "case"
            FROM acme.verified_files(ARRAY( SELECT chosen.id
                    FROM chosen)) f(manifest_id, part, chunk, rows, erased, removed_by, fault)
           GROUP BY f.manifest_id, f.part
         UNION ALL
          SELECT 7,
             e.manifest_id,
             'rows'::text,
             'fail'::text,
             'there is evidence without a manifest'::text
            FROM acme.evidence e
           WHERE (NOT (EXISTS ( SELECT
                    FROM acme.manifests m
                   WHERE (m.id = e.manifest_id))))
           GROUP BY e.manifest_id
         )
  SELECT answer.manifest_id,
     answer.step,
     answer.status,
     answer.found
    FROM answer
   ORDER BY answer.manifest_id NULLS FIRST, answer.place, answer.step;
END;



CREATE TABLE acme.content_audience (
    content_id bigint NOT NULL,
    audience_id bigint NOT NULL
);



CREATE FUNCTION acme.visible_content(account text) RETURNS TABLE(content_id bigint)
    LANGUAGE sql STABLE ROWS 10000
    BEGIN ATOMIC
 SELECT k.content_id
    FROM acme.content_audience k
   WHERE ((k.audience_id IN ( SELECT acme.audiences_of(visible_content.account) AS audiences_of)) AND (( SELECT acme.current_access_run() AS current_access_run) IS NOT NULL));
END;



CREATE FUNCTION acme.whiteboards_as_of(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(id bigint, space_id bigint, title text, status text, parent_id bigint, parent_type text, "position" integer, author_id text, owner_id text, created_at timestamp with time zone, version_number integer, modified_at timestamp with time zone, version_author_id text, version_message text, version_minor_edit boolean, web_url text, edit_url text)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT h.id,
     h.space_id,
     h.title,
     h.status,
     h.parent_id,
     h.parent_type,
     h."position",
     h.author_id,
     h.owner_id,
     h.created_at,
     h.version_number,
     h.modified_at,
     h.version_author_id,
     h.version_message,
     h.version_minor_edit,
     h.web_url,
     h.edit_url
    FROM acme.whiteboards_history h
   WHERE ((h.run_from <= ( SELECT acme.run_at(whiteboards_as_of.as_of) AS run_at)) AND ((h.run_to IS NULL) OR (h.run_to > ( SELECT acme.run_at(whiteboards_as_of.as_of) AS run_at))));
END;



CREATE FUNCTION acme.write_evidence(may boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'acme', 'pg_temp'
    AS $$
BEGIN
    PERFORM set_config('confluence_mirror.writes_evidence', CASE WHEN may THEN 'yes' ELSE 'no' END, true);
END
$$;



CREATE TABLE acme.account_principals (
    account_id text NOT NULL,
    principal_type text NOT NULL,
    principal_id text NOT NULL,
    is_let_in boolean NOT NULL
);



CREATE TABLE acme.audiences (
    audience_id bigint NOT NULL,
    space_id bigint NOT NULL,
    view_restricted_by bigint,
    edit_restricted_by bigint,
    content_type text NOT NULL,
    content_status text,
    gap text
);



ALTER TABLE acme.audiences ALTER COLUMN audience_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME acme.audiences_audience_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);



CREATE TABLE acme.audiences_run (
    is_the_only_row boolean DEFAULT true NOT NULL,
    run_id bigint NOT NULL,
    CONSTRAINT audiences_run_is_the_only_row_check CHECK (is_the_only_row)
);



CREATE UNLOGGED TABLE acme.audit_log_staging (
    created_at timestamp with time zone,
    author_id text,
    author_name text,
    author_type text,
    remote_address text,
    category text,
    summary text,
    description text,
    is_sys_admin boolean,
    is_super_admin boolean,
    affected_object_name text,
    affected_object_type text,
    changed_values jsonb,
    associated_objects jsonb
)
WITH (autovacuum_enabled='false');



CREATE VIEW acme.blogpost_versions AS
 SELECT h.blogpost_id,
    h.number,
    h.created_at,
    h.author_id,
    h.message,
    h.minor_edit,
    h.title
   FROM acme.blogpost_versions_history h
  WHERE (h.run_to IS NULL);



CREATE UNLOGGED TABLE acme.blogpost_versions_staging (
    blogpost_id bigint,
    number integer,
    created_at timestamp with time zone,
    author_id text,
    message text,
    minor_edit boolean,
    title text
)
WITH (autovacuum_enabled='false');



CREATE VIEW acme.blogposts AS
 SELECT h.id,
    h.space_id,
    h.title,
    h.status,
    h.author_id,
    h.created_at,
    h.version_number,
    h.modified_at,
    h.version_author_id,
    h.version_message,
    h.version_minor_edit,
    h.web_url,
    h.edit_url,
    h.tiny_url
   FROM acme.blogposts_history h
  WHERE (h.run_to IS NULL);



CREATE UNLOGGED TABLE acme.blogposts_staging (
    id bigint,
    space_id bigint,
    title text,
    status text,
    author_id text,
    created_at timestamp with time zone,
    version_number integer,
    modified_at timestamp with time zone,
    version_author_id text,
    version_message text,
    version_minor_edit boolean,
    web_url text,
    edit_url text,
    tiny_url text
)
WITH (autovacuum_enabled='false');



CREATE VIEW acme.databases AS
 SELECT h.id,
    h.space_id,
    h.title,
    h.status,
    h.parent_id,
    h.parent_type,
    h."position",
    h.author_id,
    h.owner_id,
    h.created_at,
    h.version_number,
    h.modified_at,
    h.version_author_id,
    h.version_message,
    h.version_minor_edit,
    h.web_url
   FROM acme.databases_history h
  WHERE (h.run_to IS NULL);



CREATE VIEW acme.folders AS
 SELECT h.id,
    h.space_id,
    h.title,
    h.status,
    h.parent_id,
    h.parent_type,
    h."position",
    h.author_id,
    h.owner_id,
    h.created_at,
    h.version_number,
    h.modified_at,
    h.version_author_id,
    h.version_message,
    h.version_minor_edit,
    h.web_url
   FROM acme.folders_history h
  WHERE (h.run_to IS NULL);



CREATE VIEW acme.pages AS
 SELECT h.id,
    h.space_id,
    h.title,
    h.status,
    h.subtype,
    h.parent_id,
    h.parent_type,
    h."position",
    h.author_id,
    h.owner_id,
    h.last_owner_id,
    h.template_id,
    h.created_at,
    h.version_number,
    h.modified_at,
    h.version_author_id,
    h.version_message,
    h.version_minor_edit,
    h.web_url,
    h.edit_url,
    h.tiny_url
   FROM acme.pages_history h
  WHERE (h.run_to IS NULL);



CREATE VIEW acme.smart_links AS
 SELECT h.id,
    h.space_id,
    h.title,
    h.status,
    h.parent_id,
    h.parent_type,
    h."position",
    h.author_id,
    h.owner_id,
    h.created_at,
    h.version_number,
    h.modified_at,
    h.version_author_id,
    h.version_message,
    h.version_minor_edit,
    h.embed_url,
    h.web_url
   FROM acme.smart_links_history h
  WHERE (h.run_to IS NULL);



CREATE VIEW acme.whiteboards AS
 SELECT h.id,
    h.space_id,
    h.title,
    h.status,
    h.parent_id,
    h.parent_type,
    h."position",
    h.author_id,
    h.owner_id,
    h.created_at,
    h.version_number,
    h.modified_at,
    h.version_author_id,
    h.version_message,
    h.version_minor_edit,
    h.web_url,
    h.edit_url
   FROM acme.whiteboards_history h
  WHERE (h.run_to IS NULL);



CREATE VIEW acme.content AS
 SELECT c.id,
    'page'::text AS type,
    c.space_id,
    c.parent_id,
    c.parent_type,
    c.title,
    c.status,
    c.owner_id,
    c.author_id,
    c.created_at,
    c.modified_at
   FROM acme.pages c
UNION ALL
 SELECT c.id,
    'blogpost'::text AS type,
    c.space_id,
    NULL::bigint AS parent_id,
    NULL::text AS parent_type,
    c.title,
    c.status,
    NULL::text AS owner_id,
    c.author_id,
    c.created_at,
    c.modified_at
   FROM acme.blogposts c
UNION ALL
 SELECT c.id,
    'folder'::text AS type,
    c.space_id,
    c.parent_id,
    c.parent_type,
    c.title,
    c.status,
    c.owner_id,
    c.author_id,
    c.created_at,
    c.modified_at
   FROM acme.folders c
UNION ALL
 SELECT c.id,
    'whiteboard'::text AS type,
    c.space_id,
    c.parent_id,
    c.parent_type,
    c.title,
    c.status,
    c.owner_id,
    c.author_id,
    c.created_at,
    c.modified_at
   FROM acme.whiteboards c
UNION ALL
 SELECT c.id,
    'database'::text AS type,
    c.space_id,
    c.parent_id,
    c.parent_type,
    c.title,
    c.status,
    c.owner_id,
    c.author_id,
    c.created_at,
    c.modified_at
   FROM acme.databases c
UNION ALL
 SELECT c.id,
    'embed'::text AS type,
    c.space_id,
    c.parent_id,
    c.parent_type,
    c.title,
    c.status,
    c.owner_id,
    c.author_id,
    c.created_at,
    c.modified_at
   FROM acme.smart_links c;



CREATE VIEW acme.content_restrictions AS
 SELECT h.content_id,
    h.operation,
    h.principal_type,
    h.principal_id,
    h.display_name,
    h.account_status,
    h.reason
   FROM acme.content_restrictions_history h
  WHERE (h.run_to IS NULL);



CREATE UNLOGGED TABLE acme.content_restrictions_staging (
    content_id bigint,
    operation text,
    principal_type text,
    principal_id text,
    display_name text,
    account_status text,
    reason text
)
WITH (autovacuum_enabled='false');



CREATE UNLOGGED TABLE acme.databases_staging (
    id bigint,
    space_id bigint,
    title text,
    status text,
    parent_id bigint,
    parent_type text,
    "position" integer,
    author_id text,
    owner_id text,
    created_at timestamp with time zone,
    version_number integer,
    modified_at timestamp with time zone,
    version_author_id text,
    version_message text,
    version_minor_edit boolean,
    web_url text
)
WITH (autovacuum_enabled='false');



CREATE VIEW acme.effective_space_access AS
 WITH asked AS MATERIALIZED (
         SELECT acme.access_run_at(NULL::timestamp with time zone) AS run
        )
 SELECT e.space_id,
    e.space_key,
    e.account_id,
    e.email,
    e.name,
    e.account_type,
    e.account_status,
    e.is_guest,
    e.access,
    e.verdict,
    e.admin_kind,
    e.paths,
    e.reasons,
    e.run_id,
    e.access_as_of
   FROM (asked
     CROSS JOIN LATERAL acme.effective_space_access_at(asked.run) e(space_id, space_key, account_id, email, name, account_type, account_status, is_guest, access, verdict, admin_kind, paths, reasons, run_id, access_as_of));



CREATE VIEW acme.emails AS
 SELECT h.account_id,
    h.email,
    h.display_name,
    h.status,
    h.org_role,
    h.added_to_org,
    h.last_active,
    h.product_access,
    h.last_loaded
   FROM acme.emails_history h
  WHERE (h.run_to IS NULL);



CREATE UNLOGGED TABLE acme.emails_staging (
    account_id text,
    email text,
    display_name text,
    status text,
    org_role text,
    added_to_org date,
    last_active date,
    product_access jsonb,
    last_loaded timestamp with time zone
)
WITH (autovacuum_enabled='false');



CREATE UNLOGGED TABLE acme.folders_staging (
    id bigint,
    space_id bigint,
    title text,
    status text,
    parent_id bigint,
    parent_type text,
    "position" integer,
    author_id text,
    owner_id text,
    created_at timestamp with time zone,
    version_number integer,
    modified_at timestamp with time zone,
    version_author_id text,
    version_message text,
    version_minor_edit boolean,
    web_url text
)
WITH (autovacuum_enabled='false');



CREATE UNLOGGED TABLE acme.found_elsewhere (
    content_id bigint NOT NULL,
    status text
);



CREATE UNLOGGED TABLE acme.group_members_staging (
    group_id text,
    account_id text,
    account_type text,
    account_status text,
    email text,
    public_name text,
    display_name text,
    is_external_collaborator boolean,
    is_guest boolean,
    type text,
    time_zone text
)
WITH (autovacuum_enabled='false');



CREATE VIEW acme.groups AS
 SELECT h.id,
    h.name,
    h.type,
    h.usage_type,
    h.managed_by,
    h.resource_ari
   FROM acme.groups_history h
  WHERE (h.run_to IS NULL);



CREATE UNLOGGED TABLE acme.groups_staging (
    id text,
    name text,
    type text,
    usage_type text,
    managed_by text,
    resource_ari text
)
WITH (autovacuum_enabled='false');



CREATE TABLE acme.mirror_objects (
    kind text NOT NULL,
    identity text NOT NULL,
    ordinal integer NOT NULL,
    CONSTRAINT mirror_objects_kind_check CHECK ((kind = ANY (ARRAY['view'::text, 'function'::text])))
);



CREATE TABLE acme.new_columns (
    table_name text NOT NULL,
    column_name text NOT NULL
);



CREATE VIEW acme.page_labels AS
 SELECT h.page_id,
    h.label_id,
    h.name,
    h.prefix
   FROM acme.page_labels_history h
  WHERE (h.run_to IS NULL);



CREATE UNLOGGED TABLE acme.page_labels_staging (
    page_id bigint,
    label_id bigint,
    name text,
    prefix text
)
WITH (autovacuum_enabled='false');



CREATE VIEW acme.page_versions AS
 SELECT h.page_id,
    h.number,
    h.created_at,
    h.author_id,
    h.message,
    h.minor_edit,
    h.title
   FROM acme.page_versions_history h
  WHERE (h.run_to IS NULL);



CREATE UNLOGGED TABLE acme.page_versions_staging (
    page_id bigint,
    number integer,
    created_at timestamp with time zone,
    author_id text,
    message text,
    minor_edit boolean,
    title text
)
WITH (autovacuum_enabled='false');



CREATE UNLOGGED TABLE acme.pages_staging (
    id bigint,
    space_id bigint,
    title text,
    status text,
    subtype text,
    parent_id bigint,
    parent_type text,
    "position" integer,
    author_id text,
    owner_id text,
    last_owner_id text,
    template_id text,
    created_at timestamp with time zone,
    version_number integer,
    modified_at timestamp with time zone,
    version_author_id text,
    version_message text,
    version_minor_edit boolean,
    web_url text,
    edit_url text,
    tiny_url text
)
WITH (autovacuum_enabled='false');



CREATE VIEW acme.permissions AS
 SELECT h.id,
    h.space_id,
    h.principal_type,
    h.principal_id,
    h.operation_key,
    h.operation_target_type
   FROM acme.permissions_history h
  WHERE (h.run_to IS NULL);



CREATE UNLOGGED TABLE acme.permissions_staging (
    id text,
    space_id bigint,
    principal_type text,
    principal_id text,
    operation_key text,
    operation_target_type text
)
WITH (autovacuum_enabled='false');



CREATE UNLOGGED TABLE acme.product_groups_staging (
    access_type text,
    id text,
    name text
)
WITH (autovacuum_enabled='false');



CREATE UNLOGGED TABLE acme.product_users_staging (
    permission_type text,
    account_id text,
    display_name text
)
WITH (autovacuum_enabled='false');



ALTER TABLE acme.runs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME acme.runs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);



CREATE UNLOGGED TABLE acme.smart_links_staging (
    id bigint,
    space_id bigint,
    title text,
    status text,
    parent_id bigint,
    parent_type text,
    "position" integer,
    author_id text,
    owner_id text,
    created_at timestamp with time zone,
    version_number integer,
    modified_at timestamp with time zone,
    version_author_id text,
    version_message text,
    version_minor_edit boolean,
    embed_url text,
    web_url text
)
WITH (autovacuum_enabled='false');



CREATE VIEW acme.space_grants AS
 WITH asked AS MATERIALIZED (
         SELECT acme.access_run_at(NULL::timestamp with time zone) AS run
        )
 SELECT g.space_id,
    g.principal_type,
    g.principal_id,
    g.operation_key,
    g.operation_target_type,
    g.sources
   FROM (asked
     CROSS JOIN LATERAL acme.space_grants_at(asked.run) g(space_id, principal_type, principal_id, operation_key, operation_target_type, sources));



CREATE VIEW acme.space_role_assignments AS
 SELECT h.space_id,
    h.principal_type,
    h.principal_id,
    h.role_id
   FROM acme.space_role_assignments_history h
  WHERE (h.run_to IS NULL);



CREATE UNLOGGED TABLE acme.space_role_assignments_staging (
    space_id bigint,
    principal_type text,
    principal_id text,
    role_id text
)
WITH (autovacuum_enabled='false');



CREATE VIEW acme.space_roles AS
 SELECT h.id,
    h.type,
    h.name,
    h.description,
    h.space_permissions
   FROM acme.space_roles_history h
  WHERE (h.run_to IS NULL);



CREATE UNLOGGED TABLE acme.space_roles_staging (
    id text,
    type text,
    name text,
    description text,
    space_permissions jsonb
)
WITH (autovacuum_enabled='false');



CREATE VIEW acme.spaces AS
 SELECT h.id,
    h.key,
    h.name,
    h.type,
    h.status,
    h.author_id,
    h.owner_id,
    h.created_at,
    h.homepage_id,
    h.description,
    h.current_active_alias,
    h.web_url
   FROM acme.spaces_history h
  WHERE (h.run_to IS NULL);



CREATE UNLOGGED TABLE acme.spaces_staging (
    id bigint,
    key text,
    name text,
    type text,
    status text,
    author_id text,
    owner_id text,
    created_at timestamp with time zone,
    homepage_id bigint,
    description text,
    current_active_alias text,
    web_url text
)
WITH (autovacuum_enabled='false');



CREATE VIEW acme.tasks AS
 SELECT h.id,
    h.local_id,
    h.space_id,
    h.page_id,
    h.blogpost_id,
    h.status,
    h.created_by,
    h.assigned_to,
    h.completed_by,
    h.created_at,
    h.updated_at,
    h.due_at,
    h.completed_at
   FROM acme.tasks_history h
  WHERE (h.run_to IS NULL);



CREATE UNLOGGED TABLE acme.tasks_staging (
    id bigint,
    local_id text,
    space_id bigint,
    page_id bigint,
    blogpost_id bigint,
    status text,
    created_by text,
    assigned_to text,
    completed_by text,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    due_at timestamp with time zone,
    completed_at timestamp with time zone
)
WITH (autovacuum_enabled='false');



CREATE UNLOGGED TABLE acme.users_staging (
    account_id text,
    account_type text,
    account_status text,
    email text,
    public_name text,
    display_name text,
    time_zone text,
    personal_space_id bigint,
    is_external_collaborator boolean,
    profile_picture_path text
)
WITH (autovacuum_enabled='false');



CREATE TABLE acme.view_holders (
    space_id bigint NOT NULL,
    principal_type text NOT NULL,
    principal_id text NOT NULL
);



CREATE TABLE acme.view_restrictions (
    content_id bigint NOT NULL,
    space_id bigint NOT NULL,
    above bigint
);



CREATE UNLOGGED TABLE acme.whiteboards_staging (
    id bigint,
    space_id bigint,
    title text,
    status text,
    parent_id bigint,
    parent_type text,
    "position" integer,
    author_id text,
    owner_id text,
    created_at timestamp with time zone,
    version_number integer,
    modified_at timestamp with time zone,
    version_author_id text,
    version_message text,
    version_minor_edit boolean,
    web_url text,
    edit_url text
)
WITH (autovacuum_enabled='false');



COPY acme.account_principals (account_id, principal_type, principal_id, is_let_in) FROM stdin;
70121:508f62fe-a3f8-4974-907b-8d606f31ef70	access-class	anonymous-users	t
70121:508f62fe-a3f8-4974-907b-8d606f31ef70	access-class	authenticated-users	t
70121:508f62fe-a3f8-4974-907b-8d606f31ef70	group	2176de51-cdf2-4ca4-ae15-632b36f0cca2	t
70121:508f62fe-a3f8-4974-907b-8d606f31ef70	user	70121:508f62fe-a3f8-4974-907b-8d606f31ef70	t
70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	access-class	all-licensed-users	t
70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	access-class	anonymous-users	t
70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	access-class	authenticated-users	t
a91638230dcaaa26baed5672	access-class	all-licensed-users	t
70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	group	642c89c0-a66c-4f69-833a-639b6136506b	t
70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	group	6ffc20b1-0495-47e2-a226-831b58375785	t
70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	user	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	t
712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	access-class	all-licensed-users	t
712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	access-class	all-product-admins	t
712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	access-class	anonymous-users	t
712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	access-class	authenticated-users	t
712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	group	642c89c0-a66c-4f69-833a-639b6136506b	t
712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	group	7261cc77-f5dd-4d70-a14d-470327c7e5a4	t
712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	group	841532e6-31de-4e29-8e7a-db74b2282d1b	t
712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	group	df787e88-f4dd-4371-8ff4-ba9f6496552c	t
712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	user	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	t
a91638230dcaaa26baed5672	access-class	anonymous-users	t
a91638230dcaaa26baed5672	access-class	authenticated-users	t
a91638230dcaaa26baed5672	group	642c89c0-a66c-4f69-833a-639b6136506b	t
a91638230dcaaa26baed5672	group	7261cc77-f5dd-4d70-a14d-470327c7e5a4	t
erased-3	access-class	all-licensed-users	t
erased-3	access-class	anonymous-users	t
erased-3	access-class	authenticated-users	t
erased-3	group	642c89c0-a66c-4f69-833a-639b6136506b	t
erased-3	group	7923b382-5ea3-4e90-98c0-06354d9b2d21	t
erased-3	user	erased-3	t
\.



COPY acme.audiences (audience_id, space_id, view_restricted_by, edit_restricted_by, content_type, content_status, gap) FROM stdin;
1	135808	\N	\N	folder	current	\N
2	135808	\N	\N	page	current	\N
3	135808	\N	\N	blogpost	current	\N
5	107220	\N	\N	page	current	ancestor_not_listed
6	107220	1397012252	\N	page	current	\N
\.



COPY acme.audiences_run (is_the_only_row, run_id) FROM stdin;
t	3
\.



COPY acme.audit_log (record_sha256, ordinal, run_from, read_at, created_at, author_id, author_name, author_type, remote_address, category, summary, description, is_sys_admin, is_super_admin, affected_object_name, affected_object_type, changed_values, associated_objects) FROM stdin;
\\x055cd51166bedd3e31cae89f61cd3abfd01b6fdeb6789db5b96eff1a3134dff1	1	1	2026-11-30 20:39:17.054743+00	2026-10-01 17:27:51.526+00	70121:508f62fe-a3f8-4974-907b-8d606f31ef70	Mária Haddad	user	203.0.113.27	Import/Export	Space exported		f	f	Security & Compliance 0	Space	[]	[]
\\xec0f44e9d22c3c70b3394c930e666eb89c3ad2a89489f434e9c9ca40511b3fda	1	1	2026-11-30 20:39:17.054743+00	2026-09-27 22:57:47.809+00	\N	System	user	\N	Pages	Page deleted		t	f	Billing handbook 3	Page	[]	[{"name": "Søren Ünal", "objectType": "Space"}]
\\x093fbb18a47e8fbef85d5b04b691d17aa154c80812a5cba07e1c375597f715ff	1	1	2026-11-30 20:39:17.054743+00	2026-09-02 12:57:17.299+00	70121:508f62fe-a3f8-4974-907b-8d606f31ef70	Mária Haddad	user	203.0.113.50	Users and groups	User deactivated		f	f	Compliance reader	User	[{"name": "Active", "newValue": "No", "oldValue": "Yes", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\x0bbf8f1827687166182a217097b76d34f33e8036a36ac7316c985afbbbed0239	1	1	2026-11-30 20:39:17.054743+00	2026-10-11 21:52:28.689+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	Chloé Petrova	user	203.0.113.190	Spaces	Space created		f	f	Søren Ünal	Space	[{"name": "Status", "newValue": "current", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\x0cc72bc65c290b79fd9406eec13e278386dd3ba6b4bf69a726c51f5a7032a3d4	1	1	2026-11-30 20:39:17.054743+00	2026-11-02 19:58:45.165+00	a91638230dcaaa26baed5672	Søren Ünal	user	203.0.113.166	Users and groups	User deactivated		f	f	Mária Haddad	User	[{"name": "Active", "newValue": "No", "oldValue": "Yes", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\x9296b9173f3fafca37b8b276939da5a0fe9dfa3349816c19fa3cec21571e9e66	1	1	2026-11-30 20:39:17.054743+00	2026-10-05 02:33:14.732+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	Chloé Petrova	user	203.0.113.233	Pages	Page deleted		f	f	Kubernetes inventory 0	Page	[]	[{"name": "Security & Compliance 0", "objectType": "Space"}]
\\x1aac4e0d2e2fe8cd671ae4dd80db5df3f51a58f9782fa7c6c81ba2008b3d922d	1	1	2026-11-30 20:39:17.054743+00	2026-08-26 10:16:28.71+00	70121:508f62fe-a3f8-4974-907b-8d606f31ef70	Mária Haddad	user	203.0.113.211	Global administration	Global settings changed		f	f	Security configuration	System	[{"name": "Anonymous access to remote API", "newValue": "false", "oldValue": "true", "hiddenNewValue": "", "hiddenOldValue": ""}, {"name": "Session timeout", "newValue": "8 h", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\x225129cc1d9cd22a5211e6ea64f847283cf0e2eda87ab56e1dacc3aadda01563	1	1	2026-11-30 20:39:17.054743+00	2026-09-27 20:57:19.248+00	\N	System	user	\N	Users and groups	User removed from group		t	f	legal:1ffa225b-994b-475a-b85b-25be79bad0ae	Group	[]	[{"name": "Chloé Petrova", "objectType": "User"}]
\\x3895093a2c18ea778b8b1943b0964340bd05379f25c5a885ea83a4fa549e5bf4	1	1	2026-11-30 20:39:17.054743+00	2026-09-19 02:33:06.861+00	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	Compliance reader	user	203.0.113.112	Global administration	Global settings changed		f	f	Security configuration	System	[{"name": "Anonymous access to remote API", "newValue": "false", "oldValue": "true", "hiddenNewValue": "", "hiddenOldValue": ""}, {"name": "Session timeout", "newValue": "8 h", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\xc3f4bd455c02f6e9098e7f09e885a2ef3e2784f35e52162629617b6b1354e5c7	1	1	2026-11-30 20:39:17.054743+00	2026-08-24 01:51:32.76+00	\N	System	user	\N	Pages	Page deleted		t	f	Search checklist 9	Page	[]	[{"name": "Søren Ünal", "objectType": "Space"}]
\\x3ee1f1a4522eec63aed08f13a05bbd321f59453c71e1ac82082517e15d0ac6f2	1	1	2026-11-30 20:39:17.054743+00	2026-10-27 13:59:41.729+00	a91638230dcaaa26baed5672	Søren Ünal	user	203.0.113.230	Permissions	Content restriction added		f	f	Mária Haddad	User	[{"name": "Type", "newValue": "View", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[{"name": "Search checklist 9", "objectType": "Page"}]
\\x402826ef9ef8274139078be0b2911bca07e03c88474faa4ba8565cecc00ca68c	1	1	2026-11-30 20:39:17.054743+00	2026-09-01 10:10:56.108+00	a91638230dcaaa26baed5672	Søren Ünal	user	203.0.113.109	Apps	App installed		f	f	Diagrams for Confluence	App	[{"name": "Version", "newValue": "4.2.0", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\x509122db9e8f0aa92538058294ee2d285f003f16c0c3604b5c6af2f432bb990b	1	1	2026-11-30 20:39:17.054743+00	2026-09-25 22:57:25.207+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	Chloé Petrova	user	203.0.113.208	Users and groups	Group created		f	f	support:6ffc20b1-0495-47e2-a226-831b58375785	Group	[]	[]
\\x54c83e8854228b7b70e425f2dc845bf85878c9b9c9ada89a57e22b28ea57269d	1	1	2026-11-30 20:39:17.054743+00	2026-08-31 18:30:28.664+00	70121:508f62fe-a3f8-4974-907b-8d606f31ef70	Mária Haddad	user	203.0.113.165	Permissions	Space permission added		f	f	org-admins:c9208ff3-9efb-47b1-921d-ced742a5a090	Group	[{"name": "Type", "newValue": "View", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[{"name": "Security & Compliance 0", "objectType": "Space"}]
\\xe513e914f3058b24717ee23f09d0fc0d6bc2269d180db03a6127c8533fc20bf5	1	1	2026-11-30 20:39:17.054743+00	2026-10-01 10:10:40.113+00	\N	System	user	\N	Users and groups	User removed from group		t	f	legal:1ffa225b-994b-475a-b85b-25be79bad0ae	Group	[]	[{"name": "Mária Haddad", "objectType": "User"}]
\\x563c1f59f0675378ce8afd77737aba57b06dc0b56747c745afd550759be5dba9	1	1	2026-11-30 20:39:17.054743+00	2026-10-05 02:33:14.732+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	Chloé Petrova	user	203.0.113.233	Permissions	Content restriction removed		f	f	confluence-guests-acme:2176de51-cdf2-4ca4-ae15-632b36f0cca2	Group	[{"name": "Type", "newValue": "", "oldValue": "Edit", "hiddenNewValue": "", "hiddenOldValue": ""}]	[{"name": "Travel inventory 7", "objectType": "Page"}]
\\x57e49b8402f2825ae9baef0a11632fffaf20450054b7df2fac2c4c498ad2d4b4	1	1	2026-11-30 20:39:17.054743+00	2026-10-22 23:24:51.261+00	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	Compliance reader	user	203.0.113.12	Permissions	Content restriction added		f	f	Compliance reader	User	[{"name": "Type", "newValue": "View", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[{"name": "Recruiting review 10", "objectType": "Page"}]
\\x580572b2177b7251dd2503581351da0d0f62209ff5ce418f63f366cd1c7b9688	1	1	2026-11-30 20:39:17.054743+00	2026-09-14 13:46:08.715+00	a91638230dcaaa26baed5672	Søren Ünal	user	203.0.113.216	Permissions	Space permission removed		f	f	Chloé Petrova	User	[{"name": "Type", "newValue": "", "oldValue": "Administer", "hiddenNewValue": "", "hiddenOldValue": ""}]	[{"name": "Security & Compliance 0", "objectType": "Space"}]
\\x6e4c27dbbd8de5602c5fd84ed8bcef02d07ae05cb433680c1264739d9a42b6d3	1	1	2026-11-30 20:39:17.054743+00	2026-11-13 14:27:57.293+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	Chloé Petrova	user	203.0.113.44	Permissions	Content restriction removed		f	f	org-admins:c9208ff3-9efb-47b1-921d-ced742a5a090	Group	[{"name": "Type", "newValue": "", "oldValue": "Edit", "hiddenNewValue": "", "hiddenOldValue": ""}]	[{"name": "Kubernetes inventory 0", "objectType": "Page"}]
\\x7376c510c6757c3c60d8328cd08638ccc8e8a8838c50748b1e353618398bbd81	1	1	2026-11-30 20:39:17.054743+00	2026-09-08 13:50:48.933+00	a91638230dcaaa26baed5672	Søren Ünal	user	203.0.113.184	Permissions	Space permission removed		f	f	Søren Ünal	User	[{"name": "Type", "newValue": "", "oldValue": "Administer", "hiddenNewValue": "", "hiddenOldValue": ""}]	[{"name": "Søren Ünal", "objectType": "Space"}]
\\x8ae51998fe08d9df30610cc56b0c7cc73686de9fc69dc009acba24519c2b1a2f	1	1	2026-11-30 20:39:17.054743+00	2026-11-14 06:22:11.033+00	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	Compliance reader	user	203.0.113.34	Users and groups	User removed from group		f	f	confluence-guests-acme:2176de51-cdf2-4ca4-ae15-632b36f0cca2	Group	[]	[{"name": "Søren Ünal", "objectType": "User"}]
\\x92486363a07cdbc6d0f0a632ec413b367f6a432feb01f6795247a57ba2e42a65	1	1	2026-11-30 20:39:17.054743+00	2026-10-21 01:26:05.906+00	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	Compliance reader	user	203.0.113.157	Permissions	Content restriction added		f	f	Mária Haddad	User	[{"name": "Type", "newValue": "View", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[{"name": "Recruiting review 10", "objectType": "Page"}]
\\x9a3a40433e78809e3261cad5bf70dae8c940b757767630efe113f7e876ca5772	1	1	2026-11-30 20:39:17.054743+00	2026-08-25 00:34:50.361+00	70121:508f62fe-a3f8-4974-907b-8d606f31ef70	Mária Haddad	user	203.0.113.112	Users and groups	User added to group		f	f	people:e44404d4-4ff8-45b1-a948-e312524f3d4f	Group	[]	[{"name": "Chloé Petrova", "objectType": "User"}]
\\xa487fa443748d25f03305ea55fb4151312f1e6512a42691ea5c6cdb1a2fa6121	1	1	2026-11-30 20:39:17.054743+00	2026-10-23 20:11:28.094+00	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	Compliance reader	user	203.0.113.95	Permissions	Global permission added		f	f	confluence-users-acme:642c89c0-a66c-4f69-833a-639b6136506b	Group	[{"name": "Type", "newValue": "Create space(s)", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\xa8cf2c17387737117e6754b0d12fa6d834dd5c1097e24be90fb316e49eff7674	1	1	2026-11-30 20:39:17.054743+00	2026-09-21 10:19:06.233+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	Chloé Petrova	user	203.0.113.234	Pages	Page deleted		f	f	Übergabe Travel ß 5	Page	[]	[{"name": "Security & Compliance 0", "objectType": "Space"}]
\\xca6efa6f2d880cba16abd792835e8e7e573546835cb8344351bd3dd1f6f3e710	1	1	2026-11-30 20:39:17.054743+00	2026-09-14 10:19:46.899+00	70121:508f62fe-a3f8-4974-907b-8d606f31ef70	Mária Haddad	user	203.0.113.150	Permissions	Global permission added		f	f	support:6ffc20b1-0495-47e2-a226-831b58375785	Group	[{"name": "Type", "newValue": "Create space(s)", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\xd6361edd12da29c92983221f56b16f1d9a32d8c43ae379a17b91cad7dd30b928	1	1	2026-11-30 20:39:17.054743+00	2026-10-13 10:19:31.681+00	a91638230dcaaa26baed5672	Søren Ünal	user	203.0.113.182	Spaces	Space archived		f	f	Security & Compliance 0	Space	[{"name": "Status", "newValue": "archived", "oldValue": "current", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\xd6530409e19c79a8819819c2bfca20ce9567275b97d4b0c1ea8a87288579272d	1	1	2026-11-30 20:39:17.054743+00	2026-10-12 12:39:50.878+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	Chloé Petrova	user	203.0.113.129	Permissions	Space permission added		f	f	site-admins:df787e88-f4dd-4371-8ff4-ba9f6496552c	Group	[{"name": "Type", "newValue": "View", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[{"name": "Søren Ünal", "objectType": "Space"}]
\\xd85f11a8efe2882231a08d83cd61046c473363b49db13062c1b25087cbf2c5de	1	1	2026-11-30 20:39:17.054743+00	2026-10-09 01:57:30.038+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	Chloé Petrova	user	203.0.113.39	Spaces	Space archived		f	f	Søren Ünal	Space	[{"name": "Status", "newValue": "archived", "oldValue": "current", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\xd92a4f83cd8f746207a482c128055804eb108e9608408a51b04c475301ddf6b2	1	1	2026-11-30 20:39:17.054743+00	2026-10-26 00:08:34.558+00	a91638230dcaaa26baed5672	Søren Ünal	user	203.0.113.59	Global administration	Global settings changed		f	f	Security configuration	System	[{"name": "Anonymous access to remote API", "newValue": "false", "oldValue": "true", "hiddenNewValue": "", "hiddenOldValue": ""}, {"name": "Session timeout", "newValue": "8 h", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\xdba4184c4ca0acbad220859517ca1a2e4e21dca0fbd00813d18bb638bf5918b5	1	1	2026-11-30 20:39:17.054743+00	2026-09-29 11:55:11.559+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	Chloé Petrova	user	203.0.113.60	Spaces	Space archived		f	f	Søren Ünal	Space	[{"name": "Status", "newValue": "archived", "oldValue": "current", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\xed496015557fd30779d1bca11ad40b0c731f5cca0fe9bc3a6ab6995e5fcce5dd	1	1	2026-11-30 20:39:17.054743+00	2026-08-31 06:42:43.832+00	a91638230dcaaa26baed5672	Søren Ünal	user	203.0.113.83	Users and groups	User removed from group		f	f	people:e44404d4-4ff8-45b1-a948-e312524f3d4f	Group	[]	[{"name": "Mária Haddad", "objectType": "User"}]
\\xefe5043a1ddcd81ebc56b758f519e53f8b6fced0a64d3785d5930cb041eacf93	1	1	2026-11-30 20:39:17.054743+00	2026-10-01 13:07:06.667+00	\N	System	user	\N	Spaces	Space archived		t	f	Søren Ünal	Space	[{"name": "Status", "newValue": "archived", "oldValue": "current", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\xf073a71478cf49a32bb06765f28c45cd08bec60f0482ba4d6a276b25b5fea805	1	1	2026-11-30 20:39:17.054743+00	2026-09-14 11:57:44.036+00	70121:508f62fe-a3f8-4974-907b-8d606f31ef70	Mária Haddad	user	203.0.113.37	Pages	Page deleted		f	f	Übergabe Travel ß 5	Page	[]	[{"name": "Security & Compliance 0", "objectType": "Space"}]
\\x706c7defe8cbbd3487cfb5c142d3f4a4efbb331e2f599322e434cdee5391f3fc	1	1	2026-11-30 20:39:17.054743+00	2026-11-12 06:22:53.121+00	erased-3	\N	user	\N	Import/Export	Space exported		f	f	Security & Compliance 0	Space	[]	[]
\\xf4e706f05619a786a6dac17af77bc18c8fbccf66ec66ff7a4881f503cb63a329	1	1	2026-11-30 20:39:17.054743+00	2026-10-15 04:18:01.616+00	a91638230dcaaa26baed5672	Søren Ünal	user	203.0.113.117	Global administration	Global settings changed		f	f	Security configuration	System	[{"name": "Anonymous access to remote API", "newValue": "false", "oldValue": "true", "hiddenNewValue": "", "hiddenOldValue": ""}, {"name": "Session timeout", "newValue": "8 h", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\x8eb3ac2b3e96dc0847e1bed518e47c3c4daf78ac9e00541d937c6a15aa6d397d	1	1	2026-11-30 20:39:17.054743+00	2026-09-22 21:46:47.037+00	erased-3	\N	user	\N	Global administration	Global settings changed		f	f	Security configuration	System	[{"name": "Anonymous access to remote API", "newValue": "false", "oldValue": "true", "hiddenNewValue": "", "hiddenOldValue": ""}, {"name": "Session timeout", "newValue": "8 h", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\xeab713ef5fd5585fc469e6dd646f88d837bcccfcf1797e908ad2b3b83a617bc4	1	1	2026-11-30 20:39:17.054743+00	2026-10-02 18:53:31.879+00	erased-3	\N	user	\N	Permissions	Space permission added		f	f	atlassian-addons-admin:132c2783-d605-44d7-9cb0-293344f29b1d	Group	[{"name": "Type", "newValue": "View", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[{"name": "Søren Ünal", "objectType": "Space"}]
\\xab9c55a6f3c29a9cbd38177bffea7233f047dc1fb1035d22cceff3464e72f915	1	1	2026-11-30 20:39:17.054743+00	2026-10-09 21:53:30.935+00	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	Compliance reader	user	203.0.113.186	Users and groups	User deactivated		f	f	erased-3	User	[{"name": "Active", "newValue": "No", "oldValue": "Yes", "hiddenNewValue": "", "hiddenOldValue": ""}]	[]
\\x3dd4078ac23273e25fe4ad0d19df7767a808e16b77c6591edacf68fa84d6680c	1	1	2026-11-30 20:39:17.054743+00	2026-10-19 14:03:57.14+00	erased-3	\N	user	\N	Permissions	Content restriction added		f	f	erased-3	User	[{"name": "Type", "newValue": "View", "oldValue": "", "hiddenNewValue": "", "hiddenOldValue": ""}]	[{"name": "Search checklist 9", "objectType": "Page"}]
\.



COPY acme.blogpost_versions_history (blogpost_id, number, created_at, author_id, message, minor_edit, title, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
1294728799	1	2025-08-27 10:42:32.217+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c		f	Access inventory 1073741824	2026-11-30 20:39:17.051858+00	\N	\N	\N	1	\N	\N
\.



COPY acme.blogposts_history (id, space_id, title, status, author_id, created_at, version_number, modified_at, version_author_id, version_message, version_minor_edit, web_url, edit_url, tiny_url, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
1294728799	135808	Access inventory 1073741824	current	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	2025-08-27 10:42:32.217+00	1	2025-08-27 10:42:32.217+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c		f	https://acme.atlassian.net/wiki/spaces/~7120208f99c15a0001/blog/2025/08/27/1294728799/Access+inventory+1073741824	https://acme.atlassian.net/wiki/pages/resumedraft.action?draftId=1294728799	https://acme.atlassian.net/wiki/x/4D2BFE5F	2026-11-30 20:39:16.978843+00	\N	\N	\N	1	\N	\N
\.



COPY acme.content_audience (content_id, audience_id) FROM stdin;
1294728799	3
3000000001	1
213821606	2
2737941596	2
2872384212	2
2641490756	5
1397012252	6
2167133920	6
2324793192	6
3616446122	6
\.



COPY acme.content_gaps (content_id, space_id, access, reason, group_id, run_from, run_to) FROM stdin;
2641490756	107220	view	ancestor_not_listed	\N	3	\N
\.



COPY acme.content_restrictions_history (content_id, operation, principal_type, principal_id, display_name, account_status, reason, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
1397012252	read	user	a91638230dcaaa26baed5672	Søren Ünal	active	\N	2026-11-30 20:39:17.267974+00	2026-11-30 20:39:17.031116+00	\N	\N	3	\N	\N
\.



COPY acme.databases_history (id, space_id, title, status, parent_id, parent_type, "position", author_id, owner_id, created_at, version_number, modified_at, version_author_id, version_message, version_minor_edit, web_url, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
\.



COPY acme.emails_history (account_id, email, display_name, status, org_role, added_to_org, last_active, product_access, last_loaded, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
70121:508f62fe-a3f8-4974-907b-8d606f31ef70	user3@example.com	Mária Haddad	Active	\N	2022-11-18	2026-06-26	{"Jira - acme": {"last_seen": null}, "Atlas - acme": {"last_seen": null}, "Confluence - acme": {"last_seen": "2026-06-26"}, "Jira Service Management - acme": {"last_seen": null}}	2026-11-30 20:39:16.900184+00	2026-11-30 20:39:17.060311+00	\N	\N	\N	1	\N	\N
70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	user4@example.com	Chloé Petrova	Active	\N	2022-09-24	2026-05-05	{"Jira - acme": {"last_seen": null}, "Atlas - acme": {"last_seen": null}, "Confluence - acme": {"last_seen": "2026-05-05"}, "Jira Service Management - acme": {"last_seen": null}}	2026-11-30 20:39:16.900184+00	2026-11-30 20:39:17.060311+00	\N	\N	\N	1	\N	\N
712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	svc@example.com	Compliance reader	Active	\N	2024-01-03	2026-11-20	{"Jira - acme": {"last_seen": null}, "Atlas - acme": {"last_seen": null}, "Confluence - acme": {"last_seen": "2026-11-20"}, "Jira Service Management - acme": {"last_seen": null}}	2026-11-30 20:39:16.900184+00	2026-11-30 20:39:17.060311+00	\N	\N	\N	1	\N	\N
a91638230dcaaa26baed5672	user1@example.com	Søren Ünal	Active	Organization admin	2023-10-19	2026-10-26	{"Jira - acme": {"last_seen": null}, "Atlas - acme": {"last_seen": null}, "Confluence - acme": {"last_seen": "2026-10-26"}, "Jira Service Management - acme": {"last_seen": null}}	2026-11-30 20:39:16.900184+00	2026-11-30 20:39:17.060311+00	\N	\N	\N	1	\N	\N
erased-3	\N	\N	Active	\N	\N	\N	\N	2026-11-30 20:39:16.900184+00	2026-11-30 20:39:17.060311+00	\N	\N	\N	1	\N	\N
\.



COPY acme.erased_lines (manifest_id, part, chunk, line, sha256, erasure_id) FROM stdin;
2	rows	1	1	efb3dd5ac465b7f9552426903a92379c5d8453aa553722126b49b760bb44dfaa	3
2	rows	1	2	e8f580a16e0a845694bd6efaaee8ae5f879913c51eaade285e666d3f611821d7	3
2	rows	1	3	f7cd181f2a38ce0c046e491c054ea0b922059614651f7c6a165a5d4d271355f0	3
2	rows	1	4	7aee06d069cc6022c37625ca11c9f122da42a5af90bb13bc7790d34f0fb9fb7d	3
\.



COPY acme.evidence (manifest_id, part, chunk, lines) FROM stdin;
1	rows	1	{",,,,,712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f,svc@example.com,Compliance reader,atlassian,active,2026-11-20,potential,product_admin,,,,,,,,,,can give itself every space,3"}
2	rows	1	{NULL,NULL,NULL,NULL}
4	rows	1	{"gap,ancestor_not_listed,107220,ENG0,,1,,content 2641490756,3","gap,trashed,107220,ENG0,,1,,content 959299150,3","standing,admin_key,,,,1,,product admins,3","standing,admins_unproved,,,,1,,product admins,3","standing,app_scopes,,,,0,,app accounts,3","standing,apps_unproved,,,,0,,app accounts,3","standing,drafts_not_listed,,,,,,,3","standing,public_link,,,,2,,spaces,3"}
\.



COPY acme.folders_history (id, space_id, title, status, parent_id, parent_type, "position", author_id, owner_id, created_at, version_number, modified_at, version_author_id, version_message, version_minor_edit, web_url, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
3000000001	135808	Archive 1	current	213821606	page	1479	erased-3	erased-3	2025-04-10 00:51:35.77+00	4	2025-04-26 23:05:38.163+00	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f		f	https://acme.atlassian.net/wiki/spaces/~7120208f99c15a0001/folder/3000000001	2026-11-30 20:39:16.980457+00	\N	\N	\N	1	\N	\N
\.



COPY acme.group_members_history (group_id, account_id, account_type, account_status, email, public_name, display_name, is_external_collaborator, is_guest, type, time_zone, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
2176de51-cdf2-4ca4-ae15-632b36f0cca2	70121:508f62fe-a3f8-4974-907b-8d606f31ef70	atlassian	active	user3@example.com	user3	Mária Haddad	t	t	known	\N	2026-11-30 20:39:16.95936+00	\N	\N	\N	1	\N	\N
642c89c0-a66c-4f69-833a-639b6136506b	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	atlassian	active	user4@example.com	user4	Chloé Petrova	f	f	known	\N	2026-11-30 20:39:16.95936+00	\N	\N	\N	1	\N	\N
642c89c0-a66c-4f69-833a-639b6136506b	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	atlassian	active	svc@example.com	compliance-reader	Compliance reader	f	f	known	\N	2026-11-30 20:39:16.95936+00	\N	\N	\N	1	\N	\N
642c89c0-a66c-4f69-833a-639b6136506b	a91638230dcaaa26baed5672	atlassian	active	user1@example.com	user1	Søren Ünal	f	f	known	\N	2026-11-30 20:39:16.95936+00	\N	\N	\N	1	\N	\N
6ffc20b1-0495-47e2-a226-831b58375785	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	atlassian	active	user4@example.com	user4	Chloé Petrova	f	f	known	\N	2026-11-30 20:39:16.95936+00	\N	\N	\N	1	\N	\N
7261cc77-f5dd-4d70-a14d-470327c7e5a4	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	atlassian	active	svc@example.com	compliance-reader	Compliance reader	f	f	known	\N	2026-11-30 20:39:16.95936+00	\N	\N	\N	1	\N	\N
7261cc77-f5dd-4d70-a14d-470327c7e5a4	a91638230dcaaa26baed5672	atlassian	active	user1@example.com	user1	Søren Ünal	f	f	known	\N	2026-11-30 20:39:16.95936+00	\N	\N	\N	1	\N	\N
841532e6-31de-4e29-8e7a-db74b2282d1b	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	atlassian	active	svc@example.com	compliance-reader	Compliance reader	f	f	known	\N	2026-11-30 20:39:16.95936+00	\N	\N	\N	1	\N	\N
df787e88-f4dd-4371-8ff4-ba9f6496552c	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	atlassian	active	svc@example.com	compliance-reader	Compliance reader	f	f	known	\N	2026-11-30 20:39:16.95936+00	\N	\N	\N	1	\N	\N
642c89c0-a66c-4f69-833a-639b6136506b	erased-3	atlassian	active	\N	\N	\N	f	f	known	\N	2026-11-30 20:39:16.95936+00	\N	\N	\N	1	\N	\N
7923b382-5ea3-4e90-98c0-06354d9b2d21	erased-3	atlassian	active	\N	\N	\N	f	f	known	\N	2026-11-30 20:39:16.95936+00	\N	\N	\N	1	\N	\N
\.



COPY acme.groups_history (id, name, type, usage_type, managed_by, resource_ari, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
132c2783-d605-44d7-9cb0-293344f29b1d	atlassian-addons-admin	group	USERBASE_GROUP	ADMINS	ari:cloud:identity::group/132c2783-d605-44d7-9cb0-293344f29b1d	2026-11-30 20:39:16.939589+00	\N	\N	\N	1	\N	\N
1ffa225b-994b-475a-b85b-25be79bad0ae	legal	group	TEAM_COLLABORATION	TEAM_MEMBERS	ari:cloud:identity::group/1ffa225b-994b-475a-b85b-25be79bad0ae	2026-11-30 20:39:16.939589+00	\N	\N	\N	1	\N	\N
2176de51-cdf2-4ca4-ae15-632b36f0cca2	confluence-guests-acme	group	USERBASE_GROUP	ADMINS	ari:cloud:identity::group/2176de51-cdf2-4ca4-ae15-632b36f0cca2	2026-11-30 20:39:16.939589+00	\N	\N	\N	1	\N	\N
642c89c0-a66c-4f69-833a-639b6136506b	confluence-users-acme	group	USERBASE_GROUP	ADMINS	ari:cloud:identity::group/642c89c0-a66c-4f69-833a-639b6136506b	2026-11-30 20:39:16.939589+00	\N	\N	\N	1	\N	\N
6ffc20b1-0495-47e2-a226-831b58375785	support	group	TEAM_COLLABORATION	OPEN	ari:cloud:identity::group/6ffc20b1-0495-47e2-a226-831b58375785	2026-11-30 20:39:16.939589+00	\N	\N	\N	1	\N	\N
7261cc77-f5dd-4d70-a14d-470327c7e5a4	engineering	group	TEAM_COLLABORATION	TEAM_MEMBERS	ari:cloud:identity::group/7261cc77-f5dd-4d70-a14d-470327c7e5a4	2026-11-30 20:39:16.939589+00	\N	\N	\N	1	\N	\N
7923b382-5ea3-4e90-98c0-06354d9b2d21	design	group	TEAM_COLLABORATION	EXTERNAL	ari:cloud:identity::group/7923b382-5ea3-4e90-98c0-06354d9b2d21	2026-11-30 20:39:16.939589+00	\N	\N	\N	1	\N	\N
841532e6-31de-4e29-8e7a-db74b2282d1b	confluence-admins-acme	group	USERBASE_GROUP	ADMINS	ari:cloud:identity::group/841532e6-31de-4e29-8e7a-db74b2282d1b	2026-11-30 20:39:16.939589+00	\N	\N	\N	1	\N	\N
bc252941-e041-4dff-bb70-ee417b345057	finance	group	TEAM_COLLABORATION	OPEN	ari:cloud:identity::group/bc252941-e041-4dff-bb70-ee417b345057	2026-11-30 20:39:16.939589+00	\N	\N	\N	1	\N	\N
c9208ff3-9efb-47b1-921d-ced742a5a090	org-admins	group	USERBASE_GROUP	ADMINS	ari:cloud:identity::group/c9208ff3-9efb-47b1-921d-ced742a5a090	2026-11-30 20:39:16.939589+00	\N	\N	\N	1	\N	\N
df787e88-f4dd-4371-8ff4-ba9f6496552c	site-admins	group	USERBASE_GROUP	ADMINS	ari:cloud:identity::group/df787e88-f4dd-4371-8ff4-ba9f6496552c	2026-11-30 20:39:16.939589+00	\N	\N	\N	1	\N	\N
e44404d4-4ff8-45b1-a948-e312524f3d4f	people	group	TEAM_COLLABORATION	EXTERNAL	ari:cloud:identity::group/e44404d4-4ff8-45b1-a948-e312524f3d4f	2026-11-30 20:39:16.939589+00	\N	\N	\N	1	\N	\N
\.



COPY acme.manifests (id, kind, created_at, session_user_name, role_name, client_address, application_name, product_version, postgres_version, server, base_url, cloud_id, report, question, controls, sql, code_sha256, parameters_sha256, as_of, run_id, access_run_id, run_started_at, run_db_user, run_product_version, api_account_id, role_mode, admin_key, drift, emails_loaded_at, class_resolution, product_admins, reservations, control_totals, requests, columns, rows, chunks, distinct_accounts, distinct_resources, unknown_rows, unknown_by_reason, complete, sample_asked, sample_checked, sample_agreed, sample_chunks, removed, prev_sha256, sha256, manifest, parameters, parameters_salt) FROM stdin;
1	report	2026-11-30 20:39:17.558744+00	postgres	\N	\N	test	0.1.0	15.18 (Debian 15.18-0+deb12u1)	site	https://acme.atlassian.net/wiki	150c3784-27f5-499c-8fa8-15b2e7309e7e	space_admins	Who administers each space, by which path, since when, and when were they last active?	{"SOC 2 CC6.1","SOC 2 CC6.3","ISO 27001 A.8.2","PCI DSS 7.2.4"}	CREATE OR REPLACE FUNCTION acme.space_admins(space bigint DEFAULT NULL::bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone)\n RETURNS TABLE(space_id bigint, space_key text, space_name text, space_status text, admin_kind text, account_id text, email text, name text, account_type text, account_status text, last_active date, verdict text, path_type text, group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], not_before timestamp with time zone, since timestamp with time zone, reason text, detail text, run_id bigint)\n LANGUAGE sql\n STABLE ROWS 2000\nBEGIN ATOMIC\n WITH asked AS MATERIALIZED (\n          SELECT access_run_at(space_admins.as_of) AS run\n         ), place AS MATERIALIZED (\n          SELECT s.id,\n             s.key,\n             s.name,\n             s.status\n            FROM (asked\n              JOIN spaces_history s ON (((s.run_from <= asked.run) AND ((s.run_to IS NULL) OR (s.run_to > asked.run)))))\n           WHERE ((space_admins.space IS NULL) OR (s.id = space_admins.space))\n         ), mail AS MATERIALIZED (\n          SELECT e.account_id,\n             e.last_active\n            FROM (asked\n              JOIN emails_history e ON (((e.run_from <= asked.run) AND ((e.run_to IS NULL) OR (e.run_to > asked.run)))))\n         ), granted AS MATERIALIZED (\n          SELECT t.space_id,\n             t.principal,\n             t.access,\n             t.not_before,\n             t.since\n            FROM (asked\n              CROSS JOIN LATERAL granted_since_at(asked.run) t(space_id, principal, access, not_before, since))\n           WHERE ((t.access = 'administer'::text) AND (t.space_id = ANY (ARRAY( SELECT s.id\n                    FROM place s))))\n         ), administrator AS MATERIALIZED (\n          SELECT a.space_id,\n             a.admin_kind,\n             a.account_id,\n             a.email,\n             a.name,\n             a.account_type,\n             a.account_status,\n             a.standing,\n             a.reason,\n             a.principal,\n             a.path_type,\n             a.group_id,\n             a.group_name,\n             a.access_class,\n             a.role_name,\n             a.operations,\n             a.sources\n            FROM (asked\n              CROSS JOIN LATERAL administrators_at(asked.run) a(space_id, admin_kind, account_id, email, name, account_type, account_status, standing, reason, principal, path_type, group_id, group_name, access_class, role_name, operations, sources))\n           WHERE (a.space_id = ANY (ARRAY( SELECT s.id\n                    FROM place s)))\n         ), answer AS (\n          SELECT s.id AS space_id,\n             s.key,\n             s.name AS space_name,\n             s.status,\n             a.admin_kind,\n             a.account_id,\n             a.email,\n             a.name,\n             a.account_type,\n             a.account_status,\n             mail.last_active,\n             a.standing AS verdict,\n             a.path_type,\n             a.group_id,\n             a.group_name,\n             a.access_class,\n             a.role_name,\n             a.operations,\n             a.sources,\n                 CASE\n                     WHEN (g.valid_from > t.since) THEN g.not_before\n                     ELSE t.not_before\n                 END AS not_before,\n             GREATEST(t.since, g.valid_from) AS since,\n             a.reason,\n             NULL::text AS detail,\n             asked.run\n            FROM (((((administrator a\n              CROSS JOIN asked)\n              JOIN place s ON ((s.id = a.space_id)))\n              LEFT JOIN mail ON ((mail.account_id = a.account_id)))\n              LEFT JOIN granted t ON (((t.space_id = a.space_id) AND (t.principal = a.principal))))\n              LEFT JOIN group_members_history g ON (((g.group_id = a.group_id) AND (g.account_id = a.account_id) AND (g.run_from <= asked.run) AND ((g.run_to IS NULL) OR (g.run_to > asked.run)))))\n         UNION ALL\n          SELECT NULL::bigint,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             a.account_id,\n             a.email,\n             a.name,\n             a.account_type,\n             a.account_status,\n             mail.last_active,\n             'potential'::text,\n             'product_admin'::text,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::text[],\n             NULL::text[],\n             NULL::timestamp with time zone,\n             NULL::timestamp with time zone,\n             NULL::text,\n             'can give itself every space'::text,\n             asked.run\n            FROM (((asked\n              CROSS JOIN LATERAL product_members_at(asked.run) l(account_id, is_admin))\n              CROSS JOIN LATERAL accounts_at(asked.run) a(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin))\n              LEFT JOIN mail ON ((mail.account_id = a.account_id)))\n           WHERE (l.is_admin AND (a.account_id = l.account_id) AND (a.account_status = 'active'::text))\n         UNION ALL\n          SELECT s.id,\n             s.key,\n             s.name,\n             s.status,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::date,\n             'unknown'::text,\n             g.path_type,\n             g.group_id,\n             NULL::text,\n             g.access_class,\n             g.role_name,\n             NULL::text[],\n             NULL::text[],\n             NULL::timestamp with time zone,\n             NULL::timestamp with time zone,\n             g.reason,\n             g.detail,\n             asked.run\n            FROM ((asked\n              CROSS JOIN LATERAL space_gaps_at(asked.run) g(space_id, access, path_type, group_id, access_class, role_name, bound, reason, detail, is_open))\n              JOIN place s ON ((s.id = g.space_id)))\n           WHERE ((g.access = 'administer'::text) AND (g.space_id = ANY (ARRAY( SELECT s_1.id\n                    FROM place s_1))))\n         UNION ALL\n          SELECT space_admins.space AS space,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::date,\n             'unknown'::text,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::text,\n             NULL::text[],\n             NULL::text[],\n             NULL::timestamp with time zone,\n             NULL::timestamp with time zone,\n             'space_hidden'::text,\n             'not listed'::text,\n             asked.run\n            FROM asked\n           WHERE ((space_admins.space IS NOT NULL) AND (NOT (EXISTS ( SELECT\n                    FROM place))))\n         )\n  SELECT r.space_id,\n     r.key,\n     r.space_name,\n     r.status,\n     r.admin_kind,\n     r.account_id,\n     r.email,\n     r.name,\n     r.account_type,\n     r.account_status,\n     r.last_active,\n     r.verdict,\n     r.path_type,\n     r.group_id,\n     r.group_name,\n     r.access_class,\n     r.role_name,\n     r.operations,\n     r.sources,\n     r.not_before,\n     r.since,\n     r.reason,\n     r.detail,\n     r.run\n    FROM answer r\n   ORDER BY (r.account_id IS NULL), r.space_id, (r.account_id COLLATE "C"), (r.path_type COLLATE "C"), (r.group_id COLLATE "C"), (r.access_class COLLATE "C"), (r.reason COLLATE "C"), (r.detail COLLATE "C");\nEND\n	1e05c125198b8bb1942477e80e8ee26ba4856b46f6b81d8606c4ae89245f1af6	1e5e86fa33352303f7996947868d8bf60dc0c20664b1e524295ff39e3c96c18e	2026-11-30 20:39:17.422782+00	4	3	2026-11-30 20:39:17.19514+00	postgres	0.1.0	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	ROLES_TRANSITION	f	f	2026-11-30 20:39:16.900184+00	proved	1	{"gap": {"trashed": 1, "ancestor_not_listed": 1}, "standing": {"admin_key": 1, "app_scopes": 0, "public_link": 2, "apps_unproved": 0, "admins_unproved": 1, "drafts_not_listed": null}}	{"3": {"pages": {"why_not": null, "expected": null, "rows_read": 8, "is_complete": true, "is_reconciled": null}, "tasks": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "users": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "emails": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "groups": {"why_not": null, "expected": null, "rows_read": 12, "is_complete": true, "is_reconciled": null}, "spaces": {"why_not": null, "expected": null, "rows_read": 2, "is_complete": true, "is_reconciled": null}, "folders": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "audit_log": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "blogposts": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "databases": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "page_labels": {"why_not": null, "expected": null, "rows_read": 11, "is_complete": true, "is_reconciled": null}, "permissions": {"why_not": null, "expected": null, "rows_read": 7, "is_complete": true, "is_reconciled": null}, "smart_links": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "space_roles": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "whiteboards": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "group_members": {"why_not": null, "expected": null, "rows_read": 11, "is_complete": true, "is_reconciled": null}, "page_versions": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "product_users": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "product_access": {"why_not": null, "expected": 4, "rows_read": 4, "is_complete": true, "is_reconciled": true}, "product_groups": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "blogpost_versions": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "content_restrictions": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "space_role_assignments": {"why_not": null, "expected": null, "rows_read": 7, "is_complete": true, "is_reconciled": null}}, "4": {"pages": {"why_not": null, "expected": null, "rows_read": 2, "is_complete": true, "is_reconciled": null}, "users": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "emails": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "groups": {"why_not": null, "expected": null, "rows_read": 12, "is_complete": true, "is_reconciled": null}, "spaces": {"why_not": null, "expected": null, "rows_read": 2, "is_complete": true, "is_reconciled": null}, "audit_log": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "blogposts": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "space_roles": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "page_versions": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "product_groups": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "blogpost_versions": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}}}	{"emails": 0, "page_labels": 0, "page_versions": 0, "product_access": 0, "blogpost_versions": 0, "GET /wiki/api/v2/folders/{id}": 1, "GET /wiki/api/v2/tasks?limit=250": 1, "GET /wiki/rest/api/group?limit=200": 2, "GET /wiki/api/v2/blogposts?limit=250": 1, "GET /wiki/api/v2/space-roles?limit=250": 2, "GET /wiki/api/v2/pages?id={id}&limit=250": 1, "GET /wiki/api/v2/pages?sort=-modified-date&limit=250": 1, "GET /wiki/api/v2/pages?space-id={space_id}&limit=250": 1, "GET /wiki/api/v2/blogposts?sort=-modified-date&limit=250": 1, "GET /wiki/api/v2/pages?id={id}&status={status}&limit=250": 1, "GET /wiki/api/v2/spaces/{space_id}/permissions?limit=250": 2, "POST /wiki/api/v2/users-bulk {\\"accountIds\\":{account_id}}": 2, "GET /wiki/api/v2/spaces?description-format=plain&limit=250": 2, "GET /wiki/rest/api/audit?startDate=1796069357054&limit=1000": 1, "GET /wiki/rest/api/audit?startDate=1796069357293&limit=1000": 1, "GET /wiki/rest/api/group?accessType={access_type}&limit=200": 6, "GET /wiki/api/v2/spaces/{space_id}/role-assignments?limit=250": 2, "GET /wiki/rest/api/group/{group_id}/membersByGroupId?limit=200": 12, "GET /wiki/rest/api/search?sitePermissionTypeFilter={permission_type}&cql=type%20%3D%20user&limit=250": 2, "GET /wiki/rest/api/content/{content_id}/restriction?expand=restrictions.user,restrictions.group&limit=100": 2, "GET /wiki/rest/api/content/search?cql=type%20%3D%20embed&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1, "GET /wiki/rest/api/content/search?cql=type%20%3D%20folder&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1, "GET /wiki/rest/api/content/search?cql=type%20%3D%20database&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1, "GET /wiki/rest/api/content/search?cql=type%20%3D%20whiteboard&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1, "GET /wiki/rest/api/content/search?cql=id%20in%20%28{page_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200": 0, "GET /wiki/rest/api/content/search?cql=id%20in%20%28{content_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200": 1}	[{"name": "space_id", "type": "bigint"}, {"name": "space_key", "type": "text"}, {"name": "space_name", "type": "text"}, {"name": "space_status", "type": "text"}, {"name": "admin_kind", "type": "text"}, {"name": "account_id", "type": "text"}, {"name": "email", "type": "text"}, {"name": "name", "type": "text"}, {"name": "account_type", "type": "text"}, {"name": "account_status", "type": "text"}, {"name": "last_active", "type": "date"}, {"name": "verdict", "type": "text"}, {"name": "path_type", "type": "text"}, {"name": "group_id", "type": "text"}, {"name": "group_name", "type": "text"}, {"name": "access_class", "type": "text"}, {"name": "role_name", "type": "text"}, {"name": "operations", "type": "text[]"}, {"name": "sources", "type": "text[]"}, {"name": "not_before", "type": "timestamp with time zone"}, {"name": "since", "type": "timestamp with time zone"}, {"name": "reason", "type": "text"}, {"name": "detail", "type": "text"}, {"name": "run_id", "type": "bigint"}]	1	[{"rows": 1, "sha256": "2b1102732b1691feeaa64ef7651d37f50aeebe9a843f53e7591cbc0ca93018b7", "rows_sha256": "f95f28ba10eca770cb50a509109dc388802691ba54a19f182f3a17e3e592d6c7"}]	1	0	0	\N	t	0	\N	\N	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	95f20351f8c3ba70d596ee137fd23e3d884925f87844e2006314f15ac6cd1a3e	{"access_run_id":3,"admin_key":false,"api_account_id":"712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f","application_name":"test","as_of":"2026-11-30T20:39:17.422782+00:00","base_url":"https://acme.atlassian.net/wiki","chunks":[{"rows":1,"rows_sha256":"f95f28ba10eca770cb50a509109dc388802691ba54a19f182f3a17e3e592d6c7","sha256":"2b1102732b1691feeaa64ef7651d37f50aeebe9a843f53e7591cbc0ca93018b7"}],"class_resolution":"proved","cloud_id":"150c3784-27f5-499c-8fa8-15b2e7309e7e","code_sha256":"1e05c125198b8bb1942477e80e8ee26ba4856b46f6b81d8606c4ae89245f1af6","columns":[{"name":"space_id","type":"bigint"},{"name":"space_key","type":"text"},{"name":"space_name","type":"text"},{"name":"space_status","type":"text"},{"name":"admin_kind","type":"text"},{"name":"account_id","type":"text"},{"name":"email","type":"text"},{"name":"name","type":"text"},{"name":"account_type","type":"text"},{"name":"account_status","type":"text"},{"name":"last_active","type":"date"},{"name":"verdict","type":"text"},{"name":"path_type","type":"text"},{"name":"group_id","type":"text"},{"name":"group_name","type":"text"},{"name":"access_class","type":"text"},{"name":"role_name","type":"text"},{"name":"operations","type":"text[]"},{"name":"sources","type":"text[]"},{"name":"not_before","type":"timestamp with time zone"},{"name":"since","type":"timestamp with time zone"},{"name":"reason","type":"text"},{"name":"detail","type":"text"},{"name":"run_id","type":"bigint"}],"complete":true,"control_totals":{"3":{"audit_log":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"blogpost_versions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"blogposts":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"content_restrictions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"databases":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"emails":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"folders":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"group_members":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":11,"why_not":null},"groups":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":12,"why_not":null},"page_labels":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":11,"why_not":null},"page_versions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"pages":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":8,"why_not":null},"permissions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":7,"why_not":null},"product_access":{"expected":4,"is_complete":true,"is_reconciled":true,"rows_read":4,"why_not":null},"product_groups":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"product_users":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"smart_links":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"space_role_assignments":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":7,"why_not":null},"space_roles":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"spaces":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":2,"why_not":null},"tasks":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"users":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"whiteboards":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null}},"4":{"audit_log":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"blogpost_versions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"blogposts":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"emails":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"groups":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":12,"why_not":null},"page_versions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"pages":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":2,"why_not":null},"product_groups":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"space_roles":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"spaces":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":2,"why_not":null},"users":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null}}},"controls":["SOC 2 CC6.1","SOC 2 CC6.3","ISO 27001 A.8.2","PCI DSS 7.2.4"],"created_at":"2026-11-30T20:39:17.558744+00:00","distinct_accounts":1,"distinct_resources":0,"drift":false,"emails_loaded_at":"2026-11-30T20:39:16.900184+00:00","id":1,"kind":"report","parameters_sha256":"1e5e86fa33352303f7996947868d8bf60dc0c20664b1e524295ff39e3c96c18e","postgres_version":"15.18 (Debian 15.18-0+deb12u1)","prev_sha256":"0000000000000000000000000000000000000000000000000000000000000000","product_admins":1,"product_version":"0.1.0","question":"Who administers each space, by which path, since when, and when were they last active?","report":"space_admins","requests":{"GET /wiki/api/v2/blogposts?limit=250":1,"GET /wiki/api/v2/blogposts?sort=-modified-date&limit=250":1,"GET /wiki/api/v2/folders/{id}":1,"GET /wiki/api/v2/pages?id={id}&limit=250":1,"GET /wiki/api/v2/pages?id={id}&status={status}&limit=250":1,"GET /wiki/api/v2/pages?sort=-modified-date&limit=250":1,"GET /wiki/api/v2/pages?space-id={space_id}&limit=250":1,"GET /wiki/api/v2/space-roles?limit=250":2,"GET /wiki/api/v2/spaces/{space_id}/permissions?limit=250":2,"GET /wiki/api/v2/spaces/{space_id}/role-assignments?limit=250":2,"GET /wiki/api/v2/spaces?description-format=plain&limit=250":2,"GET /wiki/api/v2/tasks?limit=250":1,"GET /wiki/rest/api/audit?startDate=1796069357054&limit=1000":1,"GET /wiki/rest/api/audit?startDate=1796069357293&limit=1000":1,"GET /wiki/rest/api/content/search?cql=id%20in%20%28{content_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200":1,"GET /wiki/rest/api/content/search?cql=id%20in%20%28{page_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200":0,"GET /wiki/rest/api/content/search?cql=type%20%3D%20database&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200":1,"GET /wiki/rest/api/content/search?cql=type%20%3D%20embed&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200":1,"GET /wiki/rest/api/content/search?cql=type%20%3D%20folder&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200":1,"GET /wiki/rest/api/content/search?cql=type%20%3D%20whiteboard&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200":1,"GET /wiki/rest/api/content/{content_id}/restriction?expand=restrictions.user,restrictions.group&limit=100":2,"GET /wiki/rest/api/group/{group_id}/membersByGroupId?limit=200":12,"GET /wiki/rest/api/group?accessType={access_type}&limit=200":6,"GET /wiki/rest/api/group?limit=200":2,"GET /wiki/rest/api/search?sitePermissionTypeFilter={permission_type}&cql=type%20%3D%20user&limit=250":2,"POST /wiki/api/v2/users-bulk {\\"accountIds\\":{account_id}}":2,"blogpost_versions":0,"emails":0,"page_labels":0,"page_versions":0,"product_access":0},"reservations":{"gap":{"ancestor_not_listed":1,"trashed":1},"standing":{"admin_key":1,"admins_unproved":1,"app_scopes":0,"apps_unproved":0,"drafts_not_listed":null,"public_link":2}},"role_mode":"ROLES_TRANSITION","rows":1,"run_db_user":"postgres","run_id":4,"run_product_version":"0.1.0","run_started_at":"2026-11-30T20:39:17.19514+00:00","sample_asked":0,"server":"site","session_user_name":"postgres","sql":"CREATE OR REPLACE FUNCTION acme.space_admins(space bigint DEFAULT NULL::bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone)\\n RETURNS TABLE(space_id bigint, space_key text, space_name text, space_status text, admin_kind text, account_id text, email text, name text, account_type text, account_status text, last_active date, verdict text, path_type text, group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], not_before timestamp with time zone, since timestamp with time zone, reason text, detail text, run_id bigint)\\n LANGUAGE sql\\n STABLE ROWS 2000\\nBEGIN ATOMIC\\n WITH asked AS MATERIALIZED (\\n          SELECT access_run_at(space_admins.as_of) AS run\\n         ), place AS MATERIALIZED (\\n          SELECT s.id,\\n             s.key,\\n             s.name,\\n             s.status\\n            FROM (asked\\n              JOIN spaces_history s ON (((s.run_from <= asked.run) AND ((s.run_to IS NULL) OR (s.run_to > asked.run)))))\\n           WHERE ((space_admins.space IS NULL) OR (s.id = space_admins.space))\\n         ), mail AS MATERIALIZED (\\n          SELECT e.account_id,\\n             e.last_active\\n            FROM (asked\\n              JOIN emails_history e ON (((e.run_from <= asked.run) AND ((e.run_to IS NULL) OR (e.run_to > asked.run)))))\\n         ), granted AS MATERIALIZED (\\n          SELECT t.space_id,\\n             t.principal,\\n             t.access,\\n             t.not_before,\\n             t.since\\n            FROM (asked\\n              CROSS JOIN LATERAL granted_since_at(asked.run) t(space_id, principal, access, not_before, since))\\n           WHERE ((t.access = 'administer'::text) AND (t.space_id = ANY (ARRAY( SELECT s.id\\n                    FROM place s))))\\n         ), administrator AS MATERIALIZED (\\n          SELECT a.space_id,\\n             a.admin_kind,\\n             a.account_id,\\n             a.email,\\n             a.name,\\n             a.account_type,\\n             a.account_status,\\n             a.standing,\\n             a.reason,\\n             a.principal,\\n             a.path_type,\\n             a.group_id,\\n             a.group_name,\\n             a.access_class,\\n             a.role_name,\\n             a.operations,\\n             a.sources\\n            FROM (asked\\n              CROSS JOIN LATERAL administrators_at(asked.run) a(space_id, admin_kind, account_id, email, name, account_type, account_status, standing, reason, principal, path_type, group_id, group_name, access_class, role_name, operations, sources))\\n           WHERE (a.space_id = ANY (ARRAY( SELECT s.id\\n                    FROM place s)))\\n         ), answer AS (\\n          SELECT s.id AS space_id,\\n             s.key,\\n             s.name AS space_name,\\n             s.status,\\n             a.admin_kind,\\n             a.account_id,\\n             a.email,\\n             a.name,\\n             a.account_type,\\n             a.account_status,\\n             mail.last_active,\\n             a.standing AS verdict,\\n             a.path_type,\\n             a.group_id,\\n             a.group_name,\\n             a.access_class,\\n             a.role_name,\\n             a.operations,\\n             a.sources,\\n                 CASE\\n                     WHEN (g.valid_from > t.since) THEN g.not_before\\n                     ELSE t.not_before\\n                 END AS not_before,\\n             GREATEST(t.since, g.valid_from) AS since,\\n             a.reason,\\n             NULL::text AS detail,\\n             asked.run\\n            FROM (((((administrator a\\n              CROSS JOIN asked)\\n              JOIN place s ON ((s.id = a.space_id)))\\n              LEFT JOIN mail ON ((mail.account_id = a.account_id)))\\n              LEFT JOIN granted t ON (((t.space_id = a.space_id) AND (t.principal = a.principal))))\\n              LEFT JOIN group_members_history g ON (((g.group_id = a.group_id) AND (g.account_id = a.account_id) AND (g.run_from <= asked.run) AND ((g.run_to IS NULL) OR (g.run_to > asked.run)))))\\n         UNION ALL\\n          SELECT NULL::bigint,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             a.account_id,\\n             a.email,\\n             a.name,\\n             a.account_type,\\n             a.account_status,\\n             mail.last_active,\\n             'potential'::text,\\n             'product_admin'::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text[],\\n             NULL::text[],\\n             NULL::timestamp with time zone,\\n             NULL::timestamp with time zone,\\n             NULL::text,\\n             'can give itself every space'::text,\\n             asked.run\\n            FROM (((asked\\n              CROSS JOIN LATERAL product_members_at(asked.run) l(account_id, is_admin))\\n              CROSS JOIN LATERAL accounts_at(asked.run) a(account_id, email, name, account_type, account_status, is_guest, is_product_member, is_product_admin))\\n              LEFT JOIN mail ON ((mail.account_id = a.account_id)))\\n           WHERE (l.is_admin AND (a.account_id = l.account_id) AND (a.account_status = 'active'::text))\\n         UNION ALL\\n          SELECT s.id,\\n             s.key,\\n             s.name,\\n             s.status,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::date,\\n             'unknown'::text,\\n             g.path_type,\\n             g.group_id,\\n             NULL::text,\\n             g.access_class,\\n             g.role_name,\\n             NULL::text[],\\n             NULL::text[],\\n             NULL::timestamp with time zone,\\n             NULL::timestamp with time zone,\\n             g.reason,\\n             g.detail,\\n             asked.run\\n            FROM ((asked\\n              CROSS JOIN LATERAL space_gaps_at(asked.run) g(space_id, access, path_type, group_id, access_class, role_name, bound, reason, detail, is_open))\\n              JOIN place s ON ((s.id = g.space_id)))\\n           WHERE ((g.access = 'administer'::text) AND (g.space_id = ANY (ARRAY( SELECT s_1.id\\n                    FROM place s_1))))\\n         UNION ALL\\n          SELECT space_admins.space AS space,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::date,\\n             'unknown'::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text,\\n             NULL::text[],\\n             NULL::text[],\\n             NULL::timestamp with time zone,\\n             NULL::timestamp with time zone,\\n             'space_hidden'::text,\\n             'not listed'::text,\\n             asked.run\\n            FROM asked\\n           WHERE ((space_admins.space IS NOT NULL) AND (NOT (EXISTS ( SELECT\\n                    FROM place))))\\n         )\\n  SELECT r.space_id,\\n     r.key,\\n     r.space_name,\\n     r.status,\\n     r.admin_kind,\\n     r.account_id,\\n     r.email,\\n     r.name,\\n     r.account_type,\\n     r.account_status,\\n     r.last_active,\\n     r.verdict,\\n     r.path_type,\\n     r.group_id,\\n     r.group_name,\\n     r.access_class,\\n     r.role_name,\\n     r.operations,\\n     r.sources,\\n     r.not_before,\\n     r.since,\\n     r.reason,\\n     r.detail,\\n     r.run\\n    FROM answer r\\n   ORDER BY (r.account_id IS NULL), r.space_id, (r.account_id COLLATE \\"C\\"), (r.path_type COLLATE \\"C\\"), (r.group_id COLLATE \\"C\\"), (r.access_class COLLATE \\"C\\"), (r.reason COLLATE \\"C\\"), (r.detail COLLATE \\"C\\");\\nEND\\n","unknown_rows":0}	{"as_of": "2026-11-30T20:39:17.422782+00:00"}	a6014614-55a7-492f-bbcc-7d689203b9e2
2	report	2026-11-30 20:39:17.643359+00	postgres	\N	\N	test	0.1.0	15.18 (Debian 15.18-0+deb12u1)	site	https://acme.atlassian.net/wiki	150c3784-27f5-499c-8fa8-15b2e7309e7e	person_access	What does one person reach, and by which path?	{"SOC 2 CC6.2","SOC 2 CC6.3","ISO 27001 A.5.18"}	CREATE OR REPLACE FUNCTION acme.person_access(account text, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone)\n RETURNS TABLE(space_id bigint, space_key text, content_id bigint, content_type text, title text, access text, admin_kind text, account_id text, email text, name text, account_type text, account_status text, is_guest boolean, verdict text, path_type text, group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], layers jsonb, bound text, reason text, detail text, seen_at timestamp with time zone, run_id bigint, access_as_of timestamp with time zone)\n LANGUAGE plpgsql\n STABLE\n SET search_path TO 'acme', 'pg_temp'\n SET plan_cache_mode TO 'force_generic_plan'\nAS $function$\n#variable_conflict use_column\nDECLARE\n    run CONSTANT bigint := access_run_at(as_of);\nBEGIN\n    RETURN QUERY\n    SELECT p.space_id, p.space_key, p.content_id, p.content_type, p.title, p.access, p.admin_kind, p.account_id, p.email, p.name,\n           p.account_type, p.account_status, p.is_guest, p.verdict, p.path_type, p.group_id, p.group_name, p.access_class, p.role_name,\n           p.operations, p.sources, CAST(NULL AS jsonb), p.bound, p.reason, p.detail, p.seen_at, p.run_id, p.access_as_of\n    FROM person_access_at(account, run) AS p;\nEND\n$function$\n	1e05c125198b8bb1942477e80e8ee26ba4856b46f6b81d8606c4ae89245f1af6	ac1b5f0c967950a7e72e030cace2ae5eea2d6874c562a5efa9e4dd661ac00345	2026-11-30 20:39:17.422782+00	4	3	2026-11-30 20:39:17.19514+00	postgres	0.1.0	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	ROLES_TRANSITION	f	f	2026-11-30 20:39:16.900184+00	proved	1	{"gap": {"trashed": 1, "ancestor_not_listed": 1}, "standing": {"admin_key": 1, "app_scopes": 0, "public_link": 2, "apps_unproved": 0, "admins_unproved": 1, "drafts_not_listed": null}}	{"3": {"pages": {"why_not": null, "expected": null, "rows_read": 8, "is_complete": true, "is_reconciled": null}, "tasks": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "users": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "emails": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "groups": {"why_not": null, "expected": null, "rows_read": 12, "is_complete": true, "is_reconciled": null}, "spaces": {"why_not": null, "expected": null, "rows_read": 2, "is_complete": true, "is_reconciled": null}, "folders": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "audit_log": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "blogposts": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "databases": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "page_labels": {"why_not": null, "expected": null, "rows_read": 11, "is_complete": true, "is_reconciled": null}, "permissions": {"why_not": null, "expected": null, "rows_read": 7, "is_complete": true, "is_reconciled": null}, "smart_links": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "space_roles": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "whiteboards": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "group_members": {"why_not": null, "expected": null, "rows_read": 11, "is_complete": true, "is_reconciled": null}, "page_versions": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "product_users": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "product_access": {"why_not": null, "expected": 4, "rows_read": 4, "is_complete": true, "is_reconciled": true}, "product_groups": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "blogpost_versions": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "content_restrictions": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "space_role_assignments": {"why_not": null, "expected": null, "rows_read": 7, "is_complete": true, "is_reconciled": null}}, "4": {"pages": {"why_not": null, "expected": null, "rows_read": 2, "is_complete": true, "is_reconciled": null}, "users": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "emails": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "groups": {"why_not": null, "expected": null, "rows_read": 12, "is_complete": true, "is_reconciled": null}, "spaces": {"why_not": null, "expected": null, "rows_read": 2, "is_complete": true, "is_reconciled": null}, "audit_log": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "blogposts": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "space_roles": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "page_versions": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "product_groups": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "blogpost_versions": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}}}	{"emails": 0, "page_labels": 0, "page_versions": 0, "product_access": 0, "blogpost_versions": 0, "GET /wiki/api/v2/folders/{id}": 1, "GET /wiki/api/v2/tasks?limit=250": 1, "GET /wiki/rest/api/group?limit=200": 2, "GET /wiki/api/v2/blogposts?limit=250": 1, "GET /wiki/api/v2/space-roles?limit=250": 2, "GET /wiki/api/v2/pages?id={id}&limit=250": 1, "GET /wiki/api/v2/pages?sort=-modified-date&limit=250": 1, "GET /wiki/api/v2/pages?space-id={space_id}&limit=250": 1, "GET /wiki/api/v2/blogposts?sort=-modified-date&limit=250": 1, "GET /wiki/api/v2/pages?id={id}&status={status}&limit=250": 1, "GET /wiki/api/v2/spaces/{space_id}/permissions?limit=250": 2, "POST /wiki/api/v2/users-bulk {\\"accountIds\\":{account_id}}": 2, "GET /wiki/api/v2/spaces?description-format=plain&limit=250": 2, "GET /wiki/rest/api/audit?startDate=1796069357054&limit=1000": 1, "GET /wiki/rest/api/audit?startDate=1796069357293&limit=1000": 1, "GET /wiki/rest/api/group?accessType={access_type}&limit=200": 6, "GET /wiki/api/v2/spaces/{space_id}/role-assignments?limit=250": 2, "GET /wiki/rest/api/group/{group_id}/membersByGroupId?limit=200": 12, "GET /wiki/rest/api/search?sitePermissionTypeFilter={permission_type}&cql=type%20%3D%20user&limit=250": 2, "GET /wiki/rest/api/content/{content_id}/restriction?expand=restrictions.user,restrictions.group&limit=100": 2, "GET /wiki/rest/api/content/search?cql=type%20%3D%20embed&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1, "GET /wiki/rest/api/content/search?cql=type%20%3D%20folder&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1, "GET /wiki/rest/api/content/search?cql=type%20%3D%20database&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1, "GET /wiki/rest/api/content/search?cql=type%20%3D%20whiteboard&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1, "GET /wiki/rest/api/content/search?cql=id%20in%20%28{page_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200": 0, "GET /wiki/rest/api/content/search?cql=id%20in%20%28{content_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200": 1}	[{"name": "space_id", "type": "bigint"}, {"name": "space_key", "type": "text"}, {"name": "content_id", "type": "bigint"}, {"name": "content_type", "type": "text"}, {"name": "title", "type": "text"}, {"name": "access", "type": "text"}, {"name": "admin_kind", "type": "text"}, {"name": "account_id", "type": "text"}, {"name": "email", "type": "text"}, {"name": "name", "type": "text"}, {"name": "account_type", "type": "text"}, {"name": "account_status", "type": "text"}, {"name": "is_guest", "type": "boolean"}, {"name": "verdict", "type": "text"}, {"name": "path_type", "type": "text"}, {"name": "group_id", "type": "text"}, {"name": "group_name", "type": "text"}, {"name": "access_class", "type": "text"}, {"name": "role_name", "type": "text"}, {"name": "operations", "type": "text[]"}, {"name": "sources", "type": "text[]"}, {"name": "layers", "type": "jsonb"}, {"name": "bound", "type": "text"}, {"name": "reason", "type": "text"}, {"name": "detail", "type": "text"}, {"name": "seen_at", "type": "timestamp with time zone"}, {"name": "run_id", "type": "bigint"}, {"name": "access_as_of", "type": "timestamp with time zone"}]	4	[{"rows": 4, "sha256": "b39c2a1f42bfb122930bb3f7cfd43a844ed97e1802a4316b3f127eb08843017b", "rows_sha256": "23782ee9bb55d4a24132a59a8fa757904061d879f889425416e3b15238656ba1"}]	1	2	1	{"ancestor_not_listed": 1}	f	0	\N	\N	\N	\N	95f20351f8c3ba70d596ee137fd23e3d884925f87844e2006314f15ac6cd1a3e	a6928ff3ea34bbbb30cf7cc2d866e2c8904c4a82c9acff8f86887f7984584f4d	{"access_run_id":3,"admin_key":false,"api_account_id":"712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f","application_name":"test","as_of":"2026-11-30T20:39:17.422782+00:00","base_url":"https://acme.atlassian.net/wiki","chunks":[{"rows":4,"rows_sha256":"23782ee9bb55d4a24132a59a8fa757904061d879f889425416e3b15238656ba1","sha256":"b39c2a1f42bfb122930bb3f7cfd43a844ed97e1802a4316b3f127eb08843017b"}],"class_resolution":"proved","cloud_id":"150c3784-27f5-499c-8fa8-15b2e7309e7e","code_sha256":"1e05c125198b8bb1942477e80e8ee26ba4856b46f6b81d8606c4ae89245f1af6","columns":[{"name":"space_id","type":"bigint"},{"name":"space_key","type":"text"},{"name":"content_id","type":"bigint"},{"name":"content_type","type":"text"},{"name":"title","type":"text"},{"name":"access","type":"text"},{"name":"admin_kind","type":"text"},{"name":"account_id","type":"text"},{"name":"email","type":"text"},{"name":"name","type":"text"},{"name":"account_type","type":"text"},{"name":"account_status","type":"text"},{"name":"is_guest","type":"boolean"},{"name":"verdict","type":"text"},{"name":"path_type","type":"text"},{"name":"group_id","type":"text"},{"name":"group_name","type":"text"},{"name":"access_class","type":"text"},{"name":"role_name","type":"text"},{"name":"operations","type":"text[]"},{"name":"sources","type":"text[]"},{"name":"layers","type":"jsonb"},{"name":"bound","type":"text"},{"name":"reason","type":"text"},{"name":"detail","type":"text"},{"name":"seen_at","type":"timestamp with time zone"},{"name":"run_id","type":"bigint"},{"name":"access_as_of","type":"timestamp with time zone"}],"complete":false,"control_totals":{"3":{"audit_log":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"blogpost_versions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"blogposts":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"content_restrictions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"databases":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"emails":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"folders":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"group_members":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":11,"why_not":null},"groups":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":12,"why_not":null},"page_labels":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":11,"why_not":null},"page_versions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"pages":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":8,"why_not":null},"permissions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":7,"why_not":null},"product_access":{"expected":4,"is_complete":true,"is_reconciled":true,"rows_read":4,"why_not":null},"product_groups":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"product_users":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"smart_links":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"space_role_assignments":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":7,"why_not":null},"space_roles":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"spaces":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":2,"why_not":null},"tasks":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"users":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"whiteboards":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null}},"4":{"audit_log":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"blogpost_versions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"blogposts":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"emails":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"groups":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":12,"why_not":null},"page_versions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"pages":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":2,"why_not":null},"product_groups":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"space_roles":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"spaces":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":2,"why_not":null},"users":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null}}},"controls":["SOC 2 CC6.2","SOC 2 CC6.3","ISO 27001 A.5.18"],"created_at":"2026-11-30T20:39:17.643359+00:00","distinct_accounts":1,"distinct_resources":2,"drift":false,"emails_loaded_at":"2026-11-30T20:39:16.900184+00:00","id":2,"kind":"report","parameters_sha256":"ac1b5f0c967950a7e72e030cace2ae5eea2d6874c562a5efa9e4dd661ac00345","postgres_version":"15.18 (Debian 15.18-0+deb12u1)","prev_sha256":"95f20351f8c3ba70d596ee137fd23e3d884925f87844e2006314f15ac6cd1a3e","product_admins":1,"product_version":"0.1.0","question":"What does one person reach, and by which path?","report":"person_access","requests":{"GET /wiki/api/v2/blogposts?limit=250":1,"GET /wiki/api/v2/blogposts?sort=-modified-date&limit=250":1,"GET /wiki/api/v2/folders/{id}":1,"GET /wiki/api/v2/pages?id={id}&limit=250":1,"GET /wiki/api/v2/pages?id={id}&status={status}&limit=250":1,"GET /wiki/api/v2/pages?sort=-modified-date&limit=250":1,"GET /wiki/api/v2/pages?space-id={space_id}&limit=250":1,"GET /wiki/api/v2/space-roles?limit=250":2,"GET /wiki/api/v2/spaces/{space_id}/permissions?limit=250":2,"GET /wiki/api/v2/spaces/{space_id}/role-assignments?limit=250":2,"GET /wiki/api/v2/spaces?description-format=plain&limit=250":2,"GET /wiki/api/v2/tasks?limit=250":1,"GET /wiki/rest/api/audit?startDate=1796069357054&limit=1000":1,"GET /wiki/rest/api/audit?startDate=1796069357293&limit=1000":1,"GET /wiki/rest/api/content/search?cql=id%20in%20%28{content_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200":1,"GET /wiki/rest/api/content/search?cql=id%20in%20%28{page_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200":0,"GET /wiki/rest/api/content/search?cql=type%20%3D%20database&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200":1,"GET /wiki/rest/api/content/search?cql=type%20%3D%20embed&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200":1,"GET /wiki/rest/api/content/search?cql=type%20%3D%20folder&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200":1,"GET /wiki/rest/api/content/search?cql=type%20%3D%20whiteboard&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200":1,"GET /wiki/rest/api/content/{content_id}/restriction?expand=restrictions.user,restrictions.group&limit=100":2,"GET /wiki/rest/api/group/{group_id}/membersByGroupId?limit=200":12,"GET /wiki/rest/api/group?accessType={access_type}&limit=200":6,"GET /wiki/rest/api/group?limit=200":2,"GET /wiki/rest/api/search?sitePermissionTypeFilter={permission_type}&cql=type%20%3D%20user&limit=250":2,"POST /wiki/api/v2/users-bulk {\\"accountIds\\":{account_id}}":2,"blogpost_versions":0,"emails":0,"page_labels":0,"page_versions":0,"product_access":0},"reservations":{"gap":{"ancestor_not_listed":1,"trashed":1},"standing":{"admin_key":1,"admins_unproved":1,"app_scopes":0,"apps_unproved":0,"drafts_not_listed":null,"public_link":2}},"role_mode":"ROLES_TRANSITION","rows":4,"run_db_user":"postgres","run_id":4,"run_product_version":"0.1.0","run_started_at":"2026-11-30T20:39:17.19514+00:00","sample_asked":0,"server":"site","session_user_name":"postgres","sql":"CREATE OR REPLACE FUNCTION acme.person_access(account text, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone)\\n RETURNS TABLE(space_id bigint, space_key text, content_id bigint, content_type text, title text, access text, admin_kind text, account_id text, email text, name text, account_type text, account_status text, is_guest boolean, verdict text, path_type text, group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], layers jsonb, bound text, reason text, detail text, seen_at timestamp with time zone, run_id bigint, access_as_of timestamp with time zone)\\n LANGUAGE plpgsql\\n STABLE\\n SET search_path TO 'acme', 'pg_temp'\\n SET plan_cache_mode TO 'force_generic_plan'\\nAS $function$\\n#variable_conflict use_column\\nDECLARE\\n    run CONSTANT bigint := access_run_at(as_of);\\nBEGIN\\n    RETURN QUERY\\n    SELECT p.space_id, p.space_key, p.content_id, p.content_type, p.title, p.access, p.admin_kind, p.account_id, p.email, p.name,\\n           p.account_type, p.account_status, p.is_guest, p.verdict, p.path_type, p.group_id, p.group_name, p.access_class, p.role_name,\\n           p.operations, p.sources, CAST(NULL AS jsonb), p.bound, p.reason, p.detail, p.seen_at, p.run_id, p.access_as_of\\n    FROM person_access_at(account, run) AS p;\\nEND\\n$function$\\n","unknown_by_reason":{"ancestor_not_listed":1},"unknown_rows":1}	\N	\N
3	erasure	2026-11-30 20:39:17.65466+00	postgres	\N	\N	test	0.1.0	15.18 (Debian 15.18-0+deb12u1)	site	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	[{"part": "rows", "rows": 4, "chunk": 1, "manifest_id": 2}, {"part": "parameters", "manifest_id": 2}]	a6928ff3ea34bbbb30cf7cc2d866e2c8904c4a82c9acff8f86887f7984584f4d	519ea8f8b2ca5a2e58646dcf1e2b65046f9830b0a468680ffc34cf5ac6cd738e	{"application_name":"test","created_at":"2026-11-30T20:39:17.65466+00:00","id":3,"kind":"erasure","postgres_version":"15.18 (Debian 15.18-0+deb12u1)","prev_sha256":"a6928ff3ea34bbbb30cf7cc2d866e2c8904c4a82c9acff8f86887f7984584f4d","product_version":"0.1.0","removed":[{"chunk":1,"manifest_id":2,"part":"rows","rows":4},{"manifest_id":2,"part":"parameters"}],"server":"site","session_user_name":"postgres"}	\N	\N
4	report	2026-11-30 20:39:17.730842+00	postgres	\N	\N	test	0.1.0	15.18 (Debian 15.18-0+deb12u1)	site	https://acme.atlassian.net/wiki	150c3784-27f5-499c-8fa8-15b2e7309e7e	coverage	What could not be seen, and what can nobody know?	{"SOC 2 CC6.1","PCAOB AS 1105.10"}	CREATE OR REPLACE FUNCTION acme.coverage(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone)\n RETURNS TABLE(kind text, reason text, space_id bigint, space_key text, step text, occurrences bigint, last_complete timestamp with time zone, detail text, run_id bigint)\n LANGUAGE sql\n STABLE ROWS 200\nBEGIN ATOMIC\n WITH asked AS MATERIALIZED (\n          SELECT access_run_at(coverage.as_of) AS run\n         ), answer(kind, reason, space_id, space_key, step, occurrences, last_complete, detail, run_id) AS (\n          SELECT u.kind,\n             u.reason,\n             u.space_id,\n             u.space_key,\n             NULL::text AS text,\n             u.occurrences,\n             NULL::timestamp with time zone AS timestamptz,\n             u.detail,\n             asked.run\n            FROM (asked\n              CROSS JOIN LATERAL unknowns(coverage.as_of) u(kind, reason, space_id, space_key, occurrences, detail, run_id, access_as_of))\n         UNION ALL\n          SELECT 'gap'::text,\n             'not_read'::text,\n             NULL::bigint,\n             NULL::text,\n             s.step,\n             1,\n             ( SELECT max(r_1.published_at) AS max\n                    FROM (run_steps e\n                      JOIN runs r_1 ON ((r_1.id = e.run_id)))\n                   WHERE ((e.step = s.step) AND e.is_complete AND (r_1.status = 'complete'::text) AND (r_1.id < asked.run))) AS max,\n             COALESCE(s.why_not, 'was not read whole'::text) AS "coalesce",\n             asked.run\n            FROM (asked\n              JOIN run_steps s ON ((s.run_id = asked.run)))\n           WHERE (NOT s.is_complete)\n         UNION ALL\n          SELECT 'gap'::text,\n             'not_reconciled'::text,\n             NULL::bigint,\n             NULL::text,\n             s.step,\n             abs((s.expected - s.rows_read)) AS abs,\n             ( SELECT max(r_1.published_at) AS max\n                    FROM (run_steps e\n                      JOIN runs r_1 ON ((r_1.id = e.run_id)))\n                   WHERE ((e.step = s.step) AND e.is_reconciled AND (r_1.status = 'complete'::text) AND (r_1.id < asked.run))) AS max,\n             format('%s were read, and %s expected'::text, s.rows_read, s.expected) AS format,\n             asked.run\n            FROM (asked\n              JOIN run_steps s ON ((s.run_id = asked.run)))\n           WHERE (s.is_complete AND (NOT s.is_reconciled))\n         )\n  SELECT r.kind,\n     r.reason,\n     r.space_id,\n     r.space_key,\n     r.step,\n     r.occurrences,\n     r.last_complete,\n     r.detail,\n     r.run_id\n    FROM answer r\n   ORDER BY (r.kind COLLATE "C"), (r.reason COLLATE "C"), r.space_id NULLS FIRST, (r.step COLLATE "C"), (r.detail COLLATE "C");\nEND\n	1e05c125198b8bb1942477e80e8ee26ba4856b46f6b81d8606c4ae89245f1af6	feff6a846a1523e789b24cb83c4088ed506083c6ec4dc11abf092fe9180a7ab5	2026-11-30 20:39:17.422782+00	4	3	2026-11-30 20:39:17.19514+00	postgres	0.1.0	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	ROLES_TRANSITION	f	f	2026-11-30 20:39:16.900184+00	proved	1	{"gap": {"trashed": 1, "ancestor_not_listed": 1}, "standing": {"admin_key": 1, "app_scopes": 0, "public_link": 2, "apps_unproved": 0, "admins_unproved": 1, "drafts_not_listed": null}}	{"3": {"pages": {"why_not": null, "expected": null, "rows_read": 8, "is_complete": true, "is_reconciled": null}, "tasks": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "users": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "emails": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "groups": {"why_not": null, "expected": null, "rows_read": 12, "is_complete": true, "is_reconciled": null}, "spaces": {"why_not": null, "expected": null, "rows_read": 2, "is_complete": true, "is_reconciled": null}, "folders": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "audit_log": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "blogposts": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "databases": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "page_labels": {"why_not": null, "expected": null, "rows_read": 11, "is_complete": true, "is_reconciled": null}, "permissions": {"why_not": null, "expected": null, "rows_read": 7, "is_complete": true, "is_reconciled": null}, "smart_links": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "space_roles": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "whiteboards": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "group_members": {"why_not": null, "expected": null, "rows_read": 11, "is_complete": true, "is_reconciled": null}, "page_versions": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "product_users": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "product_access": {"why_not": null, "expected": 4, "rows_read": 4, "is_complete": true, "is_reconciled": true}, "product_groups": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "blogpost_versions": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "content_restrictions": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "space_role_assignments": {"why_not": null, "expected": null, "rows_read": 7, "is_complete": true, "is_reconciled": null}}, "4": {"pages": {"why_not": null, "expected": null, "rows_read": 2, "is_complete": true, "is_reconciled": null}, "users": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "emails": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "groups": {"why_not": null, "expected": null, "rows_read": 12, "is_complete": true, "is_reconciled": null}, "spaces": {"why_not": null, "expected": null, "rows_read": 2, "is_complete": true, "is_reconciled": null}, "audit_log": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}, "blogposts": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "space_roles": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "page_versions": {"why_not": null, "expected": null, "rows_read": 1, "is_complete": true, "is_reconciled": null}, "product_groups": {"why_not": null, "expected": null, "rows_read": 5, "is_complete": true, "is_reconciled": null}, "blogpost_versions": {"why_not": null, "expected": null, "rows_read": 0, "is_complete": true, "is_reconciled": null}}}	{"emails": 0, "page_labels": 0, "page_versions": 0, "product_access": 0, "blogpost_versions": 0, "GET /wiki/api/v2/folders/{id}": 1, "GET /wiki/api/v2/tasks?limit=250": 1, "GET /wiki/rest/api/group?limit=200": 2, "GET /wiki/api/v2/blogposts?limit=250": 1, "GET /wiki/api/v2/space-roles?limit=250": 2, "GET /wiki/api/v2/pages?id={id}&limit=250": 1, "GET /wiki/api/v2/pages?sort=-modified-date&limit=250": 1, "GET /wiki/api/v2/pages?space-id={space_id}&limit=250": 1, "GET /wiki/api/v2/blogposts?sort=-modified-date&limit=250": 1, "GET /wiki/api/v2/pages?id={id}&status={status}&limit=250": 1, "GET /wiki/api/v2/spaces/{space_id}/permissions?limit=250": 2, "POST /wiki/api/v2/users-bulk {\\"accountIds\\":{account_id}}": 2, "GET /wiki/api/v2/spaces?description-format=plain&limit=250": 2, "GET /wiki/rest/api/audit?startDate=1796069357054&limit=1000": 1, "GET /wiki/rest/api/audit?startDate=1796069357293&limit=1000": 1, "GET /wiki/rest/api/group?accessType={access_type}&limit=200": 6, "GET /wiki/api/v2/spaces/{space_id}/role-assignments?limit=250": 2, "GET /wiki/rest/api/group/{group_id}/membersByGroupId?limit=200": 12, "GET /wiki/rest/api/search?sitePermissionTypeFilter={permission_type}&cql=type%20%3D%20user&limit=250": 2, "GET /wiki/rest/api/content/{content_id}/restriction?expand=restrictions.user,restrictions.group&limit=100": 2, "GET /wiki/rest/api/content/search?cql=type%20%3D%20embed&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1, "GET /wiki/rest/api/content/search?cql=type%20%3D%20folder&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1, "GET /wiki/rest/api/content/search?cql=type%20%3D%20database&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1, "GET /wiki/rest/api/content/search?cql=type%20%3D%20whiteboard&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1, "GET /wiki/rest/api/content/search?cql=id%20in%20%28{page_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200": 0, "GET /wiki/rest/api/content/search?cql=id%20in%20%28{content_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200": 1}	[{"name": "kind", "type": "text"}, {"name": "reason", "type": "text"}, {"name": "space_id", "type": "bigint"}, {"name": "space_key", "type": "text"}, {"name": "step", "type": "text"}, {"name": "occurrences", "type": "bigint"}, {"name": "last_complete", "type": "timestamp with time zone"}, {"name": "detail", "type": "text"}, {"name": "run_id", "type": "bigint"}]	8	[{"rows": 8, "sha256": "d38f78086904ddc3b54529ffe1f9ccfd5813f517e3334c6e502ca29687ef9cef", "rows_sha256": "7a5a5c47f3953a7e578368d60a1cea280d2a9db33814d4e1c327d075cb1e50c1"}]	\N	1	8	{"trashed": 1, "admin_key": 1, "app_scopes": 1, "public_link": 1, "apps_unproved": 1, "admins_unproved": 1, "drafts_not_listed": 1, "ancestor_not_listed": 1}	f	0	\N	\N	\N	\N	519ea8f8b2ca5a2e58646dcf1e2b65046f9830b0a468680ffc34cf5ac6cd738e	2f547aa31e5caccc686d0e1dae60edd2fcbe4a5ba24e55b0fa19f3d709fcb1e5	{"access_run_id":3,"admin_key":false,"api_account_id":"712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f","application_name":"test","as_of":"2026-11-30T20:39:17.422782+00:00","base_url":"https://acme.atlassian.net/wiki","chunks":[{"rows":8,"rows_sha256":"7a5a5c47f3953a7e578368d60a1cea280d2a9db33814d4e1c327d075cb1e50c1","sha256":"d38f78086904ddc3b54529ffe1f9ccfd5813f517e3334c6e502ca29687ef9cef"}],"class_resolution":"proved","cloud_id":"150c3784-27f5-499c-8fa8-15b2e7309e7e","code_sha256":"1e05c125198b8bb1942477e80e8ee26ba4856b46f6b81d8606c4ae89245f1af6","columns":[{"name":"kind","type":"text"},{"name":"reason","type":"text"},{"name":"space_id","type":"bigint"},{"name":"space_key","type":"text"},{"name":"step","type":"text"},{"name":"occurrences","type":"bigint"},{"name":"last_complete","type":"timestamp with time zone"},{"name":"detail","type":"text"},{"name":"run_id","type":"bigint"}],"complete":false,"control_totals":{"3":{"audit_log":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"blogpost_versions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"blogposts":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"content_restrictions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"databases":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"emails":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"folders":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"group_members":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":11,"why_not":null},"groups":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":12,"why_not":null},"page_labels":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":11,"why_not":null},"page_versions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"pages":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":8,"why_not":null},"permissions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":7,"why_not":null},"product_access":{"expected":4,"is_complete":true,"is_reconciled":true,"rows_read":4,"why_not":null},"product_groups":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"product_users":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"smart_links":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"space_role_assignments":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":7,"why_not":null},"space_roles":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"spaces":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":2,"why_not":null},"tasks":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"users":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"whiteboards":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null}},"4":{"audit_log":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"blogpost_versions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":0,"why_not":null},"blogposts":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"emails":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"groups":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":12,"why_not":null},"page_versions":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":1,"why_not":null},"pages":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":2,"why_not":null},"product_groups":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"space_roles":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null},"spaces":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":2,"why_not":null},"users":{"expected":null,"is_complete":true,"is_reconciled":null,"rows_read":5,"why_not":null}}},"controls":["SOC 2 CC6.1","PCAOB AS 1105.10"],"created_at":"2026-11-30T20:39:17.730842+00:00","distinct_resources":1,"drift":false,"emails_loaded_at":"2026-11-30T20:39:16.900184+00:00","id":4,"kind":"report","parameters_sha256":"feff6a846a1523e789b24cb83c4088ed506083c6ec4dc11abf092fe9180a7ab5","postgres_version":"15.18 (Debian 15.18-0+deb12u1)","prev_sha256":"519ea8f8b2ca5a2e58646dcf1e2b65046f9830b0a468680ffc34cf5ac6cd738e","product_admins":1,"product_version":"0.1.0","question":"What could not be seen, and what can nobody know?","report":"coverage","requests":{"GET /wiki/api/v2/blogposts?limit=250":1,"GET /wiki/api/v2/blogposts?sort=-modified-date&limit=250":1,"GET /wiki/api/v2/folders/{id}":1,"GET /wiki/api/v2/pages?id={id}&limit=250":1,"GET /wiki/api/v2/pages?id={id}&status={status}&limit=250":1,"GET /wiki/api/v2/pages?sort=-modified-date&limit=250":1,"GET /wiki/api/v2/pages?space-id={space_id}&limit=250":1,"GET /wiki/api/v2/space-roles?limit=250":2,"GET /wiki/api/v2/spaces/{space_id}/permissions?limit=250":2,"GET /wiki/api/v2/spaces/{space_id}/role-assignments?limit=250":2,"GET /wiki/api/v2/spaces?description-format=plain&limit=250":2,"GET /wiki/api/v2/tasks?limit=250":1,"GET /wiki/rest/api/audit?startDate=1796069357054&limit=1000":1,"GET /wiki/rest/api/audit?startDate=1796069357293&limit=1000":1,"GET /wiki/rest/api/content/search?cql=id%20in%20%28{content_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200":1,"GET /wiki/rest/api/content/search?cql=id%20in%20%28{page_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200":0,"GET /wiki/rest/api/content/search?cql=type%20%3D%20database&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200":1,"GET /wiki/rest/api/content/search?cql=type%20%3D%20embed&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200":1,"GET /wiki/rest/api/content/search?cql=type%20%3D%20folder&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200":1,"GET /wiki/rest/api/content/search?cql=type%20%3D%20whiteboard&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200":1,"GET /wiki/rest/api/content/{content_id}/restriction?expand=restrictions.user,restrictions.group&limit=100":2,"GET /wiki/rest/api/group/{group_id}/membersByGroupId?limit=200":12,"GET /wiki/rest/api/group?accessType={access_type}&limit=200":6,"GET /wiki/rest/api/group?limit=200":2,"GET /wiki/rest/api/search?sitePermissionTypeFilter={permission_type}&cql=type%20%3D%20user&limit=250":2,"POST /wiki/api/v2/users-bulk {\\"accountIds\\":{account_id}}":2,"blogpost_versions":0,"emails":0,"page_labels":0,"page_versions":0,"product_access":0},"reservations":{"gap":{"ancestor_not_listed":1,"trashed":1},"standing":{"admin_key":1,"admins_unproved":1,"app_scopes":0,"apps_unproved":0,"drafts_not_listed":null,"public_link":2}},"role_mode":"ROLES_TRANSITION","rows":8,"run_db_user":"postgres","run_id":4,"run_product_version":"0.1.0","run_started_at":"2026-11-30T20:39:17.19514+00:00","sample_asked":0,"server":"site","session_user_name":"postgres","sql":"CREATE OR REPLACE FUNCTION acme.coverage(as_of timestamp with time zone DEFAULT NULL::timestamp with time zone)\\n RETURNS TABLE(kind text, reason text, space_id bigint, space_key text, step text, occurrences bigint, last_complete timestamp with time zone, detail text, run_id bigint)\\n LANGUAGE sql\\n STABLE ROWS 200\\nBEGIN ATOMIC\\n WITH asked AS MATERIALIZED (\\n          SELECT access_run_at(coverage.as_of) AS run\\n         ), answer(kind, reason, space_id, space_key, step, occurrences, last_complete, detail, run_id) AS (\\n          SELECT u.kind,\\n             u.reason,\\n             u.space_id,\\n             u.space_key,\\n             NULL::text AS text,\\n             u.occurrences,\\n             NULL::timestamp with time zone AS timestamptz,\\n             u.detail,\\n             asked.run\\n            FROM (asked\\n              CROSS JOIN LATERAL unknowns(coverage.as_of) u(kind, reason, space_id, space_key, occurrences, detail, run_id, access_as_of))\\n         UNION ALL\\n          SELECT 'gap'::text,\\n             'not_read'::text,\\n             NULL::bigint,\\n             NULL::text,\\n             s.step,\\n             1,\\n             ( SELECT max(r_1.published_at) AS max\\n                    FROM (run_steps e\\n                      JOIN runs r_1 ON ((r_1.id = e.run_id)))\\n                   WHERE ((e.step = s.step) AND e.is_complete AND (r_1.status = 'complete'::text) AND (r_1.id < asked.run))) AS max,\\n             COALESCE(s.why_not, 'was not read whole'::text) AS \\"coalesce\\",\\n             asked.run\\n            FROM (asked\\n              JOIN run_steps s ON ((s.run_id = asked.run)))\\n           WHERE (NOT s.is_complete)\\n         UNION ALL\\n          SELECT 'gap'::text,\\n             'not_reconciled'::text,\\n             NULL::bigint,\\n             NULL::text,\\n             s.step,\\n             abs((s.expected - s.rows_read)) AS abs,\\n             ( SELECT max(r_1.published_at) AS max\\n                    FROM (run_steps e\\n                      JOIN runs r_1 ON ((r_1.id = e.run_id)))\\n                   WHERE ((e.step = s.step) AND e.is_reconciled AND (r_1.status = 'complete'::text) AND (r_1.id < asked.run))) AS max,\\n             format('%s were read, and %s expected'::text, s.rows_read, s.expected) AS format,\\n             asked.run\\n            FROM (asked\\n              JOIN run_steps s ON ((s.run_id = asked.run)))\\n           WHERE (s.is_complete AND (NOT s.is_reconciled))\\n         )\\n  SELECT r.kind,\\n     r.reason,\\n     r.space_id,\\n     r.space_key,\\n     r.step,\\n     r.occurrences,\\n     r.last_complete,\\n     r.detail,\\n     r.run_id\\n    FROM answer r\\n   ORDER BY (r.kind COLLATE \\"C\\"), (r.reason COLLATE \\"C\\"), r.space_id NULLS FIRST, (r.step COLLATE \\"C\\"), (r.detail COLLATE \\"C\\");\\nEND\\n","unknown_by_reason":{"admin_key":1,"admins_unproved":1,"ancestor_not_listed":1,"app_scopes":1,"apps_unproved":1,"drafts_not_listed":1,"public_link":1,"trashed":1},"unknown_rows":8}	{"as_of": "2026-11-30T20:39:17.422782+00:00"}	64777bb4-84e6-4c62-81c2-d1c9203a2f00
\.



COPY acme.mirror (is_the_only_row, server, extension_version, format, created_at, max_age, other_tables) FROM stdin;
t	site	0.1.0	1	2026-11-30 20:39:16.60194+00	2 days	{confluence_tasks}
\.



COPY acme.mirror_objects (kind, identity, ordinal) FROM stdin;
view	effective_space_access	71
function	run_at(timestamp with time zone)	0
function	access_run_at(timestamp with time zone)	1
view	groups	2
function	groups_as_of(timestamp with time zone)	3
view	product_groups	4
function	product_groups_as_of(timestamp with time zone)	5
view	product_users	6
function	product_users_as_of(timestamp with time zone)	7
view	group_members	8
function	group_members_as_of(timestamp with time zone)	9
view	spaces	10
function	spaces_as_of(timestamp with time zone)	11
view	permissions	12
function	permissions_as_of(timestamp with time zone)	13
view	space_roles	14
function	space_roles_as_of(timestamp with time zone)	15
view	space_role_assignments	16
function	space_role_assignments_as_of(timestamp with time zone)	17
view	pages	18
function	pages_as_of(timestamp with time zone)	19
view	blogposts	20
function	blogposts_as_of(timestamp with time zone)	21
view	folders	22
function	folders_as_of(timestamp with time zone)	23
view	whiteboards	24
function	whiteboards_as_of(timestamp with time zone)	25
view	databases	26
function	databases_as_of(timestamp with time zone)	27
view	smart_links	28
function	smart_links_as_of(timestamp with time zone)	29
view	content_restrictions	30
function	content_restrictions_as_of(timestamp with time zone)	31
view	users	32
function	users_as_of(timestamp with time zone)	33
view	page_versions	34
function	page_versions_as_of(timestamp with time zone)	35
view	blogpost_versions	36
function	blogpost_versions_as_of(timestamp with time zone)	37
view	page_labels	38
function	page_labels_as_of(timestamp with time zone)	39
view	emails	40
function	emails_as_of(timestamp with time zone)	41
view	tasks	42
function	tasks_as_of(timestamp with time zone)	43
view	content	44
function	content_at(bigint)	45
function	content_as_of(timestamp with time zone)	46
function	product_access_check()	47
view	words	48
function	access_facts_at(bigint)	49
function	normal_name(text)	50
function	role_holders_at(bigint)	51
function	space_grants_at(bigint)	52
function	space_grants_as_of(timestamp with time zone)	53
view	space_grants	54
function	groups_at(bigint)	55
function	members_at(bigint)	56
function	groups_of(text, bigint)	57
function	product_memberships_at(bigint)	58
function	product_members_at(bigint)	59
function	accounts_at(bigint)	60
function	kept_out(text, text, boolean, boolean, boolean, boolean)	61
function	principal_accounts_at(bigint)	62
function	accounts_behind_at(text, text, bigint)	63
function	access_by(text, text)	64
function	granted_operations_at(bigint)	65
function	space_holders_at(bigint)	66
function	space_gaps_at(bigint)	67
function	space_holders_ranked_at(bigint)	68
function	effective_space_access_at(bigint)	69
function	effective_space_access_as_of(timestamp with time zone)	70
function	space_access_at(bigint, bigint)	72
function	space_access(bigint, timestamp with time zone)	73
function	content_ways_at(bigint[], bigint)	74
function	content_layers_at(bigint[], bigint)	75
function	view_chains_at(bigint[], bigint)	76
function	person_passing_at(text, bigint[], bigint)	77
function	ended_content_at(bigint, bigint)	78
function	contents_access_at(bigint[], bigint)	79
function	named_in_lists_at(bigint, bigint)	80
function	content_access(bigint, timestamp with time zone)	81
function	person_access_at(text, bigint)	82
function	person_access(text, timestamp with time zone)	83
function	list_entries_at(bigint, text, text, bigint)	84
function	explain_access_at(bigint, text, bigint)	85
function	explain_access(bigint, text, timestamp with time zone)	86
function	unknowns_at(bigint)	87
function	unknowns(timestamp with time zone)	88
function	current_access_run()	89
function	audiences_of(text)	90
function	is_visible(bigint, text)	91
function	visible_content(text)	92
function	publish_viewers(bigint)	93
function	content_changed_between(bigint, bigint)	94
function	publish_contents(bigint[], bigint)	95
function	publish_access(bigint)	96
function	canonical_json(jsonb)	97
function	csv_text(text)	98
function	csv_field(jsonb)	99
function	csv_expression(text, text)	100
function	csv_header(jsonb)	101
function	sha256_of(text)	102
function	csv_file(text, text[])	103
function	chunk_hashes(text, text[], text[])	104
function	json_or_null(text)	105
function	chain_start()	106
function	chain_head()	107
function	manifest_columns(manifests)	108
function	lock_chain()	109
function	write_evidence(boolean)	110
function	refuse_stale_chain()	111
function	append_manifest(manifests)	112
function	report_signature(text)	113
function	register_report(text, text, text[], integer)	114
function	report_call(text, jsonb)	115
function	code_sha256()	116
function	sample_pairs(text, jsonb, integer)	117
function	sample_questions(text, jsonb, integer)	118
function	sample_verdicts(bigint[], text[], text[], bigint)	119
function	keep_sample(manifests, jsonb)	120
function	sample_columns()	121
function	parameters_sha256(jsonb, text)	122
function	describe_runs(manifests)	123
function	keep_rows(manifests, text)	124
function	attest_report(text, jsonb, integer, jsonb)	125
function	evidence_csv(bigint, text)	126
function	evidence_file_name(manifests, text, bigint, integer)	127
function	in_toto_statement(manifests)	128
function	export_evidence(bigint, text)	129
function	verified_chain()	130
function	verified_files(bigint[])	131
function	verify_evidence(bigint, text)	132
function	personal_columns()	133
function	csv_fields(text)	134
function	erased_names(jsonb, text[], text)	135
function	erase_from_tables(text, text[], text)	136
function	lines_that_name(text, text[], text[])	137
function	erase_account(text)	138
function	prune_evidence(timestamp with time zone)	139
function	period_runs(timestamp with time zone, timestamp with time zone, timestamp with time zone)	140
function	audit_record_of(timestamp with time zone, timestamp with time zone, text, text[], bigint)	141
function	grant_rows_at(bigint)	142
function	granted_since_at(bigint)	143
function	account_told_at(text, bigint)	144
function	content_people_at(bigint[], bigint, text[])	145
function	administrators_at(bigint)	146
function	space_admins(bigint, timestamp with time zone)	147
function	app_access(timestamp with time zone)	148
function	content_changes(timestamp with time zone, timestamp with time zone, bigint, text, timestamp with time zone)	149
function	content_removed(timestamp with time zone, timestamp with time zone, bigint, timestamp with time zone)	150
function	coverage(timestamp with time zone)	151
function	dormant_grants(timestamp with time zone)	152
function	external_access(text[], timestamp with time zone)	153
function	group_changes(timestamp with time zone, timestamp with time zone, text[], timestamp with time zone)	154
function	group_space_matrix(timestamp with time zone)	155
function	leaver_ownership(timestamp with time zone)	156
function	open_spaces(timestamp with time zone)	157
function	orphaned_spaces(timestamp with time zone)	158
function	restricted_content(bigint, timestamp with time zone)	159
function	space_paths_between(bigint, bigint)	160
function	content_access_between(bigint, bigint, bigint[], text[])	161
function	access_changes(timestamp with time zone, timestamp with time zone, timestamp with time zone)	162
\.



COPY acme.new_columns (table_name, column_name) FROM stdin;
\.



COPY acme.page_labels_history (page_id, label_id, name, prefix, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
213821606	1132417	billing	global	2026-11-30 20:39:17.031116+00	\N	\N	\N	1	\N	\N
213821606	1270090	release	global	2026-11-30 20:39:17.031116+00	\N	\N	\N	1	\N	\N
213821606	1342870	vendor	global	2026-11-30 20:39:17.031116+00	\N	\N	\N	1	\N	\N
1397012252	1097540	access	global	2026-11-30 20:39:17.031116+00	\N	\N	\N	1	\N	\N
1397012252	1132417	billing	global	2026-11-30 20:39:17.031116+00	\N	\N	\N	1	\N	\N
1397012252	1229031	payments	global	2026-11-30 20:39:17.031116+00	\N	\N	\N	1	\N	\N
2324793192	1132417	billing	global	2026-11-30 20:39:17.031116+00	\N	\N	\N	1	\N	\N
2324793192	1342870	vendor	global	2026-11-30 20:39:17.031116+00	\N	\N	\N	1	\N	\N
2641490756	1097540	access	global	2026-11-30 20:39:17.031116+00	\N	\N	\N	1	\N	\N
2641490756	1184578	incident	global	2026-11-30 20:39:17.031116+00	\N	\N	\N	1	\N	\N
2641490756	1382028	backup	global	2026-11-30 20:39:17.031116+00	\N	\N	\N	1	\N	\N
\.



COPY acme.page_versions_history (page_id, number, created_at, author_id, message, minor_edit, title, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
213821606	31	2024-12-01 20:36:31.838+00	a91638230dcaaa26baed5672	Reviewed, and "approved"	f	Kubernetes inventory 0	2026-11-30 20:39:17.049144+00	\N	\N	\N	1	\N	\N
2167133920	10	2024-08-11 05:27:07.489+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c		f	Übergabe Travel ß 5	2026-11-30 20:39:17.049144+00	\N	\N	\N	1	\N	\N
2324793192	20	2026-07-12 17:37:14.633+00	a91638230dcaaa26baed5672		f	Data warehouse proposal 6	2026-11-30 20:39:17.049144+00	\N	\N	\N	1	\N	\N
2737941596	13	2026-07-30 05:58:59.512+00	a91638230dcaaa26baed5672		f	runbook	2026-11-30 20:39:17.049144+00	\N	\N	\N	1	\N	\N
2872384212	23	2026-07-03 20:22:25.339+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c		f	Search checklist 9	2026-11-30 20:39:17.049144+00	\N	\N	\N	1	\N	\N
3616446122	1	2026-05-03 22:06:26.324+00	70121:508f62fe-a3f8-4974-907b-8d606f31ef70		f	Recruiting review 10	2026-11-30 20:39:17.049144+00	\N	\N	\N	1	\N	\N
213821606	32	2026-11-20 09:00:01+00	a91638230dcaaa26baed5672	Reviewed, and "approved"	f	Another title	2026-11-30 20:39:17.287822+00	2026-11-30 20:39:17.049144+00	\N	\N	3	\N	\N
2167133920	11	2026-11-20 09:00:02+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	Reviewed, and "approved"	f	Übergabe Travel ß 5	2026-11-30 20:39:17.402262+00	2026-11-30 20:39:17.287822+00	\N	\N	4	\N	\N
959299150	25	2025-09-27 13:35:00.338+00	erased-3	Reviewed, and "approved"	f	Customer support proposal 1	2026-11-30 20:39:17.049144+00	\N	\N	\N	1	\N	\N
1397012252	20	2026-10-19 09:24:57.838+00	erased-3	Reviewed, and "approved"	f	Runbook	2026-11-30 20:39:17.049144+00	\N	\N	\N	1	\N	\N
2641490756	1	2024-09-14 01:00:28.252+00	erased-3		f	Travel inventory 7	2026-11-30 20:39:17.049144+00	\N	\N	\N	1	\N	\N
\.



COPY acme.pages_history (id, space_id, title, status, subtype, parent_id, parent_type, "position", author_id, owner_id, last_owner_id, template_id, created_at, version_number, modified_at, version_author_id, version_message, version_minor_edit, web_url, edit_url, tiny_url, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
2324793192	107220	Data warehouse proposal 6	current	\N	1397012252	page	4854	a91638230dcaaa26baed5672	a91638230dcaaa26baed5672	\N	5000000000	2024-03-04 13:56:22.01+00	20	2026-07-12 17:37:14.633+00	a91638230dcaaa26baed5672		f	https://acme.atlassian.net/wiki/spaces/ENG0/pages/2324793192/Data+warehouse+proposal+6	https://acme.atlassian.net/wiki/pages/resumedraft.action?draftId=2324793192	https://acme.atlassian.net/wiki/x/8A918768	2026-11-30 20:39:17.008416+00	\N	\N	\N	1	\N	\N
2737941596	135808	runbook	current	\N	3000000001	folder	3044	a91638230dcaaa26baed5672	a91638230dcaaa26baed5672	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	\N	2025-04-11 18:51:35.77+00	13	2026-07-30 05:58:59.512+00	a91638230dcaaa26baed5672		f	https://acme.atlassian.net/wiki/spaces/~7120208f99c15a0001/pages/2737941596/runbook	https://acme.atlassian.net/wiki/pages/resumedraft.action?draftId=2737941596	https://acme.atlassian.net/wiki/x/A331AC5C	2026-11-30 20:39:17.008416+00	\N	\N	\N	1	\N	\N
2872384212	135808	Search checklist 9	current	page	213821606	page	1663	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	\N	5000000000	2025-11-05 11:37:33.164+00	23	2026-07-03 20:22:25.339+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c		f	https://acme.atlassian.net/wiki/spaces/~7120208f99c15a0001/pages/2872384212/Search+checklist+9	https://acme.atlassian.net/wiki/pages/resumedraft.action?draftId=2872384212	https://acme.atlassian.net/wiki/x/AB351AD4	2026-11-30 20:39:17.008416+00	\N	\N	\N	1	\N	\N
3616446122	107220	Recruiting review 10	current	page	2324793192	page	4158	70121:508f62fe-a3f8-4974-907b-8d606f31ef70	70121:508f62fe-a3f8-4974-907b-8d606f31ef70	\N	\N	2026-05-03 22:06:26.324+00	1	2026-05-03 22:06:26.324+00	70121:508f62fe-a3f8-4974-907b-8d606f31ef70		f	https://acme.atlassian.net/wiki/spaces/ENG0/pages/3616446122/Recruiting+review+10	https://acme.atlassian.net/wiki/pages/resumedraft.action?draftId=3616446122	https://acme.atlassian.net/wiki/x/D78E96AA	2026-11-30 20:39:17.008416+00	\N	\N	\N	1	\N	\N
213821606	135808	Kubernetes inventory 0	current	\N	\N	\N	\N	a91638230dcaaa26baed5672	a91638230dcaaa26baed5672	\N	\N	2020-11-06 18:34:54.043+00	31	2024-12-01 20:36:31.838+00	a91638230dcaaa26baed5672	Reviewed, and "approved"	f	https://acme.atlassian.net/wiki/spaces/~7120208f99c15a0001/overview	https://acme.atlassian.net/wiki/pages/resumedraft.action?draftId=213821606	https://acme.atlassian.net/wiki/x/CBEA8A6	2026-11-30 20:39:17.008416+00	\N	2026-11-30 20:39:17.244088+00	2026-11-30 20:39:17.008416+00	1	3	changed
213821606	135808	Another title	current	\N	\N	\N	\N	a91638230dcaaa26baed5672	a91638230dcaaa26baed5672	\N	\N	2020-11-06 18:34:54.043+00	32	2026-11-20 09:00:01+00	a91638230dcaaa26baed5672	Reviewed, and "approved"	f	https://acme.atlassian.net/wiki/spaces/~7120208f99c15a0001/overview	https://acme.atlassian.net/wiki/pages/resumedraft.action?draftId=213821606	https://acme.atlassian.net/wiki/x/CBEA8A6	2026-11-30 20:39:17.244088+00	2026-11-30 20:39:17.008416+00	\N	\N	3	\N	\N
2167133920	107220	Übergabe Travel ß 5	current	live	1397012252	page	1243	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	\N	\N	2023-09-02 08:33:58.756+00	10	2024-08-11 05:27:07.489+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c		f	https://acme.atlassian.net/wiki/spaces/ENG0/pages/2167133920/%C3%9Cbergabe+Travel+%C3%9F+5	https://acme.atlassian.net/wiki/pages/resumedraft.action?draftId=2167133920	https://acme.atlassian.net/wiki/x/812BD6E0	2026-11-30 20:39:17.008416+00	\N	2026-11-30 20:39:17.38529+00	2026-11-30 20:39:17.244088+00	1	4	changed
2167133920	107220	Übergabe Travel ß 5	current	live	1397012252	page	1243	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	\N	\N	2023-09-02 08:33:58.756+00	11	2026-11-20 09:00:02+00	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	Reviewed, and "approved"	f	https://acme.atlassian.net/wiki/spaces/ENG0/pages/2167133920/%C3%9Cbergabe+Travel+%C3%9F+5	https://acme.atlassian.net/wiki/pages/resumedraft.action?draftId=2167133920	https://acme.atlassian.net/wiki/x/812BD6E0	2026-11-30 20:39:17.38529+00	2026-11-30 20:39:17.244088+00	\N	\N	4	\N	\N
1397012252	107220	Runbook	current	\N	\N	\N	\N	a91638230dcaaa26baed5672	a91638230dcaaa26baed5672	\N	\N	2023-02-14 10:58:23.255+00	20	2026-10-19 09:24:57.838+00	erased-3	Reviewed, and "approved"	f	https://acme.atlassian.net/wiki/spaces/ENG0/pages/1397012252/Runbook	https://acme.atlassian.net/wiki/pages/resumedraft.action?draftId=1397012252	https://acme.atlassian.net/wiki/x/5344B71C	2026-11-30 20:39:17.008416+00	\N	\N	\N	1	\N	\N
2641490756	107220	Travel inventory 7	current	\N	959299150	page	3972	erased-3	erased-3	\N	\N	2024-09-14 01:00:28.252+00	1	2024-09-14 01:00:28.252+00	erased-3		f	https://acme.atlassian.net/wiki/spaces/ENG0/pages/2641490756/Travel+inventory+7	https://acme.atlassian.net/wiki/pages/resumedraft.action?draftId=2641490756	https://acme.atlassian.net/wiki/x/9D71F344	2026-11-30 20:39:17.008416+00	\N	\N	\N	1	\N	\N
959299150	107220	Customer support proposal 1	current	page	\N	\N	\N	erased-3	erased-3	\N	5000000000	2021-06-09 16:31:45.832+00	25	2025-09-27 13:35:00.338+00	erased-3	Reviewed, and "approved"	f	https://acme.atlassian.net/wiki/spaces/ENG0/overview	https://acme.atlassian.net/wiki/pages/resumedraft.action?draftId=959299150	https://acme.atlassian.net/wiki/x/392DBE4E	2026-11-30 20:39:17.008416+00	\N	2026-11-30 20:39:17.244088+00	2026-11-30 20:39:17.008416+00	1	3	trashed
\.



COPY acme.permissions_history (id, space_id, principal_type, principal_id, operation_key, operation_target_type, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
7798810	107220	user	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	delete	page	2026-11-30 20:39:16.976818+00	\N	\N	\N	1	\N	\N
7798816	107220	user	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	create	page	2026-11-30 20:39:16.976818+00	\N	\N	\N	1	\N	\N
7798821	135808	group	642c89c0-a66c-4f69-833a-639b6136506b	read	space	2026-11-30 20:39:16.976818+00	\N	\N	\N	1	\N	\N
7798833	135808	group	7261cc77-f5dd-4d70-a14d-470327c7e5a4	archive	page	2026-11-30 20:39:16.976818+00	\N	\N	\N	1	\N	\N
7798842	135808	user	70121:508f62fe-a3f8-4974-907b-8d606f31ef70	create	blogpost	2026-11-30 20:39:16.976818+00	\N	\N	\N	1	\N	\N
7798803	107220	group	642c89c0-a66c-4f69-833a-639b6136506b	read	space	2026-11-30 20:39:16.976818+00	\N	2026-11-30 20:39:17.209879+00	2026-11-30 20:39:16.976818+00	1	3	removed
7798809	107220	user	erased-3	read	space	2026-11-30 20:39:16.976818+00	\N	\N	\N	1	\N	\N
7798830	135808	user	erased-3	read	space	2026-11-30 20:39:16.976818+00	\N	\N	\N	1	\N	\N
\.



COPY acme.product_groups_history (access_type, id, name, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
admin	841532e6-31de-4e29-8e7a-db74b2282d1b	confluence-admins-acme	2026-11-30 20:39:16.941622+00	\N	\N	\N	1	\N	\N
site-admin	c9208ff3-9efb-47b1-921d-ced742a5a090	org-admins	2026-11-30 20:39:16.941622+00	\N	\N	\N	1	\N	\N
site-admin	df787e88-f4dd-4371-8ff4-ba9f6496552c	site-admins	2026-11-30 20:39:16.941622+00	\N	\N	\N	1	\N	\N
user	2176de51-cdf2-4ca4-ae15-632b36f0cca2	confluence-guests-acme	2026-11-30 20:39:16.941622+00	\N	\N	\N	1	\N	\N
user	642c89c0-a66c-4f69-833a-639b6136506b	confluence-users-acme	2026-11-30 20:39:16.941622+00	\N	\N	\N	1	\N	\N
\.



COPY acme.product_users_history (permission_type, account_id, display_name, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
externalCollaborator	70121:508f62fe-a3f8-4974-907b-8d606f31ef70	Mária Haddad	2026-11-30 20:39:16.957581+00	\N	\N	\N	1	\N	\N
none	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	Chloé Petrova	2026-11-30 20:39:16.957581+00	\N	\N	\N	1	\N	\N
none	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	Compliance reader	2026-11-30 20:39:16.957581+00	\N	\N	\N	1	\N	\N
none	a91638230dcaaa26baed5672	Søren Ünal	2026-11-30 20:39:16.957581+00	\N	\N	\N	1	\N	\N
none	erased-3	\N	2026-11-30 20:39:16.957581+00	\N	\N	\N	1	\N	\N
\.



COPY acme.reports (name, number, question, parameters, controls) FROM stdin;
space_admins	4	Who administers each space, by which path, since when, and when were they last active?	space bigint DEFAULT NULL::bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.1","SOC 2 CC6.3","ISO 27001 A.8.2","PCI DSS 7.2.4"}
content_access	1	Who can view or edit a content, and by which path?	content bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.1","SOC 2 CC6.3","ISO 27001 A.5.15","ISO 27001 A.5.18"}
space_access	2	Who can view, edit or administer a space, and by which path?	space bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.1","SOC 2 CC6.3","ISO 27001 A.5.15","PCI DSS 7.2.4"}
person_access	3	What does one person reach, and by which path?	account text, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.2","SOC 2 CC6.3","ISO 27001 A.5.18"}
effective_space_access_as_of	\N	Who can view, edit or administer which space?	as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.1","SOC 2 CC6.3","ISO 27001 A.5.18","PCI DSS 7.2.4"}
app_access	12	Which apps are granted what, in which spaces?	as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.1","PCI DSS 7.2.5.1"}
content_changes	15	What was changed in a period, by whom, and was it approved?	"from" timestamp with time zone, "to" timestamp with time zone, space bigint DEFAULT NULL::bigint, approved_label text DEFAULT NULL::text, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC8.1","ISO 27001 A.8.32"}
content_removed	16	What was trashed, purged, or is not seen any more, since when, and who did it?	"from" timestamp with time zone, "to" timestamp with time zone, space bigint DEFAULT NULL::bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC8.1","ISO 27001 A.8.32"}
coverage	20	What could not be seen, and what can nobody know?	as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.1","PCAOB AS 1105.10"}
leaver_ownership	18	Which spaces and contents belong to people who have left?	as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.2","ISO 27001 A.5.18"}
dormant_grants	8	What is still given to accounts that are deactivated, closed, or unknown?	as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.2","SOC 2 CC6.3","ISO 27001 A.5.18","PCI DSS 7.2.4"}
external_access	6	What do guests, customers and people of other organisations reach?	internal_domains text[] DEFAULT '{}'::text[], as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.1","SOC 2 CC6.3","ISO 27001 A.5.18"}
group_changes	14	Who joined and who left which group in a period, and who did it?	"from" timestamp with time zone, "to" timestamp with time zone, groups text[] DEFAULT NULL::text[], as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.2","SOC 2 CC6.3","ISO 27001 A.5.18"}
group_space_matrix	5	Which group may do what in which space, and how many people is that?	as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.1","SOC 2 CC6.3","ISO 27001 A.5.15","PCI DSS 7.2.4"}
open_spaces	7	Which spaces are open to everybody, to whoever signs in, or to all who are licensed?	as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.1","ISO 27001 A.5.15"}
orphaned_spaces	9	Which spaces have no active administrator, or an owner who has left?	as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.3","ISO 27001 A.5.18"}
restricted_content	11	Which contents are restricted, to whom, and are there any that nobody reaches?	space bigint DEFAULT NULL::bigint, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.1","ISO 27001 A.5.15"}
access_changes	13	Who gained or lost access in a period, to what, by what, and who did it?	"from" timestamp with time zone, "to" timestamp with time zone, as_of timestamp with time zone DEFAULT NULL::timestamp with time zone	{"SOC 2 CC6.2","SOC 2 CC6.3","ISO 27001 A.5.18"}
\.



COPY acme.run_steps (run_id, step, requests, retries, rows_read, rows_opened, rows_changed, rows_ended, expected, is_reconciled, is_complete, why_not, started_at, finished_at, read_at, detail) FROM stdin;
1	emails	0	0	5	5	0	0	\N	\N	t	\N	2026-11-30 20:39:17.060311+00	2026-11-30 20:39:17.062529+00	2026-11-30 20:39:17.060311+00	{"requests": {}}
1	groups	1	0	12	12	0	0	\N	\N	t	\N	2026-11-30 20:39:16.939589+00	2026-11-30 20:39:16.95712+00	2026-11-30 20:39:16.939589+00	{"requests": {"GET /wiki/rest/api/group?limit=200": 1}}
1	product_groups	3	0	5	5	0	0	\N	\N	t	\N	2026-11-30 20:39:16.941622+00	2026-11-30 20:39:16.957369+00	2026-11-30 20:39:16.941622+00	{"requests": {"GET /wiki/rest/api/group?accessType={access_type}&limit=200": 3}}
1	product_users	2	0	5	5	0	0	\N	\N	t	\N	2026-11-30 20:39:16.957581+00	2026-11-30 20:39:16.975908+00	2026-11-30 20:39:16.957581+00	{"requests": {"GET /wiki/rest/api/search?sitePermissionTypeFilter={permission_type}&cql=type%20%3D%20user&limit=250": 2}}
1	group_members	12	0	11	11	0	0	\N	\N	t	\N	2026-11-30 20:39:16.95936+00	2026-11-30 20:39:16.976262+00	2026-11-30 20:39:16.95936+00	{"requests": {"GET /wiki/rest/api/group/{group_id}/membersByGroupId?limit=200": 12}}
1	spaces	1	0	2	2	0	0	\N	\N	t	\N	2026-11-30 20:39:16.943206+00	2026-11-30 20:39:16.976613+00	2026-11-30 20:39:16.943206+00	{"requests": {"GET /wiki/api/v2/spaces?description-format=plain&limit=250": 1}}
1	permissions	2	0	8	8	0	0	\N	\N	t	\N	2026-11-30 20:39:16.976818+00	2026-11-30 20:39:17.002873+00	2026-11-30 20:39:16.976818+00	{"requests": {"GET /wiki/api/v2/spaces/{space_id}/permissions?limit=250": 2}}
1	space_roles	1	0	5	5	0	0	\N	\N	t	\N	2026-11-30 20:39:16.944817+00	2026-11-30 20:39:17.003256+00	2026-11-30 20:39:16.944817+00	{"requests": {"GET /wiki/api/v2/space-roles?limit=250": 1}}
1	space_role_assignments	2	0	8	8	0	0	\N	\N	t	\N	2026-11-30 20:39:17.003434+00	2026-11-30 20:39:17.008273+00	2026-11-30 20:39:17.003434+00	{"requests": {"GET /wiki/api/v2/spaces/{space_id}/role-assignments?limit=250": 2}}
1	pages	1	0	9	9	0	0	\N	\N	t	\N	2026-11-30 20:39:17.008416+00	2026-11-30 20:39:17.014091+00	2026-11-30 20:39:17.008416+00	{"requests": {"GET /wiki/api/v2/pages?space-id={space_id}&limit=250": 1}}
1	blogposts	1	0	1	1	0	0	\N	\N	t	\N	2026-11-30 20:39:16.978843+00	2026-11-30 20:39:17.01439+00	2026-11-30 20:39:16.978843+00	{"requests": {"GET /wiki/api/v2/blogposts?limit=250": 1}}
1	folders	2	0	1	1	0	0	\N	\N	t	\N	2026-11-30 20:39:16.980457+00	2026-11-30 20:39:17.020614+00	2026-11-30 20:39:16.980457+00	{"requests": {"GET /wiki/api/v2/folders/{id}": 1, "GET /wiki/rest/api/content/search?cql=type%20%3D%20folder&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1}}
1	whiteboards	1	0	0	0	0	0	\N	\N	t	\N	2026-11-30 20:39:16.982113+00	2026-11-30 20:39:17.024111+00	2026-11-30 20:39:16.982114+00	{"requests": {"GET /wiki/rest/api/content/search?cql=type%20%3D%20whiteboard&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1}}
1	databases	1	0	0	0	0	0	\N	\N	t	\N	2026-11-30 20:39:16.983693+00	2026-11-30 20:39:17.027576+00	2026-11-30 20:39:16.983693+00	{"requests": {"GET /wiki/rest/api/content/search?cql=type%20%3D%20database&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1}}
1	smart_links	1	0	0	0	0	0	\N	\N	t	\N	2026-11-30 20:39:16.98534+00	2026-11-30 20:39:17.030946+00	2026-11-30 20:39:16.98534+00	{"requests": {"GET /wiki/rest/api/content/search?cql=type%20%3D%20embed&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1}}
3	smart_links	1	0	0	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.217957+00	2026-11-30 20:39:17.2678+00	2026-11-30 20:39:17.217958+00	{"requests": {"GET /wiki/rest/api/content/search?cql=type%20%3D%20embed&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1}}
3	blogpost_versions	0	0	0	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.290587+00	2026-11-30 20:39:17.292734+00	2026-11-30 20:39:17.290587+00	{"requests": {}}
3	product_access	0	0	4	\N	\N	\N	4	t	t	\N	2026-11-30 20:39:17.321382+00	2026-11-30 20:39:17.321382+00	2026-11-30 20:39:17.321382+00	\N
1	content_restrictions	3	0	0	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.031116+00	2026-11-30 20:39:17.044029+00	2026-11-30 20:39:17.031116+00	{"requests": {"GET /wiki/rest/api/content/{content_id}/restriction?expand=restrictions.user,restrictions.group&limit=100": 2, "GET /wiki/rest/api/content/search?cql=id%20in%20%28{page_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200": 0, "GET /wiki/rest/api/content/search?cql=id%20in%20%28{content_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200": 1}}
1	users	1	0	5	5	0	0	\N	\N	t	\N	2026-11-30 20:39:17.044216+00	2026-11-30 20:39:17.048944+00	2026-11-30 20:39:17.044216+00	{"requests": {"POST /wiki/api/v2/users-bulk {\\"accountIds\\":{account_id}}": 1}}
1	page_versions	0	0	9	9	0	0	\N	\N	t	\N	2026-11-30 20:39:17.049144+00	2026-11-30 20:39:17.051711+00	2026-11-30 20:39:17.049144+00	{"requests": {}}
1	blogpost_versions	0	0	1	1	0	0	\N	\N	t	\N	2026-11-30 20:39:17.051858+00	2026-11-30 20:39:17.05427+00	2026-11-30 20:39:17.051858+00	{"requests": {}}
1	page_labels	0	0	11	11	0	0	\N	\N	t	\N	2026-11-30 20:39:17.031116+00	2026-11-30 20:39:17.054556+00	2026-11-30 20:39:17.031116+00	{"note": "read with content_restrictions"}
1	audit_log	1	0	40	40	0	0	\N	\N	t	\N	2026-11-30 20:39:17.054742+00	2026-11-30 20:39:17.060128+00	2026-11-30 20:39:17.054743+00	{"requests": {"GET /wiki/rest/api/audit?limit=1000": 1}}
1	tasks	1	0	0	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.062701+00	2026-11-30 20:39:17.067426+00	2026-11-30 20:39:17.062701+00	{"requests": {"GET /wiki/api/v2/tasks?limit=250": 1}}
1	product_access	0	0	4	\N	\N	\N	4	t	t	\N	2026-11-30 20:39:17.075409+00	2026-11-30 20:39:17.075409+00	2026-11-30 20:39:17.075409+00	\N
2	space_roles	1	0	5	\N	\N	\N	\N	\N	f	\N	2026-11-30 20:39:17.139055+00	\N	2026-11-30 20:39:17.139055+00	{"requests": {"GET /wiki/api/v2/space-roles?limit=250": 1}}
2	groups	1	0	12	\N	\N	\N	\N	\N	t	\N	2026-11-30 20:39:17.134002+00	2026-11-30 20:39:17.150545+00	2026-11-30 20:39:17.134002+00	{"requests": {"GET /wiki/rest/api/group?limit=200": 1}}
2	product_groups	3	0	5	\N	\N	\N	\N	\N	t	\N	2026-11-30 20:39:17.13595+00	2026-11-30 20:39:17.150838+00	2026-11-30 20:39:17.13595+00	{"requests": {"GET /wiki/rest/api/group?accessType={access_type}&limit=200": 3}}
2	product_users	2	0	5	\N	\N	\N	\N	\N	t	\N	2026-11-30 20:39:17.15104+00	2026-11-30 20:39:17.16832+00	2026-11-30 20:39:17.15104+00	{"requests": {"GET /wiki/rest/api/search?sitePermissionTypeFilter={permission_type}&cql=type%20%3D%20user&limit=250": 2}}
2	group_members	12	0	11	\N	\N	\N	\N	\N	t	\N	2026-11-30 20:39:17.152885+00	2026-11-30 20:39:17.168644+00	2026-11-30 20:39:17.152885+00	{"requests": {"GET /wiki/rest/api/group/{group_id}/membersByGroupId?limit=200": 12}}
2	spaces	1	0	2	\N	\N	\N	\N	\N	t	\N	2026-11-30 20:39:17.137535+00	2026-11-30 20:39:17.168916+00	2026-11-30 20:39:17.137535+00	{"requests": {"GET /wiki/api/v2/spaces?description-format=plain&limit=250": 1}}
2	permissions	0	0	0	\N	\N	\N	\N	\N	f	\N	2026-11-30 20:39:17.169203+00	\N	2026-11-30 20:39:17.169204+00	\N
2	blogposts	0	0	0	\N	\N	\N	\N	\N	f	\N	2026-11-30 20:39:17.170965+00	\N	2026-11-30 20:39:17.170965+00	\N
2	folders	0	0	0	\N	\N	\N	\N	\N	f	\N	2026-11-30 20:39:17.172526+00	\N	2026-11-30 20:39:17.172526+00	\N
2	whiteboards	0	0	0	\N	\N	\N	\N	\N	f	\N	2026-11-30 20:39:17.174483+00	\N	2026-11-30 20:39:17.174483+00	\N
2	databases	0	0	0	\N	\N	\N	\N	\N	f	\N	2026-11-30 20:39:17.176275+00	\N	2026-11-30 20:39:17.176275+00	\N
2	smart_links	0	0	0	\N	\N	\N	\N	\N	f	\N	2026-11-30 20:39:17.177935+00	\N	2026-11-30 20:39:17.177935+00	\N
3	groups	1	0	12	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.134002+00	2026-11-30 20:39:17.150545+00	2026-11-30 20:39:17.134002+00	{"requests": {"GET /wiki/rest/api/group?limit=200": 1}}
3	product_groups	3	0	5	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.13595+00	2026-11-30 20:39:17.150838+00	2026-11-30 20:39:17.13595+00	{"requests": {"GET /wiki/rest/api/group?accessType={access_type}&limit=200": 3}}
3	product_users	2	0	5	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.15104+00	2026-11-30 20:39:17.16832+00	2026-11-30 20:39:17.15104+00	{"requests": {"GET /wiki/rest/api/search?sitePermissionTypeFilter={permission_type}&cql=type%20%3D%20user&limit=250": 2}}
3	group_members	12	0	11	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.152885+00	2026-11-30 20:39:17.168644+00	2026-11-30 20:39:17.152885+00	{"requests": {"GET /wiki/rest/api/group/{group_id}/membersByGroupId?limit=200": 12}}
3	spaces	1	0	2	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.137535+00	2026-11-30 20:39:17.168916+00	2026-11-30 20:39:17.137535+00	{"requests": {"GET /wiki/api/v2/spaces?description-format=plain&limit=250": 1}}
3	permissions	2	0	7	0	0	1	\N	\N	t	\N	2026-11-30 20:39:17.209879+00	2026-11-30 20:39:17.234656+00	2026-11-30 20:39:17.209879+00	{"requests": {"GET /wiki/api/v2/spaces/{space_id}/permissions?limit=250": 2}}
3	space_roles	1	0	5	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.207827+00	2026-11-30 20:39:17.237044+00	2026-11-30 20:39:17.207827+00	{"requests": {"GET /wiki/api/v2/space-roles?limit=250": 1}}
3	space_role_assignments	2	0	7	0	0	1	\N	\N	t	\N	2026-11-30 20:39:17.237237+00	2026-11-30 20:39:17.243905+00	2026-11-30 20:39:17.237237+00	{"requests": {"GET /wiki/api/v2/spaces/{space_id}/role-assignments?limit=250": 2}}
3	pages	3	0	8	0	1	1	\N	\N	t	\N	2026-11-30 20:39:17.244088+00	2026-11-30 20:39:17.250684+00	2026-11-30 20:39:17.244088+00	{"requests": {"GET /wiki/api/v2/pages?id={id}&limit=250": 1, "GET /wiki/api/v2/pages?space-id={space_id}&limit=250": 1, "GET /wiki/api/v2/pages?id={id}&status={status}&limit=250": 1}}
3	blogposts	1	0	1	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.211544+00	2026-11-30 20:39:17.251004+00	2026-11-30 20:39:17.211544+00	{"requests": {"GET /wiki/api/v2/blogposts?limit=250": 1}}
3	folders	2	0	1	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.213132+00	2026-11-30 20:39:17.257368+00	2026-11-30 20:39:17.213132+00	{"requests": {"GET /wiki/api/v2/folders/{id}": 1, "GET /wiki/rest/api/content/search?cql=type%20%3D%20folder&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1}}
3	whiteboards	1	0	0	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.214683+00	2026-11-30 20:39:17.260881+00	2026-11-30 20:39:17.214683+00	{"requests": {"GET /wiki/rest/api/content/search?cql=type%20%3D%20whiteboard&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1}}
3	users	1	0	5	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.28187+00	2026-11-30 20:39:17.287645+00	2026-11-30 20:39:17.28187+00	{"requests": {"POST /wiki/api/v2/users-bulk {\\"accountIds\\":{account_id}}": 1}}
3	databases	1	0	0	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.216332+00	2026-11-30 20:39:17.264318+00	2026-11-30 20:39:17.216332+00	{"requests": {"GET /wiki/rest/api/content/search?cql=type%20%3D%20database&cqlcontext=%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D&expand=space,ancestors,version,history.ownedBy&limit=200": 1}}
3	content_restrictions	3	0	1	1	0	0	\N	\N	t	\N	2026-11-30 20:39:17.267974+00	2026-11-30 20:39:17.281685+00	2026-11-30 20:39:17.267974+00	{"requests": {"GET /wiki/rest/api/content/{content_id}/restriction?expand=restrictions.user,restrictions.group&limit=100": 2, "GET /wiki/rest/api/content/search?cql=id%20in%20%28{page_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200": 0, "GET /wiki/rest/api/content/search?cql=id%20in%20%28{content_id}%29&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group,restrictions.update.restrictions.user,restrictions.update.restrictions.group,metadata.labels&limit=200": 1}}
3	page_versions	0	0	1	1	0	0	\N	\N	t	\N	2026-11-30 20:39:17.287822+00	2026-11-30 20:39:17.290413+00	2026-11-30 20:39:17.287822+00	{"requests": {}}
3	page_labels	0	0	11	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.267974+00	2026-11-30 20:39:17.293057+00	2026-11-30 20:39:17.267974+00	{"note": "read with content_restrictions"}
3	audit_log	1	0	0	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.293214+00	2026-11-30 20:39:17.29852+00	2026-11-30 20:39:17.293214+00	{"requests": {"GET /wiki/rest/api/audit?startDate=1796069357054&limit=1000": 1}}
3	emails	0	0	5	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.298667+00	2026-11-30 20:39:17.300896+00	2026-11-30 20:39:17.298667+00	{"requests": {}}
3	tasks	1	0	0	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.301118+00	2026-11-30 20:39:17.305902+00	2026-11-30 20:39:17.301118+00	{"requests": {"GET /wiki/api/v2/tasks?limit=250": 1}}
4	groups	1	0	12	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.36856+00	2026-11-30 20:39:17.384167+00	2026-11-30 20:39:17.36856+00	{"requests": {"GET /wiki/rest/api/group?limit=200": 1}}
4	product_groups	3	0	5	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.370491+00	2026-11-30 20:39:17.384408+00	2026-11-30 20:39:17.370491+00	{"requests": {"GET /wiki/rest/api/group?accessType={access_type}&limit=200": 3}}
4	spaces	1	0	2	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.372105+00	2026-11-30 20:39:17.384674+00	2026-11-30 20:39:17.372106+00	{"requests": {"GET /wiki/api/v2/spaces?description-format=plain&limit=250": 1}}
4	space_roles	1	0	5	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.37382+00	2026-11-30 20:39:17.385114+00	2026-11-30 20:39:17.37382+00	{"requests": {"GET /wiki/api/v2/space-roles?limit=250": 1}}
4	pages	1	0	2	0	1	0	\N	\N	t	\N	2026-11-30 20:39:17.38529+00	2026-11-30 20:39:17.390854+00	2026-11-30 20:39:17.38529+00	{"requests": {"GET /wiki/api/v2/pages?sort=-modified-date&limit=250": 1}}
4	blogposts	1	0	1	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.391038+00	2026-11-30 20:39:17.396158+00	2026-11-30 20:39:17.391038+00	{"requests": {"GET /wiki/api/v2/blogposts?sort=-modified-date&limit=250": 1}}
4	users	1	0	5	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.396335+00	2026-11-30 20:39:17.402089+00	2026-11-30 20:39:17.396335+00	{"requests": {"POST /wiki/api/v2/users-bulk {\\"accountIds\\":{account_id}}": 1}}
4	page_versions	0	0	1	1	0	0	\N	\N	t	\N	2026-11-30 20:39:17.402262+00	2026-11-30 20:39:17.404576+00	2026-11-30 20:39:17.402262+00	{"requests": {}}
4	blogpost_versions	0	0	0	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.404751+00	2026-11-30 20:39:17.407026+00	2026-11-30 20:39:17.404751+00	{"requests": {}}
4	audit_log	1	0	0	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.407161+00	2026-11-30 20:39:17.411975+00	2026-11-30 20:39:17.407161+00	{"requests": {"GET /wiki/rest/api/audit?startDate=1796069357293&limit=1000": 1}}
4	emails	0	0	5	0	0	0	\N	\N	t	\N	2026-11-30 20:39:17.412112+00	2026-11-30 20:39:17.414303+00	2026-11-30 20:39:17.412112+00	{"requests": {}}
\.



COPY acme.runs (id, mode, status, started_at, finished_at, published_at, db_user, session_user_name, client_address, server, base_url, cloud_id, api_account_id, role_mode, admin_key, product_version, server_started_at, requests, drift, previous_run, accepts_run, resumes_run, failed_step, sqlstate, message, head_sha256) FROM stdin;
1	full	complete	2026-11-30 20:39:16.902437+00	2026-11-30 20:39:17.119824+00	2026-11-30 20:39:17.119824+00	postgres	postgres	\N	site	https://acme.atlassian.net/wiki	150c3784-27f5-499c-8fa8-15b2e7309e7e	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	ROLES_TRANSITION	f	0.1.0	2026-11-30 20:39:05.825027+00	45	f	\N	\N	\N	\N	\N	\N	\N
2	full	failed	2026-11-30 20:39:17.12112+00	2026-11-30 20:39:17.193367+00	\N	postgres	postgres	\N	site	https://acme.atlassian.net/wiki	150c3784-27f5-499c-8fa8-15b2e7309e7e	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	ROLES_TRANSITION	f	0.1.0	2026-11-30 20:39:05.825027+00	31	\N	1	\N	\N	permissions	HV000	the request was refused before it reached Confluence's API, with status 400	\N
3	full	complete	2026-11-30 20:39:17.19514+00	2026-11-30 20:39:17.354952+00	2026-11-30 20:39:17.354952+00	postgres	postgres	\N	site	https://acme.atlassian.net/wiki	150c3784-27f5-499c-8fa8-15b2e7309e7e	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	ROLES_TRANSITION	f	0.1.0	2026-11-30 20:39:05.825027+00	26	f	1	\N	2	\N	\N	\N	\N
4	changes	complete	2026-11-30 20:39:17.356064+00	2026-11-30 20:39:17.422782+00	2026-11-30 20:39:17.422782+00	postgres	postgres	\N	site	https://acme.atlassian.net/wiki	150c3784-27f5-499c-8fa8-15b2e7309e7e	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	ROLES_TRANSITION	f	0.1.0	2026-11-30 20:39:05.825027+00	14	\N	3	\N	\N	\N	\N	\N	\N
\.



COPY acme.smart_links_history (id, space_id, title, status, parent_id, parent_type, "position", author_id, owner_id, created_at, version_number, modified_at, version_author_id, version_message, version_minor_edit, embed_url, web_url, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
\.



COPY acme.space_role_assignments_history (space_id, principal_type, principal_id, role_id, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
107220	USER	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	1b387b75-9ad0-4ee3-b826-71bfc2cda1dd	2026-11-30 20:39:17.003434+00	\N	\N	\N	1	\N	\N
107220	USER	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	1b387b75-9ad0-4ee3-b826-71bfc2cda1dd	2026-11-30 20:39:17.003434+00	\N	\N	\N	1	\N	\N
135808	GROUP	642c89c0-a66c-4f69-833a-639b6136506b	e4d65766-bbb0-4b85-bfe4-2fd0e1750839	2026-11-30 20:39:17.003434+00	\N	\N	\N	1	\N	\N
135808	GROUP	7261cc77-f5dd-4d70-a14d-470327c7e5a4	1b387b75-9ad0-4ee3-b826-71bfc2cda1dd	2026-11-30 20:39:17.003434+00	\N	\N	\N	1	\N	\N
135808	USER	70121:508f62fe-a3f8-4974-907b-8d606f31ef70	1b387b75-9ad0-4ee3-b826-71bfc2cda1dd	2026-11-30 20:39:17.003434+00	\N	\N	\N	1	\N	\N
107220	GROUP	642c89c0-a66c-4f69-833a-639b6136506b	e4d65766-bbb0-4b85-bfe4-2fd0e1750839	2026-11-30 20:39:17.003434+00	\N	2026-11-30 20:39:17.237237+00	2026-11-30 20:39:17.003434+00	1	3	removed
107220	USER	erased-3	e4d65766-bbb0-4b85-bfe4-2fd0e1750839	2026-11-30 20:39:17.003434+00	\N	\N	\N	1	\N	\N
135808	USER	erased-3	e4d65766-bbb0-4b85-bfe4-2fd0e1750839	2026-11-30 20:39:17.003434+00	\N	\N	\N	1	\N	\N
\.



COPY acme.space_roles_history (id, type, name, description, space_permissions, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
1b387b75-9ad0-4ee3-b826-71bfc2cda1dd	SYSTEM	Collaborator	Writes in the space	["read/space", "create/page", "create/blogpost", "create/comment", "create/attachment", "create/whiteboard", "create/database", "create/embed", "create/folder", "archive/page"]	2026-11-30 20:39:16.944817+00	\N	\N	\N	1	\N	\N
3878675d-bf67-418f-b8e5-b3fc97df6404	CUSTOM	Auditor	Reads in the space & takes copies with them	["read/space", "export/space"]	2026-11-30 20:39:16.944817+00	\N	\N	\N	1	\N	\N
e4d65766-bbb0-4b85-bfe4-2fd0e1750839	SYSTEM	Viewer	Reads in the space	["read/space"]	2026-11-30 20:39:16.944817+00	\N	\N	\N	1	\N	\N
3be69c4a-13da-4867-bcbd-a951b574efe5	SYSTEM	Manager	Runs the space but for its settings	["read/space", "create/page", "create/blogpost", "create/comment", "create/attachment", "create/whiteboard", "create/database", "create/embed", "create/folder", "delete/page", "delete/blogpost", "delete/comment", "delete/attachment", "delete/whiteboard", "delete/database", "delete/embed", "delete/folder", "archive/page", "restrict_content/space", "purge_version/page", "export/space", "manage_users/space", "manage_guest_users/space"]	2026-11-30 20:39:16.944817+00	\N	\N	\N	1	\N	\N
736cc158-976d-4e0e-b9d8-fd3a409f474b	SYSTEM	Admin	Runs the space	["read/space", "create/page", "create/blogpost", "create/comment", "create/attachment", "create/whiteboard", "create/database", "create/embed", "create/folder", "delete/page", "delete/blogpost", "delete/comment", "delete/attachment", "delete/whiteboard", "delete/database", "delete/embed", "delete/folder", "archive/page", "restrict_content/space", "purge_version/page", "export/space", "manage_users/space", "manage_guest_users/space", "administer/space", "archive_space/space", "delete/space"]	2026-11-30 20:39:16.944817+00	\N	\N	\N	1	\N	\N
\.



COPY acme.spaces_history (id, key, name, type, status, author_id, owner_id, created_at, homepage_id, description, current_active_alias, web_url, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
107220	ENG0	Security & Compliance 0	global	current	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	2020-10-15 04:21:46.723+00	959299150	What Security & Compliance 0 writes down & keeps	ENG0	https://acme.atlassian.net/wiki/spaces/ENG0	2026-11-30 20:39:16.943206+00	\N	\N	\N	1	\N	\N
135808	~7120208f99c15a0001	Søren Ünal	personal	current	a91638230dcaaa26baed5672	a91638230dcaaa26baed5672	2020-03-24 05:32:45.234+00	213821606	What Søren Ünal writes down & keeps	~7120208f99c15a0001	https://acme.atlassian.net/wiki/spaces/~7120208f99c15a0001	2026-11-30 20:39:16.943206+00	\N	\N	\N	1	\N	\N
\.



COPY acme.tasks_history (id, local_id, space_id, page_id, blogpost_id, status, created_by, assigned_to, completed_by, created_at, updated_at, due_at, completed_at, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
\.



COPY acme.users_history (account_id, account_type, account_status, email, public_name, display_name, time_zone, personal_space_id, is_external_collaborator, profile_picture_path, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
70121:508f62fe-a3f8-4974-907b-8d606f31ef70	atlassian	active	user3@example.com	user3	Mária Haddad	\N	\N	t	/wiki/aa-avatar/default	2026-11-30 20:39:17.044216+00	\N	\N	\N	1	\N	\N
70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c	atlassian	active	user4@example.com	user4	Chloé Petrova	\N	\N	f	/wiki/aa-avatar/default	2026-11-30 20:39:17.044216+00	\N	\N	\N	1	\N	\N
712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f	atlassian	active	svc@example.com	compliance-reader	Compliance reader	\N	\N	f	/wiki/aa-avatar/default	2026-11-30 20:39:17.044216+00	\N	\N	\N	1	\N	\N
a91638230dcaaa26baed5672	atlassian	active	user1@example.com	user1	Søren Ünal	\N	135808	f	/wiki/aa-avatar/default	2026-11-30 20:39:17.044216+00	\N	\N	\N	1	\N	\N
erased-3	atlassian	active	\N	\N	\N	\N	\N	f	\N	2026-11-30 20:39:17.044216+00	\N	\N	\N	1	\N	\N
\.



COPY acme.view_holders (space_id, principal_type, principal_id) FROM stdin;
107220	user	70121:9a4b15da-73de-4c0d-bb43-8d7d8131ca2c
107220	user	712020:e4a882d4-5ef0-49be-8553-c3f2dd6fdb1f
135808	group	642c89c0-a66c-4f69-833a-639b6136506b
135808	group	7261cc77-f5dd-4d70-a14d-470327c7e5a4
135808	user	70121:508f62fe-a3f8-4974-907b-8d606f31ef70
107220	user	erased-3
135808	user	erased-3
\.



COPY acme.view_restrictions (content_id, space_id, above) FROM stdin;
1397012252	107220	\N
\.



COPY acme.whiteboards_history (id, space_id, title, status, parent_id, parent_type, "position", author_id, owner_id, created_at, version_number, modified_at, version_author_id, version_message, version_minor_edit, web_url, edit_url, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) FROM stdin;
\.



SELECT pg_catalog.setval('acme.audiences_audience_id_seq', 6, true);



SELECT pg_catalog.setval('acme.runs_id_seq', 4, true);



ALTER TABLE ONLY acme.account_principals
    ADD CONSTRAINT account_principals_pkey PRIMARY KEY (account_id, principal_type, principal_id);



ALTER TABLE ONLY acme.audiences
    ADD CONSTRAINT audiences_pkey PRIMARY KEY (audience_id);



ALTER TABLE ONLY acme.audiences_run
    ADD CONSTRAINT audiences_run_pkey PRIMARY KEY (is_the_only_row);



ALTER TABLE ONLY acme.audiences
    ADD CONSTRAINT audiences_space_id_view_restricted_by_edit_restricted_by_co_key UNIQUE NULLS NOT DISTINCT (space_id, view_restricted_by, edit_restricted_by, content_type, content_status, gap);



ALTER TABLE ONLY acme.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (record_sha256, ordinal);



ALTER TABLE ONLY acme.blogpost_versions_history
    ADD CONSTRAINT blogpost_versions_history_pkey PRIMARY KEY (blogpost_id, number, run_from);



ALTER TABLE ONLY acme.blogposts_history
    ADD CONSTRAINT blogposts_history_pkey PRIMARY KEY (id, run_from);



ALTER TABLE ONLY acme.content_audience
    ADD CONSTRAINT content_audience_pkey PRIMARY KEY (content_id);



ALTER TABLE ONLY acme.content_gaps
    ADD CONSTRAINT content_gaps_content_id_access_reason_group_id_run_from_key UNIQUE NULLS NOT DISTINCT (content_id, access, reason, group_id, run_from);



ALTER TABLE ONLY acme.content_restrictions_history
    ADD CONSTRAINT content_restrictions_history_pkey PRIMARY KEY (content_id, operation, principal_type, principal_id, run_from);



ALTER TABLE ONLY acme.databases_history
    ADD CONSTRAINT databases_history_pkey PRIMARY KEY (id, run_from);



ALTER TABLE ONLY acme.emails_history
    ADD CONSTRAINT emails_history_pkey PRIMARY KEY (account_id, run_from);



ALTER TABLE ONLY acme.erased_lines
    ADD CONSTRAINT erased_lines_pkey PRIMARY KEY (manifest_id, part, chunk, line);



ALTER TABLE ONLY acme.evidence
    ADD CONSTRAINT evidence_pkey PRIMARY KEY (manifest_id, part, chunk);



ALTER TABLE ONLY acme.folders_history
    ADD CONSTRAINT folders_history_pkey PRIMARY KEY (id, run_from);



ALTER TABLE ONLY acme.found_elsewhere
    ADD CONSTRAINT found_elsewhere_pkey PRIMARY KEY (content_id);



ALTER TABLE ONLY acme.group_members_history
    ADD CONSTRAINT group_members_history_pkey PRIMARY KEY (group_id, account_id, run_from);



ALTER TABLE ONLY acme.groups_history
    ADD CONSTRAINT groups_history_pkey PRIMARY KEY (id, run_from);



ALTER TABLE ONLY acme.manifests
    ADD CONSTRAINT manifests_pkey PRIMARY KEY (id);



ALTER TABLE ONLY acme.manifests
    ADD CONSTRAINT manifests_prev_sha256_key UNIQUE (prev_sha256);



ALTER TABLE ONLY acme.manifests
    ADD CONSTRAINT manifests_sha256_key UNIQUE (sha256);



ALTER TABLE ONLY acme.mirror_objects
    ADD CONSTRAINT mirror_objects_pkey PRIMARY KEY (kind, identity);



ALTER TABLE ONLY acme.mirror
    ADD CONSTRAINT mirror_pkey PRIMARY KEY (is_the_only_row);



ALTER TABLE ONLY acme.new_columns
    ADD CONSTRAINT new_columns_pkey PRIMARY KEY (table_name, column_name);



ALTER TABLE ONLY acme.page_labels_history
    ADD CONSTRAINT page_labels_history_pkey PRIMARY KEY (page_id, label_id, run_from);



ALTER TABLE ONLY acme.page_versions_history
    ADD CONSTRAINT page_versions_history_pkey PRIMARY KEY (page_id, number, run_from);



ALTER TABLE ONLY acme.pages_history
    ADD CONSTRAINT pages_history_pkey PRIMARY KEY (id, run_from);



ALTER TABLE ONLY acme.permissions_history
    ADD CONSTRAINT permissions_history_pkey PRIMARY KEY (id, space_id, run_from);



ALTER TABLE ONLY acme.product_groups_history
    ADD CONSTRAINT product_groups_history_pkey PRIMARY KEY (access_type, id, run_from);



ALTER TABLE ONLY acme.product_users_history
    ADD CONSTRAINT product_users_history_pkey PRIMARY KEY (permission_type, account_id, run_from);



ALTER TABLE ONLY acme.reports
    ADD CONSTRAINT reports_pkey PRIMARY KEY (name);



ALTER TABLE ONLY acme.run_steps
    ADD CONSTRAINT run_steps_pkey PRIMARY KEY (run_id, step);



ALTER TABLE ONLY acme.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (id);



ALTER TABLE ONLY acme.smart_links_history
    ADD CONSTRAINT smart_links_history_pkey PRIMARY KEY (id, run_from);



ALTER TABLE ONLY acme.space_role_assignments_history
    ADD CONSTRAINT space_role_assignments_history_pkey PRIMARY KEY (space_id, principal_type, principal_id, role_id, run_from);



ALTER TABLE ONLY acme.space_roles_history
    ADD CONSTRAINT space_roles_history_pkey PRIMARY KEY (id, run_from);



ALTER TABLE ONLY acme.spaces_history
    ADD CONSTRAINT spaces_history_pkey PRIMARY KEY (id, run_from);



ALTER TABLE ONLY acme.tasks_history
    ADD CONSTRAINT tasks_history_pkey PRIMARY KEY (id, run_from);



ALTER TABLE ONLY acme.users_history
    ADD CONSTRAINT users_history_pkey PRIMARY KEY (account_id, run_from);



ALTER TABLE ONLY acme.view_holders
    ADD CONSTRAINT view_holders_pkey PRIMARY KEY (space_id, principal_type, principal_id);



ALTER TABLE ONLY acme.view_restrictions
    ADD CONSTRAINT view_restrictions_pkey PRIMARY KEY (content_id);



ALTER TABLE ONLY acme.whiteboards_history
    ADD CONSTRAINT whiteboards_history_pkey PRIMARY KEY (id, run_from);



CREATE INDEX audiences_view_restricted_by ON acme.audiences USING btree (view_restricted_by);



CREATE INDEX audit_log_created_at ON acme.audit_log USING btree (created_at);



CREATE UNIQUE INDEX blogpost_versions_current ON acme.blogpost_versions_history USING btree (blogpost_id, number) WHERE (run_to IS NULL);



CREATE INDEX blogpost_versions_history_created_at ON acme.blogpost_versions_history USING btree (created_at);



CREATE UNIQUE INDEX blogposts_current ON acme.blogposts_history USING btree (id) WHERE (run_to IS NULL);



CREATE INDEX blogposts_history_run_from ON acme.blogposts_history USING btree (run_from);



CREATE INDEX blogposts_history_run_to ON acme.blogposts_history USING btree (run_to) WHERE (run_to IS NOT NULL);



CREATE INDEX content_audience_audience_id ON acme.content_audience USING btree (audience_id);



CREATE INDEX content_gaps_open ON acme.content_gaps USING btree (content_id) WHERE (run_to IS NULL);



CREATE INDEX content_gaps_space_id ON acme.content_gaps USING btree (space_id);



CREATE UNIQUE INDEX content_restrictions_current ON acme.content_restrictions_history USING btree (content_id, operation, principal_type, principal_id) WHERE (run_to IS NULL);



CREATE INDEX content_restrictions_history_principal_id ON acme.content_restrictions_history USING btree (principal_id);



CREATE INDEX content_restrictions_history_run_from ON acme.content_restrictions_history USING btree (run_from);



CREATE INDEX content_restrictions_history_run_to ON acme.content_restrictions_history USING btree (run_to) WHERE (run_to IS NOT NULL);



CREATE UNIQUE INDEX databases_current ON acme.databases_history USING btree (id) WHERE (run_to IS NULL);



CREATE INDEX databases_history_parent_id ON acme.databases_history USING btree (parent_id);



CREATE UNIQUE INDEX emails_current ON acme.emails_history USING btree (account_id) WHERE (run_to IS NULL);



CREATE UNIQUE INDEX folders_current ON acme.folders_history USING btree (id) WHERE (run_to IS NULL);



CREATE INDEX folders_history_parent_id ON acme.folders_history USING btree (parent_id);



CREATE UNIQUE INDEX group_members_current ON acme.group_members_history USING btree (group_id, account_id) WHERE (run_to IS NULL);



CREATE INDEX group_members_history_account_id ON acme.group_members_history USING btree (account_id);



CREATE INDEX group_members_history_run_from ON acme.group_members_history USING btree (run_from);



CREATE INDEX group_members_history_run_to ON acme.group_members_history USING btree (run_to) WHERE (run_to IS NOT NULL);



CREATE UNIQUE INDEX groups_current ON acme.groups_history USING btree (id) WHERE (run_to IS NULL);



CREATE UNIQUE INDEX page_labels_current ON acme.page_labels_history USING btree (page_id, label_id) WHERE (run_to IS NULL);



CREATE UNIQUE INDEX page_versions_current ON acme.page_versions_history USING btree (page_id, number) WHERE (run_to IS NULL);



CREATE INDEX page_versions_history_created_at ON acme.page_versions_history USING btree (created_at);



CREATE UNIQUE INDEX pages_current ON acme.pages_history USING btree (id) WHERE (run_to IS NULL);



CREATE INDEX pages_history_parent_id ON acme.pages_history USING btree (parent_id);



CREATE INDEX pages_history_run_from ON acme.pages_history USING btree (run_from);



CREATE INDEX pages_history_run_to ON acme.pages_history USING btree (run_to) WHERE (run_to IS NOT NULL);



CREATE UNIQUE INDEX permissions_current ON acme.permissions_history USING btree (id, space_id) WHERE (run_to IS NULL);



CREATE INDEX permissions_history_access_class ON acme.permissions_history USING btree (lower(replace(principal_id, '_'::text, '-'::text))) WHERE (lower(replace(principal_type, '_'::text, '-'::text)) = 'access-class'::text);



CREATE INDEX permissions_history_principal_id ON acme.permissions_history USING btree (principal_id);



CREATE INDEX permissions_history_run_from ON acme.permissions_history USING btree (run_from);



CREATE INDEX permissions_history_run_to ON acme.permissions_history USING btree (run_to) WHERE (run_to IS NOT NULL);



CREATE INDEX permissions_history_space_id ON acme.permissions_history USING btree (space_id);



CREATE UNIQUE INDEX product_groups_current ON acme.product_groups_history USING btree (access_type, id) WHERE (run_to IS NULL);



CREATE UNIQUE INDEX product_users_current ON acme.product_users_history USING btree (permission_type, account_id) WHERE (run_to IS NULL);



CREATE INDEX run_steps_step ON acme.run_steps USING btree (step, run_id);



CREATE INDEX runs_published_at ON acme.runs USING btree (published_at, id) WHERE (status = 'complete'::text);



CREATE UNIQUE INDEX smart_links_current ON acme.smart_links_history USING btree (id) WHERE (run_to IS NULL);



CREATE INDEX smart_links_history_parent_id ON acme.smart_links_history USING btree (parent_id);



CREATE UNIQUE INDEX space_role_assignments_current ON acme.space_role_assignments_history USING btree (space_id, principal_type, principal_id, role_id) WHERE (run_to IS NULL);



CREATE INDEX space_role_assignments_history_access_class ON acme.space_role_assignments_history USING btree (lower(replace(principal_id, '_'::text, '-'::text))) WHERE (lower(replace(principal_type, '_'::text, '-'::text)) = 'access-class'::text);



CREATE INDEX space_role_assignments_history_principal_id ON acme.space_role_assignments_history USING btree (principal_id);



CREATE UNIQUE INDEX space_roles_current ON acme.space_roles_history USING btree (id) WHERE (run_to IS NULL);



CREATE UNIQUE INDEX spaces_current ON acme.spaces_history USING btree (id) WHERE (run_to IS NULL);



CREATE UNIQUE INDEX tasks_current ON acme.tasks_history USING btree (id) WHERE (run_to IS NULL);



CREATE UNIQUE INDEX users_current ON acme.users_history USING btree (account_id) WHERE (run_to IS NULL);



CREATE INDEX view_holders_principal_id ON acme.view_holders USING btree (principal_id);



CREATE INDEX view_restrictions_above ON acme.view_restrictions USING btree (above);



CREATE UNIQUE INDEX whiteboards_current ON acme.whiteboards_history USING btree (id) WHERE (run_to IS NULL);



CREATE INDEX whiteboards_history_parent_id ON acme.whiteboards_history USING btree (parent_id);



CREATE TRIGGER append_only BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON acme.erased_lines FOR EACH STATEMENT EXECUTE FUNCTION acme.refuse_changes();



CREATE TRIGGER append_only BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON acme.evidence FOR EACH STATEMENT EXECUTE FUNCTION acme.refuse_changes();



CREATE TRIGGER append_only BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON acme.manifests FOR EACH STATEMENT EXECUTE FUNCTION acme.refuse_changes();



ALTER TABLE ONLY acme.run_steps
    ADD CONSTRAINT run_steps_run_id_fkey FOREIGN KEY (run_id) REFERENCES acme.runs(id);



REVOKE ALL ON FUNCTION acme.access_by(operation_key text, operation_target_type text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.access_facts_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.account_told_at(account text, run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.groups_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.members_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.product_memberships_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.accounts_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.audit_record_of(after timestamp with time zone, until timestamp with time zone, words text, names text[], run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.content_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.content_layers_at(contents bigint[], run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.normal_name(name text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.role_holders_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.space_grants_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.granted_operations_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.kept_out(account_status text, account_type text, is_guest boolean, is_product_member boolean, is_open boolean, product_is_proved boolean) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.product_members_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.principal_accounts_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.space_holders_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.content_people_at(contents bigint[], run bigint, accounts text[]) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.content_access_between(run_before bigint, run_after bigint, spaces bigint[], accounts text[]) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.grant_rows_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.period_runs("from" timestamp with time zone, "to" timestamp with time zone, as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.space_gaps_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.space_paths_between(run_before bigint, run_after bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.access_changes("from" timestamp with time zone, "to" timestamp with time zone, as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.access_run_at(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.accounts_behind_at(principal_type text, principal_id text, run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.administrators_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.space_holders_ranked_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.effective_space_access_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.app_access(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.append_manifest(added acme.manifests) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.attest_report(report text, parameters jsonb, sample integer, answers jsonb) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.audiences_of(account text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.run_at(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.blogpost_versions_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.blogposts_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.canonical_json(value jsonb) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.chain_head() FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.chain_start() FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.csv_file(header text, lines text[]) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.sha256_of(content text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.chunk_hashes(header text, lines text[], erased text[]) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.code_sha256() FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.content_access(content bigint, as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.content_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.content_changed_between(before bigint, run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.content_changes("from" timestamp with time zone, "to" timestamp with time zone, space bigint, approved_label text, as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.content_removed("from" timestamp with time zone, "to" timestamp with time zone, space bigint, as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.content_restrictions_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.content_ways_at(contents bigint[], run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.ended_content_at(content bigint, run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.contents_access_at(contents bigint[], run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.unknowns_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.unknowns(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.coverage(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.csv_expression(name text, type text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.csv_text(value text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.csv_field(value jsonb) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.csv_fields(line text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.csv_header(columns jsonb) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.current_access_run() FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.databases_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.describe_runs(made acme.manifests) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.granted_since_at(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.dormant_grants(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.effective_space_access_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.emails_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.erase_account(account text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.erase_from_tables(account text, names text[], pseudonym text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.erased_names(value jsonb, names text[], pseudonym text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.sample_columns() FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.evidence_csv(id bigint, part text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.evidence_file_name(manifest acme.manifests, part text, chunk bigint, chunks integer) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.explain_access(content bigint, account text, as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.groups_of(account text, run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.list_entries_at(content bigint, operation text, account text, run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.view_chains_at(contents bigint[], run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.explain_access_at(content bigint, account text, run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.export_evidence(id bigint, format text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.external_access(internal_domains text[], as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.folders_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.group_changes("from" timestamp with time zone, "to" timestamp with time zone, groups text[], as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.group_members_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.group_space_matrix(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.groups_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.json_or_null(content text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.in_toto_statement(manifest acme.manifests) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.is_visible(content bigint, account text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.keep_rows(made acme.manifests, call text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.keep_sample(made acme.manifests, answers jsonb) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.leaver_ownership(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.lines_that_name(account text, emails text[], names text[]) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.lock_chain() FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.manifest_columns(manifest acme.manifests) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.named_in_lists_at(content bigint, run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.open_spaces(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.orphaned_spaces(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.page_labels_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.page_versions_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.pages_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.parameters_sha256(parameters jsonb, salt text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.permissions_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.person_access(account text, as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.person_passing_at(account text, contents bigint[], run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.person_access_at(account text, run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.personal_columns() FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.product_access_check() FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.product_groups_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.product_users_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.prune_evidence(before timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.publish_access(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.publish_contents(contents bigint[], run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.publish_viewers(run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.refuse_changes() FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.refuse_stale_chain() FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.report_signature(report text, OUT function_id oid, OUT parameter_names text[], OUT parameter_types text[], OUT required integer, OUT column_names text[], OUT column_types text[]) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.register_report(name text, question text, controls text[], number integer) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.report_call(report text, parameters jsonb) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.restricted_content(space bigint, as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.sample_pairs(report text, parameters jsonb, sample integer) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.sample_questions(report text, parameters jsonb, sample integer) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.sample_verdicts(contents bigint[], accounts text[], accesses text[], run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.smart_links_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.space_access(space bigint, as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.space_access_at(space bigint, run bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.space_admins(space bigint, as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.space_grants_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.space_role_assignments_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.space_roles_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.spaces_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.tasks_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.users_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.verified_chain() FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.verified_files(manifest_ids bigint[]) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.verify_evidence(id bigint, head text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.visible_content(account text) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.whiteboards_as_of(as_of timestamp with time zone) FROM PUBLIC;



REVOKE ALL ON FUNCTION acme.write_evidence(may boolean) FROM PUBLIC;




