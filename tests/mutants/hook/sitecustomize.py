"""Puts one change into this process, and into those it starts, when JIT_MUTANT names one.

Python imports this file by itself when its folder is on PYTHONPATH. Nothing on disk is changed.
"""

from __future__ import annotations

import os

if os.environ.get("JIT_MUTANT"):
    from importlib.util import module_from_spec, spec_from_file_location
    from pathlib import Path

    _spec = spec_from_file_location("jit_wound", Path(__file__).with_name("wound.py"))
    if _spec is not None and _spec.loader is not None:
        _wound = module_from_spec(_spec)
        _spec.loader.exec_module(_wound)
        _wound.install(os.environ["JIT_MUTANT"])
