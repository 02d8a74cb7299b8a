"""People at their desks, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jitclient.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with nobody in it yet; its profiles are closed afterwards."""
    office = Office(tmp_path)
    yield office
    office.close()
