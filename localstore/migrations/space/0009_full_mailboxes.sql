-- An envelope for whose device the store had no room: how often it was offered in vain, and when
-- it is offered again. At most one for each device: the others for it follow when it was taken.

ALTER TABLE outgoing_envelope ADD COLUMN full_tries INTEGER NOT NULL DEFAULT 0;

ALTER TABLE outgoing_envelope ADD COLUMN next_try INTEGER NOT NULL DEFAULT 0;

CREATE UNIQUE INDEX outgoing_full ON outgoing_envelope (device) WHERE full_tries > 0;
