-- At which of one's own devices a key was compared; unknown for what was compared before this.
ALTER TABLE verified ADD COLUMN device BLOB CHECK (device IS NULL OR length(device) = 16);
