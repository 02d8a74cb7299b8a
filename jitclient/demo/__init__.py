"""The whole story on one machine: a real store, three people, one case. `make demo`.

May import: jitclient.desk and above, ui. Start at: story.py.
"""
