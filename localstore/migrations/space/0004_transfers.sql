-- In which order exhibits travel, and finding what is due without reading every exhibit.

-- Lower ranks travel first; among equals the older.
ALTER TABLE exhibit ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;

CREATE INDEX exhibit_due ON exhibit (rank, added_at, position)
    WHERE state IN ('sealing', 'uploading', 'available', 'downloading');

CREATE INDEX exhibit_owed ON exhibit (state) WHERE announced = 0;

CREATE INDEX exhibit_size ON exhibit (size);
