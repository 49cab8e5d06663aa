-- The e-mail addresses that Confluence Cloud's API does not tell, as an administrator's export tells them.
CREATE TABLE confluence.user_emails (
    account_id     text        PRIMARY KEY
                               CONSTRAINT user_emails_account_id_check
                               CHECK (account_id <> '' AND pg_catalog.char_length(account_id) <= 128),
    email          text,
    display_name   text,
    status         text,
    org_role       text,
    added_to_org   date,
    last_active    date,
    product_access jsonb,
    first_seen     timestamptz NOT NULL DEFAULT pg_catalog.now(),
    last_loaded    timestamptz NOT NULL DEFAULT pg_catalog.now()
);

COMMENT ON TABLE confluence.user_emails IS
    'Accounts and their e-mail addresses, from the user export of admin.atlassian.com: see confluence.load_user_emails and confluence.import_user_emails. Accounts that a later export no longer names stay; they are the rows with last_loaded < (SELECT max(last_loaded) FROM confluence.user_emails)';
COMMENT ON COLUMN confluence.user_emails.account_id IS
    'Atlassian account id, as in the author, owner and principal columns of the foreign tables; letter case counts';
COMMENT ON COLUMN confluence.user_emails.email IS
    'E-mail address; NULL means that no export loaded so far has told it, not that there is none';
COMMENT ON COLUMN confluence.user_emails.display_name IS
    'Name that people see';
COMMENT ON COLUMN confluence.user_emails.status IS
    'Active, Inactive, Suspended or Deactivated, or what else the export says';
COMMENT ON COLUMN confluence.user_emails.org_role IS
    'Role in the organisation, such as Organization admin; NULL where the account has none, or the export says None';
COMMENT ON COLUMN confluence.user_emails.added_to_org IS
    'Day on which the account was added to the organisation; NULL where the export tells no day, as in "Before 11 Feb 2017"';
COMMENT ON COLUMN confluence.user_emails.last_active IS
    'Latest day of use of any product in the export; NULL where it tells none';
COMMENT ON COLUMN confluence.user_emails.product_access IS
    'For each product, as in "Confluence - SITE": access, an array of roles or sites, where the export tells access, empty for None; last_seen, the day of last use, null for never; last_seen_text, what the export says instead of a day. NULL where the export tells nothing about products';
COMMENT ON COLUMN confluence.user_emails.first_seen IS
    'When an export first named the account';
COMMENT ON COLUMN confluence.user_emails.last_loaded IS
    'When the latest export that names the account was loaded; the same for all accounts of one load';

-- The rows are the users', not the extension's: pg_dump saves them.
SELECT pg_catalog.pg_extension_config_dump('confluence.user_emails', '');
