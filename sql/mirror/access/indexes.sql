-- The keys by which access is asked for, beside the primary keys of the history tables.

CREATE INDEX IF NOT EXISTS permissions_history_space_id ON permissions_history (space_id);
CREATE INDEX IF NOT EXISTS permissions_history_principal_id ON permissions_history (principal_id);
-- Names of access classes are written in two ways: see normal_name.
CREATE INDEX IF NOT EXISTS permissions_history_access_class ON permissions_history (lower(replace(principal_id, '_', '-')))
    WHERE lower(replace(principal_type, '_', '-')) = 'access-class';
CREATE INDEX IF NOT EXISTS space_role_assignments_history_access_class
    ON space_role_assignments_history (lower(replace(principal_id, '_', '-')))
    WHERE lower(replace(principal_type, '_', '-')) = 'access-class';
CREATE INDEX IF NOT EXISTS space_role_assignments_history_principal_id ON space_role_assignments_history (principal_id);
CREATE INDEX IF NOT EXISTS group_members_history_account_id ON group_members_history (account_id);
CREATE INDEX IF NOT EXISTS content_restrictions_history_principal_id ON content_restrictions_history (principal_id);
CREATE INDEX IF NOT EXISTS pages_history_parent_id ON pages_history (parent_id);
CREATE INDEX IF NOT EXISTS folders_history_parent_id ON folders_history (parent_id);
CREATE INDEX IF NOT EXISTS whiteboards_history_parent_id ON whiteboards_history (parent_id);
CREATE INDEX IF NOT EXISTS databases_history_parent_id ON databases_history (parent_id);
CREATE INDEX IF NOT EXISTS smart_links_history_parent_id ON smart_links_history (parent_id);

-- What has changed since a run: rows that were opened, and rows that have ended.
CREATE INDEX IF NOT EXISTS pages_history_run_from ON pages_history (run_from);
CREATE INDEX IF NOT EXISTS pages_history_run_to ON pages_history (run_to) WHERE run_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS blogposts_history_run_from ON blogposts_history (run_from);
CREATE INDEX IF NOT EXISTS blogposts_history_run_to ON blogposts_history (run_to) WHERE run_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS content_restrictions_history_run_from ON content_restrictions_history (run_from);
CREATE INDEX IF NOT EXISTS content_restrictions_history_run_to ON content_restrictions_history (run_to) WHERE run_to IS NOT NULL;
