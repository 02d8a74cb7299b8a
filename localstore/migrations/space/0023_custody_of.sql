-- Which exhibit an event of the custody log is about, so that an exhibit shows its own. The chain
-- itself stays as it was: it holds the exhibit's name and hash in words.
CREATE TABLE custody_of (
    seq INTEGER PRIMARY KEY,
    file BLOB NOT NULL CHECK (length(file) = 16)
) STRICT;
CREATE INDEX custody_of_file ON custody_of (file, seq);

-- Events from before: by the name, where only one exhibit bears it.
INSERT INTO custody_of (seq, file)
SELECT custody.seq, named.file
FROM custody
JOIN (SELECT name, min(file) AS file FROM exhibit GROUP BY name HAVING count(*) = 1) AS named
    ON named.name = custody.subject
WHERE custody.kind LIKE 'exhibit-%' OR custody.kind IN ('acquisition-equal', 'permission-recorded');
