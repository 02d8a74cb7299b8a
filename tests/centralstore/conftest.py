"""One real store per module of tests; tests use people and spaces of their own.

Every test runs twice: on SQLite and a folder, and on PostgreSQL and an S3 server. What is only true
of a file on this machine is marked `embedded`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.centralstore.pair import Pair
from tests.support.servers import Places, places
from tests.support.store import Clock, StoreHandle, running_store

_BACKENDS = ("embedded", "shared")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("embedded") is not None
        metafunc.parametrize("backend", _BACKENDS[:1] if only else _BACKENDS, scope="module")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, backend: str) -> Iterator[StoreHandle]:
    """A running store on the system's clock."""
    folder = tmp_path_factory.mktemp("store")
    with ExitStack() as ends:
        where = ends.enter_context(places(folder)) if backend == "shared" else None
        yield ends.enter_context(running_store(folder, places=where))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two processes for the same facts and parts."""
    folder = tmp_path_factory.mktemp("pair")
    with ExitStack() as ends:
        one = ends.enter_context(running_store(folder, places=ends.enter_context(places(folder))))
        other = one.beside()
        other.start()
        ends.callback(other.stop)
        yield one, other


@pytest.fixture
def where(tmp_path: Path, backend: str) -> Iterator[Places | None]:
    """A database and a bucket of one test's own, or None for its folder."""
    with ExitStack() as ends:
        yield ends.enter_context(places(tmp_path)) if backend == "shared" else None


@pytest.fixture
def own_store(tmp_path: Path, where: Places | None) -> Iterator[StoreHandle]:
    """A running store of one test's own, with a clock that the test moves."""
    with running_store(tmp_path, Clock(tmp_path / "clock"), where) as handle:
        yield handle
