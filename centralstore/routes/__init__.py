"""One module per resource: turns a request into one call of a domain module, and its answer back.

May import: every module of centralstore. Never: SQL, rules (those stand in policy.py).
Start at: table.py, which lists every route.
"""
