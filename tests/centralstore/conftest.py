"""One real store per module of tests; tests use people and spaces of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.store import Clock, StoreHandle, running_store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreHandle]:
    """A running store on the system's clock."""
    with running_store(tmp_path_factory.mktemp("store")) as handle:
        yield handle


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[StoreHandle]:
    """A running store of one test's own, with a clock that the test moves."""
    with running_store(tmp_path, Clock(tmp_path / "clock")) as handle:
        yield handle
