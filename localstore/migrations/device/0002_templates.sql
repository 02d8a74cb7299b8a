-- Facts an authority states of all its exhibits: name 0x00 value 0x00, repeated. Nothing of a case.
CREATE TABLE template (
    name TEXT PRIMARY KEY,
    facts BLOB NOT NULL
) STRICT, WITHOUT ROWID;
