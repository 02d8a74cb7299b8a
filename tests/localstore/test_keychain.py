"""Only real keyrings hold the secret; none is no error; a fallback to a file never happens."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import keyring.core
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, chainer, fail, kwallet, null

from localstore import keychain
from protocol.errors import BugError

ROOT = Path(__file__).parents[2]
SECRET = bytes(range(32))


class PlaintextKeyring(KeyringBackend):
    """What keyrings.alt is: a file anybody can read. Remembers whether it was asked."""

    priority = 9
    kept: ClassVar[dict[str, str]] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


class DressedUpKeyring(SecretService.Keyring):
    """A class that inherits from a real one may do anything."""


class Chain(chainer.ChainerBackend):
    """A chain of chosen keyrings."""

    backends: ClassVar[list[KeyringBackend]] = []


# Defining a backend makes it a candidate for everybody; no other test shall find these.
for ours in (PlaintextKeyring, DressedUpKeyring, Chain):
    KeyringBackend._classes.discard(ours)


def made(kind: Any) -> KeyringBackend:
    backend: KeyringBackend = kind()
    return backend


@pytest.mark.parametrize(
    "backend",
    [made(null.Keyring), made(fail.Keyring), made(PlaintextKeyring), made(DressedUpKeyring), None],
    ids=["null", "fail", "plaintext", "subclass", "none"],
)
def test_what_is_not_a_real_keyring_is_refused(backend: KeyringBackend | None) -> None:
    assert keychain.accepted(backend) is None


@pytest.mark.parametrize("kind", [SecretService.Keyring, kwallet.DBusKeyring])
def test_a_real_keyring_is_accepted(kind: type[KeyringBackend]) -> None:
    backend = made(kind)

    assert keychain.accepted(backend) is backend


def test_of_a_chain_only_a_real_member_is_used() -> None:
    real = made(SecretService.Keyring)

    Chain.backends = [made(PlaintextKeyring), made(null.Keyring), made(fail.Keyring)]
    assert keychain.accepted(made(Chain)) is None
    Chain.backends = [made(PlaintextKeyring), real]
    assert keychain.accepted(made(Chain)) is real


@pytest.mark.parametrize(
    "backend", [made(null.Keyring), made(fail.Keyring), made(PlaintextKeyring)]
)
def test_without_a_real_keyring_nothing_is_kept_and_nothing_raised(
    backend: KeyringBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    PlaintextKeyring.kept.clear()
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)

    assert not keychain.available()
    assert not keychain.save("profile", SECRET)
    assert keychain.secret("profile") is None
    keychain.forget("profile")

    assert PlaintextKeyring.kept == {}


def test_a_secret_of_another_length_is_our_mistake() -> None:
    with pytest.raises(BugError):
        keychain.save("profile", b"short")


IN_THE_SERVICE = """
import keyring
from localstore import keychain
secret, other = bytes(range(32)), bytes(32)
name = type(keyring.get_keyring())
assert (name.__module__, name.__qualname__) == ("keyring.backends.SecretService", "Keyring"), name
assert keychain.available()
assert keychain.secret("p") is None
assert keychain.save("p", secret)
assert keychain.save("q", other)
assert (keychain.secret("p"), keychain.secret("q")) == (secret, other)
assert keychain.save("p", other)
assert keychain.secret("p") == other
keyring.get_keyring().set_password("jitclient", "q", "not base64!")
assert keychain.secret("q") is None
keychain.forget("p")
keychain.forget("p")
assert keychain.secret("p") is None
print("all held")
"""
LOCKED = """
from localstore import keychain
assert not keychain.save("p", bytes(32))
assert keychain.secret("p") is None
keychain.forget("p")
print("all held")
"""


def in_a_session(script: str, home: Path, *, unlocked: bool) -> str:
    """Run a script in a D-Bus session of its own with a Secret Service, unlocked or not."""
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        if shutil.which(program) is None:
            pytest.skip(f"NOT TESTED HERE: {program} is not installed")
    run = home / "run"
    run.mkdir(mode=0o700)
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DISPLAY"},
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(run),
        "XDG_DATA_HOME": str(home),
        "PYTHONPATH": str(ROOT),
    }
    daemon = (
        "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "
        if unlocked
        else "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1; "
    )
    done = subprocess.run(
        ["dbus-run-session", "--", "bash", "-c", daemon + 'exec "$0" -c "$1"', sys.executable,
         script],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_real_secret_service_keeps_returns_and_forgets(tmp_path: Path) -> None:
    assert in_a_session(IN_THE_SERVICE, tmp_path, unlocked=True) == "all held"


def test_a_locked_secret_service_is_no_keyring_and_no_error(tmp_path: Path) -> None:
    assert in_a_session(LOCKED, tmp_path, unlocked=False) == "all held"
