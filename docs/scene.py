"""A believable, anonymous afternoon for pictures of the full screen: what is on the board, and a feed for nobody.

Numbers and addresses are of the ranges that are kept for fiction.
"""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from msgspec import structs
from PIL import Image, ImageDraw

from tc_cli.client.profile import Access
from tc_cli.tui.app import TeleConnect
from tc_cli.tui.batch import Batch, Fault, Invited, Stage
from tc_cli.tui.board import Board, Link, Tail, Unsent
from tc_cli.tui.feed import Feed
from tc_cli.tui.preferences import Preferences
from tc_server import locales
from tc_server.delivery import texts
from tc_server.domain.invite import Invitation
from tc_server.wire import bodies as b
from tc_server.wire.frames import QualityNow, Viewer

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
SERVER = "https://connect.example.org"
ORGANISATION = "Clinic at the River"
ME = b.Sender(id="u-amina", role="staff", name="amina")

CHAT, FOLLOW_UP, QUIET, CLOSED = "mariama", "yusuf", "rosa", "karim"
INVITE = "i-layla"
REPORT = Path("/srv/lists/november.report.csv")


def app(board: Board | None = None, *, theme: str = "teleconnect-dark") -> TeleConnect:
    """Return the full screen on a board, by default the afternoon's; it connects to nobody."""
    preferences = Preferences()
    preferences.choose(folder="/srv/transcripts", pick_from="~")
    screen = TeleConnect(SceneFeed(board or afternoon()), preferences, now=lambda: NOW)
    screen.theme = theme
    return screen


class SceneFeed(Feed):
    """A feed that answers from the scene: nothing is sent, nothing comes."""

    def __init__(self, board: Board) -> None:
        super().__init__(Access(SERVER, "nobody"), ME.id, lambda *_: None, board=board, now=lambda: NOW)
        self._forever = asyncio.Event()

    async def run(self) -> None:
        """Wait for the end."""
        await self._forever.wait()

    def read(self, session_id: str, seq: int) -> None:
        """Leave what is new as it is."""

    async def call(self, session_id: str, media: b.CallMedium) -> b.CallOpened:
        call = _call("opening", None, media)
        self.board.calls.call_is(call)
        url = f"{SERVER}/call#xU3fR0q8wZ1sLh5TdQk9mB2v"
        return b.CallOpened(call=call, url=url, expires_at=NOW + timedelta(minutes=1))

    async def open_log(self, session_id: str) -> None:
        self.board.logs.setdefault(session_id, Tail(at_start=True))

    async def file(self, session_id: str, file_id: str) -> bytes:
        return photo()

    async def languages(self) -> list[b.Language]:
        return [
            b.Language(code=one.code, name=one.name, dir=one.dir, reviewed=one.reviewed) for one in locales.languages()
        ]

    async def phrases(self, language: str) -> list[b.Phrase]:
        known = locales.catalogue(language).phrases()
        return [b.Phrase(phrase_id=phrase_id, text=text) for phrase_id, text in known.items()]

    async def preview(self, request: b.InviteRequest) -> list[b.Preview]:
        invitation = Invitation(
            name=request.name,
            role="service-user",
            language=request.language,
            via=request.via,
            at=request.at,
            timezone=request.timezone or "Africa/Addis_Ababa",
        )
        kind: b.TextKind = "planned" if request.at else "invitation"
        found = texts.compose(ORGANISATION, SERVER, kind, "sms", invitation, link(request.name))
        return [
            b.Preview(
                channel="sms",
                turn=1,
                provider="gateway",
                to=request.phone,
                subject=None,
                text=found.text,
                encoding=found.encoding,
                segments=found.segments,
                cost="per-segment",
                reviewed=request.language == "en",
                timezone=(request.timezone or "Africa/Addis_Ababa") if request.at else None,
            )
        ]


def link(name: str) -> str:
    return f"{SERVER}/j#{name.lower():x<22}"


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def afternoon() -> Board:
    """Return the board of a Monday afternoon: three wait, two talk, one has ended, some are yet to come."""
    board = Board(link=Link("online", 0.64), server=SERVER, loaded=True)
    board.viewer = Viewer(id=ME.id, role="staff", name="amina", session_id=None)
    for session in _sessions():
        board.sessions[session.session_id] = session
    board.queue = _queue(board)
    board.unseen = frozenset({"tigist"})
    for invite in _invites():
        board.invites[invite.invite_id] = invite
    for message in (*_chat(), *_words()):
        board.remember_words(message)
    board.logs[CHAT] = Tail(_chat(), at_start=True)
    board.logs[CLOSED] = Tail([_said(CLOSED, 1, "Karim", "Thank you, I feel better.", 190)], at_start=True)
    board.line[CHAT] = [Unsent("unsent-1", CHAT, "Keep the leg up, and drink a lot.", None, ago(0.5))]
    return board


def talking() -> Board:
    """Return the same afternoon while a call goes on, and somebody else asks for one."""
    board = afternoon()
    board.calls.call_is(_call("running", "in"))
    her, me = b.Sender(id=f"p-{CHAT}", role="service-user", name="Mariama"), ME
    for sender, level in ((her, "fair"), (me, "good")):
        told: dict[str, Any] = {"level": level, "audio_only": False}
        board.calls.quality_is(QualityNow(session_id=CHAT, sender=sender, **told))
    started = _entry(CHAT, 10, "call_started", ME, 12.5, data={"call_id": "call", "media": "audio"})
    board.logs[CHAT].add(started)
    asked = _entry(FOLLOW_UP, 32, "call_requested", _yusuf(), 1, data={"media": "audio"})
    board.calls.heard(asked, board.sessions[FOLLOW_UP], NOW)
    board.unseen = frozenset({FOLLOW_UP})
    return board


def asking() -> Board:
    """Return the same afternoon as somebody asks for a call in the midst of a session."""
    board = afternoon()
    her = b.Sender(id=f"p-{CHAT}", role="service-user", name="Mariama")
    asked = _entry(CHAT, 10, "call_requested", her, 0.5, data={"media": "audio"})
    board.logs[CHAT].add(asked)
    board.calls.heard(asked, board.sessions[CHAT], NOW)
    board.unseen = frozenset({CHAT})
    return board


def list_with_faults() -> Board:
    """Return the same afternoon with a file of people that has been checked, and isn't right yet."""
    board = afternoon()
    board.batch = Batch(Path("/srv/lists/november.csv"), Stage.CHECKED, rows=120, report=REPORT)
    board.batch.channels.update({"sms": 84, "email": 21, "link": 9})
    board.batch.repeated = 3
    board.batch.faults = [
        Fault(6, "phone", "12", "This isn't a phone number that can be reached. Give it in international form, like "
              "+41 44 668 18 00."),
        Fault(6, "via", "pigeon", "There is no such way. Write one of: auto, whatsapp, sms, email, link."),
        Fault(8, "reference", "A2", "The same stands on line 4 already."),
        Fault(41, "phone", "4.67017E+10", "The spreadsheet has rounded this number, and its digits are lost. Make the "
              "column text, and type it anew."),
    ]  # fmt: skip
    return board


def list_under_way() -> Board:
    """Return the same afternoon while the people of a file are being invited."""
    board = afternoon()
    board.batch = Batch(Path("/srv/lists/november.csv"), Stage.SENDING, rows=4200, steps=1800, report=REPORT, rate=60.0)
    board.batch.results.update({"invited": 1795, "repeated": 3, "refused": 2})
    return board


def list_sent() -> Board:
    """Return the same afternoon once everybody in a file has been invited, but for one message."""
    board = afternoon()
    board.batch = Batch(Path("/srv/lists/november.csv"), Stage.DONE, rows=120, steps=120, report=REPORT)
    board.batch.results.update({"invited": 117, "repeated": 3})
    for number in range(120):
        name = f"Person {number}"
        fares: b.DeliveryState = "failed" if number == 7 else "queued" if number % 4 else "sent"
        invite = _invite(f"n{number}", name, "fr", 4, fares, phone="+33 6 39 98 00 00")
        board.invites[invite.invite_id] = invite
        board.batch.invited[invite.invite_id] = Invited(number + 2, f"A{number}", invite.invite_id)
    return board


def planned() -> Board:
    """Return the same afternoon with conversations planned: one whose time has come, today's and later ones."""
    board = afternoon()
    for invite in _planned():
        board.invites[invite.invite_id] = invite
    return board


def cut_off() -> Board:
    """Return the same afternoon while the link is down."""
    board = afternoon()
    board.link = Link("reconnecting", None, "no answer for 20 s", 8.0)
    board.unseen = frozenset()
    waits = "I read what you wrote; I answer as soon as the line is back."
    board.line[CHAT].append(Unsent("unsent-2", CHAT, waits, None, ago(0.2)))
    return board


def quiet() -> Board:
    """Return a board with nothing on it."""
    board = Board(link=Link("online", 0.08), server=SERVER, loaded=True)
    board.viewer = Viewer(id=ME.id, role="staff", name="amina", session_id=None)
    return board


def photo() -> bytes:
    """Draw what a photo of an ankle with a rash may look like from afar."""
    image = Image.new("RGB", (480, 360), "#3d5a66")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 250, 480, 360), fill="#8a8f86")
    draw.polygon([(150, 0), (270, 0), (285, 190), (420, 260), (430, 305), (170, 305), (140, 200)], fill="#a87452")
    draw.ellipse((180, 150, 262, 232), fill="#b5523f")
    draw.ellipse((200, 168, 244, 214), fill="#cf7a5c")
    drawn = io.BytesIO()
    image.save(drawn, "PNG")
    return drawn.getvalue()


def files(at: Path) -> Path:
    """Fill a folder with files that staff might send."""
    (at / "Leaflets").mkdir(parents=True, exist_ok=True)
    for name, size in {"wound-care-ar.pdf": 48_000, "wound-care-fr.pdf": 45_200, "opening-hours.png": 0}.items():
        (at / name).write_bytes(b"%PDF-1.7" + bytes(size) if size else photo())
    return at


# --- sessions -------------------------------------------------------------------------------------------------------


def _sessions() -> list[b.Session]:
    waiting: dict[str, Any] = {"state": "waiting", "last_seq": 2, "unread": 1}
    return [
        _session("amal", "Amal", "ar", waited=34, **waiting),
        _session("tigist", "Tigist", "am", waited=12, **waiting),
        _session("jean", "Jean", "fr", online=False, waited=4, **waiting | {"told_until": NOW + timedelta(minutes=6)}),
        _session(CHAT, "Mariama", "fr", state="active", active=1, last_seq=9, staff_read_seq=7, unread=2, read=7),
        _session(
            FOLLOW_UP, "Yusuf", "so", state="open", active=26, last_seq=31, staff_read_seq=29, unread=2, online=False
        ),
        _session(QUIET, "Rosa", "es", state="open", active=60 * 50, last_seq=14, staff_read_seq=14, online=False),
        _session(CLOSED, "Karim", "ar", state="closed", active=185, last_seq=22, staff_read_seq=22, online=False),
        _session("layla", "Layla", "ar", state="invited", active=18, joined=False, online=False),
        _session("daniel", "Daniel", "sw", state="invited", active=41, joined=False, online=False),
        _session("inès", "Inès", "fr", state="invited", active=66, joined=False, online=False),
    ]


def _session(
    key: str,
    name: str,
    language: str,
    *,
    waited: float | None = None,
    active: float = 0,
    online: bool = True,
    joined: bool = True,
    read: int = 0,
    **fields: Any,
) -> b.Session:
    closed = ago(active) if fields.get("state") == "closed" else None
    person = b.Person(
        participant_id=f"p-{key}",
        session_id=key,
        invite_id=f"i-{key}",
        role="service-user",
        name=name,
        phone="+33 6 39 98 12 34" if key == CHAT else None,
        email=None,
        language=language,
        online=online,
        devices=int(joined),
        joined_at=ago(active + 40) if joined else None,
        removed_at=None,
        read_seq=read,
    )
    given: dict[str, Any] = {
        "told_until": None,
        "last_seq": 0,
        "staff_read_seq": 0,
        "unread": 0,
        "started_at": ago(active + 20) if fields.get("state") in {"active", "open", "closed"} else None,
        "note": "Follow-up of Friday; asks for a woman." if key == CHAT else None,
    }
    return b.Session(
        session_id=key,
        kind="remote",
        name=name,
        role="service-user",
        language=language,
        online=online,
        waiting_since=ago(waited) if waited is not None else None,
        created_at=ago(active + 60),
        closed_at=closed,
        expires_at=NOW + timedelta(days=6),
        closes_at=None,
        closes_soon=False,
        erase_at=closed + timedelta(hours=24) if closed else None,
        last_activity_at=ago(active or waited or 0),
        people=[person],
        **given | fields,
    )


def _queue(board: Board) -> list[b.QueueEntry]:
    waiting = [board.sessions[key] for key in ("amal", "tigist", "jean")]
    return [
        b.QueueEntry(
            session_id=one.session_id,
            state="waiting",
            place=place,
            name=one.name,
            role="service-user",
            language=one.language,
            waiting_since=one.waiting_since or NOW,
            told_until=one.told_until,
            online=one.online,
            delivery="sent",
        )
        for place, one in enumerate(waiting, 1)
    ]


def _call(state: b.CallState, hers: b.PartyState | None, media: b.CallMedium = "audio") -> b.Call:
    begun = state == "opening"
    parties = [_party(ME.id, "staff", "amina", "expected" if begun else "in", 0 if begun else 1)]
    if hers is not None:
        parties.append(_party(f"p-{CHAT}", "service-user", "Mariama", hers, 1))
    return b.Call(
        session_id=CHAT,
        call_id="call",
        media=media,
        state=state,
        created_at=ago(13),
        answered_at=ago(12.3) if state == "running" else None,
        ended_at=None,
        outcome=None,
        ended_by=None,
        parties=parties,
    )


def _party(key: str, role: b.PersonRole | Literal["staff"], name: str, state: b.PartyState, leg: int) -> b.CallParty:
    return b.CallParty(id=key, role=role, name=name, state=state, leg=leg, rings_until=None)


def _yusuf() -> b.Sender:
    return b.Sender(id=f"p-{FOLLOW_UP}", role="service-user", name="Yusuf")


# --- invites --------------------------------------------------------------------------------------------------------


def _invites() -> list[b.Invite]:
    return [
        _invite("layla", "Layla", "ar", 18, "sent", phone="+41 79 123 45 67"),
        _invite("daniel", "Daniel", "sw", 41, "failed", phone="+44 7700 900456"),
        _invite("inès", "Inès", "fr", 3, "queued", email="ines@example.org"),
        _invite("amal", "Amal", "ar", 90, None, state="waiting"),
        _invite("tigist", "Tigist", "am", 80, "sent", state="waiting", phone="+44 7700 900789"),
        _invite("jean", "Jean", "fr", 70, "sent", state="waiting", email="jean@example.org"),
        _invite(CHAT, "Mariama", "fr", 120, "sent", state="active", phone="+33 6 39 98 12 34"),
        _invite(CLOSED, "Karim", "ar", 300, None, state="closed"),
    ]


def _invite(
    key: str,
    name: str,
    language: str,
    minutes: float,
    delivery: b.DeliveryState | None,
    *,
    state: b.SessionState = "invited",
    phone: str | None = None,
    email: str | None = None,
) -> b.Invite:
    via: b.Via = "link" if delivery is None else "email" if email else "sms"
    return b.Invite(
        invite_id=f"i-{key}",
        session_id=key,
        participant_id=f"p-{key}",
        state=state,
        kind="remote",
        role="service-user",
        name=name,
        phone=phone,
        email=email,
        language=language,
        reviewed=language == "en",
        via=via,
        note=None,
        url=link(name),
        created_at=ago(minutes),
        expires_at=ago(minutes) + timedelta(days=7),
        planned_at=None,
        timezone=None,
        coming=None,
        joined_at=None if state == "invited" else ago(minutes - 30),
        devices=0 if state == "invited" else 1,
        deliveries=[_delivery(key, minutes, "email" if email else "sms", delivery)] if delivery else [],
    )


def _planned() -> list[b.Invite]:
    addis, kabul, beirut = "Africa/Addis_Ababa", "Asia/Kabul", "Asia/Beirut"
    return [
        _plan("selam", "Selam", "am", -5, addis, True, phone="+251 91 123 4567"),
        _plan("farid", "Farid", "fa", 85, kabul, None, phone="+93 70 123 4567"),
        _plan("hala", "Hala", "ar", 175, beirut, False, phone="+961 71 123 456"),
        _plan("okoye", "Dr Okoye", "en", 1135, None, True, email="okoye@example.org"),
        _plan("rosario", "Rosario", "es", 1495, "America/Bogota", None, fares="failed", phone="+57 601 234 5678"),
        _plan("samir", "Samir", "ar", 5515, beirut, None, fares=None),
    ]


def _plan(
    key: str,
    name: str,
    language: str,
    minutes: float,
    timezone: str | None,
    coming: bool | None,
    *,
    fares: b.DeliveryState | None = "sent",
    **contact: str,
) -> b.Invite:
    at = NOW + timedelta(minutes=minutes)
    made = _invite(key, name, language, 60 * 26, fares, **contact)  # type: ignore[arg-type]
    told = [structs.replace(one, kind="planned") for one in made.deliveries]
    reminders = [
        structs.replace(
            told[0], delivery_id=f"{key}-{lead}", kind="reminder", state="queued", next_at=at - lead, attempts=[]
        )
        for lead in (timedelta(days=1), timedelta(minutes=15))
        if told and fares == "sent" and at - lead > NOW
    ]
    return structs.replace(
        made, planned_at=at, timezone=timezone or "UTC", coming=coming, deliveries=[*told, *reminders]
    )


def _delivery(key: str, minutes: float, channel: b.Channel, state: b.DeliveryState) -> b.Delivery:
    provider = "smtp" if channel == "email" else "gateway"
    reason: b.DeliveryReason | None = {"failed": "no_such_address", "queued": "busy"}.get(state)  # type: ignore[assignment]
    tries: dict[str, list[tuple[b.AttemptResult, str]]] = {
        "sent": [("accepted", "2.0.0 Ok: queued as 4F1A2" if channel == "email" else "")],
        "failed": [("permanent", "21211: nobody has this number")],
        "queued": [("temporary", "451 4.7.1 greylisted"), ("temporary", "451 4.7.1 greylisted")],
    }
    attempts = [
        b.Attempt(
            number=number,
            channel=channel,
            provider=provider,
            began_at=ago(minutes - number),
            ended_at=ago(minutes - number),
            result=result,
            reason=reason,
            detail=None,
            reply=reply or None,
            reference=None,
            cost="free" if channel == "email" else "per-segment",
        )
        for number, (result, reply) in enumerate(tries[state], 0)
    ]
    return b.Delivery(
        delivery_id=f"d-{key}",
        session_id=key,
        invite_id=f"i-{key}",
        kind="invitation",
        channel=channel,
        provider=provider,
        state=state,
        created_at=ago(minutes),
        sent_at=ago(minutes) if state == "sent" else None,
        delivered_at=None,
        next_at=NOW + timedelta(minutes=2) if state == "queued" else None,
        reason=reason,
        detail=None,
        remedy=None,
        maybe_twice=False,
        ways=[b.Way(channel=channel, provider=provider)],
        attempts=attempts,
    )


# --- what was said --------------------------------------------------------------------------------------------------


def _said(key: str, seq: int, name: str, text: str, minutes: float) -> b.Message:
    sender = ME if name == ME.name else b.Sender(id=f"p-{key}", role="service-user", name=name)
    return _entry(key, seq, "text", sender, minutes, client_id=f"{key}-{seq}-said", text=text)


def _sent(key: str, seq: int, name: str, file: b.File, minutes: float) -> b.Message:
    sender = ME if name == ME.name else b.Sender(id=f"p-{key}", role="service-user", name=name)
    return _entry(key, seq, "file", sender, minutes, client_id=f"{key}-{seq}-sent", file=file)


def _entry(key: str, seq: int, kind: b.MessageKind, sender: b.Sender, minutes: float, **fields: Any) -> b.Message:
    nothing: dict[str, Any] = {"client_id": None, "text": None, "file": None, "data": None}
    return b.Message(session_id=key, seq=seq, kind=kind, sender=sender, sent_at=ago(minutes), **nothing | fields)


def _chat() -> list[b.Message]:
    her = b.Sender(id=f"p-{CHAT}", role="service-user", name="Mariama")
    leaflet = b.File(file_id="leaflet", name="soin-des-plaies.pdf", type="application/pdf", size=45_200)
    ankle = b.File(file_id="ankle", name="photo.jpg", type="image/jpeg", size=182_000)
    return [
        _entry(CHAT, 1, "joined", her, 38),
        _said(CHAT, 2, "Mariama", "Bonjour, c’est encore la cheville.", 37),
        _entry(CHAT, 3, "started", ME, 20),
        _said(CHAT, 4, "amina", "Bonjour Mariama. Envoyez-moi une photo, s’il vous plaît.", 19),
        _sent(CHAT, 5, "Mariama", ankle, 12),
        _said(CHAT, 6, "amina", "Merci. Depuis quand est-elle rouge ?", 9),
        _sent(CHAT, 7, "amina", leaflet, 8),
        _said(CHAT, 8, "Mariama", "Depuis jeudi. Ça chauffe un peu, surtout le soir.", 3),
        _said(CHAT, 9, "Mariama", "Je peux marcher, mais pas longtemps.", 1),
    ]


def _words() -> list[b.Message]:
    return [
        _said("amal", 2, "Amal", "هل يمكنني التحدث مع أحد؟", 30),
        _said("tigist", 2, "Tigist", "ሰላም፣ ዶክተር አለ?", 11),
        _said("jean", 2, "Jean", "Je repasse dans dix minutes.", 4),
        _said(FOLLOW_UP, 31, "Yusuf", "Waan fiicnahay, mahadsanid.", 26),
    ]
