"""A network that wants a sign-in first: a page of its own answers in the place of the store.

It does so under a certificate of its own, or without TLS. The look at the second kind sends one
request for nothing, with the name of the store and nothing else; nothing that is read is believed.
"""

from __future__ import annotations

import http.client
import re
import ssl
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

SENTENCE: Final = (
    "A page of this network answers in the place of the store, as where one has to sign in first. "
    "Open a web browser, sign in there, and try again. Nothing of yours was sent to it."
)
_SECONDS: Final = 5.0
_SIGN_IN_FIRST: Final = 511  # RFC 6585
_HOST: Final = re.compile(r"[A-Za-z0-9._:\[\]-]{1,200}")


def page(status: int, kind: str, location: str) -> str | None:
    """The host that an answer leads to, if it is the page of a network; None if it is none.

    Args:
        status: of HTTP.
        kind: its content type, or nothing.
        location: where it leads, or nothing.

    Returns:
        A host for people, empty where it is not told.
    """
    leads = 300 <= status < 400 and bool(location)
    shows = 200 <= status < 300 and kind.strip().lower().startswith("text/html")
    if not (leads or shows or status == _SIGN_IN_FIRST):
        return None
    try:
        host = urlsplit(location[:1000]).netloc.rpartition("@")[2]
    except ValueError:
        host = ""
    return host if _HOST.fullmatch(host) else ""


def without_tls(host: str, port: int) -> str | None:
    """As `page`, of what answers without TLS where the store is looked for; blocks for seconds."""
    line = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    try:
        line.request("GET", "/", headers={"Accept": "*/*"})
        reply = line.getresponse()
        kind, location = reply.getheader("Content-Type", ""), reply.getheader("Location", "")
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        line.close()
    return page(reply.status, kind, location)


def no_tls(error: BaseException) -> bool:
    """Whether a connection failed because what answered does not speak TLS as the store does."""
    return any(isinstance(one, ssl.SSLError) for one in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__
