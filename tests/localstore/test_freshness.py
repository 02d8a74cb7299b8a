"""What an old copy leaves behind when it becomes a new device, table by table."""

from __future__ import annotations

from localstore import freshness
from localstore.connection import Connection, transaction
from tests.localstore.samples import LAPTOP, send

KEPT = {
    # what members signed, and what was read and verified
    "log_entry", "device_list", "card", "message", "delivery", "link", "exhibit",
    "exhibit_verified", "permission", "spool", "part", "part_count",
    "custody", "custody_head", "custody_of",
    "fork", "sharing", "draft", "intake_draft", "outside",
    # what is compared with others stays true, whichever device says it
    "untold", "heard", "two_versions",
    # what must not be taken twice, and counters that only grow
    "init_seen", "envelope_seen", "notice", "lamport",
    # changed, not emptied: our chain becomes the old device's
    "chain", "binding",
    "sqlite_sequence",
    # what finds messages and exhibits again, which stay
    *(f"{subject}_search{part}" for subject in ("message", "exhibit")
      for part in ("", "_config", "_data", "_docsize", "_idx")),
    "search_backlog",
    "search_fresh",
    # what this person made of them
    "review", "tag", "saved_view",
    # what texts point to
    "mention", "version", "thread_draft", "left_off",
}  # fmt: skip


def test_every_table_is_either_kept_or_cleared_by_name(sp: Connection) -> None:
    """Whoever adds a table says here what an old copy does with it (81 §8)."""
    rows = sp.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    tables = {str(name) for (name,) in rows}

    assert tables == KEPT | set(freshness._CLEARED)
    assert not KEPT & set(freshness._CLEARED)


def test_chains_sessions_and_numbers_end_and_history_stays(sp: Connection) -> None:
    for number in (1, 2):
        send(sp, number)

    with transaction(sp):
        freshness.start_anew(sp, LAPTOP, bytes(16), 7)

    counted = {
        table: sp.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
        for table in freshness._CLEARED
    }
    assert set(counted.values()) == {0}
    assert sp.execute("SELECT count(*) FROM message").fetchall() == [(2,)]
    assert sp.execute("SELECT DISTINCT state FROM message").fetchall() == [("refused",)]
    assert sp.execute("SELECT seq FROM chain WHERE device = ?", (LAPTOP,)).fetchall() == [(2,)]
    assert sp.execute("SELECT count(*) FROM chain WHERE device = x''").fetchall() == [(0,)]
    assert freshness.binding(sp) == (bytes(16), 7)
