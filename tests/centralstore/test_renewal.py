"""F25: a certificate out of its dates, and another one taken up while the store serves."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from centralstore import certificate, server, settings
from centralstore.health import Health, ready
from centralstore.renewal import Presented, Renewal, load
from protocol.api import paths
from protocol.errors import ConfigurationError
from tests.centralstore.client import enrolled as enrol
from tests.support.store import StoreHandle, made_store

DAY = 86_400.0
NOW = 1_900_000_000.0


class Hand:
    """A clock set by hand."""

    def __init__(self, at: float = NOW) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


def put(store: settings.Store, made_at: float, *, key: bool = True, pem: bool = True) -> bytes:
    """Another certificate in the store's folder, as an operator puts it; its SHA-256."""
    secret, cert = certificate.create("127.0.0.1", made_at)
    for path, data, wanted in ((store.tls_key, secret, key), (store.tls_certificate, cert, pem)):
        if wanted:
            fresh = path.with_suffix(".next")
            fresh.write_bytes(data)
            fresh.replace(path)
    return hashlib.sha256(certificate.der(cert)).digest()


def opened_at(folder: Path, made_at: float) -> settings.Store:
    """A store whose certificate was made at a moment."""
    store = settings.load(made_store(folder).data_dir)
    put(store, made_at)
    return store


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("days", "fit", "told"),
    [
        (-10, False, "it is not valid before 20"),
        (0, True, "825 days left"),
        (794, True, "31 days left"),
        (800, True, "25 days left"),
        (826, False, "its date was over 1 days ago"),
    ],
)
async def test_f25_a_certificate_out_of_its_dates_turns_the_process_away(
    tmp_path: Path, days: int, fit: bool, told: str
) -> None:
    store = opened_at(tmp_path, NOW)
    clock = Hand(NOW + days * DAY)

    async with server.opened(store, clock) as service:
        found = await Health(service, store).look()

    assert found["certificate"].reason.startswith(told)
    assert found["certificate"].ok == (days in (0, 794)), "30 days before its end it warns"
    assert ready(found) is fit


@pytest.mark.asyncio
async def test_a_store_whose_key_is_another_ones_does_not_start(tmp_path: Path) -> None:
    store = opened_at(tmp_path, NOW)
    put(store, NOW, key=False)

    with pytest.raises(ConfigurationError):
        async with server.opened(store, Hand()):
            raise AssertionError("it started")


@pytest.mark.asyncio
async def test_only_a_pair_that_fits_is_taken_up(tmp_path: Path) -> None:
    store, clock = opened_at(tmp_path, NOW), Hand()
    async with server.opened(store, clock) as service:
        told: list[None] = []
        presented = service.presented
        follows = Renewal(store, presented, lambda: told.append(None), clock=clock)
        first = presented.now.digest
        assert not await follows.look()

        clock.at = NOW + 826 * DAY
        health = Health(service, store)
        assert not ready(await health.look())
        put(store, clock.at, key=False)  # the certificate is written, its key is not yet
        assert not await follows.look()
        assert (presented.now.digest, told) == (first, [])
        store.tls_certificate.write_text("no certificate")
        assert not await follows.look()
        last = put(store, clock.at)
        assert await follows.look()

        assert (presented.now.digest, len(told)) == (last, 1)
        assert presented.accepted == {first, last}
        assert ready(await health.look())
        put(store, clock.at, key=False)
        assert not await follows.look()
        found = await health.look()
        assert "do not fit" in found["certificate"].reason
        assert not found["certificate"].ok
        assert ready(found), "what is presented is still good"


def test_what_was_before_the_last_one_is_seen_by_nobody(tmp_path: Path) -> None:
    store = opened_at(tmp_path, NOW)
    presented = Presented(load(store, NOW))
    digests = [presented.now.digest]
    for _ in range(2):
        digests.append(put(store, NOW))
        presented.take(load(store, NOW))

    assert presented.accepted == set(digests[1:])


def shown(store: StoreHandle) -> bytes:
    """SHA-256 of the certificate that a new connection sees."""
    host, _, port = store.address.rpartition(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((host, int(port)), timeout=60) as line,
        context.wrap_socket(line) as tls,
    ):
        return hashlib.sha256(tls.getpeercert(binary_form=True) or b"").digest()


class Asking(threading.Thread):
    """A client that asks all the time, over connections it keeps, and counts.

    A connection that ends while a request is on its way is what every client meets, and repeats;
    the store's word is that the repetition is answered.
    """

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.address, self.enough = address, threading.Event()
        self.answered, self.ended, self.failed = 0, 0, list[str]()

    def run(self) -> None:
        with httpx.Client(base_url=f"https://{self.address}", verify=False, timeout=60) as http:
            while not self.enough.is_set():
                answer = self._ask(http) or self._ask(http, last=True)
                self.answered += answer is not None and answer.status_code == 200

    def _ask(self, http: httpx.Client, *, last: bool = False) -> httpx.Response | None:
        try:
            return http.get(paths.SERVER)
        except httpx.TransportError as error:
            if last:
                self.failed.append(repr(error))
            self.ended += 1
            return None


def wait_for(holds: Callable[[], bool]) -> None:
    """Ask until it holds."""
    for _ in range(2_400):
        if holds():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it never came")


def test_f25_another_certificate_is_taken_up_at_sighup_and_no_request_is_lost(
    tmp_path: Path,
) -> None:
    made = made_store(tmp_path)
    made.start()
    assert made.process is not None
    try:
        store = settings.load(made.data_dir)
        before = shown(made)
        ana = enrol(made, "ana")
        asking = [Asking(made.address) for _ in range(4)]
        for one in asking:
            one.start()
        wait_for(lambda: all(one.answered > 20 for one in asking))

        after = put(store, 1_795_000_000.0)
        os.kill(made.process.pid, signal.SIGHUP)
        wait_for(lambda: {shown(made) for _ in range(8)} == {after})
        counts = [one.answered for one in asking]
        wait_for(lambda: all(one.answered > c + 20 for one, c in zip(asking, counts, strict=True)))
        for one in asking:
            one.enough.set()
            one.join(120)

        assert before != after
        assert [one.failed for one in asking] == [[]] * 4
        assert ana.ask("GET", paths.PREKEYS).is_success, "a connection from before goes on"
    finally:
        made.stop()
