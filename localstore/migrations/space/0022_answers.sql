-- What answers something in the order of reading, so that the threads of a space are found newest
-- first without reading what stands between them.
CREATE INDEX message_answers ON message (log_seq, lamport, author_device, position, thread)
    WHERE thread IS NOT NULL;
