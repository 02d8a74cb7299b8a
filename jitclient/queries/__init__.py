"""What a person can see: one module per noun, each returning rows of `jitclient.views`.

Functions run on the database thread and change nothing. May import: what use-cases may.
"""
