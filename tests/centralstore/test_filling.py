"""What bench/filling.py writes past the store is what a store has: else its figures say nothing."""

from __future__ import annotations

from bench import filling
from protocol.api import paths
from protocol.api.spaces import MailboxReply
from tests.centralstore.client import read
from tests.centralstore.team import message, team_of
from tests.support.store import StoreHandle, run_jitstore

ROWS = 2_500


def test_a_filled_store_has_a_sound_log_and_serves(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    own_store.stop()

    filling.fill(own_store, ROWS, bea.person.device, al.person.device)

    audited = run_jitstore("log", "audit", "--data", str(own_store.data_dir))
    assert int(str(audited["rows"])) >= ROWS, audited
    own_store.start()
    posted = al.ask("POST", paths.messages(team.space), message(team.space, al, bea))
    assert posted.status_code == 201, posted.text
    page = read(bea.ask("GET", paths.MAILBOX), MailboxReply)
    assert len(page.deliveries) + page.waiting == ROWS // 20 + 1
