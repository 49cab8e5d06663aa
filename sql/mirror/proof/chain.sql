-- The chain: each manifest holds the hash of the one before, so that none can be changed, taken out or put elsewhere
-- without all after it. Its head is to be kept where the database's people cannot reach it.

CREATE FUNCTION chain_start() RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN repeat('0', 64);

COMMENT ON FUNCTION chain_start() IS 'What the first manifest has in the place of a hash';

CREATE FUNCTION chain_head() RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT sha256 FROM manifests ORDER BY id DESC LIMIT 1;
END;

COMMENT ON FUNCTION chain_head() IS
    'SHA-256 of the last manifest; NULL where there is none. Kept somewhere else, it lets verify_evidence find manifests that were taken off or made anew';

-- The bytes of a manifest: its columns but those that are about the bytes, or can be erased.
CREATE FUNCTION manifest_columns(manifest manifests) RETURNS jsonb
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT jsonb_object_agg(key, value)
    FROM jsonb_each(to_jsonb(manifest))
    WHERE value <> 'null' AND key NOT IN ('sha256', 'manifest', 'parameters', 'parameters_salt');
END;

COMMENT ON FUNCTION manifest_columns(manifests) IS 'What a manifest says, as its bytes have it; times as the session writes them';

-- One attest at a time, so that the chain is a line. Taken before the head is looked at, and held until the transaction ends.
CREATE FUNCTION lock_chain() RETURNS bigint
    LANGUAGE plpgsql VOLATILE
    SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock('pg_class'::regclass::oid::integer, 'manifests'::regclass::oid::integer);
    RETURN coalesce((SELECT max(id) FROM manifests), 0) + 1;
END
$$;

COMMENT ON FUNCTION lock_chain() IS 'Waits for others that add to the chain, and returns the number of the next manifest';

REVOKE ALL ON FUNCTION lock_chain() FROM PUBLIC;

-- Opens the tables of evidence to the statements of the calling function, which runs as their owner, or shuts them. An error undoes it.
CREATE FUNCTION write_evidence(may boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM set_config('confluence_mirror.writes_evidence', CASE WHEN may THEN 'yes' ELSE 'no' END, true);
END
$$;

COMMENT ON FUNCTION write_evidence(boolean) IS 'Opens the tables of evidence to the functions that write them, or shuts them';

REVOKE ALL ON FUNCTION write_evidence(boolean) FROM PUBLIC;

-- Under repeatable read, waiting for the lock lets nobody see what has been committed since the transaction began: the number
-- that looks like the next one is taken.
CREATE FUNCTION refuse_stale_chain() RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    RAISE serialization_failure USING
        MESSAGE = 'could not add to the chain of manifests, because another one was added since this transaction began',
        HINT = 'Run the transaction again.';
END
$$;

COMMENT ON FUNCTION refuse_stale_chain() IS 'Says that a transaction is too old to add to the chain of manifests';

CREATE FUNCTION append_manifest(added manifests) RETURNS bigint
    LANGUAGE plpgsql VOLATILE
    SET search_path FROM CURRENT
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

COMMENT ON FUNCTION append_manifest(manifests) IS 'Adds a manifest to the chain: who, when, where, and the hash before it';

REVOKE ALL ON FUNCTION append_manifest(manifests) FROM PUBLIC;
