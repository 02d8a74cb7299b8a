"""Error code -> title, what is safe, what to do. The sentence comes from the error itself."""

from __future__ import annotations

from typing import Final

from ui.errors.exhibits import EXHIBITS
from ui.errors.rare import RARE

KEPT: Final = "Everything already saved on this computer is unchanged."
QUEUED: Final = "What you wrote is saved here and goes out once, as soon as it can."
REFUSED: Final = "It was refused and recorded. Nothing was accepted from it."
REPORT: Final = "Tell your administrator, and quote the code below."
_RULE: Final = "The rules of the space do not allow this"
NOT_SO: Final = (_RULE, "Nothing was changed.", "Choose otherwise.")
UNUSABLE: Final = ("This cannot be used", KEPT, "Correct what the sentence names.")

CARDS: Final[dict[str, tuple[str, str, str]]] = {
    "store-unreachable": (
        "The store cannot be reached",
        QUEUED,
        "Check the network. You can go on reading and writing meanwhile.",
    ),
    "store-busy": ("The store is busy", QUEUED, "Nothing to do: it is tried again by itself."),
    "recipients-changed": (
        "The members changed while this was sent",
        QUEUED,
        "Nothing to do: it is sealed anew for the present members.",
    ),
    "not-signed-in": (
        "The store does not accept this device",
        QUEUED,
        "Ask your administrator whether this device is still admitted.",
    ),
    **dict.fromkeys(("last-admin", "role-not-eligible", "not-administrator"), NOT_SO),
    **dict.fromkeys(("already-member", "controller-not-needed", "controller-not-eligible"), NOT_SO),
    "no-controller": ("No controller is designated", KEPT, "Ask an administrator of the space."),
    "space-full": (
        "The space is full",
        "Nothing was changed.",
        "Remove a member who is no longer needed, or open another space.",
    ),
    "profile-in-use": (
        "This profile is open already",
        KEPT,
        "Close the other window of JIT Client, then try again.",
    ),
    "log-moved": (
        "Somebody else changed the members at the same moment",
        "Nothing was changed by you.",
        "Look at the members again, then repeat what you did.",
    ),
    "bad-input": UNUSABLE,
    "usage": UNUSABLE,
    "not-found": ("Not found", KEPT, "It may have been removed. Synchronise and look again."),
    "no-input": (
        "The file cannot be read",
        "Nothing was sent.",
        "Check that the file is still there and that you may read it.",
    ),
    "cannot-create": (
        "The copy cannot be written",
        "No existing file was overwritten.",
        "Choose another name or folder.",
    ),
    "disk": (
        "The disk is full or failing",
        "Nothing that was acknowledged is lost.",
        "Free some space, then try again.",
    ),
    "wrong-passphrase": (
        "That passphrase does not open this profile",
        "Your data is untouched.",
        "Check Caps Lock and the keyboard layout, then try again.",
    ),
    "keyring-half": (
        "The system keyring does not open this profile",
        "Your data is untouched. The passphrase alone is not enough here, by design.",
        "Unlock the keyring of this account, or use the words of your recovery sheet.",
    ),
    "recovery-words": (
        "These are not the words of your sheet",
        "Nothing was opened or changed.",
        "Compare what you typed with the sheet, at the place that the sentence names.",
    ),
    "put-back": (
        "An old copy of this profile was put back",
        "Nothing was sent from it, and no key was used a second time.",
        "Connect to the store: this computer becomes a new device. Then ask for what is missing.",
    ),
    "no-permission": (
        "Your role does not allow this",
        KEPT,
        "Ask an administrator of the space.",
    ),
    "device-not-in-log": (
        "This device is not admitted here yet",
        KEPT,
        "Open one of your other devices: it announces this one. Without any, ask an administrator.",
    ),
    "device-revoked": (
        "This device was revoked",
        "What is here stays readable; nothing more comes or goes.",
        "If this was not your doing, tell the other members at once.",
    ),
    "not-renewed": (
        "Your new keys are not known in this space yet",
        KEPT,
        "Ask an administrator of the space to let you in again.",
    ),
    "own-device-unknown": (
        "A device of yours is not known here",
        "Nothing was changed.",
        "Synchronise both devices if you just linked it; otherwise revoke it.",
    ),
    "link-code": (
        "This is not the code of the new device",
        "Nothing was linked.",
        "Read the code again on the new device and type it.",
    ),
    "link-ended": (
        "The offer to link a device is over",
        "Nothing was linked.",
        "Make a new offer at your other device.",
    ),
    "nothing-to-renew": (
        "There are no newer devices of this person",
        "Nothing was changed.",
        "The operator of the store invites the person again first.",
    ),
    "key-changed": (
        "The key of a member changed",
        KEPT,
        "Compare the safety number with the person, or accept the new key without comparing.",
    ),
    "space-closed": (
        "This space is closed",
        "Nothing new can enter it.",
        "See the Closing tab for the wipe receipts.",
    ),
    "not-enrolled": (
        "This profile is empty",
        "There is nothing to lose.",
        "Paste the invitation you were given.",
    ),
    "already-enrolled": (
        "This profile belongs to somebody already",
        KEPT,
        "Unlock it, or start with another profile folder.",
    ),
    "invitation": (
        "This invitation cannot be used",
        "Nothing was sent.",
        "Copy the whole invitation again, or ask for a new one.",
    ),
    "erased": (
        "The store no longer has it",
        "Copies already received and verified stay where they are.",
        "Ask the author to hand it over again.",
    ),
    "configuration": (
        "This computer is not set up for JIT Client",
        "Nothing was opened or changed.",
        REPORT,
    ),
    "damaged-store": (
        "A local file is damaged",
        "It was left untouched; nothing was replaced by an empty one.",
        "Do not delete anything.\n" + REPORT,
    ),
    "malformed": ("The store sent something unreadable", REFUSED, REPORT),
    "limit-exceeded": ("Something is too large", REFUSED, "Make it smaller, or report the code."),
    "forged": ("A signature is false", REFUSED, REPORT),
    "store-identity": (
        "This is not your store",
        "Nothing of yours was sent to it. What you write stays here.",
        "Somebody may stand between you and the store.\n" + REPORT,
    ),
    "key-substituted": (
        "The store offered a false key",
        "Nothing was sealed for that key.",
        "Compare the safety number with that person, and report the code.",
    ),
    "ghost-member": (
        "A member or a device that nobody admitted",
        "It receives nothing.",
        REPORT,
    ),
    "log-rollback": (
        "The store served an old list of members",
        "This computer keeps the newer list.",
        REPORT,
    ),
    "log-fork": (
        "Two different lists of members exist",
        "Nothing is sent until one of them is shown to be true.",
        "Compare the members with a colleague by telephone, and report the code.",
    ),
    "clock-in-doubt": (
        "The clock of this computer leapt ahead",
        "Nothing was wiped yet, and nothing is wiped before the day that is named.",
        "Look at date and time of this computer, and set them right if they are wrong.",
    ),
    "second-space": (
        "A second space for one JIT",
        "Nothing was changed in the space that was there before.",
        "Ask the administrator which space counts, and quote the code below.",
    ),
    **dict.fromkeys(
        (
            "access-log-cut",
            "access-log-rewritten",
            "access-log-forked",
            "access-log-frozen",
            "access-log-views",
        ),
        (
            "The store's access log was changed",
            "Messages and exhibits are not concerned. What proves it is kept on this computer.",
            "Tell the operator and whoever supervises the store, and quote the code below.",
        ),
    ),
    **dict.fromkeys(
        ("access-log", "access-log-forged", "access-log-unproven"),
        ("The store does not prove its access log", REFUSED, REPORT),
    ),
    "two-versions": (
        "Members have different words under one message",
        "Nothing more is said in this space until you dismiss this.",
        "Read your last messages to each other, in person or by telephone, and report the code.",
    ),
    "replay": ("An old message was delivered again", REFUSED, "Nothing to do; it was recorded."),
    "reordered": ("Parts arrived dropped or exchanged", REFUSED, REPORT),
    "removed-sender": (
        "A removed member sent a message",
        REFUSED,
        "Nothing to do; it was recorded.",
    ),
    "forged-closing": (
        "A closing that no administrator signed",
        "Nothing was wiped.",
        REPORT,
    ),
    "not-granted": (
        "Somebody shares a past that nobody opened",
        REFUSED,
        "Only an administrator opens earlier messages, and everybody sees it in the log.",
    ),
    "no-proof": (
        "There is no proof",
        "Nothing was written.",
        "Compare the members in person; look again after the next messages.",
    ),
    "unopened": (
        "A message could not be opened",
        REFUSED,
        "It is not asked for again: its sender is gone, or too many did not open.\n" + REPORT,
    ),
    "behind": (
        "A member's device uses numbers twice",
        REFUSED,
        "Its data was put back to an older state. Ask the person.",
    ),
    "messages-missing": (
        "Messages could not be had",
        "Everything that did arrive is unchanged.",
        "Ask the person for what is missing.",
    ),
    "too-many-notices": (
        "A member's device asks for messages without end",
        "It gets no more for an hour.",
        "Ask the person whether the program is in order.\n" + REPORT,
    ),
    "too-many-receipts": (
        "A member's device repeats a receipt without end",
        "What it says beyond a hundred times is not logged. Nothing else is touched.",
        "Ask the person whether the program is in order.\n" + REPORT,
    ),
    "too-many-starts": (
        "A member's device starts sessions all the time",
        REFUSED,
        "Ask the person whether the program was restored or tampered with.\n" + REPORT,
    ),
    "prekeys-drained": (
        "The one-time keys of this device ran out",
        "Everything sealed for you stays sealed. Fresh keys are on their way.",
        "Nothing to do. If it happens often, report the code.",
    ),
    "not-verified": (
        "The numbers differ",
        "Nothing was marked as verified.",
        "Read it again together. If it still differs, send no evidence and report the code.",
    ),
    **EXHIBITS,
    **RARE,
}  # fmt: skip
