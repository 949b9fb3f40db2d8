"""A consultation room at one fixed moment, and the full screen on it: for the pictures of the docs and their tests."""

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import structs
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tc_cli.client.profile import Access
from tc_cli.tui.app import TeleConnect
from tc_cli.tui.board import Board, Link, Tail, Unsent
from tc_cli.tui.feed import Feed
from tc_cli.tui.preferences import Preferences
from tc_server.wire import bodies as b
from tc_server.wire import frames as f

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
STAFF = b.Sender(id="u1", role="staff", name="amina")
ONLINE = Link("online", 0.042)
OFFLINE = Link("reconnecting", None, "no answer", 8.0)
SIZE = (80, 24)
DARK = "teleconnect-dark"

Act = Callable[[Pilot[None]], Awaitable[None]]


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def person(session_id: str, name: str, language: str, **fields: Any) -> b.Person:
    made = b.Person(
        participant_id=f"p-{session_id}",
        session_id=session_id,
        invite_id=f"i-{session_id}",
        role="service-user",
        name=name,
        phone=None,
        email=None,
        language=language,
        online=False,
        devices=0,
        joined_at=ago(60),
        removed_at=None,
        read_seq=0,
    )
    return structs.replace(made, **fields)


def session(session_id: str, name: str, language: str, state: b.SessionState, **fields: Any) -> b.Session:
    online = bool(fields.get("online"))
    someone = person(session_id, name, language, online=online, devices=int(online), read_seq=fields.pop("read", 0))
    made = b.Session(
        session_id=session_id,
        state=state,
        kind="remote",
        name=name,
        role="service-user",
        language=language,
        online=online,
        waiting_since=None,
        told_until=None,
        created_at=ago(300),
        started_at=None,
        closed_at=None,
        expires_at=NOW + timedelta(days=6),
        closes_at=None,
        closes_soon=False,
        erase_at=None,
        last_activity_at=ago(30),
        last_seq=0,
        staff_read_seq=0,
        note=None,
        people=[someone],
    )
    return structs.replace(made, **fields)


def sessions() -> list[b.Session]:
    return [
        session("layla", "Layla", "ar", "active", online=True, started_at=ago(24), last_activity_at=ago(1),
                last_seq=10, staff_read_seq=8, read=7),
        session("amal", "Amal", "ar", "waiting", online=True, waiting_since=ago(34), last_seq=2, last_activity_at=ago(9)),
        session("selam", "Selam", "am", "waiting", online=True, waiting_since=ago(17), last_seq=2,
                last_activity_at=ago(5)),
        session("awa", "Awa", "fr", "waiting", waiting_since=ago(4), last_seq=2, last_activity_at=ago(3)),
        session("binta", "Binta", "fr", "open", last_activity_at=ago(12), last_seq=9, staff_read_seq=7, read=6),
        session("tesfay", "Tesfay", "ti", "open", last_activity_at=ago(190), last_seq=6, staff_read_seq=6, read=6),
        session("yara", "Yara", "ar", "closed", closed_at=ago(90), erase_at=NOW + timedelta(hours=22, minutes=30),
                last_activity_at=ago(90), last_seq=14, staff_read_seq=14),
        session("chen", "Chen", "en", "invited"),
        session("marie", "Marie", "fr", "invited"),
        session("omar", "Omar", "ar", "invited"),
    ]  # fmt: skip


def queue(known: dict[str, b.Session]) -> list[b.QueueEntry]:
    return [
        b.QueueEntry(
            session_id=key,
            state="waiting",
            place=place,
            name=known[key].name,
            role="service-user",
            language=known[key].language,
            waiting_since=known[key].waiting_since or NOW,
            told_until=None,
            online=known[key].online,
            delivery=delivery,
        )
        for place, (key, delivery) in enumerate((("amal", "sent"), ("selam", "sent"), ("awa", None)), 1)
    ]  # type: ignore[arg-type]


def invite(
    key: str, name: str, language: str, minutes: int, how: tuple[str, b.DeliveryState] | None, **fields: Any
) -> b.Invite:
    deliveries = []
    if how is not None:
        channel, state = how
        detail = "the mailbox does not exist" if state == "failed" else None
        sent = ago(minutes) if state == "sent" else None
        deliveries = [
            b.Delivery(
                delivery_id=f"d-{key}",
                session_id=key,
                invite_id=f"i-{key}",
                channel=channel,  # type: ignore[arg-type]
                provider="gateway",
                state=state,
                created_at=ago(minutes),
                sent_at=sent,
                detail=detail,
            )
        ]
    made = b.Invite(
        invite_id=f"i-{key}",
        session_id=key,
        participant_id=f"p-{key}",
        state="invited",
        kind="remote",
        role="service-user",
        name=name,
        phone=None,
        email=None,
        language=language,
        via="auto",
        note=None,
        url=f"https://connect.example.org/j#{key}-3v9Qm2xT7cWkR5sYbN8a",
        created_at=ago(minutes),
        expires_at=NOW + timedelta(days=6),
        joined_at=None,
        devices=0,
        deliveries=deliveries,
    )
    return structs.replace(made, **fields)


def invites() -> list[b.Invite]:
    came = {"joined_at": ago(60), "devices": 1}
    return [
        invite("omar", "Omar", "ar", 6, ("email", "failed"), email="omar@example.org"),
        invite("chen", "Chen", "en", 11, ("sms", "queued"), phone="+41791234567"),
        invite("marie", "Marie", "fr", 48, ("sms", "sent"), phone="+33612345678"),
        invite("amal", "Amal", "ar", 80, ("whatsapp", "sent"), phone="+41791234568", state="waiting", **came),
        invite("layla", "Layla", "ar", 95, None, state="active", **came),
        invite("binta", "Binta", "fr", 240, ("sms", "sent"), phone="+33612345679", state="open", **came),
        invite("yara", "Yara", "ar", 300, ("sms", "sent"), phone="+41791234569", state="closed", **came),
    ]


def message(session_id: str, seq: int, sender: b.Sender, minutes: float, text: str = "", **fields: Any) -> b.Message:
    made = b.Message(
        session_id=session_id,
        seq=seq,
        client_id=f"{session_id}-{seq}",
        kind="text",
        sender=sender,
        text=text,
        file=None,
        data=None,
        sent_at=ago(minutes),
    )
    return structs.replace(made, **fields)


def of(name: str) -> b.Sender:
    return b.Sender(id=f"p-{name.lower()}", role="service-user", name=name)


def chat() -> list[b.Message]:
    layla = of("Layla")
    photo = b.File(file_id="f1", name="arm.jpg", type="image/jpeg", size=184_320)
    leaflet = b.File(file_id="f2", name="leaflet.pdf", type="application/pdf", size=92_160)

    def fact(seq: int, sender: b.Sender, minutes: float, kind: str, **data: Any) -> b.Message:
        return message("layla", seq, sender, minutes, kind=kind, text=None, client_id=None, data=data)

    return [
        fact(1, layla, 40, "joined"),
        fact(2, STAFF, 36, "told", minutes=10),
        fact(3, STAFF, 24, "started"),
        message("layla", 4, layla, 23, "السلام عليكم، عندي طفح على ذراعي منذ يومين"),
        message("layla", 5, STAFF, 21, "Salaam Layla. Can you send me a photo of your arm?"),
        message("layla", 6, layla, 18, file=photo, kind="file", text=None),
        message("layla", 7, STAFF, 15, "Thank you. It does not look dangerous. Does it itch at night?"),
        message("layla", 8, STAFF, 14, file=leaflet, kind="file", text=None),
        message("layla", 9, layla, 2, "نعم، خاصة في الليل"),
        message("layla", 10, layla, 1, "هل أحتاج إلى كريم؟"),
    ]


def board(link: Link = ONLINE) -> Board:
    """Make the board of the scene."""
    made = Board(link=link, server="https://connect.example.org", loaded=True)
    made.viewer = f.Viewer(id="u1", role="staff", name="amina", session_id=None)
    made.sessions = {one.session_id: one for one in sessions()}
    made.queue = queue(made.sessions)
    made.invites = {one.invite_id: one for one in invites()}
    last = (
        ("amal", 9, "هل ما زلتم هناك؟"),
        ("selam", 5, "ልጄ ትኩሳት አለው"),
        ("awa", 3, "Bonjour, j’attends ici."),
        ("binta", 12, "Merci, la fièvre est tombée."),
        ("tesfay", 190, "የቐንየለይ"),
    )
    for key, minutes, text in last:
        known = made.sessions[key]
        made.words[key] = message(key, known.last_seq, of(known.name), minutes, text)
    made.words["layla"] = chat()[-1]
    if not link.online:
        made.line["layla"] = [
            Unsent("unsent-1", "layla", "Yes. I am sending you its name.", None, ago(0)),
        ]
    return made


class SceneFeed(Feed):
    """A feed that is connected to nobody and answers from the scene."""

    def __init__(self, known: Board) -> None:
        super().__init__(Access(known.server, "nobody"), "nobody", lambda *_: None, board=known)  # type: ignore[arg-type]

    async def run(self) -> None:
        """Wait until the app ends."""
        await asyncio.Event().wait()

    def read(self, session_id: str, seq: int) -> None:
        """Leave unread what is unread."""

    async def open_log(self, session_id: str) -> None:
        self.board.logs[session_id] = Tail(chat() if session_id == "layla" else [], at_start=True)

    async def languages(self) -> list[b.Language]:
        named = (("ar", "العربية", "rtl"), ("en", "English", "ltr"), ("fr", "Français", "ltr"))
        return [b.Language(code=code, name=name, dir=side, reviewed=False) for code, name, side in named]  # type: ignore[arg-type]

    async def phrases(self, language: str) -> list[b.Phrase]:
        said = {
            "en": ("Hello.", "One moment, please.", "Can you send a photo?", "Thank you."),
            "ar": ("مرحبًا.", "لحظة من فضلك.", "هل يمكنك إرسال صورة؟", "شكرًا."),
        }
        texts = said.get(language, said["en"])
        return [b.Phrase(phrase_id=str(number), text=text) for number, text in enumerate(texts)]

    async def preview(self, request: b.InviteRequest) -> list[b.Preview]:
        text = "Bonjour Marie, quand vous êtes prête, ouvrez https://connect.example.org/j#… pour la consultation."
        return [
            b.Preview(
                channel="sms",
                chosen=True,
                to=request.phone,
                subject=None,
                text=text,
                encoding="GSM-7",
                segments=1,
                cost="per-segment",
            )
        ]


# --- the shots ---------------------------------------------------------------------------------------------------


def keys(*pressed: str) -> Act:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press(*pressed)

    return act


def in_session(*pressed: str) -> Act:
    async def act(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, TeleConnect)
        pilot.app.open_session("layla")
        await pilot.pause()
        await pilot.press(*pressed)

    return act


async def new_invite(pilot: Pilot[None]) -> None:
    """Fill the form, and wait for the text beside it."""
    await pilot.press("n")
    await pilot.pause()
    for field, value in (("name", "Marie"), ("phone", "+33 6 12 34 56 78"), ("email", "")):
        pilot.app.screen.query_one(f"#{field}", Input).value = value
    await pilot.pause(1)


SHOTS: dict[str, Act] = {
    "home": keys(),
    "waiting": keys("2"),
    "tell": keys("2", "m"),
    "sessions": keys("3"),
    "invites": keys("4"),
    "link": keys("4", "enter"),
    "new-invite": new_invite,
    "help": keys("question_mark"),
    "palette": keys("ctrl+p"),
    "session": in_session(),
    "phrases": in_session("f4"),
    "terminate": in_session("f8"),
    "offline": keys(),
    "offline-session": in_session(),
}


def app(name: str, theme: str = DARK) -> TeleConnect:
    """Make the app on the scene, before anything of the shot is done."""
    made = TeleConnect(
        SceneFeed(board(OFFLINE if name.startswith("offline") else ONLINE)), Preferences(), now=lambda: NOW
    )
    made.desk.preferences.choices = structs.replace(made.desk.preferences.choices, folder="/home/amina/transcripts")
    made.theme = theme
    return made


async def stage(name: str, pilot: Pilot[None]) -> None:
    """Do what leads to a shot, and let everything come to rest."""
    await pilot.pause()
    await SHOTS[name](pilot)
    # What is swept together is painted a moment later.
    await pilot.pause(0.2)
    for field in pilot.app.screen.query(Input):
        field.cursor_blink = False
    for area in pilot.app.screen.query(TextArea):
        area.cursor_blink = False
    await pilot.pause()


@contextmanager
def in_utc() -> Iterator[None]:
    """Tell times in UTC meanwhile."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()


async def draw(path: Path, name: str, size: tuple[int, int] = SIZE, theme: str = DARK) -> None:
    """Write a shot as SVG that loads nothing from elsewhere."""
    with in_utc():
        shown = app(name, theme)
        async with shown.run_test(size=size) as pilot:
            await stage(name, pilot)
            path.write_text(alone(shown.export_screenshot(simplify=True)))


def alone(svg: str) -> str:
    """Take the web font out; letters stand in the order in which they were laid."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family:\s*[^;]+;", "font-family: 'DejaVu Sans Mono', 'Noto Sans Mono', monospace;", svg)
    return svg.replace("<style>", "<style>\n    text { unicode-bidi: bidi-override; direction: ltr }", 1)


async def draw_all(folder: Path) -> None:
    """Write every shot of the docs."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SHOTS:
        await draw(folder / f"{name}.svg", name)
    for theme in ("light", "contrast", "grey"):
        await draw(folder / f"home-{theme}.svg", "home", theme=f"teleconnect-{theme}")
