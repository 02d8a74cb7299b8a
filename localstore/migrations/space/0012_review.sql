-- What this person made of exhibits: seen by nobody else, never sent.

-- One row for every exhibit, from its first moment, so that the next one to look at is found by an
-- index however many were looked at before it.
CREATE TABLE review (
    position INTEGER PRIMARY KEY,
    file BLOB NOT NULL UNIQUE CHECK (length(file) = 16),
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'in-review', 'reviewed', 'flagged')),
    note TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX review_open ON review (position) WHERE state IN ('new', 'in-review');

CREATE INDEX review_touched ON review (state) WHERE state <> 'new' OR note <> '';

INSERT INTO review (position, file) SELECT position, file FROM exhibit;

CREATE TRIGGER exhibit_to_review AFTER INSERT ON exhibit
BEGIN
    INSERT INTO review (position, file) VALUES (new.position, new.file);
END;

-- `folded` is the tag as it is compared: case and accents do not make two of one.
CREATE TABLE tag (
    file BLOB NOT NULL CHECK (length(file) = 16),
    folded TEXT NOT NULL CHECK (folded <> ''),
    tag TEXT NOT NULL,
    PRIMARY KEY (file, folded)
) STRICT, WITHOUT ROWID;

CREATE INDEX tag_name ON tag (folded, tag);

-- Filters of the list of exhibits that are kept under a name.
CREATE TABLE saved_view (
    name TEXT PRIMARY KEY,
    filter TEXT NOT NULL
) STRICT, WITHOUT ROWID;
