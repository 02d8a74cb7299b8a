"""One certificate after another: stated by the store's key, made ahead, put in place."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from centralstore import certificate, settings, succession
from centralstore.renewal import Presented, Renewal, load
from centralstore.settings import Store
from crypto import signatures
from protocol.certificates import StoreCertificate
from protocol.errors import BadInputError, CannotCreateError, NotFoundError
from tests.support.store import made_store, run_jitstore

DAY = 86_400
NOW = 1_900_000_000


def at(folder: Path, made_at: float = NOW) -> Store:
    """A store whose certificate of its own making was made at a moment."""
    store = settings.load(made_store(folder).data_dir)
    key, pem = certificate.create("127.0.0.1", made_at)
    store.tls_key.write_bytes(key)
    store.tls_certificate.write_bytes(pem)
    return store


def said(store: Store, now: float) -> list[StoreCertificate]:
    """What a client that knows the store's key reads."""
    key = store.store_key().public
    shown = load(store, now).statements
    return [signatures.verify_store(one, key, StoreCertificate) for one in shown]


def test_the_present_certificate_is_stated_with_its_dates_and_stays_so(tmp_path: Path) -> None:
    store = at(tmp_path)

    (first,) = said(store, NOW)
    (again,) = said(store, NOW + DAY)

    assert first == again
    assert first.certificate == store.fingerprint()
    assert first.store == store.store_key().public
    assert (first.number, first.not_before) == (NOW, NOW - 2 * DAY)
    assert first.not_after == NOW + 825 * DAY


def test_the_next_one_is_announced_and_takes_the_place_with_what_was_stated(tmp_path: Path) -> None:
    store = at(tmp_path)
    (first,) = said(store, NOW)
    made = succession.make(store, NOW - DAY).record
    announced = said(store, NOW)

    switched = succession.switch(store, NOW)

    assert announced == [first, made]
    assert made.number == first.number + 1, "also where the clock was set back"
    assert said(store, NOW) == [made] == [switched]
    assert store.fingerprint() == made.certificate
    with pytest.raises(NotFoundError):
        succession.switch(store, NOW)


def test_a_switch_that_was_cut_off_is_finished_at_the_next_look(tmp_path: Path) -> None:
    store = at(tmp_path)
    said(store, NOW)
    made = succession.make(store, NOW).record

    store.next_key.replace(store.tls_key)  # the first step of `switch`, and then a kill

    assert said(store, NOW) == [made]
    assert not store.next_certificate.exists()


def test_a_making_that_was_cut_off_is_begun_anew(tmp_path: Path) -> None:
    store = at(tmp_path)
    succession.make(store, NOW)
    store.next_certificate.unlink()  # the key is written first

    assert len(said(store, NOW)) == 1
    assert said(store, NOW)[0].certificate == store.fingerprint()
    made = succession.make(store, NOW + 5)
    assert made.record.number == NOW + 5


def test_what_was_made_is_not_made_over_and_what_does_not_fit_is_not_taken(tmp_path: Path) -> None:
    store = at(tmp_path)
    key, pem = certificate.create("127.0.0.1", NOW)
    other, _ = certificate.create("127.0.0.1", NOW)

    with pytest.raises(BadInputError):
        succession.make(store, NOW, (other, pem))
    assert succession.upcoming(store, NOW) is None
    succession.make(store, NOW, (key, pem))
    with pytest.raises(CannotCreateError):
        succession.make(store, NOW)
    with pytest.raises(BadInputError):
        succession.switch(store, NOW + 900 * DAY)
    assert store.fingerprint() != hashlib.sha256(certificate.der(pem)).digest()


def test_a_store_that_was_set_back_states_its_old_certificate_as_the_newest(tmp_path: Path) -> None:
    store = at(tmp_path)
    backup = tmp_path / "backup"
    said(store, NOW)
    shutil.copytree(store.data / "keys", backup)
    (backup / "tls.statement").unlink()  # statements are in no backup
    succession.make(store, NOW + DAY)
    newer = succession.switch(store, NOW + DAY)

    shutil.rmtree(store.data / "keys")
    backup.rename(store.data / "keys")

    (stated,) = said(store, NOW + 2 * DAY)
    assert stated.certificate == store.fingerprint() != newer.certificate
    assert stated.number > newer.number


@pytest.mark.asyncio
async def test_a_certificate_of_its_own_making_is_renewed_before_anybody_is_warned(
    tmp_path: Path,
) -> None:
    store, now = at(tmp_path), [float(NOW)]
    presented = Presented(load(store, NOW))
    reloaded: list[None] = []
    follows = Renewal(store, presented, lambda: reloaded.append(None), clock=lambda: now[0])
    seen = {}
    for days in (764, 766, 789, 791):
        now[0] = NOW + days * DAY
        await follows.look()
        await follows.look()
        seen[days] = (len(presented.statements), len(reloaded))

    assert seen == {764: (1, 0), 766: (2, 0), 789: (2, 0), 791: (1, 1)}
    assert presented.now.not_after == NOW + (766 + 825) * DAY


@pytest.mark.asyncio
async def test_somebody_elses_certificate_is_not_renewed_by_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = at(tmp_path)
    monkeypatch.setattr(certificate, "is_ours", lambda _: False)
    presented = Presented(load(store, NOW))
    follows = Renewal(store, presented, lambda: None, clock=lambda: NOW + 820.0 * DAY)

    await follows.look()

    assert len(presented.statements) == 1


def test_the_operators_commands(tmp_path: Path) -> None:
    data = ("--data", str(made_store(tmp_path).data_dir))
    before = run_jitstore("certificate", "show", *data)
    assert run_jitstore("certificate", "check", *data)["next"] is False

    made = run_jitstore("certificate", "make", *data)
    assert run_jitstore("certificate", "check", *data)["next"] is True
    both = run_jitstore("certificate", "show", *data)
    switched = run_jitstore("certificate", "switch", *data)

    assert both == {**before, **made}
    assert switched["fingerprint"] == made["next_fingerprint"] != before["fingerprint"]
    assert int(str(switched["number"])) > int(str(before["number"]))
    refused = run_jitstore("certificate", "check", *data, "--days", "900", expect=78)
    assert "jitstore certificate make" in str(refused)
