"""Cryptography: bytes in, bytes out.

May import: protocol, PyNaCl, cryptography, blake3. Never sees: files, sockets, databases, the clock
(`now` is an argument), randomness it was not handed (`Entropy` is an argument), Qt.
Start at: signatures.py (who said it), handshake.py and ratchet.py (between two devices),
message.py (to a space), filestream.py (exhibits), vault.py (at rest).
"""
