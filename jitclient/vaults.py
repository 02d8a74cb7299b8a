"""Writing and reading the vault of a profile together with its half in the system's keyring.

Each vault has a keyring entry of its own, named by the vault's salt: the old half is forgotten
only when the new vault stands, so that a crash leaves exactly one of the two working, and an old
copy of the file does not open once the passphrase was changed. Blocking; Argon2id takes most of a
second. Spec: docs/protocol/80-vault.md.
"""

from __future__ import annotations

from crypto import vault
from crypto.entropy import Entropy
from localstore import keychain
from localstore.profile import Profile
from protocol.errors import (
    DamagedStoreError,
    JitError,
    MalformedError,
    NotEnrolledError,
    WrongPassphraseError,
)

NO_HALF = (
    "Half of what opens this profile lies in the system keyring, and the keyring does not give it "
    "out. Unlock the keyring of this account and try again. If it was lost or replaced, open the "
    "profile with the words of your recovery sheet."
)


class KeyringHalfError(WrongPassphraseError):
    """The keyring is locked, gone, or no longer holds this profile's half."""

    code = "keyring-half"


def write(profile: Profile, master: bytes, passphrase: str, root: bytes, entropy: Entropy) -> bool:
    """Seal `master` (32 B) anew and put the vault in place of the one that is there, if any.

    Returns:
        Whether a keyring holds half of it.

    Raises:
        DiskError: full or failing disk; the old vault stands and opens as before.
    """
    old = profile.load_vault()
    salt = vault.new_salt(entropy)
    half = entropy.token(vault.KEYRING_BYTES) if keychain.available() else None
    if half is not None and not keychain.save(_entry(profile, salt), half):
        half = None
    keys = vault.Keys(passphrase=passphrase, keyring=half, root=root)
    sealed = vault.seal(master, keys, profile.key_id, entropy, salt=salt)
    try:
        profile.save_vault(sealed)
    except BaseException:
        if profile.load_vault() == old:  # a failing folder sync comes after the rename
            keychain.forget(_entry(profile, salt))
        raise
    if old is not None:
        forget_half(profile, old)
    return half is not None


def open_by_passphrase(profile: Profile, passphrase: str) -> bytes:
    """The master key (32 B), by passphrase and keyring.

    Raises:
        NotEnrolledError: there is no vault.
        KeyringHalfError: the keyring does not give out its half.
        WrongPassphraseError: wrong passphrase, or the keyring holds another half.
        DamagedStoreError: not a vault.
    """
    sealed = load(profile)
    needed = vault.needs_keyring(sealed)
    half = keychain.secret(_entry(profile, vault.salt_of(sealed))) if needed else None
    if needed and half is None:
        raise KeyringHalfError(NO_HALF)
    try:
        return vault.open_vault(sealed, passphrase, half, profile.key_id)
    except WrongPassphraseError as error:
        raise WrongPassphraseError("The passphrase does not open this profile.") from error


def open_by_root(profile: Profile, root: bytes) -> bytes:
    """The master key (32 B), by the person's root.

    Raises:
        NotEnrolledError, WrongPassphraseError, DamagedStoreError.
    """
    return vault.open_with_root(load(profile), root, profile.key_id)


def load(profile: Profile) -> bytes:
    """The bytes of a vault that is well formed.

    Raises:
        NotEnrolledError: there is none; DamagedStoreError: it is no vault of ours.
    """
    sealed = profile.load_vault()
    if sealed is None:
        raise NotEnrolledError("This profile is not enrolled yet. Start with an invitation.")
    try:
        vault.needs_keyring(sealed)
    except MalformedError as error:
        raise DamagedStoreError("The vault file is damaged. It was left untouched.") from error
    return sealed


def forget_half(profile: Profile, sealed: bytes) -> None:
    """Remove the keyring's half of a vault that is no longer in use."""
    try:
        salt = vault.salt_of(sealed)
    except JitError:
        return  # not a vault: nothing of it is in the keyring
    keychain.forget(_entry(profile, salt))


def _entry(profile: Profile, salt: bytes) -> str:
    return f"{profile.id}.{salt.hex()}"
