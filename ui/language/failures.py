"""Sentences of failures that people meet; `sentences.told` says them in their language. Pure.

Each is the sentence of an error raised below the window, with a name for every value in it.
`tests/ui/test_told.py` holds that such an error exists.
"""

from __future__ import annotations

from typing import Final

FAILURES: Final = (
    "The connection to the store broke.",
    "The store cannot be reached. The transfer goes on later.",
    "The store cannot be reached. What you did is kept and sent later.",
    "The store cannot be reached. This change needs it; try again when it is back.",
    "The store answers too slowly.",
    (
        "A page of this network answers in the place of the store, as where one has to sign in "
        "first. Open a web browser, sign in there, and try again. Nothing of yours was sent to it."
    ),
    "The disk is full. Nothing that was acknowledged is lost; free some space.",
    "The disk could not be read or written. Nothing that was acknowledged is lost.",
    (
        "The disk, or the folder of this profile, takes no writing. Nothing that was acknowledged "
        "is lost."
    ),
    ("There is no room for the copy: it takes {needed} MiB, {free} MiB are free there."),
    "Choose a folder outside of the profile.",
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
    "This is set and locked for everybody on this machine.",
    "This is set for this start of the program by its environment.",
    "This file is too long for a list of authorities.",
    "There is a private key in this file. Choose one with the authority's certificate only.",
    "This is no file of certificates in PEM form.",
    "A certificate in this file cannot be read.",
    "There is no authority in this file; the certificate of a server is none.",
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
    "The store is busy. It is tried again.",
    "The store is slow to sign in.",
    "The store does not accept this device.",
    "The store has erased this exhibit.",
    "The transfer was cancelled.",
    "The disk failed: {reason}.",
    "The local database is in use; try again.",
    "The profile folder belongs to another account.",
    "The disk of this profile does not support a write-ahead log.",
    "A local database is missing. Nothing was created instead.",
    "These files were written by a newer version of this program. Please update it.",
    "The vault file is damaged. It was left untouched.",
    "This profile belongs to somebody already.",
    "This line is incomplete or was altered. Copy all of it again.",
    "This is another line: the one that is wanted begins with “{wanted}”.",
    "The store does not accept this invitation: it was used, or it has expired.",
    "The enrolment was cut off. Use the same invitation once more.",
    (
        "The server that answered is not the store of your invitation. Nothing of yours was sent "
        "to it."
    ),
    (
        "The server that answered is not the store of your invitation. Its certificate was issued "
        "by “{issuer}”. Nothing of yours was sent to it."
    ),
    "The message has {size} bytes; at most {limit} fit. Send it as a file.",
    "There is no such message in this space.",
    "There is no such exhibit in this space.",
    "There is no such space on this device.",
    "The membership log of this space has not arrived yet.",
    "This person is not a member of the space.",
    "{name} is not a member of this space.",
    "No recipient is a member any more.",
    (
        "Nothing can be handed over yet: an administrator of the space has to be designated "
        "controller of your data first. Ask an administrator."
    ),
    "The role “{role}” may not hand over evidence here.",
    (
        "This space hands evidence to verified members only, and {name} is not verified yet. "
        "Compare the safety number first."
    ),
    (
        "EU classified information is not to be handed over with this program: it needs a system "
        "that was accredited for it."
    ),
    "Only regular files can become exhibits.",
    "The file changed while it was being read.",
    "{name} cannot be read any more: {reason}.",
    "{name} is too long for an acquisition report.",
    "“{value}” is no MD5, SHA-1, SHA-256 or SHA-512.",
    (
        "The file changed since it was compared with its acquisition report. Cancel it, and hand "
        "it over anew: it is compared again."
    ),
    "This exhibit is still being sealed; verify it when it is up.",
    "The exhibit does not have the SHA-256 its manifest states.",
    "The source file is not the one that was handed over.",
    "Part {part} on this disk is damaged. Resume to fetch it again.",
    "There is no folder {name}.",
    "{name} does not allow new files.",
    "The column “{name}” stands there twice.",
    "The first line must name the columns; one of them is “file”.",
    "“{name}” is no column such a list has.",
    "{name} has more than {count} rows.",
    "{name} has no rows.",
    "{name} is longer than {size} MiB.",
    "{name} is not UTF-8. Save it as “CSV UTF-8”.",
    "At most {count} images go with a detection.",
    "At most {count} words and filters can be looked for at once.",
    "No day is both in after: and in before:, so nothing can be found.",
    "This is too long to look for: {length} characters, at most {limit}.",
    "{filter}: needs a date as 2026-11-02, 2026-11, 2026 or 2.11.2026.",
    "{filter}: there is no such day.",
    "A tag has no commas and no quotes.",
    "An exhibit has at most {count} tags.",
    "None of these facts can be kept in a template: they are of one case.",
    "There are {count} templates already. Remove one first.",
    "A safety number has {count} digits.",
    (
        "The number differs from the one this device computes for {name}. Somebody may stand "
        "between you. Do not send evidence; compare again in person."
    ),
    "This is your own code. Take the one that {name}'s computer shows.",
    "The key of {name} changed while it was compared. Compare the number again.",
    "The passphrase has {length} characters; at least {least} are needed.",
    "Not the words of the sheet: {places}. Look at the sheet again.",
    (
        "The store does not accept this sheet: it knows another key of this person, or none. If "
        "you were invited anew since it was made, only the newer sheet is good."
    ),
    "There are {count} devices already; revoke one first.",
    (
        "There are {count} devices already. Say that they are lost, or revoke one on another "
        "device first."
    ),
    (
        "This is not the code of the device that asks. Read it again on its screen; if it stays "
        "wrong, somebody else asks. {tries} tries left."
    ),
    "Too many wrong codes: the offer is withdrawn. Make a new one.",
    "A device does not revoke itself. Do it at another one of yours.",
    "The store went away. The new device is saved and linked when it is back.",
    "The store went away. The revocation is saved and goes out when it is back.",
    "The store's directory knows no enrolled person with this id.",
    (
        "The title of this space has not arrived here yet, and a new member would not get it from "
        "you. Synchronise and try again."
    ),
    (
        "The store now shows another key for {name} than this device knows. The person was not "
        "added. Who lost every device has a new key: look at it, compare the safety number with "
        "the person, and then decide to take it."
    ),
    (
        "The store shows no newer devices of {name}. If they are lost, the operator of the store "
        "invites {name} again first."
    ),
    (
        "Members of this space were shown different lists of members. Nothing is sent until this "
        "is cleared up; compare the members in person."
    ),
    (
        "The members of this space do not know this device yet. One of your other devices "
        "announces it, or after a new invitation an administrator lets you in again."
    ),
)

REASONS: Final = (
    "{length} digits 0-9 and a-f",
    "sha1 and 40 digits",
    "No such file or directory",
    "Permission denied",
    "Operation not permitted",
    "No space left on device",
    "Disk quota exceeded",
    "Read-only file system",
    "Input/output error",
    "Is a directory",
    "Not a directory",
    "File exists",
    "File name too long",
    "Too many open files",
    "Directory not empty",
    "Device or resource busy",
    "Stale file handle",
    "Invalid argument",
)
"""What stands inside a sentence: how a hash is written, what a system says of a file."""
