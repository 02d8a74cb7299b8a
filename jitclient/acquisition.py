"""Hashes from acquisition reports, and the comparison of a file with them before it leaves.

Reports are text. Lines that name a file count for that file; a labelled value without a name
counts for the one thing the report is about. In containers (E01 and such) that is the data inside,
whose hash is not the file's: it is stated of the source and not compared.
Spec: docs/protocol/51-facts.md §4.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from jitclient.errors import AcquisitionDiffersError
from protocol.errors import BadInputError, NoInputError
from protocol.facts import DIGESTS
from protocol.limits import MIB

MAX_REPORT_BYTES: Final = 4 * MIB
READ_BYTES: Final = 4 * MIB
CONTAINERS: Final = frozenset(
    {".e01", ".ex01", ".l01", ".lx01", ".s01", ".aff", ".afd", ".aff4", ".ad1", ".zip", ".7z"}
)
_BY_LENGTH: Final = {length: name for name, length in DIGESTS.items()}
_NAME: Final = r"(md5|sha-?1|sha2?-?256|sha2?-?512)"
_HEX: Final = "[0-9a-f]{32,128}"
_SUMS: Final = re.compile(rf"\\?({_HEX}) [ *](.+)", re.IGNORECASE)
_BSD: Final = re.compile(rf"{_NAME} ?\((.+)\) ?= ?({_HEX})", re.IGNORECASE)
_LABEL: Final = re.compile(rf"\b{_NAME}\b[^:=]{{0,80}}[:=]\s*({_HEX})\b", re.IGNORECASE)
_BEHIND: Final = re.compile(rf"\b({_HEX})\s+\({_NAME}\)", re.IGNORECASE)


@dataclass(slots=True)
class Report:
    """What a report states, lower-case hexadecimal by algorithm."""

    named: dict[str, dict[str, str]] = field(default_factory=dict)  # by the file's name
    plain: dict[str, str] = field(default_factory=dict)  # of what the report is about

    def facts_of(self, name: str) -> dict[str, str]:
        """The facts it gives of one file; empty when it says nothing of it."""
        if name in self.named:
            return {f"acquired-{algorithm}": v for algorithm, v in self.named[name].items()}
        if not self.plain:
            return {}
        if Path(name).suffix.lower() in CONTAINERS:
            best = max(self.plain, key=lambda one: DIGESTS[one])
            return {"source-hash": f"{best} {self.plain[best]}"}
        return {f"acquired-{algorithm}": value for algorithm, value in self.plain.items()}


def read_report(path: Path) -> Report:
    """Read the hashes a report states.

    Knows the lists of `md5sum` and its kin (also with `--tag`), and lines such as
    `MD5 checksum: …`, `SHA256 hash : …`, `… (sha256)`, as the programs that acquire write them.

    Raises:
        NoInputError: it cannot be read.
        BadInputError: too long, or two values for one thing.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_REPORT_BYTES + 1)
    except OSError as error:
        raise NoInputError(f"{path.name} cannot be read: {error.strerror}.") from error
    if len(data) > MAX_REPORT_BYTES:
        raise BadInputError(f"{path.name} is too long for an acquisition report.")
    return parse(_text(data))


def parse(text: str) -> Report:
    """What the lines of a report state.

    Raises:
        BadInputError: it states two values of one algorithm for one thing.
    """
    report = Report()
    for line in text.splitlines():
        whole = line.strip()  # anchored: a search would take the square of a hostile line's length
        found = _SUMS.fullmatch(whole) or _BSD.fullmatch(whole)
        if found is not None and (stated := _of_file(found)) is not None:
            name, algorithm, value = stated
            _put(report.named.setdefault(name, {}), algorithm, value)
            continue
        for algorithm, value in _labelled(line):
            _put(report.plain, algorithm, value)
    return report


def typed(value: str) -> dict[str, str]:
    """The fact of a hash that was typed: `sha256:…`, `SHA-256 …`, or its digits alone.

    Raises:
        BadInputError: its length is that of no hash, or of another one than it says.
    """
    label, _, rest = value.strip().rpartition(":")
    digits = (rest or label).replace(" ", "").lower()
    algorithm = _BY_LENGTH.get(len(digits), "")
    named = _plain_name(label) if label and rest else algorithm
    if not algorithm or named != algorithm or not re.fullmatch("[0-9a-f]+", digits):
        raise BadInputError(f"“{value[:40]}” is no MD5, SHA-1, SHA-256 or SHA-512.")
    return {f"acquired-{algorithm}": digits}


def compare(path: Path, stated: Mapping[str, str], tell: Callable[[int], None]) -> None:
    """Read a file once and compare it with every hash that is stated of it.

    Args:
        path: the file.
        stated: hexadecimal, by algorithm.
        tell: called with the number of bytes read so far, from this thread.

    Raises:
        AcquisitionDiffersError: one of them is another; NoInputError: it cannot be read.
    """
    running = {name: hashlib.new(name, usedforsecurity=False) for name in stated}
    done = 0
    try:
        with path.open("rb", buffering=0) as file:
            while block := file.read(READ_BYTES):
                for one in running.values():
                    one.update(block)
                done += len(block)
                tell(done)
    except OSError as error:
        raise NoInputError(f"{path.name} cannot be read: {error.strerror}.") from error
    judge(path, stated, {name: one.hexdigest() for name, one in running.items()})


def judge(path: Path, stated: Mapping[str, str], found: Mapping[str, str]) -> None:
    """Compare the hashes that were found of a file with all that are stated of it.

    Raises:
        AcquisitionDiffersError: one of them is another.
    """
    for name, value in stated.items():
        if not hmac.compare_digest(found[name], value):
            raise AcquisitionDiffersError(_differs(path, name, value, found[name]))


def sha256_of(path: Path, tell: Callable[[int], None] = lambda _: None) -> bytes:
    """The SHA-256 of a file. `tell` hears of bytes as they are read.

    Raises:
        NoInputError: it cannot be read any more.
    """
    whole = hashlib.sha256()
    try:
        with path.open("rb", buffering=0) as source:
            while block := source.read(READ_BYTES):
                whole.update(block)
                tell(len(block))
    except OSError as error:
        raise NoInputError(f"{path.name} cannot be read any more: {error.strerror}.") from error
    return whole.digest()


def _differs(path: Path, algorithm: str, stated: str, found: str) -> str:
    said = (
        f"{path.name} is not what was acquired: the report says {algorithm.upper()} {stated}, "
        f"the file has {found}. Nothing was handed over."
    )
    if path.suffix.lower() in CONTAINERS:
        said += (
            " The report of a container often states the hash of the data inside it; that one is "
            "to be stated as the hash of the source."
        )
    return said


def _text(data: bytes) -> str:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", errors="replace")
    return data.decode("utf-8-sig", errors="replace")


def _of_file(found: re.Match[str]) -> tuple[str, str, str] | None:
    """(name, algorithm, value) of a line that names a file; None when lengths do not fit."""
    if found.re is _SUMS:
        value, path = found[1].lower(), found[2]
        algorithm = _BY_LENGTH.get(len(value), "")
    else:
        algorithm, path, value = _plain_name(found[1]), found[2], found[3].lower()
    fits = algorithm and len(value) == DIGESTS[algorithm]
    return (re.split(r"[/\\]", path)[-1], algorithm, value) if fits else None


def _labelled(line: str) -> Iterator[tuple[str, str]]:
    pairs = [(one[1], one[2]) for one in _LABEL.finditer(line)]
    pairs += [(one[2], one[1]) for one in _BEHIND.finditer(line)]
    for label, value in pairs:
        algorithm = _plain_name(label)
        if len(value) == DIGESTS[algorithm]:
            yield algorithm, value.lower()


def _plain_name(label: str) -> str:
    """`SHA2-256`, `SHA-256` and `sha256` are one."""
    name = label.strip().lower().replace("-", "")
    return name.replace("sha2256", "sha256").replace("sha2512", "sha512")


def _put(into: dict[str, str], algorithm: str, value: str) -> None:
    if into.setdefault(algorithm, value) != value:
        raise BadInputError(
            f"The report states two different values of {algorithm.upper()} for one thing. Type "
            "the one that counts."
        )
