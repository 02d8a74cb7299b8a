-- What stands still until a person acts, counted without reading every exhibit.

CREATE INDEX exhibit_standing ON exhibit (state) WHERE state IN ('paused', 'failed', 'corrupted');
