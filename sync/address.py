"""The store's address as a person or an invitation states it: host:port."""

from __future__ import annotations

import re
from typing import Final

import httpx

from protocol.errors import BadInputError

_PORT: Final = re.compile(r"[0-9]{1,5}")


def base_url(address: str) -> str:
    """`https://host:port`, where that is all there is to it.

    Raises:
        BadInputError: anything else.
    """
    wrong = BadInputError("The store's address is not of the form host:port.")
    host, _, port = address.rpartition(":")
    if not host or not _PORT.fullmatch(port) or any(c.isspace() for c in address):
        raise wrong
    try:
        url = httpx.URL(f"https://{address}")
    except httpx.InvalidURL as error:
        raise wrong from error
    if not url.host or url.userinfo or url.query or url.fragment or url.path != "/":
        raise wrong
    return str(url).rstrip("/")
