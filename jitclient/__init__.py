"""The application: use-cases, queries, the session that owns an unlocked device, two faces.

May import: protocol, crypto, localstore, sync, ui (from __main__ only).
Start at: desk.py, then usecases/send_message.py.
"""
