"""What is inside a bundle, as CycloneDX 1.6: `python sbom.py BUNDLE` prints it.

Own code rather than a library: what counts is which files were really bundled, and the generators
list an environment. A distribution is listed if a file of it is in the bundle, with the hash of
every library file; what no distribution brought (the interpreter) is listed by its version.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import re
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SQLCIPHER = "sqlcipher3"
_LIBRARY = re.compile(r"\.(so(\.[0-9.]+)?|pyd|dll|dylib)$")


def sbom(bundle: Path, modules: set[str]) -> dict[str, Any]:
    """The list for a bundle whose frozen modules are `modules` (top-level names)."""
    components = [*_distributions(bundle, modules), _interpreter(bundle), _qt(), *_inside()]
    components.sort(key=lambda one: (one["name"], one["version"]))
    version = importlib.metadata.version("jitclient")
    root = {"type": "application", "bom-ref": "jitclient", "name": "jitclient", "version": version}
    text = json.dumps(components, sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text)}",
        "version": 1,
        "metadata": {"component": root},
        "components": components,
        "dependencies": [{"ref": "jitclient", "dependsOn": [one["bom-ref"] for one in components]}],
    }


def frozen(listing: Path) -> set[str]:
    """Top-level names of the modules that PyInstaller froze, from its own table of contents."""
    return set(re.findall(r"\('([A-Za-z_0-9]+)[.']", listing.read_text("utf-8")))


def _distributions(bundle: Path, modules: set[str]) -> Iterator[dict[str, Any]]:
    inside = bundle / "_internal"  # laid out as site-packages is
    owners = importlib.metadata.packages_distributions()
    wanted = {name for module in modules for name in owners.get(module, ())}
    for name in sorted(wanted - {"jitclient", "pyinstaller", "hatchling", "setuptools"}):
        found = importlib.metadata.distribution(name)
        libraries = [
            inside / file
            for file in found.files or ()
            if _LIBRARY.search(str(file)) and (inside / file).is_file()
        ]
        yield _component(name, found.version, _license(found), libraries)


def _component(name: str, version: str, license_: str, libraries: list[Path]) -> dict[str, Any]:
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
    }
    if license_:
        made["licenses"] = [{"license": {"name": license_}}]
    if libraries:
        made["components"] = [_file(path) for path in sorted(set(libraries))]
    return made


def _file(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        "type": "file",
        "name": path.name,
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }


def _license(found: importlib.metadata.Distribution) -> str:
    told = found.metadata
    if told.get("License-Expression"):
        return str(told["License-Expression"])
    kinds = [one for one in told.get_all("Classifier") or () if one.startswith("License ::")]
    return "; ".join(one.rsplit(" :: ", 1)[1] for one in kinds) or (told.get("License") or "")[:80]


def _interpreter(bundle: Path) -> dict[str, Any]:
    version = platform.python_version()
    made: dict[str, Any] = {
        "type": "framework",
        "bom-ref": f"pkg:generic/python@{version}",
        "name": "CPython",
        "version": version,
        "purl": f"pkg:generic/python@{version}",
        "licenses": [{"license": {"name": "Python-2.0"}}],
    }
    made["components"] = [_file(path) for path in sorted(bundle.rglob("libpython*"))]
    return made


def _qt() -> dict[str, Any]:
    from PySide6.QtCore import qVersion  # noqa: PLC0415 - where this is only read, Qt is not needed

    return _upstream("Qt", qVersion(), "LGPL-3.0-only")


def _inside() -> Iterator[dict[str, Any]]:
    """Libraries of other makers within those wheels that carry what protects the case."""
    import nacl.bindings  # noqa: PLC0415, F401 - as above
    import psycopg  # noqa: PLC0415
    import pypdfium2.raw  # noqa: PLC0415, F401
    import sqlcipher3.dbapi2 as sqlite  # noqa: PLC0415
    from cryptography.hazmat.backends.openssl import backend  # noqa: PLC0415

    connection = sqlite.connect(":memory:")
    told = str(connection.execute("PRAGMA cipher_version").fetchone()[0]).split()[0]
    connection.close()
    yield _upstream("SQLCipher", told, "BSD-3-Clause")
    yield _upstream("SQLite", sqlite.sqlite_version, "blessing")
    openssl = backend.openssl_version_text().split()[1]
    yield _upstream("OpenSSL", openssl, "Apache-2.0")
    libpq = psycopg.pq.version()
    yield _upstream("libpq", f"{libpq // 10_000}.{libpq % 10_000}", "PostgreSQL")


def _upstream(name: str, version: str, license_: str) -> dict[str, Any]:
    purl = f"pkg:generic/{name.lower()}@{version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "licenses": [{"license": {"name": license_}}],
    }


def main() -> int:
    """Print the list for the bundle that the only argument names."""
    bundle = Path(sys.argv[1])
    modules = frozen(bundle.parent.parent / "work/jitclient/PYZ-00.toc")
    modules |= frozen(bundle.parent.parent / "work/jitclient/COLLECT-00.toc")
    json.dump(sbom(bundle, modules), sys.stdout, indent=1)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
