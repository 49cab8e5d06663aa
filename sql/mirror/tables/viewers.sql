-- Who is let into which space to view it, for searches: an account views what is granted to a principal that it is behind.
-- Both tables say what is current, no more. publish_viewers() keeps them so, and nobody else writes them.

CREATE TABLE IF NOT EXISTS account_principals (
    account_id     text    NOT NULL,
    principal_type text    NOT NULL,
    principal_id   text    NOT NULL,
    is_let_in      boolean NOT NULL,
    PRIMARY KEY (account_id, principal_type, principal_id)
);

COMMENT ON TABLE account_principals IS
    'Principals of grants that an account is behind, as the last run of mode full or access saw it';
COMMENT ON COLUMN account_principals.account_id IS
    'Account';
COMMENT ON COLUMN account_principals.principal_type IS
    'What it is behind: user, where something is granted in a space to the account itself; group; access-class';
COMMENT ON COLUMN account_principals.principal_id IS
    'Account id, group id, or the name of the access class, such as all-licensed-users';
COMMENT ON COLUMN account_principals.is_let_in IS
    'Whether it is known that a grant to this principal helps the account: not where it is inactive, or without access to the product';

CREATE TABLE IF NOT EXISTS view_holders (
    space_id       bigint NOT NULL,
    principal_type text   NOT NULL,
    principal_id   text   NOT NULL,
    PRIMARY KEY (space_id, principal_type, principal_id)
);

CREATE INDEX IF NOT EXISTS view_holders_principal_id ON view_holders (principal_id);

COMMENT ON TABLE view_holders IS
    'Principals that may view a space, as the last run of mode full or access saw it. Empty where that run has not read the lists of contents: then it is not known that anybody views anything';
COMMENT ON COLUMN view_holders.space_id IS
    'Space';
COMMENT ON COLUMN view_holders.principal_type IS
    'To whom it is granted: user, group or access-class';
COMMENT ON COLUMN view_holders.principal_id IS
    'Account id, group id, or the name of the access class, such as all-licensed-users';
