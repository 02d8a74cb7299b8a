"""The window: Qt widgets over plain presenters.

Every screen is a folder of three files: `state.py` (what is shown, frozen), `presenter.py` (what
happens next, no Qt) and `view.py` (where it sits, no decisions).

May import: jitclient.desk, jitclient.views, jitclient.events, protocol, resources, PySide6, qasync,
segno. Never sees: keys, SQL, HTTP, the inside of an exhibit. Start at: app.py, then shell.py.
"""
