"""The real window on a profile, for a parent that looks into its memory.

`python -m tests.support.locked_window PROFILE` starts the program as `jitclient` does. Orders come
on stdin, one a line: the passphrase; a text to send; `lock`. After unlocking it tells, as one JSON
line, what must not be found later. Locked, the program begins anew; its second life says `locked`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

_LIFE = "JIT_TEST_LIFE"


def main(profile: Path) -> None:
    from ui import app
    from ui.shell import Shell

    second = os.environ.get(_LIFE) == "2"

    def ready() -> None:
        if second:
            print("locked", flush=True)
            return
        shell = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Shell))
        shell.tasks.start(_act(shell), name="act")

    sys.exit(app.run(profile, ready=ready))


async def _act(shell: object) -> None:
    from tests.ui_real.acting import Window, until
    from ui.shell import Shell

    assert isinstance(shell, Shell)
    ana = Window(shell)
    await ana.unlock(await _order())
    await until(lambda: ana.room.conversation.state.space is not None and ana.shows_rows)
    text = await _order()
    ana.write(text)
    await until(lambda: bool(ana.says(text)))
    session = ana.room.desk._session  # type: ignore[attr-defined]
    print(json.dumps(await session.run(_secrets, session)), flush=True)
    assert await _order() == "lock"
    os.environ[_LIFE] = "2"
    shell.lock()


async def _order() -> str:
    line: str = await asyncio.to_thread(sys.stdin.readline)
    return line.rstrip("\n")


def _secrets(session: object) -> dict[str, str]:
    from crypto import recovery
    from jitclient.session import Session
    from localstore import spaces

    assert isinstance(session, Session)
    one = session.identity
    found = {
        "root": one.user_root,
        "user key": recovery.user_key(one.user_root).dump(),
        "device key": one.signing_seed,
        "identity key": one.identity_seed,
    }
    for record in spaces.spaces(session.stores.device):
        found["space key"] = record.database_key[:32]
        sp = session.stores.space(record.space)  # type: ignore[arg-type]
        rows = sp.execute("SELECT number, state FROM session").fetchall()
        for number, state in rows:
            for at in range(0, min(len(state) - 24, 240), 48):
                found[f"session {number} from byte {at}"] = bytes(state[at : at + 24])
        for number, (key,) in enumerate(sp.execute("SELECT content_key FROM outgoing").fetchall()):
            found[f"content key {number}"] = bytes(key)
    return {name: value.hex() for name, value in found.items()}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
