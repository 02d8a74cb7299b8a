-- Which thread a text is part of: the message that was answered first. Of a later answer it is the
-- thread of what it answers. NULL: it answers nothing.
ALTER TABLE message ADD COLUMN thread BLOB;

UPDATE message SET thread = (
    WITH RECURSIVE up (root, step) AS (
        SELECT message.reply_to, 1
        UNION ALL
        SELECT above.reply_to, step + 1 FROM up JOIN message AS above ON above.message = root
        WHERE above.reply_to IS NOT NULL AND step < 100
    )
    SELECT root FROM up ORDER BY step DESC LIMIT 1
) WHERE reply_to IS NOT NULL;

CREATE INDEX message_thread ON message (thread, log_seq, lamport, author_device, position)
    WHERE thread IS NOT NULL;

-- What is being written in a thread and not sent.
CREATE TABLE thread_draft (
    thread BLOB PRIMARY KEY CHECK (length(thread) = 16),
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
