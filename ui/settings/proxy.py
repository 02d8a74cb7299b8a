"""The address of a proxy as a person types it: completed, checked, shown without its password."""

from __future__ import annotations

import re
from typing import Final

from ui.language import tr

SYSTEM: Final = "system"
NONE: Final = "none"
_BEGINS: Final = "http://"
_HOST: Final = re.compile(r"\[[0-9A-Fa-f:.]+\]|[^\s/@:\[\]?#]+")
_SIGNS_IN: Final = re.compile(r"[^\s/@:]*:[^\s/@]*")


def completed(typed: str) -> str:
    """With what nobody needs to type: `proxy.example:3128` is an address as well."""
    text = typed.strip().rstrip("/")
    return text if "://" in text or not text else _BEGINS + text


def wrong(typed: str) -> str:
    """Why it cannot be the address of a proxy; empty when it can."""
    text = completed(typed)
    if not text:
        return tr("Type the address of the proxy, such as http://proxy.example:3128.")
    scheme, _, rest = text.partition("://")
    if scheme != "http":
        return tr("A proxy's address begins with http:// here; others cannot be used.")
    if len(text) > 1000 or any(one.isspace() or not one.isprintable() for one in rest):
        return tr("There is no space in the address of a proxy.")
    sign_in, at, place = rest.rpartition("@")
    if at and _SIGNS_IN.fullmatch(sign_in) is None:
        return tr("Name and password stand before the @, with a colon between them.")
    if "/" in place or "?" in place or "#" in place:
        return tr("Nothing stands after the port of a proxy.")
    return _place(place)


def _place(place: str) -> str:
    host, colon, port = place.rpartition(":")
    if not colon or place.endswith("]"):
        return tr("The port of the proxy is missing, such as :3128.")
    if _HOST.fullmatch(host) is None:
        return tr("This is no name or address of a computer.")
    if re.fullmatch("[0-9]{1,5}", port) is None or not 0 < int(port) < 65536:
        return tr("A port is a number from 1 to 65535.")
    return ""


def shown(value: str) -> str:
    """A password in it is nobody's to read over a shoulder."""
    if "@" in value:
        return value.partition("//")[0] + "//…@" + value.rpartition("@")[2]
    return value
