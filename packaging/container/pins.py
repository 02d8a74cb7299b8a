"""Cut the store's own packages, with their hashes, out of requirements.txt.

python pins.py store.packages < requirements.txt > store.txt
"""

import re
import sys
from pathlib import Path

_BEGINS = re.compile(r"^([A-Za-z0-9._-]+)==")


def main() -> int:
    """Print the blocks of the packages named in the file; 1 when one is not pinned."""
    wanted = set(Path(sys.argv[1]).read_text("utf-8").split())
    found, keep = set(), False
    for line in sys.stdin:
        begins = _BEGINS.match(line)
        if begins:
            keep = begins[1] in wanted
            found |= {begins[1]} & wanted
        if keep:
            sys.stdout.write(line)
    missing = wanted - found
    if missing:
        sys.stderr.write(f"not pinned: {' '.join(sorted(missing))}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
