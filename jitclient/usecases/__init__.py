"""What a person can do: one module per verb. Each is called by the window and by the command line.

May import: protocol, crypto, localstore, sync, the rest of jitclient below the faces.
Start at: send_message.py.
"""
