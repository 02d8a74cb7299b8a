"""What every layer of the application may lean on: clock, paths, text, log.

May import: protocol and the standard library. Never: the database, the network, Qt.
"""
