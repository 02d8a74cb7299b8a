"""Targets of the machine: its settings, and the certificate of whoever answers."""

from __future__ import annotations

from jitclient.foundation import policy
from protocol.errors import MalformedError
from sync.issuer import issuer_of
from sync.network import read_proxy
from tests.fuzz.mutate import Form
from tests.fuzz.target import Target
from tests.sync.server import identity


def settings() -> list[Target]:
    """What a file, a proxy's address and a certificate say."""

    def file(data: bytes) -> None:
        found, locked = policy.read(data, "it", may_lock=True)
        assert set(found) | locked <= set(policy.KEYS)

    def proxy(data: bytes) -> None:
        found = read_proxy(data.decode("utf-8", "replace"))
        assert 0 < found.port < 65536
        assert found.password not in found.name or not found.password

    def issuer(data: bytes) -> None:
        found = issuer_of(data)
        assert len(found) <= 80
        assert not found or found.isprintable()
        if not found:
            raise MalformedError("It names nobody.")

    files = [b'proxy = "none"\nlocked = ["proxy"]\n', b'tray = "on"\n']
    proxies = [b"http://proxy.example:3128", b"http://ana:p%40ss@[::1]:1"]
    certificates = [identity("A name").der, identity("Acme Inspection CA").der]
    return [
        Target(name="settings", read=file, seeds=lambda: files, form=Form.TEXT, limit=3_000),
        Target(name="proxy", read=proxy, seeds=lambda: proxies, form=Form.TEXT, limit=1_100),
        Target(name="issuer", read=issuer, seeds=lambda: certificates, limit=4_000),
    ]
