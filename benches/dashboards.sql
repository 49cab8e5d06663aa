-- What dashboards and people send: the corpus of the benchmark's part `dashboards`, and of the tests that hold its requests.
--
-- Each statement has a line with its name and who writes such, and one with what it may cost on the benchmark's site (100
-- spaces, 20,000 pages): requests at most, and how many of these have to follow one another (1 where all can be on their
-- way at once). A short range in time is one listing, each answer of which leads to the next. A long one takes its first
-- page and the list of spaces, then the groups of spaces eight at a time, then what is in none of them.
-- A whole listing of comments is one listing, too: they are listed by no space, and their order is by a time that they do
-- not tell, so that nothing would prove that what is read from both ends meets.
-- How many a whole listing of pages takes depends on which of its groups end first: 80 answers, and one more
-- for most groups. A name in angle brackets stands for a value of the site: <key>, <space>, <other space>, <page>,
-- <title>.

-- == Charts over one table

-- Superset: pages per space id
-- requests 110, rounds 1
SELECT space_id AS space_id, COUNT(*) AS count FROM public.confluence_pages
GROUP BY space_id ORDER BY count DESC LIMIT 10000;

-- Superset: count of all pages
-- requests 110, rounds 1
SELECT COUNT(*) AS count FROM public.confluence_pages LIMIT 50000;

-- Superset: values of a filter
-- requests 110, rounds 1
SELECT status AS status FROM public.confluence_pages GROUP BY status LIMIT 1000;

-- Superset: changes a day, third quarter
-- requests 24, rounds 5
SELECT DATE_TRUNC('day', modified_at) AS modified_at, COUNT(*) AS count FROM public.confluence_pages
WHERE modified_at >= TO_TIMESTAMP('2026-07-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US')
  AND modified_at < TO_TIMESTAMP('2026-10-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US')
GROUP BY DATE_TRUNC('day', modified_at) ORDER BY count DESC LIMIT 10000;

-- Superset: changes a day, a quarter three years back
-- requests 60, rounds 7
SELECT DATE_TRUNC('day', modified_at) AS modified_at, COUNT(*) AS count FROM public.confluence_pages
WHERE modified_at >= TO_TIMESTAMP('2023-10-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US')
  AND modified_at < TO_TIMESTAMP('2024-01-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US')
GROUP BY DATE_TRUNC('day', modified_at) ORDER BY count DESC LIMIT 10000;

-- Superset: changes a month
-- requests 110, rounds 1
SELECT DATE_TRUNC('month', modified_at) AS month, COUNT(*) AS count FROM public.confluence_pages
GROUP BY DATE_TRUNC('month', modified_at) ORDER BY month LIMIT 10000;

-- Superset: pages of two spaces
-- requests 8, rounds 4
SELECT status AS status, COUNT(*) AS count FROM public.confluence_pages
WHERE space_id IN (<space>, <other space>) GROUP BY status ORDER BY count DESC LIMIT 10000;

-- Superset: a title searched for
-- requests 110, rounds 1
SELECT title AS title, modified_at AS modified_at FROM public.confluence_pages
WHERE title ILIKE '%policy%' LIMIT 1000;

-- Superset: authors counted
-- requests 110, rounds 1
SELECT COUNT(DISTINCT author_id) AS authors FROM public.confluence_pages LIMIT 50000;

-- Superset: raw rows, latest first
-- requests 5, rounds 4
SELECT title AS title, modified_at AS modified_at FROM public.confluence_pages
ORDER BY modified_at DESC LIMIT 1000;

-- Superset: samples
-- requests 5, rounds 5
SELECT * FROM public.confluence_permissions LIMIT 100;

-- Superset: type inference of a virtual dataset
-- requests 3, rounds 2
SELECT s.key, p.title, p.modified_at FROM confluence_pages p JOIN confluence_spaces s ON s.id = p.space_id LIMIT 1;

-- Superset: audit records by category
-- requests 4, rounds 2
SELECT category AS category, COUNT(*) AS count FROM public.confluence_audit_log
WHERE created_at >= TO_TIMESTAMP('2026-07-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US')
  AND created_at < TO_TIMESTAMP('2026-10-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US')
GROUP BY category ORDER BY count DESC LIMIT 10000;

-- Superset: what is granted, by kind
-- requests 104, rounds 2
SELECT operation_key AS operation_key, principal_type AS principal_type, COUNT(*) AS count
FROM public.confluence_permissions GROUP BY operation_key, principal_type ORDER BY count DESC LIMIT 10000;

-- pgAdmin: first hundred rows
-- requests 2, rounds 2
SELECT * FROM public.confluence_pages LIMIT 100;

-- Metabase: count by month, last year
-- requests 110, rounds 7
SELECT date_trunc('month', "source"."modified_at") AS "modified_at", count(*) AS "count"
FROM (SELECT "public"."confluence_pages"."id" AS "id", "public"."confluence_pages"."modified_at" AS "modified_at"
      FROM "public"."confluence_pages") AS "source"
WHERE ("source"."modified_at" >= date_trunc('month', (now() + INTERVAL '-12 month')))
  AND ("source"."modified_at" < date_trunc('month', now()))
GROUP BY date_trunc('month', "source"."modified_at") ORDER BY date_trunc('month', "source"."modified_at") ASC;

-- Metabase: raw rows
-- requests 9, rounds 8
SELECT "public"."confluence_pages"."id" AS "id", "public"."confluence_pages"."title" AS "title",
       "public"."confluence_pages"."status" AS "status"
FROM "public"."confluence_pages" LIMIT 2000;

-- Metabase: changes of one day
-- requests 3, rounds 3
SELECT count(*) AS "count" FROM "public"."confluence_pages"
WHERE CAST("public"."confluence_pages"."modified_at" AS date) = date '2026-11-02';

-- Metabase: a page looked up
-- requests 1, rounds 1
SELECT "public"."confluence_pages"."title" AS "title" FROM "public"."confluence_pages"
WHERE "public"."confluence_pages"."id" = <page> LIMIT 1;

-- Power BI: import of a table
-- requests 110, rounds 1
select "$Table"."id" as "id", "$Table"."space_id" as "space_id", "$Table"."title" as "title",
       "$Table"."modified_at" as "modified_at"
from "public"."confluence_pages" "$Table";

-- Power BI: preview of a table
-- requests 4, rounds 4
select "$Table"."id" as "id", "$Table"."title" as "title" from "public"."confluence_pages" "$Table" limit 1000;

-- Power BI: grouped, folded
-- requests 110, rounds 1
select "rows"."space_id" as "space_id", count(*) as "a0", max("rows"."modified_at") as "a1"
from (select "_"."space_id", "_"."modified_at" from "public"."confluence_pages" "_") "rows"
group by "space_id" limit 1000001;

-- == Charts over a join

-- Superset: access by e-mail
-- requests 104, rounds 2
SELECT u.email, count(*) FROM confluence_permissions p JOIN confluence.user_emails u ON u.account_id = p.principal_id
GROUP BY 1 ORDER BY 2 DESC LIMIT 100;

-- Superset: changes by author
-- requests 110, rounds 1
SELECT coalesce(u.email, p.version_author_id), count(*) FROM confluence_pages p
LEFT JOIN confluence.user_emails u ON u.account_id = p.version_author_id GROUP BY 1 ORDER BY 2 DESC LIMIT 20;

-- Superset: pages by author's address
-- requests 110, rounds 1
SELECT p.title, u.email FROM confluence_pages p LEFT JOIN confluence.user_emails u ON u.account_id = p.version_author_id
ORDER BY u.email LIMIT 50;

-- Superset: access by status
-- requests 230, rounds 3
SELECT status, count(*) FROM space_access GROUP BY 1 LIMIT 10000;

-- Superset: access of one space
-- requests 230, rounds 3
SELECT coalesce(email, account_id) AS who, status, count(*) FROM space_access WHERE space = '<key>' GROUP BY 1, 2
ORDER BY 3 DESC LIMIT 1000;

-- people: pages per space key
-- requests 111, rounds 1
SELECT s.key, count(*) FROM confluence_pages p JOIN confluence_spaces s ON s.id = p.space_id GROUP BY 1;

-- Superset: pages per space key
-- requests 111, rounds 1
SELECT key AS key, COUNT(*) AS count FROM (
  SELECT s.key, p.title, p.modified_at FROM confluence_pages p JOIN confluence_spaces s ON s.id = p.space_id
) AS virtual_table GROUP BY key ORDER BY count DESC LIMIT 10000;

-- people: pages per space key, counted first
-- requests 111, rounds 1
SELECT s.key, n FROM (SELECT space_id, count(*) n FROM confluence_pages GROUP BY 1) p
JOIN confluence_spaces s ON s.id = p.space_id;

-- people: pages of all spaces, as a list
-- requests 112, rounds 2
SELECT count(*) FROM confluence_pages WHERE space_id = ANY (ARRAY(SELECT id FROM confluence_spaces));

-- people: pages of the spaces of a type
-- requests 56, rounds 8
SELECT count(*) FROM confluence_pages
WHERE space_id IN (SELECT id FROM confluence_spaces WHERE type = 'global');

-- people: latest changes with space
-- requests 3, rounds 2
SELECT s.key, p.title FROM confluence_pages p JOIN confluence_spaces s ON s.id = p.space_id
ORDER BY p.modified_at DESC LIMIT 100;

-- people: latest changes with author
-- requests 3, rounds 2
SELECT p.title, u.display_name FROM confluence_pages p LEFT JOIN confluence_users u ON u.account_id = p.version_author_id
ORDER BY p.modified_at DESC LIMIT 100;

-- people: latest changes with parent
-- requests 3, rounds 2
SELECT p.title, a.title FROM confluence_pages p LEFT JOIN confluence_pages a ON a.id = p.parent_id
ORDER BY p.modified_at DESC LIMIT 100;

-- Superset: latest changes with space and author
-- requests 4, rounds 3
SELECT key AS key, title AS title, display_name AS display_name, modified_at AS modified_at FROM (
  SELECT s.key, p.title, u.display_name, p.modified_at FROM confluence_pages p
  JOIN confluence_spaces s ON s.id = p.space_id LEFT JOIN confluence_users u ON u.account_id = p.version_author_id
) AS virtual_table ORDER BY modified_at DESC LIMIT 50;

-- Metabase: latest changes with space
-- requests 12, rounds 10
SELECT "public"."confluence_pages"."title" AS "title", "Spaces"."key" AS "Spaces__key"
FROM "public"."confluence_pages"
LEFT JOIN "public"."confluence_spaces" AS "Spaces" ON "public"."confluence_pages"."space_id" = "Spaces"."id"
ORDER BY "public"."confluence_pages"."modified_at" DESC LIMIT 2000;

-- Metabase: pages by space name
-- requests 111, rounds 1
SELECT "Spaces"."name" AS "Spaces__name", count(*) AS "count" FROM "public"."confluence_pages"
LEFT JOIN "public"."confluence_spaces" AS "Spaces" ON "public"."confluence_pages"."space_id" = "Spaces"."id"
GROUP BY "Spaces"."name" ORDER BY "Spaces"."name" ASC LIMIT 10000;

-- Power BI: a merge, folded
-- requests 112, rounds 1
select "$Outer"."id", "$Outer"."title", "$Inner"."key"
from (select "id", "space_id", "title" from "public"."confluence_pages") "$Outer"
left outer join (select "id" as "id2", "key" from "public"."confluence_spaces") "$Inner"
  on ("$Outer"."space_id" = "$Inner"."id2");

-- Superset: changes a day by the five busiest spaces
-- requests 24, rounds 9
SELECT DATE_TRUNC('day', p.modified_at) AS modified_at, p.space_id, COUNT(*) AS count FROM public.confluence_pages p
JOIN (SELECT space_id AS space_id__, COUNT(*) AS mme FROM public.confluence_pages
      WHERE modified_at >= '2026-07-01' AND modified_at < '2026-10-01'
      GROUP BY space_id ORDER BY mme DESC LIMIT 5) AS busiest ON p.space_id = busiest.space_id__
WHERE p.modified_at >= '2026-07-01' AND p.modified_at < '2026-10-01'
GROUP BY 1, 2 ORDER BY count DESC LIMIT 10000;

-- == Shapes that read everything

-- people: pages and blog posts by space
-- requests 113, rounds 2
SELECT space_id, count(*) FROM (
  SELECT space_id FROM confluence_pages UNION ALL SELECT space_id FROM confluence_blogposts) x GROUP BY 1 LIMIT 100;

-- people: a materialized CTE
-- requests 104, rounds 2
WITH p AS MATERIALIZED (SELECT * FROM confluence_permissions) SELECT count(*) FROM p LIMIT 100;

-- people: the latest three of each space
-- requests 110, rounds 1
SELECT * FROM (SELECT space_id, title, row_number() OVER (PARTITION BY space_id ORDER BY modified_at DESC) rn
               FROM confluence_pages) q WHERE rn <= 3 LIMIT 1000;

-- people: owners who are not active, as NOT IN
-- requests 240, rounds 3
SELECT count(*) FROM confluence_spaces s
WHERE s.author_id NOT IN (SELECT account_id FROM confluence_users WHERE account_status = 'active');

-- people: owners who are not active, as NOT EXISTS
-- requests 6, rounds 2
SELECT count(*) FROM confluence_spaces s WHERE NOT EXISTS (
  SELECT FROM confluence_users u WHERE u.account_id = s.author_id AND u.account_status = 'active');

-- Evidence: rows counted before a source
-- requests 110, rounds 1
WITH root AS (SELECT id, title, modified_at FROM confluence_pages) SELECT count(*) FROM root;

-- people: spaces without pages
-- requests 111, rounds 81
SELECT s.key FROM confluence_spaces s LEFT JOIN confluence_pages p ON p.space_id = s.id WHERE p.id IS NULL LIMIT 100;

-- people: one side and the other
-- requests 110, rounds 1
SELECT space_id FROM confluence_pages WHERE status = 'current' UNION SELECT id FROM confluence_spaces LIMIT 1000;

-- == Conditions that people write

-- people: changes of a month, by date_trunc
-- requests 10, rounds 4
SELECT count(*) FROM confluence_pages WHERE date_trunc('month', modified_at) = '2026-11-01';

-- people: changes of a day, by a cast
-- requests 3, rounds 3
SELECT count(*) FROM confluence_pages WHERE modified_at::date = '2026-11-02';

-- people: changes of days, BETWEEN
-- requests 4, rounds 4
SELECT count(*) FROM confluence_pages WHERE modified_at BETWEEN '2026-11-01' AND '2026-11-05';

-- people: changes of a year, by extract
-- requests 110, rounds 7
SELECT count(*) FROM confluence_pages WHERE extract(year FROM modified_at) = 2026;

-- people: pages of a space, by text
-- requests 5, rounds 5
SELECT count(*) FROM confluence_pages WHERE space_id::text = '<space>';

-- people: pages of one space or another
-- requests 8, rounds 4
SELECT count(*) FROM confluence_pages WHERE space_id = <space> OR space_id = <other space>;

-- people: a space by its key, whatever its case
-- requests 1, rounds 1
SELECT name FROM confluence_spaces WHERE key ILIKE '<key>';

-- people: a page's title, never null
-- requests 1, rounds 1
SELECT id FROM confluence_pages WHERE coalesce(title, '') = '<title>';

-- == An auditor's questions

-- people: who can edit a space, by e-mail
-- requests 24, rounds 4
SELECT DISTINCT coalesce(u.email, p.principal_id), p.operation_key FROM confluence_permissions p
JOIN confluence_spaces s ON s.id = p.space_id
LEFT JOIN confluence.user_emails u ON u.account_id = p.principal_id
WHERE s.key = '<key>' AND p.operation_key = 'create' AND p.operation_target_type = 'page';

-- people: pages changed in a week, with labels
-- requests 300, rounds 8
SELECT p.title, v.number, coalesce(u.email, v.author_id), l.name FROM confluence_pages p
JOIN confluence_page_versions v ON v.page_id = p.id
LEFT JOIN confluence_page_labels l ON l.page_id = p.id
LEFT JOIN confluence.user_emails u ON u.account_id = v.author_id
WHERE p.modified_at >= '2026-06-01' AND p.modified_at < '2026-06-08'
AND v.created_at >= '2026-06-01' AND v.created_at < '2026-06-08' ORDER BY v.created_at;

-- people: guests with access
-- requests 330, rounds 34
SELECT a.space, x.display_name, a.may FROM space_access a JOIN confluence_users x ON x.account_id = a.account_id
WHERE x.is_external_collaborator LIMIT 1000;

-- people: who has left and owns a space
-- requests 6, rounds 2
SELECT s.key, s.author_id, x.account_status FROM confluence_spaces s
LEFT JOIN confluence_users x ON x.account_id = s.author_id WHERE x.account_status IS DISTINCT FROM 'active';

-- people: pages not changed for two years, by space
-- requests 60, rounds 8
SELECT s.key, count(*) FROM confluence_pages p JOIN confluence_spaces s ON s.id = p.space_id
WHERE p.modified_at < '2024-11-01' GROUP BY 1 ORDER BY 2 DESC;

-- people: the 20 biggest attachments with page and space
-- requests 52, rounds 48
SELECT a.title, a.file_size, p.title, s.key FROM confluence_attachments a JOIN confluence_pages p ON p.id = a.page_id
JOIN confluence_spaces s ON s.id = p.space_id ORDER BY a.file_size DESC NULLS LAST LIMIT 20;

-- people: pages of a space without labels
-- requests 240, rounds 4
SELECT p.title FROM confluence_pages p WHERE p.space_id = <other space>
AND NOT EXISTS (SELECT FROM confluence_page_labels l WHERE l.page_id = p.id);

-- people: top contributors of a month
-- requests 40, rounds 7
SELECT coalesce(u.email, p.version_author_id), count(*) FROM confluence_pages p
LEFT JOIN confluence.user_emails u ON u.account_id = p.version_author_id
WHERE p.modified_at >= '2026-10-01' GROUP BY 1 ORDER BY 2 DESC LIMIT 10;

-- people: unresolved comments with page and space
-- requests 40, rounds 29
SELECT s.key, p.title, c.resolution_status, c.modified_at
FROM confluence_inline_comments c JOIN confluence_pages p ON p.id = c.page_id JOIN confluence_spaces s ON s.id = p.space_id
WHERE c.resolution_status IN ('open', 'reopened') AND c.parent_comment_id IS NULL ORDER BY c.modified_at;

-- people: unresolved comments, the first fifty
-- requests 40, rounds 3
SELECT s.key, p.title, c.resolution_status, c.modified_at
FROM confluence_inline_comments c JOIN confluence_pages p ON p.id = c.page_id JOIN confluence_spaces s ON s.id = p.space_id
WHERE c.resolution_status IN ('open', 'reopened') AND c.parent_comment_id IS NULL ORDER BY c.modified_at LIMIT 50;

-- people: how many people can see each space
-- requests 230, rounds 3
SELECT space, count(DISTINCT account_id), bool_or(given_to = 'access-class') FROM space_access
WHERE may = 'read space' GROUP BY 1 ORDER BY 2 DESC;

-- people: restricted pages of a space
-- requests 240, rounds 4
SELECT p.title, r.operation, r.principal_id, r.reason FROM confluence_pages p
JOIN confluence_content_restrictions r ON r.content_id = p.id WHERE p.space_id = <other space>;

-- people: pages without labels, the whole site
-- requests 340, rounds 3
SELECT count(*) FROM confluence_pages p WHERE NOT EXISTS (
  SELECT FROM confluence_label_pages l WHERE l.page_id = p.id);
