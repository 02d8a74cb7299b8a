"""A training space: a made-up case on this computer, with a real store and real colleagues' keys.

May import: jitclient.desk, jitclient.door and below; never ui. Never sees: a profile of a person.
Start at: director.py. Why it is so: docs/adr/0065.
"""
