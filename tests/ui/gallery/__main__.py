"""`python -m tests.ui.gallery`: renews the reference pictures. Look at what changed before landing.

Only references whose rendering is too far away are written, so that a renewal shows in the
history what it changed. `--all` writes every one.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from tests.ui.gallery.comparing import distance, reduced
from tests.ui.gallery.keeping import DISTANCES, FOLDER, distances, strays, verdict
from tests.ui.gallery.rendering import pictures


def main() -> None:
    """Entry point."""
    FOLDER.mkdir(exist_ok=True)
    known = distances()
    with tempfile.TemporaryDirectory() as folder:
        made = pictures(Path(folder))
    for name, drawn in made.items():
        if not verdict(name, drawn, known) and "--all" not in sys.argv:
            continue
        kept = reduced(drawn)
        kept.save(FOLDER / f"{name}.png", optimize=True)
        apart = distance(drawn, kept)
        known[name] = apart.apart if apart is not None else 0
        sys.stdout.write(f"renewed {name}\n")
    for stray in strays(made):
        stray.unlink()
        known.pop(stray.stem, None)
    text = json.dumps(dict(sorted(known.items())), indent=1) + "\n"
    DISTANCES.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
