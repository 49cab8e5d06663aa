-- Evidence is written once. Nobody inserts into it, changes it or takes anything out but through attest_report,
-- erase_account and prune_evidence: not with rights that were granted, and not as the owner, by mistake.
--
-- Whoever owns a table can drop its triggers. This keeps evidence from being changed in passing, and from roles that were
-- granted too much; that an owner has changed it on purpose is what verify_evidence is for.

CREATE OR REPLACE FUNCTION refuse_changes() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path FROM CURRENT
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

COMMENT ON FUNCTION refuse_changes() IS 'Keeps evidence from being changed by anything but the functions that are there for it';

REVOKE ALL ON FUNCTION refuse_changes() FROM PUBLIC;

CREATE OR REPLACE TRIGGER append_only BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON manifests
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_changes();
CREATE OR REPLACE TRIGGER append_only BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_changes();
CREATE OR REPLACE TRIGGER append_only BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON erased_lines
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_changes();
