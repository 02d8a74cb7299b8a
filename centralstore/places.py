"""Where this store keeps facts and parts: its own folder, or PostgreSQL and an object store.

Both are named by the configuration (configuration.py); without it everything lies in DATA.
Spec: docs/protocol/70-store.md §9; guide: docs/OPERATOR_GUIDE.md.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError

from centralstore import embedded, shared
from centralstore.blobs import Blobs, Folder
from centralstore.configuration import Configuration
from centralstore.objects import Bucket, Objects
from centralstore.settings import Store
from protocol.errors import ConfigurationError

_SCHEMES: Final = ("postgresql", "postgres", "postgresql+psycopg")
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,62}")
_QUERY: Final = frozenset({"endpoint", "region"})
_LIBPQ: Final = frozenset(
    {"sslmode", "sslrootcert", "sslcert", "sslkey", "host", "target_session_attrs"}
)


def is_shared(store: Store) -> bool:
    """Whether several processes may serve this store."""
    return bool(store.config.database_url)


def engine(store: Store) -> Engine:
    """The engine on the store's database.

    Raises:
        ConfigurationError: an address that is none, or a database no store must be put on.
    """
    check(store.config)
    url = database_url(store.config)
    if url is None:
        return embedded.open_engine(store.database)
    made = shared.open_engine(url, store.config.database_connections)
    shared.check(made)
    return made


def blobs(store: Store) -> Blobs:
    """Where the store's parts lie.

    Raises:
        ConfigurationError: an address that is none.
    """
    bucket = bucket_of(store.config)
    return Folder(store.parts) if bucket is None else Objects(bucket)


def check(config: Configuration) -> None:
    """Refuse addresses and combinations that cannot be; nothing is connected.

    Raises:
        ConfigurationError: with a sentence that names the key.
    """
    if (database_url(config) is None) != (bucket_of(config) is None):
        raise ConfigurationError(
            "“database_url” and “blob_url” go together: several processes share both or none."
        )


def database_url(config: Configuration) -> URL | None:
    """The database's address with its password, or None for the embedded one.

    Raises:
        ConfigurationError: no address of a PostgreSQL database, or one with a password in it.
    """
    if not config.database_url:
        return None
    form = "“database_url” has the form postgresql://USER@HOST:PORT/NAME."
    try:
        url = make_url(config.database_url)
    except (ArgumentError, ValueError) as error:
        raise ConfigurationError(form) from error
    if url.drivername not in _SCHEMES or not url.database or not url.username:
        raise ConfigurationError(form)
    if url.password is not None:
        raise ConfigurationError(
            "“database_url” holds a password. Put it into “database_password” or its file."
        )
    if not url.query.keys() <= _LIBPQ:
        raise ConfigurationError(f"After “?”, “database_url” takes: {', '.join(sorted(_LIBPQ))}.")
    password = config.database_password or None
    return url.set(drivername="postgresql", password=password)


def bucket_of(config: Configuration) -> Bucket | None:
    """The bucket of the parts, or None for the folder.

    Raises:
        ConfigurationError: no address of a bucket, or its keys are missing.
    """
    if not config.blob_url:
        return None
    form = "“blob_url” has the form s3://BUCKET/FOLDER?endpoint=https://HOST&region=REGION."
    try:
        parts = urlsplit(config.blob_url)
        asked = parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise ConfigurationError(form) from error
    sound = parts.scheme == "s3" and _BUCKET.fullmatch(parts.netloc) and asked.keys() <= _QUERY
    endpoint = asked.get("endpoint", [""])[0]
    if not sound or not (endpoint == "" or endpoint.startswith(("https://", "http://"))):
        raise ConfigurationError(form)
    if not (config.s3_access_key and config.s3_secret_key):
        raise ConfigurationError("“s3_access_key” and “s3_secret_key” are missing.")
    return Bucket(
        name=parts.netloc,
        folder=unquote(parts.path).strip("/"),
        endpoint=endpoint,
        region=asked.get("region", ["us-east-1"])[0],
        access_key=config.s3_access_key,
        secret_key=config.s3_secret_key,
    )
