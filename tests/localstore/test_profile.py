"""A profile is private, and held by one process at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from localstore import chunks, files
from localstore.connection import open_database
from localstore.profile import Profile
from protocol.errors import ConfigurationError, DiskError, ProfileInUseError
from tests.localstore.samples import KEY, SPACE, send

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from localstore.profile import Profile
held = Profile(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the profile."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "p")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_process_is_refused(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    with pytest.raises(ProfileInUseError):
        Profile(tmp_path / "p")


def test_the_lock_is_free_when_its_process_is_killed(
    holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait(60)

    Profile(tmp_path / "p").close()


def test_a_second_profile_in_the_same_process_is_refused_too(profile: Profile) -> None:
    with pytest.raises(ProfileInUseError):
        Profile(profile.directory)

    profile.close()
    Profile(profile.directory).close()


def test_a_child_process_does_not_keep_the_lock(profile: Profile) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    profile.close()

    Profile(profile.directory).close()

    child.communicate(b"\n")


def modes(folder: Path) -> dict[str, int]:
    found = {folder.name: folder.stat().st_mode & 0o777}
    for path in folder.rglob("*"):
        found[path.relative_to(folder.parent).as_posix()] = path.stat().st_mode & 0o777
    return found


def test_folders_are_0700_and_files_0600_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Profile(tmp_path / "deep" / "p") as profile:
            profile.save_vault(b"vault")
            open_database(profile.device_database, KEY, migrations="device").close()
            sp = open_database(profile.space_database(SPACE), KEY, migrations="space")
            send(sp, 1)
            chunks.make_parts_folder(profile, SPACE, bytes(16))
            chunks.save_part(chunks.part_path(profile, SPACE, bytes(16), 0), b"sealed")
            found = modes(tmp_path / "deep" / "p")
            sp.close()
    finally:
        os.umask(before)

    folders = {name for name in found if (tmp_path / "deep" / name).is_dir()}
    assert {
        name for name, mode in found.items() if mode != (0o700 if name in folders else 0o600)
    } == set()
    assert any(name.endswith("space.db-wal") for name in found)
    assert any(name.endswith("space.db-shm") for name in found)


def test_a_profile_that_others_could_read_is_tightened(tmp_path: Path) -> None:
    with Profile(tmp_path / "p") as profile:
        profile.save_vault(b"vault")
    (tmp_path / "p").chmod(0o755)
    (tmp_path / "p" / "vault").chmod(0o644)

    with Profile(tmp_path / "p"):
        assert set(modes(tmp_path / "p").values()) == {0o700, 0o600}


def test_a_file_is_no_profile(tmp_path: Path) -> None:
    (tmp_path / "p").write_bytes(b"")

    with pytest.raises(ConfigurationError):
        Profile(tmp_path / "p")


@pytest.mark.skipif(not hasattr(os, "chown") or os.getuid() != 0, reason="NOT TESTED: needs root")
def test_a_folder_of_somebody_else_is_no_profile(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    os.chown(tmp_path / "p", 12345, 12345)

    with pytest.raises(ConfigurationError):
        Profile(tmp_path / "p")


def test_the_name_for_the_keyring_stays_when_the_folder_moves(tmp_path: Path) -> None:
    with Profile(tmp_path / "p") as profile:
        first = profile.id
    (tmp_path / "p").rename(tmp_path / "q")

    with Profile(tmp_path / "q") as profile:
        assert profile.id == first


def test_a_file_that_cannot_be_replaced_keeps_its_content(tmp_path: Path) -> None:
    target = tmp_path / "vault"
    files.save_file(target, b"old")
    (tmp_path / "vault.new").mkdir()  # so that writing the new one fails

    with pytest.raises(DiskError):
        files.save_file(target, b"new")

    assert files.load_file(target, 100) == b"old"
