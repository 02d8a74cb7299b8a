"""Sentences that were made below the window, said again in the language of the person. Pure.

What happens in a space is written into its conversation as an English sentence, and an error brings
one with it; both are also what the command line prints. Here stands the form of each that a person
meets often, and what is recognised by its form is said anew with the same values. What is not
recognised stays English: nothing is lost and nothing is guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ui.language.catalogue import plain_english, tr

EVENTS: Final = (
    "{who} opened this space.",
    "{who} opened the space.",
    "{who} added {whom}, with another key than before.",
    "{who} added {whom}.",
    "{who} removed {whom}.",
    "{who} made {whom} administrator.",
    "{who} made {whom} prosecutor.",
    "{who} made {whom} investigator.",
    "{who} made {whom} seconded.",
    "{who} made {whom} participant.",
    "{who} changed the list of devices.",
    "{who} renewed the list of devices.",
    "{who} linked another device.",
    "{who} revoked a device.",
    "{who} linked another device and revoked a device.",
    "{who} let {whom} in again with new devices.",
    "{who} opened earlier messages to {whom}.",
    "{who} decided that evidence may go to verified members only.",
    "{who} decided that evidence may go to all members.",
    "{who} designated {controller} controller of what {whom} hands over: {reason}",
    "{who} designated {controller} controller of what {whom} hands over.",
    "{who} closed the space.",
    "{number} message(s) of {who} could not be opened here; asked for again.",
    "{number} message(s) of {who} did not arrive; asked for again.",
    "{number} of your messages did not reach {who}, or did not open there; sent again.",
)
FAILURES: Final = (
    "The connection to the store broke.",
    "The store cannot be reached. The transfer goes on later.",
    "The store cannot be reached. What you did is kept and sent later.",
    "The store cannot be reached. This change needs it; try again when it is back.",
    "The store answers too slowly.",
    "The disk is full. Nothing that was acknowledged is lost; free some space.",
    "The disk could not be read or written. Nothing that was acknowledged is lost.",
    "This space is closed.",
    "This space is closed, or you are no longer a member of it.",
    "This space is closed; nothing new can enter it.",
    "This space was closed and its local copies were wiped.",
    "You are no longer a member of this space.",
    "You are no longer a member of this space; this was not sent.",
    "This device was revoked; this was not sent.",
    "Only an administrator of the space may do this.",
    "{name} is a member already.",
    "{name} cannot be read: {reason}.",
    "{name} cannot be written: {reason}.",
    "{name} was changed while it was being sealed. Add it again.",
    "{name} exists already. Nothing was written.",
    "{name} exists already; nothing was overwritten.",
    "{name} may not receive evidence here.",
    (
        "{name} has a new key. Nothing is handed over before you have compared the number again, "
        "or accepted the key."
    ),
    (
        "{name} is here with a new key. Nothing is sent to it before you have compared the safety "
        "number, or accepted the key."
    ),
    (
        "{name} revoked this device. It receives nothing more; what is here stays readable. If "
        "this was not your doing, tell the others at once."
    ),
    "The exhibit does not have the SHA-256 its manifest states. It is not released.",
    "Part {part} of {parts} does not match the signed manifest. Nothing of it was kept.",
    "Part {part} of {parts} is missing or damaged on this disk.",
    "An exhibit needs at least one recipient other than yourself.",
    "Type what to look for.",
    "The message is empty.",
    "The passphrase does not open this profile.",
    "The number differs from the one this device computes. Nothing was marked as verified.",
    "The offer to link a device is over. Make a new one.",
    "The time to link a device is over. Make a new offer.",
    "The other device has not answered yet.",
    "The other device withdrew, or its time is over.",
    "The date of signature is written as YYYY-MM-DD.",
    "The agreement reference has no letter and no digit.",
    "The agreement must be signed before a space is opened for it.",
    "Acquired at lies in the future.",
    "Handling code H3 needs the conditions of use it stands for.",
    "This profile is not enrolled yet. Start with an invitation.",
)
_PLACE: Final = re.compile(r"\\\{(\w+)\\\}")


def told(sentence: str) -> str:
    """The sentence in the language in use, if its form is known; as it is otherwise."""
    if not sentence or plain_english():
        return sentence
    for template, form in _forms():
        found = form.fullmatch(sentence)
        if found is not None:
            return tr(template, **found.groupdict())
    return sentence


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (one, re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(one)), re.DOTALL))
        for one in (*EVENTS, *FAILURES)
    )
