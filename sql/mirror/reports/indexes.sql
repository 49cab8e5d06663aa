-- The keys by which reports look for changes, beside those by which access is asked for.

CREATE INDEX IF NOT EXISTS audit_log_created_at ON audit_log (created_at);
CREATE INDEX IF NOT EXISTS permissions_history_run_from ON permissions_history (run_from);
CREATE INDEX IF NOT EXISTS permissions_history_run_to ON permissions_history (run_to) WHERE run_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS group_members_history_run_from ON group_members_history (run_from);
CREATE INDEX IF NOT EXISTS group_members_history_run_to ON group_members_history (run_to) WHERE run_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS page_versions_history_created_at ON page_versions_history (created_at);
CREATE INDEX IF NOT EXISTS blogpost_versions_history_created_at ON blogpost_versions_history (created_at);
