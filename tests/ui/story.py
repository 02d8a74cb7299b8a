"""A desk in the middle of a case."""

from __future__ import annotations

from jitclient.views import ExhibitState, MessageKind, MessageState, SpaceState
from protocol.ids import FileId, MessageId, SpaceId
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import DAY, NOW

FACTS = (
    ("case", "7 Js 4021/26"),
    ("title", "Account statements, third quarter"),
    ("description", "Exported by the bank's compliance desk.\nOne sheet per account."),
    ("kind", "bank-data"),
    ("acquired-at", "2026-11-18T10:20+01:00"),
    ("acquired-by", "Anke Brandt, LKA Hamburg"),
    ("authority", "Staatsanwaltschaft Hamburg"),
    ("place", "Ballindamm 17, Hamburg"),
    ("country", "DE"),
    ("legal-basis", "Amtsgericht Hamburg, 162 Gs 1190/26"),
    ("source", "paper"),
    ("acquired-sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("handling", "H1+H2"),
    ("evaluation", "B2"),
    ("tlp", "AMBER+STRICT"),
    ("conditions", "For the accounts named in the order only."),
)


def story() -> DeskDouble:
    """For pictures and for tests of whole screens."""
    desk = DeskDouble()
    desk.set(desk.space_b, unread=3)
    third = desk.add_space("Ghost invoices 2026", "JIT 2026/031", members=3)
    desk.set(third, state=SpaceState.JOINING, title="")
    asked = _yesterday(desk, desk.space_a)
    _today(desk, desk.space_a, _exhibits(desk, desk.space_a), asked)
    _log(desk, desk.space_a)
    desk.set(desk.space_a, unread=2)
    return desk


def _yesterday(desk: DeskDouble, a: SpaceId) -> MessageId:
    t = NOW - DAY - 4 * 3600
    event = MessageKind.EVENT
    desk.say(a, 0, "Clara Weiss opened the space", at=t, kind=event)
    desk.say(a, 0, "Jan de Vries (FIOD, NL) was added as investigator", at=t + 60, kind=event)
    desk.say(
        a,
        0,
        "Good morning. Hamburg leads; our agreement was signed on 14 September. Please introduce "
        "yourselves and say what you can hand over before Thursday.",
        at=t + 300,
        state=MessageState.RECEIVED,
        have=3,
    )
    asked = desk.say(
        a,
        1,
        "Jan de Vries, FIOD Rotterdam. We seized two servers in the data centre at Schiphol-Rijk "
        "on Tuesday.\nThe images are ready: 2 × 256 GiB, acquired with write blockers, hashes in "
        "the protocol.",
        at=t + 900,
    )
    desk.say(a, 1, "I can hand over the first one tonight.", at=t + 960)
    desk.say(
        a,
        2,
        "Europol EC3 here. We can cross-match the wallet addresses as soon as the chat exports "
        "arrive. Is the container list (MSKU 907032-3 and following) still current?",
        at=t + 1800,
    )
    return asked.message


def _exhibits(desk: DeskDouble, a: SpaceId) -> FileId:
    is_ = ExhibitState
    first = desk.exhibit(
        a, "2026-11-20_server-01_image.E01", "A-1", 268_435_456, is_.ON_SERVER, have=2
    )
    accounts = "Kontoauszüge_Amberlight_Q3.xlsx"
    desk.exhibit(a, accounts, "A-2", 4_812_331, is_.VERIFIED, author=1, have=3, facts=FACTS)
    image = "2026-11-21_server-02_image.E01"
    desk.exhibit(a, image, "A-10", 274_877_906_944, is_.UPLOADING, done=0.43, rate=61_865_984.0)
    chat = "chat-export_warehouse-phone_redacted.pdf"
    desk.exhibit(a, chat, "B-3", 18_220_145, is_.DOWNLOADING, author=2, done=0.78, rate=9_437_184.0)
    customs = "customs-declarations_Piraeus_2026.csv"
    desk.exhibit(a, customs, "B-4", 91_224_064, is_.PAUSED, done=0.2)
    witness = "interview_2026-11-19_witness-4.wav"
    desk.exhibit(a, witness, "C-1", 733_184_000, is_.AVAILABLE, author=3)
    desk.exhibit(
        a,
        "photo-series_warehouse.zip",
        "C-2",
        1_210_774_528,
        is_.CORRUPTED,
        author=3,
        problem="Part 14 does not match the signed manifest.",
    )
    return first.file


def _today(desk: DeskDouble, a: SpaceId, file: FileId, asked: MessageId) -> None:
    there = MessageState.ON_SERVER
    desk.say(a, 0, "", at=NOW - 7200, kind=MessageKind.EXHIBIT, file=file, state=there, have=2)
    desk.say(
        a,
        0,
        "Received, thank you. I will ask the court in Hamburg for the order today.",
        at=NOW - 5400,
        state=there,
        have=1,
        reply_to=asked,
    )
    desk.say(
        a,
        3,
        "Καλημέρα. Το τελωνείο Πειραιά επιβεβαιώνει τη λίστα. The list is current; two "
        "containers left on Friday.",
        at=NOW - 3600,
        missing=1,
    )
    desk.say(a, 3, "Seal numbers follow.", at=NOW - 3540)
    desk.say(
        a,
        0,
        "Then we move the action day to Thursday, 06:00 CET. Everybody please confirm.",
        at=NOW - 120,
    )


def _log(desk: DeskDouble, a: SpaceId) -> None:
    for what, subject, detail in (
        ("member-add", "Jan de Vries", "investigator, FIOD, NL"),
        ("verified", "Jan de Vries", "verified by 60 digits"),
        ("member-add", "Inés Salgado", "participant, Europol, EU"),
        ("exhibit-added", "A-1", "256 MiB, 64 parts"),
        ("exhibit-handed-over", "A-1", "to 3 persons"),
        ("exhibit-verified", "A-2", "SHA-256 equal to the manifest"),
        ("exhibit-exported", "A-2", "Kontoauszüge_Amberlight_Q3.xlsx"),
    ):
        desk.log(a, what, subject, detail)
