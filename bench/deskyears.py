"""Fills a real space with years of work, lets the window work in it, and holds it to its floors.

The people, the store and the profile are real; the window is a process of its own (`deskwork.py`)
on the X server of the run, and a colleague answers it through the store when it asks for news.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench import deskfill
from bench.heart import STANDS
from bench.reporting import floor, table
from jitclient.desk import Desk
from protocol.ids import SpaceId
from tests.support.people_at_work import PASSPHRASE, Team, at_work, make_template

ROOT: Final = Path(__file__).resolve().parents[1]
_SMALL: Final = 250  # messages of the other space
_WRITES: Final = "bruno"
_KEYS: Final = "key in the composer"
_KEY_MS: Final = 16.0  # these four as interface.md sets them
_SWITCH: Final = "switch of conversation"
_SWITCH_MS: Final = 100.0
_LIST: Final = "show the exhibits"
_LIST_MS: Final = 300.0
_RSS_MIB: Final = 350.0


@dataclass
class Found:
    """What the window said of each act, and its RSS in MiB with every page loaded."""

    acts: list[dict[str, Any]] = field(default_factory=list)
    rss: float = 0.0


async def work(count: int, pages: int) -> Found:
    """The window at work among `count` messages, reading `pages` of 100 back.

    Raises:
        SystemExit: the window ended before its last act.
    """
    with tempfile.TemporaryDirectory() as name:
        template, folder = Path(name) / "template", Path(name) / "team"
        template.mkdir()
        await make_template(template)
        async with at_work(template, folder, "ana", _WRITES) as team:
            small = await team.new_space("Operation Petrel", _WRITES)
            for number in range(_SMALL):
                await team[_WRITES].send(small, f"message {number} of many")
            await team.settle(_WRITES, "ana", rounds=1)
            filled = await _filled(team["ana"], team.space, count)
            await team.lock("ana")
            asked = {
                "profile": str(team.profile("ana")),
                "passphrase": PASSPHRASE,
                "large": team.space.hex(),
                "small": small.hex(),
                "middle": filled.middle.hex(),
                "root": filled.root.hex(),
                "pages": pages,
            }
            return await _watched(team, asked)


async def _filled(desk: Desk, space: SpaceId, count: int) -> deskfill.Filled:
    session = desk._session
    return await session.run(deskfill.fill, session, space, count)


async def _watched(team: Team, asked: dict[str, Any]) -> Found:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.deskwork",
        json.dumps(asked),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "xcb"},
    )
    assert process.stdout is not None
    found = Found()
    try:
        async for line in process.stdout:
            told = json.loads(line)
            if "say" in told:
                await team[_WRITES].sync_now()
                await team[_WRITES].send(team.space, told["say"])
                await team[_WRITES].sync_now()
            elif "rss" in told:
                found.rss = told["rss"]
            else:
                found.acts.append(told)
    finally:
        if process.returncode is None and process.stdout.at_eof() is False:
            process.kill()
        code = await process.wait()
    if code:
        raise SystemExit(f"the window stopped after {len(found.acts)} acts")
    return found


def shown(found: Found, count: int) -> list[str]:
    """The table of the acts and its floors."""
    head = ("act", "until painted, median ms", "worst", "its thread works, ms", "stands", "slot")
    lines = [f"The window among {count:,} messages and {count // 10:,} exhibits:", ""]
    lines += table(head, [_row(act) for act in found.acts])
    slowest = max(found.acts, key=lambda act: act["works"])
    took = {act["act"]: act["took"] for act in found.acts}
    lines += [
        floor(f"longest slot, ms ({slowest['act']})", slowest["works"], STANDS),
        f"- slots over {STANDS:g} ms: {_over(found.acts) or 'none'}",
        floor("a key until painted, worst, ms", max(took[_KEYS]), _KEY_MS),
        floor("switch until painted, median, ms", statistics.median(took[_SWITCH]), _SWITCH_MS),
        floor("exhibits until painted, ms", max(took[_LIST]), _LIST_MS),
        floor("RSS with every page loaded, MiB", found.rss, _RSS_MIB),
    ]
    return lines


def _over(acts: Sequence[dict[str, Any]]) -> str:
    over = [(act["works"], act["act"]) for act in acts if act["works"] > STANDS]
    return ", ".join(f"{name} {ms:.0f}" for ms, name in sorted(over, reverse=True))


def _row(act: dict[str, Any]) -> list[str]:
    took, used = act["took"], act["used"]
    until = [f"{statistics.median(took):.1f}", f"{max(took):.1f}"] if took else ["-", "-"]
    worked = f"{statistics.median(used):.1f}" if used else "-"
    return [act["act"], *until, worked, f"{act['own']:.0f}", f"{act['works']:.0f}"]
