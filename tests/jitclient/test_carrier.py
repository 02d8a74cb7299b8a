"""The process that carries uploads outlives the window's image and not the window."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jitclient import carrierlock
from jitclient.carriedjobs import Job, Lot
from localstore import carried
from protocol import codec
from protocol.errors import ProfileInUseError

ROOT = Path(__file__).parents[2]
KEY = bytes(range(32))
WINDOW = """
import os, sys
from jitclient import carrying
from jitclient.carriedjobs import Lot
from protocol import codec
carrying.start(codec.decode(Lot, sys.stdin.buffer.read(), limit=10**7))
print("started", flush=True)
anew = f"print('anew', flush=True); open({sys.argv[1]}).read()"
os.execv(sys.executable, [sys.executable, "-c", anew])
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="NOT TESTED HERE: pidfd")


@pytest.fixture
def lot(tmp_path: Path) -> Lot:
    """One upload, to a store that nobody reaches."""
    source = tmp_path / "file"
    source.write_bytes(b"x")
    carried.begin(carried.journal_file(tmp_path, bytes(16), bytes(16)), [])
    job = Job(
        version=1, space=bytes(16), file=bytes(16), file_key=KEY, salt=bytes(24), size=1,
        source=os.fsencode(source), source_stat=_stat(source), spool_key=b"", recipients=(),
    )  # fmt: skip
    return Lot(
        version=1, profile=os.fsencode(tmp_path), store="localhost:1", certificate=bytes(32),
        token="t" * 43, jobs=(job,), fetches=(),
    )  # fmt: skip


def _stat(path: Path) -> str:
    from jitclient.sourcefile import source_stat

    return str(source_stat(path))


@pytest.fixture
def window(lot: Lot) -> Iterator[subprocess.Popen[bytes]]:
    """A window that locked: its process image was replaced."""
    reader, writer = os.pipe()  # it lives until the test closes this
    process = subprocess.Popen(
        [sys.executable, "-c", WINDOW, str(reader)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, pass_fds=(reader,),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    os.close(reader)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(codec.encode(lot))
    process.stdin.close()
    assert process.stdout.readline() == b"started\n"
    assert process.stdout.readline() == b"anew\n"
    yield process
    os.close(writer)
    process.wait()


def test_it_goes_on_when_the_window_begins_anew_and_ends_with_it(
    window: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    carrier = int((tmp_path / "carrying.pid").read_text())
    assert carrierlock.carrying(tmp_path)
    ended = os.pidfd_open(carrier)

    window.kill()

    assert select.select([ended], [], [], 60)[0] == [ended]
    assert not carrierlock.carrying(tmp_path)
    os.close(ended)


def test_whoever_unlocks_ends_it(window: subprocess.Popen[bytes], tmp_path: Path) -> None:
    assert window.poll() is None
    assert carrierlock.carrying(tmp_path)

    carrierlock.stop(tmp_path)

    assert not carrierlock.carrying(tmp_path)


def test_secrets_of_a_lot_are_shown_nowhere(lot: Lot) -> None:
    shown = f"{lot} {lot!r} {lot.jobs[0]} {lot.jobs}"

    assert "redacted" in shown
    assert "x01" not in shown
    assert "ttt" not in shown


def test_there_is_one_carrier_for_a_profile(tmp_path: Path) -> None:
    handle = carrierlock.hold(tmp_path)

    assert carrierlock.carrying(tmp_path)
    with pytest.raises(ProfileInUseError):
        carrierlock.hold(tmp_path)
    os.close(handle)
    assert not carrierlock.carrying(tmp_path)


def test_where_nobody_carries_there_is_nothing_to_stop(tmp_path: Path) -> None:
    carrierlock.stop(tmp_path)

    assert list(tmp_path.iterdir()) == []
