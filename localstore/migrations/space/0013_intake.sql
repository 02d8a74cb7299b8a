-- The customs detection that is being written and not handed over. One for a space.
CREATE TABLE intake_draft (
    here INTEGER PRIMARY KEY CHECK (here = 1),
    form BLOB NOT NULL,  -- name 0x00 value 0x00, repeated, as exhibit.facts
    images BLOB NOT NULL -- paths, 0x00 after each: bytes, for not every file name is UTF-8
) STRICT;
