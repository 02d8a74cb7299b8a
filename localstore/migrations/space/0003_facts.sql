-- What an exhibit is, as its manifest states or will state it: name 0x00 value 0x00, repeated.
ALTER TABLE exhibit ADD COLUMN facts BLOB NOT NULL DEFAULT x'';
