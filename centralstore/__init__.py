"""The store: a blind, temporary keeper of sealed bytes that logs every access.

May import: protocol, crypto.signatures, crypto.merkle, crypto.checkpoint, crypto.sealedstream
(nothing that could open a message).
Never sees: plaintext, names of exhibits or spaces, content keys, true sizes.
Start at: policy.py (who may do what), then app.py (the routes), retention.py (what is erased when).
"""
