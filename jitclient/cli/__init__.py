"""The program without a window: the same use-cases, data on stdout, talk on stderr.

May import: jitclient.desk, jitclient.views, protocol. Start at: parser.py, then run.py.
"""
