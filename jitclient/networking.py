"""The settings of the network, taken into use: by every face of the program before it connects."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from jitclient.foundation import policy
from jitclient.networkviews import Authority, Look
from localstore.files import save_file
from protocol.errors import ConfigurationError, NoInputError, StoreIdentityError
from sync import network, portal
from sync.authorities import MAX_BYTES, read_authorities
from sync.probing import meet, probe

AUTHORITIES: Final = "authorities.pem"
"""The copy in the profile of the file that was chosen."""


def apply(profile: Path) -> dict[str, policy.Setting]:
    """Read the settings of machine and profile, and reach the store as they say; returns them.

    Raises:
        ConfigurationError: one of them cannot be meant; nothing has changed.
    """
    found = policy.settings(profile)
    file = _file_of(profile, found["ca_file"])
    if file and not Path(file).is_file():
        raise ConfigurationError(f"The file of authorities is missing: {file}.")
    network.use(proxy=found["proxy"].value, authorities=file, ask=_of_the_system)
    return found


def choose_proxy(profile: Path, value: str | None) -> None:
    """Go through this proxy from the next connection on; None: as if the profile had never said.

    Raises:
        ConfigurationError: it cannot be meant, or it is set where the profile does not count.
        DiskError: it cannot be written.
    """
    _free(profile, "proxy")
    if value is not None and value not in (network.SYSTEM, network.NONE):
        network.read_proxy(value)
    _write(profile, "proxy", value)
    apply(profile)


def demand(profile: Path, file: Path | None) -> None:
    """Demand an authority of this file; a copy is kept, so that the file may go. None: no more.

    Raises:
        ConfigurationError: there is none in it, or it is set where the profile does not count.
        NoInputError: it cannot be read.
        DiskError: the copy cannot be written.
    """
    _free(profile, "ca_file")
    if file is not None:
        data = _read(file)
        read_authorities(data)
        save_file(profile / AUTHORITIES, data)
    _write(profile, "ca_file", None if file is None else AUTHORITIES)
    apply(profile)


def choose(profile: Path, key: str, value: str) -> None:
    """Set something of the desktop that holds from the next start: notices, pictures, status icon.

    Raises:
        ConfigurationError: it cannot be meant, or it is set where the profile does not count.
        DiskError: it cannot be written.
    """
    _free(profile, key)
    _write(profile, key, value)


def demanded(profile: Path) -> tuple[Authority, ...]:
    """The authorities that are demanded now.

    Raises:
        ConfigurationError: there is none in the file any more.
        NoInputError: it cannot be read.
    """
    file = _file_of(profile, policy.settings(profile)["ca_file"])
    found = read_authorities(_read(Path(file))) if file else ()
    return tuple(Authority(name, until) for name, until in found)


def look(address: str, pin: bytes, now: int) -> Look:
    """Try the way to the store, step by step; blocks for at most half a minute.

    Args:
        address: `host:port`.
        pin: SHA-256 of the store's certificate, 32 bytes.
        now: Unix seconds of this computer.

    Raises:
        ConfigurationError: the environment names a proxy that cannot be meant.
    """
    name, _, port = address.rpartition(":")
    host = name.strip("[]")
    seen = probe(host, int(port))
    stopped, problem = seen.stopped, seen.problem
    if stopped in ("", "answer"):
        try:
            meet(host, int(port), pin)
        except StoreIdentityError as error:
            stopped, problem = "identity", error.sentence
        except OSError as error:
            stopped, problem = "line", str(error.strerror or error)
    if seen.page is not None and stopped in ("tls", "identity"):
        stopped, problem = "portal", portal.SENTENCE
    ahead = now - seen.time if seen.time is not None else 0
    return Look(address=address, proxy=seen.proxy, stopped=stopped, problem=problem, ahead=ahead)


def _write(profile: Path, key: str, value: str | None) -> None:
    save_file(profile / policy.PROFILE_FILE, policy.changed(profile, key, value))


def _free(profile: Path, key: str) -> None:
    """Raise where what the profile says of this key would not count."""
    found = policy.settings(profile)[key]
    if found.locked:
        raise ConfigurationError("This is set and locked for everybody on this machine.")
    if found.source == "environment":
        raise ConfigurationError("This is set for this start of the program by its environment.")


def _file_of(profile: Path, one: policy.Setting) -> str:
    """Where the file lies: what the profile names, it names from its own folder."""
    return str(profile / one.value) if one.value and one.source == "profile" else one.value


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            return source.read(MAX_BYTES + 1)
    except OSError as error:
        raise NoInputError(f"{file.name} cannot be read: {error.strerror}.") from error


def directly() -> None:
    """Reach the store on this computer itself: no proxy and no authority stands before loopback."""
    network.use(proxy=network.NONE, authorities="")


def _of_the_system(host: str, port: int) -> network.Proxy | None:
    # On Linux Qt knows the environment only, which was asked already: the window loads it anyway.
    if sys.platform == "linux" and "PySide6.QtNetwork" not in sys.modules:
        return None
    from PySide6.QtNetwork import (  # noqa: PLC0415 - commands do without
        QNetworkProxy,
        QNetworkProxyFactory,
        QNetworkProxyQuery,
    )

    query = QNetworkProxyQuery(host, port, "https", QNetworkProxyQuery.QueryType.UrlRequest)
    for one in QNetworkProxyFactory.systemProxyForQuery(query):
        if one.type() == QNetworkProxy.ProxyType.HttpProxy:
            return network.Proxy(one.hostName(), one.port(), one.user(), one.password())
        if one.type() == QNetworkProxy.ProxyType.NoProxy:
            return None
    return None
