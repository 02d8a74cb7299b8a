-- What is being written and not sent: locking by itself must not cost anybody a text.
CREATE TABLE draft (
    here INTEGER PRIMARY KEY CHECK (here = 1),
    text TEXT NOT NULL,
    reply_to BLOB
) STRICT;
