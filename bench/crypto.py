"""The cryptography against its peers, in one run: ratchet, fan-out, handshake, sealing of files.

    python -m bench.crypto              21 short runs of each case
    python -m bench.crypto --quick      7

Times are CPU time of the thread, because the machine is shared (wall time where two threads seal,
compared round by round); all cases take turns in every round, and the best round of each counts:
noise only adds.
Appends to bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from nacl._sodium import ffi, lib

from bench.crypto_peers import double_ratchet, meet, olm, ours
from crypto import handshake, message, ratchet
from crypto.entropy import SYSTEM
from crypto.filestream import FileShape, Sealer
from crypto.handshake import Init
from protocol.envelope import Envelope, KeyMsg
from protocol.ids import DeviceId, EnvelopeId, FileId, MessageId, mailbox_id
from protocol.limits import MIB, PART_BYTES, PART_PLAIN_BYTES
from tests.support.people import ALICE, BOB, NOW, SPACE

RESULTS: Final = Path(__file__).resolve().parent / "RESULTS.md"
DEVICES: Final = 99
ONE_WAY_FLOOR: Final = 4.0
FAN_OUT_FLOOR_MS: Final = 4.0
SEAL_FLOORS: Final = {1: 0.5, 2: 0.9}


@dataclass
class Case:
    """Something to do `count` times; `best` is the least CPU time of one, in microseconds."""

    name: str
    run: Callable[[int], None]
    count: int
    best: float = float("inf")

    def once(self) -> None:
        """One short run."""
        began = time.thread_time()
        self.run(self.count)
        self.best = min(self.best, (time.thread_time() - began) / self.count * 1e6)


def main() -> None:
    """Measure, print, append."""
    parser = argparse.ArgumentParser(prog="bench.crypto", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    rounds = 7 if parser.parse_args().quick else 21
    load = os.getloadavg()[0]
    cases = _ratchet_cases() + _other_cases()
    for _ in range(rounds):
        for case in cases:
            case.once()
    best = {case.name: case.best for case in cases}
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    text = "\n".join(
        [
            f"## Cryptography, {when}, {os.cpu_count()} cores, load {load:.1f}",
            "",
            f"CPU time, best of {rounds} runs of each, in turns.",
            "",
            *_report_ratchets(best),
            *_report_others(best),
            *_report_sealing(rounds),
        ]
    )
    print(text)
    with RESULTS.open("a") as out:
        out.write(text + "\n\n")


# --- the ratchet ---------------------------------------------------------------------------------

PEERS: Final = {"ours": ours, "doubleratchet 1.3": double_ratchet, "vodozemac 0.10": olm}
SHAPES: Final = {"one way": "one_way", "in turns": "turns", "sealing only": "seal_only"}


def _ratchet_cases() -> list[Case]:
    """A pair for every case, so that none begins where another left it."""
    return [
        Case(f"{peer}, {shape}", getattr(make(), method), 200)
        for shape, method in SHAPES.items()
        for peer, make in PEERS.items()
    ]


def _report_ratchets(best: dict[str, float]) -> list[str]:
    lines = [
        "| 200-byte messages | ours | doubleratchet 1.3 | vodozemac 0.10 | ours / doubleratchet |",
        "|---|---|---|---|---|",
    ]
    for shape in SHAPES:
        took = [best[f"{peer}, {shape}"] for peer in PEERS]
        cells = " | ".join(f"{1e6 / each:,.0f}/s, {each:.0f} us" for each in took)
        lines.append(f"| {shape} | {cells} | {took[1] / took[0]:.1f} |")
    ratio = best["doubleratchet 1.3, one way"] / best["ours, one way"]
    return [*lines, "", _verdict("one way against doubleratchet", ratio, ONE_WAY_FLOOR), ""]


# --- fan-out and handshake -----------------------------------------------------------------------


def _other_cases() -> list[Case]:
    first, _ = meet()
    running = ratchet.seal(first, b"x", SYSTEM, now=NOW).session.dump()
    beginning = first.dump()
    bundle, init = BOB.bundle(), _first_message()
    read = handshake.read_bundle(bundle, BOB.peer, now=NOW)
    return [
        Case("fan-out, chains running", lambda _: _fan_out(running), 1),
        Case("fan-out, each begins a chain", lambda _: _fan_out(beginning), 1),
        Case("read a bundle", _times(lambda: handshake.read_bundle(bundle, BOB.peer, now=NOW)), 10),
        Case("initiate", _times(lambda: _initiate(read)), 20),
        Case("accept", _times(lambda: _accept(init)), 20),
    ]


def _times(act: Callable[[], object]) -> Callable[[int], None]:
    def run(count: int) -> None:
        for _ in range(count):
            act()

    return run


def _fan_out(state: bytes) -> None:
    """One message to 99 devices, as `jitclient.sealing` does it between two statements of SQL."""
    message_id = MessageId(SYSTEM.token(16))
    sealed = message.seal_body(SPACE, message_id, bytes(150), SYSTEM)
    key_msg = KeyMsg(
        space=SPACE,
        message=message_id,
        sender_seq=1,
        prev_own=bytes(32),
        pair_seq=0,
        log_seq=1,
        log_head=bytes(32),
        content_key=sealed.content_key,
        body_digest=sealed.digest,
        body_length=len(sealed.body),
    )
    for number in range(DEVICES):
        device = DeviceId(number.to_bytes(16))
        session = ratchet.Session.load(state)
        out = message.seal_key(session, key_msg.numbered(number), SYSTEM, now=NOW)
        out.session.dump()
        Envelope(
            kind=out.kind,
            to=mailbox_id(SPACE, device),
            sender=mailbox_id(SPACE, ALICE.device),
            id=EnvelopeId(SYSTEM.token(16)),
            body=out.body,
        ).pack()


def _initiate(bundle: handshake.PeerBundle) -> ratchet.Session:
    return handshake.initiate(
        space=SPACE, own=ALICE.own, peer=BOB.peer, bundle=bundle, entropy=SYSTEM
    )


def _first_message() -> Init:
    bundle = handshake.read_bundle(BOB.bundle(), BOB.peer, now=NOW)
    return Init.unpack(ratchet.seal(_initiate(bundle), b"hello", SYSTEM, now=NOW).body)


def _accept(init: Init) -> None:
    handshake.accept(
        space=SPACE, own=BOB.own, peer=ALICE.peer, init=init, spk=BOB.spk, opk=BOB.opk, kem=BOB.once
    )


def _report_others(best: dict[str, float]) -> list[str]:
    fan_out = best["fan-out, chains running"] / 1000
    begins = best["fan-out, each begins a chain"] / 1000
    verdict = "holds" if fan_out < FAN_OUT_FLOOR_MS else "MISSED"
    return [
        f"| one message to {DEVICES} devices, all but the database | CPU ms |",
        "|---|---|",
        f"| in running chains | {fan_out:.2f} |",
        f"| every session begins a chain (two X25519 operations each) | {begins:.2f} |",
        "",
        f"- in running chains below {FAN_OUT_FLOOR_MS:.0f} ms: {verdict}",
        "",
        "| handshake | us | per second |",
        "|---|---|---|",
        *(
            f"| {name} | {best[name]:.0f} | {1e6 / best[name]:,.0f} |"
            for name in ("read a bundle", "initiate", "accept")
        ),
        "",
    ]


def _verdict(what: str, ratio: float, floor: float) -> str:
    return f"- {what}: {ratio:.2f}; floor {floor}: {'holds' if ratio >= floor else 'MISSED'}"


# --- sealing files -------------------------------------------------------------------------------

_local = threading.local()


def _report_sealing(rounds: int) -> list[str]:
    """Parts of 4 MiB; the raw side seals the same bytes with libsodium into one buffer."""
    plain = os.urandom(PART_PLAIN_BYTES)
    shape = FileShape(size=64 * PART_PLAIN_BYTES)
    sealer = Sealer(os.urandom(32), SPACE, FileId(bytes(16)), os.urandom(24), shape)
    ways: dict[str, Callable[[], object]] = {
        "crypto/filestream.py": lambda: sealer.seal_into(1, plain, _buffer()),
        "libsodium XChaCha20-Poly1305, 1 MiB": lambda: _raw(plain, MIB),
        "libsodium XChaCha20-Poly1305, 16 KiB": lambda: _raw(plain, 16 * 1024),
    }
    runs: dict[tuple[str, int], list[Rate]] = {
        (name, threads): [] for name in ways for threads in (1, 2)
    }
    for _ in range(rounds):
        for (name, threads), found in runs.items():
            found.append(_rates(ways[name], threads))
    ours, raw, _ = ways
    lines = ["| sealing | 1 thread, MB per CPU s | 2 threads, MB/s |", "|---|---|---|"]
    for name in ways:
        one = max(rate.cpu for rate in runs[name, 1])
        two = statistics.median(rate.wall for rate in runs[name, 2])
        lines.append(f"| {name} | {one:,.0f} | {two:,.0f} |")
    lines += [
        "",
        "One thread: best CPU time. Two: medians of wall time and of the ratio per round.",
    ]
    one = max(rate.cpu for rate in runs[ours, 1]) / max(rate.cpu for rate in runs[raw, 1])
    lines.append(_verdict("1 of ours against 1 raw", one, SEAL_FLOORS[1]))
    for threads, what in ((2, "2 of ours against 2 raw"), (1, "2 against 1, the other reading")):
        pairs = zip(runs[ours, 2], runs[raw, threads], strict=True)
        ratio = statistics.median(mine.wall / peer.wall for mine, peer in pairs)
        lines.append(_verdict(what, ratio, SEAL_FLOORS[2]))
    return lines


@dataclass(frozen=True)
class Rate:
    """MB/s of wall time, and MB per second of CPU time of all threads."""

    wall: float
    cpu: float


def _rates(act: Callable[[], object], threads: int, parts: int = 8) -> Rate:
    """Seal `parts` parts in each thread."""

    def work() -> None:
        for _ in range(parts):
            act()

    with ThreadPoolExecutor(threads) as pool:
        wall, cpu = time.perf_counter(), time.process_time()
        for done in [pool.submit(work) for _ in range(threads)]:
            done.result()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    size = threads * parts * PART_PLAIN_BYTES / 1e6
    return Rate(size / wall, size / cpu)


def _buffer() -> bytearray:
    """One per thread, as the transfer keeps one per lane."""
    if not hasattr(_local, "buffer"):
        _local.buffer = bytearray(PART_BYTES + 64)
    buffer: bytearray = _local.buffer
    return buffer


def _raw(plain: bytes, block: int) -> None:
    """libsodium itself, without the checks of any binding."""
    out = ffi.from_buffer(_buffer())
    source = ffi.from_buffer(plain)
    for start in range(0, len(plain), block):
        lib.crypto_aead_xchacha20poly1305_ietf_encrypt(
            out, ffi.NULL, source + start, block, ffi.NULL, 0, ffi.NULL, bytes(24), bytes(32)
        )


if __name__ == "__main__":
    main()
