"""`python -m centralstore` and the `jitstore` command."""

from __future__ import annotations

import sys

from centralstore.operator.commands import main

if __name__ == "__main__":
    sys.exit(main())
