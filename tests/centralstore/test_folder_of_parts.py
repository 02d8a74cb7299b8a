"""Parts in a folder of this machine: durable before anybody is told so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from centralstore.blobs import Folder, new_prefix

pytestmark = [pytest.mark.embedded, pytest.mark.asyncio]


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What reached the disk, in order; folders among them."""
    reached: list[Path] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        reached.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return reached


async def test_a_part_its_name_and_its_folders_name_are_durable_before_it_counts(
    tmp_path: Path, synced: list[Path]
) -> None:
    root, prefix = tmp_path / "parts", new_prefix()

    key = await Folder(root).put(prefix, 0, [b"sealed"])

    assert [one.name for one in synced] == [key.split("/")[1], prefix, "parts"]


async def test_a_folders_name_is_made_durable_once_and_again_after_a_start(
    tmp_path: Path, synced: list[Path]
) -> None:
    """Whoever made the folder before may have been killed before its name was durable."""
    root, prefix = tmp_path / "parts", new_prefix()
    folder = Folder(root)
    await folder.put(prefix, 0, [b"sealed"])
    synced.clear()

    await folder.put(prefix, 1, [b"sealed"])
    assert root not in synced
    assert root / prefix in synced

    await Folder(root).put(prefix, 2, [b"sealed"])
    assert root in synced

    synced.clear()
    await folder.erase(prefix)
    await folder.put(prefix, 3, [b"sealed"])
    assert root in synced, "erased, it is another folder"
