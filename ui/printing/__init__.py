"""Everything on paper: one letterhead, one grid, one way to write a PDF.

`paper.py` says what stands on the pages, `flow.py` breaks it into pages, `letterhead.py` draws head
and foot of each, `writing.py` makes the file. Start at: paper.py.

May import: ui (Qt except in `paper.py`), resources. Never sees: the network, SQL, keys.
"""
