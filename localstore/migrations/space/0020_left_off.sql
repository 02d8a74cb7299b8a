-- How a person left the space, by name: what was begun and not finished, which part was being read,
-- what a list was filtered by. It goes with the space.
CREATE TABLE left_off (
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
