"""What an operator may set: a file in TOML, and the environment over it; checked before anything.

DATA/jitstore.toml, or the file that JITSTORE_CONFIG names; then JITSTORE_KEY for every key, or
JITSTORE_KEY_FILE, whose content is the value (for secrets; in the file: `key_file`). A key that
nobody knows is refused with the nearest one that exists. Guide: docs/OPERATOR_GUIDE.md.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from protocol.errors import ConfigurationError
from protocol.limits import KIB

FILE: Final = "jitstore.toml"
PREFIX: Final = "JITSTORE_"
HIDDEN: Final = "***"
SECRETS: Final = frozenset({"database_password", "s3_secret_key"})
"""Keys whose values are never shown by `config dump --redacted`, a log or a support bundle."""
ELSEWHERE: Final = frozenset({"JITSTORE_CONFIG", "JITSTORE_DATA", "JITSTORE_OPERATOR"})
"""Variables that are read by the commands and are no keys of the configuration."""
_MAX_BYTES: Final = 64 * KIB
_MAX_TEXT: Final = 4096

_Text = Annotated[str, msgspec.Meta(max_length=_MAX_TEXT)]
_Rate = Annotated[int, msgspec.Meta(ge=0, le=10**6)]
_Bytes = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=600)]
_Connections = Annotated[int, msgspec.Meta(ge=1, le=64)]


class Configuration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every key with its default.

    `listen` is where to listen when it is not the address in invitations; `admin_listen` is the
    admin port, or `off`; `shutdown_delay_seconds` is how long `/readyz` says 503 before the port
    closes; `drain_seconds` how long requests that have begun may take to end.
    Rates are requests a second with bursts, quotas bytes at a time (for a device's queue also
    deliveries); 0 is none. `proxies` are
    addresses or networks, with commas between, that count addresses themselves. `database_url` and
    `blob_url` put facts and parts where several processes share them (places.py);
    `database_connections` is how many transactions a process runs there at once.
    """

    listen: _Text = ""
    admin_listen: _Text = "127.0.0.1:9464"
    shutdown_delay_seconds: _Seconds = 0
    drain_seconds: _Seconds = 10
    address_rate: _Rate = 100
    address_burst: _Rate = 500
    device_rate: _Rate = 500
    device_burst: _Rate = 5_000
    account_rate: _Rate = 1_000
    account_burst: _Rate = 10_000
    space_rate: _Rate = 4_000
    space_burst: _Rate = 40_000
    proxies: _Text = ""
    account_quota_bytes: _Bytes = 2 * 1024**4
    space_quota_bytes: _Bytes = 4 * 1024**4
    mailbox_quota_messages: _Bytes = 50_000
    mailbox_quota_bytes: _Bytes = 512 * 1024**2
    database_url: _Text = ""
    database_password: _Text = ""
    database_connections: _Connections = 8
    blob_url: _Text = ""
    s3_access_key: _Text = ""
    s3_secret_key: _Text = ""


KEYS: Final = tuple(one.name for one in msgspec.structs.fields(Configuration))


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One value and where it came from: `file` or the variable's name."""

    value: Any
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The configuration in force, and which keys were set where."""

    values: Configuration = field(default_factory=Configuration)
    sources: Mapping[str, str] = field(default_factory=dict)

    def shown(self, *, redacted: bool) -> dict[str, Any]:
        """Every key and its value; secrets as `***` where `redacted`."""
        found = msgspec.structs.asdict(self.values)
        if not redacted:
            return found
        return {key: HIDDEN if key in SECRETS and found[key] else found[key] for key in found}


def read(data: Path, environment: Mapping[str, str]) -> Read:
    """The configuration of the store in `data`.

    Raises:
        ConfigurationError: a file that cannot be read, a key nobody knows, or a value that cannot
            be; the sentence names the key and where it stands, never the value.
    """
    given = {**_from_file(data, environment), **_from_environment(environment)}
    values = {key: _checked(key, one) for key, one in given.items()}
    return Read(
        values=Configuration(**values), sources={key: one.source for key, one in given.items()}
    )


def read_file(data: bytes) -> dict[str, Any]:
    """Read the bytes of a configuration file.

    Raises:
        ConfigurationError: longer than 64 KiB, or no TOML.
    """
    if len(data) > _MAX_BYTES:
        raise ConfigurationError("The configuration file is longer than 64 KiB.")
    try:
        found = msgspec.toml.decode(data, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"The configuration file is not TOML: {error}.") from error
    for key in found:
        plain = key.removesuffix("_file")
        _known(plain if plain in KEYS else key, "the configuration file", KEYS)
    return found


def _from_file(data: Path, environment: Mapping[str, str]) -> dict[str, Given]:
    named = environment.get("JITSTORE_CONFIG", "")
    path = Path(named) if named else data / FILE
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except FileNotFoundError as error:
        if not named:
            return {}
        raise ConfigurationError(f"There is no configuration file {path}.") from error
    except OSError as error:
        raise ConfigurationError(f"The configuration file {path} cannot be read.") from error
    found: dict[str, Given] = {}
    for name, value in read_file(content).items():
        key = name if name in KEYS else name.removesuffix("_file")
        if key in found:
            raise ConfigurationError(f"“{key}” is set twice: itself and by a file.")
        given = value if name in KEYS else _content(name, str(value))
        found[key] = Given(value=given, source="file")
    return found


def _from_environment(environment: Mapping[str, str]) -> dict[str, Given]:
    found: dict[str, Given] = {}
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name in ELSEWHERE:
            continue
        key = name.removeprefix(PREFIX).lower()
        value: str = environment[name]
        if key not in KEYS and key.endswith("_file") and key.removesuffix("_file") in KEYS:
            key, value = key.removesuffix("_file"), _content(name, value)
        _known(key, "the environment", KEYS, shown=name)
        if key in found:
            raise ConfigurationError(f"{PREFIX}{key.upper()} is set twice: itself and by a file.")
        found[key] = Given(value=value, source=name)
    return found


def _content(name: str, path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MAX_TEXT + 1)
        return content.decode().strip()
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ConfigurationError(f"The file that {name} names cannot be read.") from error


def _known(key: str, place: str, keys: tuple[str, ...], *, shown: str = "") -> None:
    if key in keys:
        return
    near = difflib.get_close_matches(key, keys, 1)
    name = shown or key
    hint = ""
    if near:
        better = f"{PREFIX}{near[0].upper()}" if shown else near[0]
        hint = f" Did you mean “{better}”?"
    raise ConfigurationError(f"There is no key “{name}” ({place}).{hint}")


def _checked(key: str, given: Given) -> Any:
    kind = next(one.type for one in msgspec.structs.fields(Configuration) if one.name == key)
    try:
        return msgspec.convert(given.value, kind, strict=given.source == "file")
    except msgspec.ValidationError as error:
        where = given.source if given.source != "file" else "the configuration file"
        raise ConfigurationError(f"“{key}” in {where} cannot be: {error}.") from error
