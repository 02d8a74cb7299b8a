"""The safe viewer: exhibits become pixels in a process of their own that can do nothing else.

Two sides that share `wire` and nothing more. `viewer` runs in the client: it starts the process,
hands it bytes on demand and takes frames. Everything that `worker` names runs in that process; the
files of strangers are decoded there only, behind the walls of `confinement`.

May import: `viewer` the standard library and `jitclient.errors`; the worker's side the standard
library, Pillow and pypdfium2, and nothing of ours but this package. Never sees: keys, databases,
Qt, a path of the profile. Start at: worker.py, then viewer.py.
Spec: docs/adr/0041-the-viewer-is-confined-or-shows-nothing.md.
"""
