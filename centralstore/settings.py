"""What one store is: its folder, its address and its keys on disk.

DATA/store.json      host, port, version of this file
DATA/jitstore.toml   what the operator set (configuration.py), if he did
DATA/store.db        facts (database.py)
DATA/parts/          sealed parts (blobs.py)
DATA/keys/           receipt.key (32 B Ed25519 seed), tls.key, tls.crt, those of the next
                     certificate (succession.py); folder 0700, files 0600
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import msgspec

from centralstore import certificate, configuration
from centralstore.accesslog import Sealer
from centralstore.configuration import Configuration
from centralstore.limiter import Proxies, proxies_of
from crypto.signatures import StoreKey
from protocol import codec
from protocol.errors import (
    BadInputError,
    CannotCreateError,
    ConfigurationError,
    DiskError,
    MalformedError,
)
from protocol.limits import KIB

DEFAULT_LISTEN: Final = "127.0.0.1:8443"
_FILE: Final = "store.json"
_MAX_SETTINGS_BYTES: Final = 4 * KIB
MAX_HOST_CHARS: Final = 190


class _Saved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Annotated[int, msgspec.Meta(ge=0, le=2**31)]
    host: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_HOST_CHARS)]
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One store on this machine."""

    data: Path
    host: str
    port: int
    config: Configuration = field(default_factory=Configuration)

    @property
    def listen(self) -> tuple[str, int]:
        """Where to listen: host and port of the address, unless configured otherwise."""
        return parse_listen(self.config.listen) if self.config.listen else (self.host, self.port)

    @property
    def admin_listen(self) -> tuple[str, int] | None:
        """Where the admin port is, or None for none."""
        return None if self.config.admin_listen == "off" else parse_listen(self.config.admin_listen)

    @property
    def proxies(self) -> Proxies:
        """Whose requests come from many people."""
        try:
            return proxies_of(self.config.proxies)
        except ValueError as error:
            sentence = "“proxies” are addresses or networks with commas between."
            raise ConfigurationError(sentence) from error

    @property
    def address(self) -> str:
        """HOST:PORT as invitations and people state it."""
        return address_of(self.host, self.port)

    @property
    def database(self) -> Path:
        """The database file."""
        return self.data / "store.db"

    @property
    def parts(self) -> Path:
        """The folder of sealed parts."""
        return self.data / "parts"

    @property
    def tls_key(self) -> Path:
        """The TLS key, PEM."""
        return self.data / "keys" / "tls.key"

    @property
    def tls_certificate(self) -> Path:
        """The TLS certificate, PEM."""
        return self.data / "keys" / "tls.crt"

    @property
    def next_key(self) -> Path:
        """The key of the certificate that comes next, PEM."""
        return self.data / "keys" / "next.key"

    @property
    def next_certificate(self) -> Path:
        """The certificate that comes next, PEM."""
        return self.data / "keys" / "next.crt"

    @property
    def receipt_key(self) -> Path:
        """The Ed25519 seed that signs storage receipts."""
        return self.data / "keys" / "receipt.key"

    def fingerprint(self) -> bytes:
        """SHA-256 of our certificate (DER), 32 bytes."""
        pem = _read(self.tls_certificate)
        return hashlib.sha256(certificate.der(pem)).digest()

    def store_key(self) -> StoreKey:
        """The key that signs storage receipts."""
        return StoreKey.load(_read(self.receipt_key))

    def sealer(self) -> Sealer:
        """What tags this store's rows of the access log; its key follows from the store key."""
        return Sealer(_read(self.receipt_key))


def address_of(host: str, port: int) -> str:
    """HOST:PORT, an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def create(data: Path, listen: str, now: float, **configured: str | None) -> Store:
    """Make a store's folder, keys and certificate; the database is made by the caller.

    `configured` is written to the configuration file, key by key, where it is not None.

    Raises:
        CannotCreateError: the folder holds something already or cannot be made.
        BadInputError: `listen` or `admin_listen` is not HOST:PORT.
    """
    host, port = parse_listen(listen)
    if configured.get("admin_listen") not in {None, "off"}:
        parse_listen(configured["admin_listen"] or "")
    lines = [
        f"{key} = ".encode() + msgspec.json.encode(value) + b"\n"
        for key, value in configured.items()
        if value is not None
    ]
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise CannotCreateError(f"{data} exists already and is not empty. Nothing was changed.")
    store = Store(data=data, host=host, port=port or _free_port(host))
    try:
        for folder in (data, data / "keys", store.parts):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        key, pem = certificate.create(host, now)
        _write(store.tls_key, key)
        _write(store.tls_certificate, pem)
        _write(store.receipt_key, os.urandom(32))
        saved = _Saved(version=1, host=store.host, port=store.port)
        _write(data / _FILE, codec.encode_json(saved))
        if lines:
            _write(data / configuration.FILE, b"".join(lines))
    except OSError as error:
        raise CannotCreateError(f"The store cannot be made in {data}.") from error
    return store


def load(data: Path, environment: Mapping[str, str] | None = None) -> Store:
    """Read an existing store's settings and configuration; the process's environment by default.

    Raises:
        ConfigurationError: there is none, its settings are damaged, or a key cannot be.
    """
    try:
        with (data / _FILE).open("rb") as file:
            saved = read_settings(file.read(_MAX_SETTINGS_BYTES + 1))
    except FileNotFoundError as error:
        raise ConfigurationError(f"{data} holds no store. Make one with: jitstore init") from error
    except (OSError, MalformedError) as error:
        raise ConfigurationError(f"The settings of the store in {data} cannot be read.") from error
    if saved.version != 1:
        raise ConfigurationError("The store was made by a newer version of this program.")
    read = configuration.read(data, os.environ if environment is None else environment)
    store = Store(data=data, host=saved.host, port=saved.port, config=read.values)
    _check_addresses(store)
    return store


def _check_addresses(store: Store) -> None:
    try:
        _ = store.listen, store.admin_listen, store.proxies
    except BadInputError as error:
        sentence = "“listen” and “admin_listen” have the form HOST:PORT, as in 127.0.0.1:9464."
        raise ConfigurationError(sentence) from error


def read_settings(data: bytes) -> _Saved:
    """Read the bytes of store.json.

    Raises:
        MalformedError: longer than 4 KiB, or not such settings.
    """
    return codec.decode_json(_Saved, data, limit=_MAX_SETTINGS_BYTES)


def parse_listen(text: str) -> tuple[str, int]:
    """Split HOST:PORT; IPv6 hosts stand in brackets; port 0 means any free one.

    Raises:
        BadInputError: anything else.
    """
    host, colon, digits = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    valid = digits.isascii() and digits.isdigit() and len(digits) <= 5 and int(digits) <= 65535
    plain = host.isascii() and host.isprintable() and not set(host) & set(" /\\@?#")
    if not (colon and host and len(host) <= MAX_HOST_CHARS and valid and plain):
        raise BadInputError("An address to listen on has the form HOST:PORT, as in 127.0.0.1:8443.")
    return host, int(digits)


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody listens there; the server itself shares its port and would not notice."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def _free_port(host: str) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with contextlib.closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
            probe.bind((host, 0))
            return int(probe.getsockname()[1])
    except OSError as error:
        raise BadInputError(f"This machine cannot listen on {host}.") from error


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError(f"The store's key file {path.name} is missing.") from error
    except OSError as error:
        raise DiskError(f"The store's key file {path.name} cannot be read.") from error
