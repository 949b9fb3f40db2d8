"""Which columns each kind of thing has, in a list and by itself. Widths are meant for 80 characters."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from tc_cli.client import ids
from tc_cli.output import timelines, words
from tc_cli.output.tables import Column
from tc_server.wire import bodies as b

GOOD, WARN, BAD, FAINT = "green", "yellow", "red", "dim"
STATE_STYLES = {"waiting": WARN, "active": GOOD, "open": GOOD, "closed": FAINT, "cancelled": FAINT, "erased": FAINT}
CHECK_STYLES = {"ok": GOOD, "warning": WARN, "failed": BAD, "accepted": GOOD}


class Written(msgspec.Struct, frozen=True):
    """A transcript that has been written."""

    session_id: str
    messages: int
    path: str


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at; `status` is ok, warning or failed."""

    name: str
    status: str
    detail: str
    remedy: str = ""


class Tried(msgspec.Struct, frozen=True):
    """A test message that was handed to a provider."""

    channel: str
    provider: str
    to: str
    result: str
    reason: str
    reply: str


class Translation(msgspec.Struct, frozen=True):
    """A text in a language; `where` is what it belongs to, as the contexts of its catalogue."""

    where: str
    english: str
    text: str


class Template(msgspec.Struct, frozen=True):
    """A WhatsApp template to be approved; `template` is its name in the settings."""

    template: str
    text: str


def state_style(state: str) -> str:
    return STATE_STYLES.get(state, "")


def check_style(status: str) -> str:
    return CHECK_STYLES.get(status, "")


def fate(invite: b.Invite) -> str:
    """Say how an invite's last message fares."""
    latest = timelines.latest(invite)
    return timelines.state(latest) if latest is not None else "by hand"


def fate_style(told: str) -> str:
    return timelines.STYLES.get(told.partition(":")[0], "")


QUEUE: tuple[Column[b.QueueEntry], ...] = (
    Column("#", lambda e: str(e.place), right=True),
    Column("id", lambda e: ids.short(e.session_id)),
    Column("name", lambda e: e.name, cut=True),
    Column("role", lambda e: words.role(e.role)),
    Column("lang", lambda e: e.language),
    Column("waiting", lambda e: words.since(e.waiting_since), right=True),
    Column("online", lambda e: words.yes(e.online)),
    Column("state", lambda e: e.state, state_style),
    Column("told", lambda e: f"by {words.clock(e.told_until)}" if e.told_until else ""),
)

SESSIONS: tuple[Column[b.Session], ...] = (
    Column("id", lambda s: ids.short(s.session_id)),
    Column("state", lambda s: s.state, state_style),
    Column("name", lambda s: s.name, cut=True),
    Column("role", lambda s: words.role(s.role)),
    Column("lang", lambda s: s.language),
    Column("online", lambda s: words.yes(s.online)),
    Column("entries", lambda s: str(s.last_seq), right=True),
    Column("last", lambda s: words.moment(s.last_activity_at), right=True),
    Column("closes", lambda s: words.moment(s.closes_at) if s.closes_soon else "", lambda _: WARN),
)


def unread(session: b.Session) -> str:
    """Return how much of what participants wrote staff hasn't read."""
    return str(session.unread or "")


SESSION: tuple[Column[b.Session], ...] = (
    Column("id", lambda s: s.session_id),
    Column("state", lambda s: s.state, state_style),
    Column("kind", lambda s: s.kind),
    Column("name", lambda s: s.name),
    Column("language", lambda s: s.language),
    Column("online", lambda s: words.yes(s.online)),
    Column("waiting since", lambda s: words.full_moment(s.waiting_since)),
    Column("told", lambda s: f"by {words.clock(s.told_until)}" if s.told_until else ""),
    Column("invited", lambda s: words.full_moment(s.created_at)),
    Column("started", lambda s: words.full_moment(s.started_at)),
    Column("closed", lambda s: words.full_moment(s.closed_at)),
    Column("closes", lambda s: f"{words.full_moment(s.closes_at)}, by itself" if s.closes_soon else ""),
    Column("erased from", lambda s: words.full_moment(s.erase_at)),
    Column("entries", lambda s: f"{s.last_seq}" + (f" ({unread(s)} unread)" if unread(s) else "")),
    Column("note", lambda s: s.note or ""),
)

PEOPLE: tuple[Column[b.Person], ...] = (
    Column("id", lambda p: ids.short(p.participant_id)),
    Column("role", lambda p: words.role(p.role)),
    Column("name", lambda p: p.name, cut=True),
    Column("lang", lambda p: p.language),
    Column("phone", lambda p: p.phone or ""),
    Column("email", lambda p: p.email or "", cut=True),
    Column("online", lambda p: words.yes(p.online)),
    Column("devices", lambda p: str(p.devices), right=True),
    Column("joined", lambda p: words.moment(p.joined_at)),
    Column("removed", lambda p: words.moment(p.removed_at)),
)

ERASED: tuple[Column[b.ErasedSession], ...] = (
    Column("id", lambda s: s.session_id),
    Column("state", lambda s: s.state, state_style),
    Column("erased", lambda s: words.full_moment(s.erased_at)),
    Column("counts", lambda s: counted(s.counts)),
    Column("receipt", lambda s: s.receipt),
)

RECEIPTS: tuple[Column[b.ErasedSession], ...] = (
    Column("id", lambda s: ids.short(s.session_id)),
    Column("erased", lambda s: words.moment(s.erased_at)),
    Column("counts", lambda s: counted(s.counts), fold=True),
)

INVITES: tuple[Column[b.Invite], ...] = (
    Column("id", lambda i: ids.short(i.invite_id)),
    Column("session", lambda i: ids.short(i.session_id)),
    Column("state", lambda i: i.state, state_style),
    Column("name", lambda i: i.name, cut=True),
    Column("role", lambda i: words.role(i.role) if i.role != "service-user" else ""),
    Column("delivery", lambda i: fate(i), fate_style, cut=True),
    Column("made", lambda i: words.day(i.created_at)),
)


def planned(invite: b.Invite) -> str:
    """Say when a conversation is planned for, here and where the person is."""
    return both_times(invite.planned_at, invite.timezone) if invite.planned_at else ""


def both_times(at: datetime, timezone: str | None) -> str:
    """Say a time here and, if its clocks show another one, in a zone."""
    there = time_there(at, timezone)
    return f"{words.moment(at)} ({there})" if there else words.moment(at)


def time_there(at: datetime | None, timezone: str | None) -> str:
    """Say the time in a zone, if it is another than here."""
    from zoneinfo import ZoneInfo

    if at is None or timezone is None:
        return ""
    there = at.astimezone(ZoneInfo(timezone))
    if there.utcoffset() == at.astimezone().utcoffset():
        return ""
    time = f"{there:%H:%M}" if there.date() == at.astimezone().date() else f"{there:%a %H:%M}"
    return f"{time} {timezone.rpartition('/')[2].replace('_', ' ')}"


def _near(when: datetime | None, planned_at: datetime | None) -> str:
    """Say a time before what it belongs to: the hour on the same day, else its day of the week too."""
    if when is None or planned_at is None:
        return ""
    local = when.astimezone()
    return f"{local:%H:%M}" if local.date() == planned_at.astimezone().date() else f"{local:%a %d %H:%M}"


def coming(invite: b.Invite) -> str:
    """Say whether the person has said that they come."""
    return {True: "yes", False: "no", None: ""}[invite.coming]


def coming_style(told: str) -> str:
    return {"yes": GOOD, "no": BAD}.get(told, "")


_WHO_COMES: tuple[Column[b.Invite], ...] = (
    Column("there", lambda i: time_there(i.planned_at, i.timezone)),
    Column("name", lambda i: i.name, cut=True),
    Column("lang", lambda i: i.language),
    Column("comes", coming, coming_style),
    Column("told", fate, fate_style, cut=True),
    Column("reminder", lambda i: _near(timelines.next_reminder(i), i.planned_at)),
)

AGENDA: tuple[Column[b.Invite], ...] = (
    Column("id", lambda i: ids.short(i.invite_id)),
    Column("when", lambda i: words.moment(i.planned_at)),
    *_WHO_COMES,
)

# Under the heading of its day.
AGENDA_DAY: tuple[Column[b.Invite], ...] = (
    Column("id", lambda i: ids.short(i.invite_id)),
    Column("here", lambda i: words.clock(i.planned_at)),
    *_WHO_COMES,
)

INVITE: tuple[Column[b.Invite], ...] = (
    Column("id", lambda i: i.invite_id),
    Column("session", lambda i: i.session_id),
    Column("state", lambda i: i.state, state_style),
    Column("kind", lambda i: i.kind),
    Column("name", lambda i: i.name),
    Column("role", lambda i: words.role(i.role)),
    Column("language", lambda i: words.language(i.language, reviewed=i.reviewed)),
    Column("phone", lambda i: i.phone or ""),
    Column("email", lambda i: i.email or ""),
    Column("via", lambda i: i.via),
    Column("made", lambda i: words.full_moment(i.created_at)),
    Column("planned", planned),
    Column("coming", coming),
    Column("expires", lambda i: words.full_moment(i.expires_at)),
    Column("joined", lambda i: words.full_moment(i.joined_at)),
    Column("devices", lambda i: str(i.devices)),
    Column("note", lambda i: i.note or ""),
    Column("link", lambda i: i.url),
)

# As little as lets link and QR code fit on a screen of 24 lines.
INVITE_MADE: tuple[Column[b.Invite], ...] = (
    Column("invite", lambda i: i.invite_id),
    Column("session", lambda i: i.session_id),
    Column("planned", planned),
    Column("expires", lambda i: "" if i.planned_at else words.full_moment(i.expires_at)),
    Column("link", lambda i: i.url),
)

LANGUAGES: tuple[Column[b.Language], ...] = (
    Column("code", lambda x: x.code),
    Column("name", lambda x: x.name),
    Column("in english", lambda x: words.in_english(x.code)),
    Column("written", lambda x: "from the right" if x.dir == "rtl" else ""),
    Column("texts", lambda x: "" if x.reviewed else "unreviewed"),
)

MESSAGES: tuple[Column[b.Message], ...] = (
    Column("seq", lambda m: str(m.seq), right=True),
    Column("time", lambda m: words.moment(m.sent_at)),
    Column("who", lambda m: who(m)),
    Column("what", lambda m: what(m), fold=True),
)

MESSAGE: tuple[Column[b.Message], ...] = (
    Column("session", lambda m: m.session_id),
    Column("seq", lambda m: str(m.seq)),
    Column("time", lambda m: words.full_moment(m.sent_at)),
    Column("who", lambda m: who(m)),
    Column("what", lambda m: what(m)),
)

FILES: tuple[Column[b.Message], ...] = (
    Column("seq", lambda m: str(m.seq), right=True),
    Column("id", lambda m: ids.short(m.file.file_id) if m.file else ""),
    Column("time", lambda m: words.moment(m.sent_at)),
    Column("from", lambda m: who(m)),
    Column("name", lambda m: m.file.name if m.file else "", cut=True),
    Column("size", lambda m: words.size(m.file.size) if m.file else "", right=True),
)

USERS: tuple[Column[b.User], ...] = (
    Column("id", lambda u: ids.short(u.user_id)),
    Column("name", lambda u: u.name, cut=True),
    Column("role", lambda u: u.role),
    Column("made", lambda u: words.moment(u.created_at)),
    Column("disabled", lambda u: words.moment(u.disabled_at)),
)

USER: tuple[Column[b.User], ...] = (
    Column("id", lambda u: u.user_id),
    Column("name", lambda u: u.name),
    Column("role", lambda u: u.role),
    Column("made", lambda u: words.full_moment(u.created_at)),
    Column("disabled", lambda u: words.full_moment(u.disabled_at)),
)

USER_WITH_PASSWORD: tuple[Column[b.UserWithPassword], ...] = (
    Column("id", lambda u: u.user.user_id),
    Column("name", lambda u: u.user.name),
    Column("role", lambda u: u.user.role),
    Column("password", lambda u: u.password or ""),
)

NOTIFY_TARGETS: tuple[Column[b.NotifyTarget], ...] = (
    Column("id", lambda t: ids.short(t.target_id)),
    Column("address", lambda t: t.address, cut=True),
    Column("lang", lambda t: t.language),
    Column("by", lambda t: t.provider or "nothing"),
    Column("last", lambda t: words.moment(t.last_at)),
    Column("result", lambda t: t.last_result or "", check_style),
    Column("why", lambda t: t.detail or "", fold=True),
)

NOTIFY_TARGET: tuple[Column[b.NotifyTarget], ...] = (
    Column("id", lambda t: t.target_id),
    Column("address", lambda t: t.address),
    Column("language", lambda t: t.language),
    Column("by", lambda t: t.provider or "nothing: no provider is set up for it"),
    Column("added", lambda t: words.full_moment(t.created_at)),
    Column("last", lambda t: words.full_moment(t.last_at)),
    Column("result", lambda t: t.last_result or "", check_style),
    Column("why", lambda t: t.detail or ""),
)

TRIALS: tuple[Column[b.NotifyTrial], ...] = (
    Column("id", lambda t: ids.short(t.target_id)),
    Column("address", lambda t: t.address, cut=True),
    Column("by", lambda t: t.provider or "nothing"),
    Column("result", lambda t: t.result, check_style),
    Column("said", lambda t: t.reply or "", fold=True),
)

STATS: tuple[Column[b.Stats], ...] = (
    Column("sessions", lambda s: counted(s.sessions) or "none"),
    Column("messages", lambda s: str(s.messages)),
    Column("files", lambda s: f"{s.files} ({words.size(s.file_bytes)})"),
    Column("erased", lambda s: counted(s.erased) or "nothing"),
    Column("users", lambda s: str(s.users)),
)


CALL_OPENED: tuple[Column[b.CallOpened], ...] = (
    Column("session", lambda o: o.call.session_id),
    Column("call", lambda o: o.call.call_id),
    Column("media", lambda o: o.call.media),
    Column("state", lambda o: o.call.state, state_style),
    Column("link", lambda o: o.url),
    Column("good until", lambda o: words.full_moment(o.expires_at)),
)

# Where the link stands below, with a QR code that takes most of 24 lines.
CALL_TO_SCAN: tuple[Column[b.CallOpened], ...] = (
    Column("session", lambda o: o.call.session_id),
    Column("good until", lambda o: f"{words.full_moment(o.expires_at)}, and once"),
)

CALL: tuple[Column[b.Call], ...] = (
    Column("session", lambda c: c.session_id),
    Column("call", lambda c: c.call_id),
    Column("media", lambda c: c.media),
    Column("state", lambda c: c.state, state_style),
    Column("outcome", lambda c: c.outcome or ""),
    Column("began", lambda c: words.full_moment(c.created_at)),
    Column("answered", lambda c: words.full_moment(c.answered_at)),
    Column("ended", lambda c: words.full_moment(c.ended_at)),
    Column("people", lambda c: ", ".join(f"{party.name} ({party.state})" for party in c.parties)),
)

CALLS: tuple[Column[b.Call], ...] = (
    Column("session", lambda c: ids.short(c.session_id)),
    Column("media", lambda c: c.media),
    Column("state", lambda c: c.state, state_style),
    Column("outcome", lambda c: c.outcome or ""),
    Column("began", lambda c: words.moment(c.created_at)),
    Column("ended", lambda c: words.moment(c.ended_at)),
    Column("people", lambda c: ", ".join(party.name for party in c.parties), cut=True),
)

WRITTEN: tuple[Column[Written], ...] = (
    Column("session", lambda w: w.session_id),
    Column("messages", lambda w: str(w.messages)),
    Column("transcript", lambda w: w.path),
)

CHECKS: tuple[Column[Check], ...] = (
    Column("check", lambda c: c.name),
    Column("status", lambda c: c.status, check_style),
    Column("detail", lambda c: c.detail, fold=True),
    Column("remedy", lambda c: c.remedy, fold=True),
)


TRIED: tuple[Column[Tried], ...] = (
    Column("channel", lambda t: t.channel),
    Column("provider", lambda t: t.provider),
    Column("to", lambda t: t.to),
    Column("result", lambda t: t.result, check_style),
    Column("reason", lambda t: t.reason),
    Column("reply", lambda t: t.reply, fold=True),
)


TRANSLATIONS: tuple[Column[Translation], ...] = (
    Column("where", lambda x: x.where),
    Column("english", lambda x: x.english, fold=True),
    Column("text", lambda x: x.text, fold=True),
)

TEMPLATES: tuple[Column[Template], ...] = (
    Column("template", lambda t: t.template),
    Column("text", lambda t: t.text, fold=True),
)


def counted(counts: Mapping[str, int]) -> str:
    """Return counts in words: `3 messages, 1 files`."""
    return ", ".join(f"{count} {what}" for what, count in counts.items())


def who(message: b.Message) -> str:
    """Return role and name of who wrote or did it."""
    return f"{words.role(message.sender.role)} {message.sender.name}" if message.sender else ""


def what(message: b.Message) -> str:
    """Return an entry in words: the text, the file, or the fact."""
    if message.kind == "text":
        return message.text or ""
    if message.kind == "file" and message.file is not None:
        return f"[file] {message.file.name} ({words.size(message.file.size)})"
    return f"[{fact(message)}]"


def fact(message: b.Message) -> str:
    """Return what happened, in words that follow who did it."""
    data = message.data or {}
    match message.kind:
        case "told":
            return f"told: with you in {data.get('minutes')} minutes"
        case "person_added":
            return f"added {words.role(str(data.get('role', '')))} {data.get('name', '')}"
        case "person_removed":
            return f"removed {words.role(str(data.get('role', '')))} {data.get('name', '')}"
        case "device_test":
            return f"tested their device: {DEVICE_TESTS.get(str(data.get('result')), 'unknown')}{words.measured(data)}"
        case "closed" if message.sender is None:
            return "closed by itself after a long silence"
        case "call_requested":
            return f"asked for {medium(data)} call"
        case "call_started":
            return f"began {medium(data)} call"
        case "call_ended":
            return ended(str(data.get("outcome", "")), float(data.get("seconds", 0)), by_somebody=bool(message.sender))
    return FACTS.get(message.kind, message.kind)


def medium(data: Mapping[str, object]) -> str:
    """Return a call's medium with its article: `a video`, `an audio`."""
    return "a video" if data.get("media") == "video" else "an audio"


def ended(outcome: str, seconds: float, *, by_somebody: bool) -> str:
    """Return how a call ended, in words that follow who ended it, if anybody did."""
    after = f" after {words.span(seconds)}" if seconds else ""
    match outcome:
        case "declined" if by_somebody:
            return "declined the call"
        case "cancelled" if by_somebody:
            return "gave up calling"
        case "declined":
            return "the call was declined"
        case "missed":
            return "nobody answered the call"
        case "lost":
            return f"the call broke off{after}"
        case "cancelled":
            return "the call was given up"
    return f"ended the call{after}" if by_somebody else f"the call ended{after}"


FACTS = {
    "joined": "came",
    "left": "left",
    "started": "started the session",
    "resumed": "resumed the session",
    "kept_open": "ended the consultation and keeps the session open",
    "closed": "closed the session",
    "reopened": "reopened the session",
}
DEVICE_TESTS = {"video": "good for video", "voice": "good for voice only", "chat": "chat only"}
