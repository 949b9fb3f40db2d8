"""How a call stands, in words: in full for its session, in two or three for lists."""

from datetime import datetime
from typing import NamedTuple

from tc_cli.output import words
from tc_cli.output.calls import Break, Standing, standing
from tc_cli.tui import cells
from tc_cli.tui.board import Board
from tc_cli.tui.calls import ALLOWED, Asking
from tc_cli.tui.words import _
from tc_server.wire.bodies import Call

NAME = 20


class Said(NamedTuple):
    """Words, and the theme's colour for them."""

    text: str
    colour: str


def status(board: Board, session_id: str, now: datetime, *, keys: bool = True) -> Said | None:
    """Say all that there is to say of a session's call; None where there is none. `now` is the server's.

    `keys` names those that help, for where they can be pressed.
    """
    calls = board.calls
    if (call := calls.live.get(session_id)) is not None:
        return _live(call, _standing(board, call), now, keys=keys)
    if (call := calls.ended.get(session_id)) is not None:
        return Said(_over(call), "text-muted")
    if (asking := calls.asks(session_id, now)) is not None:
        session = board.sessions.get(session_id)
        key = _("ctrl+l calls") if session is not None and session.state in ALLOWED else ""
        return Said(" · ".join(filter(None, (asked(asking), key))), "accent")
    return None


def brief(board: Board, session_id: str, now: datetime) -> Said | None:
    """Say in two or three words what a list needs to tell of a session's call."""
    call = board.calls.live.get(session_id)
    if call is not None and call.state == "running":
        if rung := _standing(board, call).ringing:
            return Said(_("in a call · rings {names}").format(names=_all(rung)), "success")
        return Said(_("in a call · {span}").format(span=_span(call, now)), "success")
    if call is not None:
        return Said(_("ringing") if call.state == "ringing" else _("calling…"), "warning")
    return Said(_("asks for a call"), "accent") if board.calls.asks(session_id, now) else None


def asked(asking: Asking) -> str:
    """Say who asks for what."""
    text = _("{name} asks for a video call") if asking.media == "video" else _("{name} asks for a call")
    return text.format(name=_shown(asking.name))


def ended(who: str, outcome: str, seconds: float) -> str:
    """Say how a call ended; `who` ended it, empty if time did."""
    span = words.span(seconds)
    match outcome:
        case "declined" if who:
            return _("{who} declined the call").format(who=who)
        case "cancelled" if who:
            return _("{who} gave up calling").format(who=who)
        case "declined":
            return _("The call was declined")
        case "cancelled":
            return _("Nobody came to the call page")
        case "missed":
            return _("Nobody answered the call")
        case "lost" if seconds:
            return _("The call broke off after {span}").format(span=span)
        case "lost":
            return _("The call broke off")
    if who:
        return _("{who} ended the call after {span}").format(who=who, span=span)
    return _("The call ended after {span}").format(span=span)


def _standing(board: Board, call: Call) -> Standing:
    session = board.sessions.get(call.session_id)
    away = {one.participant_id for one in session.people if not one.online} if session else set()
    return standing(call, board.calls.told(call.session_id), away)


def _live(call: Call, now: Standing, at: datetime, *, keys: bool) -> Said:
    if call.state == "opening":
        return Said(_("Calling… your call page isn't there yet"), "warning")
    if now.inside and now.broken in {Break.UNHEARD, Break.SOMEWHERE}:
        # It comes first: what is to be done about it must have room.
        return Said(" · ".join([*_page_helps(now, keys=keys), *_people(now)]), "error")
    parts, colour = _people(now), "warning"
    if now.inside and call.answered_at is not None:
        if words_of_line := line(now):
            parts.append(words_of_line)
        if now.without_pictures and now.broken is None:
            parts.append(_("sound only"))
        parts.insert(1, _span(call, at))
        colour = {"poor": "warning", "lost": "error"}.get(now.worst or "", "success")
    return Said(" · ".join(parts) or _("Calling…"), colour)


def _page_helps(now: Standing, *, keys: bool) -> list[str]:
    if now.broken is Break.UNHEARD:
        said, key = _("Nothing arrives from your call page"), _("ctrl+l p opens it")
    else:
        said, key = _("A connection is broken"), _("ctrl+l p opens your page anew")
    return [said, key] if keys else [said]


def _people(now: Standing) -> list[str]:
    # Whose chat it is stands above it already.
    alone = now.inside if not (now.ringing or now.declined or now.missed or now.left) else ()
    if len(alone) == 1:
        return [_("In a call")]
    parts = [_("In a call with {names}").format(names=_all(now.inside))] if now.inside else []
    parts += [_("ringing {names}").format(names=_all(now.ringing))] if now.ringing else []
    parts += [_("{name} declined").format(name=_shown(name)) for name in now.declined]
    parts += [_("{name} doesn't answer").format(name=_shown(name)) for name in now.missed]
    parts += [_("{name} has left").format(name=_shown(name)) for name in now.left]
    return [part[:1].upper() + part[1:] if not number else part for number, part in enumerate(parts)]


def line(now: Standing) -> str:
    """Say how the weakest line in a call is; nothing as long as nobody's page has told."""
    name = _shown(now.whose)
    match now.worst:
        case "good":
            return _("good")
        case "fair":
            return _("{name}'s line is fair").format(name=name) if name else _("your line is fair")
        case "poor":
            return _("{name}'s line is poor").format(name=name) if name else _("your line is poor")
    match now.broken:
        case Break.THEIRS:
            return _("{name} is reconnecting").format(name=name)
        case Break.MINE:
            return _("your page is reconnecting")
    return ""


def _over(call: Call) -> str:
    talked = (call.ended_at - call.answered_at).total_seconds() if call.ended_at and call.answered_at else 0
    return ended(_shown(call.ended_by.name) if call.ended_by else "", call.outcome or "", talked)


def _span(call: Call, now: datetime) -> str:
    """Say for how long they have been talking, in minutes: a clock of seconds would be painted every second."""
    seconds = (now - call.answered_at).total_seconds() if call.answered_at else 0
    return words.span(seconds) if seconds >= words.MINUTE else _("just begun")


def _all(names: tuple[str, ...]) -> str:
    *several, last = (_shown(name) for name in names)
    return _("{several} and {last}").format(several=", ".join(several), last=last) if several else last


def _shown(name: str) -> str:
    return cells.cut(words.plain(name), NAME)
