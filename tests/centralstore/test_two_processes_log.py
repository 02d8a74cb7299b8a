"""One access log of two processes on PostgreSQL: one tree, whoever writes and whoever is asked."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from centralstore.tables import ACCESS_LOG, LOG_HEAD
from crypto import checkpoint
from crypto.checkpoint import Checkpoint
from protocol.api import paths
from protocol.api.logs import CheckpointReply
from tests.centralstore import logs
from tests.centralstore.client import read
from tests.centralstore.pair import Pair, at_once, both, enrolled, rows
from tests.support.store import run_jitstore


def test_checkpoints_of_both_processes_are_of_one_growing_log(pair: Pair) -> None:
    here, there = both(enrolled(pair[0], "looker"), pair)

    first = logs.head(here)
    there.ask("GET", paths.USERS)
    second = logs.head(there)
    third = logs.head(here)

    assert first.size < second.size < third.size
    assert logs.grew(there, first, second)
    assert logs.grew(here, second, third)
    mine = [row.operation for row in logs.rows(here, third, since=first.size)]
    assert mine[:2] == ["log.checkpoint", "directory.read"]


def test_looks_and_acts_at_the_same_moment_make_one_tree(pair: Pair, tmp_path: Path) -> None:
    here, there = both(enrolled(pair[0], "busy"), pair)
    key = logs.store_key(here.store)
    acts = [
        partial(device.ask, "GET", path)
        for device in (here, there)
        for path in (paths.LOG_CHECKPOINT, paths.USERS, paths.SPACES, paths.LOG_CHECKPOINT)
    ]

    answers = [answer for _ in range(5) for answer in at_once(*acts)]

    seen: list[Checkpoint] = []
    for answer in answers:
        if answer.request.url.path == paths.LOG_CHECKPOINT:
            text = read(answer, CheckpointReply).checkpoint
            seen.append(checkpoint.verify(text, key))
    seen.sort(key=lambda one: one.size)
    last = logs.head(there)
    for older, newer in zip(seen, [*seen[1:], last], strict=True):
        assert older.size < newer.size or older == newer
        assert logs.grew(here, older, newer)
    ((size,),) = rows(here.store, select(LOG_HEAD.c.size))
    placed = select(func.count(), func.count(ACCESS_LOG.c.leaf.distinct())).where(
        ACCESS_LOG.c.leaf < size
    )
    assert rows(here.store, placed) == [(size, size)]
    data = str(here.store.data_dir)
    assert run_jitstore("log", "audit", "--data", data)["sound"] is True
    out = tmp_path / "rows.jsonl"
    words = ("--requester", "EDPS", "--reason", "Inspection 3/2026", "--out", str(out))
    run_jitstore("log", "export", "--data", data, *words)
    found = run_jitstore("log", "verify", str(out), "--store-key", key.hex())
    assert found["verified"] is True
