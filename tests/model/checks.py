"""What is searched for: bad states, `NONE` in the protocol, `FOUND` in a broken variant."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Expected(Enum):
    """What the search must say."""

    NONE = "none"
    FOUND = "found"


NONE, FOUND = Expected.NONE, Expected.FOUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One search.

    Attributes:
        model: the file in docs/protocol/model/, without its ending.
        law: the property, one for several checks.
        variant: what is different from the protocol; empty for the protocol itself.
        begin: the initial state.
        bad: the pattern of a state that breaks the law, with its condition.
        expected: whether such a state may be reachable.
        quick: whether it is part of every test run.
    """

    model: str
    law: str
    variant: str
    begin: str
    bad: str
    expected: Expected
    quick: bool = True


_SENT = "sent(a, b, N, S, O, Q, SK)"
_TOOK = "took(b, a, N', O, Q, SK, M)"


def _handshake(
    law: str, bad: str, *variants: tuple[str, str], knows: str = "nothing", quick: bool = True
) -> list[Check]:
    """The law in the protocol, and every (variant, initial flags and knowledge) that breaks it."""
    cases = [("", f"usual, {knows}", NONE), *((v, flags, FOUND) for v, flags in variants)]
    return [
        Check(
            model="handshake",
            law=law,
            variant=variant,
            begin=f"begin({flags}, few)",
            bad=bad,
            expected=expected,
            quick=quick or expected is FOUND,
        )
        for variant, flags, expected in cases
    ]


_SECRET = f"{{ K | V | {_SENT} HS }} such that K |- pay(a, b, N)"
_AGREED = (
    "{ K | V | took(b, a, N', O, Q, SK, M) HS } such that not startedBy(HS, a, b, SK)",
    "{ K | V | took(b, a, N, O, Q, SK, M) took(b, X, N', Z, R, SK, C) HS }",
)
_ONCE = f"after{{ K | V | {_SENT} {_TOOK} HS }} such that M == pay(a, b, N) and K |- pay(a, b, N)"
_WITH_ONCE = f"{_ONCE} and (O == opk(b) or Q == once(b))"

HANDSHAKE: Final = [
    *_handshake(
        "what a writes to b stays secret",
        _SECRET,
        ("the DH values are not in the key, and no prekey is signed", "noDh noSig, nothing"),
    ),
    *_handshake(
        "... when the ML-KEM half is broken",
        _SECRET,
        ("... and the DH values are not in the key", "noDh, brokenKem"),
        knows="brokenKem",
    ),
    *_handshake(
        "... when the X25519 half is broken",
        _SECRET,
        ("... and the KEM secret is not in the key", "noSs, brokenDh"),
        knows="brokenDh",
        quick=False,
    ),
    *_handshake(
        "b believes a only what a began with b",
        _AGREED[0],
        ("the DH values are not in the key", "noDh, nothing"),
        ("limit: X25519 is broken while the session starts", "usual, brokenDh"),
    ),
    *_handshake(
        "a session start is taken once",
        _AGREED[1],
        ("neither tags nor spent keys are remembered", "noReplay keepOnce, nothing"),
        ("tags are not remembered (last-resort keys)", "noReplay, nothing"),
    ),
    *_handshake(
        "nobody's message to b is read as m's",
        "{ K | V | sent(a, b, N, S, O, Q, SK) took(b, m, N', O, R, SK, M) HS }",
        ("names are not in the transcript, and m lists a's keys", "noNames, nothing"),
    ),
    *_handshake(
        "what a wrote to m is not read by b as written to b",
        "{ K | V | sent(a, m, N, S, O, Q, SK) took(b, a, N', O, R, SK, M) HS }",
        ("names are not in the transcript, and m lists b's keys", "noNames, nothing"),
    ),
    *_handshake(
        "a reply proves that b took the session from a",
        "{ K | V | sure(a, b, N, SK) HS } such that not tookBy(HS, b, a, SK)",
        ("no prekey is signed, the DH values are not in the key", "noDh noSig, nothing"),
    ),
    *_handshake(
        "forward secrecy: opened with a one-time key, then both devices are stolen",
        _WITH_ONCE,
        ("one-time secrets are kept", "keepOnce, nothing"),
    ),
    *_handshake(
        "forward secrecy: prekeys erased, then both devices are stolen",
        f"later{{ K | V | {_SENT} HS }} such that K |- pay(a, b, N)",
        ("no prekey is signed", "noSig, nothing"),
    ),
]
"""`limit`: an attack that the protocol does not stop, and says so (20 section 7)."""

_LIMITS = [
    Check(
        model="handshake",
        law="forward secrecy: opened with a one-time key, then both devices are stolen",
        variant="limit: the session began without one-time keys, the prekeys are still there",
        begin="begin(usual, nothing, few)",
        bad=f"{_ONCE} and O == no and Q == kem(b)",
        expected=FOUND,
    ),
    Check(
        model="handshake",
        law="... recorded now, X25519 broken later, one-time KEM key used",
        variant="",
        begin="begin(usual, brokenDh, few)",
        bad=f"{_ONCE} and Q == once(b)",
        expected=NONE,
        quick=False,
    ),
]

_MORE = [
    Check(
        model="handshake",
        law=f"{law} (two starts, three answers)",
        variant="",
        begin="begin(usual, nothing, more)",
        bad=bad,
        expected=NONE,
        quick=False,
    )
    for law, bad in (
        ("what a writes to b stays secret", _SECRET),
        ("b believes a only what a began with b", _AGREED[0]),
        ("a session start is taken once", _AGREED[1]),
    )
]

# --- ratchet -------------------------------------------------------------------------------------

_LATER = "{ K | V | stolen(A, N) wrote(N', I) HS } such that K |- pay(N', I) and N' >= N + "


def _ratchet(
    law: str, bad: str, *variants: tuple[str, str], steps: int = 5, flags: str = "usual, nothing"
) -> list[Check]:
    cases = [("", flags, NONE), *((v, given, FOUND) for v, given in variants)]
    return [
        Check(
            model="ratchet",
            law=law,
            variant=variant,
            begin=f"begin(steps({steps}) {given})".replace(" usual,", ","),
            bad=bad,
            expected=expected,
            quick=expected is FOUND,
        )
        for variant, given, expected in cases
    ]


RATCHET: Final = [
    *_ratchet(
        "nothing is known before a theft, even if X25519 is broken",
        "{ K | V | theft wrote(N, I) HS } such that K |- pay(N, I)",
        ("steps do not start from the root key", "noRoot, brokenDh"),
        flags="usual, brokenDh",
    ),
    *_ratchet(
        "nothing foreign is taken before a theft, even if X25519 is broken",
        "hijacked{ K | V | theft HS }",
        ("steps do not start from the root key", "noRoot, brokenDh"),
        flags="usual, brokenDh",
    ),
    *_ratchet(
        "forward secrecy: what was read before a theft stays secret",
        "{ K | V | past(N, I) HS } such that K |- pay(N, I)",
        ("chain keys do not move on", "keepChain, nothing"),
    ),
    *_ratchet(
        "healing: the second step after the victim's last is secret again",
        _LATER + "2",
        ("ratchet keys are used again", "oneKey noKem, nothing"),
    ),
    *_ratchet(
        "healing when X25519 is broken: the third step, by ML-KEM",
        _LATER + "3",
        ("no ML-KEM in the ratchet", "noKem, brokenDh"),
        ("a proposal is not bound to its message", "noHeader, brokenDh"),
        flags="usual, brokenDh",
    ),
    Check(
        model="ratchet",
        law="healing: the second step after the victim's last is secret again",
        variant="limit: one step sooner",
        begin="begin(steps(5), nothing)",
        bad=_LATER + "1",
        expected=FOUND,
    ),
]

# --- membership ----------------------------------------------------------------------------------

_TEAM = "mayAct(a, remove(m)) mayAct(b, add(d)) maySend(a) maySend(c)"


def _log(
    law: str, bad: str, *variants: tuple[str, str], team: str = _TEAM, of: Expected = NONE
) -> list[Check]:
    cases = [("", "usual", of), *((v, flags, FOUND) for v, flags in variants)]
    return [
        Check(
            model="membership",
            law=law,
            variant=variant,
            begin=f"begin({flags}, {team})",
            bad=bad,
            expected=expected,
        )
        for variant, flags, expected in cases
    ]


MEMBERSHIP: Final = [
    *_log(
        "only what an administrator signed adds a recipient",
        "{ K | V | copy(A, g, L) HS }",
        ("entries are not signed", "noSig"),
        ("roles are not checked", "noRole"),
        ("neither space nor predecessor are bound", "noSpace noPrev"),
    ),
    *_log(
        "a removed member receives nothing",
        "{ K | V | copy(A, m, L) HS } such that gone(L)",
        ("entries do not name their predecessor", "noPrev"),
        ("entries are not signed", "noSig"),
    ),
    *_log(
        "who reads a message shares its author's past",
        "{ K | V | read(X, A, M, L) HS } such that not (M begins L)",
        ("messages do not name the head of the log", "noHeads"),
    ),
    *_log(
        "one entry, one history",
        "{ K | V | client(X, L) client(Y, M) HS } such that not (M begins L) and not (L begins M)",
        ("entries do not name their predecessor", "noPrev"),
        team="mayAct(a, remove(m))",
    ),
    *_log(
        "a store can split what was signed twice for one place, and the first message shows it",
        "{ K | V | frozen(X, L) HS }",
        of=FOUND,
    ),
    *_log(
        "nothing counts after a removal's cut",
        "{ K | V | late(X, N, L) HS } such that gone(L) and N > 1",
        ("removals have no cut", "noCut"),
        team="mayAct(a, remove(m)) mayLie(1) mayLie(2)",
    ),
]

CHECKS: Final = [*HANDSHAKE, *_LIMITS, *_MORE, *RATCHET, *MEMBERSHIP]
