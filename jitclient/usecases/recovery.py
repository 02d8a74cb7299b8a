"""The recovery sheet, and opening this profile with its words.

The words are the person's root. On the profile they were made on they open the vault when the
passphrase is forgotten or the keyring's half is gone: nothing at all is lost then.
Spec: docs/protocol/80-vault.md §80.4.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from crypto import recovery, words
from crypto.entropy import Entropy
from jitclient import unlocking, vaults
from jitclient.foundation.clock import Clock
from jitclient.session import Session
from jitclient.unlocking import close_session, enrolled, open_session
from jitclient.usecases.enrol import check_passphrase
from jitclient.wordlist import listed
from localstore import devices
from localstore.connection import transaction
from localstore.profile import Profile
from protocol import codec
from protocol.errors import BadInputError, NotEnrolledError, WrongPassphraseError
from protocol.membership import key_digest
from protocol.recovery import RecoveryLine, to_text

SHEET = "recovery-sheet"
"""Setting: when (Unix seconds) the person last confirmed to have written the words down."""

CONFIRMED_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a recovery sheet says; shown once it was asked for with the passphrase.

    `asked` are the places (from 1) of the words to be typed as a sign that they are written down.
    """

    words: tuple[str, ...] = field(repr=False)
    line: str
    name: str
    authority: str
    store: str
    made_at: int
    asked: tuple[int, ...]


async def sheet(session: Session, passphrase: str) -> Sheet:
    """The sheet of this person.

    Raises:
        WrongPassphraseError: the passphrase does not open this profile.
    """
    await asyncio.to_thread(unlocking.master_key, session.profile, passphrase)
    one = session.identity
    user_key = codec.encode(recovery.user_key(one.user_root).public)
    line = RecoveryLine(
        version=1,
        address=one.store_address,
        certificate=one.store_certificate,
        store_key=one.store_key,
        user=one.user,
        user_key=key_digest(user_key),
    )
    return Sheet(
        words=words.encode(one.user_root, listed()),
        line=to_text(line),
        name=one.name,
        authority=one.authority,
        store=one.store_address,
        made_at=session.clock.now(),
        asked=_places(session.entropy),
    )


def _places(entropy: Entropy) -> tuple[int, ...]:
    """Three different places, in order."""
    left = list(range(1, words.WORDS + 1))
    drawn = [left.pop(entropy.token(1)[0] % len(left)) for _ in range(CONFIRMED_WORDS)]
    return tuple(sorted(drawn))


async def confirm(session: Session, typed: dict[int, str]) -> None:
    """Take note that the words were written down: some of them, by place, typed from the sheet.

    Raises:
        BadInputError: too few, or one is another word than the sheet's.
    """
    true = words.encode(session.identity.user_root, listed())
    wrong = [at for at, word in sorted(typed.items()) if true[at - 1] != word.strip().lower()]
    if len(typed) < CONFIRMED_WORDS or wrong:
        places = " and ".join(map(str, wrong)) or "missing"
        raise BadInputError(f"Not the words of the sheet: {places}. Look at the sheet again.")
    await session.run(_note, session)


def _note(session: Session) -> None:
    with transaction(session.stores.device):
        devices.set_setting(session.stores.device, SHEET, str(session.clock.now()))


def confirmed_at(session: Session) -> int | None:
    """When the person last confirmed a sheet (Unix seconds), or None. Database thread."""
    known = devices.setting(session.stores.device, SHEET)
    return int(known) if known else None


async def open_with_words(
    folder: Path, typed: str, passphrase: str, *, clock: Clock, entropy: Entropy
) -> Session:
    """Open this profile with the words of its sheet and give it a new passphrase.

    Raises:
        NotEnrolledError: nobody enrolled here.
        WordsError: not the words; where the mistake is, as far as it can be told.
        BadInputError: the new passphrase is too short.
        ProfileInUseError, DamagedStoreError, DiskError.
    """
    if not enrolled(folder):
        raise NotEnrolledError("This profile is not enrolled yet. Start with an invitation.")
    check_passphrase(passphrase)
    profile = Profile(folder)
    try:
        return await asyncio.to_thread(_open, profile, typed, passphrase, clock, entropy)
    except BaseException:
        profile.close()
        raise


def _open(profile: Profile, typed: str, passphrase: str, clock: Clock, entropy: Entropy) -> Session:
    vaults.load(profile)
    root = words.decode(typed, listed(), lambda one: _opens(profile, one))
    master = vaults.open_by_root(profile, root)
    session = open_session(profile, passphrase, clock=clock, entropy=entropy, master=master)
    try:
        session.keyring = vaults.write(profile, master, passphrase, root, entropy)
    except BaseException:
        close_session(session)
        raise
    return session


def _opens(profile: Profile, root: bytes) -> bool:
    try:
        vaults.open_by_root(profile, root)
    except WrongPassphraseError:
        return False
    return True
