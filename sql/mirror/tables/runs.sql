-- What a mirror is of, and what has been done to it: one row about the mirror, a row for each refresh, a row for each of
-- its steps. These are kept for ever, or until history is pruned: evidence names the runs that it rests on.

CREATE TABLE IF NOT EXISTS mirror (
    is_the_only_row   boolean     PRIMARY KEY DEFAULT true CHECK (is_the_only_row),
    server            text        NOT NULL,
    extension_version text        NOT NULL,
    format            integer     NOT NULL,
    created_at        timestamptz NOT NULL DEFAULT now(),
    max_age           interval    NOT NULL DEFAULT '2 days',
    other_tables      text[]      NOT NULL DEFAULT '{}'
);

COMMENT ON TABLE mirror IS
    'What this schema is a mirror of: one row';
COMMENT ON COLUMN mirror.server IS
    'Name of the foreign server that was read';
COMMENT ON COLUMN mirror.extension_version IS
    'Version of confluence_fdw that has made the views and functions';
COMMENT ON COLUMN mirror.format IS
    'Number of the form that the tables have';
COMMENT ON COLUMN mirror.max_age IS
    'How old the last complete run may be for filters that must not show more than a person may see';

COMMENT ON COLUMN mirror.other_tables IS
    'Remote tables that are kept beside those that evidence is made of';

CREATE TABLE IF NOT EXISTS runs (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    mode              text        NOT NULL CHECK (mode IN ('full', 'access', 'changes')),
    status            text        NOT NULL CHECK (status IN ('running', 'complete', 'failed', 'lost')),
    started_at        timestamptz NOT NULL,
    finished_at       timestamptz,
    published_at      timestamptz,
    db_user           text        NOT NULL,
    session_user_name text        NOT NULL,
    client_address    text,
    server            text        NOT NULL,
    base_url          text,
    cloud_id          text,
    api_account_id    text,
    role_mode         text,
    admin_key         boolean,
    product_version   text        NOT NULL,
    server_started_at timestamptz NOT NULL,
    requests          bigint      NOT NULL DEFAULT 0,
    drift             boolean,
    previous_run      bigint,
    accepts_run       bigint,
    resumes_run       bigint,
    failed_step       text,
    sqlstate          text,
    message           text,
    head_sha256       text
);

CREATE INDEX IF NOT EXISTS runs_published_at ON runs (published_at, id) WHERE status = 'complete';

COMMENT ON TABLE runs IS
    'Each refresh of the mirror: when it was, as whom, what it cost, and whether it was published. Only complete runs are; what a failed one has read is in no other table';
COMMENT ON COLUMN runs.mode IS
    'What was read: full, all tables; access, all that access follows from; changes, what has changed, and what is cheap';
COMMENT ON COLUMN runs.status IS
    'running, complete, failed, or lost: its session ended without a word. A running one whose session is gone is found to be lost by the next refresh';
COMMENT ON COLUMN runs.published_at IS
    'When its rows were shown, all of them at once; as_of counts from here';
COMMENT ON COLUMN runs.db_user IS
    'Role with whose rights it ran';
COMMENT ON COLUMN runs.session_user_name IS
    'Role that had signed in';
COMMENT ON COLUMN runs.base_url IS
    'Address of the site. NULL where the reading account may not ask for it';
COMMENT ON COLUMN runs.cloud_id IS
    'Id of the site at Atlassian. NULL where the reading account may not ask for it';
COMMENT ON COLUMN runs.api_account_id IS
    'Account that has read the site: what it cannot see is not in the mirror. NULL where the site did not tell';
COMMENT ON COLUMN runs.role_mode IS
    'PRE_ROLES, ROLES_TRANSITION or ROLES. NULL where the site did not tell';
COMMENT ON COLUMN runs.admin_key IS
    'Whether the reading account had an admin key, which opens restricted contents. NULL where the site did not tell';
COMMENT ON COLUMN runs.server_started_at IS
    'When the database server was started: what a run has read does not outlive that';
COMMENT ON COLUMN runs.requests IS
    'Requests that were sent to the site';
COMMENT ON COLUMN runs.drift IS
    'Whether spaces or groups came or went while it read';
COMMENT ON COLUMN runs.previous_run IS
    'The complete run before it';
COMMENT ON COLUMN runs.accepts_run IS
    'The failed run whose finding, such as a mirror that would shrink, was taken as right';
COMMENT ON COLUMN runs.resumes_run IS
    'The failed run whose whole steps were taken over';
COMMENT ON COLUMN runs.failed_step IS
    'Step at which it failed';
COMMENT ON COLUMN runs.head_sha256 IS
    'Hash of the latest manifest when it was published: evidence that is older cannot be replaced unseen';

CREATE TABLE IF NOT EXISTS run_steps (
    run_id        bigint      NOT NULL REFERENCES runs,
    step          text        NOT NULL,
    requests      bigint      NOT NULL DEFAULT 0,
    retries       bigint      NOT NULL DEFAULT 0,
    rows_read     bigint      NOT NULL DEFAULT 0,
    rows_opened   bigint,
    rows_changed  bigint,
    rows_ended    bigint,
    expected      bigint,
    is_reconciled boolean,
    is_complete   boolean     NOT NULL DEFAULT false,
    why_not       text,
    started_at    timestamptz,
    finished_at   timestamptz,
    read_at       timestamptz,
    detail        jsonb,
    PRIMARY KEY (run_id, step)
);

CREATE INDEX IF NOT EXISTS run_steps_step ON run_steps (step, run_id);

COMMENT ON TABLE run_steps IS
    'What a refresh has read, table by table, and what came of it';
COMMENT ON COLUMN run_steps.step IS
    'The table, or product_access: whether those who have access to the product are known';
COMMENT ON COLUMN run_steps.rows_read IS
    'Rows that the site gave';
COMMENT ON COLUMN run_steps.rows_opened IS
    'Rows that were not there before; those of a changed state are counted as changed';
COMMENT ON COLUMN run_steps.expected IS
    'What another way of counting gives, where there is one';
COMMENT ON COLUMN run_steps.is_reconciled IS
    'Whether both ways of counting agree. NULL where there is one way only';
COMMENT ON COLUMN run_steps.is_complete IS
    'Whether all of it was read. If not, why_not says why, and what it would hold is not known';
COMMENT ON COLUMN run_steps.read_at IS
    'When it began to be read: the time of its readings';
COMMENT ON COLUMN run_steps.detail IS
    'Requests by their template, and what else there is to say';

-- Columns that a newer version has added, until a refresh has filled them in the open rows.
CREATE TABLE IF NOT EXISTS new_columns (
    table_name  text NOT NULL,
    column_name text NOT NULL,
    PRIMARY KEY (table_name, column_name)
);

COMMENT ON TABLE new_columns IS
    'Columns of history tables that the next refresh fills, without making history of it';

-- What create_mirror has made, and makes anew when the extension has a newer version.
CREATE TABLE IF NOT EXISTS mirror_objects (
    kind     text NOT NULL CHECK (kind IN ('view', 'function')),
    identity text NOT NULL,
    ordinal  integer NOT NULL,
    PRIMARY KEY (kind, identity)
);

COMMENT ON TABLE mirror_objects IS
    'Views and functions that belong to the mirror itself; others in its schema are left alone';

-- What became of contents that a listing no longer has, as asking for each by its id tells.
CREATE UNLOGGED TABLE IF NOT EXISTS found_elsewhere (
    content_id bigint PRIMARY KEY,
    status     text
);

COMMENT ON TABLE found_elsewhere IS
    'Contents that a refresh has missed in the listings and found by their ids, until it is published';
