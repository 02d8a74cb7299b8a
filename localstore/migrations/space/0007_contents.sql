-- Which contents are here already, found without reading every exhibit.

-- SHA-256 of an own file when it was registered, where it was read then; empty otherwise.
ALTER TABLE exhibit ADD COLUMN digest BLOB NOT NULL DEFAULT x'';

CREATE INDEX exhibit_content ON exhibit (sha256) WHERE sha256 <> x'';

CREATE INDEX exhibit_digest ON exhibit (digest) WHERE digest <> x'';

-- Own files of which the content is not known yet.
CREATE INDEX exhibit_unread ON exhibit (size) WHERE mine = 1 AND sha256 = x'' AND digest = x'';

CREATE INDEX exhibit_received ON exhibit (size) WHERE mine = 0;
