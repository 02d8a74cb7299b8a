"""What a machine and a person have set: the machine's policy, the profile's file, the environment.

A flag wins over `JIT_*` of the environment, that over the profile's `settings.toml`, that over the
machine's policy; what the policy locks wins over all of them. The keys: docs/USER_GUIDE.md.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from protocol.errors import ConfigurationError

PROFILE_FILE: Final = "settings.toml"
MAX_FILE_BYTES: Final = 64 * 1024
ANY: Final = "*"
VALUES: Final[dict[str, tuple[str, ...]]] = {
    "proxy": (ANY,),
    "ca_file": (ANY,),
    "notifications": ("on", "off"),
    "screenshots": ("allowed", "protected"),
    "tray": ("on", "off"),
    "metered": ("auto", "yes", "no"),
}
DEFAULTS: Final[dict[str, str]] = {
    "proxy": "system",
    "ca_file": "",
    "notifications": "on",
    "screenshots": "allowed",
    "tray": "off",
    "metered": "auto",
}
KEYS: Final = tuple(DEFAULTS)


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and who set it: `default`, `policy`, `profile` or `environment`."""

    value: str
    source: str
    locked: bool = False


def policy_file() -> Path:
    """Where the administrator of this machine says what holds for everybody."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "jitclient" / "policy.toml"
    if sys.platform == "darwin":
        return Path("/Library/Application Support/jitclient/policy.toml")
    return Path("/etc/jitclient/policy.toml")


def settings(
    profile: Path,
    *,
    machine: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Setting]:
    """Every key with the value that holds.

    Args:
        profile: the profile folder; its file may be missing.
        machine: the policy; None for this machine's.
        environment: None for this process's.

    Raises:
        ConfigurationError: a file cannot be read, or says something that is no setting.
    """
    given = os.environ if environment is None else environment
    policy, locked = read_file((machine or policy_file()), may_lock=True)
    own, _ = read_file(profile / PROFILE_FILE, may_lock=False)
    found: dict[str, Setting] = {}
    for key in KEYS:
        named = f"JIT_{key.upper()}"
        if key in locked:
            found[key] = Setting(policy.get(key, DEFAULTS[key]), "policy", locked=True)
        elif named in given:
            found[key] = Setting(_checked(key, given[named], named), "environment")
        elif key in own:
            found[key] = Setting(own[key], "profile")
        elif key in policy:
            found[key] = Setting(policy[key], "policy")
        else:
            found[key] = Setting(DEFAULTS[key], "default")
    return found


def read_file(path: Path, *, may_lock: bool) -> tuple[dict[str, str], frozenset[str]]:
    """The settings of one file, and which of them it locks; nothing where there is no file.

    Raises:
        ConfigurationError: unreadable, too long, not TOML, or not our keys.
    """
    try:
        with path.open("rb") as source:
            data = source.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return {}, frozenset()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error
    return read(data, str(path), may_lock=may_lock)


def read(data: bytes, name: str, *, may_lock: bool) -> tuple[dict[str, str], frozenset[str]]:
    """As `read_file`, of its bytes; `name` stands in what is raised."""
    if len(data) > MAX_FILE_BYTES:
        raise ConfigurationError(f"{name} is longer than any list of settings.")
    try:
        table = msgspec.toml.decode(data, type=dict[str, object])
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"{name} is no TOML text in UTF-8.") from error
    locked = table.pop("locked", []) if may_lock else []
    if not isinstance(locked, list) or not all(isinstance(one, str) for one in locked):
        raise ConfigurationError(f"{name}: “locked” is a list of keys.")
    strays = sorted({*table, *locked} - set(KEYS))
    if strays:
        raise ConfigurationError(f"{name}: there is no setting “{strays[0][:40]}”.")
    return {key: _checked(key, value, name) for key, value in table.items()}, frozenset(locked)


def changed(profile: Path, key: str, value: str | None) -> bytes:
    """The profile's file with one key set, or taken out; every other line stays as it is.

    Raises:
        ConfigurationError: the file or the value cannot be meant.
    """
    path = profile / PROFILE_FILE
    own, _ = read_file(path, may_lock=False)
    wanted = {one: said for one, said in own.items() if one != key}
    if value is not None:
        wanted[key] = _checked(key, value, PROFILE_FILE)
    before = path.read_text("utf-8").splitlines() if path.exists() else []
    lines = [one for one in before if one.split("=")[0].strip().strip("\"'") != key]
    if value is not None:
        lines.append(_line(key, value))
    data = _joined(lines)
    try:
        kept, _ = read(data, PROFILE_FILE, may_lock=False)
    except ConfigurationError:
        kept = {}
    if kept != wanted:  # values over several lines: written anew
        data = _joined([_line(one, said) for one, said in wanted.items()])
    return data


def _line(key: str, value: str) -> str:
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"


def _joined(lines: list[str]) -> bytes:
    return "".join(f"{one}\n" for one in lines).encode()


def _checked(key: str, value: object, where: str) -> str:
    allowed = VALUES[key]
    if not isinstance(value, str) or not value.isprintable() or len(value) > 1000:
        raise ConfigurationError(f"{where}: “{key}” is a line of text.")
    if allowed != (ANY,) and value not in allowed:
        raise ConfigurationError(f"{where}: “{key}” is one of {', '.join(allowed)}.")
    return value
