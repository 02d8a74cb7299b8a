"""Requests and replies of the store's HTTP resources, one module per resource.

JSON objects made by msgspec; bytes travel as base64, ids in URLs as hex. What is signed or hashed
stays a record (MessagePack) inside a bytes field. `paths.py` names every route once.
Spec: docs/protocol/70-store.md.
"""
