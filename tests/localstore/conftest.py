"""A profile and two open databases in a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from localstore.connection import Connection, open_database
from localstore.profile import Profile
from tests.localstore.samples import KEY, SPACE


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Profile]:
    with Profile(tmp_path / "profile") as held:
        yield held


@pytest.fixture
def db(profile: Profile) -> Iterator[Connection]:
    conn = open_database(profile.device_database, KEY, migrations="device")
    yield conn
    conn.close()


@pytest.fixture
def sp(profile: Profile) -> Iterator[Connection]:
    conn = open_database(profile.space_database(SPACE), KEY, migrations="space")
    yield conn
    conn.close()
