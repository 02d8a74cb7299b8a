-- What is searched: three letters at a time of every text, folded (81 §9). The texts themselves
-- stand in their own tables only; `detail = none` keeps no places within them.
CREATE VIRTUAL TABLE message_search USING fts5 (
    folded, tokenize = 'trigram case_sensitive 1',
    content = '', contentless_delete = 1, detail = none
);

CREATE VIRTUAL TABLE exhibit_search USING fts5 (
    folded, tokenize = 'trigram case_sensitive 1',
    content = '', contentless_delete = 1, detail = none
);

-- What was here before this file is indexed later, in slices from the newest down: the rows below
-- this position are not yet. No row: everything is.
CREATE TABLE search_backlog (
    subject TEXT PRIMARY KEY CHECK (subject IN ('message', 'exhibit')),
    below INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO search_backlog (subject, below)
    SELECT 'message', max(position) + 1 FROM message HAVING count(*) > 0;
INSERT INTO search_backlog (subject, below)
    SELECT 'exhibit', max(position) + 1 FROM exhibit HAVING count(*) > 0;
