"""Everything at rest on this device: one SQLCipher file per space, the vault of parts, the keyring.

May import: protocol, sqlcipher3, keyring. Never sees: plaintext of exhibits, the network, Qt; the
keys it stores are bytes to it. Functions take an open `Connection`; those that write expect the
caller's `with transaction(conn):`, so that one act is one transaction. Start at: connection.py.
Spec: docs/protocol/81-local-store.md.
"""
