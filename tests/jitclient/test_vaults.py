"""Passphrase, keyring and words: each way in works alone where it should, and fails closed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto import words
from crypto.entropy import SYSTEM
from crypto.errors import WordsError
from jitclient import vaults
from jitclient.session import Session
from jitclient.unlocking import close_session
from jitclient.usecases import change_passphrase, recovery
from jitclient.vaults import KeyringHalfError
from jitclient.wordlist import listed
from localstore import files
from localstore.profile import Profile
from protocol import recovery as lines
from protocol.errors import BadInputError, DiskError, JitError, WrongPassphraseError
from tests.jitclient.office import StoppedClock
from tests.support.keyrings import FileKeyring, installed
from tests.support.people import make_person
from tests.support.profiles import ANA, PASSPHRASE, cheap_guesses, make_profile, session_of

NEW = "five dry parasols"
SHEET = " ".join(words.encode(ANA.root, listed()))


@pytest.fixture(autouse=True)
def _cheap() -> Iterator[None]:
    with cheap_guesses():
        yield


@pytest.fixture
def keyring(tmp_path: Path) -> Iterator[FileKeyring]:
    with installed(tmp_path / "keyring.json") as backend:
        yield backend


def opens(folder: Path, passphrase: str) -> bytes | None:
    with Profile(folder) as profile:
        try:
            return vaults.open_by_passphrase(profile, passphrase)
        except WrongPassphraseError:
            return None


def halves(keyring: FileKeyring) -> dict[str, str]:
    return {k: v for k, v in keyring.entries.items() if not k.endswith(".epoch")}


def change(folder: Path, old: str = PASSPHRASE, new: str = NEW) -> None:
    session = session_of(folder)
    try:
        asyncio.run(change_passphrase.change_passphrase(session, old, new))
    finally:
        close_session(session)


def recover(folder: Path, typed: str = SHEET, new: str = NEW) -> Session:
    return asyncio.run(
        recovery.open_with_words(folder, typed, new, clock=StoppedClock(), entropy=SYSTEM)
    )


# --- changing the passphrase ---------------------------------------------------------------------


def test_after_a_change_the_new_passphrase_opens_and_the_old_one_does_not(tmp_path: Path) -> None:
    master = make_profile(tmp_path / "p")

    change(tmp_path / "p")

    assert opens(tmp_path / "p", NEW) == master
    assert opens(tmp_path / "p", PASSPHRASE) is None


def test_a_change_asks_for_the_old_passphrase(tmp_path: Path) -> None:
    master = make_profile(tmp_path / "p")

    with pytest.raises(WrongPassphraseError):
        change(tmp_path / "p", old="something else")

    assert opens(tmp_path / "p", PASSPHRASE) == master


def test_a_change_to_a_short_passphrase_is_refused_before_anything(tmp_path: Path) -> None:
    make_profile(tmp_path / "p")

    with pytest.raises(BadInputError, match="at least 8"):
        change(tmp_path / "p", new="short")


def test_a_change_renews_the_half_in_the_keyring(tmp_path: Path, keyring: FileKeyring) -> None:
    make_profile(tmp_path / "p")
    before = halves(keyring)
    kept = (tmp_path / "p" / "vault").read_bytes()

    change(tmp_path / "p")
    after = halves(keyring)
    (tmp_path / "p" / "vault").write_bytes(kept)

    assert len(before) == len(after) == 1
    assert not set(before.values()) & set(after.values())
    with Profile(tmp_path / "p") as profile, pytest.raises(KeyringHalfError):
        vaults.open_by_passphrase(profile, PASSPHRASE)  # an old copy of the file is of no use


def test_a_change_on_a_full_disk_leaves_the_old_passphrase(
    tmp_path: Path, keyring: FileKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    master = make_profile(tmp_path / "p")

    def full(*_: object) -> None:
        raise DiskError("full")

    with monkeypatch.context() as patched:
        patched.setattr(files, "save_file", full)
        with pytest.raises(DiskError):
            change(tmp_path / "p")

    assert opens(tmp_path / "p", PASSPHRASE) == master
    assert len(halves(keyring)) == 1


def test_a_keyring_that_came_later_is_used_from_the_next_change_on(tmp_path: Path) -> None:
    make_profile(tmp_path / "p")

    with installed(tmp_path / "keyring.json") as keyring:
        change(tmp_path / "p")

        assert len(halves(keyring)) == 1
        assert opens(tmp_path / "p", NEW) is not None


# --- I33: each failure of the keyring fails closed -----------------------------------------------


def _lost(keyring: FileKeyring) -> None:
    keyring.put({})


def _locked(keyring: FileKeyring) -> None:
    keyring.locked = True


def _damaged(keyring: FileKeyring) -> None:
    keyring.put(dict.fromkeys(keyring.entries, "not base64!"))


def _short(keyring: FileKeyring) -> None:
    keyring.put(dict.fromkeys(keyring.entries, "AAAA"))


def _another(keyring: FileKeyring) -> None:
    keyring.put(dict.fromkeys(keyring.entries, "A" * 43 + "="))


@pytest.mark.parametrize(
    ("fails", "code"),
    [
        (_lost, "keyring-half"),
        (_locked, "keyring-half"),
        (_damaged, "keyring-half"),
        (_short, "keyring-half"),
        (_another, "wrong-passphrase"),
    ],
)
def test_i33_a_failing_keyring_opens_nothing_and_the_words_still_do(
    tmp_path: Path, keyring: FileKeyring, fails: object, code: str
) -> None:
    master = make_profile(tmp_path / "p")
    fails(keyring)  # type: ignore[operator]

    with Profile(tmp_path / "p") as profile, pytest.raises(WrongPassphraseError) as refused:
        vaults.open_by_passphrase(profile, PASSPHRASE)
    session = recover(tmp_path / "p")
    close_session(session)

    assert refused.value.reason == code
    if code == "keyring-half":
        assert "recovery sheet" in refused.value.sentence
    assert session.user == ANA.user
    assert opens(tmp_path / "p", NEW) == master


def test_i33_no_keyring_at_all_opens_nothing(tmp_path: Path) -> None:
    with installed(tmp_path / "keyring.json"):
        make_profile(tmp_path / "p")

    with Profile(tmp_path / "p") as profile, pytest.raises(KeyringHalfError):
        vaults.open_by_passphrase(profile, PASSPHRASE)


# --- the sheet -----------------------------------------------------------------------------------


def test_the_sheet_asks_for_the_passphrase_and_says_where_and_whose_it_is(tmp_path: Path) -> None:
    make_profile(tmp_path / "p")
    session = session_of(tmp_path / "p")
    try:
        shown = asyncio.run(recovery.sheet(session, PASSPHRASE))
        with pytest.raises(WrongPassphraseError):
            asyncio.run(recovery.sheet(session, "something else"))
    finally:
        close_session(session)

    line = lines.from_text(shown.line)
    assert " ".join(shown.words) == SHEET
    assert (line.user, line.address, line.user_key) == (ANA.user, "localhost:1", ANA.user_key)
    assert len(set(shown.asked)) == 3
    assert not any(word in repr(shown) for word in shown.words)


def test_writing_it_down_counts_when_three_words_were_typed(tmp_path: Path) -> None:
    make_profile(tmp_path / "p")
    session = session_of(tmp_path / "p")
    true = SHEET.split()
    try:
        with pytest.raises(BadInputError, match="7"):
            asyncio.run(recovery.confirm(session, {3: true[2], 7: "zoo", 9: true[8]}))
        with pytest.raises(BadInputError):
            asyncio.run(recovery.confirm(session, {3: true[2]}))
        assert session.database.call(recovery.confirmed_at, session) is None
        asyncio.run(recovery.confirm(session, {3: true[2], 7: f" {true[6].upper()} ", 9: true[8]}))
        confirmed = session.database.call(recovery.confirmed_at, session)
    finally:
        close_session(session)

    assert confirmed == StoppedClock().now()


def test_a_line_with_a_mistake_is_refused(tmp_path: Path) -> None:
    make_profile(tmp_path / "p")
    session = session_of(tmp_path / "p")
    shown = asyncio.run(recovery.sheet(session, PASSPHRASE))
    close_session(session)

    for text in (shown.line[:-1], shown.line.replace("A", "B", 1), "jit-invite:xyz", ""):
        with pytest.raises(BadInputError):
            lines.from_text(text)
    assert lines.from_text(f" {shown.line[:40]}\n{shown.line[40:]} ").user == ANA.user


# --- F17: the passphrase is forgotten ------------------------------------------------------------


def test_f17_the_words_open_the_profile_and_set_a_passphrase_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    master = make_profile(tmp_path / "p")

    session = recover(tmp_path / "p")
    close_session(session)

    assert session.identity.signing_seed == ANA.dsk.dump()
    assert opens(tmp_path / "p", NEW) == master
    assert opens(tmp_path / "p", PASSPHRASE) is None


def test_the_words_of_somebody_else_open_nothing(tmp_path: Path) -> None:
    make_profile(tmp_path / "p")
    other = " ".join(words.encode(make_person("bruno").root, listed()))

    with pytest.raises(WordsError, match="another person"):
        recover(tmp_path / "p", typed=other)

    assert opens(tmp_path / "p", PASSPHRASE) is not None
    with Profile(tmp_path / "p"):
        pass  # and the profile was let go


def test_a_wrong_word_is_named_by_its_place_before_anything_changes(tmp_path: Path) -> None:
    make_profile(tmp_path / "p")
    typed = SHEET.split()
    typed[4], typed[9] = typed[9], typed[4]

    with pytest.raises(WordsError, match="Words 5 and 10"):
        recover(tmp_path / "p", typed=" ".join(typed))

    assert opens(tmp_path / "p", PASSPHRASE) is not None


def test_a_short_new_passphrase_is_refused_before_the_words_are_read(tmp_path: Path) -> None:
    make_profile(tmp_path / "p")

    with pytest.raises(BadInputError, match="at least 8"):
        recover(tmp_path / "p", new="short")


def test_a_profile_that_is_empty_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(JitError) as refused:
        recover(tmp_path / "p")

    assert refused.value.reason == "not-enrolled"
