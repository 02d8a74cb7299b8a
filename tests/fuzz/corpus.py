"""The kept inputs of every target: few, small, each for something that no other one reaches."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Final

from protocol.errors import BugError, JitError
from tests.fuzz.target import Target

ROOT: Final = Path(__file__).parents[2]
KEPT: Final = Path(__file__).parent / "corpus"
MAX_FILES: Final = 24
MAX_BYTES: Final = 48 * 1024
_OURS: Final = tuple(
    str(ROOT / room) for room in ("protocol", "crypto", "sync", "centralstore", "jitclient")
)


def kept(target: Target) -> list[bytes]:
    """The corpus of a target, in a stable order."""
    folder = KEPT / target.name
    return [path.read_bytes() for path in sorted(folder.glob("*"))] if folder.is_dir() else []


def minimise(target: Target, candidates: Iterable[bytes]) -> list[bytes]:
    """The smallest inputs first, each with a step or a refusal that none before it had.

    Every kept file stays worth its place: what a finding left there is a candidate like any other,
    so regressions belong into a named test as well.
    """
    seen: set[object] = set()
    found: list[bytes] = []
    room = MAX_BYTES
    for data in sorted(set(candidates), key=lambda each: (len(each), each)):
        new = _trace(target, data) - seen
        if new and len(data) <= room and len(found) < MAX_FILES:
            seen |= new
            room -= len(data)
            found.append(data)
    return found


def write(target: Target, inputs: Iterable[bytes]) -> None:
    """Replace the corpus of a target."""
    folder = KEPT / target.name
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {hashlib.sha256(data).hexdigest()[:16]: data for data in inputs}
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, data in wanted.items():
        (folder / name).write_bytes(data)


def _trace(target: Target, data: bytes) -> set[object]:
    """The steps from line to line in our code, and how it ended."""
    steps: set[object] = set()
    last: dict[FrameType, int] = {}

    def local(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            steps.add((frame.f_code.co_filename, last.get(frame, 0), frame.f_lineno))
            last[frame] = frame.f_lineno
        return local

    def called(frame: FrameType, _event: str, _: Any) -> Any:
        return local if frame.f_code.co_filename.startswith(_OURS) else None

    sys.settrace(called)
    try:
        target.read(data)
    except BugError:
        raise
    except JitError as error:
        steps |= set(_said(error))
    finally:
        sys.settrace(None)
    return steps


def _said(error: BaseException | None) -> Iterator[str]:
    """What was said, numbers left out: msgspec's checks are told apart by their words only."""
    while error is not None:
        yield re.sub(r"\d+|\[\.\.\.\]", "", f"{type(error).__name__} {error}")[:200]
        error = error.__cause__
