-- Who is shown what in a search: contents that the same people reach are one audience. It follows from the space, from the
-- nearest view list at the content or above it, and from the content's own edit list; type and status are there for filters.
-- Both tables say what is current, no more. publish_access() keeps them so, and nobody else writes them.

CREATE TABLE IF NOT EXISTS view_restrictions (
    content_id bigint PRIMARY KEY,
    space_id   bigint NOT NULL,
    above      bigint
);

CREATE INDEX IF NOT EXISTS view_restrictions_above ON view_restrictions (above);

COMMENT ON TABLE view_restrictions IS
    'Contents that are restricted for viewing, and for each the next one above it: whoever views a content passes its own list, and all above';
COMMENT ON COLUMN view_restrictions.content_id IS
    'Content that has a view list';
COMMENT ON COLUMN view_restrictions.space_id IS
    'Space that it is in';
COMMENT ON COLUMN view_restrictions.above IS
    'The nearest content above it that has a view list, too. NULL where there is none';

CREATE TABLE IF NOT EXISTS audiences (
    audience_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    space_id           bigint NOT NULL,
    view_restricted_by bigint,
    edit_restricted_by bigint,
    content_type       text   NOT NULL,
    content_status     text,
    gap                text,
    UNIQUE NULLS NOT DISTINCT (space_id, view_restricted_by, edit_restricted_by, content_type, content_status, gap)
);

CREATE INDEX IF NOT EXISTS audiences_view_restricted_by ON audiences (view_restricted_by);

COMMENT ON TABLE audiences IS
    'Classes of contents that the same people reach';
COMMENT ON COLUMN audiences.space_id IS
    'Space that its contents are in';
COMMENT ON COLUMN audiences.view_restricted_by IS
    'The nearest content with a view list: the content itself, or one above it. NULL where viewing is not restricted';
COMMENT ON COLUMN audiences.edit_restricted_by IS
    'The content itself where it has an edit list. NULL where it has none';
COMMENT ON COLUMN audiences.content_type IS
    'What its contents are: page, blogpost, folder, whiteboard, database or embed';
COMMENT ON COLUMN audiences.content_status IS
    'Their status: current or archived';
COMMENT ON COLUMN audiences.gap IS
    'Why it is not known who reaches them, in the words of the view words: nobody is shown them. NULL where it is known';

CREATE TABLE IF NOT EXISTS content_audience (
    content_id  bigint PRIMARY KEY,
    audience_id bigint NOT NULL
);

CREATE INDEX IF NOT EXISTS content_audience_audience_id ON content_audience (audience_id);

COMMENT ON TABLE content_audience IS
    'The audience of each content, as the last run of mode full or access saw it';
COMMENT ON COLUMN content_audience.content_id IS
    'A page, blog post, folder, whiteboard, database or Smart Link';
COMMENT ON COLUMN content_audience.audience_id IS
    'Its audience';

-- What of a content, or of its lists, is not known by itself. It follows from the other tables, and is kept because looking
-- through all contents for it takes long. run_from and run_to are as in the history tables.
CREATE TABLE IF NOT EXISTS content_gaps (
    content_id bigint NOT NULL,
    space_id   bigint,
    access     text   NOT NULL CHECK (access IN ('view', 'edit')),
    reason     text   NOT NULL,
    group_id   text,
    run_from   bigint NOT NULL,
    run_to     bigint,
    UNIQUE NULLS NOT DISTINCT (content_id, access, reason, group_id, run_from)
);

CREATE INDEX IF NOT EXISTS content_gaps_space_id ON content_gaps (space_id);
CREATE INDEX IF NOT EXISTS content_gaps_open ON content_gaps (content_id) WHERE run_to IS NULL;

COMMENT ON TABLE content_gaps IS
    'Contents of which it is not known by themselves who views or edits them: hidden lists, withheld names, groups that nobody lists, parents that are not listed, kinds of content that were not read. What lies below them is not in it';
COMMENT ON COLUMN content_gaps.content_id IS
    'Content';
COMMENT ON COLUMN content_gaps.space_id IS
    'Space that it is in';
COMMENT ON COLUMN content_gaps.access IS
    'view, where the view list or something above is not known; edit, where it is the edit list only';
COMMENT ON COLUMN content_gaps.reason IS
    'Why, in the words of the view words';
COMMENT ON COLUMN content_gaps.group_id IS
    'The group that nobody lists';
COMMENT ON COLUMN content_gaps.run_from IS
    'Run of mode full or access that found it';
COMMENT ON COLUMN content_gaps.run_to IS
    'Run of mode full or access that found it no more';

-- The run of mode full or access up to which these tables were worked out, so that the next need look only at what has
-- changed since. A run in which nothing has changed is not noted.
CREATE TABLE IF NOT EXISTS audiences_run (
    is_the_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_the_only_row),
    run_id          bigint  NOT NULL
);

COMMENT ON TABLE audiences_run IS
    'The last run of mode full or access that has changed something in audiences, content_audience, view_restrictions or content_gaps: one row';
COMMENT ON COLUMN audiences_run.run_id IS
    'The run';
