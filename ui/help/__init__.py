"""The help: plain pages inside the product, with search; no network and no web engine.

May import: resources, jitclient.searchviews, protocol.errors. Never sees: data of any kind.
Start at: opening.py.
"""
