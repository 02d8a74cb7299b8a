"""Whoever holds lines for hours, as every client does, keeps nobody else out."""

from __future__ import annotations

import resource
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from protocol.api import paths
from tests.centralstore.client import wire
from tests.support.store import StoreHandle

LINES = 1_100  # more than the server lets in when nobody tells it otherwise (its backlog, 1,024)


@pytest.fixture
def room_for_sockets() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2 * LINES:
        pytest.skip(f"this machine allows {hard} open files; {2 * LINES} are needed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("room_for_sockets")
def test_more_than_a_thousand_lines_keep_nobody_out(own_store: StoreHandle) -> None:
    host, _, port = own_store.address.rpartition(":")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    with ExitStack() as held:
        for _ in range(LINES):
            line = socket.create_connection((host, int(port)), timeout=60)
            held.enter_context(tls.wrap_socket(line))

        with wire(own_store) as http:
            answer = http.get(paths.SERVER)

    assert answer.status_code == 200
