"""The settings of the network, taken into use: by every face of the program before it connects."""

from __future__ import annotations

import sys
from pathlib import Path

from jitclient.foundation import policy
from protocol.errors import ConfigurationError
from sync import network


def apply(profile: Path) -> dict[str, policy.Setting]:
    """Read the settings of machine and profile, and reach the store as they say; returns them.

    Raises:
        ConfigurationError: one of them cannot be meant; nothing has changed.
    """
    found = policy.settings(profile)
    file = found["ca_file"].value
    if file and not Path(file).is_file():
        raise ConfigurationError(f"The file of authorities is missing: {file}.")
    network.use(proxy=found["proxy"].value, authorities=file, ask=_of_the_system)
    return found


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
