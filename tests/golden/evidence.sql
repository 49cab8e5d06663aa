-- == check
SELECT step, status, remedy FROM confluence.check('acme') WHERE status <> 'ok';

-- == emails
SELECT read, inserted, rejected FROM confluence.load_user_emails('/srv/export-users.csv');

-- == mirror
SELECT object, comment FROM confluence.create_mirror('acme', 'acme')
WHERE object IN ('spaces', 'content', 'effective_space_access');

CALL confluence.refresh('acme');

SELECT mirror, server, last_run, state, stale FROM confluence.mirrors;

-- == unread
SELECT step, why_not FROM acme.run_steps WHERE run_id = 1 AND NOT is_complete;

SELECT kind, reason, space_key, occurrences, detail FROM acme.unknowns();

-- == content_access
SELECT access, name, verdict, path_type, coalesce(group_name, access_class) AS through
FROM acme.content_access(2368313004)  -- the page "Budget 2027"
ORDER BY access DESC, verdict, name, path_type;

-- == explain_access
-- The page "Decision: one queue per tenant", and Alice Adler.
SELECT level, verdict, title, by, reason
FROM acme.explain_access(282118312, '712020:282b1733-9974-4aa3-bb86-0e9b49e53496')
WHERE access = 'view';

-- == space_access
SELECT access, name, verdict, path_type, coalesce(group_name, access_class) AS through
FROM acme.space_access(163848)  -- the space HR
ORDER BY access DESC, verdict, name, path_type;

-- == effective_space_access
SELECT space_key, count(*) AS editors, array_agg(name ORDER BY name) AS names
FROM acme.effective_space_access
WHERE access = 'edit' AND verdict = 'allowed'
GROUP BY space_key ORDER BY space_key;

-- == person_access
SELECT space_key, title, access, verdict, coalesce(group_name, access_class, path_type) AS through, reason
FROM acme.person_access('712020:35213278-91dc-4f9b-ae1a-41312e2cb799')  -- Niamh O'Connor
ORDER BY space_key, access DESC, title, through;

-- == dormant_grants
SELECT name, account_status, kind, space_key, title, group_name
FROM acme.dormant_grants()
ORDER BY name, kind, space_key, group_name;

-- == space_admins
SELECT space_key, name, account_status, verdict, coalesce(group_name, access_class, path_type) AS through, reason
FROM acme.space_admins()
ORDER BY space_key, name, through;

-- == open_spaces
SELECT space_key, access_class, access, people FROM acme.open_spaces() ORDER BY space_key, access_class, access;

-- == external_access
SELECT name, email, kind, space_key, access FROM acme.external_access('{acme.example}') ORDER BY name, space_key;

-- == restricted_content
SELECT space_key, title, viewers, editors, finding FROM acme.restricted_content() ORDER BY space_key, title;

-- == leaver_ownership
SELECT name, account_status, count(*) AS owns, min(title) AS such_as
FROM acme.leaver_ownership() GROUP BY name, account_status ORDER BY name;

-- == reports
SELECT name, controls FROM acme.reports WHERE name IN ('space_admins', 'dormant_grants', 'access_changes', 'content_changes')
ORDER BY number;

-- == quarter
CALL confluence.refresh('acme');

SELECT min(published_at) AS "from", max(published_at) AS "to" FROM acme.runs \gset

-- == access_changes
SELECT name, change, access, space_key, title, cause, group_name, reason
FROM acme.access_changes(:'from', :'to')
ORDER BY name, space_key, title, access;

-- == group_changes
SELECT name, change, group_name, reason FROM acme.group_changes(:'from', :'to') ORDER BY name, group_name;

-- == content_changes
SELECT space_key, title, version, name, labels, is_approved
FROM acme.content_changes('2026-11-20', '2027-01-01', approved_label => 'decision')
WHERE content_id IS NOT NULL;

-- == content_removed
SELECT space_key, title, change, is_back, reason FROM acme.content_removed(:'from', :'to');

-- == as_of
SELECT name, path_type, group_name FROM acme.content_access(282118312, :'from')
WHERE access = 'edit' AND name = 'Hana Ito';

SELECT name, path_type, group_name FROM acme.content_access(282118312)
WHERE access = 'edit' AND name = 'Hana Ito';

-- == gaps
SELECT kind, reason, space_key, occurrences, detail FROM acme.unknowns()
WHERE kind <> 'standing' ORDER BY reason, space_key, detail;

SELECT name, verdict, bound, reason, coalesce(group_name, access_class) AS through, detail
FROM acme.content_access(2368313004)
WHERE access = 'view' AND verdict <> 'potential' ORDER BY verdict, name, through, detail;

-- == can
SELECT * FROM confluence.can('acme', 282118312, '712020:282b1733-9974-4aa3-bb86-0e9b49e53496', 'view');

-- == live
SELECT name, verdict, path_type, coalesce(group_name, access_class) AS through
FROM confluence.content_access_live('acme', 282118312)
WHERE access = 'edit' ORDER BY verdict, name, path_type;

-- == attest
SELECT confluence.attest('acme', 'space_admins');

SELECT confluence.attest('acme', 'content_access', '{"content": 282118312}', sample => 4);

SELECT id, report, run_id, rows, complete, unknown_rows, sample_checked = sample_agreed AS site_agrees FROM acme.manifests;

-- == verify
SELECT manifest_id, step, status, found FROM confluence.verify('acme') WHERE step IN ('parameters', 'rows');

SELECT length(acme.chain_head());

-- == export
SELECT f ->> 'name' AS file
FROM jsonb_array_elements(CAST(confluence.export_manifest('acme', 2, 'in-toto') AS jsonb) -> 'subject') AS f;

-- == erase
SELECT place, rows > 0 AS is_erased FROM confluence.erase_person('acme', '712020:8bf633d9-ef76-4ab7-8e51-3a91d1fc5969')  -- Dmitri Petrov
WHERE place LIKE 'evidence%';

SELECT manifest_id, step, status, found FROM confluence.verify('acme', 1) WHERE step = 'rows';

-- == forge
ALTER TABLE acme.evidence DISABLE TRIGGER append_only;
UPDATE acme.evidence SET lines[1] = replace(lines[1], 'active', 'closed') WHERE manifest_id = 1;
ALTER TABLE acme.evidence ENABLE TRIGGER append_only;

SELECT manifest_id, step, status, found FROM confluence.verify('acme') WHERE status = 'fail';

-- == search
CREATE TABLE documents (
    content_id  bigint PRIMARY KEY,
    title       text,
    body        text,
    text_vector tsvector GENERATED ALWAYS AS (to_tsvector('english', title || ' ' || body)) STORED
);
INSERT INTO documents
SELECT id, title, regexp_replace(body_storage, '<[^>]*>', ' ', 'g') FROM confluence_pages;
CREATE INDEX ON documents USING gin (text_vector);

-- == audience
PREPARE search(text, text) AS
SELECT content_id, title FROM documents
WHERE text_vector @@ websearch_to_tsquery('english', $1)
  AND content_id IN (SELECT content_id FROM acme.content_audience
                     WHERE audience_id IN (SELECT acme.audiences_of($2)))
ORDER BY ts_rank(text_vector, websearch_to_tsquery('english', $1)) DESC, content_id;

EXECUTE search('decision', '712020:cf48db71-2c8a-412d-b1ad-b674d06f6e96');  -- Bob Brown, an engineer

EXECUTE search('decision', '712020:17459340-b59b-4896-a852-3df756a049ba');  -- Hana Ito, who is none any more

-- == best
PREPARE search_best(text, text) AS
SELECT content_id, title
FROM (SELECT d.content_id, d.title
      FROM documents AS d
      WHERE d.text_vector @@ websearch_to_tsquery('english', $1)
      ORDER BY ts_rank(d.text_vector, websearch_to_tsquery('english', $1)) DESC, d.content_id
      OFFSET 0) AS found
WHERE acme.is_visible(content_id, $2)
LIMIT 20;
EXECUTE search_best('decision', '712020:cf48db71-2c8a-412d-b1ad-b674d06f6e96');

-- == few
PREPARE search_few(text, text) AS
SELECT content_id, title FROM documents
WHERE text_vector @@ websearch_to_tsquery('english', $1)
  AND acme.is_visible(content_id, $2)
ORDER BY ts_rank(text_vector, websearch_to_tsquery('english', $1)) DESC, content_id;
EXECUTE search_few('decision', '712020:cf48db71-2c8a-412d-b1ad-b674d06f6e96');

-- == visible
PREPARE search_visible(text, text) AS
SELECT content_id, title FROM documents
WHERE text_vector @@ websearch_to_tsquery('english', $1)
  AND content_id IN (SELECT v.content_id FROM acme.visible_content($2) AS v)
ORDER BY ts_rank(text_vector, websearch_to_tsquery('english', $1)) DESC, content_id;

EXECUTE search_visible('decision', '712020:cf48db71-2c8a-412d-b1ad-b674d06f6e96');

