"""Fills a disk that ends: `python -m tests.localstore.limited FOLDER limit|here` prints JSON.

`limit`: the process may write no file beyond a size (RLIMIT_FSIZE). `here`: the folder is on a
small file system with a file `ballast` to remove.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Final

from localstore import connection
from localstore.connection import Connection, open_database, transaction
from localstore.profile import Profile
from protocol.errors import DiskError
from tests.localstore.samples import KEY, SPACE, send, sends_that_happened

ENOUGH: Final = 4000
REFUSALS: Final = 3


def main(folder: Path, how: str) -> None:
    with Profile(folder / "profile") as profile:
        path = profile.space_database(SPACE)
        sp = open_database(path, KEY, migrations="space")
        sp.execute("PRAGMA wal_autocheckpoint = 20")  # so that both files meet the end
        if how == "limit":
            _limit(path.stat().st_size + 300_000)
        acknowledged, refusals = _fill(sp)
        vault_left = _fail_to_save(profile)
        if how == "limit":
            _limit(resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        else:
            (folder / "ballast").unlink()
        send(sp, acknowledged + 1)
        with transaction(sp):
            stored, problems = sends_that_happened(sp)
        connection.check(sp)
        sp.close()
        profile.save_vault(b"small")
    outcome = {
        "acknowledged": acknowledged,
        "refusals": refusals,
        "stored_after": stored,
        "problems": problems,
        "vault_left": vault_left,
    }
    print(json.dumps(outcome))


def _limit(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def _fill(sp: Connection) -> tuple[int, list[str]]:
    acknowledged, refusals = 0, []
    for _ in range(ENOUGH):
        try:
            send(sp, acknowledged + 1)
        except DiskError as error:
            refusals.append(error.sentence)
        else:
            acknowledged += 1
        if len(refusals) == REFUSALS:
            return acknowledged, refusals
    raise SystemExit("the disk never ended")


def _fail_to_save(profile: Profile) -> list[str]:
    try:
        profile.save_vault(bytes(2_000_000))
    except DiskError:
        return sorted(p.name for p in profile.directory.glob("vault*"))
    raise SystemExit("a vault larger than the disk was saved")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
