"""One look at the way to a store, for a person who asks why it cannot be reached. Sends no secret.

Step by step, and each step is told: name, proxy, TLS with whoever answers, what it says of itself.
The request is the one that needs no sign-in; nothing that is read is believed.
"""

from __future__ import annotations

import hashlib
import http.client
import socket
import ssl
from dataclasses import dataclass
from typing import Final

from protocol import codec
from protocol.api import paths
from protocol.api.accounts import ServerReply
from protocol.errors import JitError
from sync import network, portal
from sync.issuer import issuer_of
from sync.tls import pinned_context

_MAX_REPLY_BYTES: Final = 16 * 1024
_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What was seen, as far as it went.

    Attributes:
        addresses: what the name of the store leads to; empty: not asked (a proxy does), or unknown.
        proxy: through which one; empty: directly.
        problem: the words of the system where it stopped; empty: it came to the end.
        stopped: `name`, `line`, `tls` or `answer`; empty: it came to the end.
        certificate: SHA-256 of what answered, 32 bytes; empty: none was seen.
        issuer: who issued it, by its own words.
        tls: the version spoken.
        time: seconds since 1970 as the store says; None: it did not.
        versions: of the protocol, as the store says.
        page: the host to which a page leads that answers in the place of the store, perhaps
            nothing; None: there is no page.
    """

    addresses: tuple[str, ...] = ()
    proxy: str = ""
    problem: str = ""
    stopped: str = ""
    certificate: bytes = b""
    issuer: str = ""
    tls: str = ""
    time: int | None = None
    versions: tuple[int, ...] = ()
    page: str | None = None


def probe(host: str, port: int) -> Probe:
    """Look; blocks for at most half a minute.

    Raises:
        ConfigurationError: the environment names a proxy that cannot be meant.
    """
    proxy = network.proxy_for(host, port)
    via = proxy.name if proxy is not None else ""
    addresses: tuple[str, ...] = ()
    if proxy is None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            return Probe(stopped="name", problem=_words(error))
        addresses = tuple(dict.fromkeys(str(one[4][0]) for one in found))
    line = _line(host, port, proxy, _anybody())
    try:
        try:
            line.connect()
        except ssl.SSLError as error:
            page = portal.without_tls(host, port) if proxy is None else None
            return Probe(
                addresses=addresses, proxy=via, stopped="tls", problem=_words(error), page=page
            )
        except OSError as error:
            told = network.refused_by(proxy, error)
            problem = told.sentence if told is not None else _words(error)
            return Probe(addresses=addresses, proxy=via, stopped="line", problem=problem)
        return _asked(line, addresses, via)
    finally:
        line.close()


def meet(host: str, port: int, pin: bytes) -> None:
    """Connect as everything else of the program does, and send nothing; blocks.

    Raises:
        StoreIdentityError: another certificate than the pinned one, or of no demanded authority.
        OSError: the line broke meanwhile.
    """
    line = _line(host, port, network.proxy_for(host, port), pinned_context(pin))
    try:
        line.connect()
    finally:
        line.close()


def _anybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # a look at whoever answers; nothing is trusted or sent
    return context


def _line(
    host: str, port: int, proxy: network.Proxy | None, context: ssl.SSLContext
) -> http.client.HTTPSConnection:
    at = (host, port) if proxy is None else (proxy.host, proxy.port)
    line = http.client.HTTPSConnection(*at, timeout=_SECONDS, context=context)
    if proxy is not None:
        line.set_tunnel(host, port, proxy.headers)
    return line


def _asked(line: http.client.HTTPSConnection, addresses: tuple[str, ...], via: str) -> Probe:
    sock = line.sock
    der = sock.getpeercert(binary_form=True) if isinstance(sock, ssl.SSLSocket) else None
    tls = (sock.version() or "") if isinstance(sock, ssl.SSLSocket) else ""
    seen = hashlib.sha256(der).digest() if der else b""
    issuer = issuer_of(der or b"")
    stopped, problem, page = "", "", None
    time: int | None = None
    versions: tuple[int, ...] = ()
    try:
        line.request("GET", paths.SERVER, headers={"Accept": "application/json"})
        reply = line.getresponse()
        kind, location = reply.getheader("Content-Type", ""), reply.getheader("Location", "")
        page = portal.page(reply.status, kind, location)
        data = reply.read(_MAX_REPLY_BYTES)
        said = codec.decode_json(ServerReply, data, limit=_MAX_REPLY_BYTES)
        time, versions = said.time, said.versions
    except JitError:
        stopped, problem = "answer", "It does not answer as a store does."
    except (OSError, http.client.HTTPException) as error:
        stopped, problem = "answer", _words(error)
    return Probe(
        addresses=addresses,
        proxy=via,
        problem=problem,
        stopped=stopped,
        certificate=seen,
        issuer=issuer,
        tls=tls,
        time=time,
        versions=versions,
        page=page,
    )


def _words(error: BaseException) -> str:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return "".join(one for one in str(reason) if one.isprintable())[:200]
