-- A receipt takes its place in the chain when it is owed and its signature when it leaves.
ALTER TABLE pending_receipt RENAME COLUMN signed TO receipt;
ALTER TABLE pending_receipt ADD COLUMN is_signed INTEGER NOT NULL DEFAULT 1;
