"""What the window says, in the language of the person. English in the source is the key. Pure.

May import: resources. Never sees: data of any kind, Qt (except `qt.py`). Start at: tr().
"""

from __future__ import annotations

from ui.language.catalogue import Table, choose, chosen, mark, number, tr, trc, trn
from ui.language.sentences import told

__all__ = ["Table", "choose", "chosen", "mark", "number", "told", "tr", "trc", "trn"]
