"""Backups of a store at work, and stores made of them: nothing erased comes back."""

from __future__ import annotations

import io
import os
import sqlite3
import stat
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec
import pytest

from centralstore.backup import frames
from crypto.sealedstream import Opener, Sealer, StreamSecret
from protocol.api import paths
from protocol.api.accounts import PrekeyCount
from protocol.api.files import FileState
from protocol.errors import MalformedError
from protocol.limits import RETENTION_SECONDS
from tests.centralstore import logs
from tests.centralstore.client import Device, context, linked, read, refused
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import Team, message, team_of
from tests.centralstore.test_kill import all_waiting
from tests.support.store import StoreHandle, run_jitstore

pytestmark = pytest.mark.embedded


@dataclass
class Site:
    """A store at work, a backup key kept elsewhere, and where backups go."""

    folder: Path
    store: StoreHandle
    key: Path
    team: Team
    al: Device
    bea: Device

    @property
    def backup(self) -> Path:
        return self.folder / "night.backup"

    @property
    def record(self) -> Path:
        return self.folder / "erased.json"

    def create(self) -> dict[str, object]:
        words = ("--data", str(self.store.data_dir), "--to", f"{self.key}.pub")
        return run_jitstore("backup", "create", *words, "--out", str(self.backup))

    def note_erasures(self) -> None:
        words = ("--data", str(self.store.data_dir), "--out", str(self.record))
        run_jitstore("backup", "erasures", *words)

    def restore(self, *how: str, expect: int = 0) -> dict[str, object]:
        """The machine burns down; the backup becomes the store at the same address."""
        self.store.kill()
        how = how or ("--erasures", str(self.record))
        words = ("--key", str(self.key), "--data", str(self.folder / "again"), *how)
        told = run_jitstore("backup", "restore", str(self.backup), *words, expect=expect)
        if not expect:
            self.store.data_dir = self.folder / "again"
            self.store.start()
            for device in (self.al, self.bea):
                device.http.close()
                device.http = httpx.Client(base_url=self.store.url, verify=context(), timeout=120)
        return told


@pytest.fixture
def site(tmp_path: Path, own_store: StoreHandle) -> Site:
    key = tmp_path / "offline"
    run_jitstore("backup", "keygen", "--out", str(key))
    team, (al, bea) = team_of(own_store, "al", "bea")
    return Site(tmp_path, own_store, key, team, al, bea)


def in_again(site: Site) -> None:
    """Sessions are never in a backup: sign in as after any loss."""
    for device in (site.al, site.bea):
        assert device.ask("GET", paths.DEVICES).status_code == 401
        assert device.sign_in().status_code == 201


def test_the_drill_a_store_that_burnt_down_comes_back_as_it_was(site: Site) -> None:
    exhibit = Exhibit(site.team.space, site.al, (site.bea,)).upload()
    half = Exhibit(site.team.space, site.al, (site.bea,))
    half.announce()
    half.put(1)
    posted = message(site.team.space, site.al, site.bea)
    assert site.al.ask("POST", paths.messages(site.team.space), posted).is_success
    made = site.create()
    site.note_erasures()

    told = site.restore()
    in_again(site)

    assert made["parts"] == told["parts"] == exhibit.count + 1
    assert (told["forgotten_files"], told["forgotten_deliveries"]) == (0, 0)
    for index in range(exhibit.count):
        assert exhibit.get(index, site.bea).content == exhibit.parts[index]
    assert half.state().stored == (1,)
    for index in (0, 2):
        assert half.put(index).status_code == 204
    assert half.complete().is_success
    assert all_waiting(site.bea) == [posted.message]
    later = message(site.team.space, site.al, site.bea)
    assert site.al.ask("POST", paths.messages(site.team.space), later).is_success
    assert all_waiting(site.bea) == [posted.message, later.message]


def test_what_was_erased_since_stays_erased(site: Site) -> None:
    verified = Exhibit(site.team.space, site.al, (site.bea,)).upload()
    withdrawn = Exhibit(site.team.space, site.al, (site.bea,)).upload()
    stays = Exhibit(site.team.space, site.al, (site.bea,)).upload()
    one, two = (message(site.team.space, site.al, site.bea) for _ in range(2))
    for posted in (one, two):
        assert site.al.ask("POST", paths.messages(site.team.space), posted).is_success
    site.create()
    assert verified.prove(site.bea).is_success
    assert withdrawn.withdraw().is_success
    assert site.bea.ask("POST", paths.MAILBOX_ACK, content=b'{"indexes":[1]}').is_success
    site.note_erasures()

    told = site.restore()
    in_again(site)

    assert (told["forgotten_files"], told["forgotten_deliveries"]) == (2, 1)
    assert verified.state().state is withdrawn.state().state is FileState.ERASED
    assert verified.get(0, site.bea).status_code == 410
    assert stays.get(0, site.bea).is_success
    assert all_waiting(site.bea) == [two.message]
    assert site.store.keeps(stays.count)


def test_without_a_record_no_evidence_and_no_message_comes_back(site: Site) -> None:
    exhibit = Exhibit(site.team.space, site.al, (site.bea,)).upload()
    posted = message(site.team.space, site.al, site.bea)
    assert site.al.ask("POST", paths.messages(site.team.space), posted).is_success
    site.create()

    told = site.restore("--no-erasures")
    in_again(site)

    assert (told["forgotten_files"], told["forgotten_deliveries"]) == (1, 1)
    assert exhibit.state().state is FileState.ERASED
    assert all_waiting(site.bea) == []
    assert site.store.keeps(0)
    assert posted.body not in (site.store.data_dir / "store.db").read_bytes()


def test_a_backup_older_than_four_weeks_brings_back_no_evidence(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    Exhibit(site.team.space, site.al, (site.bea,)).upload()
    site.create()
    site.note_erasures()
    late = time.time() + RETENTION_SECONDS + 60
    monkeypatch.setattr("centralstore.operator.backups.time.time", lambda: late)

    told = site.restore()

    assert told["forgotten_files"] == 1
    assert site.store.keeps(0)


def test_who_was_removed_or_revoked_since_stays_out(site: Site) -> None:
    second = linked(site.bea, "bea2")
    site.create()
    assert site.bea.revoke(second).is_success
    assert site.team.remove(site.bea).is_success
    site.note_erasures()

    site.restore()
    in_again(site)

    assert second.sign_in().status_code == 403
    answer = site.bea.ask(
        "POST", paths.messages(site.team.space), message(site.team.space, site.bea)
    )
    assert refused(answer) == (404, "not-found")


def test_no_one_time_key_is_handed_out_twice(site: Site) -> None:
    bundle = paths.bundle(site.team.space, site.bea.person.device)
    site.create()
    first = site.al.ask("POST", bundle).json()
    site.note_erasures()

    site.restore()
    in_again(site)

    assert first["one_time"] is not None
    assert site.al.ask("POST", bundle).json()["one_time"] is None
    left = read(site.bea.ask("GET", paths.PREKEYS), PrekeyCount)
    assert (left.one_time, left.kems) == (0, 0)


def test_a_backup_shows_nothing_without_the_key_that_is_not_here(site: Site) -> None:
    Exhibit(site.team.space, site.al, (site.bea,)).upload()
    site.create()

    sealed = site.backup.read_bytes()

    for secret in (b"SQLite", b"BEGIN PRIVATE", b"al", site.team.space, b"receipt.key"):
        assert secret not in sealed or len(secret) < 4
    assert stat.S_IMODE(site.backup.stat().st_mode) == 0o600
    assert stat.S_IMODE(site.key.stat().st_mode) == 0o600
    other = site.folder / "other"
    run_jitstore("backup", "keygen", "--out", str(other))
    words = ("--key", str(other))
    run_jitstore("backup", "verify", str(site.backup), *words, expect=76)


def test_verify_finds_a_backup_that_was_cut_or_changed(site: Site) -> None:
    Exhibit(site.team.space, site.al, (site.bea,)).upload()
    site.create()
    whole = site.backup.read_bytes()
    words = ("--key", str(site.key))
    assert run_jitstore("backup", "verify", str(site.backup), *words)["whole"] is True

    for bad in (whole[:-1], whole[: len(whole) // 2], whole + b"x", b"", whole[1:]):
        site.backup.write_bytes(bad)
        failed = run_jitstore_fails("backup", "verify", str(site.backup), *words)
        assert failed in {65, 76}


def run_jitstore_fails(*words: str) -> int:
    from centralstore.operator import commands

    return commands.main([*words, "--json"])


def changed(site: Site, change: object) -> None:
    """The same backup, sealed again with other frames: only the key holder could."""
    secret = StreamSecret(bytes.fromhex(site.key.read_text().split()[1]))
    opener = Opener(secret, io.BytesIO(site.backup.read_bytes()).read)
    out = io.BytesIO()
    sealer = Sealer(secret.public, out.write)
    for frame in frames.read(opener.read):
        for one in change(frame):  # type: ignore[operator]
            frames.write(sealer.write, one)
    sealer.close()
    site.backup.write_bytes(out.getvalue())


def test_a_part_that_is_not_the_one_its_row_names_is_refused_and_nothing_is_left(
    site: Site,
) -> None:
    Exhibit(site.team.space, site.al, (site.bea,)).upload()
    site.create()
    site.note_erasures()

    def other(frame: frames.Frame) -> list[frames.Frame]:
        if isinstance(frame, frames.Data):
            return [msgspec.structs.replace(frame, data=os.urandom(len(frame.data)))]
        return [frame]

    changed(site, other)

    run_jitstore("backup", "verify", str(site.backup), "--key", str(site.key), expect=76)
    site.restore(expect=76)
    assert not (site.folder / "again").exists()
    assert not (site.folder / "again.restoring").exists()


@pytest.mark.parametrize("lacking", [frames.Rows, frames.Head, frames.Data, frames.End])
def test_a_backup_that_lacks_a_frame_is_refused(site: Site, lacking: type[frames.Frame]) -> None:
    Exhibit(site.team.space, site.al, (site.bea,)).upload()
    site.create()
    changed(site, lambda frame: [] if isinstance(frame, lacking) else [frame])

    status = run_jitstore_fails("backup", "verify", str(site.backup), "--key", str(site.key))

    assert status in {65, 76}


def test_a_file_name_in_a_backup_leads_nowhere_else() -> None:
    for name in ("../x.key", "/etc/x.key", "keys/../../x.key", "keys/tls.key/x", "store.db"):
        encoded = msgspec.msgpack.encode(["file", name, b""])
        data = len(encoded).to_bytes(4, "big") + encoded
        with pytest.raises(MalformedError):
            next(iter(frames.read(io.BytesIO(data).read)))


def test_a_restored_store_takes_a_new_folder_only(site: Site) -> None:
    site.create()
    (site.folder / "again").mkdir()

    site.restore("--no-erasures", expect=73)

    assert list((site.folder / "again").iterdir()) == []


def test_a_record_older_than_the_backup_is_refused(site: Site) -> None:
    site.note_erasures()
    record = msgspec.json.decode(site.record.read_bytes())
    record["at"] -= 3600
    site.record.write_bytes(msgspec.json.encode(record))
    site.create()

    failed = site.restore("--erasures", str(site.record), expect=65)

    assert "older than the backup" in str(failed["error"])


def test_a_store_is_served_while_it_is_backed_up(site: Site) -> None:
    """The snapshot is one moment: what comes later is not in it, and nobody waits for it."""
    from centralstore import settings
    from centralstore.backup.create import snapshot

    with snapshot(settings.load(site.store.data_dir)) as conn:
        before = conn.exec_driver_sql("SELECT count(*) FROM message").scalar()
        posted = message(site.team.space, site.al, site.bea)
        assert site.al.ask("POST", paths.messages(site.team.space), posted).is_success
        assert conn.exec_driver_sql("SELECT count(*) FROM message").scalar() == before == 0
    with sqlite3.connect(site.store.data_dir / "store.db") as base:
        assert base.execute("SELECT count(*) FROM message").fetchone() == (1,)


def test_every_act_says_who_did_it(site: Site) -> None:
    words = ("--data", str(site.store.data_dir), "--operator", "Ines Prado")
    run_jitstore("user", "list", *words)
    site.create()

    logs.place(site.store)
    with sqlite3.connect(site.store.data_dir / "store.db") as base:
        rows = base.execute(
            "SELECT a.operation, o.name, o.system_user FROM access_log a"
            " JOIN operator o ON o.id = a.user_id ORDER BY a.id"
        ).fetchall()

    assert rows[-2][:2] == ("account.list", "Ines Prado")
    assert rows[-1][:2] == ("backup.create", "")
    assert all(row[2] for row in rows)
