"""How this process reaches the store: through which proxy, and which authority it demands as well.

Set once, before the first connection, from the settings of the machine and the profile
(`jitclient.networking`), and the same for requests and for bulk. The pin of the store's certificate
is checked in every case (tls.py); nothing here can stand in for it. ADR 62.
"""

from __future__ import annotations

import base64
import os
import re
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from protocol.errors import ConfigurationError, StoreUnreachableError

SYSTEM: Final = "system"
NONE: Final = "none"
_PROXY: Final = re.compile(
    r"http://(?:([^\s/@:]*):([^\s/@]*)@)?(\[[0-9A-Fa-f:.]+\]|[^\s/@:\[\]]+):([0-9]{1,5})/?"
)
_LOCAL: Final = ("127.0.0.1", "localhost", "::1")
_TUNNEL: Final = re.compile(r"Tunnel connection failed: (\d{3})|^(\d{3}) ")


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy that is asked to CONNECT. Its password is in no text of it."""

    host: str
    port: int
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Proxy({self.name})"

    @property
    def name(self) -> str:
        """Where it is, for people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """What signs in to it."""
        if not self.user:
            return {}
        both = base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")
        return {"Proxy-Authorization": f"Basic {both}"}


Ask = Callable[[str, int], Proxy | None]


def _nobody(_host: str, _port: int) -> Proxy | None:
    return None


class _Chosen:
    proxy = SYSTEM
    authorities = ""
    ask: Ask = staticmethod(_nobody)


def use(*, proxy: str, authorities: str, ask: Ask = _nobody) -> None:
    """Reach the store in this way from now on.

    Args:
        proxy: `system`, `none` or `http://[user:password@]host:port`.
        authorities: a PEM file of authorities one of which must have issued the store's
            certificate; empty: the pin alone.
        ask: what the system says of the way to a host, where the environment says nothing.

    Raises:
        ConfigurationError: no such proxy can be meant.
    """
    if proxy not in (SYSTEM, NONE):
        read_proxy(proxy)
    _Chosen.proxy, _Chosen.authorities, _Chosen.ask = proxy, authorities, staticmethod(ask)


def authorities() -> str:
    """The file of authorities, or nothing."""
    return _Chosen.authorities


def proxy_for(host: str, port: int) -> Proxy | None:
    """The proxy on the way to a store; None: directly. May ask the system, so off the loop.

    Raises:
        ConfigurationError: the environment names a proxy that cannot be meant.
    """
    if _Chosen.proxy == NONE:
        return None
    if _Chosen.proxy != SYSTEM:
        return read_proxy(_Chosen.proxy)
    if host in _LOCAL:
        return None
    named = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    if named:
        # The stubs do not know it; it reads NO_PROXY on every system.
        bypassed = urllib.request.proxy_bypass_environment(host)  # type: ignore[attr-defined]
        return None if bypassed else read_proxy(named)
    return _Chosen.ask(host, port)


def read_proxy(text: str) -> Proxy:
    """Read `http://[user:password@]host:port`.

    Raises:
        ConfigurationError: anything else.
    """
    found = _PROXY.fullmatch(text.strip()) if len(text) <= 1000 else None
    if found is None or not 0 < int(found[4]) < 65536:
        raise ConfigurationError("A proxy is “system”, “none” or an address http://host:port.")
    user, password = unquote(found[1] or ""), unquote(found[2] or "")
    return Proxy(found[3].strip("[]"), int(found[4]), user, password)


def refused_by(proxy: Proxy | None, error: BaseException) -> StoreUnreachableError | None:
    """The error for what a proxy answered to CONNECT; None where it was not the proxy."""
    told = _TUNNEL.search(str(error)) if proxy is not None else None
    if proxy is None or told is None:
        return None
    status = told[1] or told[2]
    if status == "407":
        return StoreUnreachableError(
            f"The proxy {proxy.name} wants a name and a password. What you did is kept and sent "
            "later."
        )
    return StoreUnreachableError(
        f"The proxy {proxy.name} does not let this program through ({status}). What you did is "
        "kept and sent later."
    )
